/* postgres.h — connections and statements of the PostgreSQL kind, for the files postgres*.c.
 * All that is asked goes through libpq's pipeline: statements without rows are sent and not waited
 * for, those with rows wait for everything before them.  Numbers, texts and bytes travel in binary.
 * Many rows come through a cursor, so that several scans of one snapshot can stand side by side. */
#ifndef ANLAO_STORE_POSTGRES_H
#define ANLAO_STORE_POSTGRES_H

#include <libpq-fe.h>

#include "store/methods.h"

#define PUT_WIDTHS 3
#define SENT_MOST  500 /* answers that may be under way: more would fill the server's buffers */

typedef struct PgConn {
    Conn base;
    PGconn *pg;
    GPtrArray *holding; /* of PgStatement: those that hold rows back, in order */
    GArray *sent;       /* of Sent: not answered yet, in order */
    bool begun;         /* inside a transaction */
    bool lost;          /* of no more use */
    bool owes;          /* the answer to a ROLLBACK is not read yet: pg_leave() */
    bool mute;          /* may say no word to the log: pg_flush() */
    int64_t number;     /* of the transaction: cursors end with it */
    unsigned named;     /* statements that have a name */
} PgConn;

typedef struct PgParam {
    Oid type; /* 0: NULL */
    int length;
    const char *at;
    char number[8]; /* most significant byte first */
} PgParam;

typedef struct PgStatement PgStatement;

typedef struct PgHeld { /* rows that were put and not sent yet */
    Arena *arena;       /* of their values */
    GArray *params;     /* of PgParam: n_params for each row */
    unsigned rows, most;
    PgStatement *wide[PUT_WIDTHS]; /* the same for many rows; made when needed */
} PgHeld;

struct PgStatement {
    Statement base;
    PgConn *conn;
    char *text;   /* as PostgreSQL spells it */
    char *table;  /* the one that it writes, and it sees no other; NULL: it may see any */
    PgHeld *held; /* or NULL */
    char name[16];
    bool many, prepared;
    PgStatement *twin_of; /* what it is prepared as; NULL: itself */
    PgParam *params;
    int n_params;
    bool asked;     /* rows were asked for, and are not here yet */
    int64_t when;   /* number of the transaction in which they were asked for */
    bool ended;     /* the cursor has no more */
    int64_t opened; /* number of the transaction the cursor was opened in; 0 = closed */
    PGresult *rows;
    int row, n_rows; /* row: the present one */
};

typedef enum SentKind { SENT_PREPARE, SENT_DONE, SENT_ROWS, SENT_COMMIT } SentKind;

typedef struct Sent {
    SentKind kind;
    PgStatement *st; /* SENT_PREPARE, SENT_ROWS */
} Sent;

PgConn *pg_of(Conn *c);
/* postgres_error.c: sets error from a result, or from the connection when `res` is NULL. */
bool pg_fail(PgConn *c, const PGresult *res, GError **error);
/* A connection could not be made. */
bool pg_fail_connect(PGconn *pg, const char *shown, GError **error);

/* postgres_statement.c */
bool pg_text(PgConn *c, const char *text, SentKind kind, GError **error); /* without parameters */
/* Ends what was only read: nobody waits for the server to say so but who asks next. */
void pg_leave(PgConn *c);
bool pg_settle(Conn *c, GError **error); /* waits for all answers; the first failure */
bool pg_prepare(Conn *c, const char *text, bool many, Statement **ret, GError **error);
void pg_finalize(Statement *st);
bool pg_step(Conn *c, Statement *st, bool *ret_row, GError **error);
bool pg_done(Conn *c, Statement *st, GError **error);
Statement *pg_twin(Statement *st);
bool pg_ask(Conn *c, Statement *st, GError **error);
/* Sends it with the values that are bound, and waits for nothing. */
bool pg_execute(PgConn *c, PgStatement *st, SentKind kind, GError **error);

/* postgres_put.c */
bool pg_put(Conn *c, Statement *st, GError **error);
/* Sends what is held back; with a table only when rows of that one are. */
bool pg_held_send(PgConn *c, const char *table, GError **error);
void pg_held_drop(PgConn *c);
void pg_held_free(PgStatement *st);
void pg_reset(Statement *st);
void pg_bind_int(Statement *st, int at, int64_t n);
void pg_bind_text(Statement *st, int at, Str s);
void pg_bind_bytes(Statement *st, int at, const void *bytes, size_t n);
void pg_bind_null(Statement *st, int at);
CellType pg_column_type(Statement *st, int at);
int64_t pg_column_int64(Statement *st, int at);
void pg_column_numbers(Statement *st, int n, int64_t *to, uint8_t *known, int n_known);
Str pg_column_str(Statement *st, int at);
int pg_columns(Statement *st);
const char *pg_column_name(Statement *st, int at);

/* postgres_dialect.c: SQL of conn.h as PostgreSQL spells it; g_free. */
char *postgres_dialect(const char *text, int *ret_parameters);

/* postgres_address.c: an address taken apart, with what we add to it. */
typedef struct PgAddress {
    GPtrArray *words, *values; /* as PQconnectdbParams() takes them */
    char *shown;               /* without password */
} PgAddress;
bool pg_address(const char *where, PgAddress *ret, GError **error);
void pg_address_clear(PgAddress *a);
char *postgres_shown(const char *where); /* g_free */

#endif
