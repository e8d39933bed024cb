/* The documents of packs/ are read without a mistake, for a place and for all places. */
#include "fixture.h"

static void assert_no_errors(const char *place, const Model *m, const Diags *ds)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        if (((const Diag *)ds->list->pdata[i])->severity == DIAG_ERROR)
            diag_print(ds->list->pdata[i], out);
    if (out->len > 0)
        g_test_message("place %s", place);
    g_assert_cmpstr(out->str, ==, "");
    g_assert_nonnull(m);
}

static void assert_reads(const char *place)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) m = model_read_packs(g_getenv("PACKS"), place, ds, &error);
    assert_no_errors(place, m, ds);
}

static void visit(void *context, const char *place, Model *m, Diags *ds)
{
    unsigned *n = context;
    ++*n;
    assert_no_errors(place, m, ds);
    model_unref(m);
    diags_free(ds);
}

static void all_documents_are_read(void)
{
    unsigned n = 0;
    g_assert_true(packs_each(g_getenv("PACKS"), visit, &n, NULL));
    g_assert_cmpuint(n, >=, 2);
}

static void documents_of_a_place_are_read(void)
{
    assert_reads("360300");
    assert_reads("3603J1");
    assert_reads("500154");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/packs/all", all_documents_are_read);
    g_test_add_func("/packs/place", documents_of_a_place_are_read);
    return g_test_run();
}
