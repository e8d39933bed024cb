/* order.c — documents in the order in which the Model numbers things: by layer, then what others
 * build on first, then by name; never by the order of the files.
 * Start: order_documents(). */
#include "declare/link.h"

#include "base/sort.h"

static int by_layer_and_name(const void *a, const void *b)
{
    const Document *x = (*(Reading *const *)a)->document, *y = (*(Reading *const *)b)->document;
    if (x->layer != y->layer)
        return x->layer < y->layer ? -1 : 1;
    return str_compare(x->name, y->name);
}

static Reading *reading_named(const Linker *l, Str name)
{
    for (size_t i = 0; i < l->n_readings; i++)
        if (str_equal(l->readings[i]->document->name, name))
            return l->readings[i];
    return NULL;
}

static void link_builds_on(Linker *l, Reading *r)
{
    Document *doc = r->document;
    doc->builds_on = arena_many(l->keep, const Document *, r->n_builds_on);
    for (size_t i = 0; i < r->n_builds_on; i++) {
        const Span *name = &r->builds_on[i];
        const Reading *other = reading_named(l, name->text);
        if (other == NULL) {
            Diag *d = diag_error(l->diags, name->pos, "there is no document '%.*s' here",
                                 STR_ARG(name->text));
            Str *all = arena_many(l->scratch, Str, l->n_readings);
            for (size_t j = 0; j < l->n_readings; j++)
                all[j] = l->readings[j]->document->name;
            diag_nearest(l->diags, d, name->text, all, l->n_readings);
        } else if (other->document->layer > doc->layer) {
            diag_error(l->diags, name->pos, "a document can not build on one of a narrower layer");
        } else {
            doc->builds_on[doc->n_builds_on++] = other->document;
        }
    }
}

/* Takes documents whose foundations are all taken, until none is left. */
static bool take_in_order(Linker *l)
{
    size_t n = l->n_readings, taken = 0;
    Reading **out = arena_many(l->scratch, Reading *, n);
    bool *done = arena_many(l->scratch, bool, n);
    while (taken < n) {
        bool any = false;
        for (size_t i = 0; i < n; i++) {
            const Document *doc = l->readings[i]->document;
            bool ready = !done[i];
            for (size_t j = 0; j < doc->n_builds_on && ready; j++) {
                bool found = false;
                for (size_t k = 0; k < taken; k++)
                    found |= out[k]->document == doc->builds_on[j];
                ready = found;
            }
            if (!ready)
                continue;
            out[taken++] = l->readings[i];
            done[i] = any = true;
            break; /* from the start again: the order stays as near to the names as it can */
        }
        if (any)
            continue;
        for (size_t i = 0; i < n; i++)
            if (!done[i])
                diag_error(l->diags, (Pos){l->readings[i]->document->source, 1, 1, 3},
                           "documents build on each other in a circle");
        return false;
    }
    memcpy(l->readings, out, n * sizeof *out);
    return true;
}

bool order_documents(Linker *l)
{
    sort_rows(l->readings, l->n_readings, sizeof *l->readings, by_layer_and_name);
    for (size_t i = 0; i < l->n_readings; i++) {
        const Reading *r = l->readings[i];
        if (r->document->name.len == 0)
            continue;
        const Reading *first = reading_named(l, r->document->name);
        if (first != r)
            diag_error(l->diags, (Pos){r->document->source, 1, 1, 3},
                       "the name '%.*s' is also that of %s", STR_ARG(r->document->name),
                       first->document->source->name);
    }
    for (size_t i = 0; i < l->n_readings; i++)
        link_builds_on(l, l->readings[i]);
    bool fine = take_in_order(l);
    Model *m = l->model;
    m->documents = arena_many(l->keep, Document *, l->n_readings);
    for (size_t i = 0; i < l->n_readings; i++)
        m->documents[m->n_documents++] = l->readings[i]->document;
    return fine;
}
