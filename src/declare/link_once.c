/* link_once.c — `once per KEY on DATE against AWARD again if COND` (semantics 45): one award for
 * each record KEY leads to, whoever claims it. It becomes conditions beside `when`: no award of the
 * key is dated before this event, no earlier claim is still to be settled, and no other claim is of
 * the same day.  Claims of one key are the other records of the rule's own kind, each looked at on
 * its own day; one to which an award refers is settled.  Start: link_once(). */
#include "declare/ruling.h"

typedef struct Once {
    Ruling *r;
    const Entity *award;
    const Expr *key;    /* path of a reference, from the rule's subject */
    const Field *by;    /* of an award: the key … */
    const Field *claim; /* … and the record it was made for */
    const Field *on;    /* day of the event */
    Pos pos;
    const Expr *again; /* or NULL */
} Once;

const Entity *once_award(const Once *o)
{
    return o->award;
}

/* ---- small expressions */

static Expr *of(const Once *o, ExprKind kind, Type type)
{
    return expr_new(&o->r->scope, kind, o->pos, type);
}

static Expr *truth2(const Once *o, ExprKind kind, const Expr *a, const Expr *b)
{
    if (a == NULL || b == NULL)
        return (Expr *)(a == NULL ? b : a);
    return expr_of2(&o->r->scope, kind, o->pos, truth_type(), a, b);
}

static Expr *number(const Once *o, int64_t n)
{
    Expr *e = of(o, EXPR_NUMBER, type_of_kind(KIND_INT));
    e->number = n;
    return e;
}

static Expr *field2(const Once *o, const Field *f, const Field *g)
{
    Expr *e = of(o, EXPR_FIELD, g != NULL ? g->type : f->type);
    e->path = arena_many(o->r->l->keep, const Field *, 2);
    e->path[e->n_path++] = f;
    if (g != NULL)
        e->path[e->n_path++] = g;
    return e;
}

static Expr *field(const Once *o, const Field *f)
{
    return field2(o, f, NULL);
}

/* The event of the record at hand, as seen from `further` aggregates below the first. */
static Expr *event_outside(const Once *o, size_t further)
{
    Expr *e = field(o, o->on);
    e->outer = true;
    e->number = (int64_t)further;
    return e;
}

static Expr *day(const Once *o, Date d)
{
    Expr *e = of(o, EXPR_DATE, type_of_kind(KIND_DATE));
    e->number = d;
    return e;
}

static Expr *records(const Once *o, AggregateKind kind, const Entity *e, const Field *by,
                     const Expr *where, Type type)
{
    Aggregate *a = arena_new_of(o->r->l->keep, Aggregate);
    Expr *x = of(o, EXPR_AGGREGATE, type);
    a->kind = kind;
    a->of = e;
    a->by = by;
    a->where = where;
    x->aggregate = a;
    return x;
}

static Expr *count(const Once *o, const Entity *e, const Field *by, const Expr *where)
{
    return records(o, AGGREGATE_COUNT, e, by, where, type_of_kind(KIND_INT));
}

static Aggregate *own(Expr *e)
{
    return (Aggregate *)(uintptr_t)e->aggregate;
}

/* What an explanation calls the condition. */
static Expr *called(Expr *e, const char *what)
{
    e->text = str_of(what);
    return e;
}

/* ---- awards */

/* An award is of the day it says, or of that of the claim it was made for. */
static Expr *award_when(const Once *o, ExprKind order)
{
    Expr *recorded = truth2(o, order, field(o, o->award->event_day), event_outside(o, 0));
    Expr *known = of(o, EXPR_KNOWN, truth_type());
    known->a = field(o, o->claim);
    Expr *claimed = truth2(o, order, field2(o, o->claim, o->on), event_outside(o, 0));
    return truth2(o, EXPR_OR, recorded, truth2(o, EXPR_AND, known, claimed));
}

static Expr *awards(const Once *o, ExprKind order)
{
    Expr *e = count(o, o->award, o->by, award_when(o, order));
    own(e)->to = o->key;
    return e;
}

/* award.level: of the latest award of the key before this event. */
Expr *link_award(const Scope *s, const Node *n)
{
    const Once *o = s->once;
    const Token *word = path_second(n);
    const Field *f = word_field(o->r->l, o->award, word);
    if (f == NULL) {
        Diag *d = diag_error(o->r->l->diags, word->pos, "'%.*s' is not a field of %.*s",
                             STR_ARG(word->text), STR_ARG(o->award->name));
        hint_fields(o->r->l, d, o->award, word->text);
        return NULL;
    }
    Expr *e = records(o, AGGREGATE_LATEST, o->award, o->by, award_when(o, EXPR_LT), f->type);
    e->pos = node_pos(n);
    own(e)->value = field(o, f);
    own(e)->to = o->key;
    return e;
}

/* ---- claims */

/* Whether it comes to an amount; where that is not known: `may` be. */
static const Expr *positive(const Once *o, bool may)
{
    const Rule *r = o->r->rule;
    for (size_t i = 0; r->pay != NULL && i < r->pay->n_path; i++)
        if (r->pay->path[i]->judgement != NULL)
            return NULL; /* a person's word is not compared */
    if (r->pay == NULL)
        return NULL;
    Expr *nothing = of(o, EXPR_NUMBER, r->pay->type);
    if (!may)
        return truth2(o, EXPR_GT, r->pay, nothing);
    Expr *known = of(o, EXPR_KNOWN, truth_type()), *not_none = of(o, EXPR_NOT, truth_type());
    known->a = r->pay;
    not_none->a = truth2(o, EXPR_AND, known, truth2(o, EXPR_LE, r->pay, nothing));
    return not_none;
}

/* Whether the record at hand is a claim by itself that no award has settled. */
static const Expr *claim_is_open(const Once *o, const Expr *free_of_awards, bool may)
{
    const Rule *r = o->r->rule;
    Expr *unsettled = truth2(o, EXPR_EQ, count(o, o->award, o->claim, NULL), number(o, 0));
    Expr *in_force = truth2(o, EXPR_GE, field(o, o->on), day(o, r->from));
    if (r->until < DATE_MAX)
        in_force =
            truth2(o, EXPR_AND, in_force, truth2(o, EXPR_LE, field(o, o->on), day(o, r->until)));
    Expr *all = truth2(o, EXPR_AND, in_force, unsettled);
    all = truth2(o, EXPR_AND, all, r->when);
    all = truth2(o, EXPR_AND, all, positive(o, may));
    return truth2(o, EXPR_AND, all, free_of_awards);
}

/* How many open claims of the key are of a day before this one's, or of the same: over the records
 * between the key and the claims, from the key on. */
static Expr *claims(const Once *o, ExprKind order, const Expr *open)
{
    size_t hops = o->key->n_path;
    const Field *first = o->key->path[0];
    Expr *of_that_day = truth2(o, order, field(o, o->on), event_outside(o, hops - 1));
    Expr *e = count(o, o->r->rule->subject, first, truth2(o, EXPR_AND, of_that_day, open));
    own(e)->at = o->on;
    for (size_t i = 1; i < hops; i++) {
        Expr *sum = records(o, AGGREGATE_SUM, o->key->path[i]->entity, o->key->path[i], NULL,
                            type_of_kind(KIND_INT));
        own(sum)->value = e;
        e = sum;
    }
    own(e)->to = o->key;
    return e;
}

/* `condition`, but unknown where it is no: the award that would settle it is missing. */
static Expr *or_unknown(const Once *o, const Expr *condition)
{
    Expr *never = of(o, EXPR_TRUTH, truth_type()), *e = of(o, EXPR_IF, type_of_kind(KIND_INT));
    Expr *none = records(o, AGGREGATE_MIN, o->award, o->by, never, type_of_kind(KIND_INT));
    never->number = TRUTH_NO;
    own(none)->value = number(o, 1);
    own(none)->to = o->key;
    e->a = condition;
    e->b = number(o, 0);
    e->c = none;
    return truth2(o, EXPR_LE, e, number(o, 0));
}

static const Expr *free_condition(const Once *o)
{
    Expr *first = called(truth2(o, EXPR_EQ, awards(o, EXPR_LT), number(o, 0)), "once-award");
    const Expr *may = o->again != NULL ? truth2(o, EXPR_OR, first, o->again) : first;
    const Expr *open = claim_is_open(o, may, false), *perhaps = claim_is_open(o, may, true);
    Expr *earlier = truth2(o, EXPR_LE, claims(o, EXPR_LT, open), number(o, 0));
    Expr *own_awards = count(o, o->award, o->claim, NULL);
    Expr *alone = truth2(o, EXPR_LE, claims(o, EXPR_EQ, perhaps), number(o, 1));
    /* Of several claims of a day the one that has its award is settled, whoever else claims. */
    alone = truth2(o, EXPR_OR, truth2(o, EXPR_GT, own_awards, number(o, 0)), alone);
    Expr *rivals = truth2(o, EXPR_LE, awards(o, EXPR_EQ), own_awards); /* none but its own */
    Expr *two = called(or_unknown(o, truth2(o, EXPR_AND, alone, rivals)), "once-two");
    /* What an earlier claim will come to is seen when its award is recorded. */
    if (o->again != NULL)
        earlier = or_unknown(o, earlier);
    return truth2(o, EXPR_AND, may, truth2(o, EXPR_AND, called(earlier, "once-claim"), two));
}

/* ---- what the words name */

static const Field *one_reference(Once *o, const Token *word, const Entity *to, const char *what)
{
    const Field *f = entity_reference(o->award, to);
    if (f != NULL || linker_damaged(o->r->l, o->award))
        return f;
    Diag *d = diag_error(o->r->l->diags, word->pos, "%.*s does not refer to %.*s by one field",
                         STR_ARG(o->award->name), STR_ARG(to->name));
    diag_hint(o->r->l->diags, d, "an award says %s", what);
    return NULL;
}

static bool read_key(Once *o, const Node *path)
{
    o->key = link_path(&o->r->scope, path, NULL);
    if (o->key == NULL)
        return false;
    bool refers = o->key->kind == EXPR_FIELD && o->key->type.kind == KIND_REF;
    for (size_t i = 0; refers && i < o->key->n_path; i++)
        refers = o->key->path[i]->compute == NULL;
    if (refers)
        return true;
    Diag *d = diag_error(o->r->l->diags, node_pos(path), "the key is no reference to a record");
    diag_hint(o->r->l->diags, d,
              "make the shared thing an entity and refer to it: a name may change");
    return false;
}

static bool read_award(Once *o, const Token *word)
{
    o->award = name_need(o->r->l, word, NAME_ENTITY, "an entity");
    if (o->award == NULL)
        return false;
    if (o->award->event_day == NULL && !linker_damaged(o->r->l, o->award)) {
        Diag *d = diag_error(o->r->l->diags, word->pos, "%.*s has no day", STR_ARG(o->award->name));
        diag_hint(o->r->l->diags, d, "say 'dated by FIELD' in the entity");
        return false;
    }
    o->by = one_reference(o, word, o->key->type.to, "of which key it is");
    o->claim = one_reference(o, word, o->r->rule->subject, "for which record it was made");
    return o->by != NULL && o->claim != NULL && o->award->event_day != NULL;
}

static void visit_others(const Expr *e, void *found)
{
    const Expr **to = found;
    if (*to == NULL && e->kind == EXPR_OUTCOME)
        *to = e;
}

/* What others pay is known of the record at hand only, not of other claims. */
static bool rests_on_others(const Once *o)
{
    const Expr *found = NULL;
    expr_walk(o->r->rule->when, visit_others, &found);
    expr_walk(o->r->rule->pay, visit_others, &found);
    if (found == NULL)
        return false;
    diag_error(o->r->l->diags, found->pos,
               "'once per' compares claims by themselves: what another "
               "benefit pays is not known of them");
    return true;
}

void link_once(Ruling *r, const Node *once)
{
    Rule *rule = r->rule;
    const Node *per = once->b;
    Once o = {.r = r, .on = rule->once_on, .pos = node_pos(per->a)};
    if (rule->once_on == NULL || !read_key(&o, per->a) || !read_award(&o, &per->b->at) ||
        rests_on_others(&o))
        return;
    rule->once_per = o.key;
    rule->once_against = o.award;
    if (per->c != NULL) {
        Scope s = r->scope;
        s.once = &o;
        o.again = link_condition(&s, per->c);
        if (o.again == NULL)
            return;
        rule->once_again = o.again;
    }
    rule->once_free = free_condition(&o);
    rule->when = truth2(&o, EXPR_AND, rule->when, rule->once_free);
}
