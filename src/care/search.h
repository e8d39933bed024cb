/* search.h — which records the words of a search mean; of those found by number the scope is not
 * asked yet (search.c). */
#ifndef ANLAO_CARE_SEARCH_H
#define ANLAO_CARE_SEARCH_H

#include "care/inside.h"

/* Adds keys (RecordKey; the county may be 0) of records that are meant: in the counties of the
 * session's place, else in all.  What is looked up by number or telephone is journalled first.  Of
 * a telephone only what the session may see is opened, and found. */
typedef struct SearchMeant {
    const Entity *entity;
    Str words;
    Date on;     /* whom the session sees on that day counts among the most */
    size_t most; /* of those that are found by name */
} SearchMeant;
bool search_meant(Care *c, Working *w, const Session *s, const SearchMeant *of, Arena *a,
                  GArray *to, GError **error);

#endif
