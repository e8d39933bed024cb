/* decision.c — answers of rules: one row per change of answer, nothing touched that stayed. */
#include "fixture.h"

#define ALLOWANCE 0u
#define NURSING   1u
#define JUNE      ((Month)605) /* 2020-06 */

static DecisionRow answer(unsigned rule, RecordKey subject, Truth outcome, int64_t fen)
{
    return (DecisionRow){
        .rule = rule, .subject = subject, .outcome = (uint8_t)outcome, .amount = fen};
}

static DecisionRow answer_at(unsigned rule, RecordKey subject, int64_t fen, Month month)
{
    DecisionRow row = answer(rule, subject, TRUTH_YES, fen);

    row.from = month;
    row.until = month + 1;
    return row;
}

/* Everybody's answers by both rules, from the month on; `last` months are decided then. */
static DecisionAnswer decide_until(Fixture *f, Month month, Month last, const DecisionRow *rows,
                                   size_t n)
{
    const DecisionWhole whole[] = {{ALLOWANCE, month}, {NURSING, month}};
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecisionRow *own = arena_many(a, DecisionRow, n + 1);
    DecisionRun run = {.first = month, .last = last, .whole = whole, .n_whole = 2, .rows = own};
    DecisionAnswer answer;
    DecideState state;

    for (size_t i = 0; i < n; i++) {
        own[i] = rows[i];
        own[i].from = month;
        own[i].until = DATE_MAX;
    }
    store_decide_state(f->store, DATE_MIN, a, &state, &error);
    g_assert_no_error(error);
    run.base = state.run;
    run.n_rows = n;
    run.actor = run.via = STR("test");
    store_write_decisions(f->store, &run, &answer, &error);
    g_assert_no_error(error);
    return answer;
}

static uint64_t decide(Fixture *f, Month month, const DecisionRow *rows, size_t n)
{
    return decide_until(f, month, month, rows, n).changed;
}

static int64_t fen_of(Fixture *f, Month month, unsigned rule, RecordKey subject, Truth expect)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecisionRow *one = NULL, *all = NULL;
    size_t n_one = 0, n_all = 0;
    int64_t fen = 0;
    Truth found = TRUTH_NO, also = TRUTH_NO;

    g_assert_true(store_decisions(f->store, month, &subject, a, &one, &n_one, &error));
    g_assert_true(store_decisions(f->store, month, NULL, a, &all, &n_all, &error));
    for (size_t i = 0; i < n_one; i++) {
        if (one[i].rule == rule) {
            found = (Truth)one[i].outcome;
            fen = one[i].amount;
        }
    }
    for (size_t i = 0; i < n_all; i++) {
        if (all[i].rule == rule && all[i].subject.id == subject.id)
            also = (Truth)all[i].outcome;
    }
    g_assert_cmpint(found, ==, expect);
    g_assert_cmpint(also, ==, expect);
    return fen;
}

static void test_changes_only(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL), wang = elder_new(f, "王桂兰", NULL);
    DecisionRow june[] = {answer(ALLOWANCE, li, TRUTH_YES, 5000),
                          answer(NURSING, li, TRUTH_UNKNOWN, 0),
                          answer(NURSING, wang, TRUTH_NO, 0)};
    DecisionRow july[] = {answer(ALLOWANCE, li, TRUTH_YES, 5000),
                          answer(NURSING, li, TRUTH_YES, 20000)};
    g_autoptr(GError) error = NULL;
    int64_t before = 0, now = 0;
    DecisionAnswer answer;
    DecideState state;
    g_autoptr(Arena) a = arena_new();

    june[1].missing = UINT64_C(1) << 63;
    g_assert_true(store_decide_state(f->store, DATE_MIN, a, &state, &error));
    g_assert_false(state.any);
    g_assert_cmpint(state.whole[NURSING], ==, DATE_MIN);
    g_assert_cmpuint(decide(f, JUNE, june, 3), ==, 2); /* a no that was never anything: no row */
    g_assert_cmpint(ask(f, "SELECT count(*) FROM decision"), ==, 2);
    g_assert_cmpuint(decide(f, JUNE, june, 3), ==, 0);
    g_assert_cmpuint(decide(f, JUNE + 1, july, 2), ==, 1);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM decision"), ==, 4);
    g_assert_cmpint(fen_of(f, JUNE, ALLOWANCE, li, TRUTH_YES), ==, 5000);
    fen_of(f, JUNE, NURSING, li, TRUTH_UNKNOWN);
    g_assert_cmpint(fen_of(f, JUNE + 1, NURSING, li, TRUTH_YES), ==, 20000);
    fen_of(f, JUNE + 2, NURSING, li, TRUTH_NO); /* not decided */
    fen_of(f, JUNE - 1, ALLOWANCE, li, TRUTH_NO);
    g_assert_true(store_decide_state(f->store, DATE_MIN, a, &state, &error));
    g_assert_true(state.any && state.first == JUNE && state.last == JUNE + 1);
    /* Nothing new, nothing journalled; a month that is decided for the first time is an entry. */
    g_assert_true(store_watermark(f->store, &before, &error));
    answer = decide_until(f, JUNE + 1, JUNE + 1, july, 2);
    g_assert_cmpint(answer.run, ==, 0);
    answer = decide_until(f, JUNE + 1, JUNE + 2, july, 2);
    g_assert_cmpint(answer.run, ==, state.run + 1);
    g_assert_cmpuint(answer.changed, ==, 0);
    g_assert_true(store_watermark(f->store, &now, &error));
    g_assert_cmpint(now, ==, before + (int64_t)answer.entries);
    g_assert_cmpint(fen_of(f, JUNE + 2, NURSING, li, TRUTH_YES), ==, 20000);
    assert_verified(f->store);
    fixture_free(f);
}

static void test_ends_and_comes_back(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL);
    DecisionRow yes = answer(ALLOWANCE, li, TRUTH_YES, 5000);

    decide_until(f, JUNE, JUNE + 5, &yes, 1);
    g_assert_cmpuint(decide(f, JUNE + 2, NULL, 0), ==, 1); /* not in the list: no */
    fen_of(f, JUNE + 1, ALLOWANCE, li, TRUTH_YES);
    fen_of(f, JUNE + 2, ALLOWANCE, li, TRUTH_NO);
    g_assert_cmpuint(decide(f, JUNE + 2, NULL, 0), ==, 0);
    g_assert_cmpuint(decide(f, JUNE + 3, &yes, 1), ==, 1);
    fen_of(f, JUNE + 2, ALLOWANCE, li, TRUTH_NO);
    fen_of(f, JUNE + 3, ALLOWANCE, li, TRUTH_YES);
    /* Decided anew from an earlier month: what was answered later is replaced. */
    yes.amount = 6000;
    decide(f, JUNE, &yes, 1);
    g_assert_cmpint(fen_of(f, JUNE + 2, ALLOWANCE, li, TRUTH_YES), ==, 6000);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM decision WHERE gone=9223372036854775807"), ==, 1);
    fixture_free(f);
}

/* Against a plain list of months, with random runs back and forth. */
static void test_at_random(void)
{
    enum { SUBJECTS = 6, MONTHS = 12 };
    Fixture *f = fixture_new();
    RecordKey keys[SUBJECTS];
    int64_t expect[SUBJECTS][MONTHS] = {{0}};

    for (int i = 0; i < SUBJECTS; i++)
        keys[i] = elder_new(f, "李秀英", NULL);
    decide_until(f, JUNE, JUNE + MONTHS - 1, NULL, 0);
    for (int run = 0; run < 60; run++) {
        DecisionRow rows[SUBJECTS];
        int from = g_test_rand_int_range(0, MONTHS);
        size_t n = 0;

        for (int i = 0; i < SUBJECTS; i++) {
            int64_t fen = g_test_rand_int_range(0, 3) * 1000;

            for (int m = from; m < MONTHS; m++)
                expect[i][m] = fen;
            if (fen > 0 || g_test_rand_bit())
                rows[n++] = answer(ALLOWANCE, keys[i], fen > 0 ? TRUTH_YES : TRUTH_NO, fen);
        }
        decide(f, JUNE + from, rows, n);
        for (int i = 0; i < SUBJECTS; i++) {
            for (int m = 0; m < MONTHS; m++) {
                Truth t = expect[i][m] > 0 ? TRUTH_YES : TRUTH_NO;

                g_assert_cmpint(fen_of(f, JUNE + m, ALLOWANCE, keys[i], t), ==, expect[i][m]);
            }
        }
    }
    fixture_free(f);
}

/* Rows of one subject that follow each other say something else; a no is first nowhere. */
static void assert_canonical(Fixture *f)
{
    g_assert_cmpint(ask(f, "SELECT count(*) FROM decision a JOIN decision b ON "
                           "b.rule=a.rule AND b.subject=a.subject AND b.from_month="
                           "a.until_month AND b.outcome=a.outcome AND b.fen=a.fen AND "
                           "b.missing=a.missing WHERE a.gone=9223372036854775807 AND "
                           "b.gone=9223372036854775807"),
                    ==, 0);
    g_assert_cmpint(ask(f, "SELECT count(*) FROM decision a WHERE gone=9223372036854775807 "
                           "AND outcome=0 AND NOT EXISTS (SELECT 1 FROM decision b WHERE "
                           "b.rule=a.rule AND b.subject=a.subject AND "
                           "b.gone=9223372036854775807 AND b.until_month=a.from_month)"),
                    ==, 0);
}

enum { PAIRS = 5, SPAN = 10 };

static void splice_random(Fixture *f, const RecordKey *keys, int64_t expect[PAIRS][SPAN])
{
    DecisionPair pairs[PAIRS];
    DecisionRow rows[PAIRS * SPAN];
    DecisionRun run = {.first = JUNE, .last = JUNE + SPAN - 1, .pairs = pairs, .rows = rows};
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    DecisionAnswer answer;
    DecideState state;

    for (int i = 0; i < PAIRS; i++) {
        int from = g_test_rand_int_range(0, SPAN);

        if (g_test_rand_bit())
            continue;
        pairs[run.n_pairs++] = (DecisionPair){ALLOWANCE, keys[i], JUNE + from};
        for (int m = from; m < SPAN; m++) {
            int64_t fen = g_test_rand_int_range(0, 3) * 1000;

            expect[i][m] = fen;
            if (fen == 0)
                continue;
            rows[run.n_rows] = answer_at(ALLOWANCE, keys[i], fen, JUNE + m);
            if (m == SPAN - 1)
                rows[run.n_rows].until = DATE_MAX;
            run.n_rows++;
        }
    }
    g_assert_true(store_decide_state(f->store, DATE_MIN, a, &state, &error));
    run.base = state.run;
    run.actor = run.via = STR("test");
    store_write_decisions(f->store, &run, &answer, &error);
    g_assert_no_error(error);
}

/* One subject's months at a time, from here or from there: as a list of months would have it. */
static void test_pairs_at_random(void)
{
    Fixture *f = fixture_new();
    RecordKey keys[PAIRS];
    int64_t expect[PAIRS][SPAN] = {{0}};

    for (int i = 0; i < PAIRS; i++)
        keys[i] = elder_new(f, "李秀英", NULL);
    decide_until(f, JUNE, JUNE + SPAN - 1, NULL, 0);
    for (int run = 0; run < 80; run++) {
        splice_random(f, keys, expect);
        for (int i = 0; i < PAIRS; i++) {
            for (int m = 0; m < SPAN; m++) {
                Truth t = expect[i][m] > 0 ? TRUTH_YES : TRUTH_NO;

                g_assert_cmpint(fen_of(f, JUNE + m, ALLOWANCE, keys[i], t), ==, expect[i][m]);
            }
        }
        assert_canonical(f);
    }
    assert_verified(f->store);
    fixture_free(f);
}

/* ---- marks ---------------------------------------------------------------------------------- */

static char *marks_of(Fixture *f, bool *ret_any)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    GString *text = g_string_new(NULL);
    DecideState state;
    char month[DATE_TEXT];

    g_assert_true(store_decide_state(f->store, DATE_MAX, a, &state, &error));
    for (size_t i = 0; i < state.n_marks; i++) {
        const StaleMark *m = &state.marks[i];

        g_string_append_printf(text, "%s%.*s%s%.*s%s", i > 0 ? ", " : "", STR_ARG(m->entity->name),
                               m->field != NULL ? "." : "",
                               m->field != NULL ? (int)m->field->name.len : 0,
                               m->field != NULL ? m->field->name.at : "",
                               m->from <= month_of(DATE_MIN) ? "" : " from ");
        if (m->from > month_of(DATE_MIN))
            g_string_append(text, month_format(m->from, month));
    }
    if (ret_any != NULL)
        *ret_any = state.any;
    return g_string_free(text, FALSE);
}

static void assert_marks(Fixture *f, const char *expect)
{
    g_autofree char *text = marks_of(f, NULL);

    g_assert_cmpstr(text, ==, expect);
}

/* Nothing is stale while nothing is decided; then each changed fact is, until it was seen. */
static void test_marks(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL);
    Draft *on = draft_new(f->arena, CHANGE_SET, f->elder, li);
    Draft *more = draft_new(f->arena, CHANGE_CORRECT, f->elder, li);
    Draft *same = draft_new(f->arena, CHANGE_SET, f->elder, li);
    Draft *end = draft_new(f->arena, CHANGE_END, f->elder, li);
    g_autoptr(GError) error = NULL;
    g_autoptr(Dataset) d = NULL;
    DecisionRun run = {.first = JUNE, .last = JUNE};
    DecisionAnswer answer;
    DecideState state;

    assert_marks(f, "");
    decide(f, JUNE, NULL, 0);
    assert_marks(f, "");
    draft_on(on, "ability", 2, "2020-07-15");
    write_ok(f->store, on);
    assert_marks(f, "elder.ability from 2020-07");
    draft_span(more, "ability", 1, "2020-03-01", "2020-04-01");
    draft_number(more, "born", day("1940-01-01"));
    write_ok(f->store, more);
    assert_marks(f, "elder.born, elder.ability from 2020-03");
    draft_number(same, "born", day("1940-01-01"));
    write_ok(f->store, same); /* says what was known */
    assert_marks(f, "elder.born, elder.ability from 2020-03");
    g_assert_true(store_load(f->store, f->regions, 0, &d, &error));
    write_ok(f->store, end);
    elder_new(f, "王桂兰", NULL);
    assert_marks(f, "elder, elder.born, elder.ability from 2020-03, elder");
    /* What was written behind the facts that were seen stays marked. */
    g_assert_true(store_decide_state(f->store, DATE_MIN, f->arena, &state, &error));
    run.base = state.run;
    run.known = d->known;
    run.n_known = d->n_known;
    run.actor = run.via = STR("test");
    g_assert_true(store_write_decisions(f->store, &run, &answer, &error));
    assert_marks(f, "elder, elder");
    fixture_free(f);
}

static void test_calendar(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL), wang = elder_new(f, "王桂兰", NULL);
    const DecisionWhole whole[] = {{NURSING, JUNE}};
    DueRow dues[] = {{NURSING, {COUNTY, 0}, 900}, {NURSING, li, 700}, {NURSING, wang, 800}};
    const DecisionPair pair = {NURSING, li, JUNE};
    DueRow next = {NURSING, li, 750};
    DecisionRun run = {.first = JUNE, .last = JUNE, .whole = whole, .n_whole = 1};
    g_autoptr(GError) error = NULL;
    DecisionAnswer answer;
    DecideState state;

    run.dues = dues;
    run.n_dues = 3;
    run.actor = run.via = STR("test");
    g_assert_true(store_write_decisions(f->store, &run, &answer, &error));
    g_assert_true(store_decide_state(f->store, 701, f->arena, &state, &error));
    g_assert_cmpint(state.whole[NURSING], ==, 900);
    g_assert_cmpint(state.whole[ALLOWANCE], ==, DATE_MIN);
    g_assert_cmpuint(state.n_dues, ==, 1);
    g_assert_cmpint(state.dues[0].subject.id, ==, li.id);
    run =
        (DecisionRun){.first = JUNE, .last = JUNE, .base = state.run, .pairs = &pair, .n_pairs = 1};
    run.dues = &next;
    run.n_dues = 1;
    run.actor = run.via = STR("test");
    g_assert_true(store_write_decisions(f->store, &run, &answer, &error));
    g_assert_true(store_decide_state(f->store, 2000, f->arena, &state, &error));
    g_assert_cmpuint(state.n_dues, ==, 2);
    g_assert_cmpint(state.dues[0].day, ==, 750);
    g_assert_cmpint(state.dues[1].day, ==, 800);
    fixture_free(f);
}

/* Two that decide at once: the second begins again. */
static void test_one_at_a_time(void)
{
    Fixture *f = fixture_new();
    g_autoptr(GError) error = NULL;
    const DecisionWhole whole[] = {{NURSING, JUNE}};
    const DecisionRun run = {.first = JUNE,
                             .last = JUNE,
                             .whole = whole,
                             .n_whole = 1,
                             .actor = STR("test"),
                             .via = STR("test")};
    DecisionAnswer answer;

    elder_new(f, "李秀英", NULL);
    g_assert_true(store_write_decisions(f->store, &run, &answer, &error));
    g_assert_false(store_write_decisions(f->store, &run, &answer, &error));
    g_assert_error(error, FAIL_DOMAIN, FAIL_CONFLICT);
    fixture_free(f);
}

/* ---- behind the program's back ------------------------------------------------------------- */

typedef struct Tampering {
    const char *sql, *words;
} Tampering;

/* Runs: 1 decides June (li yes, wang unknown), 2 July (li more, wang no), 3 June anew (li less). */
static const Tampering tamperings[] = {
    {"UPDATE decision SET fen=fen+1 WHERE run=1 AND rule=0", "run 1: an answer is not the one"},
    {"UPDATE decision SET fen=fen+1 WHERE gone=9223372036854775807 AND rule=0",
     "run 3: an answer is not the one"},
    {"UPDATE decision SET missing=0 WHERE missing<>0", "run 1: an answer is not the one"},
    {"UPDATE decision SET outcome=3 WHERE run=1 AND rule=1", "run 1: an answer is not the one"},
    {"UPDATE decision SET until_month=until_month+1 WHERE run=2 AND rule=1",
     "run 2: an answer is not the one"},
    {"UPDATE decision SET subject=subject+4096 WHERE run=3", "run 3: an answer is not the one"},
    {"UPDATE decision SET gone=9223372036854775807 WHERE gone=3", "no longer superseded"},
    {"UPDATE decision SET gone=2 WHERE run=3", "did not supersede"},
    {"DELETE FROM decision WHERE run=1 AND rule=1", "run 1: answers are missing"},
    {"DELETE FROM decision WHERE run=3", "run 3: answers are missing"},
    {"INSERT INTO decision(county,rule,subject,from_month,run,gone,until_month,outcome,fen,missing)"
     " VALUES(360302,0,77,605,1,9223372036854775807,2932896,3,100,0)",
     "run 1: there are answers it did not give"},
    {"INSERT INTO decision(county,rule,subject,from_month,run,gone,until_month,outcome,fen,missing)"
     " VALUES(360302,0,77,605,9,9223372036854775807,2932896,3,100,0)",
     "run 9: no entry of the journal made it"},
    {"UPDATE naming SET number=1-number WHERE owner='rule'", "an answer is not the one"},
    {"DELETE FROM run WHERE id=2 AND county=360302", "run 2: the run is missing"},
    {"UPDATE run SET seq=seq+1 WHERE id=1 AND county=360302", "run 1: its months, policy or facts"},
    {"UPDATE run SET at=at+1 WHERE id=1 AND county=360302", "run 1: its months, policy or facts"},
    {"UPDATE run SET kind='x' WHERE id=1 AND county=360302", "run 1: its months, policy or facts"},
    {"UPDATE run SET month=month+1 WHERE id=3 AND county=360302", "run 3: its months"},
    {"INSERT INTO run(county,id,kind,first_month,month,policy,engine,seq,at) "
     "VALUES(360302,8,'decide',605,605,1,'',1,1)",
     "run 8: no entry of the journal made it"},
};

static void tamper_with(const Tampering *t)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL), wang = elder_new(f, "王桂兰", NULL);
    DecisionRow june[] = {answer(ALLOWANCE, li, TRUTH_YES, 5000),
                          answer(NURSING, wang, TRUTH_UNKNOWN, 0)};
    DecisionRow july[] = {answer(ALLOWANCE, li, TRUTH_YES, 6000)};
    DecisionRow less[] = {answer(ALLOWANCE, li, TRUTH_YES, 4000)};
    g_autoptr(GError) error = NULL;
    g_autoptr(Arena) a = arena_new();
    VerifyReport r;

    june[1].missing = 5;
    decide(f, JUNE, june, 2);
    decide(f, JUNE + 1, july, 1);
    decide_until(f, JUNE, JUNE + 1, less, 1);
    assert_verified(f->store);
    store_close(f->store);
    f->store = NULL;
    tamper(f, t->sql);
    fixture_reopen(f);
    g_assert_true(store_verify(f->store, a, &r, &error));
    if (r.ok || strstr(r.first_fault.at, t->words) == NULL)
        g_error("after %s: \"%.*s\" does not say \"%s\"", t->sql, STR_ARG(r.first_fault), t->words);
    fixture_free(f);
}

static void test_tampering(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tamperings); i++)
        tamper_with(&tamperings[i]);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decision/changes-only", test_changes_only);
    g_test_add_func("/decision/ends-and-comes-back", test_ends_and_comes_back);
    g_test_add_func("/decision/at-random", test_at_random);
    g_test_add_func("/decision/pairs-at-random", test_pairs_at_random);
    g_test_add_func("/decision/marks", test_marks);
    g_test_add_func("/decision/calendar", test_calendar);
    g_test_add_func("/decision/one-at-a-time", test_one_at_a_time);
    g_test_add_func("/decision/tampering", test_tampering);
    return g_test_run();
}
