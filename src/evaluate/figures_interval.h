/* figures_interval.h — exact fractions with bounds: what a figure may be, whatever the unknown
 * facts turn out to be (semantics 29, 36). In: fractions.  Out: intervals.  False: a number grew
 * beyond 128 bits.  A truth is 0 or 1. */
#ifndef ANLAO_EVALUATE_FIGURES_INTERVAL_H
#define ANLAO_EVALUATE_FIGURES_INTERVAL_H

#include "base/decimal.h"
#include "data/kind.h"

__extension__ typedef __int128 Wide;

/* over ÷ under, under > 0; under == 0: no bound, upwards (over 1) or downwards (over -1). */
typedef struct Fraction {
    Wide over, under;
} Fraction;

typedef struct Interval {
    Fraction value, low, high; /* low and high hold for every filling of the unknowns */
    bool none;                 /* over the known rows there is nothing to compute `value` from */
    bool may_none;             /* some filling of the unknowns leaves nothing */
    bool empty;                /* every filling leaves nothing */
    bool unset;                /* a param it rests on has no value */
    bool lacking;              /* a fact of the region itself is not recorded */
    bool huge;                 /* a number below it grew beyond 128 bits */
} Interval;

Fraction fraction_of(Wide over, Wide under);           /* under > 0 */
bool fraction_order(Fraction a, Fraction b, int *ret); /* -1, 0, 1 */
/* value × 10^scale as a whole number; false when it does not fit. */
bool fraction_round(Fraction f, unsigned scale, Rounding how, int64_t *ret);

Interval interval_exact(Wide over, Wide under);
Interval interval_nothing(void); /* no case: any value */
Interval interval_unset(void);
Interval interval_lacking(bool not_negative);
Interval interval_huge(void);
Interval interval_condition(bool known, bool value);
/* What a condition is for every filling: yes, no, else unknown. */
Truth interval_truth(const Interval *i);

bool interval_add(Interval a, Interval b, Interval *ret);
bool interval_mul(Interval a, Interval b, Interval *ret);
bool interval_div(Interval a, Interval b, Interval *ret);
Interval interval_neg(Interval a);
bool interval_least(Interval a, Interval b, Interval *ret);
bool interval_greatest(Interval a, Interval b, Interval *ret);
bool interval_round(Interval a, unsigned scale, Rounding how, Interval *ret);
bool interval_equal(Interval a, Interval b, Interval *ret);
bool interval_less(Interval a, Interval b, bool or_equal, Interval *ret);
Interval interval_not(Interval a);
bool interval_if(Interval condition, Interval yes, Interval no, Interval *ret);
bool interval_else(Interval a, Interval otherwise, Interval *ret);

#endif
