/* places.h — the places of the documents become records, so that they can be listed and referred
 * to. */
#ifndef ANLAO_CARE_PLACES_H
#define ANLAO_CARE_PLACES_H

#include "care/care.h"

/* Once, for a new database: a record of entity `region` for each place of the documents, when they
 * declare it. */
bool care_fill_places(Care *c, GError **error);

#endif
