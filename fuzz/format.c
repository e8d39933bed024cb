/* format.c — any bytes as one document: what is laid out is laid out already when read again, keeps
 * its words and comments (the formatter compares them itself), and everything outside blocks. */
#include "declare/format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) once = g_string_new(NULL);
    g_autoptr(GString) twice = g_string_new(NULL);
    bool fine = format_document("fuzz.md", (Str){(const char *)data, size}, ds, once);
    g_assert(fine == (ds->errors == 0));
    if (!fine)
        return 0;
    g_assert(ds->warnings == 0); /* "left as it is": the formatter would have changed its meaning */
    g_assert(format_document("fuzz.md", (Str){once->str, once->len}, ds, twice));
    if (!g_string_equal(once, twice))
        abort();
    return 0;
}
