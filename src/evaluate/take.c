/* take.c — look-ups in dense cells, intervals, and whole years and months of a slice.
 * Ages are not computed where only a bound matters: the day from which one is old enough is the
 * same for all.  Start: take_lookup(), take_interval(), take_span(). */
#include "evaluate/slice.h"

/* ---- cells ------------------------------------------------------------------------------------
 */

static void cells_of(Pass *p, const Step *s, const Slot *slot, Lane *to, uint32_t *cell, bool twin)
{
    int64_t base = 0;
    bool first = true;

    for (uint32_t i = 0; i < s->n_args; i++) {
        Lane *a = lane_at(p, p->r->p->args[s->args + i], twin);

        if (a->scalar)
            base += a->one * slot->strides[i];
    }
    lane_spread(cell, 2, base, p->n);
    for (uint32_t i = 0; i < s->n_args; i++) {
        Lane *a = lane_at(p, p->r->p->args[s->args + i], twin);
        Lane so_far = *to;

        if (!a->scalar)
            add_cells[a->width](cell, a->value, slot->strides[i], p->n);
        to->held[1] = NULL;
        to->missing = NULL;
        if (first)
            lane_join(p, to, a, a);
        else
            lane_join(p, to, &so_far, a);
        buffer_drop(p, so_far.held[1]);
        first = false;
    }
    clamp_cells(cell, (uint32_t)slot->n_cells - 1, p->n);
}

/* A slot's slice is the same for all slices of a pass. */
static const uint64_t *packed_cells(Pass *p, uint32_t slot, const SlotSlice *slice)
{
    size_t n = p->r->p->slots[slot].n_cells;
    uint64_t *to;

    if (p->packed[slot] != NULL)
        return p->packed[slot];
    to = arena_many(p->arena, uint64_t, n);
    for (size_t i = 0; i < n; i++)
        to[i] = pass_mark(p, slice->missing[i]);
    return p->packed[slot] = to;
}

/* What the cells lack, beside what their indexes do. */
static void prefer_joined(Pass *p, Lane *to, Buffer *lacks)
{
    if (to->missing != NULL)
        prefer_missing[p->doubt](lacks->bytes, to->missing, p->n);
    buffer_drop(p, to->held[1]);
    to->held[1] = lacks;
    to->missing = lacks->bytes;
}

static void take_large(Pass *p, const Step *s, Lane *to, bool twin)
{
    const Slot *slot = &p->r->p->slots[s->slot];
    const SlotSlice *slice = slot_slice(slot, twin ? p->first : p->day);
    int width = (int)slot->physical;
    void *values = lane_make(p, to, width);
    Buffer *cell = buffer_new(p, 2);

    cells_of(p, s, slot, to, cell->bytes, twin);
    take_cells[width](values, slice->value, cell->bytes, p->n);
    if (slice->missing != NULL) {
        Buffer *lacks = buffer_new(p, p->doubt);

        take_missing[p->doubt](lacks->bytes, packed_cells(p, s->slot, slice), cell->bytes, p->n);
        prefer_joined(p, to, lacks);
    }
    buffer_drop(p, cell);
}

/* One index of few codes: the cells it can meet. */
typedef struct Few {
    Lane *index; /* NULL: there are more */
    int64_t base, stride, size;
} Few;

static Few few_cells(Pass *p, const Step *s, const Slot *slot, bool twin)
{
    static const Few more = {NULL, 0, 0, 0};
    Few few = more;

    for (uint32_t i = 0; i < s->n_args; i++) {
        Lane *a = lane_at(p, p->r->p->args[s->args + i], twin);

        if (a->scalar && a->one_missing == 0) {
            few.base += a->one * slot->strides[i];
            continue;
        }
        if (a->scalar || few.index != NULL || a->width > 0 || slot->sizes[i] > FEW_CELLS)
            return more;
        few.index = a;
        few.stride = slot->strides[i];
        few.size = slot->sizes[i];
    }
    return few;
}

static void take_few(Pass *p, const Step *s, const Few *few, Lane *to, const SlotSlice *slice)
{
    const Slot *slot = &p->r->p->slots[s->slot];
    FewCells values = {{{0}}}, lacks = {{{0}}};

    for (int64_t k = 0; k < few->size; k++) {
        int64_t cell = CLAMP(few->base + k * few->stride, 0, (int64_t)slot->n_cells - 1);

        few_set(&values, (size_t)k, physical_get(slot->physical, slice->value, (size_t)cell));
        if (slice->missing != NULL)
            few_set(&lacks, (size_t)k, (int64_t)packed_cells(p, s->slot, slice)[cell]);
    }
    take_of_few[slot->physical](lane_make(p, to, (int)slot->physical), &values, few->index->value,
                                p->n);
    lane_join(p, to, few->index, few->index);
    if (slice->missing != NULL) {
        Buffer *sets = buffer_new(p, p->doubt);

        take_of_few[p->doubt](sets->bytes, &lacks, few->index->value, p->n);
        prefer_joined(p, to, sets);
    }
}

void take_lookup(Pass *p, const Step *s, Lane *to, bool twin)
{
    const Slot *slot = &p->r->p->slots[s->slot];
    Few few = few_cells(p, s, slot, twin);

    if (few.index != NULL)
        take_few(p, s, &few, to, slot_slice(slot, twin ? p->first : p->day));
    else
        take_large(p, s, to, twin);
    if (slot->is_truth && to->missing != NULL)
        doubt_truth[p->doubt](to->held[0]->bytes, to->missing, TRUTH_UNKNOWN, p->n);
}

/* ---- intervals --------------------------------------------------------------------------------
 */

static bool shared_end(Pass *p, const Step *span, bool twin, Date *ret_day)
{
    Lane *end = lane_at(p, span->b, twin);

    *ret_day = (Date)CLAMP(end->one, DATE_MIN, DATE_MAX);
    return end->scalar && end->one_missing == 0;
}

static int cut_width(const int64_t *at, size_t n)
{
    return n == 0 ? 0 : (int)physical_for(MIN(at[0], at[n - 1]), MAX(at[0], at[n - 1]));
}

static void count_cuts(Pass *p, Lane *to, Lane *a, const int64_t *at, size_t n,
                       const KernelVS *kernels)
{
    int width = MAX(lane_width(a), cut_width(at, n));
    Buffer *t = NULL;
    void *values = lane_make(p, to, 0);
    const void *x = lane_value(p, a, width, &t);

    memset(values, 0, p->n);
    for (size_t i = 0; i < n; i++)
        kernels[width](values, x, at[i], p->n);
    buffer_drop(p, t);
    lane_join(p, to, a, a);
}

static void many_cuts(Pass *p, const Step *s, Lane *to, Lane *a)
{
    const Cuts *cuts = &p->r->p->cuts[s->slot];
    int32_t *values = lane_make(p, to, 2);

    for (size_t i = 0; i < p->n; i++)
        values[i] = (int32_t)cuts_below(cuts, lane_number(a, i));
    lane_join(p, to, a, a);
}

/* So many years complete on the day: born on or before a day of its own, for each cut. */
static const int64_t *cuts_as_days(Pass *p, uint32_t step, const Step *span, Date day, bool twin)
{
    const Cuts *cuts = &p->r->p->cuts[p->r->p->steps[step].slot];
    const void **kept = &p->spans[2 * step + twin];
    int64_t *at;

    if (*kept == NULL) {
        at = arena_many(p->arena, int64_t, cuts->n + 1);
        for (size_t i = 0; i < cuts->n; i++)
            at[i] = last_start(day, cuts->at[i], span->op == OP_YEARS);
        *kept = at;
    }
    return *kept;
}

bool interval_by_days(const Program *p, const Step *s)
{
    const Step *span = &p->steps[s->a];

    return s->op == OP_INTERVAL && (span->op == OP_YEARS || span->op == OP_MONTHS) &&
           !span->uniform && p->steps[span->b].uniform && p->cuts[s->slot].n <= INT8_MAX;
}

void take_interval(Pass *p, uint32_t step, Lane *to, bool twin)
{
    const Step *s = &p->r->p->steps[step], *span = &p->r->p->steps[s->a];
    const Cuts *cuts = &p->r->p->cuts[s->slot];
    Date day = 0;

    if (interval_by_days(p->r->p, s) && !shared_end(p, span, twin, &day)) {
        memset(lane_make(p, to, 0), 0, p->n); /* unknown for all */
        lane_join(p, to, lane_at(p, span->a, twin), lane_at(p, span->b, twin));
    } else if (cuts->n > INT8_MAX) {
        many_cuts(p, s, to, lane_at(p, s->a, twin));
    } else if (interval_by_days(p->r->p, s)) {
        count_cuts(p, to, lane_at(p, span->a, twin), cuts_as_days(p, step, span, day, twin),
                   cuts->n, add_below);
    } else {
        count_cuts(p, to, lane_at(p, s->a, twin), cuts->at, cuts->n, add_above);
    }
}

/* ---- years and months -------------------------------------------------------------------------
 */

typedef struct Span {
    int32_t low, high;
    int32_t *at; /* at[k - low]: the last day from which k are complete */
} Span;

static int64_t periods(bool years, int64_t from, Date day)
{
    Date a = (Date)CLAMP(from, DATE_MIN, DATE_MAX);

    return years ? date_years(a, day) : date_months(a, day);
}

static const Span *span_of(Pass *p, uint32_t step, Date day, bool twin)
{
    const Step *s = &p->r->p->steps[step], *start = &p->r->p->steps[s->a];
    const void **kept = &p->spans[2 * step + twin];
    bool years = s->op == OP_YEARS;
    Span *span;

    if (*kept != NULL)
        return *kept;
    span = arena_new_of(p->arena, Span);
    span->low = (int32_t)periods(years, start->high, day);
    span->high = (int32_t)periods(years, start->low, day);
    span->at = arena_many(p->arena, int32_t, (size_t)(span->high - span->low) + 2);
    for (int32_t k = span->low; k <= span->high; k++)
        span->at[k - span->low] = last_start(day, k, years);
    *kept = span;
    return span;
}

/* To a day that all rows share: an estimate, and one correction. */
void take_span(Pass *p, uint32_t step, Lane *to, bool twin)
{
    const Step *s = &p->r->p->steps[step];
    Lane *a = lane_at(p, s->a, twin);
    const Span *span;
    Buffer *t = NULL;
    Date day = 0;

    if (a->scalar || !shared_end(p, s, twin, &day)) {
        step_rows(p, s, to, twin);
        return;
    }
    span = span_of(p, step, day, twin);
    whole_periods(lane_make(p, to, 2), lane_value(p, a, 2, &t), day, span->at, span->low,
                  span->high, s->op == OP_YEARS ? 1 / 365.2425 : 12 / 365.2425, p->n);
    buffer_drop(p, t);
    lane_join(p, to, a, a);
}
