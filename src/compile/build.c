/* build.c — adding steps: equal ones are found again, constants folded.
 * In: a step's operation and operands.  Out: its number.  Ranges: range.c.  Start: step_add(). */
#include "compile/build.h"

#include "base/limits.h"

void builder_init(Builder *b, Shared *shared, const Entity *entity)
{
    *b = (Builder){.shared = shared, .entity = entity, .outer_record = STEP_NONE};
    b->steps = g_array_new(FALSE, TRUE, sizeof(Step));
    b->args = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    b->slots = g_array_new(FALSE, TRUE, sizeof(Slot));
    b->cuts = g_array_new(FALSE, TRUE, sizeof(Cuts));
    b->aggregates = g_array_new(FALSE, TRUE, sizeof(AggregateStep));
    b->origins = g_array_new(FALSE, TRUE, sizeof(StepOf));
    b->outer_args = g_array_new(FALSE, TRUE, sizeof(uint32_t));
    b->n_same = 1024;
    b->same = g_new0(uint32_t, b->n_same);
}

void builder_clear(Builder *b)
{
    g_array_free(b->steps, TRUE);
    g_array_free(b->args, TRUE);
    g_array_free(b->slots, TRUE);
    g_array_free(b->cuts, TRUE);
    g_array_free(b->aggregates, TRUE);
    g_array_free(b->origins, TRUE);
    g_array_free(b->outer_args, TRUE);
    g_free(b->same);
}

/* Missing sets of a part have 64 bits of their own; so its steps are its own too. */
void builder_new_part(Builder *b)
{
    b->shared->part = b->shared->inputs->len;
    b->first = b->steps->len;
    b->first_slot = b->slots->len;
    memset(b->same, 0, b->n_same * sizeof *b->same);
}

Step *step_at(const Builder *b, uint32_t number)
{
    g_assert(number < b->steps->len);
    return &g_array_index(b->steps, Step, number);
}

bool build_fault(Builder *b, const char *format, ...)
{
    va_list list;

    if (b->shared->error != NULL)
        return false;
    va_start(list, format);
    b->shared->error = g_error_new_valist(FAIL_DOMAIN, FAIL_INPUT, format, list);
    va_end(list);
    return false;
}

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 29;
}

static uint64_t step_hash(const Builder *b, const Step *s)
{
    uint64_t h = mix(s->op, s->a);

    h = mix(mix(h, s->b), s->c);
    h = mix(mix(h, (uint64_t)s->number), (uint64_t)s->number_b);
    h = mix(mix(h, s->entity), s->column);
    h = mix(mix(h, s->slot), s->scale);
    for (uint32_t i = 0; i < s->n_args; i++)
        h = mix(h, g_array_index(b->args, uint32_t, s->args + i));
    return h;
}

static bool step_equal(const Builder *b, const Step *x, const Step *y)
{
    const uint32_t *args = (const uint32_t *)(const void *)b->args->data;

    return x->op == y->op && x->a == y->a && x->b == y->b && x->c == y->c &&
           x->number == y->number && x->number_b == y->number_b && x->entity == y->entity &&
           x->column == y->column && x->slot == y->slot && x->scale == y->scale &&
           x->n_args == y->n_args &&
           (x->n_args == 0 ||
            memcmp(args + x->args, args + y->args, x->n_args * sizeof *args) == 0);
}

static void same_grow(Builder *b)
{
    g_free(b->same);
    b->n_same *= 2;
    b->same = g_new0(uint32_t, b->n_same);
    for (uint32_t i = b->first; i < b->steps->len; i++) {
        size_t at = step_hash(b, step_at(b, i)) % b->n_same;

        while (b->same[at] != 0)
            at = (at + 1) % b->n_same;
        b->same[at] = i + 1;
    }
}

/* Where the step stands or would stand in the hash. */
static size_t same_find(const Builder *b, const Step *s)
{
    size_t at = step_hash(b, s) % b->n_same;

    while (b->same[at] != 0 && !step_equal(b, s, step_at(b, b->same[at] - 1)))
        at = (at + 1) % b->n_same;
    return at;
}

bool step_is_number(const Builder *b, uint32_t x, int64_t *ret_number)
{
    const Step *s = step_at(b, x);

    if (s->op != OP_NUMBER && s->op != OP_TRUTH)
        return false;
    *ret_number = s->number;
    return true;
}

static bool may_fold(const Step *s)
{
    return op_facts[s->op].law == LAW_STRICT && s->op != OP_LOOKUP && s->op != OP_IN_REGION &&
           s->op != OP_INTERVAL;
}

/* A strict operation on constants is a constant. */
static bool fold(Builder *b, const Step *s, uint32_t *ret)
{
    int64_t x = 0, y = 0, value = 0;

    if (!may_fold(s) || !step_is_number(b, s->a, &x) ||
        (s->b != STEP_NONE && !step_is_number(b, s->b, &y)))
        return false;
    Step with = *s;

    switch (op_compute(&with, x, y, &value)) {
    case OP_END_KNOWN:
        break;
    case OP_END_UNKNOWN:
        build_fault(b, "division by a constant 0");
        break;
    case OP_END_OVERFLOW:
        build_fault(b, "a constant expression does not fit 64 bits");
        break;
    }
    bool truth = s->op == OP_IS_TRUE || (s->op >= OP_EQ && s->op <= OP_HAS_ALL);

    *ret = truth ? step_truth(b, (Truth)value) : step_number(b, value, s->scale);
    return true;
}

uint32_t step_add(Builder *b, Step s)
{
    uint32_t folded = 0;

    if (s.op != OP_NUMBER && s.op != OP_TRUTH && fold(b, &s, &folded))
        return folded;
    if (b->steps->len - b->first >= LIMIT_RULE_STEPS) {
        build_fault(b, "it takes more than %u steps", LIMIT_RULE_STEPS);
        b->shared->full = true;
        return 0;
    }
    if (b->steps->len * 2 >= b->n_same)
        same_grow(b);
    size_t at = same_find(b, &s);

    if (b->same[at] != 0)
        return b->same[at] - 1;
    s.instead = STEP_NONE;
    step_prove(b, &s);
    g_array_append_val(b->steps, s);
    b->same[at] = b->steps->len;
    return b->steps->len - 1;
}

static Step blank(Op op)
{
    return (Step){.op = op, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE, .input = STEP_NONE};
}

uint32_t step_number(Builder *b, int64_t n, unsigned scale)
{
    Step s = blank(OP_NUMBER);

    s.number = n;
    s.scale = (uint8_t)scale;
    return step_add(b, s);
}

uint32_t step_truth(Builder *b, Truth t)
{
    Step s = blank(OP_TRUTH);

    s.number = t;
    return step_add(b, s);
}

uint32_t step_nothing(Builder *b, uint64_t missing, unsigned scale)
{
    Step s = blank(OP_NOTHING);

    s.number = (int64_t)missing;
    s.scale = (uint8_t)scale;
    return step_add(b, s);
}

/* and, or with a constant are the other side, or the constant. */
static bool simple_truth(Builder *b, Op op, uint32_t x, uint32_t y, uint32_t *ret)
{
    int64_t n = 0;

    if (x == y) {
        *ret = x;
        return true;
    }
    if (!step_is_number(b, x, &n)) {
        uint32_t swap = x;

        x = y;
        y = swap;
        if (!step_is_number(b, x, &n))
            return false;
    }
    if (n != TRUTH_YES && n != TRUTH_NO)
        return false;
    *ret = (n == TRUTH_YES) == (op == OP_AND) ? y : x;
    return true;
}

/* x years complete on a day fixed for all records: the comparison is one with a date. */
static void find_start_date(Builder *b, uint32_t number)
{
    Step s = *step_at(b, number);

    if (s.op < OP_LT || s.op > OP_GE)
        return;
    const Step *span = step_at(b, s.a), *count = step_at(b, s.b);

    if ((span->op != OP_YEARS && span->op != OP_MONTHS) || !step_at(b, span->b)->uniform ||
        !count->uniform || count->high >= INT32_MAX)
        return;
    uint32_t start = span->a, on = span->b, least = s.b;
    Op starts = span->op == OP_YEARS ? OP_STARTS_YEARS : OP_STARTS_MONTHS;

    if (s.op == OP_GT || s.op == OP_LE)
        least = step_of(b, OP_ADD, least, step_number(b, 1, 0));
    uint32_t last = step_of(b, starts, on, least);
    uint32_t instead = step_of(b, s.op == OP_GE || s.op == OP_GT ? OP_LE : OP_GT, start, last);

    step_at(b, number)->instead = instead;
}

uint32_t step_of(Builder *b, Op op, uint32_t x, uint32_t y)
{
    unsigned scale = 0;

    if (op == OP_ADD || op == OP_SUB || op == OP_MIN || op == OP_MAX)
        scale = step_at(b, x)->scale;
    if (op == OP_MUL)
        scale = step_at(b, x)->scale + step_at(b, y)->scale;
    return step_with(b, op, x, y, scale);
}

uint32_t step_with(Builder *b, Op op, uint32_t x, uint32_t y, unsigned scale)
{
    uint32_t found = 0;
    Step s = blank(op);

    if ((op == OP_AND || op == OP_OR) && simple_truth(b, op, x, y, &found))
        return found;
    if (op == OP_NOT && step_is_number(b, x, &s.number))
        return step_truth(b, truth_not((Truth)s.number));
    s.a = x;
    s.b = y;
    s.scale = (uint8_t)scale;
    uint32_t before = b->steps->len, number = step_add(b, s);

    if (number == before)
        find_start_date(b, number);
    return number;
}

uint32_t step_if(Builder *b, uint32_t condition, uint32_t yes, uint32_t no)
{
    int64_t n = 0;
    bool truths = step_at(b, yes)->is_truth;
    Step s = blank(truths ? OP_IF_TRUTH : OP_IF);

    g_assert(step_at(b, no)->is_truth == truths || b->shared->error != NULL);
    if (yes == no && step_is_number(b, yes, &n))
        return yes; /* elsewhere an unknown condition keeps its part in what is missing */
    if (step_is_number(b, condition, &n) && (n == TRUTH_YES || n == TRUTH_NO))
        return n == TRUTH_YES ? yes : no;
    s.a = condition;
    s.b = yes;
    s.c = no;
    s.scale = step_at(b, yes)->scale;
    return step_add(b, s);
}

uint32_t step_scaled(Builder *b, uint32_t x, unsigned scale)
{
    unsigned now = step_at(b, x)->scale;
    int64_t n = 0;

    if (scale == now)
        return x;
    if (scale < now) {
        build_fault(b, "a value with %u decimals would lose some at %u", now, scale);
        return x;
    }
    if (step_is_number(b, x, &n) && n == 0)
        return step_number(b, 0, scale);
    return step_of(b, OP_MUL, x, step_number(b, power_of_ten(scale - now), scale - now));
}

static Input *input_add(Builder *b, Input in)
{
    Shared *sh = b->shared;

    if (sh->inputs->len - sh->part >= LIMIT_RULE_INPUTS) {
        build_fault(b, "it reads more than %u facts and params", LIMIT_RULE_INPUTS);
        sh->full = true;
    } else {
        in.bit = sh->inputs->len - sh->part;
    }
    g_array_append_val(sh->inputs, in);
    return &g_array_index(sh->inputs, Input, sh->inputs->len - 1);
}

/* The fields by which the record was reached, then the field itself. */
static void input_path(Builder *b, Input *in, const Field *f, uint32_t record)
{
    const void *fields[LIMIT_NESTING];
    size_t n = 0;

    fields[n++] = f;
    while (record != STEP_NONE && n < LIMIT_NESTING) {
        const Step *s = step_at(b, record);

        if (s->input == STEP_NONE || s->op != OP_FIELD)
            break;
        fields[n++] = g_array_index(b->shared->inputs, Input, s->input).origin;
        record = s->a;
    }
    const void **path = arena_many(b->shared->arena, const void *, n);

    for (size_t i = 0; i < n; i++)
        path[i] = fields[n - 1 - i];
    in->path = path;
    in->n_path = n;
}

/* Called once per FIELD step: equal steps were found before. */
uint32_t input_field(Builder *b, const Field *f, uint32_t record)
{
    Input in = {.kind = INPUT_FIELD, .origin = f, .entity = f->entity->number, .field = f->index};

    in.counted = b->outer != NULL;
    in.judged = f->judgement != NULL;
    in.name =
        arena_printf(b->shared->arena, "%.*s.%.*s", STR_ARG(f->entity->name), STR_ARG(f->name));
    input_path(b, &in, f, record);
    input_add(b, in);
    return b->shared->inputs->len - 1;
}

uint64_t input_bit(Builder *b, InputKind kind, const void *origin, const char *name)
{
    Shared *sh = b->shared;

    for (unsigned i = sh->part; i < sh->inputs->len; i++) {
        const Input *in = &g_array_index(sh->inputs, Input, i);

        if (in->kind == kind && in->origin == origin)
            return UINT64_C(1) << in->bit;
    }
    return UINT64_C(1) << input_add(b, (Input){.kind = kind, .origin = origin, .name = name})->bit;
}
