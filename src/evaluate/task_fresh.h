/* task_fresh.h — whose standing in a task may be another one after a fact changed.
 * In: a TaskProgram, a fact by entity, column and row.  Out: rows of the task's records.
 * Start: task_reach_new(), task_touched(). */
#ifndef ANLAO_EVALUATE_TASK_FRESH_H
#define ANLAO_EVALUATE_TASK_FRESH_H

#include <glib.h>

#include "compile/follow_program.h"
#include "compile/reach.h"
#include "data/batch.h"

typedef struct TaskReach TaskReach;

/* NULL: some way cannot be followed; then any fact may concern anybody. */
TaskReach *task_reach_new(const TaskProgram *p);
void task_reach_free(TaskReach *x);
/* Adds rows (uint32_t, not without repetition).  To be asked before a change too, with the Dataset
 * as it was.  False: everybody may be concerned. */
bool task_touched(const TaskReach *x, const TaskProgram *p, const Dataset *d, unsigned entity,
                  unsigned column, size_t row, GArray *rows);

#endif
