/* rights.c — rights.def as a table: which role may do what. */
#include "care/page_api.h"

const RoleFacts role_facts[] = {
#define ROLE(name, word, zh, en, level, rights) {word, zh, en, level, rights},
#include "care/rights.def"
#undef ROLE
};
const size_t n_role_facts = G_N_ELEMENTS(role_facts);

G_STATIC_ASSERT(RIGHT_BITS < 30); /* below MAY_PUBLIC */

/* All of them; nothing asked for is nothing allowed: a route or a function that forgot to name its
 * right stays closed. */
bool session_may(const Session *s, unsigned rights)
{
    if (s == NULL || s->role == NULL || rights == MAY_NOTHING)
        return false;
    rights &= ~(unsigned)MAY_PUBLIC;
    return (s->role->rights & rights) == rights;
}
