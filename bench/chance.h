/* chance.h — numbers that look random and are the same each time (xorshift). */
#ifndef ANLAO_BENCH_CHANCE_H
#define ANLAO_BENCH_CHANCE_H

#include <stdint.h>

/* `state` is not 0 and is moved on; the result is below `below`. */
static inline uint64_t chance_next(uint64_t *state, uint64_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state % below;
}

#endif
