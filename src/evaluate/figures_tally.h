/* figures_tally.h — what an aggregate has seen of one place: sure rows, rows in doubt, and what
 * they may add (semantics 29–31). In: rows one by one, tallies of the places below.  Out: an
 * Interval.  Start: tally_row(). */
#ifndef ANLAO_EVALUATE_FIGURES_TALLY_H
#define ANLAO_EVALUATE_FIGURES_TALLY_H

#include <glib.h>

#include "compile/figure_program.h"
#include "evaluate/figures_interval.h"

typedef struct Tally {
    int64_t unknown, judged;    /* rows not counted: a fact is missing, a person has not decided */
    int64_t sure, valued;       /* sure rows, and those with a known value */
    int64_t maybe;              /* rows that may count too */
    int64_t open;               /* of both: rows whose value is unknown */
    Wide sum;                   /* values of sure rows */
    Wide maybe_low, maybe_high; /* what rows in doubt may add at least and at most */
    int64_t least, greatest;    /* of sure values; least > greatest: none */
    int64_t maybe_least, maybe_greatest;
    /* Shares: weights of rows by what is sure of them (the row is there, its condition). */
    Wide in, out, in_or_out;                /* there; condition yes, no, in doubt */
    Wide maybe_in, maybe_out, maybe_either; /* perhaps not there */
    int64_t open_above, open_below; /* rows of unknown weight that may count above, only below */
    int64_t weighed;                /* rows that are there and surely weigh something */
    GArray *values;                 /* distinct: Valued; NULL: none */
} Tally;

typedef struct Valued { /* a value some row has; of a row in doubt, not sure */
    int64_t value;
    bool sure;
} Valued;

/* One row.  `there`: it exists, on the day, in this place; `where`: its condition. */
typedef struct TallyRow {
    Truth there, where;
    bool known; /* value is known */
    int64_t value;
} TallyRow;

void tally_init(Tally *t);
void tally_clear(Tally *t);
Tally tally_copy(const Tally *t); /* to be cleared too */
void tally_row(Tally *t, const FigureAggregate *a, TallyRow row);
void tally_add(Tally *t, const Tally *below);
/* False: a sum is too large. */
bool tally_interval(const Tally *t, const FigureAggregate *a, Interval *ret);

#endif
