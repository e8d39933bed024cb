/* migrate.h — carries a database over to the documents of a folder and to this version of the
 * program.  Here the database need not open: it is looked at from outside.  Start: migrate_read(),
 * then migrate_do(). */
#ifndef ANLAO_CARE_MIGRATE_H
#define ANLAO_CARE_MIGRATE_H

#include "care/policy.h"
#include "store/migrate.h"

typedef struct MigrateOptions {
    const char *uri, *packs;
    bool stored; /* the documents in force stay: only the program's own tables change */
    Str account; /* in whose name; empty: the administrator of the machine */
    Str reason;  /* for what is destructive; kept in the journal */
} MigrateOptions;

typedef struct Migrate {
    Migration store;
    PolicyDifference policy; /* documents and rules; version 0 and nothing in it: none differ */
    Model *model;            /* what is to be in force; of the arena */
    Str left_out;            /* care_left_out(), also where nothing was done after all */
} Migrate;

/* What would be done.  False without error: the documents hold mistakes, see `ds`. */
bool migrate_read(const MigrateOptions *o, Diags *ds, Arena *a, Migrate *ret, GError **error);
/* Does it: all, or nothing.  An account needs the right to put policies in force, and a database
 * whose own tables are this program's. */
bool migrate_do(const MigrateOptions *o, Arena *a, Migrate *m, GError **error);

#endif
