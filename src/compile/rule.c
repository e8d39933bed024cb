/* rule.c — outputs: a rule's presence, condition and amount; a check's requirement; a value.
 * In: Output.  Out: ProgramOutput with the registers that decide it, and what it reads.
 * Start: output_build(). */
#include "compile/build.h"

static uint32_t today(Builder *b)
{
    Step step = {.op = OP_DAY, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE};

    step.input = STEP_NONE;
    return step_add(b, step);
}

static uint32_t both(Builder *b, uint32_t x, uint32_t y)
{
    if (x == STEP_NONE || y == STEP_NONE)
        return x == STEP_NONE ? y : x;
    return step_of(b, OP_AND, x, y);
}

/* Semantics 11: the absent end of a span that is marked open has not come yet. */
static uint32_t end_of(Scope s, const Field *end)
{
    uint32_t x = lower_field(s, end);
    Step or = {.op = OP_KNOWN_OR, .a = x, .b = STEP_NONE, .c = STEP_NONE, .number = DATE_MAX};

    or.input = STEP_NONE;
    return end->open ? step_add(s.b, or) : x;
}

/* Semantics 10: outside its span a record is not there. */
uint32_t lower_present(Scope s)
{
    const Entity *e = s.entity;
    uint32_t begun = STEP_NONE, lasts = STEP_NONE, day = today(s.b);

    if (e->begin != NULL)
        begun = step_of(s.b, OP_LE, lower_field(s, e->begin), day);
    if (e->end != NULL)
        lasts = step_of(s.b, e->end_counts ? OP_GE : OP_GT, end_of(s, e->end), day);
    return both(s.b, begun, lasts);
}

const Expr *scope_place(Scope s)
{
    return s.place != NULL ? s.place : s.entity->place;
}

/* Semantics 48: the record's place on the day lies in the document's place. */
uint32_t lower_rule_place(Scope s, const Document *d, uint32_t present, int32_t *ret_territory)
{
    const RegionTree *t = s.b->shared->options->regions;

    *ret_territory = ROW_NONE;
    if (d == NULL || d->place.len == 0 || scope_place(s) == NULL)
        return present;
    *ret_territory = t != NULL ? region_row(t, d->place) : ROW_NONE;
    if (*ret_territory == ROW_NONE) {
        build_fault(s.b, "no place has the code %.*s of document %.*s", STR_ARG(d->place),
                    STR_ARG(d->name));
        return present;
    }
    uint32_t region = lower_value(s, scope_place(s));

    return both(s.b, present, lower_territory(s, region, ret_territory, 1));
}

/* A late start: the first day of the month of a date, or of the month after. */
static uint32_t started(Scope s, const Expr *date, int months)
{
    Step start = {.op = OP_MONTH_START, .b = STEP_NONE, .c = STEP_NONE, .number = months};

    start.input = STEP_NONE;
    start.a = lower_value(s, date);
    uint32_t first = step_add(s.b, start);

    return step_of(s.b, OP_LE, first, today(s.b));
}

static uint32_t lower_when(Scope s, const Rule *r)
{
    uint32_t x = r->when != NULL ? lower_truth(s, r->when) : STEP_NONE;

    if (r->start_after != NULL)
        x = both(s.b, started(s, r->start_after, 1), x);
    if (r->start_of != NULL)
        x = both(s.b, started(s, r->start_of, 0), x);
    return x;
}

static RuleDays days_of(const Rule *r)
{
    static const RuleDays days[] = {
        [GOVERN_FIRST_DAY] = RULE_FIRST_DAY,
        [GOVERN_LAST_DAY] = RULE_LAST_DAY,
        [GOVERN_ANY_DAY] = RULE_ANY_DAY,
        [GOVERN_EACH_DAY] = RULE_EACH_DAY,
    };

    if (r->kind == RULE_CHECK) /* a month's check is that of its last day */
        return RULE_LAST_DAY;
    if (r->cycle == CYCLE_MONTH)
        return days[r->governing];
    return r->cycle == CYCLE_YEAR ? RULE_YEAR_DAY : RULE_ONCE_DAY;
}

static void build_cures(Scope s, const Rule *r, ProgramOutput *to)
{
    to->cures = arena_many(s.b->shared->arena, uint32_t, r->n_cure_parts);
    to->n_cures = r->n_cure_parts;
    for (size_t i = 0; i < r->n_cure_parts; i++)
        to->cures[i] = lower_value(s, r->cure_parts[i]);
}

/* Semantics 44: in force on the day, in the place of its document, and its condition. */
static uint32_t exception_holds(Scope s, const Rule *r, const Exception *x)
{
    const Document *d = x->home.document, *own = r->home.document;
    uint32_t holds = STEP_NONE;
    int32_t within;

    if (x->from > r->from || x->until < r->until)
        holds = lower_in_force(s.b, x->from, x->until);
    if (!str_equal(d->place, own->place))
        holds = lower_rule_place(s, d, holds, &within);
    return both(s.b, holds, lower_truth(s, x->when));
}

/* The first exception that holds replaces the amount; unknown whether it does is unknown, unless
 * both amounts are the same. */
static void build_amount(Scope s, const Rule *r, ProgramOutput *to)
{
    unsigned scale = MAX(r->pay->type.scale, 2);

    for (size_t i = 0; i < r->n_exceptions; i++)
        scale = MAX(scale, r->exceptions[i]->pay->type.scale);
    to->amount = step_scaled(s.b, lower_value(s, r->pay), scale);
    to->excepted = arena_many(s.b->shared->arena, uint32_t, r->n_exceptions);
    to->n_excepted = r->n_exceptions;
    for (size_t i = r->n_exceptions; i-- > 0;) {
        const Exception *x = r->exceptions[i];
        uint32_t holds = exception_holds(s, r, x);
        uint32_t instead = step_scaled(s.b, lower_value(s, x->pay), scale);

        to->excepted[i] = holds;
        to->amount = step_if(s.b, holds, instead, to->amount);
    }
}

/* The day on which a state was entered has not come while the state is not reached; reached without
 * a recorded day it is unknown. */
static uint32_t day_of_state(Scope s, const Expr *entered)
{
    Expr *reached = arena_new_of(s.b->shared->arena, Expr);

    *reached = *entered;
    reached->kind = EXPR_REACHED;
    uint32_t never = step_of(s.b, OP_NOT, lower_truth(s, reached), STEP_NONE);

    return step_if(s.b, never, step_number(s.b, DATE_MAX, 0), lower_value(s, entered));
}

/* Bits of the part's judgements that the output may wait for. */
static void find_judged(Builder *b, ProgramOutput *to)
{
    for (size_t i = 0; i < to->n_inputs; i++) {
        const Input *in = &g_array_index(b->shared->inputs, Input, to->inputs[i]);

        if (in->judged)
            to->judged |= UINT64_C(1) << in->bit;
    }
}

/* What the rule would pay were everything decided as high as it may: shown beside the sum. */
static void build_most(Scope s, const Rule *r, ProgramOutput *to)
{
    unsigned scale;

    if (to->judged == 0 || to->amount == STEP_NONE)
        return;
    scale = step_at(s.b, to->amount)->scale;
    to->most = step_scaled(s.b, lower_highest(s, r->pay), scale);
    for (size_t i = r->n_exceptions; i-- > 0;) { /* not known whether it holds: the higher one */
        uint32_t holds = to->excepted[i];
        uint32_t instead = step_scaled(s.b, lower_highest(s, r->exceptions[i]->pay), scale);
        uint32_t higher = step_with(s.b, OP_MAX, instead, to->most, scale);

        to->most = step_if(s.b, step_of(s.b, OP_KNOWN, holds, STEP_NONE),
                           step_if(s.b, holds, instead, to->most), higher);
    }
}

static void build_once(Scope s, const Rule *r, ProgramOutput *to)
{
    const Expr *compute = r->once_on == NULL ? NULL : r->once_on->compute;

    if (to->days != RULE_ONCE_DAY)
        return;
    to->once_open = r->once_on->open;
    if (compute != NULL && compute->kind == EXPR_ENTERED)
        to->once = day_of_state(s, compute);
    else
        to->once = lower_field(s, r->once_on);
}

static void build_versions(Scope s, const Rule *r, ProgramOutput *to)
{
    if (r->versions == NULL)
        return;
    to->present = lower_versions_present(s, r, to->present, &to->until);
    to->versions = arena_many(s.b->shared->arena, uint32_t, r->versions->n);
    to->n_versions = r->versions->n;
    for (size_t i = 0; i < to->n_versions; i++)
        to->versions[i] = i > 0 && version_counts(s.b, r->versions, i)
                              ? version_holds(s, r->versions, i)
                              : STEP_NONE;
}

static void build_rule(Scope s, const Rule *r, ProgramOutput *to)
{
    s.place = r->place;
    to->kind = r->kind == RULE_CHECK ? PROGRAM_CHECK : PROGRAM_RULE;
    to->origin = r;
    to->name = arena_dup(s.b->shared->arena, r->name.at, r->name.len);
    to->days = days_of(r);
    to->month = r->year_month;
    to->day = r->year_day;
    to->from = r->from;
    to->until = r->until;
    to->has_round = r->has_round;
    to->round = r->round;
    to->present = lower_rule_place(s, r->home.document, lower_present(s), &to->territory);
    build_versions(s, r, to);
    to->when = lower_when(s, r);
    if (r->kind == RULE_BENEFIT && r->pay != NULL)
        build_amount(s, r, to);
    if (r->kind == RULE_CHECK) {
        to->require = lower_truth(s, r->require);
        build_cures(s, r, to);
    }
    build_once(s, r, to);
    to->outcome = to->when != STEP_NONE ? to->when : to->require;
    to->root = to->outcome;
}

static void build_condition(Scope s, const Output *o, ProgramOutput *to)
{
    uint32_t there = lower_rule_place(s, o->document, lower_present(s), &to->territory);

    if (o->wording != NULL && o->wording->of != NULL)
        there = lower_wording(s, o->wording, there);
    uint32_t holds = o->expr != NULL ? lower_truth(s, o->expr) : STEP_NONE;

    to->root = both(s.b, there, holds);
    if (to->root == STEP_NONE)
        to->root = step_truth(s.b, TRUTH_YES);
    to->origin = o->expr;
    to->value_kind = KIND_BOOL;
    to->is_truth = true;
    to->name = "condition";
}

static void build_value(Scope s, const Output *o, ProgramOutput *to)
{
    Arena *a = s.b->shared->arena;

    to->kind = PROGRAM_VALUE;
    to->until = DATE_MAX;
    to->from = DATE_MIN;
    if (o->kind == OUTPUT_FIELD) {
        to->root = lower_field(s, o->field);
        to->value_kind = o->field->type.kind;
        to->origin = o->field;
        to->name =
            arena_printf(a, "%.*s.%.*s", STR_ARG(o->field->entity->name), STR_ARG(o->field->name));
        return;
    }
    if (o->kind == OUTPUT_CONDITION) {
        build_condition(s, o, to);
        return;
    }
    to->origin = o->expr;
    to->value_kind = o->expr->type.kind;
    to->name = "expression";
    to->root = o->expr->type.is_truth || o->kind == OUTPUT_TRUTH ? lower_truth(s, o->expr)
                                                                 : lower_value(s, o->expr);
    to->is_truth = step_at(s.b, to->root)->is_truth;
}

/* ---- what an output needs ---------------------------------------------------------------------
 */

static void mark(uint32_t x, uint8_t *needed)
{
    if (x != STEP_NONE)
        needed[x] = 1;
}

/* Operands come before their users: one pass from the end reaches all. */
static void mark_operands(const Builder *b, uint8_t *needed)
{
    for (uint32_t i = b->steps->len; i-- > 0;) {
        const Step *s = step_at(b, i);

        if (needed[i] == 0)
            continue;
        mark(s->a, needed);
        mark(s->b, needed);
        mark(s->c, needed);
        for (uint32_t k = 0; k < s->n_args; k++)
            mark(g_array_index(b->args, uint32_t, s->args + k), needed);
    }
}

static uint32_t *list_marked(Builder *b, const uint8_t *needed, size_t *ret_n)
{
    uint32_t *list = arena_many(b->shared->arena, uint32_t, b->steps->len);
    size_t n = 0;

    for (uint32_t i = 0; i < b->steps->len; i++) {
        if (needed[i] != 0)
            list[n++] = i;
    }
    *ret_n = n;
    return list;
}

uint32_t *steps_below(Builder *b, const uint32_t *roots, size_t n, size_t *ret_n)
{
    uint8_t *needed = g_new0(uint8_t, b->steps->len);

    for (size_t i = 0; i < n; i++)
        mark(roots[i], needed);
    mark_operands(b, needed);
    uint32_t *list = list_marked(b, needed, ret_n);

    g_free(needed);
    return list;
}

static void list_steps(Builder *b, ProgramOutput *to)
{
    uint8_t *needed = g_new0(uint8_t, b->steps->len);
    const uint32_t roots[] = {to->root,    to->present, to->when, to->amount,
                              to->require, to->once,    to->most};

    mark(to->present, needed);
    mark_operands(b, needed);
    to->present_steps = list_marked(b, needed, &to->n_present_steps);
    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++)
        mark(roots[i], needed);
    for (size_t i = 0; i < to->n_cures; i++)
        mark(to->cures[i], needed);
    for (size_t i = 0; i < to->n_excepted; i++)
        mark(to->excepted[i], needed);
    for (size_t i = 0; i < to->n_versions; i++)
        mark(to->versions[i], needed);
    mark_operands(b, needed);
    to->steps = list_marked(b, needed, &to->n_steps);
    g_free(needed);
}

static void list_inputs(Builder *b, ProgramOutput *to)
{
    GArray *inputs = b->shared->inputs;
    uint64_t reads = 0;

    for (size_t i = 0; i < to->n_steps; i++)
        reads |= step_at(b, to->steps[i])->reads;
    to->inputs = arena_many(b->shared->arena, uint32_t, 64);
    for (guint i = b->shared->part; i < inputs->len; i++) {
        if ((reads >> g_array_index(inputs, Input, i).bit & 1) != 0)
            to->inputs[to->n_inputs++] = i;
    }
}

bool output_build(Builder *b, const Output *o, ProgramOutput *to)
{
    Scope s = {.b = b, .entity = b->entity, .record = STEP_NONE};

    *to = (ProgramOutput){.root = STEP_NONE,
                          .present = STEP_NONE,
                          .when = STEP_NONE,
                          .amount = STEP_NONE,
                          .require = STEP_NONE,
                          .outcome = STEP_NONE,
                          .once = STEP_NONE,
                          .most = STEP_NONE,
                          .territory = ROW_NONE};
    if (o->kind == OUTPUT_RULE)
        build_rule(s, o->rule, to);
    else
        build_value(s, o, to);
    if (b->shared->error != NULL)
        return false;
    list_steps(b, to);
    list_inputs(b, to);
    find_judged(b, to);
    if (o->kind == OUTPUT_EXPR && to->judged != 0 && to->value_kind == KIND_BOOL && !to->is_truth) {
        to->root = lower_truth(s, o->expr); /* it may be a person's: only conditions say so */
        to->is_truth = true;
        list_steps(b, to);
    }
    if (o->kind != OUTPUT_RULE)
        return b->shared->error == NULL;
    build_most(s, o->rule, to);
    list_steps(b, to); /* ceilings are no facts the outcome waits for */
    return b->shared->error == NULL;
}
