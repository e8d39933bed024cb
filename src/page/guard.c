/* guard.c — see guard.h.  Each refusal is one line. */
#include "page/guard.h"

#include <glib.h>
#include <string.h>

void guard_init(Guard *g)
{
    *g = (Guard){.status = 400};
}

static bool refuse(Guard *g, unsigned status, const char *why)
{
    if (g->refused == NULL) {
        g->refused = why;
        g->status = status;
    }
    return false;
}

bool guard_address(Guard *g, Str raw)
{
    if (raw.len > GUARD_ADDRESS_MOST)
        return refuse(g, 414, "the address is too long");
    if (raw.len == 0 || raw.at[0] != '/')
        return refuse(g, 400, "the address does not begin with a slash");
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.at[i];
        if (c <= ' ' || c == 0x7f || c == '\\' || c == '#')
            return refuse(g, 400, "a character in the address that may not be there");
    }
    if (str_find(raw, STR("%00")) >= 0)
        return refuse(g, 400, "a NUL in the address");
    return true;
}

/* RFC 9110 5.6.2: token */
static bool is_token(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];
        if (!g_ascii_isalnum(c) && (c == '\0' || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return s.len > 0;
}

static bool is_word(Str s, const char *word)
{
    return s.len == strlen(word) && g_ascii_strncasecmp(s.at, word, s.len) == 0;
}

static bool begins(Str s, const char *word)
{
    size_t n = strlen(word);
    return s.len >= n && g_ascii_strncasecmp(s.at, word, n) == 0;
}

static bool take_length(Guard *g, Str value)
{
    if (++g->lengths > 1)
        return refuse(g, 400, "two Content-Length");
    if (value.len == 0 || value.len > 18)
        return refuse(g, value.len == 0 ? 400 : 413, "a Content-Length that is no length");
    for (size_t i = 0; i < value.len; i++) {
        if (!g_ascii_isdigit(value.at[i]))
            return refuse(g, 400, "a Content-Length that is not only digits");
        g->length = g->length * 10 + (uint64_t)(value.at[i] - '0');
    }
    return true;
}

bool guard_header(Guard *g, Str name, Str value)
{
    if (!is_token(name))
        return refuse(g, 400, "a header name that is no token");
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return refuse(g, 400, "a control character in a header");
    }
    if (is_word(name, "host"))
        return ++g->hosts == 1 && value.len > 0 ? true : refuse(g, 400, "not exactly one Host");
    if (is_word(name, "content-length"))
        return take_length(g, value);
    if (is_word(name, "transfer-encoding")) {
        if (++g->encodings > 1)
            return refuse(g, 400, "two Transfer-Encoding");
        return is_word(value, "chunked") ? true : refuse(g, 501, "a transfer coding not chunked");
    }
    if (begins(name, "content-length") || begins(name, "transfer-encoding"))
        return refuse(g, 400, "a header name that only looks like a length");
    return true;
}

bool guard_end(Guard *g, uint64_t body_most)
{
    if (g->refused != NULL)
        return false;
    if (g->hosts != 1)
        return refuse(g, 400, "not exactly one Host");
    if (g->lengths > 0 && g->encodings > 0)
        return refuse(g, 400, "Content-Length and Transfer-Encoding together");
    if (g->length > body_most)
        return refuse(g, 413, "the body is too long");
    return true;
}
