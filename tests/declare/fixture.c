/* fixture.c — documents made from a few lines. */
#include "fixture.h"

#include "base/file.h"

static const char header[] = "---\ndocument: fixture\ntitle: 测试\nlayer: national\n"
                             "in force: 2020-01-01\nbuilds on: base\n---\n\n# 1 测试 / Test\n\n";

Model *fixture_read(const char *lines, Diags *diags)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("MISTAKES"), "with", "base.md", NULL);
    Str base;
    if (!file_read(a, path, 1 << 20, &base, &error))
        g_error("%s", error->message);
    char **parts = g_strsplit(lines, "\n---\n", 2);
    g_autofree char *text = g_strdup_printf("%s```anlao\n%s\n```\n\n%s", header, parts[0],
                                            parts[1] == NULL ? "" : parts[1]);
    g_strfreev(parts);
    DocumentFile files[] = {{"base.md", base}, {"fixture.md", str_of(text)}};
    return model_read(files, G_N_ELEMENTS(files), diags);
}

char *fixture_diagnoses(const Diags *diags)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < diags->list->len; i++) {
        const Diag *d = diags->list->pdata[i];
        g_string_append_printf(s, "%u:%u: %s\n", d->pos.line, d->pos.column, d->text);
    }
    return g_string_free(s, FALSE);
}

Model *fixture_model(const char *lines)
{
    g_autoptr(Diags) ds = diags_new();
    Model *m = fixture_read(lines, ds);
    g_autofree char *all = fixture_diagnoses(ds);
    if (m == NULL)
        g_error("unexpected mistakes:\n%s", all);
    return m;
}
