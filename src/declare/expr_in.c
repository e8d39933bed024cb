/* expr_in.c — in, between, has: tests against ranges, lists, sets and places.
 * A list of regions or numbers becomes a chain of `or`, so that what runs it knows only the simple
 * tests.  Start: link_in(), link_has(), link_between(). */
#include "declare/expr.h"

/* One of many, as a tree of `or` as flat as can be: whatever walks it recurses. */
Expr *expr_any(const Scope *s, Expr **all, size_t n)
{
    if (n == 1)
        return all[0];
    Expr *a = expr_any(s, all, n / 2), *b = expr_any(s, all + n / 2, n - n / 2);
    return expr_of2(s, EXPR_OR, a->pos, truth_type(), a, b);
}

/* ---- between */

static Expr *range_end(const Scope *s, Expr *a, const Node *n)
{
    return link_expr(s, n, &a->type);
}

/* Both ends take the scale of the finest of the three. */
Expr *between_of(const Scope *s, Expr *a, const Node *range)
{
    Scope side = *s;
    side.compared = !expr_is_quotient(a);
    Expr *low = range_end(&side, a, range->a), *high = range_end(&side, a, range->b);
    Pos pos = node_pos(range);
    if (low == NULL || high == NULL)
        return NULL;
    if (!expr_unify(s, &a, &low, pos, "compare") || !expr_unify(s, &a, &high, pos, "compare") ||
        !expr_unify(s, &a, &low, pos, "compare"))
        return NULL;
    const Type *t = &a->type;
    bool ordered = dimension_of(t) != DIMENSION_NOT || t->kind == KIND_DATE ||
                   t->kind == KIND_MONTH || (t->kind == KIND_ENUM && t->of->ordered);
    if (!ordered) {
        diag_error(s->l->diags, pos, "%s has no order, so nothing lies between",
                   type_words(s->l->scratch, t));
        return NULL;
    }
    bool literal = (low->kind == EXPR_NUMBER || low->kind == EXPR_DATE || low->kind == EXPR_CODE) &&
                   low->kind == high->kind;
    if (literal && high->number < low->number) {
        diag_error(s->l->diags, pos, "the range is empty: its end lies below its beginning");
        return NULL;
    }
    Expr *e = expr_of2(s, EXPR_BETWEEN, a->pos, truth_type(), a, low);
    e->c = high;
    return e;
}

Expr *link_between(const Scope *s, const Node *n)
{
    Scope side = *s;
    side.compared = true;
    Expr *a = link_expr(&side, n->a, NULL);
    return a == NULL ? NULL : between_of(s, a, n->b);
}

/* ---- in */

static Expr *in_region(const Scope *s, Expr *a, const Expr *b, Pos pos)
{
    return expr_of2(s, EXPR_IN_REGION, pos, truth_type(), a, b);
}

static const Param *regions_param(const Scope *s, const Node *n)
{
    const Param *p = node_is_word(n) ? name_of(s->l, n->at.text, NAME_PARAM) : NULL;
    if (p == NULL || p->n_regions == 0)
        return NULL;
    (void)word_name(s->l, &n->at);
    return p;
}

static Expr *in_regions_param(const Scope *s, Expr *a, const Param *p, Pos pos)
{
    Expr **all = arena_many(s->l->scratch, Expr *, p->n_regions);
    for (size_t i = 0; i < p->n_regions; i++) {
        Expr *r = expr_new(s, EXPR_REGION, pos, type_of_kind(KIND_REGION));
        r->text = p->regions[i];
        all[i] = in_region(s, a, r, pos);
    }
    return expr_any(s, all, p->n_regions);
}

static Expr *in_places(const Scope *s, Expr *a, const Node *n)
{
    size_t count;
    const Node **members = group_members(s, n, &count);
    Type region = type_of_kind(KIND_REGION);
    Expr **all = arena_many(s->l->scratch, Expr *, count);
    for (size_t i = 0; i < count; i++) {
        const Param *p = regions_param(s, members[i]);
        if (p != NULL) {
            all[i] = in_regions_param(s, a, p, members[i]->at.pos);
            continue;
        }
        const Expr *b = link_as(s, members[i], &region, "a place");
        if (b == NULL)
            return NULL;
        all[i] = in_region(s, a, b, members[i]->at.pos);
    }
    return expr_any(s, all, count);
}

static Expr *in_numbers(const Scope *s, Expr *a, const Node *n)
{
    size_t count;
    const Node **members = group_members(s, n, &count);
    if (n->kind != AST_GROUP) {
        Diag *d = diag_error(s->l->diags, node_pos(n), "'in' needs a range or a list here");
        diag_hint(s->l->diags, d, "write 'in a..b', 'in (a, b)', or '='");
        return NULL;
    }
    Expr **all = arena_many(s->l->scratch, Expr *, count);
    for (size_t i = 0; i < count; i++) {
        Expr *b = link_expr(s, members[i], &a->type);
        all[i] = b == NULL ? NULL : equal_of(s, a, b, node_pos(members[i]));
        if (all[i] == NULL)
            return NULL;
    }
    return expr_any(s, all, count);
}

/* Codes, params of set type, and unions of both. */
static Expr *in_set(const Scope *s, Expr *a, const Node *n)
{
    Type set = {.kind = KIND_SET, .of = a->type.of};
    Expr *b = n->kind == AST_GROUP ? link_codes(s, n, a->type.of) : link_expr(s, n, &set);
    if (b != NULL && b->type.kind == KIND_ENUM && b->kind != EXPR_CODE && b->type.of == set.of) {
        Diag *d = diag_error(s->l->diags, node_pos(n), "this is one code, not a set");
        diag_hint(s->l->diags, d, "write '=' instead of 'in'");
        return NULL;
    }
    b = expr_as(s, b, &set, "behind 'in'");
    return b == NULL ? NULL : expr_of2(s, EXPR_IN, a->pos, truth_type(), a, b);
}

Expr *link_in(const Scope *s, const Node *n)
{
    Expr *a = link_expr(s, n->a, NULL);
    if (a == NULL)
        return NULL;
    switch (a->type.kind) {
    case KIND_ENUM:
        return in_set(s, a, n->b);
    case KIND_REGION:
        return in_places(s, a, n->b);
    case KIND_SET: {
        Diag *d = diag_error(s->l->diags, node_pos(n), "this holds several codes at once");
        diag_hint(s->l->diags, d, "write 'has any (…)' or 'has all (…)'");
        return NULL;
    }
    case KIND_DATE:
    case KIND_MONTH:
        return in_numbers(s, a, n->b);
    default:
        if (dimension_of(&a->type) != DIMENSION_NOT)
            return in_numbers(s, a, n->b);
        diag_error(s->l->diags, node_pos(n->a), "%s can not be 'in' anything",
                   words_of(s, &a->type));
        return NULL;
    }
}

/* ---- has */

Expr *link_has(const Scope *s, const Node *n)
{
    Expr *a = link_expr(s, n->a, NULL);
    if (a == NULL)
        return NULL;
    if (a->type.kind != KIND_SET) {
        Diag *d = diag_error(s->l->diags, node_pos(n->a), "only a set has codes; this is %s",
                             words_of(s, &a->type));
        if (a->type.kind == KIND_ENUM)
            diag_hint(s->l->diags, d, "it holds one code: write '=' or 'in (…)'");
        return NULL;
    }
    Expr *b =
        n->b->kind == AST_GROUP ? link_codes(s, n->b, a->type.of) : link_expr(s, n->b, &a->type);
    b = expr_as(s, b, &a->type, "behind 'has'");
    if (b == NULL)
        return NULL;
    ExprKind kind = n->at.kind == TK_ALL ? EXPR_HAS_ALL : EXPR_HAS_ANY;
    return expr_of2(s, kind, a->pos, truth_type(), a, b);
}
