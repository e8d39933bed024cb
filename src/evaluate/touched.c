/* touched.c — from a fact along references to the rows whose answers rest on it; see touched.h. */
#include "evaluate/touched.h"

typedef struct Walk {
    const Dataset *d;
    const Reach *reach;
    GArray *to;
} Walk;

static void arrive(const Walk *w, size_t row)
{
    for (size_t i = 0; i < w->reach->n_outputs; i++) {
        Touched t = {w->reach->outputs[i], (uint32_t)row};

        g_array_append_val(w->to, t);
    }
}

static const Column *reference_of(const Dataset *d, const Hop *h)
{
    const Batch *b = h->entity < d->n_batches ? d->batches[h->entity] : NULL;

    return b != NULL && h->column < b->n_columns ? b->columns[h->column] : NULL;
}

static void walk(const Walk *w, size_t hop, size_t row)
{
    const Hop *h = &w->reach->hops[hop];
    size_t n = 0;
    const uint32_t *rows;
    GArray *ends;

    if (hop == w->reach->n_hops) {
        arrive(w, row);
        return;
    }
    if (h->back) {
        rows = links_of(dataset_links(w->d, h->entity, h->column), row, &n);
        for (size_t i = 0; i < n; i++)
            walk(w, hop + 1, rows[i]);
        return;
    }
    ends = g_array_new(FALSE, FALSE, sizeof(int64_t));
    links_ends(reference_of(w->d, h), row, ends);
    for (guint i = 0; i < ends->len; i++)
        walk(w, hop + 1, (size_t)g_array_index(ends, int64_t, i));
    g_array_unref(ends);
}

void touched_by_way(const Reach *r, const Dataset *d, size_t hop, size_t row, GArray *to)
{
    Walk w = {d, r, to};

    walk(&w, hop, row);
}

void touched_by_fact(const ReachIndex *x, const Dataset *d, unsigned entity, unsigned column,
                     size_t row, GArray *to)
{
    size_t n;
    const Reach *list = reach_of(x, entity, column, &n);

    for (size_t i = 0; i < n; i++)
        touched_by_way(&list[i], d, 0, row, to);
    if (column != REACH_RECORD || entity != x->subject)
        return;
    for (size_t i = 0; i < x->n_all; i++) {
        Touched t = {x->all[i], (uint32_t)row};

        g_array_append_val(to, t);
    }
}

static int touched_order(gconstpointer a, gconstpointer b)
{
    const Touched *x = a, *y = b;

    if (x->output != y->output)
        return x->output < y->output ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

void touched_settle(GArray *all)
{
    guint kept = 0;

    g_array_sort(all, touched_order);
    for (guint i = 0; i < all->len; i++) {
        Touched t = g_array_index(all, Touched, i);

        if (kept == 0 || touched_order(&t, &g_array_index(all, Touched, kept - 1)) != 0)
            g_array_index(all, Touched, kept++) = t;
    }
    g_array_set_size(all, kept);
}
