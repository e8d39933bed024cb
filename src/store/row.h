/* row.h — a whole record in memory as the tables hold it: current row, periods, superseded
 * versions. In: cells.  Out: what is to be written where, and the digest of it all.  Pure: no
 * database here. Read first: slot_hold(), then slot_settle().
 *
 * A dated field is a list of pieces, each with its days [since, until) and its time of knowledge
 * [known, gone).  Live pieces (gone = SEQ_OPEN) never overlap; the one that starts last stands in
 * E, all others in E_x. */
#ifndef ANLAO_STORE_ROW_H
#define ANLAO_STORE_ROW_H

#include "base/arena.h"
#include "base/crypto.h"
#include "data/record.h"
#include "store/plan.h"

typedef enum Origin {
    ORIGIN_NEW,     /* nowhere yet */
    ORIGIN_CURRENT, /* in E */
    ORIGIN_STORED,  /* in E_x */
} Origin;

typedef struct Piece {
    Date since, until;
    int64_t known, gone;
    Cell value;
    Origin origin;
    bool changed; /* ORIGIN_STORED: `gone` was set now */
} Piece;

typedef struct Slot { /* what a record holds of one field */
    Cell value;       /* in E */
    Date since, until;
    int64_t known;
    bool has_blind, touched; /* touched: settle it when all changes are in */
    uint8_t blind[SM3_SIZE];
    Piece *pieces; /* dated: all of them while changing; NULL = only what stands in E */
    size_t n_pieces, room;
} Slot;

typedef struct Was { /* a superseded version of the undated fields */
    int64_t known, gone;
    Cell *cells; /* one per field, dated ones none */
    bool fresh;  /* not stored yet */
} Was;

#define STATE_LIVE  0
#define STATE_ENDED 1
#define STATE_LEFT  2 /* goes on in another county, under the same id */

typedef struct Row {
    const TablePlan *plan;
    RecordKey key;
    int64_t seq, known; /* known: of the undated version */
    int state;
    Slot *slots; /* by position in plan->fields */
    Was *was;
    size_t n_was, was_room;
    bool residue; /* by stream.h: its columns hold what is of no value, and so in no digest */
} Row;

Row *row_new(Arena *a, const TablePlan *t);
void row_clear(Row *r); /* nothing known; memory of pieces is forgotten, not freed */
/* All pieces become explicit, the current one among them: before the first slot_hold(). */
void slot_open(Slot *s, Arena *a);
void slot_add(Slot *s, Arena *a, Piece p);
/* From entry `seq` on `value` holds on since <= day < until: what it supersedes is gone, what
 * remains of that is known anew.  A value of CELL_NONE leaves the days without a value. */
void slot_hold(Slot *s, Arena *a, Date since, Date until, Cell value, int64_t seq);
/* First day after `since` on which another live piece starts; DATE_MAX when none. */
Date slot_next(const Slot *s, Date since);
Cell slot_on(const Slot *s, Date day); /* what is recorded for a day */
/* Chooses the piece that stands in E and writes it to the slot; pieces are sorted by (since, known)
 * after.  The piece in E has ORIGIN_CURRENT; pieces with ORIGIN_NEW go to E_x. */
void slot_settle(Slot *s, Arena *a, int64_t seq);
/* Supersedes the undated version: a Was of the present cells, gone at `seq`. */
void row_supersede(Row *r, Arena *a, int64_t seq);
void row_add_was(Row *r, Arena *a, Was w);

/* SM3 over current row, pieces outside E, superseded versions; unknown fields leave no bytes. */
void row_digest(const Row *r, Bytes *scratch, Sm3 *hash, uint8_t to[SM3_SIZE]);

#endif
