/* score.h — how a record was scored and what was told of it, on its page and in the list of
 * notices. */
#ifndef ANLAO_PAGE_SCORE_H
#define ANLAO_PAGE_SCORE_H

#include "care/score_notice.h"
#include "page/follow.h"

/* scores{label points grade not_final until expired clause_label clause_url tell_url day
 * items{label most points worth lacking{label}} notices{NOTICE}}, NOTICE as below. */
bool fill_scores(Req *q, View *v, const Entity *e, RecordKey key, GError **error);
/* NOTICE: number action_url kind mark word points grade changed told until how by answered answer
 * answered_by agreed decided outcome decided_by may_answer may_decide may_back day. */
void fill_notice(Req *q, View *row, const ScoreNotice *x);

#endif
