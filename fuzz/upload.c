/* upload.c — a form with a file, and what the file is.
 * Input: a first line, the Content-Type; then the body.  Nothing crashes; what is accepted is text
 * where text is asked for, and every piece lies inside the body. */
#include "base/limits.h"
#include "format/file_kind.h"
#include "page/multipart.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool inside(Str piece, Str body)
{
    return piece.len == 0 || (piece.at >= body.at && piece.at + piece.len <= body.at + body.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Arena) a = arena_new();
    Str body = {(const char *)data, size}, type = str_cut(&body, '\n');
    Fields fields = {NULL, 0};
    Upload upload;

    g_assert(file_kind(body) < FILE_KINDS);
    if (!multipart_parse(a, type, body, &fields, &upload, NULL))
        return 0;
    g_assert(fields.n <= LIMIT_REQUEST_FIELDS);
    for (size_t i = 0; i < fields.n; i++) {
        g_assert(str_utf8_valid(fields.pairs[i].name, NULL));
        g_assert(str_utf8_valid(fields.pairs[i].value, NULL));
        g_assert(inside(fields.pairs[i].value, body));
    }
    g_assert(inside(upload.bytes, body) && inside(upload.name, body));
    g_assert(str_find(upload.name, STR("/")) < 0);
    g_assert(file_kind(upload.bytes) < FILE_KINDS);
    return 0;
}
