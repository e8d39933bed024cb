/* batch.c — columns: made, filled, finished, read.
 * The arrays of a column come from g_malloc and are shrunk when the column is finished: a million
 * ages are bytes then, not the words they were read into.  The arena only sees to their end. */
#include "data/links.h"

#include <glib.h>

static void column_clear(void *what)
{
    Column *c = what;

    g_free(c->value);
    g_free(c->text);
    g_free(c->known);
    g_free(c->since);
    g_free(c->until);
    g_free(c->periods);
}

Batch *batch_new(const char *name, size_t rows, size_t n_columns)
{
    Arena *a = arena_new();
    Batch *b = arena_new_of(a, Batch);

    g_assert(rows <= INT32_MAX); /* row numbers are references: int32 */
    b->arena = a;
    b->name = arena_dup(a, name, strlen(name));
    b->rows = rows;
    b->columns = arena_many(a, Column *, n_columns);
    b->n_columns = n_columns;
    return b;
}

void batch_free(Batch *b)
{
    if (b != NULL)
        arena_free(b->arena);
}

static Date *dates_all(size_t rows, Date day)
{
    Date *d = g_new(Date, rows + 1); /* one more: g_new of nothing is NULL, which has a meaning */

    for (size_t i = 0; i < rows; i++)
        d[i] = day;
    return d;
}

static void column_make_dated(Column *c)
{
    if (c->since == NULL)
        c->since = dates_all(c->rows, DATE_MIN);
    if (c->until == NULL)
        c->until = dates_all(c->rows, DATE_MAX);
}

Column *batch_add(Batch *b, size_t index, Kind kind, Physical physical, bool dated)
{
    Column *c = arena_new_of(b->arena, Column);

    g_assert(index < b->n_columns && b->columns[index] == NULL);
    g_assert(physical != PHYSICAL_TEXT || kind_is_text(kind));
    c->kind = kind;
    c->physical = physical;
    c->rows = b->rows;
    c->value = g_malloc0_n(b->rows + 1, physical_size(physical));
    c->known = g_malloc0(b->rows + 1);
    c->low = 1; /* low > high: no known value yet */
    if (dated)
        column_make_dated(c);
    arena_on_free(b->arena, column_clear, c);
    b->columns[index] = c;
    return c;
}

Column *batch_take(Batch *b, size_t index, Kind kind, Physical physical, void *value,
                   uint8_t *known)
{
    Column *c = arena_new_of(b->arena, Column);

    g_assert(index < b->n_columns && b->columns[index] == NULL && physical != PHYSICAL_TEXT);
    *c = (Column){.kind = kind, .physical = physical, .rows = b->rows, .low = 1};
    c->value = g_realloc_n(value, b->rows + 1, physical_size(physical));
    c->known = g_realloc(known, b->rows + 1);
    arena_on_free(b->arena, column_clear, c);
    b->columns[index] = c;
    return c;
}

static bool fits(Physical p, int64_t v)
{
    switch (p) {
    case PHYSICAL_I8:
        return v >= INT8_MIN && v <= INT8_MAX;
    case PHYSICAL_I16:
        return v >= INT16_MIN && v <= INT16_MAX;
    case PHYSICAL_I32:
        return v >= INT32_MIN && v <= INT32_MAX;
    case PHYSICAL_I64:
    case PHYSICAL_SET:
        return true;
    case PHYSICAL_TEXT:
        break;
    }
    return false;
}

static void store_as(void *values, Physical p, size_t row, int64_t v)
{
    switch (p) {
    case PHYSICAL_I8:
        ((int8_t *)values)[row] = (int8_t)v;
        break;
    case PHYSICAL_I16:
        ((int16_t *)values)[row] = (int16_t)v;
        break;
    case PHYSICAL_I32:
        ((int32_t *)values)[row] = (int32_t)v;
        break;
    case PHYSICAL_I64:
    case PHYSICAL_SET:
        ((int64_t *)values)[row] = v;
        break;
    case PHYSICAL_TEXT:
        g_assert_not_reached();
    }
}

void column_set(Column *c, size_t row, int64_t value)
{
    g_assert(row < c->rows && fits(c->physical, value));
    store_as(c->value, c->physical, row, value);
    if (c->known != NULL)
        c->known[row] = 1;
}

int64_t column_get(const Column *c, size_t row)
{
    g_assert(row < c->rows);
    switch (c->physical) {
    case PHYSICAL_I8:
        return ((const int8_t *)c->value)[row];
    case PHYSICAL_I16:
        return ((const int16_t *)c->value)[row];
    case PHYSICAL_I32:
        return ((const int32_t *)c->value)[row];
    case PHYSICAL_I64:
    case PHYSICAL_SET:
        return ((const int64_t *)c->value)[row];
    case PHYSICAL_TEXT:
        break;
    }
    return 0;
}

bool column_known(const Column *c, size_t row)
{
    g_assert(row < c->rows);
    return c->known == NULL || c->known[row] != 0;
}

Str column_text(const Column *c, size_t row)
{
    const uint32_t *offsets = c->value;

    g_assert(c->physical == PHYSICAL_TEXT && row < c->rows);
    if (c->text == NULL)
        return (Str){NULL, 0};
    return (Str){c->text + offsets[row], offsets[row + 1] - offsets[row]};
}

/* Number of the row's first earlier period at or behind (row, since). */
static size_t period_at(const Column *c, size_t row, Date since)
{
    size_t low = 0, high = c->n_periods;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const Period *p = &c->periods[middle];

        if (p->row < row || (p->row == row && p->since < since))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static Date until_of(const Column *c, size_t row)
{
    return c->until != NULL ? c->until[row] : DATE_MAX;
}

/* An open end (DATE_MAX) has no day on which the value is gone, DATE_MAX itself included. */
static bool before_end(Date day, Date until)
{
    return day < until || until == DATE_MAX;
}

bool column_at(const Column *c, size_t row, Date day, int64_t *ret_value)
{
    if (c->since == NULL || (day >= c->since[row] && before_end(day, until_of(c, row)))) {
        *ret_value = column_get(c, row);
        return column_known(c, row);
    }
    if (day >= c->since[row])
        return false;
    /* day + 1 does not overflow: a day at DATE_MAX has no later since. */
    size_t i = period_at(c, row, day + 1);

    if (i == 0)
        return false;
    const Period *p = &c->periods[i - 1];

    if (p->row != row || !p->known || !before_end(day, p->until))
        return false;
    *ret_value = p->value;
    return true;
}

/* First day after `day` on which a period of the row starts or ends; DATE_MAX when none. */
static Date next_boundary(const Column *c, size_t row, Date day)
{
    Date first = DATE_MAX;

    if (c->since[row] > day)
        first = c->since[row];
    else if (until_of(c, row) > day)
        first = until_of(c, row);
    for (size_t i = period_at(c, row, DATE_MIN); i < c->n_periods && c->periods[i].row == row;
         i++) {
        const Period *p = &c->periods[i];

        if (p->since > day)
            return MIN(first, p->since);
        if (p->until > day)
            return MIN(first, p->until);
    }
    return first;
}

Date column_next_change(const Column *c, size_t row, Date day)
{
    int64_t now = 0, then = 0;

    if (c->since == NULL || day >= DATE_MAX)
        return DATE_MAX;
    bool known = column_at(c, row, day, &now);

    /* A new period with the old value is no change. */
    for (Date d = next_boundary(c, row, day); d < DATE_MAX; d = next_boundary(c, row, d)) {
        if (column_at(c, row, d, &then) != known || (known && then != now))
            return d;
    }
    return DATE_MAX;
}

static Physical narrowest(int64_t low, int64_t high)
{
    for (Physical p = PHYSICAL_I8; p < PHYSICAL_I64; p++) {
        if (fits(p, low) && fits(p, high))
            return p;
    }
    return PHYSICAL_I64;
}

static void widen_range(Column *c, int64_t v)
{
    if (c->low > c->high) {
        c->low = v;
        c->high = v;
    }
    c->low = MIN(c->low, v);
    c->high = MAX(c->high, v);
}

/* Least and greatest known value; low > high: none.  Plain loops, one per width. */
#define RANGE_OF(name, T, least, most)                                                             \
    static void name(const Column *c, int64_t *low, int64_t *high)                                 \
    {                                                                                              \
        const T *v = c->value;                                                                     \
        const uint8_t *k = c->known;                                                               \
        T l = most, h = least;                                                                     \
        for (size_t i = 0; i < c->rows; i++) {                                                     \
            l = (k == NULL || k[i] != 0) && v[i] < l ? v[i] : l;                                   \
            h = (k == NULL || k[i] != 0) && v[i] > h ? v[i] : h;                                   \
        }                                                                                          \
        *low = l, *high = h;                                                                       \
    }
RANGE_OF(range_8, int8_t, INT8_MIN, INT8_MAX)
RANGE_OF(range_16, int16_t, INT16_MIN, INT16_MAX)
RANGE_OF(range_32, int32_t, INT32_MIN, INT32_MAX)
RANGE_OF(range_64, int64_t, INT64_MIN, INT64_MAX)

/* Earlier periods count: a register narrow enough for today's values must hold last year's too. */
static void column_range(Column *c)
{
    static void (*const ranges[])(const Column *, int64_t *, int64_t *) = {
        [PHYSICAL_I8] = range_8,   [PHYSICAL_I16] = range_16, [PHYSICAL_I32] = range_32,
        [PHYSICAL_I64] = range_64, [PHYSICAL_SET] = range_64,
    };
    int64_t low = 1, high = 0;

    ranges[c->physical](c, &low, &high);
    c->low = low <= high ? low : 1;
    c->high = low <= high ? high : 0;
    for (size_t i = 0; i < c->n_periods; i++) {
        if (c->periods[i].known)
            widen_range(c, c->periods[i].value);
    }
}

/* What stands at unknown rows is cleared, so that a kernel may read it. */
#define NARROW(name, F, T)                                                                         \
    static void name(void *restrict to, const void *from, const uint8_t *known, size_t n)          \
    {                                                                                              \
        T *restrict t = to;                                                                        \
        const F *f = from;                                                                         \
        for (size_t i = 0; i < n; i++)                                                             \
            t[i] = known == NULL || known[i] != 0 ? (T)f[i] : 0;                                   \
    }
NARROW(narrow_16_8, int16_t, int8_t)
NARROW(narrow_32_8, int32_t, int8_t)
NARROW(narrow_32_16, int32_t, int16_t)
NARROW(narrow_64_8, int64_t, int8_t)
NARROW(narrow_64_16, int64_t, int16_t)
NARROW(narrow_64_32, int64_t, int32_t)

static void column_narrow(Column *c)
{
    static void (*const narrows[4][3])(void *restrict, const void *, const uint8_t *, size_t) = {
        [PHYSICAL_I16] = {narrow_16_8},
        [PHYSICAL_I32] = {narrow_32_8, narrow_32_16},
        [PHYSICAL_I64] = {narrow_64_8, narrow_64_16, narrow_64_32},
    };
    Physical to = c->low > c->high ? PHYSICAL_I8 : narrowest(c->low, c->high);
    Physical from = MIN(c->physical, PHYSICAL_I64);
    void *value;

    if (physical_size(to) >= physical_size(c->physical))
        return;
    value = g_malloc0_n(c->rows + 1, physical_size(to));
    narrows[from][to](value, c->value, c->known, c->rows);
    g_free(c->value);
    c->value = value;
    c->physical = to;
}

void column_finish(Batch *b, Column *c)
{
    g_assert(c->rows == b->rows);
    if (c->known != NULL && memchr(c->known, 0, c->rows) == NULL)
        g_clear_pointer(&c->known, g_free);
    if (c->until != NULL) {
        size_t i = 0;

        while (i < c->rows && c->until[i] == DATE_MAX)
            i++;
        if (i == c->rows)
            g_clear_pointer(&c->until, g_free);
    }
    if (c->physical == PHYSICAL_TEXT)
        return;
    column_range(c); /* a set is a number too, unless it uses bit 63 */
    column_narrow(c);
}

static int period_order(gconstpointer a, gconstpointer b, gpointer unused)
{
    const Period *x = a, *y = b;

    (void)unused;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    return x->since < y->since ? -1 : x->since > y->since;
}

static bool periods_sorted(const Period *p, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (period_order(&p[i - 1], &p[i], NULL) > 0)
            return false;
    }
    return true;
}

/* Cuts overlaps and drops empty periods, in place; of two that start on one day the later given
 * wins.  Gives how many are left. */
static size_t periods_settle(Period *p, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        Period now = p[i];

        if (i + 1 < n && p[i + 1].row == now.row)
            now.until = MIN(now.until, p[i + 1].since);
        if (now.since < now.until)
            p[kept++] = now;
    }
    return kept;
}

void column_set_periods(Batch *b, Column *c, const Period *all, size_t n)
{
    Period *p = g_new(Period, n + 1);
    size_t earlier = 0;

    g_assert(c->rows == b->rows && c->n_periods == 0 && c->known != NULL);
    if (n > 0)
        memcpy(p, all, n * sizeof *p);
    if (!periods_sorted(p, n))
        g_qsort_with_data(p, (int)n, sizeof *p, period_order, NULL); /* stable */
    n = periods_settle(p, n);
    column_make_dated(c);
    for (size_t i = 0; i < n; i++) {
        Period now = p[i];

        g_assert(now.row < c->rows && fits(c->physical, now.known ? now.value : 0));
        if (i + 1 < n && p[i + 1].row == now.row) {
            p[earlier++] = now;
            continue;
        }
        store_as(c->value, c->physical, now.row, now.known ? now.value : 0);
        c->known[now.row] = now.known;
        c->since[now.row] = now.since;
        c->until[now.row] = now.until;
    }
    g_free(c->periods);
    c->periods = g_realloc_n(p, earlier + 1, sizeof *p);
    c->n_periods = earlier;
}

void column_set_texts(Batch *b, Column *c, const Str *texts)
{
    uint32_t *offsets = c->value;
    size_t total = 0;

    g_assert(c->physical == PHYSICAL_TEXT && c->rows == b->rows && c->known != NULL);
    for (size_t i = 0; i < c->rows; i++)
        total += texts[i].at != NULL ? texts[i].len : 0;
    g_assert(total <= UINT32_MAX); /* offsets are 32 bits; a file has at most LIMIT_CSV_BYTES */
    g_free(c->text);
    c->text = g_malloc(total + 1);
    total = 0;
    for (size_t i = 0; i < c->rows; i++) {
        offsets[i] = (uint32_t)total;
        c->known[i] = texts[i].at != NULL;
        if (texts[i].at != NULL && texts[i].len > 0)
            memcpy(c->text + total, texts[i].at, texts[i].len);
        total += texts[i].at != NULL ? texts[i].len : 0;
    }
    offsets[c->rows] = (uint32_t)total;
    c->text[total] = '\0';
}

Dataset *dataset_new(size_t n_batches)
{
    Dataset *d = g_new0(Dataset, 1);

    d->batches = g_new0(Batch *, n_batches + 1);
    d->n_batches = n_batches;
    d->links = link_set_new();
    return d;
}

void dataset_free(Dataset *d)
{
    if (d == NULL)
        return;
    for (size_t i = 0; i < d->n_batches; i++)
        batch_free(d->batches[i]);
    link_set_free(d->links);
    g_free(d->known);
    g_free(d->batches);
    g_free(d);
}
