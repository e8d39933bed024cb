/* semantics_added.c — what two places add by one word is two things (semantics 50), also in a node
 * that holds the documents of both. */
#include "case.h"

static const char shared[] =
    "---\ndocument: shared\ntitle: 共用\nlayer: national\nin force: 2019-01-01\n---\n\n"
    "## 一 地方 / Places\n\n```anlao\nregions\n```\n\n"
    "| code | name | name en | level | parent | managing | county | since |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    "| 360300 | 萍乡市 | Pingxiang | city | | | | 1970-01-01 |\n"
    "| 360302 | 安源区 | Anyuan | district | 360300 | | 1 | 1970-01-01 |\n"
    "| 360313 | 湘东区 | Xiangdong | district | 360300 | | 2 | 1970-01-01 |\n"
    "| 360313001 | 峡山口 | Xiashankou | street | 360313 | | | 1970-01-01 |\n\n"
    "```anlao\n"
    "enum home_kind { nursing \"护理\"; mutual \"互助\" }\n"
    "entity elder {\n place home\n born date\n home region dated\n lives_in home_kind\n}\n"
    "benefit of_mutual { for elder\n every month on last day\n when lives_in = mutual\n"
    " pay 1 yuan }\n"
    "```\n";

/* To Anyuan merit is points, and a happy home a good one; to Xiangdong merit is a yes or no. */
static const char anyuan[] =
    "---\ndocument: anyuan-2020\ntitle: 安源\nlayer: place\nplace: 360302\nin force: 2019-06-01\n"
    "builds on: shared\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "extend elder { merit int \"积分\" }\n"
    "extend home_kind { happy \"幸福院\" is mutual }\n"
    "benefit by_points { for elder\n every month on last day\n when merit >= 10\n pay 20 yuan }\n"
    "benefit happy_here { for elder\n every month on last day\n when lives_in = happy\n"
    " pay 3 yuan }\n"
    "```\n";

static const char xiangdong[] =
    "---\ndocument: xiangdong-2020\ntitle: 湘东\nlayer: place\nplace: 360313\nin force: "
    "2019-06-01\n"
    "builds on: shared\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "extend elder { merit bool \"表彰\" }\n"
    "extend home_kind { happy \"幸福院\" is nursing }\n"
    "benefit by_merit { for elder\n every month on last day\n when merit\n pay 30 yuan }\n"
    "benefit happy_there { for elder\n every month on last day\n when lives_in = happy\n"
    " pay 4 yuan }\n"
    "```\n";

/* A street of Xiangdong means what Xiangdong means. */
static const char street[] =
    "---\ndocument: xiashankou-2021\ntitle: 峡山口\nlayer: place\nplace: 360313001\n"
    "in force: 2019-06-01\nbuilds on: xiangdong-2020\n---\n\n## 一 补充 / More\n\n```anlao\n"
    "benefit street_merit { for elder\n every month on last day\n when merit and lives_in = happy\n"
    " pay 5 yuan }\n"
    "```\n";

static Case *of_both(void)
{
    const char *texts[] = {shared, anyuan, xiangdong, street, NULL};
    Case *c = case_of_documents(texts);

    case_record(c, "elder", "home=360302 anyuan-2020/merit=12 lives_in=anyuan-2020/happy");
    case_record(c, "elder",
                "home=360313001 xiangdong-2020/merit=yes lives_in=xiangdong-2020/happy");
    case_record(c, "elder", "home=360313 xiangdong-2020/merit=no lives_in=nursing");
    case_record(c, "elder", "home=360302 lives_in=mutual");
    return c;
}

static void test_50_field_of_two_places(void)
{
    g_autoptr(Case) c = of_both();

    case_expect(c, "by_points", 0, "2020-06", "yes 20.00");
    case_expect(c, "by_merit", 0, "2020-06", "outside");
    case_expect(c, "by_merit", 1, "2020-06", "yes 30.00");
    case_expect(c, "by_merit", 2, "2020-06", "no");
    case_expect(c, "street_merit", 1, "2020-06", "yes 5.00");
    case_expect(c, "by_points", 3, "2020-06", "unknown elder.anyuan-2020/merit");
}

/* One node that holds both counts each code as its own wider one. */
static void test_50_code_of_two_places(void)
{
    g_autoptr(Case) c = of_both();

    case_expect(c, "happy_here", 0, "2020-06", "yes 3.00");
    case_expect(c, "happy_there", 1, "2020-06", "yes 4.00");
    case_expect(c, "of_mutual", 0, "2020-06", "yes 1.00");
    case_expect(c, "of_mutual", 1, "2020-06", "no"); /* there it counts as nursing */
    case_expect(c, "of_mutual", 3, "2020-06", "yes 1.00");
}

/* What each is called: by itself while it is the only one, by its document beside another. */
static void test_50_names(void)
{
    const char *one[] = {shared, anyuan, NULL};
    g_autoptr(Case) alone = case_of_documents(one);
    g_autoptr(Case) both = of_both();
    const Entity *e = model_entity(alone->m, STR("elder")),
                 *of = model_entity(both->m, STR("elder"));
    const Field *f = entity_field(e, STR("merit"));

    g_assert_nonnull(f);
    g_assert_true(str_is(field_stored(f), "anyuan-2020/merit"));
    g_assert_true(entity_field(e, STR("anyuan-2020/merit")) == f);
    g_assert_null(entity_field(of, STR("merit")));
    f = entity_field(of, STR("xiangdong-2020/merit"));
    g_assert_nonnull(f);
    g_assert_cmpint(f->type.kind, ==, KIND_BOOL);
    g_assert_true(str_is(field_word(f), "merit"));
    g_assert_true(str_is(field_stored(entity_field(of, STR("born"))), "born"));

    const Enum *kinds = model_enum(both->m, STR("home_kind"));

    g_assert_null(enum_code(kinds, STR("happy")));
    g_assert_null(enum_code(kinds, STR("幸福院"))); /* whose? */
    g_assert_nonnull(enum_code(kinds, STR("anyuan-2020/happy")));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/semantics/50/field-of-two-places", test_50_field_of_two_places);
    g_test_add_func("/semantics/50/code-of-two-places", test_50_code_of_two_places);
    g_test_add_func("/semantics/50/names", test_50_names);
    return g_test_run();
}
