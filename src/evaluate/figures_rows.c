/* figures_rows.c — what the columns say of one row.  See figures_rows.h. */
#include "evaluate/figures_rows.h"

#include "evaluate/evaluate.h"

static bool load(Facts *f, const Dataset *d, int output, const Column **to, GError **error)
{
    const Program *p = f->aggregate->program;
    size_t i = (size_t)output;

    if (output == -1)
        return true;
    if (output < -1) {
        *to = f->batch->columns[FIGURE_COLUMN(output)];
        return true;
    }
    if (!evaluate_column(p, d, i, f->on, f->days, f->into, i, error))
        return false;
    *to = f->into->columns[i];
    return true;
}

/* An event of unknown day is looked at on the last day of the period. */
static bool load_days(Facts *f, const Dataset *d, GError **error)
{
    if (!load(f, d, f->aggregate->event, &f->event, error))
        return false;
    if (!f->flow)
        return true;
    f->days = g_new(Date, f->rows + 1);
    for (size_t i = 0; i < f->rows; i++) {
        bool known = column_known(f->event, i);
        int64_t day = known ? column_get(f->event, i) : f->on;

        f->days[i] = (Date)CLAMP(day, f->from, f->on); /* others are not counted anyway */
    }
    return true;
}

static bool load_all(Facts *f, const Dataset *d, GError **error)
{
    const FigureAggregate *a = f->aggregate;
    bool done = load_days(f, d, error) && load(f, d, a->place, &f->place, error) &&
                load(f, d, a->where, &f->where, error) && load(f, d, a->base, &f->base, error) &&
                load(f, d, a->value, &f->value, error) && load(f, d, a->begin, &f->begin, error) &&
                load(f, d, a->end, &f->end, error) && load(f, d, a->group, &f->group, error);

    for (size_t k = 0; done && k < LIMIT_FIGURE_INDEXES; k++)
        done = load(f, d, a->index[k], &f->index[k], error);
    f->where_is_truth = a->where >= 0 && a->program->outputs[a->where].is_truth;
    f->base_is_truth = a->base >= 0 && a->program->outputs[a->base].is_truth;
    return done;
}

bool facts_load(Facts *f, const FigureProgram *p, const FigureAggregate *a, const Dataset *d,
                Date from, Date on, GError **error)
{
    const Dataset *own = a->is_region ? p->places : d;
    const Batch *batch = a->entity < own->n_batches ? own->batches[a->entity] : NULL;

    *f = (Facts){.aggregate = a, .from = from, .on = on, .flow = p->flow && a != p->each};
    if (batch == NULL || batch->rows == 0)
        return true;
    f->batch = batch;
    f->rows = batch->rows;
    f->into = batch_new(p->name, f->rows, a->program != NULL ? a->program->n_outputs : 0);
    return load_all(f, own, error);
}

void facts_clear(Facts *f)
{
    batch_free(f->into);
    g_free(f->days);
    f->into = NULL;
    f->days = NULL;
}

/* Whether the event lies in the period.  For a stock: whether it has happened; a record with a span
 * is there by its span. */
static Truth happened(const Facts *f, size_t row)
{
    if (f->event == NULL || (!f->flow && f->begin != NULL))
        return TRUTH_YES;
    if (!column_known(f->event, row))
        return TRUTH_UNKNOWN;
    int64_t day = column_get(f->event, row);

    return day <= f->on && (!f->flow || day >= f->from) ? TRUTH_YES : TRUTH_NO;
}

/* The record's own span on the day (semantics 10, 11). */
static Truth present(const Facts *f, size_t row)
{
    Date day = f->flow ? f->days[row] : f->on;
    Truth begun = TRUTH_YES, lasts = TRUTH_YES;

    if (f->begin != NULL)
        begun = !column_known(f->begin, row)       ? TRUTH_UNKNOWN
                : column_get(f->begin, row) <= day ? TRUTH_YES
                                                   : TRUTH_NO;
    if (f->end != NULL) {
        if (!column_known(f->end, row))
            lasts = f->aggregate->end_open ? TRUTH_YES : TRUTH_UNKNOWN;
        else if (column_get(f->end, row) < day + !f->aggregate->end_counts)
            lasts = TRUTH_NO;
    }
    return truth_and(begun, lasts);
}

static Truth truth_in(const Column *c, bool is_truth, size_t row)
{
    if (c == NULL)
        return TRUTH_YES;
    if (is_truth)
        return (Truth)column_get(c, row);
    if (!column_known(c, row))
        return TRUTH_UNKNOWN;
    return column_get(c, row) != 0 ? TRUTH_YES : TRUTH_NO;
}

static Truth condition(const Facts *f, size_t row)
{
    if (f->where_each != NULL)
        return interval_truth(&f->where_each[row]);
    return truth_in(f->where, f->where_is_truth, row);
}

static int64_t place_of(const Facts *f, const RegionTree *t, size_t row)
{
    if (f->aggregate->is_region)
        return row < t->n ? (int64_t)row : FACT_UNKNOWN;
    if (f->place == NULL || !column_known(f->place, row))
        return FACT_UNKNOWN;
    int64_t place = column_get(f->place, row);

    return place >= 0 && (size_t)place < t->n ? place : FACT_UNKNOWN;
}

FactRow facts_row(const Facts *f, const FigureProgram *p, size_t row)
{
    FactRow r = {.row = {.there = TRUTH_NO, .where = condition(f, row)}, .group = FACT_UNKNOWN};

    /* What does not count matters to a share alone. */
    if (r.row.where == TRUTH_NO && f->aggregate->kind != FIGURE_SHARE)
        return r;
    r.row.there = truth_and(truth_in(f->base, f->base_is_truth, row),
                            truth_and(happened(f, row), present(f, row)));
    if (r.row.there == TRUTH_NO)
        return r;
    r.row.known = f->value == NULL || column_known(f->value, row);
    r.row.value = f->value != NULL && r.row.known ? column_get(f->value, row) : 0;
    r.place = place_of(f, p->regions, row);
    if (f->aggregate->self)
        r.group = (int64_t)row;
    else if (f->group != NULL && column_known(f->group, row))
        r.group = column_get(f->group, row);
    return r;
}

int facts_code(const Facts *f, const FigureProgram *p, size_t index, size_t row)
{
    const Column *c = f->index[index];
    int64_t code = c != NULL && column_known(c, row) ? column_get(c, row) : FACT_UNKNOWN;

    return code >= 0 && code < p->index[index].codes ? (int)code : FACT_UNKNOWN;
}
