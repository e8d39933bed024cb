/* Exact decimals, money and rounding. */
#include "base/decimal.h"

#include <glib.h>

static void decimals_that_are_read(void)
{
    static const struct {
        const char *text;
        int64_t mantissa;
        unsigned scale;
        const char *shown;
    } cases[] = {
        {"0", 0, 0, "0"},
        {"-0", 0, 0, "0"},
        {"12.50", 1250, 2, "12.50"},
        {"-12.50", -1250, 2, "-12.50"},
        {"0.005", 5, 3, "0.005"},
        {"-0.005", -5, 3, "-0.005"},
        {"007", 7, 0, "7"},
        {"1.000000001", 1000000001, 9, "1.000000001"},
        {"9223372036854775807", G_MAXINT64, 0, "9223372036854775807"},
        {"-9223372036854775808", G_MININT64, 0, "-9223372036854775808"},
        {"92233720368547758.07", G_MAXINT64, 2, "92233720368547758.07"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Decimal d = {0};
        char text[DECIMAL_TEXT];
        g_test_message("%s", cases[i].text);
        g_assert_true(decimal_parse(str_of(cases[i].text), &d));
        g_assert_cmpint(d.mantissa, ==, cases[i].mantissa);
        g_assert_cmpuint(d.scale, ==, cases[i].scale);
        g_assert_cmpstr(decimal_format(d, text), ==, cases[i].shown);
    }
}

static void decimals_that_are_refused(void)
{
    static const char *const cases[] = {
        "",
        "-",
        ".",
        "-.5",
        ".5",
        "5.",
        "1.2.3",
        "1e3",
        "+1",
        " 1",
        "1 ",
        "1,000",
        "０",
        "--1",
        "0x10",
        "1-",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999",
        "1.0000000001",
        "nan",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        Decimal d = {42, 1};
        g_test_message("%s", cases[i]);
        g_assert_false(decimal_parse(str_of(cases[i]), &d));
        g_assert_cmpint(d.mantissa, ==, 42);
    }
    Decimal d;
    g_assert_false(decimal_parse((Str){"1\0002", 3}, &d)); /* a NUL does not end a number */
}

static void money_is_whole_fen(void)
{
    static const struct {
        const char *text;
        int64_t fen;
        const char *shown;
    } cases[] = {
        {"200", 20000, "200.00"},
        {"200.5", 20050, "200.50"},
        {"0.05", 5, "0.05"},
        {"-0.05", -5, "-0.05"},
        {"1,234.00", 123400, "1,234.00"},
        {"93460", 9346000, "93,460.00"},
        {"999999", 99999900, "999,999.00"},
        {"1,000,000", 100000000, "1,000,000.00"},
        {"-1,234,567.89", -123456789, "-1,234,567.89"},
        {"92233720368547758.07", G_MAXINT64, "92,233,720,368,547,758.07"},
        {"-92,233,720,368,547,758.08", G_MININT64, "-92,233,720,368,547,758.08"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t fen = 0;
        char text[DECIMAL_TEXT];
        g_test_message("%s", cases[i].text);
        g_assert_true(money_parse(str_of(cases[i].text), &fen));
        g_assert_cmpint(fen, ==, cases[i].fen);
        g_assert_cmpstr(money_format(fen, text), ==, cases[i].shown);
    }
}

static void money_that_is_refused(void)
{
    static const char *const cases[] = {
        "",
        "1.234",
        "1,23",
        "12,34.00",
        ",234",
        "1,234,",
        "1234,567",
        "1,,234",
        "1,234.5,6",
        "1.5,000",
        "-,234",
        "200元",
        "¥200",
        "2e2",
        "92233720368547758.08",
        "1-,234",
        "1,234,567,890,123,456,789,012,345",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t fen = 42;
        g_test_message("%s", cases[i]);
        g_assert_false(money_parse(str_of(cases[i]), &fen));
        g_assert_cmpint(fen, ==, 42);
    }
}

static void overflow_is_an_answer(void)
{
    int64_t r = 42;
    g_assert_false(checked_add(G_MAXINT64, 1, &r));
    g_assert_false(checked_sub(G_MININT64, 1, &r));
    g_assert_false(checked_sub(0, G_MININT64, &r));
    g_assert_false(checked_mul(G_MAXINT64, 2, &r));
    g_assert_false(checked_mul(G_MININT64, -1, &r));
    g_assert_false(round_divide(1, 0, ROUND_DOWN, &r));
    g_assert_false(round_divide(1, -1, ROUND_DOWN, &r));
    g_assert_cmpint(r, ==, 42);
    g_assert_true(checked_add(G_MAXINT64, G_MININT64, &r) && r == -1);
    g_assert_true(checked_mul(3037000499, 3037000499, &r) && r == INT64_C(9223372030926249001));
    g_assert_cmpint(power_of_ten(0), ==, 1);
    g_assert_cmpint(power_of_ten(18), ==, INT64_C(1000000000000000000));
}

/* Half up is away from zero: -2.5 becomes -3, as a refund of the same amount would. */
static void rounding(void)
{
    static const struct {
        int64_t a, b, half_up, down, up;
    } cases[] = {
        {5, 2, 3, 2, 3},
        {-5, 2, -3, -2, -3},
        {7, 3, 2, 2, 3},
        {-7, 3, -2, -2, -3},
        {8, 3, 3, 2, 3},
        {-8, 3, -3, -2, -3},
        {6, 3, 2, 2, 2},
        {-6, 3, -2, -2, -2},
        {0, 3, 0, 0, 0},
        {1, 3, 0, 0, 1},
        {-1, 3, 0, 0, -1},
        {1, 2, 1, 0, 1},
        {-1, 2, -1, 0, -1},
        {49, 100, 0, 0, 1},
        {50, 100, 1, 0, 1},
        {G_MAXINT64, 1, G_MAXINT64, G_MAXINT64, G_MAXINT64},
        {G_MININT64, 1, G_MININT64, G_MININT64, G_MININT64},
        {G_MAXINT64, G_MAXINT64, 1, 1, 1},
        {G_MININT64, G_MAXINT64, -1, -1, -2},
        {G_MAXINT64 / 2, G_MAXINT64, 0, 0, 1},
        {G_MAXINT64 / 2 + 1, G_MAXINT64, 1, 0, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        int64_t q = 0;
        g_test_message("%" G_GINT64_FORMAT " / %" G_GINT64_FORMAT, cases[i].a, cases[i].b);
        g_assert_true(round_divide(cases[i].a, cases[i].b, ROUND_HALF_UP, &q));
        g_assert_cmpint(q, ==, cases[i].half_up);
        g_assert_true(round_divide(cases[i].a, cases[i].b, ROUND_DOWN, &q));
        g_assert_cmpint(q, ==, cases[i].down);
        g_assert_true(round_divide(cases[i].a, cases[i].b, ROUND_UP, &q));
        g_assert_cmpint(q, ==, cases[i].up);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/decimal/decimals that are read", decimals_that_are_read);
    g_test_add_func("/decimal/decimals that are refused", decimals_that_are_refused);
    g_test_add_func("/decimal/money is whole fen", money_is_whole_fen);
    g_test_add_func("/decimal/money that is refused", money_that_is_refused);
    g_test_add_func("/decimal/overflow is an answer", overflow_is_an_answer);
    g_test_add_func("/decimal/rounding", rounding);
    return g_test_run();
}
