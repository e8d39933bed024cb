/* replayed.h — a database's journal, shipped in pieces and replayed into an empty database. */
#ifndef TESTS_STORE_REPLAYED_H
#define TESTS_STORE_REPLAYED_H

#include "database.h"
#include "store/replay.h"

/* All ranges of the database, of at most `most` entries each; the node's own county first. */
typedef struct Ranges {
    Arena *arena;
    GArray *heads;       /* RangeHead */
    GPtrArray *payloads; /* GString: a length, bytes */
} Ranges;
Ranges *ranges_of(Store *s, size_t most);
void ranges_free(Ranges *r);
Str range_payload(const Ranges *r, size_t at);

/* Replays into `uri`, which is empty; false with the words. */
bool ranges_replay(const Ranges *r, const Model *m, const char *uri, GError **error);
/* Every table of facts has the same rows in both, whatever kinds they are. */
void facts_equal(const char *a, const char *b);
/* Ships the database at `uri`, replays into a new database of the kind, compares, verifies, and
 * removes it. */
void replayed_equal(Store *s, const Model *m, const char *uri, const char *folder, bool on_postgres,
                    size_t most);

/* A copy of one moment, put back into a new database of the kind: every table has the same rows. */
void copied_equal(const Model *m, const char *uri, const char *folder, bool on_postgres);

#endif
