/* writing.c — a write transaction: begin, heads, appending to the journal, commit. */
#include "store/writing.h"

#include "base/clock.h"
#include "store/ddl.h"

#define COUNTIES_LINE "7305804" /* of two numbers: the first of our locks of counties */

Writing *writing_new(Store *s, Conn *c)
{
    Writing *w = g_new0(Writing, 1);

    w->s = s;
    w->conn = c;
    w->heads = g_array_new(FALSE, TRUE, sizeof(Head));
    w->kept = g_array_new(FALSE, TRUE, sizeof(Head));
    w->counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    w->hash = sm3_new();
    rows_ahead_start(w);
    w->recent = -1;
    w->rows_arena = arena_new();
    w->rows = arena_many(w->rows_arena, Row *, s->plan->n_tables + 1);
    for (size_t i = 0; i < s->plan->n_tables; i++)
        w->rows[i] = row_new(w->rows_arena, &s->plan->tables[i]);
    return w;
}

void writing_free(Writing *w)
{
    if (w == NULL)
        return;
    arena_free(w->arena);
    rows_ahead_end(w);
    g_array_unref(w->heads);
    g_array_unref(w->kept);
    g_array_unref(w->counties);
    sm3_free(w->hash);
    bytes_free(&w->body);
    bytes_free(&w->scratch);
    arena_free(w->rows_arena);
    g_free(w);
}

bool counties_of(Conn *c, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT county FROM head ORDER BY county");
    Statement *st = NULL;
    bool ok;

    g_array_set_size(to, 0);
    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        int32_t county = column_int(st, 0);

        g_array_append_val(to, county);
    }
    return ok;
}

static bool generation_check(Store *s, int64_t schema, int64_t program, GError **error)
{
    if (schema == s->generation && program <= PROGRAM_VERSION)
        return true;
    g_atomic_int_set(&s->outdated, 1);
    return fail(error, FAIL_SYSTEM,
                "the database has been migrated since this program opened it, so it writes no "
                "more: stop it and start it anew, or start the newer version");
}

bool generation_is_ours(Store *s, int64_t schema, int64_t program)
{
    return generation_check(s, schema, program, NULL);
}

/* The same as counties_of(); a program that is outdated sees it before it does anything. */
static bool counties_look(Writing *w, GError **error)
{
    static const Sql sql = SQL("SELECT county,schema,program FROM head ORDER BY county");
    Statement *st = NULL;
    bool row = false, ours = true;

    g_array_set_size(w->counties, 0);
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    for (;;) {
        if (!conn_step(w->conn, st, &row, error))
            return false;
        if (!row)
            return ours || generation_check(w->s, -1, 0, error);
        int32_t county = column_int(st, 0);

        ours = ours && generation_is_ours(w->s, column_int64(st, 1), column_int64(st, 2));
        g_array_append_val(w->counties, county);
    }
}

static void salts_fill(Writing *w)
{
    random_bytes(w->salts, sizeof w->salts);
    w->salts_left = sizeof w->salts;
}

/* Done anew it says the same as if it had been done at once: on both stores alike. */
static void time_and_salts(Writing *w)
{
    if (w->again) {
        w->salts_left = sizeof w->salts;
    } else {
        w->at = clock_now_us();
        salts_fill(w);
    }
    w->again = false;
}

/* Where processes share a database a county's groups stand in line here, first come, first served;
 * nothing else is locked by who waits, and nobody takes two.  Asked ahead of what follows. */
static bool line_up(Writing *w, int32_t county, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM pg_advisory_xact_lock(" COUNTIES_LINE ",CAST(?1 AS "
                               "int))");
    Statement *st = NULL;

    if (county <= 0 || w->s->kind != &postgres_kind)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    return conn_ask(w->conn, st, error);
}

static bool begin(Writing *w, int32_t county, bool make_tables, GError **error)
{
    arena_free(w->arena);
    w->arena = arena_new();
    w->defer_grams = w->blindly = false;
    w->import = 0;
    w->others_open = -1;
    time_and_salts(w);
    w->decided = -1;
    w->keys = (ActiveKeys){0};
    rows_ahead_forget(w);
    g_array_set_size(w->heads, 0);
    memset(w->seen, 0, sizeof w->seen);
    w->request = (RequestSeen){0};
    if ((conn_is_lost(w->conn) && !writer_renew(w->s, error)) || !conn_has_room(w->conn, error) ||
        !conn_begin(w->conn, error))
        return false;
    if ((make_tables && !ddl_create(w->conn, w->s->plan, error)) || !line_up(w, county, error) ||
        !counties_look(w, error)) {
        writing_abort(w);
        return false;
    }
    return true;
}

bool writing_begin(Writing *w, GError **error)
{
    return begin(w, 0, false, error);
}

bool writing_begin_in(Writing *w, int32_t county, GError **error)
{
    return begin(w, county, false, error);
}

bool writing_begin_with_tables(Writing *w, GError **error)
{
    return begin(w, 0, true, error);
}

void writing_abort(Writing *w)
{
    conn_rollback(w->conn);
}

/* ---- heads ------------------------------------------------------------------------------- */

static bool head_write(Writing *w, const Head *h, GError **error)
{
    static const Sql sql = SQL("UPDATE head SET seq=?2,link=?3 WHERE county=?1");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, h->seq);
    bind_bytes(st, 3, h->link, sizeof h->link);
    return conn_done(w->conn, st, error);
}

/* A county that got no first entry after all has no head. */
static bool head_drop(Writing *w, const Head *h, GError **error)
{
    static const Sql sql = SQL("DELETE FROM head WHERE county=?1 AND seq=0");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    return conn_done(w->conn, st, error);
}

static const Sql head_sql = SQL("SELECT seq,link,schema,program FROM head WHERE county=?1" LOCKED);

/* The county is locked until the transaction ends: whoever else wants to write it waits here. */
static bool head_read(Writing *w, Head *h, bool *ret_there, GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(w->conn, head_sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    if (!conn_step(w->conn, st, ret_there, error))
        return false;
    if (!*ret_there)
        return true;
    int64_t schema = column_int64(st, 2), program = column_int64(st, 3);
    Str link = column_str(st, 1);

    h->seq = column_int64(st, 0);
    if (link.len == SM3_SIZE)
        memcpy(h->link, link.at, SM3_SIZE);
    statement_reset(st);
    return generation_check(w->s, schema, program, error);
}

/* Before a county's first entry: seq 0, link of zeros.  A row that is not there cannot be locked.
 */
static bool head_make(Writing *w, const Head *h, GError **error)
{
    static const Sql sql = SQL("INSERT INTO head(county,seq,link,schema,program) "
                               "VALUES(?1,0,?2,?3,?4) ON CONFLICT(county) DO NOTHING");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_bytes(st, 2, h->link, sizeof h->link);
    bind_int(st, 3, w->s->generation);
    bind_int(st, 4, PROGRAM_VERSION);
    return conn_done(w->conn, st, error);
}

static Head *head_known(Writing *w, int32_t county)
{
    for (guint i = 0; i < w->heads->len; i++) {
        Head *h = &g_array_index(w->heads, Head, i);

        if (h->county == county)
            return h;
    }
    return NULL;
}

Head *writing_head(Writing *w, int32_t county, GError **error)
{
    Head *known = head_known(w, county), fresh = {.county = county};
    bool there = false;

    if (known != NULL)
        return known;
    if (county <= 0) {
        fail(error, FAIL_INPUT, "a record needs the number of the county that owns it");
        return NULL;
    }
    if (!head_read(w, &fresh, &there, error) ||
        (!there && (!head_make(w, &fresh, error) || !head_read(w, &fresh, &there, error))))
        return NULL;
    g_array_append_val(w->heads, fresh);
    return &g_array_index(w->heads, Head, w->heads->len - 1);
}

static int by_number(gconstpointer a, gconstpointer b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return x < y ? -1 : x > y;
}

bool writing_lock(Writing *w, GArray *counties, GError **error)
{
    g_array_sort(counties, by_number);
    for (guint i = 0; i < counties->len; i++) {
        int32_t county = g_array_index(counties, int32_t, i);

        if (county > 0 && writing_head(w, county, error) == NULL)
            return false;
    }
    return true;
}

bool writing_lock_changes(Writing *w, const Change *changes, size_t n, GError **error)
{
    g_autoptr(GArray) counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    int32_t last = 0;

    for (size_t i = 0; i < n; i++) {
        int32_t county = change_county(w, &changes[i]);

        if (county != last)
            g_array_append_val(counties, county);
        last = county;
        if (!flows_counties(w, &changes[i], counties, error))
            return false;
    }
    return writing_lock(w, counties, error);
}

/* One county, as it is nearly always: its lock, and behind it all that its changes look at, in one
 * question.  What is asked behind the lock sees what the writer before has committed. */
static bool ask_ahead(Writing *w, int32_t county, GError **error)
{
    Statement *st = NULL;

    if (!conn_statement(w->conn, head_sql, &st, error))
        return false;
    bind_int(st, 1, county);
    return conn_ask(w->conn, st, error) && copy_ask(w, county, error) && decided_ask(w, error) &&
           rows_ahead_ask(w, error);
}

bool writing_lock_ahead(Writing *w, GArray *counties, GError **error)
{
    bool copy = false;
    int32_t county = counties->len > 0 ? g_array_index(counties, int32_t, 0) : 0;

    for (guint i = 1; i < counties->len; i++)
        county = county == g_array_index(counties, int32_t, i) ? county : 0;
    if (!w->conn->sends_ahead || county <= 0)
        return writing_lock(w, counties, error);
    if (!ask_ahead(w, county, error))
        return false;
    Head *h = writing_head(w, county, error);

    if (h == NULL || !writing_is_copy(w, county, &copy, error))
        return false;
    h->own = !copy;
    return decided_fetch(w, error) && rows_ahead_fetch(w, error);
}

void writing_keep(Writing *w)
{
    g_array_set_size(w->kept, 0);
    g_array_append_vals(w->kept, w->heads->data, w->heads->len);
    w->request_before = w->request;
}

void writing_restore(Writing *w)
{
    g_array_set_size(w->heads, 0);
    g_array_append_vals(w->heads, w->kept->data, w->kept->len);
    w->request = w->request_before;
}

/* ---- the end ----------------------------------------------------------------------------- */

static bool heads_write(Writing *w, GError **error)
{
    bool ok = true;

    for (guint i = 0; ok && i < w->heads->len; i++) {
        const Head *h = &g_array_index(w->heads, Head, i);

        if (h->changed)
            ok = head_write(w, h, error);
        else if (h->seq == 0)
            ok = head_drop(w, h, error);
    }
    return ok;
}

/* Whether our last entry of the county stands in its journal. */
static bool entry_is_there(Writing *w, const Head *h, bool *ret, GError **error)
{
    Head locked = {.county = h->county};
    bool there = false;

    /* The lock waits for a transaction of ours that the database has not ended yet. */
    return head_read(w, &locked, &there, error) &&
           journal_holds(w->conn, h->county, h->seq, h->link, ret, error);
}

/* A server that is started again takes a moment. */
static bool renew_patiently(Store *s, GError **error)
{
    for (int i = 1; i < RENEW_TRIES; i++) {
        if (writer_renew(s, NULL))
            return true;
        g_usleep(RENEW_WAIT_US);
    }
    return writer_renew(s, error);
}

/* The connection was lost while the transaction was committed: a new one is asked whether it was.
 * True: it was, and what it answered stands. */
static bool commit_was_done(Writing *w, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool done = false, known = false;

    for (guint i = 0; !known && i < w->heads->len; i++) {
        const Head *h = &g_array_index(w->heads, Head, i);

        if (!h->changed)
            continue;
        if (!renew_patiently(w->s, &why) || !conn_begin(w->conn, &why) ||
            !entry_is_there(w, h, &done, &why))
            break;
        known = true;
    }
    conn_rollback(w->conn);
    /* It is seen, which is not to say that it is on the disk. */
    if (done && conn_flush(w->conn, &why))
        return true;
    if (known && !done)
        return fail(error, FAIL_SYSTEM,
                    "the connection to the database was lost: nothing was written, try again");
    return fail(error, FAIL_SYSTEM,
                "the connection to the database was lost while it wrote, so it is not known "
                "whether it did%s%s; send the same again: what was written is not written twice",
                why != NULL ? "; " : "", why != NULL ? why->message : "");
}

static bool commit_is_unconfirmed(const GError *why, GError **error)
{
    return fail(error, FAIL_SYSTEM,
                "%s, so it is not known whether it stays; send the same again: what was written is "
                "not written twice",
                why->message);
}

static bool commit(Writing *w, bool ahead, bool *ret_asked, GError **error)
{
    g_autoptr(GError) why = NULL;
    bool ok = identity_settle(w, &why) && heads_write(w, &why);

    *ret_asked = false;
    if (ok && (ahead ? conn_commit_ahead : conn_commit)(w->conn, &why))
        return true;
    if (ok && conn_is_lost(w->conn)) {
        *ret_asked = true;
        return commit_was_done(w, error);
    }
    if (ok && w->conn->unconfirmed)
        return commit_is_unconfirmed(why, error);
    writing_abort(w);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool writing_commit(Writing *w, GError **error)
{
    bool asked;

    return commit(w, false, &asked, error);
}

bool writing_commit_ahead(Writing *w, Ahead *ret, GError **error)
{
    uint64_t writer = flusher_ready(w->s);
    bool asked;

    if (!commit(w, writer != 0, &asked, error))
        return false;
    ret->writer = asked && conn_commits_ahead(w->conn) ? WRITER_LOST : writer;
    if (ret->writer != 0) {
        ret->heads = g_array_sized_new(FALSE, FALSE, sizeof(Head), w->heads->len);
        g_array_append_vals(ret->heads, w->heads->data, w->heads->len);
    }
    return true;
}

static const uint8_t *salt_next(Writing *w)
{
    if (w->salts_left == 0)
        salts_fill(w);
    w->salts_left -= SALT_SIZE;
    return w->salts + w->salts_left;
}

static bool entry_insert(Writing *w, const Entry *e, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO journal(county,seq,at,actor,via,kind,entity,id,model,row,digest,link) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->seq);
    bind_int(st, 3, e->at);
    bind_str(st, 4, e->actor);
    bind_str(st, 5, e->via);
    bind_str(st, 6, e->kind);
    bind_int(st, 7, e->entity);
    bind_int(st, 8, e->id);
    bind_int(st, 9, e->model);
    if (e->has_row)
        bind_bytes(st, 10, e->row, sizeof e->row);
    else
        bind_null(st, 10);
    bind_bytes(st, 11, e->digest, sizeof e->digest);
    bind_bytes(st, 12, e->link, sizeof e->link);
    return conn_put(w->conn, st, error);
}

static bool body_insert(Writing *w, const Entry *e, const uint8_t *salt, Str body, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO journal_body(county,seq,salt,body) VALUES(?1,?2,?3,?4)");
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->seq);
    bind_bytes(st, 3, salt, SALT_SIZE);
    bind_bytes(st, 4, body.at, body.len);
    return conn_put(w->conn, st, error);
}

bool writing_put(Writing *w, Head *h, const Entry *e, const uint8_t *salt, Str body, GError **error)
{
    if (!entry_insert(w, e, error) || (salt != NULL && !body_insert(w, e, salt, body, error)))
        return false;
    h->seq = e->seq;
    memcpy(h->link, e->link, SM3_SIZE);
    h->changed = true;
    w->entries++;
    return true;
}

/* What another node keeps is written there alone. */
static bool head_is_own(Writing *w, Head *h, GError **error)
{
    bool copy = false;

    if (h->own)
        return true;
    if (!writing_is_copy(w, h->county, &copy, error))
        return false;
    h->own = !copy;
    return h->own || fail(error, FAIL_RIGHT,
                          "county %d is kept by another node: here it can only be read; what is "
                          "wrong is changed there",
                          h->county);
}

bool writing_append(Writing *w, Head *h, Entry *e, GError **error)
{
    const Str body = {(const char *)w->body.at, w->body.len};

    if (!head_is_own(w, h, error))
        return false;
    const uint8_t *salt = salt_next(w);

    e->county = h->county;
    e->seq = h->seq + 1;
    e->at = w->at;
    e->model = w->s->policy;
    entry_digest(w->hash, salt, body, e->digest);
    entry_link(w->hash, &w->scratch, h->link, e);
    return writing_put(w, h, e, salt, body, error);
}
