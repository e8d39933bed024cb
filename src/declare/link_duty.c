/* link_duty.c — what an office must do, once or in each period, by when, and what shows it.
 * Start: link_duties(). */
#include "declare/follow.h"

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

/* A duty recurs by the calendar: it has no record whose own days could begin it. */
static void duty_recurs(Linker *l, Duty *u, const Node *items)
{
    const Node *every = item_once(l, items, AST_RECURS, "every");
    const Node *within = item_once(l, items, AST_WITHIN, "within");
    Scope s = {.l = l, .rule = true};
    if (every != NULL)
        u->period = node_is_word(every->a) ? period_of_word(every->a->at.text) : PERIOD_NONE;
    if (every != NULL && u->period == PERIOD_NONE) {
        Diag *d =
            diag_error(l->diags, node_pos(every->a), "a duty recurs in periods of the calendar");
        diag_hint(l->diags, d, "every month, quarter, half_year or year");
    }
    if (within != NULL && every == NULL)
        diag_error(l->diags, within->at.pos, "only what recurs is due so long after its period");
    else if (within != NULL)
        u->within = link_duration(&s, within->a, "'within'");
}

static void duty_until(Linker *l, Duty *u, const Node *n)
{
    if (n->at.kind == TK_DATE) {
        u->until = (Date)n->at.number;
        return;
    }
    u->until_month = (int)(n->at.number / 100);
    u->until_day = (int)(n->at.number % 100);
    if (u->period == PERIOD_YEAR && u->within == NULL)
        return;
    Diag *d =
        diag_error(l->diags, n->at.pos, "a month and day is the deadline of what recurs yearly");
    diag_hint(l->diags, d, "write 'every year until %.*s', or a day with its year",
              STR_ARG(n->at.text));
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
    u->wording.leave = leave_of(l, item_once(l, items, AST_LEAVE, "may be amended by"));
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
    duty_recurs(l, u, items);
    if ((item = item_once(l, items, AST_UNTIL, "until")) != NULL)
        duty_until(l, u, item);
    if ((item = item_once(l, items, AST_DONE, "done by")) != NULL)
        link_done(l, item, NULL, &u->done);
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
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_DUTY ? x : declaration_amending(l, x, AST_DUTY, sizeof(Duty));
        if (d == NULL || d->made == NULL)
            continue;
        link_duty(l, d);
        ((Duty *)d->made)->number = (unsigned)m->n_duties;
        m->duties[m->n_duties++] = d->made;
    }
}
