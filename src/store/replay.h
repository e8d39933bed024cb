/* replay.h — a journal applied again: an empty database becomes the one that wrote it, and a master
 * holds what its counties wrote.
 * In: ranges in order (range.h).  Out: the same rows in all tables of facts, each entry's row held
 * against its digest; what is derived (grams, identities, marks, the calendar) is made anew.  An
 * entry that cannot be replayed ends it, named, in words.  Read first: replay_new(). */
#ifndef ANLAO_STORE_REPLAY_H
#define ANLAO_STORE_REPLAY_H

#include "store/range.h"

/* `facts->base` (store.h) is what the database is made of: tables and numbers, no entry. */
bool store_create_from(const char *uri, const Model *m, const StoreBase *base, GError **error);

typedef struct Replay Replay;
Replay *replay_new(Store *s);
void replay_free(Replay *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Replay, replay_free)
/* What is there already is skipped.  A range that does not follow on what is there, or whose chain
 * breaks, is refused; what was applied of it stays.  Of another node: a range in which a record or
 * docket has not that node's number is refused whole. */
bool replay_range(Replay *r, const RangeHead *h, Str payload, GError **error);
/* When all is in: what stored decisions rest on is to be asked again, numbers go on behind those
 * that were given. */
bool replay_end(Replay *r, GError **error);

#endif
