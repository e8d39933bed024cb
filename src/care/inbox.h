/* inbox.h — what other nodes send over HTTP (nodes.h): a node says who it is and hears how far its
 * journal got here; ranges come in pieces, each county's into its folder; a whole one is taken at
 * once, and only then it is said that it is here.  Every request is signed by the node's key; who
 * is not known yet leaves a card, until a person lets it in ("anlao exchange receive FOLDER --trust
 * KEY").  What comes twice is taken once; what breaks off goes on where it was.
 * Client: exchange/courier.h.  Start: inbox_new(), inbox_hello(), inbox_piece(). */
#ifndef ANLAO_CARE_INBOX_H
#define ANLAO_CARE_INBOX_H

#include "base/limits.h"
#include "care/nodes.h"

#define CARD_ENDING ".card"

typedef struct Inbox Inbox;
/* The folder is made by people; it is looked for with each request. */
Inbox *inbox_new(Care *c, const char *folder);
void inbox_free(Inbox *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Inbox, inbox_free)

/* A request as it came: the signature (hex) is over method, address, moment and the body's SM3. */
typedef struct NodeCall {
    Str method, target, key, at, signature, body;
} NodeCall;
#define NODE_CLOCK_SECONDS 300 /* by which the clocks of two nodes may differ */
void node_call_message(const NodeCall *call, GString *to);
/* Whose it is.  FAIL_ABSENT: this process takes nothing from other nodes; FAIL_RIGHT: it is not
 * signed as it should be, or its moment lies too far from now. */
bool inbox_caller(Care *c, const NodeCall *call, uint8_t key[SM2_PUBLIC], GError **error);

typedef struct InboxCounty {
    int32_t county;
    bool known;
    int64_t seq; /* the newest entry that is here, and its link; 0: none */
    uint8_t link[SM3_SIZE];
} InboxCounty;
/* The counties of the card.  FAIL_CONFLICT: another node keeps one of them; FAIL_BUSY: as many
 * nodes as can wait are waiting to be let in. */
bool inbox_hello(Care *c, const uint8_t key[SM2_PUBLIC], Str card, Arena *a, InboxCounty **ret,
                 size_t *ret_n, GError **error);

typedef struct InboxPiece {
    int32_t county;
    int64_t from, to;         /* entries of the range */
    size_t size, at;          /* bytes of its file, and where this piece lies in it */
    uint8_t digest[SM3_SIZE]; /* of the whole file */
    Str bytes;
} InboxPiece;
typedef struct InboxAnswer {
    size_t have; /* bytes of the file that are here: where the next piece begins */
    bool whole;  /* it was taken */
    int64_t seq; /* the newest entry of the county that is here */
} InboxAnswer;
/* FAIL_INPUT: it was whole and refused, in words; FAIL_BUSY: another one is being taken. */
bool inbox_piece(Care *c, const uint8_t key[SM2_PUBLIC], const InboxPiece *p, InboxAnswer *ret,
                 GError **error);
/* A node's list of counts (node_counts()) held against what is here. */
bool inbox_counts(Care *c, const uint8_t key[SM2_PUBLIC], Str list, Arena *a, NodeDifference **ret,
                  size_t *ret_n, uint64_t *ret_compared, GError **error);

/* Nodes that wait to be let in, for who may let them in; none where nothing is taken over HTTP. */
typedef struct InboxGuest {
    Str place;
    uint32_t node;
    char mark[NODE_MARK + 1];
} InboxGuest;
bool inbox_guests(Care *c, Arena *a, InboxGuest **ret, size_t *ret_n, GError **error);

#endif
