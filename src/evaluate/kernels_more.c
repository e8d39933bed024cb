/* kernels_more.c — plain loops over a slice: missing sets, choices, look-ups, dates, sums.
 * In: arrays.  Out: arrays, counts.  The rest: kernels.c. */
#include "evaluate/kernels.h"

#include "base/clones.h"

#include <string.h>

#define WIDTHS(name)                                                                               \
    {                                                                                              \
        name##_8, name##_16, name##_32, name##_64                                                  \
    }
#define FOR_WIDTHS(KERNEL, name)                                                                   \
    KERNEL(name##_8, uint8_t)                                                                      \
    KERNEL(name##_16, uint16_t)                                                                    \
    KERNEL(name##_32, uint32_t)                                                                    \
    KERNEL(name##_64, uint64_t)
#define FOR_SIGNED(KERNEL, name)                                                                   \
    KERNEL(name##_8, int8_t)                                                                       \
    KERNEL(name##_16, int16_t)                                                                     \
    KERNEL(name##_32, int32_t)                                                                     \
    KERNEL(name##_64, int64_t)

/* ---- missing sets -----------------------------------------------------------------------------
 */

#define OF_KNOWN(name, M)                                                                          \
    CLONES static bool name(void *restrict to, const uint8_t *known, uint64_t bit, size_t n)       \
    {                                                                                              \
        M *restrict t = to, b = (M)bit, some = 0;                                                  \
        EACH(n)                                                                                    \
        t[i] = known[i] != 0 ? 0 : b, some |= t[i];                                                \
        return some != 0;                                                                          \
    }
FOR_WIDTHS(OF_KNOWN, of_known)
bool (*const missing_of_known[4])(void *restrict, const uint8_t *, uint64_t,
                                  size_t) = WIDTHS(of_known);

CLONES void join_bytes(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t bytes)
{
    EACH(bytes)
    to[i] = a[i] | b[i];
}

CLONES void add_bytes(uint8_t *restrict to, const uint8_t *a, size_t bytes)
{
    EACH(bytes)
    to[i] |= a[i];
}

CLONES bool any_nonzero(const void *a, size_t bytes)
{
    const uint8_t *x = a;
    uint8_t some = 0;

    EACH(bytes)
    some |= x[i];
    return some != 0;
}

#define DOUBT_TRUTH(name, M)                                                                       \
    CLONES static void name(uint8_t *truth, const void *missing, uint8_t otherwise, size_t n)      \
    {                                                                                              \
        const M *m = missing;                                                                      \
        EACH(n)                                                                                    \
        truth[i] = m[i] != 0 ? otherwise : truth[i];                                               \
    }
FOR_WIDTHS(DOUBT_TRUTH, truth)
void (*const doubt_truth[4])(uint8_t *, const void *, uint8_t, size_t) = WIDTHS(truth);

#define DOUBT_YES(name, M)                                                                         \
    CLONES static void name(uint8_t *truth, const void *missing, size_t n)                         \
    {                                                                                              \
        const M *m = missing;                                                                      \
        EACH(n)                                                                                    \
        truth[i] = m[i] != 0 && truth[i] == TRUTH_YES ? TRUTH_UNKNOWN : truth[i];                  \
    }
FOR_WIDTHS(DOUBT_YES, yes)
void (*const doubt_yes[4])(uint8_t *, const void *, size_t) = WIDTHS(yes);

#define DOUBT_ONLY(name, M)                                                                        \
    CLONES static void name(void *missing, const uint8_t *truth, size_t n)                         \
    {                                                                                              \
        M *m = missing;                                                                            \
        EACH(n)                                                                                    \
        m[i] = truth[i] == TRUTH_UNKNOWN ? m[i] : 0;                                               \
    }
FOR_WIDTHS(DOUBT_ONLY, only)
void (*const doubt_only[4])(void *, const uint8_t *, size_t) = WIDTHS(only);

#define DOUBT_BYTES(name, M)                                                                       \
    CLONES static void name(uint8_t *restrict to, const void *missing, size_t n)                   \
    {                                                                                              \
        const M *m = missing;                                                                      \
        EACH(n)                                                                                    \
        to[i] = m[i] != 0;                                                                         \
    }
FOR_WIDTHS(DOUBT_BYTES, bytes)
void (*const doubt_bytes[4])(uint8_t *restrict, const void *, size_t) = WIDTHS(bytes);

CLONES void truth_of_doubt(uint8_t *bytes, size_t n)
{
    EACH(n)
    bytes[i] = bytes[i] != 0 ? TRUTH_NO : TRUTH_YES;
}

/* ---- choices ----------------------------------------------------------------------------------
 */

/* By masks: a load that hangs on a condition would keep a loop from being vectorised. */
#define PICKED(T, c, a, b) ((T)((b) ^ (((a) ^ (b)) & (T) - (T)(c))))
#define AT(T, values, i)   (((const T *)(values))[i])
#define CHOOSE(name, T)                                                                            \
    CLONES static void name(void *restrict to, const uint8_t *pick, uint8_t first, const void *a,  \
                            const void *b, size_t n)                                               \
    {                                                                                              \
        EACH(n)                                                                                    \
        ((T *)to)[i] = PICKED(T, pick[i] == first, AT(T, a, i), AT(T, b, i));                      \
    }
FOR_SIGNED(CHOOSE, choose)
void (*const choose_lane[4])(void *restrict, const uint8_t *, uint8_t, const void *, const void *,
                             size_t) = WIDTHS(choose);

#define EQUAL(name, T)                                                                             \
    CLONES static void name(uint8_t *restrict to, const void *a, const void *b, size_t n)          \
    {                                                                                              \
        const T *x = a, *y = b;                                                                    \
        EACH(n)                                                                                    \
        to[i] = x[i] == y[i];                                                                      \
    }
FOR_SIGNED(EQUAL, equal)
void (*const equal_lane[4])(uint8_t *restrict, const void *, const void *, size_t) = WIDTHS(equal);

#define DIFFER(name, T)                                                                            \
    CLONES static void name(uint8_t *mask, const void *a, const void *b, size_t n)                 \
    {                                                                                              \
        const T *x = a, *y = b;                                                                    \
        EACH(n)                                                                                    \
        mask[i] = (uint8_t)(mask[i] | (x[i] != y[i]));                                             \
    }
FOR_SIGNED(DIFFER, differ)
void (*const differ_lane[4])(uint8_t *, const void *, const void *, size_t) = WIDTHS(differ);

#define EITHER(M, pick, a, b, c)                                                                   \
    PICKED(M, (pick) == 1, a, PICKED(M, (pick) == 2, b, (M)((a) | (b) | (c))))
#define CHOOSE_MISSING(name, M)                                                                    \
    CLONES static void name(void *restrict to, const uint8_t *pick, const void *c, const void *a,  \
                            const void *b, size_t n)                                               \
    {                                                                                              \
        EACH(n)                                                                                    \
        ((M *)to)[i] = EITHER(M, pick[i], AT(M, a, i), AT(M, b, i), AT(M, c, i));                  \
    }
FOR_WIDTHS(CHOOSE_MISSING, pick)
void (*const choose_missing[4])(void *restrict, const uint8_t *, const void *, const void *,
                                const void *, size_t) = WIDTHS(pick);

#define PREFER(name, M)                                                                            \
    CLONES static void name(void *to, const void *first, size_t n)                                 \
    {                                                                                              \
        M *t = to;                                                                                 \
        const M *f = first;                                                                        \
        EACH(n)                                                                                    \
        t[i] = PICKED(M, f[i] != 0, f[i], t[i]);                                                   \
    }
FOR_WIDTHS(PREFER, prefer)
void (*const prefer_missing[4])(void *, const void *, size_t) = WIDTHS(prefer);

CLONES void pick_sure(uint8_t *restrict to, const uint8_t *condition, size_t n)
{
    EACH(n)
    to[i] = condition[i] == TRUTH_YES ? 1 : condition[i] == TRUTH_NO ? 2 : 0;
}

CLONES void pick_equal(uint8_t *pick, const uint8_t *equal, size_t n)
{
    EACH(n)
    pick[i] = pick[i] == 0 && equal[i] != 0 ? 1 : pick[i];
}

CLONES void clear_where(uint8_t *bytes, const uint8_t *mask, size_t n)
{
    EACH(n)
    bytes[i] = mask[i] != 0 ? 0 : bytes[i];
}

/* ---- look-ups ---------------------------------------------------------------------------------
 */

#define ADD_CELLS(name, T)                                                                         \
    CLONES static void name(void *restrict to, const void *a, int64_t stride, size_t n)            \
    {                                                                                              \
        uint32_t *restrict t = to, by = (uint32_t)stride;                                          \
        const T *x = a;                                                                            \
        EACH(n)                                                                                    \
        t[i] += (uint32_t)x[i] * by;                                                               \
    }
FOR_SIGNED(ADD_CELLS, cells)
const KernelVS add_cells[4] = WIDTHS(cells);

CLONES void clamp_cells(uint32_t *cell, uint32_t most, size_t n)
{
    EACH(n)
    cell[i] = cell[i] <= most ? cell[i] : 0;
}

#define TAKE(name, T)                                                                              \
    CLONES static void name(void *restrict to, const void *values, const uint32_t *cell, size_t n) \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const T *v = values;                                                                       \
        EACH(n)                                                                                    \
        t[i] = v[cell[i]];                                                                         \
    }
FOR_SIGNED(TAKE, take)
void (*const take_cells[4])(void *restrict, const void *, const uint32_t *, size_t) = WIDTHS(take);

#define TAKE_MISSING(name, M)                                                                      \
    CLONES static void name(void *restrict to, const uint64_t *missing, const uint32_t *cell,      \
                            size_t n)                                                              \
    {                                                                                              \
        M *restrict t = to;                                                                        \
        EACH(n)                                                                                    \
        t[i] = (M)missing[cell[i]];                                                                \
    }
FOR_WIDTHS(TAKE_MISSING, lacks)
void (*const take_missing[4])(void *restrict, const uint64_t *, const uint32_t *,
                              size_t) = WIDTHS(lacks);

void few_set(FewCells *to, size_t cell, int64_t value)
{
    for (int i = 0; i < 8; i++)
        to->planes[i][cell] = (uint8_t)((uint64_t)value >> 8 * i);
}

/* The vector type is the compiler's; others look up row by row. */
#if defined(__GNUC__) && !defined(__clang__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
typedef uint8_t Bytes __attribute__((vector_size(16)));

static inline Bytes bytes_at(const void *from)
{
    Bytes b;

    memcpy(&b, from, sizeof b);
    return b;
}

#define PLANE(i) __builtin_shuffle(bytes_at(cells->planes[i]), x)
/* First and second half of two vectors, value by value of 1, 2, 4 bytes. */
#define ZIP(half, T, a, b) ((Bytes)zip_##half##_##T((T##s)(a), (T##s)(b)))
#define ZIPS(T, size, ...)                                                                         \
    typedef T T##s __attribute__((vector_size(16)));                                               \
    static inline T##s zip_low_##T(T##s a, T##s b)                                                 \
    {                                                                                              \
        return __builtin_shuffle(a, b, (T##s){__VA_ARGS__});                                       \
    }                                                                                              \
    static inline T##s zip_high_##T(T##s a, T##s b)                                                \
    {                                                                                              \
        return __builtin_shuffle(a, b, (T##s){__VA_ARGS__} + (T)(8 / (size)));                     \
    }
ZIPS(uint8_t, 1, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
ZIPS(uint16_t, 2, 0, 8, 1, 9, 2, 10, 3, 11)
ZIPS(uint32_t, 4, 0, 4, 1, 5)

static inline void put_1(char *to, const FewCells *cells, Bytes x)
{
    Bytes v = PLANE(0);

    memcpy(to, &v, sizeof v);
}

static inline void put_2(char *to, const FewCells *cells, Bytes x)
{
    Bytes a = PLANE(0), b = PLANE(1);
    Bytes v[2] = {ZIP(low, uint8_t, a, b), ZIP(high, uint8_t, a, b)};

    memcpy(to, v, sizeof v);
}

static inline void put_4(char *to, const FewCells *cells, Bytes x)
{
    Bytes a = PLANE(0), b = PLANE(1), c = PLANE(2), d = PLANE(3);
    Bytes ab[2] = {ZIP(low, uint8_t, a, b), ZIP(high, uint8_t, a, b)};
    Bytes cd[2] = {ZIP(low, uint8_t, c, d), ZIP(high, uint8_t, c, d)};
    Bytes v[4] = {ZIP(low, uint16_t, ab[0], cd[0]), ZIP(high, uint16_t, ab[0], cd[0]),
                  ZIP(low, uint16_t, ab[1], cd[1]), ZIP(high, uint16_t, ab[1], cd[1])};

    memcpy(to, v, sizeof v);
}
#define SIXTEENS(size)                                                                             \
    for (; i + 16 <= n; i += 16)                                                                   \
        put_##size((char *)to + i * (size), cells, bytes_at((const char *)index + i) & 15);
#else
#define SIXTEENS(size)
#endif

static inline uint64_t few_at(const FewCells *cells, uint8_t index)
{
    uint64_t value = 0;

    for (int i = 0; i < 8; i++)
        value |= (uint64_t)cells->planes[i][index % FEW_CELLS] << 8 * i;
    return value;
}

#define OF_FEW(name, T, loop)                                                                      \
    CLONES static void name(void *restrict to, const FewCells *cells, const void *index, size_t n) \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const uint8_t *x = index;                                                                  \
        size_t i = 0;                                                                              \
        loop for (; i < n; i++) t[i] = (T)few_at(cells, x[i]);                                     \
    }
OF_FEW(few_8, uint8_t, SIXTEENS(1))
OF_FEW(few_16, uint16_t, SIXTEENS(2))
OF_FEW(few_32, uint32_t, SIXTEENS(4))
OF_FEW(few_64, uint64_t, )
void (*const take_of_few[4])(void *restrict, const FewCells *, const void *, size_t) = WIDTHS(few);

/* Rows of another batch: where there is none, row 0 is read in its place, and `found` says so. */
CLONES void find_rows(uint32_t *restrict cell, uint8_t *restrict found, const int32_t *row,
                      uint32_t rows, size_t n)
{
    EACH(n)
    {
        found[i] = (uint32_t)row[i] < rows;
        cell[i] = (uint32_t)row[i] < rows ? (uint32_t)row[i] : 0;
    }
}

CLONES void find_known(uint8_t *found, const uint8_t *known, const uint32_t *cell, size_t n)
{
    EACH(n)
    found[i] &= known[cell[i]];
}

/* ---- dated columns ----------------------------------------------------------------------------
 */

/* until: NULL when all are open. */
CLONES void dated_held(uint8_t *restrict to, const uint8_t *known, const int32_t *since,
                       const int32_t *until, int32_t day, size_t n)
{
    EACH(n)
    to[i] = since[i] <= day && (known == NULL || known[i] != 0);
    if (until != NULL) {
        EACH(n)
        to[i] = to[i] & (until[i] > day || until[i] == DATE_MAX);
    }
}

CLONES void dated_moved(uint8_t *restrict to, const int32_t *since, const int32_t *until,
                        int32_t first, int32_t last, size_t n)
{
    EACH(n)
    to[i] = since[i] > first && since[i] <= last;
    if (until != NULL) {
        EACH(n)
        to[i] = to[i] | (until[i] > first && until[i] <= last);
    }
}

size_t dated_after(uint16_t *restrict to, const int32_t *since, int32_t day, size_t n)
{
    size_t found = 0;

    EACH(n)
    {
        to[found] = (uint16_t)i;
        found += since[i] > day;
    }
    return found;
}

CLONES void whole_periods(int32_t *restrict to, const int32_t *a, int32_t day, const int32_t *at,
                          int32_t low, int32_t high, double per_day, size_t n)
{
    EACH(n)
    {
        int32_t k = (int32_t)((double)(day - a[i]) * per_day);

        k = k < low ? low : k > high ? high : k;
        k -= k > low && a[i] > at[k - low];
        k += k < high && a[i] <= at[k - low + 1];
        to[i] = k;
    }
}

/* ---- sums -------------------------------------------------------------------------------------
 */

#define LANES 64

/* Bytes count far enough: in a slice of 2,048 rows each of 64 lanes is met 32 times. */
static inline void count_value(uint8_t *restrict seen, const uint8_t *outcome, uint8_t value)
{
    for (size_t k = 0; k < LANES; k++)
        seen[k] = (uint8_t)(seen[k] + (outcome[k] == value));
}

static inline uint32_t count_lanes(const uint8_t *seen)
{
    uint32_t n = 0;

    for (size_t k = 0; k < LANES; k++)
        n += seen[k];
    return n;
}

CLONES static void count_three(const uint8_t *outcome, size_t n, const uint8_t values[3],
                               uint32_t *counts)
{
    uint8_t seen[3][LANES] = {{0}};
    uint8_t a = values[0], b = values[1], c = values[2];

    for (size_t i = 0; i < n; i += LANES) {
        count_value(seen[0], outcome + i, a);
        count_value(seen[1], outcome + i, b);
        count_value(seen[2], outcome + i, c);
    }
    for (int v = 0; v < 3; v++)
        counts[values[v]] += count_lanes(seen[v]);
}

void count_outcomes(const uint8_t *outcome, size_t n, uint32_t counts[8])
{
    static const uint8_t usual[3] = {TRUTH_YES, TRUTH_UNKNOWN, TRUTH_NO};
    static const uint8_t rare[3] = {TRUTH_PERSON, SLICE_OUTSIDE, SLICE_LATER};
    size_t whole = n - n % LANES;

    memset(counts, 0, 8 * sizeof counts[0]);
    count_three(outcome, whole, usual, counts);
    if (counts[TRUTH_YES] + counts[TRUTH_UNKNOWN] + counts[TRUTH_NO] < whole)
        count_three(outcome, whole, rare, counts);
    for (size_t i = whole; i < n; i++)
        counts[outcome[i]]++;
}

/* Row i is block × LANES + lane.  A lane's running sum, added up after each of B blocks, counts
 * block b's amount B - b times: so sums of block × amount need no product. */
typedef struct LaneSums {
    uint64_t sum, later; /* of amounts × lane already in `inside` */
    uint64_t inside;
} LaneSums;

#define SUM_YES(name, T, S)                                                                        \
    static inline void name##_add(S *restrict sum, S *restrict run, const uint8_t *outcome,        \
                                  const T *amount)                                                 \
    {                                                                                              \
        for (size_t k = 0; k < LANES; k++) {                                                       \
            sum[k] += (S)amount[k] & (S) - (S)(outcome[k] == TRUTH_YES);                           \
            run[k] += sum[k];                                                                      \
        }                                                                                          \
    }                                                                                              \
    CLONES static LaneSums name##_lanes(const uint8_t *outcome, const T *amount, size_t whole)     \
    {                                                                                              \
        S sum[LANES] = {0}, run[LANES] = {0};                                                      \
        LaneSums to = {0, 0, 0};                                                                   \
        for (size_t i = 0; i < whole; i += LANES)                                                  \
            name##_add(sum, run, outcome + i, amount + i);                                         \
        for (size_t k = 0; k < LANES; k++)                                                         \
            to.sum += sum[k], to.later += run[k], to.inside += (uint64_t)sum[k] * k;               \
        return to;                                                                                 \
    }                                                                                              \
    static SliceSums name(const uint8_t *outcome, const void *amount, size_t n)                    \
    {                                                                                              \
        size_t whole = n - n % LANES;                                                              \
        SliceSums s = whole_sums(name##_lanes(outcome, amount, whole), whole);                     \
        for (size_t i = whole; i < n; i++) {                                                       \
            uint64_t x = outcome[i] == TRUTH_YES ? (uint64_t)((const T *)amount)[i] : 0;           \
            s.sum += x, s.weighted += x * i;                                                       \
        }                                                                                          \
        return s;                                                                                  \
    }

static SliceSums whole_sums(LaneSums l, size_t whole)
{
    return (SliceSums){l.sum, (l.sum * (whole / LANES) - l.later) * LANES + l.inside};
}

/* 32 bits hold the running sums of 32 blocks of numbers below 2^22: small_32 is for those. */
SUM_YES(sum_8, int8_t, uint32_t)
SUM_YES(sum_16, int16_t, uint32_t)
SUM_YES(sum_32, int32_t, uint64_t)
SUM_YES(sum_64, int64_t, uint64_t)
SUM_YES(small_32, int32_t, uint32_t)
SliceSums (*const sum_yes[5])(const uint8_t *, const void *, size_t) = {sum_8, sum_16, sum_32,
                                                                        sum_64, small_32};

static inline void one_block(uint16_t *restrict sum, uint16_t *restrict run, const uint8_t *outcome)
{
    for (size_t k = 0; k < LANES; k++) {
        sum[k] = (uint16_t)(sum[k] + (outcome[k] == TRUTH_YES));
        run[k] = (uint16_t)(run[k] + sum[k]);
    }
}

CLONES static LaneSums one_lanes(const uint8_t *outcome, size_t whole)
{
    uint16_t sum[LANES] = {0}, run[LANES] = {0};
    LaneSums to = {0, 0, 0};

    for (size_t i = 0; i < whole; i += LANES)
        one_block(sum, run, outcome + i);
    for (size_t k = 0; k < LANES; k++)
        to.sum += sum[k], to.later += run[k], to.inside += (uint64_t)sum[k] * k;
    return to;
}

SliceSums sum_yes_one(const uint8_t *outcome, size_t n)
{
    size_t whole = n - n % LANES;
    SliceSums s = whole_sums(one_lanes(outcome, whole), whole);

    for (size_t i = whole; i < n; i++) {
        s.sum += outcome[i] == TRUTH_YES;
        s.weighted += outcome[i] == TRUTH_YES ? i : 0;
    }
    return s;
}

/* ---- rounding ---------------------------------------------------------------------------------
 */

/* Amounts ÷ unit of those who get one: an estimate, and one correction. */
CLONES void settle_lane(int32_t *restrict to, uint8_t *restrict outcome, const int32_t *amount,
                        int32_t up, int32_t unit, size_t n)
{
    double part = 1.0 / unit;

    EACH(n)
    {
        int32_t x = amount[i] + up, fen = (int32_t)(x * part), rest = x - fen * unit;

        fen += (rest >= unit) - (rest < 0);
        to[i] = outcome[i] == TRUTH_YES ? fen : 0;
    }
    EACH(n)
    outcome[i] = (uint8_t)(outcome[i] & -!((outcome[i] == TRUTH_YES) & (to[i] == 0)));
}

/* ---- what is missing, of unknown rows ---------------------------------------------------------
 */

/* The rest counts where presence, and of a benefit the condition, lack nothing. */
#define LACKS(M, p, w, r, check)                                                                   \
    ((M)((p) | (w) | ((r) & (M) - (M)(((p) == 0) & (((w) == 0) | (check))))))
#define UNKNOWN_SETS(name, M)                                                                      \
    CLONES static void name(void *restrict to, const uint8_t *outcome, const Doubts *d, size_t n)  \
    {                                                                                              \
        M *restrict t = to;                                                                        \
        const M *p = d->present, *w = d->when, *r = d->rest;                                       \
        EACH(n)                                                                                    \
        t[i] = PICKED(M, outcome[i] == TRUTH_UNKNOWN, LACKS(M, p[i], w[i], r[i], d->check), 0);    \
    }
FOR_WIDTHS(UNKNOWN_SETS, sets)
void (*const unknown_sets[4])(void *restrict, const uint8_t *, const Doubts *,
                              size_t) = WIDTHS(sets);

#define COUNT_BIT(name, M)                                                                         \
    static inline void name##_block(M *restrict seen, const M *sets, M bit)                        \
    {                                                                                              \
        for (size_t k = 0; k < LANES; k++)                                                         \
            seen[k] = (M)(seen[k] + ((sets[k] & bit) != 0));                                       \
    }                                                                                              \
    CLONES static uint32_t name(const void *sets, unsigned bit, size_t n)                          \
    {                                                                                              \
        M seen[LANES] = {0}, b = (M)(UINT64_C(1) << bit);                                          \
        size_t whole = n - n % LANES;                                                              \
        uint32_t count = 0;                                                                        \
        for (size_t i = 0; i < whole; i += LANES)                                                  \
            name##_block(seen, (const M *)sets + i, b);                                            \
        for (size_t k = 0; k < LANES; k++)                                                         \
            count += (uint32_t)seen[k];                                                            \
        for (size_t i = whole; i < n; i++)                                                         \
            count += (AT(M, sets, i) & b) != 0;                                                    \
        return count;                                                                              \
    }
FOR_WIDTHS(COUNT_BIT, bit)
uint32_t (*const count_bit[4])(const void *, unsigned, size_t) = WIDTHS(bit);

CLONES void move_bit(uint8_t *restrict to, const uint8_t *sets, unsigned from, unsigned bit,
                     size_t n)
{
    EACH(n)
    to[i] = (uint8_t)(to[i] | (sets[i] >> from & 1) << bit);
}

#define NOTHING(name, T)                                                                           \
    CLONES static void name(uint8_t *outcome, const void *amount, size_t n)                        \
    {                                                                                              \
        const T *a = amount;                                                                       \
        EACH(n)                                                                                    \
        outcome[i] = (uint8_t)(outcome[i] & -!((outcome[i] == TRUTH_YES) & (a[i] <= 0)));          \
    }
FOR_SIGNED(NOTHING, nothing)
void (*const no_of_nothing[4])(uint8_t *, const void *, size_t) = WIDTHS(nothing);

CLONES void outcome_outside(uint8_t *outcome, const uint8_t *present, size_t n)
{
    EACH(n)
    outcome[i] = present[i] == TRUTH_NO        ? SLICE_OUTSIDE
                 : present[i] == TRUTH_UNKNOWN ? TRUTH_UNKNOWN
                                               : outcome[i];
}

/* Rows of a check whose `when` is no are outside; unknown where it could matter. */
CLONES void outcome_of_check(uint8_t *restrict to, const uint8_t *when, const uint8_t *require,
                             size_t n)
{
    EACH(n)
    to[i] = when[i] == TRUTH_NO                                   ? SLICE_OUTSIDE
            : when[i] == TRUTH_UNKNOWN && require[i] != TRUTH_YES ? TRUTH_UNKNOWN
                                                                  : require[i];
}

/* Gone rows were there on the first day for sure and left inside the stretch: as if they were there
 * still. */
CLONES void outcome_still_there(uint8_t *restrict to, uint8_t *restrict gone,
                                const uint8_t *present, const uint8_t *first,
                                const uint8_t *recorded, size_t n)
{
    EACH(n)
    {
        uint8_t left = (present[i] == TRUTH_NO) & (first[i] == TRUTH_YES) & (recorded[i] == 0);

        gone[i] = left;
        to[i] = (uint8_t)(present[i] | left * TRUTH_YES);
    }
}

CLONES void later_any_day(uint8_t *restrict outcome, const uint8_t *present, const uint8_t *when,
                          const uint8_t *inside, const uint8_t *recorded, const uint8_t *gone,
                          const uint8_t *moves, const uint8_t *better, const uint8_t *amount,
                          size_t n)
{
    EACH(n)
    {
        uint8_t left = (present[i] == TRUTH_NO) & inside[i];
        uint8_t no = (present[i] == TRUTH_YES) & (when[i] == TRUTH_NO) & (recorded[i] | better[i]);
        uint8_t other = gone[i] & (moves[i] | amount[i]);

        outcome[i] = (left | no | other) != 0 ? SLICE_LATER : outcome[i];
    }
}

CLONES void later_each_day(uint8_t *restrict outcome, const uint8_t *present, const uint8_t *when,
                           const uint8_t *inside, const uint8_t *recorded, const uint8_t *gone,
                           const uint8_t *moves, const uint8_t *amount, size_t n)
{
    EACH(n)
    {
        uint8_t pays = (when[i] != TRUTH_NO) & amount[i];
        uint8_t there = (present[i] != TRUTH_NO) & (moves[i] | pays);
        /* It came or left, and the condition was no on all its days. */
        uint8_t never = (when[i] == TRUTH_NO) & !moves[i] & !recorded[i] &
                        (gone[i] | (present[i] == TRUTH_YES));
        uint8_t later = (inside[i] & !never) | there;

        outcome[i] = later != 0 ? SLICE_LATER : (inside[i] & never) != 0 ? TRUTH_NO : outcome[i];
    }
}
