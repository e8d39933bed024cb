/* ledger.h — double entry: accounts of yuan (fen), hours (minutes) and bed-nights, and transfers
 * between two accounts of one unit.  A transfer is one row with both sides, so all accounts of a
 * unit add up to zero by construction.  Rows are never changed: a held amount is posted or
 * released, a posted one reversed, by another row that names it; once, in full.  What an account
 * may not fall below or rise above is refused before the database would refuse it (its CHECKs say
 * the same). Writing: a Change of CHANGE_LEDGER, whose move is one entry of the county's journal,
 * all or nothing.  Start: LedgerMove. */
#ifndef ANLAO_STORE_LEDGER_H
#define ANLAO_STORE_LEDGER_H

#include "data/ledger.h"
#include "store/store.h"

/* Of limits and amounts: sums of two never leave 63 bits.  "No limit" is this one. */
#define LEDGER_MOST (INT64_C(1) << 60)

typedef struct LedgerAccount {
    int32_t county;
    int64_t id;
    LedgerUnit unit;
    Str kind, owner;              /* fund, benefit, hours …; whose: one account each of a unit */
    int64_t lowest, highest;      /* posted - held >= lowest; posted + coming <= highest */
    int64_t posted, held, coming; /* read: held amounts go out, coming ones come in */
} LedgerAccount;

/* Of what is posted by `of`, released or reversed, the amount and accounts are those of the row it
 * names: leave them 0. */
typedef struct LedgerTransfer {
    int64_t id; /* store_new_id() */
    TransferState state;
    int64_t from, to, amount; /* account ids; amount > 0, in the unit of both */
    int64_t of;               /* 0: none */
} LedgerTransfer;

/* What a declared account does not let happen, in terms of what is recorded. */
typedef enum RefusalKind {
    REFUSAL_NONE,
    REFUSAL_BELOW,     /* it would fall below its limit */
    REFUSAL_ABOVE,     /* it would rise above it */
    REFUSAL_PURPOSE,   /* it is for another purpose */
    REFUSAL_UNSETTLED, /* nothing is settled with the other county */
} RefusalKind;
typedef struct LedgerRefusal {
    RefusalKind kind;
    const Account *account;
    const Field *field;     /* of the event: beside which it is said */
    int64_t balance, limit; /* available before, and the limit; in the account's unit */
} LedgerRefusal;

/* One staged row of an import that cannot be applied. */
typedef struct ImportRefused {
    int64_t row; /* of those staged, from 0 */
    LedgerRefusal refusal;
    Str why; /* in words, where it was no account */
} ImportRefused;

/* Accounts are opened, or get other limits, before the transfers are made. */
typedef struct LedgerMove {
    int32_t county;
    const LedgerAccount *accounts;
    size_t n_accounts;
    const LedgerTransfer *transfers;
    size_t n_transfers; /* at most LIMIT_LEDGER_MOVE */
    /* Needed for transfers: a repeat of the same is answered as the first, and never done twice,
     * however much later; another move under the same key is a conflict. */
    uint8_t key[16];
    size_t first_part; /* of the rows under this key: 0, unless others were made before */
} LedgerMove;

/* By county, unit, kind, owner.  `kind` empty: all kinds; county 0: all counties. */
bool store_ledger_accounts(Store *s, int32_t county, Str kind, Arena *a, LedgerAccount **ret,
                           size_t *ret_n, GError **error);
/* FAIL_ABSENT when it was never opened. */
bool store_ledger_account(Store *s, int32_t county, LedgerUnit unit, Str kind, Str owner, Arena *a,
                          LedgerAccount *ret, GError **error);

/* Accounts of a declared account in one county: of those who hold it, by id, or the other sides; at
 * most `most` whose owner comes behind one (empty: from the first on). */
bool store_ledger_kind(Store *s, int32_t county, const Account *account, bool holders, Str behind,
                       size_t most, Arena *a, LedgerAccount **ret, size_t *ret_n, GError **error);
/* All accounts of a kind that one owner has, in any county: a person who moved has two. */
bool store_ledger_owned(Store *s, Str kind, Str owner, Arena *a, LedgerAccount **ret, size_t *ret_n,
                        GError **error);

typedef struct LedgerLine {
    int64_t id, seq, at; /* at: microseconds UTC */
    const Entity *event; /* the record it follows from; NULL: it was moved by itself */
    int64_t record;
    TransferState state;
    int64_t from, to, amount, of;
    Str other; /* owner of the other side */
    Str actor, reason;
} LedgerLine;
/* Of one account, newest first, at most `most`. */
bool store_ledger_lines(Store *s, int32_t county, int64_t account, size_t most, Arena *a,
                        LedgerLine **ret, size_t *ret_n, GError **error);

typedef struct LedgerWait { /* what is held and neither posted nor released */
    int32_t county;
    int64_t id, at;    /* at: microseconds UTC */
    int64_t seq, part; /* their order */
    int64_t from, to, amount;
    Str from_owner, to_owner, actor, reason;
} LedgerWait;
/* Of a declared account in one county, oldest first, at most `most` that come behind one (NULL:
 * from the first on). */
bool store_ledger_waiting(Store *s, int32_t county, const Account *account,
                          const LedgerWait *behind, size_t most, Arena *a, LedgerWait **ret,
                          size_t *ret_n, GError **error);
/* One of them by its number, however many wait before it; NULL: it does not wait there. */
bool store_ledger_waits(Store *s, int32_t county, const Account *account, int64_t transfer,
                        Arena *a, LedgerWait **ret, GError **error);
/* What became of a transfer: the state of the row that names it; TRANSFER_HELD: there is none. */
bool store_ledger_settled(Store *s, int32_t county, int64_t transfer, TransferState *ret,
                          GError **error);

/* What was moved under a key, in order; none: nothing was. */
bool store_ledger_made(Store *s, int32_t county, const uint8_t key[16], Arena *a,
                       LedgerTransfer **ret, size_t *ret_n, GError **error);

/* The key a transfer was made under. */
bool store_ledger_key(Store *s, int32_t county, int64_t transfer, uint8_t ret[16], GError **error);

const char *ledger_unit_word(LedgerUnit u); /* fen minute night */
LedgerUnit ledger_unit_of(const Account *a);

/* ---- declared accounts (ledger_follow.c): a record of an event moves what its declaration says,
 * in the transaction that writes it.  The kind of their rows is the account's name, the owner is
 * one of: 4711               the record that holds it, by id place              the county, where a
 * level holds it in:EVENT out:EVENT where it comes from or goes to; in:hand: moved by itself
 *   between:COUNTY     what is owed to the other county, or by it */
char *ledger_owner_text(int64_t id, char to[24]);

/* What an account may hold in a county on this day, from params; low, high: as without limit. */
typedef void (*LedgerLimits)(void *with, const Account *a, int32_t county, int64_t *low,
                             int64_t *high);
/* Before the first write; else limits that are no plain numbers do not hold. */
void store_ledger_limits(Store *s, LedgerLimits limits, void *with);
/* The limits of one account in a county now. */
void store_ledger_bounds(Store *s, const Account *a, int32_t county, int64_t *low, int64_t *high);

/* Events that were recorded before their account was declared, or otherwise: posted, reversed or
 * posted anew until every account is what its events come to.  Done by itself when a database is
 * opened under other declarations than before; may be repeated and interrupted at any time. */
bool store_ledger_settle(Store *s, uint64_t *ret_moved, GError **error);

/* What benefits paid, as of the runs whose replies are booked: after a booking, and at open. */
bool store_ledger_paid(Store *s, GError **error);

#endif
