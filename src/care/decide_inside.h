/* decide_inside.h — what deciding and checking decisions share. */
#ifndef ANLAO_CARE_DECIDE_INSIDE_H
#define ANLAO_CARE_DECIDE_INSIDE_H

#include "care/decide.h"
#include "care/touching.h"

typedef struct Deciding {
    Care *care;
    Working *working;
    DecideState state;
    Month first, last;
    GArray *whole, *pairs, *rows, *dues; /* as DecisionRun has them */
} Deciding;

Deciding deciding_new(Care *c, Working *w); /* takes the working set */
void deciding_clear(Deciding *d);

static inline int decision_key_order(unsigned rule, RecordKey a, unsigned other, RecordKey b)
{
    if (rule != other)
        return rule < other ? -1 : 1;
    if (a.county != b.county)
        return a.county < b.county ? -1 : 1;
    return a.id < b.id ? -1 : a.id > b.id;
}
int decision_order(gconstpointer a, gconstpointer b);      /* DecisionRow: by key, then month */
int decision_pair_order(gconstpointer a, gconstpointer b); /* DecisionPair: by key */

#endif
