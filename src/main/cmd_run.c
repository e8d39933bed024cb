/* cmd_run.c — anlao run: documents over CSV files; per rule the sum, and yes, no, unknown,
 * judgement. */
#include "care/documents.h"
#include "care/run.h"
#include "format/json.h"
#include "main/main.h"

typedef struct RunArguments {
    char *month, *out;
    char **data, **set;
} RunArguments;

/* "elder=FILE" or "elder.ability=FILE". */
static bool parse_source(const Model *m, char *text, CsvSource *ret, GError **error)
{
    Str rest = str_of(text), name = str_cut(&rest, '='), field = name;
    Str entity = str_cut(&field, '.');
    ret->path = rest.at;
    ret->entity = model_entity(m, entity);
    if (ret->entity == NULL)
        return fail(error, FAIL_INPUT, "--data %s: there is no entity \"%.*s\"", text,
                    STR_ARG(entity));
    ret->field = field.len > 0 ? entity_field(ret->entity, field) : NULL;
    if (field.len > 0 && ret->field == NULL)
        return fail(error, FAIL_INPUT, "--data %s: %.*s has no field \"%.*s\"", text,
                    STR_ARG(entity), STR_ARG(field));
    if (rest.len == 0)
        return fail(error, FAIL_USAGE, "--data %s: write it as ENTITY=FILE", text);
    return true;
}

/* What is missing of unknown records; of those a person judges, which judgements they wait for. */
static void json_lacks(JsonWriter *j, const char *name, const Program *p, const ProgramOutput *o,
                       const Result *r, bool judged)
{
    json_put_object(j, name);
    for (size_t i = 0; i < o->n_inputs; i++) {
        const Input *in = &p->inputs[o->inputs[i]];
        if (in->judged == judged && r->missing_count != NULL && r->missing_count[i] > 0)
            json_put_int(j, in->name, (int64_t)r->missing_count[i]);
    }
    json_put_end(j);
}

/* Which fund pays how much of it; null: what is left in one of them is not set. */
static void json_funds(JsonWriter *j, const RunPart *part, size_t k)
{
    if (part->n_funds[k] == 0)
        return;
    json_put_array(j, "funds");
    for (size_t i = 0; i < part->n_funds[k]; i++) {
        const RunFund *f = &part->funds[k][i];
        json_put_object(j, NULL);
        json_put_str(j, "fund", f->name);
        if (f->known)
            json_put_int(j, "fen", f->fen);
        else
            json_put_null(j, "fen");
        json_put_end(j);
    }
    json_put_end(j);
}

/* Semantics 20: no rule in force is no outcome. */
static bool in_force(const ProgramOutput *o, Month month)
{
    return o->from <= month_last(month) && o->until >= month_first(month);
}

static void json_in_force(JsonWriter *j, const ProgramOutput *o, Month month)
{
    if (in_force(o, month))
        return;
    json_put_bool(j, "in_force", false);
    if (o->from > month_last(month))
        json_put_date(j, "in_force_from", o->from);
    else
        json_put_date(j, "not_in_force_since", o->until + 1);
}

static void json_rule(JsonWriter *j, const RunPart *part, size_t k, Month month)
{
    const Rule *rule = part->rules[k];
    const Result *r = &part->results->list[k];
    const ProgramOutput *o = &part->program->outputs[k];
    json_put_object(j, NULL);
    json_put_str(j, "rule", rule->name);
    json_put_str(j, "document", rule->home.document->name);
    json_put_str(j, "clause", rule->home.clause != NULL ? rule->home.clause->number : STR(""));
    json_put_str(j, "subject", part->entity->name);
    json_put_int(j, "records", (int64_t)r->records);
    json_put_int(j, "yes", (int64_t)r->yes);
    json_put_int(j, "no", (int64_t)r->no);
    json_put_int(j, "unknown", (int64_t)r->unknown);
    json_put_int(j, "judgement", (int64_t)r->judgement);
    if (o->judged != 0) { /* beside the sum, not part of it (semantics 54) */
        json_put_int(j, "judgement_ceiling_fen", r->most);
        json_put_int(j, "judgement_without_ceiling", (int64_t)r->unbounded);
        json_lacks(j, "judgements", part->program, o, r, true);
    }
    if (rule->n_groups > 0)
        json_put_int(j, "displaced", (int64_t)r->displaced);
    json_put_int(j, "sum_fen", r->sum);
    json_put_int(j, "checksum", (int64_t)r->checksum);
    json_lacks(j, "missing", part->program, o, r, false);
    json_funds(j, part, k);
    json_in_force(j, o, month);
    json_put_end(j);
}

static void print_json(const Run *r, Month month)
{
    char text[DATE_TEXT];
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_str(&j, "month", str_of(month_format(month, text)));
    json_put_seconds(&j, "load_seconds", r->load_seconds);
    json_put_seconds(&j, "evaluate_seconds", r->evaluate_seconds);
    json_put_array(&j, "rules");
    for (size_t i = 0; i < r->n_parts; i++)
        for (size_t k = 0; k < r->parts[i].n_rules; k++)
            json_rule(&j, &r->parts[i], k, month);
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static void print_in_force(const ProgramOutput *o, Month month)
{
    char day[DATE_TEXT];
    if (in_force(o, month))
        return;
    if (o->from > month_last(month))
        printf("  not in force before %s\n", date_format(o->from, day));
    else
        printf("  not in force since %s\n", date_format(o->until + 1, day));
}

static void print_table(const Run *r, Month month)
{
    char money[DECIMAL_TEXT];
    printf("%-28s %-12s %10s %10s %10s %10s %18s\n", "rule", "subject", "yes", "no", "unknown",
           "judgement", "yuan");
    for (size_t i = 0; i < r->n_parts; i++)
        for (size_t k = 0; k < r->parts[i].n_rules; k++) {
            const Result *x = &r->parts[i].results->list[k];
            printf("%-28.*s %-12.*s %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT
                   " %10" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT " %18s\n",
                   STR_ARG(r->parts[i].rules[k]->name), STR_ARG(r->parts[i].entity->name), x->yes,
                   x->no, x->unknown, x->judgement, money_format(x->sum, money));
            if (x->judgement > x->unbounded)
                printf("  %" G_GUINT64_FORMAT " for a person to judge, at most %s yuan beside it\n",
                       x->judgement - x->unbounded, money_format(x->most, money));
            print_in_force(&r->parts[i].program->outputs[k], month);
        }
    printf("loaded in %.2f s, evaluated in %.3f s\n", r->load_seconds, r->evaluate_seconds);
}

static bool run_it(const Common *c, const RunArguments *own, Month month, Diags *ds, GError **error)
{
    g_autoptr(Model) m = documents_read(c->packs, c->rest, c->n_rest, ds, error);
    if (m == NULL)
        return false;
    size_t n = own->data != NULL ? g_strv_length(own->data) : 0;
    g_autofree CsvSource *sources = g_new0(CsvSource, n + 1);
    for (size_t i = 0; i < n; i++)
        if (!parse_source(m, own->data[i], &sources[i], error))
            return false;
    const RunWhat what = {.sources = sources,
                          .n_sources = n,
                          .sets = own->set,
                          .month = month,
                          .keep_rows = own->out != NULL};
    g_autoptr(Run) r = run_documents(m, &what, ds, error);
    if (r == NULL || (own->out != NULL && !run_write(r, own->out, error)))
        return false;
    if (c->json)
        print_json(r, month);
    else
        print_table(r, month);
    return true;
}

int command_run(int argc, char **argv)
{
    Common c;
    RunArguments own = {0};
    const GOptionEntry options[] = {
        {"data", 0, 0, G_OPTION_ARG_STRING_ARRAY, &own.data, "records, or changes of one field",
         "ENTITY[.FIELD]=FILE"},
        {"month", 0, 0, G_OPTION_ARG_STRING, &own.month, "the month", "YYYY-MM"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &own.set, "a param as it would be",
         "PARAM[CODES]=VALUE"},
        {"out", 0, 0, G_OPTION_ARG_FILENAME, &own.out, "one CSV file a rule", "DIR"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    Month month;
    if (!common_parse(&c, "run", argc, argv, options) || !parse_month("run", own.month, &month))
        return 2;
    if (c.n_rest == 0 || own.data == NULL)
        return wrong_usage("run", "needs a document and --data");
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    bool fine = run_it(&c, &own, month, ds, &error);
    print_diags(ds);
    if (error != NULL)
        return finish(error);
    return fine ? 0 : 1;
}
