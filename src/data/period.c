/* period.c — periods, lengths of time, working days.  Start: time_add(). */
#include "data/period.h"

static const int months_of[] = {
    [PERIOD_MONTH] = 1, [PERIOD_QUARTER] = 3, [PERIOD_HALF_YEAR] = 6, [PERIOD_YEAR] = 12};

Date period_first(PeriodKind p, Date day)
{
    Ymd d = date_ymd(day);
    int back = (d.month - 1) % months_of[p];
    return month_first(month_of(day) - back);
}

Date period_last(PeriodKind p, Date day)
{
    return month_last(month_of(period_first(p, day)) + months_of[p] - 1);
}

int64_t period_left(PeriodKind p, Date day)
{
    int64_t first = period_first(p, day), last = period_last(p, day);
    return (last - day + 1) * 10000 / (last - first + 1);
}

/* ---- working days */

bool calendar_knows(const WorkCalendar *c, Date day)
{
    return c != NULL && day >= c->from && day <= c->until;
}

/* 1970-01-01 was a Thursday. */
static bool is_weekend(Date day)
{
    int32_t weekday = ((day + 3) % 7 + 7) % 7; /* 0: Monday */
    return weekday >= 5;
}

bool calendar_works(const WorkCalendar *c, Date day)
{
    size_t low = 0, high = c->n_spans;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->spans[mid].until < day)
            low = mid + 1;
        else
            high = mid;
    }
    if (low < c->n_spans && c->spans[low].from <= day)
        return c->spans[low].works;
    return !is_weekend(day);
}

static bool add_working(Date from, int64_t n, const WorkCalendar *c, Date *ret)
{
    Date day = from;
    while (n > 0) {
        day++;
        if (!calendar_knows(c, day))
            return false;
        n -= calendar_works(c, day);
    }
    *ret = day;
    return true;
}

/* ---- lengths of time */

#define MINUTES_OF_DAY 1440

static bool add_days(Date from, int64_t n, Date *ret)
{
    if (n > DATE_MAX - (int64_t)from || n < DATE_MIN - (int64_t)from)
        return false;
    *ret = (Date)(from + n);
    return true;
}

static bool add_months(Date from, int64_t n, Date *ret)
{
    if (n > INT16_MAX * 4 || n < -INT16_MAX * 4)
        return false;
    *ret = date_add_months(from, (int32_t)n);
    return *ret < DATE_MAX;
}

bool time_add(Date from, int64_t n, TimeUnit unit, const WorkCalendar *c, Date *ret)
{
    if (n < 0)
        return false;
    switch (unit) {
    case TIME_WORKING_DAYS:
        return add_working(from, n, c, ret);
    case TIME_MONTHS:
        return add_months(from, n, ret);
    case TIME_YEARS:
        return n <= 9999 && add_months(from, n * 12, ret);
    case TIME_MINUTES:
        return add_days(from, n / MINUTES_OF_DAY + (n % MINUTES_OF_DAY != 0), ret);
    default:
        return add_days(from, n, ret);
    }
}

Date month_day_of(int year, int month, int day)
{
    Date d = DATE_MAX;
    while (!date_make(year, month, day, &d) && day > 28)
        day--;
    return d;
}

Date next_month_day(int month, int day, Date from)
{
    int year = date_ymd(from).year;
    Date d = month_day_of(year, month, day);
    return d >= from ? d : month_day_of(year + 1, month, day);
}
