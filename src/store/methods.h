/* methods.h — a Store inside: what both kinds of database share, and the table of functions a kind
 * fills.  One writer behind a mutex, a pool of readers.  Statements and transactions go through
 * conn.h; only ddl.c may make tables. */
#ifndef ANLAO_STORE_METHODS_H
#define ANLAO_STORE_METHODS_H

#include "store/conn.h"
#include "store/plan.h"
#include "store/row.h"
#include "store/write.h"

/* Of the tables in tables.def: raised with each step in migrate_steps.c.  `about` and head hold the
 * database's; a program that is older may not write it, one that is newer migrates it first. */
#define PROGRAM_VERSION       5
#define PROGRAM_VERSION_LEAST 2 /* the oldest that can be migrated */
#define GENERATION_FIRST      1 /* of the schema: every migration raises it, in each county's head */

/* As known when: now, at one entry number of every county, or at one of each. */
typedef struct LoadKnown {
    int64_t all; /* 0: now */
    const KnownAt *each;
    size_t n_each;
} LoadKnown;

/* A kind of database.  `where` is the address behind the scheme. */
typedef struct StoreKind {
    const char *scheme; /* "sqlite:" */
    /* Makes the database in a place that has none, by database_make(): whole or not at all. */
    bool (*create)(const char *where, const Model *m, const StoreFacts *facts, GError **error);
    bool (*is_free)(const char *where, GError **error);  /* nothing is there yet */
    bool (*is_there)(const char *where, GError **error); /* false: the error says what is not */
    bool (*connect)(const char *where, ConnUse use, Conn **ret, GError **error);
    bool (*start)(Store *s, GError **error); /* what runs beside an open Store */
    void (*stop)(Store *s);
    /* After many rows came into a table: so that questions are planned for what is in it now, and
     * the first change of a row is no dearer than the next; NULL: no need. */
    bool (*tidy)(Conn *reader, const TablePlan *t, GError **error);
    char *(*shown)(const char *where); /* the address for people, without a password; g_free */
    bool (*wipe)(const char *where, GError **error); /* keys.h, store_wipe() */
    /* backup.h */
    bool (*copy_out)(const char *where, const Model *m, const char *path, GError **error);
    bool (*put_back)(const char *path, const Model *m, const char *where, char **ret_kept,
                     GError **error);
} StoreKind;

extern const StoreKind sqlite_kind, postgres_kind;

struct Store {
    const StoreKind *kind;
    Model *model;
    StoreFacts facts;
    Arena *arena; /* owns the texts of facts */
    /* ids reserved and not given out yet */
    GMutex ids;
    int64_t id_next, id_end, id_block;

    char *where;
    Plan *plan;
    Numbering *numbering; /* complete once open: all names of the Model have numbers */
    GHashTable *regions;  /* known region codes; NULL = not checked */
    int64_t policy;       /* version in force */
    int64_t generation;   /* the schema it was opened with; another one in a head: it is outdated */
    int outdated;         /* another version has migrated the database; read by any thread */

    Conn *writer;
    uint64_t writers; /* number of the writer's connection: the first is 1 */
    GMutex writing;
    struct Queue *queue;
    struct Flusher *flusher;

    GMutex pool;
    Conn *idle;       /* readers */
    uint64_t flushed; /* store_moment() of what is known to be on the disk; guarded by `pool` */

    GArray *staging; /* int64_t: imports that a thread of ours is at; guarded by `writing` */

    Str left_out; /* store_left_out() */

    struct Flows *flows; /* what moves on declared accounts (flows.h) */
    LedgerLimits limits; /* or NULL */
    void *limits_with;

    void *beside;         /* of the kind: start(), stop() */
    struct Writing *work; /* reused by every write transaction */
};

/* open.c */
bool reader_take(Store *s, Conn **ret, GError **error);
void reader_give(Store *s, Conn *c);

/* row_tables.c: rows in and out of statements of the Plan. */
void row_bind(Statement *st, const Row *r);
/* Slots of the current row; texts are kept in the arena. */
void row_from(Statement *st, Row *r, Arena *a);
/* The record with everything that is known of it.  *ret_found false: none. */
bool row_load(Conn *c, Row *r, RecordKey key, Arena *a, bool *ret_found, GError **error);
bool row_insert(Conn *c, const Row *r, GError **error);
/* E is updated; what is new goes to E_x and E_was, what is gone is marked there. */
bool row_update(Conn *c, const Row *r, GError **error);
bool row_write_history(Conn *c, const Row *r, GError **error);
Piece piece_from(Statement *st, const FieldPlan *f, Arena *a); /* of period_read, period_scan */
Was was_from(Statement *st, const TablePlan *t, Arena *a);
/* Whether a row of E, or of E_was, holds something that belongs to no value. */
bool row_residue(Statement *st, const TablePlan *t);
bool was_residue(Statement *st, const TablePlan *t);

/* migrate_steps.c: false, unless the tables are those of this program. */
bool tables_gate(Conn *c, GError **error);

/* about.c: tables and first entries, on a connection for CONN_CREATE. */
bool database_make(const StoreKind *kind, const char *where, const Model *m,
                   const StoreFacts *facts, GError **error);

#endif
