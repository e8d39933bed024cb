/* import.c — an import is finished or was never begun; and a journal replayed gives the same
 * tables. */
#include "fixture.h"

#include "base/limits.h"
#include "store/import_job.h"
#include "store/journal.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROWS 5000

static int64_t begin_and_stage(Fixture *f, Change *changes, size_t n)
{
    g_autoptr(GError) error = NULL;
    int64_t import = 0;

    g_assert_true(store_import_begin(f->store, STR("elders.csv"), &import, &error));
    for (size_t i = 0; i < n; i += 700)
        store_import_stage(f->store, import, changes + i, MIN((size_t)700, n - i), &error);
    g_assert_no_error(error);
    return import;
}

static void test_whole(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, ROWS);
    RecordKey home = facility_new(f, "A1", "安源养老院");

    elders_make(f, a, changes, ROWS, 3);
    Draft *visit = draft_new(a, CHANGE_SET, f->elder, changes[4].key);

    draft_on(visit, "home", home.id, "2020-01-01");
    visit->change.reason = STR("moved in");
    changes[ROWS - 1] = visit->change;
    int64_t import = begin_and_stage(f, changes, ROWS);

    /* Staged rows are invisible. */
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 0);
    g_assert_true(store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &error));
    g_assert_no_error(error);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, ROWS - 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    if (database_on_postgres()) /* it knows at once how many there are now */
        g_assert_cmpint(ask(f, "SELECT CAST(reltuples AS bigint) FROM pg_class WHERE "
                               "relname='elder'"),
                        ==, ROWS - 1);
    g_assert_cmpint(value_now(f->store, f->elder, changes[4].key, "home", a).num, ==, home.id);
    /* Once more is once. */
    g_assert_true(store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, ROWS - 1);
    g_assert_false(store_import_drop(f->store, import, &error));
    assert_verified(f->store);
    fixture_free(f);
}

static void test_dropped(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, 900);

    elders_make(f, a, changes, 900, 3);
    int64_t import = begin_and_stage(f, changes, 900);

    g_assert_true(store_import_drop(f->store, import, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    g_assert_false(store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    /* Closed without a word: dropped as well. */
    begin_and_stage(f, changes, 900);
    fixture_reopen(f);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import"), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    fixture_free(f);
}

/* A number taken between staging and commit: that row is left out and told, the others go in. */
static void test_taken_meanwhile(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    Change *changes = arena_many(a, Change, 100);

    elders_make(f, a, changes, 100, 3);
    int64_t import = begin_and_stage(f, changes, 100);
    Draft *d = draft_new(a, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});

    d->fields[0] = changes[41].fields[1]; /* id_number */
    d->change.n_fields = 1;
    write_ok(f->store, d);
    g_assert_false(store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    g_assert_nonnull(strstr(error->message, "1 of 100 rows"));
    g_assert_nonnull(strstr(error->message, "row 42"));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 100);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    assert_verified(f->store);
    fixture_free(f);
}

static char *words_of(Str s)
{
    return g_strndup(s.at != NULL ? s.at : "", s.len);
}

/* A hundred rows are staged, and then the number of the 42nd is taken by somebody else. */
static void stage_one_taken(Fixture *f, Arena *a)
{
    Change *changes = arena_many(a, Change, 100);

    elders_make(f, a, changes, 100, 3);
    begin_and_stage(f, changes, 100);
    Draft *d = draft_new(a, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});

    d->fields[0] = changes[41].fields[1]; /* id_number */
    d->change.n_fields = 1;
    write_ok(f->store, d);
}

/* Its process died when it was committed: the next start finishes it, and says what was left out,
 * once. */
static void test_interrupted_and_told(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();

    stage_one_taken(f, a);
    database_run(f->uri, "UPDATE import SET state=1,owner=''");
    fixture_reopen(f);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 100);
    g_assert_cmpint(ask(f, "SELECT refused FROM import"), ==, 1);
    g_autofree char *said = words_of(store_left_out(f->store));

    g_assert_nonnull(strstr(said, "import \"elders.csv\""));
    g_assert_nonnull(strstr(said, "row 42: "));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    fixture_reopen(f);
    g_assert_cmpuint(store_left_out(f->store).len, ==, 0);
    assert_verified(f->store);
    fixture_free(f);
}

/* Another process that has begun an import and lives until it is killed. */
static pid_t other_begins(Fixture *f)
{
    int ends[2], import_begun = 1;

    store_close(f->store);
    f->store = NULL;
    g_assert_cmpint(pipe(ends), ==, 0);
    fflush(stdout);
    pid_t child = fork();

    if (child == 0) {
        int64_t import = 0;

        if (!store_open(f->uri, f->model, &f->store, NULL) ||
            !store_import_begin(f->store, STR("other.csv"), &import, NULL) ||
            write(ends[1], &import_begun, sizeof import_begun) < 0)
            _exit(7);
        for (;;)
            pause();
    }
    close(ends[1]);
    g_assert_cmpint(read(ends[0], &import_begun, sizeof import_begun), ==, sizeof import_begun);
    close(ends[0]);
    return child;
}

/* At the start it looked as if somebody were at it; later it does not.  A database server notices
 * that a client died only when it is done with what that client asked. */
static void test_owner_gone_later(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Str words = {NULL, 0};

    stage_one_taken(f, a);
    database_run(f->uri, "UPDATE import SET state=3"); /* nobody touches it */
    pid_t other = other_begins(f);

    database_run(f->uri, "UPDATE import SET state=1,owner=(SELECT o.owner FROM import o "
                         "WHERE o.name='other.csv') WHERE state=3");
    fixture_reopen(f);
    g_assert_true(store_import_recover(f->store, false, a, &words, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 1);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    for (int i = 0; i < 500 && ask(f, "SELECT count(*) FROM import WHERE state<2") > 0; i++) {
        g_usleep(20000);
        g_assert_true(store_import_recover(f->store, false, a, &words, &error));
    }
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 100);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    g_autofree char *said = words_of(words);

    g_assert_nonnull(strstr(said, "row 42: "));
    g_assert_true(store_import_recover(f->store, false, a, &words, &error));
    g_assert_cmpuint(words.len, ==, 0);
    assert_verified(f->store);
    fixture_free(f);
}

/* Its last chunks could not be written: the same process takes it up again, without a new start. */
static void test_broken_off(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Change *changes = arena_many(a, Change, 100);
    Str words;

    elders_make(f, a, changes, 100, 3);
    int64_t import = begin_and_stage(f, changes, 100);

    database_run(f->uri, "ALTER TABLE import_row RENAME TO import_row_away");
    g_assert_false(store_import_commit(f->store, import, NULL, NULL, NULL, NULL, &error));
    g_clear_error(&error);
    database_run(f->uri, "ALTER TABLE import_row_away RENAME TO import_row");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 0);
    g_assert_true(store_import_recover(f->store, false, a, &words, &error));
    g_assert_no_error(error);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 100);
    assert_verified(f->store);
    fixture_free(f);
}

/* Told by nobody yet, as a process that died behind its last chunk leaves it. */
static void test_left_untold(void)
{
    Fixture *f = fixture_new();

    database_run(f->uri, "INSERT INTO import(id,name,owner,state,staged,applied,refused) "
                         "VALUES(7,'b.csv','',2,9,9,1)");
    database_run(f->uri, database_on_postgres()
                             ? "INSERT INTO import_row(import,n,change) VALUES(7,4,'\\x0003616263')"
                             : "INSERT INTO import_row(import,n,change) VALUES(7,4,x'0003616263')");
    fixture_reopen(f);
    g_autofree char *said = words_of(store_left_out(f->store));

    g_assert_nonnull(strstr(said, "row 5: abc"));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    fixture_free(f);
}

/* All of the rows were taken before: so many are told one by one, of the others how many. */
static void test_refused_by_many(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    const size_t n = LIMIT_IMPORT_REFUSED + 3;
    Change *changes = arena_many(a, Change, n);
    ImportRefused *list = NULL;
    size_t told = 0;
    int64_t more = 0;

    elders_make(f, a, changes, n, 3);
    int64_t first = begin_and_stage(f, changes, n);

    elders_make(f, a, changes, n, 3);
    int64_t again = begin_and_stage(f, changes, n);

    g_assert_true(store_import_commit(f->store, first, NULL, NULL, NULL, NULL, &error));
    g_assert_true(store_import_commit(f->store, again, a, &list, &told, &more, &error));
    g_assert_cmpuint(told, ==, LIMIT_IMPORT_REFUSED);
    g_assert_cmpint(more, ==, 3);
    g_assert_cmpint(list[told - 1].row, ==, (int64_t)told - 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, (int64_t)n);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM import_row"), ==, 0);
    fixture_free(f);
}

/* ---- replay ------------------------------------------------------------------------------ */

static Value value_of(const Field *f, Cell c)
{
    if (f->secret)
        return (Value){.known = c.type != CELL_NONE};
    return (Value){c.type != CELL_NONE, c.num, c.text}; /* the fixture's numbers are dense */
}

static const Entity *entity_named(Fixture *f, const char *name)
{
    for (size_t i = 0; i < f->model->n_entities; i++) {
        if (str_is(f->model->entities[i]->name, name))
            return f->model->entities[i];
    }
    return NULL;
}

static Str bytes_of(Arena *a, const char *hex)
{
    size_t n = strlen(hex) / 2;
    uint8_t *bytes = arena_many(a, uint8_t, n + 1);

    g_assert_true(hex_parse(str_of(hex), bytes, n));
    return (Str){(const char *)bytes, n};
}

static int64_t number_of(const char *text)
{
    return g_ascii_strtoll(text, NULL, 10);
}

/* Columns: county, id, body, entity name, seq. */
static void replay_one(Fixture *to, char **row)
{
    g_autoptr(Arena) a = arena_new();
    const Entity *e = entity_named(to, row[3]);
    Draft *d =
        draft_new(a, CHANGE_NOTE, e, (RecordKey){(int32_t)number_of(row[0]), number_of(row[1])});
    Body body;
    BodyField b;

    g_assert_true(body_read(bytes_of(a, row[2]), &body));
    d->change.kind = body.kind;
    while (d->change.n_fields < body.n_fields) {
        FieldChange *fc = &d->fields[d->change.n_fields++];

        g_assert_true(body_next(&body, &b));
        fc->field = e->fields[b.number - 1]; /* numbered in order when the database was made */
        fc->value = value_of(fc->field, b.after);
        fc->sealed = b.after.text;
        fc->since = b.since;
        fc->until = b.until;
        fc->has_blind = b.has_blind;
        memcpy(fc->blind, b.blind, sizeof fc->blind);
    }
    g_assert_cmpint(write_ok(to->store, d), ==, number_of(row[4]));
}

static void replay(Fixture *from, Fixture *to)
{
    g_autoptr(GPtrArray) rows =
        database_rows(from->uri, "SELECT j.county,j.id,b.body,n.name,j.seq FROM journal j "
                                 "JOIN journal_body b ON b.county=j.county AND b.seq=j.seq "
                                 "JOIN naming n ON n.owner='entity' AND n.number=j.entity "
                                 "WHERE j.row IS NOT NULL ORDER BY j.county,j.seq");

    for (guint i = 0; i < rows->len; i++)
        replay_one(to, rows->pdata[i]);
}

static void random_changes(Fixture *f, const Change *elders, size_t n, RecordKey home)
{
    for (int i = 0; i < 400; i++) {
        RecordKey key = elders[(size_t)g_test_rand_int_range(0, (gint32)n)].key;
        Draft *d =
            draft_new(f->arena, g_test_rand_bit() ? CHANGE_SET : CHANGE_CORRECT, f->elder, key);

        draft_on(d, "ability", g_test_rand_int_range(0, 5), "2020-01-01");
        d->fields[0].since += g_test_rand_int_range(0, 60);
        draft_number(d, "height", g_test_rand_int_range(140, 180));
        if (g_test_rand_bit())
            draft_on(d, "home", home.id, "2021-01-01");
        write_ok(f->store, d);
    }
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, elders[0].key));
}

/* Digests of rows cover all tables of a record: the same digests, the same tables. */
static void compare_digests(const Fixture *f, const Fixture *copy)
{
    static const char sql[] = "SELECT county,seq,row FROM journal WHERE row IS NOT NULL "
                              "ORDER BY county,seq";
    g_autoptr(GPtrArray) was = database_rows(f->uri, sql), is = database_rows(copy->uri, sql);

    g_assert_cmpuint(was->len, ==, 442);
    g_assert_cmpuint(is->len, ==, 442);
    for (guint i = 0; i < was->len; i++) {
        g_assert_cmpstr(((char **)was->pdata[i])[1], ==, ((char **)is->pdata[i])[1]);
        g_assert_cmpstr(((char **)was->pdata[i])[2], ==, ((char **)is->pdata[i])[2]);
    }
}

static void test_replay(void)
{
    Fixture *f = fixture_new(), *copy = fixture_new();
    g_autoptr(GError) error = NULL;
    Change changes[40];

    elders_make(f, f->arena, changes, 40, 11);
    g_assert_true(store_write_chunk(f->store, changes, 40, NULL, &error));
    random_changes(f, changes, 40, facility_new(f, "A1", "安源养老院"));
    replay(f, copy);
    assert_verified(copy->store);
    compare_digests(f, copy);
    fixture_free(copy);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/import/whole", test_whole);
    g_test_add_func("/import/dropped", test_dropped);
    g_test_add_func("/import/taken-meanwhile", test_taken_meanwhile);
    g_test_add_func("/import/interrupted-and-told", test_interrupted_and_told);
    g_test_add_func("/import/owner-gone-later", test_owner_gone_later);
    g_test_add_func("/import/broken-off", test_broken_off);
    g_test_add_func("/import/left-untold", test_left_untold);
    g_test_add_func("/import/refused by many", test_refused_by_many);
    g_test_add_func("/import/replay", test_replay);
    return g_test_run();
}
