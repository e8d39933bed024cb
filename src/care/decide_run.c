/* decide_run.c — brings the stored decisions up to date: what facts, rules and the passing of time
 * touched since, for all months from the first decided to the one that is asked for. In: the
 * working set, marks and calendar of the store.  Out: one run, and a report over the month. Read
 * first: decide_month(), decide_find(). */
#include "care/decide_inside.h"

#include "base/clock.h"
#include "care/write.h"

/* ---- a report over the month -------------------------------------------------------------------
 */

static bool report_entity(Care *c, const Working *w, const Entity *e, DecideReport *report,
                          GError **error)
{
    const Rule **rules = arena_many(report->arena, const Rule *, c->model->n_rules + 1);
    size_t n = decide_rules(c->model, e, rules);
    if (n == 0)
        return true;
    g_autofree Output *outputs = g_new0(Output, n);
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    const MonthOptions month = {.month = report->month, .keep = KEEP_SUMS};
    for (size_t i = 0; i < n; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = rules[i]};
    g_autoptr(Results) all = NULL;
    g_autoptr(Program) p = program_new(c->model, e, outputs, n, &options, error);
    if (p == NULL || !evaluate_month_as(p, w->data, &month, &all, error))
        return fail_while(error, "counting the answers about \"%.*s\"", STR_ARG(e->name));
    for (size_t k = 0; k < n; k++) {
        const Result *r = &all->list[k];
        report->lines[report->n_lines++] = (struct DecideLine){.rule = rules[k],
                                                               .yes = r->yes,
                                                               .no = r->no,
                                                               .unknown = r->unknown,
                                                               .judgement = r->judgement,
                                                               .sum = r->sum,
                                                               .most = r->most,
                                                               .unbounded = r->unbounded};
    }
    report->subjects += working_rows(w, e);
    return true;
}

/* ---- decisions ----------------------------------------------------------------------------------
 */

Deciding deciding_new(Care *c, Working *w)
{
    return (Deciding){.care = c,
                      .working = w,
                      .whole = g_array_new(FALSE, FALSE, sizeof(DecisionWhole)),
                      .pairs = g_array_new(FALSE, FALSE, sizeof(DecisionPair)),
                      .rows = g_array_new(FALSE, FALSE, sizeof(DecisionRow)),
                      .dues = g_array_new(FALSE, FALSE, sizeof(DueRow))};
}

void deciding_clear(Deciding *d)
{
    g_array_unref(d->whole);
    g_array_unref(d->pairs);
    g_array_unref(d->rows);
    g_array_unref(d->dues);
    working_unref(d->working);
}

/* Records decided by themselves from an earlier month are left out of everybody. */
static uint8_t **skips_of(const Anew *a, const Touching *t)
{
    uint8_t **skip = g_new0(uint8_t *, a->n_rules + 1);
    for (guint i = 0; i < t->ones->len; i++) {
        const TouchedOne *one = &g_array_index(t->ones, TouchedOne, i);
        if (one->row == ROW_NONE || t->whole[one->rule] == MONTH_NEVER)
            continue;
        if (skip[one->rule] == NULL)
            skip[one->rule] = g_new0(uint8_t, working_rows(a->working, a->entity) + 1);
        skip[one->rule][one->row] = 1;
    }
    return skip;
}

static bool decide_ones(Deciding *d, Anew *a, const Touching *t, GError **error)
{
    for (guint i = 0; i < t->ones->len; i++) {
        const TouchedOne *one = &g_array_index(t->ones, TouchedOne, i);
        const Rule *rule = a->rules[one->rule];
        const DecisionPair pair = {rule->number, one->key, one->from};
        /* Everybody's calendar has the record already. */
        bool for_all = t->whole[one->rule] != MONTH_NEVER;
        Date whole = for_all ? DATE_MIN : d->state.whole[rule->number];
        g_array_append_val(d->pairs, pair);
        if (one->row != ROW_NONE &&
            !anew_one(a, one->rule, (size_t)one->row, one->from, d->last, whole, error))
            return false;
    }
    return true;
}

static bool decide_touched(Deciding *d, Anew *a, const Touching *t, GError **error)
{
    uint8_t **skip = skips_of(a, t);
    bool fine = anew_whole(a, t->whole, d->last, skip, error) && decide_ones(d, a, t, error);
    for (size_t k = 0; k < a->n_rules; k++) {
        const DecisionWhole whole = {a->rules[k]->number, t->whole[k]};
        if (t->whole[k] <= d->last)
            g_array_append_val(d->whole, whole);
        g_free(skip[k]);
    }
    g_free(skip);
    return fine;
}

static bool decide_entity(Deciding *d, const Entity *e, GError **error)
{
    g_autoptr(Anew) a = NULL;
    Touching t;
    if (!anew_new(d->care, d->working, e, d->rows, d->dues, &a, error))
        return false;
    if (a->n_rules == 0)
        return true;
    if (!touching_find(a, &d->state, d->first, d->last, &t, error))
        return false;
    bool fine = decide_touched(d, a, &t, error);
    touching_clear(&t);
    return fine;
}

int decision_order(gconstpointer a, gconstpointer b)
{
    const DecisionRow *x = a, *y = b;
    int order = decision_key_order(x->rule, x->subject, y->rule, y->subject);
    return order != 0 ? order : x->from < y->from ? -1 : x->from > y->from;
}

int decision_pair_order(gconstpointer a, gconstpointer b)
{
    const DecisionPair *x = a, *y = b;
    return decision_key_order(x->rule, x->subject, y->rule, y->subject);
}

static int due_order(gconstpointer a, gconstpointer b)
{
    const DueRow *x = a, *y = b;
    return decision_key_order(x->rule, x->subject, y->rule, y->subject);
}

/* Most lists come in order already. */
static void sort_unless_sorted(GArray *list, GCompareFunc order)
{
    guint size = g_array_get_element_size(list);
    for (guint i = 1; i < list->len; i++)
        if (order(list->data + (size_t)(i - 1) * size, list->data + (size_t)i * size) > 0) {
            g_array_sort(list, order);
            return;
        }
}

static void rows_sort(Deciding *d)
{
    sort_unless_sorted(d->rows, decision_order);
    sort_unless_sorted(d->pairs, decision_pair_order);
    sort_unless_sorted(d->dues, due_order);
}

/* What is decided and what was: all months between, none left out. */
static bool decide_find(Deciding *d, Month month, bool everything, Arena *a, GError **error)
{
    Care *c = d->care;
    if (!store_decide_state(c->store, month_first(month + 1), a, &d->state, error))
        return false;
    d->first = d->state.any ? MIN(d->state.first, month) : month;
    d->last = d->state.any ? MAX(d->state.last, month) : month;
    if (d->last > month &&
        !store_decide_state(c->store, month_first(d->last + 1), a, &d->state, error))
        return false;
    for (size_t i = 0; everything && i < c->model->n_rules; i++)
        d->state.whole[i] = DATE_MIN;
    for (size_t e = 0; e < c->model->n_entities; e++)
        if (!decide_entity(d, c->model->entities[e], error))
            return false;
    rows_sort(d);
    return true;
}

static bool decide_write(Deciding *d, const Session *s, DecideReport *ret, GError **error)
{
    const DecisionRun run = {.base = d->state.run,
                             .first = d->first,
                             .last = d->last,
                             .known = d->working->data->known,
                             .n_known = d->working->data->n_known,
                             .whole = (const DecisionWhole *)(const void *)d->whole->data,
                             .n_whole = d->whole->len,
                             .pairs = (const DecisionPair *)(const void *)d->pairs->data,
                             .n_pairs = d->pairs->len,
                             .rows = (const DecisionRow *)(const void *)d->rows->data,
                             .n_rows = d->rows->len,
                             .dues = (const DueRow *)(const void *)d->dues->data,
                             .n_dues = d->dues->len,
                             .actor = s->account,
                             .via = s->via};
    DecisionAnswer answer;
    if (!care_write_decisions(d->care, &run, &answer, error))
        return false;
    ret->run = answer.run;
    ret->changed = answer.changed;
    ret->ones = d->pairs->len;
    ret->whole = d->whole->len;
    ret->first = d->first;
    ret->last = d->last;
    return true;
}

static bool decide_once(Care *c, const Session *s, const DecideWhat *what, DecideReport *ret,
                        GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Working *w;
    if (!working_get(c, &w, error))
        return false;
    Deciding d = deciding_new(c, w);
    bool fine =
        decide_find(&d, what->month, what->everything, a, error) && decide_write(&d, s, ret, error);
    for (size_t e = 0; fine && what->count && e < c->model->n_entities; e++)
        fine = report_entity(c, d.working, c->model->entities[e], ret, error);
    deciding_clear(&d);
    return fine;
}

/* Somebody else may decide at the same time: then what is left is found anew. */
#define DECIDE_TRIES 5

bool decide_month(Care *c, const Session *s, const DecideWhat *what, Arena *a, DecideReport *ret,
                  GError **error)
{
    int64_t start = clock_monotonic_us();
    for (int i = 1;; i++) {
        GError *why = NULL;
        *ret = (DecideReport){.arena = a,
                              .month = what->month,
                              .lines = arena_array(a, c->model->n_rules, sizeof *ret->lines)};
        if (decide_once(c, s, what, ret, &why))
            break;
        if (i == DECIDE_TRIES || !g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT)) {
            g_propagate_error(error, why);
            return false;
        }
        g_error_free(why);
    }
    ret->seconds = (double)(clock_monotonic_us() - start) / 1e6;
    return true;
}
