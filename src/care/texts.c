/* texts.c — see texts.h. */
#include "care/texts.h"

#include "compile/compile.h"

bool text_holds(const Care *c, const Wording *w, int32_t region, Date on)
{
    return wording_at(w, c->regions, region, on);
}

const Draw *draw_text(const Care *c, Str name, int32_t region, Date on)
{
    for (size_t i = 0; i < c->model->n_draws; i++) {
        const Draw *d = c->model->draws[i];
        if (str_equal(d->name, name) && text_holds(c, &d->wording, region, on))
            return d;
    }
    return NULL;
}

const Paper *paper_text(const Care *c, Str name, int32_t region, Date on)
{
    for (size_t i = 0; i < c->model->n_papers; i++) {
        const Paper *p = c->model->papers[i];
        if (str_equal(p->name, name) && text_holds(c, &p->wording, region, on))
            return p;
    }
    return NULL;
}

/* Later texts begin after it, whoever wrote them. */
static Date first_day(const Wording *w, const Home *home)
{
    const Home *first = w->of != NULL ? &w->of->list[0].home : home;
    return first->document->from;
}

bool text_in_force(const Care *c, const Wording *w, const Home *home, int32_t region)
{
    Date today = care_today(c);
    return today >= first_day(w, home) && text_holds(c, w, region, today);
}

const Role *role_in_force(const Care *c, Str name, int32_t region)
{
    for (size_t i = 0; i < c->model->n_roles; i++) {
        const Role *r = c->model->roles[i];
        if (str_equal(r->name, name) && text_in_force(c, &r->wording, &r->home, region))
            return r;
    }
    return NULL;
}

bool text_refused(const Care *c, const char *what, Str name, const Wording *w, const Home *home,
                  GError **error)
{
    char day[DATE_TEXT] = "?";
    if (care_today(c) < first_day(w, home))
        return fail(error, FAIL_INPUT, "%s \"%.*s\" is in force from %s on", what, STR_ARG(name),
                    date_format(first_day(w, home), day)) ||
               fail_zh(error, "“%.*s”自 %s 起才执行", STR_ARG(name), day);
    for (size_t i = 0; w->of != NULL && i < w->of->n; i++)
        if (w->of->list[i].ends)
            date_format(w->of->list[i].from, day);
    return fail(error, FAIL_INPUT, "%s \"%.*s\" ended on %s", what, STR_ARG(name), day) ||
           fail_zh(error, "“%.*s”已于 %s 停止执行", STR_ARG(name), day);
}

/* The first text stands in the list without days, for whatever asks about an earlier one: those of
 * its document bind. */
Date text_first_day(const Care *c, const Procedure *p, int32_t region)
{
    const Versions *v = p->wording.of;
    Date first = p->home.document->from;
    for (size_t i = 1; v != NULL && i < v->n; i++)
        if (!v->list[i].ends && version_reaches(&v->list[i], c->regions, region))
            first = MIN(first, v->list[i].from);
    return first;
}

bool text_of_item(const Care *c, const Procedure *p, int32_t region, Date on, uint64_t *ret_firsts)
{
    const Versions *v = p->wording.of;
    const Document *d = p->home.document;
    size_t at = v != NULL ? version_at(v, c->regions, region, on) : 0;
    *ret_firsts = 0;
    if ((v != NULL && at == v->n) || (at == 0 && (on < d->from || on > d->until)))
        return false;
    if (v != NULL)
        *ret_firsts = p->texts[at].firsts;
    for (size_t i = 0; v == NULL && i < p->states->n_codes; i++)
        *ret_firsts |= p->facts[i].first ? UINT64_C(1) << i : 0;
    return true;
}
