/* semantics_beside.c — benefits among themselves: one test per numbered rule, 40–44, and what the
 * explanation says of each. */
#include "case.h"

#define ELDER                                                                                      \
    "enum ability ordered { mild \"轻度\"; severe \"重度\"; total \"完全\" }\n"              \
    "enum pension { resident \"居民\"; employee \"职工\" }\n"                                  \
    "enum benefit_kind { care; disability; heating }\n"                                            \
    "entity elder {\n"                                                                             \
    "  holds born through died\n"                                                                  \
    "  born date \"出生日期\"\n  died date open\n  ability ability \"能力\" dated\n"         \
    "  pension pension \"养老金\"\n  grade int \"等级\" range 0..4 dated\n"                   \
    "  income money range 0 yuan..90000 yuan\n  picked benefit_kind \"所选待遇\" dated\n"      \
    "  veteran bool \"退役军人\"\n  buried_on date\n}\n"

#define CARE                                                                                       \
    "benefit care \"护理补贴\" { for elder\n every month each day\n when ability >= severe\n"  \
    " pay if ability = total then 90 yuan else 60 yuan\n round half_up to 1 fen }\n"
#define DISABILITY                                                                                  \
    "benefit disability \"残疾补贴\" { for elder\n every month on last day\n when grade >= 1\n" \
    " pay 20 yuan * grade }\n"
#define HEATING                                                                                     \
    "benefit heating \"取暖补贴\" { for elder\n every month any day\n when income < 100 yuan\n" \
    " pay 60 yuan }\n"

/* ---- 40: raw, groups, net ---------------------------------------------------------------------
 */

static void test_40_phases(void)
{
    g_autoptr(Case) c =
        case_new(ELDER CARE DISABILITY "combine care, disability: highest\n"
                                       "benefit top_up { for elder\n every month on last day\n"
                                       " pay max(0 yuan, 100 yuan - net care - net disability) }\n"
                                       "benefit alone { for elder\n every month any day\n"
                                       " when raw disability > 0 yuan and net disability = 0 yuan\n"
                                       " pay raw disability }\n"
                                       "benefit last { for elder\n every month each day\n"
                                       " pay net top_up + net alone\n round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=2");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=4");
    case_record(c, "elder", "born=1940-01-01 ability=mild grade=0");
    case_record(c, "elder", "born=1940-01-01 ability=severe");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=4 died=2020-06-15");
    case_expect(c, "top_up", 0, "2020-06", "yes 40.00"); /* 100 - 60 - 0 */
    case_expect(c, "alone", 0, "2020-06", "yes 40.00");
    case_expect(c, "last", 0, "2020-06", "yes 80.00"); /* levels above levels */
    case_expect(c, "top_up", 1, "2020-06", "yes 20.00");
    case_expect(c, "alone", 1, "2020-06", "no");
    case_expect(c, "top_up", 2, "2020-06", "yes 100.00");          /* a no pays nothing */
    case_expect(c, "top_up", 3, "2020-06", "unknown elder.grade"); /* the other's fact is missing */
    case_expect(c, "care", 4, "2020-06", "yes 30.00"); /* by days; the last day is outside */
    case_expect(c, "disability", 4, "2020-06", "outside");
    case_expect(c, "last", 4, "2020-06", "no"); /* who is not there on the last day has no top-up */
}

/* ---- 41: all, highest, first, chosen ----------------------------------------------------------
 */

static void test_41_highest(void)
{
    g_autoptr(Case) c =
        case_new(ELDER CARE DISABILITY HEATING "combine heating, care, disability: highest");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=4 income=500");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=1 income=50");
    case_record(c, "elder", "born=1940-01-01 ability=severe,total@2020-06-16 grade=4 income=500");
    case_expect(c, "disability", 0, "2020-06", "yes 80.00");
    case_expect(c, "care", 0, "2020-06", "no");
    case_expect(c, "heating", 0, "2020-06", "no");
    case_expect(c, "heating", 1, "2020-06", "yes 60.00"); /* a tie goes to the first named */
    case_expect(c, "care", 1, "2020-06", "no");
    case_expect(c, "disability", 1, "2020-06", "no");
    case_expect(c, "care", 2, "2020-06", "no"); /* 75 yuan by days, and 80 */
    case_expect(c, "disability", 2, "2020-06", "yes 80.00");
    case_expect(c, "care", 2, "2020-07", "yes 90.00");
    case_expect(c, "disability", 2, "2020-07", "no");
}

static void test_41_first(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY "combine disability, care: first");

    case_record(c, "elder", "born=1940-01-01 ability=total grade=1");
    case_record(c, "elder", "born=1940-01-01 ability=total grade=0");
    case_expect(c, "disability", 0, "2020-06", "yes 20.00");
    case_expect(c, "care", 0, "2020-06", "no");
    case_expect(c, "care", 1, "2020-06", "yes 90.00");
}

static void test_41_chosen(void)
{
    g_autoptr(Case) c =
        case_new(ELDER CARE DISABILITY HEATING "combine care, disability, heating: chosen");

    case_record(c, "elder",
                "born=1940-01-01 ability=total grade=1 income=500 "
                "picked=disability,care@2020-07-10");
    case_record(c, "elder", "born=1940-01-01 ability=total grade=1 income=500 picked=heating");
    case_expect(c, "care", 0, "2020-06", "no");
    case_expect(c, "disability", 0, "2020-06", "yes 20.00");
    case_expect(c, "care", 0, "2020-07", "yes 90.00"); /* the choice of the last day counts */
    case_expect(c, "disability", 0, "2020-07", "no");
    case_expect(c, "care", 1, "2020-06", "no"); /* who chose what does not fit gets nothing else */
    case_expect(c, "heating", 1, "2020-06", "no");
}

static void test_41_chosen_none_of_them(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY HEATING "combine care, disability: chosen");

    case_record(c, "elder", "born=1940-01-01 ability=total grade=1 income=50 picked=heating");
    case_expect(c, "care", 0, "2020-06", "no");
    case_expect(c, "disability", 0, "2020-06", "no");
    case_expect(c, "heating", 0, "2020-06", "yes 60.00"); /* in no group */
}

static void test_41_all(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY "combine care, disability: all");

    case_record(c, "elder", "born=1940-01-01 ability=total grade=1");
    case_expect(c, "care", 0, "2020-06", "yes 90.00");
    case_expect(c, "disability", 0, "2020-06", "yes 20.00");
}

/* Two groups with a common member are applied in the order of their documents. */
static void test_41_order(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY HEATING
                                 "combine care, disability: highest\n"
                                 "combine disability, heating: first from 2020-07-01");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=2 income=0");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=4 income=0");
    case_expect(c, "care", 0, "2020-07", "yes 60.00");
    case_expect(c, "disability", 0, "2020-07", "no");
    case_expect(c, "heating", 0, "2020-07", "yes 60.00"); /* what was before it is out already */
    case_expect(c, "disability", 1, "2020-07", "yes 80.00");
    case_expect(c, "heating", 1, "2020-07", "no");
    case_expect(c, "heating", 1, "2020-06", "yes 60.00"); /* that group is not in force yet */
}

static void test_41_once_and_yearly(void)
{
    g_autoptr(Case) c = case_new(ELDER "benefit care { for elder\n every year on 12-31\n"
                                       " when ability >= severe\n pay 600 yuan }\n"
                                       "benefit disability { for elder\n every year on 09-09\n"
                                       " when grade >= 1\n pay 700 yuan }\n"
                                       "benefit heating { for elder\n every year on 12-01\n"
                                       " pay 100 yuan }\n"
                                       "combine care, disability, heating: highest\n"
                                       "benefit old_age { for elder\n every month any day\n"
                                       " pay 50 yuan }\n"
                                       "benefit burial { for elder\n once on buried_on\n"
                                       " pay 12 * net old_age }");

    case_record(c, "elder", "born=1940-01-01 ability=total grade=1");
    case_record(c, "elder", "born=1940-01-01 died=2020-06-10 buried_on=2020-06-08");
    case_expect(c, "disability", 0, "2020-09", "yes 700.00"); /* alone in its month */
    case_expect(c, "care", 0, "2020-12", "yes 600.00");
    case_expect(c, "heating", 0, "2020-12", "no");
    case_expect(c, "burial", 1, "2020-06", "yes 600.00");
    case_expect(c, "burial", 1, "2020-07", "outside");
}

/* ---- 42: unknown in a group -------------------------------------------------------------------
 */

static void test_42_unknown(void)
{
    g_autoptr(Case) c =
        case_new(ELDER CARE DISABILITY HEATING "combine care, disability: highest\n"
                                               "combine disability, heating: first");

    case_record(c, "elder", "born=1940-01-01 ability=severe income=50");
    case_record(c, "elder", "born=1940-01-01 ability=severe");
    case_record(c, "elder", "born=1940-01-01 grade=1 income=50");
    case_expect(c, "care", 0, "2020-06", "yes 60.00"); /* the largest known is paid now */
    case_expect(c, "disability", 0, "2020-06", "unknown elder.grade");
    case_expect(c, "heating", 0, "2020-06", "unknown elder.grade"); /* behind an unknown one */
    case_expect(c, "heating", 1, "2020-06", "unknown elder.income elder.grade");
    case_expect(c, "care", 2, "2020-06", "unknown elder.ability");
    case_expect(c, "disability", 2, "2020-06", "yes 20.00");
    case_expect(c, "heating", 2, "2020-06", "no");
}

static void test_42_choice(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY HEATING
                                 "combine care, disability, heating: chosen by picked");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=0");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=0 picked=care");
    case_expect(c, "care", 0, "2020-06", "unknown elder.picked"); /* nothing before the choice */
    case_expect(c, "disability", 0, "2020-06", "no");
    case_expect(c, "heating", 0, "2020-06", "unknown elder.income elder.picked");
    case_expect(c, "heating", 1, "2020-06", "no"); /* whatever the income: care was chosen */
}

/* ---- 43: a top-up to a level ------------------------------------------------------------------
 */

static void test_43_top_up(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE "benefit to_level { for elder\n every month any day\n"
                                            " when ability >= mild\n"
                                            " pay max(0 yuan, 80 yuan - net care - income) }");

    case_record(c, "elder", "born=1940-01-01 ability=severe income=5");
    case_record(c, "elder", "born=1940-01-01 ability=total income=0");
    case_record(c, "elder", "born=1940-01-01 ability=mild income=5 died=2020-06-10");
    case_expect(c, "to_level", 0, "2020-06", "yes 15.00");
    case_expect(c, "to_level", 1, "2020-06", "no"); /* nothing is left to pay */
    case_expect(c, "to_level", 2, "2020-06", "yes 75.00");
}

/* 43: what it tops up is what is paid: an allowance that gives way to a higher one is not counted.
 */
static void test_43_tops_up_what_is_paid(void)
{
    g_autoptr(Case) c =
        case_new(ELDER CARE DISABILITY "combine care, disability: highest\n"
                                       "benefit to_level { for elder\n every month any day\n"
                                       " when ability >= mild\n"
                                       " pay max(0 yuan, 80 yuan - net care - income) }\n"
                                       "benefit to_both { for elder\n every month any day\n"
                                       " when ability >= mild\n"
                                       " pay max(0 yuan, 100 yuan - net care - net disability) }");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=4 income=5");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=0 income=5");
    case_record(c, "elder", "born=1940-01-01 ability=severe income=5");
    case_expect(c, "care", 0, "2020-06", "no"); /* 60 yuan, and 80 */
    case_expect(c, "to_level", 0, "2020-06", "yes 75.00");
    case_expect(c, "to_both", 0, "2020-06", "yes 20.00");
    case_expect(c, "care", 1, "2020-06", "yes 60.00");
    case_expect(c, "to_level", 1, "2020-06", "yes 15.00");
    case_expect(c, "to_both", 1, "2020-06", "yes 40.00");
    case_expect(c, "to_both", 2, "2020-06", "unknown elder.grade");
}

/* ---- 44: exceptions ---------------------------------------------------------------------------
 */

#define OLD_AGE                                                                                    \
    "benefit old_age \"高龄津贴\" { for elder\n every month any day\n when age(born) >= 80\n"  \
    " pay if age(born) >= 90 then 200 yuan else 100 yuan }\n"

static void test_44_exception(void)
{
    g_autoptr(Case) c = case_new(
        ELDER OLD_AGE "exception to old_age \"职工减半\" when pension = employee {\n"
                      " pay general * 33.33%\n round half_up to 1 fen }\n"
                      "exception poor to old_age before rich \"贫困\" when income < 100 yuan\n"
                      "  and pension = resident { pay general + 50 yuan }\n"
                      "exception rich to old_age when pension = resident and income < 200 yuan {\n"
                      " pay general }");

    case_record(c, "elder", "born=1940-01-01 pension=employee income=50");
    case_record(c, "elder", "born=1930-01-01 pension=resident income=50");
    case_record(c, "elder", "born=1940-01-01 pension=resident income=150");
    case_record(c, "elder", "born=1940-01-01 income=500");
    case_record(c, "elder", "born=1940-01-01 pension=resident");
    case_record(c, "elder", "born=1950-01-01 pension=employee");
    case_expect(c, "old_age", 0, "2020-06", "yes 33.33");
    case_expect(c, "old_age", 1, "2020-06", "yes 250.00");
    case_expect(c, "old_age", 2, "2020-06", "yes 100.00");
    case_expect(c, "old_age", 3, "2020-06", "unknown elder.pension");
    case_expect(c, "old_age", 4, "2020-06", "unknown elder.income"); /* 100 or 150 */
    case_expect(c, "old_age", 5, "2020-06", "no"); /* the general condition still holds */
}

static void test_44_same_either_way(void)
{
    g_autoptr(Case) c = case_new(ELDER OLD_AGE "exception to old_age when veteran {\n"
                                               " pay max(general, 150 yuan) }\n"
                                               "exception cut to old_age when not veteran and\n"
                                               "  pension = employee { pay 0 yuan }");

    case_record(c, "elder", "born=1930-01-01 pension=resident");
    case_record(c, "elder", "born=1940-01-01 pension=resident");
    case_record(c, "elder", "born=1940-01-01 pension=employee veteran=no");
    case_expect(c, "old_age", 0, "2020-06", "yes 200.00"); /* both give the same */
    case_expect(c, "old_age", 1, "2020-06", "unknown elder.veteran");
    case_expect(c, "old_age", 2, "2020-06", "no"); /* an amount of nothing */
}

static const char places[] =
    "---\ndocument: places\ntitle: 地方\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | county |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | | |\n"
    "| 360302 | 安源区 | Anyuan | county | 360300 | 1 |\n"
    "| 360313 | 湘东区 | Xiangdong | county | 360300 | 2 |\n\n"
    "```anlao\n"
    "entity elder {\n place home\n holds born through died\n born date\n died date open\n"
    " home region dated\n}\n"
    "benefit city \"市补贴\" { for elder\n every month each day\n pay 300 yuan\n"
    " round half_up to 1 fen\n may be amended by county }\n"
    "benefit extra { for elder\n every month any day\n pay 200 yuan\n"
    " may be amended by county }\n```\n";

static const char district[] =
    "---\ndocument: anyuan\ntitle: 安源办法\nlayer: place\nplace: 360302\nin force: 2020-06-16\n"
    "builds on: places\n---\n\n## 三 补充 / More\n\n```anlao\n"
    "exception to city \"本区加发\" when born <= 1940-12-31 { pay general + 30 yuan }\n"
    "combine city, extra: first\n"
    "```\n";

/* An exception and a group of a county's document hold in that county, and from its date on. */
static void test_44_of_a_place(void)
{
    const char *texts[] = {places, district, NULL};
    g_autoptr(Case) c = case_of_documents(texts);

    case_record(c, "elder", "born=1940-01-01 home=360302");
    case_record(c, "elder", "born=1940-01-01 home=360313");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01 home=360313,360302@2020-07-11");
    case_expect(c, "city", 0, "2020-05", "yes 300.00");
    case_expect(c, "city", 0, "2020-06", "yes 315.00"); /* half a month */
    case_expect(c, "city", 0, "2020-07", "yes 330.00");
    case_expect(c, "city", 1, "2020-07", "yes 300.00");
    case_expect(c, "city", 2, "2020-05", "yes 300.00");
    case_expect(c, "city", 2, "2020-07", "unknown elder.home");
    case_expect(c, "city", 3, "2020-07", "yes 320.32"); /* 10 days there, 21 here */
    case_expect(c, "extra", 0, "2020-05", "yes 200.00");
    case_expect(c, "extra", 0, "2020-07", "no");
    case_expect(c, "extra", 1, "2020-07", "yes 200.00");
    case_expect(c, "extra", 2, "2020-07", "unknown elder.home");
}

/* ---- the next change --------------------------------------------------------------------------
 */

static void test_changes(void)
{
    g_autoptr(Case) c = case_new(ELDER OLD_AGE DISABILITY
                                 "combine old_age, disability: highest\n"
                                 "exception to old_age when age(born) >= 95 { pay 500 yuan }");

    case_record(c, "elder", "born=1940-09-10 grade=2");
    case_record(c, "elder", "born=1926-01-05 grade=2");
    case_change(c, "disability", 0, "2020-06", "2020-09-10 no"); /* the other one then is higher */
    case_change(c, "old_age", 0, "2020-06", "2020-09-10 yes");
    case_change(c, "old_age", 1, "2020-12", "2021-01-05 yes"); /* another amount */
}

/* ---- sentences --------------------------------------------------------------------------------
 */

static const char *const marks[] = {"✗", "?", "☐", "✓"};

static void tells(Case *c, const char *rule, size_t row, const char *month, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    Explanation x;

    case_explain(c, rule, row, month, &x);
    for (size_t i = 0; i < x.n_lines; i++) {
        const ExplainLine *l = &x.lines[i];

        g_string_append_printf(out, "%*s%s %.*s", (int)l->depth * 2, "", marks[l->truth],
                               STR_ARG(l->zh));
        if (l->source_zh.len > 0)
            g_string_append_printf(out, " ［%.*s］", STR_ARG(l->source_zh));
        g_string_append_c(out, '\n');
        g_assert_cmpint(l->zh.len > 0, ==, l->en.len > 0);
    }
    g_string_append_printf(out, "%.*s\n", STR_ARG(x.lines[0].en));
    g_assert_cmpstr(out->str, ==, expected);
}

static void test_says_who_won(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE DISABILITY "combine care, disability: highest");

    case_record(c, "elder", "born=1940-01-01 ability=severe grade=2");
    case_record(c, "elder", "born=1940-01-01 ability=severe grade=3");
    case_record(c, "elder", "born=1940-01-01 ability=severe");
    tells(c, "disability", 0, "2020-06",
          "✗ 残疾补贴：符合条件，但护理补贴更高，同类待遇只发较高的一项 ［《例》一］\n"
          "  ✗ 只发以下待遇中最高的一项 ［《例》一］\n"
          "    ✓ 护理补贴：60.00 元，发给 ［《例》一］\n"
          "    ✗ 残疾补贴：40.00 元，不发 ［《例》一］\n"
          "  ✓ 等级 2，要求不小于 1\n"
          "  ✓ 每月 40.00 元\n"
          "    ✓ 等级：2 ［等级：2］\n"
          "disability: entitled, but care is higher and is paid instead\n");
    tells(c, "disability", 1, "2020-06",
          "✗ 残疾补贴：符合条件，但护理补贴金额相同且列在前面，同类待遇只发一项 ［《例》一］\n"
          "  ✗ 只发以下待遇中最高的一项 ［《例》一］\n"
          "    ✓ 护理补贴：60.00 元，发给 ［《例》一］\n"
          "    ✗ 残疾补贴：60.00 元，不发 ［《例》一］\n"
          "  ✓ 等级 3，要求不小于 1\n"
          "  ✓ 每月 60.00 元\n"
          "    ✓ 等级：3 ［等级：3］\n"
          "disability: entitled, but care pays as much and is named first\n");
    tells(c, "care", 2, "2020-06",
          "✓ 护理补贴：符合条件 ［《例》一］\n"
          "  ✓ 只发以下待遇中最高的一项 ［《例》一］\n"
          "    ✓ 护理补贴：60.00 元，发给 ［《例》一］\n"
          "    ? 残疾补贴：尚不能认定，如日后更高，补发差额 ［《例》一］\n"
          "  ✓ 能力为重度，要求不低于重度\n"
          "  ✓ 每月 60.00 元 × 30/30 日 = 60.00 元\n"
          "    ✗ 能力为重度，要求为完全\n"
          "care: entitled\n");
}

static void test_says_which_exception(void)
{
    g_autoptr(Case) c =
        case_new(ELDER OLD_AGE "exception to old_age \"职工减半\" when pension = employee {\n"
                               " pay general * 50%\n round half_up to 1 fen }");

    case_record(c, "elder", "born=1940-01-01 pension=employee");
    case_record(c, "elder", "born=1940-01-01");
    tells(c, "old_age", 0, "2020-06",
          "✓ 高龄津贴：符合条件 ［《例》一］\n"
          "  ✓ 年龄 80 岁，要求不小于 80 岁 ［出生日期：1940-01-01］\n"
          "  ✓ 每月 50.00 元\n"
          "    ✓ 例外代替一般标准：职工减半 ［《例》一］\n"
          "      ✓ 养老金为职工，要求为职工\n"
          "      ✓ 一般标准：100.00 元 ［出生日期：1940-01-01］\n"
          "        ✗ 年龄 80 岁，要求不小于 90 岁 ［出生日期：1940-01-01］\n"
          "old age: entitled\n");
    tells(c, "old_age", 1, "2020-06",
          "? 高龄津贴：信息不全，暂不能认定 ［《例》一］\n"
          "  ✓ 年龄 80 岁，要求不小于 80 岁 ［出生日期：1940-01-01］\n"
          "  ? 金额尚不能确定\n"
          "    ? 例外是否适用不能确定：职工减半 ［《例》一］\n"
          "      ? 养老金未登记，要求为职工\n"
          "      ✓ 一般标准：100.00 元 ［出生日期：1940-01-01］\n"
          "        ✗ 年龄 80 岁，要求不小于 90 岁 ［出生日期：1940-01-01］\n"
          "    ✗ 年龄 80 岁，要求不小于 90 岁 ［出生日期：1940-01-01］\n"
          "old age: cannot be decided yet, facts are missing\n");
}

static void test_says_what_others_pay(void)
{
    g_autoptr(Case) c = case_new(ELDER CARE "benefit to_level \"补足\" { for elder\n"
                                            " every month any day\n"
                                            " pay max(0 yuan, 80 yuan - net care) }");

    case_record(c, "elder", "born=1940-01-01 ability=severe");
    tells(c, "to_level", 0, "2020-06",
          "✓ 补足：符合条件 ［《例》一］\n"
          "  ✓ 每月 20.00 元\n"
          "    ✓ 实发护理补贴：60.00 元 ［《例》一］\n"
          "to level: entitled\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/40/phases", test_40_phases);
    g_test_add_func("/semantics/41/highest", test_41_highest);
    g_test_add_func("/semantics/41/first", test_41_first);
    g_test_add_func("/semantics/41/chosen", test_41_chosen);
    g_test_add_func("/semantics/41/chosen-none-of-them", test_41_chosen_none_of_them);
    g_test_add_func("/semantics/41/all", test_41_all);
    g_test_add_func("/semantics/41/order", test_41_order);
    g_test_add_func("/semantics/41/once-and-yearly", test_41_once_and_yearly);
    g_test_add_func("/semantics/42/unknown", test_42_unknown);
    g_test_add_func("/semantics/42/choice", test_42_choice);
    g_test_add_func("/semantics/43/top-up", test_43_top_up);
    g_test_add_func("/semantics/43/what-is-paid", test_43_tops_up_what_is_paid);
    g_test_add_func("/semantics/44/exception", test_44_exception);
    g_test_add_func("/semantics/44/same-either-way", test_44_same_either_way);
    g_test_add_func("/semantics/44/of-a-place", test_44_of_a_place);
    g_test_add_func("/semantics/41/changes", test_changes);
    g_test_add_func("/semantics/41/says-who-won", test_says_who_won);
    g_test_add_func("/semantics/44/says-which-exception", test_says_which_exception);
    g_test_add_func("/semantics/43/says-what-others-pay", test_says_what_others_pay);
    return g_test_run();
}
