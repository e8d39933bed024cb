/* warm.h — what the first visitor would wait for, done before the doors open. */
#ifndef ANLAO_CARE_WARM_H
#define ANLAO_CARE_WARM_H

#include "care/care.h"

/* Loads the working set and computes this month's decisions and today's figures of the whole place.
 */
bool care_warm(Care *c, GError **error);

#endif
