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
    bool has_change; /* with no new fact the outcome changes on change_on */
    Date change_on;
    Truth change_to;
} Trace;

#endif
