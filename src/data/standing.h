/* standing.h — how something that is to be done stands on a day: words that rules, commands and
 * pages share. */
#ifndef ANLAO_DATA_STANDING_H
#define ANLAO_DATA_STANDING_H

#include "base/date.h"

typedef enum TaskState {
    TASK_ESTABLISH, /* a fact is missing: whether it is concerned, by when, whether it was done */
    TASK_OVERDUE,
    TASK_DUE,
    TASK_LATER, /* a newcomer: due in the next period */
    TASK_DONE,
    TASK_STATES
} TaskState;

typedef enum DutyState {
    DUTY_OVERDUE,
    DUTY_OPEN, /* not done yet, and there is time, or no day is said */
    DUTY_DONE,
    DUTY_UNRECORDED, /* nothing recorded could show that it was done */
    DUTY_STATES
} DutyState;

/* How a duty stands, or a draw or an exchange that recurs. */
typedef struct DutyAnswer {
    DutyState state;
    bool has_due, has_done, has_missed;
    bool before;    /* once: the day was over before the database began; nobody can tell */
    bool has_opens; /* in periods of the calendar: … */
    Date opens;     /* … the first day of the one that ends on `due` */
    Date due;       /* overdue, open: by when; done: the next time */
    Date done;      /* the event that counts */
    Date missed;    /* of what recurs: the deadline before this one passed with nothing done */
} DutyAnswer;

#endif
