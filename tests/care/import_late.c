/* import_late.c — an import and a form, or two imports, bring the same person at the same time: one
 * of them has her, and who comes too late is told which row and why. */
#include "../store/database.h"
#include "base/limits.h"
#include "care/import.h"
#include "house.h"

static void import_file(House *h, const char *path, const ImportOptions *o, ImportReport *ret)
{
    g_autoptr(GError) error = NULL;
    care_import(h->care, h->local, house_entity(h, "elder"), path, o, h->arena, ret, &error);
    g_assert_no_error(error);
}

static void assert_counts(const ImportReport *r, uint64_t accepted, uint64_t changed,
                          uint64_t rejected)
{
    g_assert_cmpuint(r->accepted, ==, accepted);
    g_assert_cmpuint(r->changed, ==, changed);
    g_assert_cmpuint(r->rejected, ==, rejected);
}

/* A person of one number, staged for a town. */
static int64_t staged(House *h, const char *town, unsigned number)
{
    g_autoptr(GError) error = NULL;
    const WriteBy by = {STR("clerk"), STR("import")};
    WriteField *fields = arena_many(h->arena, WriteField, 4);
    WriteRequest r = {.kind = WRITE_CREATE, .entity = house_entity(h, "elder"), .expected = -1};
    Date born;
    int64_t import;
    date_make(1940, 5, 1, &born);
    fields[0] =
        (WriteField){house_field(h, "elder", "name"), VALUE_TEXT(STR("甲某")), DATE_MIN, DATE_MAX};
    fields[1] = (WriteField){house_field(h, "elder", "born"), VALUE_NUM(born), DATE_MIN, DATE_MAX};
    fields[2] = (WriteField){house_field(h, "elder", "residence"), VALUE_TEXT(str_of(town)),
                             DATE_MIN, DATE_MAX};
    fields[3] = (WriteField){house_field(h, "elder", "id_number"),
                             VALUE_TEXT(str_of(house_number(h, number))), DATE_MIN, DATE_MAX};
    r.fields = fields;
    r.n_fields = 4;
    g_assert_true(care_new_id(h->care, &r.key.id, &error));
    g_assert_true(care_import_begin(h->care, STR("list.csv"), &import, &error));
    g_assert_true(care_import_stage(h->care, import, &by, &r, 1, &error));
    g_assert_no_error(error);
    return import;
}

static int committed(House *h, int64_t import)
{
    g_autoptr(GError) error = NULL;
    return care_import_commit(h->care, import, NULL, NULL, NULL, NULL, &error) ? 0 : error->code;
}

static uint64_t people(House *h)
{
    uint64_t all;
    g_autofree char *names = house_list(h, h->local, "elder", NULL, &all);
    return all;
}

/* When the row was looked at nobody had the number; when it is applied a form of another county
 * has it. */
static void test_form_meanwhile(void)
{
    g_autoptr(House) h = house_new(false);
    int64_t import = staged(h, "990302101", 1);
    house_elder(h, "甲某", "990313101", house_number(h, 1));
    g_assert_cmpint(committed(h, import), ==, FAIL_CONFLICT);
    g_assert_cmpuint(people(h), ==, 1);
    /* in her own county the store itself refuses a second one */
    import = staged(h, "990313101", 1);
    g_assert_cmpint(committed(h, import), ==, FAIL_CONFLICT);
    /* nothing of it bars what comes later */
    import = staged(h, "990302101", 2);
    house_elder(h, "乙某", "990313101", house_number(h, 3));
    g_assert_cmpint(committed(h, import), ==, 0);
    g_assert_cmpuint(people(h), ==, 3);
}

/* Two towns of two counties send the same person on the same evening. */
static void test_two_imports(void)
{
    g_autoptr(House) h = house_new(false);
    int64_t one = staged(h, "990302101", 1), other = staged(h, "990313101", 1);
    g_assert_cmpint(committed(h, other), ==, 0);
    g_assert_cmpint(committed(h, one), ==, FAIL_CONFLICT);
    g_assert_cmpuint(people(h), ==, 1);
}

typedef struct Faster { /* a colleague with a form, while the file is being read */
    House *h;
    bool done;
} Faster;

static void form_in_between(void *with, double share)
{
    Faster *f = with;
    (void)share;
    if (!f->done)
        house_elder(f->h, "捷足", "990313101", house_number(f->h, 1));
    f->done = true;
}

/* A row whose number was taken while the rest of the file was read comes back in the rejected file,
 * with its cells and the reason; corrected, it is sent again. */
static void test_refused_late(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GString) text = g_string_new("姓名,出生日期,常住地,公民身份号码,档案编号\n");
    Faster f = {h, false};
    const ImportOptions o = {.progress = form_in_between, .with = &f};
    g_autofree char *path = NULL, *again = NULL;
    ImportReport r;
    g_string_append_printf(text, "甲某,1940-05-01,990302101,%s,F1\n", house_number(h, 1));
    g_string_append(text, "坏行,1940-13-01,990302101,,F2\n");
    for (unsigned i = 3; i < 1100; i++)
        g_string_append_printf(text, "乙某,1940-05-01,990302101,,F%u\n", i);
    house_write(h, "late.csv", text->str, &path);
    import_file(h, path, &o, &r);
    g_assert_true(f.done);
    assert_counts(&r, 1097, 0, 2);
    g_autofree char *name = g_strndup(r.rejected_path.at, r.rejected_path.len), *out = NULL;
    g_assert_true(g_file_get_contents(name, &out, NULL, NULL));
    g_assert_nonnull(strstr(out, "坏行,1940-13-01"));
    g_autofree char *row = g_strdup_printf("甲某,1940-05-01,990302101,%s,F1,", house_number(h, 1));
    const char *back = strstr(out, row);
    g_assert_nonnull(back);
    g_assert_cmpuint((unsigned char)back[strlen(row)], >=, 0x80); /* and why, in Chinese */
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM import_row"), ==, 0);
    /* the clerk strikes the number out, and sends the file of rejected rows */
    g_autofree char *mended = g_strdup_printf(
        "姓名,出生日期,常住地,公民身份号码,档案编号,原因\n甲某,1940-05-01,990302101,,F1,%s\n",
        "见上");
    house_write(h, "mended.csv", mended, &again);
    const ImportOptions plain = {0};
    import_file(h, again, &plain, &r);
    assert_counts(&r, 1, 0, 0);
}

typedef struct Twice { /* another desk sends the same list, while this one is being read */
    House *h;
    const char *path;
    unsigned calls;
} Twice;

#define TWICE_ROWS  (LIMIT_IMPORT_REFUSED + 3u) /* in both */
#define TWICE_AFTER 300u                        /* rows that are read ahead, in one alone */

static void list_in_between(void *with, double share)
{
    Twice *t = with;
    const ImportOptions plain = {0};
    ImportReport r;
    (void)share;
    if (++t->calls * 512u < TWICE_ROWS + TWICE_AFTER || t->path == NULL)
        return;
    const char *path = t->path;
    t->path = NULL;
    import_file(t->h, path, &plain, &r);
    g_assert_cmpuint(r.accepted, ==, TWICE_ROWS);
}

/* Of more refused rows than are told one by one the first are in the rejected file, and how many
 * more there were is said: what was applied is applied, so it is no failure. */
static void test_refused_many(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GString) text = g_string_new("姓名,出生日期,常住地,档案编号\n");
    g_autofree char *first = NULL, *second = NULL;
    Twice t = {.h = h};
    const ImportOptions o = {.progress = list_in_between, .with = &t};
    ImportReport r;
    for (unsigned i = 0; i < TWICE_ROWS; i++)
        g_string_append_printf(text, "甲某,1940-05-01,990302101,F%u\n", i);
    house_write(h, "first.csv", text->str, &first);
    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(text, "乙某,1940-05-01,990302101,G%u\n", i);
    house_write(h, "second.csv", text->str, &second);
    t.path = first;
    import_file(h, second, &o, &r);
    g_assert_null(t.path);
    g_assert_cmpuint(r.rejected, ==, LIMIT_IMPORT_REFUSED);
    g_assert_cmpuint(r.untold, ==, 3);
    g_assert_cmpuint(r.accepted, ==, 1000 + r.untold);
    g_assert_cmpuint(people(h), ==, TWICE_ROWS + 1000);
    g_autofree char *name = g_strndup(r.rejected_path.at, r.rejected_path.len);
    g_assert_true(g_file_test(name, G_FILE_TEST_IS_REGULAR));
}

/* And the form, after the import is in. */
static void test_form_after(void)
{
    g_autoptr(House) h = house_new(false);
    const char *field = NULL;
    g_assert_cmpint(committed(h, staged(h, "990302101", 1)), ==, 0);
    g_assert_cmpint(house_refused(h, h->local, "elder", (RecordKey){0}, &field, "name", "甲某",
                                  "born", "1940-05-01", "residence", "990313101", "id_number",
                                  house_number(h, 1), NULL),
                    ==, FAIL_INPUT);
    g_assert_cmpstr(field, ==, "id_number");
}

/* Files are asked what forms are asked: births that cannot be, a number of another birth. */
static void test_births(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *text = g_strdup_printf("姓名,出生日期,常住地,公民身份号码\n"
                                            "甲某,1700-01-01,990302101,\n"
                                            "乙某,2999-01-01,990302101,\n"
                                            "丙某,1940-05-02,990302101,%s\n"
                                            "丁某,1940-05-01,990302101,%s\n",
                                            house_number(h, 1), house_number(h, 1));
    g_autofree char *path = NULL, *out = NULL;
    const ImportOptions plain = {0};
    ImportReport r;
    house_write(h, "births.csv", text, &path);
    import_file(h, path, &plain, &r);
    assert_counts(&r, 1, 0, 3);
    g_autofree char *name = g_strndup(r.rejected_path.at, r.rejected_path.len);
    g_assert_true(g_file_get_contents(name, &out, NULL, NULL));
    g_assert_nonnull(strstr(out, "130年前"));
    g_assert_nonnull(strstr(out, "晚于今天"));
    g_assert_nonnull(strstr(out, "与出生日期不一致"));
}

/* Of one on the books, too, whom her number finds: it is in the file, and says another day. */
static void test_births_known(void)
{
    g_autoptr(House) h = house_new(false);
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    house_save(h, h->local, "elder", (RecordKey){0}, "name", "乙某", "residence", "990302101",
               "born", "1940-05-01", "file_no", "F2", "id_number", house_number(h, 2), NULL);
    g_autofree char *text = g_strdup_printf("姓名,出生日期,常住地,公民身份号码,档案编号\n"
                                            "甲某,1941-05-01,990302101,%s,F1\n"
                                            "乙某,1941-05-01,990302101,,F2\n",
                                            house_number(h, 1));
    g_autofree char *path = NULL, *out = NULL;
    const ImportOptions plain = {0};
    ImportReport r;
    house_write(h, "births.csv", text, &path);
    import_file(h, path, &plain, &r);
    assert_counts(&r, 0, 0, 2);
    g_autofree char *name = g_strndup(r.rejected_path.at, r.rejected_path.len);
    g_assert_true(g_file_get_contents(name, &out, NULL, NULL));
    const char *first = strstr(out, "出生日期：与已登记的公民身份号码不一致");
    g_assert_nonnull(first);
    g_assert_nonnull(strstr(first + 1, "出生日期：与已登记的公民身份号码不一致"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/import-late/form-meanwhile", test_form_meanwhile);
    g_test_add_func("/care/import-late/two-imports", test_two_imports);
    g_test_add_func("/care/import-late/form-after", test_form_after);
    g_test_add_func("/care/import-late/refused-late", test_refused_late);
    g_test_add_func("/care/import-late/refused-many", test_refused_many);
    g_test_add_func("/care/import-late/births", test_births);
    g_test_add_func("/care/import-late/births-known", test_births_known);
    return g_test_run();
}
