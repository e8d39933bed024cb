/* seal.h — the newest links of all counties, signed by the node: what has left the machine shows
 * later that the history is the one it was, and that nothing was cut off its end.
 * In: links, signatures made in care/.  Out: rows of `seal`, and the text that is kept elsewhere:
 *   anlao seal 1
 *   place 360300
 *   key 04…            the node's public key, 130 digits
 *   at 1606694400000000
 *   seal 360302 8 LINK SIGNATURE    one line for each county
 *   end
 * Read first: seal_message(), seal_parse(). */
#ifndef ANLAO_STORE_SEAL_H
#define ANLAO_STORE_SEAL_H

#include "base/sm2.h"
#include "store/store.h"

typedef struct Seal {
    int32_t county;
    int64_t seq, at; /* at: microseconds UTC */
    uint8_t link[SM3_SIZE], key[SM2_PUBLIC];
    uint8_t signature[SM2_SIGNATURE];
    size_t signature_len;
} Seal;

/* What is signed. */
void seal_message(Str place, const Seal *s, GString *to);
bool seal_is_signed(Str place, const Seal *s);

typedef struct SealFile {
    Str place;
    Seal *seals;
    size_t n;
} SealFile;
void seal_write(Str place, const Seal *seals, size_t n, GString *to); /* n > 0: one key and time */
/* False: not a whole seal. */
bool seal_parse(Str text, Arena *a, SealFile *ret);

/* Operational rows; a seal that is there already stays. */
bool store_put_seals(Store *s, const Seal *seals, size_t n, GError **error);
/* Whether any stored seal bears this key. */
bool store_knows_key(Store *s, const uint8_t key[SM2_PUBLIC], bool *ret, GError **error);

#endif
