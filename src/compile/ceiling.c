/* ceiling.c — what an amount would be at most: every open judgement decided at its ceiling.
 * Sums, products of what is not negative, the lesser and the greater of two rise with what they
 * are made of; anything else that rests on an open judgement has no ceiling: it stays unknown.
 * Start: lower_highest(). */
#include "compile/build.h"

#define CHAIN 16 /* computed fields within computed fields; deeper there is no ceiling */

static bool rests_on_judgement(const Expr *e, unsigned depth);

static bool path_rests(const Expr *e, unsigned depth)
{
    for (size_t i = 0; i < e->n_path; i++) {
        const Field *f = e->path[i];

        if (f->judgement != NULL || depth > CHAIN ||
            (f->compute != NULL && rests_on_judgement(f->compute, depth + 1)))
            return true;
    }
    return false;
}

static bool rests_on_judgement(const Expr *e, unsigned depth)
{
    const Aggregate *g = e != NULL ? e->aggregate : NULL;

    if (e == NULL)
        return false;
    for (size_t i = 0; i < e->n_args; i++) {
        if (rests_on_judgement(e->args[i], depth))
            return true;
    }
    return path_rests(e, depth) || rests_on_judgement(e->a, depth) ||
           rests_on_judgement(e->b, depth) || rests_on_judgement(e->c, depth) ||
           (g != NULL &&
            (rests_on_judgement(g->value, depth) || rests_on_judgement(g->where, depth) ||
             rests_on_judgement(g->otherwise, depth)));
}

/* Never known: for want of the part's first input, whichever that is. */
static uint32_t no_ceiling(Scope s, const Expr *e)
{
    return step_nothing(s.b, 1, e->type.scale);
}

static uint32_t judgement_at_most(Scope s, const Field *f)
{
    uint32_t x = lower_field(s, f), most;

    if (f->judgement->ceiling != NULL)
        most = lower_value(s, f->judgement->ceiling);
    else if (f->has_range)
        most = step_number(s.b, f->high, f->type.scale);
    else
        return x;
    return step_if(s.b, step_of(s.b, OP_KNOWN, x, STEP_NONE), x,
                   step_scaled(s.b, most, f->type.scale));
}

static uint32_t field_at_most(Scope s, const Expr *e)
{
    const Field *f = e->path[e->n_path - 1];

    for (size_t i = 0; i + 1 < e->n_path; i++) {
        s.entity = e->path[i]->entity;
        s.record = lower_field(s, e->path[i]);
    }
    s.entity = f->entity;
    if (f->judgement != NULL)
        return judgement_at_most(s, f);
    if (f->compute == NULL || e->outer || e->n_path > 1)
        return no_ceiling(s, e);
    s.place = NULL;
    return step_scaled(s.b, lower_highest(s, f->compute), f->type.scale);
}

static uint32_t pair_at_most(Scope s, Op op, const Expr *e)
{
    uint32_t x = lower_highest(s, e->a), y = lower_highest(s, e->b);

    if (op == OP_MUL)
        return step_at(s.b, x)->low < 0 || step_at(s.b, y)->low < 0
                   ? no_ceiling(s, e)
                   : step_with(s.b, op, x, y, step_at(s.b, x)->scale + step_at(s.b, y)->scale);
    unsigned scale = MAX(step_at(s.b, x)->scale, step_at(s.b, y)->scale);

    return step_with(s.b, op, step_scaled(s.b, x, scale), step_scaled(s.b, y, scale), scale);
}

static uint32_t rounded_at_most(Scope s, const Expr *e)
{
    uint32_t x = lower_highest(s, e->a);
    unsigned from = step_at(s.b, x)->scale, to = e->type.scale;
    Step step = {.op = OP_ROUND_DIV, .a = x, .c = STEP_NONE, .number = e->number};

    if (from <= to)
        return step_scaled(s.b, x, to);
    step.input = STEP_NONE;
    step.b = step_number(s.b, power_of_ten(from - to), 0);
    step.scale = (uint8_t)to;
    return step_add(s.b, step);
}

/* What is still to be decided by a person may turn out either way: the higher one counts. */
static uint32_t either_at_most(Scope s, const Expr *condition, uint32_t yes, uint32_t no)
{
    unsigned scale = MAX(step_at(s.b, yes)->scale, step_at(s.b, no)->scale);
    uint32_t c = lower_truth(s, condition), higher;

    yes = step_scaled(s.b, yes, scale);
    no = step_scaled(s.b, no, scale);
    if (!rests_on_judgement(condition, 0))
        return step_if(s.b, c, yes, no);
    higher = step_with(s.b, OP_MAX, yes, no, scale);
    return step_if(s.b, step_of(s.b, OP_KNOWN, c, STEP_NONE), step_if(s.b, c, yes, no), higher);
}

static uint32_t case_at_most(Scope s, const Expr *e)
{
    size_t n = e->n_args / 2;

    if (e->n_args % 2 == 0)
        return no_ceiling(s, e);
    uint32_t x = lower_highest(s, e->args[e->n_args - 1]);

    while (n-- > 0)
        x = either_at_most(s, e->args[2 * n], lower_highest(s, e->args[2 * n + 1]), x);
    return x;
}

uint32_t lower_highest(Scope s, const Expr *e)
{
    if (!rests_on_judgement(e, 0))
        return expr_is_quotient(e)
                   ? lower_quotient(s, e, BOUND_EXACT, QUOTIENT_CEILING, e->type.scale)
                   : lower_value(s, e);
    switch (e->kind) {
    case EXPR_FIELD:
        return field_at_most(s, e);
    case EXPR_ADD:
        return pair_at_most(s, OP_ADD, e);
    case EXPR_MUL:
        return pair_at_most(s, OP_MUL, e);
    case EXPR_MIN:
        return pair_at_most(s, OP_MIN, e);
    case EXPR_MAX:
        return pair_at_most(s, OP_MAX, e);
    case EXPR_RESCALE:
        return step_scaled(s.b, lower_highest(s, e->a), e->type.scale);
    case EXPR_IF: {
        uint32_t yes = lower_highest(s, e->b), no = lower_highest(s, e->c);

        return either_at_most(s, e->a, yes, no);
    }
    case EXPR_GENERAL:
        return lower_highest(s, e->a);
    case EXPR_VERSION:
        return lower_version(s, e, lower_highest);
    case EXPR_ROUND:
        return rounded_at_most(s, e);
    case EXPR_CASE:
        return case_at_most(s, e);
    default:
        return no_ceiling(s, e);
    }
}
