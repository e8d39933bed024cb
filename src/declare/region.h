/* region.h — rows of one region table, for the Model and for choosing documents (packs.c). */
#ifndef ANLAO_DECLARE_REGION_H
#define ANLAO_DECLARE_REGION_H

#include "declare/document.h"

/* Appends RegionRow to `to`; a faulty row is reported and left out. */
void regions_read(Diags *diags, const Home *home, const Sheet *sheet, GArray *to);

#endif
