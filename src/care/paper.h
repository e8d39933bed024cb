/* paper.h — papers: what a `paper` of the documents puts on one sheet about one record.
 * In: a declaration, a record, a day, a session.  Out: a PaperSheet (format/paper.h), previewed or
 * issued: with a number and a digest, kept as it was, journalled; what is signed and sealed comes
 * back under the same number.  Start: paper_preview(), paper_issue(). */
#ifndef ANLAO_CARE_PAPER_H
#define ANLAO_CARE_PAPER_H

#include "care/page_api.h"
#include "format/paper.h"

const Paper *paper_named(const Model *m, Str name);
/* Of papers about records of this entity: the next one from `i` on; NULL: none. */
const Paper *paper_about(const Model *m, const Entity *e, size_t *i);
/* Whether the session's post may issue it: one that signs; where none is named, who may write. */
bool paper_may(const Care *c, const Session *s, const Paper *p);

/* `on` 0: today.  Without a number: nothing is kept. */
bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, GError **error);
bool paper_issue(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                 PaperSheet *ret, GError **error);

typedef struct IssuedPaper {
    Str number, name, digest, actor;
    Date day;
} IssuedPaper;
/* Issued about one record, newest first; within the session's scope. */
bool paper_list(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                IssuedPaper **ret, size_t *ret_n, GError **error);
/* As it was issued; the record it is about must lie in the session's scope.  FAIL_ABSENT. */
bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperSheet *ret,
                const Entity **ret_entity, RecordKey *ret_key, GError **error);

#endif
