/* sqlite.h — connections, statements and errors of the SQLite store.
 * One writer behind a mutex, a pool of readers, one connection for checkpoints.  Statements are
 * kept by the address of their text.  Only ddl.c may change the schema: every connection has an
 * authorizer that refuses it elsewhere. */
#ifndef ANLAO_STORE_SQLITE_H
#define ANLAO_STORE_SQLITE_H

#include <sqlite3.h>

#include "store/cell.h"
#include "store/methods.h"
#include "store/plan.h"
#include "store/row.h"

#define SCHEMA_GENERATION 1 /* raised by migrations; head holds the database's */
#define PROGRAM_VERSION   1 /* least program that may write; head holds the database's */

typedef struct SqliteStore SqliteStore;

typedef struct Conn {
    sqlite3 *db;
    GHashTable *kept; /* address of SQL text → sqlite3_stmt */
    bool may_ddl;
    int64_t deadline; /* of a long read, clock_monotonic_us; 0 = none */
    struct Conn *next;
} Conn;

typedef enum ConnUse { CONN_WRITER, CONN_READER, CONN_CREATE } ConnUse;

struct SqliteStore {
    Store base;
    char *path;
    Plan *plan;
    Numbering *numbering; /* complete once open: all names of the Model have numbers */
    GHashTable *regions;  /* known region codes; NULL = not checked */
    int64_t policy;       /* version in force */

    Conn *writer;
    GMutex writing;
    struct Queue *queue;

    GMutex pool;
    Conn *idle; /* readers */

    GArray *staging; /* int64_t: imports begun here and not committed; guarded by `writing` */

    struct Checkpointer *checkpointer;
    struct Writing *work; /* reused by every write transaction */
};

bool conn_open(const char *path, ConnUse use, Conn **ret, GError **error);
void conn_close(Conn *c);
/* A statement, reset and without bindings.  The text must live as long as the connection: a
 * constant or one of the Plan. */
bool conn_statement(Conn *c, Sql sql, sqlite3_stmt **ret, GError **error);
/* Runs to the next row.  At the end of the rows, and after a failure, the statement is reset. */
bool conn_step(Conn *c, sqlite3_stmt *st, bool *ret_row, GError **error);
bool conn_done(Conn *c, sqlite3_stmt *st, GError **error); /* one that gives no rows */
/* First column of the first row; `otherwise` when there is none or it is NULL. */
bool conn_number(Conn *c, sqlite3_stmt *st, int64_t otherwise, int64_t *ret, GError **error);
bool conn_run(Conn *c, Sql sql, GError **error);
/* Sets error from what SQLite says last; always false. */
bool conn_fail(Conn *c, GError **error);
bool conn_is_in_transaction(Conn *c);

bool reader_take(SqliteStore *s, Conn **ret, GError **error);
void reader_give(SqliteStore *s, Conn *c);

void bind_int(sqlite3_stmt *st, int at, int64_t n);
void bind_str(sqlite3_stmt *st, int at, Str s); /* the text must live until the step */
void bind_bytes(sqlite3_stmt *st, int at, const void *bytes, size_t n);
void bind_cell(sqlite3_stmt *st, int at, Cell c); /* links: the id only */
/* Borrowed until the next step or reset. */
Str column_str(sqlite3_stmt *st, int at);
Cell column_cell(sqlite3_stmt *st, int at);
Cell cell_keep(Arena *a, Cell c);

/* sqlite_row.c: rows in and out of statements of the Plan. */
void row_bind(sqlite3_stmt *st, const Row *r);
/* Slots of the current row; texts are kept in the arena. */
void row_from(sqlite3_stmt *st, Row *r, Arena *a);
/* The record with everything that is known of it.  *ret_found false: none. */
bool row_load(Conn *c, Row *r, RecordKey key, Arena *a, bool *ret_found, GError **error);
bool row_insert(Conn *c, const Row *r, GError **error);
/* E is updated; what is new goes to E_x and E_was, what is gone is marked there. */
bool row_update(Conn *c, const Row *r, GError **error);
bool row_write_history(Conn *c, const Row *r, GError **error);
Piece piece_from(sqlite3_stmt *st, const FieldPlan *f, Arena *a); /* of period_read, period_scan */
Was was_from(sqlite3_stmt *st, const TablePlan *t, Arena *a);

#endif
