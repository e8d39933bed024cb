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

/* By rule, subject, month, run; of a run the ones with an amount first. */
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
/* Whom a run could not decide in its month: `outcome` is the Truth, unknown or a person's. */
bool store_pay_waiting(Store *s, int32_t county, int64_t run, int64_t skip, size_t most, Arena *a,
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

typedef struct PayBegins { /* where the ledgers of a rule began, as it was known by a run */
    Month least;           /* of all of them; the run's own when nobody moved */
    int32_t *counties;
    Month *since; /* n */
    size_t n;
    int64_t *moved; /* records of its subject that left some county, sorted */
    size_t n_moved;
} PayBegins;
bool store_pay_begins(Store *s, const PayRun *run, const PaySum *sum, Arena *a, PayBegins *ret,
                      GError **error);

#endif
