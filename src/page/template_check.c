/* template_check.c — declared names against used ones, in both directions of a page:
 * what its template asks for, and what its C gives.
 * A declaration is text: "title rows{name cells{text}}"; braces open a list or an object.
 * Read first: names_find(). */
#include "page/template.h"

#define SCOPES_MOST 64u

typedef struct Scopes {
    Str names[SCOPES_MOST]; /* outermost first */
    size_t depth;
} Scopes;

static bool is_name_char(char c)
{
    return g_ascii_islower(c) || g_ascii_isdigit(c) || c == '_';
}

/* Byte after the brace that closes the one at `open`; the end when there is none. */
static size_t brace_end(Str names, size_t open)
{
    size_t depth = 0;
    for (size_t i = open; i < names.len; i++) {
        if (names.at[i] == '{')
            depth++;
        else if (names.at[i] == '}' && --depth == 0)
            return i + 1;
    }
    return names.len;
}

/* Is `name` declared at the top of `names`?  *ret_inner: what stands in its braces. */
static bool names_find(Str names, Str name, bool *ret_braces, Str *ret_inner)
{
    for (size_t i = 0; i < names.len;) {
        size_t from = i;
        while (i < names.len && is_name_char(names.at[i]))
            i++;
        Str word = {names.at + from, i - from};
        size_t end = i;
        bool braces = i < names.len && names.at[i] == '{';
        if (braces)
            end = brace_end(names, i);
        if (word.len > 0 && str_equal(word, name)) {
            *ret_braces = braces;
            *ret_inner = braces ? (Str){names.at + i + 1, end - i - 2} : STR("");
            return true;
        }
        i = MAX(end, from + 1);
    }
    return false;
}

static bool scopes_find(const Scopes *s, Str name, bool *ret_braces, Str *ret_inner)
{
    for (size_t i = s->depth; i-- > 0;)
        if (names_find(s->names[i], name, ret_braces, ret_inner))
            return true;
    return false;
}

static void undeclared(Diags *ds, const TemplateNode *n, Str name)
{
    diag_error(ds, n->pos, "name \"%.*s\" is not declared for this page", STR_ARG(name));
}

static void check_text(const Scopes *s, const TemplateNode *n, Diags *ds)
{
    bool braces;
    Str inner;
    for (int lang = 0; lang < LANG_N; lang++)
        for (size_t i = 0; i < n->say->n_pieces[lang]; i++) {
            const TextPiece *p = &n->say->pieces[lang][i];
            if (p->is_name && (!scopes_find(s, p->text, &braces, &inner) || braces))
                undeclared(ds, n, p->text);
        }
}

static void check_nodes(Scopes *s, const Template *t, size_t from, size_t to, Diags *ds);

static void check_section(Scopes *s, const Template *t, size_t at, Diags *ds)
{
    const TemplateNode *n = &t->nodes[at];
    bool braces = false;
    Str inner = STR("");
    if (!scopes_find(s, n->text, &braces, &inner)) {
        undeclared(ds, n, n->text);
        return;
    }
    bool enters = braces && n->kind == NODE_SECTION && s->depth < SCOPES_MOST;
    if (enters)
        s->names[s->depth++] = inner;
    check_nodes(s, t, at + 1, n->end, ds);
    if (enters)
        s->depth--;
}

static void check_nodes(Scopes *s, const Template *t, size_t from, size_t to, Diags *ds)
{
    bool braces;
    Str inner;
    for (size_t i = from; i < to && i < t->n_nodes; i++) {
        const TemplateNode *n = &t->nodes[i];
        if (n->kind == NODE_TEXT)
            check_text(s, n, ds);
        if (n->kind == NODE_PART && n->part != NULL)
            check_nodes(s, n->part, 0, n->part->n_nodes, ds);
        if (n->kind == NODE_NAME || n->kind == NODE_RAW)
            if (!scopes_find(s, n->text, &braces, &inner) || braces)
                undeclared(ds, n, n->text);
        if (n->kind == NODE_SECTION || n->kind == NODE_INVERTED) {
            check_section(s, t, i, ds);
            i = n->end;
        }
    }
}

bool template_check(const Template *t, const char *names, Diags *ds)
{
    unsigned before = ds->errors;
    Scopes s = {.names = {str_of(names)}, .depth = 1};
    check_nodes(&s, t, 0, t->n_nodes, ds);
    return ds->errors == before;
}

static const char *undeclared_in(const View *v, Str names)
{
    for (const ViewNode *n = v->first; n != NULL; n = n->next) {
        bool braces = false, wants = n->kind == VIEW_OBJECT || n->kind == VIEW_LIST;
        Str inner = STR("");
        if (!names_find(names, str_of(n->name), &braces, &inner) || braces != wants)
            return n->name;
        const char *bad = n->kind == VIEW_OBJECT ? undeclared_in(n->as.object, inner) : NULL;
        if (n->kind == VIEW_LIST)
            for (const View *row = n->as.list->first; row != NULL && bad == NULL; row = row->next)
                bad = undeclared_in(row, inner);
        if (bad != NULL)
            return bad;
    }
    return NULL;
}

const char *view_undeclared(const View *v, const char *names)
{
    return undeclared_in(v, str_of(names));
}
