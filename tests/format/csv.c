/* csv.c — files as offices really save them: quotes, line ends, encodings, formulas, damage. */
#include "format/csv.h"

#include "base/limits.h"

#include <glib/gstdio.h>
#include <unistd.h>

/* The rows as text: cells in [], rows in lines.  A fault is a line "! message", with what was read
 * of its row behind it. */
static char *rows_of(CsvReader *r)
{
    GString *out = g_string_new(NULL);

    for (;;) {
        g_autoptr(GError) error = NULL;
        const Str *cells;
        size_t n;

        if (!csv_next(r, &cells, &n, &error)) {
            if (error == NULL)
                break;
            g_string_append_printf(out, "! %s ", error->message);
        }
        for (size_t i = 0; i < n; i++)
            g_string_append_printf(out, "[%.*s]", STR_ARG(cells[i]));
        g_string_append_c(out, '\n');
    }
    return g_string_free(out, FALSE);
}

static void reads(Str text, const char *rows)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) r = csv_read(text, "a.csv", &error);

    g_assert_no_error(error);
    g_autofree char *got = rows_of(r);

    g_assert_cmpstr(got, ==, rows);
}

static void refuses(Str text, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) r = csv_read(text, "a.csv", &error);

    g_assert_null(r);
    g_assert_nonnull(error);
    g_assert_cmpstr(error->message, ==, message);
}

/* The first fault, in Chinese. */
static void says(Str text, const char *zh)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(CsvReader) r = csv_read(text, "a.csv", &error);
    const Str *cells;
    size_t n;

    g_assert_no_error(error);
    while (csv_next(r, &cells, &n, &error))
        ;
    g_assert_nonnull(error);
    g_assert_cmpstr(fail_in_chinese(error), ==, zh);
}

static void test_faults_in_chinese(void)
{
    g_autofree char *many = g_strnfill(LIMIT_CSV_COLUMNS, ','),
                    *longer = g_strnfill(LIMIT_CSV_CELL + 1, 'x');

    says(STR("a,\"open\nb,c\n"), "第 1 行第 3 个字符处的引号没有成对");
    says(STR("张,\"b\"c\n"), "第 1 行第 6 个字符处，右引号后面还有文字");
    says(str_of(longer), "第 1 行第 1 个字符处格子太长");
    says(str_of(many), "第 1 行第 513 个字符处列数太多");
}

static void test_plain(void)
{
    reads(STR("姓名,出生\n张三,1940-06-30\n"), "[姓名][出生]\n[张三][1940-06-30]\n");
    reads(STR("a,b\r\n1,\r\n,2"), "[a][b]\n[1][]\n[][2]\n");
    reads(STR("a\rb\r"), "[a]\n[b]\n");
    reads(STR("\xEF\xBB\xBFname\n张三\n"), "[name]\n[张三]\n");
    reads(STR("a\n\n\r\n\nb\n\n"), "[a]\n[b]\n");
    reads(STR(""), "");
    reads(STR("\n\n"), "");
    reads(STR("a\tb\n1,5\t2\n"), "[a][b]\n[1,5][2]\n");
    reads(STR("a,b\tc\n"), "[a][b\tc]\n");
}

static void test_quotes(void)
{
    reads(STR("\"a,b\",\"c\"\"d\"\n\"two\nlines\",x\n"), "[a,b][c\"d]\n[two\nlines][x]\n");
    reads(STR("\"\"\"\",\"\"\n"), "[\"][]\n");
    reads(STR("\"\"\n"), "[]\n");
    reads(STR("5\" pipe,x\n"), "[5\" pipe][x]\n"); /* no quote at the start: just a character */
    reads(STR("x\n张,\"b\"c\nd,e\n"),
          "[x]\n! a.csv:2:6: text behind a closing quote [张][\"b\"c]\n[d][e]\n");
    /* The line of a fault counts the lines inside quotes. */
    reads(STR("\"1\n2\",\"\n\"x\n"), "! a.csv:3:2: text behind a closing quote [1\n2][\"]\n"
                                     "! a.csv:3:1: quote is not closed [\"x]\n");
}

/* Somebody forgot to close a quote: her line comes back, the people behind it are not lost. */
static void test_open_quote(void)
{
    reads(STR("a,\"open\nb,c\nd,e\n"),
          "! a.csv:1:3: quote is not closed [a][\"open]\n[b][c]\n[d][e]\n");
    /* nor those up to the next quote */
    reads(STR("a,\"open\r\nb,c\r\nd,\"e,f\"\r\n"),
          "! a.csv:3:4: text behind a closing quote [a][\"open]\n[b][c]\n[d][e,f]\n");
    g_autoptr(GString) text = g_string_new("a,\"open\n");
    for (size_t i = 0; i < LIMIT_CSV_CELL; i++)
        g_string_append(text, "b,c\n");
    g_autoptr(CsvReader) r = csv_read((Str){text->str, text->len}, "a.csv", NULL);
    const Str *cells;
    size_t n, rows = 0;
    g_autoptr(GError) error = NULL;
    g_assert_false(csv_next(r, &cells, &n, &error));
    g_assert_cmpstr(error->message, ==, "a.csv:1:4: cell is too long");
    while (csv_next(r, &cells, &n, NULL))
        rows++;
    g_assert_cmpuint(rows, ==, LIMIT_CSV_CELL);
    /* what is shown of a line ends with a whole character */
    g_autoptr(GString) wide = g_string_new("a,xy");
    for (size_t i = 0; i < LIMIT_CSV_CELL; i++)
        g_string_append(wide, "张");
    g_autoptr(CsvReader) long_line = csv_read((Str){wide->str, wide->len}, "a.csv", NULL);
    g_assert_false(csv_next(long_line, &cells, &n, NULL));
    g_assert_true(n == 2 && str_utf8_valid(cells[1], NULL));
}

static void test_lines(void)
{
    g_autoptr(CsvReader) r = csv_read(STR("a\n\"1\n2\"\r\n\r\nb\n"), "a.csv", NULL);
    const Str *cells;
    size_t n;

    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(csv_line(r), ==, 1);
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(csv_line(r), ==, 2);
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(csv_line(r), ==, 5);
    g_assert_cmpfloat(csv_share(r), ==, 1.0);
}

static void test_encodings(void)
{
    /* 姓名,张三 as the older spreadsheets save it. */
    Str gbk = STR("\xD0\xD5\xC3\xFB\n\xD5\xC5\xC8\xFD\n");
    Str wide = STR("\xFF\xFE\x20\x5F,\0\x31\0\n\0");
    g_autoptr(CsvReader) r = csv_read(gbk, "a.csv", NULL);
    g_autofree char *rows = rows_of(r);

    g_assert_cmpstr(rows, ==, "[姓名]\n[张三]\n");
    g_assert_cmpstr(csv_encoding(r), ==, "GB18030");
    reads(wide, "[张][1]\n");
    reads(STR("\x81\x30\x81\x30\xB0\xA1\n"), "[\xC2\x80啊]\n"); /* four bytes: GB 18030 only */
}

static void test_damage(void)
{
    refuses(STR("姓名\n张\xE4\xB8\n"), "a.csv:2:2: byte 0xE4 is neither UTF-8 nor GB 18030");
    refuses(STR("a,b\nc\0d\n"), "a.csv:2:2: byte NUL in a text");
    refuses(STR("\xEF\xBB\xBF"
                "a\n\xD5\xC5\n"),
            "a.csv:2:1: byte 0xD5 is neither UTF-8 nor GB 18030");
    refuses(STR("a\xFF"), "a.csv:1:2: byte 0xFF is neither UTF-8 nor GB 18030");
    /* One bad byte in a file of UTF-8 does not turn the rest into other characters. */
    refuses(STR("姓名,住址\n张三,安源区\n李四\xFF,湘东区\n"),
            "a.csv:3:3: byte 0xFF is neither UTF-8 nor GB 18030");
}

static void test_header(void)
{
    g_autoptr(CsvReader) r =
        csv_read(STR(" 姓名 ,born,\n张三\n李四,1,,\n王五,1,2,3\n赵六,1\n"), "a.csv", NULL);
    g_autoptr(GError) error = NULL;
    const Str *names, *cells;
    size_t width, n;

    g_assert_true(csv_header(r, &names, &width, NULL));
    g_assert_cmpuint(width, ==, 3);
    g_assert_true(str_is(names[0], "姓名"));
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(n, ==, 1); /* what it had; the others are empty */
    g_assert_cmpuint(cells[2].len, ==, 0);
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_false(csv_next(r, &cells, &n, &error));
    g_assert_cmpstr(error->message, ==, "a.csv:4: row has 4 cells, the header 3");
    g_assert_cmpstr(fail_in_chinese(error), ==, "第 4 行有 4 格，表头只有 3 格：多出“3”");
    g_assert_true(str_is(cells[0], "王五"));
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_true(str_is(cells[0], "赵六"));
    g_assert_true(str_is(names[0], "姓名"));
}

static void has_header(const char *text, const char *first, size_t line)
{
    g_autoptr(CsvReader) r = csv_read(str_of(text), "a.csv", NULL);
    const Str *names;
    size_t n;

    g_assert_true(csv_header(r, &names, &n, NULL));
    g_assert_cmpuint(csv_line(r), ==, line);
    g_assert_true(str_is(names[0], first));
}

/* A spreadsheet saves its titles with the commas of all columns. */
static void test_titles(void)
{
    has_header("附件1,,\r\n某县名册,,\r\n\"填报单位：某镇\",,\r\n姓名,出生,住址\r\n张三,,\r\n",
               "姓名", 4);
    has_header("姓名,出生\n张三,\n", "姓名", 1);
    has_header("姓名,\n张三,\n李四,5\n", "李四", 3); /* nobody heads one column of two */
    has_header("姓名,\n张三,\n", "姓名", 1);
    has_header("档案编号\nF1\nF2,5\n", "档案编号", 1); /* one column, and a comma in it */
}

static void test_no_header(void)
{
    g_autoptr(CsvReader) r = csv_read(STR("\n"), "a.csv", NULL);
    g_autoptr(GError) error = NULL;
    const Str *names;
    size_t n;

    g_assert_false(csv_header(r, &names, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

static void test_limits(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    const Str *cells;
    size_t n;

    /* Exactly the limits pass; one more does not, and the next line is read again. */
    for (size_t i = 0; i < LIMIT_CSV_CELL; i++)
        g_string_append_c(text, 'x');
    g_string_append_c(text, '\n');
    for (size_t i = 0; i <= LIMIT_CSV_CELL; i++)
        g_string_append_c(text, 'x');
    g_string_append_c(text, '\n');
    for (size_t i = 1; i < LIMIT_CSV_COLUMNS; i++)
        g_string_append_c(text, ',');
    g_string_append_c(text, '\n');
    for (size_t i = 0; i < LIMIT_CSV_COLUMNS; i++)
        g_string_append_c(text, ',');
    g_string_append(text, "\nend\n");

    g_autoptr(CsvReader) r = csv_read((Str){text->str, text->len}, "a.csv", NULL);
    g_autoptr(GError) cell = NULL;
    g_autoptr(GError) columns = NULL;

    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(cells[0].len, ==, LIMIT_CSV_CELL);
    g_assert_false(csv_next(r, &cells, &n, &cell));
    g_assert_cmpstr(cell->message, ==, "a.csv:2:1: cell is too long");
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_cmpuint(n, ==, LIMIT_CSV_COLUMNS);
    g_assert_false(csv_next(r, &cells, &n, &columns));
    g_assert_nonnull(strstr(columns->message, "row has too many cells"));
    g_assert_true(csv_next(r, &cells, &n, NULL));
    g_assert_true(str_is(cells[0], "end"));
}

static void test_too_large_file(void)
{
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;
    int fd = g_file_open_tmp("anlao-XXXXXX.csv", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(ftruncate(fd, (off_t)LIMIT_CSV_BYTES + 1), ==, 0); /* a hole: no disk is used */
    close(fd);
    g_assert_null(csv_open(path, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_unlink(path);
    g_clear_error(&error);
    g_assert_null(csv_open(path, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
}

/* What is written is read back, cell by cell. */
static void test_round_trip(void)
{
    static const char *const cells[] = {
        "",
        "plain",
        "a,b",
        "say \"so\"",
        "two\nlines",
        " blank ",
        "=1+1",
        "+86 799",
        "-cmd|x",
        "@SUM(A1)",
        "\ttab",
        "\rcr",
        "-",
        "-12.50",
        "--1",
        "-1.2.3",
        "-1.",
        "'",
        "''",
        "'=x",
        "'quoted'",
        "'-",
        "＝1+1",
        "－",
        "\xEF\xBB\xBF"
        "bom",
        "张三",
        "x\ty",
        "-",
    };
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(CsvWriter) w = csv_writer_new(text, true);

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        csv_cell(w, str_of(cells[i]));
        csv_end_row(w);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++)
        csv_cell(w, str_of(cells[i]));
    csv_end_row(w);
    g_assert_true(csv_writer_close(w, NULL));

    g_autoptr(CsvReader) r = csv_read((Str){text->str, text->len}, "a.csv", NULL);
    const Str *got;
    size_t n;

    for (size_t i = 0; i < G_N_ELEMENTS(cells); i++) {
        g_assert_true(csv_next(r, &got, &n, NULL));
        g_assert_cmpuint(n, ==, 1);
        g_assert_true(str_is(got[0], cells[i]));
    }
    g_assert_true(csv_next(r, &got, &n, NULL));
    g_assert_cmpuint(n, ==, G_N_ELEMENTS(cells));
    for (size_t i = 0; i < n; i++)
        g_assert_true(str_is(got[i], cells[i]));
}

static void test_formulas(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(CsvWriter) w = csv_writer_new(text, false);

    csv_cell(w, STR("=HYPERLINK(\"x\")"));
    csv_cell(w, STR("-"));
    csv_int(w, -1250);
    csv_cell(w, STR("@x"));
    csv_end_row(w);
    g_assert_cmpstr(text->str, ==, "\"'=HYPERLINK(\"\"x\"\")\",-,-1250,\"'@x\"\n");
}

static void test_file(void)
{
    g_autofree char *folder = g_dir_make_tmp("anlao-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.csv", NULL);
    g_autofree char *nowhere = g_build_filename(folder, "none", "a.csv", NULL);
    g_autoptr(GError) error = NULL;
    const Str *cells;
    size_t n, rows = 0;

    CsvWriter *w = csv_writer_open(path, true, &error);

    g_assert_no_error(error);
    for (int i = 0; i < 300000; i++) {
        csv_cell(w, STR("key"));
        csv_int(w, i);
        csv_end_row(w);
    }
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS)); /* whole or not at all */
    g_assert_true(csv_writer_close(w, &error));
    csv_writer_free(w);

    g_autoptr(CsvReader) r = csv_open(path, &error);

    g_assert_no_error(error);
    while (csv_next(r, &cells, &n, NULL))
        rows++;
    g_assert_cmpuint(rows, ==, 300000);
    csv_writer_free(csv_writer_open(path, false, NULL)); /* given up: the file stays as it was */
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_null(csv_writer_open(nowhere, false, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_unlink(path);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void test_full_disk(void)
{
    g_autoptr(GError) error = NULL;

    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS)) {
        g_test_skip("no /dev/full");
        return;
    }
    g_autofree char *folder = g_dir_make_tmp("anlao-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(folder, "a.csv", NULL);
    g_autofree char *beside = g_strconcat(path, ".part", NULL);

    g_assert_cmpint(symlink("/dev/full", beside), ==, 0);
    CsvWriter *w = csv_writer_open(path, false, NULL);

    csv_cell(w, STR("x"));
    csv_end_row(w);
    g_assert_false(csv_writer_close(w, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    csv_writer_free(w);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/format/csv/faults-in-chinese", test_faults_in_chinese);
    g_test_add_func("/csv/plain", test_plain);
    g_test_add_func("/csv/quotes", test_quotes);
    g_test_add_func("/csv/open-quote", test_open_quote);
    g_test_add_func("/csv/lines", test_lines);
    g_test_add_func("/csv/encodings", test_encodings);
    g_test_add_func("/csv/damage", test_damage);
    g_test_add_func("/csv/header", test_header);
    g_test_add_func("/csv/titles", test_titles);
    g_test_add_func("/csv/no-header", test_no_header);
    g_test_add_func("/csv/limits", test_limits);
    g_test_add_func("/csv/too-large-file", test_too_large_file);
    g_test_add_func("/csv/round-trip", test_round_trip);
    g_test_add_func("/csv/formulas", test_formulas);
    g_test_add_func("/csv/file", test_file);
    g_test_add_func("/csv/full-disk", test_full_disk);
    return g_test_run();
}
