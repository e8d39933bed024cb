/* check_clause.c — clauses of a place's document under which nothing is declared.
 * A heading with deeper headings below it is a part.  A clause that asks for nothing a program
 * could do says so itself: nothing because "…".  Start: check_clauses(). */
#include "declare/link.h"

/* Clauses named in one warning: a document that has just been begun has them all. */
#define NAMED 8u

void link_nothings(Linker *l)
{
    Model *m = l->model;
    m->nothings = arena_many(l->keep, Nothing, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->node->kind == AST_NOTHING)
            m->nothings[m->n_nothings++] = (Nothing){d->node->a->at.text, d->home};
    }
}

/* Declarations by clause of one document. */
typedef struct Count {
    size_t all, nothing;
    Pos pos; /* of the word `nothing` */
} Count;

static Count *count_declarations(Linker *l, const Document *doc)
{
    Count *counts = arena_many(l->scratch, Count, doc->n_clauses);
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        if (d->home.document != doc || d->home.clause == NULL)
            continue;
        Count *c = &counts[d->home.clause->index];
        c->all++;
        if (d->node->kind == AST_NOTHING) {
            c->nothing++;
            c->pos = d->node->at.pos;
        }
    }
    return counts;
}

static bool is_part(const Document *d, size_t i)
{
    return i + 1 < d->n_clauses && d->clauses[i + 1]->level > d->clauses[i]->level;
}

static void check_document(Linker *l, const Document *doc)
{
    const Count *counts = count_declarations(l, doc);
    g_autoptr(GString) names = g_string_new(NULL);
    const Clause *first = NULL;
    size_t n = 0;
    for (size_t i = 0; i < doc->n_clauses; i++) {
        const Clause *c = doc->clauses[i];
        if (counts[i].nothing > 0 && counts[i].all > 1)
            diag_warning(l->diags, counts[i].pos,
                         "this clause has declarations: it does not ask for nothing");
        if (counts[i].all > 0 || is_part(doc, i))
            continue;
        if (first == NULL)
            first = c;
        if (n++ < NAMED)
            g_string_append_printf(names, "%s%.*s", names->len > 0 ? ", " : "", STR_ARG(c->number));
    }
    if (n == 0)
        return;
    if (n > NAMED)
        g_string_append_printf(names, " and %zu more", n - NAMED);
    Diag *d = diag_warning(l->diags, first->pos, "%zu clause%s without a declaration: %s", n,
                           n == 1 ? "" : "s", names->str);
    diag_hint(l->diags, d, "%s", "where there is nothing to run, say so: nothing because \"…\"");
}

void check_clauses(Linker *l)
{
    for (size_t i = 0; i < l->model->n_documents; i++)
        if (l->model->documents[i]->layer == LAYER_PLACE)
            check_document(l, l->model->documents[i]);
}
