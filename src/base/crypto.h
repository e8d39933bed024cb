/* crypto.h — hashing, sealing of secrets, passwords, random bytes; one table that tests may
 * replace. Primitives come from OpenSSL 3 and libargon2; nothing is invented here, and what is
 * written anew for speed (sm3_many.c) is held against OpenSSL's by tests. */
#ifndef ANLAO_BASE_CRYPTO_H
#define ANLAO_BASE_CRYPTO_H

#include "base/fail.h"
#include "base/str.h"

/* Once, when the program starts: ends it when there is no memory for the library itself. */
void crypto_begin(void);

#define SM3_SIZE 32
#define KEY_SIZE 32

typedef struct Sm3 Sm3; /* a running hash */
Sm3 *sm3_new(void);
void sm3_reset(Sm3 *h);
void sm3_add(Sm3 *h, const void *bytes, size_t n);
void sm3_end(Sm3 *h, uint8_t to[SM3_SIZE]); /* the hash can be reset and used again */
void sm3_free(Sm3 *h);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sm3, sm3_free)
void sm3(const void *bytes, size_t n, uint8_t to[SM3_SIZE]);
/* Of n texts, each by itself: many times faster than one after the other (sm3_many.c). */
void sm3_many(const Str *texts, size_t n, uint8_t (*to)[SM3_SIZE]);
void hmac_sm3(const uint8_t key[KEY_SIZE], const void *bytes, size_t n, uint8_t to[SM3_SIZE]);

/* Sealed text: version, suite, key number, nonce, ciphertext, tag.  `about` is authenticated, not
 * stored: (entity, record id, field number).  The result is allocated with g_malloc. */
typedef enum SecretSuite {
    SUITE_AES = 1, /* AES-256-GCM */
    SUITE_SM4 = 2, /* SM4-CTR, then HMAC-SM3 over all of it; two keys made from the one */
    SUITES_END
} SecretSuite;
typedef struct Sealed {
    uint8_t *bytes;
    size_t len;
} Sealed;
bool secret_seal(const uint8_t key[KEY_SIZE], uint32_t key_number, Str about, Str plain,
                 Sealed *ret_sealed, GError **error);
bool secret_seal_by(SecretSuite suite, const uint8_t key[KEY_SIZE], uint32_t key_number, Str about,
                    Str plain, Sealed *ret_sealed, GError **error);
bool secret_open(const uint8_t key[KEY_SIZE], Str about, Str sealed, char **ret_plain,
                 size_t *ret_len,
                 GError **error);       /* *ret_plain: g_free; fails when anything was changed */
uint32_t secret_key_number(Str sealed); /* 0 when it is not one of ours */

void random_bytes(void *to, size_t n); /* ends the process when the system has none */
uint64_t random_u64(void);
/* Only tests call this: `fill` gives all later random bytes; NULL restores the system's. */
void random_replace(void (*fill)(void *to, size_t n));
bool bytes_equal(const void *a, const void *b, size_t n); /* in constant time */
char *hex_of(const void *bytes, size_t n);                /* g_free */
bool hex_parse(Str text, uint8_t *to, size_t n);          /* exactly 2n digits */

/* argon2id, 46 MiB, t=1, p=1; encoded text with its own salt.  At most two at a time in one
 * process. */
char *password_hash(Str password); /* g_free */
bool password_matches(Str password,
                      const char *encoded); /* a NULL encoded costs the same and says no */

#endif
