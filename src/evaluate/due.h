/* due.h — the calendar: when answers change while no fact does.
 * In: Program, Dataset, a month that is decided.  Out: for each rule the day from which it has to
 * be asked for everybody again (a param takes another value, a rule ends, the calendar goes no
 * further), and before that day the rows whose own answer may change, each with the day (turns 80,
 * an assessment ends).  A day may come too early, never too late.  Start: evaluate_due(),
 * row_due(). */
#ifndef ANLAO_EVALUATE_DUE_H
#define ANLAO_EVALUATE_DUE_H

#include "evaluate/run.h"

typedef struct Due {
    uint32_t output, row;
    Date day; /* at the earliest the first of the month after */
} Due;

/* The calendar is made for so many months: long enough for most months to find it made, and short
 * enough for few people to be in it. */
#define DUE_MONTHS 12

/* All rows of every rule output: adds Dues to `to`, by output, then row; ret_whole[i]: of result i
 * (a rule output in order, as in Results), the day from which all rows are due. */
bool evaluate_due(const Program *p, const Dataset *d, Month month, GArray *to, Date *ret_whole,
                  GError **error);
/* The day from which all rows of an output are due, whatever their facts. */
Date output_due(const Program *p, const ProgramOutput *o, Month month);
/* One row, the month being decided: the first day before `before` from which its answer may be
 * another; DATE_MAX when there is none. */
Date row_due(Run *r, const ProgramOutput *o, size_t row, Month month, Date before);
Date evaluation_due(Evaluation *e, size_t output, size_t row, Month month, Date before);

#endif
