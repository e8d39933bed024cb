/* figures_text.c — see figures_text.h. */
#include "care/figures_text.h"

#include "compile/compile.h"

/* In a region; NULL: it has ended. */
static const Indicator *text_in(const Indicator *i, const RegionTree *t, int32_t region, Date on)
{
    const Versions *v = i->versions;
    size_t k = v != NULL ? version_at(v, t, region, on) : 0;
    return v == NULL ? i : k < v->n ? v->list[k].indicator : NULL;
}

const Indicator *indicator_text(const Indicator *i, Date on)
{
    return text_in(i, NULL, ROW_NONE, on); /* no place below stands for the whole */
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

bool figure_by_text(const Model *m, const Indicator *i, const CompileOptions *o, size_t cell,
                    int32_t region, Date from, Date on, Figure *ret, GError **error)
{
    const Indicator *text = text_in(i, o->regions, region, on);
    g_autoptr(FigureProgram) p = figure_program_new(m, text != NULL ? text : i, o, error);
    if (p == NULL)
        return false;
    g_autofree Figure *all = g_new0(Figure, p->n_cells + 1);
    if (!figures_evaluate_in(p, o->data, (size_t)region, from, on, all, error))
        return false;
    *ret = all[cell];
    ret->no_case |= text == NULL;
    return true;
}

static bool in_force(const Version *x, Date on)
{
    return on >= x->from && on <= x->until;
}

/* In the regions of a place stands what its own text comes to; where it has ended, or its document
 * has, there is no case. */
static bool replace(const Model *m, const Indicator *i, const Version *x, const CompileOptions *o,
                    Date from, Date on, Figure *to, GError **error)
{
    const RegionTree *t = o->regions;
    g_autofree Figure *own = x->ends ? NULL : evaluated(m, x->indicator, o, from, on, error);
    if (!x->ends && own == NULL)
        return false;
    for (size_t k = 0; k < indicator_cells(i) * t->n; k++) {
        if (!version_reaches(x, t, (int32_t)(k % t->n)))
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
    static const Version over = {.ends = true};
    const Versions *v = i->versions;
    g_autofree Figure *all = evaluated(m, i, o, from, on, error);
    if (all == NULL ||
        (v != NULL && !in_force(&v->list[0], on) && !replace(m, i, &over, o, from, on, all, error)))
        return false;
    for (size_t k = 1; v != NULL && k < v->n; k++)
        if (in_force(&v->list[k], on) && !replace(m, i, &v->list[k], o, from, on, all, error))
            return false;
    *ret = g_steal_pointer(&all);
    return true;
}
