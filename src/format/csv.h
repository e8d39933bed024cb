/* csv.h — rows of cells in and out: RFC 4180, and what real files have.
 * In: a file or a text.  Out: one row of cells after the other; nothing is allocated per cell.  Not
 * here: what a cell means (cell.h).  Start: csv_open(), csv_header(), csv_next(); csv_writer_new().
 *
 * Read: UTF-8 with or without BOM, else GB 18030 or UTF-16 (what spreadsheets save here), converted
 * and said so in `encoding`; line ends LF, CRLF or CR; line ends and doubled quotes inside quoted
 * cells; cells parted by commas, or by tabs where the first line has tabs and no comma; empty lines
 * skipped.  Refused with file, line and column: bytes that are no text, NUL, an open quote, text
 * behind a closing quote, and what exceeds base/limits.h.
 *
 * Formulas: a cell that a spreadsheet would run (first character = + - @, their full-width forms,
 * tab or CR) is written with an apostrophe before it, and the reader takes an apostrophe before one
 * of these characters, or before another apostrophe, away again.  A lone `-` and plain numbers such
 * as -12.50 run nothing and are written as they are.  So every cell is read back unchanged. */
#ifndef ANLAO_FORMAT_CSV_H
#define ANLAO_FORMAT_CSV_H

#include "base/fail.h"
#include "base/str.h"

typedef struct CsvReader CsvReader;

/* `path` may also be a pipe or /dev/stdin. */
CsvReader *csv_open(const char *path, GError **error);
/* The text is copied; `name` is what messages call it. */
CsvReader *csv_read(Str text, const char *name, GError **error);
void csv_free(CsvReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvReader, csv_free)

/* First row as column names, blanks around them dropped; they live as long as the reader.  Lines
 * above it that have its separators and one piece of text are titles, and passed over.  From
 * then on a row may have no more cells than names, unless the rest is empty. */
bool csv_header(CsvReader *r, const Str **ret_names, size_t *ret_n, GError **error);
/* Next row; cells are valid until the next call.  At the end false, and *error stays NULL.  After a
 * fault the cells are given as far as they were read, what is left of the line in the last one, and
 * the next call goes on behind that line: a quote that is not closed takes no other line along.
 * After csv_header a short row is filled up to the header's length with empty cells (some
 * spreadsheets drop the last commas); *ret_n is what the row itself had. */
bool csv_next(CsvReader *r, const Str **ret_cells, size_t *ret_n, GError **error);
size_t csv_line(const CsvReader *r);          /* on which the last row began, from 1 */
const char *csv_encoding(const CsvReader *r); /* UTF-8, GB18030, UTF-16 */
double csv_share(const CsvReader *r);         /* of the text read so far, 0..1: for progress */

/* ---- writing: LF line ends, quotes only where needed ------------------------------------------
 */

typedef struct CsvWriter CsvWriter;

/* Appends to `to`.  The BOM tells older spreadsheets that the text is UTF-8. */
CsvWriter *csv_writer_new(GString *to, bool bom);
/* Into a file beside `path`, renamed over it by csv_writer_close(). */
CsvWriter *csv_writer_open(const char *path, bool bom, GError **error);
void csv_cell(CsvWriter *w, Str text);
void csv_int(CsvWriter *w, int64_t value);
void csv_end_row(CsvWriter *w);
/* Writes what is left; false when any of it could not be written.  The writer stays to be freed. */
bool csv_writer_close(CsvWriter *w, GError **error);
void csv_writer_free(CsvWriter *w); /* without close: the file is not made */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsvWriter, csv_writer_free)

#endif
