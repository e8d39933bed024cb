/* results.h — sums over rows: outcomes counted, amounts and checksums added. */
#ifndef ANLAO_EVALUATE_RESULTS_H
#define ANLAO_EVALUATE_RESULTS_H

#include "evaluate/run.h"

/* One Result per rule output; rows kept when asked for.  fixed: per output, whether all who get it
 * get the same. */
Results *results_new(const Program *p, size_t rows, Keep keep, const bool *fixed);
/* The same rows, sums of its own: for one of several threads. */
Results *results_part(Arena *a, const Program *p, const Results *whole);
/* Adds a part's sums; false: one does not fit 64 bits. */
bool results_add_part(Results *to, const Program *p, const Results *part, GError **error);
/* Adds one row's month; false: the sum does not fit 64 bits. */
bool results_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                 const MonthOutcome *m, GError **error);
/* row: the last one added, for the message. */
bool results_add_sum(Result *to, const Run *r, const ProgramOutput *o, size_t row, int64_t fen,
                     GError **error);
void result_keep_missing(Result *to, size_t row, uint64_t own);

#endif
