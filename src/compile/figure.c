/* figure.c — an indicator's expression becomes aggregates and the steps between them.
 * In: EXPR_AGGREGATE over what lies in a region, arithmetic, params, numbers, facts of the region.
 * Out: FigureProgram.  Not here: params (figure_param.c), records of regions (figure_place.c).
 * Read first: build(), build_aggregate(). */
#include "compile/figure_build.h"

#include "compile/figure_place.h"

uint32_t figure_fault(FigureBuilder *b, const char *what)
{
    if (b->error == NULL)
        fail(&b->error, FAIL_INPUT, "indicator %s: %s", b->to->name, what);
    return STEP_FAULT;
}

uint32_t figure_add(FigureBuilder *b, FigureStep s)
{
    if (b->steps->len >= LIMIT_RULE_STEPS)
        return figure_fault(b, "has too many steps");
    s.inner = b->record != NULL;
    g_array_append_val(b->steps, s);
    return b->steps->len - 1;
}

#define fault figure_fault
#define add   figure_add

/* ---- aggregates */

/* Whether an expression can be below 0 for some filling of what is unknown. */
static bool never_negative(const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
        return e->number >= 0;
    case EXPR_FIELD: {
        const Field *f = e->path[e->n_path - 1];
        bool measure = f->type.kind == KIND_AREA || f->type.kind == KIND_SHARE;

        return f->has_range ? f->low >= 0 : measure;
    }
    case EXPR_ADD:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MIN:
        return never_negative(e->a) && never_negative(e->b);
    case EXPR_MAX:
        return never_negative(e->a) || never_negative(e->b);
    case EXPR_RESCALE:
    case EXPR_ROUND:
        return never_negative(e->a);
    case EXPR_IF:
        return never_negative(e->b) && never_negative(e->c);
    case EXPR_AGGREGATE:
        return e->aggregate->kind == AGGREGATE_COUNT || e->aggregate->kind == AGGREGATE_DISTINCT;
    default:
        return false;
    }
}

static bool leaf_of(AggregateKind k, FigureLeaf *ret)
{
    switch (k) {
    case AGGREGATE_COUNT:
        *ret = FIGURE_COUNT;
        return true;
    case AGGREGATE_SUM:
        *ret = FIGURE_SUM;
        return true;
    case AGGREGATE_MIN:
        *ret = FIGURE_LEAST;
        return true;
    case AGGREGATE_MAX:
        *ret = FIGURE_GREATEST;
        return true;
    case AGGREGATE_EXISTS:
        *ret = FIGURE_EXISTS;
        return true;
    case AGGREGATE_SHARE:
        *ret = FIGURE_SHARE;
        return true;
    case AGGREGATE_MEAN:
        *ret = FIGURE_MEAN;
        return true;
    case AGGREGATE_DISTINCT:
        *ret = FIGURE_DISTINCT;
        return true;
    case AGGREGATE_LATEST:
        break;
    }
    return false;
}

typedef struct Outputs {
    const CompileOptions *options;
    Output list[7 + LIMIT_FIGURE_INDEXES];
    size_t n;
} Outputs;

static bool lies_plain(const Outputs *o, const Field *f)
{
    const Dataset *d = o->options->data;
    const Batch *b =
        d != NULL && f->entity->number < d->n_batches ? d->batches[f->entity->number] : NULL;
    const Column *c = b != NULL && f->index < b->n_columns ? b->columns[f->index] : NULL;

    return c != NULL && c->since == NULL && c->physical != PHYSICAL_TEXT;
}

static int output_field(Outputs *o, const Field *f)
{
    if (f == NULL)
        return -1;
    if (lies_plain(o, f))
        return FIGURE_COLUMN(f->index);
    o->list[o->n] = (Output){.kind = OUTPUT_FIELD, .field = f};
    return (int)o->n++;
}

static int output_expr(Outputs *o, const Expr *e)
{
    if (e == NULL)
        return -1;
    if (e->kind == EXPR_FIELD && e->n_path == 1 && lies_plain(o, e->path[0]))
        return FIGURE_COLUMN(e->path[0]->index);
    o->list[o->n] = (Output){.kind = OUTPUT_EXPR, .expr = e};
    return (int)o->n++;
}

static uint32_t build(FigureBuilder *b, const Expr *e);

static void visit_beyond(const Expr *e, void *beyond)
{
    bool *to = beyond;

    *to = *to || e->kind == EXPR_AGGREGATE || e->kind == EXPR_INDEX;
}

/* Whether an expression over a region says more than its own record does. */
static bool beyond_record(const Expr *e)
{
    bool beyond = false;

    expr_walk(e, visit_beyond, &beyond);
    return beyond;
}

/* The condition of a counted region that looks at what lies in it is a step of its own. */
static uint32_t build_where(FigureBuilder *b, const Aggregate *a, bool is_region)
{
    const Entity *before = b->record;
    uint32_t step;

    if (!is_region || a->where == NULL || !beyond_record(a->where))
        return STEP_NONE;
    b->record = a->of;
    step = build(b, a->where);
    b->record = before;
    return step;
}

/* Of each record: a row belongs to itself or to the one it refers to. */
static void group_rows(FigureBuilder *b, const Entity *of, FigureAggregate *to, Outputs *o)
{
    const Field *f = NULL;

    to->group = -1;
    if (b->each == NULL)
        return;
    to->self = of == b->each;
    if (!to->self)
        f = entity_reference(of, b->each);
    if (!to->self && f == NULL)
        fault(b, "counts records that do not refer to one by one field");
    to->group = output_field(o, f);
}

static void index_rows(FigureBuilder *b, const Aggregate *a, FigureAggregate *to, Outputs *o)
{
    to->inner = b->record != NULL;
    for (size_t k = 0; k < LIMIT_FIGURE_INDEXES; k++) {
        to->index[k] = output_expr(o, k < a->n_index ? a->index[k] : NULL);
        if (k < a->n_index && to->is_region && beyond_record(a->index[k]))
            fault(b, "tells regions apart by what lies in them");
    }
}

/* Which rows there are, and when. */
static FigureAggregate rows_of(FigureBuilder *b, const Entity *of, const Expr *where, Outputs *o)
{
    FigureAggregate to = {
        .entity = of->number,
        .is_region = entity_is_region(of),
        .place = output_expr(o, of->place),
        .where = output_expr(o, where),
        .base = -1,
        .value = -1,
        .begin = output_field(o, of->begin),
        .end = output_field(o, of->end),
        .event = output_field(o, of->event_day),
        .end_counts = of->end_counts,
        .end_open = of->end != NULL && of->end->open,
        .where_step = STEP_NONE,
        .group = -1,
        .index = {-1, -1, -1},
        .not_negative = true,
    };

    if (to.place == -1 && !to.is_region)
        fault(b, "the counted records have no place");
    return to;
}

static Program *rows_program(FigureBuilder *b, const Entity *of, const Outputs *o)
{
    if (o->n == 0 || b->error != NULL)
        return NULL;
    return program_new(b->model, of, o->list, o->n, b->options, &b->error);
}

static uint32_t build_aggregate(FigureBuilder *b, const Expr *e)
{
    const Aggregate *a = e->aggregate;
    Outputs o = {.options = b->options};
    uint32_t where_step = build_where(b, a, entity_is_region(a->of));
    FigureAggregate to = rows_of(b, a->of, where_step == STEP_NONE ? a->where : NULL, &o);

    to.where_step = where_step;
    to.base = output_expr(&o, a->base);
    to.value = output_expr(&o, a->value);
    to.known_only = a->known_only;
    to.not_negative = a->value == NULL || never_negative(a->value);
    to.scale = a->value != NULL ? a->value->type.scale : 0;
    if (!leaf_of(a->kind, &to.kind))
        return fault(b, "`latest` needs one record, a place has many");
    if (b->to->flow && a->of->event_day == NULL)
        return fault(b, "a flow counts events, the counted records are not `dated by` a field");
    if (to.is_region && a->value != NULL && beyond_record(a->value))
        return fault(b, "adds up what lies in regions, not what is recorded of them");
    if (to.is_region && a->base != NULL && beyond_record(a->base))
        return fault(b, "takes a share of regions told apart by what lies in them");
    group_rows(b, a->of, &to, &o);
    index_rows(b, a, &to, &o);
    to.program = rows_program(b, a->of, &o);
    if (b->error != NULL)
        return STEP_FAULT;
    g_array_append_val(b->aggregates, to);
    uint32_t leaf = add(b, (FigureStep){.op = FIGURE_LEAF, .number = b->aggregates->len - 1});

    if (a->otherwise == NULL)
        return leaf;
    return add(b, (FigureStep){.op = FIGURE_ELSE, .a = leaf, .b = build(b, a->otherwise)});
}

/* ---- the region's own record */

static uint32_t build_field(FigureBuilder *b, const Expr *e)
{
    Output o = {.kind = OUTPUT_EXPR, .expr = e};

    if (b->each != NULL)
        return fault(b, "reads a fact of the region: it is no figure of one record");
    g_array_append_val(b->fields, o);
    return add(b, (FigureStep){.op = FIGURE_FIELD,
                               .number = b->fields->len - 1,
                               .scale = e->type.scale,
                               .not_negative = never_negative(e)});
}

/* ---- arithmetic and conditions */

static uint32_t two(FigureBuilder *b, FigureOp op, const Expr *x, const Expr *y)
{
    uint32_t s = build(b, x), t = build(b, y);

    return add(b, (FigureStep){.op = op, .a = s, .b = t});
}

static uint32_t negated(FigureBuilder *b, uint32_t x)
{
    return add(b, (FigureStep){.op = FIGURE_NOT, .a = x});
}

static uint32_t build_between(FigureBuilder *b, const Expr *e)
{
    uint32_t x = build(b, e->a), low = build(b, e->b), high = build(b, e->c);
    uint32_t above = add(b, (FigureStep){.op = FIGURE_LE, .a = low, .b = x});
    uint32_t below = add(b, (FigureStep){.op = FIGURE_LE, .a = x, .b = high});

    return add(b, (FigureStep){.op = FIGURE_AND, .a = above, .b = below});
}

static uint32_t choice(FigureBuilder *b, uint32_t condition, uint32_t yes, uint32_t no)
{
    return add(b, (FigureStep){.op = FIGURE_IF, .a = condition, .b = yes, .c = no});
}

static uint32_t build_case(FigureBuilder *b, const Expr *e)
{
    if (e->n_args % 2 == 0)
        return fault(b, "a case without else");
    uint32_t result = build(b, e->args[e->n_args - 1]);

    for (size_t i = e->n_args - 1; i >= 2; i -= 2) {
        uint32_t condition = build(b, e->args[i - 2]), value = build(b, e->args[i - 1]);

        result = choice(b, condition, value, result);
    }
    return result;
}

static uint32_t build_operation(FigureBuilder *b, const Expr *e)
{
    static const FigureOp ops[] = {
        [EXPR_ADD] = FIGURE_ADD, [EXPR_SUB] = FIGURE_SUB, [EXPR_MUL] = FIGURE_MUL,
        [EXPR_DIV] = FIGURE_DIV, [EXPR_MIN] = FIGURE_MIN, [EXPR_MAX] = FIGURE_MAX,
        [EXPR_EQ] = FIGURE_EQ,   [EXPR_LT] = FIGURE_LT,   [EXPR_LE] = FIGURE_LE,
        [EXPR_AND] = FIGURE_AND, [EXPR_OR] = FIGURE_OR,
    };

    switch (e->kind) {
    case EXPR_GT:
        return two(b, FIGURE_LT, e->b, e->a);
    case EXPR_GE:
        return two(b, FIGURE_LE, e->b, e->a);
    case EXPR_NE:
        return negated(b, two(b, FIGURE_EQ, e->a, e->b));
    case EXPR_NOT:
        return negated(b, build(b, e->a));
    case EXPR_NEG:
        return add(b, (FigureStep){.op = FIGURE_NEG, .a = build(b, e->a)});
    case EXPR_ROUND:
        return add(b, (FigureStep){.op = FIGURE_ROUND,
                                   .a = build(b, e->a),
                                   .number = e->number,
                                   .scale = e->type.scale});
    default:
        if ((size_t)e->kind >= G_N_ELEMENTS(ops) || ops[e->kind] == FIGURE_LEAF)
            return fault(b, "holds an operation that needs a record");
        return two(b, ops[e->kind], e->a, e->b);
    }
}

static uint32_t build(FigureBuilder *b, const Expr *e)
{
    if (b->error != NULL)
        return STEP_FAULT;
    /* Below a region, whatever its own record says is one field of it. */
    if (b->record != NULL && e->kind != EXPR_NUMBER && e->kind != EXPR_TRUTH && !beyond_record(e))
        return build_field(b, e);
    switch (e->kind) {
    case EXPR_FIELD:
        return build_field(b, e);
    case EXPR_NUMBER:
        return add(b,
                   (FigureStep){.op = FIGURE_NUMBER, .number = e->number, .scale = e->type.scale});
    case EXPR_TRUTH:
        return add(b, (FigureStep){.op = FIGURE_NUMBER, .number = e->number == TRUTH_YES});
    case EXPR_PARAM:
        return figure_param(b, e);
    case EXPR_AGGREGATE:
        return build_aggregate(b, e);
    case EXPR_RESCALE: /* fractions have no decimals to change */
        return build(b, e->a);
    case EXPR_BETWEEN:
        return build_between(b, e);
    case EXPR_IF: {
        uint32_t condition = build(b, e->a), yes = build(b, e->b);

        return choice(b, condition, yes, build(b, e->c));
    }
    case EXPR_CASE:
        return build_case(b, e);
    default:
        return build_operation(b, e);
    }
}

/* ---- programs */

static const int *wider_codes(Arena *a, const Enum *of)
{
    int *wider = arena_many(a, int, of->n_codes + 1);

    for (size_t i = 0; i < of->n_codes; i++)
        wider[i] = of->codes[i].wider != NULL ? (int)of->codes[i].wider->number : -1;
    return wider;
}

static void builder_init(FigureBuilder *b, const Model *m, const Indicator *i,
                         const CompileOptions *o)
{
    Arena *a = arena_new();
    FigureProgram *p = arena_new_of(a, FigureProgram);

    *b = (FigureBuilder){.model = m,
                         .options = o,
                         .indicator = i,
                         .to = p,
                         .aggregates = g_array_new(FALSE, FALSE, sizeof(FigureAggregate)),
                         .steps = g_array_new(FALSE, FALSE, sizeof(FigureStep)),
                         .params = g_array_new(FALSE, FALSE, sizeof(FigureParam)),
                         .fields = g_array_new(FALSE, FALSE, sizeof(Output))};
    p->arena = a;
    p->indicator = i->number;
    p->name = arena_dup(a, i->name.at, i->name.len);
    p->flow = i->flow;
    p->scale = i->type.scale;
    p->regions = o->regions;
    p->n_index = i->n_index;
    p->n_cells = indicator_cells(i);
    for (size_t k = 0; k < i->n_index; k++)
        p->index[k] =
            (FigureIndex){(unsigned)i->index[k].of->n_codes, wider_codes(a, i->index[k].of)};
}

static void visit_region(const Expr *e, void *found)
{
    bool *to = found;
    bool counted = e->kind == EXPR_AGGREGATE && entity_is_region(e->aggregate->of);
    bool read = e->kind == EXPR_FIELD && e->n_path > 0 && entity_is_region(e->path[0]->entity);

    *to = *to || counted || read;
}

/* Regions are read in the order of the tree, so that a place's row is its record. */
static void order_places(FigureBuilder *b, const Expr *e, bool over_region)
{
    const Entity *region = model_entity(b->model, STR("region"));
    FigureProgram *p = b->to;
    bool asked = over_region;

    expr_walk(e, visit_region, &asked);
    if (!asked || region == NULL)
        return;
    p->place_rows = figure_places(b->model, region, b->options->data, p->regions);
    p->places = arena_new_of(p->arena, Dataset);
    p->places->n_batches = b->model->n_entities;
    p->places->batches = arena_many(p->arena, Batch *, b->model->n_entities + 1);
    for (size_t i = 0; i < b->model->n_entities; i++)
        if (b->options->data != NULL && i < b->options->data->n_batches)
            p->places->batches[i] = b->options->data->batches[i];
    p->places->batches[region->number] = p->place_rows;
    b->ordered = *b->options;
    b->ordered.data = p->places;
    b->options = &b->ordered;
}

static void build_fields(FigureBuilder *b)
{
    if (b->fields->len == 0 || b->error != NULL)
        return;
    b->to->region_fields =
        program_new(b->model, model_entity(b->model, STR("region")),
                    &g_array_index(b->fields, Output, 0), b->fields->len, b->options, &b->error);
}

static FigureProgram *builder_end(FigureBuilder *b, GError **error)
{
    FigureProgram *p = b->to;

    build_fields(b);
    p->aggregates = arena_list(p->arena, b->aggregates, NULL);
    p->n_aggregates = b->aggregates->len;
    p->steps = arena_list(p->arena, b->steps, NULL);
    p->n_steps = b->steps->len;
    p->params = arena_list(p->arena, b->params, NULL);
    p->n_params = b->params->len;
    g_array_free(b->aggregates, TRUE);
    g_array_free(b->steps, TRUE);
    g_array_free(b->params, TRUE);
    g_array_free(b->fields, TRUE);
    if (b->error == NULL)
        return p;
    figure_program_free(p);
    g_propagate_error(error, b->error);
    return NULL;
}

static FigureProgram *program_of(FigureBuilder *b, const Expr *e, GError **error)
{
    if (b->options->regions == NULL) {
        fault(b, "needs the tree of places");
    } else {
        order_places(b, e, b->record != NULL);
        build(b, e);
    }
    return builder_end(b, error);
}

FigureProgram *figure_program_new(const Model *m, const Indicator *indicator,
                                  const CompileOptions *o, GError **error)
{
    FigureBuilder b;

    builder_init(&b, m, indicator, o);
    return program_of(&b, indicator->value, error);
}

FigureProgram *figure_program_value(const Model *m, const Target *t, const Expr *value,
                                    const CompileOptions *o, GError **error)
{
    FigureBuilder b;

    builder_init(&b, m, t->indicator, o);
    return program_of(&b, value, error);
}

FigureProgram *figure_program_where(const Model *m, const Target *t, const CompileOptions *o,
                                    GError **error)
{
    FigureBuilder b;

    builder_init(&b, m, t->indicator, o);
    b.to->flow = false; /* a region is as it stands on a day */
    b.to->scale = 0;
    b.to->n_index = 0;
    b.to->n_cells = 1;
    b.record = model_entity(m, STR("region"));
    return program_of(&b, t->each_where, error);
}

FigureProgram *figure_program_each(const Model *m, const Target *t, const CompileOptions *o,
                                   GError **error)
{
    FigureBuilder b;
    Outputs outputs = {.options = o};

    builder_init(&b, m, t->indicator, o);
    b.each = t->of;
    b.to->each = arena_new_of(b.to->arena, FigureAggregate);
    *b.to->each = rows_of(&b, t->of, t->of_where, &outputs);
    b.to->each->kind = FIGURE_COUNT;
    b.to->each->program = rows_program(&b, t->of, &outputs);
    return program_of(&b, t->indicator->value, error);
}

void figure_program_free(FigureProgram *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_aggregates; i++)
        program_free(p->aggregates[i].program);
    if (p->each != NULL)
        program_free(p->each->program);
    program_free(p->region_fields);
    batch_free(p->place_rows);
    arena_free(p->arena);
}
