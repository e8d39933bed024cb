/* program.c — what compiling makes of rules: steps as text, what is shared, limits, places. */
#include "base/limits.h"
#include "compile/ops.h"
#include "compile/param.h"
#include "evaluate/evaluate.h"

static Model *model_of(const char *const *blocks, size_t n)
{
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) text = g_string_new("---\ndocument: case\ntitle: 例\nlayer: national\n"
                                           "in force: 2019-01-01\n---\n\n## 一 例 / Case\n\n"
                                           "```anlao\n");
    DocumentFile file = {.name = "case.md"};
    Model *m;

    for (size_t i = 0; i < n; i++)
        g_string_append(text, blocks[i]);
    g_string_append(text, "\n```\n");
    file.text = (Str){text->str, text->len};
    m = model_read(&file, 1, ds);
    if (m == NULL) {
        g_string_truncate(text, 0);
        for (guint i = 0; i < ds->list->len; i++)
            diag_print(g_ptr_array_index(ds->list, i), text);
        g_error("%s", text->str);
    }
    return m;
}

static Program *program_of(const Model *m, GError **error)
{
    Output *outputs = g_new0(Output, m->n_rules);
    Program *p;

    for (size_t i = 0; i < m->n_rules; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = m->rules[i]};
    p = program_new(m, m->rules[0]->subject, outputs, m->n_rules, NULL, error);
    g_free(outputs);
    return p;
}

#define ELDER                                                                                      \
    "enum ability ordered { intact; mild; severe }\n"                                              \
    "entity elder {\n holds born through died\n born date\n died date open\n"                      \
    " ability ability\n income money range 0 yuan..10000 yuan\n}\n"

static void test_print(void)
{
    const char *text = ELDER "benefit a { for elder\n every month any day\n when age(born) >= 80\n"
                             " pay 100 yuan }\n";
    g_autoptr(Model) m = model_of(&text, 1);
    GError *error = NULL;
    g_autoptr(Program) p = program_of(m, &error);
    g_autoptr(GString) out = g_string_new(NULL);

    g_assert_no_error(error);
    program_print(p, out);
    g_assert_cmpstr(
        out->str, ==,
        "over elder\n"
        "%0 i32 day in -25567..84004 up once\n"
        "%1 i32 field 0.0 in -719162..2932896 ; elder.born\n"
        "%2 truth <= %1 %0 up\n"
        "%3 i32 field 0.1 in -719162..2932896 ; elder.died\n"
        "%4 i32 known or %3 2932896 in -719162..2932896\n"
        "%5 truth >= %4 %0 down\n"
        "%6 truth and %2 %5 moves\n"
        "%7 i16 years %1 %0 in -8099..2198 up\n"
        "%8 i8 number 80 once\n"
        "%9 truth >= %7 %8 up instead %11\n"
        "%10 i32 starts years %0 %8 in -719163..2932896 up once\n"
        "%11 truth <= %1 %10 up\n"
        "%12 i16 number 10000 /10^2 once\n"
        "output a any day present %6 when %9 amount %12 reads elder.born, elder.died\n");
}

/* What two rules share is computed once; constants are folded: a sum of two constants is one. */
static void test_shared(void)
{
    const char *text = ELDER "benefit a { for elder\n every month any day\n when age(born) >= 80\n"
                             " pay 100 yuan + 50 yuan }\n"
                             "benefit b { for elder\n every month any day\n"
                             " when age(born) >= 40 + 40 and ability = severe }\n";
    g_autoptr(Model) m = model_of(&text, 1);
    GError *error = NULL;
    g_autoptr(Program) p = program_of(m, &error);
    size_t years = 0, compared = 0, added = 0;

    g_assert_no_error(error);
    for (size_t i = 0; i < p->n_steps; i++) {
        years += p->steps[i].op == OP_YEARS;
        compared += p->steps[i].op == OP_GE && p->steps[p->steps[i].a].op == OP_YEARS;
        added += p->steps[i].op == OP_ADD;
    }
    g_assert_cmpuint(years, ==, 1);
    g_assert_cmpuint(compared, ==, 1);
    g_assert_cmpuint(added, ==, 0);
    g_assert_cmpuint(p->outputs[0].present, ==, p->outputs[1].present);
}

/* ---- limits -----------------------------------------------------------------------------------
 */

static char *wide_entity(unsigned fields, unsigned from, unsigned until)
{
    GString *text = g_string_new("entity thing {\n");

    for (unsigned i = 0; i < fields; i++)
        g_string_append_printf(text, " f%u bool\n", i);
    g_string_append(text, "}\nbenefit a { for thing\n every month on last day\n when f0");
    for (unsigned i = 1; i < from; i++)
        g_string_append_printf(text, "%s f%u", i % 2 == 0 ? "\n and" : " and", i);
    g_string_append(text, " }\n");
    if (until > from) {
        g_string_append_printf(text, "benefit b { for thing\n every month on last day\n when f%u",
                               from);
        for (unsigned i = from + 1; i < until; i++)
            g_string_append_printf(text, " and f%u", i);
        g_string_append(text, " and f0 }\n");
    }
    return g_string_free(text, FALSE);
}

static void test_inputs(void)
{
    g_autofree char *most = wide_entity(LIMIT_RULE_INPUTS, LIMIT_RULE_INPUTS, 0);
    g_autofree char *more = wide_entity(LIMIT_RULE_INPUTS + 1, LIMIT_RULE_INPUTS + 1, 0);
    const char *texts[] = {most, more};
    g_autoptr(Model) m = model_of(&texts[0], 1);
    g_autoptr(Model) too = model_of(&texts[1], 1);
    GError *error = NULL;
    g_autoptr(Program) p = program_of(m, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(p->outputs[0].n_inputs, ==, LIMIT_RULE_INPUTS);
    g_assert_null(program_of(too, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpstr(error->message, ==,
                    "rule a cannot be run: it reads more than 64 facts and params");
    g_error_free(error);
}

/* A rule over fifty computed fields of `terms` comparisons each, none of which is another's. */
static char *long_rule(unsigned terms)
{
    GString *text = g_string_new("entity thing {\n");

    for (unsigned i = 0; i < 50; i++)
        g_string_append_printf(text, " f%u int range 0..9\n", i);
    g_string_append(text, "}\n");
    for (unsigned r = 0; r < 50; r++) {
        g_string_append_printf(text, "derive thing.d%u : bool = f%u = 0", r, r);
        for (unsigned i = 1; i < terms; i++)
            g_string_append_printf(text, "%s f%u * %u = f%u + %u", i % 2 == 0 ? "\n and" : " and",
                                   r, i + 1, (r + 1) % 50, i);
        g_string_append(text, "\n");
    }
    g_string_append(text, "benefit a { for thing\n every month on last day\n when d0");
    for (unsigned r = 1; r < 50; r++)
        g_string_append_printf(text, "%s d%u", r % 4 == 0 ? "\n and" : " and", r);
    g_string_append(text, " }\n");
    return g_string_free(text, FALSE);
}

static void test_steps(void)
{
    g_autofree char *most = long_rule(10), *more = long_rule(60);
    const char *texts[] = {most, more};
    g_autoptr(Model) m = model_of(&texts[0], 1);
    g_autoptr(Model) too = model_of(&texts[1], 1);
    GError *error = NULL;
    g_autoptr(Program) p = program_of(m, &error);
    g_autofree char *want =
        g_strdup_printf("rule a cannot be run: it takes more than %u steps", LIMIT_RULE_STEPS);

    g_assert_no_error(error);
    g_assert_cmpuint(p->n_steps, >, 1000);
    g_assert_null(program_of(too, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpstr(error->message, ==, want);
    g_error_free(error);
}

/* Rules that read more than 64 facts between them have missing sets in parts of their own. */
static void test_parts(void)
{
    g_autofree char *text = wide_entity(100, 50, 100);
    const char *texts[] = {text};
    g_autoptr(Model) m = model_of(texts, 1);
    GError *error = NULL;
    g_autoptr(Program) p = program_of(m, &error);
    g_autoptr(Results) all = NULL;
    Dataset *d = dataset_new(m->n_entities);
    Batch *b = batch_new("thing", 3, 100);

    g_assert_no_error(error);
    d->batches[m->rules[0]->subject->number] = b;
    for (unsigned i = 0; i < 100; i++) {
        Column *c = batch_add(b, i, KIND_BOOL, PHYSICAL_I8, false);

        column_set(c, 0, 1);
        column_set(c, 1, i != 75);
        if (i != 3 && i != 99)
            column_set(c, 2, 1);
        column_finish(b, c);
    }
    g_assert_true(evaluate_month(p, d, 12 * 50, true, &all, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(all->list[0].yes, ==, 2);
    g_assert_cmpuint(all->list[1].yes, ==, 1);
    g_assert_cmpuint(all->list[1].no, ==, 1);
    g_assert_cmpuint(all->list[1].unknown, ==, 1);
    for (size_t i = 0; i < 2; i++) {
        const ProgramOutput *o = &p->outputs[i];
        unsigned bit = (unsigned)g_bit_nth_lsf(result_missing(&all->list[i], 2), -1);

        g_assert_cmpstr(p->inputs[o->inputs[bit]].name, ==, i == 0 ? "thing.f3" : "thing.f99");
        g_assert_cmpuint(all->list[i].missing_count[bit], ==, 1);
    }
    dataset_free(d);
}

/* ---- look-ups ---------------------------------------------------------------------------------
 */

static void test_nearest_step(void)
{
    Cuts cuts = {.at = (int64_t[]){60, 80}, .n = 2};

    g_assert_cmpuint(cuts_below(&cuts, 59), ==, 0);
    g_assert_cmpuint(cuts_below(&cuts, 60), ==, 1);
    g_assert_cmpuint(cuts_below(&cuts, 80), ==, 2);
}

/* last_start is the other side of date_years and date_months, on every kind of day. */
static void test_last_start(void)
{
    for (Date on = -200; on < 15000; on += 17) {
        for (int k = 0; k < 100; k += 7) {
            Date years = last_start(on, k, true), months = last_start(on, k, false);

            g_assert_cmpint(date_years(years, on), >=, k);
            g_assert_cmpint(date_years(years + 1, on), <, k);
            g_assert_cmpint(date_months(months, on), >=, k);
            g_assert_cmpint(date_months(months + 1, on), <, k);
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compile/print", test_print);
    g_test_add_func("/compile/shared", test_shared);
    g_test_add_func("/compile/limits/inputs", test_inputs);
    g_test_add_func("/compile/limits/steps", test_steps);
    g_test_add_func("/compile/limits/parts", test_parts);
    g_test_add_func("/compile/cuts", test_nearest_step);
    g_test_add_func("/compile/last-start", test_last_start);
    return g_test_run();
}
