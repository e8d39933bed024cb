/* import_inside.h — what import.c and import_row.c share. */
#ifndef ANLAO_CARE_IMPORT_INSIDE_H
#define ANLAO_CARE_IMPORT_INSIDE_H

#include "care/cells.h"
#include "care/import.h"
#include "care/write.h"

typedef struct ImportColumn {
    const Field *field; /* NULL: nothing is taken from it */
    bool is_since;      /* the day from which the field's value holds */
    Cells cells;
} ImportColumn;

typedef struct Import {
    Care *care;
    const Session *session;
    const Entity *entity;
    ImportColumn *columns;
    size_t n_columns;
    Date today;
    GHashTable *taken; /* "field\ntext" → line + 1: unique texts of rows taken from this file */
    size_t rows;       /* read so far */
    int32_t *counties; /* that hold records of the entity; NULL until it is worth knowing */
    size_t n_counties;
    const ImportOptions *options;
    GHashTable *records; /* ids of records changed by this file → line + 1 */
} Import;

typedef enum RowFate { ROW_NEW, ROW_CHANGED, ROW_SAME, ROW_REJECTED } RowFate;

/* One row becomes a request (texts in the arena), or a reason why not, in Chinese. */
bool import_row(Import *i, const Str *cells, size_t line, Arena *a, RowFate *ret_fate,
                WriteRequest *ret, GString *reason, GError **error);

#endif
