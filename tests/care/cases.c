/* Edge cases of every rule of the packs: they compile as examples, and the examples hold. */
#include "care/cases.h"
#include "care/examples.h"

#include <glib/gstdio.h>

typedef struct Tally {
    size_t rules, cases;
    double slowest;
} Tally;

static void add_header(GString *text, const Model *m)
{
    Str place = STR("");
    for (size_t i = 0; i < m->n_documents; i++)
        if (m->documents[i]->place.len > 0 &&
            (place.len == 0 || m->documents[i]->place.len <= place.len))
            place = m->documents[i]->place;
    g_string_append_printf(text,
                           "---\ndocument: cases-of-all\ntitle: 例\nlayer: place\nplace: %.*s\n"
                           "in force: 2019-01-01\nbuilds on: ",
                           STR_ARG(place));
    for (size_t i = 0; i < m->n_documents; i++)
        g_string_append_printf(text, "%s%.*s", i > 0 ? ", " : "", STR_ARG(m->documents[i]->name));
    g_string_append(text, "\n---\n\n# 1 例 / Cases\n\n```anlao\n");
}

static void add_cases(GString *text, const Model *m, Tally *tally)
{
    for (size_t i = 0; i < m->n_rules + m->n_region_checks; i++) {
        const Rule *rule = i < m->n_rules ? m->rules[i] : m->region_checks[i - m->n_rules];
        g_autoptr(Arena) a = arena_new();
        GError *error = NULL;
        CaseSet set;
        gint64 start = g_get_monotonic_time();
        if (!cases_make(m, rule, a, &set, &error)) {
            g_test_message("%.*s: %s", STR_ARG(rule->name), error->message);
            g_test_fail();
            g_clear_error(&error);
            continue;
        }
        double seconds = (double)(g_get_monotonic_time() - start) / 1e6;
        if (seconds > 0.5)
            g_test_message("%.*s: %.2f s", STR_ARG(rule->name), seconds);
        tally->slowest = MAX(tally->slowest, seconds);
        tally->rules++;
        tally->cases += set.n_cases;
        cases_print_examples(&set, text);
        g_string_append_c(text, '\n');
    }
}

static bool is_ours(const void *context, const Document *d)
{
    (void)context;
    return str_is(d->name, "cases-of-all");
}

static void check_again(const Model *m, const GString *text)
{
    g_autofree DocumentFile *files = g_new0(DocumentFile, m->n_documents + 1);
    g_autoptr(Diags) ds = diags_new();
    for (size_t i = 0; i < m->n_documents; i++)
        files[i] = (DocumentFile){m->documents[i]->source->name, m->documents[i]->text};
    files[m->n_documents] = (DocumentFile){"cases.md", {text->str, text->len}};
    g_autoptr(Model) with = model_read(files, m->n_documents + 1, ds);
    if (with != NULL)
        examples_run(with, is_ours, NULL, ds);
    for (guint i = 0; i < ds->list->len && i < 20; i++) {
        g_autoptr(GString) out = g_string_new(NULL);
        diag_print(ds->list->pdata[i], out);
        g_test_message("%s", out->str);
    }
    g_assert_cmpuint(ds->errors, ==, 0);
}

static void each_stack(void *context, const char *place, Model *m, Diags *diags)
{
    g_autoptr(GString) text = g_string_new(NULL);
    (void)place;
    g_assert_nonnull(m);
    add_header(text, m);
    add_cases(text, m, context);
    g_string_append(text, "```\n");
    check_again(m, text);
    model_unref(m);
    diags_free(diags);
}

static void every_rule_of_the_packs_has_cases_that_hold(void)
{
    Tally tally = {0};
    g_autoptr(GError) error = NULL;
    g_assert_true(packs_each(g_getenv("PACKS"), each_stack, &tally, &error));
    g_test_message("%zu rules, %zu cases, slowest %.2f s", tally.rules, tally.cases, tally.slowest);
    g_assert_cmpuint(tally.rules, >, 0);
    g_assert_cmpuint(tally.cases, >=, 3 * tally.rules);
}

/* ---- one rule, case by case */

static const char document[] =
    "---\ndocument: rule\ntitle: 规则\nlayer: national\nin force: 2020-01-01\n---\n\n# 1 规则 / "
    "Rule\n\n"
    "```anlao\n"
    "enum ability ordered \"能力\" { intact \"完好\"; mild \"轻度\"; severe \"重度\" }\n"
    "entity elder \"老年人\" {\n"
    "  holds born through died\n"
    "  born    date    \"出生日期\"\n  died date \"去世日期\" open\n"
    "  income  money   \"收入\" range 0 yuan..100000 yuan\n"
    "  ability ability \"能力等级\" dated\n  alone bool \"独居\"\n}\n"
    "entity visit \"探访\" {\n  dated by seen_on\n  elder elder \"老年人\"\n"
    "  seen_on date \"日期\"\n  seen bool \"见到\"\n}\n"
    "table amount(years: int range 80..150) -> money \"数额\"\n```\n\n"
    "| years | amount |\n| --- | --- |\n| < 90 | 50 yuan |\n| >= 90 | 80 yuan |\n\n```anlao\n"
    "benefit aid \"补助\" / \"aid\" {\n  for elder\n  every month on last day\n"
    "  when age(born) >= 80 and income < 600 yuan and (ability = severe or alone)\n"
    "  pay amount(age(born))\n}\n"
    "check visited \"探访\" / \"visited\" of elder {\n"
    "  require count(visit where seen and days(seen_on, day) <= 31 days) >= 2\n"
    "  cure \"去探访\" / \"visit\"\n}\n```\n";

static Model *read_rule(void)
{
    g_autoptr(Diags) ds = diags_new();
    const DocumentFile file = {"rule.md", str_of(document)};
    Model *m = model_read(&file, 1, ds);
    g_assert_nonnull(m);
    return m;
}

/* "3 as 1 day after: born = 1940-02-01: no" */
static char *lines_of(const CaseSet *s)
{
    static const char *const outcomes[] = {
        [TRUTH_NO] = "no", [TRUTH_UNKNOWN] = "unknown", [TRUTH_YES] = "yes", [4] = "outside"};
    GString *to = g_string_new(NULL);
    for (size_t i = 0; i < s->n_cases; i++) {
        const EdgeCase *x = &s->cases[i];
        g_string_append_printf(to, "%zu/%zu %.*s: %s", i + 1, x->as + 1, STR_ARG(x->differs),
                               outcomes[x->outcome]);
        if (x->outcome == TRUTH_YES && s->rule->pay != NULL)
            g_string_append_printf(to, " %d", (int)x->amount);
        g_string_append_printf(to, "%s%.*s\n", x->missing.len > 0 ? " " : "", STR_ARG(x->missing));
    }
    return g_string_free(to, FALSE);
}

static char *cases_of(const Model *m, const char *name)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GError) error = NULL;
    CaseSet set;
    g_assert_true(cases_make(m, model_rule(m, str_of(name)), a, &set, &error));
    return lines_of(&set);
}

/* A day before 80 and 90, a fen above the limit, each fact unknown, each way to be concerned. */
static void each_part_of_a_rule_is_shown(void)
{
    g_autoptr(Model) m = read_rule();
    g_autofree char *got = cases_of(m, "aid");
    g_assert_cmpstr(got, ==,
                    "1/1 出生日期 born = 1935-01-31；收入 income = 0 yuan；能力等级 ability = 重度 "
                    "severe；独居 alone = 否 no；去世日期 died = 还没有 not yet: yes 5000\n"
                    "2/1 出生日期 born = 1930-01-30: yes 8000\n"
                    "3/1 出生日期 born = 1930-01-31: yes 8000\n"
                    "4/1 出生日期 born = 1930-02-01: yes 5000\n"
                    "5/1 出生日期 born = 1940-01-30: yes 5000\n"
                    "6/1 出生日期 born = 1940-01-31: yes 5000\n"
                    "7/1 出生日期 born = 1940-02-01: no\n"
                    "8/1 出生日期 born = 不详 unknown: unknown elder.born\n"
                    "9/1 收入 income = 599.99 yuan: yes 5000\n"
                    "10/1 收入 income = 600 yuan: no\n"
                    "11/1 收入 income = 600.01 yuan: no\n"
                    "12/1 收入 income = 不详 unknown: unknown elder.income\n"
                    "13/1 能力等级 ability = 完好 intact: no\n"
                    "14/1 能力等级 ability = 不详 unknown: unknown elder.ability\n"
                    "15/13 独居 alone = 是 yes: yes 5000\n"
                    "16/13 独居 alone = 不详 unknown: unknown elder.alone\n"
                    "17/1 去世日期 died = 2020-01-15: outside\n"
                    "18/1 去世日期 died = 2019-12-31: outside\n");
}

static void numbers_of_records_and_their_days_are_limits(void)
{
    g_autoptr(Model) m = read_rule();
    g_autofree char *got = cases_of(m, "visited");
    g_assert_cmpstr(
        got, ==,
        "1/1 探访 visit × 2；探访 visit: 见到 seen = 是 yes；探访 visit: 日期 seen_on = "
        "2020-01-21；出生日期 born = 1949-11-30；去世日期 died = 还没有 not yet: yes\n"
        "2/1 探访 visit × 1: no\n"
        "3/1 探访 visit: 见到 seen = 否 no: no\n"
        "4/1 探访 visit: 见到 seen = 不详 unknown: unknown visit.seen\n"
        "5/1 探访 visit: 日期 seen_on = 2019-12-30: no\n"
        "6/1 探访 visit: 日期 seen_on = 2019-12-31: yes\n"
        "7/1 探访 visit: 日期 seen_on = 2020-01-01: yes\n"
        "8/1 探访 visit: 日期 seen_on = 不详 unknown: unknown visit.seen_on\n"
        "9/1 去世日期 died = 2020-01-15: outside\n"
        "10/1 去世日期 died = 2019-12-31: outside\n");
}

/* The same model, read twice, gives the same cases. */
static void cases_are_the_same_each_time(void)
{
    g_autoptr(Model) a = read_rule();
    g_autoptr(Model) b = read_rule();
    static const char *const names[] = {"aid", "visited"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *x = cases_of(a, names[i]), *y = cases_of(b, names[i]);
        g_assert_cmpstr(x, ==, y);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions();
    g_test_add_func("/cases/rule", each_part_of_a_rule_is_shown);
    g_test_add_func("/cases/records", numbers_of_records_and_their_days_are_limits);
    g_test_add_func("/cases/same", cases_are_the_same_each_time);
    g_test_add_func("/cases/packs", every_rule_of_the_packs_has_cases_that_hold);
    return g_test_run();
}
