/* sheet.h — rows of cells, whatever kind of file they come in or go to: CSV or XLSX.
 * The kind is told by the bytes when reading (people rename files), by the name when writing.
 * Start: sheet_open(), sheet_header(), sheet_next(); sheet_writer_open(). */
#ifndef ANLAO_FORMAT_SHEET_H
#define ANLAO_FORMAT_SHEET_H

#include "format/csv.h"
#include "format/xlsx.h"

typedef struct Sheet {
    CsvReader *csv; /* one of both */
    XlsxReader *xlsx;
} Sheet;

/* `name`: of a sheet inside a workbook; NULL: its first one. */
bool sheet_open(const char *path, const char *name, Sheet *ret, GError **error);
void sheet_close(Sheet *s);
/* All as in csv.h. */
bool sheet_header(Sheet *s, const Str **ret_names, size_t *ret_n, GError **error);
bool sheet_next(Sheet *s, const Str **ret_cells, size_t *ret_n, GError **error);
/* Whether the last fault was one of the file, behind which nothing can be read. */
bool sheet_broken(const Sheet *s);
size_t sheet_line(const Sheet *s);
double sheet_share(const Sheet *s);
const GPtrArray *sheet_names(const Sheet *s); /* of a workbook's sheets; NULL: it is none */
const char *sheet_encoding(const Sheet *s);   /* UTF-8, GB18030, UTF-16, XLSX */

typedef struct SheetWriter {
    CsvWriter *csv;
    XlsxWriter *xlsx;
} SheetWriter;

/* XLSX where the path ends so, else CSV with a BOM. */
bool sheet_writer_open(const char *path, const char *name, SheetWriter *ret, GError **error);
void sheet_head(SheetWriter *w, Str text);
void sheet_text(SheetWriter *w, Str text);
void sheet_end_row(SheetWriter *w);
bool sheet_writer_close(SheetWriter *w, GError **error);
void sheet_writer_clear(SheetWriter *w); /* without close: the file is not made */

#endif
