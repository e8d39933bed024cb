/* cells.c — see cells.h. */
#include "page/cells.h"

#include "base/identifier.h"
#include "page/pages.h"

bool field_is_number(const Field *f)
{
    switch (f->type.kind) {
    case KIND_INT:
    case KIND_DECIMAL:
    case KIND_MONEY:
    case KIND_AREA:
    case KIND_SHARE:
    case KIND_HOURS:
        return true;
    default:
        return false;
    }
}

Str record_address(const Req *q, const Entity *e, RecordKey key, const char *below)
{
    return str_of(arena_printf(q->arena, "/records/%.*s/%.*s%s", STR_ARG(e->name),
                               STR_ARG(key_text(q, key)), below));
}

Str reference_title(Req *q, const Field *f, int64_t id)
{
    Str title = STR("");
    g_autoptr(GError) error = NULL;
    RecordKey key = {0, id}; /* of whatever county */
    char text[ID_TEXT];
    if (record_title(q->care, q->session, f->type.to, key, q->arena, &title, &error))
        return title;
    return str_of(arena_printf(q->arena, "%s", id_format(id, text)));
}

bool fact_text(Req *q, const Field *f, const Record *r, Str *ret)
{
    *ret = STR("");
    if (f->index >= r->n_facts || !r->facts[f->index].value.known)
        return false;
    const Value *v = &r->facts[f->index].value;
    *ret = f->type.kind == KIND_REF ? reference_title(q, f, v->num)
                                    : value_text(q->care, f, *v, q->lang == LANG_EN, q->arena);
    return true;
}

void fill_heads(Req *q, View *v, const Entity *e, const Field *without)
{
    ViewList *heads = view_list(v, "heads");
    for (size_t i = 0; i < e->n_list; i++) {
        if (e->list[i] == without)
            continue;
        View *h = view_add(heads);
        view_text(h, "label", label_of(q, e->list[i]->label));
        view_flag(h, "number", field_is_number(e->list[i]));
    }
}

void fill_row(Req *q, View *row, const Entity *e, const Record *r, const Field *without)
{
    view_url(row, "link_url", record_address(q, e, r->key, ""));
    ViewList *cells = view_list(row, "cells");
    for (size_t i = 0; i < e->n_list; i++) {
        const Field *f = e->list[i];
        Str text;
        if (f == without)
            continue;
        bool known = fact_text(q, f, r, &text);
        View *c = view_add(cells);
        view_text(c, "label", label_of(q, f->label));
        view_text(c, "text", text);
        view_flag(c, "absent", !known);
        view_flag(c, "number", field_is_number(f));
        view_flag(c, "first", cells->count == 1);
    }
}
