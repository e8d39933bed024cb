/* compared.c — comparisons, known also where the numbers are not (semantics 18, 29).
 * A number over records has a least and a most it can be; the first day of a spell an earliest and
 * a latest.  Yes where the worse bounds say so, no where the better ones do. In: two typed
 * expressions.  Out: a truth.  Start: lower_compared(). */
#include "compile/build.h"

uint32_t step_compared(Builder *b, Op op, uint32_t x, uint32_t y)
{
    unsigned scale = MAX(step_at(b, x)->scale, step_at(b, y)->scale);
    uint32_t p = step_scaled(b, x, scale), q = step_scaled(b, y, scale);

    return step_of(b, op, p, q);
}

/* A side: what it is, and the least and the most it can be. */
typedef struct Side {
    uint32_t low, exact, high;
} Side;

static const Expr *quotient_of(const Expr *e)
{
    while (e->kind == EXPR_RESCALE)
        e = e->a;
    return expr_is_quotient(e) ? e : NULL;
}

/* A number of so many decimals is at most x where it is at most the greatest such number that is
 * not above x, and so on: `other` says that the side stands on the right. */
static Side side_of_quotient(Scope s, const Expr *e, Op op, bool other)
{
    bool floors = (op == OP_GE || op == OP_LT) != other;
    QuotientPart part = floors ? QUOTIENT_FLOOR : QUOTIENT_CEILING;
    const Expr *q = quotient_of(e);
    unsigned scale = e->type.scale;
    Side x;

    x.exact = lower_value(s, q);
    if (part != QUOTIENT_FLOOR || scale != q->type.scale)
        x.exact = lower_quotient(s, q, BOUND_EXACT, part, scale);
    x.low = x.high = x.exact;
    if (has_bounds(q)) {
        x.low = lower_quotient(s, q, BOUND_LOW, part, scale);
        x.high = lower_quotient(s, q, BOUND_HIGH, part, scale);
    }
    return x;
}

/* ---- spells */

static bool has_since(const Expr *e)
{
    switch (e->kind) {
    case EXPR_SINCE:
        return true;
    case EXPR_YEARS:
    case EXPR_MONTHS:
    case EXPR_DAYS:
    case EXPR_DATE_ADD:
        return has_since(e->a) || has_since(e->b);
    default:
        return false;
    }
}

static uint32_t spell_bound(Scope s, const Expr *e, Bound bound)
{
    static const Op spans[] = {
        [EXPR_YEARS] = OP_YEARS, [EXPR_MONTHS] = OP_MONTHS, [EXPR_DAYS] = OP_DAYS};
    Bound turned = bound == BOUND_LOW ? BOUND_HIGH : BOUND_LOW;
    uint32_t x, y;

    if (!has_since(e))
        return lower_value(s, e);
    if (e->kind == EXPR_SINCE)
        return lower_since(s, e, bound);
    if (e->kind == EXPR_DATE_ADD) {
        x = spell_bound(s, e->a, bound);
        return step_date_add(s, x, e->b);
    }
    x = spell_bound(s, e->a, turned); /* the later it began, the shorter it is */
    y = spell_bound(s, e->b, bound);
    return step_of(s.b, spans[e->kind], x, y);
}

/* A spell that is none has no first day: what is compared with it is no. */
static uint32_t while_it_holds(Scope s, const Expr *e, uint32_t x)
{
    if (!has_since(e))
        return x;
    if (e->kind == EXPR_SINCE)
        return step_of(s.b, OP_AND, lower_truth(s, e->a), x);
    x = while_it_holds(s, e->a, x);
    return while_it_holds(s, e->b, x);
}

/* ---- both sides */

static bool has_range(const Expr *e)
{
    const Expr *q = quotient_of(e);

    return has_bounds(q != NULL ? q : e) || has_since(e);
}

static Side side_of(Scope s, const Expr *e, Op op, bool other)
{
    Side x;

    if (quotient_of(e) != NULL)
        return side_of_quotient(s, e, op, other);
    x.exact = lower_value(s, e);
    x.low = x.high = x.exact;
    if (has_bounds(e)) {
        x.low = lower_bound_of(s, e, BOUND_LOW);
        x.high = lower_bound_of(s, e, BOUND_HIGH);
    } else if (has_since(e)) {
        x.low = spell_bound(s, e, BOUND_LOW);
        x.high = spell_bound(s, e, BOUND_HIGH);
    }
    return x;
}

/* Yes only where it is known to be: a bound that is open proves nothing. */
static uint32_t surely(Builder *b, uint32_t x)
{
    return step_of(b, OP_AND, step_of(b, OP_KNOWN, x, STEP_NONE), x);
}

/* No only where it is known to be. */
static uint32_t possibly(Builder *b, uint32_t x)
{
    uint32_t open = step_of(b, OP_NOT, step_of(b, OP_KNOWN, x, STEP_NONE), STEP_NONE);

    return step_of(b, OP_OR, open, x);
}

static uint32_t compare_bounds(Scope s, Op op, Side x, Side y)
{
    uint32_t exact = step_compared(s.b, op, x.exact, y.exact), worse, better;
    bool rises = op == OP_GT || op == OP_GE;

    if (op == OP_EQ) {
        worse = possibly(s.b, step_compared(s.b, OP_LE, x.low, y.high));
        better = possibly(s.b, step_compared(s.b, OP_GE, x.high, y.low));
        return step_of(s.b, OP_AND, step_of(s.b, OP_AND, worse, better), exact);
    }
    worse = step_compared(s.b, op, rises ? x.low : x.high, rises ? y.high : y.low);
    better = step_compared(s.b, op, rises ? x.high : x.low, rises ? y.low : y.high);
    return step_of(s.b, OP_OR, surely(s.b, worse),
                   step_of(s.b, OP_AND, possibly(s.b, better), exact));
}

static uint32_t compare_sides(Scope s, Op op, const Expr *x, const Expr *y)
{
    bool bounds = has_range(x) || has_range(y);
    Side a, b;

    /* No one number of so many decimals may be what a share is: it is neither more nor less. */
    if (op == OP_EQ && (quotient_of(x) != NULL || quotient_of(y) != NULL)) {
        uint32_t least = compare_sides(s, OP_GE, x, y), most = compare_sides(s, OP_LE, x, y);

        return step_of(s.b, OP_AND, least, most);
    }
    a = side_of(s, x, op, false);
    b = side_of(s, y, op, true);
    return bounds ? compare_bounds(s, op, a, b) : step_compared(s.b, op, a.exact, b.exact);
}

/* Sides at one scale: linking sees to it; two whole units compare as they are. */
uint32_t lower_compared(Scope s, Op op, const Expr *x, const Expr *y)
{
    bool unequal = op == OP_NE && (has_range(x) || has_range(y) || quotient_of(x) != NULL ||
                                   quotient_of(y) != NULL);
    uint32_t to;

    if (unequal)
        to = step_of(s.b, OP_NOT, compare_sides(s, OP_EQ, x, y), STEP_NONE);
    else
        to = compare_sides(s, op, x, y);
    to = while_it_holds(s, x, to);
    return while_it_holds(s, y, to);
}
