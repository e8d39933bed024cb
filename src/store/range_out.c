/* range_out.c — reads a range from a database, as of one moment.  Read first: store_range(). */
#include "base/clock.h"
#include "base/limits.h"
#include "store/about.h"
#include "store/erase.h"
#include "store/replay_inside.h"

#define PIECE_BYTES (16u << 20) /* bodies of one range, about: what is larger goes alone */

void shipped_put(Bytes *to, const Shipped *x)
{
    const Entry *e = &x->e;

    bytes_int(to, e->at);
    bytes_str(to, e->actor);
    bytes_str(to, e->via);
    bytes_str(to, e->kind);
    bytes_int(to, e->entity);
    bytes_int(to, e->id);
    bytes_int(to, e->model);
    bytes_byte(to, (uint8_t)((e->has_row ? 1 : 0) | (x->has_body ? 2 : 0)));
    if (e->has_row)
        bytes_put(to, e->row, SM3_SIZE);
    bytes_put(to, e->digest, SM3_SIZE);
    bytes_put(to, e->link, SM3_SIZE);
    if (x->has_body) {
        bytes_put(to, x->salt, SALT_SIZE);
        bytes_str(to, x->body);
        bytes_str(to, x->beside);
    }
}

static bool raw(Reader *r, uint8_t to[SM3_SIZE])
{
    const uint8_t *at = reader_raw(r, SM3_SIZE);

    if (at != NULL)
        memcpy(to, at, SM3_SIZE);
    return at != NULL;
}

bool shipped_read(Reader *r, int32_t county, int64_t seq, Shipped *ret)
{
    Shipped x = {.e = {.county = county, .seq = seq}};

    x.e.at = reader_int(r);
    x.e.actor = reader_str(r);
    x.e.via = reader_str(r);
    x.e.kind = reader_str(r);
    x.e.entity = reader_int(r);
    x.e.id = reader_int(r);
    x.e.model = reader_int(r);
    uint8_t flags = reader_byte(r);

    x.e.has_row = (flags & 1) != 0;
    x.has_body = (flags & 2) != 0;
    if ((x.e.has_row && !raw(r, x.e.row)) || !raw(r, x.e.digest) || !raw(r, x.e.link))
        return false;
    if (x.has_body) {
        x.salt = reader_raw(r, SALT_SIZE);
        x.body = reader_str(r);
        x.beside = reader_str(r);
    }
    *ret = x;
    return !r->bad && (!x.has_body || x.salt != NULL);
}

/* ---- entries ------------------------------------------------------------------------------- */

static bool digest_from(Statement *st, int at, uint8_t to[SM3_SIZE])
{
    Str s = column_str(st, at);

    if (s.len != SM3_SIZE)
        return false;
    memcpy(to, s.at, SM3_SIZE);
    return true;
}

static bool shipped_from(Statement *st, int32_t county, Arena *a, Shipped *ret)
{
    Shipped x = {.e = {.county = county,
                       .seq = column_int64(st, 0),
                       .at = column_int64(st, 1),
                       .actor = arena_str(a, column_str(st, 2)),
                       .via = arena_str(a, column_str(st, 3)),
                       .kind = arena_str(a, column_str(st, 4)),
                       .entity = column_int64(st, 5),
                       .id = column_int64(st, 6),
                       .model = column_int64(st, 7)}};

    x.e.has_row = !column_is_null(st, 8);
    x.has_body = !column_is_null(st, 11);
    if (x.has_body) {
        x.salt = (const uint8_t *)arena_str(a, column_str(st, 11)).at;
        x.body = arena_str(a, column_str(st, 12));
    }
    *ret = x;
    return (!x.e.has_row || digest_from(st, 8, ret->e.row)) && digest_from(st, 9, ret->e.digest) &&
           digest_from(st, 10, ret->e.link) && (!x.has_body || column_str(st, 11).len == SALT_SIZE);
}

static bool entries_read(Conn *c, const RangeAsk *ask, int64_t to, Arena *a, GArray *rows,
                         GError **error)
{
    static const Sql sql =
        SQL("SELECT j.seq,j.at,j.actor,j.via,j.kind,j.entity,j.id,j.model,j.row,j.digest,j.link,"
            "b.salt,b.body FROM journal j LEFT JOIN journal_body b ON b.county=j.county AND "
            "b.seq=j.seq WHERE j.county=?1 AND j.seq>=?2 AND j.seq<=?3 ORDER BY j.seq");
    Statement *st = NULL;
    size_t bytes = 0;
    bool row = false;

    if (!conn_scan(c, sql, &st, error))
        return false;
    bind_int(st, 1, ask->county);
    bind_int(st, 2, ask->from);
    bind_int(st, 3, to);
    for (;;) {
        Shipped x;

        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return true;
        if (!shipped_from(st, ask->county, a, &x))
            return fail(error, FAIL_SYSTEM,
                        "county %d, entry %" G_GINT64_FORMAT ": it is damaged; run verify",
                        ask->county, column_int64(st, 0));
        if (x.e.seq != ask->from + rows->len)
            return fail(error, FAIL_SYSTEM,
                        "county %d, entry %" G_GINT64_FORMAT ": it is missing; run verify",
                        ask->county, ask->from + (int64_t)rows->len);
        bytes += x.body.len;
        if (bytes > PIECE_BYTES && rows->len > 0) {
            statement_reset(st);
            return true;
        }
        g_array_append_val(rows, x);
    }
}

static bool names_read(Conn *c, GHashTable *names, GError **error)
{
    static const Sql sql = SQL("SELECT number,name FROM naming WHERE owner='rule'");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        int64_t number = column_int64(st, 0);
        Str name = column_str(st, 1);

        g_hash_table_insert(names, g_memdup2(&number, sizeof number), g_strndup(name.at, name.len));
    }
    return ok;
}

/* Where what stands beside entries grows large, the range ends there. */
static bool entries_put(Beside *b, GArray *rows, bool abroad, Bytes *to, GError **error)
{
    Bytes all = {0};
    uint64_t n = 0;
    bool ok = true;

    for (guint i = 0; ok && i < rows->len && (all.len < PIECE_BYTES || i == 0); i++, n++) {
        Shipped *x = &g_array_index(rows, Shipped, i);

        if (abroad && x->e.entity == ENTITY_ACCOUNT)
            x->has_body = false; /* names and passwords of others are nobody's business */
        if (x->has_body)
            ok = beside_read(b, &x->e, x->body, error);
        x->beside = x->has_body ? (Str){(const char *)b->bytes.at, b->bytes.len} : (Str){NULL, 0};
        shipped_put(&all, x);
    }
    bytes_uint(to, n);
    bytes_put(to, all.at, all.len);
    bytes_free(&all);
    g_array_set_size(rows, (guint)n);
    return ok;
}

/* ---- beside the entries -------------------------------------------------------------------- */

static bool requests_put(Conn *c, int32_t county, int64_t from, int64_t to, Bytes *out,
                         GError **error)
{
    static const Sql sql = SQL("SELECT key,seq,answer,at FROM request WHERE county=?1 AND "
                               "seq>=?2 AND seq<=?3 ORDER BY seq,key");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, from);
    bind_int(st, 3, to);
    for (;;) {
        if (!conn_step(c, st, &row, error))
            return false;
        bytes_byte(out, row);
        if (!row)
            return true;
        bytes_str(out, column_str(st, 0));
        for (int i = 1; i < 4; i++)
            bytes_int(out, column_int64(st, i));
    }
}

/* A seal on the entry before is made after that was shipped: it goes with the next. */
static bool seals_put(Conn *c, int32_t county, int64_t from, int64_t to, Bytes *out, GError **error)
{
    static const Sql sql = SQL("SELECT seq,link,at,key,signature FROM seal WHERE county=?1 AND "
                               "seq>=?2 AND seq<=?3 ORDER BY seq");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, from - 1);
    bind_int(st, 3, to);
    for (;;) {
        if (!conn_step(c, st, &row, error))
            return false;
        bytes_byte(out, row);
        if (!row)
            return true;
        for (int i = 0; i < 5; i++)
            bytes_cell(out, column_cell(st, i));
    }
}

/* ---- a range ------------------------------------------------------------------------------- */

static bool head_read(Conn *c, int32_t county, int64_t *ret_seq, int64_t *ret_generation,
                      GError **error)
{
    static const Sql sql = SQL("SELECT seq,schema FROM head WHERE county=?1");
    Statement *st = NULL;
    bool row = false;

    *ret_seq = *ret_generation = 0;
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    if (!conn_step(c, st, &row, error) || !row)
        return !row && (error == NULL || *error == NULL);
    *ret_seq = column_int64(st, 0);
    *ret_generation = column_int64(st, 1);
    statement_reset(st);
    return true;
}

static bool link_before(Conn *c, int32_t county, int64_t seq, uint8_t to[SM3_SIZE], GError **error)
{
    static const Sql sql = SQL("SELECT link FROM journal WHERE county=?1 AND seq=?2");
    Statement *st = NULL;
    bool row = false;

    memset(to, 0, SM3_SIZE);
    if (seq == 0)
        return true;
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, seq);
    if (!conn_step(c, st, &row, error))
        return false;
    if (!row || !digest_from(st, 0, to))
        return fail(error, FAIL_SYSTEM,
                    "county %d, entry %" G_GINT64_FORMAT ": it is missing; run verify", county,
                    seq);
    statement_reset(st);
    return true;
}

/* Copies that were made before hold these bodies still. */
static void erased_list(const GArray *rows, Arena *a, RangeHead *h)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));

    for (guint i = 0; i < rows->len; i++) {
        const Shipped *x = &g_array_index(rows, Shipped, i);
        int state;
        Body b;

        if (x->has_body && str_is(x->e.kind, change_word(CHANGE_ERASE)) && body_read(x->body, &b))
            erased_read(&b, seqs, &state);
    }
    int64_t *to = arena_list(a, seqs, NULL);

    h->erased = to;
    h->n_erased = seqs->len;
}

static bool range_put(Conn *c, const RangeAsk *ask, int64_t to, int64_t generation, Arena *a,
                      RangeHead *h, Bytes *out, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(Shipped));
    Beside b = {.conn = c, .arena = a};
    Bytes base = {0};

    b.names = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    bytes_byte(out, ask->base);
    bool ok = !ask->base || base_read(c, ask->abroad, &base, error);

    if (ask->base) {
        bytes_int(out, generation);
        bytes_str(out, (Str){(const char *)base.at, base.len});
    }
    ok = ok && names_read(c, b.names, error) && entries_read(c, ask, to, a, rows, error) &&
         entries_put(&b, rows, ask->abroad, out, error);
    if (ok && rows->len > 0) {
        const Shipped *last = &g_array_index(rows, Shipped, rows->len - 1);

        h->to = last->e.seq;
        memcpy(h->link, last->e.link, SM3_SIZE);
        erased_list(rows, a, h);
        ok = requests_put(c, h->county, h->from, h->to, out, error) &&
             seals_put(c, h->county, h->from, h->to, out, error) &&
             (ask->abroad || access_ship(c, h->county, h->from, h->to, out, error));
    }
    g_hash_table_unref(b.names);
    bytes_free(&b.bytes);
    bytes_free(&base);
    return ok;
}

static bool range_read(Store *s, Conn *c, const RangeAsk *ask, Arena *a, RangeHead *h, Bytes *out,
                       GError **error)
{
    int64_t seq = 0, generation = 0;

    if (!conn_begin(c, error) || !head_read(c, ask->county, &seq, &generation, error))
        return false;
    if (ask->from < 1 || ask->from > seq + 1)
        return fail(error, FAIL_INPUT,
                    "the journal of county %d ends with entry %" G_GINT64_FORMAT
                    ": there is no entry %" G_GINT64_FORMAT " to go on from",
                    ask->county, seq, ask->from);
    *h = (RangeHead){.place = s->facts.place,
                     .node = s->facts.node,
                     .incarnation = s->facts.incarnation,
                     .county = ask->county,
                     .home = s->facts.home_county,
                     .from = ask->from,
                     .to = ask->from - 1,
                     .at = clock_now_us(),
                     .base = ask->base};
    if (ask->from > seq)
        return true;
    return link_before(c, ask->county, ask->from - 1, h->before, error) &&
           range_put(c, ask, MIN(seq, ask->from + (int64_t)ask->most - 1), generation, a, h, out,
                     error);
}

bool store_range(Store *s, const RangeAsk *ask, Arena *a, RangeHead *ret, Str *ret_payload,
                 GError **error)
{
    Bytes out = {0};
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    c->deadline = 0;
    ok = range_read(s, c, ask, a, ret, &out, error);
    conn_rollback(c);
    /* Nothing leaves that a server could lose yet. */
    ok = ok && (ret->to < ret->from || conn_flush(c, error));
    reader_give(s, c);
    if (ok) {
        *ret_payload = arena_str(a, (Str){(const char *)out.at, out.len});
        ret->bytes = out.len;
        sm3(out.at, out.len, ret->digest);
    }
    bytes_free(&out);
    return ok;
}

bool store_base_mark(Store *s, int64_t *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT (SELECT count(*) FROM policy)*1000000000 + (SELECT max(schema) FROM head)*"
            "1000000 + coalesce((SELECT state FROM data_key WHERE kind='' AND number=0),0)*1000 + "
            "(SELECT CAST(value AS INTEGER) FROM about WHERE name='incarnation')");
    Statement *st = NULL;
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error) && conn_number(c, st, 0, ret, error);
    reader_give(s, c);
    return ok;
}

bool range_base(Str payload, StoreBase *ret)
{
    Reader r = reader_of(payload);

    if (reader_byte(&r) != 1)
        return false;
    ret->generation = reader_int(&r);
    ret->tables = reader_str(&r);
    return !r.bad && ret->generation >= GENERATION_FIRST;
}
