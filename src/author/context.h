/* context.h — where in a declaration somebody is writing, and of what the words there may be.
 * In: the block up to the cursor, a Model that may be in parts.  Out: the declaration at work, the
 * entities at hand, the enum whose codes fit.  From the words alone: no declaration needs anything
 * here.  Only for author/.  Start: context_make(). */
#ifndef ANLAO_AUTHOR_CONTEXT_H
#define ANLAO_AUTHOR_CONTEXT_H

#include "declare/ast.h"
#include "declare/model.h"

typedef struct Context {
    const Model *model;
    const Token *tokens; /* of the block */
    size_t from, n; /* those of the declaration at work are from..n-1; equal: a new one begins */
    size_t before;  /* where the one before it begins */
    const Entity *subject, *counted;
} Context;

Context context_make(const Model *m, const Token *tokens, size_t n);
/* Behind a dot: the entity whose fields follow, or the enum whose codes do. */
void context_dot(const Context *c, const Entity **ret_entity, const Enum **ret_enum);
/* The enum whose codes may stand here: behind = or in, in a list, an index, a case; NULL: none. */
const Enum *context_codes(const Context *c);
/* The entity whose facts are written here, in an example; NULL: none. */
const Entity *context_record(const Context *c);

#endif
