/* replay.c — a journal in pieces: read back whole or not at all, refused by what is wrong with it,
 * and applied to an empty database.  That whole journals give the same tables stands in equal.c,
 * and with $REPLAY behind every test of care/. */
#include "fixture.h"
#include "replayed.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "store/copies.h"

static void signed_by(RangeHead *h, const uint8_t secret[KEY_SIZE])
{
    g_autoptr(GString) message = g_string_new(NULL);

    sm2_public(secret, h->key);
    range_message(h, message);
    g_assert_true(
        sm2_sign(secret, (Str){message->str, message->len}, h->signature, &h->signature_len, NULL));
}

static GString *whole(RangeHead h, Str payload)
{
    const uint8_t secret[KEY_SIZE] = {7};
    GString *text = g_string_new(NULL);

    signed_by(&h, secret);
    range_write(&h, payload, text);
    return text;
}

/* ---- as text ----------------------------------------------------------------------------- */

static bool parses(Fixture *f, Str text, const char **ret_why)
{
    RangeHead h;
    Str payload;

    return range_parse(text, f->arena, &h, &payload, ret_why);
}

static void test_text(void)
{
    Fixture *f = fixture_new();
    const char *why = NULL;

    elder_new(f, "李秀英", "36030219400630001X");
    Ranges *r = ranges_of(f->store, 1000);
    g_autoptr(GString) text = whole(g_array_index(r->heads, RangeHead, 0), range_payload(r, 0));
    Str all = {text->str, text->len};

    g_assert_true(parses(f, all, &why));
    for (size_t i = 1; i < all.len; i += 1 + all.len / 97)
        g_assert_false(parses(f, (Str){all.at, all.len - i}, &why));
    parses(f, (Str){all.at, all.len - 1}, &why);
    g_assert_cmpstr(why, ==, "it is cut off");
    for (size_t i = 0; i < all.len; i += 1 + all.len / 211) {
        text->str[i] ^= 1;
        g_assert_false(parses(f, all, &why));
        text->str[i] ^= 1;
    }
    text->str[all.len - 1] ^= 1;
    g_assert_false(parses(f, all, &why));
    g_assert_cmpstr(why, ==, "it is not as it was written");
    g_string_append_c(text, 'x');
    g_assert_false(parses(f, (Str){text->str, text->len}, &why));
    g_assert_cmpstr(why, ==, "it holds more than was written");
    ranges_free(r);
    fixture_free(f);
}

/* A payload that would be larger than LIMIT_RANGE_BYTES is no range. */
static void test_limit(void)
{
    RangeHead h = {.place = STR("360302"), .county = COUNTY, .home = COUNTY, .from = 1, .to = 1};
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GString) text = NULL;
    const char *why = NULL;
    Str payload;

    h.bytes = LIMIT_RANGE_BYTES + 1;
    text = whole(h, STR(""));
    g_assert_false(range_parse((Str){text->str, text->len}, a, &h, &payload, &why));
    g_assert_cmpstr(why, ==, "it is not a range of a journal");
}

/* ---- what is refused --------------------------------------------------------------------- */

static void refused(Fixture *f, Ranges *r, const char *words)
{
    g_autofree char *uri = database_new(f->folder, "refused.db", database_on_postgres());
    g_autoptr(GError) error = NULL;

    g_assert_false(ranges_replay(r, f->model, uri, &error));
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" instead of \"%s\"", error->message, words);
    database_drop(uri);
}

static void range_drop(Ranges *r, guint at)
{
    g_array_remove_index(r->heads, at);
    g_ptr_array_remove_index(r->payloads, at);
}

static void test_refused(void)
{
    Fixture *f = fixture_new();

    for (int i = 0; i < 8; i++)
        elder_new(f, "王桂兰", arena_printf(f->arena, "number-%d", i));
    /* A piece is missing. */
    Ranges *r = ranges_of(f->store, 2);

    g_assert_cmpuint(r->heads->len, >, 4);
    range_drop(r, 2);
    refused(f, r, "entries 5 to 6 of county");
    ranges_free(r);
    /* Another name than the one that was written. */
    r = ranges_of(f->store, 1000);
    GString *payload = g_ptr_array_index(r->payloads, 0);
    char *name = memmem(payload->str, payload->len, "王桂兰", 9);

    g_assert_nonnull(name);
    memcpy(name, "王桂花", 9);
    refused(f, r, "its body is not the one that was written");
    ranges_free(r);
    fixture_free(f);
}

/* ---- erased by law ----------------------------------------------------------------------- */

/* Pieces that left before a record was erased still hold its bodies: replayed with what came after,
 * nothing of it is left. */
static void test_erased(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);
    Draft *erase = draft_new(f->arena, CHANGE_ERASE, f->elder, key);
    g_autofree char *uri = database_new(f->folder, "erased.db", database_on_postgres());
    g_autoptr(GError) error = NULL;

    draft_on(set, "ability", 3, "2020-01-01");
    write_ok(f->store, set);
    Ranges *before = ranges_of(f->store, 1000);

    write_ok(f->store, erase);
    Ranges *after = ranges_of(f->store, 1000);

    g_assert_nonnull(
        memmem(range_payload(before, 0).at, range_payload(before, 0).len, "李秀英", 9));
    g_assert_null(memmem(range_payload(after, 0).at, range_payload(after, 0).len, "李秀英", 9));
    g_array_append_vals(before->heads, after->heads->data, after->heads->len);
    for (guint i = 0; i < after->payloads->len; i++)
        g_ptr_array_add(before->payloads, g_string_new_len(range_payload(after, i).at,
                                                           (gssize)range_payload(after, i).len));
    ranges_replay(before, f->model, uri, &error);
    g_assert_no_error(error);
    facts_equal(f->uri, uri);
    g_assert_cmpint(database_ask(uri, "SELECT count(*) FROM elder WHERE name IS NOT NULL"), ==, 0);
    database_drop(uri);
    replayed_equal(f->store, f->model, f->uri, f->folder, database_on_postgres(), 1);
    ranges_free(before);
    ranges_free(after);
    fixture_free(f);
}

/* A record that came back from another county holds values in that entry, too. */
static void test_erased_revived(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    Draft *leave = draft_new(f->arena, CHANGE_LEAVE, f->elder, key);
    Draft *revive = draft_new(f->arena, CHANGE_REVIVE, f->elder, key);
    Draft *erase = draft_new(f->arena, CHANGE_ERASE, f->elder, key);

    write_ok(f->store, leave);
    draft_text(revive, "name", "李秀莲");
    write_ok(f->store, revive);
    write_ok(f->store, erase);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM journal j JOIN journal_body b ON "
                           "b.county=j.county AND b.seq=j.seq WHERE j.kind='revive'"),
                    ==, 0);
    assert_verified(f->store);
    replayed_equal(f->store, f->model, f->uri, f->folder, database_on_postgres(), 2);
    fixture_free(f);
}

/* ---- counties of other nodes ------------------------------------------------------------- */

static CopyRow other_node(void)
{
    const uint8_t secret[KEY_SIZE] = {7};
    CopyRow c = {.county = OTHER, .home = OTHER, .node = 5, .place = STR("360313")};

    sm2_public(secret, c.key);
    return c;
}

static void words_in(const GError *error, int code, const char *words)
{
    g_assert_error(error, FAIL_DOMAIN, code);
    if (strstr(error->message, words) == NULL)
        g_error("\"%s\" instead of \"%s\"", error->message, words);
}

/* The county's journal comes from elsewhere: records can be read, and by nobody here be written. */
static void test_copy(void)
{
    Fixture *f = fixture_new(), *far = fixture_new();
    const CopyRow copy = other_node();
    g_autoptr(GError) error = NULL;
    RecordKey key = {OTHER, store_new_id(far->store)};
    Draft *make = draft_new(far->arena, CHANGE_CREATE, far->elder, key);

    draft_text(make, "name", "王桂兰");
    draft_secret(make, "id_number", "number-1");
    write_ok(far->store, make);
    g_assert_true(store_put_copy(f->store, &copy, STR("li"), STR("test"), &error));
    g_assert_false(store_put_copy(f->store, &copy, STR("li"), STR("test"), &error));
    words_in(error, FAIL_CONFLICT, "kept by another node already");
    g_clear_error(&error);
    Ranges *r = ranges_of(far->store, 1000);
    Replay *p = replay_new_copy(f->store);

    for (guint i = 0; i < r->heads->len; i++) {
        const RangeHead *h = &g_array_index(r->heads, RangeHead, i);

        if (h->county == OTHER)
            g_assert_true(replay_range(p, h, range_payload(r, i), &error));
    }
    replay_free(p);
    g_assert_true(str_is(value_now(f->store, f->elder, key, "name", f->arena).text, "王桂兰"));
    Draft *set = draft_new(f->arena, CHANGE_SET, f->elder, key);

    draft_text(set, "name", "王桂花");
    write_refused(f->store, set, FAIL_RIGHT, "kept by another node");
    assert_verified(f->store);
    ranges_free(r);
    fixture_free(f);
    fixture_free(far);
}

/* A node that made a record under a third one's number, or ours: of all it sends nothing is taken,
 * not even what came before it. */
static void test_copy_numbers(void)
{
    Fixture *f = fixture_new(), *far = fixture_new();
    const CopyRow copy = other_node();
    g_autoptr(GError) error = NULL;
    const RecordKey own = {OTHER, store_new_id(far->store)}, third = {OTHER, id_make(9, 0, 7)};
    Ranges *r;
    Replay *p = NULL;
    Record *none;

    for (int i = 0; i < 2; i++) {
        Draft *make = draft_new(far->arena, CHANGE_CREATE, far->elder, i == 0 ? own : third);

        draft_text(make, "name", "王桂兰");
        write_ok(far->store, make);
    }
    g_assert_true(store_put_copy(f->store, &copy, STR("li"), STR("test"), &error));
    r = ranges_of(far->store, 1000);
    p = replay_new_copy(f->store);
    for (guint i = 0; i < r->heads->len; i++) {
        const RangeHead *h = &g_array_index(r->heads, RangeHead, i);

        if (h->county == OTHER)
            g_assert_false(replay_range(p, h, range_payload(r, i), &error));
    }
    words_in(error, FAIL_INPUT, "is one of node 9 and not of node 0, which sent it; nothing of");
    g_assert_false(store_record(f->store, f->elder, own, f->arena, &none, NULL));
    replay_free(p);
    assert_verified(f->store);
    ranges_free(r);
    fixture_free(f);
    fixture_free(far);
}

/* Whoever calls a county of ours another node's behind the program's back would exempt it. */
static void test_copy_forged(void)
{
    Fixture *f = fixture_new();
    const CopyRow copy = other_node();
    RecordKey key = {OTHER, store_new_id(f->store)};
    Draft *make = draft_new(f->arena, CHANGE_CREATE, f->elder, key);
    g_autoptr(GError) error = NULL;
    VerifyReport v;

    draft_text(make, "name", "王桂兰");
    write_ok(f->store, make);
    g_assert_false(store_put_copy(f->store, &copy, STR("li"), STR("test"), &error));
    words_in(error, FAIL_CONFLICT, "has entries that were written here");
    tamper(f, "INSERT INTO copied(county,node,home,place,key) "
              "VALUES(360313,5,360313,'360313',zeroblob(65))");
    g_assert_true(store_verify(f->store, f->arena, &v, NULL));
    g_assert_false(v.ok);
    g_assert_nonnull(g_strstr_len(v.first_fault.at, (gssize)v.first_fault.len,
                                  "is said to be another node's, and no entry says so"));
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/range/text", test_text);
    g_test_add_func("/range/limit", test_limit);
    g_test_add_func("/replay/refused", test_refused);
    g_test_add_func("/replay/erased", test_erased);
    g_test_add_func("/replay/erased-after-it-came-back", test_erased_revived);
    g_test_add_func("/copies/read-only", test_copy);
    g_test_add_func("/copies/forged", test_copy_forged);
    g_test_add_func("/copies/numbers", test_copy_numbers);
    return g_test_run();
}
