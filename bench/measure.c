/* measure.c — how fast a month is evaluated: one core, rows not kept, the best of several runs.
 * Usage: measure policy.md people.csv YYYY-MM RUNS [program]
 * Prints per rule: name yes no unknown sum checksum, as plain.c does; the time on standard error.
 * The last argument prints the Program too. */
#include "care/load_csv.h"

#include "base/file.h"
#include "evaluate/evaluate.h"

typedef struct Measure {
    Arena *arena;
    Model *model;
    RegionTree *regions;
    Dataset *data;
    Program *program;
} Measure;

static bool prepare(Measure *m, const char *policy, const char *people, Diags *ds, GError **error)
{
    DocumentFile file = {.name = policy};
    CompileOptions options = {0};
    Output *outputs;
    CsvSource source;

    if (!file_read(m->arena, policy, 4 << 20, &file.text, error))
        return false;
    m->model = model_read(&file, 1, ds);
    if (m->model == NULL || m->model->n_rules == 0)
        return fail(error, FAIL_INPUT, "%s does not compile", policy);
    m->regions = region_tree_new(m->arena, m->model);
    source = (CsvSource){.entity = m->model->rules[0]->subject, .path = people};
    m->data = load_csv(m->model, m->regions, &source, 1, ds, error);
    if (m->data == NULL)
        return *error != NULL ? false : fail(error, FAIL_INPUT, "%s has faults", people);
    outputs = arena_many(m->arena, Output, m->model->n_rules);
    for (size_t i = 0; i < m->model->n_rules; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = m->model->rules[i]};
    options.data = m->data;
    options.regions = m->regions;
    m->program = program_new(m->model, source.entity, outputs, m->model->n_rules, &options, error);
    return m->program != NULL;
}

static void print_results(const Measure *m, const Results *r)
{
    for (size_t i = 0; i < r->n; i++) {
        const Result *x = &r->list[i];

        printf("%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT
               " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
               m->program->outputs[x->output].name, x->yes, x->no, x->unknown, x->sum, x->checksum);
    }
}

static bool measure(const Measure *m, Month month, int runs, GError **error)
{
    double best = 0, evaluations = 0;

    for (int i = 0; i < runs; i++) {
        g_autoptr(Results) r = NULL;

        if (!evaluate_month(m->program, m->data, month, false, &r, error))
            return false;
        best = i == 0 ? r->seconds : MIN(best, r->seconds);
        evaluations = (double)r->n * (double)m->data->batches[m->program->entity]->rows;
        if (i == 0)
            print_results(m, r);
    }
    fprintf(stderr, "%.0f rule evaluations in %.1f ms: %.0f million a second\n", evaluations,
            best * 1e3, evaluations / best / 1e6);
    return true;
}

int main(int argc, char **argv)
{
    Measure m = {.arena = arena_new()};
    g_autoptr(Diags) ds = diags_new();
    GError *error = NULL;
    Month month = 0;

    if (argc < 5 || !month_parse(str_of(argv[3]), &month))
        return 2;
    bool good = prepare(&m, argv[1], argv[2], ds, &error);

    if (good && argc > 5) {
        g_autoptr(GString) text = g_string_new(NULL);

        program_print(m.program, text);
        fputs(text->str, stderr);
    }
    good = good && measure(&m, month, (int)g_ascii_strtoll(argv[4], NULL, 10), &error);
    if (error != NULL)
        fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    program_free(m.program);
    dataset_free(m.data);
    model_unref(m.model);
    arena_free(m.arena);
    return good ? 0 : 1;
}
