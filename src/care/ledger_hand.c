/* ledger_hand.c — what is moved on declared accounts by a person's decision instead of by a record:
 * opening balances of an older system, a mistake put right; always with a reason, journalled.  Who
 * asks holds the amount; it is posted when another person has said yes (four eyes), and undone the
 * same way.  Start: ledger_hand(), ledger_decide(). */
#include "base/crypto.h"
#include "care/ledger.h"
#include "care/pay_inside.h"
#include "care/write.h"

#define LINES_LOOKED_AT 100000u /* of one account, for the transfer that is undone */
#define ROUNDS_MOST     16      /* times that it may be asked for, each refused before */

typedef struct Hand {
    Care *care;
    const Account *account;
    Arena *arena;
    LedgerMove moves[2];
    LedgerAccount opened[2][3];
    LedgerTransfer transfers[2];
    size_t n;
} Hand;

bool ledger_may_move(const Session *s, const Account *account)
{
    return account->holder != NULL && session_may(s, MAY_PERSON_WRITE) &&
           session_writes(s, account->holder) &&
           (account->unit != ACCOUNT_YUAN || session_may(s, MAY_MONEY_READ));
}

static bool may_move(const Session *s, const Account *account, Str reason, Said *said,
                     GError **error)
{
    if (!ledger_may_move(s, account))
        return fail(error, FAIL_RIGHT, "the role \"%s\" moves nothing on the account \"%.*s\"",
                    s->role->word, STR_ARG(account->name));
    return check_reason_said(reason, said, error);
}

/* What the ledger itself does not let happen is said in the words of who asked. */
static bool moves_write(Care *c, const Session *s, const LedgerMove *moves, size_t n, Str reason,
                        const Said *conflict, Said *said, GError **error)
{
    GError *why = NULL;
    if (care_write_ledgers(c, s, moves, n, reason, &why))
        return true;
    if (said != NULL && g_error_matches(why, FAIL_DOMAIN, FAIL_CONFLICT))
        *said = *conflict;
    g_propagate_error(error, why);
    return false;
}

static const Said said_limits = {
    "余额不够，或者会超过限额；什么也没有动",
    "the account has not enough, or would rise above its limit; nothing was moved"};

static bool named(Hand *h, size_t at, Str owner, bool holder, int64_t *ret, GError **error)
{
    LedgerMove *m = &h->moves[at];
    LedgerAccount x = {.county = m->county,
                       .unit = ledger_unit_of(h->account),
                       .kind = h->account->name,
                       .owner = owner,
                       .lowest = -LEDGER_MOST,
                       .highest = LEDGER_MOST};
    g_autoptr(GError) why = NULL;
    bool there =
        store_ledger_account(h->care->store, m->county, x.unit, x.kind, owner, h->arena, &x, &why);
    int64_t low, high;
    if (!there && !g_error_matches(why, FAIL_DOMAIN, FAIL_ABSENT)) {
        g_propagate_error(error, g_steal_pointer(&why));
        return false;
    }
    if (!there && !care_new_id(h->care, &x.id, error))
        return false;
    *ret = x.id;
    store_ledger_bounds(h->care->store, h->account, m->county, &low, &high);
    if (holder) { /* what lies outside gets no further out */
        low = MIN(low, x.posted - x.held);
        high = MAX(high, x.posted + x.coming);
    } else {
        low = -LEDGER_MOST;
        high = LEDGER_MOST;
    }
    if (there && x.lowest == low && x.highest == high)
        return true;
    x.lowest = low;
    x.highest = high;
    h->opened[at][m->n_accounts++] = x;
    return true;
}

static Str holder_text(const Hand *h, RecordKey key)
{
    char owner[24];
    return str_of(arena_printf(h->arena, "%s", ledger_owner_text(key.id, owner)));
}

static Str between(Hand *h, int32_t county)
{
    return str_of(arena_printf(h->arena, "between:%d", county));
}

/* One side's ledger: who holds it there, and the other: a hand, or the other county. */
static bool side_fill(Hand *h, size_t at, int32_t county, RecordKey key, bool out, Str other,
                      int64_t amount, GError **error)
{
    LedgerTransfer *t = &h->transfers[at];
    int64_t own = 0, far = 0;
    h->moves[at].county = county;
    h->moves[at].accounts = h->opened[at];
    h->moves[at].transfers = t;
    h->moves[at].n_transfers = 1;
    if (!named(h, at, holder_text(h, key), true, &own, error) ||
        !named(h, at, other, false, &far, error) || !care_new_id(h->care, &t->id, error))
        return false;
    t->state = TRANSFER_HELD;
    t->amount = amount;
    t->from = out ? own : far;
    t->to = out ? far : own;
    h->n++;
    return true;
}

/* Two holders of one county: straight from the one to the other. */
static bool inside_fill(Hand *h, const LedgerHand *x, GError **error)
{
    LedgerTransfer *t = &h->transfers[0];
    h->moves[0] = (LedgerMove){
        .county = x->from.county, .accounts = h->opened[0], .transfers = t, .n_transfers = 1};
    *t = (LedgerTransfer){.state = TRANSFER_HELD, .amount = x->amount};
    h->n = 1;
    return named(h, 0, holder_text(h, x->from), true, &t->from, error) &&
           named(h, 0, holder_text(h, x->to), true, &t->to, error) &&
           care_new_id(h->care, &t->id, error);
}

static bool hand_fill(Hand *h, const LedgerHand *x, GError **error)
{
    if (x->from.id == 0)
        return side_fill(h, 0, x->to.county, x->to, false, STR("in:hand"), x->amount, error);
    if (x->to.id == 0)
        return side_fill(h, 0, x->from.county, x->from, true, STR("out:hand"), x->amount, error);
    if (x->from.county == x->to.county)
        return inside_fill(h, x, error);
    return side_fill(h, 0, x->from.county, x->from, true, between(h, x->to.county), x->amount,
                     error) &&
           side_fill(h, 1, x->to.county, x->to, false, between(h, x->from.county), x->amount,
                     error);
}

static bool sees(Care *c, const Session *s, const Account *account, RecordKey *key, GError **error)
{
    g_autoptr(Working) w = NULL;
    if (key->id == 0)
        return true;
    if (!working_get(c, &w, error) || !scope_allows(c, w, s, account->holder, *key, error))
        return false;
    const Batch *b = w->data->batches[account->holder->number];
    if (b->counties != NULL)
        key->county = b->counties[working_row(w, account->holder, key->id)];
    return true;
}

bool ledger_hand(Care *c, const Session *s, const LedgerHand *asked, Said *said, GError **error)
{
    static const uint8_t none[16];
    g_autoptr(Arena) a = arena_new();
    LedgerHand x = *asked;
    Hand h = {.care = c, .account = x.account, .arena = a};
    if (!may_move(s, x.account, x.reason, said, error) || !sees(c, s, x.account, &x.from, error) ||
        !sees(c, s, x.account, &x.to, error))
        return false;
    if (x.from.id == x.to.id)
        return say_no(said, error, "转出和转入要写两个不同的户主，或者只写一个",
                      "name two different holders, or one and the outside");
    if (x.amount <= 0 || x.amount > LEDGER_MOST)
        return say_no(said, error, "数额要大于零", "more than nothing has to be moved");
    if (!hand_fill(&h, &x, error))
        return false;
    for (size_t i = 0; i < h.n; i++) {
        memcpy(h.moves[i].key, x.key, sizeof x.key);
        if (memcmp(x.key, none, sizeof none) == 0 && i == 0)
            random_bytes(h.moves[0].key, sizeof x.key);
        memcpy(h.moves[i].key, h.moves[0].key, sizeof x.key);
    }
    return moves_write(c, s, h.moves, h.n, x.reason, &said_limits, said, error);
}

/* ---- undone: the same amount goes back, asked for and confirmed like any other -----------------
 */

static const Said said_undone = {"这一笔已经调回", "this transfer was undone already"};

static const LedgerEntry *entry_of(const LedgerStatement *t, int64_t transfer)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].id == transfer)
            return &t->list[i];
    return NULL;
}

static bool may_go_back(Care *c, const LedgerEntry *x, Said *said, GError **error)
{
    TransferState now;
    if (x == NULL)
        return say_why_not(said, error, FAIL_ABSENT, "这个账户没有这一笔",
                           "this account has no such transfer");
    if (x->event != NULL)
        return say_no(said, NULL, "这一笔是按登记的事项记的：请更正或注销那条记录",
                      "this follows from a record: correct that, or take it off the books") ||
               fail(error, FAIL_INPUT,
                    "this transfer follows from a record of \"%.*s\": correct that, or take it off "
                    "the books",
                    STR_ARG(x->event->name));
    if (x->state != TRANSFER_POSTED)
        return say_no(said, error, "只有已经入账的才能调回", "only what is posted is undone");
    if (!store_ledger_settled(c->store, x->county, x->id, &now, error))
        return false;
    return now != TRANSFER_REVERSAL ||
           say_why_not(said, error, FAIL_CONFLICT, said_undone.zh, said_undone.en);
}

/* What a transfer made in each county, under its key: one row in one or two of them. */
typedef struct Made {
    int32_t county;
    LedgerTransfer transfer;
} Made;

static bool made_find(Care *c, const uint8_t key[16], Arena *a, Made ret[2], size_t *ret_n,
                      GError **error)
{
    const CareInside *in = care_inside(c);
    *ret_n = 0;
    for (size_t i = 0; i < in->n_counties && *ret_n < 2; i++) {
        LedgerTransfer *made;
        size_t n;
        if (!store_ledger_made(c->store, in->counties[i], key, a, &made, &n, error))
            return false;
        if (n > 0)
            ret[(*ret_n)++] = (Made){in->counties[i], made[0]};
    }
    return true;
}

/* The key under which a transfer goes back; what was refused may be asked for again. */
static bool back_key(Care *c, const Made *of, Arena *a, uint8_t ret[16], Said *said, GError **error)
{
    for (uint8_t round = 0; round < ROUNDS_MOST; round++) {
        LedgerTransfer *made;
        TransferState now;
        size_t n;
        memset(ret, 0, 16);
        memcpy(ret, "back", 4);
        ret[4] = round;
        for (int i = 0; i < 8; i++)
            ret[8 + i] = (uint8_t)((uint64_t)of->transfer.id >> (56 - 8 * i));
        if (!store_ledger_made(c->store, of->county, ret, a, &made, &n, error))
            return false;
        if (n == 0)
            return true;
        if (!store_ledger_settled(c->store, of->county, made[0].id, &now, error))
            return false;
        if (now == TRANSFER_HELD)
            return say_why_not(said, error, FAIL_CONFLICT, "已经申请调回，等另一人复核",
                               "this was asked for already: another person decides");
        if (now != TRANSFER_RELEASED)
            return say_why_not(said, error, FAIL_CONFLICT, said_undone.zh, said_undone.en);
    }
    return say_why_not(said, error, FAIL_CONFLICT, "已经多次被驳回，不能再申请调回",
                       "this was refused too often to be asked for again");
}

/* What the line moved, and the key under which it goes back. */
static bool back_of(Care *c, const LedgerEntry *x, Arena *a, Made ret[2], size_t *ret_n,
                    uint8_t ret_key[16], Said *said, GError **error)
{
    return may_go_back(c, x, said, error) &&
           store_ledger_key(c->store, x->county, x->id, ret_key, error) &&
           made_find(c, ret_key, a, ret, ret_n, error) &&
           (*ret_n > 0 || fail(error, FAIL_ABSENT, "the ledger has no such transfer")) &&
           back_key(c, &ret[0], a, ret_key, said, error);
}

bool ledger_reversible(Care *c, const LedgerEntry *x, bool *ret, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    GError *why = NULL;
    Made made[2];
    Said said = {NULL, NULL};
    uint8_t under[16];
    size_t n;
    *ret = back_of(c, x, a, made, &n, under, &said, &why);
    if (*ret || said.zh != NULL) {
        g_clear_error(&why);
        return true;
    }
    g_propagate_error(error, why);
    return false;
}

bool ledger_reverse(Care *c, const Session *s, const Entity *e, RecordKey key,
                    const Account *account, int64_t transfer, Str reason, Said *said,
                    GError **error)
{
    g_autoptr(Arena) a = arena_new();
    LedgerStatement t;
    LedgerMove moves[2] = {0};
    LedgerTransfer back[2];
    Made made[2];
    size_t n;
    uint8_t under[16];
    if (!may_move(s, account, reason, said, error) ||
        !ledger_last(c, s, e, key, account, LINES_LOOKED_AT, a, &t, error) ||
        !back_of(c, entry_of(&t, transfer), a, made, &n, under, said, error))
        return false;
    for (size_t i = 0; i < n; i++) {
        const LedgerTransfer *was = &made[i].transfer;
        back[i] = (LedgerTransfer){
            .state = TRANSFER_HELD, .from = was->to, .to = was->from, .amount = was->amount};
        if (!care_new_id(c, &back[i].id, error))
            return false;
        moves[i] = (LedgerMove){.county = made[i].county, .transfers = &back[i], .n_transfers = 1};
        memcpy(moves[i].key, under, sizeof moves[i].key);
    }
    return moves_write(c, s, moves, n, reason, &said_limits, said, error);
}

/* ---- the second person --------------------------------------------------------------------------
 */

static bool side_of(Care *c, Working *w, const Session *s, const Account *account, Str owner,
                    Arena *a, LedgerSide *ret)
{
    *ret = (LedgerSide){.label = ledger_other_label(c, owner, a)};
    if (owner.len == 0 || owner.at[0] < '0' || owner.at[0] > '9')
        return true;
    ret->key.id = g_ascii_strtoll(arena_dup(a, owner.at, owner.len), NULL, 10);
    return scope_allows(c, w, s, account->holder, ret->key, NULL);
}

/* Of two counties the one that gives shows it; who sees only one of two holders sees it not. */
static bool waits_add(Care *c, Working *w, const Session *s, const Account *account,
                      const LedgerWait *x, Arena *a, GArray *to)
{
    LedgerWaiting line = {.account = account,
                          .county = x->county,
                          .id = x->id,
                          .at = x->at,
                          .amount = x->amount,
                          .mine = str_equal(x->actor, s->account),
                          .actor = arena_str(a, x->actor),
                          .reason = arena_str(a, x->reason)};
    if (str_starts(x->from_owner, STR("between:")))
        return false;
    if (!side_of(c, w, s, account, x->from_owner, a, &line.from) ||
        !side_of(c, w, s, account, x->to_owner, a, &line.to))
        return false;
    g_array_append_val(to, line);
    return true;
}

typedef struct Waits { /* being gathered, of one account and county */
    Care *care;
    Working *working;
    const Session *session;
    const Account *account;
    int32_t county;
    Arena *arena;
    GArray *to;
    bool more;
} Waits;

static bool waits_one(Waits *x, int64_t transfer, GError **error)
{
    LedgerWait *found;
    if (!store_ledger_waits(x->care->store, x->county, x->account, transfer, x->arena, &found,
                            error))
        return false;
    if (found != NULL)
        waits_add(x->care, x->working, x->session, x->account, found, x->arena, x->to);
    return true;
}

/* The oldest that the session sees, however many of others wait before them; that one more than are
 * shown is there says `more`. */
static bool waits_oldest(Waits *x, GError **error)
{
    const guint before = x->to->len;
    LedgerWait last = {0};
    for (size_t n = LIMIT_LEDGER_SHOWN, pages = 0; n == LIMIT_LEDGER_SHOWN && !x->more; pages++) {
        g_autoptr(Arena) page = arena_new();
        LedgerWait *some;
        if (!store_ledger_waiting(x->care->store, x->county, x->account, pages > 0 ? &last : NULL,
                                  LIMIT_LEDGER_SHOWN, page, &some, &n, error))
            return false;
        for (size_t i = 0; i < n && !x->more; i++) {
            if (!waits_add(x->care, x->working, x->session, x->account, &some[i], x->arena, x->to))
                continue;
            x->more = x->to->len - before > LIMIT_LEDGER_SHOWN;
            if (x->more)
                g_array_set_size(x->to, before + LIMIT_LEDGER_SHOWN);
        }
        if (n > 0)
            last = some[n - 1];
    }
    return true;
}

/* Within scope; transfer NULL: all, else by its number one alone: a list has an end, and who waits
 * behind it waits too. */
static bool waits_find(Care *c, const Session *s, const int64_t *transfer, Arena *a, GArray *to,
                       bool *ret_more, GError **error)
{
    g_autoptr(Working) w = NULL;
    const CareInside *in = care_inside(c);
    *ret_more = false;
    if (!session_may(s, MAY_PERSON_READ))
        return fail(error, FAIL_RIGHT, "the role \"%s\" reads no records", s->role->word);
    if (!working_get(c, &w, error))
        return false;
    for (size_t i = 0; i < c->model->n_accounts; i++) {
        const Account *x = c->model->accounts[i];
        for (size_t k = 0; x->holder != NULL && ledger_sees(s, x) && k < in->n_counties; k++) {
            Waits of = {c, w, s, x, in->counties[k], a, to, false};
            if (!(transfer != NULL ? waits_one(&of, *transfer, error) : waits_oldest(&of, error)))
                return false;
            *ret_more = *ret_more || of.more;
        }
    }
    return true;
}

bool ledger_waiting(Care *c, const Session *s, Arena *a, LedgerWaiting **ret, size_t *ret_n,
                    bool *ret_more, GError **error)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(LedgerWaiting));
    if (!waits_find(c, s, NULL, a, all, ret_more, error))
        return false;
    *ret = arena_list(a, all, ret_n);
    return true;
}

static bool may_decide(const Session *s, const LedgerWaiting *x, LedgerVerdict verdict, Said *said,
                       GError **error)
{
    if (verdict == LEDGER_TAKE_BACK)
        return x->mine || say_why_not(said, error, FAIL_RIGHT, "只有申请人能撤回",
                                      "only who asked for it takes it back");
    if (!session_may(s, MAY_APPROVE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" confirms nothing on the account \"%.*s\"",
                    s->role->word, STR_ARG(x->account->name));
    return !x->mine || say_why_not(said, error, FAIL_RIGHT, "自己申请的要由另一个人复核",
                                   "another person has to look at what you asked for");
}

static const Said said_decided = {"这一笔不在等复核：已经办结，或者不在本辖区",
                                  "no such transfer waits for a second person in your region"};

static bool decide(Care *c, const Session *s, const LedgerWaiting *x, LedgerVerdict verdict,
                   Str reason, Arena *a, Said *said, GError **error)
{
    LedgerMove moves[2] = {0};
    LedgerTransfer then[2];
    Made made[2];
    size_t n;
    uint8_t key[16];
    if (!store_ledger_key(c->store, x->county, x->id, key, error) ||
        !made_find(c, key, a, made, &n, error))
        return false;
    random_bytes(key, sizeof key);
    for (size_t i = 0; i < n; i++) {
        then[i] = (LedgerTransfer){.state = verdict == LEDGER_CONFIRM ? TRANSFER_POSTED
                                                                      : TRANSFER_RELEASED,
                                   .of = made[i].transfer.id};
        if (!care_new_id(c, &then[i].id, error))
            return false;
        moves[i] = (LedgerMove){.county = made[i].county, .transfers = &then[i], .n_transfers = 1};
        memcpy(moves[i].key, key, sizeof key);
    }
    return moves_write(c, s, moves, n, reason, &said_decided, said, error);
}

bool ledger_decide(Care *c, const Session *s, int64_t transfer, LedgerVerdict verdict, Str reason,
                   Said *said, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(LedgerWaiting));
    bool more;
    reason = str_trim(reason);
    if (!check_reason_said(reason, said, error) ||
        !waits_find(c, s, &transfer, a, found, &more, error))
        return false;
    if (found->len == 0)
        return say_why_not(said, error, FAIL_ABSENT, said_decided.zh, said_decided.en);
    const LedgerWaiting *x = &g_array_index(found, LedgerWaiting, 0);
    return may_decide(s, x, verdict, said, error) &&
           decide(c, s, x, verdict, reason, a, said, error);
}

bool ledger_rebuild(Care *c, const Session *s, uint64_t *ret_moved, GError **error)
{
    if (!session_may(s, MAY_POLICY_WRITE) && !session_may(s, MAY_PERSON_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not rebuild accounts", s->role->word);
    return store_ledger_settle(c->store, ret_moved, error) && store_ledger_paid(c->store, error);
}
