/* sign.c — saying who one is, and leaving.  Wrong name, wrong password and locked pair look alike
 * but for the number of tries left; nothing is changed by any of them. */
#include "page/sign.h"
#include "page/forgery.h"
#include "page/frame.h"
#include "page/pages.h"

#define KEPT "kept_" /* before the names of a form that waits for its writer */

/* Where to go afterwards: an address of this site, or the first page. */
static Str wanted(const Req *q)
{
    Str to = fields_get(q->post ? &q->form : &q->query, "to");
    bool good =
        to.len > 0 && to.at[0] == '/' && view_address_local(to) && !str_starts(to, STR("/sign-"));
    return good ? to : STR("/");
}

static void fill_demo(Req *q, View *v)
{
    const DemoAccount *accounts = NULL;
    size_t n = care_is_demo(q->care) ? care_demo_accounts(q->care, q->arena, &accounts) : 0;
    ViewList *list = view_list(v, "accounts");
    for (size_t i = 0; i < n; i++) {
        const RoleFacts *role = accounts[i].role;
        View *a = view_add(list);
        view_text(a, "name", accounts[i].name);
        view_text(a, "password", accounts[i].password);
        view_word(a, "role", q->lang == LANG_EN ? role->en : role->zh);
    }
}

/* Of a form that was sent without a session every field but its token; of the sign-in form those
 * that wait.  Named as the sign-in form names them, or as their own form does. */
static void fill_kept(Req *q, View *v, bool own_names)
{
    ViewList *list = view_list(v, "kept");
    bool waits = str_is(q->path, "/sign-in");
    for (size_t i = 0; i < q->form.n; i++) {
        Str name = q->form.pairs[i].name;
        if (waits ? !str_starts(name, STR(KEPT)) : str_is(name, "csrf"))
            continue;
        Str bare = waits ? (Str){name.at + strlen(KEPT), name.len - strlen(KEPT)} : name;
        View *row = view_add(list);
        view_text(row, "name",
                  own_names ? bare : str_of(arena_printf(q->arena, KEPT "%.*s", STR_ARG(bare))));
        view_text(row, "value", q->form.pairs[i].value);
    }
}

static bool is_kept(const Req *q)
{
    for (size_t i = 0; i < q->form.n; i++)
        if (str_starts(q->form.pairs[i].name, STR(KEPT)))
            return true;
    return false;
}

static bool show_form(Req *q, unsigned status, Str account, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "sign_in_title"));
    view_flag(v, "sign_in", true);
    view_text(v, "account", account);
    view_text(v, "fault", fault);
    view_flag(v, "changed", fields_has(&q->query, "changed"));
    view_flag(v, "expired", fields_has(&q->query, "expired"));
    view_text(v, "to", str_is(q->path, "/sign-in") ? wanted(q) : q->path);
    view_text(v, "visit", forgery_visit_token(q));
    view_flag(v, "keeps", !str_is(q->path, "/sign-in") || is_kept(q));
    if (q->post)
        fill_kept(q, v, false);
    fill_demo(q, v);
    return page_show(q, VIEW_PAGE_SIGN_IN, status, v, error);
}

/* Signed in again: the form that waited, to be sent on under the new session. */
static bool show_kept(Req *q, const char *token, GError **error)
{
    View *v = view_new(q->arena);
    q->session = session_find(q->care, str_of(token), q->arena);
    view_text(v, "page_title", say(q, "kept_title"));
    view_url(v, "action_url", wanted(q));
    fill_kept(q, v, true);
    return page_show(q, VIEW_PAGE_KEPT, 200, v, error);
}

bool sign_in_keep(Req *q)
{
    g_autoptr(GError) error = NULL;
    Str type = http_header(q->http, "Content-Type");
    if (!str_is(str_trim(str_cut(&type, ';')), "application/x-www-form-urlencoded") ||
        !forgery_origin_ours(q) || str_is(q->path, "/password") || str_is(q->path, "/sign-out") ||
        !view_address_local(q->path))
        return false;
    return fields_parse(q->arena, q->http->body, &q->form, &error) &&
           show_form(q, 401, STR(""), STR(""), &error);
}

bool sign_in_show(Req *q, GError **error)
{
    if (q->session != NULL)
        return page_redirect(q, wanted(q));
    return show_form(q, 200, STR(""), STR(""), error);
}

bool sign_in_do(Req *q, GError **error)
{
    Str account = str_trim(fields_get(&q->form, "account"));
    Str password = fields_get(&q->form, "password");
    char token[TOKEN_TEXT];
    int left = -1;
    g_autoptr(GError) refused = NULL;
    if (session_sign_in(q->care, account, password, q->client, token, &left, &refused)) {
        if (q->token.len > 0)
            session_end(q->care, q->token);
        if (is_kept(q) && !show_kept(q, token, error))
            return false;
        if (!is_kept(q))
            page_redirect(q, wanted(q));
        page_set_cookie(q, session_cookie(q->site), str_of(token), -1, true);
        return true;
    }
    if (g_error_matches(refused, FAIL_DOMAIN, FAIL_BUSY))
        return show_form(q, 429, account, say(q, "sign_in_locked"), error);
    if (!g_error_matches(refused, FAIL_DOMAIN, FAIL_RIGHT)) {
        g_propagate_error(error, g_steal_pointer(&refused));
        return false;
    }
    Str fault = left >= 0 ? say_number(q, "sign_in_wrong_left", left) : say(q, "sign_in_wrong");
    return show_form(q, 403, account, fault, error);
}

bool sign_out_do(Req *q, GError **error)
{
    (void)error;
    session_end(q->care, q->token);
    page_redirect(q, STR("/sign-in"));
    page_set_cookie(q, session_cookie(q->site), STR(""), 0, true);
    return true;
}
