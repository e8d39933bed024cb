/* move.c — which steps may be taken: guard, needs, holds, time, limits.
 * A guard passes on yes only; a hold blocks on yes and on unknown (semantics 56).  What was not in
 * force on the day an item began does not bind it (57).  Start: procedure_item(), move_answer(). */
#include "evaluate/move.h"

#include "evaluate/evaluate.h"
#include "evaluate/past.h"

struct ProcedureRun {
    const ProcedureProgram *p;
    const Dataset *d;
    const Batch *batch;
    const Column *states;
    Evaluation *own;
    Evaluation **holds;
};

ProcedureRun *procedure_run_new(const ProcedureProgram *p, const Dataset *d, GError **error)
{
    ProcedureRun *r = g_new0(ProcedureRun, 1);

    r->p = p;
    r->d = d;
    r->batch = p->entity < d->n_batches ? d->batches[p->entity] : NULL;
    if (r->batch != NULL && p->column < r->batch->n_columns)
        r->states = r->batch->columns[p->column];
    r->holds = g_new0(Evaluation *, p->n_holds + 1);
    r->own = evaluation_new(p->own, d, error);
    bool fine = r->own != NULL;
    for (size_t i = 0; fine && i < p->n_holds; i++) {
        r->holds[i] = evaluation_new(p->holds[i].of, d, error);
        fine = r->holds[i] != NULL;
    }
    if (fine)
        return r;
    procedure_run_free(r);
    fail_while(error, "procedure %s", p->name);
    return NULL;
}

void procedure_run_free(ProcedureRun *r)
{
    if (r == NULL)
        return;
    evaluation_free(r->own);
    for (size_t i = 0; i < r->p->n_holds; i++)
        evaluation_free(r->holds[i]);
    g_free(r->holds);
    g_free(r);
}

/* ---- where the item stands --------------------------------------------------------------------
 */

static bool span_on(const Column *c, size_t row, Date on, PastSpan *ret)
{
    PastSpan s;

    for (size_t i = 0; past_span(c, row, i, &s) && s.since <= on; i++)
        if (on < s.until && s.known) {
            *ret = s;
            return true;
        }
    return false;
}

static bool first_day(const Column *c, size_t row, Date on, Date *ret)
{
    PastSpan s;

    if (!past_span(c, row, 0, &s) || s.since > on)
        return false;
    *ret = s.since != DATE_MIN ? s.since : on; /* a plain column holds on all days */
    return true;
}

/* ---- values -----------------------------------------------------------------------------------
 */

typedef struct Asking {
    ProcedureRun *r;
    size_t row;
    Date on;
    Arena *a;
    ItemAnswer *item;
    GError **error;
    unsigned text; /* of the procedure's: the one under which the item began */
} Asking;

static bool condition(const Asking *x, Evaluation *e, size_t output, size_t row, Truth *ret,
                      uint64_t *ret_missing)
{
    Trace t;

    if (!evaluation_row(e, output, row, x->on, x->a, &t, x->error))
        return false;
    *ret = t.outcome;
    *ret_missing = t.missing;
    return true;
}

/* A length of time as it was when the state was entered: later changes move no deadline. */
static bool length_from(const Asking *x, Length length, Date from, Date *ret)
{
    int64_t n;

    if (length.output < 0 || !evaluation_value(x->r->own, (size_t)length.output, x->row, from, &n))
        return false;
    return time_add(from, n, length.unit, x->r->p->calendar, ret);
}

/* ---- what speaks against a step ---------------------------------------------------------------
 */

static int64_t hold_row(const Asking *x, const HoldProgram *h)
{
    int64_t row = (int64_t)x->row;
    const Column *c;

    if (h->reference < 0)
        return row;
    c = (size_t)h->reference < x->r->batch->n_columns ? x->r->batch->columns[h->reference] : NULL;
    return c != NULL && column_at(c, x->row, x->on, &row) ? row : ROW_NONE;
}

/* Whether a later text stands for it, for this item. */
static bool hold_replaced(const Asking *x, unsigned i, size_t row, Truth *ret)
{
    const HoldProgram *h = &x->r->p->holds[i];

    *ret = TRUTH_NO;
    for (size_t k = 0; k < h->n_later && *ret != TRUTH_YES; k++) {
        const LaterText *l = &h->later[k];
        Truth inside = TRUTH_YES;
        uint64_t ignored;

        if (x->item->first < l->from || x->item->first > l->until)
            continue;
        if (l->inside >= 0 &&
            !condition(x, x->r->holds[i], (size_t)l->inside, row, &inside, &ignored))
            return false;
        *ret = truth_or(*ret, inside);
    }
    return true;
}

/* Whether the hold was in force when the item began, and what it says of the record. */
static bool hold_ask(const Asking *x, unsigned i, HoldAnswer *to)
{
    const HoldProgram *h = &x->r->p->holds[i];
    uint64_t ignored;
    Truth concerned, replaced;

    *to = (HoldAnswer){.hold = i, .truth = TRUTH_NO, .row = hold_row(x, h)};
    if (x->item->first < h->from || x->item->first > h->until)
        return true;
    if (to->row == ROW_NONE) {
        to->truth = TRUTH_UNKNOWN;
        return true;
    }
    if (!hold_replaced(x, i, (size_t)to->row, &replaced))
        return false;
    if (!condition(x, x->r->holds[i], 1, (size_t)to->row, &concerned, &ignored) ||
        !condition(x, x->r->holds[i], 0, (size_t)to->row, &to->truth, &to->missing))
        return false;
    to->truth = truth_and(truth_not(replaced), truth_and(to->truth, concerned));
    return true;
}

static bool ask_holds(const Asking *x, const MoveProgram *m, MoveAnswer *to)
{
    const ProcedureProgram *p = x->r->p;

    to->holds = arena_many(x->a, HoldAnswer, p->n_holds);
    for (unsigned i = 0; i < p->n_holds; i++) {
        if (p->holds[i].state != m->to)
            continue;
        if (!hold_ask(x, i, &to->holds[to->n_holds]))
            return false;
        to->n_holds += to->holds[to->n_holds].truth != TRUTH_NO;
    }
    return true;
}

static bool ask_guard(const Asking *x, const MoveProgram *m, MoveAnswer *to)
{
    Truth given;
    uint64_t ignored;

    to->guard = TRUTH_YES;
    if (m->guard >= 0 &&
        !condition(x, x->r->own, (size_t)m->guard, x->row, &to->guard, &to->guard_missing))
        return false;
    for (size_t i = 0; i < m->n_needs; i++) {
        if (!condition(x, x->r->own, (size_t)m->needs[i], x->row, &given, &ignored))
            return false;
        to->lacking |= given == TRUTH_YES ? 0 : UINT64_C(1) << i; /* LIMIT_NEEDS */
    }
    return true;
}

static void ask_time(const Asking *x, const MoveProgram *m, MoveAnswer *to)
{
    const ProcedureProgram *p = x->r->p;
    int year = date_ymd(x->item->first).year;

    if (m->due == DUE_DATE)
        to->due = m->until;
    else if (m->due == DUE_YEARLY)
        to->due = p->yearly ? month_day_of(year, m->month, m->day)
                            : next_month_day(m->month, m->day, x->item->since);
    to->has_due = m->due == DUE_DATE || m->due == DUE_YEARLY ||
                  (m->due == DUE_WITHIN && length_from(x, m->within, x->item->since, &to->due));
    to->overdue = to->has_due && x->on > to->due;
    if (length_from(x, m->after, x->item->since, &to->not_before))
        to->too_early = x->on < to->not_before;
    else
        to->too_early = m->after.output >= 0; /* how long is not known: not yet */
    const LaterText *text = x->text > 0 ? &p->later[x->text - 1] : NULL;
    int low = text != NULL ? text->year_from : p->year_from;
    int high = text != NULL ? text->year_to : p->year_to;

    to->wrong_year = p->yearly && (year < low || year > high);
}

/* ---- limits -----------------------------------------------------------------------------------
 */

static int32_t area_of(const Asking *x, const LimitProgram *l, size_t row)
{
    int64_t place;

    if (x->r->p->place < 0 ||
        !evaluation_value(x->r->own, (size_t)x->r->p->place, row, x->on, &place))
        return ROW_NONE;
    return l->area[place];
}

static bool same_run(const Asking *x, size_t row)
{
    Date first;

    if (!x->r->p->yearly)
        return true;
    return first_day(x->r->states, row, x->on, &first) &&
           date_ymd(first).year == date_ymd(x->item->first).year;
}

/* Items that took the step, in the same place and run or in the same period. */
static uint32_t count_taken(const Asking *x, const MoveProgram *m, const LimitProgram *l)
{
    uint32_t n = 0;
    int32_t area = l->area != NULL ? area_of(x, l, x->row) : ROW_NONE;

    for (size_t i = 0; i < x->r->batch->rows; i++) {
        Date entered;

        if (i == x->row || !past_entered(x->r->states, i, x->on, m->to, &entered))
            continue;
        if (l->area != NULL)
            n += area != ROW_NONE && same_run(x, i) && area_of(x, l, i) == area;
        else
            n += entered >= period_first(l->period, x->on);
    }
    return n;
}

static void ask_limits(const Asking *x, const MoveProgram *m, MoveAnswer *to)
{
    to->full = -1;
    for (size_t i = 0; i < m->n_limits; i++) {
        uint32_t taken = count_taken(x, m, &m->limits[i]);

        if (i == 0)
            to->taken = taken;
        if (to->full < 0 && taken >= m->limits[i].most)
            to->full = (int)i;
    }
}

/* ---- the answer -------------------------------------------------------------------------------
 */

static Truth may_take(const MoveAnswer *m)
{
    Truth may = m->guard;

    for (size_t i = 0; i < m->n_holds; i++)
        may = truth_and(may, truth_not(m->holds[i].truth));
    if (m->lacking != 0 || m->too_early || m->wrong_year || m->full >= 0)
        return TRUTH_NO;
    return may;
}

static bool move_answer(const Asking *x, unsigned i, MoveAnswer *to)
{
    const MoveProgram *m = &x->r->p->moves[i];

    *to = (MoveAnswer){.move = i, .guard = TRUTH_YES, .full = -1, .not_before = DATE_MIN};
    if (!ask_holds(x, m, to))
        return false;
    if (x->item->governed) {
        if (!ask_guard(x, m, to))
            return false;
        ask_time(x, m, to);
        ask_limits(x, m, to);
    }
    to->may = may_take(to);
    return true;
}

/* Which text of the procedure was in force on the day it began, where it lies (semantics 57); of a
 * place that is not known the wider one. */
static bool text_of(Asking *x)
{
    const ProcedureProgram *p = x->r->p;
    ItemAnswer *item = x->item;

    item->governed = item->first >= p->from && item->first <= p->until;
    for (size_t i = 0; i < p->n_later; i++) {
        const LaterText *l = &p->later[i];
        Truth inside = TRUTH_YES;
        uint64_t ignored;

        if (item->first < l->from || item->first > l->until)
            continue;
        if (l->inside >= 0 &&
            !condition(x, x->r->own, (size_t)l->inside, x->row, &inside, &ignored))
            return false;
        if (inside != TRUTH_YES)
            continue;
        item->governed = !l->ends;
        x->text = l->ends ? x->text : (unsigned)i + 1;
    }
    return true;
}

bool procedure_item(ProcedureRun *r, size_t row, Date on, Arena *a, ItemAnswer *ret, GError **error)
{
    Asking x = {.r = r, .row = row, .on = on, .a = a, .item = ret, .error = error};
    uint64_t ignored;
    PastSpan now;

    *ret = (ItemAnswer){.moves = arena_many(a, MoveAnswer, r->p->n_moves)};
    if (!condition(&x, r->own, (size_t)r->p->concerned, row, &ret->concerned, &ignored))
        return false;
    if (r->states == NULL || !span_on(r->states, row, on, &now) ||
        !first_day(r->states, row, on, &ret->first))
        return true;
    ret->begun = true;
    ret->state = (unsigned)now.value;
    ret->since = now.since != DATE_MIN ? now.since : on;
    bool fine = text_of(&x);
    for (unsigned i = 0; i < r->p->n_moves && fine; i++) {
        const MoveProgram *m = &r->p->moves[i];

        if (m->from == ret->state && m->text == x.text)
            fine = move_answer(&x, i, &ret->moves[ret->n_moves++]);
    }
    return fine || fail_while(error, "procedure %s", r->p->name);
}

/* ---- queues -----------------------------------------------------------------------------------
 */

uint32_t *procedure_rows(ProcedureRun *r, unsigned state, Date on, const uint8_t *rows, Arena *a,
                         size_t *ret_n)
{
    size_t n = r->batch != NULL ? r->batch->rows : 0;
    uint32_t *list = arena_many(a, uint32_t, n + 1);

    *ret_n = 0;
    for (size_t i = 0; i < n && r->states != NULL; i++) {
        int64_t value;

        if ((rows == NULL || rows[i] != 0) && column_at(r->states, i, on, &value) &&
            value == (int64_t)state)
            list[(*ret_n)++] = (uint32_t)i;
    }
    return list;
}

typedef struct Queued {
    uint32_t row;
    Date since;
    int64_t *keys;
    bool *known;
} Queued;

/* -1, 1: surely; 0: not known, for a key of one of them is not. */
static int surely_before(const Queued *a, const Queued *b, size_t n_keys)
{
    for (size_t k = 0; k < n_keys; k++) {
        if (!a->known[k] || !b->known[k])
            return 0;
        if (a->keys[k] != b->keys[k])
            return a->keys[k] < b->keys[k] ? -1 : 1;
    }
    if (a->since != b->since)
        return a->since < b->since ? -1 : 1;
    return a->row < b->row ? -1 : 1;
}

/* Unknown keys are the worst. */
static gint by_worst(gconstpointer one, gconstpointer other, gpointer n_keys)
{
    const Queued *a = one, *b = other;

    for (size_t k = 0; k < GPOINTER_TO_SIZE(n_keys); k++) {
        if (a->known[k] != b->known[k])
            return a->known[k] ? -1 : 1;
        if (a->known[k] && a->keys[k] != b->keys[k])
            return a->keys[k] < b->keys[k] ? -1 : 1;
    }
    if (a->since != b->since)
        return a->since < b->since ? -1 : 1;
    return a->row < b->row ? -1 : a->row > b->row;
}

static const QueueProgram *queue_of(const ProcedureProgram *p, unsigned state, Date on)
{
    for (size_t i = p->n_queues; i-- > 0;) {
        const QueueProgram *q = &p->queues[i];

        if (q->state == state && q->from <= on && on <= q->until)
            return q;
    }
    return NULL;
}

static void queued_fill(ProcedureRun *r, const QueueProgram *q, uint32_t row, Date on, Arena *a,
                        Queued *to)
{
    size_t n = q != NULL ? q->n_keys : 0;
    PastSpan now = {.since = on};

    *to = (Queued){.row = row, .keys = arena_many(a, int64_t, n + 1)};
    to->known = arena_many(a, bool, n + 1);
    (void)span_on(r->states, row, on, &now);
    to->since = now.since;
    for (size_t k = 0; k < n; k++)
        to->known[k] = evaluation_value(r->own, (size_t)q->keys[k], row, on, &to->keys[k]);
}

/* Who is surely before stays before, however the unknown keys turn out. */
static size_t best_place(const Queued *all, size_t n, size_t at, size_t n_keys)
{
    size_t before = 0;

    for (size_t i = 0; i < n; i++)
        before += i != at && surely_before(&all[i], &all[at], n_keys) < 0;
    return before + 1;
}

static bool is_unsure(const Queued *q, size_t n_keys)
{
    for (size_t k = 0; k < n_keys; k++)
        if (!q->known[k])
            return true;
    return false;
}

bool procedure_queue(ProcedureRun *r, unsigned state, Date on, const uint8_t *rows, Arena *a,
                     QueuePlace **ret, size_t *ret_n, GError **error)
{
    const QueueProgram *q = queue_of(r->p, state, on);
    size_t n, n_keys = q != NULL ? q->n_keys : 0;
    const uint32_t *list = procedure_rows(r, state, on, rows, a, &n);
    Queued *all = arena_many(a, Queued, n + 1);

    if (on < DAY_LOW || on > DAY_HIGH)
        return fail(error, FAIL_INPUT, "queues can be asked about the years 1900 to 2199 only");
    for (size_t i = 0; i < n; i++)
        queued_fill(r, q, list[i], on, a, &all[i]);
    g_qsort_with_data(all, (gint)n, sizeof *all, by_worst, GSIZE_TO_POINTER(n_keys));
    *ret = arena_many(a, QueuePlace, n + 1);
    *ret_n = n;
    for (size_t i = 0; i < n; i++) {
        QueuePlace *to = &(*ret)[i];

        *to = (QueuePlace){all[i].row, all[i].since, i + 1, i + 1, is_unsure(&all[i], n_keys)};
        if (to->unsure)
            to->best = best_place(all, n, i, n_keys);
    }
    return true;
}
