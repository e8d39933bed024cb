/* The examples of the manual's documents, and of the hard clauses, hold: run as anlao check does.
 */
#include "base/file.h"
#include "care/examples.h"

#define DOCUMENTS 16

static Str read_text(Arena *a, const char *path)
{
    Str text;
    g_autoptr(GError) error = NULL;
    if (!file_read(a, path, 1 << 20, &text, &error))
        g_error("%s", error->message);
    return text;
}

static size_t manual_documents(Arena *a, DocumentFile files[DOCUMENTS])
{
    Str rest = read_text(a, g_getenv("MANUAL"));
    const char *from = NULL;
    size_t n = 0;
    while (rest.len > 0 && n < DOCUMENTS) {
        Str line = str_cut(&rest, '\n');
        if (from != NULL && str_is(line, "~~~")) {
            files[n].name = arena_printf(a, "docs/language.md, document %zu", n + 1);
            files[n++].text = (Str){from, (size_t)(line.at - from)};
            from = NULL;
        } else if (str_is(line, "~~~markdown")) {
            from = rest.at;
        }
    }
    return n;
}

static void assert_examples(const DocumentFile *files, size_t n, unsigned least)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, n, ds);
    g_autoptr(GString) out = g_string_new(NULL);
    g_assert_nonnull(m);
    g_assert_cmpuint(examples_run(m, NULL, NULL, ds), >=, least);
    for (guint i = 0; i < ds->list->len; i++)
        diag_print(ds->list->pdata[i], out);
    g_assert_cmpstr(out->str, ==, "");
}

static void the_manual_holds(void)
{
    g_autoptr(Arena) a = arena_new();
    DocumentFile files[DOCUMENTS];
    size_t n = manual_documents(a, files);
    g_assert_cmpuint(n, >=, 3);
    assert_examples(files, n, 9);
}

static void the_hard_clauses_hold(void)
{
    g_autoptr(Arena) a = arena_new();
    static const char *const names[] = {"model.md", "clauses.md"};
    DocumentFile files[G_N_ELEMENTS(names)];
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(g_getenv("HARD"), names[i], NULL);
        files[i] = (DocumentFile){names[i], read_text(a, path)};
    }
    assert_examples(files, G_N_ELEMENTS(names), 6);
}

static void benefits_of_every_shape(void)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *path = g_build_filename(g_getenv("HARD"), "shapes.md", NULL);
    DocumentFile file = {"shapes.md", read_text(a, path)};

    assert_examples(&file, 1, 11);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/manual/examples", the_manual_holds);
    g_test_add_func("/manual/hard clauses", the_hard_clauses_hold);
    g_test_add_func("/manual/benefits of every shape", benefits_of_every_shape);
    return g_test_run();
}
