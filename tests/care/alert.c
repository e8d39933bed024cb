/* alert.c — who takes note of an alert, why, and until when; it mends nothing and runs out.
 * LAW issue 5: acknowledgement, expiry, one open alert a record and check. */
#include "house.h"

#include "base/limits.h"
#include "care/alert_ack.h"
#include "care/follow.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alert/note", test_note);
    g_test_add_func("/alert/journal", test_journal);
    return g_test_run();
}
