/* postgres_error.c — what PostgreSQL says, in our words: what went wrong, and what to do.
 * Details of its messages are left out: they hold values of rows. */
#include "store/postgres.h"

static const struct StateSaid {
    const char *state; /* SQLSTATE, or its first characters */
    FailCode code;
    const char *said; /* NULL: the database's own words */
} states[] = {
    {"57014", FAIL_BUSY, "the read took longer than 30 seconds"},
    {"55P03", FAIL_BUSY, "the county is being written by another process: try again"},
    {"40P01", FAIL_BUSY, "two processes waited for each other: nothing was written, try again"},
    {"40001", FAIL_BUSY, "another process wrote meanwhile: nothing was written, try again"},
    {"53300", FAIL_BUSY, "the database has no connection left: raise max_connections"},
    {"53100", FAIL_SYSTEM, "the disk is full: nothing was written"},
    {"25006", FAIL_SYSTEM,
     "the database may only be read: this is a replica, or the connection is a reader's"},
    {"42501", FAIL_SYSTEM,
     "the database's role may not do this: grant it what docs/operations.md lists"},
    {"57P", FAIL_SYSTEM, "the connection to the database was lost: nothing was written, try again"},
    {"08", FAIL_SYSTEM, "the connection to the database was lost: nothing was written, try again"},
    {"25P03", FAIL_SYSTEM,
     "the connection to the database was lost: nothing was written, try again"},
};

static bool is_lost_state(const char *state)
{
    return g_str_has_prefix(state, "57P") || g_str_has_prefix(state, "08") ||
           g_str_has_prefix(state, "25P03");
}

static bool fail_primary(PgConn *c, const PGresult *res, const char *state, GError **error)
{
    const char *said = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    const char *which = PQresultErrorField(res, PG_DIAG_CONSTRAINT_NAME);

    said = said != NULL ? said : "it says nothing";
    if (g_str_has_prefix(state, "23")) {
        g_strlcpy(c->base.refused, which != NULL ? which : "", sizeof c->base.refused);
        return fail(error, FAIL_CONFLICT, "the database refused: %s", said);
    }
    if (g_str_has_prefix(state, "XX"))
        return fail(error, FAIL_SYSTEM, "the database is damaged: %s", said);
    return fail(error, FAIL_SYSTEM, "database error: %s", said);
}

bool pg_fail(PgConn *c, const PGresult *res, GError **error)
{
    const char *state = res != NULL ? PQresultErrorField(res, PG_DIAG_SQLSTATE) : NULL;

    c->base.failed++;
    if (state == NULL || PQstatus(c->pg) == CONNECTION_BAD || is_lost_state(state)) {
        c->lost = true;
        state = "08";
    }
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        if (g_str_has_prefix(state, states[i].state))
            return fail(error, states[i].code, "%s", states[i].said);
    }
    return fail_primary(c, res, state, error);
}

/* libpq's text can have several lines, one for each address it tried; no password is in it. */
bool pg_fail_connect(PGconn *pg, const char *shown, GError **error)
{
    g_autofree char *told = g_strchomp(g_strdup(PQerrorMessage(pg)));
    g_auto(GStrv) lines = g_strsplit(told, "\n", -1);
    g_autofree char *text = g_strjoinv("; ", lines);

    return fail(error, FAIL_SYSTEM, "could not connect to %s: %s", shown, text);
}
