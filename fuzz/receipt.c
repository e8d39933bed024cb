/* receipt.c — any bytes as the receipt of a draw: read, made again, compared.  Nothing crashes, and
 * what is accepted is printed byte by byte as it came. */
#include "format/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Str text = {(const char *)data, size};
    Receipt r;
    if (size > (64u << 10))
        return 0;
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    if (!receipt_verify(text, "fuzz", a, &r, &error)) {
        g_assert(error != NULL);
        return 0;
    }
    g_autoptr(GString) again = g_string_new(NULL);
    receipt_print(&r, again);
    g_assert(str_equal((Str){again->str, again->len}, text));
    return 0;
}
