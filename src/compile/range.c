/* range.c — what is proven of a step when it is made: between which bounds its known values lie,
 * whether all records share it on one day, how it moves with the day.
 * In: operands already proven.  Out: physical width, checks needed.  Start: step_prove(). */
#include "compile/build.h"

#include "data/point.h"

typedef struct Bounds {
    Wide low, high;
} Bounds;

static Bounds bounds_of(const Builder *b, uint32_t x)
{
    const Step *s = step_at(b, x);

    return (Bounds){s->low, s->high};
}

static void set_bounds(Step *s, Bounds r)
{
    s->checked = r.low < INT64_MIN || r.high > INT64_MAX;
    s->low = (int64_t)MAX(r.low, INT64_MIN);
    s->high = (int64_t)MIN(r.high, INT64_MAX);
    if (s->low > s->high)
        s->low = s->high = 0; /* never known */
}

static Bounds product(Bounds x, Bounds y)
{
    Wide p[4] = {x.low * y.low, x.low * y.high, x.high * y.low, x.high * y.high};
    Bounds r = {p[0], p[0]};

    for (int i = 1; i < 4; i++) {
        r.low = MIN(r.low, p[i]);
        r.high = MAX(r.high, p[i]);
    }
    return r;
}

/* A quotient is nearest to 0 at the greatest divisor; rounding adds at most one. */
static Bounds quotient(Bounds x, Bounds y)
{
    Wide most = MAX(x.high < 0 ? -x.high : x.high, x.low < 0 ? -x.low : x.low);

    if (y.low > 0)
        most = most / y.low + 1;
    return (Bounds){x.low >= 0 && y.low >= 0 ? 0 : -most, x.high <= 0 && y.low >= 0 ? 0 : most};
}

/* Kernels compute date shifts at dates' own width: bounds are those of all dates. */
static Bounds of_span(const Builder *b, const Step *s)
{
    Bounds from = bounds_of(b, s->a), to = bounds_of(b, s->b);
    int64_t low = 0, high = 0;

    (void)op_compute(s, (int64_t)from.high, (int64_t)to.low, &low);
    (void)op_compute(s, (int64_t)from.low, (int64_t)to.high, &high);
    return (Bounds){low, high};
}

static Bounds of_slot(const Builder *b, const Step *s)
{
    const Slot *slot = &g_array_index(b->slots, Slot, s->slot);

    return (Bounds){slot->low, slot->high};
}

static Bounds of_arithmetic(const Builder *b, const Step *s)
{
    Bounds x = bounds_of(b, s->a), y = bounds_of(b, s->b);

    switch (s->op) {
    case OP_ADD:
        return (Bounds){x.low + y.low, x.high + y.high};
    case OP_SUB:
        return (Bounds){x.low - y.high, x.high - y.low};
    case OP_MUL:
        return product(x, y);
    case OP_ROUND_DIV:
        return quotient(x, y);
    case OP_MIN:
        return (Bounds){MIN(x.low, y.low), MIN(x.high, y.high)};
    default:
        return (Bounds){MAX(x.low, y.low), MAX(x.high, y.high)};
    }
}

static Bounds of_choice(const Builder *b, const Step *s)
{
    Bounds x = bounds_of(b, s->b), y = bounds_of(b, s->c);

    return (Bounds){MIN(x.low, y.low), MAX(x.high, y.high)};
}

/* Bits of either side: below the next power of two. */
static Bounds of_union(const Builder *b, const Step *s)
{
    int64_t most = MAX(step_at(b, s->a)->high, step_at(b, s->b)->high), high = 1;

    while (high < most && high < INT64_MAX)
        high = high * 2 + 1;
    return (Bounds){0, high};
}

static Bounds prove_bounds(const Builder *b, const Step *s)
{
    switch (s->op) {
    case OP_NUMBER:
        return (Bounds){s->number, s->number};
    case OP_DAY:
        return (Bounds){DAY_LOW, DAY_HIGH};
    case OP_FIELD:
    case OP_OUTER:
    case OP_AGGREGATE:
    case OP_OUTCOME:
        return (Bounds){s->low, s->high}; /* given by who made it */
    case OP_LOOKUP:
        return of_slot(b, s);
    case OP_INTERVAL:
        return (Bounds){0, g_array_index(b->cuts, Cuts, s->slot).n};
    case OP_AS_BOOL:
        return (Bounds){0, 1};
    case OP_KNOWN_OR: {
        Bounds x = bounds_of(b, s->a);
        return (Bounds){MIN(x.low, s->number), MAX(x.high, s->number)};
    }
    case OP_IF:
        return of_choice(b, s);
    case OP_UNION:
        return of_union(b, s);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_ROUND_DIV:
    case OP_MIN:
    case OP_MAX:
        return of_arithmetic(b, s);
    case OP_YEARS:
    case OP_MONTHS:
    case OP_DAYS:
        return of_span(b, s);
    case OP_DISTANCE:
        return (Bounds){0, POINT_MOST};
    case OP_ADD_MONTHS:
    case OP_ADD_DAYS:
    case OP_MONTH_START:
    case OP_PERIOD_START:
    case OP_STARTS_YEARS:
    case OP_STARTS_MONTHS:
    case OP_ENTERED:
        return (Bounds){DATE_MIN - 1, DATE_MAX};
    case OP_NOTHING:
        return (Bounds){0, 0};
    default:
        return (Bounds){TRUTH_NO, TRUTH_YES};
    }
}

static bool makes_truth(const Builder *b, const Step *s)
{
    switch (s->op) {
    case OP_TRUTH:
    case OP_IS_TRUE:
    case OP_KNOWN:
    case OP_NOT:
    case OP_AND:
    case OP_OR:
    case OP_IF_TRUTH:
    case OP_REACHED:
        return true;
    case OP_LOOKUP:
        return g_array_index(b->slots, Slot, s->slot).is_truth;
    case OP_OUTER:
    case OP_AGGREGATE:
        return s->is_truth; /* given */
    default:
        return s->op >= OP_EQ && s->op <= OP_HAS_ALL;
    }
}

static Drift flip(Drift d)
{
    return d == DRIFT_UP ? DRIFT_DOWN : d == DRIFT_DOWN ? DRIFT_UP : d;
}

static Drift both(Drift x, Drift y)
{
    if (x == DRIFT_STILL)
        return y;
    return y == DRIFT_STILL || x == y ? x : DRIFT_FREE;
}

static Drift drift_of(const Builder *b, uint32_t x)
{
    return x == STEP_NONE ? DRIFT_STILL : step_at(b, x)->drift;
}

static Drift drift_of_product(const Builder *b, const Step *s)
{
    Drift x = drift_of(b, s->a), y = drift_of(b, s->b);
    const Step *p = step_at(b, s->a), *q = step_at(b, s->b);

    if (x == DRIFT_STILL && y == DRIFT_STILL)
        return DRIFT_STILL;
    /* Rounded division and product by a side of one sign move as the other side does. */
    if (y == DRIFT_STILL && q->low >= 0)
        return x;
    if (s->op == OP_MUL && x == DRIFT_STILL && p->low >= 0)
        return y;
    return DRIFT_FREE;
}

static Drift drift_of_args(const Builder *b, const Step *s)
{
    for (uint32_t i = 0; i < s->n_args; i++) {
        if (drift_of(b, g_array_index(b->args, uint32_t, s->args + i)) != DRIFT_STILL)
            return DRIFT_FREE;
    }
    return DRIFT_STILL;
}

static Drift free_unless_still(const Builder *b, const Step *s)
{
    Drift x = both(drift_of(b, s->a), both(drift_of(b, s->b), drift_of(b, s->c)));

    return x == DRIFT_STILL ? DRIFT_STILL : DRIFT_FREE;
}

static Drift prove_drift(const Builder *b, const Step *s)
{
    Drift x = drift_of(b, s->a), y = drift_of(b, s->b);

    switch (s->op) {
    case OP_DAY:
        return DRIFT_UP;
    case OP_LOOKUP:
        return drift_of_args(b, s);
    case OP_AGGREGATE: /* of a spell the days are told as those of recorded changes are */
        return s->number == GATHER_SINCE ? DRIFT_STILL : DRIFT_FREE;
    case OP_OUTER:
        return s->drift; /* given */
    case OP_AND:
    case OP_OR:
    case OP_ADD:
    case OP_MIN:
    case OP_MAX:
    case OP_ADD_MONTHS:
    case OP_ADD_DAYS:
    case OP_GT:
    case OP_GE:
        return both(x, s->op == OP_GT || s->op == OP_GE ? flip(y) : y);
    case OP_SUB:
        return both(x, flip(y));
    case OP_LT:
    case OP_LE:
    case OP_YEARS:
    case OP_MONTHS:
    case OP_DAYS:
    case OP_STARTS_YEARS:
    case OP_STARTS_MONTHS:
        if (s->op == OP_STARTS_YEARS || s->op == OP_STARTS_MONTHS)
            return both(x, flip(y));
        return both(flip(x), y);
    case OP_NOT:
        return flip(x);
    case OP_MUL:
    case OP_ROUND_DIV:
        return drift_of_product(b, s);
    case OP_IS_TRUE:
    case OP_AS_BOOL:
    case OP_INTERVAL:
    case OP_MONTH_START:
    case OP_PERIOD_START:
        return x;
    default:
        return free_unless_still(b, s);
    }
}

static void prove_shared(const Builder *b, Step *s)
{
    const uint32_t fixed[3] = {s->a, s->b, s->c};
    bool row =
        s->op == OP_FIELD || s->op == OP_OUTER || s->op == OP_AGGREGATE || s->op == OP_OUTCOME;

    s->uniform = !row;
    for (uint32_t i = 0; i < 3 + s->n_args; i++) {
        uint32_t x = i < 3 ? fixed[i] : g_array_index(b->args, uint32_t, s->args + i - 3);

        if (x == STEP_NONE)
            continue;
        const Step *o = step_at(b, x);

        s->uniform = s->uniform && o->uniform;
        s->changes = s->changes || o->changes;
        s->reads |= o->reads;
    }
    if (s->op == OP_NOTHING)
        s->reads |= (uint64_t)s->number;
}

void step_prove(Builder *b, Step *s)
{
    s->is_truth = makes_truth(b, s);
    set_bounds(s, prove_bounds(b, s));
    s->physical = s->is_truth ? PHYSICAL_I8 : physical_for(s->low, s->high);
    s->drift = prove_drift(b, s);
    prove_shared(b, s);
    if (s->op == OP_LOOKUP)
        s->changes = s->changes || g_array_index(b->slots, Slot, s->slot).n_slices > 1;
}
