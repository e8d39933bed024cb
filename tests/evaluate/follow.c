/* follow.c — tasks: who is due by when (semantics 58); and what states say of the past (3). */
#include "follow_case.h"

#include "evaluate/task.h"

#define VISITS                                                                                     \
    "entity elder {\n holds born through died\n born date\n died date open\n alone bool dated\n"   \
    " risk risk dated\n}\n"                                                                        \
    "enum risk ordered { low; high }\nenum seen { seen; absent }\n"                                \
    "entity visit {\n dated by on\n elder elder\n on date\n outcome seen\n}\n"                     \
    "param interval by risk : days { low: 30 days; high: 7 days }\n"

static void test_58_rolling(void)
{
    g_autoptr(Case) c = follow_case(
        VISITS "task visiting of elder every interval[risk] by civil_affairs done by visit where "
               "outcome = seen {\n when alone }");

    case_record(c, "elder", "born=1940-01-01 alone=no,yes@2020-03-01 risk=low");
    case_record(c, "elder", "born=1940-01-01 alone=no risk=low");
    case_record(c, "elder", "born=1940-01-01 risk=low");
    case_record(c, "elder", "born=1940-01-01 alone=yes");
    case_record(c, "elder", "born=1940-01-01 died=2020-03-15 alone=yes risk=high");
    case_record(c, "visit", "elder=0 on=2020-02-01 outcome=seen");
    case_record(c, "visit", "elder=0 on=2020-03-20 outcome=seen");
    case_record(c, "visit", "elder=0 on=2020-04-10 outcome=absent");
    /* Thirty days from the day she began to live alone, not from an older visit. */
    follow_task(c, "visiting", 0, "2020-02-28", "none");
    follow_task(c, "visiting", 0, "2020-03-01", "due due 2020-03-31 last 2020-02-01");
    follow_task(c, "visiting", 0, "2020-03-25", "done due 2020-04-19 last 2020-03-20");
    follow_task(c, "visiting", 0, "2020-04-19", "done due 2020-04-19 last 2020-03-20");
    follow_task(c, "visiting", 0, "2020-04-20", "overdue due 2020-04-19 last 2020-03-20");
    follow_task(c, "visiting", 1, "2020-04-20", "none");
    follow_task(c, "visiting", 2, "2020-04-20", "establish missing elder.alone");
    follow_task(c, "visiting", 3, "2020-04-20", "establish missing elder.risk");
    follow_task(c, "visiting", 4, "2020-03-14", "overdue due 2019-01-08");
    follow_task(c, "visiting", 4, "2020-03-16", "none");
}

/* Nobody is called late for a visit that was perhaps paid. */
static void test_58_doubt(void)
{
    g_autoptr(Case) c = follow_case(
        VISITS
        "task visiting of elder every 30 days by civil_affairs done by visit where outcome = "
        "seen {\n when alone }\n"
        "task first of elder once within 10 working days by civil_affairs done by visit where "
        "outcome = seen {\n when alone }\n"
        "param enough : share = 50%\n"
        "task talks of elder 1 per quarter by civil_affairs due with enough left done by visit "
        "where outcome = seen {\n when alone }");

    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-01-16");
    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-01-16");
    case_record(c, "visit", "elder=0 on=2020-02-20");
    follow_task(c, "visiting", 0, "2020-03-01", "establish due 2020-02-15 missing event");
    follow_task(c, "visiting", 0, "2020-03-30", "overdue due 2020-02-15");
    /* The 17th, the worked Sunday, five days, then the feast until the 30th. */
    follow_task(c, "first", 1, "2020-01-31", "due due 2020-02-05");
    follow_task(c, "first", 1, "2020-02-06", "overdue due 2020-02-05");
    follow_task(c, "first", 0, "2020-03-01", "establish due 2020-02-05 missing event");
    /* Perhaps it was done this quarter. */
    follow_task(c, "talks", 0, "2020-03-01", "establish due 2020-03-31 n 0 missing event");
    follow_task(c, "talks", 1, "2020-03-01", "due due 2020-03-31 n 0");
}

static void test_58_periods(void)
{
    g_autoptr(Case) c = follow_case(
        VISITS "param enough : share = 50%\n"
               "task talks of elder 1..2 per quarter by civil_affairs due with enough left done by "
               "visit where outcome = seen {\n when alone }");

    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-02-10");
    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-02-20");
    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-01-01");
    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-04-01");
    case_record(c, "elder", "born=1940-01-01 alone=?,yes@2020-01-01");
    case_record(c, "visit", "elder=3 on=2020-04-01 outcome=seen");
    case_record(c, "visit", "elder=4 on=2020-03-31 outcome=seen");
    case_record(c, "visit", "elder=2 on=2020-01-05 outcome=seen");
    case_record(c, "visit", "elder=2 on=2020-01-06 outcome=seen");
    case_record(c, "visit", "elder=2 on=2020-01-07 outcome=seen");
    /* On 10 February 51 of 91 days are left, on the 20th 41. */
    follow_task(c, "talks", 0, "2020-03-01", "due due 2020-03-31 n 0");
    follow_task(c, "talks", 1, "2020-03-01", "later due 2020-06-30 n 0");
    follow_task(c, "talks", 0, "2020-04-01", "due due 2020-06-30 n 0 missed");
    follow_task(c, "talks", 1, "2020-04-01", "due due 2020-06-30 n 0");
    follow_task(c, "talks", 2, "2020-01-05", "done due 2020-06-30 last 2020-01-05 n 1");
    follow_task(c, "talks", 2, "2020-02-01", "done due 2020-06-30 last 2020-01-07 n 3 over");
    /* The first day of a quarter is in it, the last of the one before is not. */
    follow_task(c, "talks", 3, "2020-04-01", "done due 2020-09-30 last 2020-04-01 n 1");
    follow_task(c, "talks", 4, "2020-03-31", "done due 2020-06-30 last 2020-03-31 n 1");
    follow_task(c, "talks", 4, "2020-04-01", "due due 2020-06-30 last 2020-03-31 n 0");
}

static void test_58_unset(void)
{
    g_autoptr(Case) c = follow_case(
        VISITS
        "param wait : days\nparam enough : share\n"
        "task visiting of elder every wait by civil_affairs done by visit { when alone }\n"
        "task talks of elder every month by civil_affairs due with enough left done by visit\n");

    case_record(c, "elder", "born=1940-01-01 alone=yes");
    case_record(c, "elder", "born=2020-02-20 alone=yes");
    follow_task(c, "visiting", 0, "2020-02-20", "establish missing wait");
    follow_task(c, "talks", 0, "2020-02-20", "due due 2020-02-29 n 0 missed");
    follow_task(c, "talks", 1, "2020-02-25", "establish n 0 missing enough");
}

/* ---- proof of life, and what is due sooner */

/* Only whom nothing shows has a visit to be paid: a meal taken yesterday is as good as a visit. */
static void test_58_unseen(void)
{
    g_autoptr(Case) c = follow_case(
        "entity elder {\n holds born through died\n born date\n died date open\n}\n"
        "enum outcome { seen; told }\n"
        "entity visit {\n dated by on\n elder elder\n on date\n outcome outcome\n"
        " shows elder where outcome = seen\n}\n"
        "entity meal {\n elder elder\n eaten date\n own bool\n shows elder on eaten where own\n}\n"
        "param unseen_days : days = 90 days\n"
        "task seek of elder every 10 days by civil_affairs done by visit where outcome = seen {\n"
        " when not known seen_on or days(seen_on, day) > unseen_days }\n");

    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "elder", "born=1940-01-01");
    case_record(c, "visit", "elder=0 on=2020-01-10 outcome=seen");
    case_record(c, "visit", "elder=0 on=2020-03-20 outcome=told"); /* a relative's word */
    case_record(c, "meal", "elder=0 eaten=2020-03-01 own=yes");
    case_record(c, "meal", "elder=0 eaten=2020-05-01"); /* whose it was is not known */
    case_record(c, "meal", "elder=1 eaten=2020-05-01 own=yes");
    case_field(c, "elder.seen_on", 0, "2020-01-09", "unknown visit");
    case_field(c, "elder.seen_on", 0, "2020-02-01", "2020-01-10");
    case_field(c, "elder.seen_on", 0, "2020-06-01", "2020-03-01");
    case_field(c, "elder.seen_on", 2, "2020-06-01", "unknown visit");
    follow_task(c, "seek", 0, "2020-05-30", "none");
    follow_task(c, "seek", 0, "2020-05-31", "due due 2020-06-10 last 2020-01-10");
    follow_task(c, "seek", 0, "2020-06-11", "overdue due 2020-06-10 last 2020-01-10");
    follow_task(c, "seek", 1, "2020-06-11", "none");
    follow_task(c, "seek", 2, "2019-01-05", "due due 2019-01-11");
}

static const char places[] =
    "---\ndocument: places\ntitle: 地方\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | | | | 1970-01-01 |\n"
    "| 360302 | 安源区 | Anyuan | county | 360300 | | 1 | 1970-01-01 |\n"
    "| 360313 | 湘东区 | Xiangdong | county | 360300 | | 2 | 1970-01-01 |\n\n"
    "```anlao\n"
    "enum region_level ordered { township; county; city }\nenum agency { civil_affairs }\n"
    "enum risk ordered { low; high }\nenum sky { heat; cold }\n"
    "entity elder {\n place home\n born date\n home region dated\n risk risk\n}\n"
    "entity visit {\n place elder.home\n dated by on\n elder elder\n on date\n seen bool\n}\n"
    "entity weather {\n place region\n holds since through ends\n region region\n sky sky\n"
    " since date\n ends date open\n}\n"
    "param interval by risk : days { low: 30 days; high: 7 days }\n"
    "param hot by risk : days\nset hot[high] = 3 days\nparam cold_days : days = 2 days\n"
    "task visiting of elder every interval[risk] by civil_affairs done by visit where seen\n"
    " may be amended by county {\n"
    " during weather where sky = heat every hot[risk]\n"
    " during weather where sky = cold every cold_days }\n```\n";

static const char district[] =
    "---\ndocument: district\ntitle: 区\nlayer: place\nplace: 360302\nin force: 2020-09-01\n"
    "builds on: places\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "amend task visiting of elder every 5 days by civil_affairs done by visit where seen { when "
    "risk = high }\n```\n";

static void test_58_sooner(void)
{
    const char *texts[] = {places, NULL};
    g_autoptr(Case) c = case_of_documents(texts);

    case_record(c, "elder", "born=1940-01-01 home=360302 risk=high");
    case_record(c, "elder", "born=1940-01-01 home=360313 risk=high");
    case_record(c, "elder", "born=1940-01-01 home=360302 risk=low");
    case_record(c, "visit", "elder=0 on=2020-06-10 seen=yes");
    case_record(c, "visit", "elder=1 on=2020-06-10 seen=yes");
    case_record(c, "visit", "elder=2 on=2020-06-10 seen=yes");
    case_record(c, "weather", "region=360302 sky=heat since=2020-06-14 ends=2020-06-15");
    case_record(c, "weather", "region=360300 sky=cold since=2020-07-01");
    case_record(c, "weather", "region=360300 since=2020-06-11"); /* of what kind is not known */
    follow_task(c, "visiting", 0, "2020-06-13", "done due 2020-06-17 last 2020-06-10");
    /* Three days are over; but nothing asked for it before the alert began. */
    follow_task(c, "visiting", 0, "2020-06-14", "done due 2020-06-14 last 2020-06-10 sooner");
    follow_task(c, "visiting", 0, "2020-06-15", "overdue due 2020-06-14 last 2020-06-10 sooner");
    follow_task(c, "visiting", 0, "2020-06-16", "done due 2020-06-17 last 2020-06-10");
    follow_task(c, "visiting", 1, "2020-06-15", "done due 2020-06-17 last 2020-06-10");
    /* For her the interval in heat is not set: the ordinary day stands. */
    follow_task(c, "visiting", 2, "2020-06-15", "done due 2020-07-10 last 2020-06-10");
    /* The city's alert reaches its districts. */
    follow_task(c, "visiting", 2, "2020-07-01", "done due 2020-07-01 last 2020-06-10 sooner");
    follow_task(c, "visiting", 2, "2020-07-02", "overdue due 2020-07-01 last 2020-06-10 sooner");
}

/* When it is amended time goes on; what the new text asks for is late from its own day at most. */
static void test_58_amended(void)
{
    const char *texts[] = {places, district, NULL};
    g_autoptr(Case) c = case_of_documents(texts);

    case_record(c, "elder", "born=1940-01-01 home=360302 risk=high");
    case_record(c, "elder", "born=1940-01-01 home=360302,360313@2020-09-10 risk=high");
    case_record(c, "elder", "born=1940-01-01 home=360313 risk=high");
    case_record(c, "elder", "born=1940-01-01 home=360302 risk=high");
    for (int i = 0; i < 3; i++)
        case_record(c, "visit",
                    i == 0   ? "elder=0 on=2020-08-30 seen=yes"
                    : i == 1 ? "elder=1 on=2020-08-20 seen=yes"
                             : "elder=2 on=2020-08-30 seen=yes");
    follow_task(c, "visiting", 0, "2020-08-31", "done due 2020-09-06 last 2020-08-30");
    follow_task(c, "visiting#1", 0, "2020-09-01", "done due 2020-09-04 last 2020-08-30");
    follow_task(c, "visiting", 0, "2020-09-01", "none");
    follow_task(c, "visiting", 1, "2020-08-31", "overdue due 2020-08-27 last 2020-08-20");
    follow_task(c, "visiting#1", 1, "2020-09-01", "done due 2020-09-01 last 2020-08-20");
    follow_task(c, "visiting#1", 1, "2020-09-02", "overdue due 2020-09-01 last 2020-08-20");
    /* She moves to where the city's text holds: due again on the first day there. */
    follow_task(c, "visiting", 1, "2020-09-10", "done due 2020-09-10 last 2020-08-20");
    follow_task(c, "visiting", 1, "2020-09-11", "overdue due 2020-09-10 last 2020-08-20");
    follow_task(c, "visiting", 2, "2020-09-02", "done due 2020-09-06 last 2020-08-30");
    /* Never visited: the time runs from when any text asked for it. */
    follow_task(c, "visiting", 3, "2019-01-05", "due due 2019-01-08");
    follow_task(c, "visiting#1", 3, "2020-09-02", "overdue due 2020-09-01");
}

/* ---- states of the past */

#define PROJECTS                                                                                   \
    "entity project {\n begun date\n}\nentity title {\n project project\n}\n"                      \
    "procedure steps of project {\n planned -> designed -> built -> accepted by housing\n"         \
    " designed -> dropped by housing\n dropped -> planned by housing\n}\n"

static void test_3_reached(void)
{
    g_autoptr(Case) c = follow_case(
        PROJECTS "derive project.was_built : bool = reached built\n"
                 "derive project.was_designed : bool = reached designed\n"
                 "derive project.was_dropped : bool = reached dropped\n"
                 "derive project.built_on : date = entered built\n"
                 "derive title.built : bool = reached project.built\n"
                 "derive project.titled : bool = exists(title where reached project.built)");

    case_record(c, "project", "state=?,planned@2020-01-05,built@2020-03-01,accepted@2020-04-01");
    case_record(c, "project", "state=?,accepted@2020-03-01");
    case_record(c, "project", "begun=2020-01-01");
    case_record(c, "project", "state=?,planned@2020-01-05,dropped@2020-02-01,planned@2020-03-01");
    case_record(c, "title", "project=0");
    case_field(c, "project.was_built", 0, "2020-02-29", "no");
    case_field(c, "project.was_built", 0, "2020-03-01", "yes");
    case_field(c, "project.was_built", 0, "2020-06-01", "yes");
    case_field(c, "project.built_on", 0, "2020-06-01", "2020-03-01");
    /* Nothing is accepted that was not built; when, nobody knows. */
    case_field(c, "project.was_built", 1, "2020-03-01", "yes");
    case_field(c, "project.was_built", 1, "2020-02-01", "unknown project.state");
    case_field(c, "project.built_on", 1, "2020-03-01", "unknown project.state");
    /* Whether it was dropped once before it was recorded is not known. */
    case_field(c, "project.was_dropped", 1, "2020-03-01", "unknown project.state");
    case_field(c, "project.was_dropped", 0, "2020-06-01", "no");
    case_field(c, "project.was_built", 2, "2020-06-01", "unknown project.state");
    case_field(c, "project.was_dropped", 3, "2020-06-01", "yes");
    case_field(c, "project.was_designed", 3, "2020-06-01", "yes");
    case_field(c, "title.built", 0, "2020-03-01", "yes");
    case_field(c, "title.built", 0, "2020-02-29", "no");
    case_field(c, "project.titled", 0, "2020-03-01", "yes");
}

/* In a month the state changes inside, in both drivers. */
static void test_3_months(void)
{
    g_autoptr(Case) c = follow_case(
        PROJECTS
        "derive project.accepted_on : date = entered accepted\n"
        "benefit daily { for project\n every month each day\n when reached built\n pay 310 "
        "yuan\n round down to 1 fen }\n"
        "benefit award { for project\n once on accepted_on\n when reached built\n pay 10 yuan "
        "}\n");

    case_record(c, "project", "state=?,planned@2020-01-05,built@2020-03-22,accepted@2020-04-10");
    case_record(c, "project", "state=?,planned@2020-01-05");
    case_expect(c, "daily", 0, "2020-02", "no");
    case_expect(c, "daily", 0, "2020-03", "yes 100.00");
    case_expect(c, "daily", 0, "2020-04", "yes 310.00");
    case_expect(c, "award", 0, "2020-03", "outside");
    case_expect(c, "award", 0, "2020-04", "yes 10.00");
    case_expect(c, "award", 1, "2020-04", "outside");
}

/* ---- duties */

static void assert_duty(const DutyTimes *t, const char *done, const char *on, const char *expected)
{
    static const char *const words[] = {"overdue", "open", "done", "unrecorded"};
    Date days[8];
    DoneDays list = {.sure = days};
    g_auto(GStrv) parts = g_strsplit(done == NULL ? "" : done, " ", -1);
    g_autoptr(GString) have = g_string_new(NULL);
    char text[DATE_TEXT];
    Date day = 0;

    for (char **p = parts; *p != NULL && **p != '\0'; p++)
        g_assert_true(date_parse(str_of(*p), &days[list.n_sure++]));
    g_assert_true(date_parse(str_of(on), &day));
    DutyAnswer a = duty_standing(t, done == NULL ? NULL : &list, day);
    g_string_assign(have, words[a.state]);
    if (a.has_done)
        g_string_append_printf(have, " on %s", date_format(a.done, text));
    if (a.has_due)
        g_string_append_printf(have, " due %s", date_format(a.due, text));
    if (a.has_missed && t->began > 0)
        g_string_append_printf(have, " missed %s", date_format(a.missed, text));
    g_string_append(have, a.before ? " before" : "");
    g_assert_cmpstr(have->str, ==, expected);
}

static Date at(const char *text)
{
    Date d = 0;
    g_assert_true(date_parse(str_of(text), &d));
    return d;
}

/* semantics 58: a duty is a task of the place or an agency; it may recur. */
static void test_58_duties(void)
{
    const DutyTimes once = {.until = at("2020-12-31"), .from = at("2020-01-20")};
    const DutyTimes open = {.until = DATE_MAX, .from = at("2020-01-20")};
    const DutyTimes year = {.period = PERIOD_YEAR, .month = 3, .day = 31, .from = once.from};
    const DutyTimes late = {.period = PERIOD_YEAR, .month = 1, .day = 10, .from = once.from};
    const DutyTimes quarter = {
        .period = PERIOD_QUARTER, .has_within = true, .within = 10, .from = once.from};
    const DutyTimes month = {.period = PERIOD_MONTH, .from = once.from};

    assert_duty(&once, "", "2020-12-31", "open due 2020-12-31");
    assert_duty(&once, "", "2021-01-01", "overdue due 2020-12-31");
    assert_duty(&once, "2021-02-01", "2021-03-01", "done on 2021-02-01");
    assert_duty(&once, NULL, "2021-03-01", "unrecorded due 2020-12-31");
    assert_duty(&open, "", "2021-03-01", "open");
    assert_duty(&year, "", "2020-03-31", "open due 2020-03-31");
    assert_duty(&year, "", "2020-04-01", "overdue due 2020-03-31");
    assert_duty(&year, "2020-04-05", "2020-05-01", "done on 2020-04-05 due 2021-03-31");
    assert_duty(&year, "2020-04-05", "2021-01-01", "open due 2021-03-31");
    assert_duty(&late, "", "2020-02-01", "open due 2021-01-10"); /* before the document */
    /* About the quarter that is over; the first one ended within the document. */
    assert_duty(&quarter, "", "2020-03-01", "open due 2020-04-10");
    assert_duty(&quarter, "", "2020-04-10", "open due 2020-04-10");
    assert_duty(&quarter, "2020-03-31", "2020-04-11", "overdue due 2020-04-10");
    assert_duty(&quarter, "2020-04-02", "2020-04-11", "done on 2020-04-02 due 2020-07-10");
    assert_duty(&quarter, NULL, "2020-04-11", "unrecorded due 2020-07-10");
    assert_duty(&month, "", "2020-02-15", "open due 2020-02-29");
    assert_duty(&month, "2020-02-03", "2020-02-15", "done on 2020-02-03 due 2020-03-31");
}

/* What is not by the calendar: so long after the last time, the first time after the document's
 * day. */
static void test_58_rolling_duties(void)
{
    const DutyTimes t = {.rolls = true,
                         .has_within = true,
                         .within = 90,
                         .until = DATE_MAX,
                         .from = at("2020-01-20")};
    const DutyTimes unset = {.rolls = true, .until = DATE_MAX, .from = at("2020-01-20")};

    assert_duty(&t, "", "2020-04-19", "open due 2020-04-19");
    assert_duty(&t, "", "2020-04-20", "overdue due 2020-04-19");
    assert_duty(&t, "2020-05-01", "2020-07-30", "done on 2020-05-01 due 2020-07-30");
    assert_duty(&t, "2020-05-01", "2020-07-31", "overdue on 2020-05-01 due 2020-07-30");
    assert_duty(&t, "2020-05-01 2020-08-01", "2020-07-31", "overdue on 2020-05-01 due 2020-07-30");
    assert_duty(&t, "2020-05-01 2020-08-01", "2020-08-01", "done on 2020-08-01 due 2020-10-30");
    /* Of a document before this one: nothing was due before its day. */
    assert_duty(&t, "2019-06-01", "2020-02-01", "open on 2019-06-01 due 2020-04-19");
    assert_duty(&t, "2020-01-19", "2020-04-20", "overdue on 2020-01-19 due 2020-04-19");
    assert_duty(&t, "2020-01-20", "2020-04-19", "done on 2020-01-20 due 2020-04-19");
    assert_duty(&unset, "", "2020-04-20", "open");
    assert_duty(&unset, "2020-05-01", "2020-07-30", "open on 2020-05-01");
}

/* A database that began on 15 August 2020, of a document of January: what was due before is
 * nobody's fault who works with it.  What is done all the same counts. */
static void test_duties_before_the_database(void)
{
    const Date from = at("2020-01-20"), began = at("2020-08-15");
    const DutyTimes
        once = {.until = at("2020-08-14"), .from = from, .began = began},
        that_day = {.until = began, .from = from, .began = began},
        year = {.period = PERIOD_YEAR, .month = 3, .day = 31, .from = from, .began = began},
        late = {.period = PERIOD_QUARTER,
                .has_within = true,
                .within = 60,
                .from = from,
                .began = began},
        soon = {.period = PERIOD_QUARTER,
                .has_within = true,
                .within = 10,
                .from = from,
                .began = began},
        month = {.period = PERIOD_MONTH, .from = from, .began = began},
        rolls = {.rolls = true, .has_within = true, .within = 90, .from = from, .began = began};

    assert_duty(&once, "", "2020-08-16", "unrecorded due 2020-08-14 before");
    assert_duty(&once, "2020-08-20", "2020-08-20", "done on 2020-08-20");
    assert_duty(&that_day, "", "2020-08-16", "overdue due 2020-08-15");
    assert_duty(&year, "", "2020-08-16", "open due 2021-03-31");
    assert_duty(&year, "2020-04-05", "2020-08-16", "done on 2020-04-05 due 2021-03-31");
    assert_duty(&year, "", "2021-02-01", "open due 2021-03-31"); /* that of 2020 is not missed */
    assert_duty(&year, "", "2022-02-01", "open due 2022-03-31 missed 2021-03-31");
    assert_duty(&late, "", "2020-08-29", "open due 2020-08-29"); /* still in time here */
    assert_duty(&late, "", "2020-08-30", "overdue due 2020-08-29");
    assert_duty(&soon, "", "2020-08-16", "open due 2020-10-10");
    assert_duty(&soon, "", "2020-10-05", "open due 2020-10-10");
    assert_duty(&month, "", "2020-08-16", "open due 2020-08-31");
    assert_duty(&month, "", "2020-09-01", "open due 2020-09-30 missed 2020-08-31");
    assert_duty(&rolls, "", "2020-08-16", "open due 2020-11-13");
    assert_duty(&rolls, "2020-03-01", "2020-08-16", "open on 2020-03-01 due 2020-11-13");
    assert_duty(&rolls, "2020-06-01", "2020-08-16", "done on 2020-06-01 due 2020-08-30");
    assert_duty(&rolls, "2020-06-01", "2020-08-31", "overdue on 2020-06-01 due 2020-08-30");
}

static DutyAnswer joined(const DutyAnswer *list, size_t n)
{
    DutyAnswer all = {0};
    for (size_t i = 0; i < n; i++)
        duty_join(&all, &list[i], i == 0);
    return all;
}

/* Of several, whoever is late is named first; it is done when the last of them has done it. */
static void test_58_several(void)
{
    const DutyAnswer
        done = {.state = DUTY_DONE, .has_done = true, .done = 5, .has_due = true, .due = 95},
        last = {.state = DUTY_DONE, .has_done = true, .done = 7, .has_due = true, .due = 97},
        open = {.state = DUTY_OPEN, .has_due = true, .due = 60},
        late = {.state = DUTY_OVERDUE, .has_due = true, .due = 3},
        missed = {.state = DUTY_OPEN, .has_due = true, .due = 60, .has_missed = true, .missed = 2};
    const DutyAnswer both = joined((DutyAnswer[]){last, done}, 2);
    g_assert_cmpint(both.state, ==, DUTY_DONE);
    g_assert_cmpint(both.done, ==, 7);
    g_assert_cmpint(both.due, ==, 95);
    const DutyAnswer waits = joined((DutyAnswer[]){done, open, last}, 3);
    g_assert_cmpint(waits.state, ==, DUTY_OPEN);
    g_assert_cmpint(waits.due, ==, 60);
    g_assert_false(waits.has_missed);
    g_assert_cmpint(joined((DutyAnswer[]){open, late, done}, 3).state, ==, DUTY_OVERDUE);
    g_assert_cmpint(joined((DutyAnswer[]){open, late, done}, 3).due, ==, 3);
    g_assert_cmpint(joined((DutyAnswer[]){late, open}, 2).state, ==, DUTY_OVERDUE);
    g_assert_true(joined((DutyAnswer[]){done, missed}, 2).has_missed);
    g_assert_true(joined((DutyAnswer[]){missed, open}, 2).has_missed);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/semantics/58/rolling", test_58_rolling);
    g_test_add_func("/semantics/58/doubt", test_58_doubt);
    g_test_add_func("/semantics/58/periods", test_58_periods);
    g_test_add_func("/semantics/58/unset", test_58_unset);
    g_test_add_func("/semantics/58/unseen", test_58_unseen);
    g_test_add_func("/semantics/58/sooner", test_58_sooner);
    g_test_add_func("/semantics/58/amended", test_58_amended);
    g_test_add_func("/semantics/58/duties", test_58_duties);
    g_test_add_func("/semantics/58/rolling-duties", test_58_rolling_duties);
    g_test_add_func("/semantics/58/several", test_58_several);
    g_test_add_func("/follow/duties-before-the-database", test_duties_before_the_database);
    g_test_add_func("/semantics/3/reached", test_3_reached);
    g_test_add_func("/semantics/3/months", test_3_months);
    return g_test_run();
}
