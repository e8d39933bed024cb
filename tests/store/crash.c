/* crash.c — kill -9 in the midst of it: what was acknowledged is there, nothing is half done.
 * LAW architecture 10.  A child writes and reports each acknowledged change; the parent kills it.
 */
#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 8

typedef void (*Work)(Fixture *f, int report);

static void killed_after(Fixture *f, Work work, int pipe_ends[2], int microseconds)
{
    pid_t child = 0;

    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(pipe_ends), ==, 0);
    fflush(stdout);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        close(pipe_ends[0]);
        if (!store_open(f->uri, f->model, &f->store, NULL))
            _exit(9);
        work(f, pipe_ends[1]);
        for (;;)
            pause();
    }
    close(pipe_ends[1]);
    /* Most rounds wait for the first report, however busy the machine is; the others also hit the
     * opening. */
    struct pollfd first = {.fd = pipe_ends[0], .events = POLLIN};
    if (microseconds % 4 != 0)
        (void)poll(&first, 1, 10000);
    g_usleep((gulong)microseconds);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    fixture_reopen(f);
    assert_verified(f->store);
}

/* ---- single changes ---------------------------------------------------------------------- */

static void write_singles(Fixture *f, int report)
{
    uint64_t seed = random_u64() | 1;

    for (;;) {
        g_autoptr(Arena) a = arena_new();
        Change c;
        ChangeAnswer answer;

        elders_make(f, a, &c, 1, seed += 7919);
        if (store_write(f->store, &c, 1, &answer, NULL) && answer.done &&
            write(report, &c.key.id, sizeof c.key.id) != sizeof c.key.id)
            _exit(8);
    }
}

static void test_singles(void)
{
    Fixture *f = fixture_new();
    int64_t acknowledged = 0, id = 0;

    for (int round = 0; round < ROUNDS; round++) {
        g_autoptr(Arena) a = arena_new();
        int ends[2];

        killed_after(f, write_singles, ends, g_test_rand_int_range(1000, 60000));
        while (read(ends[0], &id, sizeof id) == sizeof id) {
            g_assert_true(value_now(f->store, f->elder, (RecordKey){COUNTY, id}, "name", a).known);
            acknowledged++;
        }
        close(ends[0]);
    }
    g_assert_cmpint(acknowledged, >, 0);
    g_test_message("%" G_GINT64_FORMAT " acknowledged changes", acknowledged);
    fixture_free(f);
}

/* ---- chunks ------------------------------------------------------------------------------ */

#define CHUNK 500

static void write_chunks(Fixture *f, int report)
{
    uint64_t seed = random_u64() | 1;

    for (;;) {
        g_autoptr(Arena) a = arena_new();
        Change *changes = arena_many(a, Change, CHUNK);

        elders_make(f, a, changes, CHUNK, seed += 7919);
        if (store_write_chunk(f->store, changes, CHUNK, NULL, NULL) &&
            write(report, &changes[CHUNK - 1].key.id, sizeof(int64_t)) != sizeof(int64_t))
            _exit(8);
    }
}

static void test_chunks(void)
{
    Fixture *f = fixture_new();
    int64_t id = 0;

    for (int round = 0; round < ROUNDS; round++) {
        g_autoptr(Arena) a = arena_new();
        int64_t chunks = 0;
        int ends[2];

        killed_after(f, write_chunks, ends, g_test_rand_int_range(1000, 120000));
        while (read(ends[0], &id, sizeof id) == sizeof id) {
            g_assert_true(value_now(f->store, f->elder, (RecordKey){COUNTY, id}, "name", a).known);
            chunks++;
        }
        close(ends[0]);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM elder") % CHUNK, ==, 0);
        g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), >=, chunks * CHUNK);
    }
    fixture_free(f);
}

/* ---- imports ----------------------------------------------------------------------------- */

#define IMPORT 4000

static void write_import(Fixture *f, int report)
{
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, IMPORT);
    int64_t import = 0, done = 1;

    elders_make(f, a, changes, IMPORT, random_u64() | 1);
    if (!store_import_begin(f->store, STR("elders.csv"), &import, NULL))
        _exit(7);
    for (size_t i = 0; i < IMPORT; i += 500) {
        if (!store_import_stage(f->store, import, changes + i, 500, NULL))
            _exit(6);
    }
    if (store_import_commit(f->store, import, NULL) &&
        write(report, &done, sizeof done) != sizeof done)
        _exit(8);
}

static void test_imports(void)
{
    Fixture *f = fixture_new();
    int64_t before = 0, forward = 0;

    for (int round = 0; round < ROUNDS; round++) {
        int64_t done = 0, now = 0;
        int ends[2];

        killed_after(f, write_import, ends, g_test_rand_int_range(10000, 300000));
        if (read(ends[0], &done, sizeof done) != sizeof done)
            done = 0;
        close(ends[0]);
        now = ask(f, "SELECT count(*) FROM elder");
        /* Finished at this start, or never begun. */
        g_assert_true(now == before + IMPORT || (now == before && done == 0));
        g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
        forward += now > before && done == 0;
        before = now;
    }
    g_test_message("%" G_GINT64_FORMAT " imports rolled forward", forward);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/crash/singles", test_singles);
    g_test_add_func("/crash/chunks", test_chunks);
    g_test_add_func("/crash/imports", test_imports);
    return g_test_run();
}
