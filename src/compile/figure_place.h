/* figure_place.h — the places as records, in the order of the tree (semantics 39). */
#ifndef ANLAO_COMPILE_FIGURE_PLACE_H
#define ANLAO_COMPILE_FIGURE_PLACE_H

#include "compile/compile.h"

/* Row i is region i: what the dataset's records say of it, else what the region tables say (code,
 * names, level, parents).  A record whose code is no region of the tables is left out. */
Batch *figure_places(const Model *m, const Entity *region, const Dataset *d, const RegionTree *t);

#endif
