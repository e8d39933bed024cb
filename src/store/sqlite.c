/* sqlite.c — connections and statements of SQLite.  Read first: sqlite_connect(), sqlite_step(). */
#include "store/sqlite.h"

#include <signal.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"

#define BUSY_MS          10000 /* another process may hold the lock for one large commit */
#define PROGRESS_STEPS   20000 /* virtual machine steps between looks at the clock */
#define WRITER_CACHE_KIB "-65536"
#define DISK_LEAST       (32u << 20) /* bytes kept free: a full disk stops more than this program */

typedef struct SqliteConn {
    Conn base;
    sqlite3 *db;
    char *path;
    bool may_ddl;
    int64_t *gathered; /* where gather() puts the numbers of a row */
    uint8_t *gathered_known;
    int gathered_room, gathered_known_room;
} SqliteConn;

typedef struct SqliteStatement {
    Statement base;
    sqlite3_stmt *st;
} SqliteStatement;

static SqliteConn *conn_of(Conn *c)
{
    return (SqliteConn *)(void *)c;
}

static sqlite3_stmt *of(Statement *st)
{
    return ((SqliteStatement *)(void *)st)->st;
}

sqlite3 *sqlite_of(Conn *c)
{
    return conn_of(c)->db;
}

/* ---- errors ------------------------------------------------------------------------------ */

static bool fail_rc(SqliteConn *c, int rc, GError **error)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return fail(error, FAIL_BUSY, "the database is in use by another process");
    case SQLITE_INTERRUPT:
        return fail(error, FAIL_BUSY, "the read took longer than %d seconds", READ_SECONDS);
    case SQLITE_FULL:
        return fail(error, FAIL_SYSTEM, "the disk is full: nothing was written");
    case SQLITE_IOERR: /* also where there is no room for what all readers share */
        return fail(error, FAIL_SYSTEM, "the disk of the database is full, or failed: %s",
                    sqlite3_errmsg(c->db));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return fail(error, FAIL_SYSTEM, "the database file is damaged: %s", sqlite3_errmsg(c->db));
    case SQLITE_CONSTRAINT:
        g_strlcpy(c->base.refused, sqlite3_errmsg(c->db), sizeof c->base.refused);
        return fail(error, FAIL_CONFLICT, "the database refused: %s", sqlite3_errmsg(c->db));
    default:
        return fail(error, FAIL_SYSTEM, "database error: %s", sqlite3_errmsg(c->db));
    }
}

static bool fail_last(SqliteConn *c, GError **error)
{
    return fail_rc(c, sqlite3_extended_errcode(c->db), error);
}

/* ---- opening ----------------------------------------------------------------------------- */

static int refuse_ddl(void *with, int action, const char *a, const char *b, const char *database,
                      const char *trigger)
{
    const SqliteConn *c = with;

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
    const SqliteConn *c = with;

    return c->base.deadline != 0 && clock_monotonic_us() > c->base.deadline;
}

/* gather(N,…) of conn.h.  Asked for one by one, numbers cost as much as reading their row. */
static void gather(sqlite3_context *with, int n, sqlite3_value **from)
{
    const SqliteConn *c = sqlite3_user_data(with);
    int at = n > 0 ? sqlite3_value_int(from[0]) : 0;

    if (at < 0 || at > c->gathered_room - (n - 1)) {
        sqlite3_result_error(with, "there is no room for what is gathered", -1);
        return;
    }
    int i = 1;

    for (; i < n && at < c->gathered_known_room; i++, at++) {
        c->gathered_known[at] = sqlite3_value_type(from[i]) != SQLITE_NULL;
        c->gathered[at] = sqlite3_value_int64(from[i]);
    }
    for (; i < n; i++, at++)
        c->gathered[at] = sqlite3_value_int64(from[i]); /* NULL is 0 */
}

static void sqlite_gather_into(Conn *base, int64_t *to, int room, uint8_t *known, int known_room)
{
    SqliteConn *c = conn_of(base);

    c->gathered = to;
    c->gathered_known = known;
    c->gathered_room = room;
    c->gathered_known_room = known_room;
}

static bool functions(SqliteConn *c, GError **error)
{
    return sqlite3_create_function(c->db, "gather", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, c, gather,
                                   NULL, NULL) == SQLITE_OK ||
           fail_last(c, error);
}

static bool pragma(SqliteConn *c, Sql sql, GError **error)
{
    return sqlite3_exec(c->db, sql.text, NULL, NULL, NULL) == SQLITE_OK || fail_last(c, error);
}

static bool pragmas(SqliteConn *c, ConnUse use, GError **error)
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
        ok = pragma(c, common[i], error);
    if (use == CONN_CREATE)
        return ok && pragma(c, page, error) && pragma(c, full, error) && pragma(c, cache, error);
    if (use == CONN_READER)
        return ok && pragma(c, read_only, error);
    /* Checkpoints have a connection of their own (sqlite_file.c). */
    sqlite3_wal_autocheckpoint(c->db, 0);
    return ok && pragma(c, wal, error) && pragma(c, full, error) && pragma(c, limit, error) &&
           pragma(c, cache, error);
}

/* SQLite's own allocator, which its library keeps for the whole process. */
static sqlite3_mem_methods plain_memory;

static void *memory_or_end(int size)
{
    void *memory = plain_memory.xMalloc(size);

    if (memory == NULL)
        out_of_memory();
    return memory;
}

static void *more_memory_or_end(void *old, int size)
{
    void *memory = plain_memory.xRealloc(old, size);

    if (memory == NULL)
        out_of_memory();
    return memory;
}

/* Without memory its own check would call a page broken that it could not read, so the process ends
 * here as everywhere else. */
static void end_without_memory(void)
{
    sqlite3_mem_methods ending = {0};

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain_memory) != SQLITE_OK)
        return;
    ending = plain_memory;
    ending.xMalloc = memory_or_end;
    ending.xRealloc = more_memory_or_end;
    sqlite3_config(SQLITE_CONFIG_MALLOC, &ending);
}

static bool sqlite_is_fit(GError **error)
{
    static gsize once;

    if (g_once_init_enter(&once)) {
        /* Refused when already running: no matter. */
        sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
        end_without_memory();
        g_once_init_leave(&once, 1);
    }
    if (!sqlite3_threadsafe())
        return fail(error, FAIL_SYSTEM, "this SQLite was built without threads");
    return true;
}

static void sqlite_close(Conn *base)
{
    SqliteConn *c = conn_of(base);

    conn_clear(base);
    sqlite3_close(c->db);
    g_free(c->path);
    g_free(c);
}

static const ConnMethods sqlite_methods;

bool sqlite_connect(const char *path, ConnUse use, Conn **ret, GError **error)
{
    SqliteConn *c = NULL;
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;

    if (!sqlite_is_fit(error))
        return false;
    c = g_new0(SqliteConn, 1);
    conn_init(&c->base, &sqlite_methods, use);
    c->path = g_strdup(path);
    c->may_ddl = true; /* pragmas are refused with everything else */
    if (sqlite3_open_v2(path, &c->db, flags | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
        fail(error, FAIL_SYSTEM, "could not open database \"%s\": %s", path,
             c->db != NULL ? sqlite3_errmsg(c->db) : "no memory");
        conn_close(&c->base);
        return false;
    }
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(c->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_set_authorizer(c->db, refuse_ddl, c);
    sqlite3_progress_handler(c->db, PROGRESS_STEPS, long_read, c);
    if (!pragmas(c, use, error) || !functions(c, error)) {
        fail_while(error, "opening database \"%s\"", path);
        conn_close(&c->base);
        return false;
    }
    c->may_ddl = use == CONN_CREATE;
    *ret = &c->base;
    return true;
}

/* ---- statements -------------------------------------------------------------------------- */

static bool sqlite_prepare(Conn *base, const char *text, bool many, Statement **ret, GError **error)
{
    SqliteConn *c = conn_of(base);
    SqliteStatement *st = g_new0(SqliteStatement, 1);

    (void)many; /* rows come one by one in any case */
    st->base.methods = base->methods;
    if (sqlite3_prepare_v3(c->db, text, -1, SQLITE_PREPARE_PERSISTENT, &st->st, NULL) !=
        SQLITE_OK) {
        g_free(st);
        return fail_last(c, error);
    }
    *ret = &st->base;
    return true;
}

static void sqlite_finalize(Statement *st)
{
    sqlite3_finalize(of(st));
    g_free(st);
}

static void sqlite_reset(Statement *st)
{
    sqlite3_reset(of(st));
}

static bool sqlite_step(Conn *c, Statement *st, bool *ret_row, GError **error)
{
    int rc = sqlite3_step(of(st));

    if (rc == SQLITE_ROW) {
        *ret_row = true;
        return true;
    }
    if (rc == SQLITE_DONE) {
        *ret_row = false;
        sqlite3_reset(of(st));
        return true;
    }
    fail_rc(conn_of(c), rc, error);
    sqlite3_reset(of(st));
    return false;
}

static bool sqlite_ask(Conn *c, Statement *st, GError **error)
{
    (void)c, (void)st, (void)error; /* there is no way to go */
    return true;
}

static bool sqlite_done(Conn *c, Statement *st, GError **error)
{
    bool row = false;

    if (!sqlite_step(c, st, &row, error))
        return false;
    if (row)
        sqlite3_reset(of(st));
    return true;
}

static bool sqlite_settle(Conn *c, GError **error)
{
    (void)c;
    (void)error;
    return true;
}

static bool sqlite_script(Conn *base, const char *text, GError **error)
{
    SqliteConn *c = conn_of(base);

    return sqlite3_exec(c->db, text, NULL, NULL, NULL) == SQLITE_OK || fail_last(c, error);
}

/* ---- transactions ------------------------------------------------------------------------ */

static bool sqlite_begin(Conn *c, GError **error)
{
    static const Sql write = SQL("BEGIN IMMEDIATE"), read = SQL("BEGIN");

    return conn_run(c, c->use == CONN_READER ? read : write, error);
}

static bool sqlite_commit(Conn *c, GError **error)
{
    static const Sql sql = SQL("COMMIT");

    return conn_run(c, sql, error);
}

static void sqlite_rollback(Conn *c)
{
    static const Sql sql = SQL("ROLLBACK");

    conn_run(c, sql, NULL);
}

static bool sqlite_is_in_transaction(Conn *c)
{
    return sqlite3_get_autocommit(conn_of(c)->db) == 0;
}

static bool sqlite_is_lost(Conn *c)
{
    (void)c;
    return false;
}

static bool sqlite_has_room(Conn *c, GError **error)
{
    struct statvfs disk;

    if (statvfs(conn_of(c)->path, &disk) != 0 ||
        (uint64_t)disk.f_bavail * disk.f_frsize >= DISK_LEAST)
        return true;
    return fail(error, FAIL_SYSTEM,
                "the disk of the database is nearly full (less than %u MB left): nothing was "
                "written",
                DISK_LEAST >> 20);
}

static bool sqlite_sound(Conn *c, Arena *a, bool *ret, Str *ret_words, GError **error)
{
    static const Sql sql = SQL("PRAGMA integrity_check(1)");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    *ret_words = row ? arena_str(a, column_str(st, 0)) : STR("it says nothing");
    *ret = str_is(*ret_words, "ok");
    sqlite3_reset(of(st));
    return true;
}

/* ---- who --------------------------------------------------------------------------------- */

/* Process number and its start, so that a number used again is not taken for the old process. */
static bool process_start(pid_t pid, char *to, size_t room)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid), *text = NULL;
    const char *at = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        return false;
    at = strrchr(text, ')'); /* the name may hold blanks; the start is the 20th word behind it */
    for (int i = 0; at != NULL && i < 20; i++)
        at = strchr(at + 1, ' ');
    if (at == NULL)
        return false;
    g_strlcpy(to, at + 1, MIN(room, strcspn(at + 1, " ") + 1));
    return true;
}

static bool sqlite_owner(Conn *c, char *to, size_t room, GError **error)
{
    char start[32] = "";

    (void)c;
    (void)error;
    process_start(getpid(), start, sizeof start);
    g_snprintf(to, room, "%d %s", (int)getpid(), start);
    return true;
}

static bool sqlite_owner_lives(Conn *c, Str owner, bool *ret, GError **error)
{
    char start[32] = "";
    g_autofree char *text = g_strndup(owner.at, owner.len);
    char *blank = strchr(text, ' ');
    gint64 pid = 0;

    (void)c;
    (void)error;
    *ret = false;
    if (blank == NULL)
        return true;
    *blank = '\0';
    *ret = g_ascii_string_to_signed(text, 10, 1, INT32_MAX, &pid, NULL) &&
           process_start((pid_t)pid, start, sizeof start) && g_str_equal(start, blank + 1);
    return true;
}

/* ---- values ------------------------------------------------------------------------------ */

static void sqlite_bind_int(Statement *st, int at, int64_t n)
{
    sqlite3_bind_int64(of(st), at, n);
}

static void sqlite_bind_text(Statement *st, int at, Str s)
{
    sqlite3_bind_text64(of(st), at, s.at != NULL ? s.at : "", s.len, SQLITE_STATIC, SQLITE_UTF8);
}

static void sqlite_bind_bytes(Statement *st, int at, const void *bytes, size_t n)
{
    sqlite3_bind_blob64(of(st), at, bytes, n, SQLITE_STATIC);
}

static void sqlite_bind_null(Statement *st, int at)
{
    sqlite3_bind_null(of(st), at);
}

static CellType sqlite_column_type(Statement *st, int at)
{
    switch (sqlite3_column_type(of(st), at)) {
    case SQLITE_INTEGER:
        return CELL_INT;
    case SQLITE_TEXT:
        return CELL_TEXT;
    case SQLITE_BLOB:
        return CELL_BYTES;
    default:
        return CELL_NONE;
    }
}

static int64_t sqlite_column_int64(Statement *st, int at)
{
    return sqlite3_column_int64(of(st), at);
}

static void sqlite_column_numbers(Statement *st, int n, int64_t *to, uint8_t *known, int n_known)
{
    sqlite3_stmt *row = of(st);

    for (int i = 0; i < n; i++)
        to[i] = sqlite3_column_int64(row, i);
    for (int i = 0; i < n_known; i++)
        known[i] = to[i] != 0 || sqlite3_column_type(row, i) != SQLITE_NULL;
}

static Str sqlite_column_str(Statement *st, int at)
{
    const char *text = (const char *)sqlite3_column_blob(of(st), at);

    return (Str){text, (size_t)sqlite3_column_bytes(of(st), at)};
}

static int sqlite_columns(Statement *st)
{
    return sqlite3_column_count(of(st));
}

static const char *sqlite_column_name(Statement *st, int at)
{
    return sqlite3_column_name(of(st), at);
}

static const ConnMethods sqlite_methods = {
    .column_name = sqlite_column_name,
    .tables = "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' "
              "ORDER BY name",
    .close = sqlite_close,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .step = sqlite_step,
    .done = sqlite_done,
    .put = sqlite_done,
    .ask = sqlite_ask,
    .reset = sqlite_reset,
    .settle = sqlite_settle,
    .script = sqlite_script,
    .begin = sqlite_begin,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .is_in_transaction = sqlite_is_in_transaction,
    .is_lost = sqlite_is_lost,
    .has_room = sqlite_has_room,
    .sound = sqlite_sound,
    .owner = sqlite_owner,
    .owner_lives = sqlite_owner_lives,
    .bind_int = sqlite_bind_int,
    .bind_text = sqlite_bind_text,
    .bind_bytes = sqlite_bind_bytes,
    .bind_null = sqlite_bind_null,
    .column_type = sqlite_column_type,
    .column_int64 = sqlite_column_int64,
    .column_numbers = sqlite_column_numbers,
    .gather_into = sqlite_gather_into,
    .column_str = sqlite_column_str,
    .columns = sqlite_columns,
};
