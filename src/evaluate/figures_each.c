/* figures_each.c — an indicator of each record by itself: `of each facility where …` (semantics
 * 38). A counted row belongs to the record it is, or refers to; one whose reference is unknown may
 * belong to any.  Records are taken in turns, so that tallies never fill the memory. Start:
 * figures_evaluate_each(). */
#include "evaluate/figures.h"

#include "evaluate/figures_inside.h"
#include "evaluate/figures_rows.h"

#define TURN                                                                                       \
    16384u /* records whose tallies are kept at once: some megabytes for each aggregate            \
            */

typedef struct Each {
    const FigureProgram *program;
    Date on;
    int codes[LIMIT_FIGURE_INDEXES]; /* of the cell: code, or -1 for the whole */
    Facts *facts;                    /* per aggregate */
    EachFigure *members;
    size_t n;
    int32_t *member_of; /* per row of the entity, or ROW_NONE */
    size_t rows;
    Tally **tallies; /* per aggregate: [turn's members], then the rows that may be anybody's */
    size_t first, last;
} Each;

/* ---- which records */

static bool find_members(Each *e, const Dataset *d, Date from, GArray *to, GError **error)
{
    Facts f;
    bool done = facts_load(&f, e->program, e->program->each, d, from, e->on, error);

    e->rows = f.rows;
    e->member_of = g_new(int32_t, f.rows + 1);
    for (size_t i = 0; done && i < f.rows; i++) {
        FactRow r = facts_row(&f, e->program, i);
        EachFigure one = {.row = i, .place = ROW_NONE};

        e->member_of[i] = ROW_NONE;
        one.there = r.row.there == TRUTH_NO ? TRUTH_NO : truth_and(r.row.there, r.row.where);
        if (one.there == TRUTH_NO)
            continue;
        if (r.place != FACT_UNKNOWN)
            one.place = (int32_t)r.place;
        e->member_of[i] = (int32_t)to->len;
        g_array_append_val(to, one);
    }
    facts_clear(&f);
    e->members = (EachFigure *)(void *)to->data;
    e->n = to->len;
    return done;
}

/* ---- their rows */

static void codes_of(const FigureProgram *p, size_t cell, int *ret)
{
    for (size_t k = p->n_index; k-- > 0;) {
        size_t n = p->index[k].codes + 1;

        ret[k] = (int)(cell % n) - 1;
        cell /= n;
    }
}

/* Whether the row's code is the one wanted, or a narrower one. */
static Truth has_code(const FigureProgram *p, const Facts *f, size_t index, int want, size_t row)
{
    const FigureIndex *x = &p->index[index];
    int code = facts_code(f, p, index, row);

    if (code == FACT_UNKNOWN)
        return TRUTH_UNKNOWN;
    for (unsigned steps = 0; code >= 0 && steps <= x->codes; steps++) {
        if (code == want)
            return TRUTH_YES;
        code = x->wider[code];
    }
    return TRUTH_NO;
}

static Truth in_cell(const Each *e, const Facts *f, size_t row)
{
    Truth t = TRUTH_YES;

    for (size_t k = 0; k < e->program->n_index; k++)
        if (e->codes[k] >= 0)
            t = truth_and(t, has_code(e->program, f, k, e->codes[k], row));
    return t;
}

static void tally_row_of(Each *e, size_t aggregate, size_t row)
{
    const Facts *f = &e->facts[aggregate];
    Tally *t = e->tallies[aggregate];
    FactRow r = facts_row(f, e->program, row);
    int64_t member =
        r.group != FACT_UNKNOWN && (size_t)r.group < e->rows ? e->member_of[r.group] : FACT_UNKNOWN;

    if (r.row.there != TRUTH_NO)
        r.row.there = truth_and(r.row.there, in_cell(e, f, row));
    if (r.row.there == TRUTH_NO)
        return;
    if (r.group == FACT_UNKNOWN) {
        r.row.there = TRUTH_UNKNOWN;
        tally_row(&t[e->last - e->first], f->aggregate, r.row);
    } else if (member >= (int64_t)e->first && member < (int64_t)e->last) {
        tally_row(&t[(size_t)member - e->first], f->aggregate, r.row);
    }
}

static void clear_turn(Each *e)
{
    for (size_t i = 0; i < e->program->n_aggregates; i++)
        for (size_t k = 0; k <= e->last - e->first; k++)
            tally_clear(&e->tallies[i][k]);
}

static void tally_turn(Each *e)
{
    size_t n = e->last - e->first;

    for (size_t i = 0; i < e->program->n_aggregates; i++) {
        for (size_t k = 0; k <= n; k++)
            tally_init(&e->tallies[i][k]);
        for (size_t row = 0; row < e->facts[i].rows; row++)
            tally_row_of(e, i, row);
        for (size_t k = 0; k < n; k++)
            tally_add(&e->tallies[i][k], &e->tallies[i][n]);
    }
}

/* ---- their figures */

static void figures_of_turn(Each *e, Date from, size_t cell)
{
    const FigureProgram *p = e->program;
    g_autofree const Tally **tallies = g_new0(const Tally *, p->n_aggregates + 1);
    g_autofree Interval *results = g_new0(Interval, p->n_steps + 1);

    for (size_t i = e->first; i < e->last; i++) {
        EachFigure *to = &e->members[i];
        Spot at = {.program = p,
                   .tallies = tallies,
                   .region = to->place != ROW_NONE ? (size_t)to->place : p->regions->n,
                   .cell = cell,
                   .on = e->on,
                   .results = results,
                   .stride = 1};

        for (size_t k = 0; k < p->n_aggregates; k++)
            tallies[k] = &e->tallies[k][i - e->first];
        for (size_t k = 0; k < p->n_steps; k++)
            spot_step(&at, k);
        to->figure = (Figure){.indicator = p->indicator,
                              .cell = (unsigned)cell,
                              .region = to->place,
                              .from = from,
                              .on = e->on};
        spot_figure(&at, &to->figure);
    }
}

static void each_clear(Each *e)
{
    for (size_t i = 0; i < e->program->n_aggregates; i++) {
        facts_clear(&e->facts[i]);
        g_free(e->tallies[i]);
    }
    g_free(e->facts);
    g_free(e->tallies);
    g_free(e->member_of);
}

bool figures_evaluate_each(const FigureProgram *p, const Dataset *d, Date from, Date on,
                           size_t cell, GArray *to, GError **error)
{
    Each e = {.program = p, .on = on};
    bool done;

    g_assert(p->each != NULL && to->len == 0);
    codes_of(p, cell, e.codes);
    e.facts = g_new0(Facts, p->n_aggregates + 1);
    e.tallies = g_new0(Tally *, p->n_aggregates + 1);
    done = find_members(&e, d, from, to, error);
    for (size_t i = 0; done && i < p->n_aggregates; i++) {
        e.tallies[i] = g_new(Tally, MIN(e.n, TURN) + 1);
        done = facts_load(&e.facts[i], p, &p->aggregates[i], d, from, on, error);
    }
    for (; done && e.first < e.n; e.first = e.last) {
        e.last = MIN(e.n, e.first + TURN);
        tally_turn(&e);
        figures_of_turn(&e, from, cell);
        clear_turn(&e);
    }
    each_clear(&e);
    return done;
}
