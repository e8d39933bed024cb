/* gather.h — the rows of an aggregate, one after the other, and what they come to. */
#ifndef ANLAO_EVALUATE_GATHER_H
#define ANLAO_EVALUATE_GATHER_H

#include "evaluate/run.h"

/* What one row says. */
typedef struct CountedRow {
    Truth counts; /* present and where */
    uint64_t why; /* what makes that unknown */
    int64_t value;
    uint64_t missing; /* of the value */
    Date on;          /* latest: its day */
    uint64_t undated; /* what is missing of that */
} CountedRow;

/* What has been seen of the rows so far; those that only may count are Run.rivals of the body. */
typedef struct Tally {
    int64_t sure, maybe; /* rows */
    uint64_t missing;    /* why rows are only maybe, or values unknown */
    bool open;           /* a row that counts has no known value */
    Wide sum;            /* the rest is of sure rows */
    int64_t least, most;
    bool found;
    Date last_day;
    int64_t last_value;
    uint64_t last_missing;
    Date next;
} Tally;

void gather_begin(Run *body, Tally *t);
void gather_row(Run *body, const AggregateStep *a, Tally *t, const CountedRow *c, Date day);
/* Reads r->regs of `else`, where there is one. */
Reg gather_end(Run *r, const Step *s, const Run *body, Tally *t);
const Column *aggregate_reference(const Run *r, const AggregateStep *a);

#endif
