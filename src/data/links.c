/* links.c — lists of rows by the record they refer to; see links.h. */
#include "data/links.h"

typedef struct Listed { /* as first listed, shared by copies */
    int refs;
    size_t ends;            /* records referred to: rows 0 … ends - 1 */
    uint32_t *start, *rows; /* rows start[i] .. start[i + 1] - 1 refer to i */
} Listed;

struct Links {
    int refs;
    Listed *listed;
    GHashTable
        *moved; /* int64_t record → GArray of uint32_t, in place of what is listed; or NULL */
};

/* ---- one row ------------------------------------------------------------------------------ */

static void end_add(GArray *to, int64_t end)
{
    for (guint i = 0; i < to->len; i++) {
        if (g_array_index(to, int64_t, i) == end)
            return;
    }
    g_array_append_val(to, end);
}

/* First of the row's earlier periods. */
static size_t first_period(const Column *c, size_t row)
{
    size_t low = 0, high = c->n_periods;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (c->periods[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void ends_from(const Column *c, size_t row, size_t period, GArray *to)
{
    for (; period < c->n_periods && c->periods[period].row == row; period++) {
        if (c->periods[period].known && c->periods[period].value >= 0)
            end_add(to, c->periods[period].value);
    }
    if (column_known(c, row) && column_get(c, row) >= 0)
        end_add(to, column_get(c, row));
}

void links_ends(const Column *reference, size_t row, GArray *to)
{
    if (reference != NULL && row < reference->rows)
        ends_from(reference, row, first_period(reference, row), to);
}

/* ---- all rows ----------------------------------------------------------------------------- */

typedef void (*Pair)(Listed *l, size_t end, size_t row);

static void count_pair(Listed *l, size_t end, size_t row)
{
    (void)row;
    l->start[end + 1]++;
}

/* Filling moves each start to its end, which is the next one's start. */
static void fill_pair(Listed *l, size_t end, size_t row)
{
    l->rows[l->start[end]++] = (uint32_t)row;
}

static void each_pair(const Column *c, Listed *l, Pair pair)
{
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(int64_t));
    size_t period = 0;

    for (size_t row = 0; row < c->rows; row++) {
        g_array_set_size(ends, 0);
        ends_from(c, row, period, ends);
        while (period < c->n_periods && c->periods[period].row == row)
            period++;
        for (guint i = 0; i < ends->len; i++)
            pair(l, (size_t)g_array_index(ends, int64_t, i), row);
    }
}

/* As many records as are referred to. */
static size_t ends_of(const Column *c)
{
    int64_t most = ROW_NONE;

    for (size_t i = 0; i < c->rows; i++) {
        if (column_known(c, i))
            most = MAX(most, column_get(c, i));
    }
    for (size_t i = 0; i < c->n_periods; i++) {
        if (c->periods[i].known)
            most = MAX(most, c->periods[i].value);
    }
    return (size_t)(most + 1);
}

static Listed *list(const Column *c)
{
    Listed *l = g_new0(Listed, 1);

    l->refs = 1;
    l->ends = c != NULL ? ends_of(c) : 0;
    l->start = g_new0(uint32_t, l->ends + 2);
    if (c != NULL)
        each_pair(c, l, count_pair);
    for (size_t i = 0; i < l->ends; i++)
        l->start[i + 1] += l->start[i];
    l->rows = g_new0(uint32_t, (size_t)l->start[l->ends] + 1);
    if (c != NULL)
        each_pair(c, l, fill_pair);
    for (size_t i = l->ends; i > 0; i--)
        l->start[i] = l->start[i - 1];
    l->start[0] = 0;
    return l;
}

Links *links_new(const Column *reference)
{
    Links *l = g_new0(Links, 1);

    l->refs = 1;
    l->listed = list(reference);
    return l;
}

Links *links_ref(const Links *l)
{
    Links *own = (Links *)l;

    g_atomic_int_inc(&own->refs);
    return own;
}

void links_unref(Links *l)
{
    if (l == NULL || !g_atomic_int_dec_and_test(&l->refs))
        return;
    if (g_atomic_int_dec_and_test(&l->listed->refs)) {
        g_free(l->listed->start);
        g_free(l->listed->rows);
        g_free(l->listed);
    }
    if (l->moved != NULL)
        g_hash_table_unref(l->moved);
    g_free(l);
}

const uint32_t *links_of(const Links *l, uint64_t to, size_t *ret_n)
{
    const Listed *all = l->listed;
    int64_t key = (int64_t)to;
    const GArray *own = l->moved != NULL ? g_hash_table_lookup(l->moved, &key) : NULL;

    *ret_n = own != NULL ? own->len : 0;
    if (own != NULL)
        return (const uint32_t *)(const void *)own->data;
    if (to >= all->ends)
        return NULL;
    *ret_n = all->start[to + 1] - all->start[to];
    return all->rows + all->start[to];
}

/* ---- while facts change ------------------------------------------------------------------- */

static void rows_free(void *what)
{
    g_array_unref(what);
}

static GHashTable *moved_new(void)
{
    return g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, rows_free);
}

Links *links_copy(const Links *l)
{
    Links *to = g_new0(Links, 1);
    GHashTableIter iter;
    gpointer key, rows;

    to->refs = 1;
    to->listed = l->listed;
    g_atomic_int_inc(&to->listed->refs);
    if (l->moved == NULL)
        return to;
    to->moved = moved_new();
    g_hash_table_iter_init(&iter, l->moved);
    while (g_hash_table_iter_next(&iter, &key, &rows))
        g_hash_table_insert(to->moved, g_memdup2(key, sizeof(int64_t)), g_array_ref(rows));
    return to;
}

/* The record's list as one of its own: lists may be shared with copies, so it is always a new one.
 */
static GArray *own_list(Links *l, int64_t end)
{
    GArray *own = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    size_t n;
    const uint32_t *rows = links_of(l, (uint64_t)end, &n);

    if (n > 0)
        g_array_append_vals(own, rows, (guint)n);
    if (l->moved == NULL)
        l->moved = moved_new();
    g_hash_table_insert(l->moved, g_memdup2(&end, sizeof end), own);
    return own;
}

static bool has_end(const GArray *ends, int64_t end)
{
    for (guint i = 0; i < ends->len; i++) {
        if (g_array_index(ends, int64_t, i) == end)
            return true;
    }
    return false;
}

static void row_remove(GArray *rows, uint32_t row)
{
    for (guint i = 0; i < rows->len; i++) {
        if (g_array_index(rows, uint32_t, i) == row) {
            g_array_remove_index(rows, i);
            return;
        }
    }
}

void links_move(Links *l, uint32_t row, const GArray *before, const GArray *after)
{
    for (guint i = 0; i < before->len; i++) {
        int64_t end = g_array_index(before, int64_t, i);

        if (!has_end(after, end))
            row_remove(own_list(l, end), row);
    }
    for (guint i = 0; i < after->len; i++) {
        int64_t end = g_array_index(after, int64_t, i);

        if (!has_end(before, end))
            g_array_append_val(own_list(l, end), row);
    }
}

/* ---- of a Dataset ------------------------------------------------------------------------- */

static int64_t key_of(unsigned entity, unsigned column)
{
    return (int64_t)entity << 32 | column;
}

static void links_drop(void *what)
{
    links_unref(what);
}

struct LinkSet *link_set_new(void)
{
    struct LinkSet *s = g_new0(struct LinkSet, 1);

    g_mutex_init(&s->lock);
    s->of = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, links_drop);
    return s;
}

void link_set_free(struct LinkSet *s)
{
    g_hash_table_unref(s->of);
    g_mutex_clear(&s->lock);
    g_free(s);
}

static const Column *reference_of(const Dataset *d, unsigned entity, unsigned column)
{
    const Batch *b = entity < d->n_batches ? d->batches[entity] : NULL;

    return b != NULL && column < b->n_columns ? b->columns[column] : NULL;
}

const Links *dataset_links(const Dataset *d, unsigned entity, unsigned column)
{
    int64_t key = key_of(entity, column);

    g_mutex_lock(&d->links->lock);
    Links *l = g_hash_table_lookup(d->links->of, &key);

    if (l == NULL) {
        l = links_new(reference_of(d, entity, column));
        g_hash_table_insert(d->links->of, g_memdup2(&key, sizeof key), l);
    }
    g_mutex_unlock(&d->links->lock);
    return l;
}

void dataset_put_links(Dataset *d, unsigned entity, unsigned column, Links *l)
{
    int64_t key = key_of(entity, column);

    g_mutex_lock(&d->links->lock);
    g_hash_table_insert(d->links->of, g_memdup2(&key, sizeof key), l);
    g_mutex_unlock(&d->links->lock);
}

void dataset_each_links(const Dataset *d, LinksEach each, void *with)
{
    GHashTableIter iter;
    gpointer key, l;

    g_mutex_lock(&d->links->lock);
    g_hash_table_iter_init(&iter, d->links->of);
    while (g_hash_table_iter_next(&iter, &key, &l)) {
        int64_t of = *(const int64_t *)key;

        each(with, (unsigned)(of >> 32), (unsigned)(of & UINT32_MAX), l);
    }
    g_mutex_unlock(&d->links->lock);
}
