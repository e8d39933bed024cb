/* pass.c — what is run over every slice, settled once: the order of steps, what all rows share,
 * what is watched for changes, when a register may be given back. In: outputs wanted on one day.
 * Out: Pass.  Start: pass_new(), slice_run(). */
#include "evaluate/slice.h"

/* ---- which registers a register needs in the batch driver -------------------------------------
 */

typedef struct Needs {
    uint32_t list[9];
    size_t n;
} Needs;

static void need(Needs *to, uint32_t step)
{
    if (step != STEP_NONE && to->n < G_N_ELEMENTS(to->list))
        to->list[to->n++] = step;
}

static Needs needs_of(const Program *p, const Step *s)
{
    Needs n = {.n = 0};

    if (s->op == OP_AGGREGATE && !counted_at_once(s))
        return n; /* the row driver computes all below it */
    if (interval_by_days(p, s)) {
        need(&n, p->steps[s->a].a);
        need(&n, p->steps[s->a].b);
        return n;
    }
    need(&n, compared_or(p, s) ? p->steps[s->a].a : s->a);
    need(&n, s->b);
    need(&n, s->c);
    for (uint32_t i = 0; i < s->n_args; i++)
        need(&n, p->args[s->args + i]);
    return n;
}

static bool real_twin(const Program *p, uint32_t step, bool twin)
{
    return twin && p->steps[step].drift != DRIFT_STILL;
}

/* Marks a register and all below it; needed: per step, bit 0 the day's, bit 1 its twin. */
static void mark(const Program *p, uint8_t *needed, uint32_t step, bool twin)
{
    uint8_t bit;
    Needs n;

    if (step == STEP_NONE)
        return;
    step = batch_step(p, step);
    bit = real_twin(p, step, twin) ? 2 : 1;
    if ((needed[step] & bit) != 0)
        return;
    needed[step] |= bit;
    n = needs_of(p, &p->steps[step]);
    for (size_t i = 0; i < n.n; i++)
        mark(p, needed, n.list[i], bit == 2);
}

/* ---- what is watched --------------------------------------------------------------------------
 */

static void watch_drift(const Program *p, uint32_t step, uint8_t *seen, Watch *w)
{
    const Step *s;
    Needs n;

    step = batch_step(p, step);
    s = &p->steps[step];
    if (seen[step] != 0 || s->drift == DRIFT_STILL || s->op == OP_AGGREGATE)
        return;
    seen[step] = 1;
    if (s->drift != DRIFT_FREE) {
        w->compare[w->n_compare++] = step;
        return;
    }
    n = needs_of(p, s);
    for (size_t i = 0; i < n.n; i++)
        watch_drift(p, n.list[i], seen, w);
}

/* A condition that only rises is at its best on the last day; below `and` and `or` that holds for
 * each part. */
static void watch_better(const Program *p, uint32_t step, uint8_t *seen, Watch *w)
{
    const Step *s;

    step = batch_step(p, step);
    s = &p->steps[step];
    if (s->drift == DRIFT_UP && s->is_truth)
        return;
    if (s->drift != DRIFT_FREE || (s->op != OP_AND && s->op != OP_OR)) {
        watch_drift(p, step, seen, w);
        return;
    }
    watch_better(p, s->a, seen, w);
    watch_better(p, s->b, seen, w);
}

static void watch_recorded(const Program *p, uint32_t step, uint8_t *seen, Watch *w)
{
    const Step *s;
    Needs n;

    step = batch_step(p, step);
    s = &p->steps[step];
    if ((seen[step] & 2) != 0)
        return;
    seen[step] |= 2;
    if ((s->op == OP_FIELD && s->changes) || s->op == OP_AGGREGATE)
        w->recorded[w->n_recorded++] = step;
    n = needs_of(p, s);
    for (size_t i = 0; i < n.n; i++)
        watch_recorded(p, n.list[i], seen, w);
}

/* One root, or two that count as one. */
static void watch(Arena *a, const Program *p, uint32_t root, uint32_t other, bool better, Watch *w)
{
    const uint32_t roots[] = {root, other};
    uint8_t *seen;

    if (root == STEP_NONE)
        return;
    seen = g_new0(uint8_t, p->n_steps);
    w->compare = arena_many(a, uint32_t, p->n_steps);
    w->recorded = arena_many(a, uint32_t, p->n_steps);
    for (size_t i = 0; i < G_N_ELEMENTS(roots) && roots[i] != STEP_NONE; i++) {
        (better ? watch_better : watch_drift)(p, roots[i], seen, w);
        if (!better)
            watch_recorded(p, roots[i], seen, w);
    }
    g_free(seen);
}

static void watch_output(Pass *p, PassOutput *w)
{
    const ProgramOutput *o = &p->r->p->outputs[w->output];

    if (!w->calendar &&
        (w->from == p->day || (o->days != RULE_EACH_DAY && o->days != RULE_ANY_DAY)))
        return;
    watch(p->arena, p->r->p, o->present, STEP_NONE, false, &w->present);
    watch(p->arena, p->r->p, o->when, STEP_NONE, false, &w->when);
    watch(p->arena, p->r->p, o->when, STEP_NONE, true, &w->better);
    watch(p->arena, p->r->p, o->amount, o->most, false, &w->amount);
    if (w->calendar)
        watch(p->arena, p->r->p, o->days == RULE_ONCE_DAY ? o->once : o->require, STEP_NONE, false,
              &w->rest);
    w->watched = true;
}

/* ---- order ------------------------------------------------------------------------------------
 */

static void mark_watch(const Program *p, uint8_t *needed, const Watch *w)
{
    for (size_t i = 0; i < w->n_compare; i++) {
        mark(p, needed, w->compare[i], false);
        mark(p, needed, w->compare[i], true);
    }
    for (size_t i = 0; i < w->n_recorded; i++)
        mark(p, needed, w->recorded[i], false);
}

/* The registers an output is made of. */
typedef struct OutputRoots {
    uint32_t list[7];
    size_t n;
} OutputRoots;

static OutputRoots roots_of(const Program *p, const PassOutput *w)
{
    const ProgramOutput *o = &p->outputs[w->output];
    const uint32_t roots[] = {o->kind == PROGRAM_VALUE ? o->root : STEP_NONE,
                              o->present,
                              o->when,
                              o->amount,
                              o->require,
                              o->once,
                              o->most};
    OutputRoots to = {.n = 0};

    for (size_t i = 0; i < G_N_ELEMENTS(roots); i++) {
        if (roots[i] != STEP_NONE)
            to.list[to.n++] = roots[i];
    }
    return to;
}

static void mark_output(const Program *p, uint8_t *needed, const PassOutput *w)
{
    OutputRoots roots = roots_of(p, w);

    for (size_t i = 0; i < roots.n; i++)
        mark(p, needed, roots.list[i], false);
    if (w->watched)
        mark(p, needed, p->outputs[w->output].present, true);
    mark_watch(p, needed, &w->present);
    mark_watch(p, needed, &w->when);
    mark_watch(p, needed, &w->amount);
    mark_watch(p, needed, &w->rest);
}

static void schedule_step(Pass *p, uint8_t *done, uint32_t step, bool twin)
{
    uint8_t bit = twin ? 2 : 1;

    if ((done[step] & bit) != 0)
        return;
    done[step] |= bit;
    if (!p->r->p->steps[step].uniform)
        p->tasks[p->n_tasks++] = (Task){.step = step, .output = STEP_NONE, .twin = twin};
}

static void schedule(Pass *p)
{
    const Program *prog = p->r->p;
    uint8_t *done = g_new0(uint8_t, prog->n_steps), *needed = g_new(uint8_t, prog->n_steps);

    p->tasks = arena_many(p->arena, Task, prog->n_steps * 2 + p->n_outputs);
    for (uint32_t i = 0; i < p->n_outputs; i++) {
        memset(needed, 0, prog->n_steps);
        mark_output(prog, needed, &p->outputs[i]);
        for (uint32_t s = 0; s < prog->n_steps; s++) {
            if ((needed[s] & 1) != 0)
                schedule_step(p, done, s, false);
            if ((needed[s] & 2) != 0)
                schedule_step(p, done, s, true);
        }
        p->tasks[p->n_tasks++] = (Task){.output = i, .step = STEP_NONE};
    }
    g_free(done);
    g_free(needed);
}

/* ---- when a register is asked for last --------------------------------------------------------
 */

static void use(const Program *p, uint32_t *last, uint32_t step, bool twin, uint32_t task)
{
    if (step == STEP_NONE)
        return;
    step = batch_step(p, step);
    last[2 * step + real_twin(p, step, twin)] = task;
}

static void use_watch(const Program *p, uint32_t *last, const Watch *w, uint32_t task)
{
    for (size_t i = 0; i < w->n_compare; i++) {
        use(p, last, w->compare[i], false, task);
        use(p, last, w->compare[i], true, task);
    }
    for (size_t i = 0; i < w->n_recorded; i++)
        use(p, last, w->recorded[i], false, task);
}

static void use_output(const Program *p, uint32_t *last, const PassOutput *w, uint32_t task)
{
    OutputRoots roots = roots_of(p, w);

    for (size_t i = 0; i < roots.n; i++)
        use(p, last, roots.list[i], false, task);
    if (w->watched)
        use(p, last, p->outputs[w->output].present, true, task);
    use_watch(p, last, &w->present, task);
    use_watch(p, last, &w->when, task);
    use_watch(p, last, &w->amount, task);
    use_watch(p, last, &w->rest, task);
}

static void find_dead(Pass *p)
{
    const Program *prog = p->r->p;
    uint32_t *last = g_new(uint32_t, 2 * prog->n_steps + 1), n = 0;

    memset(last, 0xff, 2 * prog->n_steps * sizeof *last);
    for (uint32_t i = 0; i < p->n_tasks; i++) {
        const Task *t = &p->tasks[i];

        if (t->output != STEP_NONE) {
            use_output(prog, last, &p->outputs[t->output], i);
            continue;
        }
        Needs needs = needs_of(prog, &prog->steps[t->step]);

        use(prog, last, t->step, t->twin, i);
        for (size_t k = 0; k < needs.n; k++)
            use(prog, last, needs.list[k], t->twin, i);
    }
    p->dead = arena_many(p->arena, Dead, 2 * prog->n_steps + 1);
    for (uint32_t i = 0; i < p->n_tasks; i++) {
        p->tasks[i].first_dead = n;
        for (uint32_t k = 0; k < 2 * prog->n_steps; k++) {
            if (last[k] == i && !prog->steps[k / 2].uniform)
                p->dead[n++] = (Dead){k / 2, k % 2 != 0};
        }
        p->tasks[i].n_dead = n - p->tasks[i].first_dead;
    }
    g_free(last);
}

/* ---- what all rows share ----------------------------------------------------------------------
 */

static void share_day(Pass *p, Date day, Lane *lanes)
{
    const Program *prog = p->r->p;

    p->r->overflow = false;
    for (uint32_t i = 0; i < prog->n_steps; i++) {
        const Reg *x = &p->r->regs[i];

        if (!prog->steps[i].uniform)
            continue;
        row_compute(p->r, &i, 1, 0, day, day);
        lanes[i] = (Lane){.scalar = true, .one = x->value, .one_missing = x->missing};
    }
    p->overflow_always = p->overflow_always || p->r->overflow;
    p->r->overflow = false;
}

/* ---- what can be missing on this day ----------------------------------------------------------
 */

static uint64_t slice_lacks(const Slot *slot, Date day)
{
    const SlotSlice *slice = slot_slice(slot, day);
    uint64_t bits = 0;

    for (size_t i = 0; slice->missing != NULL && i < slot->n_cells; i++)
        bits |= slice->missing[i];
    return bits;
}

static uint64_t step_lacks(const Pass *p, uint32_t step)
{
    const Step *s = &p->r->p->steps[step];
    const Column *c = p->r->columns[step];

    switch (s->op) {
    case OP_FIELD:
        return s->a == STEP_NONE && c != NULL && c->known == NULL && c->since == NULL ? 0
                                                                                      : s->lacks;
    case OP_LOOKUP:
        return slice_lacks(&p->r->p->slots[s->slot], p->day) |
               slice_lacks(&p->r->p->slots[s->slot], p->first);
    case OP_AGGREGATE:
    case OP_NOTHING:
    case OP_REACHED:
    case OP_ENTERED:
    case OP_OUTCOME:
        return s->reads;
    case OP_ROUND_DIV:
        return p->r->p->steps[s->b].low <= 0 || s->checked ? s->reads : 0;
    default:
        return s->checked ? s->reads : 0;
    }
}

/* What can be missing in each register: what it lacks itself, and what its operands do. */
static void find_flows(Pass *p)
{
    const Program *prog = p->r->p;

    p->flow = arena_many(p->arena, uint64_t, prog->n_steps + 1);
    for (uint32_t i = 0; i < prog->n_steps; i++) {
        const Step *s = &prog->steps[i];
        bool ends = s->op == OP_KNOWN || s->op == OP_KNOWN_OR;
        Needs n = needs_of(prog, s);

        if (s->uniform) {
            p->flow[i] = p->lanes[0][i].one_missing | p->lanes[1][i].one_missing;
            continue;
        }
        p->flow[i] = step_lacks(p, i);
        for (size_t k = 0; k < n.n && !ends; k++)
            p->flow[i] |= p->flow[batch_step(prog, n.list[k])];
    }
}

/* Most facts of most columns are known, and most params set: few bits are in use.  What no output
 * can lack needs no bit of its own. */
static void find_doubts(Pass *p)
{
    find_flows(p);
    for (size_t i = 0; i < p->n_outputs; i++) {
        PassOutput *w = &p->outputs[i];
        OutputRoots roots = roots_of(p->r->p, w);

        w->flow = 0;
        for (size_t k = 0; k < roots.n; k++)
            w->flow |= p->flow[batch_step(p->r->p, roots.list[k])];
        p->used |= w->flow;
    }
    int bits = __builtin_popcountll(p->used);

    p->doubt = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;
    for (size_t i = 0; i < p->r->p->n_steps; i++) {
        for (int k = 0; k < 2; k++)
            p->lanes[k][i].one_missing = pass_mark(p, p->lanes[k][i].one_missing);
    }
}

/* Steps the row driver computes for an aggregate: all below it, and itself. */
static void list_below(Pass *p, uint32_t step)
{
    const Program *prog = p->r->p;
    uint8_t *needed = g_new0(uint8_t, prog->n_steps);

    needed[step] = 1;
    p->below[step] = arena_many(p->arena, uint32_t, step + 1);
    for (uint32_t i = step + 1; i-- > 0;) {
        const Step *s = &prog->steps[i];
        const uint32_t operands[3] = {s->a, s->b, s->c};

        for (uint32_t k = 0; needed[i] != 0 && k < 3 + s->n_args; k++) {
            uint32_t x = k < 3 ? operands[k] : prog->args[s->args + k - 3];

            if (x != STEP_NONE)
                needed[x] = 1;
        }
    }
    for (uint32_t i = 0; i <= step; i++) {
        if (needed[i] != 0)
            p->below[step][p->n_below[step]++] = i;
    }
    g_free(needed);
}

static const int64_t zeros[BATCH_STEP];

Pass *pass_new(Arena *a, Run *r, Date first, Date day, PassOutput *wanted, size_t n)
{
    Pass *p = arena_new_of(a, Pass);
    size_t steps = r->p->n_steps;

    *p = (Pass){.arena = a, .r = r, .first = first, .day = day, .outputs = wanted};
    p->n_outputs = n;
    p->zeros = zeros;
    p->spans = arena_many(a, const void *, 2 * steps + 1);
    p->packed = arena_many(a, const uint64_t *, r->p->n_slots + 1);
    p->counted = arena_many(a, struct CountedRows *, r->p->n_aggregates + 1);
    p->below = arena_many(a, uint32_t *, steps + 1);
    p->n_below = arena_many(a, size_t, steps + 1);
    for (uint32_t i = 0; i < steps; i++) {
        Op op = r->p->steps[i].op;

        if (op == OP_AGGREGATE || op == OP_REACHED || op == OP_ENTERED)
            list_below(p, i);
    }
    for (int i = 0; i < 2; i++) {
        p->lanes[i] = arena_many(a, Lane, steps + 1);
        share_day(p, i == 0 ? day : first, p->lanes[i]);
    }
    for (size_t i = 0; i < n; i++)
        watch_output(p, &wanted[i]);
    schedule(p);
    find_dead(p);
    find_doubts(p);
    return p;
}

bool slice_run(Pass *p, size_t row, size_t n, SliceDone done, void *user, GError **error)
{
    bool going = true;

    p->row = row;
    p->n = n;
    p->overflow = p->overflow_always;
    for (size_t i = 0; i < p->n_tasks; i++) {
        const Task *t = &p->tasks[i];

        if (t->output == STEP_NONE)
            slice_step(p, t);
        else if (going)
            going = done(user, p, &p->outputs[t->output], error);
        for (uint32_t k = 0; k < t->n_dead; k++) {
            const Dead *d = &p->dead[t->first_dead + k];

            lane_drop(p, &p->lanes[d->twin][d->step]);
        }
    }
    return going;
}
