/* postgres.c — what PostgreSQL alone can do to us: several processes, lost connections, commits
 * whose answer never came, databases that are not fit, roles.  And the rules of its tables by which
 * counties can lie on several servers. */
#include "fixture.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/methods.h"
#include "store/plan.h"
#include "store/postgres.h"
#include "wired.h"

/* ---- spelling ---------------------------------------------------------------------------- */

static void test_dialect(void)
{
    static const struct {
        const char *ours, *theirs;
        int parameters;
    } texts[] = {
        {"SELECT a FROM b WHERE c=?1 AND d=?12", "SELECT a FROM b WHERE c=$1 AND d=$12", 12},
        {"SELECT seq FROM head WHERE county=?1" LOCKED,
         "SELECT seq FROM head WHERE county=$1 FOR UPDATE", 1},
        {"CREATE TABLE \"BLOB\"(a INTEGER, INTEGERS BLOB) STRICT, WITHOUT ROWID;",
         "CREATE TABLE \"BLOB\"(a bigint, INTEGERS bytea);", 0},
        {"SELECT '?1 INTEGER', ?2", "SELECT '?1 INTEGER', $2", 2},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        int parameters = 0;
        g_autofree char *text = postgres_dialect(texts[i].ours, &parameters);

        g_assert_cmpstr(text, ==, texts[i].theirs);
        g_assert_cmpint(parameters, ==, texts[i].parameters);
    }
}

/* ---- plans ------------------------------------------------------------------------------- */

/* Each line of how the server goes about a statement of the records of a group. */
static void assert_looks_up(Fixture *f, Sql sql)
{
    int parameters = 0;
    g_autofree char *text = postgres_dialect(sql.text, &parameters);
    g_autoptr(GString) all = g_string_new("SET plan_cache_mode=force_generic_plan; PREPARE q AS ");
    bool looks_up = false;

    g_string_append_printf(all, "%s; EXPLAIN EXECUTE q(%d", text, COUNTY);
    for (int i = 1; i < parameters; i++)
        g_string_append_printf(all, ",%d", i);
    g_string_append_c(all, ')');
    g_autoptr(GPtrArray) rows = database_rows(f->uri, all->str);

    for (guint i = 0; i < rows->len; i++) {
        const char *line = ((char **)rows->pdata[i])[0];

        g_assert_null(strstr(line, "Filter:"));
        g_assert_null(strstr(line, "Seq Scan"));
        looks_up = looks_up || strstr(line, "(id = ") != NULL;
    }
    g_assert_true(looks_up);
}

/* As just after an import: what records were before lies in tables that were empty, and nobody has
 * looked at them yet.  To read a group of changes through all of the county takes the longer the
 * more was changed. */
static void test_no_statistics(void)
{
    Fixture *f = fixture_new_on(true);
    const TablePlan *t = &f->store->plan->tables[f->elder->number];
    const FieldPlan *home = plan_field(f->store->plan, field_of(f->elder, "home"));

    database_run(f->uri,
                 "ALTER TABLE elder_home SET (autovacuum_enabled=off); INSERT INTO "
                 "elder_home SELECT 360302,n,1,2,360302,1,3,4 FROM generate_series(1,20000) n");
    database_run(f->uri,
                 "ALTER TABLE elder SET (autovacuum_enabled=off); ALTER TABLE elder_was SET "
                 "(autovacuum_enabled=off); INSERT INTO elder_was(county,id,known,gone) "
                 "SELECT 360302,n,1,2 FROM generate_series(1,20000) n");
    g_assert_nonnull(home);
    assert_looks_up(f, home->period_ahead);
    assert_looks_up(f, t->was_ahead);
    assert_looks_up(f, t->read_ahead);
    fixture_free(f);
}

/* ---- what a database must be ------------------------------------------------------------- */

static void refused(const char *uri, int code, const char *words)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    StoreFacts facts;

    g_assert_false(store_peek(uri, a, &facts, &error));
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, words);
    g_assert_cmpint(error->code, ==, code);
    g_assert_null(strstr(error->message, "secret"));
}

static void test_fit(void)
{
    static const struct {
        const char *setting, *words;
    } bad[] = {
        {"synchronous_commit%3Doff", "synchronous_commit is below on"},
        {"synchronous_commit%3Dlocal", "synchronous_commit is below on"},
        {"synchronous_commit%3Dremote_write", "synchronous_commit is below on"},
    };
    Fixture *f = fixture_new();

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *uri = g_strdup_printf("%s%%20-c%s", f->uri, bad[i].setting);

        refused(uri, FAIL_INPUT, bad[i].words);
    }
    fixture_free(f);
}

static void database_unfit(const char *options, const char *words)
{
    const char *server = g_getenv("ANLAO_POSTGRES");
    g_autofree char *name = g_strdup_printf("unfit_%d", (int)getpid());
    g_autofree char *create =
        g_strdup_printf("CREATE DATABASE %s TEMPLATE template0 %s", name, options);
    g_autofree char *drop = g_strdup_printf("DROP DATABASE %s WITH (FORCE)", name);
    g_autofree char *uri = g_strdup_printf("postgresql:///%s%s", name, strchr(server, '?'));

    database_run(server, create);
    refused(uri, FAIL_INPUT, words);
    database_run(server, drop);
}

static void test_encoding_and_collation(void)
{
    database_unfit("ENCODING 'SQL_ASCII' LOCALE 'C'", "its encoding is not UTF8");
    database_unfit("ENCODING 'UTF8' LOCALE 'C.UTF-8'", "its collation is not C");
    database_unfit("ENCODING 'UTF8' LOCALE 'C'", "there is no database of Anlao");
}

static void test_password_is_never_shown(void)
{
    g_autofree char *shown = store_shown("postgresql://li:secret@db.example/anlao?sslmode=require");

    g_assert_cmpstr(shown, ==, "postgresql://li@db.example/anlao");
    refused("postgresql://li:secret@/anlao?host=/nonexistent", FAIL_SYSTEM, "could not connect");
    refused("postgresql://li:secret@127.0.0.1:1/anlao", FAIL_SYSTEM, "could not connect");
    refused("postgresql://li:secret@[::1/anlao", FAIL_USAGE, "none that PostgreSQL understands");
    refused("postgresql:///anlao?password=secret&nonsense=1", FAIL_USAGE, "none that PostgreSQL");
    refused("postgres://li:secret@db.example/anlao", FAIL_USAGE, "postgresql://");
}

/* ---- tables for many servers ------------------------------------------------------------- */

/* On every node as a whole, or operational: no county in the key. */
#define REFERENCE                                                                                  \
    "('about','counter','data_key','document','identity_meanwhile','import','import_row','naming'" \
    ",'policy','region','"                                                                         \
    "stale_rule')"

static void none(const Fixture *f, const char *sql)
{
    g_autofree char *schema = database_schema(f->uri);
    g_auto(GStrv) parts = g_strsplit(sql, "%SCHEMA%", -1);
    g_autofree char *text = g_strjoinv(schema, parts);
    g_autoptr(GPtrArray) rows = database_rows(f->uri, text);

    for (guint i = 0; i < rows->len; i++) {
        g_autofree char *row = g_strjoinv(" ", rows->pdata[i]);

        g_error("breaks the rules of architecture.md: %s", row);
    }
}

static void test_catalogue(void)
{
    Fixture *f = fixture_new();

    /* The county is the first column of every primary, unique and foreign key. */
    none(f, "SELECT t.relname, c.conname FROM pg_constraint c "
            "JOIN pg_class t ON t.oid=c.conrelid JOIN pg_attribute a ON a.attrelid=t.oid AND "
            "a.attnum=c.conkey[1] WHERE c.contype IN ('p','u','f') AND "
            "t.relnamespace='%SCHEMA%'::regnamespace AND a.attname<>'county' AND "
            "t.relname NOT IN " REFERENCE);
    none(f, "SELECT t.relname, x.relname FROM pg_index i JOIN pg_class t ON t.oid=i.indrelid "
            "JOIN pg_class x ON x.oid=i.indexrelid JOIN pg_attribute a ON a.attrelid=t.oid AND "
            "a.attnum=i.indkey[0] WHERE i.indisunique AND "
            "t.relnamespace='%SCHEMA%'::regnamespace AND a.attname<>'county' AND "
            "t.relname NOT IN " REFERENCE);
    /* Every table has a primary key; none has triggers (but those of foreign keys, which are of one
     * county), sequences, rules or defaults. */
    none(f, "SELECT relname FROM pg_class t WHERE relkind='r' AND "
            "relnamespace='%SCHEMA%'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint c "
            "WHERE c.conrelid=t.oid AND c.contype='p')");
    none(f, "SELECT relname, relkind FROM pg_class WHERE relnamespace='%SCHEMA%'::regnamespace "
            "AND (relkind NOT IN ('r','i') OR relhasrules OR EXISTS (SELECT 1 FROM pg_trigger g "
            "WHERE g.tgrelid=pg_class.oid AND NOT g.tgisinternal))");
    /* Whole numbers, texts and bytes only. */
    none(f, "SELECT t.relname, a.attname FROM pg_attribute a JOIN pg_class t ON t.oid=a.attrelid "
            "WHERE t.relkind='r' AND a.attnum>0 AND t.relnamespace='%SCHEMA%'::regnamespace AND "
            "(a.atttypid NOT IN ('int8'::regtype,'text'::regtype,'bytea'::regtype) OR "
            "a.atthasdef)");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM pg_tables WHERE schemaname=current_schema()"), >,
                    30);
    fixture_free(f);
}

/* ---- several processes ------------------------------------------------------------------- */

#define EACH 120

/* Writes one after the other, to one county or to both, and reports what was answered. */
static void child_writes(Fixture *f, int number, bool both, int report)
{
    if (!store_open(f->uri, f->model, &f->store, NULL))
        _exit(9);
    for (int i = 0; i < EACH; i++) {
        g_autoptr(Arena) a = arena_new();
        int32_t county = both && i % 2 == 1 ? OTHER : COUNTY;
        Draft *d =
            draft_new(a, CHANGE_CREATE, f->elder, (RecordKey){county, store_new_id(f->store)});
        ChangeAnswer answer = {0};

        draft_text(d, "name", "李秀英");
        /* Every tenth is the same person in both: one of them gets in. */
        g_snprintf(d->texts[0], sizeof d->texts[0], "%d-%d", i % 10 == 0 ? 0 : number, i);
        draft_secret(d, "id_number", d->texts[0]);
        if (!store_write(f->store, &d->change, 1, &answer, NULL))
            _exit(8);
        if (answer.done && write(report, &d->change.key.id, sizeof(int64_t)) != sizeof(int64_t))
            _exit(7);
    }
    store_close(f->store);
    _exit(0);
}

static void processes_write(bool both)
{
    Fixture *f = fixture_new();
    int64_t id = 0, done = 0, before = 0, after = 0;
    pid_t children[2];
    int ends[2];

    g_assert_true(store_watermark(f->store, &before, NULL));
    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            child_writes(f, i + 1, both, ends[1]);
    }
    close(ends[1]);
    fixture_reopen(f);
    while (read(ends[0], &id, sizeof id) == sizeof id) {
        /* What another process was told is there for this one at once. */
        g_autoptr(Arena) a = arena_new();

        g_assert_true(value_now(f->store, f->elder, (RecordKey){0, id}, "name", a).known);
        done++;
    }
    close(ends[0]);
    for (int i = 0; i < 2; i++) {
        int status = 0;

        g_assert_cmpint(waitpid(children[i], &status, 0), ==, children[i]);
        g_assert_cmpint(status, ==, 0);
    }
    g_assert_cmpint(done, ==, 2 * EACH - EACH / 10);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, done);
    g_assert_cmpint(ask(f, "SELECT count(DISTINCT id) FROM elder"), ==, done);
    g_assert_true(store_watermark(f->store, &after, NULL));
    g_assert_cmpint(after - before, ==, done);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_one_county(void)
{
    processes_write(false);
}

static void test_two_counties(void)
{
    processes_write(true);
}

/* ---- connections that end ---------------------------------------------------------------- */

typedef struct Killer {
    const Fixture *f;
    int stop;
} Killer;

static gpointer kill_connections(gpointer with)
{
    Killer *k = with;
    g_autofree char *name = database_schema(k->f->uri);
    g_autofree char *sql =
        g_strdup_printf("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
                        "application_name='%s' AND pid<>pg_backend_pid()",
                        name);

    while (g_atomic_int_get(&k->stop) == 0) {
        g_usleep((gulong)g_random_int_range(2000, 40000));
        database_run(g_getenv("ANLAO_POSTGRES"), sql);
    }
    return NULL;
}

static bool is_said_as_lost(const GError *error)
{
    return strstr(error->message, "connection to the database was lost") != NULL ||
           strstr(error->message, "could not connect") != NULL;
}

static void test_backend_killed(void)
{
    Fixture *f = fixture_new();
    Killer killer = {f, 0};
    GThread *t = g_thread_new("killer", kill_connections, &killer);
    g_autoptr(GArray) done = g_array_new(FALSE, FALSE, sizeof(int64_t));
    int lost = 0;

    for (int i = 0; i < 4000 && (i < 300 || lost < 10); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Arena) a = arena_new();
        RecordKey key = {COUNTY, store_new_id(f->store)};
        Draft *d = draft_new(a, CHANGE_CREATE, f->elder, key);
        ChangeAnswer answer = {0};

        if (key.id == 0) /* no ids to be had at this moment */
            continue;
        draft_text(d, "name", "李秀英");
        if (!store_write(f->store, &d->change, 1, &answer, &error)) {
            g_assert_true(is_said_as_lost(error));
            lost++;
            continue;
        }
        g_assert_no_error(answer.error);
        g_array_append_val(done, key.id);
    }
    g_atomic_int_set(&killer.stop, 1);
    g_thread_join(t);
    g_assert_cmpint(lost, >, 0);
    fixture_reopen(f);
    /* Each that was answered, and nothing else. */
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, done->len);
    for (guint i = 0; i < done->len; i++) {
        g_autoptr(Arena) a = arena_new();
        RecordKey key = {COUNTY, g_array_index(done, int64_t, i)};

        g_assert_true(value_now(f->store, f->elder, key, "name", a).known);
    }
    assert_verified(f->store);
    g_test_message("%d lost, %u written", lost, done->len);
    fixture_free(f);
}

/* ---- the worst moment -------------------------------------------------------------------- */

static Draft *requested(const Fixture *f, uint8_t key)
{
    Draft *d =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});

    draft_text(d, "name", "李秀英");
    d->change.request[0] = key;
    return d;
}

static void test_cut(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(GError) error = NULL;
    Fixture *f = fixture_wired(&folder);
    Draft *d = requested(f, 1);
    ChangeAnswer answer = {0};

    /* Committed, and the answer lost: the new connection is asked, the caller notices nothing. */
    proxy_cut(PROXY_AFTER_COMMIT);
    g_assert_true(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_no_error(error);
    g_assert_true(answer.done && !answer.repeated);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 1);
    /* Cut before it was committed: said, and done when it is sent again.  (From the second change
     * on there are connections to wait for the disk, which say COMMIT, too, when they are made.) */
    write_ok(f->store, requested(f, 9));
    d = requested(f, 2);
    proxy_cut(PROXY_BEFORE_COMMIT);
    g_assert_false(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_nonnull(strstr(error->message, "nothing was written"));
    g_clear_error(&error);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 2);
    g_assert_true(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_true(answer.done && !answer.repeated);
    /* Committed, the answer lost, and nobody there to be asked: not known, and said so.  The same
     * again gets the first answer. */
    d = requested(f, 3);
    proxy_cut(PROXY_FOR_GOOD);
    g_assert_false(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_nonnull(strstr(error->message, "not known"));
    g_clear_error(&error);
    proxy_cut(PROXY_SOUND);
    g_assert_true(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_true(answer.done && answer.repeated);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 4);
    assert_verified(f->store);
    fixture_free(f);
    wire_remove(folder);
}

/* ---- roles ------------------------------------------------------------------------------- */

/* The grants of docs/operations.md: enough for everything but to make tables or to change what was
 * journalled. */
static void test_role(void)
{
    Fixture *f = fixture_new();
    g_autofree char *schema = database_schema(f->uri);
    g_autofree char *grants = g_strdup_printf(
        "CREATE ROLE r_%s LOGIN; GRANT USAGE ON SCHEMA %s TO r_%s; "
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %s TO r_%s; "
        "REVOKE UPDATE, DELETE ON journal, journal_body, document, policy, naming, run "
        "FROM r_%s; REVOKE DELETE ON about FROM r_%s",
        schema, schema, schema, schema, schema, schema, schema);
    g_autofree char *drop = g_strdup_printf("DROP OWNED BY r_%s; DROP ROLE r_%s", schema, schema);
    g_autofree char *user = g_strdup_printf("user=r_%s", schema);
    g_auto(GStrv) parts = g_strsplit(f->uri, "user=anlao", 2);
    g_autofree char *owner = g_steal_pointer(&f->uri);
    GError *error = NULL;
    RecordKey key;

    database_run(owner, grants);
    f->uri = g_strjoinv(user, parts);
    fixture_reopen(f);
    key = elder_new(f, "李秀英", "36030219400630001X");
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, key));
    g_assert_true(store_ledger_settle(f->store, NULL, &error)); /* as when accounts changed */
    g_assert_no_error(error);
    assert_verified(f->store);
    g_assert_cmpint(database_ask(f->uri, "SELECT count(*) FROM pg_class WHERE oid=to_regclass("
                                         "'journal') AND has_table_privilege(oid,'DELETE')"),
                    ==, 0);
    store_close(f->store);
    f->store = NULL;
    database_run(owner, drop);
    g_free(f->uri);
    f->uri = g_steal_pointer(&owner);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/postgres/dialect", test_dialect);
    g_test_add_func("/postgres/no-statistics", test_no_statistics);
    g_test_add_func("/postgres/fit", test_fit);
    g_test_add_func("/postgres/encoding-and-collation", test_encoding_and_collation);
    g_test_add_func("/postgres/password-is-never-shown", test_password_is_never_shown);
    g_test_add_func("/postgres/catalogue", test_catalogue);
    g_test_add_func("/postgres/one-county-two-processes", test_one_county);
    g_test_add_func("/postgres/two-counties-two-processes", test_two_counties);
    g_test_add_func("/postgres/backend-killed", test_backend_killed);
    g_test_add_func("/postgres/cut-at-commit", test_cut);
    g_test_add_func("/postgres/role", test_role);
    return g_test_run();
}
