/* duties.c — what documents ask of offices: who leads, by when, what was reported, and how the
 * targets stand that measure it.  Read first: duties_show(). */
#include "page/figure.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define DUTY_DAYS_AHEAD 30u /* "soon": a month before the day, and whatever is late */
#define LEADS_SHOWN     4u
#define TARGETS_SHOWN   2u /* more are folded */

static const struct {
    DutyState state;
    const char *word, *kind, *mark, *key;
} states[] = {
    {DUTY_OVERDUE, "overdue", "alert", "✗", KEY("overdue")},
    {DUTY_OPEN, "open", "late", "△", KEY("duty_open")},
    {DUTY_DONE, "done", "yes", "✓", KEY("duty_done")},
    {DUTY_UNRECORDED, "unrecorded", "unknown", "?", KEY("duty_unrecorded")},
};

static size_t state_at(DutyState s)
{
    size_t i = 0;
    while (states[i].state != s)
        i++;
    return i;
}

static void read_state(const Req *q, FollowQuery *f)
{
    Str text = fields_get(&q->query, "state");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (str_is(text, states[i].word))
            f->kinds = 1u << states[i].state;
    if (str_is(text, "soon"))
        f->ahead = DUTY_DAYS_AHEAD;
}

static void fill_chips(const Req *q, View *v, const DutyBook *b)
{
    ViewList *l = view_list(v, "chips");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        add_filter_chip(q, l, states[i].kind, states[i].mark, say(q, states[i].key),
                        b->counts[states[i].state], "state", str_of(states[i].word));
}

static void fill_choices(const Req *q, View *v, const FollowQuery *f)
{
    const Model *m = care_model(q->care);
    ViewList *choices = view_list(v, "choices");
    WhoList whos = who_list_begin(q, choices, say(q, "duties_office"), f->by);
    ViewList *list = add_choice(choices, "state", say(q, "state"));
    Str chosen = fields_get(&q->query, "state");
    for (size_t i = 0; i < m->n_duties; i++)
        who_list_agencies(q, &whos, m->duties[i]->lead, m->duties[i]->n_lead);
    for (size_t i = 0; i < m->n_duties; i++)
        who_list_agencies(q, &whos, m->duties[i]->with, m->duties[i]->n_with);
    for (size_t i = 0; i < m->n_draws; i++)
        who_list_add(q, &whos, &m->draws[i]->by);
    who_list_end(q, &whos);
    add_option(list, STR(""), say(q, "filter_all"), chosen);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        add_option(list, str_of(states[i].word), say(q, states[i].key), chosen);
    add_option(list, STR("soon"), say(q, "duty_soon"), chosen);
}

static void fill_leads(Req *q, View *v, const DutyLine *line)
{
    const Duty *d = line->duty;
    bool many = d->n_lead > LEADS_SHOWN + 1;
    view_text(v, "lead", agency_labels(q, d->lead, many ? LEADS_SHOWN : d->n_lead));
    if (many) {
        view_text(v, "lead_more", words_count(q, d->n_lead));
        view_text(v, "leads", agency_labels(q, d->lead, d->n_lead));
    }
    view_text(v, "with", agency_labels(q, d->with, d->n_with));
    if (!line->by_reports)
        return;
    view_text(v, "reported", words_count(q, line->n_reported));
    view_text(v, "reporters", words_count(q, d->n_lead));
}

static void fill_targets(Req *q, View *v, const DutyLine *line)
{
    ViewList *l = view_list(v, "targets");
    size_t met = 0;
    for (size_t i = 0; i < line->n_targets; i++) {
        const TargetFigure *f = &line->targets[i];
        View *t = view_add(l);
        view_text(t, "label", figure_name(q, f->target->indicator, f->cell));
        view_text(t, "period", target_period_text(q, f));
        view_text(t, "value", target_done_text(q, f));
        view_text(t, "target", target_value_text(q, f));
        fill_bar(t, f);
        fill_met(q, t, f);
        met += f->met == MET_YES;
    }
    if (line->n_targets <= TARGETS_SHOWN)
        return;
    view_text(v, "targets_all", words_count(q, line->n_targets));
    view_text(v, "targets_met", words_count(q, met));
}

/* Where it is entered that this was done: the report, or the record that shows it. */
static void fill_enter(const Req *q, View *v, const DutyLine *line)
{
    const Duty *d = line->duty;
    DutyRegister of;
    bool may = session_may(q->session, MAY_PERSON_WRITE);
    if (d->done.entity != NULL) {
        Str name = d->done.entity->name;
        view_url(v, "list_url", str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(name))));
        view_text(v, "list_label", label_of(q, d->done.entity->label));
        if (may)
            view_url(v, "enter_url",
                     str_of(arena_printf(q->arena, "/records/%.*s/new", STR_ARG(name))));
        view_text(v, "enter_label", label_of(q, d->done.entity->label));
    } else if (line->by_reports && duty_register(care_model(q->care), &of)) {
        if (may)
            view_url(v, "enter_url",
                     str_of(arena_printf(q->arena, "/records/%.*s/new?f_%.*s=%.*s",
                                         STR_ARG(of.entity->name), STR_ARG(of.duty->name),
                                         STR_ARG(d->name))));
        view_text(v, "enter_label", label_of(q, of.entity->label));
    }
}

static void fill_rows(Req *q, View *v, const DutyBook *b)
{
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->n_lines; i++) {
        const DutyLine *line = &b->lines[i];
        View *row = view_add(rows);
        size_t at = state_at(line->is.state);
        view_text(row, "label", label_of(q, line->duty->label));
        view_word(row, "kind", states[at].kind);
        view_word(row, "mark", states[at].mark);
        view_text(row, "word", say(q, states[at].key));
        view_text(row, "due", line->is.has_due ? words_date(q, line->is.due) : STR(""));
        view_text(row, "done_on", line->is.has_done ? words_date(q, line->is.done) : STR(""));
        view_text(row, "missed_on", line->is.has_missed ? words_date(q, line->is.missed) : STR(""));
        view_flag(row, "before", line->is.before);
        view_text(row, "region", region_name(q, line->region));
        view_text(row, "needs",
                  line->duty->needs.len > 0 ? paper_labels(q, &line->duty->needs, 1) : STR(""));
        view_flag(row, "files_lack", line->asks_files && line->n_files == 0);
        if (line->n_files > 0)
            view_text(row, "files", words_count(q, line->n_files));
        fill_clause(q, row, &line->duty->home);
        fill_leads(q, row, line);
        fill_targets(q, row, line);
        fill_enter(q, row, line);
    }
}

bool duties_show(Req *q, GError **error)
{
    FollowQuery f = follow_query_read(q);
    DutyBook b;
    read_state(q, &f);
    if (!follow_duties(q->care, q->session, &f, q->arena, &b, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_duties"));
    view_text(v, "on", words_date(q, b.on));
    view_flag(v, "has_duties", care_model(q->care)->n_duties > 0);
    fill_follow(q, v, &f, "/duties");
    fill_choices(q, v, &f);
    fill_chips(q, v, &b);
    fill_paging(q, v, f.page, f.page_rows, b.n_lines, b.total);
    fill_rows(q, v, &b);
    if (!fill_recurring(q, v, &f, RECUR_ALL, error))
        return false;
    return page_show(q, VIEW_PAGE_DUTIES, 200, v, error);
}
