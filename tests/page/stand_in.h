/* stand_in.h — a trade of two records and one document, so that pages can be tested without a
 * store. Every label and value it hands out is poison: < " ' & >. */
#ifndef ANLAO_TESTS_PAGE_STAND_IN_H
#define ANLAO_TESTS_PAGE_STAND_IN_H

#include "care/export.h"

#define POISON   "<\"'&>"
#define PASSWORD "demo-password"

struct Care {
    unsigned saves, ended; /* how often a record was saved, a session ended */
    char saved_name[16], saved_set[16];
    bool conflict; /* the next save meets somebody else's change */
};

extern bool stand_in_looks_many; /* as many lookers as are asked for */
void stand_in_make(void);
const Rule *stand_in_region_check(void); /* stand_in_follow.c */
/* stand_in_ledger.c: the Model's one account. */
Account **stand_in_ledger(const Entity *holder, Home home);
Draw **stand_in_draws(void);                   /* stand_in_public.c: the Model's one draw */
Score **stand_in_scores(const Entity *scored); /* stand_in_scores.c: the Model's one score */
/* The key of the one elder, as an address writes it. */
const char *stand_in_key(void);

#endif
