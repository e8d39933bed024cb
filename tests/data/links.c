/* links.c — who refers to whom: now, once, and while references change. */
#include "data/links.h"

static Batch *stays(size_t rows)
{
    return batch_new("stay", rows, 1);
}

static char *listed(const Links *l, uint64_t to)
{
    GString *text = g_string_new(NULL);
    size_t n = 0;
    const uint32_t *rows = links_of(l, to, &n);

    for (size_t i = 0; i < n; i++)
        g_string_append_printf(text, "%s%u", i > 0 ? " " : "", rows[i]);
    return g_string_free(text, FALSE);
}

static void assert_listed(const Links *l, uint64_t to, const char *expect)
{
    g_autofree char *text = listed(l, to);

    g_assert_cmpstr(text, ==, expect);
}

static void test_plain(void)
{
    g_autoptr(Batch) b = stays(6);
    Column *c = batch_add(b, 0, KIND_REF, PHYSICAL_I32, false);
    const int facility[] = {2, 0, 2, 9, ROW_NONE};

    for (size_t i = 0; i < 5; i++)
        column_set(c, i, facility[i]);
    Links *l = links_new(c), *none = links_new(NULL);

    assert_listed(l, 0, "1");
    assert_listed(l, 1, "");
    assert_listed(l, 2, "0 2");
    assert_listed(l, 9, "3");
    assert_listed(l, 10, "");
    assert_listed(l, UINT64_MAX, "");
    assert_listed(none, 0, "");
    links_unref(l);
    links_unref(none);
}

/* Who moved is listed with the old home and the new one, once with each. */
static void test_once(void)
{
    g_autoptr(Batch) b = stays(2);
    Column *c = batch_add(b, 0, KIND_REF, PHYSICAL_I32, true);
    const Period moves[] = {
        {0, 100, 200, true, 1}, {0, 200, 300, true, 3},       {0, 300, DATE_MAX, true, 1},
        {1, 100, 150, true, 3}, {1, 150, DATE_MAX, false, 0},
    };

    column_set_periods(b, c, moves, G_N_ELEMENTS(moves));
    column_finish(b, c);
    Links *l = links_new(c);

    assert_listed(l, 1, "0");
    assert_listed(l, 3, "0 1");
    links_unref(l);
}

static GArray *ends(int64_t a, int64_t b)
{
    GArray *to = g_array_new(FALSE, FALSE, sizeof(int64_t));

    if (a >= 0)
        g_array_append_val(to, a);
    if (b >= 0)
        g_array_append_val(to, b);
    return to;
}

/* A copy changes, what it was copied from does not. */
static void test_moves(void)
{
    g_autoptr(Batch) b = stays(3);
    Column *c = batch_add(b, 0, KIND_REF, PHYSICAL_I32, false);
    g_autoptr(GArray) zero = ends(0, -1), one = ends(1, -1), both = ends(0, 7), none = ends(-1, -1);

    for (size_t i = 0; i < 3; i++)
        column_set(c, i, i == 2);
    Links *old = links_new(c), *l = links_copy(old);

    links_move(l, 0, zero, one);
    links_move(l, 1, zero, both);
    links_move(l, 3, none, one); /* a new record */
    assert_listed(l, 0, "1");
    assert_listed(l, 1, "2 0 3");
    assert_listed(l, 7, "1");
    Links *next = links_copy(l);

    links_move(next, 3, one, none);
    assert_listed(next, 1, "2 0");
    assert_listed(l, 1, "2 0 3");
    assert_listed(old, 0, "0 1");
    assert_listed(old, 1, "2");
    links_unref(next);
    links_unref(l);
    links_unref(old);
}

static void test_dataset(void)
{
    g_autoptr(Dataset) d = dataset_new(2);
    Batch *b = stays(2);
    Column *c = batch_add(b, 0, KIND_REF, PHYSICAL_I32, false);

    d->batches[1] = b;
    column_set(c, 0, 4);
    column_set(c, 1, 4);
    const Links *l = dataset_links(d, 1, 0);

    assert_listed(l, 4, "0 1");
    g_assert_true(dataset_links(d, 1, 0) == l);
    assert_listed(dataset_links(d, 0, 0), 4, ""); /* no such records */
    dataset_put_links(d, 1, 0, links_new(NULL));
    assert_listed(dataset_links(d, 1, 0), 4, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/links/plain", test_plain);
    g_test_add_func("/links/once", test_once);
    g_test_add_func("/links/moves", test_moves);
    g_test_add_func("/links/dataset", test_dataset);
    return g_test_run();
}
