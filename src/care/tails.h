/* tails.h — last digits of telephones that were recorded when none were kept. */
#ifndef ANLAO_CARE_TAILS_H
#define ANLAO_CARE_TAILS_H

#include "care/care.h"

#define TAILS_PIECE 500u /* records of one transaction */

/* The next piece; *ret_more false: there is nothing left to do.  Any process may be stopped at any
 * moment: the next one goes on.  FAIL_CONFLICT: the keys were changed; try again. */
bool tails_turn(Care *c, bool *ret_more, GError **error);

#endif
