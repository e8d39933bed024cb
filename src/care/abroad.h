/* abroad.h — what this node sends to another one, piece by piece in memory: for who carries it over
 * HTTP (exchange/courier.h).  The same ranges as ship.h's, without a folder.
 * Start: abroad_counties(), abroad_range(). */
#ifndef ANLAO_CARE_ABROAD_H
#define ANLAO_CARE_ABROAD_H

#include "care/inbox.h"

typedef struct AbroadCounty {
    int32_t county;
    int64_t seq; /* the newest entry */
} AbroadCounty;
/* Counties that this node keeps, its own first: its ranges say how records are declared. */
bool abroad_counties(Care *c, Arena *a, AbroadCounty **ret, size_t *ret_n, GError **error);
/* Whether this very entry is this node's: FAIL_INPUT when the other one holds another history. */
bool abroad_same(Care *c, const InboxCounty *there, GError **error);
/* Entries from `from` on as a signed range, some thousands; *ret_to is the last. */
bool abroad_range(Care *c, int32_t county, int64_t from, Arena *a, int64_t *ret_to, Str *ret_text,
                  GError **error);
/* Key and signature of a request (hex), and its moment. */
bool abroad_sign(Care *c, NodeCall *call, Arena *a, GError **error);

#endif
