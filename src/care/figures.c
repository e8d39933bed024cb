/* figures.c — indicators over the working set, kept with it.
 * In: the working set.  Out: figures by cell and region.  Not here: targets (targets.c).
 * Read first: kept(), figures_of(). */
#include "care/figures.h"

#include "care/figures_text.h"
#include "compile/figure.h"

typedef struct FigureKey {
    const void *what; /* Indicator; Target, of each record; Expr: a target's value, which regions */
    size_t cell;      /* of each record; else 0 */
    Date from, on;
} FigureKey;

guint figure_key_hash(gconstpointer key)
{
    const FigureKey *k = key;
    return g_direct_hash(k->what) * 2654435761u ^ (guint)k->from * 40503u ^ (guint)k->on ^
           (guint)k->cell * 97u;
}

gboolean figure_key_equal(gconstpointer a, gconstpointer b)
{
    const FigureKey *x = a, *y = b;
    return x->what == y->what && x->cell == y->cell && x->from == y->from && x->on == y->on;
}

/* What is asked for, and how it is made ready. */
typedef struct Wish {
    const Indicator *indicator;
    const Target *target;
    const Expr *value;
    FigureKey key;
} Wish;

static FigureProgram *wish_program(const Wish *w, const Model *m, const CompileOptions *o,
                                   GError **error)
{
    return w->value != NULL ? figure_program_value(m, w->target, w->value, o, error)
                            : figure_program_where(m, w->target, o, error);
}

static Figure *compute(Care *c, Working *w, const Wish *wish, GError **error)
{
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    Figure *all = NULL;
    bool plain = wish->value == NULL && wish->target == NULL;
    if (plain && figures_by_text(c->model, wish->indicator, &options, wish->key.from, wish->key.on,
                                 &all, error))
        return all;
    g_autoptr(FigureProgram) p = plain ? NULL : wish_program(wish, c->model, &options, error);
    if (p != NULL) {
        all = g_new0(Figure, p->n_cells * c->regions->n + 1);
        if (figures_evaluate(p, w->data, wish->key.from, wish->key.on, all, error))
            return all;
    }
    fail_while(error, "computing \"%.*s\"", STR_ARG(wish->indicator->name));
    g_free(all);
    return NULL;
}

static bool kept(Care *c, Working *w, const Wish *wish, const Figure **ret, GError **error)
{
    g_mutex_lock(w->lock);
    Figure *all = g_hash_table_lookup(w->figures, &wish->key);
    if (all == NULL) {
        all = compute(c, w, wish, error);
        if (all != NULL)
            g_hash_table_insert(w->figures, g_memdup2(&wish->key, sizeof wish->key), all);
    }
    g_mutex_unlock(w->lock);
    *ret = all;
    return all != NULL;
}

bool figures_of(Care *c, Working *w, const Indicator *i, Date from, Date on, const Figure **ret,
                GError **error)
{
    const Wish wish = {.indicator = i, .key = {i, 0, i->flow ? from : on, on}};
    return kept(c, w, &wish, ret, error);
}

bool figures_value(Care *c, Working *w, const Target *t, const Expr *value, Date on,
                   const Figure **ret, GError **error)
{
    Date day = MIN(on, DAY_HIGH);
    const Wish wish = {t->indicator, t, value, {value, 0, day, day}};
    return kept(c, w, &wish, ret, error);
}

bool figures_where(Care *c, Working *w, const Target *t, Date on, const Figure **ret,
                   GError **error)
{
    const Wish wish = {t->indicator, t, NULL, {t->each_where, 0, on, on}};
    return kept(c, w, &wish, ret, error);
}

static EachList *compute_each(Care *c, Working *w, const Target *t, const FigureKey *key,
                              GError **error)
{
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    Target now = *t;
    now.indicator = indicator_text(t->indicator, key->on); /* no place below amends it */
    if (now.indicator == NULL)
        return g_malloc0(sizeof(EachList)); /* it has ended */
    g_autoptr(FigureProgram) p = figure_program_each(c->model, &now, &options, error);
    g_autoptr(GArray) found = g_array_new(FALSE, TRUE, sizeof(EachFigure));
    if (p == NULL ||
        !figures_evaluate_each(p, w->data, key->from, key->on, key->cell, found, error)) {
        fail_while(error, "computing \"%.*s\" of each %.*s", STR_ARG(t->indicator->name),
                   STR_ARG(t->of->name));
        return NULL;
    }
    EachList *all = g_malloc0(sizeof *all + (found->len + 1) * sizeof(EachFigure));
    all->n = found->len;
    if (found->len > 0)
        memcpy(all->list, found->data, found->len * sizeof(EachFigure));
    return all;
}

bool figures_each(Care *c, Working *w, const Target *t, size_t cell, Date from, Date on,
                  const EachList **ret, GError **error)
{
    const FigureKey key = {t, cell, from, on};
    g_mutex_lock(w->lock);
    EachList *all = g_hash_table_lookup(w->figures, &key);
    if (all == NULL) {
        all = compute_each(c, w, t, &key, error);
        if (all != NULL)
            g_hash_table_insert(w->figures, g_memdup2(&key, sizeof key), all);
    }
    g_mutex_unlock(w->lock);
    *ret = all;
    return all != NULL;
}

/* ---- for pages ---- */

Date figures_period_start(const Indicator *i, Date day)
{
    Ymd at = date_ymd(day);
    int month = i->period == FIGURE_MONTH     ? at.month
                : i->period == FIGURE_QUARTER ? (at.month - 1) / 3 * 3 + 1
                                              : 1;
    Date first = day;
    (void)date_make(at.year, month, 1, &first);
    return first;
}

static bool ask(Care *c, const Session *s, const Indicator *i, Date from, Date on, Working **ret,
                const Figure **ret_all, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures", s->role->word);
    return working_get(c, ret, error) && figures_of(c, *ret, i, from, on, ret_all, error);
}

bool figures_indicator(Care *c, const Session *s, const Indicator *i, size_t cell, int32_t region,
                       Date from, Date on, Arena *a, Figure **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    const Figure *all;
    if (!ask(c, s, i, from, on, &w, &all, error))
        return false;
    const RegionTree *t = c->regions;
    all += cell * t->n;
    *ret = arena_array(a, t->n + 1, sizeof **ret);
    *ret_n = 0;
    (*ret)[(*ret_n)++] = all[region];
    for (int32_t k = t->order[region] + 1; k <= t->last[region]; k++)
        if (t->parent[t->by_order[k]] == region)
            (*ret)[(*ret_n)++] = all[t->by_order[k]];
    return true;
}
