/* How a Markdown document is cut: header, clauses, prose, places. */
#include "fixture.h"

#include "base/file.h"

#include <string.h>

#define HEAD                                                                                       \
    "---\ndocument: d\ntitle: 标题\ntitle en: Title\nlayer: national\nin force: "                \
    "2020-01-20..2025-12-31\nnumber: 萍府办〔2020〕1号\nissued by: "                         \
    "市委办公室、市政府办公室\n---\n"

static Model *read_one(const char *text, Diags *ds)
{
    DocumentFile file = {"d.md", str_of(text)};
    return model_read(&file, 1, ds);
}

static Model *read_fine(const char *text)
{
    g_autoptr(Diags) ds = diags_new();
    Model *m = read_one(text, ds);
    g_autofree char *all = fixture_diagnoses(ds);
    g_assert_cmpstr(all, ==, "");
    return m;
}

static void assert_str(Str have, const char *want)
{
    g_autofree char *text = g_strndup(have.at == NULL ? "" : have.at, have.len);
    g_assert_cmpstr(text, ==, want);
}

static void the_header_says_what_it_is(void)
{
    g_autoptr(Model) m = read_fine(HEAD "\n# 1 x\n");
    const Document *d = model_document(m, STR("d"));
    Ymd from = date_ymd(d->from), until = date_ymd(d->until);
    assert_str(d->title.zh, "标题");
    assert_str(d->title.en, "Title");
    assert_str(d->number, "萍府办〔2020〕1号");
    assert_str(d->issued, "市委办公室、市政府办公室");
    g_assert_cmpint(d->layer, ==, LAYER_NATIONAL);
    g_assert_cmpint(from.year, ==, 2020);
    g_assert_cmpint(until.year, ==, 2025);
}

static void headings_are_clauses(void)
{
    static const struct {
        const char *heading, *number, *zh, *en;
    } cases[] = {
        {"# 二(六)16e 运营补贴 / Operating subsidy", "二(六)16e", "运营补贴", "Operating subsidy"},
        {"## 第十二条 补贴", "第十二条", "补贴", "补贴"},
        {"## 附件1 指标表 / Annex", "附件1", "指标表", "Annex"},
        {"### 3.1 A. b", "3.1", "A. b", "A. b"},
        {"# 老年人 / Elders", "老年人", "老年人", "Elders"},
        {"# A list of things", "A list of things", "A list of things", "A list of things"},
        {"# 2020年 计划 / Plan", "2020年 计划", "2020年 计划", "Plan"},
        {"# 结语", "结语", "结语", "结语"},
        {"# 一、 **总则** `x` / y", "一、", "总则 x", "y"},
        {"# 三", "三", "三", "三"},
        {"## 附件a 床位 / Beds", "附件a", "床位", "Beds"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = g_strdup_printf(HEAD "\n%s\n", cases[i].heading);
        g_autoptr(Model) m = read_fine(text);
        const Clause *c = m->documents[0]->clauses[0];
        assert_str(c->number, cases[i].number);
        assert_str(c->title.zh, cases[i].zh);
        assert_str(c->title.en, cases[i].en);
    }
}

static void prose_is_safe(void)
{
    g_autoptr(Model) m =
        read_fine(HEAD "\n# 1 x\n\n第一段 **粗** <script>alert(1)</script>\n\n"
                       "> First *paragraph* [x](javascript:alert(1))\n\n- 甲\n- 乙\n\n"
                       "<div>raw</div>\n\n## 2 y\n\n第二段 & 更多\n");
    const Document *d = m->documents[0];
    g_assert_cmpuint(d->n_clauses, ==, 2);
    assert_str(d->clauses[0]->prose_zh,
               "<p>第一段 <strong>粗</strong> <!-- raw HTML omitted -->alert(1)"
               "<!-- raw HTML omitted --></p>\n<ul>\n<li>甲</li>\n<li>乙</li>\n</ul>\n");
    assert_str(d->clauses[0]->prose_en, "<p>First <em>paragraph</em> <a href=\"\">x</a></p>\n");
    assert_str(d->clauses[1]->prose_zh, "<p>第二段 &amp; 更多</p>\n");
    assert_str(d->clauses[1]->source, "## 2 y\n\n第二段 & 更多\n");
}

/* A declaration belongs to the nearest heading above it. */
static void where_it_stands_is_its_citation(void)
{
    g_autoptr(Model) m =
        read_fine(HEAD "\n```anlao\nenum before \"前\" { a }\n```\n\n# 1 x\n\n## 1.1 y\n\n"
                       "```anlao\n\nenum inside \"里\" { a\n  b }\n```\n\n# 2 z\n");
    const Enum *before = model_enum(m, STR("before")), *inside = model_enum(m, STR("inside"));
    g_assert_null(before->home.clause);
    assert_str(inside->home.clause->number, "1.1");
    g_assert_cmpuint(inside->codes[1].home.pos.line, ==, 22);
    g_assert_cmpuint(inside->codes[1].home.pos.column, ==, 3);
}

/* A table is taken by the declaration that asks for it; any other is prose. */
static void tables_nobody_asks_for_are_prose(void)
{
    g_autoptr(Model) m =
        read_fine(HEAD "\n# 1 x\n\n```anlao\nenum a \"甲\" { b }\n```\n\n| x |\n| --- |\n| y |\n");
    const Str prose = m->documents[0]->clauses[0]->prose_zh;
    g_assert_cmpint(str_find(prose, STR("<td>y</td>")), >, 0);
}

static void a_wrong_cell_is_pointed_at(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = read_one(HEAD "\n# 1 x\n\n```anlao\ntable t(n: int) -> money\n```\n"
                                       "<!-- why -->\n\n| n | 金额 |\n| --- | --- |\n"
                                       "| < 3 | 五 元 |\n| \\| | 5 yuan |\n",
                                  ds);
    g_autofree char *text = fixture_diagnoses(ds);
    g_assert_null(m);
    g_assert_cmpstr(text, ==,
                    "20:9: '五' stands outside a text\n20:11: '元' stands outside a text\n"
                    "20:11: unexpected '元'\n21:3: '\\' has no meaning here\n"
                    "21:3: a value is needed in this cell\n");
}

/* 5000 to the eye, 50 to the machine; and marks that came along from a web page. */
static void marks_that_nobody_sees_are_told(void)
{
    static const char words[] = "it can turn round or part what is read: leave it out";
    static const struct {
        const char *text, *said;
    } cases[] = {
        {HEAD "# 1 发\u202E放\n", "10:6: U+202E"}, {HEAD "一\u200B二\n", "10:2: U+200B"},
        {HEAD "一\u2028二\n", "10:2: U+2028"},     {HEAD "一\a二\n", "10:2: U+0007"},
        {HEAD "葛\U000E0100某，“买·提”\n", NULL},  {"\uFEFF" HEAD "一\n", NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Diags) ds = diags_new();
        DocumentFile file = {"d.md", str_of(cases[i].text)};
        g_autoptr(Model) m = model_read(&file, 1, ds);
        g_autofree char *text = fixture_diagnoses(ds);
        g_assert_cmpuint(ds->errors, ==, 0);
        if (cases[i].said == NULL) {
            g_assert_null(strstr(text, "nobody sees"));
            continue;
        }
        g_autofree char *want = g_strdup_printf("%s is a mark that nobody sees", cases[i].said);
        if (strstr(text, want) == NULL)
            g_error("%s is not in: %s", want, text);
        g_assert_cmpstr(((Diag *)ds->list->pdata[0])->hint, ==, words);
    }
}

static void bytes_that_are_no_text_are_reported(void)
{
    static const struct {
        const char *text;
        size_t len;
        const char *said;
    } cases[] = {
        {HEAD "x\n# \xff", sizeof(HEAD "x\n# \xff") - 1, "11:3: byte 0xff is no text\n"},
        {HEAD "\0", sizeof(HEAD), "10:1: byte 0x00 is no text\n"},
        {"\xef\xbb\xbf", 3, "1:1: a document begins with its header\n"},
        {"---\n---\r", 8, "2:1: a carriage return without a line feed\n"},
        {"", 0, "1:1: a document begins with its header\n"},
        {"---\ndocument: d\n", 16, "1:1: the header is not closed with '---'\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(Diags) ds = diags_new();
        DocumentFile file = {"d.md", {cases[i].text, cases[i].len}};
        g_autoptr(Model) m = model_read(&file, 1, ds);
        g_autofree char *text = fixture_diagnoses(ds);
        g_assert_null(m);
        g_assert_cmpstr(text, ==, cases[i].said);
    }
}

/* Words of the language are names wherever their rule does not apply. */
static void words_are_names_elsewhere(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("MISTAKES"), "with", "names.md", NULL);
    Str text;
    g_assert_true(file_read(a, path, 1 << 20, &text, &error));
    g_autoptr(Model) m = read_fine(text.at);
    const Entity *page = model_entity(m, STR("page"));
    assert_str(page->key->name, "key");
    g_assert_cmpuint(page->n_title, ==, 2);
    g_assert_true(page->end->open);
    g_assert_true(entity_field(page, STR("dated"))->dated);
    g_assert_cmpint(entity_field(page, STR("open"))->type.kind, ==, KIND_BOOL);
}

static void line_ends_of_windows_are_line_ends(void)
{
    static const char text[] = HEAD "\n# 1 x\n\n```anlao\nenum a \"甲\" { b; c\n d }\n```\n";
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autofree char *windows = g_strjoinv("\r\n", lines);
    g_autoptr(Model) m = read_fine(windows);
    g_assert_cmpuint(model_enum(m, STR("a"))->n_codes, ==, 3);
}

/* Diagnoses point into the documents: they may outlive everything else. */
static void diagnoses_outlive_the_model(void)
{
    g_autoptr(Diags) ds = diags_new();
    char *text = g_strdup(HEAD "\n# 1 x\n\n```anlao\nparm x : int = 1\n```\n");
    Model *m = read_one(text, ds);
    memset(text, 'x', strlen(text));
    g_free(text);
    model_unref(m);
    g_autoptr(GString) out = g_string_new(NULL);
    diag_print(ds->list->pdata[0], out);
    g_assert_cmpstr(out->str, ==,
                    "d.md:14:1: error: 'parm' begins no declaration\n"
                    "   14 | parm x : int = 1\n"
                    "      | ~~~~ did you mean 'param'?\n");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/document/header", the_header_says_what_it_is);
    g_test_add_func("/document/headings", headings_are_clauses);
    g_test_add_func("/document/prose", prose_is_safe);
    g_test_add_func("/document/citation", where_it_stands_is_its_citation);
    g_test_add_func("/document/tables", tables_nobody_asks_for_are_prose);
    g_test_add_func("/document/cells", a_wrong_cell_is_pointed_at);
    g_test_add_func("/document/marks that nobody sees", marks_that_nobody_sees_are_told);
    g_test_add_func("/document/bytes", bytes_that_are_no_text_are_reported);
    g_test_add_func("/document/words", words_are_names_elsewhere);
    g_test_add_func("/document/line-ends", line_ends_of_windows_are_line_ends);
    g_test_add_func("/document/diagnoses", diagnoses_outlive_the_model);
    return g_test_run();
}
