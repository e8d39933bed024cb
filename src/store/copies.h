/* copies.h — counties that another node keeps: this database holds what their journals say, and
 * writes nothing into them.  In: who keeps a county, and by which key it signs.  Out: who keeps
 * which.  Their entries come by replay.h; records and facts about them are applied, money, answers,
 * papers and accounts stay entries of the journal.  Read first: store_put_copy(). */
#ifndef ANLAO_STORE_COPIES_H
#define ANLAO_STORE_COPIES_H

#include "store/range.h"
#include "store/replay.h"

typedef struct CopyRow {
    int32_t county, home; /* home: of the node that keeps it */
    uint32_t node;
    Str place;
    uint8_t key[SM2_PUBLIC];
    int64_t seq; /* read: the newest entry that is here */
} CopyRow;

bool store_copies(Store *s, Arena *a, CopyRow **ret, size_t *ret_n, GError **error);
/* NULL: it is none of them. */
const CopyRow *copy_find(const CopyRow *rows, size_t n, int32_t county);
/* From here on; an entry of the own office says so.  FAIL_CONFLICT: the county has entries of ours,
 * or another node keeps it. */
bool store_put_copy(Store *s, const CopyRow *c, Str actor, Str via, GError **error);

/* Entries of a county that another node keeps. */
Replay *replay_new_copy(Store *s);
/* Whether entities, fields and codes have the same numbers here: FAIL_INPUT names the first that
 * has not. */
bool base_same_numbers(Store *s, const StoreBase *b, GError **error);

/* Live records of one county: how many, and SM3 over their ids and digests in order. */
typedef struct HeldCount {
    Str entity;
    uint64_t records;
    uint8_t digest[SM3_SIZE];
} HeldCount;
bool store_counts(Store *s, int32_t county, Arena *a, HeldCount **ret, size_t *ret_n,
                  GError **error);

#endif
