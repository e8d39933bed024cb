/* check_bound.c — values that places set keep the bounds they were given, on every day.
 * A bound may rest on params that change: it is asked for on each day on which one does.
 * Start: check_bounds(). */
#include "declare/link.h"

/* Params asked for by one bound on one day. */
#define STEPS 1000u

typedef struct Bound {
    Linker *l;
    const Param *p;
    const ParamValue *v;
    GArray *days; /* of Date: days on which a bound may change */
} Bound;

static void add_days(const Expr *e, void *context)
{
    Bound *b = context;
    if (e->kind != EXPR_PARAM)
        return;
    for (size_t i = 0; i < e->param->n_values; i++) {
        Date since = e->param->values[i].since;
        if (since > b->v->since && since <= b->v->until)
            g_array_append_val(b->days, since);
    }
}

/* Params that the bound's params rest on by default change it as well; one step is enough for what
 * documents say, and a bound is checked again wherever it is used. */
static void add_default_days(const Expr *e, void *context)
{
    if (e->kind == EXPR_PARAM && e->param->otherwise != NULL)
        expr_walk(e->param->otherwise, add_days, context);
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

static void report(const Bound *b, const char *side, int64_t bound, Date day)
{
    char since[DATE_TEXT];
    GString *s = g_string_new(NULL);
    number_print(&b->p->type, b->v->number, s);
    g_string_append_printf(s, " lies %s ", side);
    number_print(&b->p->type, bound, s);
    Diag *d =
        diag_error(b->l->diags, b->v->home.pos, "%s since %s", s->str, date_format(day, since));
    g_string_free(s, TRUE);
    diag_hint(b->l->diags, d, "param '%.*s' is delegated with these bounds in %s, line %u",
              STR_ARG(b->p->name), b->p->home.pos.source->name, b->p->home.pos.line);
}

static bool check_day(const Bound *b, Date day)
{
    unsigned budget = STEPS;
    Env env = {.region = b->v->region, .day = day, .own = b->p, .budget = &budget};
    int64_t bound;
    size_t k = 0;
    for (size_t i = 0; i < b->p->n_index; i++)
        if (!b->p->index[i].is_region)
            env.codes[i] = b->v->codes[k++];
    if (b->p->floor != NULL && constant_value(b->l, b->p->floor, &env, &bound) &&
        b->v->number < bound) {
        report(b, "below the floor", bound, day);
        return false;
    }
    if (b->p->ceiling != NULL && constant_value(b->l, b->p->ceiling, &env, &bound) &&
        b->v->number > bound) {
        report(b, "above the ceiling", bound, day);
        return false;
    }
    return true;
}

static void check_value(Bound *b)
{
    g_array_set_size(b->days, 0);
    expr_walk(b->p->floor, add_days, b);
    expr_walk(b->p->ceiling, add_days, b);
    expr_walk(b->p->floor, add_default_days, b);
    expr_walk(b->p->ceiling, add_default_days, b);
    Date end = ends(b->p, b->v);
    bool fine = check_day(b, b->v->since);
    for (guint i = 0; i < b->days->len && fine; i++)
        if (g_array_index(b->days, Date, i) <= end)
            fine = check_day(b, g_array_index(b->days, Date, i));
}

void check_bounds(Linker *l)
{
    g_autoptr(GArray) days = g_array_new(FALSE, FALSE, sizeof(Date));
    for (size_t i = 0; i < l->model->n_params; i++) {
        const Param *p = l->model->params[i];
        for (size_t j = 0; j < p->n_values && (p->floor != NULL || p->ceiling != NULL); j++) {
            Bound b = {.l = l, .p = p, .v = &p->values[j], .days = days};
            if (b.v->certain)
                check_value(&b);
        }
    }
}
