/* link_duty.c — what an office must do once, by when, and what shows it.
 * Start: link_duties(). */
#include "declare/link.h"

#include "declare/grammar.h"

static void read_agencies(Linker *l, const Enum *agency, const Node *names, Str **to, size_t *n)
{
    *to = arena_many(l->keep, Str, list_length(names));
    for (const Node *m = list_first(names); m != NULL; m = m->next) {
        const Code *c = word_code(l, agency, &m->at);
        if (c != NULL) {
            (*to)[(*n)++] = c->name;
            continue;
        }
        if (linker_damaged(l, agency))
            continue;
        Diag *d = diag_error(l->diags, m->at.pos, "there is no agency '%.*s'", STR_ARG(m->at.text));
        hint_codes(l, d, agency, m->at.text);
        if (d->hint == NULL)
            diag_hint(l->diags, d, "add it: extend agency { %.*s \"…\" is … }",
                      STR_ARG(m->at.text));
    }
}

static void read_measured(Linker *l, Duty *u, const Node *names)
{
    u->measured = arena_many(l->keep, const Indicator *, list_length(names));
    for (const Node *m = list_first(names); m != NULL; m = m->next) {
        const Indicator *i = name_need(l, &m->at, NAME_INDICATOR, "an indicator");
        if (i != NULL)
            u->measured[u->n_measured++] = i;
    }
}

static void link_duty(Linker *l, const Declaration *d)
{
    Duty *u = d->made;
    const Node *n = d->node, *items = n->b, *item;
    const Enum *agency = name_of(l, STR("agency"), NAME_ENUM);
    u->name = n->at.text;
    u->label = link_label(l, n->a, u->name);
    u->home = d->home;
    u->home.pos = n->at.pos;
    u->until = DATE_MAX;
    u->needs = u->region = (Str){"", 0};
    const Node *lead = item_once(l, items, AST_LEAD, "by");
    const Node *with = item_once(l, items, AST_WITH, "with");
    if (agency == NULL) {
        diag_error(l->diags, n->at.pos,
                   "a duty needs the enum 'agency', which no document declares");
        return;
    }
    if (lead == NULL)
        diag_error(l->diags, n->at.pos, "duty '%.*s' does not say by whom", STR_ARG(u->name));
    else
        read_agencies(l, agency, lead->a, &u->lead, &u->n_lead);
    if (with != NULL)
        read_agencies(l, agency, with->a, &u->with, &u->n_with);
    if ((item = item_once(l, items, AST_UNTIL, "until")) != NULL)
        u->until = (Date)item->at.number;
    if ((item = item_once(l, items, AST_NEEDS, "needs")) != NULL)
        u->needs = item->at.text;
    if ((item = item_once(l, items, AST_MEASURED, "measured by")) != NULL)
        read_measured(l, u, item->a);
    if ((item = item_once(l, items, AST_IN, "in")) != NULL)
        link_region(l, item->at.pos, item->at.text, &u->region);
}

void link_duties(Linker *l)
{
    Model *m = l->model;
    m->duties = arena_many(l->keep, Duty *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_DUTY || d->made == NULL)
            continue;
        link_duty(l, d);
        ((Duty *)d->made)->number = (unsigned)m->n_duties;
        m->duties[m->n_duties++] = d->made;
    }
}
