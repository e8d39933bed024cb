/* fresh.c — random rules over random records, and one fact after the other changes: what the index
 * says is touched and decided anew is what a full run gives; and as the months pass, the calendar
 * says everybody whose answer changes.  ANLAO_SEED and ANLAO_WORLDS choose other and more worlds.
 */
#include "evaluate/fresh.h"

#include "evaluate/due.h"
#include "world.h"

#define RULES 5

typedef struct Case {
    World *w;
    Program *p;
    ReachIndex *reach;
    Month month;
    guint32 seed;
    Arena *a;
} Case;

static void open_case(Case *c, guint32 seed, size_t rows, double unknown, double changing,
                      int depth)
{
    Output outputs[RULES];
    Rule *rules[RULES];
    CompileOptions options = {0};
    GError *error = NULL;

    *c = (Case){.w = world_new(seed, rows, unknown, changing), .seed = seed, .a = arena_new()};
    options.data = c->w->d;
    for (size_t i = 0; i < RULES; i++) {
        rules[i] = world_rule(c->w, arena_printf(c->a, "rule%zu", i), depth);
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = rules[i]};
    }
    if (seed % 5 == 0) /* days that change are looked at one by one: few suffice */
        world_relate(c->w, rules, RULES, depth);
    const Model *m = make_model(c->w->k);

    options.regions = region_tree_new(c->a, m);
    c->p = program_new(m, c->w->person, outputs, RULES, &options, &error);
    g_assert_no_error(error);
    c->reach = reach_new(c->p, &error);
    g_assert_no_error(error);
    c->month = month_at("2019-12") + g_rand_int_range(c->w->rand, 0, 9);
}

static void close_case(Case *c)
{
    reach_free(c->reach);
    program_free(c->p);
    world_free(c->w);
    arena_free(c->a);
}

static Results *run_all(const Case *c, Month month)
{
    Results *all = NULL;
    GError *error = NULL;

    evaluate_month(c->p, c->w->d, month, true, &all, &error);
    g_assert_no_error(error);
    return all;
}

static void say(const Case *c, const char *what, size_t rule, size_t row)
{
    g_autoptr(GString) text = g_string_new(NULL);

    program_print(c->p, text);
    g_test_message("%s\n%s: seed %u, rule %zu, row %zu", text->str, what, c->seed, rule, row);
    g_assert_not_reached();
}

static bool same(const Result *x, const Result *y, size_t row)
{
    return x->outcome[row] == y->outcome[row] && result_amount(x, row) == result_amount(y, row) &&
           result_missing(x, row) == result_missing(y, row);
}

static void compare(const Case *c, const Results *fresh, const Results *all, size_t rows)
{
    g_assert_cmpuint(fresh->n, ==, all->n);
    for (size_t i = 0; i < all->n; i++) {
        const Result *x = &fresh->list[i], *y = &all->list[i];

        for (size_t row = 0; row < rows; row++) {
            if (!same(x, y, row))
                say(c, "decided anew is not decided in full", i, row);
        }
        g_assert_cmpint(x->sum, ==, y->sum);
        g_assert_cmpuint(x->checksum, ==, y->checksum);
        g_assert_cmpuint(x->records, ==, y->records);
        g_assert_cmpuint(x->yes, ==, y->yes);
        g_assert_cmpuint(x->no, ==, y->no);
        g_assert_cmpuint(x->unknown, ==, y->unknown);
        g_assert_cmpuint(x->judgement, ==, y->judgement);
        g_assert_cmpint(x->most, ==, y->most);
        g_assert_cmpuint(x->unbounded, ==, y->unbounded);
        g_assert_cmpuint(x->displaced, ==, y->displaced);
        for (size_t k = 0; k < c->p->outputs[y->output].n_inputs; k++)
            g_assert_cmpuint(x->missing_count[k], ==, y->missing_count[k]);
    }
}

/* ---- facts change ------------------------------------------------------------------------- */

/* Values stay in the range the program was made for. */
static void set_value(GRand *rand, Column *c, size_t row)
{
    int64_t low = c->low, high = c->high;

    if (c->kind == KIND_SET) {
        column_set(c, row, g_rand_int_range(rand, 0, 8));
        return;
    }
    if (low > high || (c->known != NULL && g_rand_int_range(rand, 0, 4) == 0)) {
        if (c->known != NULL) {
            column_set(c, row, 0);
            c->known[row] = 0;
        }
        return;
    }
    column_set(c, row,
               low + (int64_t)g_rand_int_range(rand, 0, (gint32)MIN(high - low, 40000) + 1));
}

static void change_fact(World *w, Column *c, size_t row)
{
    if (c->since != NULL && g_rand_boolean(w->rand)) {
        Date after = DATE_MIN;

        for (size_t i = 0; i < c->n_periods; i++) {
            if (c->periods[i].row == row)
                after = c->periods[i].until;
        }
        c->since[row] = MAX(after, day_of("2019-06-01") + g_rand_int_range(w->rand, 0, 700));
        if (c->until != NULL && c->until[row] <= c->since[row])
            c->until[row] = DATE_MAX;
        return;
    }
    set_value(w->rand, c, row);
}

static void change_something(Case *c, Fresh *f)
{
    World *w = c->w;
    const Entity *all[] = {w->person, w->home, w->visit};
    const Entity *e = all[g_rand_int_range(w->rand, 0, 3)];
    Batch *b = w->d->batches[e->number];
    size_t row, column = (size_t)g_rand_int_range(w->rand, 0, (gint32)b->n_columns);
    Column *col = b->columns[column];
    g_autoptr(GArray) before = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) after = g_array_new(FALSE, FALSE, sizeof(int64_t));

    if (col == NULL || b->rows == 0 || col->physical == PHYSICAL_TEXT)
        return;
    row = (size_t)g_rand_int_range(w->rand, 0, (gint32)b->rows);
    if (col->kind == KIND_REF)
        links_ends(col, row, before);
    fresh_touch(f, NULL, e->number, (unsigned)column, row);
    change_fact(w, col, row);
    if (col->kind == KIND_REF) {
        links_ends(col, row, after);
        links_move((Links *)dataset_links(w->d, e->number, (unsigned)column), (uint32_t)row, before,
                   after);
    }
    fresh_touch(f, NULL, e->number, (unsigned)column, row);
}

static void facts(guint32 seed, size_t rows, double unknown, double changing, int depth, int rounds)
{
    Case c;
    GError *error = NULL;
    Fresh *f = NULL;
    size_t decided = 0, all_decided = 0;

    open_case(&c, seed, rows, unknown, changing, depth);
    Results *results = run_all(&c, c.month);

    fresh_new(c.p, c.reach, c.w->d, c.month, results, &f, &error);
    g_assert_no_error(error);
    for (int i = 0; i < rounds; i++) {
        g_autoptr(Results) all = NULL;

        change_something(&c, f);
        fresh_settle(f, &decided, &error);
        g_assert_no_error(error);
        all_decided += decided;
        all = run_all(&c, c.month);
        compare(&c, results, all, rows);
    }
    g_assert_cmpuint(all_decided, <, rows * RULES * (size_t)rounds); /* not simply everything */
    fresh_free(f);
    results_free(results);
    close_case(&c);
}

/* ---- time passes -------------------------------------------------------------------------- */

typedef struct Calendar {
    Date day[RULES][64]; /* DATE_MAX: not in the calendar */
    Date whole[RULES];
} Calendar;

static void make_calendar(const Case *c, Month month, Calendar *to)
{
    g_autoptr(GArray) dues = g_array_new(FALSE, FALSE, sizeof(Due));
    GError *error = NULL;

    for (size_t i = 0; i < RULES; i++) {
        for (size_t k = 0; k < 64; k++)
            to->day[i][k] = DATE_MAX;
    }
    evaluate_due(c->p, c->w->d, month, dues, to->whole, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < dues->len; i++) {
        const Due *d = &g_array_index(dues, Due, i);

        g_assert_cmpint(d->day, >=, month_first(month + 1));
        g_assert_cmpint(d->day, <, to->whole[d->output]);
        to->day[d->output][d->row] = d->day;
    }
}

/* Nobody's answer changes who is not in the calendar; who was in it and is looked at again has a
 * new day. */
static void months_pass(Case *c, size_t rows)
{
    Calendar calendar;
    GError *error = NULL;
    Month month = c->month;
    g_autoptr(Evaluation) e = evaluation_new(c->p, c->w->d, &error);
    Results *before = run_all(c, month);

    make_calendar(c, month, &calendar);
    for (int i = 0; i < 30; i++) {
        Results *now = run_all(c, ++month);

        for (size_t k = 0; k < RULES; k++) {
            for (size_t row = 0; row < rows; row++) {
                bool due = calendar.whole[k] <= month_last(month) ||
                           calendar.day[k][row] <= month_last(month);

                if (!due && !same(&before->list[k], &now->list[k], row))
                    say(c, "an answer changed that was not due", k, row);
                if (due)
                    calendar.day[k][row] = evaluation_due(
                        e, k, row, month, MAX(calendar.whole[k], month_first(month + 1)));
            }
            if (calendar.whole[k] <= month_last(month)) {
                Calendar anew;

                make_calendar(c, month, &anew);
                calendar.whole[k] = anew.whole[k];
                memcpy(calendar.day[k], anew.day[k], sizeof anew.day[k]);
            }
        }
        results_free(before);
        before = now;
    }
    results_free(before);
}

static guint32 setting(const char *name, guint32 otherwise)
{
    const char *text = g_getenv(name);

    return text != NULL ? (guint32)g_ascii_strtoull(text, NULL, 10) : otherwise;
}

static void test_facts(void)
{
    guint32 seed = setting("ANLAO_SEED", 1), worlds = setting("ANLAO_WORLDS", 60);

    for (guint32 i = seed; i < seed + worlds; i++)
        facts(i, 12, (double)(i % 4) * 0.1, (double)(i % 3) * 0.3, 1 + (int)(i % 4), 25);
}

static void test_months(void)
{
    guint32 seed = setting("ANLAO_SEED", 500), worlds = setting("ANLAO_WORLDS", 60);

    for (guint32 i = seed; i < seed + worlds; i++) {
        Case c;

        open_case(&c, i, 12, (double)(i % 4) * 0.1, (double)(i % 3) * 0.3, 1 + (int)(i % 4));
        months_pass(&c, 12);
        close_case(&c);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/evaluate/fresh/facts", test_facts);
    g_test_add_func("/evaluate/fresh/months", test_months);
    return g_test_run();
}
