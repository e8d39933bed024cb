/* parsed.h — a document read and parsed once, for all Models it goes into.
 * In: the bytes of one file.  Out: a Reading whose blocks are trees, never changed again, and from
 * it a copy for each Model: its own Document and Clauses over the same texts and trees.
 * Start: parsed_new(), model_read_parsed(). */
#ifndef ANLAO_DECLARE_PARSED_H
#define ANLAO_DECLARE_PARSED_H

#include "declare/document.h"

typedef struct Parsed Parsed;

Parsed *parsed_new(const char *name, Str text); /* copies both; on any thread */
/* Its place in the folder of documents, where that is not the name it is read by. */
void parsed_file(Parsed *p, const char *file);
void parsed_free(Parsed *p);                    /* what Models keep of it stays; NULL is allowed */
const Reading *parsed_reading(const Parsed *p); /* borrowed */
/* The Reading for one Model, in its arenas; `scratch` may not outlive `p`.  Adds what is wrong in
 * it to `diags`. */
Reading *parsed_copy(const Parsed *p, Arena *keep, Arena *scratch, Diags *diags);

/* model_read() of documents that are parsed already; the first `supposed` as of
 * model_suppose().  Never NULL: `whole` says whether there was no error.  Without hashes until
 * model_seal(): who only looks at it needs none. */
Model *model_read_parsed(Parsed *const *all, size_t n, size_t supposed, Diags *diags);
void model_seal(Model *m); /* hashes of a whole one (model.c) */

#endif
