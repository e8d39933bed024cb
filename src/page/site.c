/* site.c — what the server reads once at start: texts, templates, styles and scripts.
 * Anything wrong in them stops the start, with its place. */
#include "page/site.h"

#include "base/file.h"
#include "base/limits.h"
#include "page/frame.h"

#define TEXTS_BYTES_MOST    (1u << 20)
#define TEMPLATE_BYTES_MOST (256u << 10)

static bool diags_fail(Diags *ds, GError **error)
{
    if (ds->errors == 0)
        return true;
    g_autoptr(GString) out = g_string_new(NULL);
    diags_sort(ds);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(g_ptr_array_index(ds->list, i), out);
    return fail(error, FAIL_SYSTEM, "the pages have faults\n%s", out->str);
}

static bool load_texts(Site *site, Arena *a, const char *web, Diags *ds, GError **error)
{
    Source *table = arena_new_of(a, Source);
    const char *path = arena_printf(a, "%s/texts.tsv", web);
    table->name = "web/texts.tsv";
    if (!file_read(a, path, TEXTS_BYTES_MOST, &table->text, error))
        return false;
    site->texts = texts_parse(table, ds);
    return diags_fail(ds, error);
}

/* web/pages/x.html is "pages/x". */
static bool load_folder(Arena *a, const char *web, const char *folder, GArray *files,
                        GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(a, arena_printf(a, "%s/%s", web, folder), ".html", paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++) {
        const char *path = g_ptr_array_index(paths, i);
        const char *slash = strrchr(path, '/');
        const char *last = slash != NULL ? slash + 1 : path;
        TemplateFile f = {
            .name = arena_printf(a, "%s/%.*s", folder, (int)strlen(last) - 5, last),
        };
        if (!file_read(a, path, TEMPLATE_BYTES_MOST, &f.text, error))
            return false;
        g_array_append_val(files, f);
    }
    return true;
}

static bool load_templates(Site *site, Arena *a, const char *web, Diags *ds, GError **error)
{
    g_autoptr(GArray) files = g_array_new(FALSE, FALSE, sizeof(TemplateFile));
    if (!load_folder(a, web, "pages", files, error) || !load_folder(a, web, "parts", files, error))
        return false;
    site->templates =
        templates_parse((const TemplateFile *)(void *)files->data, files->len, site->texts, ds);
    for (int i = 0; i < VIEW_PAGES; i++) {
        const char *path = arena_printf(a, "pages/%s", view_facts[i].name);
        const Template *t = templates_find(site->templates, path);
        if (t == NULL)
            return fail(error, FAIL_SYSTEM, "there is no web/%s.html", path);
        template_check(t, view_facts[i].names, ds);
    }
    return diags_fail(ds, error);
}

bool site_load(Site *site, const char *web, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    random_bytes(site->key, sizeof site->key);
    if (!load_texts(site, a, web, ds, error) || !load_templates(site, a, web, ds, error))
        return fail_while(error, "loading pages from \"%s\"", web);
    site->assets = assets_load(arena_printf(a, "%s/dist", web), error);
    return site->assets != NULL;
}

void site_clear(Site *site)
{
    templates_free(site->templates);
    texts_free(site->texts);
    assets_free(site->assets);
    site->templates = NULL;
    site->texts = NULL;
    site->assets = NULL;
}
