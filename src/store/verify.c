/* verify.c — finds what was changed behind the program's back.
 * In: a snapshot of everything.  Out: a report; the first fault in words.  Needs no keys: digests
 * cover ciphertext.  Parts: verify_chain.c, verify_rows.c, verify_decisions.c; here the Model, the
 * documents and the database's own check. */
#include "store/verify.h"

#include "store/migrate_inside.h"

void fault(Verifying *v, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    if (v->report->first_fault.len > 0)
        return;
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    v->report->first_fault = arena_str(v->arena, str_of(text));
}

/* ---- last digests ------------------------------------------------------------------------ */

static Last *seat_of(const LastMap *m, int64_t entity, int32_t county, int64_t id)
{
    uint64_t h = ((uint64_t)id + (uint64_t)entity * 31 + (uint64_t)county * 1009) *
                 UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(h >> 20) & (m->room - 1);

    for (;; at = (at + 1) & (m->room - 1)) {
        Last *l = &m->seats[at];

        if (l->id == 0 || (l->id == id && l->entity == entity && l->county == county))
            return l;
    }
}

Last *last_of(LastMap *m, int64_t entity, int32_t county, int64_t id)
{
    Last *l = m->room > 0 && id != 0 ? seat_of(m, entity, county, id) : NULL;

    return l != NULL && l->id != 0 ? l : NULL;
}

static void map_grow(LastMap *m)
{
    LastMap more = {.room = MAX(m->room * 2, 1024), .n = m->n};

    more.seats = g_new0(Last, more.room);
    for (size_t i = 0; i < m->room; i++) {
        const Last *l = &m->seats[i];

        if (l->id != 0)
            *seat_of(&more, l->entity, l->county, l->id) = *l;
    }
    g_free(m->seats);
    *m = more;
}

Last *last_put(LastMap *m, int64_t entity, int32_t county, int64_t id)
{
    Last *l = NULL;

    if (m->n * 3 >= m->room * 2)
        map_grow(m);
    l = seat_of(m, entity, county, id);
    if (l->id == 0) {
        l->id = id;
        l->entity = (uint32_t)entity;
        l->county = county;
        m->n++;
    }
    return l;
}

/* ---- model, documents, numbers ----------------------------------------------------------- */

static bool verify_documents(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT hash,name,text FROM document ORDER BY hash");
    Statement *st = NULL;
    uint8_t hash[SM3_SIZE];
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        Str stored = column_str(st, 0), name = column_str(st, 1), text = column_str(st, 2);

        sm3(text.at, text.len, hash);
        if (stored.len == sizeof hash && memcmp(stored.at, hash, sizeof hash) == 0)
            continue;
        v->report->model_matches = false;
        fault(v, "document \"%s\" is not the text that was put in force",
              document_file(v->arena, name));
    }
    return ok;
}

/* The reason of one entry of the home county; false from the database alone. */
static bool reason_read(Verifying *v, Sql sql, Str *ret, GError **error)
{
    Statement *st = NULL;
    bool row = false;
    Body body = {0};

    *ret = (Str){NULL, 0};
    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, v->s->facts.home_county);
    if (!conn_step(v->conn, st, &row, error))
        return false;
    if (!row)
        return true;
    if (body_read(column_str(st, 0), &body))
        *ret = arena_str(v->arena, body.reason);
    statement_reset(st);
    return true;
}

/* After a migration the first entry still says for whom and where; one of version 2 did not. */
static bool same_origin(const Verifying *v, Str said)
{
    g_autofree char *whole = origin_text(&v->s->facts, "", "");
    const char *tail = strstr(whole, ", place ");
    size_t len = strlen(tail);

    if (g_strstr_len(said.at, (gssize)said.len, ", place ") == NULL)
        return true;
    return said.len >= len && memcmp(said.at + said.len - len, tail, len) == 0;
}

/* What the home county's journal says of schema and numbers: its first entry, or that of the last
 * migration. */
static bool verify_origin(Verifying *v, GError **error)
{
    static const Sql first = SQL("SELECT body FROM journal_body WHERE county=?1 AND seq=1"),
                     last = SQL("SELECT b.body FROM journal j JOIN journal_body b ON "
                                "b.county=j.county AND b.seq=j.seq WHERE j.county=?1 AND "
                                "j.entity=0 AND j.via='" VIA_MIGRATE "' ORDER BY j.seq DESC "
                                "LIMIT 1");
    g_autofree char *schema = hex_of(v->s->facts.schema_hash, SM3_SIZE);
    g_autofree char *numbers = NULL, *made = NULL, *migrated = NULL;
    Numbering *stored = numbering_new();
    uint8_t digest[SM3_SIZE];
    Str said, since;
    bool ok = naming_read(v->conn, stored, error);

    naming_digest(stored, digest);
    migrated = migration_words(v->s->generation, v->s->facts.schema_hash, stored);
    numbering_free(stored);
    numbers = hex_of(digest, sizeof digest);
    made = origin_text(&v->s->facts, schema, numbers);
    if (!ok || !reason_read(v, first, &said, error) || !reason_read(v, last, &since, error))
        return false;
    if (since.at != NULL ? !str_starts(since, str_of(migrated)) || !same_origin(v, said)
                         : !str_is(said, made)) {
        v->report->model_matches = false;
        fault(v, "schema, stored numbers or what the database says of itself are not those the "
                 "journal says");
    }
    return true;
}

static bool verify_model(Verifying *v, GError **error)
{
    g_autofree char *now = model_schema_text(v->s->model);
    Str stored = {NULL, 0};

    v->report->model_matches = true;
    if (!about_read(v->conn, v->arena, "schema", &stored, error))
        return false;
    if (!str_is(stored, now)) {
        v->report->model_matches = false;
        fault(v, "the stored schema is not that of the documents");
    }
    return verify_documents(v, error) && verify_policies(v, error) && verify_origin(v, error);
}

static bool verify_database(Verifying *v, GError **error)
{
    Str words = {NULL, 0};

    if (!conn_sound(v->conn, v->arena, &v->report->database_sound, &words, error))
        return false;
    v->report->database_unchecked = !v->report->database_sound && words.at == NULL;
    if (!v->report->database_sound && !v->report->database_unchecked)
        fault(v, "the database's own check says: %.*s", STR_ARG(words));
    return true;
}

static bool verify_journal(Verifying *v, GError **error)
{
    if (!conn_begin(v->conn, error) || !verify_copies_begin(v, error) || !verify_chains(v, error))
        return false;
    verify_copies(v);
    return true;
}

static bool verify_all(Verifying *v, GError **error)
{
    return verify_journal(v, error) && keys_active(v->conn, &v->keys, error) &&
           verify_rows(v, error) && verify_decisions(v, error) && verify_ledger(v, error) &&
           verify_events(v, error) && verify_model(v, error) && verify_seals(v, error) &&
           verify_access(v, error) && verify_database(v, error);
}

static bool verify_by(Store *s, bool (*how)(Verifying *v, GError **error), Arena *a,
                      VerifyReport *ret, GError **error)
{
    VerifyReport report = {0};
    Verifying v = {.s = s, .arena = a, .report = &report};
    bool ok = reader_take(v.s, &v.conn, error);

    if (!ok)
        return false;
    v.conn->deadline = 0;
    v.hash = sm3_new();
    v.runs = runs_new();
    v.ledger = ledger_new();
    v.events = events_new();
    v.identities = identities_new();
    ok = how(&v, error);
    reader_give(v.s, v.conn);
    sm3_free(v.hash);
    runs_free(v.runs);
    ledger_free(v.ledger);
    events_free(v.events);
    identities_free(v.identities);
    bytes_free(&v.scratch);
    g_free(v.last.seats);
    g_free(v.keys_said);
    g_clear_pointer(&v.copies, g_hash_table_unref);
    g_clear_pointer(&v.copies_said, g_hash_table_unref);
    if (!ok)
        return false;
    report.ok = report.first_fault.len == 0;
    *ret = report;
    return true;
}

bool store_verify(Store *s, Arena *a, VerifyReport *ret, GError **error)
{
    return verify_by(s, verify_all, a, ret, error);
}

bool store_verify_journal(Store *s, Arena *a, VerifyReport *ret, GError **error)
{
    return verify_by(s, verify_journal, a, ret, error);
}
