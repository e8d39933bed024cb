/* follow_check.c — a step is about to be recorded: whether its procedure allows it (semantics 56).
 * In: a WriteRequest that changes the state of a record.  Out: Faults beside the field, or an error
 * of right.  Imports and made-up records bring states as they were and do not come here.
 * Read first: check_step(). */
#include "care/follow_inside.h"
#include "care/record.h"
#include "care/session.h"
#include "care/texts.h"
#include "care/write.h"

typedef struct Stepping {
    Care *care;
    const Session *session;
    const WriteRequest *request;
    const Record *before;
    const Procedure *procedure;
    const WriteField *write;
    Faults *faults;
} Stepping;

static void refuse(const Stepping *x, const char *zh, const char *en)
{
    fault_add(x->faults, x->procedure->state, zh, en);
}

static const Code *state_label(const Stepping *x, int64_t state)
{
    return &x->procedure->states->codes[state];
}

/* ---- the beginning */

/* Why it cannot begin on that day: there is no such procedure any more, or not yet; what began
 * before it would be bound by no guard of it (semantics 57). */
static void no_text(const Stepping *x, int32_t place, Date since)
{
    const Label *l = &x->procedure->label;
    Arena *a = x->faults->arena;
    const Date first = text_first_day(x->care, x->procedure, place);
    char day[DATE_TEXT];
    date_format(first, day);
    if (since < first)
        refuse(
            x, arena_printf(a, "“%.*s”从 %s 起才有，不能登记为更早开始", STR_ARG(l->zh), day),
            arena_printf(a, "“%.*s” is since %s: nothing of it began before", STR_ARG(l->en), day));
    else
        refuse(x, arena_printf(a, "“%.*s”已停止，不再收件", STR_ARG(l->zh)),
               arena_printf(a, "“%.*s” has ended: nothing new begins", STR_ARG(l->en)));
}

static bool check_begin(const Stepping *x, GError **error)
{
    int64_t to = x->write->value.num;
    const Code *c = state_label(x, to);
    Date since = x->write->since > DATE_MIN ? x->write->since : care_today(x->care);
    int32_t place;
    uint64_t firsts;
    if (!place_after(x->care, x->request, x->before, &place, error))
        return false;
    bool taken = text_of_item(x->care, x->procedure, place, since, &firsts);
    if (!taken) {
        no_text(x, place, since);
        return true;
    }
    if ((firsts >> to & 1) != 0)
        return true;
    refuse(
        x,
        arena_printf(x->faults->arena, "办理从头开始，不能一开始就是“%.*s”", STR_ARG(c->label.zh)),
        arena_printf(x->faults->arena, "an item begins at the beginning, not at “%.*s”",
                     STR_ARG(c->label.en)));
    return true;
}

/* ---- what speaks against a step, in words */

typedef struct Reasons {
    GString *zh, *en;
} Reasons;

static void reason_add(Reasons *r, const char *zh, const char *en)
{
    g_string_append_printf(r->zh, "%s%s", r->zh->len > 0 ? "；" : "", zh);
    g_string_append_printf(r->en, "%s%s", r->en->len > 0 ? "; " : "", en);
}

static void reason_missing(Reasons *r, const Explanation *why)
{
    for (size_t i = 0; i < why->n_missing; i++) {
        g_string_append_printf(r->zh, "%s%.*s", i == 0 ? "（缺：" : "、",
                               STR_ARG(why->missing[i].zh));
        g_string_append_printf(r->en, "%s%.*s", i == 0 ? " (missing: " : ", ",
                               STR_ARG(why->missing[i].en));
    }
    if (why->n_missing > 0) {
        g_string_append(r->zh, "）");
        g_string_append(r->en, ")");
    }
}

static void reason_holds(const Stepping *x, const StepLine *s, Reasons *r)
{
    Arena *a = x->faults->arena;
    for (size_t i = 0; i < s->n_holds; i++) {
        const HoldLine *h = &s->holds[i];
        const Label *l = &h->hold->label;
        bool cure = h->cure_zh.len > 0;
        reason_add(r,
                   arena_printf(a, "被卡住：%.*s%s%.*s", STR_ARG(l->zh), cure ? "，" : "",
                                STR_ARG(h->cure_zh)),
                   arena_printf(a, "held: %.*s%s%.*s", STR_ARG(l->en), cure ? ", " : "",
                                STR_ARG(h->cure_en)));
        if (h->truth != TRUTH_YES)
            reason_missing(r, &h->why);
    }
}

static void reason_rest(const Stepping *x, const StepLine *s, Reasons *r)
{
    Arena *a = x->faults->arena;
    char day[DATE_TEXT];
    if (s->has_guard) {
        reason_add(r, "前提条件不满足或还不能确定", "its condition is not met, or not known");
        reason_missing(r, &s->guard);
    }
    for (size_t i = 0; i < s->n_lacking; i++) {
        const Label *l = &s->lacking[i]->label;
        reason_add(r, arena_printf(a, "缺少：%.*s", STR_ARG(l->zh)),
                   arena_printf(a, "needs: %.*s", STR_ARG(l->en)));
    }
    if (s->too_early && s->not_before != DATE_MIN) {
        date_format(s->not_before, day);
        reason_add(r, arena_printf(a, "不早于 %s", day), arena_printf(a, "not before %s", day));
    } else if (s->too_early) {
        reason_add(r, "要等多久还没有规定", "how long to wait is not set");
    }
    if (s->unheard != NULL) {
        const Label *l = &s->unheard->label;
        reason_add(r, arena_printf(a, "“%.*s”还没有告知，或者陈述申辩还没有完", STR_ARG(l->zh)),
                   arena_printf(a, "“%.*s” was not told, or who was scored may still answer",
                                STR_ARG(l->en)));
    }
    if (s->wrong_year)
        reason_add(r, "不在规定的年度内", "not in the years of this procedure");
    if (s->full != NULL)
        reason_add(r, arena_printf(a, "名额已满（%u）", s->full->most),
                   arena_printf(a, "the limit of %u is reached", s->full->most));
}

/* ---- the step */

static const StepLine *step_to(const ItemLine *item, int64_t to)
{
    for (size_t i = 0; i < item->n_steps; i++)
        if (item->steps[i].step->to == (unsigned)to)
            return &item->steps[i];
    return NULL;
}

static void no_step(const Stepping *x, const ItemLine *item)
{
    Arena *a = x->faults->arena;
    const Code *to = state_label(x, x->write->value.num);
    refuse(x,
           arena_printf(a, "从“%.*s”不能直接到“%.*s”", STR_ARG(item->state->label.zh),
                        STR_ARG(to->label.zh)),
           arena_printf(a, "no step leads from “%.*s” to “%.*s”", STR_ARG(item->state->label.en),
                        STR_ARG(to->label.en)));
}

/* Only holds speak against it, and a person with the right lets it pass, in writing. */
static bool may_lift(const Stepping *x, const StepLine *s, GError **error)
{
    bool only_held = s->n_holds > 0 && !s->has_guard && s->n_lacking == 0 && !s->too_early &&
                     !s->wrong_year && s->full == NULL && s->unheard == NULL;
    if (!x->request->lift || !only_held)
        return true;
    if (!session_may(x->session, MAY_LIFT))
        return fail(error, FAIL_RIGHT, "the role \"%s\" may not let a held step pass",
                    x->session->role->word);
    if (str_trim(x->request->reason).len == 0)
        refuse(x, "放行要写明原因", "letting it pass needs a reason in writing");
    return true;
}

static bool check_answer(const Stepping *x, const StepLine *s, GError **error)
{
    Reasons r = {g_string_new(NULL), g_string_new(NULL)};
    size_t before = x->faults->n;
    bool lifted = x->request->lift && s->n_holds > 0;
    bool fine = may_lift(x, s, error);
    if (fine && s->may != TRUTH_YES && x->faults->n == before) {
        if (!lifted)
            reason_holds(x, s, &r);
        reason_rest(x, s, &r);
        if (r.zh->len > 0)
            refuse(x, arena_str(x->faults->arena, str_of(r.zh->str)).at,
                   arena_str(x->faults->arena, str_of(r.en->str)).at);
    }
    g_string_free(r.zh, TRUE);
    g_string_free(r.en, TRUE);
    return fine;
}

static bool item_now(const Stepping *x, Arena *a, Date on, ItemLine *ret, GError **error)
{
    bool is;
    return follow_item(x->care, x->session, x->request->entity, x->request->key, on, a, &is, ret,
                       error);
}

static bool check_days(const Stepping *x, const ItemLine *item, Date since)
{
    char day[DATE_TEXT];
    if (since > care_today(x->care)) {
        refuse(x, "不能登记以后的日期", "a step is not taken in advance");
        return false;
    }
    if (item->state == NULL || since >= item->since)
        return true;
    date_format(item->since, day);
    refuse(x, arena_printf(x->faults->arena, "上一步在 %s 才到", day),
           arena_printf(x->faults->arena, "the step before was taken on %s", day));
    return false;
}

static bool check_move(const Stepping *x, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Date since = x->write->since > DATE_MIN ? x->write->since : care_today(x->care);
    ItemLine item;
    /* Today's record says from where it goes; whether it may is asked of the day of the step. */
    if (!item_now(x, a, care_today(x->care), &item, error))
        return false;
    if (!check_days(x, &item, since))
        return true;
    if (item.state == NULL)
        return check_begin(x, error);
    if (since != care_today(x->care) && !item_now(x, a, since, &item, error))
        return false;
    const StepLine *s = step_to(&item, x->write->value.num);
    if (s == NULL) {
        no_step(x, &item);
        return true;
    }
    bool lifts = x->request->lift && session_may(x->session, MAY_LIFT);
    if (!s->mine && !lifts)
        return fail(error, FAIL_RIGHT, "this step is not for the role \"%s\" to take",
                    x->session->role->word);
    return check_answer(x, s, error);
}

static const WriteField *state_write(const WriteRequest *r)
{
    const Procedure *p = r->entity->procedure;
    for (size_t i = 0; p != NULL && i < r->n_fields; i++)
        if (r->fields[i].field == p->state)
            return &r->fields[i];
    return NULL;
}

bool check_step(Care *c, const Session *s, const WriteRequest *r, const Record *before,
                Faults *faults, GError **error)
{
    const Stepping x = {c, s, r, before, r->entity->procedure, state_write(r), faults};
    if (x.write == NULL || r->kind == WRITE_CORRECT || r->kind == WRITE_END)
        return true;
    if (!x.write->value.known)
        refuse(&x, "进度只能往前办，不能清空", "a state is left by a step, not cleared");
    else if (before == NULL) {
        if (!check_begin(&x, error))
            return false;
    } else if (r->n_fields > 1)
        refuse(&x, "办理进度请单独登记",
               "a step is taken by itself, not together with other changes");
    else if (!check_move(&x, error))
        return false;
    if (faults->n == 0)
        return true;
    return fail(error, FAIL_INPUT, "%.*s: %.*s", STR_ARG(faults->list[0].field->name),
                STR_ARG(faults->list[0].en));
}

bool may_record(const Session *s, const Field *first, size_t n_fields, bool lift)
{
    const Procedure *p = n_fields == 1 ? first->entity->procedure : NULL;
    bool step = p != NULL && first == p->state;
    return session_may(s, MAY_PERSON_WRITE) || (lift && step && session_may(s, MAY_LIFT));
}

/* ---- for pages */

bool follow_step(Care *c, const Session *s, const StepEdit *edit, Arena *a, FieldFault **ret_faults,
                 size_t *ret_n_faults, GError **error)
{
    const Procedure *p = edit->entity->procedure;
    RecordKey ignored;
    if (p == NULL || edit->to >= p->states->n_codes)
        return fail(error, FAIL_ABSENT, "there is no such step");
    const FieldEdit field = {p->state, p->states->codes[edit->to].name, edit->since};
    RecordEdit record = {.entity = edit->entity,
                         .key = edit->key,
                         .expected = edit->expected,
                         .fields = &field,
                         .n_fields = 1,
                         .reason = edit->reason,
                         .lift = edit->lift};
    memcpy(record.request, edit->request, sizeof record.request);
    return record_save(c, s, &record, a, &ignored, ret_faults, ret_n_faults, error);
}
