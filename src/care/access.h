/* access.h — the list of who looked: noted in memory, written each second and at the end; given to
 * the person it is about.  Start: access_note(), record_lookers(). */
#ifndef ANLAO_CARE_ACCESS_H
#define ANLAO_CARE_ACCESS_H

#include "care/care.h"
#include "care/looks.h"

/* A look that is about to be answered.  FAIL_BUSY: so many wait to be written that no more may be
 * answered.  `what`: look, history, or "paper NAME". */
bool access_note(Care *c, const Session *s, const Entity *e, RecordKey key, const char *what,
                 GError **error);
bool access_flush(Care *c, GError **error); /* what waits is written */

/* care.c */
void access_begin(Care *c);
void access_end(Care *c);

#endif
