/* document.c — any bytes as one document.  What comes out as a Model is printed back, and what is
 * printed is walked through as any page would. */
#include "declare/model.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_model(const Model *m)
{
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < m->n_rules; i++) {
        const Rule *r = m->rules[i];
        const Expr *parts[] = {r->when, r->pay, r->require, r->to, r->start_after, r->start_of};
        for (size_t k = 0; k < G_N_ELEMENTS(parts); k++)
            if (parts[k] != NULL)
                expr_print(parts[k], s);
    }
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t k = 0; k < m->entities[i]->n_fields; k++)
            if (m->entities[i]->fields[k]->compute != NULL)
                expr_print(m->entities[i]->fields[k]->compute, s);
    for (size_t i = 0; i < m->n_indicators; i++)
        expr_print(m->indicators[i]->value, s);
    for (size_t i = 0; i < m->n_params; i++)
        if (m->params[i]->otherwise != NULL)
            expr_print(m->params[i]->otherwise, s);
    g_string_free(s, TRUE);
    g_autofree char *schema = model_schema_text(m);
    g_autofree char *difference = schema_difference(schema, "entity a\n");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {"fuzz.md", {(const char *)data, size}};
    g_autoptr(Model) m = model_read(&file, 1, ds);
    g_assert((m == NULL) == (ds->errors > 0));
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++) {
        const Diag *d = ds->list->pdata[i];
        if (g_str_has_prefix(d->text, "something in these documents can not be read"))
            g_error("%s", d->text);
        diag_print(d, s);
    }
    g_string_free(s, TRUE);
    if (m != NULL)
        print_model(m);
    return 0;
}
