/* paper.c — what stands on a paper survives text and back; the blank sheet of an upper office keeps
 * all that is not ours, byte by byte. */
#include "format/paper.h"

#include "base/file.h"
#include "base/limits.h"
#include "format/xlsx.h"
#include "format/xlsx_fill.h"

#include <glib/gstdio.h>
#include <minizip/unzip.h>
#include <minizip/zip.h>
#include <string.h>

static PaperSheet roster(Arena *a)
{
    PaperSheet p = {.number = STR("N1"),
                    .name = STR("roster"),
                    .title = STR("花名册"),
                    .document = STR("d"),
                    .clause = STR("一"),
                    .place = STR("990302"),
                    .place_name = STR("甲区"),
                    .key = STR("K"),
                    .about = STR("某某老年公寓"),
                    .actor = STR("li"),
                    .signs = STR("民政局")};
    date_make(2020, 6, 18, &p.made);
    p.entries = arena_many(a, PaperEntry, 2);
    p.entries[0] = (PaperEntry){STR("B2"), STR("名称"), STR("a<b>&c"), PAPER_TEXT};
    p.entries[1] = (PaperEntry){STR("B3"), STR("金额"), STR("1,234.50"), PAPER_MONEY};
    p.n_entries = 2;
    p.tables = arena_many(a, PaperTable, 1);
    p.n_tables = 1;
    PaperTable *t = p.tables;
    *t = (PaperTable){.at = STR("A6"), .title = STR("名单"), .n_columns = 2, .n_rows = 3};
    t->columns = arena_many(a, PaperColumn, 2);
    t->columns[0] = (PaperColumn){.label = STR("姓名"), .kind = PAPER_TEXT};
    t->columns[1] = (PaperColumn){.label = STR("金额"), .kind = PAPER_MONEY};
    t->cells = arena_many(a, Str, 6);
    t->cells[0] = STR("甲某");
    t->cells[1] = STR("80.00");
    t->cells[2] = STR("乙某");
    t->cells[3] = STR("");
    t->cells[4] = STR("=1+1");
    t->cells[5] = STR("1,000.05");
    paper_close(&p, a);
    return p;
}

static void test_text(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    PaperSheet p = roster(a), read;
    int64_t fen;
    paper_print(&p, one);
    paper_parse((Str){one->str, one->len}, a, &read, &error);
    g_assert_no_error(error);
    paper_print(&read, two);
    g_assert_cmpstr(one->str, ==, two->str);
    g_assert_true(paper_sum(&read.tables[0], 1, &fen));
    g_assert_cmpint(fen, ==, 108005);
    g_assert_false(paper_sum(&read.tables[0], 0, &fen));
}

/* 填表人 is a person's name; a paper of before says the account alone, and is read as it is. */
static void test_filler(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    PaperSheet p = roster(a), read;
    g_assert_true(str_is(paper_filler(&p), "li"));
    p.person = STR("甲某");
    paper_close(&p, a);
    paper_print(&p, text);
    paper_parse((Str){text->str, text->len}, a, &read, &error);
    g_assert_no_error(error);
    g_assert_true(str_is(read.actor, "li") && str_is(paper_filler(&read), "甲某"));
}

/* Each byte changed: never read as the paper of that digest. */
static void test_changed(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    PaperSheet p = roster(a), read;
    paper_print(&p, text);
    for (size_t i = 0; i < text->len; i++) {
        g_autofree char *other = g_strdup(text->str);
        g_autoptr(GError) error = NULL;
        other[i] = other[i] == '3' ? '4' : '3';
        g_assert_false(paper_parse((Str){other, text->len}, a, &read, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    }
}

/* ---- the blank sheet */

static const char sheet[] =
    "<?xml version=\"1.0\"?><worksheet><cols><col min=\"1\"/></cols><sheetData>"
    "<row r=\"1\" ht=\"30\"><c r=\"A1\" s=\"1\" t=\"s\"><v>0</v></c></row>"
    "<row r=\"2\"><c r=\"A2\"/><c r=\"B2\" s=\"7\"/><c r=\"C2\" s=\"8\"><v>5</v></c></row>"
    "<row r=\"6\"><c r=\"A6\" s=\"3\"/><c r=\"B6\" s=\"4\"/><c r=\"C6\"/></row>"
    "<row r=\"9\"/>"
    "</sheetData><mergeCells count=\"1\"><mergeCell ref=\"A1:C1\"/></mergeCells></worksheet>";

static char *filled(const XlsxValue *values, size_t n)
{
    g_autoptr(GError) error = NULL;
    GString *to = g_string_new(NULL);
    xlsx_fill_sheet(str_of(sheet), values, n, to, &error);
    g_assert_no_error(error);
    return g_string_free(to, FALSE);
}

static void test_sheet(void)
{
    const XlsxValue values[] = {{.column = 1, .row = 7, .like = 6, .text = {"x<y", 3}},
                                {.column = 2, .row = 2, .number = true, .text = {"12.50", 5}},
                                {.column = 4, .row = 2, .text = {"neu", 3}},
                                {.column = 1, .row = 9, .text = {"", 0}},
                                {.column = 28, .row = 12, .text = {"ab", 2}}};
    g_autofree char *none = filled(NULL, 0), *have = filled(values, G_N_ELEMENTS(values));
    g_assert_cmpstr(none, ==, sheet);
    g_assert_nonnull(
        strstr(have, "<row r=\"1\" ht=\"30\"><c r=\"A1\" s=\"1\" t=\"s\"><v>0</v></c></row>"));
    g_assert_nonnull(strstr(have, "<c r=\"A2\"/><c r=\"B2\" s=\"7\"><v>12.50</v></c>"
                                  "<c r=\"C2\" s=\"8\"><v>5</v></c>"
                                  "<c r=\"D2\" t=\"inlineStr\">"));
    g_assert_nonnull(strstr(have, "<row r=\"7\"><c r=\"A7\" s=\"3\" t=\"inlineStr\"><is><t "
                                  "xml:space=\"preserve\">x&lt;y</t></is></c></row><row r=\"9\">"));
    g_assert_nonnull(strstr(have, "<row r=\"9\"><c r=\"A9\"/></row>"));
    g_assert_nonnull(strstr(have, "<c r=\"AB12\""));
    g_assert_true(g_str_has_suffix(have, "</sheetData><mergeCells count=\"1\"><mergeCell "
                                         "ref=\"A1:C1\"/></mergeCells></worksheet>"));
}

static void refused(const char *xml, unsigned column, unsigned row, const char *words)
{
    const XlsxValue v[] = {{.column = column, .row = row, .text = {"x", 1}}};
    g_autoptr(GString) to = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_assert_false(xlsx_fill_sheet(str_of(xml), v, 1, to, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    if (strstr(error->message, words) == NULL)
        g_error("said \"%s\", not \"%s\"", error->message, words);
}

static void test_refused(void)
{
    refused("<worksheet/>", 1, 1, "has no cells");
    refused("<sheetData><row><c/></row></sheetData>", 1, 1, "rows do not say where");
    refused("<sheetData><row r=\"1\"><c/></row></sheetData>", 1, 1, "cells do not say where");
    refused("<sheetData><row r=\"1\"><c r=\"A1\"><f>B1</f></c></row></sheetData>", 1, 1, "formula");
    refused("<sheetData><row r=\"1\"", 1, 1, "do not end");
    refused("<sheetData><!-- --></sheetData>", 1, 1, "no office program");
    refused("<sheetData/>", 0, 1, "there is no cell");
}

/* A blank made by another program: all parts but the sheet are the same bytes. */
static void test_book(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *folder = g_dir_make_tmp("anlao-paper-XXXXXX", NULL);
    g_autofree char *blank = g_build_filename(folder, "blank.xlsx", NULL);
    g_autofree char *to = g_build_filename(folder, "filled.xlsx", NULL);
    XlsxWriter *w = xlsx_writer_open(blank, "表一", &error);
    PaperSheet p = roster(a);
    const Str *cells;
    size_t n;
    xlsx_head(w, STR("花名册"));
    xlsx_head(w, STR("金额"));
    xlsx_end_row(w);
    g_assert_true(xlsx_writer_close(w, &error));
    xlsx_writer_free(w);
    paper_fill_blank(&p, blank, NULL, to, &error);
    g_assert_no_error(error);
    unzFile one = unzOpen64(blank), two = unzOpen64(to);
    int parts = 0, differ = 0;
    for (int more = unzGoToFirstFile(one), other = unzGoToFirstFile(two);
         more == UNZ_OK && other == UNZ_OK;
         more = unzGoToNextFile(one), other = unzGoToNextFile(two)) {
        unz_file_info64 x, y;
        char name[256], same[256];
        unzGetCurrentFileInfo64(one, &x, name, sizeof name, NULL, 0, NULL, 0);
        unzGetCurrentFileInfo64(two, &y, same, sizeof same, NULL, 0, NULL, 0);
        g_assert_cmpstr(name, ==, same);
        parts++;
        differ += x.crc != y.crc || x.uncompressed_size != y.uncompressed_size;
    }
    unzClose(one);
    unzClose(two);
    g_assert_cmpint(parts, >, 5);
    g_assert_cmpint(differ, ==, 1);
    g_autoptr(XlsxReader) r = xlsx_open(to, "表一", &error);
    g_assert_no_error(error);
    g_assert_true(xlsx_next(r, &cells, &n, &error)); /* the head as it was */
    g_assert_true(str_is(cells[0], "花名册"));
    g_assert_true(xlsx_next(r, &cells, &n, &error));
    g_assert_true(str_is(cells[1], "a<b>&c"));
    g_assert_true(xlsx_next(r, &cells, &n, &error));
    g_assert_true(str_is(cells[1], "1234.50") || str_is(cells[1], "1234.5"));
    g_assert_true(xlsx_next(r, &cells, &n, &error));
    g_assert_true(str_is(cells[0], "甲某"));
    (void)g_unlink(blank);
    (void)g_unlink(to);
    (void)g_rmdir(folder);
}

/* Groups keep their rows through text and back; apart each has a sheet with its own total. */
static void test_groups(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) text = g_string_new(NULL), all = g_string_new(NULL);
    g_autofree char *folder = g_dir_make_tmp("anlao-paper-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "apart.xlsx", NULL);
    PaperSheet p = roster(a), read;
    PaperGroup groups[] = {{STR("东镇"), 2}, {STR("西/镇"), 1}};
    const Str *cells;
    size_t n;
    Decimal sum;
    p.tables[0].groups = groups;
    p.tables[0].n_groups = 2;
    p.tables[0].columns[0].label = STR("人|姓名");
    p.tables[0].columns[1].label = STR("上月|金额");
    p.format = (PaperFormat){3, true, true, false};
    p.letter = STR("甲区养老〔2020〕1号");
    paper_close(&p, a);
    paper_print(&p, text);
    paper_parse((Str){text->str, text->len}, a, &read, &error);
    g_assert_no_error(error);
    g_assert_true(read.format.across && read.format.both && read.format.size == 3);
    g_assert_true(str_equal(read.letter, p.letter));
    g_assert_cmpuint(read.tables[0].n_groups, ==, 2);
    g_assert_true(paper_total(&read.tables[0], 1, 0, 2, &sum) && sum.mantissa == 8000);
    g_assert_true(str_is(paper_head_above(p.tables[0].columns[0].label), "人"));
    g_assert_true(str_is(paper_head_below(p.tables[0].columns[0].label), "姓名"));
    g_assert_true(paper_workbook(&read, path, true, &error));
    g_autoptr(XlsxReader) r = xlsx_open(path, "2 西 镇", &error);
    g_assert_no_error(error);
    while (xlsx_next(r, &cells, &n, &error))
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(all, "%.*s ", STR_ARG(cells[i]));
    g_assert_no_error(error);
    g_assert_nonnull(strstr(all->str, "=1+1"));
    g_assert_null(strstr(all->str, "乙某"));
    g_assert_nonnull(strstr(all->str, "合计"));
    g_autoptr(XlsxReader) whole = xlsx_open(path, NULL, &error);
    g_assert_no_error(error);
    while (xlsx_next(whole, &cells, &n, &error))
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(all, "%.*s ", STR_ARG(cells[i]));
    g_assert_nonnull(strstr(all->str, "上月金额合计大写：壹仟零捌拾元零伍分")); /* which of two */
    (void)g_unlink(path);
    (void)g_rmdir(folder);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/paper/text", test_text);
    g_test_add_func("/paper/filler", test_filler);
    g_test_add_func("/paper/changed", test_changed);
    g_test_add_func("/paper/sheet", test_sheet);
    g_test_add_func("/paper/refused", test_refused);
    g_test_add_func("/paper/book", test_book);
    g_test_add_func("/paper/groups", test_groups);
    return g_test_run();
}
