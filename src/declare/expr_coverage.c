/* expr_coverage.c — coverage(visiting): of those whom a task concerns, the share for whom it is
 * done and not yet due again; an indicator like any other share. Where documents amended the task,
 * an indicator means the text of its own document, else the first. Start: link_coverage(). */
#include "declare/expr.h"

#define NEVER ((Date)-25567) /* 1900-01-01 */

static const Task *task_meant(const Scope *s, const Node *word)
{
    const Model *m = s->l->model;
    const Task *found = NULL;
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        if (!str_equal(t->name, word->at.text))
            continue;
        if (found == NULL || t->home.pos.source == word->at.pos.source)
            found = t;
    }
    return found;
}

/* ---- what makes one covered -------------------------------------------------------------------
 */

static Expr *day_of(const Scope *s, const DoneBy *done, Pos pos)
{
    Expr *e = expr_new(s, EXPR_FIELD, pos, done->entity->event_day->type);
    e->path = arena_many(s->l->keep, const Field *, 1);
    e->path[0] = done->entity->event_day;
    e->n_path = 1;
    return e;
}

static Expr *events(const Scope *s, const Task *t, AggregateKind kind, Pos pos)
{
    const DoneBy *done = &t->done;
    Type type = kind == AGGREGATE_LATEST ? type_of_kind(KIND_DATE) : type_of_kind(KIND_INT);
    Aggregate *a = arena_new_of(s->l->keep, Aggregate);
    Expr *e = expr_new(s, EXPR_AGGREGATE, pos, type);
    a->kind = kind;
    a->of = done->entity;
    a->by = done->by;
    a->where = done->where;
    e->aggregate = a;
    return e;
}

/* The last day on which it was done, or never. */
static Expr *last_done(const Scope *s, const Task *t, Pos pos)
{
    Expr *e = events(s, t, AGGREGATE_LATEST, pos);
    Aggregate *a = (Aggregate *)e->aggregate;
    Expr *never = expr_new(s, EXPR_DATE, pos, e->type);
    never->number = NEVER;
    a->value = day_of(s, &t->done, pos);
    a->otherwise = never;
    return e;
}

static bool counts_days(const Scope *s, const Node *n, const Task *t)
{
    Unit unit = t->every->type.unit;
    if (unit == UNIT_DAYS || unit == UNIT_MONTHS || unit == UNIT_YEARS)
        return true;
    diag_error(s->l->diags, node_pos(n),
               "'%.*s' is due after hours or working days: no share of it", STR_ARG(t->name));
    return false;
}

static const Expr *rolling(const Scope *s, const Node *n, const Task *t)
{
    Pos pos = node_pos(n);
    const Type date = type_of_kind(KIND_DATE);
    if (t->every == NULL || !counts_days(s, n, t))
        return NULL;
    Expr *next = expr_of2(s, EXPR_DATE_ADD, pos, date, last_done(s, t, pos), t->every);
    return expr_of2(s, EXPR_GE, pos, truth_type(), next, expr_new(s, EXPR_DAY, pos, date));
}

/* As often as asked in the period that holds the day. */
static const Expr *in_period(const Scope *s, const Node *n, const Task *t)
{
    static const AggregatePeriod periods[] = {[PERIOD_MONTH] = AGGREGATE_IN_MONTH,
                                              [PERIOD_QUARTER] = AGGREGATE_IN_QUARTER,
                                              [PERIOD_YEAR] = AGGREGATE_IN_YEAR};
    Pos pos = node_pos(n);
    Expr *count = events(s, t, AGGREGATE_COUNT, pos);
    Expr *least = expr_new(s, EXPR_NUMBER, pos, count->type);
    bool known = (size_t)t->period < G_N_ELEMENTS(periods) && periods[t->period] != 0;
    if (!known) {
        diag_error(s->l->diags, pos, "'%.*s' is due in half years: no share of it",
                   STR_ARG(t->name));
        return NULL;
    }
    ((Aggregate *)count->aggregate)->period = periods[t->period];
    least->number = t->least;
    return expr_of2(s, EXPR_GE, pos, truth_type(), count, least);
}

static const Expr *once(const Scope *s, const Node *n, const Task *t)
{
    Pos pos = node_pos(n);
    Expr *never = expr_new(s, EXPR_DATE, pos, type_of_kind(KIND_DATE));
    never->number = NEVER;
    return expr_of2(s, EXPR_GT, pos, truth_type(), last_done(s, t, pos), never);
}

/* ---- of whom */

/* Whom the task concerns: of a document of one place, those who lie there. */
static const Expr *concerned(const Scope *s, const Task *t, Pos pos)
{
    const Document *d = t->home.document;
    if (d->place.len == 0 || t->subject->place == NULL)
        return t->when;
    Expr *place = expr_new(s, EXPR_REGION, pos, type_of_kind(KIND_REGION));
    place->text = d->place;
    Expr *there = expr_of2(s, EXPR_IN_REGION, pos, truth_type(), t->subject->place, place);
    return t->when == NULL ? there : expr_of2(s, EXPR_AND, pos, truth_type(), there, t->when);
}

bool link_coverage(const Scope *s, const Node *n, Aggregate *ret)
{
    const Node *word = list_first(n->a);
    Linker *l = s->l;
    if (!s->figure) {
        diag_error(l->diags, node_pos(n), "the coverage of a task is an indicator");
        return false;
    }
    if (n->b != NULL || n->c != NULL || n->d != NULL || !node_is_word(word)) {
        Diag *d = diag_error(l->diags, node_pos(n), "coverage takes the name of a task alone");
        diag_hint(l->diags, d, "write 'coverage(visiting)'");
        return false;
    }
    if (name_need(l, &word->at, NAME_TASK, "a task") == NULL)
        return false;
    const Task *t = task_meant(s, word);
    if (t == NULL || t->subject == NULL || t->done.entity == NULL)
        return false; /* reported where it is declared */
    ret->of = t->subject;
    ret->base = concerned(s, t, node_pos(n));
    ret->where = t->cycle == TASK_ROLLING  ? rolling(s, n, t)
                 : t->cycle == TASK_PERIOD ? in_period(s, n, t)
                                           : once(s, n, t);
    return ret->where != NULL;
}
