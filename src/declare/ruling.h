/* ruling.h — what the files that link rules share: one rule on its way, and its items. */
#ifndef ANLAO_DECLARE_RULING_H
#define ANLAO_DECLARE_RULING_H

#include "declare/expr.h"

typedef struct Ruling {
    Linker *l;
    Declaration *d;
    Rule *rule;
    const Node *items;
    Scope scope;
} Ruling;

/* The days on which it holds: its document's unless items say otherwise. */
void ruling_period(Linker *l, const Declaration *d, const Node *items, Date *to_from,
                   Date *to_until);
/* Reads a whole benefit or check into `to`; its number is left out. */
void ruling_read(Linker *l, Declaration *d, Rule *to);
void ruling_refuse(Ruling *r, NodeKind kind, const char *word, const char *where);
/* What only a benefit says, in a check. */
void ruling_refuse_benefit(Ruling *r);
void ruling_missing(Ruling *r, const char *word, const char *hint);
/* `round … to 1 fen`; without one the results stay as they are. */
void ruling_round(Ruling *r, bool *ret_has, Rounding *ret_round);
/* A check of regions, by its declaration or by what amends or ends it; its name, before figures
 * are there; all of it (link_region_check.c). */
bool region_check_said(const Linker *l, const Declaration *d);
void region_check_head(Linker *l, const Declaration *d, Rule *to);
/* `once per KEY … against AWARD`: conditions beside `when`, once that and `pay` are read. */
void link_once(Ruling *r, const Node *once);
/* `pay`, in whole fen or finer; NULL after it has reported why. */
const Expr *ruling_pay(Ruling *r, const Node *n, bool has_round);

#endif
