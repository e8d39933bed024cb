/* cell.c — comparing, writing and reading cells. */
#include "store/cell.h"

bool cell_equal(Cell a, Cell b)
{
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case CELL_NONE:
        return true;
    case CELL_INT:
        return a.num == b.num;
    case CELL_LINK:
        return a.num == b.num && a.county == b.county;
    case CELL_TEXT:
    case CELL_BYTES:
        return str_equal(a.text, b.text);
    }
    return false;
}

void bytes_cell(Bytes *b, Cell c)
{
    bytes_byte(b, (uint8_t)c.type);
    if (c.type == CELL_INT || c.type == CELL_LINK)
        bytes_int(b, c.num);
    if (c.type == CELL_LINK)
        bytes_int(b, c.county);
    if (c.type == CELL_TEXT || c.type == CELL_BYTES)
        bytes_str(b, c.text);
}

Cell reader_cell(Reader *r)
{
    Cell c = {0};
    uint8_t type = reader_byte(r);

    if (type > CELL_LINK) {
        r->bad = true;
        return c;
    }
    c.type = (CellType)type;
    if (c.type == CELL_INT || c.type == CELL_LINK)
        c.num = reader_int(r);
    if (c.type == CELL_LINK)
        c.county = (int32_t)reader_int(r);
    if (c.type == CELL_TEXT || c.type == CELL_BYTES)
        c.text = reader_str(r);
    return c;
}
