/* follow_index.h — the lines of due lists in order of urgency, region by region, so that a page is
 * found without looking at all of them.
 * In: rows of tasks of a day, the places of their records.  Out: counts by state and the lines of a
 * page, of what lies in a region.  For follow_tasks.c.  Start: index_make(), queue_next(). */
#ifndef ANLAO_CARE_FOLLOW_INDEX_H
#define ANLAO_CARE_FOLLOW_INDEX_H

#include "care/follow_inside.h"

/* Overdue, due, establish, later, done: states in the order in which they are listed. */
extern const TaskState index_states[TASK_STATES];

/* Rows of one place and class, by urgency: those of the k-th state lie before ends[k]. */
typedef struct TaskBucket {
    int32_t region; /* ROW_NONE: it is not known where they lie */
    uint16_t class;
    uint32_t first, ends[TASK_STATES];
} TaskBucket;

typedef struct TaskIndex {
    TaskRow *rows; /* by bucket */
    size_t n;
    TaskBucket *buckets; /* in the order of the tree; what has no place before all */
    size_t n_buckets;
} TaskIndex;

/* Sorts the rows where they lie: each says its region. */
void index_make(TaskIndex *x, const RegionTree *t, TaskRow *rows, size_t n, Arena *a);

/* What is asked of one task. */
typedef struct IndexQuery {
    int32_t region, home; /* in this one; what has no place lies at `home`; ROW_NONE: everything */
    bool placed;          /* only what has a place */
    uint16_t class;       /* as TaskRow.class; 0: every one */
    const uint8_t *only;  /* per record; NULL: all */
    unsigned kinds;       /* bits of TaskState … */
    Date from, until;     /* … and what is due on these days; until < from: none */
} IndexQuery;

/* Lines of several tasks, the most urgent first. */
typedef struct TaskQueue TaskQueue;
TaskQueue *queue_new(Arena *a);
/* *ret_counts by TaskState in the region, whatever is listed; returns how many are listed. */
uint64_t queue_add(TaskQueue *q, const RegionTree *t, const TaskIndex *x, size_t task,
                   const IndexQuery *query, uint64_t *ret_counts);
/* Counts as queue_add() does, and lists nothing. */
uint64_t index_count(const RegionTree *t, const TaskIndex *x, const IndexQuery *query,
                     uint64_t *ret_counts);
/* The next line and its task; false: there is none. */
bool queue_next(TaskQueue *q, size_t *ret_task, const TaskRow **ret);

#endif
