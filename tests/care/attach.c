/* attach.c — files that lie with a record: taken by what they are, kept sealed, found again whole,
 * for who may read the record; what was changed by hand is found. */
#include "house.h"

#include "../store/database.h"
#include "base/identifier.h"
#include "base/limits.h"
#include "care/attach.h"
#include "care/same.h"

#define PDF "%PDF-1.4\nan invented certificate\n%%EOF\n"

static RecordKey attach(House *h, const Session *s, RecordKey key, const char *name, Str bytes,
                        int code)
{
    g_autoptr(GError) error = NULL;
    RecordKey file = {0};
    Said said = {NULL, NULL};
    bool done = file_attach(h->care, s, house_entity(h, "elder"), key, str_of(name), bytes,
                            STR("残疾证扫描件"), &file, &said, &error);
    if (code == 0)
        g_assert_no_error(error);
    else
        g_assert_error(error, FAIL_DOMAIN, code);
    g_assert_true(done == (code == 0));
    g_assert_true((said.zh != NULL) == (code == FAIL_INPUT) &&
                  (said.en != NULL) == (code == FAIL_INPUT));
    return file;
}

static size_t listed(House *h, const Session *s, RecordKey key, FileLine **ret)
{
    g_autoptr(GError) error = NULL;
    size_t n;
    file_lines(h->care, s, house_entity(h, "elder"), key, h->arena, ret, &n, &error);
    g_assert_no_error(error);
    return n;
}

static bool sound(House *h, VerifyReport *report)
{
    g_autoptr(GError) error = NULL;
    store_verify(h->care->store, h->arena, report, &error);
    g_assert_no_error(error);
    return report->ok;
}

static int64_t watermark(House *h)
{
    int64_t seq;
    g_assert_true(store_watermark(h->care->store, &seq, NULL));
    return seq;
}

static void test_put_and_get(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    const Session *village = house_session(h, "other", "village", "990302102", 0);
    VerifyReport report;
    FileLine *list, f;
    Str bytes;

    RecordKey file = attach(h, clerk, key, "残疾证.pdf", STR(PDF), 0);
    g_assert_cmpint(attach(h, clerk, key, "又一份.pdf", STR(PDF), 0).id, ==,
                    file.id); /* the same */
    g_assert_cmpuint(listed(h, clerk, key, &list), ==, 1);
    g_assert_true(str_is(list[0].name, "残疾证.pdf") && list[0].kind == FILE_PDF);
    /* another one's region: neither seen nor put */
    attach(h, village, key, "a.pdf", STR(PDF), FAIL_RIGHT);
    g_assert_false(file_get(h->care, village, e, key, file, h->arena, &f, &bytes, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    /* reading leaves an entry before the bytes leave */
    int64_t before = watermark(h);
    g_assert_true(file_get(h->care, clerk, e, key, file, h->arena, &f, &bytes, &error));
    g_assert_true(str_is(bytes, PDF));
    g_assert_cmpint(watermark(h), ==, before + 1);
    /* the database holds nothing of it in clear, and one copy for two records */
    RecordKey other = house_elder(h, "乙某", "990302102", house_number(h, 2));
    attach(h, clerk, other, "残疾证.pdf", STR(PDF), 0);
    g_assert_cmpint(database_ask(h->uri, "SELECT count(*) FROM content"), ==, 1);
    g_assert_true(sound(h, &report));
    g_assert_cmpuint(report.files, ==, 1);
    /* not of that record */
    g_assert_false(file_get(h->care, clerk, e, other, file, h->arena, &f, &bytes, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    g_clear_error(&error);
    g_assert_true(file_take_away(h->care, clerk, e, key, file, STR("传错了人"), &error));
    g_assert_cmpuint(listed(h, clerk, key, &list), ==, 0);
    g_assert_true(sound(h, &report));
    HistoryLine *lines;
    size_t n;
    g_assert_true(record_history(h->care, h->local, e, key, 10, h->arena, &lines, &n, &error));
    g_assert_true(str_is(lines[0].kind, "file") && str_is(lines[0].reason.zh, "传错了人"));
}

/* What it is is said by its bytes. */
static void test_kinds(void)
{
    const struct {
        FileKind kind;
        Str bytes;
    } all[] = {
        {FILE_PDF, STR(PDF)},
        {FILE_NONE, STR("%PDF-1.4 cut in the midd")},
        {FILE_PNG, STR("\x89PNG\r\n\x1a\n\0\0\0\rIHDR....IEND\xae\x42\x60\x82")},
        {FILE_NONE, STR("\x89PNG\r\n\x1a\n")},
        {FILE_JPEG, STR("\xff\xd8\xff\xe0....\xff\xd9")},
        {FILE_NONE, STR("<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>")},
        {FILE_NONE, STR("<html><script>x()</script>")},
        {FILE_NONE, STR("MZ\x90\0")},
        {FILE_NONE, STR("PK\3\4 not packed at all")},
        {FILE_NONE, STR("")},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++)
        g_assert_cmpint(file_kind(all[i].bytes), ==, all[i].kind);
}

/* A packed file of empty entries with these names. */
static Str packed(Arena *a, const char *const *names)
{
    GString *s = g_string_new("PK\3\4");
    g_string_append_len(s, "\0\0", 2);
    size_t from = s->len, n = 0;
    for (; names[n] != NULL; n++) {
        size_t len = strlen(names[n]);
        char head[46] = "PK\1\2";
        head[28] = (char)len;
        g_string_append_len(s, head, sizeof head);
        g_string_append(s, names[n]);
    }
    char end[22] = "PK\5\6";
    end[16] = (char)from;
    g_string_append_len(s, end, sizeof end);
    Str kept = arena_str(a, (Str){s->str, s->len});
    g_string_free(s, TRUE);
    return kept;
}

static void test_packed(void)
{
    g_autoptr(Arena) a = arena_new();
    static const char *const sheet[] = {"[Content_Types].xml", "xl/workbook.xml", NULL},
                             *const macros[] = {"[Content_Types].xml", "xl/workbook.xml",
                                                "xl/vbaProject.bin", NULL},
                             *const ofd[] = {"OFD.xml", "Doc_0/Document.xml", NULL},
                             *const jar[] = {"META-INF/MANIFEST.MF", NULL};
    g_assert_cmpint(file_kind(packed(a, sheet)), ==, FILE_XLSX);
    g_assert_cmpint(file_kind(packed(a, macros)), ==, FILE_NONE);
    g_assert_cmpint(file_kind(packed(a, ofd)), ==, FILE_OFD);
    g_assert_cmpint(file_kind(packed(a, jar)), ==, FILE_NONE);
    Str whole = packed(a, sheet);
    for (size_t n = 0; n < whole.len; n++)
        g_assert_cmpint(file_kind((Str){whole.at, n}), ==, FILE_NONE);
}

static void test_limits(void)
{
    g_autoptr(House) h = house_new(false);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    g_autofree char *long_name = g_strnfill(LIMIT_FILE_NAME + 1, 'a');
    g_autofree char *large = g_malloc(LIMIT_FILE_BYTES + 1);
    FileLine *list;

    memset(large, ' ', LIMIT_FILE_BYTES + 1);
    memcpy(large, "%PDF-", 5);
    memcpy(large + LIMIT_FILE_BYTES - 5, "%%EOF", 5);
    attach(h, h->local, key, "large.pdf", (Str){large, LIMIT_FILE_BYTES + 1}, FAIL_INPUT);
    attach(h, h->local, key, "large.pdf", (Str){large, LIMIT_FILE_BYTES}, 0);
    attach(h, h->local, key, long_name, STR(PDF), FAIL_INPUT);
    attach(h, h->local, key, "a/b.pdf", STR(PDF), FAIL_INPUT);
    attach(h, h->local, key, "", STR(PDF), FAIL_INPUT);
    attach(h, h->local, key, house_number(h, 3), STR(PDF), FAIL_INPUT);
    attach(h, h->local, key, "page.pdf", STR("<html>"), FAIL_INPUT);
    for (unsigned i = 1; i < LIMIT_FILES; i++)
        attach(h, h->local, key, "n.pdf", str_of(arena_printf(h->arena, "%%PDF-%u %%%%EOF", i)), 0);
    attach(h, h->local, key, "one-more.pdf", STR(PDF), FAIL_INPUT);
    g_assert_cmpuint(listed(h, h->local, key, &list), ==, LIMIT_FILES);
}

/* Two files whose stored bytes change places: none of them is read as the other. */
static void test_changed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    VerifyReport report;
    FileLine f;
    Str bytes;

    RecordKey file = attach(h, h->local, key, "a.pdf", STR(PDF), 0);
    g_assert_true(sound(h, &report));
    database_tamper(h->uri, "UPDATE content SET sealed=zeroblob(80)");
    g_assert_false(sound(h, &report));
    g_assert_cmpuint(report.rows_differ, ==, 1);
    g_assert_false(file_get(h->care, h->local, house_entity(h, "elder"), key, file, h->arena, &f,
                            &bytes, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
}

/* What lay with the record that went into another lies with that one, until they are two again. */
static void test_merged(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    RecordKey gone = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              stays = house_elder(h, "甲某", "990302101", house_number(h, 2));
    RecordKey file = attach(h, clerk, gone, "残疾证.pdf", STR(PDF), 0);
    VerifyReport report;
    MergeReport merged;
    FileLine *lines, line;
    Str bytes;

    attach(h, clerk, stays, "申请表.pdf", STR(PDF "2"), 0);
    g_assert_true(record_merge(h->care, clerk, e, gone, stays, STR("同一个人，登记了两次"),
                               h->arena, &merged, &error));
    g_assert_cmpuint(listed(h, clerk, stays, &lines), ==, 2);
    g_assert_true(file_get(h->care, clerk, e, stays, file, h->arena, &line, &bytes, &error));
    g_assert_true(str_is(line.name, "残疾证.pdf") && str_is(bytes, PDF));
    /* the same scan again is the one that is there */
    attach(h, clerk, stays, "又一次.pdf", STR(PDF), 0);
    g_assert_cmpuint(listed(h, clerk, stays, &lines), ==, 2);
    g_assert_true(record_unmerge(h->care, clerk, e, gone.id, STR("弄错了，是两个人"), h->arena,
                                 &merged, &error));
    g_assert_cmpuint(listed(h, clerk, stays, &lines), ==, 1);
    g_assert_true(str_is(lines[0].name, "申请表.pdf"));
    g_assert_cmpuint(listed(h, clerk, gone, &lines), ==, 1);
    g_assert_true(str_is(lines[0].name, "残疾证.pdf"));
    g_assert_true(sound(h, &report));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/attach/put_and_get", test_put_and_get);
    g_test_add_func("/care/attach/kinds", test_kinds);
    g_test_add_func("/care/attach/packed", test_packed);
    g_test_add_func("/care/attach/limits", test_limits);
    g_test_add_func("/care/attach/merged", test_merged);
    g_test_add_func("/care/attach/changed", test_changed);
    return g_test_run();
}
