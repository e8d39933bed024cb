/* ledger.h — double entry: accounts of yuan (fen), hours (minutes) and bed-nights, and transfers
 * between two accounts of one unit.  A transfer is one row with both sides, so all accounts of a
 * unit add up to zero by construction.  Rows are never changed: a held amount is posted or
 * released, a posted one reversed, by another row that names it; once, in full.  What an account
 * may not fall below or rise above is refused before the database would refuse it (its CHECKs say
 * the same). Writing: a Change of CHANGE_LEDGER, whose move is one entry of the county's journal,
 * all or nothing.  Start: LedgerMove. */
#ifndef ANLAO_STORE_LEDGER_H
#define ANLAO_STORE_LEDGER_H

#include "store/store.h"

/* Of limits and amounts: sums of two never leave 63 bits.  "No limit" is this one. */
#define LEDGER_MOST (INT64_C(1) << 60)

typedef enum LedgerUnit { LEDGER_FEN = 1, LEDGER_MINUTE, LEDGER_NIGHT } LedgerUnit;

typedef enum TransferState {                    /* stored: never renumber */
                             TRANSFER_HELD = 1, /* reserved: neither side can use it otherwise */
                             TRANSFER_POSTED,   /* by itself, or what `of` held */
                             TRANSFER_RELEASED, /* what `of` held is free again */
                             TRANSFER_REVERSAL, /* what `of` posted goes back */
} TransferState;

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
} LedgerMove;

/* By county, unit, kind, owner.  `kind` empty: all kinds; county 0: all counties. */
bool store_ledger_accounts(Store *s, int32_t county, Str kind, Arena *a, LedgerAccount **ret,
                           size_t *ret_n, GError **error);
/* FAIL_ABSENT when it was never opened. */
bool store_ledger_account(Store *s, int32_t county, LedgerUnit unit, Str kind, Str owner, Arena *a,
                          LedgerAccount *ret, GError **error);

typedef struct LedgerLine {
    int64_t id, seq, at; /* at: microseconds UTC */
    TransferState state;
    int64_t from, to, amount, of;
    Str actor, reason;
} LedgerLine;
/* Of one account, newest first, at most `most`. */
bool store_ledger_lines(Store *s, int32_t county, int64_t account, size_t most, Arena *a,
                        LedgerLine **ret, size_t *ret_n, GError **error);

/* What was moved under a key, in order; none: nothing was. */
bool store_ledger_made(Store *s, int32_t county, const uint8_t key[16], Arena *a,
                       LedgerTransfer **ret, size_t *ret_n, GError **error);

const char *ledger_unit_word(LedgerUnit u); /* fen minute night */

#endif
