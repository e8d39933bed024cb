/* figures.c — indicators and targets for those who may see them.
 * In: the working set.  Out: figures by region (kept per working set), and whether targets are met.
 * Read first: figures_of(), figures_targets(). */
#include "care/figures.h"

#include "compile/figure.h"
#include "evaluate/figures.h"

typedef struct FigureKey {
    unsigned indicator;
    Date from, on;
} FigureKey;

guint figure_key_hash(gconstpointer key)
{
    const FigureKey *k = key;
    return k->indicator * 2654435761u ^ (guint)k->from * 40503u ^ (guint)k->on;
}

gboolean figure_key_equal(gconstpointer a, gconstpointer b)
{
    const FigureKey *x = a, *y = b;
    return x->indicator == y->indicator && x->from == y->from && x->on == y->on;
}

static Figure *figures_compute(Care *c, Working *w, const Indicator *i, Date from, Date on,
                               GError **error)
{
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    FigureProgram *p = figure_program_new(c->model, i, &options, error);
    if (p == NULL)
        return NULL;
    Figure *all = g_new0(Figure, c->regions->n + 1);
    if (!figures_evaluate(p, w->data, from, on, all, error)) {
        fail_while(error, "computing \"%.*s\"", STR_ARG(i->name));
        g_clear_pointer(&all, g_free);
    }
    figure_program_free(p);
    return all;
}

bool figures_of(Care *c, Working *w, const Indicator *i, Date from, Date on, const Figure **ret,
                GError **error)
{
    FigureKey key = {i->number, i->flow ? from : on, on};
    g_mutex_lock(&w->lock);
    Figure *all = g_hash_table_lookup(w->figures, &key);
    if (all == NULL) {
        all = figures_compute(c, w, i, key.from, key.on, error);
        if (all != NULL)
            g_hash_table_insert(w->figures, g_memdup2(&key, sizeof key), all);
    }
    g_mutex_unlock(&w->lock);
    *ret = all;
    return all != NULL;
}

static Date year_end(int year)
{
    Date d = DATE_MAX;
    (void)date_make(year, 12, 31, &d);
    return d;
}

static Date year_start(int year)
{
    Date d = DATE_MIN;
    (void)date_make(year, 1, 1, &d);
    return d;
}

static bool target_figure(Care *c, Working *w, const Target *t, const TargetValue *v,
                          int32_t region, Date on, TargetFigure *ret, GError **error)
{
    Date due = v->due;
    if (t->indicator->flow && due == DATE_MAX)
        due = year_end(v->year_to);
    Date until = on < due ? on : due;
    Date from = t->indicator->flow ? year_start(v->year_from) : until;
    const Figure *all;
    if (from > until) /* the period has not begun: nothing can have happened in it */
        until = from;
    if (!figures_of(c, w, t->indicator, from, until, &all, error))
        return false;
    *ret = (TargetFigure){.target = t, .value = v, .region = region, .figure = all[region]};
    ret->met = (Met)target_met(t->compare, v->number, &all[region], due, on);
    return true;
}

/* Values of `in each P`: one per region; else the value's own region, or the place of the document.
 */
static int32_t target_region(const Care *c, const Target *t, const TargetValue *v)
{
    if (v->region.len > 0)
        return region_row(c->regions, v->region);
    Str place = t->home.document->place;
    return place.len > 0 ? region_row(c->regions, place) : c->place;
}

bool figures_targets(Care *c, const Session *s, const Indicator *only, int32_t region, Date on,
                     Arena *a, TargetFigure **ret, size_t *ret_n, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures", s->role->word);
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    size_t most = 0;
    for (size_t i = 0; i < c->model->n_targets; i++)
        most += c->model->targets[i]->n_values;
    *ret = arena_array(a, most + 1, sizeof **ret);
    *ret_n = 0;
    for (size_t i = 0; i < c->model->n_targets; i++) {
        const Target *t = c->model->targets[i];
        for (size_t k = 0; k < t->n_values; k++) {
            int32_t at = target_region(c, t, &t->values[k]);
            if ((only != NULL && t->indicator != only) || at == ROW_NONE || t->values[k].is_total)
                continue;
            if (region != ROW_NONE && !region_in(c->regions, at, region))
                continue;
            if (!target_figure(c, w, t, &t->values[k], at, on, &(*ret)[*ret_n], error))
                return false;
            (*ret_n)++;
        }
    }
    return true;
}

bool figures_indicator(Care *c, const Session *s, const Indicator *i, int32_t region, Date from,
                       Date on, Arena *a, Figure **ret, size_t *ret_n, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures", s->role->word);
    g_autoptr(Working) w = NULL;
    const Figure *all;
    if (!working_get(c, &w, error) || !figures_of(c, w, i, from, on, &all, error))
        return false;
    const RegionTree *t = c->regions;
    *ret = arena_array(a, t->n + 1, sizeof **ret);
    *ret_n = 0;
    (*ret)[(*ret_n)++] = all[region];
    for (int32_t k = t->order[region] + 1; k <= t->last[region]; k++)
        if (t->parent[t->by_order[k]] == region)
            (*ret)[(*ret_n)++] = all[t->by_order[k]];
    return true;
}
