/* keys.h — which keys seal and index secrets: wrapped, numbered, journalled by their digest; and
 * what moves from one to the next while others write.  The keys themselves are care's.
 * A generation numbers the set: a change prepared under another one is refused (FAIL_CONFLICT) and
 * prepared anew.  Read first: store_put_keys(). */
#ifndef ANLAO_STORE_KEYS_H
#define ANLAO_STORE_KEYS_H

#include "store/store.h"

typedef enum KeyState {
    KEY_OLD,     /* opens what was sealed before: the journal, superseded versions */
    KEY_CURRENT, /* seals; looks up */
    KEY_NEXT,    /* blind index: every writer writes under both */
    KEY_LEAVING, /* blind index: its rows are being taken away */
} KeyState;

typedef struct KeyRow {
    Str kind; /* secret, blind */
    int64_t number;
    int suite; /* SecretSuite */
    KeyState state;
    Str wrapped;
} KeyRow;

/* Keys that were taken away are never replaced by new ones. */
#define KEYS_GONE                                                                                  \
    "the keys that seal this database's secrets are no longer in it (table data_key): put back a " \
    "copy; new keys would open nothing"

/* Generation 0: there are none yet. */
bool store_keys(Store *s, Arena *a, KeyRow **ret, size_t *ret_n, int64_t *ret_generation,
                GError **error);
bool store_keys_generation(Store *s, int64_t *ret, GError **error);
typedef struct KeysPut {
    int64_t generation; /* the one this follows; FAIL_CONFLICT when it is another one */
    const KeyRow *rows; /* all of them */
    size_t n;
    bool begins;             /* a rotation: refused (FAIL_BUSY) while an import is under way */
    const AccountRow *check; /* of the key file, changed with them; or NULL */
    Str actor, via, reason;
} KeysPut;
bool store_put_keys(Store *s, const KeysPut *put, GError **error);

typedef struct SealedRow {
    RecordKey key;
    Str *sealed; /* of each secret field, in the order of the entity; len 0: none */
} SealedRow;
/* Records of all counties and states by key, from behind `after` ({0, 0}: from the first). */
bool store_sealed_after(Store *s, const Entity *e, RecordKey after, size_t most, Arena *a,
                        SealedRow **ret, size_t *ret_n, GError **error);

/* Last digits of telephones that were recorded when none were kept (tail_fill.c). */
typedef struct TailsAt {
    const Entity *entity; /* NULL: all are done */
    RecordKey after;      /* {0, 0}: from its first record */
} TailsAt;
typedef struct TailFill {
    const Field *field;
    RecordKey key;
    Str sealed;              /* what was opened; another value by now: nothing is written */
    int64_t tail, next_tail; /* keys_tail(); 0: none */
} TailFill;
typedef struct TailsPiece {
    TailsAt at;         /* where it begins */
    RecordKey last;     /* the last that was looked at; {0, 0}: there was none */
    int64_t generation; /* of the keys; FAIL_CONFLICT when it is another one by now */
    const TailFill *list;
    size_t n;
} TailsPiece;
bool store_tails_at(Store *s, TailsAt *ret, GError **error);
/* Writes a piece and where it ends, in one transaction; nothing when another process was first. */
bool store_tails_fill(Store *s, const TailsPiece *p, GError **error);

/* Takes at most `most` rows of an index key that is leaving; *ret_gone 0: none is left. */
bool store_identity_leave(Store *s, int64_t number, size_t most, int64_t *ret_gone, GError **error);
/* Nothing that was deleted can be read in the file any more: the database is written anew.  On
 * PostgreSQL the tables' owner alone can (FAIL_RIGHT). */
bool store_wipe(Store *s, GError **error);

#endif
