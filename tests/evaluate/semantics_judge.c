/* semantics_judge.c — judgements, by the numbers of the semantics (21, 24, 27, 54). */
#include "case.h"

#define ELDER                                                                                       \
    "enum economy { dibao; tekun }\n"                                                               \
    "enum region_level ordered { township; county; city }\n"                                        \
    "entity elder {\n"                                                                              \
    "  holds born through died\n  born date\n  died date open\n  poor bool dated\n"                 \
    "  rich bool dated\n  income money range 0 yuan..100000 yuan dated\n}\n"                        \
    "param most : money = 2000 yuan\n"                                                              \
    "judgement hardship \"困难\" of elder by county needs minutes gives bool\n"                   \
    "judgement help \"救助金额\" of elder by county needs minutes, photos gives money ceiling " \
    "most\n"                                                                                        \
    "judgement open_help of elder by county needs minutes gives money\n"                            \
    "judgement part of elder by county needs ranking gives share 20%..40%\n"
#define BENEFIT(name) "benefit " name " { for elder\n every month on last day\n"

/* ---- 21: facts first, then a person -------------------------------------------------------------
 */

static void test_21_and_or(void)
{
    g_autoptr(Case) c = case_new(ELDER BENEFIT("both") " when hardship and poor }\n" BENEFIT(
        "either") " when hardship or poor }\n");

    case_record(c, "elder", "born=1940-01-01 poor=yes");
    case_record(c, "elder", "born=1940-01-01 poor=no");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 poor=yes hardship=yes");
    case_record(c, "elder", "born=1940-01-01 poor=no hardship=no");
    /* and: no beats unknown beats person beats yes */
    case_expect(c, "both", 0, "2020-06", "judgement elder.hardship");
    case_expect(c, "both", 1, "2020-06", "no");
    case_expect(c, "both", 2, "2020-06", "unknown elder.poor");
    case_expect(c, "both", 3, "2020-06", "yes");
    case_expect(c, "both", 4, "2020-06", "no");
    /* or: yes beats unknown beats person beats no */
    case_expect(c, "either", 0, "2020-06", "yes");
    case_expect(c, "either", 1, "2020-06", "judgement elder.hardship");
    case_expect(c, "either", 2, "2020-06", "unknown elder.poor");
    case_expect(c, "either", 3, "2020-06", "yes");
    case_expect(c, "either", 4, "2020-06", "no");
}

static void test_21_choice(void)
{
    g_autoptr(Case) c =
        case_new(ELDER BENEFIT("b") " pay if hardship then 300 yuan else 100 yuan }\n" BENEFIT(
            "same") " pay if hardship then 100 yuan else 100 yuan }\n");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 hardship=no");
    case_expect(c, "b", 0, "2020-06", "judgement elder.hardship up to 300.00");
    case_expect(c, "b", 1, "2020-06", "yes 100.00");
    case_expect(c, "same", 0, "2020-06", "yes 100.00"); /* 22: all branches agree */
}

/* ---- 24: `when` before `pay`, and facts of the amount before a person --------------------------
 */

static void test_24_facts_first(void)
{
    g_autoptr(Case) c = case_new(ELDER BENEFIT("b") " when hardship\n pay income }\n");

    case_record(c, "elder", "born=1940-01-01 income=500");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 hardship=no");
    case_record(c, "elder", "born=1940-01-01 hardship=yes");
    case_expect(c, "b", 0, "2020-06", "judgement elder.hardship up to 500.00");
    case_expect(c, "b", 1, "2020-06", "unknown elder.income");
    case_expect(c, "b", 2, "2020-06", "no");
    case_expect(c, "b", 3, "2020-06", "unknown elder.income");
}

/* ---- 16: one day that is unknown makes the month so, whatever waits for a person on others
 * -------
 */

static void test_16_unknown_before_person(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month each day\n"
                                       " when hardship and poor\n pay 30 yuan\n"
                                       " round half_up to 1 fen }\n");

    case_record(c, "elder", "born=1940-01-01 poor=?,yes@2020-06-16");
    case_record(c, "elder", "born=1940-01-01 poor=yes,?@2020-06-16");
    case_record(c, "elder", "born=1940-01-01 poor=no,yes@2020-06-16");
    case_record(c, "elder", "born=1940-01-01 poor=yes hardship=yes,?@2020-06-16");
    case_expect(c, "b", 0, "2020-06", "unknown elder.poor");
    case_expect(c, "b", 0, "2020-07", "judgement elder.hardship up to 30.00");
    case_expect(c, "b", 1, "2020-06", "unknown elder.poor");
    case_expect(c, "b", 2, "2020-06", "judgement elder.hardship up to 15.00");
    case_expect(c, "b", 3, "2020-06", "judgement elder.hardship up to 30.00");
}

/* ---- 54: open, decided, ceiling ----------------------------------------------------------------
 */

static void test_54_amount(void)
{
    g_autoptr(Case) c = case_new(ELDER BENEFIT("help_paid") " when poor\n pay help }\n" BENEFIT(
        "bonus") " when poor\n pay help * part\n round half_up to 1 fen "
                 "}\n" BENEFIT("any_sum") " when poor\n pay open_help + 1 yuan "
                                          "}\n" BENEFIT("left") " when poor\n pay "
                                                                "max(0 yuan, 5000 "
                                                                "yuan - help) }\n");

    case_record(c, "elder", "born=1940-01-01 poor=yes");
    case_record(c, "elder", "born=1940-01-01 poor=no");
    case_record(c, "elder", "born=1940-01-01 poor=yes help=1500");
    case_record(c, "elder", "born=1940-01-01 poor=yes help=1500 part=0.2500");
    case_record(c, "elder", "born=1940-01-01 poor=yes help=0");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "help_paid", 0, "2020-06", "judgement elder.help up to 2,000.00");
    case_expect(c, "help_paid", 1, "2020-06", "no");
    case_expect(c, "help_paid", 2, "2020-06", "yes 1,500.00");
    case_expect(c, "help_paid", 4, "2020-06", "no"); /* 25: decided as nothing */
    case_expect(c, "help_paid", 5, "2020-06", "unknown elder.poor");
    case_expect(c, "bonus", 0, "2020-06", "judgement elder.help elder.part up to 800.00");
    case_expect(c, "bonus", 2, "2020-06", "judgement elder.part up to 600.00");
    case_expect(c, "bonus", 3, "2020-06", "yes 375.00");
    case_expect(c, "any_sum", 0, "2020-06", "judgement elder.open_help"); /* no ceiling stated */
    case_expect(c, "left", 0, "2020-06", "judgement elder.help"); /* falls as the judgement rises */
    case_expect(c, "left", 2, "2020-06", "yes 3,500.00");
}

/* A decision is a dated fact: rules see it from its day on. */
static void test_54_dated(void)
{
    g_autoptr(Case) c = case_new(
        ELDER BENEFIT("b") " when hardship\n pay 30 yuan }\n"
                           "benefit daily { for elder\n every month each day\n when hardship\n"
                           " pay 30 yuan\n round half_up to 1 fen }\n"
                           "benefit ever { for elder\n every month any day\n when hardship\n"
                           " pay 30 yuan }\n");

    case_record(c, "elder", "born=1940-01-01 hardship=?,yes@2020-06-16");
    case_record(c, "elder", "born=1940-01-01 hardship=yes,?@2020-06-16");
    case_expect(c, "b", 0, "2020-05", "judgement elder.hardship up to 30.00");
    case_expect(c, "b", 0, "2020-06", "yes 30.00");
    case_expect(c, "b", 1, "2020-06", "judgement elder.hardship up to 30.00");
    case_expect(c, "daily", 0, "2020-05", "judgement elder.hardship up to 30.00");
    case_expect(c, "daily", 0, "2020-06", "judgement elder.hardship up to 30.00");
    case_expect(c, "daily", 0, "2020-07", "yes 30.00");
    case_expect(c, "ever", 0, "2020-06", "yes 30.00");
    case_expect(c, "ever", 1, "2020-06", "judgement elder.hardship up to 30.00");
}

/* 27, 54: the run adds up, and the ceilings of open judgements stand beside the sum. */
static void test_54_totals(void)
{
    static const char *const people[] = {"poor=yes", "poor=yes help=100", "poor=no",
                                         "",         "poor=yes",          "poor=yes"};
    g_autoptr(Case) c = case_new(ELDER BENEFIT("b") " when poor\n pay help }\n");
    g_autoptr(Program) p = NULL;
    g_autoptr(Results) all = NULL;
    GError *error = NULL;
    Month month = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(people); i++)
        case_record(c, "elder", arena_printf(c->a, "born=1940-01-01 %s", people[i]));
    case_expect(c, "b", 1, "2020-06", "yes 100.00");
    const Rule *r = model_rule(c->m, STR("b"));
    const Output output = {.kind = OUTPUT_RULE, .rule = r};
    const CompileOptions o = {.regions = c->regions, .data = c->d};

    p = program_new(c->m, r->subject, &output, 1, &o, &error);
    g_assert_no_error(error);
    g_assert_true(month_parse(STR("2020-06"), &month));
    g_assert_true(evaluate_month(p, c->d, month, false, &all, &error));
    const Result *x = &all->list[0];

    g_assert_cmpuint(x->records, ==, 6);
    g_assert_cmpuint(x->yes + x->no + x->unknown + x->judgement, ==, x->records);
    g_assert_cmpuint(x->judgement, ==, 3);
    g_assert_cmpint(x->sum, ==, 10000);
    g_assert_cmpint(x->most, ==, 3 * 200000);
    g_assert_cmpuint(x->unbounded, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/16/unknown-before-person", test_16_unknown_before_person);
    g_test_add_func("/semantics/21/and-or", test_21_and_or);
    g_test_add_func("/semantics/21/choice", test_21_choice);
    g_test_add_func("/semantics/24/facts-first", test_24_facts_first);
    g_test_add_func("/semantics/54/amount", test_54_amount);
    g_test_add_func("/semantics/54/dated", test_54_dated);
    g_test_add_func("/semantics/54/totals", test_54_totals);
    return g_test_run();
}
