/* bytes.h — canonical bytes: what is hashed and what a journal body holds.
 * Whole numbers are LEB128 varints, signed ones zigzag; texts carry their length.  One value has
 * one spelling, so equal facts have equal digests.  Reading never runs past the end: a short or bad
 * text sets `bad` and gives zeros. */
#ifndef ANLAO_STORE_BYTES_H
#define ANLAO_STORE_BYTES_H

#include "base/str.h"

typedef struct Bytes {
    uint8_t *at; /* owned */
    size_t len, room;
} Bytes;

void bytes_free(Bytes *b);
void bytes_reset(Bytes *b); /* empty, room kept */
void bytes_put(Bytes *b, const void *at, size_t n);
void bytes_byte(Bytes *b, uint8_t byte);
void bytes_uint(Bytes *b, uint64_t n);
void bytes_int(Bytes *b, int64_t n);
void bytes_str(Bytes *b, Str s);

typedef struct Reader {
    const uint8_t *at, *end;
    bool bad;
} Reader;

Reader reader_of(Str s);
uint8_t reader_byte(Reader *r);
uint64_t reader_uint(Reader *r);
int64_t reader_int(Reader *r);
Str reader_str(Reader *r);                      /* borrowed from what is read */
const uint8_t *reader_raw(Reader *r, size_t n); /* NULL when there are fewer */

#endif
