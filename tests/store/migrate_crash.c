/* migrate_crash.c — a migration that is killed, on a disk that fails, or beside a process that
 * knows nothing of it: the old state or the new one, nothing acknowledged lost, and who is older
 * writes no more.  LAW architecture 10.  $ROUNDS: how often it is killed. */
#include "models.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static int rounds(int otherwise)
{
    const char *text = g_getenv("ROUNDS");

    return text != NULL ? (int)g_ascii_strtoll(text, NULL, 10) : otherwise;
}

/* ---- killed ------------------------------------------------------------------------------ */

static void killed_after(Fixture *f, const Model *to, gint64 microseconds)
{
    pid_t child = 0;

    fflush(stdout);
    child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0)
        _exit(migrate_closed(f, to, NULL) ? 0 : 1);
    g_usleep((gulong)microseconds);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}

static void test_killed(void)
{
    Fixture *f = fixture_new();
    const Model *one = f->model, *two = model_other(f, 2), *is = one;
    gint64 took = 0;
    int moved = 0, stayed = 0;

    elders(f, 300);
    store_close(f->store);
    f->store = NULL;
    took = g_get_monotonic_time();
    g_assert_true(migrate_closed(f, two, NULL));
    g_assert_true(migrate_closed(f, one, NULL));
    took = (g_get_monotonic_time() - took) / 2;
    for (int i = 0; i < rounds(8); i++) {
        const Model *to = is == one ? two : one;
        gint64 begin = 0;

        killed_after(f, to, g_test_rand_int_range(0, (int)(took * 3) + 1000));
        begin = g_get_monotonic_time();
        const Model *now = state_of(f, one, two);

        g_assert_cmpint(g_get_monotonic_time() - begin, <, 5 * G_USEC_PER_SEC);
        moved += now == to;
        stayed += now == is;
        is = now;
    }
    g_test_message("%d times done, %d times as before", moved, stayed);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 300);
    f->model = (Model *)is;
    fixture_reopen(f);
    fixture_free(f);
}

/* ---- two versions at once ---------------------------------------------------------------- */

/* What a process that opened the database before a migration may still do. */
static void test_the_older_process_stops(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    const Model *two = model_other(f, 2);
    RecordKey li = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);
    ChangeAnswer answer;
    int64_t seq = 0;

    g_assert_false(store_is_outdated(f->store));
    g_assert_true(migrate_closed(f, two, &error));
    /* It reads on, and notices when it looks for what is new. */
    g_assert_true(str_is(value_now(f->store, f->elder, li, "remark", a).text, "") ||
                  !value_now(f->store, f->elder, li, "remark", a).known);
    g_assert_true(store_watermark(f->store, &seq, &error));
    g_assert_true(store_is_outdated(f->store));
    draft_text(d, "name", "李秀兰");
    g_assert_false(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_assert_cmpint(fail_exit_status(error), ==, 3);
    g_assert_nonnull(strstr(error->message, "writes no more"));
    g_clear_error(&error);
    g_assert_false(store_write_chunk(f->store, &d->change, 1, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    f->model = (Model *)two;
    f->elder = entity_of(f->model, "elder");
    fixture_reopen(f);
    g_assert_true(str_is(value_now(f->store, f->elder, li, "name", a).text, "李秀英"));
    assert_verified(f->store);
    fixture_free(f);
}

static void write_until_refused(Fixture *f, int report)
{
    uint64_t seed = random_u64() | 1;

    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (;;) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        Change c;
        ChangeAnswer answer;

        elders_make(f, a, &c, 1, seed += 7919);
        if (!store_write(f->store, &c, 1, &answer, &error)) {
            bool why = store_is_outdated(f->store) && fail_exit_status(error) == 3;

            if (!why && error->code == FAIL_BUSY)
                continue;
            store_close(f->store);
            _exit(why ? 3 : 7);
        }
        if (answer.done && write(report, &c.key.id, sizeof c.key.id) != sizeof c.key.id)
            _exit(8);
    }
}

/* Two processes write while the database is migrated below them: both end by themselves with 3, and
 * what they acknowledged is there. */
static void test_rolling_upgrade(void)
{
    Fixture *f = fixture_new();
    const Model *two = model_other(f, 2);
    GError *error = NULL;
    pid_t children[2];
    int ends[2], status = 0;
    int64_t id = 0, acknowledged = 0;

    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        g_assert_cmpint(children[i], >=, 0);
        if (children[i] == 0) {
            close(ends[0]);
            write_until_refused(f, ends[1]);
        }
    }
    close(ends[1]);
    struct pollfd first = {.fd = ends[0], .events = POLLIN};

    g_assert_cmpint(poll(&first, 1, 60000), ==, 1);
    g_usleep(150000);
    while (!migrate_closed(f, two, &error)) { /* the writers are quicker to take the lock */
        g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
        g_clear_error(&error);
    }
    for (int i = 0; i < 2; i++) {
        waitpid(children[i], &status, 0);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 3);
    }
    f->model = (Model *)two;
    f->elder = entity_of(f->model, "elder");
    fixture_reopen(f);
    while (read(ends[0], &id, sizeof id) == sizeof id) {
        g_autoptr(Arena) a = arena_new();

        g_assert_true(value_now(f->store, f->elder, (RecordKey){COUNTY, id}, "name", a).known);
        acknowledged++;
    }
    close(ends[0]);
    g_assert_cmpint(acknowledged, >, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), >=, acknowledged);
    assert_verified(f->store);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/migrate-crash/killed", test_killed);
    g_test_add_func("/migrate-crash/older-process", test_the_older_process_stops);
    g_test_add_func("/migrate-crash/rolling-upgrade", test_rolling_upgrade);
    return g_test_run();
}
