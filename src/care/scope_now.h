/* scope_now.h — the one predicate, asked about a record that was just read from the store.
 * Whoever writes need not wait until all that others write is in the working set. */
#ifndef ANLAO_CARE_SCOPE_NOW_H
#define ANLAO_CARE_SCOPE_NOW_H

#include "care/care.h"

/* As scope_allows(), of `now`, the record as it stands; the working set is asked where the record
 * alone does not say where it lies. */
bool scope_allows_now(Care *c, const Session *s, const Entity *e, const Record *now,
                      GError **error);

#endif
