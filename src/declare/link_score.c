/* link_score.c — points and grades: a sum of items, each with its most, and the grade it reaches.
 * A score gives its entity the computed fields NAME_points and NAME_grade: rules, lists and
 * explanations read them like any other.  Start: add_score_fields(), link_scores(). */
#include "declare/follow.h"

typedef struct Scoring {
    Linker *l;
    const Declaration *d;
    Score *s;
    const Node *items;
} Scoring;

/* ---- the fields */

static uint8_t points_scale(const Node *items)
{
    uint8_t scale = 0;
    for (const Node *n = list_first(items); n != NULL; n = n->next)
        if (n->b != NULL)
            scale = MAX(scale, n->b->at.scale);
    return scale;
}

static Field *score_field(Scoring *x, const char *suffix, const char *zh, Type type)
{
    Linker *l = x->l;
    Token word = {.pos = x->d->node->at.pos};
    word.text = str_of(arena_printf(l->keep, "%.*s_%s", STR_ARG(x->s->name), suffix));
    Field *f = field_add(l, (Entity *)x->s->entity, &word, &x->d->home);
    if (f == NULL)
        return NULL;
    f->label.zh = str_of(arena_printf(l->keep, "%.*s%s", STR_ARG(x->s->label.zh), zh));
    f->label.en = str_of(arena_printf(l->keep, "%.*s, %s", STR_ARG(x->s->label.en), suffix));
    f->type = type;
    return f;
}

static const Enum *grades_enum(Scoring *x)
{
    size_t n = 0;
    const Node **paths = arena_many(x->l->scratch, const Node *, list_length(x->items));
    for (const Node *i = list_first(x->items); i != NULL; i = i->next)
        if (i->kind == AST_GRADE)
            paths[n++] = i->a;
    return n == 0 ? NULL : enum_of_codes(x->l, paths, n);
}

static void draft(Scoring *x)
{
    Score *s = x->s;
    head_fill(x->l, x->d, &s->name, &s->label, &s->home);
    s->entity = name_need(x->l, &x->d->node->b->at, NAME_ENTITY, "an entity");
    if (s->entity == NULL)
        return;
    Type points = type_of_kind(KIND_INT);
    points.scale = points_scale(x->items);
    if (points.scale > 0)
        points.kind = KIND_DECIMAL;
    s->points = score_field(x, "points", "得分", points);
    s->grade_of = grades_enum(x);
    if (s->grade_of != NULL)
        s->grade = score_field(x, "grade", "等级", (Type){.kind = KIND_ENUM, .of = s->grade_of});
    if (list_find(x->d->node->d, AST_LASTS) != NULL)
        s->until = score_field(x, "until", "有效期至", type_of_kind(KIND_DATE));
}

void add_score_fields(Linker *l)
{
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        Scoring x = {l, d, d->made, d->node->c};
        if (d->node->kind == AST_SCORE && d->made != NULL)
            draft(&x);
    }
}

/* ---- items and grades */

static int64_t points_number(const Scoring *x, const Token *t)
{
    int64_t number = t->number;
    for (uint8_t k = t->scale; k < x->s->points->type.scale; k++)
        number *= 10; /* a written number has at most 18 digits; the sum is bounded below */
    return number;
}

/* What a number of points may be: 100,000 of 0.01 keep all sums far from 64 bits. */
#define POINTS_MOST INT64_C(1000000000)

static bool is_points(Linker *l, const Token *t, bool most)
{
    if (t->measure == MEASURE_NONE && t->scale <= 2 && t->number < POINTS_MOST &&
        (!most || t->number > 0))
        return true;
    diag_error(l->diags, t->pos, "points are a plain number%s with at most two decimals",
               most ? " above nothing" : "");
    return false;
}

/* What is not known to be given is not given: evidence that nobody entered counts for nothing. */
static const Expr *surely(const Scope *s, const Expr *given)
{
    const Expr *field = given->kind == EXPR_HAS_ANY ? given->a : given;
    if (given->kind == EXPR_KNOWN)
        return given;
    Expr *known = expr_new(s, EXPR_KNOWN, given->pos, truth_type());
    known->a = field;
    return expr_of2(s, EXPR_AND, given->pos, truth_type(), known, given);
}

static void score_evidence(Scoring *x, const Node *needs, ScoreItem *item)
{
    const Scope s = {.l = x->l, .subject = x->s->entity, .may_know = true};
    const Expr *all = NULL;
    item->counted = item->value;
    item->needs = arena_many(x->l->keep, Need, list_length(needs));
    for (const Node *n = list_first(needs); n != NULL; n = n->next) {
        Need *need = &item->needs[item->n_needs];
        if (!link_need(&s, n, need))
            continue;
        const Expr *one = surely(&s, need->given);
        all = all == NULL ? one : expr_of2(&s, EXPR_AND, n->at.pos, truth_type(), all, one);
        item->n_needs++;
    }
    if (all == NULL || item->value == NULL)
        return;
    Expr *counted = expr_new(&s, EXPR_IF, item->pos, x->s->points->type);
    counted->a = all;
    counted->b = item->value;
    counted->c = expr_new(&s, EXPR_NUMBER, item->pos, x->s->points->type);
    item->counted = counted;
}

static void score_item(Scoring *x, const Node *n)
{
    Score *s = x->s;
    Linker *l = x->l;
    Scope scope = {.l = l, .subject = s->entity};
    ScoreItem item = {.name = n->at.text, .pos = n->at.pos};
    for (size_t i = 0; i < s->n_items; i++)
        if (str_equal(s->items[i].name, item.name))
            diag_error(l->diags, n->at.pos, "item '%.*s' stands twice", STR_ARG(item.name));
    item.label = link_label(l, n->a, item.name);
    if (!is_points(l, &n->b->at, true))
        return;
    item.most = points_number(x, &n->b->at);
    const char *what = arena_printf(l->scratch, "item '%.*s'", STR_ARG(item.name));
    if (n->c != NULL) {
        item.value = link_as(&scope, n->c, &s->points->type, what);
    } else if (field_said(l, s->entity, item.name, n->at.pos) != NULL) {
        Node path = {.kind = AST_PATH, .at = n->at};
        item.value = link_as(&scope, &path, &s->points->type, what);
    } else if (!linker_damaged(l, s->entity)) {
        Diag *d = diag_error(l->diags, n->at.pos, "%.*s has no field '%.*s' with its points",
                             STR_ARG(s->entity->name), STR_ARG(item.name));
        diag_hint(l->diags, d, "add the field, or say what it is worth: item %.*s … = …",
                  STR_ARG(item.name));
    }
    score_evidence(x, n->d, &item);
    if (item.value != NULL)
        s->items[s->n_items++] = item;
}

static void score_grade(Scoring *x, const Node *n)
{
    Score *s = x->s;
    Linker *l = x->l;
    const Code *c = code_said(l, s->grade_of, path_word(n->a, path_length(n->a) - 1), n->a->at.pos);
    if (c == NULL)
        return; /* reported: no enum has all of them */
    if (s->otherwise != NULL) {
        diag_error(l->diags, node_pos(n->a), "the grade of the rest stands last");
        return;
    }
    if (n->b == NULL) {
        s->otherwise = c;
        return;
    }
    if (!is_points(l, &n->b->at, false))
        return;
    ScoreGrade g = {c, points_number(x, &n->b->at)};
    const ScoreGrade *above = s->n_grades > 0 ? &s->grades[s->n_grades - 1] : NULL;
    if (above != NULL && g.least >= above->least) {
        Diag *d = diag_error(l->diags, n->b->at.pos, "grades stand from the highest down");
        diag_hint(l->diags, d, "'%.*s' needs fewer points than '%.*s'", STR_ARG(c->name),
                  STR_ARG(above->code->name));
    } else if (above != NULL && s->grade_of->ordered && c->number >= above->code->number) {
        diag_error(l->diags, node_pos(n->a), "'%.*s' does not rank below '%.*s'", STR_ARG(c->name),
                   STR_ARG(above->code->name));
    }
    s->grades[s->n_grades++] = g;
}

/* ---- what the fields compute */

static const Expr *sum_of(const Scope *scope, const Score *s)
{
    const Expr *sum = s->items[0].counted;
    for (size_t i = 1; i < s->n_items; i++)
        sum = expr_of2(scope, EXPR_ADD, s->home.pos, s->points->type, sum, s->items[i].counted);
    return sum;
}

static Expr *grade_expr(const Scope *scope, const Score *s, const Code *c)
{
    return expr_code(scope, s->grade_of, c, s->home.pos);
}

static Expr *points_expr(const Scope *scope, const Score *s)
{
    Expr *e = expr_new(scope, EXPR_FIELD, s->home.pos, s->points->type);
    e->path = arena_many(scope->l->keep, const Field *, 1);
    e->path[0] = s->points;
    e->n_path = 1;
    return e;
}

static Expr *case_of(const Scope *scope, const Score *s)
{
    Expr *e = expr_new(scope, EXPR_CASE, s->home.pos, s->grade->type);
    e->args = arena_many(scope->l->keep, const Expr *, 2 * s->n_grades + 1);
    for (size_t i = 0; i < s->n_grades; i++) {
        Expr *least = expr_new(scope, EXPR_NUMBER, s->home.pos, s->points->type);
        least->number = s->grades[i].least;
        e->args[e->n_args++] =
            expr_of2(scope, EXPR_GE, s->home.pos, truth_type(), points_expr(scope, s), least);
        e->args[e->n_args++] = grade_expr(scope, s, s->grades[i].code);
    }
    if (s->otherwise != NULL)
        e->args[e->n_args++] = grade_expr(scope, s, s->otherwise);
    return e;
}

/* ---- when it is final, and how long it is good for */

static void score_final(Scoring *x)
{
    Score *s = x->s;
    Linker *l = x->l;
    const Node *at = item_once(l, x->d->node->d, AST_AT_STATE, "at");
    const Procedure *p = s->entity->procedure;
    s->final = -1;
    if (at == NULL)
        return;
    if (p == NULL) {
        if (!linker_damaged(l, s->entity))
            diag_error(l->diags, at->at.pos, "%.*s has no procedure, so it has no states",
                       STR_ARG(s->entity->name));
        return;
    }
    const Code *c = word_code(l, p->states, &at->a->at);
    if (c == NULL && !linker_damaged(l, p->states)) {
        Diag *d = diag_error(l->diags, at->a->at.pos, "'%.*s' is no state of %.*s",
                             STR_ARG(at->a->at.text), STR_ARG(p->name));
        hint_codes(l, d, p->states, at->a->at.text);
    }
    if (c != NULL)
        s->final = (int)c->number;
}

static Expr *state_expr(const Scope *scope, const Score *s, ExprKind kind, Type type)
{
    const Procedure *p = s->entity->procedure;
    Expr *field = expr_new(scope, EXPR_FIELD, s->home.pos, p->state->type);
    Expr *e = expr_new(scope, kind, s->home.pos, type);
    field->path = arena_many(scope->l->keep, const Field *, 1);
    field->path[0] = p->state;
    field->n_path = 1;
    e->a = field;
    e->procedure = p;
    e->number = s->final;
    return e;
}

/* Before it is final there is no grade. */
static Expr *final_case(const Scope *scope, const Score *s, Expr *grade)
{
    if (s->final < 0)
        return grade;
    Expr *e = expr_new(scope, EXPR_CASE, s->home.pos, s->grade->type);
    e->args = arena_many(scope->l->keep, const Expr *, 2);
    e->args[e->n_args++] = state_expr(scope, s, EXPR_REACHED, truth_type());
    e->args[e->n_args++] = grade;
    return e;
}

static Expr *first_day(const Scope *scope, const Score *s, const Node *from)
{
    if (from != NULL) {
        Node path = {.kind = AST_PATH, .at = from->a->at};
        const Type date = type_of_kind(KIND_DATE);
        return link_as(scope, &path, &date, "'from'");
    }
    if (s->final >= 0)
        return state_expr(scope, s, EXPR_ENTERED, type_of_kind(KIND_DATE));
    if (s->entity->event_day == NULL) {
        Diag *d =
            diag_error(scope->l->diags, s->lasts->pos,
                       "%.*s has no day from which its score could last", STR_ARG(s->entity->name));
        diag_hint(scope->l->diags, d,
                  "say 'dated by FIELD' in the entity, or 'at STATE' or 'from FIELD' here");
        return NULL;
    }
    Expr *e = expr_new(scope, EXPR_FIELD, s->home.pos, type_of_kind(KIND_DATE));
    e->path = arena_many(scope->l->keep, const Field *, 1);
    e->path[0] = s->entity->event_day;
    e->n_path = 1;
    return e;
}

/* The last day: three years from 2021-03-01 end on 2024-02-29. */
static void score_until(Scoring *x, const Scope *scope)
{
    Score *s = x->s;
    const Type date = type_of_kind(KIND_DATE);
    const Node *lasts = item_once(x->l, x->d->node->d, AST_LASTS, "for");
    if (lasts == NULL || s->until == NULL)
        return;
    s->lasts = link_duration(scope, lasts->a, "'for'");
    if (s->lasts == NULL)
        return;
    Unit unit = s->lasts->type.unit;
    if (unit != UNIT_DAYS && unit != UNIT_MONTHS && unit != UNIT_YEARS) {
        diag_error(x->l->diags, s->lasts->pos, "a score lasts days, months or years");
        return;
    }
    Expr *from = first_day(scope, s, item_once(x->l, x->d->node->d, AST_FROM, "from")),
         *one = expr_new(scope, EXPR_NUMBER, s->home.pos, type_of_kind(KIND_INT));
    if (from == NULL)
        return;
    one->type.unit = UNIT_DAYS;
    one->number = -1;
    Expr *end = expr_of2(scope, EXPR_DATE_ADD, s->home.pos, date, from, s->lasts);
    s->ends = expr_of2(scope, EXPR_DATE_ADD, s->home.pos, date, end, one);
}

/* How long who was told of it may answer: counted from the day of the notice. */
static void score_answer(Scoring *x, const Scope *scope)
{
    const Node *within = item_once(x->l, x->d->node->d, AST_WITHIN, "within");
    if (within != NULL)
        x->s->answer = link_duration(scope, within->a, "'within'");
}

static void link_score(Scoring *x)
{
    Score *s = x->s;
    Scope scope = {.l = x->l, .subject = s->entity};
    if (s->entity == NULL || s->points == NULL)
        return;
    link_territory(x->l, x->d, s->entity);
    score_final(x);
    score_until(x, &scope);
    score_answer(x, &scope);
    s->items = arena_many(x->l->keep, ScoreItem, list_length(x->items));
    s->grades = arena_many(x->l->keep, ScoreGrade, list_length(x->items));
    for (const Node *n = list_first(x->items); n != NULL; n = n->next) {
        if (n->kind == AST_ITEM)
            score_item(x, n);
        else if (n->kind == AST_GRADE && s->grade_of != NULL)
            score_grade(x, n);
    }
    if (list_find(x->items, AST_ITEM) == NULL && !x->d->damaged)
        diag_error(x->l->diags, x->d->node->at.pos, "score '%.*s' has no items", STR_ARG(s->name));
    if (s->n_items == 0)
        return;
    s->sum = sum_of(&scope, s);
    if (s->grade != NULL && s->n_grades > 0)
        s->graded = final_case(&scope, s, case_of(&scope, s));
}

/* Another text of a score that is there: it computes the same fields. */
static void draft_amended(Scoring *x)
{
    Score *s = x->s;
    const Score *old = name_need(x->l, &x->d->node->at, NAME_SCORE, "a score");
    head_fill(x->l, x->d, &s->name, &s->label, &s->home);
    s->entity = name_need(x->l, &x->d->node->b->at, NAME_ENTITY, "an entity");
    s->grade_of = grades_enum(x);
    if (old == NULL || old->entity != s->entity)
        return; /* amend_act.c says so */
    if (points_scale(x->items) > old->points->type.scale) {
        Diag *d = diag_error(x->l->diags, x->d->node->at.pos, "this does not stand for '%.*s': %s",
                             STR_ARG(s->name), "its points have more decimals");
        diag_hint(x->l->diags, d, "fields that others read keep their type");
        return;
    }
    s->points = old->points;
    s->until = old->until;
    s->grade = old->grade_of == s->grade_of ? old->grade : NULL;
}

void link_scores(Linker *l)
{
    Model *m = l->model;
    m->scores = arena_many(l->keep, Score *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *of = &l->declarations[i];
        bool first = of->node->kind == AST_SCORE;
        const Declaration *d = first ? of : declaration_amending(l, of, AST_SCORE, sizeof(Score));
        if (d == NULL || d->made == NULL)
            continue;
        Scoring x = {l, d, d->made, d->node->c};
        if (!first)
            draft_amended(&x);
        x.s->wording.leave = leave_of(l, item_once(l, x.items, AST_LEAVE, "may be amended by"));
        link_score(&x);
        if (first && x.s->sum != NULL)
            ((Field *)x.s->points)->compute = x.s->sum;
        if (first && x.s->graded != NULL)
            ((Field *)x.s->grade)->compute = x.s->graded;
        if (first && x.s->ends != NULL)
            ((Field *)x.s->until)->compute = x.s->ends;
        x.s->number = (unsigned)m->n_scores;
        m->scores[m->n_scores++] = x.s;
    }
}
