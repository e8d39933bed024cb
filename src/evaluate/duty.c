/* duty.c — by when a duty is due, and whether it was done in time.
 * Start: duty_standing(). */
#include "evaluate/task.h"

/* One time it is due: between the day it may be done from and the last day. */
typedef struct Occurrence {
    bool is;         /* there is one */
    bool has_due;    /* how long is known */
    Date opens, due; /* opens: events from this day on count */
    bool has_next;
    Date next; /* the deadline after this one */
} Occurrence;

/* every year until 03-31: the year's own day. */
static Occurrence yearly(const DutyTimes *t, Date on)
{
    int year = date_ymd(on).year;
    Occurrence o = {.has_due = true, .opens = period_first(PERIOD_YEAR, on), .has_next = true};
    o.due = month_day_of(year, t->month, t->day);
    o.next = month_day_of(year + 1, t->month, t->day);
    o.is = o.due >= t->from;
    return o;
}

/* every quarter within 10 working days: about the quarter that is over. */
static Occurrence afterwards(const DutyTimes *t, Date on)
{
    Date over = period_first(t->period, on) - 1;
    Occurrence o = {.is = over >= t->from, .opens = over + 1};
    o.has_due = t->has_within && time_add(over, t->within, t->unit, t->calendar, &o.due);
    o.has_next = t->has_within &&
                 time_add(period_last(t->period, on), t->within, t->unit, t->calendar, &o.next);
    return o;
}

static Occurrence by_end(const DutyTimes *t, Date on)
{
    Occurrence o = {.is = true, .has_due = true, .has_next = true};
    o.opens = period_first(t->period, on);
    o.due = period_last(t->period, on);
    o.next = period_last(t->period, o.due + 1);
    return o;
}

static Occurrence occurrence(const DutyTimes *t, bool lasting, Date on)
{
    if (t->period == PERIOD_NONE)
        return (Occurrence){true, t->until != DATE_MAX, DATE_MIN, t->until, false, 0};
    if (t->month != 0)
        return yearly(t, on);
    return lasting ? afterwards(t, on) : by_end(t, on);
}

/* The first event from a day on. */
static bool first_done(const DoneDays *done, Date from, Date *ret)
{
    for (size_t i = 0; done != NULL && i < done->n_sure; i++)
        if (done->sure[i] >= from) {
            *ret = done->sure[i];
            return true;
        }
    return false;
}

static void next_time(const DutyTimes *t, const Occurrence *o, DutyAnswer *a)
{
    a->has_due = o->has_next;
    a->due = o->next;
    if (a->has_opens)
        a->opens = period_first(t->period, o->next);
}

/* A new period begins anew; that the one before passed without it is not forgotten. */
static void look_back(const DutyTimes *t, const DoneDays *done, const Occurrence *o, Date on,
                      DutyAnswer *a)
{
    if (t->period == PERIOD_NONE || done == NULL || !o->is)
        return;
    Occurrence before = occurrence(t, t->has_within, o->opens - 1);
    Date day;
    bool was =
        before.is && before.has_due && before.due >= MAX(t->from, t->began) && before.due < on;
    if (!was || (first_done(done, before.opens, &day) && day < o->opens))
        return;
    a->has_missed = true;
    a->missed = before.due;
}

/* Every 90 days: from the last time, the first time from the day it is asked at all: what was done
 * before that, under another document, makes nothing due earlier. */
static DutyAnswer rolling(const DutyTimes *t, const DoneDays *done, Date on)
{
    DutyAnswer a = {.state = DUTY_OPEN};
    for (size_t i = 0; i < done->n_sure && done->sure[i] <= on; i++) {
        a.has_done = true;
        a.done = done->sure[i];
    }
    bool counts = a.has_done && a.done >= t->from;
    a.has_due = t->has_within &&
                time_add(counts ? a.done : t->from, t->within, t->unit, t->calendar, &a.due);
    if (a.has_due && a.due < on && a.due < t->began) { /* it runs from there */
        counts = false;
        a.has_due = time_add(t->began, t->within, t->unit, t->calendar, &a.due);
    }
    if (a.has_due && a.due < on)
        a.state = DUTY_OVERDUE;
    else if (counts && a.has_due)
        a.state = DUTY_DONE;
    return a;
}

/* Between the first and the last day of a period it may be done on any. */
static bool by_period(const DutyTimes *t)
{
    return t->period != PERIOD_NONE && t->month == 0 && !t->has_within;
}

/* Nobody missed it here: what recurs waits for the next time; of what was to be done once nothing
 * says whether it was. */
static void before_the_database(const DutyTimes *t, const Occurrence *o, DutyAnswer *a)
{
    if (o->has_next) {
        next_time(t, o, a);
    } else {
        a->state = DUTY_UNRECORDED;
        a->before = true;
    }
}

DutyAnswer duty_standing(const DutyTimes *t, const DoneDays *done, Date on)
{
    if (t->rolls)
        return rolling(t, done, on);
    Occurrence o = occurrence(t, t->has_within, on);
    DutyAnswer a = {.state = DUTY_OPEN, .has_due = o.is && o.has_due, .due = o.due};
    a.has_opens = by_period(t);
    a.opens = a.has_opens ? MAX(o.opens, t->from) : 0;
    if (!o.is) {
        next_time(t, &o, &a);
        a.state = done == NULL ? DUTY_UNRECORDED : DUTY_OPEN;
        return a;
    }
    if (done == NULL) {
        a.state = DUTY_UNRECORDED;
        if (a.has_due && a.due < on && o.has_next)
            next_time(t, &o, &a);
        return a;
    }
    look_back(t, done, &o, on, &a);
    a.has_done = first_done(done, o.opens, &a.done);
    if (a.has_done) {
        a.state = DUTY_DONE;
        next_time(t, &o, &a);
    } else if (a.has_due && a.due < on && a.due < t->began) {
        before_the_database(t, &o, &a);
    } else if (a.has_due && a.due < on) {
        a.state = DUTY_OVERDUE;
    }
    return a;
}

static bool falls_before(const DutyAnswer *a, const DutyAnswer *b)
{
    return a->has_due && (!b->has_due || a->due < b->due);
}

void duty_join(DutyAnswer *all, const DutyAnswer *one, bool first)
{
    const DutyAnswer before = *all;
    bool worse = before.state == DUTY_DONE ? one->state != DUTY_DONE || one->done > before.done
                                           : one->state == DUTY_OVERDUE;
    if (first || worse)
        *all = *one;
    if (first)
        return;
    const DutyAnswer *due = falls_before(&before, one) ? &before : one;
    all->has_due = due->has_due;
    all->due = due->due;
    if (one->has_missed || before.has_missed) {
        all->missed = one->has_missed ? one->missed : before.missed;
        all->has_missed = true;
    }
}
