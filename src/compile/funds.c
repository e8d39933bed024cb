/* funds.c — which fund pays which part of an amount (semantics 53).
 * The parts are rounded down to whole fen and the last one takes the rest, so that they sum to the
 * amount.  One fund after the other: each up to what is left in it, the last one the rest.
 * Start: fund_parts(). */
#include "compile/compile.h"

#include "compile/ops.h"

bool funds_in_sequence(const Rule *r)
{
    return r->n_funds > 0 && r->funds[0].balance != NULL;
}

bool fund_parts(const Rule *r, const int64_t *balances, int64_t amount, int64_t *ret)
{
    int64_t left = amount;

    for (size_t i = 0; i < r->n_funds; i++) {
        bool last = i + 1 == r->n_funds;
        int64_t part = left;

        if (!last && r->funds[i].balance != NULL) {
            if (balances == NULL || balances[i] < 0)
                return false; /* nobody has said what is left */
            part = MIN(left, balances[i]);
        } else if (!last) { /* shares have four decimals; 128 bits hold the product */
            part = (int64_t)((Wide)amount * r->funds[i].share / 10000);
        }
        ret[i] = part;
        left -= part;
    }
    return true;
}
