/* same.h — one person, one record: which two may be one, that they are not, that they are.
 * In: a session, two records of its scope, a reason.  Out: suggestions with the reasons and points
 * a clerk can follow; merges and their undoing, each one transaction, journalled.  Equal numbers
 * are no suggestion: a second record of one is refused when it is written (write.h). Start:
 * alike_list(), record_merge(). */
#ifndef ANLAO_CARE_SAME_H
#define ANLAO_CARE_SAME_H

#include "care/page_api.h"
#include "care/said.h"

#define ALIKE_LEAST   60 /* points: a name and a birthday, or as much */
#define ALIKE_REASONS 8

typedef struct AlikeReason {
    const char *zh, *en;
    int points; /* below 0: speaks against it */
} AlikeReason;

typedef struct Alike {
    const Entity *entity;
    RecordKey a, b; /* a: the older record */
    Str a_title, b_title;
    int score;
    AlikeReason reasons[ALIKE_REASONS];
    size_t n_reasons;
} Alike;

/* Pairs of the session's scope, most alike first, at most `most`; those that somebody found to be
 * two are left out.  `region` ROW_NONE: all of it. */
bool alike_list(Care *c, const Session *s, const Entity *e, int32_t region, size_t most, Arena *a,
                Alike **ret, size_t *ret_n, uint64_t *ret_all, GError **error);
/* Two records, whatever their points. */
bool alike_pair(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Arena *a,
                Alike *ret, GError **error);
/* They are two persons: not suggested again. */
bool alike_apart(Care *c, const Session *s, const Entity *e, RecordKey x, RecordKey y, Str reason,
                 GError **error);

/* Of each pair that nobody has settled the record that came later, whoever asks: nothing is paid to
 * it until somebody does.  By id, each once. */
bool alike_later(Care *c, const Entity *e, Arena *a, int64_t **ret, size_t *ret_n, GError **error);

typedef struct MergeReport {
    size_t filled; /* facts that the one that stays did not have */
    /* Facts that wait for another person: they are declared `checked`.  Undoing: those that another
     * person approved meanwhile; that they go again is asked for. */
    size_t asked;
    size_t withdrawn; /* undoing: those that still waited, and wait no more */
    size_t referred;  /* records that referred to the other */
    size_t kept;      /* undoing: what was changed since, and so stays as it is */
    Said said;        /* why not (FAIL_INPUT) */
} MergeReport;

/* What `gone` knows and `stays` does not goes over, or is asked for where it takes two persons; who
 * referred to `gone` refers to `stays`; `gone` is taken off the books and its number leads to
 * `stays`.  Both lie in one county: a move comes first.  FAIL_CONFLICT: somebody wrote one of them
 * meanwhile, and again. */
bool record_merge(Care *c, const Session *s, const Entity *e, RecordKey gone, RecordKey stays,
                  Str reason, Arena *a, MergeReport *ret, GError **error);
/* `gone` is on the books again, with what referred to it; what it had given is taken back where
 * nobody changed it since. */
bool record_unmerge(Care *c, const Session *s, const Entity *e, int64_t gone, Str reason, Arena *a,
                    MergeReport *ret, GError **error);

typedef struct MergeLine {
    const Entity *entity;
    RecordKey gone, stays;
    Str gone_title, stays_title, by;
    int64_t at;
} MergeLine;
/* Merges into a record that can be undone, oldest first. */
bool merges_into(Care *c, const Session *s, const Entity *e, RecordKey stays, Arena *a,
                 MergeLine **ret, size_t *ret_n, GError **error);
/* The record that a number leads to, when the one of this number went into another. */
bool record_led(Care *c, const Entity *e, int64_t id, RecordKey *ret, GError **error);

#endif
