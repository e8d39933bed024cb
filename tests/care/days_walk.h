/* days_walk.h — between days.c and days_county.c: the county that is walked. */
#ifndef TEST_DAYS_WALK_H
#define TEST_DAYS_WALK_H

#include "house.h"

typedef struct Walk {
    House *h;
    Working *w;
    Date on;
    Arena *arena; /* of the day */
    RecordKey elders[4], stay, home, shop;
    const Session *kin[3]; /* families, each by a consent */
} Walk;

/* Its documents ($DAYS), its people, and what they did in three years. */
void walk_begin(Walk *w);
Date stand_at(House *h, Date day); /* the office's day from now on; gives the one before */

#endif
