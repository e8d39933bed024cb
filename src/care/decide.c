/* decide.c — what follows from the facts in a month, for everybody, as pages show it.
 * In: the working set.  Out: outcomes per rule and record, kept with it.  Not here: stored
 * decisions (decide_run.c), payments.  Read first: decided_get(). */
#include "care/decide.h"

/* Months kept of each entity in a working set: some 60 MB each for 300,000 elders, little for
 * others.  A list of alerts reads one month of every entity: they must not push each other out. */
#define DECIDED_KEPT 12

void decided_unref(void *decided)
{
    Decided *d = decided;
    if (d == NULL || !g_atomic_int_dec_and_test(&d->refs))
        return;
    results_free(d->results);
    reach_free(d->reach);
    program_free(d->program);
    g_free(d->rules);
    g_free(d);
}

size_t decide_rules(const Model *m, const Entity *e, const Rule **to)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->subject == e)
            to[n++] = m->rules[i];
    return n;
}

static Decided *decided_compute(Care *c, Working *w, const Entity *e, Month month, GError **error)
{
    const Model *m = c->model;
    Decided *d = g_new0(Decided, 1);
    d->refs = 1;
    d->entity = e;
    d->month = month;
    d->rules = g_new0(const Rule *, m->n_rules + 1);
    d->n_rules = decide_rules(m, e, d->rules);
    if (d->n_rules == 0)
        return d;
    g_autofree Output *outputs = g_new0(Output, d->n_rules);
    for (size_t i = 0; i < d->n_rules; i++)
        outputs[i] = (Output){.kind = OUTPUT_RULE, .rule = d->rules[i]};
    const CompileOptions options = {.data = w->data, .regions = c->regions};
    d->program = program_new(m, e, outputs, d->n_rules, &options, error);
    if (d->program != NULL && evaluate_month(d->program, w->data, month, true, &d->results, error))
        return d;
    fail_while(error, "deciding about \"%.*s\"", STR_ARG(e->name));
    decided_unref(d);
    return NULL;
}

/* Of this entity, when as many as are kept are there. */
static void drop_oldest(GHashTable *results, const Entity *e)
{
    GHashTableIter iter;
    gpointer key, value, oldest = NULL;
    uint64_t used = UINT64_MAX;
    unsigned kept = 0;
    g_hash_table_iter_init(&iter, results);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const Decided *d = value;
        kept += d->entity == e;
        if (d->entity == e && d->used < used) {
            used = d->used;
            oldest = key;
        }
    }
    if (kept >= DECIDED_KEPT)
        g_hash_table_remove(results, oldest);
}

bool decided_get(Care *c, Working *w, const Entity *e, Month month, Decided **ret, GError **error)
{
    static uint64_t uses;
    int64_t key = decided_key(e, month);
    g_mutex_lock(w->lock);
    Decided *d = g_hash_table_lookup(w->results, &key);
    if (d == NULL) {
        d = decided_compute(c, w, e, month, error);
        if (d != NULL)
            drop_oldest(w->results, e);
        if (d != NULL)
            g_hash_table_insert(w->results, g_memdup2(&key, sizeof key), d);
    }
    if (d != NULL) {
        d->used = ++uses;
        g_atomic_int_inc(&d->refs);
    }
    g_mutex_unlock(w->lock);
    *ret = d;
    return d != NULL;
}
