/* sqlite_backup.c — the file of a database copied page by page while others write, and exchanged
 * for another.  A reader's snapshot holds the moment; the log that grows meanwhile is not in it. */
#include "store/copy.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define STEP_PAGES 2000 /* 8 MB between looks at whether it still goes on */
#define ALONE_MS   2000
#define KEPT_MOST  10000
#define WIPE_MS    30000 /* whoever reads or writes now is waited for */

/* ---- out ----------------------------------------------------------------------------------- */

static bool fail_copy(sqlite3 *to, int rc, GError **error)
{
    if ((rc & 0xff) == SQLITE_FULL)
        return fail(error, FAIL_SYSTEM, "the disk is full");
    return fail(error, FAIL_SYSTEM, "%s", to != NULL ? sqlite3_errmsg(to) : sqlite3_errstr(rc));
}

static bool pages_copy(sqlite3 *from, sqlite3 *to, GError **error)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    int rc = b != NULL ? SQLITE_OK : sqlite3_errcode(to);

    while (rc == SQLITE_OK)
        rc = sqlite3_backup_step(b, STEP_PAGES);
    if (b != NULL)
        sqlite3_backup_finish(b);
    if (rc != SQLITE_DONE)
        return fail_copy(to, rc, error);
    /* The copy says of itself that it has a log beside it, as the original does. */
    rc = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    return rc == SQLITE_OK || fail_copy(to, rc, error);
}

static bool file_copy(Conn *from, const char *path, GError **error)
{
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    bool ok = rc == SQLITE_OK ? pages_copy(sqlite_of(from), to, error) : fail_copy(to, rc, error);

    return sqlite3_close(to) == SQLITE_OK && ok;
}

/* The snapshot begins with the first read. */
static bool snapshot(Conn *c, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM about");
    Statement *st = NULL;
    int64_t n = 0;

    c->deadline = 0;
    return conn_begin(c, error) && conn_statement(c, sql, &st, error) &&
           conn_number(c, st, 0, &n, error);
}

bool sqlite_copy_out(const char *where, const Model *m, const char *path, GError **error)
{
    Conn *from = NULL;
    bool ok = sqlite_file_begin(path, error) && sqlite_connect(where, CONN_READER, &from, error);

    (void)m; /* pages are copied as they are */
    ok = ok && snapshot(from, error) && file_copy(from, path, error);
    if (from != NULL)
        conn_rollback(from);
    conn_close(from);
    if (!ok)
        g_unlink(path);
    return ok || fail_while(error, "copying \"%s\" to \"%s\"", where, path);
}

/* ---- back ---------------------------------------------------------------------------------- */

static int text_is_delete(void *with, int n, char **values, char **names)
{
    (void)names;
    *(bool *)with = n == 1 && values[0] != NULL && g_str_equal(values[0], "delete");
    return 0;
}

/* Only who is alone with a database can fold its log into it for good; then no log is left that
 * would be taken for that of the file which comes into its place. */
static bool alone(const char *where, GError **error)
{
    sqlite3 *db = NULL;
    bool is = false;
    int rc = sqlite3_open_v2(where, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    sqlite3_busy_timeout(db, ALONE_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA journal_mode=DELETE", text_is_delete, &is, NULL);
    sqlite3_close(db);
    if (rc == SQLITE_OK && is)
        return true;
    if ((rc & 0xff) == SQLITE_CORRUPT || (rc & 0xff) == SQLITE_NOTADB)
        return fail(error, FAIL_INPUT,
                    "the database \"%s\" is damaged, so it cannot be told whether its log belongs "
                    "to it: move it away together with the files \"%s-wal\" and \"%s-shm\", then "
                    "restore",
                    where, where, where);
    return fail(error, FAIL_BUSY,
                "the database \"%s\" is in use: stop what serves it, then restore; nothing was "
                "replaced",
                where);
}

/* The old file gets a second name before it loses its first. */
static bool keep(const char *where, char **ret_kept, GError **error)
{
    for (int i = 1; i <= KEPT_MOST; i++) {
        g_autofree char *name = g_strdup_printf("%s.replaced-%d", where, i);

        if (link(where, name) == 0) {
            *ret_kept = g_steal_pointer(&name);
            return true;
        }
        if (errno != EEXIST)
            break;
    }
    return fail(error, FAIL_SYSTEM, "could not keep the old database \"%s\": %s", where,
                g_strerror(errno));
}

static bool log_is_gone(const char *path, GError **error)
{
    static const char *const endings[] = {"-wal", "-journal"};

    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *log = g_strconcat(path, endings[i], NULL);

        if (g_file_test(log, G_FILE_TEST_EXISTS))
            return fail(error, FAIL_SYSTEM, "the file \"%s\" has not been folded in", log);
    }
    return true;
}

bool sqlite_put_back(const char *path, const Model *m, const char *where, char **ret_kept,
                     GError **error)
{
    bool there = g_file_test(where, G_FILE_TEST_EXISTS);

    (void)m;
    if (!alone(path, error) || !log_is_gone(path, error) || (there && !alone(where, error)) ||
        !log_is_gone(where, error) || (there && !keep(where, ret_kept, error)))
        return false;
    if (g_rename(path, where) != 0)
        return fail(error, FAIL_SYSTEM,
                    "could not put the restored database in place of \"%s\": %s", where,
                    g_strerror(errno));
    sqlite_folder_sync(where);
    return true;
}

/* ---- wiping -------------------------------------------------------------------------------- */

/* Everything that is still there is written anew, and the log is cut to nothing: what was deleted
 * stands neither in free pages nor in free places inside pages. */
bool sqlite_wipe(const char *where, GError **error)
{
    sqlite3 *db = NULL;
    int rc = sqlite3_open_v2(where, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

    sqlite3_busy_timeout(db, WIPE_MS);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "PRAGMA secure_delete=ON; VACUUM", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    bool ok =
        rc == SQLITE_OK ||
        fail(error, (rc & 0xff) == SQLITE_BUSY ? FAIL_BUSY : FAIL_SYSTEM,
             "what was deleted may still be readable in \"%s\": %s; run it again when less is "
             "going on",
             where, sqlite3_errmsg(db));
    sqlite3_close(db);
    return ok;
}
