/* expr_aggregate.c — count, sum, latest and the like over the records that refer to this one, or,
 * at the top of an indicator, over those that lie in the region.
 * Not here: how unknown rows count (evaluate/).  Start: link_aggregate(). */
#include "declare/expr.h"

typedef struct Counting {
    const Scope *s;
    const Node *node;
    Aggregate *a;
    const Entity *of;
    const Node *value; /* the words behind the entity, as a path; or NULL */
} Counting;

/* The tail of a path as a path of its own: assessment.level gives level. */
static const Node *path_tail(const Scope *s, const Node *path)
{
    const Node *first = list_first(path->a);
    if (first == NULL)
        return NULL;
    Node *tail = arena_new_of(s->l->scratch, Node);
    tail->kind = AST_PATH;
    tail->at = first->at;
    if (first->next != NULL) {
        tail->a = arena_new_of(s->l->scratch, Node);
        tail->a->kind = AST_LIST;
        tail->a->a = first->next;
        tail->a->b = path->a->b;
    }
    return tail;
}

/* ---- which records */

static bool read_entity(Counting *c)
{
    const Node *x = list_first(c->node->a);
    if (x->kind == AST_KNOWN) {
        if (!c->s->may_know) {
            diag_error(c->s->l->diags, x->at.pos,
                       "'known' has no place here: a missing fact would grant or refuse");
            return false;
        }
        c->a->known_only = true;
        x = x->a;
    }
    if (x->kind != AST_PATH) {
        Diag *d =
            diag_error(c->s->l->diags, node_pos(x), "the records of an entity are needed here");
        diag_hint(c->s->l->diags, d, "write '%.*s(visit where …)' or '%.*s(visit.minutes where …)'",
                  STR_ARG(c->node->at.text), STR_ARG(c->node->at.text));
        return false;
    }
    c->of = name_need(c->s->l, &x->at, NAME_ENTITY, "an entity");
    c->a->of = c->of;
    c->value = path_tail(c->s, x);
    return c->of != NULL;
}

static bool read_by(Counting *c, const Token *word)
{
    const Scope *s = c->s;
    const Field *f = word_field(c->s->l, c->of, word);
    if (f == NULL) {
        if (linker_damaged(s->l, c->of))
            return false;
        Diag *d = diag_error(s->l->diags, word->pos, "'%.*s' is not a field of %.*s",
                             STR_ARG(word->text), STR_ARG(c->of->name));
        hint_fields(s->l, d, c->of, word->text);
        return false;
    }
    if (f->type.kind != KIND_REF || f->type.to != s->subject) {
        diag_error(s->l->diags, word->pos, "'%.*s' does not refer to %.*s", STR_ARG(word->text),
                   STR_ARG(s->subject->name));
        return false;
    }
    c->a->by = f;
    return true;
}

static bool find_by(Counting *c)
{
    const Scope *s = c->s;
    if (s->subject == NULL) {
        diag_error(s->l->diags, node_pos(c->node), "there is no record here that others refer to");
        return false;
    }
    if (c->node->b != NULL)
        return read_by(c, &c->node->b->at);
    for (size_t i = 0; i < c->of->n_fields; i++) {
        const Field *f = c->of->fields[i];
        if (f->type.kind != KIND_REF || f->type.to != s->subject)
            continue;
        if (c->a->by != NULL) {
            Diag *d =
                diag_error(s->l->diags, node_pos(c->node),
                           "%.*s refers to %.*s by '%.*s' and by '%.*s'", STR_ARG(c->of->name),
                           STR_ARG(s->subject->name), STR_ARG(c->a->by->name), STR_ARG(f->name));
            diag_hint(s->l->diags, d, "say which: %.*s(%.*s by %.*s …)", STR_ARG(c->node->at.text),
                      STR_ARG(c->of->name), STR_ARG(c->a->by->name));
            return false;
        }
        c->a->by = f;
    }
    if (c->a->by == NULL && !linker_damaged(s->l, c->of))
        diag_error(s->l->diags, node_pos(c->node), "no field of %.*s refers to %.*s",
                   STR_ARG(c->of->name), STR_ARG(s->subject->name));
    return c->a->by != NULL;
}

/* Whether all that lies in a region is counted, not what refers to a record. */
static bool over_region(const Scope *s)
{
    return s->figure || s->lies_in;
}

static bool read_reach(Counting *c)
{
    if (!over_region(c->s))
        return find_by(c);
    if (c->node->b != NULL) {
        diag_error(c->s->l->diags, c->node->b->at.pos,
                   "an indicator counts the records that lie in the region: no 'by' here");
        return false;
    }
    if (c->of->place != NULL || entity_is_region(c->of) || linker_damaged(c->s->l, c->of))
        return true;
    diag_error(c->s->l->diags, node_pos(c->node), "%.*s does not say its place",
               STR_ARG(c->of->name));
    return false;
}

/* ---- what of them */

static Scope inside(const Counting *c)
{
    Scope inner = *c->s;
    inner.outer = over_region(c->s) ? NULL : c->s->subject;
    inner.subject = c->of;
    inner.place = NULL;
    inner.figure = false;
    inner.lies_in = over_region(c->s) && entity_is_region(c->of);
    inner.by = NULL;
    inner.own = NULL;
    return inner;
}

static bool value_fits(Counting *c, const Expr *v)
{
    const Scope *s = c->s;
    const Type *t = &v->type;
    bool number = dimension_of(t) != DIMENSION_NOT;
    bool ordered = number || t->kind == KIND_DATE || t->kind == KIND_MONTH ||
                   (t->kind == KIND_ENUM && t->of->ordered);
    switch (c->a->kind) {
    case AGGREGATE_SUM:
    case AGGREGATE_MEAN:
    case AGGREGATE_SHARE:
        if (number)
            return true;
        diag_error(s->l->diags, v->pos, "%s can not be added up", words_of(s, t));
        return false;
    case AGGREGATE_MIN:
    case AGGREGATE_MAX:
        if (ordered)
            return true;
        diag_error(s->l->diags, v->pos, "%s has no order, so it has no least or greatest",
                   words_of(s, t));
        return false;
    default:
        return true;
    }
}

static bool read_value(Counting *c)
{
    const Scope *s = c->s;
    bool counts = c->a->kind == AGGREGATE_COUNT || c->a->kind == AGGREGATE_EXISTS;
    if (counts && c->value != NULL) {
        diag_error(s->l->diags, node_pos(c->value), "%.*s takes records, not a field of them",
                   STR_ARG(c->node->at.text));
        return false;
    }
    if (c->value == NULL) {
        if (counts || c->a->kind == AGGREGATE_SHARE)
            return true;
        Diag *d = diag_error(s->l->diags, node_pos(c->node), "%.*s of which field?",
                             STR_ARG(c->node->at.text));
        diag_hint(s->l->diags, d, "write '%.*s(%.*s.field where …)'", STR_ARG(c->node->at.text),
                  STR_ARG(c->of->name));
        return false;
    }
    Scope inner = inside(c);
    Expr *v = link_expr(&inner, c->value, NULL);
    c->a->value = v;
    return v != NULL && value_fits(c, v);
}

static bool read_where(Counting *c)
{
    if (c->node->c == NULL) {
        if (c->a->kind != AGGREGATE_SHARE)
            return true;
        Diag *d = diag_error(c->s->l->diags, node_pos(c->node), "share of what?");
        diag_hint(c->s->l->diags, d, "write 'share(%.*s where …)': those of all",
                  STR_ARG(c->of->name));
        return false;
    }
    Scope inner = inside(c);
    c->a->where = link_condition(&inner, c->node->c);
    return c->a->where != NULL;
}

static Type result_type(const Aggregate *a)
{
    Type t;
    switch (a->kind) {
    case AGGREGATE_COUNT:
        return type_of_kind(KIND_INT);
    case AGGREGATE_EXISTS:
        return truth_type();
    case AGGREGATE_SHARE:
        return type_of_kind(KIND_SHARE);
    case AGGREGATE_MEAN:
        t = a->value->type;
        if (t.kind == KIND_INT)
            t.kind = KIND_DECIMAL;
        t.scale = MAX(t.scale, 2);
        return t;
    default:
        return a->value->type;
    }
}

static bool read_otherwise(Counting *c, Expr *e)
{
    const Scope *s = c->s;
    if (c->node->d == NULL)
        return true;
    if (c->a->kind == AGGREGATE_COUNT || c->a->kind == AGGREGATE_SUM ||
        c->a->kind == AGGREGATE_EXISTS) {
        diag_error(s->l->diags, node_pos(c->node->d), "%.*s of nothing is known: no 'else' here",
                   STR_ARG(c->node->at.text));
        return false;
    }
    c->a->otherwise = link_as(s, c->node->d, &e->type, "'else' of this");
    return c->a->otherwise != NULL;
}

/* In an indicator the parts between which it computes must be able to be added up. */
static bool figure_may(Counting *c)
{
    AggregateKind k = c->a->kind;
    if (!over_region(c->s) || (k != AGGREGATE_MIN && k != AGGREGATE_MAX && k != AGGREGATE_LATEST))
        return true;
    diag_error(c->s->l->diags, node_pos(c->node), "an indicator has no '%.*s' over a region",
               STR_ARG(c->node->at.text));
    return false;
}

/* Whether the first word of an index is a fact of the counted records, as far as a word says. */
static bool has_index(Counting *c, const Node *n)
{
    Linker *l = c->s->l;
    if (n->kind != AST_PATH || entity_field(c->of, n->at.text) != NULL)
        return true;
    if (linker_damaged(l, c->of))
        return false;
    Diag *d = diag_error(l->diags, node_pos(n),
                         "'%.*s' is not a field of %.*s: its records are not told apart by it",
                         STR_ARG(n->at.text), STR_ARG(c->of->name));
    hint_fields(l, d, c->of, n->at.text);
    return false;
}

/* The further indexes of an indicator: a code of each counted record. */
static bool read_indexes(Counting *c)
{
    const FigureBy *by = c->s->by;
    if (!c->s->figure || by == NULL || by->nodes == NULL)
        return true;
    Scope inner = inside(c);
    c->a->index = arena_many(c->s->l->keep, const Expr *, by->n);
    for (size_t k = 0; k < by->n; k++) {
        const Enum *of = by->index[k].of;
        const Expr *e = has_index(c, by->nodes[k]) ? link_expr(&inner, by->nodes[k], NULL) : NULL;
        if (e == NULL)
            return false;
        if (e->type.kind != KIND_ENUM || e->type.of != of) {
            Diag *d = diag_error(c->s->l->diags, e->pos, "of %.*s this is %s, not a code of %.*s",
                                 STR_ARG(c->of->name), words_of(c->s, &e->type), STR_ARG(of->name));
            diag_hint(c->s->l->diags, d, "all records of an indicator are told apart alike");
            return false;
        }
        c->a->index[c->a->n_index++] = e;
    }
    return true;
}

Expr *link_aggregate(const Scope *s, const Node *n, AggregateKind kind, const Type *want)
{
    Aggregate *a = arena_new_of(s->l->keep, Aggregate);
    a->kind = kind;
    Counting c = {.s = s, .node = n, .a = a};
    (void)want;
    if (!read_entity(&c) || !figure_may(&c) || !read_reach(&c))
        return NULL;
    bool value = read_value(&c), where = read_where(&c);
    if (!value || !where || !read_indexes(&c))
        return NULL;
    if (kind == AGGREGATE_LATEST && c.of->event_day == NULL) {
        if (linker_damaged(s->l, c.of))
            return NULL;
        Diag *d = diag_error(s->l->diags, node_pos(n), "%.*s has no day by which one is the latest",
                             STR_ARG(c.of->name));
        diag_hint(s->l->diags, d, "say 'dated by FIELD' in the entity");
        return NULL;
    }
    Expr *e = expr_new(s, EXPR_AGGREGATE, node_pos(n), result_type(a));
    e->aggregate = a;
    return read_otherwise(&c, e) ? e : NULL;
}
