/* docket.h — facts about records that the Model does not declare: which two are one person or are
 * not, what waits for a second person, what goes to another county, which files lie with a record,
 * what a person agreed to.  One row each; written as a Change (CHANGE_DOCKET), so it stands in the
 * county's journal with the digest of its row, and `verify` finds what was changed by hand.
 * In: what care/ says of it.  Out: rows by record, by kind, by number.  What its `body` means
 * stands where it is made (care/merge.c, care/proposal.c …): here it is bytes. */
#ifndef ANLAO_STORE_DOCKET_H
#define ANLAO_STORE_DOCKET_H

#include "base/crypto.h"
#include "store/store.h"

typedef enum DocketKind {
    DOCKET_NONE,
    DOCKET_APART,    /* subject and other are two persons, however alike */
    DOCKET_MERGE,    /* subject went into other */
    DOCKET_PROPOSAL, /* a change that waits for another person */
    DOCKET_MOVE,     /* subject leaves for `other`'s county */
    DOCKET_ARRIVAL,  /* subject came from `other`'s county; `of` is the move there */
    DOCKET_FILE,     /* a file that lies with subject; hash is its address */
    DOCKET_CONSENT,  /* what subject agreed to */
    DOCKET_ACK,      /* somebody took note of an alert about subject */
    DOCKET_BATCH, /* a file of another office, compared or given: hash is the file's; no subject */
    DOCKET_SCORE, /* subject is told how it was scored; written again when it is answered */
    DOCKET_KINDS
} DocketKind;

typedef enum DocketState {
    DOCKET_OPEN,      /* waits for somebody; of what is simply so: it holds */
    DOCKET_DONE,      /* approved, accepted */
    DOCKET_REFUSED,   /* by the second person */
    DOCKET_WITHDRAWN, /* by who made it; a merge undone, a file taken away, a consent withdrawn */
    DOCKET_STATES
} DocketState;

typedef struct Docket {
    DocketKind kind;
    DocketState state;
    RecordKey key;   /* its own; the county is the one whose journal it stands in */
    int64_t seq, at; /* of the entry that wrote it last; when (as shown only) */
    const Entity *entity;
    int64_t subject;    /* id of the record it is about; its county is the docket's */
    RecordKey other;    /* the other record or county; zeros: none */
    Str by, decided_by; /* accounts: who made it, who decided on it */
    Str hash;           /* files: SM3 of the text in clear, 32 bytes; else empty */
    Str body;
} Docket;

/* What lies under a file's address.  Stored sealed, once per county. */
typedef struct Content {
    uint8_t hash[SM3_SIZE]; /* of the clear bytes: the address */
    Str sealed;             /* what is stored */
} Content;

const char *
docket_word(DocketKind k); /* apart merge propose move arrive file consent ack batch score */

/* By its own key; FAIL_ABSENT. */
bool store_docket(Store *s, RecordKey key, Arena *a, Docket *ret, GError **error);
/* Those of a kind in a state, oldest first, of all counties. */
bool store_dockets(Store *s, DocketKind kind, DocketState state, Arena *a, Docket **ret,
                   size_t *ret_n, GError **error);
/* Those about a record (`kind` DOCKET_NONE: of all kinds), oldest first; also where it is `other`.
 */
bool store_dockets_of(Store *s, DocketKind kind, const Entity *e, int64_t id, Arena *a,
                      Docket **ret, size_t *ret_n, GError **error);
/* The sealed bytes at a file's address; FAIL_ABSENT. */
bool store_content(Store *s, int32_t county, const uint8_t hash[SM3_SIZE], Arena *a, Str *ret,
                   GError **error);

/* Accepted moves whose record has not arrived yet: at most those a crash left. */
bool store_moves_unarrived(Store *s, Arena *a, Docket **ret, size_t *ret_n, GError **error);
typedef struct LeftRow {
    const Entity *entity;
    RecordKey key;
} LeftRow;
/* What left in the transaction that accepted the move, the record itself among it. */
bool store_left_with(Store *s, const Docket *move, Arena *a, LeftRow **ret, size_t *ret_n,
                     GError **error);

/* Records that refer to this one by the field, now or in a period that holds (merge.c). */
bool store_referrers(Store *s, const Field *by, int64_t to, Arena *a, RecordKey **ret,
                     size_t *ret_n, GError **error);

/* The same as they refer now, in whatever state, in every county they ever were. */
bool store_hanging(Store *s, const Field *by, int64_t to, Arena *a, RecordKey **ret, size_t *ret_n,
                   GError **error);

typedef struct TitleRow {
    RecordKey key;
    uint64_t title, address; /* hashes of the texts without blanks; 0: unknown */
} TitleRow;
/* All live records' title texts, and one more text field's (or NULL), as hashes: what is alike. */
bool store_title_hashes(Store *s, const Entity *e, const Field *address, Arena *a, TitleRow **ret,
                        size_t *ret_n, GError **error);

#endif
