/* cells.h — one record as cells of a table or as named values. */
#ifndef ANLAO_PAGE_CELLS_H
#define ANLAO_PAGE_CELLS_H

#include "page/ask.h"

/* A value as people read it; false: unknown. */
bool fact_text(Req *q, const Field *f, const Record *r, Str *ret);
/* What the record behind a reference is called; its number where the session may not see it. */
Str reference_title(Req *q, const Field *f, int64_t id);
bool field_is_number(const Field *f);
/* The columns of a list: heads{label number}.  `without` is left out (the reference one came by).
 */
void fill_heads(Req *q, View *v, const Entity *e, const Field *without);
/* One row: link_url, cells{text number first absent}. */
void fill_row(Req *q, View *row, const Entity *e, const Record *r, const Field *without);
/* list.c: words, filters, place, outcome and page of an address; the pages' lists and the API's. */
/* FAIL_INPUT: its words belong in no address (search_is_private()). */
bool list_query_read(Req *q, const Entity *e, ListQuery *lq, GError **error);
Str record_address(const Req *q, const Entity *e, RecordKey key, const char *below);

#endif
