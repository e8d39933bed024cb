/* batch.h — facts as columns.  A Batch holds the records of one entity; a Dataset all that rules
 * may see. Made from column types, not from an Entity: data/ knows no model.  Whoever builds a
 * batch numbers its columns; by convention column i is field i of the entity, NULL where nothing
 * was loaded.
 *
 * Time: a dated column holds each row's latest period in value/known/since/until and all earlier
 * periods in `periods`.  A plain column (since == NULL) holds on all days.  Start: batch_new(),
 * column_at(). */
#ifndef ANLAO_DATA_BATCH_H
#define ANLAO_DATA_BATCH_H

#include "base/arena.h"
#include "base/date.h"
#include "data/kind.h"

/* Rows the batch driver handles at once: fewer, and calling kernels costs more than they do; more,
 * and registers leave the nearest cache. */
#define BATCH_STEP 2048
#define ROW_NONE   (-1) /* a reference to nothing */

/* An earlier period of one row's dated field: it held on since <= day < until. */
typedef struct Period {
    uint32_t row;
    Date since, until;
    bool known;
    int64_t value; /* as the column's physical, widened; set bits reinterpreted */
} Period;

/* A column comes from batch_add() only; its arrays are its own (g_malloc, freed with the batch), so
 * that column_finish() can shrink them. */
typedef struct Column {
    Kind kind;
    Physical physical; /* may be narrower than kind_facts says, when all values fit, of sets too */
    size_t rows;
    void *value;    /* rows values; for PHYSICAL_TEXT uint32_t offsets[rows + 1] into text */
    char *text;     /* PHYSICAL_TEXT only */
    uint8_t *known; /* a byte per row, 1 = known; NULL = all known */
    Date *since,
        *until; /* dated only: period of `value`; until DATE_MAX = open; NULL until = all open */
    Period *periods; /* earlier periods, sorted by (row, since); never overlapping */
    size_t n_periods;
    int64_t low, high; /* least and greatest known value (integers), earlier periods included; low >
                          high when none */
} Column;

typedef struct Batch {
    Arena *arena;     /* owns columns, keys and ids */
    const char *name; /* the entity's */
    size_t rows;
    Column **columns; /* n_columns, entries may be NULL: nothing known of that field */
    size_t n_columns;
    int64_t *ids;      /* record ids; NULL for CSV */
    int32_t *counties; /* owning county numbers; NULL for CSV */
    Str *keys; /* what people call the row: key cell of the CSV, code; NULL when ids serve */
} Batch;

/* The last entry of a county's journal that is in the data. */
typedef struct KnownAt {
    int32_t county;
    int64_t seq;
    uint8_t link[32]; /* of that entry, as it stands in the journal; zeros: not known */
} KnownAt;

typedef struct Dataset {
    Batch **batches; /* indexed by entity number of the model; NULL = no rows */
    size_t n_batches;
    struct LinkSet *links; /* who refers to whom, made when asked for: links.h */
    KnownAt *known;        /* as known then: one per county; NULL: from no database */
    size_t n_known;
} Dataset;

Batch *batch_new(const char *name, size_t rows, size_t n_columns);
void batch_free(Batch *b);
/* A text kind with PHYSICAL_I8 says only whether the text is known: secrets, long texts of large
 * tables.  All rows unknown and value 0 at first; `dated` adds since (DATE_MIN) and until. */
Column *batch_add(Batch *b, size_t index, Kind kind, Physical physical, bool dated);
/* The same from arrays with room for a row more than there are (g_malloc, pages_new), taken over;
 * at unknown rows any number may stand. */
Column *batch_take(Batch *b, size_t index, Kind kind, Physical physical, void *value,
                   uint8_t *known);
/* Sets one value, known.  The physical must be wide enough (asserted). */
void column_set(Column *c, size_t row, int64_t value);
/* Texts are set in row order only, each row exactly once, while building: see TextBuilder in
 * column.h users. */
int64_t column_get(const Column *c, size_t row); /* latest value, widened; meaning only if known */
bool column_known(const Column *c, size_t row);  /* of the latest period */
Str column_text(const Column *c, size_t row);
/* What held on `day`.  False: unknown then. */
bool column_at(const Column *c, size_t row, Date day, int64_t *ret_value);
/* First day after `day` on which the recorded value changes; DATE_MAX when none. */
Date column_next_change(const Column *c, size_t row, Date day);
/* Recomputes low/high, drops `known` when all are known, narrows the physical: call once when
 * filled. */
void column_finish(Batch *b, Column *c);
/* Takes periods (in any order, copied), keeps each row's latest as the value, the others as
 * periods.  Overlaps: a later-starting period ends the one before it.  rows without a period stay
 * unknown. */
void column_set_periods(Batch *b, Column *c, const Period *all, size_t n);
/* Texts all at once: texts[rows]; at NULL = unknown. */
void column_set_texts(Batch *b, Column *c, const Str *texts);

Dataset *dataset_new(size_t n_batches);
void dataset_free(Dataset *d); /* frees its batches */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Batch, batch_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Dataset, dataset_free)

#endif
