/* import_jobs.h — a file that somebody sends by the page: kept sealed, looked at, tried, confirmed,
 * and imported by whoever serves; after a restart again, which changes nothing twice.  And the
 * columns of a sender's lists, kept by the sender's name.
 * Only who sent a file sees it.  Start: import_job_new(), import_job_look(), import_job_confirm().
 */
#ifndef ANLAO_CARE_IMPORT_JOBS_H
#define ANLAO_CARE_IMPORT_JOBS_H

#include "care/import.h"

#define IMPORT_JOBS_SHOWN 50u
#define IMPORT_JOB_DAYS   30 /* what was sent before is forgotten */

typedef enum ImportJobNow { JOB_SENT, JOB_GOING, JOB_ENDED } ImportJobNow;

typedef struct ImportJob {
    RecordKey key;
    int64_t at; /* microseconds UTC */
    Str account, name;
    const Entity *entity;
    ImportJobNow now;
    int share; /* of 1,000 */
    /* as it was confirmed */
    Str sheet; /* empty: the first one; "*": all of them */
    bool made_up;
    const ImportMap *map;
    size_t n_map;
    /* when it has ended */
    Str fault, fault_zh; /* empty: it went well; of zh also: it was said in English alone */
    ImportReport report;
    bool has_rejected;
} ImportJob;

bool import_job_new(Care *c, const Session *s, const Entity *e, Str name, Str bytes, bool made_up,
                    RecordKey *ret, GError **error);
bool import_job_list(Care *c, const Session *s, Arena *a, ImportJob **ret, size_t *ret_n,
                     GError **error);
bool import_job_find(Care *c, const Session *s, RecordKey key, Arena *a, ImportJob *ret,
                     GError **error); /* FAIL_ABSENT: also another one's */
/* With sheet and map of `job`, whatever is kept of it. */
bool import_job_look(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportLook *ret,
                     GError **error);
bool import_job_try(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportReport *ret,
                    GError **error);
/* From here on it is done, whoever dies.  FAIL_CONFLICT when it was confirmed before. */
bool import_job_confirm(Care *c, const Session *s, const ImportJob *job, GError **error);
bool import_job_rejected(Care *c, const Session *s, const ImportJob *job, Arena *a, Str *ret,
                         GError **error);
/* Finishes imports whose process died or that broke off; *ret_left_out: as care_left_out().  For
 * whoever serves, now and then. */
bool import_resume(Care *c, Arena *a, Str *ret_left_out, GError **error);
/* One job that waits, to its end; *ret false: there is none.  For whoever serves, on one thread. */
bool import_job_turn(Care *c, bool *ret, GError **error);

/* ---- what a sender's columns are */

typedef struct ImportProfile {
    Str name;
    const ImportMap *map;
    size_t n_map;
} ImportProfile;
bool import_profiles(Care *c, const Session *s, const Entity *e, Arena *a, ImportProfile **ret,
                     size_t *ret_n, GError **error);
bool import_profile_keep(Care *c, const Session *s, const Entity *e, Str name, const ImportMap *map,
                         size_t n, Arena *a, GError **error);

#endif
