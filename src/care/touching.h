/* touching.h — whose answers are to be decided anew: what changed facts touch, what is due, which
 * rules say something else. In: an Anew, the state of the store.  Out: for each rule a month from
 * which everybody is asked, and single records with their months.  Start: touching_find(). */
#ifndef ANLAO_CARE_TOUCHING_H
#define ANLAO_CARE_TOUCHING_H

#include "care/anew.h"

typedef struct TouchedOne {
    uint32_t rule; /* output of the Anew */
    int64_t row;   /* ROW_NONE: the record is no longer on the books */
    RecordKey key;
    Month from;
} TouchedOne;

typedef struct Touching {
    Month first, last; /* of all months that will be decided */
    Month *whole;      /* per rule; MONTH_NEVER */
    GArray *ones;      /* TouchedOne, by rule, county, id, each once; none that `whole` covers */
} Touching;

bool touching_find(Anew *a, const DecideState *state, Month first, Month last, Touching *ret,
                   GError **error);
void touching_clear(Touching *t);

#endif
