/* kind.c — truths combine as semantics 21 says, whatever the order; kinds know their scale. */
#include "data/kind.h"
#include "data/value.h"

#include <glib.h>

static const Truth all[] = {TRUTH_NO, TRUTH_UNKNOWN, TRUTH_PERSON, TRUTH_YES};

static void test_and(void)
{
    /* A missing fact never refuses by itself, and never grants. */
    g_assert_cmpint(truth_and(TRUTH_NO, TRUTH_UNKNOWN), ==, TRUTH_NO);
    g_assert_cmpint(truth_and(TRUTH_YES, TRUTH_UNKNOWN), ==, TRUTH_UNKNOWN);
    /* Facts first, then a person. */
    g_assert_cmpint(truth_and(TRUTH_UNKNOWN, TRUTH_PERSON), ==, TRUTH_UNKNOWN);
    g_assert_cmpint(truth_and(TRUTH_YES, TRUTH_PERSON), ==, TRUTH_PERSON);
    g_assert_cmpint(truth_and(TRUTH_YES, TRUTH_YES), ==, TRUTH_YES);
    for (size_t i = 0; i < 16; i++) {
        Truth a = all[i / 4], b = all[i % 4];

        g_assert_cmpint(truth_and(a, b), ==, MIN(a, b));
        g_assert_cmpint(truth_and(a, b), ==, truth_and(b, a));
    }
}

static void test_or(void)
{
    g_assert_cmpint(truth_or(TRUTH_YES, TRUTH_UNKNOWN), ==, TRUTH_YES);
    g_assert_cmpint(truth_or(TRUTH_NO, TRUTH_UNKNOWN), ==, TRUTH_UNKNOWN);
    g_assert_cmpint(truth_or(TRUTH_UNKNOWN, TRUTH_PERSON), ==, TRUTH_UNKNOWN);
    g_assert_cmpint(truth_or(TRUTH_NO, TRUTH_PERSON), ==, TRUTH_PERSON);
    g_assert_cmpint(truth_or(TRUTH_NO, TRUTH_NO), ==, TRUTH_NO);
    for (size_t i = 0; i < 64; i++) {
        Truth a = all[i / 16], b = all[i / 4 % 4], c = all[i % 4];

        g_assert_cmpint(truth_or(a, truth_or(b, c)), ==, truth_or(truth_or(a, b), c));
        g_assert_cmpint(truth_and(a, truth_and(b, c)), ==, truth_and(truth_and(a, b), c));
    }
}

static void test_not(void)
{
    g_assert_cmpint(truth_not(TRUTH_YES), ==, TRUTH_NO);
    g_assert_cmpint(truth_not(TRUTH_NO), ==, TRUTH_YES);
    g_assert_cmpint(truth_not(TRUTH_UNKNOWN), ==, TRUTH_UNKNOWN);
    g_assert_cmpstr(truth_word(TRUTH_PERSON), ==, "judgement");
    g_assert_cmpstr(truth_word(TRUTH_NO), ==, "no");
}

static void test_kinds(void)
{
    g_assert_cmpuint(kind_scale(KIND_MONEY), ==, 2);
    g_assert_cmpuint(kind_scale(KIND_SHARE), ==, 4);
    g_assert_cmpuint(kind_scale(KIND_INT), ==, 0);
    g_assert_true(kind_is_text(KIND_PHONE));
    g_assert_false(kind_is_text(KIND_REGION));
    g_assert_false(kind_is_text(KIND_N)); /* of what has no type yet */
    g_assert_cmpstr(kind_facts[KIND_CITIZEN_ID].word, ==, "citizen_id");
    g_assert_cmpuint(physical_size(kind_facts[KIND_DATE].physical), ==, sizeof(int32_t));
}

static void test_values(void)
{
    g_assert_true(value_equal(KIND_INT, VALUE_NUM(3), VALUE_NUM(3)));
    g_assert_false(value_equal(KIND_INT, VALUE_NUM(0), VALUE_UNKNOWN));
    g_assert_true(value_equal(KIND_INT, VALUE_UNKNOWN, VALUE_UNKNOWN));
    g_assert_true(value_equal(KIND_REGION, VALUE_TEXT(STR("360302")), VALUE_TEXT(STR("360302"))));
    g_assert_false(value_equal(KIND_TEXT, VALUE_TEXT(STR("a")), VALUE_TEXT(STR("b"))));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/21/and", test_and);
    g_test_add_func("/semantics/21/or", test_or);
    g_test_add_func("/semantics/21/not", test_not);
    g_test_add_func("/kind/kinds", test_kinds);
    g_test_add_func("/value/equal", test_values);
    return g_test_run();
}
