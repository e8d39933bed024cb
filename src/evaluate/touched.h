/* touched.h — which rows a record's fact touches: the ways of a ReachIndex walked over a Dataset.
 */
#ifndef ANLAO_EVALUATE_TOUCHED_H
#define ANLAO_EVALUATE_TOUCHED_H

#include <glib.h>

#include "compile/reach.h"
#include "data/links.h"

typedef struct Touched {
    uint32_t output, row; /* of the Program; of its subject */
} Touched;

/* Adds what the fact of row `row` of `entity` touches, now or on any other day, to `to` (Touched),
 * not without repetition.  column REACH_RECORD: the record as a whole, itself included.  A
 * reference that is changed touches as it was and as it is: ask before and after. */
void touched_by_fact(const ReachIndex *x, const Dataset *d, unsigned entity, unsigned column,
                     size_t row, GArray *to);
/* The same over one way, from the record that hop number `hop` starts at. */
void touched_by_way(const Reach *r, const Dataset *d, size_t hop, size_t row, GArray *to);
/* By output, then row, each once. */
void touched_settle(GArray *all);

#endif
