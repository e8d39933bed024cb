/* date.h — civil days and periods (proleptic Gregorian).  The clock is not here: clock.h. */
#ifndef ANLAO_BASE_DATE_H
#define ANLAO_BASE_DATE_H

#include "base/str.h"

typedef int32_t Date;  /* days since 1970-01-01 */
typedef int32_t Month; /* months since 1970-01 */

#define DATE_MIN ((Date)-719162) /* 0001-01-01 */
#define DATE_MAX ((Date)2932896) /* 9999-12-31; also the open end of a period */

typedef struct Ymd {
    int year, month, day;
} Ymd;

bool date_make(int year, int month, int day,
               Date *ret_date); /* false: no such day, or year outside 1..9999 */
Ymd date_ymd(Date d);
bool date_parse(Str text, Date *ret_date);     /* exactly YYYY-MM-DD */
#define DATE_TEXT 11                           /* bytes with NUL */
char *date_format(Date d, char to[DATE_TEXT]); /* returns `to`; held to DATE_MIN..MAX */
bool month_parse(Str text, Month *ret_month);  /* exactly YYYY-MM */
char *month_format(Month m, char to[DATE_TEXT]);
Month month_of(Date d);
Date month_first(Month m);
Date month_last(Month m);
int month_days(Month m);
/* Completed calendar periods from a to b; a missing day (29 February, the 31st) is the month's last
 * day (semantics 14).  Negative when b is before a. */
int32_t date_years(Date a, Date b);
int32_t date_months(Date a, Date b);
Date date_add_months(
    Date d, int32_t months); /* clipped to the month's last day; saturates at DATE_MIN/MAX */

/* A function, where MIN() would compute its arguments twice. */
static inline Date date_earlier(Date a, Date b)
{
    return a < b ? a : b;
}

#endif
