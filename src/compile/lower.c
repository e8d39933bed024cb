/* lower.c — typed expressions become steps.
 * In: Expr, and whose fields its names are (Scope).  Out: the number of the step that yields it.
 * Conditions yield Truths, all else values; a bool field stands for a condition by IS_TRUE.
 * Not here: arithmetic.c, lookup.c, aggregate.c.  Start: lower_value(), lower_truth(). */
#include "compile/build.h"

#define DEPTH_MOST 200 /* computed fields within computed fields; cycles are refused by linking */

static uint32_t lower(Scope s, const Expr *e);

static uint32_t dummy(Scope s)
{
    return step_number(s.b, 0, 0);
}

/* ---- fields -----------------------------------------------------------------------------------
 */

static const Column *column_of(const Builder *b, const Field *f)
{
    const Dataset *d = b->shared->options->data;
    const Batch *batch =
        d == NULL || f->entity->number >= d->n_batches ? NULL : d->batches[f->entity->number];

    return batch == NULL || f->index >= batch->n_columns ? NULL : batch->columns[f->index];
}

static void kind_bounds(const Field *f, Step *step)
{
    static const int64_t low[] = {INT8_MIN, INT16_MIN, INT32_MIN, INT64_MIN},
                         high[] = {INT8_MAX, INT16_MAX, INT32_MAX, INT64_MAX};
    Physical p = kind_facts[f->type.kind].physical;

    if (f->type.kind == KIND_ENUM || f->type.kind == KIND_BOOL) {
        step->high = f->type.kind == KIND_BOOL ? 1 : (int64_t)f->type.of->n_codes - 1;
    } else if (f->type.kind == KIND_DATE) {
        step->low = DATE_MIN;
        step->high = DATE_MAX;
    } else if (p <= PHYSICAL_I64) {
        step->low = low[p];
        step->high = high[p];
    }
}

static bool has_known(const Column *c)
{
    for (size_t i = 0; i < c->rows; i++) {
        if (c->known == NULL || c->known[i] != 0)
            return true;
    }
    return c->n_periods > 0;
}

/* The least and greatest value: of the column that is there, else what the kind can hold. */
static void field_bounds(const Builder *b, const Field *f, Step *step)
{
    const Column *c = column_of(b, f);

    if (kind_is_text(f->type.kind))
        return; /* only whether it is known */
    if (f->type.kind == KIND_SET) {
        unsigned n = (unsigned)MIN(f->type.of->n_codes, 63);

        step->high = (int64_t)((UINT64_C(1) << n) - 1);
    } else if (c != NULL && c->physical <= PHYSICAL_I64 && c->low <= c->high) {
        step->low = c->low;
        step->high = c->high;
    } else if (c != NULL && has_known(c)) {
        kind_bounds(f, step); /* a column that was not finished */
    } else if (c == NULL && b->shared->options->data == NULL) {
        kind_bounds(f, step);
    }
}

static uint32_t recorded(Scope s, const Field *f)
{
    Step step = {.op = OP_FIELD, .a = s.record, .b = STEP_NONE, .c = STEP_NONE};
    const Column *c = column_of(s.b, f);
    uint32_t before = s.b->steps->len;

    step.entity = f->entity->number;
    step.column = f->index;
    step.input = STEP_NONE;
    step.scale = f->type.scale;
    step.changes = c != NULL ? c->since != NULL : f->dated;
    field_bounds(s.b, f, &step);
    uint32_t number = step_add(s.b, step);

    if (number == before && s.b->shared->error == NULL) {
        uint32_t input = input_field(s.b, f, s.record);
        Step *made = step_at(s.b, number);

        made->input = input;
        made->lacks = UINT64_C(1) << g_array_index(s.b->shared->inputs, Input, input).bit;
        made->reads |= made->lacks;
    }
    return number;
}

static uint32_t as_value(Scope s, uint32_t x)
{
    return step_at(s.b, x)->is_truth ? step_of(s.b, OP_AS_BOOL, x, STEP_NONE) : x;
}

static uint32_t as_truth(Scope s, uint32_t x)
{
    return step_at(s.b, x)->is_truth ? x : step_of(s.b, OP_IS_TRUE, x, STEP_NONE);
}

static uint32_t computed(Scope s, const Field *f)
{
    uint32_t x = 0;

    if (++s.b->shared->depth > DEPTH_MOST) {
        build_fault(s.b, "computed field %.*s.%.*s needs itself", STR_ARG(f->entity->name),
                    STR_ARG(f->name));
        x = dummy(s);
    } else {
        s.place = NULL; /* what a field is does not hang on the rule that asks */
        x = lower(s, f->compute);
    }
    s.b->shared->depth--;
    if (step_at(s.b, x)->is_truth || step_at(s.b, x)->scale == f->type.scale)
        return x;
    return step_scaled(s.b, x, f->type.scale);
}

/* A computed field with a column of its own is read like a recorded one. */
static uint32_t field_any(Scope s, const Field *f)
{
    if (f->compute != NULL && column_of(s.b, f) == NULL)
        return computed(s, f);
    return recorded(s, f);
}

uint32_t lower_field(Scope s, const Field *f)
{
    return as_value(s, field_any(s, f));
}

static uint32_t path_from(Scope s, const Expr *e)
{
    for (size_t i = 0; i + 1 < e->n_path; i++) {
        s.entity = e->path[i]->entity;
        s.record = lower_field(s, e->path[i]);
    }
    s.entity = e->path[e->n_path - 1]->entity;
    return field_any(s, e->path[e->n_path - 1]);
}

/* `this.x`: a register of the program around, handed to the body as an argument. */
static uint32_t outer_path(Scope s, const Expr *e, unsigned depth)
{
    Builder *b = s.b;
    Scope around;
    Step step = {.op = OP_OUTER, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE};

    if (b->outer == NULL) {
        build_fault(b, "`this` stands outside an aggregate");
        return dummy(s);
    }
    around = (Scope){.b = b->outer, .entity = b->outer_entity, .record = b->outer_record};
    uint32_t x = e->number > depth ? outer_path(around, e, depth + 1) : path_from(around, e);
    const Step *from = step_at(b->outer, x);
    guint k = 0;

    while (k < b->outer_args->len && g_array_index(b->outer_args, uint32_t, k) != x)
        k++;
    if (k == b->outer_args->len)
        g_array_append_val(b->outer_args, x);
    step.input = STEP_NONE;
    step.number = k;
    step.is_truth = from->is_truth;
    step.low = from->low;
    step.high = from->high;
    step.scale = from->scale;
    step.drift = from->drift;
    step.changes = from->changes;
    step.reads = from->reads;
    return step_add(b, step);
}

/* The states of a record's past: reads the periods of its field `state`. */
static uint32_t lower_past(Scope s, const Expr *e)
{
    const StateFacts *facts = &e->procedure->facts[e->number];
    Step step = {.c = STEP_NONE, .input = STEP_NONE};

    for (size_t i = 0; i + 1 < e->a->n_path; i++) {
        s.entity = e->a->path[i]->entity;
        s.record = lower_field(s, e->a->path[i]);
    }
    s.entity = e->a->path[e->a->n_path - 1]->entity;
    step.op = e->kind == EXPR_REACHED ? OP_REACHED : OP_ENTERED;
    step.a = s.record;
    step.b = recorded(s, e->a->path[e->a->n_path - 1]);
    step.number = e->kind == EXPR_REACHED ? (int64_t)facts->implied : e->number;
    step.number_b = e->kind == EXPR_REACHED ? (int64_t)facts->open : 0;
    step.lacks = step_at(s.b, step.b)->lacks;
    return step_add(s.b, step);
}

static uint32_t lower_path(Scope s, const Expr *e)
{
    return e->outer ? outer_path(s, e, 0) : path_from(s, e);
}

typedef uint32_t (*Lower)(Scope s, const Expr *e);

/* Operands in the order they are written: a program's steps do not hang on the C compiler. */
static uint32_t lower_pair(Scope s, Op op, Lower side, const Expr *e)
{
    uint32_t x = side(s, e->a), y = side(s, e->b);

    return step_of(s.b, op, x, y);
}

/* ---- choices ----------------------------------------------------------------------------------
 */

static Lower branches_of(const Expr *e)
{
    return e->type.is_truth || e->type.kind == KIND_BOOL ? lower_truth : lower_value;
}

static uint32_t if_else(Scope s, const Expr *e, const Expr *condition, const Expr *then,
                        uint32_t no)
{
    uint32_t c = lower_truth(s, condition), yes = branches_of(e)(s, then);

    if (!step_at(s.b, yes)->is_truth) {
        yes = step_scaled(s.b, yes, e->type.scale);
        no = step_scaled(s.b, no, e->type.scale);
    }
    return step_if(s.b, c, yes, no);
}

/* Codes that a selecting chain has asked for: conditions `x = code` and `x in (codes)`. */
static bool code_bits(const Expr *c, const Enum **of, uint64_t *bits)
{
    const Enum *here = c->a != NULL ? c->a->type.of : NULL;

    if (here == NULL || (*of != NULL && *of != here) || here->n_codes > 63)
        return false;
    *of = here;
    if (c->kind == EXPR_EQ && c->b->kind == EXPR_CODE)
        *bits |= UINT64_C(1) << c->b->number;
    else if (c->kind == EXPR_IN && c->b->kind == EXPR_SET)
        *bits |= (uint64_t)c->b->number;
    else
        return false;
    return true;
}

static bool covers_all(const Expr *e)
{
    const Enum *of = NULL;
    uint64_t bits = 0;

    for (size_t i = 0; i + 1 < e->n_args; i += 2) {
        if (!code_bits(e->args[i], &of, &bits))
            return false;
    }
    return of != NULL && bits == (UINT64_C(1) << of->n_codes) - 1;
}

/* What holds when no condition does: `else`, the last of all codes, or nothing known. */
static uint32_t case_end(Scope s, const Expr *e, size_t *n)
{
    Lower branch = branches_of(e);
    uint64_t reads = 0;

    *n = e->n_args / 2;
    if (e->n_args % 2 == 1)
        return branch(s, e->args[e->n_args - 1]);
    if (*n > 0 && covers_all(e)) {
        --*n;
        return branch(s, e->args[e->n_args - 1]);
    }
    for (size_t i = 0; i < *n; i++)
        reads |= step_at(s.b, lower_truth(s, e->args[2 * i]))->reads;
    if (reads == 0)
        build_fault(s.b, "a case without else does not say what holds otherwise");
    uint32_t x = step_nothing(s.b, reads, e->type.scale);

    return branch == lower_truth ? as_truth(s, x) : x;
}

static uint32_t lower_case(Scope s, const Expr *e)
{
    size_t n = 0;
    uint32_t x = case_end(s, e, &n);

    while (n-- > 0)
        x = if_else(s, e, e->args[2 * n], e->args[2 * n + 1], x);
    return x;
}

static uint32_t lower_if(Scope s, const Expr *e)
{
    uint32_t no = branches_of(e)(s, e->c);

    return if_else(s, e, e->a, e->b, no);
}

/* ---- conditions -------------------------------------------------------------------------------
 */

static uint32_t lower_between(Scope s, const Expr *e)
{
    uint32_t low = lower_compared(s, OP_GE, e->a, e->b);
    uint32_t high = lower_compared(s, OP_LE, e->a, e->c);

    return step_of(s.b, OP_AND, low, high);
}

static uint32_t lower_in(Scope s, const Expr *e)
{
    if (e->a->type.kind == KIND_REGION)
        return lower_in_region(s, e);
    uint32_t code = lower_value(s, e->a);

    return step_of(s.b, OP_IN, code, lower_value(s, e->b));
}

static uint32_t lower_known(Scope s, const Expr *e)
{
    return step_of(s.b, OP_KNOWN, lower(s, e->a), STEP_NONE);
}

static uint32_t lower_condition(Scope s, const Expr *e)
{
    static const Op ops[] = {
        [EXPR_EQ] = OP_EQ, [EXPR_NE] = OP_NE, [EXPR_LT] = OP_LT,
        [EXPR_LE] = OP_LE, [EXPR_GT] = OP_GT, [EXPR_GE] = OP_GE,
    };

    switch (e->kind) {
    case EXPR_NOT:
        return step_of(s.b, OP_NOT, lower_truth(s, e->a), STEP_NONE);
    case EXPR_AND:
        return lower_pair(s, OP_AND, lower_truth, e);
    case EXPR_OR:
        return lower_pair(s, OP_OR, lower_truth, e);
    case EXPR_BETWEEN:
        return lower_between(s, e);
    case EXPR_IN:
        return lower_in(s, e);
    case EXPR_IN_REGION:
        return lower_in_region(s, e);
    case EXPR_HAS_ANY:
    case EXPR_HAS_ALL:
        return lower_pair(s, e->kind == EXPR_HAS_ANY ? OP_HAS_ANY : OP_HAS_ALL, lower_value, e);
    case EXPR_KNOWN:
        return lower_known(s, e);
    default:
        return lower_compared(s, ops[e->kind], e->a, e->b);
    }
}

/* ---- dates ------------------------------------------------------------------------------------
 */

uint32_t lower_day(Scope s)
{
    Step step = {.op = OP_DAY, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE};

    step.input = STEP_NONE;
    return step_add(s.b, step);
}

static uint32_t lower_age(Scope s, const Expr *e)
{
    uint32_t born = lower_value(s, e->a);

    return step_of(s.b, OP_YEARS, born, lower_day(s));
}

uint32_t step_date_add(Scope s, uint32_t date, const Expr *span)
{
    uint32_t n = lower_value(s, span);

    if (span->type.unit == UNIT_YEARS)
        n = step_of(s.b, OP_MUL, n, step_number(s.b, 12, 0));
    return step_of(s.b, span->type.unit == UNIT_DAYS ? OP_ADD_DAYS : OP_ADD_MONTHS, date, n);
}

static uint32_t lower_date_add(Scope s, const Expr *e)
{
    uint32_t date = lower_value(s, e->a);

    return step_date_add(s, date, e->b);
}

/* Between days, and between points. */
static uint32_t lower_spans(Scope s, const Expr *e)
{
    switch (e->kind) {
    case EXPR_DAY:
        return lower_day(s);
    case EXPR_AGE:
        return lower_age(s, e);
    case EXPR_YEARS:
        return lower_pair(s, OP_YEARS, lower_value, e);
    case EXPR_MONTHS:
        return lower_pair(s, OP_MONTHS, lower_value, e);
    case EXPR_DAYS:
        return lower_pair(s, OP_DAYS, lower_value, e);
    case EXPR_DISTANCE:
        return lower_pair(s, OP_DISTANCE, lower_value, e);
    default:
        return lower_date_add(s, e);
    }
}

static uint32_t lower_region(Scope s, const Expr *e)
{
    const RegionTree *t = s.b->shared->options->regions;
    int32_t row = t != NULL ? region_row(t, e->text) : ROW_NONE;

    if (row == ROW_NONE)
        build_fault(s.b, "no place has the code %.*s", STR_ARG(e->text));
    return step_number(s.b, row, 0);
}

static uint32_t lower_literal(Scope s, const Expr *e)
{
    switch (e->kind) {
    case EXPR_TRUTH:
        return step_truth(s.b, (Truth)e->number);
    case EXPR_REGION:
        return lower_region(s, e);
    default:
        return step_number(s.b, e->number, e->type.scale);
    }
}

static uint32_t lower_kind(Scope s, const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_CODE:
    case EXPR_SET:
    case EXPR_TRUTH:
    case EXPR_REGION:
        return lower_literal(s, e);
    case EXPR_FIELD:
        return lower_path(s, e);
    case EXPR_PARAM:
        return lower_param(s, e);
    case EXPR_TABLE:
        return lower_table(s, e);
    case EXPR_INDEX:
        build_fault(s.b, "a param's index stands outside its default");
        return dummy(s);
    case EXPR_UNION:
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_NEG:
    case EXPR_RESCALE:
    case EXPR_MIN:
    case EXPR_MAX:
        return lower_arithmetic(s, e);
    case EXPR_ROUND:
        return lower_round(s, e);
    case EXPR_IF:
        return lower_if(s, e);
    case EXPR_CASE:
        return lower_case(s, e);
    case EXPR_DAY:
    case EXPR_AGE:
    case EXPR_YEARS:
    case EXPR_MONTHS:
    case EXPR_DAYS:
    case EXPR_DATE_ADD:
    case EXPR_DISTANCE:
        return lower_spans(s, e);
    case EXPR_AGGREGATE:
        return lower_aggregate(s, e);
    case EXPR_SINCE:
        return lower_since(s, e, BOUND_EXACT);
    case EXPR_REACHED:
    case EXPR_ENTERED:
        return lower_past(s, e);
    case EXPR_GENERAL:
        return lower_value(s, e->a);
    case EXPR_OUTCOME:
        return lower_outcome(s, e);
    case EXPR_VERSION:
        return lower_version(s, e, e->type.kind == KIND_BOOL ? lower_truth : lower_value);
    default:
        return lower_condition(s, e);
    }
}

static uint32_t lower(Scope s, const Expr *e)
{
    if (s.b->shared->error != NULL)
        return dummy(s);
    uint32_t x = lower_kind(s, e);
    StepOf origin = {e, s.record, x};
    Step *step = step_at(s.b, x);

    if (step->origin == NULL)
        step->origin = e;
    g_array_append_val(s.b->origins, origin);
    return x;
}

uint32_t lower_value(Scope s, const Expr *e)
{
    return as_value(s, lower(s, e));
}

uint32_t lower_truth(Scope s, const Expr *e)
{
    return as_truth(s, lower(s, e));
}
