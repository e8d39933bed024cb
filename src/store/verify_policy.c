/* verify_policy.c — what was put in force, against the entries that say so: policies, the places of
 * the documents, the incarnation.  In: notes of the node's own office, met while its chain was
 * walked.  Start: verify_note(), verify_policies(). */
#include "store/verify.h"

#include "base/sort.h"

/* "WORD N…" at the beginning of a reason: N; -1 when it is another one. */
static int64_t number_after(Str reason, const char *word)
{
    size_t n = strlen(word);
    int64_t number = -1;

    if (!str_starts(reason, str_of(word)))
        return -1;
    Str rest = {reason.at + n, reason.len - n};

    return str_cut_whole(&rest, INT64_MAX, &number) ? number : -1;
}

void verify_note(Verifying *v, int32_t county, Str body)
{
    Body b;

    if (county != v->s->facts.home_county || !body_read(body, &b))
        return;
    v->policies = MAX(v->policies, number_after(b.reason, "policy "));
    if (number_after(b.reason, "keys ") >= 0) {
        g_free(v->keys_said);
        v->keys_said = g_strndup(b.reason.at, b.reason.len);
    }
    if (number_after(b.reason, "copy ") >= 0)
        g_hash_table_add(v->copies_said, g_strndup(b.reason.at, b.reason.len));
    v->incarnation = MAX(v->incarnation, number_after(b.reason, "incarnation "));
}

/* ---- policies ------------------------------------------------------------------------------ */

static int hash_order(const void *a, const void *b)
{
    return memcmp(a, b, SM3_SIZE);
}

/* The hash of a policy is that of its documents' hashes, sorted. */
static bool hash_is_of(Verifying *v, Str hash, Str documents)
{
    uint8_t digest[SM3_SIZE];
    g_autofree char *sorted = g_memdup2(documents.at, documents.len);

    if (documents.len % SM3_SIZE != 0 || hash.len != SM3_SIZE)
        return false;
    if (documents.len > 0)
        sort_rows(sorted, documents.len / SM3_SIZE, SM3_SIZE, hash_order);
    sm3_reset(v->hash);
    sm3_add(v->hash, sorted, documents.len);
    sm3_end(v->hash, digest);
    return memcmp(digest, hash.at, sizeof digest) == 0;
}

static bool documents_are_there(Verifying *v, Str hashes, bool *ret, GError **error)
{
    static const Sql sql = SQL("SELECT count(*) FROM document WHERE hash=?1");
    Statement *st = NULL;

    *ret = true;
    for (size_t i = 0; *ret && i < hashes.len / SM3_SIZE; i++) {
        int64_t n = 0;

        if (!conn_statement(v->conn, sql, &st, error))
            return false;
        bind_bytes(st, 1, hashes.at + i * SM3_SIZE, SM3_SIZE);
        if (!conn_number(v->conn, st, 0, &n, error))
            return false;
        *ret = n == 1;
    }
    return true;
}

/* The entry that put it in force names its number and its hash. */
static bool entry_says(Verifying *v, int64_t seq, int64_t version, Str hash, bool *ret,
                       GError **error)
{
    static const Sql sql = SQL("SELECT body FROM journal_body WHERE county=?1 AND seq=?2");
    g_autofree char *hex = hex_of(hash.at, hash.len);
    g_autofree char *words =
        g_strdup_printf("policy %" G_GINT64_FORMAT " in force: %s", version, hex);
    Statement *st = NULL;
    bool row = false;
    Body b;

    *ret = false;
    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, v->s->facts.home_county);
    bind_int(st, 2, seq);
    if (!conn_step(v->conn, st, &row, error))
        return false;
    if (row) {
        *ret = body_read(column_str(st, 0), &b) && str_starts(b.reason, str_of(words));
        statement_reset(st);
    }
    return true;
}

typedef struct PolicyRow {
    int64_t version, seq;
    Str hash, documents;
} PolicyRow;

static bool policy_rows(Verifying *v, GArray *to, GError **error)
{
    static const Sql sql = SQL("SELECT version,seq,hash,documents FROM policy ORDER BY version");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error)) {
        PolicyRow p = {column_int64(st, 0), column_int64(st, 1),
                       arena_str(v->arena, column_str(st, 2)),
                       arena_str(v->arena, column_str(st, 3))};

        g_array_append_val(to, p);
    }
    return ok;
}

static bool policy_check(Verifying *v, const PolicyRow *p, int64_t number, GError **error)
{
    bool there = false, said = false;

    if (!documents_are_there(v, p->documents, &there, error) ||
        !entry_says(v, p->seq, p->version, p->hash, &said, error))
        return false;
    if (p->version == number && there && said && hash_is_of(v, p->hash, p->documents))
        return true;
    v->report->model_matches = false;
    fault(v, "policy %" G_GINT64_FORMAT " is not the one that was put in force", p->version);
    return true;
}

static bool versions_check(Verifying *v, GError **error)
{
    g_autoptr(GArray) rows = g_array_new(FALSE, TRUE, sizeof(PolicyRow));

    if (!policy_rows(v, rows, error))
        return false;
    for (guint i = 0; i < rows->len; i++) {
        if (!policy_check(v, &g_array_index(rows, PolicyRow, i), (int64_t)i + 1, error))
            return false;
    }
    if ((int64_t)rows->len != v->policies) {
        v->report->model_matches = false;
        fault(v, "%u policies are stored, %" G_GINT64_FORMAT " were put in force", rows->len,
              v->policies);
    }
    return true;
}

/* ---- places -------------------------------------------------------------------------------- */

static char *place_text(Str code, int64_t since, int64_t until, const Str texts[5], int64_t county)
{
    return g_strdup_printf("%.*s|%" G_GINT64_FORMAT "|%" G_GINT64_FORMAT
                           "|%.*s|%.*s|%.*s|%.*s|%.*s|%" G_GINT64_FORMAT,
                           STR_ARG(code), since, until, STR_ARG(texts[0]), STR_ARG(texts[1]),
                           STR_ARG(texts[2]), STR_ARG(texts[3]), STR_ARG(texts[4]), county);
}

/* As the documents say; the first of two that have one code and day is kept. */
static GHashTable *places_said(const Model *m)
{
    GHashTable *said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) keys = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < m->n_regions; i++) {
        const RegionRow *r = &m->regions[i];
        const Str texts[5] = {r->name, r->name_en, r->level, r->parent, r->managing};

        if (g_hash_table_add(keys, g_strdup_printf("%.*s|%d", STR_ARG(r->code), r->since)))
            g_hash_table_add(said, place_text(r->code, r->since, r->until, texts, r->county));
    }
    return said;
}

static bool places_check(Verifying *v, GError **error)
{
    static const Sql sql = SQL("SELECT code,since,until,name,name_en,level,parent,managing,county "
                               "FROM region ORDER BY code,since");
    g_autoptr(GHashTable) said = places_said(v->s->model);
    Statement *st = NULL;
    bool row = false;
    guint n = 0;

    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    for (;; n++) {
        Str texts[5];

        if (!conn_step(v->conn, st, &row, error))
            return false;
        if (!row)
            break;
        for (int i = 0; i < 5; i++)
            texts[i] = column_str(st, 3 + i);
        g_autofree char *text = place_text(column_str(st, 0), column_int64(st, 1),
                                           column_int64(st, 2), texts, column_int64(st, 8));

        if (g_hash_table_contains(said, text))
            continue;
        v->report->model_matches = false;
        fault(v, "place %.*s is not as the documents have it", STR_ARG(column_str(st, 0)));
    }
    if (n != g_hash_table_size(said)) {
        v->report->model_matches = false;
        fault(v, "%u places are stored, the documents have %u", n, g_hash_table_size(said));
    }
    return true;
}

bool verify_policies(Verifying *v, GError **error)
{
    if (v->incarnation != (int64_t)v->s->facts.incarnation) {
        v->report->model_matches = false;
        fault(v, "the incarnation is %u, the journal says %" G_GINT64_FORMAT,
              v->s->facts.incarnation, v->incarnation);
    }
    return verify_keys(v, error) && versions_check(v, error) && places_check(v, error);
}
