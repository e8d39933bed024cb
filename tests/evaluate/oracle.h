/* oracle.h — the semantics once more, as plainly as they are written: expressions walked as trees,
 * every day of a month looked at one by one.  Slow, and nothing shared with compile/ or evaluate/.
 * Start: oracle_month(). */
#ifndef ANLAO_TESTS_EVALUATE_ORACLE_H
#define ANLAO_TESTS_EVALUATE_ORACLE_H

#include "make.h"

#define ORACLE_WORDS 8
typedef struct Lacks { /* what is missing: bits by oracle_id */
    uint64_t bits[ORACLE_WORDS];
} Lacks;

typedef struct Seen { /* a value; conditions are known and hold a Truth */
    bool known;
    int64_t value;
    Lacks lacks;
} Seen;

typedef struct Oracle {
    const Model *m;
    const Dataset *d;
    const RegionTree *regions;
} Oracle;

typedef struct OracleMonth {
    uint8_t outcome;
    int64_t amount;
    Lacks lacks;
} OracleMonth;

unsigned oracle_id(const Model *m, InputKind kind, const void *origin);
Seen oracle_value(const Oracle *o, const Expr *e, const Entity *entity, size_t row, Date day);
OracleMonth oracle_day(const Oracle *o, const Rule *r, size_t row, Date day);
OracleMonth oracle_month(const Oracle *o, const Rule *r, size_t row, Month month);

#endif
