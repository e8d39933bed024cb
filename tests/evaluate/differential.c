/* differential.c — random rules over random records: the oracle, the row driver day by day, the
 * row driver by month and the batch driver agree on every row.
 * ANLAO_SEED and ANLAO_WORLDS choose other and more worlds; ANLAO_RULES is for how many rules over
 * a few rows in one month (ten thousand in the slow tests); with ANLAO_FIRST=238 ANLAO_RULES=5 one
 * world of these alone. */
#include "oracle.h"
#include "oracle_inside.h"
#include "world.h"

#define RULES 5

static Lacks lacks_of(const Model *m, const Program *p, const ProgramOutput *o, uint64_t own)
{
    Lacks l = {{0}};

    for (size_t i = 0; i < o->n_inputs; i++) {
        const Input *in = &p->inputs[o->inputs[i]];
        unsigned id = oracle_id(m, in->kind, in->origin);

        if ((own >> i & 1) != 0)
            l.bits[id / 64] |= UINT64_C(1) << id % 64;
    }
    return l;
}

static void explain_failure(const Program *p, const char *what, guint32 seed, const Rule *r,
                            size_t row, Month month, const OracleMonth *x, unsigned outcome,
                            int64_t amount, Lacks lacks)
{
    GString *text = g_string_new(NULL);
    char when[DATE_TEXT];

    program_print(p, text);
    g_test_message("%s", text->str);
    g_test_message("%s: seed %u rule %.*s row %zu month %s: oracle %d %" G_GINT64_FORMAT
                   ", got %u %" G_GINT64_FORMAT,
                   what, seed, STR_ARG(r->name), row, month_format(month, when), x->outcome,
                   x->amount, outcome, amount);
    for (int i = 0; i < ORACLE_WORDS; i++)
        g_test_message("lacks %d: %" G_GINT64_MODIFIER "x got %" G_GINT64_MODIFIER "x", i,
                       x->lacks.bits[i], lacks.bits[i]);
    g_string_free(text, TRUE);
    g_assert_not_reached();
}

static bool agree(const OracleMonth *x, unsigned outcome, int64_t amount, Lacks lacks)
{
    return x->outcome == outcome && x->amount == amount &&
           ((outcome != TRUTH_UNKNOWN && outcome != TRUTH_PERSON) ||
            memcmp(x->lacks.bits, lacks.bits, sizeof lacks.bits) == 0);
}

typedef struct Case {
    World *w;
    Oracle oracle;
    Program *p;
    Evaluation *e;
    guint32 seed;
    Month month;
    Rule *rules[RULES];
} Case;

/* Ceilings: both drivers say the same, and no way of deciding what is open comes to more. */
static void check_most(const Case *c, size_t i, size_t row, const Result *b, const Trace *t)
{
    const Rule *r = c->rules[i];
    int64_t most = 0;

    if (t->outside || t->outcome != TRUTH_PERSON || r->pay == NULL)
        return;
    g_assert_cmpint(b->highest[row], ==, t->has_most ? t->most : -1);
    if (t->has_most && r->n_reads + r->n_groups == 0 && r->cycle == CYCLE_MONTH &&
        r->governing <= GOVERN_LAST_DAY && oracle_most(&c->oracle, r, row, t->day, &most)) {
        most = oracle_rounded(MAX(most, 0), power_of_ten(oracle_scale(r) - 2), r->round);
        g_assert_cmpint(t->most, >=, most);
    }
}

static void check_row(const Case *c, const Results *all, size_t i, size_t row)
{
    const ProgramOutput *o = &c->p->outputs[i];
    OracleMonth x = oracle_net(&c->oracle, c->rules[i], row, month_last(c->month), false);
    const Result *b = &all->list[i];
    g_autoptr(Arena) a = arena_new();
    GError *error = NULL;
    Trace t = {0};
    Lacks lacks = lacks_of(c->w->k->m, c->p, o, result_missing(b, row));

    bool ran = evaluation_row_month(c->e, i, row, c->month, a, &t, &error);

    g_assert_no_error(error);
    g_assert_true(ran);
    unsigned outcome = t.outside ? OUTCOME_OUTSIDE : t.outcome;
    Lacks row_lacks = lacks_of(c->w->k->m, c->p, o, t.missing);

    if (!agree(&x, outcome, t.amount, row_lacks))
        explain_failure(c->p, "row driver", c->seed, c->rules[i], row, c->month, &x, outcome,
                        t.amount, row_lacks);
    if (!agree(&x, b->outcome[row], result_amount(b, row), lacks))
        explain_failure(c->p, "batch driver", c->seed, c->rules[i], row, c->month, &x,
                        b->outcome[row], result_amount(b, row), lacks);
    check_most(c, i, row, b, &t);
}

/* The next change said of a row is the first day on which the day's outcome differs. */
static void check_change(const Case *c, size_t i, size_t row)
{
    g_autoptr(Arena) a = arena_new();
    const Rule *r = c->rules[i];
    Trace t = {0};
    OracleMonth now, then;
    Date day = day_of("2020-01-15"), last = day + 400;
    bool ran = evaluation_row(c->e, i, row, day, a, &t, NULL);

    g_assert_true(ran);
    if (r->cycle == CYCLE_ONCE || day < r->from || day > r->until)
        return;
    now = oracle_net(&c->oracle, r, row, day, true);
    g_assert_cmpint(t.outside ? OUTCOME_OUTSIDE : t.outcome, ==, now.outcome);
    for (day++; day < last; day++) {
        then = (OracleMonth){.outcome = OUTCOME_OUTSIDE};
        if (day <= r->until)
            then = oracle_net(&c->oracle, r, row, day, true);
        if (then.outcome != now.outcome)
            break;
        if (then.amount != now.amount)
            return; /* a change of the exact amount: fen may hide it */
        if (t.has_change && t.change_on == day)
            return;
    }
    if (day < last && (!t.has_change || t.change_on != day)) {
        GString *text = g_string_new(NULL);

        program_print(c->p, text);
        g_test_message("%s\nseed %u rule %zu row %zu: changes on %d, said %d %d", text->str,
                       c->seed, i, row, day, t.has_change, t.change_on);
        g_string_free(text, TRUE);
        g_assert_not_reached();
    }
}

static void check_sums(const Results *all, size_t rows, size_t rules)
{
    for (size_t i = 0; i < rules; i++) {
        const Result *r = &all->list[i];
        uint64_t n[5] = {0}, checksum = 0, unbounded = 0;
        int64_t sum = 0, most = 0;

        for (size_t row = 0; row < rows; row++) {
            n[r->outcome[row]]++;
            sum += result_amount(r, row);
            if (r->outcome[row] == TRUTH_PERSON && r->highest != NULL && r->highest[row] >= 0)
                most += r->highest[row];
            else if (r->outcome[row] == TRUTH_PERSON && r->highest != NULL)
                unbounded++;
            checksum +=
                r->outcome[row] == TRUTH_YES ? (row + 1) * (uint64_t)result_amount(r, row) : 0;
        }
        g_assert_cmpint(r->sum, ==, sum);
        g_assert_cmpuint(r->yes, ==, n[TRUTH_YES]);
        g_assert_cmpuint(r->no, ==, n[TRUTH_NO]);
        g_assert_cmpuint(r->unknown, ==, n[TRUTH_UNKNOWN]);
        g_assert_cmpuint(r->judgement, ==, n[TRUTH_PERSON]);
        g_assert_cmpint(r->most, ==, most);
        g_assert_cmpuint(r->unbounded, ==, unbounded);
        g_assert_cmpuint(r->records, ==, rows - n[OUTCOME_OUTSIDE]);
        if (sum > 0)
            g_assert_cmpuint(r->checksum, ==, checksum & INT64_MAX);
    }
}

static void check_same_sums(const ProgramOutput *o, const Result *x, const Result *y)
{
    g_assert_cmpint(x->sum, ==, y->sum);
    g_assert_cmpuint(x->checksum, ==, y->checksum);
    g_assert_cmpuint(x->yes, ==, y->yes);
    g_assert_cmpuint(x->no, ==, y->no);
    g_assert_cmpuint(x->unknown, ==, y->unknown);
    g_assert_cmpuint(x->judgement, ==, y->judgement);
    g_assert_cmpint(x->most, ==, y->most);
    g_assert_cmpuint(x->unbounded, ==, y->unbounded);
    for (size_t k = 0; k < o->n_inputs; k++)
        g_assert_cmpuint(x->missing_count[k], ==, y->missing_count[k]);
}

static void check_same_rows(const Result *x, const Result *y, size_t rows)
{
    for (size_t row = 0; row < rows; row++) {
        g_assert_cmpuint(x->outcome[row], ==, y->outcome[row]);
        g_assert_cmpint(result_amount(x, row), ==, result_amount(y, row));
        g_assert_cmpuint(result_missing(x, row), ==, 0); /* not kept */
    }
}

/* Rows not kept, or more threads, give the same. */
static void check_otherwise(const Case *c, const Results *kept, Keep keep, unsigned threads)
{
    g_autoptr(Results) all = NULL;
    MonthOptions options = {.month = c->month, .keep = keep, .threads = threads};
    GError *error = NULL;
    bool ran = evaluate_month_as(c->p, c->w->d, &options, &all, &error);
    size_t rows = c->w->d->batches[c->w->person->number]->rows;

    g_assert_no_error(error);
    g_assert_true(ran);
    g_assert_cmpuint(all->n, ==, kept->n);
    for (size_t i = 0; i < all->n; i++) {
        check_same_sums(&c->p->outputs[i], &all->list[i], &kept->list[i]);
        if (keep != KEEP_SUMS)
            check_same_rows(&all->list[i], &kept->list[i], rows);
    }
}

static void check_month(Case *c, size_t rows)
{
    g_autoptr(Results) all = NULL;
    GError *error = NULL;
    bool ran = evaluate_month(c->p, c->w->d, c->month, true, &all, &error);

    g_assert_no_error(error);
    g_assert_true(ran);
    g_assert_cmpuint(all->n, ==, RULES);
    for (size_t row = 0; row < rows; row++) {
        for (size_t i = 0; i < RULES; i++)
            check_row(c, all, i, row);
    }
    check_sums(all, rows, RULES);
    check_otherwise(c, all, KEEP_SUMS, 1);
    check_otherwise(c, all, KEEP_AMOUNTS, 3);
}

/* A rule asked for by itself brings along what it rests on. */
static void check_alone(const Case *c, const CompileOptions *options, size_t rows)
{
    size_t i = c->seed % RULES;
    Output output = {.kind = OUTPUT_RULE, .rule = c->rules[i]};
    g_autoptr(Results) all = NULL;
    GError *error = NULL;
    g_autoptr(Program) p = program_new(c->w->k->m, c->w->person, &output, 1, options, &error);

    g_assert_no_error(error);
    bool ran = evaluate_month(p, c->w->d, c->month, true, &all, &error);

    g_assert_no_error(error);
    g_assert_true(ran);
    g_assert_cmpuint(all->n, ==, 1);
    for (size_t row = 0; row < rows; row += 1 + rows / 64) {
        OracleMonth x = oracle_net(&c->oracle, c->rules[i], row, month_last(c->month), false);
        Lacks lacks = lacks_of(c->w->k->m, p, &p->outputs[0], result_missing(&all->list[0], row));

        if (!agree(&x, all->list[0].outcome[row], result_amount(&all->list[0], row), lacks))
            explain_failure(p, "alone", c->seed, c->rules[i], row, c->month, &x,
                            all->list[0].outcome[row], result_amount(&all->list[0], row), lacks);
    }
}

static unsigned worlds_asked, worlds_too_wide;

/* Now and then a random rule reads more facts than a rule may: that world is left out, and counted.
 */
static bool too_wide(GError **error)
{
    worlds_asked++;
    if (*error == NULL || strstr((*error)->message, "it reads more than") == NULL)
        return false;
    worlds_too_wide++;
    g_assert_cmpuint(worlds_too_wide * 20, <=, worlds_asked + 40);
    g_clear_error(error);
    return true;
}

static void judge_world(Case *c, guint32 seed, const CompileOptions *options, size_t rows,
                        int months)
{
    GError *error = NULL;

    c->e = evaluation_new(c->p, c->w->d, &error);
    g_assert_no_error(error);
    for (int k = 0; k < months; k++) {
        c->month = month_at("2019-12") + g_rand_int_range(c->w->rand, 0, 9);
        check_month(c, rows);
    }
    for (size_t i = 0; months > 1 && i < RULES; i++)
        check_change(c, i, seed % rows);
    check_alone(c, options, rows);
    evaluation_free(c->e);
    program_free(c->p);
}

/* False: a rule of it was too wide to be one. */
static bool world(guint32 seed, size_t rows, double unknown, double changing, int depth, int months)
{
    Case c = {.w = world_new(seed, rows, unknown, changing), .seed = seed};
    Output outputs[RULES];
    const Model *m;
    CompileOptions options = {.data = c.w->d};
    GError *error = NULL;
    g_autoptr(Arena) a = arena_new();

    for (size_t i = 0; i < RULES; i++) {
        c.rules[i] = world_rule(c.w, arena_printf(a, "rule%zu", i), depth);
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = c.rules[i]};
    }
    world_relate(c.w, c.rules, RULES, depth);
    m = make_model(c.w->k);
    options.regions = region_tree_new(a, m);
    c.oracle = (Oracle){
        .m = m, .d = c.w->d, .regions = options.regions, .found = g_new0(OracleFound, RULES)};
    oracle_begin(&c.oracle);
    c.p = program_new(m, c.w->person, outputs, RULES, &options, &error);
    bool fits = !too_wide(&error);

    g_assert_no_error(error);
    if (fits)
        judge_world(&c, seed, &options, rows, months);
    world_free(c.w);
    g_free(c.oracle.found);
    return fits;
}

static guint32 setting(const char *name, guint32 otherwise)
{
    const char *text = g_getenv(name);

    return text != NULL ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void test_small(void)
{
    guint32 seed = setting("ANLAO_SEED", 1), worlds = setting("ANLAO_WORLDS", 120);

    for (guint32 i = 0; i < worlds; i++)
        world(seed + i, 12, (double)(i % 4) * 0.1, (double)(i % 3) * 0.3, (int)(i % 5), 3);
}

static void test_slices(void)
{
    guint32 seed = setting("ANLAO_SEED", 1000), worlds = setting("ANLAO_WORLDS", 40) / 20;

    for (guint32 i = 0; i < worlds; i++)
        world(seed + i, 2500, i % 2 == 0 ? 0.02 : 0, i % 3 == 0 ? 0.05 : 0, 1 + (int)(i % 3), 3);
}

static void test_many(void)
{
    guint32 seed = setting("ANLAO_SEED", 1000000), rules = setting("ANLAO_RULES", 100);

    for (guint32 i = setting("ANLAO_FIRST", 0), judged = 0; judged < rules / RULES; i++)
        judged += world(seed + i, 5, (double)(i % 4) * 0.1, (double)(i % 3) * 0.3, (int)(i % 5), 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evaluate/differential/small", test_small);
    g_test_add_func("/evaluate/differential/slices", test_slices);
    g_test_add_func("/evaluate/differential/many", test_many);
    return g_test_run();
}
