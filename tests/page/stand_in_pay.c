/* stand_in_pay.c — care/pay.h for the site's tests: one run, one fund, one line. */
#include "care/pay.h"
#include "stand_in.h"

static PaySum sums[] = {{.rule = 0,
                         .since = 605,
                         .subjects = 4,
                         .yes = 1,
                         .no = 1,
                         .unknown = 1,
                         .judgement = 1,
                         .lines = 2,
                         .persons = 1,
                         .month_fen = 8000,
                         .late_fen = 16000,
                         .back_fen = 4000,
                         .held_lines = 1,
                         .held_fen = 8000,
                         .open_fen = 100}};

static PayStepRow steps[] = {
    {PAY_PREPARED, 0, 1, {POISON, sizeof POISON - 1}, {POISON, sizeof POISON - 1}}};

static PayRun run_made(void)
{
    return (PayRun){.county = 1,
                    .id = 7,
                    .month = 605,
                    .state = PAY_PREPARED,
                    .prepared_by = STR(POISON),
                    .sums = sums,
                    .n_sums = 1,
                    .steps = steps,
                    .n_steps = 1};
}

bool pay_prepare(Care *c, const Session *s, const PayAsk *ask, Arena *a, PayRun **ret,
                 size_t *ret_n, GError **error)
{
    (void)c, (void)s;
    if (ask->month == 600)
        return fail(error, FAIL_CONFLICT, POISON);
    *ret = arena_many(a, PayRun, 1);
    **ret = run_made();
    *ret_n = 1;
    return true;
}

bool pay_runs(Care *c, const Session *s, int64_t run, Arena *a, PayRun **ret, size_t *ret_n,
              GError **error)
{
    (void)c, (void)s;
    if (run != 0 && run != 7)
        return fail(error, FAIL_ABSENT, "no run");
    *ret = arena_many(a, PayRun, 1);
    **ret = run_made();
    *ret_n = 1;
    return true;
}

int32_t pay_county_region(const Care *c, int32_t county)
{
    (void)c, (void)county;
    return 0;
}

bool pay_may(const Session *s, const PayRun *run, PayState to)
{
    (void)run;
    return session_may(s, MAY_PAY_REVIEW) && (to == PAY_REVIEWED || to == PAY_REFUSED);
}

bool pay_move_on(Care *c, const Session *s, int64_t run, PayState to, Str reason, Arena *a,
                 GError **error)
{
    (void)c, (void)run, (void)a;
    if (!session_may(s, MAY_PAY_REVIEW))
        return fail(error, FAIL_RIGHT, POISON);
    return to != PAY_REFUSED || reason.len > 0 || fail(error, FAIL_INPUT, POISON);
}

static bool one_line(Arena *a, PayLine **ret, size_t *ret_n)
{
    *ret = arena_many(a, PayLine, 1);
    **ret =
        (PayLine){.subject = {1, 1}, .month = 605, .run = 7, .fen = 8000, .state = PAY_PREPARED};
    *ret_n = 1;
    return true;
}

bool pay_lines(Care *c, const Session *s, const PayLinesAsk *ask, Arena *a, PayLine **ret,
               size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)ask, (void)error;
    return one_line(a, ret, ret_n);
}

bool pay_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                   PayLine **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)error;
    return one_line(a, ret, ret_n);
}

bool pay_funds(Care *c, const Session *s, Arena *a, PayFund **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)error;
    *ret = arena_many(a, PayFund, 1);
    **ret = (PayFund){1, STR(POISON), 100000, 8000};
    *ret_n = 1;
    return true;
}
