/* explain.c — why: one record, one rule, recomputed from the facts and put in sentences.
 * In: a session, a record, a month.  Out: Explanations.  Not here: the words (compile/sentence.c).
 */
#include "care/explain_inside.h"
#include "evaluate/evaluate.h"

typedef struct Asking {
    Care *care;
    const Session *session;
    Working *working;
    const Entity *entity;
    size_t row;
    Month month;
    Arena *arena;
} Asking;

static bool ask(Asking *q, Care *c, const Session *s, const Entity *e, RecordKey key, Month month,
                Arena *a, Working **w, GError **error)
{
    if (!session_may(s, MAY_MONEY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see benefits", s->role->word);
    if (!working_get(c, w, error) || !scope_allows(c, *w, s, e, key, error))
        return false;
    int64_t row = working_row(*w, e, key.id);
    if (row == ROW_NONE)
        return fail(error, FAIL_ABSENT, "no %.*s with this number", STR_ARG(e->name));
    *q = (Asking){c, s, *w, e, (size_t)row, month, a};
    return true;
}

/* sources: also where each value came from, which reads the journal. */
static bool explain_one(const Asking *q, const Rule *rule, bool sources, bool *ret_applies,
                        Explanation *ret, GError **error)
{
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {.data = q->working->data, .regions = q->care->regions};
    g_autoptr(Program) p = program_new(q->care->model, q->entity, &output, 1, &options, error);
    Trace trace;
    if (p == NULL ||
        !evaluate_row_month(p, q->working->data, 0, q->row, q->month, q->arena, &trace, error))
        return fail_while(error, "explaining \"%.*s\"", STR_ARG(rule->name));
    *ret_applies = !trace.outside;
    if (!trace.outside) {
        const Explaining more = {.care = q->care,
                                 .session = q->session,
                                 .model = q->care->model,
                                 .data = q->working->data,
                                 .regions = q->care->regions,
                                 .program = p,
                                 .trace = &trace,
                                 .arena = q->arena};
        explain_rule(q->arena, q->care->model, rule, p, &trace, ret);
        explain_who(&more, ret);
        return !sources || explain_facts(&more, ret, error);
    }
    return true;
}

bool decision_explain(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      Arena *a, Explanation *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    Asking q;
    bool applies;
    if (!ask(&q, c, s, rule->subject, key, month, a, &w, error) ||
        !explain_one(&q, rule, true, &applies, ret, error))
        return false;
    if (!applies)
        return fail(error, FAIL_ABSENT,
                    "\"%.*s\" says nothing about this record in that month: it is outside the "
                    "rule's place, its own "
                    "span, or the rule was not in force",
                    STR_ARG(rule->name));
    return true;
}

bool decision_all(Care *c, const Session *s, const Entity *e, RecordKey key, Month month, Arena *a,
                  Explanation **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    Asking q;
    if (!ask(&q, c, s, e, key, month, a, &w, error))
        return false;
    const Model *m = c->model;
    *ret = arena_array(a, m->n_rules + 1, sizeof **ret);
    *ret_n = 0;
    for (size_t i = 0; i < m->n_rules; i++) {
        bool applies;
        if (m->rules[i]->subject != e)
            continue;
        if (!explain_one(&q, m->rules[i], false, &applies, &(*ret)[*ret_n], error))
            return false;
        *ret_n += applies;
    }
    return true;
}
