/* conn.c — what all connections share: statements that are kept, single numbers, values. */
#include "store/conn.h"

#define ASKED_AT_ONCE 32 /* answers that are held at once, some of them thousands of rows */

static void twins_free(gpointer list)
{
    g_ptr_array_unref(list);
}

void conn_init(Conn *c, const ConnMethods *m, ConnUse use)
{
    c->methods = m;
    c->use = use;
    c->kept = g_hash_table_new(NULL, NULL);
    c->twins = g_hash_table_new_full(NULL, NULL, NULL, twins_free);
}

static void kept_finalize(gpointer key, gpointer statement, gpointer with)
{
    (void)key;
    (void)with;
    statement_free(statement);
}

void conn_clear(Conn *c)
{
    g_hash_table_unref(c->twins);
    g_hash_table_foreach(c->kept, kept_finalize, NULL);
    g_hash_table_unref(c->kept);
}

void conn_close(Conn *c)
{
    if (c != NULL)
        c->methods->close(c);
}

/* ---- statements -------------------------------------------------------------------------- */

static bool statement_kept(Conn *c, Sql sql, bool many, Statement **ret, GError **error)
{
    Statement *st = g_hash_table_lookup(c->kept, sql.text);

    if (st == NULL) {
        if (!c->methods->prepare(c, sql.text, many, &st, error))
            return false;
        g_hash_table_insert(c->kept, (gpointer)sql.text, st);
    }
    *ret = st;
    return true;
}

bool conn_statement(Conn *c, Sql sql, Statement **ret, GError **error)
{
    return statement_kept(c, sql, false, ret, error);
}

size_t conn_asks(const Conn *c)
{
    return c->methods->twin != NULL ? ASKED_AT_ONCE : 1;
}

static void twin_free(gpointer statement)
{
    statement_free(statement);
}

bool conn_statement_nth(Conn *c, Sql sql, size_t nth, Statement **ret, GError **error)
{
    GPtrArray *list = NULL;
    Statement *first = NULL;

    g_assert(nth < conn_asks(c));
    if (!conn_statement(c, sql, &first, error))
        return false;
    *ret = first;
    if (nth == 0)
        return true;
    g_assert(conn_is_in_transaction(c)); /* rows that nobody looks at go with it */
    list = g_hash_table_lookup(c->twins, first);
    if (list == NULL) {
        list = g_ptr_array_new_with_free_func(twin_free);
        g_hash_table_insert(c->twins, first, list);
    }
    while (list->len < nth)
        g_ptr_array_add(list, c->methods->twin(first));
    *ret = list->pdata[nth - 1];
    return true;
}

bool conn_scan(Conn *c, Sql sql, Statement **ret, GError **error)
{
    return statement_kept(c, sql, true, ret, error);
}

bool conn_once(Conn *c, const char *text, bool many, Statement **ret, GError **error)
{
    return c->methods->prepare(c, text, many, ret, error);
}

void statement_free(Statement *st)
{
    if (st != NULL)
        st->methods->finalize(st);
}

bool conn_step(Conn *c, Statement *st, bool *ret_row, GError **error)
{
    return c->methods->step(c, st, ret_row, error);
}

bool conn_next(Conn *c, Statement *st, bool *ret_ok, GError **error)
{
    bool row = false;

    *ret_ok = conn_step(c, st, &row, error);
    return *ret_ok && row;
}

bool conn_done(Conn *c, Statement *st, GError **error)
{
    c->written++;
    return c->methods->done(c, st, error);
}

bool conn_put(Conn *c, Statement *st, GError **error)
{
    c->written++;
    return c->methods->put(c, st, error);
}

bool conn_ask(Conn *c, Statement *st, GError **error)
{
    return c->methods->ask(c, st, error);
}

bool conn_number(Conn *c, Statement *st, int64_t otherwise, int64_t *ret, GError **error)
{
    bool row = false;

    if (!conn_step(c, st, &row, error))
        return false;
    *ret = otherwise;
    if (row) {
        if (!column_is_null(st, 0))
            *ret = column_int64(st, 0);
        statement_reset(st);
    }
    return true;
}

bool conn_run(Conn *c, Sql sql, GError **error)
{
    Statement *st = NULL;

    return conn_statement(c, sql, &st, error) && conn_done(c, st, error);
}

bool conn_settle(Conn *c, GError **error)
{
    return c->methods->settle(c, error);
}

bool conn_script(Conn *c, const char *text, GError **error)
{
    g_assert(c->use == CONN_CREATE);
    return c->methods->script(c, text, error);
}

/* ---- transactions ------------------------------------------------------------------------ */

bool conn_begin(Conn *c, GError **error)
{
    return c->methods->begin(c, error);
}

bool conn_commit(Conn *c, GError **error)
{
    return c->methods->commit(c, error);
}

bool conn_commits_ahead(const Conn *c)
{
    return c->methods->commit_ahead != NULL;
}

bool conn_commit_ahead(Conn *c, GError **error)
{
    return conn_commits_ahead(c) ? c->methods->commit_ahead(c, error) : conn_commit(c, error);
}

bool conn_flush(Conn *c, GError **error)
{
    return !conn_commits_ahead(c) || c->methods->flush(c, error);
}

void conn_rollback(Conn *c)
{
    if (conn_is_in_transaction(c))
        c->methods->rollback(c);
}

bool conn_is_in_transaction(Conn *c)
{
    return c->methods->is_in_transaction(c);
}

bool conn_is_lost(Conn *c)
{
    return c->methods->is_lost(c);
}

bool conn_has_room(Conn *c, GError **error)
{
    return c->methods->has_room(c, error);
}

bool conn_sound(Conn *c, Arena *a, bool *ret, Str *ret_words, GError **error)
{
    return c->methods->sound(c, a, ret, ret_words, error);
}

bool conn_owner(Conn *c, char *to, size_t room, GError **error)
{
    return c->methods->owner(c, to, room, error);
}

bool conn_owner_lives(Conn *c, Str owner, bool *ret, GError **error)
{
    return c->methods->owner_lives(c, owner, ret, error);
}

/* ---- values ------------------------------------------------------------------------------ */

void bind_int(Statement *st, int at, int64_t n)
{
    st->methods->bind_int(st, at, n);
}

void bind_str(Statement *st, int at, Str s)
{
    st->methods->bind_text(st, at, s);
}

void bind_bytes(Statement *st, int at, const void *bytes, size_t n)
{
    st->methods->bind_bytes(st, at, bytes, n);
}

void bind_null(Statement *st, int at)
{
    st->methods->bind_null(st, at);
}

void bind_cell(Statement *st, int at, Cell c)
{
    switch (c.type) {
    case CELL_NONE:
        bind_null(st, at);
        break;
    case CELL_INT:
    case CELL_LINK:
        bind_int(st, at, c.num);
        break;
    case CELL_TEXT:
        bind_str(st, at, c.text);
        break;
    case CELL_BYTES:
        bind_bytes(st, at, c.text.at != NULL ? c.text.at : "", c.text.len);
        break;
    }
}

Str column_str(Statement *st, int at)
{
    return st->methods->column_str(st, at);
}

Cell column_cell(Statement *st, int at)
{
    CellType type = st->methods->column_type(st, at);

    if (type == CELL_NONE)
        return (Cell){0};
    if (type == CELL_INT)
        return (Cell){.type = type, .num = column_int64(st, at)};
    return (Cell){.type = type, .text = column_str(st, at)};
}

Cell cell_keep(Arena *a, Cell c)
{
    if (c.type == CELL_TEXT || c.type == CELL_BYTES)
        c.text = arena_str(a, c.text);
    return c;
}
