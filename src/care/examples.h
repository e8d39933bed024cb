/* examples.h — examples in documents are tests: each runs through both drivers, and they must
 * agree. */
#ifndef ANLAO_CARE_EXAMPLES_H
#define ANLAO_CARE_EXAMPLES_H

#include "care/example_data.h"
#include "data/batch.h"
#include "data/region.h"

/* Runs the examples of the Model, or of those documents only for which `wanted` says so (NULL:
 * all); faults are diagnostics at the expectation.  Returns how many examples ran. */
typedef bool (*ExampleWanted)(const void *context, const Document *d);
unsigned examples_run(const Model *m, ExampleWanted wanted, const void *context, Diags *diags);

/* One expectation about a check of regions (examples_region.c). */
void example_region_check(const ExampleRoom *room, const Example *example, const ExampleExpect *x,
                          const Dataset *data, Diags *diags);
/* Its answer alone; OUTCOME_OUTSIDE: the check is not about this region, or not in force. */
bool example_region_outcome(const ExampleRoom *room, const ExampleExpect *x, const Dataset *data,
                            uint8_t *ret, GError **error);
/* One expectation about a task or a step (examples_follow.c). */
void example_follow(const ExampleRoom *room, const Example *example, const ExampleExpect *x,
                    const Dataset *data, size_t row, Diags *diags);

#endif
