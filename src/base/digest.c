/* digest.c — see digest.h. */
#include "base/digest.h"

#include <openssl/evp.h>

#include "base/arena.h"

const char *const digest_words[DIGEST_KINDS] = {"sha256", "sm3"};

bool digest_word(Str word, DigestKind *ret)
{
    for (int i = 0; i < DIGEST_KINDS; i++)
        if (str_is(word, digest_words[i])) {
            *ret = (DigestKind)i;
            return true;
        }
    return false;
}

void digest(DigestKind kind, const void *bytes, size_t n, uint8_t to[DIGEST_SIZE])
{
    const EVP_MD *how = kind == DIGEST_SM3 ? EVP_sm3() : EVP_sha256();
    unsigned size = DIGEST_SIZE;
    if (EVP_Digest(bytes, n, to, &size, how, NULL) != 1 || size != DIGEST_SIZE)
        out_of_memory();
}

void digest_hex(DigestKind kind, Str text, char to[DIGEST_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[DIGEST_SIZE];
    digest(kind, text.at != NULL ? text.at : "", text.len, bytes);
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
    to[2 * DIGEST_SIZE] = '\0';
}
