/* sm2.c — SM2 by OpenSSL 3, from plain bytes to plain bytes.  Read first: pkey_of(). */
#include "base/sm2.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/obj_mac.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <unistd.h>

#define SIGNER "1234567812345678" /* GB/T 35276: who signs, when nothing else is agreed upon */

/* The same as in crypto.c: a library that fails on valid input cannot be worked with. */
static void need(bool ok)
{
    if (ok)
        return;
    fprintf(stderr, "anlao: error: sm2 failed in the crypto library\n");
    _exit(3);
}

static EC_GROUP *group_new(void)
{
    EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_sm2);
    need(g != NULL);
    return g;
}

/* A number from 1 to n-2, as the standard asks. */
static BIGNUM *scalar_of(const EC_GROUP *g, const uint8_t secret[KEY_SIZE])
{
    BIGNUM *d = BN_secure_new(), *most = BN_dup(EC_GROUP_get0_order(g));
    BN_CTX *ctx = BN_CTX_new();
    need(d != NULL && most != NULL && ctx != NULL && BN_bin2bn(secret, KEY_SIZE, d) != NULL);
    need(BN_sub_word(most, 2) && BN_nnmod(d, d, most, ctx) && BN_add_word(d, 1));
    BN_CTX_free(ctx);
    BN_free(most);
    return d;
}

void sm2_public(const uint8_t secret[KEY_SIZE], uint8_t to[SM2_PUBLIC])
{
    EC_GROUP *g = group_new();
    BIGNUM *d = scalar_of(g, secret);
    EC_POINT *p = EC_POINT_new(g);
    need(p != NULL && EC_POINT_mul(g, p, d, NULL, NULL, NULL) == 1 &&
         EC_POINT_point2oct(g, p, POINT_CONVERSION_UNCOMPRESSED, to, SM2_PUBLIC, NULL) ==
             SM2_PUBLIC);
    EC_POINT_free(p);
    BN_clear_free(d);
    EC_GROUP_free(g);
}

/* secret NULL: the public half alone.  NULL when the bytes are no point of the curve. */
static EVP_PKEY *pkey_of(const uint8_t *secret, const uint8_t public[SM2_PUBLIC])
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    EC_GROUP *g = group_new();
    BIGNUM *d = secret != NULL ? scalar_of(g, secret) : NULL;
    EVP_PKEY *key = NULL;
    need(ctx != NULL && b != NULL &&
         OSSL_PARAM_BLD_push_utf8_string(b, OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) == 1 &&
         OSSL_PARAM_BLD_push_octet_string(b, OSSL_PKEY_PARAM_PUB_KEY, public, SM2_PUBLIC) == 1 &&
         (d == NULL || OSSL_PARAM_BLD_push_BN(b, OSSL_PKEY_PARAM_PRIV_KEY, d) == 1));
    OSSL_PARAM *all = OSSL_PARAM_BLD_to_param(b);
    need(all != NULL && EVP_PKEY_fromdata_init(ctx) == 1);
    if (EVP_PKEY_fromdata(ctx, &key, secret != NULL ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                          all) != 1)
        key = NULL;
    OSSL_PARAM_free(all);
    OSSL_PARAM_BLD_free(b);
    BN_clear_free(d);
    EC_GROUP_free(g);
    EVP_PKEY_CTX_free(ctx);
    return key;
}

static EVP_PKEY *pair_of(const uint8_t secret[KEY_SIZE])
{
    uint8_t public[SM2_PUBLIC];
    sm2_public(secret, public);
    EVP_PKEY *key = pkey_of(secret, public);
    need(key != NULL);
    return key;
}

/* A context that hashes and then signs or checks; the caller frees both. */
static EVP_MD_CTX *signing_of(EVP_PKEY *key, EVP_PKEY_CTX **ret_with)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *with = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
    need(ctx != NULL && with != NULL);
    need(EVP_PKEY_CTX_set1_id(with, SIGNER, sizeof SIGNER - 1) == 1);
    EVP_MD_CTX_set_pkey_ctx(ctx, with);
    *ret_with = with;
    return ctx;
}

bool sm2_sign(const uint8_t secret[KEY_SIZE], Str message, uint8_t to[SM2_SIGNATURE],
              size_t *ret_len, GError **error)
{
    EVP_PKEY *key = pair_of(secret);
    EVP_PKEY_CTX *with;
    EVP_MD_CTX *ctx = signing_of(key, &with);
    size_t len = SM2_SIGNATURE;
    bool ok = EVP_DigestSignInit_ex(ctx, NULL, "SM3", NULL, NULL, key, NULL) == 1 &&
              EVP_DigestSign(ctx, to, &len, (const uint8_t *)message.at, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(with);
    EVP_PKEY_free(key);
    if (!ok)
        return fail(error, FAIL_SYSTEM, "could not sign");
    *ret_len = len;
    return true;
}

bool sm2_matches(const uint8_t public[SM2_PUBLIC], Str message, Str signature)
{
    EVP_PKEY *key = signature.len > 0 ? pkey_of(NULL, public) : NULL;
    EVP_PKEY_CTX *with;
    if (key == NULL)
        return false;
    EVP_MD_CTX *ctx = signing_of(key, &with);
    bool ok = EVP_DigestVerifyInit_ex(ctx, NULL, "SM3", NULL, NULL, key, NULL) == 1 &&
              EVP_DigestVerify(ctx, (const uint8_t *)signature.at, signature.len,
                               (const uint8_t *)message.at, message.len) == 1;
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_CTX_free(with);
    EVP_PKEY_free(key);
    return ok;
}

bool sm2_seal(const uint8_t public[SM2_PUBLIC], const uint8_t key[KEY_SIZE], uint8_t to[SM2_BOX],
              size_t *ret_len, GError **error)
{
    EVP_PKEY *pkey = pkey_of(NULL, public);
    size_t len = SM2_BOX;
    if (pkey == NULL)
        return fail(error, FAIL_INPUT, "the recipient's key is no key");
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    bool ok = ctx != NULL && EVP_PKEY_encrypt_init(ctx) == 1 &&
              EVP_PKEY_encrypt(ctx, to, &len, key, KEY_SIZE) == 1;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    if (!ok)
        return fail(error, FAIL_SYSTEM, "could not seal a key for its recipient");
    *ret_len = len;
    return true;
}

bool sm2_open(const uint8_t secret[KEY_SIZE], Str box, uint8_t to[KEY_SIZE])
{
    EVP_PKEY *pkey = pair_of(secret);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    uint8_t plain[SM2_BOX];
    size_t len = sizeof plain;
    /* Its length is said inside the box: what cannot be ours is not even tried. */
    bool ok = box.len > 0 && box.len <= SM2_BOX && ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 &&
              EVP_PKEY_decrypt(ctx, plain, &len, (const uint8_t *)box.at, box.len) == 1 &&
              len == KEY_SIZE;
    if (ok)
        memcpy(to, plain, KEY_SIZE);
    OPENSSL_cleanse(plain, sizeof plain);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    return ok;
}
