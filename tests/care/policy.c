/* policy.c — which documents a database runs by: those stored in it; others are put in force by a
 * command that says so, by who may, and change nothing before. */
#include "house.h"

#include "../store/database.h"

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
    const char *named = arena_printf(h->arena, "按 %s 的要求", house_number(h, 1));
    g_assert_false(policy_replace(h->care, h->local, m, str_of(named), h->arena, &d, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT); /* it would be kept in clear */
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

/* ---- documents over documents (semantics 49) */

static const char amend_text[] =
    "---\n"
    "document: house-amend\ntitle: 修改\ntitle en: Amended\nlayer: place\nplace: 990302\n"
    "in force: 2020-05-16\nbuilds on: house-more\n"
    "---\n\n# 一 补助 / Aid\n\n"
    "```anlao\n"
    "amend benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n"
    "  when income < 2000 yuan\n  pay 80 yuan }\n"
    "```\n\n# 二 停止 / Ended\n\n"
    "```anlao\nend gone\n```\n";

static const char whole_text[] =
    "---\n"
    "document: house-more\ntitle: 补充\ntitle en: More\nlayer: place\nplace: 990300\n"
    "in force: 2020-03-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 补助 / Aid\n\n"
    "```anlao\n"
    "benefit aid \"补助\" / \"aid\" { for elder\n every month on last day\n"
    "  when income < 1000 yuan\n  pay 50 yuan\n  may be amended by county }\n"
    "benefit gone \"旧补\" / \"old aid\" { for elder\n every month on last day\n"
    "  when income < 1000 yuan\n  pay 5 yuan\n  may be amended by county }\n"
    "```\n";

static Month month_at(const char *text)
{
    Month m;
    g_assert_true(month_parse(str_of(text), &m));
    return m;
}

/* Only from the amendment's month on is anything decided anew. */
static void test_difference_of_an_amendment(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    PolicyDifference d;
    house_write(h, "packs/more.md", whole_text, NULL);
    house_put_in_force(h);
    house_write(h, "packs/amend.md", amend_text, NULL);
    g_autoptr(Model) next = read_packs(h);
    g_assert_true(policy_compare(h->care, next, h->arena, &d, &error));
    g_assert_cmpuint(d.n_documents, ==, 1);
    g_assert_cmpint(d.documents[0].how, ==, POLICY_NEW);
    g_assert_cmpuint(d.n_rules, ==, 2);
    for (size_t i = 0; i < d.n_rules; i++) {
        g_assert_cmpint(d.rules[i].how, ==, POLICY_CHANGED);
        g_assert_cmpint(d.rules[i].from, ==, month_at("2020-05"));
    }
    /* A later change of the amendment alone. */
    house_put_in_force(h);
    g_autofree char *other = g_strdup(amend_text);
    *strstr(other, "80 yuan") = '9';
    house_write(h, "packs/amend.md", other, NULL);
    g_autoptr(Model) third = read_packs(h);
    g_assert_true(policy_compare(h->care, third, h->arena, &d, &error));
    g_assert_cmpuint(d.n_rules, ==, 1);
    g_assert_cmpint(d.rules[0].from, ==, month_at("2020-05"));
}

static const ClauseItem *item_of(const DocumentView *v, DeclarationKind kind, const char *name)
{
    for (size_t i = 0; i < v->n_clauses; i++)
        for (size_t k = 0; k < v->clauses[i].n_items; k++)
            if (v->clauses[i].items[k].kind == kind && str_is(v->clauses[i].items[k].name, name))
                return &v->clauses[i].items[k];
    g_assert_not_reached();
}

/* Each clause counts whom it decides about, and says what stands for it, and for what it stands. */
static void test_living_document(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    house_write(h, "packs/more.md", whole_text, NULL);
    house_write(h, "packs/amend.md", amend_text, NULL);
    house_put_in_force(h);
    RecordKey first = house_elder(h, "甲某", "990302101", house_number(h, 1));
    RecordKey second = house_elder(h, "乙某", "990313101", house_number(h, 2));
    house_save(h, h->local, "elder", first, "income", "300", NULL);
    house_save(h, h->local, "elder", second, "income", "300", NULL);
    Month month = month_of(care_today(h->care));
    const Model *m = h->care->model;
    DocumentView city, county;
    Explanation x;

    document_view(h->care, h->local, model_document(m, STR("house-more")), ROW_NONE, month,
                  h->arena, &city, &error);
    g_assert_no_error(error);
    document_view(h->care, h->local, model_document(m, STR("house-amend")), ROW_NONE, month,
                  h->arena, &county, &error);
    g_assert_no_error(error);
    const ClauseItem *aid = item_of(&city, DECLARES_BENEFIT, "aid");
    const ClauseItem *amended = item_of(&county, DECLARES_AMEND, "aid");
    const ClauseItem *ended = item_of(&county, DECLARES_ENDS, "gone");
    g_assert_cmpuint(aid->yes, ==, 1); /* the other county's */
    g_assert_cmpint(aid->sum, ==, 5000);
    g_assert_cmpuint(aid->versions->n, ==, 2);
    g_assert_true(str_is(aid->versions->list[1].home.document->name, "house-amend"));
    g_assert_cmpuint(amended->yes, ==, 1);
    g_assert_cmpint(amended->sum, ==, 8000);
    g_assert_cmpuint(amended->version, ==, 1);
    g_assert_true(ended->versions->list[ended->version].ends);
    g_assert_cmpuint(item_of(&city, DECLARES_BENEFIT, "gone")->yes, ==, 1);
    g_assert_cmpint(county.clauses[0].state, ==, CLAUSE_RUNNING);
    g_assert_cmpint(county.clauses[1].state, ==, CLAUSE_RUNNING);
    decision_explain(h->care, h->local, model_rule(m, STR("aid")), first, month, h->arena, &x,
                     &error);
    g_assert_no_error(error);
    g_assert_true(str_is(x.document, "house-amend"));
    g_assert_true(str_is(x.clause, "一"));
    g_assert_cmpint(x.amount, ==, 8000);
}

/* A check of regions differs where its figure, its value or its `when` does: from the month on in
 * which a value is set anew; by other words alone it does not. */
static const char shares_text[] =
    "---\n"
    "document: house-more\ntitle: 补充\ntitle en: More\nlayer: place\nplace: 990300\n"
    "in force: 2020-03-01\nbuilds on: house-model, house-place\n"
    "---\n\n# 一 补充 / More\n\n"
    "```anlao\n"
    "extend region { level region_level \"级别\" / \"level\" }\n"
    "param least by region : share = 55%%\n%s\n"
    "indicator poor \"低收入占比\" / \"share\" stock by region\n"
    "  = share(elder where income < %d yuan)\n"
    "check poor_few \"不低于下限\" / \"at least\" of region {\n"
    "  when level = %s\n  require poor >= least[region]\n  cure \"%s\"\n}\n"
    "```\n";

static void differs(House *h, const char *set, int income, const char *level, const char *cure,
                    const char *want)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(shares_text, set, income, level, cure);
    PolicyDifference d;
    char month[DATE_TEXT];
    house_write(h, "packs/more.md", text, NULL);
    g_autoptr(Model) next = read_packs(h);
    g_assert_nonnull(next);
    g_assert_true(policy_compare(h->care, next, h->arena, &d, &error));
    g_assert_cmpuint(d.n_rules, ==, 0);
    g_assert_cmpuint(d.n_region_checks, ==, want != NULL ? 1 : 0);
    if (want != NULL) {
        g_assert_true(str_is(d.region_checks[0].rule->name, "poor_few"));
        g_assert_cmpint(d.region_checks[0].how, ==, POLICY_CHANGED);
        g_assert_cmpstr(month_format(d.region_checks[0].from, month), ==, want);
    }
}

static void test_region_checks_differ(void)
{
    g_autoptr(House) h = house_new(false);
    g_autoptr(GError) error = NULL;
    g_autofree char *text = g_strdup_printf(shares_text, "", 1000, "county", "改");
    PolicyDifference d;
    house_write(h, "packs/more.md", text, NULL);
    g_autoptr(Model) first = read_packs(h);
    g_assert_false(policy_compare(h->care, first, h->arena, &d, &error)); /* a field more */
    g_assert_cmpuint(d.n_region_checks, ==, 0);
    g_autoptr(House) with = house_new_with(false, text);
    differs(with, "", 1000, "county", "再改", NULL);
    differs(with, "", 2000, "county", "改", "2020-03");
    differs(with, "", 1000, "city", "改", "2020-03");
    differs(with, "set least[990302] = 80% from 2021-07-01", 1000, "county", "改", "2021-07");
    house_write(with, "packs/more.md",
                "---\ndocument: house-more\ntitle: 补充\nlayer: place\n"
                "place: 990300\nin force: 2020-03-01\n"
                "builds on: house-model, house-place\n---\n\n# 一 补充\n\n"
                "```anlao\nextend region { level region_level \"级别\" / \"level\" }\n```\n",
                NULL);
    g_autoptr(Model) without = read_packs(with);
    g_clear_error(&error);
    g_assert_true(policy_compare(with->care, without, with->arena, &d, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(d.n_region_checks, ==, 1);
    g_assert_cmpint(d.region_checks[0].how, ==, POLICY_GONE);
}

/* Of a figure of another document, which now has a last day: from the month after it. */
static void test_region_check_loses_its_figure(void)
{
    static const char figure[] =
        "---\ndocument: house-more\ntitle: 补充\nlayer: place\nplace: 990300\nin force: "
        "2020-03-01%s\nbuilds on: house-model, house-place\n---\n\n# 一 补充\n\n```anlao\n"
        "indicator poor stock by region = share(elder where income < 1000 yuan)\n```\n";
    g_autofree char *open = g_strdup_printf(figure, ""),
                    *ends = g_strdup_printf(figure, "..2021-12-31");
    g_autoptr(House) h = house_new_with(false, open);
    g_autoptr(GError) error = NULL;
    PolicyDifference d;
    char month[DATE_TEXT];
    house_write(h, "packs/check.md",
                "---\ndocument: house-check\ntitle: 核查\nlayer: place\nplace: 990300\n"
                "in force: 2020-03-01\nbuilds on: house-more\n---\n\n# 一 核查\n\n```anlao\n"
                "check poor_few of region { require poor >= 55%; cure \"改\" }\n```\n",
                NULL);
    house_put_in_force(h);
    house_write(h, "packs/more.md", ends, NULL);
    g_autoptr(Model) next = read_packs(h);
    g_assert_nonnull(next);
    policy_compare(h->care, next, h->arena, &d, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(d.n_region_checks, ==, 1);
    g_assert_cmpstr(month_format(d.region_checks[0].from, month), ==, "2022-01");
}

static void names_are(House *h, const char *want)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) have = g_string_new(NULL);
    DocumentFile *files;
    size_t n;
    store_policy_documents(h->care->store, 0, h->arena, &files, &n, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(have, "%s ", files[i].name);
    g_assert_cmpstr(have->str, ==, want);
}

/* Documents are kept by their place in the folder of documents, wherever that lies and however its
 * address is written; so they are one document each. */
static void test_names_of_files(void)
{
    g_autoptr(House) h = house_new_with(
        false, "---\ndocument: house-more\ntitle: 补充\nlayer: place\nplace: 990300\n"
               "in force: 2020-03-01\nbuilds on: house-model\n---\n\n# 一 补充\n");
    g_autoptr(GPtrArray) rows =
        database_rows(h->uri, "SELECT name FROM document WHERE name LIKE '%/%'");
    g_autofree char *other =
        g_strconcat(h->folder, "/../", strrchr(h->folder, '/') + 1, "/./packs/", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(Diags) ds = diags_new();
    PolicyDifference d;
    g_assert_cmpuint(rows->len, ==, 0);
    names_are(h, "model.md more.md place.md ");
    g_autoptr(Model) again = model_read_packs(other, NULL, ds, &error);
    g_assert_no_error(error);
    policy_compare(h->care, again, h->arena, &d, &error);
    g_assert_no_error(error);
    g_assert_true(d.same);
}

/* A database of before may have kept the address of a folder of some machine: it is not said on. */
static void test_names_of_before(void)
{
    g_autoptr(House) h = house_new(false);
    database_tamper(h->uri, "UPDATE document SET name='/srv/anlao/packs/places/model.md' WHERE "
                            "name='model.md'");
    database_tamper(h->uri, "UPDATE document SET name='/opt/place.md' WHERE "
                            "name='place.md'");
    house_close(h);
    house_open(h);
    names_are(h, "places/model.md place.md ");
    database_tamper(h->uri, "UPDATE document SET name='packs/places/model.md' WHERE name LIKE "
                            "'%model.md'");
    database_tamper(h->uri, "UPDATE document SET name='../../packs.d/place.md' WHERE name LIKE "
                            "'%place.md'");
    names_are(h, "packs/places/model.md place.md ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/care/policy/opening_changes_nothing", test_opening_changes_nothing);
    g_test_add_func("/care/policy/put_in_force", test_put_in_force);
    g_test_add_func("/care/policy/difference", test_difference);
    g_test_add_func("/semantics/51/a-new-code-is-another-structure", test_another_schema);
    g_test_add_func("/semantics/49/difference-of-an-amendment", test_difference_of_an_amendment);
    g_test_add_func("/semantics/49/living-document", test_living_document);
    g_test_add_func("/semantics/49/region-checks-differ", test_region_checks_differ);
    g_test_add_func("/care/policy/region-check-loses-its-figure",
                    test_region_check_loses_its_figure);
    g_test_add_func("/care/policy/names-of-files", test_names_of_files);
    g_test_add_func("/care/policy/names-of-before", test_names_of_before);
    return g_test_run();
}
