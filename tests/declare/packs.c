/* The documents of packs/ are read without a mistake, for a place and for all. */
#include "fixture.h"

static void assert_reads(const char *place)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) m = model_read_packs(g_getenv("PACKS"), place, ds, &error);
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < ds->list->len; i++)
        if (((const Diag *)ds->list->pdata[i])->severity == DIAG_ERROR)
            diag_print(ds->list->pdata[i], out);
    g_assert_cmpstr(out->str, ==, "");
    g_assert_nonnull(m);
}

static void all_documents_are_read(void)
{
    assert_reads(NULL);
}

static void documents_of_a_place_are_read(void)
{
    assert_reads("360300");
    assert_reads("3603J1");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/packs/all", all_documents_are_read);
    g_test_add_func("/packs/place", documents_of_a_place_are_read);
    return g_test_run();
}
