/* kind.h — kinds of values, and the four truths. */
#ifndef ANLAO_DATA_KIND_H
#define ANLAO_DATA_KIND_H

#include "base/decimal.h"
#include "base/str.h"

typedef enum Physical {
    PHYSICAL_I8,
    PHYSICAL_I16,
    PHYSICAL_I32,
    PHYSICAL_I64,
    PHYSICAL_SET, /* uint64_t */
    PHYSICAL_TEXT,
} Physical;

typedef enum Kind {
#define KIND(name, word, physical, sql, input) KIND_##name,
#include "data/kinds.def"
#undef KIND
    KIND_N
} Kind;

typedef struct KindFacts {
    const char *word;
    Physical physical;
    const char *sql, *input;
} KindFacts;
extern const KindFacts kind_facts[KIND_N];

/* Decimals after the point in which a kind is kept: money 2 (fen), area 2, share 4 (80 % = 0.8000),
 * else 0. */
unsigned kind_scale(Kind k);
bool kind_is_text(Kind k);
size_t physical_size(Physical p); /* bytes of one value; PHYSICAL_TEXT: of one offset */

/* The order is that of `and`: the smallest wins (semantics 21).  For `or` see truth_or. */
typedef enum Truth { TRUTH_NO, TRUTH_UNKNOWN, TRUTH_PERSON, TRUTH_YES } Truth;

Truth truth_and(Truth a, Truth b); /* no beats unknown beats person beats yes */
Truth truth_or(Truth a, Truth b);  /* yes beats unknown beats person beats no */
Truth truth_not(Truth a);          /* PERSON never arrives here: refused when compiling */
const char *truth_word(Truth t);   /* no unknown judgement yes: as in --json */

#endif
