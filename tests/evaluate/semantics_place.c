/* semantics_place.c — where a rule applies (semantics 48): by the record's own place, or by the one
 * the rule names. */
#include "case.h"

static const char places[] =
    "---\ndocument: places\ntitle: 地方\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | | | | 1970-01-01 |\n"
    "| 360302 | 安源区 | Anyuan | district | 360300 | | 1 | 1970-01-01 |\n"
    "| 360313 | 湘东区 | Xiangdong | district | 360300 | | 2 | 1970-01-01 |\n"
    "| 360100 | 南昌市 | Nanchang | city | | | | 1949-10-01 |\n\n"
    "```anlao\n"
    "entity elder {\n place home\n born date\n home region dated\n register region dated\n}\n"
    "param level by region : money\n"
    "set level[360300] = 100 yuan\n"
    "set level[360302] = 120 yuan\n```\n";

static const char city[] =
    "---\ndocument: pingxiang\ntitle: 萍乡\nlayer: place\nplace: 360300\nin force: 2019-06-01\n"
    "builds on: places\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "benefit lives { for elder\n every month on last day\n pay level[region] }\n"
    "benefit registered { for elder\n in register\n every month on last day\n pay level[region] }\n"
    "check known_here of elder {\n in register\n require known born\n cure \"…\" }\n"
    "benefit daily { for elder\n in register\n every month each day\n pay 30 yuan\n"
    " round half_up to 1 fen }\n"
    "```\n";

static Case *both(void)
{
    const char *texts[] = {places, city, NULL};
    Case *c = case_of_documents(texts);

    case_record(c, "elder", "born=1940-01-01 home=360100 register=360302");
    case_record(c, "elder", "born=1940-01-01 home=360313 register=360100");
    case_record(c, "elder", "born=1940-01-01 home=360100 register=360313,360100@2020-06-16");
    case_record(c, "elder", "home=360302");
    return c;
}

static void test_48_register(void)
{
    g_autoptr(Case) c = both();

    case_expect(c, "lives", 0, "2020-06", "outside");
    case_expect(c, "registered", 0, "2020-06", "yes 120.00"); /* `region` is the register too */
    case_expect(c, "lives", 1, "2020-06", "yes 100.00");
    case_expect(c, "registered", 1, "2020-06", "outside");
    case_expect(c, "known_here", 0, "2020-06", "yes");
    case_expect(c, "known_here", 1, "2020-06", "outside");
    case_expect(c, "known_here", 3, "2020-06", "unknown elder.register");
    case_expect(c, "registered", 3, "2020-06", "unknown elder.register");
}

static void test_48_moving(void)
{
    g_autoptr(Case) c = both();

    case_expect(c, "daily", 2, "2020-06", "yes 15.00"); /* registered here for 15 of 30 days */
    case_expect(c, "registered", 2, "2020-05", "yes 100.00");
    case_expect(c, "registered", 2, "2020-06", "outside");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/48/register", test_48_register);
    g_test_add_func("/semantics/48/moving", test_48_moving);
    return g_test_run();
}
