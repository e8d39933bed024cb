/* expr_operator.c — and, or, comparison and arithmetic, with their units and scales.
 * Not here: in, has, between (expr_in.c).  Start: link_binary(). */
#include "declare/expr.h"

bool node_needs_want(const Scope *s, const Node *n)
{
    if (n->kind == AST_GROUP || n->kind == AST_STRING || n->kind == AST_NUMBER)
        return true;
    if (!node_is_word(n))
        return false;
    bool field = s->subject != NULL && field_said(s->l, s->subject, n->at.text, n->at.pos) != NULL;
    for (size_t i = 0; s->own != NULL && i < s->own->n_index; i++)
        field |= str_equal(s->own->index[i].name, n->at.text);
    return !field && name_find(s->l->model, n->at.text) == NULL && !str_is(n->at.text, "day") &&
           !str_is(n->at.text, "region");
}

/* Links both sides; the one that says its own type helps to read the other. */
static bool link_sides(const Scope *s, const Node *n, const Type *want, Expr **a, Expr **b)
{
    bool swap = node_needs_want(s, n->a) && !node_needs_want(s, n->b);
    const Node *first = swap ? n->b : n->a, *second = swap ? n->a : n->b;
    Expr *x = link_expr(s, first, want), *y = NULL;
    /* Of a code whose enum is not known nothing can be said. */
    if (x != NULL || !node_needs_want(s, second))
        y = link_expr(s, second, x == NULL ? want : &x->type);
    *a = swap ? y : x;
    *b = swap ? x : y;
    return x != NULL && y != NULL;
}

/* ---- comparison */

static Expr *truth_of2(const Scope *s, ExprKind kind, Pos pos, const Expr *a, const Expr *b)
{
    return expr_of2(s, kind, pos, truth_type(), a, b);
}

/* A code with additions below it stands for all of them. */
static Expr *equal_to_code(const Scope *s, Expr *a, Expr *b, Pos pos)
{
    const Enum *e = b->type.of;
    uint64_t bits = code_bits(e, &e->codes[b->number]);
    if ((bits & (bits - 1)) == 0)
        return truth_of2(s, EXPR_EQ, pos, a, b);
    Expr *set = expr_new(s, EXPR_SET, b->pos, (Type){.kind = KIND_SET, .of = e});
    set->number = (int64_t)bits;
    return truth_of2(s, EXPR_IN, pos, a, set);
}

Expr *equal_of(const Scope *s, Expr *a, Expr *b, Pos pos)
{
    bool lone = a->kind == EXPR_CODE || b->kind == EXPR_CODE;
    if (!expr_unify(s, &a, &b, pos, "compare"))
        return NULL;
    if (a->type.kind == KIND_SET && lone) { /* mostly `has` is meant */
        Diag *d = diag_error(s->l->diags, pos, "a set is not compared with one code");
        diag_hint(s->l->diags, d, "write 'has any (…)' or 'has all (…)'");
        return NULL;
    }
    if (a->type.kind == KIND_SET) /* each holds all of the other */
        return truth_of2(s, EXPR_AND, pos, truth_of2(s, EXPR_HAS_ALL, pos, a, b),
                         truth_of2(s, EXPR_HAS_ALL, pos, b, a));
    if (b->kind == EXPR_CODE && a->kind != EXPR_CODE)
        return equal_to_code(s, a, b, pos);
    if (a->kind == EXPR_CODE && b->kind != EXPR_CODE)
        return equal_to_code(s, b, a, pos);
    return truth_of2(s, EXPR_EQ, pos, a, b);
}

static bool has_order(const Scope *s, const Expr *a, Pos pos)
{
    const Type *t = &a->type;
    if (dimension_of(t) != DIMENSION_NOT || t->kind == KIND_DATE || t->kind == KIND_MONTH ||
        t->kind == KIND_MOMENT || (t->kind == KIND_ENUM && t->of->ordered))
        return true;
    Diag *d = diag_error(s->l->diags, pos, "%s has no order", words_of(s, t));
    if (t->kind == KIND_ENUM)
        diag_hint(s->l->diags, d, "declare 'enum %.*s ordered', or compare with = and in",
                  STR_ARG(t->of->name));
    return false;
}

/* Beyond a code means beyond its additions too. */
static void widen_rank(Expr *code, bool upwards)
{
    if (code->kind != EXPR_CODE)
        return;
    const Enum *e = code->type.of;
    uint64_t bits = code_bits(e, &e->codes[code->number]);
    for (size_t i = 0; i < e->n_codes && i < 64; i++)
        if (bits >> i & 1 && upwards && (int64_t)i > code->number)
            code->number = (int64_t)i;
}

static Expr *order_of(const Scope *s, ExprKind kind, Expr *a, Expr *b, Pos pos)
{
    if (!expr_unify(s, &a, &b, pos, "compare") || !has_order(s, a, pos))
        return NULL;
    widen_rank(b, kind == EXPR_GT || kind == EXPR_LE);
    widen_rank(a, kind == EXPR_LT || kind == EXPR_GE);
    return truth_of2(s, kind, pos, a, b);
}

/* A share need not end, so that of two no one number is the greater. */
static bool one_ends(const Scope *s, const Expr *a, const Expr *b, Pos pos)
{
    while (a->kind == EXPR_RESCALE)
        a = a->a;
    while (b->kind == EXPR_RESCALE)
        b = b->a;
    if (!expr_is_quotient(a) || !expr_is_quotient(b))
        return true;
    Diag *d = diag_error(s->l->diags, pos, "both sides may have endless decimals");
    diag_hint(s->l->diags, d, "round one of them: round(share(…), half_up, 4)");
    return false;
}

static Expr *link_comparison(const Scope *s, const Node *n, ExprKind kind)
{
    Expr *a, *b;
    Pos pos = node_pos(n);
    Scope side = *s;
    side.compared = true;
    if (!link_sides(&side, n, NULL, &a, &b) || !one_ends(s, a, b, pos))
        return NULL;
    if (expr_is_text(a) || expr_is_text(b)) {
        diag_error(s->l->diags, pos, "texts are not compared");
        return NULL;
    }
    if (kind != EXPR_EQ && kind != EXPR_NE)
        return order_of(s, kind, a, b, pos);
    Expr *equal = equal_of(s, a, b, pos);
    if (equal == NULL || kind == EXPR_EQ)
        return equal;
    if (equal->kind == EXPR_EQ) {
        equal->kind = EXPR_NE;
        return equal;
    }
    Expr *not = expr_new(s, EXPR_NOT, pos, truth_type());
    not ->a = equal;
    return not ;
}

/* ---- sums */

static Expr *add_to_date(const Scope *s, const Node *n, Expr *date, Expr *span, bool minus)
{
    Pos pos = node_pos(n);
    if (span->type.unit == UNIT_WORKING_DAYS) {
        Diag *d = diag_error(s->l->diags, node_pos(n), "working days can not be added to a day");
        diag_hint(s->l->diags, d, "they need the calendar of holidays: only deadlines count them");
        return NULL;
    }
    if (dimension_of(&span->type) < DIMENSION_DAYS) {
        Diag *d = diag_error(s->l->diags, pos, "can not add %s to a day", words_of(s, &span->type));
        if (span->kind == EXPR_NUMBER)
            diag_hint(s->l->diags, d, "say what it counts: days, months or years");
        return NULL;
    }
    if (minus && span->kind == EXPR_NUMBER)
        span->number = -span->number;
    else if (minus) {
        Expr *negative = expr_new(s, EXPR_NEG, span->pos, span->type);
        negative->a = span;
        span = negative;
    }
    return expr_of2(s, EXPR_DATE_ADD, pos, type_of_kind(KIND_DATE), date, span);
}

/* A lone code beside a set is the set of it: incapacitated + severe. */
static Expr *union_of(const Scope *s, const Node *n, Expr *a, Expr *b)
{
    Type set = a->type.kind == KIND_SET ? a->type : b->type;
    if (a->kind == EXPR_CODE && b->kind == EXPR_CODE)
        set = (Type){.kind = KIND_SET, .of = a->type.of};
    a = expr_as(s, a, &set, "the union");
    b = expr_as(s, b, &set, "the union");
    if (a == NULL || b == NULL)
        return NULL;
    return expr_of2(s, EXPR_UNION, node_pos(n), set, a, b);
}

static Type sum_type(const Expr *a, const Expr *b)
{
    Type t = a->type;
    if (b->type.kind == KIND_DECIMAL)
        t.kind = KIND_DECIMAL;
    return t;
}

static Expr *link_sum(const Scope *s, const Node *n, const Type *want)
{
    Expr *a, *b;
    bool minus = n->at.kind == TK_MINUS;
    Scope side = *s;
    side.spelled = s->spell; /* since(c) + 12 months is compared as since(c) is */
    if (!link_sides(&side, n, want, &a, &b))
        return NULL;
    bool sets = a->type.kind == KIND_SET || b->type.kind == KIND_SET ||
                (a->kind == EXPR_CODE && b->kind == EXPR_CODE);
    if (sets && !minus)
        return union_of(s, n, a, b);
    if (a->type.kind == KIND_DATE && dimension_of(&b->type) != DIMENSION_NOT)
        return add_to_date(s, n, a, b, minus);
    if (b->type.kind == KIND_DATE && dimension_of(&a->type) != DIMENSION_NOT && !minus)
        return add_to_date(s, n, b, a, false);
    const char *verb = minus ? "subtract" : "add";
    if (dimension_of(&a->type) == DIMENSION_NOT || dimension_of(&b->type) == DIMENSION_NOT) {
        Diag *d = diag_error(s->l->diags, node_pos(n), "can not %s %s and %s", verb,
                             words_of(s, &a->type), words_of(s, &b->type));
        if (a->type.kind == KIND_DATE && b->type.kind == KIND_DATE)
            diag_hint(s->l->diags, d, "write days(a, b), months(a, b) or years(a, b)");
        return NULL;
    }
    if (!expr_unify(s, &a, &b, node_pos(n), verb))
        return NULL;
    return expr_of2(s, minus ? EXPR_SUB : EXPR_ADD, node_pos(n), sum_type(a, b), a, b);
}

/* ---- products */

static bool needs_numbers(const Scope *s, const Node *n, const Expr *a, const Expr *b,
                          const char *verb)
{
    if (dimension_of(&a->type) != DIMENSION_NOT && dimension_of(&b->type) != DIMENSION_NOT)
        return true;
    diag_error(s->l->diags, node_pos(n), "can not %s %s and %s", verb, words_of(s, &a->type),
               words_of(s, &b->type));
    return false;
}

/* Plain numbers and shares scale anything; two things that are counted do not multiply. */
static bool product_type(const Expr *a, const Expr *b, Type *t)
{
    Dimension x = dimension_of(&a->type), y = dimension_of(&b->type);
    if (x > DIMENSION_SHARE && y > DIMENSION_SHARE)
        return false;
    if (x > DIMENSION_SHARE || y > DIMENSION_SHARE)
        *t = x > DIMENSION_SHARE ? a->type : b->type;
    else if (x == DIMENSION_SHARE && y == DIMENSION_SHARE)
        *t = a->type;
    else
        *t = type_of_kind(KIND_DECIMAL);
    return true;
}

static bool scale_fits(const Scope *s, Pos pos, unsigned scale)
{
    if (scale <= DECIMAL_SCALE_MAX)
        return true;
    Diag *d = diag_error(s->l->diags, pos, "the result may have %u decimals, more than %u", scale,
                         DECIMAL_SCALE_MAX);
    diag_hint(s->l->diags, d, "round a part of it first: round(…, half_up, 4)");
    return false;
}

static Expr *link_product(const Scope *s, const Node *n)
{
    Expr *a = link_expr(s, n->a, NULL), *b = link_expr(s, n->b, NULL);
    Pos pos = node_pos(n);
    Type t;
    if (a == NULL || b == NULL || !needs_numbers(s, n, a, b, "multiply"))
        return NULL;
    if (!product_type(a, b, &t)) {
        diag_error(s->l->diags, pos, "can not multiply %s and %s", words_of(s, &a->type),
                   words_of(s, &b->type));
        return NULL;
    }
    unsigned scale = (unsigned)a->type.scale + b->type.scale;
    if (!scale_fits(s, pos, scale))
        return NULL;
    if (t.kind == KIND_INT && scale > 0) {
        diag_error(s->l->diags, pos, "days, months and years are counted in whole numbers only");
        return NULL;
    }
    t.scale = (uint8_t)scale;
    if (t.kind == KIND_DECIMAL && scale == 0)
        t.kind = KIND_INT;
    return expr_of2(s, EXPR_MUL, pos, t, a, b);
}

/* The decimals that 1/mantissa needs; false when no number of decimals is enough. */
static bool finite_inverse(int64_t mantissa, unsigned *ret_decimals)
{
    unsigned twos = 0, fives = 0;
    uint64_t m = mantissa < 0 ? 0 - (uint64_t)mantissa : (uint64_t)mantissa;
    for (; m != 0 && m % 2 == 0; m /= 2)
        twos++;
    for (; m != 0 && m % 5 == 0; m /= 5)
        fives++;
    *ret_decimals = MAX(twos, fives);
    return m == 1;
}

static bool quotient_type(const Expr *a, const Expr *b, const Type *want, Type *t)
{
    Dimension x = dimension_of(&a->type), y = dimension_of(&b->type);
    if (x == y)
        *t = type_of_kind(want != NULL && want->kind == KIND_SHARE ? KIND_SHARE : KIND_DECIMAL);
    else if (y == DIMENSION_PLAIN)
        *t = a->type;
    else
        return false;
    return true;
}

static bool exact_scale(const Scope *s, const Expr *a, const Expr *b, Pos pos, Type *t)
{
    unsigned decimals;
    if (b->kind != EXPR_NUMBER || !finite_inverse(b->number, &decimals)) {
        Diag *d = diag_error(s->l->diags, pos,
                             b->kind == EXPR_NUMBER ? "the quotient may have endless decimals"
                                                    : "only a number as written divides exactly");
        diag_hint(s->l->diags, d, "say how to round it: round(a / b, half_up, 2)");
        return false;
    }
    int scale = MAX((int)a->type.scale, (int)(a->type.scale + decimals) - b->type.scale);
    if (!scale_fits(s, pos, (unsigned)scale))
        return false;
    t->scale = (uint8_t)scale;
    return true;
}

/* Figures are exact fractions: these are the decimals that are shown. */
#define FIGURE_DECIMALS 2

static bool divides_exactly(const Expr *b)
{
    unsigned decimals;
    return b->kind == EXPR_NUMBER && finite_inverse(b->number, &decimals);
}

/* rounded_scale: decimals of the round() right above, or -1. */
Expr *link_division(const Scope *s, const Node *n, const Type *want, int rounded_scale)
{
    Expr *a = link_expr(s, n->a, NULL), *b = link_expr(s, n->b, NULL);
    Pos pos = node_pos(n);
    Type t;
    if (a == NULL || b == NULL || !needs_numbers(s, n, a, b, "divide"))
        return NULL;
    if (!quotient_type(a, b, want, &t)) {
        diag_error(s->l->diags, pos, "can not divide %s by %s", words_of(s, &a->type),
                   words_of(s, &b->type));
        return NULL;
    }
    if (b->kind == EXPR_NUMBER && b->number == 0) {
        diag_error(s->l->diags, b->pos, "division by nothing");
        return NULL;
    }
    if (rounded_scale >= 0)
        t.scale = (uint8_t)rounded_scale;
    else if (s->in_round)
        t.scale = a->type.scale; /* of no meaning: round() takes the quotient as it is */
    else if (s->figure && !divides_exactly(b))
        t.scale = MAX(a->type.scale, FIGURE_DECIMALS);
    else if (!exact_scale(s, a, b, pos, &t))
        return NULL;
    if (t.kind == KIND_INT && t.scale > 0 && t.unit != UNIT_NONE) {
        diag_error(s->l->diags, pos, "days, months and years are counted in whole numbers only");
        return NULL;
    }
    if (t.kind == KIND_INT && t.scale > 0)
        t.kind = KIND_DECIMAL;
    if (t.kind == KIND_DECIMAL && t.scale == 0)
        t.kind = KIND_INT;
    return expr_of2(s, EXPR_DIV, pos, t, a, b);
}

/* ---- the entrance */

static Expr *link_truths(const Scope *s, const Node *n, ExprKind kind)
{
    const Expr *a = link_condition(s, n->a), *b = link_condition(s, n->b);
    if (a == NULL || b == NULL)
        return NULL;
    return truth_of2(s, kind, node_pos(n), a, b);
}

Expr *link_binary(const Scope *s, const Node *n, const Type *want)
{
    switch (n->at.kind) {
    case TK_AND:
        return link_truths(s, n, EXPR_AND);
    case TK_OR:
        return link_truths(s, n, EXPR_OR);
    case TK_EQ:
        return link_comparison(s, n, EXPR_EQ);
    case TK_NE:
        return link_comparison(s, n, EXPR_NE);
    case TK_LT:
        return link_comparison(s, n, EXPR_LT);
    case TK_LE:
        return link_comparison(s, n, EXPR_LE);
    case TK_GT:
        return link_comparison(s, n, EXPR_GT);
    case TK_GE:
        return link_comparison(s, n, EXPR_GE);
    case TK_IN:
        return link_in(s, n);
    case TK_STAR:
        return link_product(s, n);
    case TK_SLASH:
        return link_division(s, n, want, -1);
    default:
        return link_sum(s, n, want);
    }
}
