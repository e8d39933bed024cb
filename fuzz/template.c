/* template.c — any bytes as a template and as a table of texts: parsed, linted, checked, printed.
 * Nothing crashes; what passes without a fault prints no value as markup. */
#include "page/template.h"
#include "page/html.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static View *values(Arena *a)
{
    View *v = view_new(a);
    Html *h = html_new(a);
    html_lit(h, "<b></b>");
    view_word(v, "x", "<\"'&>");
    view_word(v, "y", "");
    view_flag(v, "z", true);
    view_html(v, "x_html", h);
    view_url(v, "x_url", STR("/a"));
    ViewList *rows = view_list(v, "rows");
    view_word(view_add(rows), "cell", "<\"'&>");
    view_word(view_add(rows), "cell", "2");
    return v;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char names[] = "x y z x_html x_url rows{cell}";
    if (size > 4096)
        return 0;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    Str input = {(const char *)data, size}, table = input;
    ptrdiff_t cut = str_find(input, STR("\n%%\n")); /* template, then a table of texts */
    Str text = cut < 0 ? input : (Str){input.at, (size_t)cut};
    table = cut < 0 ? STR("key\tzh\ten\na\t一{x}\tone{y}\n")
                    : (Str){input.at + cut + 4, input.len - (size_t)cut - 4};
    Source source = {"texts.tsv", table};
    g_autoptr(Texts) texts = texts_parse(&source, ds);
    TemplateFile files[] = {{"pages/x", text}, {"parts/part", STR("[{{x}}]")}};
    g_autoptr(Templates) ts = templates_parse(files, G_N_ELEMENTS(files), texts, ds);
    const Template *t = templates_find(ts, "pages/x");
    View *v = values(a);
    template_check(t, names, ds);
    g_assert(view_undeclared(v, names) == NULL);
    g_autoptr(GString) to = g_string_new(NULL);
    template_render(t, v, LANG_ZH, to);
    bool raw = str_find(text, STR("<\"'")) >= 0 || str_find(table, STR("<\"'")) >= 0;
    if (ds->errors == 0 && !raw)
        g_assert(strstr(to->str, "<\"'&>") == NULL);
    return 0;
}
