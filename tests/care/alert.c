/* alert.c — who takes note of an alert, why, and until when; it mends nothing and runs out.
 * LAW issue 5: acknowledgement, expiry, one open alert a record and check. */
#include "house.h"

#include "base/limits.h"
#include "care/alert_ack.h"
#include "care/follow.h"
#include "care/follow_json.h"
#include "care/places.h"
#include "care/region_check.h"
#include "compile/compile.h"

static const char document[] =
    "---\ndocument: more\ntitle: 检查\ntitle en: Checks\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 一 检查 / Checks\n\n```anlao\n"
    "check rooms \"床位数\" / \"beds\" of elder { require beds >= 1 cure \"没有床位\" / \"no bed\" "
    "}\n"
    "check income_known \"收入\" / \"income\" of elder { require income >= 0 yuan cure \"补填\" / "
    "\"fill\" }\n```\n";

static AlertBook look(House *h, Date on)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = on, .region = ROW_NONE, .only = STR("rooms")};
    AlertBook b;
    follow_alerts(h->care, h->local, &q, h->arena, &b, &error);
    g_assert_no_error(error);
    return b;
}

typedef struct Noting {
    House *h;
    const Session *s;
    RecordKey key;
} Noting;

/* What is said in English; "done" when it is done. */
static void note(const Noting *x, const char *check, Date until, const char *reason,
                 const char *want)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    bool done = alert_acknowledge(x->h->care, x->s, model_rule(x->h->care->model, str_of(check)),
                                  x->key, until, str_of(reason), &said, &error);
    const char *have = done ? "done" : error->message;
    g_assert_cmpint(done, ==, error == NULL);
    if (strstr(have, want) == NULL)
        g_error("said \"%s\", not \"%s\"", have, want);
}

static void test_note(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    const Session *clerk = house_session(h, "li", "clerk", "990302", 0),
                  *other = house_session(h, "wang", "clerk", "990313", 0),
                  *reader = house_session(h, "chen", "audit", "990302", 0);
    RecordKey a = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              b = house_elder(h, "乙某", "990302101", house_number(h, 2));
    Date today = care_today(h->care);
    const Noting by_clerk = {h, clerk, a}, by_other = {h, other, a}, by_reader = {h, reader, a};
    house_save(h, h->local, "elder", a, "beds", "0", NULL);
    house_save(h, h->local, "elder", b, "beds", "0", NULL);
    AlertBook book = look(h, today);
    g_assert_cmpuint(book.total, ==, 2);
    g_assert_true(book.lines[0].key.id == a.id && book.lines[0].ack == NULL);

    note(&by_other, "rooms", today, "不归我们管", "outside your region");
    note(&by_reader, "rooms", today, "我只看看而已", "may not");
    note(&by_clerk, "income_known", today, "收入没有填", "does not fail today");
    note(&by_clerk, "rooms", today - 1, "等新床到货", "from today on");
    note(&by_clerk, "rooms", today + (Date)LIMIT_ACK_DAYS + 1, "等新床到货", "a year at most");
    note(&by_clerk, "rooms", today, "等", "in 4 to 200");
    g_autofree char *long_reason = g_strnfill(LIMIT_ACK_REASON + 1, 'x');
    note(&by_clerk, "rooms", today, long_reason, "in 4 to 200");
    note(&by_clerk, "rooms", today + 10, "等新床到货", "done");

    /* It is listed behind what is open, counted apart, and open again when the time is over. */
    book = look(h, today);
    g_assert_cmpuint(book.total, ==, 2);
    g_assert_cmpuint(book.sums[0].no, ==, 2);
    g_assert_cmpuint(book.sums[0].noted, ==, 1);
    g_assert_true(book.lines[0].key.id == b.id && book.lines[0].ack == NULL);
    g_assert_true(book.lines[1].key.id == a.id);
    g_assert_cmpstr(arena_str(h->arena, book.lines[1].ack->reason).at, ==, "等新床到货");
    g_assert_true(str_is(book.lines[1].ack->by, "li"));
    g_assert_true(look(h, today + 10).lines[1].ack != NULL);
    book = look(h, today + 11);
    g_assert_cmpuint(book.sums[0].noted, ==, 0);
    g_assert_true(book.lines[0].key.id == a.id && book.lines[0].ack == NULL);

    /* A later note takes its place: one a record and check. */
    note(&by_clerk, "rooms", today + 2, "周五送来", "done");
    AlertAck *all;
    size_t n;
    g_autoptr(GError) error = NULL;
    g_assert_true(alert_acks(h->care, h->arena, &all, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(all[0].until, ==, today + 2);

    /* What was mended needs no note any more. */
    house_save(h, h->local, "elder", a, "beds", "1", NULL);
    book = look(h, today);
    g_assert_cmpuint(book.total, ==, 1);
    g_assert_cmpuint(book.sums[0].noted, ==, 0);
}

/* The journal says who took note of what, and verify finds a row that was changed by hand. */
static void test_journal(void)
{
    g_autoptr(House) h = house_new_with(true, document);
    g_autoptr(GError) error = NULL;
    RecordKey a = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const Noting x = {h, h->local, a};
    HistoryLine *lines;
    size_t n;
    house_save(h, h->local, "elder", a, "beds", "0", NULL);
    note(&x, "rooms", care_today(h->care) + 3, "等新床到货", "done");
    g_assert_true(record_history(h->care, h->local, house_entity(h, "elder"), a, 50, h->arena,
                                 &lines, &n, &error));
    bool found = false;
    for (size_t i = 0; i < n; i++)
        found = found || str_is(lines[i].reason.zh, "等新床到货");
    g_assert_true(found);
}

/* ---- checks of regions: a minimum share within the year */

static const char shares[] =
    "---\ndocument: more\ntitle: 经费\ntitle en: Money\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-place\n---\n\n# 二(六)c 公益金 / Lottery fund\n\n"
    "```anlao\n"
    "entity fund_use \"资金使用\" / \"use\" {\n  place region\n  dated by used_on\n  title "
    "used_on\n"
    "  region region \"地区\" / \"region\" required\n"
    "  elderly bool \"用于养老\" / \"for the elderly\" required\n"
    "  amount money \"金额\" / \"amount\" required range 0 yuan..100000000 yuan\n"
    "  used_on date \"支出日期\" / \"used on\" required\n}\n"
    "extend region { level region_level \"级别\" / \"level\" }\n"
    "param least \"下限\" / \"least share\" by region : share\nset least[990302] = 80%\n"
    "set least[990300] = 55%\n"
    "indicator share_used \"养老占比\" / \"share\" flow by region, year\n"
    "  = share(sum fund_use.amount where elderly)\n"
    "indicator spent \"已支出\" / \"spent\" flow by region = sum(fund_use.amount)\n"
    "check share_kept \"不低于下限\" / \"at least\" of region {\n"
    "  when level in (county, city)\n  require share_used >= least[region]\n"
    "  cure \"已支出 {spent}，养老占 {share_used}，下限 {least[region]}\"\n"
    "    / \"{spent} spent, {share_used} on the elderly, {least[region]} at least\"\n}\n"
    "example \"例\" { on 2020-06-30 unknown share_kept of 990302 }\n```\n";

static void use(House *h, const char *region, const char *elderly, const char *amount,
                const char *day)
{
    house_save(h, h->local, "fund_use", (RecordKey){0}, "region", region, "elderly", elderly,
               "amount", amount, "used_on", day, NULL);
}

/* "990302 no, 990313 unknown", in the order of the list. */
static char *regions_said(House *h, const Session *s, const char *on, unsigned kinds)
{
    g_autoptr(GError) error = NULL;
    FollowQuery q = {.region = ROW_NONE, .only = STR("share_kept"), .kinds = kinds};
    GString *to = g_string_new(NULL);
    AlertBook b;
    g_assert_true(date_parse(str_of(on), &q.on));
    follow_alerts(h->care, s, &q, h->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++)
        g_string_append_printf(to, "%s%.*s %s%s", i > 0 ? ", " : "",
                               STR_ARG(h->care->regions->code[b.lines[i].region]),
                               truth_word(b.lines[i].truth),
                               b.lines[i].ack != NULL ? " noted" : "");
    g_assert_cmpuint(b.total, ==, b.n_lines);
    return g_string_free(to, FALSE);
}

static void says(House *h, const Session *s, const char *on, const char *want)
{
    g_autofree char *have = regions_said(h, s, on, 1u << TRUTH_NO | 1u << TRUTH_UNKNOWN);
    g_assert_cmpstr(have, ==, want);
}

static House *with_shares(void)
{
    g_autoptr(GError) error = NULL;
    House *h = house_new_with(true, shares);
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    return h;
}

/* 年内到当天为止低于下限就预警，一个地区一条；没有支出不清楚；补上就消；过了年重新算。 */
static void test_region_within_the_year(void)
{
    g_autoptr(House) h = with_shares();
    const Session *a = house_session(h, "li", "clerk", "990302", 0),
                  *town = house_session(h, "zhou", "town", "990302101", 0);
    says(h, h->local, "2021-03-01", "990300 unknown, 990302 unknown, 990313 unknown");
    use(h, "990302", "yes", "79.99", "2021-03-01");
    use(h, "990302", "no", "20.01", "2021-03-02");
    use(h, "990302", "yes", "0.05", "2021-03-04");
    says(h, h->local, "2021-03-01", "990313 unknown");
    says(h, h->local, "2021-03-02", "990302 no, 990313 unknown");
    says(h, h->local, "2021-03-04", "990313 unknown");
    use(h, "990313", "no", "1000", "2021-03-05");
    says(h, h->local, "2021-03-05", "990300 no, 990313 no");
    says(h, h->local, "2021-12-31", "990300 no, 990313 no");
    says(h, h->local, "2022-01-01", "990300 unknown, 990302 unknown, 990313 unknown");
    /* 各看各的：区里看不到市里和别的区，镇里没有。 */
    says(h, a, "2021-03-02", "990302 no");
    says(h, a, "2021-03-05", "");
    says(h, town, "2021-03-02", "");
}

/* 列明条款和怎么补，json 也一样；哪个参数没有设定也说出来。 */
static void test_region_told(void)
{
    g_autoptr(House) h = with_shares();
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) json = g_string_new(NULL);
    FollowQuery q = {.region = ROW_NONE, .only = STR("share_kept")};
    AlertBook b;
    use(h, "990302", "no", "1234.50", "2021-03-02");
    use(h, "990302", "yes", "1234.50", "2021-03-02");
    g_assert_true(date_parse(STR("2021-03-02"), &q.on));
    follow_alerts(h->care, h->local, &q, h->arena, &b, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(b.n_lines, ==, 2); /* the county, and the city that holds it */
    const AlertLine *x = &b.lines[1];
    g_assert_cmpstr(arena_str(h->arena, x->cure_zh).at, ==,
                    "已支出 2,469.00 元，养老占 50%，下限 80%");
    g_assert_cmpstr(arena_str(h->arena, x->cure_en).at, ==,
                    "2,469.00 yuan spent, 50% on the elderly, 80% at least");
    g_assert_true(str_is(x->check->home.clause->number, "二(六)c"));
    g_assert_true(alert_book_json(h->care, h->local, &b, json, &error));
    g_assert_nonnull(strstr(json->str, "\"check\":\"share_kept\",\"entity\":\"region\""));
    g_assert_nonnull(strstr(json->str, "\"title\":\"甲区\""));
    g_assert_nonnull(strstr(json->str, "二(六)c"));
    g_assert_nonnull(strstr(json->str, "养老占 50%"));
}

static Explanation explained(House *h, const char *region, const char *on)
{
    g_autoptr(GError) error = NULL;
    Explanation x;
    Date day;
    g_assert_true(date_parse(str_of(on), &day));
    region_check_explain(h->care, h->local, model_rule(h->care->model, STR("share_kept")),
                         region_row(h->care->regions, str_of(region)), day, h->arena, &x, &error);
    g_assert_no_error(error);
    return x;
}

static bool has_line(const Explanation *x, unsigned depth, Truth truth, const char *zh)
{
    for (size_t i = 0; i < x->n_lines; i++)
        if (x->lines[i].depth == depth && x->lines[i].truth == truth && str_is(x->lines[i].zh, zh))
            return true;
    return false;
}

/* 为什么：数字、应当多少、哪几天、依据；不清楚的说缺什么，由谁来定；够了就说够了。 */
static void test_region_explained(void)
{
    g_autoptr(House) h = with_shares();
    g_autoptr(GError) error = NULL;
    use(h, "990302", "yes", "500", "2020-03-01"); /* another year */
    use(h, "990302", "no", "50.01", "2021-03-02");
    use(h, "990302", "yes", "49.99", "2021-03-02");
    Explanation x = explained(h, "990302", "2021-03-04");
    g_assert_cmpint(x.outcome, ==, TRUTH_NO);
    g_assert_true(str_is(x.rule, "share_kept") && str_is(x.key, "990302"));
    g_assert_true(str_is(x.document, "more") && str_is(x.clause, "二(六)c"));
    g_assert_true(has_line(&x, 0, TRUTH_NO, "不低于下限：不符合"));
    g_assert_true(has_line(&x, 1, TRUTH_NO, "养老占比 49.99%，应 >= 80%"));
    g_assert_true(has_line(&x, 2, TRUTH_YES, "2021-01-01 至 2021-03-04"));
    g_assert_nonnull(strstr(x.cure_zh.at, "养老占 49.99%，下限 80%"));
    g_assert_cmpuint(x.n_facts, ==, 2);
    g_assert_true(str_is(x.facts[1].name, "least") && str_is(x.facts[1].value_zh, "80%"));
    g_assert_true(str_is(x.facts[1].document, "more"));
    use(h, "990302", "yes", "1000", "2021-03-05");
    x = explained(h, "990302", "2021-03-05");
    g_assert_cmpint(x.outcome, ==, TRUTH_YES);
    g_assert_cmpuint(x.n_missing + x.cure_zh.len, ==, 0);
    x = explained(h, "990313", "2021-03-05"); /* nothing spent there */
    g_assert_cmpint(x.outcome, ==, TRUTH_UNKNOWN);
    g_assert_cmpuint(x.n_missing, ==, 1);
    g_assert_true(has_line(&x, 2, TRUTH_UNKNOWN, "没有对象"));
    /* Of a township it says nothing; who stands in another district is not shown it. */
    const Rule *check = model_rule(h->care->model, STR("share_kept"));
    g_assert_false(region_check_explain(h->care, h->local, check,
                                        region_row(h->care->regions, STR("990302101")),
                                        care_today(h->care), h->arena, &x, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    g_clear_error(&error);
    const Session *other = house_session(h, "wang", "clerk", "990313", 0);
    g_assert_false(region_check_explain(h->care, other, check,
                                        region_row(h->care->regions, STR("990302")),
                                        care_today(h->care), h->arena, &x, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
}

/* 有人知晓，到期又是未知晓的；数字补上就没有什么可知晓的。 */
static void test_region_noted(void)
{
    g_autoptr(House) h = with_shares();
    g_autoptr(GError) error = NULL;
    const Session *clerk = house_session(h, "li", "clerk", "990302", 0),
                  *other = house_session(h, "wang", "clerk", "990313", 0),
                  *reader = house_session(h, "chen", "audit", "990302", 0);
    Date today = care_today(h->care);
    char now[DATE_TEXT], last[DATE_TEXT], after[DATE_TEXT];
    Noting x = {h, clerk, {0}};
    date_format(today, now);
    date_format(today + 3, last);
    date_format(today + 4, after);
    record_find(h->care, h->local, house_entity(h, "region"), STR("990302"), &x.key, &error);
    g_assert_no_error(error);
    const Noting by_other = {h, other, x.key}, by_reader = {h, reader, x.key},
                 of_nothing = {h, clerk, {0, 12345}};
    use(h, "990302", "yes", "100", now);
    note(&x, "share_kept", today, "没有什么问题", "does not fail today");
    use(h, "990302", "no", "30", now);
    note(&by_other, "share_kept", today, "不归我们管", "outside your region");
    note(&by_reader, "share_kept", today, "我只看看而已", "may not");
    note(&of_nothing, "share_kept", today, "没有这个地方", "no region");
    note(&x, "share_kept", today + 3, "下周拨付到位", "done");
    says(h, clerk, last, "990302 no noted");
    says(h, clerk, after, "990302 no");
    use(h, "990302", "yes", "20", now);
    says(h, clerk, now, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alert/note", test_note);
    g_test_add_func("/alert/journal", test_journal);
    g_test_add_func("/alert/region/within-the-year", test_region_within_the_year);
    g_test_add_func("/alert/region/told", test_region_told);
    g_test_add_func("/alert/region/explained", test_region_explained);
    g_test_add_func("/alert/region/noted", test_region_noted);
    return g_test_run();
}
