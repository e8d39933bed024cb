/* expr_choice.c — if and case.
 * `case x { … }` becomes a chain of conditions on one shared x; what is left out is an error, since
 * nothing has a silent default.  Start: link_choice(), link_case(). */
#include "declare/expr.h"

/* Brings all values to one type.  A value of another scale is rescaled, a lone code stays. */
static bool values_unify(const Scope *s, Expr **values, size_t n)
{
    /* Twice: the last may have a finer scale than the first. */
    for (int round = 0; round < 2; round++)
        for (size_t i = 1; i < n; i++) {
            Expr *first = values[0];
            if (!expr_unify(s, &first, &values[i], values[i]->pos, "give both"))
                return false;
            if (round == 0)
                values[0] = first;
        }
    return true;
}

static Expr *link_value(const Scope *s, const Node *n, const Type *want, Type *found)
{
    Expr *e = link_expr(s, n, want != NULL ? want : found->kind == KIND_N ? NULL : found);
    if (e != NULL && found->kind == KIND_N)
        *found = e->type;
    return e;
}

Expr *link_choice(const Scope *s, const Node *n, const Type *want)
{
    Type found = {.kind = KIND_N};
    const Expr *condition = link_condition(s, n->a);
    Expr *values[2];
    values[0] = link_value(s, n->b, want, &found);
    values[1] = link_value(s, n->c, want, &found);
    if (condition == NULL || values[0] == NULL || values[1] == NULL || !values_unify(s, values, 2))
        return NULL;
    Type t = values[0]->type;
    if (t.kind == KIND_BOOL)
        t = truth_type();
    if (values[1]->type.kind == KIND_DECIMAL)
        t.kind = KIND_DECIMAL;
    Expr *e = expr_of2(s, EXPR_IF, n->at.pos, t, condition, values[0]);
    e->c = values[1];
    return e;
}

/* ---- case */

typedef struct Case {
    const Scope *s;
    const Node *node;
    Expr *subject;         /* NULL: conditions */
    uint64_t named, taken; /* codes that stand in some arm; codes of the arms so far */
    const Expr **conditions;
    Expr **values;
    size_t n_conditions, n_values; /* one more value with else */
} Case;

/* Codes named anywhere are not swallowed by an arm of their wider code. */
static void case_names(Case *c)
{
    const Enum *e = c->subject->type.of;
    for (const Node *arm = list_first(c->node->b); arm != NULL; arm = arm->next)
        for (const Node *label = list_first(arm->a); label != NULL; label = label->next) {
            const Code *code =
                node_is_word(label) ? code_said(c->s->l, e, label->at.text, label->at.pos) : NULL;
            if (code != NULL && code->number < 64)
                c->named |= UINT64_C(1) << code->number;
        }
}

static Expr *codes_label(Case *c, const Node *label)
{
    const Scope *s = c->s;
    const Enum *e = c->subject->type.of;
    if (label->kind == AST_RANGE)
        return between_of(s, c->subject, label);
    const Code *code = node_is_word(label) ? word_code(s->l, e, &label->at) : NULL;
    if (code == NULL)
        return link_codes(s, label, e); /* reports it */
    uint64_t own = UINT64_C(1) << (code->number & 63);
    uint64_t bits = own | (code_bits(e, code) & ~c->named);
    if (c->taken & own) {
        diag_error(s->l->diags, label->at.pos, "'%.*s' stands twice", STR_ARG(code->name));
        return NULL;
    }
    c->taken |= bits;
    Expr *value = expr_code(s, e, code, label->at.pos);
    if (bits == own)
        return expr_of2(s, EXPR_EQ, label->at.pos, truth_type(), c->subject, value);
    Expr *set = expr_new(s, EXPR_SET, label->at.pos, (Type){.kind = KIND_SET, .of = e});
    set->number = (int64_t)bits;
    return expr_of2(s, EXPR_IN, label->at.pos, truth_type(), c->subject, set);
}

static Expr *label_condition(Case *c, const Node *label)
{
    const Scope *s = c->s;
    if (c->subject == NULL && label->kind == AST_RANGE) {
        Diag *d = diag_error(s->l->diags, label->at.pos, "a range needs something that lies in it");
        diag_hint(s->l->diags, d, "write 'case x { 1..3: … }'");
        return NULL;
    }
    if (c->subject == NULL)
        return link_condition(s, label);
    if (c->subject->type.kind == KIND_ENUM)
        return codes_label(c, label);
    if (label->kind == AST_RANGE)
        return between_of(s, c->subject, label);
    Expr *b = link_expr(s, label, &c->subject->type);
    return b == NULL ? NULL : equal_of(s, c->subject, b, label->at.pos);
}

static Expr *arm_condition(Case *c, const Node *arm)
{
    size_t n = 0;
    Expr **all = arena_many(c->s->l->scratch, Expr *, list_length(arm->a));
    for (const Node *label = list_first(arm->a); label != NULL; label = label->next, n++) {
        all[n] = label_condition(c, label);
        if (all[n] == NULL)
            return NULL;
    }
    return expr_any(c->s, all, n);
}

static bool case_complete(Case *c)
{
    if (c->n_values > c->n_conditions)
        return true;
    Linker *l = c->s->l;
    if (c->subject == NULL || c->subject->type.kind != KIND_ENUM) {
        Diag *d = diag_error(l->diags, c->node->at.pos, "this case does not say 'else'");
        diag_hint(l->diags, d, "what holds in no arm would have no value");
        return false;
    }
    const Enum *e = c->subject->type.of;
    for (size_t i = 0; i < e->n_codes && i < 64; i++) {
        if (c->taken >> i & 1)
            continue;
        Diag *d = diag_error(l->diags, c->node->at.pos, "this case leaves out '%.*s'",
                             STR_ARG(e->codes[i].name));
        diag_hint(l->diags, d, "name every code of %.*s, or say 'else'", STR_ARG(e->name));
        return false;
    }
    return true;
}

static bool case_arms(Case *c, const Type *want)
{
    Type found = {.kind = KIND_N};
    bool fine = true;
    for (const Node *arm = list_first(c->node->b); arm != NULL; arm = arm->next) {
        if (c->n_values > c->n_conditions) {
            diag_error(c->s->l->diags, arm->at.pos, "nothing can follow 'else'");
            return false;
        }
        const Expr *condition = arm->a == NULL ? NULL : arm_condition(c, arm);
        Expr *value = link_value(c->s, arm->b, want, &found);
        fine = fine && value != NULL && (arm->a == NULL || condition != NULL);
        if (!fine)
            continue;
        if (arm->a != NULL)
            c->conditions[c->n_conditions++] = condition;
        c->values[c->n_values++] = value;
    }
    return fine;
}

static bool case_subject(Case *c)
{
    if (c->node->a == NULL)
        return true;
    c->subject = link_expr(c->s, c->node->a, NULL);
    if (c->subject == NULL)
        return false;
    const Type *t = &c->subject->type;
    if (t->kind == KIND_ENUM && t->of->n_codes > 64) {
        diag_error(c->s->l->diags, node_pos(c->node->a),
                   "enum '%.*s' has too many codes for a case", STR_ARG(t->of->name));
        return false;
    }
    if (t->kind == KIND_ENUM) {
        case_names(c);
        return true;
    }
    if (dimension_of(t) != DIMENSION_NOT || t->kind == KIND_DATE || t->kind == KIND_MONTH ||
        t->kind == KIND_REGION)
        return true;
    Diag *d = diag_error(c->s->l->diags, node_pos(c->node->a), "%s can not be told apart by 'case'",
                         words_of(c->s, t));
    diag_hint(c->s->l->diags, d, "write conditions: case { a: …; else: … }");
    return false;
}

Expr *link_case(const Scope *s, const Node *n, const Type *want)
{
    size_t arms = list_length(n->b);
    Case c = {.s = s, .node = n};
    c.conditions = arena_many(s->l->scratch, const Expr *, arms);
    c.values = arena_many(s->l->scratch, Expr *, arms);
    if (!case_subject(&c) || !case_arms(&c, want) || !case_complete(&c) ||
        !values_unify(s, c.values, c.n_values))
        return NULL;
    Type t = c.values[0]->type;
    for (size_t i = 1; i < c.n_values; i++)
        if (c.values[i]->type.kind == KIND_DECIMAL)
            t.kind = KIND_DECIMAL;
    Expr *e = expr_new(s, EXPR_CASE, n->at.pos, t.kind == KIND_BOOL ? truth_type() : t);
    e->args = arena_many(s->l->keep, const Expr *, c.n_conditions + c.n_values);
    for (size_t i = 0; i < c.n_values; i++) {
        if (i < c.n_conditions)
            e->args[e->n_args++] = c.conditions[i];
        e->args[e->n_args++] = c.values[i];
    }
    return e;
}
