/* ledger_hand.c — what is moved on declared accounts by a person's decision instead of by a record:
 * opening balances of an older system, a mistake put right; always with a reason, journalled,
 * undone by a reversal alone.  Start: ledger_hand(). */
#include "base/crypto.h"
#include "care/ledger.h"
#include "care/pay_inside.h"
#include "care/write.h"

#define LINES_LOOKED_AT 100000u /* of one account, for the transfer that is reversed */

typedef struct Hand {
    Care *care;
    const Account *account;
    Arena *arena;
    LedgerMove moves[2];
    LedgerAccount opened[2][3];
    LedgerTransfer transfers[2];
    size_t n;
} Hand;

static bool may_move(Care *c, const Session *s, const Account *account, Str reason, GError **error)
{
    if (account->holder == NULL || !session_may(s, MAY_PERSON_WRITE) ||
        !session_writes(s, account->holder) ||
        (account->unit == ACCOUNT_YUAN && !session_may(s, MAY_MONEY_READ)))
        return fail(error, FAIL_RIGHT, "the role \"%s\" moves nothing on the account \"%.*s\"",
                    s->role->word, STR_ARG(account->name));
    (void)c;
    return check_reason(reason, error);
}

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
    t->state = TRANSFER_POSTED;
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
    *t = (LedgerTransfer){.state = TRANSFER_POSTED, .amount = x->amount};
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

bool ledger_hand(Care *c, const Session *s, const LedgerHand *asked, GError **error)
{
    static const uint8_t none[16];
    g_autoptr(Arena) a = arena_new();
    LedgerHand x = *asked;
    Hand h = {.care = c, .account = x.account, .arena = a};
    if (!may_move(c, s, x.account, x.reason, error) || !sees(c, s, x.account, &x.from, error) ||
        !sees(c, s, x.account, &x.to, error))
        return false;
    if (x.from.id == x.to.id)
        return fail(error, FAIL_INPUT, "name two different holders, or one and the outside");
    if (x.amount <= 0 || x.amount > LEDGER_MOST)
        return fail(error, FAIL_INPUT, "more than nothing has to be moved");
    if (!hand_fill(&h, &x, error))
        return false;
    for (size_t i = 0; i < h.n; i++) {
        memcpy(h.moves[i].key, x.key, sizeof x.key);
        if (memcmp(x.key, none, sizeof none) == 0 && i == 0)
            random_bytes(h.moves[0].key, sizeof x.key);
        memcpy(h.moves[i].key, h.moves[0].key, sizeof x.key);
    }
    return care_write_ledgers(c, s, h.moves, h.n, x.reason, error);
}

/* ---- undone -----------------------------------------------------------------------------------
 */

static const LedgerEntry *entry_of(const LedgerStatement *t, int64_t transfer)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].id == transfer)
            return &t->list[i];
    return NULL;
}

bool ledger_reverse(Care *c, const Session *s, const Entity *e, RecordKey key,
                    const Account *account, int64_t transfer, Str reason, GError **error)
{
    g_autoptr(Arena) a = arena_new();
    LedgerStatement t;
    LedgerMove moves[2] = {0};
    LedgerTransfer back[2] = {0};
    size_t n = 0;
    uint8_t under[16];
    const CareInside *in = care_inside(c);
    if (!may_move(c, s, account, reason, error) ||
        !ledger_last(c, s, e, key, account, LINES_LOOKED_AT, a, &t, error))
        return false;
    const LedgerEntry *x = entry_of(&t, transfer);
    if (x == NULL)
        return fail(error, FAIL_ABSENT, "this account has no such transfer");
    if (x->event != NULL)
        return fail(error, FAIL_INPUT,
                    "this transfer follows from a record of \"%.*s\": correct that, or take it off "
                    "the books",
                    STR_ARG(x->event->name));
    if (!store_ledger_key(c->store, x->county, transfer, under, error))
        return false;
    for (size_t i = 0; i < in->n_counties && n < 2; i++) {
        LedgerTransfer *made;
        size_t n_made;
        if (!store_ledger_made(c->store, in->counties[i], under, a, &made, &n_made, error))
            return false;
        if (n_made == 0)
            continue;
        back[n] = (LedgerTransfer){.state = TRANSFER_REVERSAL, .of = made[0].id};
        if (!care_new_id(c, &back[n].id, error))
            return false;
        moves[n] = (LedgerMove){.county = in->counties[i], .transfers = &back[n], .n_transfers = 1};
        random_bytes(moves[n].key, sizeof moves[n].key);
        memcpy(moves[n].key, moves[0].key, sizeof moves[n].key);
        n++;
    }
    return care_write_ledgers(c, s, moves, n, reason, error);
}

bool ledger_rebuild(Care *c, const Session *s, uint64_t *ret_moved, GError **error)
{
    if (!session_may(s, MAY_POLICY_WRITE) && !session_may(s, MAY_PERSON_WRITE))
        return fail(error, FAIL_RIGHT, "the role \"%s\" does not rebuild accounts", s->role->word);
    return store_ledger_settle(c->store, ret_moved, error) && store_ledger_paid(c->store, error);
}
