/* cells.h — the Model's fields as cells: what a text typed into a form or standing in a file means.
 * In: a field, a text.  Out: CellTypes for format/cell.h with this database's codes, places and
 * records behind them.  Start: cells_type(), cells_read(). */
#ifndef ANLAO_CARE_CELLS_H
#define ANLAO_CARE_CELLS_H

#include "care/care.h"
#include "format/cell.h"

/* One field on its way through many cells: remembers what texts stood for. */
typedef struct Cells {
    Care *care;
    const Session *session; /* places named the same are told apart by its region */
    const Field *field;
    CellType type;
    GHashTable *seen; /* text → number + 1 (0: nothing); NULL: not remembered */
    Arena *arena;
    bool failed; /* the store could not be asked; not the cell's fault */
} Cells;

void cells_init(Cells *cells, Care *c, const Session *s, const Field *f, Arena *a, bool remember);
void cells_clear(Cells *cells);
/* As cell_read, with REGION as its code in value.text. */
bool cells_read(Cells *cells, Str text, Arena *a, Value *ret, CellFault *ret_fault);

/* The place a text names: a code, a name that is unique in the region, or a path of names such as
 * 安源区后埠街道.  ROW_NONE: none, or more than one. */
int32_t place_named(const Care *c, int32_t within, Str text);
/* The record a text names: id, key, citizen number, or the only one of that title.  0: none. */
int64_t record_named(Care *c, const Entity *e, Str text);

#endif
