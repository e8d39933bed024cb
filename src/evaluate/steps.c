/* steps.c — one step over a slice.
 * In: registers of operands.  Out: the step's register.  Unknown is carried as the set of what is
 * missing, so that it needs no second run; a slice without unknowns carries none.
 * Not here: columns (load.c), look-ups and dates (take.c).  Start: slice_step(). */
#include "evaluate/slice.h"

static int common_width(const Lane *a, const Lane *b)
{
    return MAX(lane_width(a), lane_width(b));
}

/* ---- comparisons ------------------------------------------------------------------------------
 */

static Compared compared_of(Op op)
{
    static const uint8_t kinds[] = {
        [OP_EQ] = CMP_EQ, [OP_NE] = CMP_NE, [OP_LT] = CMP_LT,       [OP_LE] = CMP_LE,
        [OP_GT] = CMP_GT, [OP_GE] = CMP_GE, [OP_HAS_ANY] = CMP_ANY, [OP_HAS_ALL] = CMP_ALL,
    };

    return (Compared)kinds[op];
}

/* scalar against lane: the same comparison seen from the other side. */
static Compared turned(Compared c)
{
    static const Compared other[] = {
        [CMP_EQ] = CMP_EQ, [CMP_NE] = CMP_NE, [CMP_LT] = CMP_GT,  [CMP_LE] = CMP_GE,
        [CMP_GT] = CMP_LT, [CMP_GE] = CMP_LE, [CMP_ANY] = CMP_ANY};

    return other[c];
}

static void doubt(Pass *p, Lane *to)
{
    if (to->missing != NULL)
        doubt_truth[p->doubt](to->held[0]->bytes, to->missing, TRUTH_UNKNOWN, p->n);
}

bool compared_or(const Program *p, const Step *s)
{
    const Step *a = s->a != STEP_NONE ? &p->steps[s->a] : NULL;

    return s->op >= OP_EQ && s->op <= OP_GE && a->op == OP_KNOWN_OR && a->instead == STEP_NONE &&
           !a->uniform && p->steps[s->b].uniform && p->steps[s->b].reads == 0;
}

/* Where the fact is missing the other number is compared, once for all rows. */
static void compare_or(Pass *p, const Step *s, Lane *to, bool twin)
{
    const Step *either = &p->r->p->steps[s->a];
    Lane *a = lane_at(p, either->a, twin), *b = lane_at(p, s->b, twin);
    const void *missing = lane_missing(p, a);
    int width = common_width(a, b);
    Buffer *t = NULL;
    void *truth = lane_make(p, to, 0);
    int64_t otherwise = TRUTH_NO;

    (void)op_compute(s, either->number, b->one, &otherwise);
    compare_vs[compared_of(s->op)][width](truth, lane_value(p, a, width, &t), b->one, p->n);
    buffer_drop(p, t);
    if (missing != NULL)
        doubt_truth[p->doubt](truth, missing, (Truth)otherwise, p->n);
}

static void compare(Pass *p, const Step *s, Lane *to, Lane *a, Lane *b)
{
    Compared kind = compared_of(s->op);
    int width = common_width(a, b);
    Buffer *t = NULL, *u = NULL;
    void *truth = lane_make(p, to, 0);

    if (a->scalar && kind != CMP_ALL) {
        Lane *swap = a;

        a = b;
        b = swap;
        kind = turned(kind);
    }
    const void *x = lane_value(p, a, width, &t);

    if (b->scalar)
        compare_vs[kind][width](truth, x, b->one, p->n);
    else
        compare_vv[kind][width](truth, x, lane_value(p, b, width, &u), p->n);
    buffer_drop(p, t);
    buffer_drop(p, u);
    lane_join(p, to, a, b);
    doubt(p, to);
}

static void between(Pass *p, const Step *s, Lane *to, Lane *a)
{
    int width = MAX(lane_width(a), (int)physical_for(s->number, s->number_b));
    Buffer *t = NULL;
    void *truth = lane_make(p, to, 0);

    if (s->number > s->number_b)
        memset(truth, TRUTH_NO, p->n);
    else
        truth_in_range[width](truth, lane_value(p, a, width, &t), s->number, s->number_b, p->n);
    buffer_drop(p, t);
    lane_join(p, to, a, a);
    doubt(p, to);
}

static void one_of(Pass *p, const Step *s, Lane *to, Lane *code, Lane *set, bool twin)
{
    Buffer *t = NULL;

    if (!set->scalar || lane_width(code) > 0) {
        step_rows(p, s, to, twin);
        return;
    }
    void *truth = lane_make(p, to, 0);

    truth_in_set(truth, lane_value(p, code, 0, &t), (uint64_t)set->one, p->n);
    buffer_drop(p, t);
    lane_join(p, to, code, set);
    doubt(p, to);
}

/* ---- numbers ----------------------------------------------------------------------------------
 */

static Counted counted_of(Op op)
{
    static const uint8_t kinds[] = {
        [OP_ADD] = NUM_ADD, [OP_SUB] = NUM_SUB, [OP_DAYS] = NUM_RSUB, [OP_MUL] = NUM_MUL,
        [OP_MIN] = NUM_MIN, [OP_MAX] = NUM_MAX, [OP_UNION] = NUM_OR,
    };

    return (Counted)kinds[op];
}

static void count_checked(Pass *p, Counted kind, Lane *to, Lane *a, Lane *b)
{
    Buffer *t = NULL, *u = NULL, *d = NULL;
    int64_t *values = lane_make(p, to, 3);
    const void *x = lane_value(p, a, 3, &t), *y = lane_value(p, b, 3, &u);

    lane_join(p, to, a, b);
    if (to->missing != NULL) {
        d = buffer_new(p, 0);
        doubt_bytes[p->doubt](d->bytes, to->missing, p->n);
    }
    if (!checked_vv(kind, values, x, y, d != NULL ? d->bytes : NULL, p->n))
        p->overflow = true;
    buffer_drop(p, t);
    buffer_drop(p, u);
    buffer_drop(p, d);
}

static void count(Pass *p, const Step *s, Lane *to, Lane *a, Lane *b)
{
    Counted kind = counted_of(s->op);
    int width = MAX(common_width(a, b), (int)s->physical);
    Buffer *t = NULL, *u = NULL;

    if (s->checked) {
        count_checked(p, kind, to, a, b);
        return;
    }
    if (a->scalar) {
        Lane *swap = a;

        a = b;
        b = swap;
        kind = kind == NUM_SUB ? NUM_RSUB : kind == NUM_RSUB ? NUM_SUB : kind;
    }
    void *values = lane_make(p, to, width);
    const void *x = lane_value(p, a, width, &t);

    if (b->scalar)
        count_vs[kind][width](values, x, b->one, p->n);
    else
        count_vv[kind][width](values, x, lane_value(p, b, width, &u), p->n);
    buffer_drop(p, t);
    buffer_drop(p, u);
    lane_join(p, to, a, b);
}

/* ---- conditions -------------------------------------------------------------------------------
 */

static bool decided(const Lane *l, Truth t)
{
    return l->scalar && l->one == t;
}

static void logic(Pass *p, const Step *s, Lane *to, Lane *a, Lane *b)
{
    bool and = s->op == OP_AND;
    Truth ends = and? TRUTH_NO : TRUTH_YES, passes = and? TRUTH_YES : TRUTH_NO;
    Buffer *t = NULL, *u = NULL;
    void *own;

    if (decided(a, ends) || decided(b, passes)) {
        lane_share(to, a);
        return;
    }
    if (decided(b, ends) || decided(a, passes)) {
        lane_share(to, b);
        return;
    }
    void *truth = lane_make(p, to, 0);
    const void *x = lane_value(p, a, 0, &t), *y = lane_value(p, b, 0, &u);

    (and? truth_and_vv : truth_or_vv)(truth, x, y, p->n);
    lane_join(p, to, a, b);
    own = lane_own_missing(p, to);
    if (own != NULL)
        doubt_only[p->doubt](own, truth, p->n);
}

static void negate(Pass *p, Lane *to, Lane *a)
{
    Buffer *t = NULL;
    void *truth = lane_make(p, to, 0);

    truth_not_v(truth, lane_value(p, a, 0, &t), p->n);
    lane_join(p, to, a, a);
}

static void is_true(Pass *p, Lane *to, Lane *a)
{
    Buffer *t = NULL;
    void *truth = lane_make(p, to, 0);

    if (lane_width(a) == 0)
        truth_of_bool(truth, lane_value(p, a, 0, &t), p->n);
    else
        compare_vs[CMP_NE][a->width](truth, a->value, 0, p->n);
    buffer_drop(p, t);
    lane_join(p, to, a, a);
    doubt(p, to);
}

static void as_bool(Pass *p, Lane *to, Lane *a)
{
    Buffer *t = NULL;
    void *values = lane_make(p, to, 0);

    bool_of_truth(values, lane_value(p, a, 0, &t), p->n);
    lane_join(p, to, a, a);
}

static void is_known(Pass *p, Lane *to, Lane *a)
{
    const void *missing = lane_missing(p, a);
    void *truth = lane_make(p, to, 0);

    memset(truth, TRUTH_YES, p->n);
    if (missing == NULL)
        return;
    doubt_bytes[p->doubt](truth, missing, p->n);
    truth_of_doubt(truth, p->n);
}

/* ---- choices ----------------------------------------------------------------------------------
 */

static void known_or(Pass *p, const Step *s, Lane *to, Lane *a)
{
    const void *missing = lane_missing(p, a);
    int width = MAX(lane_width(a), (int)physical_for(s->number, s->number));
    Lane otherwise = {.scalar = true, .one = s->number};
    Buffer *t = NULL, *u = NULL, *pick;

    if (missing == NULL) {
        lane_share(to, a);
        return;
    }
    void *values = lane_make(p, to, width);

    pick = buffer_new(p, 0);
    doubt_bytes[p->doubt](pick->bytes, missing, p->n);
    u = buffer_new(p, width);
    lane_spread(u->bytes, width, otherwise.one, p->n);
    choose_lane[width](values, pick->bytes, 0, lane_value(p, a, width, &t), u->bytes, p->n);
    buffer_drop(p, pick);
    buffer_drop(p, t);
    buffer_drop(p, u);
}

/* Where the condition is unknown both branches count if they are known and equal. */
static void pick_branches(Pass *p, uint8_t *pick, const uint8_t *c, const void *mx, const void *my,
                          const void *vx, const void *vy, int width)
{
    Buffer *equal = buffer_new(p, 0), *lacks = buffer_new(p, 0);

    pick_sure(pick, c, p->n);
    equal_lane[width](equal->bytes, vx, vy, p->n);
    if (mx != NULL) {
        doubt_bytes[p->doubt](lacks->bytes, mx, p->n);
        clear_where(equal->bytes, lacks->bytes, p->n);
    }
    if (my != NULL) {
        doubt_bytes[p->doubt](lacks->bytes, my, p->n);
        clear_where(equal->bytes, lacks->bytes, p->n);
    }
    pick_equal(pick, equal->bytes, p->n);
    buffer_drop(p, equal);
    buffer_drop(p, lacks);
}

static void choose_doubts(Pass *p, Lane *to, Lane *c, Lane *x, Lane *y, const void *vx,
                          const void *vy, int width)
{
    const void *mc = lane_missing(p, c), *mx = lane_missing(p, x), *my = lane_missing(p, y);
    Buffer *pick, *t = NULL;

    if (mc == NULL && mx == NULL && my == NULL)
        return;
    if (mx == NULL && my == NULL && x->scalar && y->scalar && x->one != y->one) {
        lane_join(p, to, c, c); /* two different numbers: as unknown as the condition */
        return;
    }
    const uint8_t *condition = lane_value(p, c, 0, &t);

    pick = buffer_new(p, 0);
    pick_branches(p, pick->bytes, condition, mx, my, vx, vy, width);
    to->held[1] = buffer_new(p, p->doubt);
    to->missing = to->held[1]->bytes;
    choose_missing[p->doubt](to->held[1]->bytes, pick->bytes, mc != NULL ? mc : p->zeros,
                             mx != NULL ? mx : p->zeros, my != NULL ? my : p->zeros, p->n);
    buffer_drop(p, pick);
    buffer_drop(p, t);
}

/* What stands where neither branch is sure does not matter. */
static void choose(Pass *p, const Step *s, Lane *to, Lane *c, Lane *x, Lane *y)
{
    int width = s->is_truth ? 0 : common_width(x, y);
    Buffer *t = NULL, *u = NULL, *v = NULL;

    if (decided(c, TRUTH_YES) || decided(c, TRUTH_NO)) {
        lane_share(to, decided(c, TRUTH_YES) ? x : y);
        return;
    }
    void *values = lane_make(p, to, width);
    const void *vx = lane_value(p, x, width, &t), *vy = lane_value(p, y, width, &u);

    choose_lane[width](values, lane_value(p, c, 0, &v), TRUTH_YES, vx, vy, p->n);
    choose_doubts(p, to, c, x, y, vx, vy, width);
    if (s->is_truth)
        doubt(p, to);
    buffer_drop(p, t);
    buffer_drop(p, u);
    buffer_drop(p, v);
}

/* ---- row by row -------------------------------------------------------------------------------
 */

static OpEnd row_step(const Pass *p, const Step *s, int64_t x, int64_t y, int64_t *value)
{
    const RegionTree *t = p->r->p->regions;

    if (s->op != OP_IN_REGION)
        return op_compute(s, x, y, value);
    *value = region_in(t, (int32_t)x, (int32_t)y) ? TRUTH_YES : TRUTH_NO;
    return OP_END_KNOWN;
}

static void lacking_row(Pass *p, Lane *to, size_t i, uint64_t bits)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    void *own = lane_own_missing(p, to);

    if (own == NULL) {
        to->held[1] = buffer_new(p, p->doubt);
        own = to->held[1]->bytes;
        memset(own, 0, p->n << p->doubt);
        to->missing = own;
    }
    bits = pass_mark(p, bits);
    physical_set(sizes[p->doubt], own, i, (int64_t)(bits | (bits == 0)));
}

void step_rows(Pass *p, const Step *s, Lane *to, bool twin)
{
    Lane *a = lane_at(p, s->a, twin), one = {.scalar = true};
    Lane *b = s->b != STEP_NONE ? lane_at(p, s->b, twin) : &one;
    int width = s->is_truth ? 0 : (int)s->physical;
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    void *values = lane_make(p, to, width);
    uint64_t lacks = 0;

    lane_join(p, to, a, b);
    for (size_t i = 0; i < p->n; i++) {
        int64_t value = 0;
        OpEnd end = OP_END_KNOWN;

        if (!lane_unknown_row(p, to, i, &lacks)) {
            end = row_step(p, s, lane_number(a, i), lane_number(b, i), &value);
            if (end != OP_END_KNOWN)
                lacking_row(p, to, i, s->reads);
            p->overflow = p->overflow || end == OP_END_OVERFLOW;
        }
        physical_set(sizes[width], values, i, end == OP_END_KNOWN ? value : 0);
    }
    if (s->is_truth)
        doubt(p, to);
}

static void nothing(const Pass *p, Lane *to, const Step *s)
{
    *to = (Lane){.scalar = true, .one_missing = pass_mark(p, s->reads)};
}

/* SIZE: one case per kind of operation, as in the row driver. */
void slice_step(Pass *p, const Task *task)
{
    const Step *s = &p->r->p->steps[task->step];
    bool twin = task->twin;
    Lane *to = &p->lanes[twin][task->step];
    Lane *a = s->a != STEP_NONE ? lane_at(p, s->a, twin) : NULL;
    Lane *b = s->b != STEP_NONE ? lane_at(p, s->b, twin) : NULL;

    switch (s->op) {
    case OP_FIELD:
        load_field(p, task->step, to, twin);
        break;
    case OP_AGGREGATE:
        load_aggregate(p, task->step, to, twin);
        break;
    case OP_REACHED:
    case OP_ENTERED:
        load_by_row(p, task->step, to, twin);
        break;
    case OP_OUTCOME:
        load_outcome(p, task->step, to);
        break;
    case OP_LOOKUP:
        take_lookup(p, s, to, twin);
        break;
    case OP_INTERVAL:
        take_interval(p, task->step, to, twin);
        break;
    case OP_YEARS:
    case OP_MONTHS:
        take_span(p, task->step, to, twin);
        break;
    case OP_NOTHING:
        nothing(p, to, s);
        break;
    case OP_IS_TRUE:
        is_true(p, to, a);
        break;
    case OP_AS_BOOL:
        as_bool(p, to, a);
        break;
    case OP_KNOWN:
        is_known(p, to, a);
        break;
    case OP_KNOWN_OR:
        known_or(p, s, to, a);
        break;
    case OP_NOT:
        negate(p, to, a);
        break;
    case OP_AND:
    case OP_OR:
        logic(p, s, to, a, b);
        break;
    case OP_IF:
    case OP_IF_TRUTH:
        choose(p, s, to, a, b, lane_at(p, s->c, twin));
        break;
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
    case OP_HAS_ANY:
    case OP_HAS_ALL:
        if (compared_or(p->r->p, s))
            compare_or(p, s, to, twin);
        else
            compare(p, s, to, a, b);
        break;
    case OP_IN_RANGE:
        between(p, s, to, a);
        break;
    case OP_IN:
        one_of(p, s, to, a, b, twin);
        break;
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_MIN:
    case OP_MAX:
    case OP_UNION:
    case OP_DAYS:
        count(p, s, to, a, b);
        break;
    default:
        step_rows(p, s, to, twin);
        break;
    }
}
