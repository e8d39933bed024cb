/* pay.h — what a decision is worth: pay runs, from the answers of benefits to the bank's reply.
 * A run is owed for all months to date less what was paid, so late facts and rules put back in time
 * correct themselves in the next run.  Rights are separated: who prepares neither reviews nor
 * approves, who puts rules in force releases no money by them.  Everything here is for people:
 * functions take a Session, and runs belong to one county each.
 * Start: pay_prepare(), pay_move_on(). */
#ifndef ANLAO_CARE_PAY_H
#define ANLAO_CARE_PAY_H

#include "care/page_api.h"
#include "data/pay.h"

typedef struct PayAsk {
    Month month;
    Month since;          /* where this ledger begins, on its first run; 0: with the month */
    Str only;             /* a benefit's name; empty: all */
    bool dry;             /* counts only */
    bool grants;          /* with `dry`: puts up the notices of who is new */
    uint64_t *ret_grants; /* how many were put up; may be NULL */
} PayAsk;
/* Brings the decisions up to date, then prepares a run in each county of the session's region that
 * has anybody with a benefit. */
bool pay_prepare(Care *c, const Session *s, const PayAsk *ask, Arena *a, PayRun **ret,
                 size_t *ret_n, GError **error);
/* Newest first, of the session's region, at most 200. */
bool pay_runs(Care *c, const Session *s, Arena *a, PayRun **ret, size_t *ret_n, GError **error);
/* One of them, whatever the number asked for; FAIL_ABSENT when the session's region has none. */
bool pay_run_of(Care *c, const Session *s, int64_t run, Arena *a, PayRun *ret, GError **error);
/* The topmost place of a county's number; ROW_NONE. */
int32_t pay_county_region(const Care *c, int32_t county);
/* Next state, or PAY_REFUSED; a refusal needs its reason.  FAIL_RIGHT, FAIL_CONFLICT. */
bool pay_move_on(Care *c, const Session *s, int64_t run, PayState to, Str reason, Arena *a,
                 GError **error);
/* Whether the session might: its right and the run's people; not yet whether the fund has enough.
 */
bool pay_may(const Session *s, const PayRun *run, PayState to);
/* What came back of a run that is with the bank: books the reply, once; again when more comes. */
bool pay_reply(Care *c, const Session *s, int64_t run, const PayReturn *back, size_t n, Arena *a,
               uint64_t *ret_fresh, GError **error);

/* Lines of a run (`subject` 0) or of one record; `county` is the run's. */
bool pay_lines(Care *c, const Session *s, const PayLinesAsk *ask, Arena *a, PayLine **ret,
               size_t *ret_n, GError **error);
/* All lines of one record, by benefit and month. */
bool pay_of_record(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                   PayLine **ret, size_t *ret_n, GError **error);
bool pay_returns(Care *c, const Session *s, int64_t run, Arena *a, PayReturn **ret, size_t *ret_n,
                 GError **error);

/* ---- what a clerk looks at before she signs */
bool pay_rolls(Care *c, const Session *s, int64_t run, Arena *a, PayRoll **ret, size_t *ret_n,
               GError **error);
/* By place; Str town is its code. */
bool pay_towns(Care *c, const Session *s, int64_t run, Arena *a, PayTown **ret, size_t *ret_n,
               GError **error);

typedef struct PayChangeLine {
    PayChange change;
    RecordKey key;
    Str reason_zh, reason_en; /* what the answer turned on; of who waits: what is missing */
} PayChangeLine;
bool pay_changes(Care *c, const Session *s, int64_t run, PayShow show, int64_t skip, size_t most,
                 Arena *a, PayChangeLine **ret, size_t *ret_n, GError **error);
/* Whom the run could not decide in its month: a fact is missing, or it is for a person to say.  The
 * reason is as things stand now. */
bool pay_waiting(Care *c, const Session *s, int64_t run, int64_t skip, size_t most, Arena *a,
                 PayChangeLine **ret, size_t *ret_n, GError **error);
/* What several lines of the run wait for: each missing thing once, who is most waited for first; of
 * at most LIMIT_PAY_HINTS lines (*ret_more: there are more).  None for who sees sums alone. */
typedef struct PayWait {
    MissingFact what;
    unsigned rule;            /* one that lacks it */
    uint64_t subjects, lines; /* records, and their lines: one for each benefit */
} PayWait;
bool pay_waits(Care *c, const Session *s, int64_t run, Arena *a, PayWait **ret, size_t *ret_n,
               bool *ret_more, GError **error);
/* 661 wait for …, to be set by …: how. */
Label pay_wait_words(const PayWait *x, bool more, Arena *a);
/* What the answer of a month turns on, or what is missing, as things stand now. */
bool pay_reason(Care *c, const Session *s, unsigned rule, RecordKey key, Month month, Arena *a,
                Str *ret_zh, Str *ret_en, GError **error);
/* Why one is held whose notice is not over: until when, or what is to be set. */
bool pay_notice(Care *c, unsigned rule, RecordKey key, Arena *a, Str *ret_zh, Str *ret_en,
                GError **error);

typedef struct PayHints {
    bool accounts_seen;       /* false: too many to look at, or not for this session */
    uint64_t shared, sharing; /* accounts that several are paid to; and those who are */
    uint64_t without;         /* receivers without an account */
} PayHints;
bool pay_hints(Care *c, const Session *s, int64_t run, Arena *a, PayHints *ret, GError **error);

#define PAY_UNSEEN_DAYS 90 /* after which a clerk is told that nobody saw one who is paid */

typedef struct PayUnseen { /* a person a run pays, or pays for */
    const Entity *entity;
    RecordKey key;
    unsigned rule; /* the first of her lines */
    bool seen;     /* false: nothing ever showed her */
    Date seen_on;
} PayUnseen;
/* Whom nobody saw for PAY_UNSEEN_DAYS, as of today.  *ret_looked false: the documents say nothing
 * that shows anybody, or there are more lines than LIMIT_PAY_HINTS. */
bool pay_unseen(Care *c, const Session *s, int64_t run, Arena *a, PayUnseen **ret, size_t *ret_n,
                bool *ret_looked, GError **error);

/* ---- holds: nothing is paid to whom one is open for, or for whom */
bool pay_hold_open(Care *c, const Session *s, const Entity *e, RecordKey key, PayHold kind,
                   Str reason, Arena *a, int64_t *ret_id, GError **error);
/* Four eyes: who opened a hold, or booked the payment that came back, does not release it. */
bool pay_hold_may_close(const Session *s, const PayHoldRow *h);
/* What it came to.  FAIL_RIGHT as pay_hold_may_close() says. */
bool pay_hold_close(Care *c, const Session *s, int64_t id, Str outcome, Arena *a, GError **error);
bool pay_holds(Care *c, const Session *s, bool open_only, Arena *a, PayHoldRow **ret, size_t *ret_n,
               GError **error);
bool pay_hold_parse(Str word, PayHold *ret);
/* What a hold is on; NULL: it is not among the records any more. */
bool pay_hold_entity(Care *c, const PayHoldRow *h, const Entity **ret, GError **error);

/* ---- funds */
typedef struct PayFund {
    int32_t county;
    Str fund;             /* code of the fund; "unstated" where a benefit names none */
    int64_t posted, held; /* fen: what was arranged less what was spent; reserved by runs */
} PayFund;
bool pay_funds(Care *c, const Session *s, Arena *a, PayFund **ret, size_t *ret_n, GError **error);
/* Arranges money (fen > 0).  `key` all zero: a fresh one. */
bool pay_fund_add(Care *c, const Session *s, Str region, Str fund, int64_t fen, Str reason,
                  const uint8_t key[16], Arena *a, GError **error);

/* ---- files */
/* For the bank: one line a receiver, with number, name, account and amount in yuan; journalled
 * before it is written.  CSV or XLSX by the name. */
bool pay_bank_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                   uint64_t *ret_lines, int64_t *ret_fen, GError **error);
/* For the finance office: sums by benefit and fund, no names. */
bool pay_request_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                      GError **error);
/* The bank's answer: columns number, result, reason; every payment of the run must be in it. */
bool pay_reply_file(Care *c, const Session *s, int64_t run, const char *path, Arena *a,
                    uint64_t *ret_returned, uint64_t *ret_fresh, GError **error);

/* ---- a past run again */
typedef struct PayReplay {
    int64_t run;
    uint64_t lines, differ;       /* as known then: stored lines, and those that would differ */
    int64_t stored_fen, then_fen; /* what was to be paid; what comes out as known then */
    uint64_t now_lines;           /* months of a record and benefit that are owed otherwise now */
    int64_t now_more_fen, now_less_fen; /* as known now: paid too little, too much */
} PayReplay;
bool pay_replay(Care *c, const Session *s, int64_t run, Arena *a, PayReplay *ret, GError **error);

#endif
