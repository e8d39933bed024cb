/* spoiled.h — what a spreadsheet makes of a cell: a long number as 3.60302E+17, a formula that
 * failed as #N/A.  Neither is what somebody wrote.  In: a cell without blanks around it. */
#ifndef ANLAO_FORMAT_SPOILED_H
#define ANLAO_FORMAT_SPOILED_H

#include "base/str.h"

bool spoiled_rounded(Str s);
bool spoiled_error(Str s);

#endif
