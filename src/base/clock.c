/* clock.c — readings of the wall clock, and Shanghai's calendar day. */
#include "base/clock.h"

#include "base/fail.h"

#include <stdatomic.h>
#include <time.h>

#define SECOND_US   INT64_C(1000000)
#define DAY_US      (86400 * SECOND_US)
#define SHANGHAI_US (8 * 3600 * SECOND_US)

static _Atomic int64_t fixed = -1; /* negative: the real clock */

static int64_t read_clock(clockid_t which)
{
    struct timespec t;
    int failed = clock_gettime(which, &t);
    g_assert(failed == 0);
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

int64_t clock_now_us(void)
{
    int64_t us = atomic_load(&fixed);
    return us >= 0 ? us : read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

void clock_fix(int64_t fixed_us)
{
    atomic_store(&fixed, fixed_us);
}

/* The Shanghai day of a moment, and the microseconds since its midnight. */
static Date shanghai_day(int64_t us, int64_t *ret_of_day)
{
    /* Moments near the ends of int64_t are 290,000 years away; they are held to the calendar. */
    int64_t least = DATE_MIN * DAY_US, most = DATE_MAX * DAY_US;
    us = us < least ? least : us > most ? most : us;
    us += SHANGHAI_US;
    int64_t day = us / DAY_US - (us % DAY_US < 0);
    *ret_of_day = us - day * DAY_US;
    return (Date)day;
}

Date clock_day(int64_t us)
{
    int64_t of_day;
    return shanghai_day(us, &of_day);
}

Date clock_today(void)
{
    return clock_day(clock_now_us());
}

char *moment_format(int64_t us, char to[MOMENT_TEXT])
{
    int64_t of_day;
    Date day = shanghai_day(us, &of_day);
    int second = (int)(of_day / SECOND_US);
    int parts[3] = {second / 3600, second / 60 % 60, second % 60};
    date_format(day, to);
    for (int i = 0; i < 3; i++) {
        char *at = to + 10 + 3 * i;
        at[0] = i == 0 ? ' ' : ':';
        at[1] = (char)('0' + parts[i] / 10);
        at[2] = (char)('0' + parts[i] % 10);
    }
    to[MOMENT_TEXT - 1] = '\0';
    return to;
}
