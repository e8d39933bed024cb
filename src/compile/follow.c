/* follow.c — conditions, lengths of time and events of tasks and procedures become programs.
 * Start: task_program_new(), procedure_program_new(). */
#include "compile/follow.h"

#include "base/limits.h"
#include "base/sort.h"

TimeUnit time_unit_of(const Type *t)
{
    if (t->kind == KIND_HOURS)
        return TIME_MINUTES;
    switch (t->unit) {
    case UNIT_WORKING_DAYS:
        return TIME_WORKING_DAYS;
    case UNIT_MONTHS:
        return TIME_MONTHS;
    case UNIT_YEARS:
        return TIME_YEARS;
    default:
        return TIME_DAYS;
    }
}

/* ---- outputs of one program */

typedef struct Outputs {
    GArray *list; /* Output */
} Outputs;

static int want_expr(Outputs *o, const Expr *e)
{
    const Output x = {.kind = OUTPUT_EXPR, .expr = e};

    if (e == NULL)
        return -1;
    g_array_append_val(o->list, x);
    return (int)o->list->len - 1;
}

static int want_truth(Outputs *o, const Expr *e)
{
    const Output x = {.kind = OUTPUT_TRUTH, .expr = e};

    if (e == NULL)
        return -1;
    g_array_append_val(o->list, x);
    return (int)o->list->len - 1;
}

static Length want_length(Outputs *o, const Expr *e)
{
    Length length = {-1, TIME_DAYS};

    if (e == NULL)
        return length;
    length.output = want_expr(o, e);
    length.unit = time_unit_of(&e->type);
    return length;
}

/* Whether a record is concerned: its span, the document's place, a condition, and that no later
 * text stands for this one. */
static int want_condition(Outputs *o, const Document *d, const Expr *e, const Wording *s)
{
    const Output x = {.kind = OUTPUT_CONDITION, .document = d, .expr = e, .wording = s};

    g_array_append_val(o->list, x);
    return (int)o->list->len - 1;
}

static void free_program(void *p)
{
    program_free(p);
}

static Program *compile_outputs(Arena *a, const Model *m, const Entity *e, Outputs *o,
                                const CompileOptions *options, GError **error)
{
    Program *p = program_new(m, e, (const Output *)(const void *)o->list->data, o->list->len,
                             options, error);

    if (p != NULL)
        arena_on_free(a, free_program, p);
    return p;
}

/* ---- what shows that something was done */

static bool done_program(Arena *a, const Model *m, const DoneBy *d, bool placed,
                         const CompileOptions *options, DoneProgram *to, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Output));
    Outputs o = {list};

    *to = (DoneProgram){.entity = d->entity->number, .reference = -1, .place = -1};
    to->day = d->entity->event_day->index;
    if (d->by != NULL)
        to->reference = (int)d->by->index;
    if (d->where != NULL || placed)
        want_truth(&o, d->where);
    if (placed)
        to->place = want_expr(&o, d->entity->place);
    if (list->len == 0)
        return true;
    to->where = compile_outputs(a, m, d->entity, &o, options, error);
    return to->where != NULL;
}

DoneProgram *duty_program_new(Arena *a, const Model *m, const Duty *duty, const CompileOptions *o,
                              GError **error)
{
    DoneProgram *p = arena_new_of(a, DoneProgram);

    if (duty->done.entity == NULL || !done_program(a, m, &duty->done, true, o, p, error))
        return NULL;
    return p;
}

/* ---- tasks */

/* The other texts of a task that was amended, wider or earlier or later ones. */
static void other_texts(TaskProgram *p, const Model *m, const Task *t, Outputs *o)
{
    p->began = p->from;
    p->others = arena_many(p->arena, int, m->n_tasks + 1);
    for (size_t i = 0; t->wording.of != NULL && i < m->n_tasks; i++) {
        const Task *other = m->tasks[i];

        if (other == t || other->wording.of != t->wording.of)
            continue;
        p->began = MIN(p->began, other->home.document->from);
        p->others[p->n_others++] =
            want_condition(o, other->home.document, other->when, &other->wording);
    }
}

static void sooner_lengths(TaskProgram *p, const Task *t, Outputs *o)
{
    p->place = t->n_sooner > 0 ? want_expr(o, t->subject->place) : -1;
    p->sooner = arena_many(p->arena, SoonerProgram, t->n_sooner + 1);
    p->n_sooner = t->n_sooner;
    for (size_t i = 0; i < t->n_sooner; i++)
        p->sooner[i] = (SoonerProgram){.entity = t->sooner[i].entity->number,
                                       .begin = t->sooner[i].entity->begin->index,
                                       .length = want_length(o, t->sooner[i].every)};
}

static bool sooner_fill(TaskProgram *p, const Model *m, const Task *t,
                        const CompileOptions *options, GError **error)
{
    for (size_t i = 0; i < t->n_sooner; i++) {
        g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Output));
        Outputs o = {list};

        (void)want_condition(&o, NULL, t->sooner[i].where, NULL);
        (void)want_expr(&o, t->sooner[i].entity->place);
        p->sooner[i].of = compile_outputs(p->arena, m, t->sooner[i].entity, &o, options, error);
        if (p->sooner[i].of == NULL)
            return false;
    }
    return true;
}

static bool task_fill(TaskProgram *p, const Model *m, const Task *t, const CompileOptions *options,
                      GError **error)
{
    static const TaskCycleKind cycles[] = {
        [TASK_ROLLING] = CYCLE_ROLLING, [TASK_PERIOD] = CYCLE_PERIOD, [TASK_ONCE] = CYCLE_ONE_TIME};
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Output));
    Outputs o = {list};

    p->name = arena_dup(p->arena, t->name.at, t->name.len);
    p->cycle = cycles[t->cycle];
    p->period = t->period;
    p->least = t->least;
    p->most = t->most;
    p->from = t->home.document->from;
    p->until = t->home.document->until;
    p->regions = options->regions;
    (void)want_condition(&o, t->home.document, t->when, &t->wording);
    other_texts(p, m, t, &o);
    sooner_lengths(p, t, &o);
    p->length = want_length(&o, t->cycle == TASK_ROLLING ? t->every : t->within);
    p->class = want_expr(&o, task_class(t));
    p->entry = want_expr(&o, t->entry);
    p->subject = compile_outputs(p->arena, m, t->subject, &o, options, error);
    return p->subject != NULL && sooner_fill(p, m, t, options, error) &&
           done_program(p->arena, m, &t->done, false, options, &p->done, error);
}

TaskProgram *task_program_new(const Model *m, const Task *task, const CompileOptions *o,
                              const WorkCalendar *calendar, GError **error)
{
    Arena *a = arena_new();
    TaskProgram *p = arena_new_of(a, TaskProgram);

    p->arena = a;
    p->calendar = calendar;
    if (task_fill(p, m, task, o, error))
        return p;
    arena_free(a);
    fail_while(error, "task %.*s cannot be run", STR_ARG(task->name));
    return NULL;
}

void task_program_free(TaskProgram *p)
{
    if (p != NULL)
        arena_free(p->arena);
}

/* ---- procedures */

typedef struct Building {
    ProcedureProgram *to;
    const Model *m;
    const Procedure *p;
    const CompileOptions *options;
    Outputs own;
} Building;

/* The region of a level that each region lies in. */
static const int32_t *areas_of(Building *b, const Code *level)
{
    const RegionTree *t = b->options->regions;
    int32_t *area = arena_many(b->to->arena, int32_t, (t != NULL ? t->n : 0) + 1);

    for (size_t i = 0; t != NULL && i < t->n; i++) {
        int32_t at = (int32_t)i;

        while (at != ROW_NONE && !str_equal(t->level[at], level->name))
            at = t->parent[at];
        area[i] = at;
    }
    return area;
}

static void move_fill(Building *b, const ProcedureStep *s, MoveProgram *to)
{
    static const DueKind dues[] = {[DEADLINE_NONE] = DUE_NEVER,
                                   [DEADLINE_DATE] = DUE_DATE,
                                   [DEADLINE_YEARLY] = DUE_YEARLY,
                                   [DEADLINE_WITHIN] = DUE_WITHIN};
    Arena *a = b->to->arena;

    *to = (MoveProgram){.from = s->from, .to = s->to, .text = s->version, .until = s->until};
    to->month = s->month;
    to->day = s->day;
    to->due = dues[s->deadline];
    to->guard = want_truth(&b->own, s->guard);
    to->within = want_length(&b->own, s->within);
    to->after = want_length(&b->own, s->after);
    to->needs = arena_many(a, int, s->n_needs);
    to->n_needs = s->n_needs;
    for (size_t i = 0; i < s->n_needs; i++)
        to->needs[i] = want_truth(&b->own, s->needs[i].given);
    to->limits = arena_many(a, LimitProgram, s->n_limits);
    to->n_limits = s->n_limits;
    for (size_t i = 0; i < s->n_limits; i++) {
        const StepLimit *limit = &s->limits[i];

        to->limits[i] = (LimitProgram){limit->least, limit->most, NULL, limit->period};
        if (limit->level != NULL)
            to->limits[i].area = areas_of(b, limit->level);
    }
}

/* An item ends under the text of the day on which it began (semantics 57): so later texts are asked
 * by that day, and narrower ones by the place of the record. */
static size_t later_texts(Building *b, const Wording *s, const Home *home, Outputs *o,
                          LaterText **ret)
{
    const Versions *v = s->of;
    size_t n = 0;

    *ret = arena_many(b->to->arena, LaterText, v != NULL ? v->n : 1);
    for (size_t i = s->version + 1; v != NULL && i < v->n; i++) {
        const Version *x = &v->list[i];
        bool inside = x->narrower && !str_equal(x->home.document->place, home->document->place);

        (*ret)[n++] =
            (LaterText){.from = x->from,
                        .until = x->until,
                        .inside = inside ? want_condition(o, x->home.document, NULL, NULL) : -1,
                        .ends = x->ends};
    }
    return n;
}

static bool hold_fill(Building *b, const Hold *h, HoldProgram *to, GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Output));
    Outputs o = {list};

    *to = (HoldProgram){.state = h->state, .reference = -1, .number = h->number};
    to->from = h->home.document->from;
    to->until = h->home.document->until;
    if (h->by != NULL)
        to->reference = (int)h->by->index;
    (void)want_truth(&o, h->condition);
    (void)want_condition(&o, h->home.document, NULL, NULL);
    to->n_later = later_texts(b, &h->wording, &h->home, &o, &to->later);
    to->of = compile_outputs(b->to->arena, b->m, h->entity, &o, b->options, error);
    return to->of != NULL;
}

/* An example speaks of what its own document, and those of places around it, hold up: what a place
 * adds does not make the examples of the model unknown, whose records live nowhere. */
static bool is_spoken_of(const Building *b, const Hold *h)
{
    const RegionTree *t = b->options->regions;
    const Document *said = b->options->said_by, *by = h->home.document;

    if (said == NULL || by->place.len == 0)
        return true;
    if (said->place.len == 0 || t == NULL)
        return false;
    int32_t own = region_row(t, said->place), place = region_row(t, by->place);

    return own != ROW_NONE && place != ROW_NONE && region_in(t, own, place);
}

static bool holds_fill(Building *b, GError **error)
{
    ProcedureProgram *to = b->to;

    to->holds = arena_many(to->arena, HoldProgram, b->m->n_holds);
    for (size_t i = 0; i < b->m->n_holds; i++) {
        const Hold *h = b->m->holds[i];

        if (h->procedure == b->p && is_spoken_of(b, h) &&
            !hold_fill(b, h, &to->holds[to->n_holds++], error))
            return false;
    }
    return true;
}

static void queues_fill(Building *b)
{
    ProcedureProgram *to = b->to;

    to->queues = arena_many(to->arena, QueueProgram, b->p->n_orders);
    to->n_queues = b->p->n_orders;
    for (size_t i = 0; i < b->p->n_orders; i++) {
        const StateOrder *o = &b->p->orders[i];
        QueueProgram *q = &to->queues[i];

        *q = (QueueProgram){
            .state = o->state, .n_keys = o->n_by, .from = DATE_MIN, .until = DATE_MAX};
        if (o->version > 0) {
            q->from = b->p->wording.of->list[o->version].from;
            q->until = b->p->wording.of->list[o->version].until;
        }
        q->keys = arena_many(to->arena, int, o->n_by);
        for (size_t k = 0; k < o->n_by; k++)
            q->keys[k] = want_expr(&b->own, o->by[k]);
    }
}

static bool procedure_fill(Building *b, GError **error)
{
    const Procedure *p = b->p;
    ProcedureProgram *to = b->to;

    to->name = arena_dup(to->arena, p->name.at, p->name.len);
    to->entity = p->entity->number;
    to->column = p->state->index;
    to->n_states = (unsigned)p->states->n_codes;
    to->yearly = p->yearly;
    to->year_from = p->year_from;
    to->year_to = p->year_to;
    to->from = p->home.document->from;
    to->until = p->home.document->until;
    to->concerned = want_condition(&b->own, p->home.document, NULL, NULL);
    to->n_later = later_texts(b, &p->wording, &p->home, &b->own, &to->later);
    for (size_t i = 0; i < to->n_later; i++) {
        to->later[i].year_from = p->texts[i + 1].year_from;
        to->later[i].year_to = p->texts[i + 1].year_to;
    }
    to->place = want_expr(&b->own, p->entity->place);
    to->moves = arena_many(to->arena, MoveProgram, p->n_steps);
    to->n_moves = p->n_steps;
    for (size_t i = 0; i < p->n_steps; i++)
        move_fill(b, &p->steps[i], &to->moves[i]);
    queues_fill(b);
    to->own = compile_outputs(to->arena, b->m, p->entity, &b->own, b->options, error);
    return to->own != NULL && holds_fill(b, error);
}

ProcedureProgram *procedure_program_new(const Model *m, const Procedure *procedure,
                                        const CompileOptions *o, const WorkCalendar *calendar,
                                        GError **error)
{
    g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(Output));
    Arena *a = arena_new();
    ProcedureProgram *p = arena_new_of(a, ProcedureProgram);
    Building b = {p, m, procedure, o, {list}};

    p->arena = a;
    p->calendar = calendar;
    if (procedure_fill(&b, error))
        return p;
    arena_free(a);
    fail_while(error, "procedure %.*s cannot be run", STR_ARG(procedure->name));
    return NULL;
}

void procedure_program_free(ProcedureProgram *p)
{
    if (p != NULL)
        arena_free(p->arena);
}

/* ---- working days */

static int by_day(const void *a, const void *b)
{
    const struct WorkSpan *x = a, *y = b;

    return x->from < y->from ? -1 : x->from > y->from;
}

/* Rows that say yes or no; between them the days of the week decide. */
WorkCalendar *work_calendar_new(Arena *a, const Model *m)
{
    const Table *t = model_table(m, STR(WORKING_DAY_TABLE));

    if (t == NULL)
        return NULL;
    WorkCalendar *c = arena_new_of(a, WorkCalendar);

    c->from = (Date)CLAMP(t->axis[0].low, DATE_MIN, DATE_MAX);
    c->until = (Date)CLAMP(t->axis[0].high, DATE_MIN, DATE_MAX);
    c->spans = arena_array(a, t->n_rows + 1, sizeof *c->spans);
    for (size_t i = 0; i < t->n_rows; i++) {
        const TableCell *cell = &t->cells[i * t->n_axes];

        if (t->unset[i] || cell->any)
            continue;
        c->spans[c->n_spans++] =
            (struct WorkSpan){(Date)CLAMP(cell->low, DATE_MIN, DATE_MAX),
                              (Date)CLAMP(cell->high, DATE_MIN, DATE_MAX), t->results[i] != 0};
    }
    sort_rows(c->spans, c->n_spans, sizeof *c->spans, by_day);
    return c;
}
