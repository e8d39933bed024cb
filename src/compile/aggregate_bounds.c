/* aggregate_bounds.c — the same rows gathered once more: the least and the most a number can be,
 * the parts of a share (semantics 29); and spells, which are gathered from a record's own past
 * (semantics 18).
 * In: an EXPR_AGGREGATE, an EXPR_SINCE.  Out: AGGREGATE steps.  Start: lower_bound_of(). */
#include "compile/build.h"

bool has_bounds(const Expr *e)
{
    if (e->kind != EXPR_AGGREGATE || e->aggregate->known_only)
        return false;
    switch (e->aggregate->kind) {
    case AGGREGATE_EXISTS:
    case AGGREGATE_LATEST:
        return false;
    default:
        return true;
    }
}

static uint32_t find_variant(const Builder *b, const Step *exact, const AggregateStep *like,
                             unsigned scale)
{
    for (uint32_t i = b->first; i < b->steps->len; i++) {
        const Step *x = step_at(b, i);
        const AggregateStep *a;

        if (x->op != OP_AGGREGATE || x->a != exact->a || x->scale != scale)
            continue;
        a = &g_array_index(b->aggregates, AggregateStep, x->slot);
        if (a->body == like->body && a->bound == like->bound && a->part == like->part)
            return i;
    }
    return STEP_NONE;
}

static uint32_t variant(Scope s, const Expr *e, AggregateStep a, Step step)
{
    Builder *b = s.b;
    uint32_t found = find_variant(b, &step, &a, step.scale);

    if (found != STEP_NONE)
        return found;
    if (e->kind == EXPR_AGGREGATE)
        aggregate_prove(b, &a, a.value != STEP_NONE ? &a.body->steps[a.value] : NULL, &step);
    step.origin = NULL;
    step.c = STEP_NONE;
    step.slot = b->aggregates->len;
    g_array_append_val(b->aggregates, a);
    return step_add(b, step);
}

uint32_t lower_bound_of(Scope s, const Expr *e, Bound bound)
{
    uint32_t exact = lower_value(s, e);
    Step step = *step_at(s.b, exact);

    if (step.op != OP_AGGREGATE)
        return exact; /* after a fault */
    AggregateStep a = g_array_index(s.b->aggregates, AggregateStep, step.slot);

    a.bound = bound;
    return variant(s, e, a, step);
}

unsigned quotient_scale(const Expr *e)
{
    return e->aggregate->kind == AGGREGATE_MEAN ? e->aggregate->value->type.scale : 0;
}

uint32_t lower_quotient(Scope s, const Expr *e, Bound bound, QuotientPart part, unsigned scale)
{
    uint32_t exact = lower_value(s, e);
    Step step = *step_at(s.b, exact);

    if (step.op != OP_AGGREGATE)
        return exact; /* after a fault */
    AggregateStep a = g_array_index(s.b->aggregates, AggregateStep, step.slot);

    if (a.otherwise != STEP_NONE) {
        a.otherwise = step_scaled(s.b, a.otherwise, scale);
        step.b = a.otherwise;
    }
    a.bound = bound;
    a.part = part;
    a.up = (uint8_t)(scale - quotient_scale(e));
    step.scale = (uint8_t)scale;
    return variant(s, e, a, step);
}

/* ---- spells -------------------------------------------------------------------------------- */

/* The condition as a program of its own, over the record itself, to be asked of earlier days. */
static Program *spell_body(Scope s, const Expr *e, AggregateStep *to, uint64_t *reads)
{
    Shared *shared = s.b->shared;
    Program *p = arena_new_of(shared->arena, Program);
    Builder body;
    uint32_t there, holds;

    builder_init(&body, shared, s.entity);
    body.outer = s.b;
    body.outer_entity = s.entity;
    body.outer_record = s.record;
    Scope in = {.b = &body, .entity = s.entity, .record = STEP_NONE};

    there = lower_present(in);
    holds = lower_truth(in, e->a);
    to->where = there == STEP_NONE ? holds : step_of(&body, OP_AND, there, holds);
    for (uint32_t i = 0; i < body.steps->len; i++)
        *reads |= step_at(&body, i)->reads;
    if (body.outer_args->len > 0)
        build_fault(s.b, "a spell looks at the record around an aggregate");
    builder_freeze(&body, p);
    p->entity = s.entity->number;
    p->entity_name = arena_dup(shared->arena, s.entity->name.at, s.entity->name.len);
    builder_clear(&body);
    return p;
}

static uint32_t find_spell(Scope s, const Expr *e)
{
    for (uint32_t i = s.b->first; i < s.b->steps->len; i++) {
        const Step *x = step_at(s.b, i);

        if (x->op == OP_AGGREGATE && x->a == s.record && x->origin == e)
            return i;
    }
    return STEP_NONE;
}

uint32_t lower_since(Scope s, const Expr *e, Bound bound)
{
    Step step = {.op = OP_AGGREGATE, .a = s.record, .b = STEP_NONE, .c = STEP_NONE};
    AggregateStep a = {.kind = GATHER_SINCE, .entity = s.entity->number, .at = STEP_NONE};
    uint32_t exact = find_spell(s, e);

    if (exact == STEP_NONE) {
        a.present = a.value = a.above = a.event_day = a.otherwise = STEP_NONE;
        a.body = spell_body(s, e, &a, &step.reads);
        step.number = GATHER_SINCE;
        step.input = STEP_NONE;
        step.changes = true;
        step.origin = e;
        step.low = DAY_LOW;
        step.high = DAY_HIGH;
        step.slot = s.b->aggregates->len;
        g_array_append_val(s.b->aggregates, a);
        exact = step_add(s.b, step);
    }
    if (bound == BOUND_EXACT)
        return exact;
    step = *step_at(s.b, exact);
    a = g_array_index(s.b->aggregates, AggregateStep, step.slot);
    a.bound = bound;
    return variant(s, e, a, step);
}
