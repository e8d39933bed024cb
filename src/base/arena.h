/* arena.h — memory that dies together: one arena per document set, per request, per run.
 * Nothing inside is freed alone.  Running out of memory ends the process with a message and
 * status 3. */
#ifndef ANLAO_BASE_ARENA_H
#define ANLAO_BASE_ARENA_H

#include "base/str.h"

#include <glib.h>

typedef struct Arena Arena;

Arena *arena_new(void);
void arena_free(Arena *a);                /* runs the clean-ups in reverse order; NULL is allowed */
void *arena_alloc(Arena *a, size_t size); /* zeroed, aligned to 16 */
void *arena_array(Arena *a, size_t count, size_t size); /* checked multiplication */
/* For long columns, each cell of which is written before it is read: pages.h. */
void *arena_column(Arena *a, size_t count, size_t size);
char *arena_dup(Arena *a, const char *at, size_t len); /* NUL added behind len */
Str arena_str(Arena *a, Str s);
char *arena_printf(Arena *a, const char *format, ...) G_GNUC_PRINTF(2, 3);
/* What a GArray holds, with a zeroed element behind it; `ret_n` may be NULL. */
void *arena_list(Arena *a, const GArray *from, size_t *ret_n);
void arena_on_free(Arena *a, void (*clean)(void *), void *what);
G_GNUC_NORETURN void out_of_memory(void); /* says so; status 3 */
size_t arena_size(const Arena *a);        /* bytes handed out, for limits */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Arena, arena_free)

#define arena_new_of(a, T)  ((T *)arena_alloc((a), sizeof(T)))
#define arena_many(a, T, n) ((T *)arena_array((a), (n), sizeof(T)))

#endif
