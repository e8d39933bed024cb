/* seal.h — the node's signature on the newest links, for keeping elsewhere, and what such a seal
 * says of the journal later.  Format: store/seal.h.  Start: care_seal(), seal_compare(). */
#ifndef ANLAO_CARE_SEAL_H
#define ANLAO_CARE_SEAL_H

#include "care/care.h"

#define SEAL_SECONDS 300 /* storage.md: every five minutes, and at the end */

/* Signs what is newest in all counties; the text is to leave the machine. */
bool care_seal(Care *c, Arena *a, Str *ret_text, GError **error);
/* Writes the day's file PLACE-DAY.seal into the folder, whole or not at all: the last one of a day
 * stays.  Nothing new since the last time: nothing is written. */
bool care_seal_into(Care *c, const char *folder, GError **error);

typedef enum SealState {
    SEAL_STANDS,
    SEAL_CUT,    /* the journal ends before the entry */
    SEAL_OTHER,  /* another entry stands in its place */
    SEAL_FORGED, /* its signature is not valid */
} SealState;

typedef struct SealFinding {
    int32_t county;
    int64_t seq, ends; /* ends: where the journal of the county ends now */
    SealState state;
} SealFinding;

typedef struct SealReport {
    bool ok;
    bool key_known; /* the key of this node, or one it sealed with before */
    Str place, at;  /* whose, and when; in words */
    SealFinding *findings;
    size_t n;
} SealReport;

/* FAIL_INPUT: not a whole seal, or of another place. */
bool seal_compare(Care *c, const char *path, Arena *a, SealReport *ret, GError **error);
/* The same for a database that is only open, without keys. */
bool seal_compare_store(Store *s, const char *path, Arena *a, SealReport *ret, GError **error);
/* The first finding that is none of ours to like, in words; g_free. */
char *seal_words(const SealReport *r);

#endif
