/* demo_follow.c — made-up work: reports of offices on their duties, records that walk through their
 * procedures, and most of what tasks ask done near the day it was due, the rest left open.
 * In: the Model, records already made.  Out: more of them.  Read first: demo_follow(). */
#include "care/demo_inside.h"
#include "care/follow_inside.h"

/* Of 1000 to whom somebody has to come again and again, so many saw somebody in time, so many late
 * (they are due again), the rest nobody; of what is done once so many are done. */
#define IN_TIME       920
#define LATE          965
#define DONE_PERMILLE 800
#define PERHAPS       600 /* of those of whom it is not known whether it concerns them */
#define BEFORE        250 /* had somebody there the time before, too */
#define USUAL_DAYS    28  /* between two times */
#define REPORTED      450 /* of 1000 duties all that lead have reported; of 300 more some have */
#define HALF_REPORTED 750

/* ---- states */

static size_t steps_from(const Procedure *p, unsigned state, const ProcedureStep *to[64])
{
    size_t n = 0;
    for (size_t i = 0; i < p->n_steps && n < 64; i++)
        if (p->steps[i].from == state)
            to[n++] = &p->steps[i];
    return n;
}

static unsigned first_state(const Procedure *p)
{
    unsigned state = 0;
    while (state + 1 < p->states->n_codes && !p->facts[state].first)
        state++;
    return state;
}

/* From its first state some steps on, each some days after the one before; the last one still
 * holds.  What began before the document that says so it would not govern. */
void demo_states(Demo *d, const Field *f, Date begin)
{
    const Procedure *p = f->entity->procedure;
    const ProcedureStep *ways[64];
    unsigned state = first_state(p), most = chance_below(&d->rest, (unsigned)p->states->n_codes);
    Date from = p->home.document->from;
    Date day = MIN(from + 20 < d->profile.day ? MAX(begin, from) : begin, d->profile.day);
    unsigned apart = (unsigned)CLAMP((d->profile.day - day) / 3, 2, 40);
    for (unsigned i = 0;; i++) {
        size_t n = steps_from(p, state, ways);
        Date next = day + 1 + (Date)chance_below(&d->rest, apart);
        bool more = i < most && n > 0 && next <= d->profile.day;
        demo_since(d, day);
        demo_number(d, f, state);
        if (!more)
            return;
        d->fields[d->n_fields - 1].until = next;
        state = ways[chance_below(&d->rest, (unsigned)n)]->to;
        day = next;
    }
}

/* ---- reports on duties */

static int32_t report_region(const Demo *d, const Duty *duty)
{
    Str code = duty->region.len > 0 ? duty->region : duty->home.document->place;
    int32_t region = code.len > 0 ? region_row(d->care->regions, code) : d->care->place;
    bool inside = region != ROW_NONE && region_in(d->care->regions, region, d->care->place);
    return inside ? region : d->care->place;
}

static bool report_one(Demo *d, const DutyRegister *of, const Duty *duty, const Code *agency,
                       GError **error)
{
    Date from = MAX(duty->home.document->from, d->profile.day - 300);
    demo_begin(d, of->entity, report_region(d, duty));
    demo_text(d, of->duty, "%.*s", STR_ARG(duty->name));
    demo_number(d, of->agency, agency->number);
    demo_number(d, of->progress, of->done);
    demo_number(d, of->entity->event_day,
                chance_between(&d->rest, MIN(from, d->profile.day), d->profile.day));
    if (of->entity->place->n_path == 1)
        demo_region(d, of->entity->place->path[0], report_region(d, duty));
    return demo_end(d, error);
}

static bool report_duty(Demo *d, const DutyRegister *of, const Duty *duty, GError **error)
{
    const Enum *agencies = model_enum(d->care->model, STR("agency"));
    unsigned kind = chance_below(&d->rest, 1000);
    for (size_t i = 0; i < duty->n_lead && kind < HALF_REPORTED; i++) {
        const Code *lead = enum_code(agencies, duty->lead[i]);
        bool reports = kind < REPORTED || chance_permille(&d->rest, 500);
        if (lead != NULL && reports && !report_one(d, of, duty, lead, error))
            return false;
    }
    return true;
}

bool demo_duty_reports(Demo *d, GError **error)
{
    const Model *m = d->care->model;
    DutyRegister of;
    if (!duty_register(m, &of))
        return true;
    for (size_t i = 0; i < m->n_duties; i++) {
        const Duty *duty = m->duties[i];
        bool in_force = duty->home.document->from <= d->profile.day;
        if (duty->done.entity == NULL && in_force && !report_duty(d, &of, duty, error))
            return fail_while(error, "making reports on duties");
    }
    return true;
}

/* ---- work that tasks ask for */

/* Fills what makes a condition of plain comparisons true: a code, a yes; of `or` its first side. */
static void satisfy(Demo *d, const Expr *e)
{
    if (e == NULL)
        return;
    if (e->kind == EXPR_AND) {
        satisfy(d, e->a);
        satisfy(d, e->b);
    } else if (e->kind == EXPR_OR) {
        satisfy(d, chance_permille(&d->rest, 700) ? e->a : e->b);
    } else if (e->kind == EXPR_EQ && e->a->kind == EXPR_FIELD && e->b->kind == EXPR_CODE &&
               e->a->n_path == 1) {
        demo_number(d, e->a->path[0], e->b->number);
    } else if (e->kind == EXPR_FIELD && e->type.kind == KIND_BOOL && e->n_path == 1) {
        demo_number(d, e->path[0], 1);
    }
}

typedef struct WorkOff {
    Demo *d;
    const Task *task;
    Working *working;
    const int32_t *places;
} WorkOff;

static bool work_off(const WorkOff *x, const TaskRow *row, Date day, GError **error)
{
    Demo *d = x->d;
    const DoneBy *done = &x->task->done;
    int32_t region = x->places[row->row];
    demo_begin(d, done->entity, region != ROW_NONE ? region : d->care->place);
    demo_reference(d, done->by, key_of_row(x->working, x->task->subject, row->row));
    demo_number(d, done->entity->event_day, day);
    satisfy(d, done->where);
    return demo_end(d, error);
}

/* Again and again: lately, or longer ago than it should be, or not at all; some twice. */
static bool work_again(const WorkOff *x, const TaskRow *row, GError **error)
{
    Demo *d = x->d;
    unsigned kind = chance_below(&d->rest, 1000);
    Date day = d->profile.day - (Date)chance_below(&d->rest, USUAL_DAYS);
    if (kind >= LATE)
        return true;
    if (kind >= IN_TIME)
        day -= USUAL_DAYS + 7;
    if (!work_off(x, row, day, error))
        return false;
    bool before = chance_permille(&d->rest, BEFORE);
    return !before || work_off(x, row, day - USUAL_DAYS - (Date)chance_below(&d->rest, 3), error);
}

/* Once: near the day it was due, most of it. */
static bool work_once(const WorkOff *x, const TaskRow *row, GError **error)
{
    Demo *d = x->d;
    Date last = d->profile.day;
    Date due = row->has_due ? MIN(row->due, last) : last - (Date)chance_below(&d->rest, 60);
    return !chance_permille(&d->rest, DONE_PERMILLE) ||
           work_off(x, row, due - (Date)chance_below(&d->rest, 6), error);
}

static bool work_row(const WorkOff *x, const TaskRow *row, GError **error)
{
    bool due = row->state == TASK_OVERDUE || row->state == TASK_DUE;
    bool unset = row->state == TASK_ESTABLISH && row->missing_of > 0; /* how often is not stated */
    bool perhaps = row->state == TASK_ESTABLISH && row->missing_of == 0 &&
                   x->task->cycle == TASK_ROLLING && chance_permille(&x->d->rest, PERHAPS);
    if (!due && !unset && !perhaps)
        return true;
    return x->task->cycle == TASK_ROLLING ? work_again(x, row, error) : work_once(x, row, error);
}

static bool work_task(Demo *d, Working *w, const Task *t, GError **error)
{
    const Session *local;
    const FollowQuery q = {.on = d->profile.day, .region = ROW_NONE};
    const Followed *book;
    g_autoptr(Arena) a = arena_new();
    Following f;
    WorkOff x = {.d = d, .task = t, .working = w};
    if (t->home.document->from > d->profile.day)
        return true;
    if (!session_local(d->care, STR(""), a, &local, error) ||
        !following_begin(&f, d->care, w, local, &q, a, error) ||
        !followed_get(&f, t, &book, error) ||
        !working_places(d->care, w, t->subject, d->profile.day, &x.places, error))
        return false;
    for (size_t i = 0; i < book->rows.n; i++)
        if (!work_row(&x, &book->rows.list[i], error))
            return false;
    return true;
}

/* What is done once may follow from what is done again and again: so it comes after it. */
static bool work_all(Demo *d, bool once, GError **error)
{
    const Model *m = d->care->model;
    g_autoptr(Working) w = NULL;
    if (!demo_flush(d, error) || !working_get(d->care, &w, error))
        return false;
    for (size_t i = 0; i < m->n_tasks; i++) {
        d->progress("work done", i, m->n_tasks);
        if ((m->tasks[i]->cycle == TASK_ONCE) == once && !work_task(d, w, m->tasks[i], error))
            return fail_while(error, "doing the work of \"%.*s\"", STR_ARG(m->tasks[i]->name));
    }
    return true;
}

bool demo_follow(Demo *d, GError **error)
{
    return d->care->model->n_tasks == 0 || (work_all(d, false, error) && work_all(d, true, error));
}
