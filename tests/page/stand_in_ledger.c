/* stand_in_ledger.c — care/ledger.h for the site's tests: one account of hours, outside its limits,
 * with one move by a record and one by hand; two transfers wait, one of them one's own. */
#include "care/ledger.h"
#include "stand_in.h"

static Account account;
static Account *list[] = {&account};

Account **stand_in_ledger(const Entity *holder, Home home)
{
    account = (Account){.name = STR("bank"),
                        .label = {STR(POISON), STR(POISON)},
                        .holder = holder,
                        .unit = ACCOUNT_HOURS,
                        .home = home};
    return list;
}

static LedgerBox box_made(void)
{
    return (LedgerBox){.account = &account,
                       .posted = 90,
                       .held = 30,
                       .has_low = true,
                       .has_high = true,
                       .low = 0,
                       .high = 60,
                       .outside = true,
                       .lines = 1};
}

const Account *ledger_account_called(const Model *m, Str name)
{
    (void)m;
    return str_is(name, "bank") ? &account : NULL;
}

Str ledger_amount_text(const Account *x, int64_t n, bool english, Arena *a)
{
    (void)x, (void)english;
    return str_of(arena_printf(a, "%d " POISON, (int)n));
}

Label ledger_state_label(TransferState state)
{
    (void)state;
    return (Label){STR(POISON), STR(POISON)};
}

bool ledger_sees(const Session *s, const Account *x)
{
    return session_sees(s, x->holder);
}

int32_t ledger_place(const Care *c, int32_t county)
{
    (void)c, (void)county;
    return 1;
}

bool ledger_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                      LedgerBox **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)key, (void)error;
    *ret = arena_many(a, LedgerBox, 1);
    **ret = box_made();
    *ret_n = e == account.holder;
    return true;
}

bool ledger_statement(Care *c, const Session *s, const Entity *e, RecordKey key, const Account *x,
                      size_t most, Arena *a, LedgerStatement *ret, GError **error)
{
    const LedgerEntry made = {.id = 5,
                              .state = TRANSFER_POSTED,
                              .into = true,
                              .amount = 90,
                              .balance = 90,
                              .event = e,
                              .record = key,
                              .other = {STR(POISON), STR(POISON)},
                              .actor = STR(POISON),
                              .reason = STR(POISON)};
    (void)c, (void)s, (void)most;
    if (x->holder != e)
        return fail(error, FAIL_INPUT, POISON);
    *ret = (LedgerStatement){.box = box_made(), .n = 2, .more = true};
    ret->list = arena_many(a, LedgerEntry, 2);
    ret->list[0] = ret->list[1] = made;
    ret->list[1].event = NULL;
    ret->list[1].into = false;
    return true;
}

bool ledger_last(Care *c, const Session *s, const Entity *e, RecordKey key, const Account *x,
                 size_t most, Arena *a, LedgerStatement *ret, GError **error)
{
    return ledger_statement(c, s, e, key, x, most, a, ret, error);
}

bool ledger_statement_csv(Care *c, const Session *s, const Entity *e, RecordKey key,
                          const LedgerStatement *t, bool english, Arena *a, GString *to,
                          GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)t, (void)a, (void)error;
    g_string_append(to, english ? "day,what\n" : "日期,事项\n");
    return true;
}

bool ledger_balances(Care *c, const Session *s, const Account *only, Arena *a, LedgerBalance **ret,
                     size_t *ret_n, LedgerSum *sums, GError **error)
{
    (void)c, (void)s, (void)only, (void)error;
    for (size_t i = 0; sums != NULL && i < care_model(c)->n_accounts; i++)
        sums[i] = (LedgerSum){.holders = 5001, .posted = 150030};
    *ret = arena_many(a, LedgerBalance, 2);
    (*ret)[0] = (LedgerBalance){.account = &account,
                                .key = {1, 1},
                                .county = 1,
                                .posted = 90,
                                .held = 1,
                                .has_low = true,
                                .has_high = true,
                                .high = 60,
                                .outside = true};
    (*ret)[1] = (LedgerBalance){
        .account = &account, .county = 1, .other = {STR(POISON), STR(POISON)}, .posted = -90};
    *ret_n = 2;
    return true;
}

void ledger_balances_json(const LedgerBalance *all, size_t n, GString *to)
{
    (void)all, (void)n;
    g_string_append(to, "{\"balances\":[]}");
}

void ledger_statement_json(const LedgerStatement *t, GString *to)
{
    (void)t;
    g_string_append(to, "{\"moves\":[]}");
}

/* ---- by hand ---- */

bool ledger_amount_read(const Account *x, Str text, int64_t *ret)
{
    (void)x;
    return str_whole(text, 1, 1000, ret);
}

bool ledger_may_move(const Session *s, const Account *x)
{
    return x->holder != NULL && session_may(s, MAY_PERSON_WRITE);
}

bool ledger_hand(Care *c, const Session *s, const LedgerHand *h, Said *said, GError **error)
{
    (void)c, (void)s;
    if (h->reason.len < REASON_LEAST)
        return say_no(said, error, "写明原因", "say why");
    return h->amount < 500 || say_why_not(said, error, FAIL_CONFLICT, "余额不够", "not enough");
}

bool ledger_reversible(Care *c, const LedgerEntry *x, bool *ret, GError **error)
{
    (void)c, (void)error;
    *ret = x->event == NULL;
    return true;
}

bool ledger_reverse(Care *c, const Session *s, const Entity *e, RecordKey key, const Account *x,
                    int64_t transfer, Str reason, Said *said, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)x, (void)reason;
    return transfer == 5 || say_no(said, error, "这一笔已经调回", "this was undone already");
}

bool ledger_waiting(Care *c, const Session *s, Arena *a, LedgerWaiting **ret, size_t *ret_n,
                    bool *ret_more, GError **error)
{
    const LedgerWaiting made = {.account = &account,
                                .county = 1,
                                .id = 5,
                                .amount = 90,
                                .from = {.label = {STR(POISON), STR(POISON)}},
                                .to = {.key = {1, 1}},
                                .actor = STR(POISON),
                                .reason = STR(POISON)};
    (void)c, (void)s, (void)error;
    *ret = arena_many(a, LedgerWaiting, 2);
    (*ret)[0] = (*ret)[1] = made;
    (*ret)[1].id = 6;
    (*ret)[1].mine = true;
    *ret_n = 2;
    *ret_more = true;
    return true;
}

bool ledger_decide(Care *c, const Session *s, int64_t transfer, LedgerVerdict verdict, Str reason,
                   Said *said, GError **error)
{
    (void)c, (void)reason;
    if (!session_may(s, MAY_APPROVE))
        return fail(error, FAIL_RIGHT, POISON);
    return (transfer == 5) == (verdict != LEDGER_TAKE_BACK) ||
           say_why_not(said, error, FAIL_RIGHT, "自己申请的要由另一个人复核", "another person");
}
