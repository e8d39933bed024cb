/* figures_unset.c — which params a figure without a value rests on that nobody has set.
 * A param that is not set may be what is divided by, or stand in the condition of what is counted:
 * then nothing is counted for sure, and the figure looks like "no case".
 * In: an indicator or a target's value, a region, a day.  Out: params.  Start: figure_unset(). */
#include "care/care.h"
#include "care/figures_json.h"
#include "care/param_text.h"

typedef struct Looking {
    GHashTable *seen;  /* Field or Param, once each */
    GPtrArray *params; /* that are read, in the order of the text */
} Looking;

static void look(const Expr *e, void *context);

static void look_inside(Looking *l, const void *what, const Expr *e)
{
    if (e != NULL && g_hash_table_add(l->seen, (gpointer)what))
        expr_walk(e, look, l);
}

static void look(const Expr *e, void *context)
{
    Looking *l = context;
    for (size_t i = 0; i < e->n_path; i++)
        look_inside(l, e->path[i], e->path[i]->compute);
    if (e->kind != EXPR_PARAM || !g_hash_table_add(l->seen, (gpointer)e->param))
        return;
    g_ptr_array_add(l->params, (gpointer)e->param);
    if (e->param->otherwise != NULL)
        expr_walk(e->param->otherwise, look, l);
}

static const Param **unset(const Care *c, const Expr *e, int32_t region, Date day, Arena *a,
                           size_t *ret_n)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);
    g_autoptr(GPtrArray) params = g_ptr_array_new();
    Looking l = {seen, params};
    expr_walk(e, look, &l);
    const Param **ret = arena_many(a, const Param *, params->len + 1);
    *ret_n = 0;
    for (guint i = 0; i < params->len; i++) {
        const Param *p = params->pdata[i];
        ParamText text;
        param_text(c->model, c->regions, p, region, day, a, &text);
        if (text.unset)
            ret[(*ret_n)++] = p;
    }
    return ret;
}

const Param **figure_unset(const Care *c, const Indicator *i, const Figure *f, Arena *a,
                           size_t *ret_n)
{
    *ret_n = 0;
    if (!f->no_case && !f->param_unset)
        return NULL;
    return unset(c, i->value, f->region, f->on, a, ret_n);
}

const Param **target_unset(const Care *c, const TargetFigure *f, Arena *a, size_t *ret_n)
{
    *ret_n = 0;
    if (!f->number_unset || f->value->value == NULL)
        return NULL;
    return unset(c, f->value->value, f->region, f->value->due, a, ret_n);
}
