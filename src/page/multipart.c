/* multipart.c — see multipart.h.  The body is cut at its boundary; of a part only its name and
 * file name are read: what a file is is said by its bytes (file_kind.h). */
#include "page/multipart.h"

#include "base/limits.h"

#define BOUNDARY_MOST 70   /* RFC 2046 */
#define FIELD_MOST    8192 /* bytes of a field that is no file */
#define HEAD_MOST     4096 /* bytes of a part's head */

static bool bad(GError **error, const char *what)
{
    return fail(error, FAIL_INPUT, "the form with a file can't be read: %s", what);
}

static bool same_word(Str s, const char *word)
{
    size_t n = strlen(word);
    return s.len == n && g_ascii_strncasecmp(s.at, word, n) == 0;
}

bool multipart_is(Str type)
{
    return same_word(str_trim(str_cut(&type, ';')), "multipart/form-data");
}

/* name="value" or name=value of one header, without case; empty when absent. */
static Str parameter(Str header, const char *name)
{
    (void)str_cut(&header, ';');
    while (header.len > 0) {
        Str rest = header, key = str_trim(str_cut(&rest, '='));
        rest = str_trim(rest);
        Str value;
        if (rest.len > 0 && rest.at[0] == '"') {
            rest = (Str){rest.at + 1, rest.len - 1};
            value = str_cut(&rest, '"');
            (void)str_cut(&rest, ';');
        } else {
            value = str_trim(str_cut(&rest, ';'));
        }
        if (same_word(key, name))
            return value;
        header = rest;
    }
    return STR("");
}

static bool boundary_of(Arena *a, Str type, Str *ret, GError **error)
{
    Str b = parameter(type, "boundary");
    if (b.len == 0 || b.len > BOUNDARY_MOST)
        return bad(error, "it names no boundary");
    for (size_t i = 0; i < b.len; i++)
        if (!g_ascii_isalnum(b.at[i]) && strchr("'()+_,-./:=? ", b.at[i]) == NULL)
            return bad(error, "its boundary is no boundary");
    *ret = str_of(arena_printf(a, "--%.*s", STR_ARG(b)));
    return true;
}

/* Browsers of old send folders with the name. */
static Str without_folders(Str name)
{
    for (size_t i = name.len; i-- > 0;)
        if (name.at[i] == '/' || name.at[i] == '\\')
            return (Str){name.at + i + 1, name.len - i - 1};
    return name;
}

typedef struct Part {
    Str name, file, value;
    bool has_file;
} Part;

static bool head_read(Str head, Part *ret, GError **error)
{
    while (head.len > 0) {
        Str line = str_cut(&head, '\n');
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        Str value = line, name = str_trim(str_cut(&value, ':'));
        if (!same_word(name, "Content-Disposition"))
            continue;
        Str kind = value;
        if (!same_word(str_trim(str_cut(&kind, ';')), "form-data"))
            return bad(error, "a part is no field");
        ret->name = parameter(value, "name");
        ret->file = parameter(value, "filename");
        ret->has_file = ret->file.len > 0 || str_find(value, STR("filename=")) >= 0;
    }
    return ret->name.len > 0 || bad(error, "a part has no name");
}

/* `part`: from behind its boundary's line to before the line break of the next. */
static bool part_read(Str part, Part *ret, GError **error)
{
    int64_t end = str_find(part, STR("\r\n\r\n"));
    *ret = (Part){.name = STR("")};
    if (end < 0 || end > HEAD_MOST)
        return bad(error, "a part has no head");
    ret->value = (Str){part.at + end + 4, part.len - (size_t)end - 4};
    return head_read((Str){part.at, (size_t)end}, ret, error);
}

static bool text_ok(Str s, size_t most)
{
    return s.len <= most && str_utf8_valid(s, NULL) &&
           (s.len == 0 || memchr(s.at, '\0', s.len) == NULL);
}

static bool part_take(const Part *p, Fields *fields, Upload *upload, GError **error)
{
    if (!text_ok(p->name, 100) || !text_ok(p->file, 1000))
        return bad(error, "a name in it is no text");
    if (p->has_file) {
        if (p->file.len == 0 && p->value.len == 0)
            return true; /* nothing was chosen */
        if (upload->bytes.at != NULL)
            return bad(error, "one file at a time");
        *upload = (Upload){without_folders(p->file), p->value};
        return true;
    }
    if (!text_ok(p->value, FIELD_MOST))
        return bad(error, "a field is too long or no text");
    if (fields->n == LIMIT_REQUEST_FIELDS)
        return bad(error, "too many fields");
    fields->pairs[fields->n++] = (FieldPair){p->name, p->value};
    return true;
}

/* Behind a boundary: two dashes end the form, a line break goes on. */
static bool behind_boundary(Str *rest, bool *ret_end, GError **error)
{
    *ret_end = str_starts(*rest, STR("--"));
    if (!*ret_end && !str_starts(*rest, STR("\r\n")))
        return bad(error, "a boundary is not followed by a line");
    *rest = (Str){rest->at + 2, rest->len - 2};
    return true;
}

bool multipart_parse(Arena *a, Str type, Str body, Fields *ret_fields, Upload *ret_upload,
                     GError **error)
{
    Str boundary, rest = body;
    bool end = false;
    *ret_upload = (Upload){{NULL, 0}, {NULL, 0}};
    *ret_fields = (Fields){arena_many(a, FieldPair, LIMIT_REQUEST_FIELDS), 0};
    if (!multipart_is(type))
        return bad(error, "it is none");
    if (!boundary_of(a, type, &boundary, error))
        return false;
    if (!str_starts(body, boundary))
        return bad(error, "it does not begin with its boundary");
    rest = (Str){body.at + boundary.len, body.len - boundary.len};
    Str mark = str_of(arena_printf(a, "\r\n%.*s", STR_ARG(boundary)));
    if (!behind_boundary(&rest, &end, error))
        return false;
    while (!end) {
        int64_t next = str_find(rest, mark);
        Part part;
        if (next < 0)
            return bad(error, "it ends in the middle");
        if (!part_read((Str){rest.at, (size_t)next}, &part, error) ||
            !part_take(&part, ret_fields, ret_upload, error))
            return false;
        rest = (Str){rest.at + next + mark.len, rest.len - (size_t)next - mark.len};
        if (!behind_boundary(&rest, &end, error))
            return false;
    }
    return true;
}
