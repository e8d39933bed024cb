/* waiting.c — on the first page: what waits for this post today, one line per kind of work, each
 * leading to its list.  Read first: fill_waiting(). */
#include "page/follow.h"

#define DAYS_AHEAD 7u

typedef struct Waiting {
    Req *q;
    ViewList *to;
    Str post;
} Waiting;

static void add_line(const Waiting *w, const char *kind, const char *mark, Str word, Str label,
                     uint64_t count, const char *address)
{
    if (count == 0)
        return;
    View *v = view_add(w->to);
    view_word(v, "kind", kind);
    view_word(v, "mark", mark);
    view_text(v, "word", word);
    view_text(v, "label", label);
    view_text(v, "count", words_count(w->q, count));
    view_url(v, "link_url",
             str_of(arena_printf(w->q->arena, "%s%sby=%.*s", address,
                                 strchr(address, '?') != NULL ? "&" : "?", STR_ARG(w->post))));
}

static bool add_tasks(const Waiting *w, const FollowQuery *f, GError **error)
{
    static const struct {
        TaskState state;
        const char *kind, *mark, *key, *address;
    } states[] = {
        {TASK_OVERDUE, "no", "✗", KEY("overdue"), "/tasks?state=overdue"},
        {TASK_DUE, "late", "△", KEY("task_due"), "/tasks?state=due"},
        {TASK_ESTABLISH, "unknown", "?", KEY("task_establish"), "/tasks?state=establish"},
    };
    Req *q = w->q;
    TaskBook b;
    if (!follow_tasks(q->care, q->session, f, q->arena, &b, error))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        uint64_t n = 0;
        for (size_t k = 0; k < b.n_sums; k++)
            n += b.sums[k].counts[states[i].state];
        add_line(w, states[i].kind, states[i].mark, say(q, states[i].key), say(q, "nav_tasks"), n,
                 states[i].address);
    }
    return true;
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

bool fill_waiting(Req *q, View *v, GError **error)
{
    Waiting w = {q, view_list(v, "waiting"), follow_post(q)};
    const FollowQuery f = {.region = ROW_NONE, .by = w.post, .page_rows = 1};
    if (session_may(q->session, MAY_PERSON_READ) &&
        (!add_tasks(&w, &f, error) || !add_items(&w, &f, error) || !add_reminders(&w, f, error)))
        return fail_while(error, "counting what waits");
    if (w.post.len > 0 && !add_duties(&w, &f, error))
        return fail_while(error, "counting what waits");
    return true;
}
