/* follow.c — who asks for what is to be done: names behind `by`, rows in scope, pages of lines, the
 * sentences of a condition.  Not here: what is due (follow_tasks.c and its neighbours).
 * Start: following_begin(), condition_explain(). */
#include "care/follow_inside.h"

#include "base/clock.h"
#include "care/session.h"
#include "care/texts.h"
#include "evaluate/evaluate.h"

/* ---- who */

static const Code *agency_named(const Care *c, Str name)
{
    const Enum *e = model_enum(c->model, STR("agency"));
    for (size_t i = 0; e != NULL && i < e->n_codes; i++)
        if (str_equal(e->codes[i].name, name))
            return &e->codes[i];
    return NULL;
}

bool follow_who(const Care *c, Str name)
{
    return model_role(c->model, name) != NULL || agency_named(c, name) != NULL;
}

static bool acts_for(const Role *r, const Who *w)
{
    if (w->role != NULL) /* whichever text of it */
        return str_equal(w->role->name, r->name);
    for (size_t i = 0; i < r->n_agencies; i++)
        if (r->agencies[i] == w->agency)
            return true;
    return false;
}

/* Default: nobody (semantics 59).  The machine's own administrator acts for all; it is journalled.
 */
bool follow_may(const Care *c, const Session *s, const Whos *by)
{
    const Role *own = s->role->post;
    if (own == NULL) /* a role of rights.def, which the documents may give duties */
        own = role_in_force(c, str_of(s->role->word), s->region);
    if (session_is_machine(s))
        return true;
    for (size_t i = 0; own != NULL && i < by->n; i++)
        if (acts_for(own, &by->list[i]))
            return true;
    return false;
}

static Label who_label(const Who *w)
{
    return w->role != NULL     ? w->role->label
           : w->agency != NULL ? w->agency->label
                               : w->level->label;
}

Label follow_names(const Whos *by, Arena *a)
{
    GString *zh = g_string_new(NULL), *en = g_string_new(NULL);
    for (size_t i = 0; i < by->n; i++) {
        Label l = who_label(&by->list[i]);
        g_string_append_printf(zh, "%s%.*s", i > 0 ? "、" : "", STR_ARG(l.zh));
        g_string_append_printf(en, "%s%.*s", i > 0 ? ", " : "", STR_ARG(l.en));
    }
    Label all = {arena_str(a, str_of(zh->str)), arena_str(a, str_of(en->str))};
    g_string_free(zh, TRUE);
    g_string_free(en, TRUE);
    return all;
}

/* ---- the query */

bool following_may(const Session *s, GError **error)
{
    if (session_may(s, MAY_PERSON_READ))
        return true;
    return fail(error, FAIL_RIGHT, "the role \"%s\" does not see records", s->role->word);
}

bool following_begin(Following *f, Care *c, Working *w, const Session *s, const FollowQuery *q,
                     Arena *a, GError **error)
{
    if (q->by.len > 0 && !follow_who(c, q->by))
        return fail(error, FAIL_INPUT, "\"%.*s\" is no role or agency of the documents",
                    STR_ARG(q->by));
    *f = (Following){c, w, s, q, a, q->on != 0 ? q->on : care_today(c), q->region, NULL};
    f->calendar = work_calendar_new(a, c->model);
    return true;
}

bool following_began(const Following *f, Date *ret, GError **error)
{
    int64_t us = 0;
    *ret = 0;
    if (care_is_demo(f->care))
        return true;
    if (!store_began(f->care->store, &us, error))
        return fail_while(error, "looking up when this database began");
    *ret = us != 0 ? clock_day(us) : 0;
    return true;
}

/* An agency's own name, and those of the roles that act for it. */
bool following_by(const Following *f, const Whos *by)
{
    const Role *role = model_role(f->care->model, f->query->by);
    const Code *agency = agency_named(f->care, f->query->by);
    if (f->query->by.len == 0)
        return true;
    for (size_t i = 0; i < by->n; i++)
        if ((role != NULL && acts_for(role, &by->list[i])) ||
            (agency != NULL && by->list[i].agency == agency))
            return true;
    return false;
}

bool following_only(const Following *f, Str name)
{
    return f->query->only.len == 0 || str_equal(f->query->only, name);
}

CompileOptions following_options(const Following *f)
{
    return (CompileOptions){.data = f->working->data, .regions = f->care->regions};
}

/* A param has the same value whatever record it is asked of. */
bool following_time(const Following *f, const Expr *e, const Entity *any, FollowTime *ret,
                    GError **error)
{
    const Output output = {.kind = OUTPUT_EXPR, .expr = e};
    const CompileOptions options = following_options(f);
    *ret = (FollowTime){.unit = time_unit_of(&e->type)};
    if (e->kind == EXPR_NUMBER) {
        ret->known = true;
        ret->n = e->number;
        return true;
    }
    g_autoptr(Program) p = program_new(f->care->model, any, &output, 1, &options, error);
    if (p == NULL)
        return false;
    Batch *one = batch_new("any", 1, any->n_fields);
    Dataset *data = dataset_new(f->care->model->n_entities);
    data->batches[any->number] = one;
    ret->known = evaluate_value(p, data, 0, 0, f->on, &ret->n);
    dataset_free(data);
    return true;
}

bool following_soon(Date due, Date on, unsigned days)
{
    return due >= on && due - on <= (Date)days;
}

bool following_rows(const Following *f, const Entity *e, uint8_t **ret, const int32_t **ret_places,
                    size_t *ret_n, GError **error)
{
    size_t n = working_rows(f->working, e);
    uint8_t *rows = arena_many(f->arena, uint8_t, n + 1);
    *ret = rows;
    *ret_n = n;
    *ret_places = NULL;
    if (!scope_rows(f->care, f->working, f->session, e, f->on, rows, error) ||
        !working_places(f->care, f->working, e, f->on, ret_places, error))
        return false;
    for (size_t i = 0; f->region != ROW_NONE && i < n; i++) {
        int32_t place = (*ret_places)[i];
        rows[i] = rows[i] && place != ROW_NONE && region_in(f->care->regions, place, f->region);
    }
    return true;
}

void following_page(const FollowQuery *q, size_t total, size_t *ret_from, size_t *ret_n)
{
    size_t from = q->page_rows == 0 ? 0 : MIN(q->page * q->page_rows, total);
    *ret_from = from;
    *ret_n = q->page_rows == 0 ? total : MIN(q->page_rows, total - from);
}

RecordKey key_of_row(const Working *w, const Entity *e, size_t row)
{
    const Batch *b = working_batch(w, e);
    return (RecordKey){b->counties != NULL ? b->counties[row] : 0, b->ids[row]};
}

/* ---- words */

static Label input_label(const Input *in)
{
    switch (in->kind) {
    case INPUT_PARAM:
        return ((const Param *)in->origin)->label;
    case INPUT_TABLE:
        return ((const Table *)in->origin)->label;
    case INPUT_RECORDS:
        return ((const Entity *)in->origin)->label;
    default:
        return ((const Field *)in->origin)->label;
    }
}

void missing_facts(const Program *p, size_t output, uint64_t missing, Arena *a, MissingFact **ret,
                   size_t *ret_n)
{
    const ProgramOutput *o = &p->outputs[output];
    *ret = arena_array(a, o->n_inputs + 1, sizeof **ret);
    *ret_n = 0;
    for (size_t i = 0; i < o->n_inputs && i < 64; i++) {
        const Input *in = &p->inputs[o->inputs[i]];
        Label label = input_label(in);
        if ((missing >> i & 1) == 0)
            continue;
        (*ret)[(*ret_n)++] =
            (MissingFact){.name = arena_str(a, str_of(in->name)),
                          .zh = label.zh,
                          .en = label.en,
                          .is_param = in->kind == INPUT_PARAM || in->kind == INPUT_TABLE,
                          .is_judgement = in->judged};
    }
}

bool missing_before(const MissingFact *list, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (str_equal(list[k].name, list[i].name))
            return true;
    return false;
}

bool condition_explain(const Following *f, const Condition *x, size_t row, Explanation *ret,
                       Str *ret_cure_zh, Str *ret_cure_en, GError **error)
{
    const Type truth = {.kind = KIND_BOOL, .is_truth = true};
    Expr *negated = arena_new_of(f->arena, Expr);
    Rule *rule = arena_new_of(f->arena, Rule);
    *negated = (Expr){.kind = EXPR_NOT, .type = truth, .pos = x->expr->pos, .a = x->expr};
    *rule = (Rule){.kind = RULE_CHECK, .name = x->name, .label = x->label, .subject = x->entity};
    rule->from = DATE_MIN;
    rule->until = DATE_MAX;
    rule->require = x->negated ? negated : x->expr;
    rule->cure_zh = x->cure.zh;
    rule->cure_en = x->cure.en;
    rule->cure_parts = x->cure.parts;
    rule->n_cure_parts = x->cure.n_parts;
    rule->home = x->home;
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = following_options(f);
    g_autoptr(Program) p = program_new(f->care->model, x->entity, &output, 1, &options, error);
    Trace t;
    if (p == NULL || !evaluate_row(p, f->working->data, 0, row, f->on, f->arena, &t, error))
        return fail_while(error, "explaining \"%.*s\"", STR_ARG(x->name));
    explain_rule(f->arena, f->care->model, rule, p, &t, ret);
    if (ret_cure_zh != NULL) {
        *ret_cure_zh = ret->cure_zh;
        *ret_cure_en = ret->cure_en;
    }
    return true;
}
