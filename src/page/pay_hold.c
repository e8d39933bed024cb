/* pay_hold.c — payments that somebody held by hand: all that are open, one more, and the release.
 * Read first: pay_holds_show(). */
#include "page/pay.h"

#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"

static bool fill_hold(Req *q, View *row, const PayHoldRow *h, GError **error)
{
    const Entity *e;
    Str title = STR("");
    const RecordKey key = {h->county, h->subject};
    if (!pay_hold_entity(q->care, h, &e, error))
        return false;
    if (e != NULL) {
        if (!record_title(q->care, q->session, e, key, q->arena, &title, error))
            return false;
        view_url(row, "link_url", record_address(q, e, key, ""));
    }
    view_text(row, "title", title.len > 0 ? title : key_text(q, key));
    view_text(row, "what", say(q, pay_hold_key(h->kind)));
    view_text(row, "reason", h->reason);
    view_text(row, "by", words_actor(q, h->opened_by));
    view_text(row, "at", words_moment(q, h->opened_at));
    view_int(row, "number", h->id);
    if (pay_hold_may_close(q->session, h))
        view_url(row, "release_url",
                 str_of(arena_printf(q->arena, "/pay-holds/%" G_GINT64_FORMAT, h->id)));
    return true;
}

static bool holds_page(Req *q, unsigned status, Str fault, GError **error)
{
    PayHoldRow *all;
    size_t n;
    if (!pay_holds(q->care, q->session, true, q->arena, &all, &n, error))
        return false;
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "pay_holds"));
    view_text(v, "fault", fault);
    ViewList *list = view_list(v, "holds");
    for (size_t i = 0; i < n; i++)
        if (!fill_hold(q, view_add(list), &all[i], error))
            return false;
    ViewList *kinds = view_list(v, "kinds");
    for (PayHold k = HOLD_DEATH; k < HOLD_KINDS; k++) {
        View *row = view_add(kinds);
        view_word(row, "value", pay_hold_word(k));
        view_text(row, "label", say(q, pay_hold_key(k)));
    }
    return page_show(q, VIEW_PAGE_PAY_HOLDS, status, v, error);
}

bool pay_holds_show(Req *q, GError **error)
{
    return holds_page(q, 200, STR(""), error);
}

/* What is wrong stands on the page again. */
static bool holds_again(Req *q, bool done, GError *why, GError **error)
{
    if (done)
        return page_redirect(q, STR("/pay-holds"));
    if (pay_fault_is_systems(why)) {
        g_propagate_error(error, why);
        return false;
    }
    unsigned status = pay_fault_status(why);
    Str fault = why_text(q, why);
    g_error_free(why);
    return holds_page(q, status, fault, error);
}

/* By the number of a record as addresses write it, or by its file number: whichever register is
 * paid from.  A citizen number is taken here alone, in a form: it stands in no address. */
static bool held_find(Req *q, Str text, const Entity **ret, RecordKey *ret_key, GError **error)
{
    PayHoldRow row = {0};
    *ret = NULL;
    if (key_parse(text, ret_key)) {
        row.subject = ret_key->id;
        return pay_hold_entity(q->care, &row, ret, error);
    }
    const Entity *elder = model_entity(care_model(q->care), STR("elder"));
    g_autoptr(GError) why = NULL;
    if (elder == NULL || text.len == 0)
        return true;
    if (req_named(q, elder, text, ret_key, &why))
        *ret = elder;
    else if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return true;
}

bool pay_hold_do(Req *q, GError **error)
{
    GError *why = NULL;
    RecordKey key;
    PayHold kind;
    int64_t id;
    const Entity *e = NULL;
    if (!pay_hold_parse(fields_get(&q->form, "kind"), &kind))
        return holds_page(q, 400, say(q, "pay_hold_key_wrong"), error);
    if (!held_find(q, str_trim(fields_get(&q->form, "key")), &e, &key, error))
        return false;
    if (e == NULL)
        return holds_page(q, 400, say(q, "pay_hold_key_wrong"), error);
    bool done = pay_hold_open(q->care, q->session, e, key, kind,
                              str_trim(fields_get(&q->form, "reason")), q->arena, &id, &why);
    return holds_again(q, done, why, error);
}

bool pay_release_do(Req *q, GError **error)
{
    GError *why = NULL;
    Str text = q->arguments[0];
    int64_t id = 0;
    for (size_t i = 0; i < text.len && i < 18 && g_ascii_isdigit(text.at[i]); i++)
        id = id * 10 + (text.at[i] - '0');
    bool done = pay_hold_close(q->care, q->session, id, str_trim(fields_get(&q->form, "reason")),
                               q->arena, &why);
    return holds_again(q, done, why, error);
}
