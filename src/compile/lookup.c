/* lookup.c — params, tables and territories become look-ups in dense cells.
 * In: EXPR_PARAM, EXPR_TABLE, places.  Out: LOOKUP steps, slots filled for every slice of days.
 * Start: lower_param(), lower_table(), lower_territory(). */
#include "compile/build.h"
#include "compile/param.h"

#define CELLS_MOST                                                                                 \
    (1 << 24) /* of one slot: a province's townships by four codes are 1/10 of it                  \
               */

typedef struct Axis {
    uint32_t step; /* STEP_NONE: fixed */
    int64_t fixed;
    int64_t size; /* of a free axis */
} Axis;

static Step lookup_step(Builder *b, uint32_t slot, const Axis *axes, size_t n)
{
    Step s = {.op = OP_LOOKUP, .a = STEP_NONE, .b = STEP_NONE, .c = STEP_NONE, .slot = slot};

    s.args = b->args->len;
    s.input = STEP_NONE;
    for (size_t i = 0; i < n; i++) {
        if (axes[i].step == STEP_NONE)
            continue;
        g_array_append_val(b->args, axes[i].step);
        s.n_args++;
    }
    return s;
}

/* Sizes and strides of the free axes. */
static bool slot_shape(Builder *b, Slot *slot, const Axis *axes, size_t n)
{
    int64_t cells = 1;

    for (size_t i = n; i-- > 0;) {
        if (axes[i].step == STEP_NONE)
            continue;
        g_assert(slot->n_axes < G_N_ELEMENTS(slot->sizes));
        for (size_t k = slot->n_axes++; k > 0; k--) {
            slot->sizes[k] = slot->sizes[k - 1];
            slot->strides[k] = slot->strides[k - 1];
        }
        slot->sizes[0] = (int32_t)axes[i].size;
        slot->strides[0] = (int32_t)cells;
        cells *= axes[i].size;
        if (cells > CELLS_MOST)
            return build_fault(b, "%s has more than %d cells", slot->name, CELLS_MOST);
    }
    slot->n_cells = (size_t)cells;
    return true;
}

/* Index numbers of a cell, one per axis. */
static void cell_indexes(const Slot *slot, const Axis *axes, size_t n, size_t cell, int64_t *to)
{
    size_t k = 0;

    for (size_t i = 0; i < n; i++) {
        if (axes[i].step == STEP_NONE) {
            to[i] = axes[i].fixed;
            continue;
        }
        to[i] = (int64_t)(cell / (size_t)slot->strides[k]) % slot->sizes[k];
        k++;
    }
}

/* ---- cells, as wide as their values -----------------------------------------------------------
 */

typedef struct Cells {
    int64_t *value;
    uint64_t *missing;
    Date from;
} Cells;

static bool cells_equal(const Cells *x, const Cells *y, size_t n)
{
    return memcmp(x->value, y->value, n * sizeof *x->value) == 0 &&
           memcmp(x->missing, y->missing, n * sizeof *x->missing) == 0;
}

static void slice_fill(Arena *a, const Slot *slot, const Cells *c, SlotSlice *to)
{
    bool lacks = false;

    to->from = c->from;
    to->value = arena_array(a, slot->n_cells, physical_size(slot->physical));
    for (size_t i = 0; i < slot->n_cells; i++) {
        physical_set(slot->physical, to->value, i, c->value[i]);
        lacks = lacks || c->missing[i] != 0;
    }
    to->missing = lacks ? c->missing : NULL;
}

/* Slices that say the same as the one before are dropped: no month is cut for them. */
static void slot_fill(Arena *a, Slot *slot, GArray *slices)
{
    size_t kept = 0;

    slot->low = INT64_MAX;
    slot->high = INT64_MIN;
    for (size_t i = 0; i < slices->len; i++) {
        const Cells *c = &g_array_index(slices, Cells, i);

        if (kept > 0 && cells_equal(&g_array_index(slices, Cells, kept - 1), c, slot->n_cells))
            continue;
        for (size_t k = 0; k < slot->n_cells; k++) {
            if (c->missing[k] == 0) {
                slot->low = MIN(slot->low, c->value[k]);
                slot->high = MAX(slot->high, c->value[k]);
            }
        }
        g_array_index(slices, Cells, kept++) = *c;
    }
    if (slot->low > slot->high)
        slot->low = slot->high = 0;
    slot->physical = slot->is_truth ? PHYSICAL_I8 : physical_for(slot->low, slot->high);
    slot->slices = arena_many(a, SlotSlice, kept);
    slot->n_slices = kept;
    for (size_t i = 0; i < kept; i++)
        slice_fill(a, slot, &g_array_index(slices, Cells, i), &slot->slices[i]);
}

static Cells cells_new(Arena *a, const Slot *slot, Date from)
{
    return (Cells){arena_many(a, int64_t, slot->n_cells), arena_many(a, uint64_t, slot->n_cells),
                   from};
}

/* ---- finding an equal slot: of the same param or table, by the same axes ----------------------
 */

static Slot slot_new(const char *name, const void *origin, const Axis *axes, size_t n)
{
    Slot slot = {.name = name, .origin = origin};

    for (size_t i = 0; i < n; i++) {
        slot.fixed[i] = axes[i].fixed;
        if (axes[i].step != STEP_NONE)
            slot.free |= 1u << i;
    }
    return slot;
}

static bool slot_find(const Builder *b, const Slot *like, uint32_t *ret)
{
    for (uint32_t i = b->first_slot; i < b->slots->len; i++) {
        const Slot *s = &g_array_index(b->slots, Slot, i);

        if (s->origin == like->origin && s->free == like->free &&
            memcmp(s->fixed, like->fixed, sizeof s->fixed) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* ---- params -----------------------------------------------------------------------------------
 */

static int date_order(const void *a, const void *b)
{
    const Date *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static GArray *slice_days(const ParamWorld *w, const Param *p)
{
    GArray *days = g_array_new(FALSE, FALSE, sizeof(Date));
    Date first = DATE_MIN;
    guint kept = 1;

    g_array_append_val(days, first);
    param_days(w, p, days);
    g_array_sort(days, date_order);
    for (guint i = 1; i < days->len; i++) {
        if (g_array_index(days, Date, i) != g_array_index(days, Date, kept - 1))
            g_array_index(days, Date, kept++) = g_array_index(days, Date, i);
    }
    g_array_set_size(days, kept);
    return days;
}

static ParamWorld world_of(const Builder *b)
{
    return param_world(b->shared->model, b->shared->options);
}

static uint64_t lacking_bit(Builder *b, const Param *p)
{
    return input_bit(b, INPUT_PARAM, p, arena_dup(b->shared->arena, p->name.at, p->name.len));
}

static ParamAnswer param_cell(const ParamWorld *w, const Param *p, const Slot *slot,
                              const Axis *axes, size_t n, size_t cell, Date day)
{
    int64_t at[6] = {0};
    int32_t region = ROW_NONE;

    cell_indexes(slot, axes, n, cell, at);
    for (size_t i = 0; i < n; i++) {
        if (i >= p->n_index || p->index[i].is_region)
            region = (int32_t)at[i];
    }
    return param_at(w, p, region, at, day);
}

/* axes: the param's indexes in order, then the place of the record when places below decide. */
static const ParamTable *param_table(Builder *b, const Param *p, const Axis *axes, size_t n,
                                     const Slot *slot)
{
    ParamWorld w = world_of(b);
    const ParamTable *found =
        w.memo != NULL ? param_memo_find(w.memo, p, slot->free, slot->fixed) : NULL;

    if (found != NULL)
        return found;
    Arena *a = w.memo != NULL ? param_memo_arena(w.memo) : b->shared->arena;
    GArray *days = slice_days(&w, p);
    Date *from = arena_many(a, Date, days->len);
    ParamAnswer *answers = arena_many(a, ParamAnswer, days->len * slot->n_cells);
    ParamTable *t = arena_new_of(a, ParamTable);

    for (guint d = 0; d < days->len; d++) {
        from[d] = g_array_index(days, Date, d);
        for (size_t cell = 0; cell < slot->n_cells; cell++)
            answers[d * slot->n_cells + cell] = param_cell(&w, p, slot, axes, n, cell, from[d]);
    }
    *t = (ParamTable){.free = slot->free, .days = from, .n_days = days->len, .answers = answers};
    memcpy(t->fixed, slot->fixed, sizeof t->fixed);
    g_array_free(days, TRUE);
    if (w.memo != NULL)
        param_memo_add(w.memo, p, t);
    return t;
}

static void param_cells(Builder *b, const Param *p, const Axis *axes, size_t n, Slot *slot)
{
    const ParamTable *t = param_table(b, p, axes, n, slot);
    GArray *slices = g_array_new(FALSE, FALSE, sizeof(Cells));

    for (size_t d = 0; d < t->n_days; d++) {
        Cells c = cells_new(b->shared->arena, slot, t->days[d]);

        for (size_t cell = 0; cell < slot->n_cells; cell++) {
            ParamAnswer x = t->answers[d * slot->n_cells + cell];

            if (x.fault)
                build_fault(b, "the value of param %s does not fit its decimals", slot->name);
            c.value[cell] = x.known ? x.value : 0;
            c.missing[cell] = x.known ? 0 : lacking_bit(b, x.lacking);
        }
        g_array_append_val(slices, c);
    }
    slot_fill(b->shared->arena, slot, slices);
    g_array_free(slices, TRUE);
}

static Axis region_axis(Builder *b, uint32_t step)
{
    const RegionTree *t = b->shared->options->regions;
    Axis a = {.step = step, .size = t != NULL ? (int64_t)t->n : 0};

    if (step_is_number(b, step, &a.fixed) || t == NULL || t->n == 0) {
        a.step = STEP_NONE;
        a.fixed = t == NULL || t->n == 0 ? ROW_NONE : a.fixed;
    }
    return a;
}

static Axis code_axis(Builder *b, uint32_t step, const Enum *of)
{
    Axis a = {.step = step, .size = (int64_t)of->n_codes};

    if (step_is_number(b, step, &a.fixed))
        a.step = STEP_NONE;
    return a;
}

static uint64_t missing_bits(const Slot *slot)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < slot->n_slices; i++) {
        for (size_t k = 0; slot->slices[i].missing != NULL && k < slot->n_cells; k++)
            bits |= slot->slices[i].missing[k];
    }
    return bits;
}

static uint32_t look_up(Builder *b, uint32_t slot, const Axis *axes, size_t n, unsigned scale,
                        const void *origin)
{
    Step s = lookup_step(b, slot, axes, n);

    s.scale = (uint8_t)scale;
    s.reads = missing_bits(&g_array_index(b->slots, Slot, slot));
    s.origin = origin;
    return step_add(b, s);
}

/* `name` without the place of the record is looked up by it where places below set their own. */
static size_t param_axes(Scope s, const Expr *e, Axis *axes)
{
    const Param *p = e->param;
    ParamWorld w = world_of(s.b);
    size_t n = 0;

    for (; n < e->n_args && n < p->n_index && n < 4; n++) {
        uint32_t step = lower_value(s, e->args[n]);

        axes[n] =
            p->index[n].is_region ? region_axis(s.b, step) : code_axis(s.b, step, p->index[n].of);
    }
    if (n != p->n_index)
        build_fault(s.b, "param %.*s is used without all its indexes", STR_ARG(p->name));
    if (n == p->n_index && scope_place(s) != NULL && param_by_place(&w, p))
        axes[n++] = region_axis(s.b, lower_value(s, scope_place(s)));
    return n;
}

uint32_t lower_param(Scope s, const Expr *e)
{
    const Param *p = e->param;
    Axis axes[5] = {0};
    size_t n = param_axes(s, e, axes);
    Slot slot = slot_new(arena_dup(s.b->shared->arena, p->name.at, p->name.len), p, axes, n);
    uint32_t number = 0;

    if (s.b->shared->error != NULL)
        return step_number(s.b, 0, 0);
    if (!slot_find(s.b, &slot, &number)) {
        if (!slot_shape(s.b, &slot, axes, n))
            return step_number(s.b, 0, 0);
        param_cells(s.b, p, axes, n, &slot);
        g_array_append_val(s.b->slots, slot);
        number = s.b->slots->len - 1;
    }
    return look_up(s.b, number, axes, n, e->type.scale, e);
}

/* ---- tables -----------------------------------------------------------------------------------
 */

static int number_order(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* The bounds of all rows on one axis, in the decimals of the operand. */
static uint32_t axis_cuts(Builder *b, const Table *t, size_t axis, int64_t factor)
{
    GArray *at = g_array_new(FALSE, FALSE, sizeof(int64_t));
    Cuts cuts = {0};

    for (size_t r = 0; r < t->n_rows; r++) {
        const TableCell *c = &t->cells[r * t->n_axes + axis];
        int64_t bound = 0;

        if (c->any)
            continue;
        if (c->low > INT64_MIN && checked_mul(c->low, factor, &bound))
            g_array_append_val(at, bound);
        if (c->high < INT64_MAX && checked_mul(c->high + 1, factor, &bound))
            g_array_append_val(at, bound);
    }
    g_array_sort(at, number_order);
    cuts.at = arena_many(b->shared->arena, int64_t, at->len + 1);
    for (guint i = 0; i < at->len; i++) {
        int64_t bound = g_array_index(at, int64_t, i);

        if (cuts.n == 0 || cuts.at[cuts.n - 1] != bound)
            cuts.at[cuts.n++] = bound;
    }
    g_array_free(at, TRUE);
    for (uint32_t i = 0; i < b->cuts->len; i++) {
        const Cuts *c = &g_array_index(b->cuts, Cuts, i);

        if (c->n == cuts.n && memcmp(c->at, cuts.at, cuts.n * sizeof *cuts.at) == 0)
            return i;
    }
    g_array_append_val(b->cuts, cuts);
    return b->cuts->len - 1;
}

typedef struct TableUse {
    const Table *table;
    Axis axes[6];
    uint32_t cuts[6];  /* STEP_NONE: a code axis */
    int64_t factor[6]; /* of the operand's decimals over the axis's */
} TableUse;

/* What stands for all values of interval j. */
static int64_t sample_of(const Cuts *c, int64_t j)
{
    if (c->n == 0)
        return 0;
    return j == 0 ? c->at[0] - 1 : c->at[j - 1];
}

static bool row_matches(Builder *b, const TableUse *u, size_t row, const int64_t *index)
{
    for (size_t i = 0; i < u->table->n_axes; i++) {
        const TableCell *c = &u->table->cells[row * u->table->n_axes + i];

        if (c->any)
            continue;
        if (u->cuts[i] == STEP_NONE) {
            if (index[i] >= 64 || (c->codes >> index[i] & 1) == 0)
                return false;
            continue;
        }
        int64_t v = sample_of(&g_array_index(b->cuts, Cuts, u->cuts[i]), index[i]);
        Wide low = (Wide)c->low * u->factor[i], high = (Wide)c->high;

        high = (high + 1) * u->factor[i] - 1;
        if (v < low || v > high)
            return false;
    }
    return true;
}

static void table_cells(Builder *b, const TableUse *u, Slot *slot)
{
    GArray *slices = g_array_new(FALSE, FALSE, sizeof(Cells));
    Cells c = cells_new(b->shared->arena, slot, DATE_MIN);
    const Table *t = u->table;

    for (size_t cell = 0; cell < slot->n_cells; cell++) {
        int64_t index[6] = {0};
        size_t row = 0;

        cell_indexes(slot, u->axes, t->n_axes, cell, index);
        while (row < t->n_rows && !row_matches(b, u, row, index))
            row++;
        if (row == t->n_rows || (t->unset != NULL && t->unset[row]))
            c.missing[cell] = input_bit(b, INPUT_TABLE, t, slot->name);
        else
            c.value[cell] = t->results[row];
    }
    g_array_append_val(slices, c);
    slot_fill(b->shared->arena, slot, slices);
    g_array_free(slices, TRUE);
}

static void table_axis(Scope s, TableUse *u, size_t i, const Expr *arg)
{
    const struct TableAxis *axis = &u->table->axis[i];
    uint32_t step = lower_value(s, arg);
    unsigned scale = step_at(s.b, step)->scale;

    u->cuts[i] = STEP_NONE;
    u->factor[i] = 1;
    if (axis->type.kind == KIND_ENUM) {
        u->axes[i] = code_axis(s.b, step, axis->type.of);
        return;
    }
    if (scale < axis->type.scale)
        step = step_scaled(s.b, step, axis->type.scale);
    else
        u->factor[i] = power_of_ten(scale - axis->type.scale);
    u->cuts[i] = axis_cuts(s.b, u->table, i, u->factor[i]);
    Step in = {.op = OP_INTERVAL, .a = step, .b = STEP_NONE, .c = STEP_NONE};

    in.input = STEP_NONE;
    in.slot = u->cuts[i];
    u->axes[i].step = step_add(s.b, in);
    u->axes[i].size = (int64_t)g_array_index(s.b->cuts, Cuts, u->cuts[i]).n + 1;
}

uint32_t lower_table(Scope s, const Expr *e)
{
    TableUse u = {.table = e->table};
    const Table *t = e->table;
    uint32_t number = 0;

    if (e->n_args != t->n_axes || t->n_axes > G_N_ELEMENTS(u.axes)) {
        build_fault(s.b, "table %.*s is used without all its axes", STR_ARG(t->name));
        return step_number(s.b, 0, 0);
    }
    for (size_t i = 0; i < t->n_axes; i++)
        table_axis(s, &u, i, e->args[i]);
    Slot slot =
        slot_new(arena_dup(s.b->shared->arena, t->name.at, t->name.len), t, u.axes, t->n_axes);

    for (size_t i = 0; i < t->n_axes; i++) { /* the same axis at other decimals is another slot */
        if (u.axes[i].step != STEP_NONE)
            slot.fixed[i] = u.factor[i];
    }
    if (!slot_find(s.b, &slot, &number)) {
        if (!slot_shape(s.b, &slot, u.axes, t->n_axes))
            return step_number(s.b, 0, 0);
        table_cells(s.b, &u, &slot);
        g_array_append_val(s.b->slots, slot);
        number = s.b->slots->len - 1;
    }
    return look_up(s.b, number, u.axes, t->n_axes, e->type.scale, e);
}

/* ---- days -------------------------------------------------------------------------------------
 */

static void days_cells(Builder *b, Slot *slot, Date from, Date until)
{
    const Date starts[3] = {DATE_MIN, from, until < DATE_MAX ? until + 1 : DATE_MAX};
    GArray *slices = g_array_new(FALSE, FALSE, sizeof(Cells));

    for (int i = from == DATE_MIN; i < 3 && starts[i] < DATE_MAX; i++) {
        Cells c = cells_new(b->shared->arena, slot, starts[i]);

        c.value[0] = i == 1 ? TRUTH_YES : TRUTH_NO;
        g_array_append_val(slices, c);
    }
    slot_fill(b->shared->arena, slot, slices);
    g_array_free(slices, TRUE);
}

/* As a look-up, so that a month is cut where it begins and ends, like where a param changes. */
uint32_t lower_in_force(Builder *b, Date from, Date until)
{
    Slot slot = {.name = "in force", .is_truth = true, .n_cells = 1, .fixed = {from, until}};

    for (uint32_t i = b->first_slot; i < b->slots->len; i++) {
        const Slot *s = &g_array_index(b->slots, Slot, i);

        if (s->origin == NULL && s->n_axes == 0 &&
            memcmp(s->fixed, slot.fixed, sizeof s->fixed) == 0)
            return look_up(b, i, NULL, 0, 0, NULL);
    }
    days_cells(b, &slot, from, until);
    g_array_append_val(b->slots, slot);
    return look_up(b, b->slots->len - 1, NULL, 0, 0, NULL);
}

/* ---- places -----------------------------------------------------------------------------------
 */

/* Rows of a tree are often numbered so that a subtree is one range: then two comparisons do. */
static bool one_range(const uint8_t *in, size_t n, int64_t *ret_low, int64_t *ret_high)
{
    size_t first = 0, last = 0, inside = 0;

    for (size_t i = 0; i < n; i++) {
        if (in[i] == 0)
            continue;
        first = inside == 0 ? i : first;
        last = i;
        inside++;
    }
    *ret_low = (int64_t)first;
    *ret_high = inside == 0 ? -1 : (int64_t)last;
    return inside == 0 || last - first + 1 == inside;
}

static uint32_t territory_slot(Builder *b, const uint8_t *in, Axis *axis)
{
    Slot slot = slot_new("territory", NULL, axis, 1);
    GArray *slices = g_array_new(FALSE, FALSE, sizeof(Cells));

    slot.is_truth = true;
    slot_shape(b, &slot, axis, 1);
    Cells c = cells_new(b->shared->arena, &slot, DATE_MIN);

    for (size_t i = 0; i < slot.n_cells; i++)
        c.value[i] = in[i] != 0 ? TRUTH_YES : TRUTH_NO;
    g_array_append_val(slices, c);
    slot_fill(b->shared->arena, &slot, slices);
    g_array_free(slices, TRUE);
    for (uint32_t i = b->first_slot; i < b->slots->len; i++) { /* the same places again? */
        const Slot *s = &g_array_index(b->slots, Slot, i);

        if (s->origin == NULL && s->n_cells == slot.n_cells &&
            memcmp(s->slices[0].value, slot.slices[0].value, slot.n_cells) == 0)
            return i;
    }
    g_array_append_val(b->slots, slot);
    return b->slots->len - 1;
}

uint32_t lower_territory(Scope s, uint32_t region, const int32_t *within, size_t n)
{
    Builder *b = s.b;
    const RegionTree *t = b->shared->options->regions;
    Axis axis = {.step = region, .size = (int64_t)t->n};
    uint8_t *in = arena_many(b->shared->arena, uint8_t, t->n + 1);
    int64_t number = 0;

    for (size_t k = 0; k < n; k++) {
        for (int32_t i = 0; i < (int32_t)t->n; i++)
            in[i] = in[i] != 0 || region_in(t, i, within[k]);
    }
    if (step_is_number(b, region, &number))
        return step_truth(b, number >= 0 && in[number] != 0 ? TRUTH_YES : TRUTH_NO);
    Step range = {.op = OP_IN_RANGE, .a = region, .b = STEP_NONE, .c = STEP_NONE};

    range.input = STEP_NONE;
    if (one_range(in, t->n, &range.number, &range.number_b))
        return step_add(b, range);
    return look_up(b, territory_slot(b, in, &axis), &axis, 1, 0, NULL);
}

uint32_t lower_in_region(Scope s, const Expr *e)
{
    Builder *b = s.b;
    const RegionTree *t = b->shared->options->regions;
    const Param *p = e->b->kind == EXPR_PARAM ? e->b->param : NULL;
    uint32_t region = lower_value(s, e->a);
    int64_t number = 0;

    if (t == NULL) {
        build_fault(b, "a place is asked for, but no places are known");
        return step_truth(b, TRUTH_NO);
    }
    if (p != NULL && p->n_regions > 0) {
        int32_t *within = arena_many(b->shared->arena, int32_t, p->n_regions);
        size_t n = 0;

        for (size_t i = 0; i < p->n_regions; i++) {
            within[n] = region_row(t, p->regions[i]);
            n += within[n] != ROW_NONE;
        }
        return lower_territory(s, region, within, n);
    }
    uint32_t within = lower_value(s, e->b);

    if (step_is_number(b, within, &number) && number >= 0) {
        int32_t row = (int32_t)number;

        return lower_territory(s, region, &row, 1);
    }
    return step_of(b, OP_IN_REGION, region, within);
}
