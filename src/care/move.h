/* move.h — a record goes on in another county (storage.md, "A move between counties").
 * Two sides, each a transaction in its own journal, under one key: who has the record asks, from a
 * day on; who gets it, another person, accepts or refuses.  Until then the old county is
 * responsible for every day. What hangs on the record by its place (assessments, visits) goes
 * along, under the same numbers; references stay good; both journals are kept.  Inside a county a
 * move is a new place from a day on, nothing more.  Start: move_ask(), move_accept(). */
#ifndef ANLAO_CARE_MOVE_H
#define ANLAO_CARE_MOVE_H

#include "care/page_api.h"
#include "care/said.h"

typedef struct MoveLine {
    RecordKey key; /* of the move itself */
    const Entity *entity;
    RecordKey subject;
    Str title, by, reason;
    int32_t from, to; /* regions */
    Date since;
    int64_t at;
    bool stuck;    /* accepted, and neither arrived nor gone back: to be accepted once more */
    bool incoming; /* the session may accept it; else it is one's own to take back */
} MoveLine;

/* The new place lies in another county; `since` may lie back, not before the record's last place.
 */
bool move_ask(Care *c, const Session *s, const Entity *e, RecordKey key, Str place, Date since,
              Str reason, Said *said, GError **error);
/* What waits: to be accepted in the session's region, or asked for from it. */
bool move_list(Care *c, const Session *s, Arena *a, MoveLine **ret, size_t *ret_n, GError **error);
typedef enum MoveVerdict { MOVE_ACCEPT, MOVE_REFUSE, MOVE_TAKE_BACK } MoveVerdict;
bool move_decide(Care *c, const Session *s, RecordKey move, MoveVerdict verdict, Str reason,
                 RecordKey *ret, Said *said, GError **error);
/* At start: what was accepted and has not arrived yet arrives, or goes back. */
bool moves_finish(Care *c, GError **error);
/* Tests: what happens before the old county lets go (side 0), and between the two sides (1); false:
 * the process ends there.  NULL: nothing. */
extern bool (*move_between)(int side);
/* Where a record was before: its counties, each with what its journal says of it. */
bool moved_from(Care *c, const Entity *e, int64_t id, Arena *a, int32_t **ret, size_t *ret_n,
                GError **error);

#endif
