/* migrate_steps.c — the program's own tables (tables.def) from version to version.
 * What is only new is found by itself: `about` holds the statements that made the database, those
 * of tables.def that are not among them are run.  A table that changes or goes needs a step: raise
 * PROGRAM_VERSION, add a line to steps[].  Read first: steps[], steps_read(). */
#include "store/ddl.h"
#include "store/migrate_inside.h"

/* ---- steps ------------------------------------------------------------------------------- */

/* Version 3: the schema text says ranges of fields, and `about` the statements of its tables. */
static bool ranges_read(StepWork *w, GError **error)
{
    Arena *a = w->arena;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = NULL;
    DocumentFile *files = NULL;
    SchemaChange *changes = NULL;
    size_t n = 0, n_changes = 0;

    if (!policy_documents(w->conn, 0, a, &files, &n, error))
        return false;
    m = model_read(files, n, ds);
    if (m == NULL)
        return true; /* too old to be read: ranges then count as new */
    g_autofree char *text = model_schema_text(m);
    const char *before = arena_dup(a, w->schema.at, w->schema.len);

    schema_compare(before, text, a, &changes, &n_changes);
    for (size_t i = 0; i < n_changes; i++) {
        SchemaField was, now;

        if (!schema_field_read(changes[i].before, &was) ||
            !schema_field_read(changes[i].after, &now) || was.has_range ||
            !schema_same_form(&was, &now) || was.required != now.required ||
            was.unique != now.unique || was.open != now.open || !str_equal(was.type, now.type))
            return true; /* not the documents that it was made for */
    }
    w->schema = str_of(arena_dup(a, text, strlen(text)));
    return true;
}

static const struct Step {
    int from; /* the version it finds */
    const char *words;
    bool (*work)(StepWork *w, GError **error); /* or NULL */
    const char *statements; /* run before tables and indexes that are new; or NULL */
} steps[] = {
    /* Before whatever compares with the documents: they say the names that it gives. */
    {3, "what a place adds is stored with its document's name", added_named, NULL},
    {2, "the schema in the database says ranges of fields", ranges_read, NULL},
    {3, "lines of payments lie by run, returns say for whom", NULL, NULL},
    {4, "a line of a payment may wait for its answer", NULL, NULL},
};
G_STATIC_ASSERT(PROGRAM_VERSION == 5); /* raised with a line above; several may lead to one */

/* Tables that are made anew with what was in them: another key, or a column more. */
static const struct Remade {
    const char *table, *columns, *from; /* from: what goes into the columns, of the table before */
} remade[] = {
    {"pay_line", "county,run,rule,subject,month,payee,fen,hold,decided",
     "county,run,rule,subject,month,payee,fen,hold,decided"},
    {"pay_return", "county,run,receiver,subject,fen,stopped,reason,seq",
     "county,run,receiver,0,fen,stopped,reason,seq"},
};

/* ---- what is new ------------------------------------------------------------------------- */

/* What a database of version 2 was made with, by name. */
static const char *const tables_of_2[] = {
    "about",      "naming",   "counter",         "head",       "journal",        "journal_body",
    "request",    "identity", "identity_recent", "document",   "policy",         "region",
    "sign_in",    "gram",     "gram_due",        "run",        "decision",       "stale",
    "stale_rule", "due",      "import",          "import_row", "journal_record", "due_day"};

/* "CREATE TABLE "head"(county …" → head; "CREATE INDEX due_day ON …" → due_day. */
static Str statement_name(Str line)
{
    Str rest = line;

    str_cut(&rest, ' ');
    if (str_is(str_cut(&rest, ' '), "UNIQUE"))
        str_cut(&rest, ' ');
    if (rest.len > 0 && rest.at[0] == '"') {
        rest = (Str){rest.at + 1, rest.len - 1};
        return str_cut(&rest, '"');
    }
    return str_cut(&rest, ' ');
}

static Str line_named(Str text, Str name)
{
    while (text.len > 0) {
        Str line = str_cut(&text, '\n');

        if (line.len > 0 && str_equal(statement_name(line), name))
            return line;
    }
    return (Str){NULL, 0};
}

static bool was_made(Str stored, Str name)
{
    if (stored.at != NULL)
        return line_named(stored, name).at != NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(tables_of_2); i++) {
        if (str_is(name, tables_of_2[i]))
            return true;
    }
    return false;
}

/* Statements of tables.def that the database was not made with. */
static void tables_new(Str stored, Str mine, Arena *a, Migration *ret, GString *ddl)
{
    size_t most = 1;

    for (size_t i = 0; i < mine.len; i++)
        most += mine.at[i] == '\n';
    ret->tables = arena_many(a, Str, most);
    while (mine.len > 0) {
        Str line = str_cut(&mine, '\n');

        if (line.len == 0 || was_made(stored, statement_name(line)))
            continue;
        ret->tables[ret->n_tables++] = arena_str(a, statement_name(line));
        g_string_append_printf(ddl, "%.*s\n", STR_ARG(line));
    }
}

/* By way of a copy, so that all names are free when the table is made again. */
static void tables_remake(Str stored, Str mine, GString *ddl)
{
    for (size_t i = 0; i < G_N_ELEMENTS(remade); i++) {
        const struct Remade *r = &remade[i];
        Str name = str_of(r->table), was = line_named(stored, name), now = line_named(mine, name);

        if (was.at == NULL || str_equal(was, now))
            continue;
        g_string_append_printf(ddl,
                               "CREATE TABLE \"_remade\" AS SELECT * FROM \"%s\";\n"
                               "DROP TABLE \"%s\";\n%.*s\n"
                               "INSERT INTO \"%s\"(%s) SELECT %s FROM \"_remade\";\n"
                               "DROP TABLE \"_remade\";\n",
                               r->table, r->table, STR_ARG(now), r->table, r->columns, r->from);
    }
}

/* A database that has what this program does not know was migrated by a newer one. */
static bool tables_known(int version, Str stored, Str mine, GError **error)
{
    while (stored.len > 0) {
        Str line = str_cut(&stored, '\n'), name = statement_name(line),
            own = line_named(mine, name);

        if (line.len > 0 && own.at == NULL)
            return fail(error, FAIL_INPUT,
                        "the database has a table \"%.*s\" that this version of the program does "
                        "not know: use a newer one",
                        STR_ARG(name));
        if (line.len > 0 && version == PROGRAM_VERSION && !str_equal(line, own))
            return fail(error, FAIL_SYSTEM,
                        "the database has another table \"%.*s\" than this program, and no step "
                        "leads from the one to the other",
                        STR_ARG(name));
    }
    return true;
}

bool steps_read(StepWork *w, Migration *ret, GString *ddl, GError **error)
{
    Conn *c = w->conn;
    Arena *a = w->arena;
    g_autofree char *mine = ddl_fixed();
    Str stored;

    ret->program = PROGRAM_VERSION;
    if (!about_version(c, a, &ret->version, error) || !about_read(c, a, "tables", &stored, error) ||
        !tables_known(ret->version, stored, str_of(mine), error))
        return false;
    ret->steps = arena_many(a, Str, G_N_ELEMENTS(steps) + 1);
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        const struct Step *s = &steps[i];

        if (s->from < ret->version)
            continue;
        ret->steps[ret->n_steps++] = str_of(s->words);
        if (s->statements != NULL)
            g_string_append(ddl, s->statements);
        if (s->work != NULL && !s->work(w, error))
            return false;
    }
    tables_remake(stored, str_of(mine), ddl);
    tables_new(stored, str_of(mine), a, ret, ddl);
    return true;
}

bool tables_gate(Conn *c, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autofree char *mine = ddl_fixed();
    int version = 0;
    Str stored;

    if (!about_version(c, a, &version, error) || !about_read(c, a, "tables", &stored, error) ||
        !tables_known(version, stored, str_of(mine), error))
        return false;
    return (version == PROGRAM_VERSION && str_is(stored, mine)) ||
           fail(error, FAIL_INPUT,
                "the database was made by an earlier version of the program: \"anlao migrate\" "
                "brings it up to date");
}
