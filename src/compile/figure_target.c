/* figure_target.c — a figure against its target. */
#include "compile/figure.h"

__extension__ typedef __int128 Wide;

/* -1, 0, 1: the bound against the number, before any rounding. */
static int bound_order(int64_t rounded, FigureExact exact, int64_t number)
{
    if (exact.below > 0) {
        Wide a = exact.above, b = (Wide)number * exact.below;

        return a < b ? -1 : a > b;
    }
    return rounded < number ? -1 : rounded > number;
}

TargetMet target_met(Compare how, int64_t number, const Figure *f, Date due, Date today)
{
    int low = bound_order(f->low, f->exact_low, number);
    int high = bound_order(f->high, f->exact_high, number);
    bool yes = false, no = false;

    if (today < due)
        return TARGET_NOT_DUE;
    if (!figure_known(f))
        return TARGET_UNKNOWN;
    switch (how) {
    case COMPARE_GE:
        yes = low >= 0;
        no = high < 0;
        break;
    case COMPARE_GT:
        yes = low > 0;
        no = high <= 0;
        break;
    case COMPARE_LE:
        yes = high <= 0;
        no = low > 0;
        break;
    case COMPARE_LT:
        yes = high < 0;
        no = low >= 0;
        break;
    case COMPARE_EQ:
        yes = low == 0 && high == 0;
        no = low > 0 || high < 0;
        break;
    }
    return yes ? TARGET_YES : no ? TARGET_NO : TARGET_UNKNOWN;
}

TargetMet target_met_each(const TargetMet *each, size_t n)
{
    static const int rank[] = {
        [TARGET_NO] = 0, [TARGET_UNKNOWN] = 1, [TARGET_NOT_DUE] = 2, [TARGET_YES] = 3};
    TargetMet worst = TARGET_YES;

    for (size_t i = 0; i < n; i++) {
        if (rank[each[i]] < rank[worst])
            worst = each[i];
    }
    return worst;
}

const char *target_met_word(TargetMet m)
{
    static const char *const words[] = {[TARGET_NO] = "no",
                                        [TARGET_UNKNOWN] = "unknown",
                                        [TARGET_YES] = "yes",
                                        [TARGET_NOT_DUE] = "not_due"};

    return words[m];
}
