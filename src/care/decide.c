/* decide.c — what follows from the facts in a month, for everybody.
 * In: the working set.  Out: outcomes per rule and record (cached), and the stored decisions
 * brought up to date. Not here: payments.  Read first: decided_get(), decide_month(). */
#include "care/decide.h"

#include "base/clock.h"
#include "care/write.h"

/* (entity, month) pairs kept per working set: some 60 MB each for 300,000 elders; a year's pickers
 * touch few. */
#define DECIDED_KEPT 24

void decided_unref(void *decided)
{
    Decided *d = decided;
    if (d == NULL || !g_atomic_int_dec_and_test(&d->refs))
        return;
    results_free(d->results);
    program_free(d->program);
    g_free(d->rules);
    g_free(d);
}

static size_t rules_about(const Model *m, const Entity *e, const Rule **to)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->subject == e)
            to[n++] = m->rules[i];
    return n;
}

static Decided *decided_compute(Care *c, Working *w, const Entity *e, Month month, GError **error)
{
    const Model *m = c->model;
    Decided *d = g_new0(Decided, 1);
    d->refs = 1;
    d->entity = e;
    d->month = month;
    d->rules = g_new0(const Rule *, m->n_rules + 1);
    d->n_rules = rules_about(m, e, d->rules);
    if (d->n_rules == 0)
        return d;
    g_autofree Output *outputs = g_new0(Output, d->n_rules);
    for (size_t i = 0; i < d->n_rules; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = d->rules[i]};
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    d->program = program_new(m, e, outputs, d->n_rules, &options, error);
    if (d->program != NULL && evaluate_month(d->program, w->data, month, true, &d->results, error))
        return d;
    fail_while(error, "deciding about \"%.*s\"", STR_ARG(e->name));
    decided_unref(d);
    return NULL;
}

static void drop_oldest(GHashTable *results)
{
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    uint64_t used = UINT64_MAX;
    g_hash_table_iter_init(&iter, results);
    while (g_hash_table_iter_next(&iter, &key, &value))
        if (((Decided *)value)->used < used) {
            used = ((Decided *)value)->used;
            oldest = key;
        }
    if (oldest != NULL)
        g_hash_table_remove(results, oldest);
}

bool decided_get(Care *c, Working *w, const Entity *e, Month month, Decided **ret, GError **error)
{
    static uint64_t uses;
    int64_t key = (int64_t)e->number << 32 | (uint32_t)month;
    g_mutex_lock(&w->lock);
    Decided *d = g_hash_table_lookup(w->results, &key);
    if (d == NULL) {
        d = decided_compute(c, w, e, month, error);
        if (d != NULL && g_hash_table_size(w->results) >= DECIDED_KEPT)
            drop_oldest(w->results);
        if (d != NULL)
            g_hash_table_insert(w->results, g_memdup2(&key, sizeof key), d);
    }
    if (d != NULL) {
        d->used = ++uses;
        g_atomic_int_inc(&d->refs);
    }
    g_mutex_unlock(&w->lock);
    *ret = d;
    return d != NULL;
}

/* Benefits only: their answers are what money and a person's history rest on.  What a check finds
 * is read from the working set where it is shown.  A `no` that was never anything else has no row
 * (store.h). */
static void collect_rows(const Working *w, const Decided *d, GArray *rows)
{
    const Batch *b = w->data->batches[d->entity->number];
    for (size_t k = 0; k < d->n_rules; k++) {
        const Result *r = &d->results->list[k];
        if (d->rules[k]->kind != RULE_BENEFIT)
            continue;
        for (size_t i = 0; b != NULL && i < b->rows; i++) {
            uint8_t outcome = r->outcome[i];
            if (outcome == TRUTH_NO || outcome == OUTCOME_OUTSIDE)
                continue;
            DecisionRow row = {.rule = d->rules[k]->number,
                               .subject = {b->counties != NULL ? b->counties[i] : 0, b->ids[i]},
                               .from = d->month,
                               .until = DATE_MAX,
                               .outcome = outcome,
                               .amount = result_amount(r, i),
                               .missing = result_missing(r, i)};
            g_array_append_val(rows, row);
        }
    }
}

static void report_lines(const Decided *d, DecideReport *report)
{
    for (size_t k = 0; k < d->n_rules; k++) {
        const Result *r = &d->results->list[k];
        report->lines[report->n_lines++] = (struct DecideLine){.rule = d->rules[k],
                                                               .yes = r->yes,
                                                               .no = r->no,
                                                               .unknown = r->unknown,
                                                               .judgement = r->judgement,
                                                               .sum = r->sum,
                                                               .most = r->most,
                                                               .unbounded = r->unbounded};
    }
}

static int compare_rows(const void *a, const void *b)
{
    const DecisionRow *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    if (x->subject.county != y->subject.county)
        return x->subject.county < y->subject.county ? -1 : 1;
    return x->subject.id < y->subject.id ? -1 : x->subject.id > y->subject.id;
}

static bool decide_all(Care *c, Working *w, Month month, GArray *rows, GArray *rules,
                       DecideReport *report, GError **error)
{
    for (size_t e = 0; e < c->model->n_entities; e++) {
        const Entity *entity = c->model->entities[e];
        g_autoptr(Decided) d = NULL;
        if (!decided_get(c, w, entity, month, &d, error))
            return false;
        if (d->n_rules == 0)
            continue;
        collect_rows(w, d, rows);
        if (report != NULL)
            report_lines(d, report);
        for (size_t k = 0; k < d->n_rules; k++)
            if (d->rules[k]->kind == RULE_BENEFIT)
                g_array_append_val(rules, d->rules[k]->number);
        if (report != NULL)
            report->subjects += working_rows(w, entity);
    }
    g_array_sort(rows, compare_rows);
    return true;
}

bool decide_month(Care *c, Month month, Arena *a, DecideReport *ret, GError **error)
{
    int64_t start = clock_monotonic_us();
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    g_autoptr(GArray) rules = g_array_new(FALSE, FALSE, sizeof(unsigned));
    *ret = (DecideReport){.month = month,
                          .lines = arena_array(a, c->model->n_rules, sizeof *ret->lines)};
    if (!decide_all(c, w, month, rows, rules, ret, error))
        return false;
    bool fine = care_write_decisions(c, month, (const DecisionRow *)(const void *)rows->data,
                                     rows->len, (const unsigned *)(const void *)rules->data,
                                     rules->len, &ret->changed, error);
    ret->seconds = (double)(clock_monotonic_us() - start) / 1e6;
    return fine;
}

static bool same_answer(const DecisionRow *a, const DecisionRow *b)
{
    return compare_rows(a, b) == 0 && a->outcome == b->outcome && a->amount == b->amount &&
           a->missing == b->missing;
}

/* Both lists are sorted alike; a stored answer of `no` is as good as none. */
static uint64_t count_differences(const DecisionRow *a, size_t n, const DecisionRow *b, size_t m)
{
    uint64_t differ = 0;
    size_t i = 0, k = 0;
    while (i < n || k < m) {
        int order = i == n ? 1 : k == m ? -1 : compare_rows(&a[i], &b[k]);
        if (order < 0)
            differ += a[i++].outcome != TRUTH_NO;
        else if (order > 0)
            differ += b[k++].outcome != TRUTH_NO;
        else
            differ += !same_answer(&a[i++], &b[k++]);
    }
    return differ;
}

bool decide_verify(Care *c, DecideCheck *ret, GError **error)
{
    *ret = (DecideCheck){0};
    g_autoptr(Arena) a = arena_new();
    Month month;
    bool any;
    int64_t decided_at, now;
    if (!store_decided_month(c->store, &any, &month, &decided_at, error) ||
        !store_watermark(c->store, &now, error))
        return false;
    if (!any)
        return true;
    g_autoptr(Working) w = NULL;
    DecisionRow *stored;
    size_t n;
    if (!working_get(c, &w, error) ||
        !store_decisions(c->store, month, NULL, a, &stored, &n, error))
        return false;
    qsort(stored, n, sizeof *stored, compare_rows);
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(DecisionRow));
    g_autoptr(GArray) rules = g_array_new(FALSE, FALSE, sizeof(unsigned));
    if (!decide_all(c, w, month, rows, rules, NULL, error))
        return false;
    ret->compared = n;
    ret->outdated = now != decided_at;
    ret->differ =
        count_differences(stored, n, (const DecisionRow *)(const void *)rows->data, rows->len);
    return true;
}
