/* task.h — for whom a task is due, done, overdue or still to be established on a day.
 * In: TaskProgram, Dataset, a day.  Out: one row for each record that is or may be concerned.
 * Knows no database and no Model.  Start: evaluate_task(). */
#ifndef ANLAO_EVALUATE_TASK_H
#define ANLAO_EVALUATE_TASK_H

#include "base/fail.h"
#include "compile/follow_program.h"
#include "data/batch.h"
#include "data/standing.h"

typedef struct TaskRow {
    uint32_t row;
    int32_t region; /* for lists: where it lies; evaluate_task() leaves it 0 */
    bool dead;      /* … and whether another row stands for it by now */
    TaskState state;
    uint16_t class; /* 1 + the code its interval is looked up by; 0: there is none, or not known */
    bool has_due, has_last, missed, over;
    bool sooner;              /* it is due sooner than usual, by a record that holds in its place */
    Date due;                 /* overdue, due: by when; later, done: the next time */
    Date last;                /* last time it was surely done */
    uint32_t count, doubtful; /* times in this period; and events whose condition is unknown */
    int missing_of;           /* ESTABLISH: output of the subject's program whose inputs … */
    uint64_t missing;         /* … these bits name; -1, 0: a fact of an event */
} TaskRow;

typedef struct TaskRows {
    TaskRow *list;
    size_t n;
    uint64_t counts[TASK_STATES];
} TaskRows;

/* `rows`: a byte per record, those to be looked at; NULL: all.  Lives in the arena. */
bool evaluate_task(const TaskProgram *p, const Dataset *d, Date on, const uint8_t *rows, Arena *a,
                   TaskRows *ret, GError **error);

/* The same for these rows alone, rising, without looking at all the others. */
bool evaluate_task_rows(const TaskProgram *p, const Dataset *d, Date on, const uint32_t *list,
                        size_t n, Arena *a, TaskRows *ret, GError **error);

/* ---- duties: tasks of a place or an agency */

/* Days of events that lie in a place, or anywhere (ROW_NONE). */
typedef struct DoneDays {
    Date *sure; /* rising */
    size_t n_sure;
    size_t doubtful;
} DoneDays;
bool evaluate_done(const DoneProgram *p, const RegionTree *t, const Dataset *d, Date on,
                   int32_t region, Arena *a, DoneDays *ret, GError **error);

/* When a duty is due. */
typedef struct DutyTimes {
    PeriodKind period; /* NONE: once */
    Date until;        /* once: DATE_MAX where no day is said */
    int month, day;    /* every year until MM-DD; month 0: the end of the period … */
    bool has_within;   /* … or so long after it */
    int64_t within;
    TimeUnit unit;
    bool rolls; /* no period: `within` after it was done last, or after `from` */
    const WorkCalendar *calendar;
    Date from;  /* of the document: nothing was due before */
    Date began; /* of the database: what was due before is nobody's fault; 0: not known */
} DutyTimes;

/* `done` NULL: nothing recorded shows it; then only the next deadline is known. */
DutyAnswer duty_standing(const DutyTimes *t, const DoneDays *done, Date on);

/* Of what several have to do, each for itself: done when the last of them has done it, until then
 * as it stands for those that have not; due when the first of them is.  `first`: *all is nothing
 * yet. */
void duty_join(DutyAnswer *all, const DutyAnswer *one, bool first);

#endif
