/* search.c — one box for what one remembers: people, homes, whatever has a beginning and an end;
 * and clauses of the documents in force.  In: q, of a form or an address.  Out: the first of each
 * register, with the way to all.  Read first: search_show(). */
#include "base/identifier.h"
#include "format/json.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define ROWS_SHOWN    8
#define CLAUSES_SHOWN 12

static bool is_asked(const Req *q, const Entity *e)
{
    return e->begin != NULL && session_sees(q->session, e);
}

/* All of them: by their address, or by the form again where the words belong in none. */
static void fill_more(Req *q, View *g, const Entity *e, Str words)
{
    g_autoptr(GString) to = g_string_new(NULL);
    if (q->post) {
        view_text(g, "more_name", e->name);
        return;
    }
    g_string_append_printf(to, "/records/%.*s?q=", STR_ARG(e->name));
    address_escape(to, words);
    view_url(g, "more_url", arena_str(q->arena, (Str){to->str, to->len}));
}

static bool fill_register(Req *q, ViewList *groups, const Entity *e, Str words, size_t most,
                          GError **error)
{
    ListResult r;
    if (!record_search(q->care, q->session, e, words, most, q->arena, &r, error))
        return false;
    if (r.total == 0)
        return true;
    View *g = view_add(groups);
    view_text(g, "label", label_of(q, e->label));
    view_text(g, "total", words_count(q, r.total));
    if (r.total > r.n && most == ROWS_SHOWN)
        fill_more(q, g, e, words);
    view_flag(g, "cut", r.total > r.n && most > ROWS_SHOWN);
    fill_heads(q, g, e, NULL);
    ViewList *rows = view_list(g, "rows");
    for (size_t i = 0; i < r.n; i++)
        fill_row(q, view_add(rows), e, &r.rows[i], NULL);
    return true;
}

/* Elders first: most of what is looked for. */
static bool fill_registers(Req *q, ViewList *groups, Str words, GError **error)
{
    const Model *m = care_model(q->care);
    const Entity *elder = model_entity(m, STR("elder")),
                 *all = model_entity(m, fields_get(&q->form, "all"));
    if (all != NULL && is_asked(q, all)) /* of one register, as many as a page holds */
        return fill_register(q, groups, all, words, LIMIT_PAGE_ROWS, error);
    if (elder != NULL && is_asked(q, elder) &&
        !fill_register(q, groups, elder, words, ROWS_SHOWN, error))
        return false;
    for (size_t i = 0; i < m->n_entities; i++)
        if (m->entities[i] != elder && is_asked(q, m->entities[i]) &&
            !fill_register(q, groups, m->entities[i], words, ROWS_SHOWN, error))
            return false;
    return true;
}

static void fill_clauses(Req *q, ViewList *list, Str words)
{
    const Model *m = care_model(q->care);
    for (size_t i = 0; i < m->n_documents; i++)
        for (size_t k = 0; k < m->documents[i]->n_clauses; k++) {
            const Clause *c = m->documents[i]->clauses[k];
            bool fits = str_find(c->title.zh, words) >= 0 || str_find(c->title.en, words) >= 0 ||
                        str_equal(c->number, words);
            if (!fits || list->count == CLAUSES_SHOWN)
                continue;
            View *v = view_add(list);
            view_text(v, "label", clause_label(q, c));
            view_text(v, "document", label_of(q, m->documents[i]->title));
            view_url(v, "link_url", clause_address(q, m->documents[i], c));
        }
}

static bool search_page(Req *q, Str words, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    ViewList *groups = view_list(v, "groups"), *clauses = view_list(v, "clauses");
    GError *why = NULL;
    view_text(v, "page_title", say(q, "list_words"));
    view_text(v, "words", words);
    if (words.len > 0 && fault.len == 0 && !fill_registers(q, groups, words, &why)) {
        if (!g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY) &&
            !g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT)) {
            g_propagate_error(error, why);
            return false;
        }
        fault = say(q, "search_too_many");
        g_error_free(why);
    }
    if (str_utf8_valid(words, NULL) && str_utf8_length(words) >= 2)
        fill_clauses(q, clauses, words);
    view_text(v, "fault", fault);
    view_flag(v, "nothing",
              words.len > 0 && fault.len == 0 && groups->count == 0 && clauses->count == 0);
    return page_show(q, VIEW_PAGE_SEARCH, 200, v, error);
}

static bool is_private(const Req *q, Str words)
{
    const Model *m = care_model(q->care);
    bool is = text_holds_citizen_id(words);
    for (size_t i = 0; !is && i < m->n_entities; i++)
        is = is_asked(q, m->entities[i]) &&
             search_is_private(q->care, q->session, m->entities[i], words);
    return is;
}

/* Addresses stay in histories, logs and proxies: what came by one is not led on. */
bool search_show(Req *q, GError **error)
{
    Str words = str_trim(fields_get(&q->query, "q"));
    if (!is_private(q, words))
        return search_page(q, words, STR(""), error);
    fields_drop(&q->query, "q");
    return search_page(q, STR(""), say(q, "search_not_in_address"), error);
}

/* What may stand in an address is answered under one: one comes back to it without sending the form
 * again. */
bool search_do(Req *q, GError **error)
{
    Str words = str_trim(fields_get(&q->form, "q"));
    if (text_may_be_number(words) || text_holds_citizen_id(words))
        return search_page(q, words, STR(""), error);
    g_autoptr(GString) to = g_string_new("/search?q=");
    address_escape(to, words);
    return page_redirect(q, arena_str(q->arena, (Str){to->str, to->len}));
}

static void put_found(Req *q, JsonWriter *j, const Entity *e, const ListResult *r)
{
    json_put_object(j, NULL);
    json_put_str(j, "entity", e->name);
    json_put_uint(j, "total", r->total);
    json_put_array(j, "records");
    for (size_t i = 0; i < r->n; i++) {
        Str title = STR("");
        json_put_object(j, NULL);
        json_put_str(j, "id", key_text(q, r->rows[i].key));
        if (record_title(q->care, q->session, e, r->rows[i].key, q->arena, &title, NULL))
            json_put_str(j, "title", title);
        json_put_end(j);
    }
    json_put_end(j);
    json_put_end(j);
}

static void free_text(void *text)
{
    g_string_free(text, TRUE);
}

/* ?q=WORDS, perhaps &entity=NAME: as `anlao search --json`. */
bool api_search(Req *q, GError **error)
{
    const Model *m = care_model(q->care);
    Str words = str_trim(fields_get(&q->query, "q")), only = fields_get(&q->query, "entity");
    GString *out = g_string_new(NULL);
    arena_on_free(q->arena, free_text, out);
    JsonWriter j = json_begin(out);
    if (is_private(q, words))
        return fail(error, FAIL_INPUT,
                    "a citizen number or telephone stands in no address: send the form of /search, "
                    "or use \"anlao search\"");
    json_put_object(&j, NULL);
    json_put_array(&j, "found");
    for (size_t i = 0; i < m->n_entities; i++) {
        const Entity *e = m->entities[i];
        ListResult r;
        if (only.len > 0 ? !str_equal(e->name, only) : !is_asked(q, e))
            continue;
        if (!record_search(q->care, q->session, e, words, LIMIT_PAGE_ROWS, q->arena, &r, error))
            return false;
        if (r.total > 0)
            put_found(q, &j, e, &r);
    }
    json_put_end(&j);
    json_put_end(&j);
    json_finish(&j);
    return page_json(q, 200, (Str){out->str, out->len});
}
