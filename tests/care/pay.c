/* pay.c — what is paid converges to what is owed, whatever happens: late deaths and deaths undone,
 * facts put back in time, rules with other numbers, returned payments, refused runs, holds.
 * ANLAO_SEED and ANLAO_ROUNDS choose other and more rounds. */
#include "../store/database.h"
#include "house.h"

#include "base/identifier.h"
#include "care/decide.h"
#include "care/pay.h"
#include "store/ledger.h"

#include <glib/gstdio.h>

static const char model_text[] =
    "---\n"
    "document: house-model\ntitle: 测试\ntitle en: Test\nlayer: model\nin force: 2018-01-01\n"
    "---\n\n# 档案 / Records\n\n"
    "```anlao\n"
    "enum region_level ordered \"级别\" / \"level\" {\n"
    "  township \"乡镇\" / \"township\"\n  county \"县区\" / \"county\"\n"
    "  city \"市\" / \"city\"\n}\n"
    "enum fund \"资金\" / \"fund\" {\n  lottery \"福彩\" / \"lottery\"\n"
    "  budget \"预算\" / \"budget\"\n}\n"
    "entity region \"区划\" / \"region\" {\n  key code\n  title name\n"
    "  code text(12) \"代码\" / \"code\" required unique\n"
    "  name text(60) \"名称\" / \"name\" required\n}\n"
    "entity elder \"老年人\" / \"elder\" {\n"
    "  place residence\n  holds born through died\n  title name\n"
    "  name text(20) \"姓名\" / \"name\" required\n"
    "  born date \"出生\" / \"born\" required\n  died date \"去世\" / \"died\" open\n"
    "  residence region \"常住地\" / \"residence\" required dated\n"
    "  bank_account text(32) \"账户\" / \"account\" secret because \"发放\"\n"
    "  income money \"收入\" / \"income\" dated range 0 yuan..100000 yuan\n}\n"
    "entity facility \"设施\" / \"facility\" {\n  place region\n  title name\n"
    "  name text(20) \"名称\" / \"name\" required\n"
    "  region region \"所在地\" / \"region\" required\n"
    "  private bool \"民办\" / \"private\" dated\n}\n"
    "entity stay \"入住\" / \"stay\" {\n  place facility.region\n  holds moved_in to moved_out\n"
    "  title elder, facility\n"
    "  elder elder \"老年人\" / \"elder\" required\n"
    "  facility facility \"设施\" / \"facility\" required\n"
    "  moved_in date \"入住\" / \"moved in\" required\n"
    "  moved_out date \"离开\" / \"moved out\" open\n}\n"
    "```\n";

static const char rules_text[] =
    "---\n"
    "document: house-rules\ntitle: 规则\ntitle en: Rules\nlayer: place\nplace: 990300\n"
    "in force: 2019-01-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 规则 / Rules\n\n"
    "```anlao\n"
    "param floor_age : int = %d\n"
    "param limit : money = 2000 yuan\n"
    "set limit = %d yuan from 2020-04-01\n"
    "benefit old_age \"高龄\" / \"old age\" { for elder\n every month any day\n"
    "  when age(born) >= floor_age\n  pay if age(born) >= 90 then 150 yuan else 80 yuan\n"
    "  fund lottery 33.33%%, budget rest }\n"
    "benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n"
    "  when income < limit\n  pay max(0 yuan, limit / 10 - 0.5 yuan)\n  round down to 1 fen\n"
    "  fund budget }\n"
    "benefit care \"运营\" / \"care\" { for stay\n to facility\n every month each day\n"
    "  when facility.private\n  pay 200 yuan\n  round half_up to 1 fen }\n"
    "account received \"已领\" / \"received\" of elder in yuan { in old_age, aid }\n"
    "```\n";

#define SINCE ((Month)600) /* 2020-01 */

typedef struct Town {
    House *house;
    GRand *chance;
    Session clerk, review, leader, finance;
    GArray *elders, *facilities, *stays; /* RecordKey */
    Month month;
    unsigned n;
    int floor, limit;
} Town;

static int below(Town *t, int n)
{
    return g_rand_int_range(t->chance, 0, n);
}

static Session session_of(const House *h, const char *name, const char *role, const char *region)
{
    Session s = {.account = str_of(name), .shown = str_of(name), .via = STR("test")};
    for (size_t i = 0; i < n_role_facts; i++)
        if (g_str_equal(role_facts[i].word, role))
            s.role = &role_facts[i];
    g_assert_nonnull(s.role);
    s.region = ROW_NONE;
    for (size_t i = 0; i < h->care->regions->n; i++)
        if (str_is(h->care->regions->code[i], region))
            s.region = (int32_t)i;
    return s;
}

static char *rules_of(int floor, int limit)
{
    return g_strdup_printf(rules_text, floor, limit);
}

static Town town_new(guint32 seed)
{
    Town t = {.chance = g_rand_new_with_seed(seed), .month = SINCE, .floor = 80, .limit = 2500};
    g_autofree char *rules = rules_of(t.floor, t.limit);
    t.house = house_new_of(model_text, house_place_text, rules);
    t.clerk = session_of(t.house, "jing", "clerk", "990302");
    t.review = session_of(t.house, "fu", "review", "990302");
    t.leader = session_of(t.house, "shen", "leader", "990300");
    t.finance = session_of(t.house, "cai", "finance", "990302");
    t.elders = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.facilities = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    t.stays = g_array_new(FALSE, FALSE, sizeof(RecordKey));
    return t;
}

static void town_free(Town *t)
{
    g_array_unref(t->elders);
    g_array_unref(t->facilities);
    g_array_unref(t->stays);
    g_rand_free(t->chance);
    house_free(t->house);
}

/* ---- what happens ------------------------------------------------------------------------- */

static const char *day_text(Town *t, Date day)
{
    char text[DATE_TEXT];
    return arena_printf(t->house->arena, "%s", date_format(day, text));
}

static Date some_day(Town *t)
{
    return month_first(SINCE) + below(t, (int)(month_first(t->month + 1) - month_first(SINCE)));
}

static const char *id_of(Town *t, RecordKey key)
{
    char text[ID_TEXT];
    return arena_printf(t->house->arena, "%s", id_format(key.id, text));
}

static RecordKey any_of(Town *t, const GArray *of)
{
    return g_array_index(of, RecordKey, below(t, (int)of->len));
}

static void new_elder(Town *t)
{
    Date born;
    t->n++;
    date_make(1928 + below(t, 15), 1 + below(t, 12), 1 + below(t, 28), &born);
    RecordKey key =
        house_save(t->house, t->house->local, "elder", (RecordKey){0}, "name",
                   arena_printf(t->house->arena, "甲%u", t->n), "born", day_text(t, born),
                   "residence", below(t, 2) ? "990302101" : "990302102", "bank_account",
                   arena_printf(t->house->arena, "000%u", t->n), NULL);
    g_array_append_val(t->elders, key);
}

static void new_facility(Town *t)
{
    RecordKey key = house_save(t->house, t->house->local, "facility", (RecordKey){0}, "name",
                               arena_printf(t->house->arena, "院%u", t->n++), "region", "990302101",
                               "private", below(t, 3) ? "yes" : "no", NULL);
    g_array_append_val(t->facilities, key);
}

static void new_stay(Town *t)
{
    RecordKey key = house_save(
        t->house, t->house->local, "stay", (RecordKey){0}, "elder", id_of(t, any_of(t, t->elders)),
        "facility", id_of(t, any_of(t, t->facilities)), "moved_in", day_text(t, some_day(t)), NULL);
    g_array_append_val(t->stays, key);
}

/* Some are refused (moved out before moved in): then nothing happened. */
static void set_text(Town *t, const char *entity, RecordKey key, const char *field,
                     const char *text, Date since)
{
    g_autoptr(GError) error = NULL;
    const FieldEdit edit = {house_field(t->house, entity, field), str_of(text), since};
    RecordEdit e = {.entity = house_entity(t->house, entity),
                    .key = key,
                    .fields = &edit,
                    .n_fields = 1,
                    .reason = STR("测试")};
    FieldFault *faults;
    Record *now;
    size_t n;
    if (!record_get(t->house->care, t->house->local, e.entity, key, 0, t->house->arena, &now, NULL))
        return;
    e.expected = now->seq;
    record_save(t->house->care, t->house->local, &e, t->house->arena, &key, &faults, &n, &error);
}

/* Late facts, facts put back in time, deaths and deaths undone. */
static void something_happens(Town *t)
{
    static const char *const incomes[] = {"50", "1999.99", "2000", "2400", "2600", ""};
    switch (below(t, 9)) {
    case 0:
        new_elder(t);
        break;
    case 1:
    case 2:
        set_text(t, "elder", any_of(t, t->elders), "died",
                 below(t, 3) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 3:
    case 4:
        set_text(t, "elder", any_of(t, t->elders), "income", incomes[below(t, 6)], some_day(t));
        break;
    case 5:
        new_stay(t);
        break;
    case 6:
        if (t->stays->len > 0)
            set_text(t, "stay", any_of(t, t->stays), "moved_out",
                     below(t, 4) ? day_text(t, some_day(t)) : "", 0);
        break;
    case 7: /* another home all the time: another payee */
        if (t->stays->len > 0)
            set_text(t, "stay", any_of(t, t->stays), "facility", id_of(t, any_of(t, t->facilities)),
                     0);
        break;
    default:
        set_text(t, "facility", any_of(t, t->facilities), "private", below(t, 2) ? "yes" : "no",
                 some_day(t));
    }
}

static void rules_change(Town *t)
{
    g_autofree char *rules = NULL;
    int floor = 79 + below(t, 3), limit = 2000 + 100 * below(t, 8);
    if (floor == t->floor && limit == t->limit)
        return;
    t->floor = floor;
    t->limit = limit;
    rules = rules_of(t->floor, t->limit);
    house_write(t->house, "packs/more.md", rules, NULL);
    house_put_in_force(t->house);
}

/* ---- money ---------------------------------------------------------------------------------- */

static void arrange(Town *t, const char *fund)
{
    g_autoptr(GError) error = NULL;
    static const uint8_t fresh[16];
    pay_fund_add(t->house->care, &t->finance, STR("990302"), str_of(fund), 100000000,
                 STR("年度预算"), fresh, t->house->arena, &error);
    g_assert_no_error(error);
}

static PayRun run_now(Town *t, int64_t run)
{
    g_autoptr(GError) error = NULL;
    PayRun *one = NULL;
    size_t n = 0;
    pay_runs(t->house->care, &t->clerk, run, t->house->arena, &one, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    return one[0];
}

static PayRun prepare(Town *t, Month month)
{
    g_autoptr(GError) error = NULL;
    const PayAsk ask = {.month = month, .since = SINCE};
    PayRun *runs = NULL;
    size_t n = 0;
    pay_prepare(t->house->care, &t->clerk, &ask, t->house->arena, &runs, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 1);
    return runs[0];
}

static void move_on(Town *t, const Session *s, int64_t run, PayState to)
{
    g_autoptr(GError) error = NULL;
    pay_move_on(t->house->care, s, run, to, STR("测试用的"), t->house->arena, &error);
    g_assert_no_error(error);
}

static void move_refused(Town *t, const Session *s, int64_t run, PayState to, int code,
                         const char *words)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(
        pay_move_on(t->house->care, s, run, to, STR("测试用的"), t->house->arena, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" says nothing of \"%s\"", error->message, words);
}

static void to_the_bank(Town *t, int64_t run)
{
    move_on(t, &t->review, run, PAY_REVIEWED);
    move_on(t, &t->leader, run, PAY_APPROVED);
    move_on(t, &t->clerk, run, PAY_FINANCE);
    move_on(t, &t->finance, run, PAY_BANK);
}

/* Some payments come back; the reply is booked, sometimes twice. */
static void reply(Town *t, int64_t run, int one_in)
{
    g_autoptr(GArray) back = g_array_new(FALSE, FALSE, sizeof(PayReturn));
    g_autoptr(GError) error = NULL;
    House *h = t->house;
    PayPayment *all;
    size_t n;
    uint64_t fresh = 0, again = 0;
    g_assert_true(store_pay_payments(h->care->store, 990302, run, h->arena, &all, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        const PayReturn r = {.receiver = all[i].receiver, .reason = STR("户名不符")};
        if (!all[i].returned && one_in > 0 && below(t, one_in) == 0 &&
            (i == 0 || all[i - 1].receiver != r.receiver))
            g_array_append_val(back, r);
    }
    const PayReturn *list = (const PayReturn *)(const void *)back->data;
    pay_reply(h->care, &t->clerk, run, list, back->len, h->arena, &fresh, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(fresh, ==, back->len);
    pay_reply(h->care, &t->clerk, run, list, back->len, h->arena, &again, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(again, ==, 0);
}

static void hold_somebody(Town *t)
{
    g_autoptr(GError) error = NULL;
    int64_t id;
    pay_hold_open(t->house->care, &t->clerk, house_entity(t->house, "elder"), any_of(t, t->elders),
                  HOLD_DEATH, STR("村里报去世"), t->house->arena, &id, &error);
    if (error != NULL)
        g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT); /* held already */
}

static void release_all(Town *t, int one_in)
{
    PayHoldRow *all;
    size_t n;
    g_assert_true(pay_holds(t->house->care, &t->review, true, t->house->arena, &all, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        g_autoptr(GError) error = NULL;
        if (one_in > 1 && below(t, one_in) != 0)
            continue;
        pay_hold_close(t->house->care, &t->review, all[i].id, STR("核实无误"), t->house->arena,
                       &error);
        g_assert_no_error(error);
    }
}

/* A run as known then comes to its lines, to the fen. */
static void assert_replays(Town *t, int64_t run)
{
    g_autoptr(GError) error = NULL;
    PayReplay r;
    pay_replay(t->house->care, &t->review, run, t->house->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.differ, ==, 0);
    g_assert_cmpint(r.stored_fen, ==, r.then_fen);
}

static void assert_sound(Town *t)
{
    g_autoptr(GError) error = NULL;
    VerifyReport v;
    store_verify(t->house->care->store, t->house->arena, &v, &error);
    g_assert_no_error(error);
    if (!v.ok)
        g_error("verify: %.*s", STR_ARG(v.first_fault));
    g_assert_cmpuint(v.pay_differ + v.ledger_differ, ==, 0);
}

/* ---- an oracle: months one by one, by plain sums -------------------------------------------- */

/* What was paid to a record for a month by a benefit: lines neither held, refused nor returned. */
static int64_t paid_for(const PayLine *lines, size_t n, unsigned rule, Month month)
{
    int64_t sum = 0;
    for (size_t i = 0; i < n; i++)
        if (lines[i].rule == rule && lines[i].month == month && lines[i].hold == HOLD_NONE &&
            lines[i].state != PAY_REFUSED && !lines[i].returned)
            sum += lines[i].fen;
    return sum;
}

typedef struct Balance {
    int64_t less, more; /* paid too little, too much */
} Balance;

static void balance_record(Town *t, const char *entity, RecordKey key, Month last, Balance *to)
{
    House *h = t->house;
    PayLine *lines;
    size_t n;
    const Entity *e = house_entity(h, entity);
    g_assert_true(pay_of_record(h->care, h->local, e, key, h->arena, &lines, &n, NULL));
    for (Month m = SINCE; m <= last; m++) {
        DecisionRow *rows;
        size_t n_rows;
        g_assert_true(store_decisions(h->care->store, m, &key, h->arena, &rows, &n_rows, NULL));
        for (unsigned rule = 0; rule < h->care->model->n_rules; rule++) {
            int64_t owed = 0, paid = paid_for(lines, n, rule, m);
            bool open = false;
            for (size_t i = 0; i < n_rows; i++)
                if (rows[i].rule == rule) {
                    owed = rows[i].outcome == TRUTH_YES ? rows[i].amount : 0;
                    open = rows[i].outcome == TRUTH_UNKNOWN || rows[i].outcome == TRUTH_PERSON;
                }
            if (open)
                continue;
            g_assert_cmpint(paid, >=, 0);
            to->less += MAX(0, owed - paid);
            to->more += MAX(0, paid - owed);
        }
    }
}

static Balance balance_all(Town *t, Month last)
{
    Balance b = {0};
    for (guint i = 0; i < t->elders->len; i++)
        balance_record(t, "elder", g_array_index(t->elders, RecordKey, i), last, &b);
    for (guint i = 0; i < t->stays->len; i++)
        balance_record(t, "stay", g_array_index(t->stays, RecordKey, i), last, &b);
    return b;
}

/* ---- cases ---------------------------------------------------------------------------------- */

/* One elder of 85 and nobody else; 80 yuan a month. */
static Town one_elder(RecordKey *ret)
{
    Town t = town_new(1);
    *ret = house_save(t.house, t.house->local, "elder", (RecordKey){0}, "name", "李秀英", "born",
                      "1935-03-01", "residence", "990302101", "bank_account", "0001", NULL);
    g_array_append_val(t.elders, *ret);
    arrange(&t, "lottery");
    arrange(&t, "budget");
    return t;
}

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
    PayRun r = prepare(&t, SINCE);
    move_on(&t, &t.review, r.id, PAY_REVIEWED);
    move_refused(&t, &t.leader, r.id, PAY_APPROVED, FAIL_CONFLICT, "has not enough");
    arrange(&t, "lottery");
    pay_fund_add(t.house->care, &t.finance, STR("990302"), STR("budget"), 5333, STR("年度预算"),
                 fresh, t.house->arena, &error);
    g_assert_no_error(error);
    move_refused(&t, &t.leader, r.id, PAY_APPROVED, FAIL_CONFLICT, "1 fen too little");
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
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT); /* another person confirms */
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
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
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
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT); /* not with the bank yet */
    g_clear_error(&error);
    to_the_bank(&t, r.id);
    g_assert_false(pay_bank_file(h->care, &t.finance, r.id, path, h->arena, &lines, &fen, &error));
    g_assert_error(error, FAIL_DOMAIN,
                   FAIL_RIGHT); /* accounts in full are not for the finance office */
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

/* ---- tampering ------------------------------------------------------------------------------ */

static void test_tampering(void)
{
    static const char *const cases[] = {
        "UPDATE pay_line SET fen=fen+1",
        "UPDATE pay_line SET subject=subject+1",
        "UPDATE pay_line SET hold=8",
        "DELETE FROM pay_line",
        "UPDATE pay_run SET state=2",
        "UPDATE pay_run SET approved_by='somebody'",
        "UPDATE pay_sum SET persons=persons+1",
        "UPDATE pay_step SET actor='somebody'",
        "UPDATE pay_return SET fen=1",
        "UPDATE pay_hold SET reason='x'",
        "DELETE FROM pay_hold",
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
        assert_sound(&t);
        database_tamper(t.house->uri, cases[i]);
        g_assert_true(store_verify(t.house->care->store, t.house->arena, &v, &error));
        g_assert_false(v.ok);
        town_free(&t);
    }
}

/* ---- at random ------------------------------------------------------------------------------ */

static void month_at_random(Town *t)
{
    PayRun r;
    for (int i = below(t, 6); i > 0; i--)
        something_happens(t);
    if (below(t, 4) == 0)
        rules_change(t);
    if (below(t, 3) == 0)
        hold_somebody(t);
    release_all(t, 3);
    r = prepare(t, t->month);
    assert_replays(t, r.id);
    if (below(t, 5) == 0) {
        move_on(t, &t->review, r.id, PAY_REFUSED);
        return;
    }
    for (int i = below(t, 3); i > 0; i--)
        something_happens(t); /* while the run is on its way */
    if (below(t, 3) == 0)
        hold_somebody(t);
    to_the_bank(t, r.id);
    reply(t, r.id, 5);
    assert_replays(t, r.id);
}

static void test_at_random(void)
{
    const char *seed = g_getenv("ANLAO_SEED"), *rounds = g_getenv("ANLAO_ROUNDS");
    int n = rounds != NULL ? (int)g_ascii_strtoll(rounds, NULL, 10) : 2;
    guint32 first = seed != NULL ? (guint32)g_ascii_strtoull(seed, NULL, 10) : 1;
    for (int round = 0; round < n; round++) {
        Town t = town_new(first + (guint32)round);
        g_test_message("seed %u", first + (guint32)round);
        for (int i = 0; i < 8; i++)
            new_elder(&t);
        for (int i = 0; i < 3; i++)
            new_facility(&t);
        arrange(&t, "lottery");
        arrange(&t, "budget");
        arrange(&t, "unstated");
        for (; t.month < SINCE + 8; t.month++)
            month_at_random(&t);
        /* Nothing happens any more: one run brings everything to what is owed. */
        release_all(&t, 1);
        PayRun r = prepare(&t, t.month);
        int64_t open = 0;
        for (size_t i = 0; i < r.n_sums; i++)
            open += r.sums[i].open_fen;
        to_the_bank(&t, r.id);
        reply(&t, r.id, 0);
        assert_replays(&t, r.id);
        Balance b = balance_all(&t, t.month);
        g_assert_cmpint(b.less, ==, 0);
        g_assert_cmpint(b.more, ==, open);
        assert_sound(&t);
        /* What was paid is in the accounts that are declared to take it in. */
        LedgerAccount *all;
        size_t n_all;
        g_assert_true(store_ledger_accounts(t.house->care->store, 0, STR("received"),
                                            t.house->arena, &all, &n_all, NULL));
        g_assert_cmpuint(n_all, >, 2);
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
    g_test_add_func("/pay/never-twice", test_never_twice);
    g_test_add_func("/pay/bank-files", test_bank_files);
    g_test_add_func("/pay/tampering", test_tampering);
    g_test_add_func("/pay/at-random", test_at_random);
    return g_test_run();
}
