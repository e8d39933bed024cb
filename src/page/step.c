/* step.c — on a record's page: where it stands in its procedure, what may be done next and what
 * speaks against it; and the taking of a step.  Read first: fill_handling(), step_do(). */
#include "page/cells.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

/* ---- what speaks against a step ---- */

static void add_reason(ViewList *l, Str text)
{
    view_text(view_add(l), "text", text);
}

/* 面积（缺：…） */
static Str with_missing(const Req *q, Str text, const Explanation *why)
{
    g_autoptr(GString) to = g_string_new(NULL);
    g_string_append_len(to, text.at, (gssize)text.len);
    for (size_t i = 0; i < why->n_missing; i++) {
        const MissingFact *m = &why->missing[i];
        if (missing_before(why->missing, i))
            continue;
        Str label = missing_label(q, m->name, m->zh, m->en);
        Str missing = say_name(q, "step_missing", label);
        g_string_append_printf(to, " %.*s", STR_ARG(missing));
    }
    return arena_str(q->arena, (Str){to->str, to->len});
}

static void fill_holds(const Req *q, View *v, const StepLine *s)
{
    ViewList *l = view_list(v, "holds");
    for (size_t i = 0; i < s->n_holds; i++) {
        const HoldLine *h = &s->holds[i];
        View *hold = view_add(l);
        view_text(hold, "label", label_of(q, h->hold->label));
        view_text(hold, "cure", q->lang == LANG_EN ? h->cure_en : h->cure_zh);
        fill_missing(q, hold, h->why.missing, h->why.n_missing);
        fill_clause(q, hold, &h->hold->home);
    }
}

/* The lines of the guard that are not met. */
static void add_guard(const Req *q, ViewList *l, const StepLine *s)
{
    bool told = false;
    for (size_t i = 0; i < s->guard.n_lines; i++) {
        const ExplainLine *line = &s->guard.lines[i];
        if (line->depth == 0 || line->truth == TRUTH_YES)
            continue;
        add_reason(l, say_name(q, "step_guard", q->lang == LANG_EN ? line->en : line->zh));
        told = true;
    }
    if (!told || s->guard.n_missing > 0)
        add_reason(l, with_missing(q, say(q, "step_guard_open"), &s->guard));
}

static void fill_reasons(const Req *q, View *v, const StepLine *s)
{
    ViewList *l = view_list(v, "reasons");
    if (s->has_guard)
        add_guard(q, l, s);
    for (size_t i = 0; i < s->n_lacking; i++)
        add_reason(l, say_name(q, "step_lacks", label_of(q, s->lacking[i]->label)));
    if (s->too_early)
        add_reason(l, s->not_before != DATE_MIN
                          ? say_name(q, "step_early", words_date(q, s->not_before))
                          : say(q, "step_early_unset"));
    if (s->wrong_year)
        add_reason(l, say(q, "step_wrong_year"));
    if (s->unheard != NULL)
        add_reason(l, say_name(q, "step_unheard", label_of(q, s->unheard->label)));
    if (s->full != NULL)
        add_reason(l, say_number(q, "step_full", s->full->most));
    if (!s->mine)
        add_reason(l, say(q, "step_not_mine"));
}

/* Only holds speak against it: who may lift them in writing is asked for the reason. */
static bool only_held(const StepLine *s)
{
    return s->n_holds > 0 && !s->has_guard && s->n_lacking == 0 && !s->too_early &&
           !s->wrong_year && s->full == NULL && s->unheard == NULL;
}

static void fill_step(Req *q, View *v, const Procedure *p, const StepLine *s)
{
    bool lift = only_held(s) && s->mine && session_may(q->session, MAY_LIFT);
    bool writes = session_writes(q->session, p->entity);
    view_text(v, "to", label_of(q, s->to->label));
    view_text(v, "to_name", s->to->name);
    view_text(v, "by", label_of(q, follow_names(&s->step->by, q->arena)));
    view_word(v, "kind", words_class(s->may));
    view_word(v, "mark", words_mark(s->may));
    view_text(v, "due", s->has_due ? words_date(q, s->due) : STR(""));
    view_flag(v, "overdue", s->overdue);
    view_flag(v, "lift", lift);
    view_flag(v, "ready", (s->mine && s->may == TRUTH_YES && writes) || lift);
    fill_reasons(q, v, s);
    fill_holds(q, v, s);
    (void)p;
}

static Str new_request(const Req *q)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    g_autofree char *hex = hex_of(bytes, sizeof bytes);
    return arena_str(q->arena, str_of(hex));
}

bool fill_handling(Req *q, View *v, const Entity *e, RecordKey key, int64_t seq,
                   const FieldFault *faults, size_t n_faults, GError **error)
{
    ItemLine item;
    bool is;
    if (!follow_item(q->care, q->session, e, key, care_today(q->care), q->arena, &is, &item, error))
        return false;
    if (!is)
        return true;
    View *h = view_object(v, "handling");
    view_text(h, "label", label_of(q, item.procedure->label));
    view_text(h, "state", item.state != NULL ? label_of(q, item.state->label) : STR(""));
    view_text(h, "since", item.state != NULL ? words_date(q, item.since) : STR(""));
    view_url(h, "action_url", record_address(q, e, key, "/step"));
    view_int(h, "seq", seq);
    view_text(h, "request", new_request(q));
    view_text(h, "day", words_date(q, care_today(q->care)));
    fill_clause(q, h, &item.procedure->home);
    ViewList *told = view_list(h, "faults");
    for (size_t i = 0; i < n_faults; i++)
        add_reason(told, q->lang == LANG_EN ? faults[i].en : faults[i].zh);
    ViewList *steps = view_list(h, "steps");
    for (size_t i = 0; i < item.n_steps; i++)
        fill_step(q, view_add(steps), item.procedure, &item.steps[i]);
    return true;
}

/* ---- taking it ---- */

static bool read_step(Req *q, StepEdit *edit, GError **error)
{
    Str to = fields_get(&q->form, "to"), day = fields_get(&q->form, "since");
    Str seq = fields_get(&q->form, "seq");
    if (!req_entity(q, q->arguments[0], &edit->entity, error) ||
        !req_key(q, q->arguments[1], &edit->key, error))
        return false;
    const Procedure *p = edit->entity->procedure;
    const Code *c = p != NULL ? enum_code(p->states, to) : NULL;
    if (p == NULL)
        return fail(error, FAIL_ABSENT, "this register has no procedure");
    if (c == NULL || !hex_parse(fields_get(&q->form, "request"), edit->request, 16))
        return fail(error, FAIL_INPUT, "a step that leads nowhere, or a form without its number");
    if (day.len > 0 && !date_parse(day, &edit->since))
        return fail(error, FAIL_INPUT, "\"%.*s\" is no day", STR_ARG(day));
    edit->to = c->number;
    edit->expected = g_ascii_strtoll(arena_dup(q->arena, seq.at, seq.len), NULL, 10);
    edit->reason = str_trim(fields_get(&q->form, "reason"));
    edit->lift = str_is(fields_get(&q->form, "lift"), "yes");
    return true;
}

bool step_do(Req *q, GError **error)
{
    StepEdit edit = {0};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) refused = NULL;
    if (!read_step(q, &edit, error))
        return false;
    if (follow_step(q->care, q->session, &edit, q->arena, &faults, &n, &refused))
        return page_redirect(q, record_address(q, edit.entity, edit.key, "?saved=1#handling"));
    if (n > 0)
        return record_page(q, edit.entity, edit.key, 422, faults, n, error);
    if (g_error_matches(refused, FAIL_DOMAIN, FAIL_CONFLICT)) {
        page_refuse_as(q, 409, KEY("error_conflict"), KEY("error_conflict_text"));
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&refused));
    return false;
}
