/* load_csv.h — plain CSV files become a Dataset: what `run` evaluates without a database. */
#ifndef ANLAO_CARE_LOAD_CSV_H
#define ANLAO_CARE_LOAD_CSV_H

#include "compile/compile.h"
#include "data/batch.h"

typedef struct CsvSource {
    const Entity *entity;
    const Field
        *field; /* NULL: the records; else a file (key, from, value) of one field's changes */
    const char *path;
} CsvSource;

/* Faults of cells are diagnostics with line and column; then NULL.  *error: a file that cannot be
 * read. */
Dataset *load_csv(const Model *m, const RegionTree *regions, const CsvSource *sources, size_t n,
                  Diags *diags, GError **error);

#endif
