/* import.c — files as they come: good rows in, bad rows out with their reason, nothing by halves
 * when the process is killed. */
#include "house.h"

#include "care/import.h"
#include "compile/compile.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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
                                            "2,李四,%s,1941年2月3日,990313101,-,F2\n",
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
    g_test_add_func("/care/import/changed", test_changed);
    g_test_add_func("/care/import/bad", test_bad);
    g_test_add_func("/care/import/refused", test_refused);
    g_test_add_func("/care/import/references", test_references);
    g_test_add_func("/care/import/killed", test_killed);
    return g_test_run();
}
