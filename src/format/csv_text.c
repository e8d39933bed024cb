/* csv_text.c — which encoding a file has is decided by all of its bytes, not by its first. */
#include "format/csv_text.h"

#include "base/limits.h"
#include "base/pages.h"

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes of the well-formed UTF-8 sequence at s; 0 when there is none.  NUL is no text. */
static size_t sequence(const uint8_t *s, size_t len)
{
    uint8_t c = s[0];

    if (c < 0x80)
        return c != 0;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    size_t n = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;

    if (len < n || (s[1] & 0xC0) != 0x80)
        return 0;
    /* Overlong forms, surrogates, and what lies beyond U+10FFFF. */
    if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F) || (c == 0xF0 && s[1] < 0x90) ||
        (c == 0xF4 && s[1] > 0x8F))
        return 0;
    for (size_t i = 2; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    }
    return n;
}

/* Offset of the first byte at or behind `from` that is no text; len when all is. */
static size_t first_bad(const uint8_t *s, size_t from, size_t len)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    size_t i = from;

    while (i < len) {
        uint64_t word;

        /* Eight plain characters at once: no top bit, no byte zero. */
        while (i + 8 <= len) {
            memcpy(&word, s + i, 8);
            if (((word | (word - ones)) & tops) != 0)
                break;
            i += 8;
        }
        if (i == len)
            break;
        size_t n = sequence(s + i, len - i);

        if (n == 0)
            return i;
        i += n;
    }
    return len;
}

/* Whether the bytes look like UTF-8 with some damage rather than like another encoding: most of
 * what is not ASCII is well-formed. */
static bool mostly_utf8(const uint8_t *s, size_t len)
{
    size_t good = 0, bad = 0, i = 0;

    while (i < len) {
        size_t n = s[i] == 0 ? 1 : sequence(s + i, len - i);

        if (n == 0)
            bad++;
        else if (n > 1)
            good += n;
        i += n == 0 ? 1 : n;
    }
    return good > bad;
}

/* Converts all or nothing. */
static bool convert(const char *bytes, size_t len, const char *from, CsvText *ret)
{
    iconv_t how = iconv_open("UTF-8", from);
    GString *out = g_string_sized_new(len + len / 2 + 16);
    char *in = (char *)bytes, piece[8192];
    size_t left = len;
    bool done = how != (iconv_t)-1;

    while (done && left > 0) {
        char *to = piece;
        size_t room = sizeof piece;
        size_t r = iconv(how, &in, &left, &to, &room);

        g_string_append_len(out, piece, to - piece);
        done = (r != (size_t)-1 || errno == E2BIG) && out->len <= LIMIT_CSV_BYTES;
    }
    if (how != (iconv_t)-1)
        iconv_close(how);
    /* A converter may let U+0000 through; the text may not hold it. */
    done = done && first_bad((const uint8_t *)out->str, 0, out->len) == out->len;
    if (done) {
        ret->len = out->len;
        ret->at = pages_new(out->len + 1);
        memcpy(ret->at, out->str, out->len + 1);
        ret->encoding = from;
    }
    g_string_free(out, TRUE);
    return done;
}

void csv_text_place(const char *text, size_t offset, size_t *ret_line, size_t *ret_column)
{
    size_t line = 1, column = 1;

    for (size_t i = 0; i < offset; i++) {
        bool line_end = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');

        line += line_end;
        if (line_end)
            column = 1;
        else if ((text[i] & 0xC0) != 0x80)
            column++;
    }
    *ret_line = line;
    *ret_column = column;
}

static bool refuse(const char *bytes, size_t bad, const char *name, GError **error)
{
    size_t line, column;

    csv_text_place(bytes, bad, &line, &column);
    if (bytes[bad] == '\0')
        return fail(error, FAIL_INPUT, "%s:%zu:%zu: byte NUL in a text", name, line, column) ||
               fail_zh(error, "第 %zu 行第 %zu 列有空字节，不是文字", line, column);
    return fail(error, FAIL_INPUT, "%s:%zu:%zu: byte 0x%02X is neither UTF-8 nor GB 18030", name,
                line, column, (unsigned)(uint8_t)bytes[bad]) ||
           fail_zh(error, "第 %zu 行第 %zu 列的编码既不是 UTF-8 也不是 GB 18030", line, column);
}

bool csv_text_make(char *bytes, size_t len, const char *name, CsvText *ret, GError **error)
{
    const uint8_t *s = (const uint8_t *)bytes;
    bool bom = len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0;
    bool wide =
        len >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0);
    size_t bad = first_bad(s, 0, len);
    bool made = true;

    bytes[len] = '\0';
    if (bad == len) {
        *ret = (CsvText){bytes, len, "UTF-8"};
        return true;
    }
    if (wide && len % 2 == 0)
        made = convert(bytes, len, "UTF-16", ret);
    else
        made = !bom && memchr(bytes, 0, len) == NULL && !mostly_utf8(s, len) &&
               convert(bytes, len, "GB18030", ret);
    if (!made)
        refuse(bytes, bad, name, error);
    pages_free(bytes);
    return made;
}

static bool too_long(const char *path, GError **error)
{
    return fail(error, FAIL_INPUT, "could not read file \"%s\": longer than %llu bytes", path,
                (unsigned long long)LIMIT_CSV_BYTES);
}

static bool read_piece(int fd, const char *path, char *to, size_t room, size_t *ret_n,
                       GError **error)
{
    ssize_t n;

    do
        n = read(fd, to, room);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return fail(error, FAIL_SYSTEM, "could not read file \"%s\": %s", path, g_strerror(errno));
    *ret_n = (size_t)n;
    return true;
}

static char *larger(char *bytes, size_t len, size_t room)
{
    char *more = pages_new(room);

    memcpy(more, bytes, len);
    pages_free(bytes);
    return more;
}

/* The whole file into one buffer: a map of it would die with the process when somebody cuts the
 * file meanwhile. */
static bool load(int fd, const char *path, char **ret_bytes, size_t *ret_len, GError **error)
{
    struct stat st;
    size_t len = 0, n = 1, room;
    bool good = true;

    if (fstat(fd, &st) != 0)
        return fail(error, FAIL_SYSTEM, "could not read file \"%s\": %s", path, g_strerror(errno));
    if (st.st_size > 0 && (unsigned long long)st.st_size > LIMIT_CSV_BYTES)
        return too_long(path, error);
    room = (size_t)st.st_size + 65536;
    char *bytes = pages_new(room);

    while (good && n > 0) {
        if (len + 1 >= room)
            bytes = larger(bytes, len, room *= 2);
        n = 0;
        good = read_piece(fd, path, bytes + len, room - len - 1, &n, error);
        len += n;
        if (good && len > LIMIT_CSV_BYTES)
            good = too_long(path, error);
    }
    if (!good) {
        pages_free(bytes);
        return false;
    }
    *ret_bytes = bytes;
    *ret_len = len;
    return true;
}

bool csv_text_load(const char *path, CsvText *ret, GError **error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = NULL;
    size_t len = 0;

    if (fd < 0)
        return fail(error, FAIL_INPUT, "could not open file \"%s\": %s", path, g_strerror(errno));
    bool read_all = load(fd, path, &bytes, &len, error);

    close(fd);
    return read_all && csv_text_make(bytes, len, path, ret, error);
}
