/* ops.c — the meaning of each strict operation on whole numbers, and look-ups in a Program's data.
 * In: a Step and its operands' values.  Out: a value, unknown, or overflow.  Start: op_compute().
 */
#include "compile/ops.h"

#include <glib.h>

#include "data/point.h"

const OpFacts op_facts[OP_N] = {
#define OP(name, word, law) [OP_##name] = {word, LAW_##law},
#include "compile/ops.def"
#undef OP
};

static OpEnd truth_of(bool holds, int64_t *ret)
{
    *ret = holds ? TRUTH_YES : TRUTH_NO;
    return OP_END_KNOWN;
}

static OpEnd known(int64_t v, int64_t *ret)
{
    *ret = v;
    return OP_END_KNOWN;
}

static Date clip_day(int64_t d)
{
    return (Date)CLAMP(d, DATE_MIN, DATE_MAX);
}

/* The day is at most two days from the simple answer: only month ends move. */
Date last_start(Date on, int64_t count, bool years)
{
    int64_t limit = (int64_t)12 * 20000;
    int64_t months = CLAMP(count, -limit, limit) * (years ? 12 : 1);
    Date d = date_add_months(on, (int32_t)-months);

    while (d > DATE_MIN && (years ? date_years(d, on) : date_months(d, on)) < count)
        d--;
    while (d < DATE_MAX && (years ? date_years(d + 1, on) : date_months(d + 1, on)) >= count)
        d++;
    /* Nobody was born before year 1: a count never reached needs a day before all days. */
    if ((years ? date_years(d, on) : date_months(d, on)) < count)
        return DATE_MIN - 1;
    return d;
}

static OpEnd divide(const Step *s, int64_t a, int64_t b, int64_t *ret)
{
    if (b == 0)
        return OP_END_UNKNOWN;
    if (b < 0) {
        if (a == INT64_MIN || b == INT64_MIN)
            return OP_END_OVERFLOW;
        a = -a;
        b = -b;
    }
    return round_divide(a, b, (Rounding)s->number, ret) ? OP_END_KNOWN : OP_END_OVERFLOW;
}

static OpEnd arithmetic(const Step *s, int64_t a, int64_t b, int64_t *ret)
{
    bool fits = false;

    switch (s->op) {
    case OP_ADD:
        fits = checked_add(a, b, ret);
        break;
    case OP_SUB:
        fits = checked_sub(a, b, ret);
        break;
    case OP_MUL:
        fits = checked_mul(a, b, ret);
        break;
    default:
        return divide(s, a, b, ret);
    }
    return fits ? OP_END_KNOWN : OP_END_OVERFLOW;
}

/* Of the calendar month, quarter or year that holds the day. */
static Date period_start(Date day, int months)
{
    int month = date_ymd(day).month - 1;

    return month_first(month_of(day) - month % months);
}

static OpEnd of_dates(const Step *s, int64_t a, int64_t b, int64_t *ret)
{
    Date x = clip_day(a), y = clip_day(b);

    switch (s->op) {
    case OP_YEARS:
        return known(date_years(x, y), ret);
    case OP_MONTHS:
        return known(date_months(x, y), ret);
    case OP_DAYS:
        return known(b - a, ret);
    case OP_ADD_MONTHS:
        return known(date_add_months(x, (int32_t)CLAMP(b, -1000000, 1000000)), ret);
    case OP_ADD_DAYS:
        return known(clip_day(a + CLAMP(b, -100000000, 100000000)), ret);
    case OP_MONTH_START:
        return known(month_first(month_of(date_add_months(x, (int32_t)s->number))), ret);
    case OP_PERIOD_START:
        return known(period_start(x, (int)s->number), ret);
    case OP_STARTS_YEARS:
        return known(last_start(x, b, true), ret);
    default:
        return known(last_start(x, b, false), ret);
    }
}

static OpEnd comparison(const Step *s, int64_t a, int64_t b, int64_t *ret)
{
    switch (s->op) {
    case OP_EQ:
        return truth_of(a == b, ret);
    case OP_NE:
        return truth_of(a != b, ret);
    case OP_LT:
        return truth_of(a < b, ret);
    case OP_LE:
        return truth_of(a <= b, ret);
    case OP_GT:
        return truth_of(a > b, ret);
    default:
        return truth_of(a >= b, ret);
    }
}

OpEnd op_compute(const Step *s, int64_t a, int64_t b, int64_t *ret)
{
    switch (s->op) {
    case OP_IS_TRUE:
        return truth_of(a != 0, ret);
    case OP_AS_BOOL:
        return known(a == TRUTH_YES, ret);
    case OP_IN_RANGE:
        return truth_of(s->number <= a && a <= s->number_b, ret);
    case OP_IN:
        return truth_of(a >= 0 && a < 64 && ((uint64_t)b >> a & 1) != 0, ret);
    case OP_HAS_ANY:
        return truth_of((a & b) != 0, ret);
    case OP_HAS_ALL:
        return truth_of((a & b) == b, ret);
    case OP_UNION:
        return known(a | b, ret);
    case OP_MIN:
        return known(MIN(a, b), ret);
    case OP_MAX:
        return known(MAX(a, b), ret);
    case OP_DISTANCE:
        return known(point_distance(a, b), ret);
    case OP_ADD:
    case OP_SUB:
    case OP_MUL:
    case OP_ROUND_DIV:
        return arithmetic(s, a, b, ret);
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return comparison(s, a, b, ret);
    default:
        return of_dates(s, a, b, ret);
    }
}

size_t cuts_below(const Cuts *c, int64_t v)
{
    size_t n = 0;

    while (n < c->n && c->at[n] <= v)
        n++;
    return n;
}

const SlotSlice *slot_slice(const Slot *s, Date day)
{
    size_t i = s->n_slices - 1;

    while (i > 0 && s->slices[i].from > day)
        i--;
    return &s->slices[i];
}

bool slot_cell(const Slot *s, const SlotSlice *slice, size_t cell, int64_t *ret_value,
               uint64_t *ret_missing)
{
    g_assert(cell < s->n_cells);
    *ret_value = physical_get(s->physical, slice->value, cell);
    *ret_missing = slice->missing != NULL ? slice->missing[cell] : 0;
    return *ret_missing == 0;
}

int64_t physical_get(Physical p, const void *values, size_t i)
{
    switch (p) {
    case PHYSICAL_I8:
        return ((const int8_t *)values)[i];
    case PHYSICAL_I16:
        return ((const int16_t *)values)[i];
    case PHYSICAL_I32:
        return ((const int32_t *)values)[i];
    default:
        return ((const int64_t *)values)[i];
    }
}

void physical_set(Physical p, void *values, size_t i, int64_t v)
{
    switch (p) {
    case PHYSICAL_I8:
        ((int8_t *)values)[i] = (int8_t)v;
        break;
    case PHYSICAL_I16:
        ((int16_t *)values)[i] = (int16_t)v;
        break;
    case PHYSICAL_I32:
        ((int32_t *)values)[i] = (int32_t)v;
        break;
    default:
        ((int64_t *)values)[i] = v;
    }
}

Physical physical_for(int64_t low, int64_t high)
{
    if (low >= INT8_MIN && high <= INT8_MAX)
        return PHYSICAL_I8;
    if (low >= INT16_MIN && high <= INT16_MAX)
        return PHYSICAL_I16;
    if (low >= INT32_MIN && high <= INT32_MAX)
        return PHYSICAL_I32;
    return PHYSICAL_I64;
}

static int origin_order(const StepOf *a, const void *expr, uint32_t record)
{
    if (a->expr != expr)
        return (uintptr_t)a->expr < (uintptr_t)expr ? -1 : 1;
    return a->record < record ? -1 : a->record > record;
}

uint32_t program_step_of(const Program *p, const void *expr, uint32_t record)
{
    size_t low = 0, high = p->n_origins;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = origin_order(&p->origins[middle], expr, record);

        if (order == 0)
            return p->origins[middle].step;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return STEP_NONE;
}
