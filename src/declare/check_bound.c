/* check_bound.c — values that places set keep the bounds they were given, on every day.
 * A bound may rest on params that change and differ from place to place: it is asked for on each
 * day and in each place where one does.
 * Start: check_bounds(). */
#include "declare/link.h"

/* Params asked for by one bound on one day. */
#define STEPS 1000u

typedef struct Bound {
    Linker *l;
    const Param *p;
    const ParamValue *v;
    GPtrArray *params; /* that the bounds rest on, directly or by the defaults of others */
    GArray *days;      /* of Date: days on which a bound may change */
    GArray *regions;   /* of Str: places below the value's own where a bound may differ */
} Bound;

static void add_param(const Expr *e, void *context)
{
    Bound *b = context;
    if (e->kind != EXPR_PARAM || g_ptr_array_find(b->params, e->param, NULL))
        return;
    g_ptr_array_add(b->params, (gpointer)e->param);
    expr_walk(e->param->otherwise, add_param, b);
}

static void add_day(Bound *b, Date day)
{
    bool there = day <= b->v->since || day > b->v->until;
    for (guint i = 0; i < b->days->len && !there; i++)
        there = g_array_index(b->days, Date, i) == day;
    if (!there)
        g_array_append_val(b->days, day);
}

static void add_region(Bound *b, Str region)
{
    bool there = region.len == 0 || str_equal(region, b->v->region) ||
                 (b->v->region.len > 0 && !region_lies_in(b->l->model, region, b->v->region));
    for (guint i = 0; i < b->regions->len && !there; i++)
        there = str_equal(g_array_index(b->regions, Str, i), region);
    if (!there)
        g_array_append_val(b->regions, region);
}

/* Where and when the bounds of a value may be others than at its beginning. */
static void collect(Bound *b)
{
    g_ptr_array_set_size(b->params, 0);
    g_array_set_size(b->days, 0);
    g_array_set_size(b->regions, 0);
    g_array_append_val(b->regions, b->v->region);
    expr_walk(b->p->floor, add_param, b);
    expr_walk(b->p->ceiling, add_param, b);
    for (guint i = 0; i < b->params->len; i++) {
        const Param *p = b->params->pdata[i];
        for (size_t k = 0; k < p->n_values; k++) {
            add_day(b, p->values[k].since);
            if (p->values[k].until < DATE_MAX)
                add_day(b, p->values[k].until + 1);
            add_region(b, p->values[k].region);
        }
    }
}

static Date ends(const Param *p, const ParamValue *v)
{
    Date end = v->until;
    for (const ParamValue *next = v + 1; next < p->values + p->n_values; next++) {
        if (!str_equal(next->region, v->region) ||
            memcmp(next->codes, v->codes, sizeof v->codes) != 0)
            break;
        if (next->certain)
            end = MIN(end, next->since - 1);
    }
    return end;
}

static void report(const Bound *b, const char *side, int64_t bound, Date day, Str region)
{
    char since[DATE_TEXT];
    GString *s = g_string_new(NULL);
    number_print(&b->p->type, b->v->number, s);
    g_string_append_printf(s, " lies %s ", side);
    number_print(&b->p->type, bound, s);
    g_string_append_printf(s, " since %s", date_format(day, since));
    if (!str_equal(region, b->v->region))
        g_string_append_printf(s, " in %.*s", STR_ARG(region));
    Diag *d = diag_error(b->l->diags, b->v->home.pos, "%s", s->str);
    g_string_free(s, TRUE);
    diag_hint(b->l->diags, d, "param '%.*s' is delegated with these bounds in %s, line %u",
              STR_ARG(b->p->name), b->p->home.pos.source->name, b->p->home.pos.line);
}

static bool check_day(const Bound *b, Date day, Str region)
{
    unsigned budget = STEPS;
    Env env = {.region = region, .day = day, .own = b->p, .budget = &budget};
    int64_t bound;
    size_t k = 0;
    for (size_t i = 0; i < b->p->n_index; i++)
        if (!b->p->index[i].is_region)
            env.codes[i] = b->v->codes[k++];
    if (param_nearest(b->l, b->p, &env) != b->v)
        return true; /* there another value is in force */
    if (b->p->floor != NULL && constant_value(b->l, b->p->floor, &env, &bound) &&
        b->v->number < bound) {
        report(b, "below the floor", bound, day, region);
        return false;
    }
    if (b->p->ceiling != NULL && constant_value(b->l, b->p->ceiling, &env, &bound) &&
        b->v->number > bound) {
        report(b, "above the ceiling", bound, day, region);
        return false;
    }
    return true;
}

/* The first day and place at which it does not keep its bounds is enough. */
static void check_value(Bound *b)
{
    collect(b);
    Date end = ends(b->p, b->v);
    for (guint k = 0; k < b->regions->len; k++) {
        Str region = g_array_index(b->regions, Str, k);
        if (!check_day(b, b->v->since, region))
            return;
        for (guint i = 0; i < b->days->len; i++)
            if (g_array_index(b->days, Date, i) <= end &&
                !check_day(b, g_array_index(b->days, Date, i), region))
                return;
    }
}

void check_bounds(Linker *l)
{
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Date));
    g_autoptr(GArray) regions = g_array_new(FALSE, FALSE, sizeof(Str));
    g_autoptr(GPtrArray) params = g_ptr_array_new();
    for (size_t i = 0; i < l->model->n_params; i++) {
        const Param *p = l->model->params[i];
        for (size_t j = 0; j < p->n_values && (p->floor != NULL || p->ceiling != NULL); j++) {
            Bound b = {.l = l, .p = p, .v = &p->values[j]};
            b.days = days;
            b.regions = regions;
            b.params = params;
            if (b.v->certain)
                check_value(&b);
        }
    }
}
