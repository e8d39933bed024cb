/* Every limit of documents is reached, and said. */
#include "fixture.h"

#include "base/limits.h"

#define HEAD "---\ndocument: d\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n# 1 x\n\n"

/* The first thing said about a text. */
static char *said(const char *text, size_t len)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {"d.md", {text, len}};
    g_autoptr(Model) m = model_read(&file, 1, ds);
    g_assert_true((m == NULL) == (ds->errors > 0));
    return g_strdup(ds->list->len == 0 ? "" : ((const Diag *)ds->list->pdata[0])->text);
}

static char *repeated(const char *before, const char *piece, size_t n, const char *after)
{
    GString *s = g_string_new(HEAD "```anlao\n");
    g_string_append(s, before);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(s, "%s", piece);
    g_string_append(s, after);
    g_string_append(s, "\n```\n");
    return g_string_free(s, FALSE);
}

static void assert_said(char *text, const char *want)
{
    g_autofree char *have = said(text, strlen(text));
    g_assert_cmpstr(have, ==, want);
    g_free(text);
}

static char *numbered(const char *before, const char *format, size_t n, const char *after)
{
    GString *s = g_string_new(HEAD "```anlao\n");
    g_string_append(s, before);
    for (size_t i = 0; i < n; i++) {
        g_auto(GStrv) parts = g_strsplit(format, "#", 2);
        g_string_append_printf(s, "%s%zu%s", parts[0], i, parts[1]);
    }
    g_string_append(s, after);
    g_string_append(s, "\n```\n");
    return g_string_free(s, FALSE);
}

static void documents_are_not_endless(void)
{
    size_t len = LIMIT_DOCUMENT_BYTES + 1;
    g_autofree char *text = g_malloc0(len);
    g_autofree char *have = said(text, len);
    g_assert_cmpstr(have, ==, "document is longer than 4 MB");
}

static void there_are_not_too_many_documents(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autofree DocumentFile *files = g_new0(DocumentFile, LIMIT_DOCUMENTS + 1);
    g_autoptr(Model) m = model_read(files, LIMIT_DOCUMENTS + 1, ds);
    g_assert_null(m);
    g_assert_cmpuint(ds->errors, ==, 1);
}

static void nesting_ends_somewhere(void)
{
    g_autofree char *close = g_strnfill(LIMIT_NESTING + 1, ')');
    g_autofree char *inside = g_strconcat("1", close, NULL);
    assert_said(repeated("param p : int = ", "(", LIMIT_NESTING + 1, inside),
                "nested deeper than 64");
    assert_said(repeated("param p : bool = ", "not ", 600, "yes"), "nested too deep");
    assert_said(repeated("param p : int = ", "if yes then 1 else ", 300, "2"), "nested too deep");
    assert_said(repeated("param p : int = ", "1 + ", 600, "2"), "nested too deep");
}

static void names_end_somewhere(void)
{
    assert_said(repeated("param ", "n", LIMIT_NAME + 1, " : int = 1"),
                "name is longer than 48 characters");
    assert_said(repeated("param ", "n", LIMIT_NAME, " : int = 1"), "");
}

static void entities_and_enums_end_somewhere(void)
{
    assert_said(numbered("entity e {\n", "f# int\n", LIMIT_FIELDS, "}"), "");
    assert_said(numbered("entity e {\n", "f# int\n", LIMIT_FIELDS + 1, "}"),
                "an entity has at most 120 fields");
    assert_said(numbered("enum e {\n", "c#\n", 127, "}"), "");
    assert_said(numbered("enum e {\n", "c#\n", 128, "}"), "an enum has at most 127 codes");
    assert_said(numbered("enum e {\n", "c#\n", LIMIT_CODES + 1, "}\nentity t {\n s set of e\n}"),
                "an enum of more than 63 codes can not be used in a set");
}

static void diagnoses_end_somewhere(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autofree char *text = repeated("", "parm x : int\n", 2 * LIMIT_DIAGS, "");
    DocumentFile file = {"d.md", str_of(text)};
    g_autoptr(Model) m = model_read(&file, 1, ds);
    g_assert_null(m);
    g_assert_cmpuint(ds->list->len, ==, LIMIT_DIAGS);
    g_assert_cmpuint(ds->errors, ==, 2 * LIMIT_DIAGS);
}

static void blocks_tables_and_values_end_somewhere(void)
{
    assert_said(repeated("param p : int = 1", ";", 100000, ""),
                "block is longer than 100000 words");
    assert_said(numbered("enum a {\n", "c#\n", 127,
                         "}\nenum b { x; y }\nparam p by a, b : int = 1\n"
                         "param q by a, b : int = p[c0, x]"),
                "");
    assert_said(numbered("enum a {\n", "c#\n", 127,
                         "}\nenum b {\n b0; b1 }\nenum c { c0; c1 }\n"
                         "enum d {\n d0; d1; d2; d3; d4; d5; d6; d7; d8; d9; d10; d11; d12; d13 }\n"
                         "enum e { e0; e1; e2; e3; e4; e5; e6; e7; e8; e9; e10; e11; e12 }\n"
                         "param p by a, d, e : int = 1"),
                "param 'p' gets more than 20000 values");
    GString *s =
        g_string_new(HEAD "```anlao\ntable t(n: int) -> int\n```\n\n| n | x |\n| --- | --- |\n");
    for (int i = 0; i < 1001; i++)
        g_string_append_printf(s, "| %d | 1 |\n", i);
    assert_said(g_string_free(s, FALSE), "a table has at most 1000 rows");
    g_autofree char *long_line = g_strnfill(32769, 'x');
    assert_said(g_strconcat(HEAD, long_line, NULL), "a paragraph is longer than 32 KB");
    assert_said(g_strconcat(HEAD, "```text\n", long_line, "\n```\n", NULL), "");
}

static void states_and_times_end_somewhere(void)
{
#define PROCEDURE                                                                                  \
    "enum region_level { county }\nentity e {\n f int\n}\n"                                        \
    "role r of county sees e writes e\nprocedure p of e {\n"
    assert_said(numbered(PROCEDURE "begin", " -> s#", LIMIT_STATES - 1, " by r\n}"), "");
    assert_said(numbered(PROCEDURE "begin", " -> s#", LIMIT_STATES, " by r\n}"),
                "a procedure has at most 63 states");
    assert_said(repeated(PROCEDURE "a -> b by r needs f", ", f", LIMIT_NEEDS - 1, "\n}"), "");
    assert_said(repeated(PROCEDURE "a -> b by r needs f", ", f", LIMIT_NEEDS, "\n}"),
                "a step needs at most 64 things");
}

static void places_lie_near(void)
{
    GString *s = g_string_new("entity e0 {\n r region\n}\n");
    for (unsigned i = 1; i <= LIMIT_PLACE_PATH; i++)
        g_string_append_printf(s, "entity e%u {\n e e%u\n}\n", i, i - 1);
    g_string_append(s, "entity x {\n place e");
    g_autofree char *lines = g_string_free(s, FALSE);
    assert_said(repeated(lines, ".e", LIMIT_PLACE_PATH - 1, ".r\n e e2\n}"),
                "a place is a field, or one that at most 2 references lead to");
    assert_said(repeated(lines, ".e", LIMIT_PLACE_PATH - 2, ".r\n e e1\n}"), "");
}

static void times_end_somewhere(void)
{
    g_autofree char *most = g_strdup_printf(PROCEDURE "a -> b by r limit %u per ", LIMIT_TIMES);
    g_autofree char *more = g_strdup_printf(PROCEDURE "a -> b by r limit %u per ", LIMIT_TIMES + 1);
    assert_said(repeated(most, "year", 1, "\n}"), "");
    assert_said(repeated(more, "year", 1, "\n}"), "a whole number from 0 to 1000 is needed here");
}

/* An entity with `fields` fields of one enum each, of `codes` codes. */
static char *counted(unsigned fields, unsigned codes)
{
    GString *s = g_string_new("");
    for (unsigned f = 0; f < fields; f++) {
        g_string_append_printf(s, "enum e%u {\n", f);
        for (unsigned i = 0; i < codes; i++)
            g_string_append_printf(s, "c%u_%u\n", f, i);
        g_string_append(s, "}\n");
    }
    g_string_append(s, "entity thing {\n place at\n at region\n");
    for (unsigned f = 0; f < fields; f++)
        g_string_append_printf(s, "f%u e%u\n", f, f);
    g_string_append(s, "}\nindicator x stock by region");
    return g_string_free(s, FALSE);
}

static void figures_are_a_table_people_read(void)
{
    g_autofree char *flat = counted(LIMIT_FIGURE_INDEXES + 1, 2);
    assert_said(numbered(flat, ", f#", LIMIT_FIGURE_INDEXES, " = count(thing)"), "");
    assert_said(numbered(flat, ", f#", LIMIT_FIGURE_INDEXES + 1, " = count(thing)"),
                "an indicator has at most 3 indexes beside region and period");
    /* each index has one column more, for the whole */
    g_autofree char *fits = counted(2, 31), *wide = counted(2, 32);
    g_assert_cmpuint(32 * 32, ==, LIMIT_FIGURE_CELLS);
    assert_said(numbered(fits, ", f#", 2, " = count(thing)"), "");
    assert_said(numbered(wide, ", f#", 2, " = count(thing)"),
                "this makes more than 1024 figures of one region");
}

/* Choices inside choices share their parts; walked, they would double at each level. */
static void expressions_end_somewhere(void)
{
    GString *s = g_string_new("param p : int = ");
    for (int i = 0; i < 60; i++)
        g_string_append(s, "case ");
    g_string_append(s, "1");
    for (int i = 0; i < 60; i++)
        g_string_append(s, " { 1: 1; 2: 2; else: 3 }");
    g_autofree char *lines = g_string_free(s, FALSE);
    assert_said(repeated(lines, "", 0, ""), "this expression is too large");
}

static void rules_beside_each_other_end_somewhere(void)
{
    static const char elder[] = "entity elder { n int range 0..100000 }\n"
                                "benefit a { for elder\n every month any day\n pay 5 yuan }\n";
    assert_said(numbered(elder, "exception to a when n = # { pay 1 yuan }\n", LIMIT_EXCEPTIONS, ""),
                "'a' has no example");
    assert_said(
        numbered(elder, "exception to a when n = # { pay 1 yuan }\n", LIMIT_EXCEPTIONS + 1, ""),
        "'a' has more than 32 exceptions");
    GString *s = g_string_new("combine b0");
    for (unsigned i = 1; i <= LIMIT_GROUP_MEMBERS; i++)
        g_string_append_printf(s, ", b%u", i);
    g_autofree char *group = g_string_free(s, FALSE);
    g_autofree char *all = g_strconcat(group, ": all", NULL);
    assert_said(numbered(elder, "benefit b# { for elder\n every month any day\n pay 5 yuan }\n",
                         LIMIT_GROUP_MEMBERS + 1, all),
                "a group of more than 32 benefits");
}

#define PAPER "entity e { name text(9) required }\npaper p of e { rows \"A1\" of "

static void papers_end_somewhere(void)
{
    assert_said(repeated(PAPER "60 { \"甲\"", ", \"乙\"", LIMIT_PAPER_COLUMNS, " } }"),
                "at most 40 columns");
    assert_said(repeated(PAPER "61 { \"甲\" } }", "", 0, ""), "1 to 60 empty lines");
    g_assert_cmpuint(LIMIT_PAPER_LINES, ==, 60);
}

static void amendments_end_somewhere(void)
{
    static const char later[] =
        "---\ndocument: later\ntitle: x\nlayer: model\nin force: 2021-01-01\n"
        "builds on: d\n---\n\n# 1 x\n\n```anlao\n";
    g_autofree char *first = numbered("entity elder {\n n int\n}\n",
                                      "benefit b# { for elder\n every month any day }\n", 1, "");
    for (unsigned over = 0; over < 2; over++) {
        g_autoptr(Diags) ds = diags_new();
        g_autoptr(GString) s = g_string_new(later);
        for (unsigned i = 0; i < LIMIT_AMENDMENTS + over; i++)
            g_string_append_printf(s, "end b0 from 20%02u-%02u-01 until 20%02u-%02u-02\n",
                                   21 + i / 12, 1 + i % 12, 21 + i / 12, 1 + i % 12);
        g_string_append(s, "```\n");
        const DocumentFile files[] = {{"d.md", str_of(first)}, {"later.md", str_of(s->str)}};
        g_autoptr(Model) m = model_read(files, 2, ds);
        g_assert_true((m == NULL) == (over > 0));
        if (over > 0)
            g_assert_cmpstr(((const Diag *)ds->list->pdata[0])->text, ==,
                            "'b0' is amended more than 64 times");
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/limits/document", documents_are_not_endless);
    g_test_add_func("/limits/documents", there_are_not_too_many_documents);
    g_test_add_func("/limits/nesting", nesting_ends_somewhere);
    g_test_add_func("/limits/states", states_and_times_end_somewhere);
    g_test_add_func("/limits/places", places_lie_near);
    g_test_add_func("/limits/times", times_end_somewhere);
    g_test_add_func("/limits/figures", figures_are_a_table_people_read);
    g_test_add_func("/limits/names", names_end_somewhere);
    g_test_add_func("/limits/entities", entities_and_enums_end_somewhere);
    g_test_add_func("/limits/papers", papers_end_somewhere);
    g_test_add_func("/limits/amendments", amendments_end_somewhere);
    g_test_add_func("/limits/diagnoses", diagnoses_end_somewhere);
    g_test_add_func("/limits/blocks", blocks_tables_and_values_end_somewhere);
    g_test_add_func("/limits/expressions", expressions_end_somewhere);
    g_test_add_func("/limits/rules", rules_beside_each_other_end_somewhere);
    return g_test_run();
}
