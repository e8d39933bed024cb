/* pay_preparing.h — one run in the making; for pay_prepare.c, pay_before.c and pay_put.c. */
#ifndef ANLAO_STORE_PAY_PREPARING_H
#define ANLAO_STORE_PAY_PREPARING_H

#include "store/pay_inside.h"

typedef struct LineRow {
    int64_t subject;
    OwedLine line;
    int hold;
} LineRow;

/* The newest run that paid the rule, when what it settled may be built upon. */
typedef struct PayBase {
    bool fine;
    int64_t run, decided, seq, policy;
    Month month;
    GArray *rest; /* int64_t, sorted: whom it left, or whose payment came back since */
    size_t at;    /* of the walk */
} PayBase;

typedef struct RunOf { /* a run that may have lines of the rule */
    int32_t county;
    int64_t run;
} RunOf;

typedef enum Moved { /* a record that left a county */
                     MOVED_NOT,
                     MOVED_ELSEWHERE, /* between two others */
                     MOVED_FROM_HERE,
                     MOVED_HERE, /* here it is now */
} Moved;

typedef struct Preparing {
    Writing *w;
    const Store *s;
    const PayPlan *p;
    Arena *arena;
    Head *head;
    GHashTable *refused;  /* runs: int64_t */
    GHashTable *returned; /* PayReturn by run (in `fen`), receiver and subject */
    GHashTable *holds;    /* record → PayHold */
    GHashTable *moved;    /* records that left some county: int64_t → Moved */
    PaySames *sames;      /* records that went into others */
    bool any_moved;
    PayRun run;
    LineDigest digest;
    GArray *rests, *changes, *towns; /* PayChange (rests: the subject alone), PayTown */
    /* the rule and subject at hand */
    const PayRule *rule;
    int64_t number, subject;
    bool to_payee;
    PayBase base;
    GArray *runs;       /* RunOf */
    GHashTable *begins; /* county → first month of its ledger of the rule */
    PaySum *sum;
    GArray *pieces, *paid, *owed, *lines; /* OwedPiece, PaidBefore, OwedLine, LineRow */
    GHashTable *town_at;                  /* place → number in `towns` + 1 */
} Preparing;

/* ---- pay_before.c: what there is already */

/* Runs refused, payments that came back, holds, records that went to another county. */
bool before_read(Preparing *d, GError **error);
/* Of the rule at hand: where its ledger begins, the runs that paid it, what may be built upon. */
bool before_rule(Preparing *d, GError **error);
/* What was paid to the subject at hand and to those that went into it, by month, into `paid`: of
 * all counties where they were. */
bool before_lines(Preparing *d, bool elsewhere_only, GError **error);
bool before_counts(const Preparing *d, int64_t run, int64_t payee, int64_t subject);
void before_clear(Preparing *d);

/* ---- pay_noticed.c */

/* Whether what the subject at hand is owed (`owed`) waits for a public notice. */
bool noticed_waits(Preparing *d);
/* Whether an answer may be new or of another amount after the run before. */
bool noticed_after(const Preparing *d);
/* pay_prepare.c: a month's answer, 0 when it is no yes; where the subject's ledger begins. */
int64_t prepare_fen(const Preparing *d, Month m);
Month prepare_begin(const Preparing *d, Month m);
Month prepare_since(const Preparing *d);

/* ---- pay_put.c: what is written */
bool put_lines(Preparing *d, GError **error); /* of the rule at hand; hashes them, too */
bool put_run(Preparing *d, GError **error);

#endif
