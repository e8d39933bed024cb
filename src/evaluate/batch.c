/* batch.c — all rows of a month, 1,024 at a time.
 * In: Program, Dataset, month.  Out: Results.  A month is cut into stretches in which no param
 * changes; one is the rule.  Slices: pass.c, month_slice.c.  Start: evaluate_month(). */
#include "evaluate/month_slice.h"

#include <time.h>

static double cpu_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- stretches --------------------------------------------------------------------------------
 */

static int date_order(const void *a, const void *b)
{
    const Date *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Days behind the first on which a param the output reads has another value. */
static GArray *param_days(const Program *p, const ProgramOutput *o, Date first, Date last)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(Date));

    g_array_append_val(days, first);
    for (size_t i = 0; i < o->n_steps; i++) {
        const Step *s = &p->steps[o->steps[i]];

        if (s->op != OP_LOOKUP)
            continue;
        for (size_t k = 0; k < p->slots[s->slot].n_slices; k++) {
            Date from = p->slots[s->slot].slices[k].from;

            if (from > first && from <= last)
                g_array_append_val(days, from);
        }
    }
    g_array_sort(days, date_order);
    return days;
}

static void find_stretches(MonthRun *m, RuleMonth *t)
{
    bool many = t->o->days == RULE_ANY_DAY || t->o->days == RULE_EACH_DAY;
    Date first = many ? t->first : t->last;
    GArray *days = param_days(m->r->p, t->o, first, t->last);

    t->from = arena_many(m->arena, Date, days->len);
    t->until = arena_many(m->arena, Date, days->len);
    for (guint i = 0; i < days->len; i++) {
        Date from = g_array_index(days, Date, i);

        if (t->n_stretches > 0 && from == t->from[t->n_stretches - 1])
            continue;
        if (t->n_stretches > 0)
            t->until[t->n_stretches - 1] = from - 1;
        t->from[t->n_stretches] = from;
        t->until[t->n_stretches++] = t->last;
    }
    if (t->n_stretches > 1)
        t->partials = arena_many(m->arena, Partial, t->n_stretches);
    g_array_free(days, TRUE);
}

static void make_rules(MonthRun *m)
{
    m->rules = arena_many(m->arena, RuleMonth, m->results->n + 1);
    for (size_t i = 0; i < m->results->n; i++) {
        RuleMonth *t = &m->rules[i];

        t->to = &m->results->list[i];
        t->o = &m->r->p->outputs[t->to->output];
        for (size_t k = 0; k < t->o->n_inputs; k++)
            t->reads |= UINT64_C(1) << m->r->p->inputs[t->o->inputs[k]].bit;
        if (month_days_of(t->o, m->month, &t->first, &t->last))
            find_stretches(m, t);
    }
}

/* ---- passes: outputs asked on one day go together ---------------------------------------------
 */

typedef struct Wanted {
    Date first, day;
    PassOutput *outputs;
    size_t n;
} Wanted;

static void want(MonthRun *m, GArray *all, Date first, Date day, PassOutput w)
{
    Wanted *to = NULL;

    for (guint i = 0; i < all->len && to == NULL; i++) {
        Wanted *x = &g_array_index(all, Wanted, i);

        if (x->day == day && (x->first == first || first == day || x->first == day))
            to = x;
    }
    if (to == NULL) {
        Wanted x = {first, day, arena_many(m->arena, PassOutput, m->results->n + 1), 0};

        g_array_append_val(all, x);
        to = &g_array_index(all, Wanted, all->len - 1);
    }
    to->first = MIN(to->first, first);
    to->outputs[to->n++] = w;
}

static void make_passes(MonthRun *m)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Wanted));

    for (size_t i = 0; i < m->results->n; i++) {
        const RuleMonth *t = &m->rules[i];

        for (unsigned k = 0; k < t->n_stretches; k++)
            want(m, all, t->from[k], t->until[k],
                 (PassOutput){.output = t->to->output, .segment = k, .from = t->from[k]});
    }
    m->passes = arena_many(m->arena, Pass *, all->len + 1);
    for (guint i = 0; i < all->len; i++) {
        const Wanted *x = &g_array_index(all, Wanted, i);

        m->passes[m->n_passes++] = pass_new(m->arena, m->r, x->first, x->day, x->outputs, x->n);
    }
    g_array_free(all, TRUE);
}

static bool run_slices(MonthRun *m, GError **error)
{
    for (size_t row = 0; row < m->r->rows; row += BATCH_STEP) {
        size_t n = MIN(m->r->rows - row, BATCH_STEP);

        for (size_t i = 0; i < m->n_passes; i++) {
            if (!slice_run(m->passes[i], row, n, month_slice_done, m, error))
                return false;
        }
        if (!month_slice_join(m, row, n, error))
            return false;
    }
    return true;
}

static void count_missing(const MonthRun *m)
{
    for (size_t i = 0; i < m->results->n; i++) {
        const RuleMonth *t = &m->rules[i];

        for (size_t k = 0; k < t->o->n_inputs; k++)
            t->to->missing_count[k] += t->bits[m->r->p->inputs[t->o->inputs[k]].bit];
    }
}

bool evaluate_month(const Program *p, const Dataset *d, Month month, bool keep_rows, Results **ret,
                    GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(Results) results = NULL;
    MonthRun *m = arena_new_of(a, MonthRun);
    double start = cpu_seconds();

    if (month_first(month) < DAY_LOW || month_last(month) > DAY_HIGH)
        return fail(error, FAIL_INPUT, "rules can be asked about the years 1900 to 2199 only");
    m->arena = a;
    m->month = month;
    if (!run_new(a, p, d, &m->r, error))
        return false;
    results = m->results = results_new(p, m->r->rows, keep_rows);
    memset(m->yes, TRUTH_YES, BATCH_STEP);
    make_rules(m);
    make_passes(m);
    if (!run_slices(m, error))
        return false;
    count_missing(m);
    results->seconds = cpu_seconds() - start;
    *ret = g_steal_pointer(&results);
    return true;
}
