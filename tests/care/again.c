/* again.c — a file of many people that is sent again, with little or nothing changed in it. */
#include "house.h"

#include "care/import.h"

static void import_text(House *h, const char *text, ImportReport *ret)
{
    const ImportOptions o = {.made_up = false};
    g_autoptr(GError) error = NULL;
    g_autofree char *path = NULL;
    house_write(h, "file.csv", text, &path);
    care_import(h->care, h->local, house_entity(h, "elder"), path, &o, h->arena, ret, &error);
    g_assert_no_error(error);
}

static void assert_counts(const ImportReport *r, uint64_t accepted, uint64_t changed,
                          uint64_t unchanged)
{
    g_assert_cmpuint(r->accepted, ==, accepted);
    g_assert_cmpuint(r->changed, ==, changed);
    g_assert_cmpuint(r->unchanged, ==, unchanged);
    g_assert_cmpuint(r->rejected, ==, 0);
}

/* 600 people of two counties, found by their file number or by the number they were born with. */
static char *crowd(House *h, unsigned phones, unsigned towns, bool by_number)
{
    GString *text = g_string_new(by_number ? "姓名,出生日期,身份证号,联系电话,常住地\n"
                                           : "姓名,出生日期,身份证号,联系电话,常住地,档案编号\n");
    for (unsigned i = 0; i < 600; i++) {
        bool moved = towns > 0 && i % towns == 0;
        g_string_append_printf(text, "甲%s,1940-05-01,%s,139%08u,%s", i % 2 ? "某" : "另",
                               house_number(h, i + 1),
                               i + (phones > 0 && i % phones == 0 ? 5000 : 0),
                               i % 5 == 0 ? "990313101"
                               : moved    ? "990302102"
                                          : "990302101");
        g_string_append_printf(text, by_number ? "\n" : ",F%u\n", i);
    }
    return g_string_free(text, FALSE);
}

/* Records are read some fifty at a time: each row is held against its own. */
static void test_many_changed(void)
{
    g_autoptr(House) h = house_new(false);
    g_autofree char *first = crowd(h, 0, 0, false), *phones = crowd(h, 7, 0, false);
    g_autofree char *towns = crowd(h, 7, 11, true);
    ImportReport r;

    import_text(h, first, &r);
    assert_counts(&r, 600, 0, 0);
    import_text(h, first, &r);
    assert_counts(&r, 0, 0, 600);
    import_text(h, phones, &r);
    assert_counts(&r, 0, 86, 514);
    import_text(h, towns, &r); /* of 55, eleven live in the other county */
    assert_counts(&r, 0, 44, 556);
    import_text(h, towns, &r);
    assert_counts(&r, 0, 0, 600);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/again/many-changed", test_many_changed);
    return g_test_run();
}
