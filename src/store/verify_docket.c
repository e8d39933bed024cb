/* verify_docket.c — facts about records and the files that lie with them, against the journal.
 * A file that was changed, is missing or was added is found without any key: the entry covers what
 * is stored. */
#include "base/identifier.h"
#include "store/verify.h"

/* What the newest entry of a file says is stored under its address. */
typedef struct Expected {
    int32_t county;
    uint8_t stored[SM3_SIZE];
    bool has_stored;
} Expected;

static char *content_key(int32_t county, Str hash)
{
    g_autofree char *hex = hex_of((const uint8_t *)hash.at, hash.len);

    return g_strdup_printf("%d/%s", county, hex);
}

static void docket_fault(Verifying *v, RecordKey key, const char *what)
{
    char text[ID_TEXT];

    fault(v, "docket %s of county %d: %s", id_format(key.id, text), key.county, what);
}

static void docket_row_check(Verifying *v, const Docket *d, int64_t entity)
{
    uint8_t digest[SM3_SIZE];
    Last *l = last_of(&v->last, ENTITY_DOCKET, d->key.county, d->key.id);

    v->report->rows++;
    docket_digest(&v->scratch, v->hash, d, entity, digest);
    if (l == NULL) {
        v->report->rows_extra++;
        docket_fault(v, d->key, "no entry of the journal made it");
        return;
    }
    l->seen = true;
    if (memcmp(l->row, digest, sizeof digest) == 0)
        return;
    v->report->rows_differ++;
    docket_fault(v, d->key, "it is not as its entry wrote it");
}

/* The digest of the stored bytes stands behind the row in the entry's body. */
static bool stored_digest(Verifying *v, const Docket *d, uint8_t to[SM3_SIZE], bool *ret,
                          GError **error)
{
    static const Sql sql = SQL("SELECT body FROM journal_body WHERE county=?1 AND seq=?2");
    Statement *st = NULL;
    bool row = false;
    Body body;
    Docket said = {0};
    Str stored = {NULL, 0};

    *ret = false;
    if (!conn_statement(v->conn, sql, &st, error))
        return false;
    bind_int(st, 1, d->key.county);
    bind_int(st, 2, d->seq);
    if (!conn_step(v->conn, st, &row, error))
        return false;
    if (row && body_read(column_str(st, 0), &body) && body_read_docket(&body, &said, &stored) &&
        stored.len == SM3_SIZE) {
        memcpy(to, stored.at, SM3_SIZE);
        *ret = true;
    }
    if (row)
        statement_reset(st);
    return true;
}

static bool dockets_walk(Verifying *v, GHashTable *files, GArray *of_files, GError **error)
{
    static const Sql sql =
        SQL("SELECT county,id,seq,at,kind,state,entity,subject,other_county,other,made_by,"
            "decided_by,hash,body FROM docket ORDER BY county,id");
    Statement *st = NULL;
    bool row = false;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    for (;;) {
        int64_t entity = 0;

        if (!conn_step(v->conn, st, &row, error))
            return false;
        if (!row)
            return true;
        Docket d = docket_from(st, v->s->plan, &entity);

        docket_row_check(v, &d, entity);
        if (d.kind != DOCKET_FILE || d.hash.len != SM3_SIZE)
            continue;
        Expected *x = g_new0(Expected, 1);

        x->county = d.key.county;
        g_hash_table_insert(files, content_key(d.key.county, d.hash), x);
        d.hash = arena_str(v->arena, d.hash);
        d.body = d.by = d.decided_by = (Str){NULL, 0};
        g_array_append_val(of_files, d);
    }
}

static bool digests_read(Verifying *v, GHashTable *files, const GArray *of_files, GError **error)
{
    for (guint i = 0; i < of_files->len; i++) {
        const Docket *d = &g_array_index(of_files, Docket, i);
        g_autofree char *key = content_key(d->key.county, d->hash);
        Expected *x = g_hash_table_lookup(files, key);

        if (!stored_digest(v, d, x->stored, &x->has_stored, error))
            return false;
    }
    return true;
}

static void content_check(Verifying *v, GHashTable *files, int32_t county, Str hash, Str sealed)
{
    g_autofree char *key = content_key(county, hash);
    const Expected *x = g_hash_table_lookup(files, key);
    uint8_t digest[SM3_SIZE];

    v->report->files++;
    sm3(sealed.at, sealed.len, digest);
    if (x == NULL) {
        v->report->rows_extra++;
        fault(v, "file %.16s of county %d: it lies with no record", key + strcspn(key, "/") + 1,
              county);
    } else if (x->has_stored && memcmp(x->stored, digest, sizeof digest) != 0) {
        v->report->rows_differ++;
        fault(v, "file %.16s of county %d: it is not what was put there",
              key + strcspn(key, "/") + 1, county);
    }
    g_hash_table_remove(files, key);
}

static bool contents_walk(Verifying *v, GHashTable *files, GError **error)
{
    static const Sql sql = SQL("SELECT county,hash,sealed FROM content ORDER BY county,hash");
    Statement *st = NULL;
    bool ok;

    if (!conn_scan(v->conn, sql, &st, error))
        return false;
    while (conn_next(v->conn, st, &ok, error))
        content_check(v, files, column_int(st, 0), column_str(st, 1), column_str(st, 2));
    return ok;
}

bool verify_dockets(Verifying *v, GError **error)
{
    g_autoptr(GHashTable) files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GArray) of_files = g_array_new(FALSE, FALSE, sizeof(Docket));
    GHashTableIter left;
    gpointer key = NULL, expected = NULL;

    if (!dockets_walk(v, files, of_files, error) || !digests_read(v, files, of_files, error) ||
        !contents_walk(v, files, error))
        return false;
    g_hash_table_iter_init(&left, files);
    while (g_hash_table_iter_next(&left, &key, &expected)) {
        const char *name = key;

        v->report->rows_missing++;
        fault(v, "file %.16s of county %d: it is missing", name + strcspn(name, "/") + 1,
              ((const Expected *)expected)->county);
    }
    return true;
}
