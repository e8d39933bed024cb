/* ship_state.h — how far the journal was copied to a second place (ship.h), for who watches over
 * it. */
#ifndef ANLAO_CARE_SHIP_STATE_H
#define ANLAO_CARE_SHIP_STATE_H

#include "care/page_api.h"

#define SHIP_WHY 240
typedef struct ShipState {
    bool ok;            /* the last turn did what it should */
    char why[SHIP_WHY]; /* else: why not, in words */
    int64_t done_us;    /* when a turn did so last, microseconds UTC; 0: never */
    int64_t behind;     /* entries that are not in the second place, as of the last turn */
    int64_t entries;    /* those that are */
} ShipState;
/* Of the process's own shipping; false: it ships nothing. */
bool care_ship_state(Care *c, ShipState *ret);

#endif
