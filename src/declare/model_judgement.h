/* model_judgement.h — what only a person may decide (semantics 54); included by model.h. */
/* Before the guard: model.h includes its parts in their order, whichever comes first. */
#include "declare/model.h"

#ifndef ANLAO_DECLARE_MODEL_JUDGEMENT_H
#define ANLAO_DECLARE_MODEL_JUDGEMENT_H

#include "declare/model_follow.h"

/* It adds a dated field of its name to the entity, so that what was decided is an ordinary fact,
 * with its history, form and import. */
struct Judgement {
    Str name;
    Label label;
    const Entity *entity;
    const Field *field; /* bool, money or share */
    Who by;             /* a role, an agency, or the office of a level */
    const Code *level;  /* of the agency, of enum region_level; NULL: not said */
    Str *needs;         /* papers: codes of enum paper, where there is one */
    size_t n_needs;
    const Expr *ceiling; /* of money, in terms of the record; NULL: none stated */
    unsigned number;
    Home home;
};

#endif
