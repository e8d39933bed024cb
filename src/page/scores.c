/* scores.c — 评分告知: who was told how she was scored, what was answered, what is to be decided;
 * and the acts behind it.  Read first: scores_show(), score_tell_do(), score_notice_do(). */
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"
#include "page/score.h"

static const struct {
    ScoreNoticeState state;
    const char *kind, *mark, *key;
} states[] = {
    {SCORE_OBJECTED, "late", "△", KEY("score_objected")},
    {SCORE_AGAIN, "late", "△", KEY("score_again")},
    {SCORE_TOLD, "open", "→", KEY("score_told")},
    {SCORE_SILENT, "yes", "✓", KEY("score_silent")},
    {SCORE_AGREED, "yes", "✓", KEY("score_agreed")},
    {SCORE_STANDS, "yes", "✓", KEY("score_stands")},
    {SCORE_TAKEN_BACK, "unknown", "–", KEY("score_taken_back")},
};

static void fill_choices(const Req *q, View *v, const FollowQuery *f)
{
    const Model *m = care_model(q->care);
    ViewList *choices = view_list(v, "choices");
    ViewList *onlys = add_choice(choices, "only", say(q, "scores_score"));
    ViewList *list = add_choice(choices, "state", say(q, "state"));
    Str chosen = fields_get(&q->query, "state");
    size_t told = 0;
    add_option(onlys, STR(""), say(q, "filter_all"), f->only);
    for (size_t i = 0; i < m->n_scores; i++) {
        const Score *s = m->scores[i];
        bool first = s->points != NULL && (i == 0 || s->points != m->scores[i - 1]->points);
        if (s->answer == NULL || !first)
            continue;
        add_option(onlys, s->name, label_of(q, s->label), f->only);
        told++;
    }
    view_flag(v, "has_scores", told > 0);
    add_option(list, STR(""), say(q, "scores_waiting"), chosen);
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        add_option(list, str_of(score_notice_words[states[i].state]), say(q, states[i].key),
                   chosen);
}

static void fill_chips(const Req *q, View *v, const ScoreBook *b)
{
    ViewList *l = view_list(v, "chips");
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        add_filter_chip(q, l, states[i].kind, states[i].mark, say(q, states[i].key),
                        b->counts[states[i].state], "state",
                        str_of(score_notice_words[states[i].state]));
}

static bool fill_rows(Req *q, View *v, const ScoreBook *b, GError **error)
{
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < b->n_lines; i++) {
        const ScoreNotice *x = &b->lines[i];
        View *row = view_add(rows);
        if (!fill_record(q, row, x->score->entity, x->record, error))
            return false;
        view_text(row, "label", label_of(q, x->score->label));
        view_text(row, "region", region_name(q, x->region));
        fill_notice(q, row, x);
    }
    return true;
}

static bool scores_page(Req *q, unsigned status, Str fault, Str back, GError **error)
{
    FollowQuery f = follow_query_read(q);
    ScoreQuery sq = {.region = f.region, .only = f.only, .page = f.page, .page_rows = f.page_rows};
    ScoreBook b;
    (void)score_notice_parse(fields_get(&q->query, "state"), &sq.kinds);
    if (!score_book(q->care, q->session, &sq, q->arena, &b, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_scores"));
    view_text(v, "fault", fault);
    if (back.len > 0)
        view_url(v, "fault_url", back);
    view_flag(v, "done", fields_has(&q->query, "done"));
    fill_follow(q, v, &f, "/scores");
    fill_choices(q, v, &f);
    fill_chips(q, v, &b);
    fill_paging(q, v, f.page, f.page_rows, b.n_lines, b.total);
    if (!fill_rows(q, v, &b, error))
        return fail_while(error, "listing what was told of scores");
    return page_show(q, VIEW_PAGE_SCORES, status, v, error);
}

bool scores_show(Req *q, GError **error)
{
    return scores_page(q, 200, STR(""), STR(""), error);
}

/* The day of a form; empty: today; false: no day. */
static bool form_day(const Req *q, Date *ret)
{
    Str text = str_trim(fields_get(&q->form, "on"));
    *ret = 0;
    return text.len == 0 || date_parse(text, ret);
}

static bool answered(Req *q, bool done, const Said *said, Str to, GError *why, GError **error)
{
    if (done)
        return page_redirect(q, to);
    if (said->zh == NULL) {
        g_propagate_error(error, why);
        return false;
    }
    g_clear_error(&why);
    return scores_page(q, 422, said_text(q, *said), to, error);
}

static const Score *score_of_entity(const Model *m, const Entity *e, Str name)
{
    for (size_t i = 0; i < m->n_scores; i++)
        if (m->scores[i]->entity == e && str_equal(m->scores[i]->name, name))
            return m->scores[i];
    return NULL;
}

bool score_tell_do(Req *q, GError **error)
{
    const Entity *e = model_entity(care_model(q->care), q->arguments[0]);
    const Score *s = score_of_entity(care_model(q->care), e, q->arguments[2]);
    RecordKey key, made;
    Said said = {NULL, NULL};
    GError *why = NULL;
    Date on;
    if (e == NULL || s == NULL)
        return fail(error, FAIL_ABSENT, "there is no such score");
    if (!req_key(q, q->arguments[1], &key, error))
        return false;
    Str to = record_address(q, e, key, "#scores");
    if (!form_day(q, &on))
        return scores_page(q, 400, say(q, "alerts_until_bad"), to, error);
    bool done = score_tell(q->care, q->session, s, key, on, fields_get(&q->form, "how"), &made,
                           &said, &why);
    return answered(q, done, &said, to, why, error);
}

bool score_notice_do(Req *q, GError **error)
{
    Str what = fields_get(&q->form, "what"), text = fields_get(&q->form, "text");
    RecordKey key;
    Said said = {NULL, NULL};
    GError *why = NULL;
    Date on;
    bool done, objects = str_is(what, "objects"), stands = str_is(what, "stands");
    if (!req_key(q, q->arguments[0], &key, error))
        return false;
    if (!form_day(q, &on))
        return scores_page(q, 400, say(q, "alerts_until_bad"), STR(""), error);
    if (objects || str_is(what, "agrees"))
        done = score_answer(q->care, q->session, key, on, !objects, text, &said, &why);
    else if (stands || str_is(what, "again"))
        done = score_decide(q->care, q->session, key, stands, text, &said, &why);
    else if (str_is(what, "back"))
        done = score_take_back(q->care, q->session, key, text, &said, &why);
    else
        return fail(error, FAIL_INPUT, "say whether it is answered, decided or taken back");
    return answered(q, done, &said, STR("/scores?done=1"), why, error);
}
