/* str.c — comparing, cutting and counting borrowed text.
 * In: Str.  Out: Str into the same bytes, or numbers.  Not here: anything that allocates. */
#include "base/str.h"

#include <glib.h>
#include <string.h>

#define IDEOGRAPHIC_SPACE "\xE3\x80\x80" /* U+3000: what a Chinese keyboard types for a blank */
#define HARD_SPACE        "\xC2\xA0"     /* U+00A0: what comes along from a page of the web */
#define REPLACEMENT       0xFFFDu

/* Longest word for which a distance is counted; declared names end at 48. */
#define DISTANCE_MOST 64

Str str_of(const char *text)
{
    return (Str){text, text != NULL ? strlen(text) : 0};
}

bool str_equal(Str a, Str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_is(Str a, const char *b)
{
    return str_equal(a, str_of(b));
}

int str_compare(Str a, Str b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common > 0 ? memcmp(a.at, b.at, common) : 0;
    return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(Str s, Str prefix)
{
    return s.len >= prefix.len && str_equal((Str){s.at, prefix.len}, prefix);
}

bool str_ends(Str s, Str suffix)
{
    if (s.len < suffix.len)
        return false;
    return suffix.len == 0 || memcmp(s.at + (s.len - suffix.len), suffix.at, suffix.len) == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Bytes of the blank at the start or the end of s, 0 when there is none. */
static size_t blank_at_start(Str s)
{
    if (s.len > 0 && is_blank(s.at[0]))
        return 1;
    if (s.len >= 2 && memcmp(s.at, HARD_SPACE, 2) == 0)
        return 2;
    return s.len >= 3 && memcmp(s.at, IDEOGRAPHIC_SPACE, 3) == 0 ? 3 : 0;
}

static size_t blank_at_end(Str s)
{
    if (s.len > 0 && is_blank(s.at[s.len - 1]))
        return 1;
    if (s.len >= 2 && memcmp(s.at + s.len - 2, HARD_SPACE, 2) == 0)
        return 2;
    return s.len >= 3 && memcmp(s.at + s.len - 3, IDEOGRAPHIC_SPACE, 3) == 0 ? 3 : 0;
}

Str str_trim(Str s)
{
    size_t n;
    while ((n = blank_at_start(s)) > 0)
        s = (Str){s.at + n, s.len - n};
    while ((n = blank_at_end(s)) > 0)
        s.len -= n;
    return s;
}

Str str_cut(Str *rest, char separator)
{
    Str piece = *rest;
    const char *end = piece.len > 0 ? memchr(piece.at, separator, piece.len) : NULL;
    if (end == NULL) {
        *rest = (Str){NULL, 0};
        return piece;
    }
    piece.len = (size_t)(end - piece.at);
    *rest = (Str){end + 1, rest->len - piece.len - 1};
    return piece;
}

bool str_whole(Str s, int64_t least, int64_t most, int64_t *ret)
{
    char digits[24];
    if (s.at == NULL || s.len == 0 || s.len >= sizeof digits)
        return false;
    memcpy(digits, s.at, s.len);
    digits[s.len] = '\0';
    return g_ascii_string_to_signed(digits, 10, least, most, ret, NULL);
}

bool str_cut_whole(Str *rest, int64_t most, int64_t *ret)
{
    size_t n = 0;
    while (n < rest->len && g_ascii_isdigit(rest->at[n]))
        n++;
    Str digits = {rest->at, n};
    if (!str_whole(digits, 0, most, ret))
        return false;
    *rest = (Str){rest->at + n, rest->len - n};
    return true;
}

ptrdiff_t str_find(Str s, Str piece)
{
    if (piece.len == 0)
        return 0;
    if (s.len < piece.len)
        return -1;
    const char *found = memmem(s.at, s.len, piece.at, piece.len);
    return found != NULL ? found - s.at : -1;
}

uint32_t str_hash(Str s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (uint8_t)s.at[i]) * 16777619u;
    return h;
}

/* Takes one code point of at most n bytes from p; returns its bytes, or 0 when they are not
 * UTF-8.  The ranges are those of RFC 3629: no overlong forms, no surrogates, nothing above
 * U+10FFFF. */
static size_t decode(const uint8_t *p, size_t n, uint32_t *ret_code)
{
    uint8_t first = p[0];
    if (first < 0x80) {
        *ret_code = first;
        return 1;
    }
    if (first < 0xC2 || first > 0xF4)
        return 0;
    size_t bytes = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (n < bytes)
        return 0;
    uint8_t low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    uint32_t code = first & (0x7Fu >> bytes);
    for (size_t i = 1; i < bytes; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3Fu);
    }
    *ret_code = code;
    return bytes;
}

bool str_utf8_valid(Str s, size_t *ret_bad)
{
    for (size_t i = 0; i < s.len;) {
        uint32_t code = 0;
        size_t n = decode((const uint8_t *)s.at + i, s.len - i, &code);
        if (n == 0 || code == 0) {
            if (ret_bad != NULL)
                *ret_bad = i;
            return false;
        }
        i += n;
    }
    return true;
}

size_t str_utf8_length(Str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((uint8_t)s.at[i] & 0xC0) != 0x80;
    return n;
}

uint32_t str_utf8_next(Str *rest)
{
    if (rest->len == 0)
        return 0;
    uint32_t code = 0;
    size_t n = decode((const uint8_t *)rest->at, rest->len, &code);
    if (n == 0) {
        n = 1;
        code = REPLACEMENT;
    }
    *rest = (Str){rest->at + n, rest->len - n};
    return code;
}

typedef struct Span {
    uint32_t first, last;
} Span;

static bool lies_in(uint32_t code, const Span *spans, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (code <= spans[i].last)
            return code >= spans[i].first;
    return false;
}

/* Letters are joined, or kept apart, by the mark behind them: Arabic to Sinhala, Mongolian, and
 * pictures. */
static bool joins(uint32_t c)
{
    return (c >= 0x600 && c <= 0xDFF) || (c >= 0x1800 && c <= 0x18AF) || c == 0xFE0F ||
           (c >= 0x1F000 && c <= 0x1FAFF);
}

static bool is_variation(uint32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

bool char_hidden(uint32_t before, uint32_t code)
{
    static const Span hidden[] = {
        {0xAD, 0xAD},       {0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},   {0xFFF9, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0000, 0xE0FFF},
    };
    if (code < 0xAD || !lies_in(code, hidden, G_N_ELEMENTS(hidden)))
        return false;
    if (is_variation(code))
        return before < 0x2000 || char_control(before) || char_hidden(0, before);
    if (code == 0x200C || code == 0x200D || (code >= 0x180B && code <= 0x180F))
        return !joins(before);
    return true;
}

bool char_control(uint32_t c)
{
    return c < ' ' || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
}

uint32_t str_utf8_control(Str s)
{
    while (s.len > 0) {
        uint32_t c = str_utf8_next(&s);
        if (char_control(c) && c != '\t' && c != '\n' && c != '\r')
            return c;
    }
    return 0;
}

bool str_utf8_printable(Str s)
{
    if (!str_utf8_valid(s, NULL))
        return false;
    for (uint32_t c = 0, before = 0; s.len > 0; before = c) {
        c = str_utf8_next(&s);
        if (char_control(c) || char_hidden(before, c))
            return false;
    }
    return true;
}

/* Bytes with which hidden ones begin; most texts hold none of them. */
static bool may_hide(Str s)
{
    for (size_t i = 0; i < s.len; i++) {
        const uint8_t byte = (uint8_t)s.at[i];
        if (byte >= 0xC2 && strchr("\xC2\xCD\xD8\xE1\xE2\xE3\xEF\xF0\xF3", byte) != NULL)
            return true;
    }
    return false;
}

bool str_utf8_hides(Str s)
{
    if (!may_hide(s))
        return false;
    for (uint32_t c = 0, before = 0; s.len > 0; before = c) {
        c = str_utf8_next(&s);
        if (char_hidden(before, c))
            return true;
    }
    return false;
}

Str str_utf8_seen(Str s, char *to)
{
    size_t n = 0;
    uint32_t last = 0;
    while (s.len > 0) {
        Str before = s;
        uint32_t c = str_utf8_next(&s);
        size_t len = before.len - s.len;
        if (char_hidden(last, c))
            continue;
        memcpy(to + n, before.at, len);
        n += len;
        last = c;
    }
    return (Str){to, n};
}

/* Code points of a short word; DISTANCE_MOST + 1 when it is longer. */
static size_t spell(Str word, uint32_t to[DISTANCE_MOST])
{
    size_t n = 0;
    while (word.len > 0) {
        if (n == DISTANCE_MOST)
            return DISTANCE_MOST + 1;
        to[n++] = str_utf8_next(&word);
    }
    return n;
}

static uint8_t least(size_t a, size_t b, size_t c)
{
    size_t least_two = a < b ? a : b;
    return (uint8_t)(least_two < c ? least_two : c);
}

/* Three rows are enough: an exchange of neighbours looks two rows back. */
size_t str_edit_distance(Str a, Str b, size_t most)
{
    uint32_t x[DISTANCE_MOST], y[DISTANCE_MOST];
    size_t n = spell(a, x), m = spell(b, y);
    if (n > DISTANCE_MOST || m > DISTANCE_MOST)
        return str_equal(a, b) ? 0 : most + 1;
    uint8_t rows[3][DISTANCE_MOST + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= n; i++) {
        uint8_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = (uint8_t)i;
        uint8_t nearest = row[0];
        for (size_t j = 1; j <= m; j++) {
            row[j] = least(above[j] + 1u, row[j - 1] + 1u, above[j - 1] + (x[i - 1] != y[j - 1]));
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = least(row[j], row[j], two_above[j - 2] + 1u);
            nearest = row[j] < nearest ? row[j] : nearest;
        }
        /* One row below `most` may still be left by an exchange, hence the + 1. */
        if (nearest > most + 1)
            return most + 1;
    }
    size_t distance = rows[n % 3][m];
    return distance > most ? most + 1 : distance;
}

uint32_t char_narrow(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E)
        return code - 0xFEE0;
    return code == 0x3000 ? ' ' : code;
}

Str str_utf8_narrow(Str s, char *to)
{
    size_t n = 0;
    while (s.len > 0) {
        const char *from = s.at;
        uint32_t code = char_narrow(str_utf8_next(&s));
        if (code < 0x80 && code > 0) {
            to[n++] = (char)code;
            continue;
        }
        memcpy(to + n, from, (size_t)(s.at - from));
        n += (size_t)(s.at - from);
    }
    return (Str){to, n};
}
