/* standby.c — a PostgreSQL whose commits wait for a standby: nobody is answered before the standby
 * has it, whichever way it was committed; what is answered survives the primary; and a standby that
 * is away is said, and holds nobody for longer than LIMIT_STANDBY_SECONDS.  Usage: standby
 * tools/postgres.sh, which starts both servers of this test's own. */
#include "cluster.h"

#include <signal.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/backup.h"

#define A_WHILE_US 300000

static char *primary, *standby, *standby_folder; /* addresses */

/* ---- the two servers --------------------------------------------------------------------- */

static void wait_until(const char *address, const char *sql)
{
    for (int i = 0; i < 3000 && database_ask(address, sql) != 1; i++)
        g_usleep(10000);
    g_assert_cmpint(database_ask(address, sql), ==, 1);
}

static void standby_is_waited_for(void)
{
    wait_until(primary, "SELECT count(*) FROM pg_stat_replication WHERE sync_state='sync' AND "
                        "state='streaming'");
}

static void servers_start(const char *tool)
{
    g_autofree char *me = g_strdup_printf("%d", (int)getpid());

    cluster_start(tool, "wal_level = replica\nmax_wal_senders = 5\nautovacuum = off\n");
    primary = g_strdup(g_getenv("ANLAO_POSTGRES"));
    standby_folder = g_strconcat(cluster_folder(), "-standby", NULL);
    cluster_run("standby", standby_folder, cluster_folder(), me, &standby);
    g_strchomp(standby);
    database_run(primary, "ALTER SYSTEM SET synchronous_standby_names='*'");
    database_run(primary, "SELECT pg_reload_conf()");
    standby_is_waited_for();
}

/* It takes nothing any more, and the primary does not notice. */
static void standby_signal(int which)
{
    static pid_t receiver;

    if (which == SIGSTOP)
        receiver = (pid_t)database_ask(standby, "SELECT pid FROM pg_stat_wal_receiver");
    g_assert_cmpint(kill(receiver, which), ==, 0);
}

static void standby_away(void)
{
    cluster_run("halt", standby_folder, NULL, NULL, NULL);
}

static void standby_back(void)
{
    cluster_run("go", standby_folder, NULL, NULL, NULL);
    standby_is_waited_for();
}

/* ---- one who writes ---------------------------------------------------------------------- */

typedef struct Writer {
    Fixture *f;
    Draft *draft;
    GThread *thread;
    ChangeAnswer answer;
    GError *error;
    int done;   /* atomic */
    bool chunk; /* it commits as an import does */
    bool ok;
    double seconds;
} Writer;

/* A store that has just been opened commits its first change as the server is set; from the second
 * one on it commits ahead and flushes. */
static Fixture *fixture_fresh(bool ahead)
{
    Fixture *f = fixture_new();

    for (int i = 0; ahead && i < 3; i++)
        elder_new(f, "李秀英", NULL);
    return f;
}

static void writer_init(Writer *w, Fixture *f, uint8_t request)
{
    *w = (Writer){.f = f};
    w->draft =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});
    draft_text(w->draft, "name", "李秀英");
    w->draft->change.request[0] = request;
}

static gpointer writer_run(gpointer with)
{
    Writer *w = with;
    int64_t from = clock_monotonic_us();

    w->ok = (w->chunk ? store_write_chunk : store_write)(w->f->store, &w->draft->change, 1,
                                                         &w->answer, &w->error);
    w->seconds = (double)(clock_monotonic_us() - from) / G_USEC_PER_SEC;
    g_atomic_int_set(&w->done, 1);
    return NULL;
}

#define WAITERS "FROM pg_stat_activity WHERE wait_event='SyncRep'"

/* It has committed, and waits for the standby. */
static void writer_begin(Writer *w)
{
    w->thread = g_thread_new("writer", writer_run, w);
    wait_until(primary, "SELECT count(*) " WAITERS);
}

/* The standby has not confirmed it: that is said, in time, and nothing is called done. */
static void not_known(const GError *error)
{
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, "standby"));
    g_assert_nonnull(strstr(error->message, "not known whether it stays"));
}

static void writer_not_known(Writer *w)
{
    g_assert_false(w->ok);
    g_assert_false(w->answer.done);
    not_known(w->error);
    g_clear_error(&w->error);
}

/* Sent again when the standby is there: it was written, once. */
static void writer_again(Writer *w)
{
    writer_run(w);
    g_assert_no_error(w->error);
    g_assert_true(w->answer.done && w->answer.repeated);
}

/* ---- answers ----------------------------------------------------------------------------- */

static void answered_behind(bool ahead)
{
    Fixture *f = fixture_fresh(ahead);
    Writer w;

    writer_init(&w, f, 0);
    standby_signal(SIGSTOP);
    writer_begin(&w);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, ahead ? 4 : 0); /* who sees it */
    g_usleep(A_WHILE_US);
    g_assert_false(g_atomic_int_get(&w.done));
    g_autoptr(GPtrArray) written = database_rows(primary, "SELECT pg_current_wal_flush_lsn()");

    standby_signal(SIGCONT);
    g_thread_join(w.thread);
    g_autofree char *has = g_strdup_printf("SELECT (pg_last_wal_receive_lsn() >= '%s')::int",
                                           ((char **)written->pdata[0])[0]);

    g_assert_cmpint(database_ask(standby, has), ==, 1);
    g_assert_no_error(w.error);
    g_assert_true(w.ok && w.answer.done && w.seconds * G_USEC_PER_SEC >= A_WHILE_US);
    fixture_free(f);
}

static void test_answered_behind(void)
{
    answered_behind(false);
    answered_behind(true);
}

/* A wait that an administrator ends (pg_cancel_backend) is over; the standby has it no more for
 * that. */
static void ended_by_hand(bool ahead)
{
    Fixture *f = fixture_fresh(ahead);
    Writer w;

    writer_init(&w, f, 1);
    standby_signal(SIGSTOP);
    writer_begin(&w);
    database_run(primary, "SELECT pg_cancel_backend(pid) " WAITERS);
    g_thread_join(w.thread);
    writer_not_known(&w);
    g_assert_cmpfloat(w.seconds, <, LIMIT_STANDBY_SECONDS);
    standby_signal(SIGCONT);
    writer_again(&w);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_ended_by_hand(void)
{
    ended_by_hand(false);
    ended_by_hand(true);
}

/* Its connection is ended while it waits: whether the commit was done is asked over another, which
 * sees it and must not say so before the standby has it. */
static void connection_ended(bool chunk)
{
    Fixture *f = fixture_fresh(true);
    Writer w;

    writer_init(&w, f, 1);
    w.chunk = chunk;
    standby_signal(SIGSTOP);
    writer_begin(&w);
    database_run(primary, "SELECT pg_terminate_backend(pid,5000) " WAITERS);
    g_usleep(A_WHILE_US);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 4);
    g_assert_false(g_atomic_int_get(&w.done));
    standby_signal(SIGCONT);
    g_thread_join(w.thread);
    g_assert_no_error(w.error);
    g_assert_true(w.ok && w.answer.done && !w.answer.repeated);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_connection_ended(void)
{
    connection_ended(true);
    connection_ended(false);
}

/* ---- a standby that is away -------------------------------------------------------------- */

static void in_time(double seconds)
{
    g_assert_cmpfloat(seconds, >=, LIMIT_STANDBY_SECONDS - 0.1);
    g_assert_cmpfloat(seconds, <, LIMIT_STANDBY_SECONDS + 5);
}

static void written_while_away(Writer *w)
{
    writer_run(w);
    writer_not_known(w);
    in_time(w->seconds);
}

static void number_while_away(Fixture *f)
{
    g_autoptr(GError) error = NULL;
    int64_t from = clock_monotonic_us(), id = 0;

    g_assert_false(store_try_new_id(f->store, &id, &error));
    g_assert_nonnull(strstr(error->message, "standby"));
    in_time((double)(clock_monotonic_us() - from) / G_USEC_PER_SEC);
}

/* What goes to other machines does not go before the standby has it. */
static void heads_while_away(Fixture *f)
{
    int64_t from = clock_monotonic_us();
    g_autoptr(GError) error = NULL;
    StoreHead *heads;
    size_t n;

    g_assert_false(store_heads(f->store, f->arena, &heads, &n, &error));
    g_assert_nonnull(strstr(error->message, "standby"));
    in_time((double)(clock_monotonic_us() - from) / G_USEC_PER_SEC);
}

/* Whoever comes next is told the same, and not held for longer; the one that was opened when the
 * standby was away, too. */
static void test_away(void)
{
    Fixture *f = fixture_fresh(false), *g = fixture_fresh(true);
    Fixture *h = fixture_new(); /* has no numbers yet */
    Writer first, second, third, chunk;

    writer_init(&first, f, 1);
    writer_init(&second, f, 2);
    writer_init(&third, g, 3);
    writer_init(&chunk, f, 4);
    chunk.chunk = true;
    standby_away();
    written_while_away(&first);
    written_while_away(&second);
    written_while_away(&third);
    written_while_away(&chunk);
    written_while_away(&first); /* sent again too early: it is there, and still not confirmed */
    written_while_away(&chunk);
    heads_while_away(g);
    number_while_away(h);
    standby_back();
    writer_again(&first);
    writer_again(&second);
    writer_again(&third);
    writer_again(&chunk);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 3);
    elder_new(h, "李秀英", NULL);
    assert_verified(f->store);
    assert_verified(g->store);
    fixture_free(f);
    fixture_free(g);
    fixture_free(h);
}

/* ---- a primary that is gone -------------------------------------------------------------- */

static void primary_kill(void)
{
    g_autofree char *path = g_build_filename(cluster_folder(), "data", "postmaster.pid", NULL);
    g_autofree char *text = NULL;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpint(kill((pid_t)g_ascii_strtoll(text, NULL, 10), SIGKILL), ==, 0);
}

/* An address of both leads to whichever can be written. */
static void address_of_both(void)
{
    g_autofree char *both = g_strdup_printf("postgresql:///postgres?host=%s,%s&user=anlao&"
                                            "target_session_attrs=read-write",
                                            cluster_folder(), standby_folder);

    g_setenv("ANLAO_POSTGRES", both, TRUE);
}

/* Killed while they write, its standby in its place: nothing that was acknowledged is lost, and
 * they write on. */
static void test_promoted(void)
{
    enum { PROCESSES = 2 };
    address_of_both();
    Fixture *f = fixture_new();
    g_autofree char *path = NULL;
    int report = report_open(f, &path);
    pid_t writers[PROCESSES];

    store_close(f->store);
    f->store = NULL;
    fflush(stdout);
    for (int i = 0; i < PROCESSES; i++)
        writers[i] = writers_start(f, report);
    report_grown(report, 500);
    primary_kill();
    cluster_run("promote", standby_folder, NULL, NULL, NULL);
    report_grown(report, 200);
    writers_end(writers, PROCESSES);
    report_holds(f, report);
    fixture_reopen(f);
    assert_verified(f->store);
    close(report);
    g_unlink(path);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_assert_cmpint(argc, ==, 2);
    servers_start(argv[1]);
    g_test_add_func("/standby/answered-behind-it", test_answered_behind);
    g_test_add_func("/standby/ended-by-hand", test_ended_by_hand);
    g_test_add_func("/standby/connection-ended", test_connection_ended);
    g_test_add_func("/standby/away", test_away);
    g_test_add_func("/standby/promoted", test_promoted); /* last: there is one server less */
    int failed = g_test_run();

    cluster_run("stop", standby_folder, NULL, NULL, NULL);
    cluster_stop();
    g_free(primary);
    g_free(standby);
    g_free(standby_folder);
    return failed;
}
