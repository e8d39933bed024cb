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
    r->links = arena_many(a, const Links *, p->n_aggregates + 1);
    r->standing = arena_many(a, Standing, p->n_all + 1);
    r->slices = arena_many(a, const Standing *, p->n_all + 1);
    r->applied = arena_many(a, uint8_t, p->n_groups + 1);
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

const Links *run_links(Run *r, uint32_t aggregate)
{
    const AggregateStep *a = &r->p->aggregates[aggregate];

    if (r->links[aggregate] == NULL)
        r->links[aggregate] = dataset_links(r->d, a->entity, a->reference);
    return r->links[aggregate];
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

uint64_t outcome_lacks(const Program *p, const ProgramOutput *o, uint8_t outcome, uint64_t missing)
{
    if (outcome != TRUTH_UNKNOWN && outcome != TRUTH_PERSON)
        return 0;
    return own_bits(p, o, outcome == TRUTH_UNKNOWN ? missing & ~o->judged : missing);
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
