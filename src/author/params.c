/* params.c — what messages carry: texts, places, documents; a wrong kind of value is a fault of the
 * message, never of ours. */
#include "author/inside.h"

const char *json_text(const json_t *object, const char *key)
{
    const json_t *v = json_is_object(object) ? json_object_get(object, key) : NULL;
    return json_is_string(v) ? json_string_value(v) : NULL;
}

static bool number_read(const json_t *v, uint32_t *ret)
{
    if (!json_is_integer(v) || json_integer_value(v) < 0)
        return false;
    *ret = (uint32_t)MIN(json_integer_value(v), INT32_MAX);
    return true;
}

static bool place_read(const json_t *v, Place *ret)
{
    return json_is_object(v) && number_read(json_object_get(v, "line"), &ret->line) &&
           number_read(json_object_get(v, "character"), &ret->unit);
}

bool param_place(const json_t *params, Place *ret, GError **error)
{
    if (json_is_object(params) && place_read(json_object_get(params, "position"), ret))
        return true;
    return fail(error, FAIL_INPUT, "a position is needed");
}

bool param_range(const json_t *object, const char *key, Range *ret)
{
    const json_t *v = json_is_object(object) ? json_object_get(object, key) : NULL;
    return json_is_object(v) && place_read(json_object_get(v, "start"), &ret->from) &&
           place_read(json_object_get(v, "end"), &ret->to);
}

OpenText *param_open(Server *s, const json_t *params, GError **error)
{
    const json_t *document =
        json_is_object(params) ? json_object_get(params, "textDocument") : NULL;
    const char *uri = json_text(document, "uri");
    for (guint i = 0; uri != NULL && i < s->open->len; i++) {
        OpenText *o = s->open->pdata[i];
        if (strcmp(o->uri, uri) == 0)
            return o;
    }
    fail(error, FAIL_INPUT, uri == NULL ? "a document is needed" : "the document is not open");
    return NULL;
}

static void json_place(JsonWriter *j, const char *key, Place p)
{
    json_put_object(j, key);
    json_put_uint(j, "line", p.line);
    json_put_uint(j, "character", p.unit);
    json_put_end(j);
}

void json_range(JsonWriter *j, const char *key, Range r)
{
    json_put_object(j, key);
    json_place(j, "start", r.from);
    json_place(j, "end", r.to);
    json_put_end(j);
}
