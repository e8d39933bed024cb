/* cmd_migrate.c — anlao migrate: what a folder's documents, and this version of the program, want
 * of a database that was made for others; does it when nothing is taken away, or with a reason. */
#include "care/migrate.h"
#include "format/json.h"
#include "main/main.h"

static const char *const how_words[] = {
    [POLICY_NEW] = "new", [POLICY_CHANGED] = "changed", [POLICY_GONE] = "gone"};

/* ---- words */

static void print_changes(const Migration *s, bool destructive)
{
    for (size_t i = 0; i < s->n_changes; i++) {
        const MigrationChange *c = &s->changes[i];
        if (c->change.destructive != destructive)
            continue;
        printf("  %.*s", STR_ARG(c->change.words));
        if (c->records >= 0)
            printf(" (%" G_GINT64_FORMAT " record%s)", c->records, c->records == 1 ? "" : "s");
        printf("\n");
    }
}

static void print_tables(const Migration *s)
{
    if (s->n_steps + s->n_tables == 0)
        return;
    printf("tables of the program, version %d to %d:\n", s->version, s->program);
    for (size_t i = 0; i < s->n_steps; i++)
        printf("  %.*s\n", STR_ARG(s->steps[i]));
    for (size_t i = 0; i < s->n_tables; i++)
        printf("  %.*s is new\n", STR_ARG(s->tables[i]));
}

static void print_words(const Migrate *m, bool done)
{
    const Migration *s = &m->store;
    size_t bad = 0;
    if (s->nothing) {
        printf("nothing to migrate: the database is as these documents and this program want it\n");
        return;
    }
    for (size_t i = 0; i < s->n_changes; i++)
        bad += s->changes[i].change.destructive;
    print_tables(s);
    if (bad < s->n_changes)
        printf("safe:\n");
    print_changes(s, false);
    if (bad > 0)
        printf("only with a written reason:\n");
    print_changes(s, true);
    for (size_t i = 0; i < m->policy.n_documents; i++)
        printf("document %.*s: %s\n", STR_ARG(m->policy.documents[i].name),
               how_words[m->policy.documents[i].how]);
    if (!done)
        printf("nothing is changed yet\n");
    else
        printf("migrated to generation %" G_GINT64_FORMAT
               "; start anew what serves this database%s\n",
               s->generation + 1,
               s->n_changes > 0 ? ", and run \"anlao decide\" to bring decisions up to date" : "");
}

/* ---- JSON */

static void put_change(JsonWriter *j, const MigrationChange *c)
{
    static const char *const whats[] = {[SCHEMA_ENTITY] = "entity",
                                        [SCHEMA_FIELD] = "field",
                                        [SCHEMA_ENUM] = "enum",
                                        [SCHEMA_CODE] = "code"};
    static const char *const steps[] = {[SCHEMA_STAYS] = "stays",
                                        [SCHEMA_ADDED] = "added",
                                        [SCHEMA_HIDDEN] = "hidden",
                                        [SCHEMA_REPLACED] = "replaced"};
    json_put_object(j, NULL);
    json_put_str(j, "what", str_of(whats[c->change.what]));
    json_put_str(j, "of", c->change.owner);
    json_put_str(j, "name", c->change.member);
    json_put_str(j, "recorded", str_of(steps[c->change.step]));
    json_put_bool(j, "destructive", c->change.destructive);
    json_put_str(j, "text", c->change.words);
    if (c->records >= 0)
        json_put_int(j, "records", c->records);
    json_put_end(j);
}

static void put_names(JsonWriter *j, const char *key, const Str *names, size_t n)
{
    json_put_array(j, key);
    for (size_t i = 0; i < n; i++)
        json_put_str(j, NULL, names[i]);
    json_put_end(j);
}

static void print_json(const Migrate *m, bool done)
{
    g_autoptr(GString) out = g_string_new(NULL);
    JsonWriter j = json_begin(out);
    const Migration *s = &m->store;
    json_put_object(&j, NULL);
    json_put_bool(&j, "nothing", s->nothing);
    json_put_bool(&j, "destructive", s->destructive);
    json_put_bool(&j, "migrated", done && !s->nothing);
    json_put_int(&j, "generation", s->generation);
    json_put_int(&j, "version", s->version);
    json_put_int(&j, "program", s->program);
    put_names(&j, "steps", s->steps, s->n_steps);
    put_names(&j, "tables", s->tables, s->n_tables);
    json_put_array(&j, "changes");
    for (size_t i = 0; i < s->n_changes; i++)
        put_change(&j, &s->changes[i]);
    json_put_end(&j);
    json_put_array(&j, "documents");
    for (size_t i = 0; i < m->policy.n_documents; i++) {
        json_put_object(&j, NULL);
        json_put_str(&j, "document", m->policy.documents[i].name);
        json_put_str(&j, "how", str_of(how_words[m->policy.documents[i].how]));
        json_put_end(&j);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    print_out(out);
}

/* ---- the command */

static bool migrate_it(const Common *c, const MigrateOptions *o, bool dry, Diags *ds,
                       GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Migrate m;
    if (!migrate_read(o, ds, a, &m, error))
        return false;
    bool reasoned = !m.store.destructive || str_trim(o->reason).len > 0;
    bool now = !dry && reasoned && !m.store.nothing;
    bool done = !now || migrate_do(o, a, &m, error);
    say_left_out(m.left_out);
    if (!done)
        return false;
    (c->json ? print_json : print_words)(&m, now);
    return dry || reasoned ||
           fail(error, FAIL_INPUT,
                "nothing was changed: --reason TEXT must say why it may be taken away");
}

int command_migrate(int argc, char **argv)
{
    Common c;
    gboolean dry = FALSE, stored = FALSE;
    char *reason = NULL;
    const GOptionEntry own[] = {
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &dry, "only show what differs", NULL},
        {"stored", 0, 0, G_OPTION_ARG_NONE, &stored,
         "keep the documents in force: change the program's own tables alone", NULL},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason,
         "why something may be taken away; kept in the journal", "TEXT"},
        {NULL, 0, 0, 0, NULL, NULL, NULL},
    };
    if (!common_parse(&c, "migrate", argc, argv, own))
        return 2;
    if (stored && c.packs_named)
        return wrong_usage("migrate", "takes --packs or --stored, not both");
    const MigrateOptions o = {.uri = c.db,
                              .packs = c.packs,
                              .stored = stored,
                              .account = str_of(c.as),
                              .reason = str_of(reason)};
    GError *error = NULL;
    g_autoptr(Diags) ds = diags_new();
    bool fine = migrate_it(&c, &o, dry, ds, &error);
    print_diags(ds);
    if (error != NULL)
        return finish(error);
    return fine ? 0 : 1;
}
