/* decide.h — all rules about one kind of record, for all its records and one month: computed once
 * per working set. */
#ifndef ANLAO_CARE_DECIDE_H
#define ANLAO_CARE_DECIDE_H

#include "care/care.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"

typedef struct Decided {
    int refs;      /* atomic */
    uint64_t used; /* the cache drops the one used longest ago */
    const Entity *entity;
    Month month;
    const Rule **rules; /* in order of documents */
    size_t n_rules;
    Program *program; /* output i is rules[i] */
    Results *results; /* rows kept */
} Decided;

/* Give it back with decided_unref.  n_rules is 0 when no rule is about this entity. */
bool decided_get(Care *c, Working *w, const Entity *e, Month month, Decided **ret, GError **error);
/* Also the value-free function of Working.results (keys: int64_t, g_free). */
void decided_unref(void *decided);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decided, decided_unref)

typedef struct DecideReport {
    Month month;
    uint64_t subjects, changed;
    struct DecideLine {
        const Rule *rule;
        uint64_t yes, no, unknown, judgement;
        int64_t sum, most; /* most: of what a person judges, at its ceilings */
        uint64_t unbounded;
    } * lines;
    size_t n_lines;
    double seconds;
} DecideReport;
/* Recomputes all decisions of a month and stores what changed. */
bool decide_month(Care *c, Month month, Arena *a, DecideReport *ret, GError **error);
typedef struct DecideCheck {
    uint64_t compared, differ;
    bool outdated; /* facts were written since: differences are work for `decide`, not a fault */
} DecideCheck;
/* Compares the stored decisions of the newest decided month with a recomputation. */
bool decide_verify(Care *c, DecideCheck *ret, GError **error);

#endif
