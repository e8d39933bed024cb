/* trace.h — what the row driver saw: one entry per step, and what became of the whole. */
#ifndef ANLAO_DATA_TRACE_H
#define ANLAO_DATA_TRACE_H

#include "base/arena.h"
#include "base/date.h"
#include "data/kind.h"

typedef struct TraceStep {
    bool run, known; /* run: reached; known: `value` has meaning (conditions: value is a Truth,
                        known always) */
    int64_t value;
    uint64_t missing; /* inputs that made it unknown: bits over the program output's inputs */
    Date since;       /* of a recorded dated fact: since when it holds; else DATE_MIN */
} TraceStep;

/* A benefit of a group, as it is by itself and net of its groups. */
typedef struct TraceMember {
    const void *origin; /* Rule */
    uint8_t raw, net;   /* Truth; 4: outside */
    int64_t amount;     /* fen, by itself */
} TraceMember;

typedef struct TraceGroup {
    const void *origin; /* Combine */
    Truth applies;      /* the record lies in its place, and it is in force */
    TraceMember *members;
    size_t n_members;
} TraceGroup;

typedef struct Trace {
    Date day; /* the day that decided (governing day; first day of the stretch for each day) */
    size_t row;
    TraceStep *steps;
    size_t n_steps;
    Truth outcome;
    bool outside; /* not in the rule's territory, span or time in force: no outcome */
    bool has_amount;
    int64_t amount; /* fen, of the month */
    bool has_most;  /* a person judges, up to so much */
    int64_t most;   /* fen, of the month */
    uint64_t missing;
    TraceGroup *groups; /* of which the rule is a member; the rest of the trace is the rule's own */
    size_t n_groups;
    Truth raw_outcome; /* of the rule by itself, outside groups that of the rule */
    int64_t raw_amount;
    uint64_t raw_missing;
    const void *instead; /* Rule that is paid instead, or NULL */
    bool has_change;     /* with no new fact the outcome changes on change_on */
    Date change_on;
    Truth change_to;
} Trace;

#endif
