/* stale.c — marks what was decided upon facts that have changed since, in the transaction that
 * changes them. One mark for a record and field; field 0 is the record as a whole.  While nothing
 * is decided nothing is marked.  Whose answers rest on the fact is found when decisions are made.
 */
#include "store/writing.h"

static const Sql decided_sql = SQL("SELECT 1 FROM run LIMIT 1");

bool decided_ask(Writing *w, GError **error)
{
    Statement *st = NULL;

    return conn_statement(w->conn, decided_sql, &st, error) && conn_ask(w->conn, st, error);
}

bool decided_fetch(Writing *w, GError **error)
{
    Statement *st = NULL;
    int64_t any = 0;

    if (!conn_statement(w->conn, decided_sql, &st, error) ||
        !conn_number(w->conn, st, 0, &any, error))
        return false;
    w->decided = (int)any;
    return true;
}

static bool anything_decided(Writing *w, bool *ret, GError **error)
{
    if (w->decided < 0 && !decided_fetch(w, error))
        return false;
    *ret = w->decided != 0;
    return true;
}

bool stale_mark(Writing *w, const Row *r, unsigned field, Month from, GError **error)
{
    static const Sql sql = SQL("INSERT INTO stale(county,entity,subject,field,from_month,seq) "
                               "VALUES(?1,?2,?3,?4,?5,?6) ON CONFLICT(county,entity,subject,field) "
                               "DO UPDATE SET seq=excluded.seq,from_month=CASE "
                               "WHEN excluded.from_month<stale.from_month "
                               "THEN excluded.from_month ELSE stale.from_month END");
    Statement *st = NULL;
    bool decided = false;

    if (!anything_decided(w, &decided, error))
        return false;
    if (!decided)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->plan->number);
    bind_int(st, 3, r->key.id);
    bind_int(st, 4, field);
    bind_int(st, 5, from);
    bind_int(st, 6, r->seq);
    return conn_done(w->conn, st, error);
}
