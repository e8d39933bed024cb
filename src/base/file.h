/* file.h — whole files in and out, with a limit. */
#ifndef ANLAO_BASE_FILE_H
#define ANLAO_BASE_FILE_H

#include "base/arena.h"
#include "base/fail.h"

bool file_read(Arena *a, const char *path, size_t limit, Str *ret_text, GError **error);
/* What comes from an open descriptor, to its end; `name` is what messages call it. */
bool file_read_stream(Arena *a, int fd, const char *name, size_t limit, Str *ret_text,
                      GError **error);
bool file_write(const char *path, Str text, GError **error); /* beside, synced, then renamed over */
/* All files below `folder` whose name ends in `suffix`, sorted by path: char * in the arena. */
bool file_list(Arena *a, const char *folder, const char *suffix, GPtrArray *to, GError **error);

#endif
