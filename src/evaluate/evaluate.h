/* evaluate.h — Programs over Datasets: the same program for one person and for a million.
 * In: Program, Dataset (facts with their days), a day or a month.  Out: outcomes, amounts, what is
 * missing, counts. Knows no database and no Model.  Start: evaluate_month(), evaluate_row(). */
#ifndef ANLAO_EVALUATE_EVALUATE_H
#define ANLAO_EVALUATE_EVALUATE_H

#include "base/fail.h"
#include "compile/program.h"
#include "data/batch.h"
#include "data/figure.h"
#include "data/region.h"
#include "data/trace.h"

#define OUTCOME_OUTSIDE                                                                            \
    4 /* beside the four truths: no outcome that month (territory, span, not in force) */

/* What is kept of each row.  A row takes a byte for the outcome, as many for the amount as the
 * greatest needs (none where all are paid the same), and for what is missing a bit per input. */
typedef enum Keep { KEEP_SUMS, KEEP_AMOUNTS, KEEP_ALL } Keep;

#define INSTEAD_NONE UINT16_MAX

/* One output over all rows. */
typedef struct Result {
    unsigned output;                               /* index of the Program's output */
    uint64_t records, yes, no, unknown, judgement; /* records = sum of the four */
    int64_t sum;             /* fen; an error of the run when it would overflow */
    uint64_t checksum;       /* sum of (i+1) * amount (1 for a yes without amount) modulo 2^63 */
    int64_t most;            /* fen: what the rows a person judges come to at their ceilings */
    uint64_t unbounded;      /* of those, rows without a ceiling */
    uint64_t *missing_count; /* per input of the output: rows that are unknown because of it, or,
                                of a judgement, wait for it */
    uint64_t displaced;      /* among `no`: not by itself, but because of its groups */
    /* kept rows only, else NULL */
    uint8_t *outcome;        /* Truth or OUTCOME_OUTSIDE */
    void *amounts, *lacking; /* read by the two below */
    Physical amount_physical, lacking_physical;
    int64_t amount_each; /* where amounts is NULL */
    int64_t *highest;    /* of an output that reads judgements: of rows a person judges the most, -1
                            without a ceiling; else NULL */
    uint16_t *instead;   /* of members of groups: 0, or why it is displaced: 1 + the output that is
                            paid instead, INSTEAD_NONE where no member is */
} Result;

int64_t result_amount(const Result *r, size_t row);   /* fen; 0 unless yes */
uint64_t result_missing(const Result *r, size_t row); /* bits over the output's inputs */

typedef struct Results {
    Arena *arena;
    Result *list;      /* one per rule output of the Program, in order */
    size_t n, n_all;   /* behind those asked for, others that they rest on */
    size_t rows, room; /* of the program's entity; what is kept has room for so many */
    void *kept;        /* the memory of what is kept */
    size_t kept_size;
    double seconds; /* the evaluation alone took */
} Results;

typedef struct MonthOptions {
    Month month;
    Keep keep;
    unsigned threads; /* 0: as many as the machine has cores; few rows get one */
    Results *again;   /* NULL, or results no longer needed: taken over, their memory used again */
} MonthOptions;

/* All rows, the month's outcome of each rule output (semantics 15–17, 24–27, 48, 52).  The same
 * whatever the number of threads. */
bool evaluate_month_as(const Program *p, const Dataset *d, const MonthOptions *options,
                       Results **ret, GError **error);
bool evaluate_month(const Program *p, const Dataset *d, Month month, bool keep_rows, Results **ret,
                    GError **error);
void results_free(Results *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Results, results_free)

/* For many rows of one Program: the columns are found, and records that refer to others listed,
 * once. The Dataset must not change meanwhile; one thread at a time.  The calls below are these,
 * with an Evaluation of their own each time. */
typedef struct Evaluation Evaluation;
Evaluation *evaluation_new(const Program *p, const Dataset *d, GError **error);
void evaluation_free(Evaluation *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Evaluation, evaluation_free)
/* The answer of a month alone, as evaluate_month() keeps it. */
typedef struct Answer {
    uint8_t outcome; /* Truth or OUTCOME_OUTSIDE */
    int64_t amount;
    uint64_t missing;
} Answer;
bool evaluation_answer(Evaluation *e, size_t output, size_t row, Month month, Answer *ret,
                       GError **error);
bool evaluation_row_month(Evaluation *e, size_t output, size_t row, Month month, Arena *a,
                          Trace *ret, GError **error);
bool evaluation_row(Evaluation *e, size_t output, size_t row, Date day, Arena *a, Trace *ret,
                    GError **error);
bool evaluation_value(Evaluation *e, size_t output, size_t row, Date day, int64_t *ret_value);

/* One row, one rule output, with its trace; the same answer as evaluate_month.  Without an arena
 * outcome, amount and what is missing alone: no steps, no groups, no next change. */
bool evaluate_row_month(const Program *p, const Dataset *d, size_t output, size_t row, Month month,
                        Arena *a, Trace *ret, GError **error);
/* One row on one day: any output; value in ret->steps of the output's register, outcome for
 * conditions. */
bool evaluate_row(const Program *p, const Dataset *d, size_t output, size_t row, Date day, Arena *a,
                  Trace *ret, GError **error);
/* Value of a field or expression output for a row on a day: false = unknown. */
bool evaluate_value(const Program *p, const Dataset *d, size_t output, size_t row, Date day,
                    int64_t *ret_value);

/* All rows on one day, a field or expression output as a column (Truth values as PHYSICAL_I8).
 * `days`: a day per row instead (events at their own day), or NULL.  The column belongs to `into`
 * (column number `index`). */
bool evaluate_column(const Program *p, const Dataset *d, size_t output, Date day, const Date *days,
                     Batch *into, size_t index, GError **error);

#endif
