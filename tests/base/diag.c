/* How mistakes in documents are shown, and how failures carry their words. */
#include "base/diag.h"

#include "base/fail.h"
#include "base/limits.h"

static const Source document = {
    .name = "packs/x.md",
    .text =
        {"# 高龄津贴\nfield 性别 enum onwership\n\tsum 1\n安源 x\r\n\x1b[31mred\x1b[0m \xff!\nlast",
         sizeof("# 高龄津贴\nfield 性别 enum onwership\n\tsum 1\n安源 x\r\n\x1b[31mred\x1b[0m "
                "\xff!\nlast") -
             1},
};

static void assert_print(const Diag *d, const char *want)
{
    g_autoptr(GString) out = g_string_new(NULL);
    diag_print(d, out);
    g_assert_cmpstr(out->str, ==, want);
}

static void a_mistake_is_shown_in_its_line(void)
{
    g_autoptr(Diags) ds = diags_new();
    Diag *d = diag_error(ds, (Pos){&document, 4, 4, 1}, "unknown name '%s'", "x");
    assert_print(d, "packs/x.md:4:4: error: unknown name 'x'\n"
                    "    4 | 安源 x\n"
                    "      |      ~\n");
    g_assert_cmpuint(ds->errors, ==, 1);
    g_assert_cmpuint(ds->warnings, ==, 0);
}

/* Chinese characters take two columns of a terminal; the line below must count them so. */
static void chinese_is_underlined_in_its_width(void)
{
    g_autoptr(Diags) ds = diags_new();
    Diag *d = diag_warning(ds, (Pos){&document, 2, 7, 2}, "names are given in english");
    assert_print(d, "packs/x.md:2:7: warning: names are given in english\n"
                    "    2 | field 性别 enum onwership\n"
                    "      |       ~~~~\n");
    d = diag_error(ds, (Pos){&document, 2, 15, 9}, "no enum \"onwership\"");
    Str known[] = {STR("enum"), STR("ownership"), STR("owner")};
    diag_nearest(ds, d, STR("onwership"), known, G_N_ELEMENTS(known));
    assert_print(d, "packs/x.md:2:15: error: no enum \"onwership\"\n"
                    "    2 | field 性别 enum onwership\n"
                    "      |                 ~~~~~~~~~ did you mean 'ownership'?\n");
}

static void tabs_ends_and_odd_bytes(void)
{
    g_autoptr(Diags) ds = diags_new();
    assert_print(diag_error(ds, (Pos){&document, 3, 2, 3}, "x"), "packs/x.md:3:2: error: x\n"
                                                                 "    3 |  sum 1\n"
                                                                 "      |  ~~~\n");
    assert_print(diag_error(ds, (Pos){&document, 6, 5, 0}, "x"), "packs/x.md:6:5: error: x\n"
                                                                 "    6 | last\n"
                                                                 "      |     ~\n");
    assert_print(diag_error(ds, (Pos){&document, 99, 1, 0}, "x"), "packs/x.md:99:1: error: x\n"
                                                                  "   99 | \n"
                                                                  "      | ~\n");
    /* A document cannot colour or move the terminal of the one who checks it. */
    g_autoptr(GString) out = g_string_new(NULL);
    diag_print(diag_error(ds, (Pos){&document, 5, 1, 1}, "a\x1b[2Jb"), out);
    g_assert_null(strchr(out->str, '\x1b'));
    g_assert_true(g_utf8_validate(out->str, -1, NULL));
}

static void a_mistake_without_a_place(void)
{
    g_autoptr(Diags) ds = diags_new();
    Diag *d = diag_error(ds, (Pos){0}, "no document for place 360399");
    assert_print(d, "error: no document for place 360399\n");
    diag_hint(ds, d, "see anlao check --place");
    assert_print(d, "error: no document for place 360399\n"
                    "      hint: see anlao check --place\n");
    d = diag_error(ds, (Pos){.source = &document}, "empty");
    assert_print(d, "packs/x.md: error: empty\n");
}

static void a_very_long_line_is_cut(void)
{
    g_autofree char *line = g_strnfill(5000, 'a');
    line[4000] = 'B';
    Source s = {"x.md", str_of(line)};
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) out = g_string_new(NULL);
    diag_print(diag_error(ds, (Pos){&s, 1, 4001, 1}, "x"), out);
    g_assert_cmpuint(out->len, <, 400);
    g_auto(GStrv) lines = g_strsplit(out->str, "\n", -1);
    glong b = g_utf8_pointer_to_offset(lines[1], strchr(lines[1], 'B'));
    g_assert_cmpint(lines[2][b], ==, '~');
    g_assert_cmpint(strlen(lines[2]), ==, b + 1);
}

static void a_far_word_gets_no_hint(void)
{
    g_autoptr(Diags) ds = diags_new();
    Diag *d = diag_error(ds, (Pos){0}, "x");
    Str known[] = {STR("facility"), STR("bed")};
    diag_nearest(ds, d, STR("elder"), known, 2);
    g_assert_null(d->hint);
    Str tiny[] = {STR("a"), STR("or")};
    diag_nearest(ds, d, STR("is"), tiny, 2);
    g_assert_null(d->hint);
    diag_nearest(ds, d, STR("facilty"), known, 2);
    g_assert_cmpstr(d->hint, ==, "did you mean 'facility'?");
}

static void sorted_by_place(void)
{
    Source a = {"a.md", {NULL, 0}}, b = {"b.md", {NULL, 0}};
    g_autoptr(Diags) ds = diags_new();
    diag_error(ds, (Pos){&b, 1, 1, 1}, "6");
    diag_error(ds, (Pos){&a, 2, 1, 1}, "4");
    diag_error(ds, (Pos){&a, 1, 9, 1}, "3");
    diag_error(ds, (Pos){&a, 1, 2, 1}, "1");
    diag_warning(ds, (Pos){&a, 1, 2, 1}, "2");
    diag_error(ds, (Pos){&a, 10, 1, 1}, "5");
    diag_error(ds, (Pos){0}, "0");
    diags_sort(ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = g_ptr_array_index(ds->list, i);
        g_assert_cmpint(d->text[0] - '0', ==, i);
    }
}

/* LIMIT_DIAGS */
static void more_than_anybody_reads(void)
{
    g_autoptr(Diags) ds = diags_new();
    for (unsigned i = 0; i < LIMIT_DIAGS + 100; i++) {
        Diag *d = diag_error(ds, (Pos){0}, "mistake %u", i);
        diag_hint(ds, d, "hint %u", i);
    }
    g_assert_cmpuint(ds->list->len, ==, LIMIT_DIAGS);
    g_assert_cmpuint(ds->errors, ==, LIMIT_DIAGS + 100);
}

static bool read_document(GError **error)
{
    return fail(error, FAIL_INPUT, "could not read file \"%s\": too long", "y.md");
}

static bool load_pack(GError **error)
{
    if (!read_document(error))
        return fail_while(error, "loading pack \"%s\"", "x");
    return true;
}

static void each_caller_adds_what_it_was_doing(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(load_pack(&error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpstr(error->message, ==,
                    "loading pack \"x\": could not read file \"y.md\": too long");
    g_assert_false(load_pack(NULL));
    g_assert_cmpint(fail_exit_status(error), ==, 1);
}

/* Beside the English words stand the Chinese ones, for whoever reads a page: kept as the failure
 * goes up and is copied, and of the failures of this program alone. */
static void said_in_chinese_too(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(fail(&error, FAIL_CONFLICT, "run %d is over", 7) ||
                   fail_zh(&error, "第 %d 号已经办完", 7));
    fail_while(&error, "reviewing");
    g_autoptr(GError) copy = g_error_copy(error), disk = g_error_new_literal(G_FILE_ERROR, 0, "x");
    g_assert_cmpstr(copy->message, ==, "reviewing: run 7 is over");
    g_assert_cmpstr(fail_in_chinese(copy), ==, "第 7 号已经办完");
    g_clear_error(&error);
    g_assert_null(fail_in_chinese(error));
    fail(&error, FAIL_INPUT, "x");
    g_assert_null(fail_in_chinese(error));
    g_assert_false(fail_zh(&disk, "盘"));
    g_assert_null(fail_in_chinese(disk));
    g_assert_false(fail_zh(NULL, "盘"));
}

/* A hundred thousand letters on the command line are not repeated: of the message its beginning and
 * its end are kept, and no character is cut in two. */
static void a_message_repeats_no_book(void)
{
    g_autoptr(GString) given = g_string_new(NULL);
    for (int i = 0; i < 100000; i++)
        g_string_append(given, "长");
    for (int i = 0; i < 4; i++) {
        g_autoptr(GError) error = NULL;
        const char *odd[] = {"", "a", "ab", "abc"};
        fail(&error, FAIL_INPUT, "%sno fund \"%s\" here", odd[i], given->str);
        fail_while(&error, "%s", given->str);
        fail_zh(&error, "没有资金“%s”", given->str);
        g_assert_cmpuint(strlen(error->message), <=, LIMIT_MESSAGE);
        g_assert_cmpuint(strlen(error->message), >, LIMIT_MESSAGE - 10);
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        g_assert_true(g_str_has_suffix(error->message, "长\" here"));
        g_assert_nonnull(strstr(error->message, "长 … "));
        g_assert_cmpuint(strlen(fail_in_chinese(error)), <=, LIMIT_MESSAGE);
        g_assert_true(g_utf8_validate(fail_in_chinese(error), -1, NULL));
    }
    g_autofree char *just = g_strnfill(LIMIT_MESSAGE, 'x');
    message_cut(just);
    g_assert_cmpuint(strlen(just), ==, LIMIT_MESSAGE);
    g_assert_null(strstr(just, "…"));
}

static void exit_status_of_each_failure(void)
{
    static const struct {
        FailCode code;
        int status;
    } cases[] = {{FAIL_INPUT, 1},  {FAIL_USAGE, 2},    {FAIL_SYSTEM, 3}, {FAIL_RIGHT, 1},
                 {FAIL_ABSENT, 1}, {FAIL_CONFLICT, 1}, {FAIL_BUSY, 3}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        fail(&error, cases[i].code, "x");
        g_assert_cmpint(fail_exit_status(error), ==, cases[i].status);
    }
    g_assert_cmpint(fail_exit_status(NULL), ==, 0);
    g_autoptr(GError) usage = g_error_new_literal(G_OPTION_ERROR, 0, "x");
    g_assert_cmpint(fail_exit_status(usage), ==, 2);
    g_autoptr(GError) disk = g_error_new_literal(G_FILE_ERROR, 0, "x");
    g_assert_cmpint(fail_exit_status(disk), ==, 3);
}

/* Two stacks that rest on one document report its mistake once. */
static void merged_without_repeating(void)
{
    g_autoptr(Diags) a = diags_new();
    g_autoptr(Diags) b = diags_new();
    g_autoptr(Diags) all = diags_new();
    static const Source source = {"a.md", {"x y\n", 4}};
    Pos pos = {&source, 1, 1, 1};
    diag_hint(a, diag_error(a, pos, "no field 'x'"), "did you mean 'y'?");
    diag_error(b, pos, "no field 'x'");
    diag_warning(b, pos, "no field 'x'");
    diag_error(b, (Pos){&source, 1, 3, 1}, "no field 'x'");
    diags_merge(all, a);
    diags_merge(all, b);
    g_assert_cmpuint(all->errors, ==, 2);
    g_assert_cmpuint(all->warnings, ==, 1);
    g_assert_cmpstr(((const Diag *)all->list->pdata[0])->hint, ==, "did you mean 'y'?");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/diag/a mistake is shown in its line", a_mistake_is_shown_in_its_line);
    g_test_add_func("/diag/chinese is underlined in its width", chinese_is_underlined_in_its_width);
    g_test_add_func("/diag/tabs, ends and odd bytes", tabs_ends_and_odd_bytes);
    g_test_add_func("/diag/a mistake without a place", a_mistake_without_a_place);
    g_test_add_func("/diag/a very long line is cut", a_very_long_line_is_cut);
    g_test_add_func("/diag/a far word gets no hint", a_far_word_gets_no_hint);
    g_test_add_func("/diag/sorted by place", sorted_by_place);
    g_test_add_func("/diag/more than anybody reads", more_than_anybody_reads);
    g_test_add_func("/diag/merged without repeating", merged_without_repeating);
    g_test_add_func("/fail/each caller adds what it was doing", each_caller_adds_what_it_was_doing);
    g_test_add_func("/fail/said in Chinese too", said_in_chinese_too);
    g_test_add_func("/fail/a message repeats no book", a_message_repeats_no_book);
    g_test_add_func("/fail/exit status of each failure", exit_status_of_each_failure);
    return g_test_run();
}
