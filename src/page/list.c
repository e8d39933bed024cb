/* list.c — finding records: words, filters, places, pages; the same predicate as everywhere.
 * In: the address.  Out: rows the session may see.  Read first: list_show(), read_query(). */
#include "base/limits.h"
#include "care/consent.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

#define FILTERS_MOST 4u
#define PAGE_ROWS    25u
#define CODES_SHOWN  40u

/* ---- which filters a register has ---- */

static bool can_filter(const Field *f)
{
    Kind k = f->type.kind;
    return (k == KIND_ENUM || k == KIND_SET || k == KIND_BOOL) && !f->secret;
}

/* Of the columns first, then of the other fields. */
static size_t filters_of(const Entity *e, const Field *to[FILTERS_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < e->n_list && n < FILTERS_MOST; i++)
        if (can_filter(e->list[i]))
            to[n++] = e->list[i];
    for (size_t i = 0; i < e->n_fields && n < FILTERS_MOST; i++) {
        bool have = !can_filter(e->fields[i]);
        for (size_t k = 0; k < n; k++)
            have = have || to[k] == e->fields[i];
        if (!have)
            to[n++] = e->fields[i];
    }
    return n;
}

static const char *filter_name(const Req *q, const Field *f)
{
    return arena_printf(q->arena, "f_%.*s", STR_ARG(f->name));
}

static bool read_filter(const Field *f, Str text, ListFilter *ret)
{
    *ret = (ListFilter){.field = f, .unknown = str_is(text, "?")};
    if (text.len == 0)
        return false;
    if (ret->unknown)
        return true;
    if (f->type.kind == KIND_BOOL) {
        ret->number = str_is(text, "yes");
        return str_is(text, "yes") || str_is(text, "no");
    }
    for (size_t i = 0; i < f->type.of->n_codes; i++)
        if (str_equal(f->type.of->codes[i].name, text)) {
            ret->number = f->type.of->codes[i].number;
            return true;
        }
    return false;
}

/* ?by=elder&of=KEY: records that refer to one record. */
static bool read_reference(Req *q, ListQuery *lq)
{
    const Field *f = entity_field(lq->entity, fields_get(&q->query, "by"));
    RecordKey key;
    if (f == NULL || f->type.kind != KIND_REF || !key_parse(fields_get(&q->query, "of"), &key))
        return false;
    lq->filters[lq->n_filters++] = (ListFilter){.field = f, .number = key.id};
    return true;
}

bool list_query_read(Req *q, const Entity *e, ListQuery *lq, GError **error)
{
    const Field *filters[FILTERS_MOST];
    size_t n = filters_of(e, filters);
    Truth outcome = TRUTH_YES;
    *lq = (ListQuery){.entity = e, .region = -1, .page_rows = PAGE_ROWS, .page = req_page(q)};
    lq->words = str_trim(fields_get(&q->query, "q"));
    if (search_is_private(q->care, q->session, e, lq->words))
        return fail(error, FAIL_INPUT, "a citizen number or telephone stands in no address");
    for (size_t i = 0; i < n; i++)
        if (read_filter(filters[i], fields_get(&q->query, filter_name(q, filters[i])),
                        &lq->filters[lq->n_filters]))
            lq->n_filters++;
    read_reference(q, lq);
    if (fields_get(&q->query, "region").len > 0)
        lq->region = req_region(q);
    const Rule *rule = model_rule(care_model(q->care), fields_get(&q->query, "rule"));
    if (rule != NULL && rule->asked == NULL && rule->subject == e &&
        words_outcome_parse(fields_get(&q->query, "outcome"), &outcome)) {
        lq->rule = rule;
        lq->outcome = (uint8_t)outcome;
    }
    lq->month = req_month(q);
    return true;
}

/* ---- what the page shows ---- */

static void fill_filters(Req *q, View *v, const Entity *e)
{
    const Field *filters[FILTERS_MOST];
    size_t n = filters_of(e, filters);
    ViewList *list = view_list(v, "filters");
    for (size_t i = 0; i < n; i++) {
        const Field *f = filters[i];
        Str chosen = fields_get(&q->query, filter_name(q, f));
        View *filter = view_add(list);
        view_word(filter, "name", filter_name(q, f));
        view_text(filter, "label", label_of(q, f->label));
        ViewList *options = view_list(filter, "options");
        add_option(options, STR(""), say(q, "filter_all"), chosen);
        if (f->type.kind == KIND_BOOL) {
            add_option(options, STR("yes"), say(q, "bool_yes"), chosen);
            add_option(options, STR("no"), say(q, "bool_no"), chosen);
        }
        for (size_t k = 0; f->type.of != NULL && k < MIN(f->type.of->n_codes, CODES_SHOWN); k++)
            add_option(options, f->type.of->codes[k].name, label_of(q, f->type.of->codes[k].label),
                       chosen);
        add_option(options, STR("?"), say(q, "absent"), chosen);
    }
}

/* What the form must carry on although no input shows it. */
static void fill_hidden(Req *q, View *v)
{
    static const char *const names[] = {"rule", "outcome", "month", "by", "of"};
    ViewList *list = view_list(v, "hidden");
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        Str value = fields_get(&q->query, names[i]);
        if (value.len == 0)
            continue;
        View *h = view_add(list);
        view_word(h, "name", names[i]);
        view_text(h, "value", value);
    }
}

static void fill_outcome(Req *q, View *v, const ListQuery *lq)
{
    if (lq->rule == NULL)
        return;
    View *o = view_object(v, "outcome");
    Truth t = (Truth)lq->outcome;
    view_text(o, "rule", label_of(q, lq->rule->label));
    view_text(o, "label", words_outcome(q, t));
    view_word(o, "mark", words_mark(t));
    view_word(o, "kind", words_class(t));
    view_text(o, "month", words_month(q, lq->month));
    view_url(o, "remove_url", query_with(q->arena, &q->query, "rule", STR("")));
}

static void fill_rows(Req *q, View *v, const Entity *e, const ListResult *r)
{
    fill_heads(q, v, e, NULL);
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < r->n; i++)
        fill_row(q, view_add(rows), e, &r->rows[i], NULL);
}

/* The whole list as a file, by the same address. */
static void fill_export(Req *q, View *v, const Entity *e, const ListResult *r)
{
    if (!session_may(q->session, MAY_EXPORT) || r->total == 0)
        return;
    view_flag(v, "export_many", r->total > LIMIT_PAGE_EXPORT);
    view_text(v, "export_most", words_count(q, LIMIT_PAGE_EXPORT));
    if (r->total <= LIMIT_PAGE_EXPORT)
        view_url(v, "export_url",
                 str_of(arena_printf(q->arena, "/exports/%.*s%.*s", STR_ARG(e->name),
                                     STR_ARG(query_with(q->arena, &q->query, "page", STR(""))))));
}

/* What is not looked for by an address (search.c) leads to no other one either. */
static bool read_list(Req *q, const Entity *e, ListQuery *lq, Str *ret_fault, GError **error)
{
    *ret_fault = STR("");
    if (list_query_read(q, e, lq, NULL))
        return true;
    *ret_fault = say(q, "search_not_in_address");
    fields_drop(&q->query, "q");
    return list_query_read(q, e, lq, error);
}

static void fill_ways(Req *q, View *v, const Entity *e, Str address)
{
    view_url(v, "clear_url", address);
    view_flag(v, "filtered", q->query.n > 0);
    view_flag(v, "has_registers", !session_is_kin(q->session));
    if (session_may(q->session, MAY_PERSON_WRITE) && e->begin != NULL && e->place != NULL)
        view_url(v, "alike_url", str_of(arena_printf(q->arena, "/alike/%.*s", STR_ARG(e->name))));
    if (session_writes(q->session, e))
        view_url(v, "new_url", str_of(arena_printf(q->arena, "%.*s/new", STR_ARG(address))));
}

static Str list_address(const Req *q, const Entity *e)
{
    return str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(e->name)));
}

/* Numbers are looked for so many times a day; more is said, and nothing listed. */
static bool list_rows(Req *q, const ListQuery *lq, ListResult *ret, Str *fault, GError **error)
{
    g_autoptr(GError) why = NULL;
    if (record_list(q->care, q->session, lq, q->arena, ret, &why))
        return true;
    if (!q->post || !g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *ret = (ListResult){0};
    *fault = say(q, "search_too_many");
    return true;
}

static bool list_page(Req *q, const ListQuery *lq, Str fault, GError **error)
{
    const Entity *e = lq->entity;
    ListResult result;
    if (!list_rows(q, lq, &result, &fault, error))
        return fail_while(error, "listing records");
    View *v = view_new(q->arena);
    view_text(v, "page_title", label_of(q, e->label));
    view_text(v, "entity_label", label_of(q, e->label));
    view_text(v, "entity", e->name);
    view_text(v, "words", lq->words);
    view_text(v, "fault", fault);
    view_flag(v, "numbers", search_has_number(e));
    fill_ways(q, v, e, list_address(q, e));
    fill_regions(q, v, "regions", lq->region >= 0 ? lq->region : q->session->region);
    fill_filters(q, v, e);
    fill_hidden(q, v);
    fill_outcome(q, v, lq);
    view_text(v, "all", words_count(q, result.all));
    fill_paging(q, v, lq->page, lq->page_rows, result.n,
                q->post ? MIN(result.total, lq->page_rows) : result.total);
    view_flag(v, "cut", q->post && result.total > lq->page_rows);
    fill_rows(q, v, e, &result);
    if (!q->post)
        fill_export(q, v, e, &result);
    return page_show(q, VIEW_PAGE_LIST, 200, v, error);
}

bool list_show(Req *q, GError **error)
{
    const Entity *e = NULL;
    ListQuery lq;
    Str fault;
    return req_entity(q, q->arguments[0], &e, error) && read_list(q, e, &lq, &fault, error) &&
           list_page(q, &lq, fault, error);
}

/* What the form holds is the query of the list, but for its token and, here, the words. */
static void query_of_form(Req *q)
{
    q->query = q->form;
    fields_drop(&q->query, "csrf");
}

/* The form of the list without script.  Words that belong in no address are answered here, all on
 * one page, with no link that would carry them; others under their address, as the script does. */
bool list_do(Req *q, GError **error)
{
    const Entity *e = NULL;
    ListQuery lq;
    Str words = str_trim(fields_get(&q->form, "q"));
    if (!req_entity(q, q->arguments[0], &e, error))
        return false;
    query_of_form(q);
    Str region = fields_get(&q->query, "region");
    if (region.len > 0 && region_coded(q, region) == ROW_NONE)
        return fail(error, FAIL_ABSENT, "no such region");
    if (!search_is_private(q->care, q->session, e, words))
        return page_redirect(
            q, str_of(arena_printf(q->arena, "%.*s%.*s", STR_ARG(list_address(q, e)),
                                   STR_ARG(query_with(q->arena, &q->query, "page", STR(""))))));
    fields_drop(&q->query, "q");
    if (!list_query_read(q, e, &lq, error))
        return false;
    lq.words = words;
    lq.page = 0;
    lq.page_rows = LIMIT_PAGE_ROWS;
    return list_page(q, &lq, STR(""), error);
}

/* ---- all registers */

static void add_register(Req *q, ViewList *list, const EntityCount *c)
{
    View *e = view_add(list);
    view_text(e, "label", label_of(q, c->entity->label));
    view_text(e, "name", c->entity->name);
    view_text(e, "count", words_count(q, c->records));
    view_url(e, "link_url",
             str_of(arena_printf(q->arena, "/records/%.*s", STR_ARG(c->entity->name))));
}

/* The registers that one document declares, under its title: a flat list of a hundred and more
 * finds nobody anything. */
static void add_group(Req *q, ViewList *groups, const Document *d, const EntityCount *counts,
                      size_t n)
{
    View *group = view_add(groups);
    ViewList *list = view_list(group, "registers_count");
    if (d != NULL)
        view_text(group, "title", label_of(q, d->title));
    for (size_t i = 0; i < n; i++)
        if (counts[i].entity->home.document == d)
            add_register(q, list, &counts[i]);
}

bool records_show(Req *q, GError **error)
{
    EntityCount *counts = NULL;
    size_t n = 0;
    if (!care_counts(q->care, q->session, q->arena, &counts, &n, error))
        return fail_while(error, "counting records");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_registers"));
    ViewList *groups = view_list(v, "groups");
    for (size_t i = 0; i < n; i++) {
        const Document *d = counts[i].entity->home.document;
        size_t before = 0;
        while (before < i && counts[before].entity->home.document != d)
            before++;
        if (before == i) /* the first register of its document */
            add_group(q, groups, d, counts, n);
    }
    return page_show(q, VIEW_PAGE_RECORDS, 200, v, error);
}
