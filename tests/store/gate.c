/* gate.c — which database opens with which documents: another schema does not, another policy does
 * and is journalled.  And how a database comes into being. */
#include "fixture.h"

#include "store/sqlite.h"

static void test_schema_refused(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *wider = fixture_model(f->arena, true, 1);
    Store *s = NULL;

    store_close(f->store);
    f->store = NULL;
    g_assert_false(store_open(f->uri, wider, &s, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpint(fail_exit_status(error), ==, 1);
    /* It is the structure that is refused, and the difference stands there in words. */
    g_assert_nonnull(strstr(error->message, "was made for other entities or fields"));
    g_assert_nonnull(strstr(error->message, "extra"));
    g_assert_null(s);
    fixture_reopen(f);
    fixture_free(f);
}

static bool opens(Fixture *f, const Model *m, Store **ret)
{
    g_autoptr(GError) error = NULL;
    bool ok = store_open(f->uri, m, ret, &error);

    if (!ok)
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    return ok;
}

static int64_t put(Fixture *f, const Model *m, int code)
{
    g_autoptr(GError) error = NULL;
    struct PolicyRule rule = {m->n_rules > 0 ? m->rules[0]->name : STR(""), STR("360302"), 605};
    const PolicyPut what = {.model = m,
                            .actor = STR("li"),
                            .via = STR("cli"),
                            .reason = STR("by decision of the office"),
                            .rules = &rule,
                            .n_rules = m->n_rules > 0};
    int64_t version = 0;

    if (!store_put_policy(f->store, &what, &version, &error))
        g_assert_error(error, FAIL_DOMAIN, code);
    else
        g_assert_cmpint(code, ==, 0);
    return version;
}

/* Opening with other documents changes nothing, not even when it is only looked at. */
static void test_policy_is_not_opened_into_force(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *newer = fixture_model(f->arena, false, 2);
    Store *s = NULL;
    int64_t before = 0, after = 0;

    g_assert_true(store_watermark(f->store, &before, &error));
    g_assert_false(opens(f, newer, &s));
    g_assert_true(store_watermark(f->store, &after, &error));
    g_assert_cmpint(after, ==, before);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM policy"), ==, 1);
    fixture_free(f);
}

static void test_policy_changes(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Model *newer = fixture_model(f->arena, false, 2), *wider = fixture_model(f->arena, true, 3);
    DocumentFile *documents = NULL;
    DecideState state;
    StoreFacts facts;
    size_t n = 0;
    int64_t before = 0, after = 0;

    elder_new(f, "李秀英", NULL);
    g_assert_true(store_watermark(f->store, &before, &error));
    put(f, f->model, FAIL_INPUT); /* in force already */
    put(f, wider, FAIL_INPUT);    /* another schema */
    g_assert_cmpint(put(f, newer, 0), ==, 2);
    g_assert_cmpint(store_policy(f->store), ==, 2);
    store_close(f->store);
    f->model = newer;
    g_assert_true(opens(f, newer, &f->store));
    g_assert_true(store_watermark(f->store, &after, &error));
    g_assert_cmpint(after, ==, before + 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal WHERE actor='li' AND kind='note'"), ==, 1);
    g_assert_true(store_decide_state(f->store, DATE_MIN, a, &state, &error));
    g_assert_cmpuint(state.n_rules, ==, 1);
    g_assert_cmpint(state.rules[0].from, ==, 605);
    assert_verified(f->store);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM policy"), ==, 2);
    /* Both texts are kept: without them no past decision could be recomputed. */
    g_assert_cmpint(ask(f, "SELECT count(*) FROM document"), ==, 2);
    g_assert_true(store_peek_documents(f->uri, a, &documents, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(str_is(documents[0].text, "# small 2"));
    g_assert_true(store_policy_documents(f->store, 1, a, &documents, &n, &error));
    g_assert_true(str_is(documents[0].text, "# small 1"));
    g_assert_false(store_policy_documents(f->store, 7, a, &documents, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    g_clear_error(&error);
    g_assert_true(store_peek(f->uri, a, &facts, &error));
    g_assert_true(str_is(facts.place, "360302"));
    g_assert_cmpint(facts.home_county, ==, COUNTY);
    g_assert_true(facts.demo);
    fixture_free(f);
}

static void test_never_over_a_file(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    StoreFacts facts = {.place = STR("360302"), .home_county = COUNTY};

    g_assert_false(store_create(f->uri, f->model, &facts, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    assert_verified(f->store);
    facts.home_county = 0;
    g_assert_false(store_create("sqlite:/nonexistent/x.db", f->model, &facts, &error));
    g_clear_error(&error);
    facts.home_county = COUNTY;
    g_assert_false(store_create("sqlite:/nonexistent/x.db", f->model, &facts, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_clear_error(&error);
    g_assert_false(store_create("mysql:x", f->model, &facts, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_USAGE);
    fixture_free(f);
}

static void test_not_ours(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Store *s = NULL;

    g_assert_false(store_open("sqlite:/nonexistent/x.db", f->model, &s, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    store_close(f->store);
    f->store = NULL;
    g_assert_true(g_file_set_contents(f->path,
                                      "this is a letter, not a database ............."
                                      "..................................................",
                                      -1, NULL));
    g_assert_false(store_open(f->uri, f->model, &s, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    fixture_free(f);
}

static void test_readable_by_nobody_else(void)
{
    Fixture *f = fixture_new();
    g_autofree char *wal = g_strconcat(f->path, "-wal", NULL);
    GStatBuf st;

    elder_new(f, "李秀英", NULL);
    g_assert_cmpint(g_stat(f->path, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 077, ==, 0);
    g_assert_cmpint(g_stat(wal, &st), ==, 0);
    g_assert_cmpint(st.st_mode & 077, ==, 0);
    fixture_free(f);
}

static void reverse_codes(Model *m, const char *name)
{
    for (size_t i = 0; i < m->n_enums; i++) {
        Enum *e = m->enums[i];

        if (!str_is(e->name, name))
            continue;
        for (size_t j = 0; j < e->n_codes / 2; j++) {
            Str kept = e->codes[j].name;

            e->codes[j].name = e->codes[e->n_codes - 1 - j].name;
            e->codes[e->n_codes - 1 - j].name = kept;
        }
    }
}

/* Codes are stored by numbers of their own: another order in the documents changes no fact. */
static void test_codes_in_another_order(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) d = NULL;
    RecordKey key = elder_new(f, "李秀英", NULL);
    Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);
    Model *other = fixture_model(f->arena, false, 1);

    draft_on(set, "pension_kind", 2, "2020-01-01"); /* none, resident, employee */
    draft_on(set, "economy", 1, "2020-01-01");      /* poor, low_insured, destitute: a set */
    write_ok(f->store, set);
    reverse_codes(other, "pension_kind");
    reverse_codes(other, "economy");
    memcpy(other->schema_hash, f->model->schema_hash, sizeof other->schema_hash);
    f->model = other;
    f->elder = other->entities[1];
    fixture_reopen(f);
    g_assert_cmpint(value_now(f->store, f->elder, key, "pension_kind", a).num, ==, 0);
    g_assert_cmpint(value_now(f->store, f->elder, key, "economy", a).num, ==, 4);
    g_assert_true(store_load(f->store, f->regions, 0, &d, &error));
    const Batch *b = d->batches[1];

    g_assert_cmpint(column_get(b->columns[field_of(f->elder, "pension_kind")->index], 0), ==, 0);
    g_assert_cmpint(column_get(b->columns[field_of(f->elder, "economy")->index], 0), ==, 4);
    fixture_free(f);
}

/* Connections that serve cannot change tables, read other files or switch off checks. */
static void test_no_ddl(void)
{
    static const Sql refused[] = {
        SQL("DROP TABLE elder"),
        SQL("CREATE TABLE x(a)"),
        SQL("ALTER TABLE elder ADD COLUMN x"),
        SQL("CREATE TRIGGER t AFTER INSERT ON elder BEGIN SELECT 1; END"),
        SQL("ATTACH '/tmp/x' AS x"),
        SQL("PRAGMA writable_schema=ON"),
        SQL("PRAGMA synchronous=OFF"),
        SQL("VACUUM"),
    };
    static const Sql by_reader = SQL("DELETE FROM journal"),
                     by_any = SQL("SELECT load_extension('x')");
    Fixture *f = fixture_new();

    for (ConnUse use = CONN_WRITER; use <= CONN_READER; use++) {
        g_autoptr(GError) error = NULL;
        Conn *c = NULL;

        g_assert_true(sqlite_connect(f->path, use, &c, &error));
        for (size_t i = 0; i < G_N_ELEMENTS(refused); i++)
            g_assert_false(conn_run(c, refused[i], NULL));
        g_assert_false(conn_run(c, by_any, NULL));
        if (use == CONN_READER)
            g_assert_false(conn_run(c, by_reader, NULL));
        conn_close(c);
    }
    assert_verified(f->store);
    fixture_free(f);
}

/* A migration has raised the generation while this process was running: it stops writing. */
static void test_generation(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Draft *d =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});
    ChangeAnswer answer;

    tamper(f, "UPDATE head SET schema=2");
    draft_text(d, "name", "李秀英");
    g_assert_false(store_write(f->store, &d->change, 1, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_SYSTEM);
    g_assert_cmpint(fail_exit_status(error), ==, 3);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/51/another-structure-does-not-start", test_schema_refused);
    g_test_add_func("/semantics/51/other-rules-are-not-opened-into-force",
                    test_policy_is_not_opened_into_force);
    g_test_add_func("/semantics/51/other-rules-are-put-in-force", test_policy_changes);
    g_test_add_func("/gate/codes-in-another-order", test_codes_in_another_order);
    g_test_add_func("/gate/generation", test_generation);
    if (!database_on_postgres()) {
        g_test_add_func("/gate/never-over-a-file", test_never_over_a_file);
        g_test_add_func("/gate/not-ours", test_not_ours);
        g_test_add_func("/gate/readable-by-nobody-else", test_readable_by_nobody_else);
        g_test_add_func("/gate/no-ddl", test_no_ddl);
    }
    return g_test_run();
}
