/* phase.c — benefits among themselves: what an output rests on is built with it.
 * A rule's month is settled in phases (semantics 40): those it reads first, those it shares a group
 * with together.  Such outputs share one part of the program, so that what one of them lacks can be
 * said of another.  In: outputs asked for.  Out: Plan, levels, needs, groups.
 * Start: plan_make(), plan_tie(), plan_groups(). */
#include "compile/build.h"

#include "base/sort.h"

/* ---- which rules -------------------------------------------------------------------------------
 */

typedef struct Gathering {
    const Model *model;
    GArray *all; /* Output */
    uint32_t *of_rule;
} Gathering;

static void gather(Gathering *g, const Rule *r)
{
    Output o = {.kind = OUTPUT_RULE, .rule = r};

    if (g->of_rule[r->number] != 0)
        return;
    g_array_append_val(g->all, o);
    g->of_rule[r->number] = g->all->len;
}

static void gather_needed(Gathering *g, const Rule *r)
{
    for (size_t i = 0; i < r->n_groups; i++) {
        for (size_t k = 0; k < r->groups[i]->n_members; k++)
            gather(g, r->groups[i]->members[k]);
    }
    for (size_t i = 0; i < r->n_reads; i++)
        gather(g, r->reads[i]);
}

/* ---- what is built together -------------------------------------------------------------------
 */

static uint32_t root_of(uint32_t *with, uint32_t i)
{
    while (with[i] != i)
        i = with[i] = with[with[i]];
    return i;
}

static void join(uint32_t *with, uint32_t i, uint32_t k)
{
    uint32_t x = root_of(with, i), y = root_of(with, k);

    with[MAX(x, y)] = MIN(x, y);
}

typedef struct Place { /* of an output in the order of building */
    uint32_t first, output;
    unsigned level;
} Place;

static int place_order(const void *a, const void *b)
{
    const Place *x = a, *y = b;

    if (x->first != y->first)
        return x->first < y->first ? -1 : 1;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return x->output < y->output ? -1 : x->output > y->output;
}

static void plan_order(Arena *a, Plan *plan)
{
    uint32_t *with = arena_many(a, uint32_t, plan->n + 1);
    Place *places = arena_many(a, Place, plan->n + 1);

    for (uint32_t i = 0; i < plan->n; i++)
        with[i] = i;
    for (uint32_t i = 0; i < plan->n; i++) {
        const Rule *r = plan->all[i].kind == OUTPUT_RULE ? plan->all[i].rule : NULL;

        for (size_t k = 0; r != NULL && k < r->n_reads; k++)
            join(with, i, plan->of_rule[r->reads[k]->number] - 1);
        for (size_t k = 0; r != NULL && k < r->n_groups; k++)
            join(with, i, plan->of_rule[r->groups[k]->members[0]->number] - 1);
    }
    for (uint32_t i = 0; i < plan->n; i++)
        places[i] = (Place){root_of(with, i), i,
                            plan->all[i].kind == OUTPUT_RULE ? plan->all[i].rule->level : 0};
    sort_rows(places, plan->n, sizeof *places, place_order);
    for (size_t i = plan->n; i-- > 0;) {
        bool last = i + 1 == plan->n || places[i + 1].first != places[i].first;

        plan->order[i] = places[i].output;
        plan->end[i] = last ? i + 1 : plan->end[i + 1];
    }
}

void plan_make(Arena *a, const Model *m, const Output *outputs, size_t n, Plan *ret)
{
    Gathering g = {.model = m, .all = g_array_new(FALSE, TRUE, sizeof(Output))};

    g.of_rule = arena_many(a, uint32_t, m->n_rules + 1);
    for (size_t i = 0; i < n; i++) {
        g_array_append_val(g.all, outputs[i]);
        if (outputs[i].kind == OUTPUT_RULE && g.of_rule[outputs[i].rule->number] == 0)
            g.of_rule[outputs[i].rule->number] = g.all->len;
    }
    for (guint i = 0; i < g.all->len; i++) {
        const Output *o = &g_array_index(g.all, Output, i);

        if (o->kind == OUTPUT_RULE)
            gather_needed(&g, o->rule);
    }
    *ret = (Plan){.n_asked = n, .n = g.all->len, .of_rule = g.of_rule};
    ret->all = arena_many(a, Output, ret->n + 1);
    if (ret->n > 0)
        memcpy(ret->all, g.all->data, ret->n * sizeof *ret->all);
    g_array_free(g.all, TRUE);
    ret->order = arena_many(a, uint32_t, ret->n + 1);
    ret->end = arena_many(a, size_t, ret->n + 1);
    ret->made = arena_many(a, ProgramOutput, ret->n + 1);
    ret->groups = g_array_new(FALSE, TRUE, sizeof(ProgramGroup));
    plan_order(a, ret);
}

void plan_clear(Plan *plan)
{
    g_array_free(plan->groups, TRUE);
}

/* ---- raw and net ------------------------------------------------------------------------------
 */

static const Rule *rule_of(const Plan *plan, uint32_t output)
{
    return plan->all[output].kind == OUTPUT_RULE ? plan->all[output].rule : NULL;
}

static Scope at_subject(Builder *b)
{
    return (Scope){.b = b, .entity = b->entity, .record = STEP_NONE};
}

static uint64_t bits_of(const Builder *b, const ProgramOutput *o)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < o->n_inputs; i++)
        bits |= UINT64_C(1) << g_array_index(b->shared->inputs, Input, o->inputs[i]).bit;
    return bits;
}

/* What a node's members may lack, and what their groups ask for. */
static uint64_t node_bits(Builder *b, const Plan *plan, unsigned node)
{
    uint64_t bits = 0;

    for (uint32_t i = 0; i < plan->n; i++) {
        const Rule *r = rule_of(plan, i);

        if (r == NULL || r->node != node)
            continue;
        bits |= bits_of(b, &plan->made[i]);
        for (size_t k = 0; k < r->n_groups; k++) {
            const Combine *c = r->groups[k];

            if (c->by != NULL)
                bits |= step_at(b, lower_field(at_subject(b), c->by))->reads;
            if (c->home.document->place.len > 0 && b->entity->place != NULL)
                bits |= step_at(b, lower_value(at_subject(b), b->entity->place))->reads;
        }
    }
    return bits;
}

/* The most it can be: rounding adds at most one fen. */
static int64_t most_of(const Builder *b, const ProgramOutput *o)
{
    const Step *s = step_at(b, o->amount);
    int64_t most = s->high / power_of_ten(s->scale - 2u);

    return most < INT64_MAX ? most + 1 : most;
}

uint32_t lower_outcome(Scope s, const Expr *e)
{
    const Plan *plan = s.b->shared->plan;
    Step step = {.op = OP_OUTCOME, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE};
    uint32_t output = plan != NULL ? plan->of_rule[e->rule->number] : 0;

    if (output == 0 || s.record != STEP_NONE || s.b->outer != NULL) {
        build_fault(s.b, "what %.*s pays is not at hand here", STR_ARG(e->rule->name));
        return step_number(s.b, 0, 2);
    }
    ProgramOutput *o = &plan->made[output - 1];

    o->shared = true;
    step.input = STEP_NONE;
    step.number = output - 1;
    step.number_b = e->number;
    step.scale = 2;
    step.high = most_of(s.b, o);
    step.reads = e->number != 0 && e->rule->n_groups > 0 ? node_bits(s.b, plan, e->rule->node)
                                                         : bits_of(s.b, o);
    return step_add(s.b, step);
}

/* ---- groups -----------------------------------------------------------------------------------
 */

/* Members of a wider place are grouped in the group's own place only (semantics 48). */
static bool reaches_beyond(const Plan *plan, const Combine *c, const RegionTree *t)
{
    Str place = c->home.document->place;

    for (size_t i = 0; place.len > 0 && t != NULL && i < c->n_members; i++) {
        int32_t in = region_row(t, place),
                of = plan->made[plan->of_rule[c->members[i]->number] - 1].territory;

        if (in != ROW_NONE && (of == ROW_NONE || !region_in(t, of, in)))
            return true;
    }
    return false;
}

static ProgramGroup group_build(Builder *b, const Plan *plan, const Combine *c)
{
    static const GroupKind kinds[] = {[COMBINE_ALL] = GROUP_ALL,
                                      [COMBINE_HIGHEST] = GROUP_HIGHEST,
                                      [COMBINE_FIRST] = GROUP_FIRST,
                                      [COMBINE_CHOSEN] = GROUP_CHOSEN};
    Arena *a = b->shared->arena;
    ProgramGroup g = {.kind = kinds[c->kind],
                      .n_members = c->n_members,
                      .choice = STEP_NONE,
                      .applies = STEP_NONE,
                      .from = c->from,
                      .until = c->until,
                      .level = c->members[0]->level,
                      .origin = c};

    g.members = arena_many(a, uint32_t, c->n_members);
    g.codes = arena_many(a, int64_t, c->n_members);
    for (size_t i = 0; i < c->n_members; i++) {
        g.members[i] = plan->of_rule[c->members[i]->number] - 1;
        g.codes[i] = c->codes != NULL ? c->codes[i] : 0;
    }
    if (c->by != NULL)
        g.choice = lower_field(at_subject(b), c->by);
    if (b->entity->place != NULL && reaches_beyond(plan, c, b->shared->options->regions)) {
        int32_t within;

        g.applies = lower_rule_place(at_subject(b), c->home.document, STEP_NONE, &within);
    }
    const uint32_t roots[2] = {g.choice, g.applies};

    g.steps = steps_below(b, roots, 2, &g.n_steps);
    return g;
}

static int group_order(const void *a, const void *b)
{
    const ProgramGroup *x = a, *y = b;
    unsigned i = ((const Combine *)x->origin)->number, k = ((const Combine *)y->origin)->number;

    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    return i < k ? -1 : i > k;
}

/* Those of the rules just built; returns how many. */
static size_t add_groups(Builder *b, const Plan *plan, const uint32_t *list, size_t n)
{
    GArray *to = plan->groups;
    guint first = to->len;

    for (size_t i = 0; i < n; i++) {
        const Rule *r = rule_of(plan, list[i]);

        for (size_t k = 0; k < r->n_groups; k++) {
            if (r->groups[k]->members[0] != r) /* once each */
                continue;
            ProgramGroup g = group_build(b, plan, r->groups[k]);

            g_array_append_val(to, g);
        }
    }
    if (to->len > first)
        sort_rows(&g_array_index(to, ProgramGroup, first), to->len - first, sizeof(ProgramGroup),
                  group_order);
    return to->len - first;
}

/* ---- what was built together is tied together -------------------------------------------------
 */

typedef struct Tying {
    Builder *b;
    const Plan *plan;
    const uint32_t *list;
    size_t n, n_groups;
    const ProgramGroup *groups;
    uint8_t *rules; /* per place: needed */
    uint8_t *nodes; /* per node of the Model: needed */
} Tying;

/* What one member of a group lacks may be why another is unknown. */
static void share_inputs(const Tying *t, size_t at)
{
    ProgramOutput *o = &t->plan->made[t->list[at]];
    uint64_t bits = node_bits(t->b, t->plan, rule_of(t->plan, t->list[at])->node);
    GArray *inputs = t->b->shared->inputs;

    o->n_inputs = 0;
    for (guint i = t->b->shared->part; i < inputs->len; i++) {
        const Input *in = &g_array_index(inputs, Input, i);

        if ((bits >> in->bit & 1) == 0)
            continue;
        o->inputs[o->n_inputs++] = i;
        if (in->judged)
            o->judged |= UINT64_C(1) << in->bit;
    }
}

/* The list is by level: readers stand behind what they read, and are looked at first. */
static void find_needs(Tying *t, size_t at)
{
    memset(t->rules, 0, t->n);
    memset(t->nodes, 0, t->b->shared->model->n_rules);
    t->nodes[rule_of(t->plan, t->list[at])->node] = 1;
    for (size_t i = t->n; i-- > 0;) {
        const Rule *r = rule_of(t->plan, t->list[i]);

        t->rules[i] = t->nodes[r->node];
        for (size_t k = 0; t->rules[i] != 0 && k < r->n_reads; k++)
            t->nodes[r->reads[k]->node] = 1;
    }
}

static void put_needs(Tying *t, size_t at, size_t first_group)
{
    ProgramOutput *o = &t->plan->made[t->list[at]];
    Arena *a = t->b->shared->arena;

    find_needs(t, at);
    o->needs = arena_many(a, uint32_t, t->n);
    o->groups = arena_many(a, uint32_t, t->n_groups + 1);
    for (size_t i = 0; i < t->n; i++) {
        if (t->rules[i] != 0)
            o->needs[o->n_needs++] = t->list[i];
    }
    for (size_t i = 0; i < t->n_groups; i++) {
        if (t->nodes[rule_of(t->plan, t->groups[i].members[0])->node] != 0)
            o->groups[o->n_groups++] = (uint32_t)(first_group + i);
    }
}

void plan_tie(Builder *b, const Plan *plan, const uint32_t *list, size_t n)
{
    size_t first = plan->groups->len;
    Tying t = {.b = b, .plan = plan, .list = list, .n = n};

    if (n < 2)
        return;
    t.n_groups = add_groups(b, plan, list, n);
    t.groups = &g_array_index(plan->groups, ProgramGroup, first);
    t.rules = g_new0(uint8_t, n);
    t.nodes = g_new0(uint8_t, b->shared->model->n_rules + 1);
    for (size_t i = 0; i < n; i++) {
        ProgramOutput *o = &plan->made[list[i]];
        const Rule *r = rule_of(plan, list[i]);

        o->level = r->level;
        o->shared = o->shared || r->n_groups > 0;
        put_needs(&t, i, first);
    }
    for (size_t i = 0; i < n; i++) {
        if (rule_of(plan, list[i])->n_groups > 0)
            share_inputs(&t, i);
    }
    g_free(t.rules);
    g_free(t.nodes);
}
