/* times.c — see bench.h. */
#include "bench.h"

#include "base/sort.h"

#include <stdlib.h>
#include <time.h>

static double seconds_of(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double processor_seconds(void)
{
    return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}

double thread_seconds(void)
{
    return seconds_of(CLOCK_THREAD_CPUTIME_ID);
}

double wall_seconds(void)
{
    return seconds_of(CLOCK_MONOTONIC);
}

void times_add(Times *t, double x)
{
    g_assert(t->n < ROUNDS);
    t->of[t->n++] = x;
}

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

double times_median(const Times *t)
{
    Times sorted = *t;

    g_assert(t->n > 0);
    sort_rows(sorted.of, sorted.n, sizeof sorted.of[0], by_size);
    return sorted.of[sorted.n / 2];
}

static void say(Bench *b, const char *name, double value, const char *sign, double bound, bool held)
{
    printf("%-34s %12.4g  %s %-8.4g %s\n", name, value, sign, bound, held ? "ok" : "NOT");
    fflush(stdout);
    b->held = b->held && held;
}

void at_least(Bench *b, const char *name, double value, double bound)
{
    say(b, name, value, ">=", bound, value >= bound);
}

void at_most(Bench *b, const char *name, double value, double bound)
{
    say(b, name, value, "<=", bound, value <= bound);
}

void only_said(const char *name, double value)
{
    printf("%-34s %12.4g\n", name, value);
    fflush(stdout);
}
