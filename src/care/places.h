/* places.h — the places of the documents become records, so that they can be listed and referred
 * to. */
#ifndef ANLAO_CARE_PLACES_H
#define ANLAO_CARE_PLACES_H

#include "care/write.h"
#include "format/cell.h"

/* Once, for a new database: a record of entity `region` for each place of the documents, when they
 * declare it. */
bool care_fill_places(Care *c, GError **error);

/* Which place a place lies in, who runs it and what it is called comes from the documents; what is
 * recorded of it besides (its people) is written by those whose region it lies in.  False and why
 * when this may not be written. */
bool place_may_write(const Care *c, int32_t within, const WriteRequest *r, const Record *before,
                     CellFault *ret);

#endif
