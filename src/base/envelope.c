/* envelope.c — see envelope.h.  Each piece is bound to the head, to its number and to whether it is
 * the last, so that none can be left out, doubled or exchanged.  Read first: piece_about(). */
#include "base/envelope.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAGIC       "anlao envelope 1\n"
#define ABOUT_MOST  4096u /* a line or two on what it is */
#define HEAD_MOST   (sizeof MAGIC + SM2_PUBLIC + 1 + SM2_BOX + 2 + ABOUT_MOST)
#define PIECE_MORE  128u /* bytes that sealing adds, at most */
#define PIECE_LAST  (1u << 31)
#define ABOUT_BYTES (SM3_SIZE + 9)

bool envelope_head(Str bytes, EnvelopeHead *ret)
{
    const uint8_t *at = (const uint8_t *)bytes.at;
    size_t n = sizeof MAGIC - 1, box, about;
    if (bytes.len < n + SM2_PUBLIC + 1 || memcmp(at, MAGIC, n) != 0)
        return false;
    memcpy(ret->recipient, at + n, SM2_PUBLIC);
    n += SM2_PUBLIC;
    box = at[n++];
    if (box > SM2_BOX || bytes.len - n < box + 2)
        return false;
    ret->box = (Str){bytes.at + n, box};
    n += box;
    about = (size_t)at[n] << 8 | at[n + 1];
    n += 2;
    if (about > ABOUT_MOST || bytes.len - n < about)
        return false;
    ret->about = (Str){bytes.at + n, about};
    ret->len = n + about;
    return true;
}

static void piece_about(const uint8_t head[SM3_SIZE], uint64_t number, bool last,
                        uint8_t to[ABOUT_BYTES])
{
    memcpy(to, head, SM3_SIZE);
    for (int i = 0; i < 8; i++)
        to[SM3_SIZE + i] = (uint8_t)(number >> (56 - 8 * i));
    to[SM3_SIZE + 8] = last;
}

/* ---- writing ------------------------------------------------------------------------------ */

struct EnvelopeWriter {
    int fd;
    uint8_t key[KEY_SIZE], head[SM3_SIZE];
    uint64_t number;
    size_t held;
    uint8_t piece[ENVELOPE_PIECE];
};

static bool write_all(int fd, const void *bytes, size_t n, GError **error)
{
    const uint8_t *at = bytes;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return fail(error, FAIL_SYSTEM, "could not write: %s", g_strerror(errno));
        at += done;
        n -= (size_t)done;
    }
    return true;
}

bool envelope_begin(int fd, const uint8_t recipient[SM2_PUBLIC], Str about, EnvelopeWriter **ret,
                    GError **error)
{
    g_autoptr(GByteArray) head = g_byte_array_new();
    uint8_t box[SM2_BOX], small[2] = {(uint8_t)(about.len >> 8), (uint8_t)about.len};
    size_t len = 0;
    g_assert(about.len <= ABOUT_MOST);
    EnvelopeWriter *w = g_new0(EnvelopeWriter, 1);
    w->fd = fd;
    random_bytes(w->key, sizeof w->key);
    if (!sm2_seal(recipient, w->key, box, &len, error)) {
        envelope_writer_free(w);
        return false;
    }
    uint8_t box_len = (uint8_t)len;
    g_byte_array_append(head, (const guint8 *)MAGIC, sizeof MAGIC - 1);
    g_byte_array_append(head, recipient, SM2_PUBLIC);
    g_byte_array_append(head, &box_len, 1);
    g_byte_array_append(head, box, (guint)len);
    g_byte_array_append(head, small, 2);
    g_byte_array_append(head, (const guint8 *)(about.at != NULL ? about.at : ""), (guint)about.len);
    sm3(head->data, head->len, w->head);
    if (!write_all(fd, head->data, head->len, error)) {
        envelope_writer_free(w);
        return false;
    }
    *ret = w;
    return true;
}

static bool piece_write(EnvelopeWriter *w, bool last, GError **error)
{
    uint8_t about[ABOUT_BYTES], length[4];
    Sealed sealed;
    piece_about(w->head, w->number++, last, about);
    if (!secret_seal(w->key, 1, (Str){(const char *)about, sizeof about},
                     (Str){(const char *)w->piece, w->held}, &sealed, error))
        return false;
    uint32_t n = (uint32_t)sealed.len | (last ? PIECE_LAST : 0);
    for (int i = 0; i < 4; i++)
        length[i] = (uint8_t)(n >> (24 - 8 * i));
    w->held = 0;
    bool ok = write_all(w->fd, length, sizeof length, error) &&
              write_all(w->fd, sealed.bytes, sealed.len, error);
    g_free(sealed.bytes);
    return ok;
}

bool envelope_put(EnvelopeWriter *w, const void *bytes, size_t n, GError **error)
{
    const uint8_t *at = bytes;
    while (n > 0) {
        size_t part = MIN(n, sizeof w->piece - w->held);
        memcpy(w->piece + w->held, at, part);
        w->held += part;
        at += part;
        n -= part;
        if (w->held == sizeof w->piece && !piece_write(w, false, error))
            return false;
    }
    return true;
}

bool envelope_end(EnvelopeWriter *w, GError **error)
{
    if (!piece_write(w, true, error))
        return false;
    return fsync(w->fd) == 0 || errno == EINVAL ||
           fail(error, FAIL_SYSTEM, "could not write: %s", g_strerror(errno));
}

void envelope_writer_free(EnvelopeWriter *w)
{
    if (w == NULL)
        return;
    explicit_bzero(w, sizeof *w);
    g_free(w);
}

/* ---- reading ------------------------------------------------------------------------------ */

struct EnvelopeReader {
    int fd;
    uint8_t key[KEY_SIZE], head[SM3_SIZE];
    uint64_t number;
    bool ended;
    Str about;
    char about_text[ABOUT_MOST + 1];
    char *plain; /* the piece handed out */
    size_t plain_len;
    size_t from, have; /* of `bytes` */
    uint8_t bytes[HEAD_MOST + ENVELOPE_PIECE + PIECE_MORE + 4];
};

static bool damaged(GError **error)
{
    return fail(error, FAIL_INPUT, "it is damaged: not all of it is as it was written");
}

/* Brings `n` bytes to bytes[from]; *ret_all false: the file ends before. */
static bool bytes_want(EnvelopeReader *r, size_t n, bool *ret_all, GError **error)
{
    if (r->from > 0) {
        memmove(r->bytes, r->bytes + r->from, r->have - r->from);
        r->have -= r->from;
        r->from = 0;
    }
    while (r->have < n) {
        ssize_t got = read(r->fd, r->bytes + r->have, n - r->have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(error, FAIL_SYSTEM, "could not read: %s", g_strerror(errno));
        if (got == 0)
            break;
        r->have += (size_t)got;
    }
    *ret_all = r->have >= n;
    return true;
}

static bool head_read(EnvelopeReader *r, const uint8_t secret[KEY_SIZE], GError **error)
{
    EnvelopeHead head;
    uint8_t own[SM2_PUBLIC];
    bool all;
    if (!bytes_want(r, HEAD_MOST, &all, error))
        return false;
    if (!envelope_head((Str){(const char *)r->bytes, r->have}, &head))
        return fail(error, FAIL_INPUT,
                    "it is not a sealed file of Anlao, or its beginning is "
                    "damaged");
    sm2_public(secret, own);
    if (memcmp(own, head.recipient, sizeof own) != 0)
        return fail(error, FAIL_INPUT, "it was sealed for the holder of another key");
    if (!sm2_open(secret, head.box, r->key))
        return damaged(error);
    sm3(r->bytes, head.len, r->head);
    memcpy(r->about_text, head.about.at, head.about.len);
    r->about = (Str){r->about_text, head.about.len};
    r->from = head.len;
    return true;
}

bool envelope_open(int fd, const uint8_t secret[KEY_SIZE], EnvelopeReader **ret, GError **error)
{
    EnvelopeReader *r = g_new0(EnvelopeReader, 1);
    r->fd = fd;
    if (!head_read(r, secret, error)) {
        envelope_reader_free(r);
        return false;
    }
    *ret = r;
    return true;
}

Str envelope_about(const EnvelopeReader *r)
{
    return r->about;
}

static void plain_drop(EnvelopeReader *r)
{
    if (r->plain != NULL)
        explicit_bzero(r->plain, r->plain_len);
    g_clear_pointer(&r->plain, g_free);
}

static bool piece_open(EnvelopeReader *r, size_t n, bool last, GError **error)
{
    uint8_t about[ABOUT_BYTES];
    bool more;
    piece_about(r->head, r->number++, last, about);
    if (!secret_open(r->key, (Str){(const char *)about, sizeof about},
                     (Str){(const char *)r->bytes + 4, n}, &r->plain, &r->plain_len, NULL)) {
        r->plain = NULL;
        return damaged(error);
    }
    r->from = n + 4;
    r->ended = last;
    if (!last)
        return true;
    /* Nothing may stand behind the last piece. */
    return bytes_want(r, 1, &more, error) && (!more || damaged(error));
}

bool envelope_next(EnvelopeReader *r, Str *ret_piece, GError **error)
{
    bool all = false;
    plain_drop(r);
    *ret_piece = (Str){NULL, 0};
    if (r->ended)
        return true;
    if (!bytes_want(r, 4, &all, error))
        return false;
    if (!all)
        return damaged(error);
    uint32_t n = (uint32_t)r->bytes[0] << 24 | (uint32_t)r->bytes[1] << 16 |
                 (uint32_t)r->bytes[2] << 8 | r->bytes[3];
    bool last = (n & PIECE_LAST) != 0;
    n &= ~PIECE_LAST;
    if (n > ENVELOPE_PIECE + PIECE_MORE)
        return damaged(error);
    if (!bytes_want(r, n + 4, &all, error))
        return false;
    if (!all)
        return damaged(error);
    if (!piece_open(r, n, last, error))
        return false;
    if (r->plain_len == 0 && !last)
        return damaged(error);
    *ret_piece = (Str){r->plain, r->plain_len};
    return true;
}

void envelope_reader_free(EnvelopeReader *r)
{
    if (r == NULL)
        return;
    plain_drop(r);
    explicit_bzero(r, sizeof *r);
    g_free(r);
}
