/* constant.c — values of expressions that read no record.
 * In: an expression, and what the indexes of a param are.  Out: a number at the scale of the
 * expression's type.  Params are asked for the nearest region upwards on one day.
 * Start: constant_value(). */
#include "declare/link.h"

#include "base/decimal.h"

/* Params may rest on params; cycles are refused before values are asked for, long chains here. */
#define CHAIN 32u

static bool arithmetic(const Expr *e, int64_t a, int64_t b, int64_t *to)
{
    switch (e->kind) {
    case EXPR_ADD:
        return checked_add(a, b, to);
    case EXPR_SUB:
        return checked_sub(a, b, to);
    case EXPR_MUL:
        return checked_mul(a, b, to);
    case EXPR_MIN:
        *to = MIN(a, b);
        return true;
    case EXPR_MAX:
        *to = MAX(a, b);
        return true;
    case EXPR_UNION:
        *to = a | b;
        return true;
    case EXPR_DIV: {
        /* a/10^x : b/10^y at the result's scale z is a * 10^(z + y - x) : b. */
        int power = e->type.scale + e->b->type.scale - e->a->type.scale;
        if (b == 0 || power < 0 || power > 18 || !checked_mul(a, power_of_ten((unsigned)power), &a))
            return false;
        if (b < 0 && (!checked_sub(0, a, &a) || !checked_sub(0, b, &b)))
            return false;
        /* Below round() a quotient need not end: then nothing is said. */
        return a % b == 0 && round_divide(a, b, ROUND_HALF_UP, to);
    }
    default:
        return false;
    }
}

static int64_t compared(ExprKind kind, int64_t a, int64_t b)
{
    bool yes = false;
    switch (kind) {
    case EXPR_EQ:
        yes = a == b;
        break;
    case EXPR_NE:
        yes = a != b;
        break;
    case EXPR_LT:
        yes = a < b;
        break;
    case EXPR_LE:
        yes = a <= b;
        break;
    case EXPR_GT:
        yes = a > b;
        break;
    case EXPR_GE:
        yes = a >= b;
        break;
    case EXPR_IN:
        yes = a >= 0 && a < 64 && ((uint64_t)b >> a & 1) != 0;
        break;
    default:
        break;
    }
    return yes ? TRUTH_YES : TRUTH_NO;
}

static bool region_of(const Expr *e, const Env *env, Str *ret_region)
{
    if (e->kind == EXPR_REGION)
        *ret_region = e->text;
    else if (e->kind == EXPR_INDEX && env != NULL && env->region.len > 0)
        *ret_region = env->region;
    else
        return false;
    return true;
}

static bool compare_constant(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    int64_t a, b;
    if (e->a->type.kind == KIND_REGION) {
        Str x, y;
        if (!region_of(e->a, env, &x) || !region_of(e->b, env, &y))
            return false;
        bool yes = e->kind == EXPR_IN_REGION ? region_lies_in(l->model, x, y) : str_equal(x, y);
        *ret = yes != (e->kind == EXPR_NE) ? TRUTH_YES : TRUTH_NO;
        return true;
    }
    if (!constant_value(l, e->a, env, &a) || !constant_value(l, e->b, env, &b))
        return false;
    *ret = compared(e->kind, a, b);
    return true;
}

/* and, or: known where one side decides. */
static bool junction(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    int64_t decides = e->kind == EXPR_AND ? TRUTH_NO : TRUTH_YES, a, b;
    bool known_a = constant_value(l, e->a, env, &a), known_b = constant_value(l, e->b, env, &b);
    if ((known_a && a == decides) || (known_b && b == decides)) {
        *ret = decides;
        return true;
    }
    *ret = decides == TRUTH_NO ? TRUTH_YES : TRUTH_NO;
    return known_a && known_b;
}

static bool choice(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    int64_t c;
    if (e->kind == EXPR_IF)
        return constant_value(l, e->a, env, &c) &&
               constant_value(l, c == TRUTH_YES ? e->b : e->c, env, ret);
    for (size_t i = 0; i + 1 < e->n_args; i += 2) {
        if (!constant_value(l, e->args[i], env, &c))
            return false;
        if (c == TRUTH_YES)
            return constant_value(l, e->args[i + 1], env, ret);
    }
    return e->n_args % 2 == 1 && constant_value(l, e->args[e->n_args - 1], env, ret);
}

/* ---- params */

static bool codes_match(const Param *p, const ParamValue *v, const Env *at)
{
    size_t k = 0;
    for (size_t i = 0; i < p->n_index; i++)
        if (!p->index[i].is_region && v->codes[k++] != at->codes[i])
            return false;
    return true;
}

static const ParamValue *value_at(const Param *p, const Env *at, Str region)
{
    const ParamValue *found = NULL;
    for (size_t i = 0; i < p->n_values; i++) {
        const ParamValue *v = &p->values[i];
        if (v->certain && str_equal(v->region, region) && v->since <= at->day &&
            at->day <= v->until && codes_match(p, v, at) &&
            (found == NULL || v->since >= found->since))
            found = v;
    }
    return found;
}

const ParamValue *param_nearest(const Linker *l, const Param *p, const Env *at)
{
    Str region = at->region;
    for (size_t steps = 0; steps <= l->model->n_regions + 1; steps++) {
        const ParamValue *v = value_at(p, at, region);
        if (v != NULL || region.len == 0)
            return v;
        const RegionRow *r = model_region(l->model, region);
        region = r == NULL ? (Str){"", 0} : r->parent;
    }
    return NULL;
}

static bool param_value(const Linker *l, const Param *p, const Env *at, int64_t *ret)
{
    const ParamValue *v = param_nearest(l, p, at);
    if (v != NULL) {
        *ret = v->number;
        return true;
    }
    if (p->otherwise == NULL || !constant_value(l, p->otherwise, at, ret))
        return false;
    if (p->type.kind == KIND_BOOL)
        *ret = *ret == TRUTH_YES;
    return true;
}

static bool param_constant(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    if (env == NULL || env->depth > CHAIN || *env->budget == 0)
        return false;
    --*env->budget;
    Env at = {.day = env->day,
              .own = e->param,
              .depth = env->depth + 1,
              .region = {"", 0},
              .budget = env->budget};
    for (size_t i = 0; i < e->n_args; i++) {
        bool known = e->param->index[i].is_region
                         ? region_of(e->args[i], env, &at.region)
                         : constant_value(l, e->args[i], env, &at.codes[i]);
        if (!known)
            return false;
    }
    if (!param_value(l, e->param, &at, ret))
        return false;
    /* Kept as 0 and 1, computed with as a truth. */
    if (e->type.kind == KIND_BOOL)
        *ret = *ret != 0 ? TRUTH_YES : TRUTH_NO;
    return true;
}

static bool rounded(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    int64_t a, b;
    if (e->a->kind == EXPR_DIV) {
        const Expr *d = e->a;
        if (!constant_value(l, d->a, env, &a) || !constant_value(l, d->b, env, &b) || b <= 0)
            return false;
        int power = e->type.scale + d->b->type.scale - d->a->type.scale;
        if (power >= 0)
            return power <= 18 && checked_mul(a, power_of_ten((unsigned)power), &a) &&
                   round_divide(a, b, (Rounding)e->number, ret);
        return checked_mul(b, power_of_ten((unsigned)-power), &b) &&
               round_divide(a, b, (Rounding)e->number, ret);
    }
    if (!constant_value(l, e->a, env, &a) || e->a->type.scale < e->type.scale)
        return false;
    return round_divide(a, power_of_ten((unsigned)(e->a->type.scale - e->type.scale)),
                        (Rounding)e->number, ret);
}

static bool operated(const Linker *l, const Expr *e, const Env *env, int64_t *ret)
{
    int64_t a, b;
    if (!constant_value(l, e->a, env, &a))
        return false;
    if (e->kind == EXPR_NEG)
        return checked_sub(0, a, ret);
    if (e->kind == EXPR_RESCALE)
        return checked_mul(a, power_of_ten((unsigned)(e->type.scale - e->a->type.scale)), ret);
    return constant_value(l, e->b, env, &b) && arithmetic(e, a, b, ret);
}

bool constant_value(const Linker *l, const Expr *e, const Env *env, int64_t *ret_value)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_TRUTH:
    case EXPR_CODE:
    case EXPR_SET:
        *ret_value = e->number;
        return true;
    case EXPR_INDEX:
        if (env == NULL || e->type.kind != KIND_ENUM)
            return false;
        *ret_value = env->codes[e->number];
        return true;
    case EXPR_PARAM:
        return param_constant(l, e, env, ret_value);
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
    case EXPR_IN:
    case EXPR_IN_REGION:
        return compare_constant(l, e, env, ret_value);
    case EXPR_AND:
    case EXPR_OR:
        return junction(l, e, env, ret_value);
    case EXPR_NOT:
        if (!constant_value(l, e->a, env, ret_value))
            return false;
        *ret_value = *ret_value == TRUTH_YES ? TRUTH_NO : TRUTH_YES;
        return true;
    case EXPR_IF:
    case EXPR_CASE:
        return choice(l, e, env, ret_value);
    case EXPR_ROUND:
        return rounded(l, e, env, ret_value);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MIN:
    case EXPR_MAX:
    case EXPR_UNION:
    case EXPR_NEG:
    case EXPR_RESCALE:
        return operated(l, e, env, ret_value);
    default:
        return false;
    }
}

bool constant_need(Linker *l, const Expr *e, int64_t *ret_value)
{
    if (constant_value(l, e, NULL, ret_value))
        return true;
    diag_error(l->diags, e->pos, "a fixed value is needed here");
    return false;
}

/* ---- walking */

static void walk_aggregate(const Aggregate *a, ExprVisit visit, void *context)
{
    expr_walk(a->value, visit, context);
    expr_walk(a->where, visit, context);
    expr_walk(a->base, visit, context);
    expr_walk(a->otherwise, visit, context);
    for (size_t i = 0; i < a->n_index; i++)
        expr_walk(a->index[i], visit, context);
}

bool expr_is_quotient(const Expr *e)
{
    return e->kind == EXPR_AGGREGATE && e->aggregate->by != NULL &&
           (e->aggregate->kind == AGGREGATE_SHARE || e->aggregate->kind == AGGREGATE_MEAN);
}

void expr_walk(const Expr *e, ExprVisit visit, void *context)
{
    if (e == NULL)
        return;
    visit(e, context);
    expr_walk(e->a, visit, context);
    expr_walk(e->b, visit, context);
    expr_walk(e->c, visit, context);
    for (size_t i = 0; i < e->n_args; i++)
        expr_walk(e->args[i], visit, context);
    if (e->aggregate != NULL)
        walk_aggregate(e->aggregate, visit, context);
}

void rule_walk(const Rule *r, ExprVisit visit, void *context)
{
    expr_walk(r->when, visit, context);
    expr_walk(r->pay, visit, context);
    expr_walk(r->require, visit, context);
    expr_walk(r->start_after, visit, context);
    expr_walk(r->start_of, visit, context);
    for (size_t i = 0; i < r->n_cure_parts; i++)
        expr_walk(r->cure_parts[i], visit, context);
    for (size_t i = 0; i < r->n_exceptions; i++) {
        expr_walk(r->exceptions[i]->when, visit, context);
        expr_walk(r->exceptions[i]->pay, visit, context);
    }
}
