/* proposal_inside.h — how a form hands over what needs a second person; for record_save.c;
 * and a merge, which writes it with what it does itself (merge.c). */
#ifndef ANLAO_CARE_PROPOSAL_INSIDE_H
#define ANLAO_CARE_PROPOSAL_INSIDE_H

#include "care/write.h"

/* The fields wait under one docket; `fields` were checked against the record as it is. */
bool proposal_make(Care *c, const Session *s, const Record *before, const Entity *e,
                   const WriteField *fields, size_t n, Str reason, Arena *a, GError **error);

/* The same, to be written by the caller in a set with other things; *ret_asked: the same person
 * asked for the same before and it waits, so there is nothing to write. */
bool proposal_docket(Care *c, const Session *s, const Record *before, const Entity *e,
                     const WriteField *fields, size_t n, Str reason, Arena *a, Docket *ret,
                     bool *ret_asked, GError **error);

/* Whether the same values were asked for about the record, from whatever day, and wait or were
 * refused. */
bool proposal_asked(Care *c, const Entity *e, int64_t id, const WriteField *fields, size_t n,
                    Arena *a, bool *ret, GError **error);

#endif
