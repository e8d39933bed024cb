/* draw.h — random selections anybody can check (format/receipt.h), from the `draw` of a document.
 * Two acts.  draw_list(): who may be drawn and who may be sent are taken from the registers as on
 * the day, ordered, hashed and issued, before the seed exists.  draw_make(): when the public value
 * is known the result is computed and issued, once, and the records the draw `gives` are entered.
 * Each stands in the journal.  Start: draw_list(), draw_make(), draw_find(). */
#ifndef ANLAO_CARE_DRAW_H
#define ANLAO_CARE_DRAW_H

#include "care/page_api.h"
#include "format/receipt.h"

typedef struct DrawOrder {
    const Draw *draw;
    int32_t region;  /* ROW_NONE: the session's */
    Date public_on;  /* the day on which the value will be public; after today */
    Str public_what; /* "体彩排列五第20166期开奖号码" */
    const ReceiptCommit *commits;
    size_t n_commits;
    DigestKind method;
} DrawOrder;

typedef struct DrawRound {
    Receipt receipt;  /* `drawn` says how far it is */
    const Draw *draw; /* NULL: the documents in force no longer have it */
    Str text;         /* as published */
    Date made;        /* day it was drawn; meaning only if drawn */
} DrawRound;

const Draw *draw_named(const Model *m, Str name);
/* Whether the session may begin one today by this text: it was not amended, nor has it ended. */
bool draw_offered(const Care *c, const Session *s, const Draw *d);

bool draw_list(Care *c, const Session *s, const DrawOrder *o, Arena *a, DrawRound *ret,
               GError **error);
typedef struct DrawSeed {
    Str value, dice;
    const Str *secrets; /* in the order of the promises */
    size_t n_secrets;
} DrawSeed;
/* FAIL_CONFLICT where it was made before with another seed; with the same one it is only finished.
 */
bool draw_make(Care *c, const Session *s, Str number, const DrawSeed *seed, Arena *a,
               DrawRound *ret, GError **error);

/* Rounds are public: no session is asked.  Newest first; texts and lists filled in where `whole`.
 */
bool draw_rounds(Care *c, Arena *a, DrawRound **ret, size_t *ret_n, GError **error);
bool draw_find(Care *c, Str number, Arena *a, DrawRound *ret, GError **error); /* FAIL_ABSENT */

#endif
