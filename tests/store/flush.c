/* flush.c — what is committed ahead of the disk (src/store/flush.c): connections that end before it
 * is there, and servers that are cut off and lose what everybody saw.  Nothing that was answered is
 * lost, and what was lost is noticed by all who read it.  Usage: flush tools/postgres.sh, which
 * starts a server of this test's own. */
#include "cluster.h"
#include "wired.h"

#include <unistd.h>

#include "base/limits.h"
#include "store/backup.h"
#include "store/range.h"
#include "store/seal.h"

/* ---- a change that everybody sees and nobody has kept ------------------------------------- */

typedef struct Scene {
    Fixture *f;   /* over the wire */
    Store *other; /* of another process, as it were: straight to the server */
    char *wire, *straight;
    Draft *draft; /* being written over the wire */
    GThread *thread;
    ChangeAnswer answer;
    GError *error;
    bool ok;
} Scene;

static Draft *draft_of(Scene *sc, uint8_t request)
{
    Draft *d = draft_new(sc->f->arena, CHANGE_CREATE, sc->f->elder,
                         (RecordKey){COUNTY, store_new_id(sc->other)});

    draft_text(d, "name", "李秀英");
    d->change.request[0] = request;
    return d;
}

/* The first change is committed as ever; from the second one on, ahead. */
static Scene *scene_new(void)
{
    Scene *sc = g_new0(Scene, 1);
    g_autoptr(GError) error = NULL;

    sc->f = fixture_wired(&sc->wire);
    sc->straight = address_of_server(sc->f);
    store_open(sc->straight, sc->f->model, &sc->other, &error);
    g_assert_no_error(error);
    for (uint8_t i = 0; i < 2; i++) {
        write_ok(sc->f->store, draft_of(sc, 0));
        write_ok(sc->other, draft_of(sc, 0));
    }
    return sc;
}

static void scene_free(Scene *sc)
{
    proxy_cut(PROXY_SOUND);
    store_close(sc->other);
    fixture_free(sc->f);
    wire_remove(sc->wire);
    g_free(sc->wire);
    g_free(sc->straight);
    g_free(sc);
}

static gpointer scene_write(gpointer with)
{
    Scene *sc = with;

    sc->ok = store_write(sc->f->store, &sc->draft->change, 1, &sc->answer, &sc->error);
    return NULL;
}

static int64_t entries(const Scene *sc)
{
    return database_ask(sc->straight, "SELECT sum(seq) FROM head");
}

static bool is_there(const Scene *sc)
{
    g_autofree char *sql = g_strdup_printf("SELECT count(*) FROM elder WHERE id=%" G_GINT64_FORMAT,
                                           sc->draft->change.key.id);

    return database_ask(sc->straight, sql) == 1;
}

/* Written, seen, and its writer waits for a server that it cannot reach. */
static void scene_begin(Scene *sc, uint8_t request)
{
    int64_t before = entries(sc);

    sc->draft = draft_of(sc, request);
    proxy_cut(PROXY_NO_FLUSH);
    sc->thread = g_thread_new("writer", scene_write, sc);
    while (entries(sc) == before)
        g_usleep(1000);
    g_assert_true(is_there(sc));
}

static void scene_end(Scene *sc)
{
    proxy_cut(PROXY_SOUND);
    g_thread_join(sc->thread);
}

/* ---- connections -------------------------------------------------------------------------- */

static void test_cut(void)
{
    Scene *sc = scene_new();
    int64_t before = entries(sc);

    proxy_cut(PROXY_BEFORE_FLUSH);
    write_ok(sc->f->store, draft_of(sc, 1)); /* who writes notices nothing */
    g_assert_cmpint(entries(sc), ==, before + 1);
    write_ok(sc->f->store, draft_of(sc, 2));
    assert_verified(sc->f->store);
    scene_free(sc);
}

static void test_nobody_there(void)
{
    Scene *sc = scene_new();

    sc->draft = draft_of(sc, 1);
    proxy_cut(PROXY_NO_FLUSH);
    scene_write(sc);
    g_assert_false(sc->ok);
    g_assert_false(sc->answer.done);
    g_assert_error(sc->error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_assert_nonnull(strstr(sc->error->message, "not known"));
    g_clear_error(&sc->error);
    proxy_cut(PROXY_SOUND);
    scene_write(sc);
    g_assert_no_error(sc->error);
    g_assert_true(sc->answer.done && sc->answer.repeated);
    assert_verified(sc->f->store);
    scene_free(sc);
}

#define EMIT "pg_logical_emit_message(boolean,text,text)"

/* The store of a role that may write, and say no word to the log. */
static Fixture *fixture_of_nobody(char **ret_owner)
{
    Fixture *f = fixture_new();

    database_run(f->uri, "REVOKE EXECUTE ON FUNCTION " EMIT " FROM PUBLIC; "
                         "CREATE ROLE nobody LOGIN");
    g_autofree char *schema = database_schema(f->uri);
    g_autofree char *grant =
        g_strdup_printf("GRANT USAGE ON SCHEMA %s TO nobody; GRANT SELECT, INSERT, UPDATE, DELETE "
                        "ON ALL TABLES IN SCHEMA %s TO nobody",
                        schema, schema);
    g_auto(GStrv) parts = g_strsplit(f->uri, "user=anlao", 2);

    *ret_owner = g_steal_pointer(&f->uri);
    database_run(*ret_owner, grant);
    f->uri = g_strjoinv("user=nobody", parts);
    fixture_reopen(f);
    return f;
}

static void fixture_of_nobody_free(Fixture *f, char *owner)
{
    assert_verified(f->store);
    store_close(f->store);
    f->store = NULL;
    database_run(owner, "DROP OWNED BY nobody; DROP ROLE nobody; GRANT EXECUTE ON FUNCTION " EMIT
                        " TO PUBLIC");
    g_free(f->uri);
    f->uri = owner;
    fixture_free(f);
}

/* Also when it is tried again whether it may by now. */
static void elders_for_a_while(Fixture *f)
{
    for (int i = 0; i < 3; i++)
        elder_new(f, "李秀英", NULL);
    for (int i = 0; i < 2; i++) {
        g_usleep(1100000);
        elder_new(f, "李秀英", NULL);
        elder_new(f, "李秀英", NULL);
    }
}

static void heads_told(Fixture *f, const GError *want)
{
    const RangeAsk ask = {.county = COUNTY, .from = 1, .most = 100};
    g_autoptr(GError) heads_error = NULL, range_error = NULL;
    StoreHead *heads = NULL;
    RangeHead h;
    Str payload;
    size_t n = 0;
    bool told = store_heads(f->store, f->arena, &heads, &n, &heads_error);
    bool sent = store_range(f->store, &ask, f->arena, &h, &payload, &range_error);

    g_assert_true(told == (want == NULL) && sent == told);
    if (want == NULL)
        return;
    g_assert_cmpstr(heads_error->message, ==, want->message);
    g_assert_cmpstr(range_error->message, ==, want->message);
}

/* It flushes in another way, and what comes to the disk so stays. */
static void test_no_word(void)
{
    char *owner = NULL;
    Fixture *f = fixture_of_nobody(&owner);
    g_autofree char *copy = g_build_filename(f->folder, "copy.db", NULL);
    g_autoptr(GError) error = NULL;

    elders_for_a_while(f);
    heads_told(f, NULL);
    store_copy_out(f->uri, f->model, copy, &error);
    g_assert_no_error(error);
    g_unlink(copy);
    /* A commit that nobody waited for comes to the disk with what is told. */
    database_run(owner, "CREATE TABLE unwaited(n INTEGER)");
    database_run(owner, "SET synchronous_commit=off; INSERT INTO unwaited(n) VALUES(1)");
    heads_told(f, NULL);
    cluster_crash();
    g_assert_cmpint(database_ask(owner, "SELECT count(*) FROM unwaited"), ==, 1);
    fixture_of_nobody_free(f, owner);
}

/* The server lets this role flush in no way: it commits as ever, and tells no heads. */
static void test_not_allowed(void)
{
    char *owner = NULL;
    Fixture *f = fixture_of_nobody(&owner);
    g_autoptr(GError) want = NULL, error = NULL;

    fail(&want, FAIL_SYSTEM,
         "the database's role may not do this: grant it what docs/operations.md lists");
    elder_new(f, "李秀英", NULL); /* numbers are taken */
    database_run(owner, "REVOKE UPDATE ON counter FROM nobody");
    elders_for_a_while(f);
    heads_told(f, want);
    g_assert_false(store_settle(f->store, &error));
    g_assert_nonnull(strstr(error->message, want->message));
    fixture_of_nobody_free(f, owner);
}

/* A call over several groups with one key: none of them waits for the next, so a server cannot lose
 * the one that holds the key and keep another. */
static void test_large_call(void)
{
    enum { MANY = LIMIT_GROUP_CHANGES + 20 };
    Scene *sc = scene_new();
    g_autofree Change *changes = g_new0(Change, MANY);
    g_autofree ChangeAnswer *answers = g_new0(ChangeAnswer, MANY);
    g_autoptr(GError) error = NULL;

    for (int i = 0; i < MANY; i++)
        changes[i] = draft_of(sc, 7)->change;
    proxy_cut(PROXY_NO_FLUSH);
    store_write(sc->f->store, changes, MANY, answers, &error);
    g_assert_no_error(error);
    cluster_crash();
    g_assert_cmpint(database_ask(sc->straight, "SELECT count(*) FROM elder"), ==, MANY + 4);
    proxy_cut(PROXY_SOUND);
    scene_free(sc);
}

/* ---- a server that is cut off -------------------------------------------------------------- */

static KnownAt *known_now(Store *s, const RegionTree *regions, size_t *ret_n)
{
    g_autoptr(Dataset) data = NULL;
    g_autoptr(GError) error = NULL;

    store_load(s, regions, 0, &data, &error);
    g_assert_no_error(error);
    *ret_n = data->n_known;
    return g_memdup2(data->known, data->n_known * sizeof *data->known);
}

static News news_since(Scene *sc, const KnownAt *known, size_t n)
{
    g_autoptr(GError) error = NULL;
    News news;

    store_news(sc->other, known, n, 100, sc->f->arena, &news, &error);
    g_assert_no_error(error);
    return news;
}

/* The server wrote it before it was cut off, or it is gone: then that is said, and noticed by who
 * read it, also when others have written as many entries since. */
static bool lost_once(Scene *sc, uint8_t request)
{
    uint64_t before = 0, after = 0;
    size_t n = 0;

    scene_begin(sc, request);
    g_autofree KnownAt *known = known_now(sc->other, sc->f->regions, &n);

    g_assert_true(store_moment(sc->other, &before, NULL));
    g_assert_cmpuint(before, ==, moment_of(known, n));
    cluster_crash();
    bool lost = !is_there(sc);

    if (lost)
        write_ok(sc->other, draft_of(sc, 0)); /* the same number, another entry */
    scene_end(sc);
    g_assert_true(sc->ok == !lost || (!sc->ok && strstr(sc->error->message, "not known") != NULL));
    if (!sc->ok)
        g_assert_false(sc->answer.done);
    g_assert_true(store_moment(sc->other, &after, NULL));
    g_assert_true((after != before) == lost);
    g_assert_true(news_since(sc, known, n).other == lost);
    if (lost && sc->ok == false && strstr(sc->error->message, "not known") == NULL)
        g_assert_nonnull(strstr(sc->error->message, "nothing was written"));
    g_clear_error(&sc->error);
    scene_write(sc); /* sent again */
    g_assert_no_error(sc->error);
    g_assert_true(sc->answer.done && sc->answer.repeated == !lost);
    g_assert_true(is_there(sc));
    assert_verified(sc->f->store);
    assert_verified(sc->other);
    return lost;
}

static void test_lost_with_the_server(void)
{
    Scene *sc = scene_new();
    bool lost = false;

    for (uint8_t i = 1; i < 8 && !lost; i++)
        lost = lost_once(sc, i);
    g_assert_true(lost);
    scene_free(sc);
}

/* Who finds what was written and not kept keeps it before it says so. */
static void kept(void (*by)(Scene *sc))
{
    Scene *sc = scene_new();

    scene_begin(sc, 1);
    by(sc);
    cluster_crash();
    g_assert_true(is_there(sc));
    scene_end(sc);
    g_assert_true(sc->ok || strstr(sc->error->message, "not known") != NULL);
    g_clear_error(&sc->error);
    g_assert_cmpint(database_ask(sc->straight, "SELECT count(*) FROM elder"), ==, 5);
    assert_verified(sc->other);
    scene_free(sc);
}

static void by_sending_it_again(Scene *sc)
{
    g_autoptr(GError) error = NULL;
    ChangeAnswer answer;

    store_write(sc->other, &sc->draft->change, 1, &answer, &error);
    g_assert_no_error(error);
    g_assert_true(answer.done && answer.repeated);
}

static void test_sent_again(void)
{
    kept(by_sending_it_again);
}

static void by_finding_it_there(Scene *sc)
{
    g_autoptr(GError) error = NULL;

    store_settle(sc->other, &error);
    g_assert_no_error(error);
}

static void test_found_there(void)
{
    kept(by_finding_it_there);
}

static void by_shipping(Scene *sc)
{
    const RangeAsk ask = {.county = COUNTY, .from = 1, .most = 100};
    g_autoptr(GError) error = NULL;
    RangeHead h;
    Str payload;

    store_range(sc->other, &ask, sc->f->arena, &h, &payload, &error);
    g_assert_no_error(error);
    g_assert_cmpint(h.to, ==, entries(sc));
}

static void test_shipped(void)
{
    kept(by_shipping);
}

static void by_telling_heads(Scene *sc)
{
    g_autoptr(GError) error = NULL;
    StoreHead *heads;
    size_t n;

    store_heads(sc->other, sc->f->arena, &heads, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpint(heads[0].seq, ==, entries(sc));
}

static void test_heads_told(void)
{
    kept(by_telling_heads);
}

static void by_copying(Scene *sc)
{
    g_autofree char *copy = g_build_filename(sc->f->folder, "copy.db", NULL);
    g_autoptr(GError) error = NULL;

    store_copy_out(sc->straight, sc->f->model, copy, &error);
    g_assert_no_error(error);
    g_unlink(copy);
}

static void test_copied(void)
{
    kept(by_copying);
}

/* An entry that is no longer in the journal is not sealed. */
static void test_seal_of_what_is_gone(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Seal seal = {.county = COUNTY, .seq = 1};

    elder_new(f, "李秀英", NULL);
    g_assert_false(store_put_seals(f->store, &seal, 1, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    assert_verified(f->store);
    fixture_free(f);
}

/* ---- at any moment ------------------------------------------------------------------------- */

#define CRASHES   4
#define PROCESSES 2

static void test_crashes(void)
{
    Fixture *f = fixture_new();
    g_autofree char *path = NULL;
    int report = report_open(f, &path);
    pid_t children[PROCESSES];

    store_close(f->store);
    f->store = NULL;
    fflush(stdout);
    for (int i = 0; i < PROCESSES; i++)
        children[i] = writers_start(f, report);
    for (int i = 0; i < CRASHES; i++) {
        report_grown(report, 200); /* they write again */
        g_usleep((gulong)g_test_rand_int_range(0, 200000));
        cluster_crash();
    }
    report_grown(report, 50);
    writers_end(children, PROCESSES);
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
    /* The server writes what it was not asked to write as late as it can. */
    cluster_start(argv[1], "wal_writer_delay = 10s\nautovacuum = off\n");
    g_test_add_func("/flush/cut-before-it", test_cut);
    g_test_add_func("/flush/nobody-there", test_nobody_there);
    g_test_add_func("/flush/no-word", test_no_word);
    g_test_add_func("/flush/not-allowed", test_not_allowed);
    g_test_add_func("/flush/large-call", test_large_call);
    g_test_add_func("/flush/lost-with-the-server", test_lost_with_the_server);
    g_test_add_func("/flush/sent-again", test_sent_again);
    g_test_add_func("/flush/found-there", test_found_there);
    g_test_add_func("/flush/shipped", test_shipped);
    g_test_add_func("/flush/heads-told", test_heads_told);
    g_test_add_func("/flush/copied", test_copied);
    g_test_add_func("/flush/seal-of-what-is-gone", test_seal_of_what_is_gone);
    g_test_add_func("/flush/crashes", test_crashes);
    int failed = g_test_run();

    cluster_stop();
    return failed;
}
