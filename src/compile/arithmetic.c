/* arithmetic.c — sums, products and quotients at exact decimals.
 * A quotient that does not end is legal only below `round`: what stands below a rounding is carried
 * as numerator and denominator and divided once.  Start: lower_arithmetic(), lower_round(). */
#include "compile/build.h"

typedef struct Ratio {
    uint32_t over, under; /* under: STEP_NONE = 1 */
    unsigned scale;       /* of over / under */
} Ratio;

static uint32_t times_ten(Builder *b, uint32_t x, unsigned n)
{
    if (n == 0)
        return x;
    return step_with(b, OP_MUL, x, step_number(b, power_of_ten(n), 0), step_at(b, x)->scale + n);
}

/* a ÷ number is a × factor ÷ rest; without a rest it is exact. */
static uint32_t divide_exact(Scope s, const Expr *e)
{
    Builder *b = s.b;
    uint32_t x = lower_value(s, e->a), by = lower_value(s, e->b);
    int64_t n = 0;
    int up = (int)e->type.scale + step_at(b, by)->scale - step_at(b, x)->scale;

    if (!step_is_number(b, by, &n) || n == 0 || up < 0 || up > 18) {
        build_fault(b, "a quotient that may not end needs `round`");
        return x;
    }
    int64_t ten = power_of_ten((unsigned)up);

    if (ten % n == 0)
        return step_with(b, OP_MUL, x, step_number(b, ten / n, 0), e->type.scale);
    build_fault(b, "a quotient that may not end needs `round`");
    return x;
}

static uint32_t product(Scope s, const Expr *e)
{
    uint32_t x = lower_value(s, e->a), y = lower_value(s, e->b);

    return step_scaled(s.b, step_of(s.b, OP_MUL, x, y), e->type.scale);
}

static uint32_t same_scale(Scope s, const Expr *e, Op op)
{
    uint32_t x = step_scaled(s.b, lower_value(s, e->a), e->type.scale);
    uint32_t y = step_scaled(s.b, lower_value(s, e->b), e->type.scale);

    return step_of(s.b, op, x, y);
}

static uint32_t set_union(Scope s, const Expr *e)
{
    uint32_t x = lower_value(s, e->a), y = lower_value(s, e->b);

    return step_of(s.b, OP_UNION, x, y);
}

uint32_t lower_arithmetic(Scope s, const Expr *e)
{
    switch (e->kind) {
    case EXPR_UNION:
        return set_union(s, e);
    case EXPR_ADD:
        return same_scale(s, e, OP_ADD);
    case EXPR_SUB:
        return same_scale(s, e, OP_SUB);
    case EXPR_MIN:
        return same_scale(s, e, OP_MIN);
    case EXPR_MAX:
        return same_scale(s, e, OP_MAX);
    case EXPR_MUL:
        return product(s, e);
    case EXPR_DIV:
        return divide_exact(s, e);
    case EXPR_NEG: {
        uint32_t x = lower_value(s, e->a);
        return step_of(s.b, OP_SUB, step_number(s.b, 0, step_at(s.b, x)->scale), x);
    }
    default:
        return step_scaled(s.b, lower_value(s, e->a), e->type.scale);
    }
}

static Ratio ratio_of(Scope s, const Expr *e);

static uint32_t multiplied(Builder *b, uint32_t x, uint32_t y)
{
    if (x == STEP_NONE || y == STEP_NONE)
        return x == STEP_NONE ? y : x;
    return step_of(b, OP_MUL, x, y);
}

static Ratio ratio_product(Scope s, const Expr *e)
{
    Ratio x = ratio_of(s, e->a), y = ratio_of(s, e->b);

    uint32_t over = multiplied(s.b, x.over, y.over), under = multiplied(s.b, x.under, y.under);

    return (Ratio){over, under, x.scale + y.scale};
}

/* (a/b) ÷ (c/d) = ad / bc; decimals of the divisor move over. */
static Ratio ratio_quotient(Scope s, const Expr *e)
{
    Ratio x = ratio_of(s, e->a), y = ratio_of(s, e->b);
    Ratio r = {0};

    r.over = multiplied(s.b, x.over, y.under);
    r.under = multiplied(s.b, x.under, y.over);

    if (x.scale >= y.scale) {
        r.scale = x.scale - y.scale;
    } else {
        r.over = times_ten(s.b, r.over, y.scale - x.scale);
    }
    return r;
}

static Ratio ratio_sum(Scope s, const Expr *e)
{
    Ratio x = ratio_of(s, e->a), y = ratio_of(s, e->b);
    unsigned scale = MAX(x.scale, y.scale);
    uint32_t p = times_ten(s.b, multiplied(s.b, x.over, y.under), scale - x.scale);
    uint32_t q = times_ten(s.b, multiplied(s.b, y.over, x.under), scale - y.scale);

    return (Ratio){step_with(s.b, e->kind == EXPR_ADD ? OP_ADD : OP_SUB, p, q, scale),
                   multiplied(s.b, x.under, y.under), scale};
}

static bool has_quotient(const Expr *e)
{
    switch (e->kind) {
    case EXPR_DIV:
        return true;
    case EXPR_AGGREGATE:
        return expr_is_quotient(e);
    case EXPR_MUL:
    case EXPR_ADD:
    case EXPR_SUB:
        return has_quotient(e->a) || has_quotient(e->b);
    case EXPR_RESCALE:
        return has_quotient(e->a);
    default:
        return false;
    }
}

/* Of rows: what is above the line, and what below. */
static Ratio ratio_of_rows(Scope s, const Expr *e)
{
    Ratio r = {.scale = quotient_scale(e)};

    r.over = lower_quotient(s, e, BOUND_EXACT, QUOTIENT_OVER, e->type.scale);
    r.under = lower_quotient(s, e, BOUND_EXACT, QUOTIENT_UNDER, e->type.scale);
    return r;
}

static Ratio ratio_of(Scope s, const Expr *e)
{
    if (expr_is_quotient(e))
        return ratio_of_rows(s, e);
    if (has_quotient(e)) {
        if (e->kind == EXPR_RESCALE)
            return ratio_of(s, e->a);
        if (e->kind == EXPR_MUL)
            return ratio_product(s, e);
        return e->kind == EXPR_DIV ? ratio_quotient(s, e) : ratio_sum(s, e);
    }
    uint32_t x = lower_value(s, e);

    return (Ratio){x, STEP_NONE, step_at(s.b, x)->scale};
}

uint32_t lower_round(Scope s, const Expr *e)
{
    Ratio r = ratio_of(s, e->a);
    Builder *b = s.b;
    Step step = {.op = OP_ROUND_DIV, .c = STEP_NONE, .number = e->number};

    if (e->type.scale >= r.scale && r.under == STEP_NONE)
        return step_scaled(b, r.over, e->type.scale);
    if (e->type.scale >= r.scale)
        r.over = times_ten(b, r.over, e->type.scale - r.scale);
    else
        r.under = multiplied(b, r.under, step_number(b, power_of_ten(r.scale - e->type.scale), 0));
    step.input = STEP_NONE;
    step.a = r.over;
    step.b = r.under;
    step.scale = e->type.scale;
    return step_add(b, step);
}
