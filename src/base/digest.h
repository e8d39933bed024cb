/* digest.h — the two hashes that outsiders recompute with tools of their own: SM3 and SHA-256.
 * Secrets and the journal are in crypto.h. */
#ifndef ANLAO_BASE_DIGEST_H
#define ANLAO_BASE_DIGEST_H

#include "base/str.h"

#define DIGEST_SIZE 32
#define DIGEST_TEXT 65 /* hexadecimal digits with NUL */

typedef enum DigestKind { DIGEST_SHA256, DIGEST_SM3, DIGEST_KINDS } DigestKind;
extern const char *const digest_words[DIGEST_KINDS]; /* sha256 sm3 */

bool digest_word(Str word, DigestKind *ret);
void digest(DigestKind kind, const void *bytes, size_t n, uint8_t to[DIGEST_SIZE]);
void digest_hex(DigestKind kind, Str text, char to[DIGEST_TEXT]); /* small letters */

#endif
