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

bool identity_holder(Conn *c, int32_t county, int64_t field, int64_t key,
                     const uint8_t blind[SM3_SIZE], int64_t *ret_id, GError **error)
{
    static const Sql sql =
        SQL("SELECT id FROM identity WHERE county=?1 AND field=?2 AND key_id=?4 AND blind=?3 "
            "UNION ALL SELECT id FROM identity_recent WHERE county=?1 AND field=?2 AND key_id=?4 "
            "AND blind=?3");
    Statement *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    identity_bind(st, county, field, blind);
    bind_int(st, 4, key);
    return conn_number(c, st, 0, ret_id, error);
}

static bool drop_one(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, int64_t key,
                     GError **error)
{
    /* The recent ones first: one that is still held back looks into the others as it goes out. */
    static const Sql both[] = {SQL("DELETE FROM identity_recent WHERE county=?1 AND field=?2 "
                                   "AND key_id=?5 AND blind=?3 AND id=?4"),
                               SQL("DELETE FROM identity WHERE county=?1 AND field=?2 "
                                   "AND key_id=?5 AND blind=?3 AND id=?4")};
    Statement *st = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        if (!conn_statement(w->conn, both[i], &st, error))
            return false;
        identity_bind(st, r->key.county, identity_field(r->plan, f), s->blind);
        bind_int(st, 4, r->key.id);
        bind_int(st, 5, key);
        if (!conn_done(w->conn, st, error))
            return false;
    }
    return true;
}

/* While two index keys are active a record has two rows and says one of them: the other is looked
 * for by its id, which takes a while and happens seldom. */
static bool drop_all(Writing *w, const Row *r, const FieldPlan *f, GError **error)
{
    static const Sql both[] = {SQL("DELETE FROM identity_recent WHERE county=?1 AND field=?2 "
                                   "AND id=?3"),
                               SQL("DELETE FROM identity WHERE county=?1 AND field=?2 AND id=?3")};
    Statement *st = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        if (!conn_statement(w->conn, both[i], &st, error))
            return false;
        bind_int(st, 1, r->key.county);
        bind_int(st, 2, identity_field(r->plan, f));
        bind_int(st, 3, r->key.id);
        if (!conn_done(w->conn, st, error))
            return false;
    }
    return true;
}

bool identity_drop_under(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, int64_t key,
                         GError **error)
{
    return drop_one(w, r, f, s, key, error);
}

bool identity_drop(Writing *w, const Row *r, const FieldPlan *f, const Slot *s, GError **error)
{
    if (!writing_keys(w, error))
        return false;
    return w->keys.next != 0 ? drop_all(w, r, f, error)
                             : drop_one(w, r, f, s, w->keys.blind, error);
}

/* Whoever has it is named when it is looked for; sent blindly, the database refuses a NULL. */
static bool identity_is_free(Writing *w, const Row *r, const FieldPlan *f, int64_t key,
                             const uint8_t *blind, GError **error)
{
    int64_t holder = 0;

    if (w->blindly)
        return true;
    if (!identity_holder(w->conn, r->key.county, identity_field(r->plan, f), key, blind, &holder,
                         error))
        return false;
    return holder == 0 ||
           fail(error, FAIL_CONFLICT, "field \"%.*s\": another %.*s of this county has it",
                STR_ARG(f->field->name), STR_ARG(r->plan->entity->name));
}

bool identity_add(Writing *w, const Row *r, const FieldPlan *f, int64_t key,
                  const uint8_t blind[SM3_SIZE], GError **error)
{
    static const Sql sql = SQL("INSERT INTO identity_recent(county,field,key_id,blind,id) "
                               "VALUES(?1,?2,?5,?3,?4)"),
                     blindly = SQL("INSERT INTO identity_recent(county,field,key_id,blind,id) "
                                   "VALUES(?1,?2,?5,?3,CASE WHEN EXISTS (SELECT 1 FROM identity "
                                   "WHERE county=?1 AND field=?2 AND key_id=?5 AND blind=?3) "
                                   "THEN NULL ELSE ?4 END)");
    Statement *st = NULL;

    if (!identity_is_free(w, r, f, key, blind, error) ||
        !conn_statement(w->conn, w->blindly ? blindly : sql, &st, error))
        return false;
    identity_bind(st, r->key.county, identity_field(r->plan, f), blind);
    bind_int(st, 4, r->key.id);
    bind_int(st, 5, key);
    if (w->recent >= 0)
        w->recent++;
    return conn_put(w->conn, st, error);
}

/* Two processes that write the same citizen into two counties wait for each other here: the second
 * one sees what the first has committed.  SQLite has one writer at a time. */
static bool number_lock(Writing *w, int64_t number, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM pg_advisory_xact_lock(?1)");
    Statement *st = NULL;
    int64_t locked = 0;

    if (w->s->kind != &postgres_kind)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, number);
    return conn_number(w->conn, st, 0, &locked, error);
}

/* One number, held shared by forms and alone by imports. */
#define IMPORTS_LOCK "7305804402"

bool identity_alone(Writing *w, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM pg_advisory_xact_lock(" IMPORTS_LOCK ")");
    Statement *st = NULL;
    int64_t locked = 0;

    return w->s->kind != &postgres_kind || (conn_statement(w->conn, sql, &st, error) &&
                                            conn_number(w->conn, st, 0, &locked, error));
}

static bool beside_imports(Writing *w, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM pg_advisory_xact_lock_shared(" IMPORTS_LOCK ")");
    Statement *st = NULL;
    int64_t locked = 0;

    return w->s->kind != &postgres_kind || (conn_statement(w->conn, sql, &st, error) &&
                                            conn_number(w->conn, st, 0, &locked, error));
}

static bool others_open(Writing *w, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM import WHERE state<2 AND id<>?1 LIMIT 1");
    Statement *st = NULL;
    int64_t there = 0;

    if (w->others_open >= 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, w->import);
    if (!conn_number(w->conn, st, 0, &there, error))
        return false;
    w->others_open = there != 0;
    return true;
}

bool identity_any_meanwhile(Writing *w, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT 1 FROM identity_meanwhile LIMIT 1");
    Statement *st = NULL;
    int64_t there = 0;

    if (!conn_statement(w->conn, sql, &st, error) || !conn_number(w->conn, st, 0, &there, error))
        return false;
    *ret = there != 0;
    return others_open(w, error);
}

static bool taken_meanwhile(Writing *w, const Row *r, const FieldPlan *f, int64_t number,
                            GError **error)
{
    static const Sql sql = SQL("SELECT id FROM identity_meanwhile WHERE field=?1 AND number=?2 "
                               "AND county<>?3 AND id<>?4 LIMIT 1");
    Statement *st = NULL;
    int64_t there = 0;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, identity_field(r->plan, f));
    bind_int(st, 2, number);
    bind_int(st, 3, r->key.county);
    bind_int(st, 4, r->key.id);
    if (!conn_number(w->conn, st, 0, &there, error))
        return false;
    return there == 0 ||
           fail(error, FAIL_CONFLICT, "field \"%.*s\": a %.*s of another county has it",
                STR_ARG(f->field->name), STR_ARG(r->plan->entity->name));
}

bool identity_meanwhile(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                        GError **error)
{
    static const Sql sql = SQL("INSERT INTO identity_meanwhile(field,number,county,id) "
                               "VALUES(?1,?2,?3,?4) ON CONFLICT DO NOTHING");
    Statement *st = NULL;

    if (fc->lock == 0)
        return true;
    if (w->import == 0 && !beside_imports(w, error))
        return false;
    /* Sent blindly, nothing was taken meanwhile: the chunk looked. */
    if (!others_open(w, error) ||
        (w->import != 0 && !w->blindly && !taken_meanwhile(w, r, f, fc->lock, error)))
        return false;
    if (w->others_open == 0)
        return true;
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, identity_field(r->plan, f));
    bind_int(st, 2, fc->lock);
    bind_int(st, 3, r->key.county);
    bind_int(st, 4, r->key.id);
    return conn_done(w->conn, st, error);
}

bool identity_forget_meanwhile(Writing *w, GError **error)
{
    static const Sql sql = SQL("DELETE FROM identity_meanwhile");
    bool any = false;

    w->others_open = -1;
    if (!identity_any_meanwhile(w, &any, error))
        return false;
    return !any || w->others_open != 0 || conn_run(w->conn, sql, error);
}

bool identity_elsewhere(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                        GError **error)
{
    int64_t holder = 0;

    if (fc->n_elsewhere == 0)
        return true;
    /* First beside imports: what they committed is seen then. */
    if ((w->import == 0 && !beside_imports(w, error)) || !writing_keys(w, error) ||
        !number_lock(w, fc->lock, error))
        return false;
    for (size_t i = 0; i < fc->n_elsewhere; i++) {
        const Elsewhere *e = &fc->elsewhere[i];

        if (e->county == r->key.county)
            continue;
        if (!identity_holder(w->conn, e->county, identity_field(r->plan, f), w->keys.blind,
                             e->blind, &holder, error))
            return false;
        if (holder != 0 && holder != r->key.id)
            return fail(error, FAIL_CONFLICT, "field \"%.*s\": a %.*s of another county has it",
                        STR_ARG(f->field->name), STR_ARG(r->plan->entity->name));
    }
    return true;
}

bool identity_take(Writing *w, const Row *r, const FieldPlan *f, const FieldChange *fc,
                   GError **error)
{
    return writing_keys(w, error) && identity_add(w, r, f, w->keys.blind, fc->blind, error) &&
           (w->keys.next == 0 || identity_add(w, r, f, w->keys.next, fc->next, error));
}

static bool county_settle(Writing *w, int32_t county, int64_t *most, GError **error)
{
    static const Sql count = SQL("SELECT count(*) FROM identity_recent WHERE county=?1"),
                     move = SQL("INSERT INTO identity SELECT county,field,key_id,blind,id "
                                "FROM identity_recent WHERE county=?1 "
                                "ORDER BY county,field,key_id,blind"),
                     clear = SQL("DELETE FROM identity_recent WHERE county=?1");
    Statement *st = NULL;
    int64_t rows = 0;

    if (!conn_statement(w->conn, count, &st, error))
        return false;
    bind_int(st, 1, county);
    if (!conn_number(w->conn, st, 0, &rows, error))
        return false;
    *most = MAX(*most, rows);
    if (rows < RECENT_MOST)
        return true;
    *most = -1; /* counted anew, should the transaction fail */
    if (!conn_statement(w->conn, move, &st, error))
        return false;
    bind_int(st, 1, county);
    if (!conn_done(w->conn, st, error) || !conn_statement(w->conn, clear, &st, error))
        return false;
    bind_int(st, 1, county);
    return conn_done(w->conn, st, error);
}

/* Only of counties that are locked: others may be writing theirs. */
bool identity_settle(Writing *w, GError **error)
{
    int64_t most = 0;

    if (w->recent >= 0 && w->recent < RECENT_MOST)
        return true;
    for (guint i = 0; i < w->heads->len; i++) {
        if (!county_settle(w, g_array_index(w->heads, Head, i).county, &most, error))
            return false;
    }
    w->recent = w->heads->len > 0 ? most : w->recent;
    return true;
}
