/* pay.c — pay runs: all of the region with their funds; one with its sums, lines and steps; and the
 * taking of a step.  Read first: pays_show(), pay_show(). */
#include "page/pay.h"

#include "care/note_words.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/papers.h"
#include "page/policy.h"

#define LINES_SHOWN 50u

static const struct {
    const char *kind, *mark, *key;
} states[] = {
    [PAY_REFUSED] = {"no", "✗", KEY("pay_refused")},
    [PAY_PREPARED] = {"open", "△", KEY("pay_prepared")},
    [PAY_REVIEWED] = {"open", "△", KEY("pay_reviewed")},
    [PAY_APPROVED] = {"open", "△", KEY("pay_approved")},
    [PAY_FINANCE] = {"late", "△", KEY("pay_with_finance")},
    [PAY_BANK] = {"late", "△", KEY("pay_with_bank")},
    [PAY_BOOKED] = {"yes", "✓", KEY("pay_booked")},
};

static const char *const hold_keys[] = {
    [HOLD_NONE] = KEY("pay_paid"),
    [HOLD_DEATH] = KEY("pay_hold_death"),
    [HOLD_CONFLICT] = KEY("pay_hold_conflict"),
    [HOLD_FACT] = KEY("pay_hold_fact"),
    [HOLD_PROOF] = KEY("pay_hold_proof"),
    [HOLD_JUDGEMENT] = KEY("pay_hold_judgement"),
    [HOLD_RETURNED] = KEY("pay_hold_returned"),
    [HOLD_NOTICE] = KEY("pay_hold_notice"),
    [HOLD_OTHER] = KEY("pay_hold_other"),
};

const char *pay_hold_key(PayHold h)
{
    return (size_t)h < G_N_ELEMENTS(hold_keys) ? hold_keys[h] : hold_keys[HOLD_OTHER];
}

static void fill_state(const Req *q, View *v, PayState s)
{
    view_word(v, "kind", states[s].kind);
    view_word(v, "mark", states[s].mark);
    view_text(v, "word", say(q, states[s].key));
}

static Str run_address(const Req *q, const PayRun *r, const char *behind)
{
    return str_of(arena_printf(q->arena, "/pay/%" G_GINT64_FORMAT "%s", r->id, behind));
}

static Str place_of(Req *q, int32_t county)
{
    int32_t region = pay_county_region(q->care, county);
    return region != ROW_NONE ? region_name(q, region) : STR("");
}

static void fill_sum(const Req *q, View *v, const PaySum *s)
{
    view_text(v, "sum", words_money(q, pay_sum_fen(s)));
    view_text(v, "month_sum", words_money(q, s->month_fen));
    view_text(v, "late", words_money(q, s->late_fen));
    view_text(v, "back", words_money(q, s->back_fen));
    view_text(v, "held", words_money(q, s->held_fen));
    view_text(v, "open", words_money(q, s->open_fen));
}

/* ---- all of them ---- */

static void fill_runs(Req *q, View *v, const PayRun *runs, size_t n)
{
    ViewList *list = view_list(v, "runs");
    for (size_t i = 0; i < n; i++) {
        const PaySum t = pay_run_total(&runs[i]);
        View *row = view_add(list);
        view_int(row, "number", runs[i].id);
        view_url(row, "link_url", run_address(q, &runs[i], ""));
        view_text(row, "place", place_of(q, runs[i].county));
        view_text(row, "month", words_month(q, runs[i].month));
        view_text(row, "programme",
                  runs[i].programme.len > 0 && model_rule(care_model(q->care), runs[i].programme)
                      ? label_of(q, model_rule(care_model(q->care), runs[i].programme)->label)
                      : say(q, "pay_all_benefits"));
        fill_state(q, row, runs[i].state);
        fill_sum(q, row, &t);
    }
}

static Str fund_name(const Req *q, Str fund)
{
    const Enum *e = model_enum(care_model(q->care), STR("fund"));
    for (size_t i = 0; e != NULL && i < e->n_codes; i++)
        if (str_equal(e->codes[i].name, fund))
            return label_of(q, e->codes[i].label);
    return str_is(fund, "unstated") ? say(q, "pay_fund_unstated") : fund;
}

static void fill_funds(Req *q, View *v, const PayFund *funds, size_t n)
{
    ViewList *list = view_list(v, "funds");
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(list);
        view_text(row, "place", place_of(q, funds[i].county));
        view_text(row, "fund", fund_name(q, funds[i].fund));
        view_text(row, "left", words_money(q, funds[i].posted - funds[i].held));
        view_text(row, "reserved", words_money(q, funds[i].held));
    }
}

static bool runs_page(Req *q, unsigned status, Str fault, GError **error)
{
    char month[DATE_TEXT];
    PayRun *runs;
    PayFund *funds;
    size_t n, n_funds;
    if (!pay_runs(q->care, q->session, q->arena, &runs, &n, error) ||
        !pay_funds(q->care, q->session, q->arena, &funds, &n_funds, error))
        return fail_while(error, "listing pay runs");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_pay"));
    view_text(v, "fault", fault);
    view_flag(v, "can_prepare", session_may(q->session, MAY_PAY_PREPARE));
    view_flag(v, "has_grants", model_entity(care_model(q->care), STR("benefit_grant")) != NULL);
    view_flag(v, "has_holds", session_may(q->session, MAY_PERSON_READ));
    if (session_may(q->session, MAY_PERSON_READ))
        view_url(v, "ledger_url", STR("/ledger"));
    view_text(v, "month_value",
              arena_str(q->arena, str_of(month_format(month_of(care_today(q->care)), month))));
    fill_runs(q, v, runs, n);
    fill_funds(q, v, funds, n_funds);
    return page_show(q, VIEW_PAGE_PAYS, status, v, error);
}

bool pays_show(Req *q, GError **error)
{
    return runs_page(q, 200, STR(""), error);
}

unsigned pay_fault_status(const GError *why)
{
    return g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT)      ? 403
           : g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT) ? 409
                                                              : 400;
}

bool pay_fault_is_systems(const GError *why)
{
    return why->domain != FAIL_DOMAIN || why->code == FAIL_SYSTEM || why->code == FAIL_BUSY;
}

bool pays_do(Req *q, GError **error)
{
    GError *why = NULL;
    PayAsk ask = {0};
    PayRun *runs;
    size_t n;
    if (!month_parse(fields_get(&q->form, "month"), &ask.month))
        return runs_page(q, 400, say(q, "pay_no_month"), error);
    ask.dry = ask.grants = fields_get(&q->form, "grants").len > 0;
    if (pay_prepare(q->care, q->session, &ask, q->arena, &runs, &n, &why))
        return ask.dry ? page_redirect(q, STR("/records/benefit_grant"))
                       : page_redirect(q, n == 1 ? run_address(q, &runs[0], "") : STR("/pay"));
    if (pay_fault_is_systems(why)) {
        g_propagate_error(error, why);
        return false;
    }
    unsigned status = pay_fault_status(why);
    Str fault = why_text(q, why);
    g_error_free(why);
    return runs_page(q, status, fault, error);
}

/* ---- one ---- */

static void fill_benefits(Req *q, View *v, const PayRun *r)
{
    ViewList *list = view_list(v, "sums");
    for (size_t i = 0; i < r->n_sums; i++) {
        const PaySum *s = &r->sums[i];
        if (s->lines == 0 && s->yes == 0 && s->unknown == 0 && s->judgement == 0 &&
            s->open_fen == 0)
            continue;
        View *row = view_add(list);
        view_text(row, "label", label_of(q, care_model(q->care)->rules[s->rule]->label));
        view_text(row, "subjects", words_count(q, (uint64_t)s->subjects));
        view_text(row, "yes", words_count(q, (uint64_t)s->yes));
        view_text(row, "no", words_count(q, (uint64_t)s->no));
        view_text(row, "unknown", words_count(q, (uint64_t)s->unknown));
        view_text(row, "judgement", words_count(q, (uint64_t)s->judgement));
        view_text(row, "persons", words_count(q, (uint64_t)s->persons));
        fill_sum(q, row, s);
    }
}

static void fill_steps(Req *q, View *v, const PayRun *r)
{
    ViewList *list = view_list(v, "steps");
    for (size_t i = 0; i < r->n_steps; i++) {
        View *row = view_add(list);
        fill_state(q, row, r->steps[i].state);
        view_text(row, "at", words_moment(q, r->steps[i].at));
        view_text(row, "actor", words_actor(q, r->steps[i].actor));
        view_text(row, "reason", label_of(q, note_words(q->care, r->steps[i].reason, q->arena)));
    }
}

static const struct {
    PayState to;
    const char *word, *key;
} doings[] = {
    {PAY_REVIEWED, "review", KEY("pay_do_review")},
    {PAY_APPROVED, "approve", KEY("pay_do_approve")},
    {PAY_FINANCE, "finance", KEY("pay_do_finance")},
    {PAY_BANK, "release", KEY("pay_do_release")},
    {PAY_REFUSED, "refuse", KEY("pay_do_refuse")},
};

static void fill_doings(Req *q, View *v, const PayRun *r)
{
    ViewList *list = view_list(v, "doings");
    for (size_t i = 0; i < G_N_ELEMENTS(doings); i++) {
        if (!pay_may(q->session, r, doings[i].to))
            continue;
        View *b = view_add(list);
        view_word(b, "value", doings[i].word);
        view_text(b, "label", say(q, doings[i].key));
        view_flag(b, "refuses", doings[i].to == PAY_REFUSED);
    }
}

static const struct {
    const char *word, *key;
} shows[] = {{"all", KEY("filter_all")},           {"fresh", KEY("new")},
             {"stopped", KEY("pay_show_stopped")}, {"changed", KEY("pay_show_changed")},
             {"late", KEY("pay_show_late")},       {"held", KEY("pay_show_held")},
             {"waiting", KEY("pay_show_waiting")}, {"unseen", KEY("pay_show_unseen")}};

static PayLinesAsk lines_asked(const Req *q, const PayRun *r, size_t *ret_show, int64_t *ret_page)
{
    Str show = fields_get(&q->query, "show"), page = fields_get(&q->query, "page");
    PayLinesAsk ask = {.county = r->county, .run = r->id, .held = -1, .most = LINES_SHOWN + 1};
    *ret_show = 0;
    for (size_t i = 0; i < G_N_ELEMENTS(shows); i++)
        if (str_is(show, shows[i].word))
            *ret_show = i;
    *ret_page = 0;
    for (size_t i = 0; i < page.len && i < 7 && g_ascii_isdigit(page.at[i]); i++)
        *ret_page = *ret_page * 10 + (page.at[i] - '0');
    ask.late = g_str_equal(shows[*ret_show].word, "late");
    ask.held = g_str_equal(shows[*ret_show].word, "held") ? 1 : -1;
    ask.skip = *ret_page * (int64_t)LINES_SHOWN;
    return ask;
}

/* What a line is: paid, a supplement, taken back; or why it is not paid. */
void fill_pay_line(const Req *q, View *row, const PayLine *l, Month month)
{
    bool off = l->hold != HOLD_NONE || l->state == PAY_REFUSED || l->returned;
    const char *key = hold_keys[l->hold];
    if (l->hold == HOLD_NONE)
        key = l->state == PAY_REFUSED ? KEY("pay_refused")
              : l->returned           ? KEY("pay_came_back")
              : l->fen < 0            ? KEY("pay_back")
              : l->month < month      ? KEY("pay_late")
                                      : KEY("pay_paid");
    view_text(row, "month", words_month(q, l->month));
    view_text(row, "amount", l->fen != 0 ? words_money(q, l->fen) : STR("—"));
    view_text(row, "what", say(q, key));
    view_word(row, "kind", off ? "no" : l->fen < 0 ? "late" : "yes");
    view_word(row, "mark", off ? "✗" : l->fen < 0 ? "△" : "✓");
}

/* Why a line is held, where there is more to say than its kind. */
static bool fill_note(Req *q, View *row, const PayLine *l, GError **error)
{
    Str zh, en;
    if (l->hold != HOLD_NOTICE && l->fen != 0)
        return true;
    if (l->fen == 0 ? !pay_reason(q->care, q->session, l->rule, l->subject, l->month, q->arena, &zh,
                                  &en, error)
                    : !pay_notice(q->care, l->rule, l->subject, q->arena, &zh, &en, error))
        return false;
    view_text(row, "note", q->lang == LANG_EN ? en : zh);
    return true;
}

static bool fill_line(Req *q, View *row, const PayRun *r, const PayLine *l, GError **error)
{
    char month[DATE_TEXT];
    const Rule *rule = care_model(q->care)->rules[l->rule];
    Str title, key = key_text(q, l->subject);
    if (!record_title(q->care, q->session, rule->subject, l->subject, q->arena, &title, error))
        return false;
    view_text(row, "title", title);
    view_text(row, "benefit", label_of(q, rule->label));
    view_url(row, "link_url",
             str_of(arena_printf(q->arena, "/records/%.*s/%.*s/why/%.*s?month=%s",
                                 STR_ARG(rule->subject->name), STR_ARG(key), STR_ARG(rule->name),
                                 month_format(l->month, month))));
    fill_pay_line(q, row, l, r->month);
    return fill_note(q, row, l, error);
}

static bool fill_rows(Req *q, View *v, const PayRun *r, const PayLinesAsk *ask, bool *ret_more,
                      GError **error)
{
    ViewList *list = view_list(v, "lines");
    PayLine *lines;
    size_t n;
    view_flag(v, "has_rows", true);
    if (!pay_lines(q->care, q->session, ask, q->arena, &lines, &n, error))
        return false;
    for (size_t i = 0; i < MIN(n, LINES_SHOWN); i++)
        if (!fill_line(q, view_add(list), r, &lines[i], error))
            return false;
    *ret_more = n > LINES_SHOWN;
    return true;
}

static Str page_address(const Req *q, const PayRun *r, size_t show, int64_t page)
{
    return run_address(
        q, r, arena_printf(q->arena, "?show=%s&page=%d#lines", shows[show].word, (int)page));
}

static bool fill_lines(Req *q, View *v, const PayRun *r, GError **error)
{
    size_t show;
    int64_t page;
    bool more = false;
    const PayLinesAsk ask = lines_asked(q, r, &show, &page);
    const char *word = shows[show].word;
    bool of_lines =
        g_str_equal(word, "all") || g_str_equal(word, "late") || g_str_equal(word, "held");
    if (!session_may(q->session, MAY_PERSON_READ))
        return true;
    view_flag(v, "has_lines", true);
    ViewList *choices = view_list(v, "shows");
    for (size_t i = 0; i < G_N_ELEMENTS(shows); i++) {
        View *c = view_add(choices);
        view_text(c, "label", say(q, shows[i].key));
        view_flag(c, "current", i == show);
        view_url(c, "link_url",
                 run_address(q, r, arena_printf(q->arena, "?show=%s#lines", shows[i].word)));
    }
    bool fine = of_lines ? fill_rows(q, v, r, &ask, &more, error)
                : g_str_equal(word, "unseen")
                    ? pay_fill_unseen(q, v, r, ask.skip, LINES_SHOWN, &more, error)
                    : pay_fill_changes(q, v, r, word, ask.skip, LINES_SHOWN, &more, error);
    if (!fine)
        return false;
    if (page > 0)
        view_url(v, "previous_url", page_address(q, r, show, page - 1));
    if (more)
        view_url(v, "next_url", page_address(q, r, show, page + 1));
    return true;
}

/* Files belong to who prepares, at their time. */
static void fill_files(const Req *q, View *v, const PayRun *r)
{
    bool prepares = session_may(q->session, MAY_PAY_PREPARE);
    if (prepares && r->state == PAY_BANK && session_may(q->session, MAY_REVEAL))
        view_url(v, "bank_url", run_address(q, r, "/bank"));
    if (prepares && (r->state == PAY_BANK || r->state == PAY_BOOKED))
        view_url(v, "reply_url", run_address(q, r, "/reply"));
    if (r->state >= PAY_APPROVED)
        view_url(v, "request_url", run_address(q, r, "/request"));
}

static bool run_page(Req *q, int64_t run, unsigned status, Str fault, GError **error)
{
    PayRun one;
    if (!pay_run_of(q->care, q->session, run, q->arena, &one, error))
        return false;
    const PaySum t = pay_run_total(&one);
    View *v = view_new(q->arena);
    view_text(v, "page_title",
              say_name(q, "pay_title", str_of(arena_printf(q->arena, "%" G_GINT64_FORMAT, run))));
    view_text(v, "fault", fault);
    view_int(v, "number", run);
    view_text(v, "place", place_of(q, one.county));
    view_text(v, "month", words_month(q, one.month));
    view_url(v, "action_url", run_address(q, &one, ""));
    view_text(v, "returned", words_money(q, one.returned_fen));
    fill_state(q, v, one.state);
    fill_sum(q, v, &t);
    fill_benefits(q, v, &one);
    fill_steps(q, v, &one);
    fill_doings(q, v, &one);
    fill_files(q, v, &one);
    return pay_fill_book(q, v, &one, error) && fill_lines(q, v, &one, error) &&
           fill_papers(q, v, NULL, (RecordKey){one.county, run}, error) &&
           page_show(q, VIEW_PAGE_PAY, status, v, error);
}

int64_t pay_run_asked(const Req *q)
{
    Str text = q->arguments[0];
    int64_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!g_ascii_isdigit(text.at[i]) || i > 15)
            return 0;
        run = run * 10 + (text.at[i] - '0');
    }
    return run;
}

bool pay_show(Req *q, GError **error)
{
    return run_page(q, pay_run_asked(q), 200, STR(""), error);
}

bool pay_again(Req *q, int64_t run, bool done, GError *why, GError **error)
{
    if (done)
        return page_redirect(q, str_of(arena_printf(q->arena, "/pay/%" G_GINT64_FORMAT, run)));
    if (pay_fault_is_systems(why) || g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_propagate_error(error, why);
        return false;
    }
    unsigned status = pay_fault_status(why);
    Str fault = why_text(q, why);
    g_error_free(why);
    return run_page(q, run, status, fault, error);
}

bool pay_do(Req *q, GError **error)
{
    Str doing = fields_get(&q->form, "do"), reason = str_trim(fields_get(&q->form, "reason"));
    int64_t run = pay_run_asked(q);
    GError *why = NULL;
    size_t i = 0;
    while (i < G_N_ELEMENTS(doings) && !str_is(doing, doings[i].word))
        i++;
    if (i == G_N_ELEMENTS(doings))
        return fail(error, FAIL_INPUT, "the form says nothing that can be done");
    bool done = pay_move_on(q->care, q->session, run, doings[i].to, reason, q->arena, &why);
    return pay_again(q, run, done, why, error);
}
