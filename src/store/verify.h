/* verify.h — what the parts of verify share: the report, and the last digest of every record. */
#ifndef ANLAO_STORE_VERIFY_H
#define ANLAO_STORE_VERIFY_H

#include "store/ledger.h"
#include "store/seal.h"
#include "store/writing.h"

typedef struct Last { /* what the journal says last of a record */
    int64_t id;       /* 0: free */
    uint32_t entity;
    bool seen; /* in the tables */
    int32_t county;
    int64_t seq;
    uint8_t row[SM3_SIZE];
} Last;

typedef struct LastMap {
    Last *seats;
    size_t room, n; /* room: a power of two */
} LastMap;

typedef struct Verifying {
    Store *s;
    Conn *conn;
    Arena *arena;
    VerifyReport *report;
    LastMap last;
    Sm3 *hash;
    Bytes scratch;
    struct Runs *runs; /* of decisions, from their entries */
    struct Ledger *ledger;
    struct Identities *identities; /* to be looked for */
    struct Events *events;         /* what followed from records, from the transfers alone */
    ActiveKeys keys;
    char *keys_said;               /* by the newest note about keys; g_free */
    GHashTable *copies;            /* counties of other nodes → what an entry must say of each */
    GHashTable *copies_said;       /* what entries of the own office say */
    int64_t policies, incarnation; /* the newest that notes of the own office speak of */
} Verifying;

Last *last_of(LastMap *m, int64_t entity, int32_t county, int64_t id); /* NULL: no entry */
Last *last_put(LastMap *m, int64_t entity, int32_t county, int64_t id);
/* The first fault found stays; it is told in words. */
void fault(Verifying *v, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* verify_chain.c: entries, bodies, links, heads. */
bool verify_chains(Verifying *v, GError **error);
/* verify_rows.c: records, accounts, identities against the last digests. */
bool verify_rows(Verifying *v, GError **error);
/* verify_identities.c: a record's number is to stand in the table of identities.  `counted`: the
 * record is among those that differ already.  identities_look() looks for the last of them. */
struct Identities *identities_new(void);
void identities_free(struct Identities *i);
bool identity_expect(Verifying *v, const Row *r, const FieldPlan *f, const Slot *s, bool counted,
                     GError **error);
bool identities_look(Verifying *v, GError **error);
/* verify_docket.c: facts about records, files. */
bool verify_dockets(Verifying *v, GError **error);
/* verify_decisions.c: stored answers against the digests of their runs. */
struct Runs *runs_new(void);
void runs_free(struct Runs *r);
void verify_run_entry(Verifying *v, int32_t county, int64_t seq, int64_t at, Str body);
bool verify_decisions(Verifying *v, GError **error);
/* verify_pay.c: runs, their lines, holds. */
bool verify_pay(Verifying *v, GError **error);
/* verify_ledger.c: transfers and balances against the entries that moved them. */
struct Ledger *ledger_new(void);
void ledger_free(struct Ledger *l);
/* A move inside an entry's body; the reader stands at its accounts, its transfers are the rest. */
void verify_ledger_move(Verifying *v, int32_t county, int64_t seq, bool follows, Reader *r);
bool verify_ledger(Verifying *v, GError **error);
/* An account as the journal says it; NULL: none. */
const LedgerAccount *ledger_tallied(const Verifying *v, int32_t county, int64_t id);
void ledger_fault(Verifying *v, int32_t county, int64_t seq, const char *what);
/* verify_events.c: records of events against the transfers that follow from them. */
struct Events *events_new(void);
void events_free(struct Events *e);
void events_note(Verifying *v, int32_t county, Str request, const LedgerTransfer *t);
void events_erased(Verifying *v, int64_t entity, int64_t id);
bool verify_events(Verifying *v, GError **error);
/* keys.c: the stored keys against the note that set them. */
bool verify_keys(Verifying *v, GError **error);
/* verify_policy.c: what was put in force, against the entries that say so. */
void verify_note(Verifying *v, int32_t county, Str body);
bool verify_policies(Verifying *v, GError **error);
/* copies.c: counties of other nodes; against the entries that say so. */
bool verify_copies_begin(Verifying *v, GError **error);
bool verify_is_copy(const Verifying *v, int32_t county);
void verify_copies(Verifying *v);
/* access.c: chains of who looked. */
bool verify_access(Verifying *v, GError **error);
/* verify_seals.c: stored seals against the journal. */
bool verify_seals(Verifying *v, GError **error);
/* seal.c: of a row county, seq, link, at, key, signature; false: no seal. */
bool seal_from(Statement *st, Seal *ret);

#endif
