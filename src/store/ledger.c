/* ledger.c — applies one move of the ledger in a write transaction: accounts, transfers, balances.
 * The county is locked, so what was read still holds when it is written.  Not here: who may
 * (care/), reading (ledger_read.c), recomputing (verify_ledger.c).  Read first: ledger_move(). */
#include "store/ledger_inside.h"

#include "base/limits.h"

static const uint8_t no_key[16];

const char *ledger_unit_word(LedgerUnit u)
{
    static const char *const words[] = {
        [LEDGER_FEN] = "fen", [LEDGER_MINUTE] = "minute", [LEDGER_NIGHT] = "night"};

    g_assert(u >= LEDGER_FEN && u <= LEDGER_NIGHT);
    return words[u];
}

/* ---- canonical bytes --------------------------------------------------------------------- */

void body_ledger_account(Bytes *b, const LedgerAccount *a)
{
    bytes_int(b, a->id);
    bytes_int(b, a->unit);
    bytes_str(b, a->kind);
    bytes_str(b, a->owner);
    bytes_int(b, a->lowest);
    bytes_int(b, a->highest);
}

bool body_read_ledger_account(Reader *r, LedgerAccount *ret)
{
    LedgerAccount a = {.id = reader_int(r)};

    a.unit = (LedgerUnit)reader_int(r);
    a.kind = reader_str(r);
    a.owner = reader_str(r);
    a.lowest = reader_int(r);
    a.highest = reader_int(r);
    *ret = a;
    return !r->bad;
}

void body_transfer(Bytes *b, const TransferRow *r)
{
    bytes_int(b, r->t.id);
    bytes_int(b, r->unit);
    bytes_int(b, r->t.state);
    bytes_int(b, r->t.from);
    bytes_int(b, r->t.to);
    bytes_int(b, r->t.amount);
    bytes_int(b, r->t.of);
}

/* ---- accounts ---------------------------------------------------------------------------- */

static bool account_check(const LedgerAccount *a, GError **error)
{
    if (a->id <= 0 || a->unit < LEDGER_FEN || a->unit > LEDGER_NIGHT || a->kind.len == 0)
        return fail(error, FAIL_USAGE, "an account of the ledger needs an id, a unit and a kind");
    if (a->lowest < -LEDGER_MOST || a->highest > LEDGER_MOST || a->lowest > a->highest)
        return fail(error, FAIL_INPUT, "the limits of the account \"%.*s\" leave nothing between",
                    STR_ARG(a->owner));
    return true;
}

/* An account that is there gets other limits; unit, kind and owner stay. */
static bool account_put(Writing *w, int32_t county, const LedgerAccount *a, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO account(county,id,unit,kind,owner,lowest,highest,posted,held,coming) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,0,0,0) ON CONFLICT(county,id) DO UPDATE SET "
            "lowest=excluded.lowest, highest=excluded.highest");
    Statement *st = NULL;

    if (!account_check(a, error) || !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, a->id);
    bind_int(st, 3, a->unit);
    bind_str(st, 4, a->kind);
    bind_str(st, 5, a->owner);
    bind_int(st, 6, a->lowest);
    bind_int(st, 7, a->highest);
    return conn_done(w->conn, st, error);
}

LedgerAccount ledger_account_from(Statement *st, Arena *a)
{
    return (LedgerAccount){.county = column_int(st, 0),
                           .id = column_int64(st, 1),
                           .unit = (LedgerUnit)column_int(st, 2),
                           .kind = arena_str(a, column_str(st, 3)),
                           .owner = arena_str(a, column_str(st, 4)),
                           .lowest = column_int64(st, 5),
                           .highest = column_int64(st, 6),
                           .posted = column_int64(st, 7),
                           .held = column_int64(st, 8),
                           .coming = column_int64(st, 9)};
}

bool ledger_account_read(Writing *w, int32_t county, int64_t id, LedgerAccount *ret, GError **error)
{
    static const Sql sql = SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming "
                               "FROM account WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, id);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "the ledger has no such account");
    *ret = ledger_account_from(st, w->arena);
    statement_reset(st);
    return true;
}

/* For people: money in yuan, the rest as it is counted.  g_free. */
static char *amount_words(LedgerUnit unit, int64_t n)
{
    if (unit != LEDGER_FEN)
        return g_strdup_printf("%" G_GINT64_FORMAT " %s", n, ledger_unit_word(unit));
    return g_strdup_printf("%" G_GINT64_FORMAT ".%02d yuan", n / 100, (int)(n % 100));
}

/* Both limits as the CHECKs of the table say them, in words. */
static bool limits_keep(const LedgerAccount *a, GError **error)
{
    int64_t less = a->lowest - (a->posted - a->held), more = a->posted + a->coming - a->highest;
    g_autofree char *words = NULL;

    if (less > 0) {
        words = amount_words(a->unit, less);
        return fail(error, FAIL_CONFLICT,
                    "the account \"%.*s\" (%.*s) has not enough: %s too little, and nothing was "
                    "moved",
                    STR_ARG(a->owner), STR_ARG(a->kind), words) ||
               fail_zh(error, "账户“%.*s”（%.*s）余额不够，差 %s；什么也没有动", STR_ARG(a->owner),
                       STR_ARG(a->kind), words);
    }
    if (more > 0) {
        words = amount_words(a->unit, more);
        return fail(error, FAIL_CONFLICT,
                    "the account \"%.*s\" (%.*s) would rise above its limit by %s, and nothing was "
                    "moved",
                    STR_ARG(a->owner), STR_ARG(a->kind), words) ||
               fail_zh(error, "账户“%.*s”（%.*s）会超过限额 %s；什么也没有动", STR_ARG(a->owner),
                       STR_ARG(a->kind), words);
    }
    return true;
}

static bool account_write(Writing *w, const LedgerAccount *a, GError **error)
{
    static const Sql sql =
        SQL("UPDATE account SET posted=?3,held=?4,coming=?5 WHERE county=?1 AND id=?2");
    Statement *st = NULL;

    if (!limits_keep(a, error) || !conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, a->county);
    bind_int(st, 2, a->id);
    bind_int(st, 3, a->posted);
    bind_int(st, 4, a->held);
    bind_int(st, 5, a->coming);
    return conn_done(w->conn, st, error);
}

/* ---- transfers --------------------------------------------------------------------------- */

/* The row that is posted, released or reversed. */
static bool named_read(Writing *w, int32_t county, int64_t id, TransferRow *ret, GError **error)
{
    static const Sql sql = SQL("SELECT unit,from_id,to_id,amount,state,of FROM transfer "
                               "WHERE county=?1 AND id=?2"),
                     settled = SQL("SELECT count(*) FROM transfer WHERE county=?1 AND of=?2");
    Statement *st = NULL;
    bool row = false;
    int64_t n = 0;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, id);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT,
                    "the ledger has no such transfer to post, release or reverse") ||
               fail_zh(error, "账上没有这一笔");
    *ret = (TransferRow){.unit = (LedgerUnit)column_int(st, 0),
                         .t = {.id = id,
                               .from = column_int64(st, 1),
                               .to = column_int64(st, 2),
                               .amount = column_int64(st, 3),
                               .state = (TransferState)column_int(st, 4),
                               .of = column_int64(st, 5)}};
    statement_reset(st);
    if (!conn_statement(w->conn, settled, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, id);
    return conn_number(w->conn, st, 0, &n, error) &&
           (n == 0 ||
            fail(error, FAIL_CONFLICT,
                 "this transfer was posted, released or reversed already: once only") ||
            fail_zh(error, "这笔已经入账、释放或冲回，只能办一次"));
}

/* Fills in accounts and amount of what names another row. */
static bool transfer_complete(Writing *w, int32_t county, TransferRow *r, GError **error)
{
    bool needs = r->t.state == TRANSFER_RELEASED || r->t.state == TRANSFER_REVERSAL;
    TransferRow named = {0};

    if (r->t.state < TRANSFER_HELD || r->t.state > TRANSFER_REVERSAL || r->t.id <= 0 ||
        (r->t.of != 0 && r->t.state == TRANSFER_HELD) || (needs && r->t.of == 0))
        return fail(error, FAIL_USAGE, "a transfer needs an id, a state and the row it is about");
    if (r->t.of == 0)
        return true;
    if (!named_read(w, county, r->t.of, &named, error))
        return false;
    if ((named.t.state == TRANSFER_HELD) == (r->t.state == TRANSFER_REVERSAL) ||
        (named.t.state != TRANSFER_HELD && named.t.state != TRANSFER_POSTED))
        return fail(error, FAIL_CONFLICT,
                    "only what is held is posted or released, and only what is posted is reversed");
    bool back = r->t.state == TRANSFER_REVERSAL;

    r->t.from = back ? named.t.to : named.t.from;
    r->t.to = back ? named.t.from : named.t.to;
    r->t.amount = named.t.amount;
    return true;
}

static void balance(LedgerAccount *from, LedgerAccount *to, const LedgerTransfer *t)
{
    bool settles = t->of != 0 && t->state != TRANSFER_REVERSAL;

    if (t->state == TRANSFER_HELD || settles) {
        from->held += settles ? -t->amount : t->amount;
        to->coming += settles ? -t->amount : t->amount;
    }
    if (t->state == TRANSFER_POSTED || t->state == TRANSFER_REVERSAL) {
        from->posted -= t->amount;
        to->posted += t->amount;
    }
}

static bool transfer_insert(Writing *w, const LedgerMove *m, const TransferRow *r, size_t part,
                            int64_t seq, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO transfer(county,id,unit,from_id,to_id,amount,state,of,request,part,seq) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, m->county);
    bind_int(st, 2, r->t.id);
    bind_int(st, 3, r->unit);
    bind_int(st, 4, r->t.from);
    bind_int(st, 5, r->t.to);
    bind_int(st, 6, r->t.amount);
    bind_int(st, 7, r->t.state);
    if (r->t.of != 0)
        bind_int(st, 8, r->t.of);
    else
        bind_null(st, 8);
    bind_bytes(st, 9, m->key, sizeof m->key);
    bind_int(st, 10, (int64_t)(m->first_part + part));
    bind_int(st, 11, seq);
    return conn_done(w->conn, st, error);
}

static bool transfer_make(Writing *w, const LedgerMove *m, size_t part, int64_t seq, Bytes *body,
                          GError **error)
{
    TransferRow r = {.t = m->transfers[part]};
    LedgerAccount from, to;

    if (!transfer_complete(w, m->county, &r, error))
        return false;
    if (r.t.amount <= 0 || r.t.amount > LEDGER_MOST || r.t.from == r.t.to)
        return fail(error, FAIL_INPUT,
                    "a transfer moves more than nothing between two different accounts") ||
               fail_zh(error, "数额要大于零，转出和转入要是两个不同的账户");
    if (!ledger_account_read(w, m->county, r.t.from, &from, error) ||
        !ledger_account_read(w, m->county, r.t.to, &to, error))
        return false;
    if (from.unit != to.unit)
        return fail(error, FAIL_INPUT, "%s cannot be moved to an account of %s",
                    ledger_unit_word(from.unit), ledger_unit_word(to.unit));
    r.unit = from.unit;
    balance(&from, &to, &r.t);
    body_transfer(body, &r);
    return account_write(w, &from, error) && account_write(w, &to, error) &&
           transfer_insert(w, m, &r, part, seq, error);
}

/* ---- a move ------------------------------------------------------------------------------ */

bool ledger_move(Writing *w, const LedgerMove *m, int64_t seq, Bytes *body, GError **error)
{
    if (m->n_transfers > LIMIT_LEDGER_MOVE || m->n_accounts > LIMIT_LEDGER_MOVE)
        return fail(error, FAIL_USAGE, "a move of the ledger has at most %u transfers",
                    LIMIT_LEDGER_MOVE);
    if (m->n_transfers > 0 && memcmp(m->key, no_key, sizeof no_key) == 0)
        return fail(error, FAIL_USAGE, "a transfer needs a key, so that a repeat is known as one");
    bytes_uint(body, m->n_accounts);
    for (size_t i = 0; i < m->n_accounts; i++) {
        body_ledger_account(body, &m->accounts[i]);
        if (!account_put(w, m->county, &m->accounts[i], error))
            return false;
    }
    for (size_t i = 0; i < m->n_transfers; i++) {
        if (!transfer_make(w, m, i, seq, body, error))
            return false;
    }
    return true;
}

bool ledger_apply(Writing *w, const Change *c, Head *h, GError **error)
{
    Entry e = {.actor = c->actor, .via = c->via, .kind = str_of(change_word(c->kind))};

    body_begin(&w->body, c->kind, c->reason, 0);
    return ledger_move(w, c->ledger, h->seq + 1, &w->body, error) &&
           writing_append(w, h, &e, error);
}

/* What names another row has no amount of its own to compare. */
static bool is_same(const LedgerTransfer *t, Statement *st)
{
    int64_t of = column_is_null(st, 5) ? 0 : column_int64(st, 5);

    return t->state == (TransferState)column_int(st, 4) && t->of == of &&
           (of != 0 || (t->from == column_int64(st, 1) && t->to == column_int64(st, 2) &&
                        t->amount == column_int64(st, 3)));
}

bool ledger_find(Writing *w, const Change *c, const Head *h, ChangeAnswer *answer, GError **error)
{
    static const Sql sql = SQL("SELECT seq,from_id,to_id,amount,state,of FROM transfer "
                               "WHERE county=?1 AND request=?2 ORDER BY part");
    const LedgerMove *m = c->ledger;
    Statement *st = NULL;
    bool row = false, same = true;
    size_t n = 0;

    if (m == NULL || m->county != h->county)
        return fail(error, FAIL_USAGE, "a change of the ledger needs its move, in its county");
    if (m->n_transfers == 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_bytes(st, 2, m->key, sizeof m->key);
    for (;; n++) {
        if (!conn_step(w->conn, st, &row, error))
            return false;
        if (!row)
            break;
        answer->seq = column_int64(st, 0);
        same = same && n < m->n_transfers && is_same(&m->transfers[n], st);
    }
    answer->repeated = n > 0;
    return n == 0 || (same && n == m->n_transfers) ||
           fail(error, FAIL_CONFLICT, "another transfer was made under this key already") ||
           fail_zh(error, "同一编号已经办过另一笔");
}
