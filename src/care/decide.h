/* decide.h — all rules about one kind of record, for all its records and one month: computed once
 * per working set. */
#ifndef ANLAO_CARE_DECIDE_H
#define ANLAO_CARE_DECIDE_H

#include "care/care.h"
#include "compile/compile.h"
#include "compile/reach.h"
#include "evaluate/evaluate.h"

typedef struct Decided {
    int refs;      /* atomic */
    uint64_t used; /* the cache drops the one used longest ago */
    const Entity *entity;
    Month month;
    const Rule **rules; /* in order of documents */
    size_t n_rules;
    Program *program;  /* output i is rules[i] */
    ReachIndex *reach; /* NULL until it had to follow a write */
    Results *results;  /* rows kept */
} Decided;

/* Give it back with decided_unref.  n_rules is 0 when no rule is about this entity. */
bool decided_get(Care *c, Working *w, const Entity *e, Month month, Decided **ret, GError **error);
/* Also the value-free function of Working.results (keys: int64_t, g_free). */
void decided_unref(void *decided);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Decided, decided_unref)
/* The key in Working.results. */
static inline int64_t decided_key(const Entity *e, Month month)
{
    return (int64_t)e->number << 32 | (uint32_t)month;
}

/* Rules about an entity, in order of documents; `to` has room for all rules of the Model. */
size_t decide_rules(const Model *m, const Entity *e, const Rule **to);

typedef struct DecideWhat {
    Month month;
    bool everything; /* as if nothing had been decided: all months, everybody */
    bool count;      /* lines of the report */
} DecideWhat;

typedef struct DecideReport {
    Arena *arena;
    Month month;
    Month first, last;    /* all months that are decided now */
    int64_t run;          /* 0: nothing changed */
    uint64_t ones, whole; /* decided anew: records by one rule each; rules for everybody */
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
/* Brings all decisions up to date, from the first month that was ever decided to this one, and
 * stores what changed. */
bool decide_month(Care *c, const Session *s, const DecideWhat *what, Arena *a, DecideReport *ret,
                  GError **error);
typedef struct DecideCheck {
    size_t compared; /* stored answers */
    uint64_t differ; /* rules and subjects whose answer of some month is not the recomputed one */
    uint64_t stale;  /* of those that differ: touched by what changed since, so no fault */
    bool outdated;   /* facts or rules changed since: run decide */
} DecideCheck;
/* Compares the stored decisions of all months with a recomputation. */
bool decide_verify(Care *c, DecideCheck *ret, GError **error);

#endif
