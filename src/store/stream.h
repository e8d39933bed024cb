/* stream.h — all records of an entity in order of (county, id), each with all its history.
 * Merges E, every E_x and E_was: one pass over each table, nothing looked up. */
#ifndef ANLAO_STORE_STREAM_H
#define ANLAO_STORE_STREAM_H

#include "store/methods.h"

typedef struct Stream Stream;

bool stream_open(Conn *c, const TablePlan *t, Stream **ret, GError **error);
/* The next record, valid until the next call; NULL at the end.  `*ret_loose` counts rows of E_x and
 * E_was that belong to no record of E, so far. */
bool stream_next(Stream *s, const Row **ret, uint64_t *ret_loose, GError **error);
void stream_close(Stream *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stream, stream_close)

#endif
