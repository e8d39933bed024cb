/* figures_interval.c — the arithmetic of figures.
 * Fractions are reduced after each step; sums of 64-bit numbers leave room for some products before
 * 128 bits are full, and then it is said, never wrapped. */
#include "evaluate/figures_interval.h"

#include <glib.h>

#define ZERO ((Fraction){0, 1})
#define ONE  ((Fraction){1, 1})
#define UP   ((Fraction){1, 0})
#define DOWN ((Fraction){-1, 0})

static Wide divisor(Wide a, Wide b)
{
    a = a < 0 ? -a : a;
    while (b != 0) {
        Wide rest = a % b;

        a = b;
        b = rest;
    }
    return a;
}

Fraction fraction_of(Wide over, Wide under)
{
    Wide d = divisor(over, under);

    return d > 1 ? (Fraction){over / d, under / d} : (Fraction){over, under};
}

static bool endless(Fraction f)
{
    return f.under == 0;
}

static int sign(Fraction f)
{
    return f.over > 0 ? 1 : f.over < 0 ? -1 : 0;
}

bool fraction_order(Fraction a, Fraction b, int *ret)
{
    Wide x = 0, y = 0;

    if (endless(a) || endless(b)) {
        int i = endless(a) ? sign(a) : 0, j = endless(b) ? sign(b) : 0;

        *ret = i < j ? -1 : i > j;
        return true;
    }
    if (__builtin_mul_overflow(a.over, b.under, &x) || __builtin_mul_overflow(b.over, a.under, &y))
        return false;
    *ret = x < y ? -1 : x > y;
    return true;
}

static bool sum(Fraction a, Fraction b, Fraction *ret)
{
    Wide x = 0, y = 0, over = 0, under = 0;

    if (endless(a) || endless(b)) {
        *ret = endless(a) ? a : b;
        return true;
    }
    if (__builtin_mul_overflow(a.over, b.under, &x) ||
        __builtin_mul_overflow(b.over, a.under, &y) || __builtin_add_overflow(x, y, &over) ||
        __builtin_mul_overflow(a.under, b.under, &under))
        return false;
    *ret = fraction_of(over, under);
    return true;
}

/* Nothing times anything is nothing, without bound or not: the bound is never reached. */
static bool product(Fraction a, Fraction b, Fraction *ret)
{
    Wide over = 0, under = 0;

    if (sign(a) == 0 || sign(b) == 0) {
        *ret = ZERO;
        return true;
    }
    if (endless(a) || endless(b)) {
        *ret = sign(a) * sign(b) > 0 ? UP : DOWN;
        return true;
    }
    if (__builtin_mul_overflow(a.over, b.over, &over) ||
        __builtin_mul_overflow(a.under, b.under, &under))
        return false;
    *ret = fraction_of(over, under);
    return true;
}

/* b is not 0. */
static Fraction inverse(Fraction b)
{
    if (endless(b))
        return ZERO;
    return b.over < 0 ? (Fraction){-b.under, -b.over} : (Fraction){b.under, b.over};
}

bool fraction_round(Fraction f, unsigned scale, Rounding how, int64_t *ret)
{
    Wide over = 0, whole, rest;

    if (endless(f) || __builtin_mul_overflow(f.over, (Wide)power_of_ten(scale), &over))
        return false;
    whole = over / f.under;
    rest = over % f.under;
    rest = rest < 0 ? -rest : rest;
    /* rest and under - rest are below 2^127; their double might not be. */
    if (rest != 0 && (how == ROUND_UP || (how == ROUND_HALF_UP && rest >= f.under - rest)))
        whole += over < 0 ? -1 : 1;
    if (whole < INT64_MIN || whole > INT64_MAX)
        return false;
    *ret = (int64_t)whole;
    return true;
}

Interval interval_exact(Wide over, Wide under)
{
    Fraction f = fraction_of(over, under);

    return (Interval){.value = f, .low = f, .high = f};
}

Interval interval_nothing(void)
{
    return (Interval){
        .value = ZERO, .low = DOWN, .high = UP, .none = true, .may_none = true, .empty = true};
}

Interval interval_unset(void)
{
    return (Interval){.value = ZERO, .low = DOWN, .high = UP, .unset = true};
}

Interval interval_lacking(bool not_negative)
{
    return (Interval){
        .value = ZERO, .low = not_negative ? ZERO : DOWN, .high = UP, .lacking = true};
}

Interval interval_huge(void)
{
    return (Interval){.value = ZERO, .low = DOWN, .high = UP, .huge = true};
}

Interval interval_condition(bool known, bool value)
{
    return (Interval){.value = known && value ? ONE : ZERO,
                      .low = known && value ? ONE : ZERO,
                      .high = known && !value ? ZERO : ONE};
}

Truth interval_truth(const Interval *i)
{
    return i->low.over > 0 ? TRUTH_YES : i->high.over == 0 ? TRUTH_NO : TRUTH_UNKNOWN;
}

static void inherit_faults(Interval *to, Interval from)
{
    to->unset = to->unset || from.unset;
    to->lacking = to->lacking || from.lacking;
    to->huge = to->huge || from.huge;
}

static Interval inherit(Interval a, Interval b)
{
    Interval r = {.none = a.none || b.none, .may_none = a.may_none || b.may_none};

    inherit_faults(&r, a);
    inherit_faults(&r, b);
    return r;
}

bool interval_add(Interval a, Interval b, Interval *ret)
{
    *ret = inherit(a, b);
    return sum(a.value, b.value, &ret->value) && sum(a.low, b.low, &ret->low) &&
           sum(a.high, b.high, &ret->high);
}

Interval interval_neg(Interval a)
{
    Interval r = a;

    r.value.over = -a.value.over;
    r.low = (Fraction){-a.high.over, a.high.under};
    r.high = (Fraction){-a.low.over, a.low.under};
    return r;
}

static bool widen(Interval *r, Fraction f)
{
    int below = 0, above = 0;

    if (!fraction_order(f, r->low, &below) || !fraction_order(f, r->high, &above))
        return false;
    if (below < 0)
        r->low = f;
    if (above > 0)
        r->high = f;
    return true;
}

bool interval_mul(Interval a, Interval b, Interval *ret)
{
    const Fraction x[2] = {a.low, a.high}, y[2] = {b.low, b.high};
    Fraction f = ZERO;

    *ret = inherit(a, b);
    if (!product(a.value, b.value, &ret->value))
        return false;
    ret->low = UP;
    ret->high = DOWN;
    for (int i = 0; i < 4; i++) {
        if (!product(x[i / 2], y[i % 2], &f) || !widen(ret, f))
            return false;
    }
    return true;
}

/* 1 ÷ b.  Where b may be 0 the result may be nothing, and is without bound on b's side. */
static Interval reciprocal(Interval b)
{
    bool touches = sign(b.low) <= 0 && sign(b.high) >= 0;
    Interval r = inherit(b, b);

    r.none = r.none || sign(b.value) == 0;
    r.may_none = r.may_none || touches;
    r.value = sign(b.value) == 0 ? ZERO : inverse(b.value);
    r.low = sign(b.high) == 0 || (touches && sign(b.low) < 0) ? DOWN : inverse(b.high);
    r.high = sign(b.low) == 0 || (touches && sign(b.high) > 0) ? UP : inverse(b.low);
    return r;
}

bool interval_div(Interval a, Interval b, Interval *ret)
{
    if (sign(b.low) == 0 && sign(b.high) == 0) {
        *ret = interval_nothing();
        inherit_faults(ret, a);
        inherit_faults(ret, b);
        return true;
    }
    return interval_mul(a, reciprocal(b), ret);
}

static bool pick(Fraction a, Fraction b, int want, Fraction *ret)
{
    int order = 0;

    if (!fraction_order(a, b, &order))
        return false;
    *ret = order == want ? a : b;
    return true;
}

bool interval_least(Interval a, Interval b, Interval *ret)
{
    *ret = inherit(a, b);
    return pick(a.value, b.value, -1, &ret->value) && pick(a.low, b.low, -1, &ret->low) &&
           pick(a.high, b.high, -1, &ret->high);
}

bool interval_greatest(Interval a, Interval b, Interval *ret)
{
    *ret = inherit(a, b);
    return pick(a.value, b.value, 1, &ret->value) && pick(a.low, b.low, 1, &ret->low) &&
           pick(a.high, b.high, 1, &ret->high);
}

static bool rounded(Fraction f, unsigned scale, Rounding how, Fraction *ret)
{
    int64_t n = 0;

    *ret = f;
    if (endless(f))
        return true;
    if (!fraction_round(f, scale, how, &n))
        return false;
    *ret = fraction_of(n, power_of_ten(scale));
    return true;
}

bool interval_round(Interval a, unsigned scale, Rounding how, Interval *ret)
{
    *ret = a;
    return rounded(a.value, scale, how, &ret->value) && rounded(a.low, scale, how, &ret->low) &&
           rounded(a.high, scale, how, &ret->high);
}

static void set_truth(Interval *r, bool value, bool sure_yes, bool sure_no)
{
    r->value = value ? ONE : ZERO;
    r->low = sure_yes ? ONE : ZERO;
    r->high = sure_no ? ZERO : ONE;
}

bool interval_less(Interval a, Interval b, bool or_equal, Interval *ret)
{
    int value = 0, most = 0, least = 0, limit = or_equal ? 0 : -1;

    *ret = inherit(a, b);
    if (!fraction_order(a.value, b.value, &value) || !fraction_order(a.high, b.low, &most) ||
        !fraction_order(a.low, b.high, &least))
        return false;
    /* A comparison with nothing is unknown. */
    set_truth(ret, value <= limit, most <= limit && !ret->may_none,
              least > limit && !ret->may_none);
    return true;
}

bool interval_equal(Interval a, Interval b, Interval *ret)
{
    int value = 0, below = 0, above = 0, width_a = 0, width_b = 0;

    *ret = inherit(a, b);
    if (!fraction_order(a.value, b.value, &value) || !fraction_order(a.high, b.low, &below) ||
        !fraction_order(a.low, b.high, &above) || !fraction_order(a.low, a.high, &width_a) ||
        !fraction_order(b.low, b.high, &width_b))
        return false;
    bool one = width_a == 0 && width_b == 0 && !ret->may_none;

    set_truth(ret, value == 0, one && below == 0, (below < 0 || above > 0) && !ret->may_none);
    return true;
}

Interval interval_not(Interval a)
{
    Interval r = a;

    set_truth(&r, sign(a.value) == 0, sign(a.high) == 0, sign(a.low) > 0);
    return r;
}

static bool hull(Interval a, Interval b, Interval *ret)
{
    *ret = inherit(a, b);
    ret->none = a.none;
    ret->value = a.value;
    return pick(a.low, b.low, -1, &ret->low) && pick(a.high, b.high, 1, &ret->high);
}

bool interval_if(Interval condition, Interval yes, Interval no, Interval *ret)
{
    bool sure_yes = sign(condition.low) > 0, sure_no = sign(condition.high) == 0;
    bool value = sign(condition.value) != 0;
    bool open = condition.none || condition.may_none || condition.unset || condition.lacking ||
                condition.huge;

    if ((sure_yes || sure_no) && !open) {
        *ret = sure_yes ? yes : no;
        return true;
    }
    if (!hull(value ? yes : no, value ? no : yes, ret))
        return false;
    ret->none = ret->none || condition.none;
    inherit_faults(ret, condition);
    return true;
}

bool interval_else(Interval a, Interval otherwise, Interval *ret)
{
    *ret = a.empty ? otherwise : a;
    if (a.empty || !a.may_none)
        return true;
    if (!hull(a.none ? otherwise : a, a.none ? a : otherwise, ret))
        return false;
    ret->may_none = otherwise.may_none;
    return true;
}
