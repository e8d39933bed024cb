/* fresh.h — the answers of one month follow the facts: what a changed fact touches is decided anew,
 * the rest stays, and counts and sums with it. In: a Program, its ReachIndex, a Dataset, the
 * Results of a month with rows kept.  Out: the same Results as evaluate_month() would give over the
 * facts as they are now.  One thread at a time. Start: fresh_new(), fresh_touch(), fresh_settle().
 */
#ifndef ANLAO_EVALUATE_FRESH_H
#define ANLAO_EVALUATE_FRESH_H

#include "compile/reach.h"
#include "evaluate/evaluate.h"

typedef struct Fresh Fresh;

/* Borrows all it is given; Results are changed in place.  Fails where the Dataset holds values the
 * Program was not compiled for: then everything is compiled and decided anew. */
bool fresh_new(const Program *p, const ReachIndex *x, const Dataset *d, Month month,
               Results *results, Fresh **ret, GError **error);
void fresh_free(Fresh *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Fresh, fresh_free)
/* A fact of a record changes (REACH_RECORD: the record comes or goes): marks what rests on it.  To
 * be called before the change too where the field is a reference, with `d` the Dataset as it was;
 * NULL: the one at hand. */
void fresh_touch(Fresh *f, const Dataset *d, unsigned entity, unsigned column, size_t row);
/* Decides what was marked. */
bool fresh_settle(Fresh *f, size_t *ret_decided, GError **error);

#endif
