/* cases.c — anlao check --cases RULE. */
#include "main/cases.h"

#include "care/cases.h"

static bool no_rule(const GPtrArray *models, const char *name, GError **error)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GArray) names = g_array_new(FALSE, FALSE, sizeof(Str));
    for (guint i = 0; i < models->len; i++) {
        const Model *m = models->pdata[i];
        for (size_t k = 0; k < m->n_rules; k++)
            g_array_append_val(names, m->rules[k]->name);
        for (size_t k = 0; k < m->n_region_checks; k++)
            g_array_append_val(names, m->region_checks[k]->name);
    }
    Diag *d = diag_error(ds, (Pos){0}, "there is no benefit or check \"%s\"", name);
    diag_nearest(ds, d, str_of(name), (const Str *)(const void *)names->data, names->len);
    return fail(error, FAIL_INPUT, "%s%s%s", d->text, d->hint == NULL ? "" : ": ",
                d->hint == NULL ? "" : d->hint);
}

static bool print(const Model *m, const Rule *rule, CasesAs as, GString *out, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    CaseSet set;
    if (!cases_make(m, rule, a, &set, error))
        return false;
    if (as == CASES_JSON) {
        JsonWriter j = json_begin(out);
        cases_print_json(&set, &j);
        json_finish(&j);
    } else if (as == CASES_EXAMPLES) {
        cases_print_examples(&set, out);
    } else {
        cases_print(&set, out);
    }
    return true;
}

bool cases_of_models(const GPtrArray *models, const char *rule, CasesAs as, GString *out,
                     GError **error)
{
    for (guint i = 0; i < models->len; i++) {
        const Rule *found = model_rule(models->pdata[i], str_of(rule));
        if (found != NULL)
            return print(models->pdata[i], found, as, out, error);
    }
    return no_rule(models, rule, error);
}
