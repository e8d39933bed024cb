/* sentence_near.c — why not: the conditions that fail, the nearest first.
 * In: a rule's own condition and what was seen of it.  Out: Explanation.nearest.
 * Of what must all hold every failing one is told; of what may hold one way or another only the way
 * that is nearest.  Equal ones stay in the order of the text.  The order of the kinds stands beside
 * NearKind (data/explain.h).
 * Start: near_tell(), measure(). */
#include "base/decimal.h"
#include "compile/ops.h"
#include "compile/sentence_words.h"

#define NEAR_MOST 32u    /* nobody reads more */
#define NEAR_DEEP 16u    /* computed fields inside computed fields */
#define SHARES    100000 /* of a bound: distances are told apart to a thousandth of a per cent */

const char *const near_words[NEAR_KINDS] = {
    [NEAR_TIME] = "time", [NEAR_NUMBER] = "number", [NEAR_RANK] = "rank",
    [NEAR_ONE] = "one",   [NEAR_NEVER] = "never",
};

typedef struct Near {
    const Telling *w;
    unsigned depth;
} Near;

typedef struct Far { /* how far one condition is */
    NearKind kind;
    int64_t distance;
    Date on;
    const Expr *like; /* NUMBER: of what `by` is */
    Seen by;
} Far;

static Far far_one(int64_t facts)
{
    return (Far){.kind = NEAR_ONE, .distance = facts};
}

static Far far_never(void)
{
    return (Far){.kind = NEAR_NEVER};
}

/* ---- what time does */

static Far far_time(const Near *n, Date on)
{
    Date day = n->w->t->day;

    return on > day && on < DAY_HIGH ? (Far){.kind = NEAR_TIME, .distance = on - day, .on = on}
                                     : far_never();
}

/* A number of periods that grows as the days pass; a computed field is looked through. */
static const Expr *growing(const Expr *e)
{
    for (unsigned i = 0; i < NEAR_DEEP && e->kind == EXPR_FIELD && e->n_path == 1; i++) {
        if (e->path[0]->compute == NULL)
            break;
        e = e->path[0]->compute;
    }
    bool to_day = e->b != NULL && e->b->kind == EXPR_DAY;

    if (e->kind == EXPR_AGE)
        return e;
    return to_day && (e->kind == EXPR_YEARS || e->kind == EXPR_MONTHS || e->kind == EXPR_DAYS)
               ? e
               : NULL;
}

static Date completes(const Expr *e, Date from, int64_t n)
{
    if (n < 0 || n > 3000000)
        return DATE_MAX;
    if (e->kind == EXPR_DAYS)
        return from + (Date)n;
    return date_add_months(from, (int32_t)n * (e->kind == EXPR_MONTHS ? 1 : 12));
}

/* `age >= 80`: the day on which it is 80; what is passed does not come again. */
static Far far_periods(const Near *n, const Expr *e, ExprKind k, int64_t is, int64_t bound)
{
    Seen from = seen_value(n->w, e->a);
    bool up = k == EXPR_GE || k == EXPR_GT || k == EXPR_EQ || k == EXPR_NE;
    int64_t wanted = bound + (k == EXPR_GT || k == EXPR_NE);

    if (!from.known || !up || is > bound)
        return far_never();
    return far_time(n, completes(e, (Date)from.value, wanted));
}

static bool reads_facts(const Expr *e)
{
    if (e == NULL)
        return false;
    for (size_t i = 0; i < e->n_args; i++) {
        if (reads_facts(e->args[i]))
            return true;
    }
    return e->kind == EXPR_FIELD || e->kind == EXPR_AGGREGATE || reads_facts(e->a) ||
           reads_facts(e->b) || reads_facts(e->c);
}

/* The day against a date: reached on it, or the day after.  What ended may be renewed where it is
 * a fact. */
static Far far_day(const Near *n, const Expr *other, ExprKind k, int64_t date)
{
    if ((k == EXPR_GE || k == EXPR_GT || k == EXPR_EQ) && date >= n->w->t->day)
        return far_time(n, (Date)date + (k == EXPR_GT));
    if (k == EXPR_NE)
        return far_time(n, n->w->t->day + 1);
    return reads_facts(other) ? far_one(1) : far_never();
}

static ExprKind mirrored(ExprKind k)
{
    return k == EXPR_LT   ? EXPR_GT
           : k == EXPR_LE ? EXPR_GE
           : k == EXPR_GT ? EXPR_LT
           : k == EXPR_GE ? EXPR_LE
                          : k;
}

/* ---- numbers and ranks */

static bool level(Seen *x, Seen *y)
{
    unsigned scale = MAX(x->scale, y->scale);
    bool fits = checked_mul(x->value, power_of_ten(scale - x->scale), &x->value) &&
                checked_mul(y->value, power_of_ten(scale - y->scale), &y->value);

    x->scale = y->scale = scale;
    return fits;
}

static Far far_number(const Expr *like, Seen x, Seen bound)
{
    if (!level(&x, &bound))
        return far_one(1);
    Wide by = (Wide)x.value - bound.value;
    Wide of = bound.value < 0 ? -(Wide)bound.value : bound.value;

    by = by < 0 ? -by : by;
    Wide share = of > 0 ? by * SHARES / of : by * SHARES;
    Far far = {.kind = NEAR_NUMBER, .like = like, .by = x};

    far.distance = share > INT64_MAX ? INT64_MAX : (int64_t)share;
    far.by.value = by > INT64_MAX ? INT64_MAX : (int64_t)by;
    return far;
}

static bool counts(const Type *t)
{
    return t->kind == KIND_INT || t->kind == KIND_DECIMAL || t->kind == KIND_MONEY ||
           t->kind == KIND_AREA || t->kind == KIND_SHARE || t->kind == KIND_HOURS;
}

static Far far_rank(const Type *t, int64_t is, int64_t wanted)
{
    int64_t ranks = is > wanted ? is - wanted : wanted - is;

    if (!t->of->ordered || ranks == 0)
        return far_one(1);
    return (Far){.kind = NEAR_RANK, .distance = ranks};
}

/* The nearest code among those wanted. */
static Far far_code_of(const Type *t, int64_t is, uint64_t wanted)
{
    Far best = far_never();

    for (unsigned i = 0; i < t->of->n_codes && i < 64; i++) {
        Far far = far_rank(t, is, i);

        if ((wanted >> i & 1) != 0 && (best.kind == NEAR_NEVER || far.distance < best.distance))
            best = far;
    }
    return best;
}

static Far far_comparison(const Near *n, const Expr *left, const Expr *right, ExprKind k)
{
    Seen x = seen_value(n->w, left), y = seen_value(n->w, right);
    const Expr *periods = growing(left);

    if (!x.known || !y.known)
        return far_one(1);
    if (periods != NULL && x.scale == 0 && y.scale == 0)
        return far_periods(n, periods, k, x.value, y.value);
    if (left->kind == EXPR_DAY)
        return far_day(n, right, k, y.value);
    if (right->kind == EXPR_DAY)
        return far_day(n, left, mirrored(k), x.value);
    if (left->type.kind == KIND_ENUM && k != EXPR_NE)
        return far_rank(&left->type, x.value, y.value + (k == EXPR_GT) - (k == EXPR_LT));
    return counts(&left->type) ? far_number(left, x, y) : far_one(1);
}

static Far far_between(const Near *n, const Expr *e, bool negated)
{
    Seen x = seen_value(n->w, e->a), low = seen_value(n->w, e->b), high = seen_value(n->w, e->c);
    const Expr *periods = growing(e->a);

    if (!x.known || !low.known || !high.known)
        return far_one(1);
    bool whole = periods != NULL && x.scale == 0 && low.scale == 0 && high.scale == 0;

    if (whole && negated)
        return far_periods(n, periods, EXPR_GT, high.value, high.value);
    if (whole)
        return far_periods(n, periods, EXPR_GE, x.value, low.value);
    if (!counts(&e->a->type))
        return far_one(1);
    Far down = far_number(e->a, x, low), up = far_number(e->a, x, high);

    return down.distance <= up.distance ? down : up;
}

static Far far_membership(const Near *n, const Expr *e, bool negated)
{
    Seen x = seen_value(n->w, e->a), y = seen_value(n->w, e->b);

    if (!x.known || !y.known || e->a->type.kind == KIND_REGION)
        return far_one(1);
    if (e->kind == EXPR_IN)
        return far_code_of(&e->a->type, x.value, negated ? ~(uint64_t)y.value : (uint64_t)y.value);
    if (e->kind == EXPR_HAS_ALL && !negated)
        return far_one(__builtin_popcountll((uint64_t)y.value & ~(uint64_t)x.value));
    if (e->kind == EXPR_HAS_ANY && negated)
        return far_one(__builtin_popcountll((uint64_t)y.value & (uint64_t)x.value));
    return far_one(1);
}

static Far measure(const Near *n, const Expr *e, bool negated)
{
    const Expr *left, *right;
    ExprKind k;

    if (condition_sides(e, negated, &left, &right, &k))
        return far_comparison(n, left, right, k);
    switch (e->kind) {
    case EXPR_BETWEEN:
        return far_between(n, e, negated);
    case EXPR_IN:
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
        return far_membership(n, e, negated);
    case EXPR_TRUTH:
        return far_never();
    case EXPR_REACHED: /* a step that was taken stays taken */
        return negated ? far_never() : far_one(1);
    default:
        return far_one(1);
    }
}

/* ---- the conditions */

static Both told(const Near *n, const Far *far, Both text)
{
    const Telling *w = n->w;
    Both number = both_of(str_of(arena_printf(w->a, "%" G_GINT64_FORMAT, far->distance)));

    switch (far->kind) {
    case NEAR_TIME:
        return say2(w, PHRASE_NEAR_TIME, text, sentence_date(w, far->on));
    case NEAR_NUMBER:
        return far->by.value == 0
                   ? text
                   : say2(w, PHRASE_NEAR_NUMBER, text, sentence_value(w, far->like, far->by));
    case NEAR_RANK:
        return say2(w, PHRASE_NEAR_RANK, text, number);
    case NEAR_NEVER:
        return say1(w, PHRASE_NEAR_NEVER, text);
    default:
        return far->distance > 1 ? say2(w, PHRASE_NEAR_MANY, text, number) : text;
    }
}

static void add(const Near *n, GArray *to, Far far, Both text)
{
    Both all = told(n, &far, text);
    NearChange c = {far.kind, far.distance, all.zh, all.en, far.on};

    g_array_append_val(to, c);
}

static int by_nearness(const NearChange *x, const NearChange *y)
{
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    return (x->distance > y->distance) - (x->distance < y->distance);
}

/* Few: insertion keeps equal ones in the order of the text. */
static void sort(GArray *list)
{
    for (guint i = 1; i < list->len; i++) {
        NearChange c = g_array_index(list, NearChange, i);
        guint k = i;

        for (; k > 0 && by_nearness(&c, &g_array_index(list, NearChange, k - 1)) < 0; k--)
            g_array_index(list, NearChange, k) = g_array_index(list, NearChange, k - 1);
        g_array_index(list, NearChange, k) = c;
    }
}

/* All of a way have to be gone: it is as far as its farthest. */
static const NearChange *farthest(const GArray *way)
{
    const NearChange *far = &g_array_index(way, NearChange, 0);

    for (guint i = 1; i < way->len; i++) {
        if (by_nearness(far, &g_array_index(way, NearChange, i)) < 0)
            far = &g_array_index(way, NearChange, i);
    }
    return far;
}

static void collect(const Near *n, const Expr *e, bool negated, GArray *to);

static void ways(const Near *n, const Expr *e, bool negated, ExprKind chain, GArray **best)
{
    if (e->kind == EXPR_NOT) {
        ways(n, e->a, !negated, chain == EXPR_OR ? EXPR_AND : EXPR_OR, best);
        return;
    }
    if (e->kind == chain) {
        ways(n, e->a, negated, chain, best);
        ways(n, e->b, negated, chain, best);
        return;
    }
    GArray *way = g_array_new(FALSE, FALSE, sizeof(NearChange));

    collect(n, e, negated, way);
    if (way->len > 0 && (*best == NULL || by_nearness(farthest(way), farthest(*best)) < 0)) {
        GArray *other = *best;

        *best = way;
        way = other;
    }
    if (way != NULL)
        g_array_unref(way);
}

static void nearest_way(const Near *n, const Expr *e, bool negated, GArray *to)
{
    GArray *best = NULL;

    ways(n, e, negated, e->kind, &best);
    if (best == NULL)
        return;
    g_array_append_vals(to, best->data, best->len);
    g_array_unref(best);
}

/* The arm that applies says no: then its own condition is what fails; an arm that is plainly no
 * could only be left. */
static void collect_case(const Near *n, const Expr *e, bool negated, GArray *to)
{
    const Expr *pairs[2] = {e->a, e->b};
    const Expr **args = e->kind == EXPR_IF ? pairs : e->args;
    size_t count = e->kind == EXPR_IF ? 2 : e->n_args;
    const Expr *arm = e->kind == EXPR_IF ? e->c : count % 2 == 1 ? args[count - 1] : NULL;

    for (size_t i = 0; i + 1 < count; i += 2) {
        if (seen_truth(n->w, args[i]) != TRUTH_YES)
            continue;
        arm = args[i + 1];
        break;
    }
    if (arm != NULL && arm->kind != EXPR_TRUTH)
        collect(n, arm, negated, to);
    else if (seen_truth(n->w, args[0]) == TRUTH_NO)
        collect(n, args[0], false, to);
    else
        add(n, to, far_one(1), sentence_condition(n->w, args[0], true));
}

static const Expr *inside_of(const Near *n, const Expr *e)
{
    const Expr *x =
        e->kind == EXPR_FIELD && e->n_path == 1 && !e->outer ? e->path[0]->compute : NULL;

    return x != NULL && x->type.is_truth && n->depth < NEAR_DEEP &&
                   program_step_of(n->w->p, x, STEP_NONE) != STEP_NONE
               ? x
               : NULL;
}

static void collect(const Near *n, const Expr *e, bool negated, GArray *to)
{
    Truth t = seen_truth(n->w, e);
    Near deeper = {n->w, n->depth + 1};
    Both listed;

    if ((negated ? truth_not(t) : t) != TRUTH_NO || to->len >= NEAR_MOST)
        return;
    switch (e->kind) {
    case EXPR_NOT:
        collect(n, e->a, !negated, to);
        return;
    case EXPR_AND:
    case EXPR_OR:
        if (e->kind == EXPR_OR && sentence_either(n->w, e, negated, &listed)) {
            add(n, to, far_one(1), listed);
        } else if ((e->kind == EXPR_AND) != negated) {
            collect(n, e->a, negated, to);
            collect(n, e->b, negated, to);
        } else {
            nearest_way(n, e, negated, to);
        }
        return;
    case EXPR_IF:
    case EXPR_CASE:
        collect_case(n, e, negated, to);
        return;
    default:
        break;
    }
    if (inside_of(n, e) != NULL)
        collect(&deeper, inside_of(n, e), negated, to);
    else
        add(n, to, measure(n, e, negated), sentence_condition(n->w, e, negated));
}

static void collect_start(const Near *n, const Expr *date, int months, GArray *to)
{
    Seen v = date != NULL ? seen_value(n->w, date) : (Seen){0};

    if (!v.known)
        return;
    Date on = month_first(month_of((Date)v.value) + months);

    if (on > n->w->t->day)
        add(n, to, far_time(n, on),
            say2(n->w, months == 0 ? PHRASE_STARTS : PHRASE_STARTS_AFTER, sentence_term(n->w, date),
                 sentence_date(n->w, (Date)v.value)));
}

void near_tell(const Telling *w, const Rule *r, Explanation *out)
{
    const Near n = {w, 0};
    const Trace *t = w->t;

    if (t->outside || t->outcome != TRUTH_NO || t->raw_outcome != TRUTH_NO)
        return;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(NearChange));

    collect_start(&n, r->start_of, 0, all);
    collect_start(&n, r->start_after, 1, all);
    if (r->when != NULL && r->kind == RULE_BENEFIT)
        collect(&n, r->when, false, all);
    if (r->require != NULL)
        collect(&n, r->require, false, all);
    sort(all);
    out->n_nearest = all->len;
    out->nearest = arena_many(w->a, NearChange, all->len + 1);
    memcpy(out->nearest, all->data, all->len * sizeof(NearChange));
    g_array_free(all, TRUE);
}
