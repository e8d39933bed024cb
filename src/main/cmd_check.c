/* cmd_check.c — anlao check: compiles documents, runs their examples, prints all diagnostics. */
#include "base/limits.h"
#include "care/documents.h"
#include "care/examples.h"
#include "format/json.h"
#include "main/main.h"

typedef struct CheckCount {
    size_t documents, rules, examples;
} CheckCount;

static void json_diags(JsonWriter *j, const Diags *ds)
{
    json_put_array(j, "diagnostics");
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        json_put_object(j, NULL);
        json_put_str(j, "file", str_of(d->pos.source != NULL ? d->pos.source->name : ""));
        json_put_int(j, "line", d->pos.line);
        json_put_int(j, "column", d->pos.column);
        json_put_str(j, "severity", d->severity == DIAG_ERROR ? STR("error") : STR("warning"));
        json_put_str(j, "text", str_of(d->text));
        json_put_str(j, "hint", str_of(d->hint));
        json_put_end(j);
    }
    json_put_end(j);
}

static void print_json(const Diags *ds, const CheckCount *n)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    json_put_object(&j, NULL);
    json_put_int(&j, "errors", ds->errors);
    json_put_int(&j, "warnings", ds->warnings);
    json_put_int(&j, "documents", (int64_t)n->documents);
    json_put_int(&j, "rules", (int64_t)n->rules);
    json_put_int(&j, "examples", (int64_t)n->examples);
    json_diags(&j, ds);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

static Model *read_model(const Common *c, const char *place, Diags *ds, GError **error)
{
    if (place != NULL && c->n_rest == 0)
        return model_read_packs(c->packs, place, ds, error);
    return documents_read(c->packs, c->rest, c->n_rest, ds, error);
}

int command_check(int argc, char **argv)
{
    Common c;
    char *place = NULL;
    const GOptionEntry own[] = {
        {"place", 0, 0, G_OPTION_ARG_STRING, &place, "the documents in force there", "CODE"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "check", argc, argv, own))
        return 2;
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = read_model(&c, place, ds, &error);
    if (error != NULL)
        return finish(error);
    CheckCount n = {0};
    if (m != NULL) {
        n.examples = examples_run(m, ds);
        n.documents = m->n_documents;
        n.rules = m->n_rules;
    }
    if (c.json)
        print_json(ds, &n);
    else
        print_diags(ds);
    if (!c.json)
        fprintf(stderr, "%u errors, %u warnings; %zu documents, %zu rules, %zu examples\n",
                ds->errors, ds->warnings, n.documents, n.rules, n.examples);
    return ds->errors > 0 ? 1 : 0;
}
