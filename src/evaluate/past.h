/* past.h — what the periods of a dated column say of the days before: which states a record was in.
 * In: a column of states and a row.  Out: truth, or the first day.  Start: past_reached(). */
#ifndef ANLAO_EVALUATE_PAST_H
#define ANLAO_EVALUATE_PAST_H

#include "data/batch.h"

/* Whether the row was in one of the states `sure` on or before the day.  In the states `open` it
 * may have been before the records begin.  Unknown also where a stretch of its past is not
 * recorded. */
Truth past_reached(const Column *c, size_t row, Date day, uint64_t sure, uint64_t open);
/* The first day, on or before `day`, on which it was in the state; false: not recorded. */
bool past_entered(const Column *c, size_t row, Date day, int64_t state, Date *ret);

/* A stretch of a row's past. */
typedef struct PastSpan {
    Date since, until; /* until: the first day it no longer holds; DATE_MAX: open */
    bool known;
    int64_t value;
} PastSpan;
/* The row's `i`-th stretch in order of time; false: there is none. */
bool past_span(const Column *c, size_t row, size_t i, PastSpan *ret);

#endif
