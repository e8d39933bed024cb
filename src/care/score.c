/* score.c — see score.h.  One program a score: whether it concerns the record, what each item is
 * worth, each piece of evidence, points, grade, last day. */
#include "care/score.h"

#include "care/consent_inside.h"
#include "care/score_inside.h"
#include "care/texts.h"
#include "compile/compile.h"
#include "evaluate/evaluate.h"

typedef struct Scoring {
    Care *care;
    Working *working;
    Date on;
    size_t row;
    Arena *arena;
} Scoring;

static void want(GArray *list, OutputKind kind, const Expr *e, const Field *f)
{
    const Output x = {.kind = kind, .expr = e, .field = f};
    g_array_append_val(list, x);
}

/* In this order they are asked below. */
static GArray *outputs_of(const Score *s)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(Output));
    const Output there = {.kind = OUTPUT_CONDITION, .document = s->home.document};
    g_array_append_val(list, there);
    for (size_t i = 0; i < s->n_items; i++) {
        want(list, OUTPUT_EXPR, s->items[i].value, NULL);
        for (size_t k = 0; k < s->items[i].n_needs; k++)
            want(list, OUTPUT_TRUTH, s->items[i].needs[k].given, NULL);
    }
    want(list, OUTPUT_FIELD, NULL, s->points);
    if (s->grade != NULL)
        want(list, OUTPUT_FIELD, NULL, s->grade);
    if (s->until != NULL)
        want(list, OUTPUT_FIELD, NULL, s->until);
    return list;
}

static bool ask(const Scoring *x, const Program *p, size_t *output, int64_t *ret)
{
    return evaluate_value(p, x->working->data, (*output)++, x->row, x->on, ret);
}

static void items_fill(const Scoring *x, const Program *p, size_t *output, ScoreView *to)
{
    const Score *s = to->score;
    int64_t given;
    to->items = arena_many(x->arena, ScoreItemView, s->n_items + 1);
    for (size_t i = 0; i < s->n_items; i++) {
        const ScoreItem *item = &s->items[i];
        ScoreItemView *v = &to->items[i];
        *v = (ScoreItemView){.item = item};
        v->known = ask(x, p, output, &v->worth);
        v->lacking = arena_many(x->arena, const Need *, item->n_needs + 1);
        for (size_t k = 0; k < item->n_needs; k++)
            if (!ask(x, p, output, &given) || given != TRUTH_YES)
                v->lacking[v->n_lacking++] = &item->needs[k];
    }
}

static void results_fill(const Scoring *x, const Program *p, size_t *output, ScoreView *to)
{
    const Score *s = to->score;
    int64_t n;
    to->has_points = ask(x, p, output, &to->points);
    if (s->grade != NULL && ask(x, p, output, &n))
        to->grade = &s->grade_of->codes[n];
    to->final = s->final < 0 || to->grade != NULL;
    to->has_until = s->until != NULL && ask(x, p, output, &n);
    if (to->has_until) {
        to->until = (Date)n;
        to->expired = to->until < x->on;
    }
}

/* Of a score that was amended one text holds for a record on a day. */
static bool by_this_text(const Scoring *x, const Score *s)
{
    return text_holds(x->care, &s->wording,
                      place_row(x->care, x->working, s->entity, x->row, x->on), x->on);
}

static bool score_fill(const Scoring *x, const Score *s, ScoreView *to, bool *ret_there,
                       GError **error)
{
    g_autoptr(GArray) list = outputs_of(s);
    const CompileOptions options = {.data = x->working->data, .regions = x->care->regions};
    g_autoptr(Program) p =
        program_new(x->care->model, s->entity, (const Output *)(const void *)list->data, list->len,
                    &options, error);
    size_t output = 0;
    int64_t there;
    if (p == NULL)
        return false;
    *ret_there = ask(x, p, &output, &there) && there == TRUTH_YES && by_this_text(x, s);
    *to = (ScoreView){.score = s};
    items_fill(x, p, &output, to);
    results_fill(x, p, &output, to);
    return true;
}

bool score_view(Care *c, Working *w, const Score *s, size_t row, Date on, Arena *a, ScoreView *ret,
                bool *ret_there, GError **error)
{
    const Scoring x = {c, w, on, row, a};
    return score_fill(&x, s, ret, ret_there, error) ||
           fail_while(error, "score \"%.*s\"", STR_ARG(s->name));
}

bool score_views(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                 ScoreView **ret, size_t *ret_n, GError **error)
{
    g_autoptr(Working) w = NULL;
    const Model *m = c->model;
    *ret = arena_many(a, ScoreView, m->n_scores + 1);
    *ret_n = 0;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, e, key, error))
        return false;
    if (!consent_whole(c, w, s, e))
        return true;
    size_t row = (size_t)working_row(w, e, key.id);
    for (size_t i = 0; i < m->n_scores; i++) {
        bool there = false;
        if (m->scores[i]->entity != e || m->scores[i]->points == NULL)
            continue;
        if (!score_view(c, w, m->scores[i], row, on, a, &(*ret)[*ret_n], &there, error))
            return false;
        *ret_n += there;
    }
    return true;
}
