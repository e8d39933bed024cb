/* score.c — how a record was scored, on its page: items, points, what evidence lacks, until when it
 * is good.  Read first: fill_scores(). */
#include "page/score.h"

#include "base/decimal.h"
#include "care/score.h"
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

bool fill_scores(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    ScoreView *all;
    size_t n;
    ViewList *scores = view_list(v, "scores");
    if (!score_views(q->care, q->session, e, key, req_day(q), q->arena, &all, &n, error))
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
    }
    return true;
}
