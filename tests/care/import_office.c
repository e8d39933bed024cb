/* import_office.c — lists as offices keep and send them: masked, rounded, with what a spreadsheet
 * leaves behind.  Nothing of them is lost without a word, and nobody becomes two people. */
#include "house.h"

#include "care/export.h"
#include "care/import.h"

#include <glib/gstdio.h>
#include <xlsxwriter.h>

static void import_file(House *h, const char *path, ImportReport *ret)
{
    g_autoptr(GError) error = NULL;
    const ImportOptions o = {0};
    care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena, ret, &error);
    g_assert_no_error(error);
}

static void import_text(House *h, const char *text, ImportReport *ret)
{
    g_autofree char *path = NULL;
    house_write(h, "list.csv", text, &path);
    import_file(h, path, ret);
}

static void assert_counts(const ImportReport *r, uint64_t accepted, uint64_t changed,
                          uint64_t unchanged, uint64_t rejected)
{
    g_assert_cmpuint(r->accepted, ==, accepted);
    g_assert_cmpuint(r->changed, ==, changed);
    g_assert_cmpuint(r->unchanged, ==, unchanged);
    g_assert_cmpuint(r->rejected, ==, rejected);
}

static char *rejected(const ImportReport *r)
{
    g_autofree char *path = g_strndup(r->rejected_path.at, r->rejected_path.len);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static uint64_t people(House *h)
{
    uint64_t all;
    g_autofree char *names = house_list(h, h->local, "elder", NULL, &all);
    return all;
}

/* A clerk takes the list out, numbers masked, mends it and sends it back.  Who has a file number is
 * found by it; who has none is not entered a second time, without a number. */
static void test_masked(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "out.csv", NULL);
    ExportQuery q = {.list = {.entity = house_entity(h, "elder"), .region = ROW_NONE},
                     .format = EXPORT_CSV,
                     .path = path};
    ExportReport out;
    ImportReport r;
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey second = house_elder(h, "乙某", "990302101", house_number(h, 2));
    house_save(h, h->local, "elder", second, "file_no", "F2", NULL);
    q.list.on = care_today(h->care);
    care_export(h->care, h->local, &q, h->arena, &out, &error);
    g_assert_no_error(error);

    import_file(h, path, &r);
    assert_counts(&r, 0, 0, 1, 1);
    g_assert_cmpuint(people(h), ==, 2);
    g_autofree char *why = rejected(&r);
    g_assert_nonnull(strstr(why, "被星号遮住"));
    g_assert_nonnull(strstr(why, "甲某"));
    g_assert_null(strstr(why, "乙某"));
    /* a new person's telephone is not left out without a word either */
    import_text(h, "姓名,出生日期,常住地,联系电话\n丙某,1940-05-01,990302101,139****0001\n", &r);
    assert_counts(&r, 0, 0, 0, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/import-office/masked", test_masked);
    return g_test_run();
}
