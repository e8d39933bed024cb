/* cases_region.c — edge cases of a check of regions: the figure at its limit and next to it,
 * nothing to count, a fact unknown, the period before, a region that is not meant. Two records are
 * made as an edge person of a rule is (cases.c): one that the figure counts, and one that it does
 * not; then the amount of the one, or how many of it there are, is varied until the answer turns.
 * Where the figure is made of several counts they are of the first.  Read first: cases_of_region().
 */
#include "care/cases_region.h"

#include "care/cases.h"
#include "care/examples.h"
#include "care/region_check.h"
#include "compile/compile.h"
#include "compile/figure.h"
#include "evaluate/figures.h"

#define COUNT_MOST 12 /* records of one kind in a case */
#define OTHER                                                                                      \
    INT64_C(1000000) /* what the record that does not count amounts to: 10,000.00 yuan             \
                      */
#define AMOUNT_MOST INT64_C(100000000000)

typedef struct Shape {    /* of one case */
    int64_t much;         /* how much, or how many, counts */
    bool counts, other;   /* records that do, that does not */
    const Field *unknown; /* of the record that counts; NULL: all is known */
    Date day;             /* on which they happened; 0: their entity has no day */
    int32_t region;
    Month month;
} Shape;

typedef struct Making {
    Arena *arena;
    const Model *model;
    const Rule *check;
    const ExampleRoom *room;
    const Aggregate *of;
    const Field *amount;     /* NULL: records are counted */
    const Example *yes, *no; /* the latter NULL: there is none */
    int32_t outside;         /* a region in the place that is not meant; ROW_NONE */
    GArray *cases;           /* of EdgeCase */
    Shape base;
} Making;

/* ---- the records */

static Expr *both(Making *m, ExprKind kind, const Expr *a, const Expr *b)
{
    if (a == NULL || (b == NULL && kind != EXPR_NOT))
        return (Expr *)(a != NULL ? a : b);
    Expr *e = arena_new_of(m->arena, Expr);
    e->kind = kind;
    e->type = (Type){.kind = KIND_BOOL, .is_truth = true};
    e->pos = a->pos;
    e->a = a;
    e->b = b;
    e->size = a->size + (b != NULL ? b->size : 0) + 1;
    return e;
}

/* A record for which a condition holds; *ret NULL: none was found. */
static bool record_where(Making *m, const Expr *where, const Example **ret, GError **error)
{
    Rule rule = *m->check;
    rule.subject = m->of->of;
    rule.when = NULL;
    rule.require = where;
    rule.asked = NULL;
    rule.versions = NULL;
    rule.number = 0; /* the only one of its program */
    return case_of_rule(m->model, m->room, &rule, m->base.month, m->arena, ret, error);
}

static bool records_find(Making *m, GError **error)
{
    const Aggregate *a = m->of;
    const Expr *counts = both(m, EXPR_AND, a->base, a->where);
    if (!record_where(m, counts, &m->yes, error))
        return false;
    if (a->where == NULL)
        return true;
    return record_where(m, both(m, EXPR_AND, a->base, both(m, EXPR_NOT, a->where, NULL)), &m->no,
                        error);
}

static ExampleValue *value_of(ExampleRecord *r, const Field *f)
{
    for (size_t i = 0; i < r->n_values; i++)
        if (r->values[i].field == f)
            return &r->values[i];
    ExampleValue *v = &r->values[r->n_values++];
    *v = (ExampleValue){.field = f, .text = STR(""), .since = DATE_MIN};
    return v;
}

static Str named(const Making *m, const char *mark, size_t copy, Str name)
{
    return str_of(arena_printf(m->arena, "%s%zu_%.*s", mark, copy + 1, STR_ARG(name)));
}

/* The region the record lies in, of its own or of the one it refers to. */
static void put_place(const Making *m, const Shape *s, ExampleRecord *r)
{
    const Expr *place = m->of->of->place;
    const Field *f = place != NULL ? place->path[place->n_path - 1] : NULL;
    if (f == NULL || f->entity != r->entity || f->type.kind != KIND_REGION)
        return;
    ExampleValue *v = value_of(r, f);
    v->known = true;
    v->text = m->room->regions->code[s->region];
}

/* One more of a record with those it refers to; the first of them is the one that is counted. */
static void put_records(const Making *m, const Shape *s, const Example *like, const char *mark,
                        size_t copy, int64_t amount, Example *to)
{
    for (size_t i = 0; i < like->n_records; i++) {
        const ExampleRecord *from = &like->records[i];
        ExampleRecord *r = &to->records[to->n_records++];
        *r = (ExampleRecord){.entity = from->entity, .name = named(m, mark, copy, from->name)};
        r->values = arena_many(m->arena, ExampleValue, from->n_values + 4);
        for (size_t k = 0; k < from->n_values; k++) {
            ExampleValue *v = &r->values[r->n_values++];
            *v = from->values[k];
            if (v->field->type.kind == KIND_REF && v->known)
                v->text = named(m, mark, copy, v->text);
        }
        put_place(m, s, r);
        if (i > 0)
            continue;
        if (m->amount != NULL)
            *value_of(r, m->amount) = (ExampleValue){.field = m->amount,
                                                     .known = true,
                                                     .number = amount,
                                                     .text = STR(""),
                                                     .since = DATE_MIN};
        if (s->day != 0)
            *value_of(r, m->of->of->event_day) = (ExampleValue){.field = m->of->of->event_day,
                                                                .known = true,
                                                                .number = s->day,
                                                                .text = STR(""),
                                                                .since = DATE_MIN};
        if (s->unknown != NULL && like == m->yes)
            *value_of(r, s->unknown) =
                (ExampleValue){.field = s->unknown, .text = STR(""), .since = DATE_MIN};
    }
}

static const Example *example_of(const Making *m, const Shape *s)
{
    Example *x = arena_new_of(m->arena, Example);
    size_t copies = !s->counts ? 0 : m->amount != NULL ? 1 : (size_t)s->much;
    x->home = m->check->home;
    x->records =
        arena_many(m->arena, ExampleRecord,
                   copies * m->yes->n_records + (m->no != NULL ? m->no->n_records : 0) + 1);
    for (size_t i = 0; i < copies; i++)
        put_records(m, s, m->yes, "a", i, s->much, x);
    if (s->other && m->no != NULL)
        put_records(m, s, m->no, "b", 0, OTHER, x);
    return x;
}

static bool ask(const Making *m, const Shape *s, const Example **ret_example, uint8_t *ret,
                GError **error)
{
    const Example *x = example_of(m, s);
    const ExampleExpect on = {
        .rule = m->check, .day = month_last(s->month), .region = m->room->regions->code[s->region]};
    g_autoptr(ExampleData) data = example_data_new(m->room, &x, 1);
    *ret_example = x;
    return example_region_outcome(m->room, &on, data->data, ret, error);
}

/* ---- words */

static Str kept(const Making *m, const GString *s)
{
    return arena_str(m->arena, (Str){s->str, s->len});
}

static void put_value(const Making *m, GString *to, const ExampleValue *v)
{
    const Type *t = &v->field->type;
    const RegionRow *r = t->kind == KIND_REGION ? model_region(m->model, v->text) : NULL;
    g_string_append_printf(to, "%.*s %.*s = ", STR_ARG(v->field->label.zh),
                           STR_ARG(v->field->name));
    if (!v->known)
        g_string_append(to, "不详 unknown");
    else if (t->kind == KIND_ENUM)
        g_string_append_printf(to, "%.*s %.*s", STR_ARG(t->of->codes[v->number].label.zh),
                               STR_ARG(t->of->codes[v->number].name));
    else if (t->kind == KIND_BOOL)
        g_string_append(to, v->number != 0 ? "是 yes" : "否 no");
    else if (r != NULL)
        g_string_append_printf(to, "%.*s %.*s", STR_ARG(r->name), STR_ARG(r->code));
    else if (kind_is_text(t->kind) || t->kind == KIND_REF || t->kind == KIND_SET)
        g_string_append(to, "…");
    else
        number_print(t, v->number, to);
}

static Str all_facts(const Making *m, const Example *x)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < x->n_records; i++) {
        const ExampleRecord *r = &x->records[i];
        g_string_append_printf(to, "%s%.*s %.*s: ", i > 0 ? "；" : "", STR_ARG(r->entity->label.zh),
                               STR_ARG(r->name));
        for (size_t k = 0; k < r->n_values; k++) {
            if (k > 0)
                g_string_append(to, "，");
            put_value(m, to, &r->values[k]);
        }
    }
    return kept(m, to);
}

static Str much_words(const Making *m, int64_t much)
{
    g_autoptr(GString) to = g_string_new(NULL);
    if (m->amount == NULL)
        g_string_append_printf(to, "%.*s %.*s × %d", STR_ARG(m->of->of->label.zh),
                               STR_ARG(m->of->of->name), (int)much);
    else
        put_value(m, to, &(ExampleValue){.field = m->amount, .known = true, .number = much});
    return kept(m, to);
}

/* ---- cases */

static bool add(Making *m, CaseKind kind, const Shape *s, Str differs, GError **error)
{
    EdgeCase x = {.kind = kind, .differs = differs, .alike = STR(""), .month = s->month};
    x.as = 0;
    x.missing = x.missing_one = STR("");
    x.region = m->room->regions->code[s->region];
    if (!ask(m, s, &x.example, &x.outcome, error))
        return false;
    if (m->cases->len == 0)
        x.differs = all_facts(m, x.example);
    g_array_append_val(m->cases, x);
    return true;
}

static bool answer(const Making *m, int64_t much, uint8_t *ret, GError **error)
{
    Shape s = m->base;
    const Example *x;
    s.much = much;
    return ask(m, &s, &x, ret, error);
}

/* Two neighbours between which a yes becomes a no, or the other way round: *ret_low and the next;
 * -1: there are none. */
static bool limit_find(const Making *m, int64_t *ret_low, uint8_t *ret_below, GError **error)
{
    int64_t most = m->amount == NULL ? COUNT_MOST : AMOUNT_MOST, low = 0, high = 1;
    uint8_t below, above;
    if (m->amount != NULL && m->amount->has_range)
        most = MIN(most, m->amount->high);
    *ret_low = -1;
    if (!answer(m, low, &below, error) || !answer(m, high, &above, error))
        return false;
    while (high < most && (below > TRUTH_YES || below == TRUTH_UNKNOWN || below == above)) {
        low = high;
        below = above;
        high = m->amount == NULL ? high + 1 : MIN(high * 10, most);
        if (!answer(m, high, &above, error))
            return false;
    }
    if (below == above || below == TRUTH_UNKNOWN || above == TRUTH_UNKNOWN)
        return true;
    while (high - low > 1) {
        int64_t middle = low + (high - low) / 2;
        uint8_t there;
        if (!answer(m, middle, &there, error))
            return false;
        if (there == below)
            low = middle;
        else
            high = middle;
    }
    *ret_low = low;
    *ret_below = below;
    return true;
}

/* Of two neighbours the limit is the one at which the figure is the value itself: that holds,
 * unless the comparison is strict. */
static bool add_limit(Making *m, GError **error)
{
    int64_t low;
    uint8_t below = TRUTH_NO;
    const Compare how = m->check->asked->asks.compare;
    bool strict = how == COMPARE_GT || how == COMPARE_LT;
    if (!limit_find(m, &low, &below, error))
        return false;
    if (low < 0) {
        m->base.much = m->amount != NULL ? OTHER : 1;
        return add(m, CASE_BASE, &m->base, STR(""), error);
    }
    int64_t at = (below == TRUTH_YES) != strict ? low : low + 1;
    m->base.much = at;
    if (!add(m, CASE_BASE, &m->base, STR(""), error))
        return false;
    for (int d = -1; d <= 1; d += 2) {
        Shape s = m->base;
        s.much = at + d;
        if (s.much >= 0 &&
            !add(m, d < 0 ? CASE_BELOW : CASE_ABOVE, &s, much_words(m, s.much), error))
            return false;
    }
    return true;
}

static bool add_without(Making *m, GError **error)
{
    Shape none = m->base, counts = m->base, other = m->base;
    none.counts = none.other = false;
    counts.other = false;
    other.counts = false;
    return add(m, CASE_VALUE, &none, STR("没有记录 no records"), error) &&
           (m->no == NULL ||
            (add(m, CASE_VALUE, &counts, STR("只有算在内的 only what counts"), error) &&
             add(m, CASE_VALUE, &other, STR("只有不算的 only what does not count"), error)));
}

/* Each fact of the record that counts, but where and when it is. */
static bool add_unknown(Making *m, GError **error)
{
    const ExampleRecord *r = &m->yes->records[0];
    const Entity *e = r->entity;
    for (size_t i = 0; i <= r->n_values; i++) {
        const Field *f = i < r->n_values ? r->values[i].field : m->amount;
        if (f == NULL || f == e->event_day || f == e->begin || f == e->end ||
            f->type.kind == KIND_REGION || f->type.kind == KIND_REF ||
            (i < r->n_values && f == m->amount))
            continue;
        Shape s = m->base;
        g_autoptr(GString) to = g_string_new(NULL);
        s.unknown = f;
        put_value(m, to, &(ExampleValue){.field = f});
        if (!add(m, CASE_UNKNOWN, &s, kept(m, to), error))
            return false;
    }
    return true;
}

static bool add_elsewhere(Making *m, GError **error)
{
    const RegionCheck *x = m->check->asked;
    Shape before = m->base, outside = m->base;
    g_autoptr(GString) to = g_string_new(NULL), place = g_string_new(NULL);
    if (x->asks.indicator->flow && m->base.day != 0) {
        before.day = region_check_from(x, month_last(m->base.month)) - 1;
        put_value(
            m, to,
            &(ExampleValue){.field = m->of->of->event_day, .known = true, .number = before.day});
        if (!add(m, CASE_VALUE, &before, kept(m, to), error))
            return false;
    }
    if (m->outside == ROW_NONE)
        return true;
    outside.region = m->outside;
    g_string_append_printf(place, "地区 region = %.*s %.*s",
                           STR_ARG(m->model->regions[m->outside].name),
                           STR_ARG(m->room->regions->code[m->outside]));
    return add(m, CASE_VALUE, &outside, kept(m, place), error);
}

/* ---- where and when */

typedef struct Latest {
    Date day;
} Latest;

static void look_params(const Expr *e, void *context)
{
    Latest *x = context;
    for (size_t i = 0; e->kind == EXPR_PARAM && i < e->param->n_values; i++)
        if (e->param->values[i].certain && e->param->values[i].since < DATE_MAX)
            x->day = MAX(x->day, e->param->values[i].since);
}

/* The first whole month in which all values that are asked for are in force. */
static void choose_month(Making *m)
{
    const RegionCheck *x = m->check->asked;
    Latest latest = {m->check->from};
    expr_walk(x->asks.indicator->value, look_params, &latest);
    if (x->value.value != NULL)
        expr_walk(x->value.value, look_params, &latest);
    m->base.month = month_of(latest.day);
    if (month_first(m->base.month) < latest.day)
        m->base.month++;
    while (month_last(m->base.month) > m->check->until)
        m->base.month--;
}

static unsigned depth_of(const RegionTree *t, int32_t region)
{
    unsigned depth = 0;
    for (size_t i = 0; i < t->n; i++)
        depth += region_in(t, region, (int32_t)i);
    return depth;
}

/* The lowest place that is meant, and one that is not. */
static bool choose_region(Making *m, GError **error)
{
    const RegionTree *t = m->room->regions;
    const RegionCheck *x = m->check->asked;
    const CompileOptions o = {
        .data = &(Dataset){.batches = m->room->none, .n_batches = m->model->n_entities},
        .regions = t,
        .memo = m->room->params};
    Date day = month_last(m->base.month);
    g_autofree Figure *all = g_new0(Figure, t->n + 1);
    g_autoptr(FigureProgram) p =
        x->asks.each_where != NULL ? figure_program_where(m->model, &x->asks, &o, error) : NULL;
    if (x->asks.each_where != NULL &&
        (p == NULL || !figures_evaluate(p, o.data, day, day, all, error)))
        return false;
    m->base.region = m->outside = ROW_NONE;
    for (size_t i = 0; i < t->n; i++) {
        int32_t at = t->by_order[i];
        Truth meant = p != NULL ? region_check_meant(&all[at]) : TRUTH_YES;
        if (region_check_text(m->check, t, at, day) == NULL)
            continue;
        if (meant == TRUTH_NO && m->outside == ROW_NONE)
            m->outside = at;
        if (meant == TRUTH_YES &&
            (m->base.region == ROW_NONE || depth_of(t, at) > depth_of(t, m->base.region)))
            m->base.region = at;
    }
    return m->base.region != ROW_NONE ||
           fail(error, FAIL_INPUT, "no region is surely one that \"%.*s\" is about",
                STR_ARG(m->check->name));
}

static void first_counted(const Expr *e, void *context)
{
    Making *m = context;
    if (e->kind != EXPR_AGGREGATE || m->of != NULL)
        return;
    const Expr *v = e->aggregate->value;
    m->of = e->aggregate;
    if (v != NULL && v->kind == EXPR_FIELD && v->n_path == 1 && !v->outer &&
        v->path[0]->compute == NULL && !kind_is_text(v->path[0]->type.kind) &&
        v->path[0]->type.kind != KIND_REF && e->aggregate->kind != AGGREGATE_DISTINCT)
        m->amount = v->path[0];
}

bool cases_of_region(const Model *model, const ExampleRoom *room, const Rule *check, Arena *a,
                     GArray *cases, GError **error)
{
    Making m = {.arena = a, .model = model, .check = check, .room = room, .cases = cases};
    expr_walk(check->asked->asks.indicator->value, first_counted, &m);
    if (m.of == NULL || entity_is_region(m.of->of)) /* places are those there are */
        return fail(error, FAIL_INPUT,
                    "\"%.*s\" counts no records: what is known of places themselves is not made up",
                    STR_ARG(check->name));
    choose_month(&m);
    if (!choose_region(&m, error) || !records_find(&m, error))
        return false;
    if (m.yes == NULL)
        return fail(error, FAIL_INPUT, "no record was found that \"%.*s\" counts",
                    STR_ARG(check->asked->asks.indicator->name));
    m.base.counts = m.base.other = true;
    m.base.day = m.of->of->event_day != NULL ? month_last(m.base.month) - 10 : 0;
    return add_limit(&m, error) && add_without(&m, error) && add_unknown(&m, error) &&
           add_elsewhere(&m, error);
}
