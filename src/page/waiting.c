/* waiting.c — on the first page: what waits for this post today, one line per kind of work, each
 * leading to its list.  Read first: fill_waiting(). */
#include "care/ledger.h"
#include "care/move.h"
#include "care/pay.h"
#include "care/proposal.h"
#include "page/cells.h"
#include "page/follow.h"

#define DAYS_AHEAD 7u

typedef struct Waiting {
    Req *q;
    ViewList *to;
    Str post;
} Waiting;

static View *add_entry(const Waiting *w, const char *kind, const char *mark, Str word, Str label,
                       const char *address)
{
    View *v = view_add(w->to);
    view_word(v, "kind", kind);
    view_word(v, "mark", mark);
    view_text(v, "word", word);
    view_text(v, "label", label);
    view_url(v, "link_url", str_of(address));
    return v;
}

static void add_line(const Waiting *w, const char *kind, const char *mark, Str word, Str label,
                     uint64_t count, const char *address)
{
    if (count == 0)
        return;
    const char *mine = arena_printf(w->q->arena, "%s%sby=%.*s", address,
                                    strchr(address, '?') != NULL ? "&" : "?", STR_ARG(w->post));
    view_text(add_entry(w, kind, mark, word, label, mine), "count", words_count(w->q, count));
}

static const struct {
    TaskState state;
    const char *kind, *mark, *key, *word;
} task_states[] = {
    {TASK_OVERDUE, "no", "✗", KEY("overdue"), "overdue"},
    {TASK_DUE, "late", "△", KEY("task_due"), "due"},
    {TASK_ESTABLISH, "unknown", "?", KEY("task_establish"), "establish"},
};

/* A line for each task: "探访发现问题转办" says what is to be done, "待办任务" does not. */
static void add_tasks(const Waiting *w, const TaskBook *b, TaskState state)
{
    Req *q = w->q;
    for (size_t i = 0; i < G_N_ELEMENTS(task_states); i++)
        for (size_t k = 0; k < b->n_sums && task_states[i].state == state; k++)
            add_line(w, task_states[i].kind, task_states[i].mark, say(q, task_states[i].key),
                     label_of(q, b->sums[k].task->label), b->sums[k].counts[state],
                     arena_printf(q->arena, "/tasks?state=%s&only=%.*s", task_states[i].word,
                                  STR_ARG(b->sums[k].task->name)));
}

static bool add_items(const Waiting *w, const FollowQuery *f, GError **error)
{
    Req *q = w->q;
    ProcedureBook b;
    if (!follow_procedures(q->care, q->session, f, q->arena, &b, error))
        return false;
    add_line(w, "open", "→", say(q, "nav_procedures"), say(q, "waiting_items"), b.total,
             "/procedures");
    return true;
}

/* Pay runs whose next step is mine. */
static bool add_runs(const Waiting *w, GError **error)
{
    static const struct {
        PayState to;
        const char *key;
    } steps[] = {{PAY_REVIEWED, KEY("pay_prepared")},
                 {PAY_APPROVED, KEY("pay_reviewed")},
                 {PAY_FINANCE, KEY("pay_approved")},
                 {PAY_BANK, KEY("pay_with_finance")}};
    Req *q = w->q;
    PayRun *runs;
    size_t n;
    if (!session_may(q->session, MAY_MONEY_READ))
        return true;
    if (!pay_runs(q->care, q->session, q->arena, &runs, &n, error))
        return false;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(steps); k++) {
            if (!pay_may(q->session, &runs[i], steps[k].to))
                continue;
            const PaySum total = pay_run_total(&runs[i]);
            int32_t region = pay_county_region(q->care, runs[i].county);
            Str place = region != ROW_NONE ? region_name(q, region) : STR("");
            Str month = words_month(q, runs[i].month);
            View *v = add_entry(
                w, "late", "△", say(q, steps[k].key),
                str_of(arena_printf(q->arena, "%.*s %.*s", STR_ARG(place), STR_ARG(month))),
                arena_printf(q->arena, "/pay/%" G_GINT64_FORMAT, runs[i].id));
            view_text(v, "count", words_money(q, pay_sum_fen(&total)));
        }
    return true;
}

/* Changes, moves and transfers by hand that ask for my yes or no. */
static bool add_questions(const Waiting *w, GError **error)
{
    Req *q = w->q;
    ProposalLine *changes = NULL;
    MoveLine *moves = NULL;
    LedgerWaiting *transfers = NULL;
    size_t n = 0, n_moves = 0, n_transfers = 0;
    uint64_t theirs = 0, incoming = 0, to_confirm = 0;
    bool more;
    if (session_may(q->session, MAY_APPROVE) &&
        !proposal_list(q->care, q->session, q->arena, &changes, &n, error))
        return false;
    if (session_may(q->session, MAY_PERSON_WRITE) &&
        !move_list(q->care, q->session, q->arena, &moves, &n_moves, error))
        return false;
    if (session_may(q->session, MAY_APPROVE | MAY_PERSON_READ) &&
        !ledger_waiting(q->care, q->session, q->arena, &transfers, &n_transfers, &more, error))
        return false;
    for (size_t i = 0; i < n; i++)
        theirs += !changes[i].mine;
    for (size_t i = 0; i < n_moves; i++)
        incoming += moves[i].incoming;
    add_line(w, "person", "☐", say(q, "waiting_yes"), say(q, "changes_title"), theirs, "/changes");
    for (size_t i = 0; i < n_transfers; i++)
        to_confirm += !transfers[i].mine;
    add_line(w, "person", "☐", say(q, "waiting_yes"), say(q, "moves_title"), incoming, "/moves");
    add_line(w, "person", "☐", say(q, "waiting_yes"), say(q, "transfers_title"), to_confirm,
             "/ledger/waiting");
    return true;
}

/* Before and after their deadlines. */
static bool add_reminders(const Waiting *w, FollowQuery f, GError **error)
{
    Req *q = w->q;
    ProcedureBook b;
    uint64_t overdue = 0, soon = 0;
    f.ahead = DAYS_AHEAD;
    if (!follow_procedures(q->care, q->session, &f, q->arena, &b, error))
        return false;
    for (size_t i = 0; i < b.n_sums; i++) {
        overdue += b.sums[i].overdue;
        soon += b.sums[i].soon;
    }
    add_line(w, "no", "✗", say(q, "overdue"), say(q, "nav_procedures"), overdue,
             "/procedures?soon=1");
    add_line(w, "late", "△", say(q, "task_soon"), say(q, "nav_procedures"), soon,
             "/procedures?soon=1");
    return true;
}

static bool add_duties(const Waiting *w, const FollowQuery *f, GError **error)
{
    Req *q = w->q;
    DutyBook b;
    if (!follow_duties(q->care, q->session, f, q->arena, &b, error))
        return false;
    add_line(w, "no", "✗", say(q, "overdue"), say(q, "waiting_duties"), b.counts[DUTY_OVERDUE],
             "/duties?state=overdue");
    add_line(w, "late", "△", say(q, "duty_soon"), say(q, "waiting_duties"), b.soon,
             "/duties?state=soon");
    add_line(w, "late", "△", say(q, "duty_open"), say(q, "waiting_duties"), b.counts[DUTY_OPEN],
             "/duties?state=open");
    return true;
}

/* Draws and files of exchanges, which somebody has to make every so often: by their last day. */
static bool add_recurring(const Waiting *w, DutyState state, GError **error)
{
    Req *q = w->q;
    const FollowQuery f = {.region = ROW_NONE, .kinds = 1u << state};
    bool late = state == DUTY_OVERDUE;
    RecurBook b;
    if (!follow_recurring(q->care, q->session, &f, RECUR_ALL, q->arena, &b, error))
        return false;
    for (size_t i = 0; i < b.n_lines; i++) {
        const RecurLine *l = &b.lines[i];
        Date day = late && l->is.has_missed ? l->is.missed : l->is.due;
        if (!l->mine)
            continue;
        View *v = add_entry(w, late ? "no" : "late", late ? "✗" : "△",
                            say(q, late ? KEY("overdue") : KEY("task_due")),
                            label_of(q, recur_label(l)), recur_address(l));
        view_text(v, "count", l->is.has_due ? words_date(q, day) : label_of(q, l->every));
    }
    return true;
}

bool fill_waiting(Req *q, View *v, GError **error)
{
    Waiting w = {q, view_list(v, "waiting"), follow_post(q)};
    const FollowQuery f = {.region = ROW_NONE, .by = w.post, .page_rows = 1};
    bool people = session_may(q->session, MAY_PERSON_READ);
    TaskBook b = {0};
    if (people && !follow_tasks(q->care, q->session, &f, q->arena, &b, error))
        return fail_while(error, "counting what waits");
    add_tasks(&w, &b, TASK_OVERDUE);
    if (!add_recurring(&w, DUTY_OVERDUE, error) || !add_runs(&w, error) ||
        !add_questions(&w, error) || (people && !add_reminders(&w, f, error)))
        return fail_while(error, "counting what waits");
    add_tasks(&w, &b, TASK_DUE);
    if (!add_recurring(&w, DUTY_OPEN, error) || (people && !add_items(&w, &f, error)) ||
        (w.post.len > 0 && !add_duties(&w, &f, error)))
        return fail_while(error, "counting what waits");
    add_tasks(&w, &b, TASK_ESTABLISH);
    return true;
}
