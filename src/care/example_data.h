/* example_data.h — records of examples as the columns a Program reads.
 * In: examples of a Model, from its documents or made (cases.h).  Out: one Dataset in which the
 * records of each example refer to one another and to no others. */
#ifndef ANLAO_CARE_EXAMPLE_DATA_H
#define ANLAO_CARE_EXAMPLE_DATA_H

#include "data/batch.h"
#include "data/region.h"
#include "declare/model.h"

typedef struct ExampleRoom { /* what the data of all examples of a Model share */
    Arena *arena;
    const Model *model;
    const RegionTree *regions;
    struct ParamMemo *params; /* as they are, for all programs over it (compile/param.h) */
    Batch **none;             /* by entity: no records */
} ExampleRoom;

typedef struct ExampleData {
    const ExampleRoom *room;
    Dataset *data;
    size_t *first;  /* by example: its first record in row_of */
    size_t *row_of; /* by record: its row in its entity's batch */
} ExampleData;

ExampleRoom *example_room_new(const Model *m);
void example_room_free(ExampleRoom *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExampleRoom, example_room_free)

ExampleData *example_data_new(const ExampleRoom *room, const Example *const *list, size_t n);
void example_data_free(ExampleData *d);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ExampleData, example_data_free)

#endif
