/* looks.h — who looked at a record, for the person it is about; also for pages. */
#ifndef ANLAO_CARE_LOOKS_H
#define ANLAO_CARE_LOOKS_H

#include "care/page_api.h"

typedef struct LookLine {
    int64_t at;      /* microseconds UTC */
    Str actor, what; /* what: look, history, paper; reveal, taken, export */
    Label detail;    /* which paper; which field was revealed, why; what was taken along */
    bool maybe;      /* an export of the register, which may have held the record */
} LookLine;

/* Newest first, at most `most`.  For who may reveal, or read the journal (FAIL_RIGHT). */
bool record_lookers(Care *c, const Session *s, const Entity *e, RecordKey key, size_t most,
                    Arena *a, LookLine **ret, size_t *ret_n, GError **error);

#endif
