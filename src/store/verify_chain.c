/* verify_chain.c — walks the journal of each county: numbers without a gap, bodies against digests,
 * links recomputed, the head at the end.  Digest and link of an entry follow from what is stored,
 * the link of the one before included: so entries are read a batch at a time, all of its digests
 * and links computed side by side, and then each is looked at in its turn.
 * Read first: chain_walk(), entry_check(). */
#include "store/erase.h"
#include "store/verify.h"

#define ENTRIES_MOST  256        /* few enough to lie near the processor */
#define ENTRIES_BYTES (1u << 20) /* of texts; only the last entry of a batch may go beyond it */

typedef struct Span { /* of the texts of a batch */
    size_t at, len;
} Span;

typedef struct Read { /* an entry as it was read; its texts are in the batch */
    Entry entry;
    uint8_t stored[SM3_SIZE]; /* its link; zeros when `damaged` */
    bool damaged;             /* one of its digests has another length */
    bool erased, salted;      /* it has no body; its body has a salt */
    Span kind, digested, linked, body;
} Read;

typedef struct Entries {
    size_t n;
    Read reads[ENTRIES_MOST];
    Bytes texts;
    /* By two for each entry: what makes its digest and its link, and these. */
    Str hashed[2 * ENTRIES_MOST];
    uint8_t hashes[2 * ENTRIES_MOST][SM3_SIZE];
} Entries;

typedef struct Chain {
    int32_t county;
    int64_t seq;            /* of the last entry that was looked at */
    uint8_t link[SM3_SIZE]; /* of the last one that was read */
    Entries *batch;
    bool broken;
    bool copy;           /* another node keeps the county */
    GHashTable *missing; /* seq of entries without a body → what they are about */
} Chain;

typedef struct Missing {
    int64_t seq, entity, id;
} Missing;

static void chain_fault(Verifying *v, Chain *c, int64_t seq, const char *what)
{
    if (v->report->broken_county == 0) {
        v->report->broken_county = c->county;
        v->report->broken_seq = seq;
    }
    if (!c->broken)
        fault(v, "county %d, entry %" G_GINT64_FORMAT ": %s", c->county, seq, what);
    c->broken = true;
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool bytes_into(Statement *st, int at, uint8_t to[SM3_SIZE])
{
    Str s = column_str(st, at);

    if (s.len != SM3_SIZE)
        return false;
    memcpy(to, s.at, SM3_SIZE);
    return true;
}

/* Columns: seq, at, actor, via, kind, entity, id, model, row, digest, link, salt, body. */
static bool entry_from(Statement *st, int32_t county, Entry *e)
{
    *e = (Entry){.county = county,
                 .seq = column_int64(st, 0),
                 .at = column_int64(st, 1),
                 .actor = column_str(st, 2),
                 .via = column_str(st, 3),
                 .kind = column_str(st, 4),
                 .entity = column_int64(st, 5),
                 .id = column_int64(st, 6),
                 .model = column_int64(st, 7)};
    e->has_row = !column_is_null(st, 8);
    return (!e->has_row || bytes_into(st, 8, e->row)) && bytes_into(st, 9, e->digest);
}

static Span text_put(Entries *b, Str text)
{
    Span s = {b->texts.len, text.len};

    bytes_put(&b->texts, text.at, text.len);
    return s;
}

static Str text_of(const Entries *b, Span s)
{
    return (Str){(const char *)b->texts.at + s.at, s.len};
}

static void entry_read(Chain *c, Statement *st)
{
    Entries *b = c->batch;
    Read *r = &b->reads[b->n++];
    Entry *e = &r->entry;
    Span salt;

    *r = (Read){.erased = column_is_null(st, 11)};
    r->damaged = !entry_from(st, c->county, e) || !bytes_into(st, 10, r->stored);
    r->linked.at = b->texts.len;
    entry_header(&b->texts, c->link, e);
    r->linked.len = b->texts.len - r->linked.at;
    memcpy(c->link, r->stored, sizeof c->link);
    salt = text_put(b, column_str(st, 11));
    r->body = text_put(b, column_str(st, 12));
    r->salted = salt.len == SALT_SIZE;
    r->digested = (Span){salt.at, salt.len + r->body.len};
    r->kind = text_put(b, e->kind);
    e->actor = e->via = e->kind = (Str){NULL, 0}; /* they were of the row */
}

static void batch_hash(Entries *b)
{
    for (size_t i = 0; i < b->n; i++) {
        Read *r = &b->reads[i];

        r->entry.kind = text_of(b, r->kind);
        b->hashed[2 * i] = text_of(b, r->digested);
        b->hashed[2 * i + 1] = text_of(b, r->linked);
    }
    sm3_many(b->hashed, 2 * b->n, b->hashes);
}

/* ---- what entries say -------------------------------------------------------------------- */

static void body_check(Verifying *v, Chain *c, const Read *r, const uint8_t digest[SM3_SIZE])
{
    const Entry *e = &r->entry;

    if (r->erased) { /* by law, if a later entry says so */
        Missing *m = g_new(Missing, 1);

        *m = (Missing){e->seq, e->entity, e->id};
        g_hash_table_replace(c->missing, &m->seq, m);
        return;
    }
    if (!r->salted)
        chain_fault(v, c, e->seq, "its body is damaged");
    else if (memcmp(digest, e->digest, sizeof e->digest) != 0)
        chain_fault(v, c, e->seq, "its body is not the one that was written");
}

/* The chain says what is wrong with a body. */
static void ledger_entry(Verifying *v, const Chain *c, const Entry *e, Str body)
{
    Body b;

    if (!body_read(body, &b))
        return;
    /* A step of a pay run moves money, too: behind the state it goes to. */
    if (b.kind == CHANGE_PAY && (reader_byte(&b.fields) != 's' || reader_int(&b.fields) < 0))
        return;
    verify_ledger_move(v, c->county, e->seq, e->entity >= ENTITY_FIRST, &b.fields);
}

/* An entry of kind erase names bodies that are gone: of its own record, and of files, changes that
 * wait, holds of payments and papers, whose rows are checked by their own newest entries. */
static void erased_check(Chain *c, const Entry *e, Str body)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int state;
    Body b;

    if (!body_read(body, &b) || b.kind != CHANGE_ERASE || !erased_read(&b, seqs, &state))
        return;
    for (guint i = 0; i < seqs->len; i++) {
        const Missing *m = g_hash_table_lookup(c->missing, &g_array_index(seqs, int64_t, i));

        if (m != NULL &&
            ((m->entity == e->entity && m->id == e->id) || m->entity == ENTITY_DOCKET ||
             m->entity == ENTITY_ISSUED || m->entity == ENTITY_PAY_HOLD))
            g_hash_table_remove(c->missing, &g_array_index(seqs, int64_t, i));
    }
}

static void missing_bodies(Verifying *v, Chain *c)
{
    GHashTableIter i;
    gpointer what = NULL;
    int64_t first = 0;

    g_hash_table_iter_init(&i, c->missing);
    while (g_hash_table_iter_next(&i, NULL, &what)) {
        const Missing *m = what;

        if (first == 0 || m->seq < first)
            first = m->seq;
    }
    if (first != 0)
        chain_fault(v, c, first, "its body is missing");
}

static void row_said(Verifying *v, const Entry *e)
{
    Last *l = last_put(&v->last, e->entity, e->county, e->id);

    l->seq = e->seq;
    memcpy(l->row, e->row, sizeof l->row);
}

static void copy_entry(Verifying *v, Chain *c, const Entry *e, Str body)
{
    const TablePlan *t = plan_numbered(v->s->plan, e->entity);
    bool elsewhere = (t != NULL && entity_is_region(t->entity)) || e->entity == ENTITY_ACCOUNT ||
                     e->entity == ENTITY_PAY_RUN || e->entity == ENTITY_PAY_HOLD ||
                     e->entity == ENTITY_ISSUED;

    if (e->entity == ENTITY_ACCOUNT)
        g_hash_table_remove(c->missing, &e->seq);
    if (str_is(e->kind, change_word(CHANGE_ERASE)))
        erased_check(c, e, body);
    if (e->has_row && !elsewhere)
        row_said(v, e);
}

static void own_entry(Verifying *v, Chain *c, const Entry *e, Str body)
{
    if (str_is(e->kind, change_word(CHANGE_DECIDE)))
        verify_run_entry(v, c->county, e->seq, e->at, body);
    if (str_is(e->kind, change_word(CHANGE_LEDGER)) || str_is(e->kind, change_word(CHANGE_PAY)))
        ledger_entry(v, c, e, body);
    if (str_is(e->kind, change_word(CHANGE_ERASE))) {
        erased_check(c, e, body);
        events_erased(v, e->entity, e->id);
    }
    if (e->entity == ENTITY_NONE && str_is(e->kind, change_word(CHANGE_NOTE)))
        verify_note(v, c->county, body);
    if (e->has_row)
        row_said(v, e);
}

static void entry_check(Verifying *v, Chain *c, size_t i)
{
    const Entries *b = c->batch;
    const Read *r = &b->reads[i];
    const Entry *e = &r->entry;

    v->report->entries++;
    if (r->damaged)
        chain_fault(v, c, e->seq, "its digests are damaged");
    if (e->seq != c->seq + 1)
        chain_fault(v, c, c->seq + 1, "the entry is missing");
    body_check(v, c, r, b->hashes[2 * i]);
    if (memcmp(b->hashes[2 * i + 1], r->stored, sizeof r->stored) != 0)
        chain_fault(v, c, e->seq, "the entry or one before it was changed (its link differs)");
    c->seq = e->seq;
    if (c->copy) /* of another node: its money, answers, papers and accounts are not here */
        copy_entry(v, c, e, text_of(b, r->body));
    else
        own_entry(v, c, e, text_of(b, r->body));
}

static void batch_check(Verifying *v, Chain *c)
{
    Entries *b = c->batch;

    batch_hash(b);
    for (size_t i = 0; i < b->n; i++)
        entry_check(v, c, i);
    b->n = 0;
    bytes_reset(&b->texts);
}

static bool chain_walk(Verifying *v, Chain *c, GError **error)
{
    static const Sql sql =
        SQL("SELECT j.seq,j.at,j.actor,j.via,j.kind,j.entity,j.id,j.model,j.row,j.digest,j.link,"
            "b.salt,b.body FROM journal j LEFT JOIN journal_body b ON b.county=j.county AND "
            "b.seq=j.seq WHERE j.county=?1 ORDER BY j.seq");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, c->county);
    while (conn_next(v->conn, st, &ok, error)) {
        entry_read(c, st);
        if (c->batch->n == ENTRIES_MOST || c->batch->texts.len >= ENTRIES_BYTES)
            batch_check(v, c);
    }
    if (ok)
        batch_check(v, c);
    return ok;
}

static bool head_check(Verifying *v, Chain *c, GError **error)
{
    static const Sql sql = SQL("SELECT seq,link,schema,program FROM head WHERE county=?1");
    Statement *st = NULL;
    uint8_t link[SM3_SIZE];
    bool row = false;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, c->county);
    if (!conn_step(v->conn, st, &row, error))
        return false;
    if (!row) {
        chain_fault(v, c, c->seq, "the county has entries but no head");
        return true;
    }
    int64_t seq = column_int64(st, 0);

    if (seq > c->seq)
        chain_fault(v, c, c->seq + 1, "the entry is missing: the head is further on");
    else if (seq != c->seq || !bytes_into(st, 1, link) || memcmp(link, c->link, sizeof link) != 0)
        chain_fault(v, c, c->seq, "the head is not the last entry's");
    /* A migration raises them in all counties at once. */
    if (column_int64(st, 2) != v->s->generation || column_int64(st, 3) > PROGRAM_VERSION)
        fault(v, "county %d: its head is of another generation or version than the database",
              c->county);
    statement_reset(st);
    return true;
}

static bool chain_counties(Verifying *v, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT county FROM head UNION SELECT DISTINCT county FROM journal "
                               "ORDER BY county");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        int32_t county = column_int(st, 0);

        g_array_append_val(to, county);
    }
    return ok;
}

/* Bodies that no entry names. */
static bool bodies_check(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,seq FROM journal_body b WHERE NOT EXISTS (SELECT 1 FROM journal j "
            "WHERE j.county=b.county AND j.seq=b.seq) ORDER BY county,seq LIMIT 1");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(v->conn, sql, &st, error) || !conn_step(v->conn, st, &row, error))
        return false;
    if (row) {
        Chain c = {.county = column_int(st, 0)};

        chain_fault(v, &c, column_int64(st, 1), "a body without an entry");
        statement_reset(st);
    }
    return true;
}

static bool chain_check(Verifying *v, Chain *c, GError **error)
{
    bool ok;

    c->missing = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    ok = chain_walk(v, c, error);
    if (ok)
        missing_bodies(v, c);
    ok = ok && head_check(v, c, error);
    g_hash_table_unref(c->missing);
    return ok;
}

bool verify_chains(Verifying *v, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    bool ok = chain_counties(v, counties, error);
    Entries *batch = g_new0(Entries, 1);

    for (guint i = 0; ok && i < counties->len; i++) {
        Chain c = {.county = g_array_index(counties, int32_t, i), .batch = batch};

        batch->n = 0;
        bytes_reset(&batch->texts);
        c.copy = verify_is_copy(v, c.county);
        ok = chain_check(v, &c, error);
    }
    bytes_free(&batch->texts);
    g_free(batch);
    return ok && bodies_check(v, error);
}
