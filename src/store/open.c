/* open.c — opens a database: the gates of schema and policy, what an import left behind.
 * Read first: sql_open(). */
#include "base/clock.h"
#include "store/about.h"
#include "store/flows.h"

#define REQUEST_DAYS 90 /* how long the key of a request is remembered */

static bool schema_gate(Store *s, const Model *m, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *now = NULL, *difference = NULL;
    Str stored;

    if (memcmp(s->facts.schema_hash, m->schema_hash, sizeof m->schema_hash) == 0)
        return true;
    if (!about_read(s->writer, a, "schema", &stored, error))
        return false;
    now = model_schema_text(m);
    difference = schema_difference(arena_dup(a, stored.at, stored.len), now);
    return fail(error, FAIL_INPUT,
                "the database was made for other entities or fields than the documents declare; "
                "\"anlao migrate\" carries it over:\n%s",
                difference != NULL ? difference : "");
}

/* Which documents are in force is said by a command of its own, never by whoever opens. */
static bool policy_gate(Store *s, const Model *m, GError **error)
{
    uint8_t hash[32];

    if (!policy_now(s->writer, &s->policy, hash, error))
        return false;
    return memcmp(hash, m->policy_hash, sizeof hash) == 0 ||
           fail(error, FAIL_INPUT,
                "these documents are not those in force (policy %" G_GINT64_FORMAT
                "); \"anlao policy\" shows what differs and puts them in force",
                s->policy);
}

static bool requests_forget(Store *s, GError **error)
{
    static const Sql old = SQL("SELECT 1 FROM request WHERE at<?1 LIMIT 1"),
                     sql = SQL("DELETE FROM request WHERE at<?1");
    int64_t before = clock_now_us() - (int64_t)REQUEST_DAYS * 86400 * G_USEC_PER_SEC, any = 0;
    Statement *st = NULL;

    if (!conn_statement(s->writer, old, &st, error))
        return false;
    bind_int(st, 1, before);
    if (!conn_number(s->writer, st, 0, &any, error) || any == 0)
        return any == 0;
    if (!conn_statement(s->writer, sql, &st, error))
        return false;
    bind_int(st, 1, before);
    return conn_done(s->writer, st, error);
}

static bool plan_read(Store *s, const Model *m, GError **error)
{
    Str kept = {NULL, 0};

    return naming_read(s->writer, s->numbering, error) &&
           about_read(s->writer, s->arena, "kept", &kept, error) &&
           plan_new(m, s->numbering, arena_dup(s->arena, kept.at, kept.len), &s->plan, error);
}

static bool open_inside(Store *s, const Model *m, GError **error)
{
    /* The generation comes first: what is migrated from here on is noticed by the first write. */
    if (!s->kind->connect(s->where, CONN_WRITER, &s->writer, error) ||
        !tables_gate(s->writer, error) || !about_generation(s->writer, &s->generation, error) ||
        !about_facts(s->writer, s->arena, &s->facts, error) || !schema_gate(s, m, error) ||
        !plan_read(s, m, error))
        return false;
    s->regions = region_codes(m);
    s->flows = flows_new(m, s->plan);
    s->work = writing_new(s, s->writer);
    if (!policy_gate(s, m, error) || !requests_forget(s, error) || !s->kind->start(s, error))
        return false;
    s->writers = 1;
    flusher_start(s);
    queue_start(s);
    return grams_check(s, error) && store_import_recover(s, true, s->arena, &s->left_out, error) &&
           ledger_catch_up(s, error);
}

void sql_close(Store *s)
{
    if (s->work != NULL && s->queue != NULL)
        imports_abandon(s);
    if (s->work != NULL && s->queue != NULL)
        grams_settle(s, NULL); /* a failure is no harm: the next search does it */
    s->kind->stop(s);
    queue_stop(s);
    flusher_stop(s);
    while (s->idle != NULL) {
        Conn *c = s->idle;

        s->idle = c->next;
        conn_close(c);
    }
    writing_free(s->work);
    conn_close(s->writer);
    flows_free(s->flows);
    plan_free(s->plan);
    numbering_free(s->numbering);
    if (s->regions != NULL)
        g_hash_table_unref(s->regions);
    g_array_unref(s->staging);
    g_mutex_clear(&s->writing);
    g_mutex_clear(&s->pool);
    g_mutex_clear(&s->ids);
    model_unref(s->model);
    arena_free(s->arena);
    g_free(s->where);
    g_free(s);
}

bool sql_open(const StoreKind *kind, const char *where, const Model *m, Store **ret, GError **error)
{
    Store *s = NULL;

    if (!kind->is_there(where, error))
        return false;
    s = g_new0(Store, 1);
    s->kind = kind;
    s->model = model_ref(m);
    s->arena = arena_new();
    s->where = g_strdup(where);
    s->numbering = numbering_new();
    s->staging = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_mutex_init(&s->writing);
    g_mutex_init(&s->pool);
    g_mutex_init(&s->ids);
    if (!open_inside(s, m, error)) {
        sql_close(s);
        return false;
    }
    *ret = s;
    return true;
}

/* Numbers from `counter`: a block is used up when it is taken, whatever becomes of it. */
bool sql_reserve(Store *s, int64_t many, int64_t *ret_first, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO counter(name,next) VALUES('id',1+?1) "
            "ON CONFLICT(name) DO UPDATE SET next=counter.next+?1 RETURNING next");
    Statement *st = NULL;
    int64_t next = 0;
    bool ok = false, row = false;

    g_mutex_lock(&s->writing);
    ok = (!conn_is_lost(s->writer) || writer_renew(s, error)) &&
         conn_statement(s->writer, sql, &st, error);
    if (ok) {
        bind_int(st, 1, many);
        ok = conn_step(s->writer, st, &row, error);
    }
    if (ok && row) {
        next = column_int64(st, 0);
        ok = conn_done(s->writer, st, error); /* committed only at the end of the rows */
    }
    g_mutex_unlock(&s->writing);
    *ret_first = next - many;
    return ok;
}

/* ---- readers ----------------------------------------------------------------------------- */

bool reader_take(Store *s, Conn **ret, GError **error)
{
    Conn *c = NULL;

    g_mutex_lock(&s->pool);
    c = s->idle;
    if (c != NULL)
        s->idle = c->next;
    g_mutex_unlock(&s->pool);
    if (c != NULL && conn_is_lost(c)) {
        conn_close(c);
        c = NULL;
    }
    if (c == NULL && !s->kind->connect(s->where, CONN_READER, &c, error))
        return false;
    c->next = NULL;
    c->deadline = clock_monotonic_us() + READ_SECONDS * G_USEC_PER_SEC;
    *ret = c;
    return true;
}

void reader_give(Store *s, Conn *c)
{
    conn_rollback(c);
    if (conn_is_lost(c)) {
        conn_close(c);
        return;
    }
    c->deadline = 0;
    c->looks_up = false;
    g_mutex_lock(&s->pool);
    c->next = s->idle;
    s->idle = c;
    g_mutex_unlock(&s->pool);
}

/* ---- the writer -------------------------------------------------------------------------- */

bool writer_renew(Store *s, GError **error)
{
    Conn *c = NULL;

    if (!s->kind->connect(s->where, CONN_WRITER, &c, error))
        return false;
    conn_close(s->writer);
    s->writer = c;
    s->writers++;
    s->work->conn = c;
    return true;
}
