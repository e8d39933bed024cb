/* follow_duties.c — what offices have to do, by when, and what shows that they did.
 * Read first: follow_duties(), duty_line(). */
#include "care/duty_report.h"

static int32_t duty_region(const Care *c, const Duty *d)
{
    Str code = d->region.len > 0 ? d->region : d->home.document->place;
    return code.len > 0 ? region_row(c->regions, code) : c->place;
}

/* Leads stand as agencies' names. */
static bool led_by(const Following *f, const Duty *d)
{
    const Role *role = model_role(f->care->model, f->query->by);
    Str by = f->query->by;
    if (by.len == 0)
        return true;
    for (size_t i = 0; i < d->n_lead + d->n_with; i++) {
        Str name = i < d->n_lead ? d->lead[i] : d->with[i - d->n_lead];
        if (str_equal(name, by))
            return true;
        for (size_t k = 0; role != NULL && k < role->n_agencies; k++)
            if (str_equal(role->agencies[k]->name, name))
                return true;
    }
    return false;
}

static bool within_of(const Following *f, const Duty *d, DutyTimes *to, GError **error)
{
    FollowTime t;
    if (d->within == NULL)
        return true;
    const Entity *any = d->done.entity != NULL ? d->done.entity : f->care->model->entities[0];
    if (!following_time(f, d->within, any, &t, error))
        return false;
    to->has_within = t.known;
    to->within = t.n;
    to->unit = t.unit;
    return true;
}

static bool targets_of(const Following *f, const Duty *d, int32_t region, DutyLine *to,
                       GError **error)
{
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(TargetFigure));
    for (size_t k = 0; k < d->n_measured && region != ROW_NONE; k++) {
        TargetFigure *all;
        size_t n;
        if (!figures_targets(f->care, f->session, d->measured[k], region, f->on, f->arena, &all, &n,
                             error))
            return false;
        for (size_t i = 0; i < n; i++)
            if (all[i].region == region)
                g_array_append_val(found, all[i]);
    }
    to->n_targets = found->len;
    to->targets = arena_list(f->arena, found, NULL);
    return true;
}

/* What the lines of a list share: the reports that say done. */
typedef struct Dutying {
    const Following *f;
    bool reported; /* there is a register of reports */
    DutyReport *reports;
    size_t n_reports;
    Date began; /* of the database */
} Dutying;

static bool duty_line(const Dutying *x, const Duty *d, DutyLine *to, GError **error)
{
    const Following *f = x->f;
    bool by_reports = x->reported && d->done.entity == NULL;
    const CompileOptions options = following_options(f);
    int32_t region = duty_region(f->care, d);
    DutyTimes t = {
        .period = d->period, .until = d->until, .calendar = f->calendar, .began = x->began};
    DoneDays done = {0};
    GError *why = NULL;
    t.month = d->until_month;
    t.day = d->until_day;
    t.from = d->home.document->from;
    DoneProgram *p = duty_program_new(f->arena, f->care->model, d, &options, &why);
    if (why != NULL) {
        g_propagate_error(error, why);
        return false;
    }
    if (!within_of(f, d, &t, error) ||
        (p != NULL && !evaluate_done(p, f->care->regions, f->working->data, f->on, region, f->arena,
                                     &done, error)))
        return false;
    *to = (DutyLine){.duty = d, .region = region, .by_reports = by_reports};
    to->is = by_reports ? duty_reported(f, d, region, &t, x->reports, x->n_reports, &to->n_reported)
                        : duty_standing(&t, p != NULL ? &done : NULL, f->on);
    to->asks_files = by_reports && d->needs.len > 0 && to->n_reported > 0;
    if (to->asks_files && !duty_files(f, d, region, x->reports, x->n_reports, &to->n_files, error))
        return false;
    return targets_of(f, d, region, to, error);
}

static gint by_due(gconstpointer a, gconstpointer b)
{
    const DutyLine *x = a, *y = b;
    Date due = x->is.has_due ? x->is.due : DATE_MAX, other = y->is.has_due ? y->is.due : DATE_MAX;
    if ((x->is.state == DUTY_OVERDUE) != (y->is.state == DUTY_OVERDUE))
        return x->is.state == DUTY_OVERDUE ? -1 : 1;
    if ((x->is.state == DUTY_DONE) != (y->is.state == DUTY_DONE))
        return x->is.state == DUTY_DONE ? 1 : -1;
    if (due != other)
        return due < other ? -1 : 1;
    return x->duty->number < y->duty->number ? -1 : x->duty->number > y->duty->number;
}

/* Duties of a place are everybody's to read who may read the documents. */
static bool asked_for(const Following *f, const Duty *d)
{
    int32_t region = duty_region(f->care, d);
    bool there = f->region == ROW_NONE ||
                 (region != ROW_NONE && region_in(f->care->regions, region, f->region));
    const Document *doc = d->home.document;
    return there && led_by(f, d) && following_only(f, d->name) && f->on >= doc->from &&
           f->on <= doc->until && wording_at(&d->wording, f->care->regions, region, f->on);
}

#define REMINDER_DAYS 30u /* so long before its day a duty is called soon */

static bool is_soon(const DutyLine *line, Date on, unsigned days)
{
    bool waits = line->is.state == DUTY_OPEN || line->is.state == DUTY_UNRECORDED;
    return waits && line->is.has_due && following_soon(line->is.due, on, days);
}

static bool gather(const Following *f, DutyBook *ret, GArray *lines, GError **error)
{
    const Model *m = f->care->model;
    DutyRegister of;
    Dutying x = {.f = f, .reported = duty_register(m, &of)};
    if (!duty_reports(f, &x.reports, &x.n_reports, error) || !following_began(f, &x.began, error))
        return false;
    for (size_t i = 0; i < m->n_duties; i++) {
        DutyLine line;
        if (!asked_for(f, m->duties[i]))
            continue;
        if (!duty_line(&x, m->duties[i], &line, error))
            return false;
        ret->counts[line.is.state]++;
        unsigned kinds = f->query->kinds != 0 ? f->query->kinds : ~0u;
        ret->soon += is_soon(&line, f->on, REMINDER_DAYS);
        if (f->query->ahead > 0
                ? line.is.state == DUTY_OVERDUE || is_soon(&line, f->on, f->query->ahead)
                : (kinds >> line.is.state & 1) != 0)
            g_array_append_val(lines, line);
    }
    return true;
}

bool follow_duties(Care *c, const Session *s, const FollowQuery *q, Arena *a, DutyBook *ret,
                   GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(DutyLine));
    Following f;
    size_t from;
    *ret = (DutyBook){0};
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see the documents", s->role->word);
    if (!working_get(c, &w, error) || !following_begin(&f, c, w, s, q, a, error) ||
        !gather(&f, ret, lines, error))
        return fail_while(error, "listing duties");
    ret->on = f.on;
    ret->total = lines->len;
    g_array_sort(lines, by_due);
    following_page(q, lines->len, &from, &ret->n_lines);
    ret->lines = arena_array(a, ret->n_lines + 1, sizeof *ret->lines);
    if (ret->n_lines > 0)
        memcpy(ret->lines, &g_array_index(lines, DutyLine, from),
               ret->n_lines * sizeof *ret->lines);
    return true;
}
