/* about.c — makes a database, says what one is, and puts policies in force.
 * A database is made beside its place and renamed when it is whole: a half-made one is never found
 * under its name.  Read first: sqlite_create(), policy_put_in_force(). */
#include "store/about.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "store/ddl.h"

/* ---- about ------------------------------------------------------------------------------- */

bool about_read(Conn *c, Arena *a, const char *name, Str *ret, GError **error)
{
    static const Sql sql = SQL("SELECT value FROM about WHERE name=?1");
    sqlite3_stmt *st = NULL;
    bool row = false;

    *ret = (Str){NULL, 0};
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, str_of(name));
    if (!conn_step(c, st, &row, error))
        return false;
    if (row) {
        *ret = arena_str(a, column_str(st, 0));
        sqlite3_reset(st);
    }
    return true;
}

static bool about_write(Conn *c, const char *name, Str value, GError **error)
{
    static const Sql sql = SQL("INSERT INTO about(name,value) VALUES(?1,?2)");
    sqlite3_stmt *st = NULL;

    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, str_of(name));
    bind_str(st, 2, value);
    return conn_done(c, st, error);
}

static bool about_number(Conn *c, Arena *a, const char *name, int64_t *ret, GError **error)
{
    Str text;

    if (!about_read(c, a, name, &text, error))
        return false;
    if (text.at == NULL ||
        !g_ascii_string_to_signed(arena_dup(a, text.at, text.len), 10, 0, INT32_MAX, ret, NULL))
        return fail(error, FAIL_SYSTEM, "the database does not say its %s", name);
    return true;
}

bool about_facts(Conn *c, Arena *a, StoreFacts *ret, GError **error)
{
    StoreFacts f = {0};
    int64_t demo = 0, day = 0, node = 0, incarnation = 0, home = 0;
    Str hash;

    if (!about_read(c, a, "place", &f.place, error) || !about_number(c, a, "demo", &demo, error) ||
        !about_number(c, a, "demo_day", &day, error) || !about_number(c, a, "node", &node, error) ||
        !about_number(c, a, "incarnation", &incarnation, error) ||
        !about_number(c, a, "home_county", &home, error) ||
        !about_read(c, a, "schema_hash", &hash, error))
        return fail_while(error, "this is not a database of Anlao");
    f.demo = demo != 0;
    f.demo_day = (Date)day;
    f.node = (uint32_t)node;
    f.incarnation = (uint32_t)incarnation;
    f.home_county = (int32_t)home;
    if (!hex_parse(hash, f.schema_hash, sizeof f.schema_hash))
        return fail(error, FAIL_SYSTEM, "the database does not say its schema");
    *ret = f;
    return true;
}

static bool about_number_write(Conn *c, const char *name, int64_t n, GError **error)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, n);

    return about_write(c, name, str_of(text), error);
}

static bool about_fill(Conn *c, const Model *m, const StoreFacts *f, GError **error)
{
    g_autofree char *hash = hex_of(m->schema_hash, sizeof m->schema_hash);
    g_autofree char *schema = model_schema_text(m);

    return about_write(c, "format", STR("anlao 1"), error) &&
           about_write(c, "place", f->place, error) &&
           about_number_write(c, "demo", f->demo, error) &&
           about_number_write(c, "demo_day", f->demo_day, error) &&
           about_number_write(c, "node", f->node, error) &&
           about_number_write(c, "incarnation", f->incarnation, error) &&
           about_number_write(c, "home_county", f->home_county, error) &&
           about_write(c, "schema_hash", str_of(hash), error) &&
           about_write(c, "schema", str_of(schema), error);
}

/* ---- numbers ----------------------------------------------------------------------------- */

bool naming_read(Conn *c, Numbering *n, GError **error)
{
    static const Sql sql = SQL("SELECT owner,name,number FROM naming ORDER BY owner,name");
    sqlite3_stmt *st = NULL;
    bool row = false;

    if (!conn_statement(c, sql, &st, error))
        return false;
    for (;;) {
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return true;
        numbering_add(n, column_str(st, 0), column_str(st, 1), sqlite3_column_int64(st, 2));
    }
}

typedef struct NamingWrite {
    Conn *conn;
    bool ok;
    GError **error;
} NamingWrite;

static void naming_write_one(void *with, const char *owner, const char *name, int64_t number)
{
    static const Sql sql = SQL("INSERT INTO naming(owner,name,number) VALUES(?1,?2,?3) "
                               "ON CONFLICT(owner,name) DO NOTHING");
    NamingWrite *w = with;
    sqlite3_stmt *st = NULL;

    w->ok = w->ok && conn_statement(w->conn, sql, &st, w->error);
    if (!w->ok)
        return;
    bind_str(st, 1, str_of(owner));
    bind_str(st, 2, str_of(name));
    bind_int(st, 3, number);
    w->ok = conn_done(w->conn, st, w->error);
}

static bool naming_write(Conn *c, const Numbering *n, GError **error)
{
    NamingWrite w = {c, true, error};

    numbering_each(n, naming_write_one, &w);
    return w.ok;
}

static void naming_hash_one(void *with, const char *owner, const char *name, int64_t number)
{
    Bytes *b = with;

    if (g_str_equal(owner, "rule"))
        return; /* rules come and go with policies; decisions are derived */
    bytes_str(b, str_of(owner));
    bytes_str(b, str_of(name));
    bytes_int(b, number);
}

void naming_digest(const Numbering *n, uint8_t to[SM3_SIZE])
{
    Bytes b = {0};

    numbering_each(n, naming_hash_one, &b);
    sm3(b.at, b.len, to);
    bytes_free(&b);
}

/* ---- policies ---------------------------------------------------------------------------- */

bool policy_now(Conn *c, int64_t *ret_version, uint8_t hash[32], GError **error)
{
    static const Sql sql = SQL("SELECT version,hash FROM policy ORDER BY version DESC LIMIT 1");
    sqlite3_stmt *st = NULL;
    bool row = false;

    *ret_version = 0;
    memset(hash, 0, 32);
    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    if (row) {
        Str stored = column_str(st, 1);

        *ret_version = sqlite3_column_int64(st, 0);
        if (stored.len == 32)
            memcpy(hash, stored.at, 32);
        sqlite3_reset(st);
    }
    return true;
}

static bool documents_write(Conn *c, const Model *m, Bytes *hashes, GError **error)
{
    static const Sql sql = SQL("INSERT INTO document(hash,name,text) VALUES(?1,?2,?3) "
                               "ON CONFLICT(hash) DO NOTHING");
    sqlite3_stmt *st = NULL;

    for (size_t i = 0; i < m->n_documents; i++) {
        const Document *d = m->documents[i];
        const char *name = d->source.name != NULL ? d->source.name : "";

        if (!conn_statement(c, sql, &st, error))
            return false;
        bind_bytes(st, 1, d->hash, sizeof d->hash);
        bind_str(st, 2, str_of(name));
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
    sqlite3_stmt *st = NULL;
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
    sqlite3_stmt *st = NULL;
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

static bool system_note(Writing *w, const char *reason, GError **error)
{
    Head *h = writing_head(w, w->s->base.facts.home_county, error);
    Entry e = {
        .actor = STR("system"), .via = STR("system"), .kind = str_of(change_word(CHANGE_NOTE))};

    if (h == NULL)
        return false;
    body_begin(&w->body, CHANGE_NOTE, str_of(reason), 0);
    return writing_append(w, h, &e, error);
}

/* Documents, regions, rule numbers and an entry in the home county's journal. */
bool policy_put_in_force(Writing *w, const Model *m, GError **error)
{
    g_autofree char *hash = hex_of(m->policy_hash, sizeof m->policy_hash);
    g_autofree char *reason = NULL;
    uint8_t now[32];
    int64_t version = 0;

    if (!policy_now(w->conn, &version, now, error))
        return false;
    w->s->policy = version + 1;
    reason = g_strdup_printf("policy %" G_GINT64_FORMAT " in force: %s", version + 1, hash);
    numbering_model(w->s->numbering, m);
    if (!naming_write(w->conn, w->s->numbering, error) || !system_note(w, reason, error))
        return false;
    return policy_write(w->conn, m, version + 1,
                        writing_head(w, w->s->base.facts.home_county, NULL)->seq, error);
}

GHashTable *region_codes(const Model *m)
{
    GHashTable *codes = NULL;

    if (m->n_regions == 0)
        return NULL;
    codes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < m->n_regions; i++)
        g_hash_table_add(codes, g_strndup(m->regions[i].code.at, m->regions[i].code.len));
    return codes;
}

/* ---- making ------------------------------------------------------------------------------ */

static bool first_entries(SqliteStore *s, Writing *w, const Model *m, GError **error)
{
    g_autofree char *schema = hex_of(m->schema_hash, sizeof m->schema_hash);
    g_autofree char *numbers = NULL, *reason = NULL;
    uint8_t digest[SM3_SIZE];

    naming_digest(s->numbering, digest);
    numbers = hex_of(digest, sizeof digest);
    reason = g_strdup_printf("database made: schema %s, numbers %s", schema, numbers);
    return system_note(w, reason, error) && policy_put_in_force(w, m, error);
}

static bool fill(SqliteStore *s, const Model *m, GError **error)
{
    Writing *w = NULL;
    bool ok = plan_new(m, s->numbering, &s->plan, error);

    if (!ok)
        return false;
    w = writing_new(s, s->writer);
    /* head does not exist yet: writing_begin() reads it */
    ok = ddl_create(s->writer, s->plan, error) && writing_begin(w, error);
    if (ok) {
        ok = about_fill(s->writer, m, &s->base.facts, error) && first_entries(s, w, m, error);
        if (ok)
            ok = writing_commit(w, error);
        else
            writing_abort(w);
    }
    writing_free(w);
    return ok;
}

static bool make(const char *path, const Model *m, const StoreFacts *facts, GError **error)
{
    SqliteStore s = {.base.facts = *facts};
    bool ok = conn_open(path, CONN_CREATE, &s.writer, error);

    if (!ok)
        return false;
    s.numbering = numbering_new();
    numbering_model(s.numbering, m);
    ok = fill(&s, m, error);
    plan_free(s.plan);
    numbering_free(s.numbering);
    conn_close(s.writer);
    return ok;
}

/* An empty file of our own, readable by nobody else; SQLite gives its log files the same mode. */
static bool file_begin(const char *path, GError **error)
{
    int fd = -1;

    g_unlink(path);
    fd = g_open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail(error, FAIL_SYSTEM, "could not make file \"%s\": %s", path, g_strerror(errno));
    close(fd);
    return true;
}

static void folder_sync(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static bool file_place(const char *from, const char *to, GError **error)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) != 0 &&
        (errno != EINVAL || g_file_test(to, G_FILE_TEST_EXISTS) || g_rename(from, to) != 0))
        return fail(error, errno == EEXIST ? FAIL_INPUT : FAIL_SYSTEM,
                    "could not make database \"%s\": %s", to, g_strerror(errno));
    folder_sync(to);
    return true;
}

bool sqlite_create(const char *where, const Model *m, const StoreFacts *facts, GError **error)
{
    g_autofree char *making = g_strdup_printf("%s.making", where);
    g_autofree char *log = g_strdup_printf("%s.making-journal", where);

    if (facts->home_county <= 0)
        return fail(error, FAIL_INPUT, "a database needs the county number of its own office");
    if (g_file_test(where, G_FILE_TEST_EXISTS))
        return fail(error, FAIL_INPUT, "there is already a file \"%s\"", where);
    g_unlink(log);
    if (!file_begin(making, error))
        return false;
    if (!make(making, m, facts, error) || !file_place(making, where, error)) {
        g_unlink(making);
        return fail_while(error, "making database \"%s\"", where);
    }
    return true;
}

/* ---- peeking ----------------------------------------------------------------------------- */

static bool peek_documents(Conn *c, Arena *a, DocumentFile **ret, size_t *ret_n, GError **error)
{
    static const Sql sql = SQL("SELECT documents FROM policy ORDER BY version DESC LIMIT 1");
    static const Sql one = SQL("SELECT name,text FROM document WHERE hash=?1");
    sqlite3_stmt *st = NULL;
    bool row = false;
    Str hashes = {NULL, 0};

    if (!conn_statement(c, sql, &st, error) || !conn_step(c, st, &row, error))
        return false;
    if (row) {
        hashes = arena_str(a, column_str(st, 0));
        sqlite3_reset(st);
    }
    *ret_n = hashes.len / SM3_SIZE;
    *ret = arena_many(a, DocumentFile, *ret_n + 1);
    for (size_t i = 0; i < *ret_n; i++) {
        if (!conn_statement(c, one, &st, error))
            return false;
        bind_bytes(st, 1, hashes.at + i * SM3_SIZE, SM3_SIZE);
        if (!conn_step(c, st, &row, error))
            return false;
        if (!row)
            return fail(error, FAIL_SYSTEM, "a document of the policy in force is missing");
        Str name = column_str(st, 0);

        (*ret)[i] =
            (DocumentFile){arena_dup(a, name.at, name.len), arena_str(a, column_str(st, 1))};
        sqlite3_reset(st);
    }
    return true;
}

bool sqlite_peek(const char *where, Arena *a, StoreFacts *ret, DocumentFile **ret_documents,
                 size_t *ret_n, GError **error)
{
    Conn *c = NULL;
    bool ok = false;

    if (!g_file_test(where, G_FILE_TEST_EXISTS))
        return fail(error, FAIL_INPUT, "there is no database \"%s\"", where);
    if (!conn_open(where, CONN_READER, &c, error))
        return false;
    ok = about_facts(c, a, ret, error) &&
         (ret_documents == NULL || peek_documents(c, a, ret_documents, ret_n, error));
    conn_close(c);
    return ok;
}
