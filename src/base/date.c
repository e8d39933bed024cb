/* date.c — civil days as day numbers.  Proleptic Gregorian: eras of 400 years, years counted from
 * March so that the leap day ends a year. */
#include "base/date.h"

#define DAYS_OF_ERA   146097 /* 400 years */
#define DAYS_TO_1970  719468 /* from 0000-03-01 */
#define MONTH_LAST_OK 96359  /* 9999-12 */
#define MONTH_MIN_OK  -23628 /* 0001-01 */

#define YEARS_SCALED      2939745u /* 2^32 / (4 * 365.25 days) */
#define MONTHS_SCALED     2141u    /* 2^16 / 30.6 days */
#define MONTHS_FROM_MARCH 197913u  /* 3 << 16, and what rounds right */
#define DAYS_TO_JANUARY   306u

static const uint8_t days_of_month[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
    return days_of_month[month - 1] + (month == 2 && is_leap(year));
}

static Date date_from(int year, int month, int day)
{
    year -= month <= 2;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_OF_ERA + day_of_era - DAYS_TO_1970;
}

bool date_make(int year, int month, int day, Date *ret_date)
{
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *ret_date = date_from(year, month, day);
    return true;
}

/* Years by a multiplication with 2^32 / 1461 days, months with 2^16 / 30.6: the remainders are what
 * is left of the year and of the month.  Exact for every day from DATE_MIN to DATE_MAX, as the test
 * shows; the idea is Neri and Schneider's, "Euclidean affine functions and calendars", 2022. */
Ymd date_ymd(Date d)
{
    if (d < DATE_MIN || d > DATE_MAX) {
        int era = (int)(((int64_t)d - DAYS_OF_ERA * (int64_t)(d < 0)) / DAYS_OF_ERA);
        Ymd ymd = date_ymd((Date)((int64_t)d - (int64_t)era * DAYS_OF_ERA));

        ymd.year += era * 400;
        return ymd;
    }
    uint32_t quarters = 4 * (uint32_t)(d + DAYS_TO_1970) + 3;
    uint32_t century = quarters / DAYS_OF_ERA, within = quarters % DAYS_OF_ERA | 3;
    uint64_t scaled = (uint64_t)within * YEARS_SCALED;
    uint32_t year = century * 100 + (uint32_t)(scaled >> 32);
    uint32_t day_of_year = (uint32_t)scaled / (4 * YEARS_SCALED); /* from the first of March */
    uint32_t months = day_of_year * MONTHS_SCALED + MONTHS_FROM_MARCH;
    uint32_t next_year = day_of_year >= DAYS_TO_JANUARY;

    return (Ymd){(int)(year + next_year), (int)((months >> 16) - 12 * next_year),
                 (int)((months & 0xffff) / MONTHS_SCALED) + 1};
}

/* The number of n digits at `at`, or -1. */
static int digits(const char *at, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (at[i] < '0' || at[i] > '9')
            return -1;
        value = value * 10 + (at[i] - '0');
    }
    return value;
}

bool date_parse(Str text, Date *ret_date)
{
    if (text.len != 10 || text.at[4] != '-' || text.at[7] != '-')
        return false;
    return date_make(digits(text.at, 4), digits(text.at + 5, 2), digits(text.at + 8, 2), ret_date);
}

bool month_parse(Str text, Month *ret_month)
{
    Date first;
    if (text.len != 7 || text.at[4] != '-' ||
        !date_make(digits(text.at, 4), digits(text.at + 5, 2), 1, &first))
        return false;
    *ret_month = month_of(first);
    return true;
}

static char *put_digits(char *to, int value, int n)
{
    for (int i = n - 1; i >= 0; i--, value /= 10)
        to[i] = (char)('0' + value % 10);
    return to + n;
}

static Date date_clamp(int64_t d)
{
    return d < DATE_MIN ? DATE_MIN : d > DATE_MAX ? DATE_MAX : (Date)d;
}

char *date_format(Date d, char to[DATE_TEXT])
{
    Ymd ymd = date_ymd(date_clamp(d));
    char *at = put_digits(to, ymd.year, 4);
    *at++ = '-';
    at = put_digits(at, ymd.month, 2);
    *at++ = '-';
    at = put_digits(at, ymd.day, 2);
    *at = '\0';
    return to;
}

char *month_format(Month m, char to[DATE_TEXT])
{
    date_format(month_first(m), to);
    to[7] = '\0';
    return to;
}

Month month_of(Date d)
{
    Ymd ymd = date_ymd(d);
    return (ymd.year - 1970) * 12 + ymd.month - 1;
}

/* Splits a month number into year and month, rounding towards the past. */
static Ymd month_split(Month m)
{
    int64_t months = (int64_t)m + 1970 * 12;
    int64_t year = (months >= 0 ? months : months - 11) / 12;
    return (Ymd){(int)year, (int)(months - year * 12) + 1, 1};
}

Date month_first(Month m)
{
    if (m < MONTH_MIN_OK || m > MONTH_LAST_OK)
        return m < 0 ? DATE_MIN : DATE_MAX;
    Ymd ymd = month_split(m);
    return date_from(ymd.year, ymd.month, 1);
}

Date month_last(Month m)
{
    if (m < MONTH_MIN_OK || m > MONTH_LAST_OK)
        return m < 0 ? DATE_MIN : DATE_MAX;
    return month_first(m) + month_days(m) - 1;
}

int month_days(Month m)
{
    Ymd ymd = month_split(m);
    return days_in(ymd.year, ymd.month);
}

int32_t date_months(Date a, Date b)
{
    if (b < a)
        return -date_months(b, a);
    Ymd from = date_ymd(a), to = date_ymd(b);
    int month_end = days_in(to.year, to.month);
    int due = from.day < month_end ? from.day : month_end;
    return (to.year - from.year) * 12 + to.month - from.month - (to.day < due);
}

int32_t date_years(Date a, Date b)
{
    return date_months(a, b) / 12;
}

Date date_add_months(Date d, int32_t months)
{
    int64_t m = (int64_t)month_of(d) + months;
    if (m < MONTH_MIN_OK || m > MONTH_LAST_OK)
        return m < 0 ? DATE_MIN : DATE_MAX;
    int day = date_ymd(d).day, days = month_days((Month)m);
    return date_clamp((int64_t)month_first((Month)m) + (day < days ? day : days) - 1);
}
