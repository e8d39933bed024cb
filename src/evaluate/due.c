/* due.c — rows whose registers move between the first day of a month and the end of the calendar
 * are found a slice at a time, as those that move inside a month are (watch.c); for them the row
 * driver says the day. See due.h. */
#include "evaluate/due.h"

#include "compile/reach.h"
#include "evaluate/slice.h"

/* ---- all rows of a rule ------------------------------------------------------------------- */

static Date month_behind(Month month, int months)
{
    return month_first(month + months);
}

/* A rule of one day in the year says nothing in other months. */
static Date next_year_day(const ProgramOutput *o, Month month)
{
    if (date_ymd(month_first(month)).month == o->month)
        return month_behind(month, 1);
    do
        month++;
    while (date_ymd(month_first(month)).month != o->month);
    return month_first(month);
}

/* The day on which a time in force begins, or has ended. */
static Date term_due(Date from, Date until, Date first)
{
    Date next = from > first ? from : DATE_MAX;

    return until >= first && until < DATE_MAX ? MIN(next, until + 1) : next;
}

Date output_due(const Program *p, const ProgramOutput *o, Month month)
{
    Date first = month_first(month), next = output_next_slice(p, o, first);

    next = MIN(next, term_due(o->from, o->until, first));
    if (o->days == RULE_YEAR_DAY)
        next = MIN(next, next_year_day(o, month));
    for (size_t i = 0; i < o->n_needs; i++) {
        const ProgramOutput *x = &p->outputs[o->needs[i]];

        next = MIN(next, term_due(x->from, x->until, first));
        if (x->days == RULE_YEAR_DAY)
            next = MIN(next, next_year_day(x, month));
    }
    for (size_t i = 0; i < o->n_groups; i++)
        next =
            MIN(next, term_due(p->groups[o->groups[i]].from, p->groups[o->groups[i]].until, first));
    next = MIN(next, month_behind(month, DUE_MONTHS + 1));
    return MAX(next, month_behind(month, 1));
}

/* ---- one row ------------------------------------------------------------------------------ */

static bool same_day(const Run *r, const ProgramOutput *o, const DayOutcome *x, const DayOutcome *y)
{
    if (x->outcome != y->outcome)
        return false;
    if (x->outcome == TRUTH_UNKNOWN || x->outcome == TRUTH_PERSON)
        return outcome_lacks(r->p, o, x->outcome, x->missing) ==
                   outcome_lacks(r->p, o, y->outcome, y->missing) &&
               x->most_known == y->most_known && x->amount == y->amount;
    return x->outcome != TRUTH_YES || x->amount == y->amount;
}

/* The event's own day, and every day on which that is recorded otherwise. */
static Date once_due(Run *r, const ProgramOutput *o, size_t row, Month month, Date before)
{
    Date first = month_first(month), next;
    Reg once;

    row_compute(r, o->steps, o->n_steps, row, first, before);
    once = r->regs[o->once];
    next = MIN(row_next(r, o->once), row_next(r, o->present));
    if (once.missing == 0 && once.value >= first)
        next = (Date)MIN(next, MAX(once.value, month_behind(month, 1)));
    return next;
}

static Date days_due(Run *r, const ProgramOutput *o, size_t row, Month month, Date before)
{
    DayOutcome now = row_net_in_force(r, o, row, month_first(month), before, false), then = now;

    while (then.next < before) {
        Date day = then.next;

        then = row_net_in_force(r, o, row, day, before, true);
        if (!same_day(r, o, &now, &then))
            return day;
    }
    return DATE_MAX;
}

Date row_due(Run *r, const ProgramOutput *o, size_t row, Month month, Date before)
{
    Date day = DATE_MAX;

    if (o->days == RULE_YEAR_DAY)
        return DATE_MAX; /* output_due() says it for all */
    day = o->days == RULE_ONCE_DAY ? once_due(r, o, row, month, before)
                                   : days_due(r, o, row, month, before);
    day = MAX(day, month_behind(month, 1));
    return day < before ? day : DATE_MAX;
}

/* ---- slices ------------------------------------------------------------------------------- */

typedef struct Calendar {
    Arena *arena;
    Run *r;
    Month month;
    GArray *to;
    GArray **of; /* Due, per output: slices come before outputs */
    const Date *whole;
    uint8_t mask[BATCH_STEP], one[BATCH_STEP];
} Calendar;

/* Once: who has the day still before them, too. */
static void once_rows(Calendar *c, Pass *p, const ProgramOutput *o)
{
    Lane *once = lane_at(p, o->once, false);
    Date first = month_first(c->month);
    uint64_t lacks = 0;

    for (size_t i = 0; i < p->n; i++) {
        if (!lane_unknown_row(p, once, i, &lacks) && lane_number(once, i) >= first)
            c->mask[i] = 1;
    }
}

static bool watched(Calendar *c, Pass *p, const PassOutput *w)
{
    const Watch *all[] = {&w->present, &w->when, &w->amount, &w->rest};
    const ProgramOutput *o = &p->r->p->outputs[w->output];

    memset(c->mask, 0, p->n);
    for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
        if (watch_changes(p, all[i], c->one))
            add_bytes(c->mask, c->one, p->n);
    }
    if (o->days == RULE_ONCE_DAY)
        once_rows(c, p, o);
    if (p->overflow) /* the row driver says whether it matters */
        memset(c->mask, 1, p->n);
    return any_nonzero(c->mask, p->n);
}

/* What other rules pay, and what groups ask, is not at hand here: the row driver looks. */
static bool asks_beyond(const Program *p, const ProgramOutput *o)
{
    for (size_t i = 0; i < o->n_groups; i++) {
        if (p->groups[o->groups[i]].n_steps > 0)
            return true;
    }
    return o->level > 0;
}

static bool rests_on(const ProgramOutput *o, uint32_t output)
{
    for (size_t i = 0; i < o->n_needs; i++) {
        if (o->needs[i] == output)
            return true;
    }
    return false;
}

static void add_dues(Calendar *c, const Pass *p, uint32_t output)
{
    const ProgramOutput *o = &c->r->p->outputs[output];

    for (size_t i = 0; i < p->n; i++) {
        Due due = {.output = output, .row = (uint32_t)(p->row + i)};

        if (c->mask[i] == 0)
            continue;
        due.day = row_due(c->r, o, due.row, c->month, MIN(p->day + 1, c->whole[output]));
        if (due.day < DATE_MAX)
            g_array_append_val(c->of[output], due);
    }
}

/* Who moves for one rule may be due for those that rest on it. */
static bool slice_due(void *user, Pass *p, const PassOutput *w, GError **error)
{
    Calendar *c = user;
    const Program *prog = p->r->p;
    bool some = watched(c, p, w);

    (void)error;
    if (asks_beyond(prog, &prog->outputs[w->output])) {
        memset(c->mask, 1, p->n);
        some = true;
    }
    for (uint32_t i = 0; some && i < prog->n_outputs; i++) {
        if (i == w->output || rests_on(&prog->outputs[i], w->output))
            add_dues(c, p, i);
    }
    return true;
}

static gint by_row(gconstpointer a, gconstpointer b)
{
    const Due *x = a, *y = b;

    return x->row < y->row ? -1 : x->row > y->row;
}

/* A row that moves for several rules is in the calendar once. */
static void add_once(GArray *to, GArray *from)
{
    g_array_sort(from, by_row);
    for (guint i = 0; i < from->len; i++) {
        const Due *d = &g_array_index(from, Due, i);

        if (i == 0 || d->row != g_array_index(from, Due, i - 1).row)
            g_array_append_vals(to, d, 1);
    }
}

/* Outputs whose calendars end on one day go together. */
static void passes_run(Calendar *c, const Date *whole)
{
    const Program *p = c->r->p;
    uint8_t *done = arena_many(c->arena, uint8_t, p->n_all + 1);
    Date first = month_first(c->month);

    for (uint32_t i = 0; i < p->n_all; i++) {
        PassOutput *wanted = arena_many(c->arena, PassOutput, p->n_all + 1);
        size_t n = 0;

        for (uint32_t k = i; k < p->n_all; k++) {
            if (done[k] != 0 || p->outputs[k].kind == PROGRAM_VALUE ||
                p->outputs[k].days == RULE_YEAR_DAY || whole[k] != whole[i])
                continue;
            done[k] = 1;
            wanted[n++] = (PassOutput){.output = k, .from = first, .calendar = true};
        }
        if (n == 0)
            continue;
        Pass *pass = pass_new(c->arena, c->r, first, whole[i] - 1, wanted, n);

        for (size_t row = 0; row < c->r->rows; row += BATCH_STEP)
            slice_run(pass, row, MIN(c->r->rows - row, BATCH_STEP), slice_due, c, NULL);
    }
}

Date evaluation_due(Evaluation *e, size_t output, size_t row, Month month, Date before)
{
    return row_due(e->run, &e->run->p->outputs[output], row, month, before);
}

bool evaluate_due(const Program *p, const Dataset *d, Month month, GArray *to, Date *ret_whole,
                  GError **error)
{
    g_autoptr(Arena) a = arena_new();
    Calendar c = {.arena = a, .month = month, .to = to};
    Date *whole = arena_many(a, Date, p->n_all + 1);
    size_t rules = 0;

    if (!run_new(a, p, d, &c.r, error))
        return false;
    c.of = arena_many(a, GArray *, p->n_all + 1);
    c.whole = whole;
    for (size_t i = 0; i < p->n_all; i++) {
        c.of[i] = g_array_new(FALSE, FALSE, sizeof(Due));
        if (p->outputs[i].kind == PROGRAM_VALUE)
            continue;
        whole[i] = MIN(output_due(p, &p->outputs[i], month), DAY_HIGH);
        if (i < p->n_outputs)
            ret_whole[rules++] = whole[i];
    }
    passes_run(&c, whole);
    for (size_t i = 0; i < p->n_all; i++) {
        add_once(to, c.of[i]);
        g_array_unref(c.of[i]);
    }
    return true;
}
