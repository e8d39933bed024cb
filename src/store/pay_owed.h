/* pay_owed.h — what is owed to one record by one benefit for all months to date, less what was
 * paid: the lines of a run.  Pure: no database here, so that a past run can be recomputed from the
 * facts and documents of then by the same words (care/pay_replay.c).  Start: pay_owed(). */
#ifndef ANLAO_STORE_PAY_OWED_H
#define ANLAO_STORE_PAY_OWED_H

#include "base/date.h"
#include "store/pay.h"

typedef struct OwedPiece { /* an answer of the benefit, of one stretch of months */
    Month from, until;     /* until: exclusive */
    int outcome;           /* Truth */
    int64_t fen, run;      /* run: of decisions, its receipt */
} OwedPiece;

typedef struct PaidLine { /* of an earlier run, and neither held, refused nor returned */
    Month month;
    int64_t payee, fen;
} PaidLine;

typedef struct OwedLine {
    Month month;
    int64_t payee, fen, decided; /* fen < 0: taken back */
} OwedLine;

typedef struct OwedAsk {
    Month since, month; /* months since..month are this ledger's */
    int64_t decided;    /* receipt of a month nobody answers yes to */
    const OwedPiece *pieces;
    size_t n_pieces; /* by month, not overlapping */
    const PaidLine *paid;
    size_t n_paid;                         /* by month */
    bool held;                             /* nothing is paid, and nothing taken back */
    int64_t (*payee)(void *user, Month m); /* NULL: the record itself, 0 */
    /* Whether a ledger had begun where she lived then; NULL: it had.  A month that was paid all the
     * same is a ledger's. */
    bool (*begun)(void *user, Month m);
    void *user;
} OwedAsk;

/* Adds lines by month.  A month whose answer is unknown or a person's is left as it is: it neither
 * pays nor takes back (semantics 5).  What was paid too much is taken from what the same payee now
 * gets of the same benefit, never below nothing; *ret_open is what is left to be recovered. */
void pay_owed(const OwedAsk *q, GArray *to, int64_t *ret_open);

#endif
