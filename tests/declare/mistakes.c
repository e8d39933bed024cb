/* Mistakes in documents: what is said about each, and where.
 * Every mistakes/NAME.md is read together with mistakes/with/base.md, and with what a comment
 * <!-- with: NAME --> names.  Comments at its end say what
 * is expected, one line a mistake:  <!-- expect: LINE:COL: text | hint -->
 * All mistakes must be found, and no others.  Run with `--show FILE` to see them in that form. */
#include "base/chinese.h"
#include "base/file.h"
#include "declare/model.h"

#include <glib/gstdio.h>

typedef struct Case {
    char *folder, *file;
} Case;

static Str read_text(Arena *a, const char *folder, const char *file)
{
    Str text;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(folder, file, NULL);
    if (!file_read(a, path, 1 << 20, &text, &error))
        g_error("%s", error->message);
    return text;
}

static void print_diag(const Diag *d, GString *to)
{
    g_string_append_printf(to, "%u:%u: %s%s", d->pos.line, d->pos.column,
                           d->severity == DIAG_WARNING ? "warning: " : "", d->text);
    if (d->hint != NULL)
        g_string_append_printf(to, " | %s", d->hint);
    g_string_append_c(to, '\n');
}

static void add_with(Arena *a, const char *folder, Str name, DocumentFile *files, size_t *n)
{
    files[*n].name = arena_dup(a, name.at, name.len);
    files[*n].text = read_text(a, folder, arena_printf(a, "with/%.*s", STR_ARG(name)));
    ++*n;
}

/* What is found in the file. */
static void find_all(Arena *a, const char *folder, const char *file, Diags *ds)
{
    DocumentFile files[8] = {{file, read_text(a, folder, file)}};
    size_t n = 1;
    add_with(a, folder, STR("base.md"), files, &n);
    Str rest = files[0].text;
    while (rest.len > 0 && n < G_N_ELEMENTS(files)) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (str_starts(line, STR("<!-- with: ")))
            add_with(a, folder, (Str){line.at + 11, line.len - 15}, files, &n);
    }
    g_autoptr(Model) m = model_read(files, n, ds);
    g_assert_cmpint(m == NULL, ==, ds->errors > 0);
}

/* One line each. */
static char *found(Arena *a, const char *folder, const char *file)
{
    g_autoptr(Diags) ds = diags_new();
    GString *out = g_string_new(NULL);
    find_all(a, folder, file, ds);
    for (guint i = 0; i < ds->list->len; i++)
        print_diag(ds->list->pdata[i], out);
    return g_string_free(out, FALSE);
}

static char *expected(Arena *a, const char *folder, const char *file)
{
    GString *out = g_string_new(NULL);
    Str rest = read_text(a, folder, file);
    while (rest.len > 0) {
        Str line = str_trim(str_cut(&rest, '\n'));
        if (!str_starts(line, STR("<!-- expect: ")) || !str_ends(line, STR(" -->")))
            continue;
        g_string_append_printf(out, "%.*s\n", (int)line.len - 17, line.at + 13);
    }
    return g_string_free(out, FALSE);
}

static void a_file_has_its_mistakes(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Arena) a = arena_new();
    g_autofree char *want = expected(a, c->folder, c->file);
    g_autofree char *have = found(a, c->folder, c->file);
    g_assert_cmpstr(want, !=, "");
    char **w = g_strsplit(want, "\n", -1), **h = g_strsplit(have, "\n", -1);
    for (char **line = h; *line != NULL; line++)
        if (!g_strv_contains((const char *const *)w, *line))
            g_test_message("not expected in %s: %s", c->file, *line);
    for (char **line = w; *line != NULL; line++)
        if (!g_strv_contains((const char *const *)h, *line))
            g_test_message("not found in %s: %s", c->file, *line);
    g_assert_cmpint(g_strcmp0(want, have), ==, 0);
    g_strfreev(w);
    g_strfreev(h);
}

/* Words of the language may stand in a Chinese sentence, but none of our own English. */
static void has_words(const char *file, const char *english)
{
    g_autoptr(Arena) a = arena_new();
    static const char *const ours[] = {"the ", "an ", "this ", "not ", "says "};
    g_autofree char *padded = g_strconcat(" ", in_chinese(a, english), NULL);
    bool good = has_chinese(english);
    for (size_t i = 0; i < G_N_ELEMENTS(ours); i++) {
        g_autofree char *word = g_strconcat(" ", ours[i], NULL);
        good = good && strstr(padded, word) == NULL;
    }
    if (!good) {
        g_test_message("%s: no Chinese for: %s: %s", file, english, padded);
        g_test_fail();
    }
}

static void a_file_is_answered_in_chinese(gconstpointer data)
{
    const Case *c = data;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Diags) ds = diags_new();
    find_all(a, c->folder, c->file, ds);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        has_words(c->file, d->text);
        if (d->hint != NULL)
            has_words(c->file, d->hint);
    }
}

static int show(const char *folder, const char *file)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *all = found(a, folder, file);
    char **lines = g_strsplit(all, "\n", -1);
    for (char **line = lines; *line != NULL && **line != '\0'; line++)
        printf("<!-- expect: %s -->\n", *line);
    g_strfreev(lines);
    return 0;
}

int main(int argc, char **argv)
{
    const char *folder = g_getenv("MISTAKES");
    if (argc == 3 && g_str_equal(argv[1], "--show"))
        return show(folder, argv[2]);
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_assert_nonnull(dir);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        if (!g_str_has_suffix(name, ".md"))
            continue;
        Case *c = g_new(Case, 1); /* lives as long as the program */
        *c = (Case){g_strdup(folder), g_strdup(name)};
        g_autofree char *path = g_strdup_printf("/mistakes/%s", name);
        g_test_add_data_func(path, c, a_file_has_its_mistakes);
        g_autofree char *chinese = g_strdup_printf("/chinese/%s", name);
        g_test_add_data_func(chinese, c, a_file_is_answered_in_chinese);
    }
    return g_test_run();
}
