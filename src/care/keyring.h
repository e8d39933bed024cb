/* keyring.h — the data keys of a database: made, read, changed while serving.
 * In: rows of `data_key`, the key file.  Out: Keys that seal and open.  Rotation has steps that
 * each stand by themselves, so that it goes on where it was stopped: new keys in force (every
 * writer seals with them and writes both indexes), records sealed anew one by one, the old index
 * taken away.  Read first: keyring_load(), keyring_rotate(). */
#ifndef ANLAO_CARE_KEYRING_H
#define ANLAO_CARE_KEYRING_H

#include "care/care.h"

/* When the database is opened: the file must be that of its check value (or PATH.next, which a
 * rotation left); a new database gets its first keys. */
bool keyring_open(Care *c, GError **error);
/* Looks whether another process changed them; *ret_changed may be NULL. */
bool keyring_refresh(Care *c, bool *ret_changed, GError **error);

typedef struct RotateReport {
    bool resumed;     /* one that was begun before went on */
    uint64_t records; /* sealed anew */
    uint64_t index;   /* rows of the old index taken away */
    bool wiped;       /* what was deleted cannot be read in the file any more */
    Str wipe_why;     /* why not, or empty */
} RotateReport;
typedef void (*RotateSeen)(void *with, uint64_t done);
/* New keys of the file, new data keys, all current rows sealed anew; the journal and superseded
 * versions keep theirs.  suite 0: as before. */
bool keyring_rotate(Care *c, const Session *s, int suite, RotateSeen seen, void *with, Arena *a,
                    RotateReport *ret, GError **error);

typedef struct KeyFacts { /* what can be said of a key */
    bool blind;
    int64_t number;
    int suite, state;
} KeyFacts;
bool keyring_list(Care *c, Arena *a, KeyFacts **ret, size_t *ret_n, GError **error);

#endif
