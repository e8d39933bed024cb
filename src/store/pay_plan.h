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
} PayRule;

typedef struct PayPlan {
    int32_t county;
    Str programme;      /* a benefit's name; empty: all */
    Month since, month; /* since: where this ledger begins, unless an earlier run says so already */
    int64_t base;       /* DecideState.run: nobody decided since, nothing is stale */
    const PayRule *rules;
    size_t n_rules;
    /* Record paid instead of the subject, of rules that name one; 0: it is not known. */
    int64_t (*payee)(void *user, unsigned rule, int64_t subject, Month m);
    void *user;
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
} PayStep;

#endif
