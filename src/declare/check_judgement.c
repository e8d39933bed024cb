/* check_judgement.c — what may not be asked of a judgement (semantics 21, 54): while it is open
 * there is nothing to deny, to compare or to look up, and no check waits for a person's opinion.
 * Arithmetic passes: its outcome is the person's as long as that is all that is missing.
 * Start: check_judgements(). */
#include "declare/link.h"
#include "declare/roots.h"

typedef struct Judging {
    Linker *l;
    GHashTable *fields; /* computed Field → the judgement it rests on, or itself: none */
    const Field *found; /* in the `require` at hand */
    unsigned depth;
} Judging;

/* Deeper chains of computed fields cannot be run (compile/lower.c). */
#define CHAIN 200

static const Field *judged(Judging *g, const Expr *e);

/* A computed field rests on what it computes with; cycles were refused before. */
static const Field *judged_field(Judging *g, const Field *f)
{
    if (f->judgement != NULL)
        return f;
    if (f->compute == NULL)
        return NULL;
    const Field *known = g_hash_table_lookup(g->fields, f);
    if (known == NULL && g->depth < CHAIN) {
        g->depth++;
        known = judged(g, f->compute);
        g->depth--;
        g_hash_table_insert(g->fields, (gpointer)f, (gpointer)(known != NULL ? known : f));
        return known;
    }
    return known == f ? NULL : known;
}

static const Field *judged_path(Judging *g, const Expr *e)
{
    const Field *found = NULL;
    for (size_t i = 0; i < e->n_path && found == NULL; i++)
        found = judged_field(g, e->path[i]);
    return found;
}

/* The judgement an expression rests on, or NULL; `known x` rests on none. */
static const Field *judged(Judging *g, const Expr *e)
{
    if (e == NULL || e->kind == EXPR_KNOWN)
        return NULL;
    const Aggregate *x = e->aggregate;
    const Expr *const parts[] = {
        e->a, e->b, e->c, x ? x->value : NULL, x ? x->where : NULL, x ? x->otherwise : NULL};
    const Field *found = judged_path(g, e);
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && found == NULL; i++)
        found = judged(g, parts[i]);
    for (size_t i = 0; i < e->n_args && found == NULL; i++)
        found = judged(g, e->args[i]);
    return found;
}

static const char *refused_words(const Expr *e)
{
    switch (e->kind) {
    case EXPR_NOT:
        return "denied";
    case EXPR_EQ:
    case EXPR_NE:
    case EXPR_LT:
    case EXPR_LE:
    case EXPR_GT:
    case EXPR_GE:
    case EXPR_BETWEEN:
    case EXPR_IN:
        return "compared";
    case EXPR_TABLE:
        return "looked up in a table";
    case EXPR_DIV:
        return "divided by";
    default:
        return NULL;
    }
}

static void visit(const Expr *e, void *context)
{
    Judging *g = context;
    const char *words = refused_words(e);
    if (words == NULL)
        return;
    const Field *f = e->kind == EXPR_DIV ? judged(g, e->b) : judged(g, e);
    if (f == NULL)
        return;
    Diag *d = diag_error(g->l->diags, e->pos, "judgement '%.*s' may be open, so it is not %s",
                         STR_ARG(f->name), words);
    if (f->type.kind == KIND_BOOL)
        diag_hint(g->l->diags, d, "write '%.*s' by itself as a condition", STR_ARG(f->name));
    else
        diag_hint(g->l->diags, d, "it may be added and multiplied, and asked 'known %.*s'",
                  STR_ARG(f->name));
}

static void visit_root(const Root *r, void *context)
{
    expr_walk(r->expr, visit, context);
}

static void visit_required(const Expr *e, void *context)
{
    Judging *g = context;
    const Field *f = judged_path(g, e);
    if (g->found == NULL)
        g->found = f;
}

static void check_required(Judging *g, Rule *r)
{
    g->found = NULL;
    expr_walk(r->require, visit_required, g);
    if (g->found == NULL)
        return;
    Diag *d = diag_error(g->l->diags, r->require->pos,
                         "'require' rests on the judgement '%.*s': a check is shown by facts",
                         STR_ARG(g->found->name));
    diag_hint(g->l->diags, d, "what a person decides belongs into a benefit or a procedure");
}

static void check_ceiling(Judging *g, const Judgement *j)
{
    const Field *f = judged(g, j->ceiling);
    if (f != NULL)
        diag_error(g->l->diags, j->ceiling->pos, "a ceiling does not rest on the judgement '%.*s'",
                   STR_ARG(f->name));
}

void check_judgements(Linker *l)
{
    const Model *m = l->model;
    Judging g = {.l = l, .fields = g_hash_table_new(NULL, NULL)};
    model_roots(m, visit_root, &g);
    for (size_t i = 0; i < m->n_rules; i++) {
        Rule *r = m->rules[i];
        r->judged = judged(&g, r->when) != NULL || judged(&g, r->pay) != NULL;
        check_required(&g, r);
    }
    for (size_t i = 0; i < m->n_judgements; i++)
        check_ceiling(&g, m->judgements[i]);
    g_hash_table_destroy(g.fields);
}
