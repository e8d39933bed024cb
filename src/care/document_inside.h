/* document_inside.h — what the files of the living document share: for whom, where and when it is
 * shown. */
#ifndef ANLAO_CARE_DOCUMENT_INSIDE_H
#define ANLAO_CARE_DOCUMENT_INSIDE_H

#include "care/decide.h"

typedef struct Viewing {
    Care *care;
    Working *working;
    const Session *session;
    int32_t region;
    Month month;
    Date on;
    Arena *arena;
} Viewing;

/* document_rules.c: outcomes of the month, in the region and what of it the session may see. */
bool view_rule(const Viewing *v, const Rule *rule, ClauseItem *item, GError **error);
bool view_judgement(const Viewing *v, const Judgement *j, ClauseItem *item, GError **error);

#endif
