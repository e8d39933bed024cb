/* xlsx_book.h — what a workbook keeps beside its sheets: their names, texts, number formats.
 * Out: the part that holds a sheet, the shared texts, and of each cell style how its numbers are
 * shown.  Not here: rows (xlsx.c). */
#ifndef ANLAO_FORMAT_XLSX_BOOK_H
#define ANLAO_FORMAT_XLSX_BOOK_H

#include "format/xlsx_part.h"

typedef enum XlsxShow {
    SHOW_PLAIN,
    SHOW_DATE,    /* a day, with its time where it has one */
    SHOW_MONTH,   /* a day of which year and month are seen */
    SHOW_YEAR,    /* or its year */
    SHOW_ELAPSED, /* [h]:mm */
    SHOW_PERCENT,
    SHOW_ZEROS, /* 000000: filled up with zeros */
} XlsxShow;

typedef struct XlsxStyle {
    XlsxShow show;
    int zeros;
} XlsxStyle;

typedef struct XlsxBook {
    GString *texts;
    GArray *ends;      /* uint32_t: where each text ends */
    GArray *styles;    /* XlsxStyle per cell style */
    bool from_1904;    /* days are counted from 1904 */
    char *part;        /* of the sheet that was asked for */
    char *sheet;       /* its name */
    GPtrArray *sheets; /* names of all that are not hidden */
} XlsxBook;

/* `sheet`: its name; NULL: the first that is not hidden. */
bool xlsx_book_read(XlsxZip *z, const char *sheet, const char *name, XlsxBook *ret, GError **error);
void xlsx_book_clear(XlsxBook *b);
bool xlsx_book_text(const XlsxBook *b, uint64_t index, Str *ret);
XlsxStyle xlsx_book_style(const XlsxBook *b, uint64_t index);
/* How a number format shows numbers: "yyyy\"年\"m\"月\"" is a date. */
XlsxStyle xlsx_style_of_format(const char *format);

#endif
