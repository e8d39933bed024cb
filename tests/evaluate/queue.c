/* queue.c — steps of procedures: guards, holds, times, limits (semantics 56, 57), and who comes
 * first (60). */
#include "follow_case.h"

static const char admission[] =
    "entity home {\n free int\n}\nenum paper { form; report }\n"
    "entity application {\n home home\n rank int\n asked date\n papers set of paper dated\n"
    " fee money\n checked bool dated\n cured date\n}\n"
    "param notice : days = 7 days\n"
    "procedure admission of application {\n"
    "  applied -> offered by civil_affairs guard home.free > 0 within 10 working days "
    "needs form, checked, cured\n"
    "  offered -> admitted by civil_affairs after notice limit 2 per year\n"
    "  order applied by rank, asked\n}\n"
    "hold admission.offered of application while fee > 3000 yuan\n";

static void test_56_guard(void)
{
    g_autoptr(Case) c = follow_case(admission);

    case_record(c, "home", "free=1");
    case_record(c, "home", "free=0");
    case_record(c, "home", "");
    case_record(
        c, "application",
        "home=0 fee=3000 papers=form checked=yes cured=2020-01-01 state=?,applied@2020-01-16");
    case_record(
        c, "application",
        "home=1 fee=3000 papers=form checked=yes cured=2020-01-01 state=?,applied@2020-01-16");
    case_record(
        c, "application",
        "home=2 fee=3000 papers=form checked=yes cured=2020-01-01 state=?,applied@2020-01-16");
    case_record(c, "application",
                "home=0 fee=3000 papers=report checked=no state=?,applied@2020-01-16");
    follow_move(c, "admission", 0, "2020-01-20", "offered", "yes due 2020-02-05");
    follow_move(c, "admission", 0, "2020-02-06", "offered", "yes due 2020-02-05 overdue");
    follow_move(c, "admission", 1, "2020-01-20", "offered", "no guard no due 2020-02-05");
    /* A guard passes on yes only. */
    follow_move(c, "admission", 2, "2020-01-20", "offered", "unknown guard unknown due 2020-02-05");
    follow_move(c, "admission", 3, "2020-01-20", "offered",
                "no lacking form lacking checked lacking cured due 2020-02-05");
    follow_move(c, "admission", 0, "2020-01-20", "admitted", "no step");
}

static void test_56_hold(void)
{
    g_autoptr(Case) c = follow_case(admission);

    case_record(c, "home", "free=1");
    case_record(
        c, "application",
        "home=0 fee=3000.01 papers=form checked=yes cured=2020-01-01 state=?,applied@2020-01-16");
    case_record(c, "application",
                "home=0 papers=form checked=yes cured=2020-01-01 state=?,applied@2020-01-16");
    follow_move(c, "admission", 0, "2020-01-20", "offered", "no hold yes due 2020-02-05");
    /* It blocks on unknown too, and says what is missing. */
    follow_move(c, "admission", 1, "2020-01-20", "offered",
                "unknown hold unknown missing application.fee due 2020-02-05");
}

/* A hold about the record that the blocked one refers to. */
static void test_56_reference(void)
{
    g_autoptr(Case) c = follow_case(
        "entity project {\n begun date\n}\nentity title {\n project project\n}\n"
        "procedure steps of project { planned -> built -> handed_over by housing }\n"
        "procedure titling of title { asked -> registered by housing }\n"
        "hold titling.registered of project while reached built and not reached handed_over\n");

    case_record(c, "project", "state=?,planned@2020-01-01,built@2020-02-01,handed_over@2020-03-01");
    case_record(c, "project", "begun=2020-01-01");
    case_record(c, "title", "project=0 state=?,asked@2020-01-15");
    case_record(c, "title", "project=1 state=?,asked@2020-01-15");
    case_record(c, "title", "state=?,asked@2020-01-15");
    follow_move(c, "titling", 0, "2020-01-20", "registered", "yes");
    follow_move(c, "titling", 0, "2020-02-20", "registered", "no hold yes");
    follow_move(c, "titling", 0, "2020-03-20", "registered", "yes");
    follow_move(c, "titling", 1, "2020-03-20", "registered",
                "unknown hold unknown missing project.state");
    follow_move(c, "titling", 2, "2020-03-20", "registered", "unknown hold unknown");
}

static void test_56_times_and_limits(void)
{
    g_autoptr(Case) c = follow_case(admission);

    case_record(c, "application", "state=?,offered@2020-02-01");
    case_record(c, "application", "state=?,offered@2019-12-01,admitted@2019-12-20");
    case_record(c, "application", "state=?,offered@2020-01-01,admitted@2020-02-05");
    follow_move(c, "admission", 0, "2020-02-07", "admitted", "no early 2020-02-08");
    follow_move(c, "admission", 0, "2020-02-08", "admitted", "yes");
    case_free(g_steal_pointer(&c));
    c = follow_case(admission);
    case_record(c, "application", "state=?,offered@2020-02-01");
    case_record(c, "application", "state=?,offered@2020-01-01,admitted@2020-02-05");
    case_record(c, "application", "state=?,offered@2020-01-01,admitted@2020-02-06");
    follow_move(c, "admission", 0, "2020-02-10", "admitted", "no full 2");
    follow_move(c, "admission", 0, "2021-01-01", "admitted", "yes");
}

static const char places[] =
    "---\ndocument: places\ntitle: 地方\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\n"
    "enum region_level ordered { county; city }\nenum agency { civil_affairs }\n"
    "entity entry {\n place county\n county region\n}\nregions\n```\n\n"
    "| code | name | level | parent | county |\n| --- | --- | --- | --- | --- |\n"
    "| 360300 | 萍乡市 | city | | 360300 |\n| 360302 | 安源区 | county | 360300 | 360302 |\n"
    "| 360303 | 湘东区 | county | 360300 | 360303 |\n| 360400 | 九江市 | city | | 360400 |\n";

/* The table has to stand right behind its block. */
static const char contest[] =
    "---\ndocument: contest\ntitle: 评选\nlayer: place\nplace: 360300\nin force: 2021-01-01\n"
    "builds on: places\n---\n\n## 一 评选 / Contest\n\n```anlao\n"
    "procedure contest of entry every year 2021..2022 {\n"
    "  draft -> applied by civil_affairs until 10-31\n"
    "  applied -> recommended by civil_affairs limit 1..2 per city\n}\n"
    "hold contest.applied of entry while county in 360303\n```\n";

static void test_57_versions(void)
{
    const char *texts[] = {places, contest, NULL};
    g_autoptr(Case) c = case_of_documents(texts);

    case_record(c, "entry", "county=360303 state=?,draft@2021-05-01");
    case_record(c, "entry", "county=360303 state=?,draft@2020-05-01");
    case_record(c, "entry", "county=360302 state=?,draft@2021-05-01");
    case_record(c, "entry", "county=360302 state=?,draft@2023-02-01");
    follow_move(c, "contest", 0, "2021-06-01", "applied", "no hold yes due 2021-10-31");
    /* Begun before the document was in force: it does not bind it. */
    follow_move(c, "contest", 1, "2021-06-01", "applied", "yes");
    follow_move(c, "contest", 2, "2021-11-01", "applied", "yes due 2021-10-31 overdue");
    follow_move(c, "contest", 3, "2023-03-01", "applied", "no due 2023-10-31 wrong year");
}

static void test_57_places(void)
{
    const char *texts[] = {places, contest, NULL};
    g_autoptr(Case) c = case_of_documents(texts);

    case_record(c, "entry", "county=360302 state=?,draft@2021-05-01,applied@2021-06-01");
    case_record(c, "entry", "county=360302 state=?,draft@2021-05-01,recommended@2021-07-01");
    case_record(c, "entry", "county=360303 state=?,draft@2021-05-01,recommended@2021-07-02");
    case_record(c, "entry", "county=360303 state=?,draft@2022-05-01,applied@2022-06-01");
    case_record(c, "entry", "county=360400 state=?,draft@2021-05-01,applied@2021-06-01");
    follow_move(c, "contest", 0, "2021-07-01", "recommended", "yes");
    follow_move(c, "contest", 0, "2021-07-02", "recommended", "no full 2");
    follow_move(c, "contest", 3, "2022-07-02", "recommended", "yes"); /* another year's run */
}

static void test_60_order(void)
{
    g_autoptr(Case) c = follow_case(admission);

    case_record(c, "application", "rank=2 asked=2020-01-01 state=?,applied@2020-01-16");
    case_record(c, "application", "rank=1 asked=2020-01-05 state=?,applied@2020-01-17");
    case_record(c, "application", "rank=1 asked=2020-01-04 state=?,applied@2020-01-18");
    case_record(c, "application", "rank=1 asked=2020-01-04 state=?,applied@2020-01-15");
    case_record(c, "application", "rank=1 asked=2020-01-04 state=?,offered@2020-01-15");
    follow_queue(c, "admission", "applied", "2020-01-20", "3 2 1 0");
    follow_queue(c, "admission", "offered", "2020-01-20", "4");
    follow_queue(c, "admission", "admitted", "2020-01-20", "");
}

/* Who is not known stands last of all it may be behind, and is shown its best place. */
static void test_60_unknown(void)
{
    g_autoptr(Case) c = follow_case(admission);

    case_record(c, "application", "rank=1 asked=2020-01-01 state=?,applied@2020-01-16");
    case_record(c, "application", "asked=2020-01-05 state=?,applied@2020-01-15");
    case_record(c, "application", "rank=1 state=?,applied@2020-01-18");
    case_record(c, "application", "rank=2 asked=2020-01-04 state=?,applied@2020-01-15");
    follow_queue(c, "admission", "applied", "2020-01-20", "0 2(1..2) 3 1(1..4)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/semantics/56/guard", test_56_guard);
    g_test_add_func("/semantics/56/hold", test_56_hold);
    g_test_add_func("/semantics/56/reference", test_56_reference);
    g_test_add_func("/semantics/56/times and limits", test_56_times_and_limits);
    g_test_add_func("/semantics/57/versions", test_57_versions);
    g_test_add_func("/semantics/57/places", test_57_places);
    g_test_add_func("/semantics/60/order", test_60_order);
    g_test_add_func("/semantics/60/unknown", test_60_unknown);
    return g_test_run();
}
