/* Documents laid out anew: how they look, and that they say what they said. */
#include "declare/format.h"

#include "base/file.h"
#include "base/limits.h"
#include "declare/document.h"
#include "fixture.h"

#include <string.h>

#define HEAD                                                                                       \
    "---\ndocument: one\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n# 1 甲\n\n"         \
    "```anlao\n"

static char *formatted(Str text, Diags *ds)
{
    GString *to = g_string_new(NULL);
    bool fine = format_document("x.md", text, ds, to);
    g_assert_cmpint(fine, ==, ds->errors == 0);
    return g_string_free(to, !fine);
}

/* The block, laid out; it stays as it is when laid out again. */
static char *block(const char *lines)
{
    g_autoptr(Diags) ds = diags_new();
    g_autofree char *text = g_strconcat(HEAD, lines, "```\n", NULL);
    g_autofree char *once = formatted(str_of(text), ds);
    for (guint i = 0; i < ds->list->len; i++)
        g_test_message("%s", ((const Diag *)ds->list->pdata[i])->text);
    if (once == NULL || ds->warnings > 0)
        return g_strdup("refused");
    g_autofree char *twice = formatted(str_of(once), ds);
    g_assert_cmpstr(once, ==, twice);
    g_assert_true(g_str_has_prefix(once, HEAD) && g_str_has_suffix(once, "```\n"));
    return g_strndup(once + strlen(HEAD), strlen(once) - strlen(HEAD) - 4);
}

static void becomes(const char *lines, const char *want)
{
    g_autofree char *got = block(lines);
    g_assert_cmpstr(got, ==, want);
}

static void blanks_and_indents(void)
{
    becomes("enum a{x;y \"乙\"/\"b\"}\n", "enum a { x; y \"乙\" / \"b\" }\n");
    becomes("param p:money=5yuan\n", "refused");
    becomes("param  p   :money=5 yuan\n", "param p : money = 5 yuan\n");
    becomes("param p: share=5 %\n", "param p: share = 5%\n");
    becomes("table  t( n:int range 0 .. 9 ,k:a )->money \"额\"\n",
            "table t(n: int range 0..9, k: a) -> money \"额\"\n");
    becomes("derive a . b:bool=not(x+1>=- 2*y)and f ( c [ d ,e ] )in( g,h )or age(z)<3\n",
            "derive a.b: bool = not (x + 1 >= -2 * y) and f(c[d, e]) in (g, h) or age(z) < 3\n");
    becomes("    derive a.b : bool = x -1 > 0\n", "derive a.b : bool = x -1 > 0\n");
    becomes("derive a.b : bool =\nx\n", "derive a.b : bool =\n  x\n");
}

static void one_item_a_line(void)
{
    becomes("entity e { place a; key b\n  a region \"处\"; b text(9)\n long_name set of k \"名\" "
            "required }\n",
            "entity e { place a; key b\n  a region \"处\"; b text(9)\n"
            "  long_name set of k \"名\" required }\n");
    becomes("entity e {\n place a; key b\n a region \"处\"; b text(9)\nlong_name set of k \"名\" "
            "required\n}\n",
            "entity e {\n  place a\n  key   b\n  a         region   \"处\"\n  b         text(9)\n"
            "  long_name set of k \"名\" required\n}\n");
    becomes("benefit b {\nfor e every month any day\n\n\n when x\n and y pay z }\n",
            "benefit b {\n  for   e\n  every month any day\n\n  when x\n    and y\n  pay  z\n}\n");
    becomes("enum a {\n  x \"甲\"\n  long \"乙\"\n\n  y \"丙\" is x\n}\n",
            "enum a {\n  x    \"甲\"\n  long \"乙\"\n\n  y \"丙\" is x\n}\n");
    becomes("enum a {\n}\nenum b { }\n", "enum a {}\nenum b {}\n");
}

/* What stands in an example's records keeps its lines. */
static void records_keep_their_lines(void)
{
    becomes(
        "example \"例\" {\n e = elder{name \"甲\";kinds{ a,b };flags none}\n"
        "   home = facility { name \"乙\"\n   x 1;y 2 }\n in 2020-06 gives r of e=5 yuan\n}\n",
        "example \"例\" {\n  e = elder { name \"甲\"; kinds {a, b}; flags none }\n"
        "  home = facility { name \"乙\"\n    x 1; y 2 }\n  in 2020-06 gives r of e = 5 yuan\n}\n");
    becomes("derive a.b : int = case {\nx: 1; y\nand z: 2\n  else:3\n}\n",
            "derive a.b : int = case {\n  x: 1\n  y\n    and z: 2\n  else: 3\n}\n");
}

static void lists_and_choices(void)
{
    becomes("duty d \"任\" / \"d\"\n by a, b,\n c\n  with x,\ny, z until 2020-12-31\n",
            "duty d \"任\" / \"d\"\n  by a, b,\n     c\n  with x,\n       y, z until 2020-12-31\n");
    becomes("param p : set of k\n= a, b,\nc,\nd\n",
            "param p : set of k\n  = a, b,\n    c,\n    d\n");
    becomes(
        "benefit b {\nfor e\npay if x\nthen if y then 1 yuan\nelse 2 yuan\nelse 3 yuan\n}\n",
        "benefit b {\n  for e\n  pay if x\n      then if y then 1 yuan\n           else 2 yuan\n"
        "      else 3 yuan\n}\n");
    becomes(
        "set a[x] = 1 yuan\nset long[xx, y] = 22 yuan from 2020-01-01\n\nset b = 3 yuan\n",
        "set a[x]        = 1 yuan\nset long[xx, y] = 22 yuan from 2020-01-01\n\nset b = 3 yuan\n");
    becomes("derive a.b : int = round(1 *\ncount(c where d\n/ e)\n, down, 2)\n",
            "derive a.b : int = round(1 *\n  count(c where d\n    / e)\n  , down, 2)\n");
}

static void comments_stay(void)
{
    becomes(
        "#one\n\n\n#two\nenum a { # three \n#four\n x   #five\n\n  #six\n}#seven\n\n#eight\n",
        "#one\n\n#two\nenum a {  # three \n  #four\n  x  #five\n\n  #six\n}  #seven\n\n#eight\n");
    becomes("# nothing else\n", "# nothing else\n");
    becomes("derive a.b : bool = x  # why\n and y   #and why\n",
            "derive a.b : bool = x  # why\n  and y  #and why\n");
    becomes("\n\n", "");
}

/* A word of the language may be a name: `source` of an entity is a field. */
static void words_used_as_names(void)
{
    becomes("entity e {\nsource k \"源\"\nplace region \"处\"\nday date\nfloor int\n}\n",
            "entity e {\n  source k      \"源\"\n  place  region \"处\"\n  day    date\n  floor  "
            "int\n}\n");
    becomes("derive a.b : int = round (source( day ) , down ,0)+floor\n",
            "derive a.b : int = round(source(day), down, 0) + floor\n");
}

static void refused_with_its_place(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autofree char *made = formatted(STR(HEAD "enum a { x }\nparam p : = 5\n```\n"), ds);
    g_assert_null(made);
    g_assert_cmpuint(ds->errors, ==, 1);
    const Diag *d = ds->list->pdata[0];
    g_assert_cmpuint(d->pos.line, ==, 12);
    g_assert_cmpuint(d->pos.column, ==, 11);
    g_autoptr(Diags) none = diags_new();
    g_assert_null(formatted(STR("no header\n"), none));
    g_assert_cmpuint(none->errors, >, 0);
}

/* Everything outside the blocks stays byte for byte: a mark, prose, tables, other fences. */
static void the_rest_stays(void)
{
    static const char before[] =
        "\xEF\xBB\xBF---\r\ndocument: one\r\ntitle:  x\r\nlayer: model\r\nin force: 2020-01-01\r\n"
        "---\r\n\r\n#  1   甲\r\n\r\n正文 \t \r\n\r\n| a|b |\r\n|--|--|\r\n|1| 2|\r\n\r\n"
        "```anlao\r\nenum  a {\r\nx  # 注\r\n}\r\n```\r\n\r\n```js\r\n  if  (x){\r\n```\r\n\r\n"
        "``` anlao\r\nenum  b { y }\r\n```";
    static const char after[] =
        "\xEF\xBB\xBF---\r\ndocument: one\r\ntitle:  x\r\nlayer: model\r\nin force: 2020-01-01\r\n"
        "---\r\n\r\n#  1   甲\r\n\r\n正文 \t \r\n\r\n| a|b |\r\n|--|--|\r\n|1| 2|\r\n\r\n"
        "```anlao\r\nenum a {\r\n  x  # 注\r\n}\r\n```\r\n\r\n```js\r\n  if  (x){\r\n```\r\n\r\n"
        "``` anlao\r\nenum b { y }\r\n```";
    g_autoptr(Diags) ds = diags_new();
    g_autofree char *got = formatted(str_of(before), ds);
    g_assert_cmpstr(got, ==, after);
}

/* ---- many documents */

/* The document without what stands in its blocks. */
static char *without_blocks(Str text)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    GString *to = g_string_new(NULL);
    Reading *r = document_read(a, a, ds, "x.md", text);
    size_t at = 0;
    for (guint i = 0; i < r->blocks->len; i++) {
        const Block *b = &g_array_index(r->blocks, Block, i);
        size_t from = (size_t)(b->span.text.at - r->document->text.at);
        g_string_append_len(to, text.at + at, (gssize)(from - at));
        at = from + b->span.text.len;
    }
    g_string_append_len(to, text.at + at, (gssize)(text.len - at));
    return g_string_free(to, FALSE);
}

/* Warnings about the layout; that a block is not compiled is another matter. */
static unsigned layout_warnings(const Diags *ds)
{
    unsigned n = ds->warnings;
    for (guint i = 0; i < ds->list->len; i++)
        n -= strcmp(((const Diag *)ds->list->pdata[i])->text,
                    "a block without a tag is not compiled") == 0;
    return n;
}

static unsigned format_folder(const char *folder)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    unsigned made = 0;
    g_assert_true(file_list(a, folder, ".md", paths, NULL));
    for (guint i = 0; i < paths->len; i++) {
        g_autoptr(Diags) ds = diags_new();
        Str text;
        g_assert_true(file_read(a, paths->pdata[i], LIMIT_DOCUMENT_BYTES, &text, NULL));
        g_autofree char *once = formatted(text, ds);
        if (once == NULL)
            continue;
        if (layout_warnings(ds) > 0)
            g_test_message("%s: left as it was", (const char *)paths->pdata[i]);
        g_assert_cmpuint(layout_warnings(ds), ==, 0);
        g_autofree char *twice = formatted(str_of(once), ds);
        g_assert_cmpstr(once, ==, twice);
        g_autofree char *rest = without_blocks(text), *rest_after = without_blocks(str_of(once));
        g_assert_cmpstr(rest, ==, rest_after);
        made++;
    }
    return made;
}

static void every_document_that_parses(void)
{
    g_autofree char *corpus = g_build_filename(g_getenv("PACKS"), "../fuzz/corpus/document", NULL);
    g_assert_cmpuint(format_folder(g_getenv("PACKS")), >=, 17);
    g_assert_cmpuint(format_folder(corpus), >, 10);
    g_assert_cmpuint(format_folder(g_getenv("MISTAKES")), >, 5);
}

static char *dump(const Model *m)
{
    GString *to = g_string_new(NULL);
    for (size_t i = 0; i < m->n_rules; i++) {
        const Rule *r = m->rules[i];
        const Expr *parts[] = {r->when, r->pay, r->require, r->to, r->start_after, r->start_of};
        g_string_append_printf(to, "\n%.*s", STR_ARG(r->name));
        for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
            if (parts[k] != NULL)
                expr_print(parts[k], to);
    }
    for (size_t i = 0; i < m->n_params; i++)
        g_string_append_printf(to, "\n%.*s %zu", STR_ARG(m->params[i]->name),
                               m->params[i]->n_values);
    for (size_t i = 0; i < m->n_indicators; i++)
        expr_print(m->indicators[i]->value, to);
    return g_string_free(to, FALSE);
}

/* All packs of a place, laid out, are the same Model: schema, rules, params, figures. */
static void packs_say_the_same(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) m = model_read_packs(g_getenv("PACKS"), "360300", ds, &error);
    g_assert_no_error(error);
    DocumentFile *files = arena_many(a, DocumentFile, m->n_documents);
    for (size_t i = 0; i < m->n_documents; i++) {
        char *text = formatted(m->documents[i]->text, ds);
        files[i] = (DocumentFile){m->documents[i]->source->name, str_of(text)};
    }
    g_autoptr(Model) after = model_read(files, m->n_documents, ds);
    g_assert_nonnull(after);
    g_assert_cmpmem(m->schema_hash, 32, after->schema_hash, 32);
    g_autofree char *one = dump(m), *other = dump(after);
    g_assert_cmpstr(one, ==, other);
    for (size_t i = 0; i < m->n_documents; i++)
        g_free((char *)files[i].text.at);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/format/blanks", blanks_and_indents);
    g_test_add_func("/format/items", one_item_a_line);
    g_test_add_func("/format/records", records_keep_their_lines);
    g_test_add_func("/format/lists", lists_and_choices);
    g_test_add_func("/format/comments", comments_stay);
    g_test_add_func("/format/names", words_used_as_names);
    g_test_add_func("/format/refused", refused_with_its_place);
    g_test_add_func("/format/rest", the_rest_stays);
    g_test_add_func("/format/documents", every_document_that_parses);
    g_test_add_func("/format/packs", packs_say_the_same);
    return g_test_run();
}
