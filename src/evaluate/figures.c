/* figures.c — an indicator for all places at once.
 * Rows are tallied in the place they lie in, tallies are added up the tree, then the arithmetic
 * runs per place.  A row of unknown place is in doubt everywhere, but sure in the one place that
 * holds all others.  Read first: figures_evaluate(), tally_aggregate(). */
#include "evaluate/figures.h"

#include "evaluate/figures_interval.h"
#include "evaluate/figures_tally.h"

/* The facts of an aggregate's rows as columns, NULL where it asks for none. */
typedef struct Facts {
    const FigureAggregate *aggregate;
    const Column *place, *where, *value, *begin, *end, *event;
    bool where_is_truth;
    Date *days; /* flows: each event's own day */
    size_t rows;
    Date from, on;
    bool flow;
} Facts;

static bool load(Facts *f, const Dataset *d, Batch *into, int output, const Column **to,
                 GError **error)
{
    const Program *p = f->aggregate->program;
    size_t i = (size_t)output;

    if (output < 0)
        return true;
    if (!evaluate_column(p, d, i, f->on, f->days, into, i, error))
        return false;
    *to = into->columns[i];
    return true;
}

/* An event of unknown day is looked at on the last day of the period. */
static bool load_days(Facts *f, const Dataset *d, Batch *into, GError **error)
{
    if (!load(f, d, into, f->aggregate->event, &f->event, error))
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

static bool load_facts(Facts *f, const Dataset *d, Batch *into, GError **error)
{
    const FigureAggregate *a = f->aggregate;

    if (a->program == NULL)
        return true;
    f->where_is_truth = a->where >= 0 && a->program->outputs[a->where].is_truth;
    return load_days(f, d, into, error) && load(f, d, into, a->place, &f->place, error) &&
           load(f, d, into, a->where, &f->where, error) &&
           load(f, d, into, a->value, &f->value, error) &&
           load(f, d, into, a->begin, &f->begin, error) && load(f, d, into, a->end, &f->end, error);
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

static Truth condition(const Facts *f, size_t row)
{
    if (f->where == NULL)
        return TRUTH_YES;
    if (f->where_is_truth)
        return (Truth)column_get(f->where, row);
    if (!column_known(f->where, row))
        return TRUTH_UNKNOWN;
    return column_get(f->where, row) != 0 ? TRUTH_YES : TRUTH_NO;
}

/* Row of the tree, or -1: not known where. */
static int64_t place_of(const Facts *f, const RegionTree *t, size_t row)
{
    if (f->aggregate->is_region)
        return row < t->n ? (int64_t)row : -1;
    if (!column_known(f->place, row))
        return -1;
    int64_t place = column_get(f->place, row);

    return place >= 0 && (size_t)place < t->n ? place : -1;
}

/* by_place has a tally per region, then one of rows of unknown place as they are, then one of the
 * same rows where it is in doubt that they lie there. */
static void tally_rows(const Facts *f, const RegionTree *t, Tally *by_place)
{
    for (size_t i = 0; i < f->rows; i++) {
        TallyRow row = {.there = truth_and(happened(f, i), present(f, i)),
                        .where = condition(f, i),
                        .known = f->value == NULL || column_known(f->value, i)};
        int64_t place = place_of(f, t, i);

        if (row.there == TRUTH_NO)
            continue;
        row.value = f->value != NULL && row.known ? column_get(f->value, i) : 0;
        if (place >= 0) {
            tally_row(&by_place[place], f->aggregate, row);
            continue;
        }
        tally_row(&by_place[t->n], f->aggregate, row);
        row.there = TRUTH_UNKNOWN;
        tally_row(&by_place[t->n + 1], f->aggregate, row);
    }
}

/* Children before parents, then the rows of unknown place to everybody. */
static void roll_up(const RegionTree *t, Tally *by_place)
{
    size_t tops = 0;

    for (size_t i = t->n; i-- > 0;) {
        int32_t r = t->by_order[i];

        if (t->parent[r] != ROW_NONE)
            tally_add(&by_place[t->parent[r]], &by_place[r]);
        else
            tops++;
    }
    for (size_t r = 0; r < t->n; r++) {
        bool all = t->parent[r] == ROW_NONE && tops == 1;

        tally_add(&by_place[r], &by_place[all ? t->n : t->n + 1]);
    }
}

static bool tally_aggregate(const FigureProgram *p, const FigureAggregate *a, const Dataset *d,
                            Date from, Date on, Tally *by_place, GError **error)
{
    const Batch *batch = a->entity < d->n_batches ? d->batches[a->entity] : NULL;
    Facts f = {.aggregate = a, .from = from, .on = on, .flow = p->flow};
    bool done = true;

    for (size_t i = 0; i < p->regions->n + 2; i++)
        tally_init(&by_place[i]);
    if (batch == NULL || batch->rows == 0)
        return true;
    f.rows = batch->rows;
    g_autoptr(Batch) into =
        batch_new(p->name, f.rows, a->program != NULL ? a->program->n_outputs : 0);

    done = load_facts(&f, d, into, error);
    if (done) {
        tally_rows(&f, p->regions, by_place);
        roll_up(p->regions, by_place);
    }
    g_free(f.days);
    return done;
}

/* ---- arithmetic */

static Interval param_interval(const FigureParam *p, size_t region, Date day)
{
    size_t i = p->n_slices - 1;

    while (i > 0 && p->slices[i].from > day)
        i--;
    if (!p->slices[i].known[region])
        return interval_unset();
    return interval_exact(p->slices[i].value[region], power_of_ten(p->scale));
}

typedef struct Place { /* one place's run through the steps */
    const FigureProgram *program;
    Tally **tallies; /* [aggregate][region] */
    size_t region;
    Date on;
    Interval *results;
} Place;

static bool compute(const Place *at, const FigureStep *s, Interval *ret)
{
    const Interval *r = at->results;

    switch (s->op) {
    case FIGURE_LEAF:
        return tally_interval(&at->tallies[s->number][at->region],
                              &at->program->aggregates[s->number], ret);
    case FIGURE_NUMBER:
        *ret = interval_exact(s->number, power_of_ten(s->scale));
        return true;
    case FIGURE_PARAM:
        *ret = param_interval(&at->program->params[s->number], at->region, at->on);
        return true;
    case FIGURE_ELSE:
        return interval_else(r[s->a], r[s->b], ret);
    case FIGURE_ADD:
        return interval_add(r[s->a], r[s->b], ret);
    case FIGURE_SUB:
        return interval_add(r[s->a], interval_neg(r[s->b]), ret);
    case FIGURE_MUL:
        return interval_mul(r[s->a], r[s->b], ret);
    case FIGURE_DIV:
        return interval_div(r[s->a], r[s->b], ret);
    case FIGURE_NEG:
        *ret = interval_neg(r[s->a]);
        return true;
    case FIGURE_MIN:
    case FIGURE_AND:
        return interval_least(r[s->a], r[s->b], ret);
    case FIGURE_MAX:
    case FIGURE_OR:
        return interval_greatest(r[s->a], r[s->b], ret);
    case FIGURE_ROUND:
        return interval_round(r[s->a], s->scale, (Rounding)s->number, ret);
    case FIGURE_EQ:
        return interval_equal(r[s->a], r[s->b], ret);
    case FIGURE_LT:
    case FIGURE_LE:
        return interval_less(r[s->a], r[s->b], s->op == FIGURE_LE, ret);
    case FIGURE_NOT:
        *ret = interval_not(r[s->a]);
        return true;
    case FIGURE_IF:
        return interval_if(r[s->a], r[s->b], r[s->c], ret);
    }
    return false;
}

/* A bound in the indicator's scale; exact as above ÷ below where that is no whole number. */
static bool bound(Fraction f, unsigned scale, int64_t *ret, FigureExact *ret_exact)
{
    *ret_exact = (FigureExact){0, 0};
    if (f.under == 0) {
        *ret = f.over > 0 ? INT64_MAX : INT64_MIN;
        return true;
    }
    Wide over = 0;

    if (!fraction_round(f, scale, ROUND_HALF_UP, ret) ||
        __builtin_mul_overflow(f.over, (Wide)power_of_ten(scale), &over))
        return false;
    Fraction exact = fraction_of(over, f.under);

    if (exact.over >= INT64_MIN && exact.over <= INT64_MAX && exact.under <= INT64_MAX)
        *ret_exact = (FigureExact){(int64_t)exact.over, (int64_t)exact.under};
    return true;
}

static void add_doubt(const Place *at, Figure *to)
{
    for (size_t i = 0; i < at->program->n_aggregates; i++) {
        to->unknown += at->tallies[i][at->region].unknown;
        to->judged += at->tallies[i][at->region].judged;
    }
}

static bool fits(Wide v)
{
    return v >= INT64_MIN && v <= INT64_MAX;
}

/* Whole numbers for both lines: people, beds, fen. */
static bool whole(Fraction over, Fraction under, unsigned scale, Figure *to)
{
    Wide ten = power_of_ten(scale);

    if (over.under == 0 || under.under == 0 || ten % over.under != 0 || ten % under.under != 0)
        return false;
    over.over *= ten / over.under;
    under.over *= ten / under.under;
    if (!fits(over.over) || !fits(under.over))
        return false;
    to->numerator = (int64_t)over.over;
    to->denominator = (int64_t)under.over;
    return true;
}

/* The two lines of a share, mean or quotient that is the figure itself: what a page shows beside
 * the per cents. */
static void add_lines(const Place *at, Figure *to)
{
    const FigureStep *steps = at->program->steps, *last = &steps[at->program->n_steps - 1];

    if (last->op == FIGURE_ROUND)
        last = &steps[last->a];
    /* Beds per thousand people have no lines worth showing. */
    if (last->op == FIGURE_DIV && steps[last->a].op == FIGURE_LEAF &&
        steps[last->b].op == FIGURE_LEAF) {
        Fraction over = at->results[last->a].value, under = at->results[last->b].value;

        if (!whole(over, under, 0, to))
            whole(over, under, 2, to);
        return;
    }
    if (last->op != FIGURE_LEAF)
        return;
    const FigureAggregate *a = &at->program->aggregates[last->number];
    const Tally *t = &at->tallies[last->number][at->region];
    bool share = a->kind == FIGURE_SHARE;

    if (share || a->kind == FIGURE_MEAN)
        whole((Fraction){share ? t->in : t->sum, 1},
              (Fraction){share ? t->in + t->out : t->valued, 1}, 0, to);
}

static bool figure_of(const Place *at, Figure *to)
{
    const FigureProgram *p = at->program;

    for (size_t i = 0; i < p->n_steps; i++) {
        if (!compute(at, &p->steps[i], &at->results[i]))
            return false;
    }
    Interval r = at->results[p->n_steps - 1];
    FigureExact exact;

    /* Where it may be that there is no case at all, no bound holds for every filling. */
    if (r.may_none) {
        r.low = (Fraction){-1, 0};
        r.high = (Fraction){1, 0};
    }
    to->no_case = r.none;
    to->param_unset = r.unset;
    add_doubt(at, to);
    add_lines(at, to);
    return bound(r.low, p->scale, &to->low, &to->exact_low) &&
           bound(r.high, p->scale, &to->high, &to->exact_high) &&
           (r.none || r.unset || bound(r.value, p->scale, &to->value, &exact));
}

static void figures_compute(const FigureProgram *p, Tally **tallies, Date from, Date on,
                            Figure *out)
{
    g_autofree Interval *results = g_new0(Interval, p->n_steps + 1);
    Place at = {.program = p, .tallies = tallies, .on = on, .results = results};

    for (; at.region < p->regions->n; at.region++) {
        Figure *f = &out[at.region];

        *f = (Figure){
            .indicator = p->indicator, .region = (int32_t)at.region, .from = from, .on = on};
        /* One absurd amount must not take down everybody's page: that figure is in doubt, no other.
         */
        if (!figure_of(&at, f)) {
            f->value = 0;
            f->low = INT64_MIN;
            f->high = INT64_MAX;
            f->unknown++;
        }
    }
}

bool figures_evaluate(const FigureProgram *p, const Dataset *d, Date from, Date on, Figure *out,
                      GError **error)
{
    g_autofree Tally **tallies = g_new0(Tally *, p->n_aggregates + 1);
    bool done = true;

    for (size_t i = 0; done && i < p->n_aggregates; i++) {
        tallies[i] = g_new(Tally, p->regions->n + 2);
        done = tally_aggregate(p, &p->aggregates[i], d, from, on, tallies[i], error);
    }
    if (done)
        figures_compute(p, tallies, from, on, out);
    for (size_t i = 0; i < p->n_aggregates; i++)
        g_free(tallies[i]);
    return done;
}
