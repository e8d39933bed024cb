/* batch.c — facts as columns: what held on which day, and what is unknown. */
#include "data/batch.h"

#include <glib.h>

static Date day(const char *text)
{
    Date d = 0;

    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

static void test_unknown_at_first(void)
{
    g_autoptr(Batch) b = batch_new("elder", 3, 2);
    Column *born = batch_add(b, 1, KIND_DATE, PHYSICAL_I32, false);
    int64_t v = 0;

    g_assert_null(b->columns[0]);
    g_assert_false(column_known(born, 0));
    column_set(born, 1, day("1940-06-30"));
    g_assert_true(column_at(born, 1, day("1800-01-01"), &v)); /* undated: holds on all days */
    g_assert_cmpint(v, ==, day("1940-06-30"));
    g_assert_false(column_at(born, 2, day("2020-01-01"), &v));
    g_assert_cmpint(column_next_change(born, 1, day("1800-01-01")), ==, DATE_MAX);
}

static void test_narrow(void)
{
    g_autoptr(Batch) b = batch_new("elder", 1000, 2);
    Column *age = batch_add(b, 0, KIND_INT, PHYSICAL_I64, false);
    Column *money = batch_add(b, 1, KIND_MONEY, PHYSICAL_I64, false);

    for (size_t i = 0; i < 1000; i++) {
        column_set(age, i, (int64_t)(60 + i % 40));
        if (i != 7)
            column_set(money, i, (int64_t)i * 1000 - 100);
    }
    column_finish(b, age);
    column_finish(b, money);
    g_assert_cmpint(age->physical, ==, PHYSICAL_I8);
    g_assert_null(age->known); /* all known: no mask */
    g_assert_cmpint(age->low, ==, 60);
    g_assert_cmpint(age->high, ==, 99);
    g_assert_cmpint(money->physical, ==, PHYSICAL_I32);
    g_assert_nonnull(money->known);
    g_assert_cmpint(money->low, ==, -100);
    for (size_t i = 0; i < 1000; i++) {
        g_assert_cmpint(column_get(age, i), ==, (int64_t)(60 + i % 40));
        if (i != 7)
            g_assert_cmpint(column_get(money, i), ==, (int64_t)i * 1000 - 100);
    }
    g_assert_false(column_known(money, 7));
    g_assert_cmpint(column_get(money, 7), ==, 0);
}

static void test_nothing_known(void)
{
    g_autoptr(Batch) b = batch_new("elder", 2, 1);
    Column *c = batch_add(b, 0, KIND_INT, PHYSICAL_I64, false);

    column_finish(b, c);
    g_assert_cmpint(c->low, >, c->high);
    g_assert_false(column_known(c, 0));
}

/* mild until February, severe from March; a gap in which the level is not known. */
static void test_periods(void)
{
    g_autoptr(Batch) b = batch_new("elder", 3, 1);
    Column *c = batch_add(b, 0, KIND_ENUM, PHYSICAL_I8, true);
    const Period p[] = {
        {.row = 2, .since = day("2020-05-01"), .until = DATE_MAX, .known = true, .value = 4},
        {.row = 0, .since = day("2020-03-01"), .until = DATE_MAX, .known = true, .value = 3},
        {.row = 0,
         .since = day("2020-01-01"),
         .until = day("2020-02-15"),
         .known = true,
         .value = 1},
    };
    int64_t v = 0;

    column_set_periods(b, c, p, G_N_ELEMENTS(p));
    column_finish(b, c);
    g_assert_cmpuint(c->n_periods, ==, 1);
    g_assert_null(c->until);
    g_assert_false(column_at(c, 0, day("2019-12-31"), &v)); /* before the first: unknown */
    g_assert_true(column_at(c, 0, day("2020-01-01"), &v));
    g_assert_cmpint(v, ==, 1);
    g_assert_true(column_at(c, 0, day("2020-02-14"), &v));
    g_assert_false(column_at(c, 0, day("2020-02-15"), &v)); /* ended without a successor */
    g_assert_true(column_at(c, 0, day("2020-03-01"), &v));
    g_assert_cmpint(v, ==, 3);
    g_assert_true(column_at(c, 0, DATE_MAX, &v));
    g_assert_false(column_at(c, 1, day("2020-03-01"), &v)); /* no period at all */
    g_assert_cmpint(column_next_change(c, 0, DATE_MIN), ==, day("2020-01-01"));
    g_assert_cmpint(column_next_change(c, 0, day("2020-01-01")), ==, day("2020-02-15"));
    g_assert_cmpint(column_next_change(c, 0, day("2020-02-20")), ==, day("2020-03-01"));
    g_assert_cmpint(column_next_change(c, 0, day("2020-03-01")), ==, DATE_MAX);
    g_assert_cmpint(column_next_change(c, 1, DATE_MIN), ==, DATE_MAX);
    /* The earlier value counts in the range: 1..4. */
    g_assert_cmpint(c->low, ==, 1);
    g_assert_cmpint(c->high, ==, 4);
}

static void test_overlaps(void)
{
    g_autoptr(Batch) b = batch_new("elder", 1, 1);
    Column *c = batch_add(b, 0, KIND_INT, PHYSICAL_I64, true);
    const Period p[] = {
        {.row = 0, .since = day("2020-01-01"), .until = DATE_MAX, .known = true, .value = 10},
        {.row = 0,
         .since = day("2020-06-01"),
         .until = day("2020-07-01"),
         .known = true,
         .value = 20},
        /* Twice the same day: the later given wins. */
        {.row = 0, .since = day("2020-03-01"), .until = DATE_MAX, .known = true, .value = 11},
        {.row = 0, .since = day("2020-03-01"), .until = DATE_MAX, .known = true, .value = 10},
    };
    int64_t v = 0;

    column_set_periods(b, c, p, G_N_ELEMENTS(p));
    g_assert_true(column_at(c, 0, day("2020-03-01"), &v));
    g_assert_cmpint(v, ==, 10);
    g_assert_true(column_at(c, 0, day("2020-06-01"), &v));
    g_assert_cmpint(v, ==, 20);
    /* What a later period ended does not come back. */
    g_assert_false(column_at(c, 0, day("2020-07-01"), &v));
    /* From 10 to 10 in March is no change. */
    g_assert_cmpint(column_next_change(c, 0, day("2020-01-01")), ==, day("2020-06-01"));
    g_assert_cmpint(column_next_change(c, 0, day("2020-06-01")), ==, day("2020-07-01"));
}

static void test_texts(void)
{
    g_autoptr(Batch) b = batch_new("elder", 3, 1);
    Column *c = batch_add(b, 0, KIND_TEXT, PHYSICAL_TEXT, false);
    const Str texts[] = {STR("张三"), {NULL, 0}, STR("")};

    g_assert_cmpuint(column_text(c, 0).len, ==, 0);
    column_set_texts(b, c, texts);
    column_finish(b, c);
    g_assert_true(str_is(column_text(c, 0), "张三"));
    g_assert_true(column_known(c, 0));
    g_assert_false(column_known(c, 1));
    g_assert_true(column_known(c, 2)); /* empty, and known to be */
    g_assert_cmpuint(column_text(c, 2).len, ==, 0);
}

static void test_sets(void)
{
    g_autoptr(Batch) b = batch_new("elder", 2, 1);
    Column *c = batch_add(b, 0, KIND_SET, PHYSICAL_SET, false);

    column_set(c, 0, INT64_MIN); /* bit 63 */
    column_set(c, 1, 0);         /* none: known, and empty */
    column_finish(b, c);
    g_assert_cmpint(c->physical, ==, PHYSICAL_SET);
    g_assert_cmpint(column_get(c, 0), ==, INT64_MIN);
    g_assert_true(column_known(c, 1));
}

static void test_no_rows(void)
{
    g_autoptr(Batch) b = batch_new("elder", 0, 2);
    Column *c = batch_add(b, 0, KIND_INT, PHYSICAL_I64, true);
    Column *t = batch_add(b, 1, KIND_TEXT, PHYSICAL_TEXT, false);

    column_set_periods(b, c, NULL, 0);
    column_finish(b, c);
    column_set_texts(b, t, NULL);
    g_assert_cmpuint(c->rows, ==, 0);
}

static void test_dataset(void)
{
    g_autoptr(Dataset) d = dataset_new(2);

    g_assert_null(d->batches[0]);
    d->batches[1] = batch_new("elder", 1, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/batch/unknown-at-first", test_unknown_at_first);
    g_test_add_func("/batch/narrow", test_narrow);
    g_test_add_func("/batch/nothing-known", test_nothing_known);
    g_test_add_func("/batch/periods", test_periods);
    g_test_add_func("/batch/overlaps", test_overlaps);
    g_test_add_func("/batch/texts", test_texts);
    g_test_add_func("/batch/sets", test_sets);
    g_test_add_func("/batch/no-rows", test_no_rows);
    g_test_add_func("/dataset", test_dataset);
    return g_test_run();
}
