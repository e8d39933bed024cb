/* ask.h — what an address asks for: register, record, month, day, place; and the picker of places.
 */
#ifndef ANLAO_PAGE_ASK_H
#define ANLAO_PAGE_ASK_H

#include "page/words.h"

/* What the address names; false with FAIL_ABSENT when there is no such thing. */
bool req_entity(const Req *q, Str name, const Entity **ret, GError **error);
bool req_key(const Req *q, Str text, RecordKey *ret, GError **error);
/* A record as people name it in a form: by its number, its file number or, in a form alone, a
 * citizen number.  FAIL_ABSENT: none in the session's scope, or more than one. */
bool req_named(Req *q, const Entity *e, Str text, RecordKey *ret, GError **error);
/* For a form that is to be done once, however often it is sent: 32 digits. */
Str req_nonce(const Req *q);
/* ?month=2020-06, or the month of the business day; ?on=2020-06-18 likewise. */
Month req_month(const Req *q);
Date req_day(const Req *q);
/* ?region=360302 inside the session's scope (others: route.c refuses), or the whole scope. */
int32_t req_region(const Req *q);
int32_t region_coded(const Req *q, Str code); /* in that scope; ROW_NONE */

Str region_name(const Req *q, int32_t region);
/* Options of a place picker: the session's scope and what lies below, in the order of the tree.
 * Each: code, label, depth class, selected. */
void fill_regions(const Req *q, View *v, const char *list, int32_t selected);

/* One choice of a select: value, label, selected. */
void add_option(ViewList *options, Str value, Str label, Str chosen);
/* ?page=2, from 0; and what a page of a list says of itself: total first last page_number
 * pages_total previous_url next_url. */
size_t req_page(const Req *q);
void fill_paging(const Req *q, View *v, size_t page, size_t page_rows, size_t shown,
                 uint64_t total);

/* Does `e` have rules about its records?  Then its page is a file with decisions. */
bool entity_has_rules(const Model *m, const Entity *e, RuleKind kind);

#endif
