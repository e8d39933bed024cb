/* backup.c — all tables from one database into another, and what a restored one is told.
 * The kinds copy in their own way where they can (sqlite_backup.c); what goes between kinds goes
 * row by row, by the names of tables and columns.  Read first: tables_copy(). */
#include "store/backup.h"

#include "base/identifier.h"
#include "store/about.h"
#include "store/copy.h"
#include "store/ddl.h"

/* ---- rows from one to the other ------------------------------------------------------------ */

static char *insert_text(Statement *from, const char *table)
{
    GString *sql = g_string_new("INSERT INTO "), *values = g_string_new(NULL);
    int n = column_count(from);

    sql_quote(sql, table);
    for (int i = 0; i < n; i++) {
        g_autofree char *name = conn_column_name(from, i);

        g_string_append(sql, i == 0 ? "(" : ",");
        sql_quote(sql, name);
        g_string_append_printf(values, "%s?%d", i == 0 ? "" : ",", i + 1);
    }
    g_string_append_printf(sql, ") VALUES(%s)", values->str);
    g_string_free(values, TRUE);
    return g_string_free(sql, FALSE);
}

static bool row_copy(Statement *from, Conn *to, Statement *st, GError **error)
{
    int n = column_count(from);

    for (int i = 0; i < n; i++)
        bind_cell(st, i + 1, column_cell(from, i));
    return conn_done(to, st, error);
}

static bool rows_copy(Conn *from, Statement *read, Conn *to, const char *table, GError **error)
{
    Statement *write = NULL;
    bool row = false, ok = conn_step(from, read, &row, error);

    if (ok && row) {
        g_autofree char *sql = insert_text(read, table);

        ok = conn_once(to, sql, false, &write, error);
        while (ok && row)
            ok = row_copy(read, to, write, error) && conn_step(from, read, &row, error);
        ok = ok && conn_settle(to, error);
        statement_free(write);
    }
    return ok;
}

static bool table_copy(Conn *from, Conn *to, const char *table, GError **error)
{
    g_autoptr(GString) sql = g_string_new("SELECT * FROM ");
    Statement *read = NULL;
    bool ok = false;

    sql_quote(sql, table);
    if (g_str_equal(table, "transfer")) /* a row stands behind the one it names */
        g_string_append(sql, " ORDER BY county,seq,part");
    ok = conn_once(from, sql->str, true, &read, error) && rows_copy(from, read, to, table, error);
    statement_free(read);
    return ok || fail_while(error, "copying table \"%s\"", table);
}

static bool tables_of(Conn *c, GPtrArray *to, GError **error)
{
    Statement *st = NULL;
    bool row = false, ok = conn_once(c, c->methods->tables, false, &st, error);

    while (ok) {
        ok = conn_step(c, st, &row, error);
        if (!ok || !row)
            break;
        Str name = column_str(st, 0);

        g_ptr_array_add(to, g_strndup(name.at, name.len));
    }
    statement_free(st);
    return ok;
}

/* Tables in the order of tables.def: one that others refer to stands before them. */
static int place_of(const char *table)
{
    static const char *const own[] = {
#define TABLE(name, columns) #name,
#define INDEX(name, on)
#define INDEX_ONE(name, on)
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
    };

    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        if (g_str_equal(table, own[i]))
            return (int)i;
    }
    return G_N_ELEMENTS(own);
}

static int by_place(gconstpointer a, gconstpointer b)
{
    return place_of(*(char *const *)a) - place_of(*(char *const *)b);
}

static bool plan_of(Conn *from, const Model *m, Plan **ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Numbering *n = numbering_new();
    Str kept = {NULL, 0};
    bool ok = naming_read(from, n, error) && about_read(from, a, "kept", &kept, error) &&
              plan_new(m, n, arena_dup(a, kept.at, kept.len), ret, error);

    numbering_free(n);
    return ok;
}

/* Both ends are inside a transaction. */
static bool all_copy(Conn *from, Conn *to, const Model *m, GError **error)
{
    g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func(g_free);
    Plan *plan = NULL;
    bool ok = plan_of(from, m, &plan, error) && ddl_create(to, plan, error) &&
              tables_of(from, tables, error);

    g_ptr_array_sort(tables, by_place);

    for (guint i = 0; ok && i < tables->len; i++)
        ok = table_copy(from, to, g_ptr_array_index(tables, i), error);
    plan_free(plan);
    return ok;
}

bool tables_copy(Conn *from, Conn *to, const Model *m, GError **error)
{
    from->deadline = 0;
    if (!conn_begin(from, error))
        return false;
    bool ok = conn_begin(to, error) && all_copy(from, to, m, error) && conn_commit(to, error);

    conn_rollback(to);
    conn_rollback(from);
    return ok;
}

/* ---- addresses ----------------------------------------------------------------------------- */

bool store_copy_out(const char *uri, const Model *m, const char *path, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    return k != NULL && k->is_there(where, error) && k->copy_out(where, m, path, error);
}

bool store_put_back(const char *path, const Model *m, const char *uri, char **ret_kept,
                    GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);

    *ret_kept = NULL;
    return k != NULL && k->put_back(path, m, where, ret_kept, error);
}

char *store_beside(const char *uri, const char *ending)
{
    if (g_str_has_prefix(uri, "sqlite:"))
        return g_strconcat(uri + strlen("sqlite:"), ending, NULL);
    return g_strconcat("anlao", ending, NULL);
}

/* ---- heads --------------------------------------------------------------------------------- */

static bool heads_read(Conn *c, Arena *a, StoreHead **ret, size_t *ret_n, GError **error)
{
    static const Sql sql = SQL("SELECT county,seq,link FROM head ORDER BY county");
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(StoreHead));
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        StoreHead h = {.county = column_int(st, 0), .seq = column_int64(st, 1)};
        Str link = column_str(st, 2);

        if (link.len == SM3_SIZE)
            memcpy(h.link, link.at, SM3_SIZE);
        g_array_append_val(heads, h);
    }
    if (!ok)
        return false;
    *ret = arena_list(a, heads, ret_n);
    return true;
}

/* Others are told of heads, so what they stand for is on the disk; asked each second, they are the
 * same most of the time. */
static bool heads_flush(Store *s, Conn *c, const StoreHead *heads, size_t n, GError **error)
{
    uint64_t moment = 0;

    for (size_t i = 0; i < n; i++)
        moment += link_mark(heads[i].link);
    g_mutex_lock(&s->pool);
    bool same = moment == s->flushed;

    g_mutex_unlock(&s->pool);
    if (same || !conn_flush(c, error))
        return same;
    g_mutex_lock(&s->pool);
    s->flushed = moment;
    g_mutex_unlock(&s->pool);
    return true;
}

bool store_heads(Store *s, Arena *a, StoreHead **ret, size_t *ret_n, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = heads_read(c, a, ret, ret_n, error) && heads_flush(s, c, *ret, *ret_n, error);
    reader_give(s, c);
    return ok;
}

bool store_settle(Store *s, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    StoreHead *heads = NULL;
    size_t n = 0;

    return !conn_commits_ahead(s->writer) || store_heads(s, a, &heads, &n, error) ||
           fail_while(error, "looking whether what was written before is on the disk (try again)");
}

bool store_peek_heads(const char *uri, Arena *a, StoreHead **ret, size_t *ret_n, GError **error)
{
    const char *where = NULL;
    const StoreKind *k = store_kind(uri, &where, error);
    Conn *c = NULL;
    bool ok = k != NULL && k->is_there(where, error) && k->connect(where, CONN_READER, &c, error) &&
              heads_read(c, a, ret, ret_n, error);

    conn_close(c);
    return ok;
}

bool store_has_entry(Store *s, const StoreHead *h, bool *ret, GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = journal_holds(c, h->county, h->seq, h->link, ret, error);
    reader_give(s, c);
    return ok;
}

/* ---- after a restore ----------------------------------------------------------------------- */

static bool incarnation_write(Writing *w, uint32_t n, GError **error)
{
    static const Sql sql = SQL("UPDATE about SET value=?1 WHERE name='incarnation'");
    g_autofree char *text = g_strdup_printf("%u", n);
    Statement *st = NULL;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_str(st, 1, str_of(text));
    return conn_done(w->conn, st, error);
}

bool store_new_incarnation(Store *s, Str actor, Str via, Str reason, GError **error)
{
    const uint32_t next = s->facts.incarnation + 1;
    const PolicyPut by = {.actor = actor, .via = via};
    g_autofree char *text = g_strdup_printf("incarnation %u: %.*s", next, STR_ARG(reason));
    bool ok = false;

    if (next > ID_INCARNATION_MOST)
        return fail(error, FAIL_SYSTEM,
                    "this node was restored %u times: it needs a new node number",
                    ID_INCARNATION_MOST);
    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok &&
        (!incarnation_write(s->work, next, error) || !policy_note(s->work, &by, text, error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    if (ok)
        s->facts.incarnation = next;
    g_mutex_unlock(&s->writing);
    return ok;
}
