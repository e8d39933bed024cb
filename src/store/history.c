/* history.c — journal entries of one record, newest first, with the fields they changed. */
#include "store/writing.h"

static Value value_kept(const FieldPlan *f, Cell c, Arena *a)
{
    return value_of_cell(f, cell_keep(a, c));
}

static void fields_of(JournalEntry *entry, const TablePlan *t, Body *body, Arena *a)
{
    BodyField b;

    entry->fields = arena_many(a, struct JournalField, MIN(body->n_fields, t->n_fields * 16) + 1);
    for (size_t i = 0; i < body->n_fields && body_next(body, &b); i++) {
        const FieldPlan *f = table_numbered(t, b.number);

        if (f == NULL || f->hidden || entry->n_fields == t->n_fields * 16)
            continue; /* a field of an older Model */
        entry->fields[entry->n_fields++] = (struct JournalField){
            f->field, value_kept(f, b.before, a), value_kept(f, b.after, a), b.since};
    }
}

static JournalEntry entry_from(Statement *st, const TablePlan *t, Arena *a)
{
    JournalEntry e = {.county = column_int(st, 0), .seq = column_int64(st, 1)};
    Body body;

    e.at = column_int64(st, 2);
    e.actor = arena_str(a, column_str(st, 3));
    e.via = arena_str(a, column_str(st, 4));
    e.kind = arena_str(a, column_str(st, 5));
    e.entity = t->entity->name;
    e.id = column_int64(st, 6);
    if (column_is_null(st, 7)) {
        e.reason = STR("erased by law");
    } else if (body_read(column_str(st, 7), &body)) {
        e.reason = arena_str(a, body.reason);
        fields_of(&e, t, &body, a);
    }
    return e;
}

static bool entries_read(Conn *c, const TablePlan *t, RecordKey key, size_t most, Arena *a,
                         GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT j.county,j.seq,j.at,j.actor,j.via,j.kind,j.id,b.body FROM journal j "
            "LEFT JOIN journal_body b ON b.county=j.county AND b.seq=j.seq "
            "WHERE j.county=?1 AND ((j.entity=?2 AND j.id=?3) OR (j.entity=?5 AND j.id IN "
            "(SELECT d.id FROM docket d WHERE d.county=?1 AND d.entity=?2 AND "
            "(d.subject=?3 OR d.other=?3)))) ORDER BY j.seq DESC LIMIT ?4");
    Statement *st = NULL;
    bool ok;

    if (!key_complete(c, t, &key, error) || !conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, t->number);
    bind_int(st, 3, key.id);
    bind_int(st, 4, (int64_t)MIN(most, INT32_MAX));
    bind_int(st, 5, ENTITY_DOCKET);
    while (conn_next(c, st, &ok, error)) {
        JournalEntry e = entry_from(st, t, a);

        g_array_append_val(to, e);
    }
    return ok;
}

bool store_history(Store *s, const Entity *e, RecordKey key, size_t most, Arena *a,
                   JournalEntry **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(JournalEntry));
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = entries_read(c, &s->plan->tables[e->number], key, most, a, entries, error);
    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, entries, ret_n);
    return ok;
}

static bool erasures_read(Store *s, Conn *c, Arena *a, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT j.county,j.seq,j.at,j.actor,j.via,j.kind,j.id,b.body,j.entity FROM journal j "
            "JOIN journal_body b ON b.county=j.county AND b.seq=j.seq WHERE j.kind='erase' "
            "ORDER BY j.at,j.county,j.seq");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error)) {
        const TablePlan *t = plan_numbered(s->plan, column_int64(st, 8));

        if (t == NULL || t->entity == NULL) /* papers of a county alone */
            continue;
        JournalEntry e = entry_from(st, t, a);

        g_array_append_val(to, e);
    }
    return ok;
}

bool store_erasures(Store *s, Arena *a, JournalEntry **ret, size_t *ret_n, GError **error)
{
    g_autoptr(GArray) entries = g_array_new(FALSE, FALSE, sizeof(JournalEntry));
    Conn *c = NULL;

    if (!reader_take(s, &c, error))
        return false;
    c->deadline = 0;
    bool ok = conn_begin(c, error) && erasures_read(s, c, a, entries, error);

    reader_give(s, c);
    if (ok)
        *ret = arena_list(a, entries, ret_n);
    return ok;
}

bool store_began(Store *s, int64_t *ret_us, GError **error)
{
    static const Sql sql = SQL("SELECT at FROM journal WHERE county=?1 ORDER BY seq LIMIT 1");
    Conn *c = NULL;
    Statement *st = NULL;

    if (!reader_take(s, &c, error))
        return false;
    bool ok = conn_statement(c, sql, &st, error);
    if (ok) {
        bind_int(st, 1, store_facts(s)->home_county);
        ok = conn_number(c, st, 0, ret_us, error);
    }
    reader_give(s, c);
    return ok;
}
