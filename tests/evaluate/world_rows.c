/* world_rows.c — made-up shares, means and spells, compared and rounded.  See world.h. */
#include "world.h"

static int below(World *w, int n)
{
    return g_rand_int_range(w->rand, 0, n);
}

static bool chance(World *w, double p)
{
    return g_rand_double(w->rand) < p;
}

static Expr *e_share(World *w, int64_t units)
{
    Expr *e = e_number(w->k, units);

    e->type = type_of(KIND_SHARE);
    return e;
}

/* A share or a mean of visits: a quotient, compared as it is or below round(). */
static Expr *world_quotient(World *w, int depth)
{
    bool share = chance(w, 0.6);
    Expr *e = world_aggregate(w, AGGREGATE_MEAN, depth);
    Aggregate *g = (Aggregate *)(uintptr_t)e->aggregate;

    e->type = type_number(2);
    e->type.kind = KIND_DECIMAL;
    if (g->otherwise != NULL) {
        Expr *otherwise = e_number(w->k, below(w, 5000));

        otherwise->type = e->type;
        g->otherwise = otherwise;
    }
    if (!share)
        return e;
    e->type = type_of(KIND_SHARE);
    g->kind = AGGREGATE_SHARE;
    g->value = chance(w, 0.5) ? NULL : e_value(w->k, EXPR_MAX, g->value, e_number(w->k, 0));
    w->scope = w->visit;
    w->outer = w->person;
    if (g->where == NULL)
        g->where = world_leaf(w);
    if (chance(w, 0.4))
        g->base = world_leaf(w);
    w->scope = w->person;
    w->outer = NULL;
    if (g->otherwise != NULL)
        g->otherwise = e_share(w, below(w, 10001));
    return e;
}

/* Compared with a number near what it may be. */
Expr *world_compared_quotient(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE};
    static const int64_t shares[] = {0, 2500, 3333, 3334, 5000, 6667, 10000};
    Expr *q = world_quotient(w, depth), *n;

    n = q->type.kind == KIND_SHARE ? e_share(w, shares[below(w, G_N_ELEMENTS(shares))])
                                   : e_number(w->k, 50 * below(w, 200) - 2000);
    if (n->type.kind != KIND_SHARE)
        n->type = q->type;
    return chance(w, 0.3) ? e_truth(w->k, kinds[below(w, 6)], n, q)
                          : e_truth(w->k, kinds[below(w, 6)], q, n);
}

/* A condition on facts that change, for since(). */
static Expr *changing(World *w, int depth)
{
    Make *k = w->k;

    if (depth > 0 && chance(w, 0.5))
        return e_truth(k, chance(w, 0.5) ? EXPR_AND : EXPR_OR, changing(w, depth - 1),
                       changing(w, depth - 1));
    switch (below(w, 4)) {
    case 0:
        return e_field(k, w->flag);
    case 1:
        return e_truth(k, EXPR_IN, e_field(k, w->ability),
                       e_codes(k, w->level, (uint64_t)below(w, 32)));
    case 2:
        return e_path(k, w->at, w->home_open);
    default:
        return e_truth(k, EXPR_HAS_ANY, e_field(k, w->econ),
                       e_codes(k, w->economy, (uint64_t)below(w, 512)));
    }
}

Expr *world_compared_spell(World *w, int depth)
{
    static const ExprKind kinds[] = {EXPR_EQ, EXPR_NE, EXPR_LT, EXPR_LE, EXPR_GT, EXPR_GE};
    static const ExprKind spans[] = {EXPR_YEARS, EXPR_MONTHS, EXPR_DAYS};
    Make *k = w->k;
    Expr *s = e_new(k, EXPR_SINCE, type_of(KIND_DATE)), *x;

    s->a = changing(w, depth - 1);
    s->entity = w->person;
    if (chance(w, 0.3))
        return e_truth(k, kinds[below(w, 6)], s, e_date(k, day_of("2019-10-01") + below(w, 420)));
    x = e_new(k, spans[below(w, 5) % 3], type_number(0)); /* days are dear: each is another */
    x->a = s;
    x->b = e_day(k);
    return e_truth(k, kinds[below(w, 6)], x,
                   e_number(k, below(w, x->kind == EXPR_DAYS ? 300 : 12)));
}

/* q × n, before it is rounded. */
static Expr *e_scaled(World *w, Expr *q, int64_t n)
{
    Expr *e = e_new(w->k, EXPR_MUL, q->type);

    e->a = q;
    e->b = e_number(w->k, n);
    return e;
}

/* A share or a mean, or one times a number, rounded once. */
Expr *world_rounded(World *w, int depth)
{
    Expr *q;

    w->facts++;
    q = world_quotient(w, depth);
    w->facts--;
    return e_round(w->k, chance(w, 0.5) ? q : e_scaled(w, q, below(w, 9)), type_number(0),
                   (Rounding)below(w, 3));
}
