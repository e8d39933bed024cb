/* expr_unify.c — which types go together, and how their scales become equal.
 * Out: operands of one type, or a message that names both.  A literal takes the scale or the unit
 * of its partner; anything else is rescaled by a node of its own.  Start: expr_unify(), expr_as().
 */
#include "declare/expr.h"

#include "base/limits.h"

Dimension dimension_of(const Type *t)
{
    switch (t->kind) {
    case KIND_DECIMAL:
        return DIMENSION_PLAIN;
    case KIND_MONEY:
        return DIMENSION_YUAN;
    case KIND_AREA:
        return DIMENSION_M2;
    case KIND_SHARE:
        return DIMENSION_SHARE;
    case KIND_HOURS:
        return DIMENSION_HOURS;
    case KIND_INT:
        return t->unit == UNIT_DAYS           ? DIMENSION_DAYS
               : t->unit == UNIT_MONTHS       ? DIMENSION_MONTHS
               : t->unit == UNIT_YEARS        ? DIMENSION_YEARS
               : t->unit == UNIT_WORKING_DAYS ? DIMENSION_WORKING_DAYS
                                              : DIMENSION_PLAIN;
    default:
        return DIMENSION_NOT;
    }
}

bool expr_is_text(const Expr *e)
{
    return kind_is_text(e->type.kind);
}

/* ---- scales */

Expr *expr_rescale(const Scope *s, Expr *e, uint8_t scale)
{
    if (e->type.scale == scale)
        return e;
    Type t = e->type;
    t.scale = scale;
    if (t.kind == KIND_INT)
        t.kind = KIND_DECIMAL;
    if (e->kind == EXPR_NUMBER) {
        int64_t number;
        if (!checked_mul(e->number, power_of_ten((unsigned)(scale - e->type.scale)), &number)) {
            diag_error(s->l->diags, e->pos, "number is too large");
            return NULL;
        }
        Expr *copy = expr_new(s, EXPR_NUMBER, e->pos, t);
        copy->number = number;
        return copy;
    }
    Expr *r = expr_new(s, EXPR_RESCALE, e->pos, t);
    r->a = e;
    return r;
}

/* 2.50 where one decimal is kept: the zeros say nothing. */
static void drop_zeros(Expr *e, uint8_t scale)
{
    while (e->kind == EXPR_NUMBER && e->type.scale > scale && e->number % 10 == 0) {
        e->number /= 10;
        e->type.scale--;
    }
    if (e->type.kind == KIND_DECIMAL && e->type.scale == 0)
        e->type.kind = KIND_INT;
}

/* A plain whole literal counts whatever duration it stands beside: months(a, day) >= 36. */
static void adopt_unit(Expr *literal, const Expr *other)
{
    Dimension d = dimension_of(&other->type);
    if (literal->kind == EXPR_NUMBER && dimension_of(&literal->type) == DIMENSION_PLAIN &&
        literal->type.scale == 0 && d >= DIMENSION_DAYS)
        literal->type.unit = other->type.unit;
}

static void hint_literal(const Scope *s, Diag *d, const Expr *a, const Expr *b)
{
    const Expr *plain = dimension_of(&a->type) == DIMENSION_PLAIN ? a : b;
    const Expr *other = plain == a ? b : a;
    char text[DECIMAL_TEXT];
    static const char *const units[] = {[DIMENSION_SHARE] = "%",
                                        [DIMENSION_YUAN] = " yuan",
                                        [DIMENSION_M2] = " m2",
                                        [DIMENSION_HOURS] = " hours"};
    Dimension to = dimension_of(&other->type);
    if (plain->kind == EXPR_NUMBER && dimension_of(&plain->type) == DIMENSION_PLAIN &&
        to >= DIMENSION_SHARE && to <= DIMENSION_HOURS) {
        Decimal n = {plain->number, plain->type.scale};
        /* 0.3 and 1 beside a share mean 30% and 100%. */
        if (to == DIMENSION_SHARE && n.scale >= 2)
            n.scale -= 2;
        else if (to == DIMENSION_SHARE && (n.scale == 1 || n.mantissa == 1))
            n = (Decimal){n.mantissa * (n.scale == 1 ? 10 : 100), 0};
        decimal_format(n, text);
        diag_hint(s->l->diags, d, "write '%s%s'", text, units[to]);
    } else if (other->kind == EXPR_NUMBER && to >= DIMENSION_DAYS) {
        diag_hint(s->l->diags, d, "write the plain number: the other side counts itself");
    }
}

static bool unlike(const Scope *s, const Expr *a, const Expr *b, Pos pos, const char *verb)
{
    const char *x = words_of(s, &a->type), *y = words_of(s, &b->type);
    Diag *d = diag_error(s->l->diags, pos, "can not %s %s and %s", verb, x, y);
    hint_literal(s, d, a, b);
    return false;
}

static bool unify_numbers(const Scope *s, Expr **a, Expr **b, Pos pos, const char *verb)
{
    adopt_unit(*a, *b);
    adopt_unit(*b, *a);
    if (dimension_of(&(*a)->type) != dimension_of(&(*b)->type))
        return unlike(s, *a, *b, pos, verb);
    uint8_t scale = MAX((*a)->type.scale, (*b)->type.scale);
    *a = expr_rescale(s, *a, scale);
    *b = expr_rescale(s, *b, scale);
    return *a != NULL && *b != NULL;
}

bool expr_unify(const Scope *s, Expr **a, Expr **b, Pos pos, const char *verb)
{
    const Type *x = &(*a)->type, *y = &(*b)->type;
    if (dimension_of(x) != DIMENSION_NOT && dimension_of(y) != DIMENSION_NOT)
        return unify_numbers(s, a, b, pos, verb);
    /* A code beside a set is the set of that code. */
    if (x->kind == KIND_SET && y->kind == KIND_ENUM && x->of == y->of && (*b)->kind == EXPR_CODE)
        *b = expr_as(s, *b, x, verb);
    else if (y->kind == KIND_SET && x->kind == KIND_ENUM && x->of == y->of &&
             (*a)->kind == EXPR_CODE)
        *a = expr_as(s, *a, y, verb);
    x = &(*a)->type;
    y = &(*b)->type;
    if (x->kind != y->kind || x->of != y->of || x->to != y->to)
        return unlike(s, *a, *b, pos, verb);
    return true;
}

/* ---- to a declared type */

static Expr *number_as(const Scope *s, Expr *e, const Type *type, const char *what)
{
    drop_zeros(e, type->scale);
    Expr literal = {.kind = EXPR_NUMBER, .type = *type};
    adopt_unit(e, &literal);
    if (dimension_of(&e->type) != dimension_of(type)) {
        Diag *d = diag_error(s->l->diags, e->pos, "%s is %s, but this is %s", what,
                             words_of(s, type), words_of(s, &e->type));
        if (dimension_of(&e->type) == DIMENSION_PLAIN || dimension_of(&e->type) >= DIMENSION_DAYS)
            hint_literal(s, d, e, &literal);
        return NULL;
    }
    if (e->type.scale <= type->scale) {
        Expr *r = expr_rescale(s, e, type->scale);
        if (r != NULL && r->kind == EXPR_NUMBER)
            r->type = *type;
        return r;
    }
    bool written = e->kind == EXPR_NUMBER;
    Diag *d;
    if (type->scale == 0)
        d = diag_error(s->l->diags, e->pos, "%s is whole, but this %s", what,
                       written ? "is not" : "may have decimals");
    else
        d = diag_error(s->l->diags, e->pos, "%s keeps %u decimals, but this %s %u", what,
                       type->scale, written ? "has" : "may have", e->type.scale);
    if (!written)
        diag_hint(s->l->diags, d, "write round(…, half_up, %u), or down or up", type->scale);
    return NULL;
}

Expr *expr_as(const Scope *s, Expr *e, const Type *type, const char *what)
{
    if (e == NULL)
        return NULL;
    if (dimension_of(type) != DIMENSION_NOT && dimension_of(&e->type) != DIMENSION_NOT)
        return number_as(s, e, type, what);
    if (type->kind == KIND_SET && e->kind == EXPR_CODE && e->type.of == type->of) {
        if (e->number >= 64)
            return NULL;
        Expr *set = expr_new(s, EXPR_SET, e->pos, *type);
        set->number = (int64_t)code_bits(type->of, &type->of->codes[e->number]);
        return set;
    }
    if (e->type.kind == type->kind && e->type.of == type->of && e->type.to == type->to)
        return e;
    diag_error(s->l->diags, e->pos, "%s is %s, but this is %s", what, words_of(s, type),
               words_of(s, &e->type));
    return NULL;
}

Expr *link_as(const Scope *s, const Node *n, const Type *type, const char *what)
{
    return expr_as(s, link_expr(s, n, type), type, what);
}

Expr *link_values(const Scope *s, const Node *list, const Type *type, const char *what)
{
    const Node *first = list_first(list);
    if (first->next == NULL)
        return link_as(s, first, type, what);
    if (type->kind != KIND_SET) {
        diag_error(s->l->diags, first->next->at.pos, "%s takes one value", what);
        return NULL;
    }
    if (list_length(list) > LIMIT_CODES) {
        diag_error(s->l->diags, first->at.pos, "a set has at most %u codes", LIMIT_CODES);
        return NULL;
    }
    Expr *all = NULL;
    for (const Node *n = first; n != NULL; n = n->next) {
        Expr *one = link_as(s, n, type, what);
        if (one == NULL)
            return NULL;
        if (all != NULL && all->kind == EXPR_SET && one->kind == EXPR_SET)
            all->number |= one->number;
        else
            all = all == NULL ? one : expr_of2(s, EXPR_UNION, all->pos, *type, all, one);
    }
    return all;
}
