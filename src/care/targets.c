/* targets.c — figures against their targets, for those who may see them.
 * In: the Model's targets, figures.  Out: TargetFigures: met or not, how it looks before the due
 * day, and which of several do not (semantics 36–38).  Read first: figures_targets(),
 * add_target(). */
#include "base/identifier.h"
#include "care/figures.h"
#include "care/inside.h"
#include "compile/figure.h"

__extension__ typedef __int128 Wide;

typedef struct Asking {
    Care *care;
    Working *working;
    const Session *session;
    Date on;
    int32_t within; /* ROW_NONE: all */
    Arena *arena;
    GArray *to; /* of TargetFigure */
} Asking;

static Date year_day(int year, int month, int day)
{
    Date d = DATE_MAX;
    while (!date_make(year, month, day, &d) && day > 1)
        day--;
    return d;
}

/* ---- the number to reach ---- */

/* Params and facts are those of the due day. */
static bool number_of(Asking *q, const Target *t, const TargetValue *v, int32_t region, size_t cell,
                      int64_t *ret, bool *ret_unset, GError **error)
{
    const Figure *all;
    *ret = v->number;
    *ret_unset = false;
    if (v->value == NULL)
        return true;
    if (!figures_value(q->care, q->working, t, v->value, v->due, &all, error))
        return false;
    const Figure *f = &all[cell * q->care->regions->n + (size_t)region];
    *ret = f->value;
    *ret_unset = !figure_known(f) || f->low != f->high;
    return true;
}

static Met met_of(const TargetFigure *f, Date on)
{
    if (f->number_unset && on >= f->value->due)
        return MET_UNKNOWN;
    return (Met)target_met(f->target->compare, f->value->number, &f->figure, f->value->due, on);
}

/* Whether it would do as it stands, whatever the due day. */
static Met met_now(const TargetFigure *f)
{
    if (f->number_unset)
        return MET_UNKNOWN;
    return (Met)target_met(f->target->compare, f->value->number, &f->figure, 0, 0);
}

/* ---- the way there ---- */

/* Whether the figure of a period grows with it: sums do, shares do not. */
static bool grows(const Expr *e)
{
    switch (e->kind) {
    case EXPR_AGGREGATE:
        return e->aggregate->kind == AGGREGATE_COUNT || e->aggregate->kind == AGGREGATE_SUM;
    case EXPR_ADD:
    case EXPR_SUB:
    case EXPR_MIN:
    case EXPR_MAX:
        return grows(e->a) && grows(e->b);
    case EXPR_MUL:
        return grows(e->a) || grows(e->b);
    case EXPR_DIV:
        return grows(e->a) && !grows(e->b);
    case EXPR_RESCALE:
    case EXPR_ROUND:
    case EXPR_NEG:
        return grows(e->a);
    default:
        return false;
    }
}

/* At the pace from `before` to now, past ÷ length of the way being done. */
static Trend pace(const TargetFigure *f, int64_t before, int64_t past, int64_t length)
{
    Wide gained = (Wide)f->figure.value - before;
    Wide ahead = gained * length, needed = ((Wide)f->value->number - before) * past;
    bool enough = ahead >= needed;
    if (f->target->compare == COMPARE_LE || f->target->compare == COMPARE_LT)
        enough = ahead <= needed;
    return enough ? TREND_ON_WAY : TREND_BEHIND;
}

/* What can be said without looking back: false where that has to be done. */
static bool trend_now(TargetFigure *f, Date on, Date begin)
{
    const Indicator *i = f->target->indicator;
    int64_t past = (int64_t)on - begin + 1, length = (int64_t)f->value->due - begin + 1;
    f->elapsed = -1;
    f->trend = TREND_NONE;
    if (f->met != MET_NOT_DUE || past <= 0 || length <= 0)
        return true;
    f->elapsed = (int)(past * 100 / length);
    if (f->number_unset || !figure_known(&f->figure))
        return true;
    if (met_now(f) == MET_YES)
        f->trend = TREND_REACHED;
    else if (i->flow)
        f->trend = grows(i->value) ? pace(f, 0, past, length) : TREND_BEHIND;
    else
        return !f->target->until || past < 2;
    return true;
}

static bool add_trend(Asking *q, TargetFigure *f, GError **error)
{
    const Indicator *i = f->target->indicator;
    Date begin = i->flow ? f->figure.from : f->target->home.document->from;
    int64_t past = (int64_t)q->on - begin + 1, length = (int64_t)f->value->due - begin + 1;
    const Figure *all;
    if (trend_now(f, q->on, begin))
        return true;
    if (!figures_of(q->care, q->working, i, begin, begin, &all, error))
        return false;
    const Figure *first = &all[f->cell * q->care->regions->n + (size_t)f->region];
    if (figure_known(first))
        f->trend = pace(f, first->value, past - 1, length - 1);
    return true;
}

/* ---- one figure ---- */

/* The day up to which is counted, and from which: a period that has not begun has its first day. */
static void days_of(const Asking *q, const Target *t, const TargetValue *v, Date *ret_from,
                    Date *ret_on)
{
    *ret_on = MIN(q->on, v->due);
    *ret_from = t->indicator->flow ? v->from : *ret_on;
    if (*ret_from > *ret_on)
        *ret_on = *ret_from;
}

static bool figure_at(Asking *q, const Target *t, const TargetValue *v, int32_t region,
                      TargetFigure *ret, GError **error)
{
    const Indicator *i = t->indicator;
    TargetValue *own = arena_new_of(q->arena, TargetValue);
    const Figure *all;
    Date from, on;
    *own = *v;
    *ret = (TargetFigure){
        .target = t, .value = own, .region = region, .cell = indicator_cell(i, v->codes)};
    days_of(q, t, v, &from, &on);
    if (!figures_of(q->care, q->working, i, from, on, &all, error) ||
        !number_of(q, t, v, region, ret->cell, &own->number, &ret->number_unset, error))
        return false;
    ret->figure = all[ret->cell * q->care->regions->n + (size_t)region];
    ret->met = met_of(ret, q->on);
    return add_trend(q, ret, error);
}

static void add_failing(GArray *to, const TargetFigure *f, Met met)
{
    TargetFailing one = {.met = met,
                         .region = f->region,
                         .cell = f->cell,
                         .key = {0, 0},
                         .name = STR(""),
                         .figure = f->figure};
    g_array_append_val(to, one);
}

static void take_failing(Asking *q, GArray *from, TargetFigure *to)
{
    to->n_failing = from->len;
    to->failing = arena_list(q->arena, from, NULL);
}

/* ---- of each record ---- */

/* What people call it: the key field where it is at hand, else the id. */
static Str name_of_row(Asking *q, const Entity *e, size_t row)
{
    const Batch *b = working_batch(q->working, e);
    const Column *c = e->key != NULL ? b->columns[e->key->index] : NULL;
    char id[ID_TEXT];
    if (c != NULL && c->physical == PHYSICAL_TEXT && column_known(c, row))
        return arena_str(q->arena, column_text(c, row));
    return b->ids != NULL ? arena_str(q->arena, str_of(id_format(b->ids[row], id))) : STR("");
}

/* Whether it lies in the region, as far as is known. */
static Truth lies_in(const Asking *q, const EachFigure *e, int32_t region)
{
    const RegionTree *t = q->care->regions;
    if (e->place != ROW_NONE)
        return region_in(t, e->place, region) ? TRUTH_YES : TRUTH_NO;
    /* Only what holds all places surely holds it too. */
    return t->order[region] == 0 && (size_t)t->last[region] + 1 == t->n ? TRUTH_YES : TRUTH_UNKNOWN;
}

static bool met_by(Asking *q, const TargetFigure *whole, const EachFigure *e, Met *ret,
                   GError **error)
{
    TargetFigure one = *whole;
    TargetValue v = *whole->value;
    int32_t region = e->place != ROW_NONE ? e->place : whole->region;
    one.value = &v;
    one.figure = e->figure;
    if (!number_of(q, whole->target, whole->value, region, whole->cell, &v.number,
                   &one.number_unset, error))
        return false;
    *ret = met_now(&one);
    return true;
}

static void add_record(Asking *q, TargetFigure *to, const EachFigure *e, Met met, bool seen,
                       GArray *failing)
{
    const Entity *entity = to->target->of;
    const Batch *b = working_batch(q->working, entity);
    TargetFailing one = {
        .met = met, .region = e->place, .cell = to->cell, .entity = entity, .figure = e->figure};
    if (!seen) {
        to->hidden++;
        return;
    }
    one.key.county = b->counties != NULL ? b->counties[e->row] : 0;
    one.key.id = b->ids != NULL ? b->ids[e->row] : 0;
    one.name = name_of_row(q, entity, e->row);
    g_array_append_val(failing, one);
}

/* Which records the session may see; nobody's where it may see none. */
static uint8_t *seen_rows(Asking *q, const Entity *e)
{
    uint8_t *seen = g_new0(uint8_t, working_rows(q->working, e) + 1);
    GError *error = NULL;
    if (!scope_rows(q->care, q->working, q->session, e, q->on, seen, &error)) {
        memset(seen, 0, working_rows(q->working, e));
        g_error_free(error);
    }
    return seen;
}

static bool each_record(Asking *q, TargetFigure *to, GError **error)
{
    const EachList *list;
    Date from, on;
    g_autoptr(GArray) failing = g_array_new(FALSE, TRUE, sizeof(TargetFailing));
    Met worst = MET_YES;
    days_of(q, to->target, to->value, &from, &on);
    if (!figures_each(q->care, q->working, to->target, to->cell, from, on, &list, error))
        return false;
    g_autofree uint8_t *seen = seen_rows(q, to->target->of);
    for (size_t i = 0; i < list->n; i++) {
        Truth there = truth_and(list->list[i].there, lies_in(q, &list->list[i], to->region));
        Met met;
        if (there == TRUTH_NO)
            continue;
        if (!met_by(q, to, &list->list[i], &met, error))
            return false;
        if (met == MET_NO && there != TRUTH_YES)
            met = MET_UNKNOWN; /* perhaps it is none of those */
        to->all++;
        to->reached += met == MET_YES;
        worst = met == MET_NO || worst == MET_NO ? MET_NO : MIN(worst, met);
        if (met != MET_YES)
            add_record(q, to, &list->list[i], met, seen[list->list[i].row] != 0, failing);
    }
    to->each = true;
    to->met = q->on < to->value->due ? MET_NOT_DUE : worst;
    to->trend = to->met != MET_NOT_DUE ? TREND_NONE : worst == MET_YES ? TREND_REACHED : TREND_NONE;
    take_failing(q, failing, to);
    return true;
}

/* ---- in each ---- */

/* Which of the listed regions count: `in each P where C`. */
static bool counts(Asking *q, const Target *t, Date on, int32_t region, Truth *ret, GError **error)
{
    const Figure *all;
    *ret = TRUTH_YES;
    if (t->each_where == NULL)
        return true;
    if (!figures_where(q->care, q->working, t, on, &all, error))
        return false;
    *ret = all[region].low > 0 ? TRUTH_YES : all[region].high == 0 ? TRUTH_NO : TRUTH_UNKNOWN;
    return true;
}

static int32_t own_place(const Care *c, const Target *t)
{
    Str place = t->home.document->place;
    return place.len > 0 ? region_row(c->regions, place) : c->place;
}

static bool wanted(const Asking *q, int32_t region)
{
    return region != ROW_NONE &&
           (q->within == ROW_NONE || region_in(q->care->regions, region, q->within));
}

/* The one answer about several: the figure is the whole place's, and what is told of it. */
typedef struct Together {
    TargetValue value;
    size_t n;
    Met worst;
    uint64_t reached;
    GArray *failing;
} Together;

static void join(Together *all, const TargetFigure *f, Truth there)
{
    Met now = met_now(f);
    if (f->each && f->reached < f->all)
        now = f->met == MET_NO ? MET_NO : MET_UNKNOWN;
    if (now == MET_NO && there != TRUTH_YES)
        now = MET_UNKNOWN;
    if (all->n == 0)
        all->value = *f->value;
    for (size_t k = 0; k < LIMIT_FIGURE_INDEXES; k++)
        if (all->value.codes[k] != f->value->codes[k])
            all->value.codes[k] = FIGURE_WHOLE;
    all->n++;
    all->reached += now == MET_YES;
    all->worst = now == MET_NO || all->worst == MET_NO ? MET_NO : MIN(all->worst, now);
    if (now != MET_YES)
        add_failing(all->failing, f, now);
}

static bool add_together(Asking *q, const Target *t, const Together *all, GError **error)
{
    int32_t region = own_place(q->care, t);
    TargetFigure f;
    if (all->n == 0 || !wanted(q, region))
        return true;
    if (!figure_at(q, t, &all->value, region, &f, error))
        return false;
    f.each = true;
    f.all = all->n;
    f.reached = all->reached;
    f.met = q->on < f.value->due ? MET_NOT_DUE : all->worst;
    f.trend = f.met == MET_NOT_DUE && all->worst == MET_YES ? TREND_REACHED : TREND_NONE;
    take_failing(q, all->failing, &f);
    g_array_append_val(q->to, f);
    return true;
}

/* ---- one target ---- */

/* The values of a target in one year: of those that recur, the one that is due in it. */
static bool value_in(const TargetValue *v, int year, TargetValue *ret)
{
    *ret = *v;
    if (!v->yearly)
        return true;
    if (year < v->year_from || year > v->year_to)
        return false;
    ret->due = year_day(year, v->month, v->day);
    ret->from = v->from + (year_day(year, 1, 1) - year_day(v->year_from, 1, 1));
    ret->year_from = ret->year_to = year;
    return true;
}

static bool add_value(Asking *q, const Target *t, const TargetValue *v, Together *all,
                      GError **error)
{
    int32_t region =
        v->region.len > 0 ? region_row(q->care->regions, v->region) : own_place(q->care, t);
    TargetFigure f;
    Truth there = TRUTH_YES;
    if (v->is_total || (!wanted(q, region) && !(t->each && wanted(q, own_place(q->care, t)))))
        return true;
    /* What was due before it was amended was due by the earlier text. */
    if (region != ROW_NONE &&
        !wording_at(&t->wording, q->care->regions, region, MIN(q->on, v->due)))
        return true;
    if (region == ROW_NONE || !counts(q, t, MIN(q->on, v->due), region, &there, error))
        return region == ROW_NONE;
    if (there == TRUTH_NO)
        return true;
    if (!figure_at(q, t, v, region, &f, error) || (t->of != NULL && !each_record(q, &f, error)))
        return false;
    if (there != TRUTH_YES && f.met == MET_NO)
        f.met = MET_UNKNOWN;
    join(all, &f, there);
    if (wanted(q, region))
        g_array_append_val(q->to, f);
    return true;
}

static bool add_year(Asking *q, const Target *t, int year, GError **error)
{
    g_autoptr(GArray) failing = g_array_new(FALSE, TRUE, sizeof(TargetFailing));
    Together all = {.worst = MET_YES, .failing = failing};
    for (size_t k = 0; k < t->n_values; k++) {
        TargetValue v;
        if (value_in(&t->values[k], year, &v) && !add_value(q, t, &v, &all, error))
            return false;
    }
    return !t->each || add_together(q, t, &all, error);
}

static bool add_target(Asking *q, const Target *t, GError **error)
{
    const TargetValue *first = t->n_values > 0 ? &t->values[0] : NULL;
    if (first == NULL || !first->yearly)
        return first == NULL || add_year(q, t, 0, error);
    int now = MAX(date_ymd(q->on).year, first->year_from);
    for (int year = first->year_from; year <= MIN(now, first->year_to); year++)
        if (!add_year(q, t, year, error))
            return false;
    return true;
}

bool figures_targets(Care *c, const Session *s, const Indicator *only, int32_t region, Date on,
                     Arena *a, TargetFigure **ret, size_t *ret_n, GError **error)
{
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see figures", s->role->word);
    g_autoptr(Working) w = NULL;
    if (!working_get(c, &w, error))
        return false;
    g_autoptr(GArray) to = g_array_new(FALSE, TRUE, sizeof(TargetFigure));
    Asking q = {c, w, s, on, region, a, to};
    for (size_t i = 0; i < c->model->n_targets; i++)
        if (only == NULL || c->model->targets[i]->indicator == only)
            if (!add_target(&q, c->model->targets[i], error))
                return false;
    *ret = arena_list(a, to, ret_n);
    return true;
}

/* ---- several together ---- */

static int64_t bound_sum(int64_t a, int64_t b, int64_t open)
{
    int64_t sum;
    return a == open || b == open || !checked_add(a, b, &sum) ? open : sum;
}

bool targets_sum(const TargetFigure *const *parts, size_t n, Date on, Arena *a, TargetFigure *ret)
{
    TargetValue *value = arena_new_of(a, TargetValue);
    if (n == 0 || !indicator_adds_up(parts[0]->target->indicator))
        return false;
    *ret = *parts[0];
    *value = *parts[0]->value;
    ret->value = value;
    ret->figure.exact_low = ret->figure.exact_high = (FigureExact){0, 0};
    for (size_t i = 1; i < n; i++) {
        Figure *to = &ret->figure;
        const Figure *f = &parts[i]->figure;
        to->param_unset = to->param_unset || f->param_unset;
        to->fact_missing = to->fact_missing || f->fact_missing;
        to->too_large =
            to->too_large || f->too_large || !checked_add(to->value, f->value, &to->value);
        to->low = bound_sum(to->low, f->low, INT64_MIN);
        to->high = bound_sum(to->high, f->high, INT64_MAX);
        to->unknown += f->unknown;
        to->judged += f->judged;
        ret->number_unset = ret->number_unset || parts[i]->number_unset ||
                            !checked_add(value->number, parts[i]->value->number, &value->number);
    }
    ret->met = met_of(ret, on);
    if (!trend_now(ret, on, ret->figure.from))
        ret->trend = TREND_NONE;
    return true;
}
