/* template.c — the mustache subset: what prints, what is refused, what the lint finds. */
#include "page/template.h"

#include "base/limits.h"
#include "page/html.h"

static const char table[] = "key\tzh\ten\n"
                            "hello\t您好，{name}\tHello, {name}\n"
                            "plain\t<无>\t<none>\n";

static Texts *texts_of_test(Diags *ds)
{
    static Source source = {"texts.tsv", {table, sizeof table - 1}};
    Texts *t = texts_parse(&source, ds);
    g_assert_cmpuint(ds->errors, ==, 0);
    return t;
}

static char *render(const char *text, const View *v, Lang lang)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Texts) texts = texts_of_test(ds);
    TemplateFile files[] = {
        {"pages/x", str_of(text)},
        {"parts/inner", STR("[{{name}}]")},
    };
    g_autoptr(Templates) ts = templates_parse(files, G_N_ELEMENTS(files), texts, ds);
    for (guint i = 0; i < ds->list->len; i++)
        g_test_message("%s", ((Diag *)g_ptr_array_index(ds->list, i))->text);
    g_assert_cmpuint(ds->errors, ==, 0);
    GString *to = g_string_new(NULL);
    template_render(templates_find(ts, "pages/x"), v, lang, to);
    return g_string_free(to, FALSE);
}

static void check(const char *text, const View *v, const char *want)
{
    g_autofree char *got = render(text, v, LANG_ZH);
    g_assert_cmpstr(got, ==, want);
}

static void prints(void)
{
    g_autoptr(Arena) a = arena_new();
    View *v = view_new(a);
    view_word(v, "name", "黎<\"'&>");
    view_flag(v, "yes", true);
    view_flag(v, "no", false);
    view_word(v, "empty", "");
    ViewList *rows = view_list(v, "rows");
    view_word(view_add(rows), "cell", "1");
    view_word(view_add(rows), "cell", "2");
    view_list(v, "none");
    view_word(view_object(v, "thing"), "part", "p");
    Html *h = html_new(a);
    html_lit(h, "<b>");
    html_out(h, STR("<i>"));
    html_lit(h, "</b>");
    view_html(v, "box_html", h);
    view_url(v, "go_url", STR("/a?b=1&c=2"));
    check("{{name}}", v, "黎&lt;&quot;&#39;&amp;&gt;");
    check("{{#yes}}y{{/yes}}{{^yes}}n{{/yes}}{{#no}}y{{/no}}{{^no}}n{{/no}}", v, "yn");
    check("{{#rows}}({{cell}}{{name}}){{/rows}}", v,
          "(1黎&lt;&quot;&#39;&amp;&gt;)(2黎&lt;&quot;&#39;&amp;&gt;)");
    check("{{^none}}none{{/none}}{{#empty}}e{{/empty}}{{#absent}}a{{/absent}}", v, "none");
    check("{{#thing}}{{part}}{{/thing}}{{part}}", v, "p");
    check("{{&box_html}}", v, "<b>&lt;i&gt;</b>");
    check("<a href=\"{{go_url}}\">x</a>", v, "<a href=\"/a?b=1&amp;c=2\">x</a>");
    check("a\n  {{! a remark }}\nb", v, "a\nb");
    check("<ul>\n{{#rows}}\n<li>{{cell}}</li>\n{{/rows}}\n</ul>", v,
          "<ul>\n<li>1</li>\n<li>2</li>\n</ul>");
    check("{{>inner}}", v, "[黎&lt;&quot;&#39;&amp;&gt;]");
    check("{{t.plain}} {{t.hello}}", v, "&lt;无&gt; 您好，黎&lt;&quot;&#39;&amp;&gt;");
    g_autofree char *english = render("{{t.hello}}", v, LANG_EN);
    g_assert_cmpstr(english, ==, "Hello, 黎&lt;&quot;&#39;&amp;&gt;");
}

static unsigned faults(const char *text, const char *names)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Texts) texts = texts_of_test(ds);
    TemplateFile files[] = {{"pages/x", str_of(text)}, {"parts/inner", STR("{{name}}")}};
    g_autoptr(Templates) ts = templates_parse(files, G_N_ELEMENTS(files), texts, ds);
    if (ds->errors == 0 && names != NULL)
        template_check(templates_find(ts, "pages/x"), names, ds);
    for (guint i = 0; i < ds->list->len; i++)
        g_test_message("%s", ((Diag *)g_ptr_array_index(ds->list, i))->text);
    return ds->errors;
}

static void refuses(void)
{
    static const char *const bad[] = {
        "{{name",     "{{/x}}", "{{#x}}",  "{{#x}}{{/y}}", "{{t.nothing}}", "{{>nothing}}",
        "{{x_html}}", "{{&x}}", "{{Bad}}", "{{}}",         "{{a.b}}",       "\xff",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpuint(faults(bad[i], NULL), >, 0);
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append(deep, "{{#x}}");
    for (int i = 0; i < 40; i++)
        g_string_append(deep, "{{/x}}");
    g_assert_cmpuint(faults(deep->str, NULL), >, 0);
}

static void parts_end(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Texts) texts = texts_of_test(ds);
    TemplateFile files[] = {{"pages/x", STR("{{>a}}")}, {"parts/a", STR("{{>a}}")}};
    g_autoptr(Templates) ts = templates_parse(files, G_N_ELEMENTS(files), texts, ds);
    g_assert_cmpuint(ds->errors, >, 0);
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) to = g_string_new(NULL);
    template_render(templates_find(ts, "pages/x"), view_new(a), LANG_ZH, to);
    g_assert_cmpuint(to->len, ==, 0);
}

/* A page with `n` parts inside each other, the last of which says "end". */
static unsigned chain(unsigned n, char **ret_text)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Texts) texts = texts_of_test(ds);
    g_autoptr(Arena) a = arena_new();
    g_autofree TemplateFile *files = g_new0(TemplateFile, n + 1);
    g_autoptr(GString) to = g_string_new(NULL);
    files[0] = (TemplateFile){"pages/x", STR("{{>p1}}")};
    for (unsigned i = 1; i <= n; i++)
        files[i] = (TemplateFile){arena_printf(a, "parts/p%u", i),
                                  str_of(i < n ? arena_printf(a, "{{>p%u}}", i + 1) : "end")};
    g_autoptr(Templates) ts = templates_parse(files, n + 1, texts, ds);
    template_render(templates_find(ts, "pages/x"), view_new(a), LANG_ZH, to);
    *ret_text = g_strdup(to->str);
    return ds->errors;
}

static void parts_inside_parts_end_somewhere(void)
{
    g_autofree char *fits = NULL, *deep = NULL;
    g_assert_cmpuint(chain(LIMIT_TEMPLATE_DEPTH, &fits), ==, 0);
    g_assert_cmpstr(fits, ==, "end");
    g_assert_cmpuint(chain(LIMIT_TEMPLATE_DEPTH + 1, &deep), ==, 1);
    g_assert_cmpstr(deep, ==, "");
}

static void lint_finds(void)
{
    static const char *const bad[] = {
        "<p class={{x}}>",
        "<p class=x>",
        "<p {{x}}>",
        "<p {{t.plain}}>",
        "<{{x}}>",
        "<p onclick=\"go()\">",
        "<p ONCLICK=\"go()\">",
        "<p style=\"color:red\">",
        "<p hx-on:click=\"x\">",
        "<p hx-vals=\"js:{}\">",
        "<a href=\"{{x}}\">",
        "<a href=\"javascript:alert(1)\">",
        "<a href=\"//other/\">",
        "<a href=\"/{{x}}\">",
        "<a href=\"https://other/\">",
        "<a href=\"{{x}}{{y_url}}\">",
        "<form action=\"{{x}}\">",
        "<script>var x = 1;</script>",
        "<script>{{x}}</script>",
        "<script src=\"/a.js\">1</script>",
        "<style>p{}</style>",
        "<!-- {{x}} -->",
        "<p title=\"{{&x_html}}\">",
        "<iframe srcdoc=\"x\">",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_test_message("%s", bad[i]);
        g_assert_cmpuint(faults(bad[i], NULL), >, 0);
    }
    static const char *const good[] = {
        "<p class=\"{{x}}\" title='{{t.plain}}'>",
        "<option value=\"{{x}}\"{{#y}} selected{{/y}}>",
        "<a href=\"{{x_url}}\">",
        "<a href=\"/records/{{x}}/{{y}}\">",
        "<a href=\"#x\"><a href=\"?a={{x}}\">",
        "<script src=\"/static/a.js\" defer></script>",
        "<p data-x=\"{{x}}\">{{x}}</p><!-- remark -->",
        "a < b and 1<2 {{x}}",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        g_test_message("%s", good[i]);
        g_assert_cmpuint(faults(good[i], NULL), ==, 0);
    }
}

static void names_are_checked(void)
{
    g_assert_cmpuint(faults("{{name}}", "name"), ==, 0);
    g_assert_cmpuint(faults("{{nam}}", "name"), ==, 1);
    g_assert_cmpuint(faults("{{#rows}}{{cell}}{{name}}{{/rows}}", "name rows{cell}"), ==, 0);
    g_assert_cmpuint(faults("{{cell}}", "name rows{cell}"), ==, 1);
    g_assert_cmpuint(faults("{{^rows}}{{cell}}{{/rows}}", "name rows{cell}"), ==, 1);
    g_assert_cmpuint(faults("{{rows}}", "rows{cell}"), ==, 1);
    g_assert_cmpuint(faults("{{#a}}{{#b}}{{c}}{{/b}}{{/a}}", "a{b{c}} d"), ==, 0);
    g_assert_cmpuint(faults("{{t.hello}}", "x"), >, 0);
    g_assert_cmpuint(faults("{{t.hello}}", "name"), ==, 0);
    g_assert_cmpuint(faults("{{>inner}}", "x"), ==, 1);
}

static void data_is_checked(void)
{
    g_autoptr(Arena) a = arena_new();
    View *v = view_new(a);
    view_word(v, "name", "x");
    view_word(view_add(view_list(v, "rows")), "cell", "1");
    g_assert_null(view_undeclared(v, "name rows{cell}"));
    g_assert_cmpstr(view_undeclared(v, "name rows{cel}"), ==, "cell");
    g_assert_cmpstr(view_undeclared(v, "rows{cell}"), ==, "name");
    g_assert_cmpstr(view_undeclared(v, "name rows"), ==, "rows");
}

static void addresses(void)
{
    static const char *const good[] = {"/", "/a", "/a?b=c", "?x", "#c1", "/a//b"};
    static const char *const bad[] = {"",     "//a",          "a",    "https://a", "/a b", "\\a",
                                      "/\\a", "javascript:x", "/a\nb"};
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_true(view_address_local(str_of(good[i])));
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(view_address_local(str_of(bad[i])));
}

static unsigned text_faults(const char *text)
{
    g_autoptr(Diags) ds = diags_new();
    Source source = {"texts.tsv", str_of(text)};
    g_autoptr(Texts) t = texts_parse(&source, ds);
    return ds->errors;
}

static void texts_are_checked(void)
{
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t一\tone\n"), ==, 0);
    g_assert_cmpuint(text_faults("a\t一\tone\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t一\t\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t一\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t一\tone\tmore\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\nA\t一\tone\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t一\tone\na\t二\ttwo\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t{x\tone\n"), ==, 1);
    g_assert_cmpuint(text_faults("key\tzh\ten\na\t{X}\tone\n"), ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/page/template/prints", prints);
    g_test_add_func("/page/template/refuses", refuses);
    g_test_add_func("/page/template/parts-end", parts_end);
    g_test_add_func("/page/template/parts inside parts", parts_inside_parts_end_somewhere);
    g_test_add_func("/page/template/lint", lint_finds);
    g_test_add_func("/page/template/names", names_are_checked);
    g_test_add_func("/page/template/data", data_is_checked);
    g_test_add_func("/page/template/addresses", addresses);
    g_test_add_func("/page/template/texts", texts_are_checked);
    return g_test_run();
}
