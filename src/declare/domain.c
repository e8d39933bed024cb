/* domain.c — what may still be, once some conditions are known to hold.
 * Not here: where conditions stand and what is said about them (check_condition.c).
 * Start: domain_assume(). */
#include "declare/domain.h"

#include "declare/link.h"

#include "base/decimal.h"

/* Computed yes-or-no fields are looked into this deep. */
#define CHAIN 4u

enum { BELOW = 1, SAME = 2, ABOVE = 4 };

/* ---- the same expression */

static bool aggregate_same(const Aggregate *a, const Aggregate *b)
{
    return a->kind == b->kind && a->of == b->of && a->by == b->by &&
           a->known_only == b->known_only && a->period == b->period &&
           expr_same(a->value, b->value) && expr_same(a->where, b->where) &&
           expr_same(a->base, b->base) && expr_same(a->otherwise, b->otherwise);
}

bool expr_same(const Expr *a, const Expr *b)
{
    if (a == b)
        return true;
    if (a == NULL || b == NULL || a->kind != b->kind || a->size != b->size ||
        a->number != b->number || a->type.kind != b->type.kind || a->type.scale != b->type.scale ||
        a->outer != b->outer || a->param != b->param || a->table != b->table ||
        a->rule != b->rule || a->n_args != b->n_args || a->n_path != b->n_path ||
        !str_equal(a->text, b->text) || (a->aggregate == NULL) != (b->aggregate == NULL))
        return false;
    for (size_t i = 0; i < a->n_path; i++)
        if (a->path[i] != b->path[i])
            return false;
    for (size_t i = 0; i < a->n_args; i++)
        if (!expr_same(a->args[i], b->args[i]))
            return false;
    return expr_same(a->a, b->a) && expr_same(a->b, b->b) && expr_same(a->c, b->c) &&
           (a->aggregate == NULL || aggregate_same(a->aggregate, b->aggregate));
}

/* ---- terms */

void domain_init(Domain *d, const Model *m, GHashTable *memo, unsigned *budget)
{
    *d = (Domain){.model = m, .memo = memo, .budget = budget};
}

void domain_copy(Domain *to, const Domain *from)
{
    memcpy(to, from, offsetof(Domain, terms) + from->n_terms * sizeof(Term));
}

static void find_reading(const Expr *e, void *context)
{
    if (e->kind == EXPR_FIELD || e->kind == EXPR_AGGREGATE || e->kind == EXPR_DAY ||
        e->kind == EXPR_INDEX)
        *(bool *)context = true;
}

/* What no record, day or place changes is a switch of the document: nothing is said about it. */
static bool reads(const Expr *e)
{
    bool found = false;
    expr_walk(e, find_reading, &found);
    return found;
}

static uint64_t all_codes(const Expr *e)
{
    if (e->type.kind == KIND_BOOL)
        return 3;
    size_t n = e->type.kind == KIND_ENUM ? e->type.of->n_codes : 64;
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

static Term *term_find(const Domain *d, const Expr *e)
{
    for (size_t i = 0; i < d->n_terms; i++)
        if (expr_same(d->terms[i].expr, e))
            return (Term *)&d->terms[i];
    return NULL;
}

static Term term_fresh(const Domain *d, const Expr *e)
{
    return (Term){.expr = e, .range = interval_fixed(e, d->memo), .codes = all_codes(e)};
}

/* NULL: there are more than anybody writes, and nothing is kept of this one. */
static Term *term_of(Domain *d, const Expr *e)
{
    Term *t = term_find(d, e);
    if (t != NULL || d->n_terms == DOMAIN_TERMS)
        return t;
    d->terms[d->n_terms] = term_fresh(d, e);
    return &d->terms[d->n_terms++];
}

static Interval range_of(const Domain *d, const Expr *e)
{
    const Term *t = term_find(d, e);
    return t != NULL ? t->range : interval_fixed(e, d->memo);
}

static bool has_codes(const Type *t)
{
    return (t->kind == KIND_ENUM && t->of->n_codes <= 64) || t->kind == KIND_BOOL;
}

/* ---- numbers and days */

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Narrows e to low..high as far as they are given; false: nothing is left. */
static bool narrow(Domain *d, const Expr *e, Interval to)
{
    while (e->kind == EXPR_RESCALE) {
        int64_t by = power_of_ten((unsigned)(e->type.scale - e->a->type.scale));
        if (to.has_low && to.low > INT64_MIN + by)
            to.low = floor_divide(to.low - 1, by) + 1;
        else
            to.has_low = false;
        if (to.has_high)
            to.high = floor_divide(to.high, by);
        e = e->a;
    }
    Term *t = term_of(d, e);
    if (t == NULL)
        return true;
    if (to.has_low && (!t->range.has_low || to.low > t->range.low)) {
        t->range.has_low = true;
        t->range.low = to.low;
    }
    if (to.has_high && (!t->range.has_high || to.high < t->range.high)) {
        t->range.has_high = true;
        t->range.high = to.high;
    }
    return !t->range.has_low || !t->range.has_high || t->range.low <= t->range.high;
}

/* a lies below b (by at least `by`). */
static bool assume_below(Domain *d, const Expr *a, const Expr *b, int64_t by)
{
    Interval x = range_of(d, a), y = range_of(d, b);
    Interval under = {0}, over = {0};
    under.has_high = y.has_high && checked_sub(y.high, by, &under.high);
    over.has_low = x.has_low && checked_add(x.low, by, &over.low);
    if (x.has_low && under.has_high && x.low > under.high)
        return false;
    return (!reads(a) || narrow(d, a, under)) && (!reads(b) || narrow(d, b, over));
}

static bool assume_same(Domain *d, const Expr *a, const Expr *b)
{
    return assume_below(d, a, b, 0) && assume_below(d, b, a, 0);
}

/* ---- pairs */

static Pair *pair_of(Domain *d, const Expr *a, const Expr *b, bool *ret_turned)
{
    for (size_t i = 0; i < d->n_pairs; i++) {
        Pair *p = &d->pairs[i];
        *ret_turned = expr_same(p->a, b) && expr_same(p->b, a);
        if (*ret_turned || (expr_same(p->a, a) && expr_same(p->b, b)))
            return p;
    }
    if (d->n_pairs == DOMAIN_PAIRS)
        return NULL;
    *ret_turned = false;
    d->pairs[d->n_pairs] = (Pair){a, b, BELOW | SAME | ABOVE};
    return &d->pairs[d->n_pairs++];
}

static unsigned turn(unsigned ways)
{
    return (ways & SAME) | (ways & BELOW ? ABOVE : 0) | (ways & ABOVE ? BELOW : 0);
}

static bool assume_pair(Domain *d, const Expr *a, const Expr *b, unsigned ways)
{
    bool turned;
    Pair *p = pair_of(d, a, b, &turned);
    if (p == NULL)
        return true;
    p->left &= turned ? turn(ways) : ways;
    return p->left != 0;
}

/* ---- codes */

/* Codes that an expression may be, and those it is for certain (the one, or none). */
static void codes_of(const Domain *d, const Expr *e, uint64_t *ret_maybe, uint64_t *ret_surely)
{
    const Term *t = term_find(d, e);
    *ret_maybe = *ret_surely = 0;
    if (e->kind == EXPR_CODE && e->number < 64)
        *ret_maybe = UINT64_C(1) << e->number;
    else if (e->kind == EXPR_TRUTH)
        *ret_maybe = e->number == TRUTH_YES ? 2 : 1;
    else if (e->kind == EXPR_PARAM && param_is_fixed(e->param) && e->param->otherwise == NULL)
        for (size_t i = 0; i < e->param->n_values; i++)
            *ret_maybe |= UINT64_C(1) << (e->param->values[i].number & 63);
    else
        *ret_maybe = t != NULL ? t->codes : all_codes(e);
    if ((*ret_maybe & (*ret_maybe - 1)) == 0)
        *ret_surely = *ret_maybe;
}

static bool keep_codes(Domain *d, const Expr *e, uint64_t codes)
{
    if (e->kind == EXPR_CODE || e->kind == EXPR_TRUTH || e->kind == EXPR_PARAM)
        return true;
    Term *t = term_of(d, e);
    if (t == NULL)
        return true;
    t->codes &= codes;
    return t->codes != 0;
}

/* Codes below (or above) at least one of `codes`, or the same where `equal`. */
static uint64_t beside(uint64_t codes, bool below, bool equal)
{
    if (codes == 0)
        return 0;
    unsigned at = below ? 63u - (unsigned)__builtin_clzll(codes) : (unsigned)__builtin_ctzll(codes);
    uint64_t own = UINT64_C(1) << at, under = own - 1;
    return (below ? under : ~(under | own)) | (equal ? own : 0);
}

static bool compare_codes(Domain *d, const Expr *a, const Expr *b, unsigned ways)
{
    uint64_t x, y, sure_x, sure_y;
    codes_of(d, a, &x, &sure_x);
    codes_of(d, b, &y, &sure_y);
    switch (ways) {
    case SAME:
        return keep_codes(d, a, y) && keep_codes(d, b, x);
    case BELOW | ABOVE:
        return keep_codes(d, a, ~sure_y) && keep_codes(d, b, ~sure_x);
    default: {
        bool equal = (ways & SAME) != 0, below = (ways & BELOW) != 0;
        return keep_codes(d, a, beside(y, below, equal)) &&
               keep_codes(d, b, beside(x, !below, equal));
    }
    }
}

/* ---- sets */

/* Codes a set may hold, and those it holds for certain; false: not seen through. */
static bool bits_of(const Expr *e, uint64_t *ret_maybe, uint64_t *ret_surely)
{
    uint64_t maybe, surely;
    switch (e->kind) {
    case EXPR_SET:
        *ret_maybe = *ret_surely = (uint64_t)e->number;
        return true;
    case EXPR_PARAM:
        if (!param_is_fixed(e->param) || e->param->otherwise != NULL)
            return false;
        *ret_maybe = 0;
        *ret_surely = UINT64_MAX;
        for (size_t i = 0; i < e->param->n_values; i++) {
            *ret_maybe |= (uint64_t)e->param->values[i].number;
            *ret_surely &= (uint64_t)e->param->values[i].number;
        }
        return e->param->n_values > 0;
    case EXPR_UNION:
        if (!bits_of(e->a, ret_maybe, ret_surely) || !bits_of(e->b, &maybe, &surely))
            return false;
        *ret_maybe |= maybe;
        *ret_surely |= surely;
        return true;
    default:
        return false;
    }
}

static bool set_possible(const Term *t)
{
    if (t->must & t->mustnot)
        return false;
    for (size_t i = 0; i < t->n_any; i++)
        if ((t->any[i] & ~t->mustnot) == 0)
            return false;
    return true;
}

static bool assume_has(Domain *d, const Expr *e, bool truth)
{
    uint64_t maybe, surely;
    Term *t = term_of(d, e->a);
    if (t == NULL || !bits_of(e->b, &maybe, &surely))
        return true;
    bool any = e->kind == EXPR_HAS_ANY;
    if (any && truth && t->n_any < DOMAIN_SETS)
        t->any[t->n_any++] = maybe;
    else if (any && !truth)
        t->mustnot |= surely;
    else if (!any && truth)
        t->must |= surely;
    else if (!any && (maybe & ~t->must) == 0)
        return false;
    else if (!any && maybe == surely && (maybe & (maybe - 1)) == 0)
        t->mustnot |= maybe;
    return set_possible(t);
}

/* ---- regions */

/* By who a region belongs to or who runs it: some look at the one, some at the other. */
static bool reaches(const Model *m, Str region, Str in, unsigned depth)
{
    if (str_equal(region, in))
        return true;
    const RegionRow *r = depth == 0 ? NULL : model_region(m, region);
    return r != NULL && ((r->parent.len > 0 && reaches(m, r->parent, in, depth - 1)) ||
                         (r->managing.len > 0 && reaches(m, r->managing, in, depth - 1)));
}

/* Whether some region lies in both. */
static bool regions_meet(const Model *m, Str a, Str b)
{
    enum { LEVELS = 8 };
    if (m->n_regions == 0)
        return true;
    for (size_t i = 0; i < m->n_regions; i++)
        if (reaches(m, m->regions[i].code, a, LEVELS) && reaches(m, m->regions[i].code, b, LEVELS))
            return true;
    return false;
}

static bool assume_region(Domain *d, const Expr *e, bool truth)
{
    if (e->b->kind != EXPR_REGION)
        return true;
    Str code = e->b->text;
    Term *t = term_of(d, e->a);
    if (t == NULL)
        return true;
    if (truth) {
        if (t->in.len > 0 && !regions_meet(d->model, t->in, code))
            return false;
        if (t->in.len == 0 || region_lies_in(d->model, code, t->in))
            t->in = code;
    } else if (t->n_out < DOMAIN_SETS) {
        t->out[t->n_out++] = code;
    }
    for (size_t i = 0; i < t->n_out && t->in.len > 0; i++)
        if (str_equal(t->in, t->out[i]))
            return false;
    return true;
}

/* ---- conditions */

static unsigned ways_of(ExprKind k)
{
    switch (k) {
    case EXPR_EQ:
        return SAME;
    case EXPR_NE:
        return BELOW | ABOVE;
    case EXPR_LT:
        return BELOW;
    case EXPR_LE:
        return BELOW | SAME;
    case EXPR_GT:
        return ABOVE;
    default:
        return ABOVE | SAME;
    }
}

static bool compare(Domain *d, const Expr *a, const Expr *b, unsigned ways)
{
    bool read_a = reads(a), read_b = reads(b);
    if (!read_a && !read_b)
        return true;
    if (read_a && read_b && !assume_pair(d, a, b, ways))
        return false;
    if (has_codes(&a->type) && has_codes(&b->type))
        return compare_codes(d, a, b, ways);
    if (a->type.kind == KIND_ENUM || a->type.kind == KIND_SET || a->type.kind == KIND_REGION ||
        a->type.kind == KIND_REF)
        return true;
    switch (ways) {
    case SAME:
        return assume_same(d, a, b);
    case BELOW:
        return assume_below(d, a, b, 1);
    case BELOW | SAME:
        return assume_below(d, a, b, 0);
    case ABOVE:
        return assume_below(d, b, a, 1);
    case ABOVE | SAME:
        return assume_below(d, b, a, 0);
    default:
        return true; /* not the same: an interval can not say it */
    }
}

/* One of two ways; what both share is not worked out. */
static bool either(Domain *d, const Domain *a, bool may_a, const Domain *b, bool may_b)
{
    if (may_a != may_b)
        domain_copy(d, may_a ? a : b);
    return may_a || may_b;
}

static bool assume_any(Domain *d, const Expr *a, const Expr *b, bool truth)
{
    Domain x, y;
    domain_copy(&x, d);
    domain_copy(&y, d);
    bool may_x = domain_assume(&x, a, truth), may_y = domain_assume(&y, b, truth);
    return either(d, &x, may_x, &y, may_y);
}

static bool assume_between(Domain *d, const Expr *e, bool truth)
{
    if (truth)
        return compare(d, e->a, e->b, ABOVE | SAME) && compare(d, e->a, e->c, BELOW | SAME);
    Domain x, y;
    domain_copy(&x, d);
    domain_copy(&y, d);
    bool under = compare(&x, e->a, e->b, BELOW), over = compare(&y, e->a, e->c, ABOVE);
    return either(d, &x, under, &y, over);
}

static bool assume_in(Domain *d, const Expr *e, bool truth)
{
    uint64_t maybe, surely;
    if (!has_codes(&e->a->type) || !reads(e->a) || !bits_of(e->b, &maybe, &surely))
        return true;
    return keep_codes(d, e->a, truth ? maybe : ~surely);
}

static bool assume_if(Domain *d, const Expr *e, bool truth)
{
    Domain x, y;
    domain_copy(&x, d);
    domain_copy(&y, d);
    bool then = domain_assume(&x, e->a, true) && domain_assume(&x, e->b, truth);
    bool other = domain_assume(&y, e->a, false) && domain_assume(&y, e->c, truth);
    return either(d, &x, then, &y, other);
}

/* Something that is yes or no by itself; a computed field of this record is what it is made of. */
static bool assume_itself(Domain *d, const Expr *e, bool truth)
{
    if (e->type.kind != KIND_BOOL || !reads(e))
        return true;
    if (!keep_codes(d, e, truth ? 2 : 1))
        return false;
    const Field *f = e->kind == EXPR_FIELD && e->n_path == 1 && !e->outer ? e->path[0] : NULL;
    if (f == NULL || f->compute == NULL || d->depth == CHAIN)
        return true;
    d->depth++;
    bool may = domain_assume(d, f->compute, truth);
    d->depth--;
    return may;
}

bool domain_assume(Domain *d, const Expr *e, bool truth)
{
    if (*d->budget == 0)
        return true;
    --*d->budget;
    switch (e->kind) {
    case EXPR_NOT:
        return domain_assume(d, e->a, !truth);
    case EXPR_AND:
    case EXPR_OR:
        if ((e->kind == EXPR_AND) == truth)
            return domain_assume(d, e->a, truth) && domain_assume(d, e->b, truth);
        return assume_any(d, e->a, e->b, truth);
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
        return compare(d, e->a, e->b,
                       truth ? ways_of(e->kind) : (BELOW | SAME | ABOVE) & ~ways_of(e->kind));
    case EXPR_BETWEEN:
        return assume_between(d, e, truth);
    case EXPR_IN:
        return assume_in(d, e, truth);
    case EXPR_IN_REGION:
        return assume_region(d, e, truth);
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
        return assume_has(d, e, truth);
    case EXPR_IF:
        return assume_if(d, e, truth);
    default:
        return assume_itself(d, e, truth);
    }
}

/* ---- words */

static void print_range(const Type *t, const Interval *r, GString *to)
{
    if (r->has_low)
        number_print(t, r->low, to);
    g_string_append(to, "..");
    if (r->has_high)
        number_print(t, r->high, to);
}

char *domain_words(const Domain *d, const Expr *e)
{
    const Expr *about = e->kind == EXPR_BETWEEN || e->b != NULL ? e->a : NULL;
    while (about != NULL && about->kind == EXPR_RESCALE)
        about = about->a;
    if (about == NULL || about->type.kind == KIND_SET || has_codes(&about->type))
        return NULL;
    Interval r = range_of(d, about);
    if (!r.has_low && !r.has_high)
        return NULL;
    GString *s = g_string_new("'");
    expr_print(about, s);
    g_string_append(s, "' is ");
    print_range(&about->type, &r, s);
    return g_string_free(s, FALSE);
}
