/* recurring.c — a document asks for a draw each quarter and for files each month: for which place
 * it was done, by what, and who is told that it is due.
 * LAW issue 5: every declared deadline, recurrence and expiry fires on its day, once. */
#include "house.h"

#include "care/draw.h"
#include "care/follow.h"
#include "care/trade.h"

static const char document[] =
    "---\ndocument: more\ntitle: 按期\ntitle en: Every so often\nlayer: place\nplace: 990300\n"
    "in force: 2020-02-10\nbuilds on: house-place\n---\n\n# 一 按期 / Every so often\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\"; police \"公安\" / "
    "\"police\"; "
    "tax \"税务\" / \"tax\" }\n"
    "entity home \"机构\" / \"home\" {\n place region\n key number\n title name\n"
    " number text(9) \"编号\" unique\n name text(40) \"名称\" required\n"
    " region region \"所在地\" required\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees elder, home writes home\n"
    "role town \"乡镇\" / \"town\" of township sees elder, home\n"
    "param interval \"间隔\" / \"interval\" : days\n"
    "draw inspection \"抽查\" / \"inspection\" of home every quarter by civil_affairs { take 1 }\n"
    "draw unset \"没有定\" / \"unset\" of home every interval by civil_affairs { take 1 }\n"
    "draw called \"临时\" / \"when called for\" of home by civil_affairs { take 1 }\n"
    "exchange elder.list \"名单\" / \"list\" with police, tax { give name; key id_number; every "
    "month "
    "}\n"
    "exchange elder.once \"一次\" / \"once\" with police { give name; key id_number }\n"
    "```\n";

static Date day_of(const char *text)
{
    Date day;
    g_assert_true(date_parse(str_of(text), &day));
    return day;
}

static void stand_at(House *h, const char *day)
{
    ((StoreFacts *)store_facts(h->care->store))->demo_day = day_of(day);
}

static House *begin(void)
{
    House *h = house_new_with(true, document);
    static const char *const towns[] = {"990302101", "990302102", "990313101"};
    for (size_t i = 0; i < G_N_ELEMENTS(towns); i++)
        house_save(h, h->local, "home", (RecordKey){0}, "number", arena_printf(h->arena, "H%zu", i),
                   "name", "某院", "region", towns[i], NULL);
    return h;
}

/* Published the day before its value comes out. */
static Str list_it(House *h, const Session *s, const char *name, const char *day)
{
    g_autoptr(GError) error = NULL;
    DrawOrder o = {.draw = draw_named(h->care->model, str_of(name)), .region = ROW_NONE};
    DrawRound x;
    ((StoreFacts *)store_facts(h->care->store))->demo_day = day_of(day) - 1;
    o.public_on = day_of(day);
    o.public_what = STR("体彩排列五");
    draw_list(h->care, s, &o, h->arena, &x, &error);
    g_assert_no_error(error);
    stand_at(h, day);
    return x.receipt.number;
}

static void draw_it(House *h, const Session *s, const char *day)
{
    g_autoptr(GError) error = NULL;
    const DrawSeed seed = {.value = STR("1")};
    DrawRound x;
    draw_make(h->care, s, list_it(h, s, "inspection", day), &seed, h->arena, &x, &error);
    g_assert_no_error(error);
}

static void give(House *h, const Session *s, const char *who, const char *day)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "given.csv", NULL);
    const TradeFile f = {.exchange = trade_named(h->care, STR("elder.list")),
                         .path = path,
                         .who = str_of(who),
                         .letter = STR("函1")};
    uint64_t n;
    stand_at(h, day);
    trade_give(h->care, s, &f, h->arena, &n, &error);
    g_assert_no_error(error);
}

/* "990300 overdue 2020-03-31, mine"; or "-". */
static const char *told(House *h, const Session *s, const char *name, const char *day)
{
    static const char *const words[] = {"overdue", "open", "done", "unrecorded"};
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = day_of(day), .region = ROW_NONE, .only = str_of(name)};
    RecurBook b;
    char text[DATE_TEXT];
    follow_recurring(h->care, s, &q, RECUR_ALL, h->arena, &b, &error);
    g_assert_no_error(error);
    if (b.n_lines == 0)
        return "-";
    const RecurLine *x = &b.lines[0];
    Date by = x->is.state == DUTY_OVERDUE && x->is.has_missed ? x->is.missed : x->is.due;
    return arena_printf(h->arena, "%.*s %s %s%s", STR_ARG(h->care->regions->code[x->region]),
                        words[x->is.state], x->is.has_due ? date_format(by, text) : "-",
                        x->mine ? ", mine" : "");
}

/* The north draws for itself, the south has not: the city has not; then the city draws for all. */
static void test_places(void)
{
    g_autoptr(House) h = begin();
    const Session *north = house_session(h, "bei", "clerk", "990302", 0),
                  *south = house_session(h, "nan", "clerk", "990313", 0),
                  *town = house_session(h, "zhen", "town", "990302101", 0);
    draw_it(h, north, "2020-03-20");
    g_assert_cmpstr(told(h, north, "inspection", "2020-03-19"), ==, "990302 open 2020-03-31, mine");
    g_assert_cmpstr(told(h, north, "inspection", "2020-03-20"), ==, "990302 done 2020-06-30, mine");
    g_assert_cmpstr(told(h, town, "inspection", "2020-03-20"), ==, "990302101 done 2020-06-30");
    g_assert_cmpstr(told(h, south, "inspection", "2020-03-20"), ==, "990313 open 2020-03-31, mine");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-04-01"), ==,
                    "990300 overdue 2020-03-31, mine");
    draw_it(h, south, "2020-05-02"); /* late: it counts for the quarter in which it was made */
    g_assert_cmpstr(told(h, south, "inspection", "2020-05-02"), ==, "990313 done 2020-09-30, mine");
    g_assert_cmpstr(told(h, north, "inspection", "2020-05-02"), ==, "990302 open 2020-06-30, mine");
    draw_it(h, north, "2020-06-01"); /* each part has it now */
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-06-01"), ==,
                    "990300 done 2020-09-30, mine");
    draw_it(h, h->local, "2020-07-01"); /* the city's own is everybody's */
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-07-01"), ==,
                    "990300 done 2020-12-31, mine");
    g_assert_cmpstr(told(h, north, "inspection", "2020-07-01"), ==, "990302 done 2020-12-31, mine");
}

/* The north was late and has made up for it, the south is in time: nobody is late, and the city is
 * not either; it waits for the south. */
static void test_made_up_for(void)
{
    g_autoptr(House) h = begin();
    const Session *north = house_session(h, "bei", "clerk", "990302", 0),
                  *south = house_session(h, "nan", "clerk", "990313", 0);
    draw_it(h, south, "2020-03-20");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-04-01"), ==,
                    "990300 overdue 2020-03-31, mine");
    draw_it(h, north, "2020-04-05");
    g_assert_cmpstr(told(h, north, "inspection", "2020-04-10"), ==, "990302 done 2020-09-30, mine");
    g_assert_cmpstr(told(h, south, "inspection", "2020-04-10"), ==, "990313 open 2020-06-30, mine");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-04-10"), ==,
                    "990300 open 2020-06-30, mine");
}

/* A list that waits for its value is no draw; before the document nothing is asked; what is called
 * for, and what nobody has set, has no day. */
static void test_no_draw(void)
{
    g_autoptr(House) h = begin();
    list_it(h, h->local, "inspection", "2020-03-20");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-02-09"), ==, "-");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-02-10"), ==,
                    "990300 open 2020-03-31, mine");
    g_assert_cmpstr(told(h, h->local, "inspection", "2020-04-01"), ==,
                    "990300 overdue 2020-03-31, mine");
    g_assert_cmpstr(told(h, h->local, "called", "2020-04-01"), ==, "-");
    g_assert_cmpstr(told(h, h->local, "unset", "2020-04-01"), ==, "990300 open -, mine");
}

/* Of a database that was made today: what its document asked for before is nobody's fault. */
static void test_younger_than_its_document(void)
{
    g_autoptr(House) h = house_new_with(false, document);
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.region = ROW_NONE};
    RecurBook b;
    follow_recurring(h->care, h->local, &q, RECUR_ALL, h->arena, &b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(b.n_lines, ==, 3);
    for (size_t i = 0; i < b.n_lines; i++) {
        g_assert_cmpint(b.lines[i].is.state, ==, DUTY_OPEN);
        g_assert_false(b.lines[i].is.has_missed);
    }
}

/* Each of the two offices; a county's own file does not count for the other county. */
static void test_files(void)
{
    g_autoptr(House) h = begin();
    const Session *north = house_session(h, "bei", "clerk", "990302", 0),
                  *south = house_session(h, "nan", "clerk", "990313", 0),
                  *town = house_session(h, "zhen", "town", "990302101", 0);
    give(h, north, "police", "2020-02-15");
    g_assert_cmpstr(told(h, north, "elder.list", "2020-02-29"), ==, "990302 open 2020-02-29, mine");
    give(h, north, "税务", "2020-02-29"); /* by its label as well */
    g_assert_cmpstr(told(h, north, "elder.list", "2020-02-29"), ==, "990302 done 2020-03-31");
    g_assert_cmpstr(told(h, town, "elder.list", "2020-02-29"), ==, "990302101 done 2020-03-31");
    g_assert_cmpstr(told(h, south, "elder.list", "2020-03-01"), ==,
                    "990313 overdue 2020-02-29, mine");
    g_assert_cmpstr(told(h, h->local, "elder.once", "2020-04-01"), ==, "-");
}

/* Who may not read the register is not told of its files; a role that writes none has none to do.
 */
static void test_rights(void)
{
    g_autoptr(House) h = begin();
    g_autoptr(GError) error = NULL;
    const Session *policy = house_session(h, "zheng", "policy", "990300", 0),
                  *town = house_session(h, "zhen", "town", "990302101", 0);
    const FollowQuery by = {
        .on = day_of("2020-03-01"), .region = ROW_NONE, .by = STR("town"), .ahead = 31};
    FollowQuery clerk = by;
    RecurBook b;
    g_assert_cmpstr(told(h, policy, "elder.list", "2020-03-01"), ==, "-");
    g_assert_cmpstr(told(h, policy, "inspection", "2020-03-01"), ==, "990300 open 2020-03-31");
    g_assert_cmpstr(told(h, town, "inspection", "2020-03-01"), ==, "990302101 open 2020-03-31");
    follow_recurring(h->care, h->local, &by, RECUR_ALL, h->arena, &b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(b.n_lines, ==, 0);
    clerk.by = STR("clerk");
    follow_recurring(h->care, h->local, &clerk, RECUR_ALL, h->arena, &b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(b.n_lines, ==, 2); /* what nobody has set is not due within a month */
    clerk.ahead = 10;
    follow_recurring(h->care, h->local, &clerk, RECUR_ALL, h->arena, &b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(b.n_lines, ==, 1); /* what is late always */
    g_assert_nonnull(b.lines[0].exchange);
}

static int given(House *h, const char *name, const char *day)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "given.csv", NULL);
    const TradeFile f = {.exchange = trade_named(h->care, str_of(name)),
                         .path = path,
                         .who = STR("police"),
                         .letter = STR("函1")};
    uint64_t n;
    stand_at(h, day);
    return trade_give(h->care, h->local, &f, h->arena, &n, &error) ? 0 : error->code;
}

/* A document that says its last day: on it, and not on the day after; nor before its first. */
static void test_ended(void)
{
    g_autoptr(GString) text = g_string_new(document);
    g_string_replace(text, "in force: 2020-02-10", "in force: 2020-02-10..2020-05-31", 1);
    g_autoptr(House) h = house_new_with(true, text->str);
    g_assert_cmpint(given(h, "elder.once", "2020-02-09"), ==, FAIL_INPUT);
    g_assert_cmpint(given(h, "elder.once", "2020-02-10"), ==, 0);
    g_assert_cmpint(given(h, "elder.once", "2020-05-31"), ==, 0);
    g_assert_cmpint(given(h, "elder.once", "2020-06-01"), ==, FAIL_INPUT);
    g_assert_cmpstr(told(h, h->local, "elder.list", "2020-05-31"), ==,
                    "990300 overdue 2020-04-30, mine");
    g_assert_cmpstr(told(h, h->local, "elder.list", "2020-06-01"), ==, "-");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/recurring/places", test_places);
    g_test_add_func("/care/recurring/made-up-for", test_made_up_for);
    g_test_add_func("/care/recurring/no-draw", test_no_draw);
    g_test_add_func("/care/recurring/younger-than-its-document", test_younger_than_its_document);
    g_test_add_func("/care/recurring/files", test_files);
    g_test_add_func("/care/recurring/rights", test_rights);
    g_test_add_func("/care/recurring/ended", test_ended);
    return g_test_run();
}
