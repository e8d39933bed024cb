/* link_publish.c — what is made public: which records, which of their fields, for how long.
 * A secret is published masked or not at all.  Start: link_publications(). */
#include "declare/follow.h"

typedef struct Publishing {
    Linker *l;
    const Declaration *d;
    Publish *p;
    Scope scope;
} Publishing;

static void publish_state(Publishing *x, const Node *n)
{
    const Procedure *p = x->p->entity->procedure;
    if (p == NULL) {
        if (!linker_damaged(x->l, x->p->entity))
            diag_error(x->l->diags, n->at.pos, "%.*s has no procedure, so it has no states",
                       STR_ARG(x->p->entity->name));
        return;
    }
    const Code *c = word_code(x->l, p->states, &n->a->at);
    if (c != NULL) {
        x->p->state = (int)c->number;
        return;
    }
    if (linker_damaged(x->l, p->states))
        return;
    Diag *d = diag_error(x->l->diags, n->a->at.pos, "'%.*s' is no state of %.*s",
                         STR_ARG(n->a->at.text), STR_ARG(p->name));
    hint_codes(x->l, d, p->states, n->a->at.text);
}

static void publish_field(Publishing *x, const Node *n)
{
    const Expr *e = link_shown(&x->scope, n->a);
    if (e == NULL)
        return;
    const Field *f = e->path[e->n_path - 1];
    if (f->secret && n->b == NULL) {
        Diag *d = diag_error(x->l->diags, node_pos(n->a), "'%.*s' is secret", STR_ARG(f->name));
        diag_hint(x->l->diags, d, "publish it masked, or leave it out");
        return;
    }
    if (f->type.kind == KIND_REF) {
        Diag *d =
            diag_error(x->l->diags, node_pos(n->a), "'%.*s' is another record", STR_ARG(f->name));
        diag_hint(x->l->diags, d, "say which of its fields is published: %.*s.name",
                  STR_ARG(f->name));
        return;
    }
    if (n->b != NULL && !kind_is_text(f->type.kind)) {
        diag_error(x->l->diags, n->b->at.pos, "%s can not be masked",
                   words_of(&x->scope, &f->type));
        return;
    }
    ShownField *to = &x->p->fields[x->p->n_fields++];
    *to = (ShownField){.path = e, .masked = n->b != NULL, .label = f->label};
    if (n->c != NULL)
        to->label = link_label(x->l, n->c, f->name);
}

/* `for` counts from a day. */
static void check_lasts(Publishing *x)
{
    const Publish *p = x->p;
    if (p->lasts == NULL || p->state >= 0 || p->entity->event_day != NULL ||
        p->period != PERIOD_NONE || x->d->damaged || linker_damaged(x->l, p->entity))
        return;
    Diag *d = diag_error(x->l->diags, p->lasts->pos, "from which day '%.*s' lasts is not said",
                         STR_ARG(p->name));
    diag_hint(x->l->diags, d, "at STATE, every month, or an entity that is dated by a day");
}

static void link_publication(Linker *l, const Declaration *d)
{
    Publishing x = {.l = l, .d = d, .p = d->made};
    const Node *items = d->node->c, *n;
    head_fill(l, d, &x.p->name, &x.p->label, &x.p->home);
    x.p->state = -1;
    x.p->entity = name_need(l, &d->node->b->at, NAME_ENTITY, "an entity");
    if (x.p->entity == NULL)
        return;
    x.scope = (Scope){.l = l, .subject = x.p->entity, .rule = true};
    link_territory(l, d, x.p->entity);
    if ((n = item_once(l, items, AST_AT_STATE, "at")) != NULL)
        publish_state(&x, n);
    if ((n = item_once(l, items, AST_ONLY_WHERE, "where")) != NULL)
        x.p->where = link_condition(&x.scope, n->a);
    if ((n = item_once(l, items, AST_LASTS, "for")) != NULL)
        x.p->lasts = link_duration(&x.scope, n->a, "'for'");
    if ((n = item_once(l, items, AST_RECURS, "every")) != NULL)
        link_recurs(&x.scope, n, &x.p->every, &x.p->period);
    if ((n = item_once(l, items, AST_LEAD, "by")) != NULL)
        x.p->by = link_who(l, n->a, false);
    x.p->wording.leave = leave_of(l, item_once(l, items, AST_LEAVE, "may be amended by"));
    check_lasts(&x);
    x.p->fields = arena_many(l->keep, ShownField, list_length(d->node->d));
    for (const Node *f = list_first(d->node->d); f != NULL; f = f->next)
        publish_field(&x, f);
    if (list_first(d->node->d) == NULL && !d->damaged)
        diag_error(l->diags, d->node->at.pos, "'%.*s' publishes no field", STR_ARG(x.p->name));
}

void link_publications(Linker *l)
{
    Model *m = l->model;
    m->publications = arena_many(l->keep, Publish *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d = x->node->kind == AST_PUBLISH
                                   ? x
                                   : declaration_amending(l, x, AST_PUBLISH, sizeof(Publish));
        if (d == NULL || d->made == NULL)
            continue;
        link_publication(l, d);
        ((Publish *)d->made)->number = (unsigned)m->n_publications;
        m->publications[m->n_publications++] = d->made;
    }
}
