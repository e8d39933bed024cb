/* domain.h — what may still be, once some conditions are known to hold.
 * In: conditions, one after the other, each assumed to be yes or no.  Out: whether that is possible
 * at all.  Numbers are kept as intervals, codes and sets as bits, regions by the tree.  What is not
 * seen through counts as possible: an answer "impossible" is always right.
 * Start: domain_assume(). */
#ifndef ANLAO_DECLARE_DOMAIN_H
#define ANLAO_DECLARE_DOMAIN_H

#include "declare/interval.h"

#define DOMAIN_TERMS 24u
#define DOMAIN_PAIRS 8u
#define DOMAIN_SETS  4u

typedef struct Term { /* something that has a value: a field, age(born), a count */
    const Expr *expr;
    Interval range;         /* numbers and days */
    uint64_t codes;         /* codes left; of a yes or no: bit 0 no, bit 1 yes */
    uint64_t must, mustnot; /* of a set */
    uint64_t any[DOMAIN_SETS];
    size_t n_any;
    Str in, out[DOMAIN_SETS]; /* a region lies in `in`, and in none of `out` */
    size_t n_out;
} Term;

typedef struct Pair { /* how two things compare: bits 1 below, 2 same, 4 above */
    const Expr *a, *b;
    unsigned left;
} Pair;

typedef struct Domain {
    const Model *model;
    GHashTable *memo; /* of interval_fixed() */
    unsigned *budget; /* steps left; at 0 all is possible */
    unsigned depth;   /* of computed fields looked into */
    Pair pairs[DOMAIN_PAIRS];
    size_t n_pairs, n_terms;
    Term terms[DOMAIN_TERMS]; /* last: only those in use are copied */
} Domain;

void domain_init(Domain *d, const Model *m, GHashTable *memo, unsigned *budget);
void domain_copy(Domain *to, const Domain *from);
/* Whether `e` can be yes (`truth`) or no (else) beside what was assumed; the domain then keeps it.
 * After "impossible" the domain is not to be used any more: copy it before. */
bool domain_assume(Domain *d, const Expr *e, bool truth);
/* "'visits' is 0..100": what is known of the thing a comparison is about; NULL: nothing. */
char *domain_words(const Domain *d, const Expr *e);
/* Two expressions that say the same. */
bool expr_same(const Expr *a, const Expr *b);

#endif
