/* links.h — who refers to whom: for a reference column, the rows that refer, or once referred, to
 * each row of the records referred to. In: a reference column.  Out: lists of rows.  Made once for
 * a Dataset and kept while facts change: what did not change is shared with the lists before.  A
 * row is listed once for each record it ever referred to: whether it does on a day, its column
 * says.  Start: dataset_links(), links_of(). */
#ifndef ANLAO_DATA_LINKS_H
#define ANLAO_DATA_LINKS_H

#include <glib.h>

#include "data/batch.h"

typedef struct Links Links;

Links *links_new(const Column *reference); /* NULL: nobody refers to anybody */
void links_unref(Links *l);
/* The rows that refer or referred to row `to`; borrowed until links_move(). */
const uint32_t *links_of(const Links *l, uint64_t to, size_t *ret_n);

/* All records a row refers or ever referred to, each once, in no order: added to `to`, int64_t. */
void links_ends(const Column *reference, size_t row, GArray *to);
/* A copy to be changed; the lists that stay are shared. */
Links *links_copy(const Links *l);
/* The row referred to `before` and now refers to `after` (as links_ends() gives them). */
void links_move(Links *l, uint32_t row, const GArray *before, const GArray *after);

/* Links of a reference column of an entity's records, made when first asked for; they live as long
 * as the Dataset, or until they are put anew.  Any thread may ask. */
const Links *dataset_links(const Dataset *d, unsigned entity, unsigned column);
/* Puts lists in the place of those that were there, which are given back. */
void dataset_put_links(Dataset *d, unsigned entity, unsigned column, Links *l);
/* For each list a Dataset has made: a Dataset that follows it may share or copy it. */
typedef void (*LinksEach)(void *with, unsigned entity, unsigned column, const Links *l);
void dataset_each_links(const Dataset *d, LinksEach each, void *with);
Links *links_ref(const Links *l);

/* For batch.c: what a Dataset keeps them in. */
struct LinkSet {
    GMutex lock;
    GHashTable *of; /* entity and column → Links */
};
struct LinkSet *link_set_new(void);
void link_set_free(struct LinkSet *s);

#endif
