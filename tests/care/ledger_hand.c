/* ledger_hand.c — what is moved by hand on declared accounts: one asks, another confirms; what
 * waits, and the lists of both within what somebody sees. */
#include "../store/database.h"
#include "office.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/ledger.h"

static LedgerWaiting *waiting(Office *o, const Session *s, size_t n)
{
    g_autoptr(GError) error = NULL;
    LedgerWaiting *list;
    size_t have;
    bool more;
    ledger_waiting(o->h->care, s, o->h->arena, &list, &have, &more, &error);
    g_assert_no_error(error);
    g_assert_true(more == (have == LIMIT_LEDGER_SHOWN));
    g_assert_cmpuint(have, ==, n);
    return list;
}

static void decided(Office *o, const Session *s, int64_t transfer, LedgerVerdict verdict)
{
    g_autoptr(GError) error = NULL;
    ledger_decide(o->h->care, s, transfer, verdict, STR("与旧账核对过"), NULL, &error);
    g_assert_no_error(error);
}

static void not_decided(Office *o, const Session *s, int64_t transfer, LedgerVerdict verdict,
                        int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    g_assert_false(
        ledger_decide(o->h->care, s, transfer, verdict, STR("与旧账核对过"), &said, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true(said.zh != NULL && said.en != NULL); /* on a page, in either language */
}

static void asked(Office *o, const LedgerHand *x)
{
    g_autoptr(GError) error = NULL;
    ledger_hand(o->h->care, o->clerk, x, NULL, &error);
    g_assert_no_error(error);
}

static void not_asked(Office *o, const Session *s, const LedgerHand *x, int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    g_assert_false(ledger_hand(o->h->care, s, x, &said, &error));
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true((said.zh != NULL && said.en != NULL) == (code != FAIL_RIGHT));
}

/* Until a second person has confirmed it, nothing is in the balance; what is to go out is held, so
 * that it is not spent meanwhile. */
static void test_by_hand(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    LedgerHand opening = {
        .account = o.bank, .to = o.wang, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    not_asked(&o, o.reviewer, &opening, FAIL_RIGHT);
    asked(&o, &opening);
    asked(&o, &opening); /* a click twice */
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 0);
    g_assert_cmpint(office_box(&o, o.wang).coming, ==, 200);
    LedgerWaiting *list = waiting(&o, o.reviewer, 1);
    g_assert_true(list[0].amount == 200 && list[0].to.key.id == o.wang.id && !list[0].mine);
    g_assert_true(waiting(&o, o.clerk, 1)[0].mine);
    waiting(&o, o.other, 0); /* another district */
    not_decided(&o, o.clerk, list[0].id, LEDGER_CONFIRM, FAIL_RIGHT);
    not_decided(&o, o.reviewer, list[0].id, LEDGER_TAKE_BACK, FAIL_RIGHT);
    not_decided(&o, o.other, list[0].id, LEDGER_CONFIRM, FAIL_ABSENT);
    decided(&o, o.reviewer, list[0].id, LEDGER_CONFIRM);
    not_decided(&o, o.reviewer, list[0].id, LEDGER_CONFIRM, FAIL_ABSENT); /* once */
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 200);
    const LedgerHand gift = {
        .account = o.bank, .from = o.wang, .to = o.li, .amount = 50, .reason = STR("登记错了人")};
    LedgerHand more = gift, mute = gift;
    asked(&o, &gift);
    g_assert_cmpint(office_box(&o, o.wang).held, ==, 50);
    more.amount = 151; /* of what is not held already */
    not_asked(&o, o.clerk, &more, FAIL_CONFLICT);
    /* Too short, a line that would forge another on a screen, more than anybody reads. */
    g_autofree char *endless = g_strnfill(LIMIT_REASON + 1, '9');
    const Str mutes[] = {STR("错"),
                         STR("登记错了\x1b[2K人"),
                         STR("登记错了\n人"),
                         STR("登记错了人\n"),
                         STR("登记错了\xff"),
                         STR("登记错了\u2028人"),
                         STR("登记\u202E错了人"),
                         STR("登记错\u200B了人"),
                         str_of(endless)};
    for (size_t i = 0; i < G_N_ELEMENTS(mutes); i++) {
        mute.reason = mutes[i];
        not_asked(&o, o.clerk, &mute, FAIL_INPUT);
    }
    /* The refusal says the limit there is. */
    g_autoptr(GError) why = NULL;
    Said said = {NULL, NULL};
    g_autofree char *most = g_strdup_printf(" %d ", LIMIT_REASON);
    g_assert_false(ledger_hand(o.h->care, o.clerk, &mute, &said, &why));
    g_assert_true(strstr(said.en, most) != NULL && strstr(said.zh, most) != NULL);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_REFUSE);
    g_assert_true(office_box(&o, o.wang).held == 0 && office_box(&o, o.li).posted == 0);
    asked(&o, &gift);
    decided(&o, o.clerk, waiting(&o, o.clerk, 1)[0].id, LEDGER_TAKE_BACK);
    asked(&o, &gift);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(office_box(&o, o.wang).posted == 150 && office_box(&o, o.li).posted == 50);
    office_sound(&o);
}

/* For one more person an opening of a minute, and 256 more of them: as a file of old balances. */
static void many_held(Office *o, uint8_t nth)
{
    static const char last[] = "FROM transfer WHERE seq=(SELECT max(seq) FROM transfer)";
    g_autoptr(GError) error = NULL;
    g_autofree char *from = g_strconcat("SELECT from_id ", last, NULL),
                    *to = g_strconcat("SELECT to_id ", last, NULL);
    LedgerTransfer held[LIMIT_LEDGER_MOVE];
    const LedgerHand opening = {
        .account = o->bank,
        .to = house_elder(o->h, "某人", "990302101", house_number(o->h, nth + 100u)),
        .amount = 1,
        .reason = STR("旧系统的余额"),
        .key = {8, nth}};
    asked(o, &opening);
    const LedgerTransfer like = {.state = TRANSFER_HELD,
                                 .from = database_ask(o->h->uri, from),
                                 .to = database_ask(o->h->uri, to),
                                 .amount = 1};
    for (size_t i = 0; i < LIMIT_LEDGER_MOVE; i++) {
        held[i] = like;
        g_assert_true(care_new_id(o->h->care, &held[i].id, &error));
    }
    const LedgerMove move = {.county = o->wang.county,
                             .transfers = held,
                             .n_transfers = LIMIT_LEDGER_MOVE,
                             .key = {9, nth}};
    care_write_ledger(o->h->care, o->clerk, &move, opening.reason, &error);
    g_assert_no_error(error);
}

/* Who asked after five thousand others is decided on as they are, and the list says that more wait
 * than it holds. */
static void test_behind_the_list(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const LedgerHand opening = {
        .account = o.bank, .to = o.wang, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    for (uint8_t i = 0; i * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; i++)
        many_held(&o, i);
    asked(&o, &opening);
    const int64_t last = database_ask(h->uri, "SELECT id FROM transfer WHERE amount=200");
    LedgerWaiting *list = waiting(&o, o.reviewer, LIMIT_LEDGER_SHOWN);
    for (size_t i = 0; i < LIMIT_LEDGER_SHOWN; i++)
        g_assert_true(list[i].id != last);
    not_decided(&o, o.other, last, LEDGER_CONFIRM, FAIL_ABSENT);
    not_decided(&o, o.clerk, last, LEDGER_CONFIRM, FAIL_RIGHT);
    decided(&o, o.reviewer, last, LEDGER_CONFIRM);
    not_decided(&o, o.reviewer, last, LEDGER_CONFIRM, FAIL_ABSENT);
    g_assert_cmpint(office_box(&o, o.wang).posted, ==, 200);
}

/* Who stands in one township finds hers behind five thousand of the other's, and is not told that
 * more wait: what is shown is counted, not what was looked at. */
static void test_small_scope(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const Session *town = house_session(h, "dong", "clerk", "990302102", 0);
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    for (uint8_t i = 0; i * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; i++)
        many_held(&o, i);
    waiting(&o, town, 0);
    asked(&o, &opening);
    LedgerWaiting *list = waiting(&o, town, 1);
    g_assert_true(list[0].to.key.id == o.li.id && list[0].amount == 200);
    waiting(&o, o.other, 0);
}

/* As many accounts as a list shows, whose owners are called before 李秀英. */
static void stand_before_her(Office *o, Str (*owner)(Office *o, unsigned number))
{
    g_autoptr(GError) error = NULL;
    LedgerAccount others[LIMIT_LEDGER_MOVE];
    for (unsigned k = 0; k * LIMIT_LEDGER_MOVE < LIMIT_LEDGER_SHOWN; k++) {
        const LedgerMove move = {.county = o->li.county,
                                 .accounts = others,
                                 .n_accounts = LIMIT_LEDGER_MOVE,
                                 .key = {9, (uint8_t)k}};
        for (unsigned i = 0; i < LIMIT_LEDGER_MOVE; i++) {
            others[i] = (LedgerAccount){.unit = LEDGER_MINUTE,
                                        .kind = o->bank->name,
                                        .owner = owner(o, k * LIMIT_LEDGER_MOVE + i),
                                        .highest = 300};
            g_assert_true(care_new_id(o->h->care, &others[i].id, &error));
        }
        care_write_ledger(o->h->care, o->clerk, &move, STR("旧系统的余额"), &error);
        g_assert_no_error(error);
    }
}

static Str nobodys(Office *o, unsigned number)
{
    return str_of(arena_printf(o->h->arena, "0%04u", number));
}

static Str wangs(Office *o, unsigned number)
{
    return str_of(arena_printf(o->h->arena, "%" G_GINT64_FORMAT "x%u", o->wang.id, number));
}

/* So with balances: accounts of five thousand whom the session does not see stand before hers. */
static void test_small_scope_balances(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    LedgerBalance *all;
    size_t n;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    asked(&o, &opening);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    stand_before_her(&o, nobodys);
    ledger_balances(h->care, o.reviewer, o.bank, h->arena, &all, &n, NULL, &error);
    g_assert_no_error(error);
    size_t hers = 0;
    for (size_t i = 0; i < n; i++)
        hers += all[i].key.id == o.li.id && all[i].posted == 200;
    g_assert_cmpuint(hers, ==, 1);
    g_assert_cmpuint(n, <, 10); /* the other sides of her county, none of the others */
}

/* The list has its five thousand; the sum is of everybody. (Whose accounts they are does not
 * matter: these are many of one person.) */
static void test_sum_of_all(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    const Model *m = care_model(h->care);
    LedgerSum *sums = arena_many(h->arena, LedgerSum, m->n_accounts);
    LedgerBalance *all;
    size_t n, at = 0, hers = 0;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 200, .reason = STR("旧系统的余额"), .key = {3}};
    asked(&o, &opening);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    stand_before_her(&o, wangs);
    ledger_balances(h->care, o.reviewer, o.bank, h->arena, &all, &n, sums, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        hers += all[i].key.id == o.li.id;
    g_assert_cmpuint(hers, ==, 0); /* she stands behind them */
    while (m->accounts[at] != o.bank)
        at++;
    g_assert_cmpuint(sums[at].holders, >, LIMIT_LEDGER_SHOWN);
    g_assert_cmpint(sums[at].posted, ==, 200);
}

static void goes_back(Office *o, int64_t transfer, int code)
{
    g_autoptr(GError) error = NULL;
    Said said = {NULL, NULL};
    bool fine = ledger_reverse(o->h->care, o->clerk, house_entity(o->h, "elder"), o->li, o->bank,
                               transfer, STR("弄错了人"), &said, &error);
    g_assert_true(fine == (code == 0));
    if (fine)
        return;
    g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true(said.zh != NULL && said.en != NULL);
}

/* The newest line of the statement: may it be asked back? */
static bool newest_reversible(Office *o, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    const LedgerStatement t = office_statement(o, key);
    bool may;
    g_assert_true(ledger_reversible(o->h->care, &t.list[0], &may, &error));
    g_assert_no_error(error);
    return may;
}

/* What was moved by hand goes back by two persons as well, and once; what follows from a record is
 * put right there. */
static void test_goes_back(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    const LedgerHand opening = {
        .account = o.bank, .to = o.li, .amount = 50, .reason = STR("旧系统的余额")};
    asked(&o, &opening);
    int64_t moved = waiting(&o, o.reviewer, 1)[0].id;
    goes_back(&o, moved, FAIL_INPUT); /* it is taken back, not undone */
    decided(&o, o.reviewer, moved, LEDGER_CONFIRM);
    goes_back(&o, moved, FAIL_INPUT);
    moved = office_statement(&o, o.li).list[0].id;
    g_assert_true(newest_reversible(&o, o.li));
    goes_back(&o, moved, 0);
    goes_back(&o, moved, FAIL_CONFLICT);
    g_assert_false(newest_reversible(&o, o.li)); /* it waits */
    g_assert_true(office_box(&o, o.li).posted == 50 && office_box(&o, o.li).held == 50);
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_REFUSE);
    goes_back(&o, moved, 0); /* asked for again */
    decided(&o, o.reviewer, waiting(&o, o.reviewer, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(office_box(&o, o.li).posted == 0 && office_box(&o, o.li).held == 0);
    goes_back(&o, moved, FAIL_CONFLICT);
    office_saved(&o, o.li, "1", "yes");
    g_assert_false(newest_reversible(&o, o.li)); /* a record's */
    goes_back(&o, office_statement(&o, o.li).list[0].id, FAIL_INPUT);
    office_sound(&o);
}

/* Between two districts both ledgers are held, and both are posted by one word. */
static void test_by_hand_between(void)
{
    Office o = office_new();
    g_autoptr(House) h = o.h;
    g_autoptr(GError) error = NULL;
    const Session *city = house_session(h, "shi", "clerk", "990300", 0),
                  *second = house_session(h, "er", "review", "990300", 0);
    RecordKey far = house_elder(h, "丙某", "990313101", house_number(h, 3));
    const LedgerHand gift = {
        .account = o.bank, .from = o.wang, .to = far, .amount = 60, .reason = STR("登记错了人")};
    office_saved(&o, o.wang, "2", "yes");
    ledger_hand(h->care, city, &gift, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(office_box(&o, o.wang).held == 60 && office_box(&o, far).coming == 60);
    decided(&o, second, waiting(&o, second, 1)[0].id, LEDGER_CONFIRM);
    g_assert_true(office_box(&o, o.wang).posted == 60 && office_box(&o, far).posted == 60);
    waiting(&o, second, 0);
    office_sound(&o);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/ledger/by-hand", test_by_hand);
    g_test_add_func("/care/ledger/behind-the-list", test_behind_the_list);
    g_test_add_func("/care/ledger/small-scope", test_small_scope);
    g_test_add_func("/care/ledger/small-scope-balances", test_small_scope_balances);
    g_test_add_func("/care/ledger/sum-of-all", test_sum_of_all);
    g_test_add_func("/care/ledger/goes-back", test_goes_back);
    g_test_add_func("/care/ledger/by-hand-between", test_by_hand_between);
    return g_test_run();
}
