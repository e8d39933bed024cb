/* access.c — see access.h.  link = SM3(link before ‖ county, process, n, at, actor, entity, id,
 * what); n counts from 1 in each chain. */
#include "store/access.h"

#include "store/replay_inside.h"
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

static bool look_insert(Conn *c, int64_t process, const AccessRow *r, int64_t entity,
                        const AccessEnd *end, GError **error)
{
    static const Sql sql = SQL("INSERT INTO access(county,process,n,at,actor,entity,id,what,link) "
                               "VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, r->county);
    bind_int(st, 2, process);
    bind_int(st, 3, end->n);
    bind_int(st, 4, r->at);
    bind_str(st, 5, r->actor);
    bind_int(st, 6, entity);
    bind_int(st, 7, r->id);
    bind_str(st, 8, r->what);
    bind_bytes(st, 9, end->link, SM3_SIZE);
    return conn_done(c, st, error);
}

/* Looks of one county that are written together: behind its entry `seq`. */
typedef struct Together {
    int32_t county;
    int64_t seq, first;
    AccessEnd end;
} Together;

/* Nobody writes another entry until these looks are there: what an entry ships is complete. */
static bool together_begin(Conn *c, int64_t process, Together *t, GError **error)
{
    static const Sql sql = SQL("SELECT seq FROM head WHERE county=?1" LOCKED);
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, t->county);
    if (!conn_number(c, st, 0, &t->seq, error) || !end_read(c, t->county, process, &t->end, error))
        return false;
    t->first = t->end.n + 1;
    return true;
}

static bool together_put(Conn *c, int64_t process, const Together *t, GError **error)
{
    static const Sql sql = SQL("INSERT INTO access_at(county,process,n,upto,seq) "
                               "VALUES(?1,?2,?3,?4,?5)");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, t->county);
    bind_int(st, 2, process);
    bind_int(st, 3, t->first);
    bind_int(st, 4, t->end.n + 1);
    bind_int(st, 5, t->seq);
    return conn_done(c, st, error);
}

static int by_county(gconstpointer a, gconstpointer b)
{
    const Together *x = a, *y = b;

    return x->county < y->county ? -1 : x->county > y->county;
}

static Together *together_of(GArray *all, int32_t county)
{
    for (guint i = 0; i < all->len; i++) {
        if (g_array_index(all, Together, i).county == county)
            return &g_array_index(all, Together, i);
    }
    return NULL;
}

/* Counties are locked in the order in which writers lock them. */
static bool counties_begin(Conn *c, int64_t process, const AccessRow *rows, size_t n, GArray *all,
                           GError **error)
{
    bool ok = true;

    for (size_t i = 0; i < n; i++) {
        if (together_of(all, rows[i].county) == NULL)
            g_array_append_val(all, (Together){.county = rows[i].county});
    }
    g_array_sort(all, by_county);
    for (guint i = 0; ok && i < all->len; i++)
        ok = together_begin(c, process, &g_array_index(all, Together, i), error);
    return ok;
}

static bool rows_put(Writing *w, int64_t process, const AccessRow *rows, size_t n, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, TRUE, sizeof(Together));
    bool ok = counties_begin(w->conn, process, rows, n, all, error);

    for (size_t i = 0; ok && i < n; i++) {
        const AccessRow *r = &rows[i];
        Together *t = together_of(all, r->county);
        int64_t entity = w->s->plan->tables[r->entity->number].number;

        link_next(&w->scratch, &t->end, r->county, process, r->at, r->actor, entity, r->id,
                  r->what);
        ok = look_insert(w->conn, process, r, entity, &t->end, error);
    }
    for (guint i = 0; ok && i < all->len; i++)
        ok = together_put(w->conn, process, &g_array_index(all, Together, i), error);
    return ok;
}

bool store_put_access(Store *s, int64_t process, const AccessRow *rows, size_t n, GError **error)
{
    g_mutex_lock(&s->writing);
    bool ok = writing_begin(s->work, error);

    if (ok) {
        ok = rows_put(s->work, process, rows, n, error);
        if (!ok)
            writing_abort(s->work);
    }
    ok = ok && writing_commit(s->work, error);
    g_mutex_unlock(&s->writing);
    return ok;
}

bool store_looks_wait(Store *s, int32_t county, int64_t before, bool *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT count(*) FROM access_at t JOIN head h ON h.county=t.county AND h.seq<=t.seq "
            "JOIN access a ON a.county=t.county AND a.process=t.process AND a.n=t.n "
            "WHERE t.county=?1 AND a.at<?2");
    Statement *st = NULL;
    Conn *c = NULL;
    int64_t n = 0;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = conn_statement(c, sql, &st, error);

    if (ok) {
        bind_int(st, 1, county);
        bind_int(st, 2, before);
        ok = conn_number(c, st, 0, &n, error);
    }
    reader_give(s, c);
    *ret = n > 0;
    return ok;
}

/* ---- shipping ------------------------------------------------------------------------------ */

bool access_ship(Conn *c, int32_t county, int64_t from, int64_t to, Bytes *out, GError **error)
{
    /* Chains of before this was noted go with the first entry. */
    static const Sql sql =
        SQL("SELECT a.process,a.n,a.at,a.actor,a.entity,a.id,a.what,a.link,t.upto-t.n,t.seq,"
            "t.n FROM access_at t JOIN access a ON a.county=t.county AND a.process=t.process AND "
            "a.n>=t.n AND a.n<t.upto WHERE t.county=?1 AND t.seq>=?2 AND t.seq<=?3 "
            "UNION ALL SELECT a.process,a.n,a.at,a.actor,a.entity,a.id,a.what,a.link,0,0,a.n FROM "
            "access a WHERE a.county=?1 AND ?2=0 AND NOT EXISTS (SELECT 1 FROM access_at t WHERE "
            "t.county=a.county AND t.process=a.process) ORDER BY 1,2");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, from - 1);
    bind_int(st, 3, to - 1);
    while (conn_next(c, st, &ok, error)) {
        bytes_byte(out, 1);
        for (int i = 0; i < 3; i++)
            bytes_int(out, column_int64(st, i));
        bytes_str(out, column_str(st, 3));
        bytes_int(out, column_int64(st, 4));
        bytes_int(out, column_int64(st, 5));
        bytes_str(out, column_str(st, 6));
        bytes_str(out, column_str(st, 7));
        /* the first of those written together says how many they are, and behind which entry */
        bytes_int(out, column_int64(st, 1) == column_int64(st, 10) ? column_int64(st, 8) : 0);
        bytes_int(out, column_int64(st, 9));
    }
    bytes_byte(out, 0);
    return ok;
}

static bool look_replay(Writing *w, int32_t county, Reader *r, GError **error)
{
    int64_t process = reader_int(r), n = reader_int(r);
    AccessRow row = {.county = county, .at = reader_int(r)};
    AccessEnd end;

    row.actor = reader_str(r);
    int64_t entity = reader_int(r);

    row.id = reader_int(r);
    row.what = reader_str(r);
    Str link = reader_str(r);
    int64_t together = reader_int(r);
    Together t = {.county = county, .seq = reader_int(r), .first = n};

    if (r->bad || !end_read(w->conn, county, process, &end, error))
        return false;
    if (n <= end.n) /* it came with another range */
        return true;
    link_next(&w->scratch, &end, county, process, row.at, row.actor, entity, row.id, row.what);
    if (end.n != n || link.len != SM3_SIZE || memcmp(link.at, end.link, SM3_SIZE) != 0)
        return fail(error, FAIL_INPUT,
                    "county %d: look %" G_GINT64_FORMAT " of process %" G_GINT64_FORMAT
                    " or one before was changed or taken away",
                    county, n, process);
    t.end.n = n + together - 1;
    return look_insert(w->conn, process, &row, entity, &end, error) &&
           (together <= 0 || together_put(w->conn, process, &t, error));
}

bool access_replay(Writing *w, int32_t county, Reader *r, GError **error)
{
    if (r->at == r->end) /* of a version that shipped none */
        return true;
    while (reader_byte(r) == 1) {
        if (!look_replay(w, county, r, error))
            return false;
    }
    return !r->bad;
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

typedef struct Tiled { /* how far a chain was said to be written */
    int32_t county;
    int64_t process, upto, seq;
} Tiled;

/* One row of access_at, of a chain that ends with look `last`. */
static void tile_check(Verifying *v, Tiled *of, const Tiled *now, int64_t n, int64_t last,
                       int64_t head)
{
    bool same = of->county == now->county && of->process == now->process;
    const char *what = last < now->upto - 1 ? "was taken away"
                       : n != (same ? of->upto : 1) || now->upto <= n || now->seq > head ||
                               (same && now->seq < of->seq)
                           ? "is not noted as it was written (access_at)"
                           : NULL;

    if (what != NULL)
        fault(v, "county %d: look %" G_GINT64_FORMAT " of process %" G_GINT64_FORMAT " %s",
              now->county, last < now->upto - 1 ? now->upto - 1 : n, now->process, what);
    *of = *now;
}

/* Looks in access that the last row of their chain in access_at does not reach; a chain of before
 * this was noted has none there. */
static bool untold_check(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT t.county,t.process,t.upto FROM access_at t WHERE EXISTS (SELECT 1 FROM access "
            "a WHERE a.county=t.county AND a.process=t.process AND a.n=t.upto) AND NOT EXISTS "
            "(SELECT 1 FROM access_at x WHERE x.county=t.county AND x.process=t.process AND "
            "x.n=t.upto)");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error))
        fault(v,
              "county %d: look %" G_GINT64_FORMAT " of process %" G_GINT64_FORMAT
              " is not noted as it was written (access_at)",
              column_int(st, 0), column_int64(st, 2), column_int64(st, 1));
    return ok;
}

/* What was written together is there to its end, and each look is noted once, behind an entry that
 * is there: it is shipped with the next one. */
static bool ends_check(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT t.county,t.process,t.n,t.upto,t.seq,(SELECT max(a.n) FROM access a WHERE "
            "a.county=t.county AND a.process=t.process),(SELECT h.seq FROM head h WHERE "
            "h.county=t.county) FROM access_at t ORDER BY t.county,t.process,t.n");
    Statement *st = NULL;
    Tiled of = {0};
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        const Tiled now = {column_int(st, 0), column_int64(st, 1), column_int64(st, 3),
                           column_int64(st, 4)};

        tile_check(v, &of, &now, column_int64(st, 2), column_int64(st, 5), column_int64(st, 6));
    }
    return ok && untold_check(v, error);
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
    return ok && ends_check(v, error);
}
