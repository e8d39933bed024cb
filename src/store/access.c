/* access.c — see access.h.  link = SM3(link before ‖ county, process, n, at, actor, entity, id,
 * what); n counts from 1 in each chain. */
#include "store/access.h"

#include "store/verify.h"

typedef struct AccessEnd { /* of a chain */
    int64_t n;
    uint8_t link[SM3_SIZE];
} AccessEnd;

static void link_next(Bytes *b, AccessEnd *end, int32_t county, int64_t process, int64_t at,
                      Str actor, int64_t entity, int64_t id, Str what)
{
    end->n++;
    bytes_reset(b);
    bytes_put(b, end->link, SM3_SIZE);
    bytes_int(b, county);
    bytes_int(b, process);
    bytes_int(b, end->n);
    bytes_int(b, at);
    bytes_str(b, actor);
    bytes_int(b, entity);
    bytes_int(b, id);
    bytes_str(b, what);
    sm3(b->at, b->len, end->link);
}

/* ---- writing ------------------------------------------------------------------------------- */

static bool end_read(Conn *c, int32_t county, int64_t process, AccessEnd *ret, GError **error)
{
    static const Sql sql = SQL("SELECT n,link FROM access WHERE county=?1 AND process=?2 "
                               "ORDER BY n DESC LIMIT 1");
    Statement *st = NULL;
    bool row = false;

    *ret = (AccessEnd){0};
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, process);
    if (!conn_step(c, st, &row, error))
        return false;
    if (row) {
        Str link = column_str(st, 1);

        ret->n = column_int64(st, 0);
        if (link.len == SM3_SIZE)
            memcpy(ret->link, link.at, SM3_SIZE);
        statement_reset(st);
    }
    return true;
}

static bool row_put(Writing *w, int64_t process, const AccessRow *r, GError **error)
{
    static const Sql sql = SQL("INSERT INTO access(county,process,n,at,actor,entity,id,what,link) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    int64_t entity = w->s->plan->tables[r->entity->number].number;
    Statement *st = NULL;
    AccessEnd end;

    if (!end_read(w->conn, r->county, process, &end, error))
        return false;
    link_next(&w->scratch, &end, r->county, process, r->at, r->actor, entity, r->id, r->what);
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, process);
    bind_int(st, 3, end.n);
    bind_int(st, 4, r->at);
    bind_str(st, 5, r->actor);
    bind_int(st, 6, entity);
    bind_int(st, 7, r->id);
    bind_str(st, 8, r->what);
    bind_bytes(st, 9, end.link, SM3_SIZE);
    return conn_done(w->conn, st, error);
}

bool store_put_access(Store *s, int64_t process, const AccessRow *rows, size_t n, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    for (size_t i = 0; ok && i < n; i++) {
        ok = row_put(s->work, process, &rows[i], error);
        if (!ok)
            writing_abort(s->work);
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- reading ------------------------------------------------------------------------------- */

static bool rows_read(Conn *c, const TablePlan *t, RecordKey key, size_t most, Arena *a, GArray *to,
                      GError **error)
{
    static const Sql sql = SQL("SELECT county,at,actor,what,id FROM access WHERE county=?1 AND "
                               "entity=?2 AND id=?3 ORDER BY at DESC,n DESC LIMIT ?4");
    Statement *st = NULL;
    bool ok;

    if (!key_complete(c, t, &key, error) || !conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, t->number);
    bind_int(st, 3, key.id);
    bind_int(st, 4, (int64_t)MIN(most, INT32_MAX));
    while (conn_next(c, st, &ok, error)) {
        AccessRow r = {.county = column_int(st, 0),
                       .at = column_int64(st, 1),
                       .actor = arena_str(a, column_str(st, 2)),
                       .what = arena_str(a, column_str(st, 3)),
                       .entity = t->entity,
                       .id = column_int64(st, 4)};

        g_array_append_val(to, r);
    }
    return ok;
}

bool store_access_of(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                     AccessRow **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(AccessRow));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = rows_read(c, &s->plan->tables[e->number], key, most, a, rows, error);
    reader_give(s, c);
    if (!ok)
        return false;
    *ret = arena_list(a, rows, ret_n);
    return true;
}

/* ---- verify -------------------------------------------------------------------------------- */

static void row_check(Verifying *v, Statement *st, AccessEnd *end, int32_t county, int64_t process)
{
    Str link = column_str(st, 8);
    int64_t n = column_int64(st, 2);

    link_next(&v->scratch, end, county, process, column_int64(st, 3), column_str(st, 4),
              column_int64(st, 5), column_int64(st, 6), column_str(st, 7));
    v->report->looks++;
    if (n == end->n && link.len == SM3_SIZE && memcmp(link.at, end->link, SM3_SIZE) == 0)
        return;
    fault(v,
          "county %d: look %" G_GINT64_FORMAT " of process %" G_GINT64_FORMAT
          " or one before was changed or taken away",
          county, n, process);
    end->n = n;
    if (link.len == SM3_SIZE)
        memcpy(end->link, link.at, SM3_SIZE);
}

bool verify_access(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT county,process,n,at,actor,entity,id,what,link FROM access "
                               "ORDER BY county,process,n");
    AccessEnd end = {0};
    int32_t county = 0;
    int64_t process = 0;
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        if (column_int(st, 0) != county || column_int64(st, 1) != process)
            end = (AccessEnd){0};
        county = column_int(st, 0);
        process = column_int64(st, 1);
        row_check(v, st, &end, county, process);
    }
    return ok;
}
