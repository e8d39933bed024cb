/* semantics_amend.c — documents over documents (semantics 19, 20, 48, 49): a province, two cities
 * and a county whose documents amend and end each other's rules; each person has her place's rules,
 * on each day those in force that day. */
#include "case.h"

static const char model[] =
    "---\ndocument: model\ntitle: 底本\nlayer: model\nin force: 2018-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | county |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
    "| 360000 | 江西省 | Jiangxi | province | | |\n"
    "| 360100 | 南昌市 | Nanchang | city | 360000 | |\n"
    "| 360102 | 东湖区 | Donghu | county | 360100 | 3 |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | 360000 | |\n"
    "| 360302 | 安源区 | Anyuan | county | 360300 | 1 |\n"
    "| 360313 | 湘东区 | Xiangdong | county | 360300 | 2 |\n\n"
    "```anlao\n"
    "entity elder {\n place home\n holds born through died\n born date \"出生日期\"\n died date "
    "open\n"
    " home region \"常住地\" dated\n alone bool \"独居\" dated\n poor bool \"困难\" dated\n}\n"
    "derive elder.old \"高龄\" : bool = age(born) >= 80 may be amended by city\n```\n";

static const char province[] =
    "---\ndocument: province\ntitle: 省办法\nlayer: place\nplace: 360000\nin force: 2019-01-01\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "param meal \"助餐标准\" by region : money = 5 yuan\n"
    "delegate meal to county floor 5 yuan\n"
    "benefit meals \"助餐补贴\" { for elder\n every month each day\n when alone\n"
    " pay meal[region]\n round half_up to 1 fen }\n"
    "benefit old_age \"高龄津贴\" / \"old-age allowance\" { for elder\n"
    " every month each day\n when age(born) >= 80\n pay 60 yuan\n"
    " round half_up to 1 fen\n may be amended by county }\n"
    "benefit care \"护理补贴\" / \"care subsidy\" { for elder\n every month any day\n"
    " when poor\n pay 100 yuan\n may be amended by city }\n"
    "benefit festival \"节日慰问\" { for elder\n every year on 09-09\n when old\n"
    " pay 200 yuan }\n"
    "check visited \"探访\" of elder {\n when alone\n require poor = no\n"
    " cure \"省：登记\" / \"province: register\"\n may be amended by city }\n"
    "```\n";

/* From the middle of June. */
static const char pingxiang[] =
    "---\ndocument: pingxiang\ntitle: 萍乡细则\nlayer: place\nplace: 360300\nin force: 2020-06-16\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "amend benefit old_age \"高龄津贴\" / \"old-age allowance\" { for elder\n"
    " every month each day\n when age(born) >= 80 and alone\n pay 90 yuan\n"
    " round half_up to 1 fen\n may be amended by county }\n"
    "amend check visited \"探访\" of elder {\n require alone = no\n"
    " cure \"市：上门{born}\" / \"city: visit {born}\" }\n"
    "amend derive elder.old : bool = age(born) >= 75\n"
    "```\n";

static const char nanchang[] =
    "---\ndocument: nanchang\ntitle: 南昌通知\nlayer: place\nplace: 360100\nin force: 2020-07-11\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "set meal[360100] = 6 yuan\n"
    "end care\n"
    "```\n";

/* Amends what the city's document says. */
static const char anyuan[] =
    "---\ndocument: anyuan\ntitle: 安源实施办法\nlayer: place\nplace: 360302\nin force: "
    "2021-01-01\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "set meal[360302] = 8 yuan\n"
    "amend benefit old_age \"高龄补贴\" / \"allowance\" { for elder\n"
    " every month each day\n until 2021-12-31\n when age(born) >= 75\n"
    " pay if alone then 120 yuan else 30.5 yuan\n round half_up to 1 fen }\n"
    "```\n";

static Case *all(void)
{
    const char *texts[] = {model, province, pingxiang, nanchang, anyuan, NULL};

    return case_of_documents(texts);
}

static void test_49_amend(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360313 alone=yes");
    case_record(c, "elder", "born=1938-01-01 home=360313 alone=no");
    case_record(c, "elder", "born=1938-01-01 home=360102 alone=no");
    case_record(c, "elder", "born=1938-01-01 home=360313");
    case_expect(c, "old_age", 0, "2020-05", "yes 60.00"); /* a past month keeps its rule */
    case_expect(c, "old_age", 0, "2020-06", "yes 75.00"); /* 15 days each */
    case_expect(c, "old_age", 0, "2020-07", "yes 90.00");
    case_expect(c, "old_age", 1, "2020-06", "yes 30.00");
    case_expect(c, "old_age", 1, "2020-07", "no");
    case_expect(c, "old_age", 2, "2020-07", "yes 60.00"); /* the other city has the province's */
    case_expect(c, "old_age", 3, "2020-05", "yes 60.00"); /* only the new wording asks for it */
    case_expect(c, "old_age", 3, "2020-07", "unknown elder.alone");
}

static void test_49_amend_what_was_amended(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1945-03-01 home=360302 alone=yes");
    case_record(c, "elder", "born=1938-01-01 home=360302 alone=no");
    case_record(c, "elder", "born=1938-01-01 home=360313 alone=no");
    case_expect(c, "old_age", 0, "2020-12", "no"); /* 75 years old, and here 80 is asked for yet */
    case_expect(c, "old_age", 0, "2021-01", "yes 120.00");
    case_expect(c, "old_age", 1, "2021-01", "yes 30.50");
    case_expect(c, "old_age", 2, "2021-01", "no"); /* the next county: the city's */
    case_expect(c, "old_age", 0, "2022-01", "no"); /* for one year only: then the city's again */
}

static void test_49_end(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360102 poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360313 poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360102 poor=no,yes@2020-07-20");
    case_record(c, "elder", "born=1938-01-01 poor=yes");
    case_expect(c, "care", 0, "2020-06", "yes 100.00");
    case_expect(c, "care", 0, "2020-07", "yes 100.00"); /* until the tenth it is in force */
    case_expect(c, "care", 0, "2020-08", "outside");    /* no rule in force is no outcome */
    case_expect(c, "care", 1, "2020-08", "yes 100.00");
    case_expect(c, "care", 2, "2020-07", "no"); /* poor when it had ended */
    case_expect(c, "care", 3, "2020-06", "unknown elder.home");
}

static void test_49_moving(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360102,360302@2021-02-11 alone=yes");
    case_record(c, "elder", "born=1938-01-01 home=360102,360313@2020-07-21 poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360313,360102@2020-07-05 poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360313,360302@2021-02-11 alone=no");
    case_expect(c, "old_age", 0, "2021-01", "yes 60.00");
    case_expect(c, "old_age", 0, "2021-02", "yes 98.57"); /* 10 days of 60 yuan, 18 of 120 */
    case_expect(c, "old_age", 0, "2021-03", "yes 120.00");
    case_expect(c, "care", 1, "2020-07", "yes 100.00"); /* came to where it has not ended */
    case_expect(c, "care", 2, "2020-07", "yes 100.00");
    case_expect(c, "care", 2, "2020-08", "outside");
    case_expect(c, "old_age", 3, "2021-02", "yes 19.61"); /* 18 days of 30.50 yuan */
}

static void test_49_check_and_computed(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1943-01-01 home=360313 alone=yes poor=no");
    case_record(c, "elder", "born=1943-01-01 home=360102 alone=yes poor=no");
    case_expect(c, "visited", 0, "2020-05", "yes");
    case_expect(c, "visited", 0, "2020-06", "no");
    case_expect(c, "visited", 1, "2020-06", "yes");
    case_field(c, "elder.old", 0, "2020-06-15", "no");
    case_field(c, "elder.old", 0, "2020-06-16", "yes");
    case_field(c, "elder.old", 1, "2020-06-16", "no");
    case_expect(c, "festival", 0, "2020-09",
                "yes 200.00"); /* what reads it has it as it is there */
    case_expect(c, "festival", 1, "2020-09", "no");
}

/* One node holds the documents of all places below it: values, rules and ends of each. */
static void test_48_one_node(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360302 alone=yes poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360313 alone=yes poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360102 alone=yes poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360102,360302@2021-03-17 alone=yes poor=yes");
    case_expect(c, "meals", 0, "2021-03", "yes 8.00");
    case_expect(c, "meals", 1, "2021-03", "yes 5.00");
    case_expect(c, "meals", 2, "2021-03", "yes 6.00");
    case_expect(c, "meals", 3, "2021-03", "yes 6.97"); /* 16 days of 6 yuan, 15 of 8 */
    case_expect(c, "old_age", 0, "2021-03", "yes 120.00");
    case_expect(c, "old_age", 1, "2021-03", "yes 90.00");
    case_expect(c, "old_age", 2, "2021-03", "yes 60.00");
    case_expect(c, "old_age", 3, "2021-03", "yes 89.03");
    case_expect(c, "care", 0, "2021-03", "yes 100.00");
    case_expect(c, "care", 2, "2021-03", "outside");
    case_expect(c, "care", 3, "2021-02", "outside");
    case_expect(c, "care", 3, "2021-03", "yes 100.00");
}

/* ---- 49: tables, params, tasks and holds, too -------------------------------------------------
 */

static const char tabled[] =
    "---\ndocument: tabled\ntitle: 省标准\nlayer: place\nplace: 360000\nin force: 2019-01-01\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "table amount(years: int range 0..150) -> money \"标准\" may be amended by county\n```\n\n"
    "| years | money |\n| --- | --- |\n| >= 80 | 60 yuan |\n| else | 0 yuan |\n\n```anlao\n"
    "benefit aged \"高龄津贴\" { for elder\n every month each day\n when alone\n"
    " pay amount(age(born))\n round half_up to 1 fen }\n"
    "param rate \"补助\" by region : money = 5 yuan\n"
    "benefit help \"补助\" { for elder\n every month any day\n when alone\n pay rate[region] }\n"
    "exception rich to help when born < 1930-01-01 { pay 9 yuan }\n```\n";

/* The province itself, later; 90 yuan from July on. */
static const char retabled[] =
    "---\ndocument: retabled\ntitle: 省通知\nlayer: place\nplace: 360000\nin force: 2020-07-01\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "amend table amount(years: int range 0..150) -> money \"标准\" may be amended by county\n"
    "```\n\n| years | money |\n| --- | --- |\n| >= 80 | 90 yuan |\n| else | 30 yuan |\n\n"
    "```anlao\nend rate\nend rich\n```\n";

/* A county: a table of its own from the middle of September to the end of the year. */
static const char own_table[] =
    "---\ndocument: own-table\ntitle: 区标准\nlayer: place\nplace: 360302\n"
    "in force: 2020-09-16..2020-12-31\nissued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "amend table amount(years: int range 0..150) -> money \"标准\"\n```\n\n"
    "| years | money |\n| --- | --- |\n| any | 120 yuan |\n";

static const char no_table[] =
    "---\ndocument: no-table\ntitle: 区停发\nlayer: place\nplace: 360313\nin force: 2021-01-01\n"
    "issued by: 民政\n---\n\n## 一 规定 / Rules\n\n```anlao\nend amount\n```\n";

static Case *tables(void)
{
    const char *texts[] = {model, tabled, retabled, own_table, no_table, NULL};

    return case_of_documents(texts);
}

/* What asks a table asks the text of each day, in the place of the record. */
static void test_49_tables(void)
{
    g_autoptr(Case) c = tables();

    case_record(c, "elder", "born=1935-01-01 home=360302 alone=yes");
    case_record(c, "elder", "born=1935-01-01 home=360313 alone=yes");
    case_record(c, "elder", "born=1935-01-01 home=360302,360313@2020-10-11 alone=yes");
    case_record(c, "elder", "born=1950-01-01 home=360313 alone=yes");
    case_expect(c, "aged", 0, "2020-06", "yes 60.00");
    case_expect(c, "aged", 0, "2020-07", "yes 90.00");
    case_expect(c, "aged", 0, "2020-09", "yes 105.00"); /* 15 days each */
    case_expect(c, "aged", 0, "2020-12", "yes 120.00");
    case_expect(c, "aged", 0, "2021-01", "yes 90.00"); /* the county's has run out */
    case_expect(c, "aged", 1, "2020-09", "yes 90.00");
    case_expect(c, "aged", 2, "2020-10", "yes 99.68"); /* 10 days of 120 yuan, 21 of 90 */
    case_expect(c, "aged", 3, "2020-06", "no");
    case_expect(c, "aged", 3, "2020-07", "yes 30.00");
}

/* A table that has ended gives nothing: that is not known to be no. */
static void test_49_table_ends(void)
{
    g_autoptr(Case) c = tables();

    case_record(c, "elder", "born=1935-01-01 home=360313 alone=yes");
    case_record(c, "elder", "born=1935-01-01 home=360302 alone=yes");
    case_record(c, "elder", "born=1935-01-01 home=360313 alone=no");
    case_expect(c, "aged", 0, "2020-12", "yes 90.00");
    case_expect(c, "aged", 0, "2021-01", "unknown amount");
    case_expect(c, "aged", 1, "2021-01", "yes 90.00");
    case_expect(c, "aged", 2, "2021-01", "no");
}

static void test_49_params_and_exceptions_end(void)
{
    g_autoptr(Case) c = tables();

    case_record(c, "elder", "born=1935-01-01 home=360302 alone=yes");
    case_record(c, "elder", "born=1929-01-01 home=360302 alone=yes");
    case_expect(c, "help", 0, "2020-06", "yes 5.00");
    case_expect(c, "help", 1, "2020-06", "yes 9.00");
    case_expect(c, "help", 0, "2020-07", "unknown rate");
    case_expect(c, "help", 1, "2020-07", "unknown rate");
}

/* ---- 19 and 20: when a rule is in force -------------------------------------------------------
 */

static const char plan[] =
    "---\ndocument: plan\ntitle: 计划（2020—2021年）\nlayer: place\nplace: 360300\n"
    "in force: 2020-06-16\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "benefit lasting \"长期\" { for elder\n every month each day\n when alone\n pay 30 yuan\n"
    " round half_up to 1 fen }\n"
    "benefit early \"补发\" { for elder\n every month each day\n"
    " from 2020-05-01 although issued later\n pay 31 yuan\n round half_up to 1 fen }\n"
    "benefit late \"稍后\" { for elder\n every month any day\n from 2020-08-10\n"
    " until 2020-09-10\n when alone\n pay 30 yuan }\n```\n";

static const char limited[] =
    "---\ndocument: limited\ntitle: 试行\nlayer: place\nplace: 360300\n"
    "in force: 2020-06-16..2020-08-15\n---\n\n## 一 规定 / Rules\n\n```anlao\n"
    "benefit trial \"试点\" { for elder\n every month each day\n pay 31 yuan\n"
    " round half_up to 1 fen }\n```\n";

static Case *plans(void)
{
    const char *texts[] = {model, plan, limited, NULL};
    Case *c = case_of_documents(texts);

    case_record(c, "elder", "born=1938-01-01 home=360302 alone=yes");
    return c;
}

static void test_19_valid_from(void)
{
    g_autoptr(Case) c = plans();

    case_expect(c, "lasting", 0, "2020-05", "outside");
    case_expect(c, "lasting", 0, "2020-06", "yes 15.00"); /* from the document's day on */
    case_expect(c, "early", 0, "2020-04", "outside");
    case_expect(c, "early", 0, "2020-05", "yes 31.00"); /* past months are owed anew */
    case_expect(c, "late", 0, "2020-07", "outside");
    case_expect(c, "late", 0, "2020-08", "yes 30.00");
}

static void test_20_not_in_force(void)
{
    g_autoptr(Case) c = plans();

    case_expect(c, "trial", 0, "2020-08", "yes 15.00"); /* `in force: D..D` in the header ends it */
    case_expect(c, "trial", 0, "2020-09", "outside");
    case_expect(c, "late", 0, "2020-09", "yes 30.00"); /* any of its days */
    case_expect(c, "late", 0, "2020-10", "outside");
    case_expect(c, "lasting", 0, "2023-01", "yes 30.00"); /* a plan's years end no rule */
}

static void test_49_change(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360313 alone=no");
    case_record(c, "elder", "born=1938-01-01 home=360102 poor=yes");
    case_change(c, "old_age", 0, "2020-05", "2020-06-16 no");
    case_change(c, "care", 1, "2020-06", "2020-07-11 no");
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
    g_string_append_printf(out, "%.*s %.*s\n", STR_ARG(x.document), STR_ARG(x.clause));
    g_assert_cmpstr(out->str, ==, expected);
}

static void test_49_explained(void)
{
    g_autoptr(Case) c = all();

    case_record(c, "elder", "born=1938-01-01 home=360302 alone=yes poor=yes");
    case_record(c, "elder", "born=1938-01-01 home=360102 alone=yes poor=yes");
    tells(c, "old_age", 0, "2020-05",
          "✓ 高龄津贴：符合条件 ［《省办法》一］\n"
          "  ✓ 年龄 82 岁，要求不小于 80 岁 ［出生日期：1938-01-01］\n"
          "  ✓ 每月 60.00 元 × 31/31 日 = 60.00 元\n"
          "province 一\n");
    tells(c, "old_age", 0, "2021-03",
          "✓ 高龄补贴：符合条件 ［《安源实施办法》一］\n"
          "  ✓ 自2021-01-01起代替原规定 ［《省办法》一］\n"
          "  ✓ 年龄 83 岁，要求不小于 75 岁 ［出生日期：1938-01-01］\n"
          "  ✓ 每月 120.00 元 × 31/31 日 = 120.00 元\n"
          "    ✓ 独居为是，要求为是\n"
          "anyuan 一\n");
    tells(c, "care", 1, "2020-08",
          "✗ 护理补贴：不在适用范围内 ［《省办法》一］\n"
          "  ✗ 自2020-07-11起不再施行 ［《南昌通知》一］\n"
          "province 一\n");
    tells(c, "visited", 0, "2020-08",
          "✗ 探访：未达到要求 ［《萍乡细则》一］\n"
          "  ✓ 自2020-06-16起代替原规定 ［《省办法》一］\n"
          "  ✗ 独居为是，要求为否\n"
          "  ✗ 整改：市：上门1938-01-01\n"
          "pingxiang 一\n");
}

static void test_20_explained(void)
{
    g_autoptr(Case) c = plans();

    tells(c, "trial", 0, "2020-09",
          "✗ 试点：不在适用范围内 ［《试行》一］\n"
          "  ✗ 自2020-08-16起不再施行 ［《试行》一］\n"
          "limited 一\n");
    tells(c, "late", 0, "2020-07",
          "✗ 稍后：不在适用范围内 ［《计划（2020—2021年）》一］\n"
          "  ✗ 自2020-08-10起施行 ［《计划（2020—2021年）》一］\n"
          "plan 一\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/49/amend", test_49_amend);
    g_test_add_func("/semantics/49/amend-what-was-amended", test_49_amend_what_was_amended);
    g_test_add_func("/semantics/49/end", test_49_end);
    g_test_add_func("/semantics/49/moving", test_49_moving);
    g_test_add_func("/semantics/49/check-and-computed", test_49_check_and_computed);
    g_test_add_func("/semantics/49/change", test_49_change);
    g_test_add_func("/semantics/49/explained", test_49_explained);
    g_test_add_func("/semantics/49/tables", test_49_tables);
    g_test_add_func("/semantics/49/table-ends", test_49_table_ends);
    g_test_add_func("/semantics/49/params-and-exceptions-end", test_49_params_and_exceptions_end);
    g_test_add_func("/semantics/48/one-node-holds-all-below", test_48_one_node);
    g_test_add_func("/semantics/19/valid-from", test_19_valid_from);
    g_test_add_func("/semantics/20/not-in-force", test_20_not_in_force);
    g_test_add_func("/semantics/20/explained", test_20_explained);
    return g_test_run();
}
