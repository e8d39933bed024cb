/* demo_flows.c — made-up events that move accounts: what brings something in is made first, and
 * what takes out is mostly of those who have something, for what the account is for; now and then
 * in another county, where it is settled.  The rest an account refuses, and it is left out. In: the
 * Model's accounts, the record being filled.  Read first: demo_flow_choose(). */
#include "care/demo_inside.h"

void demo_flows_begin(Demo *d, uint64_t seed)
{
    const Model *m = d->care->model;
    d->holders = g_new0(GArray *, m->n_accounts + 1);
    for (size_t i = 0; i < m->n_accounts; i++)
        d->holders[i] = g_array_new(FALSE, FALSE, sizeof(DemoMade));
    chance_seed(&d->flows, seed ^ 0x666c6f77);
}

void demo_flows_end(Demo *d)
{
    for (size_t i = 0; i < d->care->model->n_accounts; i++)
        g_array_free(d->holders[i], TRUE);
    g_free(d->holders);
}

static const WriteField *value_of(const Demo *d, const Field *f)
{
    for (size_t i = 0; f != NULL && i < d->n_fields; i++)
        if (d->fields[i].field == f && d->fields[i].value.known)
            return &d->fields[i];
    return NULL;
}

/* Whom the record being filled brings something. */
void demo_flows_note(Demo *d)
{
    const Model *m = d->care->model;
    for (size_t i = 0; i < m->n_accounts; i++)
        for (size_t k = 0; k < m->accounts[i]->n_in; k++) {
            const Flow *f = &m->accounts[i]->in[k];
            const WriteField *w = f->entity == d->entity ? value_of(d, f->by) : NULL;
            if (w == NULL)
                continue;
            const DemoMade holder = {{d->key.county, w->value.num}, d->region, DEMO_START};
            g_array_append_val(d->holders[i], holder);
        }
}

/* What takes out of an account waits for what brings in. */
bool demo_flows_wait(const Demo *d, const Entity *e, const bool *tried)
{
    const Model *m = d->care->model;
    for (size_t i = 0; i < m->n_accounts; i++) {
        const Account *a = m->accounts[i];
        bool out = false;
        for (size_t k = 0; k < a->n_out; k++)
            out = out || a->out[k].entity == e;
        for (size_t k = 0; out && k < a->n_in; k++)
            if (a->in[k].entity != NULL && a->in[k].entity != e && !tried[a->in[k].entity->number])
                return true;
    }
    return false;
}

static const DemoMade *some_holder(Demo *d, const Account *a)
{
    GArray *all = d->holders[a->number];
    bool anywhere = a->settle != NULL && chance_permille(&d->flows, 300);
    const DemoMade *to = NULL;
    for (int i = 0; i < 40 && all->len > 0; i++) {
        to = &g_array_index(all, DemoMade, chance_below(&d->flows, all->len));
        if (anywhere || to->key.county == d->key.county)
            return to;
    }
    return NULL;
}

/* Half of what an account is for one purpose alone is spent for it, the rest names no account. */
const Field *demo_flow_choose(Demo *d)
{
    const Model *m = d->care->model;
    for (size_t i = 0; i < m->n_accounts; i++)
        for (size_t k = 0; k < m->accounts[i]->n_out; k++) {
            const Account *a = m->accounts[i];
            const Flow *f = &a->out[k];
            const DemoMade *to;
            if (f->entity != d->entity || f->by == NULL || value_of(d, f->by) != NULL)
                continue;
            if (f->purpose != NULL && !f->by->required && chance_permille(&d->flows, 500))
                return f->by;
            if ((to = some_holder(d, a)) == NULL)
                continue;
            demo_reference(d, f->by, to->key);
            if (f->purpose != NULL)
                demo_number(d, f->purpose, a->purpose->number);
        }
    return NULL;
}
