/* follow_along.c — due lists go along from one working set to the next: who is touched by what was
 * written is evaluated anew, the rest stays.  What does not fit (values wider than was proven,
 * readers at work, a record that shortens a task for all) is left behind and made when it is asked
 * for.  In: the sets before and after, what was written.  Start: followed_along(). */
#include "base/sort.h"
#include "care/follow_index.h"
#include "care/inside.h"
#include "evaluate/task_fresh.h"

#define ALONG_MOST 1024u /* rows beside the index; beyond, it is made anew */

typedef struct Along {
    const Care *care;
    const Working *old;
    Working *fresh;
    Followed *x;
    GArray *rows; /* of uint32_t: who is touched */
    bool all;     /* everybody may be */
} Along;

void followed_overlay(Followed *x, const RegionTree *t)
{
    arena_free(x->along);
    x->along = arena_new();
    x->gone_index = arena_new_of(x->along, TaskIndex);
    x->fresh_index = arena_new_of(x->along, TaskIndex);
    index_make(x->gone_index, t, (TaskRow *)(void *)x->gone->data, x->gone->len, x->along);
    index_make(x->fresh_index, t, (TaskRow *)(void *)x->fresh->data, x->fresh->len, x->along);
}

static void touch_fact(void *with, const Dataset *d, unsigned entity, unsigned column, size_t row)
{
    Along *g = with;
    const Entity *subject = g->x->task->subject;
    uint32_t own = (uint32_t)row;
    if (entity == subject->number) /* also where it lies, which no condition may read */
        g_array_append_val(g->rows, own);
    for (size_t i = 1; subject->place != NULL && i < subject->place->n_path; i++)
        g->all = g->all || (subject->place->path[i]->entity->number == entity &&
                            subject->place->path[i]->index == column);
    const Dataset *of = d != NULL ? d : g->fresh->data;
    g->all = g->all || !task_touched(g->x->reach, g->x->program, of, entity, column, row, g->rows);
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static void rows_once(GArray *rows)
{
    guint kept = 0;
    uint32_t *list = (uint32_t *)(void *)rows->data;
    if (rows->len > 0)
        sort_rows(list, rows->len, sizeof *list, by_number);
    for (guint i = 0; i < rows->len; i++)
        if (i == 0 || list[i] != list[i - 1])
            list[kept++] = list[i];
    g_array_set_size(rows, kept);
}

/* What stood for the row stands no more. */
static void row_goes(Followed *x, uint32_t row)
{
    for (guint i = x->fresh->len; i-- > 0;)
        if (g_array_index(x->fresh, TaskRow, i).row == row)
            g_array_remove_index_fast(x->fresh, i);
    if (row >= x->n_at || x->at[row] == 0)
        return;
    TaskRow *base = &x->rows.list[x->at[row] - 1];
    if (!base->dead)
        g_array_append_val(x->gone, *base);
    base->dead = true;
}

static bool rows_anew(const Along *g)
{
    Followed *x = g->x;
    g_autoptr(Arena) a = arena_new();
    TaskRows rows;
    if (x->gone->len + x->fresh->len + g->rows->len > ALONG_MOST ||
        !evaluate_task_rows(x->program, g->fresh->data, x->on,
                            (const uint32_t *)(const void *)g->rows->data, g->rows->len, a, &rows,
                            NULL))
        return false;
    for (guint i = 0; i < g->rows->len; i++)
        row_goes(x, g_array_index(g->rows, uint32_t, i));
    for (size_t i = 0; i < rows.n; i++) {
        rows.list[i].region =
            place_row(g->care, g->fresh, x->task->subject, rows.list[i].row, x->on);
        g_array_append_val(x->fresh, rows.list[i]);
    }
    followed_overlay(x, g->care->regions);
    return true;
}

static bool along_one(Along *g, const News *news)
{
    if (g->x->reach == NULL)
        g->x->reach = task_reach_new(g->x->program);
    if (g->x->reach == NULL)
        return false;
    for (size_t i = 0; i < news->n && !g->all; i++)
        facts_differ(g->old, g->fresh, news->list[i].entity, news->list[i].key.id, touch_fact, g);
    if (g->all)
        return false;
    rows_once(g->rows);
    return g->rows->len == 0 || rows_anew(g);
}

/* Those of the day that nobody else holds. */
static GPtrArray *take_free(Working *old, Date today)
{
    GPtrArray *taken = g_ptr_array_new();
    GHashTableIter iter;
    gpointer key, value;
    g_mutex_lock(old->lock);
    g_hash_table_iter_init(&iter, old->followed);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        Followed *x = value;
        if (x->on != today || g_atomic_int_get(&x->refs) != 1)
            continue;
        g_ptr_array_add(taken, x);
        g_hash_table_iter_steal(&iter);
        g_free(key);
    }
    g_mutex_unlock(old->lock);
    return taken;
}

void followed_along(Care *c, Working *old, Working *fresh, const News *news)
{
    g_autoptr(GPtrArray) taken = take_free(old, care_today(c));
    for (guint i = 0; i < taken->len; i++) {
        Followed *x = taken->pdata[i];
        int64_t key = (int64_t)x->task->number << 32 | (uint32_t)x->on;
        g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        Along g = {c, old, fresh, x, rows, false};
        if (along_one(&g, news))
            g_hash_table_insert(fresh->followed, g_memdup2(&key, sizeof key), x);
        else
            followed_unref(x);
    }
}
