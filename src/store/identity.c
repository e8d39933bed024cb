/* identity.c — one person, one number: blind indexes of secret unique fields, unique per county.
 * New ones go to `identity_recent` and are moved to `identity` in order of their keys, many at a
 * time; both together are the table of identities. */
#include "store/writing.h"

#define RECENT_MOST 30000 /* 2 MB of pages, all of which a chunk may touch */

static void identity_bind(Statement *st, int32_t county, int64_t field, const uint8_t *blind)
{
    bind_int(st, 1, county);
    bind_int(st, 2, field);
    bind_bytes(st, 3, blind, SM3_SIZE);
}

bool identity_holder(Conn *c, int32_t county, int64_t field, const uint8_t blind[SM3_SIZE],
                     int64_t *ret_id, GError **error)
{
    static const Sql sql =
        SQL("SELECT id FROM identity WHERE county=?1 AND field=?2 AND key_id=0 AND blind=?3 "
            "UNION ALL SELECT id FROM identity_recent WHERE county=?1 AND field=?2 AND key_id=0 "
            "AND blind=?3");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    identity_bind(st, county, field, blind);
    return conn_number(c, st, 0, ret_id, error);
}

bool identity_drop(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, GError **error)
{
    static const Sql both[] = {SQL("DELETE FROM identity WHERE county=?1 AND field=?2 "
                                   "AND key_id=0 AND blind=?3 AND id=?4"),
                               SQL("DELETE FROM identity_recent WHERE county=?1 AND field=?2 "
                                   "AND key_id=0 AND blind=?3 AND id=?4")};
    Statement *st = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        if (!conn_statement(w->conn, both[i], &st, error))
            return false;
        identity_bind(st, r->key.county, identity_field(r->plan, f), s->blind);
        bind_int(st, 4, r->key.id);
        if (!conn_done(w->conn, st, error))
            return false;
    }
    return true;
}

bool identity_take(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, GError **error)
{
    static const Sql sql = SQL("INSERT INTO identity_recent(county,field,key_id,blind,id) "
                               "VALUES(?1,?2,0,?3,?4)");
    int64_t field = identity_field(r->plan, f), holder = 0;
    Statement *st = NULL;

    if (!identity_holder(w->conn, r->key.county, field, s->blind, &holder, error))
        return false;
    if (holder != 0)
        return fail(error, FAIL_CONFLICT, "field \"%.*s\": another %.*s of this county has it",
                    STR_ARG(f->field->name), STR_ARG(r->plan->entity->name));
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    identity_bind(st, r->key.county, field, s->blind);
    bind_int(st, 4, r->key.id);
    if (w->recent >= 0)
        w->recent++;
    return conn_done(w->conn, st, error);
}

bool identity_settle(Writing *w, GError **error)
{
    static const Sql count = SQL("SELECT count(*) FROM identity_recent"),
                     move = SQL("INSERT INTO identity SELECT county,field,key_id,blind,id "
                                "FROM identity_recent ORDER BY county,field,key_id,blind"),
                     clear = SQL("DELETE FROM identity_recent");
    Statement *st = NULL;

    if (w->recent >= 0 && w->recent < RECENT_MOST)
        return true;
    if (!conn_statement(w->conn, count, &st, error) ||
        !conn_number(w->conn, st, 0, &w->recent, error))
        return false;
    if (w->recent < RECENT_MOST)
        return true;
    w->recent = -1; /* counted anew, should the transaction fail */
    return conn_run(w->conn, move, error) && conn_run(w->conn, clear, error);
}
