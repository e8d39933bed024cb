/* import_job.h — files on their way to be imported, and what the columns of a sender's lists are.
 * Operational: no fact is in here, nothing of it is journalled; the import itself is. */
#ifndef ANLAO_STORE_IMPORT_JOB_H
#define ANLAO_STORE_IMPORT_JOB_H

#include "store/store.h"

typedef enum ImportJobState {
    IMPORT_JOB_SENT,  /* to be looked at by who sent it */
    IMPORT_JOB_GOING, /* confirmed: whoever serves takes it up, again after a restart */
    IMPORT_JOB_ENDED, /* `report` says how */
} ImportJobState;

typedef struct ImportJobRow {
    RecordKey key;
    int64_t at; /* microseconds UTC */
    Str account, entity, name;
    int state;
    int share; /* of 1,000 */
    Str options, report;
    Str sealed, rejected; /* files, sealed; empty in lists */
} ImportJobRow;

/* A new one, or all that changes of one: state, share, options, report, sealed, rejected. */
bool store_import_job_put(Store *s, const ImportJobRow *row, GError **error);
bool store_import_job_share(Store *s, RecordKey key, int share, GError **error);
bool store_import_job(Store *s, RecordKey key, Arena *a, ImportJobRow *ret,
                      GError **error); /* FAIL_ABSENT */
/* An account's, the newest first, at most `most`. */
bool store_import_jobs(Store *s, int32_t county, Str account, size_t most, Arena *a,
                       ImportJobRow **ret, size_t *ret_n, GError **error);
/* The oldest that is going and that nobody is at; it is this process's from then on.  *ret_key.id
 * 0: there is none. */
bool store_import_job_take(Store *s, RecordKey *ret_key, GError **error);
bool store_import_jobs_forget(Store *s, int64_t before, GError **error); /* sent before that */

typedef struct ImportMapRow {
    int32_t county;
    Str entity, name, account, map;
    int64_t at;
} ImportMapRow;
bool store_import_map_put(Store *s, const ImportMapRow *row, GError **error);
bool store_import_maps(Store *s, int32_t county, Str entity, Arena *a, ImportMapRow **ret,
                       size_t *ret_n, GError **error); /* by name */

/* What opening it found of imports that were interrupted, in words of several lines: which of their
 * rows could not be applied, and why.  Said once; mostly empty. */
Str store_left_out(const Store *s);

#endif
