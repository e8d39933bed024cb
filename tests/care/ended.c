/* ended.c — a later document ends, or says anew, what people do and are given: posts, procedures,
 * draws, scores, papers, publications (semantics 49, 57).  The house's today is 2020-06-18. */
#include "house.h"

#include "base/identifier.h"
#include "care/draw.h"
#include "care/follow.h"
#include "care/paper.h"
#include "care/publish.h"

static const char document[] =
    "---\ndocument: more\ntitle: 办法\ntitle en: Rules\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 办法 / Rules\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "enum stars ordered \"星级\" { one \"一星\" / \"one\"; two \"二星\" / \"two\" }\n"
    "entity home \"机构\" / \"home\" {\n place region\n key number\n title name\n"
    " number text(9) \"编号\" unique\n name text(40) \"名称\" required\n"
    " region region \"所在地\" required\n beds int \"床位\" range 0..100\n"
    " inspected date \"检查日\"\n}\n"
    "entity report \"举报\" / \"report\" {\n place home.region\n dated by made_on\n title home\n"
    " home home \"机构\" required\n made_on date \"日期\" required\n}\n"
    "role visitor \"探访员\" / \"visitor\" of county for civil_affairs sees home, report writes "
    "home\n"
    "procedure opening \"开办\" / \"opening\" of home {\n"
    " state filed \"已备案\" / \"filed\", checked \"已核查\" / \"checked\", open \"已开业\" / "
    "\"open\"\n"
    " filed -> checked by civil_affairs\n checked -> open by civil_affairs\n}\n"
    "indicator counted stock by region = count(home)\n"
    "draw spot \"抽查\" / \"spot check\" of home by civil_affairs { take 2 }\n"
    "score star \"评星\" / \"star\" of home { item beds 100; grade two >= 50; grade one >= 20 }\n"
    "paper sheet \"登记表\" / \"sheet\" of home { cell \"A1\" name }\n"
    "publish reports \"举报公示\" / \"reports\" of report for 30 days { home.name }\n"
    "publish homes \"机构名录\" / \"homes\" of home { name }\n"
    "```\n";

/* The document with other days of its own. */
static House *house_in_force(const char *days)
{
    g_autoptr(GString) text = g_string_new(document);
    g_string_replace(text, "2019-01-01", days, 1);
    return house_new_with(true, text->str);
}

/* In force from a day, with these lines. */
static void later(House *h, const char *day, const char *lines)
{
    g_autofree char *text = g_strdup_printf(
        "---\ndocument: late\ntitle: 后来的\ntitle en: Later\nlayer: place\nplace: 990300\n"
        "in force: %s\nbuilds on: more\n---\n\n# 一 改 / Changes\n\n```anlao\n%s```\n",
        day, lines);
    house_write(h, "packs/late.md", text, NULL);
    house_put_in_force(h);
}

static RecordKey home(House *h, const char *number, const char *beds)
{
    return house_save(h, h->local, "home", (RecordKey){0}, "number", number, "name", number,
                      "region", "990302101", "beds", beds, NULL);
}

static const char *state_of(House *h, RecordKey key)
{
    ItemLine line;
    bool is;
    g_assert_true(follow_item(h->care, h->local, house_entity(h, "home"), key, care_today(h->care),
                              h->arena, &is, &line, NULL));
    return line.state != NULL ? arena_printf(h->arena, "%.*s", STR_ARG(line.state->name)) : "none";
}

static const char *step(House *h, RecordKey key, const char *to)
{
    const Entity *e = house_entity(h, "home");
    StepEdit edit = {.entity = e, .key = key, .since = care_today(h->care)};
    FieldFault *faults = NULL;
    size_t n = 0;
    g_autoptr(GError) error = NULL;
    edit.to = enum_code(e->procedure->states, str_of(to))->number;
    if (follow_step(h->care, h->local, &edit, h->arena, &faults, &n, &error))
        return "done";
    return arena_printf(h->arena, "%s", error->message);
}

static void says(const char *said, const char *words)
{
    if (strstr(said, words) == NULL)
        g_error("said \"%s\", not \"%s\"", said, words);
}

/* A home that was filed on that day: "done", or what is said. */
static const char *filed_on(House *h, const char *since, RecordKey *ret)
{
    g_autoptr(GError) error = NULL;
    FieldFault *faults;
    size_t n;
    Date day;
    g_assert_true(date_parse(str_of(since), &day));
    const FieldEdit fields[] = {{house_field(h, "home", "number"), STR("H9"), 0},
                                {house_field(h, "home", "name"), STR("H9"), 0},
                                {house_field(h, "home", "region"), STR("990302101"), 0},
                                {house_field(h, "home", "beds"), STR("3"), 0},
                                {house_field(h, "home", "state"), STR("filed"), day}};
    const RecordEdit edit = {.entity = house_entity(h, "home"),
                             .fields = fields,
                             .n_fields = G_N_ELEMENTS(fields),
                             .reason = STR("补录")};
    *ret = (RecordKey){0};
    if (record_save(h->care, h->local, &edit, h->arena, ret, &faults, &n, &error))
        return "done";
    return arena_printf(h->arena, "%s", error->message);
}

/* ---- procedures -------------------------------------------------------------------------- */

static void test_procedure_ends(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey before = home(h, "H1", "10");
    later(h, "2020-06-18", "end opening\n");
    RecordKey after = home(h, "H2", "10");
    RecordKey none;
    g_assert_cmpstr(state_of(h, before), ==, "filed");
    g_assert_cmpstr(state_of(h, after), ==, "none"); /* recorded, but no item of it */
    says(filed_on(h, "2020-06-18", &none), "has ended: nothing new begins");
    g_assert_cmpstr(filed_on(h, "2020-06-17", &none), ==, "done"); /* it began before */
    says(step(h, after, "filed"), "has ended: nothing new begins");
}

/* What began before goes on by its own text. */
static void test_procedure_goes_on(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = home(h, "H1", "10");
    later(h, "2020-06-19", "end opening\n");
    g_assert_cmpstr(state_of(h, home(h, "H2", "10")), ==, "filed"); /* not yet */
    g_assert_cmpstr(step(h, key, "checked"), ==, "done");
    g_assert_cmpstr(step(h, key, "open"), ==, "done");
}

/* The new text begins elsewhere and leads another way: who began before it is not bound by it. */
static void test_procedure_amended(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    later(h, "2020-06-18",
          "amend procedure opening \"开办\" / \"opening\" of home {\n"

          " checked -> open by civil_affairs guard beds > 5\n}\n");
    RecordKey large = home(h, "H2", "10"), small = home(h, "H3", "3");
    g_assert_cmpstr(state_of(h, large), ==, "checked"); /* it begins there */
    g_assert_cmpstr(step(h, large, "open"), ==, "done");
    says(step(h, small, "open"), "its condition is not met");
    RecordKey none;
    says(filed_on(h, "2020-06-18", &none), "begins at the beginning, not at “filed”");
}

static void test_item_keeps_its_text(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key;
    g_assert_cmpstr(filed_on(h, "2020-06-10", &key), ==, "done");
    later(h, "2020-06-15",
          "amend procedure opening \"开办\" / \"opening\" of home {\n"
          " checked -> open by civil_affairs guard beds > 5\n}\n");
    g_assert_cmpstr(state_of(h, key), ==, "filed");
    says(step(h, key, "open"), "no step leads from");
    g_assert_cmpstr(step(h, key, "checked"), ==, "done");
    g_assert_cmpstr(step(h, key, "open"), ==, "done");
}

/* With a day before there was such a procedure nobody gets around its guards: it begins on the day
 * of the document or later. */
static void test_procedure_not_yet(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key;
    says(filed_on(h, "2018-12-31", &key), "“opening” is since 2019-01-01");
    g_assert_cmpint(key.id, ==, 0);
    g_assert_cmpstr(filed_on(h, "2019-01-01", &key), ==, "done");
    g_assert_cmpstr(state_of(h, key), ==, "filed");
}

/* Nor once it has been amended. */
static void test_amended_procedure_not_yet(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key;
    later(h, "2020-06-15",
          "amend procedure opening \"开办\" / \"opening\" of home {\n"
          " checked -> open by civil_affairs guard beds > 5\n}\n");
    says(filed_on(h, "2018-12-31", &key), "“opening” is since 2019-01-01");
    g_assert_cmpstr(filed_on(h, "2019-01-01", &key), ==, "done");
    says(step(h, key, "open"), "no step leads from"); /* it is bound by the first text */
}

/* Where the document says its last day, nothing begins after it. */
static void test_procedure_of_a_time(void)
{
    g_autoptr(House) h = house_in_force("2019-01-01..2020-06-10");
    RecordKey key, none;
    says(filed_on(h, "2020-06-11", &none), "has ended: nothing new begins");
    says(filed_on(h, "2018-12-31", &none), "“opening” is since 2019-01-01");
    g_assert_cmpstr(state_of(h, home(h, "H1", "10")), ==, "none");
    g_assert_cmpstr(filed_on(h, "2020-06-10", &key), ==, "done");
}

/* Entered while the document is known and not yet in force, a record waits for it without a state:
 * one of before would never be asked for anything. */
static void test_procedure_to_come(void)
{
    g_autoptr(House) h = house_in_force("2020-06-19");
    RecordKey key = home(h, "H1", "10");
    g_assert_cmpstr(state_of(h, key), ==, "none");
    says(step(h, key, "filed"), "“opening” is since 2020-06-19");
}

/* ---- posts ------------------------------------------------------------------------------- */

static bool signs_in(House *h, const char *name)
{
    const Session *s;
    return session_local(h->care, str_of(name), h->arena, &s, NULL);
}

static const char *given(House *h, const char *name)
{
    g_autoptr(GError) error = NULL;
    const AccountRow row = {.name = str_of(name),
                            .role = STR("visitor"),
                            .region = STR("990302"),
                            .shown = str_of(name),
                            .password = STR("x")};
    if (account_save(h->care, h->local, &row, &error))
        return "done";
    g_assert_cmpint(error->code, ==, FAIL_INPUT);
    return arena_printf(h->arena, "%s", error->message);
}

static void test_post_ends(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    house_session(h, "vera", "visitor", "990302", 0);
    later(h, "2020-06-19", "end visitor\n");
    g_assert_true(signs_in(h, "vera"));
    g_assert_cmpstr(given(h, "walt"), ==, "done");
    later(h, "2020-06-18", "end visitor\n");
    g_assert_false(signs_in(h, "vera")); /* no rights from that day on */
    says(given(h, "xena"), "ended on 2020-06-18");
    const RoleFacts *role = care_role(h->care, STR("visitor"));
    g_assert_true(role != NULL && role_ended(h->care, role)); /* it is named, and given to nobody */
}

/* Before the first day of its document a post has no rights, and is given to nobody. */
static void test_post_not_yet(void)
{
    g_autoptr(House) h = house_in_force("2020-06-19");
    says(given(h, "vera"), "in force from 2020-06-19 on");
    care_inside(h->care)->stands_at = care_today(h->care) + 1;
    g_assert_cmpstr(given(h, "walt"), ==, "done");
    g_assert_true(signs_in(h, "walt"));
    care_inside(h->care)->stands_at = care_today(h->care) - 1;
    g_assert_false(signs_in(h, "walt"));
}

static void test_post_amended(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    house_session(h, "vera", "visitor", "990302", 0);
    const char *lines = "amend role visitor \"探访员\" / \"visitor\" of county sees home\n";
    const Session *s;
    later(h, "2020-06-19", lines);
    g_assert_true(session_local(h->care, STR("vera"), h->arena, &s, NULL));
    g_assert_true(session_sees(s, house_entity(h, "report")));
    g_assert_true(
        follow_may(h->care, s, &model_procedure(h->care->model, STR("opening"))->steps[0].by));
    later(h, "2020-06-18", lines);
    g_assert_true(session_local(h->care, STR("vera"), h->arena, &s, NULL));
    g_assert_true(session_sees(s, house_entity(h, "home")));
    g_assert_false(session_sees(s, house_entity(h, "report")));
    g_assert_false(session_may(s, MAY_PERSON_WRITE));
    g_assert_false(
        follow_may(h->care, s, &model_procedure(h->care->model, STR("opening"))->steps[0].by));
}

/* ---- draws, papers ----------------------------------------------------------------------- */

static const char *list(House *h, DrawRound *ret)
{
    g_autoptr(GError) error = NULL;
    DrawOrder o = {.draw = draw_named(care_model(h->care), STR("spot")), .region = ROW_NONE};
    o.public_on = care_today(h->care) + 1;
    o.public_what = STR("体彩排列五第20166期");
    if (draw_list(h->care, h->local, &o, h->arena, ret, &error))
        return "done";
    return arena_printf(h->arena, "%s", error->message);
}

static size_t drawn(House *h, Str number)
{
    g_autoptr(GError) error = NULL;
    DrawSeed seed = {.value = STR("47109")};
    DrawRound x;
    Date listed = care_today(h->care);
    care_inside(h->care)->stands_at = listed + 1; /* the value is of the day after */
    draw_make(h->care, h->local, number, &seed, h->arena, &x, &error);
    g_assert_no_error(error);
    care_inside(h->care)->stands_at = listed;
    return x.receipt.n_taken;
}

/* A list that was made is drawn; no new one is. */
static void test_draw_ends(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    DrawRound x, y;
    for (int i = 1; i <= 4; i++)
        home(h, arena_printf(h->arena, "H%d", i), "10");
    g_assert_cmpstr(list(h, &x), ==, "done");
    later(h, "2020-06-18", "end spot\n");
    says(list(h, &y), "ended on 2020-06-18");
    g_assert_false(draw_offered(h->care, h->local, draw_named(h->care->model, STR("spot"))));
}

/* Nor is one made before the first day of its document; on it one is. */
static void test_draw_not_yet(void)
{
    g_autoptr(House) h = house_in_force("2020-06-19");
    DrawRound x;
    for (int i = 1; i <= 4; i++)
        home(h, arena_printf(h->arena, "H%d", i), "10");
    says(list(h, &x), "in force from 2020-06-19 on");
    g_assert_false(draw_offered(h->care, h->local, draw_named(h->care->model, STR("spot"))));
    care_inside(h->care)->stands_at = care_today(h->care) + 1;
    g_assert_true(draw_offered(h->care, h->local, draw_named(h->care->model, STR("spot"))));
    g_assert_cmpstr(list(h, &x), ==, "done");
}

static void test_draw_amended(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const char *lines =
        "amend draw spot \"抽查\" / \"spot check\" of home by civil_affairs { take 3 }\n";
    DrawRound x;
    for (int i = 1; i <= 4; i++)
        home(h, arena_printf(h->arena, "H%d", i), "10");
    later(h, "2020-06-19", lines);
    g_assert_cmpstr(list(h, &x), ==, "done");
    g_assert_cmpuint(drawn(h, x.receipt.number), ==, 2);
    g_assert_true(str_is(x.receipt.document, "more"));
    later(h, "2020-06-18", lines);
    g_assert_cmpstr(list(h, &x), ==, "done");
    g_assert_cmpuint(drawn(h, x.receipt.number), ==, 3);
    g_assert_true(str_is(x.receipt.document, "late"));
}

static const char *issued(House *h, RecordKey key, PaperSheet *ret)
{
    g_autoptr(GError) error = NULL;
    const Paper *p = paper_named(care_model(h->care), STR("sheet"));
    if (paper_issue(h->care, h->local, p, key, 0, h->arena, ret, &error))
        return "done";
    return arena_printf(h->arena, "%s", error->message);
}

static void test_paper(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = home(h, "H1", "10");
    PaperSheet first, x;
    g_assert_cmpstr(issued(h, key, &first), ==, "done");
    g_autofree char *number = g_strndup(first.number.at, first.number.len);
    size_t cells = first.n_entries;
    later(h, "2020-06-18",
          "amend paper sheet \"登记表\" / \"sheet\" of home { cell \"A1\" name; cell \"A2\" beds "
          "}\n");
    g_assert_cmpstr(issued(h, key, &x), ==, "done");
    g_assert_cmpuint(x.n_entries, ==, cells + 1);
    g_assert_true(str_is(x.document, "late"));
    later(h, "2020-06-18", "end sheet\n");
    says(issued(h, key, &x), "ended on 2020-06-18");
    PaperFound found;
    g_autoptr(GError) error = NULL;
    paper_find(h->care, h->local, str_of(number), h->arena, &found, &error);
    g_assert_no_error(error);
}

static void test_paper_not_yet(void)
{
    g_autoptr(House) h = house_in_force("2020-06-19");
    RecordKey key = home(h, "H1", "10");
    PaperSheet x;
    says(issued(h, key, &x), "in force from 2020-06-19 on");
}

/* ---- publications ------------------------------------------------------------------------ */

static uint64_t up(House *h, const char *name)
{
    g_autoptr(GError) error = NULL;
    const Publish *p = publish_named(care_model(h->care), str_of(name));
    PublicBook b;
    g_assert_nonnull(p);
    publication_read(h->care, p, 0, false, 0, 0, h->arena, &b, &error);
    g_assert_no_error(error);
    return b.total;
}

static void reported(House *h, RecordKey home_key, const char *day)
{
    char id[ID_TEXT];
    house_save(h, h->local, "report", (RecordKey){0}, "home", id_format(home_key.id, id), "made_on",
               day, NULL);
}

/* What was put up for 30 days stays for them; what stands as long as it holds goes. */
static void test_publication_ends(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = home(h, "H1", "10");
    reported(h, key, "2020-06-10");
    later(h, "2020-06-15", "end reports\nend homes\n");
    reported(h, key, "2020-06-16");
    g_assert_cmpuint(up(h, "reports"), ==, 1);
    g_assert_cmpuint(up(h, "homes"), ==, 0);
    g_assert_false(publish_in_force(h->care, publish_named(h->care->model, STR("reports"))));
}

static void test_publication_amended(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = home(h, "H1", "10");
    reported(h, key, "2020-06-10");
    later(h, "2020-06-15",
          "amend publish reports \"举报公示\" / \"reports\" of report for 30 days { made_on }\n");
    reported(h, key, "2020-06-16");
    g_assert_cmpuint(up(h, "reports"), ==, 1);
    g_assert_cmpuint(up(h, "reports@late"), ==, 1);
    const Publish *found = publish_found(h->care, STR("reports"));
    g_assert_true(str_is(found->home.document->name, "late"));
}

/* ---- scores ------------------------------------------------------------------------------ */

static const char *grade(House *h, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r;
    const Field *f = house_field(h, "home", "star_grade");
    record_get(h->care, h->local, f->entity, key, 0, h->arena, &r, &error);
    g_assert_no_error(error);
    Value v = r->facts[f->index].value;
    return v.known ? f->type.of->codes[v.num].name.at : "?";
}

static void test_score(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    RecordKey key = home(h, "H1", "30");
    const char *lines =
        "amend score star \"评星\" / \"star\" of home { item beds 100; grade two >= "
        "25; grade one >= 5 }\n";
    g_assert_true(g_str_has_prefix(grade(h, key), "one"));
    later(h, "2020-06-19", lines);
    g_assert_true(g_str_has_prefix(grade(h, key), "one"));
    later(h, "2020-06-18", lines);
    g_assert_true(g_str_has_prefix(grade(h, key), "two"));
    later(h, "2020-06-18", "end star\n");
    g_assert_cmpstr(grade(h, key), ==, "?");
}

/* ---- figures ----------------------------------------------------------------------------- */

/* How many homes there are on a day, by the indicator; "no case" where it has ended. */
static const char *counted(House *h, const char *day)
{
    g_autoptr(GError) error = NULL;
    const Indicator *i = model_indicator(care_model(h->care), STR("counted"));
    Figure *all;
    size_t n;
    Date on;
    g_assert_true(date_parse(str_of(day), &on));
    figures_indicator(h->care, h->local, i, 0, h->care->place, on, on, h->arena, &all, &n, &error);
    g_assert_no_error(error);
    if (all->no_case)
        return "no case";
    return arena_printf(h->arena, "%" G_GINT64_FORMAT, all->value);
}

/* On the last day of its document, and not on the day after. */
static void test_figure_of_a_time(void)
{
    g_autoptr(House) h = house_in_force("2019-01-01..2020-06-16");
    home(h, "H1", "10");
    g_assert_cmpstr(counted(h, "2020-06-16"), ==, "1");
    g_assert_cmpstr(counted(h, "2020-06-17"), ==, "no case");
}

/* An amendment holds as long as its own document does; the first text does not come back for it. */
static void test_amended_figure_of_a_time(void)
{
    g_autoptr(House) h = house_in_force("2019-01-01..2020-06-14");
    home(h, "H1", "10");
    later(h, "2020-06-13..2020-06-16",
          "amend indicator counted stock by region = count(home) * 2\n");
    g_assert_cmpstr(counted(h, "2020-06-12"), ==, "1");
    g_assert_cmpstr(counted(h, "2020-06-13"), ==, "2");
    g_assert_cmpstr(counted(h, "2020-06-16"), ==, "2");
    g_assert_cmpstr(counted(h, "2020-06-17"), ==, "no case");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ended/procedure", test_procedure_ends);
    g_test_add_func("/ended/procedure-goes-on", test_procedure_goes_on);
    g_test_add_func("/ended/procedure-amended", test_procedure_amended);
    g_test_add_func("/ended/item-keeps-its-text", test_item_keeps_its_text);
    g_test_add_func("/ended/procedure-not-yet", test_procedure_not_yet);
    g_test_add_func("/ended/amended-procedure-not-yet", test_amended_procedure_not_yet);
    g_test_add_func("/ended/procedure-of-a-time", test_procedure_of_a_time);
    g_test_add_func("/ended/procedure-to-come", test_procedure_to_come);
    g_test_add_func("/ended/post", test_post_ends);
    g_test_add_func("/ended/post-not-yet", test_post_not_yet);
    g_test_add_func("/ended/post-amended", test_post_amended);
    g_test_add_func("/ended/draw", test_draw_ends);
    g_test_add_func("/ended/draw-not-yet", test_draw_not_yet);
    g_test_add_func("/ended/draw-amended", test_draw_amended);
    g_test_add_func("/ended/paper", test_paper);
    g_test_add_func("/ended/paper-not-yet", test_paper_not_yet);
    g_test_add_func("/ended/publication", test_publication_ends);
    g_test_add_func("/ended/publication-amended", test_publication_amended);
    g_test_add_func("/ended/score", test_score);
    g_test_add_func("/ended/figure-of-a-time", test_figure_of_a_time);
    g_test_add_func("/ended/amended-figure-of-a-time", test_amended_figure_of_a_time);
    return g_test_run();
}
