/* fresh.c — rows decided one by one into Results that stand; see fresh.h. */
#include "evaluate/fresh.h"

#include "evaluate/results.h"
#include "evaluate/touched.h"

struct Fresh {
    Arena *arena;
    Run *run;
    const ReachIndex *reach;
    const Dataset *data;
    Month month;
    Results *results;
    uint32_t *result_of; /* output → its Result, STEP_NONE */
    GArray *touched;
};

bool fresh_new(const Program *p, const ReachIndex *x, const Dataset *d, Month month,
               Results *results, Fresh **ret, GError **error)
{
    Arena *a = arena_new();
    Fresh *f = arena_new_of(a, Fresh);

    *f = (Fresh){.arena = a, .reach = x, .data = d, .month = month, .results = results};
    if (!run_new(a, p, d, &f->run, error)) {
        arena_free(a);
        return false;
    }
    f->result_of = arena_many(a, uint32_t, p->n_outputs + 1);
    memset(f->result_of, 0xff, p->n_outputs * sizeof *f->result_of);
    for (uint32_t i = 0; i < results->n; i++)
        f->result_of[results->list[i].output] = i;
    f->touched = g_array_new(FALSE, FALSE, sizeof(Touched));
    results_grow(results, f->run->rows);
    *ret = f;
    return true;
}

void fresh_free(Fresh *f)
{
    if (f == NULL)
        return;
    g_array_unref(f->touched);
    arena_free(f->arena);
}

void fresh_touch(Fresh *f, const Dataset *d, unsigned entity, unsigned column, size_t row)
{
    touched_by_fact(f->reach, d != NULL ? d : f->data, entity, column, row, f->touched);
}

static bool decide(Fresh *f, const Touched *t, GError **error)
{
    const ProgramOutput *o = &f->run->p->outputs[t->output];
    Result *to = &f->results->list[f->result_of[t->output]];
    MonthOutcome m;

    results_take_back(to, o, t->row);
    if (!row_net(f->run, o, t->row, f->month, &m, error))
        return false;
    return o->n_needs > 0
               ? results_net_row(to, f->run, o, t->row, &f->run->standing[t->output], error)
               : results_row(to, f->run, o, t->row, &m, error);
}

bool fresh_settle(Fresh *f, size_t *ret_decided, GError **error)
{
    size_t decided = 0;

    touched_settle(f->touched);
    for (guint i = 0; i < f->touched->len; i++) {
        const Touched *t = &g_array_index(f->touched, Touched, i);

        if (f->result_of[t->output] == STEP_NONE || t->row >= f->run->rows)
            continue;
        if (!decide(f, t, error))
            return false;
        decided++;
    }
    g_array_set_size(f->touched, 0);
    if (ret_decided != NULL)
        *ret_decided = decided;
    return true;
}
