/* erase.c — a record erased by law: its values go from the tables, the indexes and the bodies of
 * its entries, and with them what was said beside it: files, changes that wait, notices of scores,
 * merges and moves, holds of payments, papers about it; papers about others lose what names it
 * (care/erase.c says how they read then).  The entries themselves stay, and one more says which
 * bodies went, who ordered it and why.  Digests cover the bodies' digests, so the chain still
 * verifies.  That somebody looked stays; what she wrote as her reason goes.
 * Read first: record_erase().  Which table is reached how: tests/care/erase.c. */
#include "store/erase.h"

#include "store/issue_inside.h"
#include "store/pay_inside.h"

static bool for_record(Writing *w, const char *text, RecordKey key, int64_t third, GError **error)
{
    Statement *st = NULL;
    bool ok = conn_once(w->conn, text, false, &st, error);

    if (ok) {
        bind_int(st, 1, key.county);
        bind_int(st, 2, key.id);
        bind_int(st, 3, third);
        ok = conn_done(w->conn, st, error) && conn_settle(w->conn, error);
    }
    statement_free(st);
    return ok;
}

static bool table_clear(Writing *w, const char *table, RecordKey key, GError **error)
{
    g_autoptr(GString) sql = g_string_new("DELETE FROM ");

    sql_quote(sql, table);
    g_string_append(sql, " WHERE county=?1 AND id=?2");
    return for_record(w, sql->str, key, 0, error);
}

bool erase_history(Writing *w, const Row *r, GError **error)
{
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        const FieldPlan *f = &r->plan->fields[i];

        if (f->dated && !table_clear(w, f->table, r->key, error))
            return false;
    }
    return table_clear(w, r->plan->was, r->key, error);
}

static bool seqs_read(Writing *w, Sql sql, int32_t county, int64_t entity, int64_t id, GArray *to,
                      GError **error)
{
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, county);
    bind_int(st, 2, entity);
    bind_int(st, 3, id);
    while (conn_next(w->conn, st, &ok, error)) {
        int64_t seq = column_int64(st, 0);

        g_array_append_val(to, seq);
    }
    return ok;
}

static bool entries_of(Writing *w, const Row *r, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT seq FROM journal WHERE county=?1 AND entity=?2 AND id=?3 AND kind IN "
            "('create','change','correct','end','reseal','revive','leave','note') ORDER BY seq");

    return seqs_read(w, sql, r->key.county, r->plan->number, r->key.id, to, error);
}

bool erase_bodies(Writing *w, int32_t county, const GArray *seqs, GError **error)
{
    static const Sql sql = SQL("DELETE FROM journal_body WHERE county=?1 AND seq=?2");
    Statement *st = NULL;

    for (guint i = 0; i < seqs->len; i++) {
        if (!conn_statement(w->conn, sql, &st, error))
            return false;
        bind_int(st, 1, county);
        bind_int(st, 2, g_array_index(seqs, int64_t, i));
        if (!conn_done(w->conn, st, error))
            return false;
    }
    return true;
}

static bool indexes_clear(Writing *w, Row *r, GError **error)
{
    for (size_t i = 0; i < r->plan->n_fields; i++) {
        Slot *s = &r->slots[i];

        if (s->has_blind && !identity_drop(w, r, &r->plan->fields[i], s, error))
            return false;
        s->has_blind = false;
    }
    return grams_remove(w, r, error) && tails_remove(w, r, error);
}

/* What left for another county has still left: payments ask for it. */
static int erased_state(const Row *r)
{
    return r->state == STATE_LEFT ? STATE_LEFT : STATE_ENDED;
}

void erase_row(Row *r, int64_t seq, int state)
{
    const RecordKey key = r->key;

    row_clear(r);
    r->key = key;
    r->seq = r->known = seq;
    r->state = state;
}

/* ---- what lies beside a record ------------------------------------------------------------- */

static bool entries_beside(Writing *w, int32_t county, int64_t entity, int64_t id, GArray *to,
                           GError **error)
{
    static const Sql sql =
        SQL("SELECT seq FROM journal WHERE county=?1 AND entity=?2 AND id=?3 ORDER BY seq");

    return seqs_read(w, sql, county, entity, id, to, error);
}

/* What any of them says of the record goes.  That two are one or are not, and where a record went,
 * stays: the columns say it. */
static bool dockets_read(Writing *w, const Row *r, int64_t subject, GArray *to, GError **error)
{
    /* A merge that was undone stays as it is: payments ask when that was. */
    static const Sql sql =
        SQL("SELECT county,id,seq,at,kind,state,entity,subject,other_county,other,made_by,"
            "decided_by,hash,body FROM docket WHERE county=?1 AND entity=?2 AND (subject=?3 OR "
            "(other=?3 AND kind IN (?4,?5))) AND NOT (kind=?5 AND state<>?6) ORDER BY id");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_int(st, 2, r->plan->number);
    bind_int(st, 3, subject);
    bind_int(st, 4, DOCKET_APART);
    bind_int(st, 5, DOCKET_MERGE);
    bind_int(st, 6, DOCKET_OPEN);
    while (conn_next(w->conn, st, &ok, error)) {
        int64_t entity = 0;
        Docket d = docket_from(st, w->s->plan, &entity);

        d.by = arena_str(w->arena, d.by);
        d.decided_by = arena_str(w->arena, d.decided_by);
        g_array_append_val(to, d);
    }
    return ok;
}

static bool docket_erase(Writing *w, const Change *c, const Row *r, Head *h, Docket *d,
                         GArray *seqs, GError **error)
{
    bool holds = d->kind == DOCKET_APART || d->kind == DOCKET_MERGE;

    d->hash = d->body = STR("");
    d->state = d->state == DOCKET_OPEN && !holds ? DOCKET_WITHDRAWN : d->state;
    d->seq = h->seq + 1;
    d->at = w->at;
    return entries_beside(w, h->county, ENTITY_DOCKET, d->key.id, seqs, error) &&
           docket_blank(w, d, r->plan->number, error) &&
           docket_entry(w, c, h, d, r->plan->number, STR(""), error);
}

static bool dockets_erase(Writing *w, const Change *c, const Row *r, Head *h, int64_t subject,
                          GArray *seqs, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(Docket));
    bool ok = dockets_read(w, r, subject, list, error);

    for (guint i = 0; ok && i < list->len; i++)
        ok = docket_erase(w, c, r, h, &g_array_index(list, Docket, i), seqs, error);
    return ok;
}

static bool holds_read(Writing *w, RecordKey key, GArray *to, GError **error)
{
    static const Sql sql =
        SQL("SELECT id FROM pay_hold WHERE county=?1 AND subject=?2 ORDER BY id");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, key.county);
    bind_int(st, 2, key.id);
    while (conn_next(w->conn, st, &ok, error)) {
        int64_t id = column_int64(st, 0);

        g_array_append_val(to, id);
    }
    return ok;
}

/* Why her payments were held, and what came of it. */
static bool holds_erase(Writing *w, const Change *c, const Row *r, Head *h, GArray *seqs,
                        GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool ok = holds_read(w, r->key, ids, error);

    for (guint i = 0; ok && i < ids->len; i++) {
        int64_t id = g_array_index(ids, int64_t, i);

        ok = entries_beside(w, h->county, ENTITY_PAY_HOLD, id, seqs, error) &&
             pay_hold_blank(w, c, h, id, error);
    }
    return ok;
}

static bool papers_read(Writing *w, const Row *r, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT " ISSUE_COLUMNS " FROM issued WHERE county=?1 AND entity=?2 "
                               "AND record=?3 ORDER BY id");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, r->key.county);
    bind_str(st, 2, r->plan->entity->name);
    bind_int(st, 3, r->key.id);
    while (conn_next(w->conn, st, &ok, error)) {
        IssueRow x = issue_from(st);
        Str *texts[] = {&x.kind,  &x.number, &x.name, &x.entity,
                        &x.place, &x.actor,  &x.type, &x.digest};

        for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
            *texts[i] = arena_str(w->arena, *texts[i]);
        x.content = STR("");
        g_array_append_val(to, x);
    }
    return ok;
}

/* Papers about it, and the sealed scans that lie with them: that one was issued, its number and its
 * digest stay. */
static bool papers_erase(Writing *w, const Change *c, const Row *r, Head *h, GArray *seqs,
                         GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, TRUE, sizeof(IssueRow));
    bool ok = papers_read(w, r, list, error);

    for (guint i = 0; ok && i < list->len; i++) {
        const IssueRow *x = &g_array_index(list, IssueRow, i);

        ok = dockets_erase(w, c, r, h, x->id, seqs, error) &&
             entries_beside(w, h->county, ENTITY_ISSUED, x->id, seqs, error) &&
             issue_entry(w, c, h, x, true, error);
    }
    return ok;
}

static bool papers_named(Writing *w, const Change *c, Head *h, GArray *seqs, GError **error)
{
    const Erasure *with = c->erasure;

    for (size_t i = 0; with != NULL && i < with->n_papers; i++) {
        if (!entries_beside(w, h->county, ENTITY_ISSUED, with->papers[i].id, seqs, error) ||
            !issue_entry(w, c, h, &with->papers[i], true, error))
            return false;
    }
    return true;
}

/* ---- the entry ----------------------------------------------------------------------------- */

static void erased_put(Writing *w, const Change *c, const GArray *seqs, int state)
{
    body_begin(&w->body, c->kind, c->reason, 0);
    bytes_uint(&w->body, seqs->len);
    for (guint i = 0; i < seqs->len; i++)
        bytes_int(&w->body, g_array_index(seqs, int64_t, i));
    if (state != STATE_ENDED) /* as nearly all are */
        bytes_int(&w->body, state);
}

bool papers_named_erase(Writing *w, const Change *c, Head *h, GError **error)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Entry e = {.actor = c->actor, .via = c->via, .kind = str_of(change_word(c->kind))};

    if (!papers_named(w, c, h, seqs, error) || !erase_bodies(w, h->county, seqs, error))
        return false;
    erased_put(w, c, seqs, STATE_ENDED);
    return writing_append(w, h, &e, error);
}

bool record_erase(Writing *w, const Change *c, Row *r, Head *h, GError **error)
{
    g_autoptr(GArray) seqs = g_array_new(FALSE, FALSE, sizeof(int64_t));
    bool found = false;

    if (!row_load(w->conn, r, (RecordKey){h->county, c->key.id}, w->arena, &found, error))
        return false;
    if (!found)
        return fail(error, FAIL_ABSENT, "there is no such %.*s", STR_ARG(c->entity->name));
    memset(w->seen, 0, sizeof w->seen); /* it is no longer something to refer to */
    if (!entries_of(w, r, seqs, error) || !dockets_erase(w, c, r, h, r->key.id, seqs, error) ||
        !holds_erase(w, c, r, h, seqs, error) || !papers_erase(w, c, r, h, seqs, error) ||
        !papers_named(w, c, h, seqs, error) || !indexes_clear(w, r, error) ||
        !erase_history(w, r, error) || !erase_bodies(w, h->county, seqs, error) ||
        !stale_mark(w, r, 0, month_of(DATE_MIN), error))
        return false;
    erase_row(r, h->seq + 1, erased_state(r));
    erased_put(w, c, seqs, r->state);
    return row_update(w->conn, r, error) && append_record(w, c, r, h, error);
}

bool erased_read(Body *b, GArray *to, int *ret_state)
{
    uint64_t n = reader_uint(&b->fields);

    for (uint64_t i = 0; i < n && !b->fields.bad; i++) {
        int64_t seq = reader_int(&b->fields);

        if (!b->fields.bad)
            g_array_append_val(to, seq);
    }
    bool said = b->fields.at < b->fields.end;

    *ret_state = said && reader_int(&b->fields) == STATE_LEFT ? STATE_LEFT : STATE_ENDED;
    return !b->fields.bad;
}
