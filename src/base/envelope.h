/* envelope.h — a long text sealed for one recipient, written and read in pieces.
 * In: bytes, the recipient's public key.  Out: a file that only the holder of the secret half can
 * open, and that says of every cut, change or exchange of pieces that it is damaged.
 *   "anlao envelope 1\n"  recipient (65)  box: length (1), bytes  about: length (2), bytes
 *   pieces: length (4, highest bit: the last one), sealed bytes
 * `about` is readable by everybody: what it is, of when.  Start: envelope_begin(),
 * envelope_open(). */
#ifndef ANLAO_BASE_ENVELOPE_H
#define ANLAO_BASE_ENVELOPE_H

#include "base/arena.h"
#include "base/sm2.h"

#define ENVELOPE_PIECE (1u << 20) /* bytes sealed at once */

typedef struct EnvelopeHead {
    uint8_t recipient[SM2_PUBLIC];
    Str box, about; /* borrowed from what was read */
    size_t len;     /* bytes of the head in all */
} EnvelopeHead;
/* False: these bytes do not begin with a whole head. */
bool envelope_head(Str bytes, EnvelopeHead *ret);

typedef struct EnvelopeWriter EnvelopeWriter;
/* The descriptor stays the caller's. */
bool envelope_begin(int fd, const uint8_t recipient[SM2_PUBLIC], Str about, EnvelopeWriter **ret,
                    GError **error);
bool envelope_put(EnvelopeWriter *w, const void *at, size_t n, GError **error);
bool envelope_end(EnvelopeWriter *w, GError **error); /* what was not ended is damaged */
void envelope_writer_free(EnvelopeWriter *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnvelopeWriter, envelope_writer_free)

typedef struct EnvelopeReader EnvelopeReader;
/* FAIL_INPUT, in words: not an envelope, for another recipient, damaged. */
bool envelope_open(int fd, const uint8_t secret[KEY_SIZE], EnvelopeReader **ret, GError **error);
Str envelope_about(const EnvelopeReader *r);
/* The next piece, borrowed until the next call; empty: all was read, and all of it is sound. */
bool envelope_next(EnvelopeReader *r, Str *ret_piece, GError **error);
void envelope_reader_free(EnvelopeReader *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EnvelopeReader, envelope_reader_free)

#endif
