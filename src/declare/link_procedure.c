/* link_procedure.c — the states of a record and who may move it on.
 * Two passes: link_states() makes an enum of the states and finds what each says of the past,
 * before any expression is read; link_procedures() reads who, when and under which conditions.  A
 * procedure gives its entity the dated field `state`.  Start: link_states(), link_step(). */
#include "declare/follow.h"

#include "base/limits.h"
#include "declare/grammar.h"

typedef struct Drafting {
    Linker *l;
    const Declaration *d;
    Procedure *p;
    Enum *e;
    bool listed; /* `state` items say which there are */
    bool amends; /* another text of the procedure: its states may be there already */
} Drafting;

/* ---- states */

static Code *state_find(const Drafting *x, const Node *name)
{
    return (Code *)code_find(x->e, name->at.text);
}

static void state_add(Drafting *x, const Node *n)
{
    Linker *l = x->l;
    if (state_find(x, n) != NULL) {
        if (n->kind == AST_CODE && !x->amends)
            diag_error(l->diags, n->at.pos, "state '%.*s' stands twice", STR_ARG(n->at.text));
        return;
    }
    if (x->e->n_codes == LIMIT_STATES) {
        diag_error(l->diags, n->at.pos, "a procedure has at most %u states", LIMIT_STATES);
        return;
    }
    Node plain = {.kind = AST_CODE, .at = n->at, .a = n->kind == AST_CODE ? n->a : NULL};
    Code *c = &x->e->codes[x->e->n_codes];
    code_fill(l, c, &plain, &x->d->home);
    c->number = (unsigned)x->e->n_codes++;
}

static void states_listed(Drafting *x)
{
    for (const Node *n = list_first(x->d->node->c); n != NULL; n = n->next)
        if (n->kind == AST_STATES) {
            x->listed = true;
            for (const Node *c = list_first(n->a); c != NULL; c = c->next)
                state_add(x, c);
        }
}

/* Without a list the steps say which states there are, in the order in which they are named. */
static void states_of_steps(Drafting *x)
{
    for (const Node *n = list_first(x->d->node->c); n != NULL; n = n->next)
        for (const Node *c = n->kind == AST_STEPS ? list_first(n->a) : NULL; c != NULL;
             c = c->next) {
            if (!x->listed)
                state_add(x, c);
            else if (state_find(x, c) == NULL) {
                Diag *d = diag_error(x->l->diags, c->at.pos, "'%.*s' is no state of %.*s",
                                     STR_ARG(c->at.text), STR_ARG(x->p->name));
                hint_codes(x->l, d, x->e, c->at.text);
            }
        }
}

/* ---- what a state says of the past */

static uint64_t bit(size_t i)
{
    return UINT64_C(1) << i;
}

static void graph_steps(Drafting *x)
{
    for (const Node *n = list_first(x->d->node->c); n != NULL; n = n->next)
        for (const Node *c = n->kind == AST_STEPS ? list_first(n->a) : NULL;
             c != NULL && c->next != NULL; c = c->next) {
            const Code *from = state_find(x, c), *to = state_find(x, c->next);
            if (from != NULL && to != NULL)
                x->p->facts[from->number].next |= bit(to->number);
        }
}

static void graph_after(StateFacts *f, size_t n)
{
    for (size_t i = 0; i < n; i++)
        f[i].after = f[i].next;
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < n; i++)
            if ((f[i].after & bit(k)) != 0)
                f[i].after |= f[k].after;
}

/* The first named and all that no step leads to. */
static uint64_t graph_firsts(StateFacts *f, size_t n)
{
    uint64_t entered = 0, firsts = 0;
    for (size_t i = 0; i < n; i++)
        entered |= f[i].next;
    for (size_t i = 0; i < n; i++) {
        f[i].first = i == 0 || (entered & bit(i)) == 0;
        f[i].last = f[i].next == 0;
        if (f[i].first)
            firsts |= bit(i);
    }
    return firsts;
}

/* States that lie on every way to each state, itself included. */
static void graph_must(const StateFacts *f, size_t n, uint64_t *must)
{
    bool changed = true;
    for (size_t i = 0; i < n; i++)
        must[i] = f[i].first ? bit(i) : UINT64_MAX;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < n; i++) {
            uint64_t all = UINT64_MAX;
            for (size_t k = 0; k < n; k++)
                if ((f[k].next & bit(i)) != 0)
                    all &= must[k];
            all |= bit(i);
            if (!f[i].first && all != must[i]) {
                must[i] = all;
                changed = true;
            }
        }
    }
    for (size_t i = 0; i < n; i++)
        if (must[i] == UINT64_MAX)
            must[i] = bit(i); /* nothing leads there */
}

static void graph_facts(Procedure *p)
{
    size_t n = p->states->n_codes;
    uint64_t must[LIMIT_STATES + 1], firsts;
    graph_after(p->facts, n);
    firsts = graph_firsts(p->facts, n);
    graph_must(p->facts, n, must);
    for (size_t s = 0; s < n; s++) {
        for (size_t f = 0; f < n; f++)
            if ((must[f] & bit(s)) != 0)
                p->facts[s].implied |= bit(f);
        /* Where an item begins, nothing was before. */
        p->facts[s].open = p->facts[s].after & ~p->facts[s].implied & ~firsts;
    }
}

static void graph_check(Drafting *x)
{
    const Procedure *p = x->p;
    uint64_t met = 0;
    for (size_t i = 0; i < x->e->n_codes; i++)
        if (p->facts[i].first)
            met |= bit(i) | p->facts[i].after;
    for (size_t i = 0; i < x->e->n_codes; i++) {
        bool alone = p->facts[i].next == 0 && p->facts[i].first && x->e->n_codes > 1;
        if (!alone && (met & bit(i)) != 0)
            continue;
        diag_warning(x->l->diags, x->e->codes[i].home.pos,
                     alone ? "no step leads to or from state '%.*s'"
                           : "state '%.*s' can not be reached",
                     STR_ARG(x->e->codes[i].name));
    }
}

/* ---- the first pass */

static void procedure_entity(Drafting *x)
{
    Linker *l = x->l;
    Entity *e = name_need(l, &x->d->node->b->at, NAME_ENTITY, "an entity");
    x->p->entity = e;
    if (e == NULL)
        return;
    if (e->procedure != NULL) {
        Diag *d = diag_error(l->diags, x->d->node->at.pos, "%.*s has a procedure already",
                             STR_ARG(e->name));
        diag_hint(l->diags, d, "it is '%.*s' in %s, line %u", STR_ARG(e->procedure->name),
                  e->procedure->home.pos.source->name, e->procedure->home.pos.line);
        return;
    }
    e->procedure = x->p;
}

static void draft(Linker *l, const Declaration *d)
{
    Procedure *p = d->made;
    Enum *e = arena_new_of(l->keep, Enum);
    Drafting x = {l, d, p, e, false, false};
    head_fill(l, d, &p->name, &p->label, &p->home);
    e->name = str_of(arena_printf(l->keep, "%.*s_state", STR_ARG(p->name)));
    e->stored = added_name(l, d->home.document, NULL, e->name);
    e->label.zh = str_of(arena_printf(l->keep, "%.*s进度", STR_ARG(p->label.zh)));
    e->label.en = str_of(arena_printf(l->keep, "state of %.*s", STR_ARG(p->label.en)));
    e->home = p->home;
    e->codes = arena_many(l->keep, Code, LIMIT_STATES);
    p->states = e;
    p->facts = arena_many(l->keep, StateFacts, LIMIT_STATES);
    procedure_entity(&x);
    states_listed(&x);
    states_of_steps(&x);
    if (d->damaged)
        linker_damage(l, e);
    if (e->n_codes == 0 && !d->damaged)
        diag_error(l->diags, d->node->at.pos, "procedure '%.*s' has no steps", STR_ARG(p->name));
    if (e->n_codes == 0 || name_add(l, e->name, NAME_ENUM, d->node->at.pos, e) == NULL)
        return;
    e->number = (unsigned)l->model->n_enums;
    l->model->enums[l->model->n_enums++] = e;
}

/* A later text may say more states: records of both stand in one table. */
static void draft_amended(Linker *l, Declaration *of)
{
    const Declaration *d = declaration_amending(l, of, AST_PROCEDURE, sizeof(Procedure));
    Procedure *p = d == NULL ? NULL : name_of(l, d->node->at.text, NAME_PROCEDURE);
    if (p == NULL || p->states == NULL)
        return;
    Drafting x = {l, d, p, p->states, false, true};
    states_listed(&x);
    states_of_steps(&x);
    graph_steps(&x);
}

static bool is_states(const Linker *l, Str name)
{
    const Enum *e = name_of(l, name, NAME_ENUM);
    for (size_t i = 0; i < l->n_declarations && e != NULL; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_PROCEDURE && d->made != NULL &&
            ((const Procedure *)d->made)->states == e)
            return true;
    }
    return false;
}

static void refuse_extensions(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Node *n = l->declarations[i].node;
        if (n->kind == AST_EXTEND && is_states(l, n->at.text))
            diag_error(l->diags, n->at.pos, "'%.*s' is made of the steps of its procedure",
                       STR_ARG(n->at.text));
    }
}

void link_states(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_PROCEDURE && d->made != NULL)
            draft(l, d);
    }
    for (size_t i = 0; i < l->n_declarations; i++)
        draft_amended(l, &l->declarations[i]);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        Procedure *p = d->node->kind == AST_PROCEDURE ? d->made : NULL;
        if (p == NULL || p->states == NULL || p->states->n_codes == 0)
            continue;
        Drafting x = {l, d, p, p->states, false, false};
        graph_steps(&x);
        graph_facts(p);
        if (!d->damaged)
            graph_check(&x);
    }
    refuse_extensions(l);
}

void add_state_fields(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        Procedure *p = d->node->kind == AST_PROCEDURE ? d->made : NULL;
        if (p == NULL || p->entity == NULL || p->entity->procedure != p || p->states->n_codes == 0)
            continue;
        Token word = {.text = STR("state"), .pos = d->node->at.pos};
        Field *f = field_add(l, (Entity *)p->entity, &word, &d->home);
        if (f == NULL)
            continue;
        f->label = p->states->label;
        f->type = (Type){.kind = KIND_ENUM, .of = p->states};
        f->dated = true;
        p->state = f;
        if (d->damaged)
            linker_damage(l, (Entity *)p->entity);
    }
}

/* ---- the second pass: steps */

typedef struct Stepping {
    Linker *l;
    const Declaration *d;
    Procedure *p;
    Scope scope;
    GArray *steps, *orders; /* of ProcedureStep, StateOrder */
} Stepping;

static void step_deadline(Stepping *x, const Node *items, ProcedureStep *s)
{
    const Node *until = item_once(x->l, items, AST_UNTIL, "until");
    const Node *within = item_once(x->l, items, AST_WITHIN, "within");
    const Node *after = item_once(x->l, items, AST_WAITS, "after");
    if (until != NULL && within != NULL)
        diag_error(x->l->diags, within->at.pos, "a step has one deadline: 'until' or 'within'");
    if (until != NULL && until->at.kind == TK_DATE) {
        s->deadline = DEADLINE_DATE;
        s->until = (Date)until->at.number;
    } else if (until != NULL) {
        s->deadline = DEADLINE_YEARLY;
        s->month = (int)(until->at.number / 100);
        s->day = (int)(until->at.number % 100);
    } else if (within != NULL) {
        s->deadline = DEADLINE_WITHIN;
        s->within = link_duration(&x->scope, within->a, "'within'");
    }
    if (after != NULL)
        s->after = link_duration(&x->scope, after->a, "'after'");
}

static void step_needs(Stepping *x, const Node *items, ProcedureStep *s)
{
    const Node *n = item_once(x->l, items, AST_ASKS, "needs");
    if (n == NULL)
        return;
    if (list_length(n->a) > LIMIT_NEEDS) {
        diag_error(x->l->diags, n->at.pos, "a step needs at most %u things", LIMIT_NEEDS);
        return;
    }
    s->needs = arena_many(x->l->keep, Need, list_length(n->a));
    for (const Node *m = list_first(n->a); m != NULL; m = m->next)
        if (link_need(&x->scope, m, &s->needs[s->n_needs]))
            s->n_needs++;
}

static void step_limits(Stepping *x, const Node *items, ProcedureStep *s)
{
    s->limits = arena_many(x->l->keep, StepLimit, list_length(items));
    for (const Node *n = list_first(items); n != NULL; n = n->next) {
        StepLimit limit = {0};
        if (n->kind != AST_LIMIT || !link_times(x->l, n->a, 0, &limit.least, &limit.most))
            continue;
        if (n->a->kind != AST_RANGE)
            limit.least = 0;
        limit.period = period_of_word(n->b->at.text);
        if (limit.period == PERIOD_NONE)
            limit.level = link_level(x->l, &n->b->at, "a limit per level");
        if (limit.period != PERIOD_NONE || limit.level != NULL)
            s->limits[s->n_limits++] = limit;
        if (limit.level != NULL && x->p->entity->place == NULL)
            diag_error(x->l->diags, n->at.pos, "%.*s does not say its place",
                       STR_ARG(x->p->entity->name));
    }
}

/* What stands behind a chain of several arrows is who takes them, and nothing else. */
static bool chain_fine(Stepping *x, const Node *n)
{
    if (list_length(n->a) == 2)
        return true;
    for (const Node *m = list_first(n->b); m != NULL; m = m->next)
        if (m->kind != AST_LEAD) {
            Diag *d = diag_error(x->l->diags, m->at.pos, "'%.*s' is of one step, this is a chain",
                                 STR_ARG(m->at.text));
            diag_hint(x->l->diags, d, "give the step a line of its own");
            return false;
        }
    return true;
}

static bool step_twice(Stepping *x, const ProcedureStep *s)
{
    for (guint i = 0; i < x->steps->len; i++) {
        const ProcedureStep *o = &g_array_index(x->steps, ProcedureStep, i);
        if (o->from == s->from && o->to == s->to)
            return true;
    }
    return false;
}

static void link_step(Stepping *x, const Node *n)
{
    const Node *lead = item_once(x->l, n->b, AST_LEAD, "by");
    ProcedureStep base = {.until = DATE_MAX};
    if (lead == NULL && !x->d->damaged) {
        Diag *d = diag_error(x->l->diags, n->at.pos, "nobody may take this step");
        diag_hint(x->l->diags, d, "say who: 'by' and a role or an agency");
    }
    if (lead != NULL)
        base.by = link_who(x->l, lead->a, false);
    if (chain_fine(x, n)) {
        const Node *guard = item_once(x->l, n->b, AST_GUARD, "guard");
        if (guard != NULL)
            base.guard = link_condition(&x->scope, guard->a);
        step_deadline(x, n->b, &base);
        step_needs(x, n->b, &base);
        step_limits(x, n->b, &base);
    }
    for (const Node *c = list_first(n->a); c->next != NULL; c = c->next) {
        const Code *from = word_code(x->l, x->p->states, &c->at);
        const Code *to = word_code(x->l, x->p->states, &c->next->at);
        ProcedureStep s = base;
        if (from == NULL || to == NULL)
            continue;
        s.from = from->number;
        s.to = to->number;
        s.pos = c->next->at.pos;
        if (from == to)
            diag_error(x->l->diags, s.pos, "this step leads nowhere");
        else if (step_twice(x, &s))
            diag_error(x->l->diags, s.pos, "the step from '%.*s' to '%.*s' stands twice",
                       STR_ARG(from->name), STR_ARG(to->name));
        else
            g_array_append_val(x->steps, s);
    }
}

/* ---- orders */

static bool order_key(Stepping *x, const Node *n, const Expr **ret)
{
    const Expr *e = link_expr(&x->scope, n, NULL);
    if (e == NULL)
        return false;
    const Type *t = &e->type;
    bool ordered = dimension_of(t) != DIMENSION_NOT || t->kind == KIND_DATE ||
                   t->kind == KIND_MONTH || (t->kind == KIND_ENUM && t->of->ordered);
    if (!ordered)
        diag_error(x->l->diags, e->pos, "%s has no order, so nobody can queue by it",
                   words_of(&x->scope, t));
    *ret = e;
    return ordered;
}

static void link_order(Stepping *x, const Node *n)
{
    StateOrder o = {0};
    const Code *c = word_code(x->l, x->p->states, &n->a->at);
    if (c == NULL) {
        if (linker_damaged(x->l, x->p->states))
            return;
        Diag *d = diag_error(x->l->diags, n->a->at.pos, "'%.*s' is no state of %.*s",
                             STR_ARG(n->a->at.text), STR_ARG(x->p->name));
        hint_codes(x->l, d, x->p->states, n->a->at.text);
        return;
    }
    o.state = c->number;
    for (guint i = 0; i < x->orders->len; i++)
        if (g_array_index(x->orders, StateOrder, i).state == o.state)
            diag_error(x->l->diags, n->at.pos, "the order of '%.*s' stands twice",
                       STR_ARG(c->name));
    o.by = arena_many(x->l->keep, const Expr *, list_length(n->b));
    for (const Node *k = list_first(n->b); k != NULL; k = k->next)
        if (order_key(x, k, &o.by[o.n_by]))
            o.n_by++;
    g_array_append_val(x->orders, o);
}

static void procedure_years(Stepping *x, const Node *n)
{
    Procedure *p = x->p;
    p->yearly = n != NULL;
    p->year_from = 0;
    p->year_to = 9999;
    if (n == NULL || n->a == NULL)
        return;
    const Node *to = n->b != NULL ? n->b : n->a;
    const Node *both[] = {n->a, to};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++)
        if (both[i]->at.text.len != 4 || both[i]->at.measure != MEASURE_NONE ||
            both[i]->at.scale != 0) {
            diag_error(x->l->diags, both[i]->at.pos, "a year is needed here");
            return;
        }
    p->year_from = (int)n->a->at.number;
    p->year_to = (int)to->at.number;
    if (p->year_to < p->year_from)
        diag_error(x->l->diags, n->at.pos, "this period ends before it begins");
}

static void link_procedure(Linker *l, const Declaration *d)
{
    g_autoptr(GArray) steps = g_array_new(FALSE, TRUE, sizeof(ProcedureStep));
    g_autoptr(GArray) orders = g_array_new(FALSE, TRUE, sizeof(StateOrder));
    Stepping x = {.l = l, .d = d, .p = d->made, .steps = steps, .orders = orders};
    Procedure *p = x.p;
    procedure_years(&x, d->node->d);
    p->wording.leave = leave_of(l, item_once(l, d->node->c, AST_LEAVE, "may be amended by"));
    if (p->entity == NULL || p->state == NULL)
        return;
    link_territory(l, d, p->entity);
    x.scope = (Scope){.l = l, .subject = p->entity, .rule = true};
    for (const Node *n = list_first(d->node->c); n != NULL; n = n->next) {
        if (n->kind == AST_STEPS)
            link_step(&x, n);
        else if (n->kind == AST_ORDER)
            link_order(&x, n);
    }
    p->steps = arena_list(l->keep, steps, NULL);
    p->n_steps = steps->len;
    p->orders = arena_list(l->keep, orders, NULL);
    p->n_orders = orders->len;
}

/* Another text of a procedure: amend_act.c puts its steps beside those of the first. */
static void link_text(Linker *l, const Declaration *of)
{
    Declaration d = *of;
    Procedure *now = of->made;
    d.node = of->node->a;
    const Procedure *old = name_need(l, &d.node->at, NAME_PROCEDURE, "a procedure");
    head_fill(l, &d, &now->name, &now->label, &now->home);
    now->entity = name_need(l, &d.node->b->at, NAME_ENTITY, "an entity");
    if (old == NULL || old->entity != now->entity)
        return;
    now->states = old->states;
    now->state = old->state;
    link_procedure(l, &d);
}

void link_procedures(Linker *l)
{
    Model *m = l->model;
    m->procedures = arena_many(l->keep, Procedure *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_AMEND && d->node->a->kind == AST_PROCEDURE && d->made != NULL)
            link_text(l, d);
        if (d->node->kind != AST_PROCEDURE || d->made == NULL)
            continue;
        link_procedure(l, d);
        ((Procedure *)d->made)->number = (unsigned)m->n_procedures;
        m->procedures[m->n_procedures++] = d->made;
    }
}
