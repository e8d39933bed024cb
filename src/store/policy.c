/* policy.c — policies: which documents are in force, since when, put there by whom.
 * Every text that ever was is kept by its hash: without it no past decision could be recomputed.
 * Read first: policy_put_in_force(). */
#include "store/about.h"

bool policy_now(Conn *c, int64_t *ret_version, uint8_t hash[32], GError **error)
{
    static const Sql sql = SQL("SELECT version,hash FROM policy ORDER BY version DESC LIMIT 1");
    Statement *st = NULL;
    bool row = false;

    *ret_version = 0;
    memset(hash, 0, 32);
    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    if (row) {
        Str stored = column_str(st, 1);

        *ret_version = column_int64(st, 0);
        if (stored.len == 32)
            memcpy(hash, stored.at, 32);
        statement_reset(st);
    }
    return true;
}

static bool documents_write(Conn *c, const Model *m, Bytes *hashes, GError **error)
{
    static const Sql sql = SQL("INSERT INTO document(hash,name,text) VALUES(?1,?2,?3) "
                               "ON CONFLICT(hash) DO NOTHING");
    Statement *st = NULL;

    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];

        if (!conn_statement(c, sql, &st, error))
            return false;
        bind_bytes(st, 1, d->hash, sizeof d->hash);
        bind_str(st, 2, str_of(d->file));
        bind_str(st, 3, d->text);
        if (!conn_done(c, st, error))
            return false;
        bytes_put(hashes, d->hash, sizeof d->hash);
    }
    return true;
}

static bool regions_write(Conn *c, const Model *m, GError **error)
{
    static const Sql clear = SQL("DELETE FROM region");
    static const Sql sql = SQL("INSERT INTO region(code,since,until,name,name_en,level,parent,"
                               "managing,county) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9) "
                               "ON CONFLICT(code,since) DO NOTHING");
    Statement *st = NULL;
    bool ok = conn_run(c, clear, error) && conn_statement(c, sql, &st, error);

    for (size_t i = 0; ok && i < m->n_regions; i++) {
        const RegionRow *r = &m->regions[i];

        bind_str(st, 1, r->code);
        bind_int(st, 2, r->since);
        bind_int(st, 3, r->until);
        bind_str(st, 4, r->name);
        bind_str(st, 5, r->name_en);
        bind_str(st, 6, r->level);
        bind_str(st, 7, r->parent);
        bind_str(st, 8, r->managing);
        bind_int(st, 9, r->county);
        ok = conn_done(c, st, error);
    }
    return ok;
}

static bool policy_write(Conn *c, const Model *m, int64_t version, int64_t seq, GError **error)
{
    static const Sql sql =
        SQL("INSERT INTO policy(version,hash,seq,documents) VALUES(?1,?2,?3,?4)");
    Statement *st = NULL;
    Bytes hashes = {0};
    bool ok = documents_write(c, m, &hashes, error) && regions_write(c, m, error) &&
              conn_statement(c, sql, &st, error);

    if (ok) {
        bind_int(st, 1, version);
        bind_bytes(st, 2, m->policy_hash, sizeof m->policy_hash);
        bind_int(st, 3, seq);
        bind_bytes(st, 4, hashes.at != NULL ? hashes.at : (const uint8_t *)"", hashes.len);
        ok = conn_done(c, st, error);
    }
    bytes_free(&hashes);
    return ok;
}

bool policy_note(Writing *w, const PolicyPut *put, const char *reason, GError **error)
{
    Head *h = writing_head(w, w->s->facts.home_county, error);
    Entry e = {.actor = put->actor, .via = put->via, .kind = str_of(change_word(CHANGE_NOTE))};

    if (h == NULL)
        return false;
    body_begin(&w->body, CHANGE_NOTE, str_of(reason), 0);
    return writing_append(w, h, &e, error);
}

/* ---- decisions made before ---------------------------------------------------------------- */

static bool rule_mark(Writing *w, const struct PolicyRule *r, int64_t version, GError **error)
{
    static const Sql sql = SQL("INSERT INTO stale_rule(rule,place,from_month,version) "
                               "VALUES(?1,?2,?3,?4) ON CONFLICT(rule,place) DO UPDATE SET "
                               "version=excluded.version,from_month=CASE "
                               "WHEN excluded.from_month<stale_rule.from_month "
                               "THEN excluded.from_month ELSE stale_rule.from_month END");
    int64_t number = numbering_find(w->s->numbering, STR("rule"), r->rule);
    Statement *st = NULL;

    if (number < 0)
        return fail(error, FAIL_USAGE, "the documents have no rule %.*s", STR_ARG(r->rule));
    if (!conn_statement(w->conn, sql, &st, error))
        return false;
    bind_int(st, 1, number);
    bind_str(st, 2, r->place);
    bind_int(st, 3, r->from);
    bind_int(st, 4, version);
    return conn_done(w->conn, st, error);
}

/* Documents, regions, rule numbers, an entry in the home county's journal, marks. */
bool policy_put_in_force(Writing *w, const PolicyPut *put, GError **error)
{
    const Model *m = put->model;
    g_autofree char *hash = hex_of(m->policy_hash, sizeof m->policy_hash);
    g_autofree char *reason = NULL;
    uint8_t now[32];
    int64_t version = 0;

    if (!policy_now(w->conn, &version, now, error))
        return false;
    w->s->policy = ++version;
    reason = g_strdup_printf("policy %" G_GINT64_FORMAT " in force: %s%s%.*s", version, hash,
                             put->reason.len > 0 ? "; " : "", STR_ARG(put->reason));
    numbering_model(w->s->numbering, m);
    if (!naming_write(w->conn, w->s->numbering, error) || !policy_note(w, put, reason, error) ||
        !policy_write(w->conn, m, version, writing_head(w, w->s->facts.home_county, NULL)->seq,
                      error))
        return false;
    for (size_t i = 0; i < put->n_rules; i++) {
        if (!rule_mark(w, &put->rules[i], version, error))
            return false;
    }
    return true;
}

static bool put_check(Store *s, const PolicyPut *put, GError **error)
{
    int64_t version = 0;
    uint8_t now[32];

    if (!policy_now(s->writer, &version, now, error))
        return false;
    if (version != s->policy)
        return fail(error, FAIL_CONFLICT, "another policy was put in force meanwhile");
    if (memcmp(now, put->model->policy_hash, sizeof now) == 0)
        return fail(error, FAIL_INPUT, "these documents are in force already");
    return memcmp(put->model->schema_hash, s->facts.schema_hash, SM3_SIZE) == 0 ||
           fail(error, FAIL_INPUT,
                "the documents declare other entities or fields: that needs \"anlao migrate\"");
}

bool store_put_policy(Store *s, const PolicyPut *put, int64_t *ret_version, GError **error)
{
    int64_t before = s->policy;
    bool ok = false;

    g_mutex_lock(&s->writing);
    ok = writing_begin(s->work, error);
    if (ok && (writing_head(s->work, s->facts.home_county, error) == NULL ||
               !put_check(s, put, error) || !policy_put_in_force(s->work, put, error))) {
        writing_abort(s->work);
        ok = false;
    }
    ok = ok && writing_commit(s->work, error);
    *ret_version = s->policy;
    if (!ok)
        s->policy = before;
    g_mutex_unlock(&s->writing);
    return ok;
}

/* ---- documents kept ----------------------------------------------------------------------- */

const char *document_file(Arena *a, Str stored)
{
    char *name = arena_dup(a, stored.at, stored.len);
    const char *packs = g_strrstr(name, "/packs/");

    if (!g_path_is_absolute(name) && !str_starts(stored, STR("..")))
        return name;
    if (packs != NULL)
        return packs + strlen("/packs/");
    return strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
}

/* Nothing is run, nor compared with a folder, by a text that somebody wrote into the table. */
static bool document_same(const DocumentFile *d, const char *hash, GError **error)
{
    uint8_t now[SM3_SIZE];

    sm3(d->text.at, d->text.len, now);
    return memcmp(now, hash, sizeof now) == 0 ||
           fail(error, FAIL_INPUT,
                "document \"%s\" is not the text that was put in force: it was changed in the "
                "database",
                d->name);
}

bool policy_documents(Conn *c, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                      GError **error)
{
    static const Sql sql = SQL("SELECT documents FROM policy WHERE ?1=0 OR version=?1 "
                               "ORDER BY version DESC LIMIT 1");
    static const Sql one = SQL("SELECT name,text FROM document WHERE hash=?1");
    Statement *st = NULL;
    bool row = false;
    Str hashes = {NULL, 0};

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_int(st, 1, version);
    if (!conn_step(c, st, &row, error))
        return false;
    if (!row)
        return fail(error, FAIL_ABSENT, "there is no policy %" G_GINT64_FORMAT, version);
    hashes = arena_str(a, column_str(st, 0));
    statement_reset(st);
    *ret_n = hashes.len / SM3_SIZE;
    *ret = arena_many(a, DocumentFile, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        if (!conn_statement(c, one, &st, error))
            return false;
        bind_bytes(st, 1, hashes.at + i * SM3_SIZE, SM3_SIZE);
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return fail(error, FAIL_SYSTEM, "a document of the policy is missing");
        (*ret)[i] =
            (DocumentFile){document_file(a, column_str(st, 0)), arena_str(a, column_str(st, 1))};
        statement_reset(st);
        if (!document_same(&(*ret)[i], hashes.at + i * SM3_SIZE, error))
            return false;
    }
    return true;
}

bool store_policy_documents(Store *s, int64_t version, Arena *a, DocumentFile **ret, size_t *ret_n,
                            GError **error)
{
    Conn *c = NULL;
    bool ok = reader_take(s, &c, error);

    if (!ok)
        return false;
    ok = policy_documents(c, version, a, ret, ret_n, error);
    reader_give(s, c);
    return ok;
}
