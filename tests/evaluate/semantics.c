/* semantics.c — one test per numbered rule of the semantics that evaluation answers for. */
#include "case.h"

#define ELDER                                                                                      \
    "enum ability ordered { intact; mild; moderate; severe; total }\n"                             \
    "enum economy { dibao; tekun; poor }\n"                                                        \
    "entity elder {\n"                                                                             \
    "  holds born through died\n"                                                                  \
    "  born date\n  died date open\n  ability ability dated\n  economy set of economy dated\n"     \
    "  income money range 0 yuan..90000000000000 yuan\n  flag bool\n  applied date\n  graded_at "  \
    "date\n}\n"

/* ---- A. names and types -----------------------------------------------------------------------
 */

static void test_4_ordered(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on last day\n"
                                       " when ability >= severe }");

    case_record(c, "elder", "born=1940-01-01 ability=severe");
    case_record(c, "elder", "born=1940-01-01 ability=moderate");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "b", 0, "2020-06", "yes");
    case_expect(c, "b", 1, "2020-06", "no");
    case_expect(c, "b", 2, "2020-06", "unknown elder.ability");
}

static void test_6_sets(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit any { for elder\n every month on last day\n"
                                       " when economy has any (dibao, tekun) }\n"
                                       "benefit all { for elder\n every month on last day\n"
                                       " when economy has all (dibao, tekun) }");

    case_record(c, "elder", "born=1940-01-01 economy=tekun|poor");
    case_record(c, "elder", "born=1940-01-01 economy=none");
    case_record(c, "elder", "born=1940-01-01 economy=dibao|tekun");
    case_expect(c, "any", 0, "2020-06", "yes");
    case_expect(c, "all", 0, "2020-06", "no");
    case_expect(c, "any", 1, "2020-06", "no");
    case_expect(c, "all", 2, "2020-06", "yes");
}

static const char places[] =
    "---\ndocument: places\ntitle: 地方\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 360000 | 江西省 | Jiangxi | province | | | | 1949-10-01 |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | 360000 | | | 1970-01-01 |\n"
    "| 360302 | 安源区 | Anyuan | district | 360300 | | 1 | 1970-01-01 |\n"
    "| 360302001 | 东大街 | Dongdajie | street | 360302 | | | 1970-01-01 |\n"
    "| 360313 | 湘东区 | Xiangdong | district | 360300 | | 2 | 1970-01-01 |\n"
    "| 360100 | 南昌市 | Nanchang | city | 360000 | | | 1949-10-01 |\n\n"
    "```anlao\n"
    "entity elder {\n place home\n holds born through died\n born date\n died date open\n"
    " home region dated\n}\n"
    "param level by region : money\n"
    "set level[360300] = 100 yuan\n"
    "set level[360302] = 120 yuan\n"
    "set level[360313] = 90 yuan unsure\n"
    "param bonus by region : money\n"
    "set bonus[360300] = 10 yuan\n"
    "param least : money = 10 yuan\n"
    "param greatest : money = 50 yuan\n"
    "delegate bonus to county floor least ceiling greatest\n"
    "benefit local { for elder\n every month on last day\n pay level[home] }\n"
    "benefit extra { for elder\n every month on last day\n pay bonus[home] }\n```\n";

static const char district[] =
    "---\ndocument: anyuan\ntitle: 安源\nlayer: place\nplace: 360302\nin force: 2019-06-01\n"
    "builds on: places\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "set bonus[360302] = 15 yuan\n"
    "benefit own { for elder\n every month any day\n pay 7 yuan }\n"
    "benefit daily { for elder\n every month each day\n pay 30 yuan\n round half_up to 1 fen }\n"
    "```\n";

static Case *two_places(void)
{
    const char *texts[] = {places, district, NULL};
    Case *c = case_of_documents(texts);

    case_record(c, "elder", "born=1940-01-01 home=360302001");
    case_record(c, "elder", "born=1940-01-01 home=360313");
    case_record(c, "elder", "born=1940-01-01 home=360100");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 home=360302,360313@2020-06-16");
    return c;
}

static void test_7_params(void)
{
    g_autoptr(Case) c = two_places();

    case_expect(c, "local", 0, "2020-06", "yes 120.00");    /* nearest upwards */
    case_expect(c, "local", 1, "2020-06", "unknown level"); /* unsure counts as unset */
    case_expect(c, "local", 2, "2020-06", "unknown level");
    case_expect(c, "local", 3, "2020-06", "unknown elder.home");
    c->changes[0] = (ParamChange){.param = model_param(c->m, STR("level")),
                                  .region = STR("360313"),
                                  .any_code = true,
                                  .number = 9500};
    c->n_changes = 1;
    case_expect(c, "local", 1, "2020-06", "yes 95.00"); /* as it would be */
    case_expect(c, "local", 0, "2020-06", "yes 120.00");
}

static void test_8_tables(void)
{
    g_autoptr(Case) c =
        case_new(ELDER "table amount(age: int) -> money\n```\n\n| age | 元 |\n| --- | --- |\n"
                       "| 80..89 | 50 yuan |\n| >= 90, < 100 | unset |\n| 100 | 300 yuan |\n"
                       "| else | 0 yuan |\n\n```anlao\n"
                       "benefit b { for elder\n every month on last day\n"
                       " pay amount(age(born)) }");

    case_record(c, "elder", "born=1940-06-30");
    case_record(c, "elder", "born=1940-07-01");
    case_record(c, "elder", "born=1930-06-30");
    case_record(c, "elder", "");
    case_record(c, "elder", "born=1920-06-30");
    case_record(c, "elder", "born=1919-06-30");
    case_expect(c, "b", 4, "2020-06", "yes 300.00"); /* a row of one value */
    case_expect(c, "b", 5, "2020-06", "no");
    case_expect(c, "b", 0, "2020-06", "yes 50.00");
    case_expect(c, "b", 1, "2020-06", "no");
    case_expect(c, "b", 2, "2020-06", "unknown amount");
    case_expect(c, "b", 3, "2020-06", "unknown elder.born");
}

/* ---- B. days, spans, months -------------------------------------------------------------------
 */

static void test_10_spans(void)
{
    g_autoptr(Case) c =
        case_new("entity stay {\n holds began to ended\n began date\n ended date open\n}\n"
                 "benefit b { for stay\n every month any day\n pay 10 yuan }");

    case_record(c, "stay", "began=2020-06-10 ended=2020-06-20");
    case_record(c, "stay", "began=2020-06-10 ended=2020-06-10"); /* `to`: not counted */
    case_record(c, "stay", "began=2020-07-01");
    case_record(c, "stay", "ended=2020-06-20");
    case_record(c, "stay", "ended=2020-05-20");
    case_record(c, "stay", "began=2020-06-30"); /* 第一天算在内 */
    case_expect(c, "b", 5, "2020-06", "yes 10.00");
    case_expect(c, "b", 5, "2020-05", "outside");
    case_expect(c, "b", 0, "2020-06", "yes 10.00");
    case_expect(c, "b", 0, "2020-07", "outside");
    case_expect(c, "b", 1, "2020-06", "outside");
    case_expect(c, "b", 2, "2020-06", "outside");
    case_expect(c, "b", 3, "2020-06", "unknown stay.began");
    case_expect(c, "b", 4, "2020-06", "outside");
}

static void test_11_open_ends(void)
{
    g_autoptr(Case) c =
        case_new("entity stay {\n holds began through ended\n began date\n ended date open\n}\n"
                 "benefit b { for stay\n every month on last day }");

    case_record(c, "stay", "began=2020-06-10");
    case_record(c, "stay", "began=2020-06-10 ended=2020-06-30");
    case_expect(c, "b", 0, "2020-06", "yes"); /* absent: not yet */
    case_expect(c, "b", 0, "2030-06", "yes");
    case_expect(c, "b", 1, "2020-06", "yes"); /* through: the last day counts */
    case_expect(c, "b", 1, "2020-07", "outside");
}

static void test_12_dated(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on first day\n"
                                       " when ability >= severe }");

    case_record(c, "elder", "born=1940-01-01 ability=mild,severe@2020-06-01,?@2020-08-01");
    case_record(c, "elder", "born=1940-01-01 ability=severe@2020-06-02");
    case_record(c, "elder", "born=1940-01-01 ability=severe@2020-01-01..2020-03-31");
    case_record(c, "elder",
                "born=1940-01-01 ability=severe@2020-01-01..2020-03-31,mild@2020-05-15");
    case_expect(c, "b", 0, "2020-05", "no");
    case_expect(c, "b", 0, "2020-06", "yes");
    case_expect(c, "b", 0, "2020-08", "unknown elder.ability");
    case_expect(c, "b", 1, "2020-06", "unknown elder.ability"); /* before the first value */
    /* Ended without a successor; and for a while. */
    case_expect(c, "b", 2, "2020-03", "yes");
    case_expect(c, "b", 2, "2020-04", "unknown elder.ability");
    case_expect(c, "b", 3, "2020-03", "yes");
    case_expect(c, "b", 3, "2020-04", "unknown elder.ability");
    case_expect(c, "b", 3, "2020-06", "no");
}

static void test_14_completed_years(void)
{
    g_autoptr(Case) c =
        case_new(ELDER "benefit b { for elder\n every month on last day\n"
                       " when age(born) >= 80 }\n"
                       "derive elder.age : int = age(born)\n"
                       "derive elder.ten : bool = days(applied, graded_at) >= 29 days\n"
                       "derive elder.month : bool = months(applied, graded_at) >= 1 months");

    case_record(c, "elder", "born=1939-02-28 applied=2020-01-31 graded_at=2020-02-29");
    case_record(c, "elder", "born=1940-02-29 applied=2020-01-31 graded_at=2020-02-28");
    case_expect(c, "b", 1, "2020-01", "no");
    case_expect(c, "b", 1, "2020-02", "yes");
    case_field(c, "elder.age", 1, "2019-02-27", "78");
    case_field(c, "elder.age", 1, "2019-02-28", "79");  /* 29 February: the month's last day */
    case_field(c, "elder.ten", 0, "2020-06-01", "yes"); /* nights */
    case_field(c, "elder.ten", 1, "2020-06-01", "no");
    case_field(c, "elder.month", 0, "2020-06-01", "yes");
    case_field(c, "elder.month", 1, "2020-06-01", "no");
}

static void test_15_first_day(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on first day\n"
                                       " when age(born) >= 80 }");

    case_record(c, "elder", "born=1940-06-02");
    case_record(c, "elder", "born=1940-06-01 died=2020-06-01");
    case_expect(c, "b", 0, "2020-06", "no");
    case_expect(c, "b", 0, "2020-07", "yes");
    case_expect(c, "b", 1, "2020-06", "yes");
    case_expect(c, "b", 1, "2020-07", "outside");
}

static void test_15_last_day(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month on last day\n"
                                       " when age(born) >= 80 }");

    case_record(c, "elder", "born=1940-06-30");
    case_record(c, "elder", "born=1930-06-30 died=2020-06-29");
    case_expect(c, "b", 0, "2020-06", "yes");
    case_expect(c, "b", 1, "2020-06", "outside");
}

static void test_15_any_day(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month any day\n"
                                       " when ability >= severe and age(born) >= 80\n"
                                       " pay if ability = total then 200 yuan else 100 yuan }");

    case_record(c, "elder", "born=1940-06-30 ability=severe");
    case_record(c, "elder", "born=1940-01-01 ability=severe died=2020-06-02");
    case_record(c, "elder", "born=1940-01-01 ability=severe,mild@2020-06-10");
    case_record(c, "elder", "born=1940-01-01 ability=severe,total@2020-06-30");
    case_record(c, "elder", "born=1940-01-01 ability=total,?@2020-06-10,mild@2020-06-12");
    case_record(c, "elder", "born=1940-01-01 ability=mild");
    case_record(c, "elder", "born=1940-06-15 ability=severe died=2020-06-14");
    case_expect(c, "b", 0, "2020-06", "yes 100.00"); /* 80 on the 30th: the whole month */
    case_expect(c, "b", 1, "2020-06", "yes 100.00"); /* died on the 2nd: the whole month */
    case_expect(c, "b", 2, "2020-06", "yes 100.00"); /* 9 June decides */
    case_expect(c, "b", 2, "2020-07", "no");
    case_expect(c, "b", 3, "2020-06", "yes 200.00"); /* the last day decides the amount */
    case_expect(c, "b", 4, "2020-06", "unknown elder.ability"); /* the 11th is not no */
    case_expect(c, "b", 5, "2020-06", "no");
    case_expect(c, "b", 6, "2020-06", "no");
}

static void test_15_late_start(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit after { for elder\n every month any day\n"
                                       " from month after applied\n when flag }\n"
                                       "benefit of { for elder\n every month any day\n"
                                       " from month of applied\n when flag }");

    case_record(c, "elder", "born=1940-01-01 flag=yes applied=2020-06-20");
    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01 flag=no");
    case_expect(c, "of", 0, "2020-05", "no");
    case_expect(c, "of", 0, "2020-06", "yes");
    case_expect(c, "after", 0, "2020-06", "no");
    case_expect(c, "after", 0, "2020-07", "yes");
    case_expect(c, "after", 1, "2020-07", "unknown elder.applied");
    case_expect(c, "after", 2, "2020-07", "no"); /* no beats unknown */
}

static void test_16_each_day(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month each day\n"
                                       " when ability >= moderate\n"
                                       " pay if ability >= severe then 200 yuan else 100 yuan\n"
                                       " round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01 ability=severe");
    case_record(c, "elder", "born=1940-01-01 ability=moderate,severe@2020-06-16");
    case_record(c, "elder", "born=1940-01-01 ability=severe died=2020-06-10");
    case_record(c, "elder", "born=1940-01-01 ability=severe,?@2020-06-30");
    case_record(c, "elder", "born=1940-01-01 ability=mild,severe@2020-06-30");
    case_record(c, "elder", "born=1940-01-01 ability=severe,mild@2020-07-08");
    case_expect(c, "b", 0, "2020-06", "yes 200.00");
    case_expect(c, "b", 1, "2020-06", "yes 150.00");
    case_expect(c, "b", 2, "2020-06", "yes 66.67");             /* 10 of 30 days, rounded once */
    case_expect(c, "b", 3, "2020-06", "unknown elder.ability"); /* unknown if any day is */
    case_expect(c, "b", 4, "2020-06", "yes 6.67");
    case_expect(c, "b", 5, "2020-07", "yes 45.16"); /* 7 of 31 */
}

static void test_16_param_inside(void)
{
    g_autoptr(Case) c = case_new(ELDER "param rate : money\n"
                                       "set rate = 30 yuan from 2020-01-01 until 2020-06-10\n"
                                       "set rate = 60 yuan from 2020-06-11\n"
                                       "benefit each { for elder\n every month each day\n"
                                       " when flag\n pay rate\n round half_up to 1 fen }\n"
                                       "benefit last { for elder\n every month any day\n"
                                       " when flag\n pay rate }");

    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01 flag=yes died=2020-06-05");
    case_record(c, "elder", "born=1940-01-01 flag=yes died=2020-06-12");
    case_expect(c, "each", 0, "2020-06", "yes 50.00");
    case_expect(c, "last", 0, "2020-06", "yes 60.00");
    case_expect(c, "each", 1, "2020-06", "yes 5.00");
    case_expect(c, "last", 1, "2020-06", "yes 30.00");
    case_expect(c, "each", 2, "2020-06", "yes 14.00");
    case_expect(c, "each", 0, "2019-12", "unknown rate");
}

static void test_17_year_and_once(void)
{
    g_autoptr(Case) c =
        case_new(ELDER "benefit yearly { for elder\n every year on 12-31\n when age(born) >= 80\n"
                       " pay 500 yuan }\n"
                       "benefit graded { for elder\n once on graded_at\n when ability >= severe\n"
                       " pay 900 yuan }");

    case_record(
        c, "elder",
        "born=1940-12-31 graded_at=2020-06-15 ability=mild,severe@2020-06-10,mild@2020-06-20");
    case_record(c, "elder", "born=1940-12-31 ability=severe");
    case_expect(c, "yearly", 0, "2020-12", "yes 500.00");
    case_expect(c, "yearly", 0, "2020-11", "outside");
    case_expect(c, "yearly", 0, "2019-12", "no");
    case_expect(c, "graded", 0, "2020-06", "yes 900.00");
    case_expect(c, "graded", 0, "2020-05", "outside");
    case_expect(c, "graded", 1, "2020-06", "unknown elder.graded_at");
}

static void test_19_in_force(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month each day\n"
                                       " from 2020-06-16 until 2020-07-10\n pay 31 yuan\n"
                                       " round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "b", 0, "2020-05", "outside");
    case_expect(c, "b", 0, "2020-06", "yes 15.50");
    case_expect(c, "b", 0, "2020-07", "yes 10.00");
    case_expect(c, "b", 0, "2020-08", "outside");
}

/* ---- C. four outcomes -------------------------------------------------------------------------
 */

static void test_21_truth(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit both { for elder\n every month on last day\n"
                                       " when flag and ability >= severe }\n"
                                       "benefit either { for elder\n every month on last day\n"
                                       " when flag or ability >= severe }\n"
                                       "benefit neither { for elder\n every month on last day\n"
                                       " when not flag }");

    case_record(c, "elder", "born=1940-01-01 flag=no");
    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "both", 0, "2020-06", "no");
    case_expect(c, "both", 1, "2020-06", "unknown elder.ability");
    case_expect(c, "either", 0, "2020-06", "unknown elder.ability");
    case_expect(c, "either", 1, "2020-06", "yes");
    case_expect(c, "either", 2, "2020-06", "unknown elder.flag elder.ability");
    case_expect(c, "neither", 0, "2020-06", "yes");
    case_expect(c, "neither", 2, "2020-06", "unknown elder.flag");
}

static void test_22_choices(void)
{
    g_autoptr(Case) c = case_new(
        ELDER "benefit same { for elder\n every month on last day\n"
              " pay if flag then 100 yuan else max(100 yuan, income) }\n"
              "benefit chain { for elder\n every month on last day\n"
              " pay case ability { intact: 0 yuan; mild, moderate: 50 yuan; else: 80 yuan } }\n"
              "benefit steps { for elder\n every month on last day\n"
              " pay case { flag: 10 yuan; income < 100 yuan: 20 yuan; else: 20 yuan } }");

    case_record(c, "elder", "born=1940-01-01 income=90");
    case_record(c, "elder", "born=1940-01-01 income=110");
    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01 ability=total");
    case_record(c, "elder", "born=1940-01-01 flag=no");
    case_expect(c, "same", 0, "2020-06", "yes 100.00"); /* both branches say 100 */
    case_expect(c, "same", 1, "2020-06", "unknown elder.flag");
    case_expect(c, "same", 2, "2020-06", "yes 100.00");
    case_expect(c, "chain", 0, "2020-06", "unknown elder.ability"); /* else catches no unknown */
    case_expect(c, "chain", 3, "2020-06", "yes 80.00");
    /* 前一条已经不成立，后两条一样多；前一条不知道，就不知道。 */
    case_expect(c, "steps", 4, "2020-06", "yes 20.00");
    case_expect(c, "steps", 2, "2020-06", "yes 10.00");
    case_expect(c, "steps", 0, "2020-06", "unknown elder.flag");
}

/* 一样东西不知道，跟自己比也不知道：不因为怎么写都一样就当作知道。 */
static void test_22_unknown_stays_unknown(void)
{
    g_autoptr(Case) c = case_new(
        ELDER "benefit itself { for elder\n every month on last day\n when income = income }\n"
              "benefit other_way { for elder\n every month on last day\n"
              " when not (income != income) }\n"
              "benefit difference { for elder\n every month on last day\n"
              " when income - income = 0 yuan }\n"
              "benefit times_nothing { for elder\n every month on last day\n"
              " when income * 0 >= 0 yuan }\n"
              "benefit grade { for elder\n every month on last day\n when ability = ability }\n"
              "benefit between_all { for elder\n every month on last day\n"
              " when income between 0 yuan and 1000000 yuan }\n"
              "benefit larger { for elder\n every month on last day\n"
              " when max(income, 500 yuan) >= 500 yuan }");
    const char *const all[] = {"itself",        "other_way",   "difference",
                               "times_nothing", "between_all", "larger"};

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 income=90 ability=mild");
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        case_expect(c, all[i], 0, "2020-06", "unknown elder.income");
        case_expect(c, all[i], 1, "2020-06", "yes");
    }
    case_expect(c, "grade", 0, "2020-06", "unknown elder.ability");
    case_expect(c, "grade", 1, "2020-06", "yes");
}

static void test_24_when_before_pay(void)
{
    g_autoptr(Case) c = case_new(ELDER "param rate : money\n"
                                       "benefit b { for elder\n every month on last day\n"
                                       " when flag\n pay rate + income }");

    case_record(c, "elder", "born=1940-01-01 flag=no");
    case_record(c, "elder", "born=1940-01-01 flag=yes income=5");
    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "b", 0, "2020-06", "no");
    case_expect(c, "b", 1, "2020-06", "unknown rate");
    case_expect(c, "b", 2, "2020-06", "unknown rate elder.income");
    case_expect(c, "b", 3, "2020-06", "unknown elder.flag"); /* not yet the amount */
}

static void test_25_nothing_is_no(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit top_up { for elder\n every month on last day\n"
                                       " pay max(0 yuan, 500 yuan - income) }\n"
                                       "benefit small { for elder\n every month each day\n"
                                       " pay income * 1%\n round down to 1 fen }");

    case_record(c, "elder", "born=1940-01-01 income=500");
    case_record(c, "elder", "born=1940-01-01 income=499.99");
    case_record(c, "elder", "born=1940-01-01 income=0.99");
    case_expect(c, "top_up", 0, "2020-06", "no");
    case_expect(c, "top_up", 1, "2020-06", "yes 0.01");
    case_expect(c, "small", 0, "2020-06", "yes 5.00");
    case_expect(c, "small", 2, "2020-06", "no"); /* rounds to nothing */
}

static void test_27_adds_up(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month any day\n when flag }");
    g_autoptr(Results) all = NULL;

    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01 flag=no");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 flag=yes died=2020-05-31");
    case_expect(c, "b", 3, "2020-06", "outside");
    const Rule *rule = model_rule(c->m, STR("b"));
    Output output = {.kind = OUTPUT_RULE, .rule = rule};
    CompileOptions o = {.data = c->d};
    g_autoptr(Program) p = program_new(c->m, rule->subject, &output, 1, &o, NULL);
    bool good = evaluate_month(p, c->d, 12 * 50 + 5, false, &all, NULL);

    g_assert_true(good);
    g_assert_cmpuint(all->list[0].records, ==, 3);
    g_assert_cmpuint(all->list[0].yes, ==, 1);
    g_assert_cmpuint(all->list[0].no, ==, 1);
    g_assert_cmpuint(all->list[0].unknown, ==, 1);
    g_assert_cmpuint(all->list[0].checksum, ==, 1);
}

/* ---- D. aggregates ----------------------------------------------------------------------------
 */

#define VISITS                                                                                     \
    ELDER "entity visit {\n dated by seen_on\n holds entered to removed\n who elder\n"             \
          " seen_on date\n points int\n good bool\n entered date\n removed date open\n}\n"

#define WAS "entered=2020-01-01"

static void test_29_count(void)
{
    g_autoptr(Case) c = case_new(VISITS "derive elder.visits : int = count(visit where good)\n"
                                        "derive elder.any : bool = exists(visit where good)\n"
                                        "derive elder.sum : int = sum(visit.points where good)");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "who=0 good=yes points=3 " WAS);
    case_record(c, "visit", "who=0 good=no points=4 " WAS);
    case_record(c, "visit", "who=1 good=yes points=3 " WAS);
    case_record(c, "visit", "who=1 points=4 " WAS);
    case_record(c, "visit", "who=2 points=0 " WAS);
    case_record(c, "visit", "good=yes " WAS); /* nobody's */
    case_field(c, "elder.visits", 0, "2020-06-01", "1");
    case_field(c, "elder.visits", 0, "2019-06-01", "0");
    case_field(c, "elder.visits", 1, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.any", 1, "2020-06-01", "yes"); /* one is sure */
    case_field(c, "elder.any", 2, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.sum", 0, "2020-06-01", "3");
    case_field(c, "elder.sum", 1, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.sum", 2, "2020-06-01", "0"); /* 0 either way */
}

static void test_29_extremes(void)
{
    g_autoptr(Case) c = case_new(VISITS "derive elder.most : int = max(visit.points where good)\n"
                                        "derive elder.least : int = min(visit.points where good)");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "who=0 good=yes points=3 " WAS);
    case_record(c, "visit", "who=0 points=2 " WAS);
    case_record(c, "visit", "who=1 good=yes " WAS);
    case_record(c, "visit", "who=1 good=yes points=2 " WAS);
    case_field(c, "elder.most", 0, "2020-06-01", "3"); /* the doubtful row is below */
    case_field(c, "elder.least", 0, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.most", 1, "2020-06-01", "unknown visit.points");
}

/* So `count(beds) >= 50` is yes at 51 sure beds, whatever else is missing. */
static void test_29_bounds(void)
{
    g_autoptr(Case) c =
        case_new(VISITS "derive elder.two : bool = count(visit where good) >= 2\n"
                        "derive elder.few : bool = count(visit where good) < 2\n"
                        "derive elder.three : bool = 3 = count(visit where good)\n"
                        "derive elder.much : bool = sum(visit.points where good) > 4\n");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "who=3 good=yes points=3 " WAS);
    case_record(c, "visit", "who=3 points=5 " WAS);
    case_record(c, "visit", "who=0 good=yes points=3 " WAS);
    case_record(c, "visit", "who=0 good=yes points=2 " WAS);
    case_record(c, "visit", "who=0 points=1 " WAS);
    case_record(c, "visit", "who=1 good=yes points=3 " WAS);
    case_record(c, "visit", "who=1 points=1 " WAS);
    case_record(c, "visit", "who=2 good=yes points=9 " WAS);
    case_record(c, "visit", "who=2 good=yes " WAS);
    case_field(c, "elder.two", 0, "2020-06-01", "yes");
    case_field(c, "elder.few", 0, "2020-06-01", "no");
    case_field(c, "elder.three", 0, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.much", 0, "2020-06-01", "yes"); /* 5 or 6 */
    case_field(c, "elder.two", 1, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.three", 1, "2020-06-01", "no"); /* one or two */
    case_field(c, "elder.much", 1, "2020-06-01", "no");  /* 3 or 4 */
    case_field(c, "elder.much", 2, "2020-06-01", "unknown visit.points");
    case_field(c, "elder.much", 3, "2020-06-01", "unknown visit.good"); /* 3 or 8 */
}

static void test_30_empty(void)
{
    g_autoptr(Case) c = case_new(VISITS "derive elder.visits : int = count(visit)\n"
                                        "derive elder.sum : int = sum(visit.points)\n"
                                        "derive elder.most : int = max(visit.points)\n"
                                        "derive elder.otherwise : int = max(visit.points else 7)\n"
                                        "derive elder.last : int = latest visit.points where good");

    case_record(c, "elder", "born=1940-01-01");
    case_field(c, "elder.visits", 0, "2020-06-01", "0");
    case_field(c, "elder.sum", 0, "2020-06-01", "0");
    case_field(c, "elder.most", 0, "2020-06-01", "unknown visit");
    case_field(c, "elder.otherwise", 0, "2020-06-01", "7");
    case_field(c, "elder.last", 0, "2020-06-01", "unknown visit");
}

static void test_32_latest(void)
{
    g_autoptr(Case) c = case_new(VISITS "derive elder.last : int = latest visit.points where good");

    for (int i = 0; i < 5; i++)
        case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "who=0 good=yes points=1 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=0 good=yes points=2 seen_on=2020-04-01 " WAS);
    case_record(c, "visit", "who=0 good=no points=3 seen_on=2020-05-01 " WAS);
    case_record(c, "visit", "who=1 good=yes points=1 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=1 points=2 seen_on=2020-04-01 " WAS);
    case_record(c, "visit", "who=2 good=yes points=1 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=2 good=yes points=2 " WAS);
    case_record(c, "visit", "who=3 good=yes points=1 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=3 good=yes points=2 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=4 good=yes points=5 seen_on=2020-02-01 " WAS);
    case_record(c, "visit", "who=4 points=2 seen_on=2020-01-15 " WAS);
    case_field(c, "elder.last", 0, "2020-06-01", "2");
    case_field(c, "elder.last", 0, "2020-03-01", "1"); /* as of the day */
    case_field(c, "elder.last", 0, "2020-01-15", "unknown visit");
    case_field(c, "elder.last", 1, "2020-06-01", "unknown visit.good");
    case_field(c, "elder.last", 1, "2020-03-01", "1");
    case_field(c, "elder.last", 2, "2020-06-01", "unknown visit.seen_on"); /* undated */
    case_field(c, "elder.last", 3, "2020-06-01", "unknown visit.seen_on"); /* two of one day */
    case_field(c, "elder.last", 4, "2020-06-01", "5"); /* the doubtful one is older */
}

static void test_33_outer(void)
{
    g_autoptr(Case) c = case_new(
        VISITS "derive elder.soon : int = count(visit where days(this.applied, seen_on) <= 10)");

    case_record(c, "elder", "born=1940-01-01 applied=2020-02-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "who=0 seen_on=2020-02-11 " WAS);
    case_record(c, "visit", "who=0 seen_on=2020-02-12 " WAS);
    case_record(c, "visit", "who=1 seen_on=2020-02-12 " WAS);
    case_field(c, "elder.soon", 0, "2020-06-01", "1");
    case_field(c, "elder.soon", 1, "2020-06-01", "unknown elder.applied");
}

/* ---- G. places --------------------------------------------------------------------------------
 */

static void test_47_delegation(void)
{
    g_autoptr(Case) c = two_places();

    case_expect(c, "extra", 0, "2020-06", "yes 15.00"); /* the district's own */
    case_expect(c, "extra", 0, "2019-05", "yes 10.00"); /* before it was set */
    case_expect(c, "extra", 2, "2020-06", "unknown bonus");
    case_expect(c, "extra", 1, "2020-06", "yes 10.00");
    case_expect(c, "extra", 4, "2020-06", "yes 10.00"); /* moved on the 16th */
    /* What a later floor overtakes is unset, never lifted. */
    c->changes[0] =
        (ParamChange){.param = model_param(c->m, STR("least")), .any_code = true, .number = 2000};
    c->n_changes = 1;
    case_expect(c, "extra", 0, "2020-06", "unknown bonus");
    /* Nor is it cut down to a later ceiling. */
    c->changes[0] = (ParamChange){
        .param = model_param(c->m, STR("greatest")), .any_code = true, .number = 1200};
    case_expect(c, "extra", 0, "2020-06", "unknown bonus");
    case_expect(c, "extra", 1, "2020-06", "yes 10.00");
}

static void test_48_territory(void)
{
    g_autoptr(Case) c = two_places();

    case_expect(c, "own", 0, "2020-06", "yes 7.00");
    case_expect(c, "own", 1, "2020-06", "outside");
    case_expect(c, "own", 3, "2020-06", "unknown elder.home");
    case_expect(c, "own", 4, "2020-06", "yes 7.00"); /* lived there on 15 June */
    case_expect(c, "own", 4, "2020-07", "outside");
    case_expect(c, "daily", 4, "2020-06", "yes 15.00");
    case_expect(c, "own", 0, "2019-05", "outside"); /* not yet in force */
}

static void test_52_rounding(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit up { for elder\n every month on last day\n"
                                       " pay income * 0.5%\n round up to 1 fen }\n"
                                       "benefit down { for elder\n every month on last day\n"
                                       " pay income * 0.5%\n round down to 1 fen }\n"
                                       "benefit half { for elder\n every month on last day\n"
                                       " pay income * 0.5%\n round half_up to 1 fen }\n"
                                       "benefit split { for elder\n every month on last day\n"
                                       " pay round(income / 3, half_up, 2) }");

    case_record(c, "elder", "born=1940-01-01 income=101");
    case_expect(c, "up", 0, "2020-06", "yes 0.51");
    case_expect(c, "down", 0, "2020-06", "yes 0.50");
    case_expect(c, "half", 0, "2020-06", "yes 0.51");
    case_expect(c, "split", 0, "2020-06", "yes 33.67");
}

static void test_55_checks(void)
{
    g_autoptr(Case) c = case_new(ELDER "check enough of elder {\n when flag\n"
                                       " require income >= 100 yuan\n cure \"{income}\" }");

    case_record(c, "elder", "born=1940-01-01 flag=yes income=100");
    case_record(c, "elder", "born=1940-01-01 flag=yes income=99");
    case_record(c, "elder", "born=1940-01-01 flag=yes");
    case_record(c, "elder", "born=1940-01-01 flag=no income=1");
    case_record(c, "elder", "born=1940-01-01 income=100");
    case_record(c, "elder", "born=1940-01-01");
    case_expect(c, "enough", 0, "2020-06", "yes");
    case_expect(c, "enough", 1, "2020-06", "no");
    case_expect(c, "enough", 2, "2020-06", "unknown elder.income");
    case_expect(c, "enough", 3, "2020-06", "outside");
    case_expect(c, "enough", 4, "2020-06", "yes");
    case_expect(c, "enough", 5, "2020-06", "unknown elder.flag elder.income");
}

/* ---- what comes next; overflow ----------------------------------------------------------------
 */

static void test_next_change(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit b { for elder\n every month any day\n"
                                       " when age(born) >= 80 or ability >= severe }");

    case_record(c, "elder", "born=1941-11-03 ability=mild");
    case_record(c, "elder", "born=1930-01-01 ability=mild");
    case_record(c, "elder", "born=1941-11-03 ability=mild,severe@2020-08-01");
    case_record(c, "elder", "born=1930-01-01 ability=mild died=2020-07-15");
    case_change(c, "b", 0, "2020-06", "2021-11-03 yes");
    case_change(c, "b", 1, "2020-06", "never");
    case_change(c, "b", 2, "2020-06", "2020-08-01 yes");
    case_change(c, "b", 3, "2020-06", "2020-07-16 no");
}

static void test_overflow(void)
{
    g_autoptr(Case) c =
        case_new(ELDER "benefit b { for elder\n every month on last day\n when flag\n"
                       " pay income * 1000000\n round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01 flag=no income=90000000000000");
    case_expect(c, "b", 0, "2020-06", "no"); /* it does not matter there */
    dataset_free(c->d);
    c->d = NULL;
    case_record(c, "elder", "born=1940-01-01 flag=yes income=90000000000000");
    g_autofree char *text = case_error(c, "b", "2020-06");

    g_assert_cmpstr(text, ==, "rule b, elder in row 2: a number does not fit 64 bits");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } tests[] = {
        {"/semantics/4/ordered", test_4_ordered},
        {"/semantics/6/sets", test_6_sets},
        {"/semantics/7/params", test_7_params},
        {"/semantics/8/tables", test_8_tables},
        {"/semantics/10/spans", test_10_spans},
        {"/semantics/11/open-ends", test_11_open_ends},
        {"/semantics/12/dated", test_12_dated},
        {"/semantics/14/completed-years", test_14_completed_years},
        {"/semantics/15/first-day", test_15_first_day},
        {"/semantics/15/last-day", test_15_last_day},
        {"/semantics/15/any-day", test_15_any_day},
        {"/semantics/15/late-start", test_15_late_start},
        {"/semantics/16/each-day", test_16_each_day},
        {"/semantics/16/param-inside", test_16_param_inside},
        {"/semantics/17/year-and-once", test_17_year_and_once},
        {"/semantics/19/in-force", test_19_in_force},
        {"/semantics/21/truth", test_21_truth},
        {"/semantics/22/choices", test_22_choices},
        {"/semantics/22/stays-unknown", test_22_unknown_stays_unknown},
        {"/semantics/24/when-before-pay", test_24_when_before_pay},
        {"/semantics/25/nothing-is-no", test_25_nothing_is_no},
        {"/semantics/27/adds-up", test_27_adds_up},
        {"/semantics/29/count", test_29_count},
        {"/semantics/29/extremes", test_29_extremes},
        {"/semantics/29/bounds", test_29_bounds},
        {"/semantics/30/empty", test_30_empty},
        {"/semantics/32/latest", test_32_latest},
        {"/semantics/33/outer", test_33_outer},
        {"/semantics/47/delegation", test_47_delegation},
        {"/semantics/48/territory", test_48_territory},
        {"/semantics/52/rounding", test_52_rounding},
        {"/semantics/55/checks", test_55_checks},
        {"/semantics/next-change", test_next_change},
        {"/semantics/overflow", test_overflow},
    };

    g_test_init(&argc, &argv, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add_func(tests[i].name, tests[i].run);
    return g_test_run();
}
