/* semantics.c — the numbered rules of the semantics that reading a document answers for: what each
 * refuses, in the words a writer sees.  What evaluation answers for is in tests/evaluate/.
 * A line is read with mistakes/with/base.md; its first diagnosis is compared, "" means none. */
#include "fixture.h"

typedef struct Reading {
    const char *name;
    const char *lines;
    const char *first; /* TEXT | HINT of the first diagnosis */
} Reading;

#define BENEFIT(body) "benefit b \"乙\" { for elder; every month on last day; " body " }"

#define REGION "entity region \"地区\" { code text(12) \"代码\" unique }\n"

#define SUBSIDY(body) "benefit b \"乙\" { for facility; every month on last day; " body " }"

static const Reading readings[] = {
    /* ---- A. names and types */
    {"/semantics/1/one-namespace", "param elder : money",
     "'elder' is declared twice | it is an entity in base.md, line 30"},
    {"/semantics/1/a-target-names-its-indicator", "target bed_count >= 5 on 2020-12-31 in 360302",
     ""},
    {"/semantics/1/a-target-has-no-name-of-its-own", "target beds_due >= 5 on 2020-12-31 in 360302",
     "there is no indicator 'beds_due'"},
    {"/semantics/2/field-then-code-then-namespace",
     "enum mood \"心情\" { visits; glad }\n"
     "extend elder { mood mood \"心情\" }\n"
     "derive elder.a : bool = mood = visits and visits > 3\n",
     "can not compare a code of mood and a plain number"},
    {"/semantics/2/codes-only-beside-their-enum", "derive elder.a : bool = visits = severe",
     "'severe' is neither a field of elder nor a param | it is a code of ability: compare "
     "it with a field of that enum"},
    {"/semantics/2/where-means-the-counted-record",
     "derive elder.a : int = count(stay where visits > 3)",
     "'visits' is neither a field of stay nor a param | 'this.visits' is the outer record's"},
    {"/semantics/2/this-is-the-outer-record",
     "derive elder.a : int = count(stay where fee > this.income)", ""},
    {"/semantics/3/a-code-is-no-condition", BENEFIT("when ability and alone"),
     "this is a code of ability, not a yes or no | compare it with a code, as in 'x = intact'"},
    {"/semantics/3/a-bool-is", BENEFIT("when alone"), "'b' has no example"},
    {"/semantics/4/order-of-codes-that-have-none",
     BENEFIT("when kind_of < station") "\n"
                                       "extend elder { kind_of kind \"类别\" }",
     "a code of kind has no order | declare 'enum kind ordered', or compare with = and in"},
    {"/semantics/5/words-map-to-codes-by-a-param",
     "param incapacitated \"失能\" : set of ability = mild, severe because \"本地口径\"\n"
     "derive elder.a : bool = ability in incapacitated",
     ""},
    {"/semantics/6/a-set-is-asked-by-has", "derive elder.a : bool = economy = tekun",
     "a set is not compared with one code | write 'has any (…)' or 'has all (…)'"},
    {"/semantics/6/two-sets-are-alike",
     "extend elder { was set of economy \"从前\" because \"对照\" }\n"
     "derive elder.a : bool = economy = was",
     ""},
    {"/semantics/7/unset-is-legal", "param x \"数\" : money", ""},
    {"/semantics/7/indexes-are-all-given", "derive elder.a : money = standard",
     "param 'standard' is asked without its index | write 'standard[region]'"},
    {"/semantics/8/whole-numbers-for-money",
     "table t(income: money) -> money \"表\"\n---\n| income | amount |\n| --- | --- |\n"
     "| 0 yuan..89 yuan | 1 yuan |\n| else | 0 yuan |",
     "'a..b' leaves a gap between this row and the next | write '>= a, < b': the next row begins "
     "where this one ends"},
    {"/semantics/8/a-table-covers-its-axes",
     "table t(years: int range 0..120) -> money \"表\"\n---\n| years | amount |\n| --- | --- |\n"
     "| < 80 | 0 yuan |\n| 81..120 | 5 yuan |",
     "table 't' has a gap: no row holds for years = 80 | add the row, or a last row 'else', or "
     "give the axis a range"},
    /* ---- B. days, spans, months */
    {"/semantics/9/there-is-no-clock", "derive elder.a : bool = died < today",
     "'today' is neither a field of elder nor a param | 'day' is the day that is asked about: "
     "nothing else is time"},
    {"/semantics/9/the-day-is-asked-for", "derive elder.a : bool = born < day", ""},
    {"/semantics/11/only-an-end-is-open", "extend elder { left date \"离开\" open }",
     "'left' is open but does not end the span | only the end named by 'holds' may be open"},
    {"/semantics/13/a-computed-field-has-no-history",
     "extend elder { old bool \"高龄\" dated = age(born) >= 80 }",
     "'old' is computed: nobody enters it, so it can not be required, dated, unique, open or "
     "ranged | only 'secret' goes with '='"},
    {"/semantics/15/a-month-says-its-day",
     "benefit b \"乙\" { for elder; every month; when alone }",
     "'every month' does not say which day decides | add 'on first day', 'on last day', 'any day' "
     "or 'each day'"},
    {"/semantics/17/a-year-says-its-day", "benefit b \"乙\" { for elder; every year; when alone }",
     "this ends too early | expected 'on'"},
    {"/semantics/17/once-is-on-a-day", "benefit b \"乙\" { for elder; once on alone }",
     "'alone' is yes or no, not a day"},
    /* ---- C. four outcomes */
    {"/semantics/23/known-in-a-check",
     "check c \"查\" of elder { require known ability cure \"补\" }", "'c' has no example"},
    {"/semantics/23/known-in-when", BENEFIT("when known ability"),
     "'known' has no place here: a missing fact would grant or refuse | it is for checks and "
     "indicators"},
    {"/semantics/23/known-in-pay", BENEFIT("pay if known ability then 5 yuan else 0 yuan"),
     "'known' has no place here: a missing fact would grant or refuse | it is for checks and "
     "indicators"},
    {"/semantics/25/an-amount-below-nothing", BENEFIT("pay income - 5 yuan"),
     "'b' might pay less than nothing | write max(0 yuan, …), or give the fields it reads a range"},
    /* ---- D. aggregates */
    {"/semantics/31/known-rows-in-pay",
     BENEFIT("pay 5 yuan * count(known stay where level = mild)"),
     "'known' has no place here: a missing fact would grant or refuse"},
    {"/semantics/31/known-rows-in-an-indicator",
     "indicator i \"数\" stock by region = count(known elder where ability = mild)", ""},
    {"/semantics/18/since-is-compared", BENEFIT("pay 1 yuan * days(since(alone), day)"),
     "since() is no day where its condition does not hold: it is compared | write "
     "'months(since(…), day) >= 36'"},
    {"/semantics/18/since-what-changes", BENEFIT("when since(born <= 2020-01-01) <= 2021-01-01"),
     "nothing of this changes: it has no first day | say 'dated' at a field it reads"},
    {"/semantics/18/since-of-the-record-itself", BENEFIT("when since(exists(stay)) <= 2021-01-01"),
     "since() is about facts of the record itself and of those it refers to"},
    {"/semantics/31/known-says-nothing",
     "check c \"查\" of elder { require exists(known stay) cure \"补\" }",
     "exists says nothing of what it leaves out | only numbers leave unknown records out: "
     "count(known …)"},
    {"/semantics/31/known-rows-in-when",
     BENEFIT("when share(known stay where level = mild) >= 50%"),
     "'known' has no place here: a missing fact would grant or refuse"},
    {"/semantics/34/a-share-need-not-end", BENEFIT("pay 5 yuan * share(stay where level = mild)"),
     "a share may have endless decimals | compare it as it is, or say how to round it: "
     "round(share(…), half_up, 4)"},
    {"/semantics/34/two-shares",
     BENEFIT("when share(stay where level = mild) > share(stay where level = severe)"),
     "both sides may have endless decimals | round one of them: round(share(…), half_up, 4)"},
    {"/semantics/34/a-base-is-of-a-share",
     BENEFIT("when count(stay where level = mild of day > 2020-01-01) > 0"),
     "only a share is of some records | join conditions with 'and'"},
    {"/semantics/34/distinct-what", BENEFIT("when count(distinct stay) > 1"),
     "count of which field? | write 'count(distinct stay.field where …)'"},
    {"/semantics/34/sum-of-what", BENEFIT("when share(sum stay where level = mild) > 10%"),
     "the sum of which field? | write 'share(sum stay.field where …)'"},
    {"/semantics/34/a-weight-is-not-below-nothing",
     "extend stay { points int \"分\" }\n" BENEFIT(
         "when share(sum stay.points where level = mild) > 10%"),
     "what a share is weighed by might be below nothing | give the field a range: 'range 0..'"},
    {"/semantics/34/a-period-is-of-events", BENEFIT("when count(stay in month) > 1"),
     "'b' has no example"},
    {"/semantics/34/which-period", BENEFIT("when count(stay in week) > 1"),
     "records are counted in month, quarter or year"},
    {"/semantics/34/an-indicator-has-its-period",
     "indicator i \"数\" flow by region = count(stay in month)",
     "the period of an indicator stands behind its name | write 'flow by region, month'"},
    /* ---- E. indicators and targets */
    {"/semantics/35/a-stock-has-no-month",
     "indicator i \"数\" stock by region, month = count(elder)",
     "'i' is a stock: it is the state on a day, of no month | only what happens in a period adds "
     "up "
     "over time: a flow"},
    {"/semantics/35/a-flow-counts-events", "indicator i \"数\" flow by region = count(facility)",
     "facility has no day, so it can not be counted in a period | say 'dated by FIELD' in the "
     "entity, or make the indicator a stock"},
    {"/semantics/35/told-apart-by-a-code",
     "indicator i \"数\" stock by region, kind = share(facility where profit)", ""},
    {"/semantics/37/a-comparison-is-written", "target new_stays by region, year",
     "unexpected 'by' | expected '=', '[', '<', '<=', '>' or '>='"},
    {"/semantics/37/a-stock-names-its-day", "target bed_count >= 5 in 2020 in 360302",
     "'bed_count' is a stock: its target names a day | write 'on 2020-12-31'"},
    {"/semantics/37/a-flow-names-its-period", "target new_stays >= 5 on 2020-12-31 in 360302",
     "'new_stays' is a flow: its target names a period | write 'in 2020' or 'in 2020..2022', or "
     "let "
     "the indicator be by region, year"},
    {"/semantics/37/a-period-of-years", "target new_stays >= 5 in 2019..2021 in 360302", ""},
    {"/semantics/37/every-year", "target bed_count >= 5 on 12-31 in 360302", ""},
    {"/semantics/37/until", "target new_stays > 5 until 2020-12-31 in 360302", ""},
    {"/semantics/38/each-county-is-a-param", "target bed_count >= 5 on 2020-12-31 in each county",
     "there is no param 'county'"},
    {"/semantics/38/each-of-some-codes",
     "indicator i \"数\" stock by region, kind = share(facility where profit)\n"
     "target i = 100% in each (home, station) on 2020-12-31 in 360302",
     ""},
    {"/semantics/38/each-record",
     "target bed_count >= 5 of each facility where profit on 2020-12-31 in 360302", ""},
    {"/semantics/38/each-record-that-is-counted",
     "target bed_count >= 5 of each elder on 2020-12-31 in 360302",
     "'bed_count' counts facility, which does not refer to one elder by one field"},
    /* ---- F. benefits among themselves */
    {"/semantics/40/no-circle",
     BENEFIT("when net c > 0 yuan; pay 5 yuan") "\nbenefit c \"丙\" { for elder; every month on "
                                                "last day; when raw b > 0 yuan; pay 5 yuan }",
     "what is paid rests on itself: b → c → b"},
    {"/semantics/44/two-exceptions-need-an-order",
     BENEFIT("when alone; pay 5 yuan") "\nexception to b when ability = mild { pay 6 yuan }"
                                       "\nexception to b when income < 5 yuan { pay 7 yuan }",
     "two exceptions to 'b' may hold together, and no order is stated | the other is in "
     "fixture.md, line 13: give it a name, and say 'before' it"},
    {"/semantics/46/the-condition", SUBSIDY("when profit; pay 5 yuan; alike profit"),
     "'b' depends on facility.profit, which it calls alike"},
    {"/semantics/46/the-amount",
     SUBSIDY("pay if kind = home then 5 yuan else 6 yuan; alike profit, kind"),
     "'b' depends on facility.kind, which it calls alike"},
    {"/semantics/46/through-a-param", SUBSIDY("pay rate[kind]; alike kind"),
     "'b' depends on facility.kind, which it calls alike"},
    {"/semantics/46/through-a-computed-field",
     "derive facility.large : bool = beds > 50 and not profit\n" SUBSIDY(
         "when large; pay 5 yuan; alike profit"),
     "'b' depends on facility.profit, which it calls alike | through facility.large"},
    {"/semantics/46/through-an-exception",
     SUBSIDY("pay 5 yuan; alike profit") "\nexception to b when profit { pay 4 yuan }",
     "'b' depends on facility.profit, which it calls alike"},
    {"/semantics/46/through-another-benefit",
     "benefit c \"丙\" { for facility; every month on last day; when profit; pay 5 yuan "
     "}\n" SUBSIDY("pay max(0 yuan, 9 yuan - net c); alike profit"),
     "'b' depends on facility.profit, which it calls alike"},
    {"/semantics/46/through-a-group",
     "benefit c \"丙\" { for facility; every month on last day; when profit; pay 5 yuan "
     "}\n" SUBSIDY("pay 3 yuan; alike profit") "\ncombine c, b: first",
     "'b' depends on facility.profit, which it calls alike"},
    {"/semantics/46/of-the-record-it-refers-to",
     "benefit b \"乙\" { for stay; every month on last day; pay rate[facility.kind]; alike "
     "facility.kind }",
     "'b' depends on facility.kind, which it calls alike"},
    {"/semantics/46/what-differs-by-nothing-else", SUBSIDY("pay rate[kind]; alike profit"),
     "'b' has no example"},
    /* ---- G. places */
    {"/semantics/39/a-check-of-regions-asks-a-figure",
     REGION "check c \"丙\" of region { require bed_count >= 3  cure \"有 {bed_count}\" }",
     "'c' has no example"},
    {"/semantics/39/what-is-asked-is-a-figure",
     REGION "check c \"丙\" of region { require exists(facility)  cure \"改\" }",
     "a check of regions compares one figure with a value | an indicator, then >=, >, <=, < or =, "
     "then a number or a param"},
    {"/semantics/55/a-check-of-a-flow-has-a-period",
     REGION "check c \"丙\" of region { require new_stays >= 3  cure \"改\" }",
     "'new_stays' is a flow of any period: a check asks of one | let the indicator be by region, "
     "year (or month, or quarter)"},
    {"/semantics/50/a-code-names-its-wider-one", "extend kind { yihe \"颐和\" }",
     "code 'yihe' does not say what it counts as | write 'yihe \"…\" is' and a code of kind"},
    {"/semantics/50/a-code-counts-as-its-wider-one",
     "extend kind { yihe \"颐和\" is home }\n"
     "derive facility.r : money = rate[kind]",
     ""},
    {"/semantics/50/no-code-is-made-another", "extend kind { home \"院\" is station }",
     "'home' is already a code of kind | in base.md, line 26"},
    {"/semantics/50/no-list-is-taken-back", "enum kind \"类别\" { home \"养老院\" }",
     "'kind' is declared twice | it is an enum in base.md, line 26"},
    {"/semantics/50/no-field-gets-another-type", "extend elder { born text(10) \"生日\" }",
     "'born' is already a field of elder | in base.md, line 38"},
    {"/semantics/50/nothing-more-is-required", "extend elder { nick text(10) \"小名\" required }",
     "an added field can not be required"},
    {"/semantics/50/fields-are-added",
     "extend elder { nick text(10) \"小名\" }\nextend facility { lift bool \"电梯\" dated }", ""},
    {"/semantics/33/records-that-do-not-refer", "derive elder.a : int = count(facility)",
     "no field of facility refers to elder"},
};

static void reading_says(gconstpointer data)
{
    const Reading *r = data;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = fixture_read(r->lines, ds);
    const Diag *d = ds->list->len > 0 ? ds->list->pdata[0] : NULL;
    g_autofree char *got = d == NULL ? g_strdup("")
                                     : g_strdup_printf("%s%s%s", d->text, d->hint ? " | " : "",
                                                       d->hint ? d->hint : "");
    g_assert_cmpstr(got, ==, r->first);
}

static Model *with_addition(const char *document)
{
    g_autofree char *text = g_strdup_printf(
        "---\ndocument: %s\ntitle: 本地\nlayer: national\nin force: 2020-01-01\n---\n"
        "\n# 1 一 / One\n\n```anlao\nenum kind \"类别\" { home \"院\" }\n```\n",
        "wide");
    g_autofree char *more =
        g_strdup_printf("---\ndocument: %s\ntitle: 本地\nlayer: national\nin force: 2020-01-01\n"
                        "builds on: wide\n---\n\n# 1 一 / One\n\n```anlao\nextend kind { yihe "
                        "\"颐和\" is home }\n```\n",
                        document);
    g_autoptr(Diags) ds = diags_new();
    const DocumentFile files[] = {{"wide.md", str_of(text)}, {"more.md", str_of(more)}};
    Model *m = model_read(files, G_N_ELEMENTS(files), ds);
    g_assert_nonnull(m);
    return m;
}

/* What two places call alike is stored and exchanged as two things, each counting as its wider. */
static void one_word_of_two_places(void)
{
    g_autoptr(Model) a = with_addition("anyuan"), b = with_addition("xiangdong");
    g_autoptr(Model) again = with_addition("anyuan");
    const Enum *x = model_enum(a, STR("kind")), *y = model_enum(b, STR("kind")),
               *z = model_enum(again, STR("kind"));
    g_assert_cmpint(enum_code(x, STR("home"))->stable, ==, enum_code(y, STR("home"))->stable);
    g_assert_cmpint(enum_code(x, STR("yihe"))->stable, !=, enum_code(y, STR("yihe"))->stable);
    g_assert_cmpint(enum_code(x, STR("yihe"))->stable, ==, enum_code(z, STR("yihe"))->stable);
    g_assert_true(str_is(enum_code(y, STR("yihe"))->wider->name, "home"));
}

/* ---- one namespace in a node: what is declared whole has its name for all whose documents lie in
 * it, and who says it a second time is told where it stands already */

#define COUNTY(name, code)                                                                         \
    "---\ndocument: " name "\ntitle: 本地\nlayer: place\nplace: " code                             \
    "\nin force: 2020-01-01\nbuilds on: shared\n---\n\n# 1 一 / One\n\n```anlao\n"                \
    "param extra \"加发\" : money = 5 yuan\n```\n"

static char *of_counties(bool first, bool second)
{
    static const char shared[] =
        "---\ndocument: shared\ntitle: 共用\nlayer: national\nin force: 2020-01-01\n---\n\n"
        "# 1 地方 / Places\n\n```anlao\nregions\n```\n\n| code | name | level | parent |\n"
        "| --- | --- | --- | --- |\n| 360300 | 市 | city | |\n| 360302 | 区 | county | 360300 |\n"
        "| 360321 | 县 | county | 360300 |\n";
    DocumentFile files[3] = {{"shared.md", str_of(shared)}};
    size_t n = 1;
    if (first)
        files[n++] = (DocumentFile){"anyuan.md", str_of(COUNTY("anyuan", "360302"))};
    if (second)
        files[n++] = (DocumentFile){"lianhua.md", str_of(COUNTY("lianhua", "360321"))};
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(Model) m = model_read(files, n, ds);
    g_assert_cmpint(m == NULL, ==, first && second);
    const Diag *d = ds->list->len > 0 ? ds->list->pdata[0] : NULL;
    return d == NULL ? g_strdup("") : g_strdup_printf("%s | %s", d->text, d->hint);
}

static void one_namespace_in_a_node(void)
{
    g_autofree char *a = of_counties(true, false), *b = of_counties(false, true),
                    *both = of_counties(true, true);
    g_assert_cmpstr(a, ==, "");
    g_assert_cmpstr(b, ==, "");
    g_assert_cmpstr(both, ==, "'extra' is declared twice | it is a param in anyuan.md, line 13");
}

static Model *with_rules(const char *lines)
{
    g_autoptr(Diags) ds = diags_new();
    Model *m = fixture_read(lines, ds);
    g_assert_nonnull(m);
    return m;
}

/* Entities, fields and codes make the structure; rules, params and words do not. */
static void two_hashes(void)
{
    g_autoptr(Model) a = with_rules("param x \"数\" : money = 5 yuan");
    g_autoptr(Model) b = with_rules("param x \"数\" : money = 6 yuan");
    g_autoptr(Model) c = with_rules("extend elder { nick text(10) \"小名\" }");
    g_assert_cmpmem(a->schema_hash, 32, b->schema_hash, 32);
    g_assert_true(memcmp(a->policy_hash, b->policy_hash, 32) != 0);
    g_assert_true(memcmp(a->schema_hash, c->schema_hash, 32) != 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    for (size_t i = 0; i < G_N_ELEMENTS(readings); i++)
        g_test_add_data_func(readings[i].name, &readings[i], reading_says);
    g_test_add_func("/semantics/50/one-word-of-two-places", one_word_of_two_places);
    g_test_add_func("/semantics/1/one-namespace-in-a-node", one_namespace_in_a_node);
    g_test_add_func("/semantics/51/two-hashes", two_hashes);
    return g_test_run();
}
