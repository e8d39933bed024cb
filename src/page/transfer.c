/* transfer.c — what is moved on a declared account by a person's decision: entered with its reason,
 * held, and confirmed or refused by another person.  Who may, and what is written, is
 * care/ledger.h's, as for `anlao ledger`.  Read first: transfer_show(), transfers_show(). */
#include "base/identifier.h"
#include "base/limits.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/ledger.h"
#include "page/pages.h"

#define ROWS_SHOWN 25u

typedef struct Form {
    const Account *account;
    Str from, to, amount, reason, request;
} Form;

/* ---- asked for --------------------------------------------------------------------------------
 */

static bool read_form(Req *q, Form *f, GError **error)
{
    const Fields *given = q->post ? &q->form : &q->query;
    f->account = ledger_account_called(care_model(q->care), q->arguments[0]);
    if (f->account == NULL || f->account->holder == NULL)
        return fail(error, FAIL_ABSENT, "no account that somebody holds");
    if (!ledger_may_move(q->session, f->account))
        return fail(error, FAIL_RIGHT, "this post moves nothing on the account");
    f->from = str_trim(fields_get(given, "from"));
    f->to = str_trim(fields_get(given, "to"));
    f->request = q->post ? fields_get(given, "request") : req_nonce(q);
    if (!q->post)
        return true;
    f->amount = str_trim(fields_get(given, "amount"));
    f->reason = str_trim(fields_get(given, "reason"));
    return true;
}

/* An address names holders by their keys; other words stay in the form they were typed into. */
static void fill_side(Req *q, View *v, const Form *f, Str text, const char *name, const char *title)
{
    Str called;
    RecordKey key;
    bool is_key = key_parse(text, &key);
    if (q->post || is_key)
        view_text(v, name, text);
    if (is_key &&
        record_title(q->care, q->session, f->account->holder, key, q->arena, &called, NULL))
        view_text(v, title, called);
}

static const char *const unit_keys[] = {[ACCOUNT_YUAN] = KEY("transfer_in_yuan"),
                                        [ACCOUNT_HOURS] = KEY("transfer_in_hours"),
                                        [ACCOUNT_NIGHTS] = KEY("transfer_in_nights")};

static bool form_page(Req *q, const Form *f, unsigned status, Str fault, GError **error)
{
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "transfer_title"));
    view_text(v, "label", label_of(q, f->account->label));
    view_text(v, "holder_label", label_of(q, f->account->holder->label));
    view_text(v, "unit", say(q, unit_keys[f->account->unit]));
    view_text(v, "fault", fault);
    view_text(v, "amount", f->amount);
    view_text(v, "reason", f->reason);
    view_text(v, "request", f->request);
    view_url(v, "action_url", transfer_address(q, f->account));
    fill_account_clause(q, v, f->account);
    fill_side(q, v, f, f->from, "from", "from_title");
    fill_side(q, v, f, f->to, "to", "to_title");
    return page_show(q, VIEW_PAGE_TRANSFER, status, v, error);
}

bool transfer_show(Req *q, GError **error)
{
    Form f = {0};
    return read_form(q, &f, error) && form_page(q, &f, 200, STR(""), error);
}

/* The same form sent twice moves once; filled in otherwise it is another transfer. */
static bool once_key(const Form *f, LedgerHand *h)
{
    uint8_t digest[SM3_SIZE];
    struct {
        uint8_t request[16];
        int64_t from, to, amount;
    } of = {.from = h->from.id, .to = h->to.id, .amount = h->amount};
    if (!hex_parse(f->request, of.request, sizeof of.request))
        return false;
    sm3(&of, sizeof of, digest);
    memcpy(h->key, digest, sizeof h->key);
    return true;
}

/* The outside, where nobody is named. */
static bool side_find(Req *q, const Form *f, Str text, RecordKey *ret, Str *fault, GError **error)
{
    g_autoptr(GError) why = NULL;
    *ret = (RecordKey){0};
    if (text.len == 0 || req_named(q, f->account->holder, text, ret, &why))
        return true;
    if (!g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    *fault = say_name(q, "transfer_no_holder", text);
    return true;
}

bool transfer_do(Req *q, GError **error)
{
    Form f = {0};
    Str fault = STR("");
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    if (!read_form(q, &f, error))
        return false;
    LedgerHand h = {.account = f.account, .reason = f.reason};
    if (!side_find(q, &f, f.from, &h.from, &fault, error) ||
        (fault.len == 0 && !side_find(q, &f, f.to, &h.to, &fault, error)))
        return false;
    if (fault.len == 0 && !ledger_amount_read(f.account, f.amount, &h.amount))
        fault = say(q, "transfer_no_amount");
    if (fault.len > 0)
        return form_page(q, &f, 422, fault, error);
    if (!once_key(&f, &h))
        return fail(error, FAIL_INPUT, "the form lost its number");
    if (ledger_hand(q->care, q->session, &h, &said, &why))
        return page_redirect(q, STR("/ledger/waiting?asked=1"));
    if (said.zh != NULL)
        return form_page(q, &f, 422, said_text(q, said), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

/* ---- the second person ------------------------------------------------------------------------
 */

static bool fill_party(Req *q, View *v, const LedgerWaiting *x, const LedgerSide *side,
                       const char *name, const char *address, GError **error)
{
    Str title = label_of(q, side->label);
    if (side->key.id != 0) {
        if (!record_title(q->care, q->session, x->account->holder, side->key, q->arena, &title,
                          error))
            return false;
        view_url(v, address, account_address(q, x->account->holder, side->key, x->account, ""));
    }
    view_text(v, name, title);
    return true;
}

static bool fill_row_waiting(Req *q, View *v, const LedgerWaiting *x, GError **error)
{
    char number[ID_TEXT];
    Str id = arena_str(q->arena, str_of(id_format(x->id, number)));
    view_text(v, "label", label_of(q, x->account->label));
    view_text(v, "amount", account_amount(q, x->account, x->amount));
    view_text(v, "place", region_name(q, ledger_place(q->care, x->county)));
    view_text(v, "by", words_actor(q, x->actor));
    view_text(v, "at", words_moment(q, x->at));
    view_text(v, "reason", x->reason);
    view_text(v, "number", id);
    view_flag(v, "mine", x->mine);
    view_flag(v, "may", !x->mine && session_may(q->session, MAY_APPROVE));
    view_url(v, "action_url", str_of(arena_printf(q->arena, "/ledger/waiting/%.*s", STR_ARG(id))));
    fill_account_clause(q, v, x->account);
    return fill_party(q, v, x, &x->from, "from", "from_url", error) &&
           fill_party(q, v, x, &x->to, "to", "to_url", error);
}

static bool waiting_page(Req *q, unsigned status, Str fault, GError **error)
{
    LedgerWaiting *all;
    size_t n;
    bool more;
    const size_t page = req_page(q), from = page * ROWS_SHOWN;
    if (!ledger_waiting(q->care, q->session, q->arena, &all, &n, &more, error))
        return fail_while(error, "listing transfers that wait");
    View *v = view_new(q->arena);
    view_text(v, "page_title", say(q, "transfers_title"));
    view_text(v, "fault", fault);
    view_flag(v, "asked", fields_has(&q->query, "asked"));
    view_flag(v, "done", fields_has(&q->query, "done"));
    view_flag(v, "more", more);
    ViewList *rows = view_list(v, "rows");
    for (size_t i = from; i < n && i < from + ROWS_SHOWN; i++)
        if (!fill_row_waiting(q, view_add(rows), &all[i], error))
            return fail_while(error, "listing transfers that wait");
    fill_paging(q, v, page, ROWS_SHOWN, rows->count, n);
    return page_show(q, VIEW_PAGE_TRANSFERS, status, v, error);
}

bool transfers_show(Req *q, GError **error)
{
    return waiting_page(q, 200, STR(""), error);
}

bool transfer_decide(Req *q, GError **error)
{
    static const char *const verdicts[] = {
        [LEDGER_CONFIRM] = "confirm", [LEDGER_REFUSE] = "refuse", [LEDGER_TAKE_BACK] = "back"};
    Str what = fields_get(&q->form, "what"), reason = str_trim(fields_get(&q->form, "reason"));
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    int64_t id;
    if (!id_parse(q->arguments[0], &id))
        return fail(error, FAIL_ABSENT, "no such transfer");
    for (size_t i = 0; i < G_N_ELEMENTS(verdicts); i++) {
        if (!str_is(what, verdicts[i]))
            continue;
        if (ledger_decide(q->care, q->session, id, (LedgerVerdict)i, reason, &said, &why))
            return page_redirect(q, STR("/ledger/waiting?done=1"));
        if (said.zh != NULL)
            return waiting_page(q, 422, said_text(q, said), error);
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    return fail(error, FAIL_INPUT, "say whether it is confirmed, refused or taken back");
}
