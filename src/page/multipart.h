/* multipart.h — a form with a file (RFC 7578), taken apart.
 * In: the Content-Type header and the whole body.  Out: fields as text, at most one file with its
 * name; or a refusal in words.  Strict: what does not read plainly is refused.  Borrowed from the
 * body.  Start: multipart_parse(). */
#ifndef ANLAO_PAGE_MULTIPART_H
#define ANLAO_PAGE_MULTIPART_H

#include "page/fields.h"

typedef struct Upload {
    Str name, bytes; /* name: without folders; bytes NULL: no file was sent */
} Upload;

bool multipart_is(Str content_type);
bool multipart_parse(Arena *a, Str content_type, Str body, Fields *ret_fields, Upload *ret_upload,
                     GError **error);

#endif
