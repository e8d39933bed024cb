/* period.c — periods of the calendar, lengths of time, working days. */
#include "data/period.h"

#include <glib.h>

static Date day(const char *text)
{
    Date d = 0;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static void assert_period(PeriodKind p, const char *on, const char *first, const char *last)
{
    g_assert_cmpint(period_first(p, day(on)), ==, day(first));
    g_assert_cmpint(period_last(p, day(on)), ==, day(last));
}

static void test_periods(void)
{
    assert_period(PERIOD_MONTH, "2020-02-29", "2020-02-01", "2020-02-29");
    assert_period(PERIOD_QUARTER, "2020-03-31", "2020-01-01", "2020-03-31");
    assert_period(PERIOD_QUARTER, "2020-04-01", "2020-04-01", "2020-06-30");
    assert_period(PERIOD_HALF_YEAR, "2020-06-30", "2020-01-01", "2020-06-30");
    assert_period(PERIOD_HALF_YEAR, "2020-12-31", "2020-07-01", "2020-12-31");
    assert_period(PERIOD_YEAR, "1969-07-20", "1969-01-01", "1969-12-31");
    g_assert_cmpint(period_left(PERIOD_MONTH, day("2020-04-01")), ==, 10000);
    g_assert_cmpint(period_left(PERIOD_MONTH, day("2020-04-16")), ==, 5000);
    g_assert_cmpint(period_left(PERIOD_MONTH, day("2020-04-30")), ==, 333);
}

static void assert_time(const char *from, int64_t n, TimeUnit unit, const WorkCalendar *c,
                        const char *want)
{
    Date d;
    bool known = time_add(day(from), n, unit, c, &d);
    g_assert_cmpint(known, ==, want != NULL);
    if (known && want != NULL)
        g_assert_cmpint(d, ==, day(want));
}

static void test_lengths(void)
{
    assert_time("2020-01-31", 30, TIME_DAYS, NULL, "2020-03-01");
    assert_time("2020-01-31", 1, TIME_MONTHS, NULL, "2020-02-29");
    assert_time("2020-02-29", 1, TIME_YEARS, NULL, "2021-02-28");
    assert_time("2020-01-31", 24 * 60, TIME_MINUTES, NULL, "2020-02-01");
    assert_time("2020-01-31", 24 * 60 + 1, TIME_MINUTES, NULL, "2020-02-02");
    assert_time("2020-01-31", -1, TIME_DAYS, NULL, NULL);
    assert_time("9999-12-01", 31, TIME_DAYS, NULL, NULL);
    assert_time("2020-01-31", INT64_MAX, TIME_DAYS, NULL, NULL);
    assert_time("2020-01-31", INT64_MAX, TIME_YEARS, NULL, NULL);
    assert_time("2020-01-31", INT64_MAX, TIME_MINUTES, NULL, NULL);
    assert_time("2020-01-31", 8000 * 12, TIME_MONTHS, NULL, NULL);
}

/* 2020: the feast from 24 January to 2 February, the 19th and 1 February worked … as printed. */
static void test_working_days(void)
{
    struct WorkSpan spans[] = {{day("2020-01-19"), day("2020-01-19"), true},
                               {day("2020-01-24"), day("2020-02-02"), false},
                               {day("2020-04-04"), day("2020-04-06"), false}};
    const WorkCalendar c = {day("2020-01-01"), day("2020-12-31"), spans, G_N_ELEMENTS(spans)};
    g_assert_true(calendar_works(&c, day("2020-01-17")));
    g_assert_false(calendar_works(&c, day("2020-01-18")));
    g_assert_true(calendar_works(&c, day("2020-01-19")));
    g_assert_false(calendar_works(&c, day("2020-01-31")));
    assert_time("2020-01-17", 1, TIME_WORKING_DAYS, &c, "2020-01-19");
    assert_time("2020-01-23", 1, TIME_WORKING_DAYS, &c, "2020-02-03");
    assert_time("2020-04-03", 1, TIME_WORKING_DAYS, &c, "2020-04-07");
    assert_time("2020-12-30", 1, TIME_WORKING_DAYS, &c, "2020-12-31");
    assert_time("2020-12-30", 2, TIME_WORKING_DAYS, &c, NULL); /* not published yet */
    assert_time("2020-01-17", 1, TIME_WORKING_DAYS, NULL, NULL);
}

static void test_month_days(void)
{
    g_assert_cmpint(next_month_day(10, 31, day("2020-10-31")), ==, day("2020-10-31"));
    g_assert_cmpint(next_month_day(10, 31, day("2020-11-01")), ==, day("2021-10-31"));
    g_assert_cmpint(next_month_day(2, 29, day("2021-01-01")), ==, day("2021-02-28"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/period/periods", test_periods);
    g_test_add_func("/period/lengths", test_lengths);
    g_test_add_func("/period/working days", test_working_days);
    g_test_add_func("/period/month and day", test_month_days);
    return g_test_run();
}
