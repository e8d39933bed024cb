/* added.c — what a narrower pack adds: how it is called, stored, and found (semantics 50).
 * An addition is what a document of a place declares of its own.  Its word is seen by that document
 * and those of places inside its place; two places that have nothing to do with each other may each
 * add the same word, and mean two things by it.  Start: field_said(), added_name(). */
#include "declare/link.h"

/* ---- as it is stored */

Str field_word(const Field *f)
{
    return f->word.len > 0 ? f->word : f->name;
}

Str code_word(const Code *c)
{
    return c->word.len > 0 ? c->word : c->name;
}

Str entity_stored(const Entity *e)
{
    return e->stored.len > 0 ? e->stored : e->name;
}

Str enum_stored(const Enum *e)
{
    return e->stored.len > 0 ? e->stored : e->name;
}

Str field_stored(const Field *f)
{
    return f->stored.len > 0 ? f->stored : f->name;
}

Str code_stored(const Code *c)
{
    return c->stored.len > 0 ? c->stored : c->name;
}

Str added_name(Linker *l, const Document *by, const Document *owner, Str word)
{
    if (by->layer != LAYER_PLACE || by == owner)
        return (Str){"", 0};
    return str_of(arena_printf(l->keep, "%.*s/%.*s", STR_ARG(by->name), STR_ARG(word)));
}

/* ---- who may add a word that another has added */

bool added_apart(const Linker *l, const Home *a, const Home *b)
{
    const Document *x = a->document, *y = b->document;
    return x->layer == LAYER_PLACE && y->layer == LAYER_PLACE &&
           !region_lies_in(l->model, x->place, y->place) &&
           !region_lies_in(l->model, y->place, x->place);
}

/* ---- whose word it is */

static const Document *document_at(const Linker *l, Pos pos)
{
    for (size_t i = 0; i < l->model->n_documents; i++)
        if (l->model->documents[i]->source == pos.source)
            return l->model->documents[i];
    return NULL;
}

static bool is_seen(const Linker *l, const Document *by, Pos from)
{
    const Document *asks = document_at(l, from);
    return asks == by || (asks != NULL && asks->place.len > 0 &&
                          region_lies_in(l->model, asks->place, by->place));
}

const Field *field_said(const Linker *l, const Entity *e, Str word, Pos from)
{
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (f->word.len == 0 ? str_equal(f->name, word)
                             : str_equal(f->word, word) && is_seen(l, f->home.document, from))
            return f;
    }
    return NULL;
}

const Code *code_said(const Linker *l, const Enum *e, Str word, Pos from)
{
    for (size_t i = 0; i < e->n_codes; i++) {
        const Code *c = &e->codes[i];
        if (c->word.len == 0 ? str_equal(c->name, word)
                             : str_equal(c->word, word) && is_seen(l, c->home.document, from))
            return c;
    }
    return NULL;
}

/* ---- hints */

static void hint_two(Linker *l, Diag *d, Str word, const Document *a, const Document *b)
{
    diag_hint(l->diags, d,
              "'%.*s' is added by %.*s and by %.*s, each for its own place: no other document sees "
              "it",
              STR_ARG(word), STR_ARG(a->name), STR_ARG(b->name));
}

bool hint_added_field(Linker *l, Diag *d, const Entity *e, Str word)
{
    const Field *first = NULL;
    for (size_t i = 0; i < e->n_fields; i++) {
        const Field *f = e->fields[i];
        if (!str_equal(f->word, word))
            continue;
        if (first != NULL) {
            hint_two(l, d, word, first->home.document, f->home.document);
            return true;
        }
        first = f;
    }
    return false;
}

bool hint_added_code(Linker *l, Diag *d, const Enum *e, Str word)
{
    const Code *first = NULL;
    for (size_t i = 0; i < e->n_codes; i++) {
        const Code *c = &e->codes[i];
        if (!str_equal(c->word, word))
            continue;
        if (first != NULL) {
            hint_two(l, d, word, first->home.document, c->home.document);
            return true;
        }
        first = c;
    }
    return false;
}
