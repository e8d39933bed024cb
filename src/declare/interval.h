/* interval.h — between which bounds a number lies, as far as documents say. */
#ifndef ANLAO_DECLARE_INTERVAL_H
#define ANLAO_DECLARE_INTERVAL_H

#include "declare/model.h"

typedef struct Interval { /* at the scale of the expression's type */
    bool has_low, has_high;
    int64_t low, high;
} Interval;

/* `memo` maps computed fields and params to intervals found; made by the caller, freed values by
 * g_free. */
Interval interval_of(const Expr *e, GHashTable *memo);
/* The same, but a param counts only where no other document can give it another value.  Needs a
 * `memo` of its own. */
Interval interval_fixed(const Expr *e, GHashTable *memo);
/* Whether the documents read here give all values the param will have: it has one of its own, and
 * nobody may set another. */
bool param_is_fixed(const Param *p);

#endif
