/* record.h — what the record_*.c files share.  Pages see page_api.h. */
#ifndef ANLAO_CARE_RECORD_H
#define ANLAO_CARE_RECORD_H

#include "care/inside.h"

/* How much of a record is filled in: what a list shows; all of it, for one record; all of it, for
 * many. */
typedef enum Filling { FILL_LIST, FILL_WHOLE, FILL_EXPORT } Filling;

/* A stored record as on a day: computed fields, dated fields of that day, secrets masked. */
bool record_fill(Care *c, Working *w, const Entity *e, Record *r, Date on, Filling filling,
                 Arena *a, GError **error);
/* Records of some rows of the batch, filled for a list. */
bool record_rows(Care *c, Working *w, const Entity *e, const uint32_t *rows, size_t n, Date on,
                 Filling filling, Arena *a, Record **ret, GError **error);
/* Rows of all records that match, in the order of lists. */
bool record_matches(Care *c, Working *w, const Session *s, const ListQuery *q, Arena *a,
                    uint32_t **ret_rows, size_t *ret_n, GError **error);
/* Whether the session may see secrets in full, for a reason that can be asked about later. */
bool may_reveal(const Session *s, Str reason, GError **error);
/* A secret as it may be shown: citizen numbers by their first four and last character, others by
 * their last two. */
Str secret_masked(const Field *f, Str plain, Arena *a);
/* Title of a record the session may see; a record named in it that it may not see is a number. */
bool title_of(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key, unsigned depth,
              Arena *a, Str *ret, GError **error);
/* The same of any record: of one that the session may not see, its number.  FAIL_ABSENT. */
bool title_seen(Care *c, Working *w, const Session *s, const Entity *e, RecordKey key, Arena *a,
                Str *ret, GError **error);

#endif
