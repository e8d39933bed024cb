/* widget.c — inputs made from fields: each kind has one, unknown is a choice of its own, no label
 * or value ever becomes markup, and what a form sends back is what stood in it. */
#include "page/widget.h"

#define POISON "<\"'&>"

static Arena *arena;
static Site site;
static Req req;

static Code codes[] = {
    {.name = {"alone", 5}, .label = {{POISON, 5}, {"alone", 5}}, .number = 0},
    {.name = {"left", 4}, .label = {{"留守", 6}, {"left behind", 11}}, .number = 1},
};
static Enum living = {.codes = codes, .n_codes = 2};

static char *written(const Field *f, const char *text)
{
    Html *h = html_new(arena);
    Widget w = {.field = f, .name = "f_x", .text = str_of(text), .bad = true};
    widget_write(&req, h, &w);
    Str s = html_text(h);
    g_assert_null(strstr(s.at, "<\""));
    g_assert_null(strstr(s.at, "'&"));
    return arena_dup(arena, s.at, s.len);
}

static bool has(const char *text, const char *piece)
{
    if (strstr(text, piece) == NULL)
        g_test_message("no %s in %s", piece, text);
    return strstr(text, piece) != NULL;
}

static void every_kind_has_one(void)
{
    for (int k = 0; k < KIND_N; k++) {
        Field f = {.type = {.kind = (Kind)k, .of = &living, .length = 40}};
        char *html = written(&f, POISON);
        g_test_message("%s: %s", kind_facts[k].word, html);
        g_assert_true(has(html, "name=\"f_x\""));
    }
}

static void unknown_is_a_choice(void)
{
    Field yes_no = {.type = {.kind = KIND_BOOL}},
          one = {.type = {.kind = KIND_ENUM, .of = &living}},
          some = {.type = {.kind = KIND_SET, .of = &living}};
    char *html = written(&yes_no, "");
    g_assert_true(has(html, "value=\"\" checked"));
    g_assert_true(has(written(&yes_no, "no"), "value=\"no\" checked"));
    g_assert_true(has(written(&one, ""), "<option value=\"\" selected>"));
    g_assert_true(has(written(&one, "left"), "<option value=\"left\" selected>"));
    html = written(&some, "alone|left");
    g_assert_true(has(html, "value=\"alone\" checked"));
    g_assert_true(has(html, "value=\"left\" checked"));
    g_assert_null(strstr(html, "value=\"-\" checked"));
    g_assert_true(has(written(&some, "-"), "value=\"-\" checked"));
    g_assert_null(strstr(written(&some, ""), " checked"));
}

static Str sent(const Field *f, const char *form)
{
    Str text = STR("");
    g_assert_true(fields_parse(arena, str_of(form), &req.form, NULL));
    return widget_read(&req, f, "f_x", &text) ? text : STR("refused");
}

static void forms_read_back(void)
{
    Field some = {.type = {.kind = KIND_SET, .of = &living}}, text = {.type = {.kind = KIND_TEXT}};
    g_assert_true(str_is(sent(&some, "f_x=alone&y=1&f_x=left"), "alone|left"));
    g_assert_true(str_is(sent(&some, "f_x=-"), "-"));
    g_assert_true(str_is(sent(&some, "y=1"), ""));
    g_assert_true(str_is(sent(&some, "f_x=-&f_x=left"), "refused"));
    g_assert_true(str_is(sent(&text, "f_x=+a+b+"), "a b"));
}

static Str shown(Kind k, int64_t n)
{
    Field f = {.type = {.kind = k, .of = &living, .scale = 4}};
    Value v = VALUE_NUM(n);
    return widget_text(&req, &f, &v);
}

static void values_are_written_as_files_do(void)
{
    Value unknown = VALUE_UNKNOWN;
    Field f = {.type = {.kind = KIND_MONEY}};
    g_assert_true(str_is(widget_text(&req, &f, &unknown), ""));
    g_assert_true(str_is(shown(KIND_MONEY, 20000), "200"));
    g_assert_true(str_is(shown(KIND_MONEY, 20050), "200.5"));
    g_assert_true(str_is(shown(KIND_AREA, 15000), "150"));
    g_assert_true(str_is(shown(KIND_SHARE, 8000), "80%"));
    g_assert_true(str_is(shown(KIND_SHARE, 8025), "80.25%"));
    g_assert_true(str_is(shown(KIND_HOURS, 90), "1:30"));
    g_assert_true(str_is(shown(KIND_DECIMAL, 5600), "0.56"));
    g_assert_true(str_is(shown(KIND_BOOL, 0), "no"));
    g_assert_true(str_is(shown(KIND_ENUM, 1), "left"));
    g_assert_true(str_is(shown(KIND_SET, 3), "alone|left"));
    g_assert_true(str_is(shown(KIND_SET, 0), "-"));
    g_assert_true(str_is(shown(KIND_DATE, 0), "1970-01-01"));
}

static void keys_read_back(void)
{
    RecordKey key = {360302, 123456789}, back = {0, 0};
    Str text = key_text(&req, key);
    g_assert_true(key_parse(text, &back));
    g_assert_cmpint(back.county, ==, key.county);
    g_assert_cmpint(back.id, ==, key.id);
    static const char *const bad[] = {"", "-", "1", "x-1", "1-", "9999999999-1", "1-<>"};
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(key_parse(str_of(bad[i]), &back));
}

static void numbers_are_readable(void)
{
    Type money = {.kind = KIND_INT}, share = {.kind = KIND_SHARE, .scale = 4},
         decimal = {.kind = KIND_DECIMAL, .scale = 2};
    g_assert_true(str_is(words_count(&req, 1934000), "1,934,000"));
    g_assert_true(str_is(words_count(&req, 100), "100"));
    g_assert_true(str_is(words_number(&req, &money, -1234), "-1,234"));
    g_assert_true(str_is(words_number(&req, &share, 8000), "80%"));
    g_assert_true(str_is(words_number(&req, &share, 3333), "33.3%"));
    g_assert_true(str_is(words_number(&req, &decimal, 123456), "1,234.56"));
    g_assert_true(str_is(words_money(&req, 9346000), "93,460.00 元"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_autoptr(Diags) ds = diags_new();
    static const char table[] =
        "key\tzh\ten\nabsent\t未登记\tnot recorded\nbool_yes\t是\tyes\n"
        "bool_no\t否\tno\nset_none\t以上都没有\tnone of these\n"
        "form_secret_keeps\t留空\tkeep\nmoney_yuan\t{name} 元\t{name} yuan\n";
    Source source = {"texts.tsv", {table, sizeof table - 1}};
    arena = arena_new();
    site.texts = texts_parse(&source, ds);
    g_assert_cmpuint(ds->errors, ==, 0);
    req = (Req){.arena = arena, .site = &site};
    g_test_add_func("/page/widget/kinds", every_kind_has_one);
    g_test_add_func("/page/widget/unknown", unknown_is_a_choice);
    g_test_add_func("/page/widget/forms", forms_read_back);
    g_test_add_func("/page/widget/values", values_are_written_as_files_do);
    g_test_add_func("/page/words/keys", keys_read_back);
    g_test_add_func("/page/words/numbers", numbers_are_readable);
    int failed = g_test_run();
    texts_free(site.texts);
    arena_free(arena);
    return failed;
}
