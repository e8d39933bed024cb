/* accounts.c — who may sign in, for who keeps the accounts; and everybody's own password.
 * A password that was made is shown once, on the answer itself: it is in no address and no log. */
#include "care/people.h"

#include "base/identifier.h"
#include "page/ask.h"
#include "page/forgery.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/views.h"

/* ---- the list ---- */

static Str role_label(const Req *q, const RoleFacts *role)
{
    if (role == NULL)
        return STR("?");
    return str_of(q->lang == LANG_EN ? role->en : role->zh);
}

bool accounts_show(Req *q, GError **error)
{
    AccountFacts *list;
    size_t n;
    if (!account_list(q->care, q->session, q->arena, &list, &n, error))
        return fail_while(error, "listing accounts");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "nav_accounts"));
    ViewList *rows = view_list(v, "rows");
    for (size_t i = 0; i < n; i++) {
        View *row = view_add(rows);
        g_autoptr(GString) to = g_string_new("/accounts/");
        address_escape(to, list[i].name);
        view_text(row, "name", list[i].name);
        view_text(row, "shown", list[i].shown);
        view_text(row, "role", role_label(q, list[i].role));
        view_text(row, "region",
                  list[i].region != ROW_NONE ? region_name(q, list[i].region)
                                             : list[i].region_code);
        view_flag(row, "closed", list[i].disabled);
        view_url(row, "link_url", arena_str(q->arena, (Str){to->str, to->len}));
    }
    return page_show(q, VIEW_PAGE_ACCOUNTS, 200, v, error);
}

/* ---- one ---- */

static void fill_roles(Req *q, View *v, Str chosen)
{
    ViewList *roles = view_list(v, "roles");
    const RoleFacts *all;
    size_t n = care_roles(q->care, &all);
    for (size_t i = 0; i < n; i++) {
        if (role_ended(q->care, &all[i]) && !str_is(chosen, all[i].word))
            continue;
        View *o = view_add(roles);
        view_word(o, "value", all[i].word);
        view_text(o, "label", role_label(q, &all[i]));
        view_flag(o, "selected", str_is(chosen, all[i].word));
    }
}

typedef struct Shown { /* what stands in the form */
    Str name, shown, role, facility;
    int32_t region;
    bool is_new, closed, own;
    Str fault, made;
    bool done;
} Shown;

static bool show_one(Req *q, const Shown *s, unsigned status, GError **error)
{
    View *v = view_new(q->arena);
    g_autoptr(GString) to = g_string_new("/accounts/");
    address_escape(to, s->is_new ? STR("-new") : s->name);
    view_text(v, "page_title", s->is_new ? say(q, "account_new") : s->name);
    view_url(v, "action_url", arena_str(q->arena, (Str){to->str, to->len}));
    view_flag(v, "is_new", s->is_new);
    view_text(v, "name", s->name);
    view_text(v, "person", s->shown);
    view_text(v, "facility", s->facility);
    view_flag(v, "closed", s->closed);
    view_flag(v, "own", s->own);
    view_flag(v, "done", s->done);
    view_text(v, "made", s->made);
    view_text(v, "fault", s->fault);
    fill_roles(q, v, s->role);
    fill_regions(q, v, "regions", s->region >= 0 ? s->region : q->session->region);
    return page_show(q, VIEW_PAGE_ACCOUNT, status, v, error);
}

static bool shown_of(Req *q, Str name, Shown *ret, GError **error)
{
    AccountFacts f;
    char id[ID_TEXT];
    *ret = (Shown){.is_new = str_is(name, "-new"), .region = ROW_NONE};
    if (ret->is_new)
        return true;
    if (!account_get(q->care, q->session, name, q->arena, &f, error))
        return false;
    ret->name = f.name;
    ret->shown = f.shown;
    ret->role = f.role != NULL ? str_of(f.role->word) : STR("");
    ret->region = f.region;
    ret->closed = f.disabled;
    ret->own = str_equal(f.name, q->session->account);
    if (f.facility != 0)
        ret->facility = str_of(arena_printf(q->arena, "%s", id_format(f.facility, id)));
    return true;
}

bool account_show(Req *q, GError **error)
{
    Shown s;
    return shown_of(q, q->arguments[0], &s, error) && show_one(q, &s, 200, error);
}

static AccountEdit edit_read(Req *q, const Shown *s)
{
    Str doing = fields_get(&q->form, "do");
    AccountEdit e = {.is_new = s->is_new, .name = s->name};
    if (s->is_new)
        e.name = str_trim(fields_get(&q->form, "name"));
    if (str_is(doing, "password")) {
        e.password = PASSWORD_MADE;
        return e;
    }
    if (str_is(doing, "close") || str_is(doing, "open")) {
        e.state = str_is(doing, "close") ? STATE_CLOSED : STATE_OPEN;
        return e;
    }
    e.shown = str_trim(fields_get(&q->form, "person"));
    if (s->own)
        return e;
    e.role = fields_get(&q->form, "role");
    e.region = fields_get(&q->form, "region");
    e.facility = str_trim(fields_get(&q->form, "facility"));
    if (s->is_new)
        e.password = PASSWORD_MADE;
    return e;
}

static unsigned status_of(const GError *error)
{
    return g_error_matches(error, FAIL_DOMAIN, FAIL_CONFLICT) ? 409
           : g_error_matches(error, FAIL_DOMAIN, FAIL_RIGHT)  ? 403
                                                              : 400;
}

bool account_do(Req *q, GError **error)
{
    Shown s;
    Str made;
    GError *why = NULL;
    if (!shown_of(q, q->arguments[0], &s, error))
        return false;
    AccountEdit e = edit_read(q, &s);
    if (account_put(q->care, q->session, &e, q->arena, &made, &why)) {
        if (!shown_of(q, e.name, &s, error))
            return false;
        s.made = made;
        s.done = true;
        return show_one(q, &s, 200, error);
    }
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_SYSTEM)) {
        g_propagate_error(error, why);
        return false;
    }
    unsigned status = status_of(why);
    s.fault = why_text(q, why);
    g_error_free(why);
    if (s.is_new) {
        s.name = e.name;
        s.shown = e.shown;
        s.role = e.role;
        s.facility = e.facility;
    }
    return show_one(q, &s, status, error);
}

/* ---- one's own password ---- */

static bool show_own(Req *q, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "own_password"));
    view_text(v, "fault", fault);
    return page_show(q, VIEW_PAGE_PASSWORD, status, v, error);
}

bool password_show(Req *q, GError **error)
{
    return show_own(q, 200, STR(""), error);
}

static Str own_fault(Req *q, const GError *why)
{
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY))
        return say(q, "sign_in_locked");
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_RIGHT))
        return say(q, "own_password_wrong");
    return say(q, "own_password_short");
}

/* Afterwards one signs in again: with the new password, everywhere. */
bool password_do(Req *q, GError **error)
{
    Str fresh = fields_get(&q->form, "fresh");
    g_autoptr(GError) why = NULL;
    if (!str_equal(fresh, fields_get(&q->form, "again")))
        return show_own(q, 400, say(q, "own_password_differ"), error);
    if (account_own_password(q->care, q->session, q->client, fields_get(&q->form, "old"), fresh,
                             &why)) {
        session_end(q->care, q->token);
        page_redirect(q, STR("/sign-in?changed=1"));
        page_set_cookie(q, session_cookie(q->site), STR(""), 0, true);
        return true;
    }
    if (g_error_matches(why, FAIL_DOMAIN, FAIL_SYSTEM)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    bool busy = g_error_matches(why, FAIL_DOMAIN, FAIL_BUSY);
    return show_own(q, busy ? 429 : 400, own_fault(q, why), error);
}
