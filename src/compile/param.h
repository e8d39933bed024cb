/* param.h — the value of a param in force for a place, codes and a day (semantics 7, 9, 47).
 * In: the Model and what-if changes.  Out: a value, or which param is lacking.  Start: param_at().
 */
#ifndef ANLAO_COMPILE_PARAM_H
#define ANLAO_COMPILE_PARAM_H

#include "compile/compile.h"

typedef struct ParamWorld {
    const Model *model;
    const RegionTree *regions; /* NULL: no places, all values hold everywhere */
    const ParamChange *changes;
    size_t n_changes;
    struct ParamMemo *memo; /* or NULL */
    unsigned depth; /* of defaults that read params: cycles are refused by linking, this is a net */
} ParamWorld;

typedef struct ParamAnswer {
    bool known;
    int64_t value;        /* storage units of the param; bits for a set */
    const Param *lacking; /* unset, unsure, or outside its delegated bounds */
    bool fault;           /* its default does not fit the param's decimals, or 64 bits */
} ParamAnswer;

/* What params have been found to be, kept from Program to Program: for one Model, its regions, and
 * no what-if; for one thread. */
typedef struct ParamMemo ParamMemo;
ParamMemo *param_memo_new(void);
void param_memo_free(ParamMemo *m);

/* A param at each cell of a slot on each day from which it may be another. */
typedef struct ParamTable ParamTable;
struct ParamTable {
    const ParamTable *next; /* of the same param, by other axes */
    unsigned free;
    int64_t fixed[6]; /* with `free`: which axes, as of Slot */
    const Date *days;
    size_t n_days;
    const ParamAnswer *answers; /* by day, by cell */
};
Arena *param_memo_arena(ParamMemo *m);
const ParamTable *param_memo_find(const ParamMemo *m, const Param *p, unsigned free,
                                  const int64_t *fixed);
void param_memo_add(ParamMemo *m, const Param *p, ParamTable *t);

ParamWorld param_world(const Model *m, const CompileOptions *o);
/* codes: one per index of the param, in order; the region's place in it is not looked at. */
ParamAnswer param_at(const ParamWorld *w, const Param *p, int32_t region, const int64_t *codes,
                     Date day);
/* Days from which anything that decides the param's value may be another (Date, unsorted). */
void param_days(const ParamWorld *w, const Param *p, GArray *days);
/* Whether its value depends on the place of the record although no index says so: places below
 * have set their own (semantics 47). */
bool param_by_place(const ParamWorld *w, const Param *p);

#endif
