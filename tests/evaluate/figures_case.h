/* figures_case.h — a small world for tests that read like cases: documents as people write them,
 * records as the CSV files people have. */
#ifndef ANLAO_TESTS_EVALUATE_FIGURES_CASE_H
#define ANLAO_TESTS_EVALUATE_FIGURES_CASE_H

#include "compile/compile.h"
#include "data/batch.h"
#include "declare/model.h"

typedef struct World {
    Arena *a;
    Model *m;
    RegionTree *regions;
    Dataset *data;
} World;

/* The blocks of one document about 360300 with two counties; faults of it end the test. */
World *world_new(const char *blocks);
World *world_new_over(const char *blocks, const char *later); /* and a whole document over it */
void world_free(World *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(World, world_free)
/* Records of an entity: a header of field names, then rows.  References are row numbers from 1.  A
 * column "field@2020-03-01" holds what the field is from that day on. */
void world_records(World *w, const char *entity, const char *csv);
Date world_day(const char *text);

#endif
