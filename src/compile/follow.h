/* follow.h — tasks and procedures of the Model become programs.
 * In: Model, Task or Procedure, the options rules are compiled with.  Out: plain data for
 * evaluate/task.h and evaluate/move.h. */
#ifndef ANLAO_COMPILE_FOLLOW_H
#define ANLAO_COMPILE_FOLLOW_H

#include "compile/compile.h"
#include "compile/follow_program.h"

/* NULL and *error when it cannot be run.  The calendar is borrowed; NULL: no holidays are known. */
TaskProgram *task_program_new(const Model *m, const Task *task, const CompileOptions *o,
                              const WorkCalendar *calendar, GError **error);
void task_program_free(TaskProgram *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TaskProgram, task_program_free)

ProcedureProgram *procedure_program_new(const Model *m, const Procedure *procedure,
                                        const CompileOptions *o, const WorkCalendar *calendar,
                                        GError **error);
void procedure_program_free(ProcedureProgram *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProcedureProgram, procedure_program_free)

/* A duty's events, in the arena's life; NULL where nothing recorded shows it. */
DoneProgram *duty_program_new(Arena *a, const Model *m, const Duty *duty, const CompileOptions *o,
                              GError **error);

/* From the table `working_day(day: date range …) -> bool`; NULL without it. */
WorkCalendar *work_calendar_new(Arena *a, const Model *m);
/* The unit in which an expression of time counts. */
TimeUnit time_unit_of(const Type *t);

#endif
