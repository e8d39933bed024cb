/* postgres_statement.c — statements over the pipeline.  Read first: pg_settle(), pg_step().
 * Nothing is waited for but rows: what was sent before them is answered first, and the first
 * failure among it is the failure of the statement that waits. */
#include "store/postgres.h"

#include <poll.h>

#include "base/clock.h"
#include "base/limits.h"

#define OID_BOOL    16
#define OID_BYTES   17
#define OID_INT8    20
#define OID_INT2    21
#define OID_INT4    23
#define OID_TEXT    25
#define SENT_FLUSH  8
#define CURSOR_ROWS 2000 /* fetched at once */

static PgStatement *of(Statement *st)
{
    return (PgStatement *)(void *)st;
}

/* ---- sending ----------------------------------------------------------------------------- */

static bool sent(PgConn *c, bool ok, SentKind kind, PgStatement *st, GError **error)
{
    const Sent s = {kind, st};

    if (!ok)
        return pg_fail(c, NULL, error);
    g_array_append_val(c->sent, s);
    return true;
}

bool pg_text(PgConn *c, const char *text, SentKind kind, GError **error)
{
    if (c->lost)
        return pg_fail(c, NULL, error);
    return pg_held_send(c, NULL, error) &&
           sent(c, PQsendQueryParams(c->pg, text, 0, NULL, NULL, NULL, NULL, 1) == 1, kind, NULL,
                error);
}

typedef struct Values { /* of parameters, as libpq takes them */
    Oid *types;
    const char **at;
    int *lengths, *formats;
} Values;

static void values_of(const PgStatement *st, Values *v)
{
    for (int i = 0; i < st->n_params; i++) {
        const PgParam *p = &st->params[i];

        v->types[i] = p->type;
        v->at[i] = p->type == 0 ? NULL : p->type == OID_INT8 ? p->number : p->at;
        v->lengths[i] = p->length;
        v->formats[i] = 1;
    }
}

/* Twins share what the server has prepared. */
static PgStatement *itself(PgStatement *st)
{
    return st->twin_of != NULL ? st->twin_of : st;
}

/* Types are those that are bound: PostgreSQL would take `?1=0` for a small number. */
static bool statement_prepare(PgConn *c, PgStatement *st, const Values *v, GError **error)
{
    st = itself(st);
    if (st->prepared)
        return true;
    g_snprintf(st->name, sizeof st->name, "s%u", ++c->named);
    if (!sent(c, PQsendPrepare(c->pg, st->name, st->text, st->n_params, v->types) == 1,
              SENT_PREPARE, st, error))
        return false;
    st->prepared = true;
    return true;
}

bool pg_execute(PgConn *c, PgStatement *st, SentKind kind, GError **error)
{
    size_t n = (size_t)st->n_params + 1;
    g_autofree char *room = g_malloc(n * (sizeof(Oid) + sizeof(char *) + 2 * sizeof(int)));
    Values v = {.at = (const char **)(void *)room};

    v.types = (Oid *)(void *)(v.at + n);
    v.lengths = (int *)(void *)(v.types + n);
    v.formats = v.lengths + n;
    if (c->lost)
        return pg_fail(c, NULL, error);
    values_of(st, &v);
    if (st->many) {
        g_autofree char *text =
            g_strdup_printf("DECLARE %s NO SCROLL CURSOR FOR %s", st->name, st->text);

        return sent(c,
                    PQsendQueryParams(c->pg, text, st->n_params, v.types, v.at, v.lengths,
                                      v.formats, 1) == 1,
                    SENT_DONE, NULL, error);
    }
    return statement_prepare(c, st, &v, error) &&
           sent(c,
                PQsendQueryPrepared(c->pg, itself(st)->name, st->n_params, v.at, v.lengths,
                                    v.formats, 1) == 1,
                kind, st, error);
}

/* ---- answers ----------------------------------------------------------------------------- */

static void rows_drop(PgStatement *st)
{
    PQclear(st->rows);
    st->rows = NULL;
    st->row = st->n_rows = 0;
}

static void answer_take(PgConn *c, const Sent *s, PGresult *res, GError **why)
{
    ExecStatusType status = PQresultStatus(res);
    bool failed = status == PGRES_FATAL_ERROR || res == NULL;

    if (failed && *why == NULL)
        pg_fail(c, res, why);
    else if (s->kind == SENT_COMMIT && status == PGRES_COMMAND_OK &&
             !g_str_equal(PQcmdStatus(res), "COMMIT") && *why == NULL)
        fail(why, FAIL_SYSTEM, "the database undid the transaction: nothing was written");
    if (s->kind == SENT_PREPARE && status != PGRES_COMMAND_OK)
        s->st->prepared = false;
    if (s->kind == SENT_ROWS)
        s->st->asked = false;
    if (s->kind == SENT_ROWS && status == PGRES_TUPLES_OK) {
        rows_drop(s->st);
        s->st->rows = res;
        s->st->row = -1;
        s->st->n_rows = PQntuples(res);
    } else {
        PQclear(res);
    }
}

/* What waits for a standby that is away would wait for ever, and a commit holds its county
 * meanwhile.  To cancel it ends this wait and no other: what was committed stays, and the server
 * warns (pg_hear()). */
static void cancel(PgConn *c)
{
    PGcancel *to = PQgetCancel(c->pg);
    char said[256];

    PQcancel(to, said, sizeof said);
    PQfreeCancel(to);
}

/* Whether the server commits before it says more: what a writer does outside a transaction is one
 * of its own, and short. */
static bool is_commit(const PgConn *c, SentKind kind)
{
    return kind == SENT_COMMIT || (!c->begun && c->base.use == CONN_WRITER);
}

static void commit_wait(PgConn *c)
{
    int64_t until = clock_monotonic_us() + LIMIT_STANDBY_SECONDS * (int64_t)G_USEC_PER_SEC;
    bool cancelled = false;

    while (PQisBusy(c->pg)) {
        struct pollfd p = {.fd = PQsocket(c->pg), .events = POLLIN};
        int64_t left = until - clock_monotonic_us();

        if (left <= 0 && !cancelled) {
            cancel(c);
            cancelled = true;
        }
        poll(&p, 1, cancelled ? -1 : (int)(left / 1000 + 1));
        if (PQconsumeInput(c->pg) != 1)
            return; /* who takes the answer is told */
    }
}

/* One answer: its result, then the NULL that ends it. */
static void answer_read(PgConn *c, const Sent *s, GError **why)
{
    PGresult *more = NULL;

    if (is_commit(c, s->kind))
        commit_wait(c);
    answer_take(c, s, PQgetResult(c->pg), why);
    while (!c->lost && (more = PQgetResult(c->pg)) != NULL)
        PQclear(more);
}

/* The end of the pipeline, where what stands outside a transaction is committed. */
static void end_read(PgConn *c, GError **why)
{
    PGresult *res = PQgetResult(c->pg);

    if (PQresultStatus(res) != PGRES_PIPELINE_SYNC) {
        c->lost = true; /* what the server says next is an answer to nothing */
        if (*why == NULL)
            pg_fail(c, res, why);
    }
    PQclear(res);
}

void pg_leave(PgConn *c)
{
    c->owes = !c->lost && pg_text(c, "ROLLBACK", SENT_DONE, NULL) && PQpipelineSync(c->pg) == 1;
    g_array_set_size(c->sent, 0);
}

/* The answer to what pg_leave() said. */
static void owed_read(PgConn *c, GError **why)
{
    static const Sent left = {.kind = SENT_DONE};

    if (!c->owes)
        return;
    c->owes = false;
    answer_read(c, &left, why);
    if (!c->lost)
        end_read(c, why);
}

bool pg_settle(Conn *base, GError **error)
{
    PgConn *c = pg_of(base);
    GError *why = NULL;

    if (!pg_held_send(c, NULL, &why))
        c->lost = true; /* nothing can be sent any more */
    g_clear_error(&why);
    if (c->sent->len == 0)
        return !c->lost || pg_fail(c, NULL, error);
    base->unconfirmed = false;
    if (PQpipelineSync(c->pg) != 1)
        pg_fail(c, NULL, &why);
    owed_read(c, &why);
    for (guint i = 0; i < c->sent->len && !c->lost; i++)
        answer_read(c, &g_array_index(c->sent, Sent, i), &why);
    if (!c->lost)
        end_read(c, &why);
    for (guint i = 0; c->lost && i < c->sent->len; i++) {
        if (g_array_index(c->sent, Sent, i).kind == SENT_ROWS)
            g_array_index(c->sent, Sent, i).st->asked = false;
    }
    g_array_set_size(c->sent, 0);
    base->unconfirmed = base->unconfirmed && !c->lost; /* what is lost is asked for over another */
    if (base->unconfirmed && why == NULL)
        fail(&why, FAIL_SYSTEM, "the standby that the database waits for has not confirmed it");
    if (why == NULL)
        return true;
    g_propagate_error(error, why);
    return false;
}

/* ---- statements -------------------------------------------------------------------------- */

/* The table of a statement that writes one and looks at no other; with rows of values it may look,
 * since these are written in their order. */
static char *table_written(const char *text)
{
    static const char *const verbs[] = {"INSERT INTO ", "UPDATE ", "DELETE FROM "};

    if (strstr(text, "SELECT") != NULL && strstr(text, " VALUES(") == NULL)
        return NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(verbs); i++) {
        const char *from = text + strlen(verbs[i]);

        if (g_str_has_prefix(text, verbs[i]))
            return g_strndup(from, strcspn(from, " ("));
    }
    return NULL;
}

bool pg_prepare(Conn *base, const char *text, bool many, Statement **ret, GError **error)
{
    PgConn *c = pg_of(base);
    PgStatement *st = g_new0(PgStatement, 1);

    (void)error; /* what is wrong with it is said when it runs */
    st->base.methods = base->methods;
    st->conn = c;
    st->text = postgres_dialect(text, &st->n_params);
    st->table = table_written(st->text);
    st->params = g_new0(PgParam, st->n_params + 1);
    st->many = many;
    if (many)
        g_snprintf(st->name, sizeof st->name, "c%u", ++c->named);
    *ret = &st->base;
    return true;
}

Statement *pg_twin(Statement *base)
{
    PgStatement *first = of(base), *st = g_new0(PgStatement, 1);

    g_assert(!first->many);
    st->base.methods = base->methods;
    st->conn = first->conn;
    st->text = g_strdup(first->text);
    st->table = g_strdup(first->table);
    st->n_params = first->n_params;
    st->params = g_new0(PgParam, st->n_params + 1);
    st->twin_of = first;
    return &st->base;
}

static bool cursor_is_open(const PgStatement *st)
{
    return st->opened != 0 && st->conn->begun && st->opened == st->conn->number;
}

void pg_reset(Statement *base)
{
    PgStatement *st = of(base);
    g_autofree char *text = NULL;

    if (st->asked) /* an answer that nobody waits for */
        pg_settle(&st->conn->base, NULL);
    rows_drop(st);
    st->ended = false;
    if (!cursor_is_open(st) || st->conn->lost ||
        PQtransactionStatus(st->conn->pg) == PQTRANS_INERROR) {
        st->opened = 0;
        return;
    }
    st->opened = 0;
    text = g_strdup_printf("CLOSE %s", st->name);
    pg_text(st->conn, text, SENT_DONE, NULL);
}

void pg_finalize(Statement *base)
{
    PgStatement *st = of(base);

    pg_reset(base);
    if (st->prepared && !st->conn->lost && st->conn->sent->len > 0)
        pg_settle(&st->conn->base, NULL); /* nothing may come for it any more */
    pg_held_free(st);
    g_free(st->text);
    g_free(st->table);
    g_free(st->params);
    g_free(st);
}

static bool cursor_fetch(PgConn *c, PgStatement *st, GError **error)
{
    g_autofree char *text = g_strdup_printf("FETCH FORWARD %d FROM %s", CURSOR_ROWS, st->name);

    st->asked = true;
    return sent(c, PQsendQueryParams(c->pg, text, 0, NULL, NULL, NULL, NULL, 1) == 1, SENT_ROWS, st,
                error);
}

static bool pg_send(Conn *base, Statement *with, GError **error)
{
    PgConn *c = pg_of(base);
    PgStatement *st = of(with);

    g_assert(!st->asked && st->rows == NULL);
    g_assert(!st->many || c->begun);
    if (!pg_held_send(c, NULL, error) || !pg_execute(c, st, SENT_ROWS, error))
        return false;
    st->when = c->number;
    if (!st->many) {
        st->asked = true;
        return true;
    }
    st->opened = c->number;
    return cursor_fetch(c, st, error);
}

/* Rows that a transaction asked for, and ended before it looked at them. */
static void answer_forget(PgConn *c, PgStatement *st)
{
    if ((st->asked || st->rows != NULL) && st->when != c->number)
        pg_reset(&st->base);
}

bool pg_ask(Conn *base, Statement *with, GError **error)
{
    PgStatement *st = of(with);

    answer_forget(pg_of(base), st);
    return st->asked || st->rows != NULL || pg_send(base, with, error);
}

/* The next rows of a cursor; *ret_more false: there are none. */
static bool cursor_more(PgConn *c, PgStatement *st, bool *ret_more, GError **error)
{
    *ret_more = false;
    if (!st->many || st->n_rows < CURSOR_ROWS)
        return true;
    rows_drop(st);
    if (!cursor_fetch(c, st, error) || !pg_settle(&c->base, error))
        return false;
    *ret_more = st->n_rows > 0;
    return true;
}

static bool next_row(PgConn *c, PgStatement *st, bool *ret_row, GError **error)
{
    *ret_row = true;
    if (++st->row < st->n_rows)
        return true;
    if (!cursor_more(c, st, ret_row, error))
        return false;
    if (*ret_row)
        st->row = 0;
    else
        pg_reset(&st->base);
    return true;
}

bool pg_step(Conn *base, Statement *with, bool *ret_row, GError **error)
{
    PgConn *c = pg_of(base);
    PgStatement *st = of(with);

    answer_forget(c, st);
    if ((st->rows != NULL || st->asked || pg_send(base, with, error)) &&
        (st->rows != NULL || pg_settle(base, error))) {
        if (st->rows != NULL && next_row(c, st, ret_row, error))
            return true;
        if (st->rows == NULL) { /* one that gives no rows */
            *ret_row = false;
            return true;
        }
    }
    pg_reset(with);
    return false;
}

bool pg_done(Conn *base, Statement *with, GError **error)
{
    PgConn *c = pg_of(base);
    PgStatement *st = of(with);

    if (st->rows != NULL) { /* the rest of its rows is of no interest */
        pg_reset(with);
        return pg_settle(base, error);
    }
    if (!pg_held_send(c, strstr(st->text, "SELECT") == NULL ? st->table : NULL, error) ||
        !pg_execute(c, st, SENT_DONE, error))
        return false;
    if (c->sent->len % SENT_FLUSH == 0)
        PQflush(c->pg); /* the server begins with them while we go on */
    return (c->begun && c->sent->len < SENT_MOST) || pg_settle(base, error);
}

/* ---- values ------------------------------------------------------------------------------ */

static PgParam *param(Statement *st, int at)
{
    g_assert(at >= 1);
    return at <= of(st)->n_params ? &of(st)->params[at - 1] : NULL;
}

void pg_bind_int(Statement *st, int at, int64_t n)
{
    PgParam *p = param(st, at);
    uint64_t big = GUINT64_TO_BE((uint64_t)n);

    if (p == NULL)
        return; /* SQL without this parameter, as of a field that refers to nothing */
    p->type = OID_INT8;
    p->length = sizeof p->number;
    memcpy(p->number, &big, sizeof p->number);
}

void pg_bind_text(Statement *st, int at, Str s)
{
    PgParam *p = param(st, at);

    if (p != NULL)
        *p = (PgParam){.type = OID_TEXT, .length = (int)s.len, .at = s.at != NULL ? s.at : ""};
}

void pg_bind_bytes(Statement *st, int at, const void *bytes, size_t n)
{
    PgParam *p = param(st, at);

    if (p != NULL)
        *p = (PgParam){.type = OID_BYTES, .length = (int)n, .at = bytes};
}

void pg_bind_null(Statement *st, int at)
{
    PgParam *p = param(st, at);

    if (p != NULL)
        *p = (PgParam){0};
}

CellType pg_column_type(Statement *with, int at)
{
    const PgStatement *st = of(with);

    if (PQgetisnull(st->rows, st->row, at))
        return CELL_NONE;
    switch (PQftype(st->rows, at)) {
    case OID_INT8:
    case OID_INT4:
    case OID_INT2:
    case OID_BOOL:
        return CELL_INT;
    case OID_BYTES:
        return CELL_BYTES;
    default:
        return CELL_TEXT;
    }
}

int64_t pg_column_int64(Statement *with, int at)
{
    const PgStatement *st = of(with);
    const uint8_t *value = (const uint8_t *)PQgetvalue(st->rows, st->row, at);
    uint64_t n = 0;
    uint32_t small = 0;

    switch (PQgetlength(st->rows, st->row, at)) {
    case 8:
        memcpy(&n, value, sizeof n);
        return (int64_t)GUINT64_FROM_BE(n);
    case 4:
        memcpy(&small, value, sizeof small);
        return (int32_t)GUINT32_FROM_BE(small);
    case 2:
        return (int16_t)(value[0] << 8 | value[1]);
    case 1:
        return value[0];
    default:
        return 0; /* NULL */
    }
}

void pg_column_numbers(Statement *with, int n, int64_t *to, uint8_t *known, int n_known)
{
    for (int i = 0; i < n; i++)
        to[i] = pg_column_int64(with, i);
    for (int i = 0; i < n_known; i++)
        known[i] = to[i] != 0 || !PQgetisnull(of(with)->rows, of(with)->row, i);
}

Str pg_column_str(Statement *with, int at)
{
    const PgStatement *st = of(with);

    if (PQgetisnull(st->rows, st->row, at))
        return (Str){NULL, 0};
    return (Str){PQgetvalue(st->rows, st->row, at), (size_t)PQgetlength(st->rows, st->row, at)};
}

const char *pg_column_name(Statement *st, int at)
{
    return PQfname(of(st)->rows, at);
}

int pg_columns(Statement *st)
{
    return PQnfields(of(st)->rows);
}
