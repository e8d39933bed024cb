/* link_enum.c — codes of enums, with the additions of narrower documents.
 * In: enum and extend declarations.  Out: Enum.codes; an addition stands right behind the code it
 * counts as, so that an ordered enum stays in order.  Start: link_enums(). */
#include "declare/link.h"

#include "base/limits.h"

/* The enum column is one signed byte. */
#define ENUM_CODES  127u
#define CODES_FIRST 8u /* room at first, a power of two */

const Code *code_find(const Enum *e, Str name)
{
    for (size_t i = 0; i < e->n_codes; i++)
        if (str_equal(e->codes[i].name, name))
            return &e->codes[i];
    return NULL;
}

uint64_t code_bits(const Enum *e, const Code *c)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < e->n_codes && i < 64; i++)
        for (const Code *up = &e->codes[i]; up != NULL; up = up->wider)
            if (up == c)
                bits |= UINT64_C(1) << i;
    return bits;
}

/* Codes that are listed where none is near the word written. */
#define CODES_SHOWN 8u

void hint_codes(Linker *l, Diag *d, const Enum *e, Str word)
{
    Str all[ENUM_CODES];
    if (hint_added_code(l, d, e, word))
        return;
    for (size_t i = 0; i < e->n_codes; i++)
        all[i] = code_word(&e->codes[i]);
    diag_nearest(l->diags, d, word, all, e->n_codes);
    if (d->hint != NULL || e->n_codes > CODES_SHOWN || e->n_codes == 0)
        return;
    GString *s = g_string_new(NULL);
    for (size_t i = 0; i < e->n_codes; i++)
        g_string_append_printf(s, "%s%.*s", i > 0 ? ", " : "", STR_ARG(all[i]));
    diag_hint(l->diags, d, "%.*s is one of %s", STR_ARG(e->name), s->str);
    g_string_free(s, TRUE);
}

/* The number a store keeps: from the name alone, so that it stays while the name stays. */
static int stable_number(Str name)
{
    return (int)(str_hash(name) & 0x7fffffff);
}

void code_fill(Linker *l, Code *c, const Node *n, const Home *home)
{
    c->name = n->at.text;
    c->label = link_label(l, n->a, c->name);
    c->stable = stable_number(c->name);
    c->home = *home;
    c->home.pos = n->at.pos;
}

/* Of an addition from its document and its name: the same word of two places is not one thing
 * (semantics 50). */
static int stable_addition(Linker *l, const Home *home, Str name)
{
    return stable_number(str_of(
        arena_printf(l->scratch, "%.*s/%.*s", STR_ARG(home->document->name), STR_ARG(name))));
}

/* Two places may add one word: in a node of both the codes are told apart by their documents. */
static bool code_apart(Linker *l, Enum *e, Code *c)
{
    bool apart = c->stored.len > 0, met = false;
    for (size_t i = 0; i < e->n_codes && apart; i++)
        if (str_equal(code_word(&e->codes[i]), c->name)) {
            apart = e->codes[i].stored.len > 0 && added_apart(l, &e->codes[i].home, &c->home);
            met = true;
        }
    for (size_t i = 0; i < e->n_codes && apart && met; i++)
        if (str_equal(code_word(&e->codes[i]), c->name)) {
            e->codes[i].word = code_word(&e->codes[i]);
            e->codes[i].name = e->codes[i].stored;
        }
    if (apart && met) {
        c->word = c->name;
        c->name = c->stored;
    }
    return apart;
}

static bool code_fits(Linker *l, Enum *e, const Node *n, Code *c)
{
    const Code *twice = code_apart(l, e, c) ? NULL : code_said(l, e, n->at.text, n->at.pos);
    if (twice != NULL) {
        Diag *d = diag_error(l->diags, n->at.pos, "'%.*s' is already a code of %.*s",
                             STR_ARG(n->at.text), STR_ARG(e->name));
        diag_hint(l->diags, d, "in %s, line %u", twice->home.pos.source->name,
                  twice->home.pos.line);
        return false;
    }
    if (str_is(n->at.text, "unknown")) {
        Diag *d = diag_error(l->diags, n->at.pos, "'unknown' can not be a code");
        diag_hint(l->diags, d, "what is not recorded is unknown by itself");
        return false;
    }
    for (size_t i = 0; i < e->n_codes; i++)
        if (e->codes[i].stable == c->stable) {
            diag_error(l->diags, n->at.pos, "'%.*s' gets the same number as '%.*s': rename it",
                       STR_ARG(n->at.text), STR_ARG(e->codes[i].name));
            return false;
        }
    if (e->n_codes == ENUM_CODES)
        diag_error(l->diags, n->at.pos, "an enum has at most %u codes", ENUM_CODES);
    return e->n_codes < ENUM_CODES;
}

/* Most enums have a handful of codes, and every Model has all enums. */
static void codes_grow(Linker *l, Enum *e)
{
    Code *more = arena_many(l->keep, Code, e->n_codes == 0 ? CODES_FIRST : 2 * e->n_codes);
    if (e->n_codes > 0)
        memcpy(more, e->codes, e->n_codes * sizeof(Code));
    e->codes = more;
}

/* Codes are moved while additions are put in; `wider` is found again by name at the end. */
static void code_insert(Linker *l, Enum *e, size_t at, Code c)
{
    bool full = e->n_codes >= CODES_FIRST && (e->n_codes & (e->n_codes - 1)) == 0;
    if (e->n_codes == 0 || full)
        codes_grow(l, e);
    memmove(&e->codes[at + 1], &e->codes[at], (e->n_codes - at) * sizeof(Code));
    e->codes[at] = c;
    e->n_codes++;
}

static size_t wider_place(Linker *l, const Enum *e, const Node *n, bool *ret_fine)
{
    const Code *wider = word_code(l, e, &n->b->at);
    *ret_fine = wider != NULL;
    if (wider != NULL) {
        size_t at = (size_t)(wider - e->codes) + 1;
        /* Behind earlier additions to the same code. */
        while (at < e->n_codes && e->codes[at].wider != NULL)
            at++;
        return at;
    }
    if (!linker_damaged(l, e)) {
        Diag *d = diag_error(l->diags, n->b->at.pos, "'%.*s' is no code of %.*s",
                             STR_ARG(n->b->at.text), STR_ARG(e->name));
        hint_codes(l, d, e, n->b->at.text);
    }
    return 0;
}

/* While codes still move, `wider` only marks an addition. */
typedef struct Wider {
    int code; /* its stable number */
    Token wider;
    Enum *of;
} Wider;

static void add_codes(Linker *l, Enum *e, const Node *items, const Declaration *d, GArray *widers)
{
    static const Code marked;
    for (const Node *n = list_first(items); n != NULL; n = n->next) {
        if (n->kind != AST_CODE)
            continue;
        Code c = {0};
        code_fill(l, &c, n, &d->home);
        if (d->node->kind == AST_EXTEND) {
            c.stable = stable_addition(l, &d->home, c.name);
            c.stored = added_name(l, d->home.document, e->home.document, c.name);
        }
        if (!code_fits(l, e, n, &c))
            continue;
        size_t at = e->n_codes;
        bool fine = true;
        if (n->b != NULL) {
            at = wider_place(l, e, n, &fine);
            Wider w = {c.stable, n->b->at, e};
            c.wider = &marked;
            if (fine)
                g_array_append_val(widers, w);
        }
        if (fine)
            code_insert(l, e, at, c);
    }
}

static void make_enum(Linker *l, Declaration *d, GArray *widers)
{
    const Node *n = d->node;
    Enum *e = d->made;
    e->name = n->at.text;
    e->stored = added_name(l, d->home.document, NULL, e->name);
    e->label = link_label(l, n->b, e->name);
    e->ordered = n->a != NULL;
    e->home = d->home;
    add_codes(l, e, n->c, d, widers);
    if (list_first(n->c) == NULL && !d->damaged)
        diag_error(l->diags, n->at.pos, "enum '%.*s' has no codes", STR_ARG(e->name));
}

static void extend_enum(Linker *l, const Declaration *d, Enum *e, GArray *widers)
{
    for (const Node *n = list_first(d->node->a); n != NULL; n = n->next) {
        if (n->kind != AST_CODE) {
            diag_error(l->diags, n->at.pos, "'%.*s' is an enum: only codes can be added to it",
                       STR_ARG(e->name));
            return;
        }
        if (n->b == NULL) {
            Diag *g = diag_error(l->diags, n->at.pos, "code '%.*s' does not say what it counts as",
                                 STR_ARG(n->at.text));
            diag_hint(l->diags, g, "write '%.*s \"…\" is' and a code of %.*s", STR_ARG(n->at.text),
                      STR_ARG(e->name));
            return;
        }
    }
    add_codes(l, e, d->node->a, d, widers);
}

static void set_widers(const Linker *l, GArray *widers)
{
    for (guint i = 0; i < widers->len; i++) {
        const Wider *w = &g_array_index(widers, Wider, i);
        for (size_t j = 0; j < w->of->n_codes; j++)
            if (w->of->codes[j].stable == w->code)
                w->of->codes[j].wider = code_said(l, w->of, w->wider.text, w->wider.pos);
    }
}

void link_enums(Linker *l)
{
    Model *m = l->model;
    g_autoptr(GArray) widers = g_array_new(FALSE, FALSE, sizeof(Wider));
    m->enums = arena_many(l->keep, Enum *, l->n_declarations);
    for (size_t i = 0; i < l->n_declarations; i++) {
        Declaration *d = &l->declarations[i];
        if (d->node->kind != AST_ENUM || d->made == NULL)
            continue;
        Enum *e = d->made;
        make_enum(l, d, widers);
        e->number = (unsigned)m->n_enums;
        m->enums[m->n_enums++] = e;
    }
    for (size_t i = 0; i < l->n_declarations; i++) {
        const Declaration *d = &l->declarations[i];
        Enum *e = d->node->kind == AST_EXTEND ? name_of(l, d->node->at.text, NAME_ENUM) : NULL;
        if (e == NULL)
            continue;
        (void)word_name(l, &d->node->at);
        extend_enum(l, d, e, widers);
    }
    set_widers(l, widers);
    for (size_t i = 0; i < m->n_enums; i++)
        for (size_t j = 0; j < m->enums[i]->n_codes; j++)
            m->enums[i]->codes[j].number = (unsigned)j;
}
