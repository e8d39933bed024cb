/* link_seen.c — proof of life from ordinary life: `shows elder where …` in an entity of events.
 * All that show records of one entity give it the computed day `seen_on`: the last day up to the
 * day of the question on which one of them surely shows it.  What is in doubt shows nothing; whom
 * nothing ever showed has no such day.
 * Start: add_seen_fields(), link_seen(). */
#include "declare/expr.h"

#define SEEN_FIELD "seen_on"
/* Earlier than anything recorded: "never", inside the greatest of several days. */
#define NEVER ((Date)-25567) /* 1900-01-01 */

/* Calls `take` for each `shows` of the entities that could be read. */
static void each_shows(Linker *l,
                       void (*take)(Linker *l, const Declaration *d, Entity *event, const Node *n))
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        bool extends = d->node->kind == AST_EXTEND;
        Entity *e = d->node->kind == AST_ENTITY ? d->made
                    : extends                   ? name_of(l, d->node->at.text, NAME_ENTITY)
                                                : NULL;
        const Node *items = extends ? d->node->a : d->node->b;
        for (const Node *n = e != NULL ? list_first(items) : NULL; n != NULL; n = n->next)
            if (n->kind == AST_SHOWS)
                take(l, d, e, n);
    }
}

static const Field *field_named(Linker *l, const Entity *e, const Token *word)
{
    const Field *f = word_field(l, e, word);
    if (f == NULL && !linker_damaged(l, e)) {
        Diag *d = diag_error(l->diags, word->pos, "'%.*s' is not a field of %.*s",
                             STR_ARG(word->text), STR_ARG(e->name));
        hint_fields(l, d, e, word->text);
    }
    return f;
}

static const Field *shown_reference(Linker *l, const Entity *event, const Node *n)
{
    const Field *f = field_named(l, event, &n->a->at);
    if (f == NULL || f->type.kind == KIND_REF)
        return f;
    Diag *d = diag_error(l->diags, n->a->at.pos, "'%.*s' refers to no record that it could show",
                         STR_ARG(f->name));
    diag_hint(l->diags, d, "'shows' names the reference to the one who was seen");
    return NULL;
}

static const Field *shown_day(Linker *l, const Entity *event, const Node *n)
{
    const Field *f = n->b != NULL ? field_named(l, event, &n->b->at) : event->event_day;
    if (f == NULL && n->b == NULL && !linker_damaged(l, event)) {
        Diag *d = diag_error(l->diags, n->at.pos, "%.*s has no day on which it shows anything",
                             STR_ARG(event->name));
        diag_hint(l->diags, d, "say 'dated by FIELD' in the entity, or 'shows %.*s on FIELD'",
                  STR_ARG(n->a->at.text));
    }
    if (f == NULL || f->type.kind == KIND_DATE)
        return f;
    diag_error(l->diags, n->b->at.pos, "'%.*s' is no day", STR_ARG(f->name));
    return NULL;
}

static bool add_field_of(Linker *l, const Declaration *d, Entity *e, Pos pos)
{
    Token word = {.pos = pos, .text = STR(SEEN_FIELD)};
    Field *f = e->seen != NULL ? NULL : field_add(l, e, &word, &d->home);
    if (e->seen != NULL)
        return true;
    if (f == NULL)
        return false;
    f->label = (Label){STR("最后见到"), STR("last seen on")};
    f->type = type_of_kind(KIND_DATE);
    e->seen = f;
    e->shown = arena_many(l->keep, Sighting, l->n_declarations);
    return true;
}

static void draft(Linker *l, const Declaration *d, Entity *event, const Node *n)
{
    const Field *by = shown_reference(l, event, n), *day = shown_day(l, event, n);
    if (by == NULL || day == NULL)
        return;
    Entity *e = (Entity *)by->type.to;
    for (size_t i = 0; i < e->n_shown; i++)
        if (e->shown[i].event == event) {
            diag_error(l->diags, n->at.pos, "%.*s says twice when it shows %.*s",
                       STR_ARG(event->name), STR_ARG(e->name));
            return;
        }
    if (!add_field_of(l, d, e, n->at.pos))
        return;
    Sighting *s = &e->shown[e->n_shown++];
    *s = (Sighting){.event = event, .by = by, .day = day, .home = d->home};
    s->home.pos = n->at.pos;
}

void add_seen_fields(Linker *l)
{
    each_shows(l, draft);
}

/* ---- what it computes: max(known visit.visited_on by elder where … and visited_on <= day) */

static Node *node(const Linker *l, NodeKind kind, Token at, Node *a)
{
    Node *n = arena_new_of(l->scratch, Node);
    n->kind = kind;
    n->at = at;
    n->a = a;
    return n;
}

static Node *list_of(const Linker *l, Node *member)
{
    Node *list = node(l, AST_LIST, member->at, member);
    list->b = member;
    return list;
}

static Token word_at(Token at, Str text)
{
    at.kind = TK_ID;
    at.text = text;
    return at;
}

static Node *binary(const Linker *l, int sign, Token at, Node *a, Node *b)
{
    Node *n = node(l, AST_BINARY, at, a);
    n->at.kind = sign;
    n->b = b;
    return n;
}

static void latest_of(Linker *l, const Declaration *d, Entity *event, const Node *n)
{
    (void)d;
    const Field *by = entity_field(event, n->a->at.text);
    const Entity *to = by != NULL && by->type.kind == KIND_REF ? by->type.to : NULL;
    Sighting *s = NULL;
    for (size_t i = 0; to != NULL && i < to->n_shown; i++)
        if (to->shown[i].home.pos.line == n->at.pos.line && to->shown[i].event == event)
            s = &to->shown[i];
    if (s == NULL)
        return; /* reported */
    Scope scope = {.l = l, .subject = to, .may_know = true};
    Type date = type_of_kind(KIND_DATE);
    Node *name = node(l, AST_NAME, word_at(n->at, s->day->name), NULL);
    Node *path = node(l, AST_PATH, word_at(n->at, event->name), list_of(l, name));
    Node *day = node(l, AST_PATH, word_at(n->at, s->day->name), NULL);
    Node *today = node(l, AST_PATH, word_at(n->at, STR("day")), NULL);
    Node *past = binary(l, TK_LE, n->at, day, today);
    Node *call =
        node(l, AST_CALL, word_at(n->at, STR("max")), list_of(l, node(l, AST_KNOWN, n->at, path)));
    call->b = node(l, AST_NAME, word_at(n->at, by->name), NULL);
    call->c = n->c != NULL ? binary(l, TK_AND, n->at, n->c, past) : past;
    call->d = node(l, AST_DATE, n->at, NULL);
    call->d->at.number = NEVER;
    s->latest = link_as(&scope, call, &date, "the day it shows");
}

/* The greatest of the days; where all are "never", the first's day of nothing, which is unknown. */
static const Expr *seen_expr(Linker *l, const Entity *e)
{
    const Scope s = {.l = l, .subject = e};
    const Type date = type_of_kind(KIND_DATE);
    Pos pos = e->shown[0].home.pos;
    const Expr *greatest = e->shown[0].latest;
    for (size_t i = 1; i < e->n_shown && greatest != NULL; i++)
        greatest = e->shown[i].latest == NULL
                       ? NULL
                       : expr_of2(&s, EXPR_MAX, pos, date, greatest, e->shown[i].latest);
    if (greatest == NULL)
        return NULL;
    Expr *nothing = expr_new(&s, EXPR_AGGREGATE, pos, date), *floor, *choice;
    Aggregate *bare = arena_new_of(l->keep, Aggregate);
    *bare = *e->shown[0].latest->aggregate;
    bare->otherwise = NULL;
    nothing->aggregate = bare;
    nothing->size = e->shown[0].latest->size;
    floor = expr_new(&s, EXPR_DATE, pos, date);
    floor->number = NEVER;
    choice = expr_new(&s, EXPR_IF, pos, date);
    choice->a = expr_of2(&s, EXPR_GT, pos, truth_type(), greatest, floor);
    choice->b = greatest;
    choice->c = nothing;
    choice->size = 2 * greatest->size + nothing->size + 3;
    return choice;
}

void link_seen(Linker *l)
{
    each_shows(l, latest_of);
    for (size_t i = 0; i < l->model->n_entities; i++) {
        const Entity *e = l->model->entities[i];
        if (e->n_shown > 0)
            ((Field *)e->seen)->compute = seen_expr(l, e);
    }
}
