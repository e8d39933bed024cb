/* json.c — the writer appends and counts commas; the reader is jansson with its strict flags. */
#include "format/json.h"

JsonWriter json_begin(GString *out)
{
    return (JsonWriter){.out = out};
}

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    case '<': /* so that </script> and <!-- never stand in a page */
        return "\\u003c";
    case '>':
        return "\\u003e";
    case '&':
        return "\\u0026";
    default:
        return NULL;
    }
}

static void append_text(GString *out, Str s)
{
    size_t from = 0;

    g_string_append_c(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];
        const char *escape = escape_of(c);

        if (escape == NULL && c >= 0x20 && c != 0x7F)
            continue;
        g_string_append_len(out, s.at + from, (gssize)(i - from));
        from = i + 1;
        if (escape != NULL)
            g_string_append(out, escape);
        else
            g_string_append_printf(out, "\\u%04x", c);
    }
    if (s.len > from)
        g_string_append_len(out, s.at + from, (gssize)(s.len - from));
    g_string_append_c(out, '"');
}

static void put_key(JsonWriter *j, const char *key)
{
    g_assert((key != NULL) == (j->depth > 0 && j->close[j->depth] == '}'));
    if ((j->filled >> j->depth & 1) != 0)
        g_string_append_c(j->out, ',');
    j->filled |= 1u << j->depth;
    if (key != NULL) {
        append_text(j->out, str_of(key));
        g_string_append_c(j->out, ':');
    }
}

static void put_open(JsonWriter *j, const char *key, char open, char close)
{
    put_key(j, key);
    g_string_append_c(j->out, open);
    g_assert(j->depth + 1 < JSON_DEPTH);
    j->depth++;
    j->close[j->depth] = close;
    j->filled &= ~(1u << j->depth);
}

void json_put_object(JsonWriter *j, const char *key)
{
    put_open(j, key, '{', '}');
}

void json_put_array(JsonWriter *j, const char *key)
{
    put_open(j, key, '[', ']');
}

void json_put_end(JsonWriter *j)
{
    g_assert(j->depth > 0);
    g_string_append_c(j->out, j->close[j->depth]);
    j->depth--;
}

/* Bytes that are no UTF-8 must not make the whole document unreadable. */
void json_put_str(JsonWriter *j, const char *key, Str text)
{
    size_t bad = 0;

    if (text.at == NULL) {
        json_put_null(j, key);
        return;
    }
    put_key(j, key);
    if (str_utf8_valid(text, &bad)) {
        append_text(j->out, text);
        return;
    }
    g_autofree char *valid = g_utf8_make_valid(text.at, (gssize)text.len);

    append_text(j->out, str_of(valid));
}

void json_put_int(JsonWriter *j, const char *key, int64_t value)
{
    put_key(j, key);
    g_string_append_printf(j->out, "%" G_GINT64_FORMAT, value);
}

void json_put_uint(JsonWriter *j, const char *key, uint64_t value)
{
    put_key(j, key);
    g_string_append_printf(j->out, "%" G_GUINT64_FORMAT, value);
}

void json_put_bool(JsonWriter *j, const char *key, bool value)
{
    put_key(j, key);
    g_string_append(j->out, value ? "true" : "false");
}

void json_put_null(JsonWriter *j, const char *key)
{
    put_key(j, key);
    g_string_append(j->out, "null");
}

void json_put_date(JsonWriter *j, const char *key, Date day)
{
    char text[DATE_TEXT];

    json_put_str(j, key, str_of(date_format(day, text)));
}

void json_put_seconds(JsonWriter *j, const char *key, double seconds)
{
    int64_t micro = seconds > 0 ? (int64_t)(seconds * 1e6 + 0.5) : 0;

    /* Not %f: its point is a comma in some locales. */
    put_key(j, key);
    g_string_append_printf(j->out, "%" G_GINT64_FORMAT ".%06d", micro / 1000000,
                           (int)(micro % 1000000));
}

void json_finish(JsonWriter *j)
{
    g_assert(j->depth == 0);
    g_string_append_c(j->out, '\n');
}

/* ---- in */

json_t *json_read(Str text, GError **error)
{
    json_error_t why;
    json_t *j = json_loadb(text.at != NULL ? text.at : "", text.len, JSON_REJECT_DUPLICATES, &why);

    if (j == NULL)
        fail(error, FAIL_INPUT, "JSON %d:%d: %s", why.line, why.column, why.text);
    return j;
}

static bool need(const json_t *o, const char *key, json_type type, const char *word, json_t **ret,
                 GError **error)
{
    json_t *v = json_object_get(o, key);

    if (v == NULL)
        return fail(error, FAIL_INPUT, "key \"%s\" is missing", key);
    bool fits = json_typeof(v) == type || (type == JSON_TRUE && json_is_false(v));

    if (!fits)
        return fail(error, FAIL_INPUT, "key \"%s\" is not %s", key, word);
    *ret = v;
    return true;
}

bool json_need_str(const json_t *o, const char *key, Str *ret, GError **error)
{
    json_t *v = NULL;

    if (!need(o, key, JSON_STRING, "a text", &v, error))
        return false;
    *ret = (Str){json_string_value(v), json_string_length(v)};
    return true;
}

bool json_need_int(const json_t *o, const char *key, int64_t *ret, GError **error)
{
    json_t *v = NULL;

    if (!need(o, key, JSON_INTEGER, "a whole number", &v, error))
        return false;
    *ret = json_integer_value(v);
    return true;
}

bool json_need_bool(const json_t *o, const char *key, bool *ret, GError **error)
{
    json_t *v = NULL;

    if (!need(o, key, JSON_TRUE, "true or false", &v, error))
        return false;
    *ret = json_is_true(v);
    return true;
}

bool json_need_date(const json_t *o, const char *key, Date *ret, GError **error)
{
    Str text;

    if (!json_need_str(o, key, &text, error))
        return false;
    if (!date_parse(text, ret))
        return fail(error, FAIL_INPUT, "key \"%s\" is no date like 2025-01-31", key);
    return true;
}

bool json_need_object(const json_t *o, const char *key, json_t **ret, GError **error)
{
    return need(o, key, JSON_OBJECT, "an object", ret, error);
}

bool json_need_array(const json_t *o, const char *key, json_t **ret, GError **error)
{
    return need(o, key, JSON_ARRAY, "a list", ret, error);
}

bool json_only(const json_t *o, const char *const *keys, GError **error)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)o, key, value)
    {
        if (!g_strv_contains(keys, key))
            return fail(error, FAIL_INPUT, "key \"%s\" is not known here", key);
    }
    return true;
}
