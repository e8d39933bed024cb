/* cluster.c — see cluster.h. */
#include "cluster.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 6

static char *tool, *folder;

/* ---- the server -------------------------------------------------------------------------- */

void cluster_run(const char *word, const char *in, const char *also, const char *more,
                 char **ret_said)
{
    const char *const argv[] = {tool, word, in, also, more, NULL};
    g_autoptr(GError) error = NULL;
    int status = 0;

    g_spawn_sync(NULL, (char **)(void *)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, ret_said, NULL,
                 &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

void cluster_start(const char *by, const char *settings)
{
    g_autofree char *path = NULL, *said = NULL;
    g_autofree char *me = g_strdup_printf("%d", (int)getpid());

    tool = g_canonicalize_filename(by, NULL);
    folder = g_dir_make_tmp("anlao-cluster-XXXXXX", NULL);
    path = g_strconcat(folder, ".conf", NULL);
    g_assert_true(g_file_set_contents(path, settings, -1, NULL));
    g_setenv("ANLAO_POSTGRES_SETTINGS", path, TRUE);
    cluster_run("start", folder, me, NULL, &said);
    g_unlink(path);
    g_unsetenv("ANLAO_POSTGRES_SETTINGS");
    g_setenv("ANLAO_POSTGRES", g_strchomp(said), TRUE);
    g_setenv("ANLAO_STORE", "postgresql", TRUE);
}

const char *cluster_folder(void)
{
    return folder;
}

void cluster_crash(void)
{
    cluster_run("crash", folder, NULL, NULL, NULL);
}

void cluster_stop(void)
{
    cluster_run("stop", folder, NULL, NULL, NULL);
}

/* ---- who writes without end -------------------------------------------------------------- */

typedef struct Busy {
    Fixture *f;
    int report;
} Busy;

static gpointer write_on(gpointer with)
{
    Busy *b = with;

    for (;;) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        RecordKey key = {COUNTY, store_new_id(b->f->store)};
        Draft *d = draft_new(a, CHANGE_CREATE, b->f->elder, key);
        ChangeAnswer answer = {0};

        draft_text(d, "name", "李秀英");
        if (key.id != 0 && store_write(b->f->store, &d->change, 1, &answer, &error) &&
            answer.done && write(b->report, &key.id, sizeof key.id) != sizeof key.id)
            _exit(8);
        g_clear_error(&answer.error);
    }
    return NULL;
}

pid_t writers_start(Fixture *f, int report)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    Busy b = {f, report};

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (int i = 1; i < WRITERS; i++)
        g_thread_new("writer", write_on, &b);
    write_on(&b);
    _exit(0);
}

void writers_end(const pid_t *writers, int n)
{
    for (int i = 0; i < n; i++) {
        kill(writers[i], SIGKILL);
        waitpid(writers[i], NULL, 0);
    }
}

int report_open(const Fixture *f, char **ret_path)
{
    *ret_path = g_build_filename(f->folder, "acknowledged", NULL);
    return open(*ret_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void report_grown(int report, int many)
{
    const off_t by = many * (off_t)sizeof(int64_t);
    off_t from = lseek(report, 0, SEEK_END);

    for (int i = 0; i < 3000 && lseek(report, 0, SEEK_END) < from + by; i++)
        g_usleep(10000);
    g_assert_cmpint(lseek(report, 0, SEEK_END), >=, from + by);
}

void report_holds(Fixture *f, int report)
{
    g_autoptr(GHashTable) there = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    g_autoptr(GPtrArray) rows = database_rows(f->uri, "SELECT id FROM elder");
    int64_t id = 0;
    int n = 0;

    for (guint i = 0; i < rows->len; i++) {
        id = g_ascii_strtoll(((char **)rows->pdata[i])[0], NULL, 10);
        g_hash_table_add(there, g_memdup2(&id, sizeof id));
    }
    lseek(report, 0, SEEK_SET);
    for (; read(report, &id, sizeof id) == sizeof id; n++) {
        if (!g_hash_table_contains(there, &id))
            g_error("%" G_GINT64_FORMAT " was acknowledged, and is not there", id);
    }
    g_test_message("%d acknowledged of %u written", n, rows->len);
}
