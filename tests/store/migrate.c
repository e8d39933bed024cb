/* migrate.c — a database is carried over to other documents and to another version of the program:
 * what is safe by itself, what takes something away with a written reason, nothing that was
 * recorded ever lost. */
#include "models.h"

/* ---- safe -------------------------------------------------------------------------------- */

static void test_what_is_new(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_new(f, "李秀英", "360302194006300028");
    Model *m = model_fresh(f, 2);
    Migration shown;

    field_more(m, "elder", "shoe_size", KIND_INT);
    field_more(m, "elder", "diet", KIND_TEXT)->dated = true;
    field_more(m, "elder", "second_home", KIND_REF)->type.to = entity_of(m, "facility");
    entity_more(m, "school");
    model_sealed(m);
    g_assert_true(store_migration(f->uri, m, a, &shown, NULL));
    g_assert_false(shown.destructive);
    g_assert_false(shown.nothing);
    g_assert_cmpuint(shown.n_changes, ==, 5); /* three fields, an entity and its field */
    g_assert_cmpint(ask(f, "SELECT count(*) FROM policy"), ==, 1); /* only looked at */

    migrated_to(f, m, "");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM policy"), ==, 2);
    g_assert_cmpint(ask(f, "SELECT schema FROM head WHERE county=360302"), ==, 2);
    g_assert_true(str_is(value_now(f->store, f->elder, li, "name", a).text, "李秀英"));
    g_assert_false(value_now(f->store, f->elder, li, "shoe_size", a).known);

    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);

    draft_number(d, "shoe_size", 38);
    draft_text_on(d, "diet", "soft", "2024-01-01");
    write_ok(f->store, d);
    g_assert_cmpint(value_now(f->store, f->elder, li, "shoe_size", a).num, ==, 38);
    d = draft_new(a, CHANGE_CREATE, entity_of(m, "school"),
                  (RecordKey){COUNTY, store_new_id(f->store)});
    draft_text(d, "name", "老年学校");
    write_ok(f->store, d);
    assert_verified(f->store);
    fixture_reopen(f);
    assert_verified(f->store);
    fixture_free(f);
}

/* Every county's journal says from which entry on its records are declared otherwise. */
static void test_every_county_is_told(void)
{
    Fixture *f = fixture_new();
    Model *m = model_fresh(f, 2);
    Draft *d =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){OTHER, store_new_id(f->store)});

    draft_text(d, "name", "王建国");
    write_ok(f->store, d);
    field_more(m, "elder", "shoe_size", KIND_INT);
    migrated_to(f, m, "");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal WHERE via='migrate'"), ==, 2);
    g_assert_cmpint(
        ask(f, "SELECT count(*) FROM journal WHERE via='migrate' AND county=360313 AND actor='li'"),
        ==, 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM head WHERE schema<>2"), ==, 0);
    fixture_free(f);
}

static void test_nothing_to_do(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *m = model_fresh(f, 1);
    Migration done;

    g_assert_true(migrate_to(f, m, "", &done, &error));
    g_assert_true(done.nothing);
    g_assert_cmpint(ask(f, "SELECT schema FROM head WHERE county=360302"), ==, 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal WHERE via='migrate'"), ==, 0);
    fixture_free(f);
}

/* ---- destructive ------------------------------------------------------------------------- */

static RecordKey elder_remarked(Fixture *f, const char *remark)
{
    RecordKey key = elder_new(f, "李秀英", "360302194006300028");
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, key);

    draft_text(d, "remark", remark);
    draft_on(d, "ability", 3, "2020-01-01");
    draft_number(d, "height", 152);
    write_ok(f->store, d);
    d = draft_new(f->arena, CHANGE_SET, f->elder, key);
    draft_on(d, "ability", 4, "2022-01-01");
    draft_number(d, "height", 151);
    write_ok(f->store, d);
    return key;
}

static void test_removed_field_needs_a_reason(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "hard of hearing");
    int64_t seq = ask(f, "SELECT max(seq) FROM elder");
    Model *m = model_fresh(f, 2);
    JournalEntry *entries = NULL;
    Migration shown;
    size_t n = 0;

    field_drop(m, "elder", "remark");
    field_drop(m, "elder", "ability");
    field_drop(m, "elder", "id_number");
    migrate_refused(f, m, "  ", "need a written reason");
    g_assert_true(store_migration(f->uri, m, a, &shown, NULL));
    g_assert_true(shown.destructive);
    for (size_t i = 0; i < shown.n_changes; i++)
        g_assert_cmpint(shown.changes[i].records, ==, 1);

    migrated_to(f, m, "nobody has asked for it in ten years");
    /* Untouched: the same entry is the record's last one, and its digest still holds. */
    g_assert_cmpint(ask(f, "SELECT max(seq) FROM elder"), ==, seq);
    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);

    draft_number(d, "height", 150);
    write_ok(f->store, d);
    assert_verified(f->store);
    g_assert_cmpint(value_now(f->store, f->elder, li, "height", a).num, ==, 150);
    g_assert_true(store_history(f->store, f->elder, li, 100, a, &entries, &n, NULL));
    g_assert_cmpuint(n, ==, 4);
    fixture_free(f);
}

/* The journal's words are the only ones that a hidden value is changed against, but they count. */
static void test_hidden_values_are_verified(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Model *m = model_fresh(f, 2);
    VerifyReport report;

    elder_remarked(f, "hard of hearing");
    field_drop(m, "elder", "remark");
    field_drop(m, "elder", "ability");
    migrated_to(f, m, "by decision of the office");
    tamper(f, "UPDATE elder SET remark='nothing'");
    g_assert_true(store_verify(f->store, a, &report, &error));
    g_assert_false(report.ok);
    tamper(f, "UPDATE elder SET remark='hard of hearing'");
    assert_verified(f->store);
    tamper(f, "DELETE FROM elder_ability WHERE gone=9223372036854775807");
    g_assert_true(store_verify(f->store, a, &report, &error));
    g_assert_false(report.ok);
    fixture_free(f);
}

static void test_a_field_comes_back(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "hard of hearing");
    Model *m = model_fresh(f, 2), *again = model_fresh(f, 3);

    field_drop(m, "elder", "remark");
    field_drop(m, "elder", "ability");
    migrated_to(f, m, "a mistake, as it turns out");
    migrated_to(f, again, "");
    g_assert_true(str_is(value_now(f->store, f->elder, li, "remark", a).text, "hard of hearing"));
    g_assert_cmpint(value_now(f->store, f->elder, li, "ability", a).num, ==, 4);
    fixture_free(f);
}

/* A value is never read as one of another kind or unit: the field begins anew. */
static void test_another_type(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "hard of hearing");
    Model *m = model_fresh(f, 2), *again = model_fresh(f, 3);

    field_in(m, "elder", "height")->type.kind = KIND_MONEY;
    field_in(m, "elder", "remark")->dated = true;
    field_in(m, "elder", "ability")->dated = false;
    migrate_refused(f, m, "", "need a written reason");
    migrated_to(f, m, "height is money now");
    g_assert_false(value_now(f->store, f->elder, li, "height", a).known);
    g_assert_false(value_now(f->store, f->elder, li, "remark", a).known);
    g_assert_false(value_now(f->store, f->elder, li, "ability", a).known);

    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);

    draft_number(d, "height", 12345);
    draft_text_on(d, "remark", "deaf", "2024-01-01");
    draft_number(d, "ability", 1);
    write_ok(f->store, d);
    assert_verified(f->store);
    fixture_reopen(f);
    g_assert_cmpint(value_now(f->store, f->elder, li, "height", a).num, ==, 12345);

    /* And back: both are there, each under its own number; what was recorded first is seen. */
    migrated_to(f, again, "no, it was not");
    g_assert_cmpint(value_now(f->store, f->elder, li, "height", a).num, ==, 151);
    g_assert_cmpint(value_now(f->store, f->elder, li, "ability", a).num, ==, 4);
    m = model_fresh(f, 4);
    field_in(m, "elder", "height")->type.kind = KIND_MONEY;
    migrated_to(f, m, "it is");
    g_assert_cmpint(value_now(f->store, f->elder, li, "height", a).num, ==, 12345);
    fixture_free(f);
}

static void test_text_becomes_secret(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "hard of hearing");
    Model *m = model_fresh(f, 2);
    Migration shown;

    field_in(m, "elder", "remark")->secret = true;
    model_sealed(m);
    g_assert_true(store_migration(f->uri, m, a, &shown, NULL));
    g_assert_cmpuint(shown.n_changes, ==, 1);
    g_assert_nonnull(strstr(shown.changes[0].change.words.at, "stays in the journal as it was"));
    migrated_to(f, m, "by the law on personal data");
    g_assert_false(value_now(f->store, f->elder, li, "remark", a).known);
    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);

    draft_secret(d, "remark", "sealed");
    write_ok(f->store, d);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_an_entity_goes_and_comes_back(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_new(f, "李秀英", NULL), visit = {COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(a, CHANGE_CREATE, f->visit, visit);
    Model *m = model_fresh(f, 2), *again = model_fresh(f, 3);

    draft_number(d, "elder", li.id);
    draft_text(d, "note", "at home");
    write_ok(f->store, d);
    entity_drop(m, "visit");
    migrate_refused(f, m, "", "need a written reason");
    migrated_to(f, m, "visits are kept elsewhere");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM visit"), ==, 1);
    tamper(f, "UPDATE visit SET note='away'");
    g_autoptr(GError) error = NULL;
    VerifyReport report;

    g_assert_true(store_verify(f->store, a, &report, &error));
    g_assert_false(report.ok);
    tamper(f, "UPDATE visit SET note='at home'");
    field_drop(again, "visit", "outcome");
    migrated_to(f, again, "");
    g_assert_true(str_is(value_now(f->store, f->visit, visit, "note", a).text, "at home"));
    fixture_free(f);
}

static void test_a_code_goes(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "x");
    Model *m = model_fresh(f, 2), *again = model_fresh(f, 3);
    Migration shown;

    code_drop(m, "ability", "total"); /* the last: number 4 */
    code_drop(m, "ability", "mild");
    model_sealed(m);
    g_assert_true(store_migration(f->uri, m, a, &shown, NULL));
    g_assert_true(shown.destructive);
    g_assert_cmpuint(shown.n_changes, ==, 2);
    g_assert_cmpint(shown.changes[0].records, ==, 0); /* mild */
    g_assert_cmpint(shown.changes[1].records, ==, 1);
    migrated_to(f, m, "the new standard has three");
    g_assert_false(value_now(f->store, f->elder, li, "ability", a).known);
    Draft *d = draft_new(a, CHANGE_SET, f->elder, li);

    draft_on(d, "ability", 2, "2025-01-01"); /* severe, of what is left */
    write_ok(f->store, d);
    assert_verified(f->store);
    migrated_to(f, again, "");
    g_assert_cmpint(value_now(f->store, f->elder, li, "ability", a).num, ==, 3);
    fixture_free(f);
}

/* ---- checks, names, indexes -------------------------------------------------------------- */

static void test_stricter_checks(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    Migration shown;
    Model *m = model_fresh(f, 2);

    elder_remarked(f, "x");
    elder_new(f, "王建国", NULL);
    field_in(m, "elder", "height")->required = true;
    field_in(m, "elder", "weight")->has_range = true;
    field_in(m, "elder", "weight")->high = 200;
    model_sealed(m);
    g_assert_true(store_migration(f->uri, m, a, &shown, NULL));
    g_assert_cmpuint(shown.n_changes, ==, 2);
    g_assert_cmpint(shown.changes[0].records, ==, 1); /* no height */
    g_assert_cmpint(shown.changes[1].records, ==, 0);
    migrate_refused(f, m, "", "need a written reason");
    migrated_to(f, m, "the form asks for it");
    m = model_fresh(f, 3); /* wider again: no reason */
    migrated_to(f, m, "");
    fixture_free(f);
}

static void test_unique_needs_unique_values(void)
{
    Fixture *f = fixture_new();
    Model *m = model_fresh(f, 2);

    RecordKey one = facility_new(f, "A", "一");
    RecordKey two = elder_remarked(f, "same"), three = elder_new(f, "王建国", NULL);
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, three);

    (void)one;
    draft_text(d, "remark", "same");
    write_ok(f->store, d);
    field_in(m, "elder", "remark")->unique = true;
    migrate_refused(f, m, "needed", "1 values stand in several records");
    d = draft_new(f->arena, CHANGE_SET, f->elder, two);
    draft_text(d, "remark", "other");
    write_ok(f->store, d);
    migrated_to(f, m, "needed");
    d = draft_new(f->arena, CHANGE_SET, f->elder, two);
    draft_text(d, "remark", "same");
    write_refused(f->store, d, FAIL_CONFLICT, "remark");
    m = model_fresh(f, 3);
    field_in(m, "facility", "code")->unique = false;
    migrated_to(f, m, "");
    facility_new(f, "A", "二");
    assert_verified(f->store);
    fixture_free(f);
}

/* elder_ability is a table of the store until an entity is called so, residence_until a column
 * until a field is: what is there makes room. */
static void test_names_make_room(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey li = elder_remarked(f, "x");
    Model *m = model_fresh(f, 2), *back = model_fresh(f, 3);

    entity_more(m, "elder_ability");
    entity_more(m, "elder_was");
    field_more(m, "facility", "name_known", KIND_INT);
    field_more(m, "elder", "home_id", KIND_INT);
    migrated_to(f, m, "");
    g_assert_cmpint(value_now(f->store, f->elder, li, "ability", a).num, ==, 4);
    Draft *d = draft_new(a, CHANGE_CREATE, entity_of(m, "elder_ability"),
                         (RecordKey){COUNTY, store_new_id(f->store)});

    draft_text(d, "name", "x");
    write_ok(f->store, d);
    d = draft_new(a, CHANGE_SET, f->elder, li);
    draft_number(d, "home_id", 7);
    draft_on(d, "ability", 1, "2023-01-01");
    write_ok(f->store, d);
    fixture_reopen(f);
    assert_verified(f->store);
    migrated_to(f, back, "not needed after all");
    g_assert_cmpint(value_now(f->store, f->elder, li, "ability", a).num, ==, 1);
    fixture_free(f);
}

/* LIMIT_FIELDS_KEPT: a table takes only so many fields, with those that are hidden. */
static void test_too_many_fields_once(void)
{
    Fixture *f = fixture_new();
    Model *m = NULL;

    for (int round = 0; round < 3; round++) {
        m = model_fresh(f, (uint8_t)(2 + round));
        for (int i = 0; i < 90; i++)
            field_more(m, "facility", arena_printf(f->arena, "f%d", i),
                       round == 0   ? KIND_INT
                       : round == 1 ? KIND_DATE
                                    : KIND_TEXT);
        if (round < 2)
            migrated_to(f, m, "again");
    }
    migrate_refused(f, m, "again", "more than a table takes");
    fixture_free(f);
}

/* ---- the program's own tables ------------------------------------------------------------ */

static bool opens(Fixture *f, const char *words)
{
    g_autoptr(GError) error = NULL;
    bool ok = store_open(f->uri, f->model, &f->store, &error);

    if (!ok && strstr(error->message, words) == NULL)
        g_error("\"%s\" does not say \"%s\"", error->message, words);
    return ok;
}

static const char *const own_tables[] = {
#define TABLE(name, columns) #name,
#define INDEX(name, on)
#define INDEX_ONE(name, on)
#define RESERVED(name)
#include "store/tables.def"
#undef TABLE
#undef INDEX
#undef INDEX_ONE
#undef RESERVED
};

static const char *const tables_of_2[] = {
    "about",      "naming",   "counter",         "head",       "journal",  "journal_body",
    "request",    "identity", "identity_recent", "document",   "policy",   "region",
    "sign_in",    "gram",     "gram_due",        "run",        "decision", "stale",
    "stale_rule", "due",      "import",          "import_row", NULL};

/* The database no longer says that it was made with the line that begins so. */
static void about_cut(Fixture *f, const char *begin)
{
    g_autoptr(GPtrArray) rows =
        database_rows(f->uri, "SELECT value FROM about WHERE name='tables'");
    const char *all = ((char **)rows->pdata[0])[0], *from = strstr(all, begin);

    g_assert_nonnull(from);
    g_autofree char *rest =
        g_strdup_printf("%.*s%s", (int)(from - all), all, strchr(from, '\n') + 1);
    g_autofree char *sql = g_strdup_printf("UPDATE about SET value='%s' WHERE name='tables'", rest);

    tamper(f, sql);
}

/* What a database of the version before says, and has. */
static void as_of_version_2(Fixture *f)
{
    store_close(f->store);
    f->store = NULL;
    for (size_t i = G_N_ELEMENTS(own_tables); i-- > 0;) {
        g_autofree char *drop = g_strdup_printf("DROP TABLE %s", own_tables[i]);

        if (!g_strv_contains(tables_of_2, own_tables[i]))
            database_run(f->uri, drop); /* a table stands after those it refers to */
    }
    database_run(f->uri, "DROP INDEX request_seq");
    tamper(f, "DELETE FROM about WHERE name IN ('tables','kept')");
    tamper(f, "UPDATE about SET value='anlao 2' WHERE name='format'");
    tamper(f, "UPDATE head SET program=1");
}

static void test_an_earlier_program(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey li = elder_remarked(f, "x");
    Model *same = model_fresh(f, 1);
    Migration done;

    as_of_version_2(f);
    g_assert_false(opens(f, "anlao migrate"));
    g_assert_true(migrate_to(f, same, "", &done, &error));
    g_assert_cmpint(done.version, ==, 2);
    g_assert_cmpuint(done.n_steps, ==, 4);
    g_assert_cmpuint(done.n_changes, ==, 0);
    g_assert_true(value_now(f->store, f->elder, li, "remark", f->arena).known);
    assert_verified(f->store);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM policy"), ==, 1);
    fixture_free(f);
}

/* What a place added was numbered by its word alone: then by its document's name as well, and every
 * number, column and value stays. */
static Model *with_additions(Fixture *f, uint8_t policy, const char *by)
{
    Model *m = model_fresh(f, policy);
    Field *merit = field_more(m, "elder", "merit", KIND_INT), *school = NULL;
    Entity *e = entity_more(m, "school");
    Enum *kinds = m->enums[0];
    Code *code = &kinds->codes[kinds->n_codes - 1];

    school = field_more(m, "elder", "school", KIND_REF);
    school->type.to = e;
    if (by == NULL)
        return m;
    merit->stored = str_of(arena_printf(m->arena, "%s/merit", by));
    school->stored = str_of(arena_printf(m->arena, "%s/school", by));
    e->stored = str_of(arena_printf(m->arena, "%s/school", by));
    code->stored = str_of(arena_printf(m->arena, "%s/%.*s", by, STR_ARG(code->name)));
    return m;
}

static int64_t numbered(Fixture *f, const char *owner, const char *name)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT coalesce(max(number),-1) FROM naming WHERE owner='%s' AND name='%s'", owner, name);

    return ask(f, sql);
}

static void test_additions_get_their_document(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey li = elder_new(f, "李秀英", "360302194006300028");
    Model *named = with_additions(f, 2, "anyuan-2020");
    Migration done;

    migrated_to(f, with_additions(f, 2, NULL), "");
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, li);

    draft_number(d, "merit", 12);
    write_ok(f->store, d);
    int64_t merit = numbered(f, "entity elder", "merit"), school = numbered(f, "entity", "school");

    tamper(f, "UPDATE about SET value='anlao 3' WHERE name='format'");
    g_assert_true(migrate_to(f, named, "", &done, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(done.n_changes, ==, 0);
    g_assert_cmpuint(done.n_steps, ==, 3);
    g_assert_cmpint(numbered(f, "entity elder", "merit"), ==, -1);
    g_assert_cmpint(numbered(f, "entity elder", "anyuan-2020/merit"), ==, merit);
    g_assert_cmpint(numbered(f, "entity", "anyuan-2020/school"), ==, school);
    g_assert_cmpint(numbered(f, "entity school", "name"), ==, -1);
    g_assert_cmpint(numbered(f, "entity anyuan-2020/school", "name"), ==, 1);
    g_assert_cmpint(value_now(f->store, f->elder, li, "merit", f->arena).num, ==, 12);
    assert_verified(f->store);
    fixture_reopen(f);
    assert_verified(f->store);
    fixture_free(f);
}

/* Another place adds the same word, and means something else by it: what the first recorded stays
 * its own, and the second begins with nothing. */
static void test_one_word_of_two_places(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", "360302194006300028");
    Model *both = with_additions(f, 3, "anyuan-2020");
    Field *other = field_more(both, "elder", "xiangdong-2020/merit", KIND_BOOL);

    other->word = STR("merit");
    other->stored = other->name;
    migrated_to(f, with_additions(f, 2, "anyuan-2020"), "a code is the place's own");
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, li);

    draft_number(d, "merit", 12);
    write_ok(f->store, d);
    field_in(both, "elder", "merit")->word = STR("merit");
    field_in(both, "elder", "merit")->name = STR("anyuan-2020/merit");
    migrated_to(f, both, "");
    g_assert_cmpint(value_now(f->store, f->elder, li, "anyuan-2020/merit", f->arena).num, ==, 12);
    g_assert_false(value_now(f->store, f->elder, li, "xiangdong-2020/merit", f->arena).known);
    d = draft_new(f->arena, CHANGE_SET, f->elder, li);
    draft_number(d, "xiangdong-2020/merit", 1);
    write_ok(f->store, d);
    g_assert_cmpint(value_now(f->store, f->elder, li, "anyuan-2020/merit", f->arena).num, ==, 12);
    assert_verified(f->store);
    fixture_reopen(f);
    assert_verified(f->store);
    fixture_free(f);
}

/* Lines and returns of payments as version 3 kept them. */
static const char lines_of_3[] =
    "CREATE TABLE \"pay_line\"(county INTEGER NOT NULL, rule INTEGER NOT NULL, subject INTEGER NOT "
    "NULL, month INTEGER NOT NULL, run INTEGER NOT NULL, payee INTEGER NOT NULL, fen INTEGER NOT "
    "NULL, hold INTEGER NOT NULL, decided INTEGER NOT NULL, PRIMARY KEY (county, rule, subject, "
    "month, run, payee)) STRICT, WITHOUT ROWID;";
static const char returns_of_3[] =
    "CREATE TABLE \"pay_return\"(county INTEGER NOT NULL, run INTEGER NOT NULL, receiver INTEGER "
    "NOT NULL, fen INTEGER NOT NULL, stopped INTEGER NOT NULL, reason TEXT NOT NULL, seq INTEGER "
    "NOT NULL, PRIMARY KEY (county, run, receiver)) STRICT, WITHOUT ROWID;";

/* The same without what only SQLite understands. */
static char *plain_sql(const char *sql)
{
    GString *s = g_string_new(sql);
    g_string_replace(s, " STRICT, WITHOUT ROWID", "", 0);
    g_string_replace(s, "INTEGER", "BIGINT", 0);
    return g_string_free(s, FALSE);
}

static void as_of_version_3(Fixture *f)
{
    static const char *const gone[] = {"pay_rest", "pay_change", "pay_town", "pay_line",
                                       "pay_return"};
    bool postgres = database_on_postgres();
    g_autofree char *lines = postgres ? plain_sql(lines_of_3) : g_strdup(lines_of_3);
    g_autofree char *returns = postgres ? plain_sql(returns_of_3) : g_strdup(returns_of_3);

    store_close(f->store);
    f->store = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(gone); i++) {
        g_autofree char *drop = g_strdup_printf("DROP TABLE %s", gone[i]);
        g_autofree char *begin = g_strdup_printf("CREATE TABLE \"%s\"", gone[i]);

        database_run(f->uri, drop);
        about_cut(f, begin);
    }
    g_autofree char *told = g_strdup_printf("UPDATE about SET value=value || '%s\n%s\n' WHERE "
                                            "name='tables'",
                                            lines_of_3, returns_of_3);

    tamper(f, told);
    database_run(f->uri, lines);
    database_run(f->uri, returns);
    tamper(f, "UPDATE about SET value='anlao 3' WHERE name='format'");
}

/* Nothing of what was paid is lost when its tables change their form. */
static void test_payments_of_version_3(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *same = model_fresh(f, 1);
    Migration done;

    as_of_version_3(f);
    tamper(f, "INSERT INTO pay_line(county,rule,subject,month,run,payee,fen,hold,decided) "
              "VALUES(990302,1,77,600,1,0,8000,0,1)");
    tamper(f, "INSERT INTO pay_return(county,run,receiver,fen,stopped,reason,seq) "
              "VALUES(990302,1,77,8000,0,'x',9)");
    g_assert_false(opens(f, "anlao migrate"));
    tamper(f, "DELETE FROM pay_return"); /* of no run: only its form is asked for here */
    g_assert_true(migrate_to(f, same, "", &done, &error));
    g_assert_cmpint(done.version, ==, 3);
    g_assert_cmpint(ask(f, "SELECT fen FROM pay_line WHERE county=990302 AND run=1 AND subject=77"),
                    ==, 8000);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM pay_return WHERE subject=0"), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM pay_rest"), ==, 0);
    fixture_free(f);
}

static const char lines_of_4[] =
    "CREATE TABLE \"pay_line\"(county INTEGER NOT NULL, run INTEGER NOT NULL, rule INTEGER NOT "
    "NULL, subject INTEGER NOT NULL, month INTEGER NOT NULL, payee INTEGER NOT NULL, fen INTEGER "
    "NOT NULL, hold INTEGER NOT NULL, decided INTEGER NOT NULL, PRIMARY KEY (county, run, rule, "
    "subject, month, payee), CONSTRAINT pay_line_held CHECK (fen > 0 OR (fen < 0 AND hold = 0))) "
    "STRICT, "
    "WITHOUT ROWID;";

/* A line whose answer is still open has no amount: the table of version 4 refuses it, the one that
 * was carried over takes it, and keeps what was paid. */
static void test_payments_of_version_4(void)
{
    static const char open_line[] =
        "INSERT INTO pay_line(county,run,rule,subject,month,payee,fen,hold,decided) "
        "VALUES(990302,1,1,78,600,0,0,3,1)";
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *same = model_fresh(f, 1);
    Migration done;
    g_autofree char *lines = database_on_postgres() ? plain_sql(lines_of_4) : g_strdup(lines_of_4);
    g_autofree char *told =
        g_strdup_printf("UPDATE about SET value=value || '%s\n' WHERE name='tables'", lines_of_4);

    store_close(f->store);
    f->store = NULL;
    database_run(f->uri, "DROP TABLE pay_line");
    about_cut(f, "CREATE TABLE \"pay_line\"");
    tamper(f, told);
    database_run(f->uri, lines);
    tamper(f, "UPDATE about SET value='anlao 4' WHERE name='format'");
    tamper(f, "INSERT INTO pay_line(county,run,rule,subject,month,payee,fen,hold,decided) "
              "VALUES(990302,1,1,77,600,0,8000,0,1)");
    g_assert_false(opens(f, "anlao migrate"));
    g_assert_true(migrate_to(f, same, "", &done, &error));
    g_assert_cmpint(done.version, ==, 4);
    tamper(f, open_line);
    g_assert_cmpint(ask(f, "SELECT fen FROM pay_line WHERE subject=77"), ==, 8000);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM pay_line"), ==, 2);
    fixture_free(f);
}

/* A table that tables.def has gained since is made, whatever version said so. */
static void test_a_table_more(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Model *same = model_fresh(f, 1);
    Migration done;

    store_close(f->store);
    f->store = NULL;
    database_run(f->uri, "DROP TABLE stale_rule");
    database_run(f->uri, "DROP INDEX due_day");
    about_cut(f, "CREATE TABLE \"stale_rule\"");
    about_cut(f, "CREATE INDEX due_day");
    g_assert_false(opens(f, "anlao migrate"));
    g_assert_true(migrate_to(f, same, "", &done, &error));
    g_assert_cmpuint(done.n_tables, >=, 2);
    g_assert_true(str_is(done.tables[0], "stale_rule"));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM stale_rule"), ==, 0);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_a_newer_program(void)
{
    Fixture *f = fixture_new();

    store_close(f->store);
    f->store = NULL;
    tamper(f, "UPDATE about SET value=value || 'CREATE TABLE \"tomorrow\"(county INTEGER);' "
              "WHERE name='tables'");
    g_assert_false(opens(f, "use a newer one"));
    tamper(f, "UPDATE about SET value='anlao 99' WHERE name='format'");
    g_assert_false(opens(f, "newer version of the program"));
    tamper(f, "UPDATE about SET value='anlao 1' WHERE name='format'");
    g_assert_false(opens(f, "no longer migrates"));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/migrate/what-is-new", test_what_is_new);
    g_test_add_func("/migrate/every-county-is-told", test_every_county_is_told);
    g_test_add_func("/migrate/nothing-to-do", test_nothing_to_do);
    g_test_add_func("/migrate/removed-field", test_removed_field_needs_a_reason);
    g_test_add_func("/migrate/hidden-is-verified", test_hidden_values_are_verified);
    g_test_add_func("/migrate/field-comes-back", test_a_field_comes_back);
    g_test_add_func("/migrate/another-type", test_another_type);
    g_test_add_func("/migrate/becomes-secret", test_text_becomes_secret);
    g_test_add_func("/migrate/entity-goes", test_an_entity_goes_and_comes_back);
    g_test_add_func("/migrate/code-goes", test_a_code_goes);
    g_test_add_func("/migrate/stricter", test_stricter_checks);
    g_test_add_func("/migrate/unique", test_unique_needs_unique_values);
    g_test_add_func("/migrate/names", test_names_make_room);
    g_test_add_func("/migrate/too-many", test_too_many_fields_once);
    g_test_add_func("/migrate/earlier-program", test_an_earlier_program);
    g_test_add_func("/migrate/additions", test_additions_get_their_document);
    g_test_add_func("/migrate/one-word-of-two-places", test_one_word_of_two_places);
    g_test_add_func("/migrate/payments-of-version-3", test_payments_of_version_3);
    g_test_add_func("/migrate/payments-of-version-4", test_payments_of_version_4);
    g_test_add_func("/migrate/table-more", test_a_table_more);
    g_test_add_func("/migrate/newer-program", test_a_newer_program);
    return g_test_run();
}
