/* trail.h — under which keys a record's past stands: its own, those of the counties it came from
 * (move.h), and those of the records that went into it (same.h), with theirs. Who looked, and the
 * files that lie with it, are those of all of them. Start: record_trail(). */
#ifndef ANLAO_CARE_TRAIL_H
#define ANLAO_CARE_TRAIL_H

#include "care/page_api.h"

/* `key` first, with its county; each once. */
bool record_trail(Care *c, const Entity *e, RecordKey key, Arena *a, RecordKey **ret, size_t *ret_n,
                  GError **error);

#endif
