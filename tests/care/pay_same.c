/* pay_same.c — payments of records that move, are one person, or are off the books: what was owed
 * stays owed once, and nothing is paid twice. */
#include "../store/database.h"
#include "town.h"

#include "care/paper.h"
#include "care/proposal.h"
#include "care/same.h"
#include "care/write.h"

#define HERE  "990302"
#define THERE "990313"

static RecordKey elder(Town *t, const char *name, const char *place)
{
    return house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name", name, "born",
                      "1935-03-01", "residence", place, NULL);
}

static Town two_counties(RecordKey *li)
{
    static const char *const counties[] = {HERE, THERE};
    static const char *const funds[] = {"lottery", "budget", "unstated"};
    Town t = town_new(1);
    for (size_t i = 0; i < G_N_ELEMENTS(counties); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(funds); k++)
            arrange(&t, counties[i], funds[k]);
    *li = elder(&t, "李秀英", "990302101");
    g_array_append_val(t.elders, *li);
    return t;
}

/* A run of one county alone, whose ledger begins with `since`; paid when it pays anything. */
static int64_t pay_in(Town *t, const char *county, Month month, Month since)
{
    g_autoptr(GError) error = NULL;
    const Session clerk = session_of(t->house, "jing", "clerk", county);
    const PayAsk ask = {.month = month, .since = since};
    PayRun *runs;
    size_t n;
    pay_prepare(t->house->care, &clerk, &ask, t->house->arena, &runs, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    assert_replays(t, runs[0].id);
    to_the_bank(t, runs[0].id);
    reply(t, runs[0].id, 0);
    assert_replays(t, runs[0].id);
    return pay_sum_fen(&runs[0].sums[0]);
}

static void replays_all(Town *t)
{
    PayRun *runs;
    size_t n;
    g_assert_true(pay_runs(t->house->care, &t->clerk, t->house->arena, &runs, &n, NULL));
    for (size_t i = 0; i < n; i++)
        assert_replays(t, runs[i].id);
}

static int64_t hold(Town *t, RecordKey who)
{
    g_autoptr(GError) error = NULL;
    int64_t id;
    pay_hold_open(t->house->care, &t->clerk, house_entity(t->house, "elder"), who, HOLD_DEATH,
                  STR("村里报去世"), t->house->arena, &id, &error);
    g_assert_no_error(error);
    return id;
}

/* ---- moves ----------------------------------------------------------------------------------- */

/* Held in January and February; the county that took her in began to pay in March: all that is
 * owed comes there, once. */
static void test_held_months_move_along(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    elder(&t, "王桂英", "990313101");
    hold(&t, li);
    g_assert_cmpint(pay_in(&t, HERE, SINCE, SINCE), ==, 0);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 1, SINCE), ==, 0);
    g_assert_cmpint(pay_in(&t, THERE, SINCE + 2, SINCE + 2), ==, 8000);
    t.month = SINCE + 3;
    move_over(&t, 0, month_first(SINCE + 3));
    release_all(&t, 1);
    g_assert_cmpint(pay_in(&t, THERE, SINCE + 3, SINCE + 2), ==, 4 * 8000 + 8000);
    g_assert_cmpint(pay_in(&t, THERE, SINCE + 3, SINCE + 2), ==, 0);
    replays_all(&t);
    assert_sound(&t);
    town_free(&t);
}

/* What the old county paid on paper, before its ledger began, the new one does not pay again; the
 * month in which she moved belongs to where she lived on its first day. */
static void test_months_before_the_ledger_are_not_paid_again(void)
{
    static const struct {
        int day;
        int64_t owed; /* of March and April by the new county */
    } cases[] = {{0, 8000}, {-17, 8000}, {-45, 16000}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        RecordKey li;
        Town t = two_counties(&li);
        elder(&t, "王桂英", "990313101");
        elder(&t, "刘细妹", "990302101");
        g_assert_cmpint(pay_in(&t, THERE, SINCE, SINCE), ==, 8000);
        g_assert_cmpint(pay_in(&t, THERE, SINCE + 2, SINCE), ==, 16000);
        if (cases[i].owed == 8000)
            g_assert_cmpint(pay_in(&t, HERE, SINCE + 2, SINCE + 2), ==, 16000);
        t.month = SINCE + 3;
        /* On 1 April, 15 March, 16 February. */
        move_over(&t, 0, month_first(SINCE + 3) + cases[i].day);
        if (cases[i].owed != 8000)
            g_assert_cmpint(pay_in(&t, HERE, SINCE + 2, SINCE + 2), ==, 8000);
        g_assert_cmpint(pay_in(&t, THERE, SINCE + 3, SINCE), ==, 8000 + cases[i].owed);
        replays_all(&t);
        assert_sound(&t);
        town_free(&t);
    }
}

/* ---- merges ---------------------------------------------------------------------------------- */

static void merge(Town *t, const char *entity, RecordKey gone, RecordKey stays)
{
    g_autoptr(GError) error = NULL;
    MergeReport report;
    record_merge(t->house->care, &t->clerk, house_entity(t->house, entity), gone, stays,
                 STR("同一个人，重复登记"), t->house->arena, &report, &error);
    g_assert_no_error(error);
}

/* Somebody looked at both: they are two. */
static void apart(Town *t, RecordKey x, RecordKey y)
{
    g_autoptr(GError) error = NULL;
    alike_apart(t->house->care, &t->clerk, house_entity(t->house, "elder"), x, y,
                STR("是两个人，已上门核实"), &error);
    g_assert_no_error(error);
}

static void unmerge(Town *t, RecordKey gone)
{
    g_autoptr(GError) error = NULL;
    MergeReport report;
    record_unmerge(t->house->care, &t->clerk, house_entity(t->house, "elder"), gone.id,
                   STR("是两个人，合并有误"), t->house->arena, &report, &error);
    g_assert_no_error(error);
}

/* Paid under the one number, then under the other: no month again.  Undone, each has its own. */
static void test_a_merge_pays_nothing_twice(void)
{
    RecordKey li;
    PayLine *lines;
    size_t n;
    Town t = two_counties(&li);
    House *h = t.house;
    g_assert_cmpint(pay_in(&t, HERE, SINCE, SINCE), ==, 8000);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 1, SINCE), ==, 8000);
    RecordKey again = elder(&t, "李秀英", "990302101");
    merge(&t, "elder", li, again);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 2, SINCE), ==, 8000);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 2, SINCE), ==, 0);
    g_assert_true(pay_of_record(h->care, &t.clerk, house_entity(h, "elder"), again, h->arena,
                                &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 3); /* her page shows what was paid under both numbers */
    unmerge(&t, li);
    apart(&t, li, again);
    /* The one: March and April; the other: January, February and April. */
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 3, SINCE), ==, 16000 + 24000);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 4, SINCE), ==, 16000);
    replays_all(&t);
    assert_sound(&t);
    town_free(&t);
}

/* Both were paid for January: what is too much is taken from what comes; and it goes along when she
 * moves. */
static void test_both_were_paid(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    RecordKey again = elder(&t, "李秀英", "990302101");
    apart(&t, li, again);
    g_assert_cmpint(pay_in(&t, HERE, SINCE, SINCE), ==, 16000);
    merge(&t, "elder", again, li);
    t.month = SINCE + 1;
    move_over(&t, 0, month_first(SINCE + 1));
    g_assert_cmpint(pay_in(&t, THERE, SINCE + 1, SINCE + 1), ==, 0);
    g_assert_cmpint(pay_in(&t, THERE, SINCE + 2, SINCE + 1), ==, 8000);
    replays_all(&t);
    assert_sound(&t);
    town_free(&t);
}

/* Held under the number that went: she is held; and on the way to the bank under the one that
 * stays, what goes to the other stays, too. */
static void test_a_hold_is_the_persons(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    g_assert_cmpint(pay_in(&t, HERE, SINCE, SINCE), ==, 8000);
    RecordKey again = elder(&t, "李秀英", "990302101");
    hold(&t, li);
    merge(&t, "elder", li, again);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 1, SINCE), ==, 0);
    release_all(&t, 1);
    unmerge(&t, li);
    apart(&t, li, again);
    PayRun r = prepare(&t, SINCE + 2);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 16000 + 24000);
    merge(&t, "elder", li, again);
    hold(&t, again);
    to_the_bank(&t, r.id);
    g_assert_cmpint(run_now(&t, r.id).returned_fen, ==, 16000 + 24000);
    reply(&t, r.id, 0);
    replays_all(&t);
    town_free(&t);
}

/* Two records with one name and birthday in one village: nothing goes to the later one until
 * somebody says which it is; nor on the way to the bank. */
static void test_one_that_may_be_twice(void)
{
    RecordKey li;
    PayLine *lines;
    size_t n;
    Town t = two_counties(&li);
    House *h = t.house;
    RecordKey again = elder(&t, "李秀英", "990302101");
    PayRun r = prepare(&t, SINCE);
    const PayLinesAsk held = {.run = r.id, .held = 1, .amounts = true, .most = 10};
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 8000);
    g_assert_true(pay_lines(h->care, &t.clerk, &held, h->arena, &lines, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(lines[0].subject.id, ==, again.id);
    g_assert_cmpint(lines[0].hold, ==, HOLD_CONFLICT);
    RecordKey third = elder(&t, "王桂英", "990302101");
    move_on(&t, &t.review, r.id, PAY_REFUSED);
    r = prepare(&t, SINCE);
    g_assert_cmpint(pay_sum_fen(&r.sums[0]), ==, 16000);
    set_text(&t, "elder", third, "name", "李秀英", 0); /* as it is written on her card */
    to_the_bank(&t, r.id);
    g_assert_cmpint(run_now(&t, r.id).returned_fen, ==, 8000);
    reply(&t, r.id, 0);
    apart(&t, li, again);
    apart(&t, li, third);
    apart(&t, again, third);
    g_assert_cmpint(pay_in(&t, HERE, SINCE + 1, SINCE), ==, 3 * 8000 + 2 * 8000);
    replays_all(&t);
    assert_sound(&t);
    town_free(&t);
}

/* A home entered twice: paid to the one number, it is not paid again to the other. */
static void test_a_payee_that_was_merged(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    House *h = t.house;
    RecordKey homes[2];
    for (int i = 0; i < 2; i++)
        homes[i] = house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐院", "region",
                              "990302101", "private", "yes", NULL);
    house_save(h, h->local, "stay", (RecordKey){0}, "elder", id_of(&t, li), "facility",
               id_of(&t, homes[0]), "moved_in", "2019-06-01", NULL);
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(pay_run_total(&r).month_fen, ==, 8000 + 20000);
    to_the_bank(&t, r.id);
    reply(&t, r.id, 0);
    merge(&t, "facility", homes[0], homes[1]);
    r = prepare(&t, SINCE + 1);
    g_assert_cmpint(pay_sum_fen(&(PaySum){.month_fen = pay_run_total(&r).month_fen,
                                          .late_fen = pay_run_total(&r).late_fen}),
                    ==, 8000 + 20000);
    g_assert_cmpint(pay_run_total(&r).open_fen, ==, 0);
    replays_all(&t);
    town_free(&t);
}

/* ---- off the books --------------------------------------------------------------------------- */

/* Taken off the books while her payment is with the bank: her account stays as it is, and that is
 * no fault. */
static void test_off_the_books_is_no_fault(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    g_autoptr(GError) error = NULL;
    House *h = t.house;
    g_assert_cmpint(pay_in(&t, HERE, SINCE, SINCE), ==, 8000);
    PayRun r = prepare(&t, SINCE + 1);
    to_the_bank(&t, r.id);
    const WriteRequest end = {.kind = WRITE_END,
                              .entity = house_entity(h, "elder"),
                              .key = li,
                              .expected = -1,
                              .reason = STR("登记错误，注销")};
    static const WriteBy by = {{"test", 4}, {"test", 4}};
    care_write_chunk(h->care, &by, &end, 1, &error);
    g_assert_no_error(error);
    reply(&t, r.id, 0);
    assert_sound(&t);
    /* A booking changed behind its back is still found. */
    database_tamper(h->uri, "UPDATE transfer SET amount=amount+1 WHERE id=(SELECT max(id) FROM "
                            "transfer)");
    VerifyReport v;
    g_assert_true(store_verify(h->care->store, h->arena, &v, &error));
    g_assert_false(v.ok);
    town_free(&t);
}

/* ---- a doubt ends by two persons ------------------------------------------------------------- */

static void not_merged(Town *t, RecordKey gone, RecordKey stays)
{
    g_autoptr(GError) error = NULL;
    MergeReport report;
    g_assert_false(record_merge(t->house->care, &t->clerk, house_entity(t->house, "payment_doubt"),
                                gone, stays, STR("同一件事，登记了两次"), t->house->arena, &report,
                                &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "settled by two"));
}

static void not_ended(Town *t, RecordKey d)
{
    g_autoptr(GError) error = NULL;
    WriteAnswer answer;
    const WriteRequest end = {.kind = WRITE_END,
                              .entity = house_entity(t->house, "payment_doubt"),
                              .key = d,
                              .expected = -1,
                              .reason = STR("登记错误，注销")};
    g_assert_false(
        care_write(t->house->care, &t->clerk, &end, t->house->arena, &answer, NULL, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
}

/* One person neither takes a doubt that holds payments off the books, nor merges it into a settled
 * one, nor settles it by merging a settled one into it: that day waits for another person. */
static void test_a_doubt_is_settled_by_two(void)
{
    RecordKey li;
    Town t = two_counties(&li);
    House *h = t.house;
    RecordKey open = doubt(&t, li, "doubt_death"), other = doubt(&t, li, "doubt_death");
    not_ended(&t, open);
    doubt_settle(&t, other, "2020-01-03");
    not_merged(&t, open, other);
    merge(&t, "payment_doubt", other, open);
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(r.sums[0].held_fen, ==, 8000);
    move_on(&t, &t.review, r.id, PAY_REFUSED);
    ProposalLine *all;
    size_t n;
    Said said = {NULL, NULL};
    g_autoptr(GError) error = NULL;
    g_assert_true(proposal_list(h->care, &t.review, h->arena, &all, &n, NULL));
    g_assert_cmpuint(n, ==, 1);
    g_assert_cmpint(all[0].subject.id, ==, open.id);
    proposal_decide(h->care, &t.review, all[0].key, PROPOSAL_APPROVE, STR("已核实，在世"), &said,
                    &error);
    g_assert_no_error(error);
    r = prepare(&t, SINCE);
    g_assert_cmpint(r.sums[0].held_fen, ==, 0);
    assert_sound(&t);
    town_free(&t);
}

/* ---- on paper ----------------------------------------------------------------------------- */

#define MANY_BENEFITS 300

/* Three hundred benefits of one yuan, and the roster of a run: hundred by hundred, as numbers of
 * rules go beyond what a byte holds. */
static char *many_benefits(void)
{
    GString *text = g_string_new(
        "\n## 1 许多 / Many\n\n```anlao\n"
        "paper roster \"发放花名册\" / \"roster\" of pay_run {\n"
        " rows \"A5\" of elder { name, paid.benefit, paid.amount }\n by civil_affairs\n}\n");
    for (int i = 0; i < MANY_BENEFITS; i++)
        g_string_append_printf(text,
                               "benefit more_%d \"第%d项\" / \"no. %d\" { for elder\n"
                               "  every month on last day\n  when age(born) >= floor_age\n"
                               "  pay %d yuan\n  fund budget }\n",
                               i, i, i, i + 1);
    g_string_append(text, "```\n");
    return g_string_free(text, FALSE);
}

static void test_each_benefit_has_its_line_on_paper(void)
{
    RecordKey li;
    Town t = one_elder(&li);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = many_benefits();
    PaperSheet sheet;
    t.extra = text;
    town_rules(&t);
    PayRun r = prepare(&t, SINCE);
    g_assert_cmpint(run_now(&t, r.id).sums[0].month_fen, >, 0);
    paper_preview(t.house->care, t.house->local,
                  paper_named(care_model(t.house->care), STR("roster")), (RecordKey){0, r.id}, 0,
                  t.house->arena, &sheet, NULL, &error);
    g_assert_no_error(error);
    const PaperTable *table = &sheet.tables[0];
    g_assert_cmpuint(table->n_rows, ==, MANY_BENEFITS + 1); /* and old age */
    for (size_t i = 0; i < table->n_rows; i++) {
        const Str *row = table->cells + i * table->n_columns;
        g_autofree char *benefit = g_strndup(row[1].at, row[1].len);
        int n = 0;
        if (sscanf(benefit, "第%d项", &n) != 1)
            continue;
        g_autofree char *amount = g_strdup_printf("%d.00", n + 1);
        g_assert_true(str_is(row[2], amount));
    }
    town_free(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pay/held-months-move-along", test_held_months_move_along);
    g_test_add_func("/pay/months-before-the-ledger-are-not-paid-again",
                    test_months_before_the_ledger_are_not_paid_again);
    g_test_add_func("/pay/a-merge-pays-nothing-twice", test_a_merge_pays_nothing_twice);
    g_test_add_func("/pay/both-were-paid", test_both_were_paid);
    g_test_add_func("/pay/a-hold-is-the-persons", test_a_hold_is_the_persons);
    g_test_add_func("/pay/one-that-may-be-twice", test_one_that_may_be_twice);
    g_test_add_func("/pay/a-payee-that-was-merged", test_a_payee_that_was_merged);
    g_test_add_func("/pay/off-the-books-is-no-fault", test_off_the_books_is_no_fault);
    g_test_add_func("/pay/a-doubt-is-settled-by-two", test_a_doubt_is_settled_by_two);
    g_test_add_func("/pay/each-benefit-has-its-line-on-paper",
                    test_each_benefit_has_its_line_on_paper);
    return g_test_run();
}
