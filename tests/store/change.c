/* change.c — one change at a time: optimistic locks, requests, identities, references, accounts,
 * notes, history. */
#include "fixture.h"

#include "base/identifier.h"

static void test_optimistic(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    RecordKey key = elder_new(f, "李秀英", NULL);
    Record *r = NULL;
    Draft *mine = draft_new(f->arena, CHANGE_SET, f->elder, key);
    Draft *late = draft_new(f->arena, CHANGE_SET, f->elder, key);

    g_assert_true(store_record(f->store, f->elder, key, a, &r, &error));
    mine->change.expected = late->change.expected = r->seq;
    draft_number(mine, "height", 158);
    draft_number(late, "height", 159);
    write_ok(f->store, mine);
    write_refused(f->store, late, FAIL_CONFLICT, "changed by somebody else");
    g_assert_cmpint(value_now(f->store, f->elder, key, "height", a).num, ==, 158);
    fixture_free(f);
}

static void test_request_repeated(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey key = {COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder, key);
    ChangeAnswer first, again;

    draft_text(d, "name", "王桂兰");
    memset(d->change.request, 7, sizeof d->change.request);
    g_assert_true(store_write(f->store, &d->change, 1, &first, &error));
    g_assert_true(first.done && !first.repeated);
    /* The same form once more, also after a restart: the first answer, nothing written. */
    fixture_reopen(f);
    d->change.key.id = store_new_id(f->store);
    g_assert_true(store_write(f->store, &d->change, 1, &again, &error));
    g_assert_true(again.done && again.repeated);
    g_assert_cmpint(again.seq, ==, first.seq);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 1);
    fixture_free(f);
}

/* Changes of one call may share a key; a repeat of the call repeats them all. */
static void test_request_shared(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    Change changes[2];
    ChangeAnswer answers[2];

    for (size_t i = 0; i < 2; i++) {
        Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder,
                             (RecordKey){COUNTY, store_new_id(f->store)});

        draft_text(d, "name", "王桂兰");
        memset(d->change.request, 9, sizeof d->change.request);
        changes[i] = d->change;
    }
    for (int round = 0; round < 2; round++) {
        g_assert_true(store_write(f->store, changes, 2, answers, &error));
        for (size_t i = 0; i < 2; i++) {
            g_assert_true(answers[i].done);
            g_assert_true(answers[i].repeated == (round == 1));
        }
    }
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 2);
    fixture_free(f);
}

static void test_identity_twice(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey first = elder_new(f, "李秀英", "36030219400630001X"), found;
    Draft *twin =
        draft_new(f->arena, CHANGE_CREATE, f->elder, (RecordKey){COUNTY, store_new_id(f->store)});
    Draft *renumber = draft_new(f->arena, CHANGE_CORRECT, f->elder, first);
    uint8_t blind[SM3_SIZE];

    draft_text(twin, "name", "李秀英");
    draft_secret(twin, "id_number", "36030219400630001X");
    write_refused(f->store, twin, FAIL_CONFLICT, "another elder of this county has it");
    g_assert_cmpint(ask(f, "SELECT count(*) FROM elder"), ==, 1);

    sm3("36030219400630001X", 18, blind);
    g_assert_true(
        store_find_blind(f->store, field_of(f->elder, "id_number"), 0, 0, blind, &found, &error));
    g_assert_cmpint(found.id, ==, first.id);
    /* Corrected to another number, the old one is free. */
    draft_secret(renumber, "id_number", "360302194006300028");
    write_ok(f->store, renumber);
    g_assert_false(
        store_find_blind(f->store, field_of(f->elder, "id_number"), 0, 0, blind, &found, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    write_ok(f->store, twin);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_unique_text(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    RecordKey first = facility_new(f, "A1", "安源养老院"), found;
    Draft *twin = draft_new(f->arena, CHANGE_CREATE, f->facility,
                            (RecordKey){COUNTY, store_new_id(f->store)});
    Draft *second = draft_new(f->arena, CHANGE_SET, f->facility, facility_new(f, "B2", "幸福院"));

    draft_text(twin, "code", "A1");
    write_refused(f->store, twin, FAIL_CONFLICT, "\"code\"");
    draft_text(second, "code", "A1");
    write_refused(f->store, second, FAIL_CONFLICT, "\"code\"");
    g_assert_true(store_find(f->store, field_of(f->facility, "code"), STR("A1"), &found, &error));
    g_assert_cmpint(found.id, ==, first.id);
    /* Taken off the books, it no longer holds the code. */
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->facility, first));
    write_ok(f->store, second);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_references(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    RecordKey home = facility_new(f, "A1", "安源养老院");
    RecordKey away = {OTHER, store_new_id(f->store)};
    RecordKey elder = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->facility, away);
    Draft *live = draft_new(f->arena, CHANGE_SET, f->elder, elder);
    Draft *none = draft_new(f->arena, CHANGE_SET, f->elder, elder);
    Draft *wrong = draft_new(f->arena, CHANGE_SET, f->elder, elder);

    draft_text(d, "code", "Z9");
    write_ok(f->store, d);
    /* An elder of one county lives in a home of another. */
    draft_on(live, "home", away.id, "2020-01-01");
    write_ok(f->store, live);
    g_assert_cmpint(value_now(f->store, f->elder, elder, "home", a).num, ==, away.id);
    draft_on(none, "home", 12345, "2021-01-01");
    write_refused(f->store, none, FAIL_INPUT, "refers to no living facility");
    draft_text_on(wrong, "residence", "999999", "2021-01-01");
    write_refused(f->store, wrong, FAIL_INPUT, "no such region");
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->facility, home));
    none->fields[0].value.num = home.id;
    write_refused(f->store, none, FAIL_INPUT, "refers to no living facility");
    assert_verified(f->store);
    fixture_free(f);
}

static void test_record_in_any_county(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Record *r = NULL;
    Str sealed;

    g_assert_true(store_record(f->store, f->elder, (RecordKey){0, key.id}, a, &r, &error));
    g_assert_cmpint(r->key.county, ==, COUNTY);
    /* A secret is known, and says nothing; what is sealed comes out as it went in. */
    const Fact *secret = &r->facts[field_of(f->elder, "id_number")->index];

    g_assert_true(secret->value.known);
    g_assert_cmpuint(secret->value.text.len, ==, 0);
    g_assert_true(store_sealed(f->store, field_of(f->elder, "id_number"), key, a, &sealed, &error));
    g_assert_true(str_is(sealed, "36030219400630001X"));
    g_assert_true(store_sealed(f->store, field_of(f->elder, "phone"), key, a, &sealed, &error));
    g_assert_cmpuint(sealed.len, ==, 0);
    g_assert_false(store_record(f->store, f->elder, (RecordKey){COUNTY, 999999}, a, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
    fixture_free(f);
}

static void test_bad_values(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    const struct BadValue {
        const char *field;
        FieldChange change;
    } bad[] = {
        {"ability", {.value = VALUE_NUM(99), .since = 0, .until = DATE_MAX}},
        {"ability", {.value = VALUE_NUM(1), .since = 10, .until = 10}},
        {"living", {.value = VALUE_NUM(1 << 20), .since = 0, .until = DATE_MAX}},
        {"name", {.value = VALUE_TEXT(STR("a\xff"))}},
        {"name", {.value = VALUE_TEXT(STR("a\0b"))}},
        {"woman", {.value = VALUE_NUM(2)}},
        {"id_number", {.value = VALUE_TEXT(STR("36030219400630001X"))}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, key);

        d->fields[0] = bad[i].change;
        d->fields[0].field = field_of(f->elder, bad[i].field);
        d->change.n_fields = 1;
        write_refused(f->store, d, FAIL_INPUT, NULL);
    }
    assert_verified(f->store);
    fixture_free(f);
}

static void test_history(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);
    JournalEntry *entries = NULL;
    size_t n = 0;

    draft_number(d, "born", day("1939-06-30"));
    draft_on(d, "ability", 3, "2020-01-01");
    d->change.reason = STR("the household book says so");
    write_ok(f->store, d);
    g_assert_true(store_history(f->store, f->elder, key, 10, a, &entries, &n, &error));
    g_assert_cmpuint(n, ==, 2);
    g_assert_true(str_is(entries[0].kind, "correct"));
    g_assert_true(str_is(entries[0].actor, "li"));
    g_assert_true(str_is(entries[0].reason, "the household book says so"));
    g_assert_cmpuint(entries[0].n_fields, ==, 2);
    g_assert_cmpint(entries[0].fields[0].before.num, ==, day("1940-06-30"));
    g_assert_cmpint(entries[0].fields[0].after.num, ==, day("1939-06-30"));
    g_assert_false(entries[0].fields[1].before.known);
    g_assert_cmpint(entries[0].fields[1].since, ==, day("2020-01-01"));
    g_assert_true(str_is(entries[1].kind, "create"));
    /* The number in the history is known, without its digits. */
    for (size_t i = 0; i < entries[1].n_fields; i++) {
        if (entries[1].fields[i].field->secret) {
            g_assert_true(entries[1].fields[i].after.known);
            g_assert_cmpuint(entries[1].fields[i].after.text.len, ==, 0);
        }
    }
    fixture_free(f);
}

static void test_accounts_and_notes(void)
{
    Fixture *f = fixture_new();
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    AccountRow li = {store_new_id(f->store), STR("li"), STR("clerk"),
                     STR("360302"),          {NULL, 0}, STR("李"),
                     STR("argon2"),          false};
    AccountRow twin = li;
    Draft *d = draft_new(f->arena, CHANGE_ACCOUNT, NULL, (RecordKey){0, 0});
    Draft *reveal = draft_new(f->arena, CHANGE_NOTE, f->elder, key);
    AccountRow *rows = NULL;
    JournalEntry *entries = NULL;
    size_t n = 0;

    d->change.account = &li;
    write_ok(f->store, d);
    twin.id = store_new_id(f->store);
    d->change.account = &twin;
    write_refused(f->store, d, FAIL_CONFLICT, "account of that name");
    li.disabled = true;
    d->change.account = &li;
    write_ok(f->store, d);
    g_assert_true(store_accounts(f->store, a, &rows, &n, &error));
    g_assert_cmpuint(n, ==, 1);
    g_assert_true(rows[0].disabled && str_is(rows[0].shown, "李"));

    draft_unknown(reveal, "id_number", NULL);
    reveal->change.reason = STR("asked by phone");
    write_ok(f->store, reveal);
    g_assert_true(store_history(f->store, f->elder, key, 1, a, &entries, &n, &error));
    g_assert_true(str_is(entries[0].kind, "note"));
    g_assert_cmpuint(entries[0].n_fields, ==, 1);
    g_assert_true(str_is(entries[0].fields[0].field->name, "id_number"));
    assert_verified(f->store);
    fixture_free(f);
}

static void test_ids_never_again(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_int64_hash, g_int64_equal);

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
            int64_t *id = arena_new_of(f->arena, int64_t);

            *id = store_new_id(f->store);
            g_assert_cmpint(*id, >, 0);
            g_assert_true(g_hash_table_add(seen, id));
        }
        fixture_reopen(f);
    }
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/change/optimistic", test_optimistic);
    g_test_add_func("/change/request-repeated", test_request_repeated);
    g_test_add_func("/change/request-shared", test_request_shared);
    g_test_add_func("/change/identity-twice", test_identity_twice);
    g_test_add_func("/change/unique-text", test_unique_text);
    g_test_add_func("/change/references", test_references);
    g_test_add_func("/change/record-in-any-county", test_record_in_any_county);
    g_test_add_func("/change/bad-values", test_bad_values);
    g_test_add_func("/change/history", test_history);
    g_test_add_func("/change/accounts-and-notes", test_accounts_and_notes);
    g_test_add_func("/change/ids-never-again", test_ids_never_again);
    return g_test_run();
}
