/* fields.h — what a browser sends, taken apart: query, form body, cookies, the address itself.
 * In: bytes from outside.  Out: names and values as valid UTF-8 without NUL, or a refusal in words.
 * Nothing here knows HTTP.  Start: fields_parse(). */
#ifndef ANLAO_PAGE_FIELDS_H
#define ANLAO_PAGE_FIELDS_H

#include "base/arena.h"
#include "base/fail.h"

typedef struct FieldPair {
    Str name, value;
} FieldPair;

typedef struct Fields {
    FieldPair *pairs;
    size_t n;
} Fields;

/* a=b&c=d with %41 and +; at most LIMIT_REQUEST_FIELDS. */
bool fields_parse(Arena *a, Str text, Fields *ret_fields, GError **error);
/* a=b; c=d as of a Cookie header; values are taken as they are. */
bool cookies_parse(Arena *a, Str text, Fields *ret_fields, GError **error);
/* /person/%E6%9D%8E?x=1 → the decoded path, and the raw query behind the question mark. */
bool address_parse(Arena *a, Str raw, Str *ret_path, Str *ret_query, GError **error);

Str fields_get(const Fields *f, const char *name); /* the first, or the empty text */
void fields_drop(Fields *f, const char *name);     /* its values become empty */
bool fields_has(const Fields *f, const char *name);
/* The next value of a name from *at on; false: no more. */
bool fields_next(const Fields *f, Str name, size_t *at, Str *ret_value);

/* For addresses we make: everything but letters, digits and -_.~ becomes %XX. */
void address_escape(GString *to, Str text);
/* The same query with one name set to a value (or left out, when value is empty): "?a=1&b=2". */
Str query_with(Arena *a, const Fields *query, const char *name, Str value);

#endif
