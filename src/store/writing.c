/* writing.c — a write transaction: begin, heads, appending to the journal, commit. */
#include "store/writing.h"

#include <sys/statvfs.h>

#include "base/clock.h"

#define DISK_LEAST (32u << 20) /* bytes kept free: a full disk stops more than this program */

Writing *writing_new(SqliteStore *s, Conn *c)
{
    Writing *w = g_new0(Writing, 1);

    w->s = s;
    w->conn = c;
    w->heads = g_array_new(FALSE, TRUE, sizeof(Head));
    w->counties = g_array_new(FALSE, FALSE, sizeof(int32_t));
    w->hash = sm3_new();
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
    g_array_unref(w->heads);
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
    sqlite3_stmt *st = NULL;
    bool row = false;

    g_array_set_size(to, 0);
    if (!conn_statement(c, sql, &st, error))
        return false;
    for (;;) {
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return true;
        int32_t county = sqlite3_column_int(st, 0);

        g_array_append_val(to, county);
    }
}

/* Refused in words before the disk is full. */
static bool disk_has_room(const Writing *w, GError **error)
{
    struct statvfs disk;

    if (w->s->path == NULL || statvfs(w->s->path, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize >= DISK_LEAST)
        return true;
    return fail(error, FAIL_SYSTEM,
                "the disk of the database is nearly full (less than %u MB left): nothing was "
                "written",
                DISK_LEAST >> 20);
}

bool writing_begin(Writing *w, GError **error)
{
    static const Sql begin = SQL("BEGIN IMMEDIATE");

    arena_free(w->arena);
    w->arena = arena_new();
    w->at = clock_now_us();
    w->defer_grams = false;
    w->decided = -1;
    g_array_set_size(w->heads, 0);
    memset(w->seen, 0, sizeof w->seen);
    writing_new_call(w);
    if (!disk_has_room(w, error) || !conn_run(w->conn, begin, error))
        return false;
    if (!counties_of(w->conn, w->counties, error)) {
        writing_abort(w);
        return false;
    }
    return true;
}

void writing_new_call(Writing *w)
{
    memset(w->request, 0, sizeof w->request);
    w->request_seq = 0;
    w->request_repeated = false;
}

void writing_abort(Writing *w)
{
    static const Sql rollback = SQL("ROLLBACK");

    if (conn_is_in_transaction(w->conn))
        conn_run(w->conn, rollback, NULL);
}

static bool head_write(Writing *w, const Head *h, GError **error)
{
    static const Sql sql = SQL("INSERT INTO head(county,seq,link,schema,program) "
                               "VALUES(?1,?2,?3,?4,?5) ON CONFLICT(county) DO UPDATE "
                               "SET seq=excluded.seq, link=excluded.link");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, h->county);
    bind_int(st, 2, h->seq);
    bind_bytes(st, 3, h->link, sizeof h->link);
    bind_int(st, 4, SCHEMA_GENERATION);
    bind_int(st, 5, PROGRAM_VERSION);
    return conn_done(w->conn, st, error);
}

bool writing_commit(Writing *w, GError **error)
{
    static const Sql commit = SQL("COMMIT");
    bool ok = identity_settle(w, error);

    for (guint i = 0; ok && i < w->heads->len; i++) {
        const Head *h = &g_array_index(w->heads, Head, i);

        ok = !h->changed || head_write(w, h, error);
    }
    ok = ok && conn_run(w->conn, commit, error);
    if (!ok)
        writing_abort(w);
    return ok;
}

static bool head_read(Writing *w, int32_t county, Head *h, GError **error)
{
    static const Sql sql = SQL("SELECT seq,link,schema,program FROM head WHERE county=?1");
    sqlite3_stmt *st = NULL;
    bool row = false;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    if (!conn_step(w->conn, st, &row, error))
        return false;
    if (!row)
        return true; /* the county's first entry: seq 0, link of zeros */
    int64_t schema = sqlite3_column_int64(st, 2), program = sqlite3_column_int64(st, 3);
    Str link = column_str(st, 1);

    h->seq = sqlite3_column_int64(st, 0);
    if (link.len == SM3_SIZE)
        memcpy(h->link, link.at, SM3_SIZE);
    sqlite3_reset(st);
    if (schema != SCHEMA_GENERATION || program > PROGRAM_VERSION)
        return fail(error, FAIL_SYSTEM,
                    "another version of the program has changed the database's tables: "
                    "stop this one and start the new one");
    return true;
}

Head *writing_head(Writing *w, int32_t county, GError **error)
{
    Head fresh = {.county = county};

    for (guint i = 0; i < w->heads->len; i++) {
        Head *h = &g_array_index(w->heads, Head, i);

        if (h->county == county)
            return h;
    }
    if (county <= 0) {
        fail(error, FAIL_INPUT, "a record needs the number of the county that owns it");
        return NULL;
    }
    if (!head_read(w, county, &fresh, error))
        return NULL;
    g_array_append_val(w->heads, fresh);
    return &g_array_index(w->heads, Head, w->heads->len - 1);
}

static const uint8_t *salt_next(Writing *w)
{
    if (w->salts_left == 0) {
        random_bytes(w->salts, sizeof w->salts);
        w->salts_left = sizeof w->salts;
    }
    w->salts_left -= SALT_SIZE;
    return w->salts + w->salts_left;
}

static bool entry_insert(Writing *w, const Entry *e, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO journal(county,seq,at,actor,via,kind,entity,id,model,row,digest,link) "
            "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)");
    sqlite3_stmt *st = NULL;

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
        sqlite3_bind_null(st, 10);
    bind_bytes(st, 11, e->digest, sizeof e->digest);
    bind_bytes(st, 12, e->link, sizeof e->link);
    return conn_done(w->conn, st, error);
}

static bool body_insert(Writing *w, const Entry *e, const uint8_t *salt, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO journal_body(county,seq,salt,body) VALUES(?1,?2,?3,?4)");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, e->county);
    bind_int(st, 2, e->seq);
    bind_bytes(st, 3, salt, SALT_SIZE);
    bind_bytes(st, 4, w->body.at, w->body.len);
    return conn_done(w->conn, st, error);
}

bool writing_append(Writing *w, Head *h, Entry *e, GError **error)
{
    const uint8_t *salt = salt_next(w);

    e->county = h->county;
    e->seq = h->seq + 1;
    e->at = w->at;
    e->model = w->s->policy;
    entry_digest(w->hash, salt, (Str){(const char *)w->body.at, w->body.len}, e->digest);
    entry_link(w->hash, &w->scratch, h->link, e);
    if (!entry_insert(w, e, error) || !body_insert(w, e, salt, error))
        return false;
    h->seq = e->seq;
    memcpy(h->link, e->link, SM3_SIZE);
    h->changed = true;
    return true;
}
