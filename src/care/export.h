/* export.h — records out into a file: CSV, XLSX or JSON.
 * In: a session and what it asks for, as for a list.  Out: a file with what the session may see,
 * from one state of the records, secrets masked.  That somebody took it enters the main journal
 * before the first byte leaves: who, when, how many, by which filters, which secrets in full and
 * why.
 *
 * CSV and XLSX have a column per field, named by its label, with labels for codes: what import
 * takes back, and the number of the record last (record_number.h).  A reference is the other
 * record's key where that is no secret, else its id.  XLSX has days as days and amounts as numbers,
 * and says at the foot who made it and when.  JSON has codes, money in fen, days in ISO 8601, ids
 * as text.  Start: care_export(). */
#ifndef ANLAO_CARE_EXPORT_H
#define ANLAO_CARE_EXPORT_H

#include "care/page_api.h"

typedef enum ExportFormat { EXPORT_CSV, EXPORT_XLSX, EXPORT_JSON } ExportFormat;
bool export_format_parse(Str word, ExportFormat *ret);

typedef struct ExportQuery {
    ListQuery list; /* page and page_rows do not count */
    ExportFormat format;
    bool english;             /* headers and labels */
    const Field *const *only; /* these columns alone, in the order of the register */
    size_t n_only;            /* 0: all */
    Str reveal;               /* the reason for secrets in full; empty: masked */
    uint64_t most;            /* records; more are refused; 0: no limit */
    const char *path;         /* of the file; made readable for its owner only */
    void (*progress)(void *with, double share);
    void *with;
} ExportQuery;

typedef struct ExportReport {
    uint64_t records;
    double seconds;
} ExportReport;

bool care_export(Care *c, const Session *s, const ExportQuery *q, Arena *a, ExportReport *ret,
                 GError **error);

#endif
