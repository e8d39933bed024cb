/* month.c — what a month says of one row: stretches between changes, the governing day, rounding
 * (semantics 15–17, 24–25, 48, 52).
 * In: Run, rule output, row, month.  Out: outcome, fen, what is missing.  Start: row_month(). */
#include "evaluate/run.h"

/* ---- one day ----------------------------------------------------------------------------------
 */

static Reg reg_of(const Run *r, uint32_t step)
{
    return step == STEP_NONE ? (Reg){TRUTH_YES, 0, DATE_MAX} : r->regs[step];
}

static void unknown(DayOutcome *d, uint64_t missing)
{
    d->outcome = TRUTH_UNKNOWN;
    d->missing |= missing;
}

/* Semantics 24 and 25: `when` before `pay`; an amount of nothing is no.  Facts are asked for before
 * a person is (semantics 21), those of the amount too. */
static void decide_benefit(Run *r, const ProgramOutput *o, DayOutcome *d)
{
    Reg when = reg_of(r, o->when), amount;

    d->outcome = (uint8_t)when.value;
    d->missing |= when.missing;
    if (o->amount == STEP_NONE || (when.value != TRUTH_YES && !only_judged(o, when.missing)))
        return;
    d->next = date_earlier(d->next, row_next(r, o->amount));
    if (when.value != TRUTH_YES) {
        d->missing |= r->regs[o->amount].missing;
        return;
    }
    amount = r->regs[o->amount];
    if (amount.missing != 0) {
        unknown(d, amount.missing);
    } else if (amount.value <= 0) {
        d->outcome = TRUTH_NO;
    } else {
        d->amount = amount.value;
    }
}

/* Semantics 55; a check whose `when` is no does not concern the record. */
static void decide_check(Run *r, const ProgramOutput *o, DayOutcome *d)
{
    Reg when = reg_of(r, o->when), require = r->regs[o->require];

    d->next = date_earlier(d->next, row_next(r, o->require));
    d->outcome = (uint8_t)require.value;
    d->missing |= require.missing;
    if (when.value == TRUTH_NO) {
        d->outcome = OUTCOME_OUTSIDE;
        d->missing = 0;
    } else if (when.value == TRUTH_UNKNOWN && require.value != TRUTH_YES) {
        unknown(d, when.missing);
    }
}

/* Unknown presence is unknown, whatever `when` says: the record may be another place's. */
static void decide_doubtful(Run *r, const ProgramOutput *o, DayOutcome *d)
{
    Reg present = r->regs[o->present], when = reg_of(r, o->when);

    unknown(d, present.missing | when.missing);
}

/* Nothing but a person's word is missing; the most it may come to stands beside the sums. */
static void decide_person(Run *r, const ProgramOutput *o, DayOutcome *d)
{
    d->outcome = TRUTH_PERSON;
    if (o->most == STEP_NONE)
        return;
    d->next = date_earlier(d->next, row_next(r, o->most));
    d->most_known = r->regs[o->most].missing == 0;
    d->amount = d->most_known ? MAX(r->regs[o->most].value, 0) : 0;
}

DayOutcome row_day(Run *r, const ProgramOutput *o, size_t row, Date day, Date limit)
{
    DayOutcome d = {.next = DATE_MAX};
    Reg present;

    row_compute(r, o->steps, o->n_steps, row, day, limit);
    present = reg_of(r, o->present);
    d.next = row_next(r, o->present);
    if (present.value == TRUTH_NO) {
        d.outcome = OUTCOME_OUTSIDE;
        return d;
    }
    d.next = date_earlier(d.next, row_next(r, o->when));
    if (present.value == TRUTH_UNKNOWN)
        decide_doubtful(r, o, &d);
    else if (o->kind == PROGRAM_CHECK)
        decide_check(r, o, &d);
    else
        decide_benefit(r, o, &d);
    if (d.outcome == TRUTH_UNKNOWN && only_judged(o, d.missing))
        decide_person(r, o, &d);
    return d;
}

/* ---- which days -------------------------------------------------------------------------------
 */

static bool year_day(const ProgramOutput *o, Month month, Date *ret_day)
{
    Date first = month_first(month), last = month_last(month);

    if (date_ymd(first).month != o->month)
        return false;
    *ret_day = MIN(first + o->day - 1, last); /* 02-29 is the month's last day */
    return true;
}

bool month_days_of(const ProgramOutput *o, Month month, Date *ret_first, Date *ret_last)
{
    Date first = month_first(month), last = month_last(month);

    if (o->days == RULE_FIRST_DAY)
        last = first;
    else if (o->days == RULE_LAST_DAY)
        first = last;
    else if (o->days == RULE_YEAR_DAY) {
        if (!year_day(o, month, &first))
            return false;
        last = first;
    }
    *ret_first = MAX(first, o->from);
    *ret_last = MIN(last, o->until);
    return *ret_first <= *ret_last;
}

/* ---- amounts ----------------------------------------------------------------------------------
 */

Wide month_fen_scale(const Run *r, const ProgramOutput *o)
{
    unsigned scale = o->amount == STEP_NONE ? 2 : r->p->steps[o->amount].scale;

    return power_of_ten(scale - 2);
}

bool month_settle(const ProgramOutput *o, Wide over, Wide under, int64_t *ret_fen, GError **error)
{
    Wide fen = over / under, rest = over % under;

    if (rest != 0 && !o->has_round)
        return fail(error, FAIL_INPUT,
                    "the amount does not end in whole fen, and no `round` says "
                    "which way");
    if (rest != 0 && (o->round == ROUND_UP || (o->round == ROUND_HALF_UP && rest * 2 >= under)))
        fen++;
    if (fen > INT64_MAX)
        return fail(error, FAIL_INPUT, "the amount does not fit 64 bits");
    *ret_fen = (int64_t)fen;
    return true;
}

/* Once, on the sum of the record's month; an amount that rounds to nothing is no. */
static bool finish(Run *r, const ProgramOutput *o, size_t row, Wide over, Wide under,
                   MonthOutcome *m, GError **error)
{
    GError *why = NULL;

    if (r->overflow && (m->outcome == TRUTH_UNKNOWN || m->outcome == TRUTH_PERSON))
        return fail_row(r, o, row, "a number does not fit 64 bits", error);
    r->overflow = false;
    if (m->outcome == TRUTH_PERSON)
        m->most_known = m->most_known && month_settle(o, over, under, &m->most, NULL);
    if (m->outcome != TRUTH_YES || o->amount == STEP_NONE)
        return true;
    if (!month_settle(o, over, under, &m->amount, &why)) {
        fail_row(r, o, row, why->message, error);
        g_error_free(why);
        return false;
    }
    if (m->amount == 0)
        m->outcome = TRUTH_NO;
    return true;
}

/* ---- months -----------------------------------------------------------------------------------
 */

static Date stretch_end(const DayOutcome *d, Date last)
{
    return d->next > last ? last : d->next - 1;
}

/* No by an amount of nothing is a day on which `when` is not no. */
static bool day_decides(const Run *r, const ProgramOutput *o, const DayOutcome *d)
{
    if (d->outcome == OUTCOME_OUTSIDE)
        return false;
    return d->outcome == TRUTH_UNKNOWN || reg_of(r, o->when).value != TRUTH_NO;
}

/* Last day on which the record may be there; before `first` when there is none. */
static Date last_there(Run *r, const ProgramOutput *o, size_t row, Date first, Date last)
{
    Date there = first - 1;

    for (Date day = first; day <= last;) {
        Date next;

        row_compute(r, o->present_steps, o->n_present_steps, row, day, last);
        next = row_next(r, o->present);
        if (reg_of(r, o->present).value != TRUTH_NO)
            there = MIN(next - 1, last);
        day = next > last ? last + 1 : next;
    }
    return there;
}

/* The last day on which `when` is not no decides.  Mostly that is the last on which the record is
 * there; if not, all stretches are looked at. */
static Wide any_day(Run *r, const ProgramOutput *o, size_t row, Date first, Date last,
                    MonthOutcome *m)
{
    Wide over = 0;
    Date there = last_there(r, o, row, first, last);
    DayOutcome d;

    if (there < first)
        return 0;
    d = row_day(r, o, row, there, there);
    m->outcome = d.outcome;
    m->missing = d.missing;
    m->most_known = d.most_known;
    m->day = there;
    if (day_decides(r, o, &d))
        return d.amount;
    for (Date day = first, end; day < there; day = end + 1) {
        d = row_day(r, o, row, day, there);
        end = stretch_end(&d, there);
        if (!day_decides(r, o, &d))
            continue;
        m->outcome = d.outcome;
        m->missing = d.missing;
        m->most_known = d.most_known;
        m->day = end;
        over = d.amount;
    }
    return over;
}

/* Semantics 16: unknown if any day is, else a person judges, else yes, else no. */
static int rank(uint8_t outcome)
{
    static const int ranks[] = {
        [TRUTH_NO] = 1,  [TRUTH_UNKNOWN] = 4,   [TRUTH_PERSON] = 3,
        [TRUTH_YES] = 2, [OUTCOME_OUTSIDE] = 0,
    };

    return ranks[outcome];
}

uint8_t month_worse_day(uint8_t a, uint8_t b)
{
    return rank(b) > rank(a) ? b : a;
}

static Wide each_day(Run *r, const ProgramOutput *o, size_t row, Date first, Date last,
                     MonthOutcome *m)
{
    Wide over = 0;

    m->most_known = true;
    for (Date day = first; day <= last;) {
        DayOutcome d = row_day(r, o, row, day, last);
        Date end = stretch_end(&d, last);

        if (rank(d.outcome) > rank(m->outcome))
            m->day = day;
        m->outcome = month_worse_day(m->outcome, d.outcome);
        m->missing |= d.missing;
        m->most_known = m->most_known && (d.outcome != TRUTH_PERSON || d.most_known);
        over += (Wide)d.amount * (end - day + 1);
        day = end + 1;
    }
    return over;
}

bool row_finish_day(Run *r, const ProgramOutput *o, size_t row, const DayOutcome *d,
                    MonthOutcome *m, GError **error)
{
    m->outcome = d->outcome;
    m->missing = d->missing;
    m->most_known = d->most_known;
    m->day = r->day;
    return finish(r, o, row, d->amount, month_fen_scale(r, o), m, error);
}

bool row_on_day(Run *r, const ProgramOutput *o, size_t row, Date day, MonthOutcome *m,
                GError **error)
{
    DayOutcome d = row_day(r, o, row, day, day);

    return row_finish_day(r, o, row, &d, m, error);
}

/* The event's day as recorded at the end of the month; semantics 11 and 17. */
static bool once_day(Run *r, const ProgramOutput *o, size_t row, Date first, Date last,
                     MonthOutcome *m, GError **error)
{
    Reg once;

    row_compute(r, o->steps, o->n_steps, row, last, last);
    once = r->regs[o->once];
    if (once.missing != 0 && !o->once_open) {
        DayOutcome d = row_day(r, o, row, last, last);

        m->day = last;
        if (d.outcome != OUTCOME_OUTSIDE) {
            m->outcome = TRUTH_UNKNOWN;
            m->missing = once.missing;
        }
        return true;
    }
    if (once.missing != 0 || once.value < first || once.value > last)
        return true;
    return row_on_day(r, o, row, (Date)once.value, m, error);
}

bool row_month(Run *r, const ProgramOutput *o, size_t row, Month month, MonthOutcome *ret,
               GError **error)
{
    Date first = 0, last = 0;
    Wide over = 0, under = month_fen_scale(r, o);

    *ret = (MonthOutcome){.outcome = OUTCOME_OUTSIDE, .day = month_last(month)};
    r->overflow = false;
    if (!month_days_of(o, month, &first, &last))
        return true;
    ret->day = last;
    switch (o->days) {
    case RULE_FIRST_DAY:
    case RULE_LAST_DAY:
    case RULE_YEAR_DAY:
        return row_on_day(r, o, row, first, ret, error);
    case RULE_ONCE_DAY:
        return once_day(r, o, row, first, last, ret, error);
    case RULE_ANY_DAY:
        over = any_day(r, o, row, first, last, ret);
        break;
    case RULE_EACH_DAY:
        over = each_day(r, o, row, first, last, ret);
        under *= month_days(month);
        break;
    }
    return finish(r, o, row, over, under, ret, error);
}
