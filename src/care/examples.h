/* examples.h — examples in documents are tests: each runs through both drivers, and they must
 * agree. */
#ifndef ANLAO_CARE_EXAMPLES_H
#define ANLAO_CARE_EXAMPLES_H

#include "declare/model.h"

/* Runs all examples of the Model; faults are diagnostics at the expectation.  Returns how many
 * examples ran. */
unsigned examples_run(const Model *m, Diags *diags);

#endif
