/* difference.h — whether two Programs say the same, and if not, from which day on they may differ:
 * for a policy that replaces another. Both are made without data, of one output each, over one
 * schema whose entities, fields and codes have the same numbers, and over the same places.  A param
 * that is set anew from a day differs from that day on; anything else from the first day of either.
 */
#ifndef ANLAO_COMPILE_DIFFERENCE_H
#define ANLAO_COMPILE_DIFFERENCE_H

#include "compile/figure_program.h"

/* DATE_MAX: they say the same on all days. */
Date program_difference(const Program *a, const Program *b);
/* Of figures; DATE_MIN: they are computed otherwise. */
Date figure_difference(const FigureProgram *a, const FigureProgram *b);

#endif
