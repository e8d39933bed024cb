/* load.h — what the two ways of loading share: columns that grow row by row. */
#ifndef ANLAO_STORE_LOAD_H
#define ANLAO_STORE_LOAD_H

#include "store/methods.h"

typedef struct ColumnLoad {
    const FieldPlan *plan;
    size_t position; /* in the plan's fields */
    int at;          /* column of the query; of a presence, its number among them */
    int since_at;    /* of the first day; the last one's is behind it; dated fields only */
    Physical physical;
    bool presence; /* a secret or a long text: only whether it is known, value 0 */
    void *value;   /* references: ids, rows only at the end */
    Str *texts;
    uint8_t *known;
    Date *since, *until; /* until NULL: all are open so far */
    GArray *periods;     /* of Period; those outside E, or all when known_at is set */
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

/* Codes are numbers of up to 18 digits, nearly always; others come last. */
typedef struct CodeMap { /* open addressing */
    int64_t *codes;      /* 0: free */
    int32_t *rows;
    size_t mask;
    GHashTable *others; /* code → row */
} CodeMap;

typedef struct Load {
    Conn *conn, *second; /* second: shows the same; NULL: one reads alone */
    const RegionTree *regions;
    CodeMap codes; /* of regions */
    const LoadKnown *known;
    GArray *heads; /* KnownAt: what there was to be known */
    TableLoad *tables;
    size_t n_tables;
} Load;

void load_row(TableLoad *t, RecordKey key); /* room for one more; the caller counts it */
/* All of `rows` are open; room for more. */
void load_untils(ColumnLoad *c, size_t rows, size_t room);
void load_number(ColumnLoad *c, size_t row, int64_t v);
int64_t load_region(const Load *l, Str code);
bool load_value(const Load *l, const ColumnLoad *c, Cell cell, int64_t *ret);
bool load_is_past(const Load *l); /* not all there is to be known */
int64_t load_known_at(const Load *l, int32_t county);
void load_clear(TableLoad *t);
/* load_rows.c: as it is now.  few: one connection will do. */
bool load_now(Load *l, TableLoad *t, bool few, GError **error);
/* load_known.c: as known then. */
bool load_known(Load *l, TableLoad *t, GError **error);

#endif
