/* seal.c — any text as a seal: no crash; what is read and written again is the same seal. */
#include "store/seal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = g_string_new(NULL);
    SealFile once, twice;

    if (!seal_parse((Str){(const char *)data, size}, a, &once))
        return 0;
    seal_write(once.place, once.seals, once.n, text);
    if (!seal_parse((Str){text->str, text->len}, a, &twice) || once.n != twice.n)
        abort();
    for (size_t i = 0; i < once.n; i++) {
        if (memcmp(&once.seals[i], &twice.seals[i], sizeof once.seals[i]) != 0)
            abort();
    }
    if (once.n < 4)
        seal_is_signed(once.place, &once.seals[0]);
    return 0;
}
