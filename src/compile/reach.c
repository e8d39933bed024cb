/* reach.c — the steps of a Program read backwards: from each FIELD step over its record registers
 * to the subject; into the bodies of aggregates, whose records lead to the one they refer to.
 * Start: reach_new(). */
#include "compile/reach.h"

#include "base/fail.h"
#include "declare/model.h"

#define HOPS_MOST 24 /* references behind each other on one way; paths and aggregates nest less */

/* A program and the way its own records lead to the subject. */
typedef struct Place {
    const Program *p;
    const struct Place *outer; /* of an aggregate's body */
    const Step *aggregate;     /* the step in outer */
    Hop own[HOPS_MOST];
    size_t n_own;
} Place;

typedef struct Finding {
    Arena *arena;
    const Input *inputs; /* of the program and the bodies in it */
    GHashTable *ways;    /* the bytes of a fact and its hops → Way */
    GPtrArray *order;    /* of Way, as found */
    const char *lost;    /* a step whose record is not understood */
} Finding;

typedef struct Way {
    Reach reach;
    GArray *outputs;
} Way;

/* ---- one way ------------------------------------------------------------------------------ */

static char *way_key(unsigned entity, unsigned column, const Hop *hops, size_t n)
{
    GString *s = g_string_new(NULL);

    g_string_append_printf(s, "%u.%u", entity, column);
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(s, " %s%u.%u", hops[i].back ? "<" : ">", hops[i].entity,
                               hops[i].column);
    return g_string_free(s, FALSE);
}

static void way_add(Finding *f, unsigned entity, unsigned column, const Hop *hops, size_t n,
                    uint32_t output)
{
    char *key = way_key(entity, column, hops, n);
    Way *w = g_hash_table_lookup(f->ways, key);

    if (w == NULL) {
        Hop *own = arena_many(f->arena, Hop, n + 1);

        if (n > 0)
            memcpy(own, hops, n * sizeof *own);
        w = arena_new_of(f->arena, Way);
        w->reach = (Reach){.entity = entity, .column = column, .hops = own, .n_hops = n};
        w->outputs = g_array_new(FALSE, FALSE, sizeof(uint32_t));
        g_hash_table_insert(f->ways, key, w);
        g_ptr_array_add(f->order, w);
    } else {
        g_free(key);
    }
    if (w->outputs->len == 0 || g_array_index(w->outputs, uint32_t, w->outputs->len - 1) != output)
        g_array_append_val(w->outputs, output);
}

/* ---- where a record register leads -------------------------------------------------------- */

/* Called with each way from the record a register holds to the subject. */
typedef void (*Led)(Finding *f, void *with, const Hop *hops, size_t n);

static void lead(Finding *f, const Place *at, uint32_t step, const Hop *so_far, size_t n, Led led,
                 void *with);

static void lead_own(Finding *f, const Place *at, const Hop *so_far, size_t n, Led led, void *with)
{
    Hop hops[2 * HOPS_MOST];

    if (n + at->n_own > HOPS_MOST) {
        f->lost = "a way over too many references";
        return;
    }
    if (n > 0)
        memcpy(hops, so_far, n * sizeof *hops);
    if (at->n_own > 0)
        memcpy(hops + n, at->own, at->n_own * sizeof *hops);
    led(f, with, hops, n + at->n_own);
}

static void body_place(const Place *at, const Step *s, Place *to);

static void lead_value(Finding *f, const Place *at, const Step *s, const Hop *so_far, size_t n,
                       Led led, void *with)
{
    const AggregateStep *a = &at->p->aggregates[s->slot];
    Place *body = g_new0(Place, 1);

    body_place(at, s, body);
    if (a->value != STEP_NONE)
        lead(f, body, a->value, so_far, n, led, with);
    if (a->otherwise != STEP_NONE)
        lead(f, at, a->otherwise, so_far, n, led, with);
    g_free(body);
}

static void lead(Finding *f, const Place *at, uint32_t step, const Hop *so_far, size_t n, Led led,
                 void *with)
{
    Hop hops[HOPS_MOST + 1];
    const Step *s;

    if (step == STEP_NONE) {
        lead_own(f, at, so_far, n, led, with);
        return;
    }
    s = &at->p->steps[step];
    switch (s->op) {
    case OP_FIELD:
        if (n == HOPS_MOST) {
            f->lost = "a way over too many references";
            return;
        }
        if (n > 0)
            memcpy(hops, so_far, n * sizeof *hops);
        hops[n] = (Hop){.entity = s->entity, .column = s->column, .back = true};
        lead(f, at, s->a, hops, n + 1, led, with);
        return;
    case OP_IF:
        lead(f, at, s->b, so_far, n, led, with);
        lead(f, at, s->c, so_far, n, led, with);
        return;
    case OP_KNOWN_OR:
        lead(f, at, s->a, so_far, n, led, with);
        return;
    case OP_OUTER:
        lead(f, at->outer, at->outer->p->args[at->aggregate->args + s->number], so_far, n, led,
             with);
        return;
    case OP_AGGREGATE:
        lead_value(f, at, s, so_far, n, led, with);
        return;
    default:
        f->lost = op_facts[s->op].word;
    }
}

/* ---- steps -------------------------------------------------------------------------------- */

typedef struct Fact {
    unsigned entity, column;
    uint32_t output;
} Fact;

static void fact_led(Finding *f, void *with, const Hop *hops, size_t n)
{
    const Fact *x = with;

    way_add(f, x->entity, x->column, hops, n, x->output);
}

/* The counted records lead to the one they refer to; there may be several ways from that on. */
typedef struct Bodies {
    const Place *at;
    const Step *s;
    uint32_t output;
} Bodies;

static void steps_find(Finding *f, const Place *at, const uint32_t *steps, size_t n,
                       uint32_t output);

static void body_led(Finding *f, void *with, const Hop *hops, size_t n)
{
    const Bodies *b = with;
    const AggregateStep *a = &b->at->p->aggregates[b->s->slot];
    Place *body = g_new0(Place, 1);

    *body = (Place){.p = a->body, .outer = b->at, .aggregate = b->s};
    if (n + 1 > HOPS_MOST) {
        f->lost = "a way over too many references";
    } else if (a->kind == GATHER_SINCE) { /* of the record itself */
        if (n > 0)
            memcpy(body->own, hops, n * sizeof *hops);
        body->n_own = n;
        steps_find(f, body, NULL, a->body->n_steps, b->output);
    } else {
        body->own[0] = (Hop){.entity = a->entity, .column = a->reference};
        if (n > 0)
            memcpy(body->own + 1, hops, n * sizeof *hops);
        body->n_own = n + 1;
        way_add(f, a->entity, a->reference, body->own, body->n_own, b->output);
        steps_find(f, body, NULL, a->body->n_steps, b->output);
    }
    g_free(body);
}

/* The first way from an aggregate's records, for what their values refer to. */
static void first_led(Finding *f, void *with, const Hop *hops, size_t n)
{
    Place *to = with;

    (void)f;
    if (to->n_own > 0 || n + 1 > HOPS_MOST)
        return;
    if (n > 0)
        memcpy(to->own + 1, hops, n * sizeof *hops);
    to->n_own = n + 1;
}

static void body_place(const Place *at, const Step *s, Place *to)
{
    const AggregateStep *a = &at->p->aggregates[s->slot];
    Finding none = {0};

    *to = (Place){.p = a->body, .outer = at, .aggregate = s};
    lead(&none, at, s->a, NULL, 0, first_led, to);
    to->own[0] = (Hop){.entity = a->entity, .column = a->reference};
    to->n_own = MAX(to->n_own, 1);
}

/* The record a reference leads to matters as such: when it is taken off the books, what is read of
 * it is unknown, also where that is only an aggregate over others. */
static void referred_find(Finding *f, const Place *at, const Step *s, uint32_t output)
{
    const Field *field = s->input != STEP_NONE ? f->inputs[s->input].origin : NULL;

    if (field == NULL || field->type.kind != KIND_REF)
        return;
    const Hop back = {.entity = s->entity, .column = s->column, .back = true};
    Fact x = {field->type.to->number, REACH_RECORD, output};

    lead(f, at, s->a, &back, 1, fact_led, &x);
}

/* steps NULL: all, 0 … n - 1. */
static void steps_find(Finding *f, const Place *at, const uint32_t *steps, size_t n,
                       uint32_t output)
{
    for (size_t i = 0; i < n; i++) {
        const Step *s = &at->p->steps[steps != NULL ? steps[i] : i];

        if (s->op == OP_FIELD) {
            Fact x = {s->entity, s->column, output};

            lead(f, at, s->a, NULL, 0, fact_led, &x);
            referred_find(f, at, s, output);
        } else if (s->op == OP_AGGREGATE) {
            Bodies b = {at, s, output};

            lead(f, at, s->a, NULL, 0, body_led, &b);
        }
    }
}

/* What other outputs read that it rests on, and what its groups ask, reach it too. */
static void output_find(Finding *f, const Place *at, uint32_t output)
{
    const ProgramOutput *o = &at->p->outputs[output];

    steps_find(f, at, o->steps, o->n_steps, output);
    for (size_t i = 0; i < o->n_needs; i++) {
        const ProgramOutput *x = &at->p->outputs[o->needs[i]];

        if (x != o)
            steps_find(f, at, x->steps, x->n_steps, output);
    }
    for (size_t i = 0; i < o->n_groups; i++) {
        const ProgramGroup *g = &at->p->groups[o->groups[i]];

        steps_find(f, at, g->steps, g->n_steps, output);
    }
}

/* ---- the index ---------------------------------------------------------------------------- */

static int way_order(gconstpointer a, gconstpointer b)
{
    const Way *x = *(const Way *const *)a, *y = *(const Way *const *)b;

    if (x->reach.entity != y->reach.entity)
        return x->reach.entity < y->reach.entity ? -1 : 1;
    if (x->reach.column != y->reach.column)
        return x->reach.column < y->reach.column ? -1 : 1;
    return x->reach.n_hops < y->reach.n_hops ? -1 : x->reach.n_hops > y->reach.n_hops;
}

static void index_fill(ReachIndex *x, Finding *f, const Program *p)
{
    uint32_t *all = arena_many(x->arena, uint32_t, p->n_outputs + 1);

    g_ptr_array_sort(f->order, way_order);
    x->list = arena_many(x->arena, Reach, f->order->len + 1);
    x->n = f->order->len;
    for (guint i = 0; i < f->order->len; i++) {
        Way *w = f->order->pdata[i];

        w->reach.outputs = arena_list(x->arena, w->outputs, NULL);
        w->reach.n_outputs = w->outputs->len;
        x->list[i] = w->reach;
    }
    for (uint32_t i = 0; i < p->n_outputs; i++)
        all[i] = i;
    x->all = all;
    x->n_all = p->n_outputs;
    x->subject = p->entity;
}

ReachIndex *reach_new(const Program *p, GError **error)
{
    Arena *a = arena_new();
    ReachIndex *x = arena_new_of(a, ReachIndex);
    Place *at = g_new0(Place, 1);
    Finding f = {.arena = a, .inputs = p->inputs, .order = g_ptr_array_new()};

    x->arena = a;
    at->p = p;
    f.ways = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (uint32_t i = 0; i < p->n_outputs; i++)
        output_find(&f, at, i);
    if (f.lost == NULL)
        index_fill(x, &f, p);
    for (guint i = 0; i < f.order->len; i++)
        g_array_unref(((Way *)f.order->pdata[i])->outputs);
    g_ptr_array_free(f.order, TRUE);
    g_hash_table_unref(f.ways);
    g_free(at);
    if (f.lost == NULL)
        return x;
    fail(error, FAIL_SYSTEM, "the rules about %s cannot be indexed: %s", p->entity_name, f.lost);
    arena_free(a);
    return NULL;
}

void reach_free(ReachIndex *x)
{
    if (x != NULL)
        arena_free(x->arena);
}

const Reach *reach_of(const ReachIndex *x, unsigned entity, unsigned column, size_t *ret_n)
{
    size_t low = 0, high = x->n, end;

    while (low < high) {
        size_t middle = (low + high) / 2;
        const Reach *r = &x->list[middle];

        if (r->entity < entity ||
            (r->entity == entity && column != REACH_RECORD && r->column < column))
            low = middle + 1;
        else
            high = middle;
    }
    end = low;
    while (end < x->n && x->list[end].entity == entity &&
           (column == REACH_RECORD || x->list[end].column == column))
        end++;
    *ret_n = end - low;
    return x->list + low;
}

/* ---- params ------------------------------------------------------------------------------- */

static Date next_slice(const Program *p, const uint32_t *steps, size_t n, Date day)
{
    Date next = DATE_MAX;

    for (size_t i = 0; i < n; i++) {
        const Step *s = &p->steps[steps != NULL ? steps[i] : i];

        if (s->op == OP_AGGREGATE) {
            const Program *body = p->aggregates[s->slot].body;

            next = MIN(next, next_slice(body, NULL, body->n_steps, day));
        }
        for (size_t k = 0; s->op == OP_LOOKUP && k < p->slots[s->slot].n_slices; k++) {
            Date from = p->slots[s->slot].slices[k].from;

            if (from > day)
                next = MIN(next, from);
        }
    }
    return next;
}

Date output_next_slice(const Program *p, const ProgramOutput *o, Date day)
{
    Date next = next_slice(p, o->steps, o->n_steps, day);

    for (size_t i = 0; i < o->n_needs; i++) {
        const ProgramOutput *x = &p->outputs[o->needs[i]];

        next = MIN(next, next_slice(p, x->steps, x->n_steps, day));
    }
    return next;
}
