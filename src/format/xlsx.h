/* xlsx.h — rows of cells of one sheet of a workbook, in and out.
 * In: a file that a spreadsheet program saved.  Out: one row of texts after the other, as csv.h
 * gives them; what a cell means is said by cell.h.
 *
 * Numbers are read as people see them: a day by its format as 2020-01-05, a part of the whole as
 * 80%, 000123 with its zeros, else without an exponent and never with more digits than the program
 * kept (15).  A number of 16 digits or more is read as 3.60302E+17: an identity number entered as a
 * number has lost its last digits, and nobody may guess them.  A day of which only year and month
 * are seen is 1945-03.  Formulas give the value that was saved, those saved without one #N/A.  What
 * a spreadsheet failed at (#N/A) is read as it is shown; cell_read() takes neither.  Cells made one
 * downwards give their text to each row that has anything else.  Hidden sheets are not read unless
 * named. Faults name file, row and cell.  Start: xlsx_open(), xlsx_header(), xlsx_next();
 * xlsx_writer_open(). */
#ifndef ANLAO_FORMAT_XLSX_H
#define ANLAO_FORMAT_XLSX_H

#include "base/date.h"
#include "base/fail.h"
#include "base/str.h"

typedef struct XlsxReader XlsxReader;

/* `sheet`: its name; NULL: the first one that is not hidden. */
XlsxReader *xlsx_open(const char *path, const char *sheet, GError **error);
/* The bytes are copied; `name` is what messages call them. */
XlsxReader *xlsx_read(Str bytes, const char *sheet, const char *name, GError **error);
void xlsx_free(XlsxReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlsxReader, xlsx_free)

/* First row as column names, blanks around them dropped.  Rows above it in which one cell alone is
 * filled, at most ten, are titles of the sheet and are passed over. */
bool xlsx_header(XlsxReader *r, const Str **ret_names, size_t *ret_n, GError **error);
/* As csv_next(): false without error at the end; after a faulty row, whose cells are given as far
 * as they can be, the next call goes on behind it.  Rows without a filled cell are passed over. */
bool xlsx_next(XlsxReader *r, const Str **ret_cells, size_t *ret_n, GError **error);
/* Whether the last fault was one of the file, behind which nothing can be read. */
bool xlsx_broken(const XlsxReader *r);
size_t xlsx_line(const XlsxReader *r);       /* number of the last row, as the program shows it */
double xlsx_share(const XlsxReader *r);      /* of the sheet read so far, 0..1 */
const char *xlsx_sheet(const XlsxReader *r); /* its name */
const GPtrArray *xlsx_sheets(const XlsxReader *r); /* names of all that are not hidden, char * */

/* ---- writing: one sheet, the first row bold and fixed, texts never run as formulas -------------
 */

typedef struct XlsxWriter XlsxWriter;

/* Into a file beside `path`, renamed over it by xlsx_writer_close(). */
XlsxWriter *xlsx_writer_open(const char *path, const char *sheet, GError **error);
void xlsx_foot(XlsxWriter *w, Str text); /* at the foot of each printed page */
void xlsx_head(XlsxWriter *w, Str text);
void xlsx_text(XlsxWriter *w, Str text); /* an empty one leaves the cell empty */
/* A number of so many decimals: xlsx_number(w, 20050, 2) shows 200.50. */
void xlsx_number(XlsxWriter *w, int64_t value, unsigned scale);
void xlsx_date(XlsxWriter *w, Date day);
void xlsx_end_row(XlsxWriter *w);
bool xlsx_writer_close(XlsxWriter *w, GError **error); /* the writer stays to be freed */
void xlsx_writer_free(XlsxWriter *w);                  /* without close: the file is not made */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(XlsxWriter, xlsx_writer_free)

#endif
