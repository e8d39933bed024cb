/* pay_step.c — moves a run on: who may, and what the ledger does with it.
 * Approving reserves the run's sums in the funds its benefits name; a refusal gives them back; the
 * reply posts them, and what came back goes to the funds again.
 * Read first: the table `steps`, pay_move_on(). */
#include "care/pay_inside.h"

static const struct Step {
    PayState to;
    unsigned right;
    const char *does;
} steps[] = {
    {PAY_REVIEWED, MAY_PAY_REVIEW, "reviews"},
    {PAY_APPROVED, MAY_PAY_APPROVE, "approves"},
    {PAY_FINANCE, MAY_PAY_PREPARE, "sends to the finance office"},
    {PAY_BANK, MAY_PAY_FUND, "releases to the bank"},
    {PAY_BOOKED, MAY_PAY_PREPARE, "books the reply of"},
};

/* A run is refused by whoever it waits for. */
static unsigned right_of(const PayRun *run, PayState to)
{
    PayState next = to == PAY_REFUSED ? run->state + 1 : to;
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++)
        if (steps[i].to == next)
            return steps[i].right |
                   (to == PAY_REFUSED && next == PAY_FINANCE ? MAY_PAY_APPROVE : 0);
    return 0;
}

static bool has_any(const Session *s, unsigned rights)
{
    return (s->role->rights & rights) != 0;
}

bool pay_may(const Session *s, const PayRun *run, PayState to)
{
    bool next = to == run->state + 1 && run->state >= PAY_PREPARED && to <= PAY_BOOKED;
    bool refuse = to == PAY_REFUSED && run->state >= PAY_PREPARED && run->state <= PAY_BANK;
    if ((!next && !refuse) || !has_any(s, right_of(run, to)))
        return false;
    if (to == PAY_REVIEWED || to == PAY_APPROVED)
        return !str_equal(s->account, run->prepared_by) && !str_equal(s->account, run->reviewed_by);
    return true;
}

/* ---- moves of the ledger ----------------------------------------------------------------------
 */

void pay_key(int64_t run, PayState state, uint8_t part, uint8_t to[16])
{
    memset(to, 0, 16);
    memcpy(to, "pay", 3);
    to[3] = (uint8_t)state;
    to[4] = part;
    for (int i = 0; i < 8; i++)
        to[8 + i] = (uint8_t)((uint64_t)run >> (56 - 8 * i));
}

typedef struct Moving {
    Care *care;
    const PayRun *run;
    Arena *arena;
    GArray *fresh, *seen, *transfers; /* LedgerAccount, LedgerAccount, LedgerTransfer */
} Moving;

static Moving moving_new(Care *c, const PayRun *run, Arena *a)
{
    return (Moving){.care = c,
                    .run = run,
                    .arena = a,
                    .fresh = g_array_new(FALSE, FALSE, sizeof(LedgerAccount)),
                    .seen = g_array_new(FALSE, FALSE, sizeof(LedgerAccount)),
                    .transfers = g_array_new(FALSE, FALSE, sizeof(LedgerTransfer))};
}

static void moving_clear(Moving *m)
{
    g_array_unref(m->fresh);
    g_array_unref(m->seen);
    g_array_unref(m->transfers);
}

/* With what this move has reserved in it so far. */
static bool account_seen(Moving *m, Str kind, Str owner, guint *ret, GError **error)
{
    LedgerAccount x;
    for (*ret = 0; *ret < m->seen->len; ++*ret) {
        const LedgerAccount *a = &g_array_index(m->seen, LedgerAccount, *ret);
        if (str_equal(a->kind, kind) && str_equal(a->owner, owner))
            return true;
    }
    if (!pay_account(m->care, m->run->county, kind, owner, m->arena, m->fresh, &x, error))
        return false;
    g_array_append_val(m->seen, x);
    return true;
}

static bool transfer_add(Moving *m, LedgerTransfer t, GError **error)
{
    if (!care_new_id(m->care, &t.id, error))
        return false;
    g_array_append_val(m->transfers, t);
    return true;
}

static bool fund_hold(Moving *m, Str fund, Str benefit, int64_t fen, GError **error)
{
    guint from, to;
    if (fen == 0)
        return true;
    if (!account_seen(m, FUND_KIND, fund, &from, error) ||
        !account_seen(m, BENEFIT_KIND, benefit, &to, error))
        return false;
    LedgerAccount *a = &g_array_index(m->seen, LedgerAccount, from);
    a->held += fen;
    return transfer_add(m,
                        (LedgerTransfer){.state = TRANSFER_HELD,
                                         .from = a->id,
                                         .to = g_array_index(m->seen, LedgerAccount, to).id,
                                         .amount = fen},
                        error);
}

/* What is still free in a fund. */
static bool fund_left(Moving *m, Str fund, int64_t *ret, GError **error)
{
    guint at;
    if (!account_seen(m, FUND_KIND, fund, &at, error))
        return false;
    const LedgerAccount *a = &g_array_index(m->seen, LedgerAccount, at);
    *ret = MAX(0, a->posted - a->held - a->lowest);
    return true;
}

/* Semantics 53: parts are rounded so that they come to the amount, the rest to the last. */
static bool benefit_hold(Moving *m, const Rule *rule, int64_t fen, GError **error)
{
    int64_t left = fen;
    if (rule->n_funds == 0)
        return fund_hold(m, FUND_UNSTATED, rule->name, fen, error);
    for (size_t i = 0; i < rule->n_funds; i++) {
        const FundPart *f = &rule->funds[i];
        int64_t part = left, free = 0;
        if (i + 1 < rule->n_funds && f->balance != NULL) {
            if (!fund_left(m, f->fund, &free, error))
                return false;
            part = MIN(left, free);
        } else if (i + 1 < rule->n_funds) {
            part = MIN(left, (fen / 10000) * f->share + ((fen % 10000) * f->share + 5000) / 10000);
        }
        if (!fund_hold(m, f->fund, rule->name, part, error))
            return false;
        left -= part;
    }
    return true;
}

static bool approve_move(Moving *m, GError **error)
{
    for (size_t i = 0; i < m->run->n_sums; i++) {
        const PaySum *s = &m->run->sums[i];
        if (!benefit_hold(m, m->care->model->rules[s->rule], pay_sum_fen(s), error))
            return false;
    }
    return true;
}

static bool approved_read(Moving *m, LedgerTransfer **ret, size_t *ret_n, GError **error)
{
    uint8_t key[16];
    pay_key(m->run->id, PAY_APPROVED, 0, key);
    return store_ledger_made(m->care->store, m->run->county, key, m->arena, ret, ret_n, error);
}

/* All that was reserved: posted, or released. */
static bool settle_move(Moving *m, TransferState state, GError **error)
{
    LedgerTransfer *held;
    size_t n;
    if (!approved_read(m, &held, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!transfer_add(m, (LedgerTransfer){.state = state, .of = held[i].id}, error))
            return false;
    return true;
}

/* What came back of one benefit goes to its funds, the last part first; `before` went already. */
static bool benefit_back(Moving *m, const Rule *rule, int64_t before, int64_t fen, GError **error)
{
    LedgerTransfer *held;
    size_t n;
    guint at;
    if (fen == 0)
        return true;
    if (!approved_read(m, &held, &n, error) ||
        !account_seen(m, BENEFIT_KIND, rule->name, &at, error))
        return false;
    int64_t id = g_array_index(m->seen, LedgerAccount, at).id;
    for (size_t i = n; i-- > 0 && fen > 0;) {
        int64_t skip = held[i].to == id ? MIN(before, held[i].amount) : 0;
        int64_t back = held[i].to == id ? MIN(fen, held[i].amount - skip) : 0;
        before -= skip;
        fen -= back;
        if (back > 0 && !transfer_add(m,
                                      (LedgerTransfer){.state = TRANSFER_POSTED,
                                                       .from = id,
                                                       .to = held[i].from,
                                                       .amount = back},
                                      error))
            return false;
    }
    return fen == 0 ||
           fail(error, FAIL_INPUT, "more came back of \"%.*s\" than was paid",
                STR_ARG(rule->name)) ||
           fail_zh(error, "待遇“%.*s”退回的多于发放的", STR_ARG(rule->label.zh));
}

/* ---- a step -----------------------------------------------------------------------------------
 */

static bool step_write(Moving *m, const Session *s, PayStep *step, uint8_t part, GError **error)
{
    LedgerMove move = {.county = m->run->county,
                       .accounts = (const LedgerAccount *)(const void *)m->fresh->data,
                       .n_accounts = m->fresh->len,
                       .transfers = (const LedgerTransfer *)(const void *)m->transfers->data,
                       .n_transfers = m->transfers->len};
    step->county = m->run->county;
    step->run = m->run->id;
    step->from = m->run->state;
    step->actor = s->account;
    step->via = s->via;
    pay_key(m->run->id, step->to, part, move.key);
    if (move.n_transfers > 0 || move.n_accounts > 0)
        step->move = &move;
    bool fine = care_write_pay_step(m->care, step, error);
    step->move = NULL;
    return fine;
}

static bool may_move(const Session *s, const PayRun *run, PayState to, GError **error)
{
    unsigned right = right_of(run, to);
    if (right == 0)
        return fail(error, FAIL_CONFLICT, "pay run %" G_GINT64_FORMAT " is %s: nothing follows",
                    run->id, pay_state_word(run->state)) ||
               fail_zh(error, "第 %" G_GINT64_FORMAT " 号发放批次已经办完，没有下一步", run->id);
    return has_any(s, right) ||
           fail(error, FAIL_RIGHT,
                "the role \"%s\" does not do this to a run "
                "that is %s",
                s->role->word, pay_state_word(run->state)) ||
           fail_zh(error, "本岗位不能办理这个批次的这一步");
}

/* Whoever is held by what records say by now is stopped, too. */
static bool held_now(Care *c, const PayRun *run, Arena *a, PayStep *step, GError **error)
{
    g_autoptr(Working) w = NULL;
    PayHeld *held;
    PayAlike alike;
    if (!working_get(c, &w, error) || !pay_alike(c, a, &alike, error) ||
        !pay_held(c, w, run->county, care_today(c), &alike, a, &held, &step->n_held, error))
        return false;
    step->held = held;
    return true;
}

bool pay_move_on(Care *c, const Session *s, int64_t run, PayState to, Str reason, Arena *a,
                 GError **error)
{
    PayRun r;
    PayStep step = {.to = to, .reason = reason};
    if (!pay_run_of(c, s, run, a, &r, error) || !may_move(s, &r, to, error))
        return false;
    if (!(to == PAY_REFUSED ? pay_reason_check(reason, error)
                            : check_reason_kept(reason, NULL, error)))
        return false;
    if (to == PAY_BOOKED)
        return pay_reply(c, s, run, NULL, 0, a, NULL, error);
    if (to == PAY_BANK && !held_now(c, &r, a, &step, error))
        return false;
    Moving m = moving_new(c, &r, a);
    bool fine = (to != PAY_APPROVED || approve_move(&m, error)) &&
                (to != PAY_REFUSED || r.state < PAY_APPROVED ||
                 settle_move(&m, TRANSFER_RELEASED, error)) &&
                step_write(&m, s, &step, 0, error);
    moving_clear(&m);
    return fine;
}

/* ---- the reply --------------------------------------------------------------------------------
 */

typedef struct Returning {
    Moving *moving;
    PayPayment *all; /* by receiver and rule */
    size_t n_all;
    GArray *fresh;          /* PayReturn: not known to have come back before */
    int64_t *before, *back; /* per rule of the Model: fen */
} Returning;

static size_t payment_first(const Returning *r, int64_t receiver)
{
    size_t low = 0, high = r->n_all;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (r->all[middle].receiver < receiver)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool return_add(Returning *r, const PayReturn *back, GError **error)
{
    PayReturn x = {.receiver = back->receiver, .reason = back->reason};
    size_t i = payment_first(r, x.receiver);
    if (i == r->n_all || r->all[i].receiver != x.receiver)
        return fail(error, FAIL_INPUT, "the run pays nobody of the number that came back") ||
               fail_zh(error, "退回的编号不在本批次的发放里");
    for (; i < r->n_all && r->all[i].receiver == x.receiver; i++) {
        if (r->all[i].returned)
            continue;
        x.fen += r->all[i].fen;
        r->back[r->all[i].rule] += r->all[i].fen;
        r->all[i].returned = true;
    }
    if (x.fen == 0)
        return true; /* all of it was stopped, or came back already */
    if (!care_new_id(r->moving->care, &x.hold, error))
        return false;
    g_array_append_val(r->fresh, x);
    return true;
}

/* What was stopped before the bank goes back with the first reply, what came back later by itself.
 */
static bool returns_move(Returning *r, GError **error)
{
    const Model *m = r->moving->care->model;
    for (size_t i = 0; i < m->n_rules; i++)
        if (!benefit_back(r->moving, m->rules[i], r->before[i], r->back[i], error))
            return false;
    return true;
}

static bool reply_book(Returning *r, const Session *s, const PayReturn *back, size_t n,
                       GError **error)
{
    const PayRun *run = r->moving->run;
    bool again = run->state == PAY_BOOKED;
    PayStep step = {.to = PAY_BOOKED, .reason = again ? STR("more came back") : STR("")};
    int64_t *known = again ? r->before : r->back;
    for (size_t i = 0; i < r->n_all; i++)
        if (r->all[i].returned)
            known[r->all[i].rule] += r->all[i].fen;
    for (size_t i = 0; i < n; i++)
        if (!return_add(r, &back[i], error))
            return false;
    if (again && r->fresh->len == 0)
        return store_settle(r->moving->care->store, error); /* the same file once more */
    if ((!again && !settle_move(r->moving, TRANSFER_POSTED, error)) || !returns_move(r, error))
        return false;
    step.returns = (const PayReturn *)(const void *)r->fresh->data;
    step.n_returns = r->fresh->len;
    return step_write(r->moving, s, &step, again ? (uint8_t)(run->n_steps & 0xff) : 0, error);
}

bool pay_reply(Care *c, const Session *s, int64_t run, const PayReturn *back, size_t n, Arena *a,
               uint64_t *ret_fresh, GError **error)
{
    PayRun r;
    if (!pay_run_of(c, s, run, a, &r, error))
        return false;
    if (!session_may(s, MAY_PAY_PREPARE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" books no replies", s->role->word) ||
               fail_zh(error, "本岗位不能登记银行回盘");
    if (r.state != PAY_BANK && r.state != PAY_BOOKED)
        return fail(error, FAIL_CONFLICT, "pay run %" G_GINT64_FORMAT " is %s, not with the bank",
                    run, pay_state_word(r.state)) ||
               fail_zh(error, "第 %" G_GINT64_FORMAT " 号发放批次不在银行代发，不能登记回盘", run);
    Moving m = moving_new(c, &r, a);
    Returning x = {.moving = &m,
                   .fresh = g_array_new(FALSE, FALSE, sizeof(PayReturn)),
                   .before = arena_array(a, c->model->n_rules + 1, sizeof(int64_t)),
                   .back = arena_array(a, c->model->n_rules + 1, sizeof(int64_t))};
    bool fine = store_pay_payments(c->store, r.county, run, a, &x.all, &x.n_all, error) &&
                reply_book(&x, s, back, n, error);
    if (fine && ret_fresh != NULL)
        *ret_fresh = x.fresh->len;
    g_array_unref(x.fresh);
    moving_clear(&m);
    return fine;
}
