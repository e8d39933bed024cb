/* phase.c — rules that have to do with each other: each by itself, then net of their groups
 * (semantics 40–42).
 * In: the months of a row's rules.  Out: what is left of them beside each other.  The batch driver
 * settles the same way, row by row of a slice (month_slice_groups).  Start: row_net(),
 * group_settle(). */
#include "base/limits.h"
#include "evaluate/month_slice.h"

/* ---- one group and one record -----------------------------------------------------------------
 */

static bool open_or_yes(const MonthOutcome *m)
{
    return m->outcome != TRUTH_NO && m->outcome != OUTCOME_OUTSIDE;
}

static void drop(Standing *x, uint32_t paid)
{
    x->net.outcome = TRUTH_NO;
    x->net.amount = 0;
    x->net.missing = 0;
    x->net.most_known = false;
    x->paid = paid;
}

static void doubt(Standing *x, uint64_t missing)
{
    x->net.missing = missing | (x->net.outcome == TRUTH_UNKNOWN ? x->net.missing : 0);
    x->net.outcome = TRUTH_UNKNOWN;
    x->net.amount = 0;
    x->net.most_known = false;
}

/* The largest known yes is paid, of equal ones the first named; what is unknown stays so. */
static void settle_highest(const ProgramGroup *g, Standing *const *members)
{
    size_t best = g->n_members;

    for (size_t i = 0; i < g->n_members; i++) {
        const MonthOutcome *m = &members[i]->net;

        if (m->outcome == TRUTH_YES &&
            (best == g->n_members || m->amount > members[best]->net.amount))
            best = i;
    }
    for (size_t i = 0; i < g->n_members; i++) {
        if (i != best && members[i]->net.outcome == TRUTH_YES)
            drop(members[i], g->members[best]);
    }
}

/* The first yes is paid; behind one that is not known nothing is. */
static void settle_first(const ProgramGroup *g, Standing *const *members)
{
    uint64_t missing = 0;
    Truth none = TRUTH_YES; /* whether none before it is a yes */
    uint32_t paid = STEP_NONE;

    for (size_t i = 0; i < g->n_members; i++) {
        MonthOutcome *m = &members[i]->net, own = *m;

        if (!open_or_yes(m))
            continue;
        m->outcome = (uint8_t)truth_and((Truth)own.outcome, none);
        if (m->outcome == TRUTH_NO) {
            drop(members[i], paid);
            continue;
        }
        if (own.outcome == TRUTH_YES && m->outcome == TRUTH_PERSON) {
            m->most_known = true;
            m->most = own.amount;
        }
        if (m->outcome != TRUTH_YES)
            m->amount = 0;
        if (none != TRUTH_YES)
            m->missing |= missing;
        missing |= own.missing;
        if (own.outcome == TRUTH_YES)
            paid = g->members[i];
        none = truth_and(none, own.outcome == TRUTH_YES ? TRUTH_NO : (Truth)own.outcome);
    }
}

static void settle_chosen(Run *r, const ProgramGroup *g, Standing *const *members)
{
    const Reg *choice = &r->regs[g->choice];
    uint32_t paid = STEP_NONE;

    for (size_t i = 0; i < g->n_members && choice->missing == 0; i++) {
        if (g->codes[i] == choice->value)
            paid = g->members[i];
    }
    for (size_t i = 0; i < g->n_members; i++) {
        if (!open_or_yes(&members[i]->net))
            continue;
        if (choice->missing != 0)
            doubt(members[i], choice->missing);
        else if (g->members[i] != paid)
            drop(members[i], paid);
    }
}

static void settle(Run *r, const ProgramGroup *g, Standing *const *members)
{
    switch (g->kind) {
    case GROUP_ALL:
        break;
    case GROUP_HIGHEST:
        settle_highest(g, members);
        break;
    case GROUP_FIRST:
        settle_first(g, members);
        break;
    case GROUP_CHOSEN:
        settle_chosen(r, g, members);
        break;
    }
}

/* Not known whether the group concerns the record: known is what both ways give. */
static void settle_either(Run *r, const ProgramGroup *g, Standing *const *members)
{
    uint64_t missing = r->regs[g->applies].missing;
    MonthOutcome *before = g_newa(MonthOutcome, g->n_members);

    for (size_t i = 0; i < g->n_members; i++)
        before[i] = members[i]->net;
    settle(r, g, members);
    for (size_t i = 0; i < g->n_members; i++) {
        const MonthOutcome *m = &members[i]->net;
        /* Facts first: what a person still has to say is not what is missing. */
        uint64_t facts = ~r->p->outputs[g->members[i]].judged;
        uint64_t after = m->outcome == TRUTH_UNKNOWN ? m->missing & facts : 0;

        if (m->outcome == before[i].outcome && m->amount == before[i].amount &&
            after == (m->outcome == TRUTH_UNKNOWN ? before[i].missing & facts : 0))
            continue;
        members[i]->net = before[i];
        members[i]->paid = STEP_NONE;
        doubt(members[i], missing | after);
    }
}

/* The day from which a day's answers may be others. */
static void next_change(Run *r, const ProgramGroup *g, Date day, Standing *const *members)
{
    Date next = date_earlier(row_next(r, g->choice), row_next(r, g->applies));

    if (day < g->from)
        next = date_earlier(next, g->from);
    else if (day <= g->until && g->until < DATE_MAX)
        next = date_earlier(next, g->until + 1);
    for (size_t i = 0; i < g->n_members; i++)
        next = date_earlier(next, members[i]->next);
    for (size_t i = 0; i < g->n_members; i++)
        members[i]->next = next;
}

static void group_settle(Run *r, const ProgramGroup *g, size_t row, Date day, bool by_day,
                         Standing *const *members)
{
    Truth applies = TRUTH_YES;

    if (g->n_steps > 0)
        row_compute(r, g->steps, g->n_steps, row, day, by_day ? DAY_HIGH : day);
    if (by_day)
        next_change(r, g, day, members);
    if (g->applies != STEP_NONE)
        applies = (Truth)r->regs[g->applies].value;
    if (day < g->from || day > g->until)
        applies = TRUTH_NO;
    r->applied[g - r->p->groups] = applies;
    if (applies == TRUTH_YES)
        settle(r, g, members);
    else if (applies != TRUTH_NO)
        settle_either(r, g, members);
}

/* ---- one record -------------------------------------------------------------------------------
 */

typedef struct Asked {
    size_t row;
    bool by_day;
    bool again; /* the days before were asked of this row: what has not changed since stands */
    Month month;
    Date day; /* on which groups are asked: of a month the last */
    Date limit;
} Asked;

static bool stand_month(Run *r, const ProgramOutput *o, const Asked *a, Standing *to,
                        GError **error)
{
    to->raw_next = DATE_MAX;
    return row_month(r, o, a->row, a->month, &to->raw, error);
}

static bool stand_day(Run *r, const ProgramOutput *o, const Asked *a, Standing *to, GError **error)
{
    DayOutcome d;

    to->raw = (MonthOutcome){.outcome = OUTCOME_OUTSIDE, .day = a->day};
    to->raw_next = a->day < o->from ? o->from : DATE_MAX;
    if (a->day < o->from || a->day > o->until)
        return true;
    r->overflow = false;
    d = row_day(r, o, a->row, a->day, a->limit);
    to->raw_next = o->until < DATE_MAX ? date_earlier(d.next, o->until + 1) : d.next;
    return row_finish_day(r, o, a->row, &d, &to->raw, error);
}

static void settle_level(Run *r, const ProgramOutput *o, const Asked *a, unsigned level)
{
    for (size_t i = 0; i < o->n_groups; i++) {
        const ProgramGroup *g = &r->p->groups[o->groups[i]];
        Standing *members[LIMIT_GROUP_MEMBERS];

        if (g->level != level)
            continue;
        for (size_t k = 0; k < g->n_members; k++)
            members[k] = &r->standing[g->members[k]];
        group_settle(r, g, a->row, a->day, a->by_day, members);
    }
}

static bool stand(Run *r, const ProgramOutput *o, const Asked *a, GError **error)
{
    for (size_t i = 0; i < o->n_needs; i++) {
        const ProgramOutput *x = &r->p->outputs[o->needs[i]];
        Standing *to = &r->standing[o->needs[i]];

        if (i > 0 && r->p->outputs[o->needs[i - 1]].level != x->level)
            settle_level(r, o, a, r->p->outputs[o->needs[i - 1]].level);
        if (!(a->again && a->day < to->raw_next) &&
            !(a->by_day ? stand_day : stand_month)(r, x, a, to, error))
            return false;
        to->net = to->raw;
        to->next = to->raw_next;
        to->paid = STEP_NONE;
    }
    settle_level(r, o, a, o->level);
    return true;
}

bool row_net(Run *r, const ProgramOutput *o, size_t row, Month month, MonthOutcome *ret,
             GError **error)
{
    Asked a = {.row = row, .month = month, .day = month_last(month)};

    if (o->n_needs == 0)
        return row_month(r, o, row, month, ret, error);
    if (!stand(r, o, &a, error))
        return false;
    *ret = r->standing[o - r->p->outputs].net;
    return true;
}

static bool net_day(Run *r, const ProgramOutput *o, Asked a, Date day, Standing *ret,
                    GError **error)
{
    a.by_day = true;
    a.day = day;
    a.month = month_of(day);

    if (!stand(r, o, &a, error))
        return false;
    *ret = r->standing[o - r->p->outputs];
    return true;
}

bool row_net_day(Run *r, const ProgramOutput *o, size_t row, Date day, Standing *ret,
                 GError **error)
{
    return net_day(r, o, (Asked){.row = row, .limit = day}, day, ret, error);
}

DayOutcome row_net_in_force(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit,
                            bool again)
{
    DayOutcome d = {.outcome = OUTCOME_OUTSIDE, .next = DATE_MAX};
    Standing s;

    if (o->n_needs == 0)
        return row_in_force(r, o, row, day, limit);
    if (!net_day(r, o, (Asked){.row = row, .again = again, .limit = limit}, day, &s, NULL))
        return d;
    return (DayOutcome){.outcome = s.net.outcome,
                        .amount = s.net.outcome == TRUTH_PERSON ? s.net.most : s.net.amount,
                        .most_known = s.net.most_known,
                        .missing = s.net.missing,
                        .next = s.next};
}

/* ---- slices of the batch driver ---------------------------------------------------------------
 */

static RuleMonth *rule_month(MonthRun *m, uint32_t output)
{
    for (size_t i = 0; i < m->results->n_all; i++) {
        if (m->results->list[i].output == output)
            return &m->rules[i];
    }
    g_assert_not_reached();
}

void month_slice_reads(MonthRun *m, const ProgramOutput *o, size_t i)
{
    for (size_t k = 0; k < o->n_needs; k++) {
        uint32_t x = o->needs[k];

        if (m->r->p->outputs[x].level < o->level && m->r->slices[x] != NULL)
            m->r->standing[x] = m->r->slices[x][i];
    }
}

/* Who is alone in a group has nothing to settle, unless a choice has to be made. */
static bool concerned(const ProgramGroup *g, Standing *const *members)
{
    size_t n = 0;

    for (size_t k = 0; k < g->n_members; k++)
        n += open_or_yes(&members[k]->net);
    return n > 1 || (n == 1 && g->kind == GROUP_CHOSEN);
}

void month_slice_groups(MonthRun *m, unsigned level, size_t row, size_t n)
{
    for (size_t i = 0; i < m->r->p->n_groups; i++) {
        const ProgramGroup *g = &m->r->p->groups[i];
        Standing *all[LIMIT_GROUP_MEMBERS], *members[LIMIT_GROUP_MEMBERS];

        if (g->level != level || g->kind == GROUP_ALL)
            continue;
        for (size_t k = 0; k < g->n_members; k++)
            all[k] = rule_month(m, g->members[k])->standing;
        for (size_t at = 0; at < n; at++) {
            for (size_t k = 0; k < g->n_members; k++)
                members[k] = all[k] + at;
            if (concerned(g, members))
                group_settle(m->r, g, row + at, month_last(m->month), false, members);
        }
    }
}

bool month_slice_settled(MonthRun *m, size_t row, size_t n, GError **error)
{
    for (size_t i = 0; i < m->results->n_all; i++) {
        RuleMonth *t = &m->rules[i];

        for (size_t at = 0; t->standing != NULL && at < n; at++) {
            if (!results_net_row(t->to, m->r, t->o, row + at, &t->standing[at], error))
                return false;
        }
    }
    return true;
}
