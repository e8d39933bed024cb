/* pay.h — pay runs as they are stored.  A run is one county's, of one benefit or of all of them
 * (its programme): owed for all months to date less what was paid.  Lines are never changed;
 * what the bank sends back, or what is stopped before it, is a row beside them, and such lines
 * count as never paid, as do those of a run that was refused.  Writing: store/write.h.
 * Start: PayRun, PayLine. */
#ifndef ANLAO_STORE_PAY_H
#define ANLAO_STORE_PAY_H

#include "data/pay.h"
#include "store/store.h"

/* Newest first; county 0: all.  FAIL_ABSENT when `run` (not 0) is none. */
bool store_pay_runs(Store *s, int32_t county, int64_t run, size_t most, Arena *a, PayRun **ret,
                    size_t *ret_n, GError **error);

/* By rule, subject, month, run. */
bool store_pay_lines(Store *s, const PayLinesAsk *q, Arena *a, PayLine **ret, size_t *ret_n,
                     GError **error);
/* By receiver and rule. */
bool store_pay_payments(Store *s, int32_t county, int64_t run, Arena *a, PayPayment **ret,
                        size_t *ret_n, GError **error);
bool store_pay_returns(Store *s, int32_t county, int64_t run, Arena *a, PayReturn **ret,
                       size_t *ret_n, GError **error);
/* All of a county (0: of all), open ones first. */
bool store_pay_holds(Store *s, int32_t county, bool open_only, Arena *a, PayHoldRow **ret,
                     size_t *ret_n, GError **error);

/* By benefit: the run's month against the one before. */
bool store_pay_rolls(Store *s, int32_t county, int64_t run, Arena *a, PayRoll **ret, size_t *ret_n,
                     GError **error);
/* Those whose amount is another, by rule and subject. */
bool store_pay_changes(Store *s, int32_t county, int64_t run, PayShow show, int64_t skip,
                       size_t most, Arena *a, PayChange **ret, size_t *ret_n, GError **error);
/* By place, all benefits together. */
bool store_pay_towns(Store *s, int32_t county, int64_t run, Arena *a, PayTown **ret, size_t *ret_n,
                     GError **error);
/* Of whom it is not known in the month, or for a person to say; as decided now.  `outcome` is the
 * Truth, `before` what was last paid for one month, 0: nothing. */
bool store_pay_waiting(Store *s, int32_t county, Month month, int64_t skip, size_t most, Arena *a,
                       PayChange **ret, size_t *ret_n, GError **error);

typedef struct PayPast { /* a line as it counted when a run was prepared */
    int64_t subject, payee, fen;
    Month month;
    PayHold hold;
    bool own; /* of the run itself; else of an earlier one, neither refused nor returned by then */
} PayPast;
/* Of one rule, by subject and month: what store_pay_prepare() saw, and what it made of it. */
bool store_pay_past(Store *s, const PayRun *run, unsigned rule, Arena *a, PayPast **ret,
                    size_t *ret_n, GError **error);

#endif
