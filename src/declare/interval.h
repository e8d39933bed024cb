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

#endif
