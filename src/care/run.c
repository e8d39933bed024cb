/* run.c — loads, compiles, evaluates: the whole machine without a database.
 * In: a Model, CSV files, a month.  Out: results per rule.  Read first: run_documents(). */
#include "care/run.h"

#include "base/clock.h"
#include "care/cell_type.h"
#include "format/csv.h"

/* The codes between the brackets; the region may be left out, which means everywhere. */
static bool parse_codes(const RegionTree *regions, Str codes, ParamChange *to, GError **error)
{
    const Param *p = to->param;
    size_t given = 0, k = 0;
    for (Str rest = codes; rest.len > 0; given++)
        (void)str_cut(&rest, ',');
    bool region_left_out = given + 1 == p->n_index;
    for (size_t i = 0; i < p->n_index && codes.len > 0; i++) {
        if (p->index[i].is_region && region_left_out)
            continue;
        Str code = str_trim(str_cut(&codes, ','));
        const Code *c = p->index[i].is_region ? NULL : enum_code(p->index[i].of, code);
        if (p->index[i].is_region && region_row(regions, code) == ROW_NONE)
            return fail(error, FAIL_INPUT, "there is no region %.*s", STR_ARG(code));
        if (p->index[i].is_region)
            to->region = code;
        else if (c == NULL)
            return fail(error, FAIL_INPUT, "%.*s has no code %.*s", STR_ARG(p->index[i].of->name),
                        STR_ARG(code));
        else
            to->codes[k++] = c->number;
    }
    return codes.len == 0 || fail(error, FAIL_INPUT, "%.*s has fewer indexes", STR_ARG(p->name));
}

/* "240", "240 yuan", "150 m2": units as in documents. */
static bool parse_value(const Param *p, const RegionTree *regions, Arena *a, Str value,
                        int64_t *ret, GError **error)
{
    const Field like = {.name = p->name, .type = p->type};
    const Str units[] = {STR(" yuan"), STR(" m2")};
    CellType type;
    cell_type_of(&like, regions, a, &type);
    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (str_ends(value, units[i]))
            value.len -= units[i].len;
    Value v;
    CellFault fault = {0};
    if (!cell_read(&type, value, a, &v, &fault) || !v.known)
        return fail(error, FAIL_INPUT, "%s", fault.en != NULL ? fault.en : "needs a value");
    *ret = v.num;
    return true;
}

/* "operating_rate[full]=240 yuan" or "area_minimum=150": a param as it would be. */
static bool parse_set(const Model *m, const RegionTree *regions, Arena *a, const char *text,
                      ParamChange *ret, GError **error)
{
    Str rest = str_of(text), inside = str_trim(str_cut(&rest, '='));
    Str name = str_trim(str_cut(&inside, '['));
    *ret = (ParamChange){.param = model_param(m, name)};
    if (ret->param == NULL)
        return fail(error, FAIL_INPUT, "--set: there is no param \"%.*s\"", STR_ARG(name));
    ret->any_code = inside.len == 0;
    if (!parse_codes(regions, str_cut(&inside, ']'), ret, error) ||
        !parse_value(ret->param, regions, a, str_trim(rest), &ret->number, error))
        return fail_while(error, "--set %s", text);
    return true;
}

static bool parse_sets(const Model *m, const RegionTree *regions, Arena *a, char **sets,
                       ParamChange **ret, size_t *ret_n, GError **error)
{
    *ret_n = sets != NULL ? g_strv_length(sets) : 0;
    *ret = arena_many(a, ParamChange, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++)
        if (!parse_set(m, regions, a, sets[i], &(*ret)[i], error))
            return false;
    return true;
}

static bool has_data(const RunWhat *what, const Entity *e)
{
    for (size_t i = 0; i < what->n_sources; i++)
        if (what->sources[i].entity == e && what->sources[i].field == NULL)
            return true;
    return false;
}

static bool run_part(const Model *m, Run *r, const RunWhat *what, const Entity *e,
                     const CompileOptions *options, GError **error)
{
    RunPart *part = &r->parts[r->n_parts];
    *part = (RunPart){.entity = e, .rules = arena_many(r->arena, const Rule *, m->n_rules + 1)};
    Output *outputs = arena_many(r->arena, Output, m->n_rules + 1);
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->subject == e) {
            outputs[part->n_rules] = (Output){.kind = OUTPUT_RULE, .rule = m->rules[i]};
            part->rules[part->n_rules++] = m->rules[i];
        }
    if (part->n_rules == 0)
        return true;
    r->n_parts++;
    bool keep = what->keep_rows;
    for (size_t k = 0; k < part->n_rules; k++)
        keep = keep || rule_shares_funds(part->rules[k]);
    part->program = program_new(m, e, outputs, part->n_rules, options, error);
    if (part->program == NULL ||
        !evaluate_month(part->program, r->data, what->month, keep, &part->results, error))
        return fail_while(error, "running the rules about %.*s", STR_ARG(e->name));
    r->evaluate_seconds += part->results->seconds;
    part->funds = arena_many(r->arena, RunFund *, part->n_rules);
    part->n_funds = arena_many(r->arena, size_t, part->n_rules);
    for (size_t k = 0; k < part->n_rules; k++)
        if (rule_names_funds(part->rules[k]) &&
            !run_funds(r, m, part, k, options, what->month, error))
            return false;
    return true;
}

Run *run_documents(const Model *m, const RunWhat *what, Diags *diags, GError **error)
{
    g_autoptr(Run) r = g_new0(Run, 1);
    r->arena = arena_new();
    r->regions = region_tree_new(r->arena, m);
    r->parts = arena_many(r->arena, RunPart, m->n_entities + 1);
    int64_t start = clock_monotonic_us();
    r->data = load_csv(m, r->regions, what->sources, what->n_sources, diags, error);
    r->load_seconds = (double)(clock_monotonic_us() - start) / 1e6;
    if (r->data == NULL)
        return NULL;
    CompileOptions options = {.data = r->data, .regions = r->regions};
    ParamChange *changes;
    if (!parse_sets(m, r->regions, r->arena, what->sets, &changes, &options.n_changes, error))
        return NULL;
    options.changes = changes;
    for (size_t e = 0; e < m->n_entities; e++)
        if (has_data(what, m->entities[e]) &&
            !run_part(m, r, what, m->entities[e], &options, error))
            return NULL;
    return g_steal_pointer(&r);
}

void run_free(Run *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->n_parts; i++) {
        program_free(r->parts[i].program);
        results_free(r->parts[i].results);
    }
    if (r->data != NULL)
        dataset_free(r->data);
    arena_free(r->arena);
    g_free(r);
}

static void write_missing(CsvWriter *w, const Program *p, size_t output, uint64_t missing)
{
    const ProgramOutput *o = &p->outputs[output];
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; i < o->n_inputs; i++)
        if ((missing >> i & 1) != 0)
            g_string_append_printf(names, "%s%s", names->len > 0 ? "|" : "",
                                   p->inputs[o->inputs[i]].name);
    csv_cell(w, (Str){names->str, names->len});
}

/* Of a member of a group: the benefit that is paid instead. */
static void write_instead(CsvWriter *w, const Program *p, const Result *r, size_t row)
{
    uint16_t other = r->instead[row];
    csv_cell(w, other > 0 && other != INSTEAD_NONE ? str_of(p->outputs[other - 1].name) : STR(""));
}

static bool write_rule(const Run *r, const RunPart *part, size_t k, const char *folder,
                       GError **error)
{
    const Result *result = &part->results->list[k];
    const Batch *b = r->data->batches[part->entity->number];
    g_autofree char *name = g_strdup_printf("%.*s.csv", STR_ARG(part->rules[k]->name));
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(CsvWriter) w = csv_writer_open(path, false, error);
    if (w == NULL)
        return false;
    static const char *const head[] = {"key", "outcome", "amount_fen", "missing", "instead"};
    for (size_t i = 0; i < G_N_ELEMENTS(head) - (result->instead == NULL); i++)
        csv_cell(w, str_of(head[i]));
    csv_end_row(w);
    for (size_t i = 0; i < b->rows; i++) {
        uint8_t outcome = result->outcome[i];
        if (outcome == OUTCOME_OUTSIDE)
            continue;
        csv_cell(w, b->keys[i]);
        csv_cell(w, str_of(truth_word((Truth)outcome)));
        if (outcome == TRUTH_YES)
            csv_int(w, result_amount(result, i));
        else
            csv_cell(w, STR(""));
        write_missing(w, part->program, k, result_missing(result, i));
        if (result->instead != NULL)
            write_instead(w, part->program, result, i);
        csv_end_row(w);
    }
    return csv_writer_close(w, error);
}

bool run_write(const Run *r, const char *folder, GError **error)
{
    if (g_mkdir_with_parents(folder, 0777) != 0)
        return fail(error, FAIL_SYSTEM, "could not make the folder \"%s\": %s", folder,
                    g_strerror(errno));
    for (size_t i = 0; i < r->n_parts; i++)
        for (size_t k = 0; k < r->parts[i].n_rules; k++)
            if (!write_rule(r, &r->parts[i], k, folder, error))
                return fail_while(error, "writing results");
    return true;
}
