/* database.h — where a test's database lies: a file in the test's folder, or a schema of its own in
 * the PostgreSQL at $ANLAO_POSTGRES (tools/postgres.sh).  $ANLAO_STORE=postgresql chooses the
 * second for whole programs; and ways to look at it and to change it behind the program's back. */
#ifndef TESTS_STORE_DATABASE_H
#define TESTS_STORE_DATABASE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

bool database_on_postgres(void); /* what $ANLAO_STORE says */
/* Its address; nothing is made there yet, but the empty schema. */
char *database_new(const char *folder, const char *name, bool on_postgres);
char *database_schema(const char *address); /* PostgreSQL; also its application_name */
/* Removes it; a file's folder stays. */
void database_drop(const char *address);

/* SQL by hand; at least one row must change.  zeroblob(N) is understood everywhere. */
void database_tamper(const char *address, const char *sql);
/* The same, but nothing has to change: roles, settings. */
void database_run(const char *address, const char *sql);
int64_t database_ask(const char *address, const char *sql); /* one number; -1: none */
/* All rows: GStrv of texts, NULL "", bytes in hexadecimal.  g_ptr_array_unref(). */
GPtrArray *database_rows(const char *address, const char *sql);

#endif
