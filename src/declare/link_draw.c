/* link_draw.c — verifiable random selections: from which records, how many, who is sent to each and
 * who may not be.  Not here: the drawing.  Start: link_draws(). */
#include "declare/follow.h"

typedef struct Drawing {
    Linker *l;
    const Declaration *d;
    Draw *w;
    const Node *items;
    Scope scope;
} Drawing;

static void draw_with(Drawing *x)
{
    const Node *n = item_once(x->l, x->d->node->c, AST_WITH_SOME, "with");
    if (n == NULL)
        return;
    Node number = {.kind = AST_NUMBER, .at = n->at};
    unsigned most;
    x->w->with = name_need(x->l, &n->a->at, NAME_ENTITY, "an entity");
    link_times(x->l, &number, 1, &x->w->count, &most);
}

static void draw_take(Drawing *x)
{
    const Node *n = item_once(x->l, x->items, AST_TAKE, "take");
    if (n == NULL) {
        if (x->d->damaged)
            return;
        Diag *d = diag_error(x->l->diags, x->d->node->at.pos, "draw '%.*s' does not say how many",
                             STR_ARG(x->w->name));
        diag_hint(x->l->diags, d, "'take 20' or 'take 30%%', or a param by class");
        return;
    }
    if (list_length(n->a) > 1)
        diag_error(x->l->diags, node_pos(list_first(n->a)->next),
                   "a draw takes one share or number");
    const Expr *e = link_expr(&x->scope, list_first(n->a), NULL);
    if (e == NULL)
        return;
    Dimension d = dimension_of(&e->type);
    if (d != DIMENSION_SHARE && (d != DIMENSION_PLAIN || e->type.scale > 0)) {
        diag_error(x->l->diags, e->pos, "a draw takes a share or a whole number of records, not %s",
                   words_of(&x->scope, &e->type));
        return;
    }
    x->w->take = e;
}

/* ---- who may not go where */

static const Field *bar_side(Drawing *x, const Entity *relation, const Node *path)
{
    Linker *l = x->l;
    const Name *name = node_is_word(path) ? word_name(l, &path->at) : NULL;
    const Entity *e = name != NULL && name->kind == NAME_ENTITY ? name->what : NULL;
    if (e == NULL || (e != x->w->of && e != x->w->with)) {
        diag_error(l->diags, node_pos(path), "%.*s or %.*s is needed here", STR_ARG(x->w->of->name),
                   STR_ARG(x->w->with->name));
        return NULL;
    }
    return link_reference(l, relation, e, NULL, node_pos(path));
}

/* conflict(inspector, facility): some record of conflict refers to both. */
static bool bar_relation(Drawing *x, const Node *n, DrawBar *bar)
{
    const Name *name = n->kind == AST_CALL ? word_name(x->l, &n->at) : NULL;
    if (name == NULL || name->kind != NAME_ENTITY || list_length(n->a) != 2)
        return false;
    const Node *a = list_first(n->a);
    if (a->kind != AST_PATH || a->next->kind != AST_PATH)
        return false;
    bar->relation = name->what;
    if (x->w->with == NULL) {
        diag_error(x->l->diags, node_pos(n), "nobody is sent: there is no pair of two");
        return true;
    }
    bar->a = bar_side(x, bar->relation, a);
    bar->b = bar_side(x, bar->relation, a->next);
    if (bar->a != NULL && bar->a == bar->b)
        diag_error(x->l->diags, node_pos(n), "this names the same record twice");
    return true;
}

static void draw_bars(Drawing *x)
{
    x->w->bars = arena_many(x->l->keep, DrawBar, list_length(x->items));
    for (const Node *n = list_first(x->items); n != NULL; n = n->next) {
        if (n->kind != AST_NOT_WHERE)
            continue;
        DrawBar *bar = &x->w->bars[x->w->n_bars++];
        Scope s = x->scope;
        if (x->w->with != NULL) {
            s.subject = x->w->with;
            s.outer = x->w->of;
        }
        if (!bar_relation(x, n->a, bar))
            bar->condition = link_condition(&s, n->a);
    }
}

/* ---- what comes of it */

static const Field *gives_text(const Entity *e)
{
    const Field *f = entity_field(e, STR("receipt"));
    return f != NULL && f->type.kind == KIND_TEXT && !f->dated && !f->secret && f->compute == NULL
               ? f
               : NULL;
}

/* References to those who are sent, in the order in which they are declared. */
static void gives_with(Drawing *x, struct DrawGives *g, Pos pos)
{
    size_t n = 0;
    g->with = arena_many(x->l->keep, const Field *, x->w->count + 1);
    for (size_t i = 0; x->w->with != NULL && i < g->entity->n_fields; i++) {
        const Field *f = g->entity->fields[i];
        if (f->type.kind == KIND_REF && f->type.to == x->w->with && !f->dated &&
            f->compute == NULL && n < x->w->count)
            g->with[n++] = f;
    }
    if (n < x->w->count) {
        Diag *d = diag_error(x->l->diags, pos, "%.*s does not refer to %u %.*s",
                             STR_ARG(g->entity->name), x->w->count, STR_ARG(x->w->with->name));
        diag_hint(x->l->diags, d, "a field for each that is sent");
    }
}

static bool gives_fills(const Drawing *x, const struct DrawGives *g, const Field *f)
{
    bool sent = false;
    for (unsigned i = 0; x->w->with != NULL && i < x->w->count; i++)
        sent = sent || g->with[i] == f;
    return sent || f == g->of || f == g->day || f == g->receipt;
}

static void draw_gives(Drawing *x)
{
    const Node *n = item_once(x->l, x->items, AST_MAKES, "gives");
    struct DrawGives g = {0};
    if (n == NULL)
        return;
    Token word = n->a->at;
    g.entity = name_need(x->l, &word, NAME_ENTITY, "an entity");
    if (g.entity == NULL)
        return;
    g.of = link_reference(x->l, g.entity, x->w->of, NULL, node_pos(n->a));
    g.day = g.entity->event_day != NULL ? g.entity->event_day : g.entity->begin;
    g.receipt = gives_text(g.entity);
    gives_with(x, &g, node_pos(n->a));
    if (g.day == NULL)
        diag_error(x->l->diags, node_pos(n->a), "%.*s has no day on which it was drawn",
                   STR_ARG(g.entity->name));
    for (size_t i = 0; i < g.entity->n_fields; i++) {
        const Field *f = g.entity->fields[i];
        if (f->required && !gives_fills(x, &g, f))
            diag_error(x->l->diags, node_pos(n->a), "a draw can not know '%.*s' of %.*s",
                       STR_ARG(f->name), STR_ARG(g.entity->name));
    }
    if (g.of != NULL && g.day != NULL)
        x->w->gives = g;
}

static void link_draw(Linker *l, const Declaration *d)
{
    Drawing x = {.l = l, .d = d, .w = d->made, .items = d->node->d};
    const Node *every = item_once(l, d->node->c, AST_RECURS, "every");
    const Node *by = item_once(l, d->node->c, AST_LEAD, "by");
    const Node *where = item_once(l, x.items, AST_ONLY_WHERE, "where");
    head_fill(l, d, &x.w->name, &x.w->label, &x.w->home);
    x.w->of = name_need(l, &d->node->b->at, NAME_ENTITY, "an entity");
    if (x.w->of == NULL)
        return;
    x.scope = (Scope){.l = l, .subject = x.w->of, .rule = true};
    link_territory(l, d, x.w->of);
    draw_with(&x);
    draw_take(&x);
    draw_bars(&x);
    draw_gives(&x);
    if (every != NULL) {
        Scope none = {.l = l, .rule = true};
        link_recurs(&none, every, &x.w->every, &x.w->period);
    }
    if (by != NULL)
        x.w->by = link_who(l, by->a, false);
    if (where != NULL)
        x.w->where = link_condition(&x.scope, where->a);
    x.w->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
}

void link_draws(Linker *l)
{
    Model *m = l->model;
    m->draws = arena_many(l->keep, Draw *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_DRAW ? x : declaration_amending(l, x, AST_DRAW, sizeof(Draw));
        if (d == NULL || d->made == NULL)
            continue;
        link_draw(l, d);
        ((Draw *)d->made)->number = (unsigned)m->n_draws;
        m->draws[m->n_draws++] = d->made;
    }
}
