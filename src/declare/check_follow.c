/* check_follow.c — what tasks, procedures and scores may not be, once everything is linked: an
 * interval of nothing, points beyond their most, a step for a role that may not write the record.
 * Start: check_follows(). */
#include "declare/follow.h"
#include "declare/interval.h"
#include "declare/roots.h"

typedef struct Following {
    Linker *l;
    GHashTable *memo;
    bool calendar; /* it was looked for */
} Following;

/* ---- lengths of time */

/* An unset param is no fault: nothing is due by it until a place sets it. */
static bool above_nothing(Following *f, const Expr *e)
{
    if (e->kind == EXPR_PARAM && e->param->otherwise == NULL) {
        for (size_t i = 0; i < e->param->n_values; i++)
            if (e->param->values[i].number <= 0)
                return false;
        return true;
    }
    Interval i = interval_of(e, f->memo);
    return i.has_low && i.low > 0;
}

static void check_length(Following *f, const Expr *e, const char *what, Str of)
{
    if (e == NULL || e->kind == EXPR_NUMBER ||
        above_nothing(f, e)) /* written ones were looked at */
        return;
    Diag *d = diag_error(f->l->diags, e->pos, "'%s' of '%.*s' might be nothing", what, STR_ARG(of));
    diag_hint(f->l->diags, d,
              "every value of the param must be above nothing, or write max(1 days, …)");
}

static void check_times(Following *f)
{
    const Model *m = f->l->model;
    for (size_t i = 0; i < m->n_tasks; i++) {
        check_length(f, m->tasks[i]->every, "every", m->tasks[i]->name);
        check_length(f, m->tasks[i]->within, "within", m->tasks[i]->name);
        for (size_t k = 0; k < m->tasks[i]->n_sooner; k++)
            check_length(f, m->tasks[i]->sooner[k].every, "every", m->tasks[i]->name);
    }
    for (size_t i = 0; i < m->n_procedures; i++)
        for (size_t k = 0; k < m->procedures[i]->n_steps; k++) {
            check_length(f, m->procedures[i]->steps[k].within, "within", m->procedures[i]->name);
            check_length(f, m->procedures[i]->steps[k].after, "after", m->procedures[i]->name);
        }
    for (size_t i = 0; i < m->n_draws; i++)
        check_length(f, m->draws[i]->every, "every", m->draws[i]->name);
    for (size_t i = 0; i < m->n_publications; i++)
        check_length(f, m->publications[i]->lasts, "for", m->publications[i]->name);
    for (size_t i = 0; i < m->n_scores; i++) {
        check_length(f, m->scores[i]->lasts, "for", m->scores[i]->name);
        check_length(f, m->scores[i]->answer, "within", m->scores[i]->name);
    }
}

/* ---- working days */

static bool is_calendar(const Table *t)
{
    return t->n_axes == 1 && t->axis[0].type.kind == KIND_DATE && t->axis[0].has_range &&
           t->type.kind == KIND_BOOL;
}

/* Without the days of rest no working day can be counted: nothing is taken for granted. */
static void check_calendar(const Root *r, void *context)
{
    Following *f = context;
    const Table *t = model_table(f->l->model, STR(WORKING_DAY_TABLE));
    if (r->expr->type.unit != UNIT_WORKING_DAYS || f->calendar)
        return;
    f->calendar = true; /* said once */
    if (t != NULL && is_calendar(t))
        return;
    Diag *d = diag_error(f->l->diags, r->expr->pos, "working days need a calendar of holidays");
    diag_hint(f->l->diags, d,
              "a table 'working_day(day: date range …) -> bool': no on days of rest, "
              "yes on weekends that are worked, else unset");
}

/* ---- points */

static void check_points(Following *f, const Score *s)
{
    char most[DECIMAL_TEXT];
    for (size_t i = 0; i < s->n_items; i++) {
        const ScoreItem *item = &s->items[i];
        Interval v = interval_of(item->value, f->memo);
        decimal_format((Decimal){item->most, s->points->type.scale}, most);
        if (!v.has_low || v.low < 0 || !v.has_high || v.high > item->most) {
            Diag *d = diag_error(f->l->diags, item->pos, "item '%.*s' might not lie in 0..%s",
                                 STR_ARG(item->name), most);
            diag_hint(f->l->diags, d, "give the field a range, or write min(max(…, 0), %s)", most);
        }
    }
}

/* ---- who may */

static bool writes(const Role *r, const Entity *e)
{
    for (size_t i = 0; i < r->n_writes; i++)
        if (r->writes[i] == e)
            return true;
    return false;
}

static void check_steps(Following *f, const Procedure *p)
{
    for (size_t i = 0; i < p->n_steps; i++)
        for (size_t k = 0; k < p->steps[i].by.n; k++) {
            const Role *r = p->steps[i].by.list[k].role;
            if (r == NULL || writes(r, p->entity))
                continue;
            Diag *d = diag_error(f->l->diags, p->steps[i].pos,
                                 "role '%.*s' may not write %.*s, so it can not take this step",
                                 STR_ARG(r->name), STR_ARG(p->entity->name));
            diag_hint(f->l->diags, d, "add it: role %.*s … writes %.*s", STR_ARG(r->name),
                      STR_ARG(p->entity->name));
        }
}

static void check_tasks(Following *f)
{
    const Model *m = f->l->model;
    for (size_t i = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        for (size_t k = 0; k < t->by.n && t->done.entity != NULL; k++) {
            const Role *r = t->by.list[k].role;
            if (r == NULL || writes(r, t->done.entity))
                continue;
            Diag *d = diag_error(f->l->diags, t->home.pos,
                                 "role '%.*s' may not write %.*s, so it can not do '%.*s'",
                                 STR_ARG(r->name), STR_ARG(t->done.entity->name), STR_ARG(t->name));
            diag_hint(f->l->diags, d, "add it: role %.*s … writes %.*s", STR_ARG(r->name),
                      STR_ARG(t->done.entity->name));
        }
    }
}

void check_follows(Linker *l)
{
    g_autoptr(GHashTable) memo = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    Following f = {l, memo, false};
    if (l->diags->errors > 0)
        return; /* what could not be read has no bounds */
    check_times(&f);
    model_roots(l->model, check_calendar, &f);
    for (size_t i = 0; i < l->model->n_scores; i++)
        check_points(&f, l->model->scores[i]);
    for (size_t i = 0; i < l->model->n_procedures; i++)
        check_steps(&f, l->model->procedures[i]);
    check_tasks(&f);
}
