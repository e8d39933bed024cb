/* counted.c — aggregates of a slice: the rows counted are computed once for the day, in slices of
 * their own; then each record adds up its rows.
 * In: the body's Pass.  Out: registers.  Bodies that look at the outer record go row by row
 * (load.c).  Start: load_counted(). */
#include "evaluate/gather.h"
#include "evaluate/slice.h"

typedef struct CountedRows {
    Run *body;
    const AggregateStep *a;
    uint8_t *counts, *changed;
    uint8_t *above; /* share */
    int64_t *value;
    uint64_t *missing, *why, *undated, *unsure;
    Date *on;
    bool overflow;
} CountedRows;

bool counted_at_once(const Step *s)
{
    return s->n_args == 0 && s->number != GATHER_SINCE;
}

/* ---- the rows ---------------------------------------------------------------------------------
 */

static uint64_t lacks_at(Pass *p, uint32_t step, size_t i)
{
    uint64_t packed = 0;

    if (step != STEP_NONE)
        lane_unknown_row(p, lane_at(p, step, false), i, &packed);
    return packed == 0 ? 0 : pass_unpack(p, packed);
}

static Truth truth_at(Pass *p, uint32_t step, size_t i)
{
    return step == STEP_NONE ? TRUTH_YES : (Truth)lane_number(lane_at(p, step, false), i);
}

static void keep_row(CountedRows *c, Pass *p, size_t i)
{
    const AggregateStep *a = c->a;
    size_t row = p->row + i;
    Truth t = truth_and(truth_at(p, a->present, i), truth_at(p, a->where, i));

    c->counts[row] = (uint8_t)t;
    if (t == TRUTH_NO)
        return;
    if (t == TRUTH_UNKNOWN)
        c->why[row] = lacks_at(p, a->present, i) | lacks_at(p, a->where, i);
    if (a->value != STEP_NONE) {
        c->value[row] = lane_number(lane_at(p, a->value, false), i);
        c->missing[row] = lacks_at(p, a->value, i);
    }
    if (a->above != STEP_NONE) {
        c->above[row] = (uint8_t)truth_at(p, a->above, i);
        c->unsure[row] = lacks_at(p, a->above, i);
    }
    if (a->event_day != STEP_NONE) {
        c->on[row] = (Date)lane_number(lane_at(p, a->event_day, false), i);
        c->undated[row] = lacks_at(p, a->event_day, i);
    }
}

static bool keep_slice(void *user, Pass *p, const PassOutput *w, GError **error)
{
    CountedRows *c = user;
    uint8_t mask[BATCH_STEP];

    (void)error;
    c->overflow = c->overflow || p->overflow;
    for (size_t i = 0; i < p->n; i++)
        keep_row(c, p, i);
    if (!w->watched)
        return true;
    watch_changes(p, &w->present, c->changed + p->row);
    if (watch_changes(p, &w->when, mask))
        add_bytes(c->changed + p->row, mask, p->n);
    if (watch_changes(p, &w->amount, mask))
        add_bytes(c->changed + p->row, mask, p->n);
    for (size_t i = 0; c->a->event_day != STEP_NONE && i < p->n; i++) {
        Date on = c->on[p->row + i];

        if (c->undated[p->row + i] == 0 && on > p->first && on <= p->day)
            c->changed[p->row + i] = 1;
    }
    return true;
}

static CountedRows *counted_new(Pass *p, const AggregateStep *a, Run *body)
{
    CountedRows *c = arena_new_of(p->arena, CountedRows);
    PassOutput *w = arena_new_of(p->arena, PassOutput);
    size_t rows = body->rows + 1;
    Pass *inner;

    *c = (CountedRows){.body = body, .a = a};
    c->counts = arena_many(p->arena, uint8_t, rows);
    c->changed = arena_many(p->arena, uint8_t, rows);
    c->value = arena_many(p->arena, int64_t, rows);
    c->missing = arena_many(p->arena, uint64_t, rows);
    c->why = arena_many(p->arena, uint64_t, rows);
    c->undated = arena_many(p->arena, uint64_t, rows);
    c->above = arena_many(p->arena, uint8_t, rows);
    c->unsure = arena_many(p->arena, uint64_t, rows);
    c->on = arena_many(p->arena, Date, rows);
    w->from = p->first;
    inner = pass_new(p->arena, body, p->first, p->day, w, 1);
    for (size_t row = 0; row < body->rows; row += BATCH_STEP)
        slice_run(inner, row, MIN(body->rows - row, BATCH_STEP), keep_slice, c, NULL);
    return c;
}

/* A number and its bounds count the same rows. */
static CountedRows *counted_of(Pass *p, uint32_t aggregate)
{
    const AggregateStep *all = p->r->p->aggregates;

    for (uint32_t i = 0; i < p->r->p->n_aggregates; i++) {
        if (all[i].body == all[aggregate].body && p->counted[i] != NULL)
            return p->counted[i];
    }
    return counted_new(p, &all[aggregate], p->r->bodies[aggregate]);
}

/* ---- records ----------------------------------------------------------------------------------
 */

typedef struct Gathering {
    Pass *p;
    CountedRows *c;
    const Links *links;
    const Column *reference;
    Lane *record, *otherwise; /* NULL: the row itself; none */
    const Step *s;
    const AggregateStep *a;
} Gathering;

static bool refers(const Gathering *g, uint32_t row, uint64_t parent, bool *changed)
{
    int64_t to = 0;

    if (g->reference->since == NULL)
        return true; /* else it would not be listed */
    if (g->p->first < g->p->day && column_next_change(g->reference, row, g->p->first) <= g->p->day)
        *changed = true;
    return column_at(g->reference, row, g->p->day, &to) && to >= 0 && (uint64_t)to == parent;
}

static Reg gather_rows(const Gathering *g, uint64_t parent, bool *changed)
{
    CountedRows *c = g->c;
    size_t n = 0;
    const uint32_t *rows = links_of(g->links, parent, &n);
    Tally t;

    gather_begin(c->body, &t);
    for (size_t i = 0; i < n; i++) {
        uint32_t row = rows[i];
        CountedRow one;

        if (!refers(g, row, parent, changed))
            continue;
        *changed = *changed || c->changed[row] != 0;
        if (c->counts[row] == TRUTH_NO)
            continue;
        one = (CountedRow){(Truth)c->counts[row], c->why[row],   c->value[row],
                           c->missing[row],       c->on[row],    c->undated[row],
                           (Truth)c->above[row],  c->unsure[row]};
        gather_row(c->body, g->a, &t, &one, g->p->day);
    }
    return gather_end(g->p->r, g->s, c->body, &t);
}

/* A record nobody refers to, or that is itself unknown. */
static Reg gather_one(const Gathering *g, size_t i, bool *changed)
{
    uint64_t parent = g->p->row + i, packed = 0;

    if (g->otherwise != NULL) {
        Reg *x = &g->p->r->regs[g->a->otherwise];

        lane_unknown_row(g->p, g->otherwise, i, &packed);
        *x = (Reg){lane_number(g->otherwise, i), pass_unpack(g->p, packed), DATE_MAX};
    }
    if (g->record != NULL) {
        if (lane_unknown_row(g->p, g->record, i, &packed))
            return (Reg){g->s->is_truth ? TRUTH_UNKNOWN : 0, pass_unpack(g->p, packed), DATE_MAX};
        parent = (uint64_t)lane_number(g->record, i);
    }
    return gather_rows(g, parent, changed);
}

static void put(Pass *p, Lane *to, size_t i, const Reg *x)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};

    physical_set(sizes[to->width], to->held[0]->bytes, i, x->value);
    physical_set(sizes[p->doubt], to->held[1]->bytes, i, (int64_t)pass_mark(p, x->missing));
}

static void put_all(Gathering *g, Lane *to)
{
    Pass *p = g->p;
    Buffer *moved = buffer_new(p, 0);
    uint8_t *changes = moved->bytes;

    for (size_t i = 0; i < p->n; i++) {
        bool changed = false;
        Reg x = gather_one(g, i, &changed);

        changes[i] = changed;
        put(p, to, i, &x);
    }
    if (any_nonzero(changes, p->n)) {
        to->held[2] = moved;
        to->changed = changes;
    } else {
        buffer_drop(p, moved);
    }
}

void load_counted(Pass *p, uint32_t step, Lane *to)
{
    const Step *s = &p->r->p->steps[step];
    const AggregateStep *a = &p->r->p->aggregates[s->slot];
    Gathering g = {.p = p, .s = s, .a = a, .reference = aggregate_reference(p->r, a)};

    if (p->counted[s->slot] == NULL)
        p->counted[s->slot] = counted_of(p, s->slot);
    g.c = p->counted[s->slot];
    g.links = run_links(p->r, s->slot);
    g.record = s->a != STEP_NONE ? lane_at(p, s->a, false) : NULL;
    g.otherwise = a->otherwise != STEP_NONE ? lane_at(p, a->otherwise, false) : NULL;
    lane_make(p, to, s->is_truth ? 0 : (int)s->physical);
    to->held[1] = buffer_new(p, p->doubt);
    to->missing = to->held[1]->bytes;
    p->r->overflow = false;
    put_all(&g, to);
    p->overflow = p->overflow || p->r->overflow || g.c->overflow;
    p->r->overflow = false;
    if (g.record != NULL)
        lane_join_changed(p, to, g.record);
    if (g.otherwise != NULL)
        lane_join_changed(p, to, g.otherwise);
    if (!any_nonzero(to->missing, p->n << p->doubt)) {
        buffer_drop(p, to->held[1]);
        to->held[1] = NULL;
        to->missing = NULL;
    }
}
