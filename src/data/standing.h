/* standing.h — how something that is to be done stands on a day: words that rules, commands and
 * pages share. */
#ifndef ANLAO_DATA_STANDING_H
#define ANLAO_DATA_STANDING_H

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

#endif
