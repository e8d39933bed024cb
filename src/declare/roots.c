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

static void field_roots(const Walk *w, const Field *f)
{
    const Versions *v =
        f->compute != NULL && f->compute->kind == EXPR_VERSION ? f->compute->versions : NULL;
    for (size_t i = 0; v != NULL && i < v->n; i++)
        root(w, (Root){.subject = f->entity, .home = &v->list[i].home, .territory = i > 0},
             v->list[i].value);
    if (v == NULL)
        root(w, (Root){.subject = f->entity, .home = &f->home}, f->compute);
}

static void entity_roots(const Walk *w, const Entity *e)
{
    root(w, (Root){.subject = e, .home = &e->home}, e->place);
    for (size_t i = 0; i < e->n_fields; i++)
        field_roots(w, e->fields[i]);
}

static void param_roots(const Walk *w, const Param *p)
{
    const Root r = {.home = &p->home};
    root(w, r, p->otherwise);
    root(w, r, p->floor);
    root(w, r, p->ceiling);
}

/* Of each version in its own place; the exceptions are those of all of them. */
static void one_rule_roots(const Walk *w, const Rule *r)
{
    const Expr *place = r->subject != NULL ? rule_place(r) : NULL;
    const Root first = {.subject = r->subject, .home = &r->home, .territory = true, .place = place};
    Root then = first;
    then.given = r->when;
    root(w, first, r->when);
    root(w, (Root){.subject = r->subject, .home = &r->home}, r->place);
    root(w, first, r->start_after);
    root(w, first, r->start_of);
    root(w, first, r->to);
    root(w, then, r->pay);
    root(w, then, r->require);
    for (size_t i = 0; i < r->n_cure_parts; i++)
        root(w, then, r->cure_parts[i]);
}

static void rule_roots(const Walk *w, const Rule *r)
{
    for (size_t i = 0; r->versions != NULL && i < r->versions->n; i++)
        if (r->versions->list[i].rule != NULL)
            one_rule_roots(w, r->versions->list[i].rule);
    if (r->versions == NULL)
        one_rule_roots(w, r);
    for (size_t i = 0; i < r->n_exceptions; i++) {
        const Exception *x = r->exceptions[i];
        Root own = {.subject = r->subject, .home = &x->home, .territory = true};
        own.given = r->when;
        root(w, own, x->when);
        own.given = x->when;
        root(w, own, x->pay);
    }
}

static void region_check_root(const Walk *w, const Rule *r)
{
    const RegionCheck *x = r->asked;
    root(w, (Root){.subject = r->subject, .home = &r->home}, x->asks.each_where);
    root(w, (Root){.home = &r->home}, x->value.value);
    if (x->asks.indicator != NULL)
        root(w, (Root){.home = &r->home}, x->asks.indicator->value);
    for (size_t i = 0; i < x->n_parts; i++)
        root(w, (Root){.home = &r->home}, x->parts[i]->value);
}

static void region_check_roots(const Walk *w, const Rule *r)
{
    if (r->versions == NULL)
        region_check_root(w, r);
    for (size_t i = 0; r->versions != NULL && i < r->versions->n; i++)
        if (r->versions->list[i].rule != NULL)
            region_check_root(w, r->versions->list[i].rule);
}

static void task_roots(const Walk *w, const Model *m)
{
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        const Root r = {.subject = t->subject, .home = &t->home, .territory = true};
        Root then = r;
        then.given = t->when;
        root(w, r, t->when);
        root(w, then, t->every);
        root(w, then, t->within);
        root(w, then, t->entry);
        root(w, (Root){.subject = t->done.entity, .home = &t->home}, t->done.where);
        for (size_t k = 0; k < t->n_sooner; k++) {
            root(w, (Root){.subject = t->sooner[k].entity, .home = &t->home}, t->sooner[k].where);
            root(w, then, t->sooner[k].every);
        }
    }
    for (size_t i = 0; i < m->n_duties; i++) {
        const Duty *d = m->duties[i];
        root(w, (Root){.home = &d->home}, d->within);
        root(w, (Root){.subject = d->done.entity, .home = &d->home}, d->done.where);
    }
}

static void procedure_roots(const Walk *w, const Procedure *p)
{
    const Root r = {.subject = p->entity, .home = &p->home, .territory = true};
    for (size_t i = 0; i < p->n_steps; i++) {
        const ProcedureStep *s = &p->steps[i];
        root(w, r, s->guard);
        root(w, r, s->within);
        root(w, r, s->after);
        for (size_t k = 0; k < s->n_needs; k++)
            root(w, r, s->needs[k].given);
    }
    for (size_t i = 0; i < p->n_orders; i++)
        for (size_t k = 0; k < p->orders[i].n_by; k++)
            root(w, r, p->orders[i].by[k]);
}

static void hold_roots(const Walk *w, const Hold *h)
{
    const Root r = {.subject = h->entity, .home = &h->home, .territory = true};
    root(w, r, h->condition);
    for (size_t i = 0; i < h->cure.n_parts; i++)
        root(w, r, h->cure.parts[i]);
}

static void indicator_roots(const Walk *w, const Indicator *i)
{
    const Versions *v = i->versions;
    root(w, (Root){.home = &i->home}, i->value);
    for (size_t k = 1; v != NULL && k < v->n; k++)
        if (v->list[k].indicator != NULL)
            root(w, (Root){.home = &v->list[k].home}, v->list[k].indicator->value);
}

static void draw_roots(const Walk *w, const Draw *d)
{
    const Root r = {.subject = d->of, .home = &d->home, .territory = true};
    root(w, r, d->take);
    root(w, r, d->where);
    root(w, (Root){.home = &d->home}, d->every);
    for (size_t i = 0; i < d->n_bars; i++)
        root(w, (Root){.subject = d->with != NULL ? d->with : d->of, .home = &d->home},
             d->bars[i].condition);
}

static void account_roots(const Walk *w, const Account *a)
{
    for (size_t i = 0; i < a->n_in + a->n_out; i++) {
        const Flow *f = i < a->n_in ? &a->in[i] : &a->out[i - a->n_in];
        root(w, (Root){.subject = f->entity, .home = &a->home}, f->where);
    }
}

static void printed_root(const Walk *w, const Root *r, const PaperPrinted *p)
{
    if (p->kind == PRINTED_FIGURE)
        root(w, (Root){.home = r->home}, p->figure->value);
    else
        root(w, *r, p->expr);
}

static void paper_roots(const Walk *w, const Paper *p)
{
    const Root about = {.subject = p->entity, .home = &p->home};
    root(w, about, p->when);
    for (size_t k = 0; k < p->n_texts; k++)
        for (size_t j = 0; j < p->texts[k].n_parts; j++)
            printed_root(w, &about, &p->texts[k].parts[j]);
    for (size_t k = 0; k < p->n_cells; k++)
        printed_root(w, &about, &p->cells[k].shown);
    for (size_t k = 0; k < p->n_rows; k++) {
        const Root r = {.subject = p->rows[k].of, .home = &p->home};
        root(w, r, p->rows[k].where);
        root(w, r, p->rows[k].group);
        for (size_t j = 0; j < p->rows[k].n_columns; j++)
            printed_root(w, &r, &p->rows[k].columns[j]);
    }
}

static void office_roots(const Walk *w, const Model *m)
{
    for (size_t i = 0; i < m->n_accounts; i++) {
        root(w, (Root){.home = &m->accounts[i]->home}, m->accounts[i]->low);
        root(w, (Root){.home = &m->accounts[i]->home}, m->accounts[i]->high);
        account_roots(w, m->accounts[i]);
    }
    for (size_t i = 0; i < m->n_publications; i++) {
        const Publish *p = m->publications[i];
        const Root r = {.subject = p->entity, .home = &p->home, .territory = true};
        root(w, r, p->where);
        root(w, r, p->lasts);
        root(w, r, p->every);
        for (size_t k = 0; k < p->n_fields; k++)
            root(w, r, p->fields[k].path);
    }
    for (size_t i = 0; i < m->n_papers; i++)
        paper_roots(w, m->papers[i]);
    for (size_t i = 0; i < m->n_exchanges; i++)
        root(w, (Root){.home = &m->exchanges[i]->home}, m->exchanges[i]->every);
}

void model_roots(const Model *m, RootVisit visit, void *context)
{
    const Walk w = {visit, context};
    for (size_t i = 0; i < m->n_entities; i++)
        entity_roots(&w, m->entities[i]);
    for (size_t i = 0; i < m->n_params; i++)
        param_roots(&w, m->params[i]);
    for (size_t i = 0; i < m->n_judgements; i++) {
        const Judgement *j = m->judgements[i];
        root(&w, (Root){.subject = j->entity, .home = &j->home}, j->ceiling);
    }
    for (size_t i = 0; i < m->n_rules; i++)
        rule_roots(&w, m->rules[i]);
    for (size_t i = 0; i < m->n_region_checks; i++)
        region_check_roots(&w, m->region_checks[i]);
    for (size_t i = 0; i < m->n_indicators; i++)
        indicator_roots(&w, m->indicators[i]);
    task_roots(&w, m);
    for (size_t i = 0; i < m->n_procedures; i++)
        procedure_roots(&w, m->procedures[i]);
    for (size_t i = 0; i < m->n_holds; i++)
        hold_roots(&w, m->holds[i]);
    for (size_t i = 0; i < m->n_draws; i++)
        draw_roots(&w, m->draws[i]);
    for (size_t i = 0; i < m->n_scores; i++)
        root(
            &w,
            (Root){.subject = m->scores[i]->entity, .home = &m->scores[i]->home, .territory = true},
            m->scores[i]->answer);
    office_roots(&w, m);
}
