/* banned.h — included into every file by the build (-include): what must not be called does not
 * compile.  A macro with arguments catches the call alone: OpenSSL's headers name a parameter
 * `rand`, which `#pragma GCC poison` would refuse. */
#ifndef ANLAO_BASE_BANNED_H
#define ANLAO_BASE_BANNED_H

/* The system headers that declare these names must come first, or their prototypes would be
 * replaced. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef gets
#undef gmtime
#undef localtime
#undef ctime
#undef asctime
#undef rand
#undef srand
#undef atoi
#undef atol
#undef atof
#undef qsort

#define strcpy(...)    strcpy_is_banned_copy_with_a_length
#define strcat(...)    strcat_is_banned_use_a_gstring_or_arena_printf
#define sprintf(...)   sprintf_is_banned_use_g_snprintf_or_arena_printf
#define vsprintf(...)  vsprintf_is_banned_use_g_vsnprintf
#define strtok(...)    strtok_is_banned_use_str_cut
#define gets(...)      gets_is_banned_use_file_read
#define gmtime(...)    gmtime_is_banned_use_date_ymd
#define localtime(...) localtime_is_banned_use_clock_today
#define ctime(...)     ctime_is_banned_use_moment_format
#define asctime(...)   asctime_is_banned_use_moment_format
#define rand(...)      rand_is_banned_use_random_bytes
#define srand(...)     srand_is_banned_use_random_bytes
#define atoi(...)      atoi_is_banned_use_decimal_parse
#define atol(...)      atol_is_banned_use_decimal_parse
#define atof(...)      atof_is_banned_use_decimal_parse
#define qsort(...)     qsort_is_banned_use_sort_rows

#endif
