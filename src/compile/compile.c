/* compile.c — one Program for all that is wanted of an entity's records.
 * In: Model, entity, outputs, options.  Out: Program, or an error that names the rule.
 * Expressions: lower.c and its neighbours; steps: build.c.  Start: program_new(). */
#include "compile/build.h"

#include "base/limits.h"

static int origin_order(const void *x, const void *y)
{
    const StepOf *a = x, *b = y;

    if (a->expr != b->expr)
        return (uintptr_t)a->expr < (uintptr_t)b->expr ? -1 : 1;
    return a->record < b->record ? -1 : a->record > b->record;
}

void builder_freeze(Builder *b, Program *p)
{
    Arena *a = b->shared->arena;

    g_array_sort(b->origins, origin_order);
    p->arena = a;
    p->steps = arena_list(a, b->steps, NULL);
    p->n_steps = b->steps->len;
    p->args = arena_list(a, b->args, NULL);
    p->slots = arena_list(a, b->slots, NULL);
    p->n_slots = b->slots->len;
    p->cuts = arena_list(a, b->cuts, NULL);
    p->n_cuts = b->cuts->len;
    p->aggregates = arena_list(a, b->aggregates, NULL);
    p->n_aggregates = b->aggregates->len;
    p->origins = arena_list(a, b->origins, NULL);
    p->n_origins = b->origins->len;
    p->regions = b->shared->options->regions;
}

/* How far each list had come before an output: an output that does not fit beside the others is
 * built anew in a part of its own. */
typedef struct Mark {
    guint steps, args, slots, cuts, aggregates, origins, inputs;
} Mark;

static Mark mark_of(const Builder *b)
{
    return (Mark){b->steps->len,      b->args->len,    b->slots->len,         b->cuts->len,
                  b->aggregates->len, b->origins->len, b->shared->inputs->len};
}

static void back_to(Builder *b, Mark m)
{
    g_array_set_size(b->steps, m.steps);
    g_array_set_size(b->args, m.args);
    g_array_set_size(b->slots, m.slots);
    g_array_set_size(b->cuts, m.cuts);
    g_array_set_size(b->aggregates, m.aggregates);
    g_array_set_size(b->origins, m.origins);
    g_array_set_size(b->shared->inputs, m.inputs);
    b->shared->full = false;
    b->shared->depth = 0;
    g_clear_error(&b->shared->error);
    builder_new_part(b);
}

static bool build_together(Builder *b, const Plan *plan, const uint32_t *list, size_t n,
                           uint32_t *ret_at)
{
    for (size_t i = 0; i < n; i++) {
        *ret_at = list[i];
        if (!output_build(b, &plan->all[list[i]], &plan->made[list[i]]))
            return false;
    }
    plan_tie(b, plan, list, n);
    return b->shared->error == NULL;
}

static bool build_outputs(Builder *b, const Plan *plan, const uint32_t *list, size_t n,
                          GError **error)
{
    Mark before = mark_of(b);
    guint groups = plan->groups->len;
    uint32_t at = 0;
    const char *what = "an expression";
    Str name = {NULL, 0};

    if (build_together(b, plan, list, n, &at))
        return true;
    if (b->shared->full && before.steps > b->first) {
        back_to(b, before);
        g_array_set_size(plan->groups, groups);
        if (build_together(b, plan, list, n, &at))
            return true;
    }
    const Output *o = &plan->all[at];

    if (o->kind == OUTPUT_RULE) {
        what = "rule";
        name = o->rule->name;
    } else if (o->kind == OUTPUT_FIELD) {
        what = "field";
        name = o->field->name;
    }
    g_propagate_error(error, b->shared->error);
    b->shared->error = NULL;
    return fail_while(error, "%s%s%.*s cannot be run", what, name.len > 0 ? " " : "",
                      STR_ARG(name));
}

static bool build_all(Builder *b, Program *p, const Output *outputs, size_t n, GError **error)
{
    Plan plan;
    bool built = true;

    plan_make(p->arena, b->shared->model, outputs, n, &plan);
    b->shared->plan = &plan;
    for (size_t i = 0; i < plan.n && built; i = plan.end[i])
        built = build_outputs(b, &plan, plan.order + i, plan.end[i] - i, error);
    p->outputs = plan.made;
    p->n_outputs = n;
    p->n_all = plan.n;
    p->groups = arena_list(p->arena, plan.groups, NULL);
    p->n_groups = plan.groups->len;
    for (size_t i = 0; i < plan.n; i++)
        p->n_levels = MAX(p->n_levels, p->outputs[i].level + 1);
    plan_clear(&plan);
    return built;
}

Program *program_new(const Model *m, const Entity *subject, const Output *outputs, size_t n,
                     const CompileOptions *o, GError **error)
{
    static const CompileOptions none = {0};
    Arena *a = arena_new();
    Program *p = arena_new_of(a, Program);
    CompileOptions options = o != NULL ? *o : none;
    Shared shared = {.arena = a, .model = m, .options = &options};
    Builder b;

    p->arena = a;
    if (options.regions == NULL && m->n_regions > 0)
        options.regions = region_tree_new(a, m);
    shared.inputs = g_array_new(FALSE, TRUE, sizeof(Input));
    builder_init(&b, &shared, subject);
    bool built = build_all(&b, p, outputs, n, error);

    if (built) {
        builder_freeze(&b, p);
        p->inputs = arena_list(a, shared.inputs, NULL);
        p->n_inputs = shared.inputs->len;
        p->entity = subject->number;
        p->entity_name = arena_dup(a, subject->name.at, subject->name.len);
    }
    builder_clear(&b);
    g_array_free(shared.inputs, TRUE);
    if (!built) {
        arena_free(a);
        return NULL;
    }
    return p;
}

void program_free(Program *p)
{
    if (p != NULL)
        arena_free(p->arena);
}
