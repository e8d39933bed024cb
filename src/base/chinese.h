/* chinese.h — diagnoses in Chinese.
 * In: a sentence as the code says it, in English, its arguments filled in.  Out: the Chinese of
 * diagnoses.def with the same arguments.  A sentence that is not in the table stays as it is, so
 * that a new diagnosis works before it is translated; tools/diagnoses.mjs finds it. */
#ifndef ANLAO_BASE_CHINESE_H
#define ANLAO_BASE_CHINESE_H

#include "base/diag.h"

const char *in_chinese(Arena *a, const char *english); /* itself when there is no Chinese */
bool has_chinese(const char *english);
/* As diag_print(). */
void diag_print_chinese(const Diag *d, GString *out);

#endif
