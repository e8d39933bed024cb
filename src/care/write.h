/* write.h — law 2: the one way to write facts.
 * In: a session, what it wants changed.  Out: one journalled change, or words beside the wrong
 * inputs.  Everything is checked against the Model, the right and the scope before the store hears
 * of it; secrets leave here sealed.  Not here: what a person typed (record_save.c), files
 * (import.c).  Start: care_write(); care_write_chunk() for made-up and imported records. */
#ifndef ANLAO_CARE_WRITE_H
#define ANLAO_CARE_WRITE_H

#include "care/care.h"
#include "care/said.h"
#include "store/docket.h"
#include "store/issue.h"
#include "store/migrate.h"
#include "store/pay_plan.h"

typedef enum WriteKind {
    WRITE_CREATE,
    WRITE_SET,     /* from a day on (dated), or from now */
    WRITE_CORRECT, /* what was recorded for these days was wrong */
    WRITE_END,     /* the record was made by mistake */
    WRITE_REVIVE,  /* it is on the books again; with what its secrets are known by */
    WRITE_LEAVE,   /* it goes on in another county */
} WriteKind;

typedef struct WriteField {
    const Field *field;
    Value value;       /* known = false: cleared, or ended without a successor; REF: record id;
                          REGION: text is the code; secrets: text in clear */
    Date since, until; /* dated fields; until 0 or DATE_MAX: open */
} WriteField;

typedef struct WriteRequest {
    WriteKind kind;
    const Entity *entity;
    RecordKey key;    /* CREATE: id 0 is made, county 0 comes from the place */
    int64_t expected; /* seq the change is based on; -1: whatever it is now */
    const WriteField *fields;
    size_t n_fields;
    Str reason;
    bool lift;            /* a held step may pass (follow_check.c) */
    uint8_t request[16];  /* all zero: none */
    const Record *before; /* the record, if the caller has read it just now; NULL: it is read */
} WriteRequest;

typedef struct WriteAnswer {
    RecordKey key;
    int64_t seq;
    bool repeated; /* the same request was done before; this is its answer */
} WriteAnswer;

bool care_new_id(Care *c, int64_t *ret, GError **error);

/* Who writes records; and who lets a held step pass, that step alone. */
bool may_record(const Session *s, const Field *first, size_t n_fields, bool lift);

/* Checks everything, then writes.  False with faults (FAIL_INPUT) where inputs are wrong;
 * FAIL_RIGHT, FAIL_ABSENT, FAIL_CONFLICT otherwise.  `ret_faults` may be NULL. */
bool care_write(Care *c, const Session *s, const WriteRequest *r, Arena *a, WriteAnswer *ret,
                FieldFault **ret_faults, size_t *ret_n_faults, GError **error);

/* Several records and facts about them (docket.h), in one transaction: all or none.  Who calls has
 * checked rights, scope and values; here the reason is.  In this order: requests, dockets, each in
 * its own county's journal. */
typedef struct WriteSet {
    const WriteRequest *requests;
    size_t n_requests;
    const Docket *dockets;
    size_t n_dockets;
    const Content *content; /* of the first docket: a file */
    bool settles;           /* brings records to where they belong: Change.settles */
    Str reason;
} WriteSet;
bool care_write_set(Care *c, const Session *s, const WriteSet *set, GError **error);
/* A reason somebody can be asked about, without a citizen number in it. */
bool check_reason(Str reason, GError **error);
/* What a reason, if one is given, must not hold: the journal keeps it, lists show it. */
bool check_reason_kept(Str reason, Said *said, GError **error);
/* The same of a file's name, which is kept in clear and for good, too. */
bool check_file_name(Str name, Said *said, GError **error);
/* The whole of check_reason(); `said` for a page. */
bool check_reason_said(Str reason, Said *said, GError **error);

/* Who is named in the journal of what a program writes by itself. */
typedef struct WriteBy {
    Str actor, via; /* via: demo, import, system */
} WriteBy;
/* Records already checked by who made them, in one transaction of at most LIMIT_IMPORT_CHUNK: all
 * or nothing.  Ids of creations must be made before (care_new_id); a county of 0 comes from the
 * place. Secrets are sealed and indexed here. */
bool care_write_chunk(Care *c, const WriteBy *by, const WriteRequest *requests, size_t n,
                      GError **error);
/* Of a database that is not open here; care/migrate.c. */
bool care_migrate(const char *uri, const PolicyPut *put, Arena *a, Migration *ret, GError **error);
/* Secrets of a record sealed with another key: nothing of what it says changes. */
typedef struct ResealField {
    const Field *field;
    Str was, sealed; /* was: what is stored; else the field is left as it is */
    bool has_next;
    uint8_t next[32];  /* its value under the next index key */
    int64_t next_tail; /* its last digits likewise, where it is found by them */
} ResealField;
typedef struct Reseal {
    const Entity *entity;
    RecordKey key;
    ResealField *fields;
    size_t n;
} Reseal;
bool care_reseal(Care *c, const Session *by, const Reseal *list, size_t n, GError **error);
/* By law, once it was decided that it may be (erase.c); `papers` of the record's county or NULL. An
 * entity of NULL: nothing but those, in the county of `key`. */
bool care_erase(Care *c, const Session *by, const Entity *e, RecordKey key, Str reason,
                const Erasure *papers, int64_t *ret_seq, GError **error);
bool care_put_policy(Care *c, const PolicyPut *put, int64_t *ret_version, GError **error);
bool care_write_decisions(Care *c, const DecisionRun *run, DecisionAnswer *ret, GError **error);
/* An entry about something that changes no record: a reveal (of `field`), a look-up, an export.
 * `entity` and `field` NULL: about none. */
bool care_note(Care *c, const Session *s, const Entity *entity, RecordKey key, const Field *field,
               Str reason, GError **error);
/* A move of the ledger, a pay run, a step of one, a hold: as in store/write.h. */
bool care_write_ledger(Care *c, const Session *s, const LedgerMove *m, Str reason, GError **error);
/* Several ledgers at once, each in its county: all or none. */
bool care_write_ledgers(Care *c, const Session *s, const LedgerMove *m, size_t n, Str reason,
                        GError **error);
bool care_write_pay_run(Care *c, const PayPlan *p, Arena *a, PayRun *ret, GError **error);
bool care_write_pay_step(Care *c, const PayStep *step, GError **error);
bool care_write_pay_hold(Care *c, const PayHoldRow *h, Str via, GError **error);
bool care_write_account(Care *c, const Session *by, const AccountRow *row, GError **error);

/* Keeps what left the office, with an entry in the journal of its place's county.  Rights are the
 * caller's: what may be issued is said by its declaration. */
/* `request` NULL, or the key of a form: *ret_repeated then says that it issued before, and nothing
 * was written (store_issued_by() has it). */
bool care_issue(Care *c, const Session *s, const IssueRow *row, const uint8_t *request, Str reason,
                bool *ret_repeated, GError **error);

/* An import on disk: finished at the next start, or never begun. */
bool care_import_begin(Care *c, Str name, int64_t *ret_import, GError **error);
bool care_import_stage(Care *c, int64_t import, const WriteBy *by, const WriteRequest *requests,
                       size_t n, GError **error);
bool care_import_commit(Care *c, int64_t import, Arena *a, ImportRefused **ret, size_t *ret_n,
                        int64_t *ret_more, GError **error); /* as store_import_commit() */
/* What would be refused of the first `most` staged rows; nothing is written. */
bool care_import_try(Care *c, int64_t import, size_t most, Arena *a, ImportRefused **ret,
                     size_t *ret_n, GError **error);
bool care_import_asks(const Care *c, const Entity *e); /* whether that can be */
bool care_import_drop(Care *c, int64_t import, GError **error);
bool care_import_resume(Care *c, Arena *a, Str *ret_left_out, GError **error);

/* ---- checks, also used by imports (record_check.c) --------------------------------------------
 */

typedef struct Faults { /* collected beside their fields */
    Arena *arena;
    FieldFault *list;
    size_t n, room;
} Faults;
void fault_add(Faults *f, const Field *field, const char *zh, const char *en);

/* What the Model says of the values: kinds, lengths, ranges, codes, check digits, required, since
 * inside the record's span, its end not before its beginning.  `before` NULL: a new record. */
void check_values(Care *c, const WriteRequest *r, const Record *before, Faults *faults);
/* A changed birth against the citizen number on record.  For who may write the record alone, as
 * check_taken() is: the answer tells of what is sealed. */
bool check_born_recorded(Care *c, const WriteRequest *r, const Record *before, Faults *faults,
                         GError **error);
/* What a person decides lies below its ceiling (record_judgement.c); and is decided by who may,
 * upon papers that are named. */
void check_ceilings(Care *c, const WriteRequest *r, const Record *before, Faults *faults);
void check_judge(Care *c, const Session *s, const WriteRequest *r, Faults *faults);
/* A step of the record's procedure is one its guard, needs and holds allow (follow_check.c). */
bool check_step(Care *c, const Session *s, const WriteRequest *r, const Record *before,
                Faults *faults, GError **error);
bool check_references(Care *c, const WriteRequest *r, Faults *faults, GError **error);
/* Which unique field another record has.  The county's own are refused by the store when it writes
 * (a form sent twice must reach it), those of other counties only here. */
bool check_taken(Care *c, const WriteRequest *r, bool elsewhere_only, Faults *faults,
                 GError **error);

/* The value a field has after the request: what it sets, else what stood before. */
Value value_after(const WriteRequest *r, const Record *before, const Field *f);
/* Region row of the record after the request, by the entity's `place`; ROW_NONE: unknown. */
bool place_after(Care *c, const WriteRequest *r, const Record *before, int32_t *ret,
                 GError **error);
/* Number of the county that owns records of a place; the node's own office where it has none. */
int32_t county_of_place(const Care *c, int32_t region);
/* A record by its id alone; FAIL_ABSENT. */
bool locate(Care *c, const Entity *e, int64_t id, RecordKey *ret, GError **error);
/* Record with this text in a secret unique field, in any county; FAIL_ABSENT. */
bool find_secret(Care *c, const Field *f, Str plain, RecordKey *ret, GError **error);
bool find_secret_in(Care *c, const Field *f, Str plain, const int32_t *counties, size_t n,
                    RecordKey *ret, GError **error);

#endif
