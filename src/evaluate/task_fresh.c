/* task_fresh.c — see task_fresh.h: through what the condition and the interval read, through the
 * events that show that it was done, and through what shortens it, which may concern all. */
#include "evaluate/task_fresh.h"

#include "data/links.h"
#include "evaluate/touched.h"

struct TaskReach {
    ReachIndex *subject, *where; /* where NULL: every event shows it */
    ReachIndex **sooner;
    size_t n_sooner;
};

void task_reach_free(TaskReach *x)
{
    if (x == NULL)
        return;
    reach_free(x->subject);
    reach_free(x->where);
    for (size_t i = 0; i < x->n_sooner; i++)
        reach_free(x->sooner[i]);
    g_free(x->sooner);
    g_free(x);
}

TaskReach *task_reach_new(const TaskProgram *p)
{
    TaskReach *x = g_new0(TaskReach, 1);
    bool whole;

    x->subject = reach_new(p->subject, NULL);
    x->where = p->done.where != NULL ? reach_new(p->done.where, NULL) : NULL;
    x->sooner = g_new0(ReachIndex *, p->n_sooner + 1);
    x->n_sooner = p->n_sooner;
    whole = x->subject != NULL && (p->done.where == NULL || x->where != NULL);
    for (size_t i = 0; i < p->n_sooner; i++) {
        x->sooner[i] = reach_new(p->sooner[i].of, NULL);
        whole = whole && x->sooner[i] != NULL;
    }
    if (whole)
        return x;
    task_reach_free(x);
    return NULL;
}

/* Whom an event was, or is, about. */
static void event_ends(const TaskProgram *p, const Dataset *d, size_t event, GArray *rows)
{
    g_autoptr(GArray) ends = g_array_new(FALSE, FALSE, sizeof(int64_t));
    const Batch *b = p->done.entity < d->n_batches ? d->batches[p->done.entity] : NULL;
    const Column *reference = b != NULL && (size_t)p->done.reference < b->n_columns
                                  ? b->columns[p->done.reference]
                                  : NULL;

    if (reference == NULL || event >= reference->rows)
        return;
    links_ends(reference, event, ends);
    for (guint i = 0; i < ends->len; i++) {
        uint32_t row = (uint32_t)g_array_index(ends, int64_t, i);
        g_array_append_val(rows, row);
    }
}

static void add_rows(const GArray *touched, GArray *rows)
{
    for (guint i = 0; i < touched->len; i++)
        g_array_append_val(rows, g_array_index(touched, Touched, i).row);
}

bool task_touched(const TaskReach *x, const TaskProgram *p, const Dataset *d, unsigned entity,
                  unsigned column, size_t row, GArray *rows)
{
    g_autoptr(GArray) touched = g_array_new(FALSE, FALSE, sizeof(Touched));

    for (size_t i = 0; i < x->n_sooner; i++) {
        touched_by_fact(x->sooner[i], d, entity, column, row, touched);
        if (touched->len > 0 || entity == p->sooner[i].entity)
            return false;
    }
    touched_by_fact(x->subject, d, entity, column, row, touched);
    add_rows(touched, rows);
    if (entity == p->subject->entity && column == REACH_RECORD) {
        uint32_t own = (uint32_t)row;
        g_array_append_val(rows, own);
    }
    if (entity == p->done.entity)
        event_ends(p, d, row, rows);
    if (x->where == NULL)
        return true;
    g_array_set_size(touched, 0);
    touched_by_fact(x->where, d, entity, column, row, touched);
    for (guint i = 0; i < touched->len; i++)
        event_ends(p, d, g_array_index(touched, Touched, i).row, rows);
    return true;
}
