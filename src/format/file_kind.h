/* file_kind.h — what a file is, by what stands in it, whatever its name says.
 * Only what a bureau needs as a paper: nothing that a browser would run.  Start: file_kind(). */
#ifndef ANLAO_FORMAT_FILE_KIND_H
#define ANLAO_FORMAT_FILE_KIND_H

#include "base/str.h"

typedef enum FileKind {
    FILE_NONE, /* none of these: refused */
    FILE_PDF,
    FILE_PNG,
    FILE_JPEG,
    FILE_XLSX,
    FILE_OFD, /* GB/T 33190: a fixed layout document */
    FILE_KINDS
} FileKind;

typedef struct FileKindFacts {
    const char *extension, *type; /* type: as HTTP calls it */
} FileKindFacts;
extern const FileKindFacts file_kind_facts[FILE_KINDS];

FileKind file_kind(Str bytes);

#endif
