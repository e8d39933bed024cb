/* clock.h — the wall clock; business days are those of Asia/Shanghai (UTC+8, no summer time since
 * 1991). */
#ifndef ANLAO_BASE_CLOCK_H
#define ANLAO_BASE_CLOCK_H

#include "base/date.h"

int64_t clock_now_us(void); /* microseconds since 1970-01-01 UTC */
Date clock_today(void);     /* Asia/Shanghai */
Date clock_day(int64_t us); /* the same of another moment */
int64_t clock_monotonic_us(void);
/* Only tests call this: all later readings come from `fixed_us`; a negative value restores the real
 * clock. */
void clock_fix(int64_t fixed_us);
#define MOMENT_TEXT 20
char *moment_format(int64_t us, char to[MOMENT_TEXT]); /* 2020-06-18 08:30:00, Shanghai */

#endif
