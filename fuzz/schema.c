/* schema.c — any two texts as schemas: what a database says it was made for, and what it is to be.
 * Input: two texts with a zero byte between.  Whatever they hold, what differs between a text and
 * itself is nothing, each difference has words, and the thin Model has fields of known kinds. */
#include "declare/schema.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_model(Arena *a, const char *text)
{
    const Model *m = schema_model(a, text);
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t j = 0; j < m->entities[i]->n_fields; j++)
            if (m->entities[i]->fields[j]->type.kind >= KIND_N)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(Arena) a = arena_new();
    const uint8_t *cut = size > 0 ? memchr(data, 0, size) : NULL;
    size_t n = cut != NULL ? (size_t)(cut - data) : size;
    const char *one = arena_dup(a, (const char *)data, n);
    const char *two = cut != NULL ? arena_dup(a, (const char *)cut + 1, size - n - 1) : "";
    SchemaChange *changes;
    size_t many;

    schema_compare(one, two, a, &changes, &many);
    for (size_t i = 0; i < many; i++)
        if (changes[i].words.len == 0)
            abort();
    schema_compare(one, one, a, &changes, &many);
    if (many != 0)
        abort();
    check_model(a, one);
    check_model(a, two);
    return 0;
}
