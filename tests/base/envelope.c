/* envelope.c — what is sealed for one recipient: opened by nobody else, and every cut, change and
 * exchange of pieces is found. */
#include "base/envelope.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const uint8_t secret[KEY_SIZE] = {1, 2, 3}, other[KEY_SIZE] = {9};

static void test_signature(void)
{
    uint8_t public[SM2_PUBLIC], wrong[SM2_PUBLIC], signature[SM2_SIGNATURE];
    size_t len = 0;

    sm2_public(secret, public);
    sm2_public(other, wrong);
    g_assert_true(sm2_sign(secret, STR("entry 8 of 360302"), signature, &len, NULL));
    Str s = {(const char *)signature, len};
    g_assert_true(sm2_matches(public, STR("entry 8 of 360302"), s));
    g_assert_false(sm2_matches(public, STR("entry 9 of 360302"), s));
    g_assert_false(sm2_matches(wrong, STR("entry 8 of 360302"), s));
    g_assert_false(sm2_matches(public, STR("entry 8 of 360302"), (Str){s.at, s.len - 1}));
    signature[len / 2] ^= 1;
    g_assert_false(sm2_matches(public, STR("entry 8 of 360302"), s));
    memset(wrong, 0x5a, sizeof wrong); /* no point of the curve */
    g_assert_false(sm2_matches(wrong, STR("entry 8 of 360302"), s));
}

static int sealed(const char *text, size_t n)
{
    uint8_t public[SM2_PUBLIC];
    g_autoptr(EnvelopeWriter) w = NULL;
    int fd = memfd_create("envelope", MFD_CLOEXEC);

    sm2_public(secret, public);
    g_assert_true(envelope_begin(fd, public, STR("of today"), &w, NULL));
    for (size_t at = 0; at < n; at += 70000)
        g_assert_true(envelope_put(w, text + at, MIN(70000, n - at), NULL));
    g_assert_true(envelope_end(w, NULL));
    return fd;
}

/* All that can be read, or NULL with the error. */
static GByteArray *opened(int fd, const uint8_t key[KEY_SIZE], GError **error)
{
    g_autoptr(EnvelopeReader) r = NULL;
    GByteArray *all = g_byte_array_new();
    Str piece;

    lseek(fd, 0, SEEK_SET);
    if (!envelope_open(fd, key, &r, error))
        return g_byte_array_unref(all), NULL;
    for (;;) {
        if (!envelope_next(r, &piece, error))
            return g_byte_array_unref(all), NULL;
        if (piece.len == 0) {
            g_assert_true(str_is(envelope_about(r), "of today"));
            return all;
        }
        g_byte_array_append(all, (const guint8 *)piece.at, (guint)piece.len);
    }
}

static void refused(int fd, const uint8_t key[KEY_SIZE], const char *words)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(opened(fd, key, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, words));
}

static void test_lengths(void)
{
    static const size_t lengths[] = {0, 1, ENVELOPE_PIECE - 1, ENVELOPE_PIECE, 2500000};

    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autofree char *text = g_malloc(lengths[i] + 1);

        random_bytes(text, lengths[i] + 1);
        int fd = sealed(text, lengths[i]);
        g_autoptr(GByteArray) all = opened(fd, secret, NULL);
        g_assert_nonnull(all);
        g_assert_cmpuint(all->len, ==, lengths[i]);
        g_assert_true(lengths[i] == 0 || memcmp(all->data, text, lengths[i]) == 0);
        refused(fd, other, "another key");
        close(fd);
    }
}

static void flip(int fd, off_t at)
{
    uint8_t byte = 0;

    g_assert_cmpint(pread(fd, &byte, 1, at), ==, 1);
    byte ^= 1;
    g_assert_cmpint(pwrite(fd, &byte, 1, at), ==, 1);
}

static void test_damage(void)
{
    g_autofree char *text = g_malloc0(2500000);
    int fd = sealed(text, 2500000);
    off_t end = lseek(fd, 0, SEEK_END);

    for (off_t at = 0; at < end; at += at < 300 ? 1 : 99991) {
        g_autoptr(GError) error = NULL;

        flip(fd, at);
        g_assert_null(opened(fd, secret, &error));
        flip(fd, at);
    }
    g_autoptr(GByteArray) whole = opened(fd, secret, NULL);
    g_assert_nonnull(whole);
    g_assert_cmpint(pwrite(fd, "x", 1, end), ==, 1); /* something behind it */
    refused(fd, secret, "damaged");
    g_assert_cmpint(ftruncate(fd, end - 1), ==, 0);
    refused(fd, secret, "damaged");
    /* without its last piece: 403 KB and what sealing adds */
    g_assert_cmpint(ftruncate(fd, end - (2500000 - 2 * ENVELOPE_PIECE) - 34 - 4), ==, 0);
    refused(fd, secret, "damaged");
    close(fd);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/envelope/signature", test_signature);
    g_test_add_func("/envelope/lengths", test_lengths);
    g_test_add_func("/envelope/damage", test_damage);
    return g_test_run();
}
