/* json.h — JSON out by appending, in by jansson, strictly.
 * Out: objects, arrays, texts, whole numbers, truths; no floating point but json_put_seconds().
 * Texts are escaped so that they may stand inside HTML too.  In: one object or array, no doubled
 * keys, no text behind it; the json_need_… functions say which key is wrong.  Start: json_begin(),
 * json_read(). */
#ifndef ANLAO_FORMAT_JSON_H
#define ANLAO_FORMAT_JSON_H

#include "base/date.h"
#include "base/fail.h"

#include <jansson.h>

#define JSON_DEPTH 32 /* of what we write; the deepest --json document has 5 */

typedef struct JsonWriter {
    GString *out;
    unsigned depth;
    uint32_t filled;        /* bit per depth: something stands there, a comma is due */
    char close[JSON_DEPTH]; /* } or ] per depth */
} JsonWriter;

/* `key` is NULL inside arrays and at the top. */
JsonWriter json_begin(GString *out);
void json_put_object(JsonWriter *j, const char *key);
void json_put_array(JsonWriter *j, const char *key);
void json_put_end(JsonWriter *j); /* of the object or array opened last */
void json_put_str(JsonWriter *j, const char *key, Str text); /* at NULL: null */
void json_put_int(JsonWriter *j, const char *key, int64_t value);
void json_put_uint(JsonWriter *j, const char *key, uint64_t value);
void json_put_bool(JsonWriter *j, const char *key, bool value);
void json_put_null(JsonWriter *j, const char *key);
void json_put_date(JsonWriter *j, const char *key, Date day);
void json_put_seconds(JsonWriter *j, const char *key, double seconds); /* 0.021400 */
void json_finish(JsonWriter *j); /* a line end; everything must be closed */

/* json_decref() the result. */
json_t *json_read(Str text, GError **error);
/* False with a message where the key is missing or of another kind. */
bool json_need_str(const json_t *o, const char *key, Str *ret, GError **error);
bool json_need_int(const json_t *o, const char *key, int64_t *ret, GError **error);
bool json_need_bool(const json_t *o, const char *key, bool *ret, GError **error);
bool json_need_date(const json_t *o, const char *key, Date *ret, GError **error);
bool json_need_object(const json_t *o, const char *key, json_t **ret, GError **error);
bool json_need_array(const json_t *o, const char *key, json_t **ret, GError **error);
/* Refuses keys that are not in the list (ended by NULL): a misspelt one must not pass silently. */
bool json_only(const json_t *o, const char *const *keys, GError **error);

#endif
