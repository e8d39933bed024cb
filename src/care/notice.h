/* notice.h — how the public notice of one record stands: whether it has been up for as long as its
 * declaration says and nobody's objection is open.
 * In: a `publish` of the documents, a record, a day.  Out: a standing.  Payments of new persons
 * wait for NOTICE_CLOSED; nothing here moves anything on.  Not here: what the public sees
 * (publish.h). Start: notice_closed().
 *
 * Objections are ordinary records: an entity `notice_objection` of the documents, dated by a day,
 * with the texts `notice` (name of the publish) and `record` (what people call the record: its key,
 * else its id), a date `closed_on` and a bool `upheld`.  Without that entity nobody can object, and
 * no notice is ever closed: notice_register() says so. */
#ifndef ANLAO_CARE_NOTICE_H
#define ANLAO_CARE_NOTICE_H

#include "care/care.h"
#include "care/publish.h"

typedef enum NoticeState {
    NOTICE_NONE,     /* not up yet, or not for this record */
    NOTICE_UNKNOWN,  /* a fact is missing: whether, or for how long */
    NOTICE_UP,       /* its days are running */
    NOTICE_OBJECTED, /* an objection raised in its days is not answered yet */
    NOTICE_UPHELD,   /* an objection was found right: never closed, it has to begin anew */
    NOTICE_CLOSED,   /* its days are over and all objections are answered */
    NOTICE_STATES
} NoticeState;
extern const char *const notice_words[NOTICE_STATES]; /* none unknown up objected upheld closed */

typedef struct NoticeStanding {
    NoticeState state;
    bool has_from, has_until;
    Date from, until; /* first and last day on which it stands there */
    unsigned objections, open, upheld;
} NoticeStanding;

/* The register of objections; false: the documents have none. */
typedef struct NoticeRegister {
    const Entity *entity;
    const Field *notice, *record, *closed_on, *upheld;
} NoticeRegister;
bool notice_register(const Model *m, NoticeRegister *ret);

/* The same notice asked about many records: what it says is compiled once. */
typedef struct NoticeBook NoticeBook;
NoticeBook *notice_book_new(Care *c, Working *w, const Publish *p, Date on, GError **error);
void notice_book_free(NoticeBook *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(NoticeBook, notice_book_free)
bool notice_ask(NoticeBook *b, RecordKey key, Arena *a, NoticeStanding *ret, GError **error);

/* For one record of p's entity, within one working set. */
bool notice_standing(Care *c, Working *w, const Publish *p, RecordKey key, Date on, Arena *a,
                     NoticeStanding *ret, GError **error);
/* The same, with the newest working set, as a yes or no. */
bool notice_closed(Care *c, const Publish *p, RecordKey key, Date on, Arena *a, bool *ret_closed,
                   GError **error);

#endif
