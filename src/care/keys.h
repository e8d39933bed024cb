/* keys.h — master keys of a database: for secrets, blind index, sessions and the node.
 * In: a key file of mode 0400 outside the database.  Out: sealing, opening and matching of secret
 * texts; the keys themselves never leave this file.  Kept in locked memory, never in a core dump.
 * Start: keys_create() in `init`, keys_open() in care_open(). */
#ifndef ANLAO_CARE_KEYS_H
#define ANLAO_CARE_KEYS_H

#include "base/crypto.h"
#include "data/record.h"
#include "declare/model.h"

typedef struct Keys Keys;

/* Where the key file of a database is: `given`, else in the system's credentials folder, else
 * PATH.key beside it, or DATABASE.key in the current folder for a server's.  g_free. */
char *keys_path(const char *uri, const char *given);
/* Makes new keys; refuses an existing file. */
bool keys_create(const char *path, GError **error);
/* Refuses, in words, a file that others could read, and one that is not whole. */
bool keys_open(const char *path, Keys **ret, GError **error);
void keys_free(Keys *k);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Keys, keys_free)

/* A value that tells these keys from others and nothing more: kept in the database.  64 digits. */
#define KEYS_CHECK_TEXT 65
void keys_check(const Keys *k, char to[KEYS_CHECK_TEXT]);

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
void keys_blind(const Keys *k, const Field *f, int32_t county, Str plain, uint8_t to[SM3_SIZE]);
/* Proof that a form was made for this session: from the token's hash.  43 characters and NUL. */
#define KEYS_PROOF_TEXT 44
void keys_proof(const Keys *k, const uint8_t token_hash[SM3_SIZE], char to[KEYS_PROOF_TEXT]);
/* 32 bytes as 43 characters for addresses and cookies. */
void keys_text(const uint8_t bytes[32], char to[KEYS_PROOF_TEXT]);

#endif
