/* region.h — the tree of places as numbers: what rules, scopes and totals use.
 * Region values in columns are row numbers of this tree (= index into Model.regions).  The parent
 * used here is the managing region where there is one (经开区 runs towns whose legal code is a
 * district's). */
#ifndef ANLAO_DATA_REGION_H
#define ANLAO_DATA_REGION_H

#include "base/arena.h"

typedef struct RegionTree {
    size_t n;
    int32_t *parent;       /* ROW_NONE at the top */
    int32_t *order, *last; /* position in pre-order, and the last position of its subtree: a lies in
                              b when order[b] <= order[a] <= last[b] */
    int32_t *by_order;     /* region at each position */
    int32_t *county;       /* fixed county number that owns records of this place */
    Str *code, *level;
    int32_t *by_code; /* rows in the order of their codes */
} RegionTree;

/* Whether a lies in b or is b.  Both must be valid rows. */
static inline bool region_in(const RegionTree *t, int32_t a, int32_t b)
{
    return t->order[b] <= t->order[a] && t->order[a] <= t->last[b];
}

#endif
