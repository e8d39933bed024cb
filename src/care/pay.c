/* pay.c — looks at runs, lines, holds and funds, within the rights of a session.
 * Not here: preparing (pay_prepare.c), moving on (pay_step.c), files (pay_files.c). */
#include "care/consent_inside.h"
#include "care/pay_inside.h"

#include "base/identifier.h"

#define RUNS_SHOWN 200

static bool may_see(const Session *s, GError **error)
{
    return session_may(s, MAY_MONEY_READ) ||
           fail(error, FAIL_RIGHT, "the role \"%s\" does not see payments", s->role->word) ||
           fail_zh(error, "本岗位不能查看发放");
}

bool pay_runs(Care *c, const Session *s, Arena *a, PayRun **ret, size_t *ret_n, GError **error)
{
    size_t kept = 0;
    if (!may_see(s, error) || !store_pay_runs(c->store, 0, 0, RUNS_SHOWN, a, ret, ret_n, error))
        return false;
    for (size_t i = 0; i < *ret_n; i++)
        if (pay_county_is_mine(c, s, (*ret)[i].county, a))
            (*ret)[kept++] = (*ret)[i];
    *ret_n = kept;
    return true;
}

bool pay_run_of(Care *c, const Session *s, int64_t run, Arena *a, PayRun *ret, GError **error)
{
    PayRun *one;
    size_t n;
    if (run <= 0) /* 0 would be all of them */
        return fail(error, FAIL_ABSENT, "there is no such pay run") ||
               fail_zh(error, "没有这个发放批次");
    if (!may_see(s, error) || !store_pay_runs(c->store, 0, run, 1, a, &one, &n, error))
        return false;
    *ret = one[0];
    return pay_county_is_mine(c, s, ret->county, a) ||
           fail(error, FAIL_ABSENT, "there is no pay run %" G_GINT64_FORMAT " in your region",
                run) ||
           fail_zh(error, "本辖区没有第 %" G_GINT64_FORMAT " 号发放批次", run);
}

/* Names stand on lines: who sees no files sees sums alone. */
static bool may_see_lines(const Session *s, GError **error)
{
    return session_may(s, MAY_MONEY_READ | MAY_PERSON_READ) ||
           fail(error, FAIL_RIGHT, "the role \"%s\" sees sums, no persons", s->role->word) ||
           fail_zh(error, "本岗位只能看汇总数，不能看个人");
}

bool pay_lines(Care *c, const Session *s, const PayLinesAsk *ask, Arena *a, PayLine **ret,
               size_t *ret_n, GError **error)
{
    PayRun run;
    PayLinesAsk q = *ask;
    if (!may_see_lines(s, error) || !pay_run_of(c, s, ask->run, a, &run, error))
        return false;
    q.county = run.county;
    return store_pay_lines(c->store, &q, a, ret, ret_n, error);
}

/* Whose lines are hers: the record's own, and those of records that went into it. */
static bool ids_of(Care *c, const Entity *e, int64_t id, Arena *a, GArray *to, GError **error)
{
    g_array_append_val(to, id);
    for (guint i = 0; i < to->len; i++) {
        int64_t stays = g_array_index(to, int64_t, i);
        Docket *list;
        size_t n;
        if (!store_dockets_of(c->store, DOCKET_MERGE, e, stays, a, &list, &n, error))
            return false;
        for (size_t k = 0; k < n; k++)
            if (list[k].state == DOCKET_OPEN && list[k].other.id == stays)
                g_array_append_val(to, list[k].subject);
    }
    return true;
}

static int line_order(gconstpointer a, gconstpointer b)
{
    const PayLine *x = a, *y = b;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->month != y->month ? (x->month < y->month ? -1 : 1)
                                : (x->run > y->run) - (x->run < y->run);
}

static bool lines_of_all(Care *c, const Entity *e, const PayLinesAsk *ask, Arena *a, PayLine **ret,
                         size_t *ret_n, GError **error)
{
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(PayLine));
    PayLinesAsk q = *ask;
    if (!ids_of(c, e, ask->subject, a, ids, error))
        return false;
    for (guint i = 0; i < ids->len; i++) {
        PayLine *some;
        size_t n;
        q.subject = g_array_index(ids, int64_t, i);
        q.county = i == 0 ? ask->county : 0;
        if (!store_pay_lines(c->store, &q, a, &some, &n, error))
            return false;
        g_array_append_vals(all, some, (guint)n);
    }
    if (ids->len > 1)
        g_array_sort(all, line_order);
    *ret = arena_list(a, all, ret_n);
    return true;
}

bool pay_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                   PayLine **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    PayLinesAsk q = {
        .county = key.county, .subject = key.id, .held = -1, .amounts = true, .most = 10000};
    Consent x;
    if (!working_get(c, &w, error))
        return false;
    bool agreed = consent_of(c, w, s, care_today(c), &x) && consent_names(&x, STR("payments"));
    if ((!agreed && !may_see_lines(s, error)) || !scope_allows(c, w, s, e, key, error))
        return false;
    const Batch *b = w->data->batches[e->number];
    int64_t row = working_row(w, e, key.id);
    if (q.county == 0 && b != NULL && b->counties != NULL && row != ROW_NONE)
        q.county = b->counties[row];
    return lines_of_all(c, e, &q, a, ret, ret_n, error);
}

bool pay_returns(Care *c, const Session *s, int64_t run, Arena *a, PayReturn **ret, size_t *ret_n,
                 GError **error)
{
    PayRun r;
    return may_see_lines(s, error) && pay_run_of(c, s, run, a, &r, error) &&
           store_pay_returns(c->store, r.county, run, a, ret, ret_n, error);
}

/* ---- holds ------------------------------------------------------------------------------------
 */

bool pay_hold_parse(Str word, PayHold *ret)
{
    for (PayHold h = HOLD_DEATH; h < HOLD_KINDS; h++)
        if (str_is(word, pay_hold_word(h))) {
            *ret = h;
            return true;
        }
    return false;
}

bool pay_reason_check(Str reason, GError **error)
{
    if (!str_utf8_valid(reason, NULL) || str_utf8_length(reason) < REASON_LEAST)
        return fail(error, FAIL_INPUT, "this needs a reason of %u characters or more",
                    REASON_LEAST) ||
               fail_zh(error, "请写明原因，至少 %u 个字", REASON_LEAST);
    return check_reason_kept(reason, NULL, error);
}

/* No certificate is needed to hold: whoever enters records may, where the person lives. */
bool pay_hold_open(Care *c, const Session *s, const Entity *e, RecordKey key, PayHold kind,
                   Str reason, Arena *a, int64_t *ret_id, GError **error)
{
    g_autoptr(Working) w = NULL;
    PayHoldRow h = {.county = key.county,
                    .subject = key.id,
                    .kind = kind,
                    .reason = reason,
                    .opened_by = s->account};
    (void)a;
    if ((s->role->rights & (MAY_PERSON_WRITE | MAY_PAY_PREPARE | MAY_PAY_REVIEW)) == 0)
        return fail(error, FAIL_RIGHT, "the role \"%s\" holds no payments", s->role->word) ||
               fail_zh(error, "本岗位不能停发");
    if (!pay_reason_check(reason, error) || !working_get(c, &w, error) ||
        !scope_allows(c, w, s, e, key, error) || !care_new_id(c, &h.id, error))
        return false;
    const Batch *b = w->data->batches[e->number];
    int64_t row = working_row(w, e, key.id);
    if (h.county == 0 && b != NULL && b->counties != NULL && row != ROW_NONE)
        h.county = b->counties[row];
    if (!care_write_pay_hold(c, &h, s->via, error))
        return false;
    *ret_id = h.id;
    return true;
}

bool pay_holds(Care *c, const Session *s, bool open_only, Arena *a, PayHoldRow **ret, size_t *ret_n,
               GError **error)
{
    size_t kept = 0;
    if (!may_see_lines(s, error) || !store_pay_holds(c->store, 0, open_only, a, ret, ret_n, error))
        return false;
    for (size_t i = 0; i < *ret_n; i++)
        if (pay_county_is_mine(c, s, (*ret)[i].county, a))
            (*ret)[kept++] = (*ret)[i];
    *ret_n = kept;
    return true;
}

#define RIGHTS_RELEASE (MAY_PAY_PREPARE | MAY_PAY_REVIEW)

bool pay_hold_may_close(const Session *s, const PayHoldRow *h)
{
    return (s->role->rights & RIGHTS_RELEASE) != 0 && !str_equal(h->opened_by, s->account);
}

bool pay_hold_close(Care *c, const Session *s, int64_t id, Str outcome, Arena *a, GError **error)
{
    PayHoldRow *all;
    size_t n, i = 0;
    if ((s->role->rights & RIGHTS_RELEASE) == 0)
        return fail(error, FAIL_RIGHT, "the role \"%s\" releases no payments", s->role->word) ||
               fail_zh(error, "本岗位不能解除停发");
    if (!pay_reason_check(outcome, error) || !pay_holds(c, s, true, a, &all, &n, error))
        return false;
    while (i < n && all[i].id != id)
        i++;
    if (i == n)
        return fail(error, FAIL_ABSENT, "there is no open hold of that number in your region") ||
               fail_zh(error, "本辖区没有这个编号的在停记录");
    if (!pay_hold_may_close(s, &all[i]))
        return fail(error, FAIL_RIGHT,
                    "who held a payment does not release it: another person has to") ||
               fail_zh(error, "停发人不能自己解除停发，须由另一人办理");
    all[i].closed_by = s->account;
    all[i].outcome = outcome;
    return care_write_pay_hold(c, &all[i], s->via, error);
}

bool pay_hold_entity(Care *c, const PayHoldRow *h, const Entity **ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    *ret = NULL;
    if (!working_get(c, &w, error))
        return false;
    for (size_t i = 0; i < c->model->n_entities && *ret == NULL; i++)
        if (working_row(w, c->model->entities[i], h->subject) != ROW_NONE)
            *ret = c->model->entities[i];
    return true;
}

/* ---- funds ------------------------------------------------------------------------------------
 */

bool pay_account(Care *c, int32_t county, Str kind, Str owner, Arena *a, GArray *fresh,
                 LedgerAccount *ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    for (guint i = 0; i < fresh->len; i++) {
        const LedgerAccount *x = &g_array_index(fresh, LedgerAccount, i);
        if (str_equal(x->kind, kind) && str_equal(x->owner, owner)) {
            *ret = *x;
            return true;
        }
    }
    if (store_ledger_account(c->store, county, LEDGER_FEN, kind, owner, a, ret, &why))
        return true;
    if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    bool source = str_equal(kind, SOURCE_KIND);
    *ret = (LedgerAccount){.county = county,
                           .unit = LEDGER_FEN,
                           .kind = kind,
                           .owner = owner,
                           .lowest = source ? -LEDGER_MOST : 0,
                           .highest = LEDGER_MOST};
    if (!care_new_id(c, &ret->id, error))
        return false;
    g_array_append_val(fresh, *ret);
    return true;
}

bool pay_funds(Care *c, const Session *s, Arena *a, PayFund **ret, size_t *ret_n, GError **error)
{
    LedgerAccount *all;
    size_t n;
    if (!may_see(s, error) || !store_ledger_accounts(c->store, 0, FUND_KIND, a, &all, &n, error))
        return false;
    *ret = arena_many(a, PayFund, n + 1);
    *ret_n = 0;
    for (size_t i = 0; i < n; i++)
        if (pay_county_is_mine(c, s, all[i].county, a))
            (*ret)[(*ret_n)++] = (PayFund){all[i].county, all[i].owner, all[i].posted, all[i].held};
    return true;
}

/* A code of the enum of funds, as documents name them. */
static bool fund_check(const Care *c, Str fund, GError **error)
{
    const Enum *e = model_enum(c->model, STR("fund"));
    for (size_t i = 0; e != NULL && i < e->n_codes; i++)
        if (str_equal(e->codes[i].name, fund))
            return true;
    for (size_t i = 0; i < c->model->n_rules; i++)
        for (size_t k = 0; k < c->model->rules[i]->n_funds; k++)
            if (str_equal(c->model->rules[i]->funds[k].fund, fund))
                return true;
    return str_equal(fund, FUND_UNSTATED) ||
           fail(error, FAIL_INPUT, "the documents name no fund \"%.*s\"", STR_ARG(fund)) ||
           fail_zh(error, "文件里没有资金“%.*s”", STR_ARG(fund));
}

static bool region_county(Care *c, const Session *s, Str code, Arena *a, int32_t *ret,
                          GError **error)
{
    for (size_t i = 0; i < c->regions->n; i++)
        if (str_equal(c->regions->code[i], code)) {
            *ret = county_of_place(c, (int32_t)i);
            return pay_county_is_mine(c, s, *ret, a) ||
                   fail(error, FAIL_RIGHT, "the place %.*s lies outside your region",
                        STR_ARG(code)) ||
                   fail_zh(error, "地区 %.*s 不在本辖区", STR_ARG(code));
        }
    return fail(error, FAIL_INPUT, "there is no place %.*s", STR_ARG(code)) ||
           fail_zh(error, "没有地区 %.*s", STR_ARG(code));
}

bool pay_fund_add(Care *c, const Session *s, Str region, Str fund, int64_t fen, Str reason,
                  const uint8_t key[16], Arena *a, GError **error)
{
    static const uint8_t none[16];
    g_autoptr(GArray) fresh = g_array_new(FALSE, FALSE, sizeof(LedgerAccount));
    LedgerAccount from, to;
    LedgerTransfer t = {.state = TRANSFER_POSTED, .amount = fen};
    LedgerMove m = {.transfers = &t, .n_transfers = 1};
    if (!session_may(s, MAY_PAY_FUND))
        return fail(error, FAIL_RIGHT, "the role \"%s\" arranges no money", s->role->word) ||
               fail_zh(error, "本岗位不能安排资金");
    if (fen <= 0)
        return fail(error, FAIL_INPUT, "more than nothing has to be arranged") ||
               fail_zh(error, "安排的金额须大于零");
    if (!pay_reason_check(reason, error) || !fund_check(c, fund, error) ||
        !region_county(c, s, region, a, &m.county, error) ||
        !pay_account(c, m.county, SOURCE_KIND, STR("budget"), a, fresh, &from, error) ||
        !pay_account(c, m.county, FUND_KIND, fund, a, fresh, &to, error) ||
        !care_new_id(c, &t.id, error))
        return false;
    t.from = from.id;
    t.to = to.id;
    m.accounts = (const LedgerAccount *)(const void *)fresh->data;
    m.n_accounts = fresh->len;
    memcpy(m.key, key, sizeof m.key);
    if (memcmp(key, none, sizeof none) == 0)
        random_bytes(m.key, sizeof m.key);
    return care_write_ledger(c, s, &m, reason, error);
}
