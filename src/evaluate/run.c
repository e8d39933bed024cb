/* run.c — a Program meets a Dataset: each FIELD step finds its column.
 * In: Program, Dataset.  Out: Run, or an error when the data is wider than what was proven.
 * Start: run_new(). */
#include "evaluate/run.h"

static const Batch *batch_of(const Dataset *d, unsigned entity)
{
    return entity < d->n_batches ? d->batches[entity] : NULL;
}

/* Registers were made as narrow as the values of the Dataset that was compiled for. */
static bool check_column(const Run *r, const Step *s, const Column *c, GError **error)
{
    const Batch *b = batch_of(r->d, s->entity);
    bool counts = c->physical <= PHYSICAL_I64 && c->low <= c->high;

    if (counts && (c->low < s->low || c->high > s->high))
        return fail(error, FAIL_INPUT,
                    "column %u of %s holds values the program was not compiled for", s->column,
                    b->name);
    if (counts && c->kind == KIND_REGION && r->p->regions != NULL &&
        (uint64_t)MAX(c->high, 0) >= r->p->regions->n)
        return fail(error, FAIL_INPUT, "column %u of %s holds a place that does not exist",
                    s->column, b->name);
    return true;
}

static bool find_columns(Run *r, GError **error)
{
    const Program *p = r->p;

    for (size_t i = 0; i < p->n_steps; i++) {
        const Step *s = &p->steps[i];
        const Batch *b = NULL;

        if (s->op != OP_FIELD)
            continue;
        b = batch_of(r->d, s->entity);
        if (b == NULL || s->column >= b->n_columns || b->columns[s->column] == NULL)
            continue;
        r->columns[i] = b->columns[s->column];
        if (!check_column(r, s, r->columns[i], error))
            return false;
    }
    return true;
}

static void free_rivals(void *what)
{
    g_array_unref(what);
}

static void open_body(Arena *a, Run *r)
{
    uint32_t *all = arena_many(a, uint32_t, r->p->n_steps + 1);

    for (uint32_t i = 0; i < r->p->n_steps; i++)
        all[i] = i;
    r->all = all;
    r->rivals = g_array_new(FALSE, FALSE, sizeof(Rival));
    arena_on_free(a, free_rivals, r->rivals);
}

static bool open_run(Arena *a, Run *outer, const Program *p, const Dataset *d, Run **ret,
                     GError **error)
{
    Run *r = arena_new_of(a, Run);

    *r = (Run){.p = p, .d = d, .outer = outer, .arena = a, .batch = batch_of(d, p->entity)};
    r->rows = r->batch != NULL ? r->batch->rows : 0;
    r->columns = arena_many(a, const Column *, p->n_steps + 1);
    r->regs = arena_many(a, Reg, p->n_steps + 1);
    r->then = arena_many(a, Reg, p->n_steps + 1);
    r->then_of = arena_many(a, uint64_t, p->n_steps + 1);
    r->visited = arena_many(a, uint64_t, p->n_steps + 1);
    r->bodies = arena_many(a, Run *, p->n_aggregates + 1);
    r->children = arena_many(a, Children *, p->n_aggregates + 1);
    if (outer != NULL)
        open_body(a, r);
    if (!find_columns(r, error))
        return false;
    for (size_t i = 0; i < p->n_aggregates; i++) {
        if (!open_run(a, r, p->aggregates[i].body, d, &r->bodies[i], error))
            return false;
    }
    *ret = r;
    return true;
}

bool run_new(Arena *a, const Program *p, const Dataset *d, Run **ret, GError **error)
{
    return open_run(a, NULL, p, d, ret, error);
}

/* ---- records that refer to others -------------------------------------------------------------
 */

typedef void (*Pair)(Children *c, size_t parent, size_t row);

static void count_pair(Children *c, size_t parent, size_t row)
{
    (void)row;
    c->start[parent + 1]++;
}

/* Filling moves each start to its end, which is the next one's start. */
static void fill_pair(Children *c, size_t parent, size_t row)
{
    c->row[c->start[parent]++] = (uint32_t)row;
}

static void each_parent(const Column *ref, Children *c, size_t row, size_t *period, Pair pair)
{
    int64_t last = ROW_NONE;

    for (; *period < ref->n_periods && ref->periods[*period].row == row; ++*period) {
        const Period *p = &ref->periods[*period];
        bool again = false;

        if (!p->known || p->value < 0 || (uint64_t)p->value >= c->parents)
            continue;
        /* A row is listed once per parent: look whether this parent comes again later. */
        for (size_t k = *period + 1; k < ref->n_periods && ref->periods[k].row == row; k++)
            again = again || (ref->periods[k].known && ref->periods[k].value == p->value);
        again = again || (column_known(ref, row) && column_get(ref, row) == p->value);
        if (!again)
            pair(c, (size_t)p->value, row);
    }
    last = column_known(ref, row) ? column_get(ref, row) : ROW_NONE;
    if (last >= 0 && (uint64_t)last < c->parents)
        pair(c, (size_t)last, row);
}

static void each_row(const Column *ref, Children *c, Pair pair)
{
    size_t period = 0;

    for (size_t row = 0; row < ref->rows; row++)
        each_parent(ref, c, row, &period, pair);
}

static Children *list_children(Arena *a, const Column *ref, size_t parents)
{
    Children *c = arena_new_of(a, Children);

    c->parents = parents;
    c->start = arena_many(a, uint32_t, parents + 1);
    if (ref != NULL)
        each_row(ref, c, count_pair);
    for (size_t i = 0; i < parents; i++)
        c->start[i + 1] += c->start[i];
    c->row = arena_many(a, uint32_t, (size_t)c->start[parents] + 1);
    if (ref != NULL)
        each_row(ref, c, fill_pair);
    for (size_t i = parents; i > 0; i--)
        c->start[i] = c->start[i - 1];
    c->start[0] = 0;
    return c;
}

static const Column *reference_of(const Run *r, const AggregateStep *a)
{
    const Batch *b = batch_of(r->d, a->entity);

    return b == NULL || a->reference >= b->n_columns ? NULL : b->columns[a->reference];
}

/* As many rows as are referred to. */
static size_t parents_of(const Column *ref)
{
    int64_t most = ref != NULL ? ref->high : ROW_NONE;

    for (size_t i = 0; ref != NULL && ref->low > ref->high && i < ref->rows; i++)
        most = MAX(most, column_get(ref, i)); /* a column that was not finished */
    return (size_t)MAX(most + 1, 0);
}

const Children *run_children(Run *r, uint32_t aggregate)
{
    if (r->children[aggregate] == NULL) {
        const Column *ref = reference_of(r, &r->p->aggregates[aggregate]);

        r->children[aggregate] = list_children(r->arena, ref, parents_of(ref));
    }
    return r->children[aggregate];
}

/* ---- words ------------------------------------------------------------------------------------
 */

uint64_t own_bits(const Program *p, const ProgramOutput *o, uint64_t missing)
{
    uint64_t own = 0;

    for (size_t i = 0; i < o->n_inputs; i++)
        own |= (missing >> p->inputs[o->inputs[i]].bit & 1) << i;
    return own;
}

bool fail_row(const Run *r, const ProgramOutput *o, size_t row, const char *what, GError **error)
{
    const Batch *b = r->batch;

    if (b != NULL && b->keys != NULL && b->keys[row].len > 0)
        return fail(error, FAIL_INPUT, "rule %s, %s %.*s: %s", o->name, r->p->entity_name,
                    STR_ARG(b->keys[row]), what);
    return fail(error, FAIL_INPUT, "rule %s, %s in row %zu: %s", o->name, r->p->entity_name,
                row + 1, what);
}
