/* decide_follow.c — outcomes of a month go along from one working set to the next: what was
 * written is decided anew, the rest stays.  What does not fit (values wider than was proven,
 * readers at work) is left behind and computed when it is asked for.  Start: decided_follow(). */
#include "care/decide.h"
#include "care/inside.h"
#include "data/links.h"
#include "evaluate/fresh.h"

/* ---- which facts changed -----------------------------------------------------------------------
 */

static size_t periods_of(const Column *c, size_t row, const Period **ret)
{
    size_t low = 0, high = c->n_periods, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->periods[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    *ret = c->periods + low;
    while (low + n < c->n_periods && c->periods[low + n].row == row)
        n++;
    return n;
}

static bool same_periods(const Column *a, const Column *b, size_t row)
{
    const Period *x, *y;
    size_t n = periods_of(a, row, &x), m = periods_of(b, row, &y);
    bool same = n == m;
    for (size_t i = 0; same && i < n; i++)
        same = x[i].since == y[i].since && x[i].until == y[i].until && x[i].known == y[i].known &&
               x[i].value == y[i].value;
    return same;
}

static Date until_of(const Column *c, size_t row)
{
    return c->until != NULL ? c->until[row] : DATE_MAX;
}

/* Of a text, rules read no more than whether it is known. */
static bool same_fact(const Column *a, const Column *b, size_t row)
{
    if (column_known(a, row) != column_known(b, row))
        return false;
    if (a->physical != PHYSICAL_TEXT && column_known(a, row) &&
        column_get(a, row) != column_get(b, row))
        return false;
    if (a->since == NULL)
        return true;
    return a->since[row] == b->since[row] && until_of(a, row) == until_of(b, row) &&
           same_periods(a, b, row);
}

typedef struct Following {
    const Working *old;
    Working *fresh;
    const News *news;
} Following;

void facts_differ(const Working *old, const Working *fresh, const Entity *e, int64_t id,
                  FactDiffers each, void *with)
{
    const Batch *a = working_batch(old, e), *b = working_batch(fresh, e);
    int64_t was = working_row(old, e, id), row = working_row(fresh, e, id);
    if (row == ROW_NONE)
        return;
    if (was == ROW_NONE || a == NULL) {
        each(with, NULL, e->number, REACH_RECORD, (size_t)row);
        return;
    }
    for (unsigned k = 0; k < b->n_columns; k++) {
        if (a->columns[k] == NULL || b->columns[k] == NULL ||
            same_fact(a->columns[k], b->columns[k], (size_t)row))
            continue;
        if (b->columns[k]->kind == KIND_REF)
            each(with, old->data, e->number, k, (size_t)row);
        each(with, NULL, e->number, k, (size_t)row);
    }
}

static void touch_fact(void *with, const Dataset *d, unsigned entity, unsigned column, size_t row)
{
    fresh_touch(with, d, entity, column, row);
}

/* ---- links -------------------------------------------------------------------------------------
 */

static bool is_touched(const Following *f, unsigned entity)
{
    for (size_t i = 0; i < f->news->n; i++)
        if (f->news->list[i].entity->number == entity)
            return true;
    return false;
}

static void links_follow_row(const Following *f, Links *l, const Entity *e, unsigned column,
                             int64_t id)
{
    g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) after = g_array_new(FALSE, FALSE, sizeof(int64_t));
    const Batch *a = working_batch(f->old, e), *b = working_batch(f->fresh, e);
    int64_t was = working_row(f->old, e, id), row = working_row(f->fresh, e, id);
    if (row == ROW_NONE)
        return;
    if (was != ROW_NONE)
        links_ends(a->columns[column], (size_t)was, before);
    links_ends(b->columns[column], (size_t)row, after);
    links_move(l, (uint32_t)row, before, after);
}

static void links_follow(void *with, unsigned entity, unsigned column, const Links *l)
{
    const Following *f = with;
    const Batch *b = f->fresh->data->batches[entity];
    if (!is_touched(f, entity)) {
        dataset_put_links(f->fresh->data, entity, column, links_ref(l));
        return;
    }
    if (b == NULL || column >= b->n_columns || b->columns[column] == NULL)
        return;
    Links *own = links_copy(l);
    for (size_t i = 0; i < f->news->n; i++)
        if (f->news->list[i].entity->number == entity)
            links_follow_row(f, own, f->news->list[i].entity, column, f->news->list[i].key.id);
    dataset_put_links(f->fresh->data, entity, column, own);
}

void links_along(Working *old, Working *fresh, const News *news)
{
    Following f = {old, fresh, news};
    dataset_each_links(old->data, links_follow, &f);
}

/* ---- outcomes ----------------------------------------------------------------------------------
 */

static bool follow(const Following *f, Decided *d)
{
    g_autoptr(Fresh) to = NULL;
    if (d->n_rules == 0)
        return true;
    if (d->reach == NULL)
        d->reach = reach_new(d->program, NULL);
    if (d->reach == NULL ||
        !fresh_new(d->program, d->reach, f->fresh->data, d->month, d->results, &to, NULL))
        return false;
    for (size_t i = 0; i < f->news->n; i++)
        facts_differ(f->old, f->fresh, f->news->list[i].entity, f->news->list[i].key.id, touch_fact,
                     to);
    return fresh_settle(to, NULL, NULL);
}

/* Those that nobody else holds: readers of the old set keep what they have. */
static GPtrArray *take_free(Working *old)
{
    GPtrArray *taken = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key, d;
    g_mutex_lock(old->lock);
    g_hash_table_iter_init(&iter, old->results);
    while (g_hash_table_iter_next(&iter, &key, &d)) {
        if (g_atomic_int_get(&((Decided *)d)->refs) != 1)
            continue;
        g_ptr_array_add(taken, d);
        g_hash_table_iter_steal(&iter);
        g_free(key);
    }
    g_mutex_unlock(old->lock);
    return taken;
}

void decided_follow(Working *old, Working *fresh, const News *news)
{
    Following f = {old, fresh, news};
    g_autoptr(GPtrArray) taken = take_free(old);
    for (guint i = 0; i < taken->len; i++) {
        Decided *d = taken->pdata[i];
        int64_t key = decided_key(d->entity, d->month);
        if (follow(&f, d))
            g_hash_table_insert(fresh->results, g_memdup2(&key, sizeof key), d);
        else
            decided_unref(d);
    }
}
