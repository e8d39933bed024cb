/* month_slice.h — a slice's registers become outcomes of the month. */
#ifndef ANLAO_EVALUATE_MONTH_SLICE_H
#define ANLAO_EVALUATE_MONTH_SLICE_H

#include "evaluate/results.h"
#include "evaluate/slice.h"

/* What one stretch of a month gave, where a param changes inside the month. */
typedef struct Partial {
    uint8_t outcome[BATCH_STEP];
    uint8_t counts[BATCH_STEP];  /* any day: `when` is not no */
    int64_t amount[BATCH_STEP];  /* of a yes; of what a person judges the most */
    uint8_t bounded[BATCH_STEP]; /* of what a person judges: the most is known */
    uint64_t missing[BATCH_STEP];
} Partial;

/* One rule output over the month. */
typedef struct RuleMonth {
    const ProgramOutput *o;
    Result *to;
    Date first, last; /* days that count; first > last: none */
    size_t n_stretches;
    Date *from, *until; /* of stretches: params stand still inside each */
    Partial *partials;  /* per stretch when there are several, or others rest on it */
    Standing *standing; /* of a rule on which others rest: months of the slice's rows */
    uint64_t bits[64];  /* unknown rows by what is missing: bits of the part */
    uint64_t reads;     /* bits of the part that the output reads */
} RuleMonth;

typedef struct MonthRun {
    Arena *arena;
    Run *r;
    Results *results;
    Month month;
    RuleMonth *rules; /* per result */
    Pass **passes;
    size_t n_passes;
    /* the slice at hand */
    uint8_t outcome[BATCH_STEP], mask[3][BATCH_STEP], yes[BATCH_STEP];
    /* changes of presence, kept while these are the same: all; by recorded facts; rows that left,
     * and presence as if they had not */
    uint8_t inside[BATCH_STEP], recorded[BATCH_STEP], gone[BATCH_STEP], still[BATCH_STEP];
    const Pass *inside_pass;
    size_t inside_row;
    uint32_t inside_root;
    bool inside_some;
    int64_t fen[BATCH_STEP];
} MonthRun;

/* As the row driver says it: presence and condition, then the amount; of a check both sides.  Sets
 * are the pass's, packed. */
typedef struct RowDoubts {
    Doubts sets;
    uint64_t judged;
} RowDoubts;
RowDoubts row_doubts(Pass *p, const ProgramOutput *o);
uint64_t row_lacks(const Pass *p, const RowDoubts *d, size_t i);

/* judged.c: rows in which nothing but judgements is missing are for a person */
void judged_rows(MonthRun *m, Pass *p, const ProgramOutput *o);
/* The most such a row comes to on the day, at the amount's scale; false: no ceiling. */
bool judged_most(Pass *p, const ProgramOutput *o, size_t i, int64_t *ret_most);
/* Counts what rows lack or wait for, and adds up ceilings: × days ÷ under. */
bool judged_count(MonthRun *m, Pass *p, RuleMonth *t, Wide days, Wide under, GError **error);

/* SliceDone: one output's registers stand. */
bool month_slice_done(void *user, Pass *p, const PassOutput *w, GError **error);
/* After all passes of a level over a slice: outputs of several stretches. */
bool month_slice_join(MonthRun *m, unsigned level, size_t row, size_t n, GError **error);
/* Then the groups of that level; and once all levels are done, the sums of what they left. */
void month_slice_groups(MonthRun *m, unsigned level, size_t row, size_t n);
bool month_slice_settled(MonthRun *m, size_t row, size_t n, GError **error);
/* The row driver needs what the row's rules read. */
void month_slice_reads(MonthRun *m, const ProgramOutput *o, size_t i);

#endif
