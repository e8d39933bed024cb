/* inside.h — what care/ keeps beside the fields of Care that others read: who wrote what since the
 * working set was loaded, what was computed from it, the forms answered lately.
 * For care.c, working*.c, scope.c, record*.c and write.c. */
#ifndef ANLAO_CARE_INSIDE_H
#define ANLAO_CARE_INSIDE_H

#include "care/care.h"

#define ANSWERS_KEPT 1024u

typedef struct Answered { /* a form that was saved, in case it comes again */
    uint8_t request[16];
    const Entity *entity;
    RecordKey key;
    int64_t seq;
} Answered;

typedef struct CareInside {
    Care care;         /* first: a Care * is a CareInside * */
    int32_t *counties; /* numbers that may own records, the node's own first */
    size_t n_counties;
    const RoleFacts *roles;       /* rights.def and the posts of the documents (rights.c) */
    size_t n_roles, n_role_texts; /* later texts of posts stand behind the first ones */
    GMutex wrote_lock;            /* guards the next three */
    uint64_t unseen; /* writes of this process that the newest working set may not show yet */
    Answered answered[ANSWERS_KEPT];
    size_t answered_next;
    GMutex load_lock; /* one thread loads, the others use the older set */
    int64_t loaded_us, load_took_us;
    struct Looks *looks;       /* access.c: who looked, not written yet */
    char *key_path;            /* of the key file */
    struct Shipping *ship;     /* ship.c: of the process that ships, or NULL */
    struct Inbox *inbox;       /* inbox.c: of a process that takes ranges over HTTP, or NULL */
    uint64_t sealed;           /* store_moment() of the last seal that was written into a folder */
    Date stands_at;            /* today of a demonstration; 0: as the database or the clock says */
    unsigned accounts_changed; /* atomic: sessions look at their account again */
} CareInside;

static inline CareInside *care_inside(Care *c)
{
    return (CareInside *)c;
}

/* The roles of the documents in force; once, when the Model is there. */
void roles_in_force(Care *c);

/* ---- the working set follows what is written (working.c) */

#define NEWS_MOST 256u /* records patched; beyond, loading is as cheap */

/* After every call that writes: who asks next waits until it is shown. */
void working_wrote(Care *c);

/* Rows by record id.  Sets whose rows are the same ones share it. */
typedef struct RowIndex {
    uint32_t *slots; /* row + 1; counted: g_atomic_rc_box */
    size_t mask;
} RowIndex;
RowIndex row_index_new(const Batch *b);
int64_t row_index_find(const RowIndex *x, const Batch *b, int64_t id);

/* A copy of the old set's batches in which the records that were written stand as they are now;
 * batches without any stay NULL.  *ret_fits false: load everything instead (working_patch.c). */
bool working_patch(Care *c, const Working *old, const News *news, Batch **ret, bool *ret_fits,
                   GError **error);

/* For each fact of a record that differs between two sets; `d` the older Dataset where what it
 * referred to before is concerned, NULL: the newer one. */
typedef void (*FactDiffers)(void *with, const Dataset *d, unsigned entity, unsigned column,
                            size_t row);
void facts_differ(const Working *old, const Working *fresh, const Entity *e, int64_t id,
                  FactDiffers each, void *with);
/* Tasks of today go along likewise (follow_along.c). */
void followed_along(Care *c, Working *old, Working *fresh, const News *news);
/* Where one record lies (scope.c). */
int32_t place_row(const Care *c, const Working *w, const Entity *e, size_t row, Date day);

/* Who refers to whom goes along; before what is decided anew rests on it. */
void links_along(Working *old, Working *fresh, const News *news);
/* Outcomes of months go along with what was written decided anew (decide_follow.c). */
void decided_follow(Working *old, Working *fresh, const News *news);

/* ---- what is computed from a working set, kept with it (working_view.c) */

typedef struct Views Views;
Views *views_new(const Model *m);
void views_free(Views *v);
Views *working_views(Working *w);
Batch *working_batch(const Working *w, const Entity *e); /* NULL: no rows */

/* All rows of a field: the recorded column (ask it with column_at), or the computed one as on the
 * day, which lives as long as the working set or the arena.  NULL: nothing is kept of the field
 * here (secrets, long texts). */
bool working_column(Care *c, Working *w, const Field *f, Date day, Arena *a, const Column **ret,
                    GError **error);
/* One row's computed field on a day. */
bool working_computed(Care *c, Working *w, const Field *f, size_t row, Date day, Value *ret,
                      GError **error);
/* Rows in the order lists show them: by title where titles are in memory, newest first elsewhere.
 */
bool working_order(Care *c, Working *w, const Entity *e, const uint32_t **ret, GError **error);
/* A column's number as a Value: rows of references become ids, rows of places codes. */
Value working_value(const Care *c, const Working *w, const Field *f, int64_t n);

/* ---- the predicate for one row of a batch (scope.c) */
/* Region row of each row, by a path from it; g_free. */
int32_t *places_compute(const Care *c, const Working *w, const Entity *e, const Expr *place,
                        Date day);
bool scope_row(Care *c, const Working *w, const Session *s, const Entity *e, size_t row, Date day);

#endif
