/* paper_figures.c — figures on a paper: one a row with the period before and the year before, and a
 * document's table of targets with what is done.
 * A report that was issued in a period is that period's: its figures are locked.  A later one of
 * the same period prints them again as they were, and what they would be now in a list of its own;
 * a year later only locked figures are compared with. Read first: fill_figure_rows(),
 * fill_target_rows(). */
#include "care/paper_make.h"

#include "care/figures.h"
#include "compile/compile.h"

static int period_months(const PaperRows *r)
{
    return r->period == AGGREGATE_ALWAYS ? 1 : (int)r->period;
}

static Date period_begin(const PaperRows *r, Date on)
{
    Ymd at = date_ymd(on);
    int n = period_months(r);
    Date first = on;
    (void)date_make(at.year, (at.month - 1) / n * n + 1, 1, &first);
    return first;
}

static bool figures_may(const Making *f, GError **error)
{
    return session_may(f->session, MAY_POLICY_READ) ||
           fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures", f->session->role->word);
}

/* ---- one a row: 指标 代码 单位 本期 上期 去年同期 同比 口径 说明 */

enum {
    COLUMN_FIGURE,
    COLUMN_CODE,
    COLUMN_UNIT,
    COLUMN_NOW,
    COLUMN_BEFORE,
    COLUMN_YEAR_AGO,
    COLUMN_CHANGE,
    COLUMN_BASIS,
    COLUMN_DOUBT,
    FIGURE_COLUMNS
};

static const struct {
    const char *label;
    PaperKind kind;
} columns[FIGURE_COLUMNS] = {
    [COLUMN_FIGURE] = {"指标", PAPER_TEXT},
    [COLUMN_CODE] = {"代码", PAPER_CODE},
    [COLUMN_UNIT] = {"单位", PAPER_TEXT},
    [COLUMN_NOW] = {"本期", PAPER_NUMBER},
    [COLUMN_BEFORE] = {"上期", PAPER_NUMBER},
    [COLUMN_YEAR_AGO] = {"去年同期|锁定数", PAPER_NUMBER},
    [COLUMN_CHANGE] = {"去年同期|同比", PAPER_TEXT},
    [COLUMN_BASIS] = {"口径、截至", PAPER_TEXT},
    [COLUMN_DOUBT] = {"说明", PAPER_TEXT},
};

static Str code_of(const Indicator *i)
{
    return str_is(i->name, "printed") ? STR("") : i->name;
}

static bool figure_at(Making *f, const Indicator *i, Date from, Date on, const Figure **ret,
                      GError **error)
{
    const Figure *all;
    if (!figures_of(f->care, f->working, i, i->flow ? from : on, on, &all, error))
        return false;
    *ret = &all[f->region];
    return true;
}

/* The `now` of the same row of an issued report; empty: it has none. */
static Str locked_value(const PaperSheet *p, Str label, size_t column)
{
    for (size_t i = 0; p != NULL && i < p->n_tables; i++) {
        const PaperTable *t = &p->tables[i];
        if (t->n_columns != FIGURE_COLUMNS)
            continue;
        for (size_t k = 0; k < t->n_rows; k++)
            if (str_equal(t->cells[k * t->n_columns + COLUMN_FIGURE], label))
                return t->cells[k * t->n_columns + column];
    }
    return STR("");
}

static Str change_words(const Making *f, Str now, Str then)
{
    Decimal a, b;
    int64_t per;
    if (!decimal_parse(now, &a) || !decimal_parse(then, &b) || b.mantissa <= 0 ||
        a.scale != b.scale || !checked_mul(a.mantissa - b.mantissa, 1000, &per) ||
        !round_divide(per, b.mantissa, ROUND_HALF_UP, &per))
        return STR("—");
    char to[DECIMAL_TEXT];
    decimal_format((Decimal){per, 1}, to);
    return making_text(f, "%s%s%%", per > 0 ? "+" : "", to);
}

/* Where the figure is declared, and as of when: whoever asks can look it up. */
static Str basis_words(const Making *f, const Indicator *i, Date from)
{
    char begin[DATE_TEXT], end[DATE_TEXT];
    g_autoptr(GString) text = g_string_new(NULL);
    if (code_of(i).len > 0)
        g_string_append_printf(text, "《%.*s》%.*s", STR_ARG(i->home.document->title.zh),
                               i->home.clause != NULL ? (int)i->home.clause->number.len : 0,
                               i->home.clause != NULL ? i->home.clause->number.at : "");
    else
        expr_print(i->value, text);
    date_format(f->on, end);
    if (i->flow)
        g_string_append_printf(text, "；%s至%s", date_format(from, begin), end);
    else
        g_string_append_printf(text, "；截至%s", end);
    return arena_str(f->arena, (Str){text->str, text->len});
}

static Str doubt_words(const Making *f, const Figure *x)
{
    if (x->param_unset)
        return STR("有参数未设定");
    if (x->fact_missing)
        return STR("本地数未登记");
    if (x->no_case)
        return STR("没有对象");
    if (x->unknown + x->judged > 0)
        return making_text(f, "另有%" G_GINT64_FORMAT "条待核实，未计入", x->unknown + x->judged);
    return STR("");
}

typedef struct Locks {
    const PaperSheet *now, *last, *year_ago; /* NULL: none was issued */
    GArray *corrections;                     /* of Str: figure, locked, now, day */
    Date from;
    int months; /* of a period */
} Locks;

static bool fill_figure(Making *f, const PaperPrinted *p, Locks *l, Tabling *t, GError **error)
{
    const Indicator *i = p->figure;
    const Figure *now, *before;
    Str label = printed_label_of(f, p), cells[FIGURE_COLUMNS];
    char day[DATE_TEXT];
    Date last = l->from - 1, first = date_add_months(l->from, -l->months);
    if (!figure_at(f, i, l->from, f->on, &now, error) ||
        !figure_at(f, i, first, last, &before, error))
        return false;
    cells[COLUMN_FIGURE] = label;
    cells[COLUMN_CODE] = code_of(i);
    cells[COLUMN_UNIT] = i->unit.zh;
    cells[COLUMN_NOW] = figure_words(i, now, f->arena);
    cells[COLUMN_BEFORE] = locked_value(l->last, label, COLUMN_NOW);
    if (cells[COLUMN_BEFORE].len == 0)
        cells[COLUMN_BEFORE] = figure_words(i, before, f->arena);
    cells[COLUMN_BASIS] = basis_words(f, i, l->from);
    cells[COLUMN_DOUBT] = doubt_words(f, now);
    Str locked = locked_value(l->now, label, COLUMN_NOW);
    if (locked.len > 0 && !str_equal(locked, cells[COLUMN_NOW])) {
        Str day_text = arena_str(f->arena, str_of(date_format(f->on, day)));
        const Str line[] = {label, locked, cells[COLUMN_NOW], day_text};
        g_array_append_vals(l->corrections, line, G_N_ELEMENTS(line));
    }
    if (locked.len > 0) {
        cells[COLUMN_NOW] = locked;
        cells[COLUMN_BASIS] = locked_value(l->now, label, COLUMN_BASIS);
        cells[COLUMN_DOUBT] = locked_value(l->now, label, COLUMN_DOUBT);
    }
    cells[COLUMN_YEAR_AGO] = locked_value(l->year_ago, label, COLUMN_NOW);
    cells[COLUMN_CHANGE] = change_words(f, cells[COLUMN_NOW], cells[COLUMN_YEAR_AGO]);
    if (cells[COLUMN_YEAR_AGO].len == 0)
        cells[COLUMN_YEAR_AGO] = STR("—");
    for (size_t k = 0; k < FIGURE_COLUMNS; k++)
        tabling_cell(t, cells[k]);
    return true;
}

static void corrections_add(Making *f, const Locks *l)
{
    static const char *const heads[] = {"指标", "锁定数", "现在的数", "更正日期"};
    PaperTable *to = &f->to->tables[f->to->n_tables];
    if (l->corrections->len == 0)
        return;
    f->to->n_tables++;
    *to = (PaperTable){.at = STR("A1"),
                       .title = STR("锁定后的更正"),
                       .n_columns = G_N_ELEMENTS(heads),
                       .n_rows = l->corrections->len / G_N_ELEMENTS(heads)};
    to->columns = arena_many(f->arena, PaperColumn, to->n_columns);
    for (size_t k = 0; k < to->n_columns; k++)
        to->columns[k] = (PaperColumn){.label = str_of(heads[k]), .kind = PAPER_TEXT};
    to->cells = arena_many(f->arena, Str, l->corrections->len);
    memcpy(to->cells, l->corrections->data, l->corrections->len * sizeof *to->cells);
}

bool fill_figure_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    Tabling t;
    Locks l = {.from = period_begin(r, f->on), .months = period_months(r)};
    Date year = date_add_months(l.from, -12);
    bool fine =
        figures_may(f, error) && paper_issued_in(f, l.from, f->on, &l.now, error) &&
        paper_issued_in(f, date_add_months(l.from, -l.months), l.from - 1, &l.last, error) &&
        paper_issued_in(f, year, date_add_months(year, period_months(r)) - 1, &l.year_ago, error);
    tabling_begin(f, r, to, &t);
    to->title = STR("指标");
    to->n_columns = FIGURE_COLUMNS;
    to->columns = arena_many(f->arena, PaperColumn, FIGURE_COLUMNS);
    for (size_t k = 0; k < FIGURE_COLUMNS; k++)
        to->columns[k] = (PaperColumn){.label = str_of(columns[k].label), .kind = columns[k].kind};
    l.corrections = g_array_new(FALSE, FALSE, sizeof(Str));
    for (size_t k = 0; k < r->n_columns && fine; k++)
        fine = fill_figure(f, &r->columns[k], &l, &t, error);
    fine = tabling_end(&t, fine ? error : NULL) && fine;
    if (fine)
        corrections_add(f, &l);
    g_array_unref(l.corrections);
    return fine;
}

/* ---- a document's table of targets, head by head, row by row, with what is done and the
 * difference
 */

typedef struct TargetColumn {
    const Indicator *indicator;
    const Target *target;
    int year_from, year_to; /* of the document's columns */
    enum { TARGET_ASKED, TARGET_DONE, TARGET_DIFFERENCE } kind;
    bool total;
} TargetColumn;

/* The table of the indicator: the one told apart by region; each of its years is a column. */
static const Target *table_of(const Model *m, const Indicator *i)
{
    const Target *best = NULL;
    for (size_t k = 0; k < m->n_targets; k++)
        if (m->targets[k]->indicator == i &&
            (best == NULL || m->targets[k]->n_values > best->n_values))
            best = m->targets[k];
    return best;
}

static const TargetValue *value_at(const Target *t, Str region, const TargetColumn *c)
{
    for (size_t i = 0; i < t->n_values; i++) {
        const TargetValue *v = &t->values[i];
        if (str_equal(v->region, region) && v->year_from == c->year_from &&
            v->year_to == c->year_to)
            return v;
    }
    return NULL;
}

static bool same_years(const TargetColumn *c, const TargetValue *v)
{
    return c->kind == TARGET_ASKED && c->year_from == v->year_from && c->year_to == v->year_to;
}

/* The columns of one indicator: the document's own in its order, then done and difference. */
static void add_columns(const Target *t, int year, GArray *to)
{
    size_t begin = to->len;
    TargetColumn now = {.indicator = t->indicator, .target = t};
    for (size_t i = 0; i < t->n_values; i++) {
        const TargetValue *v = &t->values[i];
        bool known = false;
        for (size_t k = begin; k < to->len; k++)
            known |= same_years(&g_array_index(to, TargetColumn, k), v);
        const TargetColumn c = {.indicator = t->indicator,
                                .target = t,
                                .year_from = v->year_from,
                                .year_to = v->year_to,
                                .total = v->year_from != v->year_to};
        if (!known)
            g_array_append_val(to, c);
        if (v->year_from == v->year_to && (now.year_to == 0 || v->year_to <= year))
            now.year_from = now.year_to = MAX(now.year_to, v->year_to);
    }
    now.kind = TARGET_DONE;
    g_array_append_val(to, now);
    now.kind = TARGET_DIFFERENCE;
    g_array_append_val(to, now);
}

static Str column_label(const Making *f, const TargetColumn *c)
{
    Str label = c->indicator->label.zh;
    if (c->kind == TARGET_DONE)
        return making_text(f, "%.*s|%d年完成", STR_ARG(label), c->year_to);
    if (c->kind == TARGET_DIFFERENCE)
        return making_text(f, "%.*s|%d年差额", STR_ARG(label), c->year_to);
    if (c->total)
        return making_text(f, "%.*s|合计", STR_ARG(label));
    return making_text(f, "%.*s|%d年", STR_ARG(label), c->year_to);
}

static bool done_at(Making *f, const TargetColumn *c, int32_t region, const Figure **ret,
                    GError **error)
{
    const Figure *all;
    Date from = f->on, on = f->on, end = f->on;
    if (date_make(c->year_to, 1, 1, &from) && date_make(c->year_to, 12, 31, &end))
        on = MIN(f->on, end);
    if (!figures_of(f->care, f->working, c->indicator, c->indicator->flow ? from : on, on, &all,
                    error))
        return false;
    *ret = &all[region];
    return true;
}

static bool target_cell(Making *f, const TargetColumn *c, int32_t region, Str *ret, GError **error)
{
    const TargetValue *v = value_at(c->target, f->care->regions->code[region], c);
    const Figure *done;
    *ret = STR("");
    if (c->kind == TARGET_ASKED) {
        const Figure aim = {.value = v != NULL ? v->number : 0};
        if (v != NULL)
            *ret = figure_words(c->indicator, &aim, f->arena);
        return true;
    }
    if (!done_at(f, c, region, &done, error))
        return false;
    Figure shown = *done;
    if (c->kind == TARGET_DIFFERENCE && v == NULL)
        return true;
    if (c->kind == TARGET_DIFFERENCE)
        shown.value -= v->number;
    *ret = figure_words(c->indicator, &shown, f->arena);
    return true;
}

/* Rows as they stand in the document; a total row is the document's own place. */
static void add_regions(const Making *f, const Target *t, GArray *to)
{
    const RegionTree *tree = f->care->regions;
    for (size_t i = 0; i < t->n_values; i++) {
        int32_t region = region_row(tree, t->values[i].region);
        bool known = region == ROW_NONE || !region_in(tree, region, f->region);
        for (size_t k = 0; k < to->len; k++)
            known |= g_array_index(to, int32_t, k) == region;
        if (!known)
            g_array_append_val(to, region);
    }
}

static Str row_name(const Making *f, const GArray *regions, size_t i)
{
    int32_t at = g_array_index(regions, int32_t, i);
    for (size_t k = 0; k < regions->len; k++)
        if (k != i && region_in(f->care->regions, g_array_index(regions, int32_t, k), at))
            return STR("合计");
    return f->care->model->regions[at].name;
}

static bool target_rows(Making *f, const GArray *heads, const GArray *regions, Tabling *t,
                        GError **error)
{
    for (size_t i = 0; i < regions->len; i++) {
        tabling_cell(t, row_name(f, regions, i));
        for (size_t k = 0; k < heads->len; k++) {
            Str text;
            if (!target_cell(f, &g_array_index(heads, TargetColumn, k),
                             g_array_index(regions, int32_t, i), &text, error))
                return false;
            tabling_cell(t, text);
        }
    }
    return true;
}

bool fill_target_rows(Making *f, const PaperRows *r, PaperTable *to, GError **error)
{
    Tabling t;
    g_autoptr(GArray) heads = g_array_new(FALSE, TRUE, sizeof(TargetColumn));
    g_autoptr(GArray) regions = g_array_new(FALSE, FALSE, sizeof(int32_t));
    tabling_begin(f, r, to, &t);
    to->title = STR("目标完成");
    for (size_t k = 0; k < r->n_columns; k++) {
        const Target *target = table_of(f->care->model, r->columns[k].figure);
        if (target == NULL)
            continue;
        add_columns(target, date_ymd(f->on).year, heads);
        add_regions(f, target, regions);
    }
    to->n_columns = heads->len + 1;
    to->columns = arena_many(f->arena, PaperColumn, to->n_columns);
    to->columns[0] = (PaperColumn){.label = STR("县区（管委会）"), .kind = PAPER_TEXT};
    for (size_t k = 0; k < heads->len; k++)
        to->columns[k + 1] = (PaperColumn){
            .label = column_label(f, &g_array_index(heads, TargetColumn, k)), .kind = PAPER_NUMBER};
    bool fine = figures_may(f, error) && target_rows(f, heads, regions, &t, error);
    return tabling_end(&t, fine ? error : NULL) && fine;
}
