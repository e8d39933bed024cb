/* suppose.h — the documents in force with others beside or in the place of them: drafts, and values
 * of params as if a document had set them.  For care/ alone.  Nothing is stored.
 * Start: suppose_model(). */
#ifndef ANLAO_CARE_SUPPOSE_H
#define ANLAO_CARE_SUPPOSE_H

#include "care/care.h"
#include "care/simulate.h"

/* The name in a text's header; empty when it has none.  In the arena. */
Str suppose_name(Arena *a, Str text);
/* Appends the documents in force but those whose names are among `names`; `to` has room for all. */
void suppose_rest(const Care *c, const Str *names, size_t n_names, Arena *a, DocumentFile *to,
                  size_t *n);
/* As `check` would see it: *ret is NULL with `ds` when something does not compile.  Places of a
 * `set` point into its own text, called "--set".  FAIL_INPUT beyond the limits. */
bool suppose_model(Care *c, const WhatIf *what, Diags *ds, Model **ret, GError **error);

#endif
