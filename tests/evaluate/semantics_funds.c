/* semantics_funds.c — which fund pays which part of an amount (semantics 53). */
#include "case.h"

#define MODEL                                                                                      \
    "enum fund \"资金\" { lottery \"福彩公益金\" / \"lottery\"; budget \"财政预算\" / " \
    "\"budget\"\n"                                                                                 \
    " social \"慈善\" / \"charity\" }\n"                                                         \
    "entity elder {\n holds born through died\n born date\n died date open\n}\n"                   \
    "param lottery_balance \"福彩余额\" : money = 250 yuan\n"                                  \
    "param social_balance \"慈善余额\" : money\n"

#define AID(pay, fund)                                                                             \
    "benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n pay " pay              \
    "\n fund " fund " }"

static void pays(Case *c, int64_t amount, const char *expected)
{
    const Rule *r = model_rule(c->m, STR("aid"));
    g_autoptr(GString) out = g_string_new(NULL);
    int64_t parts[8] = {0}, sum = 0;
    g_assert_true(fund_parts(r, NULL, amount, parts));
    for (size_t i = 0; i < r->n_funds; i++) {
        char text[DECIMAL_TEXT];
        g_string_append_printf(out, "%s%.*s %s", i > 0 ? ", " : "", STR_ARG(r->funds[i].fund),
                               money_format(parts[i], text));
        sum += parts[i];
    }
    g_assert_cmpstr(out->str, ==, expected);
    g_assert_cmpint(sum, ==, amount); /* nothing is lost, nothing is paid twice */
}

static void test_53_shares(void)
{
    g_autoptr(Case) c = case_new(MODEL AID("100 yuan", "lottery 50%, budget rest"));
    g_autoptr(Case) d =
        case_new(MODEL AID("100 yuan", "lottery 33.33%, social 33.33%, budget rest"));
    g_autoptr(Case) e = case_new(MODEL AID("100 yuan", "lottery 60%, budget 40%"));

    pays(c, 10000, "lottery 50.00, budget 50.00");
    pays(c, 10001, "lottery 50.00, budget 50.01"); /* the odd fen goes to the last */
    pays(c, 1, "lottery 0.00, budget 0.01");
    pays(d, 10000, "lottery 33.33, social 33.33, budget 33.34");
    pays(d, 5, "lottery 0.01, social 0.01, budget 0.03");
    pays(e, 3333, "lottery 19.99, budget 13.34");
    pays(e, INT64_MAX / 2, "lottery 27,670,116,110,564,327.41, budget 18,446,744,073,709,551.62");
}

static void test_53_one_after_the_other(void)
{
    g_autoptr(Case) c = case_new(MODEL AID("100 yuan", "lottery up to its balance, then budget"));
    const Rule *r = model_rule(c->m, STR("aid"));
    const int64_t left[] = {25000, -1}, nothing_left[] = {0, -1}, unset[] = {-1, -1};
    int64_t parts[2];

    g_assert_true(funds_in_sequence(r));
    g_assert_true(str_is(r->funds[0].balance->name, "lottery_balance"));
    g_assert_true(fund_parts(r, left, 30000, parts));
    g_assert_cmpint(parts[0], ==, 25000);
    g_assert_cmpint(parts[1], ==, 5000);
    g_assert_true(fund_parts(r, left, 20000, parts));
    g_assert_cmpint(parts[0], ==, 20000);
    g_assert_cmpint(parts[1], ==, 0);
    g_assert_true(fund_parts(r, nothing_left, 300, parts));
    g_assert_cmpint(parts[1], ==, 300);
    g_assert_false(fund_parts(r, unset, 300, parts)); /* unknown is not nothing */
}

static void tells(Case *c, size_t row, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Explanation x;

    case_explain(c, "aid", row, "2020-06", &x);
    for (size_t i = 0; i < x.n_lines; i++)
        g_string_append_printf(out, "%.*s / %.*s\n", STR_ARG(x.lines[i].zh),
                               STR_ARG(x.lines[i].en));
    for (size_t i = 0; i < x.n_funds; i++)
        g_string_append_printf(out, "%.*s %s%" G_GINT64_FORMAT "\n", STR_ARG(x.funds[i].name),
                               x.funds[i].known ? "" : "?", x.funds[i].amount);
    g_assert_cmpstr(out->str, ==, expected);
}

static void test_53_explained(void)
{
    g_autoptr(Case) c = case_new(MODEL AID("100.01 yuan", "lottery 50%, budget rest"));
    g_autoptr(Case) d = case_new(MODEL AID("100 yuan", "lottery up to its balance, then budget"));
    g_autoptr(Case) e = case_new(MODEL AID("100 yuan", "budget"));

    case_record(c, "elder", "born=1940-01-01");
    case_record(d, "elder", "born=1940-01-01");
    case_record(e, "elder", "born=1940-01-01");
    tells(c, 0,
          "补助：符合条件 / aid: entitled\n"
          "每月 100.01 元 / 100.01 yuan a month\n"
          "其中福彩公益金支付 50.00 元 / of this lottery pays 50.00 yuan\n"
          "其中财政预算支付 50.01 元 / of this budget pays 50.01 yuan\n"
          "lottery 5000\nbudget 5001\n");
    tells(d, 0,
          "补助：符合条件 / aid: entitled\n"
          "每月 100.00 元 / 100.00 yuan a month\n"
          "先由福彩公益金在余额内支付 / first lottery pays, up to its balance\n"
          "不足部分由财政预算支付 / budget pays what is left\n"
          "lottery ?0\nbudget ?0\n");
    tells(e, 0,
          "补助：符合条件 / aid: entitled\n"
          "每月 100.00 元 / 100.00 yuan a month\n"
          "资金：财政预算 / paid by budget\n"
          "budget 10000\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/53/shares", test_53_shares);
    g_test_add_func("/semantics/53/one-after-the-other", test_53_one_after_the_other);
    g_test_add_func("/semantics/53/explained", test_53_explained);
    return g_test_run();
}
