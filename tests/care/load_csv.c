/* load_csv.c — files become columns: what a cell means, several files of one entity, references,
 * keys that come twice, each with its place; more rows than are gathered at once. */
#include "care/load_csv.h"

#include <glib/gstdio.h>
#include <unistd.h>

static const char document[] = "---\n"
                               "document: files\n"
                               "title: 文件\n"
                               "title en: Files\n"
                               "layer: national\n"
                               "in force: 2019-01-01\n"
                               "---\n"
                               "# 一 文件\n"
                               "```anlao\n"
                               "enum level ordered \"等级\" { low; high }\n"
                               "entity home \"机构\" {\n"
                               "  key code\n"
                               "  code text(10) \"编号\"\n"
                               "  beds int \"床位\"\n"
                               "}\n"
                               "entity elder \"老人\" {\n"
                               "  key code\n"
                               "  code text(10) \"编号\"\n"
                               "  born date \"出生\"\n"
                               "  level level \"等级\" dated\n"
                               "  home home \"机构\"\n"
                               "  income money \"收入\"\n"
                               "}\n"
                               "```\n";

typedef struct Files {
    Arena *a;
    Diags *ds;
    Model *m;
    char *folder;
    GPtrArray *paths;
    CsvSource sources[8];
    size_t n;
} Files;

static Files *files_new(void)
{
    Files *f = g_new0(Files, 1);
    DocumentFile file = {.name = "files.md", .text = str_of(document)};

    f->a = arena_new();
    f->ds = diags_new();
    f->m = model_read(&file, 1, f->ds);
    g_assert_nonnull(f->m);
    f->folder = g_dir_make_tmp("anlao-load-XXXXXX", NULL);
    f->paths = g_ptr_array_new_with_free_func(g_free);
    return f;
}

static void files_free(Files *f)
{
    for (guint i = 0; i < f->paths->len; i++)
        g_unlink(f->paths->pdata[i]);
    g_rmdir(f->folder);
    g_ptr_array_unref(f->paths);
    g_free(f->folder);
    model_unref(f->m);
    diags_free(f->ds);
    arena_free(f->a);
    g_free(f);
}

static const Field *field_named(const Files *f, const char *entity, const char *field)
{
    return entity_field(model_entity(f->m, str_of(entity)), str_of(field));
}

/* field: NULL, or the file has its changes. */
static void give(Files *f, const char *entity, const char *field, const char *text)
{
    g_autofree char *name = g_strdup_printf("%zu.csv", f->n);
    char *path = g_build_filename(f->folder, name, NULL);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_ptr_array_add(f->paths, path);
    f->sources[f->n++] = (CsvSource){.entity = model_entity(f->m, str_of(entity)),
                                     .field = field != NULL ? field_named(f, entity, field) : NULL,
                                     .path = path};
}

static Dataset *load(Files *f)
{
    GError *error = NULL;
    Dataset *d = load_csv(f->m, region_tree_new(f->a, f->m), f->sources, f->n, f->ds, &error);

    g_assert_no_error(error);
    return d;
}

static void is(const Files *f, const Dataset *d, const char *entity, const char *field, size_t row,
               const char *day, int64_t expected)
{
    const Field *x = field_named(f, entity, field);
    Date on = 0;
    int64_t value = -1;

    g_assert_true(date_parse(str_of(day), &on));
    if (!column_at(d->batches[x->entity->number]->columns[x->index], row, on, &value))
        value = -1;
    g_assert_cmpint(value, ==, expected);
}

static void test_cells(void)
{
    Files *f = files_new();

    give(f, "home", NULL, "code,beds\nH1,20\n H2 ,\n");
    give(f, "elder", NULL,
         "code,born,level,home,income\nA,1940-06-30,low, H2 "
         ",12.50\nB,,,,\n\"C,c\",1941/1/5,high,H1,7\n");
    give(f, "elder", "level", "key,from,value\nA,2020-06-16,high\nB,2020-06-16,\n");
    g_autoptr(Dataset) d = load(f);

    g_assert_cmpuint(f->ds->errors, ==, 0);
    g_assert_nonnull(d);
    is(f, d, "elder", "born", 1, "2020-01-01", -1);
    is(f, d, "elder", "income", 0, "2020-01-01", 1250);
    is(f, d, "elder", "income", 2, "2020-01-01", 700);
    is(f, d, "elder", "home", 0, "2020-01-01", 1);
    is(f, d, "elder", "home", 1, "2020-01-01", -1);
    is(f, d, "elder", "home", 2, "2020-01-01", 0);
    is(f, d, "elder", "level", 0, "2020-06-15", 0);
    is(f, d, "elder", "level", 0, "2020-06-16", 1);
    is(f, d, "home", "beds", 1, "2020-01-01", -1);
    const Batch *b = d->batches[field_named(f, "elder", "born")->entity->number];

    g_assert_true(str_is(b->keys[2], "C,c"));
    files_free(f);
}

/* Columns a file does not have are unknown for its rows only. */
static void test_two_files(void)
{
    Files *f = files_new();

    give(f, "elder", NULL, "code,income\nA,1\nB,2\nC,3\n");
    give(f, "elder", NULL, "code,born,income\nD,1940-06-30,4\nE,1940-07-01,5\n");
    give(f, "elder", NULL, "code,born\nF,1940-07-02\n");
    g_autoptr(Dataset) d = load(f);

    g_assert_cmpuint(f->ds->errors, ==, 0);
    for (size_t row = 0; row < 6; row++)
        is(f, d, "elder", "income", row, "2020-01-01", row < 5 ? 100 * (int64_t)(row + 1) : -1);
    is(f, d, "elder", "born", 2, "2020-01-01", -1);
    is(f, d, "elder", "born", 3, "2020-01-01", -10777);
    is(f, d, "elder", "born", 5, "2020-01-01", -10775);
    files_free(f);
}

/* More rows than are gathered at once, and more than were guessed: the later ones are short. */
static void test_many(void)
{
    static const size_t counts[] = {1, 63, 64, 65, 1000, 1001, 9000};

    for (size_t k = 0; k < G_N_ELEMENTS(counts); k++) {
        Files *f = files_new();
        g_autoptr(GString) text = g_string_new("income,born,code,level\n");

        for (size_t i = 0; i < counts[k]; i++)
            g_string_append_printf(text, "%s%zu%s,%s,%zu,%s\n", i < 1100 ? "       " : "", i,
                                   i < 1100 ? "     " : "", i % 3 == 0 ? "" : "1940-06-30", i * 7,
                                   i % 2 == 0 ? "low" : "high");
        give(f, "elder", NULL, text->str);
        g_autoptr(Dataset) d = load(f);

        g_assert_cmpuint(f->ds->errors, ==, 0);
        for (size_t i = 0; i < counts[k]; i++) {
            is(f, d, "elder", "income", i, "2020-01-01", 100 * (int64_t)i);
            is(f, d, "elder", "born", i, "2020-01-01", i % 3 == 0 ? -1 : -10777);
            is(f, d, "elder", "level", i, "2020-01-01", i % 2);
        }
        files_free(f);
    }
}

static void refuses(Files *f, const char *expected)
{
    g_autoptr(GString) got = g_string_new(NULL);

    g_assert_null(load(f));
    for (guint i = 0; i < f->ds->list->len; i++) {
        const Diag *d = g_ptr_array_index(f->ds->list, i);
        const char *name = d->pos.source != NULL ? d->pos.source->name : "";
        const char *slash = strrchr(name, '/');

        g_string_append_printf(got, "%s:%u:%u: %s\n", slash != NULL ? slash + 1 : name, d->pos.line,
                               d->pos.column, d->text);
    }
    g_assert_cmpstr(got->str, ==, expected);
    files_free(f);
}

static void test_faults(void)
{
    Files *f = files_new();
    GString *many = g_string_new("code,income\n");

    give(f, "elder", NULL, "code,born,level\nA,1940-02-30,low\nB,1940-01-01,heavy\n");
    refuses(f, "0.csv:2:2: born: there is no such day\n"
               "0.csv:3:3: level: there is no code \"heavy\"\n");
    f = files_new();
    give(f, "elder", NULL, "code,home\nA,H9\nB,H9\n");
    refuses(f, ":0:0: elder row 1: home refers to the home \"H9\", which is in no file\n"
               ":0:0: elder row 2: home refers to the home \"H9\", which is in no file\n");
    f = files_new();
    for (int i = 0; i < 100; i++)
        g_string_append_printf(many, "%d,1\n", i);
    g_string_append(many, "5,1\n\n99,1\n");
    give(f, "elder", NULL, many->str);
    refuses(f, "0.csv:102:1: the key \"5\" stands in this file twice\n"
               "0.csv:104:1: the key \"99\" stands in this file twice\n");
    f = files_new();
    give(f, "elder", NULL, "code,born\nA,1940-06-30\nA,1940-06-30\n");
    refuses(f, "0.csv:3:1: the key \"A\" stands in this file twice\n");
    g_string_free(many, TRUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/load-csv/cells", test_cells);
    g_test_add_func("/care/load-csv/two-files", test_two_files);
    g_test_add_func("/care/load-csv/many", test_many);
    g_test_add_func("/care/load-csv/faults", test_faults);
    return g_test_run();
}
