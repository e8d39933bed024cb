/* about.c — makes a database, and says what one is.  Read first: database_make(). */
#include "store/about.h"

#include "store/ddl.h"
#include "store/replay_inside.h"

/* ---- about ------------------------------------------------------------------------------- */

bool about_read(Conn *c, Arena *a, const char *name, Str *ret, GError **error)
{
    static const Sql sql = SQL("SELECT value FROM about WHERE name=?1");
    Statement *st = NULL;
    bool row = false;

    *ret = (Str){NULL, 0};
    if (!conn_statement(c, sql, &st, error))
        return false;
    bind_str(st, 1, str_of(name));
    if (!conn_step(c, st, &row, error))
        return false;
    if (row) {
        *ret = arena_str(a, column_str(st, 0));
        statement_reset(st);
    }
    return true;
}

bool about_write(Conn *c, const char *name, Str value, GError **error)
{
    static const Sql sql = SQL("INSERT INTO about(name,value) VALUES(?1,?2) "
                               "ON CONFLICT(name) DO UPDATE SET value=excluded.value");
    Statement *st = NULL;

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
    if (!str_whole(text, 0, INT32_MAX, ret))
        return fail(error, FAIL_SYSTEM, "the database does not say its %s", name);
    return true;
}

bool about_version(Conn *c, Arena *a, int *ret, GError **error)
{
    Str format;
    int64_t n = 0;

    if (!about_read(c, a, "format", &format, error))
        return fail_while(error, "reading what it says of itself, as a database of Anlao");
    if (!str_starts(format, STR("anlao ")) ||
        !str_whole((Str){format.at + 6, format.len - 6}, 0, INT32_MAX, &n))
        return fail(error, FAIL_INPUT, "this is not a database of Anlao");
    if (n < PROGRAM_VERSION_LEAST)
        return fail(error, FAIL_INPUT,
                    "the database was made by a version of the program (%d) that this one (%d) no "
                    "longer migrates: migrate it with a version between them first",
                    (int)n, PROGRAM_VERSION);
    if (n > PROGRAM_VERSION)
        return fail(error, FAIL_INPUT,
                    "the database was made or migrated by a newer version of the program (%d, not "
                    "%d): use that one",
                    (int)n, PROGRAM_VERSION);
    *ret = (int)n;
    return true;
}

bool about_generation(Conn *c, int64_t *ret, GError **error)
{
    static const Sql sql = SQL("SELECT max(schema) FROM head");
    Statement *st = NULL;

    return conn_statement(c, sql, &st, error) && conn_number(c, st, GENERATION_FIRST, ret, error);
}

bool about_facts(Conn *c, Arena *a, StoreFacts *ret, GError **error)
{
    StoreFacts f = {0};
    int64_t demo = 0, day = 0, node = 0, incarnation = 0, home = 0;
    Str hash;
    int version = 0;

    if (!about_version(c, a, &version, error))
        return false;
    if (!about_read(c, a, "place", &f.place, error) || !about_number(c, a, "demo", &demo, error) ||
        !about_number(c, a, "demo_day", &day, error) || !about_number(c, a, "node", &node, error) ||
        !about_number(c, a, "incarnation", &incarnation, error) ||
        !about_number(c, a, "home_county", &home, error) ||
        !about_read(c, a, "schema_hash", &hash, error))
        return fail_while(error, "reading what it says of itself, as a database of Anlao");
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

bool about_schema_write(Conn *c, const Model *m, GError **error)
{
    g_autofree char *hash = hex_of(m->schema_hash, sizeof m->schema_hash);
    g_autofree char *schema = model_schema_text(m);

    return about_write(c, "schema_hash", str_of(hash), error) &&
           about_write(c, "schema", str_of(schema), error);
}

bool about_tables_write(Conn *c, GError **error)
{
    g_autofree char *format = g_strdup_printf("anlao %d", PROGRAM_VERSION);
    g_autofree char *tables = ddl_fixed();

    return about_write(c, "format", str_of(format), error) &&
           about_write(c, "tables", str_of(tables), error);
}

static bool about_fill(Conn *c, const Model *m, const StoreFacts *f, GError **error)
{
    return about_tables_write(c, error) && about_write(c, "place", f->place, error) &&
           about_number_write(c, "demo", f->demo, error) &&
           about_number_write(c, "demo_day", f->demo_day, error) &&
           about_number_write(c, "node", f->node, error) &&
           about_number_write(c, "incarnation", f->incarnation, error) &&
           about_number_write(c, "home_county", f->home_county, error) &&
           about_schema_write(c, m, error) && about_write(c, "kept", STR(""), error);
}

/* ---- numbers ----------------------------------------------------------------------------- */

bool naming_read(Conn *c, Numbering *n, GError **error)
{
    static const Sql sql = SQL("SELECT owner,name,number FROM naming ORDER BY owner,name");
    Statement *st = NULL;
    bool ok;

    if (!conn_statement(c, sql, &st, error))
        return false;
    while (conn_next(c, st, &ok, error))
        numbering_add(n, column_str(st, 0), column_str(st, 1), column_int64(st, 2));
    return ok;
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
    Statement *st = NULL;

    w->ok = w->ok && conn_statement(w->conn, sql, &st, w->error);
    if (!w->ok)
        return;
    bind_str(st, 1, str_of(owner));
    bind_str(st, 2, str_of(name));
    bind_int(st, 3, number);
    w->ok = conn_done(w->conn, st, w->error);
}

bool naming_write(Conn *c, const Numbering *n, GError **error)
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

char *origin_text(const StoreFacts *f, const char *schema, const char *numbers)
{
    return g_strdup_printf(
        "database made: schema %s, numbers %s, place %.*s, node %u, office %d, %s", schema, numbers,
        STR_ARG(f->place), f->node, f->home_county, f->demo ? "made up" : "real");
}

static bool first_entries(Store *s, Writing *w, const Model *m, GError **error)
{
    Str maker = s->facts.maker;
    const PolicyPut put = {
        .model = m, .actor = maker.len > 0 ? maker : STR("system"), .via = STR("system")};
    g_autofree char *schema = hex_of(m->schema_hash, sizeof m->schema_hash);
    g_autofree char *numbers = NULL, *reason = NULL;
    uint8_t digest[SM3_SIZE];

    naming_digest(s->numbering, digest);
    numbers = hex_of(digest, sizeof digest);
    reason = origin_text(&s->facts, schema, numbers);
    return policy_note(w, &put, reason, error) && policy_put_in_force(w, &put, error);
}

/* Heads carry the generation; a county gets its own with its first entry. */
static bool base_fill(Store *s, GError **error)
{
    static const Sql sql = SQL("INSERT INTO head(county,seq,link,schema,program) "
                               "VALUES(?1,0,?2,?3,?4)");
    const uint8_t zeros[SM3_SIZE] = {0};
    Statement *st = NULL;

    if (!base_write(s->writer, s->facts.base, error) || !about_tables_write(s->writer, error) ||
        !conn_statement(s->writer, sql, &st, error))
        return false;
    bind_int(st, 1, s->facts.home_county);
    bind_bytes(st, 2, zeros, sizeof zeros);
    bind_int(st, 3, s->facts.base->generation);
    bind_int(st, 4, PROGRAM_VERSION);
    return conn_done(s->writer, st, error);
}

static bool plan_for(Store *s, const Model *m, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const StoreBase *base = s->facts.base;
    Str kept = STR("");

    if (base != NULL && (!base_naming(base, s->numbering) || !base_about(base, "kept", &kept)))
        return fail(error, FAIL_INPUT, "what the database says of itself is damaged");
    if (base == NULL)
        numbering_model(s->numbering, m);
    return plan_new(m, s->numbering, arena_dup(a, kept.at, kept.len), &s->plan, error);
}

static bool fill(Store *s, const Model *m, GError **error)
{
    Writing *w = NULL;
    bool ok = plan_for(s, m, error);

    if (!ok)
        return false;
    w = writing_new(s, s->writer);
    ok = writing_begin_with_tables(w, error);
    if (ok) {
        ok = s->facts.base != NULL
                 ? base_fill(s, error)
                 : about_fill(s->writer, m, &s->facts, error) && first_entries(s, w, m, error);
        if (ok)
            ok = writing_commit(w, error);
        else
            writing_abort(w);
    }
    writing_free(w);
    return ok;
}

bool database_make(const StoreKind *kind, const char *where, const Model *m,
                   const StoreFacts *facts, GError **error)
{
    Store s = {.facts = *facts, .generation = GENERATION_FIRST};
    bool ok = kind->connect(where, CONN_CREATE, &s.writer, error);

    if (!ok)
        return false;
    s.numbering = numbering_new();
    ok = fill(&s, m, error);
    plan_free(s.plan);
    numbering_free(s.numbering);
    conn_close(s.writer);
    return ok;
}

/* ---- peeking ----------------------------------------------------------------------------- */

bool sql_peek(const StoreKind *kind, const char *where, Arena *a, StoreFacts *ret,
              DocumentFile **ret_documents, size_t *ret_n, GError **error)
{
    Conn *c = NULL;
    bool ok = false;

    if (!kind->is_there(where, error) || !kind->connect(where, CONN_READER, &c, error))
        return false;
    ok = about_facts(c, a, ret, error) &&
         (ret_documents == NULL || policy_documents(c, 0, a, ret_documents, ret_n, error));
    conn_close(c);
    return ok;
}
