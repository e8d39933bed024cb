/* frame.c — cuts a stream into messages by their Content-Length.
 * Read first: frames_next(). */
#include "author/frame.h"

#include "base/limits.h"

#include <string.h>

Frames *frames_new(void)
{
    Frames *f = g_new0(Frames, 1);
    f->bytes = g_string_new(NULL);
    return f;
}

void frames_free(Frames *f)
{
    if (f == NULL)
        return;
    g_string_free(f->bytes, TRUE);
    g_free(f);
}

void frames_add(Frames *f, Str bytes)
{
    size_t passed = MIN(f->skip, bytes.len);
    f->skip -= passed;
    if (!f->broken && bytes.len > passed)
        g_string_append_len(f->bytes, bytes.at + passed, (gssize)(bytes.len - passed));
}

static void take(Frames *f, size_t n)
{
    g_string_erase(f->bytes, 0, (gssize)MIN(n, f->bytes->len));
}

/* Digits, and not more than a length can have. */
static bool length_read(Str text, size_t *ret)
{
    size_t n = 0;
    if (text.len == 0 || text.len > 15)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isdigit(text.at[i]))
            return false;
        n = n * 10 + (size_t)(text.at[i] - '0');
    }
    *ret = n;
    return true;
}

static bool is_length(Str name)
{
    static const char want[] = "content-length";
    return name.len == strlen(want) && g_ascii_strncasecmp(name.at, want, name.len) == 0;
}

/* The header lines; other headers than the length mean nothing to us. */
static bool header_read(Str header, size_t *ret_length, GError **error)
{
    bool found = false;
    while (header.len > 0) {
        Str line = str_trim(str_cut(&header, '\n')), value = line;
        Str name = str_trim(str_cut(&value, ':'));
        if (!is_length(name))
            continue;
        if (found || !length_read(str_trim(value), ret_length))
            return fail(error, FAIL_INPUT, "\"%.*s\" is no length", STR_ARG(line));
        found = true;
    }
    return found || fail(error, FAIL_INPUT, "a message without Content-Length");
}

/* Where the empty line ends that closes the header; 0: not there yet. */
static size_t header_end(Str bytes)
{
    ptrdiff_t wide = str_find(bytes, STR("\r\n\r\n")), narrow = str_find(bytes, STR("\n\n"));
    if (wide >= 0 && (narrow < 0 || wide < narrow))
        return (size_t)wide + 4;
    return narrow >= 0 ? (size_t)narrow + 2 : 0;
}

bool frames_next(Frames *f, Str *ret_message, GError **error)
{
    take(f, f->taken);
    f->taken = 0;
    Str bytes = {f->bytes->str, f->bytes->len};
    size_t head = header_end((Str){bytes.at, MIN(bytes.len, LIMIT_LSP_HEADER)}), length = 0;
    if (f->broken || bytes.len == 0)
        return false;
    if (head == 0) {
        if (bytes.len < LIMIT_LSP_HEADER)
            return false;
        f->broken = true;
        g_string_truncate(f->bytes, 0);
        return fail(error, FAIL_INPUT, "a header of more than %u bytes", LIMIT_LSP_HEADER);
    }
    if (!header_read((Str){bytes.at, head}, &length, error)) {
        take(f, head);
        return false;
    }
    if (length > LIMIT_LSP_MESSAGE) {
        size_t here = MIN(length, bytes.len - head);
        f->skip = length - here;
        take(f, head + here);
        return fail(error, FAIL_INPUT, "a message of more than %u MB", LIMIT_LSP_MESSAGE >> 20);
    }
    if (bytes.len - head < length)
        return false;
    *ret_message = (Str){bytes.at + head, length};
    f->taken = head + length;
    return true;
}

void frame_write(Str message, GString *to)
{
    g_string_append_printf(to, "Content-Length: %zu\r\n\r\n", message.len);
    g_string_append_len(to, message.at, (gssize)message.len);
}
