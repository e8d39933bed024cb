/* gather.c — aggregates over the records that refer to one: known when every way of filling the
 * unknowns gives the same value (semantics 28–32), computed by these bounds and nothing cleverer.
 * In: Run of the body, rows that refer to the record.  Out: a register.  Start: row_aggregate(). */
#include "evaluate/gather.h"

static Reg body_reg(const Run *body, uint32_t step, int64_t none)
{
    return step == STEP_NONE ? (Reg){none, 0, DATE_MAX} : body->regs[step];
}

/* Whether the row counts: present and where. */
static Truth counts(const Run *body, const AggregateStep *a, uint64_t *missing)
{
    Reg present = body_reg(body, a->present, TRUTH_YES);
    Reg where = body_reg(body, a->where, TRUTH_YES);
    Truth t = truth_and((Truth)present.value, (Truth)where.value);

    *missing = t == TRUTH_UNKNOWN ? present.missing | where.missing : 0;
    return t;
}

static void rival(Run *body, const CountedRow *c)
{
    Rival x = {c->on, c->undated == 0, c->value, c->missing, c->why | c->missing | c->undated};

    g_array_append_val(body->rivals, x);
}

static void tally_number(Run *body, Tally *t, const CountedRow *c)
{
    if (c->counts != TRUTH_YES) {
        rival(body, c);
    } else if (c->missing != 0) {
        t->open = true;
        t->missing |= c->missing;
    } else {
        t->sum += c->value;
        t->least = MIN(t->least, c->value);
        t->most = MAX(t->most, c->value);
        t->found = true;
    }
}

static bool same_value(const Tally *t, int64_t value, uint64_t missing)
{
    return t->last_missing == 0 && missing == 0 && t->last_value == value;
}

static void tally_latest(Run *body, const AggregateStep *a, Tally *t, const CountedRow *c,
                         Date today)
{
    if (c->undated == 0 && c->on > today) {
        t->next = MIN(t->next, c->on);
    } else if (c->undated != 0 || c->counts != TRUTH_YES) {
        rival(body, c);
    } else if (t->found && t->last_day == c->on && !same_value(t, c->value, c->missing)) {
        /* Two rows of one day differ: their order is what nobody knows. */
        CountedRow tie = *c;

        tie.why |= t->last_missing | body->p->steps[a->event_day].reads;
        rival(body, &tie);
    } else if (!t->found || t->last_day < c->on) {
        t->found = true;
        t->last_day = c->on;
        t->last_value = c->value;
        t->last_missing = c->missing;
    }
}

static Reg value_of(int64_t value, Date next)
{
    return (Reg){value, 0, next};
}

Reg gather_lacking(const Step *s, uint64_t missing, Date next)
{
    return (Reg){s->is_truth ? TRUTH_UNKNOWN : 0, missing != 0 ? missing : s->reads, next};
}

/* The value over no record: `else V`, or the record itself is missing. */
Reg gather_nothing(Run *r, const Step *s, const AggregateStep *a, Date next)
{
    if (a->otherwise == STEP_NONE)
        return gather_lacking(s, a->nothing, next);
    Reg x = r->regs[a->otherwise];

    x.next = date_earlier(x.next, next);
    return x;
}

static const Rival *rival_at(const Run *body, guint i)
{
    return &g_array_index(body->rivals, Rival, i);
}

static Reg whole_sum(Run *r, const Step *s, Wide sum, Date next)
{
    if (sum < INT64_MIN || sum > INT64_MAX) {
        r->overflow = true;
        return gather_lacking(s, s->reads, next);
    }
    return value_of((int64_t)sum, next);
}

/* The least or most a sum can be; a row without a value leaves it open, unless values are never
 * negative and the least is asked for. */
static Reg bound_sum(Run *r, const Step *s, const AggregateStep *a, const Run *body, const Tally *t)
{
    bool low = a->bound == BOUND_LOW, closed = low && a->never_negative, open = t->open;
    uint64_t missing = t->missing;
    Wide sum = t->sum;

    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *x = rival_at(body, i);

        if (x->missing != 0) {
            open = true;
            missing |= x->why;
        } else if ((x->value < 0) == low) {
            sum += x->value;
        }
    }
    return open && !closed ? gather_lacking(s, missing, t->next) : whole_sum(r, s, sum, t->next);
}

/* A row that only may count changes a sum unless it adds nothing. */
static Reg end_sum(Run *r, const Step *s, const Run *body, Tally *t)
{
    bool doubt = t->open;

    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *x = rival_at(body, i);

        if (x->missing == 0 && x->value == 0)
            continue;
        doubt = true;
        t->missing |= x->why;
    }
    return doubt ? gather_lacking(s, t->missing, t->next) : whole_sum(r, s, t->sum, t->next);
}

/* Nothing counts for sure: known only where `else` says what every row that may count says. */
static Reg end_doubtful(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    Reg none = gather_nothing(r, s, a, t->next);
    bool doubt = none.missing != 0;

    t->missing |= none.missing;
    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *x = rival_at(body, i);

        doubt = doubt || x->missing != 0 || x->value != none.value;
        t->missing |= x->why;
    }
    return doubt ? gather_lacking(s, t->missing, none.next) : none;
}

static Reg end_extreme(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    bool least = a->kind == GATHER_MIN, doubt = t->open;
    int64_t sure = least ? t->least : t->most;

    if (t->sure == 0)
        return t->maybe == 0 ? gather_nothing(r, s, a, t->next) : end_doubtful(r, s, a, body, t);
    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *x = rival_at(body, i);

        if (x->missing == 0 && t->found && (least ? x->value >= sure : x->value <= sure))
            continue;
        doubt = true;
        t->missing |= x->why;
    }
    return doubt ? gather_lacking(s, t->missing, t->next) : value_of(sure, t->next);
}

static Reg end_latest(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    bool doubt = false;

    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *x = rival_at(body, i);

        if (t->found && x->dated &&
            (x->day < t->last_day ||
             (x->day == t->last_day && same_value(t, x->value, x->missing))))
            continue;
        doubt = true;
        t->missing |= x->why;
    }
    if (doubt)
        return gather_lacking(s, t->missing, t->next);
    if (!t->found)
        return gather_nothing(r, s, a, t->next);
    if (t->last_missing != 0)
        return gather_lacking(s, t->last_missing, t->next);
    return value_of(t->last_value, t->next);
}

/* Between what the least, or the greatest, can be: a row that may count can only move it its way.
 */
static Reg bound_extreme(Run *r, const Step *s, const AggregateStep *a, const Run *body, Tally *t)
{
    bool low = a->bound == BOUND_LOW, least = a->kind == GATHER_MIN, open = t->open;
    bool outer = low == least; /* the side on which rows in doubt count */
    int64_t sure = least ? t->least : t->most, x = sure;
    bool some = t->found;

    if (t->sure == 0) { /* all may be gone */
        Reg none = gather_nothing(r, s, a, t->next);

        if (none.missing != 0)
            return gather_lacking(s, t->missing | none.missing, none.next);
        x = none.value;
        some = outer = true;
    }
    for (guint i = 0; i < body->rivals->len; i++) {
        const Rival *v = rival_at(body, i);

        if (!outer)
            continue;
        open = open || v->missing != 0;
        t->missing |= v->missing != 0 ? v->why : 0;
        if (v->missing == 0)
            x = !some ? v->value : low ? MIN(x, v->value) : MAX(x, v->value);
        some = some || v->missing == 0;
    }
    /* A sure row without a value can only lower the least, or raise the greatest. */
    return !some || (open && outer) ? gather_lacking(s, t->missing, t->next) : value_of(x, t->next);
}

static Reg end_count(const Step *s, const AggregateStep *a, const Tally *t)
{
    if (a->bound != BOUND_EXACT)
        return value_of(t->sure + (a->bound == BOUND_HIGH ? t->maybe : 0), t->next);
    if (a->kind == GATHER_EXISTS && t->sure > 0)
        return value_of(TRUTH_YES, t->next);
    if (t->maybe > 0)
        return gather_lacking(s, t->missing, t->next);
    return value_of(a->kind == GATHER_EXISTS ? TRUTH_NO : t->sure, t->next);
}

Reg gather_end(Run *r, const Step *s, const Run *body, Tally *t)
{
    const AggregateStep *a = &r->p->aggregates[s->slot];

    if (a->bound == BOUND_LEFT_OUT)
        return value_of(t->left_out, t->next);
    switch (a->kind) {
    case GATHER_SHARE:
        return end_share(r, s, a, t);
    case GATHER_MEAN:
        return end_mean(r, s, a, body, t);
    case GATHER_DISTINCT:
        return end_distinct(s, a, body, t);
    case GATHER_COUNT:
    case GATHER_EXISTS:
        return end_count(s, a, t);
    case GATHER_SUM:
        return a->bound != BOUND_EXACT ? bound_sum(r, s, a, body, t) : end_sum(r, s, body, t);
    case GATHER_MIN:
    case GATHER_MAX:
        return a->bound != BOUND_EXACT ? bound_extreme(r, s, a, body, t)
                                       : end_extreme(r, s, a, body, t);
    case GATHER_LATEST:
    case GATHER_SINCE: /* spell.c */
        break;
    }
    return end_latest(r, s, a, body, t);
}

/* ---- rows -------------------------------------------------------------------------------------
 */

static bool refers(const Column *ref, uint32_t row, uint64_t parent, Date day, Date *next)
{
    int64_t to = 0;

    if (ref->since != NULL)
        *next = date_earlier(*next, column_next_change(ref, row, day));
    return column_at(ref, row, day, &to) && to >= 0 && (uint64_t)to == parent;
}

static void all_steps(Run *body, size_t row, Date day, Date limit)
{
    row_compute(body, body->all, body->p->n_steps, row, day, limit);
}

void gather_begin(Run *body, Tally *t)
{
    *t = (Tally){.next = DATE_MAX, .least = INT64_MAX, .most = INT64_MIN};
    g_array_set_size(body->rivals, 0);
}

/* Semantics 31: whatever is asked of the row, something of it is unknown. */
static bool in_doubt(const AggregateStep *a, const CountedRow *c)
{
    bool line = a->kind == GATHER_SHARE && c->above != TRUTH_YES && c->above != TRUTH_NO;
    bool value = a->kind != GATHER_COUNT && a->kind != GATHER_EXISTS;

    return c->counts != TRUTH_YES || line || (value && c->missing != 0);
}

void gather_row(Run *body, const AggregateStep *a, Tally *t, const CountedRow *c, Date day)
{
    bool sure = c->counts == TRUTH_YES;

    if (c->counts == TRUTH_NO)
        return;
    if (a->known_only && in_doubt(a, c)) {
        t->left_out++;
        return;
    }
    t->sure += sure;
    t->maybe += !sure;
    if (a->kind == GATHER_COUNT || a->kind == GATHER_EXISTS)
        t->missing |= c->why;
    else if (a->kind == GATHER_LATEST)
        tally_latest(body, a, t, c, day);
    else if (a->kind == GATHER_SHARE)
        tally_share(t, c);
    else if (a->kind == GATHER_DISTINCT)
        tally_distinct(body, t, c);
    else
        tally_number(body, t, c);
}

static CountedRow counted_row(const Run *body, const AggregateStep *a)
{
    Reg value = body_reg(body, a->value, 0), on = body_reg(body, a->event_day, 0);
    Reg above = body_reg(body, a->above, TRUTH_YES);
    CountedRow c = {.value = value.value, .missing = value.missing};

    c.above = (Truth)above.value;
    c.unsure = above.missing;
    c.counts = counts(body, a, &c.why);
    c.on = (Date)on.value;
    c.undated = on.missing;
    return c;
}

/* A row of the body holds until a recorded fact below present, where, value or day changes. */
static Date recorded_next(const Run *body, const AggregateStep *a)
{
    const uint32_t steps[] = {a->present, a->where, a->above, a->value, a->event_day};
    Date next = DATE_MAX;

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (steps[i] != STEP_NONE)
            next = date_earlier(next, body->regs[steps[i]].next);
    }
    return next;
}

const Column *aggregate_reference(const Run *r, const AggregateStep *a)
{
    const Batch *b = a->entity < r->d->n_batches ? r->d->batches[a->entity] : NULL;

    return b == NULL || a->reference >= b->n_columns ? NULL : b->columns[a->reference];
}

/* The day on which a row is looked at: its own, or the one that is asked about. */
static Date day_of_row(const Run *r, const AggregateStep *a, size_t row, Date day)
{
    const Batch *b = r->d->batches[a->entity];
    const Column *c = a->at < b->n_columns ? b->columns[a->at] : NULL;
    int64_t own = 0;

    if (a->at == STEP_NONE || c == NULL || !column_at(c, row, day, &own))
        return day;
    return (Date)CLAMP(own, DAY_LOW, DAY_HIGH);
}

Reg row_aggregate(Run *r, const Step *s, uint64_t parent, Date day)
{
    if (r->p->aggregates[s->slot].kind == GATHER_SINCE)
        return row_spell(r, s, parent, day);

    const AggregateStep *a = &r->p->aggregates[s->slot];
    const Column *ref = aggregate_reference(r, a);
    Run *body = r->bodies[s->slot];
    size_t n = 0;
    const uint32_t *rows = links_of(run_links(r, s->slot), parent, &n);
    Tally t;

    body->outer_args = &r->p->args[s->args];
    gather_begin(body, &t);
    for (size_t i = 0; i < n; i++) {
        if (!refers(ref, rows[i], parent, day, &t.next))
            continue;
        all_steps(body, rows[i], day_of_row(r, a, rows[i], day), r->limit);
        r->overflow = r->overflow || body->overflow;
        body->overflow = false;
        if (a->at == STEP_NONE) /* what was does not change with the days */
            t.next = date_earlier(t.next, recorded_next(body, a));
        CountedRow one = counted_row(body, a);

        gather_row(body, a, &t, &one, day);
    }
    return gather_end(r, s, body, &t);
}

/* Of the days alone: the first on which a row's part of it may be another. */
Date row_aggregate_next(Run *r, const Step *s)
{
    const AggregateStep *a = &r->p->aggregates[s->slot];
    const uint32_t steps[] = {a->present, a->where, a->above, a->value, a->event_day};
    const Column *ref = aggregate_reference(r, a);
    Run *body = r->bodies[s->slot];
    uint64_t parent = row_record(r, s->a);
    size_t n = 0;
    const uint32_t *rows;
    Date next = DATE_MAX;

    if (a->kind == GATHER_SINCE || a->at != STEP_NONE)
        return DATE_MAX; /* its register says it */
    rows = links_of(run_links(r, s->slot), parent, &n);
    for (size_t i = 0; i < n; i++) {
        if (!refers(ref, rows[i], parent, r->day, &next))
            continue;
        all_steps(body, rows[i], r->day, r->limit);
        for (size_t k = 0; k < G_N_ELEMENTS(steps); k++)
            next = date_earlier(next, row_next(body, steps[k]));
    }
    return next;
}
