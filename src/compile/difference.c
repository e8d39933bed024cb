/* difference.c — step by step, then slice by slice; see difference.h. */
#include "compile/difference.h"

#include "compile/ops.h"

static bool same_step(const Step *x, const Step *y)
{
    /* Ranges, widths and drifts are proven of the same steps; what a param holds is compared by
     * days. */
    return x->op == y->op && x->is_truth == y->is_truth && x->scale == y->scale && x->a == y->a &&
           x->b == y->b && x->c == y->c && x->n_args == y->n_args && x->number == y->number &&
           x->number_b == y->number_b && x->slot == y->slot &&
           (x->op != OP_FIELD || (x->entity == y->entity && x->column == y->column));
}

static bool same_args(const Program *a, const Program *b, const Step *x, const Step *y)
{
    for (uint32_t i = 0; i < x->n_args; i++) {
        if (a->args[x->args + i] != b->args[y->args + i])
            return false;
    }
    return true;
}

static bool same_cuts(const Cuts *x, const Cuts *y)
{
    return x->n == y->n && (x->n == 0 || memcmp(x->at, y->at, x->n * sizeof *x->at) == 0);
}

static bool same_inputs(const Program *a, const Program *b)
{
    for (size_t i = 0; i < a->n_inputs; i++) {
        if (a->inputs[i].kind != b->inputs[i].kind || a->inputs[i].bit != b->inputs[i].bit ||
            strcmp(a->inputs[i].name, b->inputs[i].name) != 0)
            return false;
    }
    return true;
}

static bool same_programs(const Program *a, const Program *b);

static bool same_aggregate(const AggregateStep *x, const AggregateStep *y)
{
    return x->kind == y->kind && x->bound == y->bound && x->part == y->part && x->up == y->up &&
           x->above == y->above && x->at == y->at && x->known_only == y->known_only &&
           x->never_negative == y->never_negative && x->entity == y->entity &&
           x->reference == y->reference && x->present == y->present && x->where == y->where &&
           x->value == y->value && x->event_day == y->event_day && x->otherwise == y->otherwise &&
           x->nothing == y->nothing && same_programs(x->body, y->body);
}

static bool same_shape(const Slot *x, const Slot *y)
{
    return x->n_cells == y->n_cells && x->n_axes == y->n_axes && x->is_truth == y->is_truth &&
           memcmp(x->strides, y->strides, sizeof x->strides) == 0 &&
           memcmp(x->sizes, y->sizes, sizeof x->sizes) == 0;
}

static bool same_output(const ProgramOutput *x, const ProgramOutput *y)
{
    return x->kind == y->kind && x->root == y->root && x->present == y->present &&
           x->when == y->when && x->amount == y->amount && x->require == y->require &&
           x->once == y->once && x->most == y->most && x->once_open == y->once_open &&
           x->days == y->days && x->month == y->month && x->day == y->day &&
           x->has_round == y->has_round && x->round == y->round && x->territory == y->territory;
}

/* Which benefits exclude each other, and how: what is left of one depends on it. */
static bool same_group(const ProgramGroup *x, const ProgramGroup *y)
{
    if (x->kind != y->kind || x->n_members != y->n_members || x->choice != y->choice ||
        x->applies != y->applies || x->level != y->level)
        return false;
    for (size_t i = 0; i < x->n_members; i++) {
        if (x->members[i] != y->members[i] ||
            (x->kind == GROUP_CHOSEN && x->codes[i] != y->codes[i]))
            return false;
    }
    return true;
}

/* The outputs asked for, those they rest on, and the groups. */
static bool same_outputs(const Program *a, const Program *b)
{
    if (a->n_outputs != b->n_outputs || a->n_all != b->n_all || a->n_groups != b->n_groups)
        return false;
    for (size_t i = 0; i < a->n_all; i++) {
        if (!same_output(&a->outputs[i], &b->outputs[i]))
            return false;
    }
    for (size_t i = 0; i < a->n_groups; i++) {
        if (!same_group(&a->groups[i], &b->groups[i]))
            return false;
    }
    return true;
}

/* All but the days of outputs and groups, and the values in slots. */
static bool same_programs(const Program *a, const Program *b)
{
    if (a->entity != b->entity || a->n_steps != b->n_steps || a->n_slots != b->n_slots ||
        a->n_cuts != b->n_cuts || a->n_aggregates != b->n_aggregates ||
        a->n_inputs != b->n_inputs || !same_inputs(a, b) || !same_outputs(a, b))
        return false;
    for (size_t i = 0; i < a->n_steps; i++) {
        if (!same_step(&a->steps[i], &b->steps[i]) || !same_args(a, b, &a->steps[i], &b->steps[i]))
            return false;
    }
    for (size_t i = 0; i < a->n_cuts; i++) {
        if (!same_cuts(&a->cuts[i], &b->cuts[i]))
            return false;
    }
    for (size_t i = 0; i < a->n_slots; i++) {
        if (!same_shape(&a->slots[i], &b->slots[i]))
            return false;
    }
    for (size_t i = 0; i < a->n_aggregates; i++) {
        if (!same_aggregate(&a->aggregates[i], &b->aggregates[i]))
            return false;
    }
    return true;
}

/* ---- values by days ----------------------------------------------------------------------- */

static bool same_cells(const Slot *x, const SlotSlice *p, const Slot *y, const SlotSlice *q)
{
    for (size_t i = 0; i < x->n_cells; i++) {
        uint64_t m = p->missing != NULL ? p->missing[i] : 0,
                 n = q->missing != NULL ? q->missing[i] : 0;

        if (m != n || (m == 0 && physical_get(x->physical, p->value, i) !=
                                     physical_get(y->physical, q->value, i)))
            return false;
    }
    return true;
}

static Date slots_differ(const Slot *x, const Slot *y)
{
    for (size_t i = 0, k = 0; i < x->n_slices || k < y->n_slices;) {
        Date p = i < x->n_slices ? x->slices[i].from : DATE_MAX;
        Date q = k < y->n_slices ? y->slices[k].from : DATE_MAX, day = MIN(p, q);

        if (!same_cells(x, slot_slice(x, day), y, slot_slice(y, day)))
            return day;
        i += p == day;
        k += q == day;
    }
    return DATE_MAX;
}

static Date values_differ(const Program *a, const Program *b)
{
    Date day = DATE_MAX;

    for (size_t i = 0; i < a->n_slots; i++)
        day = MIN(day, slots_differ(&a->slots[i], &b->slots[i]));
    for (size_t i = 0; i < a->n_aggregates; i++)
        day = MIN(day, values_differ(a->aggregates[i].body, b->aggregates[i].body));
    return day;
}

/* The first day on which one is in force and the other is not; DATE_MAX: none. */
static Date force_differs(Date from, Date until, Date other_from, Date other_until)
{
    if (from != other_from)
        return MIN(from, other_from);
    return until != other_until ? MIN(until, other_until) + 1 : DATE_MAX;
}

Date program_difference(const Program *a, const Program *b)
{
    const ProgramOutput *x = &a->outputs[0], *y = &b->outputs[0];
    Date first = MIN(x->from, y->from), day;

    if (!same_programs(a, b))
        return first;
    day = values_differ(a, b);
    for (size_t i = 0; i < a->n_all; i++)
        day = MIN(day, force_differs(a->outputs[i].from, a->outputs[i].until, b->outputs[i].from,
                                     b->outputs[i].until));
    for (size_t i = 0; i < a->n_groups; i++)
        day = MIN(day, force_differs(a->groups[i].from, a->groups[i].until, b->groups[i].from,
                                     b->groups[i].until));
    return day == DATE_MAX ? DATE_MAX : MAX(day, first);
}

/* ---- figures ------------------------------------------------------------------------------ */

static bool same_program(const Program *a, const Program *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || same_programs(a, b));
}

static bool same_counted(const FigureAggregate *x, const FigureAggregate *y)
{
    return x->kind == y->kind && x->entity == y->entity && x->place == y->place &&
           x->where == y->where && x->base == y->base && x->value == y->value &&
           x->begin == y->begin && x->end == y->end && x->event == y->event &&
           memcmp(x->index, y->index, sizeof x->index) == 0 && x->group == y->group &&
           x->self == y->self && x->where_step == y->where_step && x->inner == y->inner &&
           x->is_region == y->is_region && x->end_counts == y->end_counts &&
           x->end_open == y->end_open && x->known_only == y->known_only && x->scale == y->scale &&
           same_program(x->program, y->program);
}

static bool same_figure_step(const FigureStep *x, const FigureStep *y)
{
    return x->op == y->op && x->a == y->a && x->b == y->b && x->c == y->c &&
           x->number == y->number && x->scale == y->scale && x->inner == y->inner;
}

/* All but the values of params. */
static bool same_figures(const FigureProgram *a, const FigureProgram *b)
{
    if (a->flow != b->flow || a->scale != b->scale || a->n_aggregates != b->n_aggregates ||
        a->n_steps != b->n_steps || a->n_params != b->n_params || a->n_cells != b->n_cells ||
        !same_program(a->region_fields, b->region_fields))
        return false;
    for (size_t i = 0; i < a->n_aggregates; i++)
        if (!same_counted(&a->aggregates[i], &b->aggregates[i]))
            return false;
    for (size_t i = 0; i < a->n_steps; i++)
        if (!same_figure_step(&a->steps[i], &b->steps[i]))
            return false;
    for (size_t i = 0; i < a->n_params; i++)
        if (a->params[i].scale != b->params[i].scale ||
            a->params[i].by_cell != b->params[i].by_cell)
            return false;
    return true;
}

static const FigureSlice *slice_on(const FigureParam *p, Date day)
{
    size_t i = p->n_slices;
    while (i > 1 && p->slices[i - 1].from > day)
        i--;
    return &p->slices[i - 1];
}

static Date params_differ(const FigureParam *x, const FigureParam *y, size_t n)
{
    Date first = DATE_MAX;
    for (size_t k = 0; k < x->n_slices + y->n_slices; k++) {
        Date day = k < x->n_slices ? x->slices[k].from : y->slices[k - x->n_slices].from;
        const FigureSlice *p = slice_on(x, day), *q = slice_on(y, day);
        bool same = true;
        for (size_t i = 0; i < n && same; i++)
            same = p->known[i] == q->known[i] && (!p->known[i] || p->value[i] == q->value[i]);
        if (!same)
            first = MIN(first, day);
    }
    return first;
}

Date figure_difference(const FigureProgram *a, const FigureProgram *b)
{
    Date day = DATE_MAX;
    if (!same_figures(a, b))
        return DATE_MIN;
    for (size_t i = 0; i < a->n_aggregates; i++)
        if (a->aggregates[i].program != NULL)
            day = MIN(day, values_differ(a->aggregates[i].program, b->aggregates[i].program));
    if (a->region_fields != NULL)
        day = MIN(day, values_differ(a->region_fields, b->region_fields));
    for (size_t i = 0; i < a->n_params; i++) {
        size_t cells = a->params[i].by_cell ? a->n_cells : 1;
        day = MIN(day, params_differ(&a->params[i], &b->params[i], (a->regions->n + 1) * cells));
    }
    return day;
}
