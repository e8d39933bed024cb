/* aggregate.c — aggregates over the records that refer to this one: a body of steps over the
 * counted record, and one step that gathers (semantics 28–33).
 * In: EXPR_AGGREGATE.  Out: an AGGREGATE step and its AggregateStep.  Not here: aggregates over
 * what lies in a region; those belong to indicators.  Start: lower_aggregate(). */
#include "compile/build.h"

static bool gather_of(AggregateKind k, Gather *ret)
{
    static const Gather gathers[] = {
        [AGGREGATE_COUNT] = GATHER_COUNT,   [AGGREGATE_SUM] = GATHER_SUM,
        [AGGREGATE_MIN] = GATHER_MIN,       [AGGREGATE_MAX] = GATHER_MAX,
        [AGGREGATE_EXISTS] = GATHER_EXISTS, [AGGREGATE_LATEST] = GATHER_LATEST,
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
        return refuse(b, g, "is a share or a mean: only indicators have such");
    if (to->kind == GATHER_LATEST && g->of->event_day == NULL)
        return refuse(b, g, "asks for the latest, but its entity is not `dated by` a field");
    if (to->kind != GATHER_COUNT && to->kind != GATHER_EXISTS && g->value == NULL)
        return refuse(b, g, "has no value to gather");
    return true;
}

/* The steps of the body; outer registers it reads are arguments. */
static void build_body(Scope s, const Aggregate *g, AggregateStep *to, Builder *body)
{
    Scope in = {.b = body, .entity = g->of, .record = STEP_NONE};

    body->outer = s.b;
    body->outer_entity = s.entity;
    body->outer_record = s.record;
    to->present = lower_present(in);
    to->where = g->where != NULL ? lower_truth(in, g->where) : STEP_NONE;
    to->value = g->value != NULL ? lower_value(in, g->value) : STEP_NONE;
    to->event_day = to->kind == GATHER_LATEST ? lower_field(in, g->of->event_day) : STEP_NONE;
}

static int64_t most_rows(const Builder *b, const Entity *e)
{
    const Dataset *d = b->shared->options->data;

    if (d == NULL)
        return INT32_MAX;
    return e->number < d->n_batches && d->batches[e->number] != NULL
               ? (int64_t)d->batches[e->number]->rows
               : 0;
}

static void bounds(const Builder *b, const Aggregate *g, const AggregateStep *a,
                   const Builder *body, Step *s)
{
    int64_t rows = most_rows(b, g->of);

    if (a->kind == GATHER_COUNT)
        s->high = rows;
    if (a->value == STEP_NONE || a->kind == GATHER_COUNT || a->kind == GATHER_EXISTS)
        return;
    const Step *v = step_at(body, a->value);
    Wide low = v->low, high = v->high;

    if (a->kind == GATHER_SUM) {
        low = MIN(0, low * rows);
        high = MAX(0, high * rows);
        s->checked = low < INT64_MIN || high > INT64_MAX;
    }
    if (a->otherwise != STEP_NONE) {
        low = MIN(low, step_at(b, a->otherwise)->low);
        high = MAX(high, step_at(b, a->otherwise)->high);
    }
    s->low = (int64_t)MAX(low, INT64_MIN);
    s->high = (int64_t)MIN(high, INT64_MAX);
    s->scale = v->scale;
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
                         .once = a->event_day};
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
           (a->kind == GATHER_MIN || a->kind == GATHER_MAX || a->kind == GATHER_LATEST);
}

static uint32_t gather_step(Scope s, const Expr *e, AggregateStep *a, const Builder *body)
{
    Builder *b = s.b;
    const Aggregate *g = e->aggregate;
    Step step = {.op = OP_AGGREGATE, .a = s.record, .b = a->otherwise, .c = STEP_NONE};

    step.input = STEP_NONE;
    step.is_truth = a->kind == GATHER_EXISTS;
    step.changes = true;
    step.origin = e;
    step.reads = body_reads(body) | a->nothing;
    step.slot = b->aggregates->len;
    bounds(b, g, a, body, &step);
    step.args = b->args->len;
    step.n_args = body->outer_args->len;
    g_array_append_vals(b->args, body->outer_args->data, body->outer_args->len);
    g_array_append_val(b->aggregates, *a);
    return step_add(b, step);
}

/* The same computed field may be asked for by many rules. */
static uint32_t find_equal(Scope s, const Aggregate *g)
{
    for (uint32_t i = s.b->first; i < s.b->steps->len; i++) {
        const Step *x = step_at(s.b, i);

        if (x->op == OP_AGGREGATE && x->a == s.record && x->origin != NULL &&
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
    AggregateStep a = {.entity = g->of->number, .known_only = g->known_only};
    uint32_t found = find_equal(s, g);
    Builder body;

    if (found != STEP_NONE)
        return found;
    if (!accept(s.b, g, &a))
        return e->type.is_truth ? step_truth(s.b, TRUTH_NO) : step_number(s.b, 0, 0);
    a.reference = g->by->index;
    a.never_negative = never_negative(g->value);
    a.otherwise = g->otherwise != NULL ? lower_value(s, g->otherwise) : STEP_NONE;
    builder_init(&body, s.b->shared, g->of);
    build_body(s, g, &a, &body);
    if (a.otherwise != STEP_NONE && a.value != STEP_NONE)
        a.otherwise = step_scaled(s.b, a.otherwise, step_at(&body, a.value)->scale);
    if (needs_record(&a))
        a.nothing = input_bit(s.b, INPUT_RECORDS, g->of,
                              arena_dup(s.b->shared->arena, g->of->name.at, g->of->name.len));
    a.body = arena_new_of(s.b->shared->arena, Program);
    builder_freeze(&body, a.body);
    a.body->entity = g->of->number;
    a.body->entity_name = arena_dup(s.b->shared->arena, g->of->name.at, g->of->name.len);
    body_output(s.b, &a);
    uint32_t x = gather_step(s, e, &a, &body);

    builder_clear(&body);
    return x;
}

/* ---- bounds -----------------------------------------------------------------------------------
 */

bool has_bounds(const Expr *e)
{
    return e->kind == EXPR_AGGREGATE && !e->aggregate->known_only &&
           (e->aggregate->kind == AGGREGATE_COUNT || e->aggregate->kind == AGGREGATE_SUM);
}

static uint32_t find_bound(const Builder *b, const Step *exact, Bound bound)
{
    const Program *body = g_array_index(b->aggregates, AggregateStep, exact->slot).body;

    for (uint32_t i = b->first; i < b->steps->len; i++) {
        const Step *x = step_at(b, i);
        const AggregateStep *a;

        if (x->op != OP_AGGREGATE || x->a != exact->a)
            continue;
        a = &g_array_index(b->aggregates, AggregateStep, x->slot);
        if (a->body == body && a->bound == bound)
            return i;
    }
    return STEP_NONE;
}

/* The least, or the most, it can be: the same rows, gathered once more. */
uint32_t lower_bound_of(Scope s, const Expr *e, Bound bound)
{
    Builder *b = s.b;
    uint32_t exact = lower_value(s, e);
    Step step = *step_at(b, exact);
    AggregateStep a;
    uint32_t found;

    if (step.op != OP_AGGREGATE)
        return exact; /* after a fault */
    found = find_bound(b, &step, bound);
    if (found != STEP_NONE)
        return found;
    a = g_array_index(b->aggregates, AggregateStep, step.slot);
    a.bound = bound;
    step.origin = NULL;
    step.slot = b->aggregates->len;
    g_array_append_val(b->aggregates, a);
    return step_add(b, step);
}
