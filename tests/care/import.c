/* import.c — files as they come: good rows in, bad rows out with their reason, nothing by halves
 * when the process is killed. */
#include "house.h"

#include "../store/database.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/import_jobs.h"
#include "compile/compile.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define MANY 3000

static bool import(House *h, const Session *s, const char *entity, const char *path, bool made_up,
                   ImportReport *ret, GError **error)
{
    const ImportOptions o = {.made_up = made_up};
    return care_import(h->care, s, house_entity(h, entity), path, &o, h->arena, ret, error);
}

static void import_text(House *h, const char *entity, const char *text, ImportReport *ret)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    house_write(h, "file.csv", text, &path);
    import(h, h->local, entity, path, false, ret, &error);
    g_assert_no_error(error);
}

static char *rejected(const ImportReport *r)
{
    g_autofree char *path = g_strndup(r->rejected_path.at, r->rejected_path.len);
    char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void assert_counts(const ImportReport *r, uint64_t accepted, uint64_t changed,
                          uint64_t rejected_rows)
{
    g_assert_cmpuint(r->accepted, ==, accepted);
    g_assert_cmpuint(r->changed, ==, changed);
    g_assert_cmpuint(r->rejected, ==, rejected_rows);
    g_assert_cmpint(r->rejected_path.len > 0, ==, rejected_rows > 0);
}

static void test_good(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *text = g_strdup_printf("序号,姓名,身份证号,出生日期,常住地,居住状况,档案编号\n"
                                            "1,张　三,%s,1940.5.1,甲区西镇,独居、空巢,F1\n"
                                            "2,李四,%s,1940年5月1日,990313101,-,F2\n",
                                            house_number(h, 1), house_number(h, 2));
    ImportReport r;
    uint64_t all;

    import_text(h, "elder", text, &r);
    assert_counts(&r, 2, 0, 0);
    g_autofree char *names = house_list(h, h->local, "elder", NULL, &all);
    g_assert_cmpstr(names, ==, "张三 李四");
    /* as in `run`, a plain column holds on all days: last year too */
    ListQuery q = {.region = region_row(h->care->regions, STR("990302102"))};
    date_make(2019, 1, 1, &q.on);
    g_autofree char *then = house_list(h, h->local, "elder", &q, NULL);
    g_assert_cmpstr(then, ==, "张三");

    import_text(h, "elder", text, &r); /* the same file again says nothing new */
    assert_counts(&r, 0, 0, 0);
    g_assert_cmpuint(r.unchanged, ==, 2);
}

static void test_changed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *by_number =
        g_strdup_printf("公民身份号码,联系电话\n%s,13900000042\n", house_number(h, 1));
    ImportReport r;
    Fact *periods;
    size_t n;
    RecordKey key = house_save(h, h->local, "elder", (RecordKey){0}, "name", "甲某", "born",
                               "1940-05-01", "residence", "990302101", "id_number",
                               house_number(h, 1), "file_no", "F1", NULL);

    import_text(h, "elder", by_number, &r);
    assert_counts(&r, 0, 1, 0);
    import_text(h, "elder", "file_no,residence,residence.since,beds\nF1,西镇,2020-03-01,\n", &r);
    g_assert_cmpuint(r.rejected, ==, 1); /* two towns are called so, in the whole city */
    import_text(h, "elder", "file_no,residence,residence.since,beds\nF1,甲区西镇,2020-03-01,\n",
                &r);
    assert_counts(&r, 0, 1, 0);
    g_assert_true(record_periods(h->care, h->local, house_field(h, "elder", "residence"), key,
                                 h->arena, &periods, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(str_is(periods[1].value.text, "990302102"));
    import_text(h, "elder", "file_no,residence\nF1,990313101\n", &r);
    assert_counts(&r, 0, 0, 1); /* a move between counties has two sides */
}

static void test_bad(void)
{
    g_autoptr(House) h = house_new(false);
    const char *a = house_number(h, 1), *b = house_number(h, 2);
    g_autofree char *text =
        g_strdup_printf("姓名,公民身份号码,出生日期,常住地,档案编号\n"
                        "甲某,%s,1940-05-01,东镇,F1\n"
                        "乙某,%s,1940-05-01,东镇,F2\n"                 /* the same number twice */
                        "丙某,990399194005010011,1940-05-01,东镇,F3\n" /* check digit */
                        "丁某,,1940-02-30,东镇,F4\n"                   /* no such day */
                        ",,1940-05-01,东镇,F5\n"                       /* no name */
                        "戊某,,1940-05-01,西镇,F6\n"                   /* two towns of this name */
                        "己某,3.6E+17,1940-05-01,东镇,F7\n" /* rounded by a spreadsheet */
                        "庚某,,1940-05-01,东镇,F1\n"        /* the same file number twice */
                        "合计,,,,\n"
                        "辛某,%s,1940-05-01,东镇,\"=1+1\"\n", /* kept as text */
                        a, a, b);
    ImportReport r;

    import_text(h, "elder", text, &r);
    assert_counts(&r, 2, 0, 7);
    g_assert_cmpuint(r.skipped, ==, 1); /* the row of totals, and it is said */
    g_assert_true(str_is(r.notes[0].text, "“合计”行没有导入"));
    g_assert_cmpuint(r.notes[0].line, ==, 10);
    g_autofree char *names = house_list(h, h->local, "elder", NULL, NULL);
    g_assert_cmpstr(names, ==, "甲某 辛某");
    g_autofree char *out = rejected(&r);
    g_assert_nonnull(strstr(out, "姓名,公民身份号码,出生日期,常住地,档案编号,原因\n"));
    g_assert_nonnull(strstr(out, "与本文件第2行重复"));
    g_assert_nonnull(strstr(out, "1940-02-30"));
    g_assert_nonnull(strstr(out, "姓名：必填"));
    g_assert_nonnull(strstr(out, "公民身份号码："));
    g_assert_nonnull(strstr(out, "近似数"));

    /* mended and sent again, its column of reasons and all */
    g_autofree char *again = g_strdup_printf("姓名,公民身份号码,出生日期,常住地,档案编号,原因\n"
                                             "丁某,,1940-02-29,东镇,F4,日历上没有这一天\n"
                                             "某某,,1940-02-30,东镇,F8,\n");
    import_text(h, "elder", again, &r);
    assert_counts(&r, 1, 0, 1);
    g_autofree char *second = rejected(&r);
    g_assert_nonnull(strstr(second, "姓名,公民身份号码,出生日期,常住地,档案编号,原因\n"));
}

/* ---- files as they come ---- */

static void import_with(House *h, const char *entity, const char *path, const ImportOptions *o,
                        ImportReport *ret)
{
    g_autoptr(GError) error = NULL;
    care_import(h->care, h->local, house_entity(h, entity), path, o, h->arena, ret, &error);
    g_assert_no_error(error);
}

static Value value_at(House *h, const char *name, const char *field)
{
    g_autoptr(GError) error = NULL;
    const Field *f = house_field(h, "elder", field);
    ListResult r;
    g_assert_true(
        record_search(h->care, h->local, f->entity, str_of(name), 2, h->arena, &r, &error));
    g_assert_cmpuint(r.n, ==, 1);
    return r.rows[0].facts[f->index].value;
}

static void assert_born(House *h, const char *name, const char *day)
{
    char text[DATE_TEXT];
    g_assert_cmpstr(date_format((Date)value_at(h, name, "born").num, text), ==, day);
}

/* Names padded to stand in line, full-width digits, Ｘ, days as people write them. */
static void test_written(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GString) text =
        g_string_new("姓 名,身份证号码（必填）,出生 日期,常住地,档案编号,序号\n");
    const char *number = house_number(h, 1);
    ImportReport r;

    g_string_append(text, "张　三,");
    for (const char *c = number; *c != '\0'; c++) {
        if (g_ascii_isdigit(*c))
            g_string_append_unichar(text, 0xff10 + (gunichar)(*c - '0'));
        else
            g_string_append(text, "Ｘ");
    }
    g_string_append(text, ",1940.5.1,甲区西镇,F1,1\n"
                          "欧 阳 秀,,1943年5月2日,990302101,F2,2\n"
                          "李四,,1943/5/3,990302101,Ｆ３,3\n"
                          "王五,,1943-5-4,990302101,F4,4\n"
                          "赵六,,19430505,990302101,F5,5\n"
                          "钱七,,43-5-1,990302101,F6,6\n"   /* of which century? */
                          "孙八,,1943.5,990302101,F7,7\n"); /* which day? */
    import_text(h, "elder", text->str, &r);
    g_assert_cmpuint(r.accepted, ==, 5);
    g_assert_cmpuint(r.rejected, ==, 2);
    assert_born(h, "张三", "1940-05-01");
    assert_born(h, "欧阳秀", "1943-05-02");
    assert_born(h, "李四", "1943-05-03");
    assert_born(h, "王五", "1943-05-04");
    assert_born(h, "赵六", "1943-05-05");
    RecordKey key;
    g_autoptr(GError) error = NULL;
    g_assert_true(
        find_secret(h->care, house_field(h, "elder", "id_number"), str_of(number), &key, &error));
    g_autofree char *out = rejected(&r);
    g_assert_nonnull(strstr(out, "43-5-1"));
    g_assert_nonnull(strstr(out, "1943.5"));
}

/* A number that a spreadsheet rounded: 3.6E+17, or its last three digits gone. */
static void test_rounded(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    import_text(h, "elder",
                "姓名,公民身份号码,出生日期,常住地,联系电话\n"
                "甲某,3.60302194005E+17,1940-05-01,990302101,\n"
                "乙某,990399194005010000,1940-05-01,990302101,\n"
                "丙某,,1940-05-01,990302101,1.39E+10\n",
                &r);
    assert_counts(&r, 0, 0, 3);
    g_autofree char *out = rejected(&r);
    g_assert_nonnull(strstr(out, "甲某"));
    g_assert_nonnull(strstr(out, "乙某"));
    g_assert_nonnull(strstr(out, "丙某"));
    g_assert_cmpuint(r.n_reasons, >=, 2); /* said by kind, with how many rows */

    /* One in a thousand real numbers ends so: it is entered by the form, not by a list. */
    g_autoptr(GString) text = g_string_new("姓名,公民身份号码,出生日期,常住地\n");
    char number[19];
    for (int day = 1; day <= 28; day++) {
        g_snprintf(number, sizeof number, "990399194005%02d100", day);
        number[17] = citizen_id_digit(number);
        number[18] = '\0';
        if (number[17] == '0')
            g_string_append_printf(text, "甲某,%s,1940-05-%02d,990302101\n", number, day);
    }
    import_text(h, "elder", text->str, &r);
    g_assert_cmpuint(r.accepted, ==, 0);
    g_assert_cmpuint(r.rejected, >, 0);
    g_autofree char *why = rejected(&r);
    g_assert_nonnull(strstr(why, "以三个零结尾"));
}

/* 备注: nothing is changed by a remark, and it is not passed over either. */
static void test_remarks(void)
{
    g_autoptr(House) h = house_new(false);
    ImportReport r;
    import_text(h, "elder",
                "姓名,出生日期,常住地,档案编号,备注\n"
                "甲某,1940-05-01,990302101,F1,2020年3月已故\n"
                "乙某,1940-05-01,990302101,F2,外迁\n"
                "小　计,,,,2\n"
                "丙某,1940-05-01,990302101,F3,五保户\n"
                "合计,,,,3\n",
                &r);
    assert_counts(&r, 3, 0, 0);
    g_assert_cmpuint(r.skipped, ==, 2);
    g_assert_cmpuint(r.remarked, ==, 2);
    g_assert_cmpuint(r.n_notes, ==, 4);
    g_assert_true(str_is(r.notes[0].text, "备注写着“已故”：请核实，属实的登记死亡日期"));
    g_assert_true(str_is(r.notes[1].text, "备注写着“外迁”：请核实，属实的办理迁出"));
    g_assert_cmpuint(r.notes[1].line, ==, 3);
    g_assert_false(value_at(h, "甲某", "died").known);
}

/* A sender's own headers, said once and kept by her name. */
static void test_mapped(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    const ImportMap map[] = {{STR("老人"), STR("name")},
                             {STR("哪天生的"), STR("born")},
                             {STR("住哪"), STR("residence")},
                             {STR("搬来"), STR("residence.since")},
                             {STR("家里电话"), STR("")}};
    ImportOptions o = {0};
    ImportProfile *profiles;
    ImportReport r;
    ImportLook look;
    size_t n;
    const Entity *e = house_entity(h, "elder");

    house_write(h, "own.csv",
                "老人,哪天生的,住哪,搬来,家里电话\n甲某,1940-05-01,990302101,2019-01-01,没有\n",
                &path);
    g_assert_false(care_import(h->care, h->local, e, path, &o, h->arena, &r, &error));
    g_assert_nonnull(strstr(error->message, "--map"));
    g_clear_error(&error);
    g_assert_true(import_look(h->care, h->local, e, path, &o, h->arena, &look, &error));
    g_assert_cmpuint(look.n_columns, ==, 5);
    g_assert_cmpuint(look.columns[0].field.len, ==, 0); /* nobody could guess */
    g_assert_true(str_is(look.rows[0][0], "甲某"));

    g_assert_true(import_profile_keep(h->care, h->local, e, STR("青山镇"), map, G_N_ELEMENTS(map),
                                      h->arena, &error));
    g_assert_true(import_profiles(h->care, h->local, e, h->arena, &profiles, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_is(profiles[0].name, "青山镇"));
    o.map = profiles[0].map;
    o.n_map = profiles[0].n_map;
    import_with(h, "elder", path, &o, &r);
    assert_counts(&r, 1, 0, 0);
    assert_born(h, "甲某", "1940-05-01");
}

/* A header with a line break, and two columns called alike: each is what was said of it. */
static void test_alike_headers(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *path = NULL;
    const ImportMap map[] = {{STR("老\n人"), STR("name")},
                             {STR("日期"), STR("born")},
                             {STR("日期"), STR("")},
                             {STR("住哪"), STR("residence")}};
    const ImportMap *kept;
    ImportOptions o = {0};
    ImportReport r;
    house_write(h, "alike.csv", "\"老\n人\",日期,日期,住哪\n甲某,1940-05-01,2020-01-01,990302101\n",
                &path);
    import_map_read(import_map_text(map, G_N_ELEMENTS(map), h->arena), h->arena, &kept, &o.n_map);
    o.map = kept;
    import_with(h, "elder", path, &o, &r);
    assert_counts(&r, 1, 0, 0);
    assert_born(h, "甲某", "1940-05-01");
}

/* What is only likely is shown to be confirmed, not taken silently. */
static void test_guessed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    const ImportOptions o = {0};
    ImportLook look;
    house_write(h, "guess.csv", "老年人姓名,身份证号,出生,电话,备注,年龄段\n甲某,,1940-05-01,,,\n",
                &path);
    g_assert_true(import_look(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena,
                              &look, &error));
    static const char *const want[] = {"name", "id_number", "born", "phone", "*", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
        if (!str_is(look.columns[i].field, want[i]))
            g_error("column %zu is taken for \"%.*s\", not %s", i + 1,
                    STR_ARG(look.columns[i].field), want[i]);
}

/* A town's workbook: one sheet a village, the village named once for all its people. */
static void test_workbook(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *path = g_build_filename(h->folder, "town.xlsx", NULL);
    const ImportOptions one = {.dry_run = true}, all = {.all_sheets = true};
    ImportReport r;
    lxw_workbook *book = workbook_new(path);
    for (int s = 0; s < 2; s++) {
        lxw_worksheet *sheet = workbook_add_worksheet(book, s == 0 ? "东镇" : "西镇");
        static const char *const heads[] = {"常住地", "姓名", "出生日期"};
        worksheet_merge_range(sheet, 1, 0, 3, 0, s == 0 ? "990302101" : "990302102", NULL);
        for (lxw_col_t i = 0; i < 3; i++)
            worksheet_write_string(sheet, 0, i, heads[i], NULL);
        for (lxw_row_t row = 1; row <= 3; row++) {
            g_autofree char *name = g_strdup_printf("%s%u", s == 0 ? "东" : "西", row);
            worksheet_write_string(sheet, row, 1, name, NULL);
            worksheet_write_string(sheet, row, 2, "1940-05-01", NULL);
        }
    }
    g_assert_cmpint(workbook_close(book), ==, LXW_NO_ERROR);

    import_with(h, "elder", path, &one, &r);
    assert_counts(&r, 3, 0, 0);
    g_assert_true(str_is(r.notes[0].text, "只读了第一张工作表，没有读：“西镇”"));
    import_with(h, "elder", path, &all, &r);
    assert_counts(&r, 6, 0, 0);
    for (size_t i = 0; i < r.n_notes; i++)
        g_assert_cmpint(str_find(r.notes[i].text, STR("没有读")), <, 0);
    g_assert_true(str_is(value_at(h, "东3", "residence").text, "990302101"));
    g_assert_true(str_is(value_at(h, "西3", "residence").text, "990302102"));
}

/* An old workbook, whatever it is called, is refused in one sentence. */
static void test_old_workbook(void)
{
    g_autoptr(House) h = house_new(false);
    const char *const names[] = {"town.xls", "town.et", "town.xlsx"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *path = g_build_filename(h->folder, names[i], NULL);
        const ImportOptions o = {0};
        ImportReport r;
        g_assert_true(g_file_set_contents(path, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 rest", 13, NULL));
        g_assert_false(care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena,
                                   &r, &error));
        g_assert_nonnull(strstr(error->message, "save it as .xlsx"));
    }
}

/* ---- by the page ---- */

/* Sent, tried, confirmed; the process ends before it is done; the next one does it, once. */
static void test_job(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    const Session *other = house_session(h, "other", "clerk", "990302", 0);
    const char *text = "姓名,出生日期,常住地,档案编号\n甲某,1940-05-01,990302101,F1\n"
                       "乙某,1940-02-30,990302101,F2\n";
    ImportJob job;
    ImportReport tried;
    RecordKey key;
    Str back;
    bool more;
    uint64_t people;

    g_assert_true(
        import_job_new(h->care, clerk, e, STR("镇.csv"), str_of(text), false, &key, &error));
    g_assert_false(import_job_find(h->care, other, key, h->arena, &job, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT); /* another one's file */
    g_clear_error(&error);
    g_assert_true(import_job_find(h->care, clerk, key, h->arena, &job, &error));
    g_assert_true(import_job_try(h->care, clerk, &job, h->arena, &tried, &error));
    g_assert_cmpuint(tried.accepted, ==, 1);
    g_assert_cmpuint(tried.rejected, ==, 1);
    g_free(house_list(h, h->local, "elder", NULL, &people));
    g_assert_cmpuint(people, ==, 0);
    g_assert_true(import_job_turn(h->care, &more, &error)); /* nothing was confirmed */
    g_assert_false(more);

    g_assert_true(import_job_confirm(h->care, clerk, &job, &error));
    g_assert_false(import_job_confirm(h->care, clerk, &job, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    g_clear_error(&error);
    house_close(h);
    house_open(h);
    clerk = house_session(h, "clerk", "clerk", "990302", 0);
    g_assert_true(import_job_turn(h->care, &more, &error));
    g_assert_no_error(error);
    g_assert_true(more);
    g_assert_true(import_job_find(h->care, clerk, key, h->arena, &job, &error));
    g_assert_cmpint(job.now, ==, JOB_ENDED);
    g_assert_cmpuint(job.report.accepted, ==, 1);
    g_assert_cmpuint(job.report.rejected, ==, 1);
    g_assert_cmpuint(job.report.n_reasons, ==, 1);
    g_assert_true(import_job_rejected(h->care, clerk, &job, h->arena, &back, &error));
    g_assert_cmpint(str_find(back, STR("乙某")), >, 0);
    g_assert_true(str_starts(back, STR("\xEF\xBB\xBF"))); /* opens in a spreadsheet */
    g_assert_cmpint(str_find(back, STR("甲某")), <, 0);
    g_free(house_list(h, h->local, "elder", NULL, &people));
    g_assert_cmpuint(people, ==, 1);
}

/* ---- who is registered elsewhere ---- */

static char *fault_of_row(House *h, const Session *s, const char *row)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *text = g_strdup_printf("姓名,出生日期,常住地,身份证号,档案编号,"
                                                          "床位\n%s\n",
                                                          row);
    const ImportOptions o = {.dry_run = true};
    ImportReport r;
    house_write(h, "asked.csv", text, &path);
    care_import(h->care, s, house_entity(h, "elder"), path, &o, h->arena, &r, &error);
    g_assert_no_error(error);
    return r.n_reasons > 0 ? arena_dup(h->arena, r.reasons[0].text.at, r.reasons[0].text.len)
                           : arena_dup(h->arena, "", 0);
}

static size_t tries_noted(House *h, const char *actor)
{
    g_autofree char *sql =
        g_strdup_printf("SELECT count(*) FROM journal WHERE kind='note' AND actor='%s'", actor);
    return (size_t)database_ask(h->uri, sql);
}

/* A clerk tries a file with numbers of people of the next county: she is told that they are
 * registered elsewhere, the same whatever else she writes beside the number, and the journal says
 * that she asked. */
static void test_elsewhere(void)
{
    g_autoptr(House) h = house_new(false);
    const Session *clerk = house_session(h, "zhao", "clerk", "990302", 0);
    static const char *const rows[] = {
        "甲某,1940-05-01,990302101,%s,,", "甲某,1940-05-01,990313101,%s,,",
        "另一人,1950-01-01,990302101,%s,F9,7", "甲某,1940-05-01,990302101,%s,F1,3"};
    RecordKey far = house_elder(h, "甲某", "990313101", house_number(h, 1));
    RecordKey near = house_elder(h, "乙某", "990302101", house_number(h, 2));
    house_save(h, h->local, "elder", far, "file_no", "F1", "beds", "3", NULL);
    house_save(h, h->local, "elder", near, "file_no", "F2", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *row = g_strdup_printf(rows[i], house_number(h, 1));
        g_assert_cmpstr(fault_of_row(h, clerk, row), ==,
                        "已在您的辖区以外登记，请由两边办理迁移，或请上级核对");
    }
    /* her own people, too, when the other number is of somebody elsewhere */
    g_autofree char *both = g_strdup_printf("乙某,1940-05-01,990302101,%s,F2,", house_number(h, 1));
    g_assert_cmpstr(fault_of_row(h, clerk, both), ==,
                    "已在您的辖区以外登记，请由两边办理迁移，或请上级核对");
    g_autofree char *own = g_strdup_printf("乙某,1940-05-01,990302101,%s,F2,", house_number(h, 2));
    g_assert_cmpstr(fault_of_row(h, clerk, own), ==, "");
    g_assert_cmpuint(tries_noted(h, "zhao"), ==, G_N_ELEMENTS(rows) + 2);
}

/* And only so many. */
static void test_elsewhere_limit(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new("姓名,出生日期,常住地,档案编号\n");
    g_autofree char *path = NULL;
    const Session *clerk = house_session(h, "zhao", "clerk", "990302", 0);
    const ImportOptions all = {0}, dry = {.dry_run = true};
    ImportReport r;
    for (unsigned i = 0; i < LIMIT_IMPORT_ELSEWHERE; i++)
        g_string_append_printf(text, "甲某,1940-05-01,990313101,F%u\n", i);
    house_write(h, "theirs.csv", text->str, &path);
    import_with(h, "elder", path, &all, &r);
    g_assert_cmpuint(r.accepted, ==, LIMIT_IMPORT_ELSEWHERE);
    g_assert_true(
        care_import(h->care, clerk, house_entity(h, "elder"), path, &dry, h->arena, &r, &error));
    g_assert_cmpuint(r.rejected, ==, LIMIT_IMPORT_ELSEWHERE);
    g_assert_false(
        care_import(h->care, clerk, house_entity(h, "elder"), path, &dry, h->arena, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    import_with(h, "elder", path, &all, &r); /* who works on both is told all */
}

/* The name of a file is kept in clear, in the journal for good: one that holds a citizen number is
 * refused before anything is kept of it, whatever the door, and not repeated. */
static void test_number_in_name(void)
{
    g_autoptr(House) h = house_new(true);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *name = g_strdup_printf("甲某%s.csv", house_number(h, 1));
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    RecordKey job;
    ImportReport r;

    house_write(h, name, "name,born,residence\n甲某,1940-05-01,990302101\n", &path);
    g_assert_false(import(h, h->local, "elder", path, true, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "holds a citizen number"));
    g_assert_null(strstr(error->message, house_number(h, 1)));
    g_clear_error(&error);
    g_assert_false(import_job_new(h->care, clerk, house_entity(h, "elder"), str_of(name),
                                  STR("name\n甲某\n"), true, &job, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpstr(fail_in_chinese(error), ==, "文件名里有公民身份号码，请改名后再传");
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM import_job"), ==, 0);
}

static void test_refused(void)
{
    g_autoptr(House) h = house_new(true);
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL, *odd = NULL, *town_file = NULL;
    const Session *town = house_session(h, "town", "town", "990302101", 0);
    const Session *clerk = house_session(h, "clerk", "clerk", "990313", 0);
    ImportReport r;

    house_write(h, "f.csv", "name,born,residence\n甲某,1940-05-01,990302101\n", &path);
    house_write(h, "odd.csv", "name,born,residence,shoe size\n甲某,1940-05-01,990302101,42\n",
                &odd);
    g_assert_false(import(h, h->local, "elder", path, false, &r, &error));
    g_assert_nonnull(strstr(error->message, "demonstration"));
    g_clear_error(&error);
    g_assert_false(import(h, town, "elder", path, true, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_false(import(h, h->local, "elder", odd, true, &r, &error));
    g_assert_nonnull(strstr(error->message, "shoe size"));
    g_clear_error(&error);
    g_assert_true(import(h, clerk, "elder", path, true, &r, &error));
    assert_counts(&r, 0, 0, 1); /* another county's person */
    g_autofree char *out = rejected(&r);
    g_assert_nonnull(strstr(out, "不在您的辖区内"));
}

static void test_references(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *text = NULL;
    ImportReport r;
    house_elder(h, "甲某", "990302101", house_number(h, 1));
    house_save(h, h->local, "facility", (RecordKey){0}, "name", "安颐老年公寓", "facility_no", "S1",
               "region", "990313101", NULL);
    text = g_strdup_printf("elder,facility,moved_in\n%s,安颐老年公寓,2020-01-01\n"
                           "%s,没有的院,2020-01-01\n",
                           house_number(h, 1), house_number(h, 1));
    import_text(h, "stay", text, &r);
    assert_counts(&r, 1, 0, 1);
    g_autofree char *names = house_list(h, h->local, "stay", NULL, NULL);
    g_assert_cmpstr(names, ==, "甲某 · 安颐老年公寓");
}

/* ---- killed */

static char *many(House *h)
{
    GString *text = g_string_new("name,born,residence,file_no,phone\n");
    g_autofree char *path = NULL;
    for (unsigned i = 0; i < MANY; i++)
        g_string_append_printf(text, "甲%u,1940-05-01,%s,F%u,1390000%04u\n", i % 100,
                               i % 50 == 7 ? "nowhere"
                               : i % 2     ? "990302101"
                                           : "990313101",
                               i, i);
    house_write(h, "many.csv", text->str, &path);
    g_string_free(text, TRUE);
    return g_steal_pointer(&path);
}

static gpointer kill_later(gpointer us)
{
    g_usleep((gulong)GPOINTER_TO_SIZE(us));
    kill(getpid(), SIGKILL);
    return NULL;
}

/* The import in a process of its own that is killed after so many microseconds; 0: not at all. */
static void import_in_child(House *h, const char *path, size_t us)
{
    fflush(stdout);
    pid_t child = fork();
    g_assert_cmpint(child, >=, 0);
    if (child == 0) {
        ImportReport r;
        house_open(h);
        if (us > 0)
            g_thread_unref(g_thread_new("kill", kill_later, GSIZE_TO_POINTER(us)));
        bool fine = import(h, h->local, "elder", path, false, &r, NULL);
        _exit(fine ? 0 : 1);
    }
    int status;
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
}

static uint64_t elders(House *h)
{
    uint64_t all;
    g_autofree char *names = house_list(h, h->local, "elder", NULL, &all);
    return all;
}

static void test_killed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *path = many(h);
    const uint64_t good = MANY - MANY / 50;
    unsigned whole = 0;
    int64_t start = g_get_monotonic_time();

    house_close(h);
    import_in_child(h, path, 0);
    size_t took = (size_t)(g_get_monotonic_time() - start);
    house_open(h);
    g_assert_cmpuint(elders(h), ==, good);
    for (size_t i = 1; i <= 10; i++) {
        g_autoptr(House) other = house_new(false);
        house_close(other);
        import_in_child(other, path, took * i / 10);
        house_open(other); /* the next start finishes it, or it was never begun */
        uint64_t n = elders(other);
        g_assert_true(n == 0 || n == good);
        whole += n == good;
        VerifyReport v;
        g_assert_true(store_verify(other->care->store, other->arena, &v, NULL));
        g_assert_true(v.ok);
    }
    g_test_message("%u of 10 killed imports were finished", whole);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/import/good", test_good);
    g_test_add_func("/care/import/number-in-name", test_number_in_name);
    g_test_add_func("/care/import/changed", test_changed);
    g_test_add_func("/care/import/bad", test_bad);
    g_test_add_func("/care/import/written", test_written);
    g_test_add_func("/care/import/rounded", test_rounded);
    g_test_add_func("/care/import/remarks", test_remarks);
    g_test_add_func("/care/import/mapped", test_mapped);
    g_test_add_func("/care/import/alike-headers", test_alike_headers);
    g_test_add_func("/care/import/guessed", test_guessed);
    g_test_add_func("/care/import/workbook", test_workbook);
    g_test_add_func("/care/import/old-workbook", test_old_workbook);
    g_test_add_func("/care/import/job", test_job);
    g_test_add_func("/care/import/elsewhere", test_elsewhere);
    g_test_add_func("/care/import/elsewhere-limit", test_elsewhere_limit);
    g_test_add_func("/care/import/refused", test_refused);
    g_test_add_func("/care/import/references", test_references);
    g_test_add_func("/care/import/killed", test_killed);
    return g_test_run();
}
