/* draw.c — a draw from the registers: the list first, the value later, once; checked by anybody. */
#include "house.h"

#include "base/identifier.h"
#include "care/draw.h"
#include "store/issue.h"

static const char document[] =
    "---\ndocument: more\ntitle: 抽查\ntitle en: Draws\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n"
    "# 一 抽查 / Draws\n\n```anlao\n"
    "enum agency \"单位\" { civil_affairs \"民政\" / \"civil affairs\" }\n"
    "enum credit \"信用\" { good \"好\"; bad \"差\" }\n"
    "param part by credit : share { good: 20%; bad: 50% }\n"
    "entity home \"机构\" / \"home\" {\n place region\n key number\n title name\n"
    " number text(9) \"编号\" unique\n name text(40) \"名称\" required\n"
    " region region \"所在地\" required\n credit credit \"信用\"\n}\n"
    "entity inspector \"检查员\" {\n place region\n key badge\n title name\n"
    " badge text(9) \"证件\" unique\n name text(40) \"姓名\" required\n"
    " region region \"地区\" required\n}\n"
    "entity tie \"关系\" {\n place home.region\n title inspector\n"
    " inspector inspector \"检查员\" required\n home home \"机构\" required\n}\n"
    "entity drawn \"抽中\" {\n place home.region\n dated by drawn_on\n title home\n"
    " home home \"机构\" required\n first inspector \"甲\"\n second inspector \"乙\"\n"
    " drawn_on date \"日期\" required\n receipt text(24) \"凭证\"\n}\n"
    "role clerk \"经办人\" / \"clerk\" of county for civil_affairs sees home writes home\n"
    "role town \"乡镇\" / \"town\" of township sees home\n"
    "draw inspection \"双随机抽查\" / \"random inspection\" of home with 2 inspector by "
    "civil_affairs {\n take part[credit]\n not where tie(inspector, home)\n gives drawn\n}\n"
    "draw plain \"抽两家\" / \"two\" of home by civil_affairs { take 2; where credit = good }\n"
    "```\n";

static RecordKey home(House *h, const char *number, const char *credit)
{
    return house_save(h, h->local, "home", (RecordKey){0}, "number", number, "name", number,
                      "region", "990302101", "credit", credit, NULL);
}

static void fill(House *h)
{
    static const char *const badges[] = {"I1", "I2", "I3", "I4"};
    char id[2][ID_TEXT];
    RecordKey one = {0}, sent = {0};
    for (int i = 1; i <= 8; i++)
        one = home(h, arena_printf(h->arena, "H%d", i), i <= 6 ? "good" : "bad");
    for (size_t i = 0; i < 4; i++)
        sent = house_save(h, h->local, "inspector", (RecordKey){0}, "badge", badges[i], "name",
                          "检查员", "region", "990302", NULL);
    house_save(h, h->local, "tie", (RecordKey){0}, "inspector", id_format(sent.id, id[0]), "home",
               id_format(one.id, id[1]), NULL); /* I4 and H8 */
}

static DrawOrder order_of(House *h, const char *name)
{
    DrawOrder o = {.draw = draw_named(care_model(h->care), str_of(name)), .region = ROW_NONE};
    g_assert_nonnull(o.draw);
    o.public_on = care_today(h->care) + 1;
    o.public_what = STR("体彩排列五第20166期");
    return o;
}

/* The day of the value comes. */
static void next_day(House *h)
{
    care_inside(h->care)->stands_at = care_today(h->care) + 1;
}

static uint64_t count(House *h, const char *entity)
{
    uint64_t all;
    g_free(house_list(h, h->local, entity, NULL, &all));
    return all;
}

static void assert_fails(bool fine, GError **error, int code, const char *words)
{
    g_assert_false(fine);
    g_assert_error(*error, FAIL_DOMAIN, code);
    if (strstr((*error)->message, words) == NULL)
        g_error("said \"%s\", not \"%s\"", (*error)->message, words);
    g_assert_nonnull(fail_in_chinese(*error)); /* for the page */
    g_clear_error(error);
}

/* Of six good homes 20 % are two, of two bad ones 50 % are one; I4 never goes to H8. */
static void test_inspection(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "inspection");
    DrawRound list, drawn, found, *rounds;
    DrawSeed seed = {.value = STR("47109"), .dice = STR("31662")};
    Receipt alone;
    size_t n;
    fill(h);
    draw_list(h->care, h->local, &o, h->arena, &list, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list.receipt.n_of, ==, 8);
    g_assert_cmpuint(list.receipt.n_with, ==, 4);
    g_assert_cmpuint(list.receipt.n_bars, ==, 1);
    g_assert_true(str_is(list.receipt.bars[0].with, "I4"));
    g_assert_true(str_is(list.receipt.bars[0].of, "H8"));
    next_day(h);
    draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &drawn, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(drawn.receipt.n_taken, ==, 3);
    g_assert_cmpuint(count(h, "drawn"), ==, 3);
    receipt_verify(drawn.text, "x", h->arena, &alone, &error); /* with no database */
    g_assert_no_error(error);
    g_assert_true(str_equal(alone.list, list.receipt.list));
    draw_find(h->care, list.receipt.number, h->arena, &found, &error);
    g_assert_no_error(error);
    g_assert_true(found.receipt.drawn);
    draw_rounds(h->care, h->arena, &rounds, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    VerifyReport v;
    store_verify(h->care->store, h->arena, &v, &error);
    g_assert_no_error(error);
    g_assert_true(v.ok);
}

/* A draw is made once; the same seed again finishes it and enters nothing twice. */
static void test_once(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "inspection");
    DrawRound list, drawn;
    DrawSeed seed = {.value = STR("47109")}, other = {.value = STR("47108")};
    fill(h);
    draw_list(h->care, h->local, &o, h->arena, &list, &error);
    g_assert_no_error(error);
    Str number = list.receipt.number;
    next_day(h);
    g_assert_true(draw_make(h->care, h->local, number, &seed, h->arena, &drawn, &error));
    g_assert_true(draw_make(h->care, h->local, number, &seed, h->arena, &drawn, &error));
    g_assert_cmpuint(count(h, "drawn"), ==, 3);
    assert_fails(draw_make(h->care, h->local, number, &other, h->arena, &drawn, &error), &error,
                 FAIL_CONFLICT, "a draw is made once");
    assert_fails(draw_find(h->care, STR("X"), h->arena, &drawn, &error), &error, FAIL_ABSENT,
                 "there is no draw");
}

/* The registers may change between list and result: what was published is drawn. */
static void test_frozen(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "plain");
    DrawRound list, drawn;
    DrawSeed seed = {.value = STR("1")};
    fill(h);
    draw_list(h->care, h->local, &o, h->arena, &list, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list.receipt.n_of, ==, 6);
    home(h, "H9", "good");
    next_day(h);
    draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &drawn, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(drawn.receipt.n_of, ==, 6);
    g_assert_cmpuint(drawn.receipt.n_taken, ==, 2);
}

/* Who inspects is on the list as well: another inspector who comes after it is not drawn. */
static void test_inspectors_frozen(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "inspection");
    DrawRound list, drawn;
    DrawSeed seed = {.value = STR("47109")};
    fill(h);
    draw_list(h->care, h->local, &o, h->arena, &list, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(list.receipt.n_with, ==, 4);
    house_save(h, h->local, "inspector", (RecordKey){0}, "badge", "I5", "name", "检查员", "region",
               "990302", NULL);
    next_day(h);
    draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &drawn, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(drawn.receipt.n_with, ==, 4);
    g_assert_true(str_equal(drawn.receipt.list, list.receipt.list));
    for (size_t i = 0; i < drawn.receipt.n_with; i++)
        g_assert_false(str_is(drawn.receipt.with[i].id, "I5"));
}

static void test_refused(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "inspection");
    DrawRound list;
    DrawSeed seed = {.value = STR("1")};
    const Session *town = house_session(h, "dong", "town", "990302101", 0);
    fill(h);
    assert_fails(draw_list(h->care, town, &o, h->arena, &list, &error), &error, FAIL_RIGHT,
                 "does not draw");
    o.public_on = care_today(h->care) - 1;
    assert_fails(draw_list(h->care, h->local, &o, h->arena, &list, &error), &error, FAIL_INPUT,
                 "of a later day");
    o.public_on = care_today(h->care) + 3;
    g_assert_true(draw_list(h->care, h->local, &o, h->arena, &list, &error));
    assert_fails(draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &list, &error),
                 &error, FAIL_INPUT, "not known yet");
    home(h, "H9", ""); /* nobody knows how many like it are drawn */
    assert_fails(draw_list(h->care, h->local, &o, h->arena, &list, &error), &error, FAIL_INPUT,
                 "\"H9\" (H9) it is not known how many like it are drawn: 信用 is missing");
}

/* A list of the morning, a lottery of the evening before: who made it may have known the value. The
 * day after is the first one that is certain. */
static void test_later_day(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    DrawOrder o = order_of(h, "plain");
    DrawRound list;
    DrawSeed seed = {.value = STR("47109")};
    fill(h);
    o.public_on = care_today(h->care);
    assert_fails(draw_list(h->care, h->local, &o, h->arena, &list, &error), &error, FAIL_INPUT,
                 "the value that makes the seed is of 2020-06-18, the list of 2020-06-18");
    o.public_on++;
    g_assert_true(draw_list(h->care, h->local, &o, h->arena, &list, &error));
    assert_fails(draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &list, &error),
                 &error, FAIL_INPUT, "not known yet");
    next_day(h);
    g_assert_true(draw_make(h->care, h->local, list.receipt.number, &seed, h->arena, &list, NULL));
}

/* A list that an earlier program published for a value of its own day: it is still read, nothing
 * is drawn by it, and whoever checks it is told why. */
static void test_earlier_list(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL);
    DrawOrder o = order_of(h, "plain");
    DrawRound list, *rounds;
    DrawSeed seed = {.value = STR("47109")};
    Receipt alone;
    IssueRow row = {.id = 1, .kind = STR("draw-list"), .number = STR("OLD"), .entity = STR("")};
    size_t n;
    fill(h);
    g_assert_true(draw_list(h->care, h->local, &o, h->arena, &list, &error));
    Receipt r = list.receipt;
    r.number = row.number;
    r.public_on = r.listed;
    g_assert_true(receipt_close_list(&r, h->arena, &error));
    receipt_print(&r, text);
    row.name = r.draw;
    row.place = r.place;
    row.day = r.listed;
    row.actor = STR("local");
    row.type = STR("text/plain");
    row.digest = r.list;
    row.content = (Str){text->str, text->len};
    bool repeated;
    g_assert_true(
        care_issue(h->care, h->local, &row, NULL, STR("draw-list OLD"), &repeated, &error));
    g_assert_true(draw_rounds(h->care, h->arena, &rounds, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    next_day(h);
    assert_fails(draw_make(h->care, h->local, row.number, &seed, h->arena, &list, &error), &error,
                 FAIL_INPUT, "Publish a list that names a value of a later day");
    assert_fails(receipt_verify(row.content, "old.txt", h->arena, &alone, &error), &error,
                 FAIL_INPUT, "old.txt: the value that makes the seed is of 2020-06-18");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/draw/inspection", test_inspection);
    g_test_add_func("/draw/once", test_once);
    g_test_add_func("/draw/frozen", test_frozen);
    g_test_add_func("/draw/inspectors-frozen", test_inspectors_frozen);
    g_test_add_func("/draw/refused", test_refused);
    g_test_add_func("/draw/later-day", test_later_day);
    g_test_add_func("/draw/earlier-list", test_earlier_list);
    return g_test_run();
}
