/* search.c — finding people by what one remembers of a name. */
#include "fixture.h"

static size_t hits(Fixture *f, const Entity *e, const char *words, size_t most)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    RecordKey *keys = NULL;
    size_t n = 0;

    g_assert_true(store_search(f->store, e, str_of(words), most, a, &keys, &n, &error));
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        g_assert_cmpint(keys[i].county, ==, COUNTY);
    return n;
}

static void test_characters(void)
{
    Fixture *f = fixture_new();

    elder_new(f, "李秀英", NULL);
    elder_new(f, "李英秀", NULL);
    elder_new(f, "王秀英", NULL);
    elder_new(f, "欧阳秀", NULL);
    g_assert_cmpuint(hits(f, f->elder, "秀英", 50), ==, 2);
    g_assert_cmpuint(hits(f, f->elder, "李秀英", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->elder, " 李 秀英 ", 50), ==, 1);
    /* One character is a beginning, not anywhere. */
    g_assert_cmpuint(hits(f, f->elder, "李", 50), ==, 2);
    g_assert_cmpuint(hits(f, f->elder, "秀", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "赵", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "赵四", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "李", 1), ==, 1);
    fixture_free(f);
}

static void test_letters(void)
{
    Fixture *f = fixture_new();

    facility_new(f, "A1", "Sunny Home 安源养老院");
    facility_new(f, "B2", "ABCBC");
    g_assert_cmpuint(hits(f, f->facility, "sunny", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "NNY HO", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->facility, "养老", 50), ==, 1);
    /* Its bigrams are all there, the word is not. */
    g_assert_cmpuint(hits(f, f->facility, "cbcb", 50), ==, 0);
    fixture_free(f);
}

static void test_renamed_and_ended(void)
{
    Fixture *f = fixture_new();
    RecordKey key = elder_new(f, "李秀英", NULL);
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, key);

    draft_text(d, "name", "李淑芬");
    write_ok(f->store, d);
    g_assert_cmpuint(hits(f, f->elder, "秀英", 50), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "淑芬", 50), ==, 1);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, key));
    g_assert_cmpuint(hits(f, f->elder, "淑芬", 50), ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram"), ==, 0);
    fixture_free(f);
}

/* Large chunks put the grams off; what is changed meanwhile must come out right. */
static void test_put_off(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    g_autofree Change *changes = g_new0(Change, 1000);

    elders_make(f, f->arena, changes, 1000, 5);
    changes[7].fields[0].value.text = STR("诸葛孔明");
    changes[8].fields[0].value.text = STR("诸葛孔明");
    changes[9].fields[0].value.text = STR("诸葛孔明");
    g_assert_true(store_write_chunk(f->store, changes, 1000, NULL, &error));
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram"), ==, 0);
    Draft *d = draft_new(f->arena, CHANGE_CORRECT, f->elder, changes[8].key);

    draft_text(d, "name", "司马懿");
    write_ok(f->store, d);
    write_ok(f->store, draft_new(f->arena, CHANGE_END, f->elder, changes[9].key));
    g_assert_cmpuint(hits(f, f->elder, "孔明", 50), ==, 1);
    g_assert_cmpuint(hits(f, f->elder, "司马", 50), ==, 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram_due"), ==, 0);
    /* The end of the process settles what no search asked for. */
    elders_make(f, f->arena, changes, 1000, 6);
    g_assert_true(store_write_chunk(f->store, changes, 1000, NULL, &error));
    fixture_reopen(f);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM gram_due"), ==, 0);
    g_assert_cmpuint(hits(f, f->elder, "李", 5000), >, 100);
    fixture_free(f);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/search/characters", test_characters);
    g_test_add_func("/search/letters", test_letters);
    g_test_add_func("/search/renamed-and-ended", test_renamed_and_ended);
    g_test_add_func("/search/put-off", test_put_off);
    return g_test_run();
}
