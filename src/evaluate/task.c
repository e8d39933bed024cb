/* task.c — who is concerned, since when, and what was done: by when it is due.
 * Truth of the condition for all records at once; only those it holds for, or may hold for, are
 * followed through their days.  Start: evaluate_task(), task_of_row(). */
#include "evaluate/task.h"

#include "base/sort.h"
#include "data/links.h"
#include "evaluate/run.h"

typedef struct Tasks {
    const TaskProgram *p;
    const Dataset *d;
    Date on;
    Run *run;
    const Column *concerned; /* truths on the day; NULL: asked row by row */
    Run *where;              /* … and so is whether events show it; NULL: event_fits, or all do */
    const Links *events;     /* by record */
    const Column *reference, *event_day, *event_fits;
    Date **quick; /* per SoonerProgram and region row: since when it is due sooner; DATE_MAX: not */
    TaskRows *to;
    GArray *rows;
} Tasks;

/* ---- events -----------------------------------------------------------------------------------
 */

static const Batch *batch_at(const Dataset *d, unsigned entity)
{
    return entity < d->n_batches ? d->batches[entity] : NULL;
}

static const Column *column_of(const Batch *b, size_t index)
{
    return b != NULL && index < b->n_columns ? b->columns[index] : NULL;
}

/* A condition that looks at no day and no dated fact is the same on all days: one pass for all. */
static bool is_still(const Program *p, size_t output)
{
    const ProgramOutput *o = &p->outputs[output];

    for (size_t i = 0; i < o->n_steps; i++)
        if (p->steps[o->steps[i]].drift != DRIFT_STILL || p->steps[o->steps[i]].changes)
            return false;
    return true;
}

static void free_batch(void *b)
{
    batch_free(b);
}

static const Date *own_days(Arena *a, const Batch *events, const Column *day)
{
    Date *days = arena_many(a, Date, events->rows + 1);

    for (size_t i = 0; i < events->rows; i++)
        days[i] = day != NULL && column_known(day, i) ? (Date)column_get(day, i) : DATE_MIN;
    return days;
}

/* Truth of `where` for each event on its own day. */
static bool fits_column(const DoneProgram *p, const Dataset *d, size_t output, Date on, Arena *a,
                        const Column **ret, GError **error)
{
    const Batch *events = batch_at(d, p->entity);
    const Column *day = column_of(events, p->day);
    Batch *into = batch_new("done", events->rows, 1);

    arena_on_free(a, free_batch, into);
    const Date *days = is_still(p->where, output) ? NULL : own_days(a, events, day);
    if (!evaluate_column(p->where, d, output, on, days, into, 0, error))
        return false;
    *ret = into->columns[0];
    return true;
}

static bool events_find(Tasks *t, bool alone, Arena *a, GError **error)
{
    const DoneProgram *p = &t->p->done;
    const Batch *events = batch_at(t->d, p->entity);

    t->reference = column_of(events, (size_t)p->reference);
    t->event_day = column_of(events, p->day);
    if (events == NULL || events->rows == 0 || t->reference == NULL || t->event_day == NULL)
        return true;
    t->events = dataset_links(t->d, p->entity, (unsigned)p->reference);
    if (alone && p->where != NULL)
        return run_new(a, p->where, t->d, &t->where, error);
    return p->where == NULL || fits_column(p, t->d, 0, t->on, a, &t->event_fits, error);
}

static Truth fits_alone(Run *where, uint32_t event, Date day)
{
    const ProgramOutput *o = &where->p->outputs[0];

    row_compute(where, o->steps, o->n_steps, event, day, day);
    return (Truth)where->regs[o->root].value;
}

/* An event up to the day: whether it shows that the task was done; false: it does not. */
static bool event_at(const Tasks *t, uint32_t event, Date *ret_day, bool *ret_sure)
{
    if (!column_known(t->event_day, event))
        return false; /* what has no day was not done on any */
    *ret_day = (Date)column_get(t->event_day, event);
    *ret_sure = true;
    if (*ret_day > t->on)
        return false;
    if (t->event_fits == NULL && t->where == NULL)
        return true;
    Truth fits = t->where != NULL ? fits_alone(t->where, event, *ret_day)
                                  : (Truth)column_get(t->event_fits, event);
    *ret_sure = fits == TRUTH_YES;
    return fits != TRUTH_NO;
}

typedef struct Done {
    bool any;
    Date last;       /* surely */
    Date last_maybe; /* of those in doubt */
    bool maybe;
    uint32_t count, doubtful;         /* in the period of the day */
    uint32_t before, before_doubtful; /* in the period before */
} Done;

static Date previous_first(const Tasks *t)
{
    return period_first(t->p->period, period_first(t->p->period, t->on) - 1);
}

static void done_count(const Tasks *t, Date day, bool sure, Done *to)
{
    if (t->p->cycle != CYCLE_PERIOD)
        return;
    Date first = period_first(t->p->period, t->on);
    uint32_t *now = sure ? &to->count : &to->doubtful;
    uint32_t *before = sure ? &to->before : &to->before_doubtful;

    *now += day >= first;
    *before += day < first && day >= previous_first(t);
}

static Done done_of(const Tasks *t, size_t row)
{
    Done d = {.last = DATE_MIN, .last_maybe = DATE_MIN};
    size_t n = 0;
    const uint32_t *events = t->events != NULL ? links_of(t->events, row, &n) : NULL;

    for (size_t i = 0; i < n; i++) {
        Date day;
        int64_t whose;
        bool sure;

        if (!event_at(t, events[i], &day, &sure) ||
            !column_at(t->reference, events[i], day, &whose) || whose != (int64_t)row)
            continue;
        done_count(t, day, sure, &d);
        if (sure) {
            d.any = true;
            d.last = MAX(d.last, day);
        } else {
            d.maybe = true;
            d.last_maybe = MAX(d.last_maybe, day);
        }
    }
    return d;
}

/* ---- one record -------------------------------------------------------------------------------
 */

/* Whether the record is concerned on the day by this text, or, with `any`, by any text of the task;
 * *ret_next: the next day on which that may be otherwise. */
static bool concerned_at(const Tasks *t, size_t row, Date day, bool any, Date *ret_next)
{
    const Program *p = t->run->p;
    size_t n = any ? t->p->n_others : 0;
    bool holds = false;

    *ret_next = DATE_MAX;
    for (size_t i = 0; i <= n; i++) {
        const ProgramOutput *o = &p->outputs[i == 0 ? 0 : t->p->others[i - 1]];

        row_compute(t->run, o->steps, o->n_steps, row, day, t->on);
        holds = holds || t->run->regs[o->root].value == TRUTH_YES;
        Date next = row_next(t->run, o->root);
        if (next > day)
            *ret_next = MIN(*ret_next, next);
    }
    return holds;
}

/* The day of the unbroken time of being concerned that reaches the day; days on which that is not
 * known break it, so that nobody is called late for them. */
static Date spell_begin(const Tasks *t, size_t row, Date from, bool any)
{
    Date day = MAX(from, DAY_LOW), begin = t->on;
    bool holds = false;

    while (day <= t->on) {
        Date next;
        bool now = concerned_at(t, row, day, any, &next);
        if (now && !holds)
            begin = day;
        holds = now;
        if (next > t->on)
            break;
        day = next;
    }
    return begin;
}

/* A number of the subject's program on the day; false: unknown, and the row says why. */
static bool number_of(const Tasks *t, size_t row, int output, Date day, TaskRow *to, int64_t *ret)
{
    const ProgramOutput *o = &t->run->p->outputs[output];

    row_compute(t->run, o->steps, o->n_steps, row, day, day);
    const Reg *x = &t->run->regs[o->root];
    *ret = x->value;
    if (x->missing == 0)
        return true;
    to->state = TASK_ESTABLISH;
    to->missing_of = output;
    to->missing = own_bits(t->run->p, o, x->missing);
    return false;
}

static void establish_event(TaskRow *to)
{
    to->state = TASK_ESTABLISH;
    to->missing_of = -1;
    to->missing = 0;
}

/* How long after the last time it is due. */
typedef struct Pace {
    int64_t n;
    Date floor; /* not before this text was there: nobody is late for what nothing asked */
    bool quick; /* … or so long after it, not before `since` */
    int64_t quicker;
    TimeUnit unit;
    Date since;
} Pace;

/* What the subject's program says, where it is known; an interval that is not does not shorten. */
static bool known_number(const Tasks *t, size_t row, int output, int64_t *ret)
{
    const ProgramOutput *o = &t->run->p->outputs[output];

    row_compute(t->run, o->steps, o->n_steps, row, t->on, t->on);
    const Reg *x = &t->run->regs[o->root];
    *ret = x->value;
    return x->missing == 0;
}

/* Of several that shorten it the shortest. */
static void pace_sooner(const Tasks *t, size_t row, Pace *to)
{
    int64_t place, n;

    if (t->quick == NULL || !known_number(t, row, t->p->place, &place) || place < 0 ||
        (size_t)place >= t->p->regions->n)
        return;
    for (size_t i = 0; i < t->p->n_sooner; i++) {
        const SoonerProgram *s = &t->p->sooner[i];
        Date since = t->quick[i][place];

        if (since == DATE_MAX || !known_number(t, row, s->length.output, &n) ||
            (to->quick && to->quicker <= n))
            continue;
        to->quick = true;
        to->quicker = n;
        to->unit = s->length.unit;
        to->since = since;
    }
}

static bool pace_due(const Tasks *t, const Pace *p, Date clock, Date *ret, bool *ret_sooner)
{
    bool has = time_add(clock, p->n, t->p->length.unit, t->p->calendar, ret);
    Date quick;

    *ret_sooner = p->quick && time_add(clock, p->quicker, p->unit, t->p->calendar, &quick) &&
                  (!has || MAX(quick, p->since) < *ret);
    if (*ret_sooner)
        *ret = MAX(quick, p->since);
    if (has || *ret_sooner)
        *ret = MAX(*ret, p->floor);
    return has || *ret_sooner;
}

/* The first day of this text for the record; of what was never amended any day will do. */
static Date own_begin(const Tasks *t, size_t row)
{
    return t->p->n_others == 0 ? DATE_MIN : spell_begin(t, row, t->p->began, false);
}

/* Counts from the last time, or from the first day of being concerned. */
static void row_rolling(const Tasks *t, size_t row, const Done *done, TaskRow *to)
{
    Date from = done->any ? MAX(done->last, t->p->began) : t->p->began;
    Date begin = spell_begin(t, row, from, true);
    Date clock = done->any ? MAX(done->last, begin) : begin, maybe;
    Pace pace = {.floor = own_begin(t, row)};
    bool sooner;

    if (!number_of(t, row, t->p->length.output, t->on, to, &pace.n))
        return;
    pace_sooner(t, row, &pace);
    to->has_due = pace_due(t, &pace, clock, &to->due, &to->sooner);
    to->state = done->any && done->last >= begin ? TASK_DONE : TASK_DUE;
    if (!to->has_due || to->due >= t->on)
        return;
    to->state = TASK_OVERDUE;
    /* An event in doubt may have been the one. */
    if (done->maybe && (!pace_due(t, &pace, done->last_maybe, &maybe, &sooner) || maybe >= t->on))
        establish_event(to);
}

/* Whether who is concerned since `begin` is due in the period of `last`; false with the state set:
 * the share is not known. */
static bool enters(const Tasks *t, size_t row, Date begin, Date last, TaskRow *to, bool *ret)
{
    int64_t share;

    *ret = begin <= period_first(t->p->period, last);
    if (*ret || t->p->entry < 0)
        return true;
    if (!number_of(t, row, t->p->entry, t->on, to, &share))
        return false;
    *ret = begin <= last && period_left(t->p->period, begin) >= share;
    return true;
}

static void row_period(const Tasks *t, size_t row, const Done *done, TaskRow *to)
{
    Date last = period_last(t->p->period, t->on), before = period_first(t->p->period, t->on) - 1;
    Date begin = spell_begin(t, row, MAX(previous_first(t), t->p->began), true);
    bool due, due_before;

    to->count = done->count;
    to->doubtful = done->doubtful;
    to->over = done->count > t->p->most;
    if (!enters(t, row, begin, last, to, &due) || !enters(t, row, begin, before, to, &due_before))
        return;
    to->missed = begin <= before && due_before && before >= t->p->began &&
                 done->before + done->before_doubtful < t->p->least;
    to->has_due = true;
    to->due = last;
    to->state = TASK_DUE;
    if (done->count >= t->p->least)
        to->state = TASK_DONE;
    else if (!due)
        to->state = TASK_LATER;
    else if (done->count + done->doubtful >= t->p->least)
        establish_event(to);
    if (to->state == TASK_DONE || to->state == TASK_LATER)
        to->due = period_last(t->p->period, last + 1);
}

static void row_once(const Tasks *t, size_t row, const Done *done, TaskRow *to)
{
    int64_t n;

    to->state = TASK_DONE;
    if (done->any)
        return;
    to->state = TASK_DUE;
    if (t->p->length.output >= 0) {
        Date begin = spell_begin(t, row, t->p->began, true);
        if (!number_of(t, row, t->p->length.output, t->on, to, &n))
            return;
        to->has_due = time_add(begin, n, t->p->length.unit, t->p->calendar, &to->due);
        to->due = MAX(to->due, own_begin(t, row));
        if (to->has_due && to->due < t->on)
            to->state = TASK_OVERDUE;
    }
    if (done->maybe)
        establish_event(to);
}

static void row_unknown(const Tasks *t, size_t row, TaskRow *to)
{
    const ProgramOutput *o = &t->run->p->outputs[0];

    row_compute(t->run, o->steps, o->n_steps, row, t->on, t->on);
    to->state = TASK_ESTABLISH;
    to->missing_of = 0;
    to->missing = own_bits(t->run->p, o, t->run->regs[o->root].missing);
}

static Truth concerned_alone(const Tasks *t, size_t row)
{
    const ProgramOutput *o = &t->run->p->outputs[0];

    row_compute(t->run, o->steps, o->n_steps, row, t->on, t->on);
    return (Truth)t->run->regs[o->root].value;
}

static void task_of_row(Tasks *t, size_t row)
{
    Truth concerned =
        t->concerned != NULL ? (Truth)column_get(t->concerned, row) : concerned_alone(t, row);
    TaskRow to = {.row = (uint32_t)row, .missing_of = -1};

    if (concerned == TRUTH_NO)
        return;
    int64_t class;
    if (t->p->class >= 0 && known_number(t, row, t->p->class, &class))
        to.class = (uint16_t)(class + 1);
    Done done = done_of(t, row);
    to.has_last = done.any;
    to.last = done.last;
    if (concerned != TRUTH_YES)
        row_unknown(t, row, &to);
    else if (t->p->cycle == CYCLE_ROLLING)
        row_rolling(t, row, &done, &to);
    else if (t->p->cycle == CYCLE_PERIOD)
        row_period(t, row, &done, &to);
    else
        row_once(t, row, &done, &to);
    t->to->counts[to.state]++;
    g_array_append_val(t->rows, to);
}

/* ---- all records ------------------------------------------------------------------------------
 */

static bool concerned_find(Tasks *t, Arena *a, size_t rows, GError **error)
{
    Batch *into = batch_new("concerned", rows, 1);

    arena_on_free(a, free_batch, into);
    if (!evaluate_column(t->p->subject, t->d, 0, t->on, NULL, into, 0, error))
        return false;
    t->concerned = into->columns[0];
    return true;
}

/* ---- what shortens it on the day */

static void quick_in(const Tasks *t, Date *since, int32_t region, Date begin)
{
    for (size_t r = 0; r < t->p->regions->n; r++)
        if (region_in(t->p->regions, (int32_t)r, region))
            since[r] = MIN(since[r], begin);
}

static bool quick_one(Tasks *t, const SoonerProgram *s, Arena *a, Date **ret, GError **error)
{
    const Batch *b = batch_at(t->d, s->entity);
    const Column *begin = column_of(b, s->begin);
    Date *since = arena_many(a, Date, t->p->regions->n + 1);
    Run *run;
    int64_t day;

    for (size_t r = 0; r < t->p->regions->n; r++)
        since[r] = DATE_MAX;
    *ret = since;
    if (b == NULL || b->rows == 0 || begin == NULL)
        return true;
    if (!run_new(a, s->of, t->d, &run, error))
        return false;
    for (size_t i = 0; i < b->rows; i++) {
        const ProgramOutput *holds = &s->of->outputs[0], *place = &s->of->outputs[1];
        row_compute(run, holds->steps, holds->n_steps, i, t->on, t->on);
        bool now = run->regs[holds->root].value == TRUTH_YES;
        if (!now || !column_at(begin, i, t->on, &day))
            continue;
        row_compute(run, place->steps, place->n_steps, i, t->on, t->on);
        const Reg *where = &run->regs[place->root];
        if (where->missing == 0)
            quick_in(t, since, (int32_t)where->value, (Date)day);
    }
    return true;
}

static bool quick_find(Tasks *t, Arena *a, GError **error)
{
    if (t->p->n_sooner == 0 || t->p->regions == NULL)
        return true;
    t->quick = arena_many(a, Date *, t->p->n_sooner);
    for (size_t i = 0; i < t->p->n_sooner; i++)
        if (!quick_one(t, &t->p->sooner[i], a, &t->quick[i], error))
            return false;
    return true;
}

static void rows_keep(Tasks *t, Arena *a)
{
    t->to->n = t->rows->len;
    t->to->list = arena_many(a, TaskRow, t->rows->len + 1);
    if (t->rows->len > 0)
        memcpy(t->to->list, t->rows->data, t->rows->len * sizeof(TaskRow));
}

bool evaluate_task(const TaskProgram *p, const Dataset *d, Date on, const uint8_t *rows, Arena *a,
                   TaskRows *ret, GError **error)
{
    g_autoptr(Arena) scratch = arena_new();
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TaskRow));
    Tasks t = {.p = p, .d = d, .on = on, .to = ret, .rows = list};
    const Batch *b = batch_at(d, p->subject->entity);
    size_t n = b != NULL ? b->rows : 0;

    *ret = (TaskRows){0};
    if (on < p->from || on > p->until || n == 0)
        return true;
    if (!run_new(scratch, p->subject, d, &t.run, error) || !concerned_find(&t, scratch, n, error) ||
        !events_find(&t, false, scratch, error) || !quick_find(&t, scratch, error))
        return fail_while(error, "task %s", p->name);
    for (size_t i = 0; i < n; i++)
        if (rows == NULL || rows[i] != 0)
            task_of_row(&t, i);
    rows_keep(&t, a);
    return true;
}

bool evaluate_task_rows(const TaskProgram *p, const Dataset *d, Date on, const uint32_t *rows,
                        size_t n, Arena *a, TaskRows *ret, GError **error)
{
    g_autoptr(Arena) scratch = arena_new();
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(TaskRow));
    Tasks t = {.p = p, .d = d, .on = on, .to = ret, .rows = list};
    const Batch *b = batch_at(d, p->subject->entity);

    *ret = (TaskRows){0};
    if (on < p->from || on > p->until || b == NULL)
        return true;
    if (!run_new(scratch, p->subject, d, &t.run, error) || !events_find(&t, true, scratch, error) ||
        !quick_find(&t, scratch, error))
        return fail_while(error, "task %s", p->name);
    for (size_t i = 0; i < n; i++)
        if (rows[i] < b->rows)
            task_of_row(&t, rows[i]);
    rows_keep(&t, a);
    return true;
}

/* ---- duties -----------------------------------------------------------------------------------
 */

static int by_day(const void *a, const void *b)
{
    const Date *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

bool evaluate_done(const DoneProgram *p, const RegionTree *tree, const Dataset *d, Date on,
                   int32_t region, Arena *a, DoneDays *ret, GError **error)
{
    g_autoptr(Arena) scratch = arena_new();
    const Batch *events = batch_at(d, p->entity);
    const Column *places = NULL;
    Tasks t = {.d = d, .on = on, .event_day = column_of(events, p->day)};
    bool where =
        p->where != NULL && p->place != 0; /* output 0 is the condition, where there is one */
    Date day;
    bool sure;

    *ret = (DoneDays){.sure = arena_many(a, Date, (events != NULL ? events->rows : 0) + 1)};
    if (events == NULL || events->rows == 0 || t.event_day == NULL)
        return true;
    if (where && !fits_column(p, d, 0, on, scratch, &t.event_fits, error))
        return false;
    if (p->place >= 0 && !fits_column(p, d, (size_t)p->place, on, scratch, &places, error))
        return false;
    for (uint32_t i = 0; i < events->rows; i++) {
        bool inside =
            region == ROW_NONE || (places != NULL && column_known(places, i) &&
                                   region_in(tree, (int32_t)column_get(places, i), region));
        if (!inside || !event_at(&t, i, &day, &sure))
            continue;
        if (sure)
            ret->sure[ret->n_sure++] = day;
        else
            ret->doubtful++;
    }
    sort_rows(ret->sure, ret->n_sure, sizeof(Date), by_day);
    return true;
}
