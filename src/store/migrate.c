/* migrate.c — see migrate.h.  In: a database, the Model that is to be in force.  Out: what differs;
 * or, in one transaction, other tables, other numbers, an entry in each county's journal, the next
 * generation in each head, the documents in force.
 * Parts: migrate_steps.c (tables.def), migrate_kept.c (what is hidden), migrate_ddl.c (statements).
 * Read first: look(), apply(). */
#include "store/migrate_inside.h"

typedef struct Migrating {
    Store s; /* thin: nothing of it is opened but a connection */
    Writing *w;
    Arena *arena;
    const Model *model;
    Plan *before, *after;
    Kept kept;
    GArray *renames; /* of NumberRename */
    char *kept_after;
    GString *ddl;
    Migration *ret;
} Migrating;

/* ---- how many records -------------------------------------------------------------------- */

static bool count(Migrating *m, const char *sql, int64_t *ret, GError **error)
{
    Statement *st = NULL;
    bool ok = conn_once(m->s.writer, sql, false, &st, error) &&
              conn_number(m->s.writer, st, 0, ret, error);

    statement_free(st);
    return ok;
}

static const TablePlan *table_before(const Migrating *m, Str entity)
{
    for (size_t i = 0; i < m->before->n_tables; i++) {
        if (str_equal(m->before->tables[i].entity->name, entity))
            return &m->before->tables[i];
    }
    return NULL;
}

static const FieldPlan *field_before(const TablePlan *t, Str name)
{
    for (size_t i = 0; t != NULL && i < t->n_fields; i++) {
        if (!t->fields[i].hidden && str_equal(t->fields[i].field->name, name))
            return &t->fields[i];
    }
    return NULL;
}

/* What a check that is stricter now would refuse. */
static char *stricter(const TablePlan *t, const FieldPlan *f, const SchemaChange *c)
{
    SchemaField was, now;
    GString *to = g_string_new("");
    Type type;

    if (!schema_field_read(c->before, &was) || !schema_field_read(c->after, &now))
        return g_string_free(to, FALSE);
    g_string_printf(to, "SELECT count(*) FROM \"%s\" WHERE state=0 AND (1=0", t->table);
    if (now.required && !was.required)
        g_string_append_printf(to, " OR \"%s\" IS NULL", f->value);
    if (now.has_range && !f->secret)
        g_string_append_printf(to, " OR \"%s\"<%" G_GINT64_FORMAT " OR \"%s\">%" G_GINT64_FORMAT,
                               f->value, now.low, f->value, now.high);
    if (schema_type_read(now.type, &type) && type.kind == KIND_TEXT && !f->secret)
        g_string_append_printf(to, " OR length(\"%s\")>%u", f->value, type.length);
    g_string_append_c(to, ')');
    return g_string_free(to, FALSE);
}

static char *count_sql(const Migrating *m, const SchemaChange *c)
{
    const TablePlan *t = table_before(m, c->owner);
    const FieldPlan *f = c->what == SCHEMA_FIELD ? field_before(t, c->member) : NULL;

    if (t == NULL || (c->what == SCHEMA_FIELD && f == NULL && c->before.at != NULL))
        return NULL;
    if (f == NULL) /* an entity, or a new field that is required */
        return g_strdup_printf("SELECT count(*) FROM \"%s\" WHERE state=0", t->table);
    if (c->step == SCHEMA_STAYS)
        return stricter(t, f, c);
    return g_strdup_printf("SELECT count(*) FROM \"%s\" WHERE state=0 AND \"%s\" IS NOT NULL",
                           t->table, f->value);
}

/* Records whose field, or one of whose fields, is of the code. */
static bool count_code(Migrating *m, const SchemaChange *c, int64_t *ret, GError **error)
{
    g_autofree char *one = g_strdup_printf("enum %.*s", STR_ARG(c->owner));
    g_autofree char *set = g_strdup_printf("set of %.*s", STR_ARG(c->owner));
    int64_t number = numbering_find(m->s.numbering, str_of(one), c->member), n = 0;
    Str stored, line;

    if (!about_read(m->s.writer, m->arena, "schema", &stored, error))
        return false;
    *ret = 0;
    while (stored.len > 0 && number >= 0) {
        SchemaField f;

        line = str_cut(&stored, '\n');
        if (!schema_field_read(line, &f) || (!str_is(f.type, one) && !str_is(f.type, set)))
            continue;
        const TablePlan *t = table_before(m, f.entity);
        const FieldPlan *p = field_before(t, f.name);

        if (p == NULL || p->secret)
            continue;
        g_autofree char *sql = g_strdup_printf(
            str_is(f.type, one)
                ? "SELECT count(*) FROM \"%s\" WHERE state=0 AND \"%s\"=%" G_GINT64_FORMAT
                : "SELECT count(*) FROM \"%s\" WHERE state=0 AND (\"%s\"/%" G_GINT64_FORMAT
                  ")%%2=1",
            t->table, p->value, str_is(f.type, one) ? number : (int64_t)1 << MIN(number, 62));

        if (!count(m, sql, &n, error))
            return false;
        *ret += n;
    }
    return true;
}

static bool count_records(Migrating *m, MigrationChange *c, GError **error)
{
    g_autofree char *sql = NULL;

    c->records = -1;
    if (!c->change.destructive)
        return true;
    if (c->change.what == SCHEMA_CODE)
        return count_code(m, &c->change, &c->records, error);
    sql = count_sql(m, &c->change);
    return sql == NULL || sql[0] == '\0' || count(m, sql, &c->records, error);
}

/* ---- what differs ------------------------------------------------------------------------ */

static bool changes_read(Migrating *m, const char *schema, GError **error)
{
    g_autofree char *text = model_schema_text(m->model);
    const char *now = arena_dup(m->arena, text, strlen(text));
    SchemaChange *changes = NULL;
    Migration *ret = m->ret;
    size_t n = 0;

    schema_compare(schema, now, m->arena, &changes, &n);
    ret->changes = arena_many(m->arena, MigrationChange, n + 1);
    for (size_t i = 0; i < n; i++) {
        ret->changes[i].change = changes[i];
        if (!count_records(m, &ret->changes[i], error))
            return false;
        ret->destructive = ret->destructive || changes[i].destructive;
    }
    ret->n_changes = n;
    return true;
}

static void kept_decide(Migrating *m)
{
    for (size_t i = 0; i < m->ret->n_changes; i++) {
        SchemaChange *c = &m->ret->changes[i].change;

        if (kept_change(&m->kept, c))
            c->words = str_of(arena_printf(m->arena, "%.*s; what was recorded before is seen again",
                                           STR_ARG(c->words)));
    }
    m->kept_after = kept_text(&m->kept);
}

/* Everything that store_migration() shows and store_migrate() does; in a transaction. */
static bool look(Migrating *m, GError **error)
{
    Conn *c = m->s.writer;
    StepWork w = {.conn = c,
                  .arena = m->arena,
                  .numbers = m->s.numbering,
                  .renames = m->renames,
                  .model = m->model};
    const char *stored = NULL;
    Str kept;

    if (!about_facts(c, m->arena, &m->s.facts, error) ||
        !about_read(c, m->arena, "schema", &w.schema, error) ||
        !about_read(c, m->arena, "kept", &w.kept, error) ||
        !naming_read(c, m->s.numbering, error) || !steps_read(&w, m->ret, m->ddl, error))
        return false;
    stored = arena_dup(m->arena, w.schema.at, w.schema.len);
    kept = str_of(arena_dup(m->arena, w.kept.at, w.kept.len));
    m->ret->generation = m->s.generation;
    if (!plan_new(schema_model(m->arena, stored), m->s.numbering, kept.at, &m->before, error) ||
        !changes_read(m, stored, error))
        return false;
    kept_begin(&m->kept, m->arena, kept, m->s.numbering, m->renames);
    kept_decide(m);
    numbering_model(m->s.numbering, m->model);
    m->ret->nothing = m->ret->n_tables == 0 && m->ret->n_steps == 0 && m->ret->n_changes == 0;
    return plan_new(m->model, m->s.numbering, m->kept_after, &m->after, error);
}

/* ---- making it so ------------------------------------------------------------------------ */

/* A unique index is refused by the database with no word of which records. */
static bool unique_check(Migrating *m, const TablePlan *t, const FieldPlan *f, GError **error)
{
    const TablePlan *before = plan_numbered(m->before, t->number);
    const FieldPlan *was = before != NULL ? table_numbered(before, f->number) : NULL;
    int64_t n = 0;

    if (was == NULL || !f->index_unique || (was->index != NULL && was->index_unique))
        return true;
    g_autofree char *sql = g_strdup_printf(
        "SELECT count(*) FROM (SELECT 1 AS one FROM \"%s\" WHERE state=0 AND \"%s\" IS NOT NULL "
        "GROUP BY county,\"%s\" HAVING count(*)>1) AS same",
        before->table, was->value, was->value);

    if (!count(m, sql, &n, error))
        return false;
    return n == 0 || fail(error, FAIL_INPUT,
                          "field \"%.*s\" of %.*s cannot become unique: %" G_GINT64_FORMAT
                          " values stand in several records of one county; correct those first",
                          STR_ARG(f->field->name), STR_ARG(t->entity->name), n);
}

static bool uniques_check(Migrating *m, GError **error)
{
    for (size_t i = 0; i < m->after->n_tables; i++) {
        const TablePlan *t = &m->after->tables[i];

        for (size_t j = 0; j < t->n_fields; j++) {
            if (!unique_check(m, t, &t->fields[j], error))
                return false;
        }
    }
    return true;
}

static bool tables_change(Migrating *m, GError **error)
{
    g_autofree char *between = NULL;

    if (!uniques_check(m, error))
        return false;
    between = ddl_between(m->before, m->after);
    g_string_append(m->ddl, between);
    return m->ddl->len == 0 || conn_script(m->s.writer, m->ddl->str, error);
}

static bool numbers_change(Migrating *m, GError **error)
{
    static const Sql sql = SQL("UPDATE naming SET owner=?3,name=?4 WHERE owner=?1 AND name=?2");
    Statement *st = NULL;

    for (guint i = 0; i < m->renames->len; i++) {
        const NumberRename *r = &g_array_index(m->renames, NumberRename, i);

        if (!conn_statement(m->s.writer, sql, &st, error))
            return false;
        bind_str(st, 1, r->owner);
        bind_str(st, 2, r->from);
        bind_str(st, 3, r->owner_to);
        bind_str(st, 4, r->to);
        if (!conn_done(m->s.writer, st, error))
            return false;
    }
    return naming_write(m->s.writer, m->s.numbering, error);
}

static bool heads_raise(Migrating *m, GError **error)
{
    static const Sql sql = SQL("UPDATE head SET schema=?1,program=?2");
    Statement *st = NULL;

    m->s.generation++;
    if (!conn_statement(m->s.writer, sql, &st, error))
        return false;
    bind_int(st, 1, m->s.generation);
    bind_int(st, 2, PROGRAM_VERSION);
    return conn_done(m->s.writer, st, error);
}

/* ---- entries ----------------------------------------------------------------------------- */

char *migration_words(int64_t generation, const uint8_t schema[SM3_SIZE], const Numbering *numbers)
{
    g_autofree char *hash = hex_of(schema, SM3_SIZE);
    uint8_t digest[SM3_SIZE];

    naming_digest(numbers, digest);
    g_autofree char *hex = hex_of(digest, sizeof digest);

    return g_strdup_printf("database migrated: generation %" G_GINT64_FORMAT
                           ", schema %s, numbers %s",
                           generation, hash, hex);
}

/* Every county's journal says what its records were declared as from here on; the home county's
 * says what it cost, and why. */
static char *entry_words(Migrating *m, const PolicyPut *put, bool home)
{
    g_autofree char *said = migration_words(m->s.generation, m->model->schema_hash, m->s.numbering);
    GString *to = g_string_new(said);

    if (m->ret->version != m->ret->program)
        g_string_append_printf(to, "; tables of version %d, before %d", m->ret->program,
                               m->ret->version);
    for (size_t i = 0; home && i < m->ret->n_changes; i++) {
        const SchemaChange *c = &m->ret->changes[i].change;

        if (c->destructive)
            g_string_append_printf(to, "; %.*s", STR_ARG(c->words));
    }
    if (put->reason.len > 0)
        g_string_append_printf(to, "; reason: %.*s", STR_ARG(put->reason));
    return g_string_free(to, FALSE);
}

static bool entry_write(Migrating *m, const PolicyPut *put, int32_t county, GError **error)
{
    g_autofree char *words = entry_words(m, put, county == m->s.facts.home_county);
    Head *h = writing_head(m->w, county, error);
    Entry e = {.actor = put->actor, .via = STR(VIA_MIGRATE), .kind = STR("note")};

    if (h == NULL)
        return false;
    body_begin(&m->w->body, CHANGE_NOTE, str_of(words), 0);
    return writing_append(m->w, h, &e, error);
}

static bool entries_write(Migrating *m, const PolicyPut *put, GError **error)
{
    for (guint i = 0; i < m->w->counties->len; i++) {
        bool copy = false;

        if (!writing_is_copy(m->w, g_array_index(m->w->counties, int32_t, i), &copy, error))
            return false;
        if (!copy && !entry_write(m, put, g_array_index(m->w->counties, int32_t, i), error))
            return false;
    }
    return true;
}

static bool documents_change(Migrating *m, const PolicyPut *put, const uint8_t now[32],
                             GError **error)
{
    return memcmp(now, put->model->policy_hash, 32) == 0 || policy_put_in_force(m->w, put, error);
}

static bool reason_check(const Migration *r, const PolicyPut *put, GError **error)
{
    return !r->destructive || str_trim(put->reason).len > 0 ||
           fail(error, FAIL_INPUT,
                "some of these changes take something away that records hold, or change what it "
                "means: they need a written reason");
}

/* In a transaction, all counties locked. */
static bool apply(Migrating *m, const PolicyPut *put, GError **error)
{
    uint8_t now[32];

    if (!look(m, error))
        return false;
    if (m->ret->nothing)
        return true;
    return reason_check(m->ret, put, error) && policy_now(m->s.writer, &m->s.policy, now, error) &&
           tables_change(m, error) && numbers_change(m, error) &&
           about_schema_write(m->s.writer, m->model, error) &&
           about_tables_write(m->s.writer, error) &&
           about_write(m->s.writer, "kept", str_of(m->kept_after), error) &&
           heads_raise(m, error) && entries_write(m, put, error) &&
           documents_change(m, put, now, error);
}

/* ---- opening and closing ----------------------------------------------------------------- */

static void end(Migrating *m)
{
    writing_free(m->w);
    conn_close(m->s.writer);
    plan_free(m->before);
    plan_free(m->after);
    plan_free(m->s.plan);
    if (m->kept.lines != NULL)
        kept_end(&m->kept);
    g_array_unref(m->renames);
    numbering_free(m->s.numbering);
    g_string_free(m->ddl, TRUE);
    g_mutex_clear(&m->s.writing);
    g_free(m->s.where);
    g_free(m);
}

static bool begin(const StoreKind *kind, const char *where, const Model *model, ConnUse use,
                  Arena *a, Migration *ret, Migrating **to, GError **error)
{
    Migrating *m = g_new0(Migrating, 1);

    m->s.kind = kind;
    m->s.where = g_strdup(where);
    m->s.numbering = numbering_new();
    m->arena = a;
    m->model = model;
    m->ddl = g_string_new(NULL);
    m->renames = g_array_new(FALSE, FALSE, sizeof(NumberRename));
    m->ret = ret;
    g_mutex_init(&m->s.writing);
    if (kind->is_there(where, error) && kind->connect(where, use, &m->s.writer, error)) {
        *to = m;
        return true;
    }
    end(m);
    return false;
}

bool sql_migration(const StoreKind *kind, const char *where, const Model *model, Arena *a,
                   Migration *ret, GError **error)
{
    Migration shown = {0};
    Migrating *m = NULL;

    if (!begin(kind, where, model, CONN_READER, a, &shown, &m, error))
        return false;
    bool ok = conn_begin(m->s.writer, error) &&
              about_generation(m->s.writer, &m->s.generation, error) && look(m, error);

    conn_rollback(m->s.writer);
    end(m);
    if (ok)
        *ret = shown;
    return ok;
}

static bool migrate_locked(Migrating *m, const PolicyPut *put, GError **error)
{
    bool ok = plan_new(schema_model(m->arena, ""), m->s.numbering, "", &m->s.plan, error) &&
              about_generation(m->s.writer, &m->s.generation, error);

    if (!ok)
        return false;
    m->w = m->s.work = writing_new(&m->s, m->s.writer);
    if (!writing_begin(m->w, error))
        return false;
    if (writing_lock(m->w, m->w->counties, error) && apply(m, put, error) && !m->ret->nothing)
        return writing_commit(m->w, error);
    writing_abort(m->w);
    return m->ret->nothing;
}

bool sql_migrate(const StoreKind *kind, const char *where, const PolicyPut *put, Arena *a,
                 Migration *ret, GError **error)
{
    Migration done = {0};
    Migrating *m = NULL;

    if (!begin(kind, where, put->model, CONN_CREATE, a, &done, &m, error))
        return false;
    bool ok = migrate_locked(m, put, error);

    end(m);
    if (ok)
        *ret = done;
    return ok;
}
