/* rotate.c — new keys while others write: nothing is lost or doubled, a rotation that was stopped
 * goes on, and in the end the old key file opens nothing. */
#include "house.h"

#include "../store/database.h"
#include "base/file.h"
#include "care/keyring.h"
#include "care/rebuild.h"
#include "care/ship.h"
#include "store/keys.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each process has a Model of its own. */
static const Field *field_in(const Care *c, const char *name)
{
    const Entity *e = model_entity(c->model, STR("elder"));

    for (size_t i = 0; i < e->n_fields; i++) {
        if (str_is(e->fields[i]->name, name))
            return e->fields[i];
    }
    g_error("no field %s", name);
}

static Str number_of(House *h, Care *c, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    const Field *f = field_in(c, "id_number");
    Str sealed, plain;

    g_assert_true(store_sealed(c->store, f, key, h->arena, &sealed, &error));
    keys_unseal(c->keys, f, key.id, sealed, h->arena, &plain, &error);
    g_assert_no_error(error);
    return plain;
}

static void found(House *h, const char *number, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    RecordKey got = {0};

    find_secret(h->care, house_field(h, "elder", "id_number"), str_of(number), &got, &error);
    g_assert_no_error(error);
    g_assert_cmpint(got.id, ==, key.id);
}

static void sound(House *h)
{
    VerifyReport v;

    g_assert_true(store_verify(h->care->store, h->arena, &v, NULL));
    if (!v.ok)
        g_error("%.*s", STR_ARG(v.first_fault));
}

static RotateReport rotated(House *h, int suite)
{
    g_autoptr(GError) error = NULL;
    RotateReport r;

    keyring_rotate(h->care, h->local, suite, NULL, NULL, h->arena, &r, &error);
    g_assert_no_error(error);
    return r;
}

#define PEOPLE 30

static void people(House *h, RecordKey keys[PEOPLE])
{
    for (unsigned i = 0; i < PEOPLE; i++)
        keys[i] =
            house_elder(h, "甲某", i % 3 == 0 ? "990313101" : "990302101", house_number(h, i + 1));
}

static char *key_copy(House *h)
{
    char *path = g_build_filename(h->folder, "stolen.key", NULL), *text = NULL;
    gsize n = 0;

    g_assert_true(g_file_get_contents(h->keys, &text, &n, NULL));
    g_assert_true(g_file_set_contents(path, text, (gssize)n, NULL));
    g_assert_cmpint(g_chmod(path, 0400), ==, 0);
    g_free(text);
    return path;
}

static void test_whole(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *stolen = key_copy(h);
    RecordKey keys[PEOPLE];
    Care *c = NULL;

    people(h, keys);
    /* one is off the books, one was corrected: their secrets move as well, the past does not */
    house_save(h, h->local, "elder", keys[3], "id_number", house_number(h, 90), NULL);
    int64_t entries = database_ask(h->uri, "SELECT count(*) FROM journal");
    int64_t bodies = database_ask(h->uri, "SELECT sum(length(body)) FROM journal_body");
    RotateReport r = rotated(h, SUITE_SM4);
    g_assert_cmpuint(r.records, ==, PEOPLE);
    g_assert_cmpuint(r.index, ==, PEOPLE);
    g_assert_false(r.resumed);
    sound(h);
    for (unsigned i = 0; i < PEOPLE; i++) {
        const char *number = house_number(h, i == 3 ? 90 : i + 1);

        g_assert_true(str_is(number_of(h, h->care, keys[i]), number));
        found(h, number, keys[i]);
    }
    /* entries were added, none was touched */
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM journal"), >=, entries + PEOPLE);
    g_autofree char *sql = g_strdup_printf(
        "SELECT sum(length(b.body)) FROM journal_body b JOIN journal j ON j.county=b.county AND "
        "j.seq=b.seq WHERE j.kind<>'reseal' AND NOT (j.kind IN ('note','account') AND j.at>="
        "(SELECT min(at) FROM journal WHERE kind='reseal')-10000000 AND j.seq>%d)",
        0);
    g_assert_cmpint(database_ask(h->uri, sql), <=, bodies);
    /* one index, one suite */
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM (SELECT key_id FROM identity UNION "
                                         "SELECT key_id FROM identity_recent) AS k"),
                    ==, 1);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM data_key WHERE kind='blind'"), ==,
                    1);
    Str sealed;
    g_assert_true(store_sealed(h->care->store, house_field(h, "elder", "id_number"), keys[0],
                               h->arena, &sealed, NULL));
    g_assert_cmpint((uint8_t)sealed.at[1], ==, SUITE_SM4);

    /* the new file opens it again, the old one does not */
    house_close(h);
    CareOptions o = {h->uri, h->packs, stolen, false};
    g_assert_false(care_open(&o, &c, &error));
    g_assert_nonnull(strstr(error->message, "does not belong to this database"));
    house_open(h);
    g_assert_true(str_is(number_of(h, h->care, keys[5]), house_number(h, 6)));
    rotated(h, 0); /* and once more */
    sound(h);
    found(h, house_number(h, 6), keys[5]);
    g_chmod(stolen, 0600);
    g_remove(stolen);
}

/* ---- while others write --------------------------------------------------------------------- */

typedef struct Writes {
    House *h;
    Care *care; /* another one than the rotation's: as another process */
    gint stop, done;
    RecordKey first, last;
} Writes;

static gpointer write_on(gpointer with)
{
    Writes *w = with;
    const Entity *e = model_entity(w->care->model, STR("elder"));
    const Field *name = field_in(w->care, "name"), *home = field_in(w->care, "residence"),
                *number = field_in(w->care, "id_number"), *born = field_in(w->care, "born");
    const WriteBy by = {STR("li"), STR("import")};

    for (unsigned i = 0; !g_atomic_int_get(&w->stop) && i < 800; i++) {
        g_autoptr(GError) error = NULL;
        char text[32];
        g_snprintf(text, sizeof text, "LOAD%014u", i);
        WriteField fields[] = {{name, {.known = true, .text = STR("丙某")}, DATE_MIN, DATE_MAX},
                               {home, {.known = true, .text = STR("990302101")}, 0, DATE_MAX},
                               {born, {.known = true, .num = -11000}, DATE_MIN, DATE_MAX},
                               {number, {.known = true, .text = str_of(text)}, DATE_MIN, DATE_MAX}};
        WriteRequest r = {.kind = WRITE_CREATE,
                          .entity = e,
                          .key = {990302, 0},
                          .expected = -1,
                          .fields = fields,
                          .n_fields = G_N_ELEMENTS(fields)};

        g_assert_true(care_new_id(w->care, &r.key.id, &error));
        care_write_chunk(w->care, &by, &r, 1, &error);
        g_assert_no_error(error);
        /* and gives it a number anew, so that one is dropped and taken in the middle */
        if (i % 5 == 0) {
            g_snprintf(text, sizeof text, "MORE%014u", i);
            r.kind = WRITE_SET;
            r.fields = &fields[3];
            r.n_fields = 1;
            care_write_chunk(w->care, &by, &r, 1, &error);
            g_assert_no_error(error);
        }
        w->last = r.key;
        g_atomic_int_set(&w->done, (int)i + 1);
    }
    return NULL;
}

static void test_load(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    Writes w = {.h = h};
    RecordKey keys[PEOPLE];
    CareOptions o = {h->uri, h->packs, h->keys, false};

    people(h, keys);
    g_assert_true(care_open(&o, &w.care, &error));
    GThread *thread = g_thread_new("writes", write_on, &w);

    while (g_atomic_int_get(&w.done) < 20)
        g_usleep(1000);
    rotated(h, 0);
    rotated(h, SUITE_SM4);
    int after = g_atomic_int_get(&w.done);
    while (g_atomic_int_get(&w.done) < MIN(after + 10, 800))
        g_usleep(1000);
    g_atomic_int_set(&w.stop, 1);
    g_thread_join(thread);
    sound(h);
    found(h, house_number(h, 8), keys[7]);
    for (int i = 0; i < w.done; i++) {
        char text[32];
        RecordKey got = {0};

        g_snprintf(text, sizeof text, i % 5 == 0 ? "MORE%014d" : "LOAD%014d", i);
        find_secret(w.care, field_in(w.care, "id_number"), str_of(text), &got, &error);
        g_assert_no_error(error);
        g_assert_true(str_is(number_of(h, w.care, got), text));
        g_assert_true(str_is(number_of(h, h->care, got), text));
    }
    rotated(h, 0); /* what was written meanwhile has no rows of an old index */
    sound(h);
    care_close(w.care);
}

/* ---- killed half way ------------------------------------------------------------------------ */

static void stop_at(void *with, uint64_t done)
{
    (void)done;
    if (--*(int *)with <= 0)
        _exit(9); /* as kill -9: nothing is tidied up */
}

static void rotate_and_die(House *h, int after)
{
    Care *c = NULL;
    RotateReport r;
    const Session *s;
    g_autoptr(Arena) a = arena_new();
    CareOptions o = {h->uri, h->packs, h->keys, false};

    if (!care_open(&o, &c, NULL) || !session_local(c, STR(""), a, &s, NULL))
        _exit(1);
    keyring_rotate(c, s, 0, stop_at, &after, a, &r, NULL);
    _exit(0);
}

static void file_copy(const char *from, const char *to)
{
    g_autofree char *text = NULL;
    gsize n = 0;

    g_assert_true(g_file_get_contents(from, &text, &n, NULL));
    g_assert_true(g_file_set_contents(to, text, (gssize)n, NULL));
    g_assert_cmpint(g_chmod(to, 0400), ==, 0);
}

/* A node that is rebuilt from what was shipped in the middle of a rotation goes on with it. */
static void rebuilt_goes_on(House *h, const char *number, RecordKey key, const char *later,
                            RecordKey new)
{
    g_autofree char *folder = g_build_filename(h->folder, "second", NULL);
    g_autofree char *db = g_build_filename(h->folder, "again.db", NULL);
    g_autofree char *uri = g_strconcat("sqlite:", db, NULL),
                    *key_file = g_strconcat(db, ".key", NULL);
    g_autofree char *next = g_strconcat(h->keys, ".next", NULL),
                    *next_copy = g_strconcat(key_file, ".next", NULL);
    g_autoptr(GError) error = NULL;
    const RestoreRequest request = {
        .path = folder, .uri = uri, .reason = STR("the machine is gone"), .actor = STR("local:li")};
    RestoreReport report;
    RotateReport r;
    House again = {
        .folder = h->folder, .uri = uri, .packs = h->packs, .keys = key_file, .arena = h->arena};
    CareOptions o = {uri, h->packs, key_file, false};

    g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
    Shipping *s = ship_new(h->care, folder);

    ship_turn(s, &error);
    g_assert_no_error(error);
    ship_free(s);
    care_rebuild(&request, h->arena, &report, &error);
    g_assert_no_error(error);
    file_copy(h->keys, key_file);
    if (g_file_test(next, G_FILE_TEST_EXISTS))
        file_copy(next, next_copy);
    g_assert_true(care_open(&o, &again.care, &error));
    g_assert_true(session_local(again.care, STR(""), h->arena, &again.local, &error));
    keyring_rotate(again.care, again.local, 0, NULL, NULL, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_true(r.resumed);
    sound(&again);
    found(&again, number, key);
    found(&again, later, new);
    care_close(again.care);
}

static void test_killed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    enum { MANY = 450 }; /* three chunks */
    RecordKey keys[MANY], more;

    for (unsigned i = 0; i < MANY; i++)
        keys[i] = house_elder(h, "甲某", "990302101", house_number(h, i + 1));
    house_close(h);
    for (int round = 0; round < 2; round++) {
        int status = 0;
        pid_t child = fork();

        if (child == 0)
            rotate_and_die(h, 1);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFEXITED(status));
        g_assert_cmpint(WEXITSTATUS(status), ==, 9);
    }
    house_open(h);
    sound(h);
    /* half is under the one key, half under the other: all is found, nothing can be entered twice
     */
    for (unsigned i = 0; i < MANY; i += 7) {
        found(h, house_number(h, i + 1), keys[i]);
        g_assert_true(str_is(number_of(h, h->care, keys[i]), house_number(h, i + 1)));
    }
    more = house_elder(h, "乙某", "990302101", house_number(h, 900));
    const char *field = NULL;
    g_assert_cmpint(house_refused(h, h->local, "elder", (RecordKey){0}, &field, "name", "丁某",
                                  "born", "1940-01-01", "residence", "990302101", "id_number",
                                  house_number(h, 2), NULL),
                    ==, FAIL_INPUT);
    rebuilt_goes_on(h, house_number(h, 2), keys[1], house_number(h, 900), more);
    RotateReport r = rotated(h, 0);
    g_assert_true(r.resumed);
    g_assert_cmpuint(r.records, <, MANY);
    sound(h);
    found(h, house_number(h, 1), keys[0]);
    found(h, house_number(h, 450), keys[449]);
    found(h, house_number(h, 900), more);
}

/* The file lies beside its name when the power goes: it is taken all the same. */
static void test_file_between(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *stolen = key_copy(h), *next = g_strconcat(h->keys, ".next", NULL);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));

    rotated(h, 0);
    house_close(h);
    g_assert_cmpint(g_rename(h->keys, next), ==, 0);
    g_assert_cmpint(g_rename(stolen, h->keys), ==, 0);
    house_open(h);
    g_assert_true(str_is(number_of(h, h->care, key), house_number(h, 1)));
    g_assert_false(g_file_test(next, G_FILE_TEST_EXISTS));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rotate/whole", test_whole);
    g_test_add_func("/rotate/load", test_load);
    g_test_add_func("/rotate/killed", test_killed);
    g_test_add_func("/rotate/file_between", test_file_between);
    return g_test_run();
}
