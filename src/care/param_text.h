/* param_text.h — a param's value in force for a place and day, as people read it. */
#ifndef ANLAO_CARE_PARAM_TEXT_H
#define ANLAO_CARE_PARAM_TEXT_H

#include "data/batch.h"
#include "data/region.h"
#include "declare/model.h"

typedef struct ParamText {
    bool unset; /* no certain value holds there that day: the place must set it */
    Str zh, en; /* "失能 200.00 元；半失能 100.00 元" */
    Str source; /* where the figure was found, or empty */
} ParamText;

void param_text(const Model *m, const RegionTree *regions, const Param *p, int32_t region, Date day,
                Arena *a, ParamText *ret);
/* The values that hold there that day, one for each combination of its codes; in the arena. */
const ParamValue **param_in_force(const RegionTree *regions, const Param *p, int32_t region,
                                  Date day, Arena *a, size_t *ret_n);
/* One value with the codes it is for: 失能 200.00 元. */
void param_value_text(const Param *p, const ParamValue *v, bool english, GString *to);
/* A number of a type as people read it: 200.00 元, 80 %, 2021-12-31, a code's label. */
void number_text(const Type *type, int64_t number, bool english, GString *to);

#endif
