/* rebuild.h — a node made from shipped ranges alone (ship.h).
 * In: the folder.  Out: a database in its place, every entry replayed and proved, of a new
 * incarnation.  Refused by name: a file that is cut off, changed, or signed by another node; a gap.
 * Start: care_rebuild(). */
#ifndef ANLAO_CARE_REBUILD_H
#define ANLAO_CARE_REBUILD_H

#include "care/backup.h"

/* `path` of the request is the folder; `secret` is not asked for.  ret->made: until when it was
 * shipped, in words. */
bool care_rebuild(const RestoreRequest *r, Arena *a, RestoreReport *ret, GError **error);

#endif
