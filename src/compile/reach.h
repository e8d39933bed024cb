/* reach.h — which rules a fact reaches: for each field that a Program reads, the way from the
 * record whose fact it is to the records whose answers rest on it. In: a Program.  Out: a
 * ReachIndex, plain data.  A changed assessment reaches its elder's rules, a changed facility the
 * rules about its stays.  Not here: walking the way over records (evaluate/touched.c). Start:
 * reach_new(), reach_of(). */
#ifndef ANLAO_COMPILE_REACH_H
#define ANLAO_COMPILE_REACH_H

#include "compile/program.h"

#define REACH_RECORD UINT32_MAX /* as a column: that there is such a record at all */

/* One reference on the way: `column` of the records of `entity` refers to others. */
typedef struct Hop {
    unsigned entity, column;
    bool back; /* from who is referred to, to those who refer; else from who refers, on */
} Hop;

typedef struct Reach {
    unsigned entity, column; /* the fact */
    const Hop *hops;         /* from its record to the records the rules are about */
    size_t n_hops;
    const uint32_t *outputs; /* numbers of the Program's outputs, rising */
    size_t n_outputs;
} Reach;

typedef struct ReachIndex {
    Arena *arena;
    unsigned subject; /* the entity the Program is about */
    Reach *list;      /* by entity, then column */
    size_t n;
    const uint32_t *all; /* every output */
    size_t n_all;
} ReachIndex;

/* NULL when a way cannot be followed: then any fact may reach anything (no such program is known).
 */
ReachIndex *reach_new(const Program *p, GError **error);
void reach_free(ReachIndex *x);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ReachIndex, reach_free)
/* What a fact reaches; of REACH_RECORD: all that any fact of the entity reaches. */
const Reach *reach_of(const ReachIndex *x, unsigned entity, unsigned column, size_t *ret_n);

/* The first day behind `day` on which a param or table that the output reads says something else,
 * whoever it is about; DATE_MAX when there is none. */
Date output_next_slice(const Program *p, const ProgramOutput *o, Date day);

#endif
