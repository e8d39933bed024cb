/* figures_text.c — see figures_text.h. */
#include "care/figures_text.h"

static bool in_force(const Version *x, Date on)
{
    return on >= x->from && on <= x->until;
}

const Indicator *indicator_text(const Indicator *i, Date on)
{
    const Versions *v = i->versions;
    for (size_t k = v != NULL ? v->n : 0; k-- > 1;)
        if (!v->list[k].narrower && in_force(&v->list[k], on))
            return v->list[k].indicator;
    return i;
}

static Figure *evaluated(const Model *m, const Indicator *i, const CompileOptions *o, Date from,
                         Date on, GError **error)
{
    g_autoptr(FigureProgram) p = figure_program_new(m, i, o, error);
    if (p == NULL)
        return NULL;
    g_autofree Figure *all = g_new0(Figure, p->n_cells * o->regions->n + 1);
    if (!figures_evaluate(p, o->data, from, on, all, error))
        return NULL;
    return g_steal_pointer(&all);
}

/* In a region the last text stands that holds in a place around it; `ret_ends`: it ended them. */
static const Indicator *text_in(const Indicator *i, const RegionTree *t, int32_t region, Date on,
                                bool *ret_ends)
{
    const Versions *v = i->versions;
    *ret_ends = false;
    for (size_t k = v != NULL ? v->n : 0; k-- > 1;) {
        const Version *x = &v->list[k];
        int32_t place = x->narrower ? region_row(t, x->home.document->place) : ROW_NONE;
        if (!in_force(x, on) ||
            (x->narrower && (place == ROW_NONE || !region_in(t, region, place))))
            continue;
        *ret_ends = x->ends;
        return x->ends ? i : x->indicator;
    }
    return i;
}

bool figure_by_text(const Model *m, const Indicator *i, const CompileOptions *o, size_t cell,
                    int32_t region, Date from, Date on, Figure *ret, GError **error)
{
    bool ends;
    const Indicator *text = text_in(i, o->regions, region, on, &ends);
    g_autoptr(FigureProgram) p = figure_program_new(m, text, o, error);
    if (p == NULL)
        return false;
    g_autofree Figure *all = g_new0(Figure, p->n_cells + 1);
    if (!figures_evaluate_in(p, o->data, (size_t)region, from, on, all, error))
        return false;
    *ret = all[cell];
    ret->no_case |= ends;
    return true;
}

/* In the regions of a place stands what its own text comes to. */
static bool replace(const Model *m, const Indicator *i, const Version *x, const CompileOptions *o,
                    Date from, Date on, Figure *to, GError **error)
{
    const RegionTree *t = o->regions;
    int32_t place = x->narrower ? region_row(t, x->home.document->place) : ROW_NONE;
    g_autofree Figure *own = x->ends ? NULL : evaluated(m, x->indicator, o, from, on, error);
    if (!x->ends && own == NULL)
        return false;
    for (size_t k = 0; k < indicator_cells(i) * t->n; k++) {
        int32_t region = (int32_t)(k % t->n);
        if (x->narrower && (place == ROW_NONE || !region_in(t, region, place)))
            continue;
        if (own != NULL)
            to[k] = own[k];
        else
            to[k].no_case = true;
    }
    return true;
}

bool figures_by_text(const Model *m, const Indicator *i, const CompileOptions *o, Date from,
                     Date on, Figure **ret, GError **error)
{
    const Versions *v = i->versions;
    g_autofree Figure *all = evaluated(m, i, o, from, on, error);
    if (all == NULL)
        return false;
    for (size_t k = 1; v != NULL && k < v->n; k++)
        if (in_force(&v->list[k], on) && !replace(m, i, &v->list[k], o, from, on, all, error))
            return false;
    *ret = g_steal_pointer(&all);
    return true;
}
