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

static bool read_known(Counting *c, const Node *known)
{
    if (!c->s->may_know) {
        diag_error(c->s->l->diags, known->at.pos,
                   "'known' has no place here: a missing fact would grant or refuse");
        return false;
    }
    if (c->a->kind == AGGREGATE_EXISTS || c->a->kind == AGGREGATE_LATEST) {
        Diag *d = diag_error(c->s->l->diags, known->at.pos,
                             "%.*s says nothing of what it leaves out", STR_ARG(c->node->at.text));
        diag_hint(c->s->l->diags, d, "only numbers leave unknown records out: count(known …)");
        return false;
    }
    c->a->known_only = true;
    return true;
}

static void figure_in(FigureIn *to, AggregatePeriod period)
{
    to->differ |= to->said > 0 && to->period != period;
    to->period = period;
    to->said++;
}

/* `in month`: what happened in the month that holds the day, up to the day. */
static bool read_period(Counting *c, const Node *word)
{
    static const struct {
        const char *word;
        AggregatePeriod period;
    } periods[] = {{"month", AGGREGATE_IN_MONTH},
                   {"quarter", AGGREGATE_IN_QUARTER},
                   {"year", AGGREGATE_IN_YEAR}};
    if (c->s->figure && c->s->in == NULL) {
        Diag *d = diag_error(c->s->l->diags, word->at.pos,
                             "the period of an indicator stands behind its name");
        diag_hint(c->s->l->diags, d, "write 'flow by region, month'");
        return false;
    }
    bool named = word->kind == AST_NAME || node_is_word(word);
    for (size_t i = 0; named && i < G_N_ELEMENTS(periods); i++)
        if (str_is(word->at.text, periods[i].word))
            c->a->period = periods[i].period;
    if (c->a->period == AGGREGATE_ALWAYS) {
        diag_error(c->s->l->diags, word->at.pos, "records are counted in month, quarter or year");
        return false;
    }
    if (c->s->figure)
        figure_in(c->s->in, c->a->period);
    return true;
}

/* distinct E.x, and sum E.x of a share. */
static const Node *read_values(Counting *c, const Node *n)
{
    Linker *l = c->s->l;
    bool distinct = str_is(n->at.text, "distinct"), sum = str_is(n->at.text, "sum");
    if (n->b != NULL && !read_period(c, n->b))
        return NULL;
    if (distinct && c->a->kind == AGGREGATE_COUNT) {
        c->a->kind = AGGREGATE_DISTINCT;
        return n->a;
    }
    if (sum && c->a->kind == AGGREGATE_SHARE) {
        if (list_first(n->a->a) != NULL)
            return n->a;
        Diag *d = diag_error(l->diags, node_pos(n), "the sum of which field?");
        diag_hint(l->diags, d, "write 'share(sum %.*s.field where …)'", STR_ARG(n->a->at.text));
        return NULL;
    }
    Diag *d = diag_error(l->diags, n->at.pos, "'%.*s' has no place in %.*s", STR_ARG(n->at.text),
                         STR_ARG(c->node->at.text));
    diag_hint(l->diags, d,
              "write 'count(distinct visit.elder …)' or 'share(sum bed.area where …)'");
    return NULL;
}

/* known, in month, distinct around the name of the entity, in whichever order they were read. */
static const Node *read_around(Counting *c, const Node *x)
{
    while (x != NULL && x->kind != AST_PATH) {
        if (x->kind == AST_KNOWN)
            x = read_known(c, x) ? x->a : NULL;
        else if (x->kind == AST_BINARY && x->at.kind == TK_IN)
            x = read_period(c, x->b) ? x->a : NULL;
        else if (x->kind == AST_FACTS)
            x = read_values(c, x);
        else
            break;
        if (x == NULL)
            return NULL;
    }
    return x;
}

static bool read_entity(Counting *c)
{
    const Node *x = read_around(c, list_first(c->node->a));
    if (x == NULL)
        return false;
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
    inner.exact = inner.spell = false;
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
    case AGGREGATE_DISTINCT:
        if (!kind_is_text(t->kind) && t->kind != KIND_SET)
            return true;
        diag_error(s->l->diags, v->pos, "different %s are not told apart", words_of(s, t));
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
        bool distinct = c->a->kind == AGGREGATE_DISTINCT;
        Diag *d = diag_error(s->l->diags, node_pos(c->node), "%.*s of which field?",
                             STR_ARG(c->node->at.text));
        diag_hint(s->l->diags, d, "write '%.*s(%s%.*s.field where …)'", STR_ARG(c->node->at.text),
                  distinct ? "distinct " : "", STR_ARG(c->of->name));
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
    const Node *where = c->node->c, *base = NULL;
    Scope inner = inside(c);
    if (where->kind == AST_BASE) {
        base = where->b;
        where = where->a;
    }
    if (base != NULL && c->a->kind != AGGREGATE_SHARE) {
        Diag *d = diag_error(c->s->l->diags, c->node->c->at.pos, "only a share is of some records");
        diag_hint(c->s->l->diags, d, "join conditions with 'and'");
        return false;
    }
    c->a->where = link_condition(&inner, where);
    if (base != NULL)
        c->a->base = link_condition(&inner, base);
    return c->a->where != NULL && (base == NULL || c->a->base != NULL);
}

static Type result_type(const Aggregate *a)
{
    Type t;
    switch (a->kind) {
    case AGGREGATE_COUNT:
    case AGGREGATE_DISTINCT:
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
        c->a->kind == AGGREGATE_EXISTS || c->a->kind == AGGREGATE_DISTINCT) {
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

/* What need not end stands where it is compared as it is, or below round(). */
static bool exact_may(Counting *c, const Expr *e)
{
    Linker *l = c->s->l;
    if (!expr_is_quotient(e) || c->s->exact)
        return true;
    Diag *d =
        diag_error(l->diags, e->pos, "a %.*s may have endless decimals", STR_ARG(c->node->at.text));
    diag_hint(l->diags, d,
              "compare it as it is, or say how to round it: round(%.*s(…), half_up, %d)",
              STR_ARG(c->node->at.text), c->a->kind == AGGREGATE_SHARE ? 4 : 2);
    return false;
}

/* Only what happened on a day can be the latest, or of a period. */
static bool day_may(Counting *c)
{
    Linker *l = c->s->l;
    bool latest = c->a->kind == AGGREGATE_LATEST;
    if (c->of->event_day != NULL || (!latest && c->a->period == AGGREGATE_ALWAYS))
        return true;
    if (linker_damaged(l, c->of))
        return false;
    Diag *d = latest
                  ? diag_error(l->diags, node_pos(c->node),
                               "%.*s has no day by which one is the latest", STR_ARG(c->of->name))
                  : diag_error(l->diags, node_pos(c->node),
                               "%.*s has no day, so it can not be counted in a period",
                               STR_ARG(c->of->name));
    diag_hint(l->diags, d, "say 'dated by FIELD' in the entity");
    return false;
}

/* Whether the first word of an index is a fact of the counted records, as far as a word says. */
static bool has_index(Counting *c, const Node *n)
{
    Linker *l = c->s->l;
    if (n->kind != AST_PATH || field_said(l, c->of, n->at.text, n->at.pos) != NULL)
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
    if (str_is(n->at.text, "coverage")) {
        if (!link_coverage(s, n, a))
            return NULL;
        c.of = a->of;
        if (!read_reach(&c) || !read_indexes(&c))
            return NULL;
    } else {
        if (!read_entity(&c) || !figure_may(&c) || !read_reach(&c))
            return NULL;
        bool value = read_value(&c), where = read_where(&c);
        if (!value || !where || !read_indexes(&c) || !day_may(&c))
            return NULL;
    }
    Expr *e = expr_new(s, EXPR_AGGREGATE, node_pos(n), result_type(a));
    e->aggregate = a;
    return read_otherwise(&c, e) && exact_may(&c, e) ? e : NULL;
}
