/* cell_quick.h — cell_read() for a whole column of numbers, codes, days: the same answers, for most
 * cells in a few instructions.  A million people are a dozen million cells.
 * In: a column's cells.  Out: numbers.  Not here: texts, which have none.  Start: cell_quick_new().
 */
#ifndef ANLAO_FORMAT_CELL_QUICK_H
#define ANLAO_FORMAT_CELL_QUICK_H

#include "format/cell.h"

typedef struct CellQuick CellQuick;

/* The type must live as long; messages and memory are of the arena. */
CellQuick *cell_quick_new(Arena *a, const CellType *t);
/* False: the fault says what is wrong with the cell.  *ret_number is 0 where it is unknown. */
bool cell_quick(CellQuick *q, Str cell, int64_t *ret_number, bool *ret_known, CellFault *ret_fault);

#endif
