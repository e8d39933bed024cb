/* ledger_read.c — accounts with their balances, and what moved on one. */
#include "store/ledger_inside.h"

static bool accounts_read(Conn *c, int32_t county, Str kind, Arena *a, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming FROM account "
            "WHERE (?1=0 OR county=?1) AND (?2='' OR kind=?2) ORDER BY county,unit,kind,owner");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_str(st, 2, kind);
    while (conn_next(c, st, &ok, error)) {
        LedgerAccount x = ledger_account_from(st, a);

        g_array_append_val(to, x);
    }
    return ok;
}

bool store_ledger_accounts(Store *s, int32_t county, Str kind, Arena *a, LedgerAccount **ret,
                           size_t *ret_n, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerAccount));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = accounts_read(c, county, kind, a, all, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

static bool account_find(Conn *c, int32_t county, LedgerUnit unit, Str kind, Str owner, Arena *a,
                         LedgerAccount *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming FROM account "
            "WHERE county=?1 AND unit=?2 AND kind=?3 AND owner=?4");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, unit);
    bind_str(st, 3, kind);
    bind_str(st, 4, owner);
    if (!conn_step(c, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "county %d has no account \"%.*s\" of the kind %.*s",
                    county, STR_ARG(owner), STR_ARG(kind));
    *ret = ledger_account_from(st, a);
    statement_reset(st);
    return true;
}

bool store_ledger_account(Store *s, int32_t county, LedgerUnit unit, Str kind, Str owner, Arena *a,
                          LedgerAccount *ret, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = account_find(c, county, unit, kind, owner, a, ret, error);
    reader_give(s, c);
    return ok;
}

/* Ids are digits, and stand before every word. */
static bool kind_read(Conn *c, int32_t county, const Account *account, bool holders, Str behind,
                      size_t most, Arena *a, GArray *to, GError **error)
{
    static const Sql of = SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming "
                              "FROM account WHERE county=?1 AND unit=?2 AND kind=?3 AND "
                              "owner<':' AND owner>?5 ORDER BY owner LIMIT ?4"),
                     others = SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,"
                                  "coming FROM account WHERE county=?1 AND unit=?2 AND kind=?3 "
                                  "AND owner>=':' AND owner>?5 ORDER BY owner LIMIT ?4");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, holders ? of : others, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, ledger_unit_of(account));
    bind_str(st, 3, account->name);
    bind_int(st, 4, (int64_t)most);
    bind_str(st, 5, behind);
    while (conn_next(c, st, &ok, error)) {
        LedgerAccount x = ledger_account_from(st, a);

        g_array_append_val(to, x);
    }
    return ok;
}

static LedgerAccount *accounts_taken(Arena *a, const GArray *all, size_t *ret_n)
{
    LedgerAccount *list = arena_list(a, all, NULL);

    *ret_n = all->len;
    return list;
}

bool store_ledger_kind(Store *s, int32_t county, const Account *account, bool holders, Str behind,
                       size_t most, Arena *a, LedgerAccount **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerAccount));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = kind_read(c, county, account, holders, behind, most, a, all, error);
    reader_give(s, c);
    if (ok)
        *ret = accounts_taken(a, all, ret_n);
    return ok;
}

static bool owned_read(Conn *c, Str kind, Str owner, Arena *a, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT a.county,a.id,a.unit,a.kind,a.owner,a.lowest,a.highest,a.posted,a.held,"
            "a.coming FROM head h JOIN account a ON a.county=h.county AND a.unit BETWEEN 1 AND 3 "
            "AND a.kind=?1 AND a.owner=?2 ORDER BY a.county");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, kind);
    bind_str(st, 2, owner);
    while (conn_next(c, st, &ok, error)) {
        LedgerAccount x = ledger_account_from(st, a);

        g_array_append_val(to, x);
    }
    return ok;
}

bool store_ledger_owned(Store *s, Str kind, Str owner, Arena *a, LedgerAccount **ret, size_t *ret_n,
                        GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerAccount));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = owned_read(c, kind, owner, a, all, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

/* ---- one account's lines ----------------------------------------------------------------- */

static bool lines_read(Store *s, Conn *c, int32_t county, int64_t account, size_t most, Arena *a,
                       GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT t.id,t.seq,j.at,t.state,t.from_id,t.to_id,t.amount,t.of,j.actor,b.body,"
            "j.entity,j.id,o.owner "
            "FROM transfer t JOIN journal j ON j.county=t.county AND j.seq=t.seq "
            "JOIN account o ON o.county=t.county AND "
            "o.id=CASE WHEN t.from_id=?2 THEN t.to_id ELSE t.from_id END "
            "LEFT JOIN journal_body b ON b.county=t.county AND b.seq=t.seq "
            "WHERE t.county=?1 AND (t.from_id=?2 OR t.to_id=?2) ORDER BY t.seq DESC,t.part DESC "
            "LIMIT ?3");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, account);
    bind_int(st, 3, (int64_t)most);
    for (;;) {
        Body body;

        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return true;
        LedgerLine x = {.id = column_int64(st, 0),
                        .seq = column_int64(st, 1),
                        .at = column_int64(st, 2),
                        .state = (TransferState)column_int(st, 3),
                        .from = column_int64(st, 4),
                        .to = column_int64(st, 5),
                        .amount = column_int64(st, 6),
                        .of = column_is_null(st, 7) ? 0 : column_int64(st, 7),
                        .actor = arena_str(a, column_str(st, 8)),
                        .other = arena_str(a, column_str(st, 12))};

        const TablePlan *event = plan_numbered(s->plan, column_int64(st, 10));

        if (body_read(column_str(st, 9), &body))
            x.reason = arena_str(a, body.reason);
        if (event != NULL && !event->hidden) {
            x.event = event->entity;
            x.record = column_int64(st, 11);
        }
        g_array_append_val(to, x);
    }
}

bool store_ledger_lines(Store *s, int32_t county, int64_t account, size_t most, Arena *a,
                        LedgerLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerLine));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = lines_read(s, c, county, account, most, a, all, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

/* ---- one move ---------------------------------------------------------------------------- */

static bool made_read(Conn *c, int32_t county, const uint8_t key[16], GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT id,state,from_id,to_id,amount,of FROM transfer WHERE "
                               "county=?1 AND request=?2 ORDER BY part");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_bytes(st, 2, key, 16);
    while (conn_next(c, st, &ok, error)) {
        const LedgerTransfer t = {.id = column_int64(st, 0),
                                  .state = (TransferState)column_int(st, 1),
                                  .from = column_int64(st, 2),
                                  .to = column_int64(st, 3),
                                  .amount = column_int64(st, 4),
                                  .of = column_is_null(st, 5) ? 0 : column_int64(st, 5)};

        g_array_append_val(to, t);
    }
    return ok;
}

bool store_ledger_made(Store *s, int32_t county, const uint8_t key[16], Arena *a,
                       LedgerTransfer **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerTransfer));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = made_read(c, county, key, all, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

static bool key_read(Conn *c, int32_t county, int64_t transfer, uint8_t ret[16], GError **error)
{
    static const Sql sql = SQL("SELECT request FROM transfer WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;
    Str key;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, transfer);
    if (!conn_step(c, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "the ledger has no such transfer");
    key = column_str(st, 0);
    if (key.len == 16)
        memcpy(ret, key.at, 16);
    statement_reset(st);
    return key.len == 16 || fail(error, FAIL_SYSTEM, "the key of a transfer is damaged");
}

bool store_ledger_key(Store *s, int32_t county, int64_t transfer, uint8_t ret[16], GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = key_read(c, county, transfer, ret, error);
    reader_give(s, c);
    return ok;
}

/* ---- what waits for a second person ------------------------------------------------------- */

/* The accounts on whose giving side something is held are few; each has its transfers by index. */
#define WAITING                                                                                    \
    "SELECT t.id,t.from_id,t.to_id,t.amount,j.at,j.actor,b.body,x.owner,o.owner,t.seq,t.part "     \
    "FROM account x JOIN transfer t ON t.county=x.county AND t.from_id=x.id AND t.state=1 "        \
    "JOIN account o ON o.county=t.county AND o.id=t.to_id "                                        \
    "JOIN journal j ON j.county=t.county AND j.seq=t.seq "                                         \
    "LEFT JOIN journal_body b ON b.county=t.county AND b.seq=t.seq "                               \
    "WHERE x.county=?1 AND x.unit=?2 AND x.kind=?3 AND x.held>0 AND NOT EXISTS (SELECT 1 "         \
    "FROM transfer d WHERE d.county=t.county AND d.of=t.id) "

typedef struct WaitAsk { /* one transfer, or the oldest */
    int32_t county;
    const Account *account;
    int64_t transfer; /* 0: all of them */
    const LedgerWait *behind;
    size_t most;
} WaitAsk;

static bool waiting_read(Conn *c, const WaitAsk *ask, Arena *a, GArray *to, GError **error)
{
    static const Sql all = SQL(WAITING "AND (t.seq>?5 OR (t.seq=?5 AND t.part>?6)) "
                                       "ORDER BY t.seq,t.part LIMIT ?4"),
                     one = SQL(WAITING "AND t.id=?4");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, ask->transfer != 0 ? one : all, &st, error))
        return false;
    bind_int(st, 1, ask->county);
    bind_int(st, 2, ledger_unit_of(ask->account));
    bind_str(st, 3, ask->account->name);
    bind_int(st, 4, ask->transfer != 0 ? ask->transfer : (int64_t)ask->most);
    if (ask->transfer == 0) {
        bind_int(st, 5, ask->behind != NULL ? ask->behind->seq : -1);
        bind_int(st, 6, ask->behind != NULL ? ask->behind->part : -1);
    }
    while (conn_next(c, st, &ok, error)) {
        Body body;
        LedgerWait x = {.county = ask->county,
                        .id = column_int64(st, 0),
                        .from = column_int64(st, 1),
                        .to = column_int64(st, 2),
                        .amount = column_int64(st, 3),
                        .at = column_int64(st, 4),
                        .seq = column_int64(st, 9),
                        .part = column_int64(st, 10),
                        .actor = arena_str(a, column_str(st, 5)),
                        .from_owner = arena_str(a, column_str(st, 7)),
                        .to_owner = arena_str(a, column_str(st, 8))};

        if (body_read(column_str(st, 6), &body))
            x.reason = arena_str(a, body.reason);
        g_array_append_val(to, x);
    }
    return ok;
}

static bool waiting_ask(Store *s, const WaitAsk *ask, Arena *a, LedgerWait **ret, size_t *ret_n,
                        GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerWait));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = waiting_read(c, ask, a, all, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

bool store_ledger_waiting(Store *s, int32_t county, const Account *account,
                          const LedgerWait *behind, size_t most, Arena *a, LedgerWait **ret,
                          size_t *ret_n, GError **error)
{
    const WaitAsk ask = {.county = county, .account = account, .behind = behind, .most = most};

    return waiting_ask(s, &ask, a, ret, ret_n, error);
}

bool store_ledger_waits(Store *s, int32_t county, const Account *account, int64_t transfer,
                        Arena *a, LedgerWait **ret, GError **error)
{
    const WaitAsk ask = {.county = county, .account = account, .transfer = transfer};
    size_t n = 0;

    *ret = NULL;
    if (transfer == 0)
        return true;
    if (!waiting_ask(s, &ask, a, ret, &n, error))
        return false;
    if (n == 0)
        *ret = NULL;
    return true;
}

static bool settled_read(Conn *c, int32_t county, int64_t transfer, TransferState *ret,
                         GError **error)
{
    static const Sql sql = SQL("SELECT state FROM transfer WHERE county=?1 AND of=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, transfer);
    if (!conn_step(c, st, &row, error))
        return false;
    *ret = row ? (TransferState)column_int(st, 0) : TRANSFER_HELD;
    if (row)
        statement_reset(st);
    return true;
}

bool store_ledger_settled(Store *s, int32_t county, int64_t transfer, TransferState *ret,
                          GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = settled_read(c, county, transfer, ret, error);
    reader_give(s, c);
    return ok;
}
