/* score.c — how a record was scored, on its page: items, points, what evidence lacks, until when it
 * is good.  Read first: fill_scores(). */
#include "page/score.h"

#include "base/decimal.h"
#include "page/cells.h"
#include "page/policy.h"

static Str points_text(Req *q, const Score *s, int64_t n)
{
    char text[DECIMAL_TEXT];
    decimal_format((Decimal){n, s->points->type.scale}, text);
    return arena_str(q->arena, str_of(text));
}

static void fill_items(Req *q, View *v, const ScoreView *x)
{
    ViewList *items = view_list(v, "items");
    for (size_t i = 0; i < x->score->n_items; i++) {
        const ScoreItemView *item = &x->items[i];
        View *row = view_add(items);
        view_text(row, "label", label_of(q, item->item->label));
        view_text(row, "most", points_text(q, x->score, item->item->most));
        if (item->known)
            view_text(row, "points",
                      points_text(q, x->score, item->n_lacking > 0 ? 0 : item->worth));
        if (item->known && item->n_lacking > 0)
            view_text(row, "worth", points_text(q, x->score, item->worth));
        ViewList *lacking = view_list(row, "lacking");
        for (size_t k = 0; k < item->n_lacking; k++)
            view_text(view_add(lacking), "label", label_of(q, item->lacking[k]->label));
    }
}

/* ---- what was told of it */

static const struct {
    const char *kind, *mark, *key;
} notice_states[SCORE_NOTICE_STATES] = {
    [SCORE_TOLD] = {"open", "→", KEY("score_told")},
    [SCORE_OBJECTED] = {"late", "△", KEY("score_objected")},
    [SCORE_AGAIN] = {"late", "△", KEY("score_again")},
    [SCORE_STANDS] = {"yes", "✓", KEY("score_stands")},
    [SCORE_AGREED] = {"yes", "✓", KEY("score_agreed")},
    [SCORE_SILENT] = {"yes", "✓", KEY("score_silent")},
    [SCORE_TAKEN_BACK] = {"none", "–", KEY("score_taken_back")},
};

static void fill_answer(Req *q, View *row, const ScoreNotice *x)
{
    if (x->is_answered) {
        view_text(row, "answered", words_date(q, x->answered));
        view_text(row, "answer", x->answer);
        view_text(row, "answered_by", words_actor(q, x->answered_by));
        view_flag(row, "agreed", x->state == SCORE_AGREED);
    }
    if (x->is_decided && x->outcome.len > 0) {
        view_text(row, "decided", words_date(q, x->decided));
        view_text(row, "outcome", x->outcome);
        view_text(row, "decided_by", words_actor(q, x->decided_by));
    }
}

/* What the session may do with it; the functions behind the forms ask again. */
static void fill_acts(Req *q, View *row, const ScoreNotice *x)
{
    const Session *s = q->session;
    bool writes = session_may(s, MAY_PERSON_WRITE) && session_writes(s, x->score->entity);
    bool open = x->state == SCORE_TOLD || x->state == SCORE_SILENT;
    bool apart = !str_equal(s->account, x->by) && !str_equal(s->account, x->answered_by);
    view_flag(row, "may_answer", open && (writes || s->facility != 0));
    view_flag(row, "may_decide",
              x->state == SCORE_OBJECTED && apart && session_may(s, MAY_APPROVE));
    view_flag(row, "may_back", x->state == SCORE_TOLD && writes && str_equal(s->account, x->by));
}

void fill_notice(Req *q, View *row, const ScoreNotice *x)
{
    char day[DATE_TEXT];
    view_text(row, "number", key_text(q, x->key));
    view_url(row, "action_url",
             str_of(arena_printf(q->arena, "/scores/%.*s", STR_ARG(key_text(q, x->key)))));
    view_word(row, "kind", notice_states[x->state].kind);
    view_word(row, "mark", notice_states[x->state].mark);
    view_text(row, "word", say(q, notice_states[x->state].key));
    view_text(row, "points", points_text(q, x->score, x->points));
    if (x->grade != NULL)
        view_text(row, "grade", label_of(q, x->grade->label));
    view_flag(row, "changed", x->changed);
    view_text(row, "told", words_date(q, x->told));
    view_text(row, "until", words_date(q, x->until));
    view_text(row, "how", x->how);
    view_text(row, "by", words_actor(q, x->by));
    view_text(row, "day", arena_str(q->arena, str_of(date_format(req_day(q), day))));
    fill_answer(q, row, x);
    fill_acts(q, row, x);
}

static void fill_notices(Req *q, View *v, const Entity *e, RecordKey key, const Score *s,
                         const ScoreNotice *all, size_t n)
{
    char day[DATE_TEXT];
    ViewList *notices = view_list(v, "notices");
    for (size_t i = 0; i < n; i++)
        if (all[i].score->points == s->points)
            fill_notice(q, view_add(notices), &all[i]);
    if (s->answer == NULL || !session_may(q->session, MAY_PERSON_WRITE) ||
        !session_writes(q->session, e) || (n > 0 && all[0].state == SCORE_OBJECTED))
        return;
    view_url(v, "tell_url",
             record_address(q, e, key, arena_printf(q->arena, "/scores/%.*s", STR_ARG(s->name))));
    view_text(v, "day", arena_str(q->arena, str_of(date_format(req_day(q), day))));
}

bool fill_scores(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    ScoreView *all;
    ScoreNotice *notices;
    size_t n, n_notices;
    ViewList *scores = view_list(v, "scores");
    if (!score_views(q->care, q->session, e, key, req_day(q), q->arena, &all, &n, error) ||
        (n > 0 && !score_notices(q->care, q->session, e, key, req_day(q), q->arena, &notices,
                                 &n_notices, error)))
        return fail_while(error, "how it was scored");
    for (size_t i = 0; i < n; i++) {
        const ScoreView *x = &all[i];
        View *row = view_add(scores);
        view_text(row, "label", label_of(q, x->score->label));
        if (x->has_points)
            view_text(row, "points", points_text(q, x->score, x->points));
        if (x->grade != NULL)
            view_text(row, "grade", label_of(q, x->grade->label));
        view_flag(row, "not_final", !x->final);
        if (x->has_until)
            view_text(row, "until", words_date(q, x->until));
        view_flag(row, "expired", x->expired);
        fill_clause(q, row, &x->score->home);
        fill_items(q, row, x);
        fill_notices(q, row, e, key, x->score, notices, n_notices);
    }
    return true;
}
