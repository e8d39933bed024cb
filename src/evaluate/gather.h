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
    Truth above;      /* share: above the line … */
    uint64_t unsure;  /* … and what makes that unknown */
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
    int64_t left_out; /* rows in doubt that are left out on purpose */
    /* share: the weights that are above and below the line for sure, and at most; rows of unknown
     * weight that may be there */
    Wide above, above_most, below, below_most;
    bool open_above, open_below;
    int64_t weighed;                 /* rows that are there and weigh something */
    int64_t unvalued, unvalued_sure; /* distinct: rows of unknown value */
    Date next;
} Tally;

/* gather_quotient.c */
void tally_share(Tally *t, const CountedRow *c);
void tally_distinct(Run *body, Tally *t, const CountedRow *c);
Reg end_share(Run *r, const Step *s, const AggregateStep *a, const Tally *t);
Reg end_mean(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t);
Reg end_distinct(const Step *s, const AggregateStep *a, const Run *body, Tally *t);
/* gather.c */
Reg gather_lacking(const Step *s, uint64_t missing, Date next);
Reg gather_nothing(Run *r, const Step *s, const AggregateStep *a, Date next);

void gather_begin(Run *body, Tally *t);
void gather_row(Run *body, const AggregateStep *a, Tally *t, const CountedRow *c, Date day);
/* Reads r->regs of `else`, where there is one. */
Reg gather_end(Run *r, const Step *s, const Run *body, Tally *t);
const Column *aggregate_reference(const Run *r, const AggregateStep *a);

#endif
