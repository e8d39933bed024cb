/* follow_steps.c — where records stand in their procedures, who comes first, what may be done next
 * and what speaks against it.  Read first: follow_procedures(), item_line(). */
#include "care/follow_inside.h"

/* ---- one step, in words */

static bool guard_line(const Following *f, const Procedure *p, const MoveAnswer *m, size_t row,
                       StepLine *to, GError **error)
{
    const ProcedureStep *s = to->step;
    to->has_guard = s->guard != NULL && m->guard != TRUTH_YES;
    if (!to->has_guard)
        return true;
    const Condition x = {.entity = p->entity,
                         .expr = s->guard,
                         .name = p->name,
                         .label = to->to->label,
                         .home = p->home};
    return condition_explain(f, &x, row, &to->guard, NULL, NULL, error);
}

static bool hold_line(const Following *f, const Hold *h, const HoldAnswer *answer, HoldLine *to,
                      GError **error)
{
    *to = (HoldLine){.hold = h, .truth = answer->truth};
    if (answer->row == ROW_NONE) { /* the record it is about is not named */
        to->why.missing = arena_array(f->arena, 1, sizeof(MissingFact));
        to->why.missing[0] = (MissingFact){.name = h->by->name, h->by->label.zh, h->by->label.en};
        to->why.n_missing = 1;
        return true;
    }
    const Condition x = {.entity = h->entity,
                         .expr = h->condition,
                         .negated = true,
                         .name = h->procedure->name,
                         .label = h->label,
                         .cure = h->cure,
                         .home = h->home};
    return condition_explain(f, &x, (size_t)answer->row, &to->why, &to->cure_zh, &to->cure_en,
                             error);
}

static void lacking_lines(const Following *f, const MoveAnswer *m, StepLine *to)
{
    const ProcedureStep *s = to->step;
    to->lacking = arena_array(f->arena, s->n_needs + 1, sizeof *to->lacking);
    for (size_t i = 0; i < s->n_needs; i++)
        if ((m->lacking >> i & 1) != 0)
            to->lacking[to->n_lacking++] = &s->needs[i];
}

static bool step_line(const Following *f, const Procedure *p, const ProcedureProgram *program,
                      const MoveAnswer *m, size_t row, StepLine *to, GError **error)
{
    const ProcedureStep *s = &p->steps[m->move];
    *to = (StepLine){.step = s, .to = &p->states->codes[s->to], .may = m->may};
    to->mine = follow_may(f->care, f->session, &s->by);
    to->has_due = m->has_due;
    to->overdue = m->overdue;
    to->too_early = m->too_early;
    to->wrong_year = m->wrong_year;
    to->due = m->due;
    to->not_before = m->not_before;
    to->full = m->full >= 0 ? &s->limits[m->full] : NULL;
    to->taken = m->taken;
    lacking_lines(f, m, to);
    to->holds = arena_array(f->arena, m->n_holds + 1, sizeof *to->holds);
    to->n_holds = m->n_holds;
    for (size_t i = 0; i < m->n_holds; i++) {
        const Hold *h = f->care->model->holds[program->holds[m->holds[i].hold].number];
        if (!hold_line(f, h, &m->holds[i], &to->holds[i], error))
            return false;
    }
    return guard_line(f, p, m, row, to, error);
}

bool item_line(const Following *f, const Procedure *p, const ProcedureProgram *program,
               ProcedureRun *run, size_t row, ItemLine *ret, GError **error)
{
    ItemAnswer item;
    *ret = (ItemLine){.procedure = p, .key = key_of_row(f->working, p->entity, row)};
    ret->region = ROW_NONE;
    if (!procedure_item(run, row, f->on, f->arena, &item, error))
        return false;
    if (!item.begun)
        return true;
    ret->state = &p->states->codes[item.state];
    ret->since = item.since;
    ret->steps = arena_array(f->arena, item.n_moves + 1, sizeof *ret->steps);
    ret->n_steps = item.n_moves;
    for (size_t i = 0; i < item.n_moves; i++)
        if (!step_line(f, p, program, &item.moves[i], row, &ret->steps[i], error))
            return false;
    return true;
}

/* ---- books */

typedef struct Booking {
    const Following *f;
    ProcedureBook *to;
    GArray *lines;  /* ItemLine */
    size_t from, n; /* of the page */
} Booking;

static bool has_order(const Procedure *p, unsigned state)
{
    for (size_t i = 0; i < p->n_orders; i++)
        if (p->orders[i].state == state)
            return true;
    return false;
}

/* Not those that are at an end, unless they are asked for by name. */
static bool is_listed(const Following *f, const Procedure *p, unsigned state)
{
    if (f->query->state.len > 0)
        return str_equal(f->query->state, p->states->codes[state].name);
    return !p->facts[state].last;
}

static bool mine_or_theirs(const Following *f, const Procedure *p, unsigned state)
{
    if (f->query->by.len == 0)
        return true;
    for (size_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].from == state && following_by(f, &p->steps[i].by))
            return true;
    return false;
}

typedef enum Urgency { URGENCY_NONE, URGENCY_SOON, URGENCY_OVERDUE } Urgency;

static bool has_deadline(const Procedure *p, unsigned state)
{
    for (size_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].from == state && p->steps[i].deadline != DEADLINE_NONE)
            return true;
    return false;
}

/* How near the deadlines of an item's steps are: of those that are theirs who ask. */
static bool item_urgency(const Following *f, const Procedure *p, ProcedureRun *run, size_t row,
                         Urgency *ret, GError **error)
{
    g_autoptr(Arena) scratch = arena_new();
    ItemAnswer item;
    *ret = URGENCY_NONE;
    if (!procedure_item(run, row, f->on, scratch, &item, error))
        return false;
    for (size_t i = 0; item.begun && i < item.n_moves; i++) {
        const MoveAnswer *m = &item.moves[i];
        if (!m->has_due || !following_by(f, &p->steps[m->move].by))
            continue;
        if (m->overdue)
            *ret = URGENCY_OVERDUE;
        else if (m->due - f->on <= (Date)f->query->ahead && *ret == URGENCY_NONE)
            *ret = URGENCY_SOON;
    }
    return true;
}

/* With `ahead`: whether the item is overdue or due soon, and counted as that. */
static bool is_urgent(const Following *f, const Procedure *p, ProcedureRun *run, size_t row,
                      ProcedureSum *sum, bool *ret, GError **error)
{
    Urgency u;
    *ret = true;
    if (f->query->ahead == 0)
        return true;
    if (!item_urgency(f, p, run, row, &u, error))
        return false;
    sum->overdue += u == URGENCY_OVERDUE;
    sum->soon += u == URGENCY_SOON;
    *ret = u != URGENCY_NONE;
    return true;
}

static bool book_state(Booking *b, const Procedure *p, const ProcedureProgram *program,
                       ProcedureRun *run, unsigned state, const uint8_t *rows,
                       const int32_t *places, ProcedureSum *sum, GError **error)
{
    QueuePlace *queue;
    size_t n;
    if (!procedure_queue(run, state, b->f->on, rows, b->f->arena, &queue, &n, error))
        return false;
    sum->items[state] = n;
    if (!is_listed(b->f, p, state) || !mine_or_theirs(b->f, p, state) ||
        (b->f->query->ahead > 0 && !has_deadline(p, state)))
        return true;
    for (size_t i = 0; i < n; i++) {
        ItemLine line;
        bool urgent;
        if (!is_urgent(b->f, p, run, queue[i].row, sum, &urgent, error))
            return false;
        if (!urgent)
            continue;
        size_t at = b->to->total++;
        if (at < b->from || at - b->from >= b->n)
            continue; /* another page */
        if (!item_line(b->f, p, program, run, queue[i].row, &line, error))
            return false;
        line.region = places[queue[i].row];
        line.place = has_order(p, state) ? queue[i].place : 0;
        line.best = has_order(p, state) ? queue[i].best : 0;
        g_array_append_val(b->lines, line);
    }
    return true;
}

static bool book_procedure(Booking *b, const Procedure *p, ProcedureSum *sum, GError **error)
{
    const CompileOptions options = following_options(b->f);
    const int32_t *places;
    uint8_t *rows;
    size_t n;
    g_autoptr(ProcedureProgram) program =
        procedure_program_new(b->f->care->model, p, &options, b->f->calendar, error);
    g_autoptr(ProcedureRun) run =
        program == NULL ? NULL : procedure_run_new(program, b->f->working->data, error);
    *sum = (ProcedureSum){.procedure = p};
    sum->items = arena_array(b->f->arena, p->states->n_codes + 1, sizeof *sum->items);
    if (run == NULL || !following_rows(b->f, p->entity, &rows, &places, &n, error))
        return false;
    for (unsigned state = 0; state < p->states->n_codes; state++)
        if (!book_state(b, p, program, run, state, rows, places, sum, error))
            return false;
    return true;
}

static bool asked_for(const Following *f, const Procedure *p)
{
    if (!following_only(f, p->name))
        return false;
    for (unsigned state = 0; state < p->states->n_codes; state++)
        if (mine_or_theirs(f, p, state))
            return true;
    return false;
}

bool follow_procedures(Care *c, const Session *s, const FollowQuery *q, Arena *a,
                       ProcedureBook *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    g_autoptr(GArray) lines = g_array_new(FALSE, FALSE, sizeof(ItemLine));
    Following f;
    Booking b = {&f, ret, lines, q->page * q->page_rows,
                 q->page_rows > 0 ? q->page_rows : SIZE_MAX};
    const Model *m = c->model;
    *ret = (ProcedureBook){0};
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !following_begin(&f, c, w, s, q, a, error))
        return fail_while(error, "listing procedures");
    ret->on = f.on;
    ret->sums = arena_array(a, m->n_procedures + 1, sizeof *ret->sums);
    for (size_t i = 0; i < m->n_procedures; i++)
        if (asked_for(&f, m->procedures[i]) &&
            !book_procedure(&b, m->procedures[i], &ret->sums[ret->n_sums++], error))
            return fail_while(error, "listing procedures");
    ret->n_lines = lines->len;
    ret->lines = arena_list(a, lines, NULL);
    return true;
}

/* ---- one record */

bool follow_item(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                 bool *ret_is, ItemLine *ret, GError **error)
{
    g_autoptr(Working) w = NULL;
    const FollowQuery q = {.on = on, .region = ROW_NONE};
    Following f;
    *ret_is = e->procedure != NULL;
    if (e->procedure == NULL)
        return true;
    if (!following_may(s, error) || !working_get(c, &w, error) ||
        !scope_allows(c, w, s, e, key, error) || !following_begin(&f, c, w, s, &q, a, error))
        return false;
    const CompileOptions options = following_options(&f);
    int64_t row = working_row(w, e, key.id);
    g_autoptr(ProcedureProgram) p =
        procedure_program_new(c->model, e->procedure, &options, f.calendar, error);
    g_autoptr(ProcedureRun) run = p == NULL ? NULL : procedure_run_new(p, w->data, error);
    return run != NULL && item_line(&f, e->procedure, p, run, (size_t)row, ret, error);
}
