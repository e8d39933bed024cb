/* dated.c — facts have two times: the days they held, and the entry that made them known.
 * LAW storage 2, architecture law 8. */
#include "fixture.h"

/* Ability codes: intact mild moderate severe total. */
enum { INTACT, MILD, MODERATE, SEVERE, TOTAL };

static int64_t ability_set(Fixture *f, RecordKey key, int ability, const char *since)
{
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, key);

    draft_on(d, "ability", ability, since);
    return write_ok(f->store, d);
}

static void expect_ability(Fixture *f, RecordKey key, const char *on, int64_t known_at, int expect)
{
    int64_t v = -1;
    bool known = value_known_at(f, f->elder, key, "ability", on, known_at, &v);

    if (expect < 0) {
        g_assert_false(known);
    } else {
        g_assert_true(known);
        g_assert_cmpint(v, ==, expect);
    }
}

static void test_until_the_next(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    int64_t first = ability_set(f, key, MILD, "2020-01-01");
    int64_t second = ability_set(f, key, SEVERE, "2021-01-01");

    expect_ability(f, key, "2019-12-31", 0, -1);
    expect_ability(f, key, "2020-06-01", 0, MILD);
    expect_ability(f, key, "2021-01-01", 0, SEVERE);
    /* As known before the second entry, the first still held. */
    expect_ability(f, key, "2022-01-01", first, MILD);
    expect_ability(f, key, "2022-01-01", second, SEVERE);
    expect_ability(f, key, "2020-06-01", first - 1, -1);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_earlier_value_later_told(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);

    ability_set(f, key, SEVERE, "2021-01-01");
    int64_t told = ability_set(f, key, MILD, "2019-01-01");

    /* It holds until the next value, which nobody took back. */
    expect_ability(f, key, "2020-12-31", 0, MILD);
    expect_ability(f, key, "2021-01-01", 0, SEVERE);
    expect_ability(f, key, "2020-12-31", told - 1, -1);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_correction_back_in_time(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    int64_t before = ability_set(f, key, SEVERE, "2020-01-01");
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);

    draft_span(d, "ability", MODERATE, "2020-06-01", "2020-09-01");
    int64_t after = write_ok(f->store, d);

    expect_ability(f, key, "2020-07-01", before, SEVERE);
    expect_ability(f, key, "2020-07-01", after, MODERATE);
    expect_ability(f, key, "2020-05-31", after, SEVERE);
    expect_ability(f, key, "2020-09-01", after, SEVERE);

    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Fact *facts = NULL;
    size_t n = 0;

    store_periods(f->store, field_of(f->elder, "ability"), key, a, &facts, &n, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(n, ==, 3);
    g_assert_cmpint(facts[0].since, ==, day("2020-01-01"));
    g_assert_cmpint(facts[0].until, ==, day("2020-06-01"));
    g_assert_cmpint(facts[1].value.num, ==, MODERATE);
    g_assert_cmpint(facts[2].until, ==, DATE_MAX);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_correction_to_nothing(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);

    ability_set(f, key, MILD, "2019-01-01");
    int64_t wrong = ability_set(f, key, TOTAL, "2020-01-01");
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);

    /* The second value never was: the first is the latest again, though it ended. */
    draft_unknown(d, "ability", "2020-01-01");
    write_ok(f->store, d);
    expect_ability(f, key, "2020-02-01", wrong, TOTAL);
    expect_ability(f, key, "2020-02-01", 0, -1);
    expect_ability(f, key, "2019-12-31", 0, MILD);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_ended_without_successor(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    int64_t open = ability_set(f, key, MILD, "2019-01-01");
    Draft *d = draft_new(f->arena, CHANGE_SET, f->elder, key);

    draft_unknown(d, "ability", "2020-01-01");
    write_ok(f->store, d);
    expect_ability(f, key, "2019-12-31", 0, MILD);
    expect_ability(f, key, "2020-01-01", 0, -1);
    expect_ability(f, key, "2020-01-01", open, MILD);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_undated_replays(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);
    int64_t v = 0, then = 0, now = 0;

    draft_number(d, "born", day("1939-06-30"));
    d->change.reason = STR("the household book says so");
    now = write_ok(f->store, d);
    then = now - 1;
    g_assert_true(value_known_at(f, f->elder, key, "born", "2020-01-01", then, &v));
    g_assert_cmpint(v, ==, day("1940-06-30"));
    g_assert_true(value_known_at(f, f->elder, key, "born", "2020-01-01", now, &v));
    g_assert_cmpint(v, ==, day("1939-06-30"));
    g_assert_true(value_known_at(f, f->elder, key, "born", "2020-01-01", 0, &v));
    g_assert_cmpint(v, ==, day("1939-06-30"));
    /* Before the record was made it is not there at all. */
    g_assert_false(value_known_at(f, f->elder, key, "born", "2020-01-01", then - 1, &v));
    assert_verified(f->store);
    fixture_free(f);
}

static void test_ended_record(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", "36030219400630001X");
    int64_t v = 0;
    int64_t end = write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, key));
    Draft *again = draft_new(f->arena, CHANGE_SET, f->elder, key);

    g_assert_false(value_known_at(f, f->elder, key, "born", "2020-01-01", 0, &v));
    g_assert_true(value_known_at(f, f->elder, key, "born", "2020-01-01", end - 1, &v));
    draft_number(again, "height", 160);
    write_refused(f->store, again, FAIL_CONFLICT, "off the books");
    /* The number is free again. */
    elder_new(f, "李秀英", "36030219400630001X");
    assert_verified(f->store);
    fixture_free(f);
}

static void test_history_at_once(void)
{
    Fixture *f = fixture_new();
    RecordKey home = facility_new(f, "A1", "安源养老院");
    RecordKey other = facility_new(f, "B2", "幸福院");
    RecordKey key = {COUNTY, store_new_id(f->store)};
    Draft *d = draft_new(f->arena, CHANGE_CREATE, f->elder, key);
    int64_t v = 0;

    draft_text(d, "name", "王桂兰");
    draft_on(d, "ability", MILD, "2018-01-01");
    draft_on(d, "ability", SEVERE, "2020-01-01");
    draft_on(d, "ability", MODERATE, "2019-01-01");
    draft_on(d, "home", home.id, "2019-05-01");
    draft_on(d, "home", other.id, "2020-05-01");
    write_ok(f->store, d);
    expect_ability(f, key, "2018-12-31", 0, MILD);
    expect_ability(f, key, "2019-12-31", 0, MODERATE);
    expect_ability(f, key, "2020-01-01", 0, SEVERE);
    g_assert_true(value_known_at(f, f->elder, key, "home", "2019-06-01", 0, &v));
    g_assert_cmpint(v, ==, 0); /* row of the first facility */
    g_assert_true(value_known_at(f, f->elder, key, "home", "2020-06-01", 0, &v));
    g_assert_cmpint(v, ==, 1);
    assert_verified(f->store);
    fixture_free(f);
}

/* ---- at random, against days counted one by one ------------------------------------------- */

#define DAYS       40
#define STATEMENTS 120

typedef struct Told {
    int64_t seq;
    int values[DAYS]; /* -1 unknown; what was known after this entry */
} Told;

static void tell(Told *t, int since, int until, int value)
{
    for (int i = since; i < until; i++)
        t->values[i] = value;
}

static int next_start(const GArray *starts, int since)
{
    int next = DAYS;

    for (guint i = 0; i < starts->len; i++) {
        int s = g_array_index(starts, int, i);

        if (s > since)
            next = MIN(next, s);
    }
    return next;
}

/* Starts of live periods, from the store itself, as days since the first. */
static void starts_of(Fixture *f, RecordKey key, Date first, GArray *to)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    Fact *facts = NULL;
    size_t n = 0;

    store_periods(f->store, field_of(f->elder, "ability"), key, a, &facts, &n, &error);
    g_assert_no_error(error);
    g_array_set_size(to, 0);
    for (size_t i = 0; i < n; i++) {
        int since = facts[i].since - first;

        g_array_append_val(to, since);
    }
}

static void told_compare(Fixture *f, RecordKey key, Date first, const Told *t)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) data = NULL;
    const Column *c = NULL;
    const Batch *b = NULL;
    size_t row = 0;

    store_load(f->store, f->regions, t->seq, &data, &error);
    g_assert_no_error(error);
    b = data->batches[f->elder->number];
    while (b->ids[row] != key.id)
        row++;
    c = b->columns[field_of(f->elder, "ability")->index];
    for (int i = 0; i < DAYS; i++) {
        int64_t v = -1;
        bool known = column_at(c, row, first + i, &v);

        g_assert_cmpint(known ? v : -1, ==, t->values[i]);
    }
}

static void test_at_random(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    Date first = day("2020-01-01");
    g_autoptr(GArray) starts = g_array_new(FALSE, FALSE, sizeof(int));
    g_autofree Told *told = g_new0(Told, STATEMENTS + 1);

    for (int i = 0; i < DAYS; i++)
        told[0].values[i] = -1;
    for (int n = 1; n <= STATEMENTS; n++) {
        bool correct = g_test_rand_bit(), unknown = g_test_rand_int_range(0, 4) == 0;
        int since = g_test_rand_int_range(0, DAYS), until = DAYS;
        int value = unknown ? -1 : g_test_rand_int_range(0, 5);
        Draft *d = draft_new(f->arena, correct ? CHANGE_CORRECT : CHANGE_SET, f->elder, key);

        if (correct && g_test_rand_bit())
            until = g_test_rand_int_range(since + 1, DAYS + 1);
        draft_on(d, "ability", value, "2020-01-01");
        d->fields[0].value.known = !unknown;
        d->fields[0].since = first + since;
        d->fields[0].until = until == DAYS ? DATE_MAX : first + until;
        starts_of(f, key, first, starts);
        if (!correct)
            until = next_start(starts, since);
        told[n] = told[n - 1];
        tell(&told[n], since, until, value);
        told[n].seq = write_ok(f->store, d);
    }
    for (int n = 1; n <= STATEMENTS; n++)
        told_compare(f, key, first, &told[n]);
    assert_verified(f->store);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/dated/until-the-next", test_until_the_next);
    g_test_add_func("/dated/earlier-value-later-told", test_earlier_value_later_told);
    g_test_add_func("/dated/correction-back-in-time", test_correction_back_in_time);
    g_test_add_func("/dated/correction-to-nothing", test_correction_to_nothing);
    g_test_add_func("/dated/ended-without-successor", test_ended_without_successor);
    g_test_add_func("/dated/undated-replays", test_undated_replays);
    g_test_add_func("/dated/ended-record", test_ended_record);
    g_test_add_func("/dated/history-at-once", test_history_at_once);
    g_test_add_func("/dated/at-random", test_at_random);
    return g_test_run();
}
