/* paper.h — papers: what a `paper` of the documents puts on one sheet about one record, one place
 * or one pay run. In: a declaration, a record (a place is a record of `region`; of a pay run key.id
 * is its number), a day, a session.  Out: a PaperSheet (format/paper.h), previewed or issued: with
 * a number and a digest, kept as it was, journalled; what is signed and sealed comes back under the
 * same number. A paper with a pattern of numbers gets the next one of its year, without a gap.
 * Start: paper_preview(), paper_issue(). */
#ifndef ANLAO_CARE_PAPER_H
#define ANLAO_CARE_PAPER_H

#include "care/attach.h"
#include "care/page_api.h"
#include "format/paper.h"

const Paper *paper_named(const Model *m, Str name);
/* Of papers about records of this entity (NULL: about pay runs): the next one from `i` on; NULL:
 * none. */
const Paper *paper_about(const Model *m, const Entity *e, size_t *i);
/* Whether the session's post may issue it: one that signs; where none is named, who may write. */
bool paper_may(const Care *c, const Session *s, const Paper *p);

/* `on` 0: today.  Without a number: nothing is kept but that somebody looked.  ret_ready may be
 * NULL: its `when` is yes. */
bool paper_preview(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                   PaperSheet *ret, bool *ret_ready, GError **error);
/* FAIL_RIGHT: who signs it is another; FAIL_CONFLICT: its `when` is not yes. */
bool paper_issue(Care *c, const Session *s, const Paper *p, RecordKey key, Date on, Arena *a,
                 PaperSheet *ret, GError **error);

/* Of a form, which has a request of its own: however often it is sent, the paper it issued first.
 */
bool paper_issue_once(Care *c, const Session *s, const Paper *p, RecordKey key, Str request,
                      Arena *a, PaperSheet *ret, GError **error);

typedef struct IssuedPaper {
    Str number, name, digest, actor, place;
    Date day;
} IssuedPaper;
/* Issued about one record (entity NULL: one pay run), newest first; within the session's scope. */
bool paper_list(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a,
                IssuedPaper **ret, size_t *ret_n, GError **error);
/* Issued in the session's region, newest first, at most `most`. */
bool paper_recent(Care *c, const Session *s, Str name, size_t most, Arena *a, IssuedPaper **ret,
                  size_t *ret_n, GError **error);

typedef struct PaperFound {
    PaperSheet sheet;
    const Entity *entity; /* NULL: about a pay run */
    RecordKey key;        /* of what it is about */
    RecordKey own;        /* its own: scans lie with it */
} PaperFound;
/* As it was issued; what it is about must lie in the session's scope.  FAIL_ABSENT.  Who finds it
 * looked at it: of a record the list of who looked says so, of a pay run the journal. */
bool paper_find(Care *c, const Session *s, Str number, Arena *a, PaperFound *ret, GError **error);
/* A paper, previewed or issued, is about to leave as a file: the journal of what it is about says
 * so before the first byte is made. */
bool paper_taken(Care *c, const Session *s, const PaperSheet *p, const Entity *e, RecordKey key,
                 Arena *a, GError **error);

/* ---- 盖章件: the paper as it was signed and sealed, scanned; under the same number */
bool paper_scan(Care *c, const Session *s, const PaperFound *p, Str name, Str bytes, Str reason,
                Said *said, GError **error);
bool paper_scans(Care *c, const PaperFound *p, Arena *a, FileLine **ret, size_t *ret_n,
                 GError **error);
bool paper_scan_get(Care *c, const Session *s, const PaperFound *p, RecordKey file, Arena *a,
                    FileLine *ret, Str *ret_bytes, GError **error);

#endif
