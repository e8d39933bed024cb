/* score_inside.h — one score of one row, for the score*.c files and the steps that wait for it. */
#ifndef ANLAO_CARE_SCORE_INSIDE_H
#define ANLAO_CARE_SCORE_INSIDE_H

#include "care/inside.h"
#include "care/score.h"
#include "care/score_notice.h"
#include "store/docket.h"

/* *ret_there false: the row does not lie where the score's document holds, or another text of the
 * score holds for it; the view is not to be used then. */
bool score_view(Care *c, Working *w, const Score *s, size_t row, Date on, Arena *a, ScoreView *ret,
                bool *ret_there, GError **error);
/* Of a score that counts from this state, as it comes out on the day, and that was not told and
 * heard: the step into the state waits for it.  NULL: none. */
bool score_unheard(Care *c, Working *w, const Entity *e, RecordKey record, unsigned state, Date on,
                   const Score **ret, GError **error);

/* A docket's notice; false: it is of another version of the program, or of no score that the
 * documents have.  Then where the record lies and whether it comes to other points by now. */
bool score_notice_of(const Care *c, const Docket *d, Date on, ScoreNotice *ret);
bool score_notice_now(Care *c, Working *w, Date on, Arena *a, ScoreNotice *x, GError **error);

#endif
