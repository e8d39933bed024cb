/* figures_ground.c — rows to tallies, tallies up the codes and the tree.  See figures_ground.h. */
#include "evaluate/figures_ground.h"

static Tally *tallies_new(size_t n)
{
    Tally *t = g_new(Tally, n);

    for (size_t i = 0; i < n; i++)
        tally_init(&t[i]);
    return t;
}

static void tallies_free(Tally *t, size_t n)
{
    for (size_t i = 0; t != NULL && i < n; i++)
        tally_clear(&t[i]);
    g_free(t);
}

static size_t size_of(const Ground *g)
{
    return g->cells * (g->places + 1);
}

Ground *ground_new(const FigureProgram *p, const FigureAggregate *a)
{
    Ground *g = g_new0(Ground, 1);

    g->program = p;
    g->cells = a->inner ? 1 : p->n_cells;
    g->places = p->regions->n;
    g->sure = tallies_new(size_of(g));
    return g;
}

void ground_free(Ground *g)
{
    if (g == NULL)
        return;
    tallies_free(g->sure, size_of(g));
    tallies_free(g->doubt, size_of(g));
    g_free(g);
}

/* ---- rows */

static size_t cell_of(const Ground *g, const Facts *f, size_t row, bool *ret_known)
{
    const FigureProgram *p = g->program;
    size_t cell = 0;

    for (size_t k = 0; g->cells > 1 && k < p->n_index; k++) {
        int code = facts_code(f, p, k, row);

        *ret_known = *ret_known && code != FACT_UNKNOWN;
        cell = cell * (p->index[k].codes + 1) + (size_t)(code + 1);
    }
    return cell;
}

static void tally_rows(Ground *g, const Facts *f)
{
    for (size_t i = 0; i < f->rows; i++) {
        FactRow r = facts_row(f, g->program, i);
        bool known = r.place != FACT_UNKNOWN;

        if (r.row.there == TRUTH_NO)
            continue;
        size_t at = cell_of(g, f, i, &known) * (g->places + 1) +
                    (r.place != FACT_UNKNOWN ? (size_t)r.place : g->places);

        tally_row(&g->sure[at], f->aggregate, r.row);
        if (known)
            continue;
        if (g->doubt == NULL)
            g->doubt = tallies_new(size_of(g));
        r.row.there = TRUTH_UNKNOWN;
        tally_row(&g->doubt[at], f->aggregate, r.row);
    }
}

/* ---- codes */

static int depth_of(const FigureIndex *x, unsigned code)
{
    int depth = 0;

    for (int c = x->wider[code]; c >= 0 && depth < (int)x->codes; c = x->wider[c])
        depth++;
    return depth;
}

/* Narrower codes into wider ones, the deepest first. */
static void roll_codes(Tally *t, const FigureIndex *x, size_t step)
{
    int deepest = 0;

    for (unsigned c = 0; c < x->codes; c++)
        deepest = MAX(deepest, depth_of(x, c));
    for (int depth = deepest; depth > 0; depth--)
        for (unsigned c = 0; c < x->codes; c++)
            if (depth_of(x, c) == depth)
                tally_add(&t[(size_t)(x->wider[c] + 1) * step], &t[(c + 1) * step]);
}

/* The whole is all codes and what has none that is known. */
static void add_whole(Tally *t, const FigureIndex *x, size_t step)
{
    for (unsigned c = 0; c < x->codes; c++)
        if (x->wider[c] < 0)
            tally_add(&t[0], &t[(c + 1) * step]);
}

/* One row of positions of one index, all else being the same. */
static void fold_line(Tally *sure, Tally *doubt, const FigureIndex *x, size_t step)
{
    roll_codes(sure, x, step);
    add_whole(sure, x, step);
    if (doubt == NULL)
        return;
    Tally unknown = tally_copy(&doubt[0]);

    roll_codes(doubt, x, step);
    add_whole(doubt, x, step);
    for (unsigned c = 0; c < x->codes; c++) {
        tally_add(&sure[(c + 1) * step], &unknown);
        tally_add(&doubt[(c + 1) * step], &unknown);
    }
    tally_clear(&unknown);
}

static void fold_codes(Ground *g)
{
    size_t step = g->places + 1;

    for (size_t k = g->program->n_index; k-- > 0;) {
        const FigureIndex *x = &g->program->index[k];
        size_t block = step * (x->codes + 1);

        for (size_t at = 0; at < size_of(g); at += block)
            for (size_t i = 0; i < step; i++)
                fold_line(&g->sure[at + i], g->doubt != NULL ? &g->doubt[at + i] : NULL, x, step);
        step = block;
    }
}

/* ---- places */

/* Children before parents, then the rows of unknown place to everybody. */
static void roll_places(const RegionTree *t, Tally *sure, const Tally *doubt)
{
    size_t tops = 0;

    for (size_t i = t->n; i-- > 0;) {
        int32_t r = t->by_order[i];

        if (t->parent[r] != ROW_NONE)
            tally_add(&sure[t->parent[r]], &sure[r]);
        else
            tops++;
    }
    for (size_t r = 0; doubt != NULL && r < t->n; r++) {
        bool all = t->parent[r] == ROW_NONE && tops == 1;

        tally_add(&sure[r], all ? &sure[t->n] : &doubt[t->n]);
    }
}

void ground_rows(Ground *g, const Facts *f)
{
    const RegionTree *t = g->program->regions;

    tally_rows(g, f);
    if (g->cells > 1)
        fold_codes(g);
    for (size_t cell = 0; cell < g->cells; cell++) {
        size_t at = cell * (g->places + 1);

        roll_places(t, &g->sure[at], g->doubt != NULL ? &g->doubt[at] : NULL);
    }
}
