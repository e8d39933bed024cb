/* results.h — sums over rows: outcomes counted, amounts and checksums added. */
#ifndef ANLAO_EVALUATE_RESULTS_H
#define ANLAO_EVALUATE_RESULTS_H

#include "evaluate/run.h"

/* One Result per rule output; rows kept when asked for.  fixed: per output, whether all who get it
 * get the same.  again: NULL, or freed here. */
Results *results_new(const Program *p, size_t rows, Keep keep, const bool *fixed, Results *again);
/* The same rows, sums of its own: for one of several threads. */
Results *results_part(Arena *a, const Program *p, const Results *whole);
/* Adds a part's sums; false: one does not fit 64 bits. */
bool results_add_part(Results *to, const Program *p, const Results *part, GError **error);
/* Adds one row's month; false: the sum does not fit 64 bits. */
bool results_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                 const MonthOutcome *m, GError **error);
/* The same of an output that has to do with others. */
bool results_net_row(Result *to, const Run *r, const ProgramOutput *o, size_t row,
                     const Standing *x, GError **error);
/* Takes the kept answer of a row out of the sums, as if the row had not been asked. */
void results_take_back(Result *to, const ProgramOutput *o, size_t row);
/* Room for rows that came behind the old ones: outside until they are asked. */
void results_grow(Results *r, size_t rows);
/* row: the last one added, for the message. */
bool results_add_sum(Result *to, const Run *r, const ProgramOutput *o, size_t row, int64_t fen,
                     GError **error);
void result_keep_missing(Result *to, size_t row, uint64_t own);
/* One row that a person judges; fen: the most it comes to, when that is known. */
bool results_add_most(Result *to, const Run *r, const ProgramOutput *o, size_t row, bool known,
                      int64_t fen, GError **error);
void results_missing(Result *to, uint64_t own); /* one row that is unknown, or a person's */

#endif
