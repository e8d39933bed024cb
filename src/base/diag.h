/* diag.h — what is wrong in a document or file: place, one short fact, a hint.  Collect many, then
 * stop. */
#ifndef ANLAO_BASE_DIAG_H
#define ANLAO_BASE_DIAG_H

#include "base/arena.h"

/* A place in a source text.  line and column count from 1; column counts code points. */
typedef struct Pos {
    const struct Source *source; /* NULL: no place known */
    uint32_t line, column;
    uint32_t length; /* code points underlined; 0 is treated as 1 */
} Pos;

typedef struct Source {
    const char *name; /* as shown to people: packs/places/pingxiang-2020.md */
    Str text;
} Source;

typedef enum Severity { DIAG_ERROR, DIAG_WARNING } Severity;

typedef struct Diag {
    Severity severity;
    Pos pos;
    const char *text; /* lower case, no full stop */
    const char *hint; /* or NULL: "did you mean 'ownership'?" */
} Diag;

typedef struct Diags {
    Arena *arena;              /* owns texts */
    GPtrArray *list;           /* of Diag *, in the order found; at most LIMIT_DIAGS */
    unsigned errors, warnings; /* all of them, listed or not */
    Diag beyond;               /* stands for those that are not listed */
} Diags;

Diags *diags_new(void);
void diags_free(Diags *ds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Diags, diags_free)
Diag *diag_error(Diags *ds, Pos pos, const char *format, ...) G_GNUC_PRINTF(3, 4);
Diag *diag_warning(Diags *ds, Pos pos, const char *format, ...) G_GNUC_PRINTF(3, 4);
void diag_hint(Diags *ds, Diag *d, const char *format, ...) G_GNUC_PRINTF(3, 4);
/* "did you mean 'x'?" from the nearest of the candidates, when one is near. */
void diag_nearest(Diags *ds, Diag *d, Str word, const Str *candidates, size_t n);
/* Adds what is not in `to` yet (same place and words); the sources of `from` must outlive `to`. */
void diags_merge(Diags *to, const Diags *from);
/* Adds all of them, in their order. */
void diags_add(Diags *to, const Diags *from);
void diags_sort(Diags *ds); /* by source name, line, column */
/* As a good compiler prints: FILE:LINE:COL: error: text, source line, ~~~~ and hint. */
void diag_print(const Diag *d, GString *out);

#endif
