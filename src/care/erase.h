/* erase.h — the right to deletion: all values of a record go, from the journal's bodies too, and
 * with them what went into it, what hangs on it, and its name on papers about others.
 * Start: record_erase_by_law(). */
#ifndef ANLAO_CARE_ERASE_H
#define ANLAO_CARE_ERASE_H

#include "care/care.h"

typedef struct EraseAsk {
    const Entity *entity;
    RecordKey key;
    Str order, why; /* who ordered it; why, under which law */
    Str keep;       /* entities, with blanks or commas between, that the law has kept although they
                       hang on it */
} EraseAsk;

typedef struct EraseReport {
    int64_t seq;        /* the entry that says so */
    uint64_t with;      /* records that went into it or hung on it, and went with it */
    uint64_t papers;    /* papers about others that do not name it any more */
    uint64_t referring; /* records that still refer to it, and may hold words about it */
    Str unsure;         /* numbers of papers that were left: another has its name, too, or they
                           prove a draw; or empty */
    Str elsewhere;      /* counties with a part of it that other nodes keep; or empty */
    Str wipe_why;       /* why the file may still hold what was erased; empty: it does not */
} EraseReport;

/* On the machine alone (FAIL_RIGHT).  Broken off, it is done again: the record itself goes last. */
bool record_erase_by_law(Care *c, const Session *s, const EraseAsk *ask, Arena *a, EraseReport *ret,
                         GError **error);

/* What was erased here, oldest first: to be kept outside of the database, and done again after an
 * older copy was put back. */
typedef struct ErasedLine {
    Str entity, id, reason;
    int32_t county;
    int64_t seq, at;
} ErasedLine;
bool erased_list(Care *c, const Session *s, Arena *a, ErasedLine **ret, size_t *ret_n,
                 GError **error);
/* As a file (one line each, tabs between), and read back. */
void erased_print(const ErasedLine *lines, size_t n, GString *to);
bool erased_parse(Str text, Arena *a, ErasedLine **ret, size_t *ret_n, GError **error);
/* Whatever of the list has values here is erased once more, in the words of its line. */
typedef struct AgainReport {
    uint64_t done, absent; /* absent: not here, or empty already */
    uint64_t unknown;      /* of these: of an entity that no document here declares */
    Str wipe_why;
} AgainReport;
bool erased_again(Care *c, const Session *s, const ErasedLine *lines, size_t n, Arena *a,
                  AgainReport *ret, GError **error);

#endif
