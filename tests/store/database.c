/* database.c — see database.h. */
#include "database.h"

#include <glib/gstdio.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

static bool is_postgres(const char *address)
{
    return g_str_has_prefix(address, "postgresql:");
}

bool database_on_postgres(void)
{
    return g_strcmp0(g_getenv("ANLAO_STORE"), "postgresql") == 0;
}

/* ---- PostgreSQL -------------------------------------------------------------------------- */

static const char *server(void)
{
    const char *address = g_getenv("ANLAO_POSTGRES");

    if (address == NULL)
        g_error("no PostgreSQL at $ANLAO_POSTGRES: run this by tools/postgres.sh with PROGRAM");
    return address;
}

static PGresult *pg_run(const char *address, const char *sql)
{
    PGconn *pg = PQconnectdb(address);
    PGresult *res = NULL;

    if (PQstatus(pg) != CONNECTION_OK)
        g_error("%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "SET client_min_messages=warning"));
    res = PQexec(pg, sql);
    if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK)
        g_error("%s: %s", sql, PQerrorMessage(pg));
    PQfinish(pg);
    return res;
}

static char *schema_new(void)
{
    static int number;
    g_autofree char *name = g_strdup_printf("t_%d_%d", (int)getpid(), g_atomic_int_add(&number, 1));
    g_autofree char *sql = g_strdup_printf("CREATE SCHEMA %s", name);

    PQclear(pg_run(server(), sql));
    return g_strdup_printf("%s&application_name=%s&options=-csearch_path%%3D%s%%2Cpublic", server(),
                           name, name);
}

char *database_schema(const char *address)
{
    const char *at = strstr(address, "%3D");

    return g_strndup(at + 3, strcspn(at + 3, "%"));
}

static void schema_drop(const char *address)
{
    g_autofree char *name = database_schema(address);
    g_autofree char *sql = g_strdup_printf("DROP SCHEMA %s CASCADE", name);

    PQclear(pg_run(server(), sql));
}

/* zeroblob(N) as PostgreSQL says it. */
static char *spelled(const char *sql)
{
    g_autoptr(GRegex) zeros = g_regex_new("zeroblob\\((\\d+)\\)", 0, 0, NULL);

    return g_regex_replace(zeros, sql, -1, 0, "decode(repeat('00',\\1),'hex')", 0, NULL);
}

static char **pg_row(const PGresult *res, int row)
{
    int n = PQnfields(res);
    char **texts = g_new0(char *, n + 1);

    for (int i = 0; i < n; i++) {
        const char *text = PQgetvalue(res, row, i);

        texts[i] = g_strdup(g_str_has_prefix(text, "\\x") ? text + 2 : text);
    }
    return texts;
}

/* ---- SQLite ------------------------------------------------------------------------------ */

static sqlite3 *file_open(const char *address)
{
    sqlite3 *db = NULL;

    g_assert_cmpint(sqlite3_open(address + strlen("sqlite:"), &db), ==, SQLITE_OK);
    return db;
}

static void file_run(const char *address, const char *sql, bool must_change)
{
    sqlite3 *db = file_open(address);
    char *why = NULL;

    sqlite3_exec(db, sql, NULL, NULL, &why);
    g_assert_cmpstr(why, ==, NULL);
    g_assert_true(!must_change || sqlite3_changes(db) > 0);
    sqlite3_close(db);
}

static char *cell_text(sqlite3_stmt *st, int i)
{
    GString *hex = NULL;
    const uint8_t *bytes = NULL;

    if (sqlite3_column_type(st, i) != SQLITE_BLOB)
        return g_strdup(sqlite3_column_type(st, i) == SQLITE_NULL
                            ? ""
                            : (const char *)sqlite3_column_text(st, i));
    hex = g_string_new(NULL);
    bytes = sqlite3_column_blob(st, i);
    for (int j = 0; j < sqlite3_column_bytes(st, i); j++)
        g_string_append_printf(hex, "%02x", bytes[j]);
    return g_string_free(hex, FALSE);
}

static void file_rows(const char *address, const char *sql, GPtrArray *to)
{
    sqlite3 *db = file_open(address);
    sqlite3_stmt *st = NULL;

    g_assert_cmpint(sqlite3_prepare_v2(db, sql, -1, &st, NULL), ==, SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        int n = sqlite3_column_count(st);
        char **texts = g_new0(char *, n + 1);

        for (int i = 0; i < n; i++)
            texts[i] = cell_text(st, i);
        g_ptr_array_add(to, texts);
    }
    sqlite3_finalize(st);
    sqlite3_close(db);
}

/* ---- either ------------------------------------------------------------------------------ */

char *database_new(const char *folder, const char *name, bool on_postgres)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);

    return on_postgres ? schema_new() : g_strconcat("sqlite:", path, NULL);
}

void database_drop(const char *address)
{
    static const char *const behind[] = {"", "-wal", "-shm", ".making"};

    if (is_postgres(address)) {
        schema_drop(address);
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(behind); i++) {
        g_autofree char *path = g_strconcat(address + strlen("sqlite:"), behind[i], NULL);

        g_unlink(path);
    }
}

void database_tamper(const char *address, const char *sql)
{
    if (!is_postgres(address)) {
        file_run(address, sql, true);
        return;
    }
    g_autofree char *text = spelled(sql);
    PGresult *res = pg_run(address, text);

    g_assert_cmpint(g_ascii_strtoll(PQcmdTuples(res), NULL, 10), >, 0);
    PQclear(res);
}

void database_run(const char *address, const char *sql)
{
    if (is_postgres(address))
        PQclear(pg_run(address, sql));
    else
        file_run(address, sql, false);
}

GPtrArray *database_rows(const char *address, const char *sql)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);

    if (!is_postgres(address)) {
        file_rows(address, sql, rows);
        return rows;
    }
    PGresult *res = pg_run(address, sql);

    for (int i = 0; i < PQntuples(res); i++)
        g_ptr_array_add(rows, pg_row(res, i));
    PQclear(res);
    return rows;
}

int64_t database_ask(const char *address, const char *sql)
{
    g_autoptr(GPtrArray) rows = database_rows(address, sql);

    return rows->len > 0 ? g_ascii_strtoll(((char **)rows->pdata[0])[0], NULL, 10) : -1;
}
