/* alerts.c — records that fail a check, and those that are not shown to be in order: each with its
 * clause and the cure.  Read first: alerts_show(). */
#include "care/alert_ack.h"
#include "page/cells.h"
#include "page/follow.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

static const struct {
    Truth truth;
    const char *kind, *mark, *key;
} truths[] = {
    {TRUTH_NO, "alert", "✗", KEY("check_no")},
    {TRUTH_UNKNOWN, "unknown", "?", KEY("check_unknown")},
    {TRUTH_YES, "yes", "✓", KEY("check_yes")},
};

static uint64_t count_of(const AlertSum *s, Truth t)
{
    return t == TRUTH_NO ? s->no : t == TRUTH_UNKNOWN ? s->unknown : s->yes;
}

static size_t truth_at(Truth t)
{
    size_t i = 0;
    while (i + 1 < G_N_ELEMENTS(truths) && truths[i].truth != t)
        i++;
    return i;
}

static void read_state(const Req *q, FollowQuery *f)
{
    Str text = fields_get(&q->query, "state");
    for (size_t i = 0; i < G_N_ELEMENTS(truths); i++)
        if (str_is(text, truth_word(truths[i].truth)))
            f->kinds = 1u << truths[i].truth;
}

static void fill_chips(const Req *q, View *v, const AlertBook *b)
{
    ViewList *l = view_list(v, "chips");
    for (size_t i = 0; i < G_N_ELEMENTS(truths); i++) {
        uint64_t count = 0;
        for (size_t k = 0; k < b->n_sums; k++)
            count += count_of(&b->sums[k], truths[i].truth);
        add_filter_chip(q, l, truths[i].kind, truths[i].mark, say(q, truths[i].key), count, "state",
                        str_of(truth_word(truths[i].truth)));
    }
}

/* Checks with something open, and how many have nothing. */
static void fill_sums(Req *q, View *v, const AlertBook *b)
{
    ViewList *l = view_list(v, "sums");
    uint64_t in_order = 0;
    for (size_t i = 0; i < b->n_sums; i++) {
        const AlertSum *s = &b->sums[i];
        if (s->no + s->unknown == 0) {
            in_order += s->yes > 0;
            continue;
        }
        View *row = view_add(l);
        view_text(row, "label", label_of(q, s->check->label));
        view_url(row, "only_url", query_with(q->arena, &q->query, "only", s->check->name));
        view_text(row, "no", words_count(q, s->no));
        view_text(row, "unknown", words_count(q, s->unknown));
        view_text(row, "yes", words_count(q, s->yes));
        fill_clause(q, row, &s->check->home);
    }
    if (in_order > 0)
        view_text(v, "in_order", words_count(q, in_order));
}

/* Roles that may write what a check is about can mend it. */
static void fill_choices(const Req *q, View *v, const FollowQuery *f)
{
    const Model *m = care_model(q->care);
    ViewList *choices = view_list(v, "choices");
    ViewList *onlys = add_choice(choices, "only", say(q, "home_check"));
    ViewList *list = add_choice(choices, "state", say(q, "state"));
    Str chosen = fields_get(&q->query, "state");
    add_option(onlys, STR(""), say(q, "filter_all"), f->only);
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->kind == RULE_CHECK)
            add_option(onlys, m->rules[i]->name, label_of(q, m->rules[i]->label), f->only);
    for (size_t i = 0; i < m->n_region_checks; i++)
        add_option(onlys, m->region_checks[i]->name, label_of(q, m->region_checks[i]->label),
                   f->only);
    for (size_t i = 0; i < G_N_ELEMENTS(truths); i++)
        add_option(list, i == 0 ? STR("") : str_of(truth_word(truths[i].truth)),
                   say(q, truths[i].key), chosen);
}

/* Who took note of it, until when and why; and the form in which that is said. */
static void fill_note(Req *q, View *row, const AlertLine *line)
{
    if (line->ack != NULL) {
        view_text(row, "noted_by", words_actor(q, line->ack->by));
        view_text(row, "noted_until", words_date(q, line->ack->until));
        view_text(row, "noted_reason", line->ack->reason);
    }
    if (line->truth != TRUTH_NO || line->key.id == 0 || !session_may(q->session, MAY_PERSON_WRITE))
        return;
    view_text(row, "check_name", line->check->name);
    view_text(row, "number", key_text(q, line->key));
    view_flag(row, "may_note", true);
    if (!q->post || !str_equal(fields_get(&q->form, "check"), line->check->name) ||
        !str_equal(fields_get(&q->form, "record"), key_text(q, line->key)))
        return;
    view_flag(row, "typed", true); /* it was at fault: it stays as it was sent */
    view_text(row, "until", fields_get(&q->form, "until"));
    view_text(row, "reason", fields_get(&q->form, "reason"));
}

/* A region is called by its name, whether or not the session sees its record. */
static bool fill_subject(Req *q, View *row, const AlertLine *line, GError **error)
{
    const Rule *check = line->check;
    if (check->asked == NULL)
        return fill_record(q, row, check->subject, line->key, error);
    view_text(row, "title", region_name(q, line->region));
    view_text(row, "entity_label", label_of(q, check->subject->label));
    bool sees = line->key.id != 0 && session_sees(q->session, check->subject);
    view_url(row, "link_url",
             sees ? record_address(q, check->subject, line->key, "") : STR("/progress"));
    return true;
}

/* Of a check of regions: as it stood on the day of the page. */
static Str why_address(const Req *q, const AlertLine *line, Date on)
{
    char day[DATE_TEXT];
    const Str code = care_regions(q->care)->code[line->region], name = line->check->name;
    return str_of(arena_printf(q->arena, "/alerts/%.*s/%.*s?on=%s", STR_ARG(code), STR_ARG(name),
                               date_format(on, day)));
}

static bool fill_rows(Req *q, View *v, const AlertBook *b, GError **error)
{
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->n_lines; i++) {
        const AlertLine *line = &b->lines[i];
        View *row = view_add(rows);
        size_t at = truth_at(line->truth);
        if (!fill_subject(q, row, line, error))
            return false;
        view_word(row, "kind", truths[at].kind);
        view_word(row, "mark", truths[at].mark);
        view_text(row, "word", say(q, truths[at].key));
        view_text(row, "check", label_of(q, line->check->label));
        view_text(row, "region", region_name(q, line->region));
        if (line->truth == TRUTH_NO)
            view_text(row, "cure", q->lang == LANG_EN ? line->cure_en : line->cure_zh);
        fill_missing(q, row, line->missing, line->n_missing);
        if (line->check->asked != NULL)
            view_url(row, "why_url", why_address(q, line, b->on));
        fill_clause(q, row, &line->check->home);
        fill_note(q, row, line);
    }
    return true;
}

/* The list as it was found: who takes note of one goes on where she was. */
static Str alerts_address(const Req *q, Str done)
{
    return str_of(arena_printf(q->arena, "/alerts%.*s",
                               STR_ARG(query_with(q->arena, &q->query, "done", done))));
}

static bool alerts_page(Req *q, unsigned status, Str fault, GError **error)
{
    FollowQuery f = follow_query_read(q);
    AlertBook b;
    read_state(q, &f);
    if (!follow_alerts(q->care, q->session, &f, q->arena, &b, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_alerts"));
    view_text(v, "on", words_date(q, b.on));
    view_text(v, "fault", fault);
    view_flag(v, "done", fields_has(&q->query, "done"));
    view_url(v, "note_url", alerts_address(q, STR("")));
    fill_follow(q, v, &f, "/alerts");
    fill_choices(q, v, &f);
    fill_chips(q, v, &b);
    fill_sums(q, v, &b);
    fill_paging(q, v, f.page, f.page_rows, b.n_lines, b.total);
    if (!fill_rows(q, v, &b, error))
        return fail_while(error, "listing alerts");
    return page_show(q, VIEW_PAGE_ALERTS, status, v, error);
}

bool alerts_show(Req *q, GError **error)
{
    return alerts_page(q, 200, STR(""), error);
}

bool alerts_note(Req *q, GError **error)
{
    Str name = fields_get(&q->form, "check");
    const Rule *check = model_rule(care_model(q->care), name);
    RecordKey key;
    Date until = 0;
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    if (check == NULL || check->kind != RULE_CHECK)
        return fail(error, FAIL_ABSENT, "there is no check \"%.*s\"", STR_ARG(name));
    if (!req_key(q, fields_get(&q->form, "record"), &key, error))
        return false;
    if (!date_parse(fields_get(&q->form, "until"), &until))
        return alerts_page(q, 400, say(q, "alerts_until_bad"), error);
    if (alert_acknowledge(q->care, q->session, check, key, until, fields_get(&q->form, "reason"),
                          &said, &why))
        return page_redirect(q, alerts_address(q, STR("1")));
    if (said.zh != NULL)
        return alerts_page(q, 422, said_text(q, said), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}
