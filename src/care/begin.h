/* begin.h — an `init` that was interrupted: what it leaves behind, so that the next one finishes
 * it. */
#ifndef ANLAO_CARE_BEGIN_H
#define ANLAO_CARE_BEGIN_H

#include "base/fail.h"

typedef struct Begun {
    bool unfinished; /* made for this place, and nobody can sign in yet */
    bool untouched;  /* and nothing was written since it was made: it needs no key that exists */
} Begun;

bool database_begun(const char *uri, const char *place, Begun *ret, GError **error);

#endif
