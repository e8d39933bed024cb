/* simulate_inside.h — what the files of a simulation share; for care/simulate*.c alone. */
#ifndef ANLAO_CARE_SIMULATE_INSIDE_H
#define ANLAO_CARE_SIMULATE_INSIDE_H

#include "care/policy.h"
#include "care/simulate.h"
#include "evaluate/evaluate.h"

#define NO_TURN SIMULATE_TURNS

typedef struct Part Part;

typedef struct Simulating {
    Care *care;
    Working *working;
    const Session *session;
    const WhatIf *what;
    Model *next;
    PolicyDifference difference;
    Arena *arena;
    Simulation *ret;
    Part *parts;
    size_t n_parts;
    bool too_large; /* a sum did not fit */
} Simulating;

void simulate_tell_rule(Simulating *x, const PolicyRuleDifference *d, SimulateRule *to);
/* Counts a record, or a region, before and after; NO_TURN: it stays as it is. */
SimulateTurn simulate_count(Simulating *x, SimulateCell *to, Answer before, Answer after);
bool simulate_region_checks(Simulating *x, GError **error);

#endif
