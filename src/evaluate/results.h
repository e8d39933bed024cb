/* results.h — sums over rows: outcomes counted, amounts and checksums added. */
#ifndef ANLAO_EVALUATE_RESULTS_H
#define ANLAO_EVALUATE_RESULTS_H

#include "evaluate/run.h"

/* One Result per rule output; rows kept when asked for. */
Results *results_new(const Program *p, size_t rows, bool keep_rows);
/* Adds one row's month; false: the sum does not fit 64 bits. */
bool results_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                 const MonthOutcome *m, GError **error);
bool results_add_sum(Result *to, const ProgramOutput *o, int64_t fen, GError **error);
void results_missing(Result *to, uint64_t own); /* one unknown row */

#endif
