/* migrate_inside.h — what the parts of a migration share.  Read first: migrate.c. */
#ifndef ANLAO_STORE_MIGRATE_INSIDE_H
#define ANLAO_STORE_MIGRATE_INSIDE_H

#include "store/about.h"
#include "store/migrate.h"

typedef struct NumberRename { /* in the order in which they are done */
    Str owner, from;          /* as it is called … */
    Str owner_to, to;         /* … and then */
} NumberRename;

/* What a step may change of a database before it is compared with the documents. */
typedef struct StepWork {
    Conn *conn;
    Arena *arena;
    Str schema, kept;   /* the stored texts */
    Numbering *numbers; /* the stored numbers */
    GArray *renames;    /* of NumberRename: what the numbers are called in `naming` */
    const Model *model; /* that it is migrated to */
} StepWork;

/* What is hidden, line by line; and the names that stored numbers change. */
typedef struct Kept {
    Arena *arena;
    GPtrArray *lines;   /* char *, in the arena */
    GArray *renames;    /* of NumberRename, borrowed */
    Numbering *numbers; /* changed along */
} Kept;

/* migrate_kept.c */
void kept_begin(Kept *k, Arena *a, Str text, Numbering *numbers, GArray *renames);
/* One change of the documents.  True: something that was hidden is seen again. */
bool kept_change(Kept *k, const SchemaChange *c);
char *kept_text(Kept *k); /* sorted; in the arena */
void kept_end(Kept *k);

/* migrate_ddl.c: statements that turn the tables of one Plan into those of another; g_free. */
char *ddl_between(const Plan *from, const Plan *to);

/* migrate.c; the first words of an entry: verify compares them with the database. */
#define VIA_MIGRATE "migrate" /* entries of no one else come by this way */
char *migration_words(int64_t generation, const uint8_t schema[SM3_SIZE],
                      const Numbering *numbers); /* g_free */
bool sql_migration(const StoreKind *kind, const char *where, const Model *model, Arena *a,
                   Migration *ret, GError **error);
bool sql_migrate(const StoreKind *kind, const char *where, const PolicyPut *put, Arena *a,
                 Migration *ret, GError **error);

/* migrate_steps.c: what the program's own tables lack. */
bool steps_read(StepWork *w, Migration *ret, GString *ddl, GError **error);
/* migrate_added.c */
bool added_named(StepWork *w, GError **error);

#endif
