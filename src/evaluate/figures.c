/* figures.c — an indicator for all places and codes at once.
 * The steps are taken one after the other for all places; the tallies of an aggregate are made when
 * its step comes, so that a counted region may look at what lies in it.  Not here: rows
 * (figures_rows.c), tallies (figures_ground.c), arithmetic (figures_spot.c).  Read first:
 * figures_evaluate(), take_step(). */
#include "evaluate/figures.h"

#include "evaluate/figures_ground.h"
#include "evaluate/figures_inside.h"

typedef struct Figuring {
    const FigureProgram *program;
    const Dataset *data;
    Date from, on;
    Ground **grounds;  /* per aggregate, once its step was taken */
    Batch *fields;     /* of regions; NULL: none is read */
    Interval *results; /* [step][region] */
    const Tally **tallies;
    size_t first, last; /* regions that are asked for; what lies below a counted one needs all */
} Figuring;

static bool load_fields(Figuring *f, GError **error)
{
    const Program *p = f->program->region_fields;

    if (p == NULL)
        return true;
    f->fields = batch_new("region", f->program->regions->n, p->n_outputs);
    for (size_t i = 0; i < p->n_outputs; i++)
        if (!evaluate_column(p, f->program->places, i, f->on, NULL, f->fields, i, error))
            return false;
    return true;
}

static bool make_ground(Figuring *f, size_t aggregate, GError **error)
{
    const FigureAggregate *a = &f->program->aggregates[aggregate];
    Facts facts;
    bool done = facts_load(&facts, f->program, a, f->data, f->from, f->on, error);

    if (a->where_step != STEP_NONE)
        facts.where_each = &f->results[a->where_step * f->program->regions->n];
    f->grounds[aggregate] = ground_new(f->program, a);
    if (done)
        ground_rows(f->grounds[aggregate], &facts);
    facts_clear(&facts);
    return done;
}

static Spot spot_at(const Figuring *f, size_t cell, size_t region)
{
    return (Spot){.program = f->program,
                  .tallies = f->tallies,
                  .fields = f->fields != NULL ? (const Column *const *)f->fields->columns : NULL,
                  .region = region,
                  .cell = cell,
                  .on = f->on,
                  .results = f->results + region,
                  .stride = f->program->regions->n};
}

static void tallies_at(Figuring *f, size_t cell, size_t region)
{
    for (size_t i = 0; i < f->program->n_aggregates; i++)
        f->tallies[i] = f->grounds[i] != NULL ? ground_tally(f->grounds[i], cell, region) : NULL;
}

static bool take_step(Figuring *f, size_t step, size_t cell, GError **error)
{
    const FigureStep *s = &f->program->steps[step];

    if (s->inner && cell > 0) /* the same in each */
        return true;
    if (s->op == FIGURE_LEAF && cell == 0 && !make_ground(f, (size_t)s->number, error))
        return false;
    size_t first = s->inner ? 0 : f->first, last = s->inner ? f->program->regions->n : f->last;
    for (size_t r = first; r < last; r++) {
        Spot at = spot_at(f, cell, r);

        if (s->op == FIGURE_LEAF)
            f->tallies[s->number] = ground_tally(f->grounds[s->number], cell, r);
        spot_step(&at, step);
    }
    return true;
}

static bool take_cell(Figuring *f, size_t cell, Figure *out, GError **error)
{
    const FigureProgram *p = f->program;

    for (size_t i = 0; i < p->n_steps; i++)
        if (!take_step(f, i, cell, error))
            return false;
    for (size_t r = f->first; r < f->last; r++) {
        Spot at = spot_at(f, cell, r);
        Figure *to = &out[r - f->first];

        tallies_at(f, cell, r);
        *to = (Figure){.indicator = p->indicator,
                       .cell = (unsigned)cell,
                       .region = (int32_t)r,
                       .from = f->from,
                       .on = f->on};
        spot_figure(&at, to);
    }
    return true;
}

static bool evaluate(Figuring *f, Figure *out, GError **error)
{
    const FigureProgram *p = f->program;
    bool done;

    f->grounds = g_new0(Ground *, p->n_aggregates + 1);
    f->tallies = g_new0(const Tally *, p->n_aggregates + 1);
    f->results = g_new0(Interval, p->n_steps * p->regions->n + 1);
    done = load_fields(f, error);
    for (size_t cell = 0; done && cell < p->n_cells; cell++)
        done = take_cell(f, cell, &out[cell * (f->last - f->first)], error);
    for (size_t i = 0; i < p->n_aggregates; i++)
        ground_free(f->grounds[i]);
    batch_free(f->fields);
    g_free(f->grounds);
    g_free(f->tallies);
    g_free(f->results);
    return done;
}

bool figures_evaluate(const FigureProgram *p, const Dataset *d, Date from, Date on, Figure *out,
                      GError **error)
{
    Figuring f = {.program = p, .data = d, .from = from, .on = on, .last = p->regions->n};

    return evaluate(&f, out, error);
}

bool figures_evaluate_in(const FigureProgram *p, const Dataset *d, size_t region, Date from,
                         Date on, Figure *out, GError **error)
{
    Figuring f = {.program = p, .data = d, .from = from, .on = on};

    g_assert(region < p->regions->n);
    f.first = region;
    f.last = region + 1;
    return evaluate(&f, out, error);
}
