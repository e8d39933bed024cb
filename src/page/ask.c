/* ask.c — see ask.h.  What is not there is refused; what is not said gets the business day's. */
#include "page/ask.h"

#include "base/identifier.h"

#define OPTIONS_MOST 400

bool req_entity(const Req *q, Str name, const Entity **ret, GError **error)
{
    *ret = model_entity(care_model(q->care), name);
    return *ret != NULL ? true : fail(error, FAIL_ABSENT, "no such register");
}

bool req_key(const Req *q, Str text, RecordKey *ret, GError **error)
{
    (void)q;
    return key_parse(text, ret) ? true : fail(error, FAIL_ABSENT, "no such record");
}

bool req_named(Req *q, const Entity *e, Str text, RecordKey *ret, GError **error)
{
    g_autoptr(GError) why = NULL;
    ListResult found = {0};
    RecordKey key;
    Str number = text;
    if (key_parse(text, &key)) /* 360302-0ABC…: its number alone says which */
        str_cut(&number, '-');
    if (record_find(q->care, q->session, e, number, ret, &why))
        return true;
    if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT) &&
        !g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (text_holds_citizen_id(text) &&
        !record_search(q->care, q->session, e, text, 2, q->arena, &found, error))
        return false;
    if (found.total != 1)
        return fail(error, FAIL_ABSENT, "no such record in this region");
    *ret = found.rows[0].key;
    return true;
}

Str req_nonce(const Req *q)
{
    uint8_t bytes[16];
    random_bytes(bytes, sizeof bytes);
    g_autofree char *hex = hex_of(bytes, sizeof bytes);
    return arena_str(q->arena, str_of(hex));
}

Month req_month(const Req *q)
{
    Month month = 0;
    if (month_parse(fields_get(&q->query, "month"), &month))
        return month;
    return month_of(care_today(q->care));
}

Date req_day(const Req *q)
{
    Date day = 0;
    if (date_parse(fields_get(&q->query, "on"), &day))
        return day;
    return care_today(q->care);
}

/* ---- places ---- */

int32_t region_coded(const Req *q, Str code)
{
    const RegionTree *t = care_regions(q->care);
    for (size_t i = 0; code.len > 0 && i < t->n; i++)
        if (str_equal(t->code[i], code) && region_in(t, (int32_t)i, q->session->region))
            return (int32_t)i;
    return ROW_NONE;
}

int32_t req_region(const Req *q)
{
    int32_t region = region_coded(q, fields_get(&q->query, "region"));
    return region != ROW_NONE ? region : q->session->region;
}

Str region_name(const Req *q, int32_t region)
{
    const Model *m = care_model(q->care);
    if (region < 0 || (size_t)region >= m->n_regions)
        return STR("");
    const RegionRow *r = &m->regions[region];
    return q->lang == LANG_EN && r->name_en.len > 0 ? r->name_en : r->name;
}

static unsigned depth_below(const RegionTree *t, int32_t region, int32_t top)
{
    unsigned depth = 0;
    for (; region != top && region >= 0 && depth < 9; region = t->parent[region])
        depth++;
    return depth;
}

static void add_region(const Req *q, ViewList *list, int32_t region, unsigned depth,
                       int32_t selected)
{
    static const char *const indents[] = {"", "　", "　　", "　　　"};
    View *option = view_add(list);
    view_text(option, "code", care_regions(q->care)->code[region]);
    view_word(option, "indent", indents[MIN(depth, G_N_ELEMENTS(indents) - 1)]);
    view_text(option, "label", region_name(q, region));
    view_flag(option, "selected", region == selected);
}

void fill_regions(const Req *q, View *v, const char *name, int32_t selected)
{
    const RegionTree *t = care_regions(q->care);
    ViewList *list = view_list(v, name);
    int32_t top = q->session->region;
    if (top < 0 || (size_t)top >= t->n)
        return;
    size_t below = (size_t)(t->last[top] - t->order[top]) + 1;
    unsigned deepest = below > OPTIONS_MOST ? 1 : 9;
    for (int32_t i = t->order[top]; i <= t->last[top]; i++) {
        int32_t region = t->by_order[i];
        unsigned depth = depth_below(t, region, top);
        bool near = selected >= 0 && (t->parent[region] == selected || region == selected);
        if (depth <= deepest || near)
            add_region(q, list, region, depth, selected);
    }
}

bool entity_has_rules(const Model *m, const Entity *e, RuleKind kind)
{
    for (size_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->subject == e && m->rules[i]->kind == kind)
            return true;
    return false;
}

/* ---- choices and pages ---- */

void add_option(ViewList *options, Str value, Str label, Str chosen)
{
    View *o = view_add(options);
    view_text(o, "value", value);
    view_text(o, "label", label);
    view_flag(o, "selected", str_equal(value, chosen));
}

size_t req_page(const Req *q)
{
    Str text = fields_get(&q->query, "page");
    size_t page = 0;
    for (size_t i = 0; i < text.len && i < 7; i++)
        page = g_ascii_isdigit(text.at[i]) ? page * 10 + (size_t)(text.at[i] - '0') : 0;
    return page > 0 ? page - 1 : 0;
}

void fill_paging(const Req *q, View *v, size_t page, size_t page_rows, size_t shown, uint64_t total)
{
    uint64_t pages = (total + page_rows - 1) / page_rows, first = page * page_rows;
    view_text(v, "total", words_count(q, total));
    view_text(v, "first", words_count(q, shown > 0 ? first + 1 : 0));
    view_text(v, "last", words_count(q, first + shown));
    view_text(v, "page_number", words_count(q, page + 1));
    view_text(v, "pages_total", words_count(q, MAX(pages, 1)));
    if (page > 0)
        view_url(
            v, "previous_url",
            query_with(q->arena, &q->query, "page", str_of(arena_printf(q->arena, "%zu", page))));
    if (page + 1 < pages)
        view_url(v, "next_url",
                 query_with(q->arena, &q->query, "page",
                            str_of(arena_printf(q->arena, "%zu", page + 2))));
}
