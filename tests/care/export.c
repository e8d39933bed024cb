/* export.c — records out: what one may see, masked, journalled before it leaves, taken back by
 * import as it was. */
#include "house.h"

#include "care/export.h"
#include "care/import.h"
#include "format/sheet.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

static void fill(House *h)
{
    house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某", "born", "1940-05-01",
               "residence", "990302101", "id_number", house_number(h, 1), "file_no", "F1", "living",
               "alone", "income", "1234.50", "beds", "3", NULL);
    house_save(h, h->local, "elder", (RecordKey){0}, "name", "=乙某", "born", "1941-02-03",
               "residence", "990313101", "file_no", "F2", NULL);
}

static bool export_to(House *h, const Session *s, const char *entity, const char *name,
                      const char *reveal, char **ret_path, ExportReport *ret, GError **error)
{
    ExportQuery q = {.list = {.entity = house_entity(h, entity), .region = ROW_NONE}};
    q.format = g_str_has_suffix(name, ".json")   ? EXPORT_JSON
               : g_str_has_suffix(name, ".xlsx") ? EXPORT_XLSX
                                                 : EXPORT_CSV;
    q.reveal = str_of(reveal);
    *ret_path = g_build_filename(h->folder, name, NULL);
    q.path = *ret_path;
    return care_export(h->care, s, &q, h->arena, ret, error);
}

static char *exported(House *h, const Session *s, const char *entity, const char *name,
                      const char *reveal)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    char *text = NULL;
    ExportReport r;
    export_to(h, s, entity, name, reveal, &path, &r, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void test_csv(void)
{
    g_autoptr(House) h = house_new(false);
    fill(h);
    g_autofree char *text = exported(h, h->local, "elder", "a.csv", NULL);
    g_assert_nonnull(strstr(text, "档案编号,姓名,公民身份号码,联系电话,出生日期,死亡日期,常住地,"
                                  "居住状况,月收入,床位,能力等级,记录号（"));
    g_assert_nonnull(strstr(text, "F1,甲某,9903*************"));
    g_assert_nonnull(strstr(text, ",1940-05-01,,甲区东镇,独居,1234.50,3,,0"));
    g_assert_nonnull(strstr(text, "F2,\"'=乙某\",,,1941-02-03,,乙区南镇,,,,,0"));
    g_assert_null(strstr(text, house_number(h, 1)));
}

/* Out and in again: nothing has changed; with one cell mended, one record has. */
static void round_trip(const char *name)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    ExportReport out;
    ImportReport in;
    const ImportOptions o = {0}, dry = {.dry_run = true};
    fill(h);
    export_to(h, h->local, "elder", name, NULL, &path, &out, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(out.records, ==, 2);
    care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena, &in, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(in.rejected, ==, 0);
    g_assert_cmpuint(in.unchanged, ==, 2);

    g_autofree char *mended = NULL;
    house_write(h, "mended.csv", "档案编号,床位\nF1,4\nF2,99\n", &mended);
    for (int i = 0; i < 3; i++) { /* a dry run, twice, says what the real one does */
        care_import(h->care, h->local, house_entity(h, "elder"), mended, i < 2 ? &dry : &o,
                    h->arena, &in, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(in.changed, ==, 1);
        g_assert_cmpuint(in.rejected, ==, 1);
    }
}

static void test_round_csv(void)
{
    round_trip("a.csv");
}

static void test_round_xlsx(void)
{
    round_trip("a.xlsx");
}

/* What a workbook brought and could not be taken comes back as a workbook, with the reason. */
static void test_rejected(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "in.xlsx", NULL);
    const ImportOptions o = {0};
    const Str *cells;
    ImportReport r;
    size_t n;
    Date day;
    date_make(1940, 5, 1, &day);
    XlsxWriter *w = xlsx_writer_open(path, "花名册", &error);
    xlsx_text(w, STR("某县花名册"));
    xlsx_end_row(w);
    xlsx_head(w, STR("姓名"));
    xlsx_head(w, STR("出生日期"));
    xlsx_head(w, STR("常住地"));
    xlsx_end_row(w);
    xlsx_text(w, STR("甲某"));
    xlsx_date(w, day);
    xlsx_text(w, STR("甲区东镇"));
    xlsx_end_row(w);
    xlsx_text(w, STR("乙某"));
    xlsx_date(w, day);
    xlsx_text(w, STR("没有的镇"));
    xlsx_end_row(w);
    g_assert_true(xlsx_writer_close(w, &error));
    xlsx_writer_free(w);
    care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(r.accepted, ==, 1);
    g_assert_cmpuint(r.rejected, ==, 1);
    g_assert_true(str_ends(r.rejected_path, STR("in.xlsx.rejected.xlsx")));
    g_autofree char *back = g_strndup(r.rejected_path.at, r.rejected_path.len);
    g_autoptr(XlsxReader) again = xlsx_open(back, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(xlsx_header(again, &cells, &n, &error));
    g_assert_true(n == 4 && str_is(cells[3], "原因"));
    g_assert_true(xlsx_next(again, &cells, &n, &error));
    g_assert_true(str_is(cells[0], "乙某") && str_is(cells[1], "1940-05-01"));
    g_assert_true(str_find(cells[3], STR("常住地")) >= 0);
}

static void test_xlsx_kinds(void)
{
    g_autoptr(House) h = house_new(false);
    fill(h);
    g_autofree char *bytes = exported(h, h->local, "elder", "a.xlsx", NULL);
    g_autofree char *path = g_build_filename(h->folder, "a.xlsx", NULL);
    g_autoptr(GError) error = NULL;
    const Str *cells;
    size_t n;
    struct stat st;
    g_autoptr(XlsxReader) r = xlsx_open(path, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(xlsx_sheet(r), ==, "老年人");
    g_assert_true(xlsx_header(r, &cells, &n, &error));
    g_assert_cmpuint(n, ==, 12);
    g_assert_true(xlsx_next(r, &cells, &n, &error));
    g_assert_true(str_is(cells[4], "1940-05-01"));
    g_assert_true(str_is(cells[8], "1234.5"));
    g_assert_true(str_is(cells[9], "3"));
    g_assert_cmpint(g_stat(path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 077, ==, 0);
}

/* A page hands out LIMIT_PAGE_EXPORT records at most; here two are too many. */
static void test_most(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    ExportQuery q = {.list = {.entity = house_entity(h, "elder"), .region = ROW_NONE}, .most = 1};
    g_autofree char *path = g_build_filename(h->folder, "m.csv", NULL);
    ExportReport r;
    fill(h);
    q.path = path;
    g_assert_false(care_export(h->care, h->local, &q, h->arena, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "2 records are more than 1"));
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
}

static void test_json(void)
{
    g_autoptr(House) h = house_new(false);
    fill(h);
    g_autofree char *text = exported(h, h->local, "elder", "a.json", NULL);
    g_assert_nonnull(strstr(text, "\"count\":2"));
    g_assert_nonnull(strstr(text, "\"living\":[\"alone\"]"));
    g_assert_nonnull(strstr(text, "\"income\":123450"));
    g_assert_nonnull(strstr(text, "\"died\":null"));
}

/* What is there stays until all of the new one is: a folder in the way leaves nothing behind. */
static void test_not_by_halves(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *inside = NULL, *part = NULL;
    ExportReport r;
    fill(h);
    g_autofree char *before = exported(h, h->local, "elder", "a.json", NULL);
    g_autofree char *again = exported(h, h->local, "elder", "a.json", NULL);
    g_assert_nonnull(strstr(again, "\"count\":2"));
    inside = g_build_filename(h->folder, "dir.json", "x", NULL);
    g_assert_cmpint(g_mkdir_with_parents(inside, 0700), ==, 0);
    g_assert_false(export_to(h, h->local, "elder", "dir.json", NULL, &path, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    part = g_strconcat(path, ".part", NULL);
    g_assert_false(g_file_test(part, G_FILE_TEST_EXISTS));
    g_rmdir(inside);
    g_rmdir(path);
}

static void test_references(void)
{
    g_autoptr(House) h = house_new(false);
    fill(h);
    house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐老年公寓", "facility_no", "S1",
               "region", "990313101", NULL);
    house_save(h, h->local, "stay", (RecordKey){0}, "elder", "F1", "facility", "S1", "moved_in",
               "2020-01-01", NULL);
    g_autofree char *text = exported(h, h->local, "stay", "s.csv", NULL);
    g_assert_nonnull(strstr(text, "\nF1,S1,2020-01-01,,0"));
    /* She is of the next county: the home's county takes her number along, not what she is called
     * by. */
    g_autofree char *home =
        exported(h, house_session(h, "nan", "clerk", "990313", 0), "stay", "t.csv", NULL);
    g_assert_nonnull(strstr(home, ",S1,2020-01-01,,0"));
    g_assert_null(strstr(home, "F1"));
}

/* A county's clerk gets her county; a village worker nothing; full numbers need right and reason.
 */
static void test_rights(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *full = NULL;
    const Session *village = house_session(h, "village", "village", "990302101", 0);
    const Session *clerk = house_session(h, "clerk", "clerk", "990313", 0);
    ExportReport r;
    fill(h);
    g_assert_false(export_to(h, village, "elder", "a.csv", NULL, &path, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_autofree char *own = exported(h, clerk, "elder", "b.csv", NULL);
    g_assert_nonnull(strstr(own, "乙某"));
    g_assert_null(strstr(own, "甲某"));
    g_assert_false(export_to(h, h->local, "elder", "c.csv", "补", &full, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void test_journal(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    JournalEntry *list;
    size_t n;
    fill(h);
    g_autofree char *text = exported(h, h->local, "elder", "a.csv", "与社保卡中心比对");
    g_assert_nonnull(strstr(text, house_number(h, 1)));
    g_assert_true(store_history(h->care->store, house_entity(h, "elder"),
                                (RecordKey){store_facts(h->care->store)->home_county, 0}, 10,
                                h->arena, &list, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_is(list[0].reason, "exported 2 records of elder; in full: id_number, phone; "
                                         "与社保卡中心比对"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/export/csv", test_csv);
    g_test_add_func("/export/round-csv", test_round_csv);
    g_test_add_func("/export/round-xlsx", test_round_xlsx);
    g_test_add_func("/export/rejected", test_rejected);
    g_test_add_func("/export/xlsx-kinds", test_xlsx_kinds);
    g_test_add_func("/export/most", test_most);
    g_test_add_func("/export/json", test_json);
    g_test_add_func("/export/not-by-halves", test_not_by_halves);
    g_test_add_func("/export/references", test_references);
    g_test_add_func("/export/rights", test_rights);
    g_test_add_func("/export/journal", test_journal);
    return g_test_run();
}
