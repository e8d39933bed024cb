/* figures_tally.c — rows become sums with bounds. */
#include "evaluate/figures_tally.h"

void tally_init(Tally *t)
{
    *t = (Tally){.least = INT64_MAX,
                 .greatest = INT64_MIN,
                 .maybe_least = INT64_MAX,
                 .maybe_greatest = INT64_MIN};
}

void tally_clear(Tally *t)
{
    if (t->values != NULL)
        g_array_unref(t->values);
    t->values = NULL;
}

static void add_values(Tally *t, const Valued *all, guint n)
{
    if (n == 0)
        return;
    if (t->values == NULL)
        t->values = g_array_new(FALSE, FALSE, sizeof(Valued));
    g_array_append_vals(t->values, all, n);
}

Tally tally_copy(const Tally *t)
{
    Tally own = *t;

    own.values = NULL;
    if (t->values != NULL)
        add_values(&own, &g_array_index(t->values, Valued, 0), t->values->len);
    return own;
}

static bool needs_value(const FigureAggregate *a)
{
    return a->kind != FIGURE_COUNT && a->kind != FIGURE_EXISTS && a->value != -1;
}

static void sure_row(Tally *t, TallyRow r)
{
    t->sure++;
    if (!r.known) {
        t->open++;
        return;
    }
    t->valued++;
    t->sum += r.value;
    t->least = MIN(t->least, r.value);
    t->greatest = MAX(t->greatest, r.value);
}

static void maybe_row(Tally *t, TallyRow r)
{
    t->maybe++;
    if (!r.known) {
        t->open++;
        return;
    }
    t->maybe_low += MIN(r.value, 0);
    t->maybe_high += MAX(r.value, 0);
    t->maybe_least = MIN(t->maybe_least, r.value);
    t->maybe_greatest = MAX(t->maybe_greatest, r.value);
}

static void share_row(Tally *t, TallyRow r)
{
    bool there = r.there == TRUTH_YES;

    if (!r.known) {
        /* A row that may be above moves both lines, one that is not only the lower one. */
        if (r.where != TRUTH_NO)
            t->open_above++;
        if (r.where != TRUTH_YES)
            t->open_below++;
        return; /* its weight may be nothing: that is nothing to take a share of */
    }
    t->weighed += there && r.value != 0;
    if (r.where == TRUTH_YES)
        *(there ? &t->in : &t->maybe_in) += r.value;
    else if (r.where == TRUTH_NO)
        *(there ? &t->out : &t->maybe_out) += r.value;
    else
        *(there ? &t->in_or_out : &t->maybe_either) += r.value;
}

void tally_row(Tally *t, const FigureAggregate *a, TallyRow r)
{
    bool share = a->kind == FIGURE_SHARE;

    if (!needs_value(a)) {
        r.known = true;
        r.value = 1;
    }
    if (r.there == TRUTH_NO || (r.where == TRUTH_NO && !share))
        return;
    bool decided = r.there == TRUTH_YES && (r.where == TRUTH_YES || r.where == TRUTH_NO);
    bool judged = r.there != TRUTH_UNKNOWN && r.where == TRUTH_PERSON;

    if (judged)
        t->judged++;
    else if (!decided || !r.known)
        t->unknown++;
    /* `known` rows on purpose: the others are numbers beside the figure, not bounds of it. */
    if (a->known_only && (!decided || !r.known))
        return;
    if (a->kind == FIGURE_DISTINCT && r.known)
        add_values(t, &(Valued){r.value, decided}, 1);
    if (share)
        share_row(t, r);
    else if (decided)
        sure_row(t, r);
    else
        maybe_row(t, r);
}

void tally_add(Tally *t, const Tally *below)
{
    t->unknown += below->unknown;
    t->judged += below->judged;
    t->sure += below->sure;
    t->valued += below->valued;
    t->maybe += below->maybe;
    t->open += below->open;
    t->sum += below->sum;
    t->maybe_low += below->maybe_low;
    t->maybe_high += below->maybe_high;
    t->least = MIN(t->least, below->least);
    t->greatest = MAX(t->greatest, below->greatest);
    t->maybe_least = MIN(t->maybe_least, below->maybe_least);
    t->maybe_greatest = MAX(t->maybe_greatest, below->maybe_greatest);
    t->in += below->in;
    t->out += below->out;
    t->in_or_out += below->in_or_out;
    t->maybe_in += below->maybe_in;
    t->maybe_out += below->maybe_out;
    t->maybe_either += below->maybe_either;
    t->open_above += below->open_above;
    t->open_below += below->open_below;
    t->weighed += below->weighed;
    if (below->values != NULL)
        add_values(t, &g_array_index(below->values, Valued, 0), below->values->len);
}

/* ---- bounds */

static const Fraction no_floor = {-1, 0}, no_ceiling = {1, 0}, zero = {0, 1}, one = {1, 1};

static Fraction floor_of(const FigureAggregate *a)
{
    return a->not_negative ? zero : no_floor;
}

static Interval counted(int64_t value, int64_t low, int64_t high)
{
    return (Interval){
        .value = fraction_of(value, 1), .low = fraction_of(low, 1), .high = fraction_of(high, 1)};
}

static Interval summed(const Tally *t, const FigureAggregate *a, Wide unit)
{
    Interval r = {.value = fraction_of(t->sum, unit),
                  .low = fraction_of(t->sum + t->maybe_low, unit),
                  .high = fraction_of(t->sum + t->maybe_high, unit)};

    if (t->open > 0) {
        r.high = no_ceiling;
        if (!a->not_negative)
            r.low = no_floor;
    }
    return r;
}

/* The mean of some of these rows lies between the least and the greatest of what goes into it. */
static bool averaged(const Tally *t, const FigureAggregate *a, Wide unit, Interval *ret)
{
    Interval sure = interval_nothing(), maybe = interval_nothing();

    if (t->valued > 0)
        sure = interval_exact(t->sum, unit * t->valued);
    if (t->maybe_least <= t->maybe_greatest) {
        maybe.low = fraction_of(t->maybe_least, unit);
        maybe.high = fraction_of(t->maybe_greatest, unit);
    }
    *ret = t->valued > 0 ? sure : maybe;
    if (t->valued > 0 && t->maybe_least <= t->maybe_greatest) {
        Interval low, high;

        if (!interval_least(sure, maybe, &low) || !interval_greatest(sure, maybe, &high))
            return false;
        ret->low = low.low;
        ret->high = high.high;
    }
    if (t->open > 0) {
        ret->low = floor_of(a);
        ret->high = no_ceiling;
    }
    ret->none = t->valued == 0;
    ret->may_none = t->sure == 0;
    ret->empty = t->sure + t->maybe == 0;
    return true;
}

/* Least and greatest value: sure rows bound it on one side, rows in doubt only on the other. */
static Interval extreme(const Tally *t, const FigureAggregate *a, Wide unit)
{
    bool least = a->kind == FIGURE_LEAST;
    bool some = t->maybe_least <= t->maybe_greatest;
    int64_t sure = least ? t->least : t->greatest;
    Interval r = interval_nothing();

    r.none = t->valued == 0;
    r.may_none = t->sure == 0;
    r.empty = t->sure + t->maybe == 0;
    if (r.empty)
        return r;
    int64_t low = t->valued > 0 ? sure : t->maybe_least;
    int64_t high = t->valued > 0 ? sure : t->maybe_greatest;

    if (t->valued > 0)
        r.value = fraction_of(sure, unit);
    if (some && least)
        low = MIN(low, t->maybe_least);
    if (some && !least)
        high = MAX(high, t->maybe_greatest);
    if (t->valued > 0 || some) {
        r.low = fraction_of(low, unit);
        r.high = fraction_of(high, unit);
    }
    if (t->open > 0 && (least || t->valued == 0))
        r.low = floor_of(a);
    if (t->open > 0 && (!least || t->valued == 0))
        r.high = no_ceiling;
    return r;
}

/* A row that is perhaps not there and would count above the line raises the share, one that would
 * not lowers it: each bound takes only those that go its way. */
static Interval shared(const Tally *t, const FigureAggregate *a)
{
    Wide below = t->in + t->out;
    Wide most = t->in + t->out + t->in_or_out + t->maybe_out + t->maybe_either;
    Wide above = t->in + t->in_or_out + t->maybe_in + t->maybe_either;
    Interval r = interval_nothing();

    r.none = below <= 0;
    r.may_none = t->weighed == 0;
    r.empty = t->weighed + t->open_above + t->open_below == 0 && most == 0 && above == 0;
    if (!r.none)
        r.value = fraction_of(t->in, below);
    if (r.empty || !a->not_negative)
        return !r.empty && !r.none && t->open_above + t->open_below == 0 && most == below &&
                       above == t->in
                   ? interval_exact(t->in, below)
                   : r;
    r.low = t->open_below > 0 || most == 0 ? zero : fraction_of(t->in, most);
    r.high = t->open_above > 0 || above + t->out == 0 ? one : fraction_of(above, above + t->out);
    return r;
}

static gint by_value(gconstpointer a, gconstpointer b)
{
    const Valued *x = a, *y = b;

    return x->value != y->value ? (x->value < y->value ? -1 : 1) : y->sure - x->sure;
}

/* A row of unknown value may have one that is there, or one more. */
static Interval different(const Tally *t)
{
    int64_t sure = 0, all = 0;

    if (t->values != NULL)
        g_array_sort(t->values, by_value);
    for (guint i = 0; t->values != NULL && i < t->values->len; i++) {
        const Valued *v = &g_array_index(t->values, Valued, i);

        if (i > 0 && v->value == g_array_index(t->values, Valued, i - 1).value)
            continue;
        all++;
        sure += v->sure;
    }
    return counted(sure, MAX(sure, t->sure > 0), all + t->open);
}

bool tally_interval(const Tally *t, const FigureAggregate *a, Interval *ret)
{
    Wide unit = power_of_ten(a->scale);

    switch (a->kind) {
    case FIGURE_COUNT:
        *ret = counted(t->sure, t->sure, t->sure + t->maybe);
        return true;
    case FIGURE_EXISTS:
        *ret = counted(t->sure > 0, t->sure > 0, t->sure + t->maybe > 0);
        return true;
    case FIGURE_SUM:
        *ret = summed(t, a, unit);
        return true;
    case FIGURE_MEAN:
        return averaged(t, a, unit, ret);
    case FIGURE_LEAST:
    case FIGURE_GREATEST:
        *ret = extreme(t, a, unit);
        return true;
    case FIGURE_SHARE:
        *ret = shared(t, a);
        return true;
    case FIGURE_DISTINCT:
        *ret = different(t);
        return true;
    }
    return false;
}
