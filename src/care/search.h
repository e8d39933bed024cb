/* search.h — which records the words of a search mean, before anybody's scope (search.c). */
#ifndef ANLAO_CARE_SEARCH_H
#define ANLAO_CARE_SEARCH_H

#include "care/inside.h"

/* Adds keys (RecordKey; the county may be 0) of records that are meant: in the counties of the
 * session's place, else in all.  What is looked up by number or telephone is journalled first.  Of
 * a telephone only what the session may see is opened, and found. */
bool search_meant(Care *c, Working *w, const Session *s, const Entity *e, Str words, size_t most,
                  Arena *a, GArray *to, GError **error);

#endif
