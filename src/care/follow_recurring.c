/* follow_recurring.c — draws and exchanges that documents ask for every so often: by when, and
 * whether they were made.  A draw counts on the day its result was issued, a file on the business
 * day on which it came or went; a list that waits for its value is no draw yet.
 * Read first: follow_recurring(), standing(). */
#include "care/follow_inside.h"

#include "base/sort.h"
#include "care/trade.h"
#include "store/issue.h"

/* Something that was done, for a place and all that lies in it. */
typedef struct Act {
    Str name, who; /* who: of files */
    bool out;
    int32_t region;
    Date day;
} Act;

typedef struct Recurring {
    const Following *f;
    const Act *draws, *files; /* up to the day that is asked about, by day */
    size_t n_draws, n_files;
    Date began; /* of the database */
} Recurring;

/* ---- what was done */

static int by_day(const void *a, const void *b)
{
    const Act *x = a, *y = b;
    return x->day < y->day ? -1 : x->day > y->day;
}

static bool read_draws(const Following *f, Recurring *to, GError **error)
{
    IssueRow *rows;
    size_t n;
    if (!store_issued_days(f->care->store, STR("draw-receipt"), f->arena, &rows, &n, error))
        return false;
    Act *acts = arena_many(f->arena, Act, n + 1);
    for (size_t i = 0; i < n; i++) {
        int32_t region = region_row(f->care->regions, rows[i].place);
        if (rows[i].day <= f->on && region != ROW_NONE)
            acts[to->n_draws++] = (Act){rows[i].name, STR(""), false, region, rows[i].day};
    }
    sort_rows(acts, to->n_draws, sizeof *acts, by_day);
    to->draws = acts;
    return true;
}

/* Of what was written down without its place: for the whole. */
static bool read_files(const Following *f, Recurring *to, GError **error)
{
    TradeDay *days;
    size_t n;
    if (!trade_days(f->care, f->arena, &days, &n, error))
        return false;
    Act *acts = arena_many(f->arena, Act, n + 1);
    for (size_t i = 0; i < n; i++) {
        int32_t region = days[i].region != ROW_NONE ? days[i].region : f->care->place;
        if (days[i].day <= f->on && region != ROW_NONE)
            acts[to->n_files++] =
                (Act){days[i].name, days[i].who, days[i].out, region, days[i].day};
    }
    sort_rows(acts, to->n_files, sizeof *acts, by_day);
    to->files = acts;
    return true;
}

/* ---- how it stands */

/* Of a draw; or of the files that an exchange sends to one office, or gets from it. */
typedef struct Asked {
    const Recurring *r;
    const Wording *wording;
    DutyTimes times;
    Str draw;
    const Exchange *exchange; /* NULL: the draw */
    const Who *who;
    bool out;
} Asked;

static bool is_about(const Asked *q, const Act *a)
{
    const Who *who = NULL;
    if (q->exchange == NULL)
        return str_equal(a->name, q->draw);
    return a->out == q->out && str_equal(a->name, q->exchange->name) &&
           trade_with(q->exchange, a->who, &who) && who == q->who;
}

static DutyAnswer standing_at(const Asked *q, int32_t region, bool *ret_below)
{
    const Following *f = q->r->f;
    const RegionTree *t = f->care->regions;
    size_t n = q->exchange == NULL ? q->r->n_draws : q->r->n_files;
    const Act *acts = q->exchange == NULL ? q->r->draws : q->r->files;
    DoneDays days = {.sure = arena_many(f->arena, Date, n + 1)};
    *ret_below = false;
    for (size_t i = 0; i < n; i++) {
        if (!is_about(q, &acts[i]))
            continue;
        if (region_in(t, region, acts[i].region))
            days.sure[days.n_sure++] = acts[i].day;
        else if (region_in(t, acts[i].region, region))
            *ret_below = true;
    }
    DutyAnswer a = duty_standing(&q->times, &days, f->on);
    /* The period that passed with nothing done is not over for who has done nothing since: said of
     * each for itself, as another may have missed it and made up for it. */
    if (a.state == DUTY_OPEN && a.has_missed)
        a.state = DUTY_OVERDUE;
    return a;
}

/* Where parts of a place did it for themselves, the place has it when each part has. */
static DutyAnswer standing(const Asked *q, int32_t region)
{
    const RegionTree *t = q->r->f->care->regions;
    bool below, first = true;
    DutyAnswer all = standing_at(q, region, &below), own = all;
    for (int32_t at = t->order[region] + 1; below && at <= t->last[region];) {
        int32_t part = t->by_order[at];
        at = t->last[part] + 1;
        if (!wording_at(q->wording, t, part, q->r->f->on)) /* it has a text of its own */
            continue;
        DutyAnswer one = standing(q, part);
        duty_join(&all, &one, first);
        first = false;
    }
    return first ? own : all;
}

/* ---- lines */

const Home *recur_home(const RecurLine *l)
{
    return l->draw != NULL ? &l->draw->home : &l->exchange->home;
}

Str recur_name(const RecurLine *l)
{
    return l->draw != NULL ? l->draw->name : l->exchange->name;
}

Label recur_label(const RecurLine *l)
{
    return l->draw != NULL ? l->draw->label : l->exchange->label;
}

/* The next draw or exchange that recurs; *at begins with 0. */
static bool next_recurring(const Model *m, RecurKind what, size_t *at, RecurLine *ret)
{
    while (*at < m->n_draws + m->n_exchanges) {
        size_t i = (*at)++;
        const Draw *d = i < m->n_draws ? m->draws[i] : NULL;
        const Exchange *x = d == NULL ? m->exchanges[i - m->n_draws] : NULL;
        const Expr *every = d != NULL ? d->every : x->every;
        PeriodKind period = d != NULL ? d->period : x->period;
        *ret = (RecurLine){.draw = d, .exchange = x};
        if ((what & (d != NULL ? RECUR_DRAWS : RECUR_EXCHANGES)) != 0 &&
            (every != NULL || period != PERIOD_NONE))
            return true;
    }
    return false;
}

bool recur_named(const Model *m, Str name)
{
    RecurLine line;
    for (size_t at = 0; next_recurring(m, RECUR_ALL, &at, &line);)
        if (str_equal(recur_name(&line), name))
            return true;
    return false;
}

/* For which place it is asked: the document's, as far as the question reaches. */
static bool place_of(const Following *f, const Home *home, const Wording *w, int32_t *ret)
{
    const Document *d = home->document;
    const RegionTree *t = f->care->regions;
    int32_t asked = f->region != ROW_NONE ? f->region : f->session->region;
    int32_t place = d->place.len > 0 ? region_row(t, d->place) : f->care->place;
    if (place == ROW_NONE || f->on < d->from || f->on > d->until)
        return false;
    if (asked == ROW_NONE || region_in(t, place, asked))
        asked = place;
    *ret = asked;
    return region_in(t, asked, place) && wording_at(w, t, asked, f->on);
}

static Label every_label(PeriodKind period, const FollowTime *t, Arena *a)
{
    static const char *const periods[][2] = {[PERIOD_MONTH] = {"每月", "every month"},
                                             [PERIOD_QUARTER] = {"每季度", "every quarter"},
                                             [PERIOD_HALF_YEAR] = {"每半年", "every half year"},
                                             [PERIOD_YEAR] = {"每年", "every year"}};
    static const char *const units[][2] = {[TIME_DAYS] = {"天", "days"},
                                           [TIME_WORKING_DAYS] = {"个工作日", "working days"},
                                           [TIME_MONTHS] = {"个月", "months"},
                                           [TIME_YEARS] = {"年", "years"},
                                           [TIME_MINUTES] = {"小时", "hours"}};
    int64_t n = t->unit == TIME_MINUTES ? t->n / 60 : t->n;
    if (period != PERIOD_NONE)
        return (Label){str_of(periods[period][0]), str_of(periods[period][1])};
    if (!t->known)
        return (Label){STR("间隔没有定"), STR("how often is not set")};
    return (Label){str_of(arena_printf(a, "每 %" G_GINT64_FORMAT " %s", n, units[t->unit][0])),
                   str_of(arena_printf(a, "every %" G_GINT64_FORMAT " %s", n, units[t->unit][1]))};
}

static bool times_of(const Recurring *r, PeriodKind period, const Expr *every, const Entity *any,
                     const Home *home, DutyTimes *ret, Label *ret_label, GError **error)
{
    const Following *f = r->f;
    FollowTime t = {0};
    if (period == PERIOD_NONE && !following_time(f, every, any, &t, error))
        return false;
    *ret = (DutyTimes){.period = period,
                       .rolls = period == PERIOD_NONE,
                       .has_within = t.known,
                       .within = t.n,
                       .unit = t.unit,
                       .until = DATE_MAX,
                       .calendar = f->calendar,
                       .from = home->document->from,
                       .began = r->began};
    *ret_label = every_label(period, &t, f->arena);
    return true;
}

static bool draw_line(const Recurring *r, RecurLine *to, GError **error)
{
    const Following *f = r->f;
    const Draw *d = to->draw;
    Asked q = {.r = r, .wording = &d->wording, .draw = d->name};
    to->mine = follow_may(f->care, f->session, &d->by);
    if (!times_of(r, d->period, d->every, d->of, &d->home, &q.times, &to->every, error))
        return false;
    to->is = standing(&q, to->region);
    return true;
}

/* Once with each, each way that is declared. */
static bool exchange_line(const Recurring *r, RecurLine *to, GError **error)
{
    const Following *f = r->f;
    const Exchange *x = to->exchange;
    Asked q = {.r = r, .wording = &x->wording, .exchange = x};
    to->parts = arena_many(f->arena, RecurPart, 2 * x->with.n + 1);
    if (!times_of(r, x->period, x->every, x->entity, &x->home, &q.times, &to->every, error))
        return false;
    for (size_t i = 0; i < 2 * x->with.n; i++) {
        q.who = &x->with.list[i / 2];
        q.out = i % 2 != 0;
        if ((q.out ? x->n_give : x->n_take) == 0)
            continue;
        DutyAnswer one = standing(&q, to->region);
        duty_join(&to->is, &one, to->n_parts == 0);
        to->parts[to->n_parts++] = (RecurPart){q.who, q.out, one.state};
        to->mine = to->mine || (one.state != DUTY_DONE && f->session->facility == 0 &&
                                session_may(f->session, q.out ? MAY_EXPORT : MAY_IMPORT));
    }
    return true;
}

/* An exchange is no post's by its declaration: whoever may bring in files, or give them out. */
static bool exchange_by(const Following *f, const Exchange *x)
{
    const RoleFacts *role = care_role(f->care, f->query->by);
    unsigned may =
        (x->n_take > 0 ? (unsigned)MAY_IMPORT : 0u) | (x->n_give > 0 ? (unsigned)MAY_EXPORT : 0u);
    return f->query->by.len == 0 || (role != NULL && (role->rights & may) != 0);
}

static bool is_listed(const Following *f, const RecurLine *l)
{
    unsigned kinds = f->query->kinds != 0 ? f->query->kinds : ~0u, days = f->query->ahead;
    if (days == 0)
        return (kinds >> l->is.state & 1) != 0;
    bool rolls = l->is.state == DUTY_DONE && !l->is.has_opens; /* it is due again, not first soon */
    return l->is.state == DUTY_OVERDUE || ((l->is.state == DUTY_OPEN || rolls) && l->is.has_due &&
                                           following_soon(l->is.due, f->on, days));
}

/* Whether the query asks for it, and the session may know. */
static bool is_wanted(const Following *f, const RecurLine *l)
{
    if (!following_only(f, recur_name(l)))
        return false;
    if (l->draw != NULL)
        return following_by(f, &l->draw->by);
    return exchange_by(f, l->exchange) && f->session->facility == 0 &&
           session_sees(f->session, l->exchange->entity);
}

static bool gather(const Recurring *r, RecurKind what, RecurBook *ret, GArray *to, GError **error)
{
    const Following *f = r->f;
    RecurLine line;
    for (size_t at = 0; next_recurring(f->care->model, what, &at, &line);) {
        const Wording *w = line.draw != NULL ? &line.draw->wording : &line.exchange->wording;
        if (!is_wanted(f, &line) || !place_of(f, recur_home(&line), w, &line.region))
            continue;
        if (line.draw != NULL ? !draw_line(r, &line, error) : !exchange_line(r, &line, error))
            return false;
        ret->counts[line.is.state]++;
        if (is_listed(f, &line))
            g_array_append_val(to, line);
    }
    return true;
}

static gint by_due(gconstpointer a, gconstpointer b)
{
    static const int ranks[DUTY_STATES] = {[DUTY_OPEN] = 1, [DUTY_UNRECORDED] = 1, [DUTY_DONE] = 2};
    const RecurLine *x = a, *y = b;
    Date due = x->is.has_due ? x->is.due : DATE_MAX, other = y->is.has_due ? y->is.due : DATE_MAX;
    if (ranks[x->is.state] != ranks[y->is.state])
        return ranks[x->is.state] < ranks[y->is.state] ? -1 : 1;
    if (due != other)
        return due < other ? -1 : 1;
    return str_compare(recur_name(x), recur_name(y));
}

bool follow_recurring(Care *c, const Session *s, const FollowQuery *q, RecurKind what, Arena *a,
                      RecurBook *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(RecurLine));
    Following f;
    Recurring r = {.f = &f};
    RecurLine any;
    size_t at = 0;
    *ret = (RecurBook){0};
    if (!session_may(s, MAY_POLICY_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not see the documents", s->role->word);
    if (!working_get(c, &w, error) || !following_begin(&f, c, w, s, q, a, error))
        return false;
    ret->on = f.on;
    if (!next_recurring(c->model, what, &at, &any))
        return true;
    if (!following_began(&f, &r.began, error) ||
        ((what & RECUR_DRAWS) != 0 && !read_draws(&f, &r, error)) ||
        ((what & RECUR_EXCHANGES) != 0 && !read_files(&f, &r, error)) ||
        !gather(&r, what, ret, lines, error))
        return fail_while(error, "listing what recurs");
    g_array_sort(lines, by_due);
    ret->lines = arena_list(a, lines, &ret->n_lines);
    return true;
}
