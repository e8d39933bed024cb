/* stand_in_import.c — files on their way to be imported, and what was found, for pages without a
 * store: all in poison words. */
#include "care/import_jobs.h"
#include "stand_in.h"

static const Str words = {POISON, 5};

static ImportJob job_made(Care *c, ImportJobNow now, Arena *a)
{
    static const ImportMap map[] = {{{POISON, 5}, {"name", 4}}};
    ImportJob j = {.key = {360302, 7}, .at = 1600000000000000, .account = words, .name = words};
    j.entity = model_entity(care_model(c), STR("elder"));
    j.now = now;
    j.share = 420;
    j.sheet = STR("");
    j.map = map;
    j.n_map = 1;
    j.report.notes = arena_many(a, ImportNote, 1);
    j.report.reasons = arena_many(a, ImportReason, 1);
    j.report.notes[j.report.n_notes++] = (ImportNote){3, words};
    j.report.reasons[j.report.n_reasons++] = (ImportReason){2, words};
    j.report.accepted = 1;
    j.report.rejected = 2;
    j.report.untold = now == JOB_ENDED ? 3 : 0;
    j.has_rejected = now == JOB_ENDED;
    return j;
}

bool import_job_list(Care *c, const Session *s, Arena *a, ImportJob **ret, size_t *ret_n,
                     GError **error)
{
    (void)s, (void)error;
    *ret = arena_many(a, ImportJob, 3);
    for (int now = JOB_SENT; now <= JOB_ENDED; now++)
        (*ret)[now] = job_made(c, (ImportJobNow)now, a);
    *ret_n = 3;
    return true;
}

/* Number 1 is looked at, 2 is going, all others have ended. */
bool import_job_find(Care *c, const Session *s, RecordKey key, Arena *a, ImportJob *ret,
                     GError **error)
{
    (void)s, (void)error;
    *ret = job_made(c, key.id == 1 ? JOB_SENT : key.id == 2 ? JOB_GOING : JOB_ENDED, a);
    ret->key = key;
    return true;
}

bool import_job_new(Care *c, const Session *s, const Entity *e, Str name, Str bytes, bool made_up,
                    RecordKey *ret, GError **error)
{
    (void)c, (void)s, (void)e, (void)name, (void)bytes, (void)made_up, (void)error;
    *ret = (RecordKey){360302, 1};
    return true;
}

bool import_job_look(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportLook *ret,
                     GError **error)
{
    (void)c, (void)s, (void)job, (void)error;
    *ret = (ImportLook){.encoding = words};
    ret->columns = arena_many(a, ImportMap, 1);
    ret->columns[ret->n_columns++] = (ImportMap){words, STR("name")};
    ret->rows = arena_many(a, Str *, 1);
    ret->rows[0] = arena_many(a, Str, 1);
    ret->rows[0][0] = words;
    ret->n_rows = 1;
    ret->sheets = arena_many(a, Str, 2);
    ret->sheets[0] = ret->sheets[1] = words;
    ret->n_sheets = 2;
    return true;
}

bool import_job_try(Care *c, const Session *s, const ImportJob *job, Arena *a, ImportReport *ret,
                    GError **error)
{
    (void)s, (void)job, (void)error;
    *ret = job_made(c, JOB_ENDED, a).report;
    return true;
}

bool import_job_confirm(Care *c, const Session *s, const ImportJob *job, GError **error)
{
    (void)c, (void)s, (void)job;
    return fail(error, FAIL_CONFLICT, POISON);
}

bool import_job_rejected(Care *c, const Session *s, const ImportJob *job, Arena *a, Str *ret,
                         GError **error)
{
    (void)c, (void)s, (void)job, (void)a, (void)error;
    *ret = words;
    return true;
}

bool import_profiles(Care *c, const Session *s, const Entity *e, Arena *a, ImportProfile **ret,
                     size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)error;
    *ret = arena_many(a, ImportProfile, 1);
    (*ret)[0] = (ImportProfile){.name = words};
    *ret_n = 1;
    return true;
}

bool import_profile_keep(Care *c, const Session *s, const Entity *e, Str name, const ImportMap *map,
                         size_t n, Arena *a, GError **error)
{
    (void)c, (void)s, (void)e, (void)name, (void)map, (void)n, (void)a, (void)error;
    return true;
}
