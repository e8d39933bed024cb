/* xlsx.c — workbooks as offices have them: titles above the header, days, per cents, numbers that
 * lost their digits, damage; and what we write is read back. */
#include "format/sheet.h"

#include "base/limits.h"
#include "format/xlsx_book.h"

#include <glib/gstdio.h>
#include <minizip/zip.h>
#include <string.h>
#include <unistd.h>

#define WORKBOOK                                                                                   \
    "<workbook xmlns:r='r'><sheets><sheet name='旧表' sheetId='1' state='hidden' r:id='rId1'/>"  \
    "<sheet name='花名册' sheetId='2' r:id='rId2'/></sheets></workbook>"
#define RELATIONS                                                                                  \
    "<Relationships><Relationship Id='rId1' Target='worksheets/sheet1.xml'/>"                      \
    "<Relationship Id='rId2' Target='/xl/worksheets/sheet2.xml'/></Relationships>"
/* styles: 0 plain, 1 day, 2 per cent, 3 six digits, 4 [h]:mm, 5 a day in Chinese, 6 text, 7 year
 * and month in Chinese, 8 year */
#define STYLES                                                                                     \
    "<styleSheet><numFmts count='5'><numFmt numFmtId='164' formatCode='000000'/>"                  \
    "<numFmt numFmtId='165' formatCode='[h]:mm'/>"                                                 \
    "<numFmt numFmtId='166' formatCode='[$-804]yyyy&quot;年&quot;m&quot;月&quot;d'/>"            \
    "<numFmt numFmtId='167' formatCode='yyyy&quot;年&quot;m&quot;月&quot;;@'/>"                  \
    "<numFmt numFmtId='168' formatCode='yyyy'/></numFmts>"                                         \
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='10'/><xf numFmtId='164'/>"        \
    "<xf numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='49'/>"                                  \
    "<xf numFmtId='167'/><xf numFmtId='168'/></cellXfs></styleSheet>"
#define TEXTS                                                                                      \
    "<sst><si><t>姓名</t></si><si><r><t>张</t></r><r><t>三</t></r>"                            \
    "<rPh sb='0' eb='1'><t>zhang</t></rPh></si><si><t xml:space='preserve'> a&lt;b "               \
    "</t></si></sst>"

typedef struct Part {
    const char *name, *text;
} Part;

/* A workbook of these parts in a temporary file. */
static char *workbook(const Part *parts, size_t n)
{
    char *path = g_strdup_printf("%s/anlao-xlsx-%d-%08x.xlsx", g_get_tmp_dir(), (int)getpid(),
                                 g_random_int());
    zipFile z = zipOpen64(path, 0);
    g_assert_nonnull(z);
    for (size_t i = 0; i < n; i++) {
        g_assert_cmpint(zipOpenNewFileInZip(z, parts[i].name, NULL, NULL, 0, NULL, 0, NULL, 8, 6),
                        ==, 0);
        g_assert_cmpint(zipWriteInFileInZip(z, parts[i].text, (unsigned)strlen(parts[i].text)), ==,
                        0);
        g_assert_cmpint(zipCloseFileInZip(z), ==, 0);
    }
    g_assert_cmpint(zipClose(z, NULL), ==, 0);
    return path;
}

static char *workbook_of(const char *rows)
{
    g_autofree char *sheet =
        g_strdup_printf("<worksheet><sheetData>%s</sheetData></worksheet>", rows);
    const Part parts[] = {
        {"xl/workbook.xml", WORKBOOK},
        {"xl/_rels/workbook.xml.rels", RELATIONS},
        {"xl/styles.xml", STYLES},
        {"xl/sharedStrings.xml", TEXTS},
        {"xl/worksheets/sheet1.xml",
         "<worksheet><sheetData><row r='1'><c t='str'><v>旧</v></c></row>"
         "</sheetData></worksheet>"},
        {"xl/worksheets/sheet2.xml", sheet},
    };
    return workbook(parts, G_N_ELEMENTS(parts));
}

/* Header and rows as text: cells in [], rows in lines; a fault is a line "! message". */
static char *read_all(const char *path, const char *sheet)
{
    GString *out = g_string_new(NULL);
    GError *error = NULL;
    Sheet s;
    const Str *cells;
    size_t n;
    if (!sheet_open(path, sheet, &s, &error) || !sheet_header(&s, &cells, &n, &error)) {
        const char *at = strstr(error->message, ".xlsx:");
        g_string_append_printf(out, "! %s\n", at != NULL ? at + 7 : error->message);
        g_error_free(error);
        sheet_close(&s);
        return g_string_free(out, FALSE);
    }
    for (;;) {
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(out, "[%.*s]", STR_ARG(cells[i]));
        g_string_append_c(out, '\n');
        g_clear_error(&error);
        if (sheet_next(&s, &cells, &n, &error))
            continue;
        if (error == NULL)
            break;
        const char *at = strstr(error->message, ".xlsx:");
        g_string_append_printf(out, "! %s%s ",
                               at != NULL ? g_strchug((char *)at + 6) : error->message,
                               sheet_broken(&s) ? "; broken" : "");
    }
    sheet_close(&s);
    return g_string_free(out, FALSE);
}

static void reads(const char *rows, const char *want)
{
    g_autofree char *path = workbook_of(rows);
    g_autofree char *got = read_all(path, NULL);
    g_assert_cmpstr(got, ==, want);
    g_unlink(path);
}

static void test_kinds(void)
{
    reads("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='str'><v>生日</v></c>"
          "<c r='D1' t='inlineStr'><is><t>比例</t></is></c></row>"
          "<row r='3'><c r='A3' t='s'><v>1</v></c><c r='B3' s='1'><v>25569</v></c>"
          "<c r='D3' s='2'><v>0.07</v></c></row>",
          "[姓名][生日][][比例]\n[张三][1970-01-01][][7%]\n");
}

static void test_numbers(void)
{
    reads("<row><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
          "<row><c><v>0.10000000000000001</v></c><c><v>13800138000</v></c></row>"
          "<row><c s='3'><v>360302</v></c><c s='3'><v>42</v></c></row>"
          "<row><c s='4'><v>1.0625</v></c><c s='5'><v>44197</v></c></row>"
          "<row><c><v>1E-3</v></c><c t='b'><v>1</v></c></row>"
          "<row><c><v>-12.5</v></c><c s='1'><v>44197.354166666664</v></c></row>",
          "[a][b]\n[0.1][13800138000]\n[360302][000042]\n[25:30][2021-01-01]\n[0.001][是]\n"
          "[-12.5][2021-01-01 08:30]\n");
}

/* An identity number typed as a number: 360302194006301234 was kept as 3.6030219400630099E+17. */
static void test_lost_digits(void)
{
    reads("<row r='1'><c t='str'><v>姓名</v></c><c t='str'><v>身份证号</v></c></row>"
          "<row r='2'><c t='s'><v>1</v></c><c><v>3.6030219400630099E+17</v></c></row>"
          "<row r='3'><c t='s'><v>1</v></c><c t='str'><v>360302194006301234</v></c></row>",
          "[姓名][身份证号]\n"
          "[张三][3.60302E+17]\n" /* as the spreadsheet shows it: no kind of cell takes it */
          "[张三][360302194006301234]\n");
}

static void test_leap_that_never_was(void)
{
    reads("<row r='1'><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
          "<row r='2'><c s='1'><v>59</v></c><c s='1'><v>61</v></c></row>"
          "<row r='3'><c s='1'><v>60</v></c></row><row r='4'><c s='1'><v>-1</v></c></row>"
          "<row r='5'><c s='1'><v>2958466</v></c></row>",
          "[a][b]\n[1900-02-28][1900-03-01]\n[#NUM!]\n[#NUM!]\n[#NUM!]\n");
}

/* A heading in one merged cell, an empty row, then the header. */
static void test_title(void)
{
    reads("<row r='1'><c r='A1' t='str'><v>某县高龄津贴花名册</v></c><c r='B1'/></row><row r='2'/>"
          "<row r='3'><c r='A3' t='s'><v>0</v></c><c r='B3' t='str'><v>金额</v></c></row>"
          "<row r='4'><c r='A4' t='s'><v>1</v></c><c r='B4'><v>50</v></c></row>",
          "[姓名][金额]\n[张三][50]\n");
    reads("<row><c t='str'><v>档案编号</v></c></row><row><c t='str'><v>F1</v></c></row>"
          "<row><c t='str'><v>F2</v></c></row>",
          "[档案编号]\n[F1]\n[F2]\n");
    /* what it is an annex of, its heading, who made it and when */
    reads("<row r='1'><c r='A1' t='str'><v>附件1</v></c></row>"
          "<row r='2'><c r='A2' t='str'><v>某县高龄津贴花名册</v></c></row>"
          "<row r='3'><c r='B3' t='str'><v>填报单位：某镇　2020年3月</v></c></row>"
          "<row r='4'><c r='A4' t='s'><v>0</v></c><c r='B4' t='str'><v>金额</v></c></row>"
          "<row r='5'><c r='A5' t='s'><v>1</v></c></row>",
          "[姓名][金额]\n[张三]\n");
    g_autoptr(GString) rows = g_string_new(NULL), want = g_string_new(NULL);
    for (int i = 0; i < 30; i++) { /* one column, however long */
        g_string_append_printf(rows, "<row r='%d'><c t='str'><v>F%d</v></c></row>", i + 1, i);
        g_string_append_printf(want, "[F%d]\n", i);
    }
    reads(rows->str, want->str);
}

/* Several rows made one carry their text on, also where the first of them cannot be read. */
static void test_merged_behind_fault(void)
{
    g_autofree char *path = workbook_of(
        "<row r='1'><c r='A1' t='str'><v>村</v></c><c r='B1' t='s'><v>0</v></c></row>"
        "<row r='2'><c r='A2' t='str'><v>东村</v></c><c r='B2' t='s'><v>99</v></c></row>"
        "<row r='3'><c r='B3' t='s'><v>1</v></c></row></sheetData>"
        "<mergeCells><mergeCell ref='A2:A3'/></mergeCells><sheetData>");
    g_autofree char *got = read_all(path, NULL);
    g_assert_cmpstr(got, ==,
                    "[村][姓名]\n! B2: its text is missing; save the workbook again [东村][]\n"
                    "[东村][张三]\n");
    g_unlink(path);
}

static void test_faulty_cells(void)
{
    reads("<row r='1'><c t='s'><v>0</v></c><c t='str'><v>b</v></c></row>"
          "<row r='2'><c t='e'><v>#N/A</v></c></row><row r='3'><c t='s'><v>99</v></c></row>"
          "<row r='4'><c><v>12abc</v></c></row>"
          "<row r='5'><c r='A5' t='s'><v>1</v></c><c r='C5' t='str'><v>beside</v></c></row>"
          "<row r='6'><c t='s'><v>2</v></c></row>",
          "[姓名][b]\n[#N/A]\n"
          "! A3: its text is missing; save the workbook again []\n! A4: \"12abc\" is no number "
          "[12abc]\n! C5: \"beside\" stands beside the columns of the header [张三][]\n[ a<b ]\n");
}

/* What a program saved of its formulas: a value, an error, an empty text, or nothing at all. */
static void test_formulas(void)
{
    reads("<row r='1'><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
          "<row r='2'><c><f>1+1</f><v>2</v></c><c><f>NOW()</f><v></v></c></row>"
          "<row r='3'><c><f>1+1</f></c><c t='str'><f>\"\"</f><v></v></c></row>"
          "<row r='4'><c t='e'><f>1/0</f><v>#DIV/0!</v></c><c t='e'><v>#NEW!</v></c></row>",
          "[a][b]\n[2][#N/A]\n[#N/A][]\n[#DIV/0!][#N/A]\n");
}

/* 1945年3月: people see no day, so there is none, whatever number lies behind it. */
static void test_months(void)
{
    static const struct {
        const char *format;
        XlsxShow show;
    } formats[] = {
        {"yyyy\"年\"m\"月\";@", SHOW_MONTH},
        {"[DBNum1][$-804]yyyy\"年\"m\"月\";@", SHOW_MONTH},
        {"yyyy\\-mm", SHOW_MONTH},
        {"mmm\\-yy", SHOW_MONTH},
        {"yyyy", SHOW_YEAR},
        {"yyyy/m/d;@", SHOW_DATE},
        {"m\"月\"d\"日\"", SHOW_DATE},
        {"yyyy/m/d\\ h:mm", SHOW_DATE},
        {"h:mm", SHOW_DATE},
        {"[h]:mm", SHOW_ELAPSED},
        {"General", SHOW_PLAIN},
        {"0.00\"年\"", SHOW_PLAIN},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++)
        if (xlsx_style_of_format(formats[i].format).show != formats[i].show)
            g_error("%s", formats[i].format);
    reads("<row r='1'><c t='str'><v>a</v></c><c t='str'><v>b</v></c></row>"
          "<row r='2'><c s='7'><v>16498</v></c><c s='8'><v>16498</v></c></row>"
          "<row r='3'><c s='7'><v>60</v></c><c s='1'><v>16498</v></c></row>",
          "[a][b]\n[1945-03][1945]\n[#NUM!][1945-03-02]\n");
}

/* What is wrong with a cell, and not only that something is. */
static void test_faults_in_chinese(void)
{
    static const char *const want[] = {"单元格 A2 的文字缺失，请重新保存工作簿",
                                       "单元格 A3 的“12abc”不是数字",
                                       "单元格 C4 在表头各列之外：“x”"};
    g_autofree char *path =
        workbook_of("<row r='1'><c t='s'><v>0</v></c><c t='str'><v>b</v></c></row>"
                    "<row r='2'><c t='s'><v>99</v></c></row><row r='3'><c><v>12abc</v></c></row>"
                    "<row r='4'><c r='A4' t='s'><v>1</v></c><c r='C4' t='str'><v>x</v></c></row>");
    size_t n, seen = 0;
    const Str *cells;
    GError *error = NULL;
    Sheet s;
    g_assert_true(sheet_open(path, NULL, &s, &error) && sheet_header(&s, &cells, &n, &error));
    while (!sheet_next(&s, &cells, &n, &error) && error != NULL) {
        g_assert_cmpuint(seen, <, G_N_ELEMENTS(want));
        g_assert_cmpstr(fail_in_chinese(error), ==, want[seen++]);
        g_clear_error(&error);
    }
    g_assert_cmpuint(seen, ==, G_N_ELEMENTS(want));
    sheet_close(&s);
    g_unlink(path);
}

static void test_sheets(void)
{
    g_autofree char *path = workbook_of("<row><c t='str'><v>新</v></c></row>");
    g_autofree char *hidden = read_all(path, "旧表");
    g_autofree char *none = read_all(path, "别的");
    g_assert_cmpstr(hidden, ==, "[旧]\n");
    g_assert_cmpstr(none, ==, "! has no sheet \"别的\"; there are \"旧表\", \"花名册\"\n");
    g_unlink(path);
}

static void refuses(const Part *parts, size_t n, const char *want)
{
    g_autofree char *path = workbook(parts, n);
    g_autofree char *got = read_all(path, NULL);
    g_assert_cmpstr(got, ==, want);
    g_unlink(path);
}

static void test_damage(void)
{
    const Part empty[] = {{"readme", "x"}};
    const Part bomb[] = {{"xl/workbook.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><workbook/>"}};
    const Part cut[] = {{"xl/workbook.xml", "<workbook><sheets>"}};
    const Part lost[] = {{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS}};
    refuses(empty, 1, "! is no .xlsx workbook; save it again as .xlsx\n");
    refuses(bomb, 1, "! part \"xl/workbook.xml\", line 1: parsing aborted\n");
    refuses(cut, 1, "! part \"xl/workbook.xml\", line 1: no element found\n");
    refuses(lost, 2, "! sheet \"花名册\" is missing; save the workbook again\n");
    reads("<row r='1'><c t='s'><v>0</v></c><c t='str'><v>b</v></c></row><row r='2'><c>",
          "[姓名][b]\n! part \"xl/worksheets/sheet2.xml\", line 1: mismatched tag; broken \n");
}

static void test_old(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_strdup_printf("%s/anlao-old-%d.xls", g_get_tmp_dir(), (int)getpid());
    Sheet s;
    g_assert_true(g_file_set_contents(path, "\xD0\xCF\x11\xE0 old", 8, NULL));
    g_assert_false(sheet_open(path, NULL, &s, &error));
    g_assert_nonnull(strstr(error->message, "is an old .xls workbook, or one with a password; save "
                                            "it as .xlsx without a password, or as CSV"));
    g_unlink(path);
}

static void test_long_cell(void)
{
    g_autofree char *many = g_strnfill(32768, 'x');
    g_autofree char *rows = g_strdup_printf("<row r='1'><c t='str'><v>a</v></c></row>"
                                            "<row r='2'><c t='str'><v>%s</v></c></row>",
                                            many);
    reads(rows, "[a]\n! A2: is longer than 32767 characters \n");
    reads(
        "<row r='1'><c t='str'><v>a</v></c></row><row r='2'><c r='XFD2' t='str'><v>b</v></c></row>",
        "[a]\n! XFD2: a row has at most 512 cells \n");
}

/* A row before the first, beside merged cells, once took what no row had written. */
static void test_row_of_no_number(void)
{
    reads("<row r='0'><c t='str'><v>a</v></c></row></sheetData><mergeCells><mergeCell ref='A1:A2'/>"
          "</mergeCells><sheetData>",
          "[a]\n");
}

static void test_many_sheets(void)
{
    g_autoptr(GString) book = g_string_new("<workbook><sheets>");
    g_autofree char *says = g_strdup_printf("! has %u sheets; at most %u are read\n",
                                            LIMIT_XLSX_SHEETS + 1, LIMIT_XLSX_SHEETS);

    for (unsigned i = 0; i <= LIMIT_XLSX_SHEETS; i++)
        g_string_append_printf(book, "<sheet name='%u' sheetId='%u' r:id='rId2'/>", i, i + 1);
    g_string_append(book, "</sheets></workbook>");
    const Part parts[] = {{"xl/workbook.xml", book->str},
                          {"xl/_rels/workbook.xml.rels", RELATIONS}};
    refuses(parts, G_N_ELEMENTS(parts), says);
}

/* A part that says it is longer than any may be; nobody unpacks it to see. */
static char *claims(const char *part, guint64 size)
{
    char *path = workbook_of("");
    g_unlink(path);
    zipFile z = zipOpen64(path, 0);
    const Part parts[] = {{"xl/workbook.xml", WORKBOOK}, {"xl/_rels/workbook.xml.rels", RELATIONS}};
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && strcmp(part, parts[i].name) != 0; i++) {
        zipOpenNewFileInZip(z, parts[i].name, NULL, NULL, 0, NULL, 0, NULL, 8, 6);
        zipWriteInFileInZip(z, parts[i].text, (unsigned)strlen(parts[i].text));
        zipCloseFileInZip(z);
    }
    zipOpenNewFileInZip2_64(z, part, NULL, NULL, 0, NULL, 0, NULL, 8, 6, 1, 1);
    zipWriteInFileInZip(z, "x", 1);
    zipCloseFileInZipRaw64(z, size, 0);
    zipClose(z, NULL);
    return path;
}

static void test_limits(void)
{
    const struct {
        const char *part;
        guint64 size;
        const char *says;
    } tries[] = {
        {"xl/workbook.xml", LIMIT_XLSX_SMALL_PART + 1,
         "! part \"xl/workbook.xml\" is longer than 16777216 bytes\n"},
        {"xl/worksheets/sheet2.xml", LIMIT_XLSX_PART + 1ull,
         "! part \"xl/worksheets/sheet2.xml\" is longer than 1073741824 bytes\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(tries); i++) {
        g_autofree char *path = claims(tries[i].part, tries[i].size);
        g_autofree char *got = read_all(path, NULL);
        g_assert_cmpstr(got, ==, tries[i].says);
        g_unlink(path);
    }
    /* Texts are held in memory: a small file has not so many. */
    g_autofree char *path = claims("xl/sharedStrings.xml", 80u << 20);
    g_autofree char *got = read_all(path, NULL);
    g_assert_nonnull(strstr(got, "part \"xl/sharedStrings.xml\" is longer than 67"));
    g_unlink(path);
}

static void test_many_texts(void)
{
    g_autoptr(GString) texts = g_string_new("<sst>");
    for (unsigned i = 0; i <= LIMIT_XLSX_TEXTS; i++)
        g_string_append(texts, "<si/>");
    g_string_append(texts, "</sst>");
    const Part parts[] = {{"xl/workbook.xml", WORKBOOK},
                          {"xl/_rels/workbook.xml.rels", RELATIONS},
                          {"xl/sharedStrings.xml", texts->str}};
    refuses(parts, 3, "! has more than 4000000 different texts; split it, or save it as CSV\n");
}

/* A file of some kilobytes that would fill the memory: elements inside each other, one tag without
 * end. */
static void test_nested(void)
{
    g_autoptr(GString) rows =
        g_string_new("<row r='1'><c t='s'><v>0</v></c><c t='str'><v>b</v></c></row>");
    gsize plain = rows->len;
    for (unsigned i = 0; i < LIMIT_XLSX_DEPTH; i++)
        g_string_append(rows, "<a>");
    reads(rows->str, "[姓名][b]\n! part \"xl/worksheets/sheet2.xml\", line 1: parsing aborted; "
                     "broken \n");
    g_string_truncate(rows, plain);
    g_string_append(rows, "<row r='");
    for (unsigned i = 0; i < LIMIT_XLSX_TOKEN; i++)
        g_string_append_c(rows, '1');
    g_string_append(rows, "'/>");
    reads(rows->str, "[姓名][b]\n! part \"xl/worksheets/sheet2.xml\", line 1: longer in one piece "
                     "than any workbook; broken \n");
}

/* One long text, shown by all rows. */
static void test_one_text(void)
{
    g_autofree char *x = g_strnfill(32000, 'x');
    g_autofree char *texts = g_strdup_printf("<sst><si><t>%s</t></si></sst>", x);
    g_autoptr(GString) sheet = g_string_new("<worksheet><sheetData>");
    for (int i = 0; i < 4000; i++)
        g_string_append(sheet, "<row><c t='s'><v>0</v></c><c t='s'><v>0</v></c></row>");
    g_string_append(sheet, "</sheetData></worksheet>");
    const Part parts[] = {{"xl/workbook.xml", WORKBOOK},
                          {"xl/_rels/workbook.xml.rels", RELATIONS},
                          {"xl/sharedStrings.xml", texts},
                          {"xl/worksheets/sheet2.xml", sheet->str}};
    g_autofree char *path = workbook(parts, G_N_ELEMENTS(parts));
    g_autofree char *got = read_all(path, NULL);
    g_assert_nonnull(strstr(got, "! holds more text than any list of its size; broken"));
    g_unlink(path);
}

static void test_large_file(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = workbook_of("");
    g_assert_cmpint(truncate(path, (off_t)LIMIT_XLSX_BYTES + 1), ==, 0);
    g_assert_null(xlsx_open(path, NULL, &error));
    g_assert_nonnull(strstr(error->message, "268435456"));
    g_unlink(path);
}

static void test_written(void)
{
    GError *error = NULL;
    g_autofree char *path = g_strdup_printf("%s/anlao-w-%d.xlsx", g_get_tmp_dir(), (int)getpid());
    XlsxWriter *w = xlsx_writer_open(path, "名册", &error);
    Date day;
    g_assert_no_error(error);
    date_make(2020, 2, 29, &day);
    xlsx_head(w, STR("姓名"));
    xlsx_head(w, STR("出生"));
    xlsx_head(w, STR("金额"));
    xlsx_end_row(w);
    xlsx_text(w, STR("=1+1"));
    xlsx_date(w, day);
    xlsx_number(w, 6821220850, 2);
    xlsx_end_row(w);
    xlsx_text(w, STR("360302194006301234"));
    xlsx_text(w, STR(""));
    xlsx_number(w, -5, 0);
    xlsx_end_row(w);
    g_assert_true(xlsx_writer_close(w, &error));
    xlsx_writer_free(w);
    g_autofree char *got = read_all(path, NULL);
    g_assert_cmpstr(got, ==,
                    "[姓名][出生][金额]\n[=1+1][2020-02-29][68212208.5]\n"
                    "[360302194006301234][][-5]\n");
    g_unlink(path);
}

/* Every cut of a workbook, and every byte of it changed: read, or refused in words. */
static void test_every_cut(void)
{
    g_autofree char *path = workbook_of("<row r='1'><c t='s'><v>0</v></c></row>");
    g_autofree char *bytes = NULL;
    gsize len;
    g_assert_true(g_file_get_contents(path, &bytes, &len, NULL));
    for (gsize i = 0; i < 2 * len; i++) {
        g_autofree char *copy = g_memdup2(bytes, len);
        g_autoptr(GError) error = NULL;
        const Str *cells;
        size_t n;
        if (i >= len)
            copy[i - len] ^= (char)(1 + i % 251);
        g_autoptr(XlsxReader) r = xlsx_read((Str){copy, i < len ? i : len}, NULL, "cut", &error);
        if (r != NULL && xlsx_header(r, &cells, &n, &error))
            while (xlsx_next(r, &cells, &n, NULL))
                continue;
        g_assert_true(r != NULL || error != NULL);
    }
    g_unlink(path);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/xlsx/faults-in-chinese", test_faults_in_chinese);
    g_test_add_func("/xlsx/kinds", test_kinds);
    g_test_add_func("/xlsx/numbers", test_numbers);
    g_test_add_func("/xlsx/lost-digits", test_lost_digits);
    g_test_add_func("/xlsx/leap-that-never-was", test_leap_that_never_was);
    g_test_add_func("/xlsx/title", test_title);
    g_test_add_func("/xlsx/merged-behind-fault", test_merged_behind_fault);
    g_test_add_func("/xlsx/faulty-cells", test_faulty_cells);
    g_test_add_func("/xlsx/formulas", test_formulas);
    g_test_add_func("/xlsx/months", test_months);
    g_test_add_func("/xlsx/sheets", test_sheets);
    g_test_add_func("/xlsx/damage", test_damage);
    g_test_add_func("/xlsx/old", test_old);
    g_test_add_func("/xlsx/long-cell", test_long_cell);
    g_test_add_func("/xlsx/limits", test_limits);
    g_test_add_func("/xlsx/row-of-no-number", test_row_of_no_number);
    g_test_add_func("/xlsx/many-sheets", test_many_sheets);
    g_test_add_func("/xlsx/many-texts", test_many_texts);
    g_test_add_func("/xlsx/nested", test_nested);
    g_test_add_func("/xlsx/one-text", test_one_text);
    g_test_add_func("/xlsx/large-file", test_large_file);
    g_test_add_func("/xlsx/written", test_written);
    g_test_add_func("/xlsx/every-cut", test_every_cut);
    return g_test_run();
}
