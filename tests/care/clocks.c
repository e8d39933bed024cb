/* clocks.c — three years, day by day, over a made-up county with records of every register: each
 * deadline of a task, a step, a duty, a draw or an exchange, each last day of a score stands in the
 * lists as met up to its day and as missed from the day after; none begins to be late twice, none
 * is said twice on a day; there is one alert a record and check.  Each clock that the documents
 * declare has run, or is named here. LAW issue 5: every declared deadline, recurrence and expiry
 * fires on its day, once. */
#include "house.h"

#include "base/identifier.h"
#include "care/decide.h"
#include "care/demo.h"
#include "care/follow.h"
#include "care/param_text.h"
#include "care/places.h"
#include "care/publish.h"
#include "care/score.h"

typedef struct Clock { /* of one record and declaration */
    Date due, said;    /* said: the day on which it was looked at last */
    bool late;
} Clock;

typedef struct Walk {
    House *h;
    Date on, first;
    Arena *arena;           /* of the day */
    GHashTable *clocks;     /* text → Clock */
    GHashTable *late;       /* "clock due" of all that began to be late */
    GHashTable *ran;        /* names of declarations that had a day at least once */
    uint64_t looked, fired; /* deadlines looked at, deadlines that passed while being looked at */
    GHashTable *notices;    /* text → Clock: due is the last day */
    GHashTable *params;     /* Param → the values in force yesterday, as a GBytes */
    uint64_t withdrawn, set, left; /* notices over; params changed; benefits that death ended */
} Walk;

static Date day_of(const char *text)
{
    Date day;
    g_assert_true(date_parse(str_of(text), &day));
    return day;
}

/* A deadline as it is said today; `late`: the list says that it has passed. */
static void look(Walk *w, Str name, int64_t record, unsigned part, Date due, bool late)
{
    g_autofree char *key =
        g_strdup_printf("%.*s %" G_GINT64_FORMAT " %u", STR_ARG(name), record, part);
    Clock *c = g_hash_table_lookup(w->clocks, key);
    char on[DATE_TEXT], by[DATE_TEXT];
    date_format(w->on, on);
    date_format(due, by);
    if (late != (due < w->on))
        g_error("on %s \"%s\", due on %s, is said to be %s", on, key, by, late ? "late" : "met");
    if (c != NULL && c->said == w->on)
        g_error("%s says \"%s\" twice", on, key);
    bool begins = late && c != NULL && c->said == w->on - 1 && !c->late;
    if (begins && c->due == due && due != w->on - 1)
        g_error("\"%s\", due on %s, begins to be late on %s", key, by, on);
    if (begins && !g_hash_table_add(w->late, g_strdup_printf("%s %d", key, due)))
        g_error("\"%s\", due on %s, begins to be late a second time on %s", key, by, on);
    w->fired += begins;
    w->looked++;
    if (c == NULL) {
        c = g_new0(Clock, 1);
        g_hash_table_insert(w->clocks, g_steal_pointer(&key), c);
    }
    *c = (Clock){due, w->on, late};
    g_hash_table_add(w->ran, g_strndup(name.at, name.len));
}

/* ---- what has days */

static void look_at_tasks(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u};
    TaskBook b;
    follow_tasks(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++) {
        const TaskLine *x = &b.lines[i];
        if (x->has_due && (x->state == TASK_OVERDUE || x->state == TASK_DUE))
            look(w, x->task->name, x->key.id, 0, x->due, x->state == TASK_OVERDUE);
    }
}

static void look_at_steps(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE};
    ProcedureBook b;
    follow_procedures(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++)
        for (size_t k = 0; k < b.lines[i].n_steps; k++) {
            const StepLine *x = &b.lines[i].steps[k];
            if (x->has_due)
                look(w, b.lines[i].procedure->name, b.lines[i].key.id,
                     (unsigned)(x->step - b.lines[i].procedure->steps) + 1, x->due, x->overdue);
        }
}

static void look_at_duties(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = ~0u};
    DutyBook b;
    follow_duties(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++) {
        const DutyLine *x = &b.lines[i];
        if (x->is.has_due && (x->is.state == DUTY_OVERDUE || x->is.state == DUTY_OPEN))
            look(w, x->duty->name, x->region, 0, x->is.due, x->is.state == DUTY_OVERDUE);
    }
}

/* What passed with nothing done is said until it is done, and the period after it is its own. */
static void look_at_recurring(Walk *w)
{
    g_autoptr(GError) error = NULL;
    const FollowQuery q = {.on = w->on, .region = ROW_NONE};
    RecurBook b;
    follow_recurring(w->h->care, w->h->local, &q, RECUR_ALL, w->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++) {
        const RecurLine *x = &b.lines[i];
        bool late = x->is.state == DUTY_OVERDUE;
        if (late || x->is.state == DUTY_OPEN)
            look(w, recur_name(x), x->region, 0,
                 late && x->is.has_missed ? x->is.missed : x->is.due, late);
    }
}

static void look_at_scores(Walk *w)
{
    const Model *m = w->h->care->model;
    for (size_t i = 0; i < m->n_scores; i++) {
        g_autoptr(GError) error = NULL;
        const ListQuery q = {.entity = m->scores[i]->entity, .region = ROW_NONE, .page_rows = 200};
        ListResult list;
        record_list(w->h->care, w->h->local, &q, w->arena, &list, &error);
        g_assert_no_error(error);
        for (size_t k = 0; k < list.n; k++) {
            ScoreView *v;
            size_t n;
            score_views(w->h->care, w->h->local, q.entity, list.rows[k].key, w->on, w->arena, &v,
                        &n, &error);
            g_assert_no_error(error);
            for (size_t s = 0; s < n; s++)
                if (v[s].has_until)
                    look(w, v[s].score->name, list.rows[k].key.id, 0, v[s].until, v[s].expired);
        }
    }
}

/* One open alert a record and check. */
static void look_at_alerts(Walk *w)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GHashTable) once = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const FollowQuery q = {.on = w->on, .region = ROW_NONE, .kinds = 1u << TRUTH_NO};
    AlertBook b;
    follow_alerts(w->h->care, w->h->local, &q, w->arena, &b, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < b.n_lines; i++) {
        char *key = g_strdup_printf("%.*s %" G_GINT64_FORMAT, STR_ARG(b.lines[i].check->name),
                                    b.lines[i].key.id);
        if (!g_hash_table_add(once, key))
            g_error("two alerts: %s", key);
    }
    g_assert_cmpuint(b.n_lines, >, 0);
}

/* Up from its first day on, on each day, up to its last. */
static void look_at_notice(Walk *w, const Publish *p, const PublicLine *x)
{
    g_autofree char *key = g_strdup_printf("%.*s %" G_GINT64_FORMAT, STR_ARG(p->name), x->key.id);
    Clock *c = g_hash_table_lookup(w->notices, key);
    char on[DATE_TEXT];
    date_format(w->on, on);
    if (x->from > w->on || x->until < w->on)
        g_error("\"%s\" is up on %s", key, on);
    if (c == NULL ? x->from != w->on && w->on != w->first : c->said != w->on - 1)
        g_error("\"%s\" is put up on %s, not on its first day", key, on);
    if (c == NULL) {
        c = g_new0(Clock, 1);
        g_hash_table_insert(w->notices, g_steal_pointer(&key), c);
    }
    *c = (Clock){x->until, w->on, false};
}

static void look_at_notices(Walk *w)
{
    const Model *m = w->h->care->model;
    GHashTableIter i;
    gpointer key, value;
    for (size_t k = 0; k < m->n_publications; k++) {
        g_autoptr(GError) error = NULL;
        PublicBook b;
        if (m->publications[k]->lasts == NULL)
            continue;
        publication_read(w->h->care, m->publications[k], w->on, true, 0, 0, w->arena, &b, &error);
        g_assert_no_error(error);
        for (size_t n = 0; n < b.n_lines; n++)
            look_at_notice(w, m->publications[k], &b.lines[n]);
    }
    g_hash_table_iter_init(&i, w->notices);
    while (g_hash_table_iter_next(&i, &key, &value)) {
        const Clock *c = value;
        if (c->said == w->on - 1 && c->due != w->on - 1)
            g_error("\"%s\" is gone before its last day", (const char *)key);
        w->withdrawn += c->said == w->on - 1;
    }
}

static bool begins_or_ends(const Param *p, Date on)
{
    for (size_t i = 0; i < p->n_values; i++)
        if (p->values[i].since == on ||
            (p->values[i].until < DATE_MAX && p->values[i].until + 1 == on))
            return true;
    return false;
}

/* What holds in one county changes on no day but those the values name. */
static void look_at_params(Walk *w)
{
    const Model *m = w->h->care->model;
    int32_t county = region_row(w->h->care->regions, STR("360302"));
    for (size_t i = 0; i < m->n_params; i++) {
        const Param *p = m->params[i];
        size_t n;
        if (p->n_values < 2)
            continue;
        const ParamValue **in_force =
            param_in_force(w->h->care->regions, p, county, w->on, w->arena, &n);
        GBytes *now = g_bytes_new(in_force, n * sizeof *in_force),
               *before = g_hash_table_lookup(w->params, p);
        bool changed = before != NULL && !g_bytes_equal(now, before);
        if (changed && !begins_or_ends(p, w->on))
            g_error("%.*s changes on a day of no value", STR_ARG(p->name));
        w->set += changed;
        g_hash_table_insert(w->params, (gpointer)p, now);
    }
}

/* Of the month before: it is owed up to the month of death, as its rule says, never after. */
static void look_at_the_dead(Walk *w)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Working) set = NULL;
    g_autoptr(Decided) d = NULL;
    const Entity *e = house_entity(w->h, "elder");
    Month month = month_of(w->on) - 1;
    int64_t died;
    g_assert_true(working_get(w->h->care, &set, &error));
    decided_get(w->h->care, set, e, month, &d, &error);
    g_assert_no_error(error);
    const Column *deaths = set->data->batches[e->number]->columns[e->end->index];
    for (size_t row = 0; row < working_rows(set, e); row++) {
        if (!column_at(deaths, row, w->on, &died))
            continue;
        for (size_t k = 0; k < d->n_rules; k++) {
            const Result *r = &d->results->list[k];
            if (month > month_of((Date)died) && r->outcome[row] != OUTCOME_OUTSIDE)
                g_error("%.*s goes on after death", STR_ARG(d->rules[k]->name));
            w->left += month == month_of((Date)died) && r->outcome[row] == TRUTH_YES &&
                       d->rules[k]->kind == RULE_BENEFIT;
        }
    }
}

/* ---- the county */

/* What the place has to set before these clocks run. */
static const char pingxiang[] =
    "---\ndocument: clocks\ntitle: 日历\ntitle en: Clocks\nlayer: place\nplace: 360300\n"
    "in force: 2019-07-01\nbuilds on: pingxiang-2020, pingxiang-old-age-allowance, "
    "credit-list-2019\n---\n\n"
    "# 1 当地定的 / What the place sets\n\n```anlao\n"
    "set seen_asked[360300] = yes\nset seen_days[360300] = 90 days\n"
    "set seek_days[360300] = 10 days\nset again_within[360300] = 24 hours\n"
    "set town_within[360300] = 24 hours\nset police_within[360300] = 48 hours\n"
    "set use_check_interval[360300] = 180 days\nset approval_within[360300] = 20 days\n"
    "set patrol_interval[360300] = 30 days\nset volunteer_interval[360300] = 90 days\n"
    "set answer_time[360300] = 5 working days\nset old_age_notice_days = 7 days\n```\n";

/* Two people new in the old-age allowance, whose notices stand a week. */
static void put_up_grants(House *h)
{
    static const char *const days[] = {"2020-02-27", "2021-11-29"};
    g_autoptr(GError) error = NULL;
    const ListQuery q = {.entity = house_entity(h, "elder"), .region = ROW_NONE, .page_rows = 2};
    ListResult list;
    char id[ID_TEXT];
    record_list(h->care, h->local, &q, h->arena, &list, &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++)
        house_save(h, h->local, "benefit_grant", (RecordKey){0}, "elder",
                   id_format(list.rows[i].key.id, id), "benefit", "old_age_allowance", "kind",
                   "new_grant", "first_month", "2020-02-01", "noticed_on", days[i], NULL);
}

static House *county(const char *code, const char *day, const char *text)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *tsv = g_strconcat(code, ".tsv", NULL);
    g_autofree char *profile = g_build_filename(g_getenv("PACKS"), "demo", tsv, NULL);
    g_autofree char *stop = g_build_filename(g_getenv("PACKS"), "demo", "stop-names.txt", NULL);
    DemoReport report;
    House *h = house_of_packs(code, day_of(day), text);
    care_fill_places(h->care, &error);
    g_assert_no_error(error);
    demo_fill(h->care, profile, stop, 100, 7, NULL, &report, &error);
    g_assert_no_error(error);
    put_up_grants(h);
    return h;
}

/* ---- all clocks that are declared */

static void want(GPtrArray *list, const Walk *w, const char *kind, Str name, bool has_clock)
{
    g_autofree char *text = g_strndup(name.at, name.len);
    if (has_clock && !g_hash_table_contains(w->ran, text))
        g_ptr_array_add(list, g_strdup_printf("%s %s", kind, text));
}

static bool has_deadline(const Procedure *p)
{
    bool has = false;
    for (size_t i = 0; i < p->n_steps; i++)
        has = has || p->steps[i].deadline != DEADLINE_NONE;
    return has;
}

/* Declared, and never seen with a day in these years. */
static GPtrArray *silent(const Walk *w)
{
    const Model *m = w->h->care->model;
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < m->n_tasks; i++)
        want(list, w, "task", m->tasks[i]->name,
             m->tasks[i]->cycle != TASK_ONCE || m->tasks[i]->within != NULL);
    for (size_t i = 0; i < m->n_procedures; i++)
        want(list, w, "procedure", m->procedures[i]->name, has_deadline(m->procedures[i]));
    for (size_t i = 0; i < m->n_draws; i++)
        want(list, w, "draw", m->draws[i]->name, recur_named(m, m->draws[i]->name));
    for (size_t i = 0; i < m->n_exchanges; i++)
        want(list, w, "exchange", m->exchanges[i]->name, recur_named(m, m->exchanges[i]->name));
    for (size_t i = 0; i < m->n_scores; i++)
        want(list, w, "score", m->scores[i]->name, m->scores[i]->until != NULL);
    return list;
}

static void walk(House *h, const char *from, const char *to)
{
    Walk w = {.h = h, .first = day_of(from)};
    w.clocks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    w.late = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    w.ran = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    w.notices = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    w.params = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_bytes_unref);
    for (w.on = w.first; w.on <= day_of(to); w.on++) {
        w.arena = arena_new();
        look_at_tasks(&w);
        look_at_steps(&w);
        look_at_duties(&w);
        look_at_recurring(&w);
        look_at_scores(&w);
        look_at_notices(&w);
        look_at_params(&w);
        if (date_ymd(w.on).day == 1)
            look_at_the_dead(&w);
        if (w.on % 31 == 0)
            look_at_alerts(&w);
        arena_free(w.arena);
    }
    g_autoptr(GPtrArray) never = silent(&w);
    for (guint i = 0; i < never->len; i++)
        g_test_message("never: %s", (char *)never->pdata[i]);
    g_test_message("%" G_GUINT64_FORMAT " deadlines looked at, %" G_GUINT64_FORMAT
                   " passed, of %u declarations",
                   w.looked, w.fired, g_hash_table_size(w.ran));
    g_test_message("%" G_GUINT64_FORMAT " notices withdrawn, %" G_GUINT64_FORMAT
                   " params changed, %" G_GUINT64_FORMAT " benefits ended by death",
                   w.withdrawn, w.set, w.left);
    g_assert_cmpuint(w.fired, >=, 100);
    g_assert_cmpuint(w.withdrawn, >=, 2);
    g_assert_cmpuint(w.set, >=, 1);
    g_assert_cmpuint(w.left, >=, 1);
    g_assert_cmpuint(never->len, ==, 0);
    g_hash_table_destroy(w.clocks);
    g_hash_table_destroy(w.late);
    g_hash_table_destroy(w.ran);
    g_hash_table_destroy(w.notices);
    g_hash_table_destroy(w.params);
    house_free(w.h);
}

static void test_pingxiang(void)
{
    walk(county("360300", "2021-09-30", pingxiang), "2019-10-01", "2022-09-30");
}

/* ---- ladders end in an outcome
 * ------------------------------------------------------------------- */

/* Wherever an item stands in a procedure of any place, steps lead to a state that is its outcome:
 * no ladder goes round for ever, and none lets go of an item anywhere else. */
static void test_outcomes(void)
{
    static const char *const places[] = {"360300", "370000", "500154", "532600", "610400"};
    unsigned looked = 0;
    for (size_t k = 0; k < G_N_ELEMENTS(places); k++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(Diags) ds = diags_new();
        g_autoptr(Model) m = model_read_packs(g_getenv("PACKS"), places[k], ds, &error);
        g_assert_no_error(error);
        for (size_t i = 0; i < m->n_procedures; i++) {
            const Procedure *p = m->procedures[i];
            uint64_t ends = 0;
            for (size_t s = 0; s < p->states->n_codes; s++)
                ends |= p->facts[s].last ? UINT64_C(1) << s : 0;
            for (size_t s = 0; s < p->states->n_codes; s++, looked++)
                if (!p->facts[s].last && (p->facts[s].after & ends) == 0)
                    g_error("%s: %.*s goes round from %.*s for ever", places[k], STR_ARG(p->name),
                            STR_ARG(p->states->codes[s].name));
        }
    }
    g_assert_cmpuint(looked, >, 400);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clocks/outcomes", test_outcomes);
    g_test_add_func("/clocks/pingxiang", test_pingxiang);
    return g_test_run();
}
