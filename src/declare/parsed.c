/* parsed.c — one reading of a document, shared by the Models of several places.
 * What a Model keeps (texts, clauses) is counted; the trees die with the Parsed.
 * Start: parsed_new(). */
#include "declare/parsed.h"

#include "declare/ast.h"

typedef struct Kept { /* lives as long as one Model rests on it */
    Arena *arena;
    gint refs;
} Kept;

struct Parsed {
    Kept *kept;
    Arena *scratch;
    Diags *diags;
    Reading *reading;
};

static void kept_unref(void *what)
{
    Kept *k = what;
    if (!g_atomic_int_dec_and_test(&k->refs))
        return;
    arena_free(k->arena);
    g_free(k);
}

static void declared_free(void *declared)
{
    g_array_free(declared, TRUE);
}

static void parse_blocks(Parsed *p)
{
    GArray *blocks = p->reading->blocks;
    for (guint i = 0; i < blocks->len; i++) {
        Block *b = &g_array_index(blocks, Block, i);
        b->declared = g_array_new(FALSE, TRUE, sizeof(Declared));
        arena_on_free(p->scratch, declared_free, b->declared);
        parse_block(p->kept->arena, p->scratch, p->diags, b->span, b->declared);
    }
}

Parsed *parsed_new(const char *name, Str text)
{
    Parsed *p = g_new0(Parsed, 1);
    p->kept = g_new(Kept, 1);
    *p->kept = (Kept){arena_new(), 1};
    p->scratch = arena_new();
    p->diags = diags_new();
    p->reading = document_read(p->kept->arena, p->scratch, p->diags, name, text);
    if (p->reading->usable)
        parse_blocks(p);
    return p;
}

void parsed_file(Parsed *p, const char *file)
{
    p->reading->document->file = arena_dup(p->kept->arena, file, strlen(file));
}

void parsed_free(Parsed *p)
{
    if (p == NULL)
        return;
    diags_free(p->diags);
    arena_free(p->scratch);
    kept_unref(p->kept);
    g_free(p);
}

const Reading *parsed_reading(const Parsed *p)
{
    return p->reading;
}

static Document *copy_document(const Document *from, Arena *keep)
{
    Document *d = arena_new_of(keep, Document);
    *d = *from;
    d->clauses = arena_many(keep, Clause *, d->n_clauses);
    Clause *all = arena_many(keep, Clause, d->n_clauses);
    for (size_t i = 0; i < d->n_clauses; i++) {
        all[i] = *from->clauses[i];
        all[i].document = d;
        d->clauses[i] = &all[i];
    }
    return d;
}

Reading *parsed_copy(const Parsed *p, Arena *keep, Arena *scratch, Diags *diags)
{
    Reading *r = arena_new_of(scratch, Reading);
    g_atomic_int_inc(&p->kept->refs);
    arena_on_free(keep, kept_unref, p->kept);
    *r = *p->reading;
    r->document = copy_document(p->reading->document, keep);
    diags_add(diags, p->diags);
    return r;
}
