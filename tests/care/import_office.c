/* import_office.c — lists as offices keep and send them: masked, rounded, with what a spreadsheet
 * leaves behind.  Nothing of them is lost without a word, and nobody becomes two people. */
#include "house.h"

#include "base/identifier.h"
#include "care/export.h"
#include "care/import_jobs.h"
#include "care/write.h"
#include "format/sheet.h"

#include <glib/gstdio.h>
#include <xlsxwriter.h>

static void import_entity(House *h, const char *entity, const char *path, ImportReport *ret)
{
    g_autoptr(GError) error = NULL;
    const ImportOptions o = {0};
    care_import(h->care, h->local, house_entity(h, entity), path, &o, h->arena, ret, &error);
    g_assert_no_error(error);
}

static void import_file(House *h, const char *path, ImportReport *ret)
{
    import_entity(h, "elder", path, ret);
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

static char *exported(House *h, const char *entity)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(h->folder, "out.csv", NULL);
    ExportQuery q = {.list = {.entity = house_entity(h, entity), .region = ROW_NONE},
                     .format = EXPORT_CSV,
                     .path = path};
    ExportReport out;
    char *text = NULL;
    q.list.on = care_today(h->care);
    care_export(h->care, h->local, &q, h->arena, &out, &error);
    g_assert_no_error(error);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* `text` with its first `was` as `now`. */
static char *mended(const char *text, const char *was, const char *now)
{
    const char *at = strstr(text, was);
    g_assert_nonnull(at);
    return g_strdup_printf("%.*s%s%s", (int)(at - text), text, now, at + strlen(was));
}

/* A list with masked numbers, without the numbers of the records: who has a file number is found by
 * it; who has none is not entered a second time, without a number. */
static void test_masked(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey second = house_elder(h, "乙某", "990302101", house_number(h, 2));
    house_save(h, h->local, "elder", second, "file_no", "F2", NULL);
    import_text(h,
                "档案编号,姓名,公民身份号码,出生日期,常住地\n"
                ",甲某,9903*************1,1940-05-01,990302101\n"
                "F2,乙某,9903*************2,1940-05-01,990302101\n",
                &r);
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

/* Out, mended, and in again: who has no number in clear is found by the record's, and so are
 * stays, which have no number of their own. */
static void test_out_and_in(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    RecordKey first = house_elder(h, "甲某", "990302101", house_number(h, 1));
    house_elder(h, "乙某", "990302101", house_number(h, 2));
    g_autofree char *all = exported(h, "elder");
    g_autofree char *one = mended(all, "乙某", "乙某某");
    import_text(h, one, &r);
    assert_counts(&r, 0, 1, 1, 0);
    g_autofree char *seen =
        NULL; /* the page shows what each column is taken for, and sends it back */
    ImportLook look;
    ImportOptions mapped = {0};
    house_write(h, "seen.csv", one, &seen);
    g_assert_true(import_look(h->care, h->local, house_entity(h, "elder"), seen, &mapped, h->arena,
                              &look, NULL));
    g_assert_true(str_is(look.columns[look.n_columns - 1].field, "#"));
    import_map_read(import_map_text(look.columns, look.n_columns, h->arena), h->arena, &mapped.map,
                    &mapped.n_map);
    g_assert_true(care_import(h->care, h->local, house_entity(h, "elder"), seen, &mapped, h->arena,
                              &r, NULL));
    assert_counts(&r, 0, 0, 2, 0);
    g_autofree char *twice = g_strdup_printf("%s%s", one, strchr(one, '\n') + 1);
    import_text(h, twice, &r);
    assert_counts(&r, 0, 0, 2, 2); /* the same record twice in one file */
    g_assert_cmpuint(people(h), ==, 2);

    house_save(h, h->local, "elder", first, "file_no", "F1", NULL);
    house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐老年公寓", "facility_no", "S1",
               "region", "990302101", NULL);
    g_autofree char *stays = NULL;
    house_write(h, "stays.csv", "elder,facility,moved_in\nF1,S1,2020-01-01\nF1,S1,2020-02-01\n",
                &stays);
    import_entity(h, "stay", stays, &r);
    assert_counts(&r, 2, 0, 0, 0);
    g_autofree char *out = exported(h, "stay");
    g_autofree char *later = mended(out, "2020-02-01", "2020-02-03");
    g_assert_true(g_file_set_contents(stays, later, -1, NULL));
    import_entity(h, "stay", stays, &r);
    assert_counts(&r, 0, 1, 1, 0);
    g_autofree char *again = exported(h, "stay");
    g_assert_nonnull(strstr(again, "2020-02-03"));
    g_assert_null(strstr(again, "2020-02-01"));
}

/* Numbers that are nobody's here, or of another database, are not guessed at. */
static void test_foreign_numbers(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const ImportOptions o = {0};
    ImportReport r;
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey gone = house_elder(h, "乙某", "990302101", house_number(h, 2));
    g_autofree char *out = exported(h, "elder");
    char id[ID_TEXT];
    const char *known = id_format(gone.id, id);
    g_autofree char *odd = mended(out, known, "00000000000000");
    import_text(h, odd, &r);
    assert_counts(&r, 0, 0, 1, 1);
    g_autofree char *cleared = mended(out, known, "");
    import_text(h, cleared, &r);
    assert_counts(&r, 0, 0, 1, 1); /* her citizen number is masked still */
    const WriteRequest end = {.kind = WRITE_END,
                              .entity = house_entity(h, "elder"),
                              .key = gone,
                              .expected = -1,
                              .reason = STR("recorded twice")};
    FieldFault *faults;
    WriteAnswer answer;
    size_t n;
    care_write(h->care, h->local, &end, h->arena, &answer, &faults, &n, &error);
    g_assert_no_error(error);
    import_text(h, out, &r);
    assert_counts(&r, 0, 0, 1, 1);
    g_autofree char *why = rejected(&r);
    g_assert_nonnull(strstr(why, "已不在册"));

    g_autofree char *path = NULL, *theirs = mended(out, "记录号（", "记录号（0");
    house_write(h, "theirs.csv", theirs, &path);
    g_assert_false(
        care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena, &r, &error));
    g_assert_nonnull(strstr(error->message, "holds no numbers of records of this database"));
}

/* ---- rows that cannot be read come back as they are, to be mended ---- */

static void workbook_row(lxw_worksheet *sheet, lxw_row_t row, const char *name, double number)
{
    worksheet_write_string(sheet, row, 0, name, NULL);
    worksheet_write_number(sheet, row, 1, number, NULL);
    worksheet_write_string(sheet, row, 2, "1940-05-01", NULL);
    worksheet_write_string(sheet, row, 3, "990302101", NULL);
}

/* Cells of the rejected workbook, rows in lines. */
static char *rows_of(const char *path)
{
    GString *out = g_string_new(NULL);
    const Str *cells;
    size_t n;
    Sheet s;
    g_assert_true(sheet_open(path, NULL, &s, NULL));
    for (bool more = sheet_header(&s, &cells, &n, NULL); more;
         more = sheet_next(&s, &cells, &n, NULL)) {
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(out, "[%.*s]", STR_ARG(cells[i]));
        g_string_append_c(out, '\n');
    }
    sheet_close(&s);
    return g_string_free(out, FALSE);
}

/* What happens every week: citizen numbers typed as numbers.  All else of the row is there still.
 */
static void test_numbers_as_numbers(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *path = g_build_filename(h->folder, "town.xlsx", NULL);
    static const char *const heads[] = {"姓名", "身份证号", "出生日期", "常住地"};
    ImportReport r;
    lxw_workbook *book = workbook_new(path);
    lxw_worksheet *sheet = workbook_add_worksheet(book, "名册");
    worksheet_write_string(sheet, 0, 0, "附件1", NULL);
    worksheet_write_string(sheet, 1, 0, "某县老年人名册", NULL);
    for (lxw_col_t i = 0; i < 4; i++)
        worksheet_write_string(sheet, 2, i, heads[i], NULL);
    workbook_row(sheet, 3, "甲某", 990302194005010011.0);
    g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);

    import_file(h, path, &r);
    assert_counts(&r, 0, 0, 0, 1);
    g_autofree char *back = g_strndup(r.rejected_path.at, r.rejected_path.len);
    g_autofree char *rows = rows_of(back);
    g_assert_nonnull(
        strstr(rows, "[甲某][9.90302E+17][1940-05-01][990302101][公民身份号码：电子表格"));
    import_file(h, back, &r); /* sent again as it is it is refused again */
    assert_counts(&r, 0, 0, 0, 1);
}

static void test_unreadable(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    import_text(h,
                "姓名,出生日期,常住地,备注\n"
                "甲某,1940-05-01,990302101,\"幸福小区3号\n" /* the quote is not closed */
                "乙某,1940-05-01,990302101,东街1号\n"
                "丙某,1940-05-01,990302101,东街2号,2栋\n" /* a comma too many */
                "丁某,1940-05-01,990302101,\"东街,3号\"\n",
                &r);
    assert_counts(&r, 2, 0, 0, 2);
    g_autofree char *names = house_list(h, h->local, "elder", NULL, NULL);
    g_assert_cmpstr(names, ==, "丁某 乙某");
    g_autofree char *back = rejected(&r);
    g_assert_nonnull(strstr(back, "甲某,1940-05-01,990302101,\"\"\"幸福小区3号\",第2行不能读取"));
    g_assert_nonnull(strstr(back, "丙某,1940-05-01,990302101,东街2号,第4行不能读取"));
    g_assert_nonnull(strstr(back, "多出“2栋”"));
    for (size_t i = 0; i < r.n_reasons; i++) /* said to clerks: no English */
        g_assert_cmpint(str_find(r.reasons[i].text, STR("quote")), <, 0);
}

/* What is not taken, or would be taken twice, is said. */
static void test_said(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    import_text(h,
                "某县名册,,,,\n"
                "档案编号,姓名,出生日期,常住地,\n"
                "F1,甲某,1940-05-01,990302101,\n"
                "F2,乙某,1940-05-01,990302101,东街3号\n"
                ",丙某,1940-05-01,990302101,东街4号\n"
                ",丁某,1940-05-01,990302101,\n",
                &r);
    assert_counts(&r, 4, 0, 0, 0);
    g_assert_cmpuint(r.n_notes, ==, 2);
    g_assert_cmpuint(r.notes[0].line, ==, 4);
    g_assert_true(str_is(r.notes[0].text, "第5列没有列名，里面的内容没有导入"));
    g_assert_cmpuint(r.notes[1].line, ==, 5);
    g_assert_cmpint(str_find(r.notes[1].text, STR("再导入一次")), >, 0);
}

/* The list of another office has its own file numbers: hers is nobody of ours. */
static void test_another(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    g_autofree char *first = g_strdup_printf("档案编号,姓名,身份证号,出生日期,常住地\n"
                                             "1,甲某,%s,1940-05-01,990302101\n"
                                             "2,乙某,,1940-05-01,990302101\n",
                                             house_number(h, 1));
    g_autofree char *other = g_strdup_printf("档案编号,姓名,身份证号,出生日期,常住地\n"
                                             "1,丙某,%s,1940-05-02,990302101\n"
                                             "2,丁某,,1942-02-02,990302101\n",
                                             house_number(h, 2));
    g_autofree char *renamed = g_strdup_printf("档案编号,姓名,身份证号\n"
                                               "1,甲某某,%s\n" /* the number is hers */
                                               "2,乙某,%s\n",  /* the name is */
                                               house_number(h, 1), house_number(h, 3));
    import_text(h, first, &r);
    assert_counts(&r, 2, 0, 0, 0);
    import_text(h, other, &r);
    assert_counts(&r, 0, 0, 0, 2);
    g_autofree char *why = rejected(&r);
    g_assert_nonnull(strstr(why, "像是另一位"));
    g_autofree char *names = house_list(h, h->local, "elder", NULL, NULL);
    g_assert_cmpstr(names, ==, "乙某 甲某");
    import_text(h, "档案编号,姓名\n2,乙某某\n", &r); /* a name alone is put right */
    assert_counts(&r, 0, 1, 0, 0);
    import_text(h, "档案编号,姓名\n2,乙某\n", &r);
    import_text(h, renamed, &r);
    assert_counts(&r, 0, 2, 0, 0);
}

/* By the page: so many rows come back that their file is too long to be kept.  The one that is fine
 * is in, and the job says so. */
static void test_many_back(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("姓名,出生日期,常住地\n甲某,1940-05-01,990302101\n");
    const Entity *e = house_entity(h, "elder");
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    ImportReport tried;
    ImportJob job;
    RecordKey key;
    bool more;
    for (int i = 0; i < 250000; i++)
        g_string_append(text, "乙,53,东\n");
    g_assert_true(import_job_new(h->care, clerk, e, STR("镇.csv"), (Str){text->str, text->len},
                                 false, &key, &error));
    g_assert_true(import_job_find(h->care, clerk, key, h->arena, &job, &error));
    g_assert_true(import_job_try(h->care, clerk, &job, h->arena, &tried, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(tried.rejected, ==, 250000);
    g_assert_true(import_job_confirm(h->care, clerk, &job, &error));
    g_assert_true(import_job_turn(h->care, &more, &error));
    g_assert_no_error(error);
    g_assert_true(import_job_find(h->care, clerk, key, h->arena, &job, &error));
    g_assert_cmpint(job.now, ==, JOB_ENDED);
    g_assert_false(job.has_rejected);
    g_assert_cmpuint(job.report.accepted, ==, 1);
    g_assert_cmpuint(job.report.n_notes, >, 0);
    g_assert_cmpint(str_find(job.report.notes[job.report.n_notes - 1].text, STR("没有留下文件")), >,
                    0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/import-office/masked", test_masked);
    g_test_add_func("/care/import-office/out-and-in", test_out_and_in);
    g_test_add_func("/care/import-office/foreign-numbers", test_foreign_numbers);
    g_test_add_func("/care/import-office/numbers-as-numbers", test_numbers_as_numbers);
    g_test_add_func("/care/import-office/unreadable", test_unreadable);
    g_test_add_func("/care/import-office/said", test_said);
    g_test_add_func("/care/import-office/many-back", test_many_back);
    g_test_add_func("/care/import-office/another", test_another);
    return g_test_run();
}
