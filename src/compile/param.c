/* param.c — the value of a param in force: the nearest region upwards that has one, what-if values
 * first, then the default.  An unsure value, or one outside its delegated bounds, is not a value.
 * In: Model, region, codes, day.  Out: value or the param that lacks one.  Start: param_at(). */
#include "compile/param.h"

#include "base/limits.h"
#include "compile/ops.h"

#define EVERYWHERE ROW_NONE

struct ParamMemo {
    Arena *arena;
    GHashTable *by_place, *tables; /* by Param */
};

ParamMemo *param_memo_new(void)
{
    Arena *a = arena_new();
    ParamMemo *m = arena_new_of(a, ParamMemo);
    *m = (ParamMemo){a, g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL)};
    return m;
}

void param_memo_free(ParamMemo *m)
{
    if (m == NULL)
        return;
    g_hash_table_destroy(m->by_place);
    g_hash_table_destroy(m->tables);
    arena_free(m->arena);
}

Arena *param_memo_arena(ParamMemo *m)
{
    return m->arena;
}

const ParamTable *param_memo_find(const ParamMemo *m, const Param *p, unsigned free,
                                  const int64_t *fixed)
{
    const ParamTable *t = g_hash_table_lookup(m->tables, p);
    while (t != NULL && (t->free != free || memcmp(t->fixed, fixed, sizeof t->fixed) != 0))
        t = t->next;
    return t;
}

void param_memo_add(ParamMemo *m, const Param *p, ParamTable *t)
{
    t->next = g_hash_table_lookup(m->tables, p);
    g_hash_table_insert(m->tables, (gpointer)p, t);
}

ParamWorld param_world(const Model *m, const CompileOptions *o)
{
    return (ParamWorld){.model = m,
                        .regions = o->regions,
                        .changes = o->changes,
                        .n_changes = o->n_changes,
                        .memo = o->n_changes == 0 ? o->memo : NULL};
}

typedef struct Case { /* what a default or bound is computed for */
    const ParamWorld *world;
    const Param *param;
    int32_t region;
    const int64_t *codes;
    Date day;
} Case;

static ParamAnswer answer(int64_t value)
{
    return (ParamAnswer){.known = true, .value = value};
}

static ParamAnswer lacking(const Param *p)
{
    return (ParamAnswer){.lacking = p};
}

static bool has_region_index(const Param *p)
{
    for (size_t i = 0; i < p->n_index; i++) {
        if (p->index[i].is_region)
            return true;
    }
    return false;
}

static int32_t row_of(const ParamWorld *w, Str code)
{
    return w->regions == NULL || code.len == 0 ? EVERYWHERE : region_row(w->regions, code);
}

/* Where a value holds: its own region, else its document's place. */
static int32_t value_place(const ParamWorld *w, const ParamValue *v)
{
    if (v->region.len > 0)
        return row_of(w, v->region);
    return v->home.document == NULL ? EVERYWHERE : row_of(w, v->home.document->place);
}

static bool reads_place(const ParamWorld *w, const Expr *e, unsigned depth);

static bool by_place(const ParamWorld *w, const Param *p, unsigned depth)
{
    if (w->regions == NULL || depth > LIMIT_NESTING)
        return false;
    for (size_t i = 0; i < w->n_changes; i++) {
        if (w->changes[i].param == p && row_of(w, w->changes[i].region) != EVERYWHERE)
            return true;
    }
    for (size_t i = 1; i < p->n_values; i++) {
        if (value_place(w, &p->values[i]) != value_place(w, &p->values[0]))
            return true;
    }
    return reads_place(w, p->otherwise, depth) || reads_place(w, p->floor, depth) ||
           reads_place(w, p->ceiling, depth);
}

/* A default or bound may rest on a param that places below have set. */
static bool reads_place(const ParamWorld *w, const Expr *e, unsigned depth)
{
    if (e == NULL)
        return false;
    if (e->kind == EXPR_PARAM && !has_region_index(e->param) && by_place(w, e->param, depth + 1))
        return true;
    for (size_t i = 0; i < e->n_args; i++) {
        if (reads_place(w, e->args[i], depth))
            return true;
    }
    return reads_place(w, e->a, depth) || reads_place(w, e->b, depth) ||
           reads_place(w, e->c, depth);
}

bool param_by_place(const ParamWorld *w, const Param *p)
{
    enum { NO = 1, YES = 2 };
    if (has_region_index(p))
        return false;
    if (w->memo == NULL)
        return by_place(w, p, 0);
    int known = GPOINTER_TO_INT(g_hash_table_lookup(w->memo->by_place, p));
    if (known == 0) {
        known = by_place(w, p, 0) ? YES : NO;
        g_hash_table_insert(w->memo->by_place, (gpointer)p, GINT_TO_POINTER(known));
    }
    return known == YES;
}

static bool codes_match(const Param *p, const int64_t *given, const int64_t *wanted)
{
    size_t k = 0;

    for (size_t i = 0; i < p->n_index; i++) {
        if (!p->index[i].is_region && given[k++] != wanted[i])
            return false;
    }
    return true;
}

static const ParamChange *change_at(const Case *c, int32_t level)
{
    const ParamWorld *w = c->world;

    for (size_t i = w->n_changes; i > 0; i--) {
        const ParamChange *x = &w->changes[i - 1];

        if (x->param == c->param && row_of(w, x->region) == level &&
            (x->any_code || codes_match(c->param, x->codes, c->codes)))
            return x;
    }
    return NULL;
}

/* The first value of a region's code or of one behind it: values are sorted by region. */
static size_t first_of(const Param *p, Str region)
{
    size_t low = 0, high = p->n_values;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (str_compare(p->values[middle].region, region) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The newest of from..to-1 that holds that day; `level` is asked of those without a region. */
static const ParamValue *newest(const Case *c, size_t from, size_t to, const int32_t *level)
{
    const ParamValue *found = NULL;

    for (size_t i = from; i < to; i++) {
        const ParamValue *v = &c->param->values[i];

        if (v->since > c->day || c->day > v->until || !codes_match(c->param, v->codes, c->codes) ||
            (level != NULL && value_place(c->world, v) != *level))
            continue;
        if (found == NULL || v->since >= found->since)
            found = v;
    }
    return found;
}

static const ParamValue *value_at(const Case *c, int32_t level, bool placed)
{
    const Param *p = c->param;

    if (!placed)
        return level == EVERYWHERE ? newest(c, 0, p->n_values, NULL) : NULL;
    size_t open = 0; /* values without a region stand first */
    while (open < p->n_values && p->values[open].region.len == 0)
        open++;
    const ParamValue *found = newest(c, 0, open, &level);
    size_t from = p->n_values, to = p->n_values;

    if (level != EVERYWHERE) {
        Str code = c->world->regions->code[level];

        from = to = first_of(p, code);
        while (to < p->n_values && str_equal(p->values[to].region, code))
            to++;
    }
    const ParamValue *own = newest(c, from, to, NULL);

    return own == NULL || (found != NULL && found->since > own->since) ? found : own;
}

static ParamAnswer expression(const Case *c, const Expr *e);

static ParamAnswer operands(const Case *c, const Expr *e, Op op)
{
    Step s = {.op = op, .number = e->number};
    ParamAnswer x = expression(c, e->a), y = answer(0);
    int64_t value = 0;

    if (!x.known)
        return x;
    if (e->b != NULL)
        y = expression(c, e->b);
    if (!y.known)
        return y;
    if (op_compute(&s, x.value, y.value, &value) != OP_END_KNOWN)
        return (ParamAnswer){.lacking = c->param, .fault = true};
    return answer(value);
}

static ParamAnswer scaled(const Case *c, ParamAnswer x, unsigned from, unsigned to)
{
    int64_t by = power_of_ten(from > to ? from - to : to - from), value = 0;

    if (!x.known || from == to)
        return x;
    if (from > to && x.value % by == 0)
        return answer(x.value / by);
    if (from < to && checked_mul(x.value, by, &value))
        return answer(value);
    return (ParamAnswer){.lacking = c->param, .fault = true};
}

static ParamAnswer product(const Case *c, const Expr *e)
{
    ParamAnswer x = operands(c, e, OP_MUL);

    return scaled(c, x, e->a->type.scale + e->b->type.scale, e->type.scale);
}

/* a ÷ b at the result's decimals; below `round` any b, else only what ends. */
static ParamAnswer ratio(const Case *c, const Expr *e, unsigned scale, const Expr *round)
{
    ParamAnswer x = expression(c, e->a), y = expression(c, e->b);
    int64_t value = 0;
    Step s = {.op = OP_ROUND_DIV, .number = round != NULL ? round->number : ROUND_DOWN};

    if (!x.known || !y.known)
        return x.known ? y : x;
    int up = (int)scale + e->b->type.scale - e->a->type.scale;

    x = scaled(c, x, up < 0 ? (unsigned)-up : 0, up < 0 ? 0 : (unsigned)up);
    if (!x.known || op_compute(&s, x.value, y.value, &value) != OP_END_KNOWN ||
        (round == NULL && value * y.value != x.value))
        return (ParamAnswer){.lacking = c->param, .fault = true};
    return answer(value);
}

static ParamAnswer rounded(const Case *c, const Expr *e)
{
    Step s = {.op = OP_ROUND_DIV, .number = e->number};
    int64_t value = 0;

    if (e->a->kind == EXPR_DIV)
        return ratio(c, e->a, e->type.scale, e);
    ParamAnswer x = expression(c, e->a);

    if (!x.known || e->type.scale >= e->a->type.scale)
        return scaled(c, x, e->a->type.scale, e->type.scale);
    if (op_compute(&s, x.value, power_of_ten(e->a->type.scale - e->type.scale), &value) !=
        OP_END_KNOWN)
        return (ParamAnswer){.lacking = c->param, .fault = true};
    return answer(value);
}

static ParamAnswer choice(const Case *c, const Expr *e)
{
    if (e->kind == EXPR_IF) {
        ParamAnswer x = expression(c, e->a);

        return x.known ? expression(c, x.value == TRUTH_YES ? e->b : e->c) : x;
    }
    for (size_t i = 0; i + 1 < e->n_args; i += 2) {
        ParamAnswer x = expression(c, e->args[i]);

        if (!x.known || x.value == TRUTH_YES)
            return x.known ? expression(c, e->args[i + 1]) : x;
    }
    return e->n_args % 2 == 1 ? expression(c, e->args[e->n_args - 1]) : lacking(c->param);
}

static ParamAnswer other_param(const Case *c, const Expr *e)
{
    ParamWorld w = *c->world;
    int32_t region = c->region;
    int64_t codes[4] = {0};

    if (++w.depth > LIMIT_NESTING)
        return (ParamAnswer){.lacking = c->param, .fault = true};
    for (size_t i = 0; i < e->n_args && i < G_N_ELEMENTS(codes); i++) {
        ParamAnswer x = expression(c, e->args[i]);

        if (!x.known)
            return x;
        codes[i] = x.value;
        if (e->param->index[i].is_region)
            region = (int32_t)x.value;
    }
    return param_at(&w, e->param, region, codes, c->day);
}

static ParamAnswer logic(const Case *c, const Expr *e)
{
    ParamAnswer x = expression(c, e->a);

    if (!x.known)
        return x;
    if (e->kind == EXPR_NOT)
        return answer(truth_not((Truth)x.value));
    if (x.value == (e->kind == EXPR_AND ? TRUTH_NO : TRUTH_YES))
        return x;
    return expression(c, e->b);
}

static ParamAnswer index_of(const Case *c, const Expr *e)
{
    if (!c->param->index[e->number].is_region)
        return answer(c->codes[e->number]);
    return c->region == EVERYWHERE ? lacking(c->param) : answer(c->region);
}

static Op op_of(ExprKind k)
{
    static const Op ops[] = {
        [EXPR_EQ] = OP_EQ,   [EXPR_NE] = OP_NE,           [EXPR_LT] = OP_LT,
        [EXPR_LE] = OP_LE,   [EXPR_GT] = OP_GT,           [EXPR_GE] = OP_GE,
        [EXPR_IN] = OP_IN,   [EXPR_HAS_ANY] = OP_HAS_ANY, [EXPR_HAS_ALL] = OP_HAS_ALL,
        [EXPR_ADD] = OP_ADD, [EXPR_SUB] = OP_SUB,         [EXPR_UNION] = OP_UNION,
        [EXPR_MIN] = OP_MIN, [EXPR_MAX] = OP_MAX,
    };
    return (size_t)k < G_N_ELEMENTS(ops) ? ops[k] : OP_NUMBER;
}

/* Defaults and bounds are expressions of numbers, the param's indexes and other params. */
static ParamAnswer expression(const Case *c, const Expr *e)
{
    switch (e->kind) {
    case EXPR_NUMBER:
    case EXPR_DATE:
    case EXPR_TRUTH:
    case EXPR_CODE:
    case EXPR_SET:
        return answer(e->number);
    case EXPR_DAY:
        return answer(c->day);
    case EXPR_REGION:
        return answer(row_of(c->world, e->text));
    case EXPR_INDEX:
        return index_of(c, e);
    case EXPR_PARAM:
        return other_param(c, e);
    case EXPR_NOT:
    case EXPR_AND:
    case EXPR_OR:
        return logic(c, e);
    case EXPR_MUL:
        return product(c, e);
    case EXPR_DIV:
        return ratio(c, e, e->type.scale, NULL);
    case EXPR_ROUND:
        return rounded(c, e);
    case EXPR_RESCALE:
        return scaled(c, expression(c, e->a), e->a->type.scale, e->type.scale);
    case EXPR_NEG: {
        ParamAnswer x = expression(c, e->a);
        return x.known ? answer(-x.value) : x;
    }
    case EXPR_IF:
    case EXPR_CASE:
        return choice(c, e);
    default:
        if (op_of(e->kind) == OP_NUMBER)
            return (ParamAnswer){.lacking = c->param, .fault = true};
        return operands(c, e, op_of(e->kind));
    }
}

static unsigned param_scale(const Param *p)
{
    return p->type.scale;
}

/* A bound that is itself unset bounds nothing yet. */
static bool within(const Case *c, int64_t value)
{
    const Expr *bounds[2] = {c->param->floor, c->param->ceiling};

    for (int i = 0; i < 2; i++) {
        if (bounds[i] == NULL)
            continue;
        ParamAnswer x = expression(c, bounds[i]);
        Wide bound = x.value, at = value;

        if (!x.known)
            continue;
        for (unsigned s = param_scale(c->param); s < bounds[i]->type.scale; s++)
            at *= 10;
        for (unsigned s = bounds[i]->type.scale; s < param_scale(c->param); s++)
            bound *= 10;
        if (i == 0 ? at < bound : at > bound)
            return false;
    }
    return true;
}

static ParamAnswer value_in_force(const Case *c, const ParamValue *v)
{
    if (!v->certain || !within(c, v->number))
        return lacking(c->param);
    return answer(v->number);
}

ParamAnswer param_at(const ParamWorld *w, const Param *p, int32_t region, const int64_t *codes,
                     Date day)
{
    Case c = {w, p, region, codes, day};
    bool placed = w->regions != NULL && (has_region_index(p) || param_by_place(w, p));

    for (int32_t level = placed ? region : EVERYWHERE;; level = w->regions->parent[level]) {
        const ParamChange *x = change_at(&c, level);
        const ParamValue *v = value_at(&c, level, placed);

        /* A value asked for everywhere takes the place of all that are set. */
        if (x == NULL && level != EVERYWHERE && v != NULL)
            x = change_at(&c, EVERYWHERE);
        if (x != NULL)
            return answer(x->number);
        if (v != NULL)
            return value_in_force(&c, v);
        if (level == EVERYWHERE)
            break;
    }
    if (p->otherwise == NULL)
        return lacking(p);
    ParamAnswer x = expression(&c, p->otherwise);

    return x.known ? scaled(&c, x, p->otherwise->type.scale, param_scale(p)) : x;
}

static void expression_days(const ParamWorld *w, const Expr *e, GArray *days)
{
    if (e == NULL)
        return;
    if (e->kind == EXPR_PARAM)
        param_days(w, e->param, days);
    for (size_t i = 0; i < e->n_args; i++)
        expression_days(w, e->args[i], days);
    expression_days(w, e->a, days);
    expression_days(w, e->b, days);
    expression_days(w, e->c, days);
}

void param_days(const ParamWorld *w, const Param *p, GArray *days)
{
    ParamWorld deeper = *w;

    if (++deeper.depth > LIMIT_NESTING)
        return;
    for (size_t i = 0; i < p->n_values; i++) {
        g_array_append_val(days, p->values[i].since);
        if (p->values[i].until < DATE_MAX) {
            Date end = p->values[i].until + 1;

            g_array_append_val(days, end);
        }
    }
    expression_days(&deeper, p->otherwise, days);
    expression_days(&deeper, p->floor, days);
    expression_days(&deeper, p->ceiling, days);
}
