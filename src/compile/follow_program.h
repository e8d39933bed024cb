/* follow_program.h — tasks and procedures as plain data: programs for their conditions, and what is
 * computed from days beside them.
 * In: nothing; follow.c fills it.  Out: read by evaluate/task.c and evaluate/move.c.  Not here: who
 * may do it, what it is called (the Model).  Read first: TaskProgram, ProcedureProgram. */
#ifndef ANLAO_COMPILE_FOLLOW_PROGRAM_H
#define ANLAO_COMPILE_FOLLOW_PROGRAM_H

#include "compile/program.h"
#include "data/period.h"
#include "data/region.h"

/* A length of time in terms of a record; output -1: none. */
typedef struct Length {
    int output;
    TimeUnit unit;
} Length;

/* Events that show that something was done. */
typedef struct DoneProgram {
    unsigned entity;
    unsigned day;   /* column of their day */
    int reference;  /* column that refers to the subject; -1: they lie in the place */
    Program *where; /* output 0: a condition, asked on the event's own day; NULL: every one */
    int place;      /* output of `where`: region row; -1: none */
} DoneProgram;

typedef enum TaskCycleKind { CYCLE_ROLLING, CYCLE_PERIOD, CYCLE_ONE_TIME } TaskCycleKind;

/* While records of an entity hold, those who lie in their places are due sooner. */
typedef struct SoonerProgram {
    unsigned entity;
    unsigned begin; /* column of the first day of its span */
    Program *of;    /* output 0: whether it is there, and its condition; 1: region row */
    Length length;  /* in terms of the task's subject */
} SoonerProgram;

typedef struct TaskProgram {
    Arena *arena;
    const char *name;
    TaskCycleKind cycle;
    PeriodKind period;
    unsigned least, most;
    Program *subject; /* output 0: whether the record is concerned (span, place, condition) */
    Length length;    /* ROLLING: how often; ONE_TIME: by when, or none */
    int class;        /* ROLLING: the code by which the length is looked up; -1: none */
    int entry;        /* PERIOD: SHARE of the period that must be left; -1: none */
    DoneProgram done;
    Date from, until; /* of the document */
    Date began;       /* of the first of its texts: time goes on when it is amended */
    int *others;      /* outputs: whether the record is concerned by another text of it */
    size_t n_others;
    SoonerProgram *sooner;
    size_t n_sooner;
    int place; /* output: region row of the record; -1: nothing shortens it */
    const RegionTree *regions;
    const WorkCalendar *calendar;
} TaskProgram;

typedef struct LimitProgram {
    unsigned least, most;
    const int32_t *area; /* per region row: the region of the limit's level it lies in, or ROW_NONE;
                            NULL: per period */
    PeriodKind period;
} LimitProgram;

typedef enum DueKind { DUE_NEVER, DUE_DATE, DUE_YEARLY, DUE_WITHIN } DueKind;

typedef struct MoveProgram {
    unsigned from, to; /* states */
    unsigned text;     /* of the procedure's: for items that began under it */
    int guard;         /* outputs of `own`: conditions; -1: none */
    int *needs;
    size_t n_needs;
    DueKind due;
    Date until;
    int month, day;
    Length within, after;
    LimitProgram *limits;
    size_t n_limits;
} MoveProgram;

typedef struct LaterText { /* stands for it, for items that began on these days */
    Date from, until;
    int inside; /* output of `of`: whether the record lies in its place; -1: everywhere */
    bool ends;  /* nothing stands for it: no text governs what begins then */
    int year_from, year_to; /* of a yearly procedure */
} LaterText;

typedef struct HoldProgram {
    unsigned state;
    Program *of;   /* output 0: the condition; output 1: whether the hold concerns the record */
    int reference; /* column of the procedure's entity that refers to its record; -1: itself */
    Date from, until;
    LaterText *later;
    size_t n_later;
    unsigned number; /* of the Model's hold */
} HoldProgram;

typedef struct QueueProgram {
    unsigned state;
    int *keys; /* outputs of `own`: rising numbers */
    size_t n_keys;
    Date from, until; /* days on which this order holds; the last one that does counts */
} QueueProgram;

typedef struct ProcedureProgram {
    Arena *arena;
    const char *name;
    unsigned entity, column; /* of the states */
    unsigned n_states;
    Program *own;  /* over the procedure's entity */
    int place;     /* output: region row; -1: none */
    int concerned; /* output: span and place */
    MoveProgram *moves;
    size_t n_moves;
    HoldProgram *holds;
    size_t n_holds;
    QueueProgram *queues;
    size_t n_queues;
    bool yearly;
    int year_from, year_to;
    LaterText *later; /* texts 1..n_later of the procedure; outputs of `own` */
    size_t n_later;
    Date from, until; /* of the document */
    const WorkCalendar *calendar;
} ProcedureProgram;

#endif
