/* kernels.h — plain loops over a slice of at most BATCH_STEP rows; one per operation and width.
 * Conditions are bytes that hold a Truth.  Missing sets have 1, 2, 4 or 8 bytes a row.  Widths:
 * 0 = 8 bits … 3 = 64 bits. */
#ifndef ANLAO_EVALUATE_KERNELS_H
#define ANLAO_EVALUATE_KERNELS_H

#include "base/date.h"
#include "data/kind.h"

typedef void (*KernelVV)(void *restrict to, const void *a, const void *b, size_t n);
typedef void (*KernelVS)(void *restrict to, const void *a, int64_t b, size_t n);

/* ---- kernels.c */

typedef enum Compared { CMP_EQ, CMP_NE, CMP_LT, CMP_LE, CMP_GT, CMP_GE, CMP_ANY, CMP_ALL } Compared;
typedef enum Counted { NUM_ADD, NUM_SUB, NUM_RSUB, NUM_MUL, NUM_MIN, NUM_MAX, NUM_OR } Counted;

extern const KernelVV compare_vv[8][4]; /* to: truths */
extern const KernelVS compare_vs[8][4];
extern const KernelVV count_vv[7][4]; /* RSUB: b - a */
extern const KernelVS count_vs[7][4];
typedef void (*KernelRange)(uint8_t *restrict to, const void *a, int64_t low, int64_t high,
                            size_t n);
extern const KernelRange truth_in_range[4];
extern const KernelVS add_above[4], add_below[4]; /* bytes += a >= cut, a <= cut */
void lane_widen(void *to, int to_width, const void *from, int from_width, size_t n); /* or narrow */
void lane_spread(void *to, int width, int64_t value, size_t n);
void stream_out(void *to, const void *from, size_t bytes); /* memcpy for what is not read soon */
void stream_end(void);                                     /* before another thread reads it */
/* 64 bits; false: a lane that is not in doubt overflows. */
bool checked_vv(Counted op, int64_t *restrict to, const int64_t *a, const int64_t *b,
                const uint8_t *doubt, size_t n);

void truth_and_vv(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t n);
void truth_or_vv(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t n);
void truth_not_v(uint8_t *restrict to, const uint8_t *a, size_t n);
void truth_of_bool(uint8_t *restrict to, const int8_t *a, size_t n);
void bool_of_truth(int8_t *restrict to, const uint8_t *a, size_t n);
void truth_in_set(uint8_t *restrict to, const int8_t *codes, uint64_t set, size_t n);

/* ---- kernels_more.c: missing sets */

/* Sets from known bytes: the bit where one is 0.  Whether there is one. */
extern bool (*const missing_of_known[4])(void *restrict to, const uint8_t *known, uint64_t bit,
                                         size_t n);
void join_bytes(uint8_t *restrict to, const uint8_t *a, const uint8_t *b, size_t bytes);
void add_bytes(uint8_t *restrict to, const uint8_t *a, size_t bytes); /* to |= a */
bool any_nonzero(const void *a, size_t bytes);
/* `otherwise` where something is missing. */
extern void (*const doubt_truth[4])(uint8_t *truth, const void *missing, uint8_t otherwise,
                                    size_t n);
extern void (*const doubt_yes[4])(uint8_t *truth, const void *missing, size_t n); /* of yes only */
extern void (*const doubt_only[4])(void *missing, const uint8_t *truth, size_t n);
extern void (*const doubt_bytes[4])(uint8_t *restrict to, const void *missing, size_t n);

/* Bytes of doubt_bytes in place: yes where known. */
void truth_of_doubt(uint8_t *bytes, size_t n);

/* Choices; `pick` of missing sets: 1 = a, 2 = b, 0 = neither. */
void pick_sure(uint8_t *restrict to, const uint8_t *condition, size_t n);
void pick_equal(uint8_t *pick, const uint8_t *equal, size_t n);
void clear_where(uint8_t *bytes, const uint8_t *mask, size_t n);
/* a where pick is `first`, else b. */
extern void (*const choose_lane[4])(void *restrict to, const uint8_t *pick, uint8_t first,
                                    const void *a, const void *b, size_t n);
/* Missing sets of a choice: c's beside those of both where neither is picked. */
extern void (*const choose_missing[4])(void *restrict to, const uint8_t *pick, const void *c,
                                       const void *a, const void *b, size_t n);
extern void (*const prefer_missing[4])(void *to, const void *first, size_t n); /* where not empty */
extern void (*const equal_lane[4])(uint8_t *restrict to, const void *a, const void *b, size_t n);
extern void (*const differ_lane[4])(uint8_t *mask, const void *a, const void *b, size_t n);

/* Look-ups: cell numbers, then cells. */
/* A table of at most 16 cells, each byte of which has a plane of its own: looked up 16 rows at
 * once. Indexes behind it, of unknown rows, read any of its cells. */
#define FEW_CELLS 16
typedef struct FewCells {
    uint8_t planes[8][FEW_CELLS];
} FewCells;
void few_set(FewCells *to, size_t cell, int64_t value);
extern void (*const take_of_few[4])(void *restrict to, const FewCells *cells, const void *index,
                                    size_t n);
extern const KernelVS add_cells[4]; /* to (uint32) += a × b */
void clamp_cells(uint32_t *cell, uint32_t most, size_t n);
extern void (*const take_cells[4])(void *restrict to, const void *values, const uint32_t *cell,
                                   size_t n);
extern void (*const take_missing[4])(void *restrict to, const uint64_t *missing,
                                     const uint32_t *cell, size_t n);

void find_rows(uint32_t *restrict cell, uint8_t *restrict found, const int32_t *row, uint32_t rows,
               size_t n); /* row 0 in place of rows that are not there */
void find_known(uint8_t *found, const uint8_t *known, const uint32_t *cell, size_t n);

/* Dated columns. */
void dated_held(uint8_t *restrict to, const uint8_t *known, const int32_t *since,
                const int32_t *until, int32_t day, size_t n);
void dated_moved(uint8_t *restrict to, const int32_t *since, const int32_t *until, int32_t first,
                 int32_t last, size_t n);
size_t dated_after(uint16_t *restrict to, const int32_t *since, int32_t day, size_t n);

/* Whole periods from a to `day`: the greatest k in low..high with a <= at[k - low]. */
void whole_periods(int32_t *restrict to, const int32_t *a, int32_t day, const int32_t *at,
                   int32_t low, int32_t high, double per_day, size_t n);

/* Outcomes: a Truth, or these. */
#define SLICE_OUTSIDE 4 /* OUTCOME_OUTSIDE */
#define SLICE_LATER   5 /* the row driver decides */

typedef struct SliceSums {
    uint64_t sum;      /* of amounts, modulo 2^64 */
    uint64_t weighted; /* of (row in the slice) × amount, modulo 2^64 */
} SliceSums;

void count_outcomes(const uint8_t *outcome, size_t n, uint32_t counts[8]);
/* By width; [SUM_SMALL]: 32 bits, amounts below SUM_SMALL_BELOW. */
#define SUM_SMALL       4
#define SUM_SMALL_BELOW (1 << 22)
extern SliceSums (*const sum_yes[5])(const uint8_t *outcome, const void *amount, size_t n);
SliceSums sum_yes_one(const uint8_t *outcome, size_t n); /* 1 per yes */
/* Missing sets of what decides an output, as they lie in the slice. */
typedef struct Doubts {
    const void *present, *when, *rest; /* rest: of a check what it requires, else the amount */
    bool check;
} Doubts;

/* Sets of unknown rows, empty elsewhere; and how many hold a bit. */
extern void (*const unknown_sets[4])(void *restrict to, const uint8_t *outcome, const Doubts *d,
                                     size_t n);
extern uint32_t (*const count_bit[4])(const void *sets, unsigned bit, size_t n);
/* Bit `from` of each set becomes bit `bit`, beside what `to` has. */
void move_bit(uint8_t *restrict to, const uint8_t *sets, unsigned from, unsigned bit, size_t n);
/* Amounts of yes rows, and `up`, ÷ unit: all below 2^31.  What comes to nothing is no. */
void settle_lane(int32_t *restrict to, uint8_t *restrict outcome, const int32_t *amount, int32_t up,
                 int32_t unit, size_t n);
extern void (*const no_of_nothing[4])(uint8_t *outcome, const void *amount, size_t n);
void outcome_outside(uint8_t *outcome, const uint8_t *present, size_t n);
void outcome_of_check(uint8_t *restrict to, const uint8_t *when, const uint8_t *require, size_t n);
/* Rows there on the first day for sure that left inside the stretch, no fact being recorded: they
 * count as there (`to`), and are marked. */
void outcome_still_there(uint8_t *restrict to, uint8_t *restrict gone, const uint8_t *present,
                         const uint8_t *first, const uint8_t *recorded, size_t n);
/* Rows that change inside a stretch in a way that matters become SLICE_LATER.  any day: `inside`
 * and `recorded` are changes of presence, the latter by recorded facts; `moves` are changes of the
 * condition, `better` those that can have made it better on an earlier day. */
void later_any_day(uint8_t *restrict outcome, const uint8_t *present, const uint8_t *when,
                   const uint8_t *inside, const uint8_t *recorded, const uint8_t *gone,
                   const uint8_t *moves, const uint8_t *better, const uint8_t *amount, size_t n);
void later_each_day(uint8_t *restrict outcome, const uint8_t *present, const uint8_t *when,
                    const uint8_t *inside, const uint8_t *recorded, const uint8_t *gone,
                    const uint8_t *moves, const uint8_t *amount, size_t n);

#endif
