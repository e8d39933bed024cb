/* follow.c — see follow.h. */
#include "page/follow.h"

#include "page/cells.h"
#include "page/policy.h"

FollowQuery follow_query_read(const Req *q)
{
    FollowQuery f = {.region = ROW_NONE, .page = req_page(q), .page_rows = FOLLOW_ROWS};
    if (fields_get(&q->query, "region").len > 0)
        f.region = req_region(q);
    f.by = fields_get(&q->query, "by");
    f.only = fields_get(&q->query, "only");
    return f;
}

void fill_follow(const Req *q, View *v, const FollowQuery *f, const char *path)
{
    int32_t region = f->region != ROW_NONE ? f->region : q->session->region;
    fill_regions(q, v, "regions", region);
    view_text(v, "region_label", region_name(q, region));
    view_flag(v, "filtered", q->query.n > 0);
    view_url(v, "clear_url", str_of(path));
}

ViewList *add_choice(ViewList *choices, const char *name, Str label)
{
    View *v = view_add(choices);
    view_word(v, "name", name);
    view_text(v, "label", label);
    return view_list(v, "options");
}

/* ---- who ---- */

WhoList who_list_begin(const Req *q, ViewList *choices, Str label, Str chosen)
{
    WhoList l = {g_hash_table_new(NULL, NULL), add_choice(choices, "by", label), chosen};
    add_option(l.to, STR(""), say(q, "filter_all"), chosen);
    return l;
}

static void add_who(const Req *q, WhoList *l, const void *what, Str name, Label label)
{
    if (g_hash_table_add(l->seen, (gpointer)(uintptr_t)what))
        add_option(l->to, name, label_of(q, label), l->chosen);
}

void who_list_add(const Req *q, WhoList *l, const Whos *by)
{
    for (size_t i = 0; i < by->n; i++) {
        const Who *w = &by->list[i];
        if (w->role != NULL)
            add_who(q, l, w->role, w->role->name, w->role->label);
        else if (w->agency != NULL)
            add_who(q, l, w->agency, w->agency->name, w->agency->label);
    }
}

void who_list_agencies(const Req *q, WhoList *l, const Str *codes, size_t n)
{
    const Enum *e = model_enum(care_model(q->care), STR("agency"));
    for (size_t i = 0; e != NULL && i < n; i++) {
        const Code *c = enum_code(e, codes[i]);
        if (c != NULL)
            add_who(q, l, c, c->name, c->label);
    }
}

static bool is_offered(const WhoList *l)
{
    for (const View *o = l->to->first; o != NULL; o = o->next)
        if (str_equal(view_find(o, STR("value"))->text, l->chosen))
            return true;
    return false;
}

/* A role that stands behind none by itself, only through its agencies, may be asked for as well. */
void who_list_end(const Req *q, WhoList *l)
{
    const Role *r = model_role(care_model(q->care), l->chosen);
    if (r != NULL && !is_offered(l))
        add_who(q, l, r, r->name, r->label);
    g_hash_table_destroy(l->seen);
}

Str follow_post(const Req *q)
{
    Str word = str_of(q->session->role->word);
    return model_role(care_model(q->care), word) != NULL ? word : STR("");
}

/* ---- pieces of a line ---- */

void add_filter_chip(const Req *q, ViewList *l, const char *kind, const char *mark, Str label,
                     uint64_t count, const char *name, Str value)
{
    View *v = view_add(l);
    Fields rest = {arena_many(q->arena, FieldPair, q->query.n + 1), 0};
    for (size_t i = 0; i < q->query.n; i++) /* another choice begins at its first page */
        if (!str_is(q->query.pairs[i].name, "page"))
            rest.pairs[rest.n++] = q->query.pairs[i];
    bool current = str_equal(fields_get(&q->query, name), value);
    view_word(v, "kind", kind);
    view_word(v, "mark", mark);
    view_text(v, "label", label);
    view_text(v, "count", words_count(q, count));
    view_flag(v, "some", count > 0);
    view_flag(v, "current", current);
    view_url(v, "link_url", query_with(q->arena, &rest, name, current ? STR("") : value));
}

bool fill_record(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    Str title;
    if (!record_title(q->care, q->session, e, key, q->arena, &title, error))
        return false;
    view_text(v, "title", title);
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "link_url", record_address(q, e, key, ""));
    return true;
}

void fill_missing(const Req *q, View *v, const MissingFact *missing, size_t n)
{
    ViewList *l = view_list(v, "missing");
    for (size_t i = 0; i < n; i++) {
        if (missing_before(missing, i))
            continue;
        View *m = view_add(l);
        view_text(m, "label", missing_label(q, missing[i].name, missing[i].zh, missing[i].en));
        view_flag(m, "is_param", missing[i].is_param);
    }
}

void fill_clause(const Req *q, View *v, const Home *home)
{
    if (home->clause == NULL)
        return;
    view_text(v, "clause_label", clause_label(q, home->clause));
    view_url(v, "clause_url", clause_address(q, home->document, home->clause));
}
