/* link_task.c — what must be done for each record again and again, or once (semantics 58).
 * Not here: what must be done for a place (link_duty.c).  Start: link_tasks(). */
#include "declare/follow.h"

typedef struct Tasking {
    Linker *l;
    const Declaration *d;
    Task *t;
    const Node *items;
    Scope scope;
} Tasking;

static void task_says_not(Tasking *x, const char *what, const char *hint)
{
    if (x->d->damaged)
        return;
    Diag *d = diag_error(x->l->diags, x->d->node->at.pos, "task '%.*s' does not say %s",
                         STR_ARG(x->t->name), what);
    diag_hint(x->l->diags, d, "%s", hint);
}

static void task_times(Tasking *x, const Node *n)
{
    Task *t = x->t;
    t->cycle = TASK_PERIOD;
    t->period = period_of_word(n->b->at.text);
    if (t->period == PERIOD_NONE) {
        Diag *d =
            diag_error(x->l->diags, n->b->at.pos, "'%.*s' is no period", STR_ARG(n->b->at.text));
        diag_hint(x->l->diags, d, "month, quarter, half_year or year");
    }
    link_times(x->l, n->a, 1, &t->least, &t->most);
}

static void task_cycle(Tasking *x)
{
    Task *t = x->t;
    const Node *every = item_once(x->l, x->items, AST_RECURS, "every");
    const Node *times = item_once(x->l, x->items, AST_TIMES, "per");
    const Node *once = item_once(x->l, x->items, AST_ONE_TIME, "once");
    t->least = t->most = 1;
    if ((every != NULL) + (times != NULL) + (once != NULL) > 1)
        diag_error(x->l->diags, x->d->node->at.pos,
                   "task '%.*s' says more than one of 'every', 'per' and 'once'", STR_ARG(t->name));
    if (every != NULL) {
        link_recurs(&x->scope, every, &t->every, &t->period);
        t->cycle = t->period == PERIOD_NONE ? TASK_ROLLING : TASK_PERIOD;
    } else if (times != NULL) {
        task_times(x, times);
    } else {
        t->cycle = TASK_ONCE;
        if (once == NULL)
            task_says_not(x, "how often",
                          "'every 30 days', 'every month', '1..2 per year' or 'once'");
    }
}

static void task_entry(Tasking *x)
{
    Task *t = x->t;
    const Node *entry = item_once(x->l, x->items, AST_ENTRY, "due with");
    const Node *within = item_once(x->l, x->items, AST_WITHIN, "within");
    Type share = type_of_kind(KIND_SHARE);
    if (entry != NULL && t->cycle == TASK_PERIOD)
        t->entry = link_as(&x->scope, entry->a, &share, "what is left of the period");
    else if (entry != NULL)
        diag_error(x->l->diags, entry->at.pos,
                   "only what is due in each period can be entered late");
    else if (t->cycle == TASK_PERIOD)
        task_says_not(x, "when a newcomer is due",
                      "'due with 50% left': who enters later in a period is due in the next");
    if (within != NULL && t->cycle == TASK_ONCE)
        t->within = link_duration(&x->scope, within->a, "'within'");
    else if (within != NULL)
        diag_error(x->l->diags, within->at.pos,
                   "only what is done once has a time from its beginning");
}

/* ---- what shortens it */

static bool shortens(Tasking *x, const Node *n, const Entity *e)
{
    Linker *l = x->l;
    if (linker_damaged(l, e))
        return false;
    if (x->t->cycle != TASK_ROLLING) {
        diag_error(l->diags, n->at.pos, "only what is done every so many days can be due sooner");
        return false;
    }
    Diag *d = NULL;
    if (e->place == NULL) {
        d = diag_error(l->diags, n->a->at.pos, "%.*s does not say its place", STR_ARG(e->name));
        diag_hint(l->diags, d, "say 'place …' in the entity: those who lie there are due sooner");
    } else if (e->begin == NULL) {
        d = diag_error(l->diags, n->a->at.pos, "%.*s does not say from when until when it holds",
                       STR_ARG(e->name));
        diag_hint(l->diags, d, "say 'holds BEGIN through END' in the entity");
    }
    return d == NULL;
}

static void task_sooner(Tasking *x)
{
    Task *t = x->t;
    t->sooner = arena_many(x->l->keep, Sooner, list_length(x->d->node->d));
    for (const Node *n = list_first(x->d->node->d); n != NULL; n = n->next) {
        if (n->kind != AST_SOONER)
            continue;
        Sooner s = {.entity = name_need(x->l, &n->a->at, NAME_ENTITY, "an entity"),
                    .pos = n->at.pos};
        if (s.entity == NULL || !shortens(x, n, s.entity))
            continue;
        Scope of = {.l = x->l, .subject = s.entity, .may_know = true, .rule = true};
        if (n->b != NULL)
            s.where = link_condition(&of, n->b);
        s.every = link_duration(&x->scope, n->c, "'every'");
        if (s.every != NULL && (n->b == NULL || s.where != NULL))
            t->sooner[t->n_sooner++] = s;
    }
}

static void link_task(Linker *l, const Declaration *d)
{
    Tasking x = {.l = l, .d = d, .t = d->made, .items = d->node->c};
    Task *t = x.t;
    head_fill(l, d, &t->name, &t->label, &t->home);
    t->subject = name_need(l, &d->node->b->at, NAME_ENTITY, "an entity");
    if (t->subject == NULL)
        return;
    x.scope = (Scope){.l = l, .subject = t->subject, .may_know = true, .rule = true};
    link_territory(l, d, t->subject);
    t->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
    task_cycle(&x);
    task_entry(&x);
    const Node *by = item_once(l, x.items, AST_LEAD, "by");
    const Node *done = item_once(l, x.items, AST_DONE, "done by");
    const Node *when = item_once(l, d->node->d, AST_WHEN, "when");
    if (by != NULL)
        t->by = link_who(l, by->a, false);
    else
        task_says_not(&x, "by whom", "'by' and a role or an agency");
    if (done != NULL)
        link_done(l, done, t->subject, &t->done);
    else
        task_says_not(&x, "what shows that it is done", "'done by' and an entity with a day");
    if (when != NULL)
        t->when = link_condition(&x.scope, when->a);
    task_sooner(&x);
}

void link_tasks(Linker *l)
{
    Model *m = l->model;
    m->tasks = arena_many(l->keep, Task *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *x = &l->declarations[i];
        const Declaration *d =
            x->node->kind == AST_TASK ? x : declaration_amending(l, x, AST_TASK, sizeof(Task));
        if (d == NULL || d->made == NULL)
            continue;
        link_task(l, d);
        ((Task *)d->made)->number = (unsigned)m->n_tasks;
        m->tasks[m->n_tasks++] = d->made;
    }
}
