/* erase.h — records erased by law; inside the store.  See erase.c. */
#ifndef ANLAO_STORE_ERASE_H
#define ANLAO_STORE_ERASE_H

#include "store/writing.h"

bool record_erase(Writing *w, const Change *c, Row *r, Head *h, GError **error);
/* Of a county where nothing but papers about others named it: an entry about no record. */
bool papers_named_erase(Writing *w, const Change *c, Head *h, GError **error);
/* The entries (int64_t) whose bodies an entry of kind erase says are gone, and the state its record
 * has since; false: not such a body. */
bool erased_read(Body *b, GArray *to, int *ret_state);

/* Parts of it, for a replay: periods and versions; bodies; the row itself, ended and empty. */
bool erase_history(Writing *w, const Row *r, GError **error);
bool erase_bodies(Writing *w, int32_t county, const GArray *seqs, GError **error);
void erase_row(Row *r, int64_t seq, int state);

#endif
