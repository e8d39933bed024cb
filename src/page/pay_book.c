/* pay_book.c — what a clerk reads on a run's page before she signs: the month against the one
 * before, the amount in capitals, places, hints; who is new, stopped, changed, and who waits, with
 * reasons. Read first: pay_fill_book(), pay_fill_changes(). */
#include "page/pay.h"

#include "format/capitals.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/policy.h"

static View *balance_row(const Req *q, ViewList *list, const char *key, int64_t persons,
                         int64_t fen)
{
    View *row = view_add(list);
    view_text(row, "label", say(q, key));
    view_text(row, "persons", persons >= 0 ? words_count(q, (uint64_t)persons) : STR(""));
    view_text(row, "amount", words_money(q, fen));
    return row;
}

static void count_add(struct PayCount *to, const struct PayCount *x)
{
    to->persons += x->persons;
    to->fen += x->fen;
}

static PayRoll rolls_total(const PayRoll *all, size_t n)
{
    PayRoll t = {0};
    for (size_t i = 0; i < n; i++) {
        count_add(&t.last, &all[i].last);
        count_add(&t.fresh, &all[i].fresh);
        count_add(&t.stopped, &all[i].stopped);
        count_add(&t.changed, &all[i].changed);
        count_add(&t.roll, &all[i].roll);
        count_add(&t.held, &all[i].held);
    }
    return t;
}

static Str show_address(const Req *q, const PayRun *r, const char *show)
{
    return str_of(arena_printf(q->arena, "/pay/%" G_GINT64_FORMAT "?show=%s#lines", r->id, show));
}

/* Last month + new - stopped +- changed = this month; - held - paid before + late - back = paid. */
static void fill_balance(const Req *q, View *v, const PayRun *r, const PayRoll *t)
{
    ViewList *list = view_list(v, "balance");
    const PaySum s = pay_run_total(r);
    int64_t before = t->roll.fen - t->held.fen - s.month_fen, persons = 0;
    for (size_t i = 0; i < r->n_sums; i++)
        persons += r->sums[i].persons;
    balance_row(q, list, KEY("pay_last"), t->last.persons, t->last.fen);
    view_url(balance_row(q, list, KEY("pay_fresh"), t->fresh.persons, t->fresh.fen), "link_url",
             show_address(q, r, "fresh"));
    view_url(balance_row(q, list, KEY("pay_stopped"), t->stopped.persons, t->stopped.fen),
             "link_url", show_address(q, r, "stopped"));
    view_url(balance_row(q, list, KEY("pay_changed"), t->changed.persons, t->changed.fen),
             "link_url", show_address(q, r, "changed"));
    view_flag(balance_row(q, list, KEY("pay_roll"), t->roll.persons, t->roll.fen), "strong", true);
    view_url(balance_row(q, list, KEY("pay_minus_held"), t->held.persons, t->held.fen), "link_url",
             show_address(q, r, "held"));
    if (before != 0)
        balance_row(q, list, KEY("pay_before"), -1, before);
    view_url(balance_row(q, list, KEY("pay_plus_late"), -1, s.late_fen), "link_url",
             show_address(q, r, "late"));
    balance_row(q, list, KEY("pay_minus_back"), -1, s.back_fen);
    view_flag(balance_row(q, list, KEY("pay_equals"), persons, pay_sum_fen(&s)), "strong", true);
    g_autoptr(GString) capitals = g_string_new(NULL);
    capitals_money(pay_sum_fen(&s), capitals);
    view_text(v, "capitals", arena_str(q->arena, (Str){capitals->str, capitals->len}));
}

/* ---- places -------------------------------------------------------------------------------------
 */

static int32_t region_of(const RegionTree *t, Str code)
{
    for (size_t i = 0; i < t->n; i++)
        if (code.len > 0 && str_equal(t->code[i], code))
            return (int32_t)i;
    return ROW_NONE;
}

static bool fill_towns(Req *q, View *v, const PayRun *r, GError **error)
{
    ViewList *list = view_list(v, "towns");
    PayTown *towns;
    size_t n;
    int64_t fen = 0;
    const PaySum s = pay_run_total(r);
    if (!pay_towns(q->care, q->session, r->id, q->arena, &towns, &n, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(list);
        int32_t region = region_of(care_regions(q->care), towns[i].town);
        view_text(row, "place",
                  region != ROW_NONE ? region_name(q, region) : say(q, "pay_no_place"));
        view_text(row, "roll_persons", words_count(q, (uint64_t)towns[i].roll_persons));
        view_text(row, "roll", words_money(q, towns[i].roll_fen));
        view_text(row, "persons", words_count(q, (uint64_t)towns[i].persons));
        view_text(row, "sum", words_money(q, towns[i].fen));
        view_text(row, "held", words_money(q, towns[i].held_fen));
        fen += towns[i].fen;
    }
    view_text(v, "towns_sum", words_money(q, fen));
    view_flag(v, "towns_agree", fen == pay_sum_fen(&s));
    return true;
}

/* ---- hints --------------------------------------------------------------------------------------
 */

static void hint(const Req *q, ViewList *list, bool fine, const char *key, int64_t n, Str url)
{
    View *row = view_add(list);
    view_word(row, "kind", fine ? "yes" : "late");
    view_word(row, "mark", fine ? "✓" : "△");
    view_text(row, "text", say_name(q, key, words_count(q, (uint64_t)n)));
    if (url.len > 0)
        view_url(row, "link_url", url);
}

static int64_t funds_short(const PayFund *funds, size_t n, const PayRun *r)
{
    int64_t left = 0;
    const PaySum s = pay_run_total(r);
    for (size_t i = 0; i < n; i++)
        left += funds[i].county == r->county ? funds[i].posted - funds[i].held : 0;
    return r->state < PAY_APPROVED && left < pay_sum_fen(&s) ? pay_sum_fen(&s) - left : 0;
}

/* Proof of life from ordinary life; names are behind it, so it is for who sees files. */
static bool hint_unseen(Req *q, ViewList *list, const PayRun *r, GError **error)
{
    PayUnseen *all;
    size_t n;
    bool looked = false;
    G_STATIC_ASSERT(PAY_UNSEEN_DAYS == 90); /* as the text says */
    if (!session_may(q->session, MAY_PERSON_READ))
        return true;
    if (!pay_unseen(q->care, q->session, r->id, q->arena, &all, &n, &looked, error))
        return false;
    if (looked)
        hint(q, list, n == 0, KEY("pay_hint_seen"), (int64_t)n, show_address(q, r, "unseen"));
    return true;
}

static bool fill_hints(Req *q, View *v, const PayRun *r, GError **error)
{
    ViewList *list = view_list(v, "hints");
    int64_t unknown = 0, judgement = 0;
    PayHints h;
    PayFund *funds;
    size_t n;
    if (!pay_hints(q->care, q->session, r->id, q->arena, &h, error) ||
        !pay_funds(q->care, q->session, q->arena, &funds, &n, error))
        return false;
    for (size_t i = 0; i < r->n_sums; i++) {
        unknown += r->sums[i].unknown;
        judgement += r->sums[i].judgement;
    }
    Str waiting =
        session_may(q->session, MAY_PERSON_READ) ? show_address(q, r, "waiting") : STR("");
    if (h.accounts_seen) {
        hint(q, list, h.shared == 0, KEY("pay_hint_shared"), (int64_t)h.shared, STR(""));
        hint(q, list, h.without == 0, KEY("pay_hint_without"), (int64_t)h.without, STR(""));
    } else {
        hint(q, list, false, KEY("pay_hint_unseen"), 0, STR(""));
    }
    hint(q, list, unknown == 0, KEY("pay_hint_unknown"), unknown, waiting);
    hint(q, list, judgement == 0, KEY("pay_hint_judgement"), judgement, waiting);
    if (!hint_unseen(q, list, r, error))
        return false;
    int64_t less = funds_short(funds, n, r);
    View *row = view_add(list);
    view_word(row, "kind", less == 0 ? "yes" : "late");
    view_word(row, "mark", less == 0 ? "✓" : "△");
    view_text(row, "text",
              less == 0 ? say(q, "pay_hint_funds")
                        : say_name(q, "pay_hint_short", words_money(q, less)));
    return true;
}

/* What many lines wait for is said once before them. */
static bool fill_waits(Req *q, View *v, const PayRun *r, GError **error)
{
    const Model *m = care_model(q->care);
    ViewList *list = view_list(v, "waits");
    PayWait *all;
    size_t n;
    bool more;
    if (!pay_waits(q->care, q->session, r->id, q->arena, &all, &n, &more, error))
        return false;
    view_flag(v, "has_waits", n > 0);
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(list);
        const Param *p = all[i].what.is_param ? model_param(m, all[i].what.name) : NULL;
        view_text(row, "text", label_of(q, pay_wait_words(&all[i], more, q->arena)));
        if (p != NULL && p->home.document != NULL && p->home.clause != NULL &&
            session_may(q->session, MAY_POLICY_READ))
            view_url(row, "link_url", clause_address(q, p->home.document, p->home.clause));
    }
    return true;
}

bool pay_fill_book(Req *q, View *v, const PayRun *r, GError **error)
{
    PayRoll *rolls;
    size_t n;
    if (!pay_rolls(q->care, q->session, r->id, q->arena, &rolls, &n, error))
        return false;
    const PayRoll t = rolls_total(rolls, n);
    fill_balance(q, v, r, &t);
    return fill_towns(q, v, r, error) && fill_hints(q, v, r, error) && fill_waits(q, v, r, error);
}

/* ---- who ----------------------------------------------------------------------------------------
 */

static bool fill_change(Req *q, View *row, const PayRun *r, const PayChangeLine *l, GError **error)
{
    char month[DATE_TEXT];
    const Rule *rule = care_model(q->care)->rules[l->change.rule];
    Str title, key = key_text(q, l->key);
    GError *why = NULL;
    if (!record_title(q->care, q->session, rule->subject, l->key, q->arena, &title, &why)) {
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
            g_propagate_error(error, why);
            return false;
        }
        g_error_free(why);
        title = key;
    }
    view_text(row, "title", title);
    view_text(row, "benefit", label_of(q, rule->label));
    view_url(row, "link_url",
             str_of(arena_printf(q->arena, "/records/%.*s/%.*s/why/%.*s?month=%s",
                                 STR_ARG(rule->subject->name), STR_ARG(key), STR_ARG(rule->name),
                                 month_format(r->month, month))));
    view_text(row, "before", words_money(q, l->change.before));
    view_text(row, "amount",
              l->change.outcome == TRUTH_YES || l->change.outcome == TRUTH_NO
                  ? words_money(q, l->change.fen)
                  : words_outcome(q, (Truth)l->change.outcome));
    view_text(row, "reason", q->lang == LANG_EN ? l->reason_en : l->reason_zh);
    return true;
}

bool pay_fill_changes(Req *q, View *v, const PayRun *r, const char *show, int64_t skip, size_t most,
                      bool *ret_more, GError **error)
{
    static const char *const shows[] = {
        [PAY_SHOW_FRESH] = "fresh", [PAY_SHOW_STOPPED] = "stopped", [PAY_SHOW_CHANGED] = "changed"};
    ViewList *list = view_list(v, "changes");
    PayChangeLine *lines;
    size_t n, kind = 0;
    while (kind < G_N_ELEMENTS(shows) && !g_str_equal(show, shows[kind]))
        kind++;
    bool fine =
        kind < G_N_ELEMENTS(shows)
            ? pay_changes(q->care, q->session, r->id, (PayShow)kind, skip, most + 1, q->arena,
                          &lines, &n, error)
            : pay_waiting(q->care, q->session, r->id, skip, most + 1, q->arena, &lines, &n, error);
    view_flag(v, "has_changes", true);
    for (size_t i = 0; fine && i < MIN(n, most); i++)
        fine = fill_change(q, view_add(list), r, &lines[i], error);
    *ret_more = fine && n > most;
    return fine;
}

bool pay_fill_unseen(Req *q, View *v, const PayRun *r, int64_t skip, size_t most, bool *ret_more,
                     GError **error)
{
    ViewList *list = view_list(v, "unseen");
    PayUnseen *all;
    size_t n, first = (size_t)MAX(skip, 0);
    bool looked;
    if (!pay_unseen(q->care, q->session, r->id, q->arena, &all, &n, &looked, error))
        return false;
    view_flag(v, "has_unseen", true);
    for (size_t i = first; i < n && i - first < most; i++) {
        View *row = view_add(list);
        Str title;
        if (!record_title(q->care, q->session, all[i].entity, all[i].key, q->arena, &title, error))
            return false;
        view_text(row, "title", title);
        view_text(row, "benefit", label_of(q, care_model(q->care)->rules[all[i].rule]->label));
        view_url(row, "link_url", record_address(q, all[i].entity, all[i].key, ""));
        view_text(row, "day",
                  all[i].seen ? words_date(q, all[i].seen_on) : say(q, "pay_never_seen"));
    }
    *ret_more = n > first + most;
    return true;
}
