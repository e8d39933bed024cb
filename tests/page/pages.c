/* pages.c — all pages of the site: every name declared, every text there, in both languages and
 * used, nothing from a value ever becomes markup.  Run with ANLAO_HOME = the folder with web/. */
#include "base/file.h"
#include "page/html.h"
#include "page/route.h"
#include "page/template.h"
#include "page/views.h"

#define POISON "<\"'&>"

static Arena *arena;
static Texts *texts;
static Templates *templates;

static const char *below(const char *path)
{
    const char *home = g_getenv("ANLAO_HOME");
    return arena_printf(arena, "%s/%s", home != NULL ? home : ".", path);
}

static void no_faults(Diags *ds)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(g_ptr_array_index(ds->list, i), out);
    g_assert_cmpstr(out->str, ==, "");
}

static void load(void)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    Source *table = arena_new_of(arena, Source);
    table->name = "web/texts.tsv";
    g_assert_true(file_read(arena, below("web/texts.tsv"), 1 << 20, &table->text, &error));
    texts = texts_parse(table, ds);
    g_assert_true(file_list(arena, below("web/pages"), ".html", paths, &error));
    g_assert_true(file_list(arena, below("web/parts"), ".html", paths, &error));
    g_assert_no_error(error);
    TemplateFile *files = arena_many(arena, TemplateFile, paths->len);
    for (guint i = 0; i < paths->len; i++) {
        const char *path = strstr(g_ptr_array_index(paths, i), "/web/");
        path += strlen("/web/");
        files[i].name = arena_dup(arena, path, strlen(path) - strlen(".html"));
        g_assert_true(
            file_read(arena, g_ptr_array_index(paths, i), 1 << 20, &files[i].text, &error));
    }
    templates = templates_parse(files, paths->len, texts, ds);
    no_faults(ds);
}

static void every_name_is_declared(void)
{
    g_autoptr(Diags) ds = diags_new();
    for (int i = 0; i < VIEW_PAGES; i++) {
        const char *path = arena_printf(arena, "pages/%s", view_facts[i].name);
        const Template *t = templates_find(templates, path);
        g_test_message("%s", path);
        g_assert_nonnull(t);
        template_check(t, view_facts[i].names, ds);
    }
    no_faults(ds);
}

/* A page's own name that is also the frame's would say it twice, and the head would show the
 * page's. */
static void no_name_is_said_twice(void)
{
    for (int i = 0; i < VIEW_PAGES; i++) {
        g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
        g_autofree char *names = g_strdup(view_facts[i].names);
        int depth = 0;
        for (char *at = names; *at != '\0'; at++) { /* what stands in braces is the row's own */
            depth += *at == '{';
            char was = *at;
            if (depth > 0 || *at == '}')
                *at = ' ';
            depth -= was == '}';
        }
        g_auto(GStrv) all = g_strsplit(names, " ", -1);
        for (char **name = all; *name != NULL; name++) {
            if (**name == '\0')
                continue;
            if (g_hash_table_contains(seen, *name))
                g_test_message("page %s: \"%s\" twice", view_facts[i].name, *name);
            g_assert_false(g_hash_table_contains(seen, *name));
            g_hash_table_add(seen, *name);
        }
    }
}

static bool is_name_char(char c)
{
    return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '_';
}

/* A view with everything a declaration names, all of it poison. */
static View *poisoned(const char **names, bool full)
{
    View *v = view_new(arena);
    while (**names != '\0' && **names != '}') {
        size_t n = 0;
        while (is_name_char((*names)[n]))
            n++;
        char *name = arena_dup(arena, *names, n);
        *names += n;
        if (n == 0) {
            (*names)++;
        } else if (**names == '{') {
            (*names)++;
            const char *inner = *names;
            View *first = poisoned(names, full);
            if (full) {
                ViewList *l = view_list(v, name);
                View *added = view_add(l);
                added->first = first->first;
                added->last = first->last;
                *names = inner;
                View *second = poisoned(names, full);
                added = view_add(l);
                added->first = second->first;
                added->last = second->last;
            }
            g_assert_cmpint(**names, ==, '}');
            (*names)++;
        } else if (g_str_has_suffix(name, "_html")) {
            Html *h = html_new(arena);
            html_lit(h, "<b>");
            html_out(h, POISON);
            html_lit(h, "</b>");
            view_html(v, name, h);
        } else if (g_str_has_suffix(name, "_url")) {
            view_url(v, name, STR("/x?a=<\"'&>"));
        } else if (full) {
            view_word(v, name, POISON);
        }
    }
    return v;
}

static void poison_stays_text(void)
{
    for (int i = 0; i < VIEW_PAGES; i++)
        for (int full = 0; full < 2; full++)
            for (int lang = 0; lang < LANG_N; lang++) {
                const char *names = view_facts[i].names;
                View *v = poisoned(&names, full);
                const char *path = arena_printf(arena, "pages/%s", view_facts[i].name);
                g_autoptr(GString) to = g_string_new(NULL);
                template_render(templates_find(templates, path), v, (Lang)lang, to);
                g_test_message("%s %d %d: %zu bytes", path, full, lang, to->len);
                g_assert_cmpuint(to->len, >, 200);
                g_assert_null(strstr(to->str, "<\""));
                g_assert_null(strstr(to->str, "\"'"));
                g_assert_null(strstr(to->str, "'&>"));
                g_assert_null(strstr(to->str, "{{"));
            }
}

/* Keys that C names: say(q, "key"), KEY("key"), text_of(…, "key"). */
static void use_of_source(const char *text, const char *path)
{
    static const char *const marks[] = {"say(q, \"",      "say(f->q, \"",     "KEY(\"",
                                        "say_name(q, \"", "say_number(q, \"", "say_with(q, \""};
    for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
        for (const char *at = text; (at = strstr(at, marks[i])) != NULL;) {
            at += strlen(marks[i]);
            size_t n = strcspn(at, "\"");
            Text *t = texts_find(texts, (Str){at, n});
            if (t == NULL)
                g_test_message("%s: no text \"%.*s\"", path, (int)n, at);
            g_assert_nonnull(t);
            if (t != NULL)
                t->used = true;
        }
}

static void every_text_is_used_once(void)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_assert_true(file_list(arena, below("src/page"), ".c", paths, NULL));
    g_assert_cmpuint(paths->len, >, 20);
    for (guint i = 0; i < paths->len; i++) {
        Str text;
        g_assert_true(file_read(arena, g_ptr_array_index(paths, i), 1 << 20, &text, NULL));
        use_of_source(arena_dup(arena, text.at, text.len), g_ptr_array_index(paths, i));
    }
    for (size_t i = 0; i < texts_count(texts); i++) {
        const Text *t = texts_at(texts, i);
        char *both = arena_printf(arena, "%.*s\t%.*s", STR_ARG(t->plain[LANG_ZH]),
                                  STR_ARG(t->plain[LANG_EN]));
        if (!t->used || g_hash_table_contains(seen, both))
            g_test_message("text \"%.*s\" is %s", STR_ARG(t->key),
                           t->used ? "there twice" : "never used");
        g_assert_true(t->used);
        g_assert_false(g_hash_table_contains(seen, both));
        g_hash_table_add(seen, both);
    }
}

/* Where a kind of declaration is seen is an address of the site: nothing runs on a page that is not
 * there. */
static void what_is_seen_has_a_page(void)
{
    for (unsigned i = 0; i < DECLARATIONS; i++) {
        bool there = false;
        for (size_t k = 0; k < n_routes; k++)
            there |= routes[k].method == ROUTE_GET &&
                     strcmp(routes[k].path, observables[i].address) == 0;
        if (!there)
            g_test_message("%s is seen on %s", declaration_words[i], observables[i].address);
        g_assert_true(there);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    arena = arena_new();
    load();
    g_test_set_nonfatal_assertions();
    g_test_add_func("/page/pages/names", every_name_is_declared);
    g_test_add_func("/page/pages/once", no_name_is_said_twice);
    g_test_add_func("/page/pages/poison", poison_stays_text);
    g_test_add_func("/page/pages/texts", every_text_is_used_once);
    g_test_add_func("/page/pages/observable", what_is_seen_has_a_page);
    int failed = g_test_run();
    templates_free(templates);
    texts_free(texts);
    arena_free(arena);
    return failed;
}
