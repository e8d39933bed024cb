/* gather_quotient.c — shares, means, and how many different values there are: what they can be at
 * least and at most over every way of filling the unknowns (semantics 29, 30, 34).
 * In: a Tally, rows that only may count.  Out: a register.  Start: end_share(). */
#include "evaluate/gather.h"

/* over ÷ under, under > 0, in units of the value. */
typedef struct Quotient {
    Wide over, under;
} Quotient;

/* Between which two it lies: where they are one it is known. */
typedef struct Between {
    Quotient low, high;
} Between;

static int order(Quotient x, Quotient y)
{
    Wide a = x.over * y.under, b = y.over * x.under;

    return a < b ? -1 : a > b;
}

static bool fits(Wide v)
{
    return v >= INT64_MIN && v <= INT64_MAX;
}

static Wide floor_div(Wide over, Wide under)
{
    Wide q = over / under;

    return over % under < 0 ? q - 1 : q;
}

static Reg part_of(Run *r, const Step *s, const AggregateStep *a, Quotient x, Date next)
{
    Wide up = power_of_ten(a->up), v = 0;

    switch (a->part) {
    case QUOTIENT_FLOOR:
        v = floor_div(x.over * up, x.under);
        break;
    case QUOTIENT_CEILING:
        v = -floor_div(-x.over * up, x.under);
        break;
    case QUOTIENT_OVER:
        v = x.over;
        break;
    case QUOTIENT_UNDER:
        v = x.under;
        break;
    }
    if (!fits(v)) {
        r->overflow = true;
        return gather_lacking(s, s->reads, next);
    }
    return (Reg){(int64_t)v, 0, next};
}

/* Where perhaps no row is left, `else V` is one more thing it may be. */
static Reg end_empty(Run *r, const Step *s, const AggregateStep *a, Date next)
{
    Reg none = gather_nothing(r, s, a, next);

    if (none.missing != 0)
        return none;
    return part_of(r, s, a, (Quotient){none.value, power_of_ten(a->up)}, none.next);
}

static Reg end_between(Run *r, const Step *s, const AggregateStep *a, Between x, bool may_none,
                       uint64_t missing, Date next)
{
    if (may_none) {
        Reg none = gather_nothing(r, s, a, next);

        if (none.missing != 0)
            return gather_lacking(s, missing | none.missing, none.next);
        Quotient v = {none.value, power_of_ten(a->up)};

        next = none.next;
        x.low = order(v, x.low) < 0 ? v : x.low;
        x.high = order(v, x.high) > 0 ? v : x.high;
    }
    if (a->bound == BOUND_EXACT && order(x.low, x.high) != 0)
        return gather_lacking(s, missing, next);
    return part_of(r, s, a, a->bound == BOUND_HIGH ? x.high : x.low, next);
}

/* ---- shares ---------------------------------------------------------------------------------- */

void tally_share(Tally *t, const CountedRow *c)
{
    bool there = c->counts == TRUTH_YES, yes = c->above == TRUTH_YES, no = c->above == TRUTH_NO;

    if (c->missing != 0) { /* its weight may be nothing, or more than all others */
        t->open_above = t->open_above || !no;
        t->open_below = t->open_below || !yes;
        t->missing |= c->missing | c->why | c->unsure;
        return;
    }
    if (c->value == 0)
        return;
    t->weighed += there;
    t->above += there && yes ? c->value : 0;
    t->above_most += no ? 0 : c->value;
    t->below += there && no ? c->value : 0;
    t->below_most += yes ? 0 : c->value;
    if (!there || (!yes && !no))
        t->missing |= c->why | c->unsure;
}

/* A row that is above the line raises the share, one that is not lowers it: each bound takes only
 * those that go its way. */
static Between share_between(const Tally *t)
{
    Between x = {{0, 1}, {1, 1}};
    Wide least = t->above + t->below_most, most = t->above_most + t->below;

    if (!t->open_below)
        x.low = least > 0 ? (Quotient){t->above, least} : (Quotient){1, 1};
    if (!t->open_above)
        x.high = most > 0 ? (Quotient){t->above_most, most} : (Quotient){0, 1};
    return x;
}

Reg end_share(Run *r, const Step *s, const AggregateStep *a, const Tally *t)
{
    bool empty = t->weighed == 0 && !t->open_above && !t->open_below && t->above_most == 0 &&
                 t->below_most == 0;

    if (empty)
        return end_empty(r, s, a, t->next);
    if (!fits(t->above_most) || !fits(t->below_most)) {
        r->overflow = true;
        return gather_lacking(s, s->reads, t->next);
    }
    return end_between(r, s, a, share_between(t), t->weighed == 0, t->missing, t->next);
}

/* ---- means ----------------------------------------------------------------------------------- */

static gint by_value(gconstpointer a, gconstpointer b)
{
    const Rival *x = a, *y = b;

    return x->value < y->value ? -1 : x->value > y->value;
}

/* The least mean takes in what lies below it, from the smallest on; the greatest likewise. */
static Quotient mean_bound(const Run *body, const Tally *t, bool low)
{
    Quotient x = {t->sum, t->sure};
    guint n = body->rivals->len;

    for (guint i = 0; i < n; i++) {
        Wide v = g_array_index(body->rivals, Rival, low ? i : n - 1 - i).value;
        bool moves = low ? v * x.under < x.over : v * x.under > x.over;

        if (x.under > 0 && !moves)
            break;
        x.over += v;
        x.under++;
    }
    return x;
}

Reg end_mean(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    bool open = t->open;
    Between x;

    if (t->sure + t->maybe == 0)
        return end_empty(r, s, a, t->next);
    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *v = &g_array_index(body->rivals, Rival, i);

        open = open || v->missing != 0;
        t->missing |= v->why;
    }
    if (open)
        return gather_lacking(s, t->missing, t->next);
    g_array_sort(body->rivals, by_value);
    x = (Between){mean_bound(body, t, true), mean_bound(body, t, false)};
    if (!fits(x.low.over) || !fits(x.high.over)) {
        r->overflow = true;
        return gather_lacking(s, s->reads, t->next);
    }
    return end_between(r, s, a, x, t->sure == 0, t->missing, t->next);
}

/* ---- different values ------------------------------------------------------------------------ */

/* Rows of known value are kept, `dated` for those that count. */
void tally_distinct(Run *body, Tally *t, const CountedRow *c)
{
    Rival x = {.dated = c->counts == TRUTH_YES, .value = c->value, .why = c->why};

    if (c->missing == 0) {
        g_array_append_val(body->rivals, x);
        return;
    }
    t->unvalued++;
    t->unvalued_sure += c->counts == TRUTH_YES;
    t->missing |= c->missing | c->why;
}

Reg end_distinct(const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    int64_t sure = 0, all = 0, low, high;
    const GArray *rows = body->rivals;

    g_array_sort((GArray *)rows, by_value);
    for (guint i = 0; i < rows->len;) {
        int64_t value = g_array_index(rows, Rival, i).value;
        uint64_t why = 0;
        bool counts = false;

        for (; i < rows->len && g_array_index(rows, Rival, i).value == value; i++) {
            counts = counts || g_array_index(rows, Rival, i).dated;
            why |= g_array_index(rows, Rival, i).why;
        }
        sure += counts;
        all++;
        t->missing |= counts ? 0 : why;
    }
    low = MAX(sure, t->unvalued_sure > 0); /* one of unknown value is one of these, or another */
    high = all + t->unvalued;
    if (a->bound == BOUND_EXACT && low != high)
        return gather_lacking(s, t->missing, t->next);
    return (Reg){a->bound == BOUND_HIGH ? high : low, 0, t->next};
}
