/* access.c — the list a person is given of who looked at her file.
 * LAW storage, operations: reads are journalled in a chain per process, a reveal before the value
 * leaves. */
#include "house.h"

#include "base/limits.h"
#include "care/access.h"

static size_t looks(House *h, const Session *s, RecordKey key, LookLine **ret)
{
    g_autoptr(GError) error = NULL;
    size_t n = 0;

    record_lookers(h->care, s, house_entity(h, "elder"), key, 100, h->arena, ret, &n, &error);
    g_assert_no_error(error);
    return n;
}

static void look(House *h, const Session *s, RecordKey key)
{
    g_autoptr(GError) error = NULL;
    Record *r;

    record_get(h->care, s, house_entity(h, "elder"), key, 0, h->arena, &r, &error);
    g_assert_no_error(error);
}

static void test_list(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *li = house_session(h, "li", "clerk", "990302", 0),
                  *wang = house_session(h, "wang", "review", "990302", 0),
                  *village = house_session(h, "chen", "village", "990302101", 0);
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1)),
              other = house_elder(h, "乙某", "990302101", house_number(h, 2));
    HistoryLine *history;
    LookLine *lines;
    Str plain;
    size_t n = 0;

    look(h, li, key);
    look(h, li, key); /* the page again: the same look */
    look(h, village, key);
    look(h, li, other);
    g_assert_true(record_history(h->care, wang, house_entity(h, "elder"), key, 10, h->arena,
                                 &history, &n, &error));
    g_assert_true(record_reveal(h->care, li, house_field(h, "elder", "id_number"), key,
                                STR("补办社保卡"), h->arena, &plain, &error));
    n = looks(h, li, key, &lines);
    g_assert_cmpuint(n, ==, 4);
    g_assert_true(str_is(lines[0].what, "reveal") && str_is(lines[0].actor, "li"));
    g_assert_nonnull(
        memmem(lines[0].detail.at, lines[0].detail.len, "补办社保卡", strlen("补办社保卡")));
    g_assert_true(str_is(lines[1].what, "history") && str_is(lines[1].actor, "wang"));
    g_assert_true(str_is(lines[2].actor, "chen") && str_is(lines[3].actor, "li"));
    g_assert_cmpuint(looks(h, wang, other, &lines), ==, 1);

    /* not for everybody, and not beyond one's own region */
    g_assert_false(record_lookers(h->care, village, house_entity(h, "elder"), key, 9, h->arena,
                                  &lines, &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    const Session *far = house_session(h, "zhao", "clerk", "990313", 0);
    g_assert_false(record_lookers(h->care, far, house_entity(h, "elder"), key, 9, h->arena, &lines,
                                  &n, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);

    /* it is all there after a restart, and verify looks at it */
    look(h, li, other);
    house_close(h);
    house_open(h);
    VerifyReport v;
    g_assert_true(store_verify(h->care->store, h->arena, &v, &error));
    g_assert_true(v.ok);
    g_assert_cmpuint(v.looks, >=, 4);
    g_assert_cmpuint(looks(h, h->local, key, &lines), ==, 4);
}

/* When they cannot be written, nothing is shown any more. */
static void test_limit(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Entity *e = house_entity(h, "elder");
    RecordKey key = house_elder(h, "甲某", "990302101", house_number(h, 1));
    Record *r;

    for (unsigned i = 0; i < LIMIT_LOOKS_WAITING; i++)
        g_assert_true(
            access_note(h->care, h->local, e, (RecordKey){990302, 1000 + i}, "file", NULL));
    g_assert_false(record_get(h->care, h->local, e, key, 0, h->arena, &r, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_BUSY);
    g_clear_error(&error);
    g_assert_true(access_flush(h->care, &error));
    g_assert_true(record_get(h->care, h->local, e, key, 0, h->arena, &r, &error));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/access/list", test_list);
    g_test_add_func("/access/limit", test_limit);
    return g_test_run();
}
