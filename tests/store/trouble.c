/* trouble.c — a full disk, a failing disk, a power cut: said in words, nothing half done, nothing
 * acknowledged lost.  LAW architecture 10. */
#include "fixture.h"

#include <sqlite3.h>

#include "shim.h"
#include "store/backup.h"

static Draft *elder_draft(Fixture *f, Arena *a, RecordKey *ret_key)
{
    *ret_key = (RecordKey){COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(a, CHANGE_CREATE, f->elder, *ret_key);

    draft_text(d, "name", "李秀英");
    draft_on(d, "ability", 2, "2020-01-01");
    return d;
}

/* Each place where a write can fail, one after the other, until the change goes through. */
static void fail_everywhere(int code, const char *words)
{
    Fixture *f = fixture_new();
    bool through = false;
    int failures = 0;

    for (int n = 1; !through; n++) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        ChangeAnswer answer;
        RecordKey key;
        Draft *d = elder_draft(f, a, &key);

        shim_fail_after(n, code);
        bool ok = store_write(f->store, &d->change, 1, &answer, &error);

        through = !shim_has_failed();
        shim_fail_after(0, 0);
        if (ok) {
            g_assert_true(answer.done);
            g_assert_true(value_now(f->store, f->elder, key, "name", a).known);
            continue;
        }
        failures++;
        g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
        g_assert_cmpint(fail_exit_status(error), ==, 3);
        if (strstr(error->message, words) == NULL)
            g_error("\"%s\" does not say \"%s\"", error->message, words);
        assert_verified(f->store);
    }
    g_assert_cmpint(failures, >, 3);
    fixture_reopen(f);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_disk_full(void)
{
    fail_everywhere(SQLITE_FULL, "the disk is full: nothing was written");
}

static void test_disk_fails(void)
{
    fail_everywhere(SQLITE_IOERR_WRITE, "disk I/O error");
}

/* A chunk or a call of many changes on a full disk: none of them. */
static void test_many_on_full_disk(void)
{
    Fixture *f = fixture_new();
    bool through = false;

    for (int n = 1; !through; n += 7) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        Change *changes = arena_many(a, Change, 120);
        ChangeAnswer *answers = arena_many(a, ChangeAnswer, 120);
        int64_t before = ask(f, "SELECT count(*) FROM elder"), now = 0;

        elders_make(f, a, changes, 120, (uint64_t)n * 7919);
        shim_fail_after(n, SQLITE_FULL);
        bool ok = store_write_chunk(f->store, changes, 120, answers, &error);

        through = !shim_has_failed();
        shim_fail_after(0, 0);
        now = ask(f, "SELECT count(*) FROM elder");
        g_assert_cmpint(now, ==, before + (ok ? 120 : 0));
        for (int i = 0; i < 120; i++)
            g_assert_true(answers[i].done == ok);
    }
    assert_verified(f->store);
    fixture_free(f);
}

/* ---- a second reader ---------------------------------------------------------------------- */

#define CROWD 34000 /* more than one connection reads alone */

static void crowd(Fixture *f)
{
    for (int chunk = 0; chunk < CROWD / 2000; chunk++) {
        g_autoptr(Arena) a = arena_new();
        g_autoptr(GError) error = NULL;
        Change *changes = arena_many(a, Change, 2000);

        elders_make(f, a, changes, 2000, (uint64_t)chunk * 7919 + 1);
        store_write_chunk(f->store, changes, 2000, NULL, &error);
        g_assert_no_error(error);
    }
}

/* A store that has one reader: a second one is opened when there is need of it. */
static void one_reader(Fixture *f)
{
    StoreHead *heads;
    size_t n;

    fixture_reopen(f);
    g_assert_true(store_heads(f->store, f->arena, &heads, &n, NULL));
}

/* Everything, while of the second connection `reads` reads go well; NULL: it failed, in words. */
static Dataset *loaded_beside(Fixture *f, int reads)
{
    g_autoptr(GError) error = NULL;
    Dataset *d = NULL;

    shim_fail_new_reads_after(reads);
    bool ok = store_load(f->store, f->regions, 0, &d, &error);

    shim_fail_new_reads_after(-1);
    if (ok)
        return d;
    g_assert_null(d);
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    if (strstr(error->message, "disk I/O error") == NULL)
        g_error("\"%s\" does not say \"disk I/O error\"", error->message);
    return NULL;
}

static void assert_whole(const Fixture *f, const Dataset *d)
{
    g_assert_cmpuint(d->batches[f->elder->number]->rows, ==, CROWD);
    for (size_t i = 1; i < CROWD; i++)
        g_assert_cmpint(d->batches[f->elder->number]->ids[i - 1], <,
                        d->batches[f->elder->number]->ids[i]);
}

/* Half of the rows are no working set: where the second connection fails on its way the load fails,
 * in its words, and the next one is whole.  Where it fails before, one reads alone. */
static void test_second_reader(void)
{
    static const int reads[] = {0, 1, 2, 5, 12, 30, 100, 100000};
    Fixture *f = fixture_new();
    int alone = 0, failed_loads = 0;

    crowd(f);
    for (size_t i = 0; i < G_N_ELEMENTS(reads); i++) {
        g_autoptr(Dataset) d = NULL;
        g_autoptr(Dataset) again = NULL;

        one_reader(f);
        d = loaded_beside(f, reads[i]);
        if (d != NULL)
            assert_whole(f, d);
        alone += d != NULL;
        failed_loads += d == NULL;
        g_assert_true(store_load(f->store, f->regions, 0, &again, NULL));
        assert_whole(f, again);
    }
    g_test_message("alone %d, failed %d", alone, failed_loads);
    if (g_get_num_processors() > 1) {
        g_assert_cmpint(alone, >, 1);
        g_assert_cmpint(failed_loads, >, 1);
    }
    fixture_free(f);
}

static void visit_now(void *with)
{
    Fixture *f = with;
    RecordKey elder = elder_new(f, "李秀英", NULL);
    Draft *d =
        draft_new(f->arena, CHANGE_CREATE, f->visit, (RecordKey){COUNTY, store_new_id(f->store)});

    draft_number(d, "elder", elder.id);
    write_ok(f->store, d);
}

/* Who reads alone after all still reads one state: what others write meanwhile is not in it. */
static void test_alone_after_all(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Dataset) d = NULL;
    g_autoptr(Dataset) later = NULL;

    crowd(f);
    one_reader(f);
    shim_at_read(500, visit_now, f);
    d = loaded_beside(f, 2);
    g_assert_nonnull(d);
    assert_whole(f, d);
    g_assert_null(d->batches[f->visit->number]);
    g_assert_true(store_load(f->store, f->regions, 0, &later, NULL));
    g_assert_cmpuint(later->batches[f->visit->number]->rows, ==, 1);
    g_assert_cmpuint(later->batches[f->elder->number]->rows, ==, CROWD + 1);
    fixture_free(f);
}

/* ---- power ------------------------------------------------------------------------------- */

static void power_cut(Fixture *f, int after, bool some_survives)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GArray) acknowledged = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autofree char *shm = g_strconcat(f->path, "-shm", NULL);
    bool on = true;

    shim_power_off_after(after);
    for (int i = 0; on && i < 200; i++) {
        RecordKey key = {COUNTY, 0};
        ChangeAnswer answer = {0};
        Draft *d = elder_draft(f, a, &key);

        on = key.id != 0 && store_write(f->store, &d->change, 1, &answer, NULL);
        g_clear_error(&answer.error);
        if (on && answer.done)
            g_array_append_val(acknowledged, key.id);
    }
    store_close(f->store);
    f->store = NULL;
    shim_power_on(some_survives);
    g_unlink(shm);
    fixture_reopen(f);
    for (guint i = 0; i < acknowledged->len; i++) {
        RecordKey key = {COUNTY, g_array_index(acknowledged, int64_t, i)};

        g_assert_true(value_now(f->store, f->elder, key, "name", a).known);
    }
    assert_verified(f->store);
}

static void test_power_cut(void)
{
    Fixture *f = fixture_new();

    for (int i = 0; i < 40; i++)
        power_cut(f, g_test_rand_int_range(1, 400), i % 2 == 1);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    shim_install();
    g_test_add_func("/trouble/disk-full", test_disk_full);
    g_test_add_func("/trouble/disk-fails", test_disk_fails);
    g_test_add_func("/trouble/many-on-full-disk", test_many_on_full_disk);
    g_test_add_func("/trouble/second-reader", test_second_reader);
    g_test_add_func("/trouble/alone-after-all", test_alone_after_all);
    g_test_add_func("/trouble/power-cut", test_power_cut);
    return g_test_run();
}
