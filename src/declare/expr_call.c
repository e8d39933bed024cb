/* expr_call.c — params, tables and functions.
 * Functions are a table of facts: name, number of arguments, how they are linked.
 * Start: link_call(), link_indexed(). */
#include "declare/expr.h"

/* ---- params */

static Expr *param_expr(const Scope *s, const Param *p, Pos pos)
{
    if (param_lists_regions(p)) {
        Diag *d = diag_error(s->l->diags, pos, "'%.*s' is a list of regions", STR_ARG(p->name));
        diag_hint(s->l->diags, d, "it stands behind 'in', and behind 'in each' of a target");
        return NULL;
    }
    if (p->type.kind == KIND_N)
        return NULL; /* its type was reported */
    Expr *e = expr_new(s, EXPR_PARAM, pos, p->type);
    e->param = p;
    return e;
}

Expr *link_param_word(const Scope *s, const Param *p, const Node *n)
{
    Expr *e = param_expr(s, p, n->at.pos);
    if (e == NULL || p->n_index == 0)
        return e;
    GString *names = g_string_new(NULL);
    for (size_t i = 0; i < p->n_index; i++)
        g_string_append_printf(names, "%s%.*s", i > 0 ? ", " : "", STR_ARG(p->index[i].name));
    Diag *d = diag_error(s->l->diags, n->at.pos, "param '%.*s' is asked without its index",
                         STR_ARG(p->name));
    diag_hint(s->l->diags, d, "write '%.*s[%s]'", STR_ARG(p->name), names->str);
    g_string_free(names, TRUE);
    return NULL;
}

Expr *link_indexed(const Scope *s, const Node *n)
{
    const Param *p = name_need(s->l, &n->at, NAME_PARAM, "a param");
    if (p == NULL)
        return NULL;
    Expr *e = param_expr(s, p, node_pos(n));
    size_t given = list_length(n->a);
    if (given != p->n_index) {
        diag_error(s->l->diags, node_pos(n), "param '%.*s' takes %zu index%s, not %zu",
                   STR_ARG(p->name), p->n_index, p->n_index == 1 ? "" : "es", given);
        return NULL;
    }
    const Expr **args = arena_many(s->l->keep, const Expr *, given);
    size_t i = 0;
    for (const Node *a = list_first(n->a); a != NULL; a = a->next, i++) {
        const ParamIndex *x = &p->index[i];
        Type t = x->is_region ? type_of_kind(KIND_REGION) : (Type){.kind = KIND_ENUM, .of = x->of};
        if (!x->is_region && x->of == NULL)
            return NULL;
        args[i] =
            link_as(s, a, &t, arena_printf(s->l->scratch, "the index '%.*s'", STR_ARG(x->name)));
        if (args[i] == NULL)
            e = NULL;
    }
    if (e != NULL) {
        e->args = args;
        e->n_args = given;
    }
    return e;
}

/* ---- tables */

/* Whichever text of the table is in force on the day, in the place of the record. */
static Expr *table_versions(const Scope *s, const Expr *call)
{
    const Versions *v = call->table->versions;
    Expr *e = expr_new(s, EXPR_VERSION, call->pos, call->type);
    e->versions = v;
    e->args = arena_many(s->l->keep, const Expr *, v->n);
    for (size_t i = 0; i < v->n; i++) {
        Expr *one = arena_new_of(s->l->keep, Expr);
        *one = *call;
        one->table = v->list[i].table;
        e->args[e->n_args++] = one;
        if (!v->list[i].narrower || s->subject == NULL || s->subject->place != NULL ||
            s->place != NULL)
            continue;
        Diag *d = diag_error(s->l->diags, call->pos, "%.*s does not say its place",
                             STR_ARG(s->subject->name));
        diag_hint(s->l->diags, d, "table '%.*s' is amended by %.*s for what lies there",
                  STR_ARG(call->table->name), STR_ARG(v->list[i].home.document->name));
        return NULL;
    }
    return e;
}

static Expr *link_table_call(const Scope *s, const Node *n, const Table *t)
{
    size_t given = list_length(n->a);
    if (t->type.kind == KIND_N)
        return NULL;
    if (given != t->n_axes || n->b != NULL || n->c != NULL || n->d != NULL) {
        diag_error(s->l->diags, node_pos(n), "table '%.*s' takes %zu value%s", STR_ARG(t->name),
                   t->n_axes, t->n_axes == 1 ? "" : "s");
        return NULL;
    }
    Expr *e = expr_new(s, EXPR_TABLE, node_pos(n), t->type);
    e->table = t;
    e->args = arena_many(s->l->keep, const Expr *, given);
    for (const Node *a = list_first(n->a); a != NULL; a = a->next, e->n_args++) {
        const struct TableAxis *axis = &t->axis[e->n_args];
        e->args[e->n_args] =
            link_as(s, a, &axis->type, arena_printf(s->l->scratch, "'%.*s'", STR_ARG(axis->name)));
        if (e->args[e->n_args] == NULL)
            return NULL;
    }
    return t->versions != NULL ? table_versions(s, e) : e;
}

/* ---- functions */

typedef struct Function Function;
struct Function {
    const char *name;
    size_t least, most;
    Expr *(*link)(const Scope *s, const Node *n, const Type *want, const Function *f);
    int kind; /* ExprKind or AggregateKind */
    Unit unit;
};

static const Node *argument(const Node *n, size_t i)
{
    const Node *a = list_first(n->a);
    while (i-- > 0)
        a = a->next;
    return a;
}

static Expr *call_age(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    (void)want;
    Type date = type_of_kind(KIND_DATE);
    const Expr *a = link_as(s, argument(n, 0), &date, "'age' of");
    if (a == NULL)
        return NULL;
    Expr *e = expr_new(s, (ExprKind)f->kind, node_pos(n), type_of_kind(KIND_INT));
    e->a = a;
    return e;
}

static Expr *call_period(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    (void)want;
    Type date = type_of_kind(KIND_DATE);
    Scope side = *s;
    side.spelled = s->spell; /* months(since(c), day) is compared as since(c) is */
    const Expr *a = link_as(&side, argument(n, 0), &date, "the first day");
    const Expr *b = link_as(&side, argument(n, 1), &date, "the second day");
    if (a == NULL || b == NULL)
        return NULL;
    Type t = type_of_kind(KIND_INT);
    t.unit = f->unit;
    return expr_of2(s, (ExprKind)f->kind, node_pos(n), t, a, b);
}

/* Metres: a plain number, as no other length is computed with. */
static Expr *call_distance(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    (void)want;
    Type point = type_of_kind(KIND_POINT);
    const Expr *a = link_as(s, argument(n, 0), &point, "the first point");
    const Expr *b = link_as(s, argument(n, 1), &point, "the second point");
    if (a == NULL || b == NULL)
        return NULL;
    return expr_of2(s, (ExprKind)f->kind, node_pos(n), type_of_kind(KIND_INT), a, b);
}

static bool read_direction(const Scope *s, const Node *n, Rounding *ret)
{
    static const char *const words[] = {
        [ROUND_HALF_UP] = "half_up", [ROUND_DOWN] = "down", [ROUND_UP] = "up"};
    for (size_t i = 0; i < G_N_ELEMENTS(words) && node_is_word(n); i++) {
        if (str_is(n->at.text, words[i])) {
            *ret = (Rounding)i;
            return true;
        }
    }
    diag_error(s->l->diags, n->at.pos, "the direction is half_up, up or down");
    return false;
}

/* A quotient below sums and products: its decimals need not end. */
static bool has_quotient(const Expr *e)
{
    switch (e->kind) {
    case EXPR_DIV:
        return true;
    case EXPR_AGGREGATE:
        return expr_is_quotient(e);
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
        return has_quotient(e->a) || has_quotient(e->b);
    case EXPR_RESCALE:
        return has_quotient(e->a);
    default:
        return false;
    }
}

static Expr *call_round(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    const Node *x = argument(n, 0), *digits = argument(n, 2);
    Rounding how;
    (void)f;
    if (digits->kind != AST_NUMBER || digits->at.scale != 0 || digits->at.measure != MEASURE_NONE ||
        digits->at.number > DECIMAL_SCALE_MAX) {
        diag_error(s->l->diags, digits->at.pos, "the number of decimals is 0 to %u",
                   DECIMAL_SCALE_MAX);
        return NULL;
    }
    uint8_t scale = (uint8_t)digits->at.number;
    bool division = x->kind == AST_BINARY && x->at.kind == TK_SLASH;
    Scope inner = *s;
    inner.in_round = !s->figure; /* figures divide once, at the end */
    Expr *a = division ? link_division(&inner, x, want, scale) : link_expr(&inner, x, want);
    if (!read_direction(s, argument(n, 1), &how) || a == NULL)
        return NULL;
    if (dimension_of(&a->type) == DIMENSION_NOT) {
        diag_error(s->l->diags, node_pos(x), "%s can not be rounded", words_of(s, &a->type));
        return NULL;
    }
    if (!division && a->type.scale < scale && !has_quotient(a))
        return expr_rescale(s, a, scale);
    Type t = a->type;
    t.scale = scale;
    if (t.kind == KIND_DECIMAL && scale == 0)
        t.kind = KIND_INT;
    else if (t.kind == KIND_INT && scale > 0)
        t.kind = KIND_DECIMAL;
    Expr *e = expr_new(s, EXPR_ROUND, node_pos(n), t);
    e->a = a;
    e->number = how;
    return e;
}

static void visit_moving(const Expr *e, void *moving)
{
    bool dated = false;
    for (size_t i = 0; i < e->n_path; i++)
        dated |= e->path[i]->dated || e->path[i]->compute != NULL;
    *(bool *)moving |= dated || e->kind == EXPR_DAY || e->kind == EXPR_AGE ||
                       e->kind == EXPR_PARAM || e->kind == EXPR_REACHED;
}

static void visit_beyond(const Expr *e, void *beyond)
{
    const Expr **to = beyond;
    if (*to == NULL && (e->kind == EXPR_AGGREGATE || e->kind == EXPR_SINCE || e->outer ||
                        e->kind == EXPR_OUTCOME || e->kind == EXPR_GENERAL))
        *to = e;
}

/* since(c): the spell is about facts of the record and of those it refers to, day after day. */
static bool spell_may(const Scope *s, const Node *n, const Expr *c)
{
    Linker *l = s->l;
    const Expr *beyond = NULL;
    bool moving = false;
    expr_walk(c, visit_beyond, &beyond);
    if (beyond != NULL) {
        diag_error(l->diags, beyond->pos,
                   "since() is about facts of the record itself and of those it refers to");
        return false;
    }
    expr_walk(c, visit_moving, &moving);
    if (moving)
        return true;
    Diag *d = diag_error(l->diags, node_pos(n), "nothing of this changes: it has no first day");
    diag_hint(l->diags, d, "say 'dated' at a field it reads");
    return false;
}

static Expr *call_since(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    (void)want;
    Linker *l = s->l;
    if (s->subject == NULL) {
        diag_error(l->diags, node_pos(n), "there is no record here of which something holds");
        return NULL;
    }
    if (!s->spell) {
        Diag *d = diag_error(l->diags, node_pos(n),
                             "since() is no day where its condition does not hold: it is compared");
        diag_hint(l->diags, d, "write 'months(since(…), day) >= 36'");
        return NULL;
    }
    const Expr *c = link_condition(s, argument(n, 0));
    if (c == NULL || !spell_may(s, n, c))
        return NULL;
    Expr *e = expr_new(s, (ExprKind)f->kind, node_pos(n), type_of_kind(KIND_DATE));
    e->a = c;
    e->entity = s->subject;
    return e;
}

static bool comparable(const Scope *s, const Expr *e)
{
    const Type *t = &e->type;
    if (dimension_of(t) != DIMENSION_NOT || t->kind == KIND_DATE || t->kind == KIND_MONTH ||
        (t->kind == KIND_ENUM && t->of->ordered))
        return true;
    diag_error(s->l->diags, e->pos, "%s has no order, so it has no least or greatest",
               words_of(s, t));
    return false;
}

/* min(a, b, c) is min(min(a, b), c). */
static Expr *call_extreme(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    Expr *all = NULL;
    for (const Node *a = list_first(n->a); a != NULL; a = a->next) {
        Expr *one = link_expr(s, a, all == NULL ? want : &all->type);
        if (one == NULL || !comparable(s, one))
            return NULL;
        if (all == NULL) {
            all = one;
            continue;
        }
        if (!expr_unify(s, &all, &one, node_pos(n), "compare"))
            return NULL;
        Type t = one->type.kind == KIND_DECIMAL ? one->type : all->type;
        all = expr_of2(s, (ExprKind)f->kind, node_pos(n), t, all, one);
    }
    return all;
}

static Expr *call_aggregate(const Scope *s, const Node *n, const Type *want, const Function *f)
{
    return link_aggregate(s, n, (AggregateKind)f->kind, want);
}

static const Function functions[] = {
    {"age", 1, 1, call_age, EXPR_AGE, UNIT_NONE},
    {"years", 2, 2, call_period, EXPR_YEARS, UNIT_YEARS},
    {"months", 2, 2, call_period, EXPR_MONTHS, UNIT_MONTHS},
    {"days", 2, 2, call_period, EXPR_DAYS, UNIT_DAYS},
    {"distance", 2, 2, call_distance, EXPR_DISTANCE, UNIT_NONE},
    {"round", 3, 3, call_round, EXPR_ROUND, UNIT_NONE},
    {"since", 1, 1, call_since, EXPR_SINCE, UNIT_NONE},
    {"min", 2, 16, call_extreme, EXPR_MIN, UNIT_NONE},
    {"max", 2, 16, call_extreme, EXPR_MAX, UNIT_NONE},
};

static const Function aggregates[] = {
    {"count", 1, 1, call_aggregate, AGGREGATE_COUNT, UNIT_NONE},
    {"sum", 1, 1, call_aggregate, AGGREGATE_SUM, UNIT_NONE},
    {"min", 1, 1, call_aggregate, AGGREGATE_MIN, UNIT_NONE},
    {"max", 1, 1, call_aggregate, AGGREGATE_MAX, UNIT_NONE},
    {"exists", 1, 1, call_aggregate, AGGREGATE_EXISTS, UNIT_NONE},
    {"latest", 1, 1, call_aggregate, AGGREGATE_LATEST, UNIT_NONE},
    {"share", 1, 1, call_aggregate, AGGREGATE_SHARE, UNIT_NONE},
    {"mean", 1, 1, call_aggregate, AGGREGATE_MEAN, UNIT_NONE},
    {"coverage", 1, 1, call_aggregate, AGGREGATE_SHARE, UNIT_NONE},
};

const char *function_word(size_t i)
{
    if (i < G_N_ELEMENTS(functions))
        return functions[i].name;
    i -= G_N_ELEMENTS(functions);
    return i < G_N_ELEMENTS(aggregates) ? aggregates[i].name : NULL;
}

static const Function *find_function(const Node *n, const Function *all, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_is(n->at.text, all[i].name))
            return &all[i];
    return NULL;
}

static bool right_number(const Scope *s, const Node *n, const Function *f)
{
    size_t given = list_length(n->a);
    if (given >= f->least && given <= f->most)
        return true;
    diag_error(s->l->diags, node_pos(n), "%s takes %zu value%s, not %zu", f->name, f->least,
               f->least == 1 ? "" : "s", given);
    return false;
}

static void no_function(const Scope *s, const Node *n)
{
    Linker *l = s->l;
    size_t most = G_N_ELEMENTS(functions) + G_N_ELEMENTS(aggregates) + l->model->n_tables, k = 0;
    Str *all = arena_many(l->scratch, Str, most);
    for (size_t i = 0; i < G_N_ELEMENTS(functions); i++)
        all[k++] = str_of(functions[i].name);
    for (size_t i = 0; i < G_N_ELEMENTS(aggregates); i++)
        all[k++] = str_of(aggregates[i].name);
    for (size_t i = 0; i < l->model->n_tables; i++)
        all[k++] = l->model->tables[i]->name;
    Diag *d = diag_error(l->diags, n->at.pos, "there is no function or table '%.*s'",
                         STR_ARG(n->at.text));
    diag_nearest(l->diags, d, n->at.text, all, k);
}

Expr *link_call(const Scope *s, const Node *n, const Type *want)
{
    const Function *f = find_function(n, functions, G_N_ELEMENTS(functions));
    const Function *g = find_function(n, aggregates, G_N_ELEMENTS(aggregates));
    size_t given = list_length(n->a);
    bool plain = n->b == NULL && n->c == NULL && n->d == NULL;
    if (g != NULL && (f == NULL || (given == 1 || !plain)))
        return right_number(s, n, g) ? g->link(s, n, want, g) : NULL;
    if (f != NULL && !plain) {
        diag_error(s->l->diags, n->at.pos, "%s counts no records: it takes no 'where'", f->name);
        return NULL;
    }
    if (f != NULL)
        return right_number(s, n, f) ? f->link(s, n, want, f) : NULL;
    const Name *name = word_name(s->l, &n->at);
    if (name != NULL && name->kind == NAME_TABLE)
        return link_table_call(s, n, name->what);
    if (name == NULL || name->kind != NAME_BROKEN)
        no_function(s, n);
    return NULL;
}
