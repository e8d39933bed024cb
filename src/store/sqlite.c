/* sqlite.c — connections and statements.  Read first: conn_open(), conn_step(). */
#include "store/sqlite.h"

#include "base/clock.h"

#define BUSY_MS          10000 /* another process may hold the lock for one large commit */
#define READ_SECONDS     30    /* a read that takes longer holds up checkpoints */
#define PROGRESS_STEPS   20000 /* virtual machine steps between looks at the clock */
#define WRITER_CACHE_KIB "-65536"

/* ---- errors ------------------------------------------------------------------------------ */

static bool fail_rc(Conn *c, int rc, GError **error)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(error, FAIL_BUSY, "the database is in use by another process");
    case SQLITE_INTERRUPT:
        return fail(error, FAIL_BUSY, "the read took longer than %d seconds", READ_SECONDS);
    case SQLITE_FULL:
        return fail(error, FAIL_SYSTEM, "the disk is full: nothing was written");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(error, FAIL_SYSTEM, "the database file is damaged: %s", sqlite3_errmsg(c->db));
    case SQLITE_CONSTRAINT:
        return fail(error, FAIL_CONFLICT, "the database refused: %s", sqlite3_errmsg(c->db));
    default:
        return fail(error, FAIL_SYSTEM, "database error: %s", sqlite3_errmsg(c->db));
    }
}

bool conn_fail(Conn *c, GError **error)
{
    return fail_rc(c, sqlite3_extended_errcode(c->db), error);
}

/* ---- opening ----------------------------------------------------------------------------- */

static int refuse_ddl(void *with, int action, const char *a, const char *b, const char *database,
                      const char *trigger)
{
    const Conn *c = with;

    (void)b;
    (void)database;
    (void)trigger;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_PRAGMA:
        return c->may_ddl || g_str_equal(a, "integrity_check") ? SQLITE_OK : SQLITE_DENY;
    default:
        return c->may_ddl ? SQLITE_OK : SQLITE_DENY;
    }
}

static int long_read(void *with)
{
    const Conn *c = with;

    return c->deadline != 0 && clock_monotonic_us() > c->deadline;
}

static bool conn_pragmas(Conn *c, ConnUse use, GError **error)
{
    static const Sql common[] = {
        SQL("PRAGMA trusted_schema=OFF"),     SQL("PRAGMA foreign_keys=ON"),
        SQL("PRAGMA cell_size_check=ON"),     SQL("PRAGMA temp_store=MEMORY"),
        SQL("PRAGMA recursive_triggers=OFF"),
    };
    static const Sql page = SQL("PRAGMA page_size=4096"), wal = SQL("PRAGMA journal_mode=WAL"),
                     full = SQL("PRAGMA synchronous=FULL"),
                     limit = SQL("PRAGMA journal_size_limit=67108864"),
                     cache = SQL("PRAGMA cache_size=" WRITER_CACHE_KIB),
                     read_only = SQL("PRAGMA query_only=ON");
    bool ok = true;

    /* The time-out comes before the journal mode: a second connection fails otherwise. */
    sqlite3_busy_timeout(c->db, BUSY_MS);
    for (size_t i = 0; ok && i < G_N_ELEMENTS(common); i++)
        ok = conn_run(c, common[i], error);
    if (use == CONN_CREATE)
        return ok && conn_run(c, page, error) && conn_run(c, cache, error);
    if (use == CONN_READER)
        return ok && conn_run(c, read_only, error);
    /* Checkpoints have a connection of their own (checkpoint.c). */
    sqlite3_wal_autocheckpoint(c->db, 0);
    return ok && conn_run(c, wal, error) && conn_run(c, full, error) && conn_run(c, limit, error) &&
           conn_run(c, cache, error);
}

static bool sqlite_is_fit(GError **error)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* refused when already running: no matter */
        g_once_init_leave(&once, 1);
    }
    if (!sqlite3_threadsafe())
        return fail(error, FAIL_SYSTEM, "this SQLite was built without threads");
    return true;
}

bool conn_open(const char *path, ConnUse use, Conn **ret, GError **error)
{
    Conn *c = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    if (!sqlite_is_fit(error))
        return false;
    c = g_new0(Conn, 1);
    c->kept = g_hash_table_new(NULL, NULL);
    c->may_ddl = true; /* pragmas are refused with everything else */
    if (sqlite3_open_v2(path, &c->db, flags | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
        fail(error, FAIL_SYSTEM, "could not open database \"%s\": %s", path,
             c->db != NULL ? sqlite3_errmsg(c->db) : "no memory");
        conn_close(c);
        return false;
    }
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_set_authorizer(c->db, refuse_ddl, c);
    sqlite3_progress_handler(c->db, PROGRESS_STEPS, long_read, c);
    if (!conn_pragmas(c, use, error)) {
        fail_while(error, "opening database \"%s\"", path);
        conn_close(c);
        return false;
    }
    c->may_ddl = use == CONN_CREATE;
    *ret = c;
    return true;
}

static void kept_finalize(gpointer key, gpointer statement, gpointer with)
{
    (void)key;
    (void)with;
    sqlite3_finalize(statement);
}

void conn_close(Conn *c)
{
    if (c == NULL)
        return;
    g_hash_table_foreach(c->kept, kept_finalize, NULL);
    g_hash_table_unref(c->kept);
    sqlite3_close(c->db);
    g_free(c);
}

/* ---- statements -------------------------------------------------------------------------- */

bool conn_statement(Conn *c, Sql sql, sqlite3_stmt **ret, GError **error)
{
    sqlite3_stmt *st = g_hash_table_lookup(c->kept, sql.text);

    if (st == NULL) {
        if (sqlite3_prepare_v3(c->db, sql.text, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) !=
            SQLITE_OK)
            return conn_fail(c, error);
        g_hash_table_insert(c->kept, (gpointer)sql.text, st);
    }
    *ret = st;
    return true;
}

bool conn_step(Conn *c, sqlite3_stmt *st, bool *ret_row, GError **error)
{
    int rc = sqlite3_step(st);

    if (rc == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    if (rc == SQLITE_DONE) {
        *ret_row = false;
        sqlite3_reset(st);
        return true;
    }
    fail_rc(c, rc, error);
    sqlite3_reset(st);
    return false;
}

bool conn_done(Conn *c, sqlite3_stmt *st, GError **error)
{
    bool row = false;

    if (!conn_step(c, st, &row, error))
        return false;
    if (row)
        sqlite3_reset(st);
    return true;
}

bool conn_number(Conn *c, sqlite3_stmt *st, int64_t otherwise, int64_t *ret, GError **error)
{
    bool row = false;

    if (!conn_step(c, st, &row, error))
        return false;
    *ret = otherwise;
    if (row) {
        if (sqlite3_column_type(st, 0) != SQLITE_NULL)
            *ret = sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
    }
    return true;
}

bool conn_run(Conn *c, Sql sql, GError **error)
{
    sqlite3_stmt *st = NULL;

    return conn_statement(c, sql, &st, error) && conn_done(c, st, error);
}

bool conn_is_in_transaction(Conn *c)
{
    return sqlite3_get_autocommit(c->db) == 0;
}

/* ---- readers ----------------------------------------------------------------------------- */

bool reader_take(SqliteStore *s, Conn **ret, GError **error)
{
    Conn *c = NULL;

    g_mutex_lock(&s->pool);
    c = s->idle;
    if (c != NULL)
        s->idle = c->next;
    g_mutex_unlock(&s->pool);
    if (c == NULL && !conn_open(s->path, CONN_READER, &c, error))
        return false;
    c->next = NULL;
    c->deadline = clock_monotonic_us() + READ_SECONDS * G_USEC_PER_SEC;
    *ret = c;
    return true;
}

void reader_give(SqliteStore *s, Conn *c)
{
    static const Sql rollback = SQL("ROLLBACK");

    if (conn_is_in_transaction(c))
        conn_run(c, rollback, NULL);
    c->deadline = 0;
    g_mutex_lock(&s->pool);
    c->next = s->idle;
    s->idle = c;
    g_mutex_unlock(&s->pool);
}

/* ---- values ------------------------------------------------------------------------------ */

void bind_int(sqlite3_stmt *st, int at, int64_t n)
{
    sqlite3_bind_int64(st, at, n);
}

void bind_str(sqlite3_stmt *st, int at, Str s)
{
    sqlite3_bind_text64(st, at, s.at != NULL ? s.at : "", s.len, SQLITE_STATIC, SQLITE_UTF8);
}

void bind_bytes(sqlite3_stmt *st, int at, const void *bytes, size_t n)
{
    sqlite3_bind_blob64(st, at, bytes, n, SQLITE_STATIC);
}

void bind_cell(sqlite3_stmt *st, int at, Cell c)
{
    switch (c.type) {
    case CELL_NONE:
        sqlite3_bind_null(st, at);
        break;
    case CELL_INT:
    case CELL_LINK:
        sqlite3_bind_int64(st, at, c.num);
        break;
    case CELL_TEXT:
        bind_str(st, at, c.text);
        break;
    case CELL_BYTES:
        bind_bytes(st, at, c.text.at != NULL ? c.text.at : "", c.text.len);
        break;
    }
}

Str column_str(sqlite3_stmt *st, int at)
{
    const char *text = (const char *)sqlite3_column_blob(st, at);

    return (Str){text, (size_t)sqlite3_column_bytes(st, at)};
}

Cell column_cell(sqlite3_stmt *st, int at)
{
    switch (sqlite3_column_type(st, at)) {
    case SQLITE_INTEGER:
        return (Cell){.type = CELL_INT, .num = sqlite3_column_int64(st, at)};
    case SQLITE_TEXT:
        return (Cell){.type = CELL_TEXT, .text = column_str(st, at)};
    case SQLITE_BLOB:
        return (Cell){.type = CELL_BYTES, .text = column_str(st, at)};
    default:
        return (Cell){0};
    }
}

Cell cell_keep(Arena *a, Cell c)
{
    if (c.type == CELL_TEXT || c.type == CELL_BYTES)
        c.text = arena_str(a, c.text);
    return c;
}
