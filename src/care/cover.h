/* cover.h — the clauses of a list against the documents: which run, which are only declared, which
 * are missing.
 * In: a file of clauses (columns doc and clause, by header name), the packs.  Out: a Cover.
 * What counts as running is decided by observable.def alone.  Start: cover_read(). */
#ifndef ANLAO_CARE_COVER_H
#define ANLAO_CARE_COVER_H

#include "base/fail.h"
#include "care/observable.h"

typedef struct CoverItem {
    DeclarationKind kind;
    Str name;
    bool seen; /* something a user can observe comes of it */
} CoverItem;

typedef struct CoverClause {
    Str document, clause; /* as in the file */
    ClauseState state;
    bool heading;  /* the document has such a heading */
    Label title;   /* of the heading */
    GArray *items; /* of CoverItem: what stands under it; in the arena */
} CoverClause;

typedef struct CoverDocument {
    Str name;
    bool there;               /* the packs have it */
    size_t clauses, count[3]; /* by ClauseState */
} CoverDocument;

typedef struct Cover {
    CoverClause *clauses; /* in the order of the file */
    size_t n_clauses;
    CoverDocument *documents; /* in the order they first appear */
    size_t n_documents;
} Cover;

/* `named`: only these documents of the file; none: all of it.  Everything lives in the arena. */
bool cover_read(const char *packs, const char *path, char *const *named, size_t n_named, Arena *a,
                Cover *ret, GError **error);

#endif
