/* xlsx_fill.h — values into the cells of somebody else's workbook, which stays as it is otherwise:
 * every other part is copied byte for byte, and in the sheet every row that gets no value too.  A
 * cell keeps its format; one that is not there takes that of the first row of its list.  A cell
 * with a formula is refused: its result would no longer be its own. Start: xlsx_fill(). */
#ifndef ANLAO_FORMAT_XLSX_FILL_H
#define ANLAO_FORMAT_XLSX_FILL_H

#include "base/fail.h"
#include "base/str.h"

typedef struct XlsxValue {
    unsigned column, row; /* from 1 */
    unsigned like;        /* row whose format it takes where it has none; 0: none */
    bool number;          /* text is digits with at most one point and a sign */
    Str text;
} XlsxValue;

/* "B12" → 2, 12. */
bool xlsx_address(Str text, unsigned *ret_column, unsigned *ret_row);

/* `sheet`: its name; NULL: the first that is not hidden.  `to` is written beside and renamed. */
bool xlsx_fill(const char *from, const char *sheet, const XlsxValue *values, size_t n,
               const char *to, GError **error);

/* The sheet's text with the values in it: for xlsx_fill() and its tests. */
bool xlsx_fill_sheet(Str xml, const XlsxValue *values, size_t n, GString *to, GError **error);

#endif
