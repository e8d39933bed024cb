/* trace.c — one row, one output, and why: the entry for a person.
 * In: Run and what a day or month gave.  Out: Trace, with the next change that needs no new fact.
 * Start: evaluate_row_month(), evaluate_row(). */
#include "evaluate/run.h"

#define CHANGES_MOST 1500 /* days looked at before "nothing changes by itself" is said */

Evaluation *evaluation_new(const Program *p, const Dataset *d, GError **error)
{
    Arena *a = arena_new();
    Evaluation *e = arena_new_of(a, Evaluation);

    e->arena = a;
    if (run_new(a, p, d, &e->run, error))
        return e;
    arena_free(a);
    return NULL;
}

void evaluation_free(Evaluation *e)
{
    if (e != NULL)
        arena_free(e->arena);
}

static bool check_call(const Run *r, size_t output, size_t row, Date first, Date last,
                       GError **error)
{
    g_assert(output < r->p->n_outputs);
    if (row >= r->rows)
        return fail(error, FAIL_ABSENT, "%s has no row %zu", r->p->entity_name, row + 1);
    if (first < DAY_LOW || last > DAY_HIGH)
        return fail(error, FAIL_INPUT, "rules can be asked about the years 1900 to 2199 only");
    return true;
}

/* ---- steps ------------------------------------------------------------------------------------
 */

/* Since when the recorded value holds that was read on `day`. */
static Date since_of(const Run *r, uint32_t step, Date day)
{
    const Step *s = &r->p->steps[step];
    const Column *c = r->columns[step];
    uint64_t row = row_record(r, s->a);

    if (s->op != OP_FIELD || c == NULL || c->since == NULL || row >= c->rows)
        return DATE_MIN;
    if (day >= c->since[row])
        return c->since[row];
    for (size_t i = 0; i < c->n_periods; i++) {
        const Period *p = &c->periods[i];

        if (p->row == row && p->since <= day && day < p->until)
            return p->since;
    }
    return DATE_MIN;
}

static void reach(const Run *r, Trace *t, uint32_t step);

static void reach_choice(const Run *r, Trace *t, const Step *s)
{
    int64_t c = r->regs[s->a].value;

    reach(r, t, s->a);
    if (c != TRUTH_NO)
        reach(r, t, s->b);
    if (c != TRUTH_YES)
        reach(r, t, s->c);
}

/* Branches that were not taken did not run; both sides of `and` and `or` are looked at. */
static void reach(const Run *r, Trace *t, uint32_t step)
{
    const Step *s;

    if (step == STEP_NONE || t->steps[step].run)
        return;
    s = &r->p->steps[step];
    t->steps[step].run = true;
    if (s->op == OP_IF || s->op == OP_IF_TRUTH) {
        reach_choice(r, t, s);
        return;
    }
    reach(r, t, s->a);
    reach(r, t, s->b);
    reach(r, t, s->c);
    for (uint32_t i = 0; i < s->n_args; i++)
        reach(r, t, r->p->args[s->args + i]);
}

static void reach_output(const Run *r, const ProgramOutput *o, Trace *t)
{
    reach(r, t, o->present);
    reach(r, t, o->when);
    reach(r, t, o->require);
    reach(r, t, o->once);
    if (o->kind == PROGRAM_VALUE)
        reach(r, t, o->root);
    bool paid = o->when == STEP_NONE || r->regs[o->when].value != TRUTH_NO;

    if (paid)
        reach(r, t, o->amount);
    if (t->outcome == TRUTH_PERSON)
        reach(r, t, o->most);
    for (size_t i = 0; paid && i < o->n_excepted; i++) { /* one that holds ends the asking */
        reach(r, t, o->excepted[i]);
        paid = r->regs[o->excepted[i]].value != TRUTH_YES;
    }
    for (size_t i = 0; i < o->n_cures; i++)
        reach(r, t, o->cures[i]);
}

static void fill_steps(Run *r, const ProgramOutput *o, Date day, Arena *a, Trace *t)
{
    t->n_steps = r->p->n_steps;
    t->steps = arena_many(a, TraceStep, t->n_steps + 1);
    reach_output(r, o, t);
    for (size_t i = 0; i < o->n_steps; i++) {
        uint32_t k = o->steps[i];
        TraceStep *to = &t->steps[k];
        const Reg *x = &r->regs[k];

        to->known = r->p->steps[k].is_truth || x->missing == 0;
        to->value = x->value;
        if (r->p->steps[k].is_truth && x->value == TRUTH_UNKNOWN && only_judged(o, x->missing))
            to->value = TRUTH_PERSON;
        to->missing = own_bits(r->p, o, x->missing);
        to->since = since_of(r, k, day);
    }
}

/* ---- the next change --------------------------------------------------------------------------
 */

DayOutcome row_in_force(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit)
{
    DayOutcome d = {.outcome = OUTCOME_OUTSIDE, .next = DATE_MAX};

    if (day < o->from) {
        d.next = o->from;
        return d;
    }
    if (day > o->until)
        return d;
    d = row_day(r, o, row, day, limit);
    if (o->until < DATE_MAX)
        d.next = MIN(d.next, o->until + 1);
    return d;
}

/* From the deciding day on: the first on which outcome or amount is another, no fact being added.
 */
static void find_change(Run *r, const ProgramOutput *o, size_t row, Trace *t)
{
    DayOutcome now, then;
    Date day = t->day;

    if (o->kind == PROGRAM_VALUE || o->days == RULE_ONCE_DAY)
        return;
    now = then = row_net_in_force(r, o, row, day, DAY_HIGH, false);
    for (int i = 0; i < CHANGES_MOST && then.next <= DAY_HIGH; i++) {
        day = then.next;
        then = row_net_in_force(r, o, row, day, DAY_HIGH, true);
        if (then.outcome == now.outcome &&
            (then.amount == now.amount || now.outcome == TRUTH_PERSON))
            continue;
        t->has_change = true;
        t->change_on = day;
        t->change_to = then.outcome == OUTCOME_OUTSIDE ? TRUTH_NO : (Truth)then.outcome;
        return;
    }
}

/* ---- calls ------------------------------------------------------------------------------------
 */

static void outcome_to_trace(const Run *r, const ProgramOutput *o, const MonthOutcome *m,
                             size_t row, Trace *t)
{
    t->row = row;
    t->day = m->day;
    t->outside = m->outcome == OUTCOME_OUTSIDE;
    t->outcome = t->outside ? TRUTH_NO : (Truth)m->outcome;
    t->has_amount = m->outcome == TRUTH_YES && o->amount != STEP_NONE;
    t->amount = t->has_amount ? m->amount : 0;
    t->has_most = m->outcome == TRUTH_PERSON && m->most_known;
    t->most = t->has_most ? m->most : 0;
    t->missing = outcome_lacks(r->p, o, m->outcome, m->missing);
}

static bool is_member(const ProgramGroup *g, uint32_t output)
{
    for (size_t i = 0; i < g->n_members; i++) {
        if (g->members[i] == output)
            return true;
    }
    return false;
}

static TraceGroup trace_group(const Run *r, uint32_t group, Arena *a)
{
    const ProgramGroup *g = &r->p->groups[group];
    TraceGroup to = {.origin = g->origin,
                     .applies = (Truth)r->applied[group],
                     .members = arena_many(a, TraceMember, g->n_members),
                     .n_members = g->n_members};

    for (size_t i = 0; i < g->n_members; i++) {
        const Standing *x = &r->standing[g->members[i]];

        to.members[i] = (TraceMember){.origin = r->p->outputs[g->members[i]].origin,
                                      .raw = x->raw.outcome,
                                      .net = x->net.outcome,
                                      .amount = x->raw.amount};
    }
    return to;
}

/* What the rule is by itself, and who else is in its groups. */
static void groups_to_trace(const Run *r, const ProgramOutput *o, Arena *a, Trace *t)
{
    uint32_t output = (uint32_t)(o - r->p->outputs);
    const Standing *x = &r->standing[output];

    t->raw_outcome = t->outcome;
    t->raw_amount = t->amount;
    t->raw_missing = t->missing;
    if (o->n_needs == 0 || t->outside)
        return;
    t->raw_outcome = (Truth)x->raw.outcome;
    t->raw_amount = x->raw.amount;
    t->raw_missing = own_bits(r->p, o, x->raw.missing);
    if (x->paid != STEP_NONE)
        t->instead = r->p->outputs[x->paid].origin;
    t->groups = arena_many(a, TraceGroup, o->n_groups + 1);
    for (size_t i = 0; i < o->n_groups; i++) {
        if (is_member(&r->p->groups[o->groups[i]], output))
            t->groups[t->n_groups++] = trace_group(r, o->groups[i], a);
    }
}

bool evaluation_row_month(Evaluation *e, size_t output, size_t row, Month month, Arena *a,
                          Trace *ret, GError **error)
{
    const ProgramOutput *o = &e->run->p->outputs[output];
    MonthOutcome m;
    Trace t = {0};

    if (!check_call(e->run, output, row, month_first(month), month_last(month), error))
        return false;
    g_assert(o->kind != PROGRAM_VALUE);
    if (!row_net(e->run, o, row, month, &m, error))
        return false;
    outcome_to_trace(e->run, o, &m, row, &t);
    if (a != NULL) {
        groups_to_trace(e->run, o, a, &t);
        (void)row_day(e->run, o, row, t.day, t.day);
        fill_steps(e->run, o, t.day, a, &t);
        find_change(e->run, o, row, &t);
    }
    *ret = t;
    return true;
}

bool evaluation_answer(Evaluation *e, size_t output, size_t row, Month month, Answer *ret,
                       GError **error)
{
    const ProgramOutput *o = &e->run->p->outputs[output];
    MonthOutcome m;

    if (!check_call(e->run, output, row, month_first(month), month_last(month), error) ||
        !row_month(e->run, o, row, month, &m, error))
        return false;
    *ret = (Answer){.outcome = m.outcome};
    if (m.outcome == TRUTH_YES)
        ret->amount = m.amount;
    if (m.outcome == TRUTH_UNKNOWN)
        ret->missing = own_bits(e->run->p, o, m.missing);
    return true;
}

static bool day_value(Run *r, const ProgramOutput *o, size_t row, Date day, Trace *t,
                      GError **error)
{
    const Step *s = &r->p->steps[o->root];
    const Reg *x = &r->regs[o->root];

    r->overflow = false;
    row_compute(r, o->steps, o->n_steps, row, day, day);
    if (r->overflow && x->missing != 0)
        return fail_row(r, o, row, "a number does not fit 64 bits", error);
    t->row = row;
    t->day = day;
    t->outcome = only_judged(o, x->missing) ? TRUTH_PERSON
                 : x->missing != 0          ? TRUTH_UNKNOWN
                 : s->is_truth              ? (Truth)x->value
                                            : TRUTH_YES;
    t->missing = own_bits(r->p, o, x->missing);
    return true;
}

static bool day_rule(Run *r, const ProgramOutput *o, size_t row, Date day, Arena *a, Trace *t,
                     GError **error)
{
    MonthOutcome m = {.day = day, .outcome = OUTCOME_OUTSIDE};
    Standing s;

    r->overflow = false;
    if (o->n_needs > 0) {
        if (!row_net_day(r, o, row, day, &s, error))
            return false;
        m = s.net;
        row_compute(r, o->steps, o->n_steps, row, day, day);
    } else if (day >= o->from && day <= o->until && !row_on_day(r, o, row, day, &m, error))
        return false;
    if (m.outcome == OUTCOME_OUTSIDE) /* registers for the trace all the same */
        row_compute(r, o->steps, o->n_steps, row, day, day);
    outcome_to_trace(r, o, &m, row, t);
    groups_to_trace(r, o, a, t);
    return true;
}

bool evaluation_row(Evaluation *e, size_t output, size_t row, Date day, Arena *a, Trace *ret,
                    GError **error)
{
    const ProgramOutput *o = &e->run->p->outputs[output];
    Trace t = {0};

    if (!check_call(e->run, output, row, day, day, error))
        return false;
    if (o->kind == PROGRAM_VALUE ? !day_value(e->run, o, row, day, &t, error)
                                 : !day_rule(e->run, o, row, day, a, &t, error))
        return false;
    fill_steps(e->run, o, day, a, &t);
    find_change(e->run, o, row, &t);
    *ret = t;
    return true;
}

bool evaluation_value(Evaluation *e, size_t output, size_t row, Date day, int64_t *ret_value)
{
    Run *r = e->run;
    const ProgramOutput *o = &r->p->outputs[output];

    if (!check_call(r, output, row, day, day, NULL))
        return false;
    row_compute(r, o->steps, o->n_steps, row, day, day);
    *ret_value = r->regs[o->root].value;
    return r->regs[o->root].missing == 0;
}

bool evaluate_row_month(const Program *p, const Dataset *d, size_t output, size_t row, Month month,
                        Arena *a, Trace *ret, GError **error)
{
    g_autoptr(Evaluation) e = evaluation_new(p, d, error);

    return e != NULL && evaluation_row_month(e, output, row, month, a, ret, error);
}

bool evaluate_row(const Program *p, const Dataset *d, size_t output, size_t row, Date day, Arena *a,
                  Trace *ret, GError **error)
{
    g_autoptr(Evaluation) e = evaluation_new(p, d, error);

    return e != NULL && evaluation_row(e, output, row, day, a, ret, error);
}

bool evaluate_value(const Program *p, const Dataset *d, size_t output, size_t row, Date day,
                    int64_t *ret_value)
{
    g_autoptr(Evaluation) e = evaluation_new(p, d, NULL);

    return e != NULL && evaluation_value(e, output, row, day, ret_value);
}
