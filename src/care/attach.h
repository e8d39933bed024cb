/* attach.h — files that lie with a record: certificates, scans with a seal, photographs.
 * In: a session, a record of its scope, the bytes.  Out: a file under the SM3 of its bytes, stored
 * sealed, once in a county, journalled; the bytes again, for who may read the record, after an
 * entry that says so.  What it is is said by its bytes, never by its name.  Start: file_attach().
 */
#ifndef ANLAO_CARE_ATTACH_H
#define ANLAO_CARE_ATTACH_H

#include "care/page_api.h"
#include "care/said.h"
#include "format/file_kind.h"

typedef struct FileLine {
    RecordKey key; /* its own number */
    Str name, by;
    FileKind kind;
    uint64_t bytes;
    int64_t at;
    char hash[65]; /* SM3, hexadecimal */
} FileLine;

/* The same bytes twice with one record are one file.  `said`: why not (FAIL_INPUT). */
bool file_attach(Care *c, const Session *s, const Entity *e, RecordKey key, Str name, Str bytes,
                 Str reason, RecordKey *ret, Said *said, GError **error);
bool file_lines(Care *c, const Session *s, const Entity *e, RecordKey key, Arena *a, FileLine **ret,
                size_t *ret_n, GError **error);
/* Journalled before the bytes leave; FAIL_SYSTEM when they are not what was put there. */
bool file_get(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file, Arena *a,
              FileLine *ret, Str *ret_bytes, GError **error);
/* No longer with the record; what was stored stays, as the journal's proof. */
bool file_take_away(Care *c, const Session *s, const Entity *e, RecordKey key, RecordKey file,
                    Str reason, GError **error);

/* The same with what is no record of a register, such as an issued paper: the caller has asked who
 * may, and journals that it was read. */
bool file_put(Care *c, const Session *s, const Entity *e, RecordKey key, Str name, Str bytes,
              Str reason, RecordKey *ret, Said *said, GError **error);
bool file_lines_of(Care *c, const Entity *e, RecordKey key, Arena *a, FileLine **ret, size_t *ret_n,
                   GError **error);
bool file_bytes_of(Care *c, const Entity *e, RecordKey key, RecordKey file, Arena *a, FileLine *ret,
                   Str *ret_bytes, GError **error);

#endif
