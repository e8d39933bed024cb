/* amend_whole.c — `amend` and `end` of what is not a rule: tables, indicators, targets, tasks,
 * duties, holds, checks of regions; and `end` of exceptions (semantics 49).
 * A table is asked through EXPR_VERSION, an indicator by its figures' day and region; of the others
 * each text is a thing of its own that says which version it is.  Values end in link_value.c.
 * Start: link_amended_tables(), link_amended_wholes(). */
#include "declare/amendment.h"

/* ---- the new text stands for the old one ------------------------------------------------------
 */

bool amendment_refused(Linker *l, const Amendment *a, const char *what, const char *hint)
{
    Diag *d = diag_error(l->diags, a->d->node->at.pos, "this does not stand for '%.*s': %s",
                         STR_ARG(a->of.name), what);
    diag_hint(l->diags, d, "%s", hint);
    return false;
}

static bool same_type(const Type *x, const Type *y)
{
    return x->kind == y->kind && x->of == y->of && x->unit == y->unit && x->scale == y->scale;
}

Amended amended_of_document(void *thing, NodeKind kind, Str name, Home home, Str leave)
{
    Amended of = {.thing = thing, .kind = kind, .name = name, .leave = leave, .home = home};
    of.from = home.document->from;
    of.until = home.document->until;
    return of;
}

/* Whatever day is asked about before it was amended, or after it: the first text. */
static void first_always(Versions *v)
{
    v->list[0].from = DATE_MIN;
    v->list[0].until = DATE_MAX;
}

static void read_days(Linker *l, const Declaration *d, Amendment *a)
{
    if (d->node->kind == AST_ENDS)
        ruling_period(l, d, d->node->a, &a->v.from, &a->v.until);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static bool table_alike(Linker *l, const Amendment *a, const Table *old, const Table *now)
{
    const char *hint = "what asks it asks for the same: another table has a name of its own";
    bool same = old->n_axes == now->n_axes;
    for (size_t i = 0; same && i < old->n_axes; i++)
        same = str_equal(old->axis[i].name, now->axis[i].name) &&
               same_type(&old->axis[i].type, &now->axis[i].type);
    if (!same)
        return amendment_refused(l, a, "it has other axes", hint);
    return same_type(&old->type, &now->type) ||
           amendment_refused(l, a, "it gives another kind of value", hint);
}

static bool read_table(Linker *l, const Declaration *d, Amendment *a)
{
    Table *old = name_need(l, &d->node->at, NAME_TABLE, "a table"), *now = d->made;
    if (old == NULL)
        return false;
    a->of = amended_of_document(old, AST_TABLE, old->name, old->home, old->leave);
    read_days(l, d, a);
    if (old->type.kind == KIND_N || linker_damaged(l, old))
        return false;
    if (d->node->kind == AST_ENDS)
        return true;
    a->v.table = now;
    a->leave = now->leave;
    return now->type.kind != KIND_N && !linker_damaged(l, now) && table_alike(l, a, old, now);
}

/* Where a table has ended it gives nothing: a gap that its place must fill. */
static const Table *table_ended(Linker *l, const Table *of, Home home)
{
    Table *t = arena_new_of(l->keep, Table);
    *t = *of;
    t->home = home;
    t->n_rows = 1;
    t->has_else = true;
    t->cells = arena_many(l->keep, TableCell, t->n_axes);
    t->results = arena_many(l->keep, int64_t, 1);
    t->unset = arena_many(l->keep, bool, 1);
    t->unset[0] = true;
    for (size_t i = 0; i < t->n_axes; i++)
        t->cells[i].any = true;
    return t;
}

static void seal_table(Linker *l, const Amendment *all, size_t n, Versions *v)
{
    Table *t = all[0].of.thing;
    (void)n;
    first_always(v);
    v->list[0].table = t;
    for (size_t i = 1; i < v->n; i++)
        if (v->list[i].ends)
            v->list[i].table = table_ended(l, t, v->list[i].home);
    t->versions = v;
}

void link_amended_tables(Linker *l)
{
    Amendment *all = arena_many(l->scratch, Amendment, l->n_declarations + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        bool amends = d->node->kind == AST_AMEND || d->node->kind == AST_ENDS;
        if (!amends || amended_kind(l, d) != AST_TABLE)
            continue;
        all[n] = amendment_of(d);
        n += read_table(l, d, &all[n]);
    }
    amendments_done(l, all, n, seal_table);
}

/* ---- indicators -------------------------------------------------------------------------------
 */

static bool indicator_alike(Linker *l, const Amendment *a, const Indicator *old,
                            const Indicator *now)
{
    const char *hint = "targets and series go on: another figure has a name of its own";
    bool same = old->n_index == now->n_index;
    for (size_t i = 0; same && i < old->n_index; i++)
        same = old->index[i].of == now->index[i].of;
    if (old->flow != now->flow)
        return amendment_refused(l, a, old->flow ? "that is a flow" : "that is a stock", hint);
    if (!same || old->period != now->period)
        return amendment_refused(l, a, "it is told apart by something else", hint);
    return same_type(&old->type, &now->type) ||
           amendment_refused(l, a, "it counts something else", hint);
}

static bool read_indicator(Linker *l, const Declaration *d, Amendment *a)
{
    Indicator *old = name_need(l, &d->node->at, NAME_INDICATOR, "an indicator"), *now = d->made;
    if (old == NULL)
        return false;
    a->of = amended_of_document(old, AST_INDICATOR, old->name, old->home, old->leave);
    read_days(l, d, a);
    if (old->type.kind == KIND_N)
        return false;
    if (d->node->kind == AST_ENDS)
        return true;
    a->v.indicator = now;
    a->leave = now->leave;
    now->number = old->number;
    return now->type.kind != KIND_N && indicator_alike(l, a, old, now);
}

/* What is asked of each record goes by one text for all of them. */
static void check_each(Linker *l, const Versions *v, const Indicator *of)
{
    for (size_t i = 0; i < l->model->n_targets; i++) {
        const Target *t = l->model->targets[i];
        for (size_t k = 1; t->indicator == of && t->of != NULL && k < v->n; k++) {
            if (!v->list[k].narrower)
                continue;
            Diag *d = diag_error(l->diags, v->list[k].home.pos,
                                 "'%.*s' is asked of each %.*s: one place does not amend it",
                                 STR_ARG(of->name), STR_ARG(t->of->name));
            diag_hint(l->diags, d, "the target is in %s, line %u", t->home.pos.source->name,
                      t->home.pos.line);
        }
    }
}

static void seal_indicator(Linker *l, Versions *v, Indicator *of)
{
    check_each(l, v, of);
    v->list[0].from = DATE_MIN;
    v->list[0].indicator = of;
    of->versions = v;
}

/* The last day of its document is that of the figure, as another one's `end` would say it. */
static void end_with_document(Linker *l, Indicator *i)
{
    const Document *d = i->home.document;
    if (i->versions != NULL || d == NULL || d->until == DATE_MAX)
        return;
    Versions *v = arena_new_of(l->keep, Versions);
    v->name = i->name;
    v->list = arena_many(l->keep, Version, 1);
    v->list[v->n++] = (Version){.home = i->home, .until = d->until};
    seal_indicator(l, v, i);
}

/* ---- targets ----------------------------------------------------------------------------------
 */

/* Whether it is what an `amend` says. */
static bool is_amendment(const Linker *l, const void *thing)
{
    for (size_t i = 0; i < l->n_declarations; i++)
        if (l->declarations[i].made == thing)
            return l->declarations[i].node->kind == AST_AMEND;
    return false;
}

/* All that one place set before is one text: the first of them stands for it. */
static const Target *first_target(const Linker *l, const Indicator *i)
{
    for (size_t k = 0; k < l->model->n_targets; k++)
        if (l->model->targets[k]->indicator == i && !is_amendment(l, l->model->targets[k]))
            return l->model->targets[k];
    return NULL;
}

static Str target_leave(const Linker *l, const Indicator *i, const Document *of)
{
    for (size_t k = 0; k < l->model->n_targets; k++) {
        const Target *t = l->model->targets[k];
        if (t->indicator == i && t->home.document == of && t->wording.leave.len > 0)
            return t->wording.leave;
    }
    return STR("");
}

static bool read_target(Linker *l, Declaration *d, Amendment *a)
{
    Indicator *i = name_need(l, &d->node->at, NAME_INDICATOR, "an indicator");
    Target *now = d->node->kind == AST_AMEND ? d->made : NULL;
    if (i == NULL || i->type.kind == KIND_N || (d->node->kind == AST_AMEND && now == NULL))
        return false;
    const Target *first = first_target(l, i);
    read_days(l, d, a);
    if (first == NULL) {
        Diag *g = diag_error(l->diags, d->node->at.pos, "'%.*s' has no target to %s",
                             STR_ARG(i->name), a->v.ends ? "end" : "amend");
        diag_hint(l->diags, g, "a first one is declared without 'amend'");
        return false;
    }
    a->of = amended_of_document(i, AST_TARGET, i->name, first->home,
                                target_leave(l, i, first->home.document));
    if (now == NULL)
        d->made = (void *)(uintptr_t)first;
    a->whole = now;
    a->leave = now != NULL ? now->wording.leave : STR("");
    return true;
}

/* Which text of one place a thing belongs to: that of its document, or the first. */
static size_t version_of_document(const Versions *v, const Document *d)
{
    size_t i = v->n - 1;
    while (i > 0 && v->list[i].home.document != d)
        i--;
    return i;
}

static bool of_one_place(const Versions *v, const Document *d)
{
    for (size_t i = 0; i < v->n; i++)
        if (str_equal(v->list[i].home.document->place, d->place))
            return true;
    return false;
}

static void seal_target(const Linker *l, const Indicator *i, Versions *v)
{
    first_always(v);
    for (size_t k = 0; k < l->model->n_targets; k++) {
        Target *t = l->model->targets[k];
        if (t->indicator != i || !of_one_place(v, t->home.document))
            continue;
        t->wording.of = v;
        t->wording.version = version_of_document(v, t->home.document);
    }
}

/* ---- tasks and duties -------------------------------------------------------------------------
 */

static bool read_task(Linker *l, const Declaration *d, Amendment *a)
{
    Task *old = name_need(l, &d->node->at, NAME_TASK, "a task");
    Task *now = d->node->kind == AST_AMEND ? d->made : NULL;
    if (old == NULL || old->subject == NULL)
        return false;
    a->of = amended_of_document(old, AST_TASK, old->name, old->home, old->wording.leave);
    read_days(l, d, a);
    if (now == NULL)
        return true;
    a->whole = now;
    a->leave = now->wording.leave;
    return now->subject != NULL &&
           (now->subject == old->subject ||
            amendment_refused(l, a, "it is about other records",
                              "'end' and a task of another name would say that"));
}

static bool read_duty(Linker *l, const Declaration *d, Amendment *a)
{
    Duty *old = name_need(l, &d->node->at, NAME_DUTY, "a duty");
    Duty *now = d->node->kind == AST_AMEND ? d->made : NULL;
    if (old == NULL || old->home.document == NULL)
        return false;
    a->of = amended_of_document(old, AST_DUTY, old->name, old->home, old->wording.leave);
    read_days(l, d, a);
    a->whole = now;
    a->leave = now != NULL ? now->wording.leave : STR("");
    return true;
}

/* ---- holds: all that one place puts before a state are one text -------------------------------
 */

static const Hold *first_hold(const Linker *l, const Code *state)
{
    for (size_t i = 0; i < l->model->n_holds; i++) {
        const Hold *h = l->model->holds[i];
        if (h->condition != NULL && &h->procedure->states->codes[h->state] == state &&
            !is_amendment(l, h))
            return h;
    }
    return NULL;
}

static const Code *state_held(Linker *l, const Declaration *d)
{
    const Node *n = d->node;
    const Token *state = n->kind == AST_AMEND ? &n->a->a->at : &n->b->a->at;
    const Procedure *p = name_need(l, &n->at, NAME_PROCEDURE, "a procedure");
    if (p == NULL || p->states == NULL)
        return NULL;
    const Code *c = word_code(l, p->states, state);
    if (c == NULL && n->kind == AST_ENDS) { /* of `amend` it was reported */
        Diag *g = diag_error(l->diags, state->pos, "'%.*s' is no state of %.*s",
                             STR_ARG(state->text), STR_ARG(p->name));
        hint_codes(l, g, p->states, state->text);
    }
    return c;
}

static bool read_hold(Linker *l, Declaration *d, Amendment *a)
{
    const Code *state = state_held(l, d);
    Hold *now = d->node->kind == AST_AMEND ? d->made : NULL;
    const Hold *first = state != NULL ? first_hold(l, state) : NULL;
    read_days(l, d, a);
    if (state == NULL || (now != NULL && now->condition == NULL))
        return false;
    if (first == NULL) {
        Diag *g = diag_error(l->diags, d->node->at.pos, "nothing holds '%.*s': there is none to %s",
                             STR_ARG(state->name), a->v.ends ? "end" : "amend");
        diag_hint(l->diags, g, "a first one is declared without 'amend'");
        return false;
    }
    Str name =
        str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(d->node->at.text), STR_ARG(state->name)));
    a->of = amended_of_document((void *)(uintptr_t)state, AST_HOLD, name, first->home,
                                first->wording.leave);
    if (now == NULL)
        d->made = (void *)(uintptr_t)first;
    a->whole = now;
    a->leave = now != NULL ? now->wording.leave : STR("");
    return true;
}

static void seal_hold(const Linker *l, const Code *state, Versions *v)
{
    for (size_t i = 0; i < l->model->n_holds; i++) {
        Hold *h = l->model->holds[i];
        if (h->condition == NULL || &h->procedure->states->codes[h->state] != state ||
            !of_one_place(v, h->home.document))
            continue;
        h->wording.of = v;
        h->wording.version = version_of_document(v, h->home.document);
    }
}

/* ---- checks of regions ------------------------------------------------------------------------
 */

static bool read_region_check(Linker *l, Declaration *d, Amendment *a)
{
    Rule *old = name_need(l, &d->node->at, NAME_RULE, "a check");
    Rule *now = d->node->kind == AST_AMEND ? d->made : NULL;
    if (old == NULL || old->subject == NULL)
        return false;
    a->of = amended_of_document(old, AST_CHECK, old->name, old->home, old->leave);
    a->of.from = old->from;
    a->of.until = old->until;
    read_days(l, d, a);
    d->made = old; /* its texts are one check */
    if (now == NULL)
        return true;
    a->v.rule = now;
    a->v.from = now->from;
    a->v.until = now->until;
    a->leave = now->leave;
    now->number = old->number;
    return (old->asked != NULL && now->asked != NULL) ||
           amendment_refused(l, a, "it is about other records",
                             "'end' and a check of another name would say that");
}

static void seal_region_check(Versions *v, Rule *of)
{
    v->list[0].rule = of;
    of->versions = v;
}

/* ---- exceptions only end ---------------------------------------------------------------------
 */

static void end_exception(Linker *l, const Declaration *d)
{
    Exception *x = name_need(l, &d->node->at, NAME_EXCEPTION, "an exception");
    const Document *doc = d->home.document;
    Date from, until;
    char day[DATE_TEXT];
    ruling_period(l, d, d->node->a, &from, &until);
    if (x == NULL || x->of == NULL)
        return;
    if (x->home.document == doc || !str_equal(x->home.document->place, doc->place)) {
        diag_error(l->diags, d->node->at.pos, "'%.*s' ends by a later document of its own place",
                   STR_ARG(x->name));
    } else if (list_find(d->node->a, AST_UNTIL) != NULL) {
        diag_error(l->diags, d->node->at.pos, "an exception does not come back");
    } else if (from <= x->from || from > x->until) {
        diag_error(l->diags, d->node->at.pos,
                   "'%.*s' is not in force on %s: there is nothing to "
                   "end",
                   STR_ARG(x->name), date_format(from, day));
    } else {
        x->until = from - 1;
    }
}

/* ---- all together -----------------------------------------------------------------------------
 */

static bool read_whole(Linker *l, Declaration *d, Amendment *a)
{
    if (region_check_said(l, d))
        return read_region_check(l, d, a);
    switch (amended_kind(l, d)) {
    case AST_INDICATOR:
        return read_indicator(l, d, a);
    case AST_TARGET:
        return read_target(l, d, a);
    case AST_TASK:
        return read_task(l, d, a);
    case AST_DUTY:
        return read_duty(l, d, a);
    case AST_HOLD:
        return read_hold(l, d, a);
    case AST_EXCEPTION:
        if (d->node->kind == AST_ENDS)
            end_exception(l, d);
        return false;
    default:
        return false;
    }
}

static void stand(Wording *first, const Amendment *all, size_t n, const Versions *v)
{
    first->of = v;
    for (size_t i = 0; i < n; i++) {
        if (all[i].whole == NULL)
            continue;
        Wording *s = all[i].of.kind == AST_TASK ? &((Task *)all[i].whole)->wording
                                                : &((Duty *)all[i].whole)->wording;
        s->of = v;
        s->version = i + 1;
    }
}

static void seal_whole(Linker *l, const Amendment *all, size_t n, Versions *v)
{
    const Amended *of = &all[0].of;
    switch (of->kind) {
    case AST_INDICATOR:
        seal_indicator(l, v, of->thing);
        return;
    case AST_TARGET:
        seal_target(l, of->thing, v);
        return;
    case AST_TASK:
        stand(&((Task *)of->thing)->wording, all, n, v);
        return;
    case AST_DUTY:
        stand(&((Duty *)of->thing)->wording, all, n, v);
        return;
    case AST_CHECK:
        seal_region_check(v, of->thing);
        return;
    default:
        seal_hold(l, of->thing, v);
    }
}

/* Targets and their indicator are two things behind one pointer. */
static void done_apart(Linker *l, Amendment *all, size_t n)
{
    Amendment *some = arena_many(l->scratch, Amendment, n + 1);
    for (int targets = 0; targets < 2; targets++) {
        size_t k = 0;
        for (size_t i = 0; i < n; i++)
            if ((all[i].of.kind == AST_TARGET) == (targets == 1))
                some[k++] = all[i];
        amendments_done(l, some, k, seal_whole);
    }
}

void link_amended_wholes(Linker *l)
{
    Amendment *all = arena_many(l->scratch, Amendment, l->n_declarations + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_AMEND && d->node->kind != AST_ENDS)
            continue;
        all[n] = amendment_of(d);
        n += read_whole(l, d, &all[n]);
    }
    done_apart(l, all, n);
    for (size_t i = 0; i < l->model->n_indicators; i++)
        end_with_document(l, l->model->indicators[i]);
}
