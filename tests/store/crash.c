/* crash.c — kill -9 in the midst of it, also while the disk is full or fails: what was acknowledged
 * is there, nothing is half done, the next start takes less than 5 s.  LAW architecture 10.  A
 * child writes and reports each acknowledged change; the parent kills it.  $ROUNDS: how often. */
#include "fixture.h"

#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shim.h"

#define START_SECONDS 5

static int rounds(void)
{
    const char *text = g_getenv("ROUNDS");

    return text != NULL ? (int)g_ascii_strtoll(text, NULL, 10) : 8;
}

/* Of this process alone: what others do on the machine is not our slowness. */
static gint64 processor_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

/* No file may grow much beyond what the database has now: a full disk, of SQLite's side at least.
 */
static void fill_disk(const Fixture *f)
{
    GStatBuf s;
    rlim_t most = f->path != NULL && g_stat(f->path, &s) == 0 ? (rlim_t)s.st_size : 1 << 20;
    struct rlimit limit;

    most += (rlim_t)g_random_int_range(0, 300000);
    limit = (struct rlimit){most, most};
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
}

/* In a child, before it opens the database. */
static void hurt(const Fixture *f, int round)
{
    static const int codes[] = {SQLITE_IOERR_WRITE, SQLITE_FULL, SQLITE_IOERR_FSYNC};

    g_random_set_seed((guint32)round * 7919 + (guint32)getpid());
    if (round % 3 == 1)
        fill_disk(f);
    if (round % 3 == 2) {
        shim_install();
        shim_fail_after(g_random_int_range(1, 400), codes[round / 3 % 3]);
    }
}

typedef void (*Work)(Fixture *f, int report);

static void killed_after(Fixture *f, Work work, int pipe_ends[2], int microseconds)
{
    static int round;
    gint64 begin = 0;
    pid_t child = 0;

    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(pipe_ends), ==, 0);
    fflush(stdout);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        close(pipe_ends[0]);
        hurt(f, round);
        if (!store_open(f->uri, f->model, &f->store, NULL))
            _exit(9); /* the disk may be full by then */
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
    round++;
    begin = processor_us();
    fixture_reopen(f);
    g_assert_cmpint(processor_us() - begin, <, START_SECONDS * G_USEC_PER_SEC);
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

    for (int round = 0; round < rounds(); round++) {
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

/* ---- all kinds ---------------------------------------------------------------------------- */

/* One record, changed, corrected and noted again and again; reported is the height it has. */
static void write_kinds(Fixture *f, int report)
{
    const RecordKey key = {COUNTY, ask(f, "SELECT max(id) FROM elder")};

    for (int64_t height = ask(f, "SELECT max(height) FROM elder") + 1;; height++) {
        g_autoptr(Arena) a = arena_new();
        Draft *set = draft_new(a, CHANGE_SET, f->elder, key),
              *correct = draft_new(a, CHANGE_CORRECT, f->elder, key),
              *note = draft_new(a, CHANGE_NOTE, NULL, (RecordKey){COUNTY, 0});
        Change changes[3];
        ChangeAnswer answers[3];

        draft_number(set, "height", height);
        draft_on(set, "ability", height % 5, "2020-01-01");
        draft_span(correct, "income", height, "2019-01-01", "2019-06-01");
        changes[0] = set->change;
        changes[1] = correct->change;
        changes[2] = note->change;
        if (store_write(f->store, changes, 3, answers, NULL) && answers[0].done &&
            answers[2].done && write(report, &height, sizeof height) != sizeof height)
            _exit(8);
    }
}

static void test_kinds(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, li);
    int64_t last = 100, height = 0;

    draft_number(d, "height", last);
    write_ok(f->store, d);
    for (int round = 0; round < rounds(); round++) {
        g_autoptr(Arena) a = arena_new();
        int ends[2];

        killed_after(f, write_kinds, ends, g_test_rand_int_range(1000, 60000));
        while (read(ends[0], &height, sizeof height) == sizeof height)
            last = height;
        close(ends[0]);
        /* The last one acknowledged, or one that was done and could no longer be reported. */
        height = value_now(f->store, f->elder, li, "height", a).num;
        g_assert_cmpint(height, >=, last);
        g_assert_cmpint(height, <=, last + 1);
        last = height;
    }
    fixture_free(f);
}

/* Another county every few rounds: all of it is verified after each kill, and that would grow with
 * the rounds. */
static bool fixture_anew(Fixture **f, int round)
{
    if (round == 0 || round % 10 != 0)
        return false;
    fixture_free(*f);
    *f = fixture_new();
    return true;
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

    for (int round = 0; round < rounds(); round++) {
        g_autoptr(Arena) a = arena_new();
        int64_t chunks = 0;
        int ends[2];

        fixture_anew(&f, round);
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

#define IMPORT       4000
#define SECONDS_MOST 10 /* for a server to notice that the process of an import is gone */

/* As a process does that serves: a server may notice late that a client died. */
static void resume_all(Fixture *f)
{
    gint64 until = g_get_monotonic_time() + SECONDS_MOST * G_USEC_PER_SEC;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Str unused;

    while (ask(f, "SELECT count(*) FROM import WHERE state<2") > 0 &&
           g_get_monotonic_time() < until) {
        g_usleep(20000);
        store_import_recover(f->store, false, a, &unused, &error);
        g_assert_no_error(error);
    }
}

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
    if (store_import_commit(f->store, import, NULL, NULL, NULL, NULL, NULL) &&
        write(report, &done, sizeof done) != sizeof done)
        _exit(8);
}

static void test_imports(void)
{
    Fixture *f = fixture_new();
    int64_t before = 0, forward = 0;

    for (int round = 0; round < rounds(); round++) {
        int64_t done = 0, now = 0;
        int ends[2];

        if (fixture_anew(&f, round))
            before = 0;
        killed_after(f, write_import, ends, g_test_rand_int_range(10000, 300000));
        if (read(ends[0], &done, sizeof done) != sizeof done)
            done = 0;
        close(ends[0]);
        resume_all(f);
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
    g_test_add_func("/crash/kinds", test_kinds);
    g_test_add_func("/crash/chunks", test_chunks);
    g_test_add_func("/crash/imports", test_imports);
    return g_test_run();
}
