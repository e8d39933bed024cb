/* figures_json.c — see figures_json.h. */
#include "care/figures_json.h"

const char *compare_sign(Compare c)
{
    static const char *const signs[] = {
        [COMPARE_GE] = ">=", [COMPARE_GT] = ">", [COMPARE_LE] = "<=",
        [COMPARE_LT] = "<",  [COMPARE_EQ] = "=",
    };
    return signs[c];
}

const char *met_word(Met m)
{
    static const char *const words[] = {
        [MET_NO] = "no", [MET_UNKNOWN] = "unknown", [MET_YES] = "yes", [MET_NOT_DUE] = "not_due"};
    return words[m];
}

static bool is_month(Date from, Date due)
{
    return month_of(from) == month_of(due) && from == month_first(month_of(from)) &&
           due == month_last(month_of(due));
}

const char *target_period(const TargetFigure *f, char to[PERIOD_TEXT])
{
    const TargetValue *v = f->value;
    if (!f->target->indicator->flow)
        date_format(v->due, to);
    else if (is_month(v->from, v->due))
        month_format(month_of(v->due), to);
    else if (v->year_from == v->year_to)
        g_snprintf(to, PERIOD_TEXT, "%d", v->year_to);
    else
        g_snprintf(to, PERIOD_TEXT, "%d..%d", v->year_from, v->year_to);
    return to;
}

Str figure_codes(const Indicator *i, size_t cell, Arena *a)
{
    int codes[LIMIT_FIGURE_INDEXES];
    g_autoptr(GString) to = g_string_new(NULL);
    indicator_codes(i, cell, codes);
    for (size_t k = 0; k < i->n_index && cell > 0; k++) {
        Str name = codes[k] == FIGURE_WHOLE ? STR("") : i->index[k].of->codes[codes[k]].name;
        g_string_append_printf(to, "%s%.*s", k > 0 ? "," : "", STR_ARG(name));
    }
    return arena_str(a, (Str){to->str, to->len});
}

static void put_place(const Care *c, JsonWriter *j, const Indicator *i, int32_t region, size_t cell)
{
    g_autoptr(Arena) a = arena_new();
    if (region == ROW_NONE)
        json_put_null(j, "region");
    else
        json_put_str(j, "region", care_regions(c)->code[region]);
    if (cell > 0)
        json_put_str(j, "index", figure_codes(i, cell, a));
}

static void put_bound(JsonWriter *j, const char *name, int64_t n)
{
    if (n == INT64_MIN || n == INT64_MAX)
        json_put_null(j, name);
    else
        json_put_int(j, name, n);
}

static void put_params(JsonWriter *j, const char *name, const Param **list, size_t n)
{
    if (n == 0)
        return;
    json_put_array(j, name);
    for (size_t i = 0; i < n; i++)
        json_put_str(j, NULL, list[i]->name);
    json_put_end(j);
}

static void put_value(const Care *c, JsonWriter *j, const Indicator *i, const Figure *f)
{
    g_autoptr(Arena) a = arena_new();
    size_t n;
    const Param **params = figure_unset(c, i, f, a, &n);
    put_params(j, "unset", params, n);
    if (figure_known(f))
        json_put_int(j, "value", f->value);
    else
        json_put_null(j, "value");
    json_put_int(j, "scale", i->type.scale);
    if (f->too_large)
        json_put_str(j, "error", STR("does not fit 64 bits"));
    put_bound(j, "low", f->low);
    put_bound(j, "high", f->high);
    json_put_int(j, "unknown", f->unknown);
}

static void put_failing(const Care *c, JsonWriter *j, const TargetFigure *f)
{
    json_put_int(j, "all", (int64_t)f->all);
    json_put_int(j, "reached", (int64_t)f->reached);
    json_put_array(j, "failing");
    for (size_t k = 0; k < f->n_failing; k++) {
        const TargetFailing *x = &f->failing[k];
        json_put_object(j, NULL);
        if (x->entity != NULL) {
            json_put_str(j, "entity", x->entity->name);
            json_put_str(j, "key", x->name);
        }
        put_place(c, j, f->target->indicator, x->region, x->cell);
        if (figure_known(&x->figure))
            json_put_int(j, "value", x->figure.value);
        else
            json_put_null(j, "value");
        json_put_str(j, "met", str_of(met_word(x->met)));
        json_put_end(j);
    }
    json_put_end(j);
    if (f->hidden > 0)
        json_put_int(j, "failing_hidden", (int64_t)f->hidden);
}

static void put_trend(JsonWriter *j, const TargetFigure *f)
{
    static const char *const words[] = {[TREND_NONE] = NULL,
                                        [TREND_REACHED] = "reached",
                                        [TREND_ON_WAY] = "on_way",
                                        [TREND_BEHIND] = "behind"};
    if (f->met != MET_NOT_DUE)
        return;
    if (words[f->trend] != NULL)
        json_put_str(j, "trend", str_of(words[f->trend]));
    if (f->elapsed >= 0)
        json_put_int(j, "elapsed", f->elapsed);
}

static void put_home(JsonWriter *j, const Home *h)
{
    json_put_str(j, "document", h->document->name);
    json_put_str(j, "clause", h->clause != NULL ? h->clause->number : STR(""));
}

static void put_target(const Care *c, JsonWriter *j, const TargetFigure *f)
{
    g_autoptr(Arena) a = arena_new();
    size_t n;
    if (!f->number_unset) {
        json_put_int(j, "target", f->value->number);
        return;
    }
    const Param **params = target_unset(c, f, a, &n);
    json_put_null(j, "target");
    put_params(j, "target_unset", params, n);
}

void target_figure_json(const Care *c, JsonWriter *j, const TargetFigure *f)
{
    char period[PERIOD_TEXT];
    const Indicator *i = f->target->indicator;
    json_put_object(j, NULL);
    json_put_str(j, "indicator", i->name);
    put_place(c, j, i, f->region, f->cell);
    json_put_str(j, "period", str_of(target_period(f, period)));
    put_value(c, j, i, &f->figure);
    json_put_int(j, "judgement", f->figure.judged);
    put_target(c, j, f);
    json_put_str(j, "compare", str_of(compare_sign(f->target->compare)));
    json_put_date(j, "due", f->value->due);
    json_put_str(j, "met", str_of(met_word(f->met)));
    put_trend(j, f);
    if (f->each)
        put_failing(c, j, f);
    put_home(j, &f->target->home);
    json_put_end(j);
}

void indicator_figure_json(const Care *c, JsonWriter *j, const Indicator *i, const Figure *f)
{
    char from[DATE_TEXT], on[DATE_TEXT], period[2 * DATE_TEXT];
    json_put_object(j, NULL);
    json_put_str(j, "indicator", i->name);
    put_place(c, j, i, f->region, f->cell);
    if (i->flow)
        g_snprintf(period, sizeof period, "%s..%s", date_format(f->from, from),
                   date_format(f->on, on));
    else
        g_snprintf(period, sizeof period, "%s", date_format(f->on, on));
    json_put_str(j, "period", str_of(period));
    put_value(c, j, i, f);
    json_put_int(j, "judgement", f->judged);
    put_home(j, &i->home);
    json_put_end(j);
}
