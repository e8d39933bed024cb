/* access.h — who looked at which record: a chain for each process and county, operational, written
 * a moment after the look.  Reveals and exports enter the main journal before the value leaves. */
#ifndef ANLAO_STORE_ACCESS_H
#define ANLAO_STORE_ACCESS_H

#include "store/store.h"

typedef struct AccessRow {
    int32_t county;
    int64_t at;      /* microseconds UTC */
    Str actor, what; /* what: look, history, "paper NAME" */
    const Entity *entity;
    int64_t id;
} AccessRow;

/* `process`: a random number of the process that looked. */
bool store_put_access(Store *s, int64_t process, const AccessRow *rows, size_t n, GError **error);
/* Whether looks stand behind the county's newest entry that were made before a moment: they are
 * shipped with the next one. */
bool store_looks_wait(Store *s, int32_t county, int64_t before, bool *ret, GError **error);
/* Newest first. */
bool store_access_of(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                     AccessRow **ret, size_t *ret_n, GError **error);

#endif
