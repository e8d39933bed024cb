/* Which documents hold for a place. */
#include "fixture.h"

#include "base/file.h"

#include <glib/gstdio.h>

/* Two cities of one province; 3603J1 lies in 3603 by its row, not by its digits. */
static const char *const documents[][2] = {
    {"model.md", "---\ndocument: base\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n"},
    {"national.md",
     "---\ndocument: national\ntitle: x\nlayer: national\nin force: 2020-01-01\n---\n"},
    {"province.md",
     "---\ndocument: province\ntitle: x\nlayer: place\nplace: 36\nin force: 2020-01-01\n---\n\n# 1 "
     "x\n\n"
     "```anlao\nregions\n```\n\n| code | name | level | parent |\n| --- | --- | --- | --- |\n"
     "| 36 | 省 | province | |\n| 3603 | 甲市 | city | 36 |\n| 3604 | 乙市 | city | 36 |\n"
     "| 36XX99 | 经开区 | county | 3603 |\n| 360401 | 县 | county | 3604 |\n"},
    {"a/city.md",
     "---\ndocument: city-a\ntitle: x\nlayer: place\nplace: 3603\nin force: 2020-01-01\n---\n"},
    {"a/zone.md",
     "---\ndocument: zone\ntitle: x\nlayer: place\nplace: 36XX99\nin force: 2020-01-01\n---\n"},
    {"b/city.md",
     "---\ndocument: city-b\ntitle: x\nlayer: place\nplace: 3604\nin force: 2020-01-01\n---\n"},
    {"b/county.md", "---\ndocument: county-b\ntitle: x\nlayer: place\nplace: 360401\n"
                    "in force: 2020-01-01\n---\n\n# 1 x\n\n```anlao\nparam wrong\n```\n"},
};

static char *make_packs(void)
{
    g_autoptr(GError) error = NULL;
    char *folder = g_dir_make_tmp("anlao-packs-XXXXXX", &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autofree char *path = g_build_filename(folder, documents[i][0], NULL);
        g_autofree char *inside = g_path_get_dirname(path);
        g_mkdir_with_parents(inside, 0700);
        g_assert_true(g_file_set_contents(path, documents[i][1], -1, NULL));
    }
    return folder;
}

static void remove_packs(char *folder)
{
    static const char *const folders[] = {"a", "b", ""};
    for (size_t i = 0; i < G_N_ELEMENTS(documents); i++) {
        g_autofree char *path = g_build_filename(folder, documents[i][0], NULL);
        g_unlink(path);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        g_autofree char *path = g_build_filename(folder, folders[i], NULL);
        g_rmdir(path);
    }
    g_free(folder);
}

static void assert_documents(const char *folder, const char *place, const char *want)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) m = model_read_packs(folder, place, ds, &error);
    g_assert_no_error(error);
    g_autoptr(GString) names = g_string_new(NULL);
    for (size_t i = 0; m != NULL && i < m->n_documents; i++)
        g_string_append_printf(names, "%s%.*s", i > 0 ? " " : "", STR_ARG(m->documents[i]->name));
    g_assert_cmpstr(names->str, ==, want);
}

static void documents_of_the_place_above_and_below_hold(void)
{
    char *folder = make_packs();
    assert_documents(folder, "3603", "base national city-a province zone");
    assert_documents(folder, "36XX99", "base national city-a province zone");
    remove_packs(folder);
}

/* What is wrong elsewhere is not reported here; a place nobody knows is no place. */
static void mistakes_elsewhere_do_not_matter(void)
{
    char *folder = make_packs();
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(Model) m = model_read_packs(folder, "3604", ds, &error);
    g_assert_null(m);
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpuint(ds->errors, ==, 1);
    g_clear_error(&error);
    g_assert_null(model_read_packs(folder, "9999", ds, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_clear_error(&error);
    g_assert_null(model_read_packs("/nowhere/at/all", NULL, ds, &error));
    g_assert_nonnull(error);
    remove_packs(folder);
}

static void note_stack(void *context, const char *place, Model *m, Diags *diags)
{
    GString *seen = context;
    g_string_append_printf(seen, "%s: %u errors,", place != NULL ? place : "-", diags->errors);
    for (size_t i = 0; m != NULL && i < m->n_documents; i++)
        g_string_append_printf(seen, " %.*s", STR_ARG(m->documents[i]->name));
    g_string_append(seen, "\n");
    model_unref(m);
    diags_free(diags);
}

/* The province's document lies above both cities: one stack holds all. */
static void one_stack_where_one_place_lies_above_all(void)
{
    char *folder = make_packs();
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_true(packs_each(folder, note_stack, seen, NULL));
    g_assert_cmpstr(seen->str, ==, "36: 1 errors,\n");
    remove_packs(folder);
}

/* Two cities with nothing above them are two stacks, and a mistake of one is not the other's. */
static void a_stack_for_each_place_on_its_own(void)
{
    char *folder = make_packs();
    g_autofree char *province = g_build_filename(folder, "province.md", NULL), *text = NULL;
    g_assert_true(g_file_get_contents(province, &text, NULL, NULL));
    g_autofree char *anywhere = NULL;
    char **parts = g_strsplit(text, "layer: place\nplace: 36\n", 2);
    anywhere = g_strjoinv("layer: national\n", parts);
    g_strfreev(parts);
    g_assert_true(g_file_set_contents(province, anywhere, -1, NULL));
    g_autoptr(GString) seen = g_string_new(NULL);
    g_assert_true(packs_each(folder, note_stack, seen, NULL));
    g_assert_cmpstr(seen->str, ==,
                    "3603: 0 errors, base national province city-a zone\n3604: 1 errors,\n");
    remove_packs(folder);
}

static void parents_stand_before_children(void)
{
    g_autoptr(Diags) ds = diags_new();
    DocumentFile file = {
        "x.md",
        STR("---\ndocument: x\ntitle: x\nlayer: model\nin force: 2020-01-01\n---\n\n# 1 x\n\n"
            "```anlao\nregions\n```\n\n| county | code | name | level | parent | until |\n"
            "| --- | --- | --- | --- | --- | --- |\n| 7 | 360302 | 安源区 | county | 3603 | "
            "2030-01-01 |\n"
            "| | 3603 | 萍乡市 | city | | |\n| | 360301 | 同名 | county | 3603 | |\n"
            "| | 360303 | 同名 | county | 3603 | |\n")};
    g_autoptr(Model) m = model_read(&file, 1, ds);
    g_autofree char *text = fixture_diagnoses(ds);
    g_assert_cmpstr(text, ==, "");
    g_assert_cmpuint(m->n_regions, ==, 4);
    g_assert_true(str_is(m->regions[0].code, "3603"));
    g_assert_true(str_is(m->regions[1].code, "360302"));
    g_assert_cmpint(m->regions[1].county, ==, 7);
    g_assert_true(model_region(m, STR("安源区")) == &m->regions[1]);
    g_assert_true(model_region(m, STR("3603")) == &m->regions[0]);
    g_assert_null(model_region(m, STR("同名"))); /* two places of one name: the code is needed */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/place/one stack where one place lies above all",
                    one_stack_where_one_place_lies_above_all);
    g_test_add_func("/place/a stack for each place on its own", a_stack_for_each_place_on_its_own);
    g_test_add_func("/place/above-and-below", documents_of_the_place_above_and_below_hold);
    g_test_add_func("/place/elsewhere", mistakes_elsewhere_do_not_matter);
    g_test_add_func("/place/tree", parents_stand_before_children);
    return g_test_run();
}
