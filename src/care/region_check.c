/* region_check.c — see region_check.h.
 * Read first: region_checks(), region_check_judge(). */
#include "care/region_check.h"

#include "care/consent.h"
#include "care/figures_json.h"
#include "care/figures_text.h"
#include "care/inside.h"
#include "care/param_text.h"
#include "compile/figure.h"

/* ---- which text, which days, and what they come to; nothing of the running system */

const Rule *region_check_text(const Rule *check, const RegionTree *t, int32_t region, Date on)
{
    const Versions *v = check->versions;
    Str place = check->home.document->place;
    int32_t within = place.len > 0 ? region_row(t, place) : ROW_NONE;
    if (place.len > 0 && (within == ROW_NONE || !region_in(t, region, within)))
        return NULL;
    if (v == NULL)
        return on >= check->from && on <= check->until ? check : NULL;
    size_t i = version_at(v, t, region, on);
    return i < v->n ? v->list[i].rule : NULL;
}

Date region_check_from(const RegionCheck *x, Date on)
{
    return x->asks.indicator->flow ? figures_period_start(x->asks.indicator, on) : on;
}

Truth region_check_meant(const Figure *where)
{
    return where->low > 0 ? TRUTH_YES : where->high == 0 ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* Whoever is perhaps not meant fails nothing for sure. */
Truth region_check_judge(const RegionCheck *x, Truth meant, const Figure *f, const Figure *value)
{
    static const Truth truths[] = {[TARGET_NO] = TRUTH_NO,
                                   [TARGET_UNKNOWN] = TRUTH_UNKNOWN,
                                   [TARGET_YES] = TRUTH_YES,
                                   [TARGET_NOT_DUE] = TRUTH_UNKNOWN};
    bool set = value == NULL || (figure_known(value) && value->low == value->high);
    if (!set)
        return TRUTH_UNKNOWN;
    TargetMet met =
        target_met(x->asks.compare, value != NULL ? value->value : x->value.number, f, 0, 0);
    return met == TARGET_NO && meant != TRUTH_YES ? TRUTH_UNKNOWN : truths[met];
}

typedef bool (*AskFigures)(void *context, const RegionCheck *x, Date on, RegionAsked *ret,
                           GError **error);

/* By each of its texts, in the regions where that one is in force. */
static bool each_region(const Rule *check, const RegionTree *t, Date on, AskFigures ask,
                        void *context, uint8_t *ret, GError **error)
{
    const Versions *v = check->versions;
    memset(ret, OUTCOME_OUTSIDE, t->n);
    for (size_t k = 0; k < (v != NULL ? v->n : 1); k++) {
        const Rule *text = v != NULL ? v->list[k].rule : check;
        RegionAsked asked;
        bool known = false;
        for (size_t i = 0; text != NULL && i < t->n; i++) {
            if (region_check_text(check, t, (int32_t)i, on) != text)
                continue;
            if (!known && !ask(context, text->asked, on, &asked, error))
                return false;
            known = true;
            Truth meant = asked.meant != NULL ? region_check_meant(&asked.meant[i]) : TRUTH_YES;
            if (meant != TRUTH_NO)
                ret[i] = (uint8_t)region_check_judge(text->asked, meant, &asked.figure[i],
                                                     asked.value != NULL ? &asked.value[i] : NULL);
        }
    }
    return true;
}

/* ---- by any documents, over any data */

typedef struct Figured { /* one text after the other: the last one's figures */
    const Model *model;
    const CompileOptions *options;
    Figure *meant, *figure, *value;
} Figured;

static void figured_clear(Figured *f)
{
    g_clear_pointer(&f->meant, g_free);
    g_clear_pointer(&f->figure, g_free);
    g_clear_pointer(&f->value, g_free);
}

static bool program_figures(const Figured *f, FigureProgram *p, Date on, Figure **ret,
                            GError **error)
{
    if (p == NULL)
        return false;
    *ret = g_new0(Figure, p->n_cells * f->options->regions->n + 1);
    return figures_evaluate(p, f->options->data, on, on, *ret, error);
}

static bool figured_ask(void *context, const RegionCheck *x, Date on, RegionAsked *ret,
                        GError **error)
{
    Figured *f = context;
    size_t cell = indicator_cell(x->asks.indicator, x->value.codes) * f->options->regions->n;
    figured_clear(f);
    if (x->asks.each_where != NULL) {
        g_autoptr(FigureProgram) p = figure_program_where(f->model, &x->asks, f->options, error);
        if (!program_figures(f, p, on, &f->meant, error))
            return false;
    }
    if (!figures_by_text(f->model, x->asks.indicator, f->options, region_check_from(x, on), on,
                         &f->figure, error))
        return false;
    if (x->value.value != NULL) {
        g_autoptr(FigureProgram) p =
            figure_program_value(f->model, &x->asks, x->value.value, f->options, error);
        if (!program_figures(f, p, on, &f->value, error))
            return false;
    }
    *ret = (RegionAsked){f->meant, f->figure + cell, f->value != NULL ? f->value + cell : NULL};
    return true;
}

bool region_checks_by(const Model *m, const CompileOptions *o, const Rule *check, Date on,
                      uint8_t *ret, GError **error)
{
    Figured f = {.model = m, .options = o};
    bool fine = each_region(check, o->regions, on, figured_ask, &f, ret, error);
    figured_clear(&f);
    return fine;
}

/* ---- figures of the working set */

bool region_check_ask(Care *c, Working *w, const RegionCheck *x, Date on, RegionAsked *ret,
                      GError **error)
{
    const Indicator *i = x->asks.indicator;
    size_t cell = indicator_cell(i, x->value.codes) * c->regions->n;
    *ret = (RegionAsked){NULL, NULL, NULL};
    if (x->asks.each_where != NULL && !figures_where(c, w, &x->asks, on, &ret->meant, error))
        return false;
    if (!figures_of(c, w, i, region_check_from(x, on), on, &ret->figure, error))
        return false;
    ret->figure += cell;
    if (x->value.value == NULL)
        return true;
    if (!figures_value(c, w, &x->asks, x->value.value, on, &ret->value, error))
        return false;
    ret->value += cell;
    return true;
}

typedef struct Running {
    Care *care;
    Working *working;
} Running;

static bool running_ask(void *context, const RegionCheck *x, Date on, RegionAsked *ret,
                        GError **error)
{
    const Running *r = context;
    return region_check_ask(r->care, r->working, x, on, ret, error);
}

bool region_checks(Care *c, Working *w, const Rule *check, Date on, uint8_t *ret, GError **error)
{
    Running r = {c, w};
    return each_region(check, c->regions, on, running_ask, &r, ret, error);
}

/* ---- what would cure it, what is missing */

void region_figure_text(const Indicator *i, const Figure *f, bool english, GString *to)
{
    unsigned scale = i->type.kind == KIND_DECIMAL ? i->type.scale : kind_scale(i->type.kind);
    int64_t value = f->value;
    bool fits =
        i->type.scale >= scale
            ? round_divide(value, power_of_ten(i->type.scale - scale), ROUND_HALF_UP, &value)
            : checked_mul(value, power_of_ten(scale - i->type.scale), &value);
    if (figure_known(f) && fits)
        number_text(&i->type, value, english, to);
    else
        g_string_append(to, english ? "(not known)" : "（不清楚）");
}

/* The parts stand in the order in which each first appears, in whichever language. */
static Str cure_text(const RegionCheck *x, const Figure *const *parts, Str text, GPtrArray *seen,
                     bool english, Arena *a)
{
    g_autoptr(GString) out = g_string_new(NULL);
    while (text.len > 0) {
        ptrdiff_t open = str_find(text, STR("{")), close = str_find(text, STR("}"));
        if (open < 0 || close < open)
            break;
        g_autofree char *part = g_strndup(text.at + open + 1, (size_t)(close - open - 1));
        guint k = 0;
        while (k < seen->len && strcmp(part, seen->pdata[k]) != 0)
            k++;
        if (k == seen->len)
            g_ptr_array_add(seen, g_strdup(part));
        g_string_append_len(out, text.at, open);
        if (k < x->n_parts)
            region_figure_text(x->parts[k], parts[k], english, out);
        text.at += close + 1;
        text.len -= (size_t)close + 1;
    }
    g_string_append_len(out, text.at, (gssize)text.len);
    return arena_str(a, (Str){out->str, out->len});
}

bool region_check_cure(Care *c, Working *w, const Rule *check, int32_t region, Date on, Arena *a,
                       Label *ret, GError **error)
{
    const Rule *text = region_check_text(check, c->regions, region, on);
    g_autoptr(GPtrArray) seen = g_ptr_array_new_with_free_func(g_free);
    *ret = (Label){STR(""), STR("")};
    if (text == NULL)
        return true;
    const RegionCheck *x = text->asked;
    const Figure **parts = arena_many(a, const Figure *, x->n_parts + 1);
    for (size_t i = 0; i < x->n_parts; i++) {
        if (!figures_of(c, w, x->parts[i], region_check_from(x, on), on, &parts[i], error))
            return false;
        parts[i] += region;
    }
    ret->zh = cure_text(x, parts, text->cure_zh, seen, false, a);
    ret->en = cure_text(x, parts, text->cure_en, seen, true, a);
    return true;
}

static void add_missing(MissingFact *to, size_t *n, Str name, Label label, bool is_param)
{
    to[(*n)++] = (MissingFact){.name = name, .zh = label.zh, .en = label.en, .is_param = is_param};
}

bool region_check_missing(Care *c, Working *w, const Rule *check, int32_t region, Date on, Arena *a,
                          MissingFact **ret, size_t *ret_n, GError **error)
{
    const Rule *text = region_check_text(check, c->regions, region, on);
    RegionAsked asked;
    size_t n_value, n_figure;
    *ret_n = 0;
    *ret = NULL;
    if (text == NULL || !region_check_ask(c, w, text->asked, on, &asked, error))
        return text == NULL;
    const RegionCheck *x = text->asked;
    TargetValue day = x->value;
    day.due = on;
    const Figure *f = &asked.figure[region], *v = asked.value != NULL ? &asked.value[region] : NULL;
    const TargetFigure as = {.value = &day,
                             .region = region,
                             .number_unset = v != NULL && !(figure_known(v) && v->low == v->high)};
    const Param **of_value = target_unset(c, &as, a, &n_value),
                **of_figure = figure_unset(c, x->asks.indicator, f, a, &n_figure);
    *ret = arena_array(a, n_value + n_figure + 1, sizeof **ret);
    for (size_t i = 0; i < n_value; i++)
        add_missing(*ret, ret_n, of_value[i]->name, of_value[i]->label, true);
    for (size_t i = 0; i < n_figure; i++)
        add_missing(*ret, ret_n, of_figure[i]->name, of_figure[i]->label, true);
    if (*ret_n == 0)
        add_missing(*ret, ret_n, x->asks.indicator->name, x->asks.indicator->label, false);
    return true;
}

/* ---- who */

bool region_check_seen(const Care *c, const Session *s, int32_t region)
{
    return session_may(s, MAY_PERSON_READ | MAY_POLICY_READ) && s->facility == 0 &&
           !session_is_kin(s) && s->region != ROW_NONE && region_in(c->regions, region, s->region);
}

typedef struct Mending {
    const Role *role;
    bool writes;
} Mending;

static void look_counted(const Expr *e, void *context)
{
    Mending *m = context;
    for (size_t i = 0; e->kind == EXPR_AGGREGATE && i < m->role->n_writes; i++)
        m->writes = m->writes || m->role->writes[i] == e->aggregate->of;
}

bool region_check_mends(const Role *r, const Rule *check)
{
    Mending m = {r, false};
    if (r != NULL && check->asked->asks.indicator != NULL)
        expr_walk(check->asked->asks.indicator->value, look_counted, &m);
    return m.writes;
}

/* ---- their records */

const RecordKey *region_records(const Care *c, const Working *w, Arena *a)
{
    const Entity *e = model_entity(c->model, STR("region"));
    RecordKey *to = arena_array(a, c->regions->n + 1, sizeof *to);
    const Batch *b = e != NULL ? w->data->batches[e->number] : NULL;
    const Field *code = e != NULL ? entity_field(e, STR("code")) : NULL;
    const Column *col = b != NULL && code != NULL ? b->columns[code->index] : NULL;
    if (col == NULL || col->physical != PHYSICAL_TEXT || b->ids == NULL)
        return to;
    for (size_t i = 0; i < b->rows; i++) {
        int32_t at = column_known(col, i) ? region_row(c->regions, column_text(col, i)) : ROW_NONE;
        if (at != ROW_NONE)
            to[at] = (RecordKey){b->counties != NULL ? b->counties[i] : 0, b->ids[i]};
    }
    return to;
}
