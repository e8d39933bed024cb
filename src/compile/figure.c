/* figure.c — an indicator's expression becomes aggregates and the steps between them.
 * In: EXPR_AGGREGATE over what lies in a region, arithmetic, params, numbers.  Out: FigureProgram.
 * Read first: build(), build_aggregate(). */
#include "compile/figure.h"

#include "base/limits.h"
#include "compile/param.h"

typedef struct FigureBuilder {
    const Model *model;
    const CompileOptions *options;
    FigureProgram *to;
    GArray *aggregates, *steps, *params;
    GError *error; /* the first fault */
} FigureBuilder;

#define STEP_FAULT 0u /* after a fault numbers of steps do not matter */

static uint32_t fault(FigureBuilder *b, const char *what)
{
    if (b->error == NULL)
        fail(&b->error, FAIL_INPUT, "indicator %s: %s", b->to->name, what);
    return STEP_FAULT;
}

static uint32_t add(FigureBuilder *b, FigureStep s)
{
    if (b->steps->len >= LIMIT_RULE_STEPS)
        return fault(b, "has too many steps");
    g_array_append_val(b->steps, s);
    return b->steps->len - 1;
}

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
        return e->aggregate->kind == AGGREGATE_COUNT;
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
    case AGGREGATE_LATEST:
        break;
    }
    return false;
}

typedef struct Outputs {
    Output list[6];
    size_t n;
} Outputs;

static int output_expr(Outputs *o, const Expr *e)
{
    if (e == NULL)
        return -1;
    o->list[o->n] = (Output){.kind = OUTPUT_EXPR, .expr = e};
    return (int)o->n++;
}

static int output_field(Outputs *o, const Field *f)
{
    if (f == NULL)
        return -1;
    o->list[o->n] = (Output){.kind = OUTPUT_FIELD, .field = f};
    return (int)o->n++;
}

static uint32_t build(FigureBuilder *b, const Expr *e);

static uint32_t build_aggregate(FigureBuilder *b, const Expr *e)
{
    const Aggregate *a = e->aggregate;
    const Entity *of = a->of;
    Outputs o = {0};
    FigureAggregate to = {
        .entity = of->number,
        .is_region = of->place == NULL && str_is(of->name, "region"),
        .place = output_expr(&o, of->place),
        .where = output_expr(&o, a->where),
        .value = output_expr(&o, a->value),
        .begin = output_field(&o, of->begin),
        .end = output_field(&o, of->end),
        .event = output_field(&o, of->event_day),
        .end_counts = of->end_counts,
        .end_open = of->end != NULL && of->end->open,
        .known_only = a->known_only,
        .not_negative = a->value == NULL || never_negative(a->value),
        .scale = a->value != NULL ? a->value->type.scale : 0,
    };

    if (!leaf_of(a->kind, &to.kind))
        return fault(b, "`latest` needs one record, a place has many");
    if (to.place < 0 && !to.is_region)
        return fault(b, "the counted records have no place");
    if (b->to->flow && of->event_day == NULL)
        return fault(b, "a flow counts events, the counted records are not `dated by` a field");
    if (o.n > 0)
        to.program =
            program_new(b->model, of, o.list, o.n, b->options, b->error == NULL ? &b->error : NULL);
    if (b->error != NULL)
        return STEP_FAULT;
    g_array_append_val(b->aggregates, to);
    uint32_t leaf = add(b, (FigureStep){.op = FIGURE_LEAF, .number = b->aggregates->len - 1});

    if (a->otherwise == NULL)
        return leaf;
    return add(b, (FigureStep){.op = FIGURE_ELSE, .a = leaf, .b = build(b, a->otherwise)});
}

/* ---- params */

static int date_order(gconstpointer a, gconstpointer b)
{
    const Date *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Codes of the param's indexes; the region's is left to the figure's own, unless one is named. */
static bool param_codes(FigureBuilder *b, const Expr *e, int64_t codes[4], int32_t *ret_region)
{
    *ret_region = ROW_NONE;
    for (size_t i = 0; i < e->n_args && i < 4; i++) {
        const Expr *x = e->args[i];

        if (e->param->index[i].is_region) {
            if (x->kind == EXPR_REGION)
                *ret_region = region_row(b->options->regions, x->text);
            else if (x->kind == EXPR_FIELD && x->n_path > 0)
                return fault(b, "a param is looked up by a field, an indicator has no record");
        } else if (x->kind == EXPR_CODE) {
            codes[i] = x->number;
        } else {
            return fault(b, "a param's index is not one of its codes");
        }
    }
    return true;
}

static bool fill_slice(FigureBuilder *b, const ParamWorld *w, const Expr *e, FigureSlice *to)
{
    const RegionTree *t = b->options->regions;
    int64_t codes[4] = {0};
    int32_t fixed;

    if (!param_codes(b, e, codes, &fixed) || b->error != NULL)
        return false;
    to->value = arena_many(b->to->arena, int64_t, t->n + 1);
    to->known = arena_many(b->to->arena, uint8_t, t->n + 1);
    for (size_t i = 0; i <= t->n; i++) {
        int32_t region = fixed != ROW_NONE ? fixed : i < t->n ? (int32_t)i : ROW_NONE;
        ParamAnswer x = param_at(w, e->param, region, codes, to->from);

        if (x.fault)
            return fault(b, "the value of a param does not fit its decimals");
        to->known[i] = x.known;
        to->value[i] = x.known ? x.value : 0;
    }
    return true;
}

static uint32_t build_param(FigureBuilder *b, const Expr *e)
{
    const CompileOptions *o = b->options;
    ParamWorld w = {b->model, o->regions, o->changes, o->n_changes, 0};
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Date));
    Date first = DATE_MIN;
    FigureParam to = {.name = arena_dup(b->to->arena, e->param->name.at, e->param->name.len),
                      .scale = e->type.scale};

    g_array_append_val(days, first);
    param_days(&w, e->param, days);
    g_array_sort(days, date_order);
    to.slices = arena_many(b->to->arena, FigureSlice, days->len);
    for (guint i = 0; i < days->len; i++) {
        to.slices[i].from = g_array_index(days, Date, i);
        if (!fill_slice(b, &w, e, &to.slices[i]))
            return STEP_FAULT;
    }
    to.n_slices = days->len;
    g_array_append_val(b->params, to);
    return add(b, (FigureStep){.op = FIGURE_PARAM, .number = b->params->len - 1});
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
    switch (e->kind) {
    case EXPR_NUMBER:
        return add(b,
                   (FigureStep){.op = FIGURE_NUMBER, .number = e->number, .scale = e->type.scale});
    case EXPR_TRUTH:
        return add(b, (FigureStep){.op = FIGURE_NUMBER, .number = e->number == TRUTH_YES});
    case EXPR_PARAM:
        return build_param(b, e);
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

static void *keep(Arena *a, GArray *list, size_t size)
{
    void *own = arena_array(a, list->len, size);

    if (list->len > 0)
        memcpy(own, list->data, list->len * size);
    return own;
}

FigureProgram *figure_program_new(const Model *m, const Indicator *indicator,
                                  const CompileOptions *o, GError **error)
{
    Arena *a = arena_new();
    FigureProgram *p = arena_new_of(a, FigureProgram);
    FigureBuilder b = {.model = m,
                       .options = o,
                       .to = p,
                       .aggregates = g_array_new(FALSE, FALSE, sizeof(FigureAggregate)),
                       .steps = g_array_new(FALSE, FALSE, sizeof(FigureStep)),
                       .params = g_array_new(FALSE, FALSE, sizeof(FigureParam))};

    p->arena = a;
    p->indicator = indicator->number;
    p->name = arena_dup(a, indicator->name.at, indicator->name.len);
    p->flow = indicator->flow;
    p->scale = indicator->type.scale;
    p->regions = o->regions;
    if (o->regions == NULL)
        fault(&b, "needs the tree of places");
    else
        build(&b, indicator->value);
    p->aggregates = keep(a, b.aggregates, sizeof(FigureAggregate));
    p->n_aggregates = b.aggregates->len;
    p->steps = keep(a, b.steps, sizeof(FigureStep));
    p->n_steps = b.steps->len;
    p->params = keep(a, b.params, sizeof(FigureParam));
    p->n_params = b.params->len;
    g_array_free(b.aggregates, TRUE);
    g_array_free(b.steps, TRUE);
    g_array_free(b.params, TRUE);
    if (b.error == NULL)
        return p;
    figure_program_free(p);
    g_propagate_error(error, b.error);
    return NULL;
}

void figure_program_free(FigureProgram *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; i < p->n_aggregates; i++)
        program_free(p->aggregates[i].program);
    arena_free(p->arena);
}
