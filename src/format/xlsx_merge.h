/* xlsx_merge.h — cells that were made one downwards: a village named once for all its people.
 * A program saves the text in the first of them and lists the stretches behind the rows, so they
 * are read before the rows are. */
#ifndef ANLAO_FORMAT_XLSX_MERGE_H
#define ANLAO_FORMAT_XLSX_MERGE_H

#include "format/xlsx_part.h"

typedef struct XlsxMerge { /* in one column; rows as the program shows them */
    uint32_t from, to, column;
} XlsxMerge;

/* Those of a sheet that go over several rows of one column, by their first row; at most
 * LIMIT_XLSX_TEXTS of them count. */
bool xlsx_merges_read(XlsxZip *z, const char *part, size_t most, GArray *to, GError **error);

#endif
