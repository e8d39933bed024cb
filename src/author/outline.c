/* outline.c — a document as a tree of clauses and declarations; and laid out anew.
 * Read first: lsp_symbols(). */
#include "author/inside.h"
#include "care/observable.h"
#include "declare/format.h"

#include <string.h>

/* Kinds of symbols of the protocol. */
enum {
    SYMBOL_MODULE = 2,
    SYMBOL_CLASS = 5,
    SYMBOL_ENUM = 10,
    SYMBOL_FUNCTION = 12,
    SYMBOL_CONSTANT = 14
};

static int symbol_kind(DeclarationKind kind)
{
    switch (kind) {
    case DECLARES_ENTITY:
    case DECLARES_EXTEND:
        return SYMBOL_CLASS;
    case DECLARES_ENUM:
        return SYMBOL_ENUM;
    case DECLARES_PARAM:
    case DECLARES_SET:
        return SYMBOL_CONSTANT;
    default:
        return SYMBOL_FUNCTION;
    }
}

static void put_symbol(JsonWriter *j, Str name, Str detail, int kind, Range whole, Range own)
{
    json_put_object(j, NULL);
    json_put_str(j, "name", name.len > 0 ? name : STR("—"));
    json_put_str(j, "detail", detail);
    json_put_int(j, "kind", kind);
    json_range(j, "range", whole);
    json_range(j, "selectionRange", own);
}

static void put_statement(JsonWriter *j, const Statement *s)
{
    g_autofree char *name =
        g_strdup_printf("%s %.*s", declaration_words[s->kind], STR_ARG(s->name));
    Range begin = text_range(s->begin), end = text_range(s->end), own = text_range(s->home.pos);
    put_symbol(j, str_of(name), s->label.zh.len > 0 ? s->label.zh : STR(""), symbol_kind(s->kind),
               (Range){begin.from, end.to}, own);
    json_put_end(j);
}

/* Up to the line before the next heading that is not deeper. */
static Range clause_range(const Document *d, size_t i)
{
    Str text = d->source->text;
    Place from = {d->clauses[i]->pos.line - 1, 0};
    for (size_t k = i + 1; k < d->n_clauses; k++)
        if (d->clauses[k]->level <= d->clauses[i]->level)
            return (Range){from, {d->clauses[k]->pos.line - 1, 0}};
    return (Range){from, text_whole(text).to};
}

static void put_clause(JsonWriter *j, const Model *m, const Document *d, size_t *i)
{
    const Clause *c = d->clauses[*i];
    bool numbered = !str_equal(c->number, c->title.zh);
    g_autofree char *name =
        numbered ? g_strdup_printf("%.*s %.*s", STR_ARG(c->number), STR_ARG(c->title.zh))
                 : g_strndup(c->title.zh.at, c->title.zh.len);
    put_symbol(j, str_of(name), c->title.en, SYMBOL_MODULE, clause_range(d, *i),
               text_range(c->pos));
    json_put_array(j, "children");
    for (size_t k = model_statements_from(m, c->pos);
         k < m->n_statements && m->statements[k].home.clause == c; k++)
        put_statement(j, &m->statements[k]);
    ++*i;
    while (*i < d->n_clauses && d->clauses[*i]->level > c->level)
        put_clause(j, m, d, i);
    json_put_end(j);
    json_put_end(j);
}

bool lsp_symbols(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    const Model *m;
    OpenText *o = param_open(s, params, error);
    if (o == NULL)
        return false;
    const Document *d = o->ours ? server_document(s, o, &m) : NULL;
    json_put_array(j, "result");
    for (size_t i = 0; d != NULL && i < d->n_clauses;)
        put_clause(j, m, d, &i);
    json_put_end(j);
    return true;
}

/* ---- formatting */

/* Whole lines that two texts begin with alike. */
static size_t same_lines_before(Str a, Str b)
{
    size_t same = 0;
    for (size_t i = 0; i < a.len && i < b.len && a.at[i] == b.at[i]; i++)
        if (a.at[i] == '\n')
            same = i + 1;
    return same;
}

static size_t same_lines_after(Str a, Str b)
{
    size_t same = 0;
    for (size_t i = 1; i <= a.len && i <= b.len && a.at[a.len - i] == b.at[b.len - i]; i++)
        if (i < a.len && i < b.len && a.at[a.len - i - 1] == '\n' && b.at[b.len - i - 1] == '\n')
            same = i;
    return same;
}

static void put_edit(JsonWriter *j, Str was, Str is)
{
    size_t before = same_lines_before(was, is);
    Str was_rest = {was.at + before, was.len - before}, is_rest = {is.at + before, is.len - before};
    size_t after = same_lines_after(was_rest, is_rest);
    Range r = {text_place(was, before), text_place(was, was.len - after)};
    json_put_object(j, NULL);
    json_range(j, "range", r);
    json_put_str(j, "newText", (Str){is_rest.at, is_rest.len - after});
    json_put_end(j);
}

/* A document that does not parse has no layout: its diagnoses say why. */
bool lsp_formatting(Server *s, const json_t *params, JsonWriter *j, GError **error)
{
    OpenText *o = param_open(s, params, error);
    if (o == NULL)
        return false;
    g_autoptr(Diags) ds = diags_new();
    g_autoptr(GString) made = g_string_new(NULL);
    Str was = str_of(o->text);
    bool fine = o->ours && format_document(o->path, was, ds, made);
    json_put_array(j, "result");
    if (fine && !str_equal(was, (Str){made->str, made->len}))
        put_edit(j, was, (Str){made->str, made->len});
    json_put_end(j);
    return true;
}
