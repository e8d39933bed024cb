/* care.h — inside of the running system; for care/ alone (pages see page_api.h).
 * A Working set is immutable once made: requests hold a reference, a newer one replaces it when the
 * watermark moved. */
#ifndef ANLAO_CARE_CARE_H
#define ANLAO_CARE_CARE_H

#include "care/page_api.h"
#include "data/batch.h"
#include "store/store.h"

typedef struct Keys Keys; /* keys.h */

/* All hot columns at one watermark, and what was computed from them (kept until it is replaced). */
typedef struct Working {
    int refs; /* atomic */
    int64_t watermark;
    uint64_t moment; /* store_moment() of what it shows */
    Dataset *data;   /* indexed by entity number */
    GMutex *lock;    /* guards `results`, `figures`, `followed` and `published` */
    GHashTable
        *results; /* decide.c: (entity, month) → evaluated outcomes of all its rules, rows kept */
    GHashTable *figures;   /* figures.c: (indicator, from, on) → Figure[regions] */
    GHashTable *followed;  /* follow_tasks.c: (task, day) → who it is due for */
    GHashTable *published; /* publish.c: (publish, day) → what stands in public */
} Working;

struct Care {
    Model *model;
    Arena *arena;     /* region tree and what lives as long as the process */
    const bool *seen; /* per statement of the Model: observable.h */
    RegionTree *regions;
    int32_t place; /* region row */
    Store *store;
    Keys *keys;
    bool keeps_working; /* CareOptions.load */
    GMutex working_lock;
    Working *working; /* the newest; NULL until asked for */
    struct Sessions *sessions;
};

/* The working set at the newest watermark: loads or refreshes it; give it back with working_unref.
 */
bool working_get(Care *c, Working **ret, GError **error);
void working_unref(Working *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Working, working_unref)
/* An entity's records in the set; 0 when it has no batch. */
static inline size_t working_rows(const Working *w, const Entity *e)
{
    const Batch *b = w->data->batches[e->number];
    return b != NULL ? b->rows : 0;
}

/* Row of a record in its batch; ROW_NONE when there is none. */
int64_t working_row(const Working *w, const Entity *e, int64_t id);
/* Region row of each record of an entity on a day, by its `place`; ROW_NONE where unknown or the
 * entity has none. Cached in the working set; rows as in its batch. */
bool working_places_by(Care *c, Working *w, const Entity *e, const Expr *place, Date day,
                       const int32_t **ret, GError **error); /* by a rule's own place */
bool working_places(Care *c, Working *w, const Entity *e, Date day, const int32_t **ret,
                    GError **error);

/* The one permission predicate. */
typedef struct Scope {
    bool everywhere;  /* reference entities without a place */
    int32_t region;   /* this region and all below */
    int64_t facility; /* 0: not limited */
} Scope;
bool scope_of(const Session *s, const Entity *e, unsigned rights, Scope *ret,
              GError **error); /* FAIL_RIGHT */
/* A byte per row of the entity's batch: 1 = the session may see it. */
bool scope_rows(Care *c, Working *w, const Session *s, const Entity *e, Date day, uint8_t *rows,
                GError **error);
bool scope_allows(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key,
                  GError **error);

#endif
