/* open.c — opens a database: the gates of schema and policy, what an import left behind.
 * Read first: sqlite_open(). */
#include "base/clock.h"
#include "store/about.h"

#define REQUEST_DAYS 90 /* how long the key of a request is remembered */

static bool schema_gate(SqliteStore *s, const Model *m, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *now = NULL, *difference = NULL;
    Str stored;

    if (memcmp(s->base.facts.schema_hash, m->schema_hash, sizeof m->schema_hash) == 0)
        return true;
    if (!about_read(s->writer, a, "schema", &stored, error))
        return false;
    now = model_schema_text(m);
    difference = schema_difference(arena_dup(a, stored.at, stored.len), now);
    return fail(error, FAIL_INPUT,
                "the database was made for other entities or fields than the documents declare:\n"
                "%s",
                difference != NULL ? difference : "");
}

/* Which documents are in force is said by a command of its own, never by whoever opens. */
static bool policy_gate(SqliteStore *s, const Model *m, GError **error)
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

static int64_t sqlite_policy(const Store *store)
{
    return ((const SqliteStore *)(const void *)store)->policy;
}

static bool requests_forget(SqliteStore *s, GError **error)
{
    static const Sql old = SQL("SELECT 1 FROM request WHERE at<?1 LIMIT 1"),
                     sql = SQL("DELETE FROM request WHERE at<?1");
    int64_t before = clock_now_us() - (int64_t)REQUEST_DAYS * 86400 * G_USEC_PER_SEC, any = 0;
    sqlite3_stmt *st = NULL;

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

static bool open_inside(SqliteStore *s, const Model *m, GError **error)
{
    uint64_t finished = 0;

    if (!conn_open(s->path, CONN_WRITER, &s->writer, error) ||
        !about_facts(s->writer, s->base.arena, &s->base.facts, error) ||
        !schema_gate(s, m, error) || !naming_read(s->writer, s->numbering, error) ||
        !plan_new(m, s->numbering, &s->plan, error))
        return false;
    s->regions = region_codes(m);
    s->work = writing_new(s, s->writer);
    return policy_gate(s, m, error) && requests_forget(s, error) && queue_start(s, error) &&
           sqlite_import_recover(&s->base, &finished, error);
}

static void sqlite_close(Store *store)
{
    SqliteStore *s = SQLITE_STORE(store);

    if (s->work != NULL && s->queue != NULL)
        imports_abandon(s);
    if (s->work != NULL && s->queue != NULL)
        grams_settle(s, NULL); /* a failure is no harm: the next search does it */
    queue_stop(s);
    while (s->idle != NULL) {
        Conn *c = s->idle;

        s->idle = c->next;
        conn_close(c);
    }
    writing_free(s->work);
    conn_close(s->writer);
    plan_free(s->plan);
    numbering_free(s->numbering);
    if (s->regions != NULL)
        g_hash_table_unref(s->regions);
    g_array_unref(s->staging);
    g_mutex_clear(&s->writing);
    g_mutex_clear(&s->pool);
    g_mutex_clear(&s->base.ids);
    model_unref(s->base.model);
    arena_free(s->base.arena);
    g_free(s->path);
    g_free(s);
}

static bool sqlite_open(const char *where, const Model *m, Store **ret, GError **error)
{
    SqliteStore *s = NULL;

    if (!g_file_test(where, G_FILE_TEST_EXISTS))
        return fail(error, FAIL_INPUT, "there is no database \"%s\"", where);
    s = g_new0(SqliteStore, 1);
    s->base.methods = &sqlite_methods;
    s->base.model = model_ref(m);
    s->base.arena = arena_new();
    s->path = g_strdup(where);
    s->numbering = numbering_new();
    s->staging = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_mutex_init(&s->writing);
    g_mutex_init(&s->pool);
    g_mutex_init(&s->base.ids);
    if (!open_inside(s, m, error)) {
        sqlite_close(&s->base);
        return false;
    }
    *ret = &s->base;
    return true;
}

/* Numbers from `counter`: a block is used up when it is taken, whatever becomes of it. */
static bool sqlite_reserve(Store *store, int64_t many, int64_t *ret_first, GError **error)
{
    static const Sql sql = SQL("INSERT INTO counter(name,next) VALUES('id',1+?1) "
                               "ON CONFLICT(name) DO UPDATE SET next=next+?1 RETURNING next");
    SqliteStore *s = SQLITE_STORE(store);
    sqlite3_stmt *st = NULL;
    int64_t next = 0;
    bool ok = false, row = false;

    g_mutex_lock(&s->writing);
    ok = conn_statement(s->writer, sql, &st, error);
    if (ok) {
        bind_int(st, 1, many);
        ok = conn_step(s->writer, st, &row, error);
    }
    if (ok && row) {
        next = sqlite3_column_int64(st, 0);
        ok = conn_done(s->writer, st, error); /* committed only at the end of the rows */
    }
    g_mutex_unlock(&s->writing);
    *ret_first = next - many;
    return ok;
}

const StoreMethods sqlite_methods = {
    .scheme = "sqlite:",
    .create = sqlite_create,
    .open = sqlite_open,
    .close = sqlite_close,
    .peek = sqlite_peek,
    .reserve = sqlite_reserve,
    .load = sqlite_load,
    .watermark = sqlite_watermark,
    .records = sqlite_records,
    .periods = sqlite_periods,
    .ever_referred = sqlite_ever_referred,
    .all_decisions = sqlite_all_decisions,
    .search = sqlite_search,
    .find = sqlite_find,
    .find_blind = sqlite_find_blind,
    .sealed = sqlite_sealed,
    .history = sqlite_history,
    .decisions = sqlite_decisions,
    .documents = sqlite_policy_documents,
    .policy = sqlite_policy,
    .put_policy = sqlite_put_policy,
    .decide_state = sqlite_decide_state,
    .run = sqlite_run,
    .accounts = sqlite_accounts,
    .verify = sqlite_verify,
    .write = sqlite_write,
    .write_chunk = sqlite_write_chunk,
    .write_decisions = sqlite_write_decisions,
    .import_begin = sqlite_import_begin,
    .import_stage = sqlite_import_stage,
    .import_commit = sqlite_import_commit,
    .import_drop = sqlite_import_drop,
    .import_recover = sqlite_import_recover,
};
