/* crypto.c — OpenSSL 3 and libargon2 behind six plain functions.
 * Algorithms are fetched once per process and contexts kept per thread: fetching costs more than
 * hashing a record.  Read first: seal_run(). */
#include "base/crypto.h"

#include "base/arena.h"

#include <argon2.h>
#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECRET_VERSION   1
#define NONCE_SIZE       12
#define TAG_SIZE         16
#define SM4_NONCE        16
#define SM4_KEY          16
#define SECRET_HEAD      6 /* version, suite, key number */
#define SECRET_LEAST     (SECRET_HEAD + NONCE_SIZE + TAG_SIZE)
#define SM4_LEAST        (SECRET_HEAD + SM4_NONCE + SM3_SIZE)
#define ARGON_KIB        (46u << 10)
#define ARGON_PASSES     1
#define ARGON_LANES      1
#define ARGON_SALT       16
#define ARGON_HASH       32
#define PASSWORD_LANES   2
#define PASSWORD_ENCODED 128

typedef struct Primitives {
    EVP_MD *sm3;
    EVP_MAC *hmac;
    EVP_CIPHER *gcm, *sm4;
} Primitives;

/* A library without SM3, or one that fails on valid input, cannot be worked with at all. */
G_GNUC_NORETURN static void end_without(const char *what)
{
    fprintf(stderr, "anlao: error: %s failed in the crypto library\n", what);
    _exit(3);
}

static void need(bool ok, const char *what)
{
    if (!ok)
        end_without(what);
}

/* Without memory for its own beginnings the library goes on and falls over a lock that it never
 * made, at its first use: so it begins before anything else, or the process ends in words. */
void crypto_begin(void)
{
    if (OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL) != 1 ||
        OSSL_LIB_CTX_get0_global_default() == NULL)
        out_of_memory();
}

static const Primitives *primitives(void)
{
    static Primitives fetched;
    static gsize done;
    if (g_once_init_enter(&done)) {
        fetched = (Primitives){EVP_MD_fetch(NULL, "SM3", NULL), EVP_MAC_fetch(NULL, "HMAC", NULL),
                               EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL),
                               EVP_CIPHER_fetch(NULL, "SM4-CTR", NULL)};
        need(fetched.sm3 != NULL && fetched.hmac != NULL && fetched.gcm != NULL &&
                 fetched.sm4 != NULL,
             "fetching algorithms");
        g_once_init_leave(&done, 1);
    }
    return &fetched;
}

/* The hash is OpenSSL's context under our name. */
static EVP_MD_CTX *md(Sm3 *h)
{
    return (EVP_MD_CTX *)h;
}

Sm3 *sm3_new(void)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    need(ctx != NULL && EVP_DigestInit_ex2(ctx, primitives()->sm3, NULL) == 1, "sm3");
    return (Sm3 *)ctx;
}

void sm3_reset(Sm3 *h)
{
    need(EVP_DigestInit_ex2(md(h), NULL, NULL) == 1, "sm3");
}

void sm3_add(Sm3 *h, const void *bytes, size_t n)
{
    if (n > 0)
        need(EVP_DigestUpdate(md(h), bytes, n) == 1, "sm3");
}

void sm3_end(Sm3 *h, uint8_t to[SM3_SIZE])
{
    need(EVP_DigestFinal_ex(md(h), to, NULL) == 1, "sm3");
}

void sm3_free(Sm3 *h)
{
    EVP_MD_CTX_free(md(h));
}

static void free_hash(void *h)
{
    sm3_free(h);
}

static void free_mac(void *ctx)
{
    EVP_MAC_CTX_free(ctx);
}

static void free_cipher(void *ctx)
{
    EVP_CIPHER_CTX_free(ctx);
}

void sm3(const void *bytes, size_t n, uint8_t to[SM3_SIZE])
{
    static GPrivate own = G_PRIVATE_INIT(free_hash);
    Sm3 *h = g_private_get(&own);
    if (h == NULL) {
        h = sm3_new();
        g_private_set(&own, h);
    }
    sm3_reset(h);
    sm3_add(h, bytes, n);
    sm3_end(h, to);
}

void hmac_sm3(const uint8_t key[KEY_SIZE], const void *bytes, size_t n, uint8_t to[SM3_SIZE])
{
    static GPrivate own = G_PRIVATE_INIT(free_mac);
    EVP_MAC_CTX *ctx = g_private_get(&own);
    OSSL_PARAM with[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SM3", 0),
                         OSSL_PARAM_construct_end()};
    bool first = ctx == NULL;
    if (first) {
        ctx = EVP_MAC_CTX_new(primitives()->hmac);
        need(ctx != NULL, "hmac");
        g_private_set(&own, ctx);
    }
    size_t len = 0;
    need(EVP_MAC_init(ctx, key, KEY_SIZE, first ? with : NULL) == 1 &&
             (n == 0 || EVP_MAC_update(ctx, bytes, n) == 1) &&
             EVP_MAC_final(ctx, to, &len, SM3_SIZE) == 1 && len == SM3_SIZE,
         "hmac");
}

static EVP_CIPHER_CTX *cipher_context(void)
{
    static GPrivate own = G_PRIVATE_INIT(free_cipher);
    EVP_CIPHER_CTX *ctx = g_private_get(&own);
    if (ctx == NULL) {
        ctx = EVP_CIPHER_CTX_new();
        need(ctx != NULL, "aes");
        g_private_set(&own, ctx);
    }
    return ctx;
}

/* Runs AES-256-GCM from `from` to `to`, n bytes.  What is authenticated besides: the first bytes
 * of the sealed text, so that no key number can be exchanged, and `about`. */
static bool seal_run(bool seal, const uint8_t key[KEY_SIZE], Str about, uint8_t *sealed,
                     const uint8_t *from, uint8_t *to, size_t n)
{
    EVP_CIPHER_CTX *ctx = cipher_context();
    uint8_t *tag = sealed + SECRET_HEAD + NONCE_SIZE + n;
    int len, tag_command = seal ? EVP_CTRL_AEAD_GET_TAG : EVP_CTRL_AEAD_SET_TAG;
    bool ok = EVP_CipherInit_ex2(ctx, primitives()->gcm, key, sealed + SECRET_HEAD, seal, NULL);
    ok = ok && EVP_CipherUpdate(ctx, NULL, &len, sealed, SECRET_HEAD);
    if (about.len > 0)
        ok = ok && EVP_CipherUpdate(ctx, NULL, &len, (const uint8_t *)about.at, (int)about.len);
    if (n > 0)
        ok = ok && EVP_CipherUpdate(ctx, to, &len, from, (int)n);
    if (!seal)
        ok = ok && EVP_CIPHER_CTX_ctrl(ctx, tag_command, TAG_SIZE, tag);
    ok = ok && EVP_CipherFinal_ex(ctx, to + n, &len);
    if (seal)
        ok = ok && EVP_CIPHER_CTX_ctrl(ctx, tag_command, TAG_SIZE, tag);
    /* The key does not stay behind in the kept context. */
    EVP_CIPHER_CTX_reset(ctx);
    return ok;
}

/* What one key may not do twice, two keys do: one encrypts, one authenticates. */
static void sm4_keys(const uint8_t key[KEY_SIZE], uint8_t cipher[SM3_SIZE], uint8_t mac[SM3_SIZE])
{
    static const char first[] = "anlao sm4", second[] = "anlao hmac";
    hmac_sm3(key, first, sizeof first - 1, cipher);
    hmac_sm3(key, second, sizeof second - 1, mac);
}

static bool sm4_run(const uint8_t cipher[SM3_SIZE], const uint8_t nonce[SM4_NONCE],
                    const uint8_t *from, uint8_t *to, size_t n)
{
    EVP_CIPHER_CTX *ctx = cipher_context();
    int len;
    bool ok = EVP_CipherInit_ex2(ctx, primitives()->sm4, cipher, nonce, 1, NULL) == 1 &&
              (n == 0 || EVP_CipherUpdate(ctx, to, &len, from, (int)n) == 1);
    EVP_CIPHER_CTX_reset(ctx);
    return ok;
}

/* Over the length of `about`, `about`, and all of the sealed text before its tag. */
static void sm4_tag(const uint8_t mac[SM3_SIZE], Str about, const uint8_t *sealed, size_t n,
                    uint8_t to[SM3_SIZE])
{
    g_autoptr(GByteArray) all = g_byte_array_sized_new((guint)(8 + about.len + n));
    uint8_t length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (uint8_t)((uint64_t)about.len >> (56 - 8 * i));
    g_byte_array_append(all, length, sizeof length);
    if (about.len > 0)
        g_byte_array_append(all, (const guint8 *)about.at, (guint)about.len);
    g_byte_array_append(all, sealed, (guint)n);
    hmac_sm3(mac, all->data, all->len, to);
}

static bool sm4_seal(const uint8_t key[KEY_SIZE], Str about, Str plain, uint8_t *sealed)
{
    uint8_t cipher[SM3_SIZE], mac[SM3_SIZE], *text = sealed + SECRET_HEAD + SM4_NONCE;
    sm4_keys(key, cipher, mac);
    bool ok = sm4_run(cipher, sealed + SECRET_HEAD, (const uint8_t *)plain.at, text, plain.len);
    if (ok)
        sm4_tag(mac, about, sealed, SECRET_HEAD + SM4_NONCE + plain.len, text + plain.len);
    OPENSSL_cleanse(cipher, sizeof cipher);
    OPENSSL_cleanse(mac, sizeof mac);
    return ok;
}

static bool sm4_open(const uint8_t key[KEY_SIZE], Str about, const uint8_t *sealed, char *plain,
                     size_t n)
{
    uint8_t cipher[SM3_SIZE], mac[SM3_SIZE], tag[SM3_SIZE];
    const uint8_t *text = sealed + SECRET_HEAD + SM4_NONCE;
    sm4_keys(key, cipher, mac);
    sm4_tag(mac, about, sealed, SECRET_HEAD + SM4_NONCE + n, tag);
    bool ok = bytes_equal(tag, text + n, sizeof tag) &&
              sm4_run(cipher, sealed + SECRET_HEAD, text, (uint8_t *)plain, n);
    OPENSSL_cleanse(cipher, sizeof cipher);
    OPENSSL_cleanse(mac, sizeof mac);
    return ok;
}

bool secret_seal_by(SecretSuite suite, const uint8_t key[KEY_SIZE], uint32_t key_number, Str about,
                    Str plain, Sealed *ret_sealed, GError **error)
{
    bool aes = suite == SUITE_AES;
    g_assert(key_number > 0);
    if (plain.len > INT_MAX - SM4_LEAST || about.len > INT_MAX)
        return fail(error, FAIL_INPUT, "could not seal a secret: too long");
    size_t len = (aes ? SECRET_LEAST : SM4_LEAST) + plain.len;
    uint8_t *bytes = g_malloc(len);
    bytes[0] = SECRET_VERSION;
    bytes[1] = (uint8_t)suite;
    for (int i = 0; i < 4; i++)
        bytes[2 + i] = (uint8_t)(key_number >> (24 - 8 * i));
    random_bytes(bytes + SECRET_HEAD, aes ? NONCE_SIZE : SM4_NONCE);
    if (aes ? !seal_run(true, key, about, bytes, (const uint8_t *)plain.at,
                        bytes + SECRET_HEAD + NONCE_SIZE, plain.len)
            : !sm4_seal(key, about, plain, bytes)) {
        g_free(bytes);
        return fail(error, FAIL_SYSTEM, "could not seal a secret");
    }
    *ret_sealed = (Sealed){bytes, len};
    return true;
}

bool secret_seal(const uint8_t key[KEY_SIZE], uint32_t key_number, Str about, Str plain,
                 Sealed *ret_sealed, GError **error)
{
    return secret_seal_by(SUITE_AES, key, key_number, about, plain, ret_sealed, error);
}

uint32_t secret_key_number(Str sealed)
{
    const uint8_t *at = (const uint8_t *)sealed.at;
    if (sealed.len < SECRET_LEAST || at[0] != SECRET_VERSION ||
        (at[1] != SUITE_AES && (at[1] != SUITE_SM4 || sealed.len < SM4_LEAST)))
        return 0;
    return (uint32_t)at[2] << 24 | (uint32_t)at[3] << 16 | (uint32_t)at[4] << 8 | at[5];
}

bool secret_open(const uint8_t key[KEY_SIZE], Str about, Str sealed, char **ret_plain,
                 size_t *ret_len, GError **error)
{
    if (secret_key_number(sealed) == 0)
        return fail(error, FAIL_SYSTEM, "could not open a secret: not a sealed text");
    if (sealed.len > INT_MAX || about.len > INT_MAX)
        return fail(error, FAIL_INPUT, "could not open a secret: too long");
    uint8_t *bytes = (uint8_t *)sealed.at;
    bool aes = bytes[1] == SUITE_AES;
    size_t n = sealed.len - (aes ? SECRET_LEAST : SM4_LEAST);
    char *plain = g_malloc(n + 1);
    if (aes ? !seal_run(false, key, about, bytes, bytes + SECRET_HEAD + NONCE_SIZE,
                        (uint8_t *)plain, n)
            : !sm4_open(key, about, bytes, plain, n)) {
        OPENSSL_cleanse(plain, n);
        g_free(plain);
        return fail(error, FAIL_SYSTEM, "could not open a secret: changed, or of another key");
    }
    plain[n] = '\0';
    *ret_plain = plain;
    if (ret_len != NULL)
        *ret_len = n;
    return true;
}

static void system_random(void *to, size_t n)
{
    uint8_t *at = to;
    while (n > 0) {
        int piece = n > 1u << 20 ? 1 << 20 : (int)n;
        need(RAND_bytes(at, piece) == 1, "random numbers");
        at += piece;
        n -= (size_t)piece;
    }
}

static void (*fill_random)(void *to, size_t n) = system_random;

void random_replace(void (*fill)(void *to, size_t n))
{
    fill_random = fill != NULL ? fill : system_random;
}

void random_bytes(void *to, size_t n)
{
    fill_random(to, n);
}

uint64_t random_u64(void)
{
    uint64_t n;
    random_bytes(&n, sizeof(n));
    return n;
}

bool bytes_equal(const void *a, const void *b, size_t n)
{
    return CRYPTO_memcmp(a, b, n) == 0;
}

char *hex_of(const void *bytes, size_t n)
{
    const uint8_t *from = bytes;
    char *text = g_malloc(2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        text[2 * i] = "0123456789abcdef"[from[i] >> 4];
        text[2 * i + 1] = "0123456789abcdef"[from[i] & 15];
    }
    text[2 * n] = '\0';
    return text;
}

bool hex_parse(Str text, uint8_t *to, size_t n)
{
    if (text.len / 2 != n || text.len % 2 != 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if (!g_ascii_isxdigit(text.at[i]))
            return false;
    for (size_t i = 0; i < n; i++)
        to[i] = (uint8_t)(g_ascii_xdigit_value(text.at[2 * i]) << 4 |
                          g_ascii_xdigit_value(text.at[2 * i + 1]));
    return true;
}

/* Each hash takes 46 MiB: without a lane, a crowd at the door would take all memory. */
static GMutex lane_lock;
static GCond lane_free;
static int lanes_used;

static void lane_enter(void)
{
    g_mutex_lock(&lane_lock);
    while (lanes_used == PASSWORD_LANES)
        g_cond_wait(&lane_free, &lane_lock);
    lanes_used++;
    g_mutex_unlock(&lane_lock);
}

static void lane_leave(void)
{
    g_mutex_lock(&lane_lock);
    lanes_used--;
    g_cond_signal(&lane_free);
    g_mutex_unlock(&lane_lock);
}

char *password_hash(Str password)
{
    uint8_t salt[ARGON_SALT];
    char *encoded = g_malloc0(PASSWORD_ENCODED);
    random_bytes(salt, sizeof(salt));
    lane_enter();
    int failed =
        argon2id_hash_encoded(ARGON_PASSES, ARGON_KIB, ARGON_LANES, password.at, password.len, salt,
                              sizeof(salt), ARGON_HASH, encoded, PASSWORD_ENCODED);
    lane_leave();
    need(failed == ARGON2_OK, "argon2id");
    return encoded;
}

bool password_matches(Str password, const char *encoded)
{
    /* A hash nobody has the password of; as dear to compare as any other. */
    static const char nobody[] = "$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
                                 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    G_STATIC_ASSERT(ARGON_KIB == 47104 && ARGON_PASSES == 1 && ARGON_LANES == 1);
    lane_enter();
    int differs = argon2id_verify(encoded != NULL ? encoded : nobody, password.at, password.len);
    lane_leave();
    need(differs != ARGON2_MEMORY_ALLOCATION_ERROR, "argon2id");
    return encoded != NULL && differs == ARGON2_OK;
}
