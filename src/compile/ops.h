/* ops.h — what an operation yields for known operands: the one meaning that folding of constants
 * and the row driver share, and that the kernels of the batch driver are tested against. */
#ifndef ANLAO_COMPILE_OPS_H
#define ANLAO_COMPILE_OPS_H

#include "compile/program.h"

__extension__ typedef __int128 Wide; /* sums and products of any two 64-bit numbers */

typedef enum OpEnd {
    OP_END_KNOWN,
    OP_END_UNKNOWN,  /* nothing to divide by */
    OP_END_OVERFLOW, /* does not fit 64 bits */
} OpEnd;

/* Strict operations only, LOOKUP and IN_REGION excepted: those need the Program's tables. */
OpEnd op_compute(const Step *s, int64_t a, int64_t b, int64_t *ret_value);
/* The last day from which `count` whole years (months) are complete on `on`. */
Date last_start(Date on, int64_t count, bool years);
/* How many cuts are <= v. */
size_t cuts_below(const Cuts *c, int64_t v);
/* A value of a slot; false: unknown, *ret_missing says why. */
bool slot_cell(const Slot *s, const SlotSlice *slice, size_t cell, int64_t *ret_value,
               uint64_t *ret_missing);
int64_t physical_get(Physical p, const void *values, size_t i);
void physical_set(Physical p, void *values, size_t i, int64_t v);
Physical physical_for(int64_t low, int64_t high); /* narrowest of I8 … I64 */

#endif
