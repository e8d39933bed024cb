/* kernels_more.c — plain loops over a slice: missing sets, choices, look-ups, dates, sums.
 * In: arrays.  Out: arrays, counts.  The rest: kernels.c. */
#include "evaluate/kernels.h"

#include "evaluate/clones.h"

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
    CLONES static void name(uint8_t *truth, const void *missing, size_t n)                         \
    {                                                                                              \
        const M *m = missing;                                                                      \
        EACH(n)                                                                                    \
        truth[i] = m[i] != 0 ? TRUTH_UNKNOWN : truth[i];                                           \
    }
FOR_WIDTHS(DOUBT_TRUTH, truth)
void (*const doubt_truth[4])(uint8_t *, const void *, size_t) = WIDTHS(truth);

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

CLONES void count_outcomes(const uint8_t *outcome, size_t n, uint32_t counts[8])
{
    uint8_t seen[6][LANES] = {{0}};
    size_t whole = n - n % LANES;

    memset(counts, 0, 8 * sizeof counts[0]);
    for (size_t i = 0; i < whole; i += LANES) {
        count_value(seen[TRUTH_YES], outcome + i, TRUTH_YES);
        count_value(seen[TRUTH_UNKNOWN], outcome + i, TRUTH_UNKNOWN);
        count_value(seen[TRUTH_PERSON], outcome + i, TRUTH_PERSON);
        count_value(seen[SLICE_OUTSIDE], outcome + i, SLICE_OUTSIDE);
        count_value(seen[SLICE_LATER], outcome + i, SLICE_LATER);
    }
    counts[TRUTH_NO] = (uint32_t)whole;
    for (int v = 1; v < 6; v++) {
        for (size_t k = 0; k < LANES; k++)
            counts[v] += seen[v][k];
        counts[TRUTH_NO] -= counts[v];
    }
    for (size_t i = whole; i < n; i++)
        counts[outcome[i]]++;
}

/* Row i is block × LANES + lane: sums of a lane, and of block × amount, need no wide products. */
#define SUM_YES(name, T, S)                                                                        \
    CLONES static SliceSums name(const uint8_t *outcome, const void *amount, size_t n)             \
    {                                                                                              \
        S sum[LANES] = {0}, blocks[LANES] = {0};                                                   \
        for (size_t i = 0; i < n; i += LANES)                                                      \
            name##_add(sum, blocks, outcome + i, (const T *)amount + i, (S)(i / LANES), n - i);    \
        return name##_end(sum, blocks);                                                            \
    }
#define SUM_BLOCK(S, most)                                                                         \
    for (size_t k = 0; k < (most); k++) {                                                          \
        S x = (S)amount[k] & (S) - (S)(outcome[k] == TRUTH_YES);                                   \
        sum[k] += x, blocks[k] += x * block;                                                       \
    }
#define SUM_ADD(name, T, S)                                                                        \
    static inline void name##_add(S *restrict sum, S *restrict blocks, const uint8_t *outcome,     \
                                  const T *amount, S block, size_t left)                           \
    {                                                                                              \
        if (left < LANES)                                                                          \
            SUM_BLOCK(S, left) else SUM_BLOCK(S, LANES)                                            \
    }
#define SUM_END(name, S)                                                                           \
    static inline SliceSums name##_end(const S *sum, const S *blocks)                              \
    {                                                                                              \
        SliceSums s = {0, 0};                                                                      \
        for (size_t k = 0; k < LANES; k++)                                                         \
            s.sum += sum[k], s.weighted += (uint64_t)blocks[k] * LANES + (uint64_t)sum[k] * k;     \
        return s;                                                                                  \
    }
#define SUM(name, T, S) SUM_ADD(name, T, S) SUM_END(name, S) SUM_YES(name, T, S)
/* 32 bits hold 16 blocks of numbers below 2^24: small_32 is for those. */
SUM(sum_8, int8_t, uint32_t)
SUM(sum_16, int16_t, uint32_t)
SUM(sum_32, int32_t, uint64_t)
SUM(sum_64, int64_t, uint64_t)
SUM(small_32, int32_t, uint32_t)
SliceSums (*const sum_yes[5])(const uint8_t *, const void *, size_t) = {sum_8, sum_16, sum_32,
                                                                        sum_64, small_32};

static inline void one_block(uint16_t *restrict sum, uint16_t *restrict blocks,
                             const uint8_t *outcome, uint16_t block)
{
    for (size_t k = 0; k < LANES; k++) {
        uint16_t x = outcome[k] == TRUTH_YES;

        sum[k] = (uint16_t)(sum[k] + x);
        blocks[k] = (uint16_t)(blocks[k] + x * block);
    }
}

CLONES SliceSums sum_yes_one(const uint8_t *outcome, size_t n)
{
    uint16_t sum[LANES] = {0}, blocks[LANES] = {0};
    SliceSums s = {0, 0};
    size_t whole = n - n % LANES;

    for (size_t i = 0; i < whole; i += LANES)
        one_block(sum, blocks, outcome + i, (uint16_t)(i / LANES));
    for (size_t k = 0; k < LANES; k++) {
        s.sum += sum[k];
        s.weighted += (uint64_t)blocks[k] * LANES + sum[k] * k;
    }
    for (size_t i = whole; i < n; i++) {
        s.sum += outcome[i] == TRUTH_YES;
        s.weighted += outcome[i] == TRUTH_YES ? i : 0;
    }
    return s;
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
    CLONES static uint32_t name(const void *sets, unsigned bit, size_t n)                          \
    {                                                                                              \
        uint32_t count = 0;                                                                        \
        EACH(n)                                                                                    \
        count += (uint32_t)(AT(M, sets, i) >> bit & 1);                                            \
        return count;                                                                              \
    }
FOR_WIDTHS(COUNT_BIT, bit)
uint32_t (*const count_bit[4])(const void *, unsigned, size_t) = WIDTHS(bit);

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
                           const uint8_t *inside, const uint8_t *moves, const uint8_t *amount,
                           size_t n)
{
    EACH(n)
    {
        uint8_t pays = (when[i] != TRUTH_NO) & amount[i];
        uint8_t there = (present[i] != TRUTH_NO) & (moves[i] | pays);

        outcome[i] = (inside[i] | there) != 0 ? SLICE_LATER : outcome[i];
    }
}
