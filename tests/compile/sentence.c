/* sentence.c — an explanation as a clerk reads it, in both languages. */
#include "../evaluate/figures_case.h"

#include "evaluate/evaluate.h"

static const char blocks[] =
    "# 一 老人 / Elders\n\n```anlao\n"
    "enum ability ordered \"能力等级\" / \"ability\" {\n"
    "  intact \"能力完好\" / \"intact\"; mild \"轻度失能\" / \"mild\"; severe \"重度失能\" / "
    "\"severe\" }\n"
    "enum living \"居住状况\" / \"living\" { alone \"独居\" / \"alone\"; empty_nest \"空巢\" / "
    "\"empty nest\";\n"
    "  left_behind \"留守\" / \"left behind\" }\n"
    "enum pension \"养老金\" / \"pension\" { employee \"职工\" / \"employee\"; resident \"居民\" / "
    "\"resident\" }\n"
    "entity elder \"老年人\" / \"elder\" {\n"
    "  place home\n"
    "  holds born through died\n"
    "  home    region \"常住地\" / \"residence\" dated\n"
    "  register region \"户籍地\" / \"household register\"\n"
    "  born    date \"出生日期\" / \"date of birth\"\n"
    "  died    date \"死亡日期\" / \"date of death\" open\n"
    "  ability ability \"能力等级\" / \"ability\" dated\n"
    "  living  set of living \"居住状况\" / \"living situation\"\n"
    "  pension pension \"养老金类别\" / \"pension\"\n"
    "  income  money \"月收入\" / \"monthly income\"\n"
    "  veteran bool \"退役军人\" / \"veteran\"\n"
    "  applied date \"申请日期\" / \"day of application\"\n"
    "  frail bool \"高龄失能\" / \"old and frail\" = age(born) >= 80 and ability = severe\n"
    "}\n"
    "entity visit \"探访\" / \"visit\" {\n"
    "  place elder.home\n"
    "  dated by day_of\n"
    "  elder  elder \"老年人\" / \"elder\"\n"
    "  day_of date \"日期\" / \"day\"\n"
    "  seen   bool \"见到本人\" / \"seen\"\n"
    "}\n"
    "```\n\n"
    "# 二(一) 高龄津贴 / Old-age allowance\n\n```anlao\n"
    "param old_age \"高龄起点\" / \"old age\": int = 80\n"
    "param limit \"收入上限\" / \"income limit\" by region: money\n"
    "set limit[360302] = 800 yuan\n"
    "param incapacitated \"失能\" / \"incapacitated\": set of ability = mild, severe\n"
    "table amount(years: int) -> money \"津贴标准\" / \"allowance rate\"\n"
    "```\n\n"
    "| years | amount |\n| --- | --- |\n| < 90 | 50 yuan |\n| >= 90 | 100 yuan |\n\n"
    "```anlao\n"
    "benefit allowance \"高龄津贴\" / \"old-age allowance\" {\n"
    "  for elder\n  every month any day\n"
    "  when age(born) >= old_age and register in 360302\n"
    "  pay amount(age(born))\n"
    "}\n"
    "benefit care \"护理补贴\" / \"care subsidy\" {\n"
    "  for elder\n  every month each day\n"
    "  when ability in incapacitated and (living has any (alone, empty_nest) or veteran)\n"
    "    and not (pension = employee or income > limit[home])\n"
    "  pay 200 yuan\n  round half_up to 1 fen\n"
    "}\n"
    "benefit grant \"慰问\" / \"grant\" {\n"
    "  for elder\n  every year on 09-09\n"
    "  when frail and not exists(visit where seen)\n"
    "  pay if ability = severe then 300 yuan else 100 yuan\n"
    "}\n"
    "benefit late \"送餐\" / \"meals\" {\n"
    "  for elder\n  every month on last day\n  from month after applied\n"
    "  when months(applied, day) >= 3 or day >= 2020-09-01\n  pay 10 yuan\n}\n"
    "benefit local \"户籍补贴\" / \"register subsidy\" { for elder\n  in register\n"
    "  every month on last day\n  pay 20 yuan }\n"
    "enum region_level ordered { county \"县区\" / \"county\" }\n"
    "enum agency { civil \"民政部门\" / \"civil affairs\" }\n"
    "enum paper { minutes \"会议纪要\" / \"minutes\"; photos \"照片\" / \"photos\" }\n"
    "judgement hard \"特别困难\" / \"hardship\" of elder by civil county needs minutes\n"
    "  gives bool\n"
    "judgement help \"救助金额\" / \"help\" of elder by county needs minutes, photos\n"
    "  gives money ceiling limit[home]\n"
    "benefit helped \"救助\" / \"help for hardship\" { for elder\n  every month on last day\n"
    "  when veteran and hard\n  pay help }\n"
    "check income_known \"收入核对\" / \"income check\" of elder {\n"
    "  require known income and income <= limit[home]\n"
    "  cure \"超出 {income - limit[home]}\" / \"{income - limit[home]} too much\"\n"
    "}\n"
    "```\n";

static const char *const marks[] = {"✗", "?", "☐", "✓"};

/* Chinese lines with marks and sources, what is missing, the next change; then the English lines.
 */
static char *explain(World *w, const char *rule_name, size_t row, const char *month)
{
    const Rule *rule = model_rule(w->m, str_of(rule_name));
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(GError) error = NULL;
    g_autoptr(Program) p = program_new(w->m, rule->subject, &output, 1, &o, &error);
    GString *out = g_string_new(NULL);
    Explanation x;
    Trace t;
    Month m = 0;

    g_assert_no_error(error);
    g_assert_true(month_parse(str_of(month), &m));
    evaluate_row_month(p, w->data, 0, row, m, w->a, &t, &error);
    g_assert_no_error(error);
    explain_rule(w->a, w->m, rule, p, &t, &x);
    for (size_t i = 0; i < x.n_lines; i++) {
        const ExplainLine *l = &x.lines[i];

        g_string_append_printf(out, "%*s%s %.*s", (int)l->depth * 2, "", marks[l->truth],
                               STR_ARG(l->zh));
        if (l->source_zh.len > 0)
            g_string_append_printf(out, " ［%.*s］", STR_ARG(l->source_zh));
        g_string_append_c(out, '\n');
        g_assert_cmpint(l->zh.len > 0, ==, l->en.len > 0);
        g_assert_cmpint(l->source_zh.len > 0, ==, l->source_en.len > 0);
    }
    for (size_t i = 0; i < x.n_missing; i++)
        g_string_append_printf(out, "缺%s：%.*s\n", x.missing[i].is_param ? "标准" : "信息",
                               STR_ARG(x.missing[i].zh));
    if (x.has_change)
        g_string_append_printf(out, "→ %.*s\n", STR_ARG(x.change_zh));
    g_string_append(out, "--\n");
    for (size_t i = 0; i < x.n_lines; i++)
        g_string_append_printf(out, "%*s%.*s\n", (int)x.lines[i].depth * 2, "",
                               STR_ARG(x.lines[i].en));
    if (x.has_change)
        g_string_append_printf(out, "-> %.*s\n", STR_ARG(x.change_en));
    return g_string_free(out, FALSE);
}

static void tells(World *w, const char *rule, size_t row, const char *month, const char *expected)
{
    g_autofree char *got = explain(w, rule, row, month);

    g_assert_cmpstr(got, ==, expected);
}

static void test_age(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "home,register,born,died\n"
                  "360302,360302,1940-06-30,\n"
                  "360302,360313,1930-06-30,\n"
                  "360302,360302,,\n");
    tells(
        w, "allowance", 0, "2020-05",
        "✗ 高龄津贴：不符合条件 ［《测试办法》二(一)］\n"
        "  ✗ 年龄 79 岁，要求不小于高龄起点（80 岁） ［出生日期：1940-06-30；《测试办法》二(一)］\n"
        "  ✓ 户籍地为安源区，要求在安源区范围内\n"
        "→ 2020-06-30 满80岁\n"
        "--\n"
        "old-age allowance: not entitled\n"
        "  age is 79, needs at least old age (80)\n"
        "  household register is Anyuan, needs a place in Anyuan\n"
        "-> 2020-06-30: turns 80\n");
    tells(
        w, "allowance", 0, "2020-06",
        "✓ 高龄津贴：符合条件 ［《测试办法》二(一)］\n"
        "  ✓ 年龄 80 岁，要求不小于高龄起点（80 岁） ［出生日期：1940-06-30；《测试办法》二(一)］\n"
        "  ✓ 户籍地为安源区，要求在安源区范围内\n"
        "  ✓ 每月 50.00 元\n"
        "    ✓ 津贴标准（80 岁）：50.00 元 ［《测试办法》二(一)；出生日期：1940-06-30］\n"
        "      ✓ 年龄：80 岁 ［出生日期：1940-06-30］\n"
        "→ 2030-06-30 满90岁\n"
        "--\n"
        "old-age allowance: entitled\n"
        "  age is 80, needs at least old age (80)\n"
        "  household register is Anyuan, needs a place in Anyuan\n"
        "  50.00 yuan a month\n"
        "    allowance rate (80): 50.00 yuan\n"
        "      age: 80\n"
        "-> 2030-06-30: turns 90\n");
    tells(
        w, "allowance", 1, "2020-06",
        "✗ 高龄津贴：不符合条件 ［《测试办法》二(一)］\n"
        "  ✓ 年龄 90 岁，要求不小于高龄起点（80 岁） ［出生日期：1930-06-30；《测试办法》二(一)］\n"
        "  ✗ 户籍地为湘东区，要求在安源区范围内\n"
        "--\n"
        "old-age allowance: not entitled\n"
        "  age is 90, needs at least old age (80)\n"
        "  household register is Xiangdong, needs a place in Anyuan\n");
    tells(w, "allowance", 2, "2020-06",
          "? 高龄津贴：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
          "  ? 当日在出生日期至死亡日期之间\n"
          "  ? 年龄尚不能确定，要求不小于高龄起点（80 岁） ［出生日期未登记；《测试办法》二(一)］\n"
          "  ✓ 户籍地为安源区，要求在安源区范围内\n"
          "缺信息：出生日期\n"
          "--\n"
          "old-age allowance: cannot be decided yet, facts are missing\n"
          "  the day lies between date of birth and date of death\n"
          "  age is not known, needs at least old age (80)\n"
          "  household register is Anyuan, needs a place in Anyuan\n");
}

static World *care_world(void)
{
    World *w = world_new(blocks);

    world_records(w, "elder",
                  "home,born,ability@2019-01-01,ability@2020-06-11,living,pension,income,veteran\n"
                  "360302,1940-06-30,intact,severe,alone|left_behind,resident,500,\n"
                  "360302,1940-06-30,severe,severe,-,employee,900,no\n"
                  "360313,1940-06-30,severe,severe,alone,resident,900,no\n"
                  "360302,1940-06-30,severe,severe,alone,resident,500,no\n");
    return w;
}

static void test_care(void)
{
    g_autoptr(World) w = care_world();

    tells(w, "care", 0, "2020-06",
          "✓ 护理补贴：符合条件 ［《测试办法》二(一)］\n"
          "  ✓ 能力等级为重度失能，要求为失能（轻度失能、重度失能）之一 ［能力等级：重度失能，自 "
          "2020-06-11 起；《测试办法》二(一)］\n"
          "  ✓ 以下各项至少一项成立\n"
          "    ✓ 居住状况为独居、留守，要求有独居、空巢中任一项\n"
          "    ? 退役军人未登记，要求为是\n"
          "  ✓ 养老金类别为居民，要求不为职工\n"
          "  ✓ 月收入 500.00 元，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "  ✓ 每月 200.00 元 × 20/30 日 = 133.33 元\n"
          "--\n"
          "care subsidy: entitled\n"
          "  ability is severe, needs one of incapacitated (mild, severe)\n"
          "  at least one of these must hold\n"
          "    living situation is alone, left behind, needs any of alone, empty nest\n"
          "    veteran is not recorded, needs yes\n"
          "  pension is resident, needs anything but employee\n"
          "  monthly income is 500.00 yuan, needs at most income limit (Anyuan) (800.00 yuan)\n"
          "  200.00 yuan a month × 20/30 days = 133.33 yuan\n");
    tells(w, "care", 1, "2020-06",
          "✗ 护理补贴：不符合条件 ［《测试办法》二(一)］\n"
          "  ✓ 能力等级为重度失能，要求为失能（轻度失能、重度失能）之一 ［能力等级：重度失能，自 "
          "2019-01-01 起；《测试办法》二(一)］\n"
          "  ✗ 以下各项至少一项成立\n"
          "    ✗ 居住状况为无，要求有独居、空巢中任一项\n"
          "    ✗ 退役军人为否，要求为是\n"
          "  ✗ 养老金类别为职工，要求不为职工\n"
          "  ✗ 月收入 900.00 元，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "--\n"
          "care subsidy: not entitled\n"
          "  ability is severe, needs one of incapacitated (mild, severe)\n"
          "  at least one of these must hold\n"
          "    living situation is none, needs any of alone, empty nest\n"
          "    veteran is no, needs yes\n"
          "  pension is employee, needs anything but employee\n"
          "  monthly income is 900.00 yuan, needs at most income limit (Anyuan) (800.00 yuan)\n");
}

static void test_care_refused(void)
{
    g_autoptr(World) w = care_world();

    tells(w, "care", 2, "2020-06",
          "? 护理补贴：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
          "  ✓ 能力等级为重度失能，要求为失能（轻度失能、重度失能）之一 ［能力等级：重度失能，自 "
          "2019-01-01 起；《测试办法》二(一)］\n"
          "  ✓ 以下各项至少一项成立\n"
          "    ✓ 居住状况为独居，要求有独居、空巢中任一项\n"
          "    ✗ 退役军人为否，要求为是\n"
          "  ✓ 养老金类别为居民，要求不为职工\n"
          "  ? 月收入 900.00 元，要求不大于收入上限（湘东区）（尚未规定） "
          "［收入上限尚未规定；常住地：湘东区］\n"
          "缺标准：收入上限\n"
          "--\n"
          "care subsidy: cannot be decided yet, facts are missing\n"
          "  ability is severe, needs one of incapacitated (mild, severe)\n"
          "  at least one of these must hold\n"
          "    living situation is alone, needs any of alone, empty nest\n"
          "    veteran is no, needs yes\n"
          "  pension is resident, needs anything but employee\n"
          "  monthly income is 900.00 yuan, needs at most income limit (Xiangdong) (not set)\n");
    tells(w, "care", 3, "2020-06",
          "✓ 护理补贴：符合条件 ［《测试办法》二(一)］\n"
          "  ✓ 能力等级为重度失能，要求为失能（轻度失能、重度失能）之一 ［能力等级：重度失能，自 "
          "2019-01-01 起；《测试办法》二(一)］\n"
          "  ✓ 以下各项至少一项成立\n"
          "    ✓ 居住状况为独居，要求有独居、空巢中任一项\n"
          "    ✗ 退役军人为否，要求为是\n"
          "  ✓ 养老金类别为居民，要求不为职工\n"
          "  ✓ 月收入 500.00 元，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "  ✓ 每月 200.00 元 × 30/30 日 = 200.00 元\n"
          "--\n"
          "care subsidy: entitled\n"
          "  ability is severe, needs one of incapacitated (mild, severe)\n"
          "  at least one of these must hold\n"
          "    living situation is alone, needs any of alone, empty nest\n"
          "    veteran is no, needs yes\n"
          "  pension is resident, needs anything but employee\n"
          "  monthly income is 500.00 yuan, needs at most income limit (Anyuan) (800.00 yuan)\n"
          "  200.00 yuan a month × 30/30 days = 200.00 yuan\n");
}

static void test_grant(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "home,born,ability@2019-01-01\n"
                  "360302,1930-06-30,severe\n"
                  "360302,1950-06-30,severe\n"
                  "360302,1930-06-30,\n");
    world_records(w, "visit", "elder,day_of,seen\n2,2020-01-01,yes\n3,2020-01-01,no\n");
    tells(w, "grant", 0, "2020-09",
          "✓ 慰问：符合条件 ［《测试办法》二(一)］\n"
          "  ✓ 高龄失能为是，要求为是 ［《测试办法》一］\n"
          "    ✓ 年龄 90 岁，要求不小于 80 岁 ［出生日期：1930-06-30］\n"
          "    ✓ 能力等级为重度失能，要求为重度失能 ［能力等级：重度失能，自 2019-01-01 起］\n"
          "  ✓ 没有探访（见到本人），要求没有\n"
          "  ✓ 每年 300.00 元\n"
          "    ✓ 能力等级为重度失能，要求为重度失能 ［能力等级：重度失能，自 2019-01-01 起］\n"
          "--\n"
          "grant: entitled\n"
          "  old and frail is yes, needs yes\n"
          "    age is 90, needs at least 80\n"
          "    ability is severe, needs severe\n"
          "  there is no visit where seen, needs none\n"
          "  300.00 yuan a year\n"
          "    ability is severe, needs severe\n");
    tells(w, "grant", 1, "2020-09",
          "✗ 慰问：不符合条件 ［《测试办法》二(一)］\n"
          "  ✗ 高龄失能为否，要求为是 ［《测试办法》一］\n"
          "    ✗ 年龄 70 岁，要求不小于 80 岁 ［出生日期：1950-06-30］\n"
          "    ✓ 能力等级为重度失能，要求为重度失能 ［能力等级：重度失能，自 2019-01-01 起］\n"
          "  ✗ 有探访（见到本人），要求没有\n"
          "--\n"
          "grant: not entitled\n"
          "  old and frail is no, needs yes\n"
          "    age is 70, needs at least 80\n"
          "    ability is severe, needs severe\n"
          "  there is a visit where seen, needs none\n");
    tells(w, "grant", 2, "2020-09",
          "? 慰问：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
          "  ? 高龄失能尚不能确定，要求为是 ［《测试办法》一］\n"
          "    ✓ 年龄 90 岁，要求不小于 80 岁 ［出生日期：1930-06-30］\n"
          "    ? 能力等级未登记，要求为重度失能\n"
          "  ✓ 没有探访（见到本人），要求没有\n"
          "缺信息：能力等级\n"
          "--\n"
          "grant: cannot be decided yet, facts are missing\n"
          "  old and frail is not known, needs yes\n"
          "    age is 90, needs at least 80\n"
          "    ability is not recorded, needs severe\n"
          "  there is no visit where seen, needs none\n");
}

static void test_check(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "home,born,income\n"
                  "360302,1930-06-30,950\n"
                  "360302,1930-06-30,\n"
                  "360302,1930-06-30,800\n");
    tells(w, "income_known", 0, "2020-09",
          "✗ 收入核对：未达到要求 ［《测试办法》二(一)］\n"
          "  ✓ 月收入已登记，要求已登记\n"
          "  ✗ 月收入 950.00 元，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "  ✗ 整改：超出 150.00 元\n"
          "--\n"
          "income check: requirement not met\n"
          "  monthly income is recorded, needs it recorded\n"
          "  monthly income is 950.00 yuan, needs at most income limit (Anyuan) (800.00 yuan)\n"
          "  cure: 150.00 yuan too much\n");
    tells(w, "income_known", 1, "2020-09",
          "✗ 收入核对：未达到要求 ［《测试办法》二(一)］\n"
          "  ✗ 月收入未登记，要求已登记\n"
          "  ? 月收入未登记，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "  ✗ 整改：超出 不能确定\n"
          "--\n"
          "income check: requirement not met\n"
          "  monthly income is not recorded, needs it recorded\n"
          "  monthly income is not recorded, needs at most income limit (Anyuan) (800.00 yuan)\n"
          "  cure: not known too much\n");
    tells(w, "income_known", 2, "2020-09",
          "✓ 收入核对：达到要求 ［《测试办法》二(一)］\n"
          "  ✓ 月收入已登记，要求已登记\n"
          "  ✓ 月收入 800.00 元，要求不大于收入上限（安源区）（800.00 元） "
          "［《测试办法》二(一)；常住地：安源区］\n"
          "--\n"
          "income check: requirement met\n"
          "  monthly income is recorded, needs it recorded\n"
          "  monthly income is 800.00 yuan, needs at most income limit (Anyuan) (800.00 yuan)\n");
}

static void test_doubtful_place(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "home,register,born\n"
                  ",360302,1930-06-30\n");
    tells(
        w, "allowance", 0, "2020-06",
        "? 高龄津贴：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
        "  ? 所在地在萍乡市范围内 ［常住地未登记］\n"
        "  ✓ 年龄 90 岁，要求不小于高龄起点（80 岁） ［出生日期：1930-06-30；《测试办法》二(一)］\n"
        "  ✓ 户籍地为安源区，要求在安源区范围内\n"
        "缺信息：常住地\n"
        "--\n"
        "old-age allowance: cannot be decided yet, facts are missing\n"
        "  lies in Pingxiang\n"
        "  age is 90, needs at least old age (80)\n"
        "  household register is Anyuan, needs a place in Anyuan\n");
}

static void test_own_place(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder", "code,born,home\na,1940-01-01,360302\n");
    tells(w, "local", 0, "2020-06",
          "? 户籍补贴：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
          "  ? 所在地在萍乡市范围内 ［户籍地未登记］\n"
          "缺信息：户籍地\n--\n"
          "register subsidy: cannot be decided yet, facts are missing\n"
          "  lies in Pingxiang\n");
}

static void test_judgement(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "code,born,home,veteran,hard\na,1940-01-01,360302,yes,\n"
                  "b,1940-01-01,360302,yes,yes\n");
    tells(
        w, "helped", 0, "2020-06",
        "☐ 救助：须经人工认定 ［《测试办法》二(一)］\n"
        "  ✓ 退役军人为是，要求为是\n"
        "  ☐ 特别困难须由县区民政部门认定，凭会议纪要 ［《测试办法》二(一)］\n"
        "  ☐ 金额须经认定，最高 800.00 元\n"
        "    ☐ 救助金额须由县区主管部门认定，凭会议纪要、照片，最高 800.00 元 "
        "［《测试办法》二(一)］\n"
        "缺信息：特别困难\n缺信息：救助金额\n--\n"
        "help for hardship: a person has to judge\n"
        "  veteran is yes, needs yes\n"
        "  hardship is for civil affairs of the county to decide, upon minutes\n"
        "  the amount is for a person to decide, at most 800.00 yuan\n"
        "    help is for the office of the county to decide, upon minutes, photos, at most 800.00 "
        "yuan\n");
    tells(
        w, "helped", 1, "2020-06",
        "☐ 救助：须经人工认定 ［《测试办法》二(一)］\n"
        "  ✓ 退役军人为是，要求为是\n"
        "  ✓ 特别困难为是，要求为是\n"
        "  ☐ 金额须经认定，最高 800.00 元\n"
        "    ☐ 救助金额须由县区主管部门认定，凭会议纪要、照片，最高 800.00 元 "
        "［《测试办法》二(一)］\n"
        "缺信息：救助金额\n--\n"
        "help for hardship: a person has to judge\n"
        "  veteran is yes, needs yes\n"
        "  hardship is yes, needs yes\n"
        "  the amount is for a person to decide, at most 800.00 yuan\n"
        "    help is for the office of the county to decide, upon minutes, photos, at most 800.00 "
        "yuan\n");
}

static void test_late_start(void)
{
    g_autoptr(World) w = world_new(blocks);

    world_records(w, "elder",
                  "home,born,applied\n"
                  "360302,1930-06-30,2020-06-11\n"
                  "360302,1930-06-30,\n");
    tells(
        w, "late", 0, "2020-06",
        "✗ 送餐：不符合条件 ［《测试办法》二(一)］\n"
        "  ✗ 自申请日期（2020-06-11）次月起 ［申请日期：2020-06-11］\n"
        "  ✗ 以下各项至少一项成立\n"
        "    ✗ 申请日期至当日的整月数 0 个月，要求不小于 3 个月 ［申请日期：2020-06-11］\n"
        "    ✗ 当日 2020-06-30，要求不早于 2020-09-01\n"
        "→ 2020-09-01 起随时间变化\n"
        "--\n"
        "meals: not entitled\n"
        "  from the month after day of application (2020-06-11)\n"
        "  at least one of these must hold\n"
        "    whole months from day of application to the day is 0 months, needs at least 3 months\n"
        "    the day is 2020-06-30, needs a day not before 2020-09-01\n"
        "-> 2020-09-01: changes by time alone\n");
    tells(
        w, "late", 0, "2020-07",
        "✗ 送餐：不符合条件 ［《测试办法》二(一)］\n"
        "  ✓ 自申请日期（2020-06-11）次月起 ［申请日期：2020-06-11］\n"
        "  ✗ 以下各项至少一项成立\n"
        "    ✗ 申请日期至当日的整月数 1 个月，要求不小于 3 个月 ［申请日期：2020-06-11］\n"
        "    ✗ 当日 2020-07-31，要求不早于 2020-09-01\n"
        "→ 2020-09-01 起随时间变化\n"
        "--\n"
        "meals: not entitled\n"
        "  from the month after day of application (2020-06-11)\n"
        "  at least one of these must hold\n"
        "    whole months from day of application to the day is 1 months, needs at least 3 months\n"
        "    the day is 2020-07-31, needs a day not before 2020-09-01\n"
        "-> 2020-09-01: changes by time alone\n");
    tells(w, "late", 1, "2020-07",
          "? 送餐：信息不全，暂不能认定 ［《测试办法》二(一)］\n"
          "  ? 自申请日期（未登记）次月起 ［申请日期未登记］\n"
          "  ? 以下各项至少一项成立\n"
          "    ? 申请日期至当日的整月数尚不能确定，要求不小于 3 个月 ［申请日期未登记］\n"
          "    ✗ 当日 2020-07-31，要求不早于 2020-09-01\n"
          "缺信息：申请日期\n"
          "--\n"
          "meals: cannot be decided yet, facts are missing\n"
          "  from the month after day of application (not recorded)\n"
          "  at least one of these must hold\n"
          "    whole months from day of application to the day is not known, needs at least 3 "
          "months\n"
          "    the day is 2020-07-31, needs a day not before 2020-09-01\n");
}

/* ---- how near a no is to a yes: the nearest first ---- */

static const char near_blocks[] =
    "# 一 老人 / Elders\n\n```anlao\n"
    "enum ability ordered \"能力等级\" / \"ability\" {\n"
    "  intact \"完好\" / \"intact\"; mild \"轻度\" / \"mild\"; moderate \"中度\" / \"moderate\";\n"
    "  severe \"重度\" / \"severe\"; total \"完全\" / \"total\" }\n"
    "enum living \"居住\" / \"living\" { alone \"独居\" / \"alone\"; left \"留守\" / \"left\" }\n"
    "entity elder \"老年人\" / \"elder\" {\n  place home\n"
    "  home    region \"常住地\" / \"residence\"\n"
    "  born    date \"出生日期\" / \"born\"\n"
    "  ability ability \"能力\" / \"ability\"\n"
    "  living  set of living \"居住状况\" / \"living situation\"\n"
    "  income  money \"月收入\" / \"income\"\n"
    "  savings money \"存款\" / \"savings\"\n"
    "  veteran bool \"退役军人\" / \"veteran\"\n"
    "  valid   date \"有效期至\" / \"valid until\"\n"
    "  applied date \"申请日期\" / \"applied\"\n"
    "  old bool \"高龄\" / \"old\" = age(born) >= 80\n"
    "}\n"
    "benefit all_of \"全\" / \"all\" { for elder\n  every month on last day\n"
    "  when veteran and living has all (alone, left) and ability >= severe and income < 1000 yuan\n"
    "    and savings <= 10000 yuan and old\n  pay 1 yuan }\n"
    "benefit one_of \"任\" / \"one\" { for elder\n  every month on last day\n"
    "  when (veteran and ability = total) or income <= 1000 yuan or ability in (moderate, severe)\n"
    "  pay 1 yuan }\n"
    "benefit passed \"过\" / \"passed\" { for elder\n  every month on last day\n"
    "  when age(born) between 60 and 69 and day < 2020-03-01 and valid >= day\n"
    "    and not (age(born) < 75)\n  pay 1 yuan }\n"
    "benefit later \"后\" / \"later\" { for elder\n  every month on last day\n"
    "  from month after applied\n"
    "  when days(applied, day) > 100 and day >= 2020-08-15 and months(applied, day) >= 3\n"
    "  pay 1 yuan }\n"
    "check thrifty \"俭\" / \"thrifty\" of elder { require savings between 100 yuan and 200 yuan\n"
    "  cure \"x\" }\n"
    "```\n";

static char *nearest(World *w, const char *rule_name, size_t row, const char *month)
{
    const Rule *rule = model_rule(w->m, str_of(rule_name));
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions o = {.data = w->data, .regions = w->regions};
    g_autoptr(GError) error = NULL;
    g_autoptr(Program) p = program_new(w->m, rule->subject, &output, 1, &o, &error);
    GString *out = g_string_new(NULL);
    char day[DATE_TEXT];
    Explanation x;
    Trace t;
    Month m = 0;

    g_assert_no_error(error);
    g_assert_true(month_parse(str_of(month), &m));
    evaluate_row_month(p, w->data, 0, row, m, w->a, &t, &error);
    g_assert_no_error(error);
    explain_rule(w->a, w->m, rule, p, &t, &x);
    for (size_t i = 0; i < x.n_nearest; i++) {
        const NearChange *c = &x.nearest[i];

        g_string_append_printf(out, "%s %" G_GINT64_FORMAT "%s%s: %.*s | %.*s\n",
                               near_words[c->kind], c->distance, c->kind == NEAR_TIME ? " " : "",
                               c->kind == NEAR_TIME ? date_format(c->on, day) : "", STR_ARG(c->zh),
                               STR_ARG(c->en));
    }
    return g_string_free(out, FALSE);
}

static void near_is(World *w, const char *rule, size_t row, const char *month, const char *expected)
{
    g_autofree char *got = nearest(w, rule, row, month);

    g_assert_cmpstr(got, ==, expected);
}

/* Income 1 % above its bound comes before savings 50 % above theirs, whatever their amounts are. */
static void test_nearest_of_all(void)
{
    g_autoptr(World) w = world_new(near_blocks);

    world_records(w, "elder",
                  "home,born,ability,living,income,savings,veteran\n"
                  "360302,1940-07-02,mild,-,1010,15000,no\n"
                  "360302,1930-01-01,severe,alone|left,999,10000,yes\n"
                  "360302,1930-01-01,intact,alone|left,,10000,yes\n");
    near_is(
        w, "all_of", 0, "2020-06",
        "time 2 2020-07-02: 年龄 79 岁，要求不小于 80 岁；2020-07-02 起自然符合 | age is 79, needs "
        "at least 80; by time alone on 2020-07-02\n"
        "number 1000: 月收入 1,010.00 元，要求小于 1,000.00 元；差 10.00 元 | income is 1,010.00 "
        "yuan, "
        "needs less than 1,000.00 yuan; 10.00 yuan away\n"
        "number 50000: 存款 15,000.00 元，要求不大于 10,000.00 元；差 5,000.00 元 | savings is "
        "15,000.00 yuan, needs at most 10,000.00 yuan; 5,000.00 yuan away\n"
        "rank 2: 能力为轻度，要求不低于重度；差 2 级 | ability is mild, needs at least severe; 2 "
        "ranks away\n"
        "one 1: 退役军人为否，要求为是 | veteran is no, needs yes\n"
        "one 2: 居住状况为无，要求有独居、留守全部各项；差 2 项 | living situation is none, needs "
        "all of "
        "alone, left; 2 facts away\n");
    near_is(w, "all_of", 1, "2020-06", ""); /* a yes needs nothing */
    near_is(
        w, "all_of", 2, "2020-06", /* what is unknown is missing, not failing */
        "rank 3: 能力为完好，要求不低于重度；差 3 级 | ability is intact, needs at least severe; 3 "
        "ranks away\n");
}

/* Of several ways the nearest is told alone; a way of two conditions is as far as the farther. */
static void test_nearest_way(void)
{
    g_autoptr(World) w = world_new(near_blocks);

    world_records(w, "elder",
                  "home,ability,income,veteran\n"
                  "360302,mild,1500,no\n"
                  "360302,mild,,no\n"
                  "360302,total,1001,no\n");
    near_is(w, "one_of", 0, "2020-06",
            "number 50000: 月收入 1,500.00 元，要求不大于 1,000.00 元；差 500.00 元 | income is "
            "1,500.00 "
            "yuan, needs at most 1,000.00 yuan; 500.00 yuan away\n");
    near_is(w, "one_of", 2, "2020-06",
            "number 100: 月收入 1,001.00 元，要求不大于 1,000.00 元；差 1.00 元 | income is "
            "1,001.00 yuan, "
            "needs at most 1,000.00 yuan; 1.00 yuan away\n");
}

/* What is passed comes last: an age that was, a day that is over. */
static void test_nearest_never(void)
{
    g_autoptr(World) w = world_new(near_blocks);

    world_records(w, "elder",
                  "home,born,valid\n360302,1940-01-01,2020-01-31\n360302,1955-01-01,2021-01-01\n");
    near_is(w, "passed", 0, "2020-06",
            "one 1: 有效期至 2020-01-31，要求不早于当日（2020-06-30） | valid until is "
            "2020-01-31, needs a "
            "day not before the day (2020-06-30)\n"
            "never 0: 年龄 80 岁，要求在 60 岁至 69 岁之间；无法改变 | age is 80, needs between 60 "
            "and 69; "
            "nothing changes this\n"
            "never 0: 当日 2020-06-30，要求早于 2020-03-01；无法改变 | the day is 2020-06-30, "
            "needs a day "
            "before 2020-03-01; nothing changes this\n");
    near_is(w, "passed", 1, "2020-02",
            "time 3594 2030-01-01: 年龄 65 岁，要求不小于 75 岁；2030-01-01 起自然符合 | age is "
            "65, needs "
            "at least 75; by time alone on 2030-01-01\n");
}

static void test_nearest_time(void)
{
    g_autoptr(World) w = world_new(near_blocks);

    world_records(w, "elder", "home,applied\n360302,2020-05-20\n360302,2020-06-10\n");
    near_is(
        w, "later", 0, "2020-06",
        "time 46 2020-08-15: 当日 2020-06-30，要求不早于 2020-08-15；2020-08-15 起自然符合 | the "
        "day is "
        "2020-06-30, needs a day not before 2020-08-15; by time alone on 2020-08-15\n"
        "time 51 2020-08-20: 申请日期至当日的整月数 1 个月，要求不小于 3 个月；2020-08-20 "
        "起自然符合 | whole "
        "months from applied to the day is 1 months, needs at least 3 months; by time alone on "
        "2020-08-20\n"
        "time 60 2020-08-29: 申请日期至当日的天数 41 天，要求大于 100 天；2020-08-29 起自然符合 | "
        "days from "
        "applied to the day is 41 days, needs more than 100 days; by time alone on 2020-08-29\n");
    g_autofree char *got = nearest(w, "later", 1, "2020-06");

    g_assert_true(g_str_has_prefix(got, "time 1 2020-07-01: 自申请日期（2020-06-10）次月起"));
}

static void test_nearest_check(void)
{
    g_autoptr(World) w = world_new(near_blocks);

    world_records(w, "elder", "home,savings\n360302,210\n360302,90\n360302,150\n");
    near_is(w, "thrifty", 0, "2020-06",
            "number 5000: 存款 210.00 元，要求在 100.00 元至 200.00 元之间；差 10.00 元 | savings "
            "is 210.00 "
            "yuan, needs between 100.00 yuan and 200.00 yuan; 10.00 yuan away\n");
    near_is(w, "thrifty", 1, "2020-06",
            "number 10000: 存款 90.00 元，要求在 100.00 元至 200.00 元之间；差 10.00 元 | savings "
            "is 90.00 "
            "yuan, needs between 100.00 yuan and 200.00 yuan; 10.00 yuan away\n");
    near_is(w, "thrifty", 2, "2020-06", "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sentence/own-place", test_own_place);
    g_test_add_func("/sentence/judgement", test_judgement);
    g_test_add_func("/sentence/age", test_age);
    g_test_add_func("/sentence/care", test_care);
    g_test_add_func("/sentence/care-refused", test_care_refused);
    g_test_add_func("/sentence/grant", test_grant);
    g_test_add_func("/sentence/check", test_check);
    g_test_add_func("/sentence/doubtful-place", test_doubtful_place);
    g_test_add_func("/sentence/late-start", test_late_start);
    g_test_add_func("/sentence/nearest", test_nearest_of_all);
    g_test_add_func("/sentence/nearest/way", test_nearest_way);
    g_test_add_func("/sentence/nearest/never", test_nearest_never);
    g_test_add_func("/sentence/nearest/time", test_nearest_time);
    g_test_add_func("/sentence/nearest/check", test_nearest_check);
    return g_test_run();
}
