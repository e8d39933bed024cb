/* link_figure.c — indicators: arithmetic over what lies in a region, told apart by codes and
 * periods. Not here: their values to reach (link_target.c).  Start: link_figures(). */
#include "declare/follow.h"

/* ---- by region, kind, month */

typedef struct Dimensions { /* behind `by` */
    Linker *l;
    Indicator *i;
    const Entity
        *counted; /* the first kind of record that is counted: it says what the codes are */
    const Node *nodes[LIMIT_FIGURE_INDEXES];
} Dimensions;

/* The entity of the first aggregate of an expression, before it is linked. */
static const Entity *first_counted(const Linker *l, const Node *n)
{
    const Entity *found = NULL;
    if (n == NULL)
        return NULL;
    if (n->kind == AST_CALL && n->a != NULL) {
        const Node *x = list_first(n->a);
        while (x != NULL && (x->kind == AST_KNOWN || x->kind == AST_FACTS))
            x = x->a;
        if (x != NULL && x->kind == AST_PATH)
            found = name_of(l, x->at.text, NAME_ENTITY);
    }
    const Node *const below[] = {n->a, n->b, n->c, n->d, n->next};
    for (size_t i = 0; i < G_N_ELEMENTS(below) && found == NULL; i++)
        found = first_counted(l, below[i]);
    return found;
}

static bool dimension_period(Dimensions *d, const Node *n)
{
    static const char *const words[] = {
        [FIGURE_MONTH] = "month", [FIGURE_QUARTER] = "quarter", [FIGURE_YEAR] = "year"};
    FigurePeriod p = FIGURE_MONTH;
    while (node_is_word(n) && p <= FIGURE_YEAR && !str_is(n->at.text, words[p]))
        p++;
    if (!node_is_word(n) || p > FIGURE_YEAR)
        return false;
    if (!d->i->flow) {
        Diag *e = diag_error(d->l->diags, n->at.pos,
                             "'%.*s' is a stock: it is the state on a day, of no %s",
                             STR_ARG(d->i->name), words[p]);
        diag_hint(d->l->diags, e, "only what happens in a period adds up over time: a flow");
    } else if (d->i->period != FIGURE_ANY_PERIOD) {
        diag_error(d->l->diags, n->at.pos, "an indicator has one period");
    }
    d->i->period = p;
    return true;
}

static bool dimension_code(Dimensions *d, const Node *n)
{
    Linker *l = d->l;
    Scope s = {.l = l, .subject = d->counted, .may_know = true, .rule = true};
    IndicatorIndex *to = &d->i->index[d->i->n_index];
    const Expr *e = link_expr(&s, n, NULL);
    if (e == NULL)
        return false;
    if (e->type.kind != KIND_ENUM) {
        Diag *x = diag_error(l->diags, e->pos, "figures are told apart by codes; this is %s",
                             type_words(l->scratch, &e->type));
        diag_hint(l->diags, x,
                  "by region, by fields of the counted records that hold a code, by "
                  "month, quarter or year");
        return false;
    }
    bool field = e->kind == EXPR_FIELD;
    to->of = e->type.of;
    to->name = field ? e->path[e->n_path - 1]->name : to->of->name;
    to->label = field ? e->path[e->n_path - 1]->label : to->of->label;
    for (size_t k = 0; k < d->i->n_index; k++)
        if (str_equal(d->i->index[k].name, to->name)) {
            diag_error(l->diags, node_pos(n), "'%.*s' stands twice", STR_ARG(to->name));
            return false;
        }
    d->nodes[d->i->n_index++] = n;
    if (indicator_cells(d->i) <= LIMIT_FIGURE_CELLS)
        return true;
    diag_error(l->diags, node_pos(n), "this makes more than %u figures of one region",
               LIMIT_FIGURE_CELLS);
    return false;
}

static bool dimension_read(Dimensions *d, const Node *n, bool *ret_region)
{
    if (node_is_word(n) && str_is(n->at.text, "region")) {
        if (*ret_region)
            diag_error(d->l->diags, n->at.pos, "'region' stands twice");
        *ret_region = true;
        return true;
    }
    if (dimension_period(d, n))
        return true;
    if (d->counted == NULL)
        return false; /* the expression has no aggregate that could be read: reported there */
    if (d->i->n_index == LIMIT_FIGURE_INDEXES) {
        diag_error(d->l->diags, node_pos(n),
                   "an indicator has at most %u indexes beside region "
                   "and period",
                   LIMIT_FIGURE_INDEXES);
        return false;
    }
    return dimension_code(d, n);
}

static bool link_dimensions(Dimensions *d, const Node *node)
{
    bool region = false, fine = true;
    d->counted = first_counted(d->l, node->d);
    for (const Node *n = list_first(node->c->a); n != NULL; n = n->next)
        fine = dimension_read(d, n, &region) && fine;
    if (!region) {
        Diag *e = diag_error(d->l->diags, node->c->at.pos, "an indicator is by region");
        diag_hint(d->l->diags, e, "write 'by region', and further indexes behind it");
    }
    return fine && region;
}

/* ---- what it counts */

typedef struct Figuring {
    Linker *l;
    const Indicator *i;
    unsigned counts; /* aggregates that were seen */
} Figuring;

static void figure_aggregate(Figuring *f, const Expr *e)
{
    const Entity *of = e->aggregate->of;
    f->counts++;
    if (!f->i->flow || of->event_day != NULL || linker_damaged(f->l, of))
        return;
    Diag *d =
        diag_error(f->l->diags, e->pos, "%.*s has no day, so it can not be counted in a period",
                   STR_ARG(of->name));
    diag_hint(f->l->diags, d, "say 'dated by FIELD' in the entity, or make the indicator a stock");
}

/* What runs figures over all regions knows arithmetic and nothing else. */
static void figure_part(Figuring *f, const Expr *e)
{
    switch (e->kind) {
    case EXPR_AGGREGATE:
        figure_aggregate(f, e);
        return;
    case EXPR_NUMBER:
    case EXPR_PARAM:
    case EXPR_FIELD: /* of the region: no other record is at hand */
        return;
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MUL:
    case EXPR_DIV:
    case EXPR_MIN:
    case EXPR_MAX:
        figure_part(f, e->a);
        figure_part(f, e->b);
        return;
    case EXPR_RESCALE:
    case EXPR_ROUND:
        figure_part(f, e->a);
        return;
    default: {
        Diag *d = diag_error(f->l->diags, e->pos, "this can not be part of an indicator");
        diag_hint(f->l->diags, d,
                  "an indicator is arithmetic over counts, sums, shares, params and "
                  "numbers; conditions stand behind 'where'");
    }
    }
}

static void read_kind(Linker *l, Indicator *i, const Token *word)
{
    i->flow = str_is(word->text, "flow");
    if (i->flow || str_is(word->text, "stock"))
        return;
    Diag *e = diag_error(l->diags, word->pos, "an indicator is a stock or a flow, not '%.*s'",
                         STR_ARG(word->text));
    diag_hint(l->diags, e, "stock: a state on a day; flow: events in a period");
}

static void link_indicator(Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    Indicator *i = d->made;
    i->name = n->at.text;
    i->label = link_label(l, n->a, i->name);
    if (n->b != NULL)
        i->unit = link_label(l, n->b, n->b->at.text);
    i->home = d->home;
    i->home.pos = n->at.pos;
    i->type.kind = KIND_N;
    i->leave = leave_of(l, n->c->b);
    read_kind(l, i, &n->c->at);
    Dimensions dims = {.l = l, .i = i};
    bool apart = link_dimensions(&dims, n);
    FigureBy by = {i->index, dims.nodes, apart ? i->n_index : 0};
    Scope s = {.l = l, .figure = true, .by = &by, .may_know = true, .rule = true};
    Expr *e = link_expr(&s, n->d, NULL);
    if (e == NULL || !apart)
        return;
    if (dimension_of(&e->type) == DIMENSION_NOT) {
        diag_error(l->diags, e->pos, "an indicator is a number; this is %s",
                   type_words(l->scratch, &e->type));
        return;
    }
    Figuring f = {.l = l, .i = i};
    unsigned before = l->diags->errors;
    figure_part(&f, e);
    if (l->diags->errors > before)
        return;
    if (!f.counts)
        diag_error(l->diags, e->pos, "this indicator counts nothing");
    i->value = e;
    i->type = e->type;
}

/* Of a figure in a list that has a period: whether it counts what happened on a day, and nothing
 * that is there for a time. */
static void look_events(const Expr *e, void *context)
{
    bool *events = context;
    if (e->kind == EXPR_AGGREGATE)
        *events |= e->aggregate->of->event_day != NULL && e->aggregate->of->begin == NULL;
}

static bool own_period(Linker *l, const Expr *e, const FigureIn *in, AggregatePeriod of_list,
                       AggregatePeriod *ret)
{
    bool events = false;
    expr_walk(e, look_events, &events);
    *ret = in->said > 0 ? in->period : events ? of_list : AGGREGATE_ALWAYS;
    if (!in->differ && (in->said == 0 || of_list == AGGREGATE_ALWAYS || in->period == of_list))
        return true;
    diag_error(l->diags, e->pos, "a figure has one period");
    return false;
}

static FigurePeriod figure_period(AggregatePeriod p)
{
    return p == AGGREGATE_IN_MONTH     ? FIGURE_MONTH
           : p == AGGREGATE_IN_QUARTER ? FIGURE_QUARTER
           : p == AGGREGATE_IN_YEAR    ? FIGURE_YEAR
                                       : FIGURE_ANY_PERIOD;
}

const Indicator *link_own_figure(Linker *l, const Node *n, const Home *home, const Indicator *like,
                                 AggregatePeriod of_list)
{
    Indicator *i = arena_new_of(l->keep, Indicator);
    FigureIn in = {AGGREGATE_ALWAYS, 0, false};
    AggregatePeriod period;
    Scope s = {
        .l = l, .figure = true, .in = like == NULL ? &in : NULL, .may_know = true, .rule = true};
    i->name = STR("printed");
    i->home = *home;
    i->home.pos = node_pos(n);
    Expr *e = link_expr(&s, n, NULL);
    if (e == NULL)
        return NULL;
    if (dimension_of(&e->type) == DIMENSION_NOT) {
        diag_error(l->diags, e->pos, "a figure is a number; this is %s",
                   type_words(l->scratch, &e->type));
        return NULL;
    }
    Figuring f = {.l = l, .i = i};
    unsigned before = l->diags->errors;
    if (!own_period(l, e, &in, of_list, &period))
        return NULL;
    i->flow = like != NULL ? like->flow : period != AGGREGATE_ALWAYS;
    i->period = like != NULL ? like->period : figure_period(period);
    figure_part(&f, e);
    if (in.said > 0 && in.said < f.counts)
        diag_error(l->diags, e->pos, "a figure has one period: each of its counts says it");
    i->value = e;
    i->type = e->type;
    return l->diags->errors > before ? NULL : i;
}

void link_figures(Linker *l)
{
    Model *m = l->model;
    m->indicators = arena_many(l->keep, Indicator *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        const Declaration *now = declaration_amending(l, d, AST_INDICATOR, sizeof(Indicator));
        if (now != NULL)
            link_indicator(l, now); /* found by the one it stands for */
        if (d->node->kind != AST_INDICATOR || d->made == NULL)
            continue;
        link_indicator(l, d);
        ((Indicator *)d->made)->number = (unsigned)m->n_indicators;
        m->indicators[m->n_indicators++] = d->made;
    }
}
