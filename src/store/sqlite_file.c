/* sqlite_file.c — the file of a database: made beside its place and renamed when it is whole, so
 * that a half-made one is never found under its name; and the thread that brings the log back into
 * it.  Read first: sqlite_create(), checkpoint_thread(). */
#include "store/copy.h"
#include "store/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#define CHECKPOINT_FRAMES 4000  /* 16 MB of log: the thread begins to copy it back */
#define CHECKPOINT_FORCED 60000 /* 240 MB: the writer waits until the log is copied */

/* ---- making ------------------------------------------------------------------------------ */

/* An empty file of our own, readable by nobody else; SQLite gives its log files the same mode. */
bool sqlite_file_begin(const char *path, GError **error)
{
    int fd = -1;

    g_unlink(path);
    fd = g_open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, FAIL_SYSTEM, "could not make file \"%s\": %s", path, g_strerror(errno));
    close(fd);
    return true;
}

void sqlite_folder_sync(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static bool file_place(const char *from, const char *to, GError **error)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || g_file_test(to, G_FILE_TEST_EXISTS) || g_rename(from, to) != 0))
        return fail(error, errno == EEXIST ? FAIL_INPUT : FAIL_SYSTEM,
                    "could not make database \"%s\": %s", to, g_strerror(errno));
    sqlite_folder_sync(to);
    return true;
}

static bool sqlite_create(const char *where, const Model *m, const StoreFacts *facts,
                          GError **error)
{
    g_autofree char *making = g_strdup_printf("%s.making", where);
    g_autofree char *log = g_strdup_printf("%s.making-journal", where);

    g_unlink(log);
    if (!sqlite_file_begin(making, error))
        return false;
    if (!database_make(&sqlite_kind, making, m, facts, error) ||
        !file_place(making, where, error)) {
        g_unlink(making);
        return fail_while(error, "making database \"%s\"", where);
    }
    return true;
}

static bool sqlite_is_free(const char *where, GError **error)
{
    return !g_file_test(where, G_FILE_TEST_EXISTS) ||
           fail(error, FAIL_INPUT, "there is already a file \"%s\"", where);
}

static bool sqlite_is_there(const char *where, GError **error)
{
    return g_file_test(where, G_FILE_TEST_EXISTS) ||
           fail(error, FAIL_INPUT, "there is no database \"%s\"", where);
}

/* ---- checkpoints ------------------------------------------------------------------------- */

struct Checkpointer {
    GThread *thread;
    GMutex lock;
    GCond wake;
    bool stop;
    int frames; /* of the log after the last commit */
    Conn *conn;
};

static int committed(void *with, sqlite3 *db, const char *name, int frames)
{
    struct Checkpointer *k = with;

    (void)db;
    (void)name;
    g_mutex_lock(&k->lock);
    k->frames = frames;
    if (frames >= CHECKPOINT_FRAMES)
        g_cond_broadcast(&k->wake);
    while (frames >= CHECKPOINT_FORCED && k->frames >= CHECKPOINT_FORCED && !k->stop)
        g_cond_wait(&k->wake, &k->lock);
    g_mutex_unlock(&k->lock);
    return SQLITE_OK;
}

static gpointer checkpoint_thread(gpointer with)
{
    struct Checkpointer *k = with;
    int done_at = 0;

    g_mutex_lock(&k->lock);
    while (!k->stop) {
        if (k->frames < CHECKPOINT_FRAMES || k->frames == done_at) {
            done_at = k->frames < CHECKPOINT_FRAMES ? 0 : done_at;
            g_cond_wait(&k->wake, &k->lock);
            continue;
        }
        done_at = k->frames;
        g_mutex_unlock(&k->lock);
        /* A failure is no harm: the log is the truth, and the next commit wakes us again. */
        sqlite3_wal_checkpoint_v2(sqlite_of(k->conn), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        g_mutex_lock(&k->lock);
        if (k->frames >= CHECKPOINT_FORCED && k->frames == done_at) {
            k->frames = 0; /* the writer that waits may go on */
            g_cond_broadcast(&k->wake);
        }
    }
    g_mutex_unlock(&k->lock);
    return NULL;
}

static bool sqlite_start(Store *s, GError **error)
{
    struct Checkpointer *k = g_new0(struct Checkpointer, 1);

    if (!sqlite_connect(s->where, CONN_WRITER, &k->conn, error)) {
        g_free(k);
        return false;
    }
    s->beside = k;
    g_mutex_init(&k->lock);
    g_cond_init(&k->wake);
    k->thread = g_thread_new("checkpoint", checkpoint_thread, k);
    sqlite3_wal_hook(sqlite_of(s->writer), committed, k);
    return true;
}

static void sqlite_stop(Store *s)
{
    struct Checkpointer *k = s->beside;

    if (k == NULL)
        return;
    g_mutex_lock(&k->lock);
    k->stop = true;
    g_cond_broadcast(&k->wake);
    g_mutex_unlock(&k->lock);
    g_thread_join(k->thread);
    conn_close(k->conn);
    g_mutex_clear(&k->lock);
    g_cond_clear(&k->wake);
    g_free(k);
    s->beside = NULL;
}

static char *sqlite_shown(const char *where)
{
    return g_strconcat("sqlite:", where, NULL);
}

const StoreKind sqlite_kind = {
    .scheme = "sqlite:",
    .create = sqlite_create,
    .is_free = sqlite_is_free,
    .is_there = sqlite_is_there,
    .connect = sqlite_connect,
    .start = sqlite_start,
    .stop = sqlite_stop,
    .shown = sqlite_shown,
    .wipe = sqlite_wipe,
    .copy_out = sqlite_copy_out,
    .put_back = sqlite_put_back,
};
