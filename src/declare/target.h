/* target.h — what the two ways to write a target share: in words (link_target.c), as a table
 * (link_annex.c).  In: a declaration.  Out: values of one Target. */
#ifndef ANLAO_DECLARE_TARGET_H
#define ANLAO_DECLARE_TARGET_H

#include "declare/expr.h"

typedef struct Aiming {
    Linker *l;
    const Declaration *d;
    Target *t;
    FigureBy by;    /* of the indicator: its indexes are words in a target's value */
    GArray *values; /* of TargetValue */
} Aiming;

/* The clauses of a target, each at most once. */
typedef struct Clauses {
    const Node *when, *region, *places, *codes, *of, *leave;
} Clauses;

Clauses target_clauses(Aiming *a, const Node *list);
TargetValue target_value(const Node *n); /* of the whole, no place yet */
/* The day or the period. */
bool target_when(Aiming *a, const Node *n, TargetValue *v);
/* `in REGION`, or the document's own place. */
bool target_place(Aiming *a, const Node *region, TargetValue *v);
/* A number, or arithmetic over params. */
bool target_number(Aiming *a, const Node *n, TargetValue *v);
/* The first of the indicator's indexes that has this code and is still the whole in `v`. */
bool target_code(Aiming *a, const Token *word, TargetValue *v);
/* NAME[a, b]: one code per index, in order. */
bool target_codes(Aiming *a, const Node *list, TargetValue *v);
/* Which regions: a condition about them and what lies in them; NULL: all. */
bool target_where(Aiming *a, const Node *where);
Compare target_comparison(int token);
bool target_is_year(const Token *t);
Date target_year_end(int year);
Date target_day_in(int year, int month, int day); /* 02-29 is the month's last day */

void target_as_table(Aiming *a);

#endif
