/* batch.c — all rows of a month, a slice at a time, in as many threads as there are cores.
 * In: Program, Dataset, month.  Out: Results.  A month is cut into stretches in which no param
 * changes; one is the rule.  Slices: pass.c, month_slice.c.  Start: evaluate_month_as(). */
#include "base/clock.h"
#include "compile/reach.h"
#include "evaluate/month_slice.h"

#include <pthread.h>
#include <unistd.h>

#define THREADS_MOST 64u
#define SLICES_LEAST 16u /* of a thread: fewer rows are done before it has begun */

/* ---- stretches --------------------------------------------------------------------------------
 */

/* The first day, and those behind it on which a param the output reads has another value. */
static GArray *param_days(const Program *p, const ProgramOutput *o, Date first, Date last)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(Date));

    for (Date day = first; day <= last; day = output_next_slice(p, o, day))
        g_array_append_val(days, day);
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

        if (t->n_stretches > 0)
            t->until[t->n_stretches - 1] = from - 1;
        t->from[t->n_stretches] = from;
        t->until[t->n_stretches++] = t->last;
    }
    if (t->n_stretches > 1 || t->o->shared)
        t->partials = arena_many(m->arena, Partial, t->n_stretches);
    g_array_free(days, TRUE);
}

static void make_rules(MonthRun *m)
{
    m->rules = arena_many(m->arena, RuleMonth, m->results->n_all + 1);
    for (size_t i = 0; i < m->results->n_all; i++) {
        RuleMonth *t = &m->rules[i];

        t->to = &m->results->list[i];
        t->o = &m->r->p->outputs[t->to->output];
        for (size_t k = 0; k < t->o->n_inputs; k++)
            t->reads |= UINT64_C(1) << m->r->p->inputs[t->o->inputs[k]].bit;
        if (t->o->shared) {
            t->standing = arena_many(m->arena, Standing, MIN(m->r->rows, BATCH_STEP));
            m->r->slices[t->to->output] = t->standing;
        }
        if (month_days_of(t->o, m->month, &t->first, &t->last))
            find_stretches(m, t);
    }
}

/* ---- passes: outputs asked on one day go together ---------------------------------------------
 */

typedef struct Wanted {
    Date first, day;
    unsigned level;
    PassOutput *outputs;
    size_t n;
} Wanted;

static void want(MonthRun *m, GArray *all, Date first, Date day, PassOutput w)
{
    unsigned level = m->r->p->outputs[w.output].level;
    Wanted *to = NULL;

    for (guint i = 0; i < all->len && to == NULL; i++) {
        Wanted *x = &g_array_index(all, Wanted, i);

        if (x->level == level && x->day == day &&
            (x->first == first || first == day || x->first == day))
            to = x;
    }
    if (to == NULL) {
        Wanted x = {first, day, level, arena_many(m->arena, PassOutput, m->results->n_all + 1), 0};

        g_array_append_val(all, x);
        to = &g_array_index(all, Wanted, all->len - 1);
    }
    to->first = MIN(to->first, first);
    to->outputs[to->n++] = w;
}

#define BITS_OF_BYTE 8

static int bits(uint64_t set)
{
    return __builtin_popcountll(set);
}

static void add_pass(MonthRun *m, const Wanted *x)
{
    m->passes[m->n_passes] = pass_new(m->arena, m->r, x->first, x->day, x->outputs, x->n);
    m->passes[m->n_passes++]->level = x->level;
}

/* Missing sets of bytes are worth more than registers shared by all outputs: these are grouped so
 * that each group lacks eight things at most; what lacks more goes together. */
static void split_pass(MonthRun *m, const Wanted *x)
{
    Wanted *groups = arena_many(m->arena, Wanted, x->n + 1);
    uint64_t *flow = arena_many(m->arena, uint64_t, x->n + 1);
    size_t n = 1; /* the first is for those that lack more */

    for (size_t i = 0; i < x->n; i++) {
        const PassOutput *w = &x->outputs[i];
        size_t k = bits(w->flow) > BITS_OF_BYTE ? 0 : 1;

        while (k > 0 && k < n && bits(flow[k] | w->flow) > BITS_OF_BYTE)
            k++;
        n = MAX(n, k + 1);
        if (groups[k].n == 0)
            groups[k] =
                (Wanted){x->first, x->day, x->level, arena_many(m->arena, PassOutput, x->n), 0};
        flow[k] |= w->flow;
        groups[k].outputs[groups[k].n++] =
            (PassOutput){.output = w->output, .segment = w->segment, .from = w->from};
    }
    for (size_t k = 0; k < n; k++) {
        if (groups[k].n > 0)
            add_pass(m, &groups[k]);
    }
}

static void make_passes(MonthRun *m)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(Wanted));
    size_t outputs = 0;

    for (size_t i = 0; i < m->results->n_all; i++) {
        const RuleMonth *t = &m->rules[i];

        outputs += t->n_stretches;
        for (unsigned k = 0; k < t->n_stretches; k++)
            want(m, all, t->from[k], t->until[k],
                 (PassOutput){.output = t->to->output, .segment = k, .from = t->from[k]});
    }
    m->passes = arena_many(m->arena, Pass *, all->len + outputs + 1);
    for (guint i = 0; i < all->len; i++) {
        const Wanted *x = &g_array_index(all, Wanted, i);

        add_pass(m, x);
        if (m->passes[m->n_passes - 1]->doubt > 0) {
            m->n_passes--;
            split_pass(m, x);
        }
    }
    g_array_free(all, TRUE);
}

static bool run_level(MonthRun *m, unsigned level, size_t row, size_t n, GError **error)
{
    for (size_t i = 0; i < m->n_passes; i++) {
        if (m->passes[i]->level == level &&
            !slice_run(m->passes[i], row, n, month_slice_done, m, error))
            return false;
    }
    return month_slice_join(m, level, row, n, error);
}

static bool run_slices(MonthRun *m, size_t from, size_t to, GError **error)
{
    for (size_t row = from; row < to; row += BATCH_STEP) {
        size_t n = MIN(to - row, BATCH_STEP);

        for (unsigned level = 0; level < m->r->p->n_levels; level++) {
            if (!run_level(m, level, row, n, error))
                return false;
            month_slice_groups(m, level, row, n);
        }
        if (!month_slice_settled(m, row, n, error))
            return false;
    }
    return true;
}

/* Of a rule that is not in force that month no slice is visited. */
static void leave_outside(const MonthRun *m, size_t from, size_t to)
{
    for (size_t i = 0; i < m->results->n; i++) {
        if (m->rules[i].n_stretches == 0 && m->rules[i].to->outcome != NULL)
            memset(m->rules[i].to->outcome + from, OUTCOME_OUTSIDE, to - from);
    }
}

static void count_missing(const MonthRun *m)
{
    for (size_t i = 0; i < m->results->n_all; i++) {
        const RuleMonth *t = &m->rules[i];

        for (size_t k = 0; k < t->o->n_inputs; k++)
            t->to->missing_count[k] += t->bits[m->r->p->inputs[t->o->inputs[k]].bit];
    }
}

/* Whether all who get the output's amount get the same: it hangs on nothing but the month. */
static void find_fixed(const Program *p, Month month, bool *fixed)
{
    for (size_t i = 0; i < p->n_all; i++) {
        const ProgramOutput *o = &p->outputs[i];
        const Step *s = o->amount != STEP_NONE ? &p->steps[o->amount] : NULL;
        GArray *days = param_days(p, o, month_first(month), month_last(month));

        fixed[i] = s == NULL || (s->uniform && s->drift == DRIFT_STILL && s->low == s->high &&
                                 s->low % power_of_ten(s->scale - 2u) == 0 && days->len == 1 &&
                                 o->days != RULE_EACH_DAY && o->days != RULE_ONCE_DAY);
        g_array_free(days, TRUE);
    }
}

/* ---- threads ----------------------------------------------------------------------------------
 */

/* A range of slices, with all that is written to beside the rows themselves. */
typedef struct Worker {
    const Program *p;
    const Dataset *d;
    const Results *whole;
    Arena *arena;
    Results *part;
    Month month;
    size_t from, to;
    pthread_t thread;
    bool started, good;
    GError *error;
} Worker;

static bool work(Worker *w)
{
    MonthRun *m = arena_new_of(w->arena, MonthRun);

    m->arena = w->arena;
    m->month = w->month;
    m->results = w->part = results_part(w->arena, w->p, w->whole);
    if (!run_new(w->arena, w->p, w->d, &m->r, &w->error))
        return false;
    memset(m->yes, TRUTH_YES, BATCH_STEP);
    make_rules(m);
    make_passes(m);
    if (!run_slices(m, w->from, w->to, &w->error))
        return false;
    stream_end();
    count_missing(m);
    leave_outside(m, w->from, w->to);
    return true;
}

static void *work_in_thread(void *user)
{
    Worker *w = user;

    w->good = work(w);
    return NULL;
}

static bool run_workers(Worker *w, unsigned n, Results *whole, GError **error)
{
    bool good = true;

    for (unsigned i = 1; i < n; i++)
        w[i].started = pthread_create(&w[i].thread, NULL, work_in_thread, &w[i]) == 0;
    for (unsigned i = 0; i < n; i++) {
        if (w[i].started)
            pthread_join(w[i].thread, NULL);
        else
            w[i].good = work(&w[i]);
    }
    for (unsigned i = 0; i < n; i++) {
        if (good && !w[i].good)
            g_propagate_error(error, g_steal_pointer(&w[i].error));
        good = good && w[i].good && results_add_part(whole, w[i].p, w[i].part, error);
        g_clear_error(&w[i].error);
        arena_free(w[i].arena);
    }
    return good;
}

static unsigned threads_for(size_t rows, unsigned wanted)
{
    size_t most = (rows + BATCH_STEP - 1) / BATCH_STEP / (wanted > 0 ? 1 : SLICES_LEAST);

    if (most <= 1) /* to ask for the cores takes longer than one slice */
        return 1;
    long cores = wanted > 0 ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);

    return (unsigned)CLAMP(cores, 1, (long)CLAMP(most, 1, THREADS_MOST));
}

static bool run_threads(const Worker *like, size_t rows, unsigned n, Results *whole, GError **error)
{
    size_t slices = (rows + BATCH_STEP - 1) / BATCH_STEP;
    Worker w[THREADS_MOST] = {{0}};

    for (unsigned i = 0; i < n; i++) {
        w[i] = *like;
        w[i].arena = arena_new();
        w[i].from = slices * i / n * BATCH_STEP;
        w[i].to = MIN(slices * (i + 1) / n * BATCH_STEP, rows);
    }
    return run_workers(w, n, whole, error);
}

static bool evaluate_rows(const Program *p, const Dataset *d, const MonthOptions *o,
                          unsigned threads, Results *again, Results **ret, GError **error)
{
    g_autoptr(Results) results = NULL;
    g_autofree bool *fixed = g_new0(bool, p->n_all + 1);
    const Batch *b = p->entity < d->n_batches ? d->batches[p->entity] : NULL;
    size_t rows = b != NULL ? b->rows : 0;
    Worker like = {.p = p, .d = d, .month = o->month};

    find_fixed(p, o->month, fixed);
    like.whole = results = results_new(p, rows, o->keep, fixed, again);
    if (!run_threads(&like, rows, threads, results, error))
        return false;
    *ret = g_steal_pointer(&results);
    return true;
}

bool evaluate_month_as(const Program *p, const Dataset *d, const MonthOptions *o, Results **ret,
                       GError **error)
{
    const Batch *b = p->entity < d->n_batches ? d->batches[p->entity] : NULL;
    unsigned threads = threads_for(b != NULL ? b->rows : 0, o->threads);
    int64_t start = clock_monotonic_us();
    GError *why = NULL;

    if (month_first(o->month) < DAY_LOW || month_last(o->month) > DAY_HIGH) {
        results_free(o->again);
        return fail(error, FAIL_INPUT, "rules can be asked about the years 1900 to 2199 only");
    }
    if (!evaluate_rows(p, d, o, threads, o->again, ret, threads > 1 ? &why : error)) {
        if (threads == 1)
            return false;
        /* Which record is at fault must not hang on the threads: the first in order. */
        g_clear_error(&why);
        if (!evaluate_rows(p, d, o, 1, NULL, ret, error))
            return false;
    }
    (*ret)->seconds = (double)(clock_monotonic_us() - start) / 1e6;
    return true;
}

bool evaluate_month(const Program *p, const Dataset *d, Month month, bool keep_rows, Results **ret,
                    GError **error)
{
    MonthOptions options = {.month = month, .keep = keep_rows ? KEEP_ALL : KEEP_SUMS};

    return evaluate_month_as(p, d, &options, ret, error);
}
