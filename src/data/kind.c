/* kind.c — the facts about each kind, and the three tables of truth. */
#include "data/kind.h"

#include <glib.h>

const KindFacts kind_facts[KIND_N] = {
#define KIND(name, word, physical, sql, input) [KIND_##name] = {word, physical, sql, input},
#include "data/kinds.def"
#undef KIND
};

unsigned kind_scale(Kind k)
{
    switch (k) {
    case KIND_MONEY:
    case KIND_AREA:
        return 2;
    case KIND_SHARE:
        return 4;
    default:
        return 0;
    }
}

bool kind_is_text(Kind k)
{
    return k < KIND_N &&
           kind_facts[k].physical == PHYSICAL_TEXT; /* KIND_N: not said, or not known */
}

size_t physical_size(Physical p)
{
    static const size_t sizes[] = {
        [PHYSICAL_I8] = 1,  [PHYSICAL_I16] = 2, [PHYSICAL_I32] = 4,
        [PHYSICAL_I64] = 8, [PHYSICAL_SET] = 8, [PHYSICAL_TEXT] = sizeof(uint32_t),
    };
    g_assert((size_t)p < G_N_ELEMENTS(sizes));
    return sizes[p];
}

/* Semantics 21, once: rows and columns in the order no, unknown, person, yes. */
#define N TRUTH_NO
#define U TRUTH_UNKNOWN
#define P TRUTH_PERSON
#define Y TRUTH_YES
static const uint8_t ands[4][4] = {{N, N, N, N}, {N, U, U, U}, {N, U, P, P}, {N, U, P, Y}};
static const uint8_t ors[4][4] = {{N, U, P, Y}, {U, U, U, Y}, {P, U, P, Y}, {Y, Y, Y, Y}};
static const uint8_t nots[4] = {Y, U, P, N};
#undef N
#undef U
#undef P
#undef Y

Truth truth_and(Truth a, Truth b)
{
    return (Truth)ands[a][b];
}

Truth truth_or(Truth a, Truth b)
{
    return (Truth)ors[a][b];
}

Truth truth_not(Truth a)
{
    return (Truth)nots[a];
}

const char *truth_word(Truth t)
{
    static const char *const words[] = {
        [TRUTH_NO] = "no",
        [TRUTH_UNKNOWN] = "unknown",
        [TRUTH_PERSON] = "judgement",
        [TRUTH_YES] = "yes",
    };
    g_assert((size_t)t < G_N_ELEMENTS(words));
    return words[t];
}
