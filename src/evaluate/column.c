/* column.c — one output over all rows as a column: parts of indicators, kept derived fields.
 * In: Program, Dataset, one day for all or a day per row.  Out: a Column.  Start:
 * evaluate_column().
 */
#include "evaluate/slice.h"

/* Row by row: a day per row, or a slice in which something overflowed. */
static bool fill_rows(Run *r, const ProgramOutput *o, size_t row, size_t n, Date day,
                      const Date *days, Column *c, GError **error)
{
    const Reg *x = &r->regs[o->root];

    for (size_t i = row; i < row + n; i++) {
        Date on = days != NULL ? days[i] : day;

        if (on < DAY_LOW || on > DAY_HIGH)
            continue; /* an event without a day of its own: unknown */
        r->overflow = false;
        row_compute(r, o->steps, o->n_steps, i, on, on);
        if (r->overflow && x->missing != 0)
            return fail_row(r, o, i, "a number does not fit 64 bits", error);
        if (o->is_truth && only_judged(o, x->missing))
            column_set(c, i, TRUTH_PERSON);
        else if (x->missing == 0 || o->is_truth)
            column_set(c, i, x->value);
    }
    return true;
}

/* Conditions that wait for a person's word only. */
static void fill_judged(Pass *p, const ProgramOutput *o, const Lane *l, Column *c)
{
    uint64_t judged = pass_pack(p, o->judged), lacks = 0;

    for (size_t i = 0; i < p->n; i++) {
        if (lane_unknown_row(p, l, i, &lacks) && (lacks & ~judged) == 0)
            column_set(c, p->row + i, TRUTH_PERSON);
    }
}

static bool fill_slice(void *user, Pass *p, const PassOutput *w, GError **error)
{
    static const Physical sizes[] = {PHYSICAL_I8, PHYSICAL_I16, PHYSICAL_I32, PHYSICAL_I64};
    const ProgramOutput *o = &p->r->p->outputs[w->output];
    Column *c = user;
    Lane *l = lane_at(p, o->root, false);
    int width = MAX(lane_width(l), (int)p->r->p->steps[o->root].physical);
    const void *missing = lane_missing(p, l), *values;
    uint8_t lacks[BATCH_STEP] = {0};
    Buffer *t = NULL;

    if (p->overflow)
        return fill_rows(p->r, o, p->row, p->n, p->day, NULL, c, error);
    values = lane_value(p, l, width, &t);
    if (missing != NULL && !o->is_truth)
        doubt_bytes[p->doubt](lacks, missing, p->n);
    for (size_t i = 0; i < p->n; i++) {
        if (lacks[i] == 0)
            column_set(c, p->row + i, physical_get(sizes[width], values, i));
    }
    if (o->is_truth && o->judged != 0)
        fill_judged(p, o, l, c);
    buffer_drop(p, t);
    return true;
}

static bool fill_column(Run *r, size_t output, Date day, Column *c, GError **error)
{
    PassOutput w = {.output = (unsigned)output, .from = day};
    Pass *p = pass_new(r->arena, r, day, day, &w, 1);

    for (size_t row = 0; row < c->rows; row += BATCH_STEP) {
        if (!slice_run(p, row, MIN(c->rows - row, BATCH_STEP), fill_slice, c, error))
            return false;
    }
    return true;
}

bool evaluate_column(const Program *p, const Dataset *d, size_t output, Date day, const Date *days,
                     Batch *into, size_t index, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    const ProgramOutput *o = &p->outputs[output];
    Physical physical = kind_facts[o->value_kind].physical;
    bool filled;
    Column *c;
    Run *r;

    g_assert(o->kind == PROGRAM_VALUE && !kind_is_text(o->value_kind));
    if (!run_new(a, p, d, &r, error))
        return false;
    if (r->rows != into->rows)
        return fail(error, FAIL_INPUT, "%s has %zu rows, its new column %zu", p->entity_name,
                    r->rows, into->rows);
    if (days == NULL && (day < DAY_LOW || day > DAY_HIGH))
        return fail(error, FAIL_INPUT, "rules can be asked about the years 1900 to 2199 only");
    if (o->is_truth)
        physical = PHYSICAL_I8;
    else if (physical < p->steps[o->root].physical)
        physical = p->steps[o->root].physical;
    c = batch_add(into, index, o->value_kind, physical, false);
    filled = days != NULL ? fill_rows(r, o, 0, into->rows, 0, days, c, error)
                          : fill_column(r, output, day, c, error);
    column_finish(into, c);
    return filled;
}
