/* bytes.c — writing and reading canonical bytes. */
#include "store/bytes.h"

#include <glib.h>

void bytes_free(Bytes *b)
{
    g_free(b->at);
    *b = (Bytes){0};
}

void bytes_reset(Bytes *b)
{
    b->len = 0;
}

static void bytes_grow(Bytes *b, size_t n)
{
    if (b->len + n <= b->room)
        return;
    b->room = MAX(b->room * 2, b->len + n + 256);
    b->at = g_realloc(b->at, b->room);
}

void bytes_put(Bytes *b, const void *at, size_t n)
{
    if (n == 0)
        return;
    bytes_grow(b, n);
    memcpy(b->at + b->len, at, n);
    b->len += n;
}

void bytes_byte(Bytes *b, uint8_t byte)
{
    bytes_grow(b, 1);
    b->at[b->len++] = byte;
}

void bytes_uint(Bytes *b, uint64_t n)
{
    bytes_grow(b, 10);
    while (n >= 0x80) {
        b->at[b->len++] = (uint8_t)(n | 0x80);
        n >>= 7;
    }
    b->at[b->len++] = (uint8_t)n;
}

void bytes_int(Bytes *b, int64_t n)
{
    bytes_uint(b, ((uint64_t)n << 1) ^ (uint64_t)(n >> 63));
}

void bytes_str(Bytes *b, Str s)
{
    bytes_uint(b, s.len);
    bytes_put(b, s.at, s.len);
}

Reader reader_of(Str s)
{
    const uint8_t *at = (const uint8_t *)s.at;

    return (Reader){at, at + s.len, false};
}

const uint8_t *reader_raw(Reader *r, size_t n)
{
    const uint8_t *at = r->at;

    if (r->bad || (size_t)(r->end - r->at) < n) {
        r->bad = true;
        return NULL;
    }
    r->at += n;
    return at;
}

uint8_t reader_byte(Reader *r)
{
    const uint8_t *at = reader_raw(r, 1);

    return at != NULL ? *at : 0;
}

uint64_t reader_uint(Reader *r)
{
    uint64_t n = 0;

    for (unsigned shift = 0; shift < 70; shift += 7) {
        uint8_t byte = reader_byte(r);

        if (r->bad)
            return 0;
        n |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return n;
        if (shift == 63)
            break;
    }
    r->bad = true;
    return 0;
}

int64_t reader_int(Reader *r)
{
    uint64_t n = reader_uint(r);

    return (int64_t)(n >> 1) ^ -(int64_t)(n & 1);
}

Str reader_str(Reader *r)
{
    uint64_t len = reader_uint(r);
    const uint8_t *at = r->bad ? NULL : reader_raw(r, len);

    return at != NULL ? (Str){(const char *)at, len} : (Str){NULL, 0};
}
