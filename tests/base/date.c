/* Calendar: leap years, month ends, completed years and months, and Shanghai's day. */
#include "base/date.h"
#include "base/clock.h"

#include <glib.h>

#define HOUR (INT64_C(3600) * G_USEC_PER_SEC)

static Date day(const char *text)
{
    Date d = 0;
    if (!date_parse(str_of(text), &d))
        g_error("no such day: %s", text);
    return d;
}

static void days_that_exist(void)
{
    static const struct {
        const char *text;
        Date number;
    } cases[] = {
        {"1970-01-01", 0},        {"1969-12-31", -1},       {"2000-02-29", 11016},
        {"0001-01-01", DATE_MIN}, {"9999-12-31", DATE_MAX}, {"1900-02-28", -25509},
        {"1900-03-01", -25508},   {"2020-06-18", 18431},    {"1600-02-29", -135081},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[DATE_TEXT];
        g_assert_cmpint(day(cases[i].text), ==, cases[i].number);
        g_assert_cmpstr(date_format(cases[i].number, text), ==, cases[i].text);
    }
}

static void days_that_do_not_exist(void)
{
    static const char *const cases[] = {
        "2021-02-29",  "1900-02-29",  "2100-02-29", "2020-04-31", "2020-13-01", "2020-00-10",
        "2020-01-00",  "2020-01-32",  "0000-01-01", "2020-1-1",   "20200101",   "2020/01/01",
        "2020-01-01 ", " 2020-01-01", "-020-01-01", "2020-+1-01", "202a-01-01", "",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Date d = 77;
        g_test_message("%s", cases[i]);
        g_assert_false(date_parse(str_of(cases[i]), &d));
        g_assert_cmpint(d, ==, 77);
    }
    Date d;
    g_assert_false(date_make(10000, 1, 1, &d));
    g_assert_false(date_make(-1, 1, 1, &d));
}

static void every_day_of_the_calendar_round_trips(void)
{
    Ymd before = date_ymd(DATE_MIN - 1);
    g_assert_cmpint(before.year, ==, 0);
    for (Date d = DATE_MIN; d <= DATE_MAX; d++) {
        Ymd ymd = date_ymd(d);
        Date again;
        bool next = ymd.day == before.day + 1 || ymd.day == 1;
        if (!date_make(ymd.year, ymd.month, ymd.day, &again) || again != d || !next)
            g_error("day %d is wrong", d);
        before = ymd;
    }
}

static void ages_on_a_day(void)
{
    static const struct {
        const char *born, *on;
        int years;
        const char *why;
    } cases[] = {
        {"1940-06-18", "2020-06-17", 79, "the day before the birthday"},
        {"1940-06-18", "2020-06-18", 80, "on the birthday"},
        {"1940-02-29", "2020-02-29", 80, "born on a leap day, leap year"},
        {"1940-02-29", "2021-02-28", 81, "born on a leap day: its month's last day"},
        {"1940-02-29", "2021-02-27", 80, "one day earlier"},
        {"1940-02-29", "2024-02-28", 83, "in a leap year the 28th is too early"},
        {"1940-02-28", "2024-02-28", 84, "born on the 28th: never later"},
        {"1940-12-31", "2020-12-31", 80, "last day of the year"},
        {"1941-01-01", "2020-12-31", 79, "first day of the year"},
        {"2020-06-18", "2020-06-18", 0, "born today"},
        {"2020-06-18", "2018-06-18", -2, "two years before birth"},
        {"2020-06-18", "2020-06-17", 0, "the day before birth"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s", cases[i].why);
        g_assert_cmpint(date_years(day(cases[i].born), day(cases[i].on)), ==, cases[i].years);
    }
}

static void completed_months(void)
{
    static const struct {
        const char *from, *to;
        int months;
    } cases[] = {
        {"2020-01-31", "2020-02-28", 0},  {"2020-01-31", "2020-02-29", 1},
        {"2021-01-31", "2021-02-28", 1},  {"2020-01-31", "2020-04-29", 2},
        {"2020-01-31", "2020-04-30", 3},  {"2020-03-30", "2020-04-29", 0},
        {"2020-03-31", "2020-04-30", 1},  {"2019-12-15", "2020-01-14", 0},
        {"2019-12-15", "2020-01-15", 1},  {"2020-02-29", "2020-01-31", -1},
        {"2020-05-15", "2020-03-16", -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("%s to %s", cases[i].from, cases[i].to);
        g_assert_cmpint(date_months(day(cases[i].from), day(cases[i].to)), ==, cases[i].months);
    }
}

static void months_later(void)
{
    static const struct {
        const char *from;
        int months;
        const char *to;
    } cases[] = {
        {"2020-01-31", 1, "2020-02-29"},        {"2021-01-31", 1, "2021-02-28"},
        {"2020-01-31", 2, "2020-03-31"},        {"2020-02-29", 12, "2021-02-28"},
        {"2020-02-29", 48, "2024-02-29"},       {"2020-03-31", -1, "2020-02-29"},
        {"2020-01-15", -1, "2019-12-15"},       {"2020-12-31", 0, "2020-12-31"},
        {"9999-12-01", 1, "9999-12-31"},        {"0001-01-05", -1, "0001-01-01"},
        {"2020-01-01", G_MAXINT, "9999-12-31"}, {"2020-01-01", G_MININT, "0001-01-01"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char text[DATE_TEXT];
        Date to = date_add_months(day(cases[i].from), cases[i].months);
        g_assert_cmpstr(date_format(to, text), ==, cases[i].to);
    }
}

static void adding_and_counting_months_agree(void)
{
    for (Date d = day("2019-12-01"); d < day("2021-03-05"); d++)
        for (int n = 0; n < 30; n++) {
            Date to = date_add_months(d, n);
            if (date_months(d, to) != n || (n > 0 && date_months(d, to - 1) != n - 1))
                g_error("day %d, %d months", d, n);
        }
}

static void first_and_last_of_a_month(void)
{
    static const struct {
        const char *month, *first, *last;
        int days;
    } cases[] = {
        {"2020-02", "2020-02-01", "2020-02-29", 29}, {"2021-02", "2021-02-01", "2021-02-28", 28},
        {"1900-02", "1900-02-01", "1900-02-28", 28}, {"2020-12", "2020-12-01", "2020-12-31", 31},
        {"0001-01", "0001-01-01", "0001-01-31", 31}, {"9999-12", "9999-12-01", "9999-12-31", 31},
        {"1969-11", "1969-11-01", "1969-11-30", 30},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Month m;
        char text[DATE_TEXT];
        g_assert_true(month_parse(str_of(cases[i].month), &m));
        g_assert_cmpstr(month_format(m, text), ==, cases[i].month);
        g_assert_cmpint(month_first(m), ==, day(cases[i].first));
        g_assert_cmpint(month_last(m), ==, day(cases[i].last));
        g_assert_cmpint(month_days(m), ==, cases[i].days);
        g_assert_cmpint(month_of(day(cases[i].last)), ==, m);
    }
    Month m = 5;
    g_assert_false(month_parse(STR("2020-13"), &m));
    g_assert_false(month_parse(STR("2020-1"), &m));
    g_assert_false(month_parse(STR("2020-01-01"), &m));
    g_assert_cmpint(m, ==, 5);
}

static void shanghai_day_begins_at_16_hours_utc(void)
{
    int64_t midnight_utc = (int64_t)day("2020-06-18") * G_USEC_PER_SEC * 86400;
    char text[MOMENT_TEXT];
    clock_fix(midnight_utc + 16 * HOUR - 1);
    g_assert_cmpint(clock_today(), ==, day("2020-06-18"));
    g_assert_cmpstr(moment_format(clock_now_us(), text), ==, "2020-06-18 23:59:59");
    clock_fix(midnight_utc + 16 * HOUR);
    g_assert_cmpint(clock_today(), ==, day("2020-06-19"));
    g_assert_cmpstr(moment_format(clock_now_us(), text), ==, "2020-06-19 00:00:00");
    g_assert_cmpstr(moment_format(0, text), ==, "1970-01-01 08:00:00");
    g_assert_cmpstr(moment_format(-9 * HOUR, text), ==, "1969-12-31 23:00:00");
    clock_fix(-1);
    g_assert_cmpint(ABS(clock_now_us() - g_get_real_time()), <, 10 * G_USEC_PER_SEC);
    g_assert_cmpint(clock_monotonic_us(), <=, clock_monotonic_us());
}

/* ---- every day of 1900–2100 against a calendar that is counted out -------------------------- */

#define YEARS_FROM 1900
#define YEARS_TO   2100

/* Written down rather than computed: the leap years of these two centuries. */
static bool has_leap_day(int year)
{
    static const int leaps[] = {
        1904, 1908, 1912, 1916, 1920, 1924, 1928, 1932, 1936, 1940, 1944, 1948, 1952,
        1956, 1960, 1964, 1968, 1972, 1976, 1980, 1984, 1988, 1992, 1996, 2000, 2004,
        2008, 2012, 2016, 2020, 2024, 2028, 2032, 2036, 2040, 2044, 2048, 2052, 2056,
        2060, 2064, 2068, 2072, 2076, 2080, 2084, 2088, 2092, 2096,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(leaps); i++)
        if (leaps[i] == year)
            return true;
    return false;
}

typedef struct Calendar {
    int days[YEARS_TO + 1][13];   /* of a month; 1 is January */
    Date first[YEARS_TO + 1][13]; /* the number of its first day */
} Calendar;

/* From 1900-01-01, which is 25,567 days before 1970-01-01: 70 years with 17 leap days. */
static const Calendar *calendar(void)
{
    static const int days[] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    static Calendar c;
    Date next = -(70 * 365 + 17);
    for (int y = YEARS_FROM; y <= YEARS_TO; y++)
        for (int m = 1; m <= 12; m++) {
            c.days[y][m] = days[m] + (m == 2 && has_leap_day(y));
            c.first[y][m] = next;
            next += c.days[y][m];
        }
    return &c;
}

static Date last_of(const Calendar *c, int year, int month, int day)
{
    return c->first[year][month] + MIN(day, c->days[year][month]) - 1;
}

static void every_day_is_where_the_calendar_has_it(void)
{
    const Calendar *c = calendar();
    Date next = c->first[YEARS_FROM][1];
    for (int y = YEARS_FROM; y <= YEARS_TO; y++)
        for (int m = 1; m <= 12; m++) {
            Month month = month_of(next);
            if (month_first(month) != next || month_days(month) != c->days[y][m] ||
                month_last(month) != next + c->days[y][m] - 1)
                g_error("%d-%d is wrong", y, m);
            for (int d = 1; d <= c->days[y][m]; d++, next++) {
                Ymd ymd = date_ymd(next);
                if (ymd.year != y || ymd.month != m || ymd.day != d || month_of(next) != month)
                    g_error("%d-%d-%d is wrong", y, m, d);
            }
        }
    g_assert_cmpint(next - 1, ==, day("2100-12-31"));
}

/* A birthday is that day of the month, or the month's last where there is none. */
static void ages_on_every_birthday_and_the_day_before(void)
{
    const Calendar *c = calendar();
    uint64_t checked = 0;
    for (int y = YEARS_FROM; y <= YEARS_TO; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= c->days[y][m]; d++)
                for (int on = y + 1; on <= YEARS_TO; on++, checked++) {
                    Date born = c->first[y][m] + d - 1, birthday = last_of(c, on, m, d);
                    if (date_years(born, birthday) != on - y ||
                        date_years(born, birthday - 1) != on - y - 1)
                        g_error("born %d-%d-%d: wrong in %d", y, m, d, on);
                }
    g_assert_cmpuint(checked, >, 7000000);
}

static void ages_on_every_day_of_some_lives(void)
{
    static const char *const births[] = {"1900-02-28", "1900-03-01", "1904-02-28", "1904-02-29",
                                         "1904-03-01", "1940-02-29", "1940-12-31", "1941-01-01",
                                         "1999-12-31", "2000-01-31", "2000-02-29", "2000-06-30"};
    const Calendar *c = calendar();
    for (size_t i = 0; i < G_N_ELEMENTS(births); i++) {
        Date born = day(births[i]);
        Ymd b = date_ymd(born);
        int age = 0;
        for (Date on = born; on <= day("2100-12-31"); on++) {
            Ymd now = date_ymd(on);
            if (now.year > b.year && on == last_of(c, now.year, b.month, b.day))
                age++;
            if (date_years(born, on) != age)
                g_error("born %s: not %d on day %d", births[i], age, on);
        }
    }
}

static void months_after_every_day(void)
{
    const Calendar *c = calendar();
    for (int y = YEARS_FROM; y <= YEARS_TO - 2; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= c->days[y][m]; d++)
                for (int n = 1; n <= 24; n++) {
                    int month = m - 1 + n;
                    Date from = c->first[y][m] + d - 1;
                    Date to = last_of(c, y + month / 12, month % 12 + 1, d);
                    if (date_add_months(from, n) != to || date_months(from, to) != n ||
                        date_months(from, to - 1) != n - 1)
                        g_error("%d-%d-%d and %d months", y, m, d, n);
                }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/date/days that exist", days_that_exist);
    g_test_add_func("/date/days that do not exist", days_that_do_not_exist);
    g_test_add_func("/date/every day of the calendar round-trips",
                    every_day_of_the_calendar_round_trips);
    g_test_add_func("/date/ages on a day", ages_on_a_day);
    g_test_add_func("/date/completed months", completed_months);
    g_test_add_func("/date/months later", months_later);
    g_test_add_func("/date/adding and counting months agree", adding_and_counting_months_agree);
    g_test_add_func("/date/every day of 1900 to 2100", every_day_is_where_the_calendar_has_it);
    g_test_add_func("/date/every birthday of 1900 to 2100",
                    ages_on_every_birthday_and_the_day_before);
    g_test_add_func("/date/every day of some lives", ages_on_every_day_of_some_lives);
    g_test_add_func("/date/months after every day", months_after_every_day);
    g_test_add_func("/date/first and last of a month", first_and_last_of_a_month);
    g_test_add_func("/date/shanghai day begins at 16 hours utc",
                    shanghai_day_begins_at_16_hours_utc);
    return g_test_run();
}
