/* expr.h — what the files that link expressions share.
 * In: a tree and a Scope.  Out: a typed Expr.  Order of look-up: a field of the subject, a code of
 * the enum that is wanted, then the one namespace (semantics 2).  Start: link_expr() in expr.c. */
#ifndef ANLAO_DECLARE_EXPR_H
#define ANLAO_DECLARE_EXPR_H

#include "declare/grammar.h"
#include "declare/link.h"

Expr *expr_new(const Scope *s, ExprKind kind, Pos pos, Type type);
Expr *expr_of2(const Scope *s, ExprKind kind, Pos pos, Type type, const Expr *a, const Expr *b);
Type truth_type(void);
const char *words_of(const Scope *s, const Type *t);
/* The members of (a, b, c); of anything else: itself. */
const Node **group_members(const Scope *s, const Node *n, size_t *ret_n);

/* ---- what a number counts */
typedef enum Dimension {
    DIMENSION_NOT, /* no number */
    DIMENSION_PLAIN,
    DIMENSION_SHARE,
    DIMENSION_YUAN,
    DIMENSION_M2,
    DIMENSION_HOURS,
    DIMENSION_DAYS,
    DIMENSION_MONTHS,
    DIMENSION_YEARS,
    DIMENSION_WORKING_DAYS,
} Dimension;
Dimension dimension_of(const Type *t);
Expr *expr_rescale(const Scope *s, Expr *e, uint8_t scale); /* NULL when a literal overflows */
/* Brings two to one type: the same dimension and scale, or the same enum, …; reports when they do
 * not go together, as "`verb` money with a number of months". */
bool expr_unify(const Scope *s, Expr **a, Expr **b, Pos pos, const char *verb);
bool expr_is_text(const Expr *e);

/* ---- by kind of node */
Expr *link_number(const Scope *s, const Node *n, const Type *want);
Expr *link_path(const Scope *s, const Node *n, const Type *want);
Expr *link_field_path(const Scope *s, const Node *n, const Entity *from, size_t at, bool outer);
Expr *link_codes(const Scope *s, const Node *n, const Enum *e); /* (a, b) or a: EXPR_SET */
Expr *expr_code(const Scope *s, const Enum *e, const Code *c, Pos pos);
Expr *link_region_literal(const Scope *s, const Node *n);
Expr *link_binary(const Scope *s, const Node *n, const Type *want);
Expr *link_division(const Scope *s, const Node *n, const Type *want, int rounded_scale);
Expr *link_between(const Scope *s, const Node *n);
Expr *between_of(const Scope *s, Expr *a, const Node *range);
Expr *equal_of(const Scope *s, Expr *a, Expr *b, Pos pos);
Expr *link_in(const Scope *s, const Node *n);
Expr *expr_any(const Scope *s, Expr **all, size_t n);
Expr *link_has(const Scope *s, const Node *n);
Expr *link_choice(const Scope *s, const Node *n, const Type *want);
Expr *link_case(const Scope *s, const Node *n, const Type *want);
Expr *link_call(const Scope *s, const Node *n, const Type *want);
Expr *link_indexed(const Scope *s, const Node *n);
Expr *link_param_word(const Scope *s, const Param *p, const Node *n);
Expr *link_reached(const Scope *s, const Node *n); /* expr_state.c */
Expr *link_award(const Scope *s, const Node *n);   /* link_once.c: award.level below `again if` */
const Entity *once_award(const struct Once *o);
const Token *path_second(const Node *path);
/* Of whom and of what the coverage of a task is a share (expr_coverage.c). */
bool link_coverage(const Scope *s, const Node *n, Aggregate *ret);
Expr *link_aggregate(const Scope *s, const Node *n, AggregateKind kind, const Type *want);
/* Whether a node gets its meaning from what stands on the other side: a bare code, a region. */
bool node_needs_want(const Scope *s, const Node *n);

#endif
