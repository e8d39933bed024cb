/* cmd_fmt.c — anlao fmt: lays out the anlao blocks of documents. */
#include "base/file.h"
#include "base/limits.h"
#include "declare/format.h"
#include "main/main.h"

#include <stdio.h>
#include <unistd.h>

typedef struct Formatting {
    bool check;
    size_t files, changed, refused;
} Formatting;

/* One file; false only when the system failed. */
static bool format_file(Formatting *f, const char *path, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) made = g_string_new(NULL);
    bool stream = strcmp(path, "-") == 0;
    Str text;
    if (!(stream ? file_read_stream(a, STDIN_FILENO, "standard input", LIMIT_DOCUMENT_BYTES, &text,
                                    error)
                 : file_read(a, path, LIMIT_DOCUMENT_BYTES, &text, error)))
        return false;
    f->files++;
    bool fine = format_document(stream ? "stdin" : path, text, ds, made);
    print_diags(ds);
    if (!fine) {
        f->refused++;
        return true;
    }
    Str now = {made->str, made->len};
    bool same = str_equal(now, text);
    f->changed += !same;
    if (stream && !f->check)
        print_out(made);
    else if (!same && f->check)
        fprintf(stderr, "%s: error: not formatted; run anlao fmt\n", path);
    else if (!same && !file_write(path, now, error))
        return false;
    return true;
}

static bool format_packs(Formatting *f, const char *packs, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    if (!file_list(a, packs, ".md", paths, error))
        return false;
    for (guint i = 0; i < paths->len; i++)
        if (!format_file(f, paths->pdata[i], error))
            return false;
    return true;
}

/* A folder stands for the documents below it. */
static bool format_named(Formatting *f, const Common *c, GError **error)
{
    for (size_t i = 0; i < c->n_rest; i++) {
        bool folder = g_file_test(c->rest[i], G_FILE_TEST_IS_DIR);
        if (!(folder ? format_packs(f, c->rest[i], error) : format_file(f, c->rest[i], error)))
            return false;
    }
    return true;
}

int command_fmt(int argc, char **argv)
{
    Common c;
    gboolean check = FALSE;
    const GOptionEntry own[] = {
        {"check", 0, 0, G_OPTION_ARG_NONE, &check, "change nothing; say what would change", NULL},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "fmt", argc, argv, own))
        return 2;
    GError *error = NULL;
    Formatting f = {.check = check};
    bool done = c.n_rest > 0 ? format_named(&f, &c, &error) : format_packs(&f, c.packs, &error);
    if (!done)
        return finish(error);
    if (f.files == 0)
        return wrong_usage("fmt", "there are no documents here");
    return f.refused > 0 || (check && f.changed > 0) ? 1 : 0;
}
