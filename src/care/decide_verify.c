/* decide_verify.c — stored decisions of all months against a recomputation in full, by the rules in
 * force and the facts of today.  Answers that changed facts or rules have touched since are passed
 * over: they are work for `decide`.  Start: decide_verify(). */
#include "care/decide_inside.h"
#include "store/copies.h"

/* Answers as they should stand: as rows of the store, a no behind what was something else. */
static void rows_close(GArray *rows)
{
    guint n = rows->len;
    for (guint i = 0; i < n; i++) {
        DecisionRow *row = &g_array_index(rows, DecisionRow, i), no = *row;
        const DecisionRow *next = i + 1 < n ? row + 1 : NULL;
        bool same = next != NULL &&
                    decision_key_order(row->rule, row->subject, next->rule, next->subject) == 0;
        no.from = row->until;
        no.until = same ? next->from : DATE_MAX;
        no.outcome = TRUTH_NO;
        no.amount = 0;
        no.missing = 0;
        if (no.from < no.until)
            g_array_append_val(rows, no);
    }
    g_array_sort(rows, decision_order);
}

static bool same_row(const DecisionRow *a, const DecisionRow *b)
{
    return decision_order(a, b) == 0 && a->until == b->until && a->outcome == b->outcome &&
           a->amount == b->amount && a->missing == b->missing;
}

static size_t rows_of_one(const DecisionRow *rows, size_t n)
{
    size_t k = 1;
    while (k < n &&
           decision_key_order(rows[0].rule, rows[0].subject, rows[k].rule, rows[k].subject) == 0)
        k++;
    return n == 0 ? 0 : k;
}

static bool is_stale(const Deciding *d, unsigned rule, RecordKey subject)
{
    const DecisionPair key = {.rule = rule, .subject = subject};
    for (guint i = 0; i < d->whole->len; i++)
        if (g_array_index(d->whole, DecisionWhole, i).rule == rule)
            return true;
    return g_array_binary_search(d->pairs, &key, decision_pair_order, NULL);
}

/* Rules and subjects of which one answer of some month differs; those to be decided anew are passed
 * over. */
static void compare_rows(const Deciding *d, const DecisionRow *a, size_t n, DecideCheck *ret)
{
    const DecisionRow *b = (const DecisionRow *)(const void *)d->rows->data;
    size_t m = d->rows->len;
    while (n > 0 || m > 0) {
        int order = n == 0   ? 1
                    : m == 0 ? -1
                             : decision_key_order(a->rule, a->subject, b->rule, b->subject);
        size_t i = order <= 0 ? rows_of_one(a, n) : 0, k = order >= 0 ? rows_of_one(b, m) : 0;
        const DecisionRow *one = order <= 0 ? a : b;
        bool differs = i != k;
        for (size_t x = 0; !differs && x < i; x++)
            differs = !same_row(&a[x], &b[x]);
        if (differs && is_stale(d, one->rule, one->subject))
            ret->stale++;
        else
            ret->differ += differs;
        a += i;
        n -= i;
        b += k;
        m -= k;
    }
}

static bool verify_entity(Deciding *d, const Entity *e, GError **error)
{
    g_autoptr(Anew) a = NULL;
    Touching t;
    if (!anew_new(d->care, d->working, e, d->rows, d->dues, &a, error))
        return false;
    if (a->n_rules == 0)
        return true;
    if (!touching_find(a, &d->state, d->first, d->last, &t, error))
        return false;
    for (size_t k = 0; k < a->n_rules; k++) {
        const DecisionWhole whole = {a->rules[k]->number, t.whole[k]};
        if (t.whole[k] <= d->last)
            g_array_append_val(d->whole, whole);
        t.whole[k] = d->first;
    }
    for (guint i = 0; i < t.ones->len; i++) {
        const TouchedOne *one = &g_array_index(t.ones, TouchedOne, i);
        const DecisionPair pair = {a->rules[one->rule]->number, one->key, one->from};
        g_array_append_val(d->pairs, pair);
    }
    bool fine = anew_whole(a, t.whole, d->last, NULL, error);
    touching_clear(&t);
    return fine;
}

static bool verify_find(Deciding *d, Arena *a, GError **error)
{
    Care *c = d->care;
    if (!store_decide_state(c->store, DATE_MIN, a, &d->state, error))
        return false;
    d->first = d->state.first;
    d->last = d->state.last;
    for (size_t e = 0; d->state.any && e < c->model->n_entities; e++)
        if (!verify_entity(d, c->model->entities[e], error))
            return false;
    g_array_sort(d->rows, decision_order);
    g_array_sort(d->pairs, decision_pair_order);
    rows_close(d->rows);
    return true;
}

/* What other nodes keep is decided, and verified, there. */
static bool copies_leave(Care *c, GArray *rows, Arena *a, GError **error)
{
    CopyRow *copies;
    size_t n;
    if (!store_copies(c->store, a, &copies, &n, error))
        return false;
    for (guint i = rows->len; i > 0 && n > 0; i--)
        for (size_t k = 0; k < n; k++)
            if (g_array_index(rows, DecisionRow, i - 1).subject.county == copies[k].county) {
                g_array_remove_index(rows, i - 1);
                break;
            }
    return true;
}

bool decide_verify(Care *c, DecideCheck *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    DecisionRow *stored;
    Working *w;
    *ret = (DecideCheck){0};
    if (!working_get(c, &w, error))
        return false;
    Deciding d = deciding_new(c, w);
    bool fine = verify_find(&d, a, error) && copies_leave(c, d.rows, a, error) &&
                store_all_decisions(c->store, a, &stored, &ret->compared, error);
    if (fine && d.state.any)
        compare_rows(&d, stored, ret->compared, ret);
    ret->outdated = d.state.n_marks > 0 || d.state.n_rules > 0;
    deciding_clear(&d);
    return fine;
}
