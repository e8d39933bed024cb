/* spell.c — the first day of the unbroken spell of a condition that reaches a day (semantics 18).
 * The record's past is walked from change to change.  Days on which the condition is unknown may
 * belong to the spell: then there are two first days, the earliest and the latest it can be.
 * In: the condition's Run, a row.  Out: a register.  Start: row_spell(). */
#include "evaluate/run.h"

#define NO_SPELL ((int64_t)DAY_HIGH) /* where the condition does not hold; nothing is later */

typedef struct Spell {
    bool may, holds;      /* something reaches the day so far: perhaps, surely */
    Date earliest, since; /* its first days */
    uint64_t missing;     /* why some of its days are unknown */
    Truth now;
} Spell;

static void spell_day(Spell *x, const Reg *holds, Date day)
{
    x->now = (Truth)holds->value;
    if (x->now == TRUTH_NO) {
        *x = (Spell){.now = TRUTH_NO};
        return;
    }
    if (!x->may)
        x->earliest = day;
    x->may = true;
    if (x->now != TRUTH_YES) {
        x->missing |= holds->missing;
        x->holds = false;
    } else if (!x->holds) {
        x->since = day;
        x->holds = true;
    }
}

static Spell walk(Run *body, const AggregateStep *a, size_t row, Date day)
{
    Spell x = {.now = TRUTH_NO};
    Date at = MIN(DAY_LOW, day), next;

    for (;; at = next) {
        row_compute(body, body->all, body->p->n_steps, row, at, day);
        spell_day(&x, &body->regs[a->where], at);
        next = row_next(body, a->where);
        if (next > day)
            return x;
    }
}

static Reg spell_reg(const Step *s, const AggregateStep *a, const Spell *x, Date next)
{
    Reg to = {NO_SPELL, 0, next};
    bool sure = x->now == TRUTH_YES && x->earliest == x->since;

    if (x->now == TRUTH_NO)
        return to;
    if (a->bound == BOUND_LOW || sure)
        to.value = x->earliest;
    else if (a->bound == BOUND_HIGH)
        to.value = x->now == TRUTH_YES ? x->since : NO_SPELL;
    else
        to = (Reg){0, x->missing != 0 ? x->missing : s->reads, next};
    return to;
}

Reg row_spell(Run *r, const Step *s, uint64_t row, Date day)
{
    const AggregateStep *a = &r->p->aggregates[s->slot];
    Run *body = r->bodies[s->slot];
    Spell x;
    Date next;

    if (row >= body->rows)
        return (Reg){0, s->reads | (s->reads == 0), DATE_MAX};
    x = walk(body, a, row, day);
    row_compute(body, body->all, body->p->n_steps, row, day, MAX(r->limit, day));
    next = row_next(body, a->where);
    r->overflow = r->overflow || body->overflow;
    body->overflow = false;
    return spell_reg(s, a, &x, next);
}
