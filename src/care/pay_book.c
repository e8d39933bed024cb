/* pay_book.c — what a clerk looks at before she signs: the month against the one before, who is
 * new, stopped or changed and why, who waits and for what, accounts that several share. Read first:
 * pay_changes(), pay_hints(). */
#include "care/pay_inside.h"

#include "base/limits.h"
#include "care/pay_grant.h"

bool pay_rolls(Care *c, const Session *s, int64_t run, Arena *a, PayRoll **ret, size_t *ret_n,
               GError **error)
{
    PayRun r;
    return pay_run_of(c, s, run, a, &r, error) &&
           store_pay_rolls(c->store, r.county, run, a, ret, ret_n, error);
}

bool pay_towns(Care *c, const Session *s, int64_t run, Arena *a, PayTown **ret, size_t *ret_n,
               GError **error)
{
    PayRun r;
    return pay_run_of(c, s, run, a, &r, error) &&
           store_pay_towns(c->store, r.county, run, a, ret, ret_n, error);
}

/* ---- why ----------------------------------------------------------------------------------------
 */

static void missing_words(const Explanation *x, Arena *a, PayChangeLine *to)
{
    g_autoptr(GString) zh = g_string_new(NULL), en = g_string_new(NULL);
    for (size_t i = 0; i < x->n_missing; i++) {
        g_string_append_printf(zh, "%s%.*s", i == 0 ? "缺：" : "、", STR_ARG(x->missing[i].zh));
        g_string_append_printf(en, "%s%.*s", i == 0 ? "missing: " : ", ",
                               STR_ARG(x->missing[i].en));
    }
    to->reason_zh = arena_str(a, (Str){zh->str, zh->len});
    to->reason_en = arena_str(a, (Str){en->str, en->len});
}

/* The condition that decided: the first that fails of a no, the last said of a yes. */
static void decided_words(const Explanation *x, PayChangeLine *to)
{
    for (size_t i = 0; i < x->n_lines; i++) {
        const ExplainLine *l = &x->lines[i];
        bool decides = x->outcome == TRUTH_NO ? l->truth == TRUTH_NO : l->truth == TRUTH_YES;
        if (l->depth == 0 || !decides)
            continue;
        to->reason_zh = l->zh;
        to->reason_en = l->en;
        if (x->outcome == TRUTH_NO)
            return;
    }
}

/* She is no longer there in the month: since when, and by which of her facts. */
static bool gone_words(Care *c, const Rule *rule, Arena *a, PayChangeLine *to, GError **error)
{
    const Field *end = rule->subject->end;
    Record *r;
    to->reason_zh = STR("档案已不在册");
    to->reason_en = STR("the record is no longer here");
    if (!store_record(c->store, rule->subject, (RecordKey){0, to->key.id}, a, &r, error))
        return false;
    if (end == NULL || !r->facts[end->index].value.known)
        return true;
    char day[DATE_TEXT];
    date_format((Date)r->facts[end->index].value.num, day);
    to->reason_zh = str_of(arena_printf(a, "%.*s %s", STR_ARG(end->label.zh), day));
    to->reason_en = str_of(arena_printf(a, "%.*s %s", STR_ARG(end->label.en), day));
    return true;
}

static bool reason_find(Care *c, const Session *s, Month month, Arena *a, PayChangeLine *to,
                        GError **error)
{
    const Rule *rule = c->model->rules[to->change.rule];
    g_autoptr(GError) why = NULL;
    Explanation x;
    to->reason_zh = to->reason_en = STR("");
    if (!decision_explain(c, s, rule, to->key, month, a, &x, &why)) {
        if (g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT) ||
            g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT))
            return gone_words(c, rule, a, to, error);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (x.n_missing > 0 && x.outcome != TRUTH_NO && x.outcome != TRUTH_YES)
        missing_words(&x, a, to);
    else
        decided_words(&x, to);
    return true;
}

bool pay_reason(Care *c, const Session *s, unsigned rule, RecordKey key, Month month, Arena *a,
                Str *ret_zh, Str *ret_en, GError **error)
{
    PayChangeLine l = {.change = {.rule = rule, .subject = key.id}, .key = key};
    if (!reason_find(c, s, month, a, &l, error))
        return false;
    *ret_zh = l.reason_zh;
    *ret_en = l.reason_en;
    return true;
}

static bool lines_find(Care *c, const Session *s, const PayRun *r, const PayChange *all, size_t n,
                       Arena *a, PayChangeLine **ret, GError **error)
{
    *ret = arena_many(a, PayChangeLine, n + 1);
    for (size_t i = 0; i < n; i++) {
        (*ret)[i] = (PayChangeLine){.change = all[i], .key = {r->county, all[i].subject}};
        if (!reason_find(c, s, r->month, a, &(*ret)[i], error))
            return false;
    }
    return true;
}

/* Names stand on lists: who sees no files sees sums alone. */
static bool may_see(const Session *s, GError **error)
{
    return session_may(s, MAY_MONEY_READ | MAY_PERSON_READ) ||
           fail(error, FAIL_RIGHT, "the role \"%s\" sees sums, no persons", s->role->word) ||
           fail_zh(error, "本岗位只能看汇总数，不能看个人");
}

bool pay_changes(Care *c, const Session *s, int64_t run, PayShow show, int64_t skip, size_t most,
                 Arena *a, PayChangeLine **ret, size_t *ret_n, GError **error)
{
    PayChange *all;
    PayRun r;
    return may_see(s, error) && pay_run_of(c, s, run, a, &r, error) &&
           store_pay_changes(c->store, r.county, run, show, skip, most, a, &all, ret_n, error) &&
           lines_find(c, s, &r, all, *ret_n, a, ret, error);
}

bool pay_waiting(Care *c, const Session *s, int64_t run, int64_t skip, size_t most, Arena *a,
                 PayChangeLine **ret, size_t *ret_n, GError **error)
{
    PayChange *all;
    PayRun r;
    return may_see(s, error) && pay_run_of(c, s, run, a, &r, error) &&
           store_pay_waiting(c->store, r.county, r.id, skip, most, a, &all, ret_n, error) &&
           lines_find(c, s, &r, all, *ret_n, a, ret, error);
}

/* ---- notices ------------------------------------------------------------------------------------
 */

static void notice_words_of(const Care *c, const GrantStanding *x, Arena *a, Str *zh, Str *en)
{
    char day[DATE_TEXT];
    date_format(x->standing.until, day);
    if (x->grant.id == 0) {
        *zh = STR("还没有公示");
        *en = STR("not put up yet");
    } else if (x->unset != NULL) {
        *zh = str_of(arena_printf(a, "公示天数未设定：请 %.*s 设定 %.*s",
                                  STR_ARG(c->regions->code[c->place]), STR_ARG(x->unset->name)));
        *en = str_of(arena_printf(a, "days of the notice are not set: %.*s sets %.*s",
                                  STR_ARG(c->regions->code[c->place]), STR_ARG(x->unset->name)));
    } else if (x->standing.state == NOTICE_UP) {
        *zh = str_of(arena_printf(a, "公示至 %s", day));
        *en = str_of(arena_printf(a, "notice open until %s", day));
    } else if (x->standing.state == NOTICE_OBJECTED) {
        *zh = STR("有异议未答复");
        *en = STR("an objection is not answered");
    } else if (x->standing.state == NOTICE_UPHELD) {
        *zh = STR("异议成立");
        *en = STR("an objection was right");
    } else if (x->standing.state == NOTICE_CLOSED) {
        *zh = STR("公示已结束，下一批次发放");
        *en = STR("notice over: paid by the next run");
    } else {
        *zh = STR("公示缺事实");
        *en = STR("a fact of the notice is missing");
    }
}

bool pay_notice(Care *c, unsigned rule, RecordKey key, Arena *a, Str *ret_zh, Str *ret_en,
                GError **error)
{
    g_autoptr(Working) w = NULL;
    GrantStanding s;
    if (!working_get(c, &w, error))
        return false;
    g_autoptr(Grants) g = grants_new(c, w, care_today(c), a, error);
    if (g == NULL || !grant_standing(g, c->model->rules[rule], key.id, a, &s, error))
        return false;
    notice_words_of(c, &s, a, ret_zh, ret_en);
    return true;
}

/* ---- accounts -----------------------------------------------------------------------------------
 */

static bool account_count(Care *c, const PayRun *r, const PayPayment *p, GHashTable *seen,
                          PayHints *to, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Str account;
    if (!pay_account_of(c, r, p, a, &account, error))
        return false;
    if (account.len == 0) {
        to->without++;
        return true;
    }
    g_autofree char *text = g_strndup(account.at, account.len);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(seen, text));
    to->shared += n == 1;
    to->sharing += n == 1 ? 2 : n > 1;
    g_hash_table_insert(seen, g_steal_pointer(&text), GUINT_TO_POINTER(n + 1));
    return true;
}

bool pay_hints(Care *c, const Session *s, int64_t run, Arena *a, PayHints *ret, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    PayRun r;
    PayPayment *all;
    size_t n;
    *ret = (PayHints){0};
    if (!pay_run_of(c, s, run, a, &r, error))
        return false;
    if (pay_run_total(&r).lines > LIMIT_PAY_HINTS)
        return true;
    if (!store_pay_payments(c->store, r.county, run, a, &all, &n, error))
        return false;
    ret->accounts_seen = true;
    for (size_t i = 0; i < n; i++)
        if ((i == 0 || all[i].receiver != all[i - 1].receiver) &&
            !account_count(c, &r, &all[i], seen, ret, error))
            return false;
    return true;
}
