/* figures_spot.c — the arithmetic between aggregates, and a Figure of the result.
 * In: tallies, params, facts of a region.  Out: intervals, one Figure.  Start: spot_step(). */
#include "evaluate/figures_inside.h"

#include "data/batch.h"

static Interval param_interval(const Spot *at, const FigureParam *p)
{
    size_t i = p->n_slices - 1, places = at->program->regions->n + 1;
    size_t where = (p->by_cell ? at->cell : 0) * places + at->region;

    while (i > 0 && p->slices[i].from > at->on)
        i--;
    if (!p->slices[i].known[where])
        return interval_unset();
    return interval_exact(p->slices[i].value[where], power_of_ten(p->scale));
}

/* What the region's own record says. */
static Interval field_interval(const Spot *at, const FigureStep *s)
{
    const ProgramOutput *o = &at->program->region_fields->outputs[s->number];
    const Column *c = at->fields[s->number];
    bool known = at->region < c->rows && column_known(c, at->region);
    int64_t value = known ? column_get(c, at->region) : 0;

    if (o->is_truth || o->value_kind == KIND_BOOL) {
        known = known && (!o->is_truth || value == TRUTH_YES || value == TRUTH_NO);
        return interval_condition(known, o->is_truth ? value == TRUTH_YES : value != 0);
    }
    return known ? interval_exact(value, power_of_ten(s->scale))
                 : interval_lacking(s->not_negative);
}

static bool compute(const Spot *at, const FigureStep *s, Interval *ret)
{
    const FigureProgram *p = at->program;
    const Interval a = at->results[s->a * at->stride], b = at->results[s->b * at->stride],
                   c = at->results[s->c * at->stride];

    switch (s->op) {
    case FIGURE_LEAF:
        return tally_interval(at->tallies[s->number], &p->aggregates[s->number], ret);
    case FIGURE_NUMBER:
        *ret = interval_exact(s->number, power_of_ten(s->scale));
        return true;
    case FIGURE_PARAM:
        *ret = param_interval(at, &p->params[s->number]);
        return true;
    case FIGURE_FIELD:
        *ret = field_interval(at, s);
        return true;
    case FIGURE_ELSE:
        return interval_else(a, b, ret);
    case FIGURE_ADD:
        return interval_add(a, b, ret);
    case FIGURE_SUB:
        return interval_add(a, interval_neg(b), ret);
    case FIGURE_MUL:
        return interval_mul(a, b, ret);
    case FIGURE_DIV:
        return interval_div(a, b, ret);
    case FIGURE_NEG:
        *ret = interval_neg(a);
        return true;
    case FIGURE_MIN:
    case FIGURE_AND:
        return interval_least(a, b, ret);
    case FIGURE_MAX:
    case FIGURE_OR:
        return interval_greatest(a, b, ret);
    case FIGURE_ROUND:
        return interval_round(a, s->scale, (Rounding)s->number, ret);
    case FIGURE_EQ:
        return interval_equal(a, b, ret);
    case FIGURE_LT:
    case FIGURE_LE:
        return interval_less(a, b, s->op == FIGURE_LE, ret);
    case FIGURE_NOT:
        *ret = interval_not(a);
        return true;
    case FIGURE_IF:
        return interval_if(a, b, c, ret);
    }
    return false;
}

void spot_step(const Spot *at, size_t step)
{
    Interval *to = &at->results[step * at->stride];

    if (!compute(at, &at->program->steps[step], to))
        *to = interval_huge();
}

/* ---- what is told of it */

/* A bound in the indicator's scale; exact as above ÷ below where that is no whole number.  What
 * does not fit is no bound. */
static void bound(Fraction f, unsigned scale, int64_t *ret, FigureExact *ret_exact)
{
    Wide over = 0;

    *ret_exact = (FigureExact){0, 0};
    if (f.under == 0 || !fraction_round(f, scale, ROUND_HALF_UP, ret)) {
        *ret = f.over > 0 ? INT64_MAX : INT64_MIN;
        return;
    }
    if (__builtin_mul_overflow(f.over, (Wide)power_of_ten(scale), &over))
        return;
    Fraction exact = fraction_of(over, f.under);

    if (exact.over >= INT64_MIN && exact.over <= INT64_MAX && exact.under <= INT64_MAX)
        *ret_exact = (FigureExact){(int64_t)exact.over, (int64_t)exact.under};
}

/* Below a counted region doubt is the region's. */
static void add_doubt(const Spot *at, Figure *to)
{
    for (size_t i = 0; i < at->program->n_aggregates; i++) {
        if (at->program->aggregates[i].inner)
            continue;
        to->unknown += at->tallies[i]->unknown;
        to->judged += at->tallies[i]->judged;
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
static void add_lines(const Spot *at, Figure *to)
{
    const FigureStep *steps = at->program->steps, *last = &steps[at->program->n_steps - 1];

    if (last->op == FIGURE_ROUND)
        last = &steps[last->a];
    /* Beds per thousand people have no lines worth showing. */
    if (last->op == FIGURE_DIV && steps[last->a].op == FIGURE_LEAF &&
        steps[last->b].op == FIGURE_LEAF) {
        Fraction over = at->results[last->a * at->stride].value,
                 under = at->results[last->b * at->stride].value;

        if (!whole(over, under, 0, to))
            whole(over, under, 2, to);
        return;
    }
    if (last->op != FIGURE_LEAF)
        return;
    const FigureAggregate *a = &at->program->aggregates[last->number];
    const Tally *t = at->tallies[last->number];
    bool share = a->kind == FIGURE_SHARE;

    if (share || a->kind == FIGURE_MEAN)
        whole((Fraction){share ? t->in : t->sum, 1},
              (Fraction){share ? t->in + t->out : t->valued, 1}, 0, to);
}

void spot_figure(const Spot *at, Figure *to)
{
    const FigureProgram *p = at->program;
    Interval r = at->results[(p->n_steps - 1) * at->stride];
    bool known;

    /* Where it may be that there is no case at all, no bound holds for every filling. */
    if (r.may_none) {
        r.low = (Fraction){-1, 0};
        r.high = (Fraction){1, 0};
    }
    to->fact_missing = r.lacking;
    to->param_unset = r.unset;
    to->no_case = r.none && !r.lacking && !r.unset;
    to->too_large = r.huge;
    add_doubt(at, to);
    to->unknown += r.lacking;
    add_lines(at, to);
    bound(r.low, p->scale, &to->low, &to->exact_low);
    bound(r.high, p->scale, &to->high, &to->exact_high);
    known = !r.none && !r.unset && !r.lacking && !r.huge;
    /* A value is never anything but itself. */
    if (known && !fraction_round(r.value, p->scale, ROUND_HALF_UP, &to->value)) {
        to->too_large = true;
        to->value = 0;
    }
}
