/* record.h — one record on its way between store, care and page. */
#ifndef ANLAO_DATA_RECORD_H
#define ANLAO_DATA_RECORD_H

#include "base/arena.h"
#include "data/value.h"

typedef struct RecordKey {
    int32_t county; /* fixed county number of the owner */
    int64_t id;
} RecordKey;

/* facts[i] belongs to field i of the entity: its latest period.  Computed fields and secrets that
 * may not be shown are unknown; a masked secret has known = true and a masked text. */
typedef struct Record {
    RecordKey key;
    int64_t seq; /* of the entry that last changed it: optimistic lock */
    bool ended;  /* taken off the books by mistake-correction; kept, not shown in lists */
    Fact *facts;
    size_t n_facts;
} Record;

#endif
