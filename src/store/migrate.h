/* migrate.h — a database that was made for other documents, or by an earlier version of the
 * program. Nothing recorded is ever converted or dropped: what the documents no longer declare
 * keeps its tables and columns, out of sight, so that every record is still what the journal says
 * of it; what they declare otherwise begins anew beside it.  So a migration takes no longer for a
 * million records than for ten, but where an index is made.  The one that writes is in write.h.
 * Classes of changes: declare/schema.h.  Start: store_migration(). */
#ifndef ANLAO_STORE_MIGRATE_H
#define ANLAO_STORE_MIGRATE_H

#include "declare/schema.h"
#include "store/store.h"

typedef struct MigrationChange {
    SchemaChange change;
    int64_t records; /* that hold what it is about; -1: not counted, for it harms none */
} MigrationChange;

typedef struct Migration {
    int64_t generation;   /* of the schema in the database, before */
    int version, program; /* of the tables in the database, before, and of this program */
    Str *tables;          /* of the program's own: tables and indexes to be made, by name */
    size_t n_tables;
    Str *steps; /* in words, of the tables that change */
    size_t n_steps;
    MigrationChange *changes; /* of the documents */
    size_t n_changes;
    bool destructive, nothing; /* nothing: the database is as program and documents want it */
} Migration;

/* What store_migrate() would do; nothing is written. */
bool store_migration(const char *uri, const Model *m, Arena *a, Migration *ret, GError **error);
/* Another process has migrated the database since this one opened it: it can read, and should end.
 * Noticed by the first write, and by store_watermark(). */
bool store_is_outdated(Store *s);

#endif
