/* ledger_inside.h — what the files that write, read and verify the ledger share. */
#ifndef ANLAO_STORE_LEDGER_INSIDE_H
#define ANLAO_STORE_LEDGER_INSIDE_H

#include "store/ledger.h"
#include "store/writing.h"

/* A row of `transfer`, with its own amount and accounts filled in. */
typedef struct TransferRow {
    LedgerUnit unit;
    LedgerTransfer t;
} TransferRow;

/* ledger.c.  Whether the move was made before; a conflict when its key was another move's. */
bool ledger_find(Writing *w, const Change *c, const Head *h, ChangeAnswer *answer, GError **error);
bool ledger_apply(Writing *w, const Change *c, Head *h, GError **error);
/* The move's own words in another change's transaction and entry: pay runs. */
bool ledger_move(Writing *w, const LedgerMove *m, int64_t seq, Bytes *body, GError **error);

bool ledger_account_read(Writing *w, int32_t county, int64_t id, LedgerAccount *ret,
                         GError **error);
/* Of a row county,id,unit,kind,owner,lowest,highest,posted,held,coming. */
LedgerAccount ledger_account_from(Statement *st, Arena *a);
/* ledger_follow.c: one declared flow of one record. */
struct FlowPlan;
bool flow_follow(Writing *w, const Change *c, const Row *r, const struct FlowPlan *p,
                 GError **error);

/* What was paid by a benefit for the record of the change. */
bool paid_follow(Writing *w, const Change *c, const struct FlowPlan *p, int64_t fen,
                 GError **error);

/* Canonical bytes, in the body of an entry: accounts, then transfers until the end. */
void body_ledger_account(Bytes *b, const LedgerAccount *a);
void body_transfer(Bytes *b, const TransferRow *r);
bool body_read_ledger_account(Reader *r, LedgerAccount *ret);

#endif
