/* erase_inside.h — who is erased, and by what she is known: between erase.c and erase_papers.c. */
#ifndef ANLAO_CARE_ERASE_INSIDE_H
#define ANLAO_CARE_ERASE_INSIDE_H

#include "care/erase.h"
#include "care/write.h"

typedef struct ErasePart { /* the record itself, what went into it, what hangs on it */
    const Entity *entity;
    RecordKey key;
    bool hangs;
} ErasePart;

typedef struct Erasing {
    Care *care;
    const Session *session;
    const Entity *entity;
    Arena *arena;
    Str reason;
    bool again;     /* one of a list: it alone, what went with it has lines of its own */
    GArray *parts;  /* of ErasePart */
    GArray *papers; /* of IssueRow, by county: as they read from now on */
    EraseReport *report;
} Erasing;

/* In the words of an entry; the file is not written anew. */
bool erase_by_law(Care *c, const Session *s, const EraseAsk *ask, Str reason, bool again, Arena *a,
                  EraseReport *ret, GError **error);
Str erase_wipe(Care *c, Arena *a); /* why not; empty: done */

/* Papers about others that name her: erase_papers.c.  Before anything of her goes. */
bool erase_papers_read(Erasing *x, GError **error);
/* Those of a county. */
Erasure erase_papers_of(const Erasing *x, int32_t county);

#endif
