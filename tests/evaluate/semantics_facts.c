/* semantics_facts.c — numbered rules of the semantics about facts: their words, days and absence.
 */
#include "case.h"

#define ELDER                                                                                      \
    "enum ability ordered { intact; mild; moderate; severe; total }\n"                             \
    "enum economy { dibao; tekun }\n"                                                              \
    "entity elder {\n  holds born through died\n  born date\n  died date open\n"                   \
    "  ability ability dated\n  economy set of economy dated\n"                                    \
    "  old bool = age(born) >= 80\n}\n"                                                            \
    "entity stay {\n  elder elder\n  level ability\n}\n"

/* A document's word is a param of codes: another place gives the same word other codes. */
static void test_5_words(void)
{
    g_autoptr(Case) c = case_new(ELDER "param incapacitated : set of ability = severe, total\n"
                                       "benefit b { for elder\n every month on last day\n"
                                       " when ability in incapacitated }");

    case_record(c, "elder", "born=1940-01-01 ability=severe");
    case_record(c, "elder", "born=1940-01-01 ability=moderate");
    case_expect(c, "b", 0, "2020-06", "yes");
    case_expect(c, "b", 1, "2020-06", "no");
    c->changes[0] = (ParamChange){.param = model_param(c->m, STR("incapacitated")), .number = 0x1c};
    c->n_changes = 1;
    case_expect(c, "b", 1, "2020-06", "yes");
}

/* Facts and params are those of the same day; the month asked for is the only time there is. */
static void test_9_one_day(void)
{
    g_autoptr(Case) c = case_new(ELDER "param rate : money\n"
                                       "set rate = 10 yuan from 2020-01-01\n"
                                       "set rate = 20 yuan from 2020-06-15\n"
                                       "benefit b { for elder\n every month on first day\n"
                                       " when ability >= severe\n pay rate }\n"
                                       "benefit e { for elder\n every month on last day\n"
                                       " when ability >= severe\n pay rate }");

    case_record(c, "elder", "born=1940-01-01 ability=severe,mild@2020-07-01");
    case_expect(c, "b", 0, "2020-06", "yes 10.00");
    case_expect(c, "e", 0, "2020-06", "yes 20.00");
    case_expect(c, "b", 0, "2020-07", "no");
    case_expect(c, "b", 0, "2019-12", "unknown rate");
}

/* A computed field changes on the days its inputs change. */
static void test_13_computed(void)
{
    g_autoptr(Case) c = case_new(ELDER "derive elder.counts : bool = old and ability >= severe");

    case_record(c, "elder", "born=1940-06-15 ability=severe,mild@2020-07-01");
    case_field(c, "elder.counts", 0, "2020-06-14", "no");
    case_field(c, "elder.counts", 0, "2020-06-15", "yes");
    case_field(c, "elder.counts", 0, "2020-06-30", "yes");
    case_field(c, "elder.counts", 0, "2020-07-01", "no");
}

/* "None of these" is an answer; an empty box is not. */
static void test_26_none(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on last day\n"
                                       " when economy has any (dibao) }");

    case_record(c, "elder", "born=1940-01-01 economy=none");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "b", 0, "2020-06", "no");
    case_expect(c, "b", 1, "2020-06", "unknown elder.economy");
}

/* A record nobody entered does not exist; a field nobody filled is unknown. */
static void test_28_rows_are_closed(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on last day\n"
                                       " when exists(stay where level >= severe) }");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "stay", "elder=1");
    case_expect(c, "b", 0, "2020-06", "no");
    case_expect(c, "b", 1, "2020-06", "unknown stay.level");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/5/words", test_5_words);
    g_test_add_func("/semantics/9/one-day", test_9_one_day);
    g_test_add_func("/semantics/13/computed", test_13_computed);
    g_test_add_func("/semantics/26/none", test_26_none);
    g_test_add_func("/semantics/28/rows-are-closed", test_28_rows_are_closed);
    return g_test_run();
}
