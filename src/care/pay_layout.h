/* pay_layout.h — how the bank's file and its answer look, as a list of the documents says: which
 * columns in which order under which heads, what parts them, in which encoding.
 * In: the lists `bank_file` and `bank_reply` (columns part, place, says), a county, a day.  Out: a
 * layout; rows written by it.  A place has its own list by `set`.  Start: pay_layout(). */
#ifndef ANLAO_CARE_PAY_LAYOUT_H
#define ANLAO_CARE_PAY_LAYOUT_H

#include "care/care.h"
#include "format/sheet.h"

#define LAYOUT_COLUMNS 24u

typedef struct LayoutColumn {
    Str part, head; /* number, name, account …; what stands above it */
} LayoutColumn;

typedef struct PayLayout {
    LayoutColumn columns[LAYOUT_COLUMNS]; /* in order */
    size_t n_columns;
    char separator;
    Str encoding;        /* utf-8, gb18030 */
    bool header;         /* heads stand in the first row */
    Str success, failed; /* words of an answer, parted by 、 */
} PayLayout;

/* FAIL_INPUT when no document says it, or what it says is not to be understood. */
bool pay_layout(const Care *c, Str list, int32_t county, Date day, Arena *a, PayLayout *ret,
                GError **error);
size_t layout_column(const PayLayout *l, const char *part); /* SIZE_MAX: none */
bool layout_word(Str words, Str word);                      /* whether it is one of them */

/* A workbook where the path ends so, else text by the layout.  As in format/sheet.h. */
typedef struct LayoutWriter {
    const PayLayout *layout;
    SheetWriter book; /* of a workbook */
    bool is_book;
    GString *text;
    char *path;
    bool begun; /* a cell stands in the row */
} LayoutWriter;
bool layout_open(const PayLayout *l, const char *path, const char *name, LayoutWriter *ret,
                 GError **error);
void layout_cell(LayoutWriter *w, Str text);
void layout_end_row(LayoutWriter *w);
bool layout_close(LayoutWriter *w, GError **error);
void layout_clear(LayoutWriter *w);
/* An answer to be read by the layout. */
bool layout_read(const PayLayout *l, const char *path, Sheet *ret, GError **error);

#endif
