/* amendment.h — what the files that link `amend` and `end` share: who may, from when, and in which
 * order the texts hold (semantics 49).
 * In: the amendments of some kinds of declaration.  Out: Versions of each thing.
 * Start: amendments_done(). */
#ifndef ANLAO_DECLARE_AMENDMENT_H
#define ANLAO_DECLARE_AMENDMENT_H

#include "declare/ruling.h"

/* What is amended or ended, as it was first declared. */
typedef struct Amended {
    void *thing;
    NodeKind kind;
    Str name;
    Str leave; /* the level it gives leave to, or empty */
    Home home;
    Date from, until; /* when it holds */
    bool always;      /* a computed field: it has no days */
} Amended;

typedef struct Amendment {
    const Declaration *d;
    Amended of;
    Version v;
    Str leave;   /* what the new text gives leave to */
    void *whole; /* the new text, where it is a thing of its own; NULL: it ends, or is in `v` */
    unsigned depth;
} Amendment;

/* Puts versions into the thing that all these amendments are about.  list[0] has the home and the
 * days of the first text and nothing else, the others stand in order. */
typedef void (*SealVersions)(Linker *l, const Amendment *all, size_t n, Versions *v);

/* A value of which each version has one, in the order of their list. */
Expr *versions_expr(Linker *l, const Versions *v, const Expr **args);
/* What a text of another kind has instead of being amended is said by link_amend.c; whether two
 * texts are about the same: reports, and false. */
bool amendment_refused(Linker *l, const Amendment *a, const char *what, const char *hint);
Amended amended_of_document(void *thing, NodeKind kind, Str name, Home home, Str leave);
/* Begins one: its citation, and its document's days. */
Amendment amendment_of(const Declaration *d);
/* Sorts them, refuses what may not be, and seals the rest thing by thing. */
void amendments_done(Linker *l, Amendment *all, size_t n, SealVersions seal);

#endif
