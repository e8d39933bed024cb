/* interval.c — simple reasoning about bounds: literals, ranges, values of params, sums, products.
 * What overflows or is not seen through is unbounded.  Start: interval_of(). */
#include "declare/interval.h"

#include "base/decimal.h"

/* Computed fields rest on computed fields; deeper than this nobody writes. */
#define CHAIN 16

typedef struct Bounds {
    GHashTable *memo;
    int depth;
    bool fixed; /* only params whose values can not change */
} Bounds;

static const Interval unbounded;

static Interval bounds_of(const Expr *e, Bounds *b);

static Interval exact(int64_t n)
{
    return (Interval){true, true, n, n};
}

/* Either of two; `started` false: the first. */
static void join(Interval *a, Interval b, bool *started)
{
    if (!*started) {
        *a = b;
        *started = true;
        return;
    }
    a->has_low &= b.has_low;
    a->has_high &= b.has_high;
    a->low = MIN(a->low, b.low);
    a->high = MAX(a->high, b.high);
}

static Interval added(Interval a, Interval b)
{
    Interval r = unbounded;
    r.has_low = a.has_low && b.has_low && checked_add(a.low, b.low, &r.low);
    r.has_high = a.has_high && b.has_high && checked_add(a.high, b.high, &r.high);
    return r;
}

static Interval negated(Interval a)
{
    Interval r = unbounded;
    r.has_low = a.has_high && checked_sub(0, a.high, &r.low);
    r.has_high = a.has_low && checked_sub(0, a.low, &r.high);
    return r;
}

static Interval multiplied(Interval a, Interval b)
{
    Interval r = unbounded;
    if (a.has_low && b.has_low && a.low >= 0 && b.low >= 0) {
        r.has_low = true;
        if (!checked_mul(a.low, b.low, &r.low))
            r.low = 0;
        r.has_high = a.has_high && b.has_high && checked_mul(a.high, b.high, &r.high);
        return r;
    }
    if (!a.has_low || !a.has_high || !b.has_low || !b.has_high)
        return unbounded;
    int64_t p[4];
    if (!checked_mul(a.low, b.low, &p[0]) || !checked_mul(a.low, b.high, &p[1]) ||
        !checked_mul(a.high, b.low, &p[2]) || !checked_mul(a.high, b.high, &p[3]))
        return unbounded;
    r = exact(p[0]);
    for (int i = 1; i < 4; i++) {
        r.low = MIN(r.low, p[i]);
        r.high = MAX(r.high, p[i]);
    }
    return r;
}

/* Only the sign is kept: that is what is asked for. */
static Interval divided(Interval a, Interval b)
{
    Interval r = unbounded;
    r.has_low = a.has_low && b.has_low && a.low >= 0 && b.low >= 0;
    return r;
}

static Interval rounded(Interval a)
{
    Interval r = unbounded;
    r.has_low = a.has_low && a.low >= 0;
    return r;
}

static Interval least(Interval a, Interval b)
{
    Interval r = {a.has_low && b.has_low, a.has_high || b.has_high, MIN(a.low, b.low), 0};
    r.high = a.has_high && b.has_high ? MIN(a.high, b.high) : a.has_high ? a.high : b.high;
    return r;
}

static Interval greatest(Interval a, Interval b)
{
    return negated(least(negated(a), negated(b)));
}

static bool never_below_nothing(const Type *t)
{
    return t->kind == KIND_MONEY || t->kind == KIND_AREA || t->kind == KIND_SHARE ||
           t->kind == KIND_HOURS;
}

static void keep_known(Bounds *b, const void *what, Interval r)
{
    Interval *keep = g_new(Interval, 1);
    *keep = r;
    g_hash_table_insert(b->memo, (gpointer)what, keep);
}

bool param_is_fixed(const Param *p)
{
    bool own = p->otherwise != NULL;
    for (size_t i = 0; i < p->n_values && !own; i++)
        own = p->values[i].home.document == p->home.document;
    return own && p->delegated_to.len == 0;
}

/* A param without values is unset: nothing is computed with it. */
static Interval of_param(const Param *p, Bounds *b)
{
    Interval r = unbounded;
    bool started = false;
    const Interval *known = g_hash_table_lookup(b->memo, p);
    if (known != NULL)
        return *known;
    if (b->fixed && !param_is_fixed(p))
        return (Interval){.has_low = never_below_nothing(&p->type), .low = 0};
    for (size_t i = 0; i < p->n_values; i++)
        join(&r, exact(p->values[i].number), &started);
    if (p->otherwise != NULL && b->depth < CHAIN) {
        b->depth++;
        join(&r, bounds_of(p->otherwise, b), &started);
        b->depth--;
    } else if (p->otherwise != NULL) {
        return unbounded;
    }
    if (!started)
        r = (Interval){.has_low = true, .low = 0};
    if (never_below_nothing(&p->type) && p->otherwise == NULL)
        r.has_low = true, r.low = MAX(r.low, 0);
    keep_known(b, p, r);
    return r;
}

static Interval of_table(const Table *t)
{
    Interval r = unbounded;
    bool started = false;
    for (size_t i = 0; i < t->n_rows; i++)
        if (!t->unset[i])
            join(&r, exact(t->results[i]), &started);
    return r;
}

static Interval of_field(const Expr *e, Bounds *b)
{
    const Field *f = e->path[e->n_path - 1];
    Interval r = {f->has_range, f->has_range, f->low, f->high};
    if (f->judgement != NULL)
        r.has_low = true; /* its low is 0, or that of its share */
    if (f->compute == NULL || b->depth >= CHAIN)
        return r;
    const Interval *known = g_hash_table_lookup(b->memo, f);
    if (known != NULL)
        return *known;
    b->depth++;
    r = bounds_of(f->compute, b);
    b->depth--;
    keep_known(b, f, r);
    return r;
}

static Interval of_aggregate(const Aggregate *a, Bounds *b)
{
    Interval r = unbounded;
    bool started = false;
    if (a->kind == AGGREGATE_COUNT || a->kind == AGGREGATE_DISTINCT)
        return (Interval){.has_low = true};
    if (a->kind == AGGREGATE_SHARE)
        return (Interval){true, true, 0, 10000};
    if (a->value == NULL)
        return unbounded;
    join(&r, bounds_of(a->value, b), &started);
    if (a->kind == AGGREGATE_SUM || a->kind == AGGREGATE_MEAN)
        r = rounded(r);
    if (a->otherwise != NULL)
        join(&r, bounds_of(a->otherwise, b), &started);
    return r;
}

static Interval of_case(const Expr *e, Bounds *b)
{
    Interval r = unbounded;
    bool started = false;
    for (size_t i = 1; i < e->n_args; i += 2)
        join(&r, bounds_of(e->args[i], b), &started);
    if (e->n_args % 2 == 1)
        join(&r, bounds_of(e->args[e->n_args - 1], b), &started);
    return r;
}

static Interval bounds_of(const Expr *e, Bounds *b)
{
    Interval r;
    bool started = true;
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
        return exact(e->number);
    case EXPR_FIELD:
        return of_field(e, b);
    case EXPR_PARAM:
        return of_param(e->param, b);
    case EXPR_TABLE:
        return of_table(e->table);
    case EXPR_AGGREGATE:
        return of_aggregate(e->aggregate, b);
    case EXPR_ADD:
        return added(bounds_of(e->a, b), bounds_of(e->b, b));
    case EXPR_SUB:
        return added(bounds_of(e->a, b), negated(bounds_of(e->b, b)));
    case EXPR_MUL:
        return multiplied(bounds_of(e->a, b), bounds_of(e->b, b));
    case EXPR_DIV:
        return divided(bounds_of(e->a, b), bounds_of(e->b, b));
    case EXPR_NEG:
        return negated(bounds_of(e->a, b));
    case EXPR_RESCALE:
        return multiplied(bounds_of(e->a, b),
                          exact(power_of_ten((unsigned)(e->type.scale - e->a->type.scale))));
    case EXPR_ROUND:
        return rounded(bounds_of(e->a, b));
    case EXPR_MIN:
        return least(bounds_of(e->a, b), bounds_of(e->b, b));
    case EXPR_MAX:
        return greatest(bounds_of(e->a, b), bounds_of(e->b, b));
    case EXPR_IF:
        r = bounds_of(e->b, b);
        join(&r, bounds_of(e->c, b), &started);
        return r;
    case EXPR_CASE:
        return of_case(e, b);
    case EXPR_VERSION:
        r = bounds_of(e->args[0], b);
        for (size_t i = 1; i < e->n_args; i++)
            if (!e->versions->list[i].ends) /* then there is nothing */
                join(&r, bounds_of(e->args[i], b), &started);
        return r;
    case EXPR_GENERAL:
        return bounds_of(e->a, b);
    case EXPR_OUTCOME:
        return (Interval){.has_low = true};
    default:
        return unbounded;
    }
}

Interval interval_fixed(const Expr *e, GHashTable *memo)
{
    Bounds b = {.memo = memo, .fixed = true};
    return bounds_of(e, &b);
}

Interval interval_of(const Expr *e, GHashTable *memo)
{
    Bounds b = {.memo = memo};
    return bounds_of(e, &b);
}
