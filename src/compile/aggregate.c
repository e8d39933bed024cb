/* aggregate.c — aggregates over the records that refer to this one: a body of steps over the
 * counted record, and one step that gathers (semantics 28–33).
 * In: EXPR_AGGREGATE.  Out: an AGGREGATE step and its AggregateStep.  Not here: aggregates over
 * what lies in a region; those belong to indicators.  Start: lower_aggregate(). */
#include "compile/build.h"

static bool gather_of(AggregateKind k, Gather *ret)
{
    static const Gather gathers[] = {
        [AGGREGATE_COUNT] = GATHER_COUNT,       [AGGREGATE_SUM] = GATHER_SUM,
        [AGGREGATE_MIN] = GATHER_MIN,           [AGGREGATE_MAX] = GATHER_MAX,
        [AGGREGATE_EXISTS] = GATHER_EXISTS,     [AGGREGATE_LATEST] = GATHER_LATEST,
        [AGGREGATE_SHARE] = GATHER_SHARE,       [AGGREGATE_MEAN] = GATHER_MEAN,
        [AGGREGATE_DISTINCT] = GATHER_DISTINCT,
    };

    if ((size_t)k >= G_N_ELEMENTS(gathers))
        return false;
    *ret = gathers[k];
    return true;
}

static bool refuse(Builder *b, const Aggregate *g, const char *why)
{
    return build_fault(b, "the aggregate over %.*s %s", STR_ARG(g->of->name), why);
}

static bool accept(Builder *b, const Aggregate *g, AggregateStep *to)
{
    if (g->by == NULL)
        return refuse(b, g, "runs over a region: only indicators have such");
    if (!gather_of(g->kind, &to->kind))
        return refuse(b, g, "is of a kind nothing gathers");
    if (to->kind == GATHER_LATEST && g->of->event_day == NULL)
        return refuse(b, g, "asks for the latest, but its entity is not `dated by` a field");
    if (to->kind != GATHER_COUNT && to->kind != GATHER_EXISTS && to->kind != GATHER_SHARE &&
        g->value == NULL)
        return refuse(b, g, "has no value to gather");
    return true;
}

/* Events of the period that holds the day, up to the day. */
static uint32_t build_period(Scope in, const Aggregate *g, uint32_t where)
{
    Builder *b = in.b;
    uint32_t event = lower_field(in, g->of->event_day), day = lower_day(in), both;
    Step start = {.op = OP_PERIOD_START, .a = day, .b = STEP_NONE, .c = STEP_NONE};

    start.input = STEP_NONE;
    start.number = (int64_t)g->period;
    both = step_of(b, OP_AND, step_of(b, OP_GE, event, step_add(b, start)),
                   step_of(b, OP_LE, event, day));
    return where == STEP_NONE ? both : step_of(b, OP_AND, both, where);
}

/* A share's rows are those of its base; what stands above the line is told of each. */
static void build_share(Scope in, const Aggregate *g, AggregateStep *to)
{
    to->above = lower_truth(in, g->where);
    to->where = g->base != NULL ? lower_truth(in, g->base) : STEP_NONE;
    to->value = g->value != NULL ? lower_value(in, g->value) : step_number(in.b, 1, 0);
}

/* The steps of the body; outer registers it reads are arguments. */
static void build_body(Scope s, const Aggregate *g, AggregateStep *to, Builder *body)
{
    Scope in = {.b = body, .entity = g->of, .record = STEP_NONE};

    body->outer = s.b;
    body->outer_entity = s.entity;
    body->outer_record = s.record;
    to->present = lower_present(in);
    to->above = STEP_NONE;
    if (to->kind == GATHER_SHARE) {
        build_share(in, g, to);
    } else {
        to->where = g->where != NULL ? lower_truth(in, g->where) : STEP_NONE;
        to->value = g->value != NULL ? lower_value(in, g->value) : STEP_NONE;
    }
    if (g->period != AGGREGATE_ALWAYS)
        to->where = build_period(in, g, to->where);
    to->event_day = to->kind == GATHER_LATEST ? lower_field(in, g->of->event_day) : STEP_NONE;
}

static int64_t most_rows(const Builder *b, unsigned entity)
{
    const Dataset *d = b->shared->options->data;

    if (d == NULL)
        return INT32_MAX;
    return entity < d->n_batches && d->batches[entity] != NULL ? (int64_t)d->batches[entity]->rows
                                                               : 0;
}

typedef struct Reach {
    Wide low, high;
} Reach;

/* What one of the kind can be of rows whose value lies in v; a quotient is not below what the
 * greatest divisor makes of it. */
static Reach reach_of(const AggregateStep *a, const Step *v, int64_t rows)
{
    Reach sum = {MIN(0, (Wide)v->low * rows), MAX(0, (Wide)v->high * rows)};
    bool line = a->part == QUOTIENT_OVER || a->part == QUOTIENT_UNDER;
    Wide up = power_of_ten(a->up);

    switch (a->kind) {
    case GATHER_SUM:
        return sum;
    case GATHER_SHARE:
        return line ? sum : (Reach){0, up};
    case GATHER_MEAN:
        if (a->part == QUOTIENT_UNDER)
            return (Reach){0, rows};
        return line ? sum : (Reach){v->low * up, v->high * up};
    default:
        return (Reach){v->low, v->high};
    }
}

void aggregate_prove(const Builder *b, const AggregateStep *a, const Step *value, Step *s)
{
    int64_t rows = most_rows(b, a->entity);

    s->low = 0;
    if (a->kind == GATHER_COUNT || a->kind == GATHER_DISTINCT || a->bound == BOUND_LEFT_OUT)
        s->high = rows;
    if (value == NULL || a->kind == GATHER_COUNT || a->kind == GATHER_EXISTS ||
        a->kind == GATHER_DISTINCT || a->bound == BOUND_LEFT_OUT)
        return;
    Reach r = reach_of(a, value, rows);

    if (a->otherwise != STEP_NONE) {
        const Step *o = step_at(b, a->otherwise);

        r.low = MIN(r.low, o->low);
        r.high = MAX(r.high, MAX(o->high, a->part == QUOTIENT_UNDER ? power_of_ten(s->scale) : 0));
    }
    s->checked = r.low < INT64_MIN || r.high > INT64_MAX;
    s->low = (int64_t)MAX(r.low, INT64_MIN);
    s->high = (int64_t)MIN(r.high, INT64_MAX);
}

/* The body as the batch driver runs it: over all counted records, for each day of a stretch. */
static void body_output(Builder *b, const AggregateStep *a)
{
    ProgramOutput *o = arena_new_of(b->shared->arena, ProgramOutput);

    *o = (ProgramOutput){.kind = PROGRAM_RULE,
                         .name = a->body->entity_name,
                         .days = RULE_EACH_DAY,
                         .from = DATE_MIN,
                         .until = DATE_MAX,
                         .present = a->present,
                         .when = a->where,
                         .amount = a->value,
                         .once = a->event_day,
                         .most = a->above}; /* watched with the amount */
    o->root = o->require = o->outcome = STEP_NONE;
    a->body->outputs = o;
    a->body->n_outputs = 1;
}

static uint64_t body_reads(const Builder *body)
{
    uint64_t reads = 0;

    for (uint32_t i = 0; i < body->steps->len; i++)
        reads |= step_at(body, i)->reads;
    return reads;
}

/* Only `else` gives a known answer over no record; without it the record itself is missing. */
static bool needs_record(const AggregateStep *a)
{
    return a->otherwise == STEP_NONE &&
           (a->kind == GATHER_MIN || a->kind == GATHER_MAX || a->kind == GATHER_LATEST ||
            a->kind == GATHER_SHARE || a->kind == GATHER_MEAN);
}

/* Rows left out on purpose are told beside the number: operand c says how many. */
static uint32_t left_out(Builder *b, AggregateStep a, Step step)
{
    a.bound = BOUND_LEFT_OUT;
    step.is_truth = false;
    step.origin = NULL;
    step.slot = b->aggregates->len;
    aggregate_prove(b, &a, NULL, &step);
    g_array_append_val(b->aggregates, a);
    return step_add(b, step);
}

static uint32_t gather_step(Scope s, const Expr *e, AggregateStep *a, const Builder *body,
                            uint32_t record)
{
    Builder *b = s.b;
    Step step = {.op = OP_AGGREGATE, .a = record, .b = a->otherwise, .c = STEP_NONE};

    step.input = STEP_NONE;
    step.is_truth = a->kind == GATHER_EXISTS;
    step.changes = true;
    step.reads = body_reads(body) | a->nothing;
    step.args = b->args->len;
    step.n_args = body->outer_args->len;
    g_array_append_vals(b->args, body->outer_args->data, body->outer_args->len);
    if (a->known_only)
        step.c = left_out(b, *a, step);
    step.origin = e;
    step.slot = b->aggregates->len;
    if (a->value != STEP_NONE && a->kind != GATHER_COUNT && a->kind != GATHER_DISTINCT)
        step.scale = expr_is_quotient(e) ? e->type.scale : step_at(body, a->value)->scale;
    aggregate_prove(b, a, a->value != STEP_NONE ? step_at(body, a->value) : NULL, &step);
    g_array_append_val(b->aggregates, *a);
    return step_add(b, step);
}

/* The same computed field may be asked for by many rules. */
static uint32_t find_equal(Scope s, const Aggregate *g, uint32_t record)
{
    for (uint32_t i = s.b->first; i < s.b->steps->len; i++) {
        const Step *x = step_at(s.b, i);

        if (x->op == OP_AGGREGATE && x->a == record && x->origin != NULL &&
            ((const Expr *)x->origin)->kind == EXPR_AGGREGATE &&
            ((const Expr *)x->origin)->aggregate == g)
            return i;
    }
    return STEP_NONE;
}

/* What a person declared, not what the data happens to hold. */
static bool never_negative(const Expr *value)
{
    const Field *f =
        value != NULL && value->kind == EXPR_FIELD ? value->path[value->n_path - 1] : NULL;

    return f != NULL && f->has_range && f->low >= 0;
}

uint32_t lower_aggregate(Scope s, const Expr *e)
{
    const Aggregate *g = e->aggregate;
    AggregateStep a = {.entity = g->of->number, .known_only = g->known_only, .at = STEP_NONE};
    uint32_t record = g->to != NULL ? lower_value(s, g->to) : s.record;
    uint32_t found = find_equal(s, g, record);
    Builder body;

    if (found != STEP_NONE)
        return found;
    if (!accept(s.b, g, &a))
        return e->type.is_truth ? step_truth(s.b, TRUTH_NO) : step_number(s.b, 0, 0);
    a.reference = g->by->index;
    if (g->at != NULL)
        a.at = g->at->index;
    a.never_negative = never_negative(g->value);
    a.otherwise = g->otherwise != NULL ? lower_value(s, g->otherwise) : STEP_NONE;
    builder_init(&body, s.b->shared, g->of);
    build_body(s, g, &a, &body);
    if (expr_is_quotient(e))
        a.up =
            (uint8_t)(e->type.scale - (a.kind == GATHER_MEAN ? step_at(&body, a.value)->scale : 0));
    if (a.otherwise != STEP_NONE && a.value != STEP_NONE)
        a.otherwise = step_scaled(
            s.b, a.otherwise, expr_is_quotient(e) ? e->type.scale : step_at(&body, a.value)->scale);
    if (needs_record(&a))
        a.nothing = input_bit(s.b, INPUT_RECORDS, g->of,
                              arena_dup(s.b->shared->arena, g->of->name.at, g->of->name.len));
    a.body = arena_new_of(s.b->shared->arena, Program);
    builder_freeze(&body, a.body);
    a.body->entity = g->of->number;
    a.body->entity_name = arena_dup(s.b->shared->arena, g->of->name.at, g->of->name.len);
    body_output(s.b, &a);
    uint32_t x = gather_step(s, e, &a, &body, record);

    builder_clear(&body);
    return x;
}
