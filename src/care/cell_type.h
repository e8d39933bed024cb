/* cell_type.h — a declared field as files see it: its header words, and how its cells read. */
#ifndef ANLAO_CARE_CELL_TYPE_H
#define ANLAO_CARE_CELL_TYPE_H

#include "data/region.h"
#include "declare/model.h"
#include "format/cell.h"

/* By field name, as it is stored (DOCUMENT/WORD), Chinese or English label; blanks and the BOM
 * around it do not count.  NULL: none.
 */
const Field *field_of_header(const Entity *e, Str header);
/* Codes of the enum (in the arena), range, region codes as rows of the tree; REF cells stay the
 * caller's business. */
void cell_type_of(const Field *f, const RegionTree *regions, Arena *a, CellType *ret);

#endif
