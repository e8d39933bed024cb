/* loop.h — the twelve benefits of policy.md for one month as a C programmer would write them for
 * speed: one loop over all people, each column as narrow as it is, nothing of Anlao in it. In:
 * columns.  Out: outcome and fen of each person and benefit.  Built with -O3 -march=native. */
#ifndef ANLAO_BENCH_LOOP_H
#define ANLAO_BENCH_LOOP_H

#include <stddef.h>
#include <stdint.h>

#define LOOP_RULES   12
#define LOOP_UNKNOWN (-1)      /* of codes, sets and money */
#define LOOP_NO_DAY  INT32_MIN /* of born: unknown */
#define LOOP_NEVER   INT32_MAX /* of died: not yet */

typedef struct LoopPeople {
    size_t n;
    int32_t *born, *died, *income; /* days since 1970; fen */
    int8_t *ability, *pension, *economy, *living, *care, *disability, *residence, *setting,
        *special;
} LoopPeople;

enum { LOOP_NO, LOOP_NOT_KNOWN, LOOP_YES, LOOP_OUTSIDE };

typedef struct LoopPaid {
    uint8_t *outcome[LOOP_RULES];
    int32_t *fen[LOOP_RULES]; /* 0 unless yes; of a yes without an amount 1 */
} LoopPaid;

/* first: the month's first day, since 1970. */
void loop_month(const LoopPeople *p, int32_t first, int days, LoopPaid *to);

#endif
