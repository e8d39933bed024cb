/* frame.c — see frame.h.  Read first: page_show(), fill_frame(). */
#include "page/frame.h"

#include "base/clock.h"
#include "care/consent.h"
#include "care/ship_state.h"
#include "page/words.h"

/* ---- the frame ---- */

static bool path_below(Str path, const char *top)
{
    size_t n = strlen(top);
    if (n == 1)
        return path.len == 1;
    return str_starts(path, str_of(top)) && (path.len == n || path.at[n] == '/');
}

static void fill_navigation(Req *q, View *v)
{
    static const struct {
        const char *path, *key;
        unsigned may;
        bool more; /* behind 更多: what is not opened every day */
    } entries[] = {
        {"/", KEY("nav_home"), MAY_POLICY_READ, false},
        {"/policies", KEY("nav_policies"), MAY_POLICY_READ, false},
        {"/progress", KEY("nav_progress"), MAY_POLICY_READ, false},
        {"/tasks", KEY("nav_tasks"), MAY_PERSON_READ, false},
        {"/procedures", KEY("nav_procedures"), MAY_PERSON_READ, false},
        {"/duties", KEY("nav_duties"), MAY_POLICY_READ, false},
        {"/alerts", KEY("nav_alerts"), MAY_PERSON_READ, false},
        {"/pay", KEY("nav_pay"), MAY_MONEY_READ, false},
        {"/what-if", KEY("nav_what_if"), MAY_WHAT_IF, false},
        {"/records/elder", KEY("nav_people"), MAY_PERSON_READ, false},
        {"/records", KEY("nav_registers"), MAY_PERSON_READ, false},
        {"/search", KEY("list_words"), MAY_PERSON_READ, true},
        {"/imports", KEY("imports_title"), MAY_IMPORT, true},
        {"/changes", KEY("changes_title"), MAY_APPROVE, true},
        {"/moves", KEY("moves_title"), MAY_PERSON_WRITE, true},
        {"/alike/elder", KEY("alike_title"), MAY_PERSON_WRITE, true},
        {"/scores", KEY("nav_scores"), MAY_PERSON_READ, true},
        {"/papers", KEY("paper_title"), MAY_PERSON_READ, true},
        {"/exchange", KEY("nav_exchange"), MAY_IMPORT | MAY_APPROVE, true},
        {"/draws", KEY("nav_draws"), MAY_PERSON_READ, true},
        {"/ledger", KEY("ledger_title"), MAY_PERSON_READ, true},
        {"/accounts", KEY("nav_accounts"), MAY_ACCOUNT_WRITE, false},
    };
    ViewList *nav = view_list(v, "nav"), *more = view_list(v, "more_nav");
    if (q->session == NULL)
        return;
    const Entity *elder = model_entity(care_model(q->care), STR("elder"));
    bool among_people = path_below(q->path, "/records/elder");
    bool among_more = false;
    bool sees_people = elder == NULL || session_sees(q->session, elder);
    for (size_t i = 0; i < G_N_ELEMENTS(entries); i++) {
        bool people = g_str_has_suffix(entries[i].path, "/elder");
        if (!session_may(q->session, entries[i].may) || (people && !sees_people) ||
            (session_is_kin(q->session) && i > 0))
            continue;
        View *entry = view_add(entries[i].more ? more : nav);
        view_url(entry, "link_url", str_of(entries[i].path));
        view_text(entry, "label", say(q, entries[i].key));
        bool registers = strcmp(entries[i].path, "/records") == 0;
        bool current = path_below(q->path, entries[i].path) && !(registers && among_people);
        view_flag(entry, "current", current);
        among_more = among_more || (current && entries[i].more);
    }
    view_flag(v, "has_more", more->count > 0);
    view_flag(v, "more_current", among_more);
}

/* The same page with one thing changed; a page made by a form is shown again by its address. */
static Str same_page(Req *q, const char *name, const char *value)
{
    static const Fields none = {NULL, 0};
    g_autoptr(GString) to = g_string_new(NULL);
    for (size_t i = 0; i < q->path.len; i++) {
        if (q->path.at[i] == '/')
            g_string_append_c(to, '/');
        else
            address_escape(to, (Str){q->path.at + i, 1});
    }
    if (to->len == 0 || to->str[0] != '/' || (to->len > 1 && to->str[1] == '/'))
        g_string_assign(to, "/");
    Str query = query_with(q->arena, q->post ? &none : &q->query, name, str_of(value));
    g_string_append_len(to, query.at, (gssize)query.len);
    return (Str){arena_dup(q->arena, to->str, to->len), to->len};
}

static void fill_sizes(Req *q, View *v)
{
    static const struct {
        const char *value, *key, *hint, *class;
    } sizes[SIZE_N] = {
        {"s", KEY("size_small"), KEY("size_small_hint"), "size-s"},
        {"m", KEY("size_middle"), KEY("size_middle_hint"), "size-m"},
        {"l", KEY("size_large"), KEY("size_large_hint"), "size-l"},
    };
    view_word(v, "size_class", sizes[q->size].class);
    ViewList *list = view_list(v, "sizes");
    for (size_t i = 0; i < SIZE_N; i++) {
        View *size = view_add(list);
        view_url(size, "link_url", same_page(q, "size", sizes[i].value));
        view_text(size, "label", say(q, sizes[i].key));
        view_text(size, "hint", say(q, sizes[i].hint));
        view_flag(size, "current", q->size == i);
    }
}

static void fill_session(Req *q, View *v)
{
    const Session *s = q->session;
    view_flag(v, "signed", s != NULL);
    if (s == NULL)
        return;
    const Model *m = care_model(q->care);
    view_text(v, "user_name", s->shown);
    view_word(v, "role_label", q->lang == LANG_EN ? s->role->en : s->role->zh);
    view_text(v, "csrf", s->csrf);
    if (s->region >= 0 && (size_t)s->region < m->n_regions) {
        const RegionRow *r = &m->regions[s->region];
        view_text(v, "user_place", q->lang == LANG_EN && r->name_en.len > 0 ? r->name_en : r->name);
    }
}

/* Who keeps the machine hears it on every page: what is not in the second place would be lost with
 * this one. */
static void fill_shipping(Req *q, View *v)
{
    ShipState s;
    if (q->session == NULL || !session_may(q->session, MAY_ACCOUNT_WRITE) ||
        !care_ship_state(q->care, &s) || s.ok)
        return;
    view_flag(v, "ship_failing", true);
    view_text(v, "ship_behind", words_count(q, (uint64_t)s.behind));
}

static void fill_frame(Req *q, View *v)
{
    char day[DATE_TEXT];
    view_word(v, "lang", q->lang == LANG_EN ? "en" : "zh-CN");
    view_flag(v, "zh", q->lang == LANG_ZH);
    view_url(v, "lang_url", same_page(q, "lang", q->lang == LANG_EN ? "zh" : "en"));
    view_flag(v, "demo", care_is_demo(q->care));
    date_format(care_today(q->care), day);
    view_word(v, "today", arena_dup(q->arena, day, strlen(day)));
    fill_sizes(q, v);
    fill_session(q, v);
    fill_shipping(q, v);
    fill_navigation(q, v);
    view_url(v, "style_url", assets_address(q->site->assets, "site.css"));
    view_url(v, "script_url", assets_address(q->site->assets, "app.js"));
    view_url(v, "chart_url", assets_address(q->site->assets, "chart.js"));
    view_url(v, "icon_url", assets_address(q->site->assets, "icon.svg"));
}

/* ---- answers ---- */

void page_headers(HttpRequest *r)
{
    http_answer_header(r, "Content-Security-Policy",
                       STR("default-src 'none'; script-src 'self'; style-src 'self'; "
                           "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
                           "frame-ancestors 'none'; base-uri 'none'"));
    http_answer_header(r, "X-Content-Type-Options", STR("nosniff"));
    http_answer_header(r, "Referrer-Policy", STR("same-origin"));
    http_answer_header(r, "Cross-Origin-Opener-Policy", STR("same-origin"));
}

static void answer(Req *q, unsigned status, const char *type, Str body)
{
    http_answer(q->http, status, type, body);
    page_headers(q->http);
    http_answer_header(q->http, "Cache-Control", STR("no-store"));
}

static void free_text(void *text)
{
    g_string_free(text, TRUE);
}

bool page_show(Req *q, ViewId page, unsigned status, View *v, GError **error)
{
    fill_frame(q, v);
    const char *bad = view_undeclared(v, view_facts[page].names);
    if (bad != NULL)
        return fail(error, FAIL_SYSTEM, "page \"%s\" has no name \"%s\"", view_facts[page].name,
                    bad);
    const char *path = arena_printf(q->arena, "pages/%s", view_facts[page].name);
    const Template *t = templates_find(q->site->templates, path);
    if (t == NULL)
        return fail(error, FAIL_SYSTEM, "there is no template \"%s\"", path);
    GString *to = g_string_sized_new(16 << 10);
    arena_on_free(q->arena, free_text, to);
    template_render(t, v, q->lang, to);
    answer(q, status, "text/html; charset=utf-8", (Str){to->str, to->len});
    return true;
}

bool page_redirect(Req *q, Str address)
{
    g_assert(view_address_local(address));
    answer(q, 303, "text/plain; charset=utf-8", STR(""));
    http_answer_header(q->http, "Location", address);
    return true;
}

bool page_json(Req *q, unsigned status, Str text)
{
    answer(q, status, "application/json; charset=utf-8", text);
    return true;
}

void page_answer(Req *q, const char *type, Str body)
{
    answer(q, 200, type, body);
}

void page_set_cookie(Req *q, const char *name, Str value, int max_age, bool strict)
{
    const char *text =
        arena_printf(q->arena, "%s=%.*s; Path=/; HttpOnly; SameSite=%s%s", name, STR_ARG(value),
                     strict ? "Strict" : "Lax", q->site->secure ? "; Secure" : "");
    if (max_age >= 0)
        text = arena_printf(q->arena, "%s; Max-Age=%d", text, max_age);
    http_answer_header(q->http, "Set-Cookie", str_of(text));
}

/* ---- refusals ---- */

static bool wants_json(const Req *q)
{
    return str_starts(q->path, STR("/api/"));
}

static void refuse_with(Req *q, unsigned status, Str title, Str text)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", title);
    view_int(v, "status", status);
    view_text(v, "what", text);
    view_flag(v, "again", status == 401);
    view_int(v, "number", (int64_t)q->http->number);
    g_autoptr(GError) error = NULL;
    if (!page_show(q, VIEW_PAGE_ERROR, status, v, &error))
        answer(q, 500, "text/plain; charset=utf-8", STR("the error page failed\n"));
}

void page_refuse_as(Req *q, unsigned status, const char *title_key, const char *text_key)
{
    if (wants_json(q)) {
        page_json(q, status,
                  str_of(arena_printf(q->arena, "{\"error\":{\"status\":%u,\"code\":\"%s\"}}\n",
                                      status, title_key)));
        return;
    }
    refuse_with(q, status, say(q, title_key), say(q, text_key));
}

/* What has words for whoever reads a page says more than that something was wrong. */
static bool is_told(const GError *why)
{
    return (g_error_matches(why, FAIL_DOMAIN, FAIL_INPUT) ||
            g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT)) &&
           fail_in_chinese(why) != NULL;
}

void page_refuse(Req *q, const GError *error)
{
    static const struct {
        FailCode code;
        unsigned status;
        const char *title, *text;
    } ways[] = {
        {FAIL_INPUT, 400, KEY("error_input"), KEY("error_input_text")},
        {FAIL_RIGHT, 403, KEY("error_right"), KEY("error_right_text")},
        {FAIL_ABSENT, 404, KEY("error_absent"), KEY("error_absent_text")},
        {FAIL_CONFLICT, 409, KEY("error_conflict"), KEY("error_conflict_text")},
        {FAIL_BUSY, 503, KEY("error_busy"), KEY("error_busy_text")},
    };
    if (is_told(error) && !wants_json(q)) {
        bool conflict = g_error_matches(error, FAIL_DOMAIN, FAIL_CONFLICT);
        refuse_with(q, conflict ? 409 : 400, say(q, "error_told"), why_text(q, error));
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++)
        if (g_error_matches(error, FAIL_DOMAIN, ways[i].code)) {
            page_refuse_as(q, ways[i].status, ways[i].title, ways[i].text);
            return;
        }
    q->http->fault = error != NULL ? arena_printf(q->arena, "%s", error->message) : "no reason";
    page_refuse_as(q, 500, KEY("error_system"), KEY("error_system_text"));
}
