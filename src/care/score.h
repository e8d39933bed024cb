/* score.h — how a record was scored, on a day: its items with what they came to, what evidence
 * lacks of each, the grade, from when until when it is good. In: a session, a record of its scope.
 * Out: one view a score of its entity.  Start: score_views().
 */
#ifndef ANLAO_CARE_SCORE_H
#define ANLAO_CARE_SCORE_H

#include "care/page_api.h"

typedef struct ScoreItemView {
    const ScoreItem *item;
    bool known; /* what it would come to */
    int64_t worth;
    const Need **lacking; /* evidence; while any lacks the item comes to nothing */
    size_t n_lacking;
} ScoreItemView;

typedef struct ScoreView {
    const Score *score;
    ScoreItemView *items; /* score->n_items */
    bool has_points;
    int64_t points;
    const Code *grade; /* NULL: none, not known, or not final yet */
    bool final;        /* it counts from a state which the record has entered, or at once */
    bool has_until, expired;
    Date until; /* the last day on which it is good */
} ScoreView;

/* *ret_n 0: its entity is not scored, or the record does not lie where the score's document holds.
 */
bool score_views(Care *c, const Session *s, const Entity *e, RecordKey key, Date on, Arena *a,
                 ScoreView **ret, size_t *ret_n, GError **error);

#endif
