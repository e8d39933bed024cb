/* backup.c — a copy of one moment while others write, from either kind of database into a file and
 * back; what is put back is what was there. */
#include "fixture.h"

#include <fcntl.h>
#include <unistd.h>

#include "store/backup.h"

typedef struct Load { /* somebody who writes on and on */
    Fixture *f;
    gint stop;
    gint written;
} Load;

static gpointer write_on(gpointer with)
{
    Load *l = with;
    g_autoptr(Arena) a = arena_new();

    for (int i = 0; !g_atomic_int_get(&l->stop); i++) {
        RecordKey key = {i % 2 == 0 ? COUNTY : OTHER, store_new_id(l->f->store)};
        Draft *d = draft_new(a, CHANGE_CREATE, l->f->elder, key);

        draft_text(d, "name", "王桂兰");
        draft_on(d, "ability", i % 4, "2020-01-01");
        write_ok(l->f->store, d);
        g_atomic_int_inc(&l->written);
    }
    return NULL;
}

static void fill(Fixture *f)
{
    g_autoptr(Arena) a = arena_new();
    Change many[500];

    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);
    Draft *account = draft_new(f->arena, CHANGE_ACCOUNT, NULL, (RecordKey){0, 0});
    AccountRow li = {.id = store_new_id(f->store), .name = STR("li"), .role = STR("clerk")};

    draft_on(set, "ability", 1, "2019-01-01");
    draft_on(set, "ability", 3, "2020-01-01");
    write_ok(f->store, set);
    account->change.account = &li;
    write_ok(f->store, account);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        elders_make(f, a, many, G_N_ELEMENTS(many), seed);
        g_assert_true(store_write_chunk(f->store, many, G_N_ELEMENTS(many), NULL, NULL));
    }
}

static char *copy_uri(const Fixture *f, char **ret_path)
{
    *ret_path = g_build_filename(f->folder, "copy.db", NULL);
    return g_strconcat("sqlite:", *ret_path, NULL);
}

static int64_t entries(Store *s, Arena *a)
{
    StoreHead *heads;
    size_t n;
    int64_t sum = 0;

    g_assert_true(store_heads(s, a, &heads, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        bool is = false;

        g_assert_true(store_has_entry(s, &heads[i], &is, NULL));
        g_assert_true(is);
        sum += heads[i].seq;
    }
    return sum;
}

static void test_while_writing(void)
{
    Fixture *f = fixture_new();
    Load load = {.f = f};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *uri = copy_uri(f, &path);
    Store *copy = NULL;

    fill(f);
    GThread *thread = g_thread_new("writes", write_on, &load);

    for (int i = 0; i < 3; i++) {
        int before = g_atomic_int_get(&load.written);

        store_copy_out(f->uri, f->model, path, &error);
        g_assert_no_error(error);
        g_autofree char *log = g_strconcat(path, "-wal", NULL);
        g_assert_false(g_file_test(log, G_FILE_TEST_EXISTS));
        g_assert_true(store_open(uri, f->model, &copy, &error));
        assert_verified(copy);
        g_assert_cmpint(entries(copy, f->arena), >=, 2000 + before);
        store_close(copy);
    }
    g_atomic_int_set(&load.stop, 1);
    g_thread_join(thread);
    g_assert_cmpint(load.written, >, 0);
    assert_verified(f->store);
    database_drop(uri);
    fixture_free(f);
}

static void compare(const char *a, const char *b, const char *sql)
{
    g_autoptr(GPtrArray) x = database_rows(a, sql), y = database_rows(b, sql);

    g_assert_cmpuint(x->len, >, 0);
    g_assert_cmpuint(x->len, ==, y->len);
    for (guint i = 0; i < x->len; i++)
        g_assert_cmpstrv(x->pdata[i], y->pdata[i]);
}

/* From either kind, over a file, into either kind. */
static void there_and_back(bool to_postgres)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *uri = copy_uri(f, &path), *kept = NULL;
    g_autofree char *back = database_new(f->folder, "back.db", to_postgres);
    Store *s = NULL;

    fill(f);
    store_copy_out(f->uri, f->model, path, &error);
    g_assert_no_error(error);
    store_put_back(path, f->model, back, &kept, &error);
    g_assert_no_error(error);
    g_assert_null(kept);
    compare(f->uri, back, "SELECT county,seq,link FROM head ORDER BY county");
    compare(f->uri, back, "SELECT * FROM journal ORDER BY county,seq");
    compare(f->uri, back, "SELECT * FROM journal_body ORDER BY county,seq");
    compare(f->uri, back, "SELECT * FROM elder ORDER BY county,id");
    compare(f->uri, back, "SELECT * FROM elder_ability ORDER BY county,id,since,known");
    compare(f->uri, back, "SELECT * FROM sign_in ORDER BY county,id");
    g_assert_true(store_open(back, f->model, &s, &error));
    assert_verified(s);
    store_close(s);
    database_drop(uri);
    database_drop(back);
    fixture_free(f);
}

static void test_to_file(void)
{
    there_and_back(false);
}

static void test_to_postgres(void)
{
    there_and_back(true);
}

/* A database that somebody has open is not exchanged; one that nobody has open is kept. */
static void test_in_place(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *uri = copy_uri(f, &path), *kept = NULL;

    fill(f);
    int64_t before = entries(f->store, f->arena);
    store_copy_out(f->uri, f->model, path, &error);
    g_assert_no_error(error);
    elder_new(f, "只在原库", NULL);
    g_assert_false(store_put_back(path, f->model, f->uri, &kept, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_clear_error(&error);
    g_assert_cmpint(entries(f->store, f->arena), ==, before + 1);
    store_close(f->store);
    f->store = NULL;
    store_put_back(path, f->model, f->uri, &kept, &error);
    g_assert_no_error(error);
    g_assert_nonnull(kept);
    fixture_reopen(f);
    assert_verified(f->store);
    g_assert_cmpint(entries(f->store, f->arena), ==, before);
    /* the old one is whole */
    g_autofree char *kept_uri = g_strconcat("sqlite:", kept, NULL);
    Store *old = NULL;
    g_assert_true(store_open(kept_uri, f->model, &old, &error));
    assert_verified(old);
    g_assert_cmpint(entries(old, f->arena), ==, before + 1);
    store_close(old);
    database_drop(kept_uri);
    fixture_free(f);
}

static void test_incarnation(void)
{
    Fixture *f = fixture_new();
    int64_t first = store_new_id(f->store);

    g_assert_true(store_new_incarnation(f->store, STR("local:test"), STR("restore"),
                                        STR("restored from yesterday"), NULL));
    fixture_reopen(f);
    g_assert_cmpuint(store_facts(f->store)->incarnation, ==, 1);
    g_assert_cmpint(store_new_id(f->store) - first, >=, INT64_C(1) << 40);
    assert_verified(f->store);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/backup/while-writing", test_while_writing);
    g_test_add_func("/backup/to-file", test_to_file);
    if (g_getenv("ANLAO_POSTGRES") != NULL)
        g_test_add_func("/backup/to-postgres", test_to_postgres);
    if (!database_on_postgres())
        g_test_add_func("/backup/in-place", test_in_place);
    g_test_add_func("/backup/incarnation", test_incarnation);
    return g_test_run();
}
