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

bool pay_runs(Care *c, const Session *s, Arena *a, PayRun **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)error;
    *ret = arena_many(a, PayRun, 1);
    **ret = run_made();
    *ret_n = 1;
    return true;
}

bool pay_run_of(Care *c, const Session *s, int64_t run, Arena *a, PayRun *ret, GError **error)
{
    (void)c, (void)s, (void)a;
    if (run != 7)
        return fail(error, FAIL_ABSENT, "no run");
    *ret = run_made();
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
    return to != PAY_REFUSED || reason.len > 0 || fail(error, FAIL_INPUT, "say why" POISON) ||
           fail_zh(error, "请写明原因" POISON);
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

bool pay_rolls(Care *c, const Session *s, int64_t run, Arena *a, PayRoll **ret, size_t *ret_n,
               GError **error)
{
    (void)c, (void)s, (void)run, (void)error;
    *ret = arena_many(a, PayRoll, 1);
    **ret =
        (PayRoll){.last = {2, 16000}, .fresh = {1, 8000}, .roll = {3, 24000}, .held = {1, 8000}};
    *ret_n = 1;
    return true;
}

bool pay_towns(Care *c, const Session *s, int64_t run, Arena *a, PayTown **ret, size_t *ret_n,
               GError **error)
{
    (void)c, (void)s, (void)run, (void)error;
    *ret = arena_many(a, PayTown, 1);
    **ret = (PayTown){.town = STR(POISON), .persons = 1, .fen = 20000};
    *ret_n = 1;
    return true;
}

static bool one_change(Arena *a, PayChangeLine **ret, size_t *ret_n)
{
    *ret = arena_many(a, PayChangeLine, 1);
    **ret = (PayChangeLine){.change = {.subject = 1, .fen = 8000, .outcome = TRUTH_YES},
                            .key = {1, 1},
                            .reason_zh = STR(POISON),
                            .reason_en = STR(POISON)};
    *ret_n = 1;
    return true;
}

bool pay_changes(Care *c, const Session *s, int64_t run, PayShow show, int64_t skip, size_t most,
                 Arena *a, PayChangeLine **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)run, (void)show, (void)skip, (void)most, (void)error;
    return one_change(a, ret, ret_n);
}

bool pay_waiting(Care *c, const Session *s, int64_t run, int64_t skip, size_t most, Arena *a,
                 PayChangeLine **ret, size_t *ret_n, GError **error)
{
    (void)c, (void)s, (void)run, (void)skip, (void)most, (void)error;
    return one_change(a, ret, ret_n);
}

bool pay_waits(Care *c, const Session *s, int64_t run, Arena *a, PayWait **ret, size_t *ret_n,
               bool *ret_more, GError **error)
{
    (void)c, (void)s, (void)run, (void)error;
    *ret = arena_many(a, PayWait, 1);
    (*ret)->what = (MissingFact){.name = STR(POISON), .zh = STR(POISON), .en = STR(POISON)};
    *ret_n = 1;
    *ret_more = false;
    return true;
}

Label pay_wait_words(const PayWait *x, bool more, Arena *a)
{
    (void)more, (void)a;
    return (Label){x->what.zh, x->what.en};
}

bool pay_reason(Care *c, const Session *s, unsigned rule, RecordKey key, Month month, Arena *a,
                Str *ret_zh, Str *ret_en, GError **error)
{
    (void)c, (void)s, (void)rule, (void)key, (void)month, (void)a, (void)error;
    *ret_zh = *ret_en = STR(POISON);
    return true;
}

bool pay_notice(Care *c, unsigned rule, RecordKey key, Arena *a, Str *ret_zh, Str *ret_en,
                GError **error)
{
    (void)c, (void)rule, (void)key, (void)a, (void)error;
    *ret_zh = *ret_en = STR(POISON);
    return true;
}

bool pay_hints(Care *c, const Session *s, int64_t run, Arena *a, PayHints *ret, GError **error)
{
    (void)c, (void)s, (void)run, (void)a, (void)error;
    *ret = (PayHints){.accounts_seen = true, .shared = 1, .sharing = 2};
    return true;
}

bool pay_unseen(Care *c, const Session *s, int64_t run, Arena *a, PayUnseen **ret, size_t *ret_n,
                bool *ret_looked, GError **error)
{
    (void)s, (void)run, (void)error;
    *ret = arena_many(a, PayUnseen, 2);
    (*ret)[0] = (PayUnseen){.entity = model_entity(care_model(c), STR("elder")), .key = {1, 1}};
    (*ret)[1] = (*ret)[0];
    (*ret)[1].seen = true;
    (*ret)[1].seen_on = 18000; /* 2019-04-14 */
    *ret_n = 2;
    *ret_looked = true;
    return true;
}

static PayHoldRow hold_made(void)
{
    return (PayHoldRow){.county = 1,
                        .id = 5,
                        .subject = 1,
                        .kind = HOLD_DEATH,
                        .reason = STR(POISON),
                        .opened_by = STR(POISON)};
}

bool pay_holds(Care *c, const Session *s, bool open_only, Arena *a, PayHoldRow **ret, size_t *ret_n,
               GError **error)
{
    (void)c, (void)open_only, (void)error;
    *ret = arena_many(a, PayHoldRow, 2);
    (*ret)[0] = (*ret)[1] = hold_made();
    (*ret)[1].id = 6; /* held by who asks */
    (*ret)[1].opened_by = s->account;
    *ret_n = 2;
    return true;
}

bool pay_hold_entity(Care *c, const PayHoldRow *h, const Entity **ret, GError **error)
{
    (void)error;
    *ret = h->subject == 1 ? model_entity(care_model(c), STR("elder")) : NULL;
    return true;
}

bool pay_hold_parse(Str word, PayHold *ret)
{
    *ret = HOLD_DEATH;
    return str_is(word, "death");
}

bool pay_hold_open(Care *c, const Session *s, const Entity *e, RecordKey key, PayHold kind,
                   Str reason, Arena *a, int64_t *ret_id, GError **error)
{
    (void)c, (void)s, (void)e, (void)key, (void)kind, (void)a;
    *ret_id = 5;
    return reason.len > 0 || fail(error, FAIL_INPUT, POISON);
}

bool pay_hold_may_close(const Session *s, const PayHoldRow *h)
{
    return !str_equal(h->opened_by, s->account);
}

bool pay_hold_close(Care *c, const Session *s, int64_t id, Str outcome, Arena *a, GError **error)
{
    (void)c, (void)s, (void)a;
    if (id != 5)
        return fail(error, FAIL_ABSENT, "no hold");
    return outcome.len > 0 || fail(error, FAIL_INPUT, POISON);
}

bool pay_bank_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                   uint64_t *ret_lines, int64_t *ret_fen, GError **error)
{
    (void)c, (void)s, (void)path, (void)a;
    *ret_lines = 0;
    *ret_fen = 0;
    return run == 7 || fail(error, FAIL_ABSENT, "no run");
}

bool pay_request_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                      GError **error)
{
    (void)c, (void)s, (void)path, (void)a;
    return run == 7 || fail(error, FAIL_ABSENT, "no run");
}

bool pay_reply_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                    uint64_t *ret_returned, uint64_t *ret_fresh, GError **error)
{
    (void)c, (void)s, (void)path, (void)a;
    *ret_returned = *ret_fresh = 0;
    return run == 7 || fail(error, FAIL_ABSENT, "no run");
}
