/* erase.h — the right to deletion: all values of a record go, from the journal's bodies too.
 * Start: record_erase_by_law(). */
#ifndef ANLAO_CARE_ERASE_H
#define ANLAO_CARE_ERASE_H

#include "care/care.h"

typedef struct EraseReport {
    int64_t seq;        /* the entry that says so */
    uint64_t referring; /* records that still refer to it, and may hold words about it */
    Str wipe_why;       /* why the file may still hold what was erased; empty: it does not */
} EraseReport;

/* On the machine alone (FAIL_RIGHT): `order` is who ordered it, `why` under which law. */
bool record_erase_by_law(Care *c, const Session *s, const Entity *e, RecordKey key, Str order,
                         Str why, Arena *a, EraseReport *ret, GError **error);

#endif
