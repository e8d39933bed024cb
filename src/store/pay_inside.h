/* pay_inside.h — what the files that write, read and verify pay runs share. */
#ifndef ANLAO_STORE_PAY_INSIDE_H
#define ANLAO_STORE_PAY_INSIDE_H

#include "store/ledger_inside.h"
#include "store/pay_owed.h"

/* A line as it is hashed; in the order of rule, subject, month, payee. */
typedef struct LineDigest {
    Sm3 *hash;
    Bytes bytes;
    int64_t rule; /* the last one named */
    uint64_t lines;
    Bytes *copy; /* gets the same bytes, where they are wanted; or NULL */
} LineDigest;
void line_digest_begin(LineDigest *d);
void line_digest_add(LineDigest *d, int64_t rule, Str name, int64_t subject, const OwedLine *l,
                     int hold);
/* Behind all lines: who is left, whose amount is another.  A run of before has neither. */
void rest_digest_add(LineDigest *d, Str name, int64_t subject);
void change_digest_add(LineDigest *d, Str name, const PayChange *c);
void line_digest_end(LineDigest *d, uint8_t to[SM3_SIZE]); /* and gives back what it held */

/* SM3 of everything there is about a run but its lines, whose digest it holds: as the digest of a
 * record's row.  *ret_found false: there is no such run. */
bool pay_run_digest(Conn *c, int32_t county, int64_t run, Bytes *scratch, Sm3 *hash,
                    bool *ret_found, uint8_t to[SM3_SIZE], GError **error);
void pay_hold_digest(const PayHoldRow *h, Bytes *scratch, Sm3 *hash, uint8_t to[SM3_SIZE]);
PayHoldRow pay_hold_from(Statement *st, Arena *a); /* columns of PAY_HOLD_COLUMNS */
#define PAY_HOLD_COLUMNS                                                                           \
    "county,id,subject,kind,reason,opened_by,closed_by,outcome,opened_at,opened_seq,closed_at,"    \
    "closed_seq"

/* pay_same.c: merged records as payments see them. */
typedef struct PaySames {
    GHashTable *led;   /* int64_t → int64_t: the record that one went into */
    GHashTable *gone;  /* int64_t → GArray of int64_t: those that one stands for, over all hops */
    GHashTable *twins; /* int64_t → county of the merge: both sides, of merges undone, too */
} PaySames;
PaySames *pay_sames_new(void);
void pay_sames_free(PaySames *s);
/* As they were when a run was prepared; NULL: as they are. */
bool pay_sames_read(Conn *c, const PayRun *as_of, PaySames *to, GError **error);
int64_t pay_led(const PaySames *s, int64_t id); /* itself, when it went into no other */

/* County → the first month that its ledger pays of the rule (as stored), as of a run or now. */
bool pay_begins_read(Conn *c, int64_t rule, const PayRun *as_of, GHashTable *to, GError **error);
/* `own` where the county (0: not known) has no ledger of the rule. */
Month pay_begin_of(GHashTable *begins, int32_t county, Month own);
Month pay_begin_least(GHashTable *begins, Month own);
static inline int64_t pay_run_at(const PayRun *r) /* when it was prepared */
{
    return r->n_steps > 0 ? r->steps[0].at : 0;
}

/* Entry about a run: its row's digest, what was done, and the move of the ledger that goes with it
 * (NULL: none). */
bool pay_entry(Writing *w, Head *h, int64_t run, Str reason, const PayStep *by,
               const LedgerMove *move, GError **error);
bool pay_hold_read(Writing *w, int32_t county, int64_t id, PayHoldRow *ret, GError **error);
bool pay_hold_put(Writing *w, const PayHoldRow *h, GError **error);
/* Its words go, as a law demands: an entry says how it stands since. */
bool pay_hold_blank(Writing *w, const Change *c, Head *h, int64_t id, GError **error);
/* What an entry about a hold did to it; the words of the first two are the entry's reason. */
typedef enum HoldEntry { HOLD_OPENED, HOLD_CLOSED, HOLD_ERASED } HoldEntry;
/* All of it but its words, subject and kind, behind HOLD_ERASED. */
void body_hold(Bytes *b, const PayHoldRow *h);
void body_read_hold(Reader *r, PayHoldRow *to);
/* What a run gives to the people of one place; `rule` as it is stored (t->rule is not read). */
bool pay_town_put(Writing *w, int32_t county, int64_t run, int64_t rule, const PayTown *t,
                  GError **error);
bool pay_step_insert(Writing *w, const Head *h, const PayStep *step, GError **error);

#endif
