/* figures_bounds.c — what a figure may be when facts are missing, and whether its target is met.
 * Rows are given one by one: there? counts? how much? */
#include "compile/figure.h"
#include "evaluate/figures_tally.h"

#include <glib.h>

#define Y TRUTH_YES
#define N TRUTH_NO
#define U TRUTH_UNKNOWN
#define P TRUTH_PERSON

typedef struct Case {
    FigureAggregate aggregate;
    Tally tally;
} Case;

static Case case_of(FigureLeaf kind)
{
    Case c = {.aggregate = {.kind = kind, .value = 0, .not_negative = true}};

    if (kind == FIGURE_COUNT || kind == FIGURE_EXISTS)
        c.aggregate.value = -1;
    tally_init(&c.tally);
    return c;
}

static void row(Case *c, Truth there, Truth where, int64_t value)
{
    tally_row(&c->tally, &c->aggregate,
              (TallyRow){.there = there, .where = where, .known = true, .value = value});
}

static void row_unknown(Case *c, Truth there, Truth where)
{
    tally_row(&c->tally, &c->aggregate, (TallyRow){.there = there, .where = where});
}

static char *text_of(Fraction f)
{
    if (f.under == 0)
        return g_strdup(f.over > 0 ? "any" : "-any");
    if (f.under == 1)
        return g_strdup_printf("%" G_GINT64_FORMAT, (int64_t)f.over);
    return g_strdup_printf("%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT, (int64_t)f.over,
                           (int64_t)f.under);
}

static void says(Interval i, const char *expected)
{
    g_autofree char *value = text_of(i.value), *low = text_of(i.low), *high = text_of(i.high);
    g_autofree char *got = g_strdup_printf("%s in %s..%s%s", i.none ? "none" : value, low, high,
                                           i.may_none && !i.none ? " or none" : "");

    g_assert_cmpstr(got, ==, expected);
}

static void gives(const Case *c, const char *expected)
{
    Interval i;

    g_assert_true(tally_interval(&c->tally, &c->aggregate, &i));
    says(i, expected);
}

static void test_count(void)
{
    Case c = case_of(FIGURE_COUNT);

    gives(&c, "0 in 0..0"); /* the count of nothing is nothing, and known */
    for (int i = 0; i < 51; i++)
        row(&c, Y, Y, 0);
    row(&c, Y, N, 0);
    row(&c, N, Y, 0);
    row(&c, Y, U, 0);
    row(&c, U, Y, 0);
    row(&c, Y, P, 0);
    gives(&c, "51 in 51..54");
    g_assert_cmpint(c.tally.unknown, ==, 2);
    g_assert_cmpint(c.tally.judged, ==, 1);
}

static void test_known_only(void)
{
    Case c = case_of(FIGURE_COUNT);

    c.aggregate.known_only = true;
    row(&c, Y, Y, 0);
    row(&c, Y, U, 0);
    gives(&c, "1 in 1..1");
    g_assert_cmpint(c.tally.unknown, ==, 1); /* still told */
}

static void test_exists(void)
{
    Case none = case_of(FIGURE_EXISTS), maybe = none, sure = none;

    row(&none, Y, N, 0);
    gives(&none, "0 in 0..0");
    row(&maybe, Y, U, 0);
    gives(&maybe, "0 in 0..1");
    row(&sure, Y, U, 0);
    row(&sure, Y, Y, 0);
    gives(&sure, "1 in 1..1");
}

static void test_sum(void)
{
    Case c = case_of(FIGURE_SUM);

    gives(&c, "0 in 0..0");
    row(&c, Y, Y, 40);
    row(&c, Y, U, 10);
    gives(&c, "40 in 40..50");
    row(&c, U, Y, -3);
    gives(&c, "40 in 37..50");
    row_unknown(&c, Y, Y); /* there, counted, number of beds not entered: any number */
    gives(&c, "40 in 37..any");
    c.aggregate.not_negative = false;
    gives(&c, "40 in -any..any");
    g_assert_cmpint(c.tally.unknown, ==, 3);
}

static void test_sum_of_money(void)
{
    Case c = case_of(FIGURE_SUM);

    c.aggregate.scale = 2;
    row(&c, Y, Y, 12345);
    gives(&c, "2469/20 in 2469/20..2469/20"); /* 123.45 yuan, exactly */
}

/* Ten times as many, nine times: a billion people with a hundred thousand yuan each. */
static void test_billion(void)
{
    Case c = case_of(FIGURE_SUM);

    c.aggregate.scale = 2;
    row(&c, Y, Y, 10000000);
    for (int i = 0; i < 9; i++) {
        Tally one = c.tally;

        for (int k = 0; k < 9; k++)
            tally_add(&c.tally, &one);
    }
    g_assert_cmpint(c.tally.sure, ==, 1000000000);
    gives(&c, "100000000000000 in 100000000000000..100000000000000");
    row(&c, Y, Y, 1); /* and one fen is not lost */
    gives(&c, "10000000000000001/100 in 10000000000000001/100..10000000000000001/100");
}

/* Of ten beds three are nursing beds, one is not described. */
static void test_share(void)
{
    Case c = case_of(FIGURE_SHARE);

    c.aggregate.value = -1;
    gives(&c, "none in -any..any"); /* nothing below the line: no case, neither 0 nor 100 % */
    for (int i = 0; i < 3; i++)
        row(&c, Y, Y, 0);
    for (int i = 0; i < 6; i++)
        row(&c, Y, N, 0);
    gives(&c, "1/3 in 1/3..1/3");
    row(&c, Y, U, 0);
    gives(&c, "1/3 in 3/10..2/5");
    row(&c, U, N, 0); /* perhaps a bed, then surely no nursing bed */
    gives(&c, "1/3 in 3/11..2/5");
    row(&c, U, Y, 0); /* perhaps a nursing bed */
    gives(&c, "1/3 in 3/11..5/11");
}

static void test_share_unknown_only(void)
{
    Case c = case_of(FIGURE_SHARE);

    c.aggregate.value = -1;
    row(&c, Y, U, 0);
    gives(&c, "none in 0..1"); /* there is a case, nothing is known of it */
}

static void test_weighed_share(void)
{
    Case c = case_of(FIGURE_SHARE);

    row(&c, Y, Y, 30);
    row(&c, Y, N, 70);
    gives(&c, "3/10 in 3/10..3/10");
    row_unknown(&c, Y, N); /* a home of unknown size, not counted above the line */
    gives(&c, "3/10 in 0..3/10");
    row_unknown(&c, Y, Y);
    gives(&c, "3/10 in 0..1");
}

static void test_mean(void)
{
    Case c = case_of(FIGURE_MEAN);

    gives(&c, "none in -any..any");
    row(&c, Y, Y, 10);
    row(&c, Y, Y, 20);
    gives(&c, "15 in 15..15");
    row(&c, Y, U, 3);
    gives(&c, "15 in 3..15");
    row_unknown(&c, Y, Y);
    gives(&c, "15 in 0..any");
}

static void test_extremes(void)
{
    Case least = case_of(FIGURE_LEAST), greatest = case_of(FIGURE_GREATEST);

    row(&least, Y, Y, 10);
    row(&least, Y, U, 4);
    row(&least, Y, U, 40);
    gives(&least, "10 in 4..10");
    row(&greatest, Y, Y, 10);
    row(&greatest, Y, U, 4);
    row(&greatest, Y, U, 40);
    gives(&greatest, "10 in 10..40");
    row_unknown(&greatest, Y, Y);
    gives(&greatest, "10 in 10..any");
}

static Interval between(int64_t value, int64_t low, int64_t high)
{
    return (Interval){
        .value = fraction_of(value, 1), .low = fraction_of(low, 1), .high = fraction_of(high, 1)};
}

static void test_arithmetic(void)
{
    Interval r;

    g_assert_true(interval_add(between(1, 0, 2), interval_neg(between(5, 4, 7)), &r));
    says(r, "-4 in -7..-2");
    g_assert_true(interval_mul(between(2, -1, 3), between(4, 4, 5), &r));
    says(r, "8 in -5..15");
    g_assert_true(interval_div(between(30, 20, 40), between(10, 10, 10), &r));
    says(r, "3 in 2..4");
    g_assert_true(interval_div(between(1, 1, 1), between(0, 0, 0), &r));
    says(r, "none in -any..any");
    /* Beds per thousand where nobody is surely there. */
    g_assert_true(interval_div(between(5, 5, 5), between(2, 0, 4), &r));
    says(r, "5/2 in 5/4..any or none");
    g_assert_true(interval_round(interval_exact(2, 3), 2, ROUND_HALF_UP, &r));
    says(r, "67/100 in 67/100..67/100");
    g_assert_false(interval_mul(interval_exact((Wide)INT64_MAX * INT64_MAX, 1), between(3, 3, 3),
                                &r)); /* said, not wrapped */
}

static void test_conditions(void)
{
    Interval r;

    g_assert_true(interval_less(between(1, 0, 5), between(5, 5, 5), true, &r));
    says(r, "1 in 1..1");
    g_assert_true(interval_less(between(1, 0, 5), between(5, 5, 5), false, &r));
    says(r, "1 in 0..1");
    g_assert_true(interval_equal(between(1, 0, 5), between(7, 7, 7), &r));
    says(interval_not(r), "1 in 1..1");
    g_assert_true(interval_if(interval_exact(1, 1), between(1, 1, 1), between(9, 9, 9), &r));
    says(r, "1 in 1..1");
    g_assert_true(interval_if(between(0, 0, 1), between(1, 1, 2), between(9, 8, 9), &r));
    says(r, "9 in 1..9");
    g_assert_true(interval_else(interval_nothing(), interval_exact(7, 1), &r));
    says(r, "7 in 7..7");
    g_assert_true(interval_if(interval_unset(), between(1, 1, 1), between(2, 2, 2), &r));
    g_assert_true(r.unset);
}

/* ---- targets */

static Figure figure(int64_t low, int64_t high)
{
    return (Figure){.value = low, .low = low, .high = high};
}

static TargetMet met(Compare how, int64_t number, Figure f)
{
    return target_met(how, number, &f, 100, 100);
}

static void test_targets(void)
{
    g_assert_cmpint(met(COMPARE_GE, 50, figure(51, 90)), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_GE, 50, figure(49, 90)), ==, TARGET_UNKNOWN);
    g_assert_cmpint(met(COMPARE_GE, 50, figure(10, 49)), ==, TARGET_NO);
    /* 超过 is more than: exactly thirty is not enough. */
    g_assert_cmpint(met(COMPARE_GT, 3000, figure(3000, 3000)), ==, TARGET_NO);
    g_assert_cmpint(met(COMPARE_LE, 0, figure(0, 0)), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_LT, 5, figure(3, 5)), ==, TARGET_UNKNOWN);
    g_assert_cmpint(met(COMPARE_EQ, 0, figure(0, 0)), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_EQ, 0, figure(0, 3)), ==, TARGET_UNKNOWN);
    g_assert_cmpint(met(COMPARE_EQ, 0, figure(1, 3)), ==, TARGET_NO);
    g_assert_cmpint(met(COMPARE_GE, 0, figure(INT64_MIN, INT64_MAX)), ==, TARGET_UNKNOWN);
}

/* As it is written, at the very number: 超过 is more than, 以上 and 不低于 are at least. */
static void test_comparisons(void)
{
    Figure same = figure(3000, 3000);

    g_assert_cmpint(met(COMPARE_GT, 3000, same), ==, TARGET_NO);
    g_assert_cmpint(met(COMPARE_GE, 3000, same), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_EQ, 3000, same), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_LE, 3000, same), ==, TARGET_YES);
    g_assert_cmpint(met(COMPARE_LT, 3000, same), ==, TARGET_NO);
    g_assert_cmpint(met(COMPARE_GE, 0, figure(0, 0)), ==, TARGET_YES); /* 0 is a quota */
}

/* 30.004 % rounds to 30.00 %, and is still more than 30 %. */
static void test_targets_exact(void)
{
    Figure f = figure(3000, 3000);

    f.exact_low = f.exact_high = (FigureExact){30004, 10};
    g_assert_cmpint(met(COMPARE_GT, 3000, f), ==, TARGET_YES);
    f.exact_low = f.exact_high = (FigureExact){29996, 10};
    g_assert_cmpint(met(COMPARE_GE, 3000, f), ==, TARGET_NO);
}

static void test_targets_when(void)
{
    Figure f = figure(60, 60);

    g_assert_cmpint(target_met(COMPARE_GE, 50, &f, 100, 99), ==, TARGET_NOT_DUE);
    f.no_case = true;
    g_assert_cmpint(met(COMPARE_GE, 50, f), ==, TARGET_UNKNOWN);
    f.no_case = false;
    f.param_unset = true;
    g_assert_cmpint(met(COMPARE_GE, 50, f), ==, TARGET_UNKNOWN);
}

static void test_each(void)
{
    const TargetMet all[] = {TARGET_YES, TARGET_YES}, one[] = {TARGET_YES, TARGET_NO},
                    doubt[] = {TARGET_UNKNOWN, TARGET_YES};

    g_assert_cmpint(target_met_each(all, 2), ==, TARGET_YES);
    g_assert_cmpint(target_met_each(one, 2), ==, TARGET_NO);
    g_assert_cmpint(target_met_each(doubt, 2), ==, TARGET_UNKNOWN);
    g_assert_cmpstr(target_met_word(TARGET_NOT_DUE), ==, "not_due");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bounds/count", test_count);
    g_test_add_func("/bounds/known-only", test_known_only);
    g_test_add_func("/bounds/exists", test_exists);
    g_test_add_func("/bounds/sum", test_sum);
    g_test_add_func("/bounds/sum-of-money", test_sum_of_money);
    g_test_add_func("/bounds/billion", test_billion);
    g_test_add_func("/bounds/share", test_share);
    g_test_add_func("/bounds/share-unknown-only", test_share_unknown_only);
    g_test_add_func("/bounds/weighed-share", test_weighed_share);
    g_test_add_func("/bounds/mean", test_mean);
    g_test_add_func("/bounds/extremes", test_extremes);
    g_test_add_func("/bounds/arithmetic", test_arithmetic);
    g_test_add_func("/bounds/conditions", test_conditions);
    g_test_add_func("/semantics/36/bounds", test_targets);
    g_test_add_func("/semantics/37/comparisons", test_comparisons);
    g_test_add_func("/semantics/36/before-rounding", test_targets_exact);
    g_test_add_func("/semantics/36/not-due", test_targets_when);
    g_test_add_func("/semantics/38/met-if-every-one-is", test_each);
    return g_test_run();
}
