/* policy.c — which documents a database runs by: those stored in it; others are put in force by a
 * command that says so, by who may, and change nothing before. */
#include "house.h"

static const char more_text[] =
    "---\n"
    "document: house-more\ntitle: 补充\ntitle en: More\nlayer: place\nplace: 990300\n"
    "in force: 2020-03-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 补充 / More\n\n"
    "```anlao\n"
    "param amount : money = %d yuan\n"
    "benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n"
    "  when income < 1000 yuan\n  pay amount }\n"
    "```\n";

static void write_more(House *h, int amount)
{
    g_autofree char *text = g_strdup_printf(more_text, amount);
    house_write(h, "packs/more.md", text, NULL);
}

static Care *open_other(House *h, const char *packs, GError **error)
{
    Care *c = NULL;
    const CareOptions o = {h->uri, packs, h->keys, false};
    care_open(&o, &c, error);
    return c;
}

static int64_t watermark(House *h)
{
    int64_t seq = 0;
    g_assert_true(store_watermark(h->care->store, &seq, NULL));
    return seq;
}

/* Whoever opens gets what is in force; who names other documents is told, and nothing is written.
 */
static void test_opening_changes_nothing(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    int64_t before = watermark(h);
    write_more(h, 50);
    g_autoptr(Care) stored = open_other(h, NULL, &error);
    g_assert_no_error(error);
    g_assert_null(model_rule(care_model(stored), STR("aid")));
    g_assert_null(open_other(h, h->packs, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "anlao policy"));
    g_assert_cmpint(watermark(h), ==, before);
}

static Model *read_packs(House *h)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GError) error = NULL;
    Model *m = model_read_packs(h->packs, "990300", ds, &error);
    g_assert_no_error(error);
    return m;
}

static void test_put_in_force(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    const Session *clerk = house_session(h, "clerk", "clerk", "990302", 0);
    PolicyDifference d;
    write_more(h, 50);
    g_autoptr(Model) m = read_packs(h);
    g_assert_true(policy_compare(h->care, m, h->arena, &d, &error));
    g_assert_cmpint(d.version, ==, 1);
    g_assert_false(d.same);
    g_assert_cmpuint(d.n_documents, ==, 1);
    g_assert_true(str_is(d.documents[0].name, "house-more"));
    g_assert_cmpint(d.documents[0].how, ==, POLICY_NEW);
    g_assert_cmpuint(d.n_rules, ==, 1);
    int64_t before = watermark(h);
    g_assert_false(policy_replace(h->care, clerk, m, STR(""), h->arena, &d, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_RIGHT);
    g_clear_error(&error);
    g_assert_cmpint(watermark(h), ==, before);
    house_put_in_force(h);
    g_assert_cmpint(watermark(h), ==, before + 1);
    g_assert_nonnull(model_rule(care_model(h->care), STR("aid")));
    g_assert_true(policy_compare(h->care, m, h->arena, &d, &error));
    g_assert_true(d.same);
    g_assert_cmpint(d.version, ==, 2);
}

/* Only the rules that differ, from the month on in which they do. */
static void test_difference(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    PolicyDifference d;
    write_more(h, 50);
    house_put_in_force(h);
    write_more(h, 60);
    g_autoptr(Model) other = read_packs(h);
    g_assert_true(policy_compare(h->care, other, h->arena, &d, &error));
    g_assert_cmpuint(d.n_documents, ==, 1);
    g_assert_cmpint(d.documents[0].how, ==, POLICY_CHANGED);
    g_assert_cmpuint(d.n_rules, ==, 1);
    Month march;
    g_assert_true(month_parse(STR("2020-03"), &march));
    g_assert_cmpint(d.rules[0].from, ==, march);
    /* Prose says nothing otherwise. */
    g_autofree char *text = g_strdup_printf(more_text, 50);
    g_autofree char *longer = g_strconcat(text, "\n说明。\n\n> A note.\n", NULL);
    house_write(h, "packs/more.md", longer, NULL);
    g_autoptr(Model) prose = read_packs(h);
    g_assert_true(policy_compare(h->care, prose, h->arena, &d, &error));
    g_assert_false(d.same);
    g_assert_cmpuint(d.n_rules, ==, 0);
    /* The documents of before can be had again. */
    house_put_in_force(h);
    Model *first = NULL;
    g_assert_true(policy_model(h->care, 1, &first, &error));
    g_assert_null(model_rule(first, STR("aid")));
    model_unref(first);
    g_assert_false(policy_model(h->care, 9, &first, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_ABSENT);
}

static void test_another_schema(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    PolicyDifference d;
    house_write(h, "packs/more.md",
                "---\ndocument: house-more\ntitle: 补充\nlayer: model\nin force: 2020-01-01\n"
                "builds on: house-model\n---\n\n# 一 更多 / More\n\n```anlao\n"
                "enum thing \"物\" / \"thing\" { one \"一\" / \"one\" }\n```\n",
                NULL);
    g_autoptr(Model) m = read_packs(h);
    g_assert_false(policy_compare(h->care, m, h->arena, &d, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_nonnull(strstr(error->message, "thing"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/policy/opening_changes_nothing", test_opening_changes_nothing);
    g_test_add_func("/care/policy/put_in_force", test_put_in_force);
    g_test_add_func("/care/policy/difference", test_difference);
    g_test_add_func("/care/policy/another_schema", test_another_schema);
    return g_test_run();
}
