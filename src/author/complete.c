/* complete.c — what may be written at the cursor: words of the language that the grammar takes
 * there, fields behind a dot, codes behind = and in, units behind a number, names that are
 * declared. Read first: lsp_completion(). */
#include "author/context.h"
#include "author/inside.h"
#include "care/observable.h"
#include "declare/grammar.h"
#include "declare/link.h"

#include <string.h>

/* More than anybody scrolls through; the editor is told that there are more. */
#define ITEMS_MOST 2000u
#define WORDS_MOST 256u

/* Kinds of items of the protocol. */
enum {
    ITEM_FUNCTION = 3,
    ITEM_FIELD = 5,
    ITEM_CLASS = 7,
    ITEM_UNIT = 11,
    ITEM_ENUM = 13,
    ITEM_KEYWORD = 14,
    ITEM_REFERENCE = 18,
    ITEM_CODE = 20,
    ITEM_CONSTANT = 21,
};

typedef struct Completing {
    Arena *scratch;
    Context context;
    JsonWriter *j;
    Range replace; /* the word that is begun */
    GHashTable *seen;
    unsigned put;
} Completing;

/* ---- items */

static void put_item(Completing *c, Str name, int kind, Label label, char order)
{
    char *text = arena_dup(c->scratch, name.at, name.len);
    if (c->put >= ITEMS_MOST || name.len == 0 || !g_hash_table_add(c->seen, text))
        return;
    c->put++;
    json_put_object(c->j, NULL);
    json_put_str(c->j, "label", name);
    json_put_int(c->j, "kind", kind);
    if (label.zh.len > 0) {
        bool both = !str_equal(label.zh, label.en) && label.en.len > 0;
        char *detail =
            both ? arena_printf(c->scratch, "%.*s / %.*s", STR_ARG(label.zh), STR_ARG(label.en))
                 : arena_printf(c->scratch, "%.*s", STR_ARG(label.zh));
        json_put_str(c->j, "detail", str_of(detail));
    }
    json_put_str(c->j, "sortText", str_of(arena_printf(c->scratch, "%c%04u", order, c->put)));
    json_put_object(c->j, "textEdit");
    json_range(c->j, "range", c->replace);
    json_put_str(c->j, "newText", name);
    json_put_end(c->j);
    json_put_end(c->j);
}

static void put_fields(Completing *c, const Entity *e, char order)
{
    for (size_t i = 0; e != NULL && i < e->n_fields; i++)
        put_item(c, e->fields[i]->name, ITEM_FIELD, e->fields[i]->label, order);
}

static void put_codes(Completing *c, const Enum *e, char order)
{
    for (size_t i = 0; e != NULL && i < e->n_codes; i++)
        put_item(c, e->codes[i].name, ITEM_CODE, e->codes[i].label, order);
}

static int item_kind(DeclarationKind kind)
{
    switch (kind) {
    case DECLARES_ENTITY:
        return ITEM_CLASS;
    case DECLARES_ENUM:
        return ITEM_ENUM;
    case DECLARES_PARAM:
        return ITEM_CONSTANT;
    case DECLARES_TABLE:
        return ITEM_FUNCTION;
    default:
        return ITEM_REFERENCE;
    }
}

/* Names that are declared; paths and titles are none. */
static void put_names(Completing *c, char order)
{
    const Model *m = c->context.model;
    for (size_t i = 0; i < m->n_statements; i++) {
        const Statement *s = &m->statements[i];
        bool plain = s->name.len > 0 && g_ascii_islower(s->name.at[0]);
        for (size_t k = 0; plain && k < s->name.len; k++)
            plain = g_ascii_isalnum(s->name.at[k]) || s->name.at[k] == '_';
        bool own = plain && !str_is(s->name, declaration_words[s->kind]);
        if (own && s->label.zh.len > 0)
            put_item(c, s->name, item_kind(s->kind), s->label, order);
    }
    for (size_t i = 0; i < m->n_entities; i++)
        put_item(c, m->entities[i]->name, ITEM_CLASS, m->entities[i]->label, order);
}

static void put_types(Completing *c, char order)
{
    const Model *m = c->context.model;
    for (Kind k = 0; k < KIND_N; k++)
        put_item(c, str_of(kind_facts[k].word), ITEM_CLASS, (Label){0}, order);
    for (size_t i = 0; i < m->n_enums; i++)
        put_item(c, m->enums[i]->name, ITEM_ENUM, m->enums[i]->label, order);
}

static void put_words(Completing *c, const int *kinds, size_t n, char order)
{
    for (size_t i = 0; i < n; i++)
        put_item(c, str_of(keyword_text(kinds[i])), ITEM_KEYWORD, (Label){0}, order);
}

static void put_units(Completing *c)
{
    for (size_t i = 0; measure_word(i) != NULL; i++)
        put_item(c, str_of(measure_word(i)), ITEM_UNIT, (Label){0}, '0');
}

/* ---- by place */

/* A new declaration, or words that go on with the one above. */
static void put_beginnings(Completing *c)
{
    int kinds[WORDS_MOST];
    bool name;
    const Context *x = &c->context;
    for (unsigned i = 0; i < DECLARATIONS; i++) {
        Label label = {str_of(observables[i].zh), str_of(observables[i].en)};
        put_item(c, str_of(declaration_words[i]), ITEM_KEYWORD, label, '2');
    }
    size_t n = x->from > x->before + 1
                   ? parse_wanted(c->scratch, x->tokens + x->before, x->from - 1 - x->before, kinds,
                                  WORDS_MOST, &name)
                   : 0;
    for (size_t i = 0; i < n; i++)
        if (token_goes_on(kinds[i]))
            put_words(c, &kinds[i], 1, '3');
}

static void put_expected(Completing *c)
{
    int kinds[WORDS_MOST];
    bool name = false, type = false;
    const Context *x = &c->context;
    const Token *last = &x->tokens[x->n - 1];
    put_codes(c, context_codes(x), '0');
    if (last->kind == TK_NUMBER && last->measure == MEASURE_NONE)
        put_units(c);
    size_t n =
        parse_wanted(c->scratch, x->tokens + x->from, x->n - x->from, kinds, WORDS_MOST, &name);
    for (size_t i = 0; i < n; i++)
        type |= kinds[i] == TK_SET;
    if (name && type)
        put_types(c, '1');
    if (name) {
        put_fields(c, context_record(x), '1');
        put_fields(c, x->counted, '1');
        put_fields(c, x->subject, '1');
    }
    put_words(c, kinds, n, '2');
    if (!name)
        return;
    put_names(c, '3');
    for (size_t i = 0; function_word(i) != NULL; i++)
        put_item(c, str_of(function_word(i)), ITEM_FUNCTION, (Label){0}, '4');
}

static void put_all(Completing *c)
{
    const Context *x = &c->context;
    const Entity *e;
    const Enum *codes;
    if (x->from == x->n) {
        put_beginnings(c);
    } else if (x->tokens[x->n - 1].kind == TK_DOT) {
        context_dot(x, &e, &codes);
        put_fields(c, e, '0');
        put_codes(c, codes, '0');
    } else {
        put_expected(c);
    }
}

/* ---- where the cursor is */

static bool is_fence(Str line, bool *ret_ours)
{
    Str s = str_trim(line);
    Str rest = s.len > 3 ? (Str){s.at + 3, s.len - 3} : (Str){"", 0};
    *ret_ours = str_is(str_trim(rest), "anlao");
    return str_starts(s, STR("```")) || str_starts(s, STR("~~~"));
}

/* Whether the line goes into a text or a comment before its end. */
static bool in_text(Str line)
{
    bool quoted = false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.at[i] == '\\' && quoted)
            i++;
        else if (line.at[i] == '"')
            quoted = !quoted;
        else if (line.at[i] == '#' && !quoted)
            return true;
    }
    return quoted;
}

/* The block up to the cursor; false: the cursor is in prose, a text or a comment. */
static bool block_before(Str text, size_t cursor, Str *ret)
{
    size_t from = 0, at = 0;
    bool inside = false, ours = false;
    Str rest = {text.at, cursor}, line = {text.at, 0};
    while (rest.len > 0) {
        at = (size_t)(rest.at - text.at);
        line = str_cut(&rest, '\n');
        bool mark;
        if (rest.at == NULL)
            break; /* the cursor's own line */
        if (!is_fence(line, &mark))
            continue;
        inside = !inside;
        ours = inside && mark;
        from = at + line.len + 1;
    }
    *ret = (Str){text.at + from, cursor - from};
    return inside && ours && from <= cursor && !in_text(rest.at == NULL ? line : (Str){"", 0});
}

static size_t word_before(Str text)
{
    size_t n = 0;
    while (n < text.len) {
        char c = text.at[text.len - n - 1];
        if (!g_ascii_isalnum(c) && c != '_')
            break;
        n++;
    }
    return n;
}

static void complete_at(Completing *c, const Document *d, Str block)
{
    g_autoptr(Diags) ignored = diags_new();
    size_t word = word_before(block), n;
    block.len -= word;
    Span span = {block, {d->source, 1, 1, 0}};
    Token *tokens = tokens_read(c->scratch, c->scratch, ignored, span, &n);
    c->context = context_make(c->context.model, tokens, n);
    put_all(c);
}

bool lsp_completion(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    Place place;
    OpenText *o = param_open(s, params, error);
    if (o == NULL || !param_place(params, &place, error))
        return false;
    g_autoptr(Arena) scratch = arena_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    Completing c = {.scratch = scratch, .j = j, .seen = seen};
    const Document *d = o->ours ? server_document(s, o, &c.context.model) : NULL;
    Str text = str_of(o->text), block;
    size_t cursor = text_offset(text, place);
    bool inside = d != NULL && block_before(text, cursor, &block);
    json_put_object(j, "result");
    json_put_array(j, "items");
    if (inside) {
        Place from = text_place(text, cursor - word_before(block));
        c.replace = (Range){from, text_place(text, cursor)};
        complete_at(&c, d, block);
    }
    json_put_end(j);
    json_put_bool(j, "isIncomplete", c.put >= ITEMS_MOST);
    json_put_end(j);
    return true;
}
