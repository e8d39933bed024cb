/* figure.c — see figure.h.  Read first: fill_met(), fill_failing(). */
#include "page/figure.h"

#include "care/figures_json.h"
#include "page/words.h"

#define FAILING_MOST 20u /* named at once; the rest is counted */

/* ---- names ---- */

Str figure_codes_label(const Req *q, const Indicator *i, size_t cell)
{
    int codes[LIMIT_FIGURE_INDEXES];
    g_autoptr(GString) to = g_string_new(NULL);
    indicator_codes(i, cell, codes);
    for (size_t k = 0; k < i->n_index; k++) {
        if (codes[k] == FIGURE_WHOLE)
            continue;
        Str label = label_of(q, i->index[k].of->codes[codes[k]].label);
        g_string_append_printf(to, "%s%.*s", to->len > 0 ? " · " : "", STR_ARG(label));
    }
    return arena_str(q->arena, (Str){to->str, to->len});
}

Str figure_name(const Req *q, const Indicator *i, size_t cell)
{
    Str label = label_of(q, i->label), codes = figure_codes_label(q, i, cell);
    if (codes.len == 0)
        return label;
    return str_of(arena_printf(q->arena, "%.*s · %.*s", STR_ARG(label), STR_ARG(codes)));
}

/* ---- values ---- */

Str figure_value(const Req *q, const Indicator *i, const Figure *f)
{
    if (f->too_large)
        return say(q, "figure_too_large");
    if (f->no_case || f->param_unset || f->fact_missing)
        return STR("—");
    return words_number(q, &i->type, f->value);
}

Str figure_lacking(const Req *q, const Indicator *i, const Figure *f)
{
    size_t n;
    const Param **params = figure_unset(q->care, i, f, q->arena, &n);
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t k = 0; k < n; k++) {
        Str label = label_of(q, params[k]->label);
        g_string_append_printf(to, "%s%.*s",
                               k == 0               ? ""
                               : q->lang == LANG_EN ? ", "
                                                    : "、",
                               STR_ARG(label));
    }
    return arena_str(q->arena, (Str){to->str, to->len});
}

Str target_done_text(const Req *q, const TargetFigure *f)
{
    return f->each ? words_count(q, f->reached) : figure_value(q, f->target->indicator, &f->figure);
}

Str target_value_text(const Req *q, const TargetFigure *f)
{
    static const char *const signs[] = {
        [COMPARE_GE] = "",  [COMPARE_GT] = ">", [COMPARE_LE] = "≤",
        [COMPARE_LT] = "<", [COMPARE_EQ] = "=",
    };
    if (f->each)
        return words_count(q, f->all);
    if (f->number_unset)
        return say(q, "target_unset");
    Str number = words_number(q, &f->target->indicator->type, f->value->number);
    return str_of(arena_printf(q->arena, "%s%.*s", signs[f->target->compare], STR_ARG(number)));
}

Str target_period_text(const Req *q, const TargetFigure *f)
{
    const TargetValue *v = f->value;
    Month month = month_of(v->due);
    if (!f->target->indicator->flow)
        return words_date(q, v->due);
    if (v->from == month_first(month) && v->due == month_last(month))
        return words_month(q, month);
    if (v->year_from == v->year_to)
        return str_of(arena_printf(q->arena, "%d", v->year_to));
    return str_of(arena_printf(q->arena, "%d—%d", v->year_from, v->year_to));
}

int64_t target_share(const TargetFigure *f)
{
    if (f->each)
        return f->all > 0 ? (int64_t)(f->reached * 100 / f->all) : -1;
    if (f->target->indicator->type.kind != KIND_INT || f->number_unset || f->value->number <= 0 ||
        !figure_known(&f->figure))
        return -1;
    return f->figure.value > INT64_MAX / 100 ? -1 : f->figure.value * 100 / f->value->number;
}

void fill_bar(View *v, const TargetFigure *f)
{
    int64_t done = f->each ? (int64_t)f->reached : f->figure.value;
    int64_t most = f->each ? (int64_t)f->all : f->number_unset ? 0 : f->value->number;
    view_int(v, "done", CLAMP(done, 0, MAX(most, 0)));
    view_int(v, "most", MAX(most, 1));
}

/* ---- met ---- */

typedef struct Way {
    const char *mark, *kind, *key;
} Way;

static const Way ways[] = {
    [MET_NO] = {"▼", "no", KEY("met_no")},
    [MET_UNKNOWN] = {"?", "unknown", KEY("outcome_unknown")},
    [MET_YES] = {"✓", "yes", KEY("met_yes")},
    [MET_NOT_DUE] = {"…", "open", KEY("met_not_due")},
};

static const Way trends[] = {
    [TREND_NONE] = {NULL, NULL, NULL},
    [TREND_REACHED] = {"▲", "yes", KEY("met_ahead")},
    [TREND_ON_WAY] = {"＝", "open", KEY("met_on_way")},
    [TREND_BEHIND] = {"▽", "late", KEY("met_behind")},
};

static void fill_way(Req *q, View *v, const Way *way)
{
    view_word(v, "mark", way->mark);
    view_word(v, "kind", way->kind);
    view_text(v, "word", say(q, way->key));
}

void fill_met(Req *q, View *v, const TargetFigure *f)
{
    bool trend = f->met == MET_NOT_DUE && f->trend != TREND_NONE;
    fill_way(q, v, trend ? &trends[f->trend] : &ways[f->met]);
}

/* ---- which do not ---- */

static void failing_record(Req *q, View *v, const TargetFailing *x)
{
    Str title = STR("");
    GError *gone = NULL; /* taken off the books since: its key still names it */
    if (!record_title(q->care, q->session, x->entity, x->key, q->arena, &title, &gone))
        g_error_free(gone);
    view_text(v, "label", title.len > 0 ? title : x->name);
    view_url(v, "link_url",
             str_of(arena_printf(q->arena, "/records/%.*s/%.*s", STR_ARG(x->entity->name),
                                 STR_ARG(key_text(q, x->key)))));
}

static Str failing_name(Req *q, const TargetFigure *f, const TargetFailing *x)
{
    Str codes = figure_codes_label(q, f->target->indicator, x->cell);
    if (x->region == f->region && codes.len > 0)
        return codes;
    if (codes.len == 0)
        return region_name(q, x->region);
    return str_of(
        arena_printf(q->arena, "%.*s · %.*s", STR_ARG(region_name(q, x->region)), STR_ARG(codes)));
}

void fill_failing(Req *q, View *v, const TargetFigure *f)
{
    ViewList *list = view_list(v, "failing");
    for (size_t k = 0; k < f->n_failing && k < FAILING_MOST; k++) {
        const TargetFailing *x = &f->failing[k];
        View *one = view_add(list);
        if (x->entity == NULL)
            view_text(one, "label", failing_name(q, f, x));
        else
            failing_record(q, one, x);
        view_text(one, "value", figure_value(q, f->target->indicator, &x->figure));
        fill_way(q, one, &ways[x->met]);
    }
    uint64_t all = f->n_failing + f->hidden;
    if (all > 0)
        view_text(v, "failing_count", words_count(q, all));
    if (f->n_failing > FAILING_MOST)
        view_text(v, "failing_more", words_count(q, f->n_failing - FAILING_MOST));
    if (f->hidden > 0)
        view_text(v, "failing_hidden", words_count(q, f->hidden));
}
