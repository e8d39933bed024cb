/* receipt.h — a decision as it was made: from its receipt (run, rule, subject, month) the facts are
 * found as they were known then, and the rules of the policy of then; and whether today's answer
 * is another one, and why.
 * Start: decision_receipt(). */
#ifndef ANLAO_CARE_RECEIPT_H
#define ANLAO_CARE_RECEIPT_H

#include "care/page_api.h"

typedef struct ReceiptDifference { /* a line that is not the same now; one side may be empty */
    Str then_zh, then_en, now_zh, now_en;
} ReceiptDifference;

typedef struct Receipt {
    bool decided; /* false: nobody decided that month, or it is a check: nothing below is filled */
    int64_t run, at, policy; /* which run, when, by which documents */
    Truth outcome;     /* as stored; a no that was never anything else has no row of its own */
    int64_t amount;    /* fen; 0 unless yes */
    bool recomputed;   /* then, agrees */
    bool agrees;       /* the facts and rules of then give the stored answer */
    bool outside_then; /* the rule was not about the record: no sentences */
    Explanation then;
    bool outside_now, same; /* today's answer is the stored one */
    Explanation now;
    bool other_policy; /* other documents are in force now */
    ReceiptDifference *differences;
    size_t n_differences;
} Receipt;

/* recompute: also `then`, which loads the facts as known then (a second or more for a city). */
bool decision_receipt(Care *c, const Session *s, const Rule *rule, RecordKey key, Month month,
                      bool recompute, Arena *a, Receipt *ret, GError **error);

typedef struct StoredAnswer {
    const Rule *rule;
    int64_t run;
    Truth outcome;
    int64_t amount;
} StoredAnswer;
/* What is stored about one record in a month, by rule; none of a month that nobody decided. */
bool decision_stored(Care *c, const Session *s, const Entity *e, RecordKey key, Month month,
                     Arena *a, StoredAnswer **ret, size_t *ret_n, GError **error);

#endif
