/* view.c — building the tree a template is filled with.  In: values.  Out: nodes in an arena.
 * Read first: view_put(). */
#include "page/view.h"

#include "page/html.h"

View *view_new(Arena *a)
{
    View *v = arena_new_of(a, View);
    v->arena = a;
    return v;
}

static ViewNode *view_put(View *v, const char *name, ViewKind kind)
{
    ViewNode *n = arena_new_of(v->arena, ViewNode);
    n->name = name;
    n->kind = kind;
    if (v->last != NULL)
        v->last->next = n;
    else
        v->first = n;
    v->last = n;
    return n;
}

void view_text(View *v, const char *name, Str text)
{
    view_put(v, name, VIEW_TEXT)->text = text;
}

void view_word(View *v, const char *name, const char *text)
{
    view_text(v, name, str_of(text));
}

void view_int(View *v, const char *name, int64_t value)
{
    view_word(v, name, arena_printf(v->arena, "%" G_GINT64_FORMAT, value));
}

void view_flag(View *v, const char *name, bool value)
{
    view_put(v, name, VIEW_FLAG)->flag = value;
}

bool view_address_local(Str text)
{
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == '\\' || text.at[i] == 0x7f)
            return false;
    if (text.at[0] == '?' || text.at[0] == '#')
        return true;
    return text.at[0] == '/' && (text.len == 1 || text.at[1] != '/');
}

void view_url(View *v, const char *name, Str address)
{
    g_assert(view_address_local(address));
    view_put(v, name, VIEW_URL)->text = address;
}

void view_html(View *v, const char *name, const Html *html)
{
    view_put(v, name, VIEW_HTML)->text = html_text(html);
}

View *view_object(View *v, const char *name)
{
    ViewNode *n = view_put(v, name, VIEW_OBJECT);
    n->as.object = view_new(v->arena);
    return n->as.object;
}

ViewList *view_list(View *v, const char *name)
{
    ViewNode *n = view_put(v, name, VIEW_LIST);
    n->as.list = arena_new_of(v->arena, ViewList);
    n->as.list->arena = v->arena;
    return n->as.list;
}

View *view_add(ViewList *l)
{
    View *v = view_new(l->arena);
    if (l->last != NULL)
        l->last->next = v;
    else
        l->first = v;
    l->last = v;
    l->count++;
    return v;
}

const ViewNode *view_find(const View *v, Str name)
{
    for (const ViewNode *n = v->first; n != NULL; n = n->next)
        if (str_is(name, n->name))
            return n;
    return NULL;
}
