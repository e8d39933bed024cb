/* progress.c — counties against their targets: one row per target of the year, one column per
 * county, the whole last; under it one indicator, county by county and over the last twelve months.
 * Read first: progress_show(), add_row(). */
#include "care/figures_json.h"
#include "page/figure.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define TARGETS_MOST 120u
#define PLACES_MOST  60u
#define TREND_MONTHS 12

typedef struct Matrix { /* what the page shows, from the flat list of targets */
    const TargetFigure *all;
    size_t n;
    int year;
    Date on;
    int32_t whole; /* the region chosen: its own figure stands in the last column */
    const TargetFigure *targets[TARGETS_MOST]; /* any figure of the target */
    size_t n_targets;
    int32_t places[PLACES_MOST];
    size_t n_places;
} Matrix;

/* ---- from the list to rows and columns ---- */

static bool same_target(const TargetFigure *a, const TargetFigure *b)
{
    return a->target == b->target && a->cell == b->cell &&
           a->value->year_from == b->value->year_from && a->value->due == b->value->due;
}

static void add_place(Matrix *m, const RegionTree *tree, int32_t region)
{
    size_t at = m->n_places;
    for (size_t i = 0; i < m->n_places; i++)
        if (m->places[i] == region)
            return;
    if (region == m->whole || m->n_places == PLACES_MOST)
        return;
    while (at > 0 && tree->order[m->places[at - 1]] > tree->order[region]) {
        m->places[at] = m->places[at - 1];
        at--;
    }
    m->places[at] = region;
    m->n_places++;
}

static void collect(Matrix *m, const RegionTree *tree)
{
    for (size_t i = 0; i < m->n; i++) {
        const TargetFigure *f = &m->all[i];
        size_t t = 0;
        if (f->value->year_to != m->year)
            continue;
        while (t < m->n_targets && !same_target(m->targets[t], f))
            t++;
        if (t == m->n_targets && t < TARGETS_MOST)
            m->targets[m->n_targets++] = f;
        add_place(m, tree, f->region);
    }
}

static const TargetFigure *figure_at(const Matrix *m, const TargetFigure *target, int32_t region)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->all[i].region == region && same_target(&m->all[i], target))
            return &m->all[i];
    return NULL;
}

static bool has_counties(const Matrix *m, const TargetFigure *target)
{
    for (size_t p = 0; p < m->n_places; p++)
        if (figure_at(m, target, m->places[p]) != NULL)
            return true;
    return false;
}

/* The whole: its own figure, or the sum of the counties where figures add up. */
static const TargetFigure *figure_of_whole(const Req *q, const Matrix *m,
                                           const TargetFigure *target)
{
    const TargetFigure *own = figure_at(m, target, m->whole), *parts[PLACES_MOST];
    TargetFigure *sum = arena_new_of(q->arena, TargetFigure);
    size_t n = 0;
    for (size_t i = 0; own == NULL && i < m->n_places; i++) {
        const TargetFigure *f = figure_at(m, target, m->places[i]);
        if (f != NULL)
            parts[n++] = f;
    }
    if (own != NULL || target->target->each || n < 2)
        return own;
    return targets_sum(parts, n, m->on, q->arena, sum) ? sum : NULL;
}

/* ---- the table ---- */

static void fill_figure(Req *q, View *v, const TargetFigure *f)
{
    view_text(v, "value", target_done_text(q, f));
    view_text(v, "target", target_value_text(q, f));
    if (target_share(f) >= 0)
        view_int(v, "share", target_share(f));
    fill_met(q, v, f);
}

static void add_cell(Req *q, ViewList *cells, const TargetFigure *f, int32_t region, bool total)
{
    View *v = view_add(cells);
    view_text(v, "label", region_name(q, region));
    view_flag(v, "total", total);
    view_flag(v, "empty", f == NULL);
    if (f != NULL)
        fill_figure(q, v, f);
}

static View *begin_row(Req *q, ViewList *rows, const TargetFigure *f)
{
    const Indicator *i = f->target->indicator;
    const Home *home = &f->target->home;
    View *row = view_add(rows);
    view_text(row, "label", figure_name(q, i, f->cell));
    view_text(row, "unit", f->each ? STR("") : label_of(q, i->unit));
    view_text(row, "period", target_period_text(q, f));
    view_url(row, "clause_url", clause_address(q, home->document, home->clause));
    return row;
}

static void add_whole(Req *q, ViewList *rows, const TargetFigure *f)
{
    View *row = begin_row(q, rows, f);
    fill_figure(q, row, f);
    view_flag(row, "together", f->each && f->target->each);
    fill_bar(row, f);
    fill_failing(q, row, f);
}

static void add_row(Req *q, ViewList *rows, const Matrix *m, const TargetFigure *f)
{
    View *row = begin_row(q, rows, f);
    ViewList *cells = view_list(row, "cells");
    for (size_t p = 0; p < m->n_places; p++)
        add_cell(q, cells, figure_at(m, f, m->places[p]), m->places[p], false);
    add_cell(q, cells, figure_of_whole(q, m, f), m->whole, true);
}

static void fill_table(Req *q, View *v, const Matrix *m)
{
    ViewList *heads = view_list(v, "heads"), *rows = view_list(v, "rows");
    ViewList *wholes = view_list(v, "wholes");
    for (size_t p = 0; p < m->n_places; p++)
        view_text(view_add(heads), "label", region_name(q, m->places[p]));
    View *whole = view_add(heads);
    view_text(whole, "label", region_name(q, m->whole));
    view_flag(whole, "total", true);
    for (size_t t = 0; t < m->n_targets; t++)
        if (has_counties(m, m->targets[t]))
            add_row(q, rows, m, m->targets[t]);
        else
            add_whole(q, wholes, m->targets[t]);
    view_flag(v, "has_rows", rows->count > 0);
    view_flag(v, "has_wholes", wholes->count > 0);
    view_flag(v, "some", m->n_targets > 0);
}

static void fill_years(Req *q, View *v, Matrix *m)
{
    int first = 9999, last = 0, asked = 0, today = date_ymd(m->on).year;
    Str text = fields_get(&q->query, "year");
    for (size_t i = 0; i < text.len && i < 4; i++)
        asked = g_ascii_isdigit(text.at[i]) ? asked * 10 + (text.at[i] - '0') : 0;
    for (size_t i = 0; i < m->n; i++) {
        first = MIN(first, m->all[i].value->year_to);
        last = MAX(last, m->all[i].value->year_to);
    }
    m->year = asked >= first && asked <= last ? asked : CLAMP(today, first, MAX(first, last));
    ViewList *years = view_list(v, "years");
    for (int year = first; year <= last; year++) {
        bool some = false;
        for (size_t i = 0; i < m->n && !some; i++)
            some = m->all[i].value->year_to == year;
        if (!some)
            continue;
        View *y = view_add(years);
        view_int(y, "value", year);
        view_flag(y, "selected", year == m->year);
    }
    view_int(v, "year", m->year);
}

/* ---- one indicator ---- */

/* An indicator, and which of its codes: rate, rate:day_care. */
static Str choice_of(const Req *q, const TargetFigure *f)
{
    const Indicator *i = f->target->indicator;
    if (f->cell == 0)
        return i->name;
    return str_of(arena_printf(q->arena, "%.*s:%.*s", STR_ARG(i->name),
                               STR_ARG(figure_codes(i, f->cell, q->arena))));
}

static bool same_choice(const TargetFigure *a, const TargetFigure *b)
{
    return a->target->indicator == b->target->indicator && a->cell == b->cell;
}

/* The one asked for, or the first flow of the counties: beds come before shares. */
static const TargetFigure *choose(const Req *q, const Matrix *m)
{
    Str asked = fields_get(&q->query, "indicator");
    const TargetFigure *chosen = NULL;
    int best = -1;
    for (size_t t = 0; t < m->n_targets; t++) {
        const TargetFigure *f = m->targets[t];
        bool counties = has_counties(m, f), wanted = str_equal(choice_of(q, f), asked);
        int weight = (wanted ? 4 : 0) + (counties ? 2 : 0) + (f->target->indicator->flow ? 1 : 0);
        if (weight > best) {
            best = weight;
            chosen = f;
        }
    }
    return chosen;
}

static const TargetFigure *fill_indicators(Req *q, View *v, const Matrix *m)
{
    const TargetFigure *chosen = choose(q, m);
    ViewList *list = view_list(v, "indicators");
    for (size_t t = 0; t < m->n_targets; t++) {
        size_t before = 0;
        while (!same_choice(m->targets[before], m->targets[t]))
            before++;
        if (before < t)
            continue;
        View *option = view_add(list);
        view_text(option, "value", choice_of(q, m->targets[t]));
        view_text(option, "label",
                  figure_name(q, m->targets[t]->target->indicator, m->targets[t]->cell));
        view_flag(option, "selected", same_choice(m->targets[t], chosen));
    }
    return chosen;
}

static void fill_counties(Req *q, View *v, const Matrix *m, const TargetFigure *chosen)
{
    ViewList *list = view_list(v, "counties");
    const Type *type = &chosen->target->indicator->type;
    view_text(v, "chosen", figure_name(q, chosen->target->indicator, chosen->cell));
    view_text(v, "unit", label_of(q, chosen->target->indicator->unit));
    for (size_t p = 0; p < MAX(m->n_places, 1); p++) {
        int32_t region = m->n_places > 0 ? m->places[p] : m->whole;
        const TargetFigure *f = figure_at(m, chosen, region);
        if (f == NULL)
            continue;
        View *row = view_add(list);
        view_text(row, "label", region_name(q, region));
        fill_figure(q, row, f);
        if (figure_known(&f->figure))
            view_text(row, "number", words_plain(q, type, f->figure.value));
        if (!f->number_unset)
            view_text(row, "target_number", words_plain(q, type, f->value->number));
    }
}

static bool fill_points(Req *q, View *v, const TargetFigure *chosen, const Matrix *m,
                        GError **error)
{
    const Indicator *i = chosen->target->indicator;
    ViewList *points = view_list(v, "points");
    for (int back = TREND_MONTHS - 1; back >= 0; back--) {
        Month month = month_of(m->on) - back;
        Date day = back == 0 ? m->on : month_last(month);
        Date from = i->flow ? figures_period_start(i, day) : day;
        Figure *figures = NULL;
        size_t n = 0;
        char text[DATE_TEXT];
        if (i->flow && !date_make(date_ymd(day).year, 1, 1, &from))
            from = day;
        if (!figures_indicator(q->care, q->session, i, 0, m->whole, from, day, q->arena, &figures,
                               &n, error))
            return false;
        View *p = view_add(points);
        view_word(p, "label", arena_printf(q->arena, "%s", month_format(month, text)));
        bool known = n > 0 && figure_known(&figures[0]);
        view_text(p, "value", known ? words_number(q, &i->type, figures[0].value) : STR("—"));
        if (known)
            view_text(p, "number", words_plain(q, &i->type, figures[0].value));
    }
    return true;
}

/* ---- the page ---- */

static void fill_choices(Req *q, View *v, Matrix *m)
{
    char text[DATE_TEXT];
    Date first = m->on, last = m->on;
    fill_years(q, v, m);
    view_word(v, "on", arena_printf(q->arena, "%s", date_format(m->on, text)));
    fill_regions(q, v, "regions", m->whole);
    view_text(v, "region_label", region_name(q, m->whole));
    if (date_make(m->year, 1, 1, &first) && date_make(m->year, 12, 31, &last) && m->on >= first)
        view_int(v, "elapsed", MIN((m->on - first + 1) * 100 / (last - first + 1), 100));
}

bool progress_show(Req *q, GError **error)
{
    Matrix m = {.on = req_day(q), .whole = req_region(q)};
    TargetFigure *all = NULL;
    View *v = view_new(q->arena);
    if (!figures_targets(q->care, q->session, NULL, m.whole, m.on, q->arena, &all, &m.n, error))
        return fail_while(error, "showing progress");
    m.all = all;
    view_text(v, "page_title", say(q, "nav_progress"));
    fill_choices(q, v, &m);
    collect(&m, care_regions(q->care));
    fill_table(q, v, &m);
    const TargetFigure *chosen = fill_indicators(q, v, &m);
    if (chosen != NULL) {
        fill_counties(q, v, &m, chosen);
        if (!fill_points(q, v, chosen, &m, error))
            return fail_while(error, "showing how it went");
    }
    return page_show(q, VIEW_PAGE_PROGRESS, 200, v, error);
}
