/* pay.h — pay runs, their lines, holds and returns, as they are stored and shown: plain data.
 * Reading: store/pay.h; for people: care/pay.h. */
#ifndef ANLAO_DATA_PAY_H
#define ANLAO_DATA_PAY_H

#include "base/date.h"
#include "data/record.h"

typedef enum PayState { /* stored: never renumber */
                        PAY_REFUSED,
                        PAY_PREPARED,
                        PAY_REVIEWED,
                        PAY_APPROVED,
                        PAY_FINANCE, /* with the finance office */
                        PAY_BANK,    /* with the bank */
                        PAY_BOOKED,  /* its reply is booked */
} PayState;

typedef enum PayHold { /* why something is not paid; stored: never renumber */
                       HOLD_NONE,
                       HOLD_DEATH,     /* a match says that she died; a person confirms or not */
                       HOLD_CONFLICT,  /* two records that cannot both be so */
                       HOLD_FACT,      /* a fact is missing */
                       HOLD_PROOF,     /* a service is not proven */
                       HOLD_JUDGEMENT, /* waits for a person's word */
                       HOLD_RETURNED,  /* the bank sent it back: the account has to be mended */
                       HOLD_NOTICE,    /* public notice of the grant is not over, or objected to */
                       HOLD_OTHER,
                       HOLD_KINDS
} PayHold;
const char *
pay_hold_word(PayHold h); /* death conflict fact proof judgement returned notice other */
const char *pay_state_word(PayState s); /* refused prepared reviewed approved finance bank booked */

/* One benefit's part of a run.  Outcomes are those of the run's month and add up to the subjects.
 */
typedef struct PaySum {
    unsigned rule; /* number in the Model */
    Month since;   /* the first month this ledger pays */
    int64_t subjects, yes, no, unknown, judgement;
    int64_t lines, persons; /* lines with an amount: who waits is counted by outcome */
    int64_t month_fen, late_fen, back_fen; /* of the month; of earlier ones; taken back */
    int64_t held_lines, held_fen;          /* not paid now */
    int64_t open_fen;                      /* paid too much, and nothing to take it from */
} PaySum;

static inline int64_t pay_sum_fen(const PaySum *s) /* what goes out */
{
    return s->month_fen + s->late_fen - s->back_fen;
}

typedef struct PayStepRow {
    PayState state;
    int64_t at, seq;
    Str actor, reason;
} PayStepRow;

typedef struct PayRun {
    int32_t county;
    int64_t id, decided, policy, seq; /* decided: the run of decisions; seq: its first entry */
    Str programme;                    /* a benefit's name; empty: all */
    Month month;
    PayState state;
    Str prepared_by, reviewed_by, approved_by;
    PaySum *sums; /* by rule */
    size_t n_sums;
    PayStepRow *steps; /* in order */
    size_t n_steps;
    int64_t returned_fen, returned; /* stopped before the bank or sent back: payments */
} PayRun;

/* Money and lines of all benefits; a person counts in each of them, so persons and outcomes do not
 * add up and stay 0. */
PaySum pay_run_total(const PayRun *r);

typedef struct PayLine {
    unsigned rule;
    RecordKey subject;
    Month month;
    int64_t run, payee, fen, decided; /* payee 0: the subject; fen 0: it waits, see `hold` */
    PayHold hold;                     /* HOLD_NONE: paid */
    PayState state;                   /* of its run */
    bool returned;
} PayLine;

typedef struct PayReturn {     /* a payment that was not made after all */
    int64_t receiver, subject; /* subject: only what it had in it for this one; 0: the whole */
    int64_t fen;
    int64_t hold; /* writing: id of the hold that it opens; 0: none */
    bool stopped; /* before the bank */
    Str reason;
} PayReturn;

typedef struct PayHoldRow {
    int32_t county;
    int64_t id, subject; /* a record that is paid for, or paid to */
    PayHold kind;
    Str reason, opened_by, closed_by, outcome;
    int64_t opened_at, opened_seq, closed_at, closed_seq; /* closed_seq 0: open */
} PayHoldRow;

/* What a receiver gets by one run for one benefit; all of one receiver are one line of the bank's
 * file. */
typedef struct PayPayment {
    int64_t receiver, fen;
    bool to_payee; /* receiver is a payee's record, not a subject's */
    unsigned rule;
    bool returned;
} PayPayment;

typedef struct PayHeld { /* held by what records say, on the day */
    int64_t subject;
    PayHold kind;
} PayHeld;

/* Who gets another amount of a benefit than in the month before. */
typedef struct PayChange {
    unsigned rule;
    int64_t subject, before, fen; /* 0: nothing */
    int outcome;                  /* Truth, of the run's month */
} PayChange;

/* What goes to the people of one place. */
typedef struct PayTown {
    unsigned rule;
    Str town;                       /* code; empty: not known */
    int64_t roll_persons, roll_fen; /* entitled in the run's month, whatever is paid now */
    int64_t persons, fen, held_persons, held_fen;
} PayTown;

/* One benefit's month against the one before: last + fresh - stopped + changed = roll. */
typedef struct PayRoll {
    unsigned rule;
    struct PayCount {
        int64_t persons, fen;
    } last, fresh, stopped, changed, roll, held; /* changed, held: fen of the difference, month */
} PayRoll;

typedef enum PayShow { /* which of those whose amount is another */
                       PAY_SHOW_FRESH,
                       PAY_SHOW_STOPPED,
                       PAY_SHOW_CHANGED,
} PayShow;

typedef struct PayLinesAsk {
    int32_t county;
    int64_t run;     /* 0: all */
    int64_t subject; /* 0: all */
    int held;        /* 0: paid, 1: held, -1: both */
    bool late;       /* only supplements and what is taken back */
    bool amounts;    /* without those that wait for a fact or a person's word */
    size_t most;
    int64_t skip;
} PayLinesAsk;
#endif
