/* import.h — files of records: CSV or XLSX in, facts and rejected rows out.
 * In: a session, an entity, a file with a header of field names or labels.  Out: counts; rows that
 * could not be taken, with the reason, in FILE.rejected.csv (.xlsx of a workbook).  Staged first,
 * then committed: a killed import is finished at the next start, or was never begun.
 *
 * A column is a field by its name, Chinese or English label; `FIELD.since` (label + 起始日) holds
 * the day from which a dated value holds.  Without one a value of a new record holds on all days,
 * as in `run`, and a changed value from today.  An empty cell is unknown: it says nothing about a
 * record that is there already.  A row is matched with an existing record by the entity's key and
 * its unique fields.  Start: care_import(). */
#ifndef ANLAO_CARE_IMPORT_H
#define ANLAO_CARE_IMPORT_H

#include "care/care.h"

/* A row as it would be taken: for who compares instead of writing. */
typedef struct ImportSeen {
    size_t line;
    bool is_new, rejected;              /* new: there is no such record here */
    const struct WriteRequest *request; /* what it would change; no fields: it says the same */
    Str why;                            /* rejected: in Chinese */
} ImportSeen;

typedef struct ImportOptions {
    const char *sheet;        /* of a workbook; NULL: its first one */
    bool dry_run;             /* count and reject, but write nothing */
    const Field *const *only; /* columns of other fields, and unknown ones, are not looked at */
    size_t n_only;            /* 0: all are looked at */
    const Field *const *by; /* by these together a record is found, where its own numbers do not */
    size_t n_by;
    /* Nothing is written: each row is handed over, with an arena that ends with it. */
    bool (*seen)(void *to, const ImportSeen *row, Arena *a, GError **error);
    void *to;
    bool made_up; /* the file holds made-up people: demonstration databases take no other */
    void (*progress)(void *with, double share); /* 0..1; NULL: nobody looks */
    void *with;
} ImportOptions;

typedef struct ImportReport {
    uint64_t accepted, changed, unchanged, rejected;
    Str rejected_path; /* empty when nothing was rejected */
    Str encoding;      /* of the file */
    double seconds;
} ImportReport;

bool care_import(Care *c, const Session *s, const Entity *e, const char *path,
                 const ImportOptions *options, Arena *a, ImportReport *ret, GError **error);

#endif
