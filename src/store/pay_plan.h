/* pay_plan.h — what writing a pay run needs to be told; store/write.h writes it. */
#ifndef ANLAO_STORE_PAY_PLAN_H
#define ANLAO_STORE_PAY_PLAN_H

#include "store/ledger.h"
#include "store/pay.h"

/* What a benefit says of a month in the county, counted from the facts: the stored answers must
 * come to the same, or nothing is paid. */
typedef struct PayRule {
    unsigned rule;
    int64_t subjects, yes, unknown, judgement;
    bool noticed; /* who is new in it waits for the end of a public notice */
} PayRule;

typedef struct PayGrant { /* what stands in public before it is paid */
    unsigned rule;
    int64_t subject;
    Month since;
    int64_t fen;  /* a month */
    bool changed; /* she was paid another amount before */
} PayGrant;

typedef struct PayPlan {
    int32_t county;
    Str programme;      /* a benefit's name; empty: all */
    Month since, month; /* since: where this ledger begins, unless an earlier run says so already */
    int64_t base;       /* DecideState.run: nobody decided since, nothing is stale */
    const PayRule *rules;
    size_t n_rules;
    /* Record paid instead of the subject, of rules that name one; 0: it is not known. */
    int64_t (*payee)(void *user, unsigned rule, int64_t subject, Month m);
    /* County in which the subject lived on the month's first day; 0: not known. */
    int32_t (*lived)(void *user, unsigned rule, int64_t subject, Month m);
    /* Of a rule with `noticed`: whether the notice of this one is closed: who is new, or gets
     * another amount from the month on. */
    bool (*closed)(void *user, const PayGrant *g);
    /* Whether most of those with the same amount in the month before get the same now: the rule's
     * change, for all, and no notice of hers. */
    bool (*for_all)(void *user, unsigned rule, Month m, int64_t was, int64_t fen);
    /* Where a subject lives: number among `towns`, codes; ROW_NONE.  NULL: nowhere. */
    int32_t (*town)(void *user, unsigned rule, int64_t subject);
    const Str *towns;
    void *user;
    const PayHeld *held; /* by what records say; those held by hand the store knows itself */
    size_t n_held;
    bool dry; /* counts only: nothing is written */
    Str actor, via;
} PayPlan;
typedef struct PayStep {
    int32_t county;
    int64_t run;
    PayState from, to; /* the same: more comes back from the bank after the reply was booked */
    Str actor, via, reason;
    const LedgerMove *move; /* goes with it, or NULL */
    const PayReturn *returns;
    size_t n_returns;
    const PayHeld *held; /* on the way to the bank: by what records say */
    size_t n_held;
} PayStep;

#endif
