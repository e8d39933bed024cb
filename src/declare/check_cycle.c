/* check_cycle.c — nothing may rest on itself: computed fields and defaults of params.
 * The search keeps its own stack: a chain may be as long as a document.  Start: check_cycles(). */
#include "declare/link.h"

typedef struct Thing { /* a computed field or a param with a default */
    const Field *field;
    const Param *param;
    const Expr *expr;
    GArray *reads; /* of size_t: other things */
    enum { FRESH, OPEN, DONE } state;
    size_t next; /* of `reads`, while open */
} Thing;

typedef struct Cycles {
    Linker *l;
    GArray *things;    /* of Thing */
    GHashTable *index; /* Field or Param → number + 1 */
    size_t current;
} Cycles;

static Thing *thing_at(Cycles *c, size_t i)
{
    return &g_array_index(c->things, Thing, i);
}

static void thing_add(Cycles *c, const Field *f, const Param *p, const Expr *e)
{
    Thing t = {.field = f, .param = p, .expr = e};
    t.reads = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_array_append_val(c->things, t);
    gpointer key = f != NULL ? (gpointer)f : (gpointer)p;
    g_hash_table_insert(c->index, key, GSIZE_TO_POINTER(c->things->len));
}

static void reads(Cycles *c, const void *what)
{
    size_t i = GPOINTER_TO_SIZE(g_hash_table_lookup(c->index, what));
    if (i == 0)
        return;
    i--;
    g_array_append_val(thing_at(c, c->current)->reads, i);
}

/* Which records there are on a day is part of what an aggregate reads. */
static void reads_entity(Cycles *c, const Entity *e)
{
    reads(c, e->begin);
    reads(c, e->end);
    reads(c, e->event_day);
}

static void visit(const Expr *e, void *context)
{
    Cycles *c = context;
    for (size_t i = 0; i < e->n_path; i++)
        reads(c, e->path[i]);
    if (e->kind == EXPR_PARAM)
        reads(c, e->param);
    if (e->kind == EXPR_AGGREGATE)
        reads_entity(c, e->aggregate->of);
}

static void print_thing(const Thing *t, GString *to)
{
    if (t->field != NULL)
        g_string_append_printf(to, "%.*s.%.*s", STR_ARG(t->field->entity->name),
                               STR_ARG(t->field->name));
    else
        g_string_append_printf(to, "%.*s", STR_ARG(t->param->name));
}

static void report(Cycles *c, const GArray *stack, size_t again)
{
    GString *s = g_string_new(NULL);
    guint from = stack->len;
    while (from > 0 && g_array_index(stack, size_t, from - 1) != again)
        from--;
    for (guint i = from - 1; i < stack->len; i++) {
        print_thing(thing_at(c, g_array_index(stack, size_t, i)), s);
        g_string_append(s, " → ");
    }
    const Thing *t = thing_at(c, again);
    print_thing(t, s);
    Pos pos = t->field != NULL ? t->field->home.pos : t->param->home.pos;
    diag_error(c->l->diags, pos, "this rests on itself: %s", s->str);
    g_string_free(s, TRUE);
}

static bool search(Cycles *c, size_t start)
{
    bool fine = true;
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(size_t));
    g_array_append_val(stack, start);
    thing_at(c, start)->state = OPEN;
    while (stack->len > 0) {
        Thing *t = thing_at(c, g_array_index(stack, size_t, stack->len - 1));
        if (t->next == t->reads->len) {
            t->state = DONE;
            g_array_set_size(stack, stack->len - 1);
            continue;
        }
        size_t to = g_array_index(t->reads, size_t, t->next++);
        if (thing_at(c, to)->state == OPEN) {
            report(c, stack, to);
            fine = false;
        } else if (thing_at(c, to)->state == FRESH) {
            thing_at(c, to)->state = OPEN;
            g_array_append_val(stack, to);
        }
    }
    return fine;
}

static void collect(Cycles *c)
{
    const Model *m = c->l->model;
    for (size_t i = 0; i < m->n_entities; i++)
        for (size_t j = 0; j < m->entities[i]->n_fields; j++)
            if (m->entities[i]->fields[j]->compute != NULL)
                thing_add(c, m->entities[i]->fields[j], NULL, m->entities[i]->fields[j]->compute);
    for (size_t i = 0; i < m->n_params; i++)
        if (m->params[i]->otherwise != NULL)
            thing_add(c, NULL, m->params[i], m->params[i]->otherwise);
    for (c->current = 0; c->current < c->things->len; c->current++)
        expr_walk(thing_at(c, c->current)->expr, visit, c);
}

bool check_cycles(Linker *l)
{
    Cycles c = {.l = l};
    bool fine = true;
    c.things = g_array_new(FALSE, TRUE, sizeof(Thing));
    c.index = g_hash_table_new(NULL, NULL);
    collect(&c);
    for (size_t i = 0; i < c.things->len; i++)
        if (thing_at(&c, i)->state == FRESH)
            fine &= search(&c, i);
    for (size_t i = 0; i < c.things->len; i++)
        g_array_free(thing_at(&c, i)->reads, TRUE);
    g_array_free(c.things, TRUE);
    g_hash_table_destroy(c.index);
    return fine;
}
