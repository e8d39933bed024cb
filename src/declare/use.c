/* use.c — what is declared and nothing comes of it: fields and entities that nothing uses.
 * Who records a fact asks somebody for it, so each needs a purpose.  A field is used when
 *   - an expression reads it: of a rule, computed field, figure, default, floor, …;
 *   - its entity names it: place, holds, dated by, key, title, list;
 *   - a rule names it: alike, once on;
 *   - files find records by it (unique), or it refers to a record, whose page shows it;
 *   - it is a text: no rule may read those, people do;
 *   - it is computed: nobody is asked for it;
 *   - it is what a person decides: the declaration says who and why;
 *   - it says itself what it is for: because "…".
 * An entity is used when one of its fields is read, it is counted, decided about or referred to.
 * Start: use_collect(), use_report(). */
#include "declare/use.h"

#include "declare/link.h"
#include "declare/roots.h"

typedef struct Use {
    GHashTable *used; /* Field or Entity → itself */
} Use;

static void use(Use *u, const void *thing)
{
    if (thing != NULL)
        g_hash_table_add(u->used, (gpointer)thing);
}

static void use_expr(const Expr *e, void *context)
{
    Use *u = context;
    for (size_t i = 0; i < e->n_path; i++) {
        use(u, e->path[i]);
        use(u, e->path[i]->entity);
    }
    if (e->aggregate == NULL)
        return;
    use(u, e->aggregate->by);
    use(u, e->aggregate->of);
}

static void use_root(const Root *r, void *context)
{
    expr_walk(r->expr, use_expr, context);
}

static void use_named(Use *u, const Entity *e)
{
    use(u, e->begin);
    use(u, e->end);
    use(u, e->event_day);
    use(u, e->key);
    for (size_t i = 0; i < e->n_title; i++)
        use(u, e->title[i]);
    for (size_t i = 0; i < e->n_list; i++)
        use(u, e->list[i]);
    for (size_t i = 0; i < e->n_fields; i++)
        if (e->fields[i]->type.kind == KIND_REF)
            use(u, e->fields[i]->type.to);
}

static void use_rule(Use *u, const Rule *r)
{
    use(u, r->subject);
    use(u, r->once_on);
    for (size_t i = 0; i < r->n_alike; i++)
        use(u, r->alike[i]);
    for (size_t i = 0; i < r->n_groups; i++)
        use(u, r->groups[i]->by);
}

/* Stacks of several places read the same documents: a name with its document is the same thing. */
static char *key_of(const Home *home, const Entity *e, const Field *f)
{
    const Str parts[] = {home->document->name, e->name, f == NULL ? (Str){NULL, 0} : f->name};
    size_t at = 0;
    char *key = g_malloc(parts[0].len + parts[1].len + parts[2].len + 3);
    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) { /* some ten thousand of them: no printf */
        if (parts[i].len > 0)
            memcpy(key + at, parts[i].at, parts[i].len);
        at += parts[i].len;
        key[at++] = i == 0 ? ' ' : i == 1 ? '.' : '\0';
    }
    return key;
}

/* What a procedure gives its records is used by its steps. */
static bool is_state(const Field *f)
{
    return f->entity->procedure != NULL && str_is(f->name, "state");
}

static bool is_used(const Use *u, const Field *f)
{
    return is_state(f) || f->unique || f->compute != NULL || f->judgement != NULL ||
           f->reason.len > 0 || kind_is_text(f->type.kind) || f->type.kind == KIND_REF ||
           g_hash_table_contains(u->used, f);
}

void use_collect(const Model *m, GHashTable *names)
{
    Use u = {.used = g_hash_table_new(NULL, NULL)};
    model_roots(m, use_root, &u);
    for (size_t i = 0; i < m->n_entities; i++)
        use_named(&u, m->entities[i]);
    for (size_t i = 0; i < m->n_rules; i++)
        use_rule(&u, m->rules[i]);
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        if (g_hash_table_contains(u.used, e) || str_is(e->name, "region"))
            g_hash_table_add(names, key_of(&e->home, e, NULL));
        for (size_t k = 0; k < e->n_fields; k++)
            if (is_used(&u, e->fields[k]))
                g_hash_table_add(names, key_of(&e->fields[k]->home, e, e->fields[k]));
    }
    g_hash_table_destroy(u.used);
}

void use_report(const Model *m, GHashTable *names, Diags *diags)
{
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        if (g_hash_table_add(names, key_of(&e->home, e, NULL)))
            diag_warning(diags, e->home.pos, "nothing uses the entity '%.*s'", STR_ARG(e->name));
        for (size_t k = 0; k < e->n_fields; k++) {
            const Field *f = e->fields[k];
            if (!g_hash_table_add(names, key_of(&f->home, e, f)))
                continue;
            Diag *d = diag_warning(diags, f->home.pos, "nothing uses '%.*s'", STR_ARG(f->name));
            diag_hint(diags, d, "let a rule, figure or list name it, or say what it is for: %s",
                      "because \"…\"");
        }
    }
}
