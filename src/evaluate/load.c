/* load.c — facts come into a slice: columns as they lie, dated ones as on the day, those of other
 * records by their rows, aggregates row by row.
 * In: Run's columns.  Out: registers, and which rows have recorded changes inside the stretch.
 * Start: load_field(). */
#include "evaluate/slice.h"

#define LINE 64 /* bytes the processor fetches at once */

/* Each column is read two thousand rows at a time and then left for others: too short for the
 * processor to see that it goes on.  What lies behind the slice is asked for meanwhile. */
static void fetch(const void *column, size_t size, size_t from, size_t until)
{
    const char *at = column;

    for (size_t i = from * size; i < until * size; i += LINE)
        __builtin_prefetch(at + i, 0, 2);
}

static void fetch_next(const Pass *p, const Column *c)
{
    size_t from = p->row + p->n, until = MIN(from + p->n, c->rows);

    if (c->physical == PHYSICAL_TEXT)
        return;
    fetch(c->value, physical_size(c->physical), from, until);
    if (c->known != NULL)
        fetch(c->known, 1, from, until);
}

static void missing_from_known(Pass *p, Lane *to, const uint8_t *known, uint64_t bit)
{
    Buffer *b;

    if (known == NULL)
        return;
    b = buffer_new(p, p->doubt);
    if (missing_of_known[p->doubt](b->bytes, known, pass_mark(p, bit), p->n)) {
        to->held[1] = b;
        to->missing = b->bytes;
    } else {
        buffer_drop(p, b);
    }
}

/* A set column is 64 bits wide; its register only as wide as the codes need. */
static void borrow_values(Pass *p, Lane *to, const Step *s, const Column *c)
{
    size_t size = physical_size(c->physical);
    const char *at = (const char *)c->value + p->row * size;

    if (c->physical == PHYSICAL_TEXT) {
        *to = (Lane){.width = 0, .value = p->zeros};
        return;
    }
    if (c->physical == PHYSICAL_SET && s->physical != PHYSICAL_I64) {
        lane_widen(lane_make(p, to, (int)s->physical), (int)s->physical, at, 3, p->n);
        return;
    }
    *to = (Lane){.width = c->physical == PHYSICAL_SET ? 3 : (int)c->physical, .value = at};
}

/* ---- dated columns ----------------------------------------------------------------------------
 */

static void changed_row(Pass *p, Lane *to, size_t i)
{
    if (to->held[2] == NULL) {
        to->held[2] = buffer_new(p, 0);
        to->changed = to->held[2]->bytes;
        memset(to->held[2]->bytes, 0, p->n);
    }
    ((uint8_t *)to->held[2]->bytes)[i] = 1;
}

/* Rows whose latest period starts behind the day: an earlier one may hold. */
static void earlier_periods(Pass *p, Lane *to, const Column *c, uint8_t *known)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    Buffer *list, *own;
    size_t n;

    if (c->n_periods == 0)
        return;
    list = buffer_new(p, 1);
    n = dated_after(list->bytes, c->since + p->row, p->first, p->n);
    for (size_t k = 0; k < n; k++) {
        size_t i = ((uint16_t *)list->bytes)[k];
        int64_t value = 0;

        if (p->first < p->day && column_next_change(c, p->row + i, p->first) <= p->day)
            changed_row(p, to, i);
        if (c->since[p->row + i] <= p->day)
            continue;
        known[i] = column_at(c, p->row + i, p->day, &value);
        if (to->held[0] == NULL) { /* the column itself is not written to */
            own = buffer_new(p, to->width);
            memcpy(own->bytes, to->value, p->n << to->width);
            to->held[0] = own;
            to->value = own->bytes;
        }
        physical_set(sizes[to->width], to->held[0]->bytes, i, known[i] ? value : 0);
    }
    buffer_drop(p, list);
}

static void changes_inside(Pass *p, Lane *to, const Column *c)
{
    Buffer *b;

    if (p->first == p->day)
        return;
    b = buffer_new(p, 0);
    dated_moved(b->bytes, c->since + p->row, c->until != NULL ? c->until + p->row : NULL, p->first,
                p->day, p->n);
    if (any_nonzero(b->bytes, p->n)) {
        to->held[2] = b;
        to->changed = b->bytes;
    } else {
        buffer_drop(p, b);
    }
}

static void load_dated(Pass *p, Lane *to, const Step *s, const Column *c)
{
    Buffer *known = buffer_new(p, 0);

    dated_held(known->bytes, c->known != NULL ? c->known + p->row : NULL, c->since + p->row,
               c->until != NULL ? c->until + p->row : NULL, p->day, p->n);
    changes_inside(p, to, c);
    earlier_periods(p, to, c, known->bytes);
    missing_from_known(p, to, known->bytes, s->lacks);
    buffer_drop(p, known);
}

/* ---- facts of other records -------------------------------------------------------------------
 */

/* As the record register is on the day; dated facts one by one. */
static void dated_of_others(Pass *p, Lane *to, const Column *c, const int32_t *row, uint8_t *found)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};

    for (size_t i = 0; i < p->n; i++) {
        int64_t value = 0;

        found[i] = 0;
        if ((uint32_t)row[i] < c->rows) {
            found[i] = column_at(c, (size_t)row[i], p->day, &value);
            if (p->first < p->day && column_next_change(c, (size_t)row[i], p->first) <= p->day)
                changed_row(p, to, i);
        }
        physical_set(sizes[to->width], to->held[0]->bytes, i, found[i] ? value : 0);
    }
}

static void values_of_others(Pass *p, Lane *to, const Step *s, const Column *c, const int32_t *row,
                             uint8_t *found)
{
    int from = c->physical >= PHYSICAL_SET ? 3 : (int)c->physical;
    int width = c->physical == PHYSICAL_SET ? (int)s->physical : from;
    Buffer *cell = buffer_new(p, 2), *wide;

    find_rows(cell->bytes, found, row, (uint32_t)c->rows, p->n);
    if (c->physical == PHYSICAL_TEXT) {
        memset(lane_make(p, to, 0), 0, p->n);
    } else if (width == from) {
        take_cells[from](lane_make(p, to, width), c->value, cell->bytes, p->n);
    } else {
        wide = buffer_new(p, from);
        take_cells[from](wide->bytes, c->value, cell->bytes, p->n);
        lane_widen(lane_make(p, to, width), width, wide->bytes, from, p->n);
        buffer_drop(p, wide);
    }
    if (c->known != NULL)
        find_known(found, c->known, cell->bytes, p->n);
    buffer_drop(p, cell);
}

static void load_other(Pass *p, uint32_t step, Lane *to, Lane *record)
{
    const Step *s = &p->r->p->steps[step];
    const Column *c = p->r->columns[step];
    const void *lost = lane_missing(p, record);
    Buffer *t = NULL, *found = buffer_new(p, 0);
    const int32_t *row = lane_value(p, record, 2, &t);

    if (c == NULL || c->rows == 0) {
        memset(lane_make(p, to, 0), 0, p->n);
        memset(found->bytes, 0, p->n);
    } else if (c->since != NULL && c->physical != PHYSICAL_TEXT) {
        lane_make(p, to, (int)(c->physical == PHYSICAL_SET ? s->physical : c->physical));
        dated_of_others(p, to, c, row, found->bytes);
    } else {
        values_of_others(p, to, s, c, row, found->bytes);
    }
    missing_from_known(p, to, found->bytes, s->lacks);
    if (lost != NULL && to->missing != NULL) {
        prefer_missing[p->doubt](to->held[1]->bytes, lost, p->n);
    } else if (lost != NULL) { /* every row was found, also those whose reference is unknown */
        to->held[1] = buffer_new(p, p->doubt);
        memcpy(to->held[1]->bytes, lost, p->n << p->doubt);
        to->missing = to->held[1]->bytes;
    }
    lane_join_changed(p, to, record);
    buffer_drop(p, t);
    buffer_drop(p, found);
}

void load_field(Pass *p, uint32_t step, Lane *to, bool twin)
{
    const Step *s = &p->r->p->steps[step];
    const Column *c = p->r->columns[step];

    if (s->a != STEP_NONE) {
        load_other(p, step, to, lane_at(p, s->a, twin));
        return;
    }
    if (c == NULL) {
        *to = (Lane){.scalar = true, .one_missing = pass_mark(p, s->lacks)};
        return;
    }
    fetch_next(p, c);
    borrow_values(p, to, s, c);
    if (c->since != NULL && c->physical != PHYSICAL_TEXT)
        load_dated(p, to, s, c);
    else
        missing_from_known(p, to, c->known != NULL ? c->known + p->row : NULL, s->lacks);
}

/* ---- aggregates -------------------------------------------------------------------------------
 */

/* The row driver's registers below an aggregate, then the aggregate itself. */
static void aggregate_row(Pass *p, uint32_t step, size_t i, Date day, Date limit)
{
    row_compute(p->r, p->below[step], p->n_below[step], p->row + i, day, limit);
}

static void put_row(Pass *p, Lane *to, const Step *s, size_t i)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    const Reg *x = &p->r->regs[s - p->r->p->steps];

    physical_set(sizes[to->width], to->held[0]->bytes, i, x->value);
    physical_set(sizes[p->doubt], to->held[1]->bytes, i, (int64_t)pass_mark(p, x->missing));
}

void load_aggregate(Pass *p, uint32_t step, Lane *to, bool twin)
{
    if (counted_at_once(&p->r->p->steps[step]) && !twin)
        load_counted(p, step, to);
    else
        load_by_row(p, step, to, twin);
}

void load_by_row(Pass *p, uint32_t step, Lane *to, bool twin)
{
    const Step *s = &p->r->p->steps[step];

    lane_make(p, to, s->is_truth ? 0 : (int)s->physical);
    to->held[1] = buffer_new(p, p->doubt);
    to->missing = to->held[1]->bytes;
    p->r->overflow = false;
    for (size_t i = 0; i < p->n; i++) {
        if (!twin && p->first < p->day) {
            aggregate_row(p, step, i, p->first, p->day);
            if (row_next(p->r, step) <= p->day)
                changed_row(p, to, i);
        }
        aggregate_row(p, step, i, twin ? p->first : p->day, p->day);
        put_row(p, to, s, i);
    }
    p->overflow = p->overflow || p->r->overflow;
    p->r->overflow = false;
    if (!any_nonzero(to->missing, p->n << p->doubt)) {
        buffer_drop(p, to->held[1]);
        to->held[1] = NULL;
        to->missing = NULL;
    }
}

/* ---- what other rules pay ---------------------------------------------------------------------
 */

/* As the row driver says it, of the slice's months that are settled. */
void load_outcome(Pass *p, uint32_t step, Lane *to)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    const Step *s = &p->r->p->steps[step];
    const Standing *all = p->r->slices[s->number];

    if (all == NULL) { /* a calendar: not decided, and who is due is looked at row by row */
        *to = (Lane){.scalar = true, .one_missing = pass_pack(p, s->reads)};
        return;
    }
    void *values = lane_make(p, to, (int)s->physical), *missing;
    bool doubt = false;

    to->held[1] = buffer_new(p, p->doubt);
    to->missing = missing = to->held[1]->bytes;
    for (size_t i = 0; i < p->n; i++) {
        const MonthOutcome *m = s->number_b != 0 ? &all[i].net : &all[i].raw;
        bool open = m->outcome == TRUTH_UNKNOWN || m->outcome == TRUTH_PERSON;
        uint64_t bits = open ? pass_pack(p, m->missing != 0 ? m->missing : s->reads) : 0;

        physical_set(s->physical, values, i, m->outcome == TRUTH_YES ? m->amount : 0);
        physical_set(sizes[p->doubt], missing, i, (int64_t)(bits | (open && bits == 0)));
        doubt = doubt || open;
    }
    if (doubt)
        return;
    buffer_drop(p, to->held[1]);
    to->held[1] = NULL;
    to->missing = NULL;
}
