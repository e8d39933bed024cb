/* sign.c — saying who one is, and leaving.  Wrong name, wrong password and locked pair look alike
 * but for the number of tries left; nothing is changed by any of them. */
#include "page/forgery.h"
#include "page/frame.h"
#include "page/pages.h"

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

static bool show_form(Req *q, unsigned status, Str account, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "sign_in_title"));
    view_flag(v, "sign_in", true);
    view_text(v, "account", account);
    view_text(v, "fault", fault);
    view_flag(v, "changed", fields_has(&q->query, "changed"));
    view_flag(v, "expired", fields_has(&q->query, "expired"));
    view_text(v, "to", wanted(q));
    view_text(v, "visit", forgery_visit_token(q));
    fill_demo(q, v);
    return page_show(q, VIEW_PAGE_SIGN_IN, status, v, error);
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
