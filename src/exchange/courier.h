/* courier.h — a node's journal carried to the master over HTTPS: asks how far it got there, sends
 * what is missing range by range, each in pieces, and counts what the master says it has taken.
 * Whatever breaks off goes on where the master stands.  The other side: care/inbox.h.
 * Start: courier_send(). */
#ifndef ANLAO_EXCHANGE_COURIER_H
#define ANLAO_EXCHANGE_COURIER_H

#include "care/nodes.h"
#include "exchange/wire.h"

typedef struct CourierCounty {
    int32_t county;
    int64_t seq;   /* the newest entry here */
    int64_t there; /* the newest the other node has taken */
    int64_t sent;  /* of them now */
    bool known;    /* false: it has to be let in there first */
} CourierCounty;

/* All counties this node keeps; also when it fails, *ret_n of them say how far it got.
 * FAIL_INPUT: refused there, in words. */
bool courier_send(Care *c, const WireOptions *o, Arena *a, CourierCounty **ret, size_t *ret_n,
                  GError **error);
/* What this node counts against what the other one holds of it. */
bool courier_reconcile(Care *c, const WireOptions *o, Arena *a, NodeDifference **ret, size_t *ret_n,
                       uint64_t *ret_compared, GError **error);

#endif
