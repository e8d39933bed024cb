/* past.c — a dated column's periods of one row, in order of time.
 * Start: past_span(), past_reached(). */
#include "evaluate/past.h"

/* First of the row's earlier periods. */
static size_t first_period(const Column *c, size_t row)
{
    size_t low = 0, high = c->n_periods;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (c->periods[mid].row < row)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

bool past_span(const Column *c, size_t row, size_t i, PastSpan *ret)
{
    size_t first = first_period(c, row), n = 0;
    while (first < c->n_periods && c->periods[first].row == row && !c->periods[first].known)
        first++; /* before the first value there is nothing to tell */
    while (first + n < c->n_periods && c->periods[first + n].row == row && n <= i)
        n++;
    if (i < n) {
        const Period *p = &c->periods[first + i];
        *ret = (PastSpan){p->since, p->until, p->known, p->value};
        return true;
    }
    bool known = column_known(c, row);
    if (i != n || (!known && n == 0))
        return false;
    *ret = (PastSpan){DATE_MIN, DATE_MAX, known, column_get(c, row)};
    if (c->since != NULL)
        ret->since = c->since[row];
    if (c->until != NULL)
        ret->until = c->until[row];
    return true;
}

static bool in_set(const PastSpan *s, uint64_t states)
{
    return s->known && s->value >= 0 && s->value < 64 && (states >> s->value & 1) != 0;
}

Truth past_reached(const Column *c, size_t row, Date day, uint64_t sure, uint64_t open)
{
    PastSpan s;
    Date held = DATE_MIN; /* recorded up to here */
    bool doubt = false;
    size_t i = 0;
    for (; past_span(c, row, i, &s) && s.since <= day; i++) {
        if (in_set(&s, sure))
            return TRUTH_YES;
        doubt = doubt || !s.known || (i == 0 ? in_set(&s, open) : s.since > held);
        held = s.until;
    }
    if (i == 0)
        return TRUTH_UNKNOWN;
    return doubt || held <= day ? TRUTH_UNKNOWN : TRUTH_NO;
}

bool past_entered(const Column *c, size_t row, Date day, int64_t state, Date *ret)
{
    PastSpan s;
    for (size_t i = 0; past_span(c, row, i, &s) && s.since <= day; i++)
        if (s.known && s.value == state) {
            *ret = s.since;
            return s.since != DATE_MIN;
        }
    return false;
}
