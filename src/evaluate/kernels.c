/* kernels.c — plain loops over a slice: comparisons, numbers, conditions, widths.
 * In: arrays of one width.  Out: arrays.  Garbage in unknown lanes is computed along: it wraps, and
 * never leads outside an array.  Not here: missing sets, look-ups, sums (kernels_more.c). */
#include "evaluate/kernels.h"

#include "base/clones.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ---- comparisons ------------------------------------------------------------------------------
 */

#define COMPARE_VV(name, T, holds)                                                                 \
    CLONES static void name##_vv(void *restrict to, const void *a, const void *b, size_t n)        \
    {                                                                                              \
        uint8_t *restrict t = to;                                                                  \
        const T *x = a, *y = b;                                                                    \
        EACH(n)                                                                                    \
        t[i] = holds(x[i], y[i]) ? TRUTH_YES : TRUTH_NO;                                           \
    }
#define COMPARE_VS(name, T, holds)                                                                 \
    CLONES static void name##_vs(void *restrict to, const void *a, int64_t b, size_t n)            \
    {                                                                                              \
        uint8_t *restrict t = to;                                                                  \
        const T *x = a, y = (T)b;                                                                  \
        EACH(n)                                                                                    \
        t[i] = holds(x[i], y) ? TRUTH_YES : TRUTH_NO;                                              \
    }
#define IS_EQ(x, y)   ((x) == (y))
#define IS_NE(x, y)   ((x) != (y))
#define IS_LT(x, y)   ((x) < (y))
#define IS_LE(x, y)   ((x) <= (y))
#define IS_GT(x, y)   ((x) > (y))
#define IS_GE(x, y)   ((x) >= (y))
#define HAS_ANY(x, y) (((x) & (y)) != 0)
#define HAS_ALL(x, y) (((x) & (y)) == (y))
#define COMPARE_WIDTHS(KERNEL, name, holds)                                                        \
    KERNEL(name##_8, int8_t, holds)                                                                \
    KERNEL(name##_16, int16_t, holds)                                                              \
    KERNEL(name##_32, int32_t, holds)                                                              \
    KERNEL(name##_64, int64_t, holds)
#define COMPARE(name, holds)                                                                       \
    COMPARE_WIDTHS(COMPARE_VV, name, holds) COMPARE_WIDTHS(COMPARE_VS, name, holds)

COMPARE(eq, IS_EQ)
COMPARE(ne, IS_NE)
COMPARE(lt, IS_LT)
COMPARE(le, IS_LE)
COMPARE(gt, IS_GT)
COMPARE(ge, IS_GE)
COMPARE(any, HAS_ANY)
COMPARE(all, HAS_ALL)

#define WIDTHS(name, suffix)                                                                       \
    {                                                                                              \
        name##_8##suffix, name##_16##suffix, name##_32##suffix, name##_64##suffix                  \
    }

const KernelVV compare_vv[8][4] = {
    [CMP_EQ] = WIDTHS(eq, _vv),   [CMP_NE] = WIDTHS(ne, _vv),   [CMP_LT] = WIDTHS(lt, _vv),
    [CMP_LE] = WIDTHS(le, _vv),   [CMP_GT] = WIDTHS(gt, _vv),   [CMP_GE] = WIDTHS(ge, _vv),
    [CMP_ANY] = WIDTHS(any, _vv), [CMP_ALL] = WIDTHS(all, _vv),
};
const KernelVS compare_vs[8][4] = {
    [CMP_EQ] = WIDTHS(eq, _vs),   [CMP_NE] = WIDTHS(ne, _vs),   [CMP_LT] = WIDTHS(lt, _vs),
    [CMP_LE] = WIDTHS(le, _vs),   [CMP_GT] = WIDTHS(gt, _vs),   [CMP_GE] = WIDTHS(ge, _vs),
    [CMP_ANY] = WIDTHS(any, _vs), [CMP_ALL] = WIDTHS(all, _vs),
};

#define RANGE(name, T)                                                                             \
    CLONES static void name(uint8_t *restrict to, const void *a, int64_t low, int64_t high,        \
                            size_t n)                                                              \
    {                                                                                              \
        const T *x = a, l = (T)low, h = (T)high;                                                   \
        EACH(n)                                                                                    \
        to[i] = x[i] >= l && x[i] <= h ? TRUTH_YES : TRUTH_NO;                                     \
    }
RANGE(range_8, int8_t)
RANGE(range_16, int16_t)
RANGE(range_32, int32_t)
RANGE(range_64, int64_t)
const KernelRange truth_in_range[4] = WIDTHS(range, );

#define ADD_CUT(name, T, holds)                                                                    \
    CLONES static void name(void *restrict to, const void *a, int64_t cut, size_t n)               \
    {                                                                                              \
        int8_t *restrict t = to;                                                                   \
        const T *x = a, y = (T)cut;                                                                \
        EACH(n)                                                                                    \
        t[i] = (int8_t)(t[i] + holds(x[i], y));                                                    \
    }
ADD_CUT(above_8, int8_t, IS_GE)
ADD_CUT(above_16, int16_t, IS_GE)
ADD_CUT(above_32, int32_t, IS_GE)
ADD_CUT(above_64, int64_t, IS_GE)
ADD_CUT(below_8, int8_t, IS_LE)
ADD_CUT(below_16, int16_t, IS_LE)
ADD_CUT(below_32, int32_t, IS_LE)
ADD_CUT(below_64, int64_t, IS_LE)
const KernelVS add_above[4] = WIDTHS(above, );
const KernelVS add_below[4] = WIDTHS(below, );

/* ---- numbers ----------------------------------------------------------------------------------
 */

#define COUNT_VV(name, T, U, result)                                                               \
    CLONES static void name##_vv(void *restrict to, const void *a, const void *b, size_t n)        \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const T *x = a, *y = b;                                                                    \
        EACH(n)                                                                                    \
        t[i] = (T)result(U, x[i], y[i]);                                                           \
    }
#define COUNT_VS(name, T, U, result)                                                               \
    CLONES static void name##_vs(void *restrict to, const void *a, int64_t b, size_t n)            \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const T *x = a, y = (T)b;                                                                  \
        EACH(n)                                                                                    \
        t[i] = (T)result(U, x[i], y);                                                              \
    }
#define PLUS(U, x, y)   ((U)(x) + (U)(y))
#define MINUS(U, x, y)  ((U)(x) - (U)(y))
#define FROM(U, x, y)   ((U)(y) - (U)(x))
#define TIMES(U, x, y)  ((U)(x) * (U)(y))
#define LEAST(U, x, y)  ((x) < (y) ? (x) : (y))
#define MOST(U, x, y)   ((x) > (y) ? (x) : (y))
#define EITHER(U, x, y) ((U)(x) | (U)(y))
/* Products of 16 bits in 32: int would overflow on unsigned short operands. */
#define COUNT_WIDTHS(KERNEL, name, result)                                                         \
    KERNEL(name##_8, int8_t, uint32_t, result)                                                     \
    KERNEL(name##_16, int16_t, uint32_t, result)                                                   \
    KERNEL(name##_32, int32_t, uint32_t, result)                                                   \
    KERNEL(name##_64, int64_t, uint64_t, result)
#define COUNT(name, result)                                                                        \
    COUNT_WIDTHS(COUNT_VV, name, result) COUNT_WIDTHS(COUNT_VS, name, result)

COUNT(plus, PLUS)
COUNT(minus, MINUS)
COUNT(from, FROM)
COUNT(times, TIMES)
COUNT(least, LEAST)
COUNT(most, MOST)
COUNT(either, EITHER)

const KernelVV count_vv[7][4] = {
    [NUM_ADD] = WIDTHS(plus, _vv),  [NUM_SUB] = WIDTHS(minus, _vv), [NUM_RSUB] = WIDTHS(from, _vv),
    [NUM_MUL] = WIDTHS(times, _vv), [NUM_MIN] = WIDTHS(least, _vv), [NUM_MAX] = WIDTHS(most, _vv),
    [NUM_OR] = WIDTHS(either, _vv),
};
const KernelVS count_vs[7][4] = {
    [NUM_ADD] = WIDTHS(plus, _vs),  [NUM_SUB] = WIDTHS(minus, _vs), [NUM_RSUB] = WIDTHS(from, _vs),
    [NUM_MUL] = WIDTHS(times, _vs), [NUM_MIN] = WIDTHS(least, _vs), [NUM_MAX] = WIDTHS(most, _vs),
    [NUM_OR] = WIDTHS(either, _vs),
};

static bool overflows(Counted op, int64_t a, int64_t b, int64_t *to)
{
    if (op == NUM_ADD)
        return __builtin_add_overflow(a, b, to);
    if (op == NUM_MUL)
        return __builtin_mul_overflow(a, b, to);
    return op == NUM_SUB ? __builtin_sub_overflow(a, b, to) : __builtin_sub_overflow(b, a, to);
}

bool checked_vv(Counted op, int64_t *restrict to, const int64_t *a, const int64_t *b,
                const uint8_t *doubt, size_t n)
{
    bool bad = false;

    EACH(n)
    bad |= overflows(op, a[i], b[i], &to[i]) && (doubt == NULL || doubt[i] == 0);
    return !bad;
}

/* ---- widths -----------------------------------------------------------------------------------
 */

#define WIDEN(T, F)                                                                                \
    CLONES static void widen_##F##_##T(void *restrict to, const void *from, size_t n)              \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const F *f = from;                                                                         \
        EACH(n)                                                                                    \
        t[i] = (T)f[i];                                                                            \
    }
#define WIDEN_FROM(F) WIDEN(int8_t, F) WIDEN(int16_t, F) WIDEN(int32_t, F) WIDEN(int64_t, F)
WIDEN_FROM(int8_t)
WIDEN_FROM(int16_t)
WIDEN_FROM(int32_t)
WIDEN_FROM(int64_t)
#define WIDENED(F)                                                                                 \
    {                                                                                              \
        widen_##F##_int8_t, widen_##F##_int16_t, widen_##F##_int32_t, widen_##F##_int64_t          \
    }

void lane_widen(void *to, int to_width, const void *from, int from_width, size_t n)
{
    static void (*const widens[4][4])(void *restrict, const void *, size_t) = {
        WIDENED(int8_t), WIDENED(int16_t), WIDENED(int32_t), WIDENED(int64_t)};

    widens[from_width][to_width](to, from, n);
}

void lane_spread(void *to, int width, int64_t value, size_t n)
{
    int8_t *t8 = to;
    int16_t *t16 = to;
    int32_t *t32 = to;
    int64_t *t64 = to;

    EACH(n)
    {
        if (width == 0)
            t8[i] = (int8_t)value;
        else if (width == 1)
            t16[i] = (int16_t)value;
        else if (width == 2)
            t32[i] = (int32_t)value;
        else
            t64[i] = value;
    }
}

/* Past the caches: kept rows are not read again soon, and a cache would first fetch what is
 * overwritten. */
void stream_out(void *to, const void *from, size_t bytes)
{
    size_t i = 0;

#ifdef __SSE2__
    for (; ((uintptr_t)to & 15) == 0 && i + 16 <= bytes; i += 16) {
        const void *at = (const char *)from + i;

        _mm_stream_si128((void *)((char *)to + i), _mm_loadu_si128(at));
    }
#endif
    memcpy((char *)to + i, (const char *)from + i, bytes - i);
}

void stream_end(void)
{
#ifdef __SSE2__
    _mm_sfence();
#endif
}

/* ---- conditions -------------------------------------------------------------------------------
 */

/* The order no, unknown, person, yes is that of `and`; for `or` unknown and person change places.
 */
CLONES void truth_and_vv(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t n)
{
    EACH(n)
    to[i] = a[i] < b[i] ? a[i] : b[i];
}

static inline uint8_t swapped(uint8_t t)
{
    return (uint8_t)((t >> 1) | ((t & 1) << 1));
}

CLONES void truth_or_vv(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t n)
{
    EACH(n)
    {
        uint8_t x = swapped(a[i]), y = swapped(b[i]);

        to[i] = swapped(x > y ? x : y);
    }
}

CLONES void truth_not_v(uint8_t *restrict to, const uint8_t *a, size_t n)
{
    EACH(n)
    to[i] = a[i] == TRUTH_NO ? TRUTH_YES : a[i] == TRUTH_YES ? TRUTH_NO : a[i];
}

CLONES void truth_of_bool(uint8_t *restrict to, const int8_t *a, size_t n)
{
    EACH(n)
    to[i] = a[i] != 0 ? TRUTH_YES : TRUTH_NO;
}

CLONES void bool_of_truth(int8_t *restrict to, const uint8_t *a, size_t n)
{
    EACH(n)
    to[i] = a[i] == TRUTH_YES;
}

CLONES static void in_run(uint8_t *restrict to, const int8_t *codes, int low, int high, size_t n)
{
    uint8_t first = (uint8_t)low, width = (uint8_t)(high - low);

    EACH(n)
    to[i] = (uint8_t)((uint8_t)codes[i] - first) <= width ? TRUTH_YES : TRUTH_NO;
}

CLONES static void or_run(uint8_t *restrict to, const int8_t *codes, int low, int high, size_t n)
{
    uint8_t first = (uint8_t)low, width = (uint8_t)(high - low);

    EACH(n)
    to[i] = (uint8_t)((uint8_t)codes[i] - first) <= width ? TRUTH_YES : to[i];
}

/* A set of codes is a few runs of neighbours; each is one subtraction and comparison. */
void truth_in_set(uint8_t *restrict to, const int8_t *codes, uint64_t set, size_t n)
{
    bool first = true;

    if (set == 0)
        memset(to, TRUTH_NO, n);
    for (int low = 0; low < 64; low++) {
        int high = low;

        if ((set >> low & 1) == 0)
            continue;
        while (high < 63 && (set >> (high + 1) & 1) != 0)
            high++;
        (first ? in_run : or_run)(to, codes, low, high, n);
        first = false;
        low = high;
    }
}
