/* keys.h — master keys of a database: for secrets, blind index, sessions and the node.
 * In: a key file of mode 0400 outside the database.  Out: sealing, opening and matching of secret
 * texts; the keys themselves never leave this file.  Kept in locked memory, never in a core dump.
 * Start: keys_create() in `init`, keys_open() in care_open(). */
#ifndef ANLAO_CARE_KEYS_H
#define ANLAO_CARE_KEYS_H

#include "base/crypto.h"
#include "base/sm2.h"
#include "data/record.h"
#include "declare/model.h"

typedef struct Keys Keys;

/* Where the key file of a database is: `given`, else in the system's credentials folder, else
 * PATH.key beside it, or DATABASE.key in the current folder for a server's.  g_free. */
char *keys_path(const char *uri, const char *given);
/* Makes new keys; refuses an existing file.  `suite`: what the data keys of a new database seal
 * with. */
bool keys_create_for(const char *path, SecretSuite suite, GError **error);
bool keys_create(const char *path, GError **error); /* AES */
/* Refuses, in words, a file that others could read, and one that is not whole. */
bool keys_open(const char *path, Keys **ret, GError **error);
void keys_free(Keys *k);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keys, keys_free)

/* A value that tells these keys from others and nothing more: kept in the database.  64 digits. */
#define KEYS_CHECK_TEXT 65
void keys_check(const Keys *k, char to[KEYS_CHECK_TEXT]);

/* ---- data keys: in the database, wrapped by those of the file (keyring.c) */

#define DATA_KEYS_MOST 64u /* a new one each year for a working life */

typedef struct DataKey {
    bool blind; /* of the blind index; else it seals */
    int64_t number;
    SecretSuite suite;
    int state; /* KeyState of store/keys.h */
    uint8_t key[KEY_SIZE];
} DataKey;

SecretSuite keys_suite(const Keys *k); /* of the file */
void keys_new(const Keys *k, bool blind, int64_t number, SecretSuite suite, int state,
              DataKey *ret);
/* Wrapped: opens only as this very key, and only with the file. */
bool keys_wrap(const Keys *k, const DataKey *d, Arena *a, Str *ret, GError **error);
bool keys_unwrap(const Keys *k, Str wrapped, DataKey *d); /* number, blind: given */
/* The set that is in force from here on, for all threads. */
void keys_set(Keys *k, int64_t generation, const DataKey *all, size_t n);
size_t keys_all(const Keys *k, DataKey to[DATA_KEYS_MOST], int64_t *ret_generation);
int64_t keys_generation(const Keys *k);
/* The file's own keys are exchanged for those of another file of the same database. */
void keys_take(Keys *k, Keys *other);
/* What to do when a secret was sealed with a key that is not known: ask the database. */
void keys_on_missing(Keys *k, bool (*ask)(void *with), void *with);
uint32_t keys_current(const Keys *k); /* number of the key that seals */
/* The same value under the next index key; false: there is none. */
bool keys_blind_next(const Keys *k, const Field *f, int32_t county, Str plain,
                     uint8_t to[SM3_SIZE]);

/* What is stored of a secret; it opens only for this field of this record. */
bool keys_seal(const Keys *k, const Field *f, int64_t id, Str plain, Arena *a, Str *ret,
               GError **error);
bool keys_unseal(const Keys *k, const Field *f, int64_t id, Str sealed, Arena *a, Str *ret,
                 GError **error);
/* The same for anything else: it opens only for what it is said to be about. */
bool keys_seal_about(const Keys *k, Str about, Str plain, Arena *a, Str *ret, GError **error);
bool keys_unseal_about(const Keys *k, Str about, Str sealed, Arena *a, Str *ret, GError **error);
/* The same text of the same field gives the same value inside one county, and tells nothing to who
 * has no keys. */
int64_t keys_blind(const Keys *k, const Field *f, int32_t county, Str plain,
                   uint8_t to[SM3_SIZE]); /* the number of the index key */
/* One number for a text in all counties, by which those who write it at once find each other. */
int64_t keys_lock(const Keys *k, const Field *f, Str plain);
/* The same for the last digits of a telephone, shorter: many share them.  Never 0; next: 0 when no
 * other index key is on its way. */
#define TAIL_DIGITS 4u
bool phone_digits(Str phone, char to[32],
                  size_t *ret_n); /* false: fewer than TAIL_DIGITS, or many */
int64_t keys_tail(const Keys *k, const Field *f, int32_t county, Str digits, int64_t *ret_key);
int64_t keys_tail_next(const Keys *k, const Field *f, int32_t county, Str digits);
/* Proof that a form was made for this session: from the token's hash.  43 characters and NUL. */
#define KEYS_PROOF_TEXT 44
void keys_proof(const Keys *k, const uint8_t token_hash[SM3_SIZE], char to[KEYS_PROOF_TEXT]);
/* The node signs with its own key; the public half goes with every seal. */
void keys_node_public(const Keys *k, uint8_t to[SM2_PUBLIC]);
bool keys_node_sign(const Keys *k, Str message, uint8_t to[SM2_SIGNATURE], size_t *ret_len,
                    GError **error);
bool keys_text_whole(Str text); /* what stands in a key file; for fuzzing */
/* 32 bytes as 43 characters for addresses and cookies. */
void keys_text(const uint8_t bytes[32], char to[KEYS_PROOF_TEXT]);

#endif
