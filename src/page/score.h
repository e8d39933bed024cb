/* score.h — how a record was scored, on its page. */
#ifndef ANLAO_PAGE_SCORE_H
#define ANLAO_PAGE_SCORE_H

#include "page/follow.h"

/* scores{label points grade not_final until expired clause_label clause_url items{label most points
 * worth lacking{label}}}. */
bool fill_scores(Req *q, View *v, const Entity *e, RecordKey key, GError **error);

#endif
