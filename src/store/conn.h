/* conn.h — the narrow waist between the store and a database: connections and statements.
 * Everything above speaks through it; below it lie SQLite (sqlite.c) and PostgreSQL (postgres.c).
 * SQL is written once, as SQLite writes it, in words that both understand; what they spell
 * differently is turned by postgres_dialect.c:
 *   ?1              a parameter
 *   INTEGER, BLOB   in tables
 *   LOCKED, SHARED  behind a SELECT: the row stays as it is until the transaction ends
 * Statements that give no rows may be sent ahead: what is wrong with them is then said by the next
 * conn_step(), conn_settle() or conn_commit() of the same connection.  Read first:
 * conn_statement(), conn_step(), conn_done(). */
#ifndef ANLAO_STORE_CONN_H
#define ANLAO_STORE_CONN_H

#include "base/arena.h"
#include "base/fail.h"
#include "store/cell.h"

typedef struct Sql {
    const char *text;
} Sql;
#define SQL(lit)                                                                                   \
    {                                                                                              \
        "" lit ""                                                                                  \
    }
/* SQLite has one writer at a time, so a comment is all it needs. */
#define LOCKED " /*locked*/"
/* The same, but others may hold it too. */
#define SHARED " /*shared*/"

typedef struct Conn Conn;
typedef struct Statement Statement;

#define READ_SECONDS                                                                               \
    30 /* a read that takes longer holds up others: ends, but for whole counties                   \
        */

typedef enum ConnUse { CONN_WRITER, CONN_READER, CONN_CREATE } ConnUse;

typedef struct ConnMethods {
    void (*close)(Conn *c);
    /* many: rows that are read one by one, inside a transaction, beside other statements. */
    bool (*prepare)(Conn *c, const char *text, bool many, Statement **ret, GError **error);
    void (*finalize)(Statement *st);
    bool (*step)(Conn *c, Statement *st, bool *ret_row, GError **error);
    bool (*done)(Conn *c, Statement *st, GError **error);
    bool (*put)(Conn *c, Statement *st, GError **error);
    bool (*ask)(Conn *c, Statement *st, GError **error);
    Statement *(*twin)(Statement *st); /* NULL where nothing is asked ahead */
    void (*reset)(Statement *st);
    bool (*settle)(Conn *c, GError **error);
    bool (*script)(Conn *c, const char *text, GError **error);

    bool (*begin)(Conn *c, GError **error);
    bool (*commit)(Conn *c, GError **error);
    bool (*commit_ahead)(Conn *c,
                         GError **error); /* these two: NULL where a commit is all there is */
    bool (*flush)(Conn *c, GError **error);
    void (*rollback)(Conn *c);
    bool (*is_in_transaction)(Conn *c);
    bool (*is_lost)(Conn *c);
    bool (*has_room)(Conn *c, GError **error);
    bool (*sound)(Conn *c, Arena *a, bool *ret, Str *ret_words, GError **error);
    bool (*owner)(Conn *c, char *to, size_t room, GError **error);
    bool (*owner_lives)(Conn *c, Str owner, bool *ret, GError **error);

    void (*bind_int)(Statement *st, int at, int64_t n);
    void (*bind_text)(Statement *st, int at, Str s);
    void (*bind_bytes)(Statement *st, int at, const void *bytes, size_t n);
    void (*bind_null)(Statement *st, int at);
    CellType (*column_type)(Statement *st, int at);
    int64_t (*column_int64)(Statement *st, int at);
    void (*column_numbers)(Statement *st, int n, int64_t *to, uint8_t *known, int n_known);
    /* NULL: cannot */
    void (*gather_into)(Conn *c, int64_t *to, int room, uint8_t *known, int known_room);
    Str (*column_str)(Statement *st, int at);
    int (*columns)(Statement *st);
    const char *(*column_name)(Statement *st, int at); /* while there is a row */
    const char *tables;                                /* SQL: the names of all tables of ours */
} ConnMethods;

struct Conn { /* a kind of database embeds it as its first member */
    const ConnMethods *methods;
    ConnUse use;
    GHashTable *kept;  /* address of SQL text → Statement */
    GHashTable *twins; /* Statement → GPtrArray of others of its text */
    int64_t deadline;  /* of a long read, clock_monotonic_us; 0 = none */
    bool looks_up;     /* of the next snapshot of a reader: rows by their index, and nothing else */
    bool sends_ahead;  /* what is wrong with a statement may be said later: worth not to ask */
    uint64_t written;  /* statements that write, so far */
    uint64_t failed;   /* answers of the database that were failures, so far */
    bool unconfirmed;  /* what was committed last stands, but not for certain with the replicas */
    char refused[256]; /* the index, or table and columns, that refused a row last */
    Conn *next;
};

struct Statement { /* likewise */
    const ConnMethods *methods;
};

void conn_init(Conn *c, const ConnMethods *m, ConnUse use);
void conn_clear(Conn *c); /* frees the statements that are kept */
void conn_close(Conn *c); /* NULL is fine */
/* A statement, reset and without bindings.  The text must live as long as the connection: a
 * constant or one of the Plan. */
bool conn_statement(Conn *c, Sql sql, Statement **ret, GError **error);
/* The same, for rows that are too many to hold at once; only inside a transaction. */
bool conn_scan(Conn *c, Sql sql, Statement **ret, GError **error);
/* Of a text that is used once; statement_free(). */
bool conn_once(Conn *c, const char *text, bool many, Statement **ret, GError **error);
void statement_free(Statement *st);
/* Runs to the next row.  At the end of the rows, and after a failure, the statement is reset. */
bool conn_step(Conn *c, Statement *st, bool *ret_row, GError **error);
/* The same for a loop over all rows: true with a row; false at the end of the rows, `*ret_ok` true,
 * and after a failure, `*ret_ok` false. */
bool conn_next(Conn *c, Statement *st, bool *ret_ok, GError **error);
bool conn_done(Conn *c, Statement *st, GError **error); /* one that gives no rows */
/* The same for "INSERT INTO … VALUES(…)", with or without "ON CONFLICT DO NOTHING": its row may be
 * held back and sent in one with others of this text.  Whatever is asked afterwards sees it; what
 * is wrong with it is said later, as of all that is sent ahead. */
bool conn_put(Conn *c, Statement *st, GError **error);
/* Asks ahead for rows that conn_step() will fetch: many questions, one wait. */
bool conn_ask(Conn *c, Statement *st, GError **error);
/* How many questions of one text are asked ahead at once; 1: none is. */
size_t conn_asks(const Conn *c);
/* Of these the `nth`, with rows of its own; inside a transaction.  The first is conn_statement().
 */
bool conn_statement_nth(Conn *c, Sql sql, size_t nth, Statement **ret, GError **error);
/* First column of the first row; `otherwise` when there is none or it is NULL. */
bool conn_number(Conn *c, Statement *st, int64_t otherwise, int64_t *ret, GError **error);
bool conn_run(Conn *c, Sql sql, GError **error);
/* Waits for what was sent ahead. */
bool conn_settle(Conn *c, GError **error);
bool conn_script(Conn *c, const char *text, GError **error); /* several statements, made by ddl.c */

/* A writer's transaction, or a reader's snapshot. */
bool conn_begin(Conn *c, GError **error);
/* One that fails has not been done, but when the connection is lost or the commit `unconfirmed`. */
bool conn_commit(Conn *c, GError **error);
/* The same, and does not wait for the disk: everybody sees it from now on, locks are free, and a
 * server that is cut off may lose it with all that was committed behind it.  Safe is what
 * conn_flush() says so of.  Where the database knows no such thing it is conn_commit(). */
bool conn_commit_ahead(Conn *c, GError **error);
/* Outside a transaction: all that this connection has ever seen, whoever committed it, is on the
 * disk, and with the replicas a commit waits for. */
bool conn_flush(Conn *c, GError **error);
bool conn_commits_ahead(const Conn *c);
void conn_rollback(Conn *c); /* nothing when there is no transaction */
bool conn_is_in_transaction(Conn *c);
bool conn_is_lost(Conn *c); /* of no more use than to be closed */
/* Refused in words before the disk is full. */
bool conn_has_room(Conn *c, GError **error);
/* The database's own check of its indexes; *ret_words says what is wrong, at NULL: it was not
 * looked at. */
bool conn_sound(Conn *c, Arena *a, bool *ret, Str *ret_words, GError **error);
/* Who uses this connection, in words that conn_owner_lives() understands in any process. */
bool conn_owner(Conn *c, char *to, size_t room, GError **error);
bool conn_owner_lives(Conn *c, Str owner, bool *ret, GError **error);

void bind_int(Statement *st, int at, int64_t n);
void bind_str(Statement *st, int at, Str s); /* the text must live until the step */
void bind_bytes(Statement *st, int at, const void *bytes, size_t n);
void bind_null(Statement *st, int at);
void bind_cell(Statement *st, int at, Cell c); /* links: the id only */
/* Borrowed until the next step or reset. */
Str column_str(Statement *st, int at);
Cell column_cell(Statement *st, int at);
Cell cell_keep(Arena *a, Cell c);

static inline int64_t column_int64(Statement *st, int at)
{
    return st->methods->column_int64(st, at);
}

/* The first n columns, all of them whole numbers, NULL as 0; of the first n_known of these, which
 * are not NULL. */
static inline void column_numbers(Statement *st, int n, int64_t *to, uint8_t *known, int n_known)
{
    st->methods->column_numbers(st, n, to, known, n_known);
}

/* Rows come one by one, and each column costs a call: SQL may say gather(N,…) instead, at most
 * some 100 of them, all whole numbers.  With each row these are put to to[N] and further, NULL as
 * 0; of those below known_room, which are not NULL to `known`: to ask costs as much as to read. */
static inline bool conn_gathers(const Conn *c)
{
    return c->methods->gather_into != NULL;
}

static inline void conn_gather_into(Conn *c, int64_t *to, int room, uint8_t *known, int known_room)
{
    c->methods->gather_into(c, to, room, known, known_room);
}

static inline int32_t column_int(Statement *st, int at)
{
    int64_t n = st->methods->column_int64(st, at);

    /* One that does not fit was never written: it must not pass for one that was. */
    return (int32_t)CLAMP(n, INT32_MIN, INT32_MAX);
}

static inline bool column_is_null(Statement *st, int at)
{
    return st->methods->column_type(st, at) == CELL_NONE;
}

static inline int column_count(Statement *st)
{
    return st->methods->columns(st);
}

/* While there is a row; g_free. */
static inline char *conn_column_name(Statement *st, int at)
{
    return g_strdup(st->methods->column_name(st, at));
}

static inline void statement_reset(Statement *st)
{
    st->methods->reset(st);
}

#endif
