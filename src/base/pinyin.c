/* pinyin.c — see pinyin.h.  The table is turned around once: from characters to syllables. */
#include "base/pinyin.h"

#include "base/sort.h"

#include <glib.h>
#include <string.h>

#define NUMBER_BITS 9 /* of a syllable's number: there are some four hundred */
#define NUMBER_MASK ((1u << NUMBER_BITS) - 1)

static const struct Syllable {
    const char *text;
    const char *characters;
} syllables[] = {
#define READ(syllable, characters) {syllable, characters},
#include "base/pinyin.def"
#undef READ
};
G_STATIC_ASSERT(G_N_ELEMENTS(syllables) < NUMBER_MASK);

static int by_size(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* Character and number of a syllable in one word each, sorted; made at the first use, kept to the
 * end of the process (200 KB). */
static const GArray *readings(void)
{
    static gsize made = 0;

    if (g_once_init_enter(&made)) {
        GArray *all = g_array_sized_new(FALSE, FALSE, sizeof(uint32_t), 1 << 16);

        for (size_t i = 0; i < G_N_ELEMENTS(syllables); i++) {
            for (Str rest = str_of(syllables[i].characters); rest.len > 0;) {
                uint32_t word = str_utf8_next(&rest) << NUMBER_BITS | (uint32_t)(i + 1);

                g_array_append_val(all, word);
            }
        }
        sort_rows(all->data, all->len, sizeof(uint32_t), by_size);
        g_once_init_leave(&made, (gsize)all);
    }
    return (const GArray *)made;
}

size_t pinyin_of(uint32_t point, uint16_t to[PINYIN_READINGS])
{
    const GArray *all = readings();
    const uint32_t *list = (const uint32_t *)(const void *)all->data;
    size_t low = 0, high = all->len, n = 0;

    if (point < 0x3400) /* most texts: below the first of them */
        return 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (list[middle] >> NUMBER_BITS < point)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < all->len && list[low] >> NUMBER_BITS == point && n < PINYIN_READINGS; low++)
        to[n++] = (uint16_t)(list[low] & NUMBER_MASK);
    return n;
}

Str pinyin_syllable(uint16_t number)
{
    return number > 0 && number <= G_N_ELEMENTS(syllables) ? str_of(syllables[number - 1].text)
                                                           : (Str){"", 0};
}

bool pinyin_range(Str letters, uint16_t *ret_first, uint16_t *ret_last)
{
    size_t low = 0, high = G_N_ELEMENTS(syllables);

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (str_compare(str_of(syllables[middle].text), letters) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *ret_first = (uint16_t)(low + 1);
    while (low < G_N_ELEMENTS(syllables) && str_starts(str_of(syllables[low].text), letters))
        low++;
    *ret_last = (uint16_t)low;
    return *ret_last >= *ret_first;
}
