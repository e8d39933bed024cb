/* load.h — what the two ways of loading share: columns that grow row by row. */
#ifndef ANLAO_STORE_LOAD_H
#define ANLAO_STORE_LOAD_H

#include "store/methods.h"

typedef struct ColumnLoad {
    const FieldPlan *plan;
    size_t position; /* in the plan's fields */
    int at;          /* column of the query */
    Physical physical;
    bool presence; /* a secret or a long text: only whether it is known, value 0 */
    void *value;   /* references: ids, rows only at the end */
    Str *texts;
    uint8_t *known;
    Date *since, *until;
    GArray *periods; /* of Period; those outside E, or all when known_at is set */
    char last[32];   /* the region code read last, and its row */
    size_t last_len;
    int64_t last_row;
} ColumnLoad;

typedef struct IdMap { /* id → row, open addressing */
    int64_t *ids;
    int32_t *rows; /* ROW_NONE: free */
    size_t mask;
    unsigned shift;
} IdMap;

typedef struct TableLoad {
    const TablePlan *plan;
    ColumnLoad *columns;
    size_t n_columns, rows, room;
    int64_t *ids;
    int32_t *counties;
    Arena *texts;
    IdMap map;
} TableLoad;

typedef struct Load {
    Conn *conn;
    const RegionTree *regions;
    GHashTable *codes; /* region code → row */
    const LoadKnown *known;
    GArray *heads; /* KnownAt: what there was to be known */
    TableLoad *tables;
    size_t n_tables;
} Load;

void load_row(TableLoad *t, RecordKey key); /* room for one more; the caller counts it */
void load_number(ColumnLoad *c, size_t row, int64_t v);
int64_t load_region(Load *l, ColumnLoad *c, Str code);
bool load_value(Load *l, ColumnLoad *c, Cell cell, int64_t *ret);
bool load_is_past(const Load *l); /* not all there is to be known */
int64_t load_known_at(const Load *l, int32_t county);
/* load_known.c: as known then. */
bool load_known(Load *l, TableLoad *t, GError **error);

#endif
