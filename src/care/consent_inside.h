/* consent_inside.h — what a consent lets its session see; for care/ alone. */
#ifndef ANLAO_CARE_CONSENT_INSIDE_H
#define ANLAO_CARE_CONSENT_INSIDE_H

#include "care/care.h"
#include "care/consent.h"

typedef struct Consent {
    int64_t row; /* of the consent */
    const Entity *elder;
    int64_t elder_row;
    RecordKey elder_key;
    uint64_t matters; /* set of codes */
    const Enum *of;
} Consent;

/* False: the session hangs on none, or it does not hold on the day. */
bool consent_of(const Care *c, const Working *w, const Session *s, Date day, Consent *ret);
bool consent_names(const Consent *x, Str matter);
/* The predicate of such a session, of one row. */
bool consent_sees(const Care *c, const Working *w, const Session *s, const Entity *e, size_t row,
                  Date day);
/* Whether the session sees a register's records whole; else their titles alone. */
bool consent_whole(Care *c, const Working *w, const Session *s, const Entity *e);
/* The same, of the working set of now. */
bool consent_opens(Care *c, const Session *s, const Entity *e);
/* Where the file itself is not named, it shows its title and nothing else. */
void consent_mask(Care *c, const Working *w, const Session *s, const Entity *e, Record *r);

#endif
