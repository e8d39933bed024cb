/* keys.c — the key file: refused when others could read it, when it is not whole, when it belongs
 * to another database. */
#include "house.h"

#include "../store/database.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void test_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("anlao-keys-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "k", NULL);
    g_autoptr(Keys) k = NULL;
    struct stat st;

    keys_create(path, &error);
    g_assert_no_error(error);
    g_assert_cmpint(stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 07777, ==, 0400);
    g_assert_true(keys_open(path, &k, &error));
    g_assert_false(keys_create(path, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);

    g_chmod(path, 0440);
    Keys *other;
    g_assert_false(keys_open(path, &other, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "0440"));
    g_assert_nonnull(strstr(error->message, "chmod 0400"));
    g_clear_error(&error);

    g_chmod(path, 0600);
    g_assert_true(g_file_set_contents(path, "anlao keys 1\nsecret 00\n", -1, NULL));
    g_chmod(path, 0400);
    g_assert_false(keys_open(path, &other, &error));
    g_assert_nonnull(strstr(error->message, "not a whole key file"));
    g_remove(path);
    g_rmdir(folder);
}

static void test_secrets(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Keys *k = h->care->keys;
    const Field *number = house_field(h, "elder", "id_number"),
                *phone = house_field(h, "elder", "phone");
    Str sealed, plain;
    uint8_t a[SM3_SIZE], b[SM3_SIZE];

    g_assert_true(keys_seal(k, number, 7, STR("secret words"), h->arena, &sealed, &error));
    g_assert_true(keys_unseal(k, number, 7, sealed, h->arena, &plain, &error));
    g_assert_true(str_is(plain, "secret words"));
    /* bound to record and field */
    g_assert_false(keys_unseal(k, number, 8, sealed, h->arena, &plain, &error));
    g_clear_error(&error);
    g_assert_false(keys_unseal(k, phone, 7, sealed, h->arena, &plain, &error));

    keys_blind(k, number, 990302, STR("x"), a);
    keys_blind(k, number, 990302, STR("x"), b);
    g_assert_true(bytes_equal(a, b, SM3_SIZE));
    keys_blind(k, number, 990313, STR("x"), b);
    g_assert_false(bytes_equal(a, b, SM3_SIZE));
    keys_blind(k, phone, 990302, STR("x"), b);
    g_assert_false(bytes_equal(a, b, SM3_SIZE));
}

static void test_wrong_file(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *other = g_build_filename(h->folder, "other.key", NULL);
    Care *c = NULL;

    house_elder(h, "甲某", "990302101", house_number(h, 1));
    house_close(h);
    keys_create(other, &error);
    g_assert_no_error(error);
    CareOptions o = {h->uri, h->packs, other, false};
    g_assert_false(care_open(&o, &c, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "does not belong to this database"));
    g_clear_error(&error);
    o.keys = "/nowhere/k";
    g_assert_false(care_open(&o, &c, &error));
    g_assert_nonnull(strstr(error->message, "could not open key file"));
    g_clear_error(&error);
    o.keys = h->keys;
    g_assert_true(care_open(&o, &c, &error));
    care_close(c);
}

/* A row of the keys is gone: nothing is opened, and above all no new keys are made, under which
 * nobody could ever read what the old ones sealed. */
static void test_taken_away(void)
{
    static const char *const takes[] = {
        "DELETE FROM data_key WHERE kind=''", "DELETE FROM data_key WHERE kind='blind'",
        "DELETE FROM data_key WHERE kind='secret'", "DELETE FROM data_key WHERE kind<>''",
        "DELETE FROM data_key"};
    g_autoptr(House) h = house_new(false);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1)), found;

    for (size_t i = 0; i < G_N_ELEMENTS(takes); i++) {
        g_autoptr(GError) error = NULL;
        const CareOptions o = {h->uri, h->packs, h->keys, false};
        Care *c = NULL;
        database_run(h->uri, "CREATE TABLE kept AS SELECT * FROM data_key");
        house_close(h);
        database_tamper(h->uri, takes[i]);
        const int64_t entries = database_ask(h->uri, "SELECT count(*) FROM journal");
        g_assert_false(care_open(&o, &c, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
        g_assert_nonnull(strstr(error->message, "no longer in it"));
        g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM journal"), ==, entries);
        database_run(h->uri, "DELETE FROM data_key");
        database_run(h->uri, "INSERT INTO data_key SELECT * FROM kept");
        database_run(h->uri, "DROP TABLE kept");
        house_open(h);
        g_assert_true(find_secret(h->care, house_field(h, "elder", "id_number"),
                                  str_of(house_number(h, 1)), &found, NULL));
        g_assert_cmpint(found.id, ==, key.id);
    }
}

static bool file_holds(const char *path, const char *text)
{
    g_autofree char *bytes = NULL;
    gsize n = 0;
    if (!g_file_get_contents(path, &bytes, &n, NULL))
        return false;
    return memmem(bytes, n, text, strlen(text)) != NULL;
}

/* The same in every table of PostgreSQL. */
static bool tables_hold(const House *h, const char *text)
{
    g_autoptr(GPtrArray) tables =
        database_rows(h->uri, "SELECT tablename FROM pg_tables WHERE schemaname=current_schema()");
    bool found = false;

    for (guint i = 0; i < tables->len; i++) {
        g_autofree char *sql =
            g_strdup_printf("SET bytea_output='escape'; SELECT count(*) FROM \"%s\" AS r "
                            "WHERE position('%s' IN CAST(r AS text))>0",
                            ((char **)tables->pdata[i])[0], text);

        found = found || database_ask(h->uri, sql) > 0;
    }
    return found;
}

/* What is secret stands in no file of the database in clear: not in tables, not in the journal, not
 * in what an import staged. */
static void test_nothing_in_clear(void)
{
    g_autoptr(House) h = house_new(false);
    const char *number = house_number(h, 1), *phone = "13900000042";
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    bool name_found = false;

    house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某某", "residence", "990302101",
               "born", "1940-05-01", "id_number", number, "phone", phone, NULL);
    if (h->file == NULL) {
        g_assert_false(tables_hold(h, number) || tables_hold(h, phone));
        name_found = tables_hold(h, "甲某某");
    }
    for (size_t i = 0; h->file != NULL && i < G_N_ELEMENTS(endings); i++) {
        g_autofree char *path = g_strconcat(h->file, endings[i], NULL);
        g_assert_false(file_holds(path, number));
        g_assert_false(file_holds(path, phone));
        name_found = name_found || file_holds(path, "甲某某");
    }
    g_assert_true(name_found); /* else the search itself would prove nothing */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/keys/file", test_file);
    g_test_add_func("/care/keys/secrets", test_secrets);
    g_test_add_func("/care/keys/wrong_file", test_wrong_file);
    g_test_add_func("/care/keys/taken_away", test_taken_away);
    g_test_add_func("/care/keys/nothing_in_clear", test_nothing_in_clear);
    return g_test_run();
}
