/* postgres.c — PostgreSQL under the store: connections, transactions, what a database must be.
 * Many processes may share one database: who writes a county holds the lock of its row of `head`.
 * Read first: postgres_connect(), must_be[]. */
#include "store/postgres.h"

#include <glib/gstdio.h>

#include "store/copy.h"

PgConn *pg_of(Conn *c)
{
    return (PgConn *)(void *)c;
}

/* ---- what a database must be ------------------------------------------------------------- */

typedef struct Setting {
    const char *what, *is; /* a condition in SQL; what is said when it does not hold */
} Setting;

static const Setting must_be[] = {
    {"current_setting('server_version_num')::int >= 140000",
     "it is older than PostgreSQL 14: install a newer one"},
    {"(SELECT pg_encoding_to_char(encoding) = 'UTF8' FROM pg_database "
     "WHERE datname = current_database())",
     "its encoding is not UTF8: make the database with TEMPLATE template0 ENCODING 'UTF8' "
     "LOCALE 'C'"},
    {"(SELECT datcollate IN ('C','POSIX') AND datlocprovider = 'c' FROM pg_database "
     "WHERE datname = current_database())",
     "its collation is not C, so texts would stand in another order than elsewhere: make the "
     "database with TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'"},
    {"current_setting('synchronous_commit') IN ('on','remote_apply')",
     "synchronous_commit is below on, so what was acknowledged could be lost: set it to on"},
    {"current_setting('fsync') = 'on'",
     "fsync is off, so what was acknowledged could be lost: switch it on"},
};

static const Setting must_be_for_writers[] = {
    {"NOT pg_is_in_recovery()", "it is a replica, which can only be read: name the primary"},
};

static bool is_so(PGconn *pg, const Setting *s, const char *shown, GError **error)
{
    g_autofree char *sql = g_strconcat("SELECT ", s->what, NULL);
    PGresult *res = PQexec(pg, sql);
    bool said = PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1;
    bool so = said && g_str_equal(PQgetvalue(res, 0, 0), "t");

    PQclear(res);
    if (!said)
        return pg_fail_connect(pg, shown, error);
    return so || fail(error, FAIL_INPUT, "%s cannot be used: %s", shown, s->is);
}

static bool is_fit(PGconn *pg, ConnUse use, const char *shown, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(must_be); i++) {
        if (!is_so(pg, &must_be[i], shown, error))
            return false;
    }
    for (size_t i = 0; use != CONN_READER && i < G_N_ELEMENTS(must_be_for_writers); i++) {
        if (!is_so(pg, &must_be_for_writers[i], shown, error))
            return false;
    }
    return true;
}

/* ---- connections ------------------------------------------------------------------------- */

/* Plans are kept for as long as the connection: one made while a table was small must not read all
 * of it when it has grown, so a writer, which looks single rows up, always goes by an index. */
static const char *const session[] = {
    [CONN_WRITER] = "SET jit=off; SET lock_timeout='10s'; SET enable_seqscan=off; "
                    "SET plan_cache_mode=force_generic_plan; SET cursor_tuple_fraction=1; "
                    "SET idle_in_transaction_session_timeout='60s'",
    [CONN_READER] = "SET jit=off; SET statement_timeout='30s'; SET work_mem='64MB'; "
                    "SET cursor_tuple_fraction=1; SET default_transaction_read_only=on",
    [CONN_CREATE] = "SET jit=off; SET lock_timeout='10s'",
};

/* Whose wait for a standby is ended, by us or by an administrator, is warned and no more: the
 * commit stands, and is lost with this server.  Words are in the server's language, the name of its
 * source file is not. */
static void hear(void *with, const PGresult *res)
{
    const char *from = PQresultErrorField(res, PG_DIAG_SOURCE_FILE);
    PgConn *c = with;

    c->base.unconfirmed = c->base.unconfirmed || g_strcmp0(from, "syncrep.c") == 0;
}

static void hear_nothing(void *with, const PGresult *res)
{
    (void)with;
    (void)res;
}

static bool session_begin(PGconn *pg, ConnUse use, const char *shown, GError **error)
{
    PGresult *res = NULL;
    bool ok = false;

    if (PQstatus(pg) != CONNECTION_OK)
        return pg_fail_connect(pg, shown, error);
    PQsetNoticeReceiver(pg, hear_nothing, NULL);
    if (!is_fit(pg, use, shown, error))
        return false;
    res = PQexec(pg, session[use]);
    ok = PQresultStatus(res) == PGRES_COMMAND_OK;
    PQclear(res);
    return (ok && PQenterPipelineMode(pg) == 1) || pg_fail_connect(pg, shown, error);
}

static void pg_close(Conn *base)
{
    PgConn *c = pg_of(base);

    conn_clear(base);
    PQfinish(c->pg);
    g_array_unref(c->sent);
    g_ptr_array_unref(c->holding);
    g_free(c);
}

static const ConnMethods postgres_methods;

static bool postgres_connect(const char *where, ConnUse use, Conn **ret, GError **error)
{
    PgAddress a;
    PgConn *c = NULL;
    bool ok = pg_address(where, &a, error);

    if (!ok)
        return false;
    c = g_new0(PgConn, 1);
    conn_init(&c->base, &postgres_methods, use);
    c->base.sends_ahead = true;
    c->sent = g_array_new(FALSE, FALSE, sizeof(Sent));
    c->holding = g_ptr_array_new();
    c->pg = PQconnectdbParams((const char *const *)(void *)a.words->pdata,
                              (const char *const *)(void *)a.values->pdata, 0);
    ok = session_begin(c->pg, use, a.shown, error);
    PQsetNoticeReceiver(c->pg, hear, c);
    pg_address_clear(&a);
    if (ok)
        *ret = &c->base;
    else
        conn_close(&c->base);
    return ok;
}

/* Something to read while nothing was asked is the end of the connection. */
static bool pg_is_lost(Conn *base)
{
    PgConn *c = pg_of(base);

    for (int i = 0; i < 2 && !c->lost && c->sent->len == 0; i++)
        c->lost = PQconsumeInput(c->pg) != 1;
    c->lost = c->lost || PQstatus(c->pg) == CONNECTION_BAD;
    return c->lost;
}

/* ---- transactions ------------------------------------------------------------------------ */

/* Else what is looked up by an index, as it always is, is planned each time: that takes longer than
 * to look it up. */
#define PLANNED_ONCE                                                                               \
    "SELECT set_config('plan_cache_mode','force_generic_plan',true),"                              \
    "set_config('enable_seqscan','off',true)"

static bool pg_begin(Conn *base, GError **error)
{
    PgConn *c = pg_of(base);
    bool reads = base->use == CONN_READER;

    c->begun = true;
    c->number++;
    if (pg_text(c,
                reads ? "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
                      : "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
                SENT_DONE, error) &&
        (!reads || base->deadline != 0 ||
         pg_text(c, "SET LOCAL statement_timeout=0", SENT_DONE, error)) &&
        (!base->looks_up || pg_text(c, PLANNED_ONCE, SENT_DONE, error)))
        return true;
    c->begun = false;
    return false;
}

/* What stands before it is answered before it: only so is it known how long the commit itself
 * takes.
 */
static bool pg_commit(Conn *base, GError **error)
{
    PgConn *c = pg_of(base);
    bool ok = pg_held_send(c, NULL, error);

    PQsendFlushRequest(c->pg); /* where nothing can be sent, nor can what follows */
    ok = ok && pg_text(c, "COMMIT", SENT_COMMIT, error) && pg_settle(base, error);

    /* What failed before it keeps the transaction open: it is undone by who asked for this. */
    c->begun = !ok && !c->lost && PQtransactionStatus(c->pg) != PQTRANS_IDLE;
    return ok;
}

static bool pg_commit_ahead(Conn *base, GError **error)
{
    return pg_text(pg_of(base), "SET LOCAL synchronous_commit=off", SENT_DONE, error) &&
           pg_commit(base, error);
}

static bool flush_by(PgConn *c, const char *text, GError **error)
{
    g_assert(!c->begun);
    c->begun = true;
    c->number++;
    if (pg_text(c, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", SENT_DONE, error) &&
        pg_text(c, text, SENT_DONE, error) && pg_commit(&c->base, error))
        return true;
    conn_rollback(&c->base);
    return false;
}

/* The log is written in order, so a commit that was waited for has everything before it on the
 * disk.  One that wrote nothing is not waited for: it says a word that nobody listens to.  Who may
 * not say one locks the row that numbers are taken from, which stands in the log too and keeps
 * nobody from taking them; who writes may do that.  Where there is none yet, it is made. */
static bool pg_flush(Conn *base, GError **error)
{
    static const char word[] = "SELECT pg_logical_emit_message(true,'anlao','')";
    static const char lock[] =
        "WITH locked AS (SELECT name FROM counter WHERE name='id' FOR KEY SHARE) "
        "INSERT INTO counter(name,next) SELECT 'id',1 WHERE NOT EXISTS (SELECT 1 FROM locked) "
        "ON CONFLICT(name) DO NOTHING";
    g_autoptr(GError) why = NULL;
    PgConn *c = pg_of(base);

    if (!c->mute && flush_by(c, word, &why))
        return true;
    if (why != NULL && (base->unconfirmed || pg_is_lost(base))) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!flush_by(c, lock, error))
        return false;
    c->mute = true;
    return true;
}

static void pg_rollback(Conn *base)
{
    PgConn *c = pg_of(base);

    pg_held_drop(c);
    pg_settle(base, NULL);
    if (base->use == CONN_READER && c->begun)
        pg_leave(c);
    else if (!c->lost && pg_text(c, "ROLLBACK", SENT_DONE, NULL))
        pg_settle(base, NULL);
    c->begun = false;
    c->number++; /* answers that nobody looked at belong to nothing any more */
}

static bool pg_is_in_transaction(Conn *c)
{
    return pg_of(c)->begun && !pg_of(c)->lost;
}

static bool pg_script(Conn *base, const char *text, GError **error)
{
    PgConn *c = pg_of(base);
    int parameters = 0;
    g_autofree char *spelled = postgres_dialect(text, &parameters);
    g_auto(GStrv) parts = g_strsplit(spelled, ";\n", -1);

    for (size_t i = 0; parts[i] != NULL; i++) {
        if (parts[i][0] != '\0' && !pg_text(c, parts[i], SENT_DONE, error))
            return false;
        if (c->sent->len >= 100 && !pg_settle(base, error))
            return false;
    }
    return pg_settle(base, error);
}

/* The server's disk is the server's to watch; it says so when it is full. */
static bool pg_has_room(Conn *c, GError **error)
{
    (void)c;
    (void)error;
    return true;
}

/* ---- its own check ----------------------------------------------------------------------- */

static bool indexes_valid(Conn *c, bool *ret, GError **error)
{
    static const Sql sql =
        SQL("SELECT count(*) FROM pg_index WHERE NOT indisvalid AND indrelid IN "
            "(SELECT oid FROM pg_class WHERE relnamespace="
            "(SELECT relnamespace FROM pg_class WHERE oid=to_regclass('about')))");
    Statement *st = NULL;
    int64_t bad = 0;

    if (!conn_statement(c, sql, &st, error) || !conn_number(c, st, 0, &bad, error))
        return false;
    *ret = bad == 0;
    return true;
}

/* Every row of every table is looked for in every index. */
static bool indexes_check(Conn *c, GError **error)
{
    static const Sql sql = SQL(
        "SELECT count(*) FROM (SELECT bt_index_check(i.indexrelid,true) FROM pg_index i "
        "JOIN pg_class t ON t.oid=i.indrelid JOIN pg_class x ON x.oid=i.indexrelid "
        "JOIN pg_am m ON m.oid=x.relam WHERE m.amname='btree' AND x.relkind='i' AND t.relnamespace="
        "(SELECT relnamespace FROM pg_class WHERE oid=to_regclass('about'))) AS checked");
    Statement *st = NULL;
    int64_t n = 0;

    return conn_statement(c, sql, &st, error) && conn_number(c, st, 0, &n, error);
}

static bool pg_sound(Conn *c, Arena *a, bool *ret, Str *ret_words, GError **error)
{
    static const Sql can = SQL(
        "SELECT to_regprocedure('bt_index_check(regclass,boolean)') IS NOT NULL AND "
        "has_function_privilege(to_regprocedure('bt_index_check(regclass,boolean)'),'EXECUTE')");
    g_autoptr(GError) why = NULL;
    Statement *st = NULL;
    int64_t may = 0;

    *ret_words = STR("an index is not valid: REINDEX it");
    if (!indexes_valid(c, ret, error))
        return false;
    if (!*ret)
        return true;
    if (!conn_statement(c, can, &st, error) || !conn_number(c, st, 0, &may, error))
        return false;
    *ret = may != 0 && indexes_check(c, &why);
    /* An index that was made a moment ago can not be looked at from this snapshot yet: no fault. */
    if (may == 0 || g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY))
        *ret_words = (Str){NULL, 0};
    else if (!*ret)
        *ret_words = arena_str(a, str_of(why->message));
    return *ret || may == 0 || !pg_of(c)->lost || pg_fail(pg_of(c), NULL, error);
}

/* ---- who --------------------------------------------------------------------------------- */

#define OWNER "CAST(pid AS text)||' '||CAST(extract(epoch FROM backend_start) AS text)"

/* A connection, wherever its process runs: the server knows when it is gone. */
static bool pg_owner(Conn *c, char *to, size_t room, GError **error)
{
    static const Sql sql = SQL("SELECT " OWNER " FROM pg_stat_activity WHERE pid=pg_backend_pid()");
    Statement *st = NULL;
    bool row = false;

    to[0] = '\0';
    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    if (row) {
        Str owner = column_str(st, 0);

        g_snprintf(to, room, "%.*s", STR_ARG(owner));
        statement_reset(st);
    }
    return true;
}

static bool pg_owner_lives(Conn *c, Str owner, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM pg_stat_activity WHERE " OWNER "=?1");
    Statement *st = NULL;
    int64_t n = 0;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, owner);
    if (!conn_number(c, st, 0, &n, error))
        return false;
    *ret = n > 0;
    return true;
}

static const ConnMethods postgres_methods = {
    .column_name = pg_column_name,
    .tables = "SELECT CAST(relname AS text) FROM pg_class WHERE relkind IN ('r','p') AND NOT "
              "relispartition AND relnamespace=(SELECT relnamespace FROM pg_class WHERE "
              "oid=to_regclass('about')) ORDER BY 1",
    .close = pg_close,
    .prepare = pg_prepare,
    .finalize = pg_finalize,
    .step = pg_step,
    .done = pg_done,
    .put = pg_put,
    .ask = pg_ask,
    .twin = pg_twin,
    .reset = pg_reset,
    .settle = pg_settle,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .commit_ahead = pg_commit_ahead,
    .flush = pg_flush,
    .rollback = pg_rollback,
    .is_in_transaction = pg_is_in_transaction,
    .is_lost = pg_is_lost,
    .has_room = pg_has_room,
    .sound = pg_sound,
    .owner = pg_owner,
    .owner_lives = pg_owner_lives,
    .bind_int = pg_bind_int,
    .bind_text = pg_bind_text,
    .bind_bytes = pg_bind_bytes,
    .bind_null = pg_bind_null,
    .column_type = pg_column_type,
    .column_int64 = pg_column_int64,
    .column_numbers = pg_column_numbers,
    .column_str = pg_column_str,
    .columns = pg_columns,
};

/* ---- the kind ---------------------------------------------------------------------------- */

static bool has_tables(const char *where, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT to_regclass('about') IS NOT NULL");
    Statement *st = NULL;
    Conn *c = NULL;
    int64_t there = 0;
    bool ok = postgres_connect(where, CONN_READER, &c, error);

    if (!ok)
        return false;
    ok = conn_statement(c, sql, &st, error) && conn_number(c, st, 0, &there, error);
    conn_close(c);
    *ret = there != 0;
    return ok;
}

static bool postgres_is_there(const char *where, GError **error)
{
    g_autofree char *shown = postgres_shown(where);
    bool there = false;

    if (!has_tables(where, &there, error))
        return false;
    return there || fail(error, FAIL_INPUT,
                         "there is no database of Anlao in %s: \"anlao init\" makes one", shown);
}

static bool postgres_is_free(const char *where, GError **error)
{
    g_autofree char *shown = postgres_shown(where);
    bool there = false;

    if (!has_tables(where, &there, error))
        return false;
    return !there || fail(error, FAIL_INPUT, "there is already a database of Anlao in %s", shown);
}

/* In one transaction: a database that is half made is never seen. */
static bool postgres_create(const char *where, const Model *m, const StoreFacts *facts,
                            GError **error)
{
    g_autofree char *shown = postgres_shown(where);

    return database_make(&postgres_kind, where, m, facts, error) ||
           fail_while(error, "making the database in %s", shown);
}

/* A file holds all of it, whatever it came from. */
static bool postgres_copy_out(const char *where, const Model *m, const char *path, GError **error)
{
    Conn *from = NULL, *to = NULL;
    bool ok = sqlite_file_begin(path, error) &&
              postgres_connect(where, CONN_READER, &from, error) &&
              sqlite_kind.connect(path, CONN_CREATE, &to, error) && tables_copy(from, to, m, error);

    if (ok) {
        conn_rollback(from);
        ok = conn_flush(from, error); /* nothing is in the copy that the server could lose */
    }

    conn_close(from);
    conn_close(to);
    if (!ok)
        g_unlink(path);
    return ok;
}

static bool postgres_put_back(const char *path, const Model *m, const char *where, char **ret_kept,
                              GError **error)
{
    Conn *from = NULL, *to = NULL;
    bool ok = postgres_is_free(where, error) &&
              sqlite_kind.connect(path, CONN_READER, &from, error) &&
              postgres_connect(where, CONN_CREATE, &to, error) && tables_copy(from, to, m, error);

    (void)ret_kept; /* there was none */
    conn_close(from);
    conn_close(to);
    return ok;
}

static bool tables_wipe(PGconn *pg, GError **error)
{
    PGresult *names = PQexec(pg, postgres_methods.tables);
    bool ok = PQresultStatus(names) == PGRES_TUPLES_OK;

    for (int i = 0; ok && i < PQntuples(names); i++) {
        g_autofree char *sql = g_strdup_printf("VACUUM (FULL) \"%s\"", PQgetvalue(names, i, 0));
        PGresult *res = PQexec(pg, sql);

        /* Of who owns it not, it is passed over with a warning: asked for below. */
        ok = PQresultStatus(res) == PGRES_COMMAND_OK;
        PQclear(res);
    }
    PQclear(names);
    return ok || fail(error, FAIL_SYSTEM, "what was deleted may still be readable: %s",
                      PQerrorMessage(pg));
}

/* Whole tables are written anew, which only who made them may do. */
static bool postgres_wipe(const char *where, GError **error)
{
    static const Setting owns = {
        "NOT EXISTS (SELECT 1 FROM pg_class WHERE oid=to_regclass('journal_body') AND NOT "
        "pg_has_role(relowner,'USAGE'))",
        "what was deleted may still be readable in its files: run VACUUM (FULL) as the owner of "
        "the tables"};
    PgAddress a;
    PGconn *pg = NULL;
    bool ok = pg_address(where, &a, error);

    if (!ok)
        return false;
    pg = PQconnectdbParams((const char *const *)(void *)a.words->pdata,
                           (const char *const *)(void *)a.values->pdata, 0);
    PQsetNoticeReceiver(pg, hear_nothing, NULL);
    ok = (PQstatus(pg) == CONNECTION_OK || pg_fail_connect(pg, a.shown, error)) &&
         is_so(pg, &owns, a.shown, error) && tables_wipe(pg, error);
    PQfinish(pg);
    pg_address_clear(&a);
    return ok;
}

static bool postgres_start(Store *s, GError **error)
{
    (void)s;
    (void)error;
    return true;
}

static void postgres_stop(Store *s)
{
    (void)s;
}

/* Until it has looked PostgreSQL takes a county for a few dozen rows, and of fifty records reads
 * all of their county.  Until it has tidied up, who touches a row first writes its page anew, and
 * all of that page to the log: that falls to those who change records.  By itself it does both
 * within minutes, where that is not switched off.  Not inside a transaction. */
static bool postgres_tidy(Conn *reader, const TablePlan *t, GError **error)
{
    static const char *const words[] = {"ANALYZE ", "VACUUM "};
    bool ok = true, row = false;

    for (size_t i = 0; ok && i < G_N_ELEMENTS(words); i++) {
        g_autoptr(GString) s = g_string_new(words[i]);
        Statement *st = NULL;

        sql_quote(s, t->table);
        ok = conn_once(reader, s->str, false, &st, error) && conn_step(reader, st, &row, error);
        statement_free(st);
    }
    return ok;
}

const StoreKind postgres_kind = {
    .scheme = "postgresql:",
    .create = postgres_create,
    .is_free = postgres_is_free,
    .is_there = postgres_is_there,
    .connect = postgres_connect,
    .start = postgres_start,
    .stop = postgres_stop,
    .tidy = postgres_tidy,
    .shown = postgres_shown,
    .wipe = postgres_wipe,
    .copy_out = postgres_copy_out,
    .put_back = postgres_put_back,
};
