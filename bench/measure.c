/* measure.c — every bound on how fast the batch driver is, in one run; each a line (bench.h).
 * Usage: measure policy.md people.csv YYYY-MM benefits.sql FOLDER [POSTGRES_SOCKET [PROGRAM]]
 * FOLDER/anlao, FOLDER/sqlite and FOLDER/postgres get what each benefit comes to: name yes no
 * unknown sum checksum, as plain.c prints them.  Status 1: a bound is not held. */
#include "bench.h"

#include "base/file.h"
#include "care/load_csv.h"

bool bench_month(const Bench *b, const Dataset *d, unsigned threads, Results **again,
                 GError **error)
{
    MonthOptions o = {.month = b->month, .keep = KEEP_AMOUNTS, .threads = threads, .again = *again};

    *again = NULL;
    return evaluate_month_as(b->program, d, &o, again, error);
}

static bool prepare(Bench *b, const char *policy, Diags *ds, GError **error)
{
    DocumentFile file = {.name = policy};
    CompileOptions options = {0};
    Output *outputs;
    CsvSource source;

    if (!file_read(b->arena, policy, 4 << 20, &file.text, error))
        return false;
    b->model = model_read(&file, 1, ds);
    if (b->model == NULL || b->model->n_rules == 0)
        return fail(error, FAIL_INPUT, "%s does not compile", policy);
    b->regions = region_tree_new(b->arena, b->model);
    b->entity = b->model->rules[0]->subject;
    source = (CsvSource){.entity = b->entity, .path = b->people};
    b->data = load_csv(b->model, b->regions, &source, 1, ds, error);
    if (b->data == NULL)
        return *error != NULL ? false : fail(error, FAIL_INPUT, "%s has faults", b->people);
    outputs = arena_many(b->arena, Output, b->model->n_rules);
    for (size_t i = 0; i < b->model->n_rules; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = b->model->rules[i]};
    options.data = b->data;
    options.regions = b->regions;
    b->program = program_new(b->model, b->entity, outputs, b->model->n_rules, &options, error);
    return b->program != NULL;
}

static bool write_results(const Bench *b, GError **error)
{
    g_autofree char *path = g_build_filename(b->work, "anlao", NULL);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(Results) r = NULL;

    if (!bench_month(b, b->data, 1, &r, error))
        return false;
    for (size_t i = 0; i < r->n; i++) {
        const Result *x = &r->list[i];

        g_string_append_printf(text,
                               "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
                               " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                               b->program->outputs[x->output].name, x->yes, x->no, x->unknown,
                               x->sum, x->checksum);
    }
    return g_file_set_contents(path, text->str, (gssize)text->len, error);
}

static bool measure(Bench *b, const char *policy, const char *program, GError **error)
{
    return measure_memory(b, error) && write_results(b, error) && measure_loop(b, error) &&
           measure_threads(b, error) && measure_scale(b, error) && measure_parse(b, error) &&
           (program == NULL || measure_command(b, program, policy, error)) &&
           measure_sqlite(b, error) && (b->postgres == NULL || measure_postgres(b, error));
}

int main(int argc, char **argv)
{
    Bench b = {.arena = arena_new(), .held = true};
    g_autoptr(Diags) ds = diags_new();
    GError *error = NULL;
    Str statement;

    if (argc < 6 || !month_parse(str_of(argv[3]), &b.month))
        return 2;
    b.people = argv[2];
    b.work = argv[5];
    b.postgres = argc > 6 ? argv[6] : NULL;
    bool good = file_read(b.arena, argv[4], 1 << 20, &statement, &error);

    if (good)
        b.statement = arena_dup(b.arena, statement.at, statement.len);
    good = good && prepare(&b, argv[1], ds, &error) &&
           measure(&b, argv[1], argc > 7 ? argv[7] : NULL, &error);
    if (error != NULL)
        fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    program_free(b.program);
    dataset_free(b.data);
    model_unref(b.model);
    arena_free(b.arena);
    return good && b.held ? 0 : 1;
}
