/* exact.c — money and ages in both drivers: totals no floating point could hold, what does not fit
 * 64 bits, half a fen, and every birthday of two centuries. */
#include "case.h"

#include "evaluate/results.h"

#define PEOPLE                                                                                     \
    "entity elder {\n key number\n number text(9)\n born date\n"                                   \
    " income money range 0 yuan..90000000000000 yuan\n}\n"

static Program *program_for(const Case *c, const Dataset *d, Output output, GError **error)
{
    CompileOptions o = {.regions = c->regions, .data = d};

    return program_new(c->m, model_entity(c->m, STR("elder")), &output, 1, &o, error);
}

static Program *program_of_rule(const Case *c, const Dataset *d, const char *rule)
{
    GError *error = NULL;
    Program *p = program_for(
        c, d, (Output){.kind = OUTPUT_RULE, .rule = model_rule(c->m, str_of(rule))}, &error);

    g_assert_no_error(error);
    return p;
}

/* Everybody has the same income. */
static Dataset *people(const Case *c, size_t rows, int64_t fen)
{
    const Entity *e = model_entity(c->m, STR("elder"));
    const Field *income = entity_field(e, STR("income"));
    Dataset *d = dataset_new(c->m->n_entities);
    Batch *b = d->batches[e->number] = batch_new("elder", rows, e->n_fields);
    Column *to = batch_add(b, income->index, KIND_MONEY, PHYSICAL_I64, false);

    for (size_t i = 0; i < rows; i++)
        column_set(to, i, fen);
    column_finish(b, to);
    return d;
}

/* ---- totals -----------------------------------------------------------------------------------
 */

/* A thousand million people, 100,000 yuan each, and the last one a fen more: a thousand parts of a
 * million, as threads join them. */
static void a_total_of_a_thousand_million_people_is_exact(void)
{
    g_autoptr(Case) c =
        case_new(PEOPLE "benefit b { for elder\n every month on last day\n pay income }");
    g_autoptr(Dataset) d = people(c, 1000000, 10000000), one = people(c, 1, 1);
    g_autoptr(Program) p = program_of_rule(c, d, "b");
    g_autoptr(Program) q = program_of_rule(c, one, "b");
    g_autoptr(Results) all = NULL, more = NULL;
    GError *error = NULL;
    char text[DECIMAL_TEXT];

    g_assert_true(evaluate_month(p, d, 600, false, &all, &error));
    g_assert_true(evaluate_month(q, one, 600, false, &more, &error));
    g_assert_cmpint(all->list[0].sum, ==, INT64_C(10000000000000));

    g_autoptr(Arena) a = arena_new();
    Results *whole = results_part(a, p, all); /* all of it once */
    for (unsigned i = 1; i < 1000; i++)
        g_assert_true(results_add_part(whole, p, all, &error));
    g_assert_true(results_add_part(whole, p, more, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(whole->list[0].yes, ==, 1000000001);
    g_assert_cmpint(whole->list[0].sum, ==, INT64_C(10000000000000001));
    g_assert_cmpstr(money_format(whole->list[0].sum, text), ==, "100,000,000,000,000.01");
    /* what a double would make of it */
    g_assert_cmpint((int64_t)(double)whole->list[0].sum, !=, whole->list[0].sum);
}

static void parts_that_do_not_fit_together_are_an_error(void)
{
    g_autoptr(Case) c =
        case_new(PEOPLE "benefit b { for elder\n every month on last day\n pay income }");
    g_autoptr(Dataset) d = people(c, 1, INT64_C(9000000000000000));
    g_autoptr(Program) p = program_of_rule(c, d, "b");
    g_autoptr(Results) all = NULL;
    g_autoptr(Arena) a = arena_new();
    GError *error = NULL;
    unsigned parts = 1;

    g_assert_true(evaluate_month(p, d, 600, false, &all, &error));
    Results *whole = results_part(a, p, all);
    while (parts < 2000 && results_add_part(whole, p, all, &error))
        parts++;
    g_assert_cmpuint(parts, ==, 1024); /* 1025 of them are beyond 2^63 */
    g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
    g_assert_cmpstr(error->message, ==, "rule b: the sum of all records does not fit 64 bits");
    g_error_free(error);
}

/* The record at which a total stops fitting is named, whatever the number of threads. */
static void a_total_that_does_not_fit_names_the_record(void)
{
    g_autoptr(Case) c =
        case_new(PEOPLE "benefit b { for elder\n every month on last day\n pay income }");
    g_autoptr(Dataset) d = people(c, 40000, INT64_C(9000000000000000));
    g_autoptr(Program) p = program_of_rule(c, d, "b");
    Str *keys = g_new0(Str, 40000);

    for (size_t i = 0; i < 40000; i++)
        keys[i] = STR("other");
    keys[1024] = STR("P17"); /* 1024 fit */
    d->batches[0]->keys = keys;
    for (unsigned threads = 1; threads <= 4; threads++) {
        MonthOptions o = {.month = 600, .keep = KEEP_ALL, .threads = threads};
        g_autoptr(Results) all = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_false(evaluate_month_as(p, d, &o, &all, &error));
        g_assert_error(error, FAIL_DOMAIN, FAIL_INPUT);
        g_assert_cmpstr(
            error->message, ==,
            "rule b, elder P17: up to here the sum of all records does not fit 64 bits");
        g_assert_null(all);
    }
    d->batches[0]->keys = NULL;
    g_free(keys);
}

/* One amount that does not fit: both drivers say so with the record, and never a number. */
static void an_amount_that_does_not_fit_names_the_record(void)
{
    g_autoptr(Case) c = case_new(PEOPLE "benefit b { for elder\n every month on last day\n"
                                        " pay income * 1000000\n round half_up to 1 fen }");
    g_autoptr(Dataset) d = people(c, 3, INT64_C(9000000000000000));
    g_autoptr(Program) p = program_of_rule(c, d, "b");
    g_autoptr(Results) all = NULL;
    g_autoptr(GError) error = NULL, other = NULL;
    Str keys[] = {STR("P1"), STR("P2"), STR("P3")};
    Trace t;

    d->batches[0]->keys = keys;
    g_assert_false(evaluate_month(p, d, 600, true, &all, &error));
    g_assert_null(all);
    g_assert_cmpstr(error->message, ==, "rule b, elder P1: a number does not fit 64 bits");
    g_assert_false(evaluate_row_month(p, d, 0, 2, 600, c->a, &t, &other));
    g_assert_cmpstr(other->message, ==, "rule b, elder P3: a number does not fit 64 bits");
    d->batches[0]->keys = NULL;
}

static void seventy_million_yuan_stay_what_they_are(void)
{
    g_autoptr(Case) c =
        case_new(PEOPLE "benefit b { for elder\n every month on last day\n pay income }\n"
                        "benefit half { for elder\n every month each day\n pay income\n"
                        " round half_up to 1 fen }\n"
                        "benefit tenth { for elder\n every month any day\n"
                        " pay income * 10%\n round half_up to 1 fen }");

    case_record(c, "elder", "income=68212208");
    case_record(c, "elder", "income=68212208.01");
    case_expect(c, "b", 0, "2020-06", "yes 68,212,208.00");
    case_expect(c, "b", 1, "2020-06", "yes 68,212,208.01");
    case_expect(c, "half", 0, "2020-06", "yes 68,212,208.00");
    case_expect(c, "half", 1, "2020-06", "yes 68,212,208.01");
    case_expect(c, "tenth", 0, "2020-06", "yes 6,821,220.80");
    case_expect(c, "tenth", 1, "2020-06", "yes 6,821,220.80");
}

/* ---- half a fen -------------------------------------------------------------------------------
 */

static void half_a_fen_goes_where_the_rule_says(void)
{
    static const struct {
        const char *income, *half_up, *down, *up;
    } cases[] = {
        {"0.01", "yes 0.01", "no", "yes 0.01"},       /* 0.5 fen */
        {"0.02", "yes 0.01", "yes 0.01", "yes 0.01"}, /* 1 */
        {"0.03", "yes 0.02", "yes 0.01", "yes 0.02"}, /* 1.5 */
        {"0.05", "yes 0.03", "yes 0.02", "yes 0.03"}, /* 2.5: not to the even one */
        {"1.01", "yes 0.51", "yes 0.50", "yes 0.51"}, /* 50.5 */
        {"0", "no", "no", "no"},                      /* nothing is no */
        {"136424416.03", "yes 68,212,208.02", "yes 68,212,208.01", "yes 68,212,208.02"},
    };
    g_autoptr(Case) c = case_new(PEOPLE "benefit half_up { for elder\n every month on last day\n"
                                        " pay income * 50%\n round half_up to 1 fen }\n"
                                        "benefit down { for elder\n every month on last day\n"
                                        " pay income * 50%\n round down to 1 fen }\n"
                                        "benefit up { for elder\n every month on last day\n"
                                        " pay income * 50%\n round up to 1 fen }");

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *cells = g_strconcat("income=", cases[i].income, NULL);

        case_record(c, "elder", cells);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        case_expect(c, "half_up", i, "2020-06", cases[i].half_up);
        case_expect(c, "down", i, "2020-06", cases[i].down);
        case_expect(c, "up", i, "2020-06", cases[i].up);
    }
}

/* A thousandth below and above the half. */
static void what_is_just_beside_the_half_is_not_the_half(void)
{
    g_autoptr(Case) c = case_new(PEOPLE "benefit half_up { for elder\n every month on last day\n"
                                        " pay income * 49.9%\n round half_up to 1 fen }\n"
                                        "benefit over { for elder\n every month on last day\n"
                                        " pay income * 50.1%\n round down to 1 fen }\n"
                                        "benefit up { for elder\n every month on last day\n"
                                        " pay income * 0.1%\n round up to 1 fen }");

    case_record(c, "elder", "income=0.01");
    case_expect(c, "half_up", 0, "2020-06", "no");  /* 0.499 fen */
    case_expect(c, "over", 0, "2020-06", "no");     /* 0.501, down */
    case_expect(c, "up", 0, "2020-06", "yes 0.01"); /* 0.001, up */
}

/* Of thirty days: a fen for fifteen is half a fen, rounded once for the month and not each day. */
static void a_month_by_days_is_rounded_once(void)
{
    g_autoptr(Case) c =
        case_new("entity elder {\n n int range 0..9 dated\n}\n"
                 "benefit half_up { for elder\n every month each day\n pay 0.01 yuan * n\n"
                 " round half_up to 1 fen }\n"
                 "benefit down { for elder\n every month each day\n pay 0.01 yuan * n\n"
                 " round down to 1 fen }\n"
                 "benefit up { for elder\n every month each day\n pay 0.01 yuan * n\n"
                 " round up to 1 fen }");

    case_record(c, "elder", "n=0,1@2020-06-16");
    case_record(c, "elder", "n=0,1@2020-06-17");
    case_record(c, "elder", "n=0,1@2020-06-15");
    case_record(c, "elder", "n=0,1@2020-06-30");
    case_expect(c, "half_up", 0, "2020-06", "yes 0.01"); /* 15 of 30 */
    case_expect(c, "down", 0, "2020-06", "no");
    case_expect(c, "up", 0, "2020-06", "yes 0.01");
    case_expect(c, "half_up", 1, "2020-06", "no"); /* 14 of 30 */
    case_expect(c, "half_up", 2, "2020-06", "yes 0.01");
    case_expect(c, "half_up", 3, "2020-06", "no");
    case_expect(c, "up", 3, "2020-06", "yes 0.01");
}

/* ---- ages -------------------------------------------------------------------------------------
 */

/* The k-th birthday, counted out: the day of the month, or its last one where there is none. */
static Date birthday(Date born, int k)
{
    Ymd b = date_ymd(born);
    Date to;

    while (!date_make(b.year + k, b.month, b.day, &to))
        b.day--;
    return to;
}

static void compare_ages(Program *p, const Dataset *d, int k, const Date *days, int expected)
{
    size_t rows = d->batches[0]->rows;
    g_autoptr(Batch) into = batch_new("ages", rows, 1);
    GError *error = NULL;

    g_assert_true(evaluate_column(p, d, 0, 0, days, into, 0, &error));
    for (size_t i = 0; i < rows; i++) {
        if (!column_known(into->columns[0], i) || column_get(into->columns[0], i) != expected)
            g_error("born on day %zu of 1900: %" G_GINT64_FORMAT " at birthday %d", i,
                    column_get(into->columns[0], i), k);
    }
    for (size_t i = 0; i < rows; i += 61) { /* and the row driver */
        int64_t value = -1;

        if (!evaluate_value(p, d, 0, i, days[i], &value) || value != expected)
            g_error("born on day %zu of 1900: row driver %" G_GINT64_FORMAT, i, value);
    }
}

/* Who is born on any day of 1900 to 1999 is a year older on the birthday, and not the day before.
 */
static void every_birthday_in_both_drivers(void)
{
    static const int ages[] = {1, 4, 18, 60, 65, 80, 99, 100};
    g_autoptr(Case) c =
        case_new("entity elder {\n born date\n}\nderive elder.age : int = age(born)");
    const Entity *e = model_entity(c->m, STR("elder"));
    Date first, last, days[36524];

    date_make(1900, 1, 1, &first);
    date_make(1999, 12, 31, &last);
    size_t rows = (size_t)(last - first) + 1;
    g_autoptr(Dataset) d = dataset_new(c->m->n_entities);
    Batch *b = d->batches[0] = batch_new("elder", rows, e->n_fields);
    Column *born =
        batch_add(b, entity_field(e, STR("born"))->index, KIND_DATE, PHYSICAL_I32, false);
    GError *error = NULL;

    g_assert_cmpuint(rows, ==, G_N_ELEMENTS(days));
    for (size_t i = 0; i < rows; i++)
        column_set(born, i, first + (Date)i);
    column_finish(b, born);
    g_autoptr(Program) p = program_for(
        c, d, (Output){.kind = OUTPUT_FIELD, .field = entity_field(e, STR("age"))}, &error);
    g_assert_no_error(error);
    for (size_t k = 0; k < G_N_ELEMENTS(ages); k++) {
        for (size_t i = 0; i < rows; i++)
            days[i] = birthday(first + (Date)i, ages[k]);
        compare_ages(p, d, ages[k], days, ages[k]);
        for (size_t i = 0; i < rows; i++)
            days[i]--;
        compare_ages(p, d, ages[k], days, ages[k] - 1);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/exact/a total of a thousand million people",
                    a_total_of_a_thousand_million_people_is_exact);
    g_test_add_func("/exact/parts that do not fit together",
                    parts_that_do_not_fit_together_are_an_error);
    g_test_add_func("/exact/a total that does not fit", a_total_that_does_not_fit_names_the_record);
    g_test_add_func("/exact/an amount that does not fit",
                    an_amount_that_does_not_fit_names_the_record);
    g_test_add_func("/exact/seventy million yuan", seventy_million_yuan_stay_what_they_are);
    g_test_add_func("/exact/half a fen", half_a_fen_goes_where_the_rule_says);
    g_test_add_func("/exact/beside the half", what_is_just_beside_the_half_is_not_the_half);
    g_test_add_func("/exact/a month by days", a_month_by_days_is_rounded_once);
    g_test_add_func("/exact/every birthday", every_birthday_in_both_drivers);
    return g_test_run();
}
