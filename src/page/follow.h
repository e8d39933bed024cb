/* follow.h — what the lists of what is to be done share: the question in the address, the choices
 * of its form, records and missing facts in a line.  Lists: tasks.c, queues.c, duties.c, alerts.c;
 * steps on a record's page: step.c. */
#ifndef ANLAO_PAGE_FOLLOW_H
#define ANLAO_PAGE_FOLLOW_H

#include "care/follow.h"
#include "page/ask.h"

#define FOLLOW_ROWS 50u

/* region, by, only, page of the address; the day is the business day. */
FollowQuery follow_query_read(const Req *q);
/* regions, region_label, filtered, clear_url (which is the address of the form, too). */
void fill_follow(const Req *q, View *v, const FollowQuery *f, const char *path);
/* One more select of the form, in the list "choices": its options. */
ViewList *add_choice(ViewList *choices, const char *name, Str label);
/* `by` that stand behind tasks or steps: roles first, then agencies, each once. */
typedef struct WhoList {
    GHashTable *seen;
    ViewList *to;
    Str chosen;
} WhoList;
WhoList who_list_begin(const Req *q, ViewList *choices, Str label, Str chosen);
void who_list_add(const Req *q, WhoList *l, const Whos *by);
void who_list_agencies(const Req *q, WhoList *l, const Str *codes, size_t n);
void who_list_end(const Req *q, WhoList *l);

/* A chip with a count that filters: kind mark label count link_url current some. */
void add_filter_chip(const Req *q, ViewList *l, const char *kind, const char *mark, Str label,
                     uint64_t count, const char *name, Str value);
/* title, link_url of a record. */
bool fill_record(Req *q, View *v, const Entity *e, RecordKey key, GError **error);
/* missing{label}, each once. */
void fill_missing(const Req *q, View *v, const MissingFact *missing, size_t n);
/* clause_label, clause_url; nothing for a declaration before the first heading. */
void fill_clause(const Req *q, View *v, const Home *home);

/* List "recurring", flag "has_recurring": draws and exchanges that fall due (recurring.c). */
bool fill_recurring(Req *q, View *v, const FollowQuery *f, RecurKind what, GError **error);
const char *recur_address(const RecurLine *l); /* where it is done */

/* The role under which a session's own work is listed; empty: the documents do not name it. */
Str follow_post(const Req *q);
/* On a record's page: object "handling", where the record has a procedure. */
bool fill_handling(Req *q, View *v, const Entity *e, RecordKey key, int64_t seq,
                   const FieldFault *faults, size_t n_faults, GError **error);
/* The page of a record; `faults` of a step that was refused stand in it. */
bool record_page(Req *q, const Entity *e, RecordKey key, unsigned status, const FieldFault *faults,
                 size_t n_faults, GError **error);
/* What waits for the session today: list "waiting" of the first page. */
bool fill_waiting(Req *q, View *v, GError **error);

#endif
