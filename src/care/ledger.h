/* ledger.h — declared accounts as people see them: balances of a record, its statement, what is in
 * the accounts of a region; and what is moved by hand.
 * In: a session.  Out: numbers in fen, minutes or nights, with the declaration they follow from.
 * Rights: who sees the record sees its hours and nights; yuan need MONEY_READ, too.  Moving by hand
 * needs the right to write the holder, and another person with the right to approve.  Not here:
 * what events move (store/ledger_follow.c), funds of pay runs (pay.h).  Start: ledger_of_record().
 */
#ifndef ANLAO_CARE_LEDGER_H
#define ANLAO_CARE_LEDGER_H

#include "care/page_api.h"
#include "care/said.h"
#include "data/ledger.h"

bool ledger_begin(Care *c); /* params become limits; always true */

/* Why an account did not let a record be written, in both languages; lives in the arena. */
struct LedgerRefusal; /* store/ledger.h */
Label refusal_words(Arena *a, const struct LedgerRefusal *r);
/* "12.50 yuan", "2 h 30 min", "3 nights". */
Str ledger_amount_text(const Account *account, int64_t n, bool english, Arena *a);

typedef struct LedgerBox {
    const Account *account;
    int64_t posted, held, coming; /* in all counties together */
    bool has_low, has_high, outside;
    int64_t low, high; /* where the record lies, today */
    size_t lines;      /* accounts it has of this kind: 0, nothing was moved yet */
} LedgerBox;
/* One for each account that records of this entity hold. */
bool ledger_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                      LedgerBox **ret, size_t *ret_n, GError **error);

typedef struct LedgerEntry {
    int64_t id, at; /* of the transfer; microseconds UTC */
    int32_t county;
    TransferState state;
    bool into;
    int64_t amount, balance; /* balance: posted, after it */
    const Entity *event;     /* and `record`: what it follows from; NULL: moved by hand */
    RecordKey record;
    Label other; /* where it came from or went to */
    Str actor, reason;
} LedgerEntry;
typedef struct LedgerStatement {
    LedgerBox box;
    LedgerEntry *list; /* newest first */
    size_t n;
    bool more; /* older ones are left out */
} LedgerStatement;
/* Noted as a look; ledger_last(): the last moves, in a file that is opened anyhow. */
bool ledger_last(Care *c, const Session *s, const Entity *e, RecordKey key, const Account *account,
                 size_t most, Arena *a, LedgerStatement *ret, GError **error);
bool ledger_statement(Care *c, const Session *s, const Entity *e, RecordKey key,
                      const Account *account, size_t most, Arena *a, LedgerStatement *ret,
                      GError **error);
Label ledger_state_label(TransferState state);
/* What the other side of a transfer is called, by its owner: a register, a county, a hand. */
Label ledger_other_label(const Care *c, Str owner, Arena *a);
/* As a file: a line of names, then one for each move.  That it leaves enters the journal of the
 * record's county before. */
bool ledger_statement_csv(Care *c, const Session *s, const Entity *e, RecordKey key,
                          const LedgerStatement *t, bool english, Arena *a, GString *to,
                          GError **error);

bool ledger_sees(const Session *s, const Account *account); /* its unit and whose it is */
int32_t ledger_place(const Care *c, int32_t county);        /* region row; ROW_NONE */

typedef struct LedgerBalance {
    const Account *account;
    RecordKey key; /* of who holds it; id 0: the other sides, summed */
    int32_t county;
    Label other; /* of the other sides */
    int64_t posted, held;
    bool has_low, has_high, outside; /* its limits */
    int64_t low, high;
} LedgerBalance;
typedef struct LedgerSum {
    uint64_t holders;
    int64_t posted;
} LedgerSum;
/* Of one account, or all (NULL), those of the session's region: holders, at most
 * LIMIT_LEDGER_SHOWN of whom it sees in a county, and the other sides of its counties.  `sums`: of
 * each account of the Model, all holders it sees, listed or not; may be NULL. */
bool ledger_balances(Care *c, const Session *s, const Account *only, Arena *a, LedgerBalance **ret,
                     size_t *ret_n, LedgerSum *sums, GError **error);

/* From one holder to another of the same account, or from and to the outside (id 0); between two
 * counties through what they owe each other, in one transaction. `key`: a repeat is done once; all
 * zero: one is made. */
typedef struct LedgerHand {
    const Account *account;
    RecordKey from, to;
    int64_t amount;
    Str reason;
    uint8_t key[16];
} LedgerHand;
/* Whether the post may ask for any on this account. */
bool ledger_may_move(const Session *s, const Account *account);
/* Asked for: the amount is held until another person decides (ledger_decide()).  `said`: why not,
 * for a page; may be NULL, as below. */
bool ledger_hand(Care *c, const Session *s, const LedgerHand *h, Said *said, GError **error);
/* What was moved by hand goes back, on both sides, asked for in the same way; what follows from a
 * record is corrected there. */
bool ledger_reverse(Care *c, const Session *s, const Entity *e, RecordKey key,
                    const Account *account, int64_t transfer, Str reason, Said *said,
                    GError **error);
/* Whether it may be asked for of this line now. */
bool ledger_reversible(Care *c, const LedgerEntry *x, bool *ret, GError **error);

typedef struct LedgerSide {
    RecordKey key; /* of who holds it; id 0: the outside, or another county */
    Label label;   /* of these */
} LedgerSide;
typedef struct LedgerWaiting {
    const Account *account;
    int32_t county;
    int64_t id, at; /* of the transfer; microseconds UTC */
    int64_t amount;
    LedgerSide from, to;
    bool mine; /* to be taken back, not to be confirmed */
    Str actor, reason;
} LedgerWaiting;
/* What waits for a second person, in the session's region, by account and county, oldest first.
 * *ret_more: of an account and county more than LIMIT_LEDGER_SHOWN of hers wait, and the rest comes
 * when these are decided; by its number each can be decided at once. */
bool ledger_waiting(Care *c, const Session *s, Arena *a, LedgerWaiting **ret, size_t *ret_n,
                    bool *ret_more, GError **error);
typedef enum LedgerVerdict { LEDGER_CONFIRM, LEDGER_REFUSE, LEDGER_TAKE_BACK } LedgerVerdict;
/* Another person than who asked confirms or refuses, with the right to approve; who asked takes it
 * back. */
bool ledger_decide(Care *c, const Session *s, int64_t transfer, LedgerVerdict verdict, Str reason,
                   Said *said, GError **error);

const Account *ledger_account_called(const Model *m, Str name); /* NULL: none */
/* 2.5 hours → 150, 12.50 yuan → 1250; false: no amount of that unit above nothing. */
bool ledger_amount_read(const Account *account, Str typed, int64_t *ret);

/* Posts events that are not what their account says: store_ledger_settle(). */
bool ledger_rebuild(Care *c, const Session *s, uint64_t *ret_moved, GError **error);

/* What programs read: amounts in fen, minutes and nights (ledger_json.c). */
void ledger_balances_json(const LedgerBalance *list, size_t n, GString *to);
void ledger_waiting_json(const LedgerWaiting *list, size_t n, bool more, GString *to);
void ledger_statement_json(const LedgerStatement *t, GString *to);

#endif
