/* csv_text.h — bytes of a file become valid UTF-8 text, before a reader looks for cells.
 * In: bytes.  Out: text in a buffer of its own, or the place of the first byte that is no text. */
#ifndef ANLAO_FORMAT_CSV_TEXT_H
#define ANLAO_FORMAT_CSV_TEXT_H

#include "base/fail.h"

#include <stdint.h>

typedef struct CsvText {
    char *at; /* pages_free; len bytes and a NUL behind */
    size_t len;
    const char *encoding;
} CsvText;

/* Takes `bytes` (pages_new, freed here when converted or refused); one byte more than `len` must be
 * allocated. */
bool csv_text_make(char *bytes, size_t len, const char *name, CsvText *ret, GError **error);
bool csv_text_load(const char *path, CsvText *ret, GError **error);
/* Line and column (in characters, from 1) of a byte. */
void csv_text_place(const char *text, size_t offset, size_t *ret_line, size_t *ret_column);

#endif
