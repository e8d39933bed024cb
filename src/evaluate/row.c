/* row.c — one row, one day: every step in order, with what is missing and how long it holds.
 * In: Run, row, day.  Out: registers.  The batch driver's answers are tested against these.
 * Not here: months (month.c), aggregates (gather.c).  Start: row_compute(). */
#include "evaluate/past.h"
#include "evaluate/run.h"

/* Where operands come from: this day's registers, or the same steps on another day. */
typedef Reg (*Operand)(Run *r, uint32_t step, Date day);

/* Compiled twice, once for each of the two. */
#define WITH_OPERANDS static inline __attribute__((always_inline))

/* Conditions that are unknown hold TRUTH_UNKNOWN; unknown values hold 0. */
static Reg unknown(const Step *s, uint64_t missing, Date next)
{
    return (Reg){s->is_truth ? TRUTH_UNKNOWN : 0, missing, next};
}

/* ---- leaves -----------------------------------------------------------------------------------
 */

static uint64_t record_of(const Reg *x)
{
    return x->missing != 0 || x->value < 0 ? UINT64_MAX : (uint64_t)x->value;
}

uint64_t row_record(const Run *r, uint32_t step)
{
    return step == STEP_NONE ? r->row : record_of(&r->regs[step]);
}

WITH_OPERANDS Reg field_at(Run *r, uint32_t number, Date day, Operand get)
{
    const Step *s = &r->p->steps[number];
    const Column *c = r->columns[number];
    uint64_t row = r->row;
    Reg x = {0, 0, DATE_MAX};

    if (s->a != STEP_NONE) {
        Reg record = get(r, s->a, day);

        if (record.missing != 0)
            return unknown(s, record.missing, record.next);
        row = record_of(&record);
        x.next = record.next;
    }
    if (c == NULL || row >= c->rows)
        return unknown(s, s->lacks, x.next);
    if (c->since != NULL)
        x.next = date_earlier(x.next, column_next_change(c, row, day));
    if (c->physical == PHYSICAL_TEXT)
        x.missing = column_known(c, row) ? 0 : s->lacks;
    else if (!column_at(c, row, day, &x.value))
        return unknown(s, s->lacks, x.next);
    return x;
}

/* Reads the whole past of the field, not only what holds on the day. */
WITH_OPERANDS Reg past_at(Run *r, const Step *s, Date day, Operand get)
{
    const Column *c = r->columns[s->b];
    Reg field = get(r, s->b, day), x = {0, 0, field.next};
    uint64_t row = r->row;
    Date entered;

    if (s->a != STEP_NONE) {
        Reg record = get(r, s->a, day);

        if (record.missing != 0)
            return unknown(s, record.missing, record.next);
        row = record_of(&record);
    }
    if (c == NULL || row >= c->rows)
        return unknown(s, s->lacks, x.next);
    if (s->op == OP_REACHED) {
        x.value = past_reached(c, row, day, (uint64_t)s->number, (uint64_t)s->number_b);
        x.missing = x.value == TRUTH_UNKNOWN ? s->lacks : 0;
        return x;
    }
    if (!past_entered(c, row, day, s->number, &entered))
        return unknown(s, s->lacks, x.next);
    x.value = entered;
    return x;
}

static Date slice_end(const Slot *slot, const SlotSlice *slice)
{
    size_t i = (size_t)(slice - slot->slices) + 1;

    return i < slot->n_slices ? slot->slices[i].from : DATE_MAX;
}

WITH_OPERANDS Reg look_up(Run *r, const Step *s, Date day, Operand get)
{
    const Slot *slot = &r->p->slots[s->slot];
    const SlotSlice *slice = slot_slice(slot, day);
    Reg x = {0, 0, slice_end(slot, slice)};
    size_t cell = 0;

    for (uint32_t i = 0; i < s->n_args; i++) {
        Reg arg = get(r, r->p->args[s->args + i], day);

        x.missing |= arg.missing;
        x.next = date_earlier(x.next, arg.next);
        if (arg.missing == 0 && arg.value >= 0 && arg.value < slot->sizes[i])
            cell += (size_t)(arg.value * slot->strides[i]);
        else if (arg.missing == 0) /* a place or code of another model */
            x.missing |= s->reads | (s->reads == 0);
    }
    if (x.missing != 0)
        return unknown(s, x.missing, x.next);
    if (!slot_cell(slot, slice, cell, &x.value, &x.missing))
        return unknown(s, x.missing, x.next);
    return x;
}

/* ---- conditions and choices -------------------------------------------------------------------
 */

WITH_OPERANDS Reg logic(Run *r, const Step *s, Date day, Operand get)
{
    Reg x = get(r, s->a, day), y;

    if (s->op == OP_NOT) {
        x.value = truth_not((Truth)x.value);
        return x;
    }
    y = get(r, s->b, day);
    x.value = s->op == OP_AND ? truth_and((Truth)x.value, (Truth)y.value)
                              : truth_or((Truth)x.value, (Truth)y.value);
    x.missing = x.value == TRUTH_UNKNOWN ? x.missing | y.missing : 0;
    x.next = date_earlier(x.next, y.next);
    return x;
}

/* Semantics 22: unknown unless all branches that can still apply give the same known value. */
WITH_OPERANDS Reg choose(Run *r, const Step *s, Date day, Operand get)
{
    Reg c = get(r, s->a, day), x = get(r, s->b, day), y = get(r, s->c, day);
    Date next = date_earlier(c.next, date_earlier(x.next, y.next));
    Reg chosen = c.value == TRUTH_NO ? y : x;

    if (c.value == TRUTH_YES || c.value == TRUTH_NO ||
        (x.missing == 0 && y.missing == 0 && x.value == y.value)) {
        chosen.next = next;
        return chosen;
    }
    return unknown(s, c.missing | x.missing | y.missing, next);
}

WITH_OPERANDS Reg strict(Run *r, const Step *s, Date day, Operand get)
{
    Reg x = get(r, s->a, day), y = {0, 0, DATE_MAX}, to = {0, 0, x.next};
    OpEnd end = OP_END_KNOWN;

    if (s->b != STEP_NONE)
        y = get(r, s->b, day);
    to.missing = x.missing | y.missing;
    to.next = date_earlier(x.next, y.next);
    if (to.missing != 0)
        return unknown(s, to.missing, to.next);
    if (s->op == OP_INTERVAL) {
        to.value = (int64_t)cuts_below(&r->p->cuts[s->slot], x.value);
    } else if (s->op == OP_IN_REGION) {
        to.value =
            region_in(r->p->regions, (int32_t)x.value, (int32_t)y.value) ? TRUTH_YES : TRUTH_NO;
    } else {
        end = op_compute(s, x.value, y.value, &to.value);
    }
    if (end == OP_END_KNOWN)
        return to;
    r->overflow = r->overflow || end == OP_END_OVERFLOW;
    return unknown(s, s->reads | (s->reads == 0), to.next);
}

static Reg outer_at(Run *r, const Step *s, Date day, Operand get);

static Reg beside(Reg x, Date next)
{
    x.next = date_earlier(x.next, next);
    return x;
}

/* What another rule pays: nothing where it pays nothing, unknown until it is decided. */
static Reg outcome_of(const Run *r, const Step *s)
{
    const Standing *x = &r->standing[s->number];
    const MonthOutcome *m = s->number_b != 0 ? &x->net : &x->raw;

    if (m->outcome == TRUTH_UNKNOWN || m->outcome == TRUTH_PERSON)
        return unknown(s, m->missing != 0 ? m->missing : s->reads | (s->reads == 0), x->next);
    return (Reg){m->outcome == TRUTH_YES ? m->amount : 0, 0, x->next};
}

/* SIZE: one case per kind of operation; those with a meaning on plain numbers are in ops.c. */
WITH_OPERANDS Reg compute(Run *r, uint32_t number, Date day, Operand get)
{
    const Step *s = &r->p->steps[number];
    Reg x;

    switch (s->op) {
    case OP_NUMBER:
    case OP_TRUTH:
        return (Reg){s->number, 0, DATE_MAX};
    case OP_DAY:
        return (Reg){day, 0, DATE_MAX};
    case OP_FIELD:
        return field_at(r, number, day, get);
    case OP_REACHED:
    case OP_ENTERED:
        return past_at(r, s, day, get);
    case OP_OUTER:
        return outer_at(r, s, day, get);
    case OP_OUTCOME:
        return outcome_of(r, s);
    case OP_NOTHING:
        return unknown(s, s->reads, DATE_MAX);
    case OP_LOOKUP:
        return look_up(r, s, day, get);
    case OP_KNOWN:
        x = get(r, s->a, day);
        return (Reg){x.missing == 0 ? TRUTH_YES : TRUTH_NO, 0, x.next};
    case OP_KNOWN_OR:
        x = get(r, s->a, day);
        return (Reg){x.missing == 0 ? x.value : s->number, 0, x.next};
    case OP_NOT:
    case OP_AND:
    case OP_OR:
        return logic(r, s, day, get);
    case OP_IF:
    case OP_IF_TRUTH:
        return choose(r, s, day, get);
    case OP_AGGREGATE:
        if (s->a == STEP_NONE)
            return row_aggregate(r, s, r->row, day);
        x = get(r, s->a, day);
        if (x.missing != 0)
            return unknown(s, x.missing, x.next);
        return beside(row_aggregate(r, s, record_of(&x), day), x.next);
    default:
        return strict(r, s, day, get);
    }
}

/* ---- registers, now and on another day --------------------------------------------------------
 */

static Reg operand_now(Run *r, uint32_t step, Date day)
{
    (void)day;
    return r->regs[step];
}

static Reg compute_now(Run *r, uint32_t step, Date day)
{
    return compute(r, step, day, operand_now);
}

static Reg compute_then(Run *r, uint32_t step, Date day);

static Reg operand_then(Run *r, uint32_t step, Date day)
{
    if (r->p->steps[step].drift == DRIFT_STILL)
        return r->regs[step];
    return compute_then(r, step, day);
}

static Reg compute_then(Run *r, uint32_t step, Date day)
{
    uint64_t of = r->computed << 32 | (uint32_t)day;

    if (r->then_of[step] != of) {
        r->then[step] = compute(r, step, day, operand_then);
        r->then_of[step] = of;
    }
    return r->then[step];
}

Reg row_at(Run *r, uint32_t step, Date day)
{
    return operand_then(r, step, day);
}

/* The register of the program around, whose row and day are at hand there. */
static Reg outer_at(Run *r, const Step *s, Date day, Operand get)
{
    uint32_t step = r->outer_args[s->number];

    return get == operand_now && day == r->outer->day ? r->outer->regs[step]
                                                      : row_at(r->outer, step, day);
}

void row_compute(Run *r, const uint32_t *steps, size_t n, size_t row, Date day, Date limit)
{
    r->row = row;
    r->day = day;
    r->limit = limit;
    r->computed++;
    for (size_t i = 0; i < n; i++)
        r->regs[steps[i]] = compute_now(r, steps[i], day);
}

/* ---- how long it holds ------------------------------------------------------------------------
 */

static bool same(const Reg *x, const Reg *y)
{
    return x->missing == y->missing && (x->missing != 0 || x->value == y->value);
}

/* A date against the day itself: the day is known on which that changes, while the date stays. */
static bool date_meets_day(const Run *r, const Step *s, Drift of_date, Date *ret_next)
{
    const Step *b = s->b != STEP_NONE ? &r->p->steps[s->b] : NULL;
    int64_t next;

    if (s->op < OP_LT || s->op > OP_GE || b->op != OP_DAY || r->p->steps[s->a].drift != of_date)
        return false;
    next = r->regs[s->a].value + (s->op == OP_LT || s->op == OP_GE);
    *ret_next = DATE_MAX;
    if (r->regs[s->a].missing == 0 && next > r->day && next <= DATE_MAX)
        *ret_next = (Date)next;
    return true;
}

/* A register that only rises or only falls is constant while its ends are equal; else the first
 * day on which it differs is found by halving. */
static Date first_difference(Run *r, uint32_t step, Date last)
{
    Reg now = r->regs[step], then;
    Date equal = r->day, differs = last, met = 0;

    if (date_meets_day(r, &r->p->steps[step], DRIFT_STILL, &met))
        return met <= last ? met : DATE_MAX;
    then = row_at(r, step, last);
    if (same(&now, &then))
        return DATE_MAX;
    while (differs - equal > 1) {
        Date middle = equal + (differs - equal) / 2;

        then = row_at(r, step, middle);
        if (same(&now, &then))
            equal = middle;
        else
            differs = middle;
    }
    return differs;
}

static Date drift_next(Run *r, uint32_t step, Date last);

static Date operands_next(Run *r, const Step *s, Date last)
{
    const uint32_t fixed[3] = {s->a, s->b, s->c};
    Date next = DATE_MAX;

    for (uint32_t i = 0; i < 3 + s->n_args; i++) {
        uint32_t x = i < 3 ? fixed[i] : r->p->args[s->args + i - 3];

        if (x != STEP_NONE)
            next = date_earlier(next, drift_next(r, x, last));
    }
    return next;
}

/* Changes by the passing of days alone, recorded facts standing still until `last`. */
static Date drift_next(Run *r, uint32_t step, Date last)
{
    const Step *s = &r->p->steps[step];
    Date met;

    if (s->drift == DRIFT_STILL || r->visited[step] == r->visit)
        return DATE_MAX;
    r->visited[step] = r->visit;
    if (s->drift != DRIFT_FREE)
        return first_difference(r, step, last);
    if (s->op == OP_AGGREGATE)
        return date_earlier(row_aggregate_next(r, s), operands_next(r, s, last));
    /* `latest visit.visited_on + 30 days >= day`: until the date is another one, and on its day. */
    if (date_meets_day(r, s, DRIFT_FREE, &met))
        return date_earlier(met <= last ? met : DATE_MAX, drift_next(r, s->a, last));
    return operands_next(r, s, last);
}

Date row_next(Run *r, uint32_t step)
{
    Date recorded, last, drift = DATE_MAX;

    if (step == STEP_NONE)
        return DATE_MAX;
    recorded = r->regs[step].next;
    if (recorded <= r->day) /* cannot be; but a loop over days must end */
        recorded = r->day + 1;
    last = MIN(recorded - 1, r->limit);
    r->visit++;
    if (last > r->day)
        drift = drift_next(r, step, last);
    drift = MIN(drift, recorded);
    return drift <= r->limit ? drift : DATE_MAX;
}
