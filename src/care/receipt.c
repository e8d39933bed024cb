/* receipt.c — see receipt.h.
 * In: a row of `decision`, its run, the documents of its policy, the facts as known at its entries.
 * Out: the stored answer, its explanation as of then, and today's beside it.  Nothing is written.
 * Read first: decision_receipt(), recompute(). */
#include "care/receipt.h"

#include "care/explain_inside.h"
#include "care/policy.h"
#include "evaluate/evaluate.h"

typedef struct Asking {
    Care *care;
    const Session *session;
    const Rule *rule;
    RecordKey key;
    Month month;
    Arena *arena;
    Receipt *ret;
    DecideRun run;
} Asking;

/* ---- what is stored */

static bool stored_rows(Care *c, const Session *s, const Entity *e, RecordKey *key, Month month,
                        Arena *a, DecisionRow **rows, size_t *n, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (!session_may(s, MAY_MONEY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see benefits", s->role->word);
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, *key, error))
        return false;
    const Batch *b = w->data->batches[e->number];
    if (key->county == 0 && b != NULL && b->counties != NULL)
        key->county = b->counties[working_row(w, e, key->id)];
    return store_decisions(c->store, month, key, a, rows, n, error);
}

bool decision_stored(Care *c, const Session *s, const Entity *e, RecordKey key, Month month,
                     Arena *a, StoredAnswer **ret, size_t *ret_n, GError **error)
{
    DecisionRow *rows;
    size_t n;
    if (!stored_rows(c, s, e, &key, month, a, &rows, &n, error))
        return false;
    *ret = arena_array(a, n + 1, sizeof **ret);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (c->model->rules[rows[i].rule]->subject == e)
            (*ret)[(*ret_n)++] = (StoredAnswer){c->model->rules[rows[i].rule], rows[i].run,
                                                (Truth)rows[i].outcome, rows[i].amount};
    return true;
}

/* A no that was never anything else has no row: the newest run left it as it was. */
static bool find_no(Asking *q, GError **error)
{
    DecideState state;
    Receipt *r = q->ret;
    if (!store_decide_state(q->care->store, DATE_MIN, q->arena, &state, error))
        return false;
    r->decided = state.any && q->month >= state.first && q->month <= state.last;
    r->outcome = TRUTH_NO;
    r->run = state.run;
    return true;
}

static bool find_stored(Asking *q, GError **error)
{
    DecisionRow *rows;
    size_t n;
    Receipt *r = q->ret;
    if (!stored_rows(q->care, q->session, q->rule->subject, &q->key, q->month, q->arena, &rows, &n,
                     error))
        return false;
    if (q->rule->kind != RULE_BENEFIT)
        return true;
    for (size_t i = 0; i < n; i++)
        if (rows[i].rule == q->rule->number) {
            r->decided = true;
            r->outcome = (Truth)rows[i].outcome;
            r->amount = rows[i].outcome == TRUTH_YES ? rows[i].amount : 0;
            r->run = rows[i].run;
        }
    if (!r->decided && !find_no(q, error))
        return false;
    if (!r->decided)
        return true;
    if (!store_run(q->care->store, r->run, q->arena, &q->run, error))
        return false;
    r->at = q->run.at;
    r->policy = q->run.policy;
    r->other_policy = r->policy != store_policy(q->care->store);
    return true;
}

/* ---- as it was decided */

static bool same_answer(const Receipt *r, const Explanation *x, bool outside)
{
    Truth outcome = outside ? TRUTH_NO : x->outcome;
    int64_t amount = !outside && x->has_amount && outcome == TRUTH_YES ? x->amount : 0;
    return outcome == r->outcome && amount == r->amount;
}

static int64_t row_of(const Batch *b, int64_t id)
{
    for (size_t i = 0; b != NULL && b->ids != NULL && i < b->rows; i++)
        if (b->ids[i] == id)
            return (int64_t)i;
    return ROW_NONE;
}

static bool explain_then(Asking *q, const Model *m, const RegionTree *t, const Dataset *d,
                         const Rule *rule, size_t row, GError **error)
{
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {.data = d, .regions = t};
    g_autoptr(Program) p = program_new(m, rule->subject, &output, 1, &options, error);
    Explanation *x = &q->ret->then;
    Trace trace;
    if (p == NULL || !evaluate_row_month(p, d, 0, row, q->month, q->arena, &trace, error))
        return fail_while(error, "recomputing \"%.*s\"", STR_ARG(rule->name));
    q->ret->outside_then = trace.outside;
    if (trace.outside)
        return true;
    const Explaining more = {.care = q->care,
                             .session = q->session,
                             .model = m,
                             .data = d,
                             .regions = t,
                             .program = p,
                             .trace = &trace,
                             .arena = q->arena,
                             .past = true};
    explain_rule(q->arena, m, rule, p, &trace, x);
    explain_who(&more, x);
    return explain_facts(&more, x, error);
}

static void model_free_later(void *model)
{
    model_unref(model);
}

/* By the documents of then, kept with the answer: its texts point into them. */
static bool model_then(Asking *q, const Model **ret, GError **error)
{
    Model *m = NULL;
    if (!q->ret->other_policy) {
        *ret = q->care->model;
        return true;
    }
    if (!policy_model(q->care, q->ret->policy, &m, error))
        return false;
    arena_on_free(q->arena, model_free_later, m);
    *ret = m;
    return models_alike(q->care->model, m) ||
           fail(error, FAIL_INPUT, "the documents of then number records otherwise than now");
}

static bool recompute(Asking *q, GError **error)
{
    const Model *m;
    Dataset *d = NULL;
    Receipt *r = q->ret;
    if (!model_then(q, &m, error))
        return false;
    const RegionTree *t = r->other_policy ? region_tree_new(q->arena, m) : q->care->regions;
    const Rule *rule = model_rule(m, q->rule->name);
    if (!store_load_known(q->care->store, t, q->run.known, q->run.n_known, &d, error))
        return fail_while(error, "loading what was known then");
    int64_t row = row_of(d->batches[q->rule->subject->number], q->key.id);
    bool fine = true;
    if (rule == NULL || row == ROW_NONE)
        r->outside_then = true;
    else
        fine = explain_then(q, m, t, d, rule, (size_t)row, error);
    dataset_free(d);
    r->recomputed = fine;
    r->agrees = fine && same_answer(r, &r->then, r->outside_then);
    return fine;
}

/* ---- and now */

static bool explain_now(Asking *q, GError **error)
{
    GError *why = NULL;
    Receipt *r = q->ret;
    if (!decision_explain(q->care, q->session, q->rule, q->key, q->month, q->arena, &r->now,
                          &why)) {
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, why);
            return false;
        }
        g_error_free(why);
        r->outside_now = true;
    }
    r->same = same_answer(r, &r->now, r->outside_now);
    return true;
}

static bool has_line(const Explanation *x, const ExplainLine *line)
{
    for (size_t i = 0; i < x->n_lines; i++)
        if (x->lines[i].truth == line->truth && str_equal(x->lines[i].zh, line->zh))
            return true;
    return false;
}

/* Lines that are only then, beside those that are only now, in their order. */
static void tell_differences(Asking *q)
{
    Receipt *r = q->ret;
    const Explanation *a = &r->then, *b = &r->now;
    size_t i = 0, k = 0;
    r->differences = arena_many(q->arena, ReceiptDifference, a->n_lines + b->n_lines + 1);
    for (;;) {
        while (i < a->n_lines && (a->lines[i].depth == 0 || has_line(b, &a->lines[i])))
            i++;
        while (k < b->n_lines && (b->lines[k].depth == 0 || has_line(a, &b->lines[k])))
            k++;
        if (i >= a->n_lines && k >= b->n_lines)
            return;
        ReceiptDifference *to = &r->differences[r->n_differences++];
        *to = (ReceiptDifference){0};
        if (i < a->n_lines) {
            to->then_zh = a->lines[i].zh;
            to->then_en = a->lines[i++].en;
        }
        if (k < b->n_lines) {
            to->now_zh = b->lines[k].zh;
            to->now_en = b->lines[k++].en;
        }
    }
}

bool decision_receipt(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      bool again, Arena *a, Receipt *ret, GError **error)
{
    Asking q = {c, s, rule, key, month, a, ret, {0}};
    *ret = (Receipt){0};
    if (!find_stored(&q, error))
        return false;
    if (!explain_now(&q, error))
        return false;
    if (!ret->decided)
        return true;
    if (again && !recompute(&q, error))
        return false;
    if (again && !ret->same)
        tell_differences(&q);
    return true;
}
