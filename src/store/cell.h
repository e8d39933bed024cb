/* cell.h — one stored value: none, a whole number, text, bytes, or a link to a record.
 * Cells are what tables and journal bodies hold; Values are what the rest of the program sees.
 * Between the two stand the stored numbers of codes (plan.h). */
#ifndef ANLAO_STORE_CELL_H
#define ANLAO_STORE_CELL_H

#include "data/value.h"
#include "store/bytes.h"

typedef enum CellType { CELL_NONE, CELL_INT, CELL_TEXT, CELL_BYTES, CELL_LINK } CellType;

typedef struct Cell {
    CellType type;
    int32_t county; /* of the record a link names */
    int64_t num;    /* number, or id of the linked record */
    Str text;       /* text or bytes, borrowed */
} Cell;

bool cell_equal(Cell a, Cell b);
void bytes_cell(Bytes *b, Cell c);
Cell reader_cell(Reader *r);

#endif
