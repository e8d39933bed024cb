/* verify_ledger.c — the ledger against the journal: every transfer is the one an entry made, no
 * entry's transfer is missing, and the balances are what the transfers come to.  In: entries, met
 * while the chains were walked in order.  Start: verify_ledger(). */
#include "store/ledger_inside.h"
#include "store/verify.h"

typedef struct Moved { /* what an entry says it moved */
    int32_t county;
    int64_t seq;
    bool follows;             /* from a record */
    uint8_t digest[SM3_SIZE]; /* of its transfers */
} Moved;

typedef struct Tallied { /* an account, from the entries and transfers alone */
    LedgerAccount a;     /* first member: county and id are its key */
    bool seen;
} Tallied;

struct Ledger {
    GArray *moved;     /* of Moved, by county and seq */
    GHashTable *tally; /* Tallied by county and id */
    Arena *arena;
};

static guint tally_hash(gconstpointer key)
{
    const LedgerAccount *a = key;

    return (guint)((uint64_t)a->id * UINT64_C(0x9e3779b97f4a7c15) >> 32) ^ (guint)a->county;
}

static gboolean tally_equal(gconstpointer a, gconstpointer b)
{
    const LedgerAccount *x = a, *y = b;

    return x->id == y->id && x->county == y->county;
}

struct Ledger *ledger_new(void)
{
    struct Ledger *l = g_new0(struct Ledger, 1);

    l->moved = g_array_new(FALSE, FALSE, sizeof(Moved));
    l->tally = g_hash_table_new_full(tally_hash, tally_equal, NULL, g_free);
    l->arena = arena_new();
    return l;
}

void ledger_free(struct Ledger *l)
{
    if (l == NULL)
        return;
    g_array_unref(l->moved);
    g_hash_table_unref(l->tally);
    arena_free(l->arena);
    g_free(l);
}

/* ---- what the journal says --------------------------------------------------------------- */

static void account_said(struct Ledger *l, int32_t county, const LedgerAccount *said)
{
    const LedgerAccount key = {.county = county, .id = said->id};
    Tallied *t = g_hash_table_lookup(l->tally, &key);

    if (t == NULL) {
        t = g_new0(Tallied, 1);
        t->a = *said;
        t->a.county = county;
        t->a.kind = arena_str(l->arena, said->kind);
        t->a.owner = arena_str(l->arena, said->owner);
        g_hash_table_add(l->tally, t);
    }
    t->a.lowest = said->lowest;
    t->a.highest = said->highest;
}

void verify_ledger_move(Verifying *v, int32_t county, int64_t seq, bool follows, Reader *r)
{
    Moved m = {.county = county, .seq = seq, .follows = follows};
    uint64_t n = reader_uint(r);

    for (uint64_t i = 0; i < n && !r->bad; i++) {
        LedgerAccount a;

        if (body_read_ledger_account(r, &a))
            account_said(v->ledger, county, &a);
    }
    if (r->bad || r->at == r->end)
        return;
    sm3_reset(v->hash);
    sm3_add(v->hash, r->at, (size_t)(r->end - r->at));
    sm3_end(v->hash, m.digest);
    g_array_append_val(v->ledger->moved, m);
}

/* ---- what the tables say ----------------------------------------------------------------- */

void ledger_fault(Verifying *v, int32_t county, int64_t seq, const char *what)
{
    v->report->ledger_differ++;
    fault(v, "county %d, ledger of entry %" G_GINT64_FORMAT ": %s", county, seq, what);
}

const LedgerAccount *ledger_tallied(const Verifying *v, int32_t county, int64_t id)
{
    const LedgerAccount key = {.county = county, .id = id};
    const Tallied *t = g_hash_table_lookup(v->ledger->tally, &key);

    return t != NULL ? &t->a : NULL;
}

/* What one row does to an account that is one of its sides. */
static void tally_side(Verifying *v, int32_t county, const TransferRow *r, bool is_from)
{
    const LedgerAccount key = {.county = county, .id = is_from ? r->t.from : r->t.to};
    Tallied *t = g_hash_table_lookup(v->ledger->tally, &key);
    bool settles = r->t.of != 0 && r->t.state != TRANSFER_REVERSAL;
    int64_t *waits;

    if (t == NULL)
        return; /* its account has no entry: said by accounts_check() */
    waits = is_from ? &t->a.held : &t->a.coming;
    if (r->t.state == TRANSFER_HELD)
        *waits += r->t.amount;
    else if (settles)
        *waits -= r->t.amount;
    if (r->t.state == TRANSFER_POSTED || r->t.state == TRANSFER_REVERSAL)
        t->a.posted += is_from ? -r->t.amount : r->t.amount;
    if (t->a.unit != r->unit)
        fault(v, "county %d: a transfer moves another unit than its account is kept in", county);
}

typedef struct Walk {
    guint at; /* in `moved` */
    int32_t county;
    int64_t seq; /* of the rows being hashed; 0: none yet */
} Walk;

/* The rows of one entry are complete: they must be what it says. */
static void walk_close(Verifying *v, Walk *k)
{
    const GArray *moved = v->ledger->moved;
    uint8_t digest[SM3_SIZE];

    if (k->seq == 0)
        return;
    sm3_reset(v->hash);
    sm3_add(v->hash, v->scratch.at, v->scratch.len);
    sm3_end(v->hash, digest);
    bytes_reset(&v->scratch);
    while (k->at < moved->len) {
        const Moved *m = &g_array_index(moved, Moved, k->at);

        if (m->county > k->county || (m->county == k->county && m->seq > k->seq))
            break;
        k->at++;
        if (m->county != k->county || m->seq != k->seq) {
            ledger_fault(v, m->county, m->seq, "its transfers are missing");
            continue;
        }
        if (memcmp(m->digest, digest, sizeof digest) != 0)
            ledger_fault(v, k->county, k->seq, "its transfers are not those it made");
        return;
    }
    ledger_fault(v, k->county, k->seq, "there are transfers that no entry made");
}

/* Whether the rows at hand are of an entry that followed from a record. */
static bool walk_follows(const Verifying *v, const Walk *k)
{
    for (guint at = k->at; at < v->ledger->moved->len; at++) {
        const Moved *m = &g_array_index(v->ledger->moved, Moved, at);

        if (m->county > k->county || (m->county == k->county && m->seq >= k->seq))
            return m->county == k->county && m->seq == k->seq && m->follows;
    }
    return false;
}

static bool transfers_walk(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,seq,id,unit,state,from_id,to_id,amount,of,request FROM transfer "
            "ORDER BY county,seq,part");
    Statement *st = NULL;
    bool ok;
    Walk k = {0};

    bytes_reset(&v->scratch);
    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        TransferRow r = {.unit = (LedgerUnit)column_int(st, 3),
                         .t = {.id = column_int64(st, 2),
                               .state = (TransferState)column_int(st, 4),
                               .from = column_int64(st, 5),
                               .to = column_int64(st, 6),
                               .amount = column_int64(st, 7),
                               .of = column_is_null(st, 8) ? 0 : column_int64(st, 8)}};

        if (column_int(st, 0) != k.county || column_int64(st, 1) != k.seq)
            walk_close(v, &k);
        k.county = column_int(st, 0);
        k.seq = column_int64(st, 1);
        body_transfer(&v->scratch, &r);
        tally_side(v, k.county, &r, true);
        tally_side(v, k.county, &r, false);
        if (walk_follows(v, &k))
            events_note(v, k.county, column_str(st, 9), &r.t);
        v->report->transfers++;
    }
    if (!ok)
        return false;
    walk_close(v, &k);
    for (; k.at < v->ledger->moved->len; k.at++) {
        const Moved *m = &g_array_index(v->ledger->moved, Moved, k.at);

        ledger_fault(v, m->county, m->seq, "its transfers are missing");
    }
    return true;
}

static void account_fault(Verifying *v, const LedgerAccount *a, const char *what)
{
    v->report->ledger_differ++;
    fault(v, "county %d, account \"%.*s\" (%.*s) of the ledger: %s", a->county, STR_ARG(a->owner),
          STR_ARG(a->kind), what);
}

static void account_compare(Verifying *v, const LedgerAccount *a)
{
    Tallied *t = g_hash_table_lookup(v->ledger->tally, a);

    v->report->accounts++;
    if (t == NULL) {
        account_fault(v, a, "no entry of the journal opened it");
        return;
    }
    t->seen = true;
    if (t->a.unit != a->unit || !str_equal(t->a.kind, a->kind) ||
        !str_equal(t->a.owner, a->owner) || t->a.lowest != a->lowest || t->a.highest != a->highest)
        account_fault(v, a, "its unit, owner or limits are not those of its entry");
    if (t->a.posted != a->posted || t->a.held != a->held || t->a.coming != a->coming)
        account_fault(v, a, "its balance is not what its transfers come to");
}

static bool accounts_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT county,id,unit,kind,owner,lowest,highest,posted,held,coming "
                               "FROM account ORDER BY county,id");
    GHashTableIter iter;
    gpointer t;
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        const LedgerAccount a = {.county = column_int(st, 0),
                                 .id = column_int64(st, 1),
                                 .unit = (LedgerUnit)column_int(st, 2),
                                 .kind = column_str(st, 3),
                                 .owner = column_str(st, 4),
                                 .lowest = column_int64(st, 5),
                                 .highest = column_int64(st, 6),
                                 .posted = column_int64(st, 7),
                                 .held = column_int64(st, 8),
                                 .coming = column_int64(st, 9)};

        account_compare(v, &a);
    }
    if (!ok)
        return false;
    g_hash_table_iter_init(&iter, v->ledger->tally);
    while (g_hash_table_iter_next(&iter, &t, NULL)) {
        const Tallied *x = t;

        if (!x->seen)
            account_fault(v, &x->a, "it is missing");
    }
    return true;
}

/* Sums are zero by construction; asked all the same of what is stored. */
static bool sums_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT county,unit,CAST(sum(posted) AS "
                               "INTEGER),CAST(sum(held-coming) AS INTEGER) FROM account "
                               "GROUP BY county,unit ORDER BY county,unit");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        if (column_int64(st, 2) != 0 || column_int64(st, 3) != 0) {
            v->report->ledger_differ++;
            fault(v, "county %d: the accounts of unit %d do not add up to zero", column_int(st, 0),
                  column_int(st, 1));
        }
    }
    return ok;
}

bool verify_ledger(Verifying *v, GError **error)
{
    return transfers_walk(v, error) && accounts_check(v, error) && sums_check(v, error);
}
