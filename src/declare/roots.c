/* roots.c — every expression a Model holds.  Start: model_roots(). */
#include "declare/roots.h"

typedef struct Walk {
    RootVisit visit;
    void *context;
} Walk;

static void root(const Walk *w, Root r, const Expr *e)
{
    r.expr = e;
    if (e != NULL)
        w->visit(&r, w->context);
}

static void entity_roots(const Walk *w, const Entity *e)
{
    root(w, (Root){.subject = e, .home = &e->home}, e->place);
    for (size_t i = 0; i < e->n_fields; i++)
        root(w, (Root){.subject = e, .home = &e->fields[i]->home}, e->fields[i]->compute);
}

static void param_roots(const Walk *w, const Param *p)
{
    const Root r = {.home = &p->home};
    root(w, r, p->otherwise);
    root(w, r, p->floor);
    root(w, r, p->ceiling);
}

static void rule_roots(const Walk *w, const Rule *r)
{
    const Root first = {.subject = r->subject, .home = &r->home, .territory = true};
    Root then = first;
    then.given = r->when;
    root(w, first, r->when);
    root(w, first, r->start_after);
    root(w, first, r->start_of);
    root(w, first, r->to);
    root(w, then, r->pay);
    root(w, then, r->require);
    for (size_t i = 0; i < r->n_cure_parts; i++)
        root(w, then, r->cure_parts[i]);
}

void model_roots(const Model *m, RootVisit visit, void *context)
{
    const Walk w = {visit, context};
    for (size_t i = 0; i < m->n_entities; i++)
        entity_roots(&w, m->entities[i]);
    for (size_t i = 0; i < m->n_params; i++)
        param_roots(&w, m->params[i]);
    for (size_t i = 0; i < m->n_rules; i++)
        rule_roots(&w, m->rules[i]);
    for (size_t i = 0; i < m->n_indicators; i++)
        root(&w, (Root){.home = &m->indicators[i]->home}, m->indicators[i]->value);
}
