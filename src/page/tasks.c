/* tasks.c — who is due today: one's region, overdue first, each line leads to its record and to the
 * form in which the work is entered.  Read first: tasks_show(). */
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define DAYS_AHEAD 7u /* what is done and due again within a week is asked for as "soon" */

static const struct {
    TaskState state;
    const char *word, *kind, *mark, *key;
} states[] = {
    {TASK_OVERDUE, "overdue", "alert", "✗", KEY("overdue")},
    {TASK_DUE, "due", "late", "△", KEY("task_due")},
    {TASK_ESTABLISH, "establish", "unknown", "?", KEY("task_establish")},
    {TASK_LATER, "later", "open", "…", KEY("task_later")},
    {TASK_DONE, "done", "yes", "✓", KEY("task_done")},
};

static size_t state_at(TaskState s)
{
    size_t i = 0;
    while (states[i].state != s)
        i++;
    return i;
}

static void fill_state(const Req *q, View *v, TaskState s)
{
    size_t i = state_at(s);
    view_word(v, "kind", states[i].kind);
    view_word(v, "mark", states[i].mark);
    view_text(v, "word", say(q, states[i].key));
}

/* ?state=overdue; "soon": what waits, and what is due again within a week. */
static void read_state(const Req *q, FollowQuery *f)
{
    Str text = fields_get(&q->query, "state");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (str_is(text, states[i].word))
            f->kinds = 1u << states[i].state;
    if (str_is(text, "soon")) {
        f->kinds = 1u << TASK_DUE;
        f->ahead = DAYS_AHEAD;
    }
}

static void fill_chips(const Req *q, View *v, const TaskBook *b)
{
    ViewList *l = view_list(v, "chips");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        uint64_t count = 0;
        for (size_t k = 0; k < b->n_sums; k++)
            count += b->sums[k].counts[states[i].state];
        add_filter_chip(q, l, states[i].kind, states[i].mark, say(q, states[i].key), count, "state",
                        str_of(states[i].word));
    }
}

/* One row per task: how it stands in the region. */
static void fill_sums(Req *q, View *v, const TaskBook *b)
{
    ViewList *l = view_list(v, "sums");
    for (size_t i = 0; i < b->n_sums; i++) {
        const TaskSum *s = &b->sums[i];
        const Task *t = s->task;
        View *row = view_add(l);
        uint64_t all = 0;
        for (size_t k = 0; k < TASK_STATES; k++)
            all += s->counts[k];
        view_text(row, "label", label_of(q, t->label));
        view_url(row, "only_url", query_with(q->arena, &q->query, "only", t->name));
        view_text(row, "by", label_of(q, follow_names(&t->by, q->arena)));
        view_text(row, "overdue", words_count(q, s->counts[TASK_OVERDUE]));
        view_text(row, "due", words_count(q, s->counts[TASK_DUE]));
        view_text(row, "establish", words_count(q, s->counts[TASK_ESTABLISH]));
        view_text(row, "later", words_count(q, s->counts[TASK_LATER]));
        view_text(row, "done", words_count(q, s->counts[TASK_DONE]));
        view_text(row, "share",
                  words_per_cent(q, (int64_t)s->counts[TASK_DONE],
                                 (int64_t)(all - s->counts[TASK_ESTABLISH])));
        fill_clause(q, row, &t->home);
    }
}

/* Codes by which intervals are looked up, such as classes of risk; no choice where there are none.
 */
static void fill_classes(const Req *q, ViewList *choices, Str chosen)
{
    const Model *m = care_model(q->care);
    ViewList *to = NULL;
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Expr *by = task_class(m->tasks[i]);
        bool seen = by == NULL;
        for (size_t k = 0; k < i && !seen; k++)
            seen =
                task_class(m->tasks[k]) != NULL && task_class(m->tasks[k])->type.of == by->type.of;
        if (seen)
            continue;
        if (to == NULL) {
            to = add_choice(choices, "class", say(q, "task_class"));
            add_option(to, STR(""), say(q, "filter_all"), chosen);
        }
        for (size_t k = 0; k < by->type.of->n_codes; k++) {
            const Code *c = &by->type.of->codes[k];
            add_option(to, c->name, label_of(q, c->label), chosen);
        }
    }
}

static void fill_choices(const Req *q, View *v, const FollowQuery *f)
{
    const Model *m = care_model(q->care);
    ViewList *choices = view_list(v, "choices");
    WhoList whos = who_list_begin(q, choices, say(q, "follow_by"), f->by);
    ViewList *onlys = add_choice(choices, "only", say(q, "task"));
    ViewList *list = add_choice(choices, "state", say(q, "state"));
    Str chosen = fields_get(&q->query, "state");
    add_option(onlys, STR(""), say(q, "filter_all"), f->only);
    for (size_t i = 0; i < m->n_tasks; i++) {
        who_list_add(q, &whos, &m->tasks[i]->by);
        add_option(onlys, m->tasks[i]->name, label_of(q, m->tasks[i]->label), f->only);
    }
    who_list_end(q, &whos);
    fill_classes(q, choices, f->class);
    add_option(list, STR(""), say(q, "task_waiting"), chosen);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        add_option(list, str_of(states[i].word), say(q, states[i].key), chosen);
    add_option(list, STR("soon"), say(q, "task_soon"), chosen);
}

/* The form in which this is entered, for those whose work it is. */
static void fill_enter(const Req *q, View *v, const TaskLine *line)
{
    const DoneBy *done = &line->task->done;
    if (done->by == NULL || !session_may(q->session, MAY_PERSON_WRITE) ||
        !follow_may(q->care, q->session, &line->task->by) || line->state == TASK_LATER)
        return;
    view_url(v, "enter_url",
             str_of(arena_printf(q->arena, "/records/%.*s/new?by=%.*s&of=%.*s",
                                 STR_ARG(done->entity->name), STR_ARG(done->by->name),
                                 STR_ARG(key_text(q, line->key)))));
    view_text(v, "enter_label", label_of(q, done->entity->label));
}

static bool fill_rows(Req *q, View *v, const TaskBook *b, GError **error)
{
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->n_lines; i++) {
        const TaskLine *line = &b->lines[i];
        View *row = view_add(rows);
        if (!fill_record(q, row, line->task->subject, line->key, error))
            return false;
        fill_state(q, row, line->state);
        view_text(row, "task", label_of(q, line->task->label));
        view_text(row, "class", line->class != NULL ? label_of(q, line->class->label) : STR(""));
        view_text(row, "region", region_name(q, line->region));
        view_text(row, "due", line->has_due ? words_date(q, line->due) : STR(""));
        view_text(row, "last", line->has_last ? words_date(q, line->last) : STR(""));
        view_flag(row, "sooner", line->sooner);
        fill_missing(q, row, line->missing, line->n_missing);
        fill_enter(q, row, line);
    }
    return true;
}

bool tasks_show(Req *q, GError **error)
{
    FollowQuery f = follow_query_read(q);
    TaskBook b;
    f.class = fields_get(&q->query, "class");
    read_state(q, &f);
    if (!follow_tasks(q->care, q->session, &f, q->arena, &b, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_tasks"));
    view_text(v, "on", words_date(q, b.on));
    view_flag(v, "has_tasks", care_model(q->care)->n_tasks > 0);
    fill_follow(q, v, &f, "/tasks");
    fill_choices(q, v, &f);
    fill_chips(q, v, &b);
    fill_sums(q, v, &b);
    fill_paging(q, v, f.page, f.page_rows, b.n_lines, b.total);
    if (!fill_rows(q, v, &b, error))
        return fail_while(error, "listing tasks");
    return page_show(q, VIEW_PAGE_TASKS, 200, v, error);
}
