/* period.h — periods of the calendar, lengths of time, working days: when something is due.
 * In: days.  Out: days.  Not here: which days are holidays (a document's table; compile/ makes a
 * WorkCalendar of it).  Start: period_first(), time_add(). */
#ifndef ANLAO_DATA_PERIOD_H
#define ANLAO_DATA_PERIOD_H

#include <stdint.h>

#include "base/date.h"

typedef enum PeriodKind {
    PERIOD_NONE,
    PERIOD_MONTH,
    PERIOD_QUARTER,
    PERIOD_HALF_YEAR,
    PERIOD_YEAR
} PeriodKind;

/* First and last day of the period a day lies in.  Not of PERIOD_NONE. */
Date period_first(PeriodKind p, Date day);
Date period_last(PeriodKind p, Date day);

typedef enum TimeUnit {
    TIME_DAYS,
    TIME_WORKING_DAYS,
    TIME_MONTHS,
    TIME_YEARS,
    TIME_MINUTES /* hours are kept as minutes */
} TimeUnit;

/* Days on which offices differ from Monday to Friday, as far as they are published. */
typedef struct WorkCalendar {
    Date from, until; /* outside nobody knows yet */
    struct WorkSpan {
        Date from, until;
        bool works;
    } * spans; /* rising, not overlapping */
    size_t n_spans;
} WorkCalendar;

bool calendar_knows(const WorkCalendar *c, Date day); /* NULL: never */
bool calendar_works(const WorkCalendar *c, Date day); /* only where it knows */

/* The day that lies n units behind `from`, which is not counted itself; false where that is not
 * known (working days beyond the calendar) or lies behind DATE_MAX.  States are dated by days, so
 * hours end on the day on which the last of them may end: 24 hours on the next one. */
bool time_add(Date from, int64_t n, TimeUnit unit, const WorkCalendar *c, Date *ret);
/* Share of a period that is left on a day, the day included, in hundredths of a per cent (SHARE).
 */
int64_t period_left(PeriodKind p, Date day);
/* The next MM-DD on or after a day; 02-29 is the month's last day. */
Date next_month_day(int month, int day, Date from);
/* MM-DD of a year. */
Date month_day_of(int year, int month, int day);

#endif
