/* amend_act.c — `amend` and `end` of what people do and are given: roles, procedures, draws,
 * scores, publications, papers; and `end` of accounts and exchanges (semantics 49, 57). Each text
 * of a role, draw, publication or paper is a thing of its own that says which version it is.  A
 * score's texts compute the same fields; a procedure's steps stand side by side, each for the items
 * that began under its text.  Start: link_amended_acts(). */
#include "declare/amendment.h"

/* What all of them have. */
typedef struct Act {
    Str name;
    Home home;
    const Entity *entity; /* whose records it is about; NULL: it is about none */
    Wording *wording;
} Act;

static Act act_of(NodeKind kind, void *thing)
{
    Role *r = thing;
    Procedure *p = thing;
    Account *a = thing;
    Draw *w = thing;
    Score *s = thing;
    Publish *u = thing;
    Paper *q = thing;
    Exchange *x = thing;
    switch (kind) {
    case AST_ROLE:
        return (Act){r->name, r->home, r->within, &r->wording};
    case AST_PROCEDURE:
        return (Act){p->name, p->home, p->entity, &p->wording};
    case AST_ACCOUNT:
        return (Act){a->name, a->home, NULL, &a->wording};
    case AST_DRAW:
        return (Act){w->name, w->home, w->of, &w->wording};
    case AST_SCORE:
        return (Act){s->name, s->home, s->entity, &s->wording};
    case AST_PUBLISH:
        return (Act){u->name, u->home, u->entity, &u->wording};
    case AST_PAPER:
        return (Act){q->name, q->home, q->entity, &q->wording};
    default:
        return (Act){x->name, x->home, NULL, &x->wording};
    }
}

typedef struct ActKind {
    NodeKind node;
    NameKind name;
    const char *what;
} ActKind;

static const ActKind act_kinds[] = {
    {AST_ROLE, NAME_ROLE, "a role"},           {AST_PROCEDURE, NAME_PROCEDURE, "a procedure"},
    {AST_ACCOUNT, NAME_ACCOUNT, "an account"}, {AST_DRAW, NAME_DRAW, "a draw"},
    {AST_SCORE, NAME_SCORE, "a score"},        {AST_PUBLISH, NAME_PUBLISH, "a publication"},
    {AST_PAPER, NAME_PAPER, "a paper"},        {AST_EXCHANGE, NAME_EXCHANGE, "an exchange"},
};

static const ActKind *act_kind(NodeKind node)
{
    for (size_t i = 0; i < G_N_ELEMENTS(act_kinds); i++)
        if (act_kinds[i].node == node)
            return &act_kinds[i];
    return NULL;
}

/* ---- the new text stands for the old one ------------------------------------------------------
 */

static const char *const another =
    "'end' stops this one, and what is otherwise has a name of its own";

static bool role_alike(Linker *l, const Amendment *a, const Role *old, const Role *now)
{
    return (old->level == now->level && old->within == now->within) ||
           amendment_refused(l, a, "it is a post of another level, or in other records", another);
}

static bool score_alike(Linker *l, const Amendment *a, const Score *old, const Score *now)
{
    if (old->grade_of != now->grade_of)
        return amendment_refused(l, a, "it gives other grades", another);
    if (now->sum != NULL && (old->ends == NULL) != (now->ends == NULL))
        return amendment_refused(l, a,
                                 old->ends != NULL ? "that is good for a time, and it always"
                                                   : "it is good for a time, and that always",
                                 another);
    return now->sum != NULL && (old->graded == NULL) == (now->graded == NULL);
}

static bool procedure_alike(Linker *l, const Amendment *a, const Procedure *old,
                            const Procedure *now)
{
    if (old->yearly != now->yearly)
        return amendment_refused(
            l, a, old->yearly ? "that runs every year" : "that does not run every year", another);
    return now->n_steps > 0; /* without any that was reported */
}

static bool alike(Linker *l, const Amendment *a, const Act *old, const Act *now)
{
    if (old->entity != now->entity && a->of.kind != AST_ROLE)
        return now->entity != NULL && amendment_refused(l, a, "it is about other records", another);
    switch (a->of.kind) {
    case AST_ROLE:
        return role_alike(l, a, a->of.thing, a->whole);
    case AST_SCORE:
        return score_alike(l, a, a->of.thing, a->whole);
    case AST_PROCEDURE:
        return procedure_alike(l, a, a->of.thing, a->whole);
    default:
        return true;
    }
}

/* elder.death: an exchange is called by two words. */
static void *act_named(Linker *l, const Declaration *d, const ActKind *k)
{
    Token word = d->node->at;
    if (k->node == AST_EXCHANGE)
        word.text = str_of(arena_printf(l->keep, "%.*s.%.*s", STR_ARG(word.text),
                                        STR_ARG(d->node->b->a->at.text)));
    return name_need(l, &word, k->name, k->what);
}

static bool read_act(Linker *l, Declaration *d, const ActKind *k, Amendment *a)
{
    void *old = act_named(l, d, k), *now = d->node->kind == AST_AMEND ? d->made : NULL;
    if (old == NULL || (d->node->kind == AST_AMEND && now == NULL))
        return false;
    Act first = act_of(k->node, old);
    if (first.home.document == NULL) /* it could not be read */
        return false;
    a->of = amended_of_document(old, k->node, first.name, first.home, first.wording->leave);
    if (d->node->kind == AST_ENDS)
        ruling_period(l, d, d->node->a, &a->v.from, &a->v.until);
    if (now == NULL) {
        d->made = old;
        return true;
    }
    Act text = act_of(k->node, now);
    a->whole = now;
    a->leave = text.wording->leave;
    if (k->node == AST_PROCEDURE)
        d->made = old; /* its texts are one procedure */
    return alike(l, a, &first, &text);
}

/* ---- scores -----------------------------------------------------------------------------------
 */

/* A score that has ended gives no points: unknown, with its end as the reason. */
static const Expr *points_ended(Linker *l, const Score *s, Home home)
{
    const Scope scope = {.l = l};
    Table *t = arena_new_of(l->keep, Table);
    *t = (Table){.name = s->name, .label = s->label, .n_axes = 1, .n_rows = 1, .has_else = true};
    t->axis[0].name = s->name;
    t->axis[0].type = type_of_kind(KIND_INT);
    t->axis[0].has_range = true;
    t->type = s->points->type;
    t->cells = arena_many(l->keep, TableCell, 1);
    t->cells[0].any = true;
    t->results = arena_many(l->keep, int64_t, 1);
    t->unset = arena_many(l->keep, bool, 1);
    t->unset[0] = true;
    t->home = home;
    Expr *e = expr_new(&scope, EXPR_TABLE, home.pos, t->type);
    e->table = t;
    e->args = arena_many(l->keep, const Expr *, 1);
    e->args[0] = expr_new(&scope, EXPR_NUMBER, home.pos, t->axis[0].type);
    e->n_args = 1;
    return e;
}

static void seal_score(Linker *l, const Amendment *all, size_t n, const Versions *v)
{
    const Score *first = all[0].of.thing;
    const Expr **sums = arena_many(l->keep, const Expr *, n + 1);
    const Expr **grades = arena_many(l->keep, const Expr *, n + 1);
    const Expr **ends = arena_many(l->keep, const Expr *, n + 1);
    sums[0] = first->sum;
    grades[0] = first->graded;
    ends[0] = first->ends;
    for (size_t i = 0; i < n; i++) {
        const Score *now = all[i].whole;
        sums[i + 1] = now != NULL ? now->sum : points_ended(l, first, v->list[i + 1].home);
        grades[i + 1] = now != NULL ? now->graded : first->graded; /* of no points: no grade */
        ends[i + 1] = now != NULL ? now->ends : first->ends;
    }
    ((Field *)first->points)->compute = versions_expr(l, v, sums);
    if (first->graded != NULL)
        ((Field *)first->grade)->compute = versions_expr(l, v, grades);
    if (first->ends != NULL)
        ((Field *)first->until)->compute = versions_expr(l, v, ends);
}

/* ---- procedures -------------------------------------------------------------------------------
 */

/* Where no step of this text leads to, and the first that it names. */
static uint64_t firsts_of(const Procedure *p)
{
    uint64_t named = 0, entered = 0;
    for (size_t i = 0; i < p->n_steps; i++) {
        named |= UINT64_C(1) << p->steps[i].from | UINT64_C(1) << p->steps[i].to;
        entered |= UINT64_C(1) << p->steps[i].to;
    }
    return (named & ~entered) | (p->n_steps > 0 ? UINT64_C(1) << p->steps[0].from : 0);
}

static void text_add(Procedure *p, const Procedure *text, unsigned version)
{
    p->texts[version] = (ProcedureText){firsts_of(text), text->year_from, text->year_to};
    p->texts[version].firsts |= version == 0 ? 1 : 0; /* the one listed first */
    for (size_t i = 0; i < text->n_steps; i++) {
        p->steps[p->n_steps] = text->steps[i];
        p->steps[p->n_steps++].version = version;
    }
    for (size_t i = 0; i < text->n_orders; i++) {
        p->orders[p->n_orders] = text->orders[i];
        p->orders[p->n_orders++].version = version;
    }
}

static void check_orders(Linker *l, const Versions *v, size_t i, const Procedure *text)
{
    if (!v->list[i].narrower || text->n_orders == 0)
        return;
    Diag *d = diag_error(l->diags, v->list[i].home.pos,
                         "the queue of '%.*s' is one for all places: one place does not order it",
                         STR_ARG(text->name));
    diag_hint(l->diags, d, "leave 'order' out: the order of the wider text holds here, too");
}

static void seal_procedure(Linker *l, const Amendment *all, size_t n, const Versions *v)
{
    Procedure *p = all[0].of.thing;
    const Procedure first = *p;
    size_t steps = p->n_steps, orders = p->n_orders;
    for (size_t i = 0; i < n; i++) {
        const Procedure *now = all[i].whole;
        steps += now != NULL ? now->n_steps : 0;
        orders += now != NULL ? now->n_orders : 0;
    }
    p->steps = arena_many(l->keep, ProcedureStep, steps + 1);
    p->orders = arena_many(l->keep, StateOrder, orders + 1);
    p->texts = arena_many(l->keep, ProcedureText, n + 1);
    p->n_steps = p->n_orders = 0;
    text_add(p, &first, 0);
    for (size_t i = 0; i < n; i++) {
        if (all[i].whole == NULL)
            continue;
        check_orders(l, v, i + 1, all[i].whole);
        text_add(p, all[i].whole, (unsigned)i + 1);
    }
}

/* ---- all together -----------------------------------------------------------------------------
 */

static void seal_act(Linker *l, const Amendment *all, size_t n, Versions *v)
{
    NodeKind kind = all[0].of.kind;
    act_of(kind, all[0].of.thing).wording->of = v;
    /* Whatever day is asked about before it was amended: the first text; up to the last day of its
     * document.  A score's texts are asked in turn: there its end stands as one of them. */
    v->list[0].from = DATE_MIN;
    if (kind == AST_SCORE)
        v->list[0].until = DATE_MAX;
    for (size_t i = 0; i < n; i++) {
        if (all[i].whole == NULL)
            continue;
        Wording *w = act_of(kind, all[i].whole).wording;
        w->of = v;
        w->version = i + 1;
    }
    if (kind == AST_SCORE)
        seal_score(l, all, n, v);
    if (kind == AST_PROCEDURE)
        seal_procedure(l, all, n, v);
}

/* A document that says its last day ends what it declares, as another one's `end` would.  An item
 * of a procedure goes by the day on which it began, which looks at the document itself. */
static void end_with_document(Linker *l, const Declaration *d)
{
    NodeKind kind = d->node->kind;
    Date until = d->home.document->until;
    if (until == DATE_MAX || act_kind(kind) == NULL || kind == AST_PROCEDURE || d->made == NULL)
        return;
    Act act = act_of(kind, d->made);
    if (act.home.document == NULL || act.wording->of != NULL)
        return;
    const Amendment end = {
        .d = d, .of = amended_of_document(d->made, kind, act.name, act.home, act.wording->leave)};
    Versions *v = arena_new_of(l->keep, Versions);
    v->name = act.name;
    v->list = arena_many(l->keep, Version, 2);
    v->list[v->n++] = (Version){.home = act.home, .until = until};
    v->list[v->n++] =
        (Version){.home = act.home, .from = until + 1, .until = DATE_MAX, .ends = true};
    seal_act(l, &end, 1, v);
}

void link_amended_acts(Linker *l)
{
    Amendment *all = arena_many(l->scratch, Amendment, l->n_declarations + 1);
    size_t n = 0;
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_AMEND && d->node->kind != AST_ENDS)
            continue;
        NodeKind kind = amended_kind(l, d);
        bool only_ends = kind == AST_ACCOUNT || kind == AST_EXCHANGE;
        if (act_kind(kind) == NULL || (only_ends && d->node->kind == AST_AMEND))
            continue;
        all[n] = amendment_of(d);
        n += read_act(l, d, act_kind(kind), &all[n]);
    }
    amendments_done(l, all, n, seal_act);
    for (size_t i = 0; i < l->n_declarations; i++)
        end_with_document(l, &l->declarations[i]);
}
