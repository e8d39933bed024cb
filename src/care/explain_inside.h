/* explain_inside.h — what is added to the sentences of an explanation: who can supply what is
 * missing, and where each value came from. */
#ifndef ANLAO_CARE_EXPLAIN_INSIDE_H
#define ANLAO_CARE_EXPLAIN_INSIDE_H

#include "care/care.h"
#include "compile/compile.h"

typedef struct Explaining {
    Care *care;
    const Session *session;
    const Model *model;  /* whose rules are explained: in force, or of a receipt */
    const Dataset *data; /* as known then */
    const RegionTree *regions;
    const Program *program; /* one output */
    const Trace *trace;
    Arena *arena;
    bool past; /* entries of the journal behind data->known are not of this answer */
} Explaining;

/* Fills in who_zh, who_en, and of params where they are declared. */
void explain_who(const Explaining *x, Explanation *to);
/* Fills in the facts and params that were read; each once, in the order they are read. */
bool explain_facts(const Explaining *x, Explanation *to, GError **error);

#endif
