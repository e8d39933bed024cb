/* range.h — a piece of one county's journal that stands by itself: what is shipped to a second
 * place, and what goes from node to node.
 * In: a database.  Out: entries in order with their links and bodies, and beside each what its body
 * holds by a digest alone (answers, lines of pay runs, files, papers), and who looked meanwhile;
 * with the node's own county
 * also what a database says of itself: numbers, documents, wrapped keys.  Signed by the node.
 * Back: replay.h.  Needs no keys: secrets are as they are stored.
 *   anlao range 1
 *   place 360302           whose, and by which node
 *   node 0 1
 *   county 360302 360302   the entries' county, and the node's own
 *   entries 1 57
 *   before LINK            of the entry before the first, zeros before entry 1
 *   link LINK              of the last
 *   at 1606694400000000
 *   holds base             or: entries
 *   payload 8123 SM3
 *   key 04…
 *   signature …
 *   (empty line, then the payload)
 * Read first: range_parse(), store_range(). */
#ifndef ANLAO_STORE_RANGE_H
#define ANLAO_STORE_RANGE_H

#include "base/sm2.h"
#include "store/bytes.h"
#include "store/store.h"

typedef struct RangeHead {
    Str place;
    uint32_t node, incarnation;
    int32_t county, home; /* home: the node's own */
    int64_t from, to;     /* entries, both included; to < from: none */
    int64_t at;           /* microseconds UTC */
    uint8_t before[SM3_SIZE], link[SM3_SIZE];
    bool base;
    size_t bytes; /* of the payload, and its SM3 */
    uint8_t digest[SM3_SIZE], key[SM2_PUBLIC], signature[SM2_SIGNATURE];
    size_t signature_len;
    /* store_range() alone: entries whose bodies those of the range took away, by law */
    const int64_t *erased;
    size_t n_erased;
} RangeHead;

/* What is signed: everything but the signature. */
void range_message(const RangeHead *h, GString *to);
bool range_is_signed(const RangeHead *h);
void range_write(const RangeHead *h, Str payload, GString *to);
/* The head alone, of a text that may end after it; *ret_rest is what follows. */
bool range_head(Str text, Arena *a, RangeHead *ret, Str *ret_rest);
/* A whole range; false: the words say what is wrong with it.  *ret_payload is part of the text. */
bool range_parse(Str text, Arena *a, RangeHead *ret, Str *ret_payload, const char **ret_why);

typedef struct RangeAsk {
    int32_t county;
    int64_t from; /* 1: from the beginning */
    size_t most;  /* entries; fewer where they are large */
    bool base;    /* with what the database says of itself; the node's own county */
    bool abroad;  /* for another node: accounts and their passwords stay here */
} RangeAsk;
/* What is there from `from` on, as of one moment; key and signature are left to care.  FAIL_INPUT:
 * the journal does not reach so far. */
bool store_range(Store *s, const RangeAsk *ask, Arena *a, RangeHead *ret, Str *ret_payload,
                 GError **error);
/* Changes whenever what a database says of itself changes. */
bool store_base_mark(Store *s, int64_t *ret, GError **error);

/* What a database says of itself, as a range holds it. */
typedef struct StoreBase {
    Str tables; /* range_base.c */
    int64_t generation;
} StoreBase;
bool range_base(Str payload, StoreBase *ret); /* false: it holds none, or a damaged one */
bool base_facts(const StoreBase *b, Arena *a, StoreFacts *ret, GError **error);
/* The documents in force. */
bool base_documents(const StoreBase *b, Arena *a, DocumentFile **ret, size_t *ret_n,
                    GError **error);

#endif
