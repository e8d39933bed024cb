/* link_figure.c — indicators: arithmetic over what lies in a region.
 * Not here: their values to reach (link_target.c).  Start: link_figures(). */
#include "declare/expr.h"

typedef struct Figuring {
    Linker *l;
    const Indicator *i;
    bool counts; /* some aggregate was seen */
} Figuring;

static void figure_aggregate(Figuring *f, const Expr *e)
{
    const Entity *of = e->aggregate->of;
    f->counts = true;
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
    i->flow = str_is(n->c->at.text, "flow");
    i->type.kind = KIND_N;
    if (!i->flow && !str_is(n->c->at.text, "stock")) {
        Diag *e =
            diag_error(l->diags, n->c->at.pos, "an indicator is a stock or a flow, not '%.*s'",
                       STR_ARG(n->c->at.text));
        diag_hint(l->diags, e, "stock: a state on a day; flow: events in a period");
    }
    Scope s = {.l = l, .figure = true, .may_know = true, .rule = true};
    Expr *e = link_expr(&s, n->d, NULL);
    if (e == NULL)
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

void link_figures(Linker *l)
{
    Model *m = l->model;
    m->indicators = arena_many(l->keep, Indicator *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_INDICATOR || d->made == NULL)
            continue;
        link_indicator(l, d);
        ((Indicator *)d->made)->number = (unsigned)m->n_indicators;
        m->indicators[m->n_indicators++] = d->made;
    }
}
