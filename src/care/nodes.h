/* nodes.h — one master and the nodes of its counties: what is exchanged is the county's journal
 * itself, as signed ranges (storage.md, "Owner").
 * A county sends what is new to a folder (ship.h, without accounts and keys); the master checks
 * chain and signature, takes each entry once, holds the records as copies it only reads, and names
 * gaps.  Both count what they hold, and the counts are compared.  Start: node_receive(). */
#ifndef ANLAO_CARE_NODES_H
#define ANLAO_CARE_NODES_H

#include "care/page_api.h"
#include "care/signed.h"

typedef struct NodeCounty {
    int32_t county;
    uint32_t node; /* that keeps it */
    Str place;
    int64_t seq;     /* the newest entry that is here */
    int64_t fresh;   /* taken by this receive */
    int64_t gap, to; /* entries gap … to are missing; 0: none */
    Str fault;       /* why its ranges were refused; empty: they were not */
    char mark[NODE_MARK + 1];
} NodeCounty;

/* Of this node's own key, for who is to trust it. */
void node_mark(Care *c, char to[NODE_MARK + 1]);
/* FAIL_INPUT: it has this node's own number, so their records could not be told apart. */
bool node_other(Care *c, uint32_t node, int32_t county, GError **error);
/* All ranges in the folder, and who asked there to be let in (inbox.h).  A county that is not known
 * yet is taken when `trust` is the mark of its key.  One county that is refused stops no other. */
bool node_receive(Care *c, const Session *s, const char *folder, Str trust, Arena *a,
                  NodeCounty **ret, size_t *ret_n, GError **error);
/* Counties that other nodes keep, those of the session's region. */
bool node_status(Care *c, const Session *s, Arena *a, NodeCounty **ret, size_t *ret_n,
                 GError **error);

#define COUNTS_HEAD "anlao counts 1"
/* Lines "COUNTY SEQ ENTITY RECORDS SM3", signed: what this node holds of counties it keeps. */
bool node_counts(Care *c, Arena *a, Str *ret, GError **error);
typedef struct NodeDifference {
    int32_t county;
    Str entity;
    uint64_t here, there;
    int64_t seq_here, seq_there; /* where they differ the counts need not agree yet */
} NodeDifference;
/* Such a list of another node against what is held here; *ret_compared lines. */
bool node_reconcile(Care *c, Str list, Arena *a, NodeDifference **ret, size_t *ret_n,
                    uint64_t *ret_compared, GError **error);

#endif
