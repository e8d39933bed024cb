/* write.h — the one door through which the store is written.  May be included by src/care/write.c,
 * src/store/ and the store's tests alone; the include script knows it by name. */
#ifndef ANLAO_STORE_WRITE_H
#define ANLAO_STORE_WRITE_H

#include "store/docket.h"
#include "store/issue.h"
#include "store/ledger.h"
#include "store/migrate.h"
#include "store/pay_plan.h"
#include "store/store.h"

typedef enum ChangeKind {
    CHANGE_CREATE,
    CHANGE_SET,     /* new values from a day on (dated), or from now (undated) */
    CHANGE_CORRECT, /* a past period or value was wrong: gone, with what remains re-inserted */
    CHANGE_END,     /* the record was made by mistake: no longer live */
    CHANGE_ACCOUNT, /* account row in `account` */
    CHANGE_NOTE, /* an entry without a record: a reveal, an export, a sign-in rule, a policy put in
                    force */
    CHANGE_DECIDE, /* a run of decisions, with the digest of its answers; store_write_decisions() */
    CHANGE_REVIVE, /* a record that was taken off the books, or left, is live again; with fields */
    CHANGE_LEAVE,  /* the record goes on in another county, under the same id */
    CHANGE_DOCKET, /* a fact about a record: docket.h */
    CHANGE_LEDGER, /* a move of the ledger: ledger.h */
    CHANGE_ISSUE,  /* a paper or receipt in `issue`: issue.h */
    CHANGE_RESEAL, /* secrets of a record sealed with another key: FieldChange.was, .sealed */
    CHANGE_PAY,    /* a pay run, a step of it, a hold: store_pay_…() */
    CHANGE_ERASE,  /* by law: its values go, from the journal too; who ordered it and why stay */
    CHANGE_LAST = CHANGE_ERASE
} ChangeKind;

typedef struct FieldChange {
    const Field *field;
    Value value;       /* known = false: ends the value without a successor */
    Date since, until; /* dated fields; until DATE_MAX unless a closed period is corrected */
    Str sealed;        /* secret fields: what is stored instead of value.text */
    bool has_blind;    /* secret unique fields */
    uint8_t blind[SM3_SIZE];
    /* Likewise: how the other counties would know the same text, and one number for it in all of
     * them, by which two processes wait for each other.  0 of them: other counties do not matter.
     */
    const struct Elsewhere *elsewhere;
    size_t n_elsewhere;
    int64_t lock;
    bool has_next; /* while the index key changes: under the next one too */
    uint8_t next[SM3_SIZE];
    int64_t tail, next_tail; /* secret fields that are found: by their last digits; 0: by none */
    Str was;                 /* RESEAL: what is stored, else the field is left as it is */
} FieldChange;

typedef struct Elsewhere {
    int32_t county;
    uint8_t blind[SM3_SIZE];
} Elsewhere;

typedef struct Change {
    ChangeKind kind;
    const Entity *entity;
    RecordKey key;    /* key.id made by store_new_id before, also for CREATE */
    int64_t expected; /* seq the change was based on; -1 = don't care */
    FieldChange *fields;
    size_t n_fields;
    Str actor, via, reason;
    uint8_t request[16]; /* random key of the request: a repeat gets the first answer; all zero =
                            none */
    const AccountRow *account;
    const Docket *docket;     /* CHANGE_DOCKET; its own key is set from this one's county */
    const Content *content;   /* a file's bytes, NULL when they lie there already */
    const LedgerMove *ledger; /* its own key takes the place of `request` */
    const IssueRow *issue;
    const Erasure *erasure; /* ERASE, or NULL; without an entity: nothing else in this county */
    /* It only brings records to where they belong (a move between counties, a merge): what accounts
     * make of it may leave their limits. */
    bool settles;
    /* In a chunk: a made-up record that is refused is left out, and what refers to it, instead of
     * the whole chunk. */
    bool optional;
    int64_t
        keys; /* generation its secrets were sealed under (keys.h); 0: holds none, or before any */
} Change;

typedef struct ChangeAnswer {
    bool done;
    bool repeated; /* the same request key was done before: `seq` is that of the first time */
    int64_t seq;
    uint32_t entries;      /* made in journals: its own, and those of what moved on accounts */
    LedgerRefusal refusal; /* of its error, where an account refused what the record says */
    GError *error; /* why not: FAIL_CONFLICT (changed meanwhile, identity taken), FAIL_INPUT,
                      FAIL_SYSTEM */
} ChangeAnswer;

/* Queues the changes of one caller; a group leader commits up to LIMIT_GROUP_CHANGES waiting
 * changes at once, each in a savepoint, with journal and head; returns when committed and synced.
 * False only for failures of the store itself: nothing of the group was done then.  Answers have
 * one entry per change. */
bool store_write(Store *s, const Change *changes, size_t n, ChangeAnswer *answers, GError **error);
/* One transaction for a chunk of an import or demonstration (at most LIMIT_IMPORT_CHUNK changes):
 * all or nothing, `answers` may be NULL.  The same journal, digests and rules. */
bool store_write_chunk(Store *s, const Change *changes, size_t n, ChangeAnswer *answers,
                       GError **error);
/* Documents, places, rule numbers, an entry in the home county's journal, and marks on decisions.
 * The Store keeps its old Model: it is of use for nothing more than to be closed.  FAIL_CONFLICT
 * when another one was put in force meanwhile. */
bool store_put_policy(Store *s, const PolicyPut *put, int64_t *ret_version, GError **error);

/* Carries a database that nobody has opened here over to this program and to other documents, and
 * puts them in force, all in one transaction.  `put->model` has another schema, or the same; then
 * only the program's own tables change.  What is destructive needs a reason: FAIL_INPUT without.
 * Every process that has it open writes no more (store_is_outdated()). */
bool store_migrate(const char *uri, const PolicyPut *put, Arena *a, Migration *ret, GError **error);

/* What did not change is not touched; what did is journalled with its digest.  FAIL_CONFLICT:
 * somebody else decided, or put another policy in force, since the state was read. */
bool store_write_decisions(Store *s, const DecisionRun *run, DecisionAnswer *ret, GError **error);
/* One run, or none: FAIL_CONFLICT while another of the programme is open, or when the decisions are
 * not those of the facts. */
bool store_pay_prepare(Store *s, const PayPlan *p, Arena *a, PayRun *ret, GError **error);

/* FAIL_CONFLICT when the run stands elsewhere, or the same person would do two of the three.  On
 * the way to the bank, whoever has an open hold is stopped. */
bool store_pay_step(Store *s, const PayStep *step, GError **error);
/* Opens (closed_by empty) or closes a hold; id made by store_new_id(). */
bool store_pay_hold(Store *s, const PayHoldRow *h, Str via, GError **error);
/* Rows of an import staged on disk, so that an interrupted import is finished or never begun. */
bool store_import_begin(Store *s, Str name, int64_t *ret_import, GError **error);
bool store_import_stage(Store *s, int64_t import, const Change *changes, size_t n, GError **error);
/* From here on it is rolled forward.  Rows that cannot be applied any more (a number was taken
 * meanwhile, an account says no) are left out, the others are applied: which and why, in the order
 * of staging, at most LIMIT_IMPORT_REFUSED and how many more there were.  `ret` NULL: FAIL_CONFLICT
 * then. */
bool store_import_commit(Store *s, int64_t import, Arena *a, ImportRefused **ret, size_t *ret_n,
                         int64_t *ret_more, GError **error);
/* Whether rows of this entity can be refused for what other rows did: accounts, unique numbers. */
bool store_import_asks(const Store *s, const Entity *e);
/* What commit would refuse of the first `most` staged rows, as things stand: they are applied in
 * one transaction and taken back; nothing is written. */
bool store_import_try(Store *s, int64_t import, size_t most, Arena *a, ImportRefused **ret,
                      size_t *ret_n, GError **error);
bool store_import_drop(Store *s, int64_t import, GError **error);
/* Finishes committed imports that nobody is at, drops those that were not committed.  At the start,
 * by store_open, it waits a moment for one whose process seems to live; later it looks again: a
 * server may notice only then that a process died.  *ret_words: rows that were left out and nobody
 * was told of, as store_left_out(); mostly empty. */
bool store_import_recover(Store *s, bool at_start, Arena *a, Str *ret_words, GError **error);

#endif
