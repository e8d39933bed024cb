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

typedef struct OracleMonth {
    uint8_t outcome;
    int64_t amount;
    Lacks lacks;
} OracleMonth;

/* What was found last of a rule, so that rules that read each other are not asked for ever. */
typedef struct OracleFound {
    bool have[2]; /* by itself, net */
    size_t row;
    Date day; /* of a month its last */
    bool by_day;
    OracleMonth is[2];
} OracleFound;

typedef struct Oracle {
    const Model *m;
    const Dataset *d;
    const RegionTree *regions;
    Lacks judged;               /* ids of judgements */
    const int64_t *fill;        /* NULL, or what these open judgements are taken for: */
    const Field *const *filled; /* NULL at the end */
    OracleFound *found;         /* per rule; NULL: no rule reads another */
    bool by_day;                /* what others pay is that of the day, not of its month */
} Oracle;

/* Marks the model's judgements. */
void oracle_begin(Oracle *o);
/* What the rule would pay on the day at most: every way of deciding what is open, from the least to
 * the most; false: no ceiling, or a fact is missing. */
unsigned oracle_scale(const Rule *r); /* of its amounts, exceptions included */
bool oracle_most(const Oracle *o, const Rule *r, size_t row, Date day, int64_t *ret);
unsigned oracle_id(const Model *m, InputKind kind, const void *origin);
Seen oracle_value(const Oracle *o, const Expr *e, const Entity *entity, size_t row, Date day);
OracleMonth oracle_day(const Oracle *o, const Rule *r, size_t row, Date day);
OracleMonth oracle_month(const Oracle *o, const Rule *r, size_t row, Month month);
/* Net of its groups: of the month, or of one day (which both belong to the rule's time). */
OracleMonth oracle_net(const Oracle *o, const Rule *r, size_t row, Date day, bool by_day);

#endif
