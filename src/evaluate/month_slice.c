/* month_slice.c — outcomes of a slice of rows: decided wholesale where nothing that matters changes
 * inside the stretch; rows in which something does go to the row driver.
 * In: a Pass's registers.  Out: counts, sums, kept rows.  Start: month_slice_done(). */
#include "evaluate/month_slice.h"

/* ---- rows that change inside the stretch ------------------------------------------------------
 */

static const uint8_t *truths(Pass *p, uint32_t step, bool twin, const uint8_t *otherwise)
{
    Buffer *t = NULL;

    return step == STEP_NONE ? otherwise : lane_value(p, lane_at(p, step, twin), 0, &t);
}

/* Most outputs share one presence: its changes are looked at once a slice. */
static void present_changes(MonthRun *m, Pass *p, const PassOutput *w)
{
    uint32_t root = p->r->p->outputs[w->output].present;

    if (m->inside_pass == p && m->inside_row == p->row && m->inside_root == root)
        return;
    m->inside_pass = p;
    m->inside_row = p->row;
    m->inside_root = root;
    memset(m->recorded, 0, p->n);
    m->inside_some = watch_recorded_rows(p, &w->present, m->recorded);
    memcpy(m->inside, m->recorded, p->n);
    for (size_t i = 0; i < w->present.n_compare; i++)
        watch_compared_rows(p, w->present.compare[i], m->inside);
    m->inside_some = m->inside_some || any_nonzero(m->inside, p->n);
    outcome_still_there(m->still, m->gone, truths(p, root, false, m->yes),
                        truths(p, root, true, m->yes), m->recorded, p->n);
}

/* Any day: the last day decides unless `when` is no on it, or the record is not there. */
static void later_any(MonthRun *m, Pass *p, const PassOutput *w, const uint8_t *present,
                      const uint8_t *when)
{
    bool some = m->inside_some, recorded;

    memset(m->mask[0], 0, p->n);
    recorded = watch_recorded_rows(p, &w->when, m->mask[0]);
    some = some || recorded;
    memcpy(m->mask[2], m->mask[0], p->n);
    for (size_t i = 0; i < w->better.n_compare; i++)
        watch_compared_rows(p, w->better.compare[i], m->mask[2]);
    some = some || (w->better.n_compare > 0 && any_nonzero(m->mask[2], p->n));
    if (!some)
        return;
    for (size_t i = 0; i < w->when.n_compare; i++)
        watch_compared_rows(p, w->when.compare[i], m->mask[0]);
    watch_changes(p, &w->amount, m->mask[1]);
    later_any_day(m->outcome, present, when, m->inside, m->recorded, m->gone, m->mask[0],
                  m->mask[2], m->mask[1], p->n);
}

static void later_each(MonthRun *m, Pass *p, const PassOutput *w, const uint8_t *present,
                       const uint8_t *when)
{
    bool some = m->inside_some;

    some = watch_changes(p, &w->when, m->mask[0]) || some;
    some = watch_changes(p, &w->amount, m->mask[1]) || some;
    if (some)
        later_each_day(m->outcome, present, when, m->inside, m->recorded, m->gone, m->mask[0],
                       m->mask[1], p->n);
}

/* ---- outcomes of the day ----------------------------------------------------------------------
 */

static void decide_amount(MonthRun *m, Pass *p, const ProgramOutput *o)
{
    Lane *amount = lane_at(p, o->amount, false);
    const void *missing = lane_missing(p, amount);
    Buffer *t = NULL;
    int width = lane_width(amount);

    if (missing != NULL)
        doubt_yes[p->doubt](m->outcome, missing, p->n);
    if (p->r->p->steps[o->amount].low <= 0)
        no_of_nothing[width](m->outcome, lane_value(p, amount, width, &t), p->n);
    buffer_drop(p, t);
}

/* Once: rows whose day, or doubt about it, falls into the month are looked at one by one. */
static void later_once(MonthRun *m, Pass *p, const RuleMonth *t)
{
    Lane *once = lane_at(p, t->o->once, false);
    uint64_t lacks = 0;

    for (size_t i = 0; i < p->n; i++) {
        bool unknown = lane_unknown_row(p, once, i, &lacks);
        int64_t day = lane_number(once, i);
        bool mine = unknown ? !t->o->once_open : day >= t->first && day <= t->last;

        m->outcome[i] = mine ? SLICE_LATER : SLICE_OUTSIDE;
    }
}

/* Any day: who left inside the stretch is judged by the registers of the last day, which are those
 * of the day of leaving unless something moves. */
static const uint8_t *presence(MonthRun *m, Pass *p, const PassOutput *w, const ProgramOutput *o)
{
    const uint8_t *present = truths(p, o->present, false, m->yes);

    if (!w->watched)
        return present;
    present_changes(m, p, w);
    return o->days == RULE_ANY_DAY && m->inside_some ? m->still : present;
}

static void decide_days(MonthRun *m, Pass *p, const PassOutput *w, const RuleMonth *t)
{
    const ProgramOutput *o = t->o;
    const uint8_t *present = presence(m, p, w, o), *when = truths(p, o->when, false, m->yes);

    if (o->kind == PROGRAM_CHECK)
        outcome_of_check(m->outcome, when, truths(p, o->require, false, m->yes), p->n);
    else
        memcpy(m->outcome, when, p->n);
    if (o->amount != STEP_NONE)
        decide_amount(m, p, o);
    if (o->present != STEP_NONE)
        outcome_outside(m->outcome, present, p->n);
    if (o->judged != 0)
        judged_rows(m, p, o);
    if (w->watched && o->days == RULE_ANY_DAY)
        later_any(m, p, w, present, when);
    else if (w->watched)
        later_each(m, p, w, present, when);
}

/* ---- what is missing --------------------------------------------------------------------------
 */

static const void *lane_doubts(Pass *p, uint32_t step)
{
    const void *sets = step == STEP_NONE ? NULL : lane_missing(p, lane_at(p, step, false));

    return sets != NULL ? sets : p->zeros;
}

static Doubts doubts_of(Pass *p, const ProgramOutput *o)
{
    bool check = o->kind == PROGRAM_CHECK;

    return (Doubts){lane_doubts(p, o->present), lane_doubts(p, o->when),
                    lane_doubts(p, check ? o->require : o->amount), check};
}

static uint64_t bits_at(const Pass *p, const void *sets, size_t i)
{
    switch (p->doubt) {
    case 0:
        return ((const uint8_t *)sets)[i];
    case 1:
        return ((const uint16_t *)sets)[i];
    case 2:
        return ((const uint32_t *)sets)[i];
    default:
        return ((const uint64_t *)sets)[i];
    }
}

RowDoubts row_doubts(Pass *p, const ProgramOutput *o)
{
    return (RowDoubts){doubts_of(p, o), pass_pack(p, o->judged)};
}

uint64_t row_lacks(const Pass *p, const RowDoubts *d, size_t i)
{
    uint64_t present = bits_at(p, d->sets.present, i), when = bits_at(p, d->sets.when, i);

    if (present != 0 || ((when & ~d->judged) != 0 && !d->sets.check))
        return present | when;
    return when | bits_at(p, d->sets.rest, i);
}

static void keep_missing(Pass *p, RuleMonth *t, const RowDoubts *d, const uint8_t *outcome)
{
    for (size_t i = 0; i < p->n; i++) {
        if (outcome[i] == TRUTH_UNKNOWN)
            result_keep_missing(t->to, p->row + i,
                                own_bits(p->r->p, t->o, pass_unpack(p, row_lacks(p, d, i))));
    }
}

/* Number of the output's own bit for a bit of the part; -1: it does not read that. */
static int own_number(const Program *p, const ProgramOutput *o, unsigned bit)
{
    for (size_t i = 0; i < o->n_inputs; i++) {
        if (p->inputs[o->inputs[i]].bit == bit)
            return (int)i;
    }
    return -1;
}

/* Counted bit by bit over whole slices: unknown rows are too many to be looked at one by one. */
static void unknown_rows(MonthRun *m, Pass *p, RuleMonth *t)
{
    RowDoubts d = row_doubts(p, t->o);
    Buffer *sets = buffer_new(p, p->doubt);
    bool keep = t->to->lacking != NULL, bytes = p->doubt == 0 && t->o->n_inputs <= 8;
    Buffer *kept = keep && bytes ? buffer_new(p, 0) : NULL;
    unsigned k = 0;

    unknown_sets[p->doubt](sets->bytes, m->outcome, &d.sets, p->n);
    if (kept != NULL)
        memset(kept->bytes, 0, p->n);
    for (uint64_t left = p->used; left != 0; left &= left - 1, k++) {
        unsigned bit = (unsigned)__builtin_ctzll(left);

        if ((t->reads >> bit & 1) == 0)
            continue;
        t->bits[bit] += count_bit[p->doubt](sets->bytes, k, p->n);
        if (kept != NULL)
            move_bit(kept->bytes, sets->bytes, k, (unsigned)own_number(p->r->p, t->o, bit), p->n);
    }
    if (kept != NULL)
        stream_out((char *)t->to->lacking + p->row, kept->bytes, p->n);
    buffer_drop(p, sets);
    buffer_drop(p, kept);
    if (keep && !bytes)
        keep_missing(p, t, &d, m->outcome);
}

/* ---- sums -------------------------------------------------------------------------------------
 */

static bool sums_fit(const RuleMonth *t, SliceSums sums, int64_t each, int64_t *ret_total)
{
    *ret_total = t->to->sum;
    return t->o->amount == STEP_NONE ||
           checked_add(t->to->sum, (int64_t)(sums.sum * (uint64_t)each), ret_total);
}

static void add_sums(RuleMonth *t, size_t row, SliceSums sums, int64_t each, int64_t total)
{
    uint64_t sum = sums.sum * (uint64_t)each, weighted = sums.weighted * (uint64_t)each;

    t->to->sum = total;
    t->to->checksum = (t->to->checksum + (row + 1) * sum + weighted) & INT64_MAX;
}

static void keep_amounts(Pass *p, const RuleMonth *t, Lane *fen)
{
    int width = (int)t->to->amount_physical;
    Buffer *temp = NULL;

    if (t->to->amounts == NULL)
        return;
    stream_out((char *)t->to->amounts + (p->row << width), lane_value(p, fen, width, &temp),
               p->n << width);
    buffer_drop(p, temp);
}

/* Where a slice's sum could leave 64 bits its rows are added one by one: the error names the one at
 * which it does. */
static bool sum_carefully(const MonthRun *m, RuleMonth *t, size_t row, const Lane *fen, size_t n,
                          GError **error)
{
    for (size_t i = 0; i < n; i++) {
        SliceSums one = {1, 0};
        int64_t each = lane_number(fen, i), total = 0;

        if (m->outcome[i] != TRUTH_YES)
            continue;
        if (!sums_fit(t, one, each, &total))
            return results_add_sum(t->to, m->r, t->o, row + i, each, error);
        add_sums(t, row + i, one, each, total);
    }
    return true;
}

static SliceSums slice_sums(const MonthRun *m, const Lane *fen, int64_t high, size_t n)
{
    if (fen->scalar)
        return sum_yes_one(m->outcome, n);
    if (fen->width == 2 && high < SUM_SMALL_BELOW)
        return sum_yes[SUM_SMALL](m->outcome, fen->value, n);
    return sum_yes[fen->width](m->outcome, fen->value, n);
}

static bool sum_amounts(MonthRun *m, Pass *p, RuleMonth *t, Lane *fen, int64_t high, GError **error)
{
    int64_t each = fen->scalar ? fen->one : 1, total = 0;
    SliceSums sums = {0, 0};

    keep_amounts(p, t, fen);
    if (high <= INT64_MAX / BATCH_STEP) {
        sums = slice_sums(m, fen, high, p->n);
        if (sums_fit(t, sums, each, &total)) {
            add_sums(t, p->row, sums, each, total);
            return true;
        }
    }
    return sum_carefully(m, t, p->row, fen, p->n, error);
}

static bool settle_row(MonthRun *m, const RuleMonth *t, size_t row, Wide over, Wide under,
                       int64_t *ret_fen, GError **error)
{
    GError *why = NULL;

    if (month_settle(t->o, over, under, ret_fen, &why))
        return true;
    fail_row(m->r, t->o, row, why->message, error);
    g_error_free(why);
    return false;
}

static int64_t rounding_up(const ProgramOutput *o, int64_t unit)
{
    return o->round == ROUND_UP ? unit - 1 : o->round == ROUND_HALF_UP ? unit / 2 : 0;
}

/* Rounded once, on the month's sum; what rounds to nothing is no. */
static bool settle_rows(MonthRun *m, Pass *p, const RuleMonth *t, const Lane *amount, Wide days,
                        Wide under, GError **error)
{
    for (size_t i = 0; i < p->n; i++) {
        m->fen[i] = 0;
        if (m->outcome[i] != TRUTH_YES)
            continue;
        if (!settle_row(m, t, p->row + i, lane_number(amount, i) * days, under, &m->fen[i], error))
            return false;
        if (m->fen[i] == 0)
            m->outcome[i] = TRUTH_NO;
    }
    return true;
}

/* Each day: what a day counts for, days ÷ under fen; a whole month is one sum. */
static Wide days_paid(const MonthRun *m, const RuleMonth *t, Wide *under)
{
    *under = month_fen_scale(m->r, t->o);
    if (t->o->days != RULE_EACH_DAY || t->last - t->first + 1 >= month_days(m->month))
        return 1;
    *under *= month_days(m->month);
    return t->last - t->first + 1;
}

/* Where 32 bits are enough the whole slice is divided at once. */
static bool settle_slice(MonthRun *m, Pass *p, const RuleMonth *t, Lane *fen, Wide days, Wide under,
                         GError **error)
{
    Lane *amount = lane_at(p, t->o->amount, false);
    Wide most = p->r->p->steps[t->o->amount].high;
    Buffer *temp = NULL;

    *fen = (Lane){.width = 3, .value = m->fen};
    if (days > 1 || most + under >= INT32_MAX || !t->o->has_round)
        return settle_rows(m, p, t, amount, days, under, error);
    settle_lane((int32_t *)(void *)m->fen, m->outcome, lane_value(p, amount, 2, &temp),
                (int32_t)rounding_up(t->o, (int64_t)under), (int32_t)under, p->n);
    fen->width = 2;
    buffer_drop(p, temp);
    return true;
}

static bool finish_amounts(MonthRun *m, Pass *p, RuleMonth *t, GError **error)
{
    Lane fen, *amount;
    Wide under, days = days_paid(m, t, &under);

    if (t->o->amount == STEP_NONE) {
        add_sums(t, p->row, sum_yes_one(m->outcome, p->n), 1, 0);
        return true;
    }
    amount = lane_at(p, t->o->amount, false);
    if (under == 1)
        return sum_amounts(m, p, t, amount, p->r->p->steps[t->o->amount].high, error);
    if (!settle_slice(m, p, t, &fen, days, under, error))
        return false;
    return sum_amounts(m, p, t, &fen, p->r->p->steps[t->o->amount].high, error);
}

/* ---- one stretch is the month -----------------------------------------------------------------
 */

static bool later_rows(MonthRun *m, RuleMonth *t, size_t row, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        MonthOutcome one;

        if (m->outcome[i] != SLICE_LATER)
            continue;
        month_slice_reads(m, t->o, i);
        if (!row_month(m->r, t->o, row + i, m->month, &one, error) ||
            !results_row(t->to, m->r, t->o, row + i, &one, error))
            return false;
    }
    return true;
}

static bool finish_slice(MonthRun *m, Pass *p, RuleMonth *t, GError **error)
{
    uint32_t counts[8];

    if (t->o->days != RULE_ONCE_DAY && !finish_amounts(m, p, t, error))
        return false;
    count_outcomes(m->outcome, p->n, counts);
    t->to->yes += counts[TRUTH_YES];
    t->to->no += counts[TRUTH_NO];
    t->to->unknown += counts[TRUTH_UNKNOWN];
    t->to->judgement += counts[TRUTH_PERSON];
    t->to->records += p->n - counts[SLICE_OUTSIDE] - counts[SLICE_LATER];
    if (t->to->outcome != NULL)
        stream_out(t->to->outcome + p->row, m->outcome, p->n);
    if (t->o->judged != 0 && counts[TRUTH_UNKNOWN] + counts[TRUTH_PERSON] > 0) {
        Wide under, days = days_paid(m, t, &under);

        if (!judged_count(m, p, t, days, under, error))
            return false;
    } else if (counts[TRUTH_UNKNOWN] > 0) {
        unknown_rows(m, p, t);
    }
    return counts[SLICE_LATER] == 0 || later_rows(m, t, p->row, p->n, error);
}

/* ---- several stretches ------------------------------------------------------------------------
 */

static void keep_partial(MonthRun *m, Pass *p, const RuleMonth *t, Partial *to)
{
    const uint8_t *when = truths(p, t->o->when, false, m->yes);
    RowDoubts d = row_doubts(p, t->o);

    memcpy(to->outcome, m->outcome, p->n);
    for (size_t i = 0; i < p->n; i++) {
        uint8_t x = m->outcome[i];
        bool open = x == TRUTH_UNKNOWN || x == TRUTH_PERSON;

        to->missing[i] = open ? pass_unpack(p, row_lacks(p, &d, i)) : 0;
        to->bounded[i] = x == TRUTH_PERSON && judged_most(p, t->o, i, &to->amount[i]);
        to->counts[i] = x == TRUTH_UNKNOWN || (x <= TRUTH_YES && when[i] != TRUTH_NO);
        if (x != TRUTH_PERSON)
            to->amount[i] = 0;
        if (x == TRUTH_YES && t->o->amount != STEP_NONE)
            to->amount[i] = lane_number(lane_at(p, t->o->amount, false), i);
    }
}

static void join_any(const RuleMonth *t, size_t i, MonthOutcome *to, Wide *over)
{
    for (size_t k = t->n_stretches; k-- > 0;) {
        const Partial *x = &t->partials[k];

        if (x->counts[i] != 0) {
            *to = (MonthOutcome){.outcome = x->outcome[i],
                                 .missing = x->missing[i],
                                 .most_known = x->bounded[i] != 0};
            *over = x->amount[i];
            return;
        }
        if (x->outcome[i] == TRUTH_NO)
            to->outcome = TRUTH_NO;
    }
}

static void join_each(const RuleMonth *t, size_t i, MonthOutcome *to, Wide *over)
{
    to->most_known = true;
    for (size_t k = 0; k < t->n_stretches; k++) {
        const Partial *x = &t->partials[k];

        if (x->outcome[i] == TRUTH_PERSON)
            to->most_known = to->most_known && x->bounded[i] != 0;
        to->outcome = month_worse_day(to->outcome, x->outcome[i]);
        to->missing |= x->missing[i];
        *over += (Wide)x->amount[i] * (t->until[k] - t->from[k] + 1);
    }
}

static bool join_later(MonthRun *m, RuleMonth *t, size_t row, size_t i, MonthOutcome *one,
                       GError **error)
{
    month_slice_reads(m, t->o, i);
    return row_month(m->r, t->o, row + i, m->month, one, error);
}

static bool join_row(MonthRun *m, RuleMonth *t, size_t row, size_t i, MonthOutcome *one,
                     GError **error)
{
    Wide over = 0, under = month_fen_scale(m->r, t->o);

    for (size_t k = 0; k < t->n_stretches; k++) {
        if (t->partials[k].outcome[i] == SLICE_LATER)
            return join_later(m, t, row, i, one, error);
    }
    if (t->o->days == RULE_EACH_DAY) {
        join_each(t, i, one, &over);
        under *= month_days(m->month);
    } else {
        join_any(t, i, one, &over);
    }
    if (one->outcome == TRUTH_YES && t->o->amount != STEP_NONE) {
        if (!settle_row(m, t, row + i, over, under, &one->amount, error))
            return false;
        one->outcome = one->amount == 0 ? TRUTH_NO : TRUTH_YES;
    } else if (one->outcome == TRUTH_PERSON) {
        one->most_known = one->most_known && month_settle(t->o, over, under, &one->most, NULL);
    }
    return true;
}

static bool join_rows(MonthRun *m, RuleMonth *t, size_t row, size_t n, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        MonthOutcome one = {.outcome = OUTCOME_OUTSIDE};

        if (!join_row(m, t, row, i, &one, error))
            return false;
        if (t->standing != NULL)
            t->standing[i] =
                (Standing){.raw = one, .net = one, .next = DATE_MAX, .paid = STEP_NONE};
        else if (!results_row(t->to, m->r, t->o, row + i, &one, error))
            return false;
    }
    return true;
}

bool month_slice_join(MonthRun *m, unsigned level, size_t row, size_t n, GError **error)
{
    for (size_t k = 0; k < m->results->n_all; k++) {
        RuleMonth *t = &m->rules[k];
        bool join = t->partials != NULL || t->standing != NULL;

        if (t->o->level == level && join && !join_rows(m, t, row, n, error))
            return false;
    }
    return true;
}

bool month_slice_done(void *user, Pass *p, const PassOutput *w, GError **error)
{
    MonthRun *m = user;
    RuleMonth *t = NULL;

    for (size_t i = 0; i < m->results->n_all && t == NULL; i++) {
        if (m->results->list[i].output == w->output)
            t = &m->rules[i];
    }
    if (p->overflow) /* the row driver says whether it matters, and where */
        memset(m->outcome, SLICE_LATER, p->n);
    else if (t->o->days == RULE_ONCE_DAY)
        later_once(m, p, t);
    else
        decide_days(m, p, w, t);
    if (t->partials == NULL)
        return finish_slice(m, p, t, error);
    keep_partial(m, p, t, &t->partials[w->segment]);
    return true;
}
