/* Lists of places beside wider ones: what is compared with what, and the words for it. */
#include "declare/catalogue.h"

#include "base/file.h"

static Str read_with(Arena *a, const char *name)
{
    Str text;
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("MISTAKES"), "with", name, NULL);
    if (!file_read(a, path, 1 << 20, &text, &error))
        g_error("%s", error->message);
    return text;
}

static const char county[] =
    "---\ndocument: county\ntitle: 县清单\nlayer: place\nplace: 360302\nin force: 2022-01-01\n"
    "builds on: city-list\n---\n\n# 3 清单\n\n```anlao\nset basics\n```\n\n"
    "| item | group | standard | wait | content | lead |\n| --- | --- | --- | --- | --- | --- |\n"
    "| 探访 | 独居、空巢、失能 | 20 yuan | 30 | 电话、上门、视频 | 县民政局 |\n"
    "| 助餐 | 独居 | 7.5 yuan | | | |\n"
    "| 护理补贴 | 失能 | unset | 30 | | |\n"
    "| 理发 | 独居 | | | | |\n";

typedef struct Lists {
    Arena *a;
    Diags *ds;
    Model *m;
    const Catalogue *c;
} Lists;

static void lists_init(Lists *x)
{
    x->a = arena_new();
    x->ds = diags_new();
    const DocumentFile files[] = {{"base.md", read_with(x->a, "base.md")},
                                  {"lists.md", read_with(x->a, "lists.md")},
                                  {"city-list.md", read_with(x->a, "city-list.md")},
                                  {"county.md", str_of(county)}};
    x->m = model_read(files, G_N_ELEMENTS(files), x->ds);
    g_assert_nonnull(x->m);
    x->c = model_catalogue(x->m, STR("basics"));
    g_assert_nonnull(x->c);
}

static void lists_clear(Lists *x)
{
    model_unref(x->m);
    diags_free(x->ds);
    arena_free(x->a);
}

static void each_list_is_compared_with_the_next_wider_one(void)
{
    Lists x;
    lists_init(&x);
    Date early = 18628 /* 2021-01-01 */, later = 19358 /* 2023-01-01 */;
    const CatalogueVersion *nation = catalogue_own(x.c, STR(""), later);
    const CatalogueVersion *city = catalogue_own(x.c, STR("360300"), early);
    const CatalogueVersion *own = catalogue_own(x.c, STR("360302"), later);
    g_assert_cmpuint(x.c->n_versions, ==, 4);
    g_assert_nonnull(own);
    g_assert_null(catalogue_own(x.c, STR("360302"), early));
    g_assert_true(catalogue_wider(x.m, city, early) == nation);
    g_assert_null(catalogue_wider(x.m, nation, early));
    /* The city's of 2023 took the place of that of 2021. */
    const CatalogueVersion *wider = catalogue_wider(x.m, own, later);
    g_assert_true(wider != city && str_is(wider->place, "360300"));
    g_assert_true(catalogue_wider(x.m, own, later - 1) == city);
    lists_clear(&x);
}

static void differences_are_named_in_both_languages(void)
{
    Lists x;
    lists_init(&x);
    size_t n;
    Date day = 19358;
    const CatalogueVersion *own = catalogue_own(x.c, STR("360302"), day);
    const CatalogueFit *all = catalogue_compare(catalogue_wider(x.m, own, day), own, x.a, &n);
    g_autoptr(GString) got = g_string_new(NULL);
    for (size_t i = 0; i < n; i++) {
        const CatalogueRow *r = all[i].wider != NULL ? all[i].wider : all[i].own;
        g_string_append_printf(got, "%.*s %d", STR_ARG(r->cells[x.c->key].text), all[i].fit);
        for (size_t k = 0; k < x.c->n_columns; k++) {
            Label words = catalogue_words(&all[i], x.c, k, x.a);
            if (words.en.len > 0)
                g_string_append_printf(got, " %.*s/%.*s", STR_ARG(words.zh), STR_ARG(words.en));
        }
        g_string_append_c(got, '\n');
    }
    g_assert_cmpint(FIT_MORE, ==, 2);
    g_assert_cmpstr(got->str, ==,
                    "探访 4 20元低于30元/20 yuan is below 30 yuan 30高于20/30 is above 20\n"
                    "助餐 4 少了失能/lacks incapacitated 7.5元低于8元/7.5 yuan is below 8 yuan\n"
                    "护理补贴 3 没有写（100元）/not stated (100 yuan)\n"
                    "巡护 5\n"
                    "理发 2\n");
    lists_clear(&x);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/semantics/47/lists-of-places", each_list_is_compared_with_the_next_wider_one);
    g_test_add_func("/catalogue/words", differences_are_named_in_both_languages);
    return g_test_run();
}
