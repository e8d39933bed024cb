/* pay_random.c — what is paid converges to what is owed, whatever happens: late deaths and deaths
 * undone, facts put back in time, moves between counties, records merged and parted again, rules
 * with other numbers, returned payments, refused runs, holds, doubts, notices.  Never a month
 * twice, never beyond the death rule; every run recomputed as known then comes to its lines, to the
 * fen. ANLAO_SEED and ANLAO_ROUNDS choose other and more rounds. */
#include "../store/database.h"
#include "town.h"

#define OLD_AGE_MOST 15000 /* fen a month, by the rules of town.c */

/* Lines of a run pay nothing for a month after the one in which somebody died, as known by then. */
static void assert_death_rule(Town *t, const PayRun *run)
{
    House *h = t->house;
    const PayLinesAsk ask = {.run = run->id, .held = 0, .most = 100000};
    const Field *died = house_field(h, "elder", "died");
    PayLine *lines;
    size_t n;
    g_assert_true(pay_lines(h->care, &t->clerk, &ask, h->arena, &lines, &n, NULL));
    for (size_t i = 0; i < n; i++) {
        Record *r;
        if (h->care->model->rules[lines[i].rule]->subject != died->entity || lines[i].fen < 0)
            continue;
        g_assert_true(record_get(h->care, h->local, died->entity,
                                 (RecordKey){0, lines[i].subject.id}, 0, h->arena, &r, NULL));
        Value v = r->facts[died->index].value;
        g_assert_true(!v.known || lines[i].month <= month_of((Date)v.num));
    }
}

/* Nobody has more for a month than it can ever be worth. */
static void assert_not_twice(Town *t)
{
    House *h = t->house;
    const Rule *rule = model_rule(h->care->model, STR("old_age"));
    for (guint i = 0; i < t->elders->len; i++) {
        PayLine *lines;
        size_t n;
        RecordKey key = g_array_index(t->elders, RecordKey, i);
        g_assert_true(pay_of_record(h->care, h->local, house_entity(h, "elder"), key, h->arena,
                                    &lines, &n, NULL));
        for (Month m = SINCE; m <= t->month; m++) {
            int64_t paid = paid_for(lines, n, rule->number, m);
            g_assert_cmpint(paid, >=, 0);
            /* Of two that were paid and became one, both stand there until it is taken back. */
            if (!g_hash_table_contains(t->twins, &key.id))
                g_assert_cmpint(paid, <=, OLD_AGE_MOST);
        }
    }
}

/* What a run says of a record by a benefit, in its month. */
static void assert_is_in(Town *t, const PayRun *run, const char *entity, RecordKey key, int64_t *of)
{
    House *h = t->house;
    PayLine *lines;
    DecisionRow *rows;
    size_t n, n_rows;
    const PayLinesAsk ask = {.county = 0, .subject = key.id, .held = -1, .most = 10000};
    g_assert_true(store_pay_lines(h->care->store, &ask, h->arena, &lines, &n, NULL));
    g_assert_true(
        store_decisions(h->care->store, run->month, &key, h->arena, &rows, &n_rows, NULL));
    for (size_t i = 0; i < n_rows; i++) {
        int held = 0, waits = 0;
        const Rule *rule = h->care->model->rules[rows[i].rule];
        if (!str_is(rule->subject->name, entity) || rule->kind != RULE_BENEFIT)
            continue;
        for (size_t k = 0; k < n; k++)
            if (lines[k].run == run->id && lines[k].rule == rows[i].rule &&
                lines[k].month == run->month) {
                held += lines[k].hold != HOLD_NONE && lines[k].fen != 0;
                waits += lines[k].fen == 0 &&
                         lines[k].hold ==
                             (rows[i].outcome == TRUTH_UNKNOWN ? HOLD_FACT : HOLD_JUDGEMENT);
            }
        bool open = rows[i].outcome == TRUTH_UNKNOWN || rows[i].outcome == TRUTH_PERSON;
        g_assert_cmpint(waits, ==, open);
        /* Of those that became one, what was paid to the other counts: seen as a whole below. */
        if (rows[i].outcome == TRUTH_YES && !g_hash_table_contains(t->twins, &key.id) && held == 0)
            g_assert_cmpint(paid_for(lines, n, rows[i].rule, run->month), >=, rows[i].amount);
        of[rows[i].rule] += rows[i].outcome == TRUTH_YES || open;
    }
}

/* Paid (now or before), held, not entitled, unknown or for a person: all subjects, each once. */
static void assert_all_are_there(Town *t, const PayRun *run)
{
    g_autofree int64_t *of = g_new0(int64_t, t->house->care->model->n_rules + 1);
    for (guint i = 0; i < t->elders->len; i++)
        if (g_array_index(t->elders, RecordKey, i).county == run->county)
            assert_is_in(t, run, "elder", g_array_index(t->elders, RecordKey, i), of);
    for (guint i = 0; i < t->stays->len; i++)
        if (g_array_index(t->stays, RecordKey, i).county == run->county)
            assert_is_in(t, run, "stay", g_array_index(t->stays, RecordKey, i), of);
    for (size_t i = 0; i < run->n_sums; i++)
        g_assert_cmpint(of[run->sums[i].rule] + run->sums[i].no, ==, run->sums[i].subjects);
}

/* Some are refused, at whatever step they are. */
static void run_at_random(Town *t, const PayRun *run)
{
    const struct {
        const Session *by;
        PayState to;
    } steps[] = {{&t->review, PAY_REVIEWED},
                 {&t->leader, PAY_APPROVED},
                 {&t->clerk, PAY_FINANCE},
                 {&t->finance, PAY_BANK}};
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (below(t, 12) == 0) {
            move_on(t, steps[i].by, run->id, PAY_REFUSED);
            return;
        }
        if (below(t, 5) == 0)
            something_happens(t); /* while the run is on its way */
        if (below(t, 8) == 0)
            hold_somebody(t);
        move_on(t, steps[i].by, run->id, steps[i].to);
    }
    reply(t, run->id, 5);
    assert_replays(t, run->id);
}

static void runs_at_random(Town *t, Month month)
{
    PayRun *runs;
    size_t n = prepare_all(t, month, &runs);
    for (size_t i = 0; i < n; i++) {
        assert_replays(t, runs[i].id);
        assert_death_rule(t, &runs[i]);
        assert_all_are_there(t, &runs[i]);
    }
    for (size_t i = 0; i < n; i++)
        run_at_random(t, &runs[i]);
}

static void month_at_random(Town *t)
{
    for (int i = below(t, 8); i > 0; i--)
        something_happens(t);
    if (below(t, 4) == 0)
        rules_change(t);
    if (below(t, 3) == 0)
        hold_somebody(t);
    release_all(t, 3);
    runs_at_random(t, t->month);
    if (below(t, 6) == 0)
        runs_at_random(t, t->month); /* a second time in the month */
    if (below(t, 4) == 0 && t->month > SINCE)
        runs_at_random(t, SINCE + below(t, t->month - SINCE)); /* the wrong month was typed */
    assert_not_twice(t);
}

/* Nothing happens any more: a run brings everything to what is owed, but for those who are new by
 * it and stand in public first: they come with the next. */
static void assert_converges(Town *t)
{
    PayRun *runs;
    int64_t open = 0;
    for (int round = 0; round < 3; round++) {
        release_all(t, 1);
        notices_age(t);
        size_t n = prepare_all(t, t->month, &runs);
        open = 0;
        for (size_t i = 0; i < n; i++) {
            open += pay_run_total(&runs[i]).open_fen;
            if (round > 1)
                g_assert_cmpint(pay_run_total(&runs[i]).lines, ==, 0); /* there is nothing left */
            assert_replays(t, runs[i].id);
            to_the_bank(t, runs[i].id);
            reply(t, runs[i].id, 0);
        }
    }
    Balance b = balance_all(t, t->month);
    g_assert_cmpint(b.less, ==, 0);
    g_assert_cmpint(b.more, ==, open);
}

static void test_at_random(void)
{
    const char *seed = g_getenv("ANLAO_SEED"), *rounds = g_getenv("ANLAO_ROUNDS");
    int n = rounds != NULL           ? (int)g_ascii_strtoll(rounds, NULL, 10)
            : database_on_postgres() ? 1
                                     : 3;
    guint32 first = seed != NULL ? (guint32)g_ascii_strtoull(seed, NULL, 10) : 1;
    static const char *const funds[] = {"lottery", "budget", "unstated"};
    for (int round = 0; round < n; round++) {
        Town t = town_new(first + (guint32)round);
        g_test_message("seed %u", first + (guint32)round);
        for (int i = 0; i < 8; i++)
            new_elder(&t);
        for (int i = 0; i < 3; i++)
            new_facility(&t);
        for (size_t i = 0; i < G_N_ELEMENTS(funds); i++) {
            arrange(&t, "990302", funds[i]);
            arrange(&t, "990313", funds[i]);
        }
        for (; t.month < SINCE + 8; t.month++)
            month_at_random(&t);
        assert_converges(&t);
        assert_sound(&t);
        /* What was paid is in the accounts that are declared to take it in. */
        LedgerAccount *all;
        size_t n_all;
        g_assert_true(store_ledger_accounts(t.house->care->store, 0, STR("received"),
                                            t.house->arena, &all, &n_all, NULL));
        g_assert_cmpuint(n_all, >, 2);
        town_free(&t);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pay/at-random", test_at_random);
    return g_test_run();
}
