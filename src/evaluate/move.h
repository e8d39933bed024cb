/* move.h — where a record stands in its procedure, and which steps may be taken on a day.
 * In: ProcedureProgram, Dataset, a row, a day.  Out: the state, each step out of it with what
 * speaks against it, and the order of a queue.  Knows no database and no Model; who may take a step
 * is not asked here.  Start: procedure_run_new(), procedure_item(), procedure_queue(). */
#ifndef ANLAO_EVALUATE_MOVE_H
#define ANLAO_EVALUATE_MOVE_H

#include "base/fail.h"
#include "compile/follow_program.h"
#include "data/batch.h"

typedef struct HoldAnswer {
    unsigned hold;    /* index in the program */
    Truth truth;      /* of its condition: yes or unknown; a free hold is not listed */
    uint64_t missing; /* inputs of output 0 of the hold's program */
    int64_t row;      /* of the record it is about; ROW_NONE: that is not recorded */
} HoldAnswer;

typedef struct MoveAnswer {
    unsigned move; /* index in the program */
    Truth may;     /* yes; no: something speaks against it; unknown: facts are missing */
    Truth guard;   /* yes where there is none */
    uint64_t guard_missing;
    uint64_t lacking; /* a bit per need that is not given */
    HoldAnswer *holds;
    size_t n_holds;
    bool has_due, overdue, too_early, wrong_year;
    Date due, not_before; /* not_before: DATE_MIN where there is none */
    int full;             /* limit that is reached; -1: none */
    uint32_t taken;       /* items counted under the first limit, this one left out */
} MoveAnswer;

typedef struct ItemAnswer {
    bool begun;     /* its state is recorded */
    unsigned state; /* on the day */
    Date since, first;
    Truth concerned; /* whether it is there and lies in the document's place */
    bool governed;   /* the procedure's document was in force when the item began (semantics 57) */
    MoveAnswer *moves; /* steps that lead out of its state */
    size_t n_moves;
} ItemAnswer;

typedef struct ProcedureRun ProcedureRun;
/* The Dataset must not change meanwhile; one thread at a time. */
ProcedureRun *procedure_run_new(const ProcedureProgram *p, const Dataset *d, GError **error);
void procedure_run_free(ProcedureRun *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ProcedureRun, procedure_run_free)

bool procedure_item(ProcedureRun *r, size_t row, Date on, Arena *a, ItemAnswer *ret,
                    GError **error);
/* Rows that are in a state on a day, in row order. */
uint32_t *procedure_rows(ProcedureRun *r, unsigned state, Date on, const uint8_t *rows, Arena *a,
                         size_t *ret_n);

/* An item's place in the queue of its state (semantics 60): by the keys of the order, then by the
 * day it entered the state, then by its row.  Where a key is not known it stands at the worst place
 * it may have; `best` is the place it has if that turns out well. */
typedef struct QueuePlace {
    uint32_t row;
    Date since;
    size_t place, best;
    bool unsure; /* some key is not known */
} QueuePlace;
/* Without an order in the program: by entry alone. */
bool procedure_queue(ProcedureRun *r, unsigned state, Date on, const uint8_t *rows, Arena *a,
                     QueuePlace **ret, size_t *ret_n, GError **error);

#endif
