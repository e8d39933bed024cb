/* explain.c — how long one person's decision takes with its full explanation, facts in memory.
 * Usage: explain sqlite:PATH YYYY-MM DECISIONS
 * Takes records of all entities and all rules about them, one after the other; measures deciding
 * with a trace, the sentences, why not, and who can supply what is missing.  The first time a rule
 * is asked its Program is made and its columns are found: told apart.  Status 1 when the median is
 * not below LIMIT_US. */
#include "base/sort.h"
#include "care/explain_inside.h"
#include "evaluate/evaluate.h"

#include "chance.h"

#include <time.h>

#define LIMIT_US 200

typedef struct Bench {
    Care *care;
    Working *working;
    const Session *session;
    Month month;
    size_t wanted;
    GArray *us; /* double, one per decision */
    GArray *first_us;
    size_t lines, outcomes[4];
    uint64_t chance;
} Bench;

static double now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static bool one(Bench *b, const Rule *rule, const Program *p, Evaluation *e, size_t row,
                GError **error)
{
    g_autoptr(Arena) a = arena_new();
    double start = now_us();
    Explanation x = {0};
    Trace trace;

    if (!evaluation_row_month(e, 0, row, b->month, a, &trace, error))
        return false;
    if (trace.outside) /* there is nothing to explain */
        return true;
    const Explaining more = {.care = b->care,
                             .session = b->session,
                             .model = b->care->model,
                             .data = b->working->data,
                             .regions = b->care->regions,
                             .program = p,
                             .trace = &trace,
                             .arena = a};

    explain_rule(a, b->care->model, rule, p, &trace, &x);
    explain_who(&more, &x);
    double us = now_us() - start;

    g_array_append_val(b->us, us);
    b->lines += x.n_lines;
    b->outcomes[x.outcome]++;
    return true;
}

static bool rule_of(Bench *b, const Rule *rule, size_t decisions, GError **error)
{
    size_t rows = working_rows(b->working, rule->subject);
    const Output output = {.kind = OUTPUT_RULE, .rule = rule};
    const CompileOptions options = {.data = b->working->data, .regions = b->care->regions};
    double start = now_us();

    if (rows == 0)
        return true;
    g_autoptr(Program) p = program_new(b->care->model, rule->subject, &output, 1, &options, error);
    g_autoptr(Evaluation) e = p != NULL ? evaluation_new(p, b->working->data, error) : NULL;

    if (e == NULL)
        return false;
    double us = now_us() - start;

    g_array_append_val(b->first_us, us);
    for (size_t i = 0; i < decisions; i++) {
        if (!one(b, rule, p, e, chance_next(&b->chance, rows), error))
            return false;
    }
    return true;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double part(GArray *list, unsigned of_hundred)
{
    sort_rows(list->data, list->len, sizeof(double), by_size);
    return list->len == 0 ? 0 : g_array_index(list, double, (list->len - 1) * of_hundred / 100);
}

static bool run(Bench *b, const char *uri, GError **error)
{
    const CareOptions o = {.uri = uri, .load = true};
    g_autoptr(Arena) a = arena_new();
    bool fine = care_open(&o, &b->care, error) && working_get(b->care, &b->working, error) &&
                session_local(b->care, STR(""), a, &b->session, error);
    size_t n = fine ? b->care->model->n_rules : 0;

    for (size_t i = 0; fine && i < n; i++)
        fine = rule_of(b, b->care->model->rules[i], b->wanted / n + 1, error);
    if (fine)
        printf(
            "%u decisions of %zu rules explained, %.1f lines each (yes %zu, no %zu, unknown %zu, "
            "person %zu)\nmedian %.0f µs, 99 of 100 below %.0f µs; the first of a rule %.0f µs "
            "(median)\n",
            b->us->len, n, (double)b->lines / MAX(b->us->len, 1), b->outcomes[TRUTH_YES],
            b->outcomes[TRUTH_NO], b->outcomes[TRUTH_UNKNOWN], b->outcomes[TRUTH_PERSON],
            part(b->us, 50), part(b->us, 99), part(b->first_us, 50));
    return fine;
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    Bench b = {.us = g_array_new(FALSE, FALSE, sizeof(double)),
               .first_us = g_array_new(FALSE, FALSE, sizeof(double)),
               .chance = 88172645463325252u};

    if (argc < 4 || !month_parse(str_of(argv[2]), &b.month))
        return 2;
    b.wanted = (size_t)g_ascii_strtoull(argv[3], NULL, 10);
    bool fine = run(&b, argv[1], &error);

    if (error != NULL)
        fprintf(stderr, "%s\n", error->message);
    g_clear_error(&error);
    fine = fine && b.us->len > 0 && part(b.us, 50) < LIMIT_US;
    working_unref(b.working);
    care_close(b.care);
    g_array_unref(b.us);
    g_array_unref(b.first_us);
    return fine ? 0 : 1;
}
