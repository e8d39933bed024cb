/* verify_seals.c — stored seals against the journal: every link, and the signature of the newest
 * of each county.  Who cuts the journal cuts these as well: what left the machine shows that. */
#include "store/seal.h"
#include "store/verify.h"

static bool links_check(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT s.county,s.seq FROM seal s WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE "
            "j.county=s.county AND j.seq=s.seq AND j.link=s.link) ORDER BY s.county,s.seq LIMIT 1");
    Statement *st = NULL;
    bool row = false;

    if (!conn_statement(v->conn, sql, &st, error) || !conn_step(v->conn, st, &row, error))
        return false;
    if (row) {
        int32_t county = column_int(st, 0);
        int64_t seq = column_int64(st, 1);

        statement_reset(st);
        fault(v, "county %d: a seal of entry %" G_GINT64_FORMAT " is not that of the journal",
              county, seq);
    }
    return true;
}

static bool signatures_check(Verifying *v, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,seq,link,at,key,signature FROM seal s WHERE NOT EXISTS (SELECT 1 FROM "
            "seal t WHERE t.county=s.county AND t.seq>s.seq) ORDER BY county");
    Statement *st = NULL;
    bool ok;
    Seal s;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        v->report->seals++;
        if (!seal_from(st, &s) || !seal_is_signed(v->s->facts.place, &s))
            fault(v, "county %d: the seal of entry %" G_GINT64_FORMAT " bears no valid signature",
                  column_int(st, 0), column_int64(st, 1));
    }
    return ok;
}

bool verify_seals(Verifying *v, GError **error)
{
    return links_check(v, error) && signatures_check(v, error);
}
