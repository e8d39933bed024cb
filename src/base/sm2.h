/* sm2.h — signatures, and boxes that one recipient alone can open, with SM2 (OpenSSL 3).
 * A secret is any 32 random bytes; the public half is computed from it. */
#ifndef ANLAO_BASE_SM2_H
#define ANLAO_BASE_SM2_H

#include "base/crypto.h"

#define SM2_PUBLIC    65  /* 04 ‖ x ‖ y */
#define SM2_SIGNATURE 80  /* most bytes of a signature (DER) */
#define SM2_BOX       192 /* most bytes of a box around KEY_SIZE bytes */

void sm2_public(const uint8_t secret[KEY_SIZE], uint8_t to[SM2_PUBLIC]);
/* `to` gets at most SM2_SIGNATURE bytes. */
bool sm2_sign(const uint8_t secret[KEY_SIZE], Str message, uint8_t to[SM2_SIGNATURE],
              size_t *ret_len, GError **error);
/* False also for a public key or a signature that is none. */
bool sm2_matches(const uint8_t public[SM2_PUBLIC], Str message, Str signature);
/* A key of KEY_SIZE bytes for the holder of the secret half; at most SM2_BOX bytes. */
bool sm2_seal(const uint8_t public[SM2_PUBLIC], const uint8_t key[KEY_SIZE], uint8_t to[SM2_BOX],
              size_t *ret_len, GError **error);
bool sm2_open(const uint8_t secret[KEY_SIZE], Str box, uint8_t to[KEY_SIZE]);

#endif
