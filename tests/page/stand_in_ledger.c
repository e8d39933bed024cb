/* stand_in_ledger.c — care/ledger.h for the site's tests: one account of hours, outside its limits,
 * with one move by a record and one by hand. */
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
                     size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)only, (void)error;
    *ret = arena_many(a, LedgerBalance, 2);
    (*ret)[0] = (LedgerBalance){
        .account = &account, .key = {1, 1}, .county = 1, .posted = 90, .held = 1, .outside = true};
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
