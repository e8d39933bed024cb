/* pay.c — payments case by case: who may, what is late, what is held, files, tampering.
 * What happens at random: pay_random.c. */
#include "../store/database.h"
#include "town.h"

#include "base/identifier.h"
#include "care/pay_grant.h"

#include <glib/gstdio.h>

/* ---- cases ---------------------------------------------------------------------------------- */

static int64_t pay_month(Town *t, Month month)
{
    PayRun r = prepare(t, month);
    to_the_bank(t, r.id);
    reply(t, r.id, 0);
    assert_replays(t, r.id);
    return pay_sum_fen(&r.sums[0]);
}

static void test_four_eyes(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    Session both = t.review, admin = session_of(t.house, "fu", "admin", "990300");
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 8000);
    move_refused(&t, &t.clerk, r.id, PAY_REVIEWED, FAIL_RIGHT, "does not do this");
    move_refused(&t, &t.leader, r.id, PAY_APPROVED, FAIL_CONFLICT, "cannot become");
    both.account = t.clerk.account; /* the same person at another post */
    move_refused(&t, &both, r.id, PAY_REVIEWED, FAIL_RIGHT, "who prepared");
    move_on(&t, &t.review, r.id, PAY_REVIEWED);
    move_refused(&t, &t.review, r.id, PAY_REVIEWED, FAIL_CONFLICT, "cannot become");
    both = t.leader;
    both.account = t.review.account;
    move_refused(&t, &both, r.id, PAY_APPROVED, FAIL_RIGHT, "who reviewed");
    move_refused(&t, &admin, r.id, PAY_APPROVED, FAIL_RIGHT, "does not see payments");
    move_refused(&t, t.house->local, r.id, PAY_APPROVED, FAIL_RIGHT, "does not do this");
    move_on(&t, &t.leader, r.id, PAY_APPROVED);
    g_assert_false(pay_may(&t.leader, &r, PAY_APPROVED));
    town_free(&t);
}

/* No role may both write rules and release money. */
static void test_rights_are_apart(void)
{
    unsigned rules = MAY_POLICY_WRITE | MAY_POLICY_DRAFT | MAY_ACCOUNT_WRITE;
    for (size_t i = 0; i < n_role_facts; i++) {
        unsigned pay = role_facts[i].rights & MAY_PAY;
        g_assert_false((role_facts[i].rights & rules) != 0 && pay != 0);
        g_assert_cmpuint(pay & (pay - 1), ==, 0); /* one of the four at most */
    }
}

static void test_a_fund_is_not_overspent(void)
{
    RecordKey li;
    Town t = town_new(2);
    g_autoptr(GError) error = NULL;
    static const uint8_t fresh[16];
    li = house_save(t.house, t.house->local, "elder", (RecordKey){0}, "name", "李秀英", "born",
                    "1935-03-01", "residence", "990302101", NULL);
    g_array_append_val(t.elders, li);
    PayRun r = prepare(&t, SINCE); /* what is said of any step stays in clear */
    step_reason_refused(&t, &t.review, r.id, PAY_REVIEWED, house_number(t.house, 1));
    move_on(&t, &t.review, r.id, PAY_REVIEWED);
    move_refused(&t, &t.leader, r.id, PAY_APPROVED, FAIL_CONFLICT, "has not enough");
    arrange(&t, "990302", "lottery");
    pay_fund_add(t.house->care, &t.finance, STR("990302"), STR("budget"), 5333, STR("年度预算"),
                 fresh, t.house->arena, &error);
    g_assert_no_error(error);
    move_refused(&t, &t.leader, r.id, PAY_APPROVED, FAIL_CONFLICT, "0.01 yuan too little");
    pay_fund_add(t.house->care, &t.finance, STR("990302"), STR("budget"), 1, STR("年度预算"), fresh,
                 t.house->arena, &error);
    move_on(&t, &t.leader, r.id, PAY_APPROVED); /* 26.66 + 53.34 */
    move_on(&t, &t.leader, r.id, PAY_REFUSED);  /* gives them back */
    PayFund *funds;
    size_t n;
    g_assert_true(pay_funds(t.house->care, &t.finance, t.house->arena, &funds, &n, NULL));
    for (size_t i = 0; i < n; i++)
        g_assert_cmpint(funds[i].held, ==, 0);
    g_assert_cmpint(pay_month(&t, SINCE), ==, 8000); /* prepared anew, as if never */
    assert_sound(&t);
    town_free(&t);
}

/* Died on 10 February, known in April: March is taken back when there is something to take it
 * from, and there is nothing: it stays to be recovered. */
static void test_late_death(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    for (Month m = SINCE; m < SINCE + 3; m++)
        g_assert_cmpint(pay_month(&t, m), ==, 8000);
    t.month = SINCE + 3;
    set_text(&t, "elder", li, "died", "2020-02-10", 0);
    PayRun r = prepare(&t, SINCE + 3);
    g_assert_cmpint(r.sums[0].lines, ==, 0);
    g_assert_cmpint(r.sums[0].open_fen, ==, 8000);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    /* A mistake: somebody of the same name.  April is paid, and nothing is owed twice. */
    set_text(&t, "elder", li, "died", "", 0);
    t.month = SINCE + 4;
    r = prepare(&t, SINCE + 4);
    g_assert_cmpint(r.sums[0].month_fen, ==, 8000);
    g_assert_cmpint(r.sums[0].late_fen, ==, 8000);
    g_assert_cmpint(r.sums[0].open_fen, ==, 0);
    assert_replays(&t, r.id);
    town_free(&t);
}

/* A match holds at once, on the way to the bank too; a mistake is undone with back pay. */
static void test_death_gate(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    g_autoptr(GError) error = NULL;
    PayHoldRow *holds;
    PayLine *lines;
    size_t n;
    int64_t id;
    PayRun r = prepare(&t, SINCE);
    move_on(&t, &t.review, r.id, PAY_REVIEWED);
    move_on(&t, &t.leader, r.id, PAY_APPROVED);
    move_on(&t, &t.clerk, r.id, PAY_FINANCE);
    pay_hold_open(t.house->care, &t.clerk, house_entity(t.house, "elder"), li, HOLD_DEATH,
                  STR("公安比对"), t.house->arena, &id, &error);
    g_assert_no_error(error);
    move_on(&t, &t.finance, r.id, PAY_BANK);
    r = run_now(&t, r.id);
    g_assert_cmpint(r.returned, ==, 1);
    g_assert_cmpint(r.returned_fen, ==, 8000);
    reply(&t, r.id, 0);
    r = prepare(&t, SINCE + 1); /* both months held */
    g_assert_cmpint(r.sums[0].held_lines, ==, 2);
    g_assert_cmpint(r.sums[0].held_fen, ==, 16000);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 0);
    assert_replays(&t, r.id);
    g_assert_true(pay_holds(t.house->care, &t.clerk, true, t.house->arena, &holds, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_false(
        pay_hold_close(t.house->care, &t.clerk, id, STR("核实在世"), t.house->arena, &error));
    assert_refused(error, FAIL_RIGHT); /* another person confirms */
    g_clear_error(&error);
    move_on(&t, &t.review, r.id, PAY_REFUSED);
    pay_hold_close(t.house->care, &t.review, id, STR("核实在世"), t.house->arena, &error);
    g_assert_no_error(error);
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 16000);
    g_assert_true(pay_of_record(t.house->care, &t.clerk, house_entity(t.house, "elder"), li,
                                t.house->arena, &lines, &n, NULL));
    g_assert_cmpint(paid_for(lines, n, r.sums[0].rule, SINCE), ==, 8000);
    assert_sound(&t);
    town_free(&t);
}

/* Whatever the reason: who held it, or booked what the bank sent back, does not release it. */
static void test_who_holds_does_not_release(void)
{
    static const PayHold kinds[] = {HOLD_CONFLICT, HOLD_PROOF, HOLD_OTHER};
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    g_autoptr(GError) error = NULL;
    PayHoldRow *all;
    size_t n;
    int64_t id;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        pay_hold_open(h->care, &t.clerk, house_entity(h, "elder"), li, kinds[i], STR("村里有疑问"),
                      h->arena, &id, &error);
        g_assert_no_error(error);
        g_assert_false(pay_hold_close(h->care, &t.clerk, id, STR("核实无误"), h->arena, &error));
        assert_refused(error, FAIL_RIGHT);
        g_assert_nonnull(strstr(error->message, "another person"));
        g_clear_error(&error);
        pay_hold_close(h->care, &t.review, id, STR("核实无误"), h->arena, &error);
        g_assert_no_error(error);
    }
    PayRun r = prepare(&t, SINCE);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 1); /* booked by the clerk */
    g_assert_true(pay_holds(h->care, &t.clerk, true, h->arena, &all, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_false(pay_hold_close(h->care, &t.clerk, all[0].id, STR("账户已改"), h->arena, &error));
    assert_refused(error, FAIL_RIGHT);
    town_free(&t);
}

/* Only one run of a programme is open at a time, and a month is never paid twice. */
static void test_never_twice(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    g_autoptr(GError) error = NULL;
    const PayAsk ask = {.month = SINCE}, of_one = {.month = SINCE, .only = STR("old_age")};
    PayRun *runs;
    size_t n;
    prepare(&t, SINCE);
    g_assert_false(pay_prepare(t.house->care, &t.clerk, &ask, t.house->arena, &runs, &n, &error));
    assert_refused(error, FAIL_CONFLICT);
    g_clear_error(&error);
    /* Another programme with the same benefit: what the open run pays counts as paid. */
    pay_prepare(t.house->care, &t.clerk, &of_one, t.house->arena, &runs, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpint(runs[0].sums[0].lines, ==, 0);
    town_free(&t);
}

/* The bank's file out, its answer in: whole, once, and only of this run. */
static void test_bank_files(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    g_autoptr(GError) error = NULL;
    House *h = t.house;
    g_autofree char *path = g_build_filename(h->folder, "bank.csv", NULL);
    g_autofree char *text = NULL, *answer = NULL, *good = NULL;
    uint64_t lines = 0, back = 0, fresh = 0;
    int64_t fen = 0;
    PayRun r = prepare(&t, SINCE);
    g_assert_false(pay_bank_file(h->care, &t.clerk, r.id, path, h->arena, &lines, &fen, &error));
    assert_refused(error, FAIL_CONFLICT); /* not with the bank yet */
    g_clear_error(&error);
    to_the_bank(&t, r.id);
    g_assert_false(pay_bank_file(h->care, &t.finance, r.id, path, h->arena, &lines, &fen, &error));
    assert_refused(error, FAIL_RIGHT); /* accounts in full are not for the finance office */
    g_clear_error(&error);
    pay_bank_file(h->care, &t.clerk, r.id, path, h->arena, &lines, &fen, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lines, ==, 1);
    g_assert_cmpint(fen, ==, 8000);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_nonnull(strstr(text, "李秀英,0001,80.00,2020-01"));
    house_write(h, "none.csv", "number,result,reason\n", &answer);
    g_assert_false(
        pay_reply_file(h->care, &t.clerk, r.id, answer, h->arena, &back, &fresh, &error));
    g_assert_nonnull(strstr(error->message, "unanswered"));
    g_clear_error(&error);
    house_write(h, "reply.csv",
                arena_printf(h->arena, "流水号,结果,失败原因\n%s,失败,账户冻结\n", id_of(&t, li)),
                &good);
    for (int i = 0; i < 2; i++) {
        pay_reply_file(h->care, &t.clerk, r.id, good, h->arena, &back, &fresh, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(back, ==, 1);
        g_assert_cmpuint(fresh, ==, i == 0 ? 1 : 0);
    }
    release_all(&t, 1);
    g_assert_cmpint(pay_month(&t, SINCE + 1), ==, 16000); /* paid again, with the next month */
    assert_sound(&t);
    town_free(&t);
}

/* Paid for three months in one county, she goes on in another: the other county decides those
 * months anew, and pays none of them again; the first one takes nothing back. */
/* A month typed wrong: the run finds nothing to pay, and the next one is not misled by it. */
static void test_an_earlier_month_again(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    for (Month m = SINCE; m < SINCE + 3; m++)
        g_assert_cmpint(pay_month(&t, m), ==, 8000);
    g_assert_cmpint(pay_month(&t, SINCE), ==, 0);
    g_assert_cmpint(pay_month(&t, SINCE + 3), ==, 8000);
    town_free(&t);
}

/* Held where she lived, held where she lives: until a person says otherwise. */
static void test_a_hold_moves_along(void)
{
    RecordKey li;
    int64_t hold;
    Town t = one_elder(&li);
    House *h = t.house;
    PayRun *runs;
    int64_t paid = 0;
    g_autoptr(GError) error = NULL;
    arrange(&t, "990313", "lottery");
    arrange(&t, "990313", "budget");
    g_assert_cmpint(pay_month(&t, SINCE), ==, 8000);
    pay_hold_open(h->care, &t.clerk, house_entity(h, "elder"), li, HOLD_DEATH, STR("村里报去世"),
                  h->arena, &hold, &error);
    g_assert_no_error(error);
    t.month = SINCE + 1;
    move_over(&t, 0, month_first(SINCE + 1));
    size_t n = prepare_all(&t, SINCE + 1, &runs);
    for (size_t i = 0; i < n; i++)
        paid += pay_sum_fen(&runs[i].sums[0]);
    g_assert_cmpint(paid, ==, 0);
    town_free(&t);
}

static void test_a_move_pays_nothing_twice(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    PayRun *runs;
    PayLine *lines;
    size_t n;
    House *h = t.house;
    arrange(&t, "990313", "lottery");
    arrange(&t, "990313", "budget");
    for (Month m = SINCE; m < SINCE + 3; m++)
        g_assert_cmpint(pay_month(&t, m), ==, 8000);
    t.month = SINCE + 3;
    move_over(&t, 0, month_first(SINCE + 2) + 14);
    li = g_array_index(t.elders, RecordKey, 0);
    g_assert_cmpint(li.county, ==, 990313);
    n = prepare_all(&t, SINCE + 3, &runs);
    int64_t paid = 0, open = 0;
    for (size_t i = 0; i < n; i++) {
        paid += pay_sum_fen(&runs[i].sums[0]);
        open += runs[i].sums[0].open_fen;
        g_assert_cmpint(runs[i].sums[0].back_fen, ==, 0);
        to_the_bank(&t, runs[i].id);
        reply(&t, runs[i].id, 0);
        assert_replays(&t, runs[i].id);
    }
    g_assert_cmpint(paid, ==, 8000); /* April alone */
    g_assert_cmpint(open, ==, 0);
    g_assert_true(
        pay_of_record(h->care, &t.clerk, house_entity(h, "elder"), li, h->arena, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 4); /* her page shows what both counties paid */
    /* What the first county's bank sends back later is paid by the second. */
    Balance b = balance_all(&t, SINCE + 3);
    g_assert_cmpint(b.less, ==, 0);
    g_assert_cmpint(b.more, ==, 0);
    assert_sound(&t);
    town_free(&t);
}

static const char layouts_text[] =
    "\n## 1 格式 / Layouts\n\n"
    "```anlao\nset bank_file from 2020-01-01\n```\n\n"
    "| part | place | says |\n| --- | --- | --- |\n"
    "| number | 5 | x |\n| name | 2 | x |\n| account | 3 | x |\n| amount | | x |\n"
    "| fen | 4 | x |\n| row | 1 | x |\n| month | | x |\n"
    "| separator | | bar |\n| encoding | | gb18030 |\n| header | | no |\n\n"
    "```anlao\nset bank_reply from 2020-01-01\n```\n\n"
    "| part | place | says |\n| --- | --- | --- |\n"
    "| result | 1 | x |\n| number | 2 | x |\n| reason | 3 | x |\n| success | | 00 |\n"
    "| failed | | 98、99 |\n| separator | | bar |\n| header | | no |\n";

/* A place's bank wants other columns, in another order and encoding, without heads: that is said in
 * its document alone. */
static void test_a_place_has_its_own_layout(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "bank.txt", NULL);
    g_autofree char *bytes = NULL, *text = NULL, *want = NULL, *good = NULL, *bad = NULL;
    uint64_t lines = 0, back = 0, fresh = 0;
    gsize n = 0;
    int64_t fen = 0;
    t.extra = layouts_text;
    town_rules(&t);
    PayRun r = prepare(&t, SINCE);
    to_the_bank(&t, r.id);
    pay_bank_file(h->care, &t.clerk, r.id, path, h->arena, &lines, &fen, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &bytes, &n, NULL));
    g_assert_false(g_utf8_validate(bytes, (gssize)n, NULL));
    text = g_convert(bytes, (gssize)n, "UTF-8", "GB18030", NULL, NULL, NULL);
    want = g_strdup_printf("1|李秀英|0001|8000|%s\n", id_of(&t, li));
    g_assert_cmpstr(text, ==, want);
    house_write(h, "bad.txt", arena_printf(h->arena, "01|%s|\n", id_of(&t, li)), &bad);
    g_assert_false(pay_reply_file(h->care, &t.clerk, r.id, bad, h->arena, &back, &fresh, &error));
    g_assert_nonnull(strstr(error->message, "the result is 00 or 98、99, not \"01\""));
    g_clear_error(&error);
    house_write(h, "good.txt", arena_printf(h->arena, "99|%s|户名不符\n", id_of(&t, li)), &good);
    pay_reply_file(h->care, &t.clerk, r.id, good, h->arena, &back, &fresh, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(fresh, ==, 1);
    town_free(&t);
}

/* ---- held by records ------------------------------------------------------------------------- */

static const PaySum *sum_of(Town *t, const PayRun *r, const char *benefit)
{
    for (size_t i = 0; i < r->n_sums; i++)
        if (str_is(t->house->care->model->rules[r->sums[i].rule]->name, benefit))
            return &r->sums[i];
    g_assert_not_reached();
}

/* A doubt holds her until it is settled: then both months come; nobody else is held. */
static void test_a_doubt_holds(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    RecordKey wang = house_save(t.house, t.house->local, "elder", (RecordKey){0}, "name", "王桂英",
                                "born", "1935-03-01", "residence", "990302101", NULL);
    RecordKey d = doubt(&t, li, "doubt_death");
    PayLine *lines;
    size_t n;
    PayRun r = prepare(&t, SINCE);
    const PayLinesAsk held = {.run = r.id, .held = 1, .amounts = true, .most = 10};
    g_array_append_val(t.elders, wang);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 8000);
    g_assert_cmpint(r.sums[0].held_fen, ==, 8000);
    g_assert_true(pay_lines(t.house->care, &t.clerk, &held, t.house->arena, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(lines[0].hold, ==, HOLD_DEATH);
    g_assert_cmpint(lines[0].subject.id, ==, li.id);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    /* Who asks for its end is not who ends it. */
    set_text(&t, "payment_doubt", d, "settled_on", "2020-02-03", 0);
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(r.sums[0].held_fen, ==, 16000);
    move_on(&t, &t.review, r.id, PAY_REFUSED);
    doubt_settle(&t, d, "2020-02-03");
    g_assert_cmpint(pay_month(&t, SINCE + 1), ==, 24000); /* hers for two months, and the other's */
    assert_sound(&t);
    town_free(&t);
}

/* Nobody knows what she has: a line without an amount says so, with the reason; when it is known,
 * both months come. */
static void test_who_waits_has_a_line(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    PayLine *lines;
    PayChangeLine *waiting;
    size_t n;
    PayRun r = prepare(&t, SINCE);
    const PayLinesAsk held = {.run = r.id, .held = 1, .most = 10};
    g_assert_cmpint(sum_of(&t, &r, "aid")->unknown, ==, 1);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 0); /* of no amount */
    g_assert_true(pay_lines(h->care, &t.clerk, &held, h->arena, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(lines[0].hold, ==, HOLD_FACT);
    g_assert_cmpint(lines[0].fen, ==, 0);
    g_assert_cmpint(lines[0].month, ==, SINCE);
    g_assert_true(pay_waiting(h->care, &t.clerk, r.id, 0, 10, h->arena, &waiting, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_nonnull(strstr(waiting[0].reason_zh.at, "收入"));
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    assert_replays(&t, r.id);
    set_text(&t, "elder", li, "income", "50", month_first(SINCE));
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(sum_of(&t, &r, "aid")->unknown, ==, 0);
    g_assert_cmpint(sum_of(&t, &r, "aid")->month_fen, ==, 19950);
    g_assert_cmpint(sum_of(&t, &r, "aid")->late_fen, ==, 19950);
    /* What the first run could not say stays written in it. */
    g_assert_true(pay_waiting(h->care, &t.clerk, r.id - 1, 0, 10, h->arena, &waiting, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    assert_replays(&t, r.id - 1);
    assert_sound(&t);
    town_free(&t);
}

/* A clerk reads first who is paid: who only waits stands at the end, page after page. */
static void test_who_waits_stands_last(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    PayLine *all, *page;
    size_t n, one;
    RecordKey wang = house_save(h, h->local, "elder", (RecordKey){0}, "name", "王桂英", "born",
                                "1935-03-01", "residence", "990302101", NULL);
    set_text(&t, "elder", wang, "income", "50", month_first(SINCE));
    g_array_append_val(t.elders, wang);
    PayRun r = prepare(&t, SINCE);
    PayLinesAsk ask = {.run = r.id, .held = -1, .most = 10};
    g_assert_true(pay_lines(h->care, &t.clerk, &ask, h->arena, &all, &n, NULL));
    g_assert_cmpuint(n, ==, 4); /* an allowance each, and the aid of one: the other's waits */
    for (size_t i = 0; i < n; i++)
        g_assert_true((all[i].fen == 0) == (i == n - 1));
    g_assert_cmpint(all[n - 1].subject.id, ==, li.id);
    ask.most = 1;
    for (; ask.skip < (int64_t)n; ask.skip++) {
        g_assert_true(pay_lines(h->care, &t.clerk, &ask, h->arena, &page, &one, NULL));
        g_assert_cmpuint(one, ==, 1);
        g_assert_cmpint(page->subject.id, ==, all[ask.skip].subject.id);
        g_assert_cmpuint(page->rule, ==, all[ask.skip].rule);
    }
    town_free(&t);
}

static const char services_text[] =
    "\n## 2 服务 / Services\n\n```anlao\n"
    "benefit visitor \"定人探访\" / \"named visitor\" { for elder\n every month on last day\n"
    "  when income < 10000 yuan }\n"
    "benefit aid_more \"另一补助\" / \"more aid\" { for elder\n every month on last day\n"
    "  when income < 5000 yuan\n  pay 10 yuan\n  fund budget }\n```\n";

/* Nobody knows what two elders have.  Each waits once a month for each benefit that pays money, and
 * hers stand together; what gives no money is no matter of the run. */
static void test_who_waits_has_one_line_a_benefit(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    PayChangeLine *waiting;
    size_t n;
    t.extra = services_text;
    town_rules(&t);
    RecordKey wang = house_save(h, h->local, "elder", (RecordKey){0}, "name", "王桂英", "born",
                                "1935-03-01", "residence", "990302101", NULL);
    for (Month m = SINCE; m < SINCE + 3; m++) {
        PayRun r = prepare(&t, m);
        g_assert_cmpint(sum_of(&t, &r, "aid")->unknown, ==, 2);
        g_assert_cmpint(sum_of(&t, &r, "aid_more")->unknown, ==, 2);
        for (size_t i = 0; i < r.n_sums; i++)
            g_assert_false(str_is(h->care->model->rules[r.sums[i].rule]->name, "visitor"));
        g_assert_true(pay_waiting(h->care, &t.clerk, r.id, 0, 20, h->arena, &waiting, &n, NULL));
        g_assert_cmpuint(n, ==, 4);
        g_assert_cmpint(waiting[0].key.id, ==, waiting[1].key.id);
        g_assert_cmpint(waiting[2].key.id, ==, waiting[3].key.id);
        g_assert_cmpint(waiting[0].key.id + waiting[2].key.id, ==, li.id + wang.id);
        to_the_bank(&t, r.id);
        reply(&t, r.id, 0);
        assert_replays(&t, r.id);
    }
    assert_sound(&t);
    town_free(&t);
}

/* Two live in one home, which is paid for both.  One of them is reported dead on the way to the
 * bank: the home gets the other's part, and hers once that was a mistake. */
static void test_one_resident_does_not_stop_the_home(void)
{
    Town t = town_new(3);
    House *h = t.house;
    g_autofree char *path = g_build_filename(h->folder, "bank.csv", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    uint64_t lines = 0;
    int64_t fen = 0, id;
    RecordKey who[2];
    arrange(&t, "990302", "unstated");
    RecordKey home = house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐院", "region",
                                "990302101", "private", "yes", NULL);
    for (int i = 0; i < 2; i++) {
        who[i] = house_save(h, h->local, "elder", (RecordKey){0}, "name", i == 0 ? "甲某" : "乙某",
                            "born", "1950-03-01", "residence", "990302101", NULL);
        house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_of(&t, who[i]), "facility",
                   id_of(&t, home), "moved_in", "2019-06-01", NULL);
    }
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(pay_sum_fen(sum_of(&t, &r, "care")), ==, 40000);
    move_on(&t, &t.review, r.id, PAY_REVIEWED);
    move_on(&t, &t.leader, r.id, PAY_APPROVED);
    move_on(&t, &t.clerk, r.id, PAY_FINANCE);
    pay_hold_open(h->care, &t.clerk, house_entity(h, "elder"), who[0], HOLD_DEATH,
                  STR("村里报去世"), h->arena, &id, &error);
    g_assert_no_error(error);
    move_on(&t, &t.finance, r.id, PAY_BANK);
    r = run_now(&t, r.id);
    g_assert_cmpint(r.returned_fen, ==, 20000);
    pay_bank_file(h->care, &t.clerk, r.id, path, h->arena, &lines, &fen, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(lines, ==, 1);
    g_assert_cmpint(fen, ==, 20000);
    reply(&t, r.id, 0);
    assert_replays(&t, r.id);
    r = prepare(&t, SINCE + 1); /* hers of two months are held; the home gets the other's */
    g_assert_cmpint(pay_sum_fen(sum_of(&t, &r, "care")), ==, 20000);
    g_assert_cmpint(sum_of(&t, &r, "care")->held_fen, ==, 40000);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    release_all(&t, 1);
    r = prepare(&t, SINCE + 2);
    g_assert_cmpint(pay_sum_fen(sum_of(&t, &r, "care")), ==, 80000);
    assert_replays(&t, r.id);
    assert_sound(&t);
    town_free(&t);
}

/* ---- new ones stand in public first ---------------------------------------------------------- */

static GrantStanding standing_of(Town *t, RecordKey elder)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) w = NULL;
    GrantStanding s;
    g_assert_true(working_get(t->house->care, &w, NULL));
    g_autoptr(Grants) g =
        grants_new(t->house->care, w, care_today(t->house->care), t->house->arena, &error);
    g_assert_no_error(error);
    grant_standing(g, model_rule(t->house->care->model, STR("aid")), elder.id, t->house->arena, &s,
                   &error);
    g_assert_no_error(error);
    return s;
}

/* Entitled to aid from February, when the ledger has begun: February is held while the notice
 * stands; when it is over March's run pays both.  Whom the ledger began with is not new. */
static void test_new_ones_stand_in_public_first(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    RecordKey wang = house_save(t.house, t.house->local, "elder", (RecordKey){0}, "name", "王桂英",
                                "born", "1950-03-01", "residence", "990302101", NULL);
    set_text(&t, "elder", li, "income", "50", month_first(SINCE));
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(sum_of(&t, &r, "aid")->month_fen, >, 0);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 0);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    set_text(&t, "elder", wang, "income", "50", month_first(SINCE + 1));
    g_assert_cmpint(standing_of(&t, wang).grant.id, ==, 0);
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 1);
    g_assert_cmpint(standing_of(&t, wang).standing.state, ==, NOTICE_UP);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    assert_replays(&t, r.id);
    /* Somebody objects; answered, and not right: it is over on its day. */
    char id[ID_TEXT];
    RecordKey o = house_save(t.house, t.house->local, "notice_objection", (RecordKey){0}, "notice",
                             "new_aid", "record", id_format(standing_of(&t, wang).grant.id, id),
                             "region", "990302101", "raised_on", "2020-01-05", NULL);
    notices_age(&t); /* since 2 January: to the 8th */
    g_assert_cmpint(standing_of(&t, wang).standing.state, ==, NOTICE_OBJECTED);
    r = prepare(&t, SINCE + 2);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 2);
    move_on(&t, &t.review, r.id, PAY_REFUSED);
    set_text(&t, "notice_objection", o, "closed_on", "2020-01-07", 0);
    set_text(&t, "notice_objection", o, "upheld", "no", 0);
    r = prepare(&t, SINCE + 2);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 0);
    g_assert_cmpint(sum_of(&t, &r, "aid")->late_fen, ==, 19950); /* hers of February */
    assert_replays(&t, r.id);
    assert_sound(&t);
    town_free(&t);
}

/* How long nobody has said: who is new waits, and what is to be set is named. */
static void test_days_of_a_notice_that_nobody_set(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    t.days = "";
    town_rules(&t);
    PayRun r = prepare(&t, SINCE);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    set_text(&t, "elder", li, "income", "50", month_first(SINCE + 1));
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(sum_of(&t, &r, "aid")->held_lines, ==, 1);
    GrantStanding s = standing_of(&t, li);
    g_assert_cmpint(s.standing.state, ==, NOTICE_UNKNOWN);
    g_assert_nonnull(s.unset);
    g_assert_true(str_is(s.unset->name, "notice_days"));
    town_free(&t);
}

static const char graded_text[] =
    "\n## 1 分档 / Graded\n\n```anlao\n"
    "publish changed_graded \"变更\" / \"changed\" of benefit_grant where benefit = graded and "
    "kind = "
    "changed_grant for notice_days {\n elder.name masked, amount }\n"
    "param low : money = 100 yuan\nset low = 120 yuan from 2020-03-01\n"
    "benefit graded \"分档\" / \"graded\" { for elder\n every month on last day\n"
    "  when income < 10000 yuan\n  pay if income < 100 yuan then 200 yuan else low\n  fund budget "
    "}\n"
    "```\n";

/* A rule that gives all more is no change of hers; who falls into another grade stands in public
 * with the new amount, and is paid when that is over. */
static void test_changed_ones_stand_in_public(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    House *h = t.house;
    Record *grant;
    const char *const names[] = {"王桂英", "刘细妹", "黄招娣"};
    t.extra = graded_text;
    town_rules(&t);
    set_text(&t, "elder", li, "income", "500", month_first(SINCE));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        RecordKey k = house_save(h, h->local, "elder", (RecordKey){0}, "name", names[i], "born",
                                 "1950-03-01", "residence", "990302101", NULL);
        set_text(&t, "elder", k, "income", "500", month_first(SINCE));
    }
    for (Month m = SINCE; m < SINCE + 3; m++) { /* in March the rule gives 20 yuan more to all */
        PayRun r = prepare(&t, m);
        g_assert_cmpint(sum_of(&t, &r, "graded")->month_fen, ==, m < SINCE + 2 ? 40000 : 48000);
        to_the_bank(&t, r.id);
        reply(&t, r.id, 0);
    }
    set_text(&t, "elder", li, "income", "50", month_first(SINCE + 3));
    PayRun r = prepare(&t, SINCE + 3);
    g_assert_cmpint(sum_of(&t, &r, "graded")->month_fen, ==, 36000);
    g_assert_cmpint(sum_of(&t, &r, "graded")->held_fen, ==, 20000);
    g_autoptr(Working) w = NULL;
    g_assert_true(working_get(h->care, &w, NULL));
    const Batch *b = w->data->batches[house_entity(h, "benefit_grant")->number];
    bool found = false;
    for (size_t i = 0; i < b->rows; i++) {
        g_assert_true(record_get(h->care, h->local, house_entity(h, "benefit_grant"),
                                 (RecordKey){b->counties[i], b->ids[i]}, 0, h->arena, &grant,
                                 NULL));
        if (grant->facts[house_field(h, "benefit_grant", "kind")->index].value.num != 1)
            continue;
        found = true;
        g_assert_cmpint(grant->facts[house_field(h, "benefit_grant", "amount")->index].value.num,
                        ==, 20000);
    }
    g_assert_true(found);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    notices_age(&t);
    r = prepare(&t, SINCE + 4);
    g_assert_cmpint(sum_of(&t, &r, "graded")->held_lines, ==, 0);
    g_assert_cmpint(sum_of(&t, &r, "graded")->month_fen, ==, 36000 + 20000);
    g_assert_cmpint(sum_of(&t, &r, "graded")->late_fen, ==, 20000);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    assert_replays(&t, r.id);
    /* Found late: she had that income since February.  Another amount for months that are paid. */
    set_text(&t, "elder", li, "income", "50", month_first(SINCE + 1));
    r = prepare(&t, SINCE + 5);
    g_assert_cmpint(sum_of(&t, &r, "graded")->held_lines, ==, 3); /* February, March and June */
    assert_replays(&t, r.id);
    assert_sound(&t);
    town_free(&t);
}

/* ---- tampering ------------------------------------------------------------------------------ */

static void test_tampering(void)
{
    static const char *const cases[] = {
        "UPDATE pay_line SET fen=fen+1",
        "UPDATE pay_line SET subject=subject+1",
        "UPDATE pay_line SET hold=8 WHERE fen>0",
        "DELETE FROM pay_line",
        "DELETE FROM pay_line WHERE fen=0",
        "UPDATE pay_run SET state=2 WHERE id=1",
        "UPDATE pay_run SET approved_by='somebody' WHERE id=1",
        "UPDATE pay_sum SET persons=persons+1",
        "UPDATE pay_step SET actor='somebody'",
        "UPDATE pay_return SET fen=1",
        "UPDATE pay_hold SET reason='x'",
        "DELETE FROM pay_hold",
        "DELETE FROM pay_rest",
        "UPDATE pay_change SET before=before+1",
        "UPDATE pay_town SET fen=fen+1",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RecordKey li;
        Town t = one_elder(&li);
        g_autoptr(GError) error = NULL;
        VerifyReport v;
        PayRun r = prepare(&t, SINCE);
        new_elder(&t);
        to_the_bank(&t, r.id);
        reply(&t, r.id, 1);
        set_text(&t, "elder", li, "died", "2020-01-10", 0);
        r = prepare(&t, SINCE + 1); /* she is stopped: a change of amount */
        to_the_bank(&t, r.id);
        reply(&t, r.id, 0);
        assert_sound(&t);
        database_tamper(t.house->uri, cases[i]);
        g_assert_true(store_verify(t.house->care->store, t.house->arena, &v, &error));
        g_assert_false(v.ok);
        town_free(&t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pay/four-eyes", test_four_eyes);
    g_test_add_func("/pay/rights-are-apart", test_rights_are_apart);
    g_test_add_func("/pay/a-fund-is-not-overspent", test_a_fund_is_not_overspent);
    g_test_add_func("/pay/late-death", test_late_death);
    g_test_add_func("/pay/death-gate", test_death_gate);
    g_test_add_func("/pay/who-holds-does-not-release", test_who_holds_does_not_release);
    g_test_add_func("/pay/never-twice", test_never_twice);
    g_test_add_func("/pay/bank-files", test_bank_files);
    g_test_add_func("/pay/a-place-has-its-own-layout", test_a_place_has_its_own_layout);
    g_test_add_func("/pay/a-move-pays-nothing-twice", test_a_move_pays_nothing_twice);
    g_test_add_func("/pay/an-earlier-month-again", test_an_earlier_month_again);
    g_test_add_func("/pay/a-hold-moves-along", test_a_hold_moves_along);
    g_test_add_func("/pay/a-doubt-holds", test_a_doubt_holds);
    g_test_add_func("/pay/who-waits-has-a-line", test_who_waits_has_a_line);
    g_test_add_func("/pay/who-waits-stands-last", test_who_waits_stands_last);
    g_test_add_func("/pay/who-waits-has-one-line-a-benefit", test_who_waits_has_one_line_a_benefit);
    g_test_add_func("/pay/one-resident-does-not-stop-the-home",
                    test_one_resident_does_not_stop_the_home);
    g_test_add_func("/pay/new-ones-stand-in-public-first", test_new_ones_stand_in_public_first);
    g_test_add_func("/pay/days-of-a-notice-that-nobody-set", test_days_of_a_notice_that_nobody_set);
    g_test_add_func("/pay/changed-ones-stand-in-public", test_changed_ones_stand_in_public);
    g_test_add_func("/pay/tampering", test_tampering);
    return g_test_run();
}
