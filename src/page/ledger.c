/* ledger.c — declared accounts: boxes in a record's file, one account's statement and its file,
 * what is in the accounts of the region.  Not here: what is moved by hand (transfer.c).  Read
 * first: fill_accounts(), statement_show(), ledger_show(). */
#include "page/ledger.h"

#include "base/identifier.h"
#include "base/limits.h"
#include "care/consent.h"
#include "format/json.h"
#include "page/cells.h"
#include "page/frame.h"
#include "page/pages.h"
#include "page/policy.h"

#define LAST_MOVES      3u /* in a box */
#define STATEMENT_SHOWN LIMIT_PAGE_ROWS
#define STATEMENT_FILE  LIMIT_PAGE_EXPORT

Str account_amount(const Req *q, const Account *x, int64_t n)
{
    return ledger_amount_text(x, n, q->lang == LANG_EN, q->arena);
}

Str account_address(const Req *q, const Entity *e, RecordKey key, const Account *x,
                    const char *behind)
{
    return record_address(q, e, key,
                          arena_printf(q->arena, "/accounts/%.*s%s", STR_ARG(x->name), behind));
}

Str transfer_address(const Req *q, const Account *x)
{
    return str_of(arena_printf(q->arena, "/ledger/%.*s/transfer", STR_ARG(x->name)));
}

void fill_account_clause(const Req *q, View *v, const Account *x)
{
    Str document = label_of(q, x->home.document->title);
    Str clause = x->home.clause != NULL ? x->home.clause->number : STR("");
    view_word(v, "clause_label",
              arena_printf(q->arena, "%.*s %.*s", STR_ARG(document), STR_ARG(clause)));
    view_url(v, "clause_url", clause_address(q, x->home.document, x->home.clause));
}

static void fill_box(const Req *q, View *v, const LedgerBox *b)
{
    view_text(v, "label", label_of(q, b->account->label));
    view_text(v, "balance", account_amount(q, b->account, b->posted));
    if (b->held != 0)
        view_text(v, "held", account_amount(q, b->account, b->held));
    if (b->has_low)
        view_text(v, "low", account_amount(q, b->account, b->low));
    if (b->has_high)
        view_text(v, "high", account_amount(q, b->account, b->high));
    if (b->account->purpose != NULL)
        view_text(v, "purpose", label_of(q, b->account->purpose->label));
    view_flag(v, "outside", b->outside);
    fill_account_clause(q, v, b->account);
}

static void fill_move(const Req *q, View *v, const Account *x, const LedgerEntry *l)
{
    view_text(v, "at", words_moment(q, l->at));
    view_text(v, "state", label_of(q, ledger_state_label(l->state)));
    view_text(v, "other", label_of(q, l->other));
    if (l->event != NULL && session_sees(q->session, l->event)) {
        view_text(v, "event", label_of(q, l->event->label));
        view_url(v, "event_url", record_address(q, l->event, l->record, ""));
    }
    view_text(v, l->into ? "into" : "out", account_amount(q, x, l->amount));
    view_text(v, "balance", account_amount(q, x, l->balance));
    view_text(v, "actor", words_actor(q, l->actor));
    view_text(v, "reason", l->reason);
}

bool fill_accounts(Req *q, View *v, const Entity *e, RecordKey key, GError **error)
{
    LedgerBox *boxes;
    size_t n;
    ViewList *list = view_list(v, "accounts");
    if (!ledger_of_record(q->care, q->session, e, key, q->arena, &boxes, &n, error))
        return fail_while(error, "its accounts");
    for (size_t i = 0; i < n; i++) {
        LedgerStatement t;
        View *box = view_add(list);
        if (!ledger_last(q->care, q->session, e, key, boxes[i].account, LAST_MOVES, q->arena, &t,
                         error))
            return fail_while(error, "its accounts");
        fill_box(q, box, &boxes[i]);
        if (!session_is_kin(q->session))
            view_url(box, "statement_url", account_address(q, e, key, boxes[i].account, ""));
        ViewList *moves = view_list(box, "moves");
        for (size_t k = 0; k < t.n; k++)
            fill_move(q, view_add(moves), boxes[i].account, &t.list[k]);
    }
    return true;
}

/* ---- one account ------------------------------------------------------------------------------
 */

static bool asked(Req *q, size_t most, const Entity **e, RecordKey *key, LedgerStatement *ret,
                  GError **error)
{
    const Account *x = ledger_account_called(care_model(q->care), q->arguments[2]);
    if (x == NULL)
        return fail(error, FAIL_ABSENT, "there is no account \"%.*s\"", STR_ARG(q->arguments[2]));
    return req_entity(q, q->arguments[0], e, error) && req_key(q, q->arguments[1], key, error) &&
           ledger_statement(q->care, q->session, *e, *key, x, most, q->arena, ret, error);
}

/* What may be asked for here: moved to the holder or away, and this line back again. */
static void fill_hand(const Req *q, View *v, const Account *x, RecordKey key)
{
    if (!ledger_may_move(q->session, x))
        return;
    Str form = transfer_address(q, x), holder = key_text(q, key);
    view_url(v, "into_url",
             str_of(arena_printf(q->arena, "%.*s?to=%.*s", STR_ARG(form), STR_ARG(holder))));
    view_url(v, "out_url",
             str_of(arena_printf(q->arena, "%.*s?from=%.*s", STR_ARG(form), STR_ARG(holder))));
}

static bool fill_back(Req *q, View *v, const Account *x, const LedgerEntry *l, Str address,
                      GError **error)
{
    char number[ID_TEXT];
    bool may = ledger_may_move(q->session, x) && l->event == NULL;
    if (may && !ledger_reversible(q->care, l, &may, error))
        return false;
    if (!may)
        return true;
    view_text(v, "number", arena_str(q->arena, str_of(id_format(l->id, number))));
    view_url(v, "back_url", address);
    return true;
}

static bool statement_page(Req *q, unsigned status, Str fault, GError **error)
{
    const Entity *e;
    RecordKey key;
    LedgerStatement t;
    Str title;
    if (!asked(q, STATEMENT_SHOWN, &e, &key, &t, error) ||
        !record_title(q->care, q->session, e, key, q->arena, &title, error))
        return fail_while(error, "showing the statement of an account");
    View *v = view_new(q->arena);
    view_text(v, "page_title", label_of(q, t.box.account->label));
    view_text(v, "title", title);
    view_text(v, "entity_label", label_of(q, e->label));
    view_url(v, "back_url", record_address(q, e, key, ""));
    view_url(v, "file_url", account_address(q, e, key, t.box.account, "/csv"));
    view_text(v, "fault", fault);
    fill_box(q, v, &t.box);
    fill_hand(q, v, t.box.account, key);
    view_flag(v, "more", t.more);
    ViewList *list = view_list(v, "moves");
    Str own = account_address(q, e, key, t.box.account, "");
    for (size_t i = 0; i < t.n; i++) {
        View *line = view_add(list);
        fill_move(q, line, t.box.account, &t.list[i]);
        if (!fill_back(q, line, t.box.account, &t.list[i], own, error))
            return fail_while(error, "showing the statement of an account");
    }
    return page_show(q, VIEW_PAGE_STATEMENT, status, v, error);
}

bool statement_show(Req *q, GError **error)
{
    return statement_page(q, 200, STR(""), error);
}

bool statement_back(Req *q, GError **error)
{
    const Entity *e;
    const Account *x = ledger_account_called(care_model(q->care), q->arguments[2]);
    RecordKey key;
    Said said = {NULL, NULL};
    g_autoptr(GError) why = NULL;
    int64_t id;
    if (x == NULL || !id_parse(fields_get(&q->form, "transfer"), &id))
        return fail(error, FAIL_ABSENT, "no such transfer");
    if (!req_entity(q, q->arguments[0], &e, error) || !req_key(q, q->arguments[1], &key, error))
        return false;
    if (ledger_reverse(q->care, q->session, e, key, x, id, str_trim(fields_get(&q->form, "reason")),
                       &said, &why))
        return page_redirect(q, STR("/ledger/waiting?asked=1"));
    if (said.zh != NULL)
        return statement_page(q, 422, said_text(q, said), error);
    g_propagate_error(error, g_steal_pointer(&why));
    return false;
}

bool statement_file(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    LedgerStatement t;
    g_autoptr(GString) out = g_string_new(NULL);
    char day[DATE_TEXT];
    if (!asked(q, STATEMENT_FILE, &e, &key, &t, error) ||
        !ledger_statement_csv(q->care, q->session, e, key, &t, q->lang == LANG_EN, q->arena, out,
                              error))
        return fail_while(error, "saving the statement of an account");
    page_answer(q, "text/csv; charset=utf-8", arena_str(q->arena, (Str){out->str, out->len}));
    http_answer_header(
        q->http, "Content-Disposition",
        str_of(arena_printf(q->arena, "attachment; filename=\"%.*s-%s.csv\"",
                            STR_ARG(t.box.account->name), date_format(care_today(q->care), day))));
    return true;
}

/* ---- a region ---------------------------------------------------------------------------------
 */

static bool fill_balance(Req *q, View *v, const LedgerBalance *b, GError **error)
{
    const Account *x = b->account;
    Str title = label_of(q, b->other);
    if (b->key.id != 0) {
        if (!record_title(q->care, q->session, x->holder, b->key, q->arena, &title, error))
            return false;
        view_url(v, "link_url", account_address(q, x->holder, b->key, x, ""));
    }
    view_text(v, "title", title);
    view_text(v, "place", region_name(q, ledger_place(q->care, b->county)));
    view_text(v, "balance", account_amount(q, x, b->posted));
    if (b->held != 0)
        view_text(v, "held", account_amount(q, x, b->held));
    view_flag(v, "outside", b->outside);
    if (b->has_low)
        view_text(v, "low", account_amount(q, x, b->low));
    if (b->has_high)
        view_text(v, "high", account_amount(q, x, b->high));
    return true;
}

/* `sum`: of everybody's, however many of them are listed. */
static bool fill_account(Req *q, View *v, const Account *x, const LedgerBalance *all, size_t n,
                         const LedgerSum *sum, GError **error)
{
    ViewList *holders = view_list(v, "holders"), *others = view_list(v, "others");
    size_t count = 0;
    view_text(v, "label", label_of(q, x->label));
    fill_account_clause(q, v, x);
    if (ledger_may_move(q->session, x))
        view_url(v, "move_url", transfer_address(q, x));
    for (size_t i = 0; i < n; i++) {
        bool holder = all[i].key.id != 0 || x->holder == NULL;
        if (all[i].account != x)
            continue;
        count += holder;
        if (holder && count > LIMIT_PAGE_ROWS)
            continue;
        if (!fill_balance(q, view_add(holder ? holders : others), &all[i], error))
            return false;
    }
    view_text(v, "sum", account_amount(q, x, sum->posted));
    view_text(v, "count", words_count(q, sum->holders));
    view_flag(v, "more", sum->holders > LIMIT_PAGE_ROWS);
    return true;
}

bool ledger_show(Req *q, GError **error)
{
    const Model *m = care_model(q->care);
    LedgerSum *sums = arena_many(q->arena, LedgerSum, m->n_accounts + 1);
    LedgerBalance *all;
    LedgerWaiting *waiting;
    size_t n, n_waiting;
    bool more;
    if (!ledger_balances(q->care, q->session, NULL, q->arena, &all, &n, sums, error) ||
        !ledger_waiting(q->care, q->session, q->arena, &waiting, &n_waiting, &more, error))
        return fail_while(error, "showing the accounts of a region");
    View *v = view_new(q->arena);
    view_text(v, "waiting", words_count(q, n_waiting));
    view_text(v, "page_title", say(q, "ledger_title"));
    ViewList *list = view_list(v, "ledgers");
    for (size_t i = 0; i < m->n_accounts; i++) {
        if (!ledger_sees(q->session, m->accounts[i]))
            continue;
        if (!fill_account(q, view_add(list), m->accounts[i], all, n, &sums[i], error))
            return fail_while(error, "showing the accounts of a region");
    }
    return page_show(q, VIEW_PAGE_LEDGER, 200, v, error);
}

/* ---- by program -------------------------------------------------------------------------------
 */

bool api_ledger(Req *q, GError **error)
{
    LedgerBalance *all;
    size_t n;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!ledger_balances(q->care, q->session, NULL, q->arena, &all, &n, NULL, error))
        return false;
    ledger_balances_json(all, n, out);
    page_answer(q, "application/json; charset=utf-8",
                arena_str(q->arena, (Str){out->str, out->len}));
    return true;
}

bool api_statement(Req *q, GError **error)
{
    const Entity *e;
    RecordKey key;
    LedgerStatement t;
    g_autoptr(GString) out = g_string_new(NULL);
    if (!asked(q, STATEMENT_SHOWN, &e, &key, &t, error))
        return false;
    ledger_statement_json(&t, out);
    page_answer(q, "application/json; charset=utf-8",
                arena_str(q->arena, (Str){out->str, out->len}));
    return true;
}
