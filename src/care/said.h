/* said.h — why not, in both languages: what a page shows where the input or the state of things is
 * at fault (mostly FAIL_INPUT).  Static texts. */
#ifndef ANLAO_CARE_SAID_H
#define ANLAO_CARE_SAID_H

#include "base/fail.h"

typedef struct Said {
    const char *zh, *en; /* NULL: nothing was said */
} Said;

/* Fails with the English words; `to` may be NULL. */
static inline bool say_why_not(Said *to, GError **error, FailCode code, const char *zh,
                               const char *en)
{
    if (to != NULL)
        *to = (Said){zh, en};
    return fail(error, code, "%s", en) || fail_zh(error, "%s", zh);
}

static inline bool say_no(Said *to, GError **error, const char *zh, const char *en)
{
    return say_why_not(to, error, FAIL_INPUT, zh, en);
}

#endif
