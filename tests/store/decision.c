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

static uint64_t decide(Fixture *f, Month month, const DecisionRow *rows, size_t n)
{
    static const unsigned rules[] = {ALLOWANCE, NURSING};
    g_autoptr(GError) error = NULL;
    uint64_t changed = 0;

    store_write_decisions(f->store, month, rows, n, rules, 2, &changed, &error);
    g_assert_no_error(error);
    return changed;
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
    bool any = true;
    Month month = 0;
    int64_t watermark = 0, now = 0;

    june[1].missing = UINT64_C(1) << 63;
    g_assert_true(store_decided_month(f->store, &any, &month, &watermark, &error));
    g_assert_false(any);
    g_assert_cmpuint(decide(f, JUNE, june, 3), ==, 2); /* a no that was never anything: no row */
    g_assert_cmpint(ask(f->path, "SELECT count(*) FROM decision"), ==, 2);
    g_assert_cmpuint(decide(f, JUNE, june, 3), ==, 0);
    g_assert_cmpuint(decide(f, JUNE + 1, july, 2), ==, 1);
    g_assert_cmpint(ask(f->path, "SELECT count(*) FROM decision"), ==, 4);
    g_assert_cmpint(fen_of(f, JUNE, ALLOWANCE, li, TRUTH_YES), ==, 5000);
    fen_of(f, JUNE, NURSING, li, TRUTH_UNKNOWN);
    g_assert_cmpint(fen_of(f, JUNE + 1, NURSING, li, TRUTH_YES), ==, 20000);
    g_assert_cmpint(fen_of(f, JUNE + 9, NURSING, li, TRUTH_YES), ==, 20000);
    fen_of(f, JUNE - 1, ALLOWANCE, li, TRUTH_NO);
    g_assert_true(store_decided_month(f->store, &any, &month, &watermark, &error));
    g_assert_true(any && month == JUNE + 1);
    g_assert_true(store_watermark(f->store, &now, &error));
    g_assert_cmpint(watermark, ==, now); /* decisions are derived: they write no entry */
    fixture_free(f);
}

static void test_ends_and_comes_back(void)
{
    Fixture *f = fixture_new();
    RecordKey li = elder_new(f, "李秀英", NULL);
    DecisionRow yes = answer(ALLOWANCE, li, TRUTH_YES, 5000);

    decide(f, JUNE, &yes, 1);
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
    g_assert_cmpint(ask(f->path, "SELECT count(*) FROM decision WHERE gone=9223372036854775807"),
                    ==, 1);
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/decision/changes-only", test_changes_only);
    g_test_add_func("/decision/ends-and-comes-back", test_ends_and_comes_back);
    g_test_add_func("/decision/at-random", test_at_random);
    return g_test_run();
}
