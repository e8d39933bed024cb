/* consent.h — accounts that hang on one person's consent: her family.
 * A session whose post is declared `of consent` sees the elder of that consent and what it names,
 * nothing once it has ended or was withdrawn.  Bound to the entity `consent` with its fields elder,
 * matters, from_day, until_day, withdrawn_on; codes of `matters` are names of registers, and
 * `payments`.  Not here: the predicate (consent_inside.h). */
#ifndef ANLAO_CARE_CONSENT_H
#define ANLAO_CARE_CONSENT_H

#include "care/page_api.h"

#include <string.h>

/* Whether the session's post hangs on a consent. */
static inline bool session_is_kin(const Session *s)
{
    return s != NULL && s->role != NULL && strcmp(s->role->level, "consent") == 0;
}

/* Whose file the session is about; FAIL_RIGHT when its consent holds no more. */
bool consent_elder(Care *c, const Session *s, const Entity **ret, RecordKey *ret_key,
                   GError **error);

#endif
