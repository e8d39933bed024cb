/* fields.c — percent signs, plus signs, semicolons.  Read first: decode(). */
#include "page/fields.h"

#include "base/limits.h"

static int hex_digit(char c)
{
    return g_ascii_isxdigit(c) ? g_ascii_xdigit_value(c) : -1;
}

/* %XX to bytes; '+' to a blank when `plus`.  The result must be UTF-8 without NUL. */
static bool decode(Arena *a, Str text, bool plus, Str *ret_text, GError **error)
{
    char *to = arena_alloc(a, text.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '+' && plus) {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < text.len ? hex_digit(text.at[i + 1]) : -1;
            int low = i + 2 < text.len ? hex_digit(text.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return fail(error, FAIL_INPUT, "a percent sign without two hex digits");
            c = (char)(high * 16 + low);
            i += 2;
        }
        to[n++] = c;
    }
    size_t bad = 0;
    if (!str_utf8_valid((Str){to, n}, &bad))
        return fail(error, FAIL_INPUT, "not UTF-8, or a NUL, at byte %zu", bad);
    *ret_text = (Str){to, n};
    return true;
}

static size_t count_of(Str text, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.at[i] == c;
    return n;
}

bool fields_parse(Arena *a, Str text, Fields *ret_fields, GError **error)
{
    size_t most = count_of(text, '&') + 1;
    if (most > LIMIT_REQUEST_FIELDS)
        return fail(error, FAIL_INPUT, "more than %u fields", LIMIT_REQUEST_FIELDS);
    Fields f = {arena_many(a, FieldPair, most), 0};
    while (text.len > 0) {
        Str pair = str_cut(&text, '&');
        if (pair.len == 0)
            continue;
        Str name = str_cut(&pair, '=');
        FieldPair *to = &f.pairs[f.n];
        if (!decode(a, name, true, &to->name, error) || !decode(a, pair, true, &to->value, error))
            return false;
        f.n++;
    }
    *ret_fields = f;
    return true;
}

bool cookies_parse(Arena *a, Str text, Fields *ret_fields, GError **error)
{
    size_t most = count_of(text, ';') + 1, bad = 0;
    if (most > LIMIT_REQUEST_FIELDS)
        return fail(error, FAIL_INPUT, "more than %u cookies", LIMIT_REQUEST_FIELDS);
    if (!str_utf8_valid(text, &bad))
        return fail(error, FAIL_INPUT, "cookies are not UTF-8 at byte %zu", bad);
    Fields f = {arena_many(a, FieldPair, most), 0};
    while (text.len > 0) {
        Str pair = str_trim(str_cut(&text, ';'));
        if (pair.len == 0 || memchr(pair.at, '=', pair.len) == NULL)
            continue;
        Str name = str_cut(&pair, '=');
        f.pairs[f.n++] = (FieldPair){name, pair};
    }
    *ret_fields = f;
    return true;
}

bool address_parse(Arena *a, Str raw, Str *ret_path, Str *ret_query, GError **error)
{
    if (raw.len == 0 || raw.at[0] != '/')
        return fail(error, FAIL_INPUT, "an address begins with a slash");
    for (size_t i = 0; i < raw.len; i++)
        if ((unsigned char)raw.at[i] <= ' ' || raw.at[i] == 0x7f)
            return fail(error, FAIL_INPUT, "a blank or control character in the address");
    Str path = str_cut(&raw, '?');
    if (!decode(a, path, false, ret_path, error))
        return false;
    *ret_query = raw;
    return true;
}

Str fields_get(const Fields *f, const char *name)
{
    size_t at = 0;
    Str value = STR("");
    fields_next(f, str_of(name), &at, &value);
    return value;
}

void fields_drop(Fields *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (str_is(f->pairs[i].name, name))
            f->pairs[i].value = STR("");
}

bool fields_has(const Fields *f, const char *name)
{
    size_t at = 0;
    Str value;
    return fields_next(f, str_of(name), &at, &value);
}

bool fields_next(const Fields *f, Str name, size_t *at, Str *ret_value)
{
    while (*at < f->n) {
        const FieldPair *p = &f->pairs[(*at)++];
        if (str_equal(p->name, name)) {
            *ret_value = p->value;
            return true;
        }
    }
    return false;
}

void address_escape(GString *to, Str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        if (g_ascii_isalnum(c) || strchr("-_.~", c) != NULL)
            g_string_append_c(to, (char)c);
        else
            g_string_append_printf(to, "%%%02X", c);
    }
}

static void append_pair(GString *to, Str name, Str value)
{
    g_string_append_c(to, to->len == 0 ? '?' : '&');
    address_escape(to, name);
    g_string_append_c(to, '=');
    address_escape(to, value);
}

Str query_with(Arena *a, const Fields *query, const char *name, Str value)
{
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < query->n; i++)
        if (!str_is(query->pairs[i].name, name) && query->pairs[i].value.len > 0)
            append_pair(to, query->pairs[i].name, query->pairs[i].value);
    if (value.len > 0)
        append_pair(to, str_of(name), value);
    if (to->len == 0)
        g_string_append_c(to, '?');
    return (Str){arena_dup(a, to->str, to->len), to->len};
}
