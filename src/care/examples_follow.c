/* examples_follow.c — cases of tasks and steps that stand in the documents.
 * Start: example_follow(). */
#include "care/examples.h"

#include "compile/follow.h"
#include "evaluate/move.h"
#include "evaluate/task.h"

typedef struct Following {
    const Example *example;
    const ExampleExpect *x;
    const Dataset *data;
    size_t row;
    Arena *arena;
    Diags *diags;
} Following;

static void fault(const Following *f, const char *got)
{
    Diag *d = diag_error(f->diags, f->x->pos, "example \"%.*s\" does not hold: it gives %s",
                         STR_ARG(f->example->title), got);
    diag_hint(f->diags, d, "correct the declaration, or the example");
}

static void put_day(GString *to, const char *before, Date day)
{
    char text[DATE_TEXT];
    g_string_append_printf(to, "%s%s", before, date_format(day, text));
}

static bool input_named(const Program *p, size_t output, uint64_t missing, Str name)
{
    const ProgramOutput *o = &p->outputs[output];
    for (size_t i = 0; i < o->n_inputs; i++)
        if ((missing >> i & 1) != 0 && str_is(name, p->inputs[o->inputs[i]].name))
            return true;
    return false;
}

/* ---- tasks */

static const char *const standings[] = {[TASK_ESTABLISH] = "unknown",
                                        [TASK_OVERDUE] = "overdue",
                                        [TASK_DUE] = "due",
                                        [TASK_LATER] = "later",
                                        [TASK_DONE] = "done"};

static Truth task_truth(const TaskRow *t)
{
    if (t == NULL)
        return TRUTH_NO;
    return t->state == TASK_ESTABLISH                         ? TRUTH_UNKNOWN
           : t->state == TASK_DUE || t->state == TASK_OVERDUE ? TRUTH_YES
                                                              : TRUTH_NO;
}

static void compare_task(const Following *f, const TaskProgram *p, const TaskRow *t)
{
    const ExampleExpect *x = f->x;
    g_autoptr(GString) got = g_string_new(t == NULL ? "not concerned" : standings[t->state]);
    if (t != NULL && t->has_due)
        put_day(got, ", due by ", t->due);
    bool fits = x->standing.len > 0 ? t != NULL && str_is(x->standing, standings[t->state])
                                    : task_truth(t) == x->outcome;
    bool day = !x->has_number || (t != NULL && t->has_due && t->due == x->number);
    if (!fits || !day)
        fault(f, got->str);
    else if (x->missing.len > 0 &&
             (t->missing_of < 0 ||
              !input_named(p->subject, (size_t)t->missing_of, t->missing, x->missing)))
        fault(f, "unknown, but for another reason");
}

/* The record's row in what is to be done by one text of the task; false: reported. */
static bool task_row(const Following *f, const TaskProgram *p, const TaskRow **ret, GError **error)
{
    TaskRows rows;
    *ret = NULL;
    if (p == NULL || !evaluate_task(p, f->data, f->x->day, NULL, f->arena, &rows, error)) {
        fault(f, (*error)->message);
        g_clear_error(error);
        return false;
    }
    for (size_t i = 0; i < rows.n; i++)
        if (rows.list[i].row == f->row)
            *ret = &rows.list[i];
    return true;
}

/* An amended task is asked text by text: at most one of them concerns the record on the day. */
static void run_task(const Following *f, const Model *m, const CompileOptions *o)
{
    for (size_t i = 0, asked = 0; i < m->n_tasks; i++) {
        const Task *t = m->tasks[i];
        if (t != f->x->task && (t->wording.of == NULL || t->wording.of != f->x->task->wording.of))
            continue;
        GError *error = NULL;
        const TaskRow *found;
        bool last = ++asked == (t->wording.of != NULL ? t->wording.of->n : 1);
        g_autoptr(TaskProgram) p =
            task_program_new(m, t, o, work_calendar_new(f->arena, m), &error);
        if (!task_row(f, p, &found, &error))
            return;
        if (found != NULL || last) {
            compare_task(f, p, found);
            return;
        }
    }
}

/* ---- steps */

static const MoveAnswer *move_into(const Following *f, const ProcedureProgram *p,
                                   const ItemAnswer *item)
{
    for (size_t i = 0; i < item->n_moves; i++)
        if (p->moves[item->moves[i].move].to == f->x->state)
            return &item->moves[i];
    return NULL;
}

static bool move_misses(const ProcedureProgram *p, const MoveAnswer *m, Str name)
{
    int guard = p->moves[m->move].guard;
    if (guard >= 0 && input_named(p->own, (size_t)guard, m->guard_missing, name))
        return true;
    for (size_t i = 0; i < m->n_holds; i++)
        if (input_named(p->holds[m->holds[i].hold].of, 0, m->holds[i].missing, name))
            return true;
    return false;
}

static void compare_move(const Following *f, const ProcedureProgram *p, const MoveAnswer *m)
{
    const ExampleExpect *x = f->x;
    g_autoptr(GString) got = g_string_new(truth_word(m->may));
    if (m->n_holds > 0)
        g_string_append(got, ", held");
    if (m->lacking != 0)
        g_string_append(got, ", something it needs is not given");
    if (m->too_early)
        put_day(got, ", not before ", m->not_before);
    if (m->full >= 0)
        g_string_append(got, ", its limit is reached");
    if (m->has_due)
        put_day(got, ", due by ", m->due);
    if (m->may != x->outcome || (x->has_number && (!m->has_due || m->due != x->number)))
        fault(f, got->str);
    else if (x->missing.len > 0 && !move_misses(p, m, x->missing))
        fault(f, "unknown, but for another reason");
}

static void run_step(const Following *f, const Model *m, const CompileOptions *o)
{
    GError *error = NULL;
    ItemAnswer item;
    g_autoptr(ProcedureProgram) p =
        procedure_program_new(m, f->x->procedure, o, work_calendar_new(f->arena, m), &error);
    g_autoptr(ProcedureRun) run = p == NULL ? NULL : procedure_run_new(p, f->data, &error);
    if (run == NULL || !procedure_item(run, f->row, f->x->day, f->arena, &item, &error)) {
        fault(f, error->message);
        g_error_free(error);
        return;
    }
    const MoveAnswer *move = move_into(f, p, &item);
    if (move != NULL)
        compare_move(f, p, move);
    else if (f->x->outcome != TRUTH_NO || f->x->has_number)
        fault(f, item.begun ? "no such step from its state" : "no state yet");
}

void example_follow(const ExampleRoom *room, const Example *example, const ExampleExpect *x,
                    const Dataset *data, size_t row, Diags *diags)
{
    g_autoptr(Arena) a = arena_new();
    const CompileOptions o = {.data = data,
                              .regions = room->regions,
                              .memo = room->params,
                              .said_by = example->home.document};
    const Following f = {example, x, data, row, a, diags};
    if (x->task != NULL)
        run_task(&f, room->model, &o);
    else
        run_step(&f, room->model, &o);
}
