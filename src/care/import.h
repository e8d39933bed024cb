/* import.h — files of records: CSV or XLSX in, facts and rejected rows out.
 * In: a session, an entity, a file with a header of field names or labels.  Out: counts; rows that
 * could not be taken, with the reason, in FILE.rejected.csv (.xlsx of a workbook).  Staged first,
 * then committed: a killed import is finished at the next start, or was never begun.
 *
 * A column is a field by its name, Chinese or English label; `FIELD.since` (label + 起始日) holds
 * the day from which a dated value holds.  Without one a value of a new record holds on all days,
 * as in `run`, and a changed value from today.  An empty cell is unknown: it says nothing about a
 * record that is there already.  A row is matched with an existing record by the entity's key and
 * its unique fields, and by the number an export gave it.  Start: care_import(). */
#ifndef ANLAO_CARE_IMPORT_H
#define ANLAO_CARE_IMPORT_H

#include "care/page_api.h"

/* What a column is: a field's name, "FIELD.since", "*" for remarks, "#" for the record's number
 * (record_number.h), "" for nothing. */
typedef struct ImportMap {
    Str header, field;
} ImportMap;

/* A row as it would be taken: for who compares instead of writing. */
typedef struct ImportSeen {
    size_t line;
    bool is_new, rejected;              /* new: there is no such record here */
    const struct WriteRequest *request; /* what it would change; no fields: it says the same */
    Str why;                            /* rejected: in Chinese */
} ImportSeen;

typedef struct ImportOptions {
    const char *sheet;    /* of a workbook; NULL: its first one */
    bool all_sheets;      /* instead: all that are not hidden, with the same columns */
    const ImportMap *map; /* columns that are not what their header says; may be NULL */
    size_t n_map;
    const char *name;     /* of the file, where the path is not it; NULL: the path's */
    const char *rejected; /* where rejected rows go; NULL: beside the file */
    bool dry_run;         /* count and reject, but write nothing */
    bool made_up;         /* the file holds made-up people: demonstration databases take no other */
    const Field *const *only; /* columns of other fields, and unknown ones, are not looked at */
    size_t n_only;            /* 0: all are looked at */
    const Field *const *by; /* by these together a record is found, where its own numbers do not */
    size_t n_by;
    /* Nothing is written: each row is handed over, with an arena that ends with it. */
    bool (*seen)(void *to, const ImportSeen *row, Arena *a, GError **error);
    void *to;
    void (*progress)(void *with, double share); /* 0..1; NULL: nobody looks */
    void *with;
} ImportOptions;

typedef struct ImportNote {
    size_t line;
    Str text; /* Chinese, as reasons are */
} ImportNote;

typedef struct ImportReason {
    uint64_t rows;
    Str text; /* without the values in it */
} ImportReason;

typedef struct ImportReport {
    uint64_t accepted, changed, unchanged, rejected;
    uint64_t skipped; /* rows of totals */
    uint64_t
        remarked; /* rows whose remark says that the person died or moved: nothing is changed */
    /* Refused while it was applied, beyond LIMIT_IMPORT_REFUSED: in no file of rejected rows, and
     * counted as accepted or changed, for which they were is not known.  Sent again they are told.
     */
    uint64_t untold;
    ImportNote *notes; /* at most 200 */
    size_t n_notes;
    ImportReason *reasons; /* of rejected rows, at most 50 kinds */
    size_t n_reasons;
    Str rejected_path; /* empty when nothing was rejected */
    Str encoding;      /* of the file */
    double seconds;
} ImportReport;

/* The first rows, and what the columns seem to be: to be confirmed by a person.  Nothing is
 * written. */
#define IMPORT_LOOK_ROWS 8u
typedef struct ImportLook {
    ImportMap *columns; /* in the order of the file */
    size_t n_columns;
    Str **rows;
    size_t n_rows;
    Str *sheets; /* of a workbook, those that are not hidden */
    size_t n_sheets;
    Str encoding;
} ImportLook;
bool import_look(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportLook *ret, GError **error);
/* A mapping as text, to be kept, and back. */
Str import_map_text(const ImportMap *map, size_t n, Arena *a);
void import_map_read(Str text, Arena *a, const ImportMap **ret, size_t *ret_n);

bool care_import(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportReport *ret, GError **error);

#endif
