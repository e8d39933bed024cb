/* ranges.h — files of ranges in a folder: FOLDER/COUNTY/FROM-TO.range.  Start: range_files(). */
#ifndef ANLAO_CARE_RANGES_H
#define ANLAO_CARE_RANGES_H

#include "care/care.h"
#include "store/range.h"

#define RANGE_ENDING ".range"

typedef struct RangeFile {
    int32_t county;
    int64_t from, to;
    uint64_t bytes;
    const char *path; /* in the arena; or NULL */
} RangeFile;

/* By county, first entry, and the longest first; a name that says no such thing is refused. */
bool range_files(Arena *a, const char *folder, GArray *to, GError **error);
/* Whole, signed, and what its name says; FAIL_INPUT names the file and what is wrong with it. */
bool range_file_read(const char *path, Arena *a, RangeHead *ret, Str *ret_payload, GError **error);

#endif
