/* import_job.c — see import_job.h. */
#include "store/import_job.h"

#include "store/writing.h"

/* One statement, in a transaction of its own. */
static bool run_alone(Store *s, bool (*run)(Conn *c, const void *with, GError **error),
                      const void *with, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    if (ok && !run(s->work->conn, with, error)) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- jobs -------------------------------------------------------------------------------- */

/* Nothing, but no NULL. */
static Str given(Str s)
{
    return s.at != NULL ? s : STR("");
}

static bool job_put(Conn *c, const void *with, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO import_job(county,id,at,account,entity,name,owner,state,share,options,"
            "report,sealed,rejected) VALUES(?1,?2,?3,?4,?5,?6,'',?7,?8,?9,?10,?11,?12) "
            "ON CONFLICT(county,id) DO UPDATE SET owner='', state=excluded.state, "
            "share=excluded.share, options=excluded.options, report=excluded.report, "
            "sealed=excluded.sealed, rejected=excluded.rejected");
    const ImportJobRow *r = with;
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->key.id);
    bind_int(st, 3, r->at);
    bind_str(st, 4, r->account);
    bind_str(st, 5, r->entity);
    bind_str(st, 6, r->name);
    bind_int(st, 7, r->state);
    bind_int(st, 8, r->share);
    bind_str(st, 9, given(r->options));
    bind_str(st, 10, given(r->report));
    bind_bytes(st, 11, given(r->sealed).at, r->sealed.len);
    bind_bytes(st, 12, given(r->rejected).at, r->rejected.len);
    return conn_done(c, st, error);
}

bool store_import_job_put(Store *s, const ImportJobRow *row, GError **error)
{
    return run_alone(s, job_put, row, error);
}

typedef struct Share {
    RecordKey key;
    int share;
} Share;

static bool share_put(Conn *c, const void *with, GError **error)
{
    static const Sql sql = SQL("UPDATE import_job SET share=?3 WHERE county=?1 AND id=?2");
    const Share *x = with;
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, x->key.county);
    bind_int(st, 2, x->key.id);
    bind_int(st, 3, x->share);
    return conn_done(c, st, error);
}

bool store_import_job_share(Store *s, RecordKey key, int share, GError **error)
{
    const Share x = {key, share};

    return run_alone(s, share_put, &x, error);
}

static ImportJobRow job_from(Statement *st, Arena *a, bool whole)
{
    ImportJobRow r = {.key = {column_int(st, 0), column_int64(st, 1)}, .at = column_int64(st, 2)};

    r.account = arena_str(a, column_str(st, 3));
    r.entity = arena_str(a, column_str(st, 4));
    r.name = arena_str(a, column_str(st, 5));
    r.state = column_int(st, 6);
    r.share = column_int(st, 7);
    r.options = arena_str(a, column_str(st, 8));
    r.report = arena_str(a, column_str(st, 9));
    if (whole) {
        r.sealed = arena_str(a, column_str(st, 10));
        r.rejected = arena_str(a, column_str(st, 11));
    }
    return r;
}

#define JOB_COLUMNS "county,id,at,account,entity,name,state,share,options,report"

bool store_import_job(Store *s, RecordKey key, Arena *a, ImportJobRow *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT " JOB_COLUMNS ",sealed,rejected FROM import_job WHERE county=?1 AND id=?2");
    Statement *st = NULL;
    Conn *c = NULL;
    bool row = false, ok = false;

    if (!reader_take(s, &c, error))
        return false;
    ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_int(st, 1, key.county);
        bind_int(st, 2, key.id);
        ok = conn_step(c, st, &row, error);
    }
    if (ok && row) {
        *ret = job_from(st, a, true);
        statement_reset(st);
    }
    reader_give(s, c);
    return ok && (row || fail(error, FAIL_ABSENT, "there is no such import"));
}

bool store_import_jobs(Store *s, int32_t county, Str account, size_t most, Arena *a,
                       ImportJobRow **ret, size_t *ret_n, GError **error)
{
    static const Sql sql = SQL("SELECT " JOB_COLUMNS " FROM import_job WHERE county=?1 AND "
                               "account=?2 ORDER BY at DESC,id LIMIT ?3");
    Statement *st = NULL;
    Conn *c = NULL;
    bool row = true, ok = false;

    *ret = arena_many(a, ImportJobRow, most + 1);
    *ret_n = 0;
    if (!reader_take(s, &c, error))
        return false;
    ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_int(st, 1, county);
        bind_str(st, 2, account);
        bind_int(st, 3, (int64_t)most);
    }
    while (ok && row) {
        ok = conn_step(c, st, &row, error);
        if (ok && row)
            (*ret)[(*ret_n)++] = job_from(st, a, false);
    }
    reader_give(s, c);
    return ok;
}

/* ---- who is at it ------------------------------------------------------------------------ */

typedef struct Going {
    RecordKey key;
    Str owner;
} Going;

static bool going_read(Conn *c, Arena *a, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,owner FROM import_job WHERE state=1 ORDER BY at,id" LOCKED);
    Statement *st = NULL;
    bool row = true;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (row) {
        if (!conn_step(c, st, &row, error))
            return false;
        Going g = {{0}, {NULL, 0}};

        if (row) {
            g = (Going){{column_int(st, 0), column_int64(st, 1)}, arena_str(a, column_str(st, 2))};
            g_array_append_val(to, g);
        }
    }
    return true;
}

static bool owner_put(Conn *c, RecordKey key, Str owner, GError **error)
{
    static const Sql sql = SQL("UPDATE import_job SET owner=?3 WHERE county=?1 AND id=?2");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, key.id);
    bind_str(st, 3, owner);
    return conn_done(c, st, error);
}

/* Its own jobs come again when they were broken off: one thread of a process does them. */
static bool job_take(Conn *c, const void *with, GError **error)
{
    RecordKey *ret = (RecordKey *)with;
    g_autoptr(GArray) going = g_array_new(FALSE, FALSE, sizeof(Going));
    g_autoptr(Arena) a = arena_new();
    char own[64];
    bool ok = conn_owner(c, own, sizeof own, error) && going_read(c, a, going, error);

    for (guint i = 0; ok && i < going->len; i++) {
        const Going *g = &g_array_index(going, Going, i);
        bool lives = false;

        if (g->owner.len > 0 && !str_is(g->owner, own))
            ok = conn_owner_lives(c, g->owner, &lives, error);
        if (!ok || lives)
            continue;
        *ret = g->key;
        return owner_put(c, g->key, str_of(own), error);
    }
    return ok;
}

bool store_import_job_take(Store *s, RecordKey *ret_key, GError **error)
{
    *ret_key = (RecordKey){0};
    return run_alone(s, job_take, ret_key, error);
}

static bool jobs_forget(Conn *c, const void *with, GError **error)
{
    static const Sql sql = SQL("DELETE FROM import_job WHERE at<?1 AND state<>1");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, *(const int64_t *)with);
    return conn_done(c, st, error);
}

bool store_import_jobs_forget(Store *s, int64_t before, GError **error)
{
    return run_alone(s, jobs_forget, &before, error);
}

/* ---- columns of a sender ----------------------------------------------------------------- */

static bool map_put(Conn *c, const void *with, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO import_map(county,entity,name,at,account,map) VALUES(?1,?2,?3,?4,?5,?6) "
            "ON CONFLICT(county,entity,name) DO UPDATE SET at=excluded.at, "
            "account=excluded.account, map=excluded.map");
    const ImportMapRow *r = with;
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_str(st, 2, r->entity);
    bind_str(st, 3, r->name);
    bind_int(st, 4, r->at);
    bind_str(st, 5, r->account);
    bind_str(st, 6, r->map);
    return conn_done(c, st, error);
}

bool store_import_map_put(Store *s, const ImportMapRow *row, GError **error)
{
    return run_alone(s, map_put, row, error);
}

bool store_import_maps(Store *s, int32_t county, Str entity, Arena *a, ImportMapRow **ret,
                       size_t *ret_n, GError **error)
{
    static const Sql sql = SQL("SELECT county,entity,name,account,map,at FROM import_map "
                               "WHERE county=?1 AND entity=?2 ORDER BY name LIMIT 500");
    g_autoptr(GArray) rows = g_array_new(FALSE, FALSE, sizeof(ImportMapRow));
    Statement *st = NULL;
    Conn *c = NULL;
    bool row = true, ok = false;

    if (!reader_take(s, &c, error))
        return false;
    ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_int(st, 1, county);
        bind_str(st, 2, entity);
    }
    while (ok && row) {
        ok = conn_step(c, st, &row, error);
        if (!ok || !row)
            continue;
        ImportMapRow r = {.county = column_int(st, 0), .at = column_int64(st, 5)};

        r.entity = arena_str(a, column_str(st, 1));
        r.name = arena_str(a, column_str(st, 2));
        r.account = arena_str(a, column_str(st, 3));
        r.map = arena_str(a, column_str(st, 4));
        g_array_append_val(rows, r);
    }
    reader_give(s, c);
    *ret = arena_list(a, rows, ret_n);
    return ok;
}
